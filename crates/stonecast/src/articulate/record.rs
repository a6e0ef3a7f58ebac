//! A recorded motion of the jaw, brought to a mounted case.
//!
//! Units: mm, degrees. Frame: the cast frame; `cast_from_record` in the file of `--mounting` takes the record there.

use std::collections::BTreeMap;

use nalgebra::Matrix4;
use stonecast_articulator::record::{JawRecord, Placement, RecordError, RecordUnit, Start};
use stonecast_articulator::rigid::{NotRigid, rigid_from_matrix};
use stonecast_articulator::rows::row;
use stonecast_articulator::{HingeAxis, HingeError, JawPath, MotionKind, Mounting};
use stonecast_dental::Mm;
use stonecast_mesh::RigidMotion;
use thiserror::Error;

/// Why a record is not used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RecordedError {
    /// It is not read.
    #[error("--record: {0}")]
    Record(#[from] RecordError),
    /// Where it lies to the cast is no rigid motion.
    #[error("--mounting: cast_from_record is no rigid motion: {0}")]
    Placement(NotRigid),
    /// No hinge axis comes of it.
    #[error("--hinge: {0}")]
    Hinge(#[from] HingeError),
    /// It has no opening.
    #[error("--hinge: the record has no movement that is called `opening`: name it so, or leave --hinge out")]
    NoOpening,
}

/// The movements of a record in the cast frame.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordedPaths {
    /// Each with a name of its own.
    pub paths: Vec<(String, JawPath)>,
    /// What was unusual about the record.
    pub notes: Vec<String>,
}

/// No person reads more remarks on a record.
const MOST_NOTES: usize = 10;

/// A record as it was given.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    record: JawRecord,
    placement: Placement,
}

impl Recorded {
    /// Reads a file.
    ///
    /// # Errors
    /// [`RecordedError`].
    pub fn read(
        bytes: &[u8],
        unit: Option<RecordUnit>,
        start: Option<Start>,
        cast_from_record: Option<&[f64; 16]>,
    ) -> Result<Self, RecordedError> {
        let cast_from_record = match cast_from_record {
            Some(rows) => {
                rigid_from_matrix(&Matrix4::from_row_slice(rows)).map_err(RecordedError::Placement)?
            }
            None => RigidMotion::identity(),
        };
        Ok(Self {
            record: JawRecord::read(bytes, unit)?,
            placement: Placement {
                cast_from_record,
                start,
            },
        })
    }

    /// Its movements as paths.
    ///
    /// # Errors
    /// [`RecordedError::Record`].
    pub fn paths(&self, mounting: &Mounting) -> Result<RecordedPaths, RecordedError> {
        let mut notes = self.record.notes.clone();
        let mut paths: Vec<(String, JawPath)> = Vec::new();
        let mut counts = BTreeMap::new();
        for movement in &self.record.movements {
            let (path, more) = movement.path(&self.placement, mounting)?;
            notes.extend(more);
            // The file's own words are not used: they may name a patient.
            let kind = path.kind.name();
            let same = counts.entry(kind.clone()).or_insert(0usize);
            *same += 1;
            let name = match (path.kind, *same) {
                (MotionKind::Recorded, n) => format!("recorded-{n}"),
                (_, 1) => format!("recorded-{kind}"),
                (_, n) => format!("recorded-{kind}-{n}"),
            };
            paths.push((name, path));
        }
        if notes.len() > MOST_NOTES {
            let more = notes.len() - MOST_NOTES;
            notes.truncate(MOST_NOTES);
            notes.push(format!("{more} more remarks of this kind"));
        }
        Ok(RecordedPaths { paths, notes })
    }

    /// The hinge axis, fitted to the recorded opening; `mounting` tells only how far apart the condyles' planes are.
    ///
    /// # Errors
    /// [`RecordedError::NoOpening`] and [`RecordedError::Hinge`].
    pub fn hinge(&self, mounting: &Mounting) -> Result<HingeAxis, RecordedError> {
        let RecordedPaths { paths, .. } = self.paths(mounting)?;
        let opening = paths.iter().find(|(_, path)| path.kind == MotionKind::Opening);
        let (_, path) = opening.ok_or(RecordedError::NoOpening)?;
        Ok(HingeAxis::fit(path, &mounting.condyles)?)
    }
}

/// The way of a condyle over which settings are read off a record: the chord of the table, as devices read them.
pub fn usual_reach() -> Mm {
    Mm(row("guide-chord").number("chord_mm"))
}
