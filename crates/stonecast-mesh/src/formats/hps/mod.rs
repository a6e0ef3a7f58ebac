//! 3Shape HPS: packed scans in XML, vertices as base64 floats, faces as a walk over the surface.
//!
//! **Units** millimetres, by 3Shape's convention; the file declares none.
//! **Steps** 1. `read::read_hps` finds the schema and refuses what is encrypted. 2. `faces::decode` replays the
//! walk. 3. [`texture`] reads coordinates on the picture, `read::colours` colours per vertex.
//!
//! **Limits** Only the public schemas CA and CC, which share one encoding. Schema CE is encrypted, CB is not
//! public. Splines, annotations, embedded pictures and the check value of the vertices are not kept or checked.
//!
//! **References** The format has no public specification; the encoding was learnt from the behaviour of the
//! open decoder `hpsdecode` (L. Knol, 2025), which also judges this one.

mod faces;
mod read;
mod texture;

pub use read::read_hps;
