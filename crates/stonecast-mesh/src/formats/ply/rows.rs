//! The rows of vertices, faces and strips.

use super::super::polygon::{CornerCoordinates, FaceList};
use super::super::{DecodeError, Format, Limits, Note, NoteCode, Place};
use super::header::{Element, Property, Scalar};
use super::source::Source;
use crate::{Point, VertexId};

/// Where the value of a vertex property goes.
#[derive(Clone, Copy)]
enum Sink {
    Point(usize),
    Normal(usize),
    Colour(usize),
    Scalar(usize),
    Label(usize),
    List(Scalar),
}

/// The vertices of a file.
#[derive(Default)]
pub(super) struct Vertices {
    pub(super) points: Vec<Point>,
    pub(super) normals: Vec<[f32; 3]>,
    pub(super) colours: Vec<[u8; 3]>,
    pub(super) scalars: Vec<(String, Vec<f32>)>,
    pub(super) labels: Vec<(String, Vec<i32>)>,
}

/// The part of a triple that a property's name stands for.
fn component(names: [&[&str]; 3], element: &Element) -> Option<[usize; 3]> {
    let find = |names: &[&str]| {
        let named = |p: &Property| p.list.is_none() && names.contains(&p.name.as_str());
        element.properties.iter().position(named)
    };
    Some([find(names[0])?, find(names[1])?, find(names[2])?])
}

fn sinks(element: &Element, out: &mut Vertices) -> Result<Vec<Sink>, DecodeError> {
    let place = component([&["x"], &["y"], &["z"]], element).ok_or_else(|| {
        let expected = "the properties x, y and z of element \"vertex\"";
        DecodeError::malformed(Format::Ply, Place::Line(element.line), expected)
    })?;
    let normal = component([&["nx"], &["ny"], &["nz"]], element);
    let colour = component(
        [
            &["red", "r", "diffuse_red"],
            &["green", "g", "diffuse_green"],
            &["blue", "b", "diffuse_blue"],
        ],
        element,
    );
    let axis = |triple: [usize; 3], i: usize| triple.iter().position(|&p| p == i);
    let mut sinks = Vec::with_capacity(element.properties.len());
    for (i, property) in element.properties.iter().enumerate() {
        sinks.push(if let Some(count) = property.list {
            Sink::List(count)
        } else if let Some(axis) = axis(place, i) {
            Sink::Point(axis)
        } else if let Some(axis) = normal.and_then(|triple| axis(triple, i)) {
            Sink::Normal(axis)
        } else if let Some(axis) = colour.and_then(|triple| axis(triple, i)) {
            Sink::Colour(axis)
        } else if property.item.is_real() {
            out.scalars.push((property.name.clone(), Vec::new()));
            Sink::Scalar(out.scalars.len() - 1)
        } else {
            out.labels.push((property.name.clone(), Vec::new()));
            Sink::Label(out.labels.len() - 1)
        });
    }
    Ok(sinks)
}

pub(super) fn vertices(
    source: &mut impl Source,
    element: &Element,
    limits: &Limits,
    notes: &mut Vec<Note>,
) -> Result<Vertices, DecodeError> {
    let place = Place::Line(element.line);
    DecodeError::check_limit(Format::Ply, place, "vertices", element.count, limits.max_vertices)?;
    let mut out = Vertices::default();
    let sinks = sinks(element, &mut out)?;
    let count = element.count as usize;
    out.points.reserve_exact(count);
    let has = |wanted: fn(&Sink) -> bool| sinks.iter().any(wanted);
    let normals = has(|s| matches!(s, Sink::Normal(_)));
    let colours = has(|s| matches!(s, Sink::Colour(_)));
    let mut too_large = false;
    for _ in 0..count {
        let mut point = [0.0; 3];
        let mut normal = [0.0f32; 3];
        let mut colour = [0u8; 3];
        for (sink, property) in sinks.iter().zip(&element.properties) {
            if let Sink::List(of) = *sink {
                let items = source.list_count(of, property.item)?;
                source.skip(property.item, items)?;
                continue;
            }
            let value = source.value(property.item)?;
            match *sink {
                Sink::Point(axis) => point[axis] = value,
                Sink::Normal(axis) => normal[axis] = value as f32,
                Sink::Colour(channel) => colour[channel] = colour_of(value, property.item),
                Sink::Scalar(i) => out.scalars[i].1.push(value as f32),
                Sink::Label(i) => {
                    too_large |= value > f64::from(i32::MAX);
                    out.labels[i].1.push(value as i32);
                }
                Sink::List(_) => {}
            }
        }
        out.points.push(Point::from(point));
        if normals {
            out.normals.push(normal);
        }
        if colours {
            out.colours.push(colour);
        }
    }
    if too_large {
        note(
            notes,
            element,
            "whole numbers beyond 2147483647 are kept as 2147483647",
        );
    }
    if has(|s| matches!(s, Sink::List(_))) {
        note(notes, element, "lists per vertex are not kept");
    }
    Ok(out)
}

fn note(notes: &mut Vec<Note>, element: &Element, message: &str) {
    notes.push(Note::new(NoteCode::NotKept, Place::Line(element.line), message));
}

/// Whole numbers are 8 bits or the top 8 of 16; real ones run from 0 to 1.
fn colour_of(value: f64, item: Scalar) -> u8 {
    match item {
        Scalar::F32 | Scalar::F64 => (value * 255.0).round() as u8,
        Scalar::I16 | Scalar::U16 => (value / 257.0).round() as u8,
        _ => value as u8,
    }
}

/// The faces of a file: corners, texture coordinates and whole numbers.
#[derive(Default)]
pub(super) struct Faces {
    pub(super) list: FaceList,
    pub(super) texture: CornerCoordinates,
    pub(super) labels: Vec<(String, Vec<i32>)>,
}

enum FaceSink {
    Corners(Scalar),
    Texture(Scalar),
    Label(usize),
    Skip,
    SkipList(Scalar),
}

fn is_corner_list(property: &Property) -> bool {
    property.list.is_some()
        && !property.item.is_real()
        && matches!(property.name.as_str(), "vertex_indices" | "vertex_index")
}

pub(super) fn faces(
    source: &mut impl Source,
    element: &Element,
    limits: &Limits,
    notes: &mut Vec<Note>,
) -> Result<Faces, DecodeError> {
    let place = Place::Line(element.line);
    DecodeError::check_limit(Format::Ply, place, "faces", element.count, limits.max_faces)?;
    let mut out = Faces::default();
    let sinks = face_sinks(element, &mut out, notes)?;
    // Safe only now: every row has a corner list, so the rows' bytes have been found present.
    out.list = FaceList::with_capacity(element.count as usize);
    let mut corners = Vec::new();
    for _ in 0..element.count {
        for (sink, property) in sinks.iter().zip(&element.properties) {
            match *sink {
                FaceSink::Corners(count) => {
                    let count = source.list_count(count, property.item)?;
                    read_corners(source, property.item, count, &mut corners)?;
                    out.list.push(&corners);
                }
                FaceSink::Texture(count) => {
                    let count = source.list_count(count, property.item)?;
                    out.texture.begin_row();
                    for _ in 0..count / 2 {
                        let u = source.value(property.item)? as f32;
                        out.texture.push([u, source.value(property.item)? as f32]);
                    }
                    source.skip(property.item, count % 2)?;
                }
                FaceSink::Label(i) => out.labels[i].1.push(source.value(property.item)? as i32),
                FaceSink::Skip => source.skip(property.item, 1)?,
                FaceSink::SkipList(count) => {
                    let count = source.list_count(count, property.item)?;
                    source.skip(property.item, count)?;
                }
            }
        }
        let bound = out.list.triangle_bound().max(out.texture.len() as u64 / 3);
        DecodeError::check_limit(Format::Ply, place, "triangles", bound, limits.max_faces)?;
    }
    Ok(out)
}

fn face_sinks(
    element: &Element,
    out: &mut Faces,
    notes: &mut Vec<Note>,
) -> Result<Vec<FaceSink>, DecodeError> {
    let mut sinks = Vec::with_capacity(element.properties.len());
    let mut corners = false;
    let mut texture = false;
    let mut skipped = false;
    for property in &element.properties {
        sinks.push(match property.list {
            Some(count) if is_corner_list(property) && !corners => {
                corners = true;
                FaceSink::Corners(count)
            }
            Some(count) if property.name == "texcoord" && property.item.is_real() && !texture => {
                texture = true;
                FaceSink::Texture(count)
            }
            Some(count) => {
                skipped = true;
                FaceSink::SkipList(count)
            }
            None if property.item.is_real() => {
                skipped = true;
                FaceSink::Skip
            }
            None => {
                out.labels.push((property.name.clone(), Vec::new()));
                FaceSink::Label(out.labels.len() - 1)
            }
        });
    }
    if skipped {
        note(notes, element, "real numbers and lists per face are not kept");
    }
    if !corners {
        let expected = "a list property \"vertex_indices\" of whole numbers in element \"face\"";
        return Err(DecodeError::malformed(
            Format::Ply,
            Place::Line(element.line),
            expected,
        ));
    }
    Ok(sinks)
}

fn read_corners(
    source: &mut impl Source,
    item: Scalar,
    count: u64,
    corners: &mut Vec<VertexId>,
) -> Result<(), DecodeError> {
    corners.clear();
    for _ in 0..count {
        let place = source.place();
        let index = source.value(item)?;
        if index < 0.0 {
            return Err(DecodeError::malformed(
                Format::Ply,
                place,
                "a vertex number of 0 or more",
            ));
        }
        corners.push(VertexId(index as u32));
    }
    Ok(())
}

/// Triangle strips, their runs ended by -1; every second triangle is turned to keep the strip's side.
pub(super) fn strips(
    source: &mut impl Source,
    element: &Element,
    limits: &Limits,
    list: &mut FaceList,
) -> Result<(), DecodeError> {
    for _ in 0..element.count {
        for property in &element.properties {
            let Some(count) = property.list else {
                source.skip(property.item, 1)?;
                continue;
            };
            let count = source.list_count(count, property.item)?;
            if !is_corner_list(property) {
                source.skip(property.item, count)?;
                continue;
            }
            let place = source.place();
            let bound = list.triangle_bound() + count;
            DecodeError::check_limit(Format::Ply, place, "triangles", bound, limits.max_faces)?;
            let mut run: Vec<VertexId> = Vec::new();
            for _ in 0..count {
                let index = source.value(property.item)?;
                if index < 0.0 {
                    run.clear();
                    continue;
                }
                run.push(VertexId(index as u32));
                if let [.., a, b, c] = *run.as_slice() {
                    list.push_triangle(if run.len() % 2 == 1 { [a, b, c] } else { [b, a, c] });
                }
            }
        }
    }
    Ok(())
}
