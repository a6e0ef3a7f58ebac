//! Writes PLY.

use std::io::{self, Write};

use super::super::Part;

/// The width of the coordinates in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlyCoordinates {
    /// 32 bits: what every reader expects; 8 nm at 100 mm.
    #[default]
    F32,
    /// 64 bits: exact.
    F64,
}

/// How the rows are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlyEncoding {
    /// Binary, the least significant byte first.
    #[default]
    LittleEndian,
    /// Binary, the most significant byte first.
    BigEndian,
    /// Text; numbers in the shortest form that reads back the same.
    Ascii,
}

/// How a PLY file is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PlyOptions {
    /// The encoding of the rows.
    pub encoding: PlyEncoding,
    /// The width of the coordinates.
    pub coordinates: PlyCoordinates,
}

/// Puts values in one encoding.
struct Rows<'a, W: Write> {
    out: &'a mut W,
    encoding: PlyEncoding,
    first: bool,
}

macro_rules! put {
    ($name:ident, $type:ty) => {
        fn $name(&mut self, value: $type) -> io::Result<()> {
            match self.encoding {
                PlyEncoding::LittleEndian => self.out.write_all(&value.to_le_bytes()),
                PlyEncoding::BigEndian => self.out.write_all(&value.to_be_bytes()),
                PlyEncoding::Ascii => {
                    let gap = if self.first { "" } else { " " };
                    self.first = false;
                    write!(self.out, "{gap}{value}")
                }
            }
        }
    };
}

impl<W: Write> Rows<'_, W> {
    put!(u8, u8);
    put!(i32, i32);
    put!(u32, u32);
    put!(f32, f32);
    put!(f64, f64);

    fn end_row(&mut self) -> io::Result<()> {
        self.first = true;
        if self.encoding == PlyEncoding::Ascii {
            self.out.write_all(b"\n")
        } else {
            Ok(())
        }
    }
}

/// Writes a part as PLY with everything that hangs on it, except the texture's library and material. The names
/// of scalars and labels lose their blanks, which a PLY header cannot hold.
///
/// # Errors
/// Those of the writer.
pub fn write_ply(out: &mut impl Write, part: &Part, options: PlyOptions) -> io::Result<()> {
    write_header(out, part, options)?;
    let mut rows = Rows {
        out,
        encoding: options.encoding,
        first: true,
    };
    for vertex in part.mesh.vertex_ids() {
        for &coordinate in part.mesh.point(vertex).coords.iter() {
            match options.coordinates {
                PlyCoordinates::F32 => rows.f32(coordinate as f32)?,
                PlyCoordinates::F64 => rows.f64(coordinate)?,
            }
        }
        for &value in part.normals.iter().flat_map(|normals| &normals[vertex]) {
            rows.f32(value)?;
        }
        for &value in part.colours.iter().flat_map(|colours| &colours[vertex]) {
            rows.u8(value)?;
        }
        for (_, values) in &part.scalars {
            rows.f32(values[vertex])?;
        }
        for (_, values) in &part.labels {
            rows.i32(values[vertex])?;
        }
        rows.end_row()?;
    }
    let coordinates = part.texture.as_ref().and_then(|t| t.coordinates.as_ref());
    for face in part.mesh.face_ids() {
        rows.u8(3)?;
        for corner in part.mesh.face(face) {
            rows.u32(corner.0)?;
        }
        if let Some(coordinates) = coordinates {
            rows.u8(6)?;
            for &value in coordinates[face].iter().flatten() {
                rows.f32(value)?;
            }
        }
        for (_, values) in &part.face_labels {
            rows.i32(values[face])?;
        }
        rows.end_row()?;
    }
    Ok(())
}

fn write_header(out: &mut impl Write, part: &Part, options: PlyOptions) -> io::Result<()> {
    let encoding = match options.encoding {
        PlyEncoding::LittleEndian => "binary_little_endian",
        PlyEncoding::BigEndian => "binary_big_endian",
        PlyEncoding::Ascii => "ascii",
    };
    let coordinate = match options.coordinates {
        PlyCoordinates::F32 => "float",
        PlyCoordinates::F64 => "double",
    };
    write!(out, "ply\nformat {encoding} 1.0\ncomment written by Stonecast\n")?;
    if let Some(image) = part.texture.as_ref().and_then(|t| t.image.as_ref()) {
        let one_line: String = image
            .chars()
            .map(|c| if c.is_control() { '_' } else { c })
            .collect();
        writeln!(out, "comment TextureFile {}", one_line.trim())?;
    }
    writeln!(out, "element vertex {}", part.mesh.vertex_count())?;
    for axis in ["x", "y", "z"] {
        writeln!(out, "property {coordinate} {axis}")?;
    }
    if part.normals.is_some() {
        out.write_all(b"property float nx\nproperty float ny\nproperty float nz\n")?;
    }
    if part.colours.is_some() {
        out.write_all(b"property uchar red\nproperty uchar green\nproperty uchar blue\n")?;
    }
    for (name, _) in &part.scalars {
        writeln!(out, "property float {}", one_word(name))?;
    }
    for (name, _) in &part.labels {
        writeln!(out, "property int {}", one_word(name))?;
    }
    writeln!(out, "element face {}", part.mesh.face_count())?;
    out.write_all(b"property list uchar uint vertex_indices\n")?;
    if part.texture.as_ref().is_some_and(|t| t.coordinates.is_some()) {
        out.write_all(b"property list uchar float texcoord\n")?;
    }
    for (name, _) in &part.face_labels {
        writeln!(out, "property int {}", one_word(name))?;
    }
    out.write_all(b"end_header\n")
}

/// A name that a header can hold: no blanks, not empty.
fn one_word(name: &str) -> String {
    if name.is_empty() {
        return "_".to_owned();
    }
    name.chars()
        .map(|c| {
            if c.is_whitespace() || c.is_control() {
                '_'
            } else {
                c
            }
        })
        .collect()
}

/// A part as the bytes of a PLY file; see [`write_ply`].
pub fn encode_ply(part: &Part, options: PlyOptions) -> Vec<u8> {
    let row = 12 + 4 * (part.scalars.len() + part.labels.len() + 4);
    let mut bytes = Vec::with_capacity(1024 + row * part.mesh.vertex_count() + 13 * part.mesh.face_count());
    write_ply(&mut bytes, part, options).expect("writing to memory does not fail");
    bytes
}
