//! Labelled arches and the frame that their labels imply.
//!
//! Definition of that frame, from the labelled teeth alone (a tooth has at least 20 vertices):
//!
//! * occlusal direction, to begin with: the sum of the area vectors of all faces that touch a tooth (an open crown's
//!   area vector points from its neck to its tip);
//! * occlusal plane: through the teeth's tips, a tooth's tip being the mean of the twentieth of its vertices that
//!   stand highest; least squares, refitted with Tukey's biweights (scale 1.4826 × median distance, at least 0.5 mm;
//!   cut-off 4.685), until the normal moves less than 0.01°;
//! * left: the sum, over all teeth whose twin of the other side is present, of the vectors from the right tooth's mean
//!   vertex to the left one's, dropped onto the plane;
//! * origin: the mean of the tips of the central incisors, dropped onto the plane.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use nalgebra::Matrix3;
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::formats::{Limits, decode};
use stonecast_mesh::{Point, TriMesh, Vector};

/// An arch and the frame that its labels imply, in the scanner's frame.
pub struct Labelled {
    /// `ios-008_upper`, ...
    pub name: String,
    pub jaw: Jaw,
    pub mesh: TriMesh,
    pub superior: Vector,
    pub left: Vector,
    /// `None` without central incisors.
    #[allow(dead_code, reason = "only the report measures it")]
    pub origin: Option<Point>,
}

impl Labelled {
    /// `ios`, `cast`, ...
    #[allow(dead_code, reason = "only the report groups")]
    pub fn group(&self) -> &str {
        self.name.split('-').next().unwrap_or_default()
    }
}

/// All labelled arches of the folder, by name.
pub fn all(folder: &Path) -> Vec<Labelled> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder.join("labelled"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "ply"))
        .collect();
    files.sort();
    files.iter().map(|file| load(file)).collect()
}

/// The first surface of a file.
pub fn mesh(file: &Path) -> TriMesh {
    let bytes = std::fs::read(file).unwrap();
    decode(&bytes, None, &Limits::default())
        .unwrap()
        .parts
        .remove(0)
        .mesh
}

fn load(file: &Path) -> Labelled {
    let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
    let jaw = if name.ends_with("upper") {
        Jaw::Upper
    } else {
        Jaw::Lower
    };
    let mesh = mesh(file);
    let text = std::fs::read(file.with_extension("labels.json")).unwrap();
    let labels: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let labels: Vec<u8> = labels["labels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l.as_u64().unwrap() as u8)
        .collect();
    assert_eq!(labels.len(), mesh.vertex_count(), "{name}");
    frame(name, jaw, mesh, &labels)
}

fn frame(name: String, jaw: Jaw, mesh: TriMesh, labels: &[u8]) -> Labelled {
    let mut teeth: BTreeMap<Fdi, Vec<Point>> = BTreeMap::new();
    for (p, label) in mesh.points().iter().zip(labels) {
        if let Ok(tooth) = Fdi::new(*label) {
            teeth.entry(tooth).or_default().push(*p);
        }
    }
    teeth.retain(|_, points| points.len() >= 20);
    let mut occlusal: Vector = mesh
        .face_ids()
        .filter(|f| mesh.face(*f).iter().filter(|v| labels[v.index()] > 0).count() >= 2)
        .map(|f| mesh.face_area_vector(f))
        .sum::<Vector>()
        .normalize();
    let mut centre = Point::origin();
    for _ in 0..30 {
        let tips: Vec<Point> = teeth.values().map(|points| tip(points, &occlusal)).collect();
        let (normal, middle) = robust_plane(&tips, &occlusal);
        let moved = normal.angle(&occlusal).to_degrees();
        (occlusal, centre) = (normal, middle);
        if moved < 0.01 {
            break;
        }
    }
    let superior = if jaw == Jaw::Lower { occlusal } else { -occlusal };
    let mean = |points: &[Point]| points.iter().map(|p| p.coords).sum::<Vector>() / points.len() as f64;
    let mut left = Vector::zeros();
    for (tooth, points) in &teeth {
        if let Some(twin) = teeth.get(&tooth.mirrored()) {
            left += (mean(twin) - mean(points)) * -tooth.side().sign();
        }
    }
    let left = (left - superior * left.dot(&superior)).normalize();
    let incisors: Vec<Vector> = teeth
        .iter()
        .filter(|(tooth, _)| tooth.position() == 1)
        .map(|(_, points)| tip(points, &occlusal).coords)
        .collect();
    let origin = (!incisors.is_empty()).then(|| {
        let middle = Point::from(incisors.iter().sum::<Vector>() / incisors.len() as f64);
        middle - superior * (middle - centre).dot(&superior)
    });
    Labelled {
        name,
        jaw,
        mesh,
        superior,
        left,
        origin,
    }
}

fn tip(points: &[Point], occlusal: &Vector) -> Point {
    let mut heights: Vec<(f64, Vector)> = points
        .iter()
        .map(|p| (p.coords.dot(occlusal), p.coords))
        .collect();
    heights.sort_by(|a, b| b.0.total_cmp(&a.0));
    let count = (points.len() / 20).max(3);
    Point::from(heights[..count].iter().map(|h| h.1).sum::<Vector>() / count as f64)
}

fn robust_plane(points: &[Point], towards: &Vector) -> (Vector, Point) {
    let mut weights = vec![1.0; points.len()];
    let (mut normal, mut centre) = (*towards, Point::origin());
    for _ in 0..20 {
        let total: f64 = weights.iter().sum();
        centre = Point::from(
            points
                .iter()
                .zip(&weights)
                .map(|(p, w)| p.coords * *w)
                .sum::<Vector>()
                / total,
        );
        let mut second = Matrix3::zeros();
        for (p, w) in points.iter().zip(&weights) {
            second += (p - centre) * (p - centre).transpose() * *w;
        }
        let eigen = second.symmetric_eigen();
        normal = eigen.eigenvectors.column(eigen.eigenvalues.imin()).normalize();
        if normal.dot(towards) < 0.0 {
            normal = -normal;
        }
        let distances: Vec<f64> = points.iter().map(|p| (p - centre).dot(&normal)).collect();
        let mut sorted: Vec<f64> = distances.iter().map(|d| d.abs()).collect();
        sorted.sort_by(f64::total_cmp);
        let cut = 4.685 * (1.4826 * sorted[sorted.len() / 2]).max(0.5);
        for (w, d) in weights.iter_mut().zip(&distances) {
            *w = (1.0 - (d / cut).powi(2)).max(0.0).powi(2).max(1e-6);
        }
    }
    (normal, centre)
}
