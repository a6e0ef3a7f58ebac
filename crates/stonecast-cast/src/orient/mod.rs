//! Orientation: from any pose, without a hint, to the arch's own frame.
//!
//! Units: mm; angles in degrees at the boundary. Frame: from the scanner's to the arch's own, which has the axes of
//! the cast frame ([`stonecast_dental::frame`]) and its origin at the midpoint of this arch's central incisal edges
//! dropped onto its occlusal plane.
//!
//! Steps
//! 1. `samples`: the surface as even samples in the principal axes of its area, so that pose, order and
//!    triangulation no longer matter.
//! 2. `relief`: how rugged the surface is, and where it stands out.
//! 3. `crowns`: the layer in which rugged, outstanding surface lies: the occlusal direction.
//! 4. `tips`: the plane that the tips of the crowns touch: the occlusal plane.
//! 5. `midline`: the mirror line of the crowns in that plane, and the way the arch opens.
//! 6. `origin`: where the midline crosses the incisal edges.
//! 7. `confidence`: what the steps left open, as angles and as numbers between 0 and 1.
//!
//! Limits: permanent or mixed dentitions with at least half an arch of crowns; an edentulous arch, a quadrant or a
//! stump alone comes back with low confidence and a warning that asks for three points. Left cannot be told from
//! right in a mirrored scan: see [`normal_sense`]. Measured figures: `docs/methods/orientation.md`.
//!
//! ```
//! use stonecast_cast::orient::{OrientParams, orient};
//! use stonecast_dental::Jaw;
//! let arch = stonecast_testkit::demo().lower;
//! let (scan, _scan_from_cast) = stonecast_testkit::in_random_pose(&arch.mesh, 1);
//! let found = orient(&scan, Jaw::Lower, &OrientParams::default())?;
//! assert!(found.value.confidence > 0.5);
//! # Ok::<(), stonecast_cast::orient::OrientError>(())
//! ```

mod confidence;
mod crowns;
mod guess;
mod midline;
mod neighbours;
mod origin;
mod overrides;
mod pair;
mod plane;
mod pose;
mod relief;
mod samples;
mod table;
mod tips;

use serde::{Deserialize, Serialize};
use stonecast_dental::{Checked, Deg, Jaw, Mm, Warning};
use stonecast_mesh::{RigidMotion, TriMesh};
use thiserror::Error;

pub(crate) use guess::SURE_SHAPE;
pub use guess::{JawGuess, NormalSense, guess_jaw, normal_sense};
pub use overrides::{OcclusalPoints, from_matrix, from_three_points};
pub use pair::cast_frame;
pub use table::{OrientationTable, Row, table};

/// The pose of one arch, and how well it is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Orientation {
    /// From the scanner's frame to the arch's own: axes as in the cast frame, the origin at the midpoint of this
    /// arch's central incisal edges dropped onto its occlusal plane.
    pub arch_from_scan: RigidMotion,
    /// How the pose is known.
    pub source: OrientationSource,
    /// What the midline rests on.
    pub midline_evidence: MidlineEvidence,
    /// The lesser of the two confidences, 0..1.
    pub confidence: f64,
    /// Confidence in the occlusal axis, 0..1.
    pub occlusal_confidence: f64,
    /// Confidence in the midline, 0..1.
    pub midline_confidence: f64,
    /// Root mean square distance of the crowns' tips from the occlusal plane; 0 for a stated pose.
    pub occlusal_residual: Mm,
    /// Share of the crowns that finds no counterpart across the midline, 0..1; 0 for a stated pose.
    pub asymmetry: f64,
    /// Standard uncertainty of the occlusal axis; 0 for a stated pose.
    pub occlusal_uncertainty: Deg,
    /// Standard uncertainty of the midline; 0 for a stated pose.
    pub midline_uncertainty: Deg,
}

/// How a pose is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrientationSource {
    /// Found from the shape.
    Found,
    /// Three points that a person named.
    ThreePoints,
    /// A matrix that a person or another program gave.
    Matrix,
}

/// What a midline rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MidlineEvidence {
    /// The crowns' symmetry.
    ArchSymmetry,
    /// A person or another program.
    Stated,
}

/// Choices of the caller.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OrientParams {
    /// Confidence below which a warning asks a person to look.
    pub warn_below: f64,
}

impl Default for OrientParams {
    fn default() -> Self {
        Self {
            warn_below: table().warn_below.value,
        }
    }
}

/// Why no pose came out.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum OrientError {
    /// The mesh has no area.
    #[error("the surface has no area; nothing can be oriented. Check the file, or scan again")]
    NoSurface,
    /// Nothing on the surface looks like a crown.
    #[error(
        "no crowns were found on the surface; state the pose in edits.toml by three occlusal points or a matrix"
    )]
    NoCrowns,
    /// The surface is far larger than a dental arch.
    #[error(
        "the surface is {extent} across, larger than any dental arch or model (limit {limit}); check the unit of length, or cut off what is not the arch"
    )]
    TooLarge {
        /// The largest extent.
        extent: Mm,
        /// What is accepted.
        limit: Mm,
    },
    /// Three points that do not span an arch.
    #[error(
        "the three occlusal points {what}; place them on a right molar, a left molar and between the central incisors"
    )]
    BadPoints {
        /// What is wrong with them.
        what: &'static str,
    },
    /// A matrix that is no rigid motion.
    #[error("the matrix {what}; give a rotation and a translation, rows first, the last row 0 0 0 1")]
    BadMatrix {
        /// What is wrong with it.
        what: &'static str,
    },
}

/// Finds the pose of an arch.
///
/// The surface should be one welded piece with consistent normals (what `clean` gives); it may be open or closed,
/// with or without palate or base, and inside out. The same arch in another pose gives the same result to better
/// than 1e-4 mm at the arch's ends.
///
/// Warnings: `cast.orient.low_confidence`, `cast.orient.inside_out`, `cast.orient.no_incisors`,
/// `cast.orient.other_jaw`.
///
/// # Errors
/// When there is no surface, no crown on it, or when it is no arch by its size.
pub fn orient(
    mesh_in_scan: &TriMesh,
    jaw: Jaw,
    params: &OrientParams,
) -> Result<Checked<Orientation>, OrientError> {
    let (pose, samples) = pose::find(mesh_in_scan)?;
    let orientation = pose.orientation(jaw);
    let mut warnings = Vec::new();
    let shape = guess::jaw_of(&pose, &samples);
    if shape.jaw != jaw && shape.confidence >= SURE_SHAPE {
        warnings.push(Warning::new(
            "cast.orient.other_jaw",
            format!("{jaw} arch: by its shape it is the {} arch", shape.jaw),
            "look at the pictures; pass the file with the right role if it is wrong",
        ));
    }
    if pose.inside_out {
        warnings.push(Warning::new(
            "cast.orient.inside_out",
            format!("{jaw} arch: the normals point into the teeth"),
            "turn the surface inside out, unless the file is a mirror image (a left-handed export): then export it anew",
        ));
    }
    if !pose.from_incisors {
        warnings.push(Warning::new(
            "cast.orient.no_incisors",
            format!("{jaw} arch: there is no crown at the midline; the origin is the front end of the arch"),
            "if another origin is wanted, name three occlusal points in edits.toml",
        ));
    }
    if orientation.confidence < params.warn_below {
        warnings.push(Warning::new(
            "cast.orient.low_confidence",
            format!(
                "{jaw} arch: the pose is uncertain: occlusal axis {:.0} % (within {:.0}), midline {:.0} % (within {:.0})",
                orientation.occlusal_confidence * 100.0,
                orientation.occlusal_uncertainty,
                orientation.midline_confidence * 100.0,
                orientation.midline_uncertainty,
            ),
            "look at the five views; if they are tilted, name three occlusal points or a matrix in edits.toml",
        ));
    }
    Ok(Checked::new(orientation, warnings))
}
