//! Why a scan cannot be cleaned.

use thiserror::Error;

/// Why a scan cannot be cleaned.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CleanError {
    /// The file holds next to nothing.
    #[error(
        "the scan has {face_count} triangles, fewer than the {least} that an arch needs: \
         check that the export was complete and that this file is the scan"
    )]
    TooFewFaces {
        /// How many there are.
        face_count: usize,
        /// How many are needed.
        least: usize,
    },
    /// All triangles are points or lines.
    #[error("the scan's triangles have no area: export it again")]
    NoArea,
    /// Every triangle was a fault.
    #[error(
        "of the scan's {face_count} triangles none is left when the faulty ones are dropped: export it again"
    )]
    NothingLeft {
        /// How many there were.
        face_count: usize,
    },
    /// Colours do not belong to this mesh.
    #[error(
        "there are {colour_count} colours for {vertex_count} vertices: pass the colours read with this mesh, or none"
    )]
    ColourCount {
        /// How many colours.
        colour_count: usize,
        /// How many vertices.
        vertex_count: usize,
    },
}
