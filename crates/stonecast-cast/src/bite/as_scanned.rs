//! Do the two scans already stand in occlusion?
//!
//! Units: millimetres, degrees. Frame: that which both scans share, if they do.
//!
//! Steps
//! 1. `frames_agree`: laid on each other as they stand, the arches' own frames must nearly coincide.
//! 2. `Relation::measure`: the surfaces must face each other, nearly touch, and not cross deeply.
//! 3. `move_when_fitted`: where gap or depth leave a doubt, the pair is fitted where it stands; a pair in occlusion
//!    hardly moves.
//!
//! Limits: scans that were put together wrongly but touch without crossing, with the teeth edge to edge for instance,
//! are a bite as far as geometry can tell.

use stonecast_dental::Warning;
use stonecast_mesh::{RigidMotion, Vector};

use super::ArchInput;
use super::estimate::move_when_fitted;
use super::limits::Limits;
use super::relation::Relation;

/// Why a pair is not taken as it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum NotInOcclusion {
    /// The arches' own frames do not agree: the scans' frames have nothing to do with each other.
    Frames {
        /// The rotation between them, in degrees.
        angle: f64,
        /// The largest component of the shift between them, in millimetres.
        shift: f64,
    },
    /// The occlusal surfaces do not face each other.
    Apart {
        /// The facing area, in square millimetres.
        facing_area: f64,
    },
    /// The occlusal surfaces face each other without touching.
    Open {
        /// The gap that a two-hundredth of the facing area does not exceed, in millimetres.
        gap: f64,
    },
    /// The surfaces cross too deeply.
    Crossing {
        /// The depth that a two-hundredth of the facing area exceeds, in millimetres.
        depth: f64,
    },
    /// Gap or depth left a doubt, and the pair moves far when it is fitted.
    Moves {
        /// How far, in millimetres; infinite when nothing can be fitted.
        by: f64,
    },
}

impl std::fmt::Display for NotInOcclusion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Frames { angle, shift } => write!(
                f,
                "the scans do not share a frame (the arches stand {angle:.0}° and {shift:.0} mm off each other)"
            ),
            Self::Apart { facing_area } => write!(
                f,
                "the occlusal surfaces do not face each other (over {facing_area:.0} mm² only)"
            ),
            Self::Open { gap } => write!(f, "the arches stand {gap:.1} mm apart where they are closest"),
            Self::Crossing { depth } => write!(f, "the arches cross each other by {depth:.1} mm"),
            Self::Moves { by } if by.is_finite() => {
                write!(
                    f,
                    "the teeth do not interlock: fitting moves the lower arch by {by:.1} mm"
                )
            }
            Self::Moves { .. } => f.write_str("the teeth do not interlock"),
        }
    }
}

/// The relation of a pair that stands in occlusion, with warnings where it does so imperfectly.
pub(super) fn as_scanned(
    upper: &ArchInput<'_>,
    lower: &ArchInput<'_>,
    limits: &Limits,
    warnings: &mut Vec<Warning>,
) -> Result<Relation, NotInOcclusion> {
    frames_agree(upper, lower, limits)?;
    let relation = Relation::measure(
        upper.mesh_in_scan,
        lower.mesh_in_scan,
        &RigidMotion::identity(),
        limits,
    );
    if relation.facing_area < limits.least_facing_area {
        return Err(NotInOcclusion::Apart {
            facing_area: relation.facing_area,
        });
    }
    if relation.closest > limits.open_gap {
        return Err(NotInOcclusion::Open {
            gap: relation.closest,
        });
    }
    if relation.closest < -limits.deep_depth {
        return Err(NotInOcclusion::Crossing {
            depth: -relation.closest,
        });
    }
    let open = relation.closest > limits.quiet_gap;
    if open || relation.closest < -limits.quiet_depth {
        let by = move_when_fitted(upper, lower, limits).unwrap_or(f64::INFINITY);
        // Closing a gap is a move, too.
        if by > limits.doubtful_move + relation.closest.max(0.0) {
            return Err(NotInOcclusion::Moves { by });
        }
    }
    if open {
        warnings.push(Warning::new(
            "cast.bite.open",
            format!(
                "the arches stand in occlusion, but {:.2} mm apart where they are closest",
                relation.closest
            ),
            "check the bite with the patient or the scanner's software before judging contacts",
        ));
    }
    super::crossing(&relation, limits, warnings);
    Ok(relation)
}

/// The arches' own frames, laid on each other as the scans stand, nearly coincide.
fn frames_agree(upper: &ArchInput<'_>, lower: &ArchInput<'_>, limits: &Limits) -> Result<(), NotInOcclusion> {
    let upper_arch_from_lower_arch = upper.arch_from_scan * lower.arch_from_scan.inverse();
    let angle = upper_arch_from_lower_arch.rotation.angle().to_degrees();
    let shift: Vector = upper_arch_from_lower_arch.translation.vector;
    if angle > limits.frames_angle || shift.amax() > limits.frames_shift {
        return Err(NotInOcclusion::Frames {
            angle,
            shift: shift.amax(),
        });
    }
    Ok(())
}
