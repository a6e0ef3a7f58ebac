//! Cutting a mesh along the zero line of a function on its vertices.

use nalgebra::Vector3;

use crate::polygonise::{Surface, splits_along_first};

/// A cut this near to a kept vertex goes through it, as a share of the edge: no slivers.
const SNAP: f64 = 0.12;

/// The part of the surface where `beyond` is negative, its border on the zero line; one piece, the largest, whose
/// border passes no vertex twice. `hand` as in [`splits_along_first`].
pub(crate) fn keep_within(surface: &Surface, beyond: &[f64], hand: f64) -> Surface {
    let mut points = surface.points.clone();
    let mut cuts = std::collections::BTreeMap::new();
    let mut cut = |a: u32, b: u32, points: &mut Vec<Vector3<f64>>| -> u32 {
        // From the kept end `a` to the lost end `b`.
        let (va, vb) = (beyond[a as usize], beyond[b as usize]);
        let t = va / (va - vb);
        if t < SNAP {
            return a;
        }
        *cuts.entry((a, b)).or_insert_with(|| {
            points.push(points[a as usize] * (1.0 - t) + points[b as usize] * t);
            points.len() as u32 - 1
        })
    };
    let mut faces = Vec::with_capacity(surface.faces.len());
    for &face in &surface.faces {
        let kept = face.map(|v| beyond[v as usize] < 0.0);
        match kept.iter().filter(|k| **k).count() {
            3 => faces.push(face),
            0 => {}
            n => {
                // Turn the face so that the odd one out comes first.
                let odd = (0..3).find(|&i| kept[i] == (n == 1)).unwrap_or(0);
                let [a, b, c] = [face[odd], face[(odd + 1) % 3], face[(odd + 2) % 3]];
                if n == 1 {
                    let (p, q) = (cut(a, b, &mut points), cut(a, c, &mut points));
                    faces.push([a, p, q]);
                } else {
                    let (p, q) = (cut(b, a, &mut points), cut(c, a, &mut points));
                    let ring = [b, c, q, p].map(|v| points[v as usize]);
                    if splits_along_first(ring.each_ref(), hand) {
                        faces.extend([[b, c, q], [b, q, p]]);
                    } else {
                        faces.extend([[c, q, p], [c, p, b]]);
                    }
                }
            }
        }
    }
    faces.retain(|f| f[0] != f[1] && f[1] != f[2] && f[2] != f[0]);
    let faces = without_pinches(points.len(), largest_piece(points.len(), faces));
    let mut faces = largest_piece(points.len(), faces);
    close_inner_borders(&mut points, &mut faces);
    compact(&points, &faces)
}

/// Closes every border but the longest by a fan about its middle: where a fold of the vestibule dips below the
/// line of the cut, a scan has no hole either.
fn close_inner_borders(points: &mut Vec<Vector3<f64>>, faces: &mut Vec<[u32; 3]>) {
    let mut next = vec![u32::MAX; points.len()];
    for (a, b) in border_sides(faces) {
        next[a as usize] = b;
    }
    let mut rings: Vec<Vec<u32>> = Vec::new();
    for start in 0..points.len() {
        let mut ring = Vec::new();
        let mut at = start as u32;
        while next[at as usize] != u32::MAX {
            ring.push(at);
            at = std::mem::replace(&mut next[at as usize], u32::MAX);
        }
        if !ring.is_empty() {
            rings.push(ring);
        }
    }
    let length = |ring: &Vec<u32>| -> f64 {
        (0..ring.len())
            .map(|i| (points[ring[i] as usize] - points[ring[(i + 1) % ring.len()] as usize]).norm())
            .sum()
    };
    rings.sort_by(|a, b| length(b).total_cmp(&length(a)));
    for ring in rings.iter().skip(1) {
        let middle = ring.iter().map(|&v| points[v as usize]).sum::<Vector3<f64>>() / ring.len() as f64;
        points.push(middle);
        let center = points.len() as u32 - 1;
        faces.extend((0..ring.len()).map(|i| [ring[(i + 1) % ring.len()], ring[i], center]));
    }
}

/// The sides of faces across which there is no other face, each with its face on the left.
fn border_sides(faces: &[[u32; 3]]) -> Vec<(u32, u32)> {
    let mut sides: Vec<(u32, u32)> = faces
        .iter()
        .flat_map(|f| (0..3).map(|i| (f[i], f[(i + 1) % 3])))
        .collect();
    sides.sort_unstable();
    let alone = |&(a, b): &(u32, u32)| sides.binary_search(&(b, a)).is_err();
    sides.iter().filter(|s| alone(s)).copied().collect()
}

/// The faces of the piece with most faces.
pub(crate) fn largest_piece(vertex_count: usize, faces: Vec<[u32; 3]>) -> Vec<[u32; 3]> {
    let mut parent: Vec<u32> = (0..vertex_count as u32).collect();
    fn root(parent: &mut [u32], mut v: u32) -> u32 {
        while parent[v as usize] != v {
            parent[v as usize] = parent[parent[v as usize] as usize];
            v = parent[v as usize];
        }
        v
    }
    for f in &faces {
        for (a, b) in [(f[0], f[1]), (f[1], f[2])] {
            let (a, b) = (root(&mut parent, a), root(&mut parent, b));
            parent[a.max(b) as usize] = a.min(b);
        }
    }
    let mut count = vec![0u32; vertex_count];
    for f in &faces {
        count[root(&mut parent, f[0]) as usize] += 1;
    }
    // The first of equals, so that the choice does not depend on anything but the faces.
    let Some(best) = (0..vertex_count).rev().max_by_key(|&v| count[v]) else {
        return faces;
    };
    faces
        .into_iter()
        .filter(|f| root(&mut parent, f[0]) as usize == best)
        .collect()
}

/// Takes away the faces about vertices that the border passes twice, until there are none.
pub(crate) fn without_pinches(vertex_count: usize, mut faces: Vec<[u32; 3]>) -> Vec<[u32; 3]> {
    loop {
        let mut leaving = vec![0u8; vertex_count];
        for (a, _) in border_sides(&faces) {
            leaving[a as usize] = leaving[a as usize].saturating_add(1);
        }
        let before = faces.len();
        faces.retain(|f| f.iter().all(|&v| leaving[v as usize] < 2));
        if faces.len() == before {
            return faces;
        }
    }
}

/// Only the vertices that the faces use, in their old order.
pub(crate) fn compact(points: &[Vector3<f64>], faces: &[[u32; 3]]) -> Surface {
    let mut new_of_old = vec![u32::MAX; points.len()];
    for v in faces.iter().flatten() {
        new_of_old[*v as usize] = 0;
    }
    let mut kept = Vec::new();
    for (old, new) in new_of_old.iter_mut().enumerate().filter(|(_, n)| **n == 0) {
        *new = kept.len() as u32;
        kept.push(points[old]);
    }
    Surface {
        points: kept,
        faces: faces.iter().map(|f| f.map(|v| new_of_old[v as usize])).collect(),
    }
}
