//! Labelled cast to findings: every cast analysis and index, each number with its evidence and its uncertainty.
//!
//! Units: each finding names its own. Frame: the cast frame. Nothing is changed: findings stand beside the cast.
//!
//! | to | look in |
//! |---|---|
//! | measure a cast | [`measure`] |
//! | know what is given to it | [`subject`] |
//! | add an analysis | [`book`], [`view`] |
//! | compare two times | [`mod@change`] |
//! | grade a number | [`grades`] |
//! | look at constants | [`rows`], `tables/` |
//! | name the scanner | [`noise`] |
//!
//! One file for each analysis, with a page of the same method in `docs/methods/`.

// The tests' own casts name this crate from outside.
#[cfg(test)]
extern crate self as stonecast_analysis;
#[cfg(test)]
#[path = "../tests/truth/mod.rs"]
mod truth;

mod arch;
pub mod book;
pub mod change;
mod contacts;
pub mod geometry;
pub mod grades;
pub mod indices;
mod interarch;
mod monte_carlo;
pub mod noise;
mod outline;
mod precision;
pub mod rows;
mod size;
mod space;
pub mod subject;
pub mod view;

use stonecast_dental::Findings;

use book::Book;
pub use monte_carlo::{Spread, at_random};
pub use noise::Noise;
pub use subject::{Answer, Answers, BiteFacts, MeasuredArch, MeasuredCast, Params, Subject};

/// Measures everything that can be measured on a cast, and says of the rest why not.
pub fn measure(cast: &MeasuredCast<'_>, params: &Params) -> Findings {
    let subject = Subject::new(*cast, params);
    let (findings, outlines) = rayon::join(|| open_book(&subject).close(), || outline::outlines(&subject));
    Findings { findings, outlines }
}

/// Every measure entered: first what reads the cast, then what follows from that.
fn open_book<'a>(subject: &'a Subject<'a>) -> Book<'a> {
    let mut book = Book::new(subject);
    size::measure(&mut book);
    arch::measure(&mut book);
    space::measure(&mut book);
    interarch::measure(&mut book);
    indices::measure(&mut book);
    book
}
