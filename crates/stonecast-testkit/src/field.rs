//! One arch as an implicit function: its teeth, gum and palate united.
//!
//! Units: mm. Frame: the arch frame (`h` occlusal). Negative inside.

use nalgebra::Vector3;

use crate::crown::{Section, smin};
use crate::gum::Gum;
use crate::place::PlacedTooth;

/// Width of the crease between a tooth and the gingiva, mm: a sulcus is not resolved by a scanner.
const SULCUS_BLEND: f64 = 0.12;
/// Blend between neighbouring crowns: a contact is a point, widened by what a scanner bridges.
const CONTACT_BLEND: f64 = 0.08;
/// Blend between neighbouring collars, mm: this raises the papilla between them.
const PAPILLA_BLEND: f64 = 1.6;
/// Blend between the collars and the ridge, mm.
const RIDGE_BLEND: f64 = 2.2;
/// Edge of the cells that list the teeth nearby, mm.
const CELL: f64 = 2.0;
/// Beyond this distance a tooth changes nothing, mm.
const INFLUENCE: f64 = 3.2;

/// A tooth is listed for all places this near to its box, mm: the function falls short of the distance at corners.
const LISTED: f64 = 4.6;
/// No more teeth than this shape a place: crowded ones overlap by threes.
const MOST_NEAR: usize = 6;

/// A tooth near a place: its index, the place in its frame, the distance to its wall and the section there.
type Near = (u8, [f64; 3], (f64, Section));

/// What a point of the surface belongs to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sample {
    /// The united implicit function.
    pub value: f64,
    /// The nearest tooth's index and its function.
    pub tooth: Option<(u8, f64)>,
    /// The gum's function.
    pub gum: f64,
}

/// An arch's implicit function.
pub(crate) struct ArchField<'a> {
    pub teeth: &'a [PlacedTooth],
    pub gum: &'a Gum,
    nearby: Vec<Vec<u8>>,
    origin: [f64; 2],
    size: [usize; 2],
}

impl<'a> ArchField<'a> {
    pub(crate) fn new(teeth: &'a [PlacedTooth], gum: &'a Gum) -> Self {
        let mut low = [f64::INFINITY; 2];
        let mut high = [f64::NEG_INFINITY; 2];
        let reach: Vec<[f64; 4]> = teeth.iter().map(footprint).collect();
        for r in &reach {
            for k in 0..2 {
                low[k] = low[k].min(r[k]);
                high[k] = high[k].max(r[k + 2]);
            }
        }
        let size = [0, 1].map(|k| ((high[k] - low[k]).max(CELL) / CELL).ceil() as usize + 1);
        let mut nearby = vec![Vec::new(); size[0] * size[1]];
        for (i, r) in reach.iter().enumerate().filter(|(i, _)| teeth[*i].present) {
            let range = |k: usize| {
                let from = ((r[k] - low[k]) / CELL) as usize;
                let to = ((r[k + 2] - low[k]) / CELL) as usize;
                from..=to.min(size[k] - 1)
            };
            for cy in range(1) {
                for cx in range(0) {
                    nearby[cy * size[0] + cx].push(i as u8);
                }
            }
        }
        Self {
            teeth,
            gum,
            nearby,
            origin: low,
            size,
        }
    }

    fn nearby(&self, p: &Vector3<f64>) -> &[u8] {
        let (x, y) = ((p.x - self.origin[0]) / CELL, (p.y - self.origin[1]) / CELL);
        if x < 0.0 || y < 0.0 || x >= self.size[0] as f64 || y >= self.size[1] as f64 {
            return &[];
        }
        &self.nearby[y as usize * self.size[0] + x as usize]
    }

    /// The teeth whose walls are near, the nearest first: blends then do not depend on the order in which the teeth
    /// are listed, and the mirror image of a mouth is exact.
    fn near(&self, p: &Vector3<f64>) -> [Option<Near>; MOST_NEAR] {
        let mut near: [Option<Near>; MOST_NEAR] = [None; MOST_NEAR];
        for &i in self.nearby(p) {
            let placed = &self.teeth[usize::from(i)];
            let own = placed.pose.own(p);
            let wall = placed.crown.wall(own[0], own[1], own[2]);
            if wall.0 > INFLUENCE {
                continue;
            }
            // Each takes the place of the first that is farther, which moves on; the farthest of too many falls out.
            let mut carried = Some((i, own, wall));
            for slot in &mut near {
                let farther = match (&*slot, &carried) {
                    (_, None) => break,
                    (None, _) => true,
                    (Some(here), Some(new)) => new.2.0 < here.2.0,
                };
                if farther {
                    std::mem::swap(slot, &mut carried);
                }
            }
        }
        near
    }

    /// The function and what it is made of.
    pub(crate) fn sample(&self, p: &Vector3<f64>) -> Sample {
        let mut tooth: Option<(u8, f64)> = None;
        let mut crowns = f64::INFINITY;
        let mut collars = f64::INFINITY;
        for (i, own, wall) in self.near(p).into_iter().flatten() {
            let placed = &self.teeth[usize::from(i)];
            let collar = self.gum.collar(placed, own, wall.0);
            collars = if collars.is_finite() {
                smin(collars, collar, PAPILLA_BLEND)
            } else {
                collar
            };
            // A crown lies within its walls, but for what blends where two cross.
            if wall.0 > crowns + 0.2 && placed.bracket.is_none() {
                continue;
            }
            let mut crown = placed.crown.field_from_wall(own, wall);
            if let Some(base) = placed.bracket {
                crown = crown.min(bracket(own, base));
            }
            if tooth.is_none_or(|(_, f)| crown < f) {
                tooth = Some((i, crown));
            }
            crowns = if crowns.is_finite() {
                smin(crowns, crown, CONTACT_BLEND)
            } else {
                crown
            };
        }
        let ridge = self.gum.ridge(p);
        let gum = if collars.is_finite() {
            smin(collars, ridge, RIDGE_BLEND)
        } else {
            ridge
        };
        let value = if crowns.is_finite() {
            smin(crowns, gum, SULCUS_BLEND)
        } else {
            gum
        };
        Sample { value, tooth, gum }
    }
}

/// A bracket: a rounded block with a slot along the arch and a groove across it, mm.
fn bracket(own: [f64; 3], base: [f64; 3]) -> f64 {
    let d = [own[0] - base[0], own[1] - base[1] - 0.5, own[2] - base[2]];
    let block = |half: [f64; 3], round: f64| {
        let q = [0, 1, 2].map(|k| d[k].abs() - half[k] + round);
        let outside = q.map(|x| x.max(0.0));
        let inside = q[0].max(q[1]).max(q[2]).min(0.0);
        (outside[0].powi(2) + outside[1].powi(2) + outside[2].powi(2)).sqrt() + inside - round
    };
    let slot = (d[2].abs() - 0.3).max(0.5 - d[1]);
    let groove = (d[0].abs() - 0.4).max(0.6 - d[1]);
    block([1.6, 1.3, 1.5], 0.3).max(-slot).max(-groove)
}

/// The tooth's box in the occlusal view, widened by how far it is listed.
fn footprint(tooth: &PlacedTooth) -> [f64; 4] {
    let (hx, hy) = (
        0.5 * tooth.crown.size.mesiodistal,
        0.5 * tooth.crown.size.buccolingual,
    );
    let mut low = [f64::INFINITY; 2];
    let mut high = [f64::NEG_INFINITY; 2];
    for x in [-hx, hx] {
        for y in [-hy, hy] {
            for z in [-8.0, tooth.crown.size.crown_height] {
                let p = tooth.pose.arch([x, y, z]);
                for k in 0..2 {
                    low[k] = low[k].min(p[k] - LISTED);
                    high[k] = high[k].max(p[k] + LISTED);
                }
            }
        }
    }
    [low[0], low[1], high[0], high[1]]
}
