//! Writes OBJ.

use std::io::{self, Write};

use super::super::Part;
use crate::VertexData;

/// Writes parts as OBJ, each an object, coordinates in the shortest form that reads back the same. Colours go
/// behind the coordinates as numbers from 0 to 1 (a widespread extension); scalars and labels have no place.
/// Coordinates of a texture, its library and its material are written; the library itself is not.
///
/// # Errors
/// Those of the writer.
pub fn write_obj(out: &mut impl Write, parts: &[Part]) -> io::Result<()> {
    out.write_all(b"# written by Stonecast\n")?;
    let library = parts.iter().find_map(|p| p.texture.as_ref()?.library.as_ref());
    if let Some(library) = library {
        writeln!(out, "mtllib {}", one_line(library))?;
    }
    let mut next = [1u64; 3];
    for part in parts {
        next = write_part(out, part, next)?;
    }
    Ok(())
}

/// Writes one part; `next` holds the numbers of the next vertex, texture coordinate and normal.
fn write_part(out: &mut impl Write, part: &Part, next: [u64; 3]) -> io::Result<[u64; 3]> {
    if let Some(name) = &part.name {
        writeln!(out, "o {}", one_line(name))?;
    } else if next[0] > 1 {
        out.write_all(b"o\n")?;
    }
    for vertex in part.mesh.vertex_ids() {
        let p = part.mesh.point(vertex);
        write!(out, "v {} {} {}", p.x, p.y, p.z)?;
        if let Some(colours) = &part.colours {
            let [r, g, b] = colours[vertex].map(|c| f32::from(c) / 255.0);
            write!(out, " {r} {g} {b}")?;
        }
        out.write_all(b"\n")?;
    }
    for [x, y, z] in part.normals.iter().flat_map(VertexData::as_slice) {
        writeln!(out, "vn {x} {y} {z}")?;
    }
    let texture = part.texture.as_ref();
    let coordinates = texture.and_then(|t| t.coordinates.as_ref());
    for [u, v] in coordinates.iter().flat_map(|c| c.as_slice()).flatten() {
        writeln!(out, "vt {u} {v}")?;
    }
    if let Some(material) = texture.and_then(|t| t.material.as_ref()) {
        writeln!(out, "usemtl {}", one_line(material))?;
    }
    let mut texture_number = next[1];
    for corners in part.mesh.faces() {
        out.write_all(b"f")?;
        for corner in corners {
            let offset = u64::from(corner.0);
            write!(out, " {}", next[0] + offset)?;
            match (coordinates.is_some(), part.normals.is_some()) {
                (false, false) => {}
                (true, false) => write!(out, "/{texture_number}")?,
                (false, true) => write!(out, "//{}", next[2] + offset)?,
                (true, true) => write!(out, "/{texture_number}/{}", next[2] + offset)?,
            }
            texture_number += u64::from(coordinates.is_some());
        }
        out.write_all(b"\n")?;
    }
    let normals = part.normals.as_ref().map_or(0, |n| n.len() as u64);
    Ok([
        next[0] + part.mesh.vertex_count() as u64,
        texture_number,
        next[2] + normals,
    ])
}

/// A name that fits a line: no line ends, no comment sign.
fn one_line(name: &str) -> String {
    let fit = |c: char| {
        if c.is_control() || c == '#' || c == '\\' {
            '_'
        } else {
            c
        }
    };
    name.trim().chars().map(fit).collect()
}

/// Parts as the bytes of an OBJ file; see [`write_obj`].
pub fn encode_obj(parts: &[Part]) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_obj(&mut bytes, parts).expect("writing to memory does not fail");
    bytes
}
