//! Finds the scan in the XML.

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::super::xml::{Node, Tag, Xml};
use super::super::{
    DeclaredUnit, DecodeError, Decoded, Format, Limits, Note, NoteCode, Part, Place, Texture, mesh_of,
};
use super::{faces, texture};
use crate::{Point, VertexData};

/// Reads a 3Shape packed scan of schema CA or CC: one part, with the file's vertices in the file's order and
/// number.
///
/// # Errors
/// An encrypted or unknown schema, XML or base64 that breaks the rules, counts that the data contradicts,
/// coordinates that are not finite, no triangle at all.
pub fn read_hps(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let mut notes = Vec::new();
    let packed = find(bytes, limits, &mut notes)?;
    let place = |name| Place::Element { name, byte: 0 };
    let missing =
        |name: &'static str, what: &'static str| DecodeError::malformed(Format::Hps, place(name), what);
    check_schema(packed.schema.as_deref())?;
    let vertices = packed
        .vertices
        .ok_or_else(|| missing("Vertices", "the scan's vertices"))?;
    let facets = packed
        .facets
        .ok_or_else(|| missing("Facets", "the scan's facets"))?;
    let points = points(&vertices)?;
    let vertex_count = points.len();
    DecodeError::check_limit(
        Format::Hps,
        vertices.place,
        "vertices",
        vertices.count,
        limits.max_vertices,
    )?;
    DecodeError::check_limit(Format::Hps, facets.place, "faces", facets.count, limits.max_faces)?;
    let commands = facets.bytes.len() as u64;
    if facets.count > commands {
        return Err(DecodeError::Truncated {
            format: Format::Hps,
            place: facets.place,
            what: "the declared count of faces, at a command each,",
            needed: facets.count,
            available: commands,
        });
    }
    let corners = faces::decode(
        &facets.bytes,
        vertex_count as u32,
        facets.count as usize,
        facets.place,
    )?;
    let coordinates = packed.texture.and_then(|bytes| {
        let found = texture::coordinates(&bytes, vertex_count, &corners);
        if found.is_none() {
            let message = "texture coordinates that do not fit the faces are not kept";
            notes.push(Note::new(
                NoteCode::NotKept,
                place("PerVertexTextureCoord"),
                message,
            ));
        }
        found
    });
    let colours = packed
        .colours
        .and_then(|bytes| colours(&bytes, vertex_count, &mut notes));
    let mesh = mesh_of(Format::Hps, points, corners, limits)?;
    let part = Part {
        colours,
        texture: coordinates.map(|coordinates| Texture {
            coordinates: Some(coordinates),
            ..Texture::default()
        }),
        ..Part::from_mesh(mesh)
    };
    Ok(Decoded {
        format: Format::Hps,
        parts: vec![part],
        declared_unit: Some(DeclaredUnit::Millimetre),
        notes,
    })
}

/// Refuses what is encrypted or not public.
fn check_schema(schema: Option<&str>) -> Result<(), DecodeError> {
    let place = Place::Element {
        name: "Schema",
        byte: 0,
    };
    match schema {
        Some("CA" | "CC") => Ok(()),
        Some("CE") => Err(DecodeError::Encrypted { schema: "CE" }),
        Some(_) => {
            let remedy = "in the scanner software export the scan as STL or PLY, and read that file";
            let what = "a schema other than CA and CC";
            Err(DecodeError::unsupported(Format::Hps, place, what, remedy))
        }
        None => Err(DecodeError::malformed(Format::Hps, place, "the element <Schema>")),
    }
}

/// An element's base64 and declared count.
struct Block {
    bytes: Vec<u8>,
    count: u64,
    place: Place,
}

#[derive(Default)]
struct Packed {
    schema: Option<String>,
    vertices: Option<Block>,
    facets: Option<Block>,
    colours: Option<Vec<u8>>,
    texture: Option<Vec<u8>>,
}

fn find(bytes: &[u8], limits: &Limits, notes: &mut Vec<Note>) -> Result<Packed, DecodeError> {
    let mut xml = Xml::new(Format::Hps, bytes, limits)?;
    let mut packed = Packed::default();
    loop {
        let tag = match xml.next()? {
            Node::Start(tag) => tag,
            Node::Eof => return Ok(packed),
            Node::End | Node::Text(_) => continue,
        };
        match tag.name() {
            "Schema" if packed.schema.is_none() => packed.schema = Some(xml.text()?.trim().to_owned()),
            // An encrypted scan is refused for what it is, not for what its bytes look like.
            "Vertices" | "Facets" if packed.schema.as_deref() == Some("CE") => xml.skip_element()?,
            "Vertices" if packed.vertices.is_none() => {
                packed.vertices = Some(block(&tag, &mut xml, "Vertices", "vertex_count")?);
            }
            "Facets" if packed.facets.is_none() => {
                packed.facets = Some(block(&tag, &mut xml, "Facets", "facet_count")?);
            }
            "VertexColorSet" if packed.colours.is_none() => {
                packed.colours = Some(decoded(&mut xml, tag.place("VertexColorSet"))?);
            }
            "PerVertexTextureCoord" if packed.texture.is_none() => {
                packed.texture = Some(decoded(&mut xml, tag.place("PerVertexTextureCoord"))?);
            }
            "TextureImage" | "AdditionalTextureImage" => {
                let message = "the embedded picture is not kept";
                notes.push(Note::new(NoteCode::NotKept, tag.place("TextureImage"), message));
                xml.skip_element()?;
            }
            "Spline" | "Annotations" | "Objects" | "Properties" => xml.skip_element()?,
            _ => {}
        }
    }
}

fn block(
    tag: &Tag<'_>,
    xml: &mut Xml<'_>,
    name: &'static str,
    count_name: &'static str,
) -> Result<Block, DecodeError> {
    let place = tag.place(name);
    let count = tag
        .attribute(count_name)?
        .and_then(|text| text.trim().parse().ok());
    let count = count.ok_or_else(|| {
        DecodeError::malformed(
            Format::Hps,
            place,
            format!("a count in the attribute {count_name}"),
        )
    })?;
    Ok(Block {
        bytes: decoded(xml, place)?,
        count,
        place,
    })
}

/// The base64 of the element that was last started, blanks and line ends left out.
fn decoded(xml: &mut Xml<'_>, place: Place) -> Result<Vec<u8>, DecodeError> {
    let text = xml.text()?;
    let mut compact: Vec<u8> = text.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    while compact.last() == Some(&b'=') {
        compact.pop();
    }
    STANDARD_NO_PAD
        .decode(compact)
        .map_err(|_| DecodeError::malformed(Format::Hps, place, "base64"))
}

fn points(vertices: &Block) -> Result<Vec<Point>, DecodeError> {
    let needed = vertices.count.saturating_mul(12);
    let available = vertices.bytes.len() as u64;
    if needed > available {
        return Err(DecodeError::Truncated {
            format: Format::Hps,
            place: vertices.place,
            what: "the declared count of vertices",
            needed,
            available,
        });
    }
    if needed != available {
        let expected = format!("{needed} bytes for the declared vertices, not {available}");
        return Err(DecodeError::malformed(Format::Hps, vertices.place, expected));
    }
    let (rows, _) = vertices.bytes.as_chunks::<12>();
    let coordinate = |row: &[u8; 12], at: usize| {
        f64::from(f32::from_le_bytes([
            row[at],
            row[at + 1],
            row[at + 2],
            row[at + 3],
        ]))
    };
    Ok(rows
        .iter()
        .map(|row| Point::new(coordinate(row, 0), coordinate(row, 4), coordinate(row, 8)))
        .collect())
}

/// Three or four bytes a vertex.
fn colours(bytes: &[u8], count: usize, notes: &mut Vec<Note>) -> Option<VertexData<[u8; 3]>> {
    let width = bytes.len() / count.max(1);
    if bytes.len() != width * count || !(3..=4).contains(&width) {
        let place = Place::Element {
            name: "VertexColorSet",
            byte: 0,
        };
        let message = "vertex colours that do not fit the vertices are not kept";
        notes.push(Note::new(NoteCode::NotKept, place, message));
        return None;
    }
    let rows = bytes.chunks_exact(width).map(|row| [row[0], row[1], row[2]]);
    Some(VertexData::from_vec(rows.collect()))
}
