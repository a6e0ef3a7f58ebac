//! A clinician's corrections: input to the stages, written in `edits.toml`, never a change to a result.
//!
//! Units: mm; points and matrices are in the scan's own frame, after its unit is settled.
//!
//! ```toml
//! [[scan]]                       # corrects what intake would settle; names a scan by the start of its SHA-256
//! sha256 = "3f9a02c41b7d"
//! role = "upper"                 # upper, lower, bite-right, bite-left
//! unit = "mm"                    # mm, cm, m, um, in
//!
//! [orientation.upper]            # either three points on the arch ...
//! incisors = [0.1, -3.2, 1.0]    # midway between the central incisors' edges
//! right-molar = [-24.0, 28.1, 0.4]   # the same cusp of the first molar on the patient's right ...
//! left-molar = [24.3, 27.9, 0.6]     # ... and on the left
//!
//! [orientation.lower]            # ... or the motion itself: rows of a 4 x 4 matrix, arch frame from scan
//! matrix = [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
//!
//! [bite]
//! kind = "from-bite-scan"        # accept this kind only: as-scanned, from-bite-scan, estimated
//!
//! [teeth.upper]                  # corrections of labelled teeth: `stonecast_teeth::edits`
//! ```
//!
//! An unknown key is an error that names it: a correction that is silently passed over is worse than none.

use serde::{Deserialize, Serialize};
use stonecast_dental::{Jaw, ScanRole};
use thiserror::Error;

use crate::{
    bite::BiteKind,
    orient::{OcclusalPoints, OrientError, Orientation, from_matrix, from_three_points},
    scan::LengthUnit,
};

/// All corrections of one cast.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edits {
    /// What single scans are.
    #[serde(default, rename = "scan", skip_serializing_if = "Vec::is_empty")]
    pub scans: Vec<ScanEdit>,
    /// The poses of the arches.
    #[serde(default)]
    pub orientation: OrientationEdits,
    /// The bite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bite: Option<BiteEdit>,
    /// The teeth: read and checked by the stage that labels them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teeth: Option<toml::Table>,
}

/// What one scan is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanEdit {
    /// The SHA-256 of the scan's bytes in lower-case hexadecimal, or at least its first eight digits.
    pub sha256: String,
    /// What it shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<ScanRole>,
    /// The unit of its numbers, by symbol.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// The poses of the arches.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrientationEdits {
    /// The upper arch's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upper: Option<PoseEdit>,
    /// The lower arch's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lower: Option<PoseEdit>,
}

impl OrientationEdits {
    /// The pose stated for an arch.
    pub fn of(&self, jaw: Jaw) -> Option<&PoseEdit> {
        match jaw {
            Jaw::Upper => self.upper.as_ref(),
            Jaw::Lower => self.lower.as_ref(),
        }
    }
}

/// The pose of one arch: three points, or a matrix.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PoseEdit {
    /// Midway between the edges of the central incisors.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub incisors: Option<[f64; 3]>,
    /// A cusp tip of the first molar on the patient's right, or of the tooth farthest back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right_molar: Option<[f64; 3]>,
    /// The same cusp on the patient's left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_molar: Option<[f64; 3]>,
    /// The rows of the motion from the scan's frame to the arch's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matrix: Option<[[f64; 4]; 4]>,
}

/// The bite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BiteEdit {
    /// The only kind to accept.
    pub kind: BiteKind,
}

/// Why corrections are not accepted.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum EditsError {
    /// The text is not TOML, or has a key or value that is not known.
    #[error("edits.toml, line {line}: {message}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// A scan is named by too few digits, or by something else than digits.
    #[error(
        "edits.toml: `{0}` names no scan: give the first eight or more hexadecimal digits of its SHA-256"
    )]
    BadHash(String),
    /// Two entries for one scan.
    #[error("edits.toml: the scan {0} has two entries: keep one")]
    HashTwice(String),
    /// A unit that is not known.
    #[error("edits.toml: the unit `{0}` is not known: use mm, cm, m, um or in")]
    UnknownUnit(String),
    /// Neither three points nor a matrix, or both.
    #[error(
        "edits.toml, orientation.{jaw}: give either `incisors`, `right-molar` and `left-molar`, or `matrix`, \
         not {given}"
    )]
    PoseIncomplete {
        /// Whose pose.
        jaw: Jaw,
        /// What there is.
        given: String,
    },
    /// The points or the matrix state no pose.
    #[error("edits.toml, orientation.{jaw}: {source}")]
    Pose {
        /// Whose pose.
        jaw: Jaw,
        /// Why.
        source: OrientError,
    },
}

impl Edits {
    /// Reads `edits.toml`.
    ///
    /// ```
    /// use stonecast_cast::{Edits, bite::BiteKind};
    /// let edits = Edits::parse("[bite]\nkind = \"estimated\"\n")?;
    /// assert_eq!(edits.bite.map(|bite| bite.kind), Some(BiteKind::Estimated));
    /// assert!(Edits::parse("[bite]\nknid = \"estimated\"\n").is_err());
    /// # Ok::<(), stonecast_cast::edits::EditsError>(())
    /// ```
    ///
    /// # Errors
    /// The first thing in the text that is not understood.
    pub fn parse(text: &str) -> Result<Self, EditsError> {
        let edits: Self = toml::from_str(text).map_err(|e| EditsError::Syntax {
            line: e
                .span()
                .map_or(1, |span| 1 + text[..span.start].matches('\n').count()),
            message: e.message().to_owned(),
        })?;
        edits.check()?;
        Ok(edits)
    }

    fn check(&self) -> Result<(), EditsError> {
        for (i, scan) in self.scans.iter().enumerate() {
            let hexadecimal = scan
                .sha256
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
            if !hexadecimal || !(8..=64).contains(&scan.sha256.len()) {
                return Err(EditsError::BadHash(scan.sha256.clone()));
            }
            let one_scan = |other: &ScanEdit| {
                other.sha256.starts_with(&scan.sha256) || scan.sha256.starts_with(&other.sha256)
            };
            if self.scans[..i].iter().any(one_scan) {
                return Err(EditsError::HashTwice(scan.sha256.clone()));
            }
            if let Some(unit) = &scan.unit
                && LengthUnit::from_symbol(unit).is_none()
            {
                return Err(EditsError::UnknownUnit(unit.clone()));
            }
        }
        for jaw in [Jaw::Upper, Jaw::Lower] {
            if let Some(pose) = self.orientation.of(jaw) {
                pose.orientation(jaw)?;
            }
        }
        Ok(())
    }

    /// What is said of the scan with this SHA-256.
    pub fn scan(&self, sha256: &str) -> Option<&ScanEdit> {
        self.scans.iter().find(|scan| sha256.starts_with(&scan.sha256))
    }
}

impl PoseEdit {
    /// The pose that is stated.
    ///
    /// # Errors
    /// If it is stated incompletely or twice, or is no rigid motion.
    pub fn orientation(&self, jaw: Jaw) -> Result<Orientation, EditsError> {
        let stated = match (self.incisors, self.right_molar, self.left_molar, &self.matrix) {
            (Some(incisal_midpoint), Some(right_molar), Some(left_molar), None) => {
                from_three_points(&OcclusalPoints {
                    right_molar,
                    left_molar,
                    incisal_midpoint,
                })
            }
            (None, None, None, Some(rows)) => from_matrix(rows),
            _ => {
                return Err(EditsError::PoseIncomplete {
                    jaw,
                    given: self.given(),
                });
            }
        };
        stated.map_err(|source| EditsError::Pose { jaw, source })
    }

    fn given(&self) -> String {
        let given = [
            (self.incisors.is_some(), "`incisors`"),
            (self.right_molar.is_some(), "`right-molar`"),
            (self.left_molar.is_some(), "`left-molar`"),
            (self.matrix.is_some(), "`matrix`"),
        ];
        let given: Vec<&str> = given
            .iter()
            .filter(|(is, _)| *is)
            .map(|(_, name)| *name)
            .collect();
        if given.is_empty() {
            "nothing".to_owned()
        } else {
            given.join(" and ")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Edits::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn an_unknown_key_is_named() {
        assert!(error("[bite]\nkind = \"estimated\"\nkin = 1\n").contains("`kin`"));
        assert!(error("[orientatoin.upper]\n").contains("`orientatoin`"));
        assert!(error("[[scan]]\nsha256 = \"0123456789\"\n\nrolle = \"upper\"\n").contains("line 4"));
    }

    #[test]
    fn values_that_mean_nothing_are_refused() {
        assert!(error("[[scan]]\nsha256 = \"12\"\n").contains("eight"));
        assert!(error("[[scan]]\nsha256 = \"0123456789\"\nunit = \"furlong\"\n").contains("furlong"));
        let twice = "[[scan]]\nsha256 = \"0123456789\"\n[[scan]]\nsha256 = \"01234567\"\n";
        assert!(error(twice).contains("two entries"));
        assert!(error("[orientation.upper]\nincisors = [1.0, 2.0, 3.0]\n").contains("`incisors`"));
        let line = "[orientation.lower]\nincisors = [0.0, 0.0, 0.0]\nright-molar = [-20.0, 0.0, 0.0]\n\
                    left-molar = [20.0, 1.0, 0.0]\n";
        assert!(error(line).contains("orientation.lower"));
    }

    #[test]
    fn a_mirror_is_no_motion() {
        let mirror = "[orientation.upper]\nmatrix = [[-1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], \
                      [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]\n";
        assert!(error(mirror).contains("mirrors"));
    }
}
