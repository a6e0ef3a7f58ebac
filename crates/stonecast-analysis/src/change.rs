//! Two sets of findings of one patient compared, number by number: what changed, and whether that can be told.
//!
//! Units: each change has the unit of its finding. Frame: none; no surfaces are laid on each other. Definitions and limits:
//! `docs/methods/change.md`.
//!
//! Steps
//! 1. `compared`: findings with one id are subtracted, after less before.
//! 2. `smallest_detectable`: 1.96 times the standard uncertainties of both in quadrature.
//! 3. `par_outcome`: the reduction of the PAR index, in points and per cent, and what it is called.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use stonecast_dental::finding::{Category, Quantity, RowRef, Score};
use stonecast_dental::{Finding, Findings, NotMeasured, Outcome, Unit};

use crate::rows::row;

/// What changed between two sets of findings.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// Everything that was measured both times, sorted by id.
    pub changes: Vec<Change>,
    /// Everything that could not be compared, sorted by id, and why.
    pub not_compared: Vec<NotCompared>,
    /// What became of the PAR index (UK weights); `None` where it was not measured both times.
    pub par: Option<ParOutcome>,
    /// The table rows that this rests on.
    pub rows: Vec<RowRef>,
}

/// A finding that was measured both times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The finding's id.
    pub id: String,
    /// What it is, for people.
    pub name: String,
    /// Both values and their difference.
    pub what: Compared,
    /// True when the difference is more than the uncertainties of both explain.
    pub detectable: bool,
}

/// Both values of a finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// Two numbers.
    Number {
        /// At the first time.
        before: Quantity,
        /// At the second.
        after: Quantity,
        /// The second less the first; the uncertainties of both in quadrature.
        change: Quantity,
        /// A change up to this may be none.
        smallest_detectable: f64,
    },
    /// Points of an index.
    Score {
        /// At the first time.
        before: Score,
        /// At the second.
        after: Score,
        /// The second less the first, and the least and most that both leave open.
        change: Score,
    },
    /// Names.
    Category {
        /// At the first time.
        before: Category,
        /// At the second.
        after: Category,
    },
}

/// A finding that cannot be compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotCompared {
    /// The finding's id.
    pub id: String,
    /// Why.
    pub why: WhyNot,
}

/// Why a finding cannot be compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
#[non_exhaustive]
pub enum WhyNot {
    /// It was not measured at one of the times, or at both.
    NotMeasured {
        /// Why not at the first time; `None` where it was.
        before: Option<NotMeasured>,
        /// Why not at the second.
        after: Option<NotMeasured>,
    },
    /// Only the first set has such a finding: a tooth that is gone, or another version of the program.
    OnlyBefore,
    /// Only the second has: a tooth that is new.
    OnlyAfter,
    /// The two are of different units, kinds, methods or norms.
    Unlike,
}

/// What became of the PAR index.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParOutcome {
    /// Points at the first time.
    pub before: Score,
    /// At the second.
    pub after: Score,
    /// By how much they fell, and the least and most that both leave open.
    pub reduction: Score,
    /// The same as a share of the points at the first time, per cent; `None` where there were none.
    pub percent: Option<f64>,
    /// `greatly improved`, `improved` or `worse or no different`.
    pub category: Category,
}

const TABLE: &str = "change";
const PAR: &str = "par.total.uk";

/// Compares two sets of findings of one patient.
pub fn changes(before: &Findings, after: &Findings) -> Changes {
    let ids: BTreeSet<&str> = (before.findings.iter().chain(&after.findings))
        .map(|f| f.id.as_str())
        .collect();
    let factor = row(TABLE, "smallest-detectable-change");
    let mut all = Changes {
        rows: vec![factor.reference()],
        ..Changes::default()
    };
    for id in ids {
        match compared(before.get(id), after.get(id), factor.number("factor")) {
            Ok(change) => all.changes.push(change),
            Err(why) => all.not_compared.push(NotCompared {
                id: id.to_owned(),
                why,
            }),
        }
    }
    all.par = par_outcome(before, after);
    if all.par.is_some() {
        all.rows
            .extend([row("par", GREAT).reference(), row("par", IMPROVED).reference()]);
    }
    all
}

impl Changes {
    /// The change of a finding.
    pub fn get(&self, id: &str) -> Option<&Change> {
        let place = self.changes.binary_search_by(|c| c.id.as_str().cmp(id)).ok()?;
        self.changes.get(place)
    }

    /// The changes that can be told from none.
    pub fn detectable(&self) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(|c| c.detectable)
    }
}

/// Tables whose rows are a choice of what to compare a patient with.
const NORM_TABLES: [&str; 4] = ["bolton", "arch_width", "andrews_norms", "moyers"];

/// The norms that a finding rests on: against others it is another number.
fn norms(finding: &Finding) -> BTreeSet<&str> {
    let rows = finding.evidence.rows.iter().map(|row| row.row.as_str());
    rows.filter(|row| {
        row.split('/')
            .next()
            .is_some_and(|table| NORM_TABLES.contains(&table))
    })
    .collect()
}

fn compared(before: Option<&Finding>, after: Option<&Finding>, factor: f64) -> Result<Change, WhyNot> {
    let (before, after) = match (before, after) {
        (Some(before), Some(after)) => (before, after),
        (Some(_), None) => return Err(WhyNot::OnlyBefore),
        (None, _) => return Err(WhyNot::OnlyAfter),
    };
    let why = |finding: &Finding| match &finding.outcome {
        Outcome::NotMeasured(why) => Some(why.clone()),
        _ => None,
    };
    let (no_before, no_after) = (why(before), why(after));
    if no_before.is_some() || no_after.is_some() {
        return Err(WhyNot::NotMeasured {
            before: no_before,
            after: no_after,
        });
    }
    if before.method != after.method || norms(before) != norms(after) {
        return Err(WhyNot::Unlike);
    }
    let (what, detectable) = match (&before.outcome, &after.outcome) {
        (Outcome::Number(b), Outcome::Number(a)) if a.unit == b.unit => numbers(*b, *a, factor),
        (Outcome::Score(b), Outcome::Score(a)) => {
            let change = less(a, b);
            let detectable = change.low > 0.0 || change.high < 0.0;
            let what = Compared::Score {
                before: *b,
                after: *a,
                change,
            };
            (what, detectable)
        }
        (Outcome::Category(b), Outcome::Category(a)) => {
            let names = |c: &Category| -> BTreeSet<String> {
                std::iter::once(&c.name).chain(&c.others).cloned().collect()
            };
            let what = Compared::Category {
                before: b.clone(),
                after: a.clone(),
            };
            (what, names(a).is_disjoint(&names(b)))
        }
        _ => return Err(WhyNot::Unlike),
    };
    Ok(Change {
        id: after.id.clone(),
        name: after.name.clone(),
        what,
        detectable,
    })
}

fn numbers(before: Quantity, after: Quantity, factor: f64) -> (Compared, bool) {
    let change = Quantity {
        value: turned(after.value - before.value, before.unit),
        uncertainty: before.uncertainty.hypot(after.uncertainty),
        unit: before.unit,
    };
    let smallest_detectable = smallest_detectable(before.uncertainty, after.uncertainty, factor);
    let what = Compared::Number {
        before,
        after,
        change,
        smallest_detectable,
    };
    (what, change.value.abs() > smallest_detectable)
}

/// Angles may be reckoned across the half turn: 179 and -179 degrees are 2 apart.
fn turned(change: f64, unit: Unit) -> f64 {
    if unit == Unit::Deg && change.abs() > 180.0 {
        change - 360.0 * change.signum()
    } else {
        change
    }
}

/// Up to here a difference of two measurements may be none.
fn smallest_detectable(before: f64, after: f64, factor: f64) -> f64 {
    factor * before.hypot(after)
}

/// One score less another: the ends that both leave open are farthest apart.
fn less(a: &Score, b: &Score) -> Score {
    Score {
        points: a.points - b.points,
        low: a.low - b.high,
        high: a.high - b.low,
    }
}

const GREAT: &str = "outcome.great.points";
const IMPROVED: &str = "outcome.improved.percent";

fn par_outcome(before: &Findings, after: &Findings) -> Option<ParOutcome> {
    let score = |of: &Findings| match of.get(PAR)?.outcome {
        Outcome::Score(score) => Some(score),
        _ => None,
    };
    let (before, after) = (score(before)?, score(after)?);
    let great = row("par", GREAT).number("value");
    let improved = row("par", IMPROVED).number("value");
    let name = |b: f64, a: f64| {
        if b - a >= great {
            "greatly improved"
        } else if b > 0.0 && 100.0 * (b - a) >= improved * b {
            "improved"
        } else {
            "worse or no different"
        }
    };
    let mut category = Category::sure(name(before.points, after.points));
    for b in [before.low, before.high] {
        for a in [after.low, after.high] {
            let other = name(b, a);
            if other != category.name && !category.others.iter().any(|o| o == other) {
                category.others.push(other.to_owned());
            }
        }
    }
    let fell = before.points - after.points;
    Some(ParOutcome {
        before,
        after,
        reduction: less(&before, &after),
        percent: (before.points > 0.0).then(|| 100.0 * fell / before.points),
        category,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::{TrueCast, without};
    use crate::{Params, measure};
    use stonecast_dental::finding::Evidence;
    use stonecast_testkit::DentitionSpec;

    fn document(outcomes: &[(&str, Outcome)]) -> Findings {
        let finding = |(id, outcome): &(&str, Outcome)| Finding {
            id: (*id).to_owned(),
            name: (*id).to_owned(),
            method: "none".to_owned(),
            outcome: outcome.clone(),
            teeth: Vec::new(),
            evidence: Evidence::default(),
        };
        Findings {
            findings: outcomes.iter().map(finding).collect(),
            outlines: Vec::new(),
        }
    }

    fn mm(value: f64, uncertainty: f64) -> Outcome {
        Outcome::Number(Quantity {
            value,
            uncertainty,
            unit: Unit::Mm,
        })
    }

    fn par(points: f64, low: f64, high: f64) -> Findings {
        document(&[(PAR, Outcome::Score(Score { points, low, high }))])
    }

    #[test]
    fn a_change_is_detectable_beyond_both_uncertainties_in_quadrature() {
        let t = |before: f64, after: f64, [u, v]: [f64; 2], limit: f64, detectable: bool| {
            let all = changes(
                &document(&[("a", mm(before, u))]),
                &document(&[("a", mm(after, v))]),
            );
            let change = &all.changes[0];
            let Compared::Number {
                change: by,
                smallest_detectable,
                ..
            } = &change.what
            else {
                panic!("a number")
            };
            assert!((by.value - (after - before)).abs() < 1e-12);
            assert!((by.uncertainty - u.hypot(v)).abs() < 1e-12);
            assert!(
                (smallest_detectable - limit).abs() < 1e-3,
                "{smallest_detectable}"
            );
            assert_eq!(change.detectable, detectable, "{before} to {after}");
        };
        // 1.96 × √2 × 0.5 = 1.386; 1.96 × √(0.3² + 0.4²) = 0.98.
        t(34.0, 35.3, [0.5, 0.5], 1.386, false);
        t(34.0, 35.4, [0.5, 0.5], 1.386, true);
        t(34.0, 33.0, [0.3, 0.4], 0.98, true);
        t(34.0, 33.1, [0.3, 0.4], 0.98, false);
        t(1.0, 1.0, [0.0, 0.0], 0.0, false);
    }

    #[test]
    fn an_angle_changes_the_short_way_round() {
        assert!((turned(-179.0 - 179.0, Unit::Deg) - 2.0).abs() < 1e-12);
        assert!((turned(358.0, Unit::Mm) - 358.0).abs() < 1e-12);
    }

    #[test]
    fn scores_and_names_change_only_when_nothing_that_is_open_agrees() {
        let score = |points, low, high| Outcome::Score(Score { points, low, high });
        let named = |name: &str, others: &[&str]| {
            Outcome::Category(Category {
                name: name.into(),
                others: others.iter().map(|o| (*o).to_owned()).collect(),
            })
        };
        let t = |before: Outcome, after: Outcome, detectable: bool| {
            let all = changes(&document(&[("a", before)]), &document(&[("a", after)]));
            assert_eq!(all.changes[0].detectable, detectable);
        };
        t(score(4.0, 3.0, 4.0), score(2.0, 2.0, 3.0), false);
        t(score(4.0, 3.0, 4.0), score(2.0, 2.0, 2.0), true);
        t(named("Class II", &[]), named("Class I", &["Class II"]), false);
        t(named("Class II", &[]), named("Class I", &[]), true);
    }

    #[test]
    fn what_cannot_be_compared_says_why() {
        let gone = Outcome::NotMeasured(NotMeasured::NoBite);
        let before = document(&[("a", mm(1.0, 0.1)), ("b", gone.clone()), ("c", mm(1.0, 0.1))]);
        let after = document(&[
            ("b", mm(1.0, 0.1)),
            ("c", Outcome::Score(Score::sure(1.0))),
            ("d", gone),
        ]);
        let all = changes(&before, &after);
        assert!(all.changes.is_empty() && all.par.is_none());
        let why: Vec<(&str, &WhyNot)> = all.not_compared.iter().map(|n| (n.id.as_str(), &n.why)).collect();
        let not_before = WhyNot::NotMeasured {
            before: Some(NotMeasured::NoBite),
            after: None,
        };
        assert_eq!(
            why,
            [
                ("a", &WhyNot::OnlyBefore),
                ("b", &not_before),
                ("c", &WhyNot::Unlike),
                ("d", &WhyNot::OnlyAfter)
            ]
        );
    }

    #[test]
    fn the_par_index_greatly_improves_by_22_points_and_improves_by_30_per_cent() {
        let t = |before: f64, after: f64, name: &str, percent: Option<f64>| {
            let all = changes(&par(before, before, before), &par(after, after, after));
            let outcome = all.par.unwrap();
            assert_eq!(outcome.category, Category::sure(name), "{before} to {after}");
            match (outcome.percent, percent) {
                (Some(a), Some(b)) => assert!((a - b).abs() < 0.05, "{a}"),
                (a, b) => assert_eq!(a, b),
            }
        };
        t(40.0, 18.0, "greatly improved", Some(55.0));
        t(40.0, 19.0, "improved", Some(52.5));
        t(20.0, 14.0, "improved", Some(30.0));
        t(20.0, 15.0, "worse or no different", Some(25.0));
        t(10.0, 12.0, "worse or no different", Some(-20.0));
        t(0.0, 0.0, "worse or no different", None);
    }

    #[test]
    fn a_borderline_par_leaves_its_outcome_open() {
        let outcome = changes(&par(40.0, 38.0, 40.0), &par(18.0, 18.0, 20.0))
            .par
            .unwrap();
        assert_eq!(outcome.category.name, "greatly improved");
        assert_eq!(outcome.category.others, ["improved"]);
        assert_eq!((outcome.reduction.low, outcome.reduction.high), (18.0, 22.0));
    }

    #[test]
    fn a_treated_overjet_is_detected_and_an_untouched_molar_width_is_not() {
        let cast = |overjet_mm| {
            TrueCast::new(&DentitionSpec {
                triangles: 12_000,
                overjet_mm,
                overbite_mm: 1.0,
                ..DentitionSpec::default()
            })
        };
        let (first, second) = (cast(5.0), without(&cast(2.5), &[37]));
        let of = |cast: &TrueCast| measure(&cast.measured(), &Params::default());
        let (before, after) = (of(&first), of(&second));
        let all = changes(&before, &after);
        assert_eq!(
            all.changes.len() + all.not_compared.len(),
            before
                .findings
                .iter()
                .chain(&after.findings)
                .map(|f| &f.id)
                .collect::<BTreeSet<_>>()
                .len()
        );
        assert!(all.get("overjet.labial").unwrap().detectable);
        assert!(!all.get("arch.width.molar1.cusp.upper").unwrap().detectable);
        let gone = all.not_compared.iter().find(|n| n.id == "size.mesiodistal.37");
        assert_eq!(gone.unwrap().why, WhyNot::OnlyBefore);
        let nothing = changes(&before, &before);
        assert_eq!(nothing.detectable().count(), 0);
        let text = serde_json::to_string(&all).unwrap();
        assert_eq!(
            serde_json::from_str::<Changes>(&text).unwrap().changes.len(),
            all.changes.len()
        );
    }
}
