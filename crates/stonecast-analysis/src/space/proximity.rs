//! The gap between neighbours: the shortest distance between their crowns' surfaces.
//!
//! Units: mm. Frame: the cast frame. Contact points lie where a neighbour would touch and are known to a third of a
//! millimetre at best; whether two crowns do touch is seen better on the surface itself, where their labels meet.
//!
//! Steps
//! 1. `foremost`: of every two neighbours, the faces that lie towards the other.
//! 2. `shortest`: nothing where they share a vertex; else the corners of either against the faces of the other, the smaller
//!    of both ways.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::spatial::SpatialIndex;
use stonecast_mesh::{Point, TriMesh, Vector};

use super::neighbours::pairs;
use crate::rows::row;
use crate::subject::{MeasuredArch, Subject};

/// Only the part of a crown that is this near to its foremost point towards the neighbour is looked at, mm: a quarter of
/// a molar. No part farther back is nearest to the neighbour.
const FOREMOST: f64 = 2.5;

/// The gaps of an arch and their standard uncertainties, mm, by the two teeth from the patient's right to the left.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gaps(BTreeMap<[Fdi; 2], [f64; 2]>);

impl Gaps {
    /// The gaps of an arch; none where it is not there.
    pub fn of(subject: &Subject<'_>, jaw: Jaw) -> Self {
        let Some(arch) = subject.cast.arch(jaw) else {
            return Self::default();
        };
        let crowns = crowns(&arch);
        let precision = row("space", "surface-gap-precision");
        let found: Vec<_> = pairs(subject, jaw)
            .into_par_iter()
            .filter_map(|pair| {
                let [a, b] = [crowns.get(&pair[0])?, crowns.get(&pair[1])?];
                let gap = shortest(a, b)?;
                let sigma = precision
                    .number("base")
                    .hypot(precision.number("per_edge") * a.edge.max(b.edge));
                Some((pair, [gap, sigma]))
            })
            .collect();
        Self(found.into_iter().collect())
    }

    /// The gap between neighbours and its standard uncertainty.
    pub fn between(&self, right: Fdi, left: Fdi) -> Option<[f64; 2]> {
        self.0.get(&[right, left]).copied()
    }
}

/// A crown's labelled faces.
struct Crown {
    faces: Vec<[Point; 3]>,
    centre: Point,
    /// Edge of an equilateral triangle of its mean area.
    edge: f64,
}

fn crowns(arch: &MeasuredArch<'_>) -> BTreeMap<Fdi, Crown> {
    let mut faces: BTreeMap<Fdi, Vec<[Point; 3]>> = BTreeMap::new();
    for (face, label) in arch.labelled.face_labels.iter() {
        if let Some(tooth) = label {
            faces.entry(*tooth).or_default().push(arch.mesh.corners(face));
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

/// The shortest distance between two crowns' surfaces: nothing where they share a vertex.
fn shortest(a: &Crown, b: &Crown) -> Option<f64> {
    let towards = (b.centre - a.centre).try_normalize(1e-9)?;
    let (a, b) = (foremost(a, &towards), foremost(b, &-towards));
    let bits = |p: &Point| [p.x.to_bits(), p.y.to_bits(), p.z.to_bits()];
    let of_a: BTreeSet<[u64; 3]> = a.iter().flatten().map(bits).collect();
    if b.iter().flatten().any(|p| of_a.contains(&bits(p))) {
        return Some(0.0);
    }
    let one = from(&a, &b, f64::INFINITY)?;
    from(&b, &a, one)
}

/// The shortest distance from the corners of some faces to others, if it is less than what is known already.
fn from(faces: &[[Point; 3]], others: &[[Point; 3]], known: f64) -> Option<f64> {
    let corners: Vec<[u32; 3]> = (0..others.len() as u32)
        .map(|i| [3 * i, 3 * i + 1, 3 * i + 2])
        .collect();
    let index = SpatialIndex::build(&TriMesh::from_indices(others.concat(), &corners).ok()?);
    let mut best = known;
    for p in faces.iter().flatten() {
        if let Some(closest) = index.closest_point(p, best) {
            best = best.min((closest.point - p).norm());
        }
    }
    best.is_finite().then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Params;
    use crate::truth::TrueCast;
    use stonecast_testkit::{DentitionSpec, PerJaw};

    #[test]
    fn a_gap_at_every_contact_is_found_at_every_contact() {
        // The mesh has edges of 0.35 mm and rounds both crowns' corners off by up to an edge: narrower gaps are bridged. The
        // truth is measured along the line on which the crowns face each other; the shortest way is never longer.
        let spec = DentitionSpec {
            spacing_mm: PerJaw::both(1.5),
            triangles: 60_000,
            ..DentitionSpec::default()
        };
        let cast = TrueCast::new(&spec);
        let params = Params::default();
        let subject = Subject::new(cast.measured(), &params);
        for jaw in [Jaw::Upper, Jaw::Lower] {
            let gaps = Gaps::of(&subject, jaw);
            for truth in &cast.pair.arch(jaw).truth.proximal {
                let [a, b] = truth.teeth;
                let found = gaps
                    .between(a, b)
                    .or_else(|| gaps.between(b, a))
                    .expect("every pair has a gap");
                assert!(
                    (-0.7..0.1).contains(&(found[0] - truth.gap_mm)),
                    "{a} {b}: {found:?}, {}",
                    truth.gap_mm
                );
            }
        }
    }

    #[test]
    fn crowns_in_contact_have_no_gap() {
        let cast = TrueCast::new(&DentitionSpec {
            triangles: 60_000,
            ..DentitionSpec::default()
        });
        let params = Params::default();
        let subject = Subject::new(cast.measured(), &params);
        for jaw in [Jaw::Upper, Jaw::Lower] {
            let gaps = Gaps::of(&subject, jaw);
            assert_eq!(gaps.0.len(), 13);
            for (pair, [gap, _]) in &gaps.0 {
                assert!(*gap < 0.2, "{pair:?}: {gap}");
            }
        }
    }
}
