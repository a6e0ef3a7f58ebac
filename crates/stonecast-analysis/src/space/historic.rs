//! Rules that predict the size of an arch from the sum of the four upper incisors, and Ashley Howe's base: kept for old
//! records, with what they were found to be worth.
//!
//! Units: mm and per cent. Frame: widths and lengths between points in space. Definitions and limits:
//! `docs/methods/historic-arch-rules.md`.
//!
//! Steps
//! 1. `incisors`: the sum of the four upper incisors.
//! 2. [`ideal`]: an arch size of which the sum is a known share (Pont, Linder and Harth, Korkhaus).
//! 3. `width`, `length`: the arch as it is, and its difference from the ideal.
//! 4. `howe`: the arch at the premolars as a share of the sum of the twelve upper teeth.

use nalgebra::Unit as Direction;
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured};
use stonecast_mesh::Point;

use super::neighbours::boundary;
use super::{JAWS, fdi, remark_on_validity, row_to, sum};
use crate::book::{Book, Spec};
use crate::geometry::middle;
use crate::grades::Bands;
use crate::rows::row;
use crate::subject::Answer;
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

/// The distance of a point from the line through two others, in space.
pub(crate) fn distance_to_line(p: &Point, a: &Point, b: &Point) -> f64 {
    let Some(along) = Direction::try_new(b - a, 1e-9) else {
        return (p - a).norm();
    };
    let v = p - a;
    (v - along.into_inner() * v.dot(&along)).norm()
}

fn incisors(view: &View<'_>) -> Result<f64, NotMeasured> {
    sum(view, &row_to(Jaw::Upper, 2))
}

/// Between the middles of two teeth's fossae: the pits that Pont measured at.
fn width(view: &View<'_>, right: Fdi, left: Fdi) -> Result<f64, NotMeasured> {
    view.need(&[right, left])?;
    let a = view.point(right, K::CentralFossa)?;
    let b = view.point(left, K::CentralFossa)?;
    view.draw(&format!("width {right} to {left}"), [a, b]);
    Ok((b - a).norm())
}

/// Korkhaus' anterior length: from between the edges of the central incisors, square to the line through the premolar
/// points, through the air.
fn length(view: &View<'_>, jaw: Jaw) -> Result<f64, NotMeasured> {
    let (centrals, [a, b]) = match jaw {
        Jaw::Upper => {
            view.need(&[fdi(14), fdi(24), fdi(11), fdi(21)])?;
            let pit = |tooth| view.point(fdi(tooth), K::CentralFossa);
            ([fdi(11), fdi(21)], [pit(14)?, pit(24)?])
        }
        Jaw::Lower => {
            view.need(&[44, 45, 34, 35, 41, 31].map(fdi))?;
            let right = boundary(view, fdi(45), fdi(44))?;
            ([fdi(41), fdi(31)], [right, boundary(view, fdi(34), fdi(35))?])
        }
    };
    let front = middle(
        &view.point(centrals[0], K::IncisalMesial)?,
        &view.point(centrals[1], K::IncisalMesial)?,
    );
    view.draw("premolar line", [a, b]);
    view.mark("incisal point", front);
    Ok(distance_to_line(&front, &a, &b))
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
        let spec = Spec::mm(
            format!("pont.{place}.actual"),
            format!("Pont: width between the upper {words}"),
            METHOD,
        );
        book.number(spec, move |view| width(view, right, left));
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
                Ok(width(view, right, left)? - predicted(view)?)
            });
        }
    }
    korkhaus(book);
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
        let spec = Spec::mm(
            format!("korkhaus.length.{name}.actual"),
            format!("Korkhaus: anterior length of the {name} arch"),
            METHOD,
        );
        book.number(spec, move |view| length(view, jaw));
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
        book.number(spec, move |view| Ok(length(view, jaw)? - predicted(view)?));
    }
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
        match view.answer(BASAL_WIDTH, question)? {
            Answer::Number(width) if *width > 0.0 => Ok(share(*width, all)),
            _ => Err(NotMeasured::OutOfRange {
                what: format!("answer {BASAL_WIDTH} is not a length in mm"),
            }),
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_foot_of_korkhaus_perpendicular_lies_on_the_line_in_space() {
        let t = |p: [f64; 3], distance: f64| {
            let found = distance_to_line(
                &Point::from(p),
                &Point::new(-18.0, 10.0, 4.0),
                &Point::new(18.0, 10.0, 4.0),
            );
            assert!((found - distance).abs() < 1e-12, "{p:?}: {found}");
        };
        t([0.0, 10.0, 4.0], 0.0);
        t([5.0, -5.0, 4.0], 15.0);
        // 15 mm in front of the line and 8 mm above it.
        t([0.0, -5.0, 12.0], 17.0);
        // Beyond the end of the line it still counts from the line.
        t([40.0, 10.0, 7.0], 3.0);
    }
}
