//! Points spread evenly over a surface, the same ones in every pose.

use crate::{Point, TriMesh, Vector};

/// A point of a surface with the unit normal there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct OrientedPoint {
    /// Where.
    pub point: Point,
    /// The outward unit normal; zero where the surface has none.
    pub normal: Vector,
}

/// The steps of the two-dimensional golden-ratio sequence, the reciprocals of the plastic number and its square
/// (M. Roberts, "The unreasonable effectiveness of quasirandom sequences", 2018): evenly spread without chance.
const PLASTIC: [f64; 2] = [0.754_877_666_246_692_7, 0.569_840_290_998_053_2];

/// `count` points of the surface, one for each equal share of its area taken in the order of the faces.
///
/// Only areas and the order of the faces decide, so a moved mesh gives the moved points. Fewer than `count`
/// points, namely none, only where the mesh has no area.
pub fn sample_surface(mesh: &TriMesh, count: usize) -> Vec<OrientedPoint> {
    let whole = mesh.area();
    if whole <= 0.0 || count == 0 {
        return Vec::new();
    }
    let share = whole / count as f64;
    let mut samples = Vec::with_capacity(count);
    let mut passed = 0.0;
    for f in mesh.face_ids() {
        passed += mesh.face_area(f);
        while samples.len() < count && (samples.len() as f64 + 0.5) * share < passed {
            let [r, s] = PLASTIC.map(|step| (step * (samples.len() as f64 + 1.0)).fract());
            // The square root makes the density even over the triangle.
            let r = r.sqrt();
            let weights = [1.0 - r, r * (1.0 - s), r * s];
            let (corners, ids) = (mesh.corners(f), mesh.face(f));
            let mut point = Vector::zeros();
            let mut normal = Vector::zeros();
            for i in 0..3 {
                point += corners[i].coords * weights[i];
                normal += mesh.vertex_normals()[ids[i]] * weights[i];
            }
            let normal = normal.try_normalize(0.0).unwrap_or(mesh.face_normals()[f]);
            samples.push(OrientedPoint {
                point: Point::from(point),
                normal,
            });
        }
    }
    samples
}
