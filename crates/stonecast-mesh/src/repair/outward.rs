//! Which side of a surface is outside.
//!
//! Units: none. Frame: any.
//!
//! Steps, for each connected piece:
//! 1. `by_volume`: a closed piece encloses a positive volume exactly when its normals point outwards.
//! 2. `by_clearance`: on an open piece, a ray leaves each sampled face along its normal and one against it. The
//!    side on which the surface is met again sooner is taken for the inside: what is scanned (a tooth, a ridge, a
//!    block) is as a rule thinner than the space in front of it is deep, for otherwise the scanner could not have
//!    looked in. Each sample votes with its area.
//!
//! Limits: a sheet without depth, or a mould (an impression seen from inside), gives no or the opposite vote; the
//! score says how clear the vote is. The piece must be consistently wound.

use rayon::prelude::*;

use crate::{FaceId, Point, TriMesh, Vector, spatial::SpatialIndex, topology::components};

/// How a piece's outside was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutwardEvidence {
    /// By the sign of the enclosed volume.
    Volume,
    /// By the vote of rays.
    Clearance,
}

/// The verdict on one piece.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PieceOutward {
    /// The piece's first face.
    pub first_face: FaceId,
    /// The piece's area.
    pub area: f64,
    /// From 1 (all evidence says that the normals point outwards) to -1 (all says inwards).
    pub score: f64,
    /// What the score rests on.
    pub evidence: OutwardEvidence,
}

/// Between the two scores the vote of rays says nothing: a random vote of a few hundred samples stays within.
const UNDECIDED: f64 = 0.1;

impl PieceOutward {
    /// True when the evidence says that the normals point inwards.
    pub fn is_inverted(&self) -> bool {
        self.score < -UNDECIDED
    }

    /// True when the evidence says neither.
    pub fn is_undecided(&self) -> bool {
        self.score.abs() <= UNDECIDED
    }
}

/// The verdict on a mesh.
#[derive(Clone, Debug, PartialEq)]
pub struct Outward {
    /// The pieces, the one with most faces first.
    pub pieces: Vec<PieceOutward>,
}

/// Samples per piece: the vote's standard error is then below 0.03.
const SAMPLES: usize = 1500;

/// Tells for every connected piece whether its normals point outwards.
pub fn outward(mesh: &TriMesh) -> Outward {
    let index = std::cell::OnceCell::new();
    let pieces = components(mesh)
        .iter()
        .map(|piece| {
            by_volume(mesh, piece)
                .unwrap_or_else(|| by_clearance(mesh, index.get_or_init(|| SpatialIndex::build(mesh)), piece))
        })
        .collect();
    Outward { pieces }
}

fn piece_area(mesh: &TriMesh, piece: &[FaceId]) -> f64 {
    piece.iter().map(|&f| mesh.face_area(f)).sum()
}

fn by_volume(mesh: &TriMesh, piece: &[FaceId]) -> Option<PieceOutward> {
    let topology = mesh.topology();
    let is_closed = piece
        .iter()
        .all(|&f| (0..3).all(|c| topology.neighbour(f, c).is_some()));
    if !is_closed {
        return None;
    }
    let origin = mesh.point(mesh.face(piece[0])[0]);
    let volume: f64 = piece
        .iter()
        .map(|&f| {
            let [a, b, c] = mesh.corners(f).map(|p| p - origin);
            a.dot(&b.cross(&c))
        })
        .sum();
    Some(PieceOutward {
        first_face: piece[0],
        area: piece_area(mesh, piece),
        score: if volume > 0.0 {
            1.0
        } else if volume < 0.0 {
            -1.0
        } else {
            0.0
        },
        evidence: OutwardEvidence::Volume,
    })
}

fn by_clearance(mesh: &TriMesh, index: &SpatialIndex, piece: &[FaceId]) -> PieceOutward {
    let area = piece_area(mesh, piece);
    // Far below any feature, far above the rounding of coordinates: a ray must not meet the face it leaves.
    let lift = 1e-7 * area.sqrt();
    let step = piece.len().div_ceil(SAMPLES);
    let sampled: Vec<(FaceId, f64, f64)> = (0..piece.len().div_ceil(step))
        .into_par_iter()
        .filter_map(|i| {
            let f = piece[i * step];
            let normal = mesh.face_area_vector(f);
            let normal = normal.try_normalize(0.0)?;
            let from = mesh.face_centroid(f);
            let ahead = clearance(index, &from, &normal, lift);
            let behind = clearance(index, &from, &-normal, lift);
            Some((f, ahead, behind))
        })
        .collect();
    let (mut balance, mut voting) = (0.0, 0.0);
    for (f, ahead, behind) in sampled {
        let weight = mesh.face_area(f);
        if behind < ahead {
            balance += weight;
        } else if ahead < behind {
            balance -= weight;
        }
        voting += weight;
    }
    PieceOutward {
        first_face: piece[0],
        area,
        score: if voting > 0.0 { balance / voting } else { 0.0 },
        evidence: OutwardEvidence::Clearance,
    }
}

fn clearance(index: &SpatialIndex, from: &Point, direction: &Vector, lift: f64) -> f64 {
    index
        .ray(&(from + direction * lift), direction, f64::INFINITY)
        .map_or(f64::INFINITY, |hit| hit.t)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RigidMotion, surface::shapes};

    #[test]
    fn a_closed_ball_is_told_by_its_volume() {
        let ball = shapes::sphere(3.0, 2);
        assert_eq!(outward(&ball).pieces[0].score, 1.0);
        assert!(outward(&ball.flipped()).pieces[0].is_inverted());
    }

    #[test]
    fn an_open_cup_is_told_by_its_clearance_in_any_pose() {
        // A thimble: its inner space is narrower than the open space around it.
        let ball = shapes::sphere(3.0, 3);
        let cup = ball.submesh(|f| ball.face_centroid(f).z > -1.0).mesh;
        let motion = RigidMotion::new(Vector::new(5., -2., 9.), Vector::new(0.4, -1.0, 2.0));
        for mesh in [cup.clone(), cup.transformed(&motion)] {
            let verdict = outward(&mesh).pieces[0];
            assert_eq!(verdict.evidence, OutwardEvidence::Clearance);
            assert!(verdict.score > 0.5, "{}", verdict.score);
            assert!(outward(&mesh.flipped()).pieces[0].is_inverted());
        }
    }

    #[test]
    fn a_flat_sheet_is_undecided() {
        let sheet = shapes::sheet(6, 1.0);
        assert!(outward(&sheet).pieces[0].is_undecided());
    }
}
