//! What the network is shown of a [`HeightMap`]: six numbers a pixel.
//!
//! Units: as said below. Frame: the arch's own.
//!
//! | channel | is | scaled |
//! |---|---|---|
//! | 0 | 1 where there is surface, else 0 | |
//! | 1 | height above the occlusal plane, −3 without surface | by 8 mm, kept in −3..1 |
//! | 2 | height above the mean height around, 0 without surface | by 2 mm, kept in −3..3 |
//! | 3 | 1 upper, −1 lower | |
//! | 4, 5 | x, y of the pixel's centre | by 40 mm |
//!
//! Steps: `blur` the mask and the heights; divide: the mean height around, of what is seen only.
//!
//! `training/common.py` computes the same; `tests` hold both together within 1e-4.

use rayon::prelude::*;
use stonecast_dental::Jaw;

use super::raster::{HEIGHT, HeightMap, WIDTH, centre_of};

/// Numbers per pixel.
pub const CHANNELS: usize = 6;

/// Standard deviation of the mean around, pixels (2.4 mm: wider than a cusp, narrower than a tooth).
const AROUND: f64 = 6.0;
/// The Gauss window ends here, pixels: at three standard deviations.
const REACH: usize = 18;
/// Depth at which height saturates; an arch is about 8 mm from tip to neck.
const CROWN: f32 = 8.0;
/// Half the relief of a molar's crown, mm.
const RELIEF: f32 = 2.0;
/// Half the arch's greatest extent, mm.
const ARCH: f64 = 40.0;
/// Least weight around that a mean is divided by.
const LEAST_WEIGHT: f32 = 1e-3;

/// The network's input, pixel by pixel: `CHANNELS` numbers each.
pub fn features(map: &HeightMap, jaw: Jaw) -> Vec<f32> {
    let mask: Vec<f32> = map
        .height
        .iter()
        .map(|h| if h.is_nan() { 0.0 } else { 1.0 })
        .collect();
    let height: Vec<f32> = map
        .height
        .iter()
        .map(|&h| if h.is_nan() { 0.0 } else { h })
        .collect();
    let (weight, sum) = rayon::join(|| blur(&mask), || blur(&height));
    let jaw = if jaw == Jaw::Upper { 1.0 } else { -1.0 };
    let mut out = vec![0.0; WIDTH * HEIGHT * CHANNELS];
    for (pixel, out) in out.as_chunks_mut::<CHANNELS>().0.iter_mut().enumerate() {
        let [x, y] = centre_of(pixel % WIDTH, pixel / WIDTH);
        let (m, h) = (mask[pixel], height[pixel]);
        let mean = sum[pixel] / weight[pixel].max(LEAST_WEIGHT);
        *out = [
            m,
            if m > 0.0 {
                (h / CROWN).clamp(-3.0, 1.0)
            } else {
                -3.0
            },
            ((h - mean) * m / RELIEF).clamp(-3.0, 3.0),
            jaw,
            (x / ARCH) as f32,
            (y / ARCH) as f32,
        ];
    }
    out
}

/// Gauss blur, first along rows, then along columns; beyond the edge is zero.
fn blur(image: &[f32]) -> Vec<f32> {
    let window = window();
    let mut along = vec![0.0; image.len()];
    along
        .par_chunks_mut(WIDTH)
        .zip(image.par_chunks(WIDTH))
        .for_each(|(out, row)| {
            for (tap, weight) in window.iter().enumerate() {
                // out[x] takes row[x + tap - REACH].
                let (to, from) = (REACH.saturating_sub(tap), tap.saturating_sub(REACH));
                for (out, value) in out[to..].iter_mut().zip(&row[from..]) {
                    *out += weight * value;
                }
            }
        });
    let mut both = vec![0.0; image.len()];
    both.par_chunks_mut(WIDTH).enumerate().for_each(|(y, out)| {
        for (tap, weight) in window.iter().enumerate() {
            let Some(from) = (y + tap).checked_sub(REACH).filter(|&row| row < HEIGHT) else {
                continue;
            };
            for (out, value) in out.iter_mut().zip(&along[from * WIDTH..]) {
                *out += weight * value;
            }
        }
    });
    both
}

fn window() -> [f32; 2 * REACH + 1] {
    let raw: [f64; 2 * REACH + 1] = std::array::from_fn(|tap| {
        let t = (tap as f64 - REACH as f64) / AROUND;
        (-0.5 * t * t).exp()
    });
    let sum: f64 = raw.iter().sum();
    raw.map(|w| (w / sum) as f32)
}

#[cfg(test)]
mod tests {
    use stonecast_mesh::{RigidMotion, TriMesh};

    use super::*;

    fn blank() -> HeightMap {
        HeightMap::new(
            &TriMesh::from_indices(Vec::new(), &[]).unwrap(),
            Jaw::Upper,
            &RigidMotion::identity(),
        )
    }

    /// The picture of `training/golden.py`: waves on a slope, on a disc with a hole.
    fn hill() -> HeightMap {
        let mut map = blank();
        for (pixel, height) in map.height.iter_mut().enumerate() {
            let (x, y) = ((pixel % WIDTH) as f64, (pixel / WIDTH) as f64);
            let inside = (x - 90.0).powi(2) + (y - 80.0).powi(2) < 75.0 * 75.0;
            let hole = (x - 60.0).powi(2) + (y - 100.0).powi(2) < 12.0 * 12.0;
            if inside && !hole {
                *height = (3.0 * (x / 7.0).sin() * (y / 11.0).cos() - y / 16.0) as f32;
            }
        }
        map
    }

    #[test]
    fn all_channels_are_what_torch_computes() {
        let features = features(&hill(), Jaw::Upper);
        let golden = include_str!("../../tests/data/features.txt");
        let mut compared = 0;
        for line in golden.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&str> = line.split(' ').collect();
            let index = |k: usize| words[k].parse::<usize>().unwrap();
            let ours = features[(index(0) * WIDTH + index(1)) * CHANNELS + index(2)];
            let theirs: f32 = words[3].parse().unwrap();
            // Both sum 37 products twice in single precision.
            assert!((ours - theirs).abs() < 1e-5, "{line}: {ours}");
            compared += 1;
        }
        assert!(compared > 400, "{compared}");
    }

    #[test]
    fn the_jaw_is_told_and_nothing_else_differs() {
        let (upper, lower) = (features(&hill(), Jaw::Upper), features(&hill(), Jaw::Lower));
        for (i, (u, l)) in upper.iter().zip(&lower).enumerate() {
            let expected = if i % CHANNELS == 3 { (1.0, -1.0) } else { (*u, *u) };
            assert_eq!((*u, *l), expected);
        }
    }

    #[test]
    fn a_flat_surface_has_no_relief_even_at_its_edge() {
        let mut map = hill();
        for height in &mut map.height {
            if !height.is_nan() {
                *height = -4.0;
            }
        }
        for pixel in features(&map, Jaw::Lower).as_chunks::<CHANNELS>().0 {
            assert!(pixel[2].abs() < 1e-5, "{pixel:?}");
        }
    }

    #[test]
    fn an_empty_picture_gives_finite_numbers() {
        assert!(features(&blank(), Jaw::Lower).iter().all(|v| v.is_finite()));
    }
}
