//! Recorded jaw motion: files of 4 × 4 matrices, brought to paths in the cast frame.
//!
//! Units: mm (metres where a file declares them), seconds. Frame: the record's own; [`Placement`] takes it to the cast frame.
//!
//! | form | look in |
//! |---|---|
//! | CSV: a row a frame | `record/csv.rs` |
//! | JSON: this program's own document, read and written | `record/json.rs` |
//! | XML that holds matrices, as programs for dental design write them | `record/xml.rs` |
//!
//! Steps
//! 1. [`JawRecord::read`]: the form is told by the first character; every number must be there and finite, the unit declared.
//! 2. [`Movement::path`]: each matrix must be a rotation and a translation of a right-handed frame; it is taken to the cast frame,
//!    and to the closed bite as its start.
//!
//! Limits: makers' own forms are not public; what they write beside matrices is not guessed at. Nothing is smoothed, filled in or
//! left out: a frame with a fault is refused with its place. References: docs/methods/jaw-motion-files.md.

mod csv;
mod json;
mod xml;

use nalgebra::Matrix4;
use serde::{Deserialize, Serialize};
use stonecast_dental::{Deg, Mm, Sides};
use stonecast_mesh::{Point, RigidMotion, Vector};

pub use json::encode as encode_json;

use crate::motion::least_rotation;
use crate::mounting::Mounting;
use crate::path::{JawPath, JawStep, MotionKind};
use crate::rigid::{NotRigid, rigid_from_matrix};
use crate::rows::row;

/// The unit of a record's lengths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecordUnit {
    /// Millimetres.
    #[serde(rename = "mm")]
    Millimetres,
    /// Metres.
    #[serde(rename = "m")]
    Metres,
}

impl RecordUnit {
    fn mm(self) -> f64 {
        match self {
            Self::Millimetres => 1.0,
            Self::Metres => 1000.0,
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        match name.trim().to_ascii_lowercase().as_str() {
            "mm" | "millimetre" | "millimetres" | "millimeter" | "millimeters" => Some(Self::Millimetres),
            "m" | "metre" | "metres" | "meter" | "meters" => Some(Self::Metres),
            _ => None,
        }
    }
}

/// One frame of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Seconds from anywhere.
    pub time_s: Option<f64>,
    /// Row after row, for points as columns; lengths in mm.
    pub matrix: [f64; 16],
}

/// One movement of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Movement {
    /// As the file calls it.
    pub name: Option<String>,
    /// In order.
    pub frames: Vec<Frame>,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct JawRecord {
    /// Its movements, in order.
    pub movements: Vec<Movement>,
    /// What was concluded about the file, for people.
    pub notes: Vec<String>,
}

/// Where a record begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// The matrices are motions from the closed bite.
    ClosedBite,
    /// The matrices are places of the lower jaw, and the first frame of this movement is the closed bite.
    FirstFrame,
}

/// How a record lies to the cast.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// Takes the record's frame to the cast frame.
    pub cast_from_record: RigidMotion,
    /// Where it begins; where not said, its first frame must be the closed bite by its own matrix.
    pub start: Option<Start>,
}

/// Why a record cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// It is no text.
    #[error("the record is not UTF-8 text (byte {byte}); export it as text: CSV, JSON or XML with matrices")]
    NotText {
        /// Where it ceases to be.
        byte: usize,
    },
    /// It has nothing in it.
    #[error("the record holds no frame; {remedy}")]
    Empty {
        /// What to do.
        remedy: String,
    },
    /// Something is not as its form wants.
    #[error("{place}: {fault}")]
    Form {
        /// Line or byte.
        place: String,
        /// What is wrong, and what to do.
        fault: String,
    },
    /// Nobody says what unit it is in.
    #[error("the record does not say its unit; state it (mm or m)")]
    NoUnit,
    /// More than any recording.
    #[error("the record holds more than {0} frames; cut it")]
    TooLong(usize),
    /// A frame is no rigid motion.
    #[error("frame {frame}: the matrix is no rigid motion: {why}")]
    NotRigid {
        /// Which, from 0.
        frame: usize,
        /// Why.
        why: NotRigid,
    },
    /// The first frame is not the closed bite, and nobody said what it is.
    #[error(
        "the first frame is not the closed bite by its matrix (it moves the incisal point by {mm:.2} mm); \
         state whether the matrices are motions from the closed bite, or places of which the first is the closed bite"
    )]
    NoStart {
        /// How far it moves the incisal point.
        mm: f64,
    },
    /// The jaw would be far away.
    #[error(
        "frame {frame} moves the lower incisal point by {mm:.0} mm, more than {greatest:.0} mm: \
         check the unit and cast_from_record"
    )]
    TooFar {
        /// Which, from 0.
        frame: usize,
        /// How far.
        mm: f64,
        /// The limit.
        greatest: f64,
    },
    /// Time goes back.
    #[error("frame {frame}: its time is not after that of the frame before")]
    Time {
        /// Which, from 0.
        frame: usize,
    },
}

/// Twenty minutes at 500 frames a second.
const MOST_FRAMES: usize = 600_000;

impl JawRecord {
    /// Reads a file; its form is told by its first character. `unit` is for files that do not declare theirs.
    ///
    /// # Errors
    /// If the form is not known, a number is missing or not finite, or nobody says the unit.
    pub fn read(bytes: &[u8], unit: Option<RecordUnit>) -> Result<Self, RecordError> {
        let text = std::str::from_utf8(bytes).map_err(|e| RecordError::NotText {
            byte: e.valid_up_to(),
        })?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let record = match text.trim_start().chars().next() {
            None => {
                return Err(RecordError::Empty {
                    remedy: "the file is empty".to_owned(),
                });
            }
            Some('<') => xml::read(text, unit)?,
            Some('{') => json::read(text, unit)?,
            Some(_) => csv::read(text, unit)?,
        };
        let frames = record
            .movements
            .iter()
            .map(|movement| movement.frames.len())
            .sum::<usize>();
        if frames == 0 {
            return Err(RecordError::Empty {
                remedy: "export the movement as 4 × 4 matrices".to_owned(),
            });
        }
        Ok(record)
    }
}

impl Movement {
    /// What the name says; `recorded` where it says nothing that this program knows.
    pub fn kind(&self) -> MotionKind {
        let known = self.name.as_deref().and_then(MotionKind::from_name);
        known.unwrap_or(MotionKind::Recorded)
    }

    /// The movement in the cast frame, from the closed bite; what is unusual about it is told beside it.
    ///
    /// # Errors
    /// If a matrix is no rigid motion, the start is not known, or the jaw would be far away.
    pub fn path(
        &self,
        placement: &Placement,
        mounting: &Mounting,
    ) -> Result<(JawPath, Vec<String>), RecordError> {
        let motions = self.motions(placement, mounting)?;
        let mut notes = Vec::new();
        let reach = row("record-reach");
        let (greatest, stride) = (reach.number("translation_mm"), reach.number("point_step_mm"));
        let incisal = Point::from(mounting.incisal_point);
        let mut before: Option<Point> = None;
        for (frame, motion) in motions.iter().enumerate() {
            let at = motion * incisal;
            let mm = (at - incisal).norm();
            if mm.is_nan() || mm > greatest {
                return Err(RecordError::TooFar { frame, mm, greatest });
            }
            if let Some(before) = before.filter(|before| (at - before).norm() > stride) {
                notes.push(format!(
                    "frame {frame} is {:.1} mm from the one before: frames may be missing or wrong",
                    (at - before).norm()
                ));
            }
            before = Some(at);
        }
        self.times_ascend()?;
        let path = JawPath {
            kind: self.kind(),
            steps: motions.iter().map(|motion| step(motion, mounting)).collect(),
        };
        Ok((path, notes))
    }

    fn motions(&self, placement: &Placement, mounting: &Mounting) -> Result<Vec<RigidMotion>, RecordError> {
        let rigid = |(frame, at): (usize, &Frame)| {
            rigid_from_matrix(&Matrix4::from_row_slice(&at.matrix))
                .map_err(|why| RecordError::NotRigid { frame, why })
        };
        let places: Vec<RigidMotion> = self
            .frames
            .iter()
            .enumerate()
            .map(rigid)
            .collect::<Result<_, _>>()?;
        let Some(first) = places.first() else {
            return Err(RecordError::Empty {
                remedy: "this movement has none".to_owned(),
            });
        };
        let to_cast = &placement.cast_from_record;
        let in_cast = |motion: &RigidMotion| to_cast * motion * to_cast.inverse();
        let incisal = Point::from(mounting.incisal_point);
        let from_closed = match placement.start {
            Some(Start::ClosedBite) => RigidMotion::identity(),
            Some(Start::FirstFrame) => first.inverse(),
            None => {
                let mm = (in_cast(first) * incisal - incisal).norm();
                if mm > row("record-reach").number("start_mm") {
                    return Err(RecordError::NoStart { mm });
                }
                RigidMotion::identity()
            }
        };
        Ok(places
            .iter()
            .map(|place| in_cast(&(place * from_closed)))
            .collect())
    }

    fn times_ascend(&self) -> Result<(), RecordError> {
        let times: Vec<(usize, f64)> = (self.frames.iter().enumerate())
            .filter_map(|(frame, at)| Some((frame, at.time_s?)))
            .collect();
        let back = times.windows(2).find(|pair| pair[1].1 <= pair[0].1);
        back.map_or(Ok(()), |pair| Err(RecordError::Time { frame: pair[1].0 }))
    }
}

/// A step of a path from a motion: its condyles are carried, its opening is the turn about the line through them.
fn step(motion: &RigidMotion, mounting: &Mounting) -> JawStep {
    let closed = mounting.condyles.map(Point::from);
    let condyles = closed.map(|at| motion * at);
    let (before, after) = (
        (closed.left - closed.right).normalize(),
        (condyles.left - condyles.right).normalize(),
    );
    let about = motion.rotation * least_rotation(&before, &after).inverse();
    let plane_from_cast = mounting.plane.cast_from_plane().transpose();
    let way = Sides::each(|side| {
        let gone: Vector = plane_from_cast * (condyles.of(side) - closed.of(side));
        gone.yz().norm()
    });
    JawStep {
        travel: Mm(way.right.max(way.left)),
        opening: Deg(about.scaled_axis().dot(&after).to_degrees()),
        condyles: condyles.map(|at| at.coords.into()),
        moved_from_closed: *motion,
    }
}
