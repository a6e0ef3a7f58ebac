//! Mountings by every source, against geometry worked out by hand; what cannot be a mounting is refused.

use proptest::prelude::*;
use stonecast_articulator::{
    CondyleSource, Mounting, MountingError, MountingInput, MountingMethod, MountingRequest, PlaneName,
    PlaneSource,
};
use stonecast_dental::{Deg, Mm, RowStatus, Sides};
use stonecast_mesh::{Point, RigidMotion, Vector};

const INCISAL: [f64; 3] = [0.5, 2.0, 1.0];

fn input() -> MountingInput {
    MountingInput::in_cast_frame(INCISAL)
}

fn condyles() -> Sides<[f64; 3]> {
    Sides {
        right: [-54.0, 85.0, 38.0],
        left: [56.0, 87.0, 36.0],
    }
}

fn facebow() -> MountingRequest {
    MountingRequest::facebow(input(), condyles(), Some(Mm(1.0)))
}

/// The axes are of unit length, at right angles and right-handed, and left lies along the hinge axis as far as it can.
fn is_frame(mounting: &Mounting) -> bool {
    let plane = mounting.plane;
    let [left, posterior, superior] = [plane.left, plane.posterior, plane.superior].map(Vector::from);
    let square = left.cross(&posterior) - superior;
    let along = mounting.axis().dot(&posterior);
    square.norm() < 1e-12 && (superior.norm() - 1.0).abs() < 1e-12 && along.abs() < 1e-9
}

#[test]
fn average_values_make_bonwills_triangle_at_balkwills_angle() {
    let mounting = Mounting::average(&input()).unwrap();
    let incisal = Vector::from(INCISAL);
    let arms = mounting.condyles.map(|end| Vector::from(end) - incisal);
    for length in [arms.right.norm(), arms.left.norm(), mounting.intercondylar().0] {
        assert!((length - 105.0).abs() < 1e-9);
    }
    let normal = arms.left.cross(&arms.right).normalize();
    assert!((normal.z.abs().acos().to_degrees() - 22.5).abs() < 1e-9);
    assert!(mounting.condyles.left[2] > INCISAL[2] && mounting.condyles.left[1] > INCISAL[1]);
    assert_eq!(mounting.standing(), Some(RowStatus::Secondary));
    assert!(is_frame(&mounting) && mounting.notes.is_empty() && mounting.uncertainty.is_some());
}

#[test]
fn average_values_can_be_given() {
    let condyles = CondyleSource::AverageValues {
        intercondylar: Some(Mm(110.0)),
        leg: Some(Mm(100.0)),
        balkwill: Some(Deg(0.0)),
    };
    let request = MountingRequest {
        condyles,
        ..MountingRequest::average(input())
    };
    let mounting = request.mount().unwrap();
    let behind = (100.0f64 * 100.0 - 55.0 * 55.0).sqrt();
    let expected = Vector::new(0.5 - 55.0, 2.0 + behind, 1.0);
    assert!((Vector::from(mounting.condyles.right) - expected).norm() < 1e-9);
}

#[test]
fn a_facebow_gives_the_points_and_the_axis_gives_the_left() {
    let mounting = facebow().mount().unwrap();
    assert_eq!(mounting.method, MountingMethod::Facebow);
    assert_eq!(
        (mounting.condyles, mounting.uncertainty),
        (condyles(), Some(Mm(1.0)))
    );
    assert!(is_frame(&mounting) && mounting.plane.superior == [0.0, 0.0, 1.0]);
    assert_eq!(mounting.standing(), None);
    let left = Vector::from(mounting.plane.left);
    assert!((left - Vector::new(110.0, 2.0, 0.0).normalize()).norm() < 1e-12);
}

#[test]
fn planes_of_points_go_through_them() {
    let back = Sides {
        right: [-65.0, 95.0, 50.0],
        left: [65.0, 95.0, 50.0],
    };
    for (name, front, tilt) in [
        // 95 mm ahead and 10 mm lower or higher than the tragi.
        (
            PlaneName::Camper,
            [0.0, 0.0, 40.0],
            -(10f64 / 95.0).atan().to_degrees(),
        ),
        (
            PlaneName::Frankfort,
            [30.0, 0.0, 60.0],
            (10f64 / 95.0).atan().to_degrees(),
        ),
        (PlaneName::ThreePoints, [-10.0, 0.0, 50.0], 0.0),
    ] {
        let mounting = facebow()
            .against(PlaneSource::Points { name, back, front })
            .mount()
            .unwrap();
        let normal = Vector::from(mounting.plane.superior);
        for at in [back.left, front] {
            assert!((Vector::from(at) - Vector::from(back.right)).dot(&normal).abs() < 1e-9);
        }
        assert!(is_frame(&mounting) && normal.z > 0.9 && mounting.plane.name == name);
        assert!(
            (mounting.plane.tilt_from_occlusal().0 - tilt).abs() < 0.2,
            "{name:?}"
        );
    }
}

#[test]
fn the_axis_orbital_plane_holds_the_axis_and_the_orbital_point() {
    let orbitale = [32.0, 8.0, 62.0];
    let mounting = facebow()
        .against(PlaneSource::AxisOrbital { orbitale })
        .mount()
        .unwrap();
    let normal = Vector::from(mounting.plane.superior);
    let from_right = |at: [f64; 3]| Vector::from(at) - Vector::from(condyles().right);
    assert!(
        from_right(orbitale).dot(&normal).abs() < 1e-9
            && from_right(condyles().left).dot(&normal).abs() < 1e-9
    );
    assert!(is_frame(&mounting) && normal.z > 0.8);
    assert!(
        mounting.plane.tilt_from_occlusal().0 > 10.0,
        "the orbit lies above the axis"
    );
    assert!(
        mounting
            .evidence
            .iter()
            .any(|point| point.what == "orbital point" && point.xyz == orbitale)
    );
}

#[test]
fn average_planes_are_tilted_by_their_rows_and_name_them() {
    for (name, tilt) in [
        (PlaneName::Camper, 0.0),
        (PlaneName::Frankfort, 10.0),
        (PlaneName::AxisOrbital, 13.6),
    ] {
        let mounting = MountingRequest::average(input())
            .against_average(name)
            .mount()
            .unwrap();
        assert!((mounting.plane.tilt_from_occlusal().0 - tilt).abs() < 1e-9);
        assert!(
            mounting
                .rows
                .iter()
                .any(|row| row.row == format!("articulator/plane.{}", name.name()))
        );
        assert!(is_frame(&mounting));
    }
    let without = MountingRequest::average(input()).against_average(PlaneName::ThreePoints);
    assert!(matches!(without.mount(), Err(MountingError::Plane { .. })));
}

#[test]
fn points_of_another_frame_are_brought_to_the_cast() {
    // A volume scan whose frame is turned against the cast's.
    let cast_from_volume = RigidMotion::new(Vector::new(3.0, -120.0, 60.0), Vector::new(0.1, 0.02, -0.05));
    let back = |at: [f64; 3]| -> [f64; 3] { (cast_from_volume.inverse() * Point::from(at)).coords.into() };
    let request = MountingRequest {
        condyles: CondyleSource::Points {
            method: MountingMethod::VolumeScan,
            condyles: condyles().map(back),
            uncertainty: None,
        },
        ..facebow()
    };
    let orbitale = [32.0, 8.0, 62.0];
    let request = request
        .against(PlaneSource::AxisOrbital {
            orbitale: back(orbitale),
        })
        .with_points_in(&cast_from_volume);
    let mounting = request.mount().unwrap();
    let direct = facebow()
        .against(PlaneSource::AxisOrbital { orbitale })
        .mount()
        .unwrap();
    assert!((Vector::from(mounting.condyles.left) - Vector::from(condyles().left)).norm() < 1e-9);
    assert!((Vector::from(mounting.plane.superior) - Vector::from(direct.plane.superior)).norm() < 1e-9);
    assert_eq!(
        (mounting.method, mounting.uncertainty),
        (MountingMethod::VolumeScan, None)
    );
    // Request and mounting are documents; numbers are read to the last bit but one.
    let request: MountingRequest = serde_json::from_str(&serde_json::to_string(&request).unwrap()).unwrap();
    let read: Mounting = serde_json::from_str(&serde_json::to_string(&mounting).unwrap()).unwrap();
    for again in [request.mount().unwrap(), read] {
        let apart = Vector::from(again.plane.superior) - Vector::from(mounting.plane.superior);
        assert!(apart.norm() < 1e-14 && again.method == mounting.method && again.evidence.len() == 4);
        assert!((again.axis() - mounting.axis()).norm() < 1e-12);
    }
}

#[test]
fn a_short_document_means_average_values_and_a_wrong_one_is_refused() {
    let short = r#"{"input": {"incisal_point": [0.5, 2, 1], "posterior": [0, 1, 0], "superior": [0, 0, 1]}}"#;
    let request: MountingRequest = serde_json::from_str(short).unwrap();
    assert_eq!(request.mount(), Mounting::average(&input()));
    let misspelt = short.replace("\"input\"", "\"condyle\": 1, \"input\"");
    assert!(serde_json::from_str::<MountingRequest>(&misspelt).is_err());
}

#[test]
fn what_cannot_be_a_mounting_is_refused_and_what_is_unlikely_is_told() {
    let with = |condyles| MountingRequest::facebow(input(), condyles, None).mount();
    assert!(matches!(
        with(condyles().mirrored()),
        Err(MountingError::Sides { .. })
    ));
    let same = Sides::both([0.0, 85.0, 38.0]);
    assert!(matches!(with(same), Err(MountingError::Sides { .. })));
    let nan = Sides {
        right: [f64::NAN, 85.0, 38.0],
        ..condyles()
    };
    assert!(matches!(with(nan), Err(MountingError::NotFinite { .. })));
    let before = condyles().map(|[x, y, z]| [x, -y, z]);
    assert!(matches!(with(before), Err(MountingError::Incisal { .. })));
    let metres = condyles().map(|at| at.map(|c| c / 1000.0));
    assert!(with(metres).is_err());
    let wide = condyles().map(|[x, y, z]| [2.0 * x, y, z]);
    assert!(with(wide).unwrap().notes[0].contains("220.0 mm"));
    let line = PlaneSource::Points {
        name: PlaneName::Camper,
        back: Sides {
            right: [-60.0, 90.0, 40.0],
            left: [60.0, 90.0, 40.0],
        },
        front: [0.0, 90.0, 40.0],
    };
    assert!(matches!(
        facebow().against(line).mount(),
        Err(MountingError::Plane { .. })
    ));
    let askew = MountingRequest {
        cast_from_points: Some([1.0; 16]),
        ..facebow()
    };
    assert!(matches!(askew.mount(), Err(MountingError::Motion { .. })));
    let leaning = MountingInput {
        superior: [0.0, 0.5, 1.0],
        ..input()
    };
    assert_eq!(Mounting::average(&leaning), Err(MountingError::Directions));
    let flat = CondyleSource::AverageValues {
        intercondylar: Some(Mm(210.0)),
        leg: None,
        balkwill: None,
    };
    let flat = MountingRequest {
        condyles: flat,
        ..MountingRequest::average(input())
    };
    assert!(matches!(flat.mount(), Err(MountingError::Triangle { .. })));
}

proptest! {
    #[test]
    fn mirrored_points_make_the_mirrored_mounting(
        right in prop::array::uniform3(-6.0..6.0f64), left in prop::array::uniform3(-6.0..6.0f64), x in -30.0..30.0f64
    ) {
        let mirror = |[x, y, z]: [f64; 3]| [-x, y, z];
        let condyles = Sides {
            right: [-55.0 + right[0], 85.0 + right[1], 38.0 + right[2]],
            left: [55.0 + left[0], 85.0 + left[1], 38.0 + left[2]],
        };
        let make = |condyles, incisal, orbitale| {
            MountingRequest::facebow(MountingInput::in_cast_frame(incisal), condyles, None)
                .against(PlaneSource::AxisOrbital { orbitale })
                .mount()
                .unwrap()
        };
        let orbitale = [x, 8.0, 60.0];
        let one = make(condyles, INCISAL, orbitale);
        let other = make(condyles.map(mirror).mirrored(), mirror(INCISAL), mirror(orbitale));
        let near = |a: [f64; 3], b: [f64; 3]| (Vector::from(a) - Vector::from(b)).norm() < 1e-12;
        prop_assert!(near(mirror(one.plane.superior), other.plane.superior));
        prop_assert!(near(mirror(one.plane.left).map(|c| -c), other.plane.left));
    }
}
