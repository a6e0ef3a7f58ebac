//! OFF: a header word, three counts, vertices, and faces that begin with their number of corners.
//!
//! **Units** the file's; OFF declares none.
//! **Steps** 1. The header word tells what a vertex line holds: `C` colours, `N` normals, `ST` texture
//! coordinates. 2. Vertices and faces are read line by line. 3. Polygons are cut ([`super::polygon`]).
//!
//! **Limits** Four-dimensional (`4OFF`, `nOFF`) and binary files are refused. Colours of faces and texture
//! coordinates of vertices are not kept.
//!
//! **References** Geomview manual, section "OFF: object file format", Geometry Center, 1996.

use super::polygon::FaceList;
use super::tokens::{Tokens, parse_real, words};
use super::{DecodeError, Decoded, Format, Limits, Note, NoteCode, Part, Place, mesh_of};
use crate::{Point, VertexData, VertexId};

/// What a vertex line holds.
struct Layout {
    colours: bool,
    normals: bool,
}

/// True for the header words of this format.
pub(super) fn is_magic(word: &[u8]) -> bool {
    prefix(word).is_some()
}

/// The letters before "OFF".
fn prefix(word: &[u8]) -> Option<&[u8]> {
    let prefix = word.strip_suffix(b"OFF")?;
    let rest = prefix.strip_prefix(b"ST").unwrap_or(prefix);
    let rest = rest.strip_prefix(b"C").unwrap_or(rest);
    let rest = rest.strip_prefix(b"N").unwrap_or(rest);
    matches!(rest, b"" | b"4" | b"n" | b"4n").then_some(prefix)
}

/// Reads an OFF file: one part, with the file's vertices in the file's order and number.
///
/// # Errors
/// Counts that the size contradicts, lines that break the rules, coordinates that are not finite, no face.
pub fn read_off(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut tokens = Tokens::new(Format::Off, bytes, 1, Some(b'#'));
    let layout = layout(&mut tokens)?;
    let vertex_count = count(&mut tokens, "vertices", limits.max_vertices)?;
    let face_count = count(&mut tokens, "faces", limits.max_faces)?;
    // The count of edges says nothing that the faces do not, and many writers put 0.
    tokens.rest_of_line();
    // A vertex takes at least "0 0 0\n", a face "3 0 1 2\n"; the last line end may lack.
    let needed = 6 * vertex_count + 8 * face_count;
    let available = tokens.remaining() as u64 + 1;
    if needed > available {
        return Err(DecodeError::Truncated {
            format: Format::Off,
            place: tokens.place(),
            what: "the declared count of vertices and faces",
            needed,
            available,
        });
    }
    let mut notes = Vec::new();
    let vertices = vertices(&mut tokens, &layout, vertex_count, &mut notes)?;
    let list = faces(&mut tokens, face_count, limits, &mut notes)?;
    if tokens.peek().is_some() {
        let message = "text after the last face is ignored";
        notes.push(Note::new(NoteCode::TrailingBytes, tokens.place(), message));
    }
    let triangles = list.triangulate(Format::Off, &vertices.points, limits, &mut notes)?;
    let mesh = mesh_of(Format::Off, vertices.points, triangles.faces, limits)?;
    let part = Part {
        colours: colours(vertices.colours, &mut notes),
        normals: layout.normals.then(|| VertexData::from_vec(vertices.normals)),
        ..Part::from_mesh(mesh)
    };
    Ok(Decoded {
        format: Format::Off,
        parts: vec![part],
        declared_unit: None,
        notes,
    })
}

fn layout(tokens: &mut Tokens<'_>) -> Result<Layout, DecodeError> {
    let magic = tokens.next_word().unwrap_or_default();
    let prefix = prefix(magic).ok_or_else(|| tokens.expected("a header word such as \"OFF\" or \"COFF\""))?;
    if prefix.contains(&b'4') || prefix.contains(&b'n') {
        let remedy = "export the scan as STL or PLY";
        return Err(DecodeError::unsupported(
            Format::Off,
            tokens.place(),
            "a space of other than three dimensions",
            remedy,
        ));
    }
    if tokens.peek() == Some(b"BINARY") {
        let remedy = "export the scan as binary STL or PLY";
        return Err(DecodeError::unsupported(
            Format::Off,
            tokens.place(),
            "the binary form",
            remedy,
        ));
    }
    Ok(Layout {
        colours: prefix.contains(&b'C'),
        normals: prefix.contains(&b'N'),
    })
}

fn count(tokens: &mut Tokens<'_>, what: &'static str, limit: u64) -> Result<u64, DecodeError> {
    let count = tokens.whole("the counts of vertices, faces and edges")?;
    let count = u64::try_from(count).map_err(|_| tokens.expected("a count of 0 or more"))?;
    DecodeError::check_limit(Format::Off, tokens.place(), what, count, limit)?;
    Ok(count)
}

/// The next line that holds more than a comment.
fn content_line<'a>(tokens: &mut Tokens<'a>, what: &'static str) -> Result<&'a [u8], DecodeError> {
    // Peeking skips blank lines and comments; reading from the first word keeps the line whole.
    if !tokens.seek_content() {
        return Err(tokens.expected(what));
    }
    let line = tokens.rest_of_line();
    Ok(line.split(|&b| b == b'#').next().unwrap_or_default())
}

#[derive(Default)]
struct Vertices {
    points: Vec<Point>,
    normals: Vec<[f32; 3]>,
    /// The values, and whether one of them is written with a point.
    colours: Vec<[f32; 3]>,
}

fn vertices(
    tokens: &mut Tokens<'_>,
    layout: &Layout,
    count: u64,
    notes: &mut Vec<Note>,
) -> Result<Vertices, DecodeError> {
    let mut out = Vertices::default();
    out.points.reserve_exact(count as usize);
    let mut surplus = None;
    for _ in 0..count {
        let place = tokens.place();
        let line = content_line(tokens, "a line for every declared vertex")?;
        let mut values = words(line).map(|w| {
            parse_real(w).ok_or_else(|| DecodeError::malformed(Format::Off, place, "numbers of a vertex"))
        });
        let mut next = |what: &'static str| {
            values
                .next()
                .unwrap_or_else(|| Err(DecodeError::malformed(Format::Off, place, what)))
        };
        let coordinate = "three coordinates of a vertex";
        out.points.push(Point::new(
            next(coordinate)?,
            next(coordinate)?,
            next(coordinate)?,
        ));
        if layout.normals {
            let normal = "three numbers of a normal";
            out.normals
                .push([next(normal)? as f32, next(normal)? as f32, next(normal)? as f32]);
        }
        if layout.colours {
            let colour = "three or four numbers of a colour";
            out.colours
                .push([next(colour)? as f32, next(colour)? as f32, next(colour)? as f32]);
        } else if surplus.is_none() && values.next().is_some() {
            surplus = Some(place);
        }
    }
    if let Some(place) = surplus {
        let message = "numbers behind the coordinates that the header does not announce are not kept";
        notes.push(Note::new(NoteCode::NotKept, place, message));
    }
    Ok(out)
}

/// Whole numbers from 0 to 255, or real ones from 0 to 1 when none is greater.
fn colours(values: Vec<[f32; 3]>, notes: &mut Vec<Note>) -> Option<VertexData<[u8; 3]>> {
    if values.is_empty() {
        return None;
    }
    if values.iter().flatten().any(|c| !c.is_finite()) {
        notes.push(Note::new(
            NoteCode::NotKept,
            Place::File,
            "colours that are no numbers are not kept",
        ));
        return None;
    }
    let unit = values.iter().flatten().all(|&c| c <= 1.0);
    let scale = if unit { 255.0 } else { 1.0 };
    let colour = |c: [f32; 3]| c.map(|c| (c * scale).round() as u8);
    Some(VertexData::from_vec(values.into_iter().map(colour).collect()))
}

fn faces(
    tokens: &mut Tokens<'_>,
    count: u64,
    limits: &Limits,
    notes: &mut Vec<Note>,
) -> Result<FaceList, DecodeError> {
    let mut list = FaceList::with_capacity(count as usize);
    let mut corners = Vec::new();
    let mut coloured = None;
    for _ in 0..count {
        let declared = tokens.whole("a face: its number of corners, then their vertices")?;
        let declared = u64::try_from(declared).map_err(|_| tokens.expected("a number of corners"))?;
        let place = tokens.place();
        DecodeError::check_limit(
            Format::Off,
            place,
            "corners of one polygon",
            declared,
            limits.max_polygon_corners,
        )?;
        corners.clear();
        for _ in 0..declared {
            let index = tokens.whole("a vertex number for every corner")?;
            let index = u32::try_from(index).map_err(|_| tokens.expected("a vertex number of 0 or more"))?;
            corners.push(VertexId(index));
        }
        list.push(&corners);
        let bound = list.triangle_bound();
        DecodeError::check_limit(Format::Off, place, "triangles", bound, limits.max_faces)?;
        let rest = tokens.rest_of_line();
        if coloured.is_none() && words(rest).next().is_some_and(|w| !w.starts_with(b"#")) {
            coloured = Some(place);
        }
    }
    if let Some(place) = coloured {
        notes.push(Note::new(
            NoteCode::NotKept,
            place,
            "colours of faces are not kept",
        ));
    }
    Ok(list)
}
