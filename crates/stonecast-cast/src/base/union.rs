//! Contours that cross, as the strokes of `$` do, united to contours that bound one region.
//!
//! Units and frame: the caller's plane. A point is inside where the contours wind around it (the fill rule of
//! TrueType outlines).
//!
//! Steps: split every edge where another crosses it, triangulate, keep the triangles inside, take their border.

use super::{
    planar::{Kind, triangulate},
    trim::join_rings,
};

type Contour = Vec<[f64; 2]>;

/// The same region with contours that do not cross. Contours that cannot be united stay as they are.
pub(super) fn united(contours: Vec<Contour>) -> Vec<Contour> {
    let edges: Vec<[[f64; 2]; 2]> = contours.iter().flat_map(edges).collect();
    if !crossed(&edges) {
        return contours;
    }
    let mut points: Vec<[f64; 2]> = Vec::new();
    let mut rings = Vec::new();
    for contour in &contours {
        let ring = edges_split(contour, &edges);
        let ring: Vec<u32> = ring.into_iter().map(|p| number(&mut points, p)).collect();
        rings.push((Kind::Letter, ring));
    }
    for (_, ring) in &mut rings {
        ring.dedup();
        if ring.len() > 1 && ring.first() == ring.last() {
            ring.pop();
        }
    }
    let Ok(planar) = triangulate(&points, &rings) else {
        return contours;
    };
    let winds = |t: &&[u32; 3]| {
        let centre = [0, 1].map(|k| t.iter().map(|&v| points[v as usize][k]).sum::<f64>() / 3.0);
        winding(&edges, centre) != 0
    };
    let inside: Vec<[u32; 3]> = planar.triangles.iter().filter(winds).copied().collect();
    let sides: std::collections::BTreeSet<[u32; 2]> = inside
        .iter()
        .flat_map(|&[a, b, c]| [[a, b], [b, c], [c, a]])
        .collect();
    let border: Vec<[u32; 2]> = sides
        .iter()
        .filter(|[a, b]| !sides.contains(&[*b, *a]))
        .copied()
        .collect();
    let rings = join_rings(&border);
    rings
        .iter()
        .map(|ring| ring.iter().map(|&v| points[v as usize]).collect())
        .collect()
}

fn edges(contour: &Contour) -> Vec<[[f64; 2]; 2]> {
    (0..contour.len())
        .map(|i| [contour[i], contour[(i + 1) % contour.len()]])
        .collect()
}

/// Where two edges cross in the inside of both, as parameters along each.
fn crossing([p, q]: [[f64; 2]; 2], [r, s]: [[f64; 2]; 2]) -> Option<f64> {
    let (d, e, f) = (
        [q[0] - p[0], q[1] - p[1]],
        [s[0] - r[0], s[1] - r[1]],
        [r[0] - p[0], r[1] - p[1]],
    );
    let det = d[0] * e[1] - d[1] * e[0];
    let t = (f[0] * e[1] - f[1] * e[0]) / det;
    let u = (f[0] * d[1] - f[1] * d[0]) / det;
    (t > 0.0 && t < 1.0 && (0.0..=1.0).contains(&u)).then_some(t)
}

fn crossed(edges: &[[[f64; 2]; 2]]) -> bool {
    edges.iter().enumerate().any(|(i, a)| {
        edges[i + 1..]
            .iter()
            .any(|b| crossing(*a, *b).is_some_and(|t| t > 1e-9 && t < 1.0 - 1e-9))
    })
}

/// A contour's points with the crossings of its edges in between.
fn edges_split(contour: &Contour, all: &[[[f64; 2]; 2]]) -> Contour {
    let mut points = Vec::new();
    for edge in edges(contour) {
        let mut along: Vec<f64> = all.iter().filter_map(|other| crossing(edge, *other)).collect();
        along.sort_by(f64::total_cmp);
        let [p, q] = edge;
        points.push(p);
        points.extend(along.iter().map(|t| [0, 1].map(|k| p[k] + t * (q[k] - p[k]))));
    }
    points
}

/// The number of a point, the same for points that are equal but for rounding.
fn number(points: &mut Vec<[f64; 2]>, p: [f64; 2]) -> u32 {
    /// Letters are millimetres tall; crossings computed along either edge differ by 1e-15 of that.
    const SAME: f64 = 1e-4;
    let same = |q: &[f64; 2]| (q[0] - p[0]).hypot(q[1] - p[1]) < SAME;
    match points.iter().position(same) {
        Some(i) => i as u32,
        None => {
            points.push(p);
            (points.len() - 1) as u32
        }
    }
}

fn winding(edges: &[[[f64; 2]; 2]], at: [f64; 2]) -> i32 {
    let mut turns = 0;
    for [p, q] in edges {
        let right = (q[0] - p[0]) * (at[1] - p[1]) - (q[1] - p[1]) * (at[0] - p[0]);
        if p[1] <= at[1] && q[1] > at[1] && right > 0.0 {
            turns += 1;
        } else if p[1] > at[1] && q[1] <= at[1] && right < 0.0 {
            turns -= 1;
        }
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(contours: &[Contour]) -> f64 {
        contours
            .iter()
            .flat_map(edges)
            .map(|[p, q]| 0.5 * (p[0] * q[1] - p[1] * q[0]))
            .sum()
    }

    fn bar(w: f64, h: f64) -> Contour {
        vec![[-w, -h], [w, -h], [w, h], [-w, h]]
    }

    #[test]
    fn a_cross_of_two_bars_becomes_one_contour() {
        let cross = united(vec![bar(3.0, 1.0), bar(1.0, 3.0)]);
        assert_eq!(cross.len(), 1);
        assert!((area(&cross) - 20.0).abs() < 1e-12);
    }

    #[test]
    fn contours_that_do_not_cross_stay_as_they_are() {
        let mut counter = bar(1.0, 1.0);
        counter.reverse();
        let ring = vec![bar(3.0, 3.0), counter];
        assert_eq!(united(ring.clone()), ring);
    }
}
