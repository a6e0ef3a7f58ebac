//! How much of the sky each pixel sees, from the depths of the pixels around it.
//!
//! Units: mm and pixels. Frame: camera axes.
//!
//! Steps: `open_sky` cuts each pixel's hemisphere by `SLICES` planes through the viewing direction; on either side
//! of a slice, `horizon` walks outwards and keeps the highest horizon; `slice_openness` integrates the
//! cosine-weighted sky between the horizons; the pattern of slice angles repeats every 4 x 4 pixels, and `blur`
//! averages it away without crossing an edge in depth.
//!
//! Limits: what is hidden from the viewer casts no occlusion. Radius and strengths please the eye; nothing is
//! measured from them.
//!
//! This work is based on: J. Jimenez, X. Wu, A. Pesce, A. Jarabo, "Practical Real-Time Strategies for Accurate
//! Indirect Occlusion", SIGGRAPH 2016 course.

use std::f32::consts::{FRAC_PI_2, PI};

use rayon::prelude::*;

use crate::{picture::Projection, raster::Surface};

/// Planes through the viewing direction.
const SLICES: usize = 3;
/// Depths looked at on each side of a slice.
const STEPS: usize = 7;
/// How far occlusion reaches: about the width of a tooth.
const RADIUS_MM: f32 = 9.0;
/// Depths farther than this do not close the gap that `blur` looks across.
const BLUR_DEPTH_MM: f32 = 0.6;

/// The part of the sky, 0–1, that each pixel sees.
pub(crate) fn open_sky(surface: &Surface, projection: &Projection) -> Vec<f32> {
    let width = projection.size.width as usize;
    let sampler = Sampler {
        depth: &surface.depth,
        width: projection.size.width as i32,
        height: projection.size.height as i32,
        mm_per_pixel: (1.0 / projection.pixels_per_mm) as f32,
        slices: slice_directions(),
    };
    let mut open = vec![1.0f32; surface.depth.len()];
    open.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
        for (x, open) in row.iter_mut().enumerate() {
            let at = y * width + x;
            if surface.depth[at] > f32::NEG_INFINITY {
                *open = sampler.openness(x as i32, y as i32, surface.pixels[at].normal);
            }
        }
    });
    blur(&open, &surface.depth, width)
}

struct Sampler<'a> {
    depth: &'a [f32],
    width: i32,
    height: i32,
    mm_per_pixel: f32,
    /// For each of the 16 places in the pattern, the slices' directions (right, up).
    slices: [[[f32; 2]; SLICES]; 16],
}

/// Sixteen rotations of the slices, spread so that neighbouring pixels differ most (a 4 x 4 Bayer matrix).
fn slice_directions() -> [[[f32; 2]; SLICES]; 16] {
    const BAYER: [u8; 16] = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];
    BAYER.map(|rank| {
        std::array::from_fn(|slice| {
            let turn = (slice as f32 + f32::from(rank) / 16.0) / SLICES as f32;
            let (sin, cos) = (PI * turn).sin_cos();
            [cos, sin]
        })
    })
}

impl Sampler<'_> {
    fn openness(&self, x: i32, y: i32, normal: [f32; 3]) -> f32 {
        let place = ((y & 3) * 4 + (x & 3)) as usize;
        // A second pattern moves the steps along the slice, out of phase with the first.
        let phase = ((x * 7 + y * 11) & 15) as f32 / 16.0;
        let mut sum = 0.0;
        for direction in &self.slices[place] {
            let along = normal[0] * direction[0] + normal[1] * direction[1];
            let length = (along * along + normal[2] * normal[2]).sqrt();
            let tilt = (along / length.max(1e-6)).clamp(-1.0, 1.0);
            let tilt = FRAC_PI_2 - arc_cosine(tilt);
            let ahead = arc_cosine(self.horizon(x, y, *direction, phase));
            let behind = -arc_cosine(self.horizon(x, y, direction.map(|d| -d), phase));
            let ahead = tilt + (ahead - tilt).min(FRAC_PI_2);
            let behind = tilt + (behind - tilt).max(-FRAC_PI_2);
            sum += length * slice_openness(behind, ahead, tilt);
        }
        (sum / SLICES as f32).clamp(0.0, 1.0)
    }

    /// The cosine, from the viewing direction, of the highest horizon on one side.
    fn horizon(&self, x: i32, y: i32, direction: [f32; 2], phase: f32) -> f32 {
        let here = self.depth[(y * self.width + x) as usize];
        let reach = RADIUS_MM / self.mm_per_pixel;
        let mut highest = -1.0f32;
        for step in 0..STEPS {
            // Steps grow outwards: near walls need fine steps, far ones do not.
            let t = (step as f32 + phase + 0.3) / STEPS as f32;
            let r = (t * t * reach).max(1.0);
            let sx = x + (direction[0] * r).round() as i32;
            let sy = y - (direction[1] * r).round() as i32;
            if sx < 0 || sy < 0 || sx >= self.width || sy >= self.height {
                break;
            }
            let there = self.depth[(sy * self.width + sx) as usize];
            if there == f32::NEG_INFINITY {
                continue;
            }
            let rise = there - here;
            let run = r * self.mm_per_pixel;
            let distance2 = rise * rise + run * run;
            let cosine = rise / distance2.sqrt();
            let fade = (1.0 - distance2 / (RADIUS_MM * RADIUS_MM)).max(0.0);
            highest = highest.max(cosine * fade - (1.0 - fade));
        }
        highest
    }
}

/// The part of a slice's cosine-weighted half circle between the horizons: 1 for an open surface that faces the
/// viewer; for a tilted one the slices share out the sky unevenly, and only their mean, weighted by the normal's
/// length in the slice, is 1. Angles from the viewing direction, `behind` negative.
fn slice_openness(behind: f32, ahead: f32, tilt: f32) -> f32 {
    let (sin, cos) = tilt.sin_cos();
    let side = |h: f32| -(2.0 * h - tilt).cos() + cos + 2.0 * h * sin;
    0.25 * (side(behind) + side(ahead))
}

/// Arc cosine by a polynomial, within 7e-5 of the true one (Abramowitz and Stegun 4.4.45): a picture needs no more,
/// and every machine computes it alike.
fn arc_cosine(x: f32) -> f32 {
    let a = x.abs().min(1.0);
    let p = 1.570_728_8 + a * (-0.212_114_4 + a * (0.074_261 - a * 0.018_729_3));
    let r = p * (1.0 - a).sqrt();
    if x < 0.0 { PI - r } else { r }
}

/// The mean over 4 x 4 pixels of like depth.
fn blur(open: &[f32], depth: &[f32], width: usize) -> Vec<f32> {
    let height = depth.len() / width;
    let mut out = vec![1.0f32; open.len()];
    out.par_chunks_mut(width).enumerate().for_each(|(y, row)| {
        for (x, out) in row.iter_mut().enumerate() {
            let here = depth[y * width + x];
            if here == f32::NEG_INFINITY {
                continue;
            }
            let (mut sum, mut weight) = (0.0, 0.0);
            for sy in y.saturating_sub(1)..(y + 3).min(height) {
                for sx in x.saturating_sub(1)..(x + 3).min(width) {
                    let at = sy * width + sx;
                    let w = 1.0 - ((depth[at] - here).abs() / BLUR_DEPTH_MM).min(1.0);
                    sum += w * open[at];
                    weight += w;
                }
            }
            *out = sum / weight;
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_plane_sees_the_whole_sky_at_any_tilt() {
        // One slice may hold more than its share; together, over all directions, they make the whole sky.
        for lean in [0.0f32, 0.3, 0.8, 1.3] {
            let (sin, cos) = lean.sin_cos();
            let slices = 48;
            let sum: f32 = (0..slices)
                .map(|i| {
                    let along = sin * (PI * i as f32 / slices as f32).cos();
                    let tilt = along.atan2(cos);
                    along.hypot(cos) * slice_openness(tilt - FRAC_PI_2, tilt + FRAC_PI_2, tilt)
                })
                .sum();
            assert!((sum / slices as f32 - 1.0).abs() < 1e-3, "{lean}: {sum}");
        }
    }

    #[test]
    fn a_wall_on_one_side_takes_half_the_sky() {
        assert!((slice_openness(-FRAC_PI_2, 0.0, 0.0) - 0.5).abs() < 1e-6);
    }

    #[test]
    fn the_arc_cosine_is_near_enough() {
        for i in -100..=100 {
            let x = i as f32 / 100.0;
            assert!((arc_cosine(x) - x.acos()).abs() < 1e-4);
        }
    }
}
