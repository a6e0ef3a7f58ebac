//! Why a file is not accepted as a scan. No message repeats a file's name or content.

use std::fmt;

use stonecast_dental::ScanRole;
use stonecast_mesh::formats::DecodeError;
use thiserror::Error;

use super::SizeAs;

/// How a scan is called in a message: by its role where that is known, else by its place among the files given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScanName {
    /// "the upper scan"
    Role(ScanRole),
    /// "scan 2", counted from 1.
    Number(usize),
    /// "the scan", when there is only one.
    Only,
}

impl ScanName {
    pub(super) fn of(role: Option<ScanRole>, number: Option<usize>) -> Self {
        match (role, number) {
            (Some(role), _) => Self::Role(role),
            (None, Some(number)) => Self::Number(number),
            (None, None) => Self::Only,
        }
    }
}

impl fmt::Display for ScanName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role(role) => write!(f, "the {role} scan"),
            Self::Number(number) => write!(f, "scan {number}"),
            Self::Only => f.write_str("the scan"),
        }
    }
}

/// A scan that is not accepted, and why.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("{scan}: {fault}")]
pub struct IntakeError {
    /// Which scan.
    pub scan: ScanName,
    /// Why.
    #[source]
    pub fault: IntakeFault,
}

/// Why a file is not accepted as a scan.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum IntakeFault {
    /// The file cannot be read.
    #[error(transparent)]
    Unreadable(#[from] DecodeError),
    /// The triangles have no area.
    #[error("the surface has no area: export the scan again")]
    NoSurface,
    /// Nothing declares the unit, and more than one gives the surface the size of an arch.
    #[error("the unit is ambiguous: {}: pass --unit {}", list(.alternatives), units(.alternatives))]
    UnitAmbiguous {
        /// The units that fit.
        alternatives: Vec<SizeAs>,
    },
    /// Nothing declares the unit, and none gives the surface the size of an arch.
    #[error("in no unit has the surface the size of an arch: {}: check that this is a scan of an arch, or pass --unit", list(.sizes))]
    UnitUnknown {
        /// The sizes in every unit tried.
        sizes: Vec<SizeAs>,
    },
    /// The declared unit does not give the surface the size of an arch.
    #[error("the file declares {}, and {declared}, which is not the size of an arch{}: pass --unit with the right unit",
        .declared.unit.symbol(), but(.alternatives))]
    UnitContradicted {
        /// The size in the declared unit.
        declared: SizeAs,
        /// The sizes in the units that fit.
        alternatives: Vec<SizeAs>,
    },
    /// No mouth is as large or small as the stated unit makes the surface.
    #[error("the unit is stated as {}, but {stated}, which no scan of a mouth is{}: correct --unit",
        .stated.unit.symbol(), but(.alternatives))]
    ImpossibleSize {
        /// The size in the stated unit.
        stated: SizeAs,
        /// The sizes in the units that fit.
        alternatives: Vec<SizeAs>,
    },
    /// Neither the user, nor the file's name, nor the shape tells what the scan shows.
    #[error(
        "what it shows cannot be told from the file's name or from the shape: pass it as --upper, --lower, \
         --bite-right or --bite-left"
    )]
    RoleUnknown,
    /// Two scans have the same role.
    #[error(
        "it shows the {role}, as {other} does: pass the files as --upper, --lower, --bite-right or --bite-left, and one of each"
    )]
    RoleTaken {
        /// The role.
        role: ScanRole,
        /// The other scan.
        other: ScanName,
    },
    /// One file with several scans was given where one scan is wanted.
    #[error(
        "the file holds {count} scans: export them one by one, or pass the file without saying what it shows"
    )]
    SeveralScans {
        /// How many.
        count: usize,
    },
}

/// The faults of several files.
#[derive(Clone, Debug, PartialEq, Error)]
#[error("{}", .faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct IntakeSetError {
    /// At least one, in the order of the files.
    pub faults: Vec<IntakeError>,
}

fn list(sizes: &[SizeAs]) -> String {
    sizes
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("; ")
}

fn units(sizes: &[SizeAs]) -> String {
    sizes
        .iter()
        .map(|s| s.unit.symbol())
        .collect::<Vec<_>>()
        .join(" or --unit ")
}

fn but(alternatives: &[SizeAs]) -> String {
    if alternatives.is_empty() {
        String::new()
    } else {
        format!("; {}", list(alternatives))
    }
}
