//! Rules that predict the size of an arch from the sum of the four upper incisors, and Ashley Howe's base: kept for old
//! records, with what they were found to be worth.
//!
//! Units: mm and per cent. Frame: the cast frame. Definitions and limits: `docs/methods/historic-arch-rules.md`.
//!
//! Steps
//! 1. `incisors`: the sum of the four upper incisors.
//! 2. [`ideal`]: an arch size of which the sum is a known share (Pont, Linder and Harth, Korkhaus).
//! 3. The arch as it is, by Pont's points and Korkhaus' length ([`crate::arch`]), less the ideal.
//! 4. `palatal_height`: the vault over Pont's molar points, and its share of their width.
//! 5. `howe`: the arch at the premolars as a share of the sum of the twelve upper teeth.

use stonecast_dental::finding::{Outcome, Quantity, Unit};
use stonecast_dental::{Jaw, LandmarkKind as K, NotMeasured};

use super::nance::{answered_length, read_by_callipers};
use super::{JAWS, fdi, remark_on_validity, row_to, sum};
use crate::arch::depth;
use crate::arch::widths::{PONT, width};
use crate::book::{Book, Spec};
use crate::geometry::middle;
use crate::grades::Bands;
use crate::rows::row;
use crate::view::View;

const METHOD: &str = "historic-arch-rules";
const TABLE: &str = "tooth_size_rules";

/// The size of which `part` is `share` per cent.
pub(crate) fn ideal(part: f64, share: f64) -> f64 {
    100.0 * part / share
}

/// A part as a share of a whole, in per cent.
pub(crate) fn share(part: f64, whole: f64) -> f64 {
    100.0 * part / whole
}

fn incisors(view: &View<'_>) -> Result<f64, NotMeasured> {
    sum(view, &row_to(Jaw::Upper, 2))
}

pub(crate) fn measure(book: &mut Book<'_>) {
    let spec = Spec::mm("pont.incisor_sum", "sum of the four upper incisors", METHOD);
    book.number(spec, incisors);
    let places = [
        ("premolar", "first premolars", [14, 24]),
        ("molar", "first molars", [16, 26]),
    ];
    for (place, words, teeth) in places {
        let [right, left] = teeth.map(fdi);
        for (rule, name, key) in [
            ("pont", "Pont", "pont"),
            ("linder_harth", "Linder and Harth", "linder-harth"),
        ] {
            let share = row(TABLE, &format!("{key}-{place}"));
            let predicted = move |view: &View<'_>| {
                view.rests_on(share);
                remark_on_validity(view, key);
                Ok::<_, NotMeasured>(ideal(incisors(view)?, share.number("value")))
            };
            let spec = Spec::mm(
                format!("{rule}.{place}.ideal"),
                format!("{name}, historic: ideal width between the upper {words}"),
                METHOD,
            );
            book.number(spec, predicted);
            let spec = Spec::mm(
                format!("{rule}.{place}.difference"),
                format!("{name}, historic: width between the upper {words} less the ideal"),
                METHOD,
            );
            book.number(spec, move |view| {
                let mut all = row_to(Jaw::Upper, 2);
                all.extend([right, left]);
                view.need(&all)?;
                Ok(width(view, right, left, PONT.2)? - predicted(view)?)
            });
        }
    }
    korkhaus(book);
    palatal_height(book);
    howe(book);
}

/// Korkhaus' ideal anterior length of an arch.
pub(crate) fn korkhaus_ideal(incisors: f64, jaw: Jaw) -> f64 {
    let upper = ideal(incisors, row(TABLE, "korkhaus-upper-length").number("value"));
    match jaw {
        Jaw::Upper => upper,
        Jaw::Lower => upper - row(TABLE, "korkhaus-lower-difference").number("value"),
    }
}

fn korkhaus(book: &mut Book<'_>) {
    for jaw in JAWS {
        let name = jaw.name();
        let predicted = move |view: &View<'_>| {
            view.rests_on(row(TABLE, "korkhaus-upper-length"));
            if jaw == Jaw::Lower {
                view.rests_on(row(TABLE, "korkhaus-lower-difference"));
            }
            remark_on_validity(view, "korkhaus");
            Ok::<_, NotMeasured>(korkhaus_ideal(incisors(view)?, jaw))
        };
        let spec = Spec::mm(
            format!("korkhaus.length.{name}.ideal"),
            format!("Korkhaus, historic: ideal anterior length of the {name} arch"),
            METHOD,
        );
        book.number(spec, predicted);
        let spec = Spec::mm(
            format!("korkhaus.length.{name}.difference"),
            format!("Korkhaus, historic: anterior length of the {name} arch less the ideal"),
            METHOD,
        );
        book.number(spec, move |view| {
            let centrals = row_to(jaw, 1);
            let premolars = row_to(jaw, 4).into_iter().filter(|t| t.position() == 4);
            let mut needed = row_to(Jaw::Upper, 2);
            needed.extend(
                centrals
                    .into_iter()
                    .chain(premolars)
                    .filter(|t| !row_to(Jaw::Upper, 2).contains(t)),
            );
            view.need(&needed)?;
            Ok(depth::korkhaus(view, jaw)? - predicted(view)?)
        });
    }
}

/// Korkhaus' palatal height index: he measured the vault from between Pont's molar points, the palate's own height begins at
/// the gum.
fn palatal_height(book: &mut Book<'_>) {
    let [right, left] = [16, 26].map(fdi);
    let spec = Spec::mm(
        "korkhaus.palate.crowns",
        "Korkhaus: from Pont's points of the upper first molars up to their lingual gingival margins",
        METHOD,
    );
    book.number(spec, move |view| {
        view.need(&[right, left])?;
        let gum = middle(&view.lingual_margin(right)?, &view.lingual_margin(left)?);
        Ok(gum.z - middle(&PONT.2(view, right)?, &PONT.2(view, left)?).z)
    });
    let spec = Spec::mm(
        "korkhaus.palate.height",
        "Korkhaus: height of the palate over Pont's molar points",
        METHOD,
    );
    book.derived(spec, |reader| {
        let parts = [
            reader.number("palate.height")?,
            reader.number("korkhaus.palate.crowns")?,
        ];
        Ok(Outcome::Number(Quantity {
            value: parts[0].value + parts[1].value,
            uncertainty: parts[0].uncertainty.hypot(parts[1].uncertainty),
            unit: Unit::Mm,
        }))
    });
    let spec = Spec::percent(
        "korkhaus.palate.index",
        "Korkhaus, historic: palatal height index, height over the width between the first molars",
        METHOD,
    );
    book.derived(spec, |reader| {
        let height = reader.number("korkhaus.palate.height")?;
        let width = reader.number("arch.width.molar1.pont.upper")?;
        let mean = row(TABLE, "korkhaus-palatal-height");
        reader.rests_on(mean);
        reader.remark(&format!("Korkhaus' mean is {} %", mean.number("value")));
        let value = share(height.value, width.value);
        let relative = (height.uncertainty / height.value).hypot(width.uncertainty / width.value);
        Ok(Outcome::Number(Quantity {
            value,
            uncertainty: (value * relative).abs(),
            unit: Unit::Percent,
        }))
    });
}

const BASAL_WIDTH: &str = "howe.premolar_basal_arch_width";

fn howe(book: &mut Book<'_>) {
    let twelve = |view: &View<'_>| sum(view, &row_to(Jaw::Upper, 6));
    let spec = Spec::percent(
        "howe.diameter",
        "Ashley Howe, historic: width between the buccal cusps of the upper first premolars, share of the twelve teeth",
        METHOD,
    );
    book.number(spec, move |view| {
        let all = twelve(view)?;
        remark_on_validity(view, "howe");
        let a = view.point(fdi(14), K::BuccalCusp)?;
        let b = view.point(fdi(24), K::BuccalCusp)?;
        Ok(share((b - a).norm(), all))
    });
    let spec = Spec::percent(
        "howe.base",
        "Ashley Howe, historic: premolar basal arch width, share of the twelve teeth",
        METHOD,
    );
    book.number(spec, move |view| {
        let all = twelve(view)?;
        remark_on_validity(view, "howe");
        let question = "premolar basal arch width in mm, callipers in the canine fossae";
        let read = answered_length(view, BASAL_WIDTH, question)?;
        Ok(share(
            read_by_callipers(view, "premolar basal arch width, as answered", read),
            all,
        ))
    });
    let spec = Spec::category(
        "howe.base.judgement",
        "apical base after Ashley Howe, historic",
        METHOD,
    );
    book.category(spec, |reader| {
        let bands = row(TABLE, "howe-bands");
        reader.rests_on(bands);
        Ok(Bands::names_from_row(bands).category(&reader.number("howe.base")?))
    });
}
