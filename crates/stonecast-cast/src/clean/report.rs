//! What cleaning changed, and what of it a person should know.

use serde::{Deserialize, Serialize};
use stonecast_dental::Warning;
use stonecast_mesh::repair::MendReport;

/// What cleaning changed, as counts. All zero: the surface is the file's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanReport {
    /// What mending changed.
    #[serde(flatten)]
    pub mending: MendReport,
    /// Pieces whose normals were turned outwards.
    pub turned_pieces: usize,
    /// The faces of those pieces.
    pub turned_faces: usize,
}

impl From<MendReport> for CleanReport {
    fn from(mending: MendReport) -> Self {
        Self {
            mending,
            ..Self::default()
        }
    }
}

/// Says what mending did that touches the surface shown; welding and the like go without saying.
pub(super) fn warn_of_mending(report: &CleanReport, face_count: usize, warnings: &mut Vec<Warning>) {
    let mending = &report.mending;
    if mending.dropped_pieces > 0 {
        warnings.push(Warning::new(
            "cast.clean.pieces-dropped",
            format!(
                "{} floating pieces with {} of {face_count} faces were dropped",
                mending.dropped_pieces, mending.dropped_piece_faces
            ),
            "look at the pictures: nothing that belongs to the arch should be missing",
        ));
    }
    if mending.flap_faces > 0 {
        warnings.push(Warning::new(
            "cast.clean.flaps-dropped",
            format!(
                "{} faces that stuck out of the surface's edges were dropped",
                mending.flap_faces
            ),
            "nothing, unless the scanner's software can export without post-processing faults",
        ));
    }
    if mending.cut_edges > 0 {
        warnings.push(Warning::new(
            "cast.clean.sheets-cut",
            format!(
                "the surface met itself at {} edges and was cut apart there",
                mending.cut_edges
            ),
            "look at the pictures there; scan again if two teeth are fused",
        ));
    }
}
