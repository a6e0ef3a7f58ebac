//! The arch form: a smooth curve through the incisal edges and the middle of the posterior teeth.
//!
//! Units: mm. Frame: `x` left, `y` posterior, the curve's front at `(0, front)`.
//!
//! The curve is `y = front + b x² + a x⁶`, one half the mirror image of the other.
//!
//! References: H. Noroozi, T. Hosseinzadeh Nik, R. Saeeda, "The dental arch form revisited", Angle Orthodontist
//! 71 (2001), for the form of the polynomial.

/// An arch form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArchCurve {
    front: f64,
    a: f64,
    b: f64,
}

/// A place on the curve: its point, the direction towards the back and the outward normal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CurvePlace {
    pub point: [f64; 2],
    pub distal: [f64; 2],
    pub outward: [f64; 2],
}

impl ArchCurve {
    /// The curve with its front at `(0, front)` through two points `(x, y)` of the left half.
    pub(crate) fn through(front: f64, canine: [f64; 2], molar: [f64; 2]) -> Self {
        let (c2, m2) = (canine[0].powi(2), molar[0].powi(2));
        let (c6, m6) = (c2.powi(3), m2.powi(3));
        let (yc, ym) = (canine[1] - front, molar[1] - front);
        let det = c2 * m6 - m2 * c6;
        let b = (yc * m6 - ym * c6) / det;
        let a = (c2 * ym - m2 * yc) / det;
        Self { front, a, b }
    }

    pub(crate) fn y(&self, x: f64) -> f64 {
        let x2 = x * x;
        self.front + x2 * (self.b + self.a * x2 * x2)
    }

    fn slope(&self, x: f64) -> f64 {
        x * (2.0 * self.b + 6.0 * self.a * x.powi(4))
    }

    /// The place at `x`, `x >= 0`, seen on the left half.
    pub(crate) fn place(&self, x: f64) -> CurvePlace {
        let slope = self.slope(x);
        let norm = slope.hypot(1.0);
        CurvePlace {
            point: [x, self.y(x)],
            distal: [1.0 / norm, slope / norm],
            outward: [slope / norm, -1.0 / norm],
        }
    }

    /// The `x >= 0` at arc length `s` from the front, by Newton steps on Simpson's rule.
    pub(crate) fn x_at(&self, s: f64) -> f64 {
        let mut x = s.max(0.0) * 0.7;
        for _ in 0..20 {
            let step = (self.length_to(x) - s) / self.slope(x).hypot(1.0);
            x = (x - step).max(0.0);
            if step.abs() < 1e-10 {
                break;
            }
        }
        x
    }

    /// The arc length from the front to `x >= 0`.
    pub(crate) fn length_to(&self, x: f64) -> f64 {
        const INTERVALS: usize = 32;
        let h = x / INTERVALS as f64;
        let speed = |i: usize| self.slope(h * i as f64).hypot(1.0);
        let inner: f64 = (1..INTERVALS)
            .map(|i| if i % 2 == 1 { 4.0 } else { 2.0 } * speed(i))
            .sum();
        h / 3.0 * (speed(0) + inner + speed(INTERVALS))
    }

    /// The signed distance from the curve, positive outward, and the `|x|` of its foot.
    #[inline]
    pub(crate) fn offset(&self, x: f64, y: f64) -> (f64, f64) {
        let x = x.abs();
        // Start from the direction seen from a point deep in the arch, then Newton on the squared distance.
        let mut foot = self.first_guess(x, y);
        for _ in 0..4 {
            let (dx, dy) = (foot - x, self.y(foot) - y);
            let slope = self.slope(foot);
            let bend = 2.0 * self.b + 30.0 * self.a * foot.powi(4);
            let gradient = dx + dy * slope;
            // Gauss-Newton when the curvature term would make the step uphill.
            let curvature = (1.0 + slope * slope + dy * bend).max(0.5 * (1.0 + slope * slope));
            foot = (foot - gradient / curvature).max(0.0);
        }
        let place = self.place(foot);
        let (dx, dy) = (x - place.point[0], y - place.point[1]);
        let distance = dx * place.outward[0] + dy * place.outward[1];
        (distance, foot)
    }

    fn first_guess(&self, x: f64, y: f64) -> f64 {
        const TRIES: [f64; 8] = [1.0, 6.0, 11.0, 15.0, 19.0, 22.0, 25.0, 28.0];
        let mut best = (f64::INFINITY, 0.0);
        for t in TRIES {
            let d = (t - x).powi(2) + (self.y(t) - y).powi(2);
            if d < best.0 {
                best = (d, t);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arc_length_and_place_agree() {
        let curve = ArchCurve::through(0.0, [16.8, 8.6], [24.0, 28.0]);
        assert!((curve.y(24.0) - 28.0).abs() < 1e-9);
        for s in [1.0, 10.0, 25.0, 40.0] {
            assert!((curve.length_to(curve.x_at(s)) - s).abs() < 1e-8);
        }
    }

    #[test]
    fn the_offset_from_the_curve_is_the_distance() {
        let curve = ArchCurve::through(0.0, [16.8, 8.6], [24.0, 28.0]);
        for x in [0.5, 5.0, 12.0, 18.0, 23.0, 26.0] {
            for n in [-5.0, -2.0, 0.0, 3.0, 8.0] {
                let p = curve.place(x);
                let at = [p.point[0] + n * p.outward[0], p.point[1] + n * p.outward[1]];
                if at[0] < 0.0 {
                    continue;
                }
                let (offset, foot) = curve.offset(at[0], at[1]);
                assert!((offset - n).abs() < 1e-3, "{x} {n}: {offset}");
                assert!((foot - x).abs() < 0.05, "{x} {n}: {foot}");
            }
        }
    }
}
