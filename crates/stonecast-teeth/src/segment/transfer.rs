//! From labels on nodes to labels on faces.

use rayon::prelude::*;
use stonecast_mesh::{Point, TriMesh};

use super::{cut::Label, nodes::Nodes};

/// How far a node's label counts, mm, standard deviation.
const REACH_MM: f64 = 0.35;

/// The label of each face: what the nodes around its middle say, the near ones and those that face the same way most.
///
/// `places` are the vertices in the nodes' frame; `turned_over` tells whether that frame mirrors the mesh.
pub(crate) fn face_labels(
    mesh: &TriMesh,
    places: &[Point],
    turned_over: bool,
    nodes: &Nodes,
    labels: &[Label],
) -> Vec<Label> {
    let inner: Vec<bool> = (0..nodes.len())
        .into_par_iter()
        .map(|n| {
            let near = nodes.neighbours(n);
            near.iter().all(|&m| labels[m as usize] == labels[n])
        })
        .collect();
    mesh.faces()
        .par_iter()
        .with_min_len(2048)
        .map(|face| {
            let [a, b, c] = face.map(|v| places[v.index()]);
            let middle = Point::from((a.coords + b.coords + c.coords) / 3.0);
            if let Some(node) = nodes.at(&middle).filter(|&n| inner[n]) {
                return labels[node];
            }
            let mut normal = (b - a).cross(&(c - a));
            if turned_over {
                normal = -normal;
            }
            let normal = normal.try_normalize(1e-12).unwrap_or_default();
            vote(nodes, labels, &middle, &normal)
        })
        .collect()
}

fn vote(nodes: &Nodes, labels: &[Label], middle: &Point, normal: &stonecast_mesh::Vector) -> Label {
    let mut votes: Vec<(Label, f64)> = Vec::with_capacity(4);
    nodes.for_each_near(middle, 2, |node| {
        let d2 = (nodes.places[node] - middle).norm_squared();
        let facing = (0.3 + nodes.normals[node].dot(normal)).max(0.02);
        let weight = nodes.areas[node] * facing * (-d2 / (2.0 * REACH_MM * REACH_MM)).exp();
        match votes.iter_mut().find(|v| v.0 == labels[node]) {
            Some(v) => v.1 += weight,
            None => votes.push((labels[node], weight)),
        }
    });
    votes
        .into_iter()
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
        .map_or(0, |v| v.0)
}
