//! The order of the work: frame, rasterise, occlude, light.
//!
//! Steps: `frame` chooses centre and scale; `rasterise` finds what each pixel shows; `open_sky` finds how much of
//! the sky it sees; `crispness` finds ridges and grooves; `compose` lights it before the background.

use rayon::prelude::*;
use stonecast_mesh::{Point, Vector};

use crate::{
    light::{Encoder, occluded, tone},
    occlusion::open_sky,
    picture::{Picture, Projection, Size},
    raster::{Surface, rasterise},
    scene::{Body, Rgb, Scene, linear},
    view::{Camera, View},
};

/// How large the scene is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Framing {
    /// The whole scene, with a margin for the captions.
    Fit,
    /// As many times larger than [`Framing::Fit`].
    Zoom(f64),
    /// At a scale of its own, in pixels to the millimetre: pictures that are to be compared share one.
    Scale(f64),
    /// At a scale of its own about a place of its own: what moves from picture to picture is what moved.
    About {
        /// The place at the picture's centre.
        centre: Point,
        /// Pixels to the millimetre.
        pixels_per_mm: f64,
    },
}

/// The part of the picture that [`Framing::Fit`] fills, across and down.
const FILL: [f64; 2] = [0.86, 0.80];
/// The background at the top and at the bottom: neutral, darker than the stone so that its outline is clear.
const BACKGROUND: [Rgb; 2] = [Rgb(150, 156, 163), Rgb(108, 114, 122)];
/// How strongly ridges are brightened and grooves darkened.
const CRISPNESS: f32 = 0.16;
/// Distance, in mm, over which a ridge or groove is felt: about the width of a fissure.
const CRISP_MM: f64 = 0.25;

/// Draws what a camera sees of a scene, without captions.
pub fn render(scene: &Scene, camera: &Camera, size: Size, framing: Framing) -> Picture {
    let bodies: Vec<&Body> = scene.bodies.iter().collect();
    render_bodies(&bodies, camera, size, framing)
}

/// Draws a view of a scene, without captions: an occlusal view leaves out the bodies of the other arch.
pub fn render_view(scene: &Scene, view: View, size: Size, framing: Framing) -> Picture {
    render_bodies(&shown(scene, view), &view.camera(), size, framing)
}

/// The largest scale, in pixels to the millimetre, at which every one of the views shows all it has to show.
/// `None` when they show nothing.
pub fn common_scale(scene: &Scene, views: &[View], size: Size) -> Option<f64> {
    views
        .iter()
        .filter_map(|view| extent(&shown(scene, *view), &view.camera()))
        .map(|(_, extent)| fitting_scale(extent, size))
        .reduce(f64::min)
}

fn shown(scene: &Scene, view: View) -> Vec<&Body> {
    let leaves_out = |body: &Body| {
        view.only_jaw()
            .is_some_and(|jaw| body.jaw == Some(jaw.antagonist()))
    };
    scene.bodies.iter().filter(|body| !leaves_out(body)).collect()
}

fn render_bodies(bodies: &[&Body], camera: &Camera, size: Size, framing: Framing) -> Picture {
    let projection = frame(bodies, camera, size, framing);
    let surface = rasterise(bodies, &projection);
    let open = open_sky(&surface, &projection);
    Picture {
        size,
        rgb: compose(&surface, &open, &projection),
        projection: Some(projection),
    }
}

fn frame(bodies: &[&Body], camera: &Camera, size: Size, framing: Framing) -> Projection {
    let (centre, extent) = extent(bodies, camera).unwrap_or((Point::origin(), [1.0, 1.0]));
    let fit = fitting_scale(extent, size);
    let pixels_per_mm = match framing {
        Framing::Fit => fit,
        Framing::Zoom(times) => fit * times,
        Framing::Scale(scale) => scale,
        Framing::About { pixels_per_mm, .. } => pixels_per_mm,
    };
    let given = match framing {
        Framing::About { centre, .. } => Some(centre),
        _ => None,
    };
    Projection {
        camera: *camera,
        centre: given
            .filter(|p| p.coords.iter().all(|c| c.is_finite()))
            .unwrap_or(centre),
        // A scale that is no positive number would leave nothing to see.
        pixels_per_mm: if pixels_per_mm.is_finite() && pixels_per_mm > 0.0 {
            pixels_per_mm
        } else {
            fit
        },
        size,
    }
}

/// The centre and the size, across and down, of what the camera sees of the bodies.
fn extent(bodies: &[&Body], camera: &Camera) -> Option<(Point, [f64; 2])> {
    let rotation = camera.camera_from_scene();
    let mut low = Vector::repeat(f64::INFINITY);
    let mut high = Vector::repeat(f64::NEG_INFINITY);
    for body in bodies {
        let offset = rotation * body.origin.coords;
        for p in &body.positions {
            let p = rotation * nalgebra::Vector3::from(*p).cast::<f64>() + offset;
            low = low.inf(&p);
            high = high.sup(&p);
        }
    }
    let middle = (low + high) * 0.5;
    middle.iter().all(|c| c.is_finite()).then(|| {
        let centre = Point::from(rotation.transpose() * middle);
        (centre, [high.x - low.x, high.y - low.y])
    })
}

fn fitting_scale(extent: [f64; 2], size: Size) -> f64 {
    let across = FILL[0] * f64::from(size.width) / extent[0].max(1e-6);
    let down = FILL[1] * f64::from(size.height) / extent[1].max(1e-6);
    across.min(down)
}

fn compose(surface: &Surface, open: &[f32], projection: &Projection) -> Vec<u8> {
    let (width, height) = (projection.size.width as usize, projection.size.height as usize);
    let encoder = Encoder::new();
    let [top, bottom] = BACKGROUND.map(|Rgb(r, g, b)| [r, g, b].map(linear));
    let reach = ((CRISP_MM * projection.pixels_per_mm).round() as usize).clamp(1, 4);
    let mut rgb = vec![0u8; 3 * width * height];
    rgb.par_chunks_mut(3 * width).enumerate().for_each(|(y, row)| {
        let down = (y as f32 + 0.5) / height as f32;
        let background: [f32; 3] = std::array::from_fn(|i| top[i] + (bottom[i] - top[i]) * down);
        for (x, out) in row.chunks_exact_mut(3).enumerate() {
            let at = y * width + x;
            let pixel = &surface.pixels[at];
            let mut light = [0.0; 3];
            if pixel.coverage > 0.0 {
                let crisp = 1.0 + CRISPNESS * crispness(surface, width, x, y, reach);
                // The light is already weighted by the coverage; the tone must act on the surface's own light.
                light =
                    occluded(&pixel.lit, open[at]).map(|l| tone(l * crisp / pixel.coverage) * pixel.coverage);
            }
            for i in 0..3 {
                out[i] = encoder.byte(light[i] + background[i] * (1.0 - pixel.coverage));
            }
        }
    });
    rgb
}

/// From -1 in a sharp groove to 1 on a sharp ridge: how much the normals turn apart around a pixel.
fn crispness(surface: &Surface, width: usize, x: usize, y: usize, reach: usize) -> f32 {
    let height = surface.depth.len() / width;
    if x < reach || y < reach || x + reach >= width || y + reach >= height {
        return 0.0;
    }
    let at = y * width + x;
    let here = surface.depth[at];
    let (left, right) = (at - reach, at + reach);
    let (above, below) = (at - reach * width, at + reach * width);
    // Across a step in depth the normals say nothing about this surface.
    if [left, right, above, below]
        .iter()
        .any(|&i| (surface.depth[i] - here).abs() > 1.5)
    {
        return 0.0;
    }
    let normal = |i: usize| surface.pixels[i].normal;
    let turn = normal(right)[0] - normal(left)[0] + normal(above)[1] - normal(below)[1];
    (0.9 * turn).clamp(-1.0, 1.0)
}
