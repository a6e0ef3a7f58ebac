//! From the teeth of an arch to its mesh, labelled, in the cast frame.

use nalgebra::Vector3;
use rayon::prelude::*;
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::{FaceData, Point, TriMesh, VertexData};

use crate::clip::keep_within;
use crate::field::ArchField;
use crate::gum::Gum;
use crate::place::PlacedTooth;
use crate::polygonise::{Grid, Surface, polygonise};

/// An arch's mesh in the cast frame, and whose each element is.
pub(crate) struct Shell {
    pub mesh: TriMesh,
    pub vertex_labels: VertexData<Option<Fdi>>,
    pub face_labels: FaceData<Option<Fdi>>,
}

/// From the arch frame (`h` occlusal) to the cast frame, and back: the same map.
pub(crate) fn cast_from_arch(jaw: Jaw, p: &Vector3<f64>) -> Vector3<f64> {
    match jaw {
        Jaw::Upper => Vector3::new(p.x, p.y, -p.z),
        Jaw::Lower => *p,
    }
}

pub(crate) fn to_mesh(points: &[Vector3<f64>], faces: &[[u32; 3]]) -> TriMesh {
    let points = points.iter().map(|p| Point::from(*p)).collect();
    TriMesh::from_indices(points, faces).expect("the generator makes finite points and faces that name them")
}

/// Meshes an arch with about `triangles` triangles.
pub(crate) fn mesh_arch(teeth: &[PlacedTooth], gum: &Gum, triangles: usize) -> Shell {
    let jaw = gum.jaw();
    let field = ArchField::new(teeth, gum);
    let (low, high) = bounds(teeth, jaw);
    let mut grid = Grid::over(low, high, step(teeth, gum, triangles));
    grid.hand = gum.hand();
    let margin = 3.0 * grid.step;
    let surface = polygonise(
        grid,
        seed(&field),
        |p| field.sample(p).value,
        |p| gum.beyond(p) < margin,
    );
    let beyond: Vec<f64> = surface.points.par_iter().map(|p| gum.beyond(p)).collect();
    let surface = keep_within(&surface, &beyond, gum.hand());
    label(&field, jaw, &surface)
}

/// The grid's step for a count of triangles: a surface of area `A` crosses about `1.5 A / step²` edges, each of
/// which gives two triangles.
fn step(teeth: &[PlacedTooth], gum: &Gum, triangles: usize) -> f64 {
    // Areas per mm of arch, measured on the default arches; others differ by a fifth, and the count with them.
    let per_mm = match (gum.jaw(), gum.has_palate()) {
        (Jaw::Upper, true) => 44.0,
        (Jaw::Upper, false) => 31.0,
        (Jaw::Lower, _) => 36.0,
    };
    let length: f64 = teeth.iter().map(|t| t.crown.size.mesiodistal).sum();
    (3.0 * per_mm * length.max(30.0) / triangles.max(2000) as f64).sqrt()
}

fn bounds(teeth: &[PlacedTooth], jaw: Jaw) -> (Vector3<f64>, Vector3<f64>) {
    let mut low = Vector3::repeat(f64::INFINITY);
    let mut high = Vector3::repeat(f64::NEG_INFINITY);
    for t in teeth {
        for z in [0.0, t.crown.size.crown_height] {
            let p = t.pose.arch([0.0, 0.0, z]);
            low = low.inf(&p);
            high = high.sup(&p);
        }
    }
    let deep = if jaw == Jaw::Upper { 30.0 } else { 16.0 };
    (
        low - Vector3::new(16.0, 16.0, deep),
        high + Vector3::new(16.0, 16.0, 3.0),
    )
}

/// A point on the surface: along the first tooth's axis from above; without a tooth, down on the ridge's front.
fn seed(field: &ArchField<'_>) -> Vector3<f64> {
    let (above, down) = field.teeth.iter().find(|t| t.present).map_or_else(
        || (field.gum.front() + 12.0 * Vector3::z(), -Vector3::z()),
        |t| {
            let middle = [0.0, t.crown.outline_center(), t.crown.size.crown_height + 3.0];
            (t.pose.arch(middle), -t.pose.occlusal)
        },
    );
    // The root of the first sign change, to a micrometre: the cell about it is crossed.
    let (mut outside, mut inside) = (0.0, 0.0);
    while field.sample(&(above + down * inside)).value > 0.0 && inside < 40.0 {
        outside = inside;
        inside += 0.1;
    }
    for _ in 0..20 {
        let mid = 0.5 * (outside + inside);
        if field.sample(&(above + down * mid)).value > 0.0 {
            outside = mid;
        } else {
            inside = mid;
        }
    }
    above + down * inside
}

fn label(field: &ArchField<'_>, jaw: Jaw, surface: &Surface) -> Shell {
    let owner = |p: &Vector3<f64>| {
        let sample = field.sample(p);
        sample
            .tooth
            .filter(|(_, f)| *f < sample.gum)
            .map(|(i, _)| field.teeth[usize::from(i)].tooth())
    };
    let vertex_labels: Vec<Option<Fdi>> = surface.points.par_iter().map(owner).collect();
    let face_labels = surface
        .faces
        .par_iter()
        .map(|f| {
            let [a, b, c] = f.map(|v| vertex_labels[v as usize]);
            if a == b && b == c {
                return a;
            }
            let sum: Vector3<f64> = f.iter().map(|&v| surface.points[v as usize]).sum();
            owner(&(sum / 3.0))
        })
        .collect();
    let points: Vec<_> = surface.points.iter().map(|p| cast_from_arch(jaw, p)).collect();
    let mesh = to_mesh(&points, &surface.faces);
    Shell {
        // The upper arch's map is a reflection, which turns the faces inside out.
        mesh: if jaw == Jaw::Upper { mesh.flipped() } else { mesh },
        vertex_labels: VertexData::from_vec(vertex_labels),
        face_labels: FaceData::from_vec(face_labels),
    }
}
