//! Spatial queries on one index: closest point, ray, section, signed distance.

mod index;
mod signed;

pub use index::{Closest, Feature, RayHit, SpatialIndex};
pub use signed::{OrientedSurface, Side, Signed, Surrounding};
