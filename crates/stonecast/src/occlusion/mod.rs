//! How the arches of a case meet: files and pictures.

pub mod pictures;
