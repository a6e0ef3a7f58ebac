//! VTP: VTK's XML form of poly data, its numbers in ASCII, base64, or appended raw bytes, plain or compressed.
//!
//! **Units** the file's; VTK declares none.
//! **Steps** 1. `read::read_vtp` splits the appended bytes off and walks the XML. 2. [`array`] decodes each array
//! that describes the surface. 3. Polygons are cut ([`super::polygon`]) and strips unrolled. Each piece becomes a
//! part, with the file's points in the file's order and number.
//!
//! **Limits** Compressors other than zlib are refused. Vertices, lines, texture coordinates, field data, and
//! arrays of more than one component other than normals and colours are not kept.
//!
//! **References** Kitware, VTK file formats (XML), VTK user's guide, 2010.

mod array;
mod read;

pub use read::read_vtp;
