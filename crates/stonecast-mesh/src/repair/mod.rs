//! Faults of a surface and their repair.
//!
//! | to | use |
//! |---|---|
//! | list every fault with its place | [`diagnose`] |
//! | get one oriented manifold surface, no vertex moved | [`mend`] |
//! | know which side of the surface is outside | [`outward`] |

mod box_pairs;
mod diagnose;
mod intersect;
mod mend;
mod outward;
mod sheets;

pub use diagnose::{BorderLoop, ComponentSize, Element, FaultKind, MeshFault, MeshReport, Place, diagnose};
pub use intersect::{self_intersections, triangles_cross};
pub use mend::{MendParams, MendReport, Mended, mend};
pub use outward::{Outward, OutwardEvidence, PieceOutward, outward};
