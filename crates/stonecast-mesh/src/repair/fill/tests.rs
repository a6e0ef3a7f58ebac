use super::*;
use crate::{RigidMotion, Vector, repair::diagnose, surface::shapes};

const ALL: FillParams = FillParams {
    max_length: f64::INFINITY,
    keep_longest: false,
};
const HOLES: FillParams = FillParams {
    max_length: f64::INFINITY,
    keep_longest: true,
};

fn without(mesh: &TriMesh, inside: impl Fn(&Point) -> bool) -> TriMesh {
    mesh.submesh(|f| !inside(&mesh.face_centroid(f))).mesh
}

fn assert_old_part_untouched(old: &TriMesh, filled: &Filled) {
    assert_eq!(filled.mesh.points()[..old.vertex_count()], *old.points());
    assert_eq!(filled.mesh.faces()[..old.face_count()], *old.faces());
    let report = diagnose(&filled.mesh);
    assert!(report.is_manifold && report.is_oriented, "{:?}", report.faults);
    assert_eq!(report.count(crate::repair::FaultKind::SelfIntersections), 0);
}

#[test]
fn a_hole_in_a_plane_is_filled_in_the_plane() {
    let sheet = shapes::sheet(20, 20.0);
    let holed = without(&sheet, |p| (p - Point::new(10., 10., 0.)).norm() < 4.0);
    let filled = fill_holes(&holed, &HOLES);
    assert_old_part_untouched(&holed, &filled);
    assert!((filled.mesh.area() - 400.0).abs() < 1e-9);
    assert!(filled.mesh.points().iter().all(|p| p.z.abs() < 1e-12));
    assert_eq!(filled.left.len(), 1);
    assert_eq!(filled.left[0].reason, LeftReason::Border);
    assert!((filled.left[0].length - 80.0).abs() < 1e-12);
}

#[test]
fn a_hole_in_a_ball_is_filled_close_to_the_ball() {
    let ball = shapes::sphere(10.0, 4);
    // A hole of 6 mm across: its flat lid would lie 0.46 mm below the ball.
    let holed = without(&ball, |p| p.z > 0.0 && p.coords.xy().norm() < 3.0);
    let filled = fill_holes(&holed, &ALL);
    assert_old_part_untouched(&holed, &filled);
    assert!(filled.mesh.topology().is_closed(&filled.mesh));
    let new = &filled.patches[0].vertices;
    let worst = new
        .clone()
        .map(|v| (filled.mesh.point(VertexId(v)).coords.norm() - 10.0).abs())
        .fold(0.0, f64::max);
    assert!(worst < 0.01, "{worst}");
}

#[test]
fn a_patch_is_as_fine_as_its_surroundings() {
    let ball = shapes::sphere(10.0, 4);
    let holed = without(&ball, |p| p.z > 0.0 && p.coords.xy().norm() < 4.0);
    let filled = fill_holes(&holed, &ALL);
    let mean_area = holed.area() / holed.face_count() as f64;
    let patch: Vec<f64> = filled.patches[0]
        .faces
        .clone()
        .map(|f| filled.mesh.face_area(FaceId(f)))
        .collect();
    let patch_mean = patch.iter().sum::<f64>() / patch.len() as f64;
    assert!(
        (0.5..2.0).contains(&(patch_mean / mean_area)),
        "{}",
        patch_mean / mean_area
    );
    assert_eq!(
        filled.is_filled().iter().filter(|(_, f)| **f).count(),
        patch.len()
    );
}

#[test]
fn a_patch_on_a_tube_continues_its_curvature() {
    let tube = shapes::cylinder(5.0, 20.0, 60, 40);
    let holed = without(&tube, |p| (p - Point::new(5.0, 0.0, 0.0)).norm() < 2.0);
    let filled = fill_holes(
        &holed,
        &FillParams {
            max_length: 20.0,
            keep_longest: true,
        },
    );
    assert_old_part_untouched(&holed, &filled);
    assert_eq!(filled.left.len(), 2);
    let worst = filled.patches[0]
        .vertices
        .clone()
        .map(|v| (filled.mesh.point(VertexId(v)).coords.xy().norm() - 5.0).abs())
        .fold(0.0, f64::max);
    assert!(worst < 0.03, "{worst}");
}

#[test]
fn only_what_the_rule_calls_a_hole_is_filled() {
    let sheet = shapes::sheet(20, 20.0);
    let holed = without(&sheet, |p| {
        (p - Point::new(5., 5., 0.)).norm() < 1.2 || (p - Point::new(14., 14., 0.)).norm() < 4.0
    });
    let filled = fill_holes(
        &holed,
        &FillParams {
            max_length: 12.0,
            keep_longest: true,
        },
    );
    assert_eq!(filled.patches.len(), 1);
    let reasons: Vec<_> = filled.left.iter().map(|l| l.reason).collect();
    assert_eq!(reasons, [LeftReason::Border, LeftReason::TooLong]);
}

#[test]
fn no_patch_passes_through_the_surface() {
    // A hole in a dome, and a ceiling close above it: through where the smooth patch would bulge.
    let small = FillParams {
        max_length: 40.0,
        keep_longest: true,
    };
    let dome = shapes::height_field(24, 24.0, |x, y| (x * x + y * y) * -0.05);
    let holed = without(&dome, |p| p.coords.xy().norm() < 4.0);
    let free = fill_holes(&holed, &small);
    let new = free.patches[0].vertices.clone();
    assert!(new.clone().any(|v| free.mesh.point(VertexId(v)).z > -0.3));
    let ceiling = shapes::sheet(2, 20.0)
        .map_points(|p| p + Vector::new(-10.0, -10.0, -0.3))
        .unwrap();
    let filled = fill_holes(&TriMesh::joined([&holed, &ceiling]), &small);
    assert_eq!(filled.patches.len(), 1);
    assert_eq!(
        diagnose(&filled.mesh).count(crate::repair::FaultKind::SelfIntersections),
        0
    );
}

#[test]
fn a_filled_hole_moves_with_the_mesh_and_mirrors_with_it() {
    let dome = shapes::height_field(20, 20.0, |x, y| (x * 0.3).sin() + 0.02 * y * y + 0.05 * x * y);
    let holed = without(&dome, |p| {
        (p.coords.xy() - nalgebra::Vector2::new(1.0, 2.0)).norm() < 3.3
    });
    let here = fill_holes(&holed, &HOLES).mesh;
    let motion = RigidMotion::new(Vector::new(30., -20., 9.), Vector::new(1.0, -2.0, 0.3));
    let there = fill_holes(&holed.transformed(&motion), &HOLES).mesh;
    assert_eq!(here.faces(), there.faces());
    for v in here.vertex_ids() {
        assert!((motion * here.point(v) - there.point(v)).norm() < 1e-9);
    }
    let mirror = |m: &TriMesh| m.map_points(|p| Point::new(-p.x, p.y, p.z)).unwrap();
    let mirrored = fill_holes(&mirror(&holed), &HOLES).mesh;
    assert_eq!(here.faces(), mirrored.faces());
    for v in here.vertex_ids() {
        assert!((mirror(&here).point(v) - mirrored.point(v)).norm() < 1e-9);
    }
}
