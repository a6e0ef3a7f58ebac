//! Where the hinge axis stands to the cast, and which plane is horizontal: what a facebow carries to an articulator.
//!
//! Units: mm, degrees. Frame: the cast frame (LPS); points of another frame come with `cast_from_points`.
//!
//! Steps: [`MountingRequest::mount`]
//! 1. `condyles`: the hinge axis's ends, by average values, by points, or by a fitted axis ([`crate::hinge`]).
//! 2. `plane`: the reference plane, by the occlusal plane and an average tilt, or by points.
//! 3. `check`: what cannot be a mounting is refused, what is unlikely is told.
//!
//! Limits: average values know nothing of the patient; `bonwill` in `tables/articulator.toml` says how far off they are.
//! References: docs/methods/articulator-mounting.md.

mod request;

use serde::{Deserialize, Serialize};
use stonecast_dental::finding::{EvidencePoint, RowRef};
use stonecast_dental::{Mm, RowStatus, Sides};
use stonecast_mesh::Vector;

pub use request::{CondyleSource, MountingInput, MountingRequest, PlaneSource};

use crate::plane::ReferencePlane;

/// By what the hinge axis was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MountingMethod {
    /// Average values: Bonwill's triangle at Balkwill's angle.
    AverageValues,
    /// Points that a facebow gave.
    Facebow,
    /// Points that somebody saw in a volume scan.
    VolumeScan,
    /// An axis fitted to a recorded opening.
    HingeAxis,
}

impl MountingMethod {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::AverageValues => "average values (Bonwill's triangle, Balkwill's angle)",
            Self::Facebow => "facebow, points as entered",
            Self::VolumeScan => "condyles from a volume scan, points as entered",
            Self::HingeAxis => "hinge axis fitted to a recorded opening",
        }
    }
}

/// How a cast is mounted.
///
/// ```
/// use stonecast_articulator::{Mounting, MountingInput};
/// // The midpoint of the lower central incisal edges, in the cast frame.
/// let input = MountingInput::in_cast_frame([0.0, 2.0, 1.0]);
/// let mounting = Mounting::average(&input)?;
/// let width = mounting.condyles.left[0] - mounting.condyles.right[0];
/// assert!((width - 105.0).abs() < 1e-9);
/// # Ok::<(), stonecast_articulator::MountingError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mounting {
    /// By what.
    pub method: MountingMethod,
    /// The ends of the hinge axis in the closed bite.
    pub condyles: Sides<[f64; 3]>,
    /// What angles are stated against.
    pub plane: ReferencePlane,
    /// The midpoint between the lower central incisal edges in the closed bite.
    pub incisal_point: [f64; 3],
    /// The standard deviation of each end of the axis along each direction square to it; `None` where nobody said.
    pub uncertainty: Option<Mm>,
    /// The points that it was found by.
    pub evidence: Vec<EvidencePoint>,
    /// The table rows that it rests on.
    pub rows: Vec<RowRef>,
    /// What a reader should know: what is unlikely about it, what was taken for granted.
    pub notes: Vec<String>,
}

impl Mounting {
    /// By average values, against the occlusal plane.
    ///
    /// # Errors
    /// If the points do not make a mounting.
    pub fn average(input: &MountingInput) -> Result<Self, MountingError> {
        MountingRequest::average(input.clone()).mount()
    }

    /// Refuses a mounting that is none, as one may be that was read from a document or put together by hand.
    ///
    /// # Errors
    /// If a number is not finite, the plane has no frame, sides are swapped, or the incisal point lies behind the axis.
    pub fn check(&self) -> Result<(), MountingError> {
        let plane = self.plane;
        let numbers = [
            ("the right end of the hinge axis", self.condyles.right),
            ("the left end of the hinge axis", self.condyles.left),
            ("the incisal point", self.incisal_point),
            ("the plane's left axis", plane.left),
            ("the plane's posterior axis", plane.posterior),
            ("the plane's superior axis", plane.superior),
        ];
        for (what, numbers) in numbers {
            if !numbers.iter().all(|number| number.is_finite()) {
                return Err(MountingError::NotFinite {
                    what: what.to_owned(),
                });
            }
        }
        if self
            .uncertainty
            .is_some_and(|mm| !(mm.0.is_finite() && mm.0 >= 0.0))
        {
            return Err(MountingError::NotFinite {
                what: "the uncertainty of the hinge axis".to_owned(),
            });
        }
        let axes = plane.cast_from_plane();
        let off = (axes.transpose() * axes - nalgebra::Matrix3::identity()).amax();
        if off > 1e-6 || axes.determinant() < 0.0 {
            return Err(MountingError::Directions);
        }
        let axis = self.axis();
        let left_mm = axis.dot(&Vector::from(plane.left));
        if left_mm <= 0.5 * axis.norm() || axis.norm() < 1.0 {
            return Err(MountingError::Sides { left_mm });
        }
        let middle = 0.5 * (Vector::from(self.condyles.left) + Vector::from(self.condyles.right));
        let forward_mm = (middle - Vector::from(self.incisal_point)).dot(&Vector::from(plane.posterior));
        if forward_mm < 1.0 {
            return Err(MountingError::Incisal { forward_mm });
        }
        Ok(())
    }

    /// From the right end of the hinge axis to the left one.
    pub fn axis(&self) -> Vector {
        Vector::from(self.condyles.left) - Vector::from(self.condyles.right)
    }

    /// The distance of the axis's ends.
    pub fn intercondylar(&self) -> Mm {
        Mm(self.axis().norm())
    }

    /// The worst standing of the rows that it rests on; `None` when it rests on none.
    pub fn standing(&self) -> Option<RowStatus> {
        self.rows.iter().map(|row| row.status).max()
    }
}

/// Why a cast cannot be mounted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MountingError {
    /// A coordinate is no number.
    #[error("{what} is no finite length in mm; state it in mm")]
    NotFinite {
        /// Which point or direction.
        what: String,
    },
    /// The sides are swapped or the points coincide.
    #[error(
        "the left end of the hinge axis does not lie to the left of the right one (from right to left: {left_mm:.2} mm); \
         sides are the patient's, +x is left; check for swapped sides"
    )]
    Sides {
        /// How far the left one lies to the left.
        left_mm: f64,
    },
    /// The incisal point lies on or behind the axis.
    #[error(
        "the incisal point does not lie in front of the hinge axis (forward: {forward_mm:.2} mm); \
         check that all points are in one frame, in mm, +y backward"
    )]
    Incisal {
        /// How far in front it lies.
        forward_mm: f64,
    },
    /// Points in one line, or a plane along the axis.
    #[error("{what} do not span a plane across the hinge axis; give points that are not in one line")]
    Plane {
        /// Which points.
        what: String,
    },
    /// Average values that make no triangle.
    #[error("an intercondylar distance of {intercondylar_mm} mm and a leg of {leg_mm} mm make no triangle")]
    Triangle {
        /// The base.
        intercondylar_mm: f64,
        /// The legs.
        leg_mm: f64,
    },
    /// The directions of the input are no frame.
    #[error(
        "the directions of the occlusal or the reference plane are not of unit length, at right angles and right-handed"
    )]
    Directions,
    /// A motion that is no rotation and translation.
    #[error("cast_from_points is not a rigid motion: {why}")]
    Motion {
        /// What is wrong with it.
        why: String,
    },
}
