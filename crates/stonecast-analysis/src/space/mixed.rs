//! What the analyses of the mixed dentition share: when they apply, and what they compare a prediction with.
//!
//! Units: mm. Frame: none of its own.

use stonecast_dental::{Fdi, Jaw, NotMeasured};

use super::arch_length::available;
use super::{row_to, sum};
use crate::rows::row;
use crate::view::View;

/// Passes when the jaw's arch is mixed: it holds permanent and primary teeth.
///
/// # Errors
/// When it is not there, or not mixed.
pub(crate) fn need_mixed(view: &View<'_>, jaw: Jaw) -> Result<(), NotMeasured> {
    let teeth = view.teeth(jaw);
    if teeth.is_empty() {
        return Err(NotMeasured::NoArch { jaw });
    }
    let why = match (
        teeth.iter().any(|t| t.is_primary()),
        teeth.iter().any(|t| !t.is_primary()),
    ) {
        (true, true) => return Ok(()),
        (false, _) => "has no primary teeth: its canines and premolars are measured, not predicted",
        (true, false) => "has no permanent teeth to predict from",
    };
    Err(NotMeasured::NotApplicable {
        why: format!("the {} arch {why}", jaw.name()),
    })
}

/// The sum of the four lower permanent incisors, from which canines and premolars are predicted.
///
/// # Errors
/// When one of them is not there.
pub(crate) fn predictor(view: &View<'_>) -> Result<f64, NotMeasured> {
    sum(view, &row_to(Jaw::Lower, 2))
}

/// The space that is left over when an arch's incisors are in line and its canines and premolars are as wide as predicted for a
/// quadrant: from first molar to first molar.
///
/// # Errors
/// When a permanent incisor or first molar of the arch is not there.
pub(crate) fn left_over(view: &View<'_>, jaw: Jaw, per_quadrant: f64) -> Result<f64, NotMeasured> {
    let incisors = row_to(jaw, 2);
    let molars: Vec<Fdi> = row_to(jaw, 6).into_iter().filter(|t| t.position() == 6).collect();
    let needed: Vec<Fdi> = incisors.iter().chain(&molars).copied().collect();
    view.need(&needed)?;
    Ok(available(view, jaw)? - (sum(view, &incisors)? + 2.0 * per_quadrant))
}

/// Nothing, known to the spread of patients about a prediction: it belongs to the uncertainty of every predicted width.
pub(crate) fn spread(view: &View<'_>, id: &str) -> f64 {
    let row = row("tooth_size_rules", id);
    view.rests_on(row);
    view.given(
        "spread of patients about the prediction",
        0.0,
        row.number("value"),
    )
}
