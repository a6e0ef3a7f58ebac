//! Coordinates on the picture: per vertex one for all its faces, or one for each, packed into 32 bits.

use crate::{FaceData, VertexId};

/// The value that stands for "none here".
const NONE: u32 = u32::MAX;

/// The coordinates of each face's corners; `None` when the bytes do not fit the faces.
pub(super) fn coordinates(
    bytes: &[u8],
    vertex_count: usize,
    faces: &[[VertexId; 3]],
) -> Option<FaceData<[[f32; 2]; 3]>> {
    let mut corners_of = vec![Vec::new(); vertex_count];
    for (f, corners) in faces.iter().enumerate() {
        for (c, vertex) in corners.iter().enumerate() {
            corners_of[vertex.index()].push((f, c));
        }
    }
    let mut out = vec![[[0.0; 2]; 3]; faces.len()];
    let mut reader = Reader { rest: bytes };
    for corners in &corners_of {
        let count = reader.byte()?;
        if count == 1 {
            let value = unpacked(reader.word()?);
            for &(face, corner) in corners {
                out[face][corner] = value;
            }
            continue;
        }
        if count != u8::MAX && usize::from(count) != corners.len() {
            return None;
        }
        for &(face, corner) in corners {
            out[face][corner] = unpacked(reader.word()?);
        }
    }
    Some(FaceData::from_vec(out))
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    fn word(&mut self) -> Option<u32> {
        let (word, rest) = self.rest.split_first_chunk::<4>()?;
        self.rest = rest;
        Some(u32::from_le_bytes(*word))
    }
}

fn unpacked(word: u32) -> [f32; 2] {
    if word == NONE {
        return [0.0; 2];
    }
    [number(word as u16), number((word >> 16) as u16)]
}

/// Fifteen bits of fraction; the sixteenth widens the range from 0..1 to -256..256.
fn number(bits: u16) -> f32 {
    let fraction = f32::from(bits & 0x7fff) / 32767.0;
    if bits & 0x8000 == 0 {
        fraction
    } else {
        fraction * 512.0 - 256.0
    }
}
