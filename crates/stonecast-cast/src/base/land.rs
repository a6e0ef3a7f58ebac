//! The land: the upper surface of a base, from the trim lines out to the outline, and the interface under the
//! anatomy that closes the base when it stands alone.
//!
//! Units: mm. Frame: the base frame (x, y of the cast frame; z towards the base, so that the land is seen from -z).
//!
//! Steps:
//! 1. [`Land::build`] triangulates the outline with all trim lines as edges and a lattice of inner points.
//! 2. Land points lie on the trim surface, but no deeper than the deepest trim line: the land leaves the anatomy
//!    level and rounds off towards the base; a tongue's space gets a floor.
//! 3. Interface points, under the anatomy, clear it by a gap.
//!
//! Both are functions of x and y over one triangulation, so neither can cross itself; and since the anatomy ends
//! at the trim surface, the land cannot cross the anatomy.

use stonecast_mesh::Point;

use super::{
    outline::Outline,
    planar::{Kind, RingsCross, triangulate},
    trim::{Trimmed, single},
    trim_surface::TrimSurface,
};

/// Spacing of the lattice: the land bends with radii of some millimetres.
const SPACING: f64 = 1.25;
/// Lattice points nearer than this to a ring are left out, so that triangles stay well shaped.
const RING_CLEARANCE: f64 = 0.5 * SPACING;
/// How far the interface stays behind the anatomy.
const INTERFACE_GAP: f64 = 1.0;
/// Within this distance in the plane a point of the anatomy lifts the interface: wider than a scan's triangle.
const INTERFACE_REACH: f64 = 1.5;
/// The land bends from the trim surface into its floor over this height.
const BEND: f64 = 0.5;

/// Why there is no land.
pub(super) enum LandFault {
    /// Trim lines cross each other.
    Cross,
    /// These trim lines (by number) do not separate land from stone: surfaces inside the stone, or inside out.
    Inconsistent(Vec<usize>),
    /// These points of the sheet, kept so far, rise through the land.
    Pierced(Vec<u32>),
}

impl From<RingsCross> for LandFault {
    fn from(_: RingsCross) -> Self {
        Self::Cross
    }
}

/// The triangulated upper surface of a base.
pub(super) struct Land {
    /// First the points of the trim lines in the order of [`Trimmed::rings`], then the outline, then inner points.
    pub points: Vec<Point>,
    /// How many points lie on trim lines.
    pub ring_points: usize,
    /// How many points the outline has.
    pub outline_points: usize,
    /// Faces from the trim lines to the outline, facing -z.
    pub land: Vec<[u32; 3]>,
    /// Faces under the anatomy, facing -z.
    pub interface: Vec<[u32; 3]>,
}

impl Land {
    /// The land of a trimmed anatomy within an outline.
    pub fn build(trimmed: &Trimmed, surface: &TrimSurface, outline: &Outline) -> Result<Self, LandFault> {
        let ring_ids: Vec<u32> = trimmed.rings.iter().flatten().copied().collect();
        let ring_points = ring_ids.len();
        let mut flat: Vec<[f64; 2]> = ring_ids
            .iter()
            .map(|&v| [trimmed.points[v as usize].x, trimmed.points[v as usize].y])
            .collect();
        flat.extend(&outline.points);
        let outline_points = outline.points.len();
        let lattice = lattice(&flat, &outline.points);
        flat.extend(&lattice);

        let mut rings = Vec::new();
        let mut first = 0u32;
        for ring in &trimmed.rings {
            rings.push((
                Kind::TrimLine,
                (first..first + ring.len() as u32).collect::<Vec<_>>(),
            ));
            first += ring.len() as u32;
        }
        rings.push((Kind::Outline, (first..first + outline_points as u32).collect()));
        let planar = triangulate(&flat, &rings)?;
        let faces = |kinds: u8| {
            planar
                .within(kinds)
                .map(|[a, b, c]| [a, c, b])
                .collect::<Vec<_>>()
        };
        let land = faces(Kind::Outline as u8);
        let interface = faces(Kind::Outline as u8 | Kind::TrimLine as u8);
        check_sides(&rings, &land)?;
        check_risers(trimmed, &rings, &flat)?;

        // A bend's height above the trim lines, so that at the lines the land is the trim surface itself.
        let floor = ring_ids
            .iter()
            .map(|&v| trimmed.points[v as usize].z + BEND)
            .fold(f64::NEG_INFINITY, f64::max);
        let mut points: Vec<Point> = ring_ids.iter().map(|&v| trimmed.points[v as usize]).collect();
        points.extend(
            flat[ring_points..]
                .iter()
                .map(|&[x, y]| single(Point::new(x, y, soft_least(surface.height(x, y), floor)))),
        );
        let mut lifted = Self {
            points,
            ring_points,
            outline_points,
            land,
            interface,
        };
        lifted.lift_interface(trimmed);
        Ok(lifted)
    }

    /// Lifts the inner points of the interface clear of the anatomy.
    fn lift_interface(&mut self, trimmed: &Trimmed) {
        let first = (self.ring_points + self.outline_points) as u32;
        let mut inner: Vec<u32> = self
            .interface
            .iter()
            .flatten()
            .copied()
            .filter(|&v| v >= first)
            .collect();
        inner.sort_unstable();
        inner.dedup();
        let bins = Bins::new(
            inner
                .iter()
                .map(|&v| (v, [self.points[v as usize].x, self.points[v as usize].y])),
        );
        for p in &trimmed.points {
            bins.near([p.x, p.y], INTERFACE_REACH, |v| {
                let q = &mut self.points[v as usize];
                q.z = q.z.max(f64::from((p.z + INTERFACE_GAP) as f32));
            });
        }
    }

    /// The deepest point towards the base.
    pub fn top(&self) -> f64 {
        self.points.iter().map(|p| p.z).fold(f64::NEG_INFINITY, f64::max)
    }
}

/// The lesser of two heights, bent over [`BEND`] so that no crease shows; never above either.
fn soft_least(a: f64, b: f64) -> f64 {
    let overlap = (BEND - (a - b).abs()).max(0.0);
    a.min(b) - overlap * overlap / (4.0 * BEND)
}

/// A triangular lattice inside the outline, clear of all ring points. It lies at fixed places of the cast frame,
/// symmetric about the midline.
fn lattice(ring_points: &[[f64; 2]], outline: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let fold = |i: usize, f: fn(f64, f64) -> f64, s: f64| outline.iter().map(|p| p[i]).fold(s, f);
    let (left, rear) = (fold(0, f64::max, 0.0), fold(1, f64::max, f64::NEG_INFINITY));
    let front = fold(1, f64::min, f64::INFINITY);
    let row_step = SPACING * 0.75f64.sqrt();
    let bins = Bins::new(ring_points.iter().enumerate().map(|(i, p)| (i as u32, *p)));
    let mut points = Vec::new();
    for row in (front / row_step).floor() as i64..=(rear / row_step).ceil() as i64 {
        let y = f64::from((row as f64 * row_step) as f32);
        let crossings = crossings(outline, y);
        let columns = (left / SPACING).ceil() as i64;
        let shift = if row.rem_euclid(2) == 0 { 0.0 } else { 0.5 };
        for column in -columns - 1..=columns {
            let x = f64::from(((column as f64 + shift) * SPACING) as f32);
            let inside = crossings.iter().filter(|&&c| c < x).count() % 2 == 1;
            let mut clear = inside;
            if inside {
                bins.near([x, y], RING_CLEARANCE, |_| clear = false);
            }
            if clear {
                points.push([x, y]);
            }
        }
    }
    points
}

/// Where a polygon crosses the line of constant y.
fn crossings(polygon: &[[f64; 2]], y: f64) -> Vec<f64> {
    let mut found = Vec::new();
    for i in 0..polygon.len() {
        let (p, q) = (polygon[i], polygon[(i + 1) % polygon.len()]);
        if (p[1] <= y) != (q[1] <= y) {
            found.push(p[0] + (y - p[1]) / (q[1] - p[1]) * (q[0] - p[0]));
        }
    }
    found
}

/// Every trim line must have land on one side: its sides, reversed, are sides of land faces.
fn check_sides(rings: &[(Kind, Vec<u32>)], land: &[[u32; 3]]) -> Result<(), LandFault> {
    let sides: std::collections::HashSet<[u32; 2]> = land
        .iter()
        .flat_map(|&[a, b, c]| [[a, b], [b, c], [c, a]])
        .collect();
    let trim_lines = rings.iter().filter(|(kind, _)| *kind == Kind::TrimLine);
    let wrong: Vec<usize> = trim_lines
        .enumerate()
        .filter(|(_, (_, ring))| {
            (0..ring.len()).any(|i| !sides.contains(&[ring[(i + 1) % ring.len()], ring[i]]))
        })
        .map(|(number, _)| number)
        .collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(LandFault::Inconsistent(wrong))
    }
}

/// Parts of the anatomy beyond the trim surface must lie behind the anatomy, not over the land.
fn check_risers(trimmed: &Trimmed, rings: &[(Kind, Vec<u32>)], flat: &[[f64; 2]]) -> Result<(), LandFault> {
    if trimmed.risers.is_empty() {
        return Ok(());
    }
    let lines: Vec<Vec<[f64; 2]>> = rings
        .iter()
        .filter(|(kind, _)| *kind == Kind::TrimLine)
        .map(|(_, ring)| ring.iter().map(|&v| flat[v as usize]).collect())
        .collect();
    let over_land = |&&[_, v]: &&[u32; 2]| {
        let p = trimmed.points[v as usize];
        let left_of = |line: &Vec<[f64; 2]>| crossings(line, p.y).into_iter().filter(|&c| c < p.x).count();
        lines.iter().map(left_of).sum::<usize>() % 2 == 0
    };
    let piercing: Vec<u32> = trimmed.risers.iter().filter(over_land).map(|r| r[0]).collect();
    if piercing.is_empty() {
        Ok(())
    } else {
        Err(LandFault::Pierced(piercing))
    }
}

/// Points of the plane in square bins, for finding those near a place.
struct Bins {
    low: [f64; 2],
    columns: usize,
    rows: usize,
    start: Vec<u32>,
    items: Vec<(u32, [f64; 2])>,
}

/// Width of a bin: about the greatest distance asked for.
const BIN: f64 = INTERFACE_REACH;

impl Bins {
    fn new(items: impl Iterator<Item = (u32, [f64; 2])>) -> Self {
        let items: Vec<(u32, [f64; 2])> = items.collect();
        let fold = |i: usize, f: fn(f64, f64) -> f64, s: f64| items.iter().map(|(_, p)| p[i]).fold(s, f);
        let low = [0, 1].map(|i| fold(i, f64::min, f64::INFINITY));
        let high = [0, 1].map(|i| fold(i, f64::max, f64::NEG_INFINITY));
        let count = |i: usize| {
            if items.is_empty() {
                0
            } else {
                ((high[i] - low[i]) / BIN) as usize + 1
            }
        };
        let mut bins = Self {
            low,
            columns: count(0),
            rows: count(1),
            start: vec![0; count(0) * count(1) + 1],
            items: Vec::new(),
        };
        let bin =
            |p: [f64; 2]| ((p[1] - low[1]) / BIN) as usize * bins.columns + ((p[0] - low[0]) / BIN) as usize;
        let mut keyed: Vec<(usize, (u32, [f64; 2]))> =
            items.into_iter().map(|item| (bin(item.1), item)).collect();
        keyed.sort_by_key(|(b, _)| *b);
        for (b, _) in &keyed {
            bins.start[b + 1] += 1;
        }
        for b in 1..bins.start.len() {
            bins.start[b] += bins.start[b - 1];
        }
        bins.items = keyed.into_iter().map(|(_, item)| item).collect();
        bins
    }

    fn near(&self, p: [f64; 2], reach: f64, mut found: impl FnMut(u32)) {
        let span = |i: usize, count: usize| {
            let low = ((p[i] - reach - self.low[i]) / BIN).floor().max(0.0) as usize;
            let high = ((p[i] + reach - self.low[i]) / BIN).floor() + 1.0;
            low..(high.max(0.0) as usize).min(count)
        };
        if self.items.is_empty() {
            return;
        }
        for row in span(1, self.rows) {
            for column in span(0, self.columns) {
                let b = row * self.columns + column;
                for (v, q) in &self.items[self.start[b] as usize..self.start[b + 1] as usize] {
                    if (q[0] - p[0]).powi(2) + (q[1] - p[1]).powi(2) < reach * reach {
                        found(*v);
                    }
                }
            }
        }
    }
}
