//! Relief and prominence: crowns are rugged and stand out; gum, palate and stone are smooth or lie below.
//!
//! Units: mm; relief is a number in 0..1. Frame: that of the samples.
//!
//! Steps
//! 1. [`relief`]: around each sample, one minus the length of the mean area vector over the mean area. It is 0 on
//!    a plane, 0.29 on a right-angled edge, 0.5 on a hemisphere; it needs no curvature fit and does not ask which
//!    side is outside.
//! 2. [`prominence`]: from the centre of gravity of the surface around a sample to the sample. Its part along an
//!    axis tells how far the sample stands out towards that axis, so one pass serves every axis that is tried.
//!
//! Limits: a scan with noise above about 0.2 mm at the sampling distance is rugged everywhere.

use std::collections::BTreeMap;

use rayon::prelude::*;
use stonecast_mesh::{Point, Vector};

use super::neighbours::Buckets;
use super::samples::Sample;

/// Relief of every sample within `radius` mm.
pub(super) fn relief(samples: &[Sample], radius: f64) -> Vec<f64> {
    let buckets = Buckets::new(samples.iter().map(|s| s.point), radius);
    let per_radius2 = 1.0 / (radius * radius);
    samples
        .par_iter()
        .map(|s| {
            let (mut vector, mut area) = (Vector::zeros(), 0.0);
            buckets.for_each_near(&s.point, |j, d2| {
                let near = 1.0 - d2 * per_radius2;
                vector += samples[j].area_vector * near;
                area += samples[j].area * near;
            });
            if area > 0.0 {
                (1.0 - vector.norm() / area).max(0.0)
            } else {
                0.0
            }
        })
        .collect()
}

/// From the centre of gravity of the surface within `reach` mm of each sample to the sample.
pub(super) fn prominence(samples: &[Sample], reach: f64) -> Vec<Vector> {
    // Cells of a third of the reach: the mean over the neighbourhood does not feel them, and they are few.
    let coarse = gathered(samples, reach / 3.0);
    let buckets = Buckets::new(coarse.iter().map(|c| c.0), reach);
    samples
        .par_iter()
        .map(|s| {
            let (mut sum, mut area) = (Vector::zeros(), 0.0);
            buckets.for_each_near(&s.point, |j, d2| {
                let near = (1.0 - d2 / (reach * reach)) * coarse[j].1;
                sum += (s.point - coarse[j].0) * near;
                area += near;
            });
            if area > 0.0 { sum / area } else { Vector::zeros() }
        })
        .collect()
}

/// Samples gathered into cells: centroid and area of each.
fn gathered(samples: &[Sample], cell: f64) -> Vec<(Point, f64)> {
    let mut held: BTreeMap<[i64; 3], (Vector, f64)> = BTreeMap::new();
    for s in samples {
        let key = [s.point.x, s.point.y, s.point.z].map(|x| (x / cell).round() as i64);
        let entry = held.entry(key).or_insert((Vector::zeros(), 0.0));
        entry.0 += s.point.coords * s.area;
        entry.1 += s.area;
    }
    held.into_values()
        .map(|(sum, area)| (Point::from(sum / area), area))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A square of `half` mm to either side, one sample per mm, folded by `fold` radians along x = 0.
    fn folded(half: i32, fold: f64) -> Vec<Sample> {
        let mut samples = Vec::new();
        for i in -half..half {
            for j in -half..half {
                let (x, y) = (f64::from(i) + 0.5, f64::from(j) + 0.5);
                let (s, c) = if x > 0.0 { fold.sin_cos() } else { (0.0, 1.0) };
                samples.push(Sample {
                    point: Point::new(x * c, y, -x * s),
                    area_vector: Vector::new(s, 0.0, c),
                    area: 1.0,
                });
            }
        }
        samples
    }

    #[test]
    fn a_plane_has_no_relief_and_a_right_angle_has_its_share() {
        assert!(relief(&folded(6, 0.0), 3.0).iter().all(|r| *r < 1e-12));
        let highest = relief(&folded(6, std::f64::consts::FRAC_PI_2), 3.0)
            .into_iter()
            .fold(0.0, f64::max);
        // On the edge itself both sides weigh alike: 1 - |(1, 1)| / 2.
        assert!((highest - (1.0 - 0.5f64.sqrt())).abs() < 0.03, "{highest}");
    }

    #[test]
    fn an_edge_stands_out_along_its_bisector() {
        let samples = folded(10, std::f64::consts::FRAC_PI_2);
        let offsets = prominence(&samples, 6.0);
        let (i, _) = samples
            .iter()
            .enumerate()
            .min_by(|a, b| a.1.point.coords.norm().total_cmp(&b.1.point.coords.norm()))
            .expect("there are samples");
        let bisector = Vector::new(1.0, 0.0, 1.0).normalize();
        assert!(offsets[i].dot(&bisector) > 1.0);
        assert!(offsets[i].normalize().dot(&bisector) > 0.95);
    }
}
