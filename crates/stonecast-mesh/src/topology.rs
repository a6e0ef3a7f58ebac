//! Who neighbours whom: edges with their faces, faces around vertices, borders, components.

use crate::{FaceId, TriMesh, VertexId};

/// An edge and the faces on it: one on a border, two inside, more where the surface is not manifold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The ends, the smaller id first.
    pub ends: [VertexId; 2],
    first_side: u32,
    side_count: u32,
}

/// Adjacency of a mesh. Built by [`TriMesh::topology`] when first asked for.
///
/// Degenerate faces (a vertex named twice) take part in no edge.
#[derive(Clone, Debug)]
pub struct Topology {
    edges: Vec<Edge>,
    /// Sides sorted by edge; a side is `3 * face + corner` and runs from that corner to the next.
    sides: Vec<u32>,
    edge_of_side: Vec<u32>,
    /// For each side the face across it, `NO_FACE` where there is not exactly one.
    across: Vec<u32>,
    vertex_start: Vec<u32>,
    vertex_faces: Vec<FaceId>,
}

const NO_EDGE: u32 = u32::MAX;
const NO_FACE: u32 = u32::MAX;

impl Topology {
    pub(crate) fn build(vertex_count: usize, faces: &[[VertexId; 3]]) -> Self {
        let (keyed, start) = sides_by_lesser_end(vertex_count, faces);
        let mut edges: Vec<Edge> = Vec::with_capacity(keyed.len() / 2 + 1);
        let mut edge_of_side = vec![NO_EDGE; 3 * faces.len()];
        for lesser in 0..vertex_count {
            let mut last = None;
            for i in start[lesser]..start[lesser + 1] {
                let (greater, side) = keyed[i as usize];
                if last != Some(greater) {
                    edges.push(Edge {
                        ends: [VertexId(lesser as u32), VertexId(greater)],
                        first_side: i,
                        side_count: 0,
                    });
                    last = Some(greater);
                }
                let e = edges.len() - 1;
                edges[e].side_count += 1;
                edge_of_side[side as usize] = e as u32;
            }
        }
        let sides: Vec<u32> = keyed.into_iter().map(|(_, side)| side).collect();
        let mut across = vec![NO_FACE; 3 * faces.len()];
        for edge in edges.iter().filter(|e| e.side_count == 2) {
            let [s, t] = [0, 1].map(|i| sides[edge.first_side as usize + i]);
            across[s as usize] = t / 3;
            across[t as usize] = s / 3;
        }

        let mut vertex_start = vec![0u32; vertex_count + 1];
        for v in faces.iter().flatten() {
            vertex_start[v.index() + 1] += 1;
        }
        for i in 0..vertex_count {
            vertex_start[i + 1] += vertex_start[i];
        }
        let mut cursor = vertex_start.clone();
        let mut vertex_faces = vec![FaceId(0); 3 * faces.len()];
        for (f, corners) in faces.iter().enumerate() {
            for v in corners {
                let at = &mut cursor[v.index()];
                vertex_faces[*at as usize] = FaceId(f as u32);
                *at += 1;
            }
        }
        Self {
            edges,
            sides,
            edge_of_side,
            across,
            vertex_start,
            vertex_faces,
        }
    }

    /// The same where vertices without a face are dropped and the others keep their order: `kept` has the old id of
    /// each that stays.
    pub(crate) fn renumbered(mut self, kept: &[VertexId]) -> Self {
        if kept.len() + 1 == self.vertex_start.len() {
            return self;
        }
        let mut new_of_old = vec![u32::MAX; self.vertex_start.len() - 1];
        let mut vertex_start = Vec::with_capacity(kept.len() + 1);
        for (new, old) in kept.iter().enumerate() {
            new_of_old[old.index()] = new as u32;
            vertex_start.push(self.vertex_start[old.index()]);
        }
        vertex_start.push(self.vertex_faces.len() as u32);
        for edge in &mut self.edges {
            edge.ends = edge.ends.map(|v| VertexId(new_of_old[v.index()]));
        }
        self.vertex_start = vertex_start;
        self
    }

    /// All edges, sorted by their ends.
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The faces on an edge, each with the corner at which its side starts.
    pub fn sides(&self, edge: &Edge) -> impl ExactSizeIterator<Item = (FaceId, usize)> + '_ {
        let range = edge.first_side as usize..(edge.first_side + edge.side_count) as usize;
        self.sides[range].iter().map(|&s| (FaceId(s / 3), s as usize % 3))
    }

    /// How many faces meet at an edge.
    pub fn face_count(&self, edge: &Edge) -> usize {
        edge.side_count as usize
    }

    /// The index in [`Topology::edges`] of the edge from corner `corner` of `face` to its next corner; `None`
    /// for a degenerate face.
    pub fn edge_index(&self, face: FaceId, corner: usize) -> Option<usize> {
        let e = self.edge_of_side[3 * face.index() + corner];
        (e != NO_EDGE).then_some(e as usize)
    }

    /// The index in [`Topology::edges`] of the edge between two vertices, where there is one.
    pub fn edge_between(&self, a: VertexId, b: VertexId) -> Option<usize> {
        let ends = [a.min(b), a.max(b)];
        self.edges.binary_search_by(|e| e.ends.cmp(&ends)).ok()
    }

    /// The face across the edge that starts at `corner`; `None` on a border and on a non-manifold edge.
    pub fn neighbour(&self, face: FaceId, corner: usize) -> Option<FaceId> {
        let f = self.across[3 * face.index() + corner];
        (f != NO_FACE).then_some(FaceId(f))
    }

    /// The faces across the three edges of `face`, where there is exactly one.
    pub fn neighbours(&self, face: FaceId) -> impl Iterator<Item = FaceId> + '_ {
        (0..3).filter_map(move |corner| self.neighbour(face, corner))
    }

    /// The faces around a vertex, in the order of their ids.
    pub fn faces_of(&self, vertex: VertexId) -> &[FaceId] {
        let v = vertex.index();
        &self.vertex_faces[self.vertex_start[v] as usize..self.vertex_start[v + 1] as usize]
    }

    /// True for an edge with a single face.
    pub fn is_border(&self, edge: &Edge) -> bool {
        edge.side_count == 1
    }

    /// True when every edge has exactly two faces that run along it in opposite directions: closed, manifold at
    /// its edges, and consistently oriented.
    pub fn is_closed(&self, mesh: &TriMesh) -> bool {
        !self.edges.is_empty()
            && self.edges.iter().all(|e| {
                let starts: Vec<_> = self.sides(e).map(|(f, c)| mesh.face(f)[c]).collect();
                starts.len() == 2 && starts[0] != starts[1]
            })
    }

    /// Edges on which three or more faces meet.
    pub fn non_manifold_edges(&self) -> impl Iterator<Item = &Edge> {
        self.edges.iter().filter(|e| e.side_count > 2)
    }

    /// One flag per vertex: does it lie on a border edge.
    pub fn border_vertices(&self) -> Vec<bool> {
        let mut on_border = vec![false; self.vertex_start.len() - 1];
        for e in self.edges.iter().filter(|e| e.side_count == 1) {
            on_border[e.ends[0].index()] = true;
            on_border[e.ends[1].index()] = true;
        }
        on_border
    }

    /// The vertices that share an edge with `vertex`, sorted.
    pub fn ring(&self, mesh: &TriMesh, vertex: VertexId) -> Vec<VertexId> {
        let mut ring: Vec<VertexId> = self
            .faces_of(vertex)
            .iter()
            .flat_map(|&f| mesh.face(f))
            .filter(|&v| v != vertex)
            .collect();
        ring.sort_unstable();
        ring.dedup();
        ring
    }
}

/// The sides of all proper faces, each with the greater vertex of its edge, in buckets by the lesser one, sorted
/// within each bucket; and where each bucket starts. A few sides share a bucket, so this is linear where a sort of
/// all sides is not.
fn sides_by_lesser_end(vertex_count: usize, faces: &[[VertexId; 3]]) -> (Vec<(u32, u32)>, Vec<u32>) {
    let proper = |f: &[VertexId; 3]| f[0] != f[1] && f[1] != f[2] && f[2] != f[0];
    let mut start = vec![0u32; vertex_count + 1];
    for f in faces.iter().filter(|f| proper(f)) {
        for c in 0..3 {
            start[f[c].min(f[(c + 1) % 3]).index() + 1] += 1;
        }
    }
    for v in 0..vertex_count {
        start[v + 1] += start[v];
    }
    let mut keyed = vec![(0u32, 0u32); start[vertex_count] as usize];
    let mut cursor = start.clone();
    for (i, f) in faces.iter().enumerate().filter(|(_, f)| proper(f)) {
        for c in 0..3 {
            let (a, b) = (f[c], f[(c + 1) % 3]);
            let at = &mut cursor[a.min(b).index()];
            keyed[*at as usize] = (a.max(b).0, (3 * i + c) as u32);
            *at += 1;
        }
    }
    for v in 0..vertex_count {
        keyed[start[v] as usize..start[v + 1] as usize].sort_unstable();
    }
    (keyed, start)
}

/// The borders of a mesh as closed rings of vertices, each walked with the surface on its left, longest ring
/// (by length) first. Where a border passes a vertex twice, it is split there into simple rings.
pub fn boundary_loops(mesh: &TriMesh) -> Vec<Vec<VertexId>> {
    let topology = mesh.topology();
    let mut next: Vec<Vec<VertexId>> = vec![Vec::new(); mesh.vertex_count()];
    for e in topology.edges().iter().filter(|e| topology.is_border(e)) {
        let (f, c) = topology.sides(e).next().expect("an edge has a face");
        let corners = mesh.face(f);
        next[corners[c].index()].push(corners[(c + 1) % 3]);
    }
    let mut loops = Vec::new();
    for start in mesh.vertex_ids() {
        while !next[start.index()].is_empty() {
            loops.extend(walk_border(start, &mut next));
        }
    }
    let length = |ring: &Vec<VertexId>| -> f64 {
        (0..ring.len())
            .map(|i| (mesh.point(ring[(i + 1) % ring.len()]) - mesh.point(ring[i])).norm())
            .sum()
    };
    let mut keyed: Vec<(f64, Vec<VertexId>)> = loops.into_iter().map(|l| (length(&l), l)).collect();
    keyed.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    keyed.into_iter().map(|(_, ring)| ring).collect()
}

/// Walks from `start` until the border ends, cutting off a simple ring whenever a vertex repeats.
fn walk_border(start: VertexId, next: &mut [Vec<VertexId>]) -> Vec<Vec<VertexId>> {
    let mut rings = Vec::new();
    let mut path = vec![start];
    let mut position = std::collections::BTreeMap::from([(start, 0usize)]);
    while let Some(to) = next[path[path.len() - 1].index()].pop() {
        if let Some(&at) = position.get(&to) {
            let ring: Vec<VertexId> = path.drain(at..).collect();
            for v in &ring {
                position.remove(v);
            }
            rings.push(ring);
        }
        position.insert(to, path.len());
        path.push(to);
    }
    rings
}

/// The connected pieces of a mesh (faces joined through shared vertices), each a list of faces in order, the
/// one with most faces first.
pub fn components(mesh: &TriMesh) -> Vec<Vec<FaceId>> {
    components_of(mesh.vertex_count(), mesh.faces())
}

/// As [`components`], of a mesh under construction.
pub(crate) fn components_of(vertex_count: usize, faces: &[[VertexId; 3]]) -> Vec<Vec<FaceId>> {
    let mut parent: Vec<u32> = (0..vertex_count as u32).collect();
    fn root(parent: &mut [u32], mut v: u32) -> u32 {
        while parent[v as usize] != v {
            parent[v as usize] = parent[parent[v as usize] as usize];
            v = parent[v as usize];
        }
        v
    }
    for f in faces {
        for pair in [[f[0], f[1]], [f[1], f[2]]] {
            let (a, b) = (root(&mut parent, pair[0].0), root(&mut parent, pair[1].0));
            // The smaller id becomes the root, so the result does not depend on the order of the faces.
            parent[a.max(b) as usize] = a.min(b);
        }
    }
    let mut slot = vec![u32::MAX; vertex_count];
    let mut pieces: Vec<Vec<FaceId>> = Vec::new();
    for (f, face) in faces.iter().enumerate() {
        let r = root(&mut parent, face[0].0) as usize;
        if slot[r] == u32::MAX {
            slot[r] = pieces.len() as u32;
            pieces.push(Vec::new());
        }
        pieces[slot[r] as usize].push(FaceId(f as u32));
    }
    pieces.sort_by(|a, b| b.len().cmp(&a.len()).then(a[0].cmp(&b[0])));
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Point;

    /// An `n` by `n` grid of unit squares in the plane z = 0.
    fn sheet(n: u32) -> TriMesh {
        let side = n + 1;
        let points = (0..side * side)
            .map(|i| Point::new(f64::from(i % side), f64::from(i / side), 0.0))
            .collect();
        let faces: Vec<[u32; 3]> = (0..n * n)
            .flat_map(|q| {
                let a = (q / n) * side + q % n;
                [[a, a + 1, a + side + 1], [a, a + side + 1, a + side]]
            })
            .collect();
        TriMesh::from_indices(points, &faces).unwrap()
    }

    #[test]
    fn a_sheet_has_one_border_and_one_piece() {
        let mesh = sheet(4);
        let loops = boundary_loops(&mesh);
        assert_eq!(loops.len(), 1);
        assert_eq!(loops[0].len(), 16);
        assert_eq!(components(&mesh).len(), 1);
        assert!(!mesh.topology().is_closed(&mesh));
    }

    #[test]
    fn a_hole_is_a_second_shorter_loop() {
        let mesh = sheet(5).submesh(|f| f.0 / 2 != 12).mesh;
        let loops = boundary_loops(&mesh);
        assert_eq!(loops.iter().map(Vec::len).collect::<Vec<_>>(), [20, 4]);
    }

    #[test]
    fn a_border_through_one_vertex_twice_is_two_simple_rings() {
        let mesh = sheet(3).submesh(|f| [2, 4].contains(&(f.0 / 2))).mesh;
        let mut lengths: Vec<_> = boundary_loops(&mesh).iter().map(Vec::len).collect();
        lengths.sort_unstable();
        assert_eq!(lengths, [4, 4]);
    }

    #[test]
    fn components_are_sorted_by_size() {
        let mesh = TriMesh::joined([&sheet(1), &sheet(3)]);
        let sizes: Vec<_> = components(&mesh).iter().map(Vec::len).collect();
        assert_eq!(sizes, [18, 2]);
    }

    #[test]
    fn dropping_unused_vertices_renumbers_the_topology() {
        let whole = sheet(4);
        let faces: Vec<[VertexId; 3]> = whole.faces()[8..20].to_vec();
        let before = TriMesh::new(whole.points().to_vec(), faces).unwrap();
        let part = before.submesh(|_| true);
        assert!(part.mesh.vertex_count() < before.vertex_count());
        let renumbered = before.topology().clone().renumbered(&part.vertex_of);
        let built = part.mesh.topology();
        assert_eq!(renumbered.edges(), built.edges());
        assert_eq!(renumbered.sides, built.sides);
        assert_eq!(renumbered.across, built.across);
        assert_eq!(renumbered.vertex_start, built.vertex_start);
        assert_eq!(renumbered.vertex_faces, built.vertex_faces);
    }

    #[test]
    fn neighbours_cross_inner_edges_only() {
        let mesh = sheet(1);
        assert_eq!(
            mesh.topology().neighbours(FaceId(0)).collect::<Vec<_>>(),
            [FaceId(1)]
        );
        assert_eq!(mesh.topology().edges().len(), 5);
    }
}
