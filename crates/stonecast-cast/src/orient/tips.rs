//! The occlusal plane touches the tips: the highest points around every part of the arch, and the plane through them.
//!
//! Units: mm. Frame: canonical.
//!
//! Steps
//! 1. [`places`]: cells of the layer's middle plane that hold crown, each with how much.
//! 2. [`tip_near`]: around each, the mean of the crown samples, those that stand higher counting exponentially more.
//! 3. [`occlusal_plane`]: the plane through the tips, refitted while tips that stand out of it (a tooth not yet
//!    erupted, a flap of gum) lose their weight; then new tips by the new plane.
//!
//! Limits: it is the mean plane of all tips; a deep curve of Spee lies to both sides of it.

use std::collections::BTreeMap;

use stonecast_mesh::{Point, Vector};

use super::crowns::Crowns;
use super::neighbours::Buckets;
use super::plane::{Plane, robust_fit};
use super::samples::Sample;

/// How a tip is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct TipSearch {
    /// Around each place, within this.
    pub window: f64,
    /// A sample that much lower counts a factor e less.
    pub softness: f64,
    /// Tips within a few of these of the plane are never thought odd.
    pub scale_floor: f64,
}

/// The occlusal plane and the weighted root mean square distance of the tips from it.
pub(super) fn occlusal_plane(
    samples: &[Sample],
    crowns: &Crowns,
    search: &TipSearch,
) -> Option<(Plane, f64)> {
    let places = places(samples, crowns, search.window * 0.5);
    let crown: Vec<(Point, f64)> = samples
        .iter()
        .zip(&crowns.weights)
        .filter(|(_, w)| **w > 0.0)
        .map(|(s, w)| (s.point, *w))
        .collect();
    let buckets = Buckets::new(crown.iter().map(|c| crowns.middle.foot(&c.0)), search.window);
    let mut plane = crowns.middle;
    let mut residual = 0.0;
    for _ in 0..6 {
        let tips: Vec<(Point, f64)> = places
            .iter()
            .filter_map(|(place, weight)| Some((tip_near(place, &crown, &buckets, &plane, search)?, *weight)))
            .collect();
        (plane, residual) = robust_fit(&tips, &plane, search.scale_floor)?;
    }
    Some((plane, residual))
}

fn places(samples: &[Sample], crowns: &Crowns, cell: f64) -> Vec<(Point, f64)> {
    let (u, v) = crowns.middle.axes();
    let mut cells: BTreeMap<(i64, i64), (Vector, f64)> = BTreeMap::new();
    for (s, w) in samples.iter().zip(&crowns.weights) {
        if *w > 0.0 {
            let d = s.point - crowns.middle.point;
            let key = (
                (d.dot(&u) / cell).round() as i64,
                (d.dot(&v) / cell).round() as i64,
            );
            let held = cells.entry(key).or_insert((Vector::zeros(), 0.0));
            held.0 += crowns.middle.foot(&s.point).coords * *w;
            held.1 += w;
        }
    }
    cells
        .into_values()
        .map(|(sum, w)| (Point::from(sum / w), w))
        .collect()
}

fn tip_near(
    place: &Point,
    crown: &[(Point, f64)],
    buckets: &Buckets,
    plane: &Plane,
    search: &TipSearch,
) -> Option<Point> {
    let mut near: Vec<(f64, f64, usize)> = Vec::new();
    let mut highest = f64::NEG_INFINITY;
    buckets.for_each_near(place, |i, d2| {
        let height = plane.height(&crown[i].0);
        highest = highest.max(height);
        near.push((height, 1.0 - d2 / (search.window * search.window), i));
    });
    let (mut sum, mut total) = (Vector::zeros(), 0.0);
    for (height, closeness, i) in near {
        let w = crown[i].1 * closeness * ((height - highest) / search.softness).exp();
        sum += crown[i].0.coords * w;
        total += w;
    }
    (total > 0.0).then(|| Point::from(sum / total))
}
