//! How the arches of a case meet: files, pictures and words.
//!
//! | file | holds |
//! |---|---|
//! | [`case`] | the bite of a case, when it is made and when it is analysed again |
//! | [`document`] | `occlusion.json` and the tables |
//! | [`summary`] | the same as a table for people |
//! | [`pictures`] | occlusogram, arches with their distances |

pub mod case;
pub mod document;
pub mod pictures;
pub mod summary;
