//! A strip: the steps of a motion side by side, each from one or more sides, over one legend.
//!
//! Units: pixels. Pictures are given; they should be of one size and scale and about one place, so that what moves is what moved.

use crate::{
    annotate::{Canvas, WHITE},
    occlusogram::Legend,
    picture::{Picture, Size},
    scene::Rgb,
    sheet::{GAP, PAPER},
    text,
};

/// A step.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Lines above it: how far the motion has gone, what leads.
    pub captions: Vec<String>,
    /// From top to bottom.
    pub pictures: Vec<Picture>,
}

/// The steps with their legend.
#[derive(Clone, Debug)]
pub struct Strip {
    /// Above everything.
    pub heading: String,
    /// From left to right.
    pub frames: Vec<Frame>,
    /// What the colours mean.
    pub legend: Legend,
}

/// The size of words, and of the heading, in parts of a frame's width.
const WORDS: f32 = 0.036;
const HEADING: f32 = 0.055;
const CAPTION: Rgb = Rgb(224, 228, 233);

impl Strip {
    /// Draws the strip. Pictures of another size than the first are left out.
    pub fn draw(&self) -> Picture {
        let cell = self
            .frames
            .iter()
            .flat_map(|f| &f.pictures)
            .map(|p| p.size)
            .next();
        let cell = cell.unwrap_or(Size::new(2, 2));
        let [width, height] = [cell.width as usize, cell.height as usize];
        let words = WORDS * width as f32;
        let lines = self.frames.iter().map(|f| f.captions.len()).max().unwrap_or(0);
        let rows = self.frames.iter().map(|f| f.pictures.len()).max().unwrap_or(0);
        let heading = HEADING * width as f32;
        let captions_top = 1.9 * heading;
        let top = (captions_top + (1.45 * lines as f32 + 0.5) * words) as usize;
        let bottom = top + rows * (height + GAP);
        // The legend is laid out for a sheet of this height of an arch.
        let unit = 1.25 * width as f32;
        let size = Size::new(
            (self.frames.len() * (width + GAP) + GAP) as u32,
            bottom as u32 + self.legend.height(unit) as u32,
        );
        let mut sheet = Picture::blank(size, PAPER);
        let left = |i: usize| GAP + i * (width + GAP);
        for (i, frame) in self.frames.iter().enumerate() {
            let fitting = frame.pictures.iter().filter(|p| p.size == cell);
            for (k, picture) in fitting.enumerate() {
                // A sheet that would be larger than pictures may be is cut on the right.
                if left(i) + width <= size.width as usize
                    && top + k * (height + GAP) + height <= size.height as usize
                {
                    sheet.paste(picture, left(i), top + k * (height + GAP));
                }
            }
        }
        let mut canvas = Canvas::over(&sheet);
        canvas.words(&self.heading, heading, GAP as f32, 1.25 * heading, WHITE);
        for (i, frame) in self.frames.iter().enumerate() {
            for (k, line) in frame.captions.iter().enumerate() {
                let baseline = captions_top + (1.45 * k as f32 + 0.9) * words;
                let fits = (width as f32 / text::width(line, words).max(1.0)).clamp(0.7, 1.0);
                canvas.words(line, words * fits, left(i) as f32, baseline, CAPTION);
            }
        }
        self.legend
            .draw(&mut canvas, size, bottom as f32 - 0.5 * words, unit);
        canvas.put_back(&mut sheet);
        sheet
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stand_side_by_side_and_keep_their_order() {
        let plain = |colour| Picture::blank(Size::new(60, 40), colour);
        let frame = |colour| Frame {
            captions: vec!["1.0 mm".to_owned()],
            pictures: vec![plain(colour), plain(colour)],
        };
        let [red, blue] = [Rgb(200, 0, 0), Rgb(0, 0, 200)];
        let strip = Strip {
            heading: "protrusion".to_owned(),
            frames: vec![frame(red), frame(blue)],
            legend: Legend {
                title: "Distance".to_owned(),
                bands: Vec::new(),
                rest: "farther".to_owned(),
                notes: Vec::new(),
            },
        };
        let sheet = strip.draw();
        let count = |Rgb(r, g, b): Rgb, left: bool| {
            let half = sheet.size.width / 2;
            let columns = if left { 0..half } else { half..sheet.size.width };
            let pixels = columns.flat_map(|x| (0..sheet.size.height).map(move |y| (x, y)));
            pixels
                .filter(|&(x, y)| sheet.pixel(x, y) == Some([r, g, b]))
                .count()
        };
        assert_eq!([count(red, true), count(red, false)], [4800, 0]);
        assert_eq!([count(blue, true), count(blue, false)], [0, 4800]);
    }
}
