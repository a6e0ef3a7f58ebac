//! Thresholds of IOTN-DHC and ICON.

use super::*;

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
fn a_reverse_overjet_of_all_incisors_that_hangs_on_one_leaves_both_open() {
    let t = |last: f64, sigma: f64, expected: &str, other: Option<&str>| {
        let found = with(|given| {
            for tooth in [12, 11, 21] {
                given
                    .numbers
                    .insert(format!("overjet.labial.{tooth}"), [-4.0, 0.0]);
            }
            given
                .numbers
                .insert("overjet.labial.22".to_owned(), [last, sigma]);
            given
                .answers
                .insert("iotn.difficulties".to_owned(), Answer::Flag(false));
        });
        let Outcome::Category(category) = outcome(&found, "iotn.reverse") else {
            panic!("{last}: {}", outcome(&found, "iotn.reverse"));
        };
        assert_eq!(
            (
                category.name.as_str(),
                category.others.first().map(String::as_str)
            ),
            (expected, other),
            "{last}"
        );
    };
    t(0.1, 0.4, "1", Some("4b"));
    t(-0.1, 0.4, "4b", Some("1"));
    t(2.0, 0.4, "1", None);
    t(-2.0, 0.4, "4b", None);
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
