//! Bite: how the lower arch stands to the upper, and how that is known.

use serde::{Deserialize, Serialize};

/// How the bite is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BiteKind {
    /// The two scans already stand in occlusion.
    AsScanned,
    /// Each arch was registered to buccal bite scans.
    FromBiteScan,
    /// Found by fitting the arches to each other; not a record of the patient's bite.
    Estimated,
}

/// The bite of a cast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bite {
    /// How it is known.
    pub kind: BiteKind,
}
