//! Why a file could not be read, where, and what to do.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

use super::Format;
use crate::MeshError;

/// Where in a file something was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// The file as a whole.
    File,
    /// A byte, counted from 0.
    Byte(u64),
    /// A line, counted from 1.
    Line(u64),
    /// An XML element that starts near a byte.
    Element {
        /// The element's name in the format's schema.
        name: &'static str,
        /// The byte at which the parser stood, counted from 0 in the XML text.
        byte: u64,
    },
    /// A numbered thing of the format (`vertex`, `face`, `accessor`, `node`), counted from 0.
    Item {
        /// What is counted.
        kind: &'static str,
        /// Its number.
        index: u64,
    },
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("whole file"),
            Self::Byte(byte) => write!(f, "byte {byte}"),
            Self::Line(line) => write!(f, "line {line}"),
            Self::Element { name, byte } => write!(f, "element <{name}> near byte {byte}"),
            Self::Item { kind, index } => write!(f, "{kind} {index}"),
        }
    }
}

/// Why a file could not be read. The text names the format, the place, what was expected and what to do; it
/// never quotes the file, which may name a patient.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Neither the content nor the extension fits a known format.
    #[error(
        "the content fits none of STL, PLY, OBJ, OFF, 3MF, glTF, GLB, VTP, zip or 3Shape HPS: \
         export the scan as binary STL or PLY"
    )]
    UnknownFormat,
    /// The file breaks its format's rules.
    #[error(
        "{format}, {place}: expected {expected}: export the scan again, as binary STL or PLY if this repeats"
    )]
    Malformed {
        /// The format it was read as.
        format: Format,
        /// Where.
        place: Place,
        /// What should have stood there.
        expected: Cow<'static, str>,
    },
    /// The file ends before what it declares.
    #[error(
        "{format}, {place}: {what} needs {needed} bytes but {available} are left: the file is cut short or its \
         count is wrong; copy it again from the scanner, or export it again"
    )]
    Truncated {
        /// The format it was read as.
        format: Format,
        /// Where the missing part should start.
        place: Place,
        /// What is cut short.
        what: &'static str,
        /// How many bytes it should take.
        needed: u64,
        /// How many there are.
        available: u64,
    },
    /// More than a limit allows.
    #[error(
        "{format}, {place}: {declared} {what}, more than the limit of {limit}: simplify the model, or raise the limit"
    )]
    TooLarge {
        /// The format it was read as.
        format: Format,
        /// Where.
        place: Place,
        /// What there is too much of.
        what: &'static str,
        /// How much the file declares.
        declared: u64,
        /// How much is allowed.
        limit: u64,
    },
    /// Coordinates that are no numbers, infinite, or out of all proportion.
    #[error(
        "{format}, {first}: {count} coordinate triple(s) not finite or beyond {max:e}, this is the first: \
         the scan is damaged; export it again"
    )]
    NotFinite {
        /// The format it was read as.
        format: Format,
        /// The first one.
        first: Place,
        /// How many vertices (or triangle corners, in STL) are concerned.
        count: u64,
        /// The largest coordinate allowed.
        max: f64,
    },
    /// No triangle at all.
    #[error("{format}: {found}, so there is no surface: export the scan as a surface (mesh), not as points")]
    Empty {
        /// The format it was read as.
        format: Format,
        /// What is there instead.
        found: Cow<'static, str>,
    },
    /// Valid, but of a kind that is not read.
    #[error("{format}, {place}: {what} is not supported: {remedy}")]
    Unsupported {
        /// The format it was read as.
        format: Format,
        /// Where.
        place: Place,
        /// What is not supported.
        what: Cow<'static, str>,
        /// What to do instead.
        remedy: &'static str,
    },
    /// An encrypted packed scan.
    #[error(
        "3Shape HPS: the scan is encrypted (schema {schema}), only the public schemas CA and CC can be read: in the \
         scanner software export it as STL (\"Export\", \"unencrypted STL\") or PLY, and read that file"
    )]
    Encrypted {
        /// The schema's two letters.
        schema: &'static str,
    },
    /// A file inside an archive could not be read.
    #[error("zip archive, file {entry} of {count}: {source}")]
    InArchive {
        /// The file's number in the archive, counted from 1. Its name may name a patient.
        entry: usize,
        /// How many the archive holds.
        count: usize,
        /// Why.
        source: Box<DecodeError>,
    },
    /// The numbers do not make a mesh.
    #[error("{format}: {source}: export the scan again")]
    Mesh {
        /// The format it was read as.
        format: Format,
        /// Why.
        source: MeshError,
    },
}

impl DecodeError {
    pub(crate) fn malformed(format: Format, place: Place, expected: impl Into<Cow<'static, str>>) -> Self {
        Self::Malformed {
            format,
            place,
            expected: expected.into(),
        }
    }

    pub(crate) fn unsupported(
        format: Format,
        place: Place,
        what: impl Into<Cow<'static, str>>,
        remedy: &'static str,
    ) -> Self {
        Self::Unsupported {
            format,
            place,
            what: what.into(),
            remedy,
        }
    }

    pub(crate) fn empty(format: Format, found: impl Into<Cow<'static, str>>) -> Self {
        Self::Empty {
            format,
            found: found.into(),
        }
    }

    /// An error when `declared` exceeds `limit`.
    pub(crate) fn check_limit(
        format: Format,
        place: Place,
        what: &'static str,
        declared: u64,
        limit: u64,
    ) -> Result<(), Self> {
        if declared <= limit {
            return Ok(());
        }
        Err(Self::TooLarge {
            format,
            place,
            what,
            declared,
            limit,
        })
    }
}
