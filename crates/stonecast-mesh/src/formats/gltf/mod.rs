//! glTF 2.0: JSON that describes nodes, meshes and buffers, alone with embedded buffers or in the binary
//! container GLB.
//!
//! **Units** metres, by the specification.
//! **Steps** 1. `container::open` finds the JSON and the binary chunk. 2. [`accessor`] reads rows of numbers
//! through views, strides and sparse overlays. 3. `read::Builder` walks the scene's nodes and makes a part of
//! every primitive that they show, moved to its place, its vertices welded: glTF splits vertices at the seams of
//! textures and normals, which would leave cracks in the surface.
//!
//! **Limits** Buffers in other files are refused, so are compressed ones. Animation, skins, morph targets,
//! materials other than the base picture's name, points and lines are not kept. Colours are kept as stored,
//! without conversion between linear and sRGB.
//!
//! **References** Khronos Group, glTF 2.0 specification (ISO/IEC 12113:2022).

mod accessor;
mod animate;
mod container;
mod json;
mod read;
mod write;

pub use animate::{AnimatedScene, AnimationError, Clip, Keyframe, Track, UpAxis, encode_animated_glb};
pub use read::{read_glb, read_gltf};
pub use write::{encode_glb, write_glb};
