//! What each scan of a patient shows: from what was stated, else from the file's name, else from the shape, else
//! from what is left.

use stonecast_dental::{Jaw, ScanRole, Warning};

use crate::orient::SURE_SHAPE;

use super::{IntakeError, IntakeFault, NameTells, ScanName};
use crate::scan::RoleEvidence;

/// What the shape of a surface tells.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ShapeTells {
    /// Which arch it looks like.
    pub jaw: Jaw,
    /// From 0 (a guess) to 1.
    pub confidence: f64,
}

/// All that is known of what one scan shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Evidence {
    pub scan: ScanName,
    pub stated: Option<ScanRole>,
    pub name: NameTells,
    pub shape: Option<ShapeTells>,
}

impl Evidence {
    fn sure_shape(&self) -> Option<Jaw> {
        self.shape.filter(|s| s.confidence >= SURE_SHAPE).map(|s| s.jaw)
    }
}

/// The state of one scan while roles are being settled.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Verdict {
    Settled(ScanRole, RoleEvidence),
    /// A bite scan whose side nobody told.
    SomeBite(RoleEvidence),
    Open,
}

/// Settles the role of every scan, or reports all scans whose role is unknown or taken.
pub(super) fn settle_roles(
    evidence: &[Evidence],
    warnings: &mut Vec<Warning>,
) -> Result<Vec<(ScanRole, RoleEvidence)>, Vec<IntakeError>> {
    let mut verdicts: Vec<Verdict> = evidence.iter().map(|e| judge_alone(e, warnings)).collect();
    part_two_of_one_shape(evidence, &mut verdicts, warnings);
    judge_by_what_is_left(evidence, &mut verdicts, warnings);
    give_sides(evidence, &mut verdicts, warnings);

    let mut faults = Vec::new();
    let mut roles: Vec<(ScanRole, RoleEvidence)> = Vec::new();
    let mut holders: Vec<(ScanRole, ScanName)> = Vec::new();
    for (e, verdict) in evidence.iter().zip(&verdicts) {
        let Verdict::Settled(role, how) = *verdict else {
            faults.push(IntakeError {
                scan: e.scan,
                fault: IntakeFault::RoleUnknown,
            });
            continue;
        };
        if let Some(&(_, other)) = holders.iter().find(|(r, _)| *r == role) {
            faults.push(IntakeError {
                scan: e.scan,
                fault: IntakeFault::RoleTaken { role, other },
            });
        }
        holders.push((role, e.scan));
        roles.push((role, how));
    }
    if faults.is_empty() { Ok(roles) } else { Err(faults) }
}

/// The verdict on one scan without a look at the others.
fn judge_alone(e: &Evidence, warnings: &mut Vec<Warning>) -> Verdict {
    if let Some(role) = e.stated {
        if let NameTells::Arch { jaw, .. } = e.name
            && role != ScanRole::from(jaw)
        {
            warnings.push(contradiction(
                e.scan,
                "stated",
                role,
                "the file's name",
                jaw.name(),
            ));
        }
        if matches!(e.name, NameTells::Bite(_)) && role.jaw().is_some() {
            warnings.push(contradiction(
                e.scan,
                "stated",
                role,
                "the file's name",
                "bite scan",
            ));
        }
        check_against_shape(e, role, "stated", warnings);
        return Verdict::Settled(role, RoleEvidence::Stated);
    }
    match (e.name, e.sure_shape()) {
        (NameTells::Arch { jaw, sure: false }, Some(shape)) if shape != jaw => {
            warnings.push(contradiction(
                e.scan,
                "told by its shape",
                shape.into(),
                "an abbreviation in the file's name",
                jaw.name(),
            ));
            Verdict::Settled(shape.into(), RoleEvidence::Geometry)
        }
        (NameTells::Arch { jaw, .. }, _) => {
            check_against_shape(e, jaw.into(), "told by the file's name", warnings);
            Verdict::Settled(jaw.into(), RoleEvidence::FileName)
        }
        (NameTells::Bite(Some(side)), _) => {
            let role = match side {
                stonecast_dental::Side::Right => ScanRole::BiteRight,
                stonecast_dental::Side::Left => ScanRole::BiteLeft,
            };
            Verdict::Settled(role, RoleEvidence::FileName)
        }
        (NameTells::Bite(None), _) => Verdict::SomeBite(RoleEvidence::FileName),
        (NameTells::Contradiction | NameTells::Nothing, Some(jaw)) => {
            Verdict::Settled(jaw.into(), RoleEvidence::Geometry)
        }
        (NameTells::Contradiction | NameTells::Nothing, None) => Verdict::Open,
    }
}

fn check_against_shape(e: &Evidence, role: ScanRole, how: &str, warnings: &mut Vec<Warning>) {
    if let (Some(shape), Some(jaw)) = (e.sure_shape(), role.jaw())
        && shape != jaw
    {
        warnings.push(contradiction(e.scan, how, role, "the shape", shape.name()));
    }
}

/// Two arches told to be the same by shape alone: the less certain one is the other arch.
fn part_two_of_one_shape(evidence: &[Evidence], verdicts: &mut [Verdict], warnings: &mut Vec<Warning>) {
    for jaw in [Jaw::Upper, Jaw::Lower] {
        let holders: Vec<usize> = (0..verdicts.len())
            .filter(|&i| matches!(verdicts[i], Verdict::Settled(role, _) if role == jaw.into()))
            .collect();
        let other_is_free = !verdicts
            .iter()
            .any(|v| matches!(v, Verdict::Settled(role, _) if *role == jaw.antagonist().into()));
        let weakest = holders
            .iter()
            .copied()
            .filter(|&i| matches!(verdicts[i], Verdict::Settled(_, RoleEvidence::Geometry)))
            .min_by(|&a, &b| confidence(&evidence[a]).total_cmp(&confidence(&evidence[b])));
        if let (2, true, Some(i)) = (holders.len(), other_is_free, weakest) {
            verdicts[i] = Verdict::Settled(jaw.antagonist().into(), RoleEvidence::Elimination);
            warnings.push(by_elimination(evidence[i].scan, jaw.antagonist().into()));
        }
    }
}

fn confidence(e: &Evidence) -> f64 {
    e.shape.map_or(0.0, |s| s.confidence)
}

/// One scan open and one arch missing: the scan is that arch. Both arches there: what is open are bite scans.
fn judge_by_what_is_left(evidence: &[Evidence], verdicts: &mut [Verdict], warnings: &mut Vec<Warning>) {
    let open: Vec<usize> = (0..verdicts.len())
        .filter(|&i| verdicts[i] == Verdict::Open)
        .collect();
    let missing: Vec<Jaw> = [Jaw::Upper, Jaw::Lower]
        .into_iter()
        .filter(|&jaw| {
            !verdicts
                .iter()
                .any(|v| matches!(v, Verdict::Settled(role, _) if *role == jaw.into()))
        })
        .collect();
    match (&open[..], &missing[..]) {
        (&[i], &[jaw]) => {
            verdicts[i] = Verdict::Settled(jaw.into(), RoleEvidence::Elimination);
            warnings.push(by_elimination(evidence[i].scan, jaw.into()));
        }
        (_, []) => {
            for &i in &open {
                verdicts[i] = Verdict::SomeBite(RoleEvidence::Elimination);
            }
        }
        _ => {}
    }
}

/// Gives bite scans without a side the sides that are free; registration finds the true side later.
fn give_sides(evidence: &[Evidence], verdicts: &mut [Verdict], warnings: &mut Vec<Warning>) {
    for i in 0..verdicts.len() {
        let Verdict::SomeBite(how) = verdicts[i] else {
            continue;
        };
        let free = [ScanRole::BiteRight, ScanRole::BiteLeft]
            .into_iter()
            .find(|role| {
                !verdicts
                    .iter()
                    .any(|v| matches!(v, Verdict::Settled(taken, _) if taken == role))
            });
        let Some(role) = free else { continue };
        verdicts[i] = Verdict::Settled(role, how);
        warnings.push(Warning::new(
            "intake.role.side-not-told",
            format!(
                "{} is a bite scan, but nothing tells of which side; it is called {role} until it is registered",
                evidence[i].scan
            ),
            "pass it as --bite-right or --bite-left",
        ));
    }
}

fn contradiction(scan: ScanName, how: &str, role: ScanRole, against: &str, says: &str) -> Warning {
    Warning::new(
        "intake.role.contradiction",
        format!("{scan} is taken as {role}, as {how}, but {against} says {says}"),
        "look at the pictures; pass the file with the right role if it is wrong",
    )
}

fn by_elimination(scan: ScanName, role: ScanRole) -> Warning {
    Warning::new(
        "intake.role.by-elimination",
        format!("{scan} is taken as {role} because the other arch is there already"),
        format!("pass it as --{role} if that is right"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_dental::Side;

    const NOTHING: Evidence = Evidence {
        scan: ScanName::Number(1),
        stated: None,
        name: NameTells::Nothing,
        shape: None,
    };

    fn shape(jaw: Jaw, confidence: f64) -> Option<ShapeTells> {
        Some(ShapeTells { jaw, confidence })
    }

    fn arch(jaw: Jaw, sure: bool) -> NameTells {
        NameTells::Arch { jaw, sure }
    }

    fn roles(evidence: &[Evidence]) -> (Vec<ScanRole>, Vec<String>) {
        let mut warnings = Vec::new();
        let roles = settle_roles(evidence, &mut warnings).unwrap();
        (
            roles.into_iter().map(|r| r.0).collect(),
            warnings.into_iter().map(|w| w.code).collect(),
        )
    }

    #[test]
    fn what_is_stated_wins_and_contradictions_are_reported() {
        let evidence = [Evidence {
            stated: Some(ScanRole::Lower),
            name: arch(Jaw::Upper, true),
            shape: shape(Jaw::Upper, 0.95),
            ..NOTHING
        }];
        let (roles, codes) = roles(&evidence);
        assert_eq!(roles, [ScanRole::Lower]);
        assert_eq!(codes, ["intake.role.contradiction"; 2]);
    }

    #[test]
    fn a_whole_word_outweighs_the_shape_and_an_abbreviation_does_not() {
        let named = |sure| {
            [Evidence {
                name: arch(Jaw::Upper, sure),
                shape: shape(Jaw::Lower, 0.9),
                ..NOTHING
            }]
        };
        assert_eq!(roles(&named(true)).0, [ScanRole::Upper]);
        assert_eq!(roles(&named(false)).0, [ScanRole::Lower]);
        assert_eq!(roles(&named(true)).1, ["intake.role.contradiction"]);
        assert_eq!(roles(&named(false)).1, ["intake.role.contradiction"]);
    }

    #[test]
    fn the_last_arch_is_told_by_elimination() {
        let evidence = [
            Evidence {
                name: arch(Jaw::Lower, true),
                ..NOTHING
            },
            NOTHING,
        ];
        let (roles, codes) = roles(&evidence);
        assert_eq!(roles, [ScanRole::Lower, ScanRole::Upper]);
        assert_eq!(codes, ["intake.role.by-elimination"]);
    }

    #[test]
    fn two_shapes_alike_are_parted_by_their_certainty() {
        let evidence = [
            Evidence {
                shape: shape(Jaw::Upper, 0.82),
                ..NOTHING
            },
            Evidence {
                shape: shape(Jaw::Upper, 0.97),
                ..NOTHING
            },
        ];
        assert_eq!(roles(&evidence).0, [ScanRole::Lower, ScanRole::Upper]);
    }

    #[test]
    fn beside_two_arches_the_rest_are_bite_scans() {
        let evidence = [
            Evidence {
                name: arch(Jaw::Lower, true),
                ..NOTHING
            },
            Evidence {
                name: NameTells::Bite(Some(Side::Right)),
                ..NOTHING
            },
            NOTHING,
            Evidence {
                name: arch(Jaw::Upper, true),
                ..NOTHING
            },
        ];
        let (roles, codes) = roles(&evidence);
        assert_eq!(
            roles,
            [
                ScanRole::Lower,
                ScanRole::BiteRight,
                ScanRole::BiteLeft,
                ScanRole::Upper
            ]
        );
        assert_eq!(codes, ["intake.role.side-not-told"]);
    }

    #[test]
    fn every_scan_without_a_role_is_reported() {
        let faults = settle_roles(&[NOTHING, NOTHING], &mut Vec::new()).unwrap_err();
        assert_eq!(faults.len(), 2);
        let two_uppers = [Evidence {
            stated: Some(ScanRole::Upper),
            ..NOTHING
        }; 2];
        let faults = settle_roles(&two_uppers, &mut Vec::new()).unwrap_err();
        assert!(matches!(faults[0].fault, IntakeFault::RoleTaken { .. }));
    }
}
