//! Sagittal relation of molars, canines and premolars, in mm, in units and as class; terminal planes of primary molars.
//!
//! Units: mm, units of a premolar's width. Frame: the cast frame; all distances along y, positive when the lower tooth
//! stands too far back. Definitions and limits: `docs/methods/angle.md`.
//!
//! Steps
//! 1. `molar`: from the upper first molar's mesiobuccal cusp to the lower one's buccal groove (`groove`).
//! 2. `cusp_to_contact`: from an upper canine's tip or first premolar's buccal cusp to the contact of the lower teeth that
//!    it stands between in Class I.
//! 3. `terminal_plane`: from the distal surface of the upper second primary molar to that of the lower.
//! 4. `unit`: the same over a premolar's width.

use stonecast_dental::finding::Category;
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured, Side};

use super::TABLE;
use super::teeth::{SIDES, in_place, tip};
use crate::book::{Book, Reader, Spec};
use crate::geometry::middle;
use crate::grades::Bands;
use crate::rows::row as table_row;
use crate::view::View;

const METHOD: &str = "angle";

type Relation = fn(&View<'_>, Side) -> Result<f64, NotMeasured>;

const RELATIONS: [(&str, Relation); 3] = [("molar", molar), ("canine", canine), ("premolar", premolar)];

pub(crate) fn measure(book: &mut Book<'_>) {
    for side in SIDES {
        let at = side.name();
        for (key, relation) in RELATIONS {
            let id = format!("angle.{key}.{at}");
            let words = format!("{key} relation, {at}");
            book.number(Spec::mm(&id, &words, METHOD), move |view| relation(view, side));
            let spec = Spec::new(
                format!("{id}.units"),
                format!("{words}, in widths of a premolar"),
                stonecast_dental::Unit::One,
                METHOD,
            );
            book.number(spec, move |view| Ok(relation(view, side)? / unit(view, side)?));
            class(
                book,
                format!("{id}.category"),
                format!("class of the {words}"),
                id,
                "class",
            );
        }
        let second = |jaw| Fdi::primary(jaw, side, 5).expect("position 5 is there");
        let [upper, lower] = [Jaw::Upper, Jaw::Lower].map(second);
        let there = |t| book.subject().index_of(t).is_some();
        if there(upper) || there(lower) {
            let id = format!("terminal_plane.{at}");
            let words = format!("terminal plane of the second primary molars, {at}");
            let spec = Spec::mm(&id, &words, METHOD);
            book.number(spec, move |view| terminal_plane(view, upper, lower));
            class(book, format!("{id}.category"), words, id, "terminal-plane");
        }
    }
}

fn class(book: &mut Book<'_>, id: String, words: String, of: String, row: &'static str) {
    let spec = Spec::category(id, words, METHOD);
    book.category(
        spec,
        move |reader: &Reader<'_>| -> Result<Category, NotMeasured> {
            let row = table_row(TABLE, row);
            reader.rests_on(row);
            Ok(Bands::names_from_row(row).category(&reader.number(&of)?))
        },
    );
}

fn molar(view: &View<'_>, side: Side) -> Result<f64, NotMeasured> {
    view.bite()?;
    let [upper, lower] =
        [Jaw::Upper, Jaw::Lower].map(|jaw| Fdi::permanent(jaw, side, 6).expect("position 6 is there"));
    view.need(&[upper, lower])?;
    Ok(groove(view, lower)? - view.point(upper, K::MesiobuccalCusp)?.y)
}

/// The y of a lower molar's buccal groove. Without one, and beside one that is out of its place, the middle of the cusps
/// on either side of it.
fn groove(view: &View<'_>, molar: Fdi) -> Result<f64, NotMeasured> {
    let cusps = || -> Result<f64, NotMeasured> {
        let y = |kind| view.point(molar, kind).map(|p| p.y);
        Ok((y(K::MesiobuccalCusp)? + y(K::DistobuccalCusp)?) / 2.0)
    };
    let Ok(groove) = view.point(molar, K::BuccalGroove) else {
        view.remark(&format!(
            "the buccal groove of {molar} was not found: the middle of its mesiobuccal and distobuccal cusps stands for it"
        ));
        return cusps();
    };
    let row = table_row(TABLE, "groove-doubt");
    // How the two compare must not hang on a nudge: the note is for the cast as it is, and the groove counts anyway.
    if let Ok(cusps) = cusps()
        && (groove.y - cusps).abs() > row.number("mm")
    {
        view.rests_on(row);
        view.remark(&format!(
            "the buccal groove of {molar} lies {:.1} mm from the middle of its cusps: look at it",
            (groove.y - cusps).abs()
        ));
    }
    Ok(groove.y)
}

fn canine(view: &View<'_>, side: Side) -> Result<f64, NotMeasured> {
    cusp_to_contact(view, side, 3, 3)
}

fn premolar(view: &View<'_>, side: Side) -> Result<f64, NotMeasured> {
    cusp_to_contact(view, side, 4, 4)
}

/// From an upper cusp to the contact between a lower tooth and the next behind it.
fn cusp_to_contact(view: &View<'_>, side: Side, upper: u8, lower: u8) -> Result<f64, NotMeasured> {
    view.bite()?;
    let subject = view.subject();
    let upper = in_place(subject, Jaw::Upper, side, upper);
    let before = in_place(subject, Jaw::Lower, side, lower);
    let behind = in_place(subject, Jaw::Lower, side, lower + 1);
    if upper.is_primary() && upper.position() > 3 {
        return Err(NotMeasured::NotApplicable {
            why: format!("{upper} is a primary molar; see the terminal plane"),
        });
    }
    view.need(&[upper, before])?;
    let contact = view.point(before, K::DistalContact)?;
    let contact = if view.has(behind) {
        middle(&contact, &view.point(behind, K::MesialContact)?)
    } else {
        view.remark(&format!(
            "{behind} is not there: the distal contact point of {before} stands for the contact of both"
        ));
        contact
    };
    Ok(contact.y - tip(view, upper)?.y)
}

fn terminal_plane(view: &View<'_>, upper: Fdi, lower: Fdi) -> Result<f64, NotMeasured> {
    view.bite()?;
    view.need(&[upper, lower])?;
    let y = |tooth| view.point(tooth, K::DistalContact).map(|p| p.y);
    Ok(y(lower)? - y(upper)?)
}

/// The width of a premolar of the patient: the mean of the upper ones of the side, or else of the other side, or else a
/// usual width.
fn unit(view: &View<'_>, side: Side) -> Result<f64, NotMeasured> {
    for side in [side, side.opposite()] {
        let premolars = [4, 5].map(|p| Fdi::permanent(Jaw::Upper, side, p).expect("positions 4, 5"));
        let widths: Vec<f64> = (premolars.iter().filter(|t| view.has(**t)))
            .filter_map(|t| view.mesiodistal(*t).ok())
            .collect();
        if !widths.is_empty() {
            return Ok(widths.iter().sum::<f64>() / widths.len() as f64);
        }
    }
    let row = table_row(TABLE, "unit");
    view.rests_on(row);
    view.remark("the patient has no upper premolar: a unit is a usual premolar's width");
    Ok(row.number("mm"))
}
