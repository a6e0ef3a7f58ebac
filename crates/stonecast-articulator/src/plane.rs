//! The plane that angles are stated against, and the axes that go with it.
//!
//! Units: unit vectors. Frame: the cast frame. It is kept apart from the cast frame on purpose: the occlusal plane is where
//! the cast lies, the reference plane is what an articulator calls horizontal, and 35° against one is 25° against the other.

use nalgebra::{Matrix3, Unit};
use serde::{Deserialize, Serialize};
use stonecast_dental::Deg;
use stonecast_mesh::Vector;

/// What a plane goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaneName {
    /// The occlusal plane of the upper arch: z = 0 of the cast frame.
    Occlusal,
    /// Both tragi and the wing of the nose or the subnasal point.
    Camper,
    /// Both poria and an orbital point.
    Frankfort,
    /// The hinge axis and an orbital point.
    AxisOrbital,
    /// Three points that somebody gave.
    ThreePoints,
}

impl PlaneName {
    /// In words: `Camper's plane`.
    pub fn words(self) -> &'static str {
        match self {
            Self::Occlusal => "the occlusal plane",
            Self::Camper => "Camper's plane",
            Self::Frankfort => "the Frankfort horizontal",
            Self::AxisOrbital => "the axis-orbital plane",
            Self::ThreePoints => "the plane of three given points",
        }
    }

    /// As in tables and documents: `axis-orbital`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Occlusal => "occlusal",
            Self::Camper => "camper",
            Self::Frankfort => "frankfort",
            Self::AxisOrbital => "axis-orbital",
            Self::ThreePoints => "three-points",
        }
    }
}

/// The reference plane of a mounting: every angle of the settings is stated against it.
///
/// `left` is the hinge axis seen along the plane's normal, as the fossae of an articulator stand square to its axis.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferencePlane {
    /// What it goes through.
    pub name: PlaneName,
    /// Towards the patient's left, along the hinge axis.
    pub left: [f64; 3],
    /// Backward within the plane.
    pub posterior: [f64; 3],
    /// Upward, at right angles to the plane.
    pub superior: [f64; 3],
}

impl ReferencePlane {
    /// From its normal and the direction of the hinge axis, right to left. `None` where these do not span a frame.
    pub(crate) fn from_normal(name: PlaneName, superior: Vector, axis: Vector) -> Option<Self> {
        let superior = Unit::try_new(superior, 1e-9)?;
        let left = Unit::try_new(axis - *superior * axis.dot(&superior), 1e-9 + 0.5 * axis.norm())?;
        let posterior = superior.cross(&left);
        Some(Self {
            name,
            left: (*left).into(),
            posterior: posterior.into(),
            superior: (*superior).into(),
        })
    }

    /// Its axes as columns: takes (left, posterior, superior) to the cast frame.
    pub(crate) fn cast_from_plane(&self) -> Matrix3<f64> {
        Matrix3::from_columns(&[self.left.into(), self.posterior.into(), self.superior.into()])
    }

    /// How far its front lies higher than that of the occlusal plane, seen from the side.
    pub fn tilt_from_occlusal(&self) -> Deg {
        // Plus nothing: no tilt has no sign.
        Deg((-self.posterior[2]).atan2(self.superior[2]).to_degrees() + 0.0)
    }
}
