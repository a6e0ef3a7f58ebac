//! Reads and writes surface files.
//!
//! [`decode`] tells the format by the content and takes the extension only as a hint. Readers work on the bytes
//! in memory without copying them, believe no count that the bytes cannot back (see [`Limits`]), and answer
//! every fault with a [`DecodeError`] that names the place and what to do. What they tolerate they list as
//! [`Note`]s.
//!
//! Indexed formats keep the file's vertices in the file's order and number, because label files name vertices
//! by index. STL has no index, and glTF must split vertices at texture seams: those two are welded, bit-identical
//! corners only.
//!
//! | format | read | write |
//! |---|---|---|
//! | STL | [`read_stl`] | [`encode_stl`], [`write_stl`] |
//! | PLY | [`read_ply`] | [`encode_ply`], [`write_ply`] |
//! | OBJ | [`read_obj`], [`read_mtl`] | [`encode_obj`], [`write_obj`] |
//! | OFF | [`read_off`] | |
//! | 3MF | [`read_threemf`] | [`encode_threemf`], [`write_threemf`] |
//! | glTF, GLB | [`read_gltf`], [`read_glb`] | [`encode_glb`], [`write_glb`], [`encode_animated_glb`] |
//! | VTP | [`read_vtp`] | |
//! | 3Shape HPS | [`read_hps`] | |
//! | zip | [`read_zip`] | |

mod archive;
mod encode;
mod error;
mod format;
mod gltf;
mod hps;
mod limits;
mod obj;
mod off;
mod package;
mod part;
mod ply;
mod polygon;
mod sniff;
mod stl;
mod threemf;
mod tokens;
mod vtp;
mod weld;
mod xml;

pub use archive::read_zip;
pub use encode::{EncodeError, encode};
pub use error::{DecodeError, Place};
pub use format::Format;
pub use gltf::{
    AnimatedScene, AnimationError, Clip, Keyframe, Track, UpAxis, encode_animated_glb, encode_glb, read_glb,
    read_gltf, write_glb,
};
pub use hps::read_hps;
pub use limits::Limits;
pub use obj::{Material, encode_obj, read_mtl, read_obj, write_obj};
pub use off::read_off;
pub use part::{DeclaredUnit, Decoded, Note, NoteCode, Part, Texture};
pub use ply::{PlyCoordinates, PlyEncoding, PlyOptions, encode_ply, read_ply, write_ply};
pub use stl::{encode_stl, read_stl, write_stl};
pub use threemf::{encode_threemf, read_threemf, write_threemf};
pub use vtp::read_vtp;

use self::package::Budget;
use crate::{Point, TriMesh, VertexId};

/// Reads a file of any known format.
///
/// The content decides; `hint`, the format of the file's extension, is asked only where the content fits several
/// formats or none. A hint that turns out wrong is noted.
///
/// ```
/// use stonecast_mesh::formats::{self, Format, Limits};
/// let text = b"solid t\nfacet normal 0 0 1\nouter loop\nvertex 0 0 0\nvertex 1 0 0\nvertex 0 1 0\nendloop\nendfacet\nendsolid t\n";
/// let decoded = formats::decode(text, None, &Limits::default())?;
/// assert_eq!(decoded.format, Format::Stl);
/// assert_eq!(decoded.parts[0].mesh.face_count(), 1);
/// # Ok::<(), formats::DecodeError>(())
/// ```
///
/// # Errors
/// The first fault that cannot be tolerated; see [`DecodeError`].
pub fn decode(bytes: &[u8], hint: Option<Format>, limits: &Limits) -> Result<Decoded, DecodeError> {
    decode_within(bytes, hint, limits, &mut Budget::default(), 0)
}

/// [`decode`] for a file that lies within `archives` archives and shares their budget.
fn decode_within(
    bytes: &[u8],
    hint: Option<Format>,
    limits: &Limits,
    budget: &mut Budget,
    archives: u32,
) -> Result<Decoded, DecodeError> {
    let format = Format::sniff(bytes).or(hint).ok_or(DecodeError::UnknownFormat)?;
    DecodeError::check_limit(format, Place::File, "bytes", bytes.len() as u64, limits.max_bytes)?;
    let mut decoded = match format {
        Format::Stl => read_stl(bytes, limits),
        Format::Ply => read_ply(bytes, limits),
        Format::Obj => read_obj(bytes, limits),
        Format::Off => read_off(bytes, limits),
        Format::ThreeMf => threemf::read_within(bytes, limits, budget),
        Format::Gltf => read_gltf(bytes, limits),
        Format::Glb => read_glb(bytes, limits),
        Format::Zip => archive::read_within(bytes, limits, budget, archives + 1),
        Format::Vtp => read_vtp(bytes, limits),
        Format::Hps => read_hps(bytes, limits),
    }?;
    if let Some(hint) = hint.filter(|&hint| hint != format) {
        let message = format!("the content is {format}, not {hint} as the extension says");
        decoded
            .notes
            .insert(0, Note::new(NoteCode::ExtensionDiffers, Place::File, message));
    }
    Ok(decoded)
}

/// The mesh of a reader's arrays, once its points are finite and in range.
fn mesh_of(
    format: Format,
    points: Vec<Point>,
    faces: Vec<[VertexId; 3]>,
    limits: &Limits,
) -> Result<TriMesh, DecodeError> {
    // False for NaN too.
    let sound = |p: &Point| p.coords.iter().all(|c| c.abs() <= limits.max_coordinate);
    if let Some(first) = points.iter().position(|p| !sound(p)) {
        return Err(DecodeError::NotFinite {
            format,
            first: Place::Item {
                kind: "vertex",
                index: first as u64,
            },
            count: points.iter().filter(|p| !sound(p)).count() as u64,
            max: limits.max_coordinate,
        });
    }
    if faces.is_empty() {
        let found = format!("{} vertices and no face", points.len());
        return Err(DecodeError::empty(format, found));
    }
    TriMesh::new(points, faces).map_err(|source| DecodeError::Mesh { format, source })
}

/// A name of the file as text; invalid UTF-8 is replaced, with a note.
fn text_of(bytes: &[u8], place: Place, notes: &mut Vec<Note>) -> String {
    let text = String::from_utf8_lossy(bytes);
    let noted = notes.iter().any(|n| n.code == NoteCode::BadText);
    if matches!(text, std::borrow::Cow::Owned(_)) && !noted {
        let message = "a name that is not valid UTF-8 was read with replacement characters";
        notes.push(Note::new(NoteCode::BadText, place, message));
    }
    text.into_owned()
}
