//! The midline: the line in the occlusal plane about which the crowns mirror themselves best.
//!
//! Units: mm, radians. Frame: the plane's own axes `u`, `v` about a point on it.
//!
//! Steps
//! 1. [`ArchMap::of`]: crown weight dropped onto the plane, in cells.
//! 2. [`ArchMap::survey`]: every direction and offset of a mirror line, scored by the overlap of the map with its
//!    mirror image under a kernel. The kernels are wider than a tooth, or a mirror that maps each tooth to its
//!    neighbour would score as well as the right one.
//! 3. [`ArchMap::refine`]: the best few lines climb to their maxima; each step is the closed-form best line for the
//!    pairs that the kernel joins.
//! 4. [`opening`]: the arch opens backwards: there the crowns are far from the line.
//!
//! Limits: teeth lost on one side pull the line by a few degrees when others have drifted into the gap.

use std::collections::BTreeMap;
use std::f64::consts::PI;

use nalgebra::{Matrix2, Point2, Vector2};

/// A mirror line `{ q : q·normal = offset }` and its score.
#[derive(Clone, Copy, Debug)]
pub(super) struct MirrorLine {
    /// Unit normal: the left-right direction, its sign not yet known.
    pub normal: Vector2<f64>,
    /// Distance from the origin along the normal.
    pub offset: f64,
    /// Overlap of the map with its mirror image: 1 for a perfect mirror.
    pub score: f64,
}

impl MirrorLine {
    /// The angle between two lines, 0 to a right angle.
    pub fn angle_to(&self, other: &Self) -> f64 {
        self.normal.dot(&other.normal).abs().min(1.0).acos()
    }
}

/// What [`ArchMap::survey`] finds.
pub(super) struct Survey {
    /// The best lines; never empty.
    pub lines: Vec<MirrorLine>,
    /// Standard deviation of the direction, radians, over all lines by how well they score.
    pub spread: f64,
    /// The best score of a line more than 20° off the best.
    pub rival: f64,
}

/// Crown weight in the plane.
pub(super) struct ArchMap {
    cells: Vec<(Point2<f64>, f64)>,
    centre: Point2<f64>,
    kernels: Vec<Kernel>,
}

/// `(1 - d²/r²)³`, scaled so that the map's overlap with itself is 1.
struct Kernel {
    radius2: f64,
    scale: f64,
}

impl ArchMap {
    /// The map of weighted points, never without a cell; `None` when nothing weighs.
    pub fn of(points: impl Iterator<Item = (Point2<f64>, f64)>, cell: f64, radii: &[f64]) -> Option<Self> {
        let mut held: BTreeMap<(i64, i64), (Vector2<f64>, f64)> = BTreeMap::new();
        for (q, w) in points {
            let key = ((q.x / cell).round() as i64, (q.y / cell).round() as i64);
            let entry = held.entry(key).or_insert((Vector2::zeros(), 0.0));
            entry.0 += q.coords * w;
            entry.1 += w;
        }
        let heaviest = held.values().map(|h| h.1).fold(0.0, f64::max);
        // Cells with less than a fiftieth of the heaviest hold no crown, and cost as much as the others.
        let cells: Vec<_> = held
            .into_values()
            .filter(|h| h.1 > 0.02 * heaviest)
            .map(|(sum, w)| (Point2::from(sum / w), w))
            .collect();
        let total: f64 = cells.iter().map(|c| c.1).sum();
        if total <= 0.0 {
            return None;
        }
        let centre = Point2::from(cells.iter().map(|c| c.0.coords * c.1).sum::<Vector2<f64>>() / total);
        let kernels = radii
            .iter()
            .map(|r| {
                let radius2 = r * r;
                let own: f64 = pairs(&cells, &cells)
                    .map(|(a, b)| a.1 * b.1 * cubed((a.0 - b.0).norm_squared(), radius2))
                    .sum();
                Kernel {
                    radius2,
                    scale: 1.0 / (own * radii.len() as f64),
                }
            })
            .collect();
        Some(Self {
            cells,
            centre,
            kernels,
        })
    }

    /// The most promising lines, no two within `apart` radians, the best first; and what they leave open.
    pub fn survey(&self, count: usize, apart: f64) -> Survey {
        // 3° and 1 mm: well inside the kernels' reach at the arch's ends. 14 mm to either side of the centroid
        // covers an arch of which one side is missing.
        const ANGLES: u32 = 60;
        let raster = Raster::of(self);
        let mut best_of_angle: Vec<MirrorLine> = Vec::new();
        for step in 0..ANGLES {
            let angle = f64::from(step) * PI / f64::from(ANGLES);
            let normal = Vector2::new(angle.cos(), angle.sin());
            let lines = (-14..=14).map(|shift| {
                let offset = self.centre.coords.dot(&normal) + f64::from(shift);
                let overlap = |(q, w): &(Point2<f64>, f64)| w * raster.at(&mirrored(q, &normal, offset));
                MirrorLine {
                    normal,
                    offset,
                    score: self.cells.iter().map(overlap).sum(),
                }
            });
            best_of_angle.extend(lines.max_by(|a, b| a.score.total_cmp(&b.score)));
        }
        let mut ranked = best_of_angle.clone();
        ranked.sort_by(|a, b| b.score.total_cmp(&a.score));
        let mut lines: Vec<MirrorLine> = Vec::new();
        for line in ranked {
            if lines.len() < count && lines.iter().all(|c| line.angle_to(c) > apart) {
                lines.push(line);
            }
        }
        let best = lines[0];
        let (mut total, mut squares, mut rival) = (0.0, 0.0, 0.0f64);
        for line in &best_of_angle {
            let angle = line.angle_to(&best);
            // A line whose overlap is worse by a fiftieth is e times less likely: the overlap of two halves of one
            // arch differs by about that much from that of two arches.
            let weight = ((line.score - best.score) / 0.02).exp();
            total += weight;
            squares += weight * angle * angle;
            if angle > 20f64.to_radians() {
                rival = rival.max(line.score);
            }
        }
        Survey {
            lines,
            spread: (squares / total).sqrt(),
            rival,
        }
    }

    /// Climbs to the nearest maximum of the overlap.
    pub fn refine(&self, mut line: MirrorLine) -> MirrorLine {
        for _ in 0..60 {
            let (mut weight, mut middle, mut score) = (0.0, Vector2::zeros(), 0.0);
            let mut joined: Vec<(Vector2<f64>, Vector2<f64>, f64)> = Vec::new();
            for (a, wa) in &self.cells {
                let image = mirrored(a, &line.normal, line.offset);
                for (b, wb) in &self.cells {
                    let d2 = (image - b).norm_squared();
                    let mut k = 0.0;
                    for kernel in &self.kernels {
                        let inside = (1.0 - d2 / kernel.radius2).max(0.0);
                        // The slope of the kernel by the squared distance, so that a fixed point is a maximum.
                        k += inside * inside * kernel.scale / kernel.radius2;
                        score += wa * wb * inside * inside * inside * kernel.scale;
                    }
                    if k > 0.0 {
                        let w = wa * wb * k;
                        weight += w;
                        middle += (a.coords + b.coords) * (0.5 * w);
                        joined.push((a.coords, b.coords, w));
                    }
                }
            }
            line.score = score;
            if weight <= 0.0 {
                return line;
            }
            middle /= weight;
            let mut moment = Matrix2::zeros();
            for (a, b, w) in &joined {
                moment += (a - middle) * (b - middle).transpose() * *w;
            }
            let normal = least_eigenvector(&(moment + moment.transpose()));
            let normal = if normal.dot(&line.normal) < 0.0 {
                -normal
            } else {
                normal
            };
            let offset = middle.dot(&normal);
            let moved = (normal - line.normal).norm() * 30.0 + (offset - line.offset).abs();
            line = MirrorLine {
                normal,
                offset,
                ..line
            };
            if moved < 1e-10 {
                break;
            }
        }
        line
    }
}

/// Which way along the line the arch opens: the correlation, -1..1, between the crowns' place along `normal`
/// rotated a quarter turn and their distance from the line.
pub(super) fn opening(map: &ArchMap, line: &MirrorLine) -> f64 {
    let along = Vector2::new(-line.normal.y, line.normal.x);
    let total: f64 = map.cells.iter().map(|c| c.1).sum();
    let mean = |f: &dyn Fn(&Point2<f64>) -> f64| map.cells.iter().map(|(q, w)| w * f(q)).sum::<f64>() / total;
    let place = |q: &Point2<f64>| q.coords.dot(&along);
    let away = |q: &Point2<f64>| (q.coords.dot(&line.normal) - line.offset).abs();
    let (mp, ma) = (mean(&place), mean(&away));
    let covariance = mean(&|q| (place(q) - mp) * (away(q) - ma));
    let (vp, va) = (
        mean(&|q| (place(q) - mp).powi(2)),
        mean(&|q| (away(q) - ma).powi(2)),
    );
    covariance / (vp * va).sqrt().max(f64::MIN_POSITIVE)
}

/// The map spread by its kernels over a grid of 1 mm, to look the overlap up.
struct Raster {
    low: Point2<f64>,
    size: [usize; 2],
    values: Vec<f64>,
}

impl Raster {
    fn of(map: &ArchMap) -> Self {
        let reach = map.kernels.iter().map(|k| k.radius2).fold(0.0, f64::max).sqrt();
        let (mut low, mut high) = (map.cells[0].0, map.cells[0].0);
        for (q, _) in &map.cells {
            low = low.inf(q);
            high = high.sup(q);
        }
        let pad = Vector2::repeat(reach + 1.0);
        let (low, high) = (low - pad, high + pad);
        let size = [
            (high.x - low.x).ceil() as usize + 1,
            (high.y - low.y).ceil() as usize + 1,
        ];
        let mut values = vec![0.0; size[0] * size[1]];
        for (q, w) in &map.cells {
            let at = q - low;
            let (i0, i1) = (
                (at.x - reach).ceil().max(0.0) as usize,
                (at.x + reach).floor() as usize,
            );
            let (j0, j1) = (
                (at.y - reach).ceil().max(0.0) as usize,
                (at.y + reach).floor() as usize,
            );
            for i in i0..=i1.min(size[0] - 1) {
                for j in j0..=j1.min(size[1] - 1) {
                    let d2 = (Vector2::new(i as f64, j as f64) - at).norm_squared();
                    let value: f64 = map.kernels.iter().map(|k| k.scale * cubed(d2, k.radius2)).sum();
                    values[i * size[1] + j] += w * value;
                }
            }
        }
        Self { low, size, values }
    }

    fn at(&self, q: &Point2<f64>) -> f64 {
        let d = q - self.low;
        let (i, j) = (d.x.round(), d.y.round());
        if i < 0.0 || j < 0.0 || i >= self.size[0] as f64 || j >= self.size[1] as f64 {
            return 0.0;
        }
        self.values[i as usize * self.size[1] + j as usize]
    }
}

fn mirrored(q: &Point2<f64>, normal: &Vector2<f64>, offset: f64) -> Point2<f64> {
    q - normal * (2.0 * (q.coords.dot(normal) - offset))
}

fn cubed(d2: f64, radius2: f64) -> f64 {
    (1.0 - d2 / radius2).max(0.0).powi(3)
}

fn pairs<'a, T>(a: &'a [T], b: &'a [T]) -> impl Iterator<Item = (&'a T, &'a T)> {
    a.iter().flat_map(move |x| b.iter().map(move |y| (x, y)))
}

fn least_eigenvector(m: &Matrix2<f64>) -> Vector2<f64> {
    let eigen = m.symmetric_eigen();
    let k = usize::from(eigen.eigenvalues[1] < eigen.eigenvalues[0]);
    eigen.eigenvectors.column(k).normalize()
}
