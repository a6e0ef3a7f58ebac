//! What the network says of each pixel of the occlusal picture.
//!
//! Units: pixels, mm where said. Frame: the arch's own; x and y as there, heights positive towards the antagonist.

use std::ops::Range;

use stonecast_dental::Jaw;

use super::{
    features::{CHANNELS, features},
    net::{Net, NetError},
    raster::{FRONT, HEIGHT, HeightMap, LEFT, PIXEL, WIDTH},
};

/// Gum, and the sixteen places of a jaw from the patient's right third molar to the left one.
pub(crate) const CLASSES: usize = 17;

/// The input channel that holds the place across the arch.
const ACROSS: usize = 4;

/// Where the pixels lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Grid {
    pub width: usize,
    pub height: usize,
    pub pixel_mm: f64,
    /// The corner of the first pixel, mm.
    pub corner: [f64; 2],
}

impl Grid {
    /// That of the height map.
    pub const PICTURE: Self = Self {
        width: WIDTH,
        height: HEIGHT,
        pixel_mm: PIXEL,
        corner: [LEFT, FRONT],
    };

    /// The pixel's place in pixel coordinates, in which the first pixel's centre is (0, 0).
    pub fn to_pixel(self, x: f64, y: f64) -> [f64; 2] {
        [
            (x - self.corner[0]) / self.pixel_mm - 0.5,
            (y - self.corner[1]) / self.pixel_mm - 0.5,
        ]
    }

    /// The place of pixel coordinates, mm.
    pub fn to_mm(self, u: f64, v: f64) -> [f64; 2] {
        [
            (u + 0.5) * self.pixel_mm + self.corner[0],
            (v + 0.5) * self.pixel_mm + self.corner[1],
        ]
    }

    /// The pixel that holds a place, where there is one.
    pub fn pixel_at(self, x: f64, y: f64) -> Option<usize> {
        let [u, v] = self.to_pixel(x, y).map(f64::round);
        let inside = u >= 0.0 && v >= 0.0 && u < self.width as f64 && v < self.height as f64;
        inside.then(|| v as usize * self.width + u as usize)
    }

    /// Column and row of a pixel.
    pub fn place(self, pixel: usize) -> [usize; 2] {
        [pixel % self.width, pixel / self.width]
    }

    /// The pixels at most `reach` columns and rows from a place.
    pub fn window(self, u: f64, v: f64, reach: f64) -> (Range<usize>, Range<usize>) {
        let range = |at: f64, count: usize| {
            let from = (at - reach).ceil().clamp(0.0, count as f64) as usize;
            let to = ((at + reach).floor() + 1.0).clamp(0.0, count as f64) as usize;
            from..to.max(from)
        };
        (range(u, self.width), range(v, self.height))
    }
}

/// The network's answer, pixel by pixel, as probabilities.
#[derive(Clone, Debug)]
pub(crate) struct Evidence {
    pub grid: Grid,
    /// Height of the uppermost surface, mm; NaN where there is none.
    pub heights: Vec<f32>,
    /// How likely the pixel is gum, and each place of the jaw; they sum to 1.
    pub classes: Vec<[f32; CLASSES]>,
    /// How likely the pixel's tooth is a primary one, where it is a tooth.
    pub primary: Vec<f32>,
    /// Where the middle of the pixel's tooth lies, in pixel coordinates.
    pub centres: Vec<[f32; 2]>,
}

impl Evidence {
    /// How likely a pixel is tooth.
    pub fn tooth(&self, pixel: usize) -> f32 {
        1.0 - self.classes[pixel][0]
    }

    /// Asks the network what an arch shows. It is asked twice, the second time of the mirror image, and the answers
    /// are averaged: mirroring the arch swaps sides in the result and changes nothing else.
    ///
    /// # Errors
    /// When the network does not take such pictures.
    pub fn look(net: &Net, map: &HeightMap, jaw: Jaw) -> Result<Self, NetError> {
        let input = features(map, jaw);
        let ask = |input: &[f32]| net.run(input, WIDTH, HEIGHT);
        let (straight, back) = rayon::join(|| ask(&input), || ask(&mirrored(&input)));
        let (straight, back) = (straight?, back?);
        let mut evidence = Self::nothing(map);
        for pixel in (0..WIDTH * HEIGHT).filter(|&p| !map.height[p].is_nan()) {
            let (column, row) = (pixel % WIDTH, pixel / WIDTH);
            let other = row * WIDTH + (WIDTH - 1 - column);
            evidence.classes[pixel] = std::array::from_fn(|class| {
                let across = if class == 0 { 0 } else { CLASSES - class };
                0.5 * (straight.class(pixel)[class] + back.class(other)[across])
            });
            evidence.primary[pixel] = 0.5 * (straight.primary[pixel] + back.primary[other]);
            let (a, b) = (straight.offset[pixel], back.offset[other]);
            evidence.centres[pixel] = [
                column as f32 + 0.5 * (a[0] - b[0]),
                row as f32 + 0.5 * (a[1] + b[1]),
            ];
        }
        Ok(evidence)
    }

    /// All gum.
    pub(super) fn nothing(map: &HeightMap) -> Self {
        let mut gum = [0.0; CLASSES];
        gum[0] = 1.0;
        let count = map.height.len();
        Self {
            grid: Grid::PICTURE,
            heights: map.height.clone(),
            classes: vec![gum; count],
            primary: vec![0.0; count],
            centres: vec![[0.0; 2]; count],
        }
    }
}

/// The network's input for the mirror image.
fn mirrored(input: &[f32]) -> Vec<f32> {
    let mut out = vec![0.0; input.len()];
    let rows = input.chunks_exact(WIDTH * CHANNELS);
    for (from, to) in rows.zip(out.chunks_exact_mut(WIDTH * CHANNELS)) {
        let pixels = from.chunks_exact(CHANNELS).rev();
        for (from, to) in pixels.zip(to.chunks_exact_mut(CHANNELS)) {
            to.copy_from_slice(from);
            to[ACROSS] = -from[ACROSS];
        }
    }
    out
}
