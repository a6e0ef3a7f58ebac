//! Which corners around a vertex belong to one fan of faces.

use crate::VertexId;

/// Union-find over the corners `3 * face + corner` of a mesh.
pub(super) struct CornerFans {
    parent: Vec<u32>,
}

impl CornerFans {
    /// Every corner a fan of its own.
    pub(super) fn new(face_count: usize) -> Self {
        Self {
            parent: (0..3 * face_count as u32).collect(),
        }
    }

    /// The fan's name: its smallest corner.
    pub(super) fn fan(&mut self, corner: u32) -> u32 {
        let mut c = corner;
        while self.parent[c as usize] != c {
            self.parent[c as usize] = self.parent[self.parent[c as usize] as usize];
            c = self.parent[c as usize];
        }
        c
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.fan(a), self.fan(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }

    /// Joins the fans at both ends of the edge that two sides share.
    pub(super) fn join_across(&mut self, faces: &[[VertexId; 3]], side: u32, other: u32) {
        let ends = side_ends(faces, side);
        let others = side_ends(faces, other);
        let next = |s: u32| s - s % 3 + (s + 1) % 3;
        let same_way = ends[0] == others[0];
        self.join(side, if same_way { other } else { next(other) });
        self.join(next(side), if same_way { next(other) } else { other });
    }
}

/// The vertices from which and to which a side runs.
pub(super) fn side_ends(faces: &[[VertexId; 3]], side: u32) -> [VertexId; 2] {
    let corners = faces[side as usize / 3];
    let c = side as usize % 3;
    [corners[c], corners[(c + 1) % 3]]
}
