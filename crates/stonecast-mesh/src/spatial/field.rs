//! The closest points of many queries at once, by what neighbours have in common.
//!
//! Units: those of the mesh. Frame: that of the mesh.
//!
//! Steps
//! 1. `along_curve`: the queries in the order of a space-filling (Morton) curve, so that neighbours follow each other.
//! 2. `Packet::walk`: eight at a time go down the tree together, one lane of a vector each; each lane starts at the
//!    distance to the face that its predecessor found, which is rarely much too far.
//! 3. The answers go back to the places of their queries.
//!
//! Each lane keeps its own best and prunes by its own limit, so every answer is that of
//! [`SpatialIndex::closest_point`], to the last bit and on any number of threads.
//!
//! Limits: queries without neighbours gain nothing over single ones. The Morton curve stands along the axes of the
//! frame, so a turned scan takes a little more or less time; its answers are the same.
//!
//! References: G. M. Morton, "A computer oriented geodetic data base", IBM (1966); I. Wald et al., "Interactive rendering
//! with coherent ray tracing", Computer Graphics Forum 20(3) (2001), for packets.

use rayon::prelude::*;
use wide::{f32x8, f64x4};

use crate::Point;

use super::{
    Closest, OrientedSurface, Signed, SpatialIndex,
    closest::Best,
    tree::{IS_LEAF, LEAF, Leaf, Node, Prepared, STACK, Tree, WIDE},
};

/// Queries of a packet.
const LANES: usize = WIDE;
/// Packets that one thread takes in one go, the later ones starting from the earlier ones' faces.
const RUN: usize = 64;

impl SpatialIndex {
    /// For every point, what [`SpatialIndex::closest_point`] gives, several times as fast where the points lie close
    /// together, as the vertices of another scan do. Uses all threads.
    pub fn closest_field(&self, points: &[Point], max_distance: f64) -> Vec<Option<Closest>> {
        self.field(points, max_distance, |_, best| best.found())
    }

    /// The distance of every point, infinite where it is more than `max_distance`. Uses all threads.
    ///
    /// ```
    /// use stonecast_mesh::{Point, TriMesh, spatial::SpatialIndex};
    /// let corners = [[0., 0., 0.], [4., 0., 0.], [0., 4., 0.]].map(Point::from);
    /// let index = SpatialIndex::build(&TriMesh::from_indices(corners.to_vec(), &[[0, 1, 2]])?);
    /// let points = [Point::new(1., 1., 2.), Point::new(1., 1., -1.), Point::new(1., 1., 9.)];
    /// assert_eq!(index.distance_field(&points, 5.0), [2.0, 1.0, f64::INFINITY]);
    /// # Ok::<(), stonecast_mesh::MeshError>(())
    /// ```
    pub fn distance_field(&self, points: &[Point], max_distance: f64) -> Vec<f64> {
        self.field(points, max_distance, |_, best| match best.found() {
            Some(closest) => closest.distance,
            None => f64::INFINITY,
        })
    }

    /// `finish` of every point and its closest, in the order of the points.
    fn field<T: Copy + Send + Sync>(
        &self,
        points: &[Point],
        max_distance: f64,
        finish: impl Fn(&Point, &Best) -> T + Sync,
    ) -> Vec<T> {
        if points.is_empty() {
            return Vec::new();
        }
        let order = along_curve(points);
        let reachable = max_distance >= 0.0 && !self.tree.nodes.is_empty();
        let sorted: Vec<T> = order
            .par_chunks(LANES * RUN)
            .flat_map_iter(|run| {
                let mut warm: Option<[u32; LANES]> = None;
                let finish = &finish;
                run.chunks(LANES).flat_map(move |lanes| {
                    let mut packet = Packet::new(&self.tree, points, lanes, max_distance);
                    if reachable {
                        packet.start(&self.tree, warm);
                        packet.walk(&self.tree);
                        warm = packet.faces().or(warm);
                    }
                    (0..lanes.len()).map(move |lane| finish(&packet.queries[lane], &packet.best[lane]))
                })
            })
            .collect();
        let mut results = sorted.clone();
        for (result, &at) in sorted.into_iter().zip(&order) {
            results[at as usize] = result;
        }
        results
    }
}

impl OrientedSurface {
    /// For every point, what [`OrientedSurface::signed_distance`] gives, several times as fast where the points lie
    /// close together. Uses all threads.
    pub fn signed_field(&self, points: &[Point], max_distance: f64) -> Vec<Option<Signed>> {
        self.index().field(points, max_distance, |point, best| {
            best.found().map(|closest| self.sign(point, closest))
        })
    }
}

/// Eight queries on their way through the tree. A short packet repeats its last query.
struct Packet {
    queries: [Point; LANES],
    /// Scaled coordinates by axis, as the sum of two `f32`.
    coarse: [f32x8; 3],
    rest: [f32x8; 3],
    best: [Best; LANES],
    limits: f32x8,
}

impl Packet {
    fn new(tree: &Tree, points: &[Point], lanes: &[u32], max_distance: f64) -> Self {
        let queries: [Point; LANES] = std::array::from_fn(|i| points[lanes[i.min(lanes.len() - 1)] as usize]);
        let scaled: [[f64; LANES]; 3] =
            std::array::from_fn(|k| std::array::from_fn(|i| queries[i][k] * tree.scale));
        let coarse = scaled.map(|axis| axis.map(|x| x as f32));
        let rest: [[f32; LANES]; 3] =
            std::array::from_fn(|k| std::array::from_fn(|i| (scaled[k][i] - f64::from(coarse[k][i])) as f32));
        Self {
            queries,
            coarse: coarse.map(f32x8::new),
            rest: rest.map(f32x8::new),
            best: [Best::within(max_distance); LANES],
            limits: f32x8::splat(tree.limit(max_distance * max_distance)),
        }
    }

    /// Offers each lane the faces that the packet before found for the same lane and for its last.
    fn start(&mut self, tree: &Tree, warm: Option<[u32; LANES]>) {
        let Some(faces) = warm else { return };
        for lane in 0..LANES {
            for face in [faces[LANES - 1], faces[lane]] {
                if face != u32::MAX {
                    self.best[lane].offer(&self.queries[lane], &tree.triangle(face), face);
                }
            }
        }
        self.tighten(tree);
    }

    fn tighten(&mut self, tree: &Tree) {
        self.limits = f32x8::new(self.best.map(|b| tree.limit(b.distance_squared)));
    }

    /// What the next packet may start from; `None` when no lane found anything.
    fn faces(&self) -> Option<[u32; LANES]> {
        let faces = self.best.map(|b| b.face);
        faces.iter().any(|&f| f != u32::MAX).then_some(faces)
    }

    fn walk(&mut self, tree: &Tree) {
        let mut stack = [(f32x8::ZERO, 0.0f32, 0u32); STACK];
        let mut top = 1;
        while top > 0 {
            top -= 1;
            let (distances, _, at) = stack[top];
            if distances.simd_gt(self.limits).all() {
                continue;
            }
            if at & IS_LEAF != 0 {
                let leaf = &tree.leaves[(at & !IS_LEAF) as usize];
                self.offer_leaf(tree, leaf, distances);
                continue;
            }
            let node = &tree.nodes[at as usize];
            let local = self.within(node);
            let first = top;
            for child in 0..node.count as usize {
                let distances = node.child_distances_squared(child, &local);
                if distances.simd_gt(self.limits).all() {
                    continue;
                }
                let key = least(distances);
                let mut place = top;
                while place > first && stack[place - 1].1 < key {
                    stack[place] = stack[place - 1];
                    place -= 1;
                }
                stack[place] = (distances, key, node.child[child]);
                top += 1;
            }
        }
    }

    /// The queries in a node's axes.
    #[inline]
    fn within(&self, node: &Node) -> [f32x8; 3] {
        let t: [f32x8; 3] =
            std::array::from_fn(|k| (self.coarse[k] - f32x8::splat(node.origin[k])) + self.rest[k]);
        node.axes.map(|axis| {
            t[0] * f32x8::splat(axis[0]) + t[1] * f32x8::splat(axis[1]) + t[2] * f32x8::splat(axis[2])
        })
    }

    /// Offers a leaf's triangles to the lanes that its box is near enough for.
    #[inline]
    fn offer_leaf(&mut self, tree: &Tree, leaf: &Leaf, distances: f32x8) {
        let prepared = Prepared::new(leaf);
        let mut lanes = distances.simd_le(self.limits).to_bitmask();
        while lanes != 0 {
            let lane = lanes.trailing_zeros() as usize % LANES;
            lanes &= lanes - 1;
            let q = &self.queries[lane];
            let (squared, slack) = prepared.distance_squared(&[q.x, q.y, q.z].map(f64x4::splat));
            let best = &mut self.best[lane];
            let mut near = squared
                .simd_le(f64x4::splat(best.distance_squared) + slack)
                .to_bitmask();
            if near == 0 {
                continue;
            }
            while near != 0 {
                let i = near.trailing_zeros() as usize % LEAF;
                near &= near - 1;
                best.offer(q, &leaf.triangle(i), leaf.faces[i]);
            }
            let limit = tree.limit(best.distance_squared);
            self.limits.as_mut_array()[lane] = limit;
        }
    }
}

impl Node {
    /// The squared scaled distances of eight queries, given in the node's axes, from one child's box.
    #[inline]
    fn child_distances_squared(&self, child: usize, local: &[f32x8; 3]) -> f32x8 {
        let mut sum = f32x8::ZERO;
        for (k, &x) in local.iter().enumerate() {
            let gap = (f32x8::splat(self.low[k][child]) - x)
                .fast_max(x - f32x8::splat(self.high[k][child]))
                .fast_max(f32x8::ZERO);
            sum += gap * gap;
        }
        sum
    }
}

#[inline]
fn least(v: f32x8) -> f32 {
    let v = v.to_array();
    let pair = |a: f32, b: f32| if a < b { a } else { b };
    pair(
        pair(pair(v[0], v[1]), pair(v[2], v[3])),
        pair(pair(v[4], v[5]), pair(v[6], v[7])),
    )
}

/// Bits of the Morton curve in each direction: cells of a thousandth of the whole.
const BITS: u32 = 10;

/// The numbers of the points in the order of a Morton curve through their box; the order of the points within a cell.
fn along_curve(points: &[Point]) -> Vec<u32> {
    let mut low = points[0];
    let mut high = points[0];
    for p in points {
        low = low.inf(p);
        high = high.sup(p);
    }
    let size = (high - low).amax().max(f64::MIN_POSITIVE);
    let cells = f64::from((1u32 << BITS) - 1) / size;
    let mut keyed: Vec<(u32, u32)> = points
        .iter()
        .enumerate()
        .map(|(i, p)| {
            let cell = (p - low) * cells;
            let code = spread_bits(cell.x as u32)
                | spread_bits(cell.y as u32) << 1
                | spread_bits(cell.z as u32) << 2;
            (code, i as u32)
        })
        .collect();
    let mut other = vec![(0, 0); keyed.len()];
    for pass in 0..3 {
        sort_by_digit(&keyed, &mut other, pass * BITS);
        std::mem::swap(&mut keyed, &mut other);
    }
    keyed.into_iter().map(|(_, i)| i).collect()
}

/// One pass of a radix sort: stable, by the ten bits from `shift` on.
fn sort_by_digit(from: &[(u32, u32)], to: &mut [(u32, u32)], shift: u32) {
    const DIGITS: usize = 1 << BITS;
    let digit = |key: u32| (key >> shift) as usize % DIGITS;
    let mut starts = [0usize; DIGITS];
    for &(key, _) in from {
        starts[digit(key)] += 1;
    }
    let mut sum = 0;
    for start in &mut starts {
        sum += std::mem::replace(start, sum);
    }
    for &item in from {
        let at = &mut starts[digit(item.0)];
        to[*at] = item;
        *at += 1;
    }
}

/// Two empty bits before each of the ten lowest.
fn spread_bits(x: u32) -> u32 {
    let x = x & 0x3ff;
    let x = (x | x << 16) & 0x0300_00ff;
    let x = (x | x << 8) & 0x0300_f00f;
    let x = (x | x << 4) & 0x030c_30c3;
    (x | x << 2) & 0x0924_9249
}
