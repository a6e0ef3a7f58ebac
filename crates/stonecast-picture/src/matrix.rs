//! A matrix of shares as a picture: which of these was taken for which of those.

use tiny_skia::{PathBuilder, Rect};

use crate::{
    annotate::Canvas,
    picture::{Picture, Size},
    scene::Rgb,
    text,
};

/// A matrix of shares between 0 and 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    /// Above the matrix.
    pub heading: String,
    /// What the rows are.
    pub row_title: String,
    /// What the columns are.
    pub column_title: String,
    /// A name for each row.
    pub rows: Vec<String>,
    /// A name for each column.
    pub columns: Vec<String>,
    /// For each row the share of each column; missing ones are drawn as 0.
    pub shares: Vec<Vec<f64>>,
}

/// Side of a cell, pixels.
const CELL: f32 = 30.0;
/// Room for names left and above, and between parts.
const MARGIN: f32 = 64.0;
const HEADING: f32 = 40.0;
const WORDS: f32 = 13.0;
const PAPER: Rgb = Rgb(62, 66, 72);
const EMPTY: Rgb = Rgb(84, 89, 96);
const WHITE: Rgb = Rgb(255, 255, 255);
/// Agreement, on the diagonal, and everything else: blue and orange stay apart for colour-blind readers.
const RIGHT: Rgb = Rgb(86, 180, 233);
const WRONG: Rgb = Rgb(230, 159, 0);
/// A share below this is left blank: less than one in a hundred.
const LEAST_WRITTEN: f64 = 0.01;

impl Matrix {
    /// Draws the matrix: cells where row and column bear the same name in blue, others in orange, the stronger the
    /// greater the share, with the share in per cent.
    pub fn draw(&self) -> Picture {
        let width = 2.0 * MARGIN + CELL * self.columns.len() as f32;
        let height = HEADING + 1.5 * MARGIN + CELL * self.rows.len() as f32;
        let size = Size::new(width.max(420.0) as u32, height as u32);
        let Rgb(r, g, b) = PAPER;
        let mut picture = Picture {
            size,
            rgb: [r, g, b].repeat(size.width as usize * size.height as usize),
            projection: None,
        };
        let mut canvas = Canvas::over(&picture);
        self.names(&mut canvas);
        for (i, row) in self.rows.iter().enumerate() {
            for (j, column) in self.columns.iter().enumerate() {
                let share = self.shares.get(i).and_then(|s| s.get(j)).copied().unwrap_or(0.0);
                cell(&mut canvas, i, j, share, row == column);
            }
        }
        canvas.put_back(&mut picture);
        picture
    }

    fn names(&self, canvas: &mut Canvas) {
        canvas.words(&self.heading, 18.0, 12.0, 28.0, WHITE);
        canvas.words(&self.row_title, WORDS, 12.0, HEADING + MARGIN - 8.0, WHITE);
        canvas.words(&self.column_title, WORDS, MARGIN, HEADING + 16.0, WHITE);
        for (i, name) in self.rows.iter().enumerate() {
            let [_, y] = corner(i, 0);
            let left = MARGIN - 8.0 - text::width(name, WORDS);
            canvas.words(
                name,
                WORDS,
                left,
                y + 0.5 * (CELL + WORDS * text::CAP_HEIGHT),
                WHITE,
            );
        }
        for (j, name) in self.columns.iter().enumerate() {
            let [x, y] = corner(0, j);
            let left = x + 0.5 * (CELL - text::width(name, WORDS));
            canvas.words(name, WORDS, left, y - 8.0, WHITE);
        }
    }
}

/// The top left corner of a cell.
fn corner(row: usize, column: usize) -> [f32; 2] {
    [
        MARGIN + CELL * column as f32,
        HEADING + MARGIN + CELL * row as f32,
    ]
}

fn cell(canvas: &mut Canvas, row: usize, column: usize, share: f64, agrees: bool) {
    let [x, y] = corner(row, column);
    let Some(rect) = Rect::from_ltrb(x + 1.0, y + 1.0, x + CELL - 1.0, y + CELL - 1.0) else {
        return;
    };
    let full = if agrees { RIGHT } else { WRONG };
    // Small shares are what a reader looks for: the root makes them visible.
    let weight = share.clamp(0.0, 1.0).sqrt();
    let mixed =
        |from: u8, to: u8| (f64::from(from) + (f64::from(to) - f64::from(from)) * weight).round() as u8;
    let colour = Rgb(
        mixed(EMPTY.0, full.0),
        mixed(EMPTY.1, full.1),
        mixed(EMPTY.2, full.2),
    );
    canvas.fill(&PathBuilder::from_rect(rect), colour, 255);
    if share >= LEAST_WRITTEN {
        let words = format!("{:.0}", 100.0 * share);
        let size = 12.0;
        let left = x + 0.5 * (CELL - text::width(&words, size));
        canvas.words(
            &words,
            size,
            left,
            y + 0.5 * (CELL + size * text::CAP_HEIGHT),
            WHITE,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agreement_is_blue_and_confusion_orange() {
        let names: Vec<String> = ["11", "12"].map(str::to_owned).into();
        let matrix = Matrix {
            heading: String::new(),
            row_title: String::new(),
            column_title: String::new(),
            rows: names.clone(),
            columns: names,
            shares: vec![vec![1.0, 0.0], vec![0.64, 0.0]],
        };
        let picture = matrix.draw();
        let near_corner = |row, column| {
            let [x, y] = corner(row, column);
            picture.pixel(x as u32 + 3, y as u32 + 3).unwrap()
        };
        let Rgb(r, g, b) = RIGHT;
        assert_eq!(near_corner(0, 0), [r, g, b]);
        assert_eq!(near_corner(0, 1), [EMPTY.0, EMPTY.1, EMPTY.2]);
        // 0.8 of the way to orange.
        assert_eq!(near_corner(1, 0), [201, 145, 19]);
    }
}
