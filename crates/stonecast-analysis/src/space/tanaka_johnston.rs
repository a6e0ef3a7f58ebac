//! Tanaka and Johnston: the widths of unerupted canines and premolars from the lower incisors.
//!
//! Units: mm. Frame: none; widths only. Definitions and limits: `docs/methods/mixed-dentition.md`.
//!
//! Steps
//! 1. `predictor`: the sum of the four lower incisors.
//! 2. [`predicted`]: half of it and a constant for each jaw, for one quadrant.
//! 3. `left_over`: the available space less incisors and twice the prediction.

use stonecast_dental::Jaw;

use super::JAWS;
use super::mixed::{left_over, need_mixed, predictor, spread};
use super::remark_on_validity;
use crate::book::{Book, Spec};
use crate::rows::{Row, row};
use crate::view::View;

const METHOD: &str = "mixed-dentition";

fn constants(jaw: Jaw) -> [&'static Row; 2] {
    [
        row("tooth_size_rules", "tanaka-johnston-share"),
        row("tooth_size_rules", &format!("tanaka-johnston-{}", jaw.name())),
    ]
}

/// The widths of a quadrant's canine and premolars together.
pub(crate) fn predicted(lower_incisors: f64, jaw: Jaw) -> f64 {
    let [share, constant] = constants(jaw).map(|row| row.number("value"));
    lower_incisors * share / 100.0 + constant
}

fn prediction(view: &View<'_>, jaw: Jaw) -> Result<f64, stonecast_dental::NotMeasured> {
    need_mixed(view, jaw)?;
    for row in constants(jaw) {
        view.rests_on(row);
    }
    remark_on_validity(view, "tanaka-johnston");
    Ok(predicted(predictor(view)?, jaw) + spread(view, "spread-tanaka-johnston"))
}

pub(crate) fn measure(book: &mut Book<'_>) {
    for jaw in JAWS {
        let name = jaw.name();
        let spec = Spec::mm(
            format!("tanaka_johnston.predicted.{name}"),
            format!("Tanaka and Johnston: canine and premolars of an {name} quadrant")
                .replace("an lower", "a lower"),
            METHOD,
        );
        book.number(spec, move |view| prediction(view, jaw));
        let spec = Spec::mm(
            format!("tanaka_johnston.discrepancy.{name}"),
            format!("Tanaka and Johnston: available less required space of the {name} arch"),
            METHOD,
        );
        book.number(spec, move |view| {
            let quadrant = prediction(view, jaw)?;
            left_over(view, jaw, quadrant)
        });
    }
}
