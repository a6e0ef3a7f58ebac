//! Spatial queries on one index: closest point, ray, section, signed distance.

mod index;

pub use index::{Closest, Feature, RayHit, SpatialIndex};
