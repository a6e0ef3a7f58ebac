//! The hinge axis of a recorded opening: the line that moves least while the jaw opens.
//!
//! Units: mm, degrees. Frame: that of the motions, usually the cast frame.
//!
//! Steps: [`HingeAxis::fit`]
//! 1. `openings`: the frames whose opening lies within `hinge-fit` of `tables/articulator.toml`: below, the lever is too
//!    short; above, the condyles begin to go forward and there is no hinge.
//! 2. `least_moving`: in the plane of each condyle, square to the transverse direction, the point that moves least over all
//!    of them: linear least squares in two unknowns. The axis goes through both points.
//! 3. The residual is what the points still move; the uncertainty follows from it and from how far the jaw was opened.
//!
//! Limits: the jaw must turn about a roughly transverse axis. A jaw that turns and glides from the start has no hinge axis; the
//! residual says so. The uncertainty takes the frames' errors for independent of each other.
//!
//! References: Posselt U. Terminal hinge movement of the mandible. *J Prosthet Dent* 1957 (up to 20 mm of opening about a
//! stationary axis).

use nalgebra::{Matrix2, Vector2};
use serde::{Deserialize, Serialize};
use stonecast_dental::finding::{EvidencePoint, RowRef, UncertaintyShare};
use stonecast_dental::{Deg, Finding, Mm, NotMeasured, Outcome, Quantity, Sides, Unit, finding::Evidence};
use stonecast_mesh::{RigidMotion, Vector};

use crate::mounting::{CondyleSource, MountingMethod};
use crate::path::JawPath;
use crate::rows::row;

/// A fitted hinge axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HingeAxis {
    /// Its points in the planes of the condyles.
    pub ends: Sides<[f64; 3]>,
    /// The standard deviation of each of them, along the worse of the two directions square to the axis.
    pub uncertainty: Sides<Mm>,
    /// How far they still move, root mean square over the frames.
    pub residual: Sides<Mm>,
    /// How many frames were used, and the greatest opening among them.
    pub frames: usize,
    /// The greatest opening among them.
    pub opened: Deg,
    /// The limits that it rests on.
    pub row: RowRef,
}

/// Why no hinge axis was fitted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum HingeError {
    /// Too few frames opened far enough and not too far.
    #[error(
        "only {found} frames are opened by {least}° to {greatest}°, {needed} are needed; record a slow hinge opening"
    )]
    TooFew {
        /// How many there are.
        found: usize,
        /// How many are needed.
        needed: usize,
        /// The least opening of use.
        least: f64,
        /// The greatest.
        greatest: f64,
    },
    /// The jaw turns about another axis than a transverse one.
    #[error(
        "the recorded motion does not turn about a transverse axis; it is no opening, or its frame is another"
    )]
    NotAnOpening,
    /// The guess is no transverse line.
    #[error("the condyles' planes cannot be told: the ends {0:?} do not lie apart from right to left")]
    Planes(Sides<[f64; 3]>),
}

/// Two points have four unknowns; a frame gives two numbers for each, and the residual needs some to spare.
const LEAST_FRAMES: usize = 3;

impl HingeAxis {
    /// Fits the axis to motions from the closed bite. `about` are points in the sagittal planes of the condyles, the axis's ends
    /// by average values for instance: only their places from right to left matter.
    ///
    /// # Errors
    /// If too few frames are opened, or the motion is no opening.
    pub fn fit(opening: &JawPath, about: &Sides<[f64; 3]>) -> Result<Self, HingeError> {
        let limits = row("hinge-fit");
        let (least, greatest) = (limits.number("least_deg"), limits.number("greatest_deg"));
        let across = Vector::from(about.left) - Vector::from(about.right);
        if across.norm().is_nan() || across.norm() <= 1.0 {
            return Err(HingeError::Planes(*about));
        }
        let across = across.normalize();
        let motions: Vec<&RigidMotion> = opening.steps.iter().map(|step| &step.moved_from_closed).collect();
        let turned = |motion: &RigidMotion| motion.rotation.angle().to_degrees();
        let used: Vec<&RigidMotion> = motions
            .into_iter()
            .filter(|motion| (least..=greatest).contains(&turned(motion)))
            .collect();
        if used.len() < LEAST_FRAMES {
            return Err(HingeError::TooFew {
                found: used.len(),
                needed: LEAST_FRAMES,
                least,
                greatest,
            });
        }
        let transverse = |motion: &&RigidMotion| {
            let axis = motion.rotation.scaled_axis().normalize();
            // Within 30° of transverse.
            axis.dot(&across).abs() > 0.866
        };
        if !used.iter().all(transverse) {
            return Err(HingeError::NotAnOpening);
        }
        let ends = about.map(|at| least_moving(&used, Vector::from(at), across));
        let (Some(right), Some(left)) = (ends.right, ends.left) else {
            return Err(HingeError::NotAnOpening);
        };
        let ends = Sides { right, left };
        Ok(Self {
            ends: ends.map(|end| end.at.into()),
            uncertainty: ends.map(|end| Mm(end.uncertainty)),
            residual: ends.map(|end| Mm(end.residual)),
            frames: used.len(),
            opened: Deg(used.iter().map(|motion| turned(motion)).fold(0.0, f64::max)),
            row: limits.reference(),
        })
    }

    /// For a mounting about this axis.
    pub fn condyle_source(&self) -> CondyleSource {
        CondyleSource::Points {
            method: MountingMethod::HingeAxis,
            condyles: self.ends,
            uncertainty: Some(Mm(self.uncertainty.right.0.max(self.uncertainty.left.0))),
        }
    }

    /// The residual as a finding: how well the recorded opening is a turn about one axis.
    pub fn finding(&self) -> Finding {
        let worse = self.residual.right.0.max(self.residual.left.0);
        let free = (2 * self.frames - 2) as f64;
        let mut finding = finding_of(Outcome::Number(Quantity {
            value: worse,
            // The standard deviation of a root mean square of that many normal numbers.
            uncertainty: worse / (2.0 * free).sqrt(),
            unit: Unit::Mm,
        }));
        finding.evidence = Evidence {
            points: [("right", self.ends.right), ("left", self.ends.left)]
                .map(|(side, xyz)| EvidencePoint {
                    tooth: None,
                    what: format!("{side} end of the fitted hinge axis"),
                    xyz,
                })
                .to_vec(),
            rows: vec![self.row.clone()],
            uncertainty: vec![UncertaintyShare {
                what: format!(
                    "spread of {} frames opened up to {:.1}°",
                    self.frames, self.opened.0
                ),
                uncertainty: worse / (2.0 * free).sqrt(),
            }],
            notes: vec![format!(
                "the ends are known to {:.2} mm on the right and {:.2} mm on the left, one standard deviation",
                self.uncertainty.right.0, self.uncertainty.left.0
            )],
            ..Evidence::default()
        };
        finding
    }
}

impl HingeError {
    /// As a finding that was not measured.
    pub fn finding(&self) -> Finding {
        finding_of(Outcome::NotMeasured(NotMeasured::OutOfRange {
            what: self.to_string(),
        }))
    }
}

fn finding_of(outcome: Outcome) -> Finding {
    Finding {
        id: "articulator.hinge-axis.residual".to_owned(),
        name: "how far the fitted hinge axis still moves while the jaw opens".to_owned(),
        method: "articulator-mounting".to_owned(),
        outcome,
        teeth: Vec::new(),
        evidence: Evidence::default(),
    }
}

#[derive(Clone, Copy)]
struct LeastMoving {
    at: Vector,
    uncertainty: f64,
    residual: f64,
}

/// The point of the plane through `through`, square to `across`, that moves least. `None` where the motions do not turn.
fn least_moving(motions: &[&RigidMotion], through: Vector, across: Vector) -> Option<LeastMoving> {
    // Two directions that span the plane; which ones makes no difference to the point.
    let aside = if across.z.abs() < 0.9 {
        Vector::z()
    } else {
        Vector::y()
    };
    let first = across.cross(&aside).normalize();
    let second = across.cross(&first);
    let mut normal = Matrix2::zeros();
    let mut right_side = Vector2::zeros();
    let moved = |motion: &RigidMotion, at: Vector| motion.rotation * at + motion.translation.vector - at;
    // Measured from `through`, and only what moves within the plane: along the axis a turn moves nothing.
    let within = |v: Vector| Vector2::new(v.dot(&first), v.dot(&second));
    for motion in motions {
        let turn = |direction: Vector| within(motion.rotation * direction - direction);
        let columns = Matrix2::from_columns(&[turn(first), turn(second)]);
        normal += columns.transpose() * columns;
        right_side -= columns.transpose() * within(moved(motion, through));
    }
    let inverse = normal.try_inverse()?;
    let place = inverse * right_side;
    let at = through + first * place.x + second * place.y;
    let squares: f64 = motions
        .iter()
        .map(|motion| within(moved(motion, at)).norm_squared())
        .sum();
    let free = (2 * motions.len() - 2) as f64;
    let worst = inverse.symmetric_eigenvalues().max();
    Some(LeastMoving {
        at,
        uncertainty: (squares / free * worst).sqrt(),
        residual: (squares / motions.len() as f64).sqrt(),
    })
}
