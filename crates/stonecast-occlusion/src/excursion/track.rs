//! One pair of teeth along the path.
//!
//! Units: mm, radians inside. Frame: the cast frame.

use stonecast_articulator::JawPath;
use stonecast_dental::{Deg, Mm, Mm2};
use stonecast_mesh::{Aabb, Point, RigidMotion};

use super::crowns::Crown;
use super::need::{Both, Hinge, Nearest, Range, Solved, solve};
use super::params::{ExcursionParams, length, row};
use super::result::{FirstContact, NeededOpening, PairGap, PairStep, PairTrack, ToothPair};
use crate::pair::Pair;

/// The pairs whose crowns' boxes come within the search at any step.
pub(super) fn candidates<'a>(pair: &'a Pair<'_>, path: &JawPath) -> Vec<(&'a Crown, &'a Crown)> {
    let reach = length("reach").max(row("search").number("close_mm"));
    let mut found = Vec::new();
    for upper in pair.upper.crowns() {
        for lower in pair.lower.crowns() {
            let near = |moved: &RigidMotion| apart(&upper.bounds, &moved_box(&lower.bounds, moved)) <= reach;
            let closed = near(&RigidMotion::identity());
            if closed || path.steps.iter().any(|s| near(&s.moved_from_closed)) {
                found.push((upper, lower));
            }
        }
    }
    found
}

fn corners(bounds: &Aabb) -> impl Iterator<Item = Point> + '_ {
    (0..8).map(|i| {
        let pick = |k: usize| {
            if i >> k & 1 == 0 {
                bounds.min[k]
            } else {
                bounds.max[k]
            }
        };
        Point::new(pick(0), pick(1), pick(2))
    })
}

fn moved_box(bounds: &Aabb, moved: &RigidMotion) -> Aabb {
    Aabb::around(corners(bounds).map(|p| moved * p)).unwrap_or(*bounds)
}

fn apart(a: &Aabb, b: &Aabb) -> f64 {
    let gap = (a.min - b.max).sup(&(b.min - a.max));
    gap.sup(&Default::default()).norm()
}

/// `None` for a pair that never comes within reach.
pub(super) fn track(
    upper: &Crown,
    lower: &Crown,
    path: &JawPath,
    hinges: &[Hinge],
    params: &ExcursionParams,
) -> Option<PairTrack> {
    let (reach, threshold) = (length("reach"), length("contact"));
    let identity = RigidMotion::identity();
    let mut posed = Both::new(upper, lower, &identity, reach, threshold);
    let mut opened = Both::new(upper, lower, &identity, reach, f64::NEG_INFINITY);
    let closed = posed.nearest(&identity);
    let level = closed.map_or(0.0, |c| c.gap.min(0.0));
    // A pair that touches nowhere in the search comes to touch at its closed end first.
    let (mut expected, mut last) = (Some(0.0), None);
    let leads = super::guidance::applies(path.kind).is_ok();
    let mut steps = Vec::with_capacity(path.steps.len());
    for (step, hinge) in path.steps.iter().zip(hinges) {
        let moved = &step.moved_from_closed;
        let nearest = posed.nearest(moved);
        let area = match nearest {
            Some(n) if n.gap <= threshold => posed.area(moved, threshold),
            _ => Default::default(),
        };
        // What the path holds open is looked through as well: a pair that would lead is not lost by a long pin.
        let held_open = if leads {
            step.opening.0.to_radians().max(0.0)
        } else {
            0.0
        };
        let range = range(upper, lower, moved, hinge, held_open);
        let solved = solve(
            &mut opened,
            moved,
            hinge,
            &range,
            level,
            expected.unwrap_or(range.close),
        );
        expected = solved.map(|s| s.angle + (s.angle - last.unwrap_or(s.angle)));
        last = solved.map(|s| s.angle);
        steps.push(PairStep {
            nearest: nearest.map(|n| pair_gap(&n)),
            contact_area: Mm2(area.contact),
            penetration_area: Mm2(area.penetration),
            need: solved.map(|s| needed(&s, params)),
            discclusion: None,
        });
    }
    let seen = steps.iter().any(|s| s.nearest.is_some() || s.need.is_some());
    seen.then(|| PairTrack {
        pair: ToothPair {
            upper: upper.fdi,
            lower: lower.fdi,
        },
        closed: closed.map(|c| pair_gap(&c)),
        first_contact: first_contact(path, &steps, level),
        steps,
    })
}

fn pair_gap(n: &Nearest) -> PairGap {
    PairGap {
        gap: Mm(n.gap),
        on_upper: n.on_upper.into(),
        on_lower: n.on_lower.into(),
        outward: n.outward.into(),
    }
}

fn range(upper: &Crown, lower: &Crown, moved: &RigidMotion, hinge: &Hinge, held_open: f64) -> Range {
    let search = row("search");
    let places = corners(&lower.bounds)
        .map(|p| moved * p)
        .chain(corners(&upper.bounds));
    let levers = places.map(|p| hinge.velocity(&p).norm());
    let lever = levers.fold(1e-3, f64::max);
    Range {
        close: -search.number("close_mm") / lever - held_open,
        open: search.number("open_mm") / lever,
        lever,
    }
}

fn needed(s: &Solved, params: &ExcursionParams) -> NeededOpening {
    // Both surfaces are as noisy as the scanner; a gap that hardly grows with opening says little of the opening.
    let noise = std::f64::consts::SQRT_2 * params.noise.0;
    let middle = nalgebra::center(&s.nearest.on_upper, &s.nearest.on_lower);
    NeededOpening {
        opening: Deg(s.angle.to_degrees()),
        place: middle.into(),
        outward: s.nearest.outward.into(),
        gap_per_degree: Mm(s.rate.to_radians()),
        uncertainty: Deg((noise / s.rate.abs().max(1.0)).to_degrees()),
    }
}

fn first_contact(path: &JawPath, steps: &[PairStep], level: f64) -> Option<FirstContact> {
    let reach = length("reach");
    let excess = |i: usize| steps[i].nearest.map_or(reach, |n| n.gap.0) - level;
    let step = (1..steps.len()).find(|&i| excess(i) <= 0.0 && excess(i - 1) > 0.0)?;
    let (before, here) = (excess(step - 1), excess(step));
    let part = before / (before - here);
    let travel = |i: usize| path.steps[i].travel.0;
    Some(FirstContact {
        step,
        travel: Mm(travel(step - 1) + part * (travel(step) - travel(step - 1))),
    })
}
