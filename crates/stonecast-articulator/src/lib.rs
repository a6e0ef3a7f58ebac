//! Casts on an articulator: how they are mounted, how it is set, and how the lower jaw moves by that.
//!
//! Units: mm, degrees. Frame: the cast frame, which stays with the upper arch; the lower one moves. No surfaces occur here:
//! what the teeth do along a path is measured in `stonecast-occlusion`. Nothing is blocked or deformed by teeth.

pub mod path;

pub use path::{JawPath, JawStep, MotionKind};
