//! Reads the elements in the file's order and puts the part together.

use super::super::polygon::Triangulated;
use super::super::tokens::Tokens;
use super::super::{DecodeError, Decoded, Format, Limits, Note, NoteCode, Part, Place, Texture, mesh_of};
use super::header::{self, Encoding, Header};
use super::rows::{self, Faces, Vertices};
use super::source::{Binary, Source};
use crate::{FaceData, VertexData};

/// Reads a PLY file: one part, with the file's vertices in the file's order and number.
///
/// # Errors
/// A header that breaks the rules, counts that the size contradicts, vertex numbers out of range, coordinates
/// that are not finite, no triangle at all.
pub fn read_ply(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let mut notes = Vec::new();
    let header = header::parse(bytes, limits, &mut notes)?;
    match header.encoding {
        Encoding::Ascii => {
            let mut source = Tokens::new(Format::Ply, &bytes[header.body..], header.body_line, None);
            read(&mut source, &header, limits, notes)
        }
        Encoding::LittleEndian | Encoding::BigEndian => {
            let big_endian = header.encoding == Encoding::BigEndian;
            read(
                &mut Binary::new(bytes, header.body, big_endian),
                &header,
                limits,
                notes,
            )
        }
    }
}

fn read(
    source: &mut impl Source,
    header: &Header,
    limits: &Limits,
    mut notes: Vec<Note>,
) -> Result<Decoded, DecodeError> {
    let mut vertices = None;
    let mut faces = Faces::default();
    let mut has_faces = false;
    for element in &header.elements {
        source.check_rows(element)?;
        match element.name.as_str() {
            "vertex" if vertices.is_none() => {
                vertices = Some(rows::vertices(source, element, limits, &mut notes)?);
            }
            "face" if !has_faces => {
                has_faces = true;
                faces = rows::faces(source, element, limits, &mut notes)?;
            }
            "tristrips" if !has_faces => {
                has_faces = true;
                rows::strips(source, element, limits, &mut faces.list)?;
            }
            _ => skip_element(source, element, &mut notes)?,
        }
    }
    let left = source.remaining();
    if left > 0 && !matches!(header.encoding, Encoding::Ascii) {
        let message = format!("{left} bytes after the last element are ignored");
        notes.push(Note::new(NoteCode::TrailingBytes, source.place(), message));
    }
    let vertices = vertices.ok_or_else(|| DecodeError::empty(Format::Ply, "the file has no vertices"))?;
    if !has_faces || faces.list.rows() == 0 {
        let found = format!("{} vertices and no face", vertices.points.len());
        return Err(DecodeError::empty(Format::Ply, found));
    }
    assemble(vertices, faces, header, limits, notes)
}

fn skip_element(
    source: &mut impl Source,
    element: &header::Element,
    notes: &mut Vec<Note>,
) -> Result<(), DecodeError> {
    if element.properties.is_empty() {
        return Ok(());
    }
    for _ in 0..element.count {
        for property in &element.properties {
            let count = match property.list {
                Some(count) => source.list_count(count, property.item)?,
                None => 1,
            };
            source.skip(property.item, count)?;
        }
    }
    let message = "an element other than vertices and faces is not kept";
    notes.push(Note::new(NoteCode::NotKept, Place::Line(element.line), message));
    Ok(())
}

fn assemble(
    vertices: Vertices,
    faces: Faces,
    header: &Header,
    limits: &Limits,
    mut notes: Vec<Note>,
) -> Result<Decoded, DecodeError> {
    let Faces {
        list,
        texture,
        labels,
    } = faces;
    let triangles = list.triangulate(Format::Ply, &vertices.points, limits, &mut notes)?;
    let coordinates = texture.of_faces(&triangles, &mut notes);
    let face_labels = labels
        .into_iter()
        .map(|(name, rows)| (name, spread(&triangles, &rows)))
        .collect();
    let mesh = mesh_of(Format::Ply, vertices.points, triangles.faces, limits)?;
    let texture = (coordinates.is_some() || header.texture_file.is_some()).then(|| Texture {
        image: header.texture_file.clone(),
        coordinates,
        ..Texture::default()
    });
    let part = Part {
        name: None,
        mesh,
        colours: some_data(vertices.colours),
        normals: some_data(vertices.normals),
        scalars: named(vertices.scalars),
        labels: named(vertices.labels),
        face_labels,
        texture,
    };
    Ok(Decoded {
        format: Format::Ply,
        parts: vec![part],
        declared_unit: None,
        notes,
    })
}

/// One value per row as one per triangle.
fn spread(triangles: &Triangulated, rows: &[i32]) -> FaceData<i32> {
    let of_face = |f: usize| rows[triangles.origin(f).row as usize];
    FaceData::from_vec((0..triangles.faces.len()).map(of_face).collect())
}

fn some_data<T>(values: Vec<T>) -> Option<VertexData<T>> {
    (!values.is_empty()).then(|| VertexData::from_vec(values))
}

fn named<T>(columns: Vec<(String, Vec<T>)>) -> Vec<(String, VertexData<T>)> {
    columns
        .into_iter()
        .map(|(name, values)| (name, VertexData::from_vec(values)))
        .collect()
}
