//! Labels: letters raised from or sunk into a flat face of a base.
//!
//! Units: mm. Frame: the face's own (u to the reader's right, v up the letters), mapped by the caller.
//!
//! Steps:
//! 1. [`Letters::set`] sets the lines as large as the room and the preset allow, from the outlines of the font.
//! 2. [`Letters::contours`] flattens the outlines to polygons.
//!
//! Limits: one font (DejaVu Sans Bold, Latin letters), no kerning, lines centred.

use ttf_parser::{Face, GlyphId, OutlineBuilder};

use super::{error::BaseError, presets::common, union};

const FONT: &[u8] = include_bytes!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../assets/fonts/DejaVuSans-Bold-subset.ttf"
));
/// From one base line to the next, in heights of a capital.
const LINE_PITCH: f64 = 1.6;
/// How many straight pieces stand for one curve of an outline: at 4 mm letters they miss it by under 0.02 mm.
const CURVE_PIECES: usize = 5;
/// Points of a contour nearer than this are one: half of it would still survive single precision.
const NEAREST_POINTS: f64 = 0.01;

/// Lines of text on a base.
#[derive(Clone, Debug, PartialEq)]
pub struct Label {
    /// What to write, such as a patient code, a date, the arch. Empty lines leave a gap.
    pub lines: Vec<String>,
    /// Raised or sunk.
    pub style: LabelStyle,
    /// Where.
    pub face: LabelFace,
}

/// How letters stand to their face.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelStyle {
    /// Raised. On the back, the casts no longer stand flush on their backs.
    Embossed,
    /// Sunk.
    Engraved,
}

/// Which face carries the label.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelFace {
    /// The back, readable from behind with the cast in its natural position.
    Back,
    /// The bottom, readable with the front of the arch at the top.
    Bottom,
}

/// A rectangle on a flat face that a label may fill, in the coordinates of the base frame that span the face.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub centre: [f64; 2],
    pub width: f64,
    pub height: f64,
}

/// Free border around a label on its face.
const ROOM_MARGIN: f64 = 1.5;

impl Room {
    /// Between two corners, less a margin; `None` when hardly anything is left.
    fn between(low: [f64; 2], high: [f64; 2]) -> Option<Self> {
        let [width, height] = [0, 1].map(|i| high[i] - low[i] - 2.0 * ROOM_MARGIN);
        let centre = [0, 1].map(|i| 0.5 * (low[i] + high[i]));
        (width > ROOM_MARGIN && height > ROOM_MARGIN).then_some(Self {
            centre,
            width,
            height,
        })
    }

    /// On the back, from (x, z) of its upper edge to the bottom plane.
    pub fn on_back(upper_edge: &[[f64; 2]], bottom: f64) -> Option<Self> {
        let fold = |i: usize, f: fn(f64, f64) -> f64, s: f64| upper_edge.iter().map(|p| p[i]).fold(s, f);
        let left = fold(0, f64::max, f64::NEG_INFINITY);
        Self::between(
            [
                fold(0, f64::min, f64::INFINITY),
                fold(1, f64::max, f64::NEG_INFINITY),
            ],
            [left, bottom],
        )
    }

    /// On the bottom, within the outline: behind the front, or between front and opening of a horseshoe.
    pub fn on_bottom(outline: &[[f64; 2]]) -> Option<Self> {
        let mut midline: Vec<f64> = outline.iter().filter(|p| p[0] == 0.0).map(|p| p[1]).collect();
        midline.sort_by(f64::total_cmp);
        let (front, rear) = (*midline.first()?, *midline.last()?);
        // A pointed or rounded front is narrow: a third of the depth is left to it. The rest is convex, so it is
        // narrowest at one of its two ends.
        let low = front + (rear - front) / 3.0;
        let reach = |y: f64| {
            let side = (0..outline.len()).filter_map(|i| {
                let (p, q) = (outline[i], outline[(i + 1) % outline.len()]);
                let crosses = (p[1] <= y) != (q[1] <= y);
                crosses.then(|| p[0] + (y - p[1]) / (q[1] - p[1]) * (q[0] - p[0]))
            });
            side.fold(0.0, f64::max)
        };
        let half = reach(low).min(reach(rear - ROOM_MARGIN));
        Self::between([-half, low], [half, rear])
    }

    /// True when a disc touches the room.
    pub fn touches(&self, p: [f64; 2], radius: f64) -> bool {
        (p[0] - self.centre[0]).abs() < 0.5 * self.width + radius
            && (p[1] - self.centre[1]).abs() < 0.5 * self.height + radius
    }
}

/// Text set to a size, centred on (0, 0).
pub(super) struct Letters {
    contours: Vec<Vec<[f64; 2]>>,
}

impl Letters {
    /// Sets a label into a room of `width` by `height`: in its own lines, or all in one line where that is larger,
    /// as on a low and wide back.
    pub fn set(label: &Label, width: f64, height: f64) -> Result<Self, BaseError> {
        let face = Face::parse(FONT, 0).expect("the font is part of the program and tested");
        let own = Setting::new(&face, &label.lines, width, height)?;
        let one = Setting::new(&face, &[label.lines.join("  ")], width, height)?;
        let setting = if one.scale > own.scale { one } else { own };
        let contours = setting.draw(&face);
        if contours.is_empty() {
            return Err(BaseError::EmptyLabel);
        }
        let stroke_mm = setting.scale * stem(&face);
        let least_mm = common().label_least_stroke.value;
        if stroke_mm < least_mm {
            return Err(BaseError::LabelTooSmall { stroke_mm, least_mm });
        }
        Ok(Self { contours })
    }

    /// The outlines of all letters and of their counters, as closed polygons.
    pub fn contours(&self) -> &[Vec<[f64; 2]>] {
        &self.contours
    }
}

/// Lines of glyphs at the largest scale that fits.
struct Setting {
    lines: Vec<Vec<GlyphId>>,
    /// From font units to mm.
    scale: f64,
    /// Height of a capital in font units.
    capital: f64,
}

impl Setting {
    fn new(face: &Face<'_>, lines: &[String], width: f64, height: f64) -> Result<Self, BaseError> {
        let lines: Vec<Vec<GlyphId>> = lines
            .iter()
            .map(|line| glyphs(face, line))
            .collect::<Result<_, _>>()?;
        let capital = face
            .capital_height()
            .map_or(0.73 * f64::from(face.units_per_em()), f64::from);
        let mut setting = Self {
            lines,
            scale: 0.0,
            capital,
        };
        let widest = setting
            .lines
            .iter()
            .map(|l| line_width(face, l))
            .fold(0.0, f64::max);
        let largest = common().label_letter_height.value / capital;
        setting.scale = (width / widest).min(height / setting.tall()).min(largest);
        Ok(setting)
    }

    /// Height of all lines, in font units.
    fn tall(&self) -> f64 {
        self.capital * (1.0 + LINE_PITCH * (self.lines.len().max(1) - 1) as f64)
    }

    fn draw(&self, face: &Face<'_>) -> Vec<Vec<[f64; 2]>> {
        let mut contours = Vec::new();
        for (row, line) in self.lines.iter().enumerate() {
            let mut u = -0.5 * line_width(face, line);
            let v = 0.5 * self.tall() - self.capital * (1.0 + LINE_PITCH * row as f64);
            for glyph in line {
                let mut pen = Pen::new(u, v, self.scale);
                // A glyph without an outline, such as a blank, only advances.
                let _ = face.outline_glyph(*glyph, &mut pen);
                contours.extend(union::united(pen.contours));
                u += advance(face, *glyph);
            }
        }
        contours
    }
}

fn advance(face: &Face<'_>, glyph: GlyphId) -> f64 {
    f64::from(face.glyph_hor_advance(glyph).unwrap_or(0))
}

fn line_width(face: &Face<'_>, line: &[GlyphId]) -> f64 {
    line.iter().map(|g| advance(face, *g)).sum()
}

fn glyphs(face: &Face<'_>, line: &str) -> Result<Vec<GlyphId>, BaseError> {
    let glyph = |c: char| {
        face.glyph_index(c)
            .ok_or(BaseError::NoGlyph { code: u32::from(c) })
    };
    line.chars().map(glyph).collect()
}

/// Width of a vertical stroke in font units: the letter I is nothing else in this font.
fn stem(face: &Face<'_>) -> f64 {
    let width = |g| face.glyph_bounding_box(g).map(|b| f64::from(b.width()));
    face.glyph_index('I')
        .and_then(width)
        .unwrap_or(f64::from(face.units_per_em()) / 6.0)
}

/// Draws one glyph's outline at a place and scale.
struct Pen {
    offset: [f64; 2],
    scale: f64,
    at: [f64; 2],
    contour: Vec<[f64; 2]>,
    contours: Vec<Vec<[f64; 2]>>,
}

impl Pen {
    fn new(u: f64, v: f64, scale: f64) -> Self {
        Self {
            offset: [u, v],
            scale,
            at: [0.0; 2],
            contour: Vec::new(),
            contours: Vec::new(),
        }
    }

    fn to(&mut self, x: f64, y: f64) {
        self.at = [x, y];
        let p = [
            (x + self.offset[0]) * self.scale,
            (y + self.offset[1]) * self.scale,
        ];
        if self.contour.last().is_none_or(|q| far(*q, p)) {
            self.contour.push(p);
        }
    }

    fn bezier(&mut self, point: impl Fn([f64; 2], f64) -> [f64; 2]) {
        let start = self.at;
        for i in 1..=CURVE_PIECES {
            let [x, y] = point(start, i as f64 / CURVE_PIECES as f64);
            self.to(x, y);
        }
    }
}

fn far(a: [f64; 2], b: [f64; 2]) -> bool {
    (a[0] - b[0]).hypot(a[1] - b[1]) > NEAREST_POINTS
}

impl OutlineBuilder for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.contour.clear();
        self.to(f64::from(x), f64::from(y));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.to(f64::from(x), f64::from(y));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let [c, e] = [[x1, y1], [x, y]].map(|p| p.map(f64::from));
        self.bezier(|s, t| [0, 1].map(|i| (1.0 - t) * ((1.0 - t) * s[i] + 2.0 * t * c[i]) + t * t * e[i]));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let [c, d, e] = [[x1, y1], [x2, y2], [x, y]].map(|p| p.map(f64::from));
        self.bezier(|s, t| {
            let r = 1.0 - t;
            [0, 1].map(|i| {
                r * r * r * s[i] + 3.0 * r * r * t * c[i] + 3.0 * r * t * t * d[i] + t * t * t * e[i]
            })
        });
    }

    fn close(&mut self) {
        let mut contour = std::mem::take(&mut self.contour);
        while contour.len() > 1 && !far(contour[0], contour[contour.len() - 1]) {
            contour.pop();
        }
        if contour.len() >= 3 {
            self.contours.push(contour);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::planar::{Kind, triangulate};

    fn label(lines: &[&str]) -> Label {
        Label {
            lines: lines.iter().map(|l| (*l).to_owned()).collect(),
            style: LabelStyle::Engraved,
            face: LabelFace::Back,
        }
    }

    #[test]
    fn every_latin_letter_can_be_cut_into_a_face() {
        for c in (' '..='~')
            .chain('\u{a1}'..='\u{ff}')
            .filter(|c| *c != ' ' && *c != '\u{ad}')
        {
            let letters = Letters::set(&label(&[&c.to_string()]), 10.0, 10.0).unwrap();
            let mut points = vec![[-20.0, -20.0], [20.0, -20.0], [20.0, 20.0], [-20.0, 20.0]];
            let mut rings = vec![(Kind::Outline, vec![0, 1, 2, 3])];
            for contour in letters.contours() {
                let first = points.len() as u32;
                points.extend(contour);
                rings.push((Kind::Letter, (first..points.len() as u32).collect()));
            }
            assert!(triangulate(&points, &rings).is_ok(), "{c}");
        }
    }

    #[test]
    fn a_low_and_wide_room_takes_all_lines_in_one() {
        let letters = Letters::set(&label(&["AB-1234", "2026-11-24"]), 80.0, 3.0).unwrap();
        let tall = letters
            .contours()
            .iter()
            .flatten()
            .map(|p| p[1])
            .fold(0.0, f64::max)
            * 2.0;
        assert!(tall > 2.9, "{tall}");
    }

    #[test]
    fn text_is_scaled_to_its_room_and_refused_when_illegible() {
        let wide = Letters::set(&label(&["AB-1234", "2026-11-24"]), 60.0, 20.0).unwrap();
        let narrow = Letters::set(&label(&["AB-1234", "2026-11-24"]), 20.0, 20.0).unwrap();
        let width = |l: &Letters| l.contours().iter().flatten().map(|p| p[0]).fold(0.0, f64::max) * 2.0;
        assert!(width(&wide) > width(&narrow) && width(&narrow) <= 20.0);
        let error = Letters::set(&label(&["AB-1234", "2026-11-24"]), 8.0, 20.0);
        assert!(matches!(error, Err(BaseError::LabelTooSmall { .. })));
    }

    #[test]
    fn what_the_font_lacks_and_blank_labels_are_refused() {
        let missing = Letters::set(&label(&["\u{4e2d}"]), 10.0, 10.0);
        assert!(matches!(missing, Err(BaseError::NoGlyph { code: 0x4e2d })));
        assert!(matches!(
            Letters::set(&label(&["  "]), 10.0, 10.0),
            Err(BaseError::EmptyLabel)
        ));
    }
}
