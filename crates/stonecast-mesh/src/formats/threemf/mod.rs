//! 3MF: a zip package whose model is XML: objects of meshes and components, and the items to build.
//!
//! **Units** the model's `unit`, millimetre when it says none.
//! **Steps** 1. `read::model_path` finds the model through the package's relations. 2. [`model`] reads its objects
//! and items, and the models that the production extension (`p:path`) refers to. 3. `read::Builder` walks items
//! and components, within bounds of depth and repetition, and makes a part of every mesh, moved to its place.
//!
//! **Limits** Materials, colours and textures are not kept. Support objects are left out. Extensions that a file
//! requires, other than production and materials, are refused: without them the shape would be wrong.
//!
//! **References** 3MF Consortium, 3D Manufacturing Format, core specification 1.3 and production extension 1.1.

mod model;
mod read;
mod write;

pub use read::read_threemf;
pub use write::{encode_threemf, write_threemf};

pub(super) use read::{read_within, sniff};
