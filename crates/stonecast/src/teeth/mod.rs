//! Labelled teeth as files: what `stonecast teeth` and the case folder hold of them.
//!
//! | file | holds |
//! |---|---|
//! | [`case`] | the teeth of a case, when it is made and when it is corrected |
//! | [`items`] | which files a case holds of them |
//! | [`paint`] | the colour of each tooth |
//! | [`mod@file`] | one file to a labelled arch, and its labels in the order of the file |
//! | [`document`] | the JSON documents: labels, landmarks |
//! | [`read`] | a case's labelled teeth, read back in full |
//! | [`pictures`] | pictures of labelled teeth, and of how labels agree |

pub mod case;
pub mod document;
pub mod file;
pub mod items;
pub mod paint;
pub mod pictures;
pub mod read;
