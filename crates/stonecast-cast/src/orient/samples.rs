//! The surface as evenly spread samples that depend on the shape alone, not on its pose, order or triangulation.
//!
//! Units: mm, mm². Frame: *canonical*, the arch's own principal axes through its area centroid.
//!
//! Steps
//! 1. [`canonical_frame`]: centroid and principal axes of the area, each axis pointed to its longer tail.
//! 2. [`Samples::of`]: faces longer than a cell are divided; every piece adds its area and area vector to the cell
//!    of a cubic grid in the canonical frame. A cell becomes one sample at the centroid of what it holds.
//!
//! A cell keeps its *vector* area: two sheets or a sharp edge in one cell cancel, and that is what
//! `super::relief` measures.
//!
//! Limits: a shape with two equal principal moments and no tails has no canonical frame; a dental arch is none.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use nalgebra::{Matrix3, Rotation3, Translation3, UnitQuaternion};
use stonecast_mesh::{Point, RigidMotion, TriMesh, Vector};

/// One cell of surface, in the canonical frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// Centroid of the surface in the cell.
    pub point: Point,
    /// Sum of the area vectors: outward, its length at most `area`.
    pub area_vector: Vector,
    /// Area.
    pub area: f64,
}

/// An arch's surface as samples.
pub(super) struct Samples {
    /// The samples, in the order in which the faces first reach them.
    pub all: Vec<Sample>,
    /// To the frame of the samples.
    pub canonical_from_scan: RigidMotion,
}

impl Samples {
    /// Samples of about `spacing` mm; `None` when the mesh has no area.
    pub fn of(mesh: &TriMesh, spacing: f64) -> Option<Self> {
        let canonical_from_scan = canonical_frame(mesh)?;
        let points: Vec<Point> = mesh.points().iter().map(|p| canonical_from_scan * p).collect();
        let mut cells: HashMap<u64, u32, BuildHasherDefault<CellHasher>> = HashMap::default();
        let mut all: Vec<Sample> = Vec::new();
        for corners in mesh.faces() {
            let [a, b, c] = corners.map(|v| points[v.index()]);
            for_each_piece(a, b, c, spacing, |centre, area_vector| {
                let area = area_vector.norm();
                if area > 0.0 {
                    let cell = *cells.entry(cell_key(&centre, spacing)).or_insert_with(|| {
                        all.push(Sample {
                            point: Point::origin(),
                            area_vector: Vector::zeros(),
                            area: 0.0,
                        });
                        (all.len() - 1) as u32
                    });
                    let sample = &mut all[cell as usize];
                    sample.point.coords += centre.coords * area;
                    sample.area_vector += area_vector;
                    sample.area += area;
                }
            });
        }
        for sample in &mut all {
            sample.point.coords /= sample.area;
        }
        Some(Self {
            all,
            canonical_from_scan,
        })
    }
}

/// Calls `visit` with the centre and area vector of each of `k²` equal pieces of a triangle, `k` the longest edge
/// over the spacing.
fn for_each_piece(a: Point, b: Point, c: Point, spacing: f64, mut visit: impl FnMut(Point, Vector)) {
    let (u, v) = (b - a, c - a);
    let area_vector = u.cross(&v) * 0.5;
    let longest = u
        .norm_squared()
        .max(v.norm_squared())
        .max((v - u).norm_squared())
        .sqrt();
    // 200 pieces along an edge of 160 mm: a wall of a base is met, an absurd outlier triangle costs no more.
    let k = (longest / spacing).ceil().clamp(1.0, 200.0) as usize;
    if k == 1 {
        visit(a + (u + v) / 3.0, area_vector);
        return;
    }
    let (step, piece) = (1.0 / k as f64, area_vector / (k * k) as f64);
    for i in 0..k {
        for j in 0..k - i {
            let at = |s: f64| a + u * ((i as f64 + s) * step) + v * ((j as f64 + s) * step);
            visit(at(1.0 / 3.0), piece);
            if i + j + 1 < k {
                visit(at(2.0 / 3.0), piece);
            }
        }
    }
}

/// The cell's number. Cells are centred on the origin, so turning an axis round permutes them.
fn cell_key(p: &Point, spacing: f64) -> u64 {
    // 21 bits per axis hold ±1 million cells; the mask only keeps absurd coordinates from spilling over.
    let part = |x: f64| ((x / spacing).round() as i64 & 0x1F_FFFF) as u64;
    part(p.x) << 42 | part(p.y) << 21 | part(p.z)
}

/// Multiplies and folds: cell numbers are not chosen by an adversary, and a fixed hash is the same on every run.
#[derive(Default)]
pub(super) struct CellHasher(u64);

impl Hasher for CellHasher {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.write_u64(u64::from(b) ^ self.0);
        }
    }
    fn write_u64(&mut self, n: u64) {
        let m = n.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = m ^ (m >> 32);
    }
}

/// The principal axes of the area through its centroid; `None` when there is no area.
fn canonical_frame(mesh: &TriMesh) -> Option<RigidMotion> {
    let centre = mesh.area_centroid()?;
    let mut second = Matrix3::zeros();
    for f in mesh.face_ids() {
        let [a, b, c] = mesh.corners(f).map(|p| p - centre);
        let sum = a + b + c;
        // The exact second moment of a triangle.
        let m = a * a.transpose() + b * b.transpose() + c * c.transpose() + sum * sum.transpose();
        second += m * (mesh.face_area(f) / 12.0);
    }
    let eigen = second.symmetric_eigen();
    let mut order = [0, 1, 2];
    order.sort_by(|&i, &j| eigen.eigenvalues[j].total_cmp(&eigen.eigenvalues[i]));
    let mut axes = order.map(|i| eigen.eigenvectors.column(i).into_owned());
    // Third moments tell an axis's two ends apart. The axis with the least tail, the left-right axis of a
    // symmetric arch, follows from the other two.
    let mut tails = [0.0; 3];
    for f in mesh.face_ids() {
        let (p, area) = (mesh.face_centroid(f) - centre, mesh.face_area(f));
        for (tail, axis) in tails.iter_mut().zip(&axes) {
            *tail += area * p.dot(axis).powi(3);
        }
    }
    let skew: [f64; 3] = std::array::from_fn(|k| {
        let spread = eigen.eigenvalues[order[k]].max(f64::MIN_POSITIVE);
        tails[k] / spread.powf(1.5)
    });
    for k in 0..3 {
        if tails[k] < 0.0 {
            axes[k] = -axes[k];
        }
    }
    let weak = (0..3).min_by(|&i, &j| skew[i].abs().total_cmp(&skew[j].abs()))?;
    axes[weak] = axes[(weak + 1) % 3].cross(&axes[(weak + 2) % 3]);
    let scan_from_canonical = Rotation3::from_matrix_unchecked(Matrix3::from_columns(&axes));
    let rotation = UnitQuaternion::from_rotation_matrix(&scan_from_canonical).inverse();
    Some(RigidMotion::from_parts(Translation3::identity(), rotation) * Translation3::from(-centre.coords))
}
