//! A manifold triangle mesh whose edges can be collapsed, split and flipped.
//!
//! Each vertex has a linked list of its corners (`3 * face + corner`), so that an operation touches the faces around
//! it and nothing else. The caller asks the tests (`can_collapse`, `can_flip`) before it acts.

use crate::{Point, TriMesh, VertexId};

const NONE: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub(super) struct Editable {
    pub(super) points: Vec<Point>,
    /// The vertex of each corner; `NONE` for a removed face.
    vertex_of: Vec<u32>,
    /// The next corner at the same vertex.
    next: Vec<u32>,
    /// The first corner of each vertex; `NONE` for a vertex without faces.
    first: Vec<u32>,
    /// The vertices that lay on a border at the start; they stay for good.
    pub(super) is_border: Vec<bool>,
    live_faces: usize,
}

impl Editable {
    pub(super) fn new(mesh: &TriMesh) -> Self {
        let vertex_of: Vec<u32> = mesh.faces().iter().flatten().map(|v| v.0).collect();
        let mut first = vec![NONE; mesh.vertex_count()];
        let mut next = vec![NONE; vertex_of.len()];
        for corner in (0..vertex_of.len()).rev() {
            let v = vertex_of[corner] as usize;
            next[corner] = first[v];
            first[v] = corner as u32;
        }
        Self {
            points: mesh.points().to_vec(),
            vertex_of,
            next,
            first,
            is_border: mesh.topology().border_vertices(),
            live_faces: mesh.face_count(),
        }
    }

    pub(super) fn face_slots(&self) -> usize {
        self.vertex_of.len() / 3
    }

    pub(super) fn live_faces(&self) -> usize {
        self.live_faces
    }

    pub(super) fn is_alive(&self, face: u32) -> bool {
        self.vertex_of[3 * face as usize] != NONE
    }

    pub(super) fn face(&self, face: u32) -> [u32; 3] {
        let c = 3 * face as usize;
        [self.vertex_of[c], self.vertex_of[c + 1], self.vertex_of[c + 2]]
    }

    pub(super) fn corners(&self, face: u32) -> [Point; 3] {
        self.face(face).map(|v| self.points[v as usize])
    }

    pub(super) fn has_faces(&self, v: u32) -> bool {
        self.first[v as usize] != NONE
    }

    /// The faces at a vertex.
    pub(super) fn faces_of(&self, v: u32) -> impl Iterator<Item = u32> + '_ {
        let mut corner = self.first[v as usize];
        std::iter::from_fn(move || {
            (corner != NONE).then(|| {
                let face = corner / 3;
                corner = self.next[corner as usize];
                face
            })
        })
    }

    /// The vertices that share an edge with `v`, sorted.
    pub(super) fn ring(&self, v: u32) -> Vec<u32> {
        let mut ring: Vec<u32> = self
            .faces_of(v)
            .flat_map(|f| self.face(f))
            .filter(|&w| w != v)
            .collect();
        ring.sort_unstable();
        ring.dedup();
        ring
    }

    /// The faces on the edge `a b`, each with its third vertex.
    pub(super) fn faces_on(&self, a: u32, b: u32) -> Vec<(u32, u32)> {
        self.faces_of(a)
            .filter_map(|f| {
                let face = self.face(f);
                face.contains(&b).then(|| {
                    let third = face.into_iter().find(|&w| w != a && w != b);
                    (f, third.expect("a proper face has a third vertex"))
                })
            })
            .collect()
    }

    /// Whether merging `a` and `b` keeps the surface manifold and its border whole (the link condition).
    pub(super) fn can_collapse(&self, a: u32, b: u32) -> bool {
        if self.is_border[a as usize] && self.is_border[b as usize] {
            return false;
        }
        let on = self.faces_on(a, b);
        if on.len() != 2 {
            return false;
        }
        let (ring_a, ring_b) = (self.ring(a), self.ring(b));
        let common = ring_a.iter().filter(|w| ring_b.binary_search(w).is_ok()).count();
        if common != 2 {
            return false;
        }
        // A third vertex with three faces would keep two, back to back; a border vertex with two would keep one,
        // which is sound, but one with a single face would vanish.
        on.iter().all(|&(_, third)| {
            let count = self.faces_of(third).count();
            if self.is_border[third as usize] {
                count > 1
            } else {
                count > 3
            }
        })
    }

    /// Merges `gone` into `kept`, which moves to `to`.
    pub(super) fn collapse(&mut self, kept: u32, gone: u32, to: Point) {
        let faces: Vec<u32> = self.faces_of(gone).collect();
        for f in faces {
            if self.face(f).contains(&kept) {
                self.remove(f);
            } else {
                let c = 3 * f
                    + self
                        .face(f)
                        .iter()
                        .position(|&w| w == gone)
                        .expect("a face at the vertex") as u32;
                self.unlink(c);
                self.link(c, kept);
            }
        }
        self.points[kept as usize] = to;
    }

    fn remove(&mut self, f: u32) {
        for c in 3 * f..3 * f + 3 {
            self.unlink(c);
        }
        for c in 3 * f..3 * f + 3 {
            self.vertex_of[c as usize] = NONE;
        }
        self.live_faces -= 1;
    }

    fn unlink(&mut self, corner: u32) {
        let v = self.vertex_of[corner as usize] as usize;
        let after = self.next[corner as usize];
        if self.first[v] == corner {
            self.first[v] = after;
            return;
        }
        let mut c = self.first[v];
        while self.next[c as usize] != corner {
            c = self.next[c as usize];
        }
        self.next[c as usize] = after;
    }

    fn link(&mut self, corner: u32, v: u32) {
        self.vertex_of[corner as usize] = v;
        self.next[corner as usize] = self.first[v as usize];
        self.first[v as usize] = corner;
    }

    fn set_face(&mut self, f: u32, corners: [u32; 3]) {
        for c in 3 * f..3 * f + 3 {
            self.unlink(c);
        }
        for (c, v) in (3 * f..).zip(corners) {
            self.link(c, v);
        }
    }

    fn add_face(&mut self, corners: [u32; 3]) {
        let at = self.vertex_of.len() as u32;
        for (c, v) in (at..).zip(corners) {
            self.vertex_of.push(v);
            self.next.push(NONE);
            self.link(c, v);
        }
        self.live_faces += 1;
    }

    /// Puts a vertex at `at` on the edge `a b`; returns it.
    pub(super) fn split(&mut self, a: u32, b: u32, at: Point) -> u32 {
        let m = self.points.len() as u32;
        self.points.push(at);
        self.first.push(NONE);
        self.is_border.push(false);
        for (f, _) in self.faces_on(a, b) {
            let face = self.face(f);
            let with = |old: u32| face.map(|w| if w == old { m } else { w });
            let (near_a, near_b) = (with(b), with(a));
            self.set_face(f, near_a);
            self.add_face(near_b);
        }
        m
    }

    /// The ends of the edge that would replace `a b`, unless they are joined already or the edge is on a border.
    pub(super) fn can_flip(&self, a: u32, b: u32) -> Option<[u32; 2]> {
        let [(_, c), (_, d)] = self.faces_on(a, b)[..] else {
            return None;
        };
        (c != d && self.faces_on(c, d).is_empty()).then_some([c, d])
    }

    /// Replaces the edge `a b` by the other diagonal; `can_flip` has said that it may be.
    pub(super) fn flip(&mut self, a: u32, b: u32) {
        let [(f, c), (g, d)] = self.faces_on(a, b)[..] else {
            return;
        };
        let replaced = |face: [u32; 3], old: u32, new: u32| face.map(|w| if w == old { new } else { w });
        let (near_a, near_b) = (replaced(self.face(f), b, d), replaced(self.face(g), a, c));
        self.set_face(f, near_a);
        self.set_face(g, near_b);
    }

    /// All edges, each once, the smaller end first, sorted.
    pub(super) fn edges(&self) -> Vec<(u32, u32)> {
        let mut edges: Vec<(u32, u32)> = (0..self.face_slots() as u32)
            .filter(|&f| self.is_alive(f))
            .flat_map(|f| {
                let [a, b, c] = self.face(f);
                [(a, b), (b, c), (c, a)].map(|(a, b)| (a.min(b), a.max(b)))
            })
            .collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    /// The mesh as it stands, without unused vertices, and for each vertex its number here.
    pub(super) fn finish(self) -> (TriMesh, Vec<u32>) {
        let mut new_of_old = vec![NONE; self.points.len()];
        let mut old_of_new = Vec::new();
        for v in 0..self.points.len() as u32 {
            if self.has_faces(v) {
                new_of_old[v as usize] = old_of_new.len() as u32;
                old_of_new.push(v);
            }
        }
        let points = old_of_new.iter().map(|&v| self.points[v as usize]).collect();
        let faces = (0..self.face_slots() as u32)
            .filter(|&f| self.is_alive(f))
            .map(|f| self.face(f).map(|v| VertexId(new_of_old[v as usize])))
            .collect();
        (TriMesh::from_trusted(points, faces), old_of_new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{repair::diagnose, surface::shapes};

    fn assert_sound(mesh: &TriMesh) {
        let report = diagnose(mesh);
        assert!(report.is_manifold && report.is_oriented, "{:?}", report.faults);
    }

    #[test]
    fn splits_flips_and_collapses_keep_a_ball_a_ball() {
        let ball = shapes::sphere(1.0, 2);
        let mut edit = Editable::new(&ball);
        for (a, b) in edit.edges().into_iter().step_by(5) {
            let middle = nalgebra::center(&edit.points[a as usize], &edit.points[b as usize]);
            edit.split(a, b, middle);
        }
        for (a, b) in edit.edges().into_iter().step_by(7) {
            if edit.can_flip(a, b).is_some() {
                edit.flip(a, b);
            }
        }
        for (a, b) in edit.edges().into_iter().step_by(3) {
            if edit.has_faces(a) && edit.has_faces(b) && edit.can_collapse(a, b) {
                let to = edit.points[a as usize];
                edit.collapse(a, b, to);
            }
        }
        let count = edit.live_faces();
        let (mesh, _) = edit.finish();
        assert_eq!(mesh.face_count(), count);
        assert_sound(&mesh);
        assert!(mesh.topology().is_closed(&mesh));
        // Euler: a ball has V - E + F = 2.
        assert_eq!(
            mesh.vertex_count() + mesh.face_count() - mesh.topology().edges().len(),
            2
        );
    }

    #[test]
    fn a_tetrahedron_and_a_border_edge_are_not_collapsed() {
        let points = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]]
            .map(Point::from)
            .to_vec();
        let closed = TriMesh::from_indices(points, &[[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]]).unwrap();
        assert!(!Editable::new(&closed).can_collapse(0, 1));
        assert!(!Editable::new(&shapes::sheet(3, 1.0)).can_collapse(0, 1));
    }
}
