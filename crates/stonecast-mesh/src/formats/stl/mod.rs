//! STL: triangles without connection, binary or ASCII.
//!
//! **Units** the file's; STL declares none.
//! **Steps** 1. `is_ascii` tells the two forms apart by size and content, because the word "solid" that should
//! mark ASCII also starts many binary headers. 2. `binary::read` or `ascii::read` join identical corners as
//! they go ([`super::weld`]), so vertices are numbered by first appearance and faces keep the file's order.
//!
//! **Limits** Stated normals are ignored (the corners' order rules), so are the two attribute bytes of a binary
//! triangle, which have no agreed meaning. Corners are joined only where bit-identical.
//!
//! **References** 3D Systems, Stereolithography Interface Specification, 1989.

mod ascii;
mod binary;
mod write;

pub use write::{encode_stl, write_stl};

use super::{DecodeError, Decoded, Limits};

/// Reads an STL file. ASCII files may hold several solids; each becomes a part.
///
/// # Errors
/// A count that the size contradicts, a file cut short, coordinates that are not finite, no triangle at all.
pub fn read_stl(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    if is_ascii(bytes) {
        ascii::read(bytes, limits)
    } else {
        binary::read(bytes, limits)
    }
}

/// True for an ASCII file: it says "solid", its size is not what a binary header of these bytes would need, and
/// its first kilobyte is text.
fn is_ascii(bytes: &[u8]) -> bool {
    says_solid(bytes)
        && !binary::size_fits(bytes)
        && bytes
            .iter()
            .take(1024)
            .all(|&b| b >= b' ' || b.is_ascii_whitespace() || b == 0x0b)
}

/// True when the first word is "solid", in any case.
fn says_solid(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    text.get(..5)
        .is_some_and(|word| word.eq_ignore_ascii_case(b"solid"))
}

pub(super) fn sniff(bytes: &[u8]) -> bool {
    binary::size_fits(bytes) || says_solid(bytes)
}
