//! Values of the rows, whatever their encoding.

use super::super::tokens::Tokens;
use super::super::{DecodeError, Format, Place};
use super::header::{Element, Scalar};

/// Gives one value after another. Every type fits an `f64` exactly.
pub(super) trait Source {
    fn value(&mut self, scalar: Scalar) -> Result<f64, DecodeError>;

    /// Steps over `count` values.
    fn skip(&mut self, scalar: Scalar, count: u64) -> Result<(), DecodeError>;

    /// The least number of bytes that a value can take.
    fn least_size(&self, scalar: Scalar) -> u64;

    fn remaining(&self) -> u64;

    fn place(&self) -> Place;

    /// Refuses an element whose rows cannot fit the bytes that are left.
    fn check_rows(&self, element: &Element) -> Result<(), DecodeError> {
        let row: u64 = element
            .properties
            .iter()
            .map(|p| self.least_size(p.list.unwrap_or(p.item)))
            .sum();
        self.check_room(
            element.count.saturating_mul(row),
            "the declared rows of an element",
        )
    }

    fn check_room(&self, needed: u64, what: &'static str) -> Result<(), DecodeError> {
        if needed <= self.remaining() {
            return Ok(());
        }
        Err(DecodeError::Truncated {
            format: Format::Ply,
            place: self.place(),
            what,
            needed,
            available: self.remaining(),
        })
    }

    /// A list's count, once its items can fit the bytes that are left.
    fn list_count(&mut self, count: Scalar, item: Scalar) -> Result<u64, DecodeError> {
        let place = self.place();
        let count = self.value(count)?;
        if count < 0.0 {
            return Err(DecodeError::malformed(
                Format::Ply,
                place,
                "a list with a count of 0 or more",
            ));
        }
        let count = count as u64;
        self.check_room(count * self.least_size(item), "a list")?;
        Ok(count)
    }
}

/// Binary rows.
pub(super) struct Binary<'a> {
    bytes: &'a [u8],
    at: usize,
    big_endian: bool,
}

impl<'a> Binary<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize, big_endian: bool) -> Self {
        Self {
            bytes,
            at,
            big_endian,
        }
    }

    /// The next `N` bytes, the least significant first.
    #[inline]
    fn take<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        let Some(bytes) = self.bytes[self.at..].first_chunk::<N>() else {
            self.check_room(N as u64, "a value")?;
            unreachable!("check_room fails when fewer bytes are left than a value needs");
        };
        self.at += N;
        let mut bytes = *bytes;
        if self.big_endian {
            bytes.reverse();
        }
        Ok(bytes)
    }
}

impl Source for Binary<'_> {
    #[inline]
    fn value(&mut self, scalar: Scalar) -> Result<f64, DecodeError> {
        Ok(match scalar {
            Scalar::I8 => f64::from(i8::from_le_bytes(self.take()?)),
            Scalar::U8 => f64::from(u8::from_le_bytes(self.take()?)),
            Scalar::I16 => f64::from(i16::from_le_bytes(self.take()?)),
            Scalar::U16 => f64::from(u16::from_le_bytes(self.take()?)),
            Scalar::I32 => f64::from(i32::from_le_bytes(self.take()?)),
            Scalar::U32 => f64::from(u32::from_le_bytes(self.take()?)),
            Scalar::F32 => f64::from(f32::from_le_bytes(self.take()?)),
            Scalar::F64 => f64::from_le_bytes(self.take()?),
        })
    }

    fn skip(&mut self, scalar: Scalar, count: u64) -> Result<(), DecodeError> {
        let size = count.saturating_mul(scalar.size());
        self.check_room(size, "a value")?;
        self.at += size as usize;
        Ok(())
    }

    fn least_size(&self, scalar: Scalar) -> u64 {
        scalar.size()
    }

    fn remaining(&self) -> u64 {
        (self.bytes.len() - self.at) as u64
    }

    fn place(&self) -> Place {
        Place::Byte(self.at as u64)
    }
}

impl Source for Tokens<'_> {
    fn value(&mut self, scalar: Scalar) -> Result<f64, DecodeError> {
        if scalar.is_real() {
            return self.real("a number with a decimal point");
        }
        let value = self.whole("a whole number")?;
        let fits = match scalar {
            Scalar::I8 => i8::try_from(value).is_ok(),
            Scalar::U8 => u8::try_from(value).is_ok(),
            Scalar::I16 => i16::try_from(value).is_ok(),
            Scalar::U16 => u16::try_from(value).is_ok(),
            Scalar::I32 => i32::try_from(value).is_ok(),
            _ => u32::try_from(value).is_ok(),
        };
        if fits {
            Ok(value as f64)
        } else {
            Err(self.expected("a whole number that fits its declared type"))
        }
    }

    fn skip(&mut self, scalar: Scalar, count: u64) -> Result<(), DecodeError> {
        for _ in 0..count {
            self.value(scalar)?;
        }
        Ok(())
    }

    /// A digit; its separator is not counted because the last value of a file may lack one.
    fn least_size(&self, _scalar: Scalar) -> u64 {
        1
    }

    fn remaining(&self) -> u64 {
        Tokens::remaining(self) as u64
    }

    fn place(&self) -> Place {
        Tokens::place(self)
    }
}
