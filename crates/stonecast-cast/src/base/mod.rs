//! Base: a closed body for an arch to stand on, separate from the anatomy.

use stonecast_mesh::TriMesh;

/// The base of one arch, in the cast frame.
#[derive(Clone, Debug)]
pub struct Base {
    /// The base alone: closed and manifold.
    pub body: TriMesh,
}
