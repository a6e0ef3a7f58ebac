//! Hollow bases: a cavity inside a solid, nowhere nearer to its surface than the wall, with drain holes.
//!
//! Units: mm. Frame: the base frame (x, y of the cast frame; z towards the base).
//!
//! Steps:
//! 1. [`Cavity::carve`] rolls a ball over the solid's upper surface: on a grid, the cavity's floor is the highest
//!    reach of all balls (of the wall's radius) whose centres are on the surface.
//! 2. The floor is kept clear of the outline by the wall as well, and closed by a flat roof one wall above the bottom.
//! 3. [`Cavity::drill`] places drain holes where the roof is widest.
//!
//! The wall is guaranteed, not approximate: balls are enlarged by the spacing of the samples and flattened by the
//! width of a grid cell, so that the straight pieces between grid points are covered too. So walls come out up to
//! 1 mm thicker than asked where the surface is steep.
//!
//! Limits: the cavity is a function of x and y: it does not follow undercuts.

use stonecast_mesh::Point;

use super::{
    label::Room,
    outline::Outline,
    planar::{Kind, RingsCross, triangulate},
    presets::common,
    trim::single,
};

/// Spacing of the grid.
const STEP: f64 = 0.5;
/// Greatest distance between samples of a surface triangle.
const SAMPLE: f64 = 0.5;
/// No point of a triangle is farther than this from a sample: the centre of an equilateral triangle of samples.
const SAMPLE_SLACK: f64 = 0.6 * SAMPLE;
/// Samples count for a grid point as if it were nearer by the diagonal of a cell.
const CELL_SLACK: f64 = std::f64::consts::SQRT_2 * STEP;
/// Slope of the cavity's sides along the outline.
const SIDE_SLOPE: f64 = 4.0;
/// Contour points keep this share of a grid edge clear of both its ends.
const END_CLEARANCE: f64 = 0.1;
/// A part of the cavity of less area, in mm², is left solid.
const LEAST_PART: f64 = 20.0;
/// Sides of the polygon that stands for a drain hole.
const DRAIN_SIDES: usize = 32;

/// How to make a base hollow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hollow {
    /// Least thickness of every wall, in mm.
    pub wall_mm: f64,
    /// How many drain holes in the bottom.
    pub drain_holes: usize,
}

impl Default for Hollow {
    /// The wall and the holes of `tables/base_presets.toml`.
    fn default() -> Self {
        let common = common();
        Self {
            wall_mm: common.usual_wall.value,
            // A small whole number, as a test of the table makes sure.
            drain_holes: common.drain_holes.value as usize,
        }
    }
}

/// Room that must stay solid besides the wall, in mm.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sunk {
    pub back: f64,
    pub bottom: f64,
}

/// A cavity: its surface, facing into the cavity, and its drain holes.
pub(super) struct Cavity {
    pub points: Vec<Point>,
    pub floor: Vec<[u32; 3]>,
    /// The roof's border rings by point numbers.
    contours: Vec<Vec<u32>>,
    pub roof_height: f64,
    pub drains: Vec<[f64; 2]>,
    pub drain_radius: f64,
}

impl Cavity {
    /// The cavity under an upper surface given by points and faces; `None` when there is no room.
    pub fn carve(
        points: &[Point],
        faces: &[[u32; 3]],
        outline: &Outline,
        bottom: f64,
        wall: f64,
        sunk: Sunk,
    ) -> Option<Self> {
        let roof = f64::from((bottom - wall - sunk.bottom) as f32);
        let mut grid = Grid::over(outline);
        grid.roll(points, faces, wall + SAMPLE_SLACK);
        grid.keep_clear_of(outline, roof, wall + sunk.back + 0.5 * STEP);
        grid.surface(roof).without_small_parts()
    }

    /// Places `count` holes of a diameter, alternately on the patient's left and right, each as near to the middle
    /// of its half as the room allows, none within `keep_off`. False when there is no place.
    pub fn drill(&mut self, count: usize, diameter: f64, keep_off: Option<&Room>) -> bool {
        self.drain_radius = 0.5 * diameter;
        let clearance = self.drain_radius + 1.0;
        let rim: Vec<[f64; 2]> = self.contours.iter().flatten().map(|&v| self.flat(v)).collect();
        let candidates: Vec<[f64; 2]> = (0..self.points.len() as u32)
            .map(|v| (v, self.flat(v)))
            // Only inner grid points of the floor: contour points lie on the roof.
            .filter(|(v, p)| {
                self.points[*v as usize].z < self.roof_height
                    && keep_off.is_none_or(|room| !room.touches(*p, clearance))
                    && rim.iter().all(|q| distance(*p, *q) > clearance)
            })
            .map(|(_, p)| p)
            .collect();
        for i in 0..count {
            let left = i % 2 == 0;
            let half: Vec<&[f64; 2]> = candidates
                .iter()
                .filter(|p| count == 1 || (p[0] > 0.0) == left)
                .collect();
            let mean = [0, 1].map(|k| half.iter().map(|p| p[k]).sum::<f64>() / half.len().max(1) as f64);
            let apart = |p: &[f64; 2]| self.drains.iter().all(|q| distance(*q, *p) > 2.0 * clearance);
            let best = half
                .into_iter()
                .filter(|p| apart(p))
                .min_by(|a, b| distance(**a, mean).total_cmp(&distance(**b, mean)));
            match best {
                Some(p) => self.drains.push(*p),
                None => return false,
            }
        }
        true
    }

    /// A drain hole's ring, counter-clockwise seen from the base.
    pub fn drain_ring(&self, centre: [f64; 2]) -> Vec<[f64; 2]> {
        (0..DRAIN_SIDES)
            .map(|i| {
                let angle = std::f64::consts::TAU * i as f64 / DRAIN_SIDES as f64;
                [
                    centre[0] + self.drain_radius * angle.cos(),
                    centre[1] + self.drain_radius * angle.sin(),
                ]
            })
            .collect()
    }

    /// Appends the cavity's surface, roof and drain walls. `drain_feet` are the drains' rings in the bottom.
    pub fn append(
        &self,
        drain_feet: &[Vec<u32>],
        points: &mut Vec<Point>,
        faces: &mut Vec<[u32; 3]>,
    ) -> Result<(), RingsCross> {
        let offset = points.len() as u32;
        points.extend_from_slice(&self.points);
        faces.extend(self.floor.iter().map(|f| f.map(|v| v + offset)));
        let mut flat = Vec::new();
        let mut ids = Vec::new();
        let mut rings = Vec::new();
        for contour in &self.contours {
            let first = flat.len() as u32;
            flat.extend(contour.iter().map(|&v| self.flat(v)));
            ids.extend(contour.iter().map(|&v| v + offset));
            rings.push((Kind::Outline, (first..flat.len() as u32).collect::<Vec<_>>()));
        }
        for feet in drain_feet {
            let first = flat.len() as u32;
            for &foot in feet {
                let p = points[foot as usize];
                flat.push([p.x, p.y]);
                ids.push(points.len() as u32);
                points.push(Point::new(p.x, p.y, self.roof_height));
            }
            let ring: Vec<u32> = (first..flat.len() as u32).collect();
            for i in 0..feet.len() {
                let j = (i + 1) % feet.len();
                let (r, next_r) = (ids[ring[i] as usize], ids[ring[j] as usize]);
                faces.extend([[feet[i], feet[j], next_r], [feet[i], next_r, r]]);
            }
            rings.push((Kind::Drain, ring));
        }
        let roof = triangulate(&flat, &rings)?;
        faces.extend(
            roof.within(Kind::Outline as u8)
                .map(|[a, b, c]| [a, c, b].map(|v| ids[v as usize])),
        );
        Ok(())
    }

    fn flat(&self, v: u32) -> [f64; 2] {
        let p = self.points[v as usize];
        [p.x, p.y]
    }

    fn without_small_parts(mut self) -> Option<Self> {
        let mut parts = super::trim::Parts::new(self.points.len());
        for f in &self.floor {
            parts.join(f[0], f[1]);
            parts.join(f[1], f[2]);
        }
        let mut area = vec![0.0; self.points.len()];
        for f in &self.floor {
            let [a, b, c] = f.map(|v| self.flat(v));
            area[parts.root(f[0]) as usize] +=
                0.5 * ((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
        }
        let mut large = |v: u32| area[parts.root(v) as usize] >= LEAST_PART;
        self.floor.retain(|f| large(f[0]));
        self.contours.retain(|c| large(c[0]));
        (!self.floor.is_empty()).then_some(self)
    }
}

/// Heights of the cavity's floor on a square grid at fixed places of the cast frame.
struct Grid {
    first: [i64; 2],
    columns: usize,
    rows: usize,
    height: Vec<f64>,
}

impl Grid {
    fn over(outline: &Outline) -> Self {
        let fold = |i: usize, f: fn(f64, f64) -> f64, s: f64| outline.points.iter().map(|p| p[i]).fold(s, f);
        let first = [0, 1].map(|i| (fold(i, f64::min, f64::INFINITY) / STEP).floor() as i64);
        let last = [0, 1].map(|i| (fold(i, f64::max, f64::NEG_INFINITY) / STEP).ceil() as i64);
        let (columns, rows) = (
            (last[0] - first[0] + 1) as usize,
            (last[1] - first[1] + 1) as usize,
        );
        Self {
            first,
            columns,
            rows,
            height: vec![f64::NEG_INFINITY; columns * rows],
        }
    }

    fn x(&self, column: usize) -> f64 {
        (self.first[0] + column as i64) as f64 * STEP
    }

    fn y(&self, row: usize) -> f64 {
        (self.first[1] + row as i64) as f64 * STEP
    }

    /// Rolls balls of a radius over a surface.
    fn roll(&mut self, points: &[Point], faces: &[[u32; 3]], radius: f64) {
        // Neighbours share corners: each is taken once.
        let mut taken = vec![false; points.len()];
        for f in faces {
            let [a, b, c] = f.map(|v| points[v as usize]);
            for &v in f {
                if !std::mem::replace(&mut taken[v as usize], true) {
                    self.ball(&points[v as usize], radius);
                }
            }
            let longest = (b - a).norm().max((c - b).norm()).max((a - c).norm());
            let pieces = (longest / SAMPLE).ceil().max(1.0) as usize;
            for i in 0..=pieces {
                for j in 0..=pieces - i {
                    let is_corner = [i, j, pieces - i - j].contains(&pieces);
                    if !is_corner {
                        let (s, t) = (i as f64 / pieces as f64, j as f64 / pieces as f64);
                        self.ball(&(a + (b - a) * s + (c - a) * t), radius);
                    }
                }
            }
        }
    }

    fn ball(&mut self, centre: &Point, radius: f64) {
        let reach = radius + CELL_SLACK;
        let span = |i: usize, count: usize| {
            let low = ((centre[i] - reach) / STEP).ceil() as i64 - self.first[i];
            let high = ((centre[i] + reach) / STEP).floor() as i64 - self.first[i];
            low.max(0) as usize..(high + 1).clamp(0, count as i64) as usize
        };
        let (columns, rows) = (span(0, self.columns), span(1, self.rows));
        for row in rows {
            let dy = self.y(row) - centre.y;
            for column in columns.clone() {
                let dx = self.x(column) - centre.x;
                let d = ((dx * dx + dy * dy).sqrt() - CELL_SLACK).max(0.0);
                if d < radius {
                    let height = centre.z + (radius * radius - d * d).sqrt();
                    let at = row * self.columns + column;
                    self.height[at] = self.height[at].max(height);
                }
            }
        }
    }

    /// Raises the floor above the roof within `clear` of the outline, and steeply towards it.
    fn keep_clear_of(&mut self, outline: &Outline, roof: f64, clear: f64) {
        for row in 0..self.rows {
            for column in 0..self.columns {
                let p = [self.x(column), self.y(row)];
                let side = roof + SIDE_SLOPE * (clear - depth_inside(&outline.points, p));
                let at = row * self.columns + column;
                self.height[at] = self.height[at].max(side);
            }
        }
    }

    /// The surface of the part of the floor that lies below the roof.
    fn surface(&self, roof: f64) -> Cavity {
        let mut carver = Carver {
            grid: self,
            roof,
            id_of: std::collections::HashMap::new(),
            points: Vec::new(),
            floor: Vec::new(),
            sides: Vec::new(),
        };
        for row in 0..self.rows.saturating_sub(1) {
            for column in 0..self.columns.saturating_sub(1) {
                let a = (row * self.columns + column) as u32;
                let (b, c) = (a + 1, a + self.columns as u32);
                let d = c + 1;
                // Diagonals are mirrored with the half, so that a mirrored arch gets the mirrored cavity.
                if self.first[0] + column as i64 >= 0 {
                    carver.triangle([a, b, d]);
                    carver.triangle([a, d, c]);
                } else {
                    carver.triangle([a, b, c]);
                    carver.triangle([b, d, c]);
                }
            }
        }
        Cavity {
            contours: super::trim::join_rings(&carver.sides),
            points: carver.points,
            floor: carver.floor,
            roof_height: roof,
            drains: Vec::new(),
            drain_radius: 0.0,
        }
    }
}

/// Cuts the grid's triangles at the roof.
struct Carver<'a> {
    grid: &'a Grid,
    roof: f64,
    /// Grid points by (v, v), contour points by the ends of their edge. Only looked up, never walked through.
    id_of: std::collections::HashMap<(u32, u32), u32>,
    points: Vec<Point>,
    floor: Vec<[u32; 3]>,
    /// Contour sides, running with the cavity on their left seen from the base.
    sides: Vec<[u32; 2]>,
}

impl Carver<'_> {
    fn triangle(&mut self, t: [u32; 3]) {
        let inside = t.map(|v| self.grid.height[v as usize] < self.roof);
        let lone = |wanted: bool| (0..3).find(|&i| inside[i] == wanted);
        match inside.iter().filter(|&&i| i).count() {
            3 => {
                let f = t.map(|v| self.inner(v));
                self.floor.push(f);
            }
            1 => {
                if let Some(i) = lone(true) {
                    let [a, b, c] = [0, 1, 2].map(|k| t[(i + k) % 3]);
                    let (p, q) = (self.rim(a, b), self.rim(a, c));
                    let a = self.inner(a);
                    self.floor.push([a, p, q]);
                    self.sides.push([p, q]);
                }
            }
            2 => {
                if let Some(i) = lone(false) {
                    let [a, b, c] = [0, 1, 2].map(|k| t[(i + k) % 3]);
                    let (p, q) = (self.rim(b, a), self.rim(c, a));
                    let (b, c) = (self.inner(b), self.inner(c));
                    self.floor.extend([[p, b, c], [p, c, q]]);
                    self.sides.push([q, p]);
                }
            }
            _ => {}
        }
    }

    fn place(&self, v: u32) -> Point {
        let (row, column) = (v as usize / self.grid.columns, v as usize % self.grid.columns);
        Point::new(
            self.grid.x(column),
            self.grid.y(row),
            self.grid.height[v as usize],
        )
    }

    fn inner(&mut self, v: u32) -> u32 {
        let p = self.place(v);
        self.add((v, v), single(p))
    }

    fn rim(&mut self, inside: u32, outside: u32) -> u32 {
        let (p, q) = (self.place(inside), self.place(outside));
        let t = ((self.roof - p.z) / (q.z - p.z)).clamp(END_CLEARANCE, 1.0 - END_CLEARANCE);
        let t = if t.is_finite() { t } else { END_CLEARANCE };
        let at = Point::new(p.x + t * (q.x - p.x), p.y + t * (q.y - p.y), self.roof);
        self.add((inside.min(outside), inside.max(outside)), single(at))
    }

    fn add(&mut self, key: (u32, u32), p: Point) -> u32 {
        let next = self.points.len() as u32;
        let id = *self.id_of.entry(key).or_insert(next);
        if id == next {
            self.points.push(p);
        }
        id
    }
}

/// Distance from the polygon's border, negative outside.
fn depth_inside(polygon: &[[f64; 2]], p: [f64; 2]) -> f64 {
    let mut nearest = f64::INFINITY;
    let mut inside = false;
    for i in 0..polygon.len() {
        let (a, b) = (polygon[i], polygon[(i + 1) % polygon.len()]);
        let (d, e) = ([b[0] - a[0], b[1] - a[1]], [p[0] - a[0], p[1] - a[1]]);
        let t = ((d[0] * e[0] + d[1] * e[1]) / (d[0] * d[0] + d[1] * d[1])).clamp(0.0, 1.0);
        nearest = nearest.min((e[0] - t * d[0]).powi(2) + (e[1] - t * d[1]).powi(2));
        if (a[1] <= p[1]) != (b[1] <= p[1]) && p[0] < a[0] + (p[1] - a[1]) / d[1] * d[0] {
            inside = !inside;
        }
    }
    if inside { nearest.sqrt() } else { -nearest.sqrt() }
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}
