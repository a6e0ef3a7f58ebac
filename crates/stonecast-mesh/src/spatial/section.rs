//! Cuts a surface with a plane into polylines.
//!
//! Units: those of the mesh. Frame: that of the mesh.
//!
//! Steps
//! 1. `heights`: every vertex's height over the plane; a vertex exactly on it counts as above, everywhere alike.
//! 2. `pieces`: in each face with vertices above and below, the piece between the two edges that the plane crosses,
//!    from the edge that goes down to the edge that goes up.
//! 3. `chains`: pieces that share an edge are joined.
//!
//! Limits: counting vertices on the plane as above means that a surface that only touches the plane from above is not
//! cut there, and one that touches it from below gives its touching edges; a face in the plane gives nothing itself.
//! Chains end at borders and at edges where three or more faces meet or orientations contradict each other.

use crate::{FaceId, Point, TriMesh, Vector};

/// A plane through a point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plane {
    /// Any point of it.
    pub point: Point,
    /// Its direction; need not be a unit.
    pub normal: Vector,
}

/// A chain of points.
#[derive(Clone, Debug, PartialEq)]
pub struct Polyline {
    /// The points in order; of a closed one the first is not repeated.
    pub points: Vec<Point>,
    /// True when the last point is joined to the first.
    pub closed: bool,
}

impl Polyline {
    /// The length along it.
    pub fn length(&self) -> f64 {
        let open: f64 = self.points.windows(2).map(|p| (p[1] - p[0]).norm()).sum();
        match (self.closed, self.points.first(), self.points.last()) {
            (true, Some(first), Some(last)) => open + (first - last).norm(),
            _ => open,
        }
    }
}

/// A piece of the section in one face, between two crossed edges.
struct Piece {
    from: usize,
    to: usize,
}

/// The polylines in which a plane cuts a surface, in the order of their first edges.
///
/// Seen from the tip of the plane's normal they run counter-clockwise around a closed body: the side that the
/// surface's normals point to is on the right.
///
/// ```
/// use stonecast_mesh::{Point, TriMesh, Vector};
/// use stonecast_mesh::spatial::{Plane, section};
/// let points = [[0., 0., 0.], [2., 0., 0.], [0., 2., 0.], [0., 0., 2.]].map(Point::from).to_vec();
/// let body = TriMesh::from_indices(points, &[[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]])?;
/// let halfway = section(&body, &Plane { point: Point::new(0., 0., 1.), normal: Vector::z() });
/// assert_eq!(halfway.len(), 1);
/// assert!(halfway[0].closed && (halfway[0].length() - (2.0 + 2f64.sqrt())).abs() < 1e-12);
/// # Ok::<(), stonecast_mesh::MeshError>(())
/// ```
pub fn section(mesh: &TriMesh, plane: &Plane) -> Vec<Polyline> {
    let heights = heights(mesh, plane);
    let pieces = pieces(mesh, &heights);
    chains(mesh, &pieces)
        .into_iter()
        .map(|chain| polyline(mesh, &heights, &chain))
        .filter(|line| line.points.len() > 1)
        .collect()
}

fn heights(mesh: &TriMesh, plane: &Plane) -> Vec<f64> {
    mesh.points()
        .iter()
        .map(|p| plane.normal.dot(&(p - plane.point)))
        .collect()
}

/// Sorted by the edge that each starts from.
fn pieces(mesh: &TriMesh, heights: &[f64]) -> Vec<Piece> {
    let above = |v: crate::VertexId| heights[v.index()] >= 0.0;
    let mut pieces = Vec::new();
    for (f, corners) in mesh.faces().iter().enumerate() {
        let up = corners.map(above);
        if up[0] == up[1] && up[1] == up[2] {
            continue;
        }
        let edge = |from_above: bool| {
            let corner = (0..3).find(|&i| up[i] == from_above && up[(i + 1) % 3] != from_above)?;
            mesh.topology().edge_index(FaceId::new(f), corner)
        };
        if let (Some(from), Some(to)) = (edge(true), edge(false)) {
            pieces.push(Piece { from, to });
        }
    }
    pieces.sort_unstable_by_key(|p| (p.from, p.to));
    pieces
}

/// Chains of crossed edges; a closed chain repeats its first edge at its end.
fn chains(mesh: &TriMesh, pieces: &[Piece]) -> Vec<Vec<usize>> {
    let mut arrivals: Vec<usize> = pieces.iter().map(|p| p.to).collect();
    arrivals.sort_unstable();
    let edges = mesh.topology().edges();
    // A chain goes on through an edge that one piece arrives at and one leaves from.
    let onward = |edge: usize| -> Option<usize> {
        let leaving = pieces.partition_point(|p| p.from < edge);
        let passes = mesh.topology().face_count(&edges[edge]) == 2
            && pieces.get(leaving).is_some_and(|p| p.from == edge)
            && arrivals.binary_search(&edge).is_ok();
        passes.then_some(leaving)
    };
    let mut used = vec![false; pieces.len()];
    let mut chains = Vec::new();
    let starts = (0..pieces.len()).filter(|&i| onward(pieces[i].from).is_none());
    // Open chains from their ends first; what is left is closed.
    for first in starts.chain(0..pieces.len()) {
        if used[first] {
            continue;
        }
        let mut chain = vec![pieces[first].from];
        let mut next = Some(first);
        while let Some(piece) = next.filter(|&piece| !used[piece]) {
            used[piece] = true;
            chain.push(pieces[piece].to);
            next = onward(pieces[piece].to);
        }
        chains.push(chain);
    }
    chains.sort_by_key(|chain| chain[0]);
    chains
}

fn polyline(mesh: &TriMesh, heights: &[f64], chain: &[usize]) -> Polyline {
    let edges = mesh.topology().edges();
    let mut points: Vec<Point> = Vec::with_capacity(chain.len());
    for &edge in chain {
        let [a, b] = edges[edge].ends;
        let (ha, hb) = (heights[a.index()], heights[b.index()]);
        let (a, b) = (mesh.point(a), mesh.point(b));
        let point = match (ha == 0.0, hb == 0.0) {
            (true, _) => a,
            (_, true) => b,
            _ => a + (b - a) * (ha / (ha - hb)),
        };
        // All edges that leave a vertex on the plane cross it in that vertex.
        if points.last() != Some(&point) {
            points.push(point);
        }
    }
    let closed = chain.len() > 2 && chain.first() == chain.last();
    if closed && points.len() > 1 && points.first() == points.last() {
        points.pop();
    }
    Polyline { points, closed }
}
