//! A crown's walls: at each height a rounded cross-section.

/// Height below the cervical line at which the profiles end, mm: the gum hides all below.
const BOTTOM: f64 = -8.0;
/// Distance between knots, mm.
const STEP: f64 = 0.25;

/// Cross-sections over the height, from the root to above the cusps.
#[derive(Clone, Debug)]
pub(crate) struct Profiles {
    /// Mesial, distal, facial, lingual limit at each knot.
    knots: Vec<[f64; 4]>,
    /// Squareness of the outline on the facial and on the lingual side: 0 an ellipse, 1 a rectangle.
    square: [f64; 2],
    /// How much narrower the lingual half is than the facial: 0 not at all.
    taper: f64,
    /// Shear of the outline: how far mesially it leans per mm facially.
    shear: f64,
}

/// One cross-section.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Section {
    pub center_x: f64,
    pub center_y: f64,
    pub half_x: f64,
    pub half_y: f64,
    square: [f64; 2],
    taper: f64,
    shear: f64,
}

impl Profiles {
    /// Samples `limits(z) = [mesial, distal, facial, lingual]` up to `top`; the outline is about the superellipse
    /// of the exponents on the facial and on the lingual side.
    pub(crate) fn new(
        top: f64,
        limits: impl Fn(f64) -> [f64; 4],
        exponent: [f64; 2],
        taper: f64,
        shear: f64,
    ) -> Self {
        let count = ((top - BOTTOM) / STEP).ceil() as usize + 4;
        let knots = (0..count).map(|i| limits(BOTTOM + STEP * i as f64)).collect();
        Self {
            knots,
            square: exponent.map(squareness),
            taper,
            shear,
        }
    }

    /// Where to start looking for the extreme of an axis (0: mesial, 1: facial): the other coordinate and the
    /// height of the knot that reaches farthest.
    pub(crate) fn widest(&self, axis: usize, sign: f64) -> [f64; 2] {
        let side = 2 * axis + usize::from(sign < 0.0);
        let mut best = (f64::NEG_INFINITY, [0.0, 0.0]);
        for (i, knot) in self.knots.iter().enumerate() {
            if knot[side] * sign > best.0 {
                let center = 2 * (1 - axis);
                let other = 0.5 * (knot[center] + knot[center + 1]);
                best = (knot[side] * sign, [other, BOTTOM + STEP * i as f64]);
            }
        }
        best.1
    }

    /// The cross-section at a height; beyond the ends, the last.
    #[inline]
    pub(crate) fn at(&self, z: f64) -> Section {
        let last = self.knots.len() - 3;
        let u = ((z - BOTTOM) / STEP).clamp(1.0, last as f64);
        let i = (u as usize).min(last - 1).max(1);
        let t = u - i as f64;
        let (a, b, c, d) = (
            &self.knots[i - 1],
            &self.knots[i],
            &self.knots[i + 1],
            &self.knots[i + 2],
        );
        // Catmull-Rom: through the knots with continuous slope.
        let w = [
            0.5 * t * (-1.0 + t * (2.0 - t)),
            0.5 * (2.0 + t * t * (-5.0 + 3.0 * t)),
            0.5 * t * (1.0 + t * (4.0 - 3.0 * t)),
            0.5 * t * t * (t - 1.0),
        ];
        let mut v = [0.0; 4];
        for (k, v) in v.iter_mut().enumerate() {
            *v = w[0] * a[k] + w[1] * b[k] + w[2] * c[k] + w[3] * d[k];
        }
        Section {
            center_x: 0.5 * (v[0] + v[1]),
            center_y: 0.5 * (v[2] + v[3]),
            // Above the incisal edge the walls would cross; nothing of the crown is there.
            half_x: (0.5 * (v[0] - v[1])).max(0.05),
            half_y: (0.5 * (v[2] - v[3])).max(0.05),
            square: self.square,
            taper: self.taper,
            shear: self.shear,
        }
    }
}

impl Section {
    /// About the distance to the outline, negative inside.
    #[inline]
    pub(crate) fn distance(&self, x: f64, y: f64) -> f64 {
        let dy = y - self.center_y;
        let v = dy / self.half_y;
        let half_x = self.half_x * (1.0 + self.taper * v.clamp(-1.2, 1.2));
        let u = (x - self.center_x - self.shear * dy) / half_x;
        let square = if v > 0.0 { self.square[0] } else { self.square[1] };
        let (u, v) = (u.abs(), v.abs());
        let (a, b) = (u * u, v * v);
        let sum = a + b;
        if sum < 1e-9 {
            return -half_x.min(self.half_y);
        }
        let root = (sum * sum - 4.0 * square * a * b).max(1e-18).sqrt();
        let rho = (0.5 * (sum + root)).sqrt();
        let slope =
            |own: f64, other: f64| 0.5 * own * (1.0 + (sum - 2.0 * square * other * other) / root) / rho;
        let (gu, gv) = (slope(u, v) / half_x, slope(v, u) / self.half_y);
        (rho - 1.0) / (gu * gu + gv * gv).sqrt()
    }
}

/// The squared squareness of M. Fernández Guasti's squircle ("Analytic geometry of some rectilinear figures",
/// 1992) whose diagonal is as long as the superellipse's: the same outline within a hundredth, without powers.
fn squareness(exponent: f64) -> f64 {
    let short = 2f64.powf(2.0 / exponent.max(2.0)) - 1.0;
    1.0 - short * short
}
