//! The cast frame: the one frame in which every value after the cast stage is stated.
//!
//! It is DICOM's patient frame (LPS), in millimetres. The origin is the midpoint of the upper central incisal
//! edges dropped onto the occlusal plane; the occlusal plane is `z = 0`. A cast of the lower arch alone uses the
//! midpoint of its own central incisal edges, and says so.
//!
//! ```text
//!            +y posterior                       +z superior
//!                 ^                                  ^
//!   patient's     |      patient's     patient's     |     patient's
//!   right  -------+------> left        right  -------+-----> left
//!                 |        +x                        |       +x
//!              incisors                           incisors
//!        seen from above                    seen from the front
//! ```

/// Towards the patient's left.
pub const LEFT: [f64; 3] = [1.0, 0.0, 0.0];
/// Towards the back of the head.
pub const POSTERIOR: [f64; 3] = [0.0, 1.0, 0.0];
/// Towards the crown of the head.
pub const SUPERIOR: [f64; 3] = [0.0, 0.0, 1.0];
