//! The shell: walls and bottom of a base with its label and cavity, and its assembly with the land and the anatomy
//! into closed solids.
//!
//! Units: mm. Frame: the base frame (x, y of the cast frame; z towards the base).
//!
//! Steps:
//! 1. [`Shell::build`] drops walls from the outline to the bottom plane and closes it, cutting letters into the
//!    back or the bottom and drain holes into the bottom.
//! 2. [`Shell::body`] adds land and interface: the base alone.
//! 3. [`Shell::joined`] adds land and anatomy: the cast in one piece.
//!
//! Every side of every face has exactly one partner by construction; the tests and the peers check it.

use stonecast_dental::Jaw;
use stonecast_mesh::{Point, TriMesh, VertexId};

use super::{
    error::BaseError,
    face::FlatFace,
    hollow::Cavity,
    label::{Label, LabelFace, LabelStyle, Letters, Room},
    land::Land,
    outline::Outline,
    planar::RingsCross,
    presets::common,
    trim::{Trimmed, single},
};

/// A label set and placed on its face, in that face's plane coordinates.
pub(super) struct PlacedLabel {
    face: LabelFace,
    letters: Vec<Vec<[f64; 2]>>,
    relief: f64,
    /// What it may fill.
    pub room: Room,
}

impl PlacedLabel {
    /// Sets a label for a base.
    pub fn new(
        label: &Label,
        jaw: Jaw,
        land: &Land,
        outline: &Outline,
        bottom: f64,
    ) -> Result<Self, BaseError> {
        let first_top = land.ring_points;
        let upper_edge = outline
            .back
            .iter()
            .map(|&i| land.points[first_top + i])
            .map(|p| [p.x, p.z])
            .collect::<Vec<_>>();
        let room = match label.face {
            LabelFace::Back => Room::on_back(&upper_edge, bottom),
            LabelFace::Bottom => Room::on_bottom(&outline.points),
        }
        .ok_or(BaseError::NoLabelFace { jaw })?;
        let text = Letters::set(label, room.width, room.height)?;
        // Seen from behind, the patient's right is on the reader's right; the letters stand upright in the mouth.
        // On the bottom, the front of the arch is at the top, so the sides depend on which way the bottom looks.
        let upright = if jaw == Jaw::Upper { 1.0 } else { -1.0 };
        let place = |[u, v]: [f64; 2]| match label.face {
            LabelFace::Back => [room.centre[1] + upright * v, room.centre[0] - u],
            LabelFace::Bottom => [room.centre[0] - upright * u, room.centre[1] - v],
        };
        let letters = text
            .contours()
            .iter()
            .map(|c| c.iter().map(|&p| place(p)).collect())
            .collect();
        let depth = common().label_depth.value;
        Ok(Self {
            face: label.face,
            letters,
            relief: if label.style == LabelStyle::Embossed {
                depth
            } else {
                -depth
            },
            room,
        })
    }

    fn on(&self, face: LabelFace) -> Vec<Vec<[f64; 2]>> {
        if self.face == face {
            self.letters.clone()
        } else {
            Vec::new()
        }
    }
}

/// A base without its upper surface.
pub(super) struct Shell {
    /// The land's points, then the bottom's and whatever is on the walls and inside.
    points: Vec<Point>,
    ring_points: usize,
    /// Walls, bottom, letters, cavity.
    faces: Vec<[u32; 3]>,
}

impl Shell {
    /// Walls and bottom under a land.
    pub fn build(
        land: &Land,
        outline: &Outline,
        bottom: f64,
        label: Option<&PlacedLabel>,
        cavity: Option<&Cavity>,
    ) -> Result<Self, RingsCross> {
        let mut points = land.points.clone();
        let first_top = land.ring_points as u32;
        let first_bottom = points.len() as u32;
        points.extend(outline.points.iter().map(|&[x, y]| Point::new(x, y, bottom)));
        let mut faces = Vec::new();
        let labelled_back = label.is_some_and(|l| l.face == LabelFace::Back);
        let back: &[usize] = if labelled_back { &outline.back } else { &[] };
        let is_back: std::collections::BTreeSet<usize> = back.iter().rev().skip(1).copied().collect();
        let count = outline.points.len();
        for i in (0..count).filter(|i| !is_back.contains(i)) {
            let j = (i + 1) % count;
            let (top, next_top) = (first_top + i as u32, first_top + j as u32);
            let (foot, next_foot) = (first_bottom + i as u32, first_bottom + j as u32);
            faces.extend([[top, next_top, next_foot], [top, next_foot, foot]]);
        }
        if let Some(label) = label.filter(|_| labelled_back) {
            let upper = back.iter().map(|&i| first_top + i as u32);
            let lower = back.iter().rev().map(|&i| first_bottom + i as u32);
            let rear = outline.points[back[0]][1];
            FlatFace {
                outline: upper.chain(lower).collect(),
                place: &|[z, x], out| single(Point::new(x, rear + out, z)),
                flatten: &|p| [p.z, p.x],
                letters: label.on(LabelFace::Back),
                relief: label.relief,
                drains: Vec::new(),
            }
            .close(&mut points, &mut faces)?;
        }
        let drains = FlatFace {
            outline: (first_bottom..first_bottom + count as u32).collect(),
            place: &|[x, y], out| single(Point::new(x, y, bottom + out)),
            flatten: &|p| [p.x, p.y],
            letters: label.map(|l| l.on(LabelFace::Bottom)).unwrap_or_default(),
            relief: label.map_or(0.0, |l| l.relief),
            drains: cavity.map_or_else(Vec::new, |c| c.drains.iter().map(|&d| c.drain_ring(d)).collect()),
        }
        .close(&mut points, &mut faces)?;
        if let Some(cavity) = cavity {
            cavity.append(&drains, &mut points, &mut faces)?;
        }
        Ok(Self {
            points,
            ring_points: land.ring_points,
            faces,
        })
    }

    /// The base alone, closed by the interface.
    pub fn body(&self, land: &Land) -> TriMesh {
        let faces = land.land.iter().chain(&land.interface).chain(&self.faces);
        compact(self.points.clone(), faces.copied().collect())
    }

    /// The anatomy and the base as one solid; the anatomy's points and faces come first, in their order.
    pub fn joined(&self, land: &Land, trimmed: &Trimmed) -> TriMesh {
        let ring_ids: Vec<u32> = trimmed.rings.iter().flatten().copied().collect();
        let offset = trimmed.points.len() as u32;
        let renumber = |v: u32| match ring_ids.get(v as usize) {
            Some(&id) => id,
            None => v - self.ring_points as u32 + offset,
        };
        let mut points = trimmed.points.clone();
        points.extend_from_slice(&self.points[self.ring_points..]);
        let mut faces = trimmed.faces.clone();
        faces.extend(land.land.iter().chain(&self.faces).map(|f| f.map(renumber)));
        compact(points, faces)
    }
}

/// A mesh without points that no face uses; both orders are kept.
fn compact(points: Vec<Point>, mut faces: Vec<[u32; 3]>) -> TriMesh {
    let mut new_of_old = vec![u32::MAX; points.len()];
    for &v in faces.iter().flatten() {
        new_of_old[v as usize] = 0;
    }
    let mut kept = Vec::with_capacity(points.len());
    for (p, new) in points.into_iter().zip(&mut new_of_old) {
        if *new == 0 {
            *new = kept.len() as u32;
            kept.push(p);
        }
    }
    for v in faces.iter_mut().flatten() {
        *v = new_of_old[*v as usize];
    }
    let faces = faces.into_iter().map(|f| f.map(VertexId)).collect();
    TriMesh::new(kept, faces).expect("points are finite and faces were renumbered with them")
}
