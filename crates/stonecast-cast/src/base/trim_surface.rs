//! The trim surface: a smooth sheet over the occlusal plane that stays on the teeth's side of the scan's border.
//!
//! Units: mm. Frame: the base frame (x, y of the cast frame; z towards the base).
//!
//! Steps:
//! 1. [`TrimSurface::under_border`] sets every node of a grid to the least of `z_b + rise(d)` over all border
//!    points `b`, `d` being the distance in the occlusal plane: low near low border points, rising away from them.
//! 2. [`TrimSurface::height`] evaluates the uniform cubic B-spline with these nodes as control values.
//!
//! `rise` is zero within the reach of a spline's control values, so every value that a border point sees is at
//! most its own height, and so is their mean: the surface never passes over the border, exactly.
//!
//! Limits: the surface is a function of x and y; where the border doubles back below itself the lower part rules.

use stonecast_mesh::Point;

/// Spacing of the control nodes: fine enough that the trim line follows a border within a tooth's width.
const STEP: f64 = 0.75;
/// How far in the plane a control value of a cubic B-spline reaches: two cells along each axis.
const REACH: f64 = 2.0 * std::f64::consts::SQRT_2 * STEP;
/// Curvature of `rise`, per mm: 1.4 mm at 2 mm beyond the reach, 8.75 mm at 5 mm. Steep enough that a notch in
/// the border costs only the anatomy beside it, flat enough that the land looks smooth.
const RISE: f64 = 0.35;
/// How far the grid goes beyond the border: there the surface is 34 mm over the border, deeper than any land, so
/// that nothing depends on where the grid ends.
const AROUND: f64 = 12.0;
/// Border points are taken in runs of this many, so that far runs are dismissed by their box.
const RUN: usize = 16;

/// A height for every place in the occlusal plane.
#[derive(Clone, Debug)]
pub struct TrimSurface {
    origin: [f64; 2],
    columns: usize,
    rows: usize,
    nodes: Vec<f64>,
}

impl TrimSurface {
    /// The same height everywhere.
    pub fn flat(height: f64) -> Self {
        Self {
            origin: [0.0; 2],
            columns: 1,
            rows: 1,
            nodes: vec![height],
        }
    }

    /// The smooth surface `below` mm under the border points, over a box of the plane; beyond the box it
    /// continues level.
    pub fn under_border(border: &[Point], low: [f64; 2], high: [f64; 2], below: f64) -> Self {
        // Nodes lie at multiples of the step, so that they stay where they are when the box changes.
        let first = [0, 1].map(|i| ((low[i] - AROUND) / STEP).floor());
        let count = [0, 1].map(|i| (((high[i] + AROUND) / STEP).ceil() + 1.0 - first[i]) as usize);
        let origin = first.map(|f| f * STEP);
        let runs: Vec<Run<'_>> = border.chunks(RUN).map(Run::new).collect();
        let mut nodes = Vec::with_capacity(count[0] * count[1]);
        let mut nearest = 0;
        for row in 0..count[1] {
            for column in 0..count[0] {
                let x = origin[0] + column as f64 * STEP;
                let y = origin[1] + row as f64 * STEP;
                nodes.push(least_height(&runs, x, y, &mut nearest) - below);
            }
        }
        Self {
            origin,
            columns: count[0],
            rows: count[1],
            nodes,
        }
    }

    /// The surface's height at a place of the plane.
    pub fn height(&self, x: f64, y: f64) -> f64 {
        let (column, wx) = weights((x - self.origin[0]) / STEP);
        let (row, wy) = weights((y - self.origin[1]) / STEP);
        let clamp = |i: isize, n: usize| i.clamp(0, n as isize - 1) as usize;
        let mut sum = 0.0;
        for (j, wj) in wy.iter().enumerate() {
            let start = clamp(row + j as isize, self.rows) * self.columns;
            for (i, wi) in wx.iter().enumerate() {
                sum += wi * wj * self.nodes[start + clamp(column + i as isize, self.columns)];
            }
        }
        sum
    }
}

/// The first of the four control values at parameter `t`, and their weights.
fn weights(t: f64) -> (isize, [f64; 4]) {
    // Far outside the grid every control value is the last one; the cast needs a bounded number.
    let t = t.clamp(-1e6, 1e6);
    let cell = t.floor();
    let u = t - cell;
    let (u2, v) = (u * u, 1.0 - u);
    let w = [
        v * v * v / 6.0,
        (3.0 * u2 * u - 6.0 * u2 + 4.0) / 6.0,
        (3.0 * v * v * v - 6.0 * v * v + 4.0) / 6.0,
        u2 * u / 6.0,
    ];
    (cell as isize - 1, w)
}

/// A run of border points with its box and least height.
struct Run<'a> {
    points: &'a [Point],
    low: [f64; 2],
    high: [f64; 2],
    least: f64,
}

impl<'a> Run<'a> {
    fn new(points: &'a [Point]) -> Self {
        let fold = |i: usize, f: fn(f64, f64) -> f64, start: f64| points.iter().map(|p| p[i]).fold(start, f);
        Self {
            points,
            low: [0, 1].map(|i| fold(i, f64::min, f64::INFINITY)),
            high: [0, 1].map(|i| fold(i, f64::max, f64::NEG_INFINITY)),
            least: fold(2, f64::min, f64::INFINITY),
        }
    }

    /// No point of the run gives less than this at (x, y).
    fn bound(&self, x: f64, y: f64) -> f64 {
        let dx = (self.low[0] - x).max(x - self.high[0]).max(0.0);
        let dy = (self.low[1] - y).max(y - self.high[1]).max(0.0);
        self.least + rise(dx * dx + dy * dy)
    }

    fn least_height(&self, x: f64, y: f64) -> f64 {
        let height = |p: &Point| p.z + rise((p.x - x).powi(2) + (p.y - y).powi(2));
        self.points.iter().map(height).fold(f64::INFINITY, f64::min)
    }
}

fn rise(distance_squared: f64) -> f64 {
    if distance_squared <= REACH * REACH {
        return 0.0;
    }
    let beyond = distance_squared.sqrt() - REACH;
    RISE * beyond * beyond
}

/// The least height over all runs; `nearest` carries the winning run to the next node, which makes the first
/// guess good and most bounds decide.
fn least_height(runs: &[Run<'_>], x: f64, y: f64, nearest: &mut usize) -> f64 {
    let Some(guess) = runs.get(*nearest) else {
        return f64::INFINITY;
    };
    let mut best = guess.least_height(x, y);
    for (i, run) in runs.iter().enumerate() {
        if run.bound(x, y) < best {
            let height = run.least_height(x, y);
            if height < best {
                best = height;
                *nearest = i;
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zigzag() -> Vec<Point> {
        (0..200)
            .map(|i| {
                let a = f64::from(i) * 0.05;
                Point::new(20.0 * a.cos(), 20.0 * a.sin(), 10.0 + 3.0 * f64::from(i % 7 % 3))
            })
            .collect()
    }

    #[test]
    fn the_surface_never_passes_over_a_border_point() {
        let border = zigzag();
        let surface = TrimSurface::under_border(&border, [-30.0; 2], [30.0; 2], 0.05);
        for p in &border {
            assert!(surface.height(p.x, p.y) <= p.z - 0.05 + 1e-9);
        }
    }

    #[test]
    fn the_surface_is_the_exact_minimum_at_level_borders() {
        let border: Vec<Point> = zigzag().iter().map(|p| Point::new(p.x, p.y, 9.0)).collect();
        let surface = TrimSurface::under_border(&border, [-30.0; 2], [30.0; 2], 0.0);
        assert!((surface.height(20.0, 0.0) - 9.0).abs() < 1e-9);
        assert!(surface.height(0.0, 0.0) > 9.0 + RISE * (17.0f64).powi(2));
    }

    #[test]
    fn a_flat_surface_is_flat_everywhere() {
        assert_eq!(TrimSurface::flat(7.0).height(1e9, -3.0), 7.0);
    }
}
