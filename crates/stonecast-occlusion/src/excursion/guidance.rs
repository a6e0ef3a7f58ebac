//! Which pairs lead, what that is called, how steeply they lead the incisal point, and how far the others part.
//!
//! Units: mm, degrees. Frame: the cast frame.
//!
//! Steps
//! 1. `steps`: the pair that needs most opening leads; those whose clearance is within the tolerance then lead with it.
//! 2. `kind`: the name of such a set of pairs.
//! 3. `read`: the name over the part of the path in which guidance is read, and what else it might be called with the bite
//!    a little off.
//! 4. `path`: the incisal point with the foremost pair just touching; the slope of its way.
//! 5. `discclusion`: the least clearance of each tooth at the end of that part.

use std::collections::BTreeMap;

use stonecast_articulator::{JawPath, MotionKind};
use stonecast_dental::{Deg, Fdi, Mm, NotMeasured, Side, ToothClass};
use stonecast_mesh::{Point, Vector};

use super::need::Hinge;
use super::nudge::{Nudge, greatest, needs, nudges, sink};
use super::params::{AnglePlane, ExcursionParams, length};
use super::result::*;

/// The steps; writes each pair's clearance into its track.
pub(super) fn steps(
    path: &JawPath,
    hinges: &[Hinge],
    pairs: &mut [PairTrack],
    params: &ExcursionParams,
) -> Vec<ExcursionStep> {
    let incisal = params.incisal_point.map(Point::from);
    let mut steps = Vec::with_capacity(path.steps.len());
    for (k, (step, hinge)) in path.steps.iter().zip(hinges).enumerate() {
        let needs = needs(pairs, k, None);
        let most = greatest(needs.iter().copied());
        let clearances = clearances(pairs, k, hinge, &needs, &params.plane);
        for (track, height) in pairs.iter_mut().zip(&clearances) {
            track.steps[k].discclusion = height.map(Mm);
        }
        let guiding = guiding(pairs, &clearances);
        let posed = incisal.map(|p| step.moved_from_closed * p);
        let guided = posed
            .zip(most)
            .map(|(p, angle)| hinge.opened(angle.to_radians()) * p);
        steps.push(ExcursionStep {
            travel: step.travel,
            opening: step.opening,
            needed_opening: most.map(Deg),
            guidance: kind(&guiding, path.kind.working_side()),
            guiding,
            incisal_point: posed.map(Into::into),
            guided_incisal_point: guided.map(Into::into),
        });
    }
    steps
}

/// How far each pair is apart, vertically at its place, when the foremost just touches.
fn clearances(
    pairs: &[PairTrack],
    step: usize,
    hinge: &Hinge,
    needs: &[Option<f64>],
    plane: &AnglePlane,
) -> Vec<Option<f64>> {
    let most = greatest(needs.iter().copied());
    let height = |(track, need): (&PairTrack, &Option<f64>)| {
        let place = track.steps[step].need?.place;
        Some(sink(hinge, &place, most? - (*need)?, plane))
    };
    pairs.iter().zip(needs).map(height).collect()
}

/// The pairs within the tolerance of the foremost, the foremost first.
fn guiding(pairs: &[PairTrack], clearances: &[Option<f64>]) -> Vec<ToothPair> {
    let tolerance = length("guiding");
    let near =
        (pairs.iter().zip(clearances)).filter_map(|(t, h)| Some((h.filter(|h| *h <= tolerance)?, t.pair)));
    let mut near: Vec<(f64, ToothPair)> = near.collect();
    near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    near.into_iter().map(|(_, pair)| pair).collect()
}

/// True for premolars and molars.
pub(super) fn is_back(tooth: Fdi) -> bool {
    matches!(tooth.class(), ToothClass::Premolar | ToothClass::Molar)
}

/// What a set of leading pairs is called; pairs go by their upper tooth.
fn kind(guiding: &[ToothPair], working: Option<Side>) -> Option<GuidanceType> {
    use GuidanceType as G;
    let on_side = |t: Fdi| working.is_none_or(|side| t.side() == side);
    let mut uppers: Vec<Fdi> = guiding.iter().map(|p| p.upper).collect();
    uppers.sort_unstable();
    uppers.dedup();
    let incisors = uppers.iter().any(|t| t.class() == ToothClass::Incisor);
    let canines = uppers
        .iter()
        .any(|t| t.class() == ToothClass::Canine && on_side(*t));
    let back = uppers.iter().filter(|t| is_back(**t) && on_side(**t)).count();
    Some(match (incisors, canines, back) {
        (false, false, 0) if uppers.is_empty() => return None,
        (false, false, 0) => G::NonWorking,
        (true, false, 0) => G::Incisal,
        (false, true, 0) => G::Canine,
        (true, true, 0) => G::Anterior,
        (_, true, _) if working.is_some() => G::Group,
        (false, false, 1) => G::Posterior,
        (false, false, _) if working.is_some() => G::Group,
        (false, false, _) => G::Posterior,
        _ => G::Mixed,
    })
}

/// The steps in which guidance is read.
fn window(steps: &[ExcursionStep]) -> Vec<usize> {
    let (start, end) = (length("start"), length("window"));
    let within = |s: &ExcursionStep| s.travel.0 >= start - ROUNDING && s.travel.0 <= end + ROUNDING;
    (0..steps.len()).filter(|&k| within(&steps[k])).collect()
}

/// Travels are sums of steps.
const ROUNDING: f64 = 1e-6;

/// Things with how often they occur, the most frequent first, then the least.
fn by_frequency<T: Ord + Copy>(things: impl Iterator<Item = T>) -> Vec<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for thing in things {
        *counts.entry(thing).or_default() += 1;
    }
    let mut sorted: Vec<(T, usize)> = counts.into_iter().collect();
    sorted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    sorted.into_iter().map(|(thing, _)| thing).collect()
}

pub(super) fn applies(kind: MotionKind) -> Result<(), NotMeasured> {
    match kind {
        MotionKind::Opening | MotionKind::Border => Err(NotMeasured::NotApplicable {
            why: format!("teeth do not lead the jaw in this motion ({})", kind.name()),
        }),
        _ => Ok(()),
    }
}

/// What leads over the part of the path in which guidance is read.
pub(super) fn read(
    path: &JawPath,
    hinges: &[Hinge],
    pairs: &[PairTrack],
    steps: &[ExcursionStep],
    params: &ExcursionParams,
) -> Result<GuidanceReading, NotMeasured> {
    applies(path.kind)?;
    let window = window(steps);
    if window.is_empty() {
        return Err(NotMeasured::OutOfRange {
            what: format!(
                "the path has no step between {} and {} mm of travel",
                length("start"),
                length("window")
            ),
        });
    }
    let kinds = by_frequency(window.iter().filter_map(|&k| steps[k].guidance));
    let Some((&guidance, rest)) = kinds.split_first() else {
        return Err(NotMeasured::NotApplicable {
            why: "no pair of teeth comes to touch along this part of the path".to_owned(),
        });
    };
    let mut others = rest.to_vec();
    for nudge in nudges(pairs, params) {
        let nudged = by_frequency(window.iter().filter_map(|&k| {
            let needs = needs(pairs, k, Some(&nudge));
            let clearances = clearances(pairs, k, &hinges[k], &needs, &params.plane);
            kind(&guiding(pairs, &clearances), path.kind.working_side())
        }));
        for other in nudged.into_iter().take(1) {
            if other != guidance && !others.contains(&other) {
                others.push(other);
            }
        }
    }
    let of_kind = || window.iter().filter(|&&k| steps[k].guidance == Some(guidance));
    let leading = by_frequency(of_kind().flat_map(|&k| steps[k].guiding.iter().copied()));
    let place = |pair: &ToothPair| {
        let track = pairs.iter().find(|t| t.pair == *pair)?;
        let k = of_kind().rev().find(|&&k| steps[k].guiding.contains(pair))?;
        Some(track.steps[*k].need?.place)
    };
    Ok(GuidanceReading {
        guidance,
        others,
        places: leading.iter().filter_map(place).collect(),
        pairs: leading,
    })
}

/// The path on which the foremost pairs lead the incisal point.
pub(super) fn path(
    path: &JawPath,
    hinges: &[Hinge],
    pairs: &[PairTrack],
    steps: &[ExcursionStep],
    params: &ExcursionParams,
) -> GuidancePath {
    let none = |why| GuidancePath {
        angle: Err(why),
        curve: Vec::new(),
    };
    if let Err(why) = applies(path.kind) {
        return none(why);
    }
    let Some(incisal) = params.incisal_point.map(Point::from) else {
        return none(NotMeasured::NotScanned {
            surface: "lower incisal point".to_owned(),
        });
    };
    let guided = |nudge: Option<&Nudge>| -> Vec<Option<Point>> {
        let at = |k: usize| {
            let most = greatest(needs(pairs, k, nudge).into_iter())?;
            let posed = path.steps[k].moved_from_closed * incisal;
            Some(hinges[k].opened(most.to_radians()) * posed)
        };
        (0..steps.len()).map(at).collect()
    };
    let points = guided(None);
    let Some(chord) = chord(&points, length("window")) else {
        return none(NotMeasured::OutOfRange {
            what: format!(
                "the teeth do not lead the incisal point as far as {} mm along this path",
                length("window")
            ),
        });
    };
    let angle = slope(&(chord.end - chord.start), &params.plane);
    let from_bite = bite_share(angle, &guided, pairs, params);
    let from_noise = noise_share(&chord, incisal, path, hinges, pairs);
    GuidancePath {
        angle: Ok(GuidanceAngle {
            angle: Deg(angle),
            uncertainty: Deg(from_bite.hypot(from_noise)),
            from_bite: Deg(from_bite),
            from_noise: Deg(from_noise),
            ends: [chord.start.into(), chord.end.into()],
        }),
        curve: curve(&points, &params.plane),
    }
}

/// Both ways of a nudge are the same doubt; the larger answer counts.
fn bite_share(
    angle: f64,
    guided: &dyn Fn(Option<&Nudge>) -> Vec<Option<Point>>,
    pairs: &[PairTrack],
    params: &ExcursionParams,
) -> f64 {
    // A way of a nudge on which the path is not led leaves the other way of it to tell.
    let shift = |nudge: &Nudge| {
        let chord = chord(&guided(Some(nudge)), length("window"));
        chord.map_or(0.0, |chord| {
            (slope(&(chord.end - chord.start), &params.plane) - angle).abs()
        })
    };
    let shifts: Vec<f64> = nudges(pairs, params).iter().map(shift).collect();
    let larger = shifts
        .chunks(2)
        .map(|both| both.iter().copied().fold(0.0, f64::max));
    larger.map(|s| s * s).sum::<f64>().sqrt()
}

fn noise_share(chord: &Chord, incisal: Point, path: &JawPath, hinges: &[Hinge], pairs: &[PairTrack]) -> f64 {
    let at = |k: usize| {
        let leading = pairs.iter().filter_map(|t| t.steps[k].need);
        let most = leading.max_by(|a, b| a.opening.0.total_cmp(&b.opening.0));
        let posed = path.steps[k].moved_from_closed * incisal;
        most.map_or(0.0, |n| {
            n.uncertainty.0.to_radians() * hinges[k].velocity(&posed).norm()
        })
    };
    let off = at(chord.first).hypot(at(chord.last));
    (off / (chord.end - chord.start).norm()).to_degrees()
}

/// The straight line from where a path starts to where it is first so far from there.
struct Chord {
    start: Point,
    end: Point,
    first: usize,
    last: usize,
}

fn chord(points: &[Option<Point>], far: f64) -> Option<Chord> {
    let first = points.iter().position(Option::is_some)?;
    let start = points[first]?;
    for k in first + 1..points.len() {
        // A path that is not led for a while is no guidance.
        let (before, here) = (points[k - 1]?, points[k]?);
        if (here - start).norm() >= far {
            let end = crossing(&start, &before, &here, far);
            return Some(Chord {
                start,
                end,
                first,
                last: k,
            });
        }
    }
    None
}

/// Where the segment leaves the sphere about the start.
fn crossing(start: &Point, before: &Point, here: &Point, far: f64) -> Point {
    let (offset, along) = (before - start, here - before);
    let (a, b) = (along.norm_squared(), offset.dot(&along));
    let c = offset.norm_squared() - far * far;
    let t = (-b + (b * b - a * c).max(0.0).sqrt()) / a;
    before + along * t.clamp(0.0, 1.0)
}

/// Degrees below the plane.
fn slope(way: &Vector, plane: &AnglePlane) -> f64 {
    let along = |axis: &[f64; 3]| way.dot(&Vector::from(*axis));
    let flat = along(&plane.left).hypot(along(&plane.posterior));
    (-along(&plane.superior)).atan2(flat).to_degrees()
}

fn curve(points: &[Option<Point>], plane: &AnglePlane) -> Vec<GuidanceSlope> {
    let step = length("curve");
    let mut curve = Vec::new();
    let mut last: Option<Point> = None;
    for i in 1.. {
        let far = step * f64::from(i);
        let Some(chord) = chord(points, far) else { break };
        let way = chord.end - last.unwrap_or(chord.start);
        curve.push(GuidanceSlope {
            way: Mm(far),
            slope: Deg(slope(&way, plane)),
        });
        last = Some(chord.end);
    }
    curve
}

/// The clearance of each tooth where guidance has been read: its least over its antagonists.
pub(super) fn discclusion(
    path: &JawPath,
    hinges: &[Hinge],
    pairs: &[PairTrack],
    params: &ExcursionParams,
) -> Vec<ToothDiscclusion> {
    let end = length("window") - ROUNDING;
    let step = path.steps.iter().position(|s| s.travel.0 >= end);
    // A step far beyond is another place.
    let near = |k: &usize| path.steps[*k].travel.0 <= length("window") + length("read-within");
    let Some(k) = step.filter(near).filter(|_| applies(path.kind).is_ok()) else {
        return Vec::new();
    };
    let at = |nudge: Option<&Nudge>| {
        let needs = needs(pairs, k, nudge);
        clearances(pairs, k, &hinges[k], &needs, &params.plane)
    };
    let heights = at(None);
    let nudged: Vec<_> = nudges(pairs, params).iter().map(|n| at(Some(n))).collect();
    let lead = (pairs.iter())
        .filter_map(|t| t.steps[k].need)
        .max_by(|a, b| a.opening.0.total_cmp(&b.opening.0));
    let mut teeth: BTreeMap<Fdi, ToothDiscclusion> = BTreeMap::new();
    for (i, track) in pairs.iter().enumerate() {
        let Some((height, need)) = heights[i].zip(track.steps[k].need) else {
            continue;
        };
        let shifts: Vec<f64> = nudged
            .iter()
            .map(|n| n[i].map_or(0.0, |nudged| (nudged - height).abs()))
            .collect();
        let larger = shifts
            .chunks(2)
            .map(|both| both.iter().copied().fold(0.0, f64::max));
        let lever = hinges[k].velocity(&Point::from(need.place)).norm();
        let noise = lead.map_or(0.0, |l| l.uncertainty.0.hypot(need.uncertainty.0));
        let uncertainty = larger.fold(noise.to_radians() * lever, f64::hypot);
        let ToothPair { upper, lower } = track.pair;
        for (tooth, antagonist) in [(upper, lower), (lower, upper)] {
            let found = ToothDiscclusion {
                tooth,
                antagonist,
                height: Mm(height),
                uncertainty: Mm(uncertainty),
                place: need.place,
            };
            let kept = teeth.entry(tooth).or_insert(found);
            if found.height.0 < kept.height.0 {
                *kept = found;
            }
        }
    }
    teeth.into_values().collect()
}
