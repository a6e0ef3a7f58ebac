//! How far cusps and edges are out of contact with the other arch.
//!
//! Units: mm. Frame: the cast frame.
//!
//! Steps
//! 1. `around`: the surface points of a tooth within 1 mm of its cusp or edge.
//! 2. `near_faces`: the crowns of the other arch near any of them, with an index.
//! 3. [`Gaps::of`]: the least distance of each cusp's points to them; negative where they pass through each other.
//!
//! Limits: a cusp farther from the other arch than 3 mm has no gap; for grading it is simply out of contact.

use std::collections::{BTreeMap, HashSet};

use stonecast_dental::{Fdi, Jaw, LandmarkKind as K};
use stonecast_mesh::spatial::SpatialIndex;
use stonecast_mesh::{Point, Vector};

use crate::subject::{MeasuredArch, Subject};

/// How far from a landmark its cusp reaches: the landmark may be some tenths off the place that touches.
const CUSP: f64 = 1.0;

/// The farthest gap that is looked for; beyond 1 mm the evaluation no longer tells them apart.
pub(super) const REACH: f64 = 3.0;

/// Points of a cusp that are tried at most: enough for one in 0.2 mm.
const TRIED: usize = 64;

/// A gap of a cusp or an edge.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    /// How wide; negative where the surfaces pass through each other.
    pub wide: f64,
    /// From the other arch to the cusp.
    pub across: Vector,
    /// The tooth of the other arch.
    pub other: Fdi,
}

/// Gaps by tooth and landmark.
pub(super) type Gaps = BTreeMap<(Fdi, K), Gap>;

/// The gaps of some cusps of one arch; a cusp without one is farther than [`REACH`].
pub(super) fn gaps(subject: &Subject<'_>, jaw: Jaw, cusps: &[(Fdi, K)]) -> Gaps {
    let (Some(own), Some(other)) = (subject.cast.arch(jaw), subject.cast.arch(jaw.antagonist())) else {
        return Gaps::new();
    };
    let around = around(subject, &own, cusps);
    let Some(near) = Near::new(&other, &around) else {
        return Gaps::new();
    };
    let found = around
        .iter()
        .filter_map(|(cusp, points)| Some((*cusp, near.least(points)?)));
    found.collect()
}

/// The surface points about each cusp, evenly thinned in their order in the mesh.
fn around(subject: &Subject<'_>, arch: &MeasuredArch<'_>, cusps: &[(Fdi, K)]) -> Vec<((Fdi, K), Vec<Point>)> {
    let at = |(tooth, kind): (Fdi, K)| {
        let tooth = &subject.teeth[subject.index_of(tooth)?];
        Some(tooth.point(kind)?.at)
    };
    let mut found: Vec<((Fdi, K), Point, Vec<Point>)> = (cusps.iter())
        .filter_map(|cusp| Some((*cusp, at(*cusp)?, Vec::new())))
        .collect();
    let mut seen: HashSet<u32> = HashSet::new();
    for (face, label) in arch.labelled.face_labels.iter() {
        let Some(tooth) = label else { continue };
        let mut of_tooth = found.iter_mut().filter(|((t, _), _, _)| t == tooth).peekable();
        if of_tooth.peek().is_none() {
            continue;
        }
        let vertices = arch.mesh.face(face);
        let fresh: Vec<Point> = (vertices.iter())
            .filter(|v| seen.insert(v.0))
            .map(|v| arch.mesh.point(*v))
            .collect();
        for (_, tip, points) in of_tooth {
            points.extend(fresh.iter().filter(|p| (**p - *tip).norm() < CUSP));
        }
    }
    let thinned = found.into_iter().map(|(cusp, tip, mut points)| {
        let step = points.len().div_ceil(TRIED).max(1);
        points = points.into_iter().step_by(step).collect();
        points.push(tip);
        (cusp, points)
    });
    thinned.collect()
}

/// The crowns of an arch near some points.
struct Near {
    index: SpatialIndex,
    teeth: Vec<Fdi>,
}

impl Near {
    fn new(arch: &MeasuredArch<'_>, around: &[((Fdi, K), Vec<Point>)]) -> Option<Self> {
        let tips: Vec<Point> = around
            .iter()
            .filter_map(|(_, points)| points.last().copied())
            .collect();
        // Squares of 1 mm that a face near a tip may lie in.
        let square = |p: &Point| (p.x.floor() as i32, p.y.floor() as i32);
        let reach = (REACH + CUSP).ceil() as i32 + 1;
        let mut squares: HashSet<(i32, i32)> = HashSet::new();
        for tip in &tips {
            let (x, y) = square(tip);
            squares.extend((-reach..=reach).flat_map(|i| (-reach..=reach).map(move |j| (x + i, y + j))));
        }
        let labels = arch.labelled.face_labels.as_slice();
        let near = |face: stonecast_mesh::FaceId| {
            labels[face.0 as usize].is_some()
                && arch
                    .mesh
                    .corners(face)
                    .iter()
                    .any(|corner| squares.contains(&square(corner)))
        };
        let teeth: Vec<Fdi> = (arch.mesh.face_ids())
            .filter(|face| near(*face))
            .filter_map(|face| labels[face.0 as usize])
            .collect();
        if teeth.is_empty() {
            return None;
        }
        let part = arch.mesh.submesh(near);
        Some(Self {
            index: SpatialIndex::build(&part.mesh),
            teeth,
        })
    }

    /// The least gap of some points.
    fn least(&self, points: &[Point]) -> Option<Gap> {
        let mut least: Option<Gap> = None;
        for point in points {
            let Some(closest) = self.index.closest_point(point, REACH) else {
                continue;
            };
            let [a, b, c] = self.index.corners(closest.face);
            let outwards = (b - a).cross(&(c - a));
            let away = point - closest.point;
            let inside = away.dot(&outwards) < 0.0;
            let distance = away.norm();
            let wide = if inside { -distance } else { distance };
            if least.is_none_or(|l| wide < l.wide) {
                // On the surface itself the direction is that of the surface.
                let across = (if inside { -away } else { away })
                    .try_normalize(1e-9)
                    .or_else(|| outwards.try_normalize(0.0));
                least = across.map(|across| Gap {
                    wide,
                    across,
                    other: self.teeth[closest.face.0 as usize],
                });
            }
        }
        least
    }
}
