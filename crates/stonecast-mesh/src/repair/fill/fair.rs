//! A patch moved to where it bends least.
//!
//! The energy is the sum over the patch's and the rim's vertices of `|sum_j w_ij (x_j - x_i)|^2 / area_i` with
//! cotangent weights, the discrete thin plate. The rim's own terms see the old surface beside it, which is what
//! makes the tangent plane continuous. Minimised by conjugate gradients over the patch's own vertices.

use std::collections::BTreeMap;

use super::Draft;
use crate::{Point, TriMesh, Vector, VertexId};

/// The weights depend on the shape sought, so they are taken anew after each solution; the change of a third
/// round is far below the resolution of a scan.
const ROUNDS: usize = 3;

/// Moves the patch's own vertices.
pub(super) fn fair(mesh: &TriMesh, rim: &[VertexId], draft: &mut Draft) {
    if draft.points.len() == rim.len() {
        return;
    }
    let around = Around::new(mesh, rim, draft);
    for _ in 0..ROUNDS {
        let plate = Plate::new(&around, draft, rim.len());
        let solved = plate.solve(&draft.points[rim.len()..]);
        // A plate that degenerate triangles have made singular gives no usable answer.
        if !solved.iter().all(|p| p.coords.iter().all(|c| c.is_finite())) {
            return;
        }
        draft.points[rim.len()..].copy_from_slice(&solved);
    }
}

/// The old faces at the rim, their further vertices numbered after the draft's.
struct Around {
    points: Vec<Point>,
    faces: Vec<[u32; 3]>,
}

impl Around {
    fn new(mesh: &TriMesh, rim: &[VertexId], draft: &Draft) -> Self {
        let topology = mesh.topology();
        let mut number: BTreeMap<VertexId, u32> =
            rim.iter().enumerate().map(|(i, &v)| (v, i as u32)).collect();
        let mut ids: Vec<_> = rim.iter().flat_map(|&v| topology.faces_of(v)).copied().collect();
        ids.sort_unstable();
        ids.dedup();
        let mut points = Vec::new();
        let faces = ids
            .into_iter()
            .map(|f| {
                mesh.face(f).map(|v| {
                    *number.entry(v).or_insert_with(|| {
                        points.push(mesh.point(v));
                        (draft.points.len() + points.len() - 1) as u32
                    })
                })
            })
            .collect();
        Self { points, faces }
    }
}

/// One row per vertex with an energy term: its neighbours' weights, itself included, and one over its area.
struct Row {
    entries: Vec<(u32, f64)>,
    inverse_area: f64,
}

struct Plate {
    rows: Vec<Row>,
    /// All positions: the draft's, then those around. Numbers from `first_free` to `end_free` may move. They are
    /// relative to `origin`, so that the distance from the frame's origin costs no digits.
    points: Vec<Vector>,
    origin: Point,
    first_free: usize,
    end_free: usize,
}

impl Plate {
    fn new(around: &Around, draft: &Draft, rim_count: usize) -> Self {
        let origin = draft.points[0];
        let points: Vec<Vector> = draft
            .points
            .iter()
            .chain(&around.points)
            .map(|p| p - origin)
            .collect();
        let term_count = draft.points.len();
        let mut weights: Vec<BTreeMap<u32, f64>> = vec![BTreeMap::new(); term_count];
        let mut areas = vec![0.0; term_count];
        for face in draft.faces.iter().chain(&around.faces) {
            let [a, b, c] = face.map(|v| points[v as usize]);
            let double_area = (b - a).cross(&(c - a)).norm();
            if double_area <= 0.0 {
                continue;
            }
            for i in 0..3 {
                let [v, w, apex] = [face[i], face[(i + 1) % 3], face[(i + 2) % 3]];
                let at = |v: u32| points[v as usize];
                let half_cot = 0.5 * (at(v) - at(apex)).dot(&(at(w) - at(apex))) / double_area;
                for (from, to) in [(v, w), (w, v)] {
                    if (from as usize) < term_count {
                        *weights[from as usize].entry(to).or_insert(0.0) += half_cot;
                        *weights[from as usize].entry(from).or_insert(0.0) -= half_cot;
                    }
                }
                if (v as usize) < term_count {
                    areas[v as usize] += double_area / 6.0;
                }
            }
        }
        let rows = weights
            .into_iter()
            .zip(areas)
            .filter(|(_, area)| *area > 0.0)
            .map(|(row, area)| Row {
                entries: row.into_iter().collect(),
                inverse_area: 1.0 / area,
            })
            .collect();
        Self {
            rows,
            points,
            origin,
            first_free: rim_count,
            end_free: term_count,
        }
    }

    fn free(&self, v: u32) -> Option<usize> {
        let v = v as usize;
        (self.first_free..self.end_free)
            .contains(&v)
            .then(|| v - self.first_free)
    }

    /// The gradient of the energy, halved, for free vertices at `x` and all others at rest (or at zero).
    fn gradient(&self, x: &[Vector], with_fixed: bool) -> Vec<Vector> {
        let mut out = vec![Vector::zeros(); x.len()];
        for row in &self.rows {
            let mut sum = Vector::zeros();
            for &(v, w) in &row.entries {
                match self.free(v) {
                    Some(i) => sum += x[i] * w,
                    None if with_fixed => sum += self.points[v as usize] * w,
                    None => {}
                }
            }
            sum *= row.inverse_area;
            for &(v, w) in &row.entries {
                if let Some(i) = self.free(v) {
                    out[i] += sum * w;
                }
            }
        }
        out
    }

    fn diagonal(&self, count: usize) -> Vec<f64> {
        let mut out = vec![0.0; count];
        for row in &self.rows {
            for &(v, w) in &row.entries {
                if let Some(i) = self.free(v) {
                    out[i] += w * w * row.inverse_area;
                }
            }
        }
        out
    }

    /// Conjugate gradients, scaled by the diagonal, all three coordinates at once.
    fn solve(&self, start: &[Point]) -> Vec<Point> {
        let mut x: Vec<Vector> = start.iter().map(|p| p - self.origin).collect();
        let scale = self.diagonal(x.len());
        let precondition =
            |r: &[Vector]| -> Vec<Vector> { r.iter().zip(&scale).map(|(r, s)| r / *s).collect() };
        let dot = |a: &[Vector], b: &[Vector]| -> f64 { a.iter().zip(b).map(|(a, b)| a.dot(b)).sum() };
        let mut r: Vec<Vector> = self.gradient(&x, true).into_iter().map(|g| -g).collect();
        let mut z = precondition(&r);
        let mut p = z.clone();
        let mut rz = dot(&r, &z);
        // Twelve digits of the first residual: a patch is then settled to far below a nanometre.
        let goal = rz * 1e-24;
        for _ in 0..20 * x.len() + 200 {
            if rz <= goal || rz <= 0.0 {
                break;
            }
            let ap = self.gradient(&p, false);
            let step = rz / dot(&p, &ap);
            for i in 0..x.len() {
                x[i] += p[i] * step;
                r[i] -= ap[i] * step;
            }
            z = precondition(&r);
            let next = dot(&r, &z);
            let turn = next / rz;
            rz = next;
            for i in 0..x.len() {
                p[i] = z[i] + p[i] * turn;
            }
        }
        x.into_iter().map(|v| self.origin + v).collect()
    }
}
