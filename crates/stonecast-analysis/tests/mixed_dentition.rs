//! Prediction of unerupted teeth: against mixed dentitions whose widths are known by construction.

mod truth;

use stonecast_analysis::{Answer, Params, measure};
use stonecast_dental::{Fdi, NotMeasured};
use stonecast_testkit::{Dentition, DentitionSpec};
use truth::{TrueCast, arches, findings, mirrored_cast, mirrored_id, number, spec, true_widths, why};

fn mixed() -> TrueCast {
    TrueCast::new(&DentitionSpec {
        dentition: Dentition::Mixed,
        ..spec()
    })
}

fn lower_incisors(cast: &TrueCast) -> f64 {
    true_widths(&cast.pair.lower, |t| !t.is_primary() && t.position() <= 2)
}

#[test]
fn unerupted_teeth_are_predicted_in_a_mixed_dentition_only() {
    let permanent = findings(&TrueCast::new(&spec()));
    for id in [
        "tanaka_johnston.predicted.upper",
        "tanaka_johnston.discrepancy.lower",
        "moyers.predicted.upper.p75",
        "moyers.discrepancy.lower",
        "nance.discrepancy.upper",
    ] {
        assert!(
            matches!(why(&permanent, id), NotMeasured::NotApplicable { .. }),
            "{id}"
        );
    }
    let primary = findings(&TrueCast::new(&DentitionSpec {
        dentition: Dentition::Primary,
        ..spec()
    }));
    let reason = why(&primary, "moyers.predicted.lower.p50");
    assert!(matches!(reason, NotMeasured::NotApplicable { .. }), "{reason}");

    let cast = mixed();
    let found = findings(&cast);
    let four = lower_incisors(&cast);
    for (jaw, constant) in [("upper", 11.0), ("lower", 10.5)] {
        let predicted = number(&found, &format!("tanaka_johnston.predicted.{jaw}"));
        assert!((predicted - (four / 2.0 + constant)).abs() < 1e-9);
        let moyers: Vec<f64> = [5, 15, 25, 35, 50, 65, 75, 85, 95]
            .iter()
            .map(|level| number(&found, &format!("moyers.predicted.{jaw}.p{level}")))
            .collect();
        assert!(moyers.windows(2).all(|w| w[0] < w[1]), "{moyers:?}");
    }
}

#[test]
fn what_is_left_over_spans_the_same_teeth_on_both_sides_of_the_account() {
    let cast = mixed();
    let found = findings(&cast);
    for (jaw, arch) in arches(&cast) {
        let incisors = true_widths(arch, |t| !t.is_primary() && t.position() <= 2);
        let available = number(&found, &format!("space.available.{jaw}"));
        // Primary canines and molars fill the arch: it is as long as incisors and primary teeth together.
        let primary = true_widths(arch, Fdi::is_primary);
        assert!((available - incisors - primary).abs() < 2.0, "{jaw}: {available}");
        for (rule, level) in [("tanaka_johnston", ""), ("moyers", ".p75")] {
            let quadrant = number(&found, &format!("{rule}.predicted.{jaw}{level}"));
            let left = number(&found, &format!("{rule}.discrepancy.{jaw}"));
            let expected = available - incisors - 2.0 * quadrant;
            assert!((left - expected).abs() < 1e-9, "{rule} {jaw}");
        }
    }
}

#[test]
fn incisors_beyond_moyers_table_are_refused_while_the_equation_goes_on() {
    let cast = TrueCast::new(&DentitionSpec {
        dentition: Dentition::Mixed,
        tooth_scale: 0.8,
        ..spec()
    });
    assert!(lower_incisors(&cast) < 19.5);
    let found = findings(&cast);
    let reason = why(&found, "moyers.discrepancy.upper");
    assert!(matches!(reason, NotMeasured::OutOfRange { .. }), "{reason}");
    number(&found, "tanaka_johnston.predicted.upper");
}

#[test]
fn nance_takes_widths_from_films_and_asks_for_those_that_it_lacks() {
    let cast = mixed();
    let mut params = Params::default();
    let unerupted = [13u8, 14, 15, 23, 24, 25];
    for tooth in &unerupted[..5] {
        params
            .answers
            .insert(format!("radiograph.width.{tooth}"), Answer::Number(7.0));
    }
    let asked = why(&measure(&cast.measured(), &params), "nance.discrepancy.upper");
    let NotMeasured::NotOnCast { answer, .. } = asked else {
        panic!("{asked}")
    };
    assert_eq!(answer, "radiograph.width.25");
    // The last one after Huckaba: the film enlarges the first molar beside it by a tenth.
    let molar = cast
        .pair
        .upper
        .truth
        .tooth(Fdi::new(26).unwrap())
        .unwrap()
        .mesiodistal_mm;
    for (key, value) in [
        ("radiograph.film.25", 6.6),
        ("radiograph.reference.25", 26.0),
        ("radiograph.reference_film.25", 1.1 * molar),
    ] {
        params.answers.insert(key.to_owned(), Answer::Number(value));
    }
    let found = measure(&cast.measured(), &params);
    assert!((number(&found, "huckaba.width.25") - 6.0).abs() < 1e-9);
    let incisors = true_widths(&cast.pair.upper, |t| !t.is_primary() && t.position() <= 2);
    let expected = number(&found, "space.available.upper") - (incisors + 5.0 * 7.0 + 6.0);
    assert!((number(&found, "nance.discrepancy.upper") - expected).abs() < 1e-9);
}

#[test]
fn mirroring_a_mixed_dentition_swaps_its_sides() {
    let cast = TrueCast::new(&DentitionSpec {
        dentition: Dentition::Mixed,
        seed: 4,
        tooth_size_deviation: 0.05,
        ..spec()
    });
    let (here, there) = (findings(&cast), findings(&mirrored_cast(&cast)));
    const METHODS: [&str; 4] = ["contacts", "irregularity", "arch-length", "mixed-dentition"];
    let mut compared = 0;
    for finding in here
        .findings
        .iter()
        .filter(|f| METHODS.contains(&f.method.as_str()))
    {
        // Neighbours are named from the right: in the mirror they swap their places too.
        let plain = mirrored_id(&finding.id);
        let mut parts: Vec<&str> = plain.split('.').collect();
        let n = parts.len();
        parts.swap(n - 1, n - 2);
        let twin = there.get(&plain).or_else(|| there.get(&parts.join(".")));
        let twin = twin.unwrap_or_else(|| panic!("{} has no mirror image", finding.id));
        match finding.number() {
            Some(number) => {
                let mirrored = twin.number().unwrap().value;
                assert!(
                    (number.value - mirrored).abs() < 1e-6,
                    "{}: {number} {mirrored}",
                    finding.id
                );
                compared += 1;
            }
            None => assert_eq!(
                finding.outcome.is_measured(),
                twin.outcome.is_measured(),
                "{}",
                finding.id
            ),
        }
    }
    assert!(compared > 60, "{compared}");
}
