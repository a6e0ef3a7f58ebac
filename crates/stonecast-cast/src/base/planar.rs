//! Triangulation of a plane region bounded by rings, some of which are trim lines, letters or holes.
//!
//! The constrained Delaunay triangulation is spade's; which faces belong to which region is found by walking from
//! the outside inwards and noting the kind of every ring crossed.

use spade::{ConstrainedDelaunayTriangulation, Point2, Triangulation as _};

/// What a ring bounds. Crossing a ring of a kind turns that kind on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The region's own outline.
    Outline = 1,
    /// A trim line.
    TrimLine = 2,
    /// A letter's contour.
    Letter = 4,
    /// A drain hole.
    Drain = 8,
}

/// Two rings meet, or a point lies on a ring that it does not belong to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RingsCross;

/// A triangulated region.
pub(super) struct Planar {
    /// Counter-clockwise triangles of point numbers.
    pub triangles: Vec<[u32; 3]>,
    /// For each triangle, the kinds of the rings that it lies within, as a sum of [`Kind`]s.
    pub within: Vec<u8>,
}

impl Planar {
    /// The triangles within exactly these kinds.
    pub fn within(&self, kinds: u8) -> impl Iterator<Item = [u32; 3]> + '_ {
        self.triangles
            .iter()
            .zip(&self.within)
            .filter(move |(_, w)| **w == kinds)
            .map(|(t, _)| *t)
    }
}

/// Triangulates `points` with all `rings` as edges; points of no ring are inner points.
pub(super) fn triangulate(points: &[[f64; 2]], rings: &[(Kind, Vec<u32>)]) -> Result<Planar, RingsCross> {
    let mut edges = Vec::new();
    let mut kind_of = std::collections::HashMap::new();
    for (kind, ring) in rings {
        for i in 0..ring.len() {
            let (a, b) = (ring[i], ring[(i + 1) % ring.len()]);
            edges.push([a as usize, b as usize]);
            kind_of.insert((a.min(b), a.max(b)), *kind as u8);
        }
    }
    let edge_count = kind_of.len();
    let vertices: Vec<Point2<f64>> = points.iter().map(|p| Point2::new(p[0], p[1])).collect();
    let mut crossing = false;
    let cdt = ConstrainedDelaunayTriangulation::<Point2<f64>>::try_bulk_load_cdt(vertices, edges, |_| {
        crossing = true;
    })
    .map_err(|_| RingsCross)?;
    // Fewer points: two coincided. More or fewer edges: a ring ran through a foreign point and was split there.
    if crossing || cdt.num_vertices() != points.len() || cdt.num_constraints() != edge_count {
        return Err(RingsCross);
    }
    let index = |v: spade::handles::FixedVertexHandle| v.index() as u32;
    let kind_between = |a: u32, b: u32| kind_of.get(&(a.min(b), a.max(b))).copied();
    let face_count = cdt.num_all_faces();
    let mut within = vec![u8::MAX; face_count];
    let outer = cdt.outer_face().fix();
    within[outer.index()] = 0;
    let mut stack: Vec<_> = Vec::new();
    for e in cdt
        .directed_edges()
        .filter(spade::internals::DynamicHandleImpl::is_outer_edge)
    {
        stack.push(e.rev().fix());
    }
    while let Some(edge) = stack.pop() {
        let edge = cdt.directed_edge(edge);
        let face = edge.face();
        let came_from = within[edge.rev().face().fix().index()];
        if within[face.fix().index()] != u8::MAX || face.is_outer() {
            continue;
        }
        let crossed = kind_between(index(edge.from().fix()), index(edge.to().fix())).unwrap_or(0);
        within[face.fix().index()] = came_from ^ crossed;
        for e in [edge.next(), edge.prev()] {
            stack.push(e.rev().fix());
        }
    }
    let mut planar = Planar {
        triangles: Vec::with_capacity(face_count),
        within: Vec::with_capacity(face_count),
    };
    for face in cdt.inner_faces() {
        planar.triangles.push(face.vertices().map(|v| index(v.fix())));
        planar.within.push(within[face.fix().index()]);
    }
    Ok(planar)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(first: u32) -> Vec<u32> {
        (first..first + 4).collect()
    }

    fn corners(half: f64) -> [[f64; 2]; 4] {
        [[-half, -half], [half, -half], [half, half], [-half, half]]
    }

    fn area(points: &[[f64; 2]], planar: &Planar, kinds: u8) -> f64 {
        planar
            .within(kinds)
            .map(|t| {
                let [a, b, c] = t.map(|v| points[v as usize]);
                0.5 * ((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))
            })
            .sum()
    }

    #[test]
    fn nested_rings_turn_on_and_off() {
        let points: Vec<[f64; 2]> = [4.0, 3.0, 1.0].iter().flat_map(|&h| corners(h)).collect();
        let rings = [
            (Kind::Outline, square(0)),
            (Kind::TrimLine, square(4)),
            (Kind::TrimLine, square(8)),
        ];
        let planar = triangulate(&points, &rings).unwrap();
        assert_eq!(area(&points, &planar, 3), 36.0 - 4.0);
        assert_eq!(area(&points, &planar, 1), 64.0 - 36.0 + 4.0);
    }

    #[test]
    fn crossing_rings_are_refused() {
        let mut points: Vec<[f64; 2]> = corners(2.0).to_vec();
        points.extend(corners(1.0).map(|p| [p[0] + 2.0, p[1] + 0.25]));
        assert!(
            triangulate(
                &points,
                &[(Kind::Outline, square(0)), (Kind::TrimLine, square(4))]
            )
            .is_err()
        );
    }
}
