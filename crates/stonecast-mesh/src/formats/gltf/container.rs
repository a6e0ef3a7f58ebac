//! Finds the JSON and the buffers.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::{DecodeError, Format, Limits, Note, NoteCode, Place};
use super::json::Root;

const JSON_CHUNK: u32 = 0x4E4F_534A;
const BINARY_CHUNK: u32 = 0x004E_4942;

/// A file opened: what it describes, and its buffers' bytes.
pub(super) struct Asset<'a> {
    pub(super) format: Format,
    pub(super) root: Root,
    pub(super) buffers: Vec<Cow<'a, [u8]>>,
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    let word = bytes.get(at..at.checked_add(4)?)?;
    Some(u32::from_le_bytes(word.try_into().ok()?))
}

/// Splits a GLB container.
pub(super) fn open_glb<'a>(
    bytes: &'a [u8],
    limits: &Limits,
    notes: &mut Vec<Note>,
) -> Result<Asset<'a>, DecodeError> {
    let malformed =
        |at: usize, what: &'static str| DecodeError::malformed(Format::Glb, Place::Byte(at as u64), what);
    if !bytes.starts_with(b"glTF") {
        return Err(malformed(0, "the word \"glTF\""));
    }
    let version = u32_at(bytes, 4).ok_or_else(|| malformed(4, "a header of 12 bytes"))?;
    if version != 2 {
        let remedy = "export the model as glTF 2.0, STL or PLY";
        return Err(DecodeError::unsupported(
            Format::Glb,
            Place::Byte(4),
            format!("container version {version}"),
            remedy,
        ));
    }
    let declared = u32_at(bytes, 8).ok_or_else(|| malformed(8, "a header of 12 bytes"))? as usize;
    if declared > bytes.len() {
        return Err(DecodeError::Truncated {
            format: Format::Glb,
            place: Place::Byte(8),
            what: "the declared length of the file",
            needed: declared as u64,
            available: bytes.len() as u64,
        });
    }
    if declared < bytes.len() {
        let message = format!(
            "{} bytes after the declared length are ignored",
            bytes.len() - declared
        );
        notes.push(Note::new(
            NoteCode::TrailingBytes,
            Place::Byte(declared as u64),
            message,
        ));
    }
    let bytes = &bytes[..declared];
    let mut json = None;
    let mut binary = None;
    let mut at = 12;
    while at < bytes.len() {
        let length = u32_at(bytes, at).ok_or_else(|| malformed(at, "a chunk's length"))? as usize;
        let kind = u32_at(bytes, at + 4).ok_or_else(|| malformed(at, "a chunk's type"))?;
        let content = bytes.get(at + 8..).and_then(|rest| rest.get(..length));
        let content = content.ok_or_else(|| malformed(at, "a chunk that ends within the file"))?;
        match kind {
            JSON_CHUNK if json.is_none() => json = Some((content, at + 8)),
            BINARY_CHUNK if binary.is_none() => binary = Some(content),
            _ => {}
        }
        at += 8 + length;
    }
    let (json, json_at) = json.ok_or_else(|| malformed(12, "a JSON chunk"))?;
    open(Format::Glb, json, json_at, binary, limits)
}

/// Reads the JSON and the embedded buffers. `json_at` is where the JSON starts in the file.
pub(super) fn open<'a>(
    format: Format,
    json: &'a [u8],
    json_at: usize,
    binary: Option<&'a [u8]>,
    limits: &Limits,
) -> Result<Asset<'a>, DecodeError> {
    let text = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
    let root: Root = serde_json::from_slice(text).map_err(|error| {
        // Only the place is taken from the parser's message, which may quote the file.
        let expected = format!("glTF 2.0 in JSON (line {} of the JSON)", error.line());
        DecodeError::malformed(format, Place::Byte(json_at as u64), expected)
    })?;
    if !root.asset.version.starts_with("2.") {
        let remedy = "export the model as glTF 2.0, STL or PLY";
        return Err(DecodeError::unsupported(
            format,
            Place::File,
            "a version other than 2",
            remedy,
        ));
    }
    check_extensions(format, &root)?;
    let mut total = 0;
    let mut buffers = Vec::with_capacity(root.buffers.len());
    for (i, buffer) in root.buffers.iter().enumerate() {
        let place = Place::Item {
            kind: "buffer",
            index: i as u64,
        };
        let bytes = match (&buffer.uri, binary) {
            (None, Some(binary)) if i == 0 => Cow::Borrowed(binary),
            (None, _) => {
                let what = "a buffer without data";
                return Err(DecodeError::unsupported(format, place, what, REMEDY));
            }
            (Some(uri), _) => Cow::Owned(embedded(format, place, uri)?),
        };
        total += bytes.len() as u64;
        DecodeError::check_limit(
            format,
            place,
            "bytes of buffers",
            total,
            limits.max_expanded_bytes,
        )?;
        if (bytes.len() as u64) < buffer.byte_length {
            return Err(DecodeError::Truncated {
                format,
                place,
                what: "the declared length of a buffer",
                needed: buffer.byte_length,
                available: bytes.len() as u64,
            });
        }
        buffers.push(bytes);
    }
    Ok(Asset {
        format,
        root,
        buffers,
    })
}

const REMEDY: &str = "export one self-contained file: GLB, or glTF with embedded buffers";

fn embedded(format: Format, place: Place, uri: &str) -> Result<Vec<u8>, DecodeError> {
    let Some(data) = uri.strip_prefix("data:") else {
        let what = "a buffer in another file";
        return Err(DecodeError::unsupported(format, place, what, REMEDY));
    };
    let content = data.split_once(";base64,").map(|(_, content)| content);
    content
        .and_then(|content| STANDARD.decode(content).ok())
        .ok_or_else(|| DecodeError::malformed(format, place, "a buffer in base64"))
}

/// Refuses extensions without which the shape cannot be read.
fn check_extensions(format: Format, root: &Root) -> Result<(), DecodeError> {
    for extension in &root.extensions_required {
        let harmless = extension == "KHR_mesh_quantization"
            || extension == "KHR_texture_transform"
            || extension.starts_with("KHR_materials_")
            || extension.starts_with("EXT_texture_")
            || extension.starts_with("KHR_texture_");
        if !harmless {
            let what = match extension.as_str() {
                "KHR_draco_mesh_compression" => "Draco compression (KHR_draco_mesh_compression)",
                "EXT_meshopt_compression" => "meshopt compression (EXT_meshopt_compression)",
                _ => "a required extension",
            };
            let remedy = "export the model without compression and extensions, or as STL or PLY";
            return Err(DecodeError::unsupported(format, Place::File, what, remedy));
        }
    }
    Ok(())
}
