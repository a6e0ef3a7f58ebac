//! How two arches meet: exact gaps, contacts and penetration, in the bite and along a path of the lower jaw.
//!
//! Units: mm, mm². Frame: the cast frame. Areas are areas: nothing here is a force. Nothing is blocked or deformed: where
//! arches pass through each other, that is measured.
//!
//! | to | look in |
//! |---|---|
//! | say what is analysed | [`pair`] |
//! | know the distances | [`field`] |
//! | paint distances | [`bands`] |
//! | know what teeth do along a path | [`excursion`] |

pub mod bands;
pub mod excursion;
pub mod field;
pub mod pair;

pub use bands::{Band, BandPreset};
pub use field::{Gap, GapField};
pub use pair::{OccludingArch, Pair};
