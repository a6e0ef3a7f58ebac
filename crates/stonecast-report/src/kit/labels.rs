//! Labels that do not cover each other.

use super::svg::{At, Pen, Svg, colour, width};

/// A box on the page: left, top, right, bottom.
type Box4 = [f64; 4];

/// The labels that stand on a page.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    taken: Vec<Box4>,
}

fn apart(a: &Box4, b: &Box4) -> bool {
    a[2] <= b[0] || b[2] <= a[0] || a[3] <= b[1] || b[3] <= a[1]
}

fn around(at: At, words: &str, size: f64) -> Box4 {
    let (w, h) = (width(words, size) / 2.0 + 3.0, 0.65 * size);
    [at[0] - w, at[1] - h, at[0] + w, at[1] + h]
}

impl Labels {
    /// Keeps a place free of labels.
    pub fn keep_free(&mut self, at: At, words: &str, size: f64) {
        self.taken.push(around(at, words, size));
    }

    /// Writes words as near to a place as others leave room, first along `away`, and leads a line there from `from` when
    /// they stand off.
    pub fn put(&mut self, svg: &mut Svg, from: At, away: At, size: f64, colour: &'static str, words: &str) {
        let norm = away[0].hypot(away[1]).max(1e-9);
        let [dx, dy] = [away[0] / norm, away[1] / norm];
        let turned = |angle: f64, reach: f64| {
            let (s, c) = angle.sin_cos();
            [
                from[0] + reach * (c * dx - s * dy),
                from[1] + reach * (s * dx + c * dy),
            ]
        };
        // A label's own half width or height keeps it off its place, the more the flatter it lies there.
        let own = (width(words, size) / 2.0 * dx.abs()).max(0.7 * size * dy.abs());
        let reaches = (0..40).map(|k| own + 4.0 + 7.0 * f64::from(k));
        let angles = [0.0, 0.3, -0.3, 0.6, -0.6];
        let mut places = reaches.flat_map(|reach| angles.map(|angle| turned(angle, reach)));
        let first = turned(0.0, own + 4.0);
        let free = |at: &At| {
            let own = around(*at, words, size);
            self.taken.iter().all(|other| apart(&own, other))
        };
        let at = places.find(free).unwrap_or(first);
        if (at[0] - first[0]).hypot(at[1] - first[1]) > 10.0 {
            svg.line(from, at, Pen::line(colour::FAINT, 1.0));
        }
        svg.tag(at, size, colour, words);
        self.taken.push(around(at, words, size));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_at_one_place_do_not_cover_each_other() {
        let mut labels = Labels::default();
        let mut svg = Svg::default();
        for _ in 0..12 {
            labels.put(
                &mut svg,
                [100.0, 100.0],
                [0.0, -1.0],
                12.0,
                colour::INK,
                "8.50 ± 0.20",
            );
        }
        for (i, a) in labels.taken.iter().enumerate() {
            for b in &labels.taken[i + 1..] {
                assert!(apart(a, b), "{a:?} {b:?}");
            }
        }
    }
}
