//! Distances along the surface.
//!
//! Units: those of the mesh. Frame: any.
//!
//! Steps:
//! 1. Sources start at zero; the vertex with the least distance is taken from a heap.
//! 2. `across`: in each triangle at it, the third corner's distance follows from the two known ones: they fix the place
//!    of a virtual source in the triangle's plane, and when the straight line from there enters through the
//!    known side, its length is the distance. Else the way is along an edge.
//! 3. A vertex whose distance falls is put back, so obtuse triangles, whose far corner is reached before the near
//!    one, are put right without unfolding.
//!
//! Limits: exact in a plane and wherever the triangles between source and vertex unfold into one fan; on curved
//! surfaces first order in the edge length. Behind a corner of the border, where the shortest path bends, a wave that
//! starts at the corner is treated as a circle about a farther source, which errs by little.
//!
//! This work is based on: M. Novotni, R. Klein, "Computing geodesic distances on triangular meshes", WSCG (2002);
//! R. Kimmel, J. A. Sethian, "Computing geodesic paths on manifolds", PNAS 95 (1998).

use std::{cmp::Reverse, collections::BinaryHeap};

use crate::{TriMesh, VertexData, VertexId};

/// A distance in a heap; never NaN.
#[derive(PartialEq)]
struct Reached(f64, VertexId);

impl Eq for Reached {}

impl PartialOrd for Reached {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Reached {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0).then(self.1.cmp(&other.1))
    }
}

/// A distance counts as shorter only when it is so by this share: less is rounding, and would never end.
const SHORTER: f64 = 1.0 - 1e-12;

/// For each vertex the distance along the surface to the nearest source, infinite beyond `max_distance` and on pieces
/// without a source.
///
/// ```
/// use stonecast_mesh::{VertexId, surface::{geodesic_distance, shapes}};
/// let sheet = shapes::sheet(10, 10.0);
/// let distance = geodesic_distance(&sheet, &[VertexId(0)], f64::INFINITY);
/// let farthest = VertexId(120);
/// assert!((distance[farthest] - 200f64.sqrt()).abs() < 1e-9);
/// ```
pub fn geodesic_distance(mesh: &TriMesh, sources: &[VertexId], max_distance: f64) -> VertexData<f64> {
    let topology = mesh.topology();
    let mut distance = VertexData::filled(mesh.vertex_count(), f64::INFINITY);
    let mut heap = BinaryHeap::new();
    for &v in sources {
        distance[v] = 0.0;
        heap.push(Reverse(Reached(0.0, v)));
    }
    while let Some(Reverse(Reached(d, v))) = heap.pop() {
        if d > distance[v] {
            continue;
        }
        for &f in topology.faces_of(v) {
            let corners = mesh.face(f);
            for c in 0..3 {
                let (third, other) = (corners[c], corners[(c + 1) % 3]);
                let other = if other == v { corners[(c + 2) % 3] } else { other };
                if third == v || other == v {
                    continue;
                }
                let found = across(mesh, (v, d), (other, distance[other]), third);
                if found <= max_distance && found < distance[third] * SHORTER {
                    distance[third] = found;
                    heap.push(Reverse(Reached(found, third)));
                }
            }
        }
    }
    distance
}

/// The distance of `c`, as far as the triangle `a b c` tells.
fn across(mesh: &TriMesh, (a, da): (VertexId, f64), (b, db): (VertexId, f64), c: VertexId) -> f64 {
    let (pa, pb, pc) = (mesh.point(a), mesh.point(b), mesh.point(c));
    let along_edge = (da + (pc - pa).norm()).min(db + (pc - pb).norm());
    if !db.is_finite() {
        return along_edge;
    }
    let side = pb - pa;
    let length = side.norm();
    if length <= 0.0 {
        return along_edge;
    }
    let to_c = pc - pa;
    let cx = to_c.dot(&side) / length;
    let cy = (to_c.norm_squared() - cx * cx).max(0.0).sqrt();
    let sx = (da * da - db * db + length * length) / (2.0 * length);
    let depth_squared = da * da - sx * sx;
    if depth_squared < 0.0 {
        return along_edge;
    }
    let depth = depth_squared.sqrt();
    if depth + cy <= 0.0 {
        return along_edge;
    }
    let entry = sx + (cx - sx) * depth / (depth + cy);
    if (0.0..=length).contains(&entry) {
        (cx - sx).hypot(cy + depth).min(along_edge)
    } else {
        along_edge
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Point, RigidMotion, Vector, surface::shapes};

    /// A flat sheet whose inner vertices are shifted about, so that triangles are irregular and some obtuse; a quarter
    /// of a cell turns none over.
    fn irregular(n: u32) -> TriMesh {
        let sheet = shapes::sheet(n, f64::from(n));
        let top = f64::from(n);
        sheet
            .map_points(|p| {
                let inner = p.x > 0.0 && p.y > 0.0 && p.x < top && p.y < top;
                let shift = |a: f64| if inner { 0.24 * (a * 12.9898).sin() } else { 0.0 };
                Point::new(
                    p.x + shift(p.x * 3.1 + p.y * 7.3),
                    p.y + shift(p.x * 5.7 - p.y * 2.9),
                    0.0,
                )
            })
            .unwrap()
    }

    #[test]
    fn distances_in_a_plane_are_straight_lines() {
        let sheet = irregular(30);
        let source = VertexId(15 * 31 + 15);
        let distance = geodesic_distance(&sheet, &[source], f64::INFINITY);
        for v in sheet.vertex_ids() {
            let truth = (sheet.point(v) - sheet.point(source)).norm();
            assert!(
                (distance[v] - truth).abs() < 1e-6 * truth.max(1.0),
                "{} {truth}",
                distance[v]
            );
        }
    }

    #[test]
    fn distances_on_a_ball_are_great_circles() {
        let ball = shapes::sphere(10.0, 5);
        let source = VertexId(0);
        let distance = geodesic_distance(&ball, &[source], f64::INFINITY);
        let pole = ball.point(source).coords / 10.0;
        let mut worst = 0.0f64;
        for v in ball.vertex_ids() {
            let truth = 10.0 * (ball.point(v).coords / 10.0).dot(&pole).clamp(-1.0, 1.0).acos();
            if truth > 0.0 {
                worst = worst.max((distance[v] / truth - 1.0).abs());
            }
        }
        assert!(worst < 0.01, "{worst}");
    }

    #[test]
    fn a_path_bends_around_a_slit() {
        // A sheet cut from the left edge to its middle; the source below, the target above.
        let sheet = shapes::sheet(40, 40.0);
        let slit = sheet.submesh(|f| {
            let p = sheet.face_centroid(f);
            !(p.x < 20.0 && (19.0..21.0).contains(&p.y))
        });
        let find = |x: f64, y: f64| {
            let at = slit
                .mesh
                .vertex_ids()
                .find(|&v| slit.mesh.point(v) == Point::new(x, y, 0.0));
            at.expect("a grid vertex")
        };
        let distance = geodesic_distance(&slit.mesh, &[find(10.0, 15.0)], f64::INFINITY);
        let truth = 10f64.hypot(4.0) + 2.0 + 10f64.hypot(4.0);
        let found = distance[find(10.0, 25.0)];
        assert!((found / truth - 1.0).abs() < 0.02, "{found} {truth}");
    }

    #[test]
    fn the_limit_and_other_pieces_are_infinite() {
        let sheet = shapes::sheet(20, 20.0);
        let two = TriMesh::joined([&sheet, &shapes::sphere(1.0, 0)]);
        let distance = geodesic_distance(&two, &[VertexId(0), VertexId(20)], 5.0);
        for v in two.vertex_ids() {
            let p = two.point(v);
            let truth = p
                .coords
                .xy()
                .norm()
                .min((p.coords.xy() - nalgebra::Vector2::new(20., 0.)).norm());
            if v.index() < sheet.vertex_count() && truth <= 5.0 - 1e-9 {
                assert!((distance[v] - truth).abs() < 1e-9);
            } else if truth > 5.0 + 1e-9 || v.index() >= sheet.vertex_count() {
                assert_eq!(distance[v], f64::INFINITY);
            }
        }
    }

    #[test]
    fn the_pose_does_not_matter() {
        let bumpy = shapes::height_field(30, 30.0, |x, y| (x * 0.5).sin() + (y * 0.4).cos());
        let motion = RigidMotion::new(Vector::new(50., -20., 9.), Vector::new(1.0, -2.0, 0.3));
        let here = geodesic_distance(&bumpy, &[VertexId(77)], f64::INFINITY);
        let there = geodesic_distance(&bumpy.transformed(&motion), &[VertexId(77)], f64::INFINITY);
        let mirrored = bumpy
            .map_points(|p| Point::new(-p.x, p.y, p.z))
            .unwrap()
            .flipped();
        let mirrored = geodesic_distance(&mirrored, &[VertexId(77)], f64::INFINITY);
        for v in bumpy.vertex_ids() {
            assert!((here[v] - there[v]).abs() < 1e-9 && (here[v] - mirrored[v]).abs() < 1e-9);
        }
    }
}
