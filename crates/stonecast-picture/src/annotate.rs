//! Scale bar, caption, marks of the sides, labels.

use stonecast_mesh::Point;
use tiny_skia::{
    Color, FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Rect, Stroke, Transform,
};

use crate::{
    picture::{Picture, Projection, Size},
    render::{Framing, render_view},
    scene::{Rgb, Scene},
    text,
    view::View,
};

/// What is written on a picture.
#[derive(Clone, Debug, PartialEq)]
pub struct Captions {
    /// The view's name, top left.
    pub title: bool,
    /// The patient's sides at the edges.
    pub edge_marks: bool,
    /// A bar of a round number of millimetres, bottom left.
    pub scale_bar: bool,
    /// What the viewer must know of the whole picture, bottom right.
    pub tag: Option<Tag>,
    /// Names of places.
    pub labels: Vec<Label>,
    /// Words on places: centred there, without a dot.
    pub marks: Vec<Label>,
}

impl Default for Captions {
    fn default() -> Self {
        Self {
            title: true,
            edge_marks: true,
            scale_bar: true,
            tag: None,
            labels: Vec::new(),
            marks: Vec::new(),
        }
    }
}

/// A remark on the whole picture, such as `bite estimated`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The words.
    pub text: String,
    /// Set off in a warning colour: the picture shows something that is not a record.
    pub caution: bool,
}

/// The name of a place in space; drawn over everything.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// Where, in the frame of the scene.
    pub at: Point,
    /// The words.
    pub text: String,
    /// Their colour.
    pub colour: Rgb,
}

/// Draws a view of a scene with its captions.
pub fn draw_view(scene: &Scene, view: View, size: Size, framing: Framing, captions: &Captions) -> Picture {
    let mut picture = render_view(scene, view, size, framing);
    annotate(&mut picture, view, captions);
    picture
}

/// Writes captions on a picture of one view.
pub fn annotate(picture: &mut Picture, view: View, captions: &Captions) {
    let mut canvas = Canvas::over(picture);
    if captions.title {
        canvas.title(&view.caption());
    }
    if captions.edge_marks
        && let Some((left, right)) = view.edge_marks()
    {
        canvas.edge_marks(left, right);
    }
    if let Some(projection) = &picture.projection {
        if captions.scale_bar {
            canvas.scale_bar(projection);
        }
        for label in &captions.labels {
            canvas.label(projection, label);
        }
        for mark in &captions.marks {
            canvas.mark(projection, mark);
        }
    }
    if let Some(tag) = &captions.tag {
        canvas.tag(tag);
    }
    canvas.put_back(picture);
}

pub(crate) const WHITE: Rgb = Rgb(255, 255, 255);
pub(crate) const INK: Rgb = Rgb(38, 41, 46);
const CAUTION: Rgb = Rgb(247, 181, 41);

/// A picture being drawn on.
pub(crate) struct Canvas {
    pixmap: Pixmap,
    size: Size,
    /// One hundredth of the picture's shorter side: the unit of the layout.
    unit: f32,
}

impl Canvas {
    pub(crate) fn over(picture: &Picture) -> Self {
        let size = picture.size;
        let mut pixmap =
            Pixmap::new(size.width, size.height).expect("a picture is at least one pixel and fits in memory");
        for (to, from) in pixmap
            .data_mut()
            .chunks_exact_mut(4)
            .zip(picture.rgb.chunks_exact(3))
        {
            to[..3].copy_from_slice(from);
            to[3] = 255;
        }
        Self {
            pixmap,
            size,
            unit: size.width.min(size.height) as f32 / 100.0,
        }
    }

    /// Every pixel is opaque, so premultiplied and plain colours are the same.
    pub(crate) fn put_back(&self, picture: &mut Picture) {
        for (to, from) in picture
            .rgb
            .chunks_exact_mut(3)
            .zip(self.pixmap.data().chunks_exact(4))
        {
            to.copy_from_slice(&from[..3]);
        }
    }

    pub(crate) fn fill(&mut self, path: &Path, colour: Rgb, alpha: u8) {
        self.pixmap.fill_path(
            path,
            &ink(colour, alpha),
            FillRule::Winding,
            Transform::identity(),
            None,
        );
    }

    /// Light words with a thin dark outline, legible on stone and on the background.
    pub(crate) fn words(&mut self, words: &str, size: f32, x: f32, baseline: f32, colour: Rgb) {
        let Some(path) = text::outline(words, size, x, baseline) else {
            return;
        };
        let halo = Stroke {
            width: size * 0.16,
            line_join: LineJoin::Round,
            line_cap: LineCap::Round,
            ..Stroke::default()
        };
        self.pixmap
            .stroke_path(&path, &ink(INK, 110), &halo, Transform::identity(), None);
        self.fill(&path, colour, 255);
    }

    pub(crate) fn title(&mut self, words: &str) {
        let size = 3.6 * self.unit;
        self.words(
            words,
            size,
            3.0 * self.unit,
            3.0 * self.unit + size * text::CAP_HEIGHT,
            WHITE,
        );
    }

    pub(crate) fn edge_marks(&mut self, left: &str, right: &str) {
        let size = 4.6 * self.unit;
        let baseline = 0.5 * (self.size.height as f32 + size * text::CAP_HEIGHT);
        let right_edge = self.size.width as f32 - 3.0 * self.unit;
        self.words(left, size, 3.0 * self.unit, baseline, WHITE);
        self.words(
            right,
            size,
            right_edge - text::width(right, size),
            baseline,
            WHITE,
        );
    }

    pub(crate) fn scale_bar(&mut self, projection: &Projection) {
        let length_mm = bar_length_mm(projection);
        let length = (length_mm * projection.pixels_per_mm) as f32;
        let (x, y) = (3.0 * self.unit, self.size.height as f32 - 3.0 * self.unit);
        let (thickness, tick) = (0.55 * self.unit, 2.0 * self.unit);
        let dark = 0.18 * self.unit;
        for (grow, colour, alpha) in [(dark, INK, 150), (0.0, WHITE, 255)] {
            let bars = [
                [x, y - thickness, x + length, y],
                [x, y - tick, x + thickness, y],
                [x + length - thickness, y - tick, x + length, y],
            ];
            let mut path = PathBuilder::new();
            for [left, top, right, bottom] in bars {
                let rect = Rect::from_ltrb(left - grow, top - grow, right + grow, bottom + grow);
                path.push_rect(rect.expect("the bar has a length and a thickness"));
            }
            let path = path.finish().expect("three rectangles");
            self.fill(&path, colour, alpha);
        }
        let words = format!("{length_mm} mm");
        let size = 2.8 * self.unit;
        let middle = x + 0.5 * (length - text::width(&words, size));
        self.words(&words, size, middle.max(x), y - tick - 0.8 * self.unit, WHITE);
    }

    pub(crate) fn tag(&mut self, tag: &Tag) {
        let size = 2.8 * self.unit;
        let width = text::width(&tag.text, size);
        let (pad, cap) = (1.2 * self.unit, size * text::CAP_HEIGHT);
        let right = self.size.width as f32 - 3.0 * self.unit;
        let bottom = self.size.height as f32 - 3.0 * self.unit;
        if !tag.caution {
            self.words(&tag.text, size, right - width, bottom, WHITE);
            return;
        }
        let plate = Rect::from_ltrb(right - width - 2.0 * pad, bottom - cap - 2.0 * pad, right, bottom);
        if let Some(plate) = plate {
            self.fill(&PathBuilder::from_rect(plate), CAUTION, 255);
        }
        if let Some(path) = text::outline(&tag.text, size, right - pad - width, bottom - pad) {
            self.fill(&path, INK, 255);
        }
    }

    pub(crate) fn mark(&mut self, projection: &Projection, mark: &Label) {
        let [x, y] = projection.pixel_of(&mark.at).map(|c| c as f32);
        let size = 3.0 * self.unit;
        let left = x - 0.5 * text::width(&mark.text, size);
        self.words(
            &mark.text,
            size,
            left,
            y + 0.5 * size * text::CAP_HEIGHT,
            mark.colour,
        );
    }

    /// A ring about a place, legible on any paint, with words beside it.
    pub(crate) fn ring(&mut self, projection: &Projection, at: &Point, words: &str) {
        let [x, y] = projection.pixel_of(at).map(|c| c as f32);
        let radius = 1.1 * self.unit;
        let Some(circle) = PathBuilder::from_circle(x, y, radius) else {
            return;
        };
        for (colour, width) in [(INK, 0.62), (WHITE, 0.26)] {
            let stroke = Stroke {
                width: width * self.unit,
                ..Stroke::default()
            };
            self.pixmap
                .stroke_path(&circle, &ink(colour, 255), &stroke, Transform::identity(), None);
        }
        let size = 1.9 * self.unit;
        self.words(
            words,
            size,
            x + radius + 0.4 * self.unit,
            y - 0.5 * self.unit,
            WHITE,
        );
    }

    fn label(&mut self, projection: &Projection, label: &Label) {
        let [x, y] = projection.pixel_of(&label.at).map(|c| c as f32);
        if let Some(dot) = PathBuilder::from_circle(x, y, 0.5 * self.unit) {
            self.fill(&dot, INK, 160);
        }
        if let Some(dot) = PathBuilder::from_circle(x, y, 0.35 * self.unit) {
            self.fill(&dot, label.colour, 255);
        }
        let size = 2.4 * self.unit;
        self.words(
            &label.text,
            size,
            x + 0.9 * self.unit,
            y - 0.6 * self.unit,
            label.colour,
        );
    }
}

fn ink(colour: Rgb, alpha: u8) -> Paint<'static> {
    let Rgb(r, g, b) = colour;
    let mut paint = Paint::default();
    paint.set_color(Color::from_rgba8(r, g, b, alpha));
    paint
}

/// The longest bar of 1, 2 or 5 times a power of ten millimetres that takes at most a quarter of the width.
pub(crate) fn bar_length_mm(projection: &Projection) -> f64 {
    let room = 0.25 * f64::from(projection.size.width) / projection.pixels_per_mm;
    let mut decade = 1e-3;
    while decade * 10.0 <= room && decade < 1e6 {
        decade *= 10.0;
    }
    // Back through whole numbers, so that 10 prints as 10.
    let decade = if decade >= 1.0 {
        decade.round()
    } else {
        1.0 / (1.0 / decade).round()
    };
    [5.0, 2.0]
        .map(|times| times * decade)
        .into_iter()
        .find(|length| *length <= room)
        .unwrap_or(decade)
}
