//! Tells a format by its first bytes.

use super::{Format, obj, off, stl, threemf};

pub(super) fn sniff(bytes: &[u8]) -> Option<Format> {
    let text = bytes
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(bytes)
        .trim_ascii_start();
    let first_word = text.split(u8::is_ascii_whitespace).next().unwrap_or_default();
    if first_word == b"ply" {
        return Some(Format::Ply);
    }
    if bytes.starts_with(b"glTF") {
        return Some(Format::Glb);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return Some(if threemf::sniff(bytes) {
            Format::ThreeMf
        } else {
            Format::Zip
        });
    }
    if stl::sniff(bytes) {
        return Some(Format::Stl);
    }
    if off::is_magic(first_word) {
        return Some(Format::Off);
    }
    let head = &text[..text.len().min(4096)];
    if text.first() == Some(&b'{') && contains(head, b"\"asset\"") {
        return Some(Format::Gltf);
    }
    if text.first() == Some(&b'<') {
        if contains(head, b"<VTKFile") {
            return Some(Format::Vtp);
        }
        if contains(head, b"<HPS") {
            return Some(Format::Hps);
        }
    }
    obj::sniff(text).then_some(Format::Obj)
}

fn contains(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|w| w == word)
}
