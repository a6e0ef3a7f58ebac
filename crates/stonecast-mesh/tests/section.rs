//! Plane sections of bodies whose sections are known.

mod sheets;

use std::f64::consts::TAU;

use proptest::prelude::*;
use sheets::Chance;
use stonecast_mesh::{
    Point, RigidMotion, TriMesh, Vector,
    spatial::{Plane, section},
};

/// A torus about z, outwards.
fn torus(large: f64, small: f64, n: u32) -> TriMesh {
    let points = (0..n * n)
        .map(|i| {
            let (u, v) = (
                TAU * f64::from(i / n) / f64::from(n),
                TAU * f64::from(i % n) / f64::from(n),
            );
            let r = large + small * v.cos();
            Point::new(r * u.cos(), r * u.sin(), small * v.sin())
        })
        .collect();
    let faces: Vec<[u32; 3]> = (0..n * n)
        .flat_map(|q| {
            let (i, j) = (q / n, q % n);
            let at = |i: u32, j: u32| (i % n) * n + j % n;
            let (a, b, c, d) = (at(i, j), at(i + 1, j), at(i + 1, j + 1), at(i, j + 1));
            [[a, b, c], [a, c, d]]
        })
        .collect();
    let mesh = TriMesh::from_indices(points, &faces).unwrap();
    assert!(mesh.signed_volume() > 0.0);
    mesh
}

/// A ball of unit squares' halves: a cube's surface, divided and pushed onto the sphere.
fn sphere(radius: f64, n: u32) -> TriMesh {
    let t = (1.0 + 5f64.sqrt()) / 2.0;
    let mut points: Vec<Vector> = Vec::new();
    for (x, y) in [(-1., t), (1., t), (-1., -t), (1., -t)] {
        points.push(Vector::new(x, y, 0.));
    }
    for (y, z) in [(-1., t), (1., t), (-1., -t), (1., -t)] {
        points.push(Vector::new(0., y, z));
    }
    for (z, x) in [(-1., t), (1., t), (-1., -t), (1., -t)] {
        points.push(Vector::new(x, 0., z));
    }
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
    for _ in 0..n {
        let mut middles = std::collections::BTreeMap::new();
        let mut middle = |a: u32, b: u32, points: &mut Vec<Vector>| {
            *middles.entry((a.min(b), a.max(b))).or_insert_with(|| {
                points.push((points[a as usize].normalize() + points[b as usize].normalize()) * 0.5);
                points.len() as u32 - 1
            })
        };
        faces = faces
            .iter()
            .flat_map(|&[a, b, c]| {
                let (x, y, z) = (
                    middle(a, b, &mut points),
                    middle(b, c, &mut points),
                    middle(c, a, &mut points),
                );
                [[a, x, z], [b, y, x], [c, z, y], [x, y, z]]
            })
            .collect();
    }
    let points = points
        .iter()
        .map(|p| Point::from(p.normalize() * radius))
        .collect();
    let mesh = TriMesh::from_indices(points, &faces).unwrap();
    if mesh.signed_volume() > 0.0 {
        mesh
    } else {
        mesh.flipped()
    }
}

/// The area that a closed polyline encloses, positive when it runs counter-clockwise about `normal`.
fn enclosed(points: &[Point], normal: &Vector) -> f64 {
    let first = points[0];
    (1..points.len() - 1)
        .map(|i| 0.5 * normal.dot(&(points[i] - first).cross(&(points[i + 1] - first))))
        .sum()
}

fn level(z: f64) -> Plane {
    Plane {
        point: Point::new(0., 0., z),
        normal: Vector::z(),
    }
}

#[test]
fn a_sphere_is_cut_in_one_circle_of_the_right_perimeter() {
    let ball = sphere(10.0, 5);
    for z in [-7.0, -0.3, 2.0, 8.0] {
        let lines = section(&ball, &level(z));
        let r = (100.0 - z * z).sqrt();
        assert_eq!(lines.len(), 1);
        assert!(lines[0].closed);
        assert!((lines[0].length() / (TAU * r) - 1.0).abs() < 2e-3);
        assert!((enclosed(&lines[0].points, &Vector::z()) / (0.5 * TAU * r * r) - 1.0).abs() < 3e-3);
        assert!(lines[0].points.iter().all(|p| (p.z - z).abs() < 1e-12));
    }
    assert!(section(&ball, &level(10.5)).is_empty());
}

#[test]
fn a_torus_is_cut_in_two_circles_the_inner_one_the_other_way_round() {
    let ring = torus(10.0, 3.0, 96);
    let mut areas: Vec<f64> = section(&ring, &level(0.4))
        .iter()
        .map(|line| {
            assert!(line.closed);
            enclosed(&line.points, &Vector::z())
        })
        .collect();
    areas.sort_by(f64::total_cmp);
    let half = (9.0f64 - 0.16).sqrt();
    let truth = [
        -0.5 * TAU * (10.0 - half).powi(2),
        0.5 * TAU * (10.0 + half).powi(2),
    ];
    assert_eq!(areas.len(), 2);
    for (area, truth) in areas.iter().zip(truth) {
        assert!((area / truth - 1.0).abs() < 5e-3, "{area} {truth}");
    }
}

#[test]
fn a_plane_through_vertices_gives_whole_circles_too() {
    // The ring's vertices at v = 0 and v = pi lie exactly in z = 0, or next to it by rounding.
    let ring = torus(10.0, 3.0, 64)
        .map_points(|p| Point::new(p.x, p.y, if p.z.abs() < 1e-9 { 0.0 } else { p.z }))
        .unwrap();
    let lines = section(&ring, &level(0.0));
    assert_eq!(lines.len(), 2);
    for line in &lines {
        assert!(line.closed);
        assert_eq!(line.points.len(), 64);
        assert!(line.points.iter().all(|p| p.z == 0.0));
    }
}

#[test]
fn an_open_sheet_is_cut_in_open_lines_that_end_on_its_border() {
    let dome = sheets::dome(24, 0.0);
    let lines = section(
        &dome,
        &Plane {
            point: Point::new(0.37, 0., 0.),
            normal: Vector::x(),
        },
    );
    assert_eq!(lines.len(), 1);
    assert!(!lines[0].closed);
    let ends = [lines[0].points[0], lines[0].points[lines[0].points.len() - 1]];
    assert!(ends.iter().all(|p| (p.y.abs() - sheets::DOME_HALF).abs() < 1e-9));
    // The sheet looks up, so up is on the right: seen from +x, where y runs to the right, the line runs backwards.
    assert!(ends[0].y > ends[1].y);
}

#[test]
fn a_surface_that_touches_the_plane_from_above_is_not_cut() {
    let points = [[0., 0., 0.], [1., 0., 1.], [0., 1., 1.]]
        .map(Point::from)
        .to_vec();
    let mesh = TriMesh::from_indices(points, &[[0, 1, 2]]).unwrap();
    assert!(section(&mesh, &level(0.0)).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn a_moved_section_is_the_section_moved(
        turn in prop::array::uniform3(-3.0..3.0f64),
        shift in prop::array::uniform3(-50.0..50.0f64),
        seed in 0u64..1000,
    ) {
        let motion = RigidMotion::new(Vector::from(shift), Vector::from(turn));
        let mut chance = Chance(seed);
        let dome = sheets::dome(16, 0.012);
        let plane = Plane {
            point: Point::new(chance.within(5.0), chance.within(5.0), 4.0 + chance.within(2.0)),
            normal: Vector::new(chance.within(1.0), chance.within(1.0), chance.within(1.0)),
        };
        let moved = Plane { point: motion * plane.point, normal: motion * plane.normal };
        let (here, there) = (section(&dome, &plane), section(&dome.transformed(&motion), &moved));
        prop_assert_eq!(here.len(), there.len());
        for (a, b) in here.iter().zip(&there) {
            prop_assert_eq!(a.points.len(), b.points.len());
            for (p, q) in a.points.iter().zip(&b.points) {
                prop_assert!((motion * p - q).norm() < 1e-6);
            }
        }
    }
}
