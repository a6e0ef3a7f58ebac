//! The analysis of the bite as findings.
//!
//! Units: those of each finding. Frame: evidence lies in the cast frame. Ids: `docs/methods/occlusal-contacts.md` and
//! `docs/methods/proximal-contacts.md`.

use stonecast_dental::finding::{Evidence, EvidencePoint, RowRef, UncertaintyShare, Unit};
use stonecast_dental::{Fdi, Finding, NotMeasured, Outcome, Quantity};

use crate::analyse::{Level, Occlusion};
use crate::contacts::Contact;
use crate::proximal::{ProximalRow, ProximalState};
use crate::rows::{row, row_of};
use crate::teeth_table::ToothRow;

const CONTACTS: &str = "occlusal-contacts";
const PROXIMAL: &str = "proximal-contacts";
/// How many of the shares of an uncertainty are kept, as other findings do.
const MOST_SHARES: usize = 5;

impl Occlusion {
    /// Everything that was found, sorted by id.
    pub fn findings(&self) -> Vec<Finding> {
        let mut all = Vec::new();
        for level in &self.levels {
            all.extend(self.of_level(level));
        }
        all.extend(self.of_penetration());
        all.extend(self.of_balance());
        all.extend(self.teeth.iter().map(|tooth| self.of_tooth(tooth)));
        all.push(self.stable());
        all.push(self.without());
        all.push(self.gum());
        all.extend(self.proximal.iter().map(of_neighbours));
        all.push(self.open());
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    }

    /// What every finding about the bite says beside its number.
    fn notes(&self) -> Vec<String> {
        let noise = &self.params.noise;
        let mut notes = vec![format!(
            "scanner {}: noise of a point {:.0} µm, of a full arch {:.0} µm, one standard deviation",
            noise.name,
            1e3 * noise.local_mm,
            1e3 * noise.trueness_mm
        )];
        let shift = self.params.bite.shift_mm();
        let known = match self.params.bite.residual_mm {
            Some(_) => "its residual",
            None => "no residual is known; the figure of the table",
        };
        notes.push(format!("the bite may be off by {shift:.2} mm ({known})"));
        if self.params.bite.estimated {
            notes.push(
                "the bite is ESTIMATED: the program closed the arches itself. It is not a record of how the patient bites, and \
                 these contacts are not the patient's"
                    .to_owned(),
            );
        }
        notes
    }

    fn finding(&self, id: String, name: String, outcome: Outcome) -> Finding {
        Finding {
            id,
            name,
            method: CONTACTS.to_owned(),
            outcome,
            teeth: Vec::new(),
            evidence: Evidence {
                notes: self.notes(),
                rows: vec![row("levels").reference()],
                ..Evidence::default()
            },
        }
    }

    fn listed(&self) -> String {
        format!("{:.0} µm", 1e3 * self.contact_gap_mm)
    }

    fn of_level(&self, level: &Level) -> [Finding; 2] {
        let um = format!("{:.0}", 1e3 * level.gap_mm);
        let mut area = self.finding(
            format!("occlusion.area.{um}um"),
            format!("contact area within {um} µm, mean of both arches, penetration included"),
            Outcome::Number(level.area),
        );
        area.evidence.read = by_arch(level.by_arch.upper_mm2, level.by_arch.lower_mm2);
        area.evidence.uncertainty = largest(&level.area_uncertainty);
        let mut count = self.finding(
            format!("occlusion.count.{um}um"),
            format!("number of contacts within {um} µm"),
            Outcome::Number(level.contacts),
        );
        count.evidence.uncertainty = largest(&level.contacts_uncertainty);
        count.evidence.rows.extend(of_contacts());
        count.evidence.notes.insert(
            0,
            format!("{} of them are seen on both arches", level.on_both_arches),
        );
        if level.gap_mm == self.contact_gap_mm {
            count.evidence.points = self.contacts.iter().map(marked).collect();
        }
        [area, count]
    }

    fn of_penetration(&self) -> [Finding; 2] {
        let found = &self.penetration;
        let mut area = self.finding(
            "occlusion.penetration.area".to_owned(),
            "area in which teeth pass through each other, mean of both arches".to_owned(),
            Outcome::Number(found.area),
        );
        area.evidence.read = by_arch(found.by_arch.upper_mm2, found.by_arch.lower_mm2);
        area.evidence.uncertainty = largest(&found.area_uncertainty);
        let outcome = match &found.deepest {
            Some(deepest) => Outcome::Number(deepest.depth),
            None => Outcome::NotMeasured(NotMeasured::NotApplicable {
                why: "no tooth passes through another".to_owned(),
            }),
        };
        let mut depth = self.finding(
            "occlusion.penetration.depth".to_owned(),
            "greatest depth of a tooth in another".to_owned(),
            outcome,
        );
        if let Some(deepest) = &found.deepest {
            depth.teeth = vec![deepest.upper, deepest.lower];
            let what = format!("deepest, {} in {}", deepest.lower, deepest.upper);
            depth.evidence.points = vec![point(None, what, deepest.at)];
        }
        for finding in [&mut area, &mut depth] {
            finding.evidence.notes.push(
                "closed teeth press into their sockets and scans err: bodies that pass through each other on a cast do not in the \
                 mouth"
                    .to_owned(),
            );
        }
        [area, depth]
    }

    fn of_balance(&self) -> [Finding; 2] {
        let balance = &self.balance;
        let one = |which: &str, name: String, share: Option<Quantity>, shares: &[UncertaintyShare]| {
            let outcome = share.map_or_else(
                || {
                    let why = format!("there is no contact within {}", self.listed());
                    Outcome::NotMeasured(NotMeasured::NotApplicable { why })
                },
                Outcome::Number,
            );
            let mut finding = self.finding(format!("occlusion.balance.{which}"), name, outcome);
            finding.evidence.uncertainty = largest(shares);
            let area = "an area, not a force: where teeth press hardest is not told by it".to_owned();
            finding.evidence.notes.insert(0, area);
            let middle = balance
                .middle
                .map(|at| point(None, "middle of the contact area".to_owned(), at));
            finding.evidence.points = middle.into_iter().collect();
            finding
        };
        let listed = self.listed();
        [
            one(
                "left-right",
                format!("part of the contact area within {listed} on the patient's left"),
                balance.left_share,
                &balance.left_uncertainty,
            ),
            one(
                "anterior-posterior",
                format!("part of the contact area within {listed} on incisors and canines"),
                balance.anterior_share,
                &balance.anterior_uncertainty,
            ),
        ]
    }

    fn of_tooth(&self, of: &ToothRow) -> Finding {
        let tooth = of.tooth;
        let level = self.levels.iter().position(|l| l.gap_mm == self.contact_gap_mm);
        let area = level.and_then(|k| of.areas.get(k).copied());
        let outcome = area.map_or_else(
            || {
                let what = "the gap at which contacts are listed".to_owned();
                Outcome::NotMeasured(NotMeasured::OutOfRange { what })
            },
            Outcome::Number,
        );
        let um = 1e3 * self.contact_gap_mm;
        let mut finding = self.finding(
            format!("occlusion.tooth.{tooth}.area.{um:.0}um"),
            format!(
                "contact area of {tooth} within {}, on its own surface",
                self.listed()
            ),
            outcome,
        );
        finding.teeth = vec![tooth];
        finding.evidence.rows.extend(of_contacts());
        let read = &mut finding.evidence.read;
        let meets: Vec<String> = of.antagonists.iter().map(ToString::to_string).collect();
        if of.without_contact() {
            read.push("no contact".to_owned());
        } else {
            let stable = of.stable_contacts;
            read.push(format!(
                "{} contacts ({stable} stable), with {}",
                of.contacts,
                meets.join(", ")
            ));
        }
        match of.least_gap_mm {
            Some(gap) => read.push(format!("least gap {gap:.3} mm")),
            None => read.push("no tooth of the other arch within reach".to_owned()),
        }
        if of.contact_in_doubt {
            let doubt = "whether it has a contact is in doubt: the bite's own error, the scanner's noise or the scans' resolution may change it";
            finding.evidence.notes.insert(0, doubt.to_owned());
        }
        let least = of
            .least_gap_at
            .map(|at| point(Some(tooth), "least gap".to_owned(), at));
        finding.evidence.points = least.into_iter().collect();
        finding
    }

    fn stable(&self) -> Finding {
        let stable: Vec<&Contact> = self.contacts.iter().filter(|c| c.stable()).collect();
        let by = self.nudges.first().map_or(0.0, |n| 1e3 * n.by_mm);
        let mut finding = self.finding(
            "occlusion.count.stable".to_owned(),
            format!(
                "number of contacts within {} that stay when the lower arch is moved or turned by {by:.0} µm",
                self.listed()
            ),
            Outcome::Number(Quantity {
                value: stable.len() as f64,
                uncertainty: 0.0,
                unit: Unit::One,
            }),
        );
        finding.evidence.rows.extend(of_contacts());
        finding.evidence.rows.push(row("nudge").reference());
        finding.evidence.points = stable.into_iter().map(marked).collect();
        let each = self.nudges.iter().map(|n| {
            let (stay, all) = (n.stay, self.contacts.len());
            format!(
                "{}: {stay} of {all} stay, area {:.2} mm²",
                n.nudge.words(),
                n.area_mm2
            )
        });
        finding.evidence.read = each.collect();
        finding
    }

    fn without(&self) -> Finding {
        let mut finding = self.finding(
            "occlusion.without-contact".to_owned(),
            format!("number of teeth without contact within {}", self.listed()),
            Outcome::Number(self.without_contact.number),
        );
        finding.teeth = self.without_contact.teeth.clone();
        finding.evidence.uncertainty = largest(&self.without_contact.uncertainty);
        finding.evidence.rows.extend(of_contacts());
        let rows = self.teeth.iter().filter(|t| t.without_contact());
        let gap = |t: &ToothRow| match t.least_gap_mm {
            Some(gap) => format!("{}: least gap {gap:.2} mm", t.tooth),
            None => format!("{}: no tooth within reach", t.tooth),
        };
        finding.evidence.read = rows.map(gap).collect();
        finding
    }

    fn gum(&self) -> Finding {
        let mut finding = self.finding(
            "occlusion.soft-tissue".to_owned(),
            format!(
                "number of teeth that touch the gum of the other arch within {}",
                self.listed()
            ),
            Outcome::Number(Quantity {
                value: self.soft_tissue.len() as f64,
                uncertainty: 0.0,
                unit: Unit::One,
            }),
        );
        finding.teeth = self.soft_tissue.iter().map(|s| s.tooth).collect();
        let each = self.soft_tissue.iter();
        finding.evidence.read = each
            .map(|s| format!("{}: {:.2} mm²", s.tooth, s.area_mm2))
            .collect();
        finding
            .evidence
            .notes
            .push("where gum begins is told by the labels, to about a face".to_owned());
        finding
    }

    fn open(&self) -> Finding {
        let open: Vec<&ProximalRow> = self
            .proximal
            .iter()
            .filter(|p| p.state == ProximalState::Open)
            .collect();
        let doubtful = self.proximal.iter().filter(|p| p.borderline).count();
        let mut finding = of_arches(
            "proximal.open".to_owned(),
            "number of open contacts between neighbours, both arches".to_owned(),
            Outcome::Number(Quantity {
                value: open.len() as f64,
                // Each that is in doubt is open or closed with like odds.
                uncertainty: 0.5 * (doubtful as f64).sqrt(),
                unit: Unit::One,
            }),
        );
        let mut teeth: Vec<Fdi> = open.iter().flat_map(|p| [p.right, p.left]).collect();
        teeth.sort();
        teeth.dedup();
        finding.teeth = teeth;
        finding.evidence.findings = open.iter().map(|p| gap_id(p)).collect();
        finding
    }
}

/// The rows that make a contact one.
fn of_contacts() -> [RowRef; 2] {
    ["least-contact-area", "one-contact-within"].map(|id| row(id).reference())
}

fn by_arch(upper: f64, lower: f64) -> Vec<String> {
    vec![
        format!("{upper:.2} mm² on the upper arch"),
        format!("{lower:.2} mm² on the lower arch"),
    ]
}

fn largest(shares: &[UncertaintyShare]) -> Vec<UncertaintyShare> {
    shares.iter().take(MOST_SHARES).cloned().collect()
}

fn point(tooth: Option<Fdi>, what: String, xyz: [f64; 3]) -> EvidencePoint {
    EvidencePoint { tooth, what, xyz }
}

fn marked(contact: &Contact) -> EvidencePoint {
    let mut what = format!("{} on {}, {}", contact.lower, contact.upper, contact.kind.words());
    if !contact.both_arches {
        what.push_str(", seen on one arch only");
    }
    point(Some(contact.lower), what, contact.at)
}

fn of_arches(id: String, name: String, outcome: Outcome) -> Finding {
    let rows = ["contact-within", "surface-gap-precision"];
    Finding {
        id,
        name,
        method: PROXIMAL.to_owned(),
        outcome,
        teeth: Vec::new(),
        evidence: Evidence {
            rows: rows.map(|id| row_of("space", id).reference()).into(),
            notes: vec!["scanners bridge narrow gaps; how tight a closed contact is, floss tells".to_owned()],
            ..Evidence::default()
        },
    }
}

fn gap_id(of: &ProximalRow) -> String {
    format!("proximal.{}-{}.gap", of.right, of.left)
}

fn of_neighbours(of: &ProximalRow) -> Finding {
    let mut finding = of_arches(
        gap_id(of),
        format!("gap between {} and {}; none where they touch", of.right, of.left),
        Outcome::Number(of.gap),
    );
    finding.teeth = vec![of.right, of.left];
    finding.teeth.sort();
    let state = match (of.state, of.borderline) {
        (ProximalState::Closed, false) => "closed",
        (ProximalState::Closed, true) => "closed (borderline: or open)",
        (ProximalState::Open, false) => "open",
        (ProximalState::Open, true) => "open (borderline: or closed)",
    };
    finding.evidence.read = vec![state.to_owned()];
    let ends = [(of.right, of.at[0]), (of.left, of.at[1])];
    finding.evidence.points = ends
        .map(|(tooth, at)| point(Some(tooth), "nearest to the neighbour".to_owned(), at))
        .into();
    finding
}
