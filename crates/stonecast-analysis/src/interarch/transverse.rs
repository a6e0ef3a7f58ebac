//! Upper premolars and molars across the arch: crossbite, cusp to cusp, scissor bite.
//!
//! Units: mm. Frame: the cast frame; distances are parallel to the occlusal plane, at right angles to the line of the
//! lower buccal cusps. Definitions and limits: `docs/methods/transverse.md`.
//!
//! Steps
//! 1. `buccal_line`: the buccal cusps of the lower teeth in the same place and beside it, in order along the arch.
//! 2. `offsets`: how far the upper buccal and the upper palatal cusps stand outside that line.
//! 3. `category`: what both together mean.

use stonecast_dental::finding::{Category, Quantity};
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured, Side};
use stonecast_mesh::Point;

use super::TABLE;
use super::line::ArchLine;
use super::open_bite::posterior;
use super::teeth::{in_place, opposite, too_few};
use crate::book::{Book, Reader, Spec};
use crate::geometry::middle;
use crate::rows::row as table_row;
use crate::view::View;

const METHOD: &str = "transverse";

pub(crate) fn measure(book: &mut Book<'_>) {
    for upper in posterior(book.subject()) {
        let cusps: [(&str, &str, Cusps); 2] = [
            ("transverse", "buccal", upper_buccal),
            ("transverse.palatal", "palatal", upper_palatal),
        ];
        for (key, words, cusps) in cusps {
            let spec = Spec::mm(
                format!("{key}.{upper}"),
                format!("{words} cusps of {upper} outside the lower buccal cusps"),
                METHOD,
            );
            book.number(spec, move |view| {
                let line = buccal_line(view, upper)?;
                view.draw("lower buccal cusps", line.0.iter().copied());
                Ok(line.place(&cusps(view, upper)?).outwards)
            });
        }
        let spec = Spec::category(
            format!("crossbite.{upper}"),
            format!("crossbite of {upper}"),
            METHOD,
        );
        book.category(spec, move |reader| category(reader, upper));
    }
}

/// True for an upper tooth in scissor bite.
pub(super) fn passes_outside(view: &View<'_>, upper: Fdi) -> bool {
    let offset = || -> Result<f64, NotMeasured> {
        let cusp = upper_palatal(view, upper)?;
        Ok(buccal_line(view, upper)?.place(&cusp).outwards)
    };
    let reach = table_row(TABLE, "cusp-to-cusp");
    view.rests_on(reach);
    offset().is_ok_and(|offset| offset > reach.number("mm"))
}

type Cusps = fn(&View<'_>, Fdi) -> Result<Point, NotMeasured>;

fn upper_buccal(view: &View<'_>, upper: Fdi) -> Result<Point, NotMeasured> {
    let first = view.first_point(upper, &[K::BuccalCusp, K::MesiobuccalCusp])?;
    Ok(match view.point(upper, K::DistobuccalCusp) {
        Ok(second) => middle(&first, &second),
        Err(_) => first,
    })
}

fn upper_palatal(view: &View<'_>, upper: Fdi) -> Result<Point, NotMeasured> {
    view.first_point(upper, &[K::LingualCusp, K::MesiolingualCusp])
}

/// From the patient's right to the left.
fn buccal_line(view: &View<'_>, upper: Fdi) -> Result<ArchLine, NotMeasured> {
    view.bite()?;
    let subject = view.subject();
    let opposite = opposite(subject, upper);
    view.need(&[upper, opposite])?;
    let (side, position) = (upper.side(), upper.position());
    let beside = [position - 1, position, position + 1];
    let teeth = beside.map(|p| in_place(subject, Jaw::Lower, side, p));
    let mut points: Vec<Point> = Vec::new();
    for tooth in teeth.into_iter().filter(|t| view.has(*t)) {
        let kinds = [K::CuspTip, K::BuccalCusp, K::MesiobuccalCusp, K::DistobuccalCusp];
        let cusps: Vec<Point> = kinds.iter().filter_map(|k| view.point(tooth, *k).ok()).collect();
        if cusps.is_empty() && tooth == opposite {
            view.first_point(tooth, &[K::BuccalCusp, K::MesiobuccalCusp])?;
        }
        points.extend(cusps);
    }
    if points.len() < 2 {
        return Err(too_few(view, &teeth, "buccal cusps"));
    }
    if side == Side::Right {
        points.reverse();
    }
    Ok(ArchLine(points))
}

/// Which names the buccal and the palatal offset leave open, the most likely first.
fn category(reader: &Reader<'_>, upper: Fdi) -> Result<Category, NotMeasured> {
    let row = table_row(TABLE, "cusp-to-cusp");
    reader.rests_on(row);
    let reach = row.number("mm");
    let buccal = reader.number(&format!("transverse.{upper}"))?;
    let palatal = reader.number(&format!("transverse.palatal.{upper}"))?;
    let mut names = vec![name(buccal.value, palatal.value, reach).to_owned()];
    for b in open_ends(&buccal, reach) {
        for p in open_ends(&palatal, reach) {
            let other = name(b, p, reach).to_owned();
            if !names.contains(&other) {
                names.push(other);
            }
        }
    }
    let name = names.remove(0);
    Ok(Category { name, others: names })
}

/// One value in each band that a number's uncertainty leaves open: its ends, and the middle band where it spans that.
fn open_ends(number: &Quantity, reach: f64) -> Vec<f64> {
    let [low, high] = number.interval();
    let spans = low < -reach && high > reach;
    let middle = spans.then_some(0.0);
    [low, high].into_iter().chain(middle).collect()
}

fn name(buccal: f64, palatal: f64, reach: f64) -> &'static str {
    if palatal > reach {
        "scissor"
    } else if buccal < -reach {
        "crossbite"
    } else if palatal >= -reach || buccal <= reach {
        "tendency"
    } else {
        "none"
    }
}
