//! Makes the buccal bite scan that a scanner would take of two arches in occlusion.

use stonecast_mesh::spatial::SpatialIndex;
use stonecast_mesh::{Point, RigidMotion, TriMesh, Vector};

/// What is seen of the closed arches from the cheek, `side` being -1 on the patient's right and 1 on the left, with
/// noise of `noise` mm (uniform, either way) on every vertex. The arches share a frame; `arch_from_scan` leads from it
/// to the upper arch's own.
pub fn cheek_view(
    upper: &TriMesh,
    lower: &TriMesh,
    arch_from_scan: &RigidMotion,
    side: f64,
    noise: f64,
) -> TriMesh {
    let both = TriMesh::joined([upper, lower]);
    let index = SpatialIndex::build(&both);
    let towards_in_arch = Vector::new(side * 0.85, -0.5, 0.0).normalize();
    let towards = arch_from_scan.inverse() * towards_in_arch;
    let seen = both
        .submesh(|f| {
            let middle = both.face_centroid(f);
            let p = arch_from_scan * middle;
            let in_view = side * p.x > 8.0 && (4.0..36.0).contains(&p.y) && p.z.abs() < 9.0;
            in_view
                && both.face_normals()[f].dot(&towards) > 0.15
                && index.ray(&(middle + towards * 1e-3), &towards, 100.0).is_none()
        })
        .mesh;
    let normals = seen.vertex_normals().clone();
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    let mut v = seen.vertex_ids();
    seen.map_points(|p| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let unit = (state >> 11) as f64 / (1u64 << 53) as f64 * 2.0 - 1.0;
        let id = v.next().expect("one id per point");
        Point::from(p.coords + normals[id] * (unit * noise))
    })
    .expect("noise is finite")
}
