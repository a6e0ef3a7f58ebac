//! The findings of an excursion.
//!
//! Units: each names its own. Frame: the cast frame.

use stonecast_dental::finding::{Category, Evidence, EvidenceCurve, EvidencePoint, RowRef, UncertaintyShare};
use stonecast_dental::table::Row;
use stonecast_dental::{Fdi, Finding, NotMeasured, Outcome, Quantity, Unit};

use super::interference::kinds_of;
use super::params::{length, row};
use super::result::*;
use crate::rows::row_of;

const METHOD: &str = "excursions";

impl Excursion {
    /// What was found, sorted by id.
    ///
    /// Ids: `guidance.<motion>.type`, `guidance.<motion>.angle`, `interference.<motion>.<kind>`,
    /// `discclusion.<motion>.<tooth>`.
    pub fn findings(&self) -> Vec<Finding> {
        let mut findings = vec![self.guidance_type(), self.guidance_angle()];
        findings.extend(kinds_of(self.kind).iter().map(|kind| self.interference(*kind)));
        if self.guides() {
            findings.extend(self.teeth.iter().map(|tooth| self.tooth(*tooth)));
        }
        findings.sort_by(|a, b| a.id.cmp(&b.id));
        findings
    }

    fn guides(&self) -> bool {
        super::guidance::applies(self.kind).is_ok()
    }

    fn finding(&self, id: String, name: String, outcome: Outcome, rows: &[&str]) -> Finding {
        let mut notes: Vec<String> = self.warnings.iter().map(|w| w.message.clone()).collect();
        notes.push(format!("slopes and heights against {}", self.plane.name));
        Finding {
            id,
            name,
            method: METHOD.to_owned(),
            outcome,
            teeth: Vec::new(),
            evidence: Evidence {
                rows: self.rows(rows),
                read: vec![
                    format!(
                        "path of the lower jaw: {}, {} steps",
                        self.kind.name(),
                        self.steps.len()
                    ),
                    format!(
                        "scanner noise: {} ({} mm)",
                        self.params.noise_name, self.params.noise.0
                    ),
                ],
                notes,
                ..Evidence::default()
            },
        }
    }

    fn rows(&self, own: &[&str]) -> Vec<RowRef> {
        let bite = if self.params.bite_estimated {
            "bite-estimated"
        } else {
            "bite-as-scanned"
        };
        let bite = self
            .params
            .bite_residual
            .is_none()
            .then(|| row_of("measurement_precision", bite));
        own.iter()
            .map(|r| row(r))
            .chain(bite)
            .map(Row::reference)
            .collect()
    }

    fn guidance_type(&self) -> Finding {
        let outcome = match &self.guidance {
            Ok(reading) => Outcome::Category(Category {
                name: reading.guidance.name().to_owned(),
                others: reading.others.iter().map(|g| g.name().to_owned()).collect(),
            }),
            Err(why) => Outcome::NotMeasured(why.clone()),
        };
        let mut finding = self.finding(
            format!("guidance.{}.type", self.kind.name()),
            format!("teeth that lead in {}", self.words()),
            outcome,
            &["guiding", "start", "window", "search"],
        );
        if let Ok(reading) = &self.guidance {
            finding.teeth = teeth(reading.pairs.iter().copied());
            let points = reading.pairs.iter().zip(&reading.places);
            finding.evidence.points = points.map(|(pair, place)| point(*pair, "leads", place)).collect();
        }
        finding
    }

    fn guidance_angle(&self) -> Finding {
        let outcome = match &self.path.angle {
            Ok(angle) => Outcome::Number(Quantity {
                value: angle.angle.0,
                uncertainty: angle.uncertainty.0,
                unit: Unit::Deg,
            }),
            Err(why) => Outcome::NotMeasured(why.clone()),
        };
        let mut finding = self.finding(
            format!("guidance.{}.angle", self.kind.name()),
            format!("slope of the incisal point's path in {}", self.words()),
            outcome,
            &["window", "search"],
        );
        if let Ok(angle) = &self.path.angle {
            let share = |what: &str, uncertainty: f64| UncertaintyShare {
                what: what.to_owned(),
                uncertainty,
            };
            let mut shares = vec![
                share("bite", angle.from_bite.0),
                share("scanner noise", angle.from_noise.0),
            ];
            shares.sort_by(|a, b| b.uncertainty.total_cmp(&a.uncertainty));
            finding.evidence.uncertainty = shares;
            finding.evidence.curves = vec![EvidenceCurve {
                what: "path of the lower incisal point with the foremost teeth just touching".to_owned(),
                points: self.steps.iter().filter_map(|s| s.guided_incisal_point).collect(),
            }];
        }
        finding
    }

    fn interference(&self, kind: InterferenceKind) -> Finding {
        let reading = self.readings.iter().find(|r| r.kind == kind);
        let outcome = match reading {
            Some(reading) => Outcome::Category(Category {
                name: reading.level.name().to_owned(),
                others: reading.others.iter().map(|l| l.name().to_owned()).collect(),
            }),
            None => Outcome::NotMeasured(NotMeasured::NotApplicable {
                why: "no tooth that should lead comes to touch, or the path ends before it is read"
                    .to_owned(),
            }),
        };
        let mut finding = self.finding(
            format!("interference.{}.{}", self.kind.name(), kind.name()),
            format!("{} of back teeth in {}", kind.words(), self.words()),
            outcome,
            &["guiding", "start", "search", "deep-bite-contact"],
        );
        let found = || self.interferences.iter().filter(|i| i.kind == kind);
        finding.teeth = teeth(found().map(|i| i.pair));
        finding.evidence.points = found()
            .map(|i| {
                let what = format!(
                    "{} by {:.2} ± {:.2} mm, from {:.1} to {:.1} mm of travel",
                    if i.separates {
                        "lifts the others"
                    } else {
                        "touches beside the others, lift"
                    },
                    i.lift.0,
                    stonecast_dental::finding::COVERAGE * i.uncertainty.0,
                    i.from.0,
                    i.to.0
                );
                point(i.pair, &what, &i.place)
            })
            .collect();
        finding
    }

    fn tooth(&self, tooth: Fdi) -> Finding {
        let found = self.discclusion.iter().find(|d| d.tooth == tooth);
        let reached = self.steps.iter().any(|s| s.travel.0 >= length("window") - 1e-6);
        let outcome = match found {
            Some(d) => Outcome::Number(Quantity {
                value: d.height.0,
                uncertainty: d.uncertainty.0,
                unit: Unit::Mm,
            }),
            None if reached => Outcome::NotMeasured(NotMeasured::OutOfRange {
                what: format!(
                    "tooth {tooth} would meet no antagonist within the search, or no step of the path lies near {} mm of travel",
                    length("window")
                ),
            }),
            None => Outcome::NotMeasured(NotMeasured::OutOfRange {
                what: format!("the path ends before {} mm of travel", length("window")),
            }),
        };
        let mut finding = self.finding(
            format!("discclusion.{}.{tooth}", self.kind.name()),
            format!(
                "clearance of tooth {tooth} at {} mm of {}",
                length("window"),
                self.words()
            ),
            outcome,
            &["window", "search"],
        );
        finding.teeth = vec![tooth];
        if let Some(d) = found {
            finding.teeth = teeth(
                [ToothPair {
                    upper: d.tooth,
                    lower: d.antagonist,
                }]
                .into_iter(),
            );
            finding.evidence.points = vec![EvidencePoint {
                tooth: Some(tooth),
                what: format!("nearest to {}", d.antagonist),
                xyz: d.place,
            }];
        }
        finding
    }

    fn words(&self) -> String {
        self.kind.name().replace('-', " to the ")
    }
}

fn teeth(pairs: impl Iterator<Item = ToothPair>) -> Vec<Fdi> {
    let mut teeth: Vec<Fdi> = pairs.flat_map(|p| [p.upper, p.lower]).collect();
    teeth.sort_unstable();
    teeth.dedup();
    teeth
}

fn point(pair: ToothPair, what: &str, place: &[f64; 3]) -> EvidencePoint {
    EvidencePoint {
        tooth: Some(pair.upper),
        what: format!("{pair} {what}"),
        xyz: *place,
    }
}
