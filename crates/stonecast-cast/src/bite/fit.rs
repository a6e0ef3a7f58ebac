//! Fits the lower arch to the upper by their surfaces: drawn together where they nearly touch, held apart where they
//! cross.
//!
//! Units: millimetres. Frame: the lower arch is moved in the upper scan's frame.
//!
//! Steps
//! 1. `ContactFit::new`: points on the crowns of both arches, each for an equal share of area.
//! 2. `evaluate`: each point's exact signed distance to the other arch gives an energy. Gaps attract by
//!    `1 - exp(-g²/2s²)`, so that only surfaces closer than a few `s` are drawn together; depths repel by
//!    `k d²/2s²`, without end. The coarse fits ask whether surfaces face each other, the last one weighs it (`settle`).
//! 3. `descend`: Levenberg's and Marquardt's steps on that energy, which is a continuous function of the pose, until
//!    none moves the arch by more than the tolerance.
//!
//! Limits: finds the optimum next to the start. Points whose closest point is on a border take no part.
//!
//! References: the attracting term is that of J. E. Dennis and R. E. Welsch, "Techniques for nonlinear least squares
//! and robust regression", Communications in Statistics B7(4) (1978); D. W. Marquardt, SIAM J. Appl. Math. 11(2) (1963).

use nalgebra::{Matrix6, Translation3, UnitQuaternion, Vector6};
use rayon::prelude::*;
use stonecast_mesh::registration::sample_surface;
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
    /// Beyond this a gap's attraction is four millionths of its greatest.
    fn reach(&self) -> f64 {
        5.0 * self.scale
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

/// A point of one arch, in its own scan's frame, that is drawn to the other arch or held off it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Probe {
    pub point: Point,
    pub normal: Vector,
    pub weight: f64,
}

/// How it is told whether a point and the surface next to it face each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Facing {
    /// By their normals, yes or no, in each pose.
    Asked,
    /// By the points' weights, which stay as they are.
    Weighted,
}

/// The two arches, ready to be fitted.
pub(super) struct ContactFit<'a> {
    pub upper: OrientedSurface,
    pub lower: OrientedSurface,
    pub upper_mesh: &'a TriMesh,
    pub lower_mesh: &'a TriMesh,
    pub upper_arch_from_scan: RigidMotion,
    pub lower_arch_from_scan: RigidMotion,
    pub crown_height: f64,
    upper_points: Vec<Probe>,
    lower_points: Vec<Probe>,
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

impl<'a> ContactFit<'a> {
    /// Takes `count` points on each arch and keeps those on crowns, `crown_height` from the occlusal plane. `None`
    /// when an arch has no crown.
    pub fn new(
        upper: &ArchInput<'a>,
        lower: &ArchInput<'a>,
        crown_height: f64,
        count: usize,
    ) -> Option<Self> {
        let crown = |arch: &ArchInput<'_>, apical: f64| -> Vec<Probe> {
            sample_surface(arch.mesh_in_scan, count)
                .into_iter()
                .filter(|p| (arch.arch_from_scan * p.point).z * apical <= crown_height)
                .map(|p| Probe {
                    point: p.point,
                    normal: p.normal,
                    weight: 1.0,
                })
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
        let (upper_surface, lower_surface) = rayon::join(
            || OrientedSurface::build(upper.mesh_in_scan),
            || OrientedSurface::build(lower.mesh_in_scan),
        );
        Some(Self {
            upper: upper_surface,
            lower: lower_surface,
            upper_mesh: upper.mesh_in_scan,
            lower_mesh: lower.mesh_in_scan,
            upper_arch_from_scan: upper.arch_from_scan,
            lower_arch_from_scan: lower.arch_from_scan,
            crown_height,
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
        let probes = [&self.lower_points[..], &self.upper_points[..]];
        self.descend_on(probes, Facing::Asked, start, law, effort)
    }

    /// Descends on the energy of the given points of the lower and of the upper arch.
    pub fn descend_on(
        &self,
        probes: [&[Probe]; 2],
        facing: Facing,
        start: &RigidMotion,
        law: &Law,
        effort: &Effort,
    ) -> (RigidMotion, f64) {
        let evaluate = |pose: &RigidMotion| self.evaluate(probes, facing, pose, law, effort.stride);
        let mut pose = *start;
        let mut now = evaluate(&pose);
        // Marquardt's damping: its start and factors only change how many steps are needed.
        let mut damping = 1e-3;
        for _ in 0..effort.steps {
            let Some((motion, size)) = self.step(&now, damping, &pose) else {
                damping *= 10.0;
                continue;
            };
            let next_pose = motion * pose;
            let next = evaluate(&next_pose);
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
        let taken = (probes[0].len() + probes[1].len()).div_ceil(effort.stride).max(1);
        (pose, now.value / taken as f64)
    }

    /// How far the lower arch moves from one pose to another: its centre, and its points as it turns.
    pub fn moved(&self, from: &RigidMotion, to: &RigidMotion) -> f64 {
        (to * self.centre - from * self.centre).norm() + self.radius * from.rotation.angle_to(&to.rotation)
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

    fn evaluate(
        &self,
        [on_lower, on_upper]: [&[Probe]; 2],
        facing: Facing,
        pose: &RigidMotion,
        law: &Law,
        stride: usize,
    ) -> Energy {
        let inverse = pose.inverse();
        let pivot = pose * self.centre;
        let on_lower = terms(
            (on_lower, stride, facing),
            &self.upper,
            pose,
            law,
            |query, foot, normal| {
                // Both in the upper frame; the query is what moves.
                (query - pivot, away(&query, &foot).unwrap_or(normal))
            },
        );
        let on_upper = terms(
            (on_upper, stride, facing),
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
        for (share, distance, arm, direction) in on_lower.into_iter().chain(on_upper).flatten() {
            let (value, weight) = law.energy(distance);
            let turn = arm.cross(&direction) / self.radius;
            let growth = Vector6::new(turn.x, turn.y, turn.z, direction.x, direction.y, direction.z)
                * if distance < 0.0 { -1.0 } else { 1.0 };
            let weight = share * weight;
            energy.value += share * value;
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

/// For each point that faces the surface within reach: its weight, its signed distance, and what `motion_of` makes of
/// the query,
/// its foot on the surface, and the normal there.
fn terms(
    (points, stride, facing): (&[Probe], usize, Facing),
    surface: &OrientedSurface,
    surface_from_points: &RigidMotion,
    law: &Law,
    motion_of: impl Fn(Point, Point, Vector) -> (Vector, Vector) + Sync,
) -> Vec<Option<(f64, f64, Vector, Vector)>> {
    const BLOCK: usize = 256;
    let chosen: Vec<&Probe> = points.iter().step_by(stride).collect();
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
                    if facing == Facing::Asked && !face_each_other(&(surface_from_points * p.normal), &normal)
                    {
                        return None;
                    }
                    let distance = surface.sign(&query, found).value()?;
                    let (arm, direction) = motion_of(query, found.point, normal);
                    Some((p.weight, distance, arm, direction))
                })
                .collect()
        })
        .collect();
    blocks.concat()
}
