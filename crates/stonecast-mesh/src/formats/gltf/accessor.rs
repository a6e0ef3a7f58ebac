//! Rows of numbers in buffers.

use super::super::{DecodeError, Limits, Place};
use super::container::Asset;
use super::json::Accessor;

/// The type of a component.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Component {
    I8,
    U8,
    I16,
    U16,
    U32,
    F32,
}

impl Component {
    fn parse(code: u32) -> Option<Self> {
        Some(match code {
            5120 => Self::I8,
            5121 => Self::U8,
            5122 => Self::I16,
            5123 => Self::U16,
            5125 => Self::U32,
            5126 => Self::F32,
            _ => return None,
        })
    }

    fn size(self) -> u64 {
        match self {
            Self::I8 | Self::U8 => 1,
            Self::I16 | Self::U16 => 2,
            Self::U32 | Self::F32 => 4,
        }
    }

    /// The value that starts `bytes`, which hold at least [`Component::size`] bytes.
    fn value(self, bytes: &[u8]) -> f64 {
        let word = |n: usize| -> [u8; 4] {
            let mut word = [0; 4];
            word[..n].copy_from_slice(&bytes[..n]);
            word
        };
        match self {
            Self::I8 => f64::from(bytes[0] as i8),
            Self::U8 => f64::from(bytes[0]),
            Self::I16 => f64::from(i16::from_le_bytes([bytes[0], bytes[1]])),
            Self::U16 => f64::from(u16::from_le_bytes([bytes[0], bytes[1]])),
            Self::U32 => f64::from(u32::from_le_bytes(word(4))),
            Self::F32 => f64::from(f32::from_le_bytes(word(4))),
        }
    }

    /// What a stored whole number of a normalised accessor is divided by.
    fn scale(self) -> f64 {
        match self {
            Self::I8 => 127.0,
            Self::U8 => 255.0,
            Self::I16 => 32_767.0,
            Self::U16 => 65_535.0,
            Self::U32 | Self::F32 => 1.0,
        }
    }
}

/// Rows of numbers, checked to lie within their buffer.
pub(super) struct Rows<'a> {
    bytes: Option<&'a [u8]>,
    stride: usize,
    component: Component,
    width: usize,
    count: usize,
    normalized: bool,
    /// Row number and offset in `sparse_bytes`, by rising row.
    sparse: Vec<(u64, usize)>,
    sparse_bytes: &'a [u8],
}

impl Rows<'_> {
    pub(super) fn len(&self) -> usize {
        self.count
    }

    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// True for whole numbers that do not stand for parts of one.
    pub(super) fn is_whole(&self) -> bool {
        self.component != Component::F32 && !self.normalized
    }

    /// The numbers of a row; those beyond the row's width stay 0.
    pub(super) fn row<const N: usize>(&self, row: usize) -> [f64; N] {
        let mut values = [0.0; N];
        let bytes = match self.sparse.binary_search_by_key(&(row as u64), |s| s.0) {
            Ok(found) => Some(&self.sparse_bytes[self.sparse[found].1..]),
            Err(_) => self.bytes.map(|bytes| &bytes[row * self.stride..]),
        };
        let Some(bytes) = bytes else { return values };
        let size = self.component.size() as usize;
        for (i, value) in values.iter_mut().enumerate().take(self.width) {
            *value = self.component.value(&bytes[i * size..]);
            if self.normalized {
                *value = (*value / self.component.scale()).max(-1.0);
            }
        }
        values
    }
}

/// Opens accessor `index`.
pub(super) fn rows<'a>(asset: &'a Asset<'_>, index: usize, limits: &Limits) -> Result<Rows<'a>, DecodeError> {
    let place = Place::Item {
        kind: "accessor",
        index: index as u64,
    };
    let malformed = |expected: &'static str| DecodeError::malformed(asset.format, place, expected);
    let accessor: &Accessor = asset
        .root
        .accessors
        .get(index)
        .ok_or_else(|| malformed("an accessor with the number that is used"))?;
    let component = Component::parse(accessor.component_type)
        .ok_or_else(|| malformed("a componentType from 5120 to 5126 (other than 5124)"))?;
    let width = match accessor.kind.as_str() {
        "SCALAR" => 1,
        "VEC2" => 2,
        "VEC3" => 3,
        "VEC4" => 4,
        _ => return Err(malformed("the type SCALAR, VEC2, VEC3 or VEC4")),
    };
    let limit = limits.max_vertices.max(limits.max_faces.saturating_mul(3));
    DecodeError::check_limit(asset.format, place, "rows", accessor.count, limit)?;
    let row_size = component.size() * width;
    let (bytes, stride) = match accessor.buffer_view {
        None => (None, row_size),
        Some(view) => {
            let (bytes, stride) =
                view_rows(asset, view, accessor.byte_offset, accessor.count, row_size, place)?;
            (Some(bytes), stride)
        }
    };
    let (sparse, sparse_bytes) = sparse(asset, accessor, row_size, place)?;
    // Without a view, all rows that are not sparse are zero: they need no bytes, so their number must be bounded
    // by what the file really holds.
    if bytes.is_none() && accessor.count > asset.buffers.iter().map(|b| b.len() as u64).sum::<u64>() {
        return Err(malformed("no more rows without data than the buffers have bytes"));
    }
    Ok(Rows {
        bytes,
        stride: stride as usize,
        component,
        width: width as usize,
        count: accessor.count as usize,
        normalized: accessor.normalized,
        sparse,
        sparse_bytes,
    })
}

/// The bytes of `count` rows behind `offset` in a view, and their stride.
fn view_rows<'a>(
    asset: &'a Asset<'_>,
    view: usize,
    offset: u64,
    count: u64,
    row_size: u64,
    place: Place,
) -> Result<(&'a [u8], u64), DecodeError> {
    let malformed = |expected: &'static str| DecodeError::malformed(asset.format, place, expected);
    let view = asset
        .root
        .buffer_views
        .get(view)
        .ok_or_else(|| malformed("a bufferView that exists"))?;
    let buffer = asset
        .buffers
        .get(view.buffer)
        .ok_or_else(|| malformed("a buffer that exists"))?;
    let stride = view.byte_stride.unwrap_or(row_size);
    if stride < row_size || stride > 252.max(row_size) {
        return Err(malformed("a byteStride from the size of a row to 252"));
    }
    let end = view
        .byte_offset
        .checked_add(view.byte_length)
        .filter(|&end| end <= buffer.len() as u64);
    let end = end.ok_or_else(|| malformed("a bufferView that lies within its buffer"))?;
    let needed = if count == 0 {
        0
    } else {
        (count - 1) * stride + row_size
    };
    let start = view.byte_offset.saturating_add(offset);
    let available = end.saturating_sub(start);
    if needed > available {
        return Err(DecodeError::Truncated {
            format: asset.format,
            place,
            what: "the declared count of rows",
            needed,
            available,
        });
    }
    Ok((&buffer[(start.min(end)) as usize..end as usize], stride))
}

type SparseRows<'a> = (Vec<(u64, usize)>, &'a [u8]);

fn sparse<'a>(
    asset: &'a Asset<'_>,
    accessor: &Accessor,
    row_size: u64,
    place: Place,
) -> Result<SparseRows<'a>, DecodeError> {
    let Some(sparse) = &accessor.sparse else {
        return Ok((Vec::new(), &[]));
    };
    let malformed = |expected: &'static str| DecodeError::malformed(asset.format, place, expected);
    if sparse.count > accessor.count {
        return Err(malformed("no more sparse rows than rows"));
    }
    let component = Component::parse(sparse.indices.component_type)
        .ok_or_else(|| malformed("a componentType of sparse indices"))?;
    let size = component.size();
    let (indices, stride) = view_rows(
        asset,
        sparse.indices.buffer_view,
        sparse.indices.byte_offset,
        sparse.count,
        size,
        place,
    )?;
    let (values, value_stride) = view_rows(
        asset,
        sparse.values.buffer_view,
        sparse.values.byte_offset,
        sparse.count,
        row_size,
        place,
    )?;
    let mut rows = Vec::with_capacity(sparse.count as usize);
    for i in 0..sparse.count as usize {
        let row = component.value(&indices[i * stride as usize..]);
        let rising = rows.last().is_none_or(|&(last, _)| row > last as f64);
        if row < 0.0 || row >= accessor.count as f64 || !rising {
            return Err(malformed("sparse indices that rise and lie within the accessor"));
        }
        rows.push((row as u64, i * value_stride as usize));
    }
    Ok((rows, values))
}
