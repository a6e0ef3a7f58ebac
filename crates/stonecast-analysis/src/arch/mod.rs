//! The arch as a whole: its perimeter, widths, depth, form, symmetry, palate and curves, and how each tooth stands in it.
//!
//! Units: mm, degrees. Frame: the cast frame. One file and one page in `docs/methods/` for each.

mod curve;
mod perimeter;

use stonecast_dental::{Fdi, Jaw, Side};

use crate::book::Book;
use crate::view::View;

/// Enters everything that is measured on single arches.
pub(crate) fn measure(book: &mut Book<'_>) {
    perimeter::measure(book);
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
