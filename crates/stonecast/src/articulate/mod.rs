//! A case on an articulator: files and words.
//!
//! | file | holds |
//! |---|---|
//! | [`pictures`] | strips of motions, and an animated model |

pub mod pictures;
