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
    /// Pairs of faces that passed through each other.
    pub crossings_found: usize,
    /// Pairs that still do, where the place was too large to replace.
    pub crossings_left: usize,
    /// Faces cut out at the crossings.
    pub crossing_faces_removed: usize,
    /// Faces made in their place.
    pub crossing_faces_added: usize,
    /// Holes filled.
    pub holes_filled: usize,
    /// Faces made in the holes.
    pub hole_faces_added: usize,
    /// Border loops left open besides the longest, which is the scan's border.
    pub holes_left: usize,
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

/// Says where the surface passed through itself.
pub(super) fn warn_of_crossings(report: &CleanReport, warnings: &mut Vec<Warning>) {
    if report.crossing_faces_removed > 0 {
        warnings.push(Warning::new(
            "cast.clean.crossings-replaced",
            format!(
                "the surface passed through itself: {} faces were cut out and {} smooth ones made in their place",
                report.crossing_faces_removed, report.crossing_faces_added
            ),
            "measurements mark what rests on made faces; scan again where that matters",
        ));
    }
    if report.crossings_left > 0 {
        warnings.push(Warning::new(
            "cast.clean.crossings-left",
            format!(
                "the surface still passes through itself in {} pairs of faces",
                report.crossings_left
            ),
            "the places are larger than may be replaced unseen: scan them again, or repair them by hand",
        ));
    }
}

/// Says which holes were filled and which were not.
pub(super) fn warn_of_holes(report: &CleanReport, warnings: &mut Vec<Warning>) {
    if report.holes_filled > 0 {
        warnings.push(Warning::new(
            "cast.clean.holes-filled",
            format!(
                "{} small holes were filled with {} faces",
                report.holes_filled, report.hole_faces_added
            ),
            "measurements mark what rests on filled faces; scan again where that matters",
        ));
    }
    if report.holes_left > 0 {
        warnings.push(Warning::new(
            "cast.clean.holes-left",
            format!(
                "{} holes are too large to fill and were left open",
                report.holes_left
            ),
            "scan the open places again if they matter",
        ));
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
