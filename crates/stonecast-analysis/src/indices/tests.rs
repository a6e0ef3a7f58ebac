//! Both sides of every threshold and the tie on it; what an answer that was not given takes away; the mirror.

use std::collections::BTreeMap;

use stonecast_dental::{Fdi, Findings, NotMeasured, Outcome, Score};

use super::{Given, score};
use crate::subject::Answer;
use crate::truth::mirrored_id;

/// A full dentition without a fault, of which nobody asked anything.
fn ideal() -> Given {
    let row = |quadrants: [u8; 2]| -> Vec<u8> {
        let right = (1..=7).rev().map(|p| 10 * quadrants[0] + p);
        right.chain((1..=7).map(|p| 10 * quadrants[1] + p)).collect()
    };
    let rows = [row([1, 2]), row([4, 3])];
    let mut given = Given {
        teeth: rows.concat(),
        ..Given::default()
    };
    let mut number = |id: String, value: f64| {
        given.numbers.insert(id, [value, 0.0]);
    };
    for row in &rows {
        for pair in row.windows(2) {
            number(format!("displacement.{}.{}", pair[0], pair[1]), 0.2);
            number(format!("spacing.{}.{}", pair[0], pair[1]), 0.0);
        }
    }
    for tooth in [12, 11, 21, 22] {
        number(format!("overjet.labial.{tooth}"), 2.5);
        number(format!("overbite.mm.{tooth}"), 2.0);
        number(format!("overbite.percent.{tooth}"), 25.0);
    }
    for tooth in rows[0].iter().filter(|t| **t % 10 >= 3) {
        number(format!("openbite.{tooth}"), 0.0);
    }
    for tooth in [13, 23] {
        number(format!("overjet.edge.{tooth}"), 2.0);
    }
    for side in ["right", "left"] {
        for name in ["canine", "premolar", "molar"] {
            number(format!("angle.{name}.{side}"), 0.0);
            number(format!("angle.{name}.{side}.units"), 0.0);
        }
    }
    number("midline.deviation".to_owned(), 0.0);
    for tooth in [31, 41] {
        number(format!("size.mesiodistal.{tooth}"), 5.0);
    }
    for jaw in ["upper", "lower"] {
        number(format!("space.discrepancy.{jaw}"), 0.0);
    }
    for tooth in &rows[0] {
        given
            .categories
            .insert(format!("crossbite.{tooth}"), vec!["none".to_owned()]);
    }
    given
}

fn with(change: impl FnOnce(&mut Given)) -> Findings {
    let mut given = ideal();
    change(&mut given);
    score(&given).expect("its teeth are teeth")
}

/// One number is set, all others are ideal.
fn with_number(id: &str, value: f64, sigma: f64) -> Findings {
    with(|given| {
        let before = given.numbers.insert(id.to_owned(), [value, sigma]);
        assert!(before.is_some(), "{id} is no number of the ideal dentition");
    })
}

fn outcome<'f>(found: &'f Findings, id: &str) -> &'f Outcome {
    &found.get(id).unwrap_or_else(|| panic!("no finding {id}")).outcome
}

fn points(found: &Findings, id: &str) -> Score {
    match outcome(found, id) {
        Outcome::Score(score) => *score,
        other => panic!("{id}: {other}"),
    }
}

fn name(found: &Findings, id: &str) -> String {
    match outcome(found, id) {
        Outcome::Category(category) => category.name.clone(),
        other => panic!("{id}: {other}"),
    }
}

/// Checks the points of one finding for one number.
fn column(number: &'static str, finding: &'static str) -> impl Fn(f64, f64) {
    move |value, expected| {
        let found = with_number(number, value, 0.0);
        assert_eq!(
            points(&found, finding),
            Score::sure(expected),
            "{number} = {value}"
        );
    }
}

#[test]
fn an_ideal_dentition_loses_no_point() {
    let found = with(|_| {});
    for id in ["par.total.uk", "par.total.us", "di.cast", "icon.cast"] {
        assert_eq!(points(&found, id), Score::sure(0.0), "{id}");
    }
    assert_eq!(points(&found, "iotn.least"), Score::sure(1.0));
    assert_eq!(name(&found, "par.standard"), "almost ideal");
}

#[test]
fn par_contacts_are_graded_at_1_2_4_and_8_mm() {
    let t = column("displacement.12.11", "par.anterior.upper");
    t(1.0, 0.0);
    t(1.04, 0.0);
    t(1.05, 1.0);
    t(2.0, 1.0);
    t(2.05, 2.0);
    t(4.04, 2.0);
    t(4.05, 3.0);
    t(8.0, 3.0);
    t(8.1, 4.0);
}

#[test]
fn par_contacts_of_a_segment_are_added() {
    let found = with(|given| {
        for id in [
            "displacement.43.42",
            "displacement.41.31",
            "displacement.32.33",
            "displacement.33.34",
        ] {
            given.numbers.insert(id.to_owned(), [3.0, 0.0]);
        }
    });
    assert_eq!(points(&found, "par.anterior.lower").points, 6.0);
    assert_eq!(points(&found, "par.segment.lower.left").points, 2.0);
    // The lower front weighs nothing in the USA, and buccal segments nowhere.
    assert_eq!(points(&found, "par.total.uk").points, 6.0);
    assert_eq!(points(&found, "par.total.us").points, 0.0);
}

#[test]
fn par_overjet_is_graded_at_3_5_7_and_9_mm() {
    let t = column("overjet.labial.21", "par.overjet");
    t(3.0, 0.0);
    t(3.05, 1.0);
    t(5.0, 1.0);
    t(5.1, 2.0);
    t(7.0, 2.0);
    t(7.1, 3.0);
    t(9.0, 3.0);
    t(9.05, 4.0);
    let found = with_number("overjet.labial.21", 6.0, 0.0);
    assert_eq!(points(&found, "par.total.uk").points, 12.0);
    assert_eq!(points(&found, "par.total.us").points, 10.0);
}

#[test]
fn par_anterior_crossbites_are_counted_and_added_to_the_overjet() {
    let t = |names: [&str; 6], expected: f64| {
        let found = with(|given| {
            for (tooth, name) in [13, 12, 11, 21, 22, 23].into_iter().zip(names) {
                given
                    .categories
                    .insert(format!("crossbite.{tooth}"), vec![name.to_owned()]);
            }
            given.numbers.insert("overjet.labial.11".to_owned(), [4.0, 0.0]);
        });
        assert_eq!(
            points(&found, "par.overjet"),
            Score::sure(1.0 + expected),
            "{names:?}"
        );
    };
    let (n, e, c) = ("none", "edge to edge", "crossbite");
    t([n, n, n, n, n, n], 0.0);
    t([n, e, n, n, n, n], 1.0);
    t([e, e, e, e, e, e], 1.0);
    t([n, n, n, c, n, n], 2.0);
    t([c, n, n, e, n, n], 2.0);
    t([n, c, n, n, c, n], 3.0);
    t([c, c, c, n, n, n], 4.0);
    t([c, c, c, c, c, c], 4.0);
}

#[test]
fn par_overbite_is_graded_by_thirds_and_open_bite_by_millimetres() {
    let t = column("overbite.percent.11", "par.overbite");
    t(33.3, 0.0);
    t(100.0 / 3.0, 0.0);
    t(33.4, 1.0);
    t(200.0 / 3.0, 1.0);
    t(66.8, 2.0);
    t(99.9, 2.0);
    t(100.0, 3.0);
    let t = column("overbite.mm.22", "par.overbite");
    t(0.0, 0.0);
    t(-0.04, 0.0);
    t(-0.05, 1.0);
    t(-1.0, 1.0);
    t(-1.1, 2.0);
    t(-2.0, 2.0);
    t(-2.1, 3.0);
    t(-3.5, 3.0);
    t(-3.94, 3.0);
    t(-4.0, 4.0);
}

#[test]
fn par_centreline_is_graded_by_quarters_of_a_lower_incisor() {
    // The ideal dentition's lower central incisors are 5 mm wide.
    let t = column("midline.deviation", "par.centreline");
    t(1.25, 0.0);
    t(-1.25, 0.0);
    t(1.26, 1.0);
    t(2.5, 1.0);
    t(-2.51, 2.0);
}

#[test]
fn par_buccal_occlusion_is_good_in_any_class_and_worst_cusp_to_cusp() {
    let t = |units: f64, expected: f64| {
        let found = with_number("angle.premolar.left.units", units, 0.0);
        assert_eq!(
            points(&found, "par.buccal.left"),
            Score::sure(expected),
            "{units}"
        );
        assert_eq!(points(&found, "par.buccal.right"), Score::sure(0.0));
        assert_eq!(points(&found, "icon.sagittal"), Score::sure(expected), "{units}");
    };
    t(0.104, 0.0);
    t(0.105, 1.0);
    t(-0.2, 1.0);
    t(0.394, 1.0);
    t(0.395, 2.0);
    t(0.5, 2.0);
    t(0.6, 2.0);
    t(0.61, 1.0);
    t(0.9, 0.0);
    t(-1.0, 0.0);
    t(1.5, 2.0);
}

#[test]
fn par_lateral_open_bite_needs_two_teeth_with_more_than_2_mm() {
    let t = |gaps: [f64; 2], expected: f64| {
        let found = with(|given| {
            given.numbers.insert("openbite.15".to_owned(), [gaps[0], 0.0]);
            given.numbers.insert("openbite.16".to_owned(), [gaps[1], 0.0]);
        });
        assert_eq!(
            points(&found, "par.buccal.vertical.right").points,
            expected,
            "{gaps:?}"
        );
    };
    t([2.0, 3.0], 0.0);
    t([2.04, 3.0], 0.0);
    t([2.05, 3.0], 1.0);
    t([9.0, 0.0], 0.0);
}

#[test]
fn par_transverse_counts_teeth_of_a_side() {
    let t = |names: [&str; 3], expected: f64| {
        let found = with(|given| {
            for (tooth, name) in [24, 25, 26].into_iter().zip(names) {
                given
                    .categories
                    .insert(format!("crossbite.{tooth}"), vec![name.to_owned()]);
            }
        });
        assert_eq!(
            points(&found, "par.buccal.transverse.left").points,
            expected,
            "{names:?}"
        );
    };
    t(["none", "none", "none"], 0.0);
    t(["tendency", "tendency", "tendency"], 1.0);
    t(["tendency", "crossbite", "none"], 2.0);
    t(["scissor", "none", "none"], 2.0);
    t(["crossbite", "crossbite", "none"], 3.0);
    t(["crossbite", "scissor", "none"], 3.0);
    t(["scissor", "scissor", "crossbite"], 4.0);
}

#[test]
fn an_unerupted_tooth_is_impacted_where_its_gap_is_4_mm_or_less() {
    let t = |gap: f64, state: &str, expected: f64| {
        let found = without(&[13], |given| {
            given.numbers.insert("par.gap.13".to_owned(), [gap, 0.0]);
            given
                .answers
                .insert("tooth.13".to_owned(), Answer::Text(state.to_owned()));
        });
        assert_eq!(
            points(&found, "par.anterior.upper").points,
            expected,
            "{gap} {state}"
        );
    };
    t(4.0, "unerupted", 5.0);
    t(4.04, "impacted", 5.0);
    t(4.05, "unerupted", 0.0);
    t(3.0, "lost", 0.0);
    t(3.0, "never-formed", 0.0);
}

/// The ideal dentition without some teeth and what is read from them.
fn without(gone: &[u8], change: impl FnOnce(&mut Given)) -> Findings {
    let mut given = ideal();
    given.teeth.retain(|t| !gone.contains(t));
    let reads = |id: &str| {
        let parts = || id.split('.').filter_map(|part| part.parse::<u8>().ok());
        parts().any(|t| gone.contains(&t))
    };
    given.numbers.retain(|id, _| !reads(id));
    given.categories.retain(|id, _| !reads(id));
    change(&mut given);
    score(&given).expect("its teeth are teeth")
}

#[test]
fn an_answer_that_is_missing_takes_exactly_the_parts_that_need_it() {
    let asks = |found: &Findings, id: &str| match outcome(found, id) {
        Outcome::NotMeasured(why) => match why.root() {
            NotMeasured::NotOnCast { answer, .. } => Some(answer.clone()),
            other => panic!("{id}: {other}"),
        },
        _ => None,
    };
    let found = without(&[12], |_| {});
    let t = |id: &str, answer: Option<&str>| assert_eq!(asks(&found, id).as_deref(), answer, "{id}");
    t("par.anterior.upper", Some("tooth.12"));
    t("par.anterior.lower", None);
    t("par.overjet", None);
    t("par.total.uk", Some("tooth.12"));
    t("di.cast", None);
    t("di.other.midline", None);
    t("di.other.missing", Some("tooth.12"));
    t("di.total", Some("tooth.12"));
    t("iotn.missing", Some("tooth.12"));
    t("iotn.overjet", None);
    t("icon.crowding", Some("tooth.12"));
    t("icon.crossbite", None);
    t("icon.aesthetic", Some("iotn.aesthetic"));
    t("icon.total", Some("iotn.aesthetic"));
    t("di.cephalometric", Some("ceph.anb"));
}

#[test]
fn iotn_asks_for_the_lips_only_where_the_overjet_makes_them_matter() {
    let t = |overjet: f64, competent: Option<bool>, code: Option<&str>| {
        let found = with(|given| {
            given
                .numbers
                .insert("overjet.labial.11".to_owned(), [overjet, 0.0]);
            let answer = competent.map(|yes| ("iotn.lips-competent".to_owned(), Answer::Flag(yes)));
            given.answers.extend(answer);
        });
        match (outcome(&found, "iotn.overjet"), code) {
            (Outcome::Category(found), Some(code)) => assert_eq!(found.name, code, "{overjet}"),
            (Outcome::NotMeasured(_), None) => {}
            (other, code) => panic!("{overjet}: {other} instead of {code:?}"),
        }
    };
    t(3.5, None, Some("1"));
    t(3.54, None, Some("1"));
    t(3.55, None, None);
    t(3.6, Some(true), Some("2a"));
    t(6.0, Some(false), Some("3a"));
    t(6.0, None, None);
    t(6.05, None, Some("4a"));
    t(9.0, None, Some("4a"));
    t(9.1, None, Some("5a"));
}

#[test]
fn iotn_features_are_graded_at_their_thresholds() {
    let t = |number: &str, value: f64, part: &str, code: &str| {
        let found = with_number(number, value, 0.0);
        assert_eq!(name(&found, part), code, "{number} = {value}");
    };
    t("displacement.36.37", 1.0, "iotn.displacement", "1");
    t("displacement.36.37", 1.05, "iotn.displacement", "2d");
    t("displacement.36.37", 2.0, "iotn.displacement", "2d");
    t("displacement.36.37", 2.1, "iotn.displacement", "3d");
    t("displacement.36.37", 4.0, "iotn.displacement", "3d");
    t("displacement.36.37", 4.1, "iotn.displacement", "4d");
    t("openbite.25", 1.0, "iotn.openbite", "1");
    t("openbite.25", 2.0, "iotn.openbite", "2e");
    t("overbite.mm.12", -2.1, "iotn.openbite", "3e");
    t("overbite.mm.12", -4.1, "iotn.openbite", "4e");
    t("overbite.mm.12", 3.44, "iotn.overbite", "1");
    t("angle.molar.right", 0.5, "iotn.buccal", "1");
    t("angle.molar.right", -0.6, "iotn.buccal", "2g");
}

#[test]
fn a_reverse_overjet_is_one_of_all_incisors_and_asks_for_difficulties_beyond_1_mm() {
    let t = |overjet: f64, all: bool, difficulties: Option<bool>, code: Option<&str>| {
        let found = with(|given| {
            for tooth in if all { vec![12, 11, 21, 22] } else { vec![12, 11] } {
                given
                    .numbers
                    .insert(format!("overjet.labial.{tooth}"), [overjet, 0.0]);
            }
            let answer = difficulties.map(|yes| ("iotn.difficulties".to_owned(), Answer::Flag(yes)));
            given.answers.extend(answer);
        });
        let measured = matches!(outcome(&found, "iotn.reverse"), Outcome::Category(_));
        assert_eq!(
            measured.then(|| name(&found, "iotn.reverse")).as_deref(),
            code,
            "{overjet}"
        );
    };
    t(-2.0, false, None, Some("1"));
    t(-0.1, true, None, Some("2b"));
    t(-1.0, true, None, Some("2b"));
    t(-1.1, true, None, None);
    t(-1.1, true, Some(false), Some("3b"));
    t(-1.1, true, Some(true), Some("4m"));
    t(-3.5, true, Some(true), Some("4m"));
    t(-3.6, true, Some(false), Some("4b"));
    t(-3.6, true, Some(true), Some("5m"));
}

#[test]
fn one_feature_of_grade_5_settles_iotn_without_the_answers_that_are_missing() {
    let found = with_number("overjet.labial.11", 9.8, 0.1);
    assert_eq!(points(&found, "iotn.grade"), Score::sure(5.0));
    assert_eq!(name(&found, "iotn.code"), "5a");
    let found = with_number("overjet.labial.11", 9.2, 0.1);
    assert!(
        !outcome(&found, "iotn.grade").is_measured(),
        "grade 4 is still open"
    );
    assert_eq!(points(&found, "iotn.least").points, 5.0);
}

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

#[test]
fn icon_is_graded_at_its_thresholds_and_weighted() {
    let t = column("space.discrepancy.upper", "icon.crowding");
    t(-2.0, 0.0);
    t(-2.05, 1.0);
    t(-5.1, 2.0);
    t(-9.1, 3.0);
    t(-13.1, 4.0);
    t(-17.0, 4.0);
    t(-17.1, 5.0);
    t(2.0, 0.0);
    t(2.1, 1.0);
    t(5.1, 2.0);
    t(9.0, 2.0);
    t(9.1, 3.0);
    let t = column("overbite.mm.11", "icon.vertical");
    t(-0.1, 1.0);
    t(-1.1, 2.0);
    t(-2.1, 3.0);
    t(-4.0, 3.0);
    t(-4.1, 4.0);
    let found = with(|given| {
        given
            .numbers
            .insert("space.discrepancy.upper".to_owned(), [-6.0, 0.0]);
        given
            .categories
            .insert("crossbite.26".to_owned(), vec!["tendency".to_owned()]);
        given
            .numbers
            .insert("overbite.percent.11".to_owned(), [50.0, 0.0]);
        given
            .numbers
            .insert("angle.molar.left.units".to_owned(), [0.5, 0.0]);
        given
            .answers
            .insert("iotn.aesthetic".to_owned(), Answer::Number(6.0));
    });
    // 7×6 + 5×2 + 5×1 + 4×1 + 3×2.
    assert_eq!(points(&found, "icon.total"), Score::sure(67.0));
    assert_eq!(name(&found, "icon.need"), "need");
    assert_eq!(name(&found, "icon.complexity"), "difficult");
}

#[test]
fn a_threshold_within_two_standard_uncertainties_makes_the_score_borderline_and_the_total_a_range() {
    let t = |sigma: f64, low: f64, high: f64| {
        let found = with_number("overjet.labial.11", 4.8, sigma);
        let expected = Score {
            points: 1.0,
            low,
            high,
        };
        assert_eq!(points(&found, "par.overjet"), expected, "{sigma}");
        assert_eq!(points(&found, "par.total.uk"), expected.times(6.0), "{sigma}");
    };
    t(0.0, 1.0, 1.0);
    t(0.1, 1.0, 1.0);
    t(0.124, 1.0, 1.0);
    t(0.126, 1.0, 2.0);
    t(1.0, 0.0, 2.0);
}

#[test]
fn a_score_needs_every_number_of_teeth_that_are_there() {
    let found = with(|given| {
        given.numbers.remove("displacement.12.11");
        given.unmeasured.push("displacement.12.11".to_owned());
    });
    for id in ["par.anterior.upper", "par.total.uk", "iotn.displacement"] {
        assert!(!outcome(&found, id).is_measured(), "{id}");
    }
    assert!(outcome(&found, "par.anterior.lower").is_measured());
}

#[test]
fn an_answer_of_the_wrong_kind_is_no_answer() {
    let t = |key: &str, answer: Answer, id: &str| {
        let found = without(&[13], |given| {
            given.answers.insert(key.to_owned(), answer);
        });
        let Outcome::NotMeasured(why) = outcome(&found, id) else {
            panic!("{id} was measured")
        };
        assert!(
            matches!(why.root(), NotMeasured::OutOfRange { .. }),
            "{id}: {why}"
        );
    };
    t("tooth.13", Answer::Text("away".to_owned()), "par.anterior.upper");
    t("tooth.13", Answer::Flag(true), "iotn.missing");
    t("iotn.aesthetic", Answer::Number(11.0), "icon.aesthetic");
    t("iotn.aesthetic", Answer::Number(2.5), "icon.aesthetic");
}

#[test]
fn the_mirror_image_of_measurements_has_the_mirror_image_of_scores() {
    let mut given = ideal();
    let faults = [
        ("displacement.13.12", 2.5),
        ("displacement.34.35", 1.4),
        ("overjet.labial.12", -1.0),
        ("openbite.25", 3.0),
        ("angle.molar.left.units", 0.3),
        ("spacing.46.45", 1.2),
        ("midline.deviation", 1.7),
    ];
    for (id, value) in faults {
        given.numbers.insert(id.to_owned(), [value, 0.1]);
    }
    given.categories.insert(
        "crossbite.14".to_owned(),
        vec!["crossbite".to_owned(), "none".to_owned()],
    );
    let name_of = |id: &String| {
        let plain = mirrored_id(id);
        let mut parts: Vec<&str> = plain.split('.').collect();
        let n = parts.len();
        if n == 3 && parts[1..].iter().all(|p| p.parse::<Fdi>().is_ok()) {
            parts.swap(1, 2);
        }
        parts.join(".")
    };
    let flip = |id: &String, [value, sigma]: [f64; 2]| {
        let sign = if id == "midline.deviation" { -1.0 } else { 1.0 };
        (name_of(id), [sign * value, sigma])
    };
    let twin = |t: &u8| Fdi::new(*t).unwrap().mirrored().number();
    let mirrored = Given {
        teeth: given.teeth.iter().map(twin).collect(),
        numbers: given.numbers.iter().map(|(id, n)| flip(id, *n)).collect(),
        categories: given
            .categories
            .iter()
            .map(|(id, c)| (name_of(id), c.clone()))
            .collect(),
        ..Given::default()
    };
    let [here, there] = [&given, &mirrored].map(|g| score(g).unwrap());
    let there: BTreeMap<&str, &Outcome> = there
        .findings
        .iter()
        .map(|f| (f.id.as_str(), &f.outcome))
        .collect();
    let mut compared = 0;
    for finding in here.findings.iter().filter(|f| f.method != "given") {
        let plain = mirrored_id(&finding.id);
        let mut parts: Vec<&str> = plain.split('.').collect();
        let n = parts.len();
        parts.swap(n - 1, n - 2);
        let swapped = parts.join(".");
        let twin = there.get(plain.as_str()).or(there.get(swapped.as_str()));
        if let (Outcome::Score(a), Some(Outcome::Score(b))) = (&finding.outcome, twin) {
            assert_eq!(a, b, "{}", finding.id);
            compared += 1;
        }
    }
    assert!(compared > 80, "{compared} scores were compared");
}

/// A published case as far as its text goes.
#[derive(serde::Deserialize)]
struct Worked {
    published_total: f64,
    relation: String,
    numbers: BTreeMap<String, [f64; 2]>,
    answers: BTreeMap<String, Answer>,
    expected: BTreeMap<String, f64>,
}

#[test]
fn published_cases_are_scored_as_far_as_their_text_goes() {
    for text in [
        include_str!("../../../../conformance/worked/indices/abo_di_ijoi_41.toml"),
        include_str!("../../../../conformance/worked/indices/abo_di_jdo_55.toml"),
    ] {
        let case: Worked = toml::from_str(text).unwrap();
        let gone: Vec<u8> = (case.answers.keys())
            .filter_map(|key| key.strip_prefix("tooth.")?.parse().ok())
            .collect();
        let found = without(&gone, |given| {
            given.numbers.extend(case.numbers.clone());
            given.answers.extend(case.answers.clone());
        });
        let mut sum = 0.0;
        for (id, expected) in &case.expected {
            assert_eq!(points(&found, id), Score::sure(*expected), "{id}");
            sum += expected;
        }
        assert_eq!(case.relation, "at_most");
        assert!(
            sum <= case.published_total && sum > 0.25 * case.published_total,
            "{sum}"
        );
    }
}
