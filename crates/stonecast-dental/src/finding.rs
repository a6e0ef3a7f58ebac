//! Findings: what was measured on a cast, or why it was not. The only door between geometry and documents.
//!
//! Units: each value names its own. Frame: evidence lies in the cast frame ([`crate::frame`]), mm.
//!
//! A finding is found again by its id (`bolton.anterior.ratio`), says by which method it was measured, shows the points
//! and curves that it was read from, and how sure it is. Nothing is left out in silence: what could not be measured is
//! there too, with the reason.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Fdi, Jaw, LandmarkKind, RowStatus};

/// The unit of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Unit {
    /// Millimetres.
    #[serde(rename = "mm")]
    Mm,
    /// Square millimetres.
    #[serde(rename = "mm2")]
    Mm2,
    /// Cubic millimetres.
    #[serde(rename = "mm3")]
    Mm3,
    /// Degrees.
    #[serde(rename = "deg")]
    Deg,
    /// Hundredths.
    #[serde(rename = "%")]
    Percent,
    /// A ratio of like things, or another number without a unit.
    #[serde(rename = "1")]
    One,
    /// Points of an index.
    #[serde(rename = "points")]
    Points,
}

impl Unit {
    /// As printed after a number; empty for [`Unit::One`].
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Mm => "mm",
            Self::Mm2 => "mm²",
            Self::Mm3 => "mm³",
            Self::Deg => "°",
            Self::Percent => "%",
            Self::One => "",
            Self::Points => "points",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

/// How many standard uncertainties a decision is kept away from its threshold: about 95 % of a normal distribution.
pub const COVERAGE: f64 = 2.0;

/// A number with its standard uncertainty, both in the same unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quantity {
    /// The value.
    pub value: f64,
    /// Its standard uncertainty; not negative.
    pub uncertainty: f64,
    /// The unit of both.
    pub unit: Unit,
}

impl Quantity {
    /// The least and the greatest value that the uncertainty leaves open ([`COVERAGE`]).
    pub fn interval(&self) -> [f64; 2] {
        let reach = COVERAGE * self.uncertainty;
        [self.value - reach, self.value + reach]
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let precision = f.precision().unwrap_or(2);
        let gap = if matches!(self.unit, Unit::One) { "" } else { " " };
        write!(
            f,
            "{:.*} ± {:.*}{gap}{}",
            precision,
            // A value that rounds to nothing has no sign.
            if self.value.abs() < 0.5 * 10f64.powi(-(precision as i32)) {
                0.0
            } else {
                self.value
            },
            precision,
            COVERAGE * self.uncertainty,
            self.unit
        )
    }
}

/// Points of an index, and what the uncertainty of the numbers behind them leaves open.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The points that the measured numbers give.
    pub points: f64,
    /// The fewest points that their uncertainty leaves open.
    pub low: f64,
    /// The most.
    pub high: f64,
}

impl Score {
    /// Points about which there is no doubt.
    pub fn sure(points: f64) -> Self {
        Self {
            points,
            low: points,
            high: points,
        }
    }

    /// True when other points are possible.
    pub fn is_borderline(&self) -> bool {
        self.low != self.points || self.high != self.points
    }

    /// The fewest and the most points that are open, rounded outwards to whole ones, as they are printed. Sums in quadrature
    /// are good to rounding: a hair beyond a whole number is that number.
    pub fn range(&self) -> [f64; 2] {
        [(self.low + 1e-9).floor(), (self.high - 1e-9).ceil()]
    }

    /// The points times a weight that is not negative.
    pub fn times(self, weight: f64) -> Self {
        Self {
            points: self.points * weight,
            low: self.low * weight,
            high: self.high * weight,
        }
    }
}

/// Points add; what is open below and above them adds in quadrature, as doubts of independent parts do. The sum of all lowest
/// outcomes would be a bound that never occurs: of thirty parts in doubt some turn out lower and some higher. What is open may
/// then be a broken number of points; it is printed rounded outwards.
impl std::ops::Add for Score {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        let points = self.points + other.points;
        Self {
            points,
            low: points - (self.points - self.low).hypot(other.points - other.low),
            high: points + (self.high - self.points).hypot(other.high - other.points),
        }
    }
}

impl std::iter::Sum for Score {
    fn sum<I: Iterator<Item = Self>>(scores: I) -> Self {
        scores.fold(Self::sure(0.0), |a, b| a + b)
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.points)?;
        if self.is_borderline() {
            let [low, high] = self.range();
            write!(f, " (borderline: {low} to {high})")?;
        }
        Ok(())
    }
}

/// A name out of a set, and the others that the uncertainty of the numbers behind it leaves open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// The name that the measured numbers give.
    pub name: String,
    /// Other names that their uncertainty leaves open; empty when there is no doubt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<String>,
}

impl Category {
    /// A name about which there is no doubt.
    pub fn sure(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            others: Vec::new(),
        }
    }

    /// True when other names are possible.
    pub fn is_borderline(&self) -> bool {
        !self.others.is_empty()
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        if self.is_borderline() {
            write!(f, " (borderline: or {})", self.others.join(", "))?;
        }
        Ok(())
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A number.
    Number(Quantity),
    /// Points of an index.
    Score(Score),
    /// A name out of a set.
    Category(Category),
    /// Nothing, and why.
    NotMeasured(NotMeasured),
}

impl Outcome {
    /// True unless it was not measured.
    pub fn is_measured(&self) -> bool {
        !matches!(self, Self::NotMeasured(_))
    }

    /// True when the uncertainty leaves another score or category open.
    pub fn is_borderline(&self) -> bool {
        match self {
            Self::Score(score) => score.is_borderline(),
            Self::Category(category) => category.is_borderline(),
            Self::Number(_) | Self::NotMeasured(_) => false,
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(quantity) => quantity.fmt(f),
            Self::Score(score) => score.fmt(f),
            Self::Category(category) => category.fmt(f),
            Self::NotMeasured(why) => write!(f, "not measured: {why}"),
        }
    }
}

/// Why something was not measured.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "reason")]
#[non_exhaustive]
pub enum NotMeasured {
    /// The cast has no such arch, or none whose teeth are labelled.
    NoArch {
        /// Which.
        jaw: Jaw,
    },
    /// Teeth that it needs are not there.
    MissingTeeth {
        /// Which; any one of several when `any`.
        teeth: Vec<Fdi>,
    },
    /// A point that it needs was not found.
    NoPoint {
        /// On which tooth.
        tooth: Fdi,
        /// Which point.
        point: LandmarkKind,
    },
    /// A curve or a width that it needs was not found.
    NoPart {
        /// On which tooth.
        tooth: Fdi,
        /// What, in words.
        part: String,
    },
    /// How the arches meet is not known.
    NoBite,
    /// The surface that it needs was not scanned.
    NotScanned {
        /// What, in words.
        surface: String,
    },
    /// A cast cannot tell; a person has to say.
    NotOnCast {
        /// The key of the answer that is asked for.
        answer: String,
        /// The question.
        question: String,
    },
    /// The method does not fit this dentition.
    NotApplicable {
        /// Why.
        why: String,
    },
    /// The method's own numbers do not reach this far.
    OutOfRange {
        /// Of what, and how far they reach.
        what: String,
    },
    /// Another finding that it needs was not measured.
    NeedsFinding {
        /// Which.
        id: String,
        /// Why that was not measured.
        because: Box<NotMeasured>,
    },
}

impl NotMeasured {
    /// The reason at the root: that of the finding that was needed first.
    pub fn root(&self) -> &Self {
        match self {
            Self::NeedsFinding { because, .. } => because.root(),
            other => other,
        }
    }
}

impl fmt::Display for NotMeasured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoArch { jaw } => write!(f, "no labelled {jaw} arch; scan it, or label its teeth"),
            Self::MissingTeeth { teeth } => {
                let numbers: Vec<String> = teeth.iter().map(ToString::to_string).collect();
                let (noun, verb) = if teeth.len() == 1 {
                    ("tooth", "is")
                } else {
                    ("teeth", "are")
                };
                let numbers = numbers.join(", ");
                write!(
                    f,
                    "{noun} {numbers} {verb} not there; if so in the mouth, nothing is to be done, else correct the labels"
                )
            }
            Self::NoPoint { tooth, point } => write!(
                f,
                "the {} of tooth {tooth} was not found; set it in edits.toml, or scan the tooth again",
                point.words()
            ),
            Self::NoPart { tooth, part } => {
                write!(
                    f,
                    "the {part} of tooth {tooth} was not found; look at its labels, or scan the tooth again"
                )
            }
            Self::NoBite => {
                f.write_str("how the arches meet is not known; give both arches in their bite, or bite scans")
            }
            Self::NotScanned { surface } => write!(f, "the {surface} was not scanned; scan it"),
            Self::NotOnCast { answer, question } => {
                write!(f, "a cast cannot tell: {question} (answer {answer})")
            }
            Self::NotApplicable { why } => write!(f, "does not apply: {why}"),
            Self::OutOfRange { what } => write!(f, "out of the method's range: {what}"),
            Self::NeedsFinding { id, because } => write!(f, "needs {id}: {because}"),
        }
    }
}

impl std::error::Error for NotMeasured {}

/// A point that a finding was read from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvidencePoint {
    /// The tooth, where it lies on one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tooth: Option<Fdi>,
    /// What it is: a landmark's name, or words.
    pub what: String,
    /// Where, in the cast frame, mm.
    pub xyz: [f64; 3],
}

/// A curve that a finding was read from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EvidenceCurve {
    /// What it is.
    pub what: String,
    /// Its points in order, in the cast frame, mm.
    pub points: Vec<[f64; 3]>,
}

/// A table row that a finding rests on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RowRef {
    /// The table and the row: `bolton/anterior-1958`.
    pub row: String,
    /// Where its figures come from.
    pub source: String,
    /// How well that is founded.
    pub status: RowStatus,
}

/// One share of a number's uncertainty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UncertaintyShare {
    /// Where it comes from.
    pub what: String,
    /// Its standard uncertainty in the finding's unit.
    pub uncertainty: f64,
}

/// What a finding was read from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The points that were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<EvidencePoint>,
    /// The curves.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub curves: Vec<EvidenceCurve>,
    /// Other quantities of the labelled cast that were read, in words: `mesiodistal width of 11`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub read: Vec<String>,
    /// The findings that it was computed from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<String>,
    /// The table rows that it rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowRef>,
    /// The largest shares of its uncertainty, the largest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncertainty: Vec<UncertaintyShare>,
    /// What else a reader should know: conditions, warnings, published validity.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// By which it is found again, the same in every case and version: `bolton.anterior.ratio`.
    pub id: String,
    /// What it is, for people.
    pub name: String,
    /// The page that defines it, without path and ending: `bolton` is `docs/methods/bolton.md`.
    pub method: String,
    /// What was found.
    pub outcome: Outcome,
    /// The teeth that it is about, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teeth: Vec<Fdi>,
    /// What it was read from.
    #[serde(default)]
    pub evidence: Evidence,
}

impl Finding {
    /// The number, where it is one.
    pub fn number(&self) -> Option<Quantity> {
        match self.outcome {
            Outcome::Number(quantity) => Some(quantity),
            _ => None,
        }
    }

    /// The worst status of the rows that it rests on; `None` when it rests on no table.
    pub fn standing(&self) -> Option<RowStatus> {
        self.evidence.rows.iter().map(|row| row.status).max()
    }
}

/// A tooth's outline seen from the occlusal side, for drawings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToothOutline {
    /// The tooth.
    pub tooth: Fdi,
    /// Its points in order, in the cast frame, mm; the last joins the first.
    pub points: Vec<[f64; 3]>,
}

/// Everything that was measured on a cast.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// Sorted by id; each id occurs once.
    pub findings: Vec<Finding>,
    /// The teeth's outlines, sorted by number, for drawings.
    #[serde(default)]
    pub outlines: Vec<ToothOutline>,
}

impl Findings {
    /// The finding with an id.
    pub fn get(&self, id: &str) -> Option<&Finding> {
        let place = self.findings.binary_search_by(|f| f.id.as_str().cmp(id)).ok()?;
        self.findings.get(place)
    }

    /// The findings whose id begins with a part: `bolton` finds `bolton` and `bolton.anterior.ratio`, not `boltons`.
    pub fn under<'a>(&'a self, part: &'a str) -> impl Iterator<Item = &'a Finding> {
        let is_under = move |id: &str| {
            id.strip_prefix(part)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.findings.iter().filter(move |f| is_under(&f.id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(id: &str) -> Finding {
        Finding {
            id: id.to_owned(),
            name: id.to_owned(),
            method: "none".to_owned(),
            outcome: Outcome::Number(Quantity {
                value: 1.0,
                uncertainty: 0.1,
                unit: Unit::Mm,
            }),
            teeth: Vec::new(),
            evidence: Evidence::default(),
        }
    }

    #[test]
    fn a_finding_is_found_by_its_id_and_by_the_beginning_of_it() {
        let findings = Findings {
            findings: ["bolton.anterior", "bolton.overall", "boltons", "peck"]
                .map(finding)
                .to_vec(),
            outlines: Vec::new(),
        };
        assert_eq!(findings.get("boltons").unwrap().id, "boltons");
        assert!(findings.get("bolton").is_none());
        assert_eq!(findings.under("bolton").count(), 2);
        assert_eq!(findings.under("peck").count(), 1);
    }

    #[test]
    fn numbers_print_with_the_interval_that_decisions_keep() {
        let q = |value, unit| Quantity {
            value,
            uncertainty: 0.05,
            unit,
        };
        assert_eq!(q(34.567, Unit::Mm).to_string(), "34.57 ± 0.10 mm");
        assert_eq!(q(-0.001, Unit::Deg).to_string(), "0.00 ± 0.10 °");
        assert_eq!(q(0.5, Unit::One).to_string(), "0.50 ± 0.10");
        assert_eq!(q(1.0, Unit::Mm).interval(), [0.9, 1.1]);
    }

    #[test]
    fn borderline_scores_and_categories_give_both_outcomes() {
        let score = Score {
            points: 2.0,
            low: 1.0,
            high: 2.0,
        } + Score::sure(3.0);
        assert_eq!(score.to_string(), "5 (borderline: 4 to 5)");
        let open = Score {
            points: 1.0,
            low: 0.0,
            high: 2.0,
        };
        let sum: Score = [open; 9].into_iter().sum();
        assert_eq!(sum.to_string(), "9 (borderline: 6 to 12)");
        assert!(!Score::sure(1.0).is_borderline());
        let class = Category {
            name: "Class I".into(),
            others: vec!["Class II".into()],
        };
        assert_eq!(class.to_string(), "Class I (borderline: or Class II)");
    }

    #[test]
    fn a_finding_survives_being_written_and_read() {
        let mut original = finding("a");
        original.outcome = Outcome::NotMeasured(NotMeasured::NeedsFinding {
            id: "b".to_owned(),
            because: Box::new(NotMeasured::MissingTeeth {
                teeth: vec![Fdi::new(11).unwrap()],
            }),
        });
        let text = serde_json::to_string(&original).unwrap();
        assert_eq!(serde_json::from_str::<Finding>(&text).unwrap(), original);
    }
}
