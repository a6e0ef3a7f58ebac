//! Labelled teeth as files: what `stonecast teeth` and the case folder hold of them.
//!
//! | file | holds |
//! |---|---|
//! | [`file`] | one file to a labelled arch, and its labels in the order of the file |
//! | [`document`] | the JSON documents: labels, landmarks |
//! | [`pictures`] | pictures of labelled teeth, and of how labels agree |

pub mod document;
pub mod file;
pub mod pictures;
