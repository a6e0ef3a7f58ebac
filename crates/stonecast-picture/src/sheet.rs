//! The contact sheet: several views at half size on one page, as a record is filed.

use crate::{
    annotate::Canvas,
    picture::{Picture, Projection, Size},
    scene::Rgb,
    text,
};

/// Between the pictures and round them, pixels.
pub(crate) const GAP: usize = 12;
pub(crate) const PAPER: Rgb = Rgb(62, 66, 72);

/// Pictures of one size at half that size, in rows of `columns`, under a line of text. Pictures of one scale keep
/// one scale. A picture of another size than the first is left out.
pub fn contact_sheet(pictures: &[&Picture], columns: usize, heading: &str) -> Picture {
    let first = pictures.first().map_or(Size::new(2, 2), |p| p.size);
    let fitting: Vec<&&Picture> = pictures.iter().filter(|p| p.size == first).collect();
    let columns = columns.clamp(1, fitting.len().max(1));
    let rows = fitting.len().div_ceil(columns).max(1);
    let (cell_width, cell_height) = (first.width as usize / 2, first.height as usize / 2);
    let head = (cell_height / 9).max(GAP);
    let size = Size {
        width: (columns * (cell_width + GAP) + GAP) as u32,
        height: (rows * (cell_height + GAP) + head) as u32,
    };
    let mut sheet = Picture::blank(size, PAPER);
    for (i, picture) in fitting.into_iter().enumerate() {
        let left = GAP + i % columns * (cell_width + GAP);
        let top = head + i / columns * (cell_height + GAP);
        sheet.paste(&picture.halved(), left, top);
    }
    let words_size = 0.42 * head as f32;
    let baseline = 0.5 * (head as f32 + words_size * text::CAP_HEIGHT);
    let mut canvas = Canvas::over(&sheet);
    canvas.words(heading, words_size, GAP as f32, baseline, Rgb(255, 255, 255));
    canvas.put_back(&mut sheet);
    sheet
}

impl Picture {
    /// The same at half size: each pixel is the mean of two by two. Drawn so, edges of painted bands are smooth.
    pub(crate) fn halved(&self) -> Self {
        let width = self.size.width as usize;
        let size = Size::new(self.size.width / 2, self.size.height / 2);
        let mut rgb = Vec::with_capacity(3 * size.pixel_count());
        for y in 0..size.height as usize {
            let above = &self.rgb[3 * width * (2 * y)..][..3 * width];
            let below = &self.rgb[3 * width * (2 * y + 1)..][..3 * width];
            for x in 0..size.width as usize {
                for i in 0..3 {
                    let (a, b) = (6 * x + i, 6 * x + 3 + i);
                    let sum: u16 = [above[a], above[b], below[a], below[b]]
                        .map(u16::from)
                        .iter()
                        .sum();
                    rgb.push(((sum + 2) / 4) as u8);
                }
            }
        }
        let projection = self.projection.map(|projection| Projection {
            pixels_per_mm: 0.5 * projection.pixels_per_mm,
            size,
            ..projection
        });
        Self {
            size,
            rgb,
            projection,
        }
    }

    /// An empty sheet.
    pub(crate) fn blank(size: Size, Rgb(r, g, b): Rgb) -> Self {
        Self {
            size,
            rgb: [r, g, b].repeat(size.pixel_count()),
            projection: None,
        }
    }

    /// Lays a picture on this one; it must fit.
    pub(crate) fn paste(&mut self, picture: &Self, left: usize, top: usize) {
        let (from, to) = (picture.size.width as usize, self.size.width as usize);
        for (y, row) in picture.rgb.chunks_exact(3 * from).enumerate() {
            self.rgb[3 * ((top + y) * to + left)..][..3 * from].copy_from_slice(row);
        }
    }
}
