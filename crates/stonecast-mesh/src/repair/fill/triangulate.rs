//! The triangulation of a rim with the least sharp bend, then the least area.

use crate::{Point, TriMesh, Vector, VertexId};

/// A weight: the sharpest bend as `1 - cos`, then the area.
type Weight = (f64, f64);

const IMPOSSIBLE: Weight = (f64::INFINITY, f64::INFINITY);

/// Bends and areas closer than this are the same: rounding must not choose between mirror images.
const SAME: f64 = 1e-9;

/// Triangles over the rim's positions, facing as the surface around does; `None` when every triangulation would
/// put a third face on some edge.
pub(super) fn triangulate(mesh: &TriMesh, rim: &[VertexId]) -> Option<Vec<[u32; 3]>> {
    let n = rim.len();
    if n < 3 {
        return None;
    }
    let search = Search::new(mesh, rim)?;
    let (best, split) = search.tabulate();
    if best[n - 1] == IMPOSSIBLE {
        return None;
    }
    let mut faces = Vec::with_capacity(n - 2);
    let mut stack = vec![(0, n - 1)];
    while let Some((i, k)) = stack.pop() {
        if k - i < 2 {
            continue;
        }
        let m = split[i * n + k] as usize;
        // The rim runs with the old surface on its left, so the patch must run the other way.
        faces.push([i as u32, k as u32, m as u32]);
        stack.extend([(i, m), (m, k)]);
    }
    Some(faces)
}

struct Search {
    points: Vec<Point>,
    /// The unit normal of the old face at the edge from each rim vertex to the next.
    outer: Vec<Vector>,
    /// Chords that are edges already.
    taken: Vec<bool>,
}

impl Search {
    fn new(mesh: &TriMesh, rim: &[VertexId]) -> Option<Self> {
        let n = rim.len();
        let topology = mesh.topology();
        let points = rim.iter().map(|&v| mesh.point(v)).collect();
        let outer = (0..n)
            .map(|i| {
                let edge = &topology.edges()[topology.edge_between(rim[i], rim[(i + 1) % n])?];
                let (face, _) = topology.sides(edge).next()?;
                Some(mesh.face_normals()[face])
            })
            .collect::<Option<Vec<_>>>()?;
        let mut taken = vec![false; n * n];
        for i in 0..n {
            for k in i + 2..n {
                let is_rim_edge = i == 0 && k == n - 1;
                taken[i * n + k] = !is_rim_edge && topology.edge_between(rim[i], rim[k]).is_some();
            }
        }
        Some(Self { points, outer, taken })
    }

    fn normal(&self, i: usize, m: usize, k: usize) -> (Vector, f64) {
        let w = (self.points[k] - self.points[i]).cross(&(self.points[m] - self.points[i]));
        let norm = w.norm();
        (if norm > 0.0 { w / norm } else { Vector::zeros() }, 0.5 * norm)
    }

    /// For each stretch `i..k` of the rim the best weight and the third corner of the triangle on `i k`.
    fn tabulate(&self) -> (Vec<Weight>, Vec<u32>) {
        let n = self.points.len();
        let mut best = vec![(0.0, 0.0); n * n];
        let mut split = vec![0u32; n * n];
        for span in 2..n {
            for i in 0..n - span {
                let k = i + span;
                let (mut weight, mut at) = (IMPOSSIBLE, i + 1);
                if !self.taken[i * n + k] {
                    for m in i + 1..k {
                        let w = self.weight(i, m, k, &best, &split);
                        if is_better(w, weight) {
                            (weight, at) = (w, m);
                        }
                    }
                }
                best[i * n + k] = weight;
                split[i * n + k] = at as u32;
            }
        }
        best.truncate(n);
        (best, split)
    }

    fn weight(&self, i: usize, m: usize, k: usize, best: &[Weight], split: &[u32]) -> Weight {
        let n = self.points.len();
        let (left, right) = (best[i * n + m], best[m * n + k]);
        if left == IMPOSSIBLE || right == IMPOSSIBLE {
            return IMPOSSIBLE;
        }
        let (normal, area) = self.normal(i, m, k);
        let across = |a: usize, b: usize| {
            if b - a == 1 {
                self.outer[a]
            } else {
                self.normal(a, split[a * n + b] as usize, b).0
            }
        };
        let mut bend = left.0.max(right.0);
        bend = bend
            .max(1.0 - normal.dot(&across(i, m)))
            .max(1.0 - normal.dot(&across(m, k)));
        if i == 0 && k == n - 1 {
            bend = bend.max(1.0 - normal.dot(&self.outer[n - 1]));
        }
        (bend, left.1 + right.1 + area)
    }
}

fn is_better(a: Weight, b: Weight) -> bool {
    if b == IMPOSSIBLE {
        return a != IMPOSSIBLE;
    }
    if (a.0 - b.0).abs() > SAME {
        a.0 < b.0
    } else {
        a.1 < b.1 - SAME * b.1
    }
}
