//! The last fit of the lower arch to the upper: the optimum of a smooth energy, the same from every start near it.
//!
//! Units: millimetres, square millimetres. Frame: the lower arch is moved in the upper scan's frame.
//!
//! Steps
//! 1. `near`: points on the faces that are near the other arch. Which faces have how many points follows from the
//!    number of faces alone, and a point's weight is its share of the face's area: rounding the coordinates of a file
//!    moves and reweighs every point a little, and never exchanges one for another.
//! 2. `weighted`: each point counts as far as the surfaces face each other where it stands, by normals interpolated
//!    over faces, and as far as it lies on the crown. Both fade; nothing is cut off where it counts.
//! 3. `settle`: with these weights held, `descend` finds the optimum; then they are taken anew, until neither changes.
//!
//! Limits: a foot that leaps from one side of a fissure to the other changes its weight by a leap; it does so far from
//! contact, where little is attracted.

use nalgebra::Vector3;
use rayon::prelude::*;
use stonecast_mesh::spatial::{Closest, OrientedSurface};
use stonecast_mesh::{FaceId, Point, RigidMotion, TriMesh, Vector};

use super::fit::{ContactFit, Effort, Facing, Law, Probe};

/// Meshes with fewer faces have three points on each face, others one: an arch has some 5000 mm², so points stand for
/// a tenth of a square millimetre or less.
const FINE_FACES: usize = 50_000;
/// One point's area for which its weight is one, in square millimetres. It only sets the unit of energy.
const UNIT_AREA: f64 = 0.1;
/// Beyond so many scales an attraction is four millionths of its greatest.
const REACH: f64 = 5.0;
/// Points are taken this much beyond the reach, so that they are taken anew only after the arch moved so far.
const MARGIN: f64 = 0.5;
/// The height over which the crown fades into the gum.
const FADE: f64 = 1.0;
/// The most times that the weights are taken anew.
const ROUNDS: usize = 60;

/// Points of one arch, in its own scan's frame.
struct Candidates {
    lower: Vec<Probe>,
    upper: Vec<Probe>,
}

impl ContactFit<'_> {
    /// The optimum next to `start`, to the tolerance in millimetres, and its energy.
    pub fn settle(&self, start: &RigidMotion, law: &Law, tolerance: f64) -> (RigidMotion, f64) {
        let effort = Effort {
            stride: 1,
            steps: 30,
            tolerance: 0.3 * tolerance,
        };
        let mut pose = *start;
        let mut energy = 0.0;
        let mut taken_at = pose;
        let mut candidates = self.near(&pose, law);
        for _ in 0..ROUNDS {
            if self.moved(&taken_at, &pose) > 0.5 * MARGIN {
                taken_at = pose;
                candidates = self.near(&pose, law);
            }
            let lower = weighted(&candidates.lower, &self.upper, self.upper_mesh, &pose, law);
            let upper = weighted(
                &candidates.upper,
                &self.lower,
                self.lower_mesh,
                &pose.inverse(),
                law,
            );
            let (next, per_point) = self.descend_on([&lower, &upper], Facing::Weighted, &pose, law, &effort);
            energy = per_point * (lower.len() + upper.len()) as f64;
            let moved = self.moved(&pose, &next);
            pose = next;
            if moved < tolerance {
                break;
            }
        }
        (pose, energy)
    }

    /// The points of both arches within reach of the other, and a margin.
    fn near(&self, pose: &RigidMotion, law: &Law) -> Candidates {
        let reach = REACH * law.scale + MARGIN;
        let inverse = pose.inverse();
        let (lower, upper) = rayon::join(
            || {
                near_points(
                    self.lower_mesh,
                    &self.lower_arch_from_scan,
                    -1.0,
                    self.crown_height,
                    &self.upper,
                    pose,
                    reach,
                )
            },
            || {
                near_points(
                    self.upper_mesh,
                    &self.upper_arch_from_scan,
                    1.0,
                    self.crown_height,
                    &self.lower,
                    &inverse,
                    reach,
                )
            },
        );
        Candidates { lower, upper }
    }
}

/// Where on a face its points lie, as weights of its corners.
fn places(faces: usize) -> &'static [[f64; 3]] {
    const THIRD: f64 = 1.0 / 3.0;
    const SIXTH: f64 = 1.0 / 6.0;
    const MUCH: f64 = 2.0 / 3.0;
    if faces < FINE_FACES {
        &[[MUCH, SIXTH, SIXTH], [SIXTH, MUCH, SIXTH], [SIXTH, SIXTH, MUCH]]
    } else {
        &[[THIRD, THIRD, THIRD]]
    }
}

/// The points of a mesh's crowns within reach of a surface, with their share of area. `apical` is the sign of the
/// direction from the occlusal plane to the gum.
fn near_points(
    mesh: &TriMesh,
    arch_from_scan: &RigidMotion,
    apical: f64,
    crown_height: f64,
    surface: &OrientedSurface,
    surface_from_mesh: &RigidMotion,
    reach: f64,
) -> Vec<Probe> {
    let places = places(mesh.face_count());
    let faces: Vec<FaceId> = mesh.face_ids().collect();
    let found: Vec<Vec<Probe>> = faces
        .par_chunks(512)
        .map(|block| {
            block
                .iter()
                .flat_map(|&f| places.iter().map(move |place| (f, place)))
                .filter_map(|(f, place)| {
                    let point = between(&mesh.corners(f), place);
                    let height = apical * (arch_from_scan * point).z;
                    let crown = smooth_step((crown_height - height) / FADE);
                    if crown <= 0.0 {
                        return None;
                    }
                    surface
                        .index()
                        .closest_point(&(surface_from_mesh * point), reach)?;
                    let share = mesh.face_area(f) / places.len() as f64;
                    Some(Probe {
                        point,
                        normal: normal_between(mesh, f, place)?,
                        weight: crown * share / UNIT_AREA,
                    })
                })
                .collect()
        })
        .collect();
    found.concat()
}

/// The points that face the surface, weighted by how much they do.
fn weighted(
    probes: &[Probe],
    surface: &OrientedSurface,
    surface_mesh: &TriMesh,
    surface_from_probes: &RigidMotion,
    law: &Law,
) -> Vec<Probe> {
    let weigh = |p: &Probe| -> Option<Probe> {
        let query = surface_from_probes * p.point;
        let found = surface.index().closest_point(&query, REACH * law.scale)?;
        let opposite = normal_at(surface_mesh, &found)?;
        // Half at sixty degrees from opposite, where other parts of the bite draw their line.
        let facing = smooth_step(-(surface_from_probes * p.normal).dot(&opposite));
        (facing > 0.0).then_some(Probe {
            weight: p.weight * facing,
            ..*p
        })
    };
    let blocks: Vec<Vec<Probe>> = probes
        .par_chunks(512)
        .map(|block| block.iter().filter_map(weigh).collect())
        .collect();
    blocks.concat()
}

/// The normal at a point found on a mesh, interpolated between those of the face's corners.
fn normal_at(mesh: &TriMesh, found: &Closest) -> Option<Vector> {
    let [a, b, c] = mesh.corners(found.face);
    let whole = mesh.face_area_vector(found.face);
    let square = whole.norm_squared();
    if square <= 0.0 {
        return None;
    }
    let part = |p: Point, q: Point| 0.5 * (p - found.point).cross(&(q - found.point)).dot(&whole) / square;
    normal_between(mesh, found.face, &[part(b, c), part(c, a), part(a, b)])
}

fn between(corners: &[Point; 3], place: &[f64; 3]) -> Point {
    let [a, b, c] = corners;
    Point::from(a.coords * place[0] + b.coords * place[1] + c.coords * place[2])
}

fn normal_between(mesh: &TriMesh, face: FaceId, place: &[f64; 3]) -> Option<Vector> {
    let normals = mesh.vertex_normals();
    let [a, b, c] = mesh.face(face).map(|v| normals[v]);
    let sum: Vector3<f64> = a * place[0] + b * place[1] + c * place[2];
    sum.try_normalize(1e-9)
}

/// From 0 at 0 to 1 at 1, without a corner.
fn smooth_step(x: f64) -> f64 {
    let x = x.clamp(0.0, 1.0);
    x * x * (3.0 - 2.0 * x)
}
