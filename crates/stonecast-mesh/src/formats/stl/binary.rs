//! Binary STL: an 80-byte header, a count, and 50 bytes a triangle.

use super::super::weld::Welder;
use super::super::{DecodeError, Decoded, Format, Limits, Note, NoteCode, Part, Place, mesh_of};
use crate::VertexId;

const PRELUDE: usize = 84;
const RECORD: usize = 50;

fn declared_count(bytes: &[u8]) -> Option<u64> {
    let count = bytes.get(80..PRELUDE)?;
    Some(u64::from(u32::from_le_bytes(count.try_into().ok()?)))
}

/// True when the declared count needs exactly the bytes that are there.
pub(super) fn size_fits(bytes: &[u8]) -> bool {
    declared_count(bytes).is_some_and(|n| n > 0 && n * RECORD as u64 + PRELUDE as u64 == bytes.len() as u64)
}

pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let mut notes = Vec::new();
    let body = body(bytes, limits, &mut notes)?;
    let count = body.len() / RECORD;
    let max = limits.max_coordinate as f32;
    let mut welder = Welder::with_expected(count / 2 + count / 16);
    let mut faces = Vec::with_capacity(count);
    let mut bad_corners = 0u64;
    let mut first_bad = None;
    let mut attributes = 0u16;
    for (i, record) in body.chunks_exact(RECORD).enumerate() {
        let corners = [12, 24, 36].map(|at| corner(record, at));
        // False for NaN too.
        let sound = |corner: &[f32; 3]| corner.iter().all(|c| c.abs() <= max);
        if corners.iter().all(sound) {
            faces.push(corners.map(|c| welder.vertex(c)));
        } else {
            bad_corners += corners.iter().filter(|c| !sound(c)).count() as u64;
            first_bad.get_or_insert(PRELUDE + i * RECORD);
        }
        attributes |= u16::from_le_bytes([record[48], record[49]]);
    }
    if let Some(byte) = first_bad {
        return Err(DecodeError::NotFinite {
            format: Format::Stl,
            first: Place::Byte(byte as u64),
            count: bad_corners,
            max: limits.max_coordinate,
        });
    }
    if attributes != 0 {
        let message = "attribute bytes of the triangles (colour in some programs) are not kept";
        notes.push(Note::new(
            NoteCode::NotKept,
            Place::Byte(PRELUDE as u64 + 48),
            message,
        ));
    }
    finish(welder, faces, limits, notes)
}

/// The triangles' bytes, once count and size agree.
fn body<'a>(bytes: &'a [u8], limits: &Limits, notes: &mut Vec<Note>) -> Result<&'a [u8], DecodeError> {
    let Some(count) = declared_count(bytes) else {
        return Err(DecodeError::Truncated {
            format: Format::Stl,
            place: Place::Byte(0),
            what: "the header of a binary file",
            needed: PRELUDE as u64,
            available: bytes.len() as u64,
        });
    };
    let body = &bytes[PRELUDE..];
    let needed = count * RECORD as u64;
    if needed > body.len() as u64 {
        return Err(DecodeError::Truncated {
            format: Format::Stl,
            place: Place::Byte(PRELUDE as u64),
            what: "the declared count of triangles",
            needed,
            available: body.len() as u64,
        });
    }
    let surplus = body.len() as u64 - needed;
    if surplus > 0 && surplus.is_multiple_of(RECORD as u64) {
        let held = body.len() / RECORD;
        return Err(DecodeError::malformed(
            Format::Stl,
            Place::Byte(80),
            format!("a count of {held} triangles, as the size has room for, instead of {count}"),
        ));
    }
    if count == 0 {
        return Err(DecodeError::empty(Format::Stl, "the file declares 0 triangles"));
    }
    DecodeError::check_limit(Format::Stl, Place::Byte(80), "triangles", count, limits.max_faces)?;
    if super::says_solid(bytes) {
        let message = "the header says \"solid\" as an ASCII file would, but the content is binary";
        notes.push(Note::new(NoteCode::LyingHeader, Place::Byte(0), message));
    }
    if surplus > 0 {
        let place = Place::Byte(PRELUDE as u64 + needed);
        let message = format!("{surplus} bytes after the last triangle are ignored");
        notes.push(Note::new(NoteCode::TrailingBytes, place, message));
    }
    Ok(&body[..needed as usize])
}

#[inline]
fn corner(record: &[u8], at: usize) -> [f32; 3] {
    [0, 4, 8].map(|offset| {
        let bytes: [u8; 4] = record[at + offset..at + offset + 4]
            .try_into()
            .expect("the range is four bytes long");
        f32::from_le_bytes(bytes)
    })
}

fn finish(
    welder: Welder,
    faces: Vec<[VertexId; 3]>,
    limits: &Limits,
    notes: Vec<Note>,
) -> Result<Decoded, DecodeError> {
    let mesh = mesh_of(Format::Stl, welder.into_points(), faces, limits)?;
    Ok(Decoded {
        format: Format::Stl,
        parts: vec![Part::from_mesh(mesh)],
        declared_unit: None,
        notes,
    })
}
