//! Crowns, each a surface of its own, so that a tooth pair has a gap of its own.
//!
//! Units: mm. Frame: the cast frame, the lower arch closed.
//!
//! Why not the arch's index: the closest place of a whole arch may lie on a neighbour, and then says nothing of the pair.

use rayon::prelude::*;
use stonecast_dental::Fdi;
use stonecast_mesh::spatial::OrientedSurface;
use stonecast_mesh::{Aabb, FaceId, TriMesh};
use stonecast_teeth::LabelledArch;

/// One crown as the scan shows it.
#[derive(Debug)]
pub(crate) struct Crown {
    pub fdi: Fdi,
    pub mesh: TriMesh,
    pub oriented: OrientedSurface,
    pub bounds: Aabb,
}

/// The crowns of an arch, by number.
pub(crate) fn crowns(mesh: &TriMesh, labelled: &LabelledArch) -> Vec<Crown> {
    let labels = &labelled.face_labels;
    let mut teeth: Vec<Fdi> = labels.as_slice().iter().flatten().copied().collect();
    teeth.sort_unstable();
    teeth.dedup();
    let crown = |fdi: Fdi| {
        let part = mesh.submesh(|face: FaceId| labels[face] == Some(fdi)).mesh;
        let bounds = part.bounds()?;
        Some(Crown {
            fdi,
            oriented: OrientedSurface::build(&part),
            mesh: part,
            bounds,
        })
    };
    teeth.into_par_iter().filter_map(crown).collect()
}
