//! Tooth sizes against each other and against the space that the arch has for them.
//!
//! Units: mm and per cent, as each finding names. Frame: the cast frame; distances "along the arch" are taken parallel to
//! the occlusal plane.
//!
//! | to | look in |
//! |---|---|
//! | compare upper and lower tooth sizes | [`bolton`] |
//! | judge the shape of lower incisors | [`peck`] |
//! | predict arch sizes from incisors, as was done once | [`historic`] |
//! | measure how neighbours stand to each other | [`neighbours`] |
//! | sum the irregularity of front teeth | [`irregularity`] |
//! | compare available and required space | [`arch_length`], [`segments`] |
//! | predict unerupted teeth | [`tanaka_johnston`], [`moyers`], [`nance`] |

use stonecast_dental::{Fdi, Jaw, NotMeasured};

use crate::book::Book;
use crate::rows::{Row, rows};
use crate::view::View;

pub(crate) mod arch_length;
pub(crate) mod bolton;
pub(crate) mod historic;
pub(crate) mod irregularity;
pub(crate) mod mixed;
pub(crate) mod moyers;
pub(crate) mod nance;
pub(crate) mod neighbours;
pub(crate) mod peck;
mod proximity;
pub(crate) mod segments;
pub(crate) mod tanaka_johnston;
#[cfg(test)]
mod worked;

/// Both jaws.
const JAWS: [Jaw; 2] = [Jaw::Upper, Jaw::Lower];

/// Enters all analyses of sizes and space.
pub(crate) fn measure(book: &mut Book<'_>) {
    bolton::measure(book);
    peck::measure(book);
    historic::measure(book);
    neighbours::measure(book);
    irregularity::measure(book);
    arch_length::measure(book);
    segments::measure(book);
    tanaka_johnston::measure(book);
    moyers::measure(book);
    nance::measure(book);
}

/// A tooth by its number.
fn fdi(number: u8) -> Fdi {
    Fdi::new(number).expect("only numbers of teeth are written in this module")
}

/// The permanent teeth of a jaw from a position on the right to the same on the left, in order.
fn row_to(jaw: Jaw, position: u8) -> Vec<Fdi> {
    use stonecast_dental::Side::{Left, Right};
    let tooth = |side, p| Fdi::permanent(jaw, side, p).expect("positions 1 to 8 exist");
    let right = (1..=position).rev().map(|p| tooth(Right, p));
    right.chain((1..=position).map(|p| tooth(Left, p))).collect()
}

/// Sum of the mesiodistal widths of some teeth.
///
/// # Errors
/// All teeth that are not there, or the first width that was not measured.
fn sum(view: &View<'_>, teeth: &[Fdi]) -> Result<f64, NotMeasured> {
    view.need(teeth)?;
    teeth.iter().map(|tooth| view.mesiodistal(*tooth)).sum()
}

/// What was published about the worth of a rule: notes for its findings.
fn remark_on_validity(view: &View<'_>, rule: &str) {
    for row in validity(rule) {
        view.remark(&format!(
            "published validity ({}): {}",
            row.text("population"),
            row.text("finding")
        ));
        view.rests_on(row);
    }
}

fn validity(rule: &str) -> impl Iterator<Item = &'static Row> {
    rows("tooth_size_rules")
        .iter()
        .filter(move |row| row.maybe_text("rule") == Some(rule))
}
