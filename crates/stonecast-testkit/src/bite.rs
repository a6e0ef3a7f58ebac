//! Bringing the lower teeth into contact with the upper ones, as eruption does; and where they touch.
//!
//! Units: mm. Frame: the cast frame, unless a name says otherwise.
//!
//! Steps:
//! 1. `Probe`: points on a lower crown's occlusal surface.
//! 2. `settle`: each lower canine, premolar and molar erupts until it touches, giving way sideways and tilting a
//!    little where that lets it erupt farther, as a cusp slides into a fossa; an incisor moves only when it would
//!    pass through an upper tooth, and then down.
//! 3. `contacts`: the places where a lower crown comes nearest to an upper one, as far as they touch.
//!
//! Limits: teeth move one by one, by at most half a millimetre and a few degrees beyond their vertical path.

use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, ToothClass};

use crate::arch::cast_from_arch;
use crate::place::{PlacedTooth, Pose, reference};

/// How far touching crowns pass through each other, mm: as tightly closed teeth do through their ligaments, and
/// far less than the 0.05 mm that a bite may show.
const CONTACT_DEPTH: f64 = 0.015;
/// Teeth move no farther than this to meet, mm.
const MOST_ERUPTION: f64 = 1.6;
/// A tooth in the way of another gives way downwards by no more than this, mm.
const MOST_INTRUSION: f64 = 8.0;
/// Two crowns nearer than this are in contact, mm: what thin articulating paper marks.
const CONTACT_GAP: f64 = 0.03;
/// Points along each diameter of a crown.
const PROBES: usize = 20;

/// A place where a lower tooth touches an upper one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OcclusalContact {
    /// The upper tooth.
    pub upper: Fdi,
    /// The lower tooth.
    pub lower: Fdi,
    /// Where, on the lower crown, cast frame, mm.
    pub position: [f64; 3],
    /// The distance there, mm; negative where the crowns pass through each other.
    pub gap_mm: f64,
}

/// The upper crowns as an implicit function of places in the cast frame.
struct Antagonists<'a>(Vec<&'a PlacedTooth>);

impl<'a> Antagonists<'a> {
    /// The upper teeth that may meet a lower tooth.
    fn of(lower: &PlacedTooth, upper: &'a [PlacedTooth]) -> Self {
        let middle = |t: &PlacedTooth| t.pose.arch([0.0, 0.0, 0.8 * t.crown.size.crown_height]);
        let here = middle(lower);
        let near = |t: &&PlacedTooth| {
            let there = middle(t);
            let reach = 0.5 * (t.crown.size.mesiodistal + lower.crown.size.mesiodistal) + 3.0;
            t.present && (there.x - here.x).hypot(there.y - here.y) < reach.max(8.0)
        };
        Self(upper.iter().filter(near).collect())
    }

    /// The nearest crown and about the distance to it.
    fn nearest(&self, p: &Vector3<f64>) -> (Option<Fdi>, f64) {
        let p = cast_from_arch(Jaw::Upper, p);
        let mut least = (None, f64::INFINITY);
        for t in &self.0 {
            let own = t.pose.own(&p);
            let wall = t.crown.wall(own[0], own[1], own[2]);
            if wall.0 < least.1 {
                let field = t.crown.field_from_wall(own, wall);
                if field < least.1 {
                    least = (Some(t.tooth()), field);
                }
            }
        }
        least
    }
}

/// Points of a crown's occlusal surface in the cast frame, in rows; `None` outside its outline.
struct Probe {
    points: Vec<Option<Vector3<f64>>>,
}

impl Probe {
    fn of(t: &PlacedTooth) -> Self {
        let size = &t.crown.size;
        let at = |i: usize, width: f64| width * ((i as f64 + 0.5) / PROBES as f64 - 0.5) * 0.98;
        let points = (0..PROBES * PROBES)
            .map(|k| {
                let (x, y) = (
                    at(k % PROBES, size.mesiodistal),
                    at(k / PROBES, size.buccolingual),
                );
                let z = t.crown.surface_height(x, y)?;
                Some(t.pose.arch([x, y, z]))
            })
            .collect();
        Self { points }
    }
}

/// How a tooth gives way: facial shift in mm, tip and torque in degrees.
type Yield = [f64; 3];
/// The limits of that.
const MOST_YIELD: Yield = [0.8, 6.0, 7.0];
/// Eruption gained must be worth the displacement: mm lost per unit of squared displacement over its limit.
const YIELD_COST: f64 = 0.05;

/// Lets each lower tooth erupt until it touches.
pub(crate) fn settle(lower: &mut [PlacedTooth], upper: &[PlacedTooth]) {
    lower.par_iter_mut().filter(|t| t.present).for_each(|t| {
        let against = Antagonists::of(t, upper);
        if against.0.is_empty() {
            return;
        }
        let mut points: Vec<Vector3<f64>> = Probe::of(t).points.into_iter().flatten().collect();
        let rise = eruption(&points, &against, 0.0, 0.02);
        if t.tooth().class() == ToothClass::Incisor {
            if rise < 0.0 {
                t.pose.origin.z += eruption(&points, &against, rise, 2e-3);
            }
            return;
        }
        if rise > MOST_ERUPTION {
            return;
        }
        // Only what is near contact now can come into contact by a small displacement.
        points.retain(|p| against.nearest(&(p + Vector3::z() * rise)).1 < 0.9);
        let pivot = t.pose.arch(reference(&t.crown));
        let gain = |q: &Yield| {
            let motion = yielded(&t.pose, &pivot, q);
            let moved: Vec<_> = points
                .iter()
                .map(|p| motion.rotation * p + motion.translation.vector)
                .collect();
            let cost: f64 = q.iter().zip(MOST_YIELD).map(|(a, most)| (a / most).powi(2)).sum();
            eruption(&moved, &against, rise, 0.02) - YIELD_COST * cost
        };
        let q = best_yield(gain);
        let motion = yielded(&t.pose, &pivot, &q);
        t.pose.moved(&motion);
        let all: Vec<_> = Probe::of(t).points.into_iter().flatten().collect();
        t.pose.origin.z += eruption(&all, &against, 0.0, 2e-3).min(MOST_ERUPTION);
    });
}

/// How far the points rise until the deepest passes the antagonists by the depth of a contact.
fn eruption(points: &[Vector3<f64>], against: &Antagonists<'_>, start: f64, tolerance: f64) -> f64 {
    let mut rise = start;
    for _ in 0..24 {
        let up = Vector3::z() * rise;
        let least = points
            .iter()
            .map(|p| against.nearest(&(p + up)).1)
            .fold(f64::INFINITY, f64::min);
        let over = least + CONTACT_DEPTH;
        // Distances along slopes are shorter than along the vertical, so no step overshoots.
        rise += over.clamp(-1.0, 1.0);
        if over.abs() < tolerance || !(-MOST_INTRUSION..=2.0 * MOST_ERUPTION).contains(&rise) {
            break;
        }
    }
    rise
}

/// The motion of a tooth that gives way, about a pivot.
fn yielded(pose: &Pose, pivot: &Vector3<f64>, [shift, tip, torque]: &Yield) -> Isometry3<f64> {
    // The axes of one side are left-handed: there the same displacement is the opposite turn.
    let hand = pose.mesial.cross(&pose.facial).dot(&pose.occlusal).signum();
    let turn = (pose.facial * tip.to_radians() + pose.mesial * torque.to_radians()) * hand;
    let rotation = UnitQuaternion::from_scaled_axis(turn);
    let shift = pose.facial * *shift;
    Isometry3::from_parts(Translation3::from(pivot + shift - rotation * pivot), rotation)
}

/// The displacement with the greatest gain, by a pattern search.
fn best_yield(gain: impl Fn(&Yield) -> f64) -> Yield {
    let mut best = ([0.0; 3], gain(&[0.0; 3]));
    let mut step = 0.5;
    while step > 0.1 {
        let mut moved = false;
        for axis in 0..3 {
            for sign in [-1.0, 1.0] {
                let mut q = best.0;
                q[axis] =
                    (q[axis] + sign * step * MOST_YIELD[axis]).clamp(-MOST_YIELD[axis], MOST_YIELD[axis]);
                let value = gain(&q);
                if value > best.1 + 1e-4 {
                    best = (q, value);
                    moved = true;
                    break;
                }
            }
        }
        if !moved {
            step *= 0.5;
        }
    }
    best.0
}

/// Where the crowns touch, sorted by tooth and place.
pub(crate) fn contacts(lower: &[PlacedTooth], upper: &[PlacedTooth]) -> Vec<OcclusalContact> {
    lower
        .par_iter()
        .filter(|t| t.present)
        .flat_map_iter(|t| {
            let against = Antagonists::of(t, upper);
            let points = Probe::of(t).points;
            let gaps: Vec<(Option<Fdi>, f64)> = points
                .iter()
                .map(|p| p.map_or((None, f64::INFINITY), |p| against.nearest(&p)))
                .collect();
            let is_least = |k: usize| {
                let (col, row) = ((k % PROBES) as isize, (k / PROBES) as isize);
                (-1..=1).all(|dy: isize| {
                    (-1..=1).all(|dx: isize| {
                        let (c, r) = (col + dx, row + dy);
                        let outside = c < 0 || r < 0 || c >= PROBES as isize || r >= PROBES as isize;
                        outside || gaps[k].1 <= gaps[r as usize * PROBES + c as usize].1
                    })
                })
            };
            (0..points.len())
                .filter(|&k| gaps[k].1 < CONTACT_GAP && is_least(k))
                .filter_map(|k| {
                    Some(OcclusalContact {
                        upper: gaps[k].0?,
                        lower: t.tooth(),
                        position: points[k]?.into(),
                        gap_mm: gaps[k].1,
                    })
                })
                .collect::<Vec<_>>()
        })
        .collect()
}
