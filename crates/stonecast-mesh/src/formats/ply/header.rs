//! The header: encoding, elements, properties, comments.

use super::super::{DecodeError, Format, Limits, Note, Place, text_of};

/// How the rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Encoding {
    Ascii,
    LittleEndian,
    BigEndian,
}

/// The type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalar {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    F32,
    F64,
}

impl Scalar {
    fn parse(word: &[u8]) -> Option<Self> {
        Some(match word {
            b"char" | b"int8" => Self::I8,
            b"uchar" | b"uint8" => Self::U8,
            b"short" | b"int16" => Self::I16,
            b"ushort" | b"uint16" => Self::U16,
            b"int" | b"int32" => Self::I32,
            b"uint" | b"uint32" => Self::U32,
            b"float" | b"float32" => Self::F32,
            b"double" | b"float64" => Self::F64,
            _ => return None,
        })
    }

    pub(super) fn size(self) -> u64 {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::F64 => 8,
        }
    }

    pub(super) fn is_real(self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }
}

/// What a row holds under a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Property {
    pub(super) name: String,
    /// The type of the count of a list; `None` for a single value.
    pub(super) list: Option<Scalar>,
    pub(super) item: Scalar,
}

/// A table of rows.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) count: u64,
    pub(super) properties: Vec<Property>,
    /// The header line that declares it.
    pub(super) line: u64,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Header {
    pub(super) encoding: Encoding,
    pub(super) elements: Vec<Element>,
    /// The picture that a `comment TextureFile` names.
    pub(super) texture_file: Option<String>,
    /// Where the rows start.
    pub(super) body: usize,
    /// The line on which the rows start.
    pub(super) body_line: u64,
}

/// Longest line believed to be part of a header.
const MAX_LINE: usize = 4096;

fn malformed(line: u64, expected: &'static str) -> DecodeError {
    DecodeError::malformed(Format::Ply, Place::Line(line), expected)
}

/// Lines of a header; the first one shows how they end.
struct Lines<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
    carriage_return: bool,
}

impl<'a> Lines<'a> {
    fn next(&mut self) -> Result<&'a [u8], DecodeError> {
        self.line += 1;
        let rest = &self.bytes[self.at..];
        let end = if self.carriage_return { b'\r' } else { b'\n' };
        let length = rest
            .iter()
            .take(MAX_LINE)
            .position(|&b| b == end)
            .ok_or_else(|| malformed(self.line, "a header line, up to \"end_header\""))?;
        self.at += length + 1;
        Ok(rest[..length].trim_ascii())
    }
}

pub(super) fn parse(bytes: &[u8], limits: &Limits, notes: &mut Vec<Note>) -> Result<Header, DecodeError> {
    let first_end = bytes
        .iter()
        .take(MAX_LINE)
        .position(|b| matches!(b, b'\r' | b'\n'));
    let carriage_return = first_end.is_some_and(|at| bytes[at] == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    let mut lines = Lines {
        bytes,
        at: 0,
        line: 0,
        carriage_return,
    };
    if lines.next()? != b"ply" {
        return Err(malformed(1, "the word \"ply\" alone"));
    }
    let mut encoding = None;
    let mut elements: Vec<Element> = Vec::new();
    let mut properties = 0;
    let mut texture_file = None;
    loop {
        let text = lines.next()?;
        let words: Vec<&[u8]> = text
            .split(u8::is_ascii_whitespace)
            .filter(|w| !w.is_empty())
            .collect();
        match words.as_slice() {
            [] => {}
            [b"comment" | b"obj_info", b"TextureFile", ..] => {
                texture_file = Some(text_of(texture_name(text), Place::Line(lines.line), notes));
            }
            [b"comment" | b"obj_info", ..] => {}
            [b"format", form, b"1.0"] => encoding = Some(parse_encoding(form, lines.line)?),
            [b"element", name, count] => elements.push(parse_element(name, count, lines.line, notes)?),
            [b"property", property @ ..] => {
                let element = elements
                    .last_mut()
                    .ok_or_else(|| malformed(lines.line, "an element before its properties"))?;
                element
                    .properties
                    .push(parse_property(property, lines.line, notes)?);
                properties += 1;
            }
            [b"end_header"] => break,
            _ => {
                let expected = "\"format ... 1.0\", \"element\", \"property\", \"comment\" or \"end_header\"";
                return Err(malformed(lines.line, expected));
            }
        }
        let declared = properties.max(elements.len() as u64);
        DecodeError::check_limit(
            Format::Ply,
            Place::Line(lines.line),
            "properties",
            declared,
            limits.max_properties,
        )?;
    }
    Ok(Header {
        encoding: encoding.ok_or_else(|| malformed(2, "a \"format\" line"))?,
        elements,
        texture_file,
        body: lines.at,
        body_line: lines.line + 1,
    })
}

/// What follows the words `comment TextureFile`; file names may hold blanks.
fn texture_name(line: &[u8]) -> &[u8] {
    let behind = line
        .splitn(2, |&b| b == b' ')
        .nth(1)
        .unwrap_or_default()
        .trim_ascii();
    behind
        .get(b"TextureFile".len()..)
        .unwrap_or_default()
        .trim_ascii()
}

fn parse_encoding(word: &[u8], line: u64) -> Result<Encoding, DecodeError> {
    match word {
        b"ascii" => Ok(Encoding::Ascii),
        b"binary_little_endian" => Ok(Encoding::LittleEndian),
        b"binary_big_endian" => Ok(Encoding::BigEndian),
        _ => Err(malformed(
            line,
            "\"ascii\", \"binary_little_endian\" or \"binary_big_endian\"",
        )),
    }
}

fn parse_element(
    name: &[u8],
    count: &[u8],
    line: u64,
    notes: &mut Vec<Note>,
) -> Result<Element, DecodeError> {
    let count = std::str::from_utf8(count).ok().and_then(|text| text.parse().ok());
    Ok(Element {
        name: text_of(name, Place::Line(line), notes),
        count: count.ok_or_else(|| malformed(line, "a count of 0 or more"))?,
        properties: Vec::new(),
        line,
    })
}

fn parse_property(words: &[&[u8]], line: u64, notes: &mut Vec<Note>) -> Result<Property, DecodeError> {
    let scalar = |word: &[u8]| {
        Scalar::parse(word).ok_or_else(|| malformed(line, "a type such as \"float\", \"uchar\" or \"int\""))
    };
    match *words {
        [b"list", count, item, name] => {
            let count = scalar(count)?;
            if count.is_real() {
                return Err(malformed(line, "a whole-number type for a list's count"));
            }
            Ok(Property {
                name: text_of(name, Place::Line(line), notes),
                list: Some(count),
                item: scalar(item)?,
            })
        }
        [item, name] => Ok(Property {
            name: text_of(name, Place::Line(line), notes),
            list: None,
            item: scalar(item)?,
        }),
        _ => Err(malformed(
            line,
            "\"property TYPE NAME\" or \"property list TYPE TYPE NAME\"",
        )),
    }
}
