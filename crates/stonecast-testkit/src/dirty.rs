//! Scans with the faults that real scans have: noise, holes, stray pieces, doubled and degenerate faces.
//!
//! Units: mm. The faults are put in on top of a clean mesh, and where each face came from is returned, so that the
//! truth carries over.

use nalgebra::Vector3;
use stonecast_mesh::{FaceId, Point, TriMesh, VertexId};

use crate::draw::Draw;

/// Which faults to put in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScanFaults {
    /// Standard deviation of the noise along the normal, mm. Scanners leave some 0.005 to 0.02 mm.
    pub noise_mm: f64,
    /// How many holes.
    pub holes: usize,
    /// Radius of the holes, mm.
    pub hole_radius_mm: f64,
    /// How many small pieces of surface float nearby.
    pub floating_pieces: usize,
    /// How many faces stand twice in the file.
    pub doubled_faces: usize,
    /// How many faces name a vertex twice.
    pub degenerate_faces: usize,
    /// How many fins: faces that stand on an edge between two others.
    pub fins: usize,
    /// How many vertices belong to no face.
    pub loose_vertices: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl ScanFaults {
    /// None at all.
    pub const NONE: Self = Self {
        noise_mm: 0.0,
        holes: 0,
        hole_radius_mm: 1.0,
        floating_pieces: 0,
        doubled_faces: 0,
        degenerate_faces: 0,
        fins: 0,
        loose_vertices: 0,
        seed: 0,
    };

    /// What a raw intraoral scan commonly shows.
    pub fn common(seed: u64) -> Self {
        Self {
            noise_mm: 0.01,
            holes: 3,
            hole_radius_mm: 0.8,
            floating_pieces: 4,
            doubled_faces: 5,
            degenerate_faces: 5,
            fins: 3,
            loose_vertices: 10,
            seed,
        }
    }
}

/// A scan with faults.
#[derive(Clone, Debug)]
pub struct FaultyScan {
    /// The surface.
    pub mesh: TriMesh,
    /// For each face the clean mesh's face it came from; `None` for what was added.
    pub face_of: Vec<Option<FaceId>>,
}

/// The mesh as a scanner might have given it.
pub fn scan_as_if(mesh: &TriMesh, faults: &ScanFaults) -> FaultyScan {
    let draw = Draw::new(faults.seed).keyed("faults");
    if mesh.is_empty() {
        return FaultyScan {
            mesh: mesh.clone(),
            face_of: Vec::new(),
        };
    }
    let pick = |key: &str, i: usize, count: usize| {
        ((draw.keyed(key).at(i as u64).unit() * count as f64) as usize).min(count - 1)
    };
    let inner = inner_faces(mesh);
    let holes: Vec<Point> = (0..faults.holes)
        .filter(|_| !inner.is_empty())
        .map(|i| mesh.face_centroid(inner[pick("hole", i, inner.len())]))
        .collect();
    let kept: Vec<FaceId> = mesh
        .face_ids()
        .filter(|&f| {
            let at = mesh.face_centroid(f);
            holes.iter().all(|h| (at - h).norm() > faults.hole_radius_mm)
        })
        .collect();
    let mut points = noisy(mesh, faults.noise_mm, draw);
    let mut faces: Vec<[VertexId; 3]> = kept.iter().map(|&f| mesh.face(f)).collect();
    let mut face_of: Vec<Option<FaceId>> = kept.iter().map(|&f| Some(f)).collect();
    for i in 0..faults.doubled_faces.min(kept.len()) {
        let f = kept[pick("doubled", i, kept.len())];
        faces.push(mesh.face(f));
        face_of.push(Some(f));
    }
    for i in 0..faults.degenerate_faces.min(kept.len()) {
        let [a, b, _] = mesh.face(kept[pick("degenerate", i, kept.len())]);
        faces.push([a, b, a]);
        face_of.push(None);
    }
    for i in 0..faults.fins.min(kept.len()) {
        let f = kept[pick("fin", i, kept.len())];
        let [a, b, _] = mesh.face(f);
        let normal = mesh.face_normals()[f];
        let tip = nalgebra::center(&mesh.point(a), &mesh.point(b)) + normal * 0.4;
        points.push(tip);
        faces.push([a, b, VertexId(points.len() as u32 - 1)]);
        face_of.push(None);
    }
    for i in 0..faults.floating_pieces {
        let f = kept[pick("floating", i, kept.len())];
        let center = mesh.face_centroid(f) + mesh.face_normals()[f] * 3.0;
        float_piece(center, draw.keyed("piece").at(i as u64), &mut points, &mut faces);
        face_of.resize(faces.len(), None);
    }
    let bounds = mesh.bounds().expect("a mesh with faces has points");
    for i in 0..faults.loose_vertices {
        let t = |k: u64| draw.keyed("loose").at(3 * i as u64 + k).unit();
        let extent = bounds.extent();
        points.push(bounds.min + Vector3::new(t(0) * extent.x, t(1) * extent.y, t(2) * extent.z));
    }
    FaultyScan {
        mesh: TriMesh::new(points, faces).expect("finite points, and faces that name them"),
        face_of,
    }
}

/// Faces at least 3 mm from the border, so that a hole stays a hole.
fn inner_faces(mesh: &TriMesh) -> Vec<FaceId> {
    let on_border = mesh.topology().border_vertices();
    // A coarse grid of the border's points keeps this linear.
    let cell = |p: &Point| [p.x, p.y, p.z].map(|c| (c / 3.0).floor() as i64);
    let near: std::collections::BTreeSet<[i64; 3]> = mesh
        .vertex_ids()
        .filter(|v| on_border[v.index()])
        .map(|v| cell(&mesh.point(v)))
        .collect();
    let touches = |c: [i64; 3]| {
        (-1..=1).any(|x| (-1..=1).any(|y| (-1..=1).any(|z| near.contains(&[c[0] + x, c[1] + y, c[2] + z]))))
    };
    mesh.face_ids()
        .filter(|&f| !touches(cell(&mesh.face_centroid(f))))
        .collect()
}

fn noisy(mesh: &TriMesh, sigma: f64, draw: Draw) -> Vec<Point> {
    if sigma <= 0.0 {
        return mesh.points().to_vec();
    }
    let normals = mesh.vertex_normals();
    let draw = draw.keyed("noise");
    mesh.vertex_ids()
        .map(|v| mesh.point(v) + normals[v] * (sigma * draw.at(u64::from(v.0)).normal()))
        .collect()
}

/// A crumpled fan of eight triangles about a place.
fn float_piece(center: Point, draw: Draw, points: &mut Vec<Point>, faces: &mut Vec<[VertexId; 3]>) {
    const RIM: u32 = 8;
    let first = points.len() as u32;
    points.push(center);
    for k in 0..RIM {
        let angle = std::f64::consts::TAU * f64::from(k) / f64::from(RIM);
        let radius = draw.at(u64::from(k)).between(0.3, 0.9);
        let lift = draw.at(u64::from(k + RIM)).between(-0.2, 0.2);
        points.push(center + Vector3::new(radius * angle.cos(), radius * angle.sin(), lift));
    }
    for k in 0..RIM {
        faces.push([first, first + 1 + k, first + 1 + (k + 1) % RIM].map(VertexId));
    }
}
