//! The contact sheet: several views at half size on one page, as a record is filed.

use crate::{
    annotate::Canvas,
    picture::{Picture, Size},
    scene::Rgb,
    text,
};

/// Between the pictures and round them, pixels.
const GAP: usize = 12;
const PAPER: Rgb = Rgb(62, 66, 72);

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
    let Rgb(r, g, b) = PAPER;
    let mut sheet = Picture {
        size,
        rgb: [r, g, b].repeat(size.pixel_count()),
        projection: None,
    };
    for (i, picture) in fitting.into_iter().enumerate() {
        let left = GAP + i % columns * (cell_width + GAP);
        let top = head + i / columns * (cell_height + GAP);
        place_halved(&mut sheet, picture, left, top);
    }
    let words_size = 0.42 * head as f32;
    let baseline = 0.5 * (head as f32 + words_size * text::CAP_HEIGHT);
    let mut canvas = Canvas::over(&sheet);
    canvas.words(heading, words_size, GAP as f32, baseline, Rgb(255, 255, 255));
    canvas.put_back(&mut sheet);
    sheet
}

/// Copies a picture at half size: each pixel is the mean of two by two.
fn place_halved(sheet: &mut Picture, picture: &Picture, left: usize, top: usize) {
    let (width, height) = (picture.size.width as usize, picture.size.height as usize);
    let sheet_width = sheet.size.width as usize;
    for y in 0..height / 2 {
        let above = &picture.rgb[3 * width * (2 * y)..][..3 * width];
        let below = &picture.rgb[3 * width * (2 * y + 1)..][..3 * width];
        let row = &mut sheet.rgb[3 * ((top + y) * sheet_width + left)..][..3 * (width / 2)];
        for (x, out) in row.chunks_exact_mut(3).enumerate() {
            for (i, out) in out.iter_mut().enumerate() {
                let (a, b) = (6 * x + i, 6 * x + 3 + i);
                let sum = [above[a], above[b], below[a], below[b]]
                    .map(u16::from)
                    .iter()
                    .sum::<u16>();
                *out = ((sum + 2) / 4) as u8;
            }
        }
    }
}
