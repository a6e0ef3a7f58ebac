//! Small holes closed smoothly; the scan's border left alone.
//!
//! Units: those of the mesh. Frame: any.
//!
//! Steps, for each border loop that the caller's rule calls a hole:
//! 1. `triangulate`: of all triangulations of the loop the one whose sharpest bend is least, then whose area is
//!    least.
//! 2. `refine`: triangles are split until they are as fine as the surface around, and edges exchanged until no
//!    angle pair is larger than two right angles.
//! 3. `fair`: the new vertices are moved to where the thin-plate energy is least, the surface around held fast, so
//!    that position and tangent plane are continuous across the rim.
//! 4. `crosses`: a patch that would pass through the surface is tried without fairing, then given up.
//!
//! Limits: a patch guesses; it is reported so that no measurement takes it for data. A loop is filled as a disc:
//! two loops are never bridged. Mend the mesh first.
//!
//! This work is based on: P. Liepa, "Filling Holes in Meshes", Symposium on Geometry Processing (2003); G. Barequet,
//! M. Sharir, "Filling gaps in the boundary of a polyhedron", Computer Aided Geometric Design 12(2) (1995);
//! M. Botsch, L. Kobbelt, "An intuitive framework for real-time freeform modeling", ACM Transactions on Graphics
//! 23(3) (2004), for the energy.

mod fair;
mod refine;
mod triangulate;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{box_pairs::overlapping_pairs, diagnose::ring_length, intersect::faces_cross};
use crate::{Aabb, FaceData, FaceId, Point, TriMesh, VertexId, topology::boundary_loops};

/// Which border loops are holes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FillParams {
    /// Longer loops are left.
    pub max_length: f64,
    /// The longest loop is the scan's border, however short, and is left.
    pub keep_longest: bool,
}

/// A hole that was filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// The rim, with the old surface on its left.
    pub rim: Vec<VertexId>,
    /// The new faces.
    pub faces: Range<u32>,
    /// The new vertices.
    pub vertices: Range<u32>,
}

/// Why a loop was left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LeftReason {
    /// It is the longest loop, which the caller calls the scan's border.
    Border,
    /// It is longer than the caller's limit.
    TooLong,
    /// No triangulation joins its vertices without a third face at some edge.
    NoTriangulation,
    /// Every patch would pass through the surface.
    WouldCross,
}

/// A loop that was left open.
#[derive(Clone, Debug, PartialEq)]
pub struct LeftHole {
    /// Its vertices, with the surface on the left.
    pub rim: Vec<VertexId>,
    /// Its length.
    pub length: f64,
    /// Why.
    pub reason: LeftReason,
}

/// A mesh with its holes filled.
#[derive(Clone, Debug)]
pub struct Filled {
    /// The old vertices and faces in their old places, bit for bit, then the new ones.
    pub mesh: TriMesh,
    /// What was filled, the longest rim first.
    pub patches: Vec<Patch>,
    /// What was not.
    pub left: Vec<LeftHole>,
}

impl Filled {
    /// For each face, whether it is a guess.
    pub fn is_filled(&self) -> FaceData<bool> {
        let mut flags = FaceData::filled(self.mesh.face_count(), false);
        for f in self.patches.iter().flat_map(|p| p.faces.clone()) {
            flags[FaceId(f)] = true;
        }
        flags
    }
}

/// The triangulation takes time with the cube of the rim's vertices; beyond this a hole is no small one.
const MAX_RIM: usize = 500;

/// Fills the holes of a mesh.
///
/// ```
/// use stonecast_mesh::{repair::{FillParams, fill_holes}, surface::shapes};
/// let ball = shapes::sphere(5.0, 3);
/// let holed = ball.submesh(|f| ball.face_centroid(f).z < 4.8).mesh;
/// let filled = fill_holes(&holed, &FillParams { max_length: 15.0, keep_longest: false });
/// assert!(filled.mesh.topology().is_closed(&filled.mesh));
/// assert_eq!(filled.mesh.points()[..holed.vertex_count()], *holed.points());
/// ```
pub fn fill_holes(mesh: &TriMesh, params: &FillParams) -> Filled {
    let mut rank = 0;
    fill_chosen(mesh, |_, length| {
        rank += 1;
        if rank == 1 && params.keep_longest {
            Some(LeftReason::Border)
        } else {
            (length > params.max_length).then_some(LeftReason::TooLong)
        }
    })
}

/// Fills the loops for which `leave` gives no reason to leave them; it is asked in order of length, longest first.
pub(super) fn fill_chosen(
    mesh: &TriMesh,
    mut leave: impl FnMut(&[VertexId], f64) -> Option<LeftReason>,
) -> Filled {
    let (mut points, mut faces) = (Vec::new(), Vec::new());
    let (mut patches, mut left) = (Vec::new(), Vec::new());
    for rim in boundary_loops(mesh) {
        let length = ring_length(mesh, &rim);
        let made = match leave(&rim, length) {
            Some(reason) => Err(reason),
            None if rim.len() > MAX_RIM => Err(LeftReason::TooLong),
            None => make_patch(mesh, &rim),
        };
        match made {
            Ok(made) => {
                if faces.is_empty() {
                    points.extend_from_slice(mesh.points());
                    faces.extend_from_slice(mesh.faces());
                }
                let (v0, f0) = (points.len() as u32, faces.len() as u32);
                let id = |i: u32| {
                    rim.get(i as usize)
                        .copied()
                        .unwrap_or(VertexId(v0 + i - rim.len() as u32))
                };
                faces.extend(made.faces.iter().map(|f| f.map(id)));
                points.extend_from_slice(&made.points[rim.len()..]);
                patches.push(Patch {
                    rim,
                    faces: f0..faces.len() as u32,
                    vertices: v0..points.len() as u32,
                });
            }
            Err(reason) => left.push(LeftHole { rim, length, reason }),
        }
    }
    Filled {
        // Where nothing is filled, what is known of the mesh holds on.
        mesh: if patches.is_empty() {
            mesh.clone()
        } else {
            TriMesh::from_trusted(points, faces)
        },
        patches,
        left,
    }
}

/// A patch under construction: the rim's vertices first, in order, then its own.
#[derive(Clone, Debug)]
struct Draft {
    points: Vec<Point>,
    faces: Vec<[u32; 3]>,
}

fn make_patch(mesh: &TriMesh, rim: &[VertexId]) -> Result<Draft, LeftReason> {
    let faces = triangulate::triangulate(mesh, rim).ok_or(LeftReason::NoTriangulation)?;
    let plain = Draft {
        points: rim.iter().map(|&v| mesh.point(v)).collect(),
        faces,
    };
    let mut smooth = plain.clone();
    refine::refine(mesh, rim, &mut smooth);
    fair::fair(mesh, rim, &mut smooth);
    if !crosses(mesh, rim, &smooth) {
        return Ok(smooth);
    }
    if crosses(mesh, rim, &plain) {
        return Err(LeftReason::WouldCross);
    }
    Ok(plain)
}

/// Whether a patch passes through the surface near it or through itself.
fn crosses(mesh: &TriMesh, rim: &[VertexId], draft: &Draft) -> bool {
    let Some(around) = Aabb::around(draft.points.iter().copied()) else {
        return false;
    };
    let is_near = |f: FaceId| {
        let corners = mesh.corners(f);
        (0..3).all(|i| {
            corners.iter().any(|p| p[i] <= around.max[i]) && corners.iter().any(|p| p[i] >= around.min[i])
        })
    };
    let near = mesh.face_ids().filter(|&f| is_near(f)).map(|f| mesh.face(f));
    let first_new = mesh.vertex_count() as u32;
    let id = |i: u32| {
        rim.get(i as usize)
            .copied()
            .unwrap_or(VertexId(first_new + i - rim.len() as u32))
    };
    let new_count = draft.faces.len() as u32;
    let faces: Vec<[VertexId; 3]> = draft.faces.iter().map(|f| f.map(id)).chain(near).collect();
    let mut points = mesh.points().to_vec();
    points.extend_from_slice(&draft.points[rim.len()..]);
    let local = TriMesh::from_trusted(points, faces);
    let boxes: Vec<Aabb> = local
        .face_ids()
        .map(|f| Aabb::around(local.corners(f)).expect("a face has corners"))
        .collect();
    !overlapping_pairs(&boxes, |i, j| {
        i < new_count && faces_cross(&local, FaceId(i), FaceId(j))
    })
    .is_empty()
}

#[cfg(test)]
mod tests;
