//! Occlusal indices: PAR, the ABO's discrepancy index and cast evaluation, IOTN-DHC, ICON.
//!
//! Units: points; the numbers behind them are in mm and percent. Frame: the cast frame.
//!
//! An index is a reading of numbers that stand in the book already. Each is rounded to the step of its table first, halves away
//! from zero; a bound belongs to the band below it. What the expanded uncertainty of a number leaves open goes along as the fewest
//! and the most points, through every sum and every choice of the worst. What a cast cannot tell is asked for, never inferred.
//!
//! | index | page |
//! |---|---|
//! | PAR | `docs/methods/par.md` |
//! | ABO discrepancy index | `docs/methods/abo-di.md` |
//! | ABO cast-radiograph evaluation | `docs/methods/abo-cre.md` |
//! | IOTN, dental health component | `docs/methods/iotn.md` |
//! | ICON | `docs/methods/icon.md` |

mod abo_cre;
mod abo_di;
mod cre_gaps;
mod cre_measures;
mod given;
mod icon;
mod iotn;
mod par;
mod reading;
#[cfg(test)]
mod tests;

use crate::book::Book;
pub use given::{Given, score};

/// Enters what the indices measure themselves, and their scores.
pub(crate) fn measure(book: &mut Book<'_>) {
    par::measure(book);
    cre_measures::measure(book);
    enter_scores(book);
}

/// Enters the scores.
fn enter_scores(book: &mut Book<'_>) {
    par::enter(book);
    abo_di::enter(book);
    abo_cre::enter(book);
    iotn::enter(book);
    icon::enter(book);
}
