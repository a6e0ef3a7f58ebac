//! Thresholds of PAR.

use super::*;

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
