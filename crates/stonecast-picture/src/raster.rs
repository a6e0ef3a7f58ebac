//! Which triangle each sample of the picture shows, and the surface that each pixel therefore has.
//!
//! Frame: camera axes (right, up, to the viewer) about the picture's centre, mm; samples count from the top left.
//!
//! Steps: `project` the vertices to a fixed grid; sort triangles into `Bins`, one for each band of rows; in each
//! band, `fill` every triangle into a depth buffer of `SAMPLES`² samples a pixel, and `resolve` the samples into
//! pixels, shading each triangle once per pixel that it shows in.
//!
//! Why this is deterministic and has no cracks: vertices are rounded to a grid, insideness is decided in whole
//! numbers by the top-left rule, a band is the work of one thread, and of two samples at one depth the earlier
//! triangle wins.

use std::ops::Range;

use rayon::prelude::*;

use crate::{
    light::{Lit, shade},
    picture::Projection,
    scene::{Albedo, Body},
};

/// Samples along each side of a pixel.
pub(crate) const SAMPLES: usize = 3;
/// Steps of the vertex grid in a sample: 1/48 of a pixel is finer than an 8-bit edge can show.
const GRID: i32 = 16;
/// Rows of pixels in a band: the band's samples stay in the second-level cache.
const BAND: usize = 16;
/// Vertices are kept within this distance of the picture, in grid steps, so that edge functions fit in 64 bits.
const FAR: f64 = (1 << 28) as f64;
/// A row wider than this is narrowed by division before its samples are tested one by one.
const WIDE: i32 = 24;

const NOTHING: u32 = u32::MAX;

/// What one pixel shows: light before occlusion, weighted by the part of the pixel that is covered.
#[derive(Clone, Copy, Default)]
pub(crate) struct Pixel {
    pub lit: Lit,
    /// 0–1.
    pub coverage: f32,
    /// Unit normal in camera axes at the pixel's nearest-to-centre sample.
    pub normal: [f32; 3],
}

/// The picture before occlusion and tone.
pub(crate) struct Surface {
    pub pixels: Vec<Pixel>,
    /// Towards the viewer, mm; minus infinity where nothing is shown.
    pub depth: Vec<f32>,
}

#[derive(Clone, Copy)]
struct Vertex {
    x: i32,
    y: i32,
    z: f32,
}

/// A body with its vertices in the picture.
struct Projected<'a> {
    body: &'a Body,
    vertices: Vec<Vertex>,
    /// Normals are turned by this when a pixel is shaded.
    camera_from_scene: [[f32; 3]; 3],
    first_face: u32,
}

/// Rasterises the bodies.
pub(crate) fn rasterise(bodies: &[&Body], projection: &Projection) -> Surface {
    let projected = project(bodies, projection);
    let size = projection.size;
    let (width, height) = (size.width as usize, size.height as usize);
    let bins = Bins::sort(&projected, height.div_ceil(BAND));
    let mut surface = Surface {
        pixels: vec![Pixel::default(); size.pixel_count()],
        depth: vec![f32::NEG_INFINITY; size.pixel_count()],
    };
    surface
        .pixels
        .par_chunks_mut(BAND * width)
        .zip(surface.depth.par_chunks_mut(BAND * width))
        .enumerate()
        .for_each_init(Samples::default, |samples, (band, (pixels, depth))| {
            if bins.of(band).is_empty() {
                return;
            }
            samples.clear(width * SAMPLES, BAND * SAMPLES, band);
            for &face in bins.of(band) {
                samples.fill(face, &triangle(&projected, face));
            }
            resolve(samples, &projected, width, pixels, depth);
        });
    surface
}

fn project<'a>(bodies: &[&'a Body], projection: &Projection) -> Vec<Projected<'a>> {
    let rotation = projection.camera.camera_from_scene();
    let steps_per_mm = projection.pixels_per_mm * f64::from(GRID) * SAMPLES as f64;
    let half = |pixels: u32| 0.5 * f64::from(pixels) * f64::from(GRID) * SAMPLES as f64;
    let (cx, cy) = (half(projection.size.width), half(projection.size.height));
    let mut first_face = 0;
    bodies
        .iter()
        .map(|&body| {
            let offset = rotation * (body.origin - projection.centre);
            let vertices = body
                .positions
                .par_iter()
                .map(|p| {
                    let p = rotation * nalgebra::Vector3::from(*p).cast::<f64>() + offset;
                    Vertex {
                        x: (cx + p.x * steps_per_mm).round().clamp(-FAR, FAR) as i32,
                        y: (cy - p.y * steps_per_mm).round().clamp(-FAR, FAR) as i32,
                        z: p.z as f32,
                    }
                })
                .collect();
            let projected = Projected {
                body,
                vertices,
                camera_from_scene: rotation.cast::<f32>().transpose().into(),
                first_face,
            };
            first_face += body.faces.len() as u32;
            projected
        })
        .collect()
}

fn body_of<'a, 'b>(projected: &'b [Projected<'a>], face: u32) -> &'b Projected<'a> {
    let after = projected.partition_point(|p| p.first_face <= face);
    &projected[after - 1]
}

fn triangle(projected: &[Projected<'_>], face: u32) -> [Vertex; 3] {
    let p = body_of(projected, face);
    p.body.faces[(face - p.first_face) as usize].map(|v| p.vertices[v as usize])
}

/// For each band of rows, the triangles that reach into it, in order.
struct Bins {
    start: Vec<u32>,
    faces: Vec<u32>,
}

impl Bins {
    fn sort(projected: &[Projected<'_>], band_count: usize) -> Self {
        let reach: Vec<Vec<[u16; 2]>> = projected
            .iter()
            .map(|p| {
                let faces = p.body.faces.par_iter();
                faces.map(|face| bands_of(p, *face, band_count)).collect()
            })
            .collect();
        let each = |visit: &mut dyn FnMut(usize, u32)| {
            for (p, reach) in projected.iter().zip(&reach) {
                for (i, &[first, end]) in reach.iter().enumerate() {
                    for band in first..end {
                        visit(usize::from(band), p.first_face + i as u32);
                    }
                }
            }
        };
        let mut start = vec![0u32; band_count + 1];
        each(&mut |band, _| start[band + 1] += 1);
        for band in 0..band_count {
            start[band + 1] += start[band];
        }
        let mut cursor = start.clone();
        let mut faces = vec![0u32; start[band_count] as usize];
        each(&mut |band, face| {
            faces[cursor[band] as usize] = face;
            cursor[band] += 1;
        });
        Self { start, faces }
    }

    fn of(&self, band: usize) -> &[u32] {
        &self.faces[self.start[band] as usize..self.start[band + 1] as usize]
    }
}

/// The first band that a face reaches into and the one after its last; none for a face that cannot be seen.
fn bands_of(projected: &Projected<'_>, face: [u32; 3], band_count: usize) -> [u16; 2] {
    let corners = face.map(|v| projected.vertices[v as usize]);
    // Of a closed surface every sample shows a face turned to the viewer; those turned away lie behind.
    if projected.body.is_solid && doubled_area(&corners) >= 0 {
        return [0, 0];
    }
    let band_steps = GRID * (SAMPLES * BAND) as i32;
    let [a, b, c] = corners.map(|v| v.y);
    // A picture has at most 8192 rows, so that bands are counted in 16 bits.
    let within = |band: i32| band.clamp(0, band_count as i32) as u16;
    [
        within(a.min(b).min(c).div_euclid(band_steps)),
        within(a.max(b).max(c).div_euclid(band_steps) + 1),
    ]
}

/// Positive where the corners run clockwise in the picture, which shows the inside of the surface.
fn doubled_area(corners: &[Vertex; 3]) -> i64 {
    let [a, b, c] = corners;
    i64::from(b.x - a.x) * i64::from(c.y - a.y) - i64::from(b.y - a.y) * i64::from(c.x - a.x)
}

/// The depth buffer of one band.
#[derive(Default)]
struct Samples {
    width: i32,
    rows: i32,
    /// The band's first row of samples in the picture.
    first_row: i32,
    depth: Vec<f32>,
    face: Vec<u32>,
    /// The columns that triangles have reached since the last clearing.
    columns: Range<usize>,
}

impl Samples {
    fn clear(&mut self, width: usize, rows: usize, band: usize) {
        (self.width, self.rows) = (width as i32, rows as i32);
        self.first_row = (band * rows) as i32;
        if self.depth.len() == width * rows {
            for row in 0..rows {
                let cells = row * width + self.columns.start..row * width + self.columns.end;
                self.depth[cells.clone()].fill(f32::NEG_INFINITY);
                self.face[cells].fill(NOTHING);
            }
        } else {
            self.depth = vec![f32::NEG_INFINITY; width * rows];
            self.face = vec![NOTHING; width * rows];
        }
        self.columns = width..width;
    }

    /// Notes that the columns `from..=to` are reached.
    fn reach(&mut self, from: i32, to: i32) {
        let (from, end) = (from as usize, to as usize + 1);
        self.columns = if self.columns.is_empty() {
            from..end
        } else {
            self.columns.start.min(from)..self.columns.end.max(end)
        };
    }

    fn fill(&mut self, face: u32, corners: &[Vertex; 3]) {
        let Some(setup) = Setup::new(corners) else { return };
        // The sample at index i lies at i * GRID + GRID / 2.
        let first = |steps: i32| (steps - GRID / 2 + GRID - 1).div_euclid(GRID);
        let last = |steps: i32| (steps - GRID / 2).div_euclid(GRID);
        let x0 = first(setup.x_min).max(0);
        let x1 = last(setup.x_max).min(self.width - 1);
        let y0 = first(setup.y_min).max(self.first_row);
        let y1 = last(setup.y_max).min(self.first_row + self.rows - 1);
        if x0 > x1 {
            return;
        }
        self.reach(x0, x1);
        for y in y0..=y1 {
            let (mut x0, mut x1) = (x0, x1);
            let mut w = setup.edges_at(x0, y);
            if x1 - x0 > WIDE {
                (x0, x1) = setup.narrow(w, x0, x1);
                w = setup.edges_at(x0, y);
            }
            if x0 > x1 {
                continue;
            }
            let row = ((y - self.first_row) * self.width) as usize;
            let range = row + x0 as usize..=row + x1 as usize;
            let z_row = setup.depth_at(x0, y);
            let cells = self.depth[range.clone()].iter_mut().zip(&mut self.face[range]);
            for (i, (depth, owner)) in cells.enumerate() {
                if (w[0] | w[1] | w[2]) >= 0 {
                    let z = (z_row + setup.z_by_x * i as f32).clamp(setup.z_min, setup.z_max);
                    if z > *depth {
                        *depth = z;
                        *owner = face;
                    }
                }
                for (w, step) in w.iter_mut().zip(&setup.step_x) {
                    *w += step;
                }
            }
        }
    }
}

/// A triangle's edge functions and depth plane, in samples.
struct Setup {
    x_min: i32,
    x_max: i32,
    y_min: i32,
    y_max: i32,
    /// Each edge function is `step_x * x + step_y * y + at_zero` at sample (x, y), and non-negative inside.
    step_x: [i64; 3],
    step_y: [i64; 3],
    at_zero: [i64; 3],
    z_by_x: f32,
    z_by_y: f64,
    z_at_zero: f64,
    z_min: f32,
    z_max: f32,
}

impl Setup {
    /// `None` for a triangle seen edge-on.
    fn new(corners: &[Vertex; 3]) -> Option<Self> {
        let [a, mut b, mut c] = *corners;
        let mut area = doubled_area(corners);
        if area == 0 {
            return None;
        }
        if area < 0 {
            (b, c) = (c, b);
            area = -area;
        }
        let mut setup = Self {
            x_min: a.x.min(b.x).min(c.x),
            x_max: a.x.max(b.x).max(c.x),
            y_min: a.y.min(b.y).min(c.y),
            y_max: a.y.max(b.y).max(c.y),
            step_x: [0; 3],
            step_y: [0; 3],
            at_zero: [0; 3],
            z_by_x: 0.0,
            z_by_y: 0.0,
            z_at_zero: 0.0,
            z_min: a.z.min(b.z).min(c.z),
            z_max: a.z.max(b.z).max(c.z),
        };
        let half = i64::from(GRID / 2);
        for (i, (p, q)) in [(a, b), (b, c), (c, a)].into_iter().enumerate() {
            let (dx, dy) = (i64::from(q.x - p.x), i64::from(q.y - p.y));
            // The inside is on the right of each edge, y pointing down: a top edge runs to +x, a left edge to -y.
            let top_left = (dy == 0 && dx > 0) || dy < 0;
            setup.step_x[i] = -dy * i64::from(GRID);
            setup.step_y[i] = dx * i64::from(GRID);
            setup.at_zero[i] =
                dx * (half - i64::from(p.y)) - dy * (half - i64::from(p.x)) - i64::from(!top_left);
        }
        let area = area as f64;
        let (zb, zc) = (f64::from(b.z - a.z), f64::from(c.z - a.z));
        let (bx, by) = (f64::from(b.x - a.x), f64::from(b.y - a.y));
        let (cx, cy) = (f64::from(c.x - a.x), f64::from(c.y - a.y));
        let by_x = (zb * cy - zc * by) / area;
        let by_y = (zc * bx - zb * cx) / area;
        let to_zero = |v: i32| f64::from(GRID / 2) - f64::from(v);
        setup.z_by_x = (by_x * f64::from(GRID)) as f32;
        setup.z_by_y = by_y * f64::from(GRID);
        setup.z_at_zero = f64::from(a.z) + by_x * to_zero(a.x) + by_y * to_zero(a.y);
        Some(setup)
    }

    fn edges_at(&self, x: i32, y: i32) -> [i64; 3] {
        std::array::from_fn(|i| {
            self.at_zero[i] + self.step_x[i] * i64::from(x) + self.step_y[i] * i64::from(y)
        })
    }

    fn depth_at(&self, x: i32, y: i32) -> f32 {
        (self.z_at_zero + f64::from(self.z_by_x) * f64::from(x) + self.z_by_y * f64::from(y)) as f32
    }

    /// The part of the row `x0..=x1` in which every edge function, `w` at `x0`, is non-negative.
    fn narrow(&self, w: [i64; 3], x0: i32, x1: i32) -> (i32, i32) {
        let (mut from, mut to) = (0i64, i64::from(x1 - x0));
        for (w, step) in w.into_iter().zip(self.step_x) {
            match step.signum() {
                1 if w < 0 => from = from.max((-w + step - 1) / step),
                -1 => to = to.min(if w < 0 { -1 } else { w / -step }),
                0 if w < 0 => to = -1,
                _ => {}
            }
        }
        if from > to {
            return (1, 0);
        }
        (x0 + from as i32, x0 + to as i32)
    }
}

/// The samples of one pixel that show the same triangle.
#[derive(Clone, Copy, Default)]
struct Share {
    face: u32,
    count: u32,
    x: u32,
    y: u32,
}

fn resolve(
    samples: &Samples,
    projected: &[Projected<'_>],
    width: usize,
    pixels: &mut [Pixel],
    depth: &mut [f32],
) {
    let weight = 1.0 / (SAMPLES * SAMPLES) as f32;
    let mut shares = [Share::default(); SAMPLES * SAMPLES];
    let columns = samples.columns.start / SAMPLES..samples.columns.end.div_ceil(SAMPLES);
    let rows = pixels.chunks_exact_mut(width).zip(depth.chunks_exact_mut(width));
    let reached = rows.enumerate().flat_map(|(py, (pixels, depth))| {
        let cells = pixels[columns.clone()]
            .iter_mut()
            .zip(&mut depth[columns.clone()]);
        columns.clone().zip(cells).map(move |(px, cell)| (px, py, cell))
    });
    for (px, py, (pixel, depth)) in reached {
        let mut share_count = 0;
        let mut centre: Option<(usize, u32)> = None;
        for k in 0..SAMPLES * SAMPLES {
            let (sx, sy) = (px * SAMPLES + k % SAMPLES, py * SAMPLES + k / SAMPLES);
            let at = sy * samples.width as usize + sx;
            let face = samples.face[at];
            if face == NOTHING {
                continue;
            }
            if centre.is_none() || k == SAMPLES * SAMPLES / 2 {
                centre = Some((at, face));
            }
            let known = shares[..share_count].iter().position(|s| s.face == face);
            let slot = known.unwrap_or(share_count);
            if known.is_none() {
                shares[slot] = Share {
                    face,
                    ..Share::default()
                };
                share_count += 1;
            }
            shares[slot].count += 1;
            shares[slot].x += sx as u32;
            shares[slot].y += sy as u32;
        }
        let Some((centre_at, centre_face)) = centre else {
            continue;
        };
        *depth = samples.depth[centre_at];
        for share in &shares[..share_count] {
            let (normal, lit) = light_share(share, projected, samples.first_row);
            let part = share.count as f32 * weight;
            pixel.lit.add(&lit, part);
            pixel.coverage += part;
            if share.face == centre_face {
                pixel.normal = normal;
            }
        }
    }
}

/// The normal and the light of a triangle at the mean place of its samples in one pixel.
fn light_share(share: &Share, projected: &[Projected<'_>], first_row: i32) -> ([f32; 3], Lit) {
    let p = body_of(projected, share.face);
    let ids = p.body.faces[(share.face - p.first_face) as usize];
    let [a, b, c] = ids.map(|v| p.vertices[v as usize]);
    let at = |sum: u32, first: i32| {
        (sum as f32 / share.count as f32 + first as f32) * GRID as f32 + (GRID / 2) as f32
    };
    let (x, y) = (at(share.x, 0) - a.x as f32, at(share.y, first_row) - a.y as f32);
    let (bx, by) = ((b.x - a.x) as f32, (b.y - a.y) as f32);
    let (cx, cy) = ((c.x - a.x) as f32, (c.y - a.y) as f32);
    let area = bx * cy - by * cx;
    // A sliver's mean place may lie a rounding outside it.
    let wb = ((x * cy - y * cx) / area).clamp(0.0, 1.0);
    let wc = ((y * bx - x * by) / area).clamp(0.0, 1.0 - wb);
    let weights = [1.0 - wb - wc, wb, wc];
    let blend = |values: &[[f32; 3]]| -> [f32; 3] {
        std::array::from_fn(|i| (0..3).map(|k| weights[k] * values[ids[k] as usize][i]).sum())
    };
    let n = blend(&p.body.normals);
    let mut normal: [f32; 3] =
        std::array::from_fn(|i| (0..3).map(|k| p.camera_from_scene[i][k] * n[k]).sum());
    // With y pointing down, a triangle that shows its outside runs clockwise on the screen.
    let inside = area > 0.0;
    if inside {
        normal = normal.map(|n| -n);
    }
    // An interpolated normal may turn away from the viewer at an outline that is still visible.
    normal[2] = normal[2].max(0.02);
    let length = normal.iter().map(|n| n * n).sum::<f32>().sqrt();
    let normal = normal.map(|n| n / length);
    let albedo = match &p.body.albedo {
        Albedo::Plain(colour) => *colour,
        Albedo::PerVertex(colours) => blend(colours),
        Albedo::Banded(banded) => {
            let value = (0..3).map(|k| weights[k] * banded.values[ids[k] as usize]).sum();
            match banded.colour_of(value) {
                Some(colour) => return (normal, shade(normal, colour, inside).coded(colour)),
                None => banded.rest,
            }
        }
    };
    (normal, shade(normal, albedo, inside))
}
