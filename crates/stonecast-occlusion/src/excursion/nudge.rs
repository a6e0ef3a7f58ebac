//! What the needed openings would be if the bite were a little off: to first order, from where and how the pairs touch.
//!
//! Units: mm, degrees. Frame: the cast frame.

use nalgebra::{Point3, Vector3};

use super::params::{AnglePlane, ExcursionParams};
use super::result::{PairGap, PairTrack};

/// A displacement of the lower arch, along the plane's normal, that changes linearly over the arch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nudge {
    up: Vector3<f64>,
    constant: f64,
    slope: Vector3<f64>,
}

impl Nudge {
    fn at(&self, place: &[f64; 3]) -> Vector3<f64> {
        self.up * (self.constant + self.slope.dot(&Vector3::from(*place)))
    }

    fn changes(&self, place: &[f64; 3], outward: &[f64; 3]) -> f64 {
        self.at(place).dot(&Vector3::from(*outward))
    }

    fn changes_gap(&self, gap: &PairGap) -> f64 {
        self.changes(&gap.on_lower, &gap.outward)
    }
}

/// Up, roll and pitch by one standard uncertainty of the bite at the teeth, each both ways.
pub(super) fn nudges(pairs: &[PairTrack], params: &ExcursionParams) -> Vec<Nudge> {
    let size = params.bite().shift_mm();
    let AnglePlane {
        left,
        posterior,
        superior,
        ..
    } = &params.plane;
    let up = Vector3::from(*superior);
    let mut nudges = vec![(size, Vector3::zeros())];
    for direction in [left, posterior] {
        let direction = Vector3::from(*direction);
        let places = pairs.iter().filter_map(|t| t.closed);
        let heights = places.map(|c| direction.dot(&Vector3::from(c.on_lower)));
        let (low, high) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| {
            (l.min(x), h.max(x))
        });
        // One pair alone cannot roll.
        if high - low > 1.0 {
            let slope = direction * (2.0 * size / (high - low));
            nudges.push((-size * (high + low) / (high - low), slope));
        }
    }
    let both = |(constant, slope): (f64, Vector3<f64>)| {
        [1.0, -1.0].map(|sign| Nudge {
            up,
            constant: sign * constant,
            slope: slope * sign,
        })
    };
    nudges.into_iter().flat_map(both).collect()
}

/// What the pairs need at a step, degrees; with the bite nudged.
pub(super) fn needs(pairs: &[PairTrack], step: usize, nudge: Option<&Nudge>) -> Vec<Option<f64>> {
    let need = |track: &PairTrack| {
        let need = track.steps[step].need?;
        let Some(nudge) = nudge else {
            return Some(need.opening.0);
        };
        // The floor moves with the bite.
        let floor = |change: f64| track.closed.map_or(0.0, |c| (c.gap.0 + change).min(0.0));
        let closed_change = track.closed.map_or(0.0, |c| nudge.changes_gap(&c));
        let level_change = floor(closed_change) - floor(0.0);
        let gap_change = nudge.changes(&need.place, &need.outward);
        Some(need.opening.0 + (level_change - gap_change) / rate(need.gap_per_degree.0))
    };
    pairs.iter().map(need).collect()
}

/// A rate of opening that can be divided by: a pair that slides along a wall says nothing of the opening.
pub(super) fn rate(gap_per_degree: f64) -> f64 {
    gap_per_degree.max(1f64.to_radians())
}

/// The greatest of some needs.
pub(super) fn greatest(needs: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    needs.flatten().max_by(f64::total_cmp)
}

/// How far a place sinks, against the plane's normal, as the jaw opens by an angle in degrees.
pub(super) fn sink(hinge: &super::need::Hinge, place: &[f64; 3], degrees: f64, plane: &AnglePlane) -> f64 {
    let place = Point3::from(*place);
    let moved = hinge.opened(degrees.to_radians()) * place;
    -(moved - place).dot(&Vector3::from(plane.superior))
}
