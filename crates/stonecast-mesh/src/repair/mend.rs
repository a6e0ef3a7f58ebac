//! One oriented manifold surface from any triangles, without moving a vertex.
//!
//! Units: those of the mesh. Frame: any.
//!
//! Steps:
//! 1. `weld`: vertices at exactly the same position become one.
//! 2. `remove_degenerate`: a flat triangle whose long side has a neighbour is dissolved into that neighbour, so no
//!    crack opens; others are dropped.
//! 3. `remove_duplicated`: of faces on the same three vertices the first stays.
//! 4. `drop_flaps`: at an edge with three or more faces, small patches hanging on it go first, those with a free
//!    border before the others, the smallest first.
//! 5. `pair_sides`: what remains there is paired, the flattest continuation first, and cut apart otherwise.
//! 6. `wind`: faces of a piece are turned to agree with the larger part of its area; a one-sided piece
//!    (a Möbius strip) is cut where it contradicts itself.
//! 7. `split_fans`: a vertex at which several fans meet becomes one vertex per fan.
//! 8. `drop_small_pieces`: pieces below a share of the largest piece's area are dropped.
//! 9. `compact`: vertices without a face are dropped.
//!
//! Limits: pieces wound inside out as a whole stay so ([`super::outward`] tells them). Crossing faces stay.
//!
//! This work is based on: A. Guéziec, G. Taubin, F. Lazarus, W. Horn, "Cutting and Stitching: Converting Sets of
//! Polygons to Manifold Surfaces", IEEE Transactions on Visualization and Computer Graphics 7(2) (2001).

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    diagnose::{first_at_position, is_degenerate},
    sheets::{CornerFans, side_ends},
};
use crate::{
    FaceId, Point, TriMesh, VertexId,
    topology::{Edge, Topology, components_of},
};

/// What to drop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MendParams {
    /// A patch on a non-manifold edge is dropped when its area is at most this share of the whole; larger ones are
    /// cut free and stay.
    pub flap_share: f64,
    /// A separate piece is dropped when its area is less than this share of the largest piece's. Zero keeps all.
    pub piece_share: f64,
}

impl Default for MendParams {
    /// One hundredth for both: a patch that small is noise beside the surface, not a part of it.
    fn default() -> Self {
        Self {
            flap_share: 0.01,
            piece_share: 0.01,
        }
    }
}

/// What was changed, as counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MendReport {
    /// Vertices merged into an earlier one at the same position.
    pub welded_vertices: usize,
    /// Flat faces dissolved or dropped.
    pub degenerate_faces: usize,
    /// Faces dropped because an earlier one lies on the same vertices.
    pub duplicated_faces: usize,
    /// Faces of patches dropped at non-manifold edges.
    pub flap_faces: usize,
    /// Edges at which sheets were cut apart.
    pub cut_edges: usize,
    /// Faces turned over.
    pub rewound_faces: usize,
    /// Vertices added where fans of faces were parted.
    pub added_vertices: usize,
    /// Separate pieces dropped.
    pub dropped_pieces: usize,
    /// The faces of those pieces.
    pub dropped_piece_faces: usize,
    /// Vertices dropped because no face uses them.
    pub dropped_vertices: usize,
}

/// A mended mesh, and where its elements came from.
#[derive(Clone, Debug)]
pub struct Mended {
    /// At most two faces at each edge, one fan at each vertex, neighbours wound alike.
    pub mesh: TriMesh,
    /// For each vertex, the vertex of the original at the same position.
    pub vertex_of: Vec<VertexId>,
    /// For each face, the face of the original that it is or was made from.
    pub face_of: Vec<FaceId>,
    /// What was changed.
    pub report: MendReport,
}

/// Mends a mesh. The result's positions are positions of the original, bit for bit.
///
/// ```
/// use stonecast_mesh::{Point, TriMesh, repair::{MendParams, mend}};
/// // Two triangles as an STL file holds them: no vertex shared, and one wound the wrong way.
/// let points = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [1., 0., 0.], [0., 1., 0.], [1., 1., 0.]];
/// let mesh = TriMesh::from_indices(points.map(Point::from).to_vec(), &[[0, 1, 2], [3, 4, 5]])?;
/// let mended = mend(&mesh, &MendParams::default());
/// assert_eq!(mended.mesh.vertex_count(), 4);
/// assert_eq!((mended.report.welded_vertices, mended.report.rewound_faces), (2, 1));
/// # Ok::<(), stonecast_mesh::MeshError>(())
/// ```
pub fn mend(mesh: &TriMesh, params: &MendParams) -> Mended {
    let mut work = Work {
        points: mesh.points().to_vec(),
        vertex_of: mesh.vertex_ids().collect(),
        faces: mesh.faces().to_vec(),
        face_of: mesh.face_ids().collect(),
        report: MendReport::default(),
    };
    work.weld(mesh);
    work.remove_degenerate();
    work.remove_duplicated();
    let mut topology = work.drop_flaps(params.flap_share);
    // Each further round drops at least one face, so this ends.
    let parting = loop {
        match work.part_sheets(&topology) {
            Parting::Dropped => topology = work.topology(),
            done => break done,
        }
    };
    work.drop_small_pieces(params.piece_share);
    let still_holds = parting == Parting::Nothing && work.report.dropped_piece_faces == 0;
    work.compact(still_holds.then_some(topology))
}

const NONE: u32 = u32::MAX;

/// What parting the sheets came to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parting {
    /// There was nothing to part or to wind.
    Nothing,
    /// Done.
    Done,
    /// An edge was still overfull and faces were dropped: it must be done again.
    Dropped,
}

struct Work {
    points: Vec<Point>,
    vertex_of: Vec<VertexId>,
    faces: Vec<[VertexId; 3]>,
    face_of: Vec<FaceId>,
    report: MendReport,
}

impl Work {
    fn topology(&self) -> Topology {
        Topology::build(self.points.len(), &self.faces)
    }

    fn corners(&self, f: usize) -> [Point; 3] {
        self.faces[f].map(|v| self.points[v.index()])
    }

    fn area(&self, f: usize) -> f64 {
        let [a, b, c] = self.corners(f);
        0.5 * (b - a).cross(&(c - a)).norm()
    }

    /// Keeps the faces for which `keep` is true; returns how many went.
    fn retain(&mut self, keep: &[bool]) -> usize {
        if keep.iter().all(|&k| k) {
            return 0;
        }
        let before = self.faces.len();
        let mut flags = keep.iter();
        self.faces.retain(|_| *flags.next().expect("one flag per face"));
        let mut flags = keep.iter();
        self.face_of.retain(|_| *flags.next().expect("one flag per face"));
        before - self.faces.len()
    }

    fn weld(&mut self, mesh: &TriMesh) {
        let first_at = first_at_position(mesh);
        for v in self.faces.iter_mut().flatten() {
            *v = first_at[v.index()];
        }
        self.report.welded_vertices = mesh.vertex_ids().filter(|v| first_at[v.index()] != *v).count();
    }

    fn remove_degenerate(&mut self) {
        let all_flat = |work: &Self| -> Vec<usize> {
            let faces = (0..work.faces.len()).into_par_iter().with_min_len(4096);
            faces.filter(|&f| is_degenerate(&work.corners(f))).collect()
        };
        let mut flat = all_flat(self);
        self.report.degenerate_faces = flat.len();
        // A chain of flat faces dissolves one per round; what a few rounds leave is dropped.
        for _ in 0..4 {
            if flat.is_empty() {
                break;
            }
            self.dissolve(&flat);
            flat = all_flat(self);
        }
        let mut keep = vec![true; self.faces.len()];
        for f in flat {
            keep[f] = false;
        }
        self.retain(&keep);
    }

    /// Gives the middle corner of a flat face to the neighbour across the long side, which becomes two faces of
    /// the same shape together.
    fn dissolve(&mut self, flat: &[usize]) {
        let topology = self.topology();
        let mut touched = vec![false; self.faces.len()];
        for &f in flat {
            let [a, b, c] = self.faces[f];
            if a == b || b == c || c == a || touched[f] {
                continue;
            }
            let corners = self.corners(f);
            let length = |i: usize| (corners[(i + 1) % 3] - corners[i]).norm_squared();
            let long = (1..3).fold(0, |best, i| if length(i) > length(best) { i } else { best });
            let middle = self.faces[f][(long + 2) % 3];
            let Some(g) = topology.neighbour(FaceId(f as u32), long).map(FaceId::index) else {
                continue;
            };
            let ends = [self.faces[f][long], self.faces[f][(long + 1) % 3]];
            let Some(k) = (0..3).find(|&k| !ends.contains(&self.faces[g][k])) else {
                continue;
            };
            let apex = self.faces[g][k];
            if touched[g] || apex == middle || topology.edge_between(apex, middle).is_some() {
                continue;
            }
            let [p, q] = [self.faces[g][(k + 1) % 3], self.faces[g][(k + 2) % 3]];
            self.faces[g] = [apex, p, middle];
            self.faces[f] = [apex, middle, q];
            self.face_of[f] = self.face_of[g];
            touched[f] = true;
            touched[g] = true;
        }
        let keep: Vec<bool> = self
            .faces
            .iter()
            .map(|&[a, b, c]| a != b && b != c && c != a)
            .collect();
        self.retain(&keep);
    }

    fn remove_duplicated(&mut self) {
        // In buckets by the least vertex, which hold a few faces each: linear where a sort of all faces is not.
        let mut start = vec![0u32; self.points.len() + 1];
        let least = |f: &[VertexId; 3]| f[0].min(f[1]).min(f[2]).index();
        for f in &self.faces {
            start[least(f) + 1] += 1;
        }
        for v in 0..self.points.len() {
            start[v + 1] += start[v];
        }
        let mut cursor = start.clone();
        let mut keyed = vec![([VertexId(NONE); 2], NONE); self.faces.len()];
        for (f, corners) in self.faces.iter().enumerate() {
            let mut key = *corners;
            key.sort_unstable();
            let at = &mut cursor[key[0].index()];
            keyed[*at as usize] = ([key[1], key[2]], f as u32);
            *at += 1;
        }
        let mut keep = vec![true; self.faces.len()];
        for bucket in start.windows(2) {
            let bucket = &mut keyed[bucket[0] as usize..bucket[1] as usize];
            bucket.sort_unstable();
            for group in bucket.chunk_by(|a, b| a.0 == b.0) {
                for &(_, f) in &group[1..] {
                    keep[f as usize] = false;
                }
            }
        }
        self.report.duplicated_faces = self.retain(&keep);
    }

    fn drop_flaps(&mut self, share: f64) -> Topology {
        loop {
            let topology = self.topology();
            if topology.non_manifold_edges().next().is_none() {
                return topology;
            }
            let patches = self.patches(&topology);
            let most = share * (0..self.faces.len()).map(|f| self.area(f)).sum::<f64>();
            let mut keep = vec![true; self.faces.len()];
            let mut left: Vec<usize> = topology.edges().iter().map(|e| topology.face_count(e)).collect();
            for patch in patches.iter().filter(|p| p.area <= most) {
                let sides = patch
                    .faces
                    .iter()
                    .flat_map(|&f| [0, 1, 2].map(|c| (FaceId(f as u32), c)));
                let edges: Vec<usize> = sides.filter_map(|(f, c)| topology.edge_index(f, c)).collect();
                if edges.iter().any(|&e| left[e] > 2) {
                    for &e in &edges {
                        left[e] -= 1;
                    }
                    for &f in &patch.faces {
                        keep[f] = false;
                    }
                }
            }
            let dropped = self.retain(&keep);
            self.report.flap_faces += dropped;
            if dropped == 0 {
                return topology;
            }
        }
    }

    /// The patches that touch a non-manifold edge, in the order in which they may go.
    fn patches(&self, topology: &Topology) -> Vec<Patch> {
        let mut patch_of = vec![NONE; self.faces.len()];
        let mut patches = Vec::new();
        for start in 0..self.faces.len() {
            if patch_of[start] != NONE {
                continue;
            }
            let mut patch = Patch::default();
            let mut touches = false;
            let mut stack = vec![start];
            patch_of[start] = start as u32;
            while let Some(f) = stack.pop() {
                patch.faces.push(f);
                patch.area += self.area(f);
                let face = FaceId(f as u32);
                for e in (0..3).filter_map(|c| topology.edge_index(face, c)) {
                    let count = topology.face_count(&topology.edges()[e]);
                    patch.has_border |= count == 1;
                    touches |= count > 2;
                }
                for g in topology.neighbours(face).map(FaceId::index) {
                    if patch_of[g] == NONE {
                        patch_of[g] = start as u32;
                        stack.push(g);
                    }
                }
            }
            if touches {
                patches.push(patch);
            }
        }
        patches.sort_by(|a, b| {
            let key = |p: &Patch| (!p.has_border, p.area);
            let (ka, kb) = (key(a), key(b));
            ka.0.cmp(&kb.0)
                .then(ka.1.total_cmp(&kb.1))
                .then(a.faces[0].cmp(&b.faces[0]))
        });
        patches
    }

    /// Pairs, winds and splits.
    fn part_sheets(&mut self, topology: &Topology) -> Parting {
        let mut partner = self.pair_sides(topology);
        if self.is_whole(topology, &partner) {
            return Parting::Nothing;
        }
        let turned = self.wind(&mut partner);
        let split = self.split_fans(&partner);
        let is_overfull = topology.non_manifold_edges().next().is_some();
        if is_overfull && self.drop_slits(&split, &partner) {
            return Parting::Dropped;
        }
        self.take(split, &turned);
        self.report.cut_edges = topology
            .edges()
            .iter()
            .filter(|e| topology.face_count(e) > 1)
            .filter(|e| {
                topology.face_count(e) > 2
                    || topology.sides(e).any(|(f, c)| partner[3 * f.index() + c] == NONE)
            })
            .count();
        Parting::Done
    }

    /// Whether there is nothing to part or wind: at most two sides at each edge, which run opposite ways, and one
    /// fan of faces at each vertex.
    fn is_whole(&self, topology: &Topology, partner: &[u32]) -> bool {
        let start = |s: u32| self.faces[s as usize / 3][s as usize % 3];
        let is_paired = topology.edges().iter().all(|e| {
            let mut sides = topology.sides(e).map(|(f, c)| 3 * f.0 + c as u32);
            match (sides.next(), sides.next(), sides.next()) {
                (Some(a), Some(b), None) => start(a) != start(b),
                (_, None, _) => true,
                _ => false,
            }
        });
        let mut first = vec![NONE; self.points.len()];
        let mut count = vec![0u32; self.points.len()];
        for (s, v) in self.faces.iter().flatten().enumerate() {
            first[v.index()] = s as u32;
            count[v.index()] += 1;
        }
        is_paired
            && (first.iter().zip(&count)).all(|(&s, &count)| s == NONE || fan_length(partner, s) == count)
    }

    /// A slit: two pairs of sides on one edge whose fans meet at both ends. The later pair goes.
    fn drop_slits(&mut self, split: &Split, partner: &[u32]) -> bool {
        let after = Topology::build(split.vertex_count, &split.faces);
        let mut keep = vec![true; self.faces.len()];
        for e in after.non_manifold_edges() {
            let mut sides = after.sides(e).map(|(f, c)| 3 * f.0 + c as u32);
            let first = sides.next().expect("an edge has a face");
            for s in sides.filter(|&s| partner[first as usize] != s) {
                keep[s as usize / 3] = false;
            }
        }
        let dropped = self.retain(&keep);
        self.report.flap_faces += dropped;
        dropped > 0
    }

    fn take(&mut self, split: Split, turned: &[bool]) {
        self.report.added_vertices = split.added.len();
        for &(from, _) in &split.added {
            self.points.push(self.points[from.index()]);
            self.vertex_of.push(self.vertex_of[from.index()]);
        }
        self.faces = split.faces;
        self.report.rewound_faces = turned.iter().filter(|&&t| t).count();
        for (face, _) in self.faces.iter_mut().zip(turned).filter(|(_, turned)| **turned) {
            face.swap(1, 2);
        }
    }

    /// For each side the side it continues across, or `NONE`.
    fn pair_sides(&self, topology: &Topology) -> Vec<u32> {
        let mut partner = vec![NONE; 3 * self.faces.len()];
        for e in topology.edges() {
            let mut sides = topology.sides(e).map(|(f, c)| 3 * f.0 + c as u32);
            if topology.face_count(e) > 2 {
                self.pair_many(e, &sides.collect::<Vec<u32>>(), &mut partner);
            } else if let (Some(a), Some(b)) = (sides.next(), sides.next()) {
                partner[a as usize] = b;
                partner[b as usize] = a;
            }
        }
        partner
    }

    fn pair_many(&self, edge: &Edge, sides: &[u32], partner: &mut [u32]) {
        let [a, b] = edge.ends.map(|v| self.points[v.index()]);
        let along = b - a;
        // Into the face, perpendicular to the edge: two faces continue each other when these are opposite.
        let inward = |s: u32| {
            let apex = self.faces[s as usize / 3][(s as usize % 3 + 2) % 3];
            let v = self.points[apex.index()] - a;
            let w = v - along * (v.dot(&along) / along.norm_squared());
            w / w.norm()
        };
        let mut pairs = Vec::new();
        for (i, &s) in sides.iter().enumerate() {
            for &t in &sides[i + 1..] {
                let same_way = side_ends(&self.faces, s)[0] == side_ends(&self.faces, t)[0];
                pairs.push((same_way, inward(s).dot(&inward(t)), s, t));
            }
        }
        pairs.sort_by(|p, q| {
            p.0.cmp(&q.0)
                .then(p.1.total_cmp(&q.1))
                .then((p.2, p.3).cmp(&(q.2, q.3)))
        });
        for (_, _, s, t) in pairs {
            if partner[s as usize] == NONE && partner[t as usize] == NONE {
                partner[s as usize] = t;
                partner[t as usize] = s;
            }
        }
    }

    /// Which faces to turn over; pairs that contradict it are parted.
    fn wind(&self, partner: &mut [u32]) -> Vec<bool> {
        let mut turned = vec![false; self.faces.len()];
        let mut seen = vec![false; self.faces.len()];
        for start in 0..self.faces.len() {
            if seen[start] {
                continue;
            }
            seen[start] = true;
            let mut piece = vec![start];
            let mut at = 0;
            while at < piece.len() {
                let f = piece[at];
                at += 1;
                for s in 3 * f as u32..3 * f as u32 + 3 {
                    let t = partner[s as usize];
                    if t == NONE {
                        continue;
                    }
                    let same_way = side_ends(&self.faces, s)[0] == side_ends(&self.faces, t)[0];
                    let g = t as usize / 3;
                    if !seen[g] {
                        seen[g] = true;
                        turned[g] = turned[f] ^ same_way;
                        piece.push(g);
                    } else if turned[g] != turned[f] ^ same_way {
                        partner[s as usize] = NONE;
                        partner[t as usize] = NONE;
                    }
                }
            }
            let area = |turn: bool| {
                piece
                    .iter()
                    .filter(|&&f| turned[f] == turn)
                    .map(|&f| self.area(f))
                    .sum::<f64>()
            };
            if area(true) > area(false) {
                for &f in &piece {
                    turned[f] = !turned[f];
                }
            }
        }
        turned
    }

    fn split_fans(&self, partner: &[u32]) -> Split {
        let mut fans = CornerFans::new(self.faces.len());
        for (s, &t) in partner.iter().enumerate() {
            if t != NONE && (s as u32) < t {
                fans.join_across(&self.faces, s as u32, t);
            }
        }
        let mut first_fan = vec![NONE; self.points.len()];
        let mut vertex_of_fan = vec![VertexId(NONE); 3 * self.faces.len()];
        let mut faces = self.faces.clone();
        let mut added = Vec::new();
        for corner in 0..3 * self.faces.len() as u32 {
            let (f, c) = (corner as usize / 3, corner as usize % 3);
            let v = self.faces[f][c];
            let fan = fans.fan(corner);
            if first_fan[v.index()] == NONE {
                first_fan[v.index()] = fan;
            }
            if vertex_of_fan[fan as usize] == VertexId(NONE) {
                vertex_of_fan[fan as usize] = if first_fan[v.index()] == fan {
                    v
                } else {
                    added.push((v, fan));
                    VertexId::new(self.points.len() + added.len() - 1)
                };
            }
            faces[f][c] = vertex_of_fan[fan as usize];
        }
        Split {
            vertex_count: self.points.len() + added.len(),
            faces,
            added,
        }
    }

    fn drop_small_pieces(&mut self, share: f64) {
        let pieces = components_of(self.points.len(), &self.faces);
        let areas: Vec<f64> = pieces
            .iter()
            .map(|faces| faces.iter().map(|f| self.area(f.index())).sum())
            .collect();
        let largest = areas.iter().copied().fold(0.0, f64::max);
        let mut keep = vec![true; self.faces.len()];
        for (piece, area) in pieces.iter().zip(areas) {
            if area < share * largest {
                self.report.dropped_pieces += 1;
                for f in piece {
                    keep[f.index()] = false;
                }
            }
        }
        self.report.dropped_piece_faces = self.retain(&keep);
    }

    fn compact(mut self, topology: Option<Topology>) -> Mended {
        let merged = self.report.welded_vertices;
        let all = TriMesh::from_trusted(self.points, self.faces);
        let used = all.submesh(|_| true);
        self.report.dropped_vertices = all.vertex_count() - used.mesh.vertex_count() - merged;
        let vertex_of = used.vertex_of.iter().map(|v| self.vertex_of[v.index()]).collect();
        let mesh = match topology {
            Some(topology) => used.mesh.with_topology(topology.renumbered(&used.vertex_of)),
            None => used.mesh,
        };
        Mended {
            vertex_of,
            mesh,
            face_of: self.face_of,
            report: self.report,
        }
    }
}

/// How many faces the fan has in which a corner stands, where all sides that are paired run opposite ways.
fn fan_length(partner: &[u32], corner: u32) -> u32 {
    let turn = |s: u32, by: u32| s - s % 3 + (s + by) % 3;
    let mut length = 1;
    let mut at = corner;
    // The sides that run from the corner, one way round.
    while partner[at as usize] != NONE {
        at = turn(partner[at as usize], 1);
        if at == corner {
            return length;
        }
        length += 1;
    }
    at = corner;
    while partner[turn(at, 2) as usize] != NONE {
        at = partner[turn(at, 2) as usize];
        length += 1;
    }
    length
}

#[derive(Default)]
struct Patch {
    faces: Vec<usize>,
    area: f64,
    has_border: bool,
}

struct Split {
    vertex_count: usize,
    faces: Vec<[VertexId; 3]>,
    added: Vec<(VertexId, u32)>,
}

#[cfg(test)]
mod tests;
