//! The case folder: what a finished job leaves behind. `docs/stages/case-folder.md` is its written format.
//!
//! | file | holds |
//! |---|---|
//! | [`manifest`] | `case.toml`: what was made, from what, and every fact that was settled |
//! | [`mod@write`] | a folder is written beside its place and moved there whole, or not at all |
//! | [`read`] | a finished case, for pictures and for the stages to come |

pub mod manifest;
pub mod read;
pub mod write;

pub use manifest::Manifest;
