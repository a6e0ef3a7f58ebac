//! Registers a surface to another by the iterated closest point, robustly and down to rounding.
//!
//! Units: those of the meshes (the defaults are for millimetres). Frame: `source` is moved into the frame of
//! `target`.
//!
//! Steps
//! 1. `stages`: a coarse, a middle and the full set of source points, each a stride of the next.
//! 2. `match_points`: the exact closest target point of each, starting from the face of the round before; matches
//!    to the target's border, beyond `max_distance`, or whose normals disagree are rejected.
//! 3. `weigh`: Tukey's biweight, its scale from the median residual.
//! 4. `plane_step`: a Gauss-Newton step on the distances along the match directions, which solves only for the
//!    motions that the geometry determines; where it does not lower the objective, `point_step` by least squares
//!    on the pairs, which never raises it.
//! 5. In the last stage the set of matches and the scale are frozen, so that the objective is a continuous function
//!    of the pose, and the steps go on until none moves a point by more than `tolerance`.
//!
//! Limits: finds the optimum next to `initial`, not the best of all. Motions that the overlap does not determine
//! (along a plane, about the axis of a cone) are left as `initial` has them and reported.
//!
//! References: Y. Chen and G. Medioni, "Object modelling by registration of multiple range images", Image and Vision
//! Computing 10(3) (1992); P. J. Besl and N. D. McKay, IEEE PAMI 14(2) (1992); G. Turk and M. Levoy, "Zippered polygon
//! meshes from range images", SIGGRAPH (1994), for the rejection of border matches; N. Gelfand et al., "Geometrically
//! stable sampling for the ICP algorithm", 3DIM (2003), for the undetermined motions.

use nalgebra::{Matrix6, SymmetricEigen, Translation3, UnitQuaternion, Vector6};
use rayon::prelude::*;
use thiserror::Error;

use crate::{
    FaceId, Point, RigidMotion, Vector,
    spatial::{OrientedSurface, Surrounding},
};

use super::{OrientedPoint, rigid_fit};

/// How to register.
#[derive(Clone, Debug, PartialEq)]
pub struct IcpParams {
    /// Matches farther apart than this are rejected, in the unit of the mesh.
    pub max_distance: f64,
    /// Matches whose normals enclose more than this are rejected, in degrees.
    pub max_normal_angle: f64,
    /// The part of the matches that is kept, the closest first; 1 keeps all.
    pub kept: f64,
    /// Distances up to this are never called outliers, in the unit of the mesh: the scanner's noise.
    pub noise: f64,
    /// A motion counts as determined when it lifts the matched surface off the target by at least this mean square
    /// part of its own size.
    pub least_stiffness: f64,
    /// Registration has converged when a step moves no point by more than this, in the unit of the mesh.
    pub tolerance: f64,
    /// The most steps in each stage.
    pub max_iterations: usize,
}

impl Default for IcpParams {
    fn default() -> Self {
        Self {
            max_distance: 2.0,
            max_normal_angle: 45.0,
            kept: 1.0,
            noise: 0.02,
            least_stiffness: 1e-4,
            tolerance: 1e-7,
            max_iterations: 60,
        }
    }
}

/// Why two surfaces could not be registered.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum IcpError {
    /// Too few points of the source have a match.
    #[error(
        "only {matched} of {offered} points have a match within {max_distance}; bring the surfaces closer first, or \
         allow a greater distance"
    )]
    TooFewMatches {
        /// How many have a match.
        matched: usize,
        /// How many were offered.
        offered: usize,
        /// The greatest distance allowed.
        max_distance: f64,
    },
    /// The initial motion is not finite.
    #[error("the initial motion has a coordinate that is not a finite number")]
    NotFinite,
}

/// A motion of the source that hardly changes its distance to the target: the surfaces slide on each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FreeMotion {
    /// Axis times angle, in radians, about [`IcpReport::pivot_in_target`].
    pub rotation: Vector,
    /// The translation that goes with it, scaled so that the points move by one unit in the root mean square.
    pub translation: Vector,
    /// The mean square part of the motion that lifts the surfaces off each other.
    pub stiffness: f64,
}

/// A registration and how much it can be trusted.
#[derive(Clone, Debug, PartialEq)]
pub struct IcpReport {
    /// The motion found.
    pub target_from_source: RigidMotion,
    /// The root mean square distance of the matches, weighted as in the fit.
    pub rms: f64,
    /// The distance that 95 % of the matches do not exceed.
    pub p95: f64,
    /// The part of the points that have a match, by number.
    pub matched_fraction: f64,
    /// How many points have a match.
    pub matched: usize,
    /// Steps taken in all stages.
    pub iterations: usize,
    /// False when the last stage ran out of steps before it reached the tolerance.
    pub converged: bool,
    /// The largest displacement of a point by the last step.
    pub last_step: f64,
    /// The point about which rotations are expressed: the centre of the matches.
    pub pivot_in_target: Point,
    /// For six independent motions that move the points by one unit in the root mean square, least first: the mean
    /// square part that lifts the surfaces off each other. Near 0: undetermined.
    pub stiffness: [f64; 6],
    /// The motions that the overlap leaves undetermined.
    pub free: Vec<FreeMotion>,
}

#[derive(Clone, Copy)]
struct Match {
    /// The moved source point.
    moved: Point,
    target: Point,
    /// Unit vector along which the distance grows.
    direction: Vector,
    distance: f64,
    face: FaceId,
    accepted: bool,
}

/// The state of one stage.
struct Fit<'a> {
    target: &'a OrientedSurface,
    params: &'a IcpParams,
    points: Vec<OrientedPoint>,
    hints: Vec<FaceId>,
    /// Matches are chosen anew each round until frozen.
    frozen: Option<Vec<bool>>,
}

/// Registers `source` to `target`, starting at `initial`.
///
/// Take the points from [`super::sample_surface`], or any others in an order that spreads them: the coarse stages take
/// every sixteenth and every fourth.
///
/// # Errors
/// When fewer than six points find a match, or `initial` is not finite.
///
/// ```
/// use stonecast_mesh::{Point, RigidMotion, TriMesh, Vector};
/// use stonecast_mesh::registration::{IcpParams, icp, sample_surface};
/// use stonecast_mesh::spatial::OrientedSurface;
/// # let n = 20u32;
/// # let points = (0..n * n).map(|i| {
/// #     let (x, y) = (f64::from(i % n), f64::from(i / n));
/// #     Point::new(x, y, 2.0 * (x * 0.5).sin() * (y * 0.4).cos())
/// # }).collect();
/// # let faces: Vec<[u32; 3]> = (0..(n - 1) * (n - 1)).flat_map(|q| {
/// #     let a = (q / (n - 1)) * n + q % (n - 1);
/// #     [[a, a + 1, a + n + 1], [a, a + n + 1, a + n]]
/// # }).collect();
/// # let mesh = TriMesh::from_indices(points, &faces)?;
/// let off = RigidMotion::new(Vector::new(0.2, -0.1, 0.3), Vector::new(0.01, 0.02, -0.01));
/// let target = OrientedSurface::build(&mesh);
/// let source = sample_surface(&mesh, 2000);
/// let report = icp(&source, &target, off, &IcpParams::default())?;
/// let back = report.target_from_source * Point::new(3.0, 4.0, 0.0);
/// assert!((back - Point::new(3.0, 4.0, 0.0)).norm() < 1e-6);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn icp(
    source: &[OrientedPoint],
    target: &OrientedSurface,
    initial: RigidMotion,
    params: &IcpParams,
) -> Result<IcpReport, IcpError> {
    if !initial.to_matrix().iter().all(|v| v.is_finite()) {
        return Err(IcpError::NotFinite);
    }
    let mut pose = initial;
    let mut iterations = 0;
    for (stride, tolerance) in stages(source.len(), params) {
        let mut fit = Fit::new(source, stride, target, params);
        let run = fit.descend(&mut pose, tolerance)?;
        iterations += run.iterations;
    }
    let mut fit = Fit::new(source, 1, target, params);
    let matches = fit.match_points(&pose);
    fit.frozen = Some(matches.iter().map(|m| m.accepted).collect());
    let run = fit.descend(&mut pose, params.tolerance)?;
    iterations += run.iterations;
    let matches = fit.match_points(&pose);
    Ok(report(&matches, pose, iterations, &run, params))
}

/// The strides of the stages before the last, each with the step at which it may stop. A stage with fewer points than
/// a few hundred would say little, and the last must start near its optimum, so that the matches it freezes are the
/// right ones.
fn stages(count: usize, params: &IcpParams) -> Vec<(usize, f64)> {
    const FEW: usize = 400;
    let coarse = (params.noise * 0.05).max(params.tolerance);
    let fine = (params.noise * 0.005).max(params.tolerance);
    let mut stages = Vec::new();
    for stride in [16, 4] {
        if count / stride >= FEW {
            stages.push((stride, coarse));
        }
    }
    stages.push((1, fine));
    stages
}

struct Run {
    iterations: usize,
    converged: bool,
    last_step: f64,
    scale: f64,
}

impl<'a> Fit<'a> {
    fn new(
        source: &[OrientedPoint],
        stride: usize,
        target: &'a OrientedSurface,
        params: &'a IcpParams,
    ) -> Self {
        let points: Vec<OrientedPoint> = source.iter().step_by(stride).copied().collect();
        let hints = vec![FaceId(0); points.len()];
        Self {
            target,
            params,
            points,
            hints,
            frozen: None,
        }
    }

    /// Steps until none moves a point by more than `tolerance`.
    fn descend(&mut self, pose: &mut RigidMotion, tolerance: f64) -> Result<Run, IcpError> {
        let mut matches = self.match_points(pose);
        let mut run = Run {
            iterations: 0,
            converged: false,
            last_step: f64::INFINITY,
            scale: 0.0,
        };
        while run.iterations < self.params.max_iterations {
            let matched = matches.iter().filter(|m| m.accepted).count();
            if matched < 6 {
                return Err(IcpError::TooFewMatches {
                    matched,
                    offered: matches.len(),
                    max_distance: self.params.max_distance,
                });
            }
            if self.frozen.is_none() || run.iterations == 0 {
                run.scale = tukey_scale(&matches, self.params);
            }
            run.iterations += 1;
            let weights = weigh(&matches, run.scale);
            let before = objective(&matches, run.scale);
            let mut step = plane_step(&matches, &weights, self.params);
            let mut moved = step * *pose;
            let mut next = self.match_points(&moved);
            let worse = objective(&next, run.scale) > before * (1.0 + 1e-3) + 1e-12;
            if worse && let Some(other) = point_step(&matches, &weights) {
                step = other;
                moved = step * *pose;
                next = self.match_points(&moved);
            }
            run.last_step = matches
                .iter()
                .map(|m| (step * m.moved - m.moved).norm())
                .fold(0.0, f64::max);
            *pose = moved;
            matches = next;
            if run.last_step <= tolerance {
                run.converged = true;
                break;
            }
        }
        Ok(run)
    }

    fn match_points(&mut self, pose: &RigidMotion) -> Vec<Match> {
        let target = self.target;
        let cosine = self.params.max_normal_angle.to_radians().cos();
        let frozen = self.frozen.as_deref();
        // A frozen match stays one wherever it goes, so its search must not be cut off.
        let reach = match frozen {
            Some(_) => f64::INFINITY,
            None => self.params.max_distance,
        };
        let mut matches: Vec<Match> = self
            .points
            .par_iter()
            .zip(&self.hints)
            .enumerate()
            .map(|(i, (source, &hint))| {
                let moved = pose * source.point;
                let none = Match {
                    moved,
                    target: moved,
                    direction: Vector::zeros(),
                    distance: f64::INFINITY,
                    face: hint,
                    accepted: false,
                };
                if frozen.is_some_and(|f| !f[i]) || target.index().face_count() == 0 {
                    return none;
                }
                let Some(found) = target.index().closest_point_near(&moved, reach, hint) else {
                    return none;
                };
                let normal = target.normal(found.face, found.feature);
                let surrounding = target.surrounding(found.face, found.feature);
                let accepted = frozen.is_some()
                    || (surrounding != Surrounding::Border && normal.dot(&(pose * source.normal)) >= cosine);
                Match {
                    moved,
                    target: found.point,
                    // On the surface itself the distance grows along the normal.
                    direction: (moved - found.point).try_normalize(1e-9).unwrap_or(normal),
                    distance: found.distance,
                    face: found.face,
                    accepted,
                }
            })
            .collect();
        self.hints = matches.iter().map(|m| m.face).collect();
        if frozen.is_none() {
            keep_closest(&mut matches, self.params.kept);
        }
        matches
    }
}

/// Rejects the farthest matches, so that the part `kept` of them stays.
fn keep_closest(matches: &mut [Match], kept: f64) {
    let mut distances: Vec<f64> = matches
        .iter()
        .filter(|m| m.accepted)
        .map(|m| m.distance)
        .collect();
    let keep = (kept.clamp(0.0, 1.0) * distances.len() as f64).ceil() as usize;
    if keep == 0 || keep >= distances.len() {
        return;
    }
    let (_, &mut limit, _) = distances.select_nth_unstable_by(keep - 1, f64::total_cmp);
    for m in matches {
        m.accepted &= m.distance <= limit;
    }
}

/// The distance at which Tukey's weight becomes zero: 4.685 standard deviations, 95 % efficient on normal residuals,
/// the deviation estimated from the median (J. W. Tukey 1977; P. W. Holland and R. E. Welsch 1977).
fn tukey_scale(matches: &[Match], params: &IcpParams) -> f64 {
    let mut distances: Vec<f64> = matches
        .iter()
        .filter(|m| m.accepted)
        .map(|m| m.distance)
        .collect();
    let half = distances.len() / 2;
    let (_, &mut median, _) = distances.select_nth_unstable_by(half, f64::total_cmp);
    4.685 * (1.4826 * median).max(params.noise)
}

fn weigh(matches: &[Match], scale: f64) -> Vec<f64> {
    matches
        .iter()
        .map(|m| {
            let u = m.distance / scale;
            if m.accepted && u < 1.0 {
                (1.0 - u * u).powi(2)
            } else {
                0.0
            }
        })
        .collect()
}

/// The mean of Tukey's loss, 1 for an outlier and for a point without a match.
fn objective(matches: &[Match], scale: f64) -> f64 {
    let loss = |m: &Match| {
        let u = m.distance / scale;
        if m.accepted && u < 1.0 {
            1.0 - (1.0 - u * u).powi(3)
        } else {
            1.0
        }
    };
    matches.iter().map(loss).sum::<f64>() / matches.len() as f64
}

/// The normal equations in units in which every motion of size 1 moves the points by 1 in the root mean square.
struct NormalEquations {
    pivot: Point,
    radius: f64,
    matrix: Matrix6<f64>,
    gradient: Vector6<f64>,
}

fn normal_equations(matches: &[Match], weights: &[f64]) -> NormalEquations {
    let total: f64 = weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let weighted = || matches.iter().zip(weights).filter(|(_, w)| **w > 0.0);
    let pivot = Point::from(weighted().map(|(m, w)| m.moved.coords * *w).sum::<Vector>() / total);
    let spread: f64 = weighted()
        .map(|(m, w)| (m.moved - pivot).norm_squared() * w)
        .sum::<f64>()
        / total;
    let radius = spread.sqrt().max(f64::MIN_POSITIVE);
    let mut matrix = Matrix6::zeros();
    let mut gradient = Vector6::zeros();
    for (m, w) in weighted() {
        let turn = (m.moved - pivot).cross(&m.direction) / radius;
        let row = Vector6::new(
            turn.x,
            turn.y,
            turn.z,
            m.direction.x,
            m.direction.y,
            m.direction.z,
        );
        let distance = m.direction.dot(&(m.moved - m.target));
        matrix += row * row.transpose() * (*w / total);
        gradient += row * (distance * w / total);
    }
    NormalEquations {
        pivot,
        radius,
        matrix,
        gradient,
    }
}

/// The Gauss-Newton step, taken in the frame of the target.
fn plane_step(matches: &[Match], weights: &[f64], params: &IcpParams) -> RigidMotion {
    let equations = normal_equations(matches, weights);
    let eigen = SymmetricEigen::new(equations.matrix);
    let mut step = Vector6::zeros();
    for i in 0..6 {
        let (stiffness, axis) = (eigen.eigenvalues[i], eigen.eigenvectors.column(i));
        if stiffness >= params.least_stiffness {
            step -= axis * (axis.dot(&equations.gradient) / stiffness);
        }
    }
    let rotation = UnitQuaternion::from_scaled_axis(step.fixed_rows::<3>(0) / equations.radius);
    let translation = Vector::from(step.fixed_rows::<3>(3));
    about(&equations.pivot, rotation, translation)
}

fn about(pivot: &Point, rotation: UnitQuaternion<f64>, translation: Vector) -> RigidMotion {
    let shift = pivot.coords + translation - rotation * pivot.coords;
    RigidMotion::from_parts(Translation3::from(shift), rotation)
}

fn point_step(matches: &[Match], weights: &[f64]) -> Option<RigidMotion> {
    let pairs: Vec<(Point, Point, f64)> = matches
        .iter()
        .zip(weights)
        .filter(|(_, w)| **w > 0.0)
        .map(|(m, w)| (m.moved, m.target, *w))
        .collect();
    rigid_fit(&pairs)
}

fn report(
    matches: &[Match],
    pose: RigidMotion,
    iterations: usize,
    run: &Run,
    params: &IcpParams,
) -> IcpReport {
    let weights = weigh(matches, run.scale);
    let total: f64 = weights.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    let square: f64 = matches
        .iter()
        .zip(&weights)
        .filter(|(_, w)| **w > 0.0)
        .map(|(m, w)| m.distance * m.distance * w)
        .sum();
    let mut distances: Vec<f64> = matches
        .iter()
        .filter(|m| m.accepted)
        .map(|m| m.distance)
        .collect();
    distances.sort_unstable_by(f64::total_cmp);
    let rank = (0.95 * distances.len() as f64).ceil() as usize;
    let equations = normal_equations(matches, &weights);
    let eigen = SymmetricEigen::new(equations.matrix);
    let mut order: Vec<usize> = (0..6).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[a].total_cmp(&eigen.eigenvalues[b]));
    let free = order
        .iter()
        .filter(|&&i| eigen.eigenvalues[i] < params.least_stiffness)
        .map(|&i| FreeMotion {
            rotation: Vector::from(eigen.eigenvectors.fixed_view::<3, 1>(0, i)) / equations.radius,
            translation: Vector::from(eigen.eigenvectors.fixed_view::<3, 1>(3, i)),
            stiffness: eigen.eigenvalues[i].max(0.0),
        })
        .collect();
    IcpReport {
        target_from_source: pose,
        rms: (square / total).sqrt(),
        p95: distances
            .get(rank.saturating_sub(1))
            .copied()
            .unwrap_or(f64::INFINITY),
        matched_fraction: distances.len() as f64 / matches.len().max(1) as f64,
        matched: distances.len(),
        iterations,
        converged: run.converged,
        last_step: run.last_step,
        pivot_in_target: equations.pivot,
        stiffness: std::array::from_fn(|i| eigen.eigenvalues[order[i]].max(0.0)),
        free,
    }
}
