//! The layer of the crowns: which way the teeth point and at which level they stand.
//!
//! Units: mm. Frame: canonical.
//!
//! Steps
//! 1. [`directions`]: two independent estimates of the occlusal direction. Crowns show their relief to the
//!    antagonist (by the normals), and they stand out to it (by position alone). Both are right to about 25°; their
//!    contradiction means that the surface is inside out.
//! 2. [`survey`]: every axis within 40° of that, every level: how much rugged and prominent surface lies within half
//!    a crown's height of the level? The best layer is taken, so that flaps and torn borders, which are rugged too
//!    but never lie with the crowns in one plane, cannot tilt it.
//! 3. [`climb`]: from there to the maximum of the same measure by reweighted least squares.
//!
//! Limits: an edentulous arch has no crowns; its layer is that of the ridge's folds, and the confidence says so.

use std::f64::consts::TAU;

use rayon::prelude::*;
use stonecast_mesh::{Point, Vector};

use super::plane::{Plane, biweight, fit};
use super::samples::Sample;

/// What is known of every sample before any axis is.
pub(super) struct Surface<'a> {
    /// The samples.
    pub samples: &'a [Sample],
    /// Area times relief.
    pub rugged: Vec<f64>,
    /// See [`super::relief::prominence`].
    pub prominence: Vec<Vector>,
    /// Prominence that counts in full.
    pub full_prominence: f64,
}

impl Surface<'_> {
    /// How much of a sample is crown if the crowns point along `axis`: rugged area, by how far it stands out.
    fn crown(&self, i: usize, axis: &Vector) -> f64 {
        self.rugged[i] * (self.prominence[i].dot(axis) / self.full_prominence).clamp(0.0, 1.0)
    }
}

/// Estimates of the occlusal direction.
pub(super) struct Directions {
    /// By the normals.
    pub shown: Vector,
    /// By position.
    pub outstanding: Vector,
}

/// The direction in which relief shows and the one in which it stands out; `None` when there is no relief.
pub(super) fn directions(surface: &Surface<'_>) -> Option<Directions> {
    let (mut shown, mut outstanding) = (Vector::zeros(), Vector::zeros());
    for ((s, r), d) in surface
        .samples
        .iter()
        .zip(&surface.rugged)
        .zip(&surface.prominence)
    {
        // Relief once more: the direction is the crowns', not that of the last fold of gum.
        let weight = r * r / s.area;
        shown += s.area_vector * (weight / s.area);
        outstanding += d * weight;
    }
    Some(Directions {
        shown: shown.try_normalize(f64::EPSILON)?,
        outstanding: outstanding.try_normalize(f64::EPSILON)?,
    })
}

/// A layer found by [`survey`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Layer {
    /// Unit axis.
    pub axis: Vector,
    /// Coordinate along it.
    pub level: f64,
    /// The share of the rugged area that is crown and lies in the layer.
    pub share: f64,
}

/// The best layer within 40° of `axis`, and the best of those more than 15° away from it.
pub(super) fn survey(surface: &Surface<'_>, axis: &Vector, half_height: f64) -> (Layer, f64) {
    // Numerical grid: 3° moves the arch's ends by 1.3 mm, well inside the layer; so does half a millimetre.
    const STEP: f64 = 3.0;
    const RINGS: usize = 13;
    let seed = Plane {
        point: Point::origin(),
        normal: *axis,
    };
    let (u, v) = seed.axes();
    let mut axes = Vec::new();
    for ring in 0..=RINGS {
        let (sin, cos) = (ring as f64 * STEP).to_radians().sin_cos();
        let count = (6 * ring).max(1);
        for k in 0..count {
            let turn = TAU * k as f64 / count as f64;
            axes.push(axis * cos + (u * turn.cos() + v * turn.sin()) * sin);
        }
    }
    let layers: Vec<Layer> = axes
        .par_iter()
        .map(|tilted| best_level(surface, tilted, half_height))
        .collect();
    let mut best = layers[0];
    for layer in &layers {
        if layer.share > best.share {
            best = *layer;
        }
    }
    let rival = layers
        .iter()
        .filter(|l| l.axis.dot(&best.axis) < 15f64.to_radians().cos())
        .map(|l| l.share)
        .fold(0.0, f64::max);
    (best, rival)
}

fn best_level(surface: &Surface<'_>, axis: &Vector, half_height: f64) -> Layer {
    const BIN: f64 = 0.5;
    // 200 mm: twice the height of any model that stands on a table.
    const BINS: usize = 400;
    let mut held = vec![0.0; BINS];
    for (i, s) in surface.samples.iter().enumerate() {
        let bin = s.point.coords.dot(axis) / BIN + BINS as f64 * 0.5;
        held[bin.clamp(0.0, (BINS - 1) as f64) as usize] += surface.crown(i, axis);
    }
    let reach = (half_height / BIN).ceil() as usize;
    let kernel: Vec<f64> = (0..=reach)
        .map(|k| biweight(k as f64 * BIN / half_height))
        .collect();
    let (mut best, mut at) = (0.0, BINS / 2);
    for centre in reach..BINS - reach {
        let sides: f64 = (1..=reach)
            .map(|k| kernel[k] * (held[centre - k] + held[centre + k]))
            .sum();
        let sum = sides + held[centre];
        if sum > best {
            (best, at) = (sum, centre);
        }
    }
    Layer {
        axis: *axis,
        level: (at as f64 + 0.5 - BINS as f64 * 0.5) * BIN,
        share: best / surface.rugged.iter().sum::<f64>().max(f64::MIN_POSITIVE),
    }
}

/// The crowns and the layer they stand in.
pub(super) struct Crowns {
    /// The layer's middle plane; the normal points to the antagonist.
    pub middle: Plane,
    /// Per sample: rugged prominent area near the layer.
    pub weights: Vec<f64>,
    /// Standard deviations of the crowns: across the layer, then along its two axes.
    pub spread: [f64; 3],
}

/// Climbs from a surveyed layer to the best one; the weights then reach `crown_reach` mm to either side, for a deep
/// curve of Spee leaves the layer at the arch's ends.
pub(super) fn climb(
    surface: &Surface<'_>,
    start: &Layer,
    half_height: f64,
    crown_reach: f64,
) -> Option<Crowns> {
    let mut middle = Plane {
        point: Point::from(start.axis * start.level),
        normal: start.axis,
    };
    let points = surface.samples.iter().map(|s| s.point);
    for _ in 0..40 {
        let weights = weighted(surface, &middle, |h| (1.0 - (h / half_height).powi(2)).max(0.0));
        let (next, _) = fit(points.clone().zip(weights.iter().copied()), &middle.normal)?;
        let moved = (next.normal - middle.normal).norm();
        middle = next;
        if moved < 1e-12 {
            break;
        }
    }
    let weights = weighted(surface, &middle, |h| biweight(h / crown_reach));
    let (_, variances) = fit(points.zip(weights.iter().copied()), &middle.normal)?;
    Some(Crowns {
        middle,
        weights,
        spread: variances.map(f64::sqrt),
    })
}

fn weighted(surface: &Surface<'_>, plane: &Plane, near: impl Fn(f64) -> f64) -> Vec<f64> {
    surface
        .samples
        .iter()
        .enumerate()
        .map(|(i, s)| surface.crown(i, &plane.normal) * near(plane.height(&s.point)))
        .collect()
}
