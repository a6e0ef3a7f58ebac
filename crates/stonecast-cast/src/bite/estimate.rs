//! The bite that fits best, where none was recorded: most surface in near contact, no deep crossing.
//!
//! Units: millimetres. Frame: the result moves the lower scan's frame into the upper's.
//!
//! Steps
//! 1. `starts`: the arches' own frames laid on each other with a usual overjet, and around it.
//! 2. `estimate`: each start is closed until the crowns touch, then fitted with an attraction that reaches less and
//!    less far; from each the optimum is found, and the best goes on.
//! 3. `bounded`: the optimum of a smooth energy (`settle`), with stiffer repulsion until no depth exceeds the bound.
//!
//! Limits: this is no record of the patient's bite. An open bite is closed, a forced bite is not known, and arches
//! whose teeth interlock in more than one way may be put together in the wrong one.

use stonecast_mesh::{RigidMotion, Vector};

use super::fit::{ContactFit, Effort, Law};
use super::limits::Limits;
use super::relation::Relation;
use super::{ArchInput, BiteError};

/// Points on each arch: the contact of a cusp, a square millimetre or two, then holds a few.
pub(super) const POINTS: usize = 12_000;

/// The reach of the attraction from coarse to fine, in millimetres, with the share of the points that is used. The
/// first spans the error of the start, the last the noise of scans.
const COARSE: [(f64, usize); 3] = [(2.0, 16), (1.0, 8), (0.5, 4)];
const FINEST: f64 = 0.15;

/// The stiffness with which the fit begins; it grows until the bound on depth is kept.
const STIFFNESS: f64 = 10.0;

/// On the way from the coarse fits to the finest, the scale at which the optimum is found exactly: the finest fit then
/// starts from the same place in every pose of the input.
const ON_THE_WAY_DOWN: f64 = 0.3;

/// Coarse fits nearer to each other than this, in millimetres, lead to the same optimum; an energy is clearly better when
/// it is lower, more negative, by this factor.
const SAME: f64 = 0.05;
const CLEARLY: f64 = 1.005;

/// How exactly the optimum is found, in millimetres: on the way, and at the end, for results must agree within 1e-4 mm
/// in any pose.
const ON_THE_WAY: f64 = 3e-4;
const AT_THE_END: f64 = 1e-6;

/// Fourfold stiffness that leaves more than this share of the depth has no effect.
const LESSENED: f64 = 0.9;

/// The best intercuspation of the two arches, with its relation.
pub(super) fn estimate(
    upper: &ArchInput<'_>,
    lower: &ArchInput<'_>,
    limits: &Limits,
) -> Result<(RigidMotion, Relation), BiteError> {
    let fit = ContactFit::new(upper, lower, limits.crown_height, POINTS).ok_or(BiteError::NoCrowns)?;
    let pose = best_of(&fit, &coarse(&fit, upper, lower, limits)).ok_or(BiteError::NothingFits)?;
    Ok(bounded(&fit, upper, lower, pose, limits))
}

/// The best of the coarse fits.
pub(super) fn roughly(
    fit: &ContactFit<'_>,
    upper: &ArchInput<'_>,
    lower: &ArchInput<'_>,
    limits: &Limits,
) -> Result<RigidMotion, BiteError> {
    let fits = coarse(fit, upper, lower, limits);
    let best = fits.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
    best.filter(|(energy, _)| *energy < 0.0)
        .map(|(_, pose)| pose)
        .ok_or(BiteError::NothingFits)
}

/// All starts, fitted coarsely, with their energies.
fn coarse(
    fit: &ContactFit<'_>,
    upper: &ArchInput<'_>,
    lower: &ArchInput<'_>,
    limits: &Limits,
) -> Vec<(f64, RigidMotion)> {
    let up = upper.arch_from_scan.inverse() * Vector::z();
    let fitted = |start: &RigidMotion| {
        let mut pose = fit.closed_along(start, &up);
        let mut energy = f64::INFINITY;
        for (scale, stride) in COARSE {
            let law = Law {
                scale,
                stiffness: STIFFNESS,
            };
            let effort = Effort {
                stride,
                steps: 25,
                tolerance: 1e-2 * scale,
            };
            (pose, energy) = fit.descend(&pose, &law, &effort);
        }
        (energy, pose)
    };
    starts(upper, lower, limits).iter().map(fitted).collect()
}

/// The best of the optima next to the coarse fits. A later start must be clearly better than an earlier one, so that
/// rounding does not choose between equals, such as the two that a symmetric pair has.
fn best_of(fit: &ContactFit<'_>, coarse: &[(f64, RigidMotion)]) -> Option<RigidMotion> {
    let law = Law {
        scale: ON_THE_WAY_DOWN,
        stiffness: STIFFNESS,
    };
    let mut seen: Vec<RigidMotion> = Vec::new();
    let mut best: Option<(f64, RigidMotion)> = None;
    for (_, start) in coarse.iter().filter(|(energy, _)| *energy < 0.0) {
        if seen.iter().any(|other| fit.moved(other, start) < SAME) {
            continue;
        }
        seen.push(*start);
        let (pose, energy) = fit.settle(start, &law, ON_THE_WAY);
        if best.is_none_or(|(least, _)| energy < CLEARLY * least) {
            best = Some((energy, pose));
        }
    }
    best.map(|(_, pose)| pose)
}

/// Poses to start from: the arches' frames laid on each other, the lower behind by the usual overjet, then moved
/// forwards and backwards, and tipped, by what the frames' errors and unusual bites can be.
fn starts(upper: &ArchInput<'_>, lower: &ArchInput<'_>, limits: &Limits) -> Vec<RigidMotion> {
    let mut starts = Vec::new();
    for forward in [0.0, -4.0, 4.0] {
        for tip in [0.0f64, -6.0, 6.0] {
            let upper_arch_from_lower_arch = RigidMotion::new(
                Vector::new(0.0, limits.usual_overjet + forward, 0.0),
                Vector::new(tip.to_radians(), 0.0, 0.0),
            );
            starts.push(upper.arch_from_scan.inverse() * upper_arch_from_lower_arch * lower.arch_from_scan);
        }
    }
    starts
}

/// The finest fit, made stiffer until the largest penetration keeps the bound.
fn bounded(
    fit: &ContactFit<'_>,
    upper: &ArchInput<'_>,
    lower: &ArchInput<'_>,
    start: RigidMotion,
    limits: &Limits,
) -> (RigidMotion, Relation) {
    let relation_at = |pose: &RigidMotion| {
        Relation::between(
            (upper.mesh_in_scan, &fit.upper),
            (lower.mesh_in_scan, &fit.lower),
            pose,
            limits,
        )
    };
    let mut pose = start;
    let mut stiffness = STIFFNESS;
    let mut depth_before = f64::INFINITY;
    loop {
        let law = Law {
            scale: FINEST,
            stiffness,
        };
        pose = fit.settle(&pose, &law, ON_THE_WAY).0;
        let depth = relation_at(&pose).largest_penetration();
        // What stiffness does not lessen crosses because the scans are faulty there, not because of the pose.
        if depth <= limits.estimated_depth || depth > LESSENED * depth_before {
            let pose = fit.settle(&pose, &law, AT_THE_END).0;
            let relation = relation_at(&pose);
            return (pose, relation);
        }
        depth_before = depth;
        stiffness *= 4.0;
    }
}

/// How far the pair moves when it is fitted where it stands: the largest shift of the four corners of the lower
/// arch. `None` when nothing is near enough to fit.
pub(super) fn move_when_fitted(upper: &ArchInput<'_>, lower: &ArchInput<'_>, limits: &Limits) -> Option<f64> {
    let fit = ContactFit::new(upper, lower, limits.crown_height, POINTS)?;
    let mut pose = RigidMotion::identity();
    for (scale, stride) in [(1.0, 8), (0.5, 4)] {
        let law = Law {
            scale,
            stiffness: STIFFNESS,
        };
        let effort = Effort {
            stride,
            steps: 25,
            tolerance: 1e-2 * scale,
        };
        let energy;
        (pose, energy) = fit.descend(&pose, &law, &effort);
        if energy >= 0.0 {
            return None;
        }
    }
    let scan_from_arch = lower.arch_from_scan.inverse();
    super::CORNERS
        .iter()
        .map(|&[x, y]| {
            let p = scan_from_arch * stonecast_mesh::Point::new(x, y, 0.0);
            (pose * p - p).norm()
        })
        .max_by(f64::total_cmp)
}
