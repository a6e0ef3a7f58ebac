//! Triangle meshes for scanned surfaces.
//!
//! This crate knows no dentistry. Lengths are plain `f64` in the unit of the mesh at hand; a mesh that has
//! passed `stonecast-cast`'s intake is in millimetres. Coordinates are `f64` throughout, so that a change of
//! frame costs less than a nanometre.
//!
//! | to | look in |
//! |---|---|
//! | hold a mesh, ask for its normals, areas, neighbours | [`mesh`], [`topology`], [`data`] |
//! | read and write files | [`formats`] |
//! | closest point, ray, section, signed distance | [`spatial`] |
//! | mend faults, fill holes, detect self-intersection | [`repair`] |
//! | curvature, geodesics, smoothing, decimation, remeshing | [`surface`] |
//! | bring two surfaces together | [`registration`] |

pub mod data;
pub mod formats;
pub mod ids;
pub mod mesh;
pub mod registration;
pub mod repair;
pub mod spatial;
pub mod surface;
pub mod topology;

pub use data::{FaceData, VertexData};
pub use ids::{FaceId, VertexId};
pub use mesh::{Aabb, MeshError, TriMesh};

/// A position, in the unit and frame of the mesh it belongs to.
pub type Point = nalgebra::Point3<f64>;
/// A displacement or direction.
pub type Vector = nalgebra::Vector3<f64>;
/// A rotation followed by a translation. Named `target_from_source`, so that
/// `point_in_target = target_from_source * point_in_source` checks itself.
pub type RigidMotion = nalgebra::Isometry3<f64>;
