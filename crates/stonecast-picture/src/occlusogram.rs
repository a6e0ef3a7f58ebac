//! The occlusogram: both arches from their occlusal sides, with bands of distance painted on them, and the legend without
//! which no colour means anything.
//!
//! Units: millimetres in space, pixels on the sheet. Frame: the cast frame. Distances, limits and words are given; nothing is
//! measured here.
//!
//! Steps
//! 1. Each arch is drawn at twice its size and halved, so that the edges of bands are smooth.
//! 2. Tooth numbers stand outside the arch, rings about places that are named; the patient's sides at the edges.
//! 3. The legend: one box a band, its limits between the boxes, its names below; then what is not painted, and notes.

use stonecast_dental::Jaw;
use stonecast_mesh::{Point, TriMesh, VertexData};
use tiny_skia::{PathBuilder, Rect};

use crate::{
    annotate::{Canvas, Label, Tag, WHITE},
    picture::{Picture, Size},
    render::{Framing, common_scale, render_view},
    scene::{Body, Paint, Rgb, Scene},
    sheet::{GAP, PAPER},
    text,
    view::View,
};

/// One band of a legend.
#[derive(Clone, Debug, PartialEq)]
pub struct LegendBand {
    /// Its upper limit, mm.
    pub below: f64,
    /// The limit in words with its unit.
    pub limit: String,
    /// Its colour.
    pub colour: Rgb,
    /// Its name; may be empty.
    pub words: String,
}

/// What the colours mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Legend {
    /// What is painted, and by which preset.
    pub title: String,
    /// In the order of their limits.
    pub bands: Vec<LegendBand>,
    /// What has no colour.
    pub rest: String,
    /// What else must be known: the noise of the scanner, how the bite is known.
    pub notes: Vec<String>,
}

/// An arch with its distances.
#[derive(Clone, Debug)]
pub struct BandedArch<'a> {
    /// Which.
    pub jaw: Jaw,
    /// Its surface.
    pub mesh: &'a TriMesh,
    /// For each vertex, mm; NaN where there is none.
    pub distances: &'a VertexData<f32>,
    /// Numbers of teeth, where they shall stand.
    pub numbers: Vec<Label>,
    /// Places that are named.
    pub rings: Vec<Ring>,
}

/// A ring about a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Ring {
    /// Where.
    pub at: Point,
    /// Its name; may be empty.
    pub words: String,
}

/// Both arches and the legend.
#[derive(Clone, Debug)]
pub struct Occlusogram<'a> {
    /// Above everything.
    pub heading: String,
    /// From left to right.
    pub arches: Vec<BandedArch<'a>>,
    /// What the colours mean.
    pub legend: Legend,
    /// How the bite is known.
    pub tag: Option<Tag>,
}

/// Sizes on the sheet, in parts of an arch's height.
const HEAD: f32 = 0.075;
const LEGEND: f32 = 0.19;
const NOTE: f32 = 0.036;
const WORDS: f32 = 0.026;

impl BandedArch<'_> {
    /// The arch with its bands, as a body for a scene.
    pub fn body(&self, legend: &Legend) -> Body {
        let paint = Paint::Banded {
            values: self.distances,
            bands: &legend.paint(),
        };
        Body::new(self.mesh, paint).of(self.jaw)
    }
}

impl Legend {
    fn paint(&self) -> Vec<(f32, Rgb)> {
        let bands = self.bands.iter();
        bands.map(|band| (band.below as f32, band.colour)).collect()
    }
}

impl Occlusogram<'_> {
    /// Draws the sheet; `size` is that of each arch on it.
    pub fn draw(&self, size: Size) -> Picture {
        let panels = self.panels(size);
        let unit = size.height as f32;
        let head = (HEAD * unit) as usize;
        let columns = panels.len().max(1);
        let foot = self.legend.height(unit);
        let sheet_size = Size::new(
            (columns * (size.width as usize + GAP) + GAP) as u32,
            (head + size.height as usize) as u32 + foot as u32,
        );
        let mut sheet = Picture::blank(sheet_size, PAPER);
        for (i, panel) in panels.iter().enumerate() {
            sheet.paste(panel, GAP + i * (size.width as usize + GAP), head);
        }
        let mut canvas = Canvas::over(&sheet);
        let baseline = 0.5 * (HEAD * unit + 1.3 * WORDS * unit * text::CAP_HEIGHT);
        canvas.words(&self.heading, 1.3 * WORDS * unit, GAP as f32, baseline, WHITE);
        self.legend
            .draw(&mut canvas, sheet_size, head as f32 + unit, unit);
        canvas.put_back(&mut sheet);
        sheet
    }

    /// Each arch as a picture of its own, without legend: all are of one scale.
    pub fn panels(&self, size: Size) -> Vec<Picture> {
        let bodies = self.arches.iter().map(|arch| arch.body(&self.legend));
        let scene = Scene::new(bodies.collect());
        let views: Vec<View> = self.arches.iter().map(|arch| occlusal(arch.jaw)).collect();
        let double = Size::new(2 * size.width, 2 * size.height);
        let framing = common_scale(&scene, &views, double).map_or(Framing::Fit, Framing::Scale);
        let draw = |arch: &BandedArch<'_>| {
            let view = occlusal(arch.jaw);
            let mut picture = render_view(&scene, view, double, framing).halved();
            let mut canvas = Canvas::over(&picture);
            canvas.title(&view.caption());
            if let Some((left, right)) = view.edge_marks() {
                canvas.edge_marks(left, right);
            }
            if let Some(projection) = &picture.projection {
                canvas.scale_bar(projection);
                for number in &arch.numbers {
                    canvas.mark(projection, number);
                }
                for ring in &arch.rings {
                    canvas.ring(projection, &ring.at, &ring.words);
                }
            }
            if let Some(tag) = &self.tag {
                canvas.tag(tag);
            }
            canvas.put_back(&mut picture);
            picture
        };
        self.arches.iter().map(draw).collect()
    }
}

fn occlusal(jaw: Jaw) -> View {
    match jaw {
        Jaw::Upper => View::UpperOcclusal,
        Jaw::Lower => View::LowerOcclusal,
    }
}

/// The least size at which words are still read, of that which they should have.
const SMALLEST: f32 = 0.6;

impl Legend {
    /// How high it is drawn, where an arch is `unit` high.
    pub(crate) fn height(&self, unit: f32) -> f32 {
        (LEGEND + NOTE * self.notes.len() as f32) * unit
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, sheet: Size, top: f32, unit: f32) {
        let size = WORDS * unit;
        let left = GAP as f32;
        let title = top + 1.9 * size;
        canvas.words(&self.title, size, left, title, WHITE);
        let boxes = [left, title + 1.75 * size];
        // The last box is what is not painted.
        let step = (sheet.width as f32 - 2.0 * left) / (self.bands.len() + 1) as f32;
        let height = 1.5 * size;
        for (i, band) in self.bands.iter().enumerate() {
            let x = boxes[0] + i as f32 * step;
            swatch(canvas, [x, boxes[1]], [step, height], band.colour);
            canvas.centred(&band.limit, size * 0.88, x + step, boxes[1] - 0.45 * size, step);
            canvas.centred(
                &band.words,
                size * 0.88,
                x + 0.5 * step,
                boxes[1] + height + 1.1 * size,
                step,
            );
        }
        let x = boxes[0] + self.bands.len() as f32 * step;
        let Paint::Plain(stone) = Paint::stone() else {
            return;
        };
        swatch(canvas, [x, boxes[1]], [step, height], stone);
        canvas.centred(
            &self.rest,
            size * 0.88,
            x + 0.5 * step,
            boxes[1] + height + 1.1 * size,
            step,
        );
        for (i, note) in self.notes.iter().enumerate() {
            let y = boxes[1] + height + 2.7 * size + NOTE * unit * i as f32;
            canvas.words(note, 0.88 * size, left, y, NOTE_COLOUR);
        }
    }
}

const NOTE_COLOUR: Rgb = Rgb(214, 218, 223);

fn swatch(canvas: &mut Canvas, [x, y]: [f32; 2], [width, height]: [f32; 2], colour: Rgb) {
    if let Some(rect) = Rect::from_xywh(x + 1.0, y, (width - 2.0).max(1.0), height) {
        canvas.fill(&PathBuilder::from_rect(rect), colour, 255);
    }
}

impl Canvas {
    /// Words about a middle, made smaller where they would be wider than their room.
    pub(crate) fn centred(&mut self, words: &str, size: f32, middle: f32, baseline: f32, room: f32) {
        let width = text::width(words, size);
        let size = size * (0.94 * room / width.max(1e-3)).clamp(SMALLEST, 1.0);
        self.words(
            words,
            size,
            middle - 0.5 * text::width(words, size),
            baseline,
            WHITE,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A flat square of four, facing down as an upper arch does; distances 0.0 to 0.3 from right to left.
    fn square() -> (TriMesh, VertexData<f32>) {
        let points = [[0., 0., 0.], [30., 0., 0.], [30., 30., 0.], [0., 30., 0.]].map(Point::from);
        let mesh = TriMesh::from_indices(points.to_vec(), &[[0, 2, 1], [0, 3, 2]]).unwrap();
        (mesh, VertexData::from_vec(vec![0.0, 0.3, 0.3, 0.0]))
    }

    fn legend() -> Legend {
        let band = |below, colour| LegendBand {
            below,
            limit: format!("{below} mm"),
            colour,
            words: String::new(),
        };
        Legend {
            title: "Distance".to_owned(),
            bands: vec![band(0.1, Rgb(220, 20, 20)), band(0.2, Rgb(20, 20, 220))],
            rest: "not painted".to_owned(),
            notes: Vec::new(),
        }
    }

    #[test]
    fn bands_end_where_the_number_passes_their_limit() {
        let (mesh, distances) = square();
        let sheet = Occlusogram {
            heading: String::new(),
            arches: vec![BandedArch {
                jaw: Jaw::Upper,
                mesh: &mesh,
                distances: &distances,
                numbers: Vec::new(),
                rings: Vec::new(),
            }],
            legend: legend(),
            tag: None,
        };
        let picture = &sheet.panels(Size::new(320, 240))[0];
        let projection = picture.projection.unwrap();
        let at = |x: f64| {
            let [px, py] = projection.pixel_of(&Point::new(x, 12.0, 0.0));
            let [r, _, b] = picture.pixel(px as u32, py as u32).unwrap().map(i32::from);
            (r - b).signum() * i32::from((r - b).abs() > 60)
        };
        // 0.1 mm is passed at 10 mm, 0.2 mm at 20 mm.
        assert_eq!(
            [at(3.0), at(9.3), at(10.7), at(19.3), at(21.0)],
            [1, 1, -1, -1, 0]
        );
    }

    #[test]
    fn what_is_no_number_is_stone_and_the_sheet_has_room_for_notes() {
        let (mesh, _) = square();
        let distances = VertexData::from_vec(vec![f32::NAN; 4]);
        let mut sheet = Occlusogram {
            heading: "H".to_owned(),
            arches: vec![BandedArch {
                jaw: Jaw::Upper,
                mesh: &mesh,
                distances: &distances,
                numbers: Vec::new(),
                rings: Vec::new(),
            }],
            legend: legend(),
            tag: None,
        };
        let size = Size::new(320, 240);
        let picture = &sheet.panels(size)[0];
        let [r, g, b] = picture.pixel(160, 120).unwrap();
        assert!(r > 180 && r >= g && g >= b && r - b < 60, "{r} {g} {b}");
        let without = sheet.draw(size).size.height;
        sheet.legend.notes.push("a note".to_owned());
        assert!(sheet.draw(size).size.height > without);
    }
}
