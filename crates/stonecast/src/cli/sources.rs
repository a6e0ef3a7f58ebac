//! The files that a command reads.

use std::{fs, path::Path};

use stonecast_mesh::formats::{self, Decoded, Format, Limits};

use super::{Failure, Fault};

/// How a file is called in messages: by the option or the place at which it was given.
pub(super) fn place_name(index: usize, count: usize) -> String {
    if count == 1 {
        "the file".to_owned()
    } else {
        format!("file {}", index + 1)
    }
}

/// The bytes of a file.
pub(super) fn read(path: &Path, name: &str) -> Result<Vec<u8>, Fault> {
    fs::read(path).map_err(|e| {
        Fault::new(
            "input.unreadable",
            format!("{name} cannot be read ({e}): check the path"),
        )
    })
}

/// The text of the corrections.
pub(super) fn read_edits(path: &Path) -> Result<String, Failure> {
    let bytes = read(path, "--edits").map_err(|fault| Failure::Refused(vec![fault]))?;
    String::from_utf8(bytes).map_err(|_| {
        Failure::refused(
            "edits.encoding",
            "--edits: the file is not UTF-8 text: save it as UTF-8",
        )
    })
}

/// The bytes and the content of a surface file.
pub(super) fn read_surface(path: &Path, name: &str) -> Result<(Vec<u8>, Decoded), Fault> {
    let bytes = read(path, name)?;
    let decoded = formats::decode(&bytes, format_hint(path), &Limits::default())
        .map_err(|e| Fault::new("input.format", format!("{name}: {e}")))?;
    Ok((bytes, decoded))
}

/// The format that a path's extension promises.
pub(super) fn format_hint(path: &Path) -> Option<Format> {
    Format::from_extension(path.extension()?.to_str()?)
}

/// Every result, or every fault.
pub(super) fn all_or_faults<T>(
    results: impl IntoIterator<Item = Result<T, Fault>>,
) -> Result<Vec<T>, Vec<Fault>> {
    let mut values = Vec::new();
    let mut faults = Vec::new();
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok(values)
    } else {
        Err(faults)
    }
}

/// A unit of length on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Unit {
    /// Millimetres
    Mm,
    /// Centimetres
    Cm,
    /// Metres
    M,
    /// Micrometres
    Um,
    /// Inches
    In,
}

impl From<Unit> for stonecast_cast::scan::LengthUnit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Mm => Self::Millimetre,
            Unit::Cm => Self::Centimetre,
            Unit::M => Self::Metre,
            Unit::Um => Self::Micrometre,
            Unit::In => Self::Inch,
        }
    }
}

impl From<Unit> for formats::DeclaredUnit {
    fn from(unit: Unit) -> Self {
        match unit {
            Unit::Mm => Self::Millimetre,
            Unit::Cm => Self::Centimetre,
            Unit::M => Self::Metre,
            Unit::Um => Self::Micrometre,
            Unit::In => Self::Inch,
        }
    }
}

/// Refuses to write where something already is, unless `force`.
pub(super) fn check_output(path: &Path, what: &str, force: bool) -> Result<(), Failure> {
    if path.exists() && !force {
        return Err(Failure::refused(
            "output.exists",
            format!("{what} exists: choose another name, or pass --force to replace it"),
        ));
    }
    Ok(())
}
