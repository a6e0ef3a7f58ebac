//! Bolton's tooth size ratios of lower to upper teeth, and by how many millimetres one arch's teeth are too wide.
//!
//! Units: per cent and mm. Frame: none; widths only. Definitions and limits: `docs/methods/bolton.md`.
//!
//! Steps
//! 1. `sum` of the twelve (six) teeth of each arch.
//! 2. [`ratio`], lower over upper.
//! 3. [`excess`] against a norm set, and the ratio's distance from the norm in its standard deviations.
//! 4. `significance`: whether the excess is beyond what is called clinically significant.
//!
//! References: in `docs/methods/bolton.md`; norm sets in `tables/bolton.toml`.

use stonecast_dental::finding::Unit;
use stonecast_dental::{Jaw, NotMeasured};

use super::{row_to, sum};
use crate::book::{Book, Spec};
use crate::grades::Bands;
use crate::rows::{Row, row, rows};
use crate::subject::Params;

const METHOD: &str = "bolton";

/// The two groups of teeth: id, words, position of the last tooth on each side.
const GROUPS: [(&str, &str, u8); 2] = [("anterior", "anterior", 3), ("overall", "overall", 6)];

/// Lower over upper, in per cent.
pub(crate) fn ratio(lower: f64, upper: f64) -> f64 {
    100.0 * lower / upper
}

/// By how much the teeth of one arch are too wide for the other's, mm: positive for the lower arch (lower sum less norm
/// times upper sum), negative for the upper (upper sum less lower sum over norm). The norm is a ratio in per cent.
pub(crate) fn excess(lower: f64, upper: f64, norm: f64) -> f64 {
    let norm = norm / 100.0;
    if lower >= upper * norm {
        lower - upper * norm
    } else {
        lower / norm - upper
    }
}

/// The norm set that the parameters name, or the first.
///
/// # Errors
/// When there is no set of that name.
pub(crate) fn norm_set(params: &Params) -> Result<&'static Row, NotMeasured> {
    let mut sets = rows("bolton")
        .iter()
        .filter(|r| r.maybe_number("overall_mean").is_some());
    let Some(name) = params.norms.get("bolton") else {
        return Ok(sets.next().expect("the table has norm sets"));
    };
    sets.find(|set| set.id == *name).ok_or_else(|| {
        let names: Vec<&str> = rows("bolton")
            .iter()
            .filter(|r| r.maybe_number("overall_mean").is_some())
            .map(|r| r.id.as_str())
            .collect();
        NotMeasured::OutOfRange {
            what: format!(
                "there is no Bolton norm set {name}; choose one of {}",
                names.join(", ")
            ),
        }
    })
}

pub(crate) fn measure(book: &mut Book<'_>) {
    for (key, words, position) in GROUPS {
        let upper = row_to(Jaw::Upper, position);
        let lower = row_to(Jaw::Lower, position);
        let count = upper.len();
        for (jaw, teeth) in [(Jaw::Upper, upper.clone()), (Jaw::Lower, lower.clone())] {
            let spec = Spec::mm(
                format!("bolton.{key}.sum.{}", jaw.name()),
                format!("Bolton: widths of the {count} {} teeth", jaw.name()),
                METHOD,
            );
            book.number(spec, move |view| sum(view, &teeth));
        }
        let sums = move |view: &crate::view::View<'_>| {
            let all: Vec<_> = upper.iter().chain(&lower).copied().collect();
            view.need(&all)?;
            Ok::<_, NotMeasured>((sum(view, &upper)?, sum(view, &lower)?))
        };
        let spec = Spec::percent(
            format!("bolton.{key}.ratio"),
            format!("Bolton {words} ratio"),
            METHOD,
        );
        let of_ratio = sums.clone();
        book.number(spec, move |view| {
            let (upper, lower) = of_ratio(view)?;
            Ok(ratio(lower, upper))
        });
        let set = norm_set(book.params());
        let specs = vec![
            Spec::mm(
                format!("bolton.{key}.excess"),
                format!("Bolton {words} excess: lower teeth too wide if positive, upper if negative"),
                METHOD,
            ),
            Spec::new(
                format!("bolton.{key}.z"),
                format!("Bolton {words} ratio, standard deviations from the norm"),
                Unit::One,
                METHOD,
            ),
        ];
        book.numbers(specs, move |view| {
            let (upper, lower) = sums(view)?;
            let set = set.clone()?;
            view.rests_on(set);
            view.remark(&format!("norm set {}: {}", set.id, set.text("population")));
            let mean = set.number(&format!("{key}_mean"));
            let deviation = set.number(&format!("{key}_sd"));
            Ok(vec![
                excess(lower, upper, mean),
                (ratio(lower, upper) - mean) / deviation,
            ])
        });
        significance(book, key, words);
    }
}

fn significance(book: &mut Book<'_>, key: &'static str, words: &str) {
    let limit = row("bolton", "significant-correction");
    let (value, step) = (limit.number("value"), limit.number("step"));
    let names = ["upper teeth too wide", "not significant", "lower teeth too wide"];
    // More than the limit on either side, read to the step.
    let bands = Bands::new(
        step,
        vec![-value - step, value],
        names.map(str::to_owned).to_vec(),
    );
    let spec = Spec::category(
        format!("bolton.{key}.significance"),
        format!("Bolton {words} excess, clinical significance"),
        METHOD,
    );
    book.category(spec, move |reader| {
        reader.rests_on(limit);
        Ok(bands.category(&reader.number(&format!("bolton.{key}.excess"))?))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_excess_is_nothing_at_the_norm_and_continuous_there() {
        let t = |lower: f64, upper: f64, norm: f64, expected: f64| {
            let found = excess(lower, upper, norm);
            assert!((found - expected).abs() < 1e-9, "{lower} {upper}: {found}");
        };
        t(77.2, 100.0, 77.2, 0.0);
        t(78.2, 100.0, 77.2, 1.0);
        t(77.2, 101.0, 77.2, -1.0);
        t(77.2 + 1e-12, 100.0, 77.2, 0.0);
        t(77.2 - 1e-12, 100.0, 77.2, 0.0);
    }

    #[test]
    fn taking_the_excess_away_brings_the_ratio_to_the_norm() {
        for (lower, upper) in [(38.0, 47.8), (35.0, 47.8), (88.0, 95.9), (80.0, 95.9)] {
            let by = excess(lower, upper, 77.2);
            let (lower, upper) = (lower - by.max(0.0), upper + by.min(0.0));
            assert!((ratio(lower, upper) - 77.2).abs() < 1e-9);
        }
    }

    #[test]
    fn the_norm_set_can_be_named_and_an_unknown_name_is_refused() {
        let mut params = Params::default();
        assert_eq!(norm_set(&params).unwrap().id, "bolton-1958");
        params.norms.insert("bolton".to_owned(), "chinese".to_owned());
        assert_eq!(norm_set(&params).unwrap().number("anterior_mean"), 78.8);
        params.norms.insert("bolton".to_owned(), "martian".to_owned());
        let why = norm_set(&params).unwrap_err().to_string();
        assert!(
            why.contains("martian") && why.contains("andrews-untreated"),
            "{why}"
        );
    }
}
