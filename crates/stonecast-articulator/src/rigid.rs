//! A 4 × 4 matrix made a rigid motion, or the reason why it is none.
//!
//! Units: mm in the translation; the tolerance is `record-rigid` of `tables/articulator.toml`.

use nalgebra::{Matrix3, Matrix4, Rotation3, Translation3, UnitQuaternion};
use stonecast_mesh::RigidMotion;

use crate::rows::row;

/// Why a matrix is no rigid motion.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotRigid {
    /// An entry is no number.
    #[error("an entry is not finite")]
    NotFinite,
    /// The last row is not 0 0 0 1.
    #[error("its last row is {0:?} instead of 0 0 0 1; is it transposed (column after column)?")]
    LastRow([f64; 4]),
    /// It mirrors.
    #[error("it mirrors (determinant {0:.4}): a left-handed frame; convert to a right-handed one")]
    Mirrors(f64),
    /// It stretches or shears.
    #[error("it stretches or shears: its columns are {0:.2e} away from a rotation (tolerance {1:.0e})")]
    Stretches(f64, f64),
}

/// The rigid motion nearest to a matrix that is one but for rounding.
///
/// # Errors
/// If it is none.
pub fn rigid_from_matrix(matrix: &Matrix4<f64>) -> Result<RigidMotion, NotRigid> {
    if !matrix.iter().all(|entry| entry.is_finite()) {
        return Err(NotRigid::NotFinite);
    }
    let last = [matrix[(3, 0)], matrix[(3, 1)], matrix[(3, 2)], matrix[(3, 3)]];
    let tolerance = row("record-rigid").number("tolerance");
    if last[..3].iter().any(|entry| entry.abs() > tolerance) || (last[3] - 1.0).abs() > tolerance {
        return Err(NotRigid::LastRow(last));
    }
    let linear: Matrix3<f64> = matrix.fixed_view::<3, 3>(0, 0).into();
    let determinant = linear.determinant();
    if determinant < 0.0 {
        return Err(NotRigid::Mirrors(determinant));
    }
    let off = (linear.transpose() * linear - Matrix3::identity()).amax();
    if off > tolerance {
        return Err(NotRigid::Stretches(off, tolerance));
    }
    // The rotation of the polar decomposition is the nearest one.
    let svd = linear.svd(true, true);
    let (Some(u), Some(v_t)) = (svd.u, svd.v_t) else {
        return Err(NotRigid::NotFinite);
    };
    let rotation = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(u * v_t));
    let at = matrix.fixed_view::<3, 1>(0, 3);
    Ok(RigidMotion::from_parts(
        Translation3::new(at[0], at[1], at[2]),
        rotation,
    ))
}
