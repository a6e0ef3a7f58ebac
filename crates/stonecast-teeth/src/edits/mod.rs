//! A clinician's corrections of labelled teeth: input to the stage, written in `edits.toml`, never a change to a result.
//!
//! Units: mm. Frame: points are in the scan's own frame; [`ArchEdits::moved`] takes them to that of the mesh.
//!
//! ```toml
//! [teeth.upper]
//! missing = [14]                      # no tooth has this number: what was given it, and what follows, moves one on
//!
//! [[teeth.upper.renumber]]
//! tooth = 15                          # the number that the program gives; or `at`, a point on the tooth
//! to = 16
//!
//! [[teeth.upper.merge]]               # one tooth that was taken for two
//! at = [[-12.0, 3.1, 0.2], [-14.0, 5.0, 0.1]]   # or teeth = [14, 15]
//! to = 14                             # left out: the number of the first
//!
//! [[teeth.upper.split]]               # two teeth that were taken for one
//! tooth = 24
//! stroke = [[12.0, 3.0, 0.0], [13.0, 4.0, 1.0]]   # points on the tooth, along the border between the two
//! parts = [{ at = [11.0, 4.0, 0.5], to = 24 }, { at = [15.0, 3.0, 0.5], to = 25 }]
//!
//! [[teeth.upper.extra]]               # no tooth of the arch: a supernumerary tooth, or no tooth at all
//! tooth = 28
//!
//! [[teeth.upper.landmark]]            # adds a landmark, or moves it
//! tooth = 16                          # by the number after all corrections above
//! kind = "mesial_contact"
//! at = [-20.0, 14.0, 0.0]
//! ```
//!
//! All numbers but those of landmarks are the ones that the program gives, so the order of the corrections means
//! nothing. What a person said is marked [`ToldBy::Human`](crate::ToldBy::Human).
//!
//! Steps: [`TeethEdits::parse`]; [`correct_faces`] between segmentation and description; [`correct_landmarks`] after.
//!
//! Limits: a tooth is split along faces, which are not cut; a stroke is straightened in the view along the mean normal
//! under it, and runs on beyond its ends.

mod apply;
mod landmarks;
mod stroke;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, LandmarkKind};
use stonecast_mesh::{Point, RigidMotion};
use thiserror::Error;

pub use apply::correct_faces;
pub use landmarks::correct_landmarks;

/// How far (mm) a point may lie from the surface that it names: a person's click on another copy of the surface, or
/// after it was cleaned anew, lands within a face of it.
pub const REACH: f64 = 1.0;

/// The corrections of both arches.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TeethEdits {
    /// The upper arch's.
    #[serde(default)]
    pub upper: ArchEdits,
    /// The lower arch's.
    #[serde(default)]
    pub lower: ArchEdits,
}

/// The corrections of one arch.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchEdits {
    /// Teeth that bear another number.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renumber: Vec<Renumber>,
    /// Teeth that are one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merge: Vec<Merge>,
    /// Teeth that are two.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub split: Vec<Split>,
    /// Numbers that no tooth of the arch bears.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Fdi>,
    /// What is no tooth of the arch.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<Extra>,
    /// Landmarks that lie elsewhere.
    #[serde(default, rename = "landmark", skip_serializing_if = "Vec::is_empty")]
    pub landmarks: Vec<LandmarkEdit>,
}

/// A tooth that bears another number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renumber {
    /// The number that the program gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tooth: Option<Fdi>,
    /// Or a point on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<[f64; 3]>,
    /// Its number.
    pub to: Fdi,
}

/// Teeth that are one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merge {
    /// The numbers that the program gives them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teeth: Vec<Fdi>,
    /// Or points on them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub at: Vec<[f64; 3]>,
    /// The number of the whole; left out: that of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<Fdi>,
}

/// A tooth that is two.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// The number that the program gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tooth: Option<Fdi>,
    /// Or a point on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<[f64; 3]>,
    /// Points on it, along the border between the two.
    pub stroke: Vec<[f64; 3]>,
    /// The two.
    pub parts: Vec<SplitPart>,
}

/// One of the teeth that a stroke divides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitPart {
    /// A point on it.
    pub at: [f64; 3],
    /// Its number.
    pub to: Fdi,
}

/// What is no tooth of the arch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extra {
    /// The number that the program gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tooth: Option<Fdi>,
    /// Or a point on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<[f64; 3]>,
}

/// A landmark that a person sets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LandmarkEdit {
    /// Its tooth, by the number after all other corrections.
    pub tooth: Fdi,
    /// What it marks.
    pub kind: LandmarkKind,
    /// Where.
    pub at: [f64; 3],
}

/// A correction that does not fit, with its place in `edits.toml`.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("edits.toml, teeth.{jaw}.{place}: {fault}")]
pub struct EditFault {
    /// Which arch.
    pub jaw: Jaw,
    /// Which entry, counted from 1: `merge 2`.
    pub place: String,
    /// What is wrong with it.
    pub fault: Misfit,
}

/// Why a correction does not fit.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum Misfit {
    /// Neither a number nor a point, or both.
    #[error("name the tooth either by `tooth`, its number, or by `at`, a point on it")]
    Unnamed,
    /// Fewer than two teeth to merge.
    #[error("name two or more different teeth, all by `teeth` or all by `at`")]
    TooFew,
    /// No tooth was given the number.
    #[error("no tooth was numbered {number}; there are {}: give one of these, or a point on the tooth", List(.found))]
    NotFound {
        /// The number.
        number: Fdi,
        /// Those that there are.
        found: Vec<Fdi>,
    },
    /// The number belongs to the other arch.
    #[error("{0} is a tooth of the other arch: correct the number, or move the entry")]
    OtherArch(Fdi),
    /// A point beside the surface.
    #[error("the point {} lies more than {REACH} mm from the surface: give it in the scan's own frame, in mm", Place(.0))]
    OffSurface([f64; 3]),
    /// A point on what is no tooth.
    #[error("at the point {} no tooth was found: give a point on the crown", Place(.0))]
    OnGum([f64; 3]),
    /// A point on another tooth than the one named.
    #[error(
        "the point {} does not lie on {tooth} but more than {REACH} mm from it: give a point on the tooth, in the \
         scan's own frame, in mm",
        Place(.point)
    )]
    OffTooth {
        /// The tooth named.
        tooth: Fdi,
        /// The point.
        point: [f64; 3],
    },
    /// Two corrections of one tooth or landmark.
    #[error("`{other}` corrects the same: keep one")]
    Twice {
        /// The other entry.
        other: String,
    },
    /// Two teeth with one number.
    #[error("{0} would be the number of two teeth: give the other one a number too")]
    NumberTaken(Fdi),
    /// A number given that is declared missing.
    #[error("{0} is declared missing: give another number, or take it off `missing`")]
    DeclaredMissing(Fdi),
    /// No room to move on.
    #[error(
        "the teeth from {0} on cannot move one place on, for the quadrant ends: renumber them one by one"
    )]
    QuadrantEnds(Fdi),
    /// A stroke that is no line.
    #[error("the stroke needs two or more different points on the tooth")]
    NoStroke,
    /// A stroke beside the tooth's faces.
    #[error("the stroke leaves the whole of the tooth on one side: draw it between the two teeth")]
    DoesNotDivide,
    /// Not two parts, or both at one side.
    #[error("give `parts` exactly two points, one at each side of the stroke")]
    Parts,
}

struct List<'a>(&'a [Fdi]);

impl fmt::Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(Fdi::to_string).collect();
        f.write_str(&numbers.join(", "))
    }
}

struct Place<'a>(&'a [f64; 3]);

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [x, y, z] = self.0;
        write!(f, "({x:.2}, {y:.2}, {z:.2})")
    }
}

/// The text is not TOML, or the part on teeth has a key or value that is not known.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("edits.toml, line {line}: {message}")]
pub struct TeethEditsSyntax {
    /// Counted from 1.
    pub line: usize,
    /// What the parser says.
    pub message: String,
}

impl TeethEdits {
    /// Reads the part on teeth of `edits.toml`; what else the file holds is left to
    /// [`stonecast_cast::Edits`].
    ///
    /// ```
    /// use stonecast_teeth::edits::TeethEdits;
    /// let edits = TeethEdits::parse("[teeth.lower]\nmissing = [35]\n")?;
    /// assert_eq!(edits.lower.missing[0].number(), 35);
    /// assert!(TeethEdits::parse("[teeth.lower]\nmising = [35]\n").is_err());
    /// # Ok::<(), stonecast_teeth::edits::TeethEditsSyntax>(())
    /// ```
    ///
    /// # Errors
    /// The first thing in that part that is not understood.
    pub fn parse(text: &str) -> Result<Self, TeethEditsSyntax> {
        #[derive(Deserialize)]
        struct File {
            #[serde(default)]
            teeth: TeethEdits,
        }
        toml::from_str(text)
            .map(|file: File| file.teeth)
            .map_err(|e| TeethEditsSyntax {
                line: e
                    .span()
                    .map_or(1, |span| 1 + text[..span.start].matches('\n').count()),
                message: e.message().to_owned(),
            })
    }

    /// The corrections of an arch.
    pub fn of(&self, jaw: Jaw) -> &ArchEdits {
        match jaw {
            Jaw::Upper => &self.upper,
            Jaw::Lower => &self.lower,
        }
    }

    /// True when nothing is corrected.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl ArchEdits {
    /// The same corrections, their points moved to another frame.
    pub fn moved(&self, target_from_scan: &RigidMotion) -> Self {
        let move_on = |p: &mut [f64; 3]| *p = (target_from_scan * Point::from(*p)).into();
        let mut moved = self.clone();
        moved
            .renumber
            .iter_mut()
            .filter_map(|e| e.at.as_mut())
            .for_each(move_on);
        moved.merge.iter_mut().flat_map(|e| &mut e.at).for_each(move_on);
        for split in &mut moved.split {
            split.at.iter_mut().for_each(move_on);
            split.stroke.iter_mut().for_each(move_on);
            split.parts.iter_mut().map(|part| &mut part.at).for_each(move_on);
        }
        moved
            .extra
            .iter_mut()
            .filter_map(|e| e.at.as_mut())
            .for_each(move_on);
        moved.landmarks.iter_mut().map(|e| &mut e.at).for_each(move_on);
        moved
    }
}
