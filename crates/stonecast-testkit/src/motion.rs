//! Scans as scanners give them: in a pose of their own.

use nalgebra::{Quaternion, Translation3, UnitQuaternion};
use stonecast_mesh::{RigidMotion, TriMesh};

use crate::draw::Draw;

/// The mesh in a random pose, rotations uniform over all directions and the shift up to 60 mm along each axis;
/// and the motion `posed_from_cast` that took it there.
pub fn in_random_pose(mesh: &TriMesh, seed: u64) -> (TriMesh, RigidMotion) {
    let motion = random_motion(seed);
    (mesh.transformed(&motion), motion)
}

/// A random rigid motion, rotations uniform over all directions and the shift up to 60 mm along each axis.
pub fn random_motion(seed: u64) -> RigidMotion {
    let draw = Draw::new(seed).keyed("pose");
    // Four normal draws have no preferred direction, so neither has the quaternion.
    let [w, i, j, k] = [0, 1, 2, 3].map(|n| draw.at(n).normal());
    let rotation =
        UnitQuaternion::try_new(Quaternion::new(w, i, j, k), 1e-9).unwrap_or_else(UnitQuaternion::identity);
    let shift = [4, 5, 6].map(|n| draw.at(n).between(-60.0, 60.0));
    RigidMotion::from_parts(Translation3::from(shift), rotation)
}
