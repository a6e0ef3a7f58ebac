//! Quantities of a surface and changes of its triangulation.
//!
//! | to | use |
//! |---|---|
//! | know how a surface bends, at a scale of your choice | [`principal_curvatures`] |
//! | know how far apart points are along the surface | [`geodesic_distance`] |
//! | take noise off, features kept, displacement bounded | [`taubin`], [`denoise`] |
//! | test against surfaces known in closed form | [`shapes`] |

mod curvature;
mod geodesic;
pub mod shapes;
mod smooth;

pub use curvature::{Curvatures, principal_curvatures, vertex_areas};
pub use geodesic::geodesic_distance;
pub use smooth::{DenoiseParams, Smoothed, TaubinParams, denoise, taubin};
