//! The opening at which a tooth pair just touches.
//!
//! Units: mm, radians inside. Frame: the cast frame.
//!
//! Steps
//! 1. `gap_at`: the pair's least gap with the jaw opened by an angle about the step's hinge axis, both ways: lower vertices
//!    to the upper crown and upper vertices to the lower crown.
//! 2. `solve`: the angle at which it crosses the level, by Newton's method, kept within the bracket that is known and never
//!    beyond what the gap allows, from the step before.

use stonecast_articulator::JawStep;
use stonecast_mesh::{Point, RigidMotion, Vector};

use super::approach::{Approach, NearArea};
use super::crowns::Crown;

/// A line about which the lower jaw opens: through a point, in the direction that opens by the right-hand rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hinge {
    point: Point,
    axis: Vector,
}

impl Hinge {
    /// `None` where both ends are in one place.
    pub fn of(step: &JawStep) -> Option<Self> {
        let [right, left] = [step.condyles.right, step.condyles.left].map(Point::from);
        let axis = (left - right).try_normalize(1e-6)?;
        Some(Self { point: right, axis })
    }

    /// The opening by an angle.
    pub fn opened(&self, angle: f64) -> RigidMotion {
        let rotation = nalgebra::UnitQuaternion::from_scaled_axis(self.axis * angle);
        let shift = self.point.coords - rotation * self.point.coords;
        RigidMotion::from_parts(shift.into(), rotation)
    }

    /// How fast a place of the lower jaw moves as it opens, mm for a radian.
    pub fn velocity(&self, place: &Point) -> Vector {
        self.axis.cross(&(place - self.point))
    }
}

/// Where a pair comes nearest, in the cast frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nearest {
    pub gap: f64,
    pub on_upper: Point,
    pub on_lower: Point,
    /// Unit vector out of the upper crown.
    pub outward: Vector,
}

/// The two crowns of a pair, looked at both ways.
pub(super) struct Both<'a> {
    lower: Approach<'a>,
    upper: Approach<'a>,
    reach: f64,
}

impl<'a> Both<'a> {
    pub fn new(upper: &'a Crown, lower: &'a Crown, start: &RigidMotion, reach: f64, keep: f64) -> Self {
        Self {
            lower: Approach::new(lower, upper, start, reach, keep),
            upper: Approach::new(upper, lower, &start.inverse(), reach, keep),
            reach,
        }
    }

    /// The least gap within reach with the lower jaw moved from its closed position.
    pub fn nearest(&mut self, moved: &RigidMotion) -> Option<Nearest> {
        let of_lower = self.lower.least(moved, self.reach);
        let cap = of_lower.map_or(self.reach, |t| t.gap);
        if let Some(t) = self.upper.least(&moved.inverse(), cap) {
            return Some(Nearest {
                gap: t.gap,
                on_upper: moved * t.own,
                on_lower: moved * t.closest,
                outward: -(moved * t.outward),
            });
        }
        of_lower.map(|t| Nearest {
            gap: t.gap,
            on_upper: t.closest,
            on_lower: t.own,
            outward: t.outward,
        })
    }

    /// The area of the lower crown near the upper.
    pub fn area(&mut self, moved: &RigidMotion, threshold: f64) -> NearArea {
        self.lower.area(moved, threshold)
    }
}

/// How far a search goes, radians: openings beyond are not looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Range {
    pub close: f64,
    pub open: f64,
    /// One of the pair's places moves by no more than this for a radian, mm.
    pub lever: f64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Solved {
    pub angle: f64,
    pub nearest: Nearest,
    /// How fast the gap grows with opening, mm for a radian.
    pub rate: f64,
}

/// Gaps this far from the level count as on it, mm.
const CLOSE_ENOUGH: f64 = 1e-6;
/// The level counts as reached where the bracket is narrower than this, mm of way; the gap then jumps there, as at a
/// crown's border.
const NARROW: f64 = 1e-7;
/// A jump by more than this is no touching, mm.
const JUMP: f64 = 0.02;
/// Opening is looked for in steps of no more than this, mm of way.
const STRIDE: f64 = 1.0;
/// A gap that grows by less than this part of the way is steep: Newton's step would be wild.
const STEEP: f64 = 0.05;

/// The opening at which the pair's least gap is `level`, going out from `start`.
pub(super) fn solve(
    both: &mut Both<'_>,
    moved: &RigidMotion,
    hinge: &Hinge,
    range: &Range,
    level: f64,
    start: f64,
) -> Option<Solved> {
    // Angles where the pair is below the level, and at or above it.
    let (mut below, mut above): (Option<f64>, Option<f64>) = (None, None);
    let mut best: Option<Solved> = None;
    let mut angle = start.clamp(range.close, range.open);
    let stride = STRIDE / range.lever;
    for _ in 0..80 {
        let nearest = both.nearest(&(hinge.opened(angle) * moved));
        let excess = nearest.map_or(both.reach, |n| n.gap) - level;
        let rate = nearest.map_or(0.0, |n| n.outward.dot(&hinge.velocity(&n.on_lower)));
        if let Some(nearest) = nearest.filter(|_| excess >= -CLOSE_ENOUGH) {
            best = Some(Solved { angle, nearest, rate });
        }
        if excess.abs() <= CLOSE_ENOUGH {
            return best;
        }
        if excess > 0.0 {
            above = Some(angle);
        } else {
            below = Some(angle);
        }
        // No gap can close faster than the farthest place moves.
        let safe = excess / range.lever;
        let newton = (rate > STEEP * range.lever).then(|| (excess / rate).clamp(-stride, stride));
        angle = match (below, above) {
            (Some(low), Some(high)) => {
                if (high - low) * range.lever < NARROW {
                    return best.filter(|b| b.nearest.gap - level < JUMP);
                }
                let next = angle - newton.unwrap_or(0.0);
                if newton.is_some() && low < next && next < high {
                    next
                } else {
                    0.5 * (low + high)
                }
            }
            (None, Some(high)) => {
                if high <= range.close {
                    return None;
                }
                (high - newton.unwrap_or(safe).max(safe)).max(range.close)
            }
            (Some(low), None) => {
                if low >= range.open {
                    return None;
                }
                (low - newton.unwrap_or(-stride).min(safe)).min(range.open)
            }
            (None, None) => return None,
        };
    }
    best.filter(|b| b.nearest.gap - level < JUMP)
}
