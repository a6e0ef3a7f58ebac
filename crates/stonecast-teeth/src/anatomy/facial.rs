//! The facial axis of the clinical crown, the most buccal and lingual points, and the gingival zenith.

use nalgebra::Vector2;
use stonecast_dental::ToothClass;
use stonecast_mesh::{Point, Vector};

use super::crown::{Beyond, Crown};
use super::shape::Shape;
use super::surface::{Upright, apex, section, walk};

/// The facial axis: the section at a mesiodistal place, from the margin up the facial wall to its top. Empty where
/// there is no wall.
pub(super) fn axis(crown: &Crown, shape: &Shape, at: f64) -> Vec<Point> {
    let plane = Upright {
        across: Vector2::x(),
        offset: at,
    };
    let stretches = section(crown, &plane);
    let split = super::cusps::facial_from(crown, shape);
    // The top of the facial half; from there down on the facial side.
    let start = (0..stretches.len())
        .filter(|&i| stretches[i].own && stretches[i].ends.iter().all(|p| p.y > split))
        .max_by(|&a, &b| {
            let height = |i: usize| stretches[i].ends[0].z + stretches[i].ends[1].z;
            height(a).total_cmp(&height(b))
        });
    let Some(start) = start else { return Vec::new() };
    let [a, b] = stretches[start].ends;
    let path = walk(&stretches, (start, usize::from(b.y > a.y)));
    let own = path.iter().rposition(|(_, own)| *own).map_or(0, |i| i + 1);
    path[..own].iter().rev().map(|(p, _)| *p).collect()
}

/// The middle of the facial axis by height along the crown.
pub(super) fn middle(axis: &[Point]) -> Option<Point> {
    let (low, high) = (axis.first()?.z, axis.last()?.z);
    let level = 0.5 * (low + high);
    axis.windows(2)
        .find(|w| w[0].z <= level && w[1].z > level)
        .map(|w| {
            let t = (level - w[0].z) / (w[1].z - w[0].z);
            w[0] + (w[1] - w[0]) * t
        })
}

/// The most facial (`sign` 1) or lingual (-1) point of the crown.
///
/// A back tooth's bulges, so it is the farthest point of that side. A front tooth's lingual wall goes on sloping
/// below the gum: there it is the farthest point of the section at `at` within the upper two thirds of its height.
pub(super) fn extreme(crown: &Crown, shape: &Shape, at: f64, sign: f64) -> Option<Point> {
    let front = matches!(crown.tooth.class(), ToothClass::Incisor | ToothClass::Canine);
    if front && sign < 0.0 {
        return cingulum(crown, shape, at);
    }
    // The rim itself may bear faces of gum.
    let floor = shape.neck + 0.15 * shape.height();
    let up = Vector::y() * sign;
    let far = crown
        .own_points()
        .filter(|p| p.z > floor)
        .max_by(|a, b| (sign * a.y).total_cmp(&(sign * b.y)))?;
    Some(apex(crown, far, &up, (2.0 * crown.edge).max(0.8)))
}

fn cingulum(crown: &Crown, shape: &Shape, at: f64) -> Option<Point> {
    let plane = Upright {
        across: Vector2::x(),
        offset: at,
    };
    let middle = 0.5 * (shape.facial + shape.lingual);
    let wall: Vec<Point> = section(crown, &plane)
        .iter()
        .filter(|s| s.own)
        .flat_map(|s| s.ends)
        .filter(|p| p.y < middle)
        .collect();
    let low = wall.iter().map(|p| p.z).fold(f64::INFINITY, f64::min);
    let floor = low + (shape.top - low) / 3.0;
    wall.into_iter()
        .filter(|p| p.z >= floor)
        .min_by(|a, b| a.y.total_cmp(&b.y))
}

/// The most apical point of the facial margin within the middle half of the crown's width, the margin smoothed over
/// its neighbours.
pub(super) fn zenith(crown: &Crown, shape: &Shape) -> Option<Point> {
    let half = 0.25 * (shape.mesial - shape.distal);
    crown
        .rim
        .iter()
        .filter(|e| e.beyond == Beyond::Gum)
        .map(|e| {
            let [a, b] = e.ends.map(|v| crown.points[v as usize]);
            nalgebra::center(&a, &b)
        })
        .filter(|p| p.y > 0.5 * (shape.facial + shape.lingual) && (p.x - shape.middle()).abs() < half)
        .min_by(|a, b| a.z.total_cmp(&b.z))
}
