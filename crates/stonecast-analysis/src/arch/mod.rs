//! The arch as a whole: its perimeter, widths, depth, form, symmetry, palate and curves, and how each tooth stands in it.
//!
//! Units: mm, degrees. Frame: the cast frame. One file and one page in `docs/methods/` for each.

mod andrews;
mod curve;
mod curves;
pub(crate) mod depth;
mod form;
mod palate;
pub(crate) mod perimeter;
mod symmetry;
pub(crate) mod widths;

use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured, Side};
use stonecast_mesh::Point;

use crate::book::Book;
use crate::geometry::middle;
use crate::view::View;

/// Enters everything that is measured on single arches.
pub(crate) fn measure(book: &mut Book<'_>) {
    perimeter::measure(book);
    widths::measure(book);
    depth::measure(book);
    form::measure(book);
    symmetry::measure(book);
    palate::measure(book);
    curves::measure(book);
    andrews::measure(book);
}

const JAWS: [Jaw; 2] = [Jaw::Upper, Jaw::Lower];
const SIDES: [Side; 2] = [Side::Right, Side::Left];

/// The permanent tooth of a place; every place that is asked for has one.
fn permanent(jaw: Jaw, side: Side, position: u8) -> Fdi {
    Fdi::permanent(jaw, side, position).expect("positions are 1 to 8")
}

/// The tooth that stands at a place: the permanent one, else the primary one.
fn tooth_at(view: &View<'_>, jaw: Jaw, side: Side, position: u8) -> Option<Fdi> {
    let primary = Fdi::primary(jaw, side, position);
    let tooth = [Some(permanent(jaw, side, position)), primary];
    tooth.into_iter().flatten().find(|t| view.has(*t))
}

/// The central incisors of both sides; the permanent ones where none are there.
fn central_incisors(view: &View<'_>, jaw: Jaw) -> [Fdi; 2] {
    SIDES.map(|side| tooth_at(view, jaw, side, 1).unwrap_or(permanent(jaw, side, 1)))
}

/// The middle between the two central incisors' edges.
fn incisal_middle(view: &View<'_>, jaw: Jaw) -> Result<Point, NotMeasured> {
    let teeth = central_incisors(view, jaw);
    view.need(&teeth)?;
    let [right, left] = teeth.map(|tooth| view.point(tooth, K::IncisalMidpoint));
    Ok(middle(&right?, &left?))
}
