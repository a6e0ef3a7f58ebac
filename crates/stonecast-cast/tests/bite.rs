//! The bite where the truth is known by construction: an arch and its own impression fit each other in one pose only,
//! and the views of a synthetic pair from the cheek show the pose in which they were taken.

mod cheek;

use std::sync::OnceLock;

use stonecast_cast::bite::{
    ArchInput, Bite, BiteError, BiteKind, BiteParams, BiteScanInput, NotInOcclusion, find_bite,
};
use stonecast_dental::{Checked, ScanRole, Side};
use stonecast_mesh::{Point, RigidMotion, TriMesh, Vector};
use stonecast_testkit::{DentitionSpec, SyntheticPair, dentition};

/// A pair small enough for a quick test.
fn pair() -> &'static SyntheticPair {
    static PAIR: OnceLock<SyntheticPair> = OnceLock::new();
    PAIR.get_or_init(|| {
        dentition(&DentitionSpec {
            triangles: 24_000,
            ..DentitionSpec::default()
        })
    })
}

/// How far the impression stands off the arch, along the vertical.
const GAP: f64 = 0.05;

/// An upper arch and what bit into it: the occlusal part of its own surface, turned over and lowered by [`GAP`].
fn impression() -> (&'static TriMesh, TriMesh) {
    let upper = &pair().upper.mesh;
    let occlusal = upper.submesh(|f| upper.face_normals()[f].z < -0.7 && upper.face_centroid(f).z < 4.0);
    let lowered = RigidMotion::translation(0.0, 0.0, -GAP);
    (upper, occlusal.mesh.transformed(&lowered).flipped())
}

/// An arch in a frame of its own, whose pose is known exactly. The lower arch's own frame is the cast frame, which is
/// nearly its own.
struct Arch {
    mesh: TriMesh,
    arch_from_scan: RigidMotion,
}

impl Arch {
    fn of(mesh: &TriMesh, scan_from_cast: &RigidMotion) -> Self {
        Self {
            mesh: mesh.transformed(scan_from_cast),
            arch_from_scan: scan_from_cast.inverse(),
        }
    }

    fn input(&self) -> ArchInput<'_> {
        ArchInput {
            mesh_in_scan: &self.mesh,
            arch_from_scan: self.arch_from_scan,
        }
    }
}

fn somewhere() -> RigidMotion {
    RigidMotion::new(Vector::new(40., -12., 7.), Vector::new(0.4, 1.9, -0.8))
}

fn elsewhere() -> RigidMotion {
    RigidMotion::new(Vector::new(-3., 60., -21.), Vector::new(-1.4, 0.2, 2.0))
}

fn bite_of(upper: &Arch, lower: &Arch) -> Checked<Bite> {
    find_bite(&upper.input(), &lower.input(), &[], &BiteParams::default()).unwrap()
}

/// How far the bite found puts a point of the lower arch from where it belongs, at worst over the arch.
fn error_mm(bite: &Bite, upper_from_cast: &RigidMotion, lower_from_cast: &RigidMotion) -> f64 {
    let found = upper_from_cast.inverse() * bite.upper_scan_from_lower_scan * lower_from_cast;
    [[-23., 30., 0.], [23., 30., 0.], [0., 0., 0.]]
        .map(Point::from)
        .map(|p| (found * p - p).norm())
        .into_iter()
        .fold(0.0, f64::max)
}

#[test]
fn a_pair_in_one_frame_is_taken_as_scanned() {
    let (upper, lower) = impression();
    let checked = bite_of(&Arch::of(upper, &somewhere()), &Arch::of(&lower, &somewhere()));
    assert_eq!(checked.value.kind, BiteKind::AsScanned);
    assert_eq!(checked.value.upper_scan_from_lower_scan, RigidMotion::identity());
    assert!(checked.value.contact_count > 0);
    assert!(checked.value.largest_penetration.0 < 0.1);
    assert!(checked.warnings.is_empty(), "{:?}", checked.warnings);
}

#[test]
fn as_scanned_is_measured_alike_in_every_pose() {
    let (upper, lower) = impression();
    let still = bite_of(
        &Arch::of(upper, &RigidMotion::identity()),
        &Arch::of(&lower, &RigidMotion::identity()),
    );
    for motion in [somewhere(), elsewhere()] {
        let moved = bite_of(&Arch::of(upper, &motion), &Arch::of(&lower, &motion));
        let close = |a: Option<stonecast_dental::Mm>, b: Option<stonecast_dental::Mm>| {
            (a.unwrap().0 - b.unwrap().0).abs() < 1e-9
        };
        assert_eq!(moved.value.contact_count, still.value.contact_count);
        assert!(close(moved.value.smallest_gap, still.value.smallest_gap));
        assert!(close(moved.value.median_gap, still.value.median_gap));
    }
}

#[test]
fn arches_in_frames_of_their_own_are_never_as_scanned() {
    let upper = Arch::of(&pair().upper.mesh, &somewhere());
    let lower = Arch::of(&pair().lower.mesh, &elsewhere());
    let only = BiteParams {
        only: Some(BiteKind::AsScanned),
    };
    let error = find_bite(&upper.input(), &lower.input(), &[], &only).unwrap_err();
    assert!(
        matches!(error, BiteError::NotAsScanned(NotInOcclusion::Frames { .. })),
        "{error}"
    );
}

#[test]
fn arches_that_stand_apart_or_in_each_other_are_not_as_scanned() {
    let (upper, lower) = impression();
    let still = Arch::of(upper, &RigidMotion::identity());
    let only = BiteParams {
        only: Some(BiteKind::AsScanned),
    };
    for shift in [[0., 0., -3.], [0., 0., 1.5], [3., 0., 0.], [0., 0., -12.]] {
        let lower = Arch {
            mesh: lower.transformed(&RigidMotion::from(nalgebra::Translation3::from(shift))),
            arch_from_scan: RigidMotion::identity(),
        };
        let outcome = find_bite(&still.input(), &lower.input(), &[], &only);
        assert!(
            matches!(outcome, Err(BiteError::NotAsScanned(_))),
            "{shift:?}: {outcome:?}"
        );
    }
}

#[test]
fn an_estimated_bite_is_marked_and_near_the_truth() {
    let (upper, lower) = impression();
    let upper = Arch::of(upper, &somewhere());
    let lower = Arch::of(&lower, &elsewhere());
    let checked = bite_of(&upper, &lower);
    assert_eq!(checked.value.kind, BiteKind::Estimated);
    assert!(checked.warnings.iter().any(|w| w.code == "cast.bite.estimated"));
    assert!(checked.value.residual.is_none());
    let error = error_mm(&checked.value, &somewhere(), &elsewhere());
    // Fitting closes the gap that the impression was given.
    assert!(error < 2.0 * GAP, "{error} mm");
    assert!(checked.value.largest_penetration.0 <= 0.1 + 1e-3);
}

#[test]
fn an_estimated_bite_does_not_depend_on_the_pose() {
    let (upper, lower) = (&pair().upper.mesh, &pair().lower.mesh);
    let estimate = |upper_motion: RigidMotion, lower_motion: RigidMotion| {
        let only = BiteParams {
            only: Some(BiteKind::Estimated),
        };
        let (upper, lower) = (Arch::of(upper, &upper_motion), Arch::of(lower, &lower_motion));
        let bite = find_bite(&upper.input(), &lower.input(), &[], &only)
            .unwrap()
            .value;
        upper_motion.inverse() * bite.upper_scan_from_lower_scan * lower_motion
    };
    let still = estimate(RigidMotion::identity(), RigidMotion::identity());
    let moved = estimate(somewhere(), elsewhere());
    for p in [[-23., 30., 0.], [23., 30., 0.], [0., 0., 0.]].map(Point::from) {
        let apart = (still * p - moved * p).norm();
        assert!(apart < 1e-4, "{apart} mm");
    }
}

#[test]
fn a_mirrored_pair_has_the_mirrored_bite() {
    let mirror = |mesh: &TriMesh| mesh.map_points(|p| Point::new(-p.x, p.y, p.z)).unwrap().flipped();
    let estimate = |upper: &TriMesh, lower: &TriMesh| {
        let only = BiteParams {
            only: Some(BiteKind::Estimated),
        };
        let identity = RigidMotion::identity();
        let (upper, lower) = (Arch::of(upper, &identity), Arch::of(lower, &identity));
        find_bite(&upper.input(), &lower.input(), &[], &only)
            .unwrap()
            .value
            .upper_scan_from_lower_scan
    };
    let (upper, lower) = impression();
    let plain = estimate(upper, &lower);
    let mirrored = estimate(&mirror(upper), &mirror(&lower));
    for p in [[-23., 30., 0.], [23., 30., 0.], [0., 0., 0.]].map(Point::from) {
        let q = plain * p;
        let r = mirrored * Point::new(-p.x, p.y, p.z);
        let apart = (Point::new(-q.x, q.y, q.z) - r).norm();
        // The points sampled on a triangle are not mirrored with it.
        assert!(apart < 0.01, "{apart} mm");
    }
}

#[test]
fn bite_scans_bring_the_arches_together_and_a_wrong_name_is_noticed() {
    let (upper, lower) = (&pair().upper.mesh, &pair().lower.mesh);
    let identity = RigidMotion::identity();
    let third = RigidMotion::new(Vector::new(9., 9., -90.), Vector::new(2.0, -1.0, 0.1));
    let view = |side| cheek::cheek_view(upper, lower, &identity, side, 0.03).transformed(&third);
    let (right, left) = (view(-1.0), view(1.0));
    let (upper, lower) = (Arch::of(upper, &somewhere()), Arch::of(lower, &elsewhere()));
    let scans = [
        BiteScanInput {
            role: ScanRole::BiteRight,
            mesh: &right,
        },
        BiteScanInput {
            role: ScanRole::BiteLeft,
            mesh: &left,
        },
    ];
    let checked = find_bite(&upper.input(), &lower.input(), &scans, &BiteParams::default()).unwrap();
    let bite = checked.value;
    assert_eq!(bite.kind, BiteKind::FromBiteScan);
    assert_eq!(
        bite.bite_scans.iter().map(|s| s.side).collect::<Vec<_>>(),
        [Side::Right, Side::Left]
    );
    let error = error_mm(&bite, &somewhere(), &elsewhere());
    assert!(error < 0.05, "{error} mm");
    assert!(bite.residual.unwrap().0 < 0.03);

    let wrongly_named = [BiteScanInput {
        role: ScanRole::BiteLeft,
        mesh: &right,
    }];
    let checked = find_bite(
        &upper.input(),
        &lower.input(),
        &wrongly_named,
        &BiteParams::default(),
    )
    .unwrap();
    let codes: Vec<_> = checked.warnings.iter().map(|w| w.code.as_str()).collect();
    for code in ["cast.bite.side-contradiction", "cast.bite.one-side"] {
        assert!(codes.contains(&code), "{code} is not in {codes:?}");
    }
}

#[test]
fn a_bite_scan_of_something_else_is_not_used() {
    let upper = Arch::of(&pair().upper.mesh, &somewhere());
    let lower = Arch::of(&pair().lower.mesh, &elsewhere());
    // The palate is no bite.
    let palate = pair().upper.mesh.submesh(|f| {
        let p = pair().upper.mesh.face_centroid(f);
        p.x.abs() < 12.0 && p.y > 12.0 && p.z > 2.0
    });
    let scans = [BiteScanInput {
        role: ScanRole::BiteLeft,
        mesh: &palate.mesh,
    }];
    let checked = find_bite(&upper.input(), &lower.input(), &scans, &BiteParams::default()).unwrap();
    assert_eq!(checked.value.kind, BiteKind::Estimated);
    assert_eq!(checked.warnings[0].code, "cast.bite.scan-rejected");
}
