//! Where data come from: the acquisition of a scan, the standing of a table row.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Jaw, Side};

/// What a scan shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScanRole {
    /// The upper arch.
    Upper,
    /// The lower arch.
    Lower,
    /// Both arches closed together, seen from the cheek on the patient's right.
    BiteRight,
    /// Both arches closed together, seen from the cheek on the patient's left.
    BiteLeft,
}

impl ScanRole {
    /// The arch that the scan shows; `None` for a bite scan, which shows parts of both.
    pub fn jaw(self) -> Option<Jaw> {
        match self {
            Self::Upper => Some(Jaw::Upper),
            Self::Lower => Some(Jaw::Lower),
            Self::BiteRight | Self::BiteLeft => None,
        }
    }

    /// The side of a bite scan; `None` for an arch.
    pub fn side(self) -> Option<Side> {
        match self {
            Self::BiteRight => Some(Side::Right),
            Self::BiteLeft => Some(Side::Left),
            Self::Upper | Self::Lower => None,
        }
    }

    /// `upper`, `lower`, `bite-right` or `bite-left`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upper => "upper",
            Self::Lower => "lower",
            Self::BiteRight => "bite-right",
            Self::BiteLeft => "bite-left",
        }
    }
}

impl From<Jaw> for ScanRole {
    fn from(jaw: Jaw) -> Self {
        match jaw {
            Jaw::Upper => Self::Upper,
            Jaw::Lower => Self::Lower,
        }
    }
}

impl fmt::Display for ScanRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How a scan was made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AcquisitionMethod {
    /// Scanned in the mouth.
    IntraoralScan,
    /// A stone cast, scanned on a desktop scanner.
    DesktopScanOfStoneCast,
    /// An impression, scanned on a desktop scanner.
    DesktopScanOfImpression,
    /// Made by this program's generator, from no patient.
    Synthetic,
    /// Nobody said. Never filled in by guess.
    #[default]
    NotStated,
}

/// What is known of how, when and with what a scan was made. What nobody stated stays `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acquisition {
    /// How.
    pub method: AcquisitionMethod,
    /// The scanner's make and model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scanner: Option<String>,
    /// When, as RFC 3339 date or date and time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

/// How well a table row is founded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowStatus {
    /// Read in the source that the row names.
    Verified,
    /// Read in a text about the source.
    Secondary,
    /// General knowledge, or a choice of ours: a result that rests on it says so.
    Unverified,
}
