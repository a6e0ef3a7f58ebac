//! The model's XML: objects, components, items.

use std::collections::BTreeMap;

use super::super::xml::{Node, Tag, Xml};
use super::super::{DeclaredUnit, DecodeError, Format, Limits, Note, NoteCode};
use crate::{Point, VertexId};

/// Rows of a 4 by 3 matrix that row vectors are multiplied with.
pub(super) type Matrix = [f64; 12];

/// A use of an object, by a component or an item.
#[derive(Clone, Debug)]
pub(super) struct Use {
    pub(super) object: u32,
    /// The model that holds the object, when it is another one.
    pub(super) path: Option<String>,
    pub(super) placed: Option<Matrix>,
}

#[derive(Default)]
pub(super) struct Object {
    pub(super) id: u32,
    pub(super) name: Option<String>,
    pub(super) support: bool,
    pub(super) points: Vec<Point>,
    pub(super) faces: Vec<[VertexId; 3]>,
    pub(super) components: Vec<Use>,
}

#[derive(Default)]
pub(super) struct Model {
    pub(super) unit: Option<DeclaredUnit>,
    pub(super) objects: BTreeMap<u32, Object>,
    pub(super) items: Vec<Use>,
}

fn malformed(tag: &Tag<'_>, name: &'static str, expected: &'static str) -> DecodeError {
    DecodeError::malformed(Format::ThreeMf, tag.place(name), expected)
}

pub(super) fn parse(bytes: &[u8], limits: &Limits, notes: &mut Vec<Note>) -> Result<Model, DecodeError> {
    let mut xml = Xml::new(Format::ThreeMf, bytes, limits)?;
    let mut model = Model::default();
    let mut rooted = false;
    loop {
        match xml.next()? {
            Node::Start(tag) => match tag.name() {
                "model" => {
                    rooted = true;
                    model.unit = Some(root(&tag)?);
                }
                "resources" | "build" => {}
                "object" => {
                    let declared = model.objects.len() as u64 + 1;
                    let place = tag.place("object");
                    DecodeError::check_limit(
                        Format::ThreeMf,
                        place,
                        "objects",
                        declared,
                        limits.max_objects,
                    )?;
                    let object = object(&tag, &mut xml, limits, notes)?;
                    model.objects.entry(object.id).or_insert(object);
                }
                "item" => {
                    let declared = model.items.len() as u64 + 1;
                    let place = tag.place("item");
                    DecodeError::check_limit(Format::ThreeMf, place, "items", declared, limits.max_objects)?;
                    model.items.push(parse_use(&tag, "item")?);
                }
                "basematerials" | "colorgroup" | "texture2d" | "texture2dgroup" | "compositematerials" => {
                    let message = "materials and colours are not kept";
                    if !notes.iter().any(|n| n.message == message) {
                        notes.push(Note::new(NoteCode::NotKept, tag.place("basematerials"), message));
                    }
                    xml.skip_element()?;
                }
                _ => xml.skip_element()?,
            },
            Node::Eof if rooted => return Ok(model),
            Node::Eof => {
                return Err(DecodeError::malformed(
                    Format::ThreeMf,
                    xml.place("model"),
                    "the element <model>",
                ));
            }
            Node::End | Node::Text(_) => {}
        }
    }
}

/// The root's unit; refuses extensions that the shape depends on.
fn root(tag: &Tag<'_>) -> Result<DeclaredUnit, DecodeError> {
    let mut unit = DeclaredUnit::Millimetre;
    let mut required = String::new();
    let mut spaces = Vec::new();
    tag.attributes(|key, value| {
        match key {
            "unit" => {
                unit = parse_unit(value).ok_or_else(|| {
                    malformed(tag, "model", "a unit from micron to meter in the attribute unit")
                })?;
            }
            "requiredextensions" => required = value.to_owned(),
            _ => {
                if let Some(prefix) = key.strip_prefix("xmlns:") {
                    spaces.push((prefix.to_owned(), value.to_owned()));
                }
            }
        }
        Ok(())
    })?;
    for prefix in required.split_whitespace() {
        let space = spaces
            .iter()
            .find(|(p, _)| p == prefix)
            .map_or("", |(_, space)| space.as_str());
        let harmless = space.contains("/production/") || space.contains("/material/");
        if !harmless {
            let what = "a required extension other than production and materials";
            let remedy = "export the model as plain 3MF (core specification), STL or PLY";
            return Err(DecodeError::unsupported(
                Format::ThreeMf,
                tag.place("model"),
                what,
                remedy,
            ));
        }
    }
    Ok(unit)
}

fn parse_unit(word: &str) -> Option<DeclaredUnit> {
    Some(match word {
        "micron" => DeclaredUnit::Micrometre,
        "millimeter" => DeclaredUnit::Millimetre,
        "centimeter" => DeclaredUnit::Centimetre,
        "inch" => DeclaredUnit::Inch,
        "foot" => DeclaredUnit::Foot,
        "meter" => DeclaredUnit::Metre,
        _ => return None,
    })
}

/// The word for a unit in the attribute `unit`.
pub(super) fn unit_word(unit: DeclaredUnit) -> &'static str {
    match unit {
        DeclaredUnit::Micrometre => "micron",
        DeclaredUnit::Millimetre => "millimeter",
        DeclaredUnit::Centimetre => "centimeter",
        DeclaredUnit::Inch => "inch",
        DeclaredUnit::Foot => "foot",
        DeclaredUnit::Metre => "meter",
    }
}

fn object(
    tag: &Tag<'_>,
    xml: &mut Xml<'_>,
    limits: &Limits,
    notes: &mut Vec<Note>,
) -> Result<Object, DecodeError> {
    let mut object = Object::default();
    let mut id = None;
    tag.attributes(|key, value| {
        match key {
            "id" => id = value.trim().parse().ok(),
            "name" => object.name = Some(value.to_owned()).filter(|n| !n.is_empty()),
            "type" => object.support = value == "support" || value == "solidsupport",
            _ => {}
        }
        Ok(())
    })?;
    object.id = id.ok_or_else(|| malformed(tag, "object", "a whole number in the attribute id"))?;
    let mut depth = 1;
    let mut coloured = false;
    while depth > 0 {
        match xml.next()? {
            Node::Start(tag) => match tag.name() {
                "mesh" | "vertices" | "triangles" | "components" => depth += 1,
                "vertex" => {
                    object.points.push(vertex(&tag)?);
                    check_count(
                        &tag,
                        "vertex",
                        "vertices",
                        object.points.len(),
                        limits.max_vertices,
                    )?;
                    xml.skip_element()?;
                }
                "triangle" => {
                    let (corners, has_properties) = triangle(&tag)?;
                    coloured |= has_properties;
                    object.faces.push(corners);
                    check_count(
                        &tag,
                        "triangle",
                        "triangles",
                        object.faces.len(),
                        limits.max_faces,
                    )?;
                    xml.skip_element()?;
                }
                "component" => {
                    object.components.push(parse_use(&tag, "component")?);
                    check_count(
                        &tag,
                        "component",
                        "components",
                        object.components.len(),
                        limits.max_objects,
                    )?;
                    xml.skip_element()?;
                }
                _ => xml.skip_element()?,
            },
            Node::End => depth -= 1,
            Node::Text(_) => {}
            Node::Eof => break,
        }
    }
    if coloured {
        let message = "materials of triangles are not kept";
        notes.push(Note::new(NoteCode::NotKept, tag.place("object"), message));
    }
    Ok(object)
}

fn check_count(
    tag: &Tag<'_>,
    name: &'static str,
    what: &'static str,
    count: usize,
    limit: u64,
) -> Result<(), DecodeError> {
    DecodeError::check_limit(Format::ThreeMf, tag.place(name), what, count as u64, limit)
}

fn vertex(tag: &Tag<'_>) -> Result<Point, DecodeError> {
    let mut coordinates = [None; 3];
    tag.attributes(|key, value| {
        let axis = match key {
            "x" => 0,
            "y" => 1,
            "z" => 2,
            _ => return Ok(()),
        };
        coordinates[axis] = value.trim().parse::<f64>().ok();
        Ok(())
    })?;
    match coordinates {
        [Some(x), Some(y), Some(z)] => Ok(Point::new(x, y, z)),
        _ => Err(malformed(tag, "vertex", "numbers in the attributes x, y and z")),
    }
}

/// The corners, and whether the triangle has properties such as a colour.
fn triangle(tag: &Tag<'_>) -> Result<([VertexId; 3], bool), DecodeError> {
    let mut corners = [None; 3];
    let mut has_properties = false;
    tag.attributes(|key, value| {
        let corner = match key {
            "v1" => 0,
            "v2" => 1,
            "v3" => 2,
            _ => {
                has_properties |= key == "pid";
                return Ok(());
            }
        };
        corners[corner] = value.trim().parse::<u32>().ok();
        Ok(())
    })?;
    match corners {
        [Some(a), Some(b), Some(c)] => Ok(([a, b, c].map(VertexId), has_properties)),
        _ => Err(malformed(
            tag,
            "triangle",
            "vertex numbers in the attributes v1, v2 and v3",
        )),
    }
}

fn parse_use(tag: &Tag<'_>, name: &'static str) -> Result<Use, DecodeError> {
    let mut object = None;
    let mut path = None;
    let mut placed = None;
    tag.attributes(|key, value| {
        match key {
            "objectid" => object = value.trim().parse().ok(),
            "transform" => placed = Some(matrix(value).ok_or_else(|| malformed(tag, name, TRANSFORM))?),
            key if key.ends_with(":path") => path = Some(value.to_owned()),
            _ => {}
        }
        Ok(())
    })?;
    Ok(Use {
        object: object.ok_or_else(|| malformed(tag, name, "a whole number in the attribute objectid"))?,
        path,
        placed,
    })
}

const TRANSFORM: &str = "twelve finite numbers of an invertible matrix in the attribute transform";

fn matrix(text: &str) -> Option<Matrix> {
    let mut values = [0.0; 12];
    let mut words = text.split_ascii_whitespace();
    for value in &mut values {
        *value = words.next()?.parse::<f64>().ok().filter(|v| v.is_finite())?;
    }
    (words.next().is_none() && determinant(&values) != 0.0).then_some(values)
}

pub(super) fn determinant(m: &Matrix) -> f64 {
    m[0] * (m[4] * m[8] - m[5] * m[7]) - m[1] * (m[3] * m[8] - m[5] * m[6])
        + m[2] * (m[3] * m[7] - m[4] * m[6])
}
