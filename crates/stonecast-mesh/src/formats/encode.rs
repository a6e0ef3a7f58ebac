//! Writes any of the formats that have a writer.

use thiserror::Error;

use super::{DeclaredUnit, Format, Part, PlyCoordinates, PlyOptions};
use super::{encode_obj, encode_ply, encode_stl, encode_threemf, write_glb};

/// Why parts could not be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The format is read only.
    #[error("{0} is read but not written: write STL, PLY, OBJ, 3MF or GLB")]
    NotWritten(Format),
    /// A 32-bit format cannot hold the file.
    #[error("the {0} file would pass 4 GiB: write PLY, or simplify the model")]
    TooLarge(Format),
}

/// Writes parts in a format. STL and PLY hold one surface: several parts are joined ([`Part::joined`]). PLY is
/// written with 64-bit coordinates, so nothing is rounded; [`super::write_ply`] leaves the choice.
///
/// # Errors
/// A format without a writer; a GLB file beyond its bound of 4 GiB.
pub fn encode(format: Format, parts: &[Part], unit: DeclaredUnit) -> Result<Vec<u8>, EncodeError> {
    match format {
        Format::Stl => Ok(encode_stl(&Part::joined(parts).mesh)),
        Format::Ply => {
            let options = PlyOptions {
                coordinates: PlyCoordinates::F64,
                ..PlyOptions::default()
            };
            Ok(encode_ply(&Part::joined(parts), options))
        }
        Format::Obj => Ok(encode_obj(parts)),
        Format::ThreeMf => Ok(encode_threemf(parts, unit)),
        Format::Glb => {
            let mut bytes = Vec::new();
            write_glb(&mut bytes, parts, unit).map_err(|_| EncodeError::TooLarge(format))?;
            Ok(bytes)
        }
        Format::Off | Format::Gltf | Format::Vtp | Format::Zip | Format::Hps => {
            Err(EncodeError::NotWritten(format))
        }
    }
}
