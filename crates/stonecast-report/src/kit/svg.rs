//! The elements of an SVG. Units: those of the drawing; a page is 1000 wide, y runs downwards.

use std::fmt::Write as _;

/// Colours that colour-blind readers tell apart (Okabe and Ito), and greys.
pub mod colour {
    /// Text and lines.
    pub const INK: &str = "#26292e";
    /// What is of less weight.
    pub const GREY: &str = "#6d747d";
    /// Grids.
    pub const FAINT: &str = "#d9dde2";
    /// The upper arch.
    pub const UPPER: &str = "#0072b2";
    /// The lower arch.
    pub const LOWER: &str = "#d55e00";
    /// What is as it should be.
    pub const GOOD: &str = "#009e73";
    /// A third colour.
    pub const THIRD: &str = "#cc79a7";
    /// Teeth.
    pub const TOOTH: &str = "#f6f1e4";
    /// Outlines of teeth.
    pub const TOOTH_EDGE: &str = "#a39c8b";
    /// Paper.
    pub const PAPER: &str = "#ffffff";
}

/// A place on the page.
pub type At = [f64; 2];

/// Where a text stands against its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

/// How a line or a shape is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Pen {
    /// The colour of the line; none for no line.
    pub stroke: &'static str,
    /// Its width.
    pub width: f64,
    /// The colour inside; none for nothing.
    pub fill: &'static str,
    /// Lengths of dashes and gaps; empty for a full line.
    pub dash: &'static str,
}

impl Pen {
    /// A line.
    pub fn line(stroke: &'static str, width: f64) -> Self {
        Self {
            stroke,
            width,
            fill: "none",
            dash: "",
        }
    }

    /// A shape without a line.
    pub fn fill(fill: &'static str) -> Self {
        Self {
            stroke: "none",
            width: 0.0,
            fill,
            dash: "",
        }
    }

    /// The same, filled.
    pub fn filled(self, fill: &'static str) -> Self {
        Self { fill, ..self }
    }

    /// The same, dashed.
    pub fn dashed(self) -> Self {
        Self { dash: "6 4", ..self }
    }

    fn attributes(&self) -> String {
        let mut text = format!("fill=\"{}\"", self.fill);
        if self.stroke != "none" {
            write!(
                text,
                " stroke=\"{}\" stroke-width=\"{}\"",
                self.stroke, self.width
            )
            .expect("a string takes every word");
        }
        if !self.dash.is_empty() {
            write!(text, " stroke-dasharray=\"{}\"", self.dash).expect("a string takes every word");
        }
        text
    }
}

/// Elements in the order in which they are painted.
#[derive(Clone, Debug, Default)]
pub struct Svg {
    body: String,
}

/// A coordinate to a hundredth, so that the same drawing has the same bytes everywhere.
fn n(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

impl Svg {
    fn push(&mut self, element: &str) {
        self.body.push_str(element);
        self.body.push('\n');
    }

    /// A straight line.
    pub fn line(&mut self, a: At, b: At, pen: Pen) {
        let [x1, y1, x2, y2] = [a[0], a[1], b[0], b[1]].map(n);
        self.push(&format!(
            "<line x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\" stroke-linecap=\"round\" {}/>",
            pen.attributes()
        ));
    }

    fn points(points: &[At]) -> String {
        let pairs: Vec<String> = points
            .iter()
            .map(|p| format!("{},{}", n(p[0]), n(p[1])))
            .collect();
        pairs.join(" ")
    }

    /// A line through points.
    pub fn polyline(&mut self, points: &[At], pen: Pen) {
        self.push(&format!(
            "<polyline points=\"{}\" stroke-linejoin=\"round\" {}/>",
            Self::points(points),
            pen.attributes()
        ));
    }

    /// A closed shape.
    pub fn polygon(&mut self, points: &[At], pen: Pen) {
        self.push(&format!(
            "<polygon points=\"{}\" stroke-linejoin=\"round\" {}/>",
            Self::points(points),
            pen.attributes()
        ));
    }

    /// A circle.
    pub fn circle(&mut self, at: At, radius: f64, pen: Pen) {
        self.push(&format!(
            "<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>",
            n(at[0]),
            n(at[1]),
            n(radius),
            pen.attributes()
        ));
    }

    /// A rectangle.
    pub fn rect(&mut self, corner: At, size: [f64; 2], pen: Pen) {
        self.push(&format!(
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {}/>",
            n(corner[0]),
            n(corner[1]),
            n(size[0]),
            n(size[1]),
            pen.attributes()
        ));
    }

    /// Words; `at` is on their base line.
    pub fn text(&mut self, at: At, size: f64, anchor: Anchor, colour: &str, words: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        self.push(&format!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{anchor}\" fill=\"{colour}\">{}</text>",
            n(at[0]),
            n(at[1]),
            n(size),
            escaped(words)
        ));
    }

    /// Words with a rim of paper, so that lines under them do not disturb; `at` is their middle.
    pub fn tag(&mut self, at: At, size: f64, colour: &str, words: &str) {
        self.push(&format!(
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"middle\" fill=\"{colour}\" stroke=\"{}\" \
             stroke-width=\"4\" stroke-linejoin=\"round\" paint-order=\"stroke\">{}</text>",
            n(at[0]),
            n(at[1] + 0.36 * size),
            n(size),
            colour::PAPER,
            escaped(words)
        ));
    }

    /// The whole drawing.
    pub fn finish(self, width: f64, height: f64, title: &str) -> String {
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" \
             font-family=\"DejaVu Sans, Verdana, sans-serif\" font-weight=\"700\">\n<title>{}</title>\n\
             <rect width=\"{w}\" height=\"{h}\" fill=\"{}\"/>\n{}</svg>\n",
            escaped(title),
            colour::PAPER,
            self.body,
            w = n(width),
            h = n(height),
        )
    }
}

fn escaped(words: &str) -> String {
    words
        // Our font has no raised figures but these three.
        .replace('⁴', "^4")
        .replace('⁶', "^6")
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// About how wide words are in DejaVu Sans Bold: enough to keep labels apart.
pub fn width(words: &str, size: f64) -> f64 {
    let em = |c: char| match c {
        '0'..='9' => 0.696,
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ' ' | '\'' | '|' => 0.37,
        'f' | 't' | 'r' | '(' | ')' | '/' | '-' => 0.46,
        'm' | 'w' | 'M' | 'W' | '%' => 1.04,
        '±' | '+' | '=' | '<' | '>' => 0.838,
        'A'..='Z' => 0.77,
        _ => 0.66,
    };
    words.chars().map(em).sum::<f64>() * size
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_words_cannot_break_the_drawing() {
        assert_eq!([n(1.0), n(-0.001), n(2.456), n(10.5)], ["1", "0", "2.46", "10.5"]);
        let mut svg = Svg::default();
        svg.text([1.0, 2.0], 12.0, Anchor::Middle, colour::INK, "a < b & c");
        let text = svg.finish(10.0, 10.0, "x > y");
        assert!(
            text.contains("a &lt; b &amp; c") && text.contains("<title>x &gt; y</title>"),
            "{text}"
        );
    }
}
