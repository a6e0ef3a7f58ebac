//! Contact points and the mesiodistal width.

use nalgebra::Vector2;
use stonecast_dental::ToothClass;
use stonecast_mesh::Point;

use super::crown::Crown;
use super::shape::Shape;
use super::surface::{Stretch, Upright, section, walk};

/// Sections in which a side is sought.
const SECTIONS: u32 = 7;
/// An incisor's or canine's contact is sought over this middle share of its thickness.
const ANTERIOR: (f64, f64) = (0.15, 0.9);
/// A posterior tooth's contact is sought beside its nearest buccal cusp, by this share of its thickness to either
/// side: contact areas are about a fifth of it wide.
const BESIDE_CUSP: f64 = 0.1;
/// Sections that reach as far as the farthest but for this belong to the contact area, mm: two crowns whose walls
/// bend with a radius of some millimetres come this near each other within a millimetre of where they touch.
const AREA_DEPTH: f64 = 0.3;
/// A rise beyond a dip that makes it the valley between two crowns, mm: well above a scanner's noise.
const VALLEY_RISE: f64 = 0.1;
/// Elevation from which a contact area is seen first, degrees: its occlusal end, as far as a scanner sees into the
/// gap between two crowns.
const OBLIQUE: f64 = 25.0;

/// One side of a crown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    /// The contact point: where the contact area is seen first, from mesial or distal and above.
    pub contact: Point,
    /// The side's farthest point in the contact area's sections.
    pub farthest: Point,
    /// Whether a neighbour hides the wall below.
    pub hidden: bool,
    /// Standard error of where the contact area's sections end, mm.
    pub spread: f64,
}

/// Finds a side of the crown, mesial for `sign` 1, distal for -1; `cusp` is the tip of its nearest buccal cusp.
pub(super) fn side(crown: &Crown, shape: &Shape, cusp: Option<&Point>, sign: f64) -> Option<Side> {
    let thick = shape.facial - shape.lingual;
    let (from, to) = match crown.tooth.class() {
        ToothClass::Incisor | ToothClass::Canine => (
            shape.lingual + ANTERIOR.0 * thick,
            shape.lingual + ANTERIOR.1 * thick,
        ),
        ToothClass::Premolar | ToothClass::Molar => {
            // Without a cusp, where buccal cusps are: a quarter of the thickness from the facial side.
            let at = cusp.map_or(shape.facial - 0.25 * thick, |p| p.y);
            (at - BESIDE_CUSP * thick, at + BESIDE_CUSP * thick)
        }
    };
    let found: Vec<(f64, Side)> = (0..SECTIONS)
        .map(|i| from + (to - from) * f64::from(i) / f64::from(SECTIONS - 1))
        .filter_map(|y| Some((y, in_section(crown, shape, y, sign)?)))
        .collect();
    let out = |s: &Side| sign * s.contact.x;
    let most = found.iter().map(|f| out(&f.1)).fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut at, mut count) = (0.0, 0.0, 0.0);
    for (y, s) in &found {
        let weight = (out(s) - most + AREA_DEPTH).max(0.0);
        sum += weight;
        at += weight * y;
        count += f64::from(u8::from(weight > 0.0));
    }
    let at = if sum > 0.0 { at / sum } else { return None };
    let side = in_section(crown, shape, at, sign)?;
    let area = || found.iter().map(|f| &f.1).filter(|s| out(s) > most - AREA_DEPTH);
    let square: f64 = area().map(|s| (out(s) - out(&side)).powi(2)).sum();
    let farthest = area()
        .map(|s| s.farthest)
        .max_by(|a, b| (sign * a.x).total_cmp(&(sign * b.x)))?;
    Some(Side {
        farthest,
        spread: (square / count).sqrt() / count.sqrt(),
        ..side
    })
}

/// The side in the section along the crown at a faciolingual place.
fn in_section(crown: &Crown, shape: &Shape, y: f64, sign: f64) -> Option<Side> {
    let plane = Upright {
        across: Vector2::y(),
        offset: y,
    };
    let middle = shape.middle();
    let out = |p: &Point| sign * (p.x - middle);
    let stretches = section(crown, &plane);
    let start = (0..stretches.len())
        .filter(|&i| stretches[i].own && stretches[i].ends.iter().all(|p| out(p) > 0.0))
        .max_by(|&a, &b| mid_height(&stretches[a]).total_cmp(&mid_height(&stretches[b])))?;
    let [a, b] = stretches[start].ends;
    let wall = walk(&stretches, (start, usize::from(out(&b) > out(&a))));
    // The width may be greatest down to the middle third's end; contact areas lie in the occlusal half.
    let floor = shape.neck + shape.height() / 3.0;
    let (end, hidden) = wall_end(crown, &wall, out, floor);
    let wall = wall[..end].iter().map(|(p, _)| p);
    let (sin, cos) = OBLIQUE.to_radians().sin_cos();
    let seen = |p: &Point| out(p) * cos + p.z * sin;
    let half = shape.neck + shape.height() / 2.0;
    Some(Side {
        contact: *wall
            .clone()
            .filter(|p| p.z >= half)
            .max_by(|a, b| seen(a).total_cmp(&seen(b)))?,
        farthest: *wall.max_by(|a, b| out(a).total_cmp(&out(b)))?,
        hidden,
        spread: 0.0,
    })
}

fn mid_height(s: &Stretch) -> f64 {
    s.ends[0].z + s.ends[1].z
}

/// How many points of a path down a wall belong to it, and whether a neighbour ended it: it ends at the floor, at the
/// hem's end, where it turns back under itself, or, near the labels' end, in a valley.
fn wall_end(crown: &Crown, wall: &[(Point, bool)], out: impl Fn(&Point) -> f64, floor: f64) -> (usize, bool) {
    let reach = crown.hem;
    let mut length = vec![0.0; wall.len()];
    for i in 1..wall.len() {
        length[i] = length[i - 1] + (wall[i].0 - wall[i - 1].0).norm();
    }
    let labels_end = wall.iter().rposition(|w| w.1).map_or(0.0, |i| length[i]);
    let (mut lowest, mut farthest) = (0, 0);
    for (i, (p, _)) in wall.iter().enumerate() {
        if p.z < wall[lowest].0.z {
            lowest = i;
        }
        if out(p) > out(&wall[farthest].0) {
            farthest = i;
        }
        let near = (length[lowest] - labels_end).abs() <= reach;
        if near && p.z > wall[lowest].0.z + VALLEY_RISE {
            return (lowest + 1, true);
        }
        if out(p) < out(&wall[farthest].0) - VALLEY_RISE {
            return (farthest + 1, false);
        }
        if p.z < floor {
            return (i.max(1), false);
        }
    }
    // No turn of the surface tells: the labels must.
    let own = wall.iter().rposition(|w| w.1).map_or(wall.len(), |i| i + 1);
    (own, false)
}
