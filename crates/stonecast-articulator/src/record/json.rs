//! Jaw motion as this program's own JSON document, read and written.
//!
//! ```json
//! { "format": "stonecast-jaw-motion", "version": 1, "unit": "mm",
//!   "movements": [ { "name": "protrusion", "frames": [ { "time_s": 0.0, "matrix": [1,0,0,0, 0,1,0,0, 0,0,1,0, 0,0,0,1] } ] } ] }
//! ```
//!
//! A matrix is written row after row, for points as columns: the fourth, eighth and twelfth number are the translation. It takes
//! points of the lower arch from the closed bite to the frame. What is written lies in the cast frame.

use serde::{Deserialize, Serialize};

use super::{Frame, JawRecord, MOST_FRAMES, Movement, RecordError, RecordUnit};
use crate::path::JawPath;

const FORMAT: &str = "stonecast-jaw-motion";

#[derive(Serialize, Deserialize)]
struct Document {
    format: String,
    version: u32,
    #[serde(default)]
    unit: Option<RecordUnit>,
    movements: Vec<DocumentMovement>,
}

#[derive(Serialize, Deserialize)]
struct DocumentMovement {
    #[serde(default)]
    name: Option<String>,
    frames: Vec<DocumentFrame>,
}

#[derive(Serialize, Deserialize)]
struct DocumentFrame {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_s: Option<f64>,
    matrix: [f64; 16],
}

pub(super) fn read(text: &str, unit: Option<RecordUnit>) -> Result<JawRecord, RecordError> {
    let form = |place: String, fault: String| RecordError::Form { place, fault };
    let document: Document = serde_json::from_str(text).map_err(|e| {
        let place = format!("line {}, column {}", e.line(), e.column());
        form(
            place,
            format!("{}; see docs/methods/jaw-motion-files.md for the form", told(&e)),
        )
    })?;
    if document.format != FORMAT || document.version != 1 {
        return Err(form(
            "the head".to_owned(),
            format!("not a document of the format {FORMAT}, version 1"),
        ));
    }
    let frames: usize = document
        .movements
        .iter()
        .map(|movement| movement.frames.len())
        .sum();
    if frames > MOST_FRAMES {
        return Err(RecordError::TooLong(MOST_FRAMES));
    }
    let mm = document.unit.or(unit).ok_or(RecordError::NoUnit)?.mm();
    let frame = |frame: DocumentFrame| {
        let mut matrix = frame.matrix;
        for row in 0..3 {
            matrix[4 * row + 3] *= mm;
        }
        Frame {
            time_s: frame.time_s,
            matrix,
        }
    };
    let movements = document.movements.into_iter().map(|movement| Movement {
        name: movement.name,
        frames: movement.frames.into_iter().map(frame).collect(),
    });
    Ok(JawRecord {
        movements: movements.collect(),
        notes: Vec::new(),
    })
}

/// What is wrong, without what the file says there: it may be anything.
fn told(error: &serde_json::Error) -> &'static str {
    match error.classify() {
        serde_json::error::Category::Data => "not what the form wants there",
        serde_json::error::Category::Eof => "the document ends too early",
        _ => "not JSON",
    }
}

/// Paths as a document that [`JawRecord::read`] reads back: motions from the closed bite, in the cast frame, mm.
pub fn encode(paths: &[JawPath]) -> Vec<u8> {
    let movements = paths.iter().map(|path| DocumentMovement {
        name: Some(path.kind.name()),
        frames: (path.steps.iter())
            .map(|step| {
                let mut matrix = [0.0; 16];
                matrix.copy_from_slice(step.moved_from_closed.to_homogeneous().transpose().as_slice());
                DocumentFrame { time_s: None, matrix }
            })
            .collect(),
    });
    let document = Document {
        format: FORMAT.to_owned(),
        version: 1,
        unit: Some(RecordUnit::Millimetres),
        movements: movements.collect(),
    };
    let mut bytes = serde_json::to_vec_pretty(&document).expect("plain numbers and names are written");
    bytes.push(b'\n');
    bytes
}
