//! Open bite of front and side.
//!
//! Units: mm. Frame: the cast frame; vertical is at right angles to the occlusal plane. Definitions and limits:
//! `docs/methods/open-bite.md`.
//!
//! Steps
//! 1. `anterior`: how far an upper incisor's edge or canine's tip stays above the line of the lower ones.
//! 2. `lateral`: the least vertical gap between an upper premolar's or molar's crown and the lower crowns under it.
//!    A tooth in scissor bite has none.
//! 3. `largest`: the greatest of each group.

use stonecast_dental::finding::Outcome;
use stonecast_dental::{Fdi, Jaw, NotMeasured};

use super::TABLE;
use super::heights::{Gap, Heights};
use super::overbite::overlap;
use super::teeth::{SIDES, in_place, most, opposite, row, tip};
use super::transverse::passes_outside;
use crate::book::{Book, Spec};
use crate::rows::row as table_row;
use crate::size::facial_tips;
use crate::subject::Subject;
use crate::view::View;

const METHOD: &str = "open-bite";

pub(crate) fn measure(book: &mut Book<'_>) {
    let subject = book.subject();
    let spec = |tooth: Fdi| {
        Spec::mm(
            format!("openbite.{tooth}"),
            format!("open bite at {tooth}"),
            METHOD,
        )
    };
    let front = row(subject, Jaw::Upper, 3);
    for &upper in &front {
        book.number(spec(upper), move |view| anterior(view, upper));
    }
    let side = posterior(subject);
    let gaps = match subject.cast.bite.and_then(|_| Heights::of(subject)) {
        Some(heights) => heights.least_gaps(subject, &side),
        None => vec![None; side.len()],
    };
    for (&upper, gap) in side.iter().zip(gaps) {
        let above = gap.map(|gap| (gap, tips_apart(subject, upper, gap.1)));
        book.number(spec(upper), move |view| lateral(view, upper, above));
    }
    largest(
        book,
        "openbite.anterior",
        "greatest open bite of the front",
        &front,
    );
    largest(book, "openbite.lateral", "greatest open bite of the side", &side);
}

/// The places of the upper premolars and first two molars.
pub(super) fn posterior(subject: &Subject<'_>) -> Vec<Fdi> {
    let of_side = |side| [4, 5, 6, 7].map(|p| in_place(subject, Jaw::Upper, side, p));
    SIDES.into_iter().flat_map(of_side).collect()
}

fn largest(book: &mut Book<'_>, id: &str, name: &str, teeth: &[Fdi]) {
    let ids: Vec<String> = teeth.iter().map(|t| format!("openbite.{t}")).collect();
    book.derived(Spec::mm(id, name, METHOD), move |reader| {
        let number = most(reader, &ids, |id| reader.number(id), |q| q.value)?;
        Ok(Outcome::Number(number))
    });
}

fn anterior(view: &View<'_>, upper: Fdi) -> Result<f64, NotMeasured> {
    Ok((-overlap(view, upper)?).max(0.0))
}

/// How far the facial tips of two teeth are apart vertically on the cast as it is.
fn tips_apart(subject: &Subject<'_>, upper: Fdi, lower: Fdi) -> Option<f64> {
    let height = |tooth: Fdi| {
        let found = &subject.teeth[subject.index_of(tooth)?];
        let mut tips = facial_tips(tooth).iter().filter_map(|k| found.point(*k));
        tips.next().map(|p| p.at.z)
    };
    Some(height(upper)? - height(lower)?)
}

/// The gap follows the tips of the two teeth when these move; what lies between tips and surfaces is known as well as
/// the surfaces are.
fn lateral(view: &View<'_>, upper: Fdi, gap: Option<(Gap, Option<f64>)>) -> Result<f64, NotMeasured> {
    view.bite()?;
    view.need(&[upper, opposite(view.subject(), upper)])?;
    // Crowns that stand beside each other have no surfaces that face each other vertically.
    if passes_outside(view, upper) {
        return Err(NotMeasured::NotApplicable {
            why: format!("{upper} stands in scissor bite, beside its antagonist and not above it"),
        });
    }
    let Some(((gap, lower), apart)) = gap else {
        return Err(NotMeasured::NotApplicable {
            why: format!("no lower tooth lies under {upper}"),
        });
    };
    let tips = tip(view, upper)?.z - tip(view, lower)?.z;
    let Some(apart) = apart else {
        return Ok(gap.max(0.0));
    };
    let row = table_row(TABLE, "surface-gap");
    view.rests_on(row);
    let rest = view.given(
        "surfaces under the tips",
        gap - apart,
        row.number("uncertainty_mm"),
    );
    Ok((tips + rest).max(0.0))
}
