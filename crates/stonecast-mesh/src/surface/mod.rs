//! Quantities of a surface and changes of its triangulation.

pub mod shapes;
