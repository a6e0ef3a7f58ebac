//! Words as outlines of the one font.
//!
//! The font is a subset of DejaVu Sans Bold (`assets/fonts`, with its licence): Latin, Greek and Cyrillic letters,
//! digits and the usual signs. A character that it lacks is shown as the font's empty box, never dropped, so that
//! a name is seen to be incomplete.

use std::sync::LazyLock;

use tiny_skia::{Path, PathBuilder};
use ttf_parser::{Face, OutlineBuilder};

static FONT_BYTES: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../assets/fonts/DejaVuSans-Bold-subset.ttf"
));
static FONT: LazyLock<Face<'static>> = LazyLock::new(|| {
    Face::parse(FONT_BYTES, 0).expect("the font in the repository is whole; a test reads it")
});

/// The height of a capital letter, in parts of the text's size.
pub const CAP_HEIGHT: f32 = 0.729;

/// How wide a line of text is at a size in pixels.
pub fn width(text: &str, size: f32) -> f32 {
    let face = &*FONT;
    let units: u32 = text.chars().map(|c| advance(face, c)).sum();
    units as f32 * size / f32::from(face.units_per_em())
}

/// The outlines of a line of text whose baseline starts at `(x, y)`, pixels, y downwards; `None` when nothing of it
/// has an outline.
pub fn outline(text: &str, size: f32, x: f32, y: f32) -> Option<Path> {
    let face = &*FONT;
    let scale = size / f32::from(face.units_per_em());
    let mut pen = Pen {
        path: PathBuilder::new(),
        scale,
        x,
        y,
    };
    for c in text.chars() {
        let glyph = face.glyph_index(c).unwrap_or_default();
        face.outline_glyph(glyph, &mut pen);
        pen.x += advance(face, c) as f32 * scale;
    }
    pen.path.finish()
}

fn advance(face: &Face<'_>, c: char) -> u32 {
    let glyph = face.glyph_index(c).unwrap_or_default();
    face.glyph_hor_advance(glyph).unwrap_or(0).into()
}

struct Pen {
    path: PathBuilder,
    scale: f32,
    x: f32,
    y: f32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        (self.x + x * self.scale, self.y - y * self.scale)
    }
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.move_to(x, y);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        let (x, y) = self.at(x, y);
        self.path.line_to(x, y);
    }
    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let ((x1, y1), (x, y)) = (self.at(x1, y1), self.at(x, y));
        self.path.quad_to(x1, y1, x, y);
    }
    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let ((x1, y1), (x2, y2), (x, y)) = (self.at(x1, y1), self.at(x2, y2), self.at(x, y));
        self.path.cubic_to(x1, y1, x2, y2, x, y);
    }
    fn close(&mut self) {
        self.path.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_a_caption_has_an_outline() {
        for text in [
            "Upper occlusal",
            "10 mm",
            "Azimuth 30°",
            "Zoë Müller-Łoś",
            "Иван",
            "Ω",
        ] {
            assert!(text.chars().all(|c| FONT.glyph_index(c).is_some()), "{text}");
            assert!(outline(text, 20.0, 0.0, 20.0).is_some());
        }
    }

    #[test]
    fn a_line_is_as_wide_as_its_parts() {
        let whole = width("Right buccal", 30.0);
        let parts = width("Right", 30.0) + width(" buccal", 30.0);
        assert!((whole - parts).abs() < 1e-3);
        let capital = outline("H", 100.0, 0.0, 100.0).unwrap().bounds();
        assert!((capital.height() - 100.0 * CAP_HEIGHT).abs() < 0.5);
    }
}
