//! Quantities of a surface and changes of its triangulation.
//!
//! | to | use |
//! |---|---|
//! | know how a surface bends, at a scale of your choice | [`principal_curvatures`] |
//! | know how far apart points are along the surface | [`geodesic_distance`] |
//! | take noise off, features kept, displacement bounded | [`taubin`], [`denoise`] |
//! | have fewer triangles, the deviation known | [`decimate`] |
//! | have triangles of one size, or four times as many | [`remesh`], [`subdivide`] |
//! | test against surfaces known in closed form | [`shapes`] |

mod curvature;
mod decimate;
mod editable;
mod geodesic;
mod remesh;
pub mod shapes;
mod smooth;
mod subdivide;

pub use curvature::{Curvatures, principal_curvatures, vertex_areas};
pub use decimate::{DecimateTarget, Decimated, decimate};
pub use geodesic::geodesic_distance;
pub use remesh::{RemeshParams, Remeshed, remesh};
pub use smooth::{DenoiseParams, Smoothed, TaubinParams, denoise, taubin};
pub use subdivide::{Subdivided, subdivide};
