//! Thresholds of the ABO's discrepancy index and cast evaluation.

use super::*;

#[test]
fn discrepancy_index_overjet_overbite_and_crowding_are_graded_at_their_thresholds() {
    let overjet = |value: f64, expected: f64| {
        let found = with(|given| {
            for tooth in [12, 11, 21, 22] {
                given
                    .numbers
                    .insert(format!("overjet.labial.{tooth}"), [value, 0.0]);
            }
        });
        assert_eq!(points(&found, "di.overjet"), Score::sure(expected), "{value}");
    };
    overjet(0.0, 1.0);
    overjet(0.94, 1.0);
    overjet(0.95, 0.0);
    overjet(3.0, 0.0);
    overjet(3.05, 2.0);
    overjet(5.1, 3.0);
    overjet(7.1, 4.0);
    overjet(9.0, 4.0);
    overjet(9.1, 5.0);
    // A point for each millimetre and tooth: four teeth.
    overjet(-0.1, 4.0);
    overjet(-1.4, 4.0);
    overjet(-1.5, 8.0);
    overjet(-3.0, 12.0);
    let t = column("overbite.mm.11", "di.overbite");
    t(3.0, 0.0);
    t(3.1, 2.0);
    t(5.0, 2.0);
    t(5.1, 3.0);
    t(8.0, 3.0);
    let t = column("overbite.percent.11", "di.overbite");
    t(99.9, 0.0);
    t(100.0, 5.0);
    let t = column("space.discrepancy.lower", "di.crowding");
    t(3.0, 0.0);
    t(-0.94, 0.0);
    t(-0.95, 1.0);
    t(-3.0, 1.0);
    t(-3.1, 2.0);
    t(-5.1, 4.0);
    t(-7.0, 4.0);
    t(-7.1, 7.0);
}

#[test]
fn discrepancy_index_open_bites_count_teeth_and_millimetres() {
    let t = column("overbite.mm.21", "di.openbite.anterior");
    t(0.6, 0.0);
    t(0.5, 1.0);
    t(0.0, 1.0);
    t(-0.9, 1.0);
    t(-1.0, 2.0);
    t(-2.9, 3.0);
    let t = column("openbite.26", "di.openbite.lateral");
    t(0.4, 0.0);
    t(0.5, 2.0);
    t(1.4, 2.0);
    t(1.5, 4.0);
}

#[test]
fn discrepancy_index_occlusion_is_graded_at_half_a_unit_and_a_unit() {
    let t = |mm: f64, expected: f64| {
        let found = with(|given| {
            given.numbers.insert("angle.molar.right".to_owned(), [mm, 0.0]);
            // Premolars 7 mm wide.
            given
                .numbers
                .insert("angle.molar.right.units".to_owned(), [mm / 7.0, 0.0]);
        });
        assert_eq!(
            points(&found, "di.occlusion.right"),
            Score::sure(expected),
            "{mm}"
        );
    };
    t(3.4, 0.0);
    t(3.5, 2.0);
    t(-3.5, 2.0);
    t(6.9, 2.0);
    t(7.0, 4.0);
    t(7.9, 4.0);
    t(8.0, 5.0);
    t(-9.2, 6.0);
}

#[test]
fn discrepancy_index_posterior_crossbites_count_teeth() {
    let found = with(|given| {
        for (tooth, name) in [
            (14, "crossbite"),
            (15, "crossbite"),
            (26, "scissor"),
            (27, "tendency"),
        ] {
            given
                .categories
                .insert(format!("crossbite.{tooth}"), vec![name.to_owned()]);
        }
    });
    assert_eq!(points(&found, "di.crossbite.lingual"), Score::sure(2.0));
    assert_eq!(points(&found, "di.crossbite.buccal"), Score::sure(2.0));
}

#[test]
fn discrepancy_index_other_parts_are_graded_at_their_thresholds() {
    let t = column("midline.deviation", "di.other.midline");
    t(2.94, 0.0);
    t(2.95, 2.0);
    t(-3.0, 2.0);
    let t = column("spacing.11.21", "di.other.diastema");
    t(1.94, 0.0);
    t(1.95, 2.0);
    let spaced = |gaps: &[&str], expected: f64| {
        let found = with(|given| {
            for id in gaps {
                given.numbers.insert((*id).to_owned(), [0.5, 0.0]);
            }
        });
        assert_eq!(points(&found, "di.other.spacing").points, expected, "{gaps:?}");
    };
    spaced(&["spacing.12.11", "spacing.11.21"], 0.0);
    spaced(&["spacing.12.11", "spacing.21.22"], 2.0);
    spaced(&["spacing.12.11", "spacing.32.33"], 0.0);
}

#[test]
fn the_cephalometric_part_is_graded_at_its_limits() {
    let t = |anb: f64, plane: f64, incisor: f64, expected: f64| {
        let found = with(|given| {
            for (key, angle) in [("anb", anb), ("sn-mp", plane), ("impa", incisor)] {
                given.answers.insert(format!("ceph.{key}"), Answer::Number(angle));
            }
        });
        assert_eq!(
            points(&found, "di.cephalometric"),
            Score::sure(expected),
            "{anb} {plane} {incisor}"
        );
    };
    t(5.9, 32.0, 98.9, 0.0);
    t(6.0, 32.0, 98.0, 4.0);
    t(7.5, 32.0, 98.0, 5.0);
    t(-2.0, 32.0, 98.0, 4.0);
    t(-4.0, 32.0, 98.0, 6.0);
    t(2.0, 38.0, 98.0, 2.0);
    t(2.0, 40.5, 98.0, 6.0);
    t(2.0, 26.0, 98.0, 1.0);
    t(2.0, 24.0, 98.0, 3.0);
    t(2.0, 32.0, 99.0, 1.0);
    t(2.0, 32.0, 101.9, 3.0);
}

#[test]
fn cast_evaluation_grades_each_component_at_its_thresholds() {
    let t = |part: &str, of: &str, component: &str, value: f64, expected: f64| {
        let found = with(|given| {
            let id = if part == "interproximal" {
                format!("spacing.{of}")
            } else {
                format!("cre.{part}.mm.{of}")
            };
            given.numbers.insert(id, [value, 0.0]);
        });
        assert_eq!(
            points(&found, &format!("cre.{part}.{of}")).points,
            expected,
            "{part} {value}"
        );
        assert!(found.get(component).is_some(), "{component}");
    };
    for (part, of, component) in [
        ("alignment", "12.11", "cre.alignment"),
        ("ridges", "36.37", "cre.ridges"),
    ] {
        t(part, of, component, 0.44, 0.0);
        t(part, of, component, 0.45, 1.0);
        t(part, of, component, -1.0, 1.0);
        t(part, of, component, 1.05, 2.0);
    }
    for (part, of, component) in [
        ("inclination", "16", "cre.inclination"),
        ("relationship", "13", "cre.relationship"),
    ] {
        t(part, of, component, 1.0, 0.0);
        t(part, of, component, -1.1, 1.0);
        t(part, of, component, 2.0, 1.0);
        t(part, of, component, 2.05, 2.0);
    }
    for (part, of, free, component) in [
        ("contacts", "45", 0.2, "cre.contacts"),
        ("overjet.anterior", "31", 0.2, "cre.overjet"),
        ("overjet.posterior", "46", 0.5, "cre.overjet"),
        ("interproximal", "24.25", 0.5, "cre.interproximal"),
    ] {
        t(part, of, component, free, 0.0);
        t(part, of, component, free + 0.1, 1.0);
        t(part, of, component, 1.0, 1.0);
        t(part, of, component, 1.1, 2.0);
    }
}
