//! Which jaw an arch is of, and whether its normals point outwards, told from the shape where nobody said it.
//!
//! Units: mm. Frame: the arch's own, height towards the antagonist, found as [`super::orient`] finds it.
//!
//! Steps
//! 1. [`lining`]: the surface between the two halves of the arch, from 8 to 33 mm behind the incisal edges.
//! 2. [`guess_jaw`]: a palate covers it and falls away backwards into the vault; the tongue leaves it open, and the
//!    floor of a stone lower model is flat.
//!
//! Limits: an upper scan without palate looks like a lower arch, and is told from it by nothing here: an arch whose
//! inside is open is called lower with a confidence that says so. No arch shows whether it is mirrored: see
//! [`normal_sense`].

use serde::{Deserialize, Serialize};
use stonecast_dental::{Jaw, Mm};
use stonecast_mesh::TriMesh;

use super::OrientError;
use super::confidence::occlusal_confidence;
use super::plane::weighted_median;
use super::pose::{self, Pose};
use super::samples::Samples;

/// From here on the shape is believed where nothing else tells the jaw, and reported where something else does.
pub(crate) const SURE_SHAPE: f64 = 0.8;

/// A guess at the jaw, with what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct JawGuess {
    /// The likelier jaw.
    pub jaw: Jaw,
    /// 0 undecided, 1 sure.
    pub confidence: f64,
    /// Share of the arch's inside that is covered by surface.
    pub covered: f64,
    /// How much deeper the inside is at the molars than at the incisors; `None` where either is not covered.
    pub vault: Option<Mm>,
}

/// Whether a surface's normals point out of the teeth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NormalSense {
    /// True when they point into the teeth.
    pub inside_out: bool,
    /// 0 undecided, 1 sure.
    pub confidence: f64,
}

/// Guesses the jaw of an arch in any pose.
///
/// # Errors
/// As [`super::orient`].
pub fn guess_jaw(mesh_in_scan: &TriMesh) -> Result<JawGuess, OrientError> {
    let (pose, samples) = pose::find(mesh_in_scan)?;
    Ok(jaw_of(&pose, &samples))
}

/// The guess at the jaw of an arch whose pose is found.
pub(super) fn jaw_of(pose: &Pose, samples: &Samples) -> JawGuess {
    let lining = lining(pose, samples);
    let pose_confidence = occlusal_confidence(&pose.occlusal_facts);
    let vault = lining.front.zip(lining.back).map(|(front, back)| front - back);
    // An open inside is a tongue's, or a palate's that was not scanned or was cut off: three to one. A covered one
    // is decided by its slope: a palate is 10 to 20 mm deep at the molars and begins at the incisors' necks, a floor
    // is level; 5 mm is the middle.
    let (jaw, sure) = match vault {
        Some(vault) if lining.covered > 0.5 => {
            let jaw = if vault > 5.0 { Jaw::Upper } else { Jaw::Lower };
            (jaw, ((vault - 5.0).abs() / 4.0).min(1.0))
        }
        _ => (Jaw::Lower, 0.5),
    };
    JawGuess {
        jaw,
        confidence: sure * pose_confidence,
        covered: lining.covered,
        vault: vault.map(Mm),
    }
}

/// Tells whether the normals point out of the teeth, by where the crowns stand out.
///
/// A file written with left-handed coordinates shows the mirror image of the patient. An arch is nearly its own
/// mirror image, so the shape does not give that away; but a mirror also turns the surface inside out unless the
/// exporter reversed its triangles too. Inside out therefore means: reversed triangles (harmless), or mirrored
/// coordinates (right and left exchanged). Which of them, only the export settings tell.
///
/// # Errors
/// As [`super::orient`].
pub fn normal_sense(mesh_in_scan: &TriMesh) -> Result<NormalSense, OrientError> {
    let (pose, _) = pose::find(mesh_in_scan)?;
    Ok(NormalSense {
        inside_out: pose.inside_out,
        confidence: occlusal_confidence(&pose.occlusal_facts),
    })
}

struct Lining {
    covered: f64,
    /// Median height behind the incisors.
    front: Option<f64>,
    /// Median height between the molars.
    back: Option<f64>,
}

/// The surface that faces the antagonist within 6 mm of the midline behind the incisors. The tooth-bearing part of
/// an arch is about 45 mm deep from incisors to second molars, half of it lies behind 12 mm and before 33 mm.
fn lining(pose: &Pose, samples: &Samples) -> Lining {
    const CELL: f64 = 3.0;
    const HALF_WIDTH: f64 = 6.0;
    const FROM: f64 = 12.0;
    const TO: f64 = 33.0;
    let canonical = &samples.canonical_from_scan;
    let (occlusal, posterior) = (canonical * pose.occlusal, canonical * pose.posterior);
    let (across, incisal) = (posterior.cross(&occlusal), canonical * pose.incisal);
    let facing = if pose.inside_out { -1.0 } else { 1.0 };
    let mut cells = std::collections::BTreeSet::new();
    let (mut front, mut back) = (Vec::new(), Vec::new());
    for s in &samples.all {
        let d = s.point - incisal;
        let (x, y) = (d.dot(&across), d.dot(&posterior));
        if x.abs() >= HALF_WIDTH || s.area_vector.dot(&occlusal) * facing <= 0.0 {
            continue;
        }
        if (FROM..TO).contains(&y) {
            cells.insert(((x / CELL).floor() as i64, ((y - FROM) / CELL).floor() as i64));
        }
        // Just behind the incisors' necks, and between the first molars.
        if (8.0..14.0).contains(&y) {
            front.push((d.dot(&occlusal), s.area));
        }
        if (20.0..30.0).contains(&y) {
            back.push((d.dot(&occlusal), s.area));
        }
    }
    let whole = (2.0 * HALF_WIDTH / CELL) * ((TO - FROM) / CELL);
    Lining {
        covered: cells.len() as f64 / whole,
        front: median(front),
        back: median(back),
    }
}

fn median(mut heights: Vec<(f64, f64)>) -> Option<f64> {
    heights.sort_by(|a, b| a.0.total_cmp(&b.0));
    // Fewer than three samples are a strip of border, not a lining.
    (heights.len() >= 3).then(|| weighted_median(&heights))
}
