//! What a reader gives: the parts of a file, what it says of its unit, and what had to be tolerated.

use super::{Format, Place};
use crate::{FaceData, TriMesh, VertexData};

/// A file, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoded {
    /// The format that the content turned out to be.
    pub format: Format,
    /// The surfaces in it, in the file's order; at least one, and each has a triangle.
    pub parts: Vec<Part>,
    /// The unit, where the file or its format says one.
    pub declared_unit: Option<DeclaredUnit>,
    /// Every irregularity that was tolerated.
    pub notes: Vec<Note>,
}

/// A unit of length that a file can declare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeclaredUnit {
    /// 0.001 mm.
    Micrometre,
    /// 1 mm.
    Millimetre,
    /// 10 mm.
    Centimetre,
    /// 25.4 mm.
    Inch,
    /// 304.8 mm.
    Foot,
    /// 1000 mm.
    Metre,
}

impl DeclaredUnit {
    /// How many millimetres one unit is.
    pub fn in_mm(self) -> f64 {
        match self {
            Self::Micrometre => 0.001,
            Self::Millimetre => 1.0,
            Self::Centimetre => 10.0,
            Self::Inch => 25.4,
            Self::Foot => 304.8,
            Self::Metre => 1000.0,
        }
    }
}

/// One surface of a file with what hangs on it. Coordinates are in the file's unit and frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    /// The name the file gives it. It may name a patient: never print it in an error.
    pub name: Option<String>,
    /// The surface.
    pub mesh: TriMesh,
    /// Colours, red green blue.
    pub colours: Option<VertexData<[u8; 3]>>,
    /// Normals as the file states them, not checked against the surface.
    pub normals: Option<VertexData<[f32; 3]>>,
    /// Other real numbers per vertex, by the file's name for them.
    pub scalars: Vec<(String, VertexData<f32>)>,
    /// Other whole numbers per vertex, by the file's name for them.
    pub labels: Vec<(String, VertexData<i32>)>,
    /// Whole numbers per face, by the file's name for them; the triangles of one polygon share its number.
    pub face_labels: Vec<(String, FaceData<i32>)>,
    /// The picture laid on the surface.
    pub texture: Option<Texture>,
}

impl Part {
    /// A part that is a mesh and nothing more.
    pub fn from_mesh(mesh: TriMesh) -> Self {
        Self {
            mesh,
            ..Self::default()
        }
    }
}

impl Part {
    /// Several parts as one, vertices not shared: with the colours, normals, scalars and labels that all of them
    /// have, without names and textures. A single part stays as it is.
    pub fn joined(parts: &[Self]) -> Self {
        if let [part] = parts {
            return part.clone();
        }
        Self {
            mesh: TriMesh::joined(parts.iter().map(|part| &part.mesh)),
            colours: joined(parts.iter().map(|p| p.colours.as_ref().map(VertexData::as_slice)))
                .map(VertexData::from_vec),
            normals: joined(parts.iter().map(|p| p.normals.as_ref().map(VertexData::as_slice)))
                .map(VertexData::from_vec),
            scalars: joined_named(parts, |p| &p.scalars, VertexData::as_slice, VertexData::from_vec),
            labels: joined_named(parts, |p| &p.labels, VertexData::as_slice, VertexData::from_vec),
            face_labels: joined_named(parts, |p| &p.face_labels, FaceData::as_slice, FaceData::from_vec),
            ..Self::default()
        }
    }
}

/// The values one after another; `None` unless every part has them.
fn joined<'a, T: Copy + 'a>(columns: impl Iterator<Item = Option<&'a [T]>>) -> Option<Vec<T>> {
    let columns: Option<Vec<&[T]>> = columns.collect();
    columns
        .filter(|columns| !columns.is_empty())
        .map(|columns| columns.concat())
}

/// The named columns of the first part that all parts have.
fn joined_named<T: Copy, D>(
    parts: &[Part],
    columns: impl Fn(&Part) -> &Vec<(String, D)>,
    values: impl Fn(&D) -> &[T],
    data: impl Fn(Vec<T>) -> D,
) -> Vec<(String, D)> {
    let Some(first) = parts.first() else {
        return Vec::new();
    };
    let named = |part, name: &String| {
        columns(part)
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, column)| values(column))
    };
    let whole = |name: &String| joined(parts.iter().map(|part| named(part, name)));
    let names = columns(first).iter().map(|(name, _)| name);
    names
        .filter_map(|name| Some((name.clone(), data(whole(name)?))))
        .collect()
}

impl From<TriMesh> for Part {
    fn from(mesh: TriMesh) -> Self {
        Self::from_mesh(mesh)
    }
}

/// A reference to a picture, and where on it each triangle lies. The picture itself is not read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Texture {
    /// The picture's file name, where the file (or the material library beside it) says one.
    pub image: Option<String>,
    /// The material library's file name (OBJ).
    pub library: Option<String>,
    /// The material's name (OBJ).
    pub material: Option<String>,
    /// The position on the picture of each face's three corners, origin as in the file's format; `None` where
    /// the file lays the picture on nothing.
    pub coordinates: Option<FaceData<[[f32; 2]; 3]>>,
}

/// An irregularity that a reader tolerated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Which one; stable, for programs.
    pub code: NoteCode,
    /// The same for people; never quotes the file.
    pub message: String,
    /// Where.
    pub place: Place,
}

impl Note {
    pub(crate) fn new(code: NoteCode, place: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            place,
        }
    }
}

/// The kinds of [`Note`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoteCode {
    /// A binary STL whose header begins with "solid", as an ASCII file would.
    LyingHeader,
    /// Bytes after the end of the content.
    TrailingBytes,
    /// The content is of another format than the extension says.
    ExtensionDiffers,
    /// A text file that lacks its closing words.
    MissingEnd,
    /// Something the format allows and this reader does not keep.
    NotKept,
    /// A polygon with fewer than three distinct corners, or a line or point element.
    NotASurface,
    /// A file in an archive that is no surface.
    Skipped,
    /// A checksum that does not match.
    Checksum,
    /// A name or text that is not valid UTF-8 and was replaced.
    BadText,
}
