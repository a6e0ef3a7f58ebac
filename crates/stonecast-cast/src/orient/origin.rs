//! The incisal point: where the midline crosses the incisal edges.
//!
//! Units: mm. Frame: the arch's axes about any origin: x to the left, y backwards, height towards the antagonist.
//!
//! Steps
//! 1. [`incisal_point`]: among the crown samples near the midline, the median place from front to back (behind the
//!    incisors there is no crown at the midline), then the mean of the highest around it.
//! 2. Without crowns at the midline, the front end of all crowns stands in and the caller is told.
//!
//! Limits: the point lies on the arch's axis of symmetry; a dental midline shifted off it is found by the stage
//! that knows the teeth.

use super::plane::{biweight, weighted_median};

/// A crown sample: x, y, height, weight.
pub(super) type CrownPoint = [f64; 4];

/// Where the incisal edges cross the midline.
pub(super) struct IncisalPoint {
    /// From front to back.
    pub y: f64,
    /// False where the midline holds no crowns and the point is the arch's front end instead.
    pub from_incisors: bool,
}

/// Finds the incisal point, crowns within `half_width` mm of the midline counting.
pub(super) fn incisal_point(crowns: &[CrownPoint], half_width: f64, softness: f64) -> IncisalPoint {
    let total: f64 = crowns.iter().map(|c| c[3]).sum();
    let mut near: Vec<(f64, f64)> = Vec::new();
    for [x, y, _, w] in crowns {
        let w = w * biweight(x / half_width);
        if w > 0.0 {
            near.push((*y, w));
        }
    }
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    let held: f64 = near.iter().map(|n| n.1).sum();
    // Two incisors are an eighth of an arch's crowns; a tenth of that is no longer a tooth.
    if held < 0.0125 * total {
        let mut all: Vec<(f64, f64)> = crowns.iter().map(|c| (c[1], c[3])).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut sum = 0.0;
        let front = all.iter().find(|(_, w)| {
            sum += w;
            sum > 0.02 * total
        });
        return IncisalPoint {
            y: front.map_or(0.0, |f| f.0),
            from_incisors: false,
        };
    }
    let middle = weighted_median(&near);
    let weight =
        |[x, y, _, w]: &CrownPoint| w * biweight(x / half_width) * biweight((y - middle) / half_width);
    let highest = crowns
        .iter()
        .filter(|c| weight(c) > 0.0)
        .map(|c| c[2])
        .fold(f64::NEG_INFINITY, f64::max);
    let (mut sum, mut weights) = (0.0, 0.0);
    for c in crowns {
        let w = weight(c) * ((c[2] - highest) / softness).exp();
        sum += w * c[1];
        weights += w;
    }
    IncisalPoint {
        y: if weights > 0.0 { sum / weights } else { middle },
        from_incisors: true,
    }
}
