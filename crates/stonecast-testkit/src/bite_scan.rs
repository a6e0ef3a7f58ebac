//! Buccal bite scans: both closed arches as seen from one cheek.
//!
//! Units: mm. Frame: the cast frame.
//!
//! Steps:
//! 1. `seen`: a depth picture of both arches from the cheek; a face is seen when it turns that way and nothing
//!    stands before it.
//! 2. The seen faces of the chosen stretch of both arches, as one mesh.
//!
//! Limits: the two arches' parts are not fused where they touch, as some scanners do.

use nalgebra::Vector3;
use stonecast_dental::Side;
use stonecast_mesh::{FaceId, TriMesh};

use crate::dirty::{ScanFaults, scan_as_if};
use crate::pair::SyntheticPair;

/// Edge of a pixel of the depth picture, mm.
const PIXEL: f64 = 0.4;
/// A face this much deeper than the nearest in its pixel is hidden, mm.
const HIDDEN: f64 = 0.9;

/// The bite scan of one side, from the canine to the second molar, in the cast frame, with scanner noise.
pub fn bite_scan(pair: &SyntheticPair, side: Side, noise_mm: f64, seed: u64) -> TriMesh {
    // From the cheek, a little from in front and level with the bite.
    let view = Vector3::new(side.sign(), -0.35, 0.0).normalize();
    let arches = [&pair.upper.mesh, &pair.lower.mesh];
    let kept = seen(&arches, &view);
    let parts: Vec<TriMesh> = arches
        .iter()
        .zip(kept)
        .map(|(mesh, keep)| {
            mesh.submesh(|f| {
                let c = mesh.face_centroid(f);
                keep[f.index()] && c.x * side.sign() > 6.0 && (4.0..48.0).contains(&c.y)
            })
            .mesh
        })
        .collect();
    let joined = TriMesh::joined(&parts);
    let faults = ScanFaults {
        noise_mm,
        seed,
        ..ScanFaults::NONE
    };
    scan_as_if(&joined, &faults).mesh
}

/// For each face of each mesh: is it seen from the direction `view`?
fn seen(meshes: &[&TriMesh], view: &Vector3<f64>) -> Vec<Vec<bool>> {
    let up = Vector3::z();
    let right = up.cross(view).normalize();
    let pixel = |mesh: &TriMesh, f: FaceId| {
        let c = mesh.face_centroid(f).coords;
        let at = [c.dot(&right), c.dot(&up)].map(|t| (t / PIXEL).floor() as i32);
        (at, c.dot(view))
    };
    let mut nearest = std::collections::BTreeMap::new();
    for mesh in meshes {
        for f in mesh.face_ids() {
            let (at, depth) = pixel(mesh, f);
            let front = nearest.entry(at).or_insert(depth);
            *front = f64::max(*front, depth);
        }
    }
    meshes
        .iter()
        .map(|mesh| {
            mesh.face_ids()
                .map(|f| {
                    let (at, depth) = pixel(mesh, f);
                    mesh.face_normals()[f].dot(view) > 0.15 && depth > nearest[&at] - HIDDEN
                })
                .collect()
        })
        .collect()
}
