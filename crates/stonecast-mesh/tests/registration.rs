//! Registration: a known motion is found again, and what cannot be known is said.

mod sheets;

use sheets::{Chance, Sampling};
use stonecast_mesh::{
    Point, RigidMotion, TriMesh, Vector,
    registration::{IcpError, IcpParams, IcpReport, icp, sample_surface},
    spatial::OrientedSurface,
};

const QUIET: Sampling = Sampling {
    cells: [156, 32],
    noise: 0.0,
    seed: 1,
};

fn off() -> RigidMotion {
    RigidMotion::new(Vector::new(0.5, -0.4, 0.3), Vector::new(0.02, -0.03, 0.025))
}

/// The farthest that two motions carry a point of the mesh apart.
fn farthest(mesh: &TriMesh, a: &RigidMotion, b: &RigidMotion) -> f64 {
    mesh.points()
        .iter()
        .map(|p| (a * p - b * p).norm())
        .fold(0.0, f64::max)
}

fn register(source: &TriMesh, target: &TriMesh, initial: RigidMotion) -> IcpReport {
    let surface = OrientedSurface::build(target);
    let samples = sample_surface(source, 8000);
    icp(&samples, &surface, initial, &IcpParams::default()).unwrap()
}

#[test]
fn the_same_surface_is_brought_back_exactly() {
    let mesh = sheets::lower(QUIET);
    let report = register(&mesh, &mesh, off());
    assert!(report.converged);
    let error = farthest(&mesh, &report.target_from_source, &RigidMotion::identity());
    assert!(error < 1e-6, "{error}");
    assert!(report.rms < 1e-6 && report.matched_fraction > 0.9, "{report:?}");
    assert!(report.free.is_empty());
}

#[test]
fn two_noisy_samplings_of_one_surface_meet_within_a_few_micrometres() {
    let target = sheets::lower(Sampling::COARSE);
    let source = sheets::lower(Sampling {
        seed: 99,
        cells: [180, 36],
        ..Sampling::COARSE
    });
    let report = register(&source, &target, off());
    assert!(report.converged);
    let error = farthest(&source, &report.target_from_source, &RigidMotion::identity());
    assert!(error < 0.01, "{error}");
    assert!(report.rms < 0.05, "{}", report.rms);
}

#[test]
fn a_part_finds_its_place_although_the_rest_of_the_target_has_no_match() {
    let target = sheets::lower(Sampling::COARSE);
    let whole = sheets::lower(Sampling {
        seed: 99,
        ..Sampling::COARSE
    });
    let part = whole.submesh(|f| whole.face_centroid(f).x > 8.0).mesh;
    let report = register(&part, &target, off());
    let error = farthest(&part, &report.target_from_source, &RigidMotion::identity());
    assert!(error < 0.02, "{error}");
}

#[test]
fn a_target_that_ends_early_does_not_pull_the_source_to_its_border() {
    let whole = sheets::lower(Sampling::COARSE);
    let target = whole.submesh(|f| whole.face_centroid(f).x > 0.0).mesh;
    let source = sheets::lower(Sampling {
        seed: 99,
        ..Sampling::COARSE
    });
    let report = register(&source, &target, off());
    let error = farthest(&target, &report.target_from_source, &RigidMotion::identity());
    assert!(error < 0.02, "{error}");
    assert!(
        (0.4..0.55).contains(&report.matched_fraction),
        "{}",
        report.matched_fraction
    );
}

#[test]
fn a_lump_on_the_source_does_not_drag_the_fit() {
    let target = sheets::lower(QUIET);
    let lumpy = target
        .map_points(|p| {
            let lump = (-(p.x - 20.0).powi(2) / 8.0 - (p.y - 20.0).powi(2) / 8.0).exp();
            p + Vector::new(0.0, 0.0, 1.2 * lump)
        })
        .unwrap();
    let report = register(&lumpy, &target, off());
    let error = farthest(&target, &report.target_from_source, &RigidMotion::identity());
    assert!(error < 0.005, "{error}");
}

#[test]
fn a_moved_pair_gives_the_moved_result() {
    let target = sheets::lower(Sampling::COARSE);
    let source = sheets::lower(Sampling {
        seed: 99,
        ..Sampling::COARSE
    });
    let here = register(&source, &target, off()).target_from_source;
    let mut chance = Chance(1);
    for _ in 0..3 {
        let any = |chance: &mut Chance| {
            let mut three =
                |half: f64| Vector::new(chance.within(half), chance.within(half), chance.within(half));
            RigidMotion::new(three(100.0), three(2.0))
        };
        let (for_target, for_source) = (any(&mut chance), any(&mut chance));
        let initial = for_target * off() * for_source.inverse();
        let there = register(
            &source.transformed(&for_source),
            &target.transformed(&for_target),
            initial,
        )
        .target_from_source;
        let error = farthest(&source, &(for_target.inverse() * there * for_source), &here);
        assert!(error < 1e-5, "{error}");
    }
}

/// A square sheet in z = `height(x, y)`.
fn field(height: impl Fn(f64, f64) -> f64) -> TriMesh {
    let n = 40u32;
    let points = (0..n * n)
        .map(|i| {
            let (x, y) = (0.5 * f64::from(i % n), 0.5 * f64::from(i / n));
            Point::new(x, y, height(x, y))
        })
        .collect();
    let faces: Vec<[u32; 3]> = (0..(n - 1) * (n - 1))
        .flat_map(|q| {
            let a = (q / (n - 1)) * n + q % (n - 1);
            [[a, a + 1, a + n + 1], [a, a + n + 1, a + n]]
        })
        .collect();
    TriMesh::from_indices(points, &faces).unwrap()
}

#[test]
fn a_plane_leaves_three_motions_free_and_they_stay_as_they_were() {
    let plane = field(|_, _| 0.0);
    let lifted = RigidMotion::new(Vector::new(0.7, 0.2, 0.5), Vector::zeros());
    let report = register(&plane, &plane, lifted);
    assert_eq!(report.free.len(), 3, "{report:?}");
    let shift = report.target_from_source.translation.vector;
    assert!((shift - Vector::new(0.7, 0.2, 0.0)).norm() < 1e-6, "{shift}");
}

#[test]
fn a_trough_leaves_the_slide_along_it_free() {
    let trough = field(|_, y| (0.8 * y).sin());
    let report = register(&trough, &trough, RigidMotion::translation(0.3, 0.1, 0.1));
    assert_eq!(report.free.len(), 1, "{report:?}");
    let along = report.free[0].translation.normalize();
    assert!(along.x.abs() > 0.999, "{along}");
}

#[test]
fn surfaces_out_of_reach_are_refused() {
    let mesh = sheets::lower(QUIET);
    let error = icp(
        &sample_surface(&mesh, 500),
        &OrientedSurface::build(&mesh),
        RigidMotion::translation(0.0, 0.0, 300.0),
        &IcpParams::default(),
    )
    .unwrap_err();
    assert!(
        matches!(error, IcpError::TooFewMatches { matched: 0, .. }),
        "{error}"
    );
}

#[test]
fn the_result_does_not_depend_on_the_number_of_threads() {
    let target = sheets::lower(Sampling::COARSE);
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        pool.install(|| register(&target, &target, off()))
    };
    assert_eq!(run(1), run(2));
}
