//! Orientation: from any pose to the arch's own frame.

use serde::{Deserialize, Serialize};
use stonecast_mesh::RigidMotion;

/// The pose of one arch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Orientation {
    /// From the scanner's frame to the arch's own: axes as in the cast frame, the origin at the midpoint of this
    /// arch's central incisal edges dropped onto its occlusal plane.
    pub arch_from_scan: RigidMotion,
}
