//! Settings read off paths equal those that made them; hinge axes are found again, with an honest uncertainty.

use nalgebra::{Translation3, UnitQuaternion};
use proptest::prelude::*;
use stonecast_articulator::{
    Articulator, Extent, GuideShape, HingeAxis, HingeError, JawPath, JawStep, MotionKind, MotionRequest,
    Mounting, MountingInput, MountingMethod, MountingRequest, PlaneName, Read, Settings,
};
use stonecast_dental::{Deg, Mm, Side, Sides};
use stonecast_mesh::{Point, RigidMotion, Vector};

const INCISAL: [f64; 3] = [0.0, 2.0, 1.0];

fn mounting() -> Mounting {
    MountingRequest::average(MountingInput::in_cast_frame(INCISAL))
        .against_average(PlaneName::AxisOrbital)
        .mount()
        .unwrap()
}

fn paths(articulator: &Articulator) -> Vec<JawPath> {
    [
        MotionKind::Protrusion,
        MotionKind::Laterotrusion(Side::Right),
        MotionKind::Laterotrusion(Side::Left),
    ]
    .map(|kind| {
        articulator
            .path(&MotionRequest::usual(kind).in_steps(40))
            .unwrap()
    })
    .to_vec()
}

fn pair(range: std::ops::Range<f64>) -> impl Strategy<Value = Sides<f64>> {
    (range.clone(), range).prop_map(|(right, left)| Sides { right, left })
}

proptest! {
    #[test]
    fn settings_are_read_off_their_own_paths(
        inclination in pair(5.0..55.0),
        bennett in pair(0.0..25.0),
        shift in pair(0.0..1.5),
        fischer in pair(-4.0..8.0),
        front in 5.0..40.0f64,
        sides in pair(5.0..30.0),
        radius in prop::option::of(11.0..40.0f64),
        distance in prop::option::of(95.0..120.0f64),
        pin in 0.0..3.0f64,
    ) {
        let set = Settings::preset("generic").unwrap()
            .with_inclination(inclination.map(Deg))
            .with_bennett(bennett.map(Deg))
            .with_side_shift(shift.map(Mm))
            .with_fischer(fischer.map(Deg))
            .with_incisal_table(Deg(front), sides.map(Deg))
            .with_intercondylar(distance.map(Mm))
            .with_pin_opening(Mm(pin))
            .with_guide(radius.map_or(GuideShape::Straight, |r| GuideShape::Arc { radius: Mm(r) }));
        let articulator = Articulator::new(mounting(), set.clone()).unwrap();
        let read = articulator.recover(&paths(&articulator), Mm(6.0));
        let same = |read: Option<Read>, put: f64| {
            read.is_some_and(|read| (read.value - put).abs() < 1e-6 && read.residual_mm < 1e-9 && read.uncertainty < 1e-6)
        };
        for side in [Side::Right, Side::Left] {
            prop_assert!(same(read.inclination.of(side), inclination.of(side)), "{:?}", read.inclination);
            prop_assert!(same(read.bennett.of(side), bennett.of(side)), "{:?}", read.bennett);
            prop_assert!(same(read.side_shift.of(side), shift.of(side)), "{:?}", read.side_shift);
            prop_assert!(same(read.fischer.of(side), fischer.of(side)), "{:?}", read.fischer);
            prop_assert!(same(read.table_lateral.of(side), sides.of(side)), "{:?}", read.table_lateral);
        }
        prop_assert!(same(read.table_protrusive, front), "{:?}", read.table_protrusive);
        // The settings put back make the same path.
        let again = Articulator::new(mounting(), read.put_into(set)).unwrap();
        for (a, b) in paths(&articulator).iter().zip(paths(&again)) {
            for (a, b) in a.track(INCISAL).iter().zip(b.track(INCISAL)) {
                prop_assert!((Vector::from(*a) - Vector::from(b)).norm() < 1e-6);
            }
        }
    }

    #[test]
    fn a_pure_hinge_gives_its_axis(
        at in prop::array::uniform2(-10.0..10.0f64), lean in prop::array::uniform2(-0.2..0.2f64)
    ) {
        let axis = Vector::new(1.0, lean[0], lean[1]).normalize();
        let centre = Vector::new(0.0, 90.0 + at[0], 40.0 + at[1]);
        let opening = hinge(axis, centre, 20, 9.0, |_, _| 0.0);
        let fitted = HingeAxis::fit(&opening, &mounting().condyles).unwrap();
        for end in [fitted.ends.right, fitted.ends.left] {
            let off = (Vector::from(end) - centre).cross(&axis).norm();
            prop_assert!(off < 1e-6, "{off}");
        }
        prop_assert!(fitted.residual.right.0 < 1e-9 && fitted.uncertainty.left.0 < 1e-6);
        prop_assert!((fitted.ends.left[0] - mounting().condyles.left[0]).abs() < 10.0);
    }
}

/// Openings about an axis up to so many degrees, each frame off by what `noise` says for its number and direction.
fn hinge(
    axis: Vector,
    centre: Vector,
    frames: usize,
    to: f64,
    noise: impl Fn(usize, usize) -> f64,
) -> JawPath {
    let steps = (0..=frames).map(|i| {
        let angle = to.to_radians() * i as f64 / frames as f64;
        let rotation = UnitQuaternion::from_scaled_axis(axis * angle);
        let shift = Vector::new(noise(i, 0), noise(i, 1), noise(i, 2));
        JawStep {
            travel: Mm(0.0),
            opening: Deg(angle.to_degrees()),
            condyles: Sides::default(),
            moved_from_closed: RigidMotion::from_parts(
                Translation3::from(centre - rotation * centre + shift),
                rotation,
            ),
        }
    });
    JawPath {
        kind: MotionKind::Recorded,
        steps: steps.collect(),
    }
}

#[test]
fn what_was_read_and_what_was_not_are_findings() {
    let articulator = Articulator::new(mounting(), Settings::preset("generic").unwrap()).unwrap();
    let protrusion = paths(&articulator).remove(0);
    let findings = articulator.recover(&[protrusion], Mm(6.0)).findings();
    assert_eq!(findings.len(), 11);
    let find = |id: &str| findings.iter().find(|finding| finding.id == id).unwrap();
    assert!((find("articulator.read.inclination.left").number().unwrap().value - 33.0).abs() < 1e-6);
    let missing = find("articulator.read.bennett.left").outcome.to_string();
    assert!(missing.contains("no laterotrusion to the right"), "{missing}");
}

#[test]
fn the_stated_uncertainty_of_a_hinge_axis_is_that_of_repeated_records() {
    let (axis, centre) = (Vector::x(), Vector::new(0.0, 90.0, 40.0));
    let mut normal = normals(7, 0.05);
    let (mut squares, mut stated) = (0.0, 0.0);
    let records = 400;
    for _ in 0..records {
        let noise: Vec<f64> = (0..=30 * 3 + 2).map(|_| normal()).collect();
        let opening = hinge(axis, centre, 30, 9.0, |frame, direction| {
            noise[3 * frame + direction]
        });
        let fitted = HingeAxis::fit(&opening, &mounting().condyles).unwrap();
        let off = Vector::from(fitted.ends.right) - centre;
        squares += 0.5 * (off.y * off.y + off.z * off.z);
        stated += fitted.uncertainty.right.0.powi(2);
    }
    let ratio = (stated / squares).sqrt();
    // Of 400 records the spread is known to about 3 %.
    assert!((ratio - 1.0).abs() < 0.1, "{ratio}");
    assert!(
        (squares / f64::from(records)).sqrt() > 0.05,
        "noise does move the axis"
    );
}

#[test]
fn the_stated_uncertainty_of_settings_is_that_of_repeated_records() {
    let set = Settings::preset("generic")
        .unwrap()
        .with_side_shift(Sides::both(Mm(0.5)));
    let articulator = Articulator::new(mounting(), set).unwrap();
    let clean = paths(&articulator);
    let mut normal = normals(3, 0.05);
    let records = 400;
    let truth = [33.0, 15.0, 0.5];
    let (mut squares, mut stated) = ([0.0; 3], [0.0; 3]);
    for _ in 0..records {
        let mut noisy = clean.clone();
        for step in noisy.iter_mut().flat_map(|path| &mut path.steps) {
            step.moved_from_closed.translation.vector += Vector::new(normal(), normal(), normal());
        }
        // Beyond the way, so that noise at its end leaves no frame out.
        let read = articulator.recover(&noisy, Mm(8.0));
        let reads = [read.inclination.left, read.bennett.left, read.side_shift.left].map(Option::unwrap);
        for i in 0..3 {
            squares[i] += (reads[i].value - truth[i]).powi(2);
            stated[i] += reads[i].uncertainty.powi(2);
        }
    }
    for i in 0..3 {
        let ratio = f64::sqrt(stated[i] / squares[i]);
        // Of 400 records a spread is known to 3.5 %.
        assert!((ratio - 1.0).abs() < 0.12, "{i}: {ratio}");
        assert!(squares[i] > 0.0);
    }
}

#[test]
fn the_spread_by_the_axis_is_that_of_axes_drawn_at_random() {
    let about = |condyles| {
        let input = MountingInput::in_cast_frame(INCISAL);
        let mounting = MountingRequest::facebow(input, condyles, Some(Mm(3.0)))
            .mount()
            .unwrap();
        Articulator::new(mounting, Settings::preset("generic").unwrap()).unwrap()
    };
    let condyles = mounting().condyles;
    let mut normal = normals(11, 3.0);
    for kind in [MotionKind::Opening, MotionKind::Laterotrusion(Side::Right)] {
        let request = MotionRequest::usual(kind).in_steps(1);
        let molar = [24.0, 30.0, -2.0];
        let stated = about(condyles).axis_spread(&request, molar).unwrap().unwrap();
        let place =
            |articulator: &Articulator| Vector::from(articulator.path(&request).unwrap().track(molar)[1]);
        let truth = place(&about(condyles));
        let draws = 3000;
        let squares: f64 = (0..draws)
            .map(|_| {
                let drawn = condyles.map(|[x, y, z]| [x, y + normal(), z + normal()]);
                (place(&about(drawn)) - truth).norm_squared()
            })
            .sum();
        let drawn = (squares / f64::from(draws)).sqrt();
        assert!(
            drawn > 0.05 && (stated[1].0 / drawn - 1.0).abs() < 0.1,
            "{kind:?}: {stated:?} {drawn}"
        );
    }
}

/// Numbers of a simple generator, near enough to normal ones with that spread.
fn normals(mut state: u64, spread: f64) -> impl FnMut() -> f64 {
    move || {
        let mut sum = 0.0;
        for _ in 0..12 {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            sum += (state >> 11) as f64 / (1u64 << 53) as f64;
        }
        spread * (sum - 6.0)
    }
}

#[test]
fn what_is_no_hinge_opening_is_refused_or_shows_in_the_residual() {
    let about = mounting().condyles;
    let centre = Vector::new(0.0, 90.0, 40.0);
    let small = hinge(Vector::x(), centre, 20, 0.5, |_, _| 0.0);
    assert!(matches!(
        HingeAxis::fit(&small, &about),
        Err(HingeError::TooFew { found: 0, .. })
    ));
    let yaw = hinge(Vector::z(), centre, 20, 9.0, |_, _| 0.0);
    assert_eq!(HingeAxis::fit(&yaw, &about), Err(HingeError::NotAnOpening));
    assert!(
        !HingeAxis::fit(&yaw, &about)
            .unwrap_err()
            .finding()
            .outcome
            .is_measured()
    );
    // Gliding while opening, more and more: no line stays.
    let gliding = hinge(Vector::x(), centre, 20, 9.0, |i, k| {
        if k == 1 { -0.01 * (i * i) as f64 } else { 0.0 }
    });
    let fitted = HingeAxis::fit(&gliding, &about).unwrap();
    assert!(fitted.residual.right.0 > 0.1, "{:?}", fitted.residual);
    let finding = fitted.finding();
    assert_eq!(finding.id, "articulator.hinge-axis.residual");
    assert!(finding.number().unwrap().value > 0.1);
}

#[test]
fn a_cast_is_mounted_about_a_fitted_axis() {
    let truth = Articulator::new(mounting(), Settings::preset("generic").unwrap()).unwrap();
    let request = MotionRequest::usual(MotionKind::Opening).to(Extent::Opening(Deg(9.0)));
    let opening = truth.path(&request).unwrap();
    let guess = Mounting::average(&MountingInput::in_cast_frame([0.0, 6.0, -3.0])).unwrap();
    let fitted = HingeAxis::fit(&opening, &guess.condyles).unwrap();
    let mounted = MountingRequest {
        condyles: fitted.condyle_source(),
        ..MountingRequest::average(MountingInput::in_cast_frame(INCISAL))
    };
    let mounted = mounted.mount().unwrap();
    assert_eq!(mounted.method, MountingMethod::HingeAxis);
    let off = Point::from(mounted.condyles.left) - Point::from(truth.mounting.condyles.left);
    assert!(off.norm() < 1e-6, "{off}");
}
