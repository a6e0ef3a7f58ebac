//! How the lower jaw moves on an articulator: by its condylar guides, and by the pin on its table.
//!
//! Units: mm, degrees. Frame: the cast frame; the upper arch stays, as in the mouth and in an arcon articulator.
//!
//! Steps: [`Articulator::path`]
//! 1. `waypoints`: how far each condyle goes along its guide, and how far the jaw is opened.
//! 2. `Kinematics::step`: the jaw's place at each of the ways between (`motion/pose.rs`).
//!
//! Every step depends on its own ways alone, so a path backward is the path forward read from its end. No surface occurs
//! here: where teeth would pass through each other, `stonecast-occlusion` says so.
//!
//! With the pin free the opening is 0 relative to the axis: the jaw is carried by its condyles without turning about the
//! line through them. Its teeth may then pass through the upper ones or part from them.
//!
//! Limits and references: docs/methods/articulator-kinematics.md.

mod border;
mod guide;
mod pose;
mod spread;

use serde::{Deserialize, Serialize};
use stonecast_dental::{Deg, Mm, Side, Sides};
use stonecast_mesh::{Point, Vector};

pub use border::BorderPlane;
pub(crate) use guide::chord_turn;

use crate::mounting::{Mounting, MountingError};
use crate::path::{JawPath, JawStep, MotionKind};
use crate::rows::row;
use crate::settings::{Settings, SettingsError};
use pose::Kinematics;
pub(crate) use pose::least_rotation;

/// A mounted cast and what the articulator is set to.
///
/// ```
/// use stonecast_articulator::{Articulator, MotionKind, MotionRequest, Mounting, MountingInput, Settings};
/// use stonecast_dental::Side;
/// let mounting = Mounting::average(&MountingInput::in_cast_frame([0.0, 2.0, 1.0]))?;
/// let articulator = Articulator::new(mounting, Settings::preset("generic")?)?;
/// let right = MotionKind::Laterotrusion(Side::Right);
/// let path = articulator.path(&MotionRequest::usual(right))?;
/// // The balancing (left) condyle goes forward, down and inward.
/// let [first, last] = [&path.steps[0], path.steps.last().unwrap()].map(|step| step.condyles.left);
/// assert!(last[0] < first[0] && last[1] < first[1] && last[2] < first[2]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Articulator {
    /// Where the axis stands to the cast.
    pub mounting: Mounting,
    /// What it is set to.
    pub settings: Settings,
}

/// How far a motion goes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Extent {
    /// Until the condyle that goes further has gone this way along its guide. Not for opening.
    Condyle(Mm),
    /// Until the lower incisal point is this far from where the motion began.
    Incisal(Mm),
    /// Until the jaw is opened so far. For opening only.
    Opening(Deg),
}

/// What motion is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MotionRequest {
    /// Which.
    pub kind: MotionKind,
    /// How far. A border path has its own limits and takes no notice of it.
    pub extent: Extent,
    /// Into how many equal parts it is divided; the path has one step more.
    pub steps: usize,
}

impl MotionRequest {
    /// As far and as finely as `usual-motion` of `tables/articulator.toml` says.
    pub fn usual(kind: MotionKind) -> Self {
        let usual = row("usual-motion");
        let extent = match kind {
            MotionKind::Opening => Extent::Incisal(Mm(usual.number("opening_mm"))),
            MotionKind::Retrusion => Extent::Condyle(Mm(usual.number("retrusion_mm"))),
            MotionKind::Laterotrusion(_) | MotionKind::Lateroprotrusion(_) => {
                Extent::Condyle(Mm(usual.number("laterotrusion_mm")))
            }
            MotionKind::Protrusion | MotionKind::Border | MotionKind::Recorded => {
                Extent::Condyle(Mm(usual.number("protrusion_mm")))
            }
        };
        Self {
            kind,
            extent,
            steps: usual.number("steps") as usize,
        }
    }

    /// To another extent.
    #[must_use]
    pub fn to(self, extent: Extent) -> Self {
        Self { extent, ..self }
    }

    /// In another number of parts.
    #[must_use]
    pub fn in_steps(self, steps: usize) -> Self {
        Self { steps, ..self }
    }
}

/// A place of the jaw, by what an articulator leaves free.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Posture {
    /// How far each condyle has gone along its guide; backward where negative.
    pub advance: Sides<Mm>,
    /// How far it is opened about the axis; where not given, the pin on its table decides, and it is 0 where that is lifted.
    pub opening: Option<Deg>,
}

/// Why a jaw cannot move so.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ArticulatorError {
    /// Something is set to what cannot be.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The mounting is none.
    #[error(transparent)]
    Mounting(#[from] MountingError),
    /// A curved guide has no more than a quarter of a circle.
    #[error(
        "a guide of {radius_mm} mm radius ends after a quarter of a circle, before {way_mm:.1} mm; ask for less"
    )]
    GuideEnds {
        /// What was asked.
        way_mm: f64,
        /// The guide's radius.
        radius_mm: f64,
    },
    /// The condyles part further than their axis is long.
    #[error(
        "the condyles would be {apart_mm:.1} mm apart in depth, but their axis is {distance_mm:.1} mm long; ask for less"
    )]
    OutOfReach {
        /// The length of the axis.
        distance_mm: f64,
        /// How far apart they would be.
        apart_mm: f64,
    },
    /// No opening brings the pin to its table.
    #[error("the incisal pin does not reach its table at any opening; set a flatter table or lift the pin")]
    PinMissesTable,
    /// An extent that this motion has not, or that is no length.
    #[error("{kind} cannot go to {extent}; {remedy}")]
    Extent {
        /// The motion.
        kind: String,
        /// What was asked.
        extent: String,
        /// What to ask instead.
        remedy: String,
    },
    /// No steps, or more than any use.
    #[error("a path in {0} parts cannot be made; ask for 1 to 100000")]
    Steps(usize),
    /// A recorded motion is not made by settings.
    #[error("a recorded motion is read from a record, not made by settings; use `record`")]
    Recorded,
}

impl Articulator {
    /// A mounted cast on an articulator.
    ///
    /// # Errors
    /// If something is set to what cannot be, or the mounting is none.
    pub fn new(mounting: Mounting, settings: Settings) -> Result<Self, ArticulatorError> {
        let articulator = Self { mounting, settings };
        articulator.check()?;
        Ok(articulator)
    }

    /// What [`Articulator::new`] asks: one that was read from a document has not been asked.
    fn check(&self) -> Result<(), ArticulatorError> {
        self.mounting.check()?;
        Ok(self.settings.check()?)
    }

    /// The condylar balls in the closed bite: on the mounting's axis, about its middle, as far apart as is set.
    pub fn balls(&self) -> Sides<[f64; 3]> {
        let condyles = self.mounting.condyles.map(Vector::from);
        let Some(distance) = self.settings.intercondylar else {
            return self.mounting.condyles;
        };
        let middle = 0.5 * (condyles.left + condyles.right);
        let half = (condyles.left - condyles.right).normalize() * (0.5 * distance.0);
        Sides {
            right: (middle - half).into(),
            left: (middle + half).into(),
        }
    }

    /// The jaw in one posture.
    ///
    /// # Errors
    /// If the condyles or the pin cannot be so.
    pub fn step(&self, posture: &Posture) -> Result<JawStep, ArticulatorError> {
        self.check()?;
        Kinematics::new(self).step(posture)
    }

    /// A motion.
    ///
    /// # Errors
    /// If it cannot go so far.
    pub fn path(&self, request: &MotionRequest) -> Result<JawPath, ArticulatorError> {
        if !(1..=100_000).contains(&request.steps) {
            return Err(ArticulatorError::Steps(request.steps));
        }
        match request.kind {
            MotionKind::Recorded => return Err(ArticulatorError::Recorded),
            MotionKind::Border => return self.border(BorderPlane::Sagittal, request.steps),
            _ => {}
        }
        self.check()?;
        let kinematics = Kinematics::new(self);
        let whole = self.whole_way(&kinematics, request)?;
        let steps = (0..=request.steps).map(|i| {
            let way = whole * i as f64 / request.steps as f64;
            kinematics.step(&posture(request.kind, way))
        });
        Ok(JawPath {
            kind: request.kind,
            steps: steps.collect::<Result<_, _>>()?,
        })
    }

    /// The way at the motion's end: along the guide in mm, for opening in degrees.
    fn whole_way(
        &self,
        kinematics: &Kinematics<'_>,
        request: &MotionRequest,
    ) -> Result<f64, ArticulatorError> {
        let opens = request.kind == MotionKind::Opening;
        let refuse = |extent: String, remedy: &str| ArticulatorError::Extent {
            kind: request.kind.name(),
            extent,
            remedy: remedy.to_owned(),
        };
        match request.extent {
            Extent::Condyle(Mm(way)) if opens => Err(refuse(
                format!("a condyle's way of {way} mm"),
                "the condyles stay; give degrees or the incisal point's way",
            )),
            Extent::Opening(Deg(angle)) if !opens => Err(refuse(
                format!("an opening of {angle}°"),
                "give the condyle's or the incisal point's way",
            )),
            Extent::Condyle(Mm(way)) if way > 0.0 && way <= GREATEST_WAY => Ok(way),
            Extent::Opening(Deg(angle)) if angle > 0.0 && angle <= GREATEST_OPENING => Ok(angle),
            Extent::Incisal(Mm(mm)) if mm > 0.0 => {
                let greatest = if opens { GREATEST_OPENING } else { GREATEST_WAY };
                self.way_to_incisal(kinematics, request.kind, mm, greatest)?
                    .ok_or_else(|| refuse(format!("{mm} mm of the incisal point"), "ask for less"))
            }
            other => Err(refuse(
                format!("{other:?}"),
                "it must be more than 0, and at most 40 mm or 60°",
            )),
        }
    }

    /// The way at which the incisal point is so far from where the motion begins.
    fn way_to_incisal(
        &self,
        kinematics: &Kinematics<'_>,
        kind: MotionKind,
        mm: f64,
        greatest: f64,
    ) -> Result<Option<f64>, ArticulatorError> {
        let closed = Point::from(self.mounting.incisal_point);
        let at = |way: f64| -> Result<Point, ArticulatorError> {
            Ok(kinematics.step(&posture(kind, way))?.moved_from_closed * closed)
        };
        let begin = at(0.0)?;
        // What cannot be reached counts as too far: the way is then sought before it.
        let beyond = |way: f64| at(way).map_or(1.0, |place| (place - begin).norm() - mm);
        // Where it cannot be reached, the root is the end of what can be.
        Ok(pose::root(beyond, [0.0, greatest]).filter(|&way| beyond(way).abs() < 1e-6))
    }
}

/// A motion's ways and openings are sought and allowed up to these: bounds of the geometry, in mm and degrees.
const GREATEST_WAY: f64 = 40.0;
const GREATEST_OPENING: f64 = 60.0;

/// The posture of a motion after a way along the guide in mm; for opening, the way is the opening in degrees.
fn posture(kind: MotionKind, way: f64) -> Posture {
    let lateral =
        |working: Side, share: f64| Sides::each(|side| Mm(if side == working { share * way } else { way }));
    let advance = match kind {
        MotionKind::Opening => Sides::both(Mm(0.0)),
        MotionKind::Retrusion => Sides::both(Mm(-way)),
        MotionKind::Laterotrusion(working) => lateral(working, 0.0),
        MotionKind::Lateroprotrusion(working) => {
            lateral(working, row("lateroprotrusion").number("working_share"))
        }
        MotionKind::Protrusion | MotionKind::Border | MotionKind::Recorded => Sides::both(Mm(way)),
    };
    Posture {
        advance,
        opening: (kind == MotionKind::Opening).then_some(Deg(way)),
    }
}
