//! Crowns that are tipped, leaned and turned by known angles show them in Andrews' numbers.

use super::*;
use crate::truth::{TrueCast, number};
use crate::{Params, measure};
use stonecast_dental::Findings;
use stonecast_testkit::DentitionSpec;
use stonecast_testkit::spec::ToothShift;

/// Upper teeth stand where they are set; lower ones settle into contact and turn by themselves.
const TEETH: [u8; 6] = [11, 22, 13, 24, 15, 26];

fn spec() -> DentitionSpec {
    DentitionSpec {
        triangles: 60_000,
        // A curve of Spee would tip crowns as they move along it.
        spee_mm: 0.0,
        ..DentitionSpec::default()
    }
}

fn with(shift: ToothShift, teeth: &[u8]) -> Findings {
    let mut spec = spec();
    for tooth in teeth {
        spec.shifts.insert(Fdi::new(*tooth).unwrap(), shift);
    }
    measure(&TrueCast::new(&spec).measured(), &Params::default())
}

/// By how much a measure changes when all of the teeth are shifted.
fn changes(shift: ToothShift, key: &str) -> Vec<(u8, f64)> {
    let (before, after) = (with(shift, &[]), with(shift, &TEETH));
    let change = |t: &u8| {
        let id = format!("andrews.{key}.{t}");
        (*t, number(&after, &id) - number(&before, &id))
    };
    TEETH.iter().map(change).collect()
}

#[test]
fn a_tipped_crown_is_angulated_by_as_much() {
    let shift = ToothShift {
        tip_deg: 8.0,
        ..ToothShift::default()
    };
    // A crown that also leans facially shows its tip a little foreshortened.
    for (tooth, change) in changes(shift, "angulation") {
        assert!((change - 8.0).abs() < 0.8, "{tooth}: {change}");
    }
}

#[test]
fn a_crown_leaned_facially_is_inclined_by_as_much() {
    let shift = ToothShift {
        torque_deg: 10.0,
        ..ToothShift::default()
    };
    // The facial axis point is found anew on the leaned crown and moves along its bulge, most so on a molar.
    for (tooth, change) in changes(shift, "inclination") {
        assert!((change - 10.0).abs() < 4.0, "{tooth}: {change}");
    }
}

/// A tooth with its points and its facial axis as one body, turned so that its first direction goes towards its second.
fn turn(cast: &mut TrueCast, tooth: Fdi, from: usize, towards: usize, degrees: f64) {
    let found = cast.upper.teeth.iter_mut().find(|t| t.fdi == tooth).unwrap();
    let directions = [found.frame.mesial, found.frame.facial, found.frame.occlusal].map(Vector::from);
    let axis = nalgebra::Unit::new_normalize(directions[from].cross(&directions[towards]));
    let turn = nalgebra::Rotation3::from_axis_angle(&axis, degrees.to_radians());
    let centre = Vector::from(found.frame.origin);
    let place = |p: &mut [f64; 3]| *p = (centre + turn * (Vector::from(*p) - centre)).into();
    found.facial_axis.iter_mut().for_each(place);
    found.landmarks.iter_mut().for_each(|l| place(&mut l.position));
    let frame = &mut found.frame;
    for direction in [&mut frame.mesial, &mut frame.facial, &mut frame.occlusal] {
        *direction = (turn * Vector::from(*direction)).into();
    }
}

#[test]
fn a_crown_turned_as_one_body_changes_each_number_by_the_angle() {
    let whole = TrueCast::new(&DentitionSpec {
        triangles: 16_000,
        ..spec()
    });
    let before = measure(&whole.measured(), &Params::default());
    // Mesial is 0, facial 1, occlusal 2. Turns are about axes that lean from the upright by up to 20 degrees, of which the
    // sight along the occlusal plane makes up to an eighth of the angle; a lean about the level mesial axis is exact but
    // for the tip.
    for (key, from, towards, tolerance) in [
        ("angulation", 2, 0, 1.3),
        ("inclination", 2, 1, 0.3),
        ("rotation", 0, 1, 1.3),
    ] {
        for number_of in TEETH {
            let tooth = Fdi::new(number_of).unwrap();
            let mut cast = TrueCast {
                pair: whole.pair.clone(),
                upper: whole.upper.clone(),
                lower: whole.lower.clone(),
            };
            turn(&mut cast, tooth, from, towards, 10.0);
            let after = measure(&cast.measured(), &Params::default());
            let id = format!("andrews.{key}.{tooth}");
            let change = number(&after, &id) - number(&before, &id);
            assert!((change - 10.0).abs() < tolerance, "{id}: {change}");
        }
    }
}

#[test]
fn a_turned_crown_is_rotated_by_as_much() {
    let shift = ToothShift {
        rotation_deg: 12.0,
        ..ToothShift::default()
    };
    // Turned teeth take up another length of the arch, and their neighbours move along.
    for (tooth, change) in changes(shift, "rotation") {
        assert!((change - 12.0).abs() < 2.0, "{tooth}: {change}");
    }
}

#[test]
fn teeth_in_line_are_hardly_rotated() {
    let findings = with(ToothShift::default(), &[]);
    for tooth in [11u8, 12, 14, 15, 16, 21, 22, 24, 25, 26] {
        let turned = number(&findings, &format!("andrews.rotation.{tooth}"));
        // Five crowns on a curve that is no parabola.
        assert!(turned.abs() < 6.0, "{tooth}: {turned}");
    }
}

#[test]
fn deviations_are_from_the_set_that_is_named() {
    let cast = TrueCast::new(&DentitionSpec {
        triangles: 16_000,
        ..DentitionSpec::default()
    });
    let mut params = Params::default();
    let first = measure(&cast.measured(), &params);
    let t = |findings: &Findings, key: &str, mean: f64| {
        let off = number(findings, &format!("andrews.deviation.{key}.11"));
        assert!((number(findings, &format!("andrews.{key}.11")) - off - mean).abs() < 1e-9);
    };
    t(&first, "angulation", 3.59);
    t(&first, "inclination", 6.11);
    params.norms.insert(NORMS.into(), "northern-thai".into());
    let other = measure(&cast.measured(), &params);
    t(&other, "angulation", 3.45);
    t(&other, "inclination", 8.20);
    params.norms.insert(NORMS.into(), "nobody".into());
    let unknown = measure(&cast.measured(), &params);
    let outcome = &unknown.get("andrews.deviation.angulation.11").unwrap().outcome;
    assert!(outcome.to_string().contains("nobody"), "{outcome}");
}

#[test]
fn every_set_has_a_mean_for_every_tooth() {
    let sets: std::collections::BTreeSet<&str> = rows(NORMS).iter().map(|r| r.text("set")).collect();
    for set in sets {
        for tooth in Fdi::all().filter(|t| !t.is_primary() && t.position() <= 7) {
            for key in ["angulation", "inclination"] {
                assert!(norm(Some(set), key, tooth).is_some(), "{set} {key} {tooth}");
            }
        }
    }
}
