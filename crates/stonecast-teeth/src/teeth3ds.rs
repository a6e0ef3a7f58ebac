//! Numbers as the Teeth3DS form has them.
//!
//! The form knows the permanent numbers 11 to 48 only: a primary tooth stands in it under the number of its successor.
//! Where the successor stands in the arch too, the primary tooth keeps its own number, so that no two teeth share one.

use std::collections::BTreeSet;

use stonecast_dental::Fdi;

/// The numbers that the teeth of one arch have in the form.
///
/// ```
/// use stonecast_dental::Fdi;
/// use stonecast_teeth::teeth3ds::FormNumbers;
/// let [e, canine, retained] = [Fdi::new(55)?, Fdi::new(13)?, Fdi::new(53)?];
/// let numbers = FormNumbers::of([e, canine, retained]);
/// assert_eq!(numbers.of_tooth(e), Fdi::new(15)?);
/// assert_eq!(numbers.of_tooth(retained), retained);
/// # Ok::<(), stonecast_dental::tooth::NotATooth>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormNumbers {
    present: BTreeSet<Fdi>,
}

impl FormNumbers {
    /// Those of an arch with these teeth.
    pub fn of(teeth: impl IntoIterator<Item = Fdi>) -> Self {
        Self {
            present: teeth.into_iter().collect(),
        }
    }

    /// The number of a tooth in the form.
    pub fn of_tooth(&self, tooth: Fdi) -> Fdi {
        tooth
            .successor()
            .filter(|successor| !self.present.contains(successor))
            .unwrap_or(tooth)
    }

    /// Labels in the form.
    pub fn of_labels(&self, labels: &[Option<Fdi>]) -> Vec<Option<Fdi>> {
        labels.iter().map(|l| l.map(|t| self.of_tooth(t))).collect()
    }

    /// The teeth that stand under another number, sorted.
    pub fn renamed(&self) -> impl Iterator<Item = (Fdi, Fdi)> + '_ {
        let all = self.present.iter().map(|&t| (t, self.of_tooth(t)));
        all.filter(|(tooth, number)| tooth != number)
    }
}
