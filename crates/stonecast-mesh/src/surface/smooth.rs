//! Noise taken off a surface, with a bound on how far any vertex moves.
//!
//! Units: those of the mesh. Frame: any. Border vertices stay.
//!
//! Steps of [`taubin`]: a step along the umbrella vector (neighbours weighted by one over their distance, so that
//! uneven triangles do not drift), then a longer step back. Low frequencies pass, so the surface does not shrink.
//!
//! Steps of [`denoise`]:
//! 1. `filter_normals`: each face's normal becomes the mean of those around it, weighted by area, nearness and likeness:
//!    faces across a sharp edge are unlike and do not count.
//! 2. `follow_normals`: vertices move along the filtered normals of their faces.
//!
//! After each step a vertex that has gone farther than `max_displacement` from where it started is brought back to
//! that distance.
//!
//! Limits: neither tells noise from detail of the same size; the bound is what makes the result safe to use.
//!
//! This work is based on: G. Taubin, "A signal processing approach to fair surface design", SIGGRAPH (1995); Y. Zheng,
//! H. Fu, O. K.-C. Au, C.-L. Tai, "Bilateral Normal Filtering for Mesh Denoising", IEEE TVCG 17(10) (2011); X. Sun,
//! P. L. Rosin, R. R. Martin, F. C. Langbein, "Fast and Effective Feature-Preserving Mesh Denoising", IEEE TVCG 13(5)
//! (2007), for the vertex update.

use rayon::prelude::*;

use crate::{FaceData, FaceId, Point, TriMesh, Vector, VertexId};

/// How [`taubin`] smooths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TaubinParams {
    /// How many pairs of steps.
    pub iterations: usize,
    /// The frequency, as an eigenvalue of the umbrella operator between 0 and 2, below which nothing is damped.
    pub pass_band: f64,
    /// The farthest that a vertex may move.
    pub max_displacement: f64,
}

/// How [`denoise`] smooths.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DenoiseParams {
    /// Rounds of filtering normals, each followed by rounds of moving vertices.
    pub iterations: usize,
    /// The difference of unit normals at which two faces count as unlike: 0.3 is about 17 degrees.
    pub likeness: f64,
    /// The farthest that a vertex may move.
    pub max_displacement: f64,
}

/// A smoothed mesh: the same faces over moved vertices.
#[derive(Clone, Debug)]
pub struct Smoothed {
    /// The mesh.
    pub mesh: TriMesh,
    /// The farthest that a vertex has moved.
    pub greatest_displacement: f64,
}

/// The first step's size of Taubin's pair, his own choice; the second follows from the pass band.
const LAMBDA: f64 = 0.6307;

/// Smooths without shrinking.
///
/// ```
/// use stonecast_mesh::surface::{TaubinParams, shapes, taubin};
/// let ball = shapes::sphere(5.0, 4);
/// let smoothed = taubin(&ball, &TaubinParams { iterations: 10, pass_band: 0.1, max_displacement: 0.05 });
/// assert!((smoothed.mesh.signed_volume() / ball.signed_volume() - 1.0).abs() < 0.005);
/// assert!(smoothed.greatest_displacement <= 0.05 + 1e-12);
/// ```
pub fn taubin(mesh: &TriMesh, params: &TaubinParams) -> Smoothed {
    let topology = mesh.topology();
    let fixed = topology.border_vertices();
    let rings: Vec<Vec<VertexId>> = mesh.vertex_ids().map(|v| topology.ring(mesh, v)).collect();
    // 1 / lambda + 1 / mu = pass band, with mu negative.
    let mu = 1.0 / (params.pass_band - 1.0 / LAMBDA);
    let mut points = mesh.points().to_vec();
    for step in (0..2 * params.iterations).map(|i| if i % 2 == 0 { LAMBDA } else { mu }) {
        let moved: Vec<Point> = (0..points.len())
            .into_par_iter()
            .map(|i| {
                if fixed[i] {
                    return points[i];
                }
                points[i] + umbrella(&points, points[i], &rings[i]) * step
            })
            .collect();
        points = bounded(mesh, moved, params.max_displacement);
    }
    finished(mesh, points)
}

fn umbrella(points: &[Point], at: Point, ring: &[VertexId]) -> Vector {
    let (mut sum, mut total) = (Vector::zeros(), 0.0);
    for w in ring {
        let edge = points[w.index()] - at;
        let length = edge.norm();
        if length > 0.0 {
            sum += edge / length;
            total += 1.0 / length;
        }
    }
    if total > 0.0 { sum / total } else { Vector::zeros() }
}

/// Rounds of moving the vertices after the normals were filtered; the update converges in about ten.
const FOLLOW: usize = 10;

/// Smooths what is noise beside sharp edges, which stay.
pub fn denoise(mesh: &TriMesh, params: &DenoiseParams) -> Smoothed {
    let topology = mesh.topology();
    let fixed = topology.border_vertices();
    // Faces that share a vertex: with only the three across the edges, noise is filtered along strips.
    let around: Vec<Vec<FaceId>> = mesh
        .face_ids()
        .map(|f| {
            let mut faces: Vec<FaceId> = mesh
                .face(f)
                .iter()
                .flat_map(|&v| topology.faces_of(v))
                .copied()
                .collect();
            faces.sort_unstable();
            faces.dedup();
            faces
        })
        .collect();
    let mut current = mesh.clone();
    for _ in 0..params.iterations {
        let normals = filter_normals(&current, &around, params.likeness);
        for _ in 0..FOLLOW {
            let moved = follow_normals(&current, &normals, &fixed);
            let points = bounded(mesh, moved, params.max_displacement);
            current = TriMesh::from_trusted(points, mesh.faces().to_vec());
        }
    }
    finished(mesh, current.points().to_vec())
}

fn filter_normals(mesh: &TriMesh, around: &[Vec<FaceId>], likeness: f64) -> FaceData<Vector> {
    let normals = mesh.face_normals();
    let centres: Vec<Point> = mesh.face_ids().map(|f| mesh.face_centroid(f)).collect();
    let filtered = (0..mesh.face_count())
        .into_par_iter()
        .map(|i| {
            let own = normals[FaceId(i as u32)];
            let spread = around[i]
                .iter()
                .map(|g| (centres[g.index()] - centres[i]).norm_squared())
                .sum::<f64>()
                / around[i].len().max(1) as f64;
            if spread <= 0.0 {
                return own;
            }
            let sum: Vector = around[i]
                .iter()
                .map(|&g| {
                    let apart = (centres[g.index()] - centres[i]).norm_squared() / (2.0 * spread);
                    let unlike = (normals[g] - own).norm_squared() / (2.0 * likeness * likeness);
                    normals[g] * (mesh.face_area(g) * (-apart - unlike).exp())
                })
                .sum();
            let norm = sum.norm();
            if norm > 0.0 { sum / norm } else { own }
        })
        .collect();
    FaceData::from_vec(filtered)
}

fn follow_normals(mesh: &TriMesh, normals: &FaceData<Vector>, fixed: &[bool]) -> Vec<Point> {
    let topology = mesh.topology();
    (0..mesh.vertex_count() as u32)
        .into_par_iter()
        .map(|v| {
            let v = VertexId(v);
            let (at, faces) = (mesh.point(v), topology.faces_of(v));
            if fixed[v.index()] || faces.is_empty() {
                return at;
            }
            let push: Vector = faces
                .iter()
                .map(|&f| normals[f] * normals[f].dot(&(mesh.face_centroid(f) - at)))
                .sum();
            at + push / faces.len() as f64
        })
        .collect()
}

/// No vertex farther than `most` from where it started.
fn bounded(start: &TriMesh, moved: Vec<Point>, most: f64) -> Vec<Point> {
    let back = |(from, to): (&Point, Point)| {
        let way = to - from;
        let length = way.norm();
        if length > most {
            from + way * (most / length)
        } else {
            to
        }
    };
    start.points().iter().zip(moved).map(back).collect()
}

fn finished(start: &TriMesh, points: Vec<Point>) -> Smoothed {
    let moved = start.points().iter().zip(&points).map(|(a, b)| (b - a).norm());
    Smoothed {
        greatest_displacement: moved.fold(0.0, f64::max),
        mesh: TriMesh::from_trusted(points, start.faces().to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RigidMotion, surface::shapes};

    /// Every vertex moved along its normal by pseudo-random noise of up to `amplitude`.
    fn noisy(mesh: &TriMesh, amplitude: f64) -> TriMesh {
        let mut state = 7u64;
        let normals = mesh.vertex_normals();
        let fixed = mesh.topology().border_vertices();
        let points = mesh.vertex_ids().map(|v| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let unit = (state >> 11) as f64 / (1u64 << 53) as f64 * 2.0 - 1.0;
            let size = if fixed[v.index()] { 0.0 } else { amplitude * unit };
            mesh.point(v) + normals[v] * size
        });
        TriMesh::new(points.collect(), mesh.faces().to_vec()).unwrap()
    }

    fn rms(mesh: &TriMesh, error: impl Fn(&Point) -> f64) -> f64 {
        (mesh.points().iter().map(|p| error(p).powi(2)).sum::<f64>() / mesh.vertex_count() as f64).sqrt()
    }

    const TAUBIN: TaubinParams = TaubinParams {
        iterations: 10,
        pass_band: 0.1,
        max_displacement: 0.1,
    };
    const DENOISE: DenoiseParams = DenoiseParams {
        iterations: 5,
        likeness: 0.3,
        max_displacement: 0.1,
    };

    /// A roof: two planes that meet in a ridge along y.
    fn roof() -> TriMesh {
        shapes::height_field(40, 10.0, |x, _| -x.abs())
    }

    #[test]
    fn noise_on_a_ball_is_more_than_halved_and_the_ball_does_not_shrink() {
        let ball = shapes::sphere(5.0, 4);
        let rough = noisy(&ball, 0.04);
        let before = rms(&rough, |p| p.coords.norm() - 5.0);
        for smoothed in [taubin(&rough, &TAUBIN).mesh, denoise(&rough, &DENOISE).mesh] {
            let after = rms(&smoothed, |p| p.coords.norm() - 5.0);
            assert!(after < 0.5 * before, "{before} {after}");
            assert!((smoothed.signed_volume() / ball.signed_volume() - 1.0).abs() < 0.005);
        }
    }

    #[test]
    fn a_ridge_survives_denoising_better_than_smoothing() {
        let rough = noisy(&roof(), 0.03);
        let error = |p: &Point| (p.z + p.x.abs()) / 2f64.sqrt();
        let on_ridge = |mesh: &TriMesh| {
            let ridge = mesh
                .vertex_ids()
                .filter(|&v| roof().point(v).x == 0.0 && roof().point(v).y.abs() < 4.0);
            ridge.map(|v| error(&mesh.point(v)).abs()).fold(0.0, f64::max)
        };
        let (kept, rounded) = (denoise(&rough, &DENOISE).mesh, taubin(&rough, &TAUBIN).mesh);
        assert!(rms(&kept, error) < 0.5 * rms(&rough, error));
        assert!(
            on_ridge(&kept) < on_ridge(&rounded),
            "{} {}",
            on_ridge(&kept),
            on_ridge(&rounded)
        );
    }

    #[test]
    fn no_vertex_moves_farther_than_allowed_and_borders_stay() {
        let rough = noisy(&roof(), 0.1);
        let results = [
            taubin(
                &rough,
                &TaubinParams {
                    max_displacement: 0.02,
                    ..TAUBIN
                },
            ),
            denoise(
                &rough,
                &DenoiseParams {
                    max_displacement: 0.02,
                    ..DENOISE
                },
            ),
        ];
        let border = rough.topology().border_vertices();
        for smoothed in results {
            assert!(smoothed.greatest_displacement > 0.01 && smoothed.greatest_displacement < 0.02 + 1e-12);
            assert_eq!(smoothed.mesh.faces(), rough.faces());
            for v in rough.vertex_ids().filter(|v| border[v.index()]) {
                assert_eq!(smoothed.mesh.point(v), rough.point(v));
            }
        }
    }

    #[test]
    fn the_pose_does_not_matter() {
        let rough = noisy(&roof(), 0.03);
        let motion = RigidMotion::new(Vector::new(50., -20., 9.), Vector::new(1.0, -2.0, 0.3));
        let moved = rough.transformed(&motion);
        let pairs = [
            (taubin(&rough, &TAUBIN), taubin(&moved, &TAUBIN)),
            (denoise(&rough, &DENOISE), denoise(&moved, &DENOISE)),
        ];
        for (here, there) in pairs {
            for v in rough.vertex_ids() {
                assert!((motion * here.mesh.point(v) - there.mesh.point(v)).norm() < 1e-9);
            }
        }
    }
}
