//! Pixels, and their PNG.

use stonecast_mesh::{Point, Vector};

use crate::view::Camera;

/// The size of a picture in pixels, at least one each way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

impl Size {
    /// A size, each way clamped to 1–8192 pixels.
    pub fn new(width: u32, height: u32) -> Self {
        Self {
            width: width.clamp(1, 8192),
            height: height.clamp(1, 8192),
        }
    }

    pub(crate) fn pixel_count(self) -> usize {
        self.width as usize * self.height as usize
    }
}

/// Where the points of the scene fall in a picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Projection {
    /// The directions of the picture.
    pub camera: Camera,
    /// The point of the scene at the picture's centre.
    pub centre: Point,
    /// Pixels to the millimetre, the same everywhere in the picture.
    pub pixels_per_mm: f64,
    /// The picture's size.
    pub size: Size,
}

impl Projection {
    /// The place of a point in the picture: pixels from the left edge and from the top edge.
    pub fn pixel_of(&self, point: &Point) -> [f64; 2] {
        let d: Vector = point - self.centre;
        [
            0.5 * f64::from(self.size.width) + self.camera.right().dot(&d) * self.pixels_per_mm,
            0.5 * f64::from(self.size.height) - self.camera.up().dot(&d) * self.pixels_per_mm,
        ]
    }
}

/// A finished picture: opaque sRGB pixels, row by row from the top.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The picture's size.
    pub size: Size,
    /// Red, green, blue of each pixel.
    pub rgb: Vec<u8>,
    /// Where points of the scene fall; `None` for a sheet of several views.
    pub projection: Option<Projection>,
}

impl Picture {
    /// The colour of a pixel; `None` outside the picture.
    pub fn pixel(&self, x: u32, y: u32) -> Option<[u8; 3]> {
        let Size { width, height } = self.size;
        if x >= width || y >= height {
            return None;
        }
        let at = 3 * (y as usize * width as usize + x as usize);
        Some([self.rgb[at], self.rgb[at + 1], self.rgb[at + 2]])
    }

    /// The picture as PNG. The resolution of a single view is set such that a print without scaling is life size.
    pub fn to_png(&self) -> Vec<u8> {
        let Size { width, height } = self.size;
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::Fast);
        encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
        encoder.set_pixel_dims(self.projection.map(|projection| {
            let pixels_per_metre = (projection.pixels_per_mm * 1000.0).round().clamp(1.0, 1e9) as u32;
            png::PixelDimensions {
                xppu: pixels_per_metre,
                yppu: pixels_per_metre,
                unit: png::Unit::Meter,
            }
        }));
        encoder
            .write_header()
            .and_then(|mut writer| writer.write_image_data(&self.rgb))
            .expect("a vector takes every byte, and the pixels match the size");
        bytes
    }
}
