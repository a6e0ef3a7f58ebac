//! A case on an articulator: files, pictures and words.
//!
//! | file | holds |
//! |---|---|
//! | [`mount`] | how the case is mounted: what is read from the cast, and the file in which points are given |
//! | [`case`] | motions of a case, measured, and their files |
//! | [`document`] | `mounting.json` and a document for each motion |
//! | [`pictures`] | strips of motions, and an animated model |
//! | [`record`] | recorded motion, brought to a mounted case |
//! | [`summary`] | the same as a table for people |
//! | [`sweep`] | what appears at which setting |

pub mod case;
pub mod document;
pub mod mount;
pub mod pictures;
pub mod record;
pub mod summary;
pub mod sweep;
