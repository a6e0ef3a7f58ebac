//! Spee and Wilson on dentitions that were made with known curves.

use super::*;
use crate::truth::{TrueCast, number, without};
use crate::{Params, measure};
use stonecast_dental::Findings;
use stonecast_testkit::DentitionSpec;

fn spec() -> DentitionSpec {
    DentitionSpec {
        triangles: 10_000,
        ..DentitionSpec::default()
    }
}

fn cast(spee_mm: f64, wilson_radius_mm: f64) -> (TrueCast, Findings) {
    let cast = TrueCast::new(&DentitionSpec {
        spee_mm,
        wilson_radius_mm,
        ..spec()
    });
    let findings = measure(&cast.measured(), &Params::default());
    (cast, findings)
}

#[test]
fn a_deeper_curve_of_spee_is_deeper_by_as_much() {
    let depths = [0.0, 1.5, 3.0].map(|spee| cast(spee, 100.0).1);
    for key in [
        "plane.right",
        "plane.left",
        "canine_line.right",
        "canine_line.left",
    ] {
        let found = depths.each_ref().map(|f| number(f, &format!("spee.{key}")));
        // The deepest cusp stands near the bottom of the curve, where it sinks by the whole depth; from the canine's
        // height on, by less. Lower teeth then erupt until they touch, which levels some tenths.
        let least = if key.starts_with("plane") { 2.0 } else { 1.2 };
        let more = found[2] - found[0];
        assert!((least..=3.3).contains(&more), "{key}: {found:?}");
        assert!(found.is_sorted(), "{key}: {found:?}");
    }
}

#[test]
fn depth_is_measured_from_a_plane_whatever_its_tilt() {
    let plane = Plane::through(
        Point::new(0.0, 0.0, 1.0),
        Point::new(-20.0, 40.0, 5.0),
        Point::new(20.0, 40.0, 5.0),
    )
    .unwrap();
    let cosine = 40.0 / 4f64.hypot(40.0);
    // At y = 20 the plane stands at 3: a cusp at 1 lies 2 below it, seen along the upright.
    assert!((plane.below(&Point::new(-18.0, 20.0, 1.0)) - 2.0 * cosine).abs() < 1e-12);
    assert!(
        Plane::through(
            Point::origin(),
            Point::new(1.0, 0.0, 0.0),
            Point::new(2.0, 0.0, 0.0)
        )
        .is_err()
    );
}

#[test]
fn wilsons_slope_turns_with_the_crowns() {
    let [(steep, a), (flat, b)] = [80.0, 300.0].map(|radius| cast(1.2, radius));
    // The crowns' own cusps differ in height by what the sphere's slope does not explain.
    let radius = number(&a, "wilson.radius.16.26");
    assert!((radius / 80.0 - 1.0).abs() < 0.15, "{radius}");
    for number_of in [16u8, 26, 36, 46] {
        let tooth = Fdi::new(number_of).unwrap();
        let lean = |cast: &TrueCast| {
            let arch = match tooth.jaw() {
                Jaw::Upper => &cast.pair.upper,
                Jaw::Lower => &cast.pair.lower,
            };
            let truth = arch.truth.tooth(tooth).unwrap();
            let facial = Vector::from(truth.facial_in_cast);
            (facial.z * facing(tooth.jaw())).asin().to_degrees()
        };
        let id = format!("wilson.slope.{tooth}");
        let (found, made) = (number(&a, &id) - number(&b, &id), lean(&steep) - lean(&flat));
        // The line of the cusps and the crown's facial axis differ by some degrees in azimuth.
        assert!((found - made).abs() < 1.0, "{tooth}: {found} {made}");
        if tooth.jaw() == Jaw::Upper {
            assert!(made < -5.0, "{tooth}: {made}");
        }
    }
}

#[test]
fn four_tips_on_a_circle_give_its_radius_and_the_side_of_its_centre() {
    let params = Params::default();
    let subject = crate::Subject::new(crate::MeasuredCast::default(), &params);
    let view = View::new(&subject, crate::view::Moved::Nothing, None);
    for r in [90.0, -150.0f64] {
        let tip = |x: f64| Point::new(x, 25.0, r - r.signum() * (r * r - x * x).sqrt());
        let found = radius(&view, [tip(-26.0), tip(-20.0), tip(21.0), tip(27.0)]).unwrap();
        assert!((found - r).abs() < 1e-6, "{found} {r}");
    }
    let straight = [-26.0, -20.0, 21.0, 27.0].map(|x| Point::new(x, 25.0, 0.1 * x));
    assert!(radius(&view, straight).is_err());
}

#[test]
fn a_missing_premolar_is_passed_by_and_a_missing_molar_takes_the_curve_away() {
    let (whole, before) = cast(2.0, 100.0);
    let part = measure(&without(&whole, &[44]).measured(), &Params::default());
    assert!((number(&part, "spee.plane.right") - number(&before, "spee.plane.right")).abs() < 0.8);
    let notes = &part.get("spee.plane.right").unwrap().evidence.notes;
    assert!(notes.iter().any(|n| n.contains("44")), "{notes:?}");
    let part = measure(&without(&whole, &[37]).measured(), &Params::default());
    assert!(!part.get("spee.plane.right").unwrap().outcome.is_measured());
    assert!(
        part.get("spee.plane_first_molar.right")
            .unwrap()
            .outcome
            .is_measured()
    );
    assert!(part.get("spee.canine_line.right").unwrap().outcome.is_measured());
}
