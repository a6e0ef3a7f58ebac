//! Where a lower crown comes nearest to an upper one, and how far the jaw must open for them just to touch.
//!
//! Units: mm, radians. Frame: the cast frame.
//!
//! Steps:
//! 1. `Sampled::of`: points all over the crown's occlusal part, found by the crown's own function.
//! 2. `least_gap`: from the points that are lowest in the other crown's function, a pattern search over the surface
//!    for the least true distance.
//! 3. `opening`: from well open, the jaw is closed about an axis by steps that cannot pass the first touch.

use nalgebra::{Unit, Vector3};
use stonecast_mesh::{Point, RigidMotion};

use super::nearest::{near_distance, on_surface, signed_distance, tangents};
use crate::arch::cast_from_arch;
use crate::place::PlacedTooth;

type Vec3 = Vector3<f64>;

/// Distance between the points of a crown, mm.
const SPACING: f64 = 0.35;
/// So many starts of the search at most.
const STARTS: usize = 5;
/// Starts are this far from each other, mm.
const APART: f64 = 0.6;

/// The crown's function in the cast frame.
pub(crate) fn crown_field(tooth: &PlacedTooth) -> impl Fn(&Vec3) -> f64 + Sync + '_ {
    let jaw = tooth.tooth().jaw();
    move |p| tooth.crown.field(tooth.pose.own(&cast_from_arch(jaw, p)))
}

/// A crown with points of its surface.
pub(crate) struct Sampled<'a> {
    pub tooth: &'a PlacedTooth,
    points: Vec<Vec3>,
    middle: Vec3,
    radius: f64,
}

impl<'a> Sampled<'a> {
    pub(crate) fn of(tooth: &'a PlacedTooth) -> Self {
        let field = crown_field(tooth);
        let jaw = tooth.tooth().jaw();
        let size = &tooth.crown.size;
        let half = [0.5 * size.mesiodistal + 0.2, 0.5 * size.buccolingual + 0.2];
        let from = 0.25 * size.crown_height;
        let count = |length: f64| (length / SPACING).ceil() as usize;
        let [nx, ny] = half.map(|h| count(2.0 * h));
        let nz = count(size.crown_height + 0.4 - from);
        let at = |i: usize, n: usize, low: f64, high: f64| low + (high - low) * (i as f64 + 0.5) / n as f64;
        let mut points = Vec::new();
        for k in 0..nx * ny * nz {
            let own = [
                at(k % nx, nx, -half[0], half[0]),
                at(k / nx % ny, ny, -half[1], half[1]),
                at(k / (nx * ny), nz, from, size.crown_height + 0.4),
            ];
            let p = cast_from_arch(jaw, &tooth.pose.arch(own));
            if field(&p).abs() < 0.8 * SPACING
                && let Some((q, _)) = on_surface(&field, &p)
                && (q - p).norm() < 0.6 * SPACING
            {
                points.push(q);
            }
        }
        let middle = cast_from_arch(jaw, &tooth.pose.arch([0.0, 0.0, 0.6 * size.crown_height]));
        let radius = points.iter().map(|p| (p - middle).norm()).fold(0.0, f64::max);
        Self {
            tooth,
            points,
            middle,
            radius,
        }
    }
}

/// Where two crowns are nearest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nearest {
    /// The signed distance, mm: exact within half a millimetre, beyond it about.
    pub gap: f64,
    /// Where, on the lower crown in its moved position.
    pub at: Vec3,
}

/// The least signed distance from the lower crown's surface, moved, to the upper crown; `None` where they are farther
/// apart than `reach` for certain.
pub(crate) fn least_gap(
    lower: &Sampled<'_>,
    upper: &Sampled<'_>,
    moved: &RigidMotion,
    reach: f64,
) -> Option<Nearest> {
    let middle = (moved * Point::from(lower.middle)).coords;
    if (middle - upper.middle).norm() > lower.radius + upper.radius + reach + 0.5 {
        return None;
    }
    let other = crown_field(upper.tooth);
    let own_closed = crown_field(lower.tooth);
    let back = moved.inverse();
    let own = |p: &Vec3| own_closed(&(back * Point::from(*p)).coords);
    let mut candidates: Vec<(f64, Vec3)> = lower
        .points
        .iter()
        .map(|p| (moved * Point::from(*p)).coords)
        .map(|p| (other(&p), p))
        .collect();
    candidates.sort_by(|a, b| a.0.total_cmp(&b.0));
    let first = candidates.first()?.0;
    // A sample lies within a spacing of the least place, and the function rises by 1.6 per mm at most.
    if first > 1.6 * (reach + SPACING) {
        return None;
    }
    let mut starts: Vec<Vec3> = Vec::new();
    for (value, p) in candidates {
        if starts.len() == STARTS || value > first + 1.6 * SPACING {
            break;
        }
        if starts.iter().all(|s| (s - p).norm() > APART) {
            starts.push(p);
        }
    }
    let best = starts
        .into_iter()
        .filter_map(|start| descend(&own, &other, start))
        .min_by(|a, b| a.gap.total_cmp(&b.gap))?;
    let gap = signed_distance(&other, &best.at);
    (gap <= reach).then_some(Nearest { gap, at: best.at })
}

/// The least distance to `other` over the surface `own`, from a start on it.
fn descend(own: &impl Fn(&Vec3) -> f64, other: &impl Fn(&Vec3) -> f64, start: Vec3) -> Option<Nearest> {
    let (mut at, mut normal) = on_surface(own, &start)?;
    let mut gap = near_distance(other, &at);
    let mut step = 0.5 * SPACING;
    while step > 5e-4 {
        let (u, v) = tangents(&normal);
        let tried = [u, -u, v, -v]
            .into_iter()
            .filter_map(|d| on_surface(own, &(at + d * step)))
            .map(|(p, n)| (near_distance(other, &p), p, n))
            .min_by(|a, b| a.0.total_cmp(&b.0));
        match tried {
            Some((less, p, n)) if less < gap - 1e-9 => (gap, at, normal) = (less, p, n),
            _ => step *= 0.5,
        }
    }
    Some(Nearest { gap, at })
}

/// A turn about the line through two points; positive opens a lower jaw whose hinge axis runs from its right to its
/// left condyle, since then the front goes down.
pub(crate) fn turn(axis: &[Vec3; 2], angle: f64) -> RigidMotion {
    let direction = Unit::new_normalize(axis[1] - axis[0]);
    let rotation = nalgebra::UnitQuaternion::from_axis_angle(&direction, angle);
    let shift = axis[0] - rotation * axis[0];
    RigidMotion::from_parts(shift.into(), rotation)
}

/// The widest opening from which the search closes, and the farthest closing, radians.
const WIDEST: f64 = 0.14;
const FARTHEST: f64 = -0.14;
/// A touch is found to this, mm.
const TOUCHES: f64 = 1e-4;

/// The angle by which the jaw, moved, must open about the axis for the two crowns just to touch, negative where it may
/// close; and where they touch. `None` where they do not meet within eight degrees.
pub(crate) fn opening(
    lower: &Sampled<'_>,
    upper: &Sampled<'_>,
    moved: &RigidMotion,
    axis: &[Vec3; 2],
) -> Option<(f64, Vec3)> {
    let direction = (axis[1] - axis[0]).normalize();
    // The distance is one function of the angle until the first touch; its slope is the speed along the normal there.
    let mut angle = WIDEST;
    for _ in 0..60 {
        let pose = turn(axis, angle) * moved;
        let Some(nearest) = least_gap(lower, upper, &pose, 12.0) else {
            // Out of reach: closing by a degree moves no point of a jaw by more than two millimetres and a half.
            angle -= 0.017;
            if angle < FARTHEST {
                return None;
            }
            continue;
        };
        if nearest.gap.abs() < TOUCHES {
            return Some((angle, nearest.at));
        }
        let arm = direction.cross(&(nearest.at - axis[0]));
        if nearest.gap > 0.4 || nearest.gap < -0.05 {
            // Functions of crowns may exceed the distance by a quarter; no point is faster than the arm's length.
            angle -= nearest.gap / (1.6 * (arm.norm() + 4.0));
        } else {
            let field = crown_field(upper.tooth);
            let normal = super::nearest::gradient(&field, &nearest.at).normalize();
            let speed = (arm.dot(&normal)).max(0.15 * arm.norm());
            angle -= nearest.gap / speed;
        }
        if angle < FARTHEST {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_positive_turn_opens() {
        let axis = [Vec3::new(-50.0, 90.0, 40.0), Vec3::new(50.0, 90.0, 40.0)];
        let front = turn(&axis, 0.1) * Point::new(0.0, 0.0, 0.0);
        assert!(front.z < -5.0 && front.x.abs() < 1e-12, "{front}");
    }
}
