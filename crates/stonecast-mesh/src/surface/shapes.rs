//! Surfaces whose area, curvature and geodesics are known in closed form: the yardsticks of this crate's tests.
//!
//! Units: those of the arguments. Frame: centred on the origin, axes as each function says. Normals point
//! outwards, or to +z on sheets.

use std::collections::BTreeMap;
use std::f64::consts::TAU;

use crate::{Point, TriMesh, VertexId};

/// A sphere: an icosahedron, each face split in four `levels` times, its vertices on the sphere.
pub fn sphere(radius: f64, levels: u32) -> TriMesh {
    let t = f64::midpoint(1.0, 5.0f64.sqrt());
    let mut points: Vec<Point> = [
        [-1., t, 0.],
        [1., t, 0.],
        [-1., -t, 0.],
        [1., -t, 0.],
        [0., -1., t],
        [0., 1., t],
        [0., -1., -t],
        [0., 1., -t],
        [t, 0., -1.],
        [t, 0., 1.],
        [-t, 0., -1.],
        [-t, 0., 1.],
    ]
    .map(Point::from)
    .to_vec();
    let mut faces: Vec<[u32; 3]> = vec![
        [0, 11, 5],
        [0, 5, 1],
        [0, 1, 7],
        [0, 7, 10],
        [0, 10, 11],
        [1, 5, 9],
        [5, 11, 4],
        [11, 10, 2],
        [10, 7, 6],
        [7, 1, 8],
        [3, 9, 4],
        [3, 4, 2],
        [3, 2, 6],
        [3, 6, 8],
        [3, 8, 9],
        [4, 9, 5],
        [2, 4, 11],
        [6, 2, 10],
        [8, 6, 7],
        [9, 8, 1],
    ];
    for _ in 0..levels {
        let mut middle: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        let mut finer = Vec::with_capacity(4 * faces.len());
        for [a, b, c] in faces {
            let [ab, bc, ca] = [(a, b), (b, c), (c, a)].map(|(i, j)| {
                *middle.entry((i.min(j), i.max(j))).or_insert_with(|| {
                    points.push(nalgebra::center(&points[i as usize], &points[j as usize]));
                    points.len() as u32 - 1
                })
            });
            finer.extend([[a, ab, ca], [b, bc, ab], [c, ca, bc], [ab, bc, ca]]);
        }
        faces = finer;
        for p in &mut points {
            *p = Point::from(p.coords.normalize());
        }
    }
    let points = points
        .iter()
        .map(|p| Point::from(p.coords.normalize() * radius))
        .collect();
    mesh(points, &faces)
}

/// A flat square of `n` by `n` cells in the plane z = 0, from the origin to `size`, normals to +z.
pub fn sheet(n: u32, size: f64) -> TriMesh {
    height_field(n, size, |_, _| 0.0)
        .map_points(|p| p + nalgebra::Vector3::new(size / 2.0, size / 2.0, 0.0))
        .expect("finite")
}

/// The graph `z = height(x, y)` over a square of side `size` about the origin, `n` by `n` cells, normals to +z.
///
/// # Panics
/// If a height is not finite.
pub fn height_field(n: u32, size: f64, height: impl Fn(f64, f64) -> f64) -> TriMesh {
    let side = n + 1;
    let at = |i: u32| size * (f64::from(i) / f64::from(n) - 0.5);
    let points = (0..side * side)
        .map(|i| {
            let (x, y) = (at(i % side), at(i / side));
            Point::new(x, y, height(x, y))
        })
        .collect();
    mesh(points, &grid(side, side, false, false))
}

/// A tube of the given radius along z, open at both ends, `around` by `along` cells.
pub fn cylinder(radius: f64, length: f64, around: u32, along: u32) -> TriMesh {
    let points = (0..(along + 1) * around)
        .map(|i| {
            let (u, v) = (TAU * f64::from(i % around) / f64::from(around), i / around);
            let z = length * (f64::from(v) / f64::from(along) - 0.5);
            Point::new(radius * u.cos(), radius * u.sin(), z)
        })
        .collect();
    mesh(points, &grid(around, along + 1, true, false))
}

/// A torus about z: `ring` is the radius of the centre line, `tube` that of the tube.
pub fn torus(ring: f64, tube: f64, around: u32, across: u32) -> TriMesh {
    let points = (0..across * around)
        .map(|i| {
            let u = TAU * f64::from(i % around) / f64::from(around);
            let v = TAU * f64::from(i / around) / f64::from(across);
            let r = ring + tube * v.cos();
            Point::new(r * u.cos(), r * u.sin(), tube * v.sin())
        })
        .collect();
    mesh(points, &grid(around, across, true, true))
}

/// A grid of vertices, `columns` in a row, closed to a ring in either direction; diagonals alternate, so that no
/// direction is preferred.
fn grid(columns: u32, rows: u32, closed_row: bool, closed_column: bool) -> Vec<[u32; 3]> {
    let cells = |n: u32, closed: bool| if closed { n } else { n - 1 };
    let mut faces = Vec::new();
    for r in 0..cells(rows, closed_column) {
        for c in 0..cells(columns, closed_row) {
            let id = |dc: u32, dr: u32| (r + dr) % rows * columns + (c + dc) % columns;
            let [a, b, d, e] = [id(0, 0), id(1, 0), id(0, 1), id(1, 1)];
            if (r + c) % 2 == 0 {
                faces.extend([[a, b, e], [a, e, d]]);
            } else {
                faces.extend([[a, b, d], [b, e, d]]);
            }
        }
    }
    faces
}

fn mesh(points: Vec<Point>, faces: &[[u32; 3]]) -> TriMesh {
    let faces = faces.iter().map(|f| f.map(VertexId)).collect();
    TriMesh::new(points, faces).expect("a closed form gives finite points")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    #[test]
    fn areas_and_volumes_tend_to_the_closed_forms() {
        let ball = sphere(2.0, 4);
        assert!((ball.area() / (16.0 * PI) - 1.0).abs() < 3e-3);
        assert!((ball.signed_volume() / (32.0 * PI / 3.0) - 1.0).abs() < 5e-3);
        let ring = torus(5.0, 2.0, 100, 60);
        assert!((ring.signed_volume() / (2.0 * PI * PI * 5.0 * 4.0) - 1.0).abs() < 5e-3);
        assert!(ball.topology().is_closed(&ball) && ring.topology().is_closed(&ring));
        let tube = cylinder(2.0, 10.0, 80, 20);
        assert!((tube.area() / (40.0 * PI) - 1.0).abs() < 1e-3);
        assert!((sheet(3, 6.0).area_vector() - crate::Vector::new(0., 0., 36.)).norm() < 1e-12);
    }
}
