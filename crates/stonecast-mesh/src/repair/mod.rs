//! Faults of a surface and their repair.
//!
//! | to | use |
//! |---|---|
//! | list every fault with its place | [`diagnose`] |
//! | get one oriented manifold surface, no vertex moved | [`mend`] |
//! | replace small places where the surface passes through itself | [`uncross`] |
//! | close small holes smoothly, the big border left alone | [`fill_holes`] |
//! | know which side of the surface is outside | [`outward`] |

mod box_pairs;
mod diagnose;
mod fill;
mod intersect;
mod mend;
mod outward;
mod sheets;
mod uncross;

pub use diagnose::{BorderLoop, ComponentSize, Element, FaultKind, MeshFault, MeshReport, Place, diagnose};
pub use fill::{FillParams, Filled, LeftHole, LeftReason, Patch, fill_holes};
pub use intersect::{self_intersections, triangles_cross};
pub use mend::{MendParams, MendReport, Mended, mend};
pub use outward::{Outward, OutwardEvidence, PieceOutward, outward};
pub use uncross::{UncrossParams, UncrossReport, Uncrossed, uncross};
