//! Which side of a surface is the outside, told by its shape.
//!
//! Units: none (a ratio). Frame: any; the measure does not depend on the pose.
//!
//! Steps: a closed surface is judged by the sign of its volume. An open one by `convexity`: crowns are convex
//! bodies, so seen from a point of a crown along its outward normal, the surface nearby falls away.
//!
//! `stonecast_mesh::repair::outward` answers the same for each piece of any mesh by rays, for which it needs an index;
//! this answers for the scan as a whole, in a hundredth of the time.
//!
//! Limits: a scan without crowns (a bare palate) has no ridge to judge by; the answer is then `Unsure`. A mirror
//! image exported with its triangles unchanged is inside out too, and cannot be told from wrong winding, because
//! the mirror image of a dentition is a possible dentition.

use stonecast_mesh::{Point, TriMesh, Vector};

/// What the shape tells about the winding of the triangles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facing {
    /// The normals point away from the tissue.
    Outwards,
    /// The normals point into the tissue.
    Inwards,
    /// The shape does not tell.
    Unsure,
}

/// Points looked at: the measure is a mean over pairs, and a thousand points leave its noise far below its size.
const SAMPLES: usize = 1200;
/// The reach of the comparison as a share of the surface's radius of gyration: about the size of a crown.
const REACH: f64 = 0.25;
/// Below this the mean is not told from zero: a tenth of what a ridge gives.
const SURE: f64 = 0.02;

/// Judges which side of the surface is the outside.
pub fn facing(mesh: &TriMesh) -> Facing {
    let outwards = if may_be_closed(mesh) && mesh.topology().is_closed(mesh) {
        mesh.signed_volume()
    } else {
        let convexity = convexity(mesh);
        if convexity.abs() < SURE {
            return Facing::Unsure;
        }
        convexity
    };
    if outwards > 0.0 {
        Facing::Outwards
    } else if outwards < 0.0 {
        Facing::Inwards
    } else {
        Facing::Unsure
    }
}

/// The area vectors of a closed surface cancel, those of a scan with a border hardly ever do: this spares open scans
/// the search for borders.
fn may_be_closed(mesh: &TriMesh) -> bool {
    // Far above the rounding of a sum over millions of faces, far below the opening of a scan.
    mesh.area_vector().norm() <= 1e-6 * mesh.area()
}

/// The mean of how far the surface nearby falls away from the tangent plane, as a share of the distance: positive
/// where outward normals stand on convex ground.
pub(crate) fn convexity(mesh: &TriMesh) -> f64 {
    let samples = area_samples(mesh, SAMPLES);
    let Some(centre) = mesh.area_centroid() else {
        return 0.0;
    };
    let spread: f64 = samples
        .iter()
        .map(|(p, _)| (p - centre).norm_squared())
        .sum::<f64>();
    let reach_squared = spread / samples.len().max(1) as f64 * (REACH * REACH);
    let (mut sum, mut count) = (0.0, 0usize);
    for (p, n) in &samples {
        for (q, _) in &samples {
            let d = q - p;
            let d2 = d.norm_squared();
            if d2 > 0.0 && d2 <= reach_squared {
                sum -= n.dot(&d) / d2.sqrt();
                count += 1;
            }
        }
    }
    sum / count.max(1) as f64
}

/// Face centroids with normals, spread evenly by area in the order of the faces.
fn area_samples(mesh: &TriMesh, count: usize) -> Vec<(Point, Vector)> {
    let step = mesh.area() / count as f64;
    let mut samples = Vec::with_capacity(count);
    let mut due = step / 2.0;
    let mut passed = 0.0;
    for f in mesh.face_ids() {
        passed += mesh.face_area(f);
        if passed >= due {
            samples.push((mesh.face_centroid(f), mesh.face_normals()[f]));
            due += step * ((passed - due) / step).floor() + step;
        }
    }
    samples
}
