//! What orientation leaves open: facts, uncertainties as angles, confidences between 0 and 1.
//!
//! Units: mm, radians.
//!
//! A confidence is the product of ramps, one for each way in which a pose can go wrong; each ramp's ends are given
//! with their reason. They are ranks, not probabilities: `docs/methods/orientation.md` shows how they fall on
//! arches that are cut down, made noisy or no arches at all.

/// What the occlusal axis rests on.
#[derive(Clone, Copy, Debug)]
pub(super) struct OcclusalFacts {
    /// Share of the rugged surface that stands out and lies in the layer.
    pub share: f64,
    /// The same of the best layer more than 15° away.
    pub rival_share: f64,
    /// Root mean square distance of the tips from the plane.
    pub residual: f64,
    /// Standard deviation of the crowns along the layer's shorter axis.
    pub reach: f64,
    /// Cosine between the directions by normals and by position.
    pub agreement: f64,
}

impl OcclusalFacts {
    /// The tilt by which the plane may be wrong: its residual over its shorter half.
    pub fn uncertainty(&self) -> f64 {
        (self.residual / self.reach.max(f64::MIN_POSITIVE)).atan()
    }
}

/// What the midline rests on.
#[derive(Clone, Copy, Debug)]
pub(super) struct MidlineFacts {
    /// Overlap of the crowns with their mirror image, 0..1.
    pub score: f64,
    /// The same of the best line more than 20° away.
    pub rival: f64,
    /// Spread of the lines that score alike.
    pub spread: f64,
    /// Correlation of place from front to back with distance from the midline.
    pub opening: f64,
}

impl MidlineFacts {
    /// Standard deviation of the direction: the spread of the lines that score alike, and what crowns without
    /// counterpart do. A share of an arch that stands elsewhere by half the arch's depth turns the line by half that
    /// share of a radian.
    pub fn uncertainty(&self) -> f64 {
        self.spread.hypot(0.5 * (1.0 - self.score).max(0.0))
    }
}

/// Confidence in the occlusal axis.
pub(super) fn occlusal_confidence(facts: &OcclusalFacts) -> f64 {
    // Of surface whose relief has no direction, half stands out and a layer as thick as ours holds a tenth of that
    // or less; a dentition puts a quarter of its relief there.
    ramp(facts.share, 0.05, 0.2)
        // A layer 15° away that holds as much is as good.
        * ramp(1.0 - facts.rival_share / facts.share.max(f64::MIN_POSITIVE), 0.0, 0.15)
        // 15° is what the normals alone give: a plane no better than that adds nothing.
        * ramp(-facts.uncertainty().to_degrees(), -15.0, -6.0)
        // Normals and positions each err by up to 25°: at 60° apart one of them is wrong.
        * ramp(facts.agreement, 0.5, 0.8)
}

/// Confidence in the midline.
pub(super) fn midline_confidence(facts: &MidlineFacts) -> f64 {
    // Two halves of different arches still overlap by some two thirds.
    ramp(facts.score, 0.65, 0.9)
        // Another line, more than 20° away, that mirrors as well.
        * ramp(1.0 - facts.rival / facts.score.max(f64::MIN_POSITIVE), 0.0, 0.12)
        // A straight row of teeth opens to neither side.
        * ramp(facts.opening.abs(), 0.2, 0.6)
        * ramp(-facts.uncertainty().to_degrees(), -15.0, -6.0)
}

/// 0 below `nothing`, 1 above `full`, straight between.
fn ramp(x: f64, nothing: f64, full: f64) -> f64 {
    ((x - nothing) / (full - nothing)).clamp(0.0, 1.0)
}
