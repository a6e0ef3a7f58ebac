//! The index against a search over all faces.

mod sheets;

use proptest::prelude::*;
use sheets::{Chance, Sampling};
use stonecast_mesh::{
    FaceId, Point, RigidMotion, TriMesh, Vector,
    spatial::{Closest, SpatialIndex},
};

/// One face alone, so that its distance is found without a tree.
fn single(mesh: &TriMesh, face: FaceId) -> SpatialIndex {
    let corners = mesh.corners(face).to_vec();
    SpatialIndex::build(&TriMesh::from_indices(corners, &[[0, 1, 2]]).unwrap())
}

/// The closest point by a search over all faces; the first of several equally close.
fn brute(singles: &[SpatialIndex], query: &Point) -> Closest {
    let mut best: Option<Closest> = None;
    for (i, one) in singles.iter().enumerate() {
        let found = one.closest_point(query, f64::INFINITY).unwrap();
        let squared = |c: &Closest| (c.point - query).norm_squared();
        if best.is_none_or(|b| squared(&found) < squared(&b)) {
            best = Some(Closest {
                face: FaceId::new(i),
                ..found
            });
        }
    }
    best.unwrap()
}

fn singles(mesh: &TriMesh) -> Vec<SpatialIndex> {
    mesh.face_ids().map(|f| single(mesh, f)).collect()
}

/// The distance of a triangle by nested thirds over its two coordinates, in which it is convex: slow, but nothing like
/// what it judges.
fn searched_distance(query: &Point, [a, b, c]: &[Point; 3]) -> f64 {
    let least = |high: f64, f: &dyn Fn(f64) -> f64| {
        let (mut low, mut high) = (0.0, high);
        for _ in 0..90 {
            let (left, right) = (low + (high - low) / 3.0, high - (high - low) / 3.0);
            if f(left) < f(right) {
                high = right;
            } else {
                low = left;
            }
        }
        f(0.5 * (low + high))
    };
    least(1.0, &|v| {
        least(1.0 - v, &|w| (a + (b - a) * v + (c - a) * w - query).norm())
    })
}

/// Triangles of every kind: even, slivers, needles, points, repeated, and far apart in size.
fn soup(seed: u64, faces: usize) -> TriMesh {
    let mut chance = Chance(seed);
    let mut points = Vec::new();
    let mut indices = Vec::new();
    for _ in 0..faces {
        let kind = (chance.unit() * 7.0) as u32;
        let size = 10f64.powf(chance.within(2.0));
        let any = |c: &mut Chance, half: f64| Vector::new(c.within(half), c.within(half), c.within(half));
        let a = Point::from(any(&mut chance, 10.0));
        let (u, v) = (any(&mut chance, size), any(&mut chance, size));
        let (b, c) = match kind {
            0 => (a, a),
            1 => (a + u, a),
            2 => (a + u, a + u * 0.4),
            3 => (a + u, a + u * chance.unit() + v * 1e-7),
            4 => (a + u, a + v * 1e-5),
            _ => (a + u, a + v),
        };
        let first = points.len() as u32;
        points.extend([a, b, c]);
        indices.push([first, first + 1, first + 2]);
        if kind == 5 {
            indices.push([first + 1, first + 2, first]);
        }
    }
    TriMesh::from_indices(points, &indices).unwrap()
}

fn motion(chance: &mut Chance, half: f64) -> RigidMotion {
    let mut three = |half: f64| Vector::new(chance.within(half), chance.within(half), chance.within(half));
    RigidMotion::new(three(half), three(2.0))
}

#[test]
fn one_triangle_is_measured_right() {
    let mut chance = Chance(2);
    for seed in 0..40 {
        let mesh = soup(seed, 8);
        for f in mesh.face_ids() {
            let index = single(&mesh, f);
            let q = Point::new(chance.within(15.0), chance.within(15.0), chance.within(15.0));
            let found = index.closest_point(&q, f64::INFINITY).unwrap();
            let truth = searched_distance(&q, &mesh.corners(f));
            assert!(found.distance <= truth + 1e-9, "{} {truth}", found.distance);
            assert!(found.distance >= truth - 1e-6, "{} {truth}", found.distance);
            assert!(((found.point - q).norm() - found.distance).abs() < 1e-12);
        }
    }
}

/// Failing seeds are in the log; a file of them would lie about in the tree.
fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

proptest! {
    #![proptest_config(config(60))]

    #[test]
    fn closest_points_are_those_of_a_search_over_all_faces(
        seed in 0u64..1_000_000,
        faces in 1usize..300,
        unit in -6i32..6,
    ) {
        let size = 10f64.powi(unit);
        let mesh = soup(seed, faces).map_points(|p| p * size).unwrap();
        let (index, singles) = (SpatialIndex::build(&mesh), singles(&mesh));
        let mut chance = Chance(seed ^ 0x5eed);
        let mut hint = FaceId(0);
        for i in 0..40 {
            let reach = size * 10f64.powf(1.0 + chance.within(1.5));
            let q = match i % 4 {
                // On a corner, where many distances are nothing.
                0 => mesh.points()[(chance.unit() * mesh.vertex_count() as f64) as usize],
                _ => Point::new(chance.within(reach), chance.within(reach), chance.within(reach)),
            };
            let truth = brute(&singles, &q);
            let found = index.closest_point(&q, f64::INFINITY).unwrap();
            prop_assert_eq!(found, truth);
            prop_assert_eq!(index.closest_point_near(&q, f64::INFINITY, hint).unwrap(), truth);
            prop_assert_eq!(index.closest_point(&q, truth.distance * (1.0 + 1e-12)), Some(truth));
            if truth.distance > 0.0 {
                prop_assert_eq!(index.closest_point(&q, truth.distance * (1.0 - 1e-12)), None);
            }
            hint = truth.face;
        }
    }

    #[test]
    fn distances_do_not_change_when_everything_moves(seed in 0u64..1_000_000) {
        let mesh = soup(seed, 100);
        let mut chance = Chance(seed);
        let moved = motion(&mut chance, 100.0);
        let (here, there) = (SpatialIndex::build(&mesh), SpatialIndex::build(&mesh.transformed(&moved)));
        for _ in 0..30 {
            let q = Point::new(chance.within(20.0), chance.within(20.0), chance.within(20.0));
            let a = here.closest_point(&q, f64::INFINITY).unwrap().distance;
            let b = there.closest_point(&(moved * q), f64::INFINITY).unwrap().distance;
            prop_assert!((a - b).abs() < 1e-6, "{a} {b}");
        }
    }
}

#[test]
fn an_empty_mesh_has_no_closest_point_and_no_hit() {
    let index = SpatialIndex::build(&TriMesh::default());
    assert_eq!(index.closest_point(&Point::origin(), f64::INFINITY), None);
    assert_eq!(index.ray(&Point::origin(), &Vector::x(), f64::INFINITY), None);
}

#[test]
fn a_query_that_is_no_number_has_no_answer() {
    let index = SpatialIndex::build(&sheets::dome(4, 0.0));
    assert_eq!(
        index.closest_point(&Point::new(f64::NAN, 0., 0.), f64::INFINITY),
        None
    );
    assert_eq!(index.closest_point(&Point::origin(), f64::NAN), None);
    assert_eq!(index.closest_point(&Point::origin(), -1.0), None);
}

#[test]
fn a_query_at_the_end_of_the_world_still_finds_the_surface() {
    let mesh = sheets::dome(12, 0.0);
    let (index, singles) = (SpatialIndex::build(&mesh), singles(&mesh));
    for q in [
        Point::new(1e30, 0., 0.),
        Point::new(-1e9, 1e9, 3.0),
        Point::new(0., 0., 1e150),
    ] {
        let found = index.closest_point(&q, f64::INFINITY).unwrap();
        assert_eq!(found.distance, brute(&singles, &q).distance);
    }
}

#[test]
fn of_faces_equally_close_the_first_is_named() {
    let mesh = sheets::dome(8, 0.0);
    let index = SpatialIndex::build(&mesh);
    for v in mesh.vertex_ids() {
        let found = index.closest_point(&mesh.point(v), 1.0).unwrap();
        assert_eq!(found.distance, 0.0);
        assert_eq!(found.face, mesh.topology().faces_of(v)[0]);
    }
}

#[test]
fn every_ray_through_a_sheet_hits_it_even_through_edges_and_corners() {
    let mesh = sheets::dome(30, 0.012);
    let index = SpatialIndex::build(&mesh);
    let mut chance = Chance(4);
    let inner: Vec<Point> = mesh
        .vertex_ids()
        .filter(|v| !mesh.topology().border_vertices()[v.index()])
        .map(|v| mesh.point(v))
        .collect();
    for edge in mesh
        .topology()
        .edges()
        .iter()
        .filter(|e| mesh.topology().face_count(e) == 2)
    {
        let [a, b] = edge.ends.map(|v| mesh.point(v));
        let through = a + (b - a) * chance.unit();
        let direction = Vector::new(chance.within(0.2), chance.within(0.2), -1.0);
        assert!(index.ray_any(&(through - direction * 20.0), &direction, f64::INFINITY));
    }
    for p in inner {
        let direction = Vector::new(0.0, 0.0, -1.0);
        let hit = index
            .ray(&(p - direction * 20.0), &direction, f64::INFINITY)
            .unwrap();
        assert!((hit.point - p).norm() < 1e-9);
    }
}

#[test]
fn rays_agree_with_a_search_over_all_faces() {
    for seed in 0..20 {
        let mesh = soup(seed, 150);
        let (index, singles) = (SpatialIndex::build(&mesh), singles(&mesh));
        let mut chance = Chance(seed);
        for _ in 0..100 {
            let mut three =
                |half: f64| Vector::new(chance.within(half), chance.within(half), chance.within(half));
            let (origin, direction) = (Point::from(three(20.0)), three(3.0));
            let mut truth: Vec<(f64, FaceId)> = singles
                .iter()
                .enumerate()
                .filter_map(|(i, one)| {
                    one.ray(&origin, &direction, f64::INFINITY)
                        .map(|h| (h.t, FaceId::new(i)))
                })
                .collect();
            truth.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let all = index.ray_all(&origin, &direction, f64::INFINITY);
            assert_eq!(all.iter().map(|h| (h.t, h.face)).collect::<Vec<_>>(), truth);
            let first = index.ray(&origin, &direction, f64::INFINITY);
            assert_eq!(first.map(|h| (h.t, h.face)), truth.first().copied());
            assert_eq!(
                index.ray_any(&origin, &direction, f64::INFINITY),
                !truth.is_empty()
            );
            if let Some(hit) = first {
                assert!(index.ray(&origin, &direction, hit.t * (1.0 - 1e-9)).is_none());
                let corners = mesh.corners(hit.face);
                let point: Vector = (0..3).map(|i| corners[i].coords * hit.weights[i]).sum();
                assert!((point - hit.point.coords).norm() < 1e-6);
            }
        }
    }
}

#[test]
fn a_field_gives_what_single_queries_give_whatever_the_order_of_the_points() {
    let mesh = sheets::lower(Sampling::COARSE);
    let index = SpatialIndex::build(&mesh);
    let mut points = sheets::upper(Sampling::COARSE, 0.1).points().to_vec();
    let mut chance = Chance(6);
    for _ in 0..2 {
        for reach in [f64::INFINITY, 3.0, 0.05] {
            let field = index.closest_field(&points, reach);
            let single: Vec<_> = points.iter().map(|p| index.closest_point(p, reach)).collect();
            assert!(field == single);
            let distances = index.distance_field(&points, reach);
            for (distance, closest) in distances.iter().zip(&single) {
                assert_eq!(*distance, closest.map_or(f64::INFINITY, |c| c.distance));
            }
        }
        for i in (1..points.len()).rev() {
            points.swap(i, (chance.unit() * (i + 1) as f64) as usize);
        }
    }
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn a_field_over_a_soup_is_exact(seed in 0u64..1_000_000, faces in 1usize..200, count in 1usize..60) {
        let mesh = soup(seed, faces);
        let (index, singles) = (SpatialIndex::build(&mesh), singles(&mesh));
        let mut chance = Chance(seed);
        let points: Vec<Point> = (0..count)
            .map(|_| Point::new(chance.within(20.0), chance.within(20.0), chance.within(2.0)))
            .collect();
        let truth: Vec<_> = points.iter().map(|p| Some(brute(&singles, p))).collect();
        prop_assert_eq!(index.closest_field(&points, f64::INFINITY), truth);
    }
}

#[test]
fn a_field_with_points_that_are_no_numbers_answers_the_others() {
    let index = SpatialIndex::build(&sheets::dome(6, 0.0));
    let good = Point::new(0., 0., 30.);
    let points = [
        Point::new(f64::NAN, 0., 0.),
        good,
        Point::new(f64::INFINITY, 0., 0.),
    ];
    let field = index.closest_field(&points, f64::INFINITY);
    assert_eq!(field[0], None);
    assert_eq!(field[1], index.closest_point(&good, f64::INFINITY));
    assert_eq!(field[2], index.closest_point(&points[2], f64::INFINITY));
    assert!(index.closest_field(&[], 1.0).is_empty());
    assert!(SpatialIndex::build(&TriMesh::default()).distance_field(&points, 1.0)[1].is_infinite());
}

#[test]
fn faces_near_a_place_are_those_of_a_search_over_all_faces() {
    for seed in 0..10 {
        let mesh = soup(seed, 200);
        let (index, singles) = (SpatialIndex::build(&mesh), singles(&mesh));
        let mut chance = Chance(seed);
        for _ in 0..30 {
            let p = Point::new(chance.within(12.0), chance.within(12.0), chance.within(12.0));
            let radius = 8.0 * chance.unit();
            let near = singles
                .iter()
                .enumerate()
                .filter(|(_, one)| one.closest_point(&p, radius).is_some());
            assert_eq!(
                index.faces_within(&p, radius),
                near.map(|(i, _)| FaceId::new(i)).collect::<Vec<_>>()
            );
        }
    }
}

#[test]
fn the_index_is_the_same_on_one_and_on_two_threads() {
    let mesh = sheets::lower(Sampling::COARSE);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| {
            let index = SpatialIndex::build(&mesh);
            format!("{index:?} {:?}", index.closest_field(mesh.points(), 1.0))
        })
    };
    assert!(run(1) == run(2));
}
