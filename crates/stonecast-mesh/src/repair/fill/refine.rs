//! A patch made as fine as the surface around it.

use std::collections::BTreeMap;

use super::Draft;
use crate::{Point, TriMesh, Vector, VertexId};

/// How many vertices a patch may have at most: a hole is small, so a patch that large is a runaway.
const MAX_POINTS: usize = 20_000;
/// Rounds of splitting; each round at least halves the longest edges.
const ROUNDS: usize = 24;

/// Splits and flips until the edges are as long as those around the rim.
pub(super) fn refine(mesh: &TriMesh, rim: &[VertexId], draft: &mut Draft) {
    let topology = mesh.topology();
    let mut scale: Vec<f64> = rim
        .iter()
        .map(|&v| {
            let ring = topology.ring(mesh, v);
            ring.iter()
                .map(|&w| (mesh.point(w) - mesh.point(v)).norm())
                .sum::<f64>()
                / ring.len() as f64
        })
        .collect();
    let is_taken = |a: u32, b: u32| match (rim.get(a as usize), rim.get(b as usize)) {
        (Some(&a), Some(&b)) => topology.edge_between(a, b).is_some(),
        _ => false,
    };
    relax(draft, &is_taken);
    for _ in 0..ROUNDS {
        if !split(draft, &mut scale) || draft.points.len() > MAX_POINTS {
            break;
        }
        relax(draft, &is_taken);
    }
}

/// Splits at its centre every triangle that is coarser than its corners' scales; true when any was.
fn split(draft: &mut Draft, scale: &mut Vec<f64>) -> bool {
    let mut any = false;
    for f in 0..draft.faces.len() {
        let [a, b, c] = draft.faces[f];
        let corners = [a, b, c].map(|v| draft.points[v as usize]);
        let centre = Point::from((corners[0].coords + corners[1].coords + corners[2].coords) / 3.0);
        let mean = [a, b, c].iter().map(|&v| scale[v as usize]).sum::<f64>() / 3.0;
        let is_coarse = [a, b, c].iter().zip(&corners).all(|(&v, p)| {
            let d = std::f64::consts::SQRT_2 * (p - centre).norm();
            d > mean && d > scale[v as usize]
        });
        if is_coarse {
            let m = draft.points.len() as u32;
            draft.points.push(centre);
            scale.push(mean);
            draft.faces[f] = [a, b, m];
            draft.faces.extend([[b, c, m], [c, a, m]]);
            any = true;
        }
    }
    any
}

/// Exchanges inner edges until none has opposite angles that add up to more than two right angles.
fn relax(draft: &mut Draft, is_taken: &impl Fn(u32, u32) -> bool) {
    // Each flip lowers the Dirichlet energy; the bound only guards against rounding.
    for _ in 0..4 * draft.faces.len() {
        let mut edges: BTreeMap<(u32, u32), [(usize, usize); 2]> = BTreeMap::new();
        let mut inner = Vec::new();
        for (f, face) in draft.faces.iter().enumerate() {
            for c in 0..3 {
                let (a, b) = (face[c], face[(c + 1) % 3]);
                let key = (a.min(b), a.max(b));
                edges
                    .entry(key)
                    .and_modify(|sides| {
                        sides[1] = (f, c);
                        inner.push(key);
                    })
                    .or_insert([(f, c); 2]);
            }
        }
        let mut touched = vec![false; draft.faces.len()];
        let mut any = false;
        inner.sort_unstable();
        for key in inner {
            let [(f, c), (g, d)] = edges[&key];
            if touched[f] || touched[g] {
                continue;
            }
            let [a, b] = [draft.faces[f][c], draft.faces[f][(c + 1) % 3]];
            let (p, q) = (draft.faces[f][(c + 2) % 3], draft.faces[g][(d + 2) % 3]);
            let chord = (p.min(q), p.max(q));
            if p != q && !edges.contains_key(&chord) && !is_taken(p, q) && should_flip(draft, a, b, p, q) {
                draft.faces[f] = [a, q, p];
                draft.faces[g] = [q, b, p];
                touched[f] = true;
                touched[g] = true;
                any = true;
            }
        }
        if !any {
            return;
        }
    }
}

/// The angles at `p` and `q`, opposite the edge `a b`, add up to clearly more than two right angles, and the
/// flipped pair does not fold.
fn should_flip(draft: &Draft, a: u32, b: u32, p: u32, q: u32) -> bool {
    let at = |v: u32| draft.points[v as usize];
    let angle = |apex: u32| {
        let (u, v): (Vector, Vector) = (at(a) - at(apex), at(b) - at(apex));
        u.cross(&v).norm().atan2(u.dot(&v))
    };
    if angle(p) + angle(q) <= std::f64::consts::PI + 1e-9 {
        return false;
    }
    let normal = |x: u32, y: u32, z: u32| (at(y) - at(x)).cross(&(at(z) - at(x)));
    let before = normal(a, b, p) + normal(b, a, q);
    normal(a, q, p).dot(&before) > 0.0 && normal(q, b, p).dot(&before) > 0.0
}
