//! The bite that fits best, where none was recorded: most surface in near contact, no deep crossing.
//!
//! Units: millimetres. Frame: the result moves the lower scan's frame into the upper's.
//!
//! Steps
//! 1. `starts`: the arches' own frames laid on each other with a usual overjet, and around it.
//! 2. `estimate`: each start is closed until the crowns touch, then fitted with an attraction that reaches less and
//!    less far; the start with the least energy goes on.
//! 3. `bounded`: the last fit, repeated with stiffer repulsion until no depth exceeds the bound.
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

/// The finest fits: close enough to judge the depth, and then down to where the pose of the input cannot show, for
/// results must agree within 1e-4 mm in any pose.
const FINE: Effort = Effort {
    stride: 1,
    steps: 60,
    tolerance: 1e-3,
};
const FINAL: Effort = Effort {
    stride: 1,
    steps: 100,
    tolerance: 1e-7,
};

/// Fourfold stiffness that leaves more than this share of the depth has no effect.
const LESSENED: f64 = 0.9;

/// The best intercuspation of the two arches, with its relation.
pub(super) fn estimate(
    upper: &ArchInput<'_>,
    lower: &ArchInput<'_>,
    limits: &Limits,
) -> Result<(RigidMotion, Relation), BiteError> {
    let fit = ContactFit::new(upper, lower, limits.crown_height, POINTS).ok_or(BiteError::NoCrowns)?;
    let pose = roughly(&fit, upper, lower, limits)?;
    Ok(bounded(&fit, upper, lower, pose, limits))
}

/// The best of all starts, fitted coarsely.
pub(super) fn roughly(
    fit: &ContactFit,
    upper: &ArchInput<'_>,
    lower: &ArchInput<'_>,
    limits: &Limits,
) -> Result<RigidMotion, BiteError> {
    let up = upper.arch_from_scan.inverse() * Vector::z();
    let mut best: Option<(f64, RigidMotion)> = None;
    for start in starts(upper, lower, limits) {
        let mut pose = fit.closed_along(&start, &up);
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
        if best.is_none_or(|(least, _)| energy < least) {
            best = Some((energy, pose));
        }
    }
    let (energy, pose) = best.ok_or(BiteError::NoCrowns)?;
    if energy >= 0.0 {
        return Err(BiteError::NothingFits);
    }
    Ok(pose)
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
    fit: &ContactFit,
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
        pose = fit.descend(&pose, &law, &FINE).0;
        let relation = relation_at(&pose);
        let depth = relation.largest_penetration();
        // What stiffness does not lessen crosses because the scans are faulty there, not because of the pose.
        if depth <= limits.estimated_depth || depth > LESSENED * depth_before {
            let pose = fit.descend(&pose, &law, &FINAL).0;
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
