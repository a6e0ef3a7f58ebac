//! How much of the sky each pixel sees, from the depths of the pixels around it.
//!
//! Units: mm and pixels. Frame: camera axes.
//!
//! Steps: `pattern` cuts the hemisphere by `SLICES` planes through the viewing direction, turned a little from pixel to
//! pixel of a 4 x 4 tile; on either side of a slice, `horizon` walks outwards and keeps the highest horizon; `side`
//! integrates the cosine-weighted sky up to it; `blur` averages the tile away without crossing an edge in depth.
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
const SLICES: usize = 2;
/// Depths looked at on each side of a slice.
const STEPS: usize = 6;
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
        slices: pattern((1.0 / projection.pixels_per_mm) as f32),
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

/// Where one step of a horizon looks.
#[derive(Clone, Copy, Default)]
struct Look {
    /// Pixels, y downwards.
    x: i32,
    y: i32,
    /// How far that is, mm squared.
    run2: f32,
}

/// One slice: its direction (right, up), and the looks ahead and behind, near ones first.
#[derive(Clone, Copy, Default)]
struct Slice {
    direction: [f32; 2],
    ahead: [Look; STEPS],
    behind: [Look; STEPS],
}

/// The slices for each place in a tile of 4 x 4 pixels. Rotations are spread so that neighbouring pixels differ most
/// (a Bayer matrix); the steps are moved along the slices by a second such matrix, out of phase with the first.
fn pattern(mm_per_pixel: f32) -> [[Slice; SLICES]; 16] {
    const BAYER: [u8; 16] = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5];
    std::array::from_fn(|place| {
        let rotation = f32::from(BAYER[place]) / 16.0;
        let phase = f32::from(BAYER[(place * 5 + 3) % 16]) / 16.0;
        std::array::from_fn(|slice| {
            let (sin, cos) = (PI * (slice as f32 + rotation) / SLICES as f32).sin_cos();
            let look = |sign: f32| {
                std::array::from_fn(|step| {
                    // Steps grow outwards: near walls need fine steps, far ones do not.
                    let t = (step as f32 + phase + 0.3) / STEPS as f32;
                    let r = (t * t * RADIUS_MM / mm_per_pixel).max(1.0) * sign;
                    let (x, y) = ((cos * r).round(), (-sin * r).round());
                    Look {
                        x: x as i32,
                        y: y as i32,
                        run2: (x * x + y * y) * mm_per_pixel * mm_per_pixel,
                    }
                })
            };
            Slice {
                direction: [cos, sin],
                ahead: look(1.0),
                behind: look(-1.0),
            }
        })
    })
}

struct Sampler<'a> {
    depth: &'a [f32],
    width: i32,
    height: i32,
    slices: [[Slice; SLICES]; 16],
}

impl Sampler<'_> {
    fn openness(&self, x: i32, y: i32, normal: [f32; 3]) -> f32 {
        let place = ((y & 3) * 4 + (x & 3)) as usize;
        let mut sum = 0.0;
        for slice in &self.slices[place] {
            let along = normal[0] * slice.direction[0] + normal[1] * slice.direction[1];
            // The normal's part in the slice; the resolver keeps normals away from the picture's plane.
            let length = (along * along + normal[2] * normal[2]).sqrt();
            let tilt = Tilt::new(along / length, normal[2] / length);
            let ahead = tilt.side(self.horizon(x, y, &slice.ahead));
            let behind = tilt.mirrored().side(self.horizon(x, y, &slice.behind));
            sum += length * 0.25 * (ahead + behind);
        }
        (sum / SLICES as f32).clamp(0.0, 1.0)
    }

    /// The cosine, from the viewing direction, of the highest horizon on one side.
    fn horizon(&self, x: i32, y: i32, looks: &[Look; STEPS]) -> f32 {
        let here = self.depth[(y * self.width + x) as usize];
        let mut highest = -1.0f32;
        for look in looks {
            let (sx, sy) = (x + look.x, y + look.y);
            if sx < 0 || sy < 0 || sx >= self.width || sy >= self.height {
                break;
            }
            // Minus infinity, the background, gives a cosine that is no number, which `max` passes over.
            let rise = self.depth[(sy * self.width + sx) as usize] - here;
            let distance2 = rise * rise + look.run2;
            let fade = (1.0 - distance2 * (1.0 / (RADIUS_MM * RADIUS_MM))).max(0.0);
            highest = highest.max((rise / distance2.sqrt() + 1.0) * fade - 1.0);
        }
        highest
    }
}

/// The angle of a surface's normal from the viewing direction within a slice, positive ahead.
struct Tilt {
    angle: f32,
    sin: f32,
    cos: f32,
}

impl Tilt {
    fn new(sin: f32, cos: f32) -> Self {
        Self {
            angle: FRAC_PI_2 - arc_cosine(sin),
            sin,
            cos,
        }
    }

    fn mirrored(&self) -> Self {
        Self {
            angle: -self.angle,
            sin: -self.sin,
            cos: self.cos,
        }
    }

    /// Four times the cosine-weighted sky of the slice from the viewing direction to a horizon ahead, whose cosine
    /// is given; the surface's own plane is a horizon too. With h the horizon and t the tilt it is
    /// cos t - cos(2h - t) + 2h sin t.
    fn side(&self, horizon_cosine: f32) -> f32 {
        let c = horizon_cosine.clamp(-1.0, 1.0);
        let h = arc_cosine(c);
        let own = self.angle + FRAC_PI_2;
        if h >= own {
            return 2.0 * self.cos + 2.0 * own * self.sin;
        }
        let s = (1.0 - c * c).sqrt();
        let cos_2h_t = (2.0 * c * c - 1.0) * self.cos + 2.0 * s * c * self.sin;
        self.cos - cos_2h_t + 2.0 * h * self.sin
    }
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
                    let length = along.hypot(cos);
                    let tilt = Tilt::new(along / length, cos / length);
                    length * 0.25 * (tilt.side(-1.0) + tilt.mirrored().side(-1.0))
                })
                .sum();
            assert!((sum / slices as f32 - 1.0).abs() < 1e-3, "{lean}: {sum}");
        }
    }

    #[test]
    fn a_wall_on_one_side_takes_half_the_sky() {
        let flat = Tilt::new(0.0, 1.0);
        let open = 0.25 * (flat.side(1.0) + flat.mirrored().side(-1.0));
        assert!((open - 0.5).abs() < 1e-4);
    }

    #[test]
    fn a_horizon_at_forty_five_degrees_takes_half_of_its_side() {
        // The cosine-weighted sky within an angle h of the zenith of a flat slice is sin² h.
        let flat = Tilt::new(0.0, 1.0);
        assert!((0.5 * flat.side(0.5f32.sqrt()) - 0.5).abs() < 1e-4);
    }

    #[test]
    fn the_arc_cosine_is_near_enough() {
        for i in -100..=100 {
            let x = i as f32 / 100.0;
            assert!((arc_cosine(x) - x.acos()).abs() < 1e-4);
        }
    }
}
