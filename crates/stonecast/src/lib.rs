//! Two raw arch scans to a diagnostic cast: the `stonecast` command and the pipeline behind it.
//!
//! | look in | for |
//! |---|---|
//! | [`pipeline`] | the order of the whole job |
//! | [`case`] | what lies in a case folder, and how it is written and read |
//! | [`files`], [`pictures`] | which meshes and pictures a case holds |
//! | [`teeth`] | labelled teeth as files |
//! | [`measure`] | findings as files and as words |
//! | [`occlusion`] | how the arches meet, as files and as words |
//! | [`articulate`] | a case on an articulator, as files and as words |
//! | [`cli`] | the command line: one file for each command |
//!
//! This is the only crate that touches files and clocks. No clock reaches a file: what is written depends on what
//! was given, and on nothing else.

pub mod articulate;
pub mod case;
pub mod cli;
pub mod files;
pub mod measure;
pub mod occlusion;
pub mod pictures;
pub mod pipeline;
pub mod teeth;
