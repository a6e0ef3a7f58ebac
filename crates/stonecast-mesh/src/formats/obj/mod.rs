//! OBJ: a text of positions, texture coordinates, normals and polygons that number them from 1, or backwards
//! from the last with negative numbers.
//!
//! **Units** the file's; OBJ declares none.
//! **Steps** 1. `read::Reader` walks the lines; each face is checked against the vertices so far, so an error
//! names its line. 2. Polygons are cut ([`super::polygon`]). 3. A file with one object keeps all its vertices in
//! order and number; with several, each part takes the vertices that it uses.
//!
//! **Limits** Objects (`o`) become parts; groups (`g`) become the face label `group`, numbered by first appearance,
//! their names are not kept. Free-form curves and surfaces, lines and points are left out with a note. The
//! material library is named, not read, unless it lies in the same archive ([`read_mtl`]).
//!
//! **References** Wavefront Technologies, Advanced Visualizer manual, appendix B1 (object files), 1993.

mod mtl;
mod read;
mod write;

pub use mtl::{Material, read_mtl};
pub use read::read_obj;
pub use write::{encode_obj, write_obj};

pub(super) use read::sniff;
