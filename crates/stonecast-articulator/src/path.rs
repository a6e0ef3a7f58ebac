//! The path of the lower jaw: where it stands at each step of a motion.
//!
//! Units: mm, degrees. Frame: the cast frame, which stays with the upper arch.

use serde::{Deserialize, Serialize};
use stonecast_dental::{Deg, Mm, Side, Sides};
use stonecast_mesh::{Point, RigidMotion};

/// What kind of motion a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MotionKind {
    /// About the hinge axis.
    Opening,
    /// Forward on both sides.
    Protrusion,
    /// Backward on both sides.
    Retrusion,
    /// To a side: that side is the working one, and the other condyle goes forward, down and inward.
    Laterotrusion(Side),
    /// Forward and to a side.
    Lateroprotrusion(Side),
    /// Around the border of all that the jaw can reach.
    Border,
    /// As it was recorded.
    Recorded,
}

impl MotionKind {
    /// The side to which the jaw goes, where it goes to one.
    pub fn working_side(self) -> Option<Side> {
        match self {
            Self::Laterotrusion(side) | Self::Lateroprotrusion(side) => Some(side),
            _ => None,
        }
    }

    /// The motion of a [`MotionKind::name`]; `None` for any other text.
    pub fn from_name(name: &str) -> Option<Self> {
        use Side::{Left, Right};
        let all = [
            Self::Opening,
            Self::Protrusion,
            Self::Retrusion,
            Self::Laterotrusion(Right),
            Self::Laterotrusion(Left),
            Self::Lateroprotrusion(Right),
            Self::Lateroprotrusion(Left),
            Self::Border,
            Self::Recorded,
        ];
        all.into_iter().find(|kind| kind.name() == name)
    }

    /// In words, as in a file name: `laterotrusion-right`.
    pub fn name(self) -> String {
        match self {
            Self::Opening => "opening".to_owned(),
            Self::Protrusion => "protrusion".to_owned(),
            Self::Retrusion => "retrusion".to_owned(),
            Self::Laterotrusion(side) => format!("laterotrusion-{}", side.name()),
            Self::Lateroprotrusion(side) => format!("lateroprotrusion-{}", side.name()),
            Self::Border => "border".to_owned(),
            Self::Recorded => "recorded".to_owned(),
        }
    }
}

/// Where the lower jaw stands at one step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JawStep {
    /// How far the motion has gone: the longer way of the two condyles along their guides, seen from the side; of the
    /// incisal point where the condyles stay. In a record: how far the condyle that is farther stands from its closed place.
    pub travel: Mm,
    /// How far the jaw is turned open about the hinge axis, beyond the closed position.
    pub opening: Deg,
    /// The ends of the hinge axis.
    pub condyles: Sides<[f64; 3]>,
    /// Moves points of the lower arch from where they are in the closed bite to where they are at this step; both in the
    /// cast frame.
    pub moved_from_closed: RigidMotion,
}

/// A motion of the lower jaw.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JawPath {
    /// What it is.
    pub kind: MotionKind,
    /// In order. The first is the closed bite where the motion starts from it.
    pub steps: Vec<JawStep>,
}

impl JawPath {
    /// The same way back.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.steps.reverse();
        self
    }

    /// The way of a point of the lower jaw, given where it is in the closed bite; cast frame, mm.
    pub fn track(&self, closed: [f64; 3]) -> Vec<[f64; 3]> {
        let closed = Point::from(closed);
        let at = |step: &JawStep| (step.moved_from_closed * closed).coords.into();
        self.steps.iter().map(at).collect()
    }
}
