//! Random draws that depend on a key, not on the order of drawing, so that adding a knob leaves the others'
//! values as they were, and a mirrored dentition can draw the values of its mirror image.

/// A source of draws.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(mix(seed ^ 0x9e37_79b9_7f4a_7c15))
    }

    /// A source of its own for what `key` names.
    pub(crate) fn keyed(self, key: &str) -> Self {
        // FNV-1a: short, fixed for ever, and independent of the standard library's hashers.
        let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325u64, |h, b| {
            (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(mix(self.0 ^ hash))
    }

    /// A source of its own for the `index`-th of many.
    pub(crate) fn at(self, index: u64) -> Self {
        Self(mix(self.0 ^ mix(index.wrapping_add(0x5851_f42d_4c95_7f2d))))
    }

    /// Uniform in `[0, 1)`.
    pub(crate) fn unit(self) -> f64 {
        (mix(self.0) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform in `[low, high)`.
    pub(crate) fn between(self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// True with probability `p`.
    pub(crate) fn chance(self, p: f64) -> bool {
        self.unit() < p
    }

    /// Standard normal, cut off at three standard deviations so that no draw is absurd.
    pub(crate) fn normal(self) -> f64 {
        let u = 1.0 - self.at(1).unit();
        let v = self.at(2).unit();
        let z = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        z.clamp(-3.0, 3.0)
    }
}

/// The finaliser of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
fn mix(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_have_the_moments_they_claim() {
        let draw = Draw::new(1).keyed("moments");
        let n = 20_000;
        let normals: Vec<f64> = (0..n).map(|i| draw.at(i).normal()).collect();
        let mean = normals.iter().sum::<f64>() / n as f64;
        let var = normals.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64;
        assert!(mean.abs() < 0.03, "{mean}");
        // The cut at three deviations takes 1.3 % off the variance.
        assert!((var - 0.98).abs() < 0.04, "{var}");
    }

    #[test]
    fn different_keys_draw_differently() {
        let draw = Draw::new(1);
        assert_ne!(draw.keyed("a").unit(), draw.keyed("b").unit());
        assert_ne!(draw.at(0).unit(), draw.at(1).unit());
        assert_eq!(draw.keyed("a").unit(), draw.keyed("a").unit());
    }
}
