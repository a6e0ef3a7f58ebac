//! Planes by weighted least squares, and the robust weights that refits use.
//!
//! Units: mm. Frame: that of the points.

use nalgebra::Matrix3;
use stonecast_mesh::{Point, Vector};

/// A plane with a direction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plane {
    /// A point on it.
    pub point: Point,
    /// Unit normal.
    pub normal: Vector,
}

impl Plane {
    /// Signed distance.
    pub fn height(&self, p: &Point) -> f64 {
        (p - self.point).dot(&self.normal)
    }

    /// The point dropped onto the plane.
    pub fn foot(&self, p: &Point) -> Point {
        p - self.normal * self.height(p)
    }

    /// Two axes in the plane, `u × v = normal`.
    pub fn axes(&self) -> (Vector, Vector) {
        let mut least = 0;
        for k in 1..3 {
            if self.normal[k].abs() < self.normal[least].abs() {
                least = k;
            }
        }
        let u = self.normal.cross(&Vector::ith(least, 1.0)).normalize();
        (u, self.normal.cross(&u))
    }
}

/// The weighted least-squares plane, its normal on the side of `towards`, and the variances along its normal and
/// its two principal axes, ascending; `None` without weight.
pub(super) fn fit(
    points: impl Iterator<Item = (Point, f64)> + Clone,
    towards: &Vector,
) -> Option<(Plane, [f64; 3])> {
    let (mut sum, mut total) = (Vector::zeros(), 0.0);
    for (p, w) in points.clone() {
        sum += p.coords * w;
        total += w;
    }
    if total <= f64::EPSILON {
        return None;
    }
    let centre = sum / total;
    let mut second = Matrix3::zeros();
    for (p, w) in points {
        let d = p.coords - centre;
        second += d * d.transpose() * w;
    }
    let eigen = (second / total).symmetric_eigen();
    let mut order = [0, 1, 2];
    order.sort_by(|&i, &j| eigen.eigenvalues[i].total_cmp(&eigen.eigenvalues[j]));
    let normal = eigen.eigenvectors.column(order[0]).normalize();
    let plane = Plane {
        point: Point::from(centre),
        normal: if normal.dot(towards) < 0.0 {
            -normal
        } else {
            normal
        },
    };
    Some((plane, order.map(|i| eigen.eigenvalues[i].max(0.0))))
}

/// A plane by least squares, refitted with biweights whose scale is the median distance, but at least `floor`;
/// with it the weighted root mean square distance.
pub(super) fn robust_fit(points: &[(Point, f64)], start: &Plane, floor: f64) -> Option<(Plane, f64)> {
    let mut weights: Vec<f64> = points.iter().map(|p| p.1).collect();
    let mut plane = *start;
    let mut residual = 0.0;
    for _ in 0..12 {
        (plane, _) = fit(
            points.iter().map(|p| p.0).zip(weights.iter().copied()),
            &start.normal,
        )?;
        let mut distances: Vec<(f64, f64)> = points.iter().map(|p| (plane.height(&p.0).abs(), p.1)).collect();
        distances.sort_by(|a, b| a.0.total_cmp(&b.0));
        // 1.4826 turns a median of absolute values into a standard deviation; 4.685 of those is the biweight's
        // usual cut-off (95 % efficiency on a normal distribution).
        let cut = 4.685 * (1.4826 * weighted_median(&distances)).max(floor);
        for (w, p) in weights.iter_mut().zip(points) {
            *w = p.1 * biweight(plane.height(&p.0) / cut);
        }
        let total: f64 = weights.iter().sum();
        let squares: f64 = weights
            .iter()
            .zip(points)
            .map(|(w, p)| w * plane.height(&p.0).powi(2))
            .sum();
        residual = (squares / total.max(f64::MIN_POSITIVE)).sqrt();
    }
    Some((plane, residual))
}

/// The median of sorted values, each with a weight.
pub(super) fn weighted_median(sorted: &[(f64, f64)]) -> f64 {
    let half = sorted.iter().map(|p| p.1).sum::<f64>() * 0.5;
    let mut sum = 0.0;
    for (value, weight) in sorted {
        sum += weight;
        if sum >= half {
            return *value;
        }
    }
    0.0
}

/// Tukey's biweight: 1 at 0, smoothly 0 at ±1.
pub(super) fn biweight(x: f64) -> f64 {
    let inside = (1.0 - x * x).max(0.0);
    inside * inside
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_of_the_points_far_off_do_not_move_the_plane() {
        let mut points = Vec::new();
        for i in 0..10 {
            for j in 0..10 {
                let lift = if i < 3 && j < 9 { 15.0 } else { 0.0 };
                points.push((Point::new(f64::from(i) * 5.0, f64::from(j) * 5.0, lift), 1.0));
            }
        }
        let start = Plane {
            point: Point::new(22.5, 22.5, 2.0),
            normal: Vector::new(0.1, 0.05, 1.0).normalize(),
        };
        // A plain fit is tilted by 20°; what a start within reach leaves outside the cut-off no longer counts.
        let inliers: Vec<_> = points
            .iter()
            .filter(|p| start.height(&p.0).abs() < 8.0)
            .copied()
            .collect();
        let (plane, residual) = robust_fit(&inliers, &start, 0.5).unwrap();
        assert!(plane.normal.angle(&Vector::z()) < 1e-9);
        assert!(residual < 1e-9);
    }
}
