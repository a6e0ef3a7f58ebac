//! Where on the arches a bite scan lies, found without a hint.
//!
//! Units: millimetres. Frame: poses move the bite scan's frame into the upper scan's.
//!
//! Steps
//! 1. `View::of` the bite scan: its middle, the direction from which it was seen (its mean normal), its longest
//!    direction.
//! 2. `anchors` on the upper arch: places all round its outer side, each with the direction outwards.
//! 3. `poses`: at each anchor the scan is set facing outwards, in every turn about that direction, raised, lowered and
//!    tipped.
//! 4. `search`: every pose is scored by how well a few points of the scan lie on one arch or the other, with distances
//!    cut off and normals compared; the best go on.
//!
//! Limits: the arches' own frames must be right to some fifteen degrees, and the lower arch stand roughly in its bite.

use nalgebra::{Matrix3, Rotation3, SymmetricEigen, Translation3, UnitQuaternion};
use rayon::prelude::*;
use stonecast_mesh::registration::{OrientedPoint, sample_surface};
use stonecast_mesh::spatial::OrientedSurface;
use stonecast_mesh::{Point, RigidMotion, Vector};

use super::ArchInput;

/// Points that score a pose, few for the thousands of poses, more for those that are left: enough to tell a tooth from
/// its neighbour.
const SCORED: [usize; 2] = [40, 200];
/// How many poses are scored again.
const LEFT: usize = 300;
/// Distances count up to here, in millimetres: a few times the spacing of the poses.
const CUT: f64 = 4.0;
/// The centre of the anchors and their number on the way from the right end of the arch round the front to the left.
/// The centre lies within every arch; anchors then stand some 5 mm apart.
const CENTRE: [f64; 2] = [0.0, 30.0];
const ANCHORS: usize = 25;

/// A bite scan as seen from the cheek.
struct View {
    middle: Point,
    /// Columns: along the scan, across it, towards the viewer.
    axes: Matrix3<f64>,
}

impl View {
    /// `None` for a scan without a front, such as a closed one.
    fn of(points: &[OrientedPoint]) -> Option<Self> {
        let count = points.len() as f64;
        let middle = Point::from(points.iter().map(|p| p.point.coords).sum::<Vector>() / count);
        let towards = points
            .iter()
            .map(|p| p.normal)
            .sum::<Vector>()
            .try_normalize(0.1 * count)?;
        let mut spread = Matrix3::zeros();
        for p in points {
            let d = p.point - middle;
            let flat = d - towards * towards.dot(&d);
            spread += flat * flat.transpose();
        }
        let eigen = SymmetricEigen::new(spread);
        let along: Vector = eigen.eigenvectors.column(eigen.eigenvalues.imax()).into();
        let along = (along - towards * towards.dot(&along)).try_normalize(1e-9)?;
        let axes = Matrix3::from_columns(&[along, towards.cross(&along), towards]);
        Some(Self { middle, axes })
    }
}

/// Places round the outer side of the upper arch, in its own frame, with the direction outwards.
fn anchors(upper: &ArchInput<'_>) -> Vec<(Point, Vector)> {
    let crowns: Vec<Point> = sample_surface(upper.mesh_in_scan, 4000)
        .into_iter()
        .map(|p| upper.arch_from_scan * p.point)
        .filter(|p| p.z.abs() < 4.0)
        .collect();
    (0..ANCHORS)
        .filter_map(|i| {
            // From the patient's right (-x) over the front (-y) to the left.
            let turn = std::f64::consts::PI * (1.15 * (i as f64 / (ANCHORS - 1) as f64) - 0.075);
            let outwards = Vector::new(-turn.cos(), -turn.sin(), 0.0);
            let sideways = Vector::new(-outwards.y, outwards.x, 0.0);
            let from_centre = |p: &Point| Vector::new(p.x - CENTRE[0], p.y - CENTRE[1], 0.0);
            let reach = crowns
                .iter()
                .map(from_centre)
                .filter(|d| d.dot(&sideways).abs() < 3.0)
                .map(|d| d.dot(&outwards))
                .max_by(f64::total_cmp)
                .filter(|reach| *reach > 0.0)?;
            Some((Point::new(CENTRE[0], CENTRE[1], 0.0) + outwards * reach, outwards))
        })
        .collect()
}

/// All poses to try: the scan's middle at an anchor or above or below it, its front outwards and tipped, turned about
/// that direction all round.
fn poses(view: &View, upper: &ArchInput<'_>) -> Vec<RigidMotion> {
    const TURNS: usize = 16;
    let mut poses = Vec::new();
    for (place, outwards) in anchors(upper) {
        let up = Vector::z();
        for tip in [-15.0f64, 0.0, 15.0] {
            let front = outwards * tip.to_radians().cos() + up * tip.to_radians().sin();
            let level = up.cross(&front).normalize();
            let frame = Matrix3::from_columns(&[level, front.cross(&level), front]);
            for turn in 0..TURNS {
                let angle = 2.0 * std::f64::consts::PI * turn as f64 / TURNS as f64;
                let turned = frame * Rotation3::from_axis_angle(&Vector::z_axis(), angle).matrix();
                let rotation = Rotation3::from_matrix_unchecked(turned * view.axes.transpose());
                let rotation = UnitQuaternion::from_rotation_matrix(&rotation);
                for raise in [-4.0, -1.0, 2.0] {
                    // The middle of a curved scan lies behind its front.
                    let target = place + up * raise - outwards * 2.0;
                    let arch_from_bite = RigidMotion::from_parts(
                        Translation3::from(target.coords - rotation * view.middle.coords),
                        rotation,
                    );
                    poses.push(upper.arch_from_scan.inverse() * arch_from_bite);
                }
            }
        }
    }
    poses
}

/// How badly the points lie on the arches in a pose: 0 on them, 1 nowhere near.
pub(super) fn misfit(
    points: &[OrientedPoint],
    upper: &OrientedSurface,
    lower: &OrientedSurface,
    pose: &RigidMotion,
    lower_from_upper: &RigidMotion,
    cut: f64,
) -> f64 {
    let on = |surface: &OrientedSurface, surface_from_bite: &RigidMotion, p: &OrientedPoint, cut: f64| {
        surface
            .index()
            .closest_point(&(surface_from_bite * p.point), cut)
            .filter(|c| (surface_from_bite * p.normal).dot(&surface.normal(c.face, c.feature)) > 0.3)
            .map_or(cut, |c| c.distance)
    };
    let lower_from_bite = lower_from_upper * pose;
    let sum: f64 = points
        .iter()
        // What lies farther off the lower arch than off the upper does not matter.
        .map(|p| on(lower, &lower_from_bite, p, on(upper, pose, p, cut)) / cut)
        .sum();
    sum / points.len() as f64
}

/// The most promising poses of a bite scan, best first; `None` when the scan has no front.
pub(super) fn search(
    bite: &[OrientedPoint],
    upper: &ArchInput<'_>,
    upper_surface: &OrientedSurface,
    lower_surface: &OrientedSurface,
    upper_from_lower: &RigidMotion,
    keep: usize,
) -> Option<Vec<RigidMotion>> {
    let view = View::of(bite)?;
    let lower_from_upper = upper_from_lower.inverse();
    let mut poses = poses(&view, upper);
    for (scored, left) in [(SCORED[0], LEFT), (SCORED[1], keep)] {
        let step = bite.len().div_ceil(scored);
        let few: Vec<OrientedPoint> = bite.iter().step_by(step).copied().collect();
        let mut judged: Vec<(f64, RigidMotion)> = poses
            .par_iter()
            .map(|pose| {
                let misfit = misfit(&few, upper_surface, lower_surface, pose, &lower_from_upper, CUT);
                (misfit, *pose)
            })
            .collect();
        // Stable, so that of equal poses the first stays first.
        judged.sort_by(|a, b| a.0.total_cmp(&b.0));
        poses = judged.into_iter().take(left).map(|(_, pose)| pose).collect();
    }
    Some(poses)
}
