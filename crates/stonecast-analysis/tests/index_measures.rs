//! What the ABO's cast evaluation measures, against synthetic dentitions whose teeth were moved by a known amount.

mod truth;

use stonecast_analysis::{MeasuredCast, Params, measure};
use stonecast_dental::{Fdi, Findings, Outcome, Score};
use stonecast_mesh::RigidMotion;
use stonecast_testkit::{DentitionSpec, ToothShift, random_spec};
use truth::TrueCast;

fn findings(change: impl FnOnce(&mut DentitionSpec)) -> Findings {
    let mut spec = DentitionSpec {
        triangles: 24_000,
        ..DentitionSpec::default()
    };
    change(&mut spec);
    measure(&TrueCast::new(&spec).measured(), &Params::default())
}

fn value(found: &Findings, id: &str) -> f64 {
    let finding = found.get(id).unwrap_or_else(|| panic!("no finding {id}"));
    finding
        .number()
        .unwrap_or_else(|| panic!("{id}: {}", finding.outcome))
        .value
}

fn shifted(tooth: u8, shift: ToothShift) -> Findings {
    findings(|spec| {
        spec.shifts.insert(Fdi::new(tooth).unwrap(), shift);
    })
}

#[test]
fn a_tooth_moved_facially_is_off_by_that_at_both_its_contacts() {
    let straight = findings(|_| {});
    let moved = shifted(
        11,
        ToothShift {
            offset_mm: 1.2,
            ..ToothShift::default()
        },
    );
    for (id, other) in [("cre.alignment.mm.12.11", 0.35), ("cre.alignment.mm.11.21", 0.1)] {
        let step = value(&moved, id);
        // A lateral incisor's edge stands back a little by itself, and the two facial directions differ by some degrees.
        assert!((step - 1.2).abs() < other, "{id}: {step}");
        assert!(value(&straight, id) < other, "{id}");
    }
    let untouched = "cre.alignment.mm.31.32";
    assert!((value(&moved, untouched) - value(&straight, untouched)).abs() < 0.05);
}

#[test]
fn a_tooth_that_stands_deeper_makes_steps_of_its_marginal_ridges() {
    let mut cast = TrueCast::new(&DentitionSpec {
        triangles: 24_000,
        ..DentitionSpec::default()
    });
    let straight = measure(&cast.measured(), &Params::default());
    let deeper = cast
        .lower
        .teeth
        .iter_mut()
        .find(|t| t.fdi.number() == 45)
        .unwrap();
    for mark in &mut deeper.landmarks {
        mark.position[2] -= 2.0;
    }
    let found = measure(&cast.measured(), &Params::default());
    for id in ["cre.ridges.mm.45.44", "cre.ridges.mm.46.45"] {
        // Up or down by what it was before.
        let (before, after) = (value(&straight, id), value(&found, id));
        assert!(
            ((after - 2.0).abs() - before).abs() < 1e-9,
            "{id}: {before} {after}"
        );
    }
    let untouched = "cre.ridges.mm.47.46";
    assert_eq!(value(&found, untouched), value(&straight, untouched));
}

#[test]
fn a_lowered_arch_is_out_of_contact_by_that_at_most_and_by_most_of_it() {
    let mut cast = TrueCast::new(&DentitionSpec {
        triangles: 24_000,
        ..DentitionSpec::default()
    });
    let closed = measure(&cast.measured(), &Params::default());
    let down = RigidMotion::translation(0.0, 0.0, -0.7);
    cast.lower = cast.lower.moved(&down);
    cast.pair.lower.mesh = cast.pair.lower.mesh.map_points(|p| down * p).unwrap();
    let open = measure(&cast.measured(), &Params::default());
    for tooth in [14, 15, 16, 17, 34, 35, 36, 37] {
        let id = format!("cre.contacts.mm.{tooth}");
        let change = value(&open, &id) - value(&closed, &id);
        // Cusps touch on slopes of up to some 60 degrees, across which a gap is half of what it is vertically; one that
        // touched deeper than its surface opens by less.
        assert!((0.3..=0.7 + 1e-6).contains(&change), "{id}: {change}");
    }
}

#[test]
fn a_leaning_molar_lifts_its_cusps_off_the_straight_edge() {
    let straight = findings(|_| {});
    let leaning = shifted(
        36,
        ToothShift {
            torque_deg: -12.0,
            ..ToothShift::default()
        },
    );
    let id = "cre.inclination.mm.36";
    // The cusps of a lower first molar are some 6 mm apart: 6 mm × sin 12° is 1.2 mm; the edge itself tips a little too.
    let change = value(&leaning, id) - value(&straight, id);
    assert!((0.7..=1.7).contains(&change.abs()), "{change}");
}

#[test]
fn molars_set_back_are_off_their_place_by_that() {
    let class_1 = findings(|_| {});
    let class_2 = findings(|spec| spec.molar_offset_mm.right = 3.0);
    for id in ["cre.relationship.mm.16", "cre.relationship.mm.17"] {
        let change = value(&class_2, id) - value(&class_1, id);
        // Along the arch, which runs backwards there to within some 15 degrees.
        assert!((change - 3.0).abs() < 0.5, "{id}: {change}");
    }
    let left = "cre.relationship.mm.26";
    assert!((value(&class_2, left) - value(&class_1, left)).abs() < 0.3);
}

#[test]
fn an_overjet_that_grows_parts_the_lower_edges_from_the_palatal_surfaces() {
    let gaps = |overjet: f64| {
        let found = findings(|spec| spec.overjet_mm = overjet);
        [31, 41].map(|t| value(&found, &format!("cre.overjet.anterior.mm.{t}")))
    };
    let (near, far) = (gaps(2.0), gaps(3.0));
    for (near, far) in near.into_iter().zip(far) {
        // The palatal surface is oblique: the gap grows by less than the overjet, but by most of it.
        assert!((0.4..=1.05).contains(&(far - near)), "{near} {far}");
    }
}

#[test]
fn a_crossbite_takes_the_lower_cusps_off_the_middle_of_the_upper_teeth() {
    let good = findings(|_| {});
    let crossed = findings(|spec| spec.crossbite_mm.left = 4.0);
    let id = "cre.overjet.posterior.mm.36";
    assert!(value(&good, id) < 1.0, "{}", value(&good, id));
    assert!(value(&crossed, id) > 2.5, "{}", value(&crossed, id));
    let other = "cre.overjet.posterior.mm.46";
    assert!(value(&crossed, other) < 1.0, "{}", value(&crossed, other));
}

/// Every score of the five indices keeps its points between the fewest and the most, and no sum is less than its parts'.
fn assert_sound(found: &Findings, what: &str) {
    let score = |id: &str| match found.get(id).map(|f| &f.outcome) {
        Some(Outcome::Score(score)) => Some(*score),
        _ => None,
    };
    let mut scores = 0;
    for index in ["par", "di", "cre", "iotn", "icon"] {
        for finding in found.under(index) {
            if let Outcome::Score(s) = finding.outcome {
                assert!(
                    s.low <= s.points && s.points <= s.high,
                    "{what}: {}: {s:?}",
                    finding.id
                );
                assert!(
                    s.low >= 0.0 && s.points.fract() == 0.0,
                    "{what}: {}: {s:?}",
                    finding.id
                );
                scores += 1;
            }
        }
    }
    assert!(scores > 0, "{what}: no score at all");
    for (sum, parts) in [
        (
            "par.overjet",
            vec!["par.overjet.protrusion", "par.overjet.crossbite"],
        ),
        ("par.overbite", vec!["par.overbite.cover", "par.overbite.open"]),
        ("icon.sagittal", vec!["icon.sagittal.right", "icon.sagittal.left"]),
    ] {
        let parts: Option<Vec<Score>> = parts.into_iter().map(score).collect();
        assert_eq!(score(sum), parts.map(|p| p.into_iter().sum()), "{what}: {sum}");
    }
}

#[test]
fn scores_of_hard_dentitions_are_sound_and_nothing_fails() {
    for seed in 0..8 {
        let spec = DentitionSpec {
            triangles: 8_000,
            ..random_spec(seed)
        };
        let cast = TrueCast::new(&spec);
        assert_sound(
            &measure(&cast.measured(), &Params::default()),
            &format!("seed {seed}"),
        );
    }
}

#[test]
fn one_arch_alone_has_what_one_arch_can_tell() {
    let cast = TrueCast::new(&DentitionSpec {
        triangles: 8_000,
        ..DentitionSpec::default()
    });
    let upper = MeasuredCast {
        lower: None,
        bite: None,
        ..cast.measured()
    };
    let found = measure(&upper, &Params::default());
    let measured = |id: &str| found.get(id).unwrap().outcome.is_measured();
    for id in [
        "par.anterior.upper",
        "icon.crowding",
        "di.crowding.upper",
        "cre.ridges.17.16",
    ] {
        assert!(measured(id), "{id}: {}", found.get(id).unwrap().outcome);
    }
    for id in [
        "par.anterior.lower",
        "par.overjet",
        "par.total.uk",
        "di.cast",
        "iotn.displacement",
        "cre.contacts",
    ] {
        assert!(!measured(id), "{id}");
    }
}
