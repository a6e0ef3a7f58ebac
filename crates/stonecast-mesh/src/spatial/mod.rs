//! Spatial queries on one index: closest point, ray, section, signed distance.

mod build;
mod closest;
mod field;
mod index;
mod ray;
mod signed;
mod tree;
mod triangle;

pub use index::{Closest, RayHit, SpatialIndex};
pub use signed::{OrientedSurface, Side, Signed, Surrounding};
pub use triangle::Feature;
