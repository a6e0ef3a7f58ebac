//! Scan to cast: the first two values of the corridor.
//!
//! | stage | function | from | to |
//! |---|---|---|---|
//! | intake | [`intake`] | bytes of a file | [`Scan`]: bytes kept and hashed, unit and role settled |
//! | cleaning | [`clean`] | a scan's mesh | one orientable manifold surface, every change counted |
//! | orientation | [`orient`] | a cleaned arch in any pose | the motion to the arch's own frame, with its confidence |
//! | bite | [`bite`] | two arches | the lower arch placed under the upper, and how that is known |
//! | base | [`base`] | an arch in the cast frame | a closed body to stand on, separate from the anatomy |
//!
//! Everything after intake is in millimetres; everything after orientation is in the cast frame
//! ([`stonecast_dental::frame`]).

pub mod base;
pub mod bite;
pub mod cast;
pub mod clean;
pub mod edits;
pub mod intake;
pub mod orient;
pub mod scan;

pub use cast::{Cast, CastArch, CastParams, Scans, make_cast};
pub use edits::Edits;
pub use scan::Scan;
