//! A page: title, what is drawn, a table, and the line that says what this is not.

use super::svg::{Anchor, At, Pen, Svg, colour, width};

/// The width of every page.
pub const WIDTH: f64 = 1000.0;
/// The margin at both sides.
pub const MARGIN: f64 = 40.0;
/// Where a drawing begins, below the title.
pub const TOP: f64 = 96.0;
/// The size of usual words.
pub const SIZE: f64 = 13.0;
const LINE: f64 = 20.0;

/// A page being drawn.
#[derive(Clone, Debug)]
pub struct Page {
    title: String,
    /// What is drawn on it.
    pub svg: Svg,
    /// The lowest line that is used.
    pub bottom: f64,
    marked: bool,
    uncertain: bool,
}

impl Page {
    /// A page with a title and a line that says what is shown.
    pub fn new(title: &str, subtitle: &str) -> Self {
        let mut svg = Svg::default();
        svg.text([MARGIN, 50.0], 26.0, Anchor::Start, colour::INK, title);
        svg.text([MARGIN, 75.0], SIZE, Anchor::Start, colour::GREY, subtitle);
        Self {
            title: title.to_owned(),
            svg,
            bottom: TOP,
            marked: false,
            uncertain: false,
        }
    }

    /// The title.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// A row of a legend: signs with what they mean.
    pub fn legend(&mut self, entries: &[(Pen, &str)]) {
        self.bottom += LINE;
        let mut x = MARGIN;
        for (pen, words) in entries {
            let y = self.bottom - 4.5;
            if pen.fill == "none" {
                self.svg.line([x, y], [x + 24.0, y], *pen);
            } else {
                self.svg.rect([x, y - 6.0], [24.0, 12.0], *pen);
            }
            self.svg
                .text([x + 31.0, self.bottom], 12.0, Anchor::Start, colour::INK, words);
            x += 31.0 + width(words, 12.0) + 26.0;
        }
        self.bottom += 6.0;
    }

    /// A table. `columns` gives where each begins and how it is set; words that are too long go on in the next line.
    pub fn table(&mut self, columns: &[(f64, Anchor)], head: &[&str], rows: &[Vec<String>]) {
        self.bottom += LINE;
        for ((x, anchor), words) in columns.iter().zip(head) {
            self.svg
                .text([*x, self.bottom], 12.0, *anchor, colour::GREY, words);
        }
        self.rule();
        for row in rows {
            let cells: Vec<Vec<String>> = row
                .iter()
                .enumerate()
                .map(|(k, words)| wrapped(words, room(columns, k), SIZE))
                .collect();
            let lines = cells.iter().map(Vec::len).max().unwrap_or(1);
            for line in 0..lines {
                self.bottom += if line == 0 { LINE } else { 16.0 };
                for ((x, anchor), cell) in columns.iter().zip(&cells) {
                    if let Some(words) = cell.get(line) {
                        self.svg
                            .text([*x, self.bottom], SIZE, *anchor, colour::INK, words);
                    }
                }
            }
            self.note_signs(row);
        }
        self.bottom += 8.0;
    }

    /// Notes which signs must be told at the foot.
    pub fn note_signs(&mut self, words: &[String]) {
        self.marked |= words.iter().any(|w| w.ends_with('*'));
        self.uncertain |= words.iter().any(|w| w.contains('±'));
    }

    /// A rule across the page.
    pub fn rule(&mut self) {
        self.bottom += 6.0;
        let y = self.bottom;
        self.svg
            .line([MARGIN, y], [WIDTH - MARGIN, y], Pen::line(colour::FAINT, 1.0));
    }

    /// A paragraph.
    pub fn paragraph(&mut self, words: &str, colour: &'static str) {
        for line in wrapped(words, WIDTH - 2.0 * MARGIN, SIZE) {
            self.bottom += LINE;
            self.svg
                .text([MARGIN, self.bottom], SIZE, Anchor::Start, colour, &line);
        }
    }

    /// A bar of some millimetres at a place, `scale` units a millimetre.
    pub fn scale_bar(&mut self, at: At, scale: f64, mm: f64) {
        let pen = Pen::line(colour::INK, 1.5);
        let end = [at[0] + mm * scale, at[1]];
        self.svg.line(at, end, pen);
        for x in [at[0], end[0]] {
            self.svg.line([x, at[1] - 4.0], [x, at[1] + 4.0], pen);
        }
        let middle = [(at[0] + end[0]) / 2.0, at[1] - 7.0];
        self.svg
            .text(middle, 12.0, Anchor::Middle, colour::INK, &format!("{mm} mm"));
    }

    /// The finished drawing.
    pub fn finish(mut self) -> String {
        self.rule();
        let mut foot = vec!["Not a medical device: for documentation, education and research."];
        if self.uncertain {
            foot.push("± is twice the standard uncertainty, about 95 %.");
        }
        if self.marked {
            foot.push("* rests on a figure that was not read in its source.");
        }
        for words in foot {
            self.bottom += 17.0;
            self.svg
                .text([MARGIN, self.bottom], 11.0, Anchor::Start, colour::GREY, words);
        }
        let height = self.bottom + 18.0;
        self.svg.finish(WIDTH, height, &self.title)
    }
}

/// How wide the words of a column may be.
fn room(columns: &[(f64, Anchor)], k: usize) -> f64 {
    let (x, anchor) = columns[k];
    match anchor {
        Anchor::Start => {
            let next = columns
                .get(k + 1)
                .map_or(WIDTH - MARGIN, |(x, anchor)| match anchor {
                    Anchor::Start => *x,
                    _ => *x - 120.0,
                });
            next - x - 12.0
        }
        _ => 400.0,
    }
}

/// Words in lines that are no wider than some room.
pub fn wrapped(words: &str, room: f64, size: f64) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words.split(' ') {
        let last = lines.last_mut().expect("there is a line always");
        if last.is_empty() {
            last.push_str(word);
        } else if width(last, size) + width(" ", size) + width(word, size) <= room {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_wrapped_and_none_is_lost() {
        let words = "a cast cannot tell: are teeth impacted? (answer teeth.impacted)";
        let lines = wrapped(words, 160.0, SIZE);
        assert!(
            lines.len() > 2 && lines.iter().all(|l| width(l, SIZE) <= 160.0),
            "{lines:?}"
        );
        assert_eq!(lines.join(" "), words);
    }

    #[test]
    fn every_page_says_what_it_is_not_and_explains_its_signs() {
        let mut page = Page::new("T", "S");
        let plain = page.clone().finish();
        assert!(
            plain.contains("Not a medical device") && !plain.contains("twice"),
            "{plain}"
        );
        let columns = [(MARGIN, Anchor::Start), (300.0, Anchor::Start)];
        page.table(&columns, &["a", "b"], &[vec!["x".into(), "1 ± 2 mm *".into()]]);
        let text = page.finish();
        assert!(
            text.contains("twice the standard uncertainty") && text.contains("not read in its source"),
            "{text}"
        );
    }
}
