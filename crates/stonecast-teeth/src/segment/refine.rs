//! Boundaries moved into the grooves of the scan itself.
//!
//! Units: mm. Frame: any; nothing depends on it.
//!
//! The nodes know a boundary to about half a millimetre. On the mesh each boundary is cut once more, between the faces
//! near it: it may move a little, at a cost that grows with how far, to run where the surface is most concave.
//!
//! Steps: 1. `band`: the faces near a boundary, how far they lie from it, and which two labels it parts. 2. `recut` for
//! each two labels.
//!
//! Limits: a boundary moves by less than [`BAND_MM`]; where there is no groove it stays.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BinaryHeap},
};

use rayon::prelude::*;
use stonecast_mesh::{FaceId, Point, TriMesh, Vector, VertexData};

use super::{cut::Label, maxflow::CutGraph};

/// How far a boundary may move, mm: the size of two cubes of the nodes.
const BAND_MM: f64 = 1.0;
/// What it costs to move a millimetre of boundary by a distance is half of this times its square, against a
/// millimetre of boundary on even ground: half a millimetre off is not worth a slight groove.
const STAY: f64 = 2.0;
/// A boundary in a groove that bends by this much, 1/mm, costs 1/e of one on even ground.
const GROOVE: f64 = 0.4;
/// No boundary costs less than this share of one on even ground.
const LEAST: f64 = 0.05;
/// Costs become integers in units of this part of a millimetre of boundary.
const UNIT: f64 = 10_000.0;

/// The faces near a boundary.
struct Band {
    /// In their order.
    faces: Vec<usize>,
    /// Of every face of the mesh, how far it lies from a boundary; infinite beyond the band.
    distances: Vec<f64>,
    /// Which two labels the boundary parts.
    pairs: Vec<(Label, Label)>,
}

/// Moves the boundaries between labels of faces.
pub(crate) fn refine(mesh: &TriMesh, labels: &mut [Label]) {
    let shape = Shape::new(mesh);
    let band = band(&shape, labels);
    let mut members: BTreeMap<(Label, Label), Vec<usize>> = BTreeMap::new();
    for &face in &band.faces {
        members.entry(band.pairs[face]).or_default().push(face);
    }
    let cuts: Vec<_> = members
        .par_iter()
        .map(|(&pair, faces)| recut(&shape, &band, labels, pair, faces))
        .collect();
    for (face, label) in cuts.into_iter().flatten() {
        labels[face] = label;
    }
}

/// The surface, asked for middles and smooth normals of the faces: only those near a boundary are wanted.
struct Shape<'a> {
    mesh: &'a TriMesh,
    of_vertices: &'a VertexData<Vector>,
}

impl<'a> Shape<'a> {
    fn new(mesh: &'a TriMesh) -> Self {
        Self {
            mesh,
            of_vertices: mesh.vertex_normals(),
        }
    }

    fn middle(&self, face: usize) -> Point {
        self.mesh.face_centroid(FaceId::new(face))
    }

    fn normal(&self, face: usize) -> Vector {
        let corners = self.mesh.face(FaceId::new(face));
        let sum: Vector = corners.iter().map(|&v| self.of_vertices[v]).sum();
        sum.try_normalize(1e-12).unwrap_or_default()
    }

    fn neighbours(&self, face: usize) -> impl Iterator<Item = usize> + '_ {
        let topology = self.mesh.topology();
        topology.neighbours(FaceId::new(face)).map(FaceId::index)
    }

    /// Faces beside a face, with the length of the edge between them.
    fn beside(&self, face: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let corners = self.mesh.corners(FaceId::new(face));
        let topology = self.mesh.topology();
        (0..3).filter_map(move |corner| {
            let other = topology.neighbour(FaceId::new(face), corner)?;
            let length = (corners[corner] - corners[(corner + 1) % 3]).norm();
            Some((other.index(), length))
        })
    }

    fn apart(&self, a: usize, b: usize) -> f64 {
        (self.middle(a) - self.middle(b)).norm()
    }

    /// What a boundary along the edge between two faces costs a millimetre.
    fn cost(&self, a: usize, b: usize) -> f64 {
        let way = self.middle(b) - self.middle(a);
        let bend = (self.normal(b) - self.normal(a)).dot(&way) / way.norm_squared().max(1e-6);
        (bend.min(0.0) / GROOVE).exp().max(LEAST)
    }
}

/// The faces near a boundary, by distance over the surface.
fn band(shape: &Shape<'_>, labels: &[Label]) -> Band {
    let beside_another = |face: usize| {
        let mut around = shape.neighbours(face).map(|n| labels[n]);
        let other = around.find(|&l| l != labels[face])?;
        Some((face, (labels[face].min(other), labels[face].max(other))))
    };
    let on_boundary: Vec<_> = (0..labels.len())
        .into_par_iter()
        .with_min_len(4096)
        .filter_map(beside_another)
        .collect();
    let mut band = Band {
        faces: Vec::with_capacity(4 * on_boundary.len()),
        distances: vec![f64::INFINITY; labels.len()],
        pairs: vec![(0, 0); labels.len()],
    };
    let mut heap = BinaryHeap::new();
    let key = |distance: f64| (distance * UNIT) as u64;
    for (face, pair) in on_boundary {
        band.faces.push(face);
        band.distances[face] = 0.0;
        band.pairs[face] = pair;
        heap.push(Reverse((0u64, face)));
    }
    while let Some(Reverse((so_far, face))) = heap.pop() {
        if key(band.distances[face]) != so_far {
            continue;
        }
        for next in shape.neighbours(face).filter(|&n| labels[n] == labels[face]) {
            let distance = band.distances[face] + shape.apart(face, next);
            let before = band.distances[next];
            if distance < BAND_MM && distance < before {
                if before == f64::INFINITY {
                    band.faces.push(next);
                }
                band.distances[next] = distance;
                band.pairs[next] = band.pairs[face];
                heap.push(Reverse((key(distance), next)));
            }
        }
    }
    band.faces.sort_unstable();
    band
}

/// The labels of the faces near the boundary of two labels, cut anew.
fn recut(
    shape: &Shape<'_>,
    band: &Band,
    labels: &[Label],
    pair: (Label, Label),
    faces: &[usize],
) -> Vec<(usize, Label)> {
    let whole = |cost: f64| (UNIT * cost).min(1e8).round() as i32;
    let mut graph = CutGraph::new(faces.len(), faces.len() * 2);
    for (i, &face) in faces.iter().enumerate() {
        let area = shape.mesh.face_area(FaceId::new(face));
        let moved = whole(STAY * band.distances[face] * area);
        // Source: the first label of the pair.
        if labels[face] == pair.0 {
            graph.add_terminal(i, moved, 0);
        } else {
            graph.add_terminal(i, 0, moved);
        }
        for (other, length) in shape.beside(face) {
            let cost = whole(length * shape.cost(face, other));
            match faces.binary_search(&other) {
                Ok(j) if j > i => graph.add_edge(i, j, cost),
                Ok(_) => {}
                // Beyond the band the labels stand.
                Err(_) if labels[other] == pair.0 => graph.add_terminal(i, cost, 0),
                Err(_) if labels[other] == pair.1 => graph.add_terminal(i, 0, cost),
                Err(_) => {}
            }
        }
    }
    let sides = graph.cut();
    faces
        .iter()
        .zip(sides)
        .map(|(&face, first)| (face, if first { pair.0 } else { pair.1 }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_mesh::surface::shapes::height_field;

    /// A sheet of 10 mm with a valley along x = `valley`, and labels that change at x = 0.
    fn sheet(n: u32, valley: f64) -> (TriMesh, Vec<Label>) {
        let mesh = height_field(n, 10.0, |x, _| (x - valley).abs().min(1.5));
        let left = |f: FaceId| mesh.face_centroid(f).x < 0.0;
        let labels = mesh.face_ids().map(|f| if left(f) { 1 } else { 2 }).collect();
        (mesh, labels)
    }

    /// The mean of x where the labels change, away from the border.
    fn boundary(mesh: &TriMesh, labels: &[Label]) -> f64 {
        let shape = Shape::new(mesh);
        let mut places = Vec::new();
        for face in 0..labels.len() {
            for other in shape.neighbours(face).filter(|&n| labels[n] != labels[face]) {
                let middle = nalgebra::center(&shape.middle(face), &shape.middle(other));
                if middle.y.abs() < 4.0 {
                    places.push(middle.x);
                }
            }
        }
        places.iter().sum::<f64>() / places.len() as f64
    }

    #[test]
    fn a_boundary_moves_into_the_groove_beside_it() {
        for (n, valley) in [(20, 0.6), (40, -0.4), (80, 0.5)] {
            let (mesh, mut labels) = sheet(n, valley);
            refine(&mesh, &mut labels);
            let found = boundary(&mesh, &labels);
            // Normals of vertices spread a crease over the cells on both its sides.
            let cell = 10.0 / f64::from(n);
            assert!((found - valley).abs() < 1.5 * cell, "{n}: {found} for {valley}");
        }
    }

    #[test]
    fn a_boundary_stays_where_there_is_no_groove_near() {
        let (mesh, mut labels) = sheet(40, 3.0);
        let before = labels.clone();
        refine(&mesh, &mut labels);
        let moved = labels.iter().zip(&before).filter(|(a, b)| a != b).count();
        assert!(moved as f64 <= 0.01 * labels.len() as f64, "{moved}");
    }
}
