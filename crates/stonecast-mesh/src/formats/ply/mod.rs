//! PLY: a text header that declares elements, then their rows in ASCII or binary of either byte order.
//!
//! **Units** the file's; PLY declares none.
//! **Steps** 1. `header::parse` reads what is declared. 2. `read::read` walks the elements in order through one
//! [`source::Source`] of values, so the three encodings share one path: vertices into points, normals, colours,
//! scalars and labels; faces and strips into a face list; everything else is stepped over. 3. Polygons are cut
//! ([`super::polygon`]).
//!
//! **Limits** Vertices keep the file's order and number. Real numbers per vertex are kept in 32 bits, except the
//! coordinates, which keep 64. Real numbers per face, and lists other than the corners and the texture
//! coordinates, are not kept.
//!
//! **References** G. Turk, The PLY polygon file format, 1994.

mod header;
mod read;
mod rows;
mod source;
mod write;

pub use read::read_ply;
pub use write::{PlyCoordinates, PlyEncoding, PlyOptions, encode_ply, write_ply};
