//! From a number to points or a name, with what its uncertainty leaves open.
//!
//! Indices are read from a ruler: a number is rounded to the step of that ruler first, halves away from zero, and belongs to
//! the first band whose upper bound it does not exceed.

use stonecast_dental::Quantity;
use stonecast_dental::finding::{Category, Score};

use crate::rows::Row;

/// Bands of a number, each with points or a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Bands<T> {
    /// The step that a number is rounded to first; 0 for none.
    pub step: f64,
    /// The upper bounds of all bands but the last, ascending; a bound belongs to the band below it.
    pub upper: Vec<f64>,
    /// What each band gives: one more than there are bounds.
    pub gives: Vec<T>,
}

impl<T> Bands<T> {
    /// Bands.
    ///
    /// # Panics
    /// Unless there is one result more than there are bounds, and they ascend.
    pub fn new(step: f64, upper: Vec<f64>, gives: Vec<T>) -> Self {
        assert_eq!(
            upper.len() + 1,
            gives.len(),
            "a band below each bound and one above all"
        );
        assert!(upper.windows(2).all(|w| w[0] < w[1]), "bounds ascend");
        Self { step, upper, gives }
    }

    fn place(&self, value: f64) -> usize {
        // Halves are away from zero on the ruler, not in binary: 1.05 is 10.5 steps, not a little less.
        let read = if self.step > 0.0 {
            let steps = value / self.step;
            let nudged = steps + steps.signum() * 1e-9;
            nudged.round() * self.step
        } else {
            value
        };
        // A reading of 3 × 0.1 is not above a bound of 0.3.
        self.upper
            .iter()
            .take_while(|bound| read > **bound + 1e-9)
            .count()
    }

    /// What a number gives without regard to its uncertainty.
    pub fn of_value(&self, value: f64) -> &T {
        &self.gives[self.place(value)]
    }

    /// What the number gives first, then everything that its uncertainty leaves open, from its low end to its high end.
    fn open(&self, number: &Quantity) -> (&T, &[T]) {
        let [low, high] = number.interval();
        let (low, high) = (self.place(low), self.place(high));
        (self.of_value(number.value), &self.gives[low..=high])
    }
}

impl Bands<f64> {
    /// Bands of points as a row of a table states them: `step`, `upper`, `points`.
    pub fn from_row(row: &Row) -> Self {
        Self::new(
            row.maybe_number("step").unwrap_or(0.0),
            row.numbers("upper"),
            row.numbers("points"),
        )
    }

    /// Points for a number, and the least and most that its uncertainty leaves open.
    pub fn score(&self, number: &Quantity) -> Score {
        let (points, open) = self.open(number);
        Score {
            points: *points,
            low: open.iter().copied().fold(f64::INFINITY, f64::min),
            high: open.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        }
    }
}

impl Bands<String> {
    /// Bands of names as a row of a table states them: `step`, `upper`, `names`.
    pub fn names_from_row(row: &Row) -> Self {
        Self::new(
            row.maybe_number("step").unwrap_or(0.0),
            row.numbers("upper"),
            row.texts("names").into_iter().map(str::to_owned).collect(),
        )
    }

    /// The name for a number, and the others that its uncertainty leaves open.
    pub fn category(&self, number: &Quantity) -> Category {
        let (name, open) = self.open(number);
        let mut others: Vec<String> = Vec::new();
        for other in open {
            if other != name && !others.contains(other) {
                others.push(other.clone());
            }
        }
        Category {
            name: name.clone(),
            others,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_dental::Unit;

    fn q(value: f64, uncertainty: f64) -> Quantity {
        Quantity {
            value,
            uncertainty,
            unit: Unit::Mm,
        }
    }

    #[test]
    fn a_number_is_rounded_to_the_ruler_and_a_bound_belongs_below() {
        let bands = Bands::new(0.1, vec![1.0, 2.0, 4.0], vec![0.0, 1.0, 2.0, 3.0]);
        let t = |value: f64, points: f64| assert_eq!(*bands.of_value(value), points, "{value}");
        t(0.0, 0.0);
        t(1.0, 0.0);
        t(1.04, 0.0);
        t(1.05, 1.0);
        t(1.06, 1.0);
        t(2.0, 1.0);
        t(2.049, 1.0);
        t(2.05, 2.0);
        t(4.0, 2.0);
        t(4.1, 3.0);
        t(-3.0, 0.0);
    }

    #[test]
    fn a_number_near_a_bound_leaves_both_bands_open() {
        let bands = Bands::new(0.1, vec![1.0, 2.0, 4.0], vec![0.0, 1.0, 2.0, 3.0]);
        let score = bands.score(&q(1.9, 0.1));
        assert_eq!((score.points, score.low, score.high), (1.0, 1.0, 2.0));
        assert!(!bands.score(&q(1.5, 0.1)).is_borderline());
        let wide = bands.score(&q(1.5, 2.0));
        assert_eq!((wide.low, wide.high), (0.0, 3.0));
    }

    #[test]
    fn names_list_their_neighbours_once() {
        let names = ["a", "b", "a"].map(String::from).to_vec();
        let bands = Bands::new(0.0, vec![0.0, 1.0], names);
        let category = bands.category(&q(0.5, 0.4));
        assert_eq!((category.name.as_str(), category.others.len()), ("b", 1));
        assert!(!bands.category(&q(0.5, 0.1)).is_borderline());
    }
}
