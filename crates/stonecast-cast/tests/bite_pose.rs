//! An estimated bite does not depend on the poses in which the arches were scanned, nor on the rounding that a file
//! of single-precision coordinates brings with each pose.

#![allow(clippy::print_stdout, reason = "a judge's figures are for reading")]

use stonecast_cast::bite::{ArchInput, BiteKind, BiteParams, find_bite};
use stonecast_cast::orient::{OrientParams, orient};
use stonecast_dental::Jaw;
use stonecast_mesh::{Point, RigidMotion, TriMesh};
use stonecast_testkit::{DentitionSpec, SyntheticPair, demo_spec, dentition, random_motion};

/// The mesh as a file of single-precision coordinates keeps it after a motion.
fn written_after(mesh: &TriMesh, motion: &RigidMotion) -> TriMesh {
    mesh.map_points(|p| (motion * p).map(|c| f64::from(c as f32)))
        .unwrap()
}

/// The estimated motion of the lower arch, in the frame in which the pair was made, from scans in poses of their own
/// whose frames orientation finds.
fn estimated(pair: &SyntheticPair, poses: [RigidMotion; 2]) -> RigidMotion {
    let [upper, lower] = [(Jaw::Upper, poses[0]), (Jaw::Lower, poses[1])].map(|(jaw, pose)| {
        let mesh = written_after(&pair.arch(jaw).mesh, &pose);
        let frame = orient(&mesh, jaw, &OrientParams::default()).unwrap().value;
        (mesh, frame.arch_from_scan)
    });
    let [upper, lower] = [&upper, &lower].map(|(mesh_in_scan, arch_from_scan)| ArchInput {
        mesh_in_scan,
        arch_from_scan: *arch_from_scan,
    });
    let only = BiteParams {
        only: Some(BiteKind::Estimated),
    };
    let bite = find_bite(&upper, &lower, &[], &only).unwrap().value;
    assert_eq!(bite.kind, BiteKind::Estimated);
    poses[0].inverse() * bite.upper_scan_from_lower_scan * poses[1]
}

/// The farthest that six pairs of poses put a point of the lower arch from where it is put without any.
fn farthest(pair: &SyntheticPair, name: &str) -> f64 {
    let still = estimated(pair, [RigidMotion::identity(); 2]);
    let off = [[-23., 30., 0.], [23., 30., 0.], [0., 0., 0.]]
        .map(Point::from)
        .map(|p| (still * p - p).norm());
    println!("{name}: from the truth {off:.3?} mm");
    (0..6)
        .map(|k| {
            let moved = estimated(pair, [random_motion(2 * k), random_motion(2 * k + 1)]);
            let apart = [[-40., 0., 0.], [40., 0., 0.], [0., -40., 0.], [0., 40., 0.]]
                .map(Point::from)
                .map(|p| (still * p - moved * p).norm())
                .into_iter()
                .fold(0.0, f64::max);
            println!("{name}, poses {k}: {apart:.2e} mm");
            apart
        })
        .fold(0.0, f64::max)
}

#[test]
fn an_estimated_bite_is_the_same_in_every_pose_and_after_rounding() {
    let coarse = |seed, triangles| {
        dentition(&DentitionSpec {
            seed,
            triangles,
            ..demo_spec()
        })
    };
    let pairs = [("12k", coarse(11, 12_000)), ("24k", coarse(5, 24_000))];
    let worst = pairs
        .iter()
        .map(|(name, pair)| farthest(pair, name))
        .fold(0.0, f64::max);
    assert!(worst < 1e-4, "{worst} mm");
}
