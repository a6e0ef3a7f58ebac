//! Contact points and the mesiodistal width.

use stonecast_mesh::Point;

use super::crown::Crown;
use super::cusps::Crest;
use super::shape::Shape;
use super::surface::{Stretch, section, walk};

/// Sections beside the crest's line in which a side's farthest point is sought, in shares of the crown's thickness:
/// a contact area is about a fifth of it wide.
const BESIDE: [f64; 5] = [-0.1, -0.05, 0.0, 0.05, 0.1];
/// A rise beyond a dip that makes it the valley between two crowns, mm: well above a scanner's noise.
const VALLEY_RISE: f64 = 0.15;

/// One side of a crown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side {
    /// The contact point.
    pub contact: Point,
    /// The side's farthest point in the contact's band.
    pub farthest: Point,
    /// Whether a neighbour hides the wall below.
    pub hidden: bool,
    /// Standard error of the sections' farthest points, mm.
    pub spread: f64,
}

/// Finds a side of the crown, mesial for `sign` 1, distal for -1.
pub(super) fn side(crown: &Crown, shape: &Shape, crest: &Crest, sign: f64) -> Option<Side> {
    let found: Vec<Side> = BESIDE
        .iter()
        .filter_map(|beside| in_section(crown, shape, crest, sign, *beside))
        .collect();
    let mean = found.iter().map(|s| s.farthest.x).sum::<f64>() / found.len().max(1) as f64;
    let square: f64 = found.iter().map(|s| (s.farthest.x - mean).powi(2)).sum();
    let spread = (square / found.len().max(1) as f64).sqrt() / (found.len().max(1) as f64).sqrt();
    found
        .into_iter()
        .max_by(|a, b| (sign * a.farthest.x).total_cmp(&(sign * b.farthest.x)))
        .map(|side| Side { spread, ..side })
}

fn in_section(crown: &Crown, shape: &Shape, crest: &Crest, sign: f64, beside: f64) -> Option<Side> {
    let plane = crest.plane(beside * (shape.facial - shape.lingual));
    let middle = shape.middle();
    let out = |p: &Point| sign * (p.x - middle);
    let stretches = section(crown, &plane);
    let start = (0..stretches.len())
        .filter(|&i| stretches[i].own && stretches[i].ends.iter().all(|p| out(p) > 0.0))
        .max_by(|&a, &b| mid_height(&stretches[a]).total_cmp(&mid_height(&stretches[b])))?;
    let [a, b] = stretches[start].ends;
    let wall = walk(&stretches, (start, usize::from(out(&b) > out(&a))));
    // Contacts lie in the occlusal or the middle third.
    let floor = shape.neck + shape.height() / 3.0;
    let (end, hidden) = wall_end(crown, &wall, out, floor);
    let wall = wall[..end].iter().map(|(p, _)| p);
    let (sin, cos) = OBLIQUE.to_radians().sin_cos();
    let seen = |p: &Point| out(p) * cos + p.z * sin;
    Some(Side {
        contact: *wall.clone().max_by(|a, b| seen(a).total_cmp(&seen(b)))?,
        farthest: *wall.max_by(|a, b| out(a).total_cmp(&out(b)))?,
        hidden,
        spread: 0.0,
    })
}

/// Elevation from which a contact point is seen first, degrees.
const OBLIQUE: f64 = 20.0;

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
