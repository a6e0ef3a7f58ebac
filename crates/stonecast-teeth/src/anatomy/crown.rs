//! One tooth's piece of the surface, with a hem of what lies around it.
//!
//! Labels stop a face or two from where the crown stops. The hem lets a measure go on to where the surface itself
//! turns, so that such a face moves nothing.

use stonecast_dental::Fdi;
use stonecast_mesh::{FaceData, FaceId, Point, RigidMotion, TriMesh, Vector, VertexId};

/// The hem's reach beyond the labels, in mean edge lengths of the crown: labels are good to about one face, and one
/// more is needed to see that the surface turns.
const HEM_EDGES: f64 = 2.0;
/// The hem's least reach, mm: what labels drawn on a mesh of 10,000 faces an arch leave open on a fine one.
const LEAST_HEM: f64 = 0.8;
/// A stray patch of labels counts as part of the crown from this share of its largest patch.
const PATCH_SHARE: f64 = 0.2;

/// What lies across an edge of the crown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Beyond {
    /// Gum.
    Gum,
    /// Another tooth.
    Tooth,
    /// The scan's border.
    Nothing,
}

/// An edge of the crown's labels; the crown lies on its left seen from outside.
#[derive(Clone, Copy, Debug)]
pub(super) struct RimEdge {
    pub ends: [u32; 2],
    pub beyond: Beyond,
}

/// A tooth's surface. Points are in the arch's frame until [`Crown::turned`] puts them into the tooth's own.
#[derive(Clone, Debug)]
pub(super) struct Crown {
    pub tooth: Fdi,
    pub points: Vec<Point>,
    /// The crown's own faces, then those of the hem.
    pub faces: Vec<[u32; 3]>,
    /// How many of the faces are the crown's own.
    pub own_faces: usize,
    /// Whether a vertex lies on an own face.
    pub own: Vec<bool>,
    pub rim: Vec<RimEdge>,
    /// Mean edge length of the own faces, mm.
    pub edge: f64,
    /// How far the hem reaches beyond the labels, mm.
    pub hem: f64,
}

impl Crown {
    /// Cuts out a tooth. `faces` are those that bear its label.
    pub fn cut(
        mesh: &TriMesh,
        labels: &FaceData<Option<Fdi>>,
        tooth: Fdi,
        faces: &[FaceId],
        arch_from_mesh: &RigidMotion,
    ) -> Self {
        let own = main_patches(mesh, labels, tooth, faces);
        let edge = mean_edge(mesh, &own);
        let reach = (HEM_EDGES * edge).max(LEAST_HEM);
        let hem = hem(mesh, &own, reach);
        let mut local = Local::new(mesh, arch_from_mesh);
        let mut all: Vec<[u32; 3]> = own.iter().map(|f| local.face(*f)).collect();
        let own_vertices = local.points.len();
        all.extend(hem.iter().map(|f| local.face(*f)));
        let rim = rim(mesh, labels, tooth, &own, &local);
        let count = local.points.len();
        Self {
            tooth,
            points: local.points,
            faces: all,
            own_faces: own.len(),
            own: (0..count).map(|v| v < own_vertices).collect(),
            rim,
            edge,
            hem: reach,
        }
    }

    /// The same crown in another frame, `origin` and the rows of its axes given in the present one. Its faces keep
    /// pointing outwards if that frame is of the other hand; its rim then runs the other way.
    pub fn turned(&self, origin: &Point, axes: &[Vector; 3]) -> Self {
        let points = self
            .points
            .iter()
            .map(|p| {
                let d = p - origin;
                Point::new(d.dot(&axes[0]), d.dot(&axes[1]), d.dot(&axes[2]))
            })
            .collect();
        let mut turned = Self {
            points,
            ..self.clone()
        };
        if axes[0].cross(&axes[1]).dot(&axes[2]) < 0.0 {
            turned.faces.iter_mut().for_each(|f| f.swap(1, 2));
        }
        turned
    }

    pub fn corners(&self, face: usize) -> [Point; 3] {
        self.faces[face].map(|v| self.points[v as usize])
    }

    /// A face's outward normal times its area.
    pub fn area_vector(&self, face: usize) -> Vector {
        let [a, b, c] = self.corners(face);
        0.5 * (b - a).cross(&(c - a))
    }

    /// The own faces' centre of gravity and area.
    pub fn centroid(&self) -> Option<(Point, f64)> {
        let (mut sum, mut area) = (Vector::zeros(), 0.0);
        for f in 0..self.own_faces {
            let a = self.area_vector(f).norm();
            let [p, q, r] = self.corners(f);
            sum += (p.coords + q.coords + r.coords) * (a / 3.0);
            area += a;
        }
        (area > 0.0).then(|| (Point::from(sum / area), area))
    }

    /// The vertices of the own faces.
    pub fn own_points(&self) -> impl Iterator<Item = &Point> {
        self.points
            .iter()
            .zip(&self.own)
            .filter(|(_, own)| **own)
            .map(|(p, _)| p)
    }
}

/// The faces in the label's large patches, sorted.
fn main_patches(mesh: &TriMesh, labels: &FaceData<Option<Fdi>>, tooth: Fdi, faces: &[FaceId]) -> Vec<FaceId> {
    let topology = mesh.topology();
    let mut seen = vec![false; mesh.face_count()];
    let mut is_new = |f: FaceId| !std::mem::replace(&mut seen[f.index()], true);
    let mut patches: Vec<(f64, Vec<FaceId>)> = Vec::new();
    for &start in faces {
        if !is_new(start) {
            continue;
        }
        let mut patch = vec![start];
        let mut at = 0;
        while at < patch.len() {
            for g in topology.neighbours(patch[at]) {
                if labels[g] == Some(tooth) && is_new(g) {
                    patch.push(g);
                }
            }
            at += 1;
        }
        patches.push((patch.iter().map(|f| mesh.face_area(*f)).sum(), patch));
    }
    let largest = patches.iter().map(|p| p.0).fold(0.0, f64::max);
    let mut kept: Vec<FaceId> = patches
        .into_iter()
        .filter(|(area, _)| *area >= PATCH_SHARE * largest)
        .flat_map(|(_, patch)| patch)
        .collect();
    kept.sort_unstable();
    kept
}

fn mean_edge(mesh: &TriMesh, faces: &[FaceId]) -> f64 {
    let sum: f64 = faces
        .iter()
        .map(|f| {
            let [a, b, c] = mesh.corners(*f);
            (b - a).norm() + (c - b).norm() + (a - c).norm()
        })
        .sum();
    sum / (3 * faces.len()).max(1) as f64
}

/// The faces around the crown within reach, ring by ring.
fn hem(mesh: &TriMesh, own: &[FaceId], reach: f64) -> Vec<FaceId> {
    let topology = mesh.topology();
    let mut taken = vec![false; mesh.face_count()];
    let mut seen = vec![false; mesh.vertex_count()];
    for f in own {
        taken[f.index()] = true;
    }
    // Each vertex with the vertex of the crown's rim from which the ring came.
    let mut front: Vec<(VertexId, VertexId)> = Vec::new();
    for v in own.iter().flat_map(|f| mesh.face(*f)) {
        if !seen[v.index()] {
            seen[v.index()] = true;
            if topology.faces_of(v).iter().any(|f| !taken[f.index()]) {
                front.push((v, v));
            }
        }
    }
    let mut hem = Vec::new();
    let mut at = 0;
    while at < front.len() {
        let (v, source) = front[at];
        at += 1;
        for &f in topology.faces_of(v) {
            if std::mem::replace(&mut taken[f.index()], true) {
                continue;
            }
            hem.push(f);
            for w in mesh.face(f) {
                let near = (mesh.point(w) - mesh.point(source)).norm() < reach;
                if !std::mem::replace(&mut seen[w.index()], true) && near {
                    front.push((w, source));
                }
            }
        }
    }
    hem.sort_unstable();
    hem
}

/// Gives vertices numbers of their own.
struct Local<'a> {
    mesh: &'a TriMesh,
    arch_from_mesh: &'a RigidMotion,
    number: Vec<u32>,
    points: Vec<Point>,
}

impl<'a> Local<'a> {
    fn new(mesh: &'a TriMesh, arch_from_mesh: &'a RigidMotion) -> Self {
        Self {
            mesh,
            arch_from_mesh,
            number: vec![u32::MAX; mesh.vertex_count()],
            points: Vec::new(),
        }
    }

    fn face(&mut self, face: FaceId) -> [u32; 3] {
        self.mesh.face(face).map(|v| {
            let number = &mut self.number[v.index()];
            if *number == u32::MAX {
                *number = self.points.len() as u32;
                self.points.push(self.arch_from_mesh * self.mesh.point(v));
            }
            *number
        })
    }
}

fn rim(
    mesh: &TriMesh,
    labels: &FaceData<Option<Fdi>>,
    tooth: Fdi,
    own: &[FaceId],
    local: &Local<'_>,
) -> Vec<RimEdge> {
    let topology = mesh.topology();
    let mut rim = Vec::new();
    for &f in own {
        let face = mesh.face(f);
        for corner in 0..3 {
            let beyond = match topology.neighbour(f, corner).map(|g| labels[g]) {
                Some(Some(other)) if other == tooth => continue,
                Some(Some(_)) => Beyond::Tooth,
                Some(None) => Beyond::Gum,
                None => Beyond::Nothing,
            };
            let ends = [face[corner], face[(corner + 1) % 3]].map(|v| local.number[v.index()]);
            rim.push(RimEdge { ends, beyond });
        }
    }
    rim
}
