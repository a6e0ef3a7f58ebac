//! Poses that a person states: three occlusal points, or a matrix.
//!
//! Units: mm. Frame: points and matrix start from the scanner's frame.

use nalgebra::{Matrix3, Rotation3, Translation3, UnitQuaternion, Vector3};
use serde::{Deserialize, Serialize};
use stonecast_dental::{Deg, Mm};
use stonecast_mesh::{Point, RigidMotion};

use super::pose::frame_at;
use super::{MidlineEvidence, OrientError, Orientation, OrientationSource};

/// Three points on the occlusal plane, in the scanner's frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OcclusalPoints {
    /// A cusp of a molar on the patient's right.
    pub right_molar: [f64; 3],
    /// The same cusp on the patient's left.
    pub left_molar: [f64; 3],
    /// Between the incisal edges of the central incisors.
    pub incisal_midpoint: [f64; 3],
}

/// The pose in which the three points lie on the occlusal plane: the midline runs from the incisal midpoint to
/// midway between the molars, the origin is the incisal midpoint. It is the same for either jaw, since right, left
/// and front leave only one way up.
///
/// ```
/// use stonecast_cast::orient::{OcclusalPoints, from_three_points};
/// let points = OcclusalPoints {
///     right_molar: [-22.0, 30.0, 0.0],
///     left_molar: [22.0, 30.0, 0.0],
///     incisal_midpoint: [0.0, 0.0, 0.0],
/// };
/// let pose = from_three_points(&points)?;
/// assert!(pose.arch_from_scan.rotation.angle() < 1e-12);
/// # Ok::<(), stonecast_cast::orient::OrientError>(())
/// ```
///
/// # Errors
/// Points that are not finite, too near each other or almost in line.
pub fn from_three_points(points: &OcclusalPoints) -> Result<Orientation, OrientError> {
    let [right, left, front] =
        [points.right_molar, points.left_molar, points.incisal_midpoint].map(Point::from);
    if [right, left, front]
        .iter()
        .any(|p| p.iter().any(|c| !c.is_finite()))
    {
        return Err(OrientError::BadPoints {
            what: "are not finite numbers",
        });
    }
    // Half the distance between the first primary molars of a small child's arch (about 25 mm).
    const LEAST: f64 = 12.0;
    let middle = nalgebra::center(&right, &left);
    if (left - right).norm() < LEAST || (middle - front).norm() < LEAST {
        return Err(OrientError::BadPoints {
            what: "lie too near each other",
        });
    }
    let posterior = (middle - front).normalize();
    let across = left - right;
    let left_axis = across - posterior * across.dot(&posterior);
    // 30°: the molars then stand one behind the other rather than to both sides.
    if left_axis.norm() < 0.5 * across.norm() {
        return Err(OrientError::BadPoints {
            what: "lie almost in line",
        });
    }
    let left_axis = left_axis.normalize();
    let superior = left_axis.cross(&posterior);
    Ok(stated(
        frame_at(&front, &left_axis, &posterior, &superior),
        OrientationSource::ThreePoints,
    ))
}

/// The pose that a matrix states, given by its rows.
///
/// # Errors
/// A matrix that is not finite, whose last row is not 0 0 0 1, that scales or shears (by more than 0.1 %, the
/// rounding of matrices written with four digits), or that mirrors.
pub fn from_matrix(arch_from_scan: &[[f64; 4]; 4]) -> Result<Orientation, OrientError> {
    let bad = |what| Err(OrientError::BadMatrix { what });
    if arch_from_scan.iter().flatten().any(|c| !c.is_finite()) {
        return bad("holds a number that is not finite");
    }
    if arch_from_scan[3] != [0.0, 0.0, 0.0, 1.0] {
        return bad("does not end with the row 0 0 0 1");
    }
    let linear = Matrix3::from_fn(|i, j| arch_from_scan[i][j]);
    if (linear.transpose() * linear - Matrix3::identity()).amax() > 1e-3 {
        return bad("scales or shears");
    }
    if linear.determinant() < 0.0 {
        return bad("mirrors left and right");
    }
    let rotation = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix(&linear));
    let translation = Vector3::new(arch_from_scan[0][3], arch_from_scan[1][3], arch_from_scan[2][3]);
    Ok(stated(
        RigidMotion::from_parts(Translation3::from(translation), rotation),
        OrientationSource::Matrix,
    ))
}

fn stated(arch_from_scan: RigidMotion, source: OrientationSource) -> Orientation {
    Orientation {
        arch_from_scan,
        source,
        midline_evidence: MidlineEvidence::Stated,
        confidence: 1.0,
        occlusal_confidence: 1.0,
        midline_confidence: 1.0,
        occlusal_residual: Mm(0.0),
        asymmetry: 0.0,
        occlusal_uncertainty: Deg(0.0),
        midline_uncertainty: Deg(0.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_mesh::Vector;

    #[test]
    fn three_points_find_their_pose_back() {
        let scan_from_arch = stonecast_testkit::random_motion(5);
        let at = |x, y| (scan_from_arch * Point::new(x, y, 0.0)).into();
        let pose = from_three_points(&OcclusalPoints {
            right_molar: at(-23.0, 31.0),
            left_molar: at(23.0, 31.0),
            incisal_midpoint: at(0.0, 0.0),
        })
        .unwrap();
        let identity = pose.arch_from_scan * scan_from_arch;
        assert!(identity.rotation.angle() < 1e-9 && identity.translation.vector.norm() < 1e-9);
    }

    #[test]
    fn points_that_span_no_arch_are_refused() {
        let points = |right_molar, left_molar, incisal_midpoint| OcclusalPoints {
            right_molar,
            left_molar,
            incisal_midpoint,
        };
        for bad in [
            points([0.0; 3], [0.0; 3], [0.0; 3]),
            points([-20.0, 30.0, 0.0], [20.0, f64::NAN, 0.0], [0.0; 3]),
            points([0.0, 20.0, 0.0], [0.0, 50.0, 0.0], [0.0; 3]),
            points([-20.0, 1.0, 0.0], [20.0, 1.0, 0.0], [0.0; 3]),
        ] {
            assert!(
                matches!(from_three_points(&bad), Err(OrientError::BadPoints { .. })),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn a_matrix_is_taken_only_if_it_is_rigid_and_right_handed() {
        let motion = stonecast_testkit::random_motion(9);
        let m = motion.to_homogeneous();
        let rows: [[f64; 4]; 4] = std::array::from_fn(|i| std::array::from_fn(|j| m[(i, j)]));
        let pose = from_matrix(&rows).unwrap();
        let point = Point::from(Vector::new(1.0, 2.0, 3.0));
        assert!((pose.arch_from_scan * point - motion * point).norm() < 1e-9);
        let scaled = rows.map(|r| r.map(|x| x * 25.4));
        let mirrored = [rows[0].map(|x| -x), rows[1], rows[2], rows[3]];
        let mut last = rows;
        last[3][0] = 1.0;
        let mut nan = rows;
        nan[0][0] = f64::NAN;
        for bad in [scaled, mirrored, last, nan] {
            assert!(matches!(from_matrix(&bad), Err(OrientError::BadMatrix { .. })));
        }
    }
}
