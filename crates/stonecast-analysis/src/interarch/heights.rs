//! The least vertical gap between an upper tooth and the lower teeth under it.
//!
//! Units: mm. Frame: the cast frame.
//!
//! Steps
//! 1. `Heights::of`: the heights of the lower crowns over a square grid, the highest where several lie over each other.
//! 2. `Heights::least_gap`: over the same grid, the least height of an upper crown over that.

use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::Point;

use crate::subject::{MeasuredArch, Subject};

/// Mesh of the grid: a gap is steady over this length to a hundredth of a millimetre, for cusps of radius 1 mm and more.
const STEP: f64 = 0.25;

/// Heights of lower crowns.
pub(super) struct Heights {
    /// The first cell's place in steps from the cast's origin: the grid is its own mirror image.
    first: [f64; 2],
    columns: usize,
    rows: usize,
    cells: Vec<(f64, Option<Fdi>)>,
}

/// A gap: its height, and the lower tooth.
pub(super) type Gap = (f64, Fdi);

impl Heights {
    /// The heights of the lower arch's teeth; `None` without any.
    pub fn of(subject: &Subject<'_>) -> Option<Self> {
        let arch = subject.cast.arch(Jaw::Lower)?;
        let faces = || of_teeth(&arch);
        let mut low = [f64::INFINITY; 2];
        let mut high = [f64::NEG_INFINITY; 2];
        for (_, corners) in faces() {
            for p in corners {
                for k in 0..2 {
                    low[k] = low[k].min(p[k]);
                    high[k] = high[k].max(p[k]);
                }
            }
        }
        if low[0] > high[0] {
            return None;
        }
        let first = low.map(|l| (l / STEP).floor());
        let count = |k: usize| (high[k] / STEP - first[k]).ceil() as usize + 1;
        let (columns, rows) = (count(0), count(1));
        let mut heights = Self {
            first,
            columns,
            rows,
            cells: vec![(f64::NEG_INFINITY, None); columns * rows],
        };
        for (tooth, corners) in faces() {
            let mut raised: Vec<(usize, f64)> = Vec::new();
            heights.under(&corners, |cell, z| raised.push((cell, z)));
            for (cell, z) in raised {
                if z > heights.cells[cell].0 {
                    heights.cells[cell] = (z, Some(tooth));
                }
            }
        }
        Some(heights)
    }

    /// The least gap under each upper tooth of some, in their order; negative where the crowns pass through each other.
    pub fn least_gaps(&self, subject: &Subject<'_>, teeth: &[Fdi]) -> Vec<Option<Gap>> {
        let mut gaps: Vec<Option<Gap>> = vec![None; teeth.len()];
        let Some(arch) = subject.cast.arch(Jaw::Upper) else {
            return gaps;
        };
        for (tooth, corners) in of_teeth(&arch) {
            let Some(place) = teeth.iter().position(|t| *t == tooth) else {
                continue;
            };
            let gap = &mut gaps[place];
            self.under(&corners, |cell, z| {
                if let (height, Some(lower)) = self.cells[cell]
                    && gap.is_none_or(|(least, _)| z - height < least)
                {
                    *gap = Some((z - height, lower));
                }
            });
        }
        gaps
    }

    /// The cells under a face, with its height there.
    fn under(&self, [a, b, c]: &[Point; 3], mut take: impl FnMut(usize, f64)) {
        let area = (b - a).xy().perp(&(c - a).xy());
        if area.abs() < 1e-12 {
            return;
        }
        let range = |k: usize, count: usize| {
            let least = a[k].min(b[k]).min(c[k]) / STEP - self.first[k];
            let most = a[k].max(b[k]).max(c[k]) / STEP - self.first[k];
            let from = least.ceil().max(0.0) as usize;
            let to = most.floor();
            let to = if to < 0.0 { 0 } else { (to as usize + 1).min(count) };
            from..to
        };
        for row in range(1, self.rows) {
            for column in range(0, self.columns) {
                let x = STEP * (self.first[0] + column as f64);
                let y = STEP * (self.first[1] + row as f64);
                let side = |p: &Point, q: &Point| ((q.x - p.x) * (y - p.y) - (q.y - p.y) * (x - p.x)) / area;
                let (u, v) = (side(b, c), side(c, a));
                let w = 1.0 - u - v;
                if u >= 0.0 && v >= 0.0 && w >= 0.0 {
                    take(row * self.columns + column, u * a.z + v * b.z + w * c.z);
                }
            }
        }
    }
}

/// The faces that bear a tooth's label, with their corners.
fn of_teeth<'a>(arch: &MeasuredArch<'a>) -> impl Iterator<Item = (Fdi, [Point; 3])> + use<'a> {
    let mesh = arch.mesh;
    let labels = arch.labelled.face_labels.iter();
    labels.filter_map(move |(face, label)| label.map(|tooth| (tooth, mesh.corners(face))))
}
