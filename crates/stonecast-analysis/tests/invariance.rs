//! What holds for every finding: nothing depends on the pose of the scanner, mirroring swaps the sides, and a missing
//! tooth takes exactly those findings away that are about it.

mod truth;

use std::collections::BTreeMap;

use stonecast_analysis::{Params, measure};
use stonecast_dental::{NotMeasured, Outcome};
use stonecast_testkit::{DentitionSpec, demo_spec};
use truth::{TrueCast, findings, mirrored_cast, mirrored_id, without};

fn demo() -> TrueCast {
    TrueCast::new(&DentitionSpec {
        triangles: 20_000,
        ..demo_spec()
    })
}

/// Ids whose number is signed by side and changes its sign in the mirror, or whose two teeth are named from the
/// patient's right and so swap their places.
fn mirror_name(id: &str, of: &BTreeMap<&str, &Outcome>) -> Option<String> {
    let plain = mirrored_id(id);
    if of.contains_key(plain.as_str()) {
        return Some(plain);
    }
    // `displacement.12.11` is `displacement.21.22` in the mirror: both numbers swap sides and places.
    let mut parts: Vec<&str> = plain.split('.').collect();
    let n = parts.len();
    if n >= 2 {
        parts.swap(n - 1, n - 2);
    }
    let swapped = parts.join(".");
    of.contains_key(swapped.as_str()).then_some(swapped)
}

#[test]
fn mirroring_swaps_the_sides_of_every_finding() {
    let cast = demo();
    let (here, there) = (findings(&cast), findings(&mirrored_cast(&cast)));
    assert_eq!(here.findings.len(), there.findings.len());
    let by_id: BTreeMap<&str, &Outcome> = there
        .findings
        .iter()
        .map(|f| (f.id.as_str(), &f.outcome))
        .collect();
    for finding in &here.findings {
        let name =
            mirror_name(&finding.id, &by_id).unwrap_or_else(|| panic!("{} has no mirror image", finding.id));
        match (&finding.outcome, by_id[name.as_str()]) {
            (Outcome::Number(a), Outcome::Number(b)) => {
                let same = (a.value - b.value).abs() < 1e-6;
                let opposite = (a.value + b.value).abs() < 1e-6;
                assert!(same || opposite, "{}: {a} but {name}: {b}", finding.id);
                assert!((a.uncertainty - b.uncertainty).abs() < 1e-6, "{}", finding.id);
            }
            (Outcome::NotMeasured(_), Outcome::NotMeasured(_)) => {}
            (a, b) => assert_eq!(a.to_string(), b.to_string(), "{}", finding.id),
        }
    }
}

#[test]
fn a_missing_tooth_takes_away_exactly_the_findings_that_need_it() {
    let cast = demo();
    let whole = findings(&cast);
    for gone in [12u8, 33, 46] {
        let tooth = stonecast_dental::Fdi::new(gone).unwrap();
        let part = findings(&without(&cast, &[gone]));
        for finding in &part.findings {
            let blames = match &finding.outcome {
                Outcome::NotMeasured(why) => match why.root() {
                    NotMeasured::MissingTeeth { teeth } => Some(teeth.contains(&tooth)),
                    // Indices ask why a tooth is not there.
                    NotMeasured::NotOnCast { answer, .. } if answer.starts_with("tooth.") => {
                        Some(*answer == format!("tooth.{tooth}"))
                    }
                    _ => None,
                },
                _ => None,
            };
            let Some(before) = whole.get(&finding.id) else {
                continue;
            };
            match blames {
                Some(blames) => assert!(blames, "without {gone}: {} blames another tooth", finding.id),
                None => assert_eq!(
                    finding.outcome.is_measured(),
                    before.outcome.is_measured(),
                    "without {gone}: {}: {}",
                    finding.id,
                    finding.outcome
                ),
            }
        }
    }
}

#[test]
fn a_full_dentition_leaves_no_finding_that_asks_for_an_unknown_one() {
    for finding in findings(&demo()).findings {
        if let Outcome::NotMeasured(why) = &finding.outcome {
            let text = why.to_string();
            assert!(!text.contains("this dentition has no"), "{}: {text}", finding.id);
        }
    }
}

#[test]
fn the_same_cast_gives_the_same_bytes_on_any_number_of_threads() {
    let cast = demo();
    let text = |threads| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap();
        serde_json::to_string(&pool.install(|| findings(&cast))).unwrap()
    };
    assert_eq!(text(1), text(4));
}

#[test]
fn measuring_nothing_gives_no_finding_that_was_measured() {
    let nothing = measure(&stonecast_analysis::MeasuredCast::default(), &Params::default());
    for finding in nothing.findings {
        assert!(
            !finding.outcome.is_measured(),
            "{}: {}",
            finding.id,
            finding.outcome
        );
    }
}
