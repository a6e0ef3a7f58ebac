//! The contacts tooth by tooth.
//!
//! Units: mm, mm². Frame: the cast frame, closed bite. Areas are on the tooth's own surface.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, Quantity, finding::Unit};
use stonecast_mesh::{RigidMotion, VertexId};

use crate::areas::PairAreas;
use crate::contacts::{Contact, place_in_row};
use crate::pair::Pair;
use crate::rows::row;
use crate::sensitivity::Closed;
use crate::spread::Spread;

/// A tooth's contacts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToothRow {
    /// The tooth.
    pub tooth: Fdi,
    /// Its own area within each of the levels (50, 100, 200 µm).
    pub areas: Vec<Quantity>,
    /// Its own area that penetrates an opposing tooth.
    pub penetrating: Quantity,
    /// How many contacts it has.
    pub contacts: usize,
    /// How many of them stay through all nudges.
    pub stable_contacts: usize,
    /// Whether the bite's own error, the scanner's noise or the scans' resolution may change that it has a contact, or that it has none.
    pub contact_in_doubt: bool,
    /// The teeth that it meets in them, sorted.
    pub antagonists: Vec<Fdi>,
    /// The least gap to a tooth of the other arch that it faces, mm; negative: the greatest depth. `None` beyond the row
    /// `least-gap-reach`.
    pub least_gap_mm: Option<f64>,
    /// Where that is, on the tooth.
    pub least_gap_at: Option<[f64; 3]>,
}

impl ToothRow {
    /// True when no contact is counted on it.
    pub fn without_contact(&self) -> bool {
        self.contacts == 0
    }
}

/// The own area of a tooth at a level.
pub(crate) fn area_of(tooth: Fdi, level: usize) -> impl Fn(&PairAreas) -> Option<f64> {
    move |areas| {
        let of_tooth = areas.teeth().filter(|(pair, _)| pair.contains(&tooth));
        let own = of_tooth.map(|(_, a)| match tooth.jaw() {
            Jaw::Upper => a.upper[level],
            Jaw::Lower => a.lower[level],
        });
        Some(own.fold(0.0, |sum, area| sum + area))
    }
}

/// All labelled teeth, the upper from the patient's right to the left, then the lower.
pub(crate) fn rows(closed: &Closed<'_, '_>, spread: &Spread, contacts: &[Contact]) -> Vec<ToothRow> {
    let mut rows = Vec::new();
    for jaw in [Jaw::Upper, Jaw::Lower] {
        let least = least_gaps(closed, jaw);
        let mut teeth: Vec<Fdi> = closed
            .pair
            .surface(jaw)
            .arch
            .labelled
            .teeth
            .iter()
            .map(|t| t.fdi)
            .collect();
        teeth.sort_by_key(|t| place_in_row(*t));
        rows.extend(teeth.into_iter().map(|tooth| {
            let area = |level| {
                let number = area_of(tooth, level);
                spread
                    .quantity(number, false, Unit::Mm2)
                    .expect("an area is a number")
            };
            let own = || {
                contacts
                    .iter()
                    .filter(move |c| c.upper == tooth || c.lower == tooth)
            };
            let mut antagonists: Vec<Fdi> = own()
                .map(|c| if c.upper == tooth { c.lower } else { c.upper })
                .collect();
            antagonists.sort();
            antagonists.dedup();
            let least = least.get(&tooth);
            ToothRow {
                tooth,
                areas: (1..4).map(area).collect(),
                penetrating: area(0),
                contacts: own().count(),
                stable_contacts: own().filter(|c| c.stable()).count(),
                contact_in_doubt: spread.in_doubt(|pose| pose.touching.contains(&tooth)),
                antagonists,
                least_gap_mm: least.map(|l| l.0),
                least_gap_at: least.map(|l| l.1),
            }
        }));
    }
    rows
}

type LeastGaps = BTreeMap<Fdi, (f64, [f64; 3])>;

fn offer(least: &mut LeastGaps, tooth: Option<Fdi>, gap: f64, at: [f64; 3]) {
    let Some(tooth) = tooth else { return };
    let known = least.entry(tooth).or_insert((gap, at));
    if gap < known.0 {
        *known = (gap, at);
    }
}

/// The least gap of each tooth and where, from its vertices and the places between them.
fn least_gaps(closed: &Closed<'_, '_>, jaw: Jaw) -> LeastGaps {
    let pair: &Pair<'_> = closed.pair;
    let surface = pair.surface(jaw);
    let other = pair.surface(jaw.antagonist());
    let mut least = LeastGaps::new();
    let arch = usize::from(jaw == Jaw::Lower);
    let samples = &closed.samples[arch];
    for leaf in &samples.leaves {
        for corner in leaf.corners.map(|c| c as usize) {
            if let Some(gap) = closed.gaps[arch]
                .at(corner)
                .filter(|g| g.facing && g.antagonist.is_some())
            {
                offer(&mut least, leaf.tooth, gap.signed, samples.at(corner).into());
            }
        }
    }
    // Teeth that are farther away than any place of these.
    let near: BTreeSet<Fdi> = least.keys().copied().collect();
    let reach = row("least-gap-reach").number("distance_mm");
    let far = |vertex: &VertexId| surface.vertex_teeth[*vertex].is_some_and(|t| !near.contains(&t));
    let vertices: Vec<VertexId> = surface.mesh().vertex_ids().filter(far).collect();
    let gaps = pair.gaps_at(jaw, &vertices, &RigidMotion::identity(), reach);
    for (vertex, gap) in vertices.into_iter().zip(gaps) {
        if let Some(gap) = gap.filter(|g| g.facing && other.arch.labelled.face_labels[g.face].is_some()) {
            let tooth = surface.vertex_teeth[vertex];
            offer(&mut least, tooth, gap.signed, surface.mesh().point(vertex).into());
        }
    }
    least
}
