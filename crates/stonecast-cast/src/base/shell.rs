//! The shell: walls and bottom of a base, and its assembly with the land and the anatomy into closed solids.
//!
//! Units: mm. Frame: the base frame (x, y of the cast frame; z towards the base).
//!
//! Steps:
//! 1. [`Shell::build`] drops walls from the outline to the bottom plane and closes it.
//! 2. [`Shell::body`] adds land and interface: the base alone.
//! 3. [`Shell::joined`] adds land and anatomy: the cast in one piece.
//!
//! Every side of every face has exactly one partner by construction; the tests and the peers check it.

use stonecast_mesh::{Point, TriMesh, VertexId};

use super::{
    land::Land,
    outline::Outline,
    planar::{Kind, RingsCross, triangulate},
    trim::Trimmed,
};

/// A base without its upper surface.
pub(super) struct Shell {
    /// The land's points, then the bottom's and whatever is on the walls.
    points: Vec<Point>,
    ring_points: usize,
    /// Walls and bottom.
    faces: Vec<[u32; 3]>,
}

impl Shell {
    /// Walls and bottom under a land.
    pub fn build(land: &Land, outline: &Outline, bottom: f64) -> Result<Self, RingsCross> {
        let first_top = land.ring_points as u32;
        let count = outline.points.len() as u32;
        let mut points = land.points.clone();
        let first_bottom = points.len() as u32;
        points.extend(outline.points.iter().map(|&[x, y]| Point::new(x, y, bottom)));
        let mut faces = Vec::new();
        for i in 0..count {
            let j = (i + 1) % count;
            let (top, next_top) = (first_top + i, first_top + j);
            let (foot, next_foot) = (first_bottom + i, first_bottom + j);
            faces.extend([[top, next_top, next_foot], [top, next_foot, foot]]);
        }
        let floor = triangulate(&outline.points, &[(Kind::Outline, (0..count).collect())])?;
        faces.extend(
            floor
                .within(Kind::Outline as u8)
                .map(|t| t.map(|v| first_bottom + v)),
        );
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
