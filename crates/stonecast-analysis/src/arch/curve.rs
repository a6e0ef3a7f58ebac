//! Curves along an arch: a spline through points, a polynomial near them, and their lengths in the occlusal plane.
//!
//! Units: mm. Frame: the cast frame.

use nalgebra::{SMatrix, SVector, Vector2};
use stonecast_mesh::{Point, Vector};

use crate::geometry::horizontal;

/// Nodes and weights of Gauss and Legendre's rule of five points on -1 to 1.
const GAUSS: [(f64, f64); 5] = [
    (-0.906_179_845_938_664, 0.236_926_885_056_189_1),
    (-0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
    (0.0, 0.568_888_888_888_888_9),
    (0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
    (0.906_179_845_938_664, 0.236_926_885_056_189_1),
];

/// The integral of a function from `a` to `b` in some equal pieces.
pub(crate) fn integral(a: f64, b: f64, pieces: usize, f: impl Fn(f64) -> f64) -> f64 {
    let half = 0.5 * (b - a) / pieces as f64;
    (0..pieces)
        .map(|piece| {
            let middle = a + half * (2 * piece + 1) as f64;
            GAUSS.iter().map(|(x, w)| w * f(middle + half * x)).sum::<f64>() * half
        })
        .sum()
}

/// The length of a polyline in the occlusal plane.
pub(crate) fn polyline_length(points: &[Point]) -> f64 {
    points.windows(2).map(|w| horizontal(w[1] - w[0]).norm()).sum()
}

/// One piece of a spline: `p(t)` for `t` from 0 to 1, its powers' coefficients.
struct Cubic([Vector; 4]);

impl Cubic {
    fn at(&self, t: f64) -> Point {
        let [a, b, c, d] = self.0;
        Point::from(a + t * (b + t * (c + t * d)))
    }

    fn slope(&self, t: f64) -> Vector2<f64> {
        let [_, b, c, d] = self.0;
        horizontal(b + t * (2.0 * c + t * 3.0 * d))
    }
}

/// Catmull and Rom's centripetal spline: it passes through its points, and knots lie apart by the square root of the
/// points' distance in the occlusal plane, so that it makes no loops between near points.
pub(crate) struct Spline(Vec<Cubic>);

impl Spline {
    /// Through points, of which neighbours must not coincide in the occlusal plane; at least two.
    pub(crate) fn through(points: &[Point]) -> Self {
        let n = points.len();
        // Beyond its ends the row goes on as it came.
        let before = points[0] + (points[0] - points[1]);
        let after = points[n - 1] + (points[n - 1] - points[n - 2]);
        let at = |i: usize| match i {
            0 => before,
            i if i > n => after,
            i => points[i - 1],
        };
        let knot = |i: usize| horizontal(at(i + 1) - at(i)).norm().sqrt();
        let pieces = (1..n).map(|i| {
            let [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
            let [d0, d1, d2] = [knot(i - 1), knot(i), knot(i + 1)];
            let chord = p2 - p1;
            let m1 = ((p1 - p0) / d0 - (p2 - p0) / (d0 + d1) + chord / d1) * d1;
            let m2 = (chord / d1 - (p3 - p1) / (d1 + d2) + (p3 - p2) / d2) * d1;
            Cubic([p1.coords, m1, 3.0 * chord - 2.0 * m1 - m2, m1 + m2 - 2.0 * chord])
        });
        Self(pieces.collect())
    }

    /// Its length in the occlusal plane.
    pub(crate) fn length(&self) -> f64 {
        let pieces = self.0.iter();
        pieces.map(|p| integral(0.0, 1.0, 1, |t| p.slope(t).norm())).sum()
    }

    /// Points of it, for drawing.
    pub(crate) fn points(&self) -> impl Iterator<Item = Point> {
        const STEPS: usize = 8;
        let end = self.0.last().map(|p| p.at(1.0));
        let inner = self.0.iter().flat_map(|piece| {
            (0..STEPS)
                .map(|k| piece.at(k as f64 / STEPS as f64))
                .collect::<Vec<_>>()
        });
        inner.chain(end)
    }
}

/// Least squares with weights: the `N` coefficients of the functions in the rows that meet the values best. `None` when
/// the rows do not tell.
pub(crate) fn least_squares<const N: usize>(
    rows: impl Iterator<Item = ([f64; N], f64, f64)>,
) -> Option<[f64; N]> {
    let mut normal = SMatrix::<f64, N, N>::zeros();
    let mut right = SVector::<f64, N>::zeros();
    for (row, value, weight) in rows {
        let row = SVector::from(row);
        normal += weight * row * row.transpose();
        right += weight * value * row;
    }
    let solution: SVector<f64, N> = normal.cholesky()?.solve(&right);
    solution.iter().all(|c| c.is_finite()).then(|| solution.into())
}

/// A polynomial of the fourth order, `y` of `x` in the occlusal plane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quartic([f64; 5]);

/// Powers are taken of `x` in this unit, mm, so that none of them outweighs the others.
const UNIT: f64 = 25.0;

impl Quartic {
    /// The nearest to some points along `y`.
    pub(crate) fn near(points: &[Vector2<f64>]) -> Option<Self> {
        Self::near_weighted(points.iter().map(|p| (*p, 1.0)))
    }

    /// The nearest to some points along `y`, each with its weight.
    pub(crate) fn near_weighted(points: impl Iterator<Item = (Vector2<f64>, f64)>) -> Option<Self> {
        let powers = |x: f64| {
            let u = x / UNIT;
            [1.0, u, u * u, u.powi(3), u.powi(4)]
        };
        least_squares(points.map(|(p, weight)| (powers(p.x), p.y, weight))).map(Self)
    }

    pub(crate) fn y(&self, x: f64) -> f64 {
        let u = x / UNIT;
        self.0.iter().rev().fold(0.0, |sum, c| sum * u + c)
    }

    pub(crate) fn slope(&self, x: f64) -> f64 {
        let (u, [_, b, c, d, e]) = (x / UNIT, self.0);
        (b + u * (2.0 * c + u * (3.0 * d + u * 4.0 * e))) / UNIT
    }

    fn bend(&self, x: f64) -> f64 {
        let (u, [_, _, c, d, e]) = (x / UNIT, self.0);
        (2.0 * c + u * (6.0 * d + u * 12.0 * e)) / (UNIT * UNIT)
    }

    /// The `x` of the place of the curve that is nearest to a point.
    pub(crate) fn foot(&self, p: Vector2<f64>) -> f64 {
        let mut x = p.x;
        for _ in 0..6 {
            let (slope, off) = (self.slope(x), self.y(x) - p.y);
            let speed = 1.0 + slope * slope;
            // Where the bend would make the step lead away it is left out.
            let curvature = (speed + off * self.bend(x)).max(0.5 * speed);
            x -= (x - p.x + off * slope) / curvature;
        }
        x
    }

    /// Its length from one `x` to another.
    pub(crate) fn length(&self, from: f64, to: f64) -> f64 {
        integral(from, to, 8, |x| self.slope(x).hypot(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on_circle(radius: f64, count: usize) -> Vec<Point> {
        let angle = |i: usize| std::f64::consts::PI * i as f64 / (count - 1) as f64;
        (0..count)
            .map(|i| Point::new(-radius * angle(i).cos(), -radius * angle(i).sin(), 0.3 * i as f64))
            .collect()
    }

    #[test]
    fn the_spline_through_points_of_a_circle_is_as_long_as_the_circle() {
        // Between 12 points of half a circle the chords bow out by 1/12 radian; a cubic leaves a thousandth of that.
        let length = Spline::through(&on_circle(25.0, 12)).length();
        assert!(
            (length / (25.0 * std::f64::consts::PI) - 1.0).abs() < 2e-3,
            "{length}"
        );
    }

    #[test]
    fn the_spline_passes_through_its_points_and_is_straight_on_a_straight_line() {
        let points = on_circle(20.0, 7);
        let drawn: Vec<Point> = Spline::through(&points).points().collect();
        for (i, p) in points.iter().enumerate() {
            assert!((drawn[8 * i] - p).norm() < 1e-12);
        }
        let line: Vec<Point> = [0.0, 1.0, 5.0, 6.0]
            .map(|t| Point::new(3.0 * t, 4.0 * t, 0.0))
            .to_vec();
        assert!((Spline::through(&line).length() - 30.0).abs() < 1e-9);
        assert!((polyline_length(&line) - 30.0).abs() < 1e-12);
    }

    #[test]
    fn a_quartic_is_recovered_with_its_length() {
        let y = |x: f64| 1.0 + 0.02 * x + 0.03 * x * x - 1e-4 * x.powi(3) + 2e-5 * x.powi(4);
        let points: Vec<Vector2<f64>> = (-6..=6)
            .map(|i| Vector2::new(4.0 * f64::from(i), y(4.0 * f64::from(i))))
            .collect();
        let curve = Quartic::near(&points).unwrap();
        assert!((curve.y(10.0) - y(10.0)).abs() < 1e-9);
        let steps = 20_000;
        let x = |i: usize| -20.0 + 40.0 * i as f64 / steps as f64;
        let chords: f64 = (0..steps)
            .map(|i| (x(i + 1) - x(i)).hypot(y(x(i + 1)) - y(x(i))))
            .sum();
        assert!((curve.length(-20.0, 20.0) - chords).abs() < 1e-5);
        let foot = curve.foot(Vector2::new(12.0, y(12.0)) + Vector2::new(curve.slope(12.0), -1.0) * 0.7);
        assert!((foot - 12.0).abs() < 1e-6, "{foot}");
    }

    #[test]
    fn too_few_points_give_no_polynomial() {
        assert!(Quartic::near(&[Vector2::new(0.0, 0.0), Vector2::new(1.0, 1.0)]).is_none());
    }
}
