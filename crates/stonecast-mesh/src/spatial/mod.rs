//! Spatial queries on one index: closest points, signed distances, rays, faces near a place; and plane sections.

mod build;
mod closest;
mod field;
mod index;
mod range;
mod ray;
mod section;
mod signed;
mod tree;
mod triangle;

pub use index::{Closest, RayHit, SpatialIndex};
pub use section::{Plane, Polyline, section};
pub use signed::{OrientedSurface, Side, Signed, Surrounding};
pub use triangle::Feature;
pub(crate) use triangle::closest_on_triangle;
