//! The gap between neighbours in an arch: the shortest distance between their crowns' surfaces.
//!
//! Units: mm. Frame: that of the mesh. Contact points lie where a neighbour would touch and are known to a third of a
//! millimetre at best; whether two crowns do touch is seen better on the surface itself, where their labels meet.
//!
//! Steps
//! 1. `foremost`: of every two neighbours, the faces that lie towards the other.
//! 2. `shortest`: nothing where they share a vertex; else the corners of either against the faces of the other, the smaller
//!    of both ways.
//!
//! Limits: scanners and the faces of a mesh bridge gaps that are narrower than a face is long: a gap comes out too small
//! rather than too great. Where crowns touch, the scan does not show how far down.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use stonecast_dental::Fdi;
use stonecast_mesh::spatial::SpatialIndex;
use stonecast_mesh::{FaceData, Point, TriMesh, Vector};

/// Only the part of a crown that is this near to its foremost point towards the neighbour is looked at, mm: a quarter of
/// a molar. No part farther back is nearest to the neighbour.
const FOREMOST: f64 = 2.5;

/// How two neighbours stand to each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrownGap {
    /// The shortest distance of their labelled surfaces, mm; nothing where their labels meet.
    pub gap: f64,
    /// The greater of the two crowns' mean edges, mm: gaps narrower than this may be bridged.
    pub edge: f64,
    /// Where: on the first crown and on the second. Where labels meet, the middle of where they do.
    pub at: [Point; 2],
}

/// The gaps of pairs of teeth of one arch; pairs without a surface to measure are left out.
pub fn crown_gaps(
    mesh: &TriMesh,
    face_labels: &FaceData<Option<Fdi>>,
    pairs: &[[Fdi; 2]],
) -> BTreeMap<[Fdi; 2], CrownGap> {
    let crowns = crowns(mesh, face_labels);
    let found: Vec<_> = pairs
        .par_iter()
        .filter_map(|pair| {
            let [a, b] = [crowns.get(&pair[0])?, crowns.get(&pair[1])?];
            let (gap, at) = shortest(a, b)?;
            let edge = a.edge.max(b.edge);
            Some((*pair, CrownGap { gap, edge, at }))
        })
        .collect();
    found.into_iter().collect()
}

/// A crown's labelled faces.
struct Crown {
    faces: Vec<[Point; 3]>,
    centre: Point,
    /// Edge of an equilateral triangle of its mean area.
    edge: f64,
}

fn crowns(mesh: &TriMesh, face_labels: &FaceData<Option<Fdi>>) -> BTreeMap<Fdi, Crown> {
    let mut faces: BTreeMap<Fdi, Vec<[Point; 3]>> = BTreeMap::new();
    for (face, label) in face_labels.iter() {
        if let Some(tooth) = label {
            faces.entry(*tooth).or_default().push(mesh.corners(face));
        }
    }
    let crown = |faces: Vec<[Point; 3]>| {
        let (mut area, mut moment) = (0.0, Vector::zeros());
        for [a, b, c] in &faces {
            let own = 0.5 * (b - a).cross(&(c - a)).norm();
            area += own;
            moment += (a.coords + b.coords + c.coords) * (own / 3.0);
        }
        (area > 0.0).then(|| Crown {
            centre: Point::from(moment / area),
            edge: (4.0 / 3f64.sqrt() * area / faces.len() as f64).sqrt(),
            faces,
        })
    };
    let crowns = faces
        .into_iter()
        .filter_map(|(tooth, faces)| Some((tooth, crown(faces)?)));
    crowns.collect()
}

/// The faces of a crown that lie near to its foremost point in a direction.
fn foremost(crown: &Crown, towards: &Vector) -> Vec<[Point; 3]> {
    let reach = |face: &[Point; 3]| {
        let reaches = face.iter().map(|p| towards.dot(&(p - crown.centre)));
        reaches.fold(f64::NEG_INFINITY, f64::max)
    };
    let most = crown.faces.iter().map(reach).fold(f64::NEG_INFINITY, f64::max);
    crown
        .faces
        .iter()
        .filter(|face| reach(face) > most - FOREMOST)
        .copied()
        .collect()
}

/// The shortest distance between two crowns' surfaces and where: nothing where they share a vertex.
fn shortest(a: &Crown, b: &Crown) -> Option<(f64, [Point; 2])> {
    let towards = (b.centre - a.centre).try_normalize(1e-9)?;
    let (a, b) = (foremost(a, &towards), foremost(b, &-towards));
    let bits = |p: &Point| [p.x.to_bits(), p.y.to_bits(), p.z.to_bits()];
    let of_a: BTreeSet<[u64; 3]> = a.iter().flatten().map(bits).collect();
    let shared: BTreeMap<[u64; 3], Point> = (b.iter().flatten())
        .filter(|p| of_a.contains(&bits(p)))
        .map(|p| (bits(p), *p))
        .collect();
    if !shared.is_empty() {
        let sum: Vector = shared.values().map(|p| p.coords).sum();
        return Some((0.0, [Point::from(sum / shared.len() as f64); 2]));
    }
    let one = from(&a, &b, f64::INFINITY)?;
    let other = from(&b, &a, one.0).map(|(gap, [on_b, on_a])| (gap, [on_a, on_b]));
    Some(other.unwrap_or(one))
}

/// The shortest distance from the corners of some faces to others, if it is less than what is known already; and where, on
/// the ones and on the others.
fn from(faces: &[[Point; 3]], others: &[[Point; 3]], known: f64) -> Option<(f64, [Point; 2])> {
    let corners: Vec<[u32; 3]> = (0..others.len() as u32)
        .map(|i| [3 * i, 3 * i + 1, 3 * i + 2])
        .collect();
    let index = SpatialIndex::build(&TriMesh::from_indices(others.concat(), &corners).ok()?);
    let mut best = (known, None);
    for p in faces.iter().flatten() {
        if let Some(closest) = index.closest_point(p, best.0) {
            let gap = (closest.point - p).norm();
            if gap < best.0 {
                best = (gap, Some([*p, closest.point]));
            }
        }
    }
    best.1.map(|at| (best.0, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two plates in the planes x = 0 and x = gap, the second crosswise.
    fn plates(gap: f64) -> (TriMesh, FaceData<Option<Fdi>>) {
        let plate = |x: f64, side: f64| [[x, 0.0, 0.0], [x, side, 0.0], [x, side, side], [x, 0.0, side]];
        let points = [plate(0.0, 2.0), plate(gap, 3.0)]
            .concat()
            .into_iter()
            .map(Point::from);
        let faces = [[0, 1, 2], [0, 2, 3], [4, 5, 6], [4, 6, 7]];
        let mesh = TriMesh::from_indices(points.collect(), &faces).unwrap();
        let [a, b] = [11, 21].map(|n| Some(Fdi::new(n).unwrap()));
        (mesh, FaceData::from_vec(vec![a, a, b, b]))
    }

    #[test]
    fn plates_are_as_far_apart_as_they_stand_and_the_points_lie_on_them() {
        let pair = [11, 21].map(|n| Fdi::new(n).unwrap());
        for gap in [0.05, 0.4, 3.0] {
            let (mesh, labels) = plates(gap);
            let found = crown_gaps(&mesh, &labels, &[pair])[&pair];
            assert!((found.gap - gap).abs() < 1e-12, "{found:?}");
            assert!(
                ((found.at[1] - found.at[0]).norm() - gap).abs() < 1e-12,
                "{found:?}"
            );
            assert!(found.at[0].x.abs() < 1e-12 && (found.at[1].x - gap).abs() < 1e-12);
            // The other way round the points change places.
            let back = [pair[1], pair[0]];
            let turned = crown_gaps(&mesh, &labels, &[back])[&back];
            assert!((turned.gap - gap).abs() < 1e-12);
            assert!((turned.at[0].x - gap).abs() < 1e-12);
        }
    }

    #[test]
    fn a_tooth_that_is_not_there_has_no_gap() {
        let (mesh, labels) = plates(1.0);
        let pair = [11, 12].map(|n| Fdi::new(n).unwrap());
        assert!(crown_gaps(&mesh, &labels, &[pair]).is_empty());
    }
}
