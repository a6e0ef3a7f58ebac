//! Little's irregularity index: the sum of the five displacements of the front teeth's contact points.
//!
//! Units: mm. Frame: displacements parallel to the occlusal plane. Definitions and limits: `docs/methods/irregularity.md`.
//!
//! Steps
//! 1. `displacement` of the facing contact points of each of the five pairs from canine to canine.
//! 2. Their sum.
//! 3. `degree`: the name of the degree that the sum, rounded to a whole millimetre, belongs to.

use super::neighbours::displacement;
use super::{JAWS, row_to};
use crate::book::{Book, Spec};
use crate::grades::Bands;
use crate::rows::row;

const METHOD: &str = "irregularity";

/// The degrees, with the rounding that goes before them.
pub(crate) fn degrees() -> Bands<String> {
    let degrees = row("irregularity", "degrees");
    let names = degrees.texts("names").into_iter().map(str::to_owned).collect();
    Bands::new(
        row("irregularity", "rounding").number("step"),
        degrees.numbers("upper"),
        names,
    )
}

pub(crate) fn measure(book: &mut Book<'_>) {
    for jaw in JAWS {
        let teeth = row_to(jaw, 3);
        let id = format!("little.{}", jaw.name());
        let spec = Spec::mm(
            id.clone(),
            format!("Little's irregularity index, {} front teeth", jaw.name()),
            METHOD,
        );
        book.number(spec, move |view| {
            view.need(&teeth)?;
            teeth
                .windows(2)
                .map(|pair| displacement(view, pair[0], pair[1]))
                .sum()
        });
        let spec = Spec::category(
            format!("{id}.degree"),
            format!("irregularity of the {} front teeth after Little", jaw.name()),
            METHOD,
        );
        book.category(spec, move |reader| {
            reader.rests_on(row("irregularity", "degrees"));
            reader.rests_on(row("irregularity", "rounding"));
            if jaw == stonecast_dental::Jaw::Upper {
                reader.remark("the index and its degrees were made for the lower arch");
            }
            Ok(degrees().category(&reader.number(&id)?))
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_degree_begins_half_a_millimetre_before_its_first_number() {
        let t = |sum: f64, name: &str| assert!(degrees().of_value(sum).starts_with(name), "{sum}");
        t(0.0, "perfect");
        t(0.49, "perfect");
        t(0.5, "minimal");
        t(3.49, "minimal");
        t(3.5, "moderate");
        t(6.5, "severe");
        t(9.5, "very severe");
        t(30.0, "very severe");
    }
}
