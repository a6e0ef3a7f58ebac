//! How two arches meet: exact gaps, contacts and penetration, in the bite and along a path of the lower jaw.
//!
//! Units: mm, mm². Frame: the cast frame. Areas are areas: nothing here is a force. Nothing is blocked or deformed: where
//! arches pass through each other, that is measured.
//!
//! | to | look in |
//! |---|---|
//! | say what is analysed | [`pair`], [`params`] |
//! | know the distances | [`field`] |
//! | paint distances | [`bands`] |
//! | know what teeth do along a path | [`excursion`] |
//! | analyse the bite: contacts, areas, teeth, balance | [`analyse()`], [`Occlusion`] |
//! | see what a contact is | [`contacts`], [`classes`] |
//! | know which neighbours touch | [`proximal`] |
//! | cut both arches and measure in the section | [`mod@section`] |
//! | see what small errors of the bite do | [`sensitivity`] |

pub mod analyse;
mod areas;
pub mod balance;
pub mod bands;
pub mod classes;
pub mod contacts;
pub mod excursion;
pub mod field;
mod findings;
pub mod pair;
pub mod params;
pub mod proximal;
mod round;
mod rows;
pub mod section;
pub mod sensitivity;
mod spread;
pub mod teeth_table;

pub use analyse::{
    Deepest, Level, NudgeRow, Occlusion, OcclusionError, Penetration, SoftTissueContact, WithoutContact,
    analyse,
};
pub use balance::Balance;
pub use bands::{Band, BandPreset};
pub use classes::{ContactKind, CuspOf, TransverseStop};
pub use contacts::{ArchAreas, Contact};
pub use field::{Gap, GapField, field_reach};
pub use pair::{OccludingArch, Pair};
pub use params::{BiteKnown, OcclusionParams, ScannerNoise};
pub use proximal::{ProximalRow, ProximalState};
pub use section::{Across, Calliper, Section, SectionError, SectionParams, SectionPlane, section};
pub use sensitivity::Nudge;
pub use teeth_table::ToothRow;
