//! The rigid motion between matched points, by least squares.
//!
//! This work is based on: W. Kabsch, "A solution for the best rotation to relate two sets of vectors", Acta
//! Crystallographica A32 (1976); S. Umeyama, IEEE PAMI 13(4) (1991), for the guard against reflections.

use nalgebra::{Matrix3, Rotation3, Translation3, UnitQuaternion};

use crate::{Point, RigidMotion, Vector};

/// The motion `target_from_source` that least squares chooses for pairs of (source, target, weight).
///
/// `None` for fewer than three pairs, weights that do not add up to something positive, or points on one line,
/// which leave the rotation undetermined.
pub fn rigid_fit(pairs: &[(Point, Point, f64)]) -> Option<RigidMotion> {
    let total: f64 = pairs.iter().map(|p| p.2).sum();
    if pairs.len() < 3 || total <= 0.0 || !total.is_finite() {
        return None;
    }
    let mean = |pick: fn(&(Point, Point, f64)) -> Vector| -> Vector {
        pairs.iter().map(|p| pick(p) * p.2).sum::<Vector>() / total
    };
    let (source_mean, target_mean) = (mean(|p| p.0.coords), mean(|p| p.1.coords));
    let covariance: Matrix3<f64> = pairs
        .iter()
        .map(|(s, t, w)| (t.coords - target_mean) * (s.coords - source_mean).transpose() * *w)
        .sum();
    let svd = covariance.svd(true, true);
    let (u, v_t) = (svd.u?, svd.v_t?);
    let mut singular = svd.singular_values;
    singular.as_mut_slice().sort_by(|a, b| b.total_cmp(a));
    if singular[1] <= 1e-12 * singular[0] || singular[0] == 0.0 {
        return None;
    }
    let mut fix = Matrix3::identity();
    let least = svd.singular_values.imin();
    fix[(least, least)] = (u * v_t).determinant().signum();
    let rotation = Rotation3::from_matrix_unchecked(u * fix * v_t);
    let rotation = UnitQuaternion::from_rotation_matrix(&rotation);
    Some(RigidMotion::from_parts(
        Translation3::from(target_mean - rotation * source_mean),
        rotation,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_motion_is_found() {
        let motion = RigidMotion::new(Vector::new(3., -2., 5.), Vector::new(0.3, 1.1, -0.7));
        let points = [[0., 0., 0.], [10., 1., 0.], [3., 8., 2.], [-4., 2., 7.]].map(Point::from);
        let pairs: Vec<_> = points.iter().map(|p| (*p, motion * p, 1.0)).collect();
        let found = rigid_fit(&pairs).unwrap();
        for p in &points {
            assert!((found * p - motion * p).norm() < 1e-12);
        }
    }

    #[test]
    fn flat_points_do_not_yield_a_reflection() {
        let motion = RigidMotion::new(Vector::zeros(), Vector::new(0.0, 3.0, 0.0));
        let points = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [1., 1., 0.]].map(Point::from);
        let pairs: Vec<_> = points.iter().map(|p| (*p, motion * p, 1.0)).collect();
        let found = rigid_fit(&pairs).unwrap();
        assert!((found * points[3] - motion * points[3]).norm() < 1e-12);
    }

    #[test]
    fn points_on_a_line_are_refused() {
        let pairs: Vec<_> = (0..5)
            .map(|i| {
                (
                    Point::new(f64::from(i), 0., 0.),
                    Point::new(0., f64::from(i), 0.),
                    1.0,
                )
            })
            .collect();
        assert!(rigid_fit(&pairs).is_none());
    }
}
