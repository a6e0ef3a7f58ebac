//! Back pairs that touch where others should lead.
//!
//! Units: mm, degrees. Frame: the cast frame.
//!
//! Steps
//! 1. `leaders`: for a pair that may interfere, those that should lead: in protrusion the front pairs; for a pair of the
//!    non-working side all of the working side and the incisors; for a back pair of the working side all others there.
//! 2. `lift`: by how much the pair holds its own place higher than the leaders need.
//! 3. `find`: the part of the path where it touches with them or lifts them.

use stonecast_articulator::{JawPath, MotionKind};
use stonecast_dental::{Fdi, Mm, ToothClass};

use super::guidance::is_back;
use super::need::Hinge;
use super::nudge::{Nudge, greatest, needs, nudges, sink};
use super::params::{ExcursionParams, length};
use super::result::{
    Interference, InterferenceKind, InterferenceLevel, InterferenceReading, NeededOpening, PairTrack,
    ToothPair,
};

/// All interferences, by kind and pair.
pub(super) fn find(
    path: &JawPath,
    hinges: &[Hinge],
    pairs: &[PairTrack],
    params: &ExcursionParams,
) -> Vec<Interference> {
    find_with(path, hinges, pairs, params, None)
}

/// The same with the bite nudged.
pub(super) fn find_with(
    path: &JawPath,
    hinges: &[Hinge],
    pairs: &[PairTrack],
    params: &ExcursionParams,
    nudge: Option<&Nudge>,
) -> Vec<Interference> {
    let start = length("start");
    let mut found: Vec<Option<Interference>> = vec![None; pairs.len()];
    for (k, step) in path
        .steps
        .iter()
        .enumerate()
        .filter(|(_, s)| s.travel.0 >= start - 1e-6)
    {
        let needs = needs(pairs, k, nudge);
        for (i, track) in pairs.iter().enumerate() {
            let Some(kind) = may_interfere(path.kind, track.pair) else {
                continue;
            };
            let Some((need, angle)) = track.steps[k].need.zip(needs[i]) else {
                continue;
            };
            let leaders = || (0..pairs.len()).filter(|&j| leads(path.kind, kind, track.pair, pairs[j].pair));
            let Some(lead) = greatest(leaders().map(|j| needs[j])) else {
                continue;
            };
            let lift = sink(&hinges[k], &need.place, angle - lead, &params.plane);
            if !touches(kind, lift) {
                continue;
            }
            let mut strongest =
                leaders().filter_map(|j| pairs[j].steps[k].need.filter(|_| needs[j] == Some(lead)));
            let uncertainty = doubt(&hinges[k], &need, strongest.next());
            let new = Interference {
                kind,
                pair: track.pair,
                from: step.travel,
                to: step.travel,
                lift: Mm(lift),
                uncertainty: Mm(uncertainty),
                separates: lift > length("guiding"),
                place: need.place,
                step: k,
            };
            let kept = found[i].get_or_insert_with(|| new.clone());
            *kept = Interference {
                from: kept.from,
                to: step.travel,
                ..if lift > kept.lift.0 { new } else { kept.clone() }
            };
        }
    }
    let mut found: Vec<Interference> = found.into_iter().flatten().collect();
    found.sort_by_key(|i| (i.kind, i.pair));
    found
}

/// The kinds that a motion may have.
pub(super) fn kinds_of(motion: MotionKind) -> &'static [InterferenceKind] {
    match motion {
        MotionKind::Protrusion => &[InterferenceKind::Protrusive],
        MotionKind::Laterotrusion(_) | MotionKind::Lateroprotrusion(_) => {
            &[InterferenceKind::Working, InterferenceKind::NonWorking]
        }
        _ => &[],
    }
}

/// What was found of each kind, in a word, and what it would be with the bite a little off.
pub(super) fn read(
    path: &JawPath,
    hinges: &[Hinge],
    pairs: &[PairTrack],
    params: &ExcursionParams,
) -> Vec<InterferenceReading> {
    let with = |nudge: Option<&Nudge>| find_with(path, hinges, pairs, params, nudge);
    let measured = with(None);
    let nudged: Vec<_> = nudges(pairs, params).iter().map(|n| with(Some(n))).collect();
    let kinds = kinds_of(path.kind)
        .iter()
        .filter(|kind| has_leaders(path, pairs, **kind));
    let reading = |&kind: &InterferenceKind| {
        let level = level(&measured, kind);
        let mut others: Vec<InterferenceLevel> =
            nudged.iter().map(|found| self::level(found, kind)).collect();
        others.sort_unstable();
        others.dedup();
        others.retain(|other| *other != level);
        InterferenceReading { kind, level, others }
    };
    kinds.map(reading).collect()
}

fn level(found: &[Interference], kind: InterferenceKind) -> InterferenceLevel {
    let levels = found.iter().filter(|i| i.kind == kind).map(|i| {
        if i.separates {
            InterferenceLevel::Separates
        } else {
            InterferenceLevel::Touches
        }
    });
    levels.max().unwrap_or(InterferenceLevel::Free)
}

/// Whether at any step that counts a tooth that should lead comes to touch.
fn has_leaders(path: &JawPath, pairs: &[PairTrack], kind: InterferenceKind) -> bool {
    let counted = |k: usize| path.steps[k].travel.0 >= length("start") - 1e-6;
    let leads = |t: &&PairTrack| pairs.iter().any(|p| leads(path.kind, kind, p.pair, t.pair));
    let touches = |t: &PairTrack| (0..t.steps.len()).any(|k| counted(k) && t.steps[k].need.is_some());
    pairs.iter().filter(leads).any(touches)
}

fn doubt(hinge: &Hinge, need: &NeededOpening, lead: Option<NeededOpening>) -> f64 {
    let lever = hinge.velocity(&need.place.into()).norm();
    let other = lead.map_or(0.0, |l| l.uncertainty.0);
    need.uncertainty.0.hypot(other).to_radians() * lever
}

/// What a pair could be an interference as; back pairs only, by their upper tooth.
fn may_interfere(motion: MotionKind, pair: ToothPair) -> Option<InterferenceKind> {
    if !is_back(pair.upper) {
        return None;
    }
    match motion.working_side() {
        Some(side) if pair.upper.side() == side => Some(InterferenceKind::Working),
        Some(_) => Some(InterferenceKind::NonWorking),
        None if motion == MotionKind::Protrusion => Some(InterferenceKind::Protrusive),
        None => None,
    }
}

/// Whether one pair should lead rather than another.
fn leads(motion: MotionKind, kind: InterferenceKind, pair: ToothPair, other: ToothPair) -> bool {
    let front = |t: Fdi| matches!(t.class(), ToothClass::Incisor | ToothClass::Canine);
    let incisor = other.upper.class() == ToothClass::Incisor;
    let working = motion.working_side().is_some_and(|s| other.upper.side() == s);
    match kind {
        InterferenceKind::Protrusive => front(other.upper),
        InterferenceKind::NonWorking => incisor || working,
        InterferenceKind::Working => {
            (incisor || working) && other.upper != pair.upper && other.lower != pair.lower
        }
    }
}

/// Beside teeth that lead, a back pair of the working side only shares; elsewhere touching is enough.
fn touches(kind: InterferenceKind, lift: f64) -> bool {
    let tolerance = length("guiding");
    match kind {
        InterferenceKind::Working => lift > tolerance,
        InterferenceKind::NonWorking | InterferenceKind::Protrusive => lift >= -tolerance,
    }
}
