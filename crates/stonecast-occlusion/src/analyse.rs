//! The whole analysis of the bite.
//!
//! Units: mm, mm². Frame: the cast frame, closed bite. Nothing is moved: nudges are looked at and taken back.
//!
//! Steps
//! 1. The places of both arches that may come within the greatest level, nudges and the bite's own error included
//!    (`areas`).
//! 2. Contacts ([`crate::contacts`]), their names ([`crate::classes`]), and which stay ([`crate::sensitivity`]).
//! 3. Areas at each level, tooth by tooth and in sum, with their uncertainties, and their balance.
//! 4. Contacts of teeth with the other arch's gum, and of neighbours within an arch ([`crate::proximal`]).

use serde::{Deserialize, Serialize};
use stonecast_dental::finding::{UncertaintyShare, Unit};
use stonecast_dental::{Fdi, Jaw, Quantity};
use thiserror::Error;

use crate::areas::{Levels, PairAreas, View};
use crate::balance::{Balance, balance};
use crate::classes::classify;
use crate::contacts::{ArchAreas, Contact, levels, regions};
use crate::pair::Pair;
use crate::params::OcclusionParams;
use crate::proximal::{JAWS, ProximalRow, proximal};
use crate::rows::row;
use crate::sensitivity::{Closed, Errors, Nudge, Nudged, Pose, errors};
use crate::spread::{Spread, total};
use crate::teeth_table::{ToothRow, rows};

/// How the arches meet in the bite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Occlusion {
    /// What was known beside the surfaces.
    pub params: OcclusionParams,
    /// The gap at which contacts are listed, mm: one of the levels.
    pub contact_gap_mm: f64,
    /// Areas and counts within 50, 100 and 200 µm.
    pub levels: Vec<Level>,
    /// What passes through the other arch.
    pub penetration: Penetration,
    /// The contacts at `contact_gap_mm`, by the lower teeth from the patient's right to the left.
    pub contacts: Vec<Contact>,
    /// All labelled teeth, the upper from the patient's right to the left, then the lower.
    pub teeth: Vec<ToothRow>,
    /// The labelled teeth that have no contact.
    pub without_contact: WithoutContact,
    /// How the area at `contact_gap_mm` is spread.
    pub balance: Balance,
    /// What small errors of the bite do.
    pub nudges: Vec<NudgeRow>,
    /// Teeth that touch the other arch's gum within `contact_gap_mm`.
    pub soft_tissue: Vec<SoftTissueContact>,
    /// How neighbours stand to each other, the upper arch from the right to the left, then the lower.
    pub proximal: Vec<ProximalRow>,
}

/// Areas and contacts within a gap. Areas are of tooth on tooth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Level {
    /// The gap, mm; penetration is within it.
    pub gap_mm: f64,
    /// The area, as the mean of both arches', mm².
    pub area: Quantity,
    /// On either arch.
    pub by_arch: ArchAreas,
    /// The shares of the area's uncertainty, the largest first.
    pub area_uncertainty: Vec<UncertaintyShare>,
    /// How many contacts there are at this gap.
    pub contacts: Quantity,
    /// The shares of that number's uncertainty, the largest first.
    pub contacts_uncertainty: Vec<UncertaintyShare>,
    /// Of them, how many both arches show.
    pub on_both_arches: usize,
}

/// What passes through the other arch in the closed bite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Penetration {
    /// The area, as the mean of both arches', mm².
    pub area: Quantity,
    /// On either arch.
    pub by_arch: ArchAreas,
    /// The shares of the area's uncertainty, the largest first.
    pub area_uncertainty: Vec<UncertaintyShare>,
    /// The greatest depth of tooth in tooth, mm, as a positive number. `None` where nothing penetrates.
    pub deepest: Option<Deepest>,
}

/// The deepest place of a penetration.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Deepest {
    /// How deep, mm.
    pub depth: Quantity,
    /// The upper tooth.
    pub upper: Fdi,
    /// The lower tooth.
    pub lower: Fdi,
    /// Where, on the arch that shows it deepest.
    pub at: [f64; 3],
}

/// What a nudge of the lower arch does.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NudgeRow {
    /// Which.
    pub nudge: Nudge,
    /// By how much, mm: shifts everywhere, turns half an arch's width from its middle.
    pub by_mm: f64,
    /// How many contacts there are then.
    pub contacts: usize,
    /// How many of the contacts of the closed bite stay.
    pub stay: usize,
    /// The area at the gap at which contacts are listed, as the mean of both arches', mm².
    pub area_mm2: f64,
}

/// How many labelled teeth have no contact at the gap at which contacts are listed; which ones is in the rows of the teeth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WithoutContact {
    /// How many.
    pub number: Quantity,
    /// The shares of its uncertainty, the largest first.
    pub uncertainty: Vec<UncertaintyShare>,
    /// Which, sorted.
    pub teeth: Vec<Fdi>,
}

/// A tooth that touches the other arch's gum.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SoftTissueContact {
    /// The tooth.
    pub tooth: Fdi,
    /// The tooth's own area within the gap, mm².
    pub area_mm2: f64,
}

/// Why a bite is not analysed.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum OcclusionError {
    /// An arch has no labelled teeth.
    #[error("the {0} arch has no labelled teeth; label its teeth, then analyse the bite")]
    NoTeeth(Jaw),
    /// A parameter is no length.
    #[error("{what} is {value} mm; give a number of millimetres, 0 or more, at most {most}")]
    NotALength {
        /// Which parameter.
        what: &'static str,
        /// What it is.
        value: f64,
        /// The most that makes sense.
        most: f64,
    },
}

/// No bite is known so badly that it may be analysed, and no scanner so noisy, mm: contacts would mean nothing.
const MOST_ERROR: f64 = 5.0;

/// Analyses the bite of a pair.
///
/// # Errors
/// When an arch has no labelled teeth, or a parameter is no length.
pub fn analyse(pair: &Pair<'_>, params: &OcclusionParams) -> Result<Occlusion, OcclusionError> {
    check(pair, params)?;
    let levels = levels();
    let gap = row("contact-within").number("gap_mm");
    let level = level_of(&levels, gap);
    // Two surfaces, each with its noise.
    let noise = params.noise.local_mm * std::f64::consts::SQRT_2;
    let shift = params.bite.shift_mm();
    let nudge = row("nudge").number("shift_mm");
    // Turns move the arch's ends, which are up to twice as far from its middle as half its width.
    let closed = Closed::new(pair, levels[3] + noise, 2.0 * shift.max(nudge));
    let arches = &closed.view(&closed.gaps);
    let found = regions(arches, gap);
    let Errors { nudges, bite } = errors(&closed, &found, shift, gap, &levels);
    let contacts = contacts(pair, &found, &nudges);
    let faces = [0, 1].map(|k| closed.gaps[k].between_faces());
    let spread = Spread {
        faces: Pose::of(&closed.view(&faces), &levels, gap, 0.0),
        closed: Pose::of(arches, &levels, gap, 0.0),
        noise: [-noise, noise].map(|less| Pose::of(arches, &levels, gap, less)),
        bite,
    };
    let teeth = rows(&closed, &spread, &contacts);
    Ok(Occlusion {
        params: params.clone(),
        contact_gap_mm: gap,
        levels: (1..4).map(|k| level_row(arches, &spread, levels[k], k)).collect(),
        penetration: penetration(&spread, &contacts, noise.hypot(shift)),
        without_contact: without_contact(&spread, &teeth),
        balance: balance(&spread, level, &contacts),
        nudges: nudges.iter().map(|n| nudge_row(n, nudge, level)).collect(),
        soft_tissue: soft_tissue(&spread.closed.areas, level),
        proximal: JAWS.iter().flat_map(|jaw| proximal(pair.surface(*jaw))).collect(),
        contacts,
        teeth,
    })
}

fn check(pair: &Pair<'_>, params: &OcclusionParams) -> Result<(), OcclusionError> {
    for jaw in [Jaw::Upper, Jaw::Lower] {
        if pair.surface(jaw).arch.labelled.teeth.is_empty() {
            return Err(OcclusionError::NoTeeth(jaw));
        }
    }
    let lengths = [
        ("the scanner's noise", Some(params.noise.local_mm)),
        ("the scanner's trueness", Some(params.noise.trueness_mm)),
        ("the residual of the bite", params.bite.residual_mm),
    ];
    for (what, value) in lengths {
        let value = value.unwrap_or(0.0);
        if !(0.0..=MOST_ERROR).contains(&value) {
            let most = MOST_ERROR;
            return Err(OcclusionError::NotALength { what, value, most });
        }
    }
    Ok(())
}

fn level_of(levels: &Levels, gap: f64) -> usize {
    let place = levels.iter().position(|l| *l == gap);
    place.expect("a test keeps the listed gap among the levels")
}

/// The area at a level of all pairs of teeth, as the mean of both arches'.
pub(crate) fn area_at(level: usize) -> impl Fn(&PairAreas) -> Option<f64> {
    move |areas| Some(areas.teeth().fold(0.0, |sum, (_, both)| sum + both.mean()[level]))
}

fn by_arch(areas: &PairAreas, level: usize) -> ArchAreas {
    let mut sum = ArchAreas::default();
    for (_, both) in areas.teeth() {
        let own = ArchAreas::at_level(both, level);
        sum.upper_mm2 += own.upper_mm2;
        sum.lower_mm2 += own.lower_mm2;
    }
    sum
}

fn level_row(arches: &View<'_>, spread: &Spread, gap: f64, level: usize) -> Level {
    let found = regions(arches, gap);
    let counted_by = spread.count_shares(|pose| pose.counts[level - 1] as f64);
    let both = found.iter().filter(|r| r.contact().both_arches);
    Level {
        gap_mm: gap,
        area: quantity_at(spread, level),
        by_arch: by_arch(&spread.closed.areas, level),
        area_uncertainty: spread.shares(area_at(level), true),
        contacts: counted(found.len() as f64, &counted_by),
        contacts_uncertainty: counted_by.clone(),
        on_both_arches: both.count(),
    }
}

fn quantity_at(spread: &Spread, level: usize) -> Quantity {
    let quantity = spread.quantity(area_at(level), true, Unit::Mm2);
    quantity.expect("an area is a number")
}

fn contacts(pair: &Pair<'_>, found: &[crate::contacts::Region], nudges: &[Nudged]) -> Vec<Contact> {
    let one = |(i, region): (usize, &crate::contacts::Region)| {
        let mut contact = region.contact();
        classify(pair, &mut contact);
        contact.nudges = nudges.len();
        contact.stays_in = nudges.iter().filter(|n| n.stays[i]).count();
        contact
    };
    found.iter().enumerate().map(one).collect()
}

fn without_contact(spread: &Spread, teeth: &[ToothRow]) -> WithoutContact {
    let mut without: Vec<Fdi> = teeth
        .iter()
        .filter(|t| t.without_contact())
        .map(|t| t.tooth)
        .collect();
    without.sort();
    // A region is of two labelled teeth, so that those that touch are among them.
    let number = |pose: &Pose| teeth.len() as f64 - pose.touching.len() as f64;
    let uncertainty = spread.count_shares(number);
    WithoutContact {
        number: counted(without.len() as f64, &uncertainty),
        uncertainty,
        teeth: without,
    }
}

fn counted(value: f64, shares: &[UncertaintyShare]) -> Quantity {
    Quantity {
        value,
        uncertainty: total(shares),
        unit: Unit::One,
    }
}

fn penetration(spread: &Spread, contacts: &[Contact], sigma: f64) -> Penetration {
    let deepest = contacts
        .iter()
        .min_by(|a, b| a.least_gap_mm.total_cmp(&b.least_gap_mm));
    let deepest = deepest.filter(|c| c.least_gap_mm < 0.0);
    Penetration {
        area: quantity_at(spread, 0),
        by_arch: by_arch(&spread.closed.areas, 0),
        area_uncertainty: spread.shares(area_at(0), true),
        deepest: deepest.map(|c| Deepest {
            depth: Quantity {
                value: -c.least_gap_mm,
                uncertainty: sigma,
                unit: Unit::Mm,
            },
            upper: c.upper,
            lower: c.lower,
            at: c.least_gap_at,
        }),
    }
}

fn nudge_row(nudged: &Nudged, by_mm: f64, level: usize) -> NudgeRow {
    NudgeRow {
        nudge: nudged.nudge,
        by_mm,
        contacts: nudged.count,
        stay: nudged.stays.iter().filter(|s| **s).count(),
        area_mm2: area_at(level)(&nudged.areas).unwrap_or(0.0),
    }
}

fn soft_tissue(areas: &PairAreas, level: usize) -> Vec<SoftTissueContact> {
    let least = row("least-contact-area").number("area_mm2");
    let mut found: Vec<SoftTissueContact> = areas
        .0
        .iter()
        .filter_map(|(pair, both)| match *pair {
            [Some(tooth), None] => Some((tooth, both.upper[level])),
            [None, Some(tooth)] => Some((tooth, both.lower[level])),
            _ => None,
        })
        .filter(|(_, area)| *area >= least)
        .map(|(tooth, area_mm2)| SoftTissueContact { tooth, area_mm2 })
        .collect();
    found.sort_by_key(|s| s.tooth);
    found
}
