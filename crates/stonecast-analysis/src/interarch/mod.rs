//! How the arches stand to each other: overjet, overbite, open bite, midlines, Angle class, crossbites.
//!
//! Units: mm, shares. Frame: the cast frame; "horizontal" is parallel to the occlusal plane.
//!
//! | to | look in |
//! |---|---|
//! | measure overjet by both definitions | `overjet` |
//! | measure overbite in mm and in per cent | `overbite` |
//! | measure open bite of front and side | `open_bite` |
//! | compare midlines | `midline` |
//! | class molars, canines, premolars, terminal planes | `angle` |
//! | find front teeth in crossbite | `crossbite` |
//! | place back teeth across the arch | `transverse` |
//! | know what they share | `teeth`, `line`, `profile`, `heights` |

mod angle;
mod crossbite;
mod heights;
mod line;
mod midline;
mod open_bite;
mod overbite;
mod overjet;
mod profile;
mod teeth;
mod transverse;

#[cfg(test)]
mod tests;

use crate::book::Book;

/// The table of all thresholds here.
const TABLE: &str = "interarch";

pub(crate) fn measure(book: &mut Book<'_>) {
    overjet::measure(book);
    crossbite::measure(book);
    overbite::measure(book);
    open_bite::measure(book);
    midline::measure(book);
    angle::measure(book);
    transverse::measure(book);
}
