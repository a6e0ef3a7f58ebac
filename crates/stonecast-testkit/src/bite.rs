//! Bringing the lower teeth into contact with the upper ones, as eruption does; and where they touch.
//!
//! Units: mm. Frame: the cast frame, unless a name says otherwise.
//!
//! Steps:
//! 1. `Probe`: points on a lower crown's occlusal surface.
//! 2. `settle`: each lower canine, premolar and molar moves vertically until it just touches; an incisor moves
//!    only when it would pass through an upper tooth.
//! 3. `contacts`: the places where a lower crown comes nearest to an upper one, as far as they touch.
//!
//! Limits: teeth move one by one and only vertically, so a tooth may hang on one cusp.

use nalgebra::Vector3;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, ToothClass};

use crate::arch::cast_from_arch;
use crate::place::PlacedTooth;

/// How far touching crowns pass through each other, mm: as tightly closed teeth do through their ligaments, and
/// far less than the 0.05 mm that a bite may show.
const CONTACT_DEPTH: f64 = 0.015;
/// Teeth move no farther than this to meet, mm.
const MOST_ERUPTION: f64 = 1.6;
/// Two crowns nearer than this are in contact, mm: what thin articulating paper marks.
const CONTACT_GAP: f64 = 0.03;
/// Points along each diameter of a crown.
const PROBES: usize = 22;

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
                let (x, y) = (at(k % PROBES, size.mesiodistal), at(k / PROBES, size.buccolingual));
                let z = t.crown.surface_height(x, y)?;
                Some(t.pose.arch([x, y, z]))
            })
            .collect();
        Self { points }
    }
}

/// Moves each lower tooth vertically until it touches.
pub(crate) fn settle(lower: &mut [PlacedTooth], upper: &[PlacedTooth]) {
    lower.par_iter_mut().filter(|t| t.present).for_each(|t| {
        let against = Antagonists::of(t, upper);
        if against.0.is_empty() {
            return;
        }
        let probe = Probe::of(t);
        let least = |rise: f64| {
            let up = Vector3::z() * rise;
            probe
                .points
                .iter()
                .flatten()
                .map(|p| against.nearest(&(p + up)).1)
                .fold(f64::INFINITY, f64::min)
        };
        let mut rise: f64 = 0.0;
        // Distances along the slopes are shorter than along the vertical, so these steps never overshoot far.
        for _ in 0..12 {
            let over = least(rise) + CONTACT_DEPTH;
            rise += over.clamp(-1.0, 1.0);
            if over.abs() < 2e-3 || rise.abs() > MOST_ERUPTION {
                break;
            }
        }
        let highest = match t.tooth().class() {
            ToothClass::Incisor => 0.0,
            _ => MOST_ERUPTION,
        };
        t.pose.origin.z += rise.min(highest);
    });
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
