//! The surface of an implicit function as a manifold mesh, by following it from a seed.
//!
//! Frame and unit: those of the function. The grid is symmetric about `x = 0`, so that the mirror image of a
//! function has the mirror image of its mesh.
//!
//! Steps:
//! 1. `follow`: from the seed's cell to every cell that the surface enters and `within` allows, so that the
//!    result is one piece and no hidden cavity is meshed.
//! 2. `unambiguous`: where two sheets pass through one cell, the gap between them is filled (a scanner bridges
//!    it too); without such cells one vertex per cell makes a manifold.
//! 3. `settle`: each cell's vertex goes to the mean of its edges' crossings, then by Newton steps to the surface.
//! 4. `quads`: four cells about a crossed edge make two triangles, split along the shorter diagonal.
//!
//! This work is based on: S. F. F. Gibson, "Constrained elastic surface nets" (1998), for the cell's vertex.

use nalgebra::Vector3;
use rayon::prelude::*;

/// Edge of a block of nodes: 8³ values are kept together.
const BLOCK: usize = 8;
const NONE: u32 = u32::MAX;

/// A block of grid nodes and cells.
struct Block {
    values: [f64; BLOCK * BLOCK * BLOCK],
    cells: [u32; BLOCK * BLOCK * BLOCK],
}

/// Where the grid lies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grid {
    pub origin: Vector3<f64>,
    pub step: f64,
    pub size: [usize; 3],
    /// 1, or -1 for a mirror image: which way undecided diagonals run.
    pub hand: f64,
}

impl Grid {
    /// A grid over a box, symmetric about `x = 0`.
    pub(crate) fn over(low: Vector3<f64>, high: Vector3<f64>, step: f64) -> Self {
        let half = (low.x.abs().max(high.x.abs()) / step).ceil();
        let origin = Vector3::new(-half * step, low.y, low.z);
        let size = [
            2 * half as usize + 1,
            ((high.y - low.y) / step).ceil() as usize + 1,
            ((high.z - low.z) / step).ceil() as usize + 1,
        ];
        let hand = 1.0;
        Self {
            origin,
            step,
            size,
            hand,
        }
    }

    fn node(&self, n: [usize; 3]) -> Vector3<f64> {
        // From the middle outwards, so that the nodes of both halves are mirror images to the last bit.
        let half = (self.size[0] / 2) as f64;
        Vector3::new(
            (n[0] as f64 - half) * self.step,
            self.origin.y + n[1] as f64 * self.step,
            self.origin.z + n[2] as f64 * self.step,
        )
    }

    fn cell_of(&self, p: &Vector3<f64>) -> [usize; 3] {
        let d = (p - self.origin) / self.step;
        std::array::from_fn(|k| (d[k].max(0.0) as usize).min(self.size[k] - 2))
    }
}

/// Points and triangles.
pub(crate) struct Surface {
    pub points: Vec<Vector3<f64>>,
    pub faces: Vec<[u32; 3]>,
}

/// The surface through the cell of `seed`.
pub(crate) fn polygonise(
    grid: Grid,
    seed: Vector3<f64>,
    field: impl Fn(&Vector3<f64>) -> f64 + Sync,
    within: impl Fn(&Vector3<f64>) -> bool,
) -> Surface {
    let mut tracer = Tracer::new(grid, &field);
    let seed = tracer.crossed_cell(grid.cell_of(&seed));
    tracer.follow(seed, within);
    tracer.unambiguous();
    let points = tracer.settle();
    let faces = tracer.quads(&points);
    Surface { points, faces }
}

struct Tracer<'a, F> {
    grid: Grid,
    field: &'a F,
    blocks: Vec<Option<Box<Block>>>,
    block_size: [usize; 3],
    cells: Vec<[usize; 3]>,
}

/// The corners of a cell: bit k of the corner's number is its offset along axis k.
fn corner(cell: [usize; 3], c: usize) -> [usize; 3] {
    [cell[0] + (c & 1), cell[1] + (c >> 1 & 1), cell[2] + (c >> 2 & 1)]
}

impl<'a, F: Fn(&Vector3<f64>) -> f64 + Sync> Tracer<'a, F> {
    fn new(grid: Grid, field: &'a F) -> Self {
        let block_size = grid.size.map(|n| n.div_ceil(BLOCK));
        let blocks = (0..block_size.iter().product()).map(|_| None).collect();
        Self {
            grid,
            field,
            blocks,
            block_size,
            cells: Vec::new(),
        }
    }

    fn slot(&self, n: [usize; 3]) -> (usize, usize) {
        let b = n.map(|i| i / BLOCK);
        let l = n.map(|i| i % BLOCK);
        (
            (b[2] * self.block_size[1] + b[1]) * self.block_size[0] + b[0],
            (l[2] * BLOCK + l[1]) * BLOCK + l[0],
        )
    }

    fn block(&mut self, b: usize) -> &mut Block {
        self.blocks[b].get_or_insert_with(|| {
            Box::new(Block {
                values: [f64::NAN; BLOCK * BLOCK * BLOCK],
                cells: [NONE; BLOCK * BLOCK * BLOCK],
            })
        })
    }

    fn value(&mut self, n: [usize; 3]) -> f64 {
        let (b, l) = self.slot(n);
        let known = self.block(b).values[l];
        if !known.is_nan() {
            return known;
        }
        let mut value = (self.field)(&self.grid.node(n));
        // Zero belongs to neither side: it counts as outside.
        if value == 0.0 {
            value = f64::MIN_POSITIVE;
        }
        self.block(b).values[l] = value;
        value
    }

    fn known(&self, n: [usize; 3]) -> f64 {
        let (b, l) = self.slot(n);
        self.blocks[b].as_ref().map_or(f64::NAN, |block| block.values[l])
    }

    fn cell(&self, n: [usize; 3]) -> u32 {
        let (b, l) = self.slot(n);
        self.blocks[b].as_ref().map_or(NONE, |block| block.cells[l])
    }

    fn corners(&mut self, cell: [usize; 3]) -> [f64; 8] {
        std::array::from_fn(|c| self.value(corner(cell, c)))
    }

    fn add_cell(&mut self, cell: [usize; 3]) {
        let id = self.cells.len() as u32;
        let (b, l) = self.slot(cell);
        self.block(b).cells[l] = id;
        self.cells.push(cell);
    }

    /// The cell itself when the surface enters it, else the nearest such cell above or below.
    fn crossed_cell(&mut self, cell: [usize; 3]) -> [usize; 3] {
        for away in 0..8usize {
            for z in [cell[2].saturating_sub(away), cell[2] + away] {
                let near = [cell[0], cell[1], z.min(self.grid.size[2] - 2)];
                let signs = signs(&self.corners(near));
                if signs != 0 && signs != 255 {
                    return near;
                }
            }
        }
        cell
    }

    fn follow(&mut self, seed: [usize; 3], within: impl Fn(&Vector3<f64>) -> bool) {
        self.add_cell(seed);
        let mut next = 0;
        while next < self.cells.len() {
            let cell = self.cells[next];
            next += 1;
            let values = self.corners(cell);
            for axis in 0..3 {
                for (bit, step) in [(0usize, -1isize), (1, 1)] {
                    let mut face = (0..8).filter(|c| c >> axis & 1 == bit).map(|c| values[c] < 0.0);
                    let first = face.next();
                    if face.all(|inside| Some(inside) == first) {
                        continue;
                    }
                    let at = cell[axis] as isize + step;
                    if at < 0 || at as usize + 2 > self.grid.size[axis] {
                        continue;
                    }
                    let mut to = cell;
                    to[axis] = at as usize;
                    let center = self.grid.node(to) + Vector3::repeat(0.5 * self.grid.step);
                    if self.cell(to) == NONE && within(&center) {
                        self.add_cell(to);
                    }
                }
            }
        }
    }

    fn unambiguous(&mut self) {
        let simple = simple_cells();
        let mut work: std::collections::BTreeSet<[usize; 3]> = self.cells.iter().copied().collect();
        // Filling only, so this ends. In rounds, each judged before anything is filled, so that the order of the
        // cells is of no account and a mirrored function is filled at the mirrored nodes.
        while !work.is_empty() {
            let mut fill = Vec::new();
            for cell in work {
                let values = self.corners(cell);
                if simple[signs(&values)] {
                    continue;
                }
                // The outside corner nearest to the surface becomes inside.
                let outside = (0..8).filter(|&c| values[c] >= 0.0);
                if let Some(c) = outside.min_by(|&a, &b| values[a].total_cmp(&values[b])) {
                    fill.push(corner(cell, c));
                }
            }
            work = fill.into_iter().flat_map(|node| self.filled(node)).collect();
        }
    }

    /// Makes a node inside; returns the cells about it.
    fn filled(&mut self, node: [usize; 3]) -> Vec<[usize; 3]> {
        let (b, l) = self.slot(node);
        self.block(b).values[l] = -1e-3 * self.grid.step;
        let mut about = Vec::with_capacity(8);
        for around in 0..8 {
            let n = corner([0; 3], around);
            if (0..3).any(|k| node[k] < n[k] || node[k] - n[k] + 2 > self.grid.size[k]) {
                continue;
            }
            let cell = std::array::from_fn(|k| node[k] - n[k]);
            if self.cell(cell) == NONE {
                self.add_cell(cell);
            }
            about.push(cell);
        }
        about
    }

    fn settle(&mut self) -> Vec<Vector3<f64>> {
        let all: Vec<[f64; 8]> = (0..self.cells.len())
            .map(|i| self.corners(self.cells[i]))
            .collect();
        let (grid, field) = (self.grid, self.field);
        self.cells
            .par_iter()
            .zip(&all)
            .map(|(&cell, values)| {
                let low = grid.node(cell);
                let mut at = crossing_mean(values);
                for _ in 0..2 {
                    let p = low + at * grid.step;
                    let gradient = gradient(values, &at);
                    let norm2 = gradient.norm_squared().max(1e-6);
                    let step = -gradient * (field(&p) / norm2);
                    at += step * (0.5 / step.norm().max(1e-12)).min(1.0);
                    at = at.map(|t| t.clamp(-0.05, 1.05));
                }
                low + at * grid.step
            })
            .collect()
    }

    fn quads(&self, points: &[Vector3<f64>]) -> Vec<[u32; 3]> {
        let mut faces = Vec::with_capacity(2 * points.len());
        for &cell in &self.cells {
            for axis in 0..3 {
                let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
                if cell[u] == 0 || cell[v] == 0 {
                    continue;
                }
                let mut far = cell;
                far[axis] += 1;
                let (a, b) = (self.known(cell), self.known(far));
                if (a < 0.0) == (b < 0.0) {
                    continue;
                }
                let around = |du: usize, dv: usize| {
                    let mut n = cell;
                    n[u] -= du;
                    n[v] -= dv;
                    self.cell(n)
                };
                // Counter-clockwise seen from the axis's positive end.
                let mut ring = [around(1, 1), around(0, 1), around(0, 0), around(1, 0)];
                if ring.contains(&NONE) {
                    continue;
                }
                if b < 0.0 {
                    ring.reverse();
                }
                let [p, q, r, s] = ring.map(|i| points[i as usize]);
                if splits_along_first([&p, &q, &r, &s], self.grid.hand) {
                    faces.push([ring[0], ring[1], ring[2]]);
                    faces.push([ring[0], ring[2], ring[3]]);
                } else {
                    faces.push([ring[1], ring[2], ring[3]]);
                    faces.push([ring[1], ring[3], ring[0]]);
                }
            }
        }
        faces
    }
}

/// Whether a quad is split along the diagonal of its first corner: the shorter one. Of equally long ones, as flat
/// parts are full of, the one whose corner lies first in a direction that is mirrored with the `hand`.
pub(crate) fn splits_along_first(corners: [&Vector3<f64>; 4], hand: f64) -> bool {
    let [p, q, r, s] = corners;
    let (first, second) = ((p - r).norm_squared(), (q - s).norm_squared());
    if (first - second).abs() > 1e-9 * (first + second) {
        return first < second;
    }
    // Any direction askew to the grid.
    let rank = |v: &Vector3<f64>| 0.36 * hand * v.x + 0.8 * v.y + 0.48 * v.z;
    rank(p).min(rank(r)) < rank(q).min(rank(s))
}

fn signs(values: &[f64; 8]) -> usize {
    (0..8).filter(|&c| values[c] < 0.0).map(|c| 1 << c).sum()
}

/// For each pattern of signs: is a single sheet passing, with no face of diagonal signs?
fn simple_cells() -> [bool; 256] {
    std::array::from_fn(|pattern| {
        let inside = |c: usize| pattern >> c & 1 == 1;
        let connected = |want: bool| {
            let members: Vec<usize> = (0..8).filter(|&c| inside(c) == want).collect();
            let Some(&first) = members.first() else {
                return true;
            };
            let mut seen = 1u8 << first;
            for _ in 0..8 {
                for &c in &members {
                    if (0..3).any(|k| seen >> (c ^ 1 << k) & 1 == 1) {
                        seen |= 1 << c;
                    }
                }
            }
            seen.count_ones() as usize == members.len()
        };
        let diagonal = (0..8).any(|c| {
            [(1, 2), (1, 4), (2, 4)].iter().any(|&(a, b)| {
                inside(c) == inside(c ^ a ^ b) && inside(c ^ a) == inside(c ^ b) && inside(c) != inside(c ^ a)
            })
        });
        !diagonal && connected(true) && connected(false)
    })
}

/// Where the surface crosses the cell's edges, on average, in cell coordinates.
fn crossing_mean(values: &[f64; 8]) -> Vector3<f64> {
    let mut sum = Vector3::zeros();
    let mut count = 0.0;
    for c in 0..8usize {
        for k in 0..3 {
            let d = c | 1 << k;
            if d == c || (values[c] < 0.0) == (values[d] < 0.0) {
                continue;
            }
            let (a, b) = (values[c], values[d]);
            let mut p = Vector3::new((c & 1) as f64, (c >> 1 & 1) as f64, (c >> 2 & 1) as f64);
            p[k] = a / (a - b);
            sum += p;
            count += 1.0;
        }
    }
    if count > 0.0 {
        sum / count
    } else {
        Vector3::repeat(0.5)
    }
}

/// The gradient of the trilinear interpolant, per cell edge.
fn gradient(values: &[f64; 8], at: &Vector3<f64>) -> Vector3<f64> {
    let mut gradient = Vector3::zeros();
    for (c, value) in values.iter().enumerate() {
        let weight = |k: usize| if c >> k & 1 == 1 { at[k] } else { 1.0 - at[k] };
        for k in 0..3 {
            let sign = if c >> k & 1 == 1 { 1.0 } else { -1.0 };
            let (u, v) = ((k + 1) % 3, (k + 2) % 3);
            gradient[k] += value * sign * weight(u) * weight(v);
        }
    }
    gradient
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sphere_is_closed_and_exact() {
        let grid = Grid::over(Vector3::repeat(-3.0), Vector3::repeat(3.0), 0.21);
        let surface = polygonise(grid, Vector3::new(2.0, 0.0, 0.0), |p| p.norm() - 2.0, |_| true);
        for p in &surface.points {
            assert!((p.norm() - 2.0).abs() < 1e-3, "{}", p.norm());
        }
        let mesh = crate::arch::to_mesh(&surface.points, &surface.faces);
        assert!(mesh.topology().is_closed(&mesh));
        let volume = 4.0 / 3.0 * std::f64::consts::PI * 8.0;
        assert!((mesh.signed_volume() - volume).abs() < 0.02 * volume);
    }

    #[test]
    fn sheets_that_nearly_touch_stay_manifold() {
        // Two spheres whose gap is a tenth of the grid's step, in a direction off the axes.
        let away = Vector3::new(0.6, 0.64, 0.48) * 2.02;
        let field = |p: &Vector3<f64>| ((p - away).norm() - 2.0).min((p + away).norm() - 2.0);
        let grid = Grid::over(Vector3::repeat(-5.0), Vector3::repeat(5.0), 0.3);
        let surface = polygonise(grid, away + Vector3::new(2.0, 0.0, 0.0), field, |_| true);
        let mesh = crate::arch::to_mesh(&surface.points, &surface.faces);
        assert!(mesh.topology().is_closed(&mesh));
    }
}
