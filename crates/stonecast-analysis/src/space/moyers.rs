//! Moyers: the widths of unerupted canines and premolars that are not exceeded with a probability, from the lower incisors.
//!
//! Units: mm. Frame: none; widths only. Definitions and limits: `docs/methods/mixed-dentition.md`.
//!
//! Steps
//! 1. `predictor`: the sum of the four lower incisors.
//! 2. [`predicted`]: the table's figure, between its columns by straight lines; beyond them it is refused.
//! 3. `left_over` at the level that the parameters name, or Moyers' 75 %.

use stonecast_dental::{Jaw, NotMeasured};

use super::mixed::{left_over, need_mixed, predictor, spread};
use super::{JAWS, remark_on_validity};
use crate::book::{Book, Spec};
use crate::rows::{Row, row, rows};
use crate::subject::Params;
use crate::view::View;

const METHOD: &str = "mixed-dentition";

/// The table's levels; the first is the one used for discrepancies unless another is named.
pub(crate) fn levels() -> impl Iterator<Item = &'static Row> {
    rows("moyers")
        .iter()
        .filter(|row| row.maybe_number("probability").is_some())
}

/// The widths of a quadrant's canine and premolars together that are not exceeded at a level.
///
/// # Errors
/// When the incisors lie beyond the table.
pub(crate) fn predicted(lower_incisors: f64, jaw: Jaw, level: &Row) -> Result<f64, NotMeasured> {
    let sums = row("moyers", "incisor-sums").numbers("values");
    let figures = level.numbers(jaw.name());
    let (first, last) = (sums[0], sums[sums.len() - 1]);
    if !(first..=last).contains(&lower_incisors) {
        return Err(NotMeasured::OutOfRange {
            what: format!(
                "the lower incisors are {lower_incisors:.2} mm together; Moyers' table reaches from {first} to {last} mm"
            ),
        });
    }
    let above = sums.iter().position(|s| *s >= lower_incisors).unwrap_or(0).max(1);
    let part = (lower_incisors - sums[above - 1]) / (sums[above] - sums[above - 1]);
    Ok(figures[above - 1] + part * (figures[above] - figures[above - 1]))
}

fn chosen(params: &Params) -> Result<&'static Row, NotMeasured> {
    let Some(name) = params.norms.get("moyers") else {
        return Ok(levels().next().expect("the table has levels"));
    };
    levels().find(|level| level.id == *name).ok_or_else(|| {
        let names: Vec<&str> = levels().map(|l| l.id.as_str()).collect();
        NotMeasured::OutOfRange {
            what: format!(
                "there is no Moyers level {name}; choose one of {}",
                names.join(", ")
            ),
        }
    })
}

fn prediction(view: &View<'_>, jaw: Jaw, level: &Row) -> Result<f64, NotMeasured> {
    need_mixed(view, jaw)?;
    view.rests_on(level);
    remark_on_validity(view, "moyers");
    Ok(predicted(predictor(view)?, jaw, level)? + spread(view, "spread-moyers"))
}

pub(crate) fn measure(book: &mut Book<'_>) {
    let chosen = chosen(book.params());
    for jaw in JAWS {
        let name = jaw.name();
        for level in levels() {
            let percent = level.number("probability");
            let spec = Spec::mm(
                format!("moyers.predicted.{name}.p{percent}"),
                format!("Moyers, {percent} %: canine and premolars of one {name} quadrant"),
                METHOD,
            );
            book.number(spec, move |view| prediction(view, jaw, level));
        }
        let spec = Spec::mm(
            format!("moyers.discrepancy.{name}"),
            format!("Moyers: available less required space of the {name} arch"),
            METHOD,
        );
        let chosen = chosen.clone();
        book.number(spec, move |view| {
            let level = chosen.clone()?;
            let quadrant = prediction(view, jaw, level)?;
            view.remark(&format!("at the {} % level", level.number("probability")));
            left_over(view, jaw, quadrant)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_rise_with_the_incisors_and_with_the_probability() {
        let columns = row("moyers", "incisor-sums").numbers("values").len();
        let mut sorted: Vec<&Row> = levels().collect();
        assert_eq!(sorted.len(), 9);
        sorted.sort_by(|a, b| a.number("probability").total_cmp(&b.number("probability")));
        for jaw in JAWS {
            let table: Vec<Vec<f64>> = sorted.iter().map(|l| l.numbers(jaw.name())).collect();
            for line in &table {
                assert_eq!(line.len(), columns);
                assert!(line.windows(2).all(|w| w[0] < w[1]), "{line:?}");
            }
            for two in table.windows(2) {
                assert!(two[0].iter().zip(&two[1]).all(|(a, b)| a < b), "{two:?}");
            }
        }
    }

    #[test]
    fn a_column_gives_its_figure_and_sums_beyond_the_table_are_refused() {
        let level = row("moyers", "level-75");
        let t = |incisors: f64, jaw: Jaw, expected: f64| {
            let found = predicted(incisors, jaw, level).unwrap();
            assert!((found - expected).abs() < 1e-9, "{incisors}: {found}");
        };
        t(19.5, Jaw::Upper, 20.6);
        t(19.75, Jaw::Upper, 20.75);
        t(23.0, Jaw::Lower, 22.2);
        t(25.0, Jaw::Lower, 23.4);
        for beyond in [19.49, 25.01, f64::NAN] {
            let why = predicted(beyond, Jaw::Lower, level).unwrap_err();
            assert!(why.to_string().contains("19.5 to 25"), "{why}");
        }
    }
}
