//! What drawings are made of.

pub mod labels;
pub mod page;
pub mod plan;
pub mod svg;
pub mod words;
