//! Binary STL: an 80-byte header, a count, and 50 bytes a triangle.

use rayon::prelude::*;

use super::super::weld::Welder;
use super::super::{DecodeError, Decoded, Format, Limits, Note, NoteCode, Part, Place, mesh_of};
use crate::{Point, VertexId};

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
    let mut faces = vec![[VertexId(0); 3]; count];
    let per_piece = count.div_ceil(piece_count(count));
    let max = limits.max_coordinate as f32;
    let pieces: Vec<Piece> = faces
        .par_chunks_mut(per_piece)
        .zip(body.par_chunks(per_piece * RECORD))
        .map(|(faces, records)| weld_piece(records, faces, max))
        .collect();
    check_finite(&pieces, per_piece, limits)?;
    if pieces.iter().any(|piece| piece.attributes != 0) {
        let message = "attribute bytes of the triangles (colour in some programs) are not kept";
        notes.push(Note::new(
            NoteCode::NotKept,
            Place::Byte(PRELUDE as u64 + 48),
            message,
        ));
    }
    let points = join_pieces(pieces, &mut faces, per_piece);
    let mesh = mesh_of(Format::Stl, points, faces, limits)?;
    Ok(Decoded {
        format: Format::Stl,
        parts: vec![Part::from_mesh(mesh)],
        declared_unit: None,
        notes,
    })
}

/// Triangles below which a second thread costs more than it saves.
const LEAST_PIECE: usize = 32_768;

/// How many pieces to weld at once: joining them is done by one thread, so more than a few do not pay.
fn piece_count(triangles: usize) -> usize {
    rayon::current_num_threads()
        .min(4)
        .min(triangles / LEAST_PIECE)
        .max(1)
}

/// A run of triangles, welded within itself.
struct Piece {
    welder: Welder,
    bad_corners: u64,
    /// The triangle, counted within the piece.
    first_bad: Option<usize>,
    attributes: u16,
}

fn weld_piece(records: &[u8], faces: &mut [[VertexId; 3]], max: f32) -> Piece {
    let count = faces.len();
    let mut piece = Piece {
        welder: Welder::with_expected(count / 2 + count / 16),
        bad_corners: 0,
        first_bad: None,
        attributes: 0,
    };
    for (i, (face, record)) in faces.iter_mut().zip(records.as_chunks::<RECORD>().0).enumerate() {
        let corners = [12, 24, 36].map(|at| corner(record, at));
        // False for NaN too.
        let sound = |corner: &[f32; 3]| corner.iter().all(|c| c.abs() <= max);
        if corners.iter().all(sound) {
            *face = corners.map(|c| piece.welder.vertex(c));
        } else {
            piece.bad_corners += corners.iter().filter(|c| !sound(c)).count() as u64;
            piece.first_bad.get_or_insert(i);
        }
        piece.attributes |= u16::from_le_bytes([record[48], record[49]]);
    }
    piece
}

fn check_finite(pieces: &[Piece], per_piece: usize, limits: &Limits) -> Result<(), DecodeError> {
    let first = pieces
        .iter()
        .enumerate()
        .find_map(|(p, piece)| Some(p * per_piece + piece.first_bad?));
    match first {
        None => Ok(()),
        Some(triangle) => Err(DecodeError::NotFinite {
            format: Format::Stl,
            first: Place::Byte((PRELUDE + triangle * RECORD) as u64),
            count: pieces.iter().map(|piece| piece.bad_corners).sum(),
            max: limits.max_coordinate,
        }),
    }
}

/// Welds the pieces together. Vertices are asked for in the order in which each piece met them first, so the
/// numbers are those of welding all at once, however many pieces there are.
fn join_pieces(pieces: Vec<Piece>, faces: &mut [[VertexId; 3]], per_piece: usize) -> Vec<Point> {
    let mut pieces = pieces.into_iter();
    let Some(first) = pieces.next() else {
        return Vec::new();
    };
    let mut welder = first.welder;
    for (piece, faces) in pieces.zip(faces.chunks_mut(per_piece).skip(1)) {
        let numbers: Vec<VertexId> = piece
            .welder
            .into_points()
            .iter()
            .map(|p| welder.vertex([p.x as f32, p.y as f32, p.z as f32]))
            .collect();
        faces
            .par_iter_mut()
            .with_min_len(LEAST_PIECE)
            .for_each(|face| *face = face.map(|v| numbers[v.index()]));
    }
    welder.into_points()
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
fn corner(record: &[u8; RECORD], at: usize) -> [f32; 3] {
    [0, 4, 8].map(|offset| {
        let at = at + offset;
        f32::from_le_bytes([record[at], record[at + 1], record[at + 2], record[at + 3]])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Triangles over a coarse lattice, so that corners repeat within and across pieces.
    fn soup(count: u32) -> Vec<u8> {
        let mut bytes = vec![0; 80];
        bytes.extend(count.to_le_bytes());
        for i in 0..count {
            bytes.extend([0; 12]);
            for c in 0..9u32 {
                let mixed = (i * 9 + c).wrapping_mul(2_654_435_761) >> 26;
                bytes.extend((mixed as f32).to_le_bytes());
            }
            bytes.extend([0; 2]);
        }
        bytes
    }

    #[test]
    fn any_number_of_threads_gives_the_same_mesh() {
        let bytes = soup(3 * LEAST_PIECE as u32 + 17);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            pool.install(|| read(&bytes, &Limits::default()).unwrap().parts.remove(0).mesh)
        };
        let alone = on(1);
        assert_eq!(alone.faces()[0].map(|v| v.0), [0, 1, 2]);
        for threads in [2, 3, 4] {
            assert_eq!(on(threads), alone);
        }
    }
}
