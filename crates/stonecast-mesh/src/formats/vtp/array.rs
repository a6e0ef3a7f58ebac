//! Arrays of numbers in any of VTK's encodings.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::read::ZlibDecoder;

use super::super::package::{Budget, read_bounded};
use super::super::tokens::{parse_real, words};
use super::super::{DecodeError, Format, Limits, Place};

/// What the file's root says of all its arrays.
#[derive(Clone, Copy, Default)]
pub(super) struct Encoding {
    pub(super) big_endian: bool,
    /// Sizes ahead of data take 64 bits, not 32.
    pub(super) wide_sizes: bool,
    pub(super) compressed: bool,
}

/// The type of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    I8,
    U8,
    I16,
    U16,
    I32,
    U32,
    I64,
    U64,
    F32,
    F64,
}

impl Kind {
    pub(super) fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "Int8" => Self::I8,
            "UInt8" => Self::U8,
            "Int16" => Self::I16,
            "UInt16" => Self::U16,
            "Int32" => Self::I32,
            "UInt32" => Self::U32,
            "Int64" => Self::I64,
            "UInt64" => Self::U64,
            "Float32" => Self::F32,
            "Float64" => Self::F64,
            _ => return None,
        })
    }

    fn size(self) -> usize {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::I32 | Self::U32 | Self::F32 => 4,
            Self::I64 | Self::U64 | Self::F64 => 8,
        }
    }

    pub(super) fn is_real(self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }

    /// The number in the low bytes of `word`; vertex numbers stay exact, being far below 2^53.
    fn value(self, word: [u8; 8]) -> f64 {
        let bits = u64::from_le_bytes(word);
        match self {
            Self::I8 => f64::from(bits as i8),
            Self::U8 => f64::from(bits as u8),
            Self::I16 => f64::from(bits as i16),
            Self::U16 => f64::from(bits as u16),
            Self::I32 => f64::from(bits as i32),
            Self::U32 => f64::from(bits as u32),
            Self::I64 => bits as i64 as f64,
            Self::U64 => bits as f64,
            Self::F32 => f64::from(f32::from_bits(bits as u32)),
            Self::F64 => f64::from_bits(bits),
        }
    }
}

/// Where an array's numbers are.
pub(super) enum Content<'a> {
    Ascii(&'a str),
    Base64(&'a str),
    /// The appended bytes from the array's offset on.
    Appended(&'a [u8]),
    /// The appended base64 from the array's offset on.
    AppendedBase64(&'a [u8]),
}

/// Decodes arrays, within the file's budget of expansion.
pub(super) struct Decoder<'a> {
    pub(super) encoding: Encoding,
    pub(super) budget: Budget,
    pub(super) limits: &'a Limits,
}

fn malformed(place: Place, expected: &'static str) -> DecodeError {
    DecodeError::malformed(Format::Vtp, place, expected)
}

impl Decoder<'_> {
    pub(super) fn values(
        &mut self,
        kind: Kind,
        content: &Content<'_>,
        place: Place,
    ) -> Result<Vec<f64>, DecodeError> {
        let bytes = match *content {
            Content::Ascii(text) => {
                return words(text.as_bytes())
                    .map(|word| {
                        parse_real(word).ok_or_else(|| malformed(place, "numbers with a decimal point"))
                    })
                    .collect();
            }
            Content::Base64(text) => self.base64(text.trim_ascii().as_bytes(), place)?,
            Content::AppendedBase64(bytes) => self.base64(bytes, place)?,
            Content::Appended(bytes) => self.raw(bytes, place)?,
        };
        let (big_endian, size) = (self.encoding.big_endian, kind.size());
        if !bytes.len().is_multiple_of(size) {
            return Err(malformed(place, "a whole number of values"));
        }
        let value = |chunk: &[u8]| {
            let mut word = [0; 8];
            word[..size].copy_from_slice(chunk);
            if big_endian {
                word[..size].reverse();
            }
            kind.value(word)
        };
        Ok(bytes.chunks_exact(size).map(value).collect())
    }

    fn size_bytes(&self) -> usize {
        if self.encoding.wide_sizes { 8 } else { 4 }
    }

    /// A size ahead of data.
    fn size(&self, bytes: &[u8], index: usize, place: Place) -> Result<u64, DecodeError> {
        let width = self.size_bytes();
        let chunk = bytes.get(index * width..(index + 1) * width);
        let chunk = chunk.ok_or_else(|| malformed(place, "a size ahead of the data"))?;
        let mut word = [0; 8];
        word[..width].copy_from_slice(chunk);
        if self.encoding.big_endian {
            word[..width].reverse();
        }
        Ok(u64::from_le_bytes(word))
    }

    fn check(&self, needed: u64, available: usize, place: Place) -> Result<usize, DecodeError> {
        if needed <= available as u64 {
            return Ok(needed as usize);
        }
        Err(DecodeError::Truncated {
            format: Format::Vtp,
            place,
            what: "the declared size of an array",
            needed,
            available: available as u64,
        })
    }

    /// Raw bytes: the size, or the sizes of compressed blocks, then the data.
    fn raw(&mut self, bytes: &[u8], place: Place) -> Result<Vec<u8>, DecodeError> {
        if !self.encoding.compressed {
            let size = self.size(bytes, 0, place)?;
            let data = &bytes[self.size_bytes()..];
            return Ok(data[..self.check(size, data.len(), place)?].to_vec());
        }
        let header = self.header_bytes(self.size(bytes, 0, place)?, bytes.len(), place)?;
        self.blocks(&bytes[..header], &bytes[header..], place)
    }

    /// The bytes of a compressed array's header: number of blocks, their size, the last one's, stored sizes.
    fn header_bytes(&self, blocks: u64, available: usize, place: Place) -> Result<usize, DecodeError> {
        let needed = blocks.saturating_add(3).saturating_mul(self.size_bytes() as u64);
        self.check(needed, available, place)
    }

    /// Base64 of the same. Compressed arrays end the base64 of the header before that of the data begins.
    fn base64(&mut self, text: &[u8], place: Place) -> Result<Vec<u8>, DecodeError> {
        let decode = |text: &[u8]| {
            STANDARD
                .decode(text)
                .map_err(|_| malformed(place, "base64 without blanks within"))
        };
        let encoded = |bytes: usize| bytes.div_ceil(3) * 4;
        let part = |start: usize, bytes: usize| {
            let end = start.saturating_add(encoded(bytes));
            text.get(start..end)
                .ok_or_else(|| malformed(place, "as much base64 as the sizes declare"))
        };
        let width = self.size_bytes();
        // Enough base64 to hold the first size, cut at a group of four.
        let first = decode(part(0, width.next_multiple_of(3))?)?;
        let first = self.size(&first, 0, place)?;
        if !self.encoding.compressed {
            let size = self.check(first, text.len(), place)?;
            let bytes = decode(part(0, width + size)?)?;
            return Ok(bytes[width..].to_vec());
        }
        let header_bytes = self.header_bytes(first, text.len(), place)?;
        let header = decode(part(0, header_bytes)?)?;
        let mut stored = 0u64;
        for block in 0..first as usize {
            stored = stored.saturating_add(self.size(&header, 3 + block, place)?);
        }
        let stored = self.check(stored, text.len(), place)?;
        let data = decode(part(encoded(header_bytes), stored)?)?;
        self.blocks(&header, &data, place)
    }

    /// Expands the blocks that the header describes.
    fn blocks(&mut self, header: &[u8], mut data: &[u8], place: Place) -> Result<Vec<u8>, DecodeError> {
        let blocks = self.size(header, 0, place)?;
        let mut out = Vec::new();
        for block in 0..blocks as usize {
            let stored = self.size(header, 3 + block, place)?;
            let stored = self.check(stored, data.len(), place)?;
            let allowance = self.budget.allowance(stored as u64, self.limits);
            let expanded = read_bounded(
                ZlibDecoder::new(&data[..stored]),
                allowance,
                0,
                Format::Vtp,
                place,
            )?;
            self.budget.spend(expanded.len() as u64);
            out.extend(expanded);
            data = &data[stored..];
        }
        Ok(out)
    }
}
