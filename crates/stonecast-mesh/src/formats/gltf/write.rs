//! Writes GLB.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::super::{DeclaredUnit, Part};

/// Writes parts as GLB, a node and a mesh each. Coordinates keep the parts' unit, rounded to 32 bits; the nodes
/// scale them to metres, as glTF requires. Axes stay as they are: +Z is up in a cast, and +Y in a glTF viewer.
/// Normals and colours are written; scalars, labels and textures have no place.
///
/// # Errors
/// Those of the writer; [`io::ErrorKind::InvalidInput`] when the file would pass 4 GiB, GLB's bound.
pub fn write_glb(out: &mut impl Write, parts: &[Part], unit: DeclaredUnit) -> io::Result<()> {
    let mut buffer = Buffer::default();
    let scale = unit.in_mm() / 1000.0;
    let mut nodes = Vec::new();
    let mut meshes = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        let mut mesh = json!({ "primitives": [primitive(&mut buffer, part)] });
        if let Some(name) = &part.name {
            mesh["name"] = json!(name);
        }
        meshes.push(mesh);
        nodes.push(json!({ "mesh": i, "scale": [scale, scale, scale] }));
    }
    let root = json!({
        "asset": { "version": "2.0", "generator": "Stonecast" },
        "scene": 0,
        "scenes": [{ "nodes": (0..nodes.len()).collect::<Vec<_>>() }],
        "nodes": nodes,
        "meshes": meshes,
        "accessors": buffer.accessors,
        "bufferViews": buffer.views,
        "buffers": [{ "byteLength": buffer.bytes.len() }],
    });
    write_container(out, &root, &buffer)
}

/// Writes the container with its two chunks.
pub(super) fn write_container(out: &mut impl Write, root: &Value, buffer: &Buffer) -> io::Result<()> {
    let mut text = root.to_string().into_bytes();
    text.resize(text.len().next_multiple_of(4), b' ');
    let total = 12 + 8 + text.len() + 8 + buffer.bytes.len();
    let total = u32::try_from(total).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    out.write_all(b"glTF")?;
    out.write_all(&2u32.to_le_bytes())?;
    out.write_all(&total.to_le_bytes())?;
    // Both lengths are smaller than the total, which fits.
    out.write_all(&(text.len() as u32).to_le_bytes())?;
    out.write_all(b"JSON")?;
    out.write_all(&text)?;
    out.write_all(&(buffer.bytes.len() as u32).to_le_bytes())?;
    out.write_all(b"BIN\0")?;
    out.write_all(&buffer.bytes)
}

#[derive(Default)]
pub(super) struct Buffer {
    pub bytes: Vec<u8>,
    pub views: Vec<Value>,
    pub accessors: Vec<Value>,
}

const ARRAY_BUFFER: u32 = 34962;
const ELEMENT_ARRAY_BUFFER: u32 = 34963;

impl Buffer {
    /// Ends the view that began at `start`, of `count` rows; gives its accessor's number.
    fn accessor(&mut self, start: usize, target: u32, accessor: Value) -> usize {
        self.views.push(json!({
            "buffer": 0,
            "byteOffset": start,
            "byteLength": self.bytes.len() - start,
            "target": target,
        }));
        self.over_last_view(accessor)
    }

    /// Numbers of keyframes as an accessor of their own; a view of them has no target.
    pub(super) fn numbers(&mut self, values: &[f32], mut accessor: Value) -> usize {
        let start = self.bytes.len();
        self.bytes.extend(values.iter().flat_map(|v| v.to_le_bytes()));
        self.views.push(json!({
            "buffer": 0,
            "byteOffset": start,
            "byteLength": self.bytes.len() - start,
        }));
        accessor["componentType"] = json!(5126);
        self.over_last_view(accessor)
    }

    fn over_last_view(&mut self, mut accessor: Value) -> usize {
        accessor["bufferView"] = json!(self.views.len() - 1);
        self.accessors.push(accessor);
        self.accessors.len() - 1
    }
}

pub(super) fn primitive(buffer: &mut Buffer, part: &Part) -> Value {
    let count = part.mesh.vertex_count();
    let start = buffer.bytes.len();
    let mut least = [f32::INFINITY; 3];
    let mut greatest = [f32::NEG_INFINITY; 3];
    for point in part.mesh.points() {
        for (axis, &coordinate) in point.coords.iter().enumerate() {
            let value = coordinate as f32;
            least[axis] = least[axis].min(value);
            greatest[axis] = greatest[axis].max(value);
            buffer.bytes.extend(value.to_le_bytes());
        }
    }
    let positions = json!({
        "componentType": 5126, "count": count, "type": "VEC3", "min": least, "max": greatest,
    });
    let mut attributes = json!({ "POSITION": buffer.accessor(start, ARRAY_BUFFER, positions) });
    if let Some(normals) = &part.normals {
        let start = buffer.bytes.len();
        let values = normals.as_slice().iter().flatten();
        buffer.bytes.extend(values.flat_map(|v| v.to_le_bytes()));
        let accessor = json!({ "componentType": 5126, "count": count, "type": "VEC3" });
        attributes["NORMAL"] = json!(buffer.accessor(start, ARRAY_BUFFER, accessor));
    }
    if let Some(colours) = &part.colours {
        let start = buffer.bytes.len();
        // Four bytes a row, because rows must start at multiples of four.
        buffer
            .bytes
            .extend(colours.as_slice().iter().flat_map(|&[r, g, b]| [r, g, b, 255]));
        let accessor = json!({ "componentType": 5121, "normalized": true, "count": count, "type": "VEC4" });
        attributes["COLOR_0"] = json!(buffer.accessor(start, ARRAY_BUFFER, accessor));
    }
    let start = buffer.bytes.len();
    let indices = part.mesh.faces().iter().flatten();
    buffer.bytes.extend(indices.flat_map(|v| v.0.to_le_bytes()));
    let accessor = json!({ "componentType": 5125, "count": 3 * part.mesh.face_count(), "type": "SCALAR" });
    let indices = buffer.accessor(start, ELEMENT_ARRAY_BUFFER, accessor);
    json!({ "attributes": attributes, "indices": indices, "mode": 4 })
}

/// Parts as the bytes of a GLB file; see [`write_glb`].
///
/// # Panics
/// When the file would pass 4 GiB; [`write_glb`] gives an error instead.
pub fn encode_glb(parts: &[Part], unit: DeclaredUnit) -> Vec<u8> {
    let mut bytes = Vec::new();
    write_glb(&mut bytes, parts, unit).expect("a GLB file holds at most 4 GiB");
    bytes
}
