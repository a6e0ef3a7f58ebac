//! Fits the lower arch to the upper by their surfaces: drawn together where they nearly touch, held apart where they
//! cross.
//!
//! Units: millimetres. Frame: the lower arch is moved in the upper scan's frame.
//!
//! Steps
//! 1. `ContactFit::new`: points on the crowns of both arches, each for an equal share of area.
//! 2. `evaluate`: each point's exact signed distance to the other arch gives an energy. Gaps attract by
//!    `1 - exp(-g²/2s²)`, so that only surfaces closer than a few `s` are drawn together; depths repel by
//!    `k d²/2s²`, without end.
//! 3. `descend`: Levenberg's and Marquardt's steps on that energy, which is a continuous function of the pose, until
//!    none moves the arch by more than the tolerance.
//!
//! Limits: finds the optimum next to the start. Points whose closest point is on a border take no part.
//!
//! References: the attracting term is that of J. E. Dennis and R. E. Welsch, "Techniques for nonlinear least squares
//! and robust regression", Communications in Statistics B7(4) (1978); D. W. Marquardt, SIAM J. Appl. Math. 11(2) (1963).

use nalgebra::{Matrix6, Translation3, UnitQuaternion, Vector6};
use rayon::prelude::*;
use stonecast_mesh::registration::{OrientedPoint, sample_surface};
use stonecast_mesh::spatial::OrientedSurface;
use stonecast_mesh::{FaceId, Point, RigidMotion, TriMesh, Vector};

use super::ArchInput;
use super::relation::face_each_other;

/// How gaps attract and depths repel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Law {
    /// The gap at which the attraction is greatest.
    pub scale: f64,
    /// How much more a depth repels than a small gap of the same size attracts.
    pub stiffness: f64,
}

impl Law {
    /// Beyond this a gap's attraction is less than a hundredth of its greatest.
    fn reach(&self) -> f64 {
        4.0 * self.scale
    }

    /// The energy of a signed distance, zero where nothing is within reach, and the weight of its square.
    fn energy(&self, distance: f64) -> (f64, f64) {
        let x = distance / self.scale;
        let square = self.scale * self.scale;
        if distance > 0.0 {
            let near = (-0.5 * x * x).exp();
            (-near, near / square)
        } else {
            (0.5 * self.stiffness * x * x - 1.0, self.stiffness / square)
        }
    }
}

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Effort {
    /// Take every so many points.
    pub stride: usize,
    /// The most steps.
    pub steps: usize,
    /// Stop when a step moves the arch by less than this, in millimetres.
    pub tolerance: f64,
}

/// The two arches, ready to be fitted.
pub(super) struct ContactFit {
    pub upper: OrientedSurface,
    pub lower: OrientedSurface,
    upper_points: Vec<OrientedPoint>,
    lower_points: Vec<OrientedPoint>,
    /// The centre of the lower points, in the lower scan's frame: steps turn about it.
    centre: Point,
    /// How far from there the points lie: a turn by one radian moves them so far.
    radius: f64,
}

/// The energy of a pose with its slope and curvature for small motions about the centre: rotation, then shift.
struct Energy {
    value: f64,
    slope: Vector6<f64>,
    curvature: Matrix6<f64>,
}

impl ContactFit {
    /// Takes `count` points on each arch and keeps those on crowns, `crown_height` from the occlusal plane. `None`
    /// when an arch has no crown.
    pub fn new(
        upper: &ArchInput<'_>,
        lower: &ArchInput<'_>,
        crown_height: f64,
        count: usize,
    ) -> Option<Self> {
        let crown = |arch: &ArchInput<'_>, apical: f64| -> Vec<OrientedPoint> {
            sample_surface(arch.mesh_in_scan, count)
                .into_iter()
                .filter(|p| (arch.arch_from_scan * p.point).z * apical <= crown_height)
                .collect()
        };
        let (upper_points, lower_points) = (crown(upper, 1.0), crown(lower, -1.0));
        if upper_points.is_empty() || lower_points.is_empty() {
            return None;
        }
        let count = lower_points.len() as f64;
        let centre = Point::from(lower_points.iter().map(|p| p.point.coords).sum::<Vector>() / count);
        let radius = (lower_points
            .iter()
            .map(|p| (p.point - centre).norm_squared())
            .sum::<f64>()
            / count)
            .sqrt();
        let surface = |mesh: &TriMesh| OrientedSurface::build(mesh);
        let (upper, lower) = rayon::join(|| surface(upper.mesh_in_scan), || surface(lower.mesh_in_scan));
        Some(Self {
            upper,
            lower,
            upper_points,
            lower_points,
            centre,
            radius,
        })
    }

    /// Moves the lower arch along `up` until its crowns just touch the upper: until a fiftieth of the points that
    /// have the upper above them has met it. As it was, where nothing is above.
    pub fn closed_along(&self, upper_from_lower: &RigidMotion, up: &Vector) -> RigidMotion {
        // From well below to well above any arch.
        const SPAN: f64 = 40.0;
        let mut gaps: Vec<f64> = self
            .lower_points
            .iter()
            .step_by(4)
            .filter_map(|p| {
                let from = upper_from_lower * p.point - up * SPAN;
                self.upper
                    .index()
                    .ray(&from, up, 2.0 * SPAN)
                    .map(|hit| hit.t - SPAN)
            })
            .collect();
        gaps.sort_by(f64::total_cmp);
        gaps.get(gaps.len() / 50).map_or(*upper_from_lower, |gap| {
            Translation3::from(up * *gap) * upper_from_lower
        })
    }

    /// Descends to the optimum next to the start; the pose found and its energy per point.
    pub fn descend(&self, start: &RigidMotion, law: &Law, effort: &Effort) -> (RigidMotion, f64) {
        let mut pose = *start;
        let mut now = self.evaluate(&pose, law, effort.stride);
        // Marquardt's damping: its start and factors only change how many steps are needed.
        let mut damping = 1e-3;
        for _ in 0..effort.steps {
            let Some((motion, size)) = self.step(&now, damping, &pose) else {
                damping *= 10.0;
                continue;
            };
            let next_pose = motion * pose;
            let next = self.evaluate(&next_pose, law, effort.stride);
            if next.value < now.value {
                pose = next_pose;
                now = next;
                damping = (damping * 0.3).max(1e-9);
            } else {
                damping *= 8.0;
            }
            if size < effort.tolerance {
                break;
            }
        }
        // The rotation's rounding errors would add up over many steps.
        pose.rotation.renormalize();
        let taken = (self.upper_points.len() + self.lower_points.len()).div_ceil(effort.stride);
        (pose, now.value / taken as f64)
    }

    /// The step for a damping, with how far it moves the arch.
    fn step(&self, energy: &Energy, damping: f64, pose: &RigidMotion) -> Option<(RigidMotion, f64)> {
        let mut matrix = energy.curvature;
        // Keeps motions that touch nothing from running away.
        let floor = 1e-6 * energy.curvature.diagonal().max() + f64::MIN_POSITIVE;
        for i in 0..6 {
            matrix[(i, i)] += damping * energy.curvature[(i, i)] + floor;
        }
        let step = matrix.cholesky()?.solve(&-energy.slope);
        let (turn, shift): (Vector, Vector) =
            (step.fixed_rows::<3>(0).into(), step.fixed_rows::<3>(3).into());
        let pivot = (pose * self.centre).coords;
        let motion = Translation3::from(pivot + shift)
            * UnitQuaternion::from_scaled_axis(turn / self.radius)
            * Translation3::from(-pivot);
        Some((motion, turn.norm() + shift.norm()))
    }

    fn evaluate(&self, pose: &RigidMotion, law: &Law, stride: usize) -> Energy {
        let inverse = pose.inverse();
        let pivot = pose * self.centre;
        let on_lower = terms(
            &self.lower_points,
            stride,
            &self.upper,
            pose,
            law,
            |query, foot, normal| {
                // Both in the upper frame; the query is what moves.
                (query - pivot, away(&query, &foot).unwrap_or(normal))
            },
        );
        let on_upper = terms(
            &self.upper_points,
            stride,
            &self.lower,
            &inverse,
            law,
            |query, foot, normal| {
                // Both in the lower frame; the foot is what moves, so the distance shrinks along the direction.
                let direction = away(&query, &foot).unwrap_or(normal);
                (pose * foot - pivot, -(pose * direction))
            },
        );
        let mut energy = Energy {
            value: 0.0,
            slope: Vector6::zeros(),
            curvature: Matrix6::zeros(),
        };
        for (distance, arm, direction) in on_lower.into_iter().chain(on_upper).flatten() {
            let (value, weight) = law.energy(distance);
            let turn = arm.cross(&direction) / self.radius;
            let growth = Vector6::new(turn.x, turn.y, turn.z, direction.x, direction.y, direction.z)
                * if distance < 0.0 { -1.0 } else { 1.0 };
            energy.value += value;
            energy.slope += growth * (weight * distance);
            energy.curvature += growth * growth.transpose() * weight;
        }
        energy
    }
}

/// The unit vector from `foot` to `query`; `None` where they coincide.
fn away(query: &Point, foot: &Point) -> Option<Vector> {
    (query - foot).try_normalize(1e-9)
}

/// For each point that faces the surface within reach: its signed distance, and what `motion_of` makes of the query,
/// its foot on the surface, and the normal there.
fn terms(
    points: &[OrientedPoint],
    stride: usize,
    surface: &OrientedSurface,
    surface_from_points: &RigidMotion,
    law: &Law,
    motion_of: impl Fn(Point, Point, Vector) -> (Vector, Vector) + Sync,
) -> Vec<Option<(f64, Vector, Vector)>> {
    const BLOCK: usize = 256;
    let chosen: Vec<&OrientedPoint> = points.iter().step_by(stride).collect();
    let blocks: Vec<Vec<_>> = chosen
        .par_chunks(BLOCK)
        .map(|block| {
            let mut last: Option<FaceId> = None;
            block
                .iter()
                .map(|p| {
                    let query = surface_from_points * p.point;
                    let found = match last {
                        Some(hint) => surface.index().closest_point_near(&query, law.reach(), hint),
                        None => surface.index().closest_point(&query, law.reach()),
                    }?;
                    last = Some(found.face);
                    let normal = surface.normal(found.face, found.feature);
                    if !face_each_other(&(surface_from_points * p.normal), &normal) {
                        return None;
                    }
                    let distance = surface.sign(&query, found).value()?;
                    let (arm, direction) = motion_of(query, found.point, normal);
                    Some((distance, arm, direction))
                })
                .collect()
        })
        .collect();
    blocks.concat()
}
