//! Exact signed distances from the vertices of one arch to the other arch's surface.
//!
//! Units: mm. Frame: the cast frame; the lower arch may be moved from its closed position.
//!
//! Steps
//! 1. `Pair::gaps`: the vertices of one arch are moved into the other's frame, and the exact distance to its triangles is
//!    taken there, with the side ([`stonecast_mesh::spatial::OrientedSurface`]).
//! 2. `facing`: whether the two surfaces look at each other there, as surfaces that can touch do.

use rayon::prelude::*;
use stonecast_dental::Jaw;
use stonecast_mesh::spatial::Side;
use stonecast_mesh::{FaceId, Point, RigidMotion, VertexData, VertexId};

use crate::pair::Pair;
use crate::rows::row;

/// The distance from a place of one arch to the other arch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gap {
    /// Exact distance; negative where the place lies within the other arch: then it is a depth of penetration.
    pub signed: f64,
    /// The antagonist's face that is closest.
    pub face: FaceId,
    /// The closest point of the antagonist, in the antagonist's own closed position.
    pub closest: Point,
    /// Whether the two surfaces look at each other there, within 60 degrees of opposite.
    pub facing: bool,
}

/// The gaps of all vertices of an arch.
#[derive(Clone, Debug, PartialEq)]
pub struct GapField {
    /// Whose vertices.
    pub on: Jaw,
    /// `None` where the other arch is out of reach, or the side cannot be told because the closest place is its border.
    pub gaps: VertexData<Option<Gap>>,
}

/// How far gaps of the bite are told where nobody says, mm: the row `least-gap-reach` of `tables/occlusion.toml`.
pub fn field_reach() -> f64 {
    row("least-gap-reach").number("distance_mm")
}

/// Normals of surfaces that face each other have a cosine below this: within sixty degrees of opposite. Where two bodies
/// touch they are opposite, and where curved ones cross a little, nearly so.
pub(crate) const FACING: f64 = -0.5;

impl Pair<'_> {
    /// The gaps of an arch's vertices to the other arch, as far as `reach`, with the lower arch moved from its closed
    /// position by `moved_from_closed`.
    pub fn gaps(&self, on: Jaw, moved_from_closed: &RigidMotion, reach: f64) -> GapField {
        let vertices: Vec<VertexId> = self.surface(on).mesh().vertex_ids().collect();
        let gaps = self.gaps_at(on, &vertices, moved_from_closed, reach);
        GapField {
            on,
            gaps: VertexData::from_vec(gaps),
        }
    }

    /// The gaps of some of an arch's vertices, as [`Pair::gaps`].
    pub(crate) fn gaps_at(
        &self,
        on: Jaw,
        vertices: &[VertexId],
        moved_from_closed: &RigidMotion,
        reach: f64,
    ) -> Vec<Option<Gap>> {
        let (own, other) = (self.surface(on), self.surface(on.antagonist()));
        // Into the antagonist's closed position.
        let motion = match on {
            Jaw::Lower => *moved_from_closed,
            Jaw::Upper => moved_from_closed.inverse(),
        };
        let points: Vec<Point> = vertices
            .par_iter()
            .map(|v| motion * own.mesh().point(*v))
            .collect();
        let signed = other.oriented.signed_field(&points, reach);
        let normals = own.mesh().vertex_normals();
        let gaps = signed.into_par_iter().zip(vertices).map(|(found, vertex)| {
            let found = found.filter(|s| s.side != Side::Unknown)?;
            let closest = found.closest;
            let opposite = other.oriented.normal(closest.face, closest.feature);
            Some(Gap {
                signed: found.value()?,
                face: closest.face,
                closest: closest.point,
                facing: (motion * normals[*vertex]).dot(&opposite) < FACING,
            })
        });
        gaps.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pair::OccludingArch;
    use stonecast_mesh::{FaceData, TriMesh, Vector};
    use stonecast_teeth::LabelledArch;

    fn sheet(z: f64, up: bool) -> TriMesh {
        let points = [[0., 0., z], [9., 0., z], [9., 9., z], [0., 9., z], [4., 4., z]].map(Point::from);
        let faces = [[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]];
        let faces = faces.map(|[a, b, c]| if up { [a, b, c] } else { [a, c, b] });
        TriMesh::from_indices(points.to_vec(), &faces).unwrap()
    }

    #[test]
    fn a_sheet_below_another_has_its_gap_and_through_it_its_depth() {
        let (upper, lower) = (sheet(0.0, false), sheet(-0.3, true));
        let labels = |jaw| LabelledArch {
            jaw,
            face_labels: FaceData::from_vec(vec![None; 4]),
            teeth: Vec::new(),
            doubts: Vec::new(),
        };
        let (of_upper, of_lower) = (labels(Jaw::Upper), labels(Jaw::Lower));
        let arch = |mesh, labelled| OccludingArch { mesh, labelled };
        let pair = Pair::new(arch(&upper, &of_upper), arch(&lower, &of_lower));
        for (rise, expected) in [(0.0, 0.3), (0.5, -0.2)] {
            let motion = RigidMotion::from_parts(Vector::new(0.0, 0.0, rise).into(), Default::default());
            for on in [Jaw::Lower, Jaw::Upper] {
                let gap = pair.gaps(on, &motion, 2.0).gaps.as_slice()[4].unwrap();
                assert!((gap.signed - expected).abs() < 1e-12, "{gap:?}");
                assert!(gap.facing);
            }
        }
    }
}
