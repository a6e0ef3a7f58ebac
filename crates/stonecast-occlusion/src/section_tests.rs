//! Sections of bodies whose profile is known.

use super::*;
use crate::pair::OccludingArch;
use stonecast_mesh::{FaceData, TriMesh};
use stonecast_teeth::LabelledArch;

/// A profile of [facial, up], drawn out along the arch: facial is -y.
fn drawn_out(profile: &[Flat], pose: &RigidMotion) -> TriMesh {
    let ends = [-5.0, -1.0, 3.0, 7.0];
    let points = ends
        .iter()
        .flat_map(|x| profile.iter().map(move |[f, z]| Point::new(*x, -f, *z)));
    let points = points.map(|p| pose * p).collect();
    let n = profile.len() as u32;
    let mut faces = Vec::new();
    for k in 0..ends.len() as u32 - 1 {
        for i in 0..n - 1 {
            let [a, b] = [k * n + i, k * n + i + 1];
            faces.extend([[a, b, a + n], [b, b + n, a + n]]);
        }
    }
    TriMesh::from_indices(points, &faces).unwrap()
}

fn labels(jaw: Jaw, mesh: &TriMesh) -> LabelledArch {
    LabelledArch {
        jaw,
        face_labels: FaceData::from_vec(vec![None; mesh.face_count()]),
        teeth: Vec::new(),
        doubts: Vec::new(),
    }
}

/// Edges: the upper one at [0, -1.5], the lower one at [-2.9, 0.5]. Outside is on the left of each profile.
const UPPER: [Flat; 3] = [[2.0, 6.0], [0.0, -1.5], [-1.0, 6.0]];
const LOWER: [Flat; 3] = [[-6.0, -8.0], [-2.9, 0.5], [-2.05, -8.0]];

fn params() -> SectionParams {
    SectionParams {
        window_mm: 12.0,
        local_mm: 0.03,
        bite_mm: 0.04,
    }
}

fn cut_at(rise: f64, pose: &RigidMotion) -> Section {
    let (upper, lower) = (drawn_out(&UPPER, pose), drawn_out(&LOWER, pose));
    let (of_upper, of_lower) = (labels(Jaw::Upper, &upper), labels(Jaw::Lower, &lower));
    let arch = |mesh, labelled| OccludingArch { mesh, labelled };
    let pair = Pair::new(arch(&upper, &of_upper), arch(&lower, &of_lower));
    let turned = |v: [f64; 3]| -> [f64; 3] { (pose * Vector::from(v)).into() };
    let middle = (pose * Point::new(0.7, 0.0, 0.0)).into();
    let mut plane = SectionPlane::new(
        "tooth 11",
        middle,
        turned([0.0, -1.0, 0.0]),
        turned([0.0, 0.0, 1.0]),
    )
    .unwrap();
    plane.tooth = Some(Fdi::new(11).unwrap());
    plane.sides = ["lingual", "facial"].map(str::to_owned);
    let rise = RigidMotion::translation(0.0, 0.0, rise);
    section(&pair, &plane, &(pose * rise * pose.inverse()), &params())
}

fn value(section: &Section, id: &str) -> f64 {
    let calliper = section.callipers.iter().find(|c| c.id == id).unwrap();
    calliper.value.as_ref().unwrap().value
}

#[test]
fn overjet_overbite_and_gap_of_a_known_profile() {
    let closed = cut_at(0.0, &RigidMotion::identity());
    assert!((value(&closed, "overbite") - 2.0).abs() < 1e-12);
    // The labial surface of the lower tooth goes from [-2.9, 0.5] to [-2.05, -8].
    assert!((value(&closed, "overjet") - (2.9 - 0.85 * 2.0 / 8.5)).abs() < 1e-12);
    // From the lower edge to the palatal surface, which goes from [0, -1.5] to [-1, 6].
    let normal = [7.5, 1.0].map(|c: f64| c / 7.5f64.hypot(1.0));
    let gap = -(-2.9 * normal[0] + (0.5 + 1.5) * normal[1]);
    assert!((value(&closed, "gap") - gap).abs() < 1e-12, "{gap}");
    // Two points, each 0.03 mm, and the bite.
    let known = closed.callipers[0].value.as_ref().unwrap().uncertainty;
    assert!((known - (2.0 * 0.03f64.powi(2) + 0.04f64.powi(2)).sqrt()).abs() < 1e-12);
}

#[test]
fn the_pose_changes_no_calliper() {
    let (here, there) = (
        cut_at(0.3, &RigidMotion::identity()),
        cut_at(0.3, &stonecast_testkit::random_motion(7)),
    );
    for id in ["gap", "overjet", "overbite"] {
        assert!((value(&here, id) - value(&there, id)).abs() < 1e-9, "{id}");
    }
}

#[test]
fn what_crosses_has_a_depth_and_its_points_are_within() {
    // A ridge below a flat sheet, then 0.2 mm through it.
    let flat = drawn_out(&[[8.0, 0.0], [0.5, 0.0], [-8.0, 0.0]], &RigidMotion::identity());
    let ridge = drawn_out(
        &[[-3.0, -3.0], [0.0, -0.3], [3.0, -3.0]],
        &RigidMotion::identity(),
    );
    let (of_flat, of_ridge) = (labels(Jaw::Upper, &flat), labels(Jaw::Lower, &ridge));
    let arch = |mesh, labelled| OccludingArch { mesh, labelled };
    let pair = Pair::new(arch(&flat, &of_flat), arch(&ridge, &of_ridge));
    let plane = SectionPlane::new("here", [0.3, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 1.0]).unwrap();
    for (rise, expected, within) in [(0.0, 0.3, 0), (0.5, -0.2, 1)] {
        let up = RigidMotion::translation(0.0, 0.0, rise);
        let cut = section(&pair, &plane, &up, &params());
        assert!(
            (value(&cut, "gap") - expected).abs() < 1e-12,
            "{}",
            value(&cut, "gap")
        );
        let lower: usize = of(&cut.outlines, Jaw::Lower)
            .map(|o| o.within.iter().filter(|w| **w).count())
            .sum();
        assert_eq!(lower, within);
    }
}

#[test]
fn what_was_not_scanned_is_said_and_two_points_are_measured_in_space() {
    let far = SectionPlane::new("off", [99.0, 0.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 1.0]).unwrap();
    let closed = cut_at(0.0, &RigidMotion::identity());
    let nothing = gap(&[], &params());
    assert!(nothing.value.is_err() && nothing.ends.is_none());
    assert!(
        overjet_and_overbite(&closed.outlines[..1], &params())[0]
            .value
            .is_err()
    );
    let points = [
        (Jaw::Upper, Point::new(99.0, 0.0, 0.0)),
        (Jaw::Upper, Point::new(102.0, -4.0, 0.0)),
    ];
    let calliper = Calliper::between("a-b", "from a to b", &far, points, &params());
    let quantity = calliper.value.unwrap();
    assert!((quantity.value - 5.0).abs() < 1e-12);
    assert!(
        (quantity.uncertainty - 2f64.sqrt() * 0.03).abs() < 1e-12,
        "no bite within an arch"
    );
    assert!(calliper.note.unwrap().contains("4.00 mm"));
    assert_eq!(
        SectionPlane::new("none", [0.0; 3], [1.0, 0.0, 0.0], [2.0, 0.0, 0.0]),
        Err(SectionError::NoPlane)
    );
}
