//! The midline: the line in the occlusal plane about which the crowns mirror themselves best.
//!
//! Units: mm, radians. Frame: the plane's own axes `u`, `v` about a point on it.
//!
//! Steps
//! 1. [`ArchMap::of`]: crown area dropped onto the plane, in cells; its root is taken, so that a missing molar weighs no
//!    more than a missing incisor. Around each cell the arch's own direction gives the cell's [`Kernel`]: narrow across
//!    the arch, wide along it. Narrow across, for the form of the arch is what its halves share; wide along, for
//!    a tooth's place is not: with a kernel no wider than a tooth a line that maps each tooth onto its neighbour scores
//!    as well as the right one, and a gap on one side turns the line.
//! 2. [`ArchMap::survey`]: every direction and offset of a mirror line, scored by the overlap of the map with its
//!    mirror image.
//! 3. [`ArchMap::refine`]: the best few lines climb to their maxima by reweighted Gauss-Newton steps.
//! 4. [`opening`]: the arch opens backwards: there the crowns are far from the line.
//!
//! Limits: teeth lost on one side pull the line by a few degrees when others have drifted into the gap.

use std::collections::BTreeMap;
use std::f64::consts::PI;

use nalgebra::{Matrix2, Point2, Vector2};

/// Reaches of the mirror kernel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reaches {
    /// Across the arch.
    pub across: f64,
    /// Along it.
    pub along: f64,
    /// Within which the arch's direction is taken.
    pub direction: f64,
}

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
    cells: Vec<Cell>,
    centre: Point2<f64>,
    /// One over the map's overlap with itself.
    scale: f64,
    reach: f64,
}

/// One cell of the map.
#[derive(Clone, Copy, Debug)]
struct Cell {
    place: Point2<f64>,
    weight: f64,
    kernel: Kernel,
}

/// `(1 - dᵀ m d)³`, 0 where `dᵀ m d` exceeds 1.
#[derive(Clone, Copy, Debug)]
struct Kernel(Matrix2<f64>);

impl Kernel {
    /// What is left of 1 at displacement `d`; its cube is the kernel.
    fn left(&self, d: &Vector2<f64>) -> f64 {
        (1.0 - d.dot(&(self.0 * d))).max(0.0)
    }
}

impl ArchMap {
    /// The map of weighted points, never without a cell; `None` when nothing weighs.
    pub fn of(
        points: impl Iterator<Item = (Point2<f64>, f64)>,
        cell: f64,
        reaches: &Reaches,
    ) -> Option<Self> {
        let mut held: BTreeMap<(i64, i64), (Vector2<f64>, f64)> = BTreeMap::new();
        for (q, w) in points {
            let key = ((q.x / cell).round() as i64, (q.y / cell).round() as i64);
            let entry = held.entry(key).or_insert((Vector2::zeros(), 0.0));
            entry.0 += q.coords * w;
            entry.1 += w;
        }
        let heaviest = held.values().map(|h| h.1).fold(0.0, f64::max);
        // Cells with less than a fiftieth of the heaviest hold no crown, and cost as much as the others.
        let places: Vec<(Point2<f64>, f64)> = held
            .into_values()
            .filter(|h| h.1 > 0.02 * heaviest)
            .map(|(sum, w)| (Point2::from(sum / w), w.sqrt()))
            .collect();
        let total: f64 = places.iter().map(|c| c.1).sum();
        if total <= 0.0 {
            return None;
        }
        let centre = Point2::from(places.iter().map(|c| c.0.coords * c.1).sum::<Vector2<f64>>() / total);
        let cells: Vec<Cell> = places
            .iter()
            .map(|&(place, weight)| Cell {
                place,
                weight,
                kernel: kernel_at(&place, &places, reaches),
            })
            .collect();
        let mut own = 0.0;
        for a in &cells {
            for b in &cells {
                own += a.weight * b.weight * b.kernel.left(&(a.place - b.place)).powi(3);
            }
        }
        Some(Self {
            cells,
            centre,
            scale: 1.0 / own,
            reach: reaches.along.max(reaches.across),
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
                let overlap = |c: &Cell| c.weight * raster.at(&mirrored(&c.place, &normal, offset));
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
        for _ in 0..40 {
            let n = line.normal;
            let along = Vector2::new(-n.y, n.x);
            let (mut score, mut gradient, mut hessian) = (0.0, Vector2::zeros(), Matrix2::zeros());
            for a in &self.cells {
                let image = mirrored(&a.place, &n, line.offset);
                // How the image moves when the line turns and when it shifts.
                let turn =
                    (n * a.place.coords.dot(&along) + along * (a.place.coords.dot(&n) - line.offset)) * -2.0;
                let jacobian = Matrix2::from_columns(&[turn, n * 2.0]);
                for b in &self.cells {
                    let d = image - b.place;
                    let left = b.kernel.left(&d);
                    if left > 0.0 {
                        score += a.weight * b.weight * left * left * left;
                        // The kernel's slope by its squared distance, so that a fixed point is a maximum.
                        let pull = jacobian.transpose() * b.kernel.0 * (a.weight * b.weight * left * left);
                        gradient += pull * d;
                        hessian += pull * jacobian;
                    }
                }
            }
            line.score = score * self.scale;
            let Some(step) = hessian.try_inverse().map(|inverse| inverse * gradient) else {
                return line;
            };
            let (sin, cos) = (-step.x).sin_cos();
            line.normal = n * cos + along * sin;
            line.offset -= step.y;
            if step.x.abs() * 30.0 + step.y.abs() < 1e-10 {
                break;
            }
        }
        line
    }
}

/// The kernel of a cell: the arch's direction around it by the principal axes of the weight there.
fn kernel_at(place: &Point2<f64>, places: &[(Point2<f64>, f64)], reaches: &Reaches) -> Kernel {
    let reach2 = reaches.direction * reaches.direction;
    let near = |q: &Point2<f64>| (1.0 - (q - place).norm_squared() / reach2).max(0.0);
    let (mut sum, mut total) = (Vector2::zeros(), 0.0);
    for (q, w) in places {
        sum += q.coords * (w * near(q));
        total += w * near(q);
    }
    let mean = sum / total;
    let mut second = Matrix2::zeros();
    for (q, w) in places {
        let d = q.coords - mean;
        second += d * d.transpose() * (w * near(q));
    }
    let normal = least_eigenvector(&second);
    let tangent = Vector2::new(-normal.y, normal.x);
    Kernel(
        normal * normal.transpose() / reaches.across.powi(2)
            + tangent * tangent.transpose() / reaches.along.powi(2),
    )
}

/// Which way along the line the arch opens: the correlation, -1..1, between the crowns' place along `normal`
/// rotated a quarter turn and their distance from the line.
pub(super) fn opening(map: &ArchMap, line: &MirrorLine) -> f64 {
    let along = Vector2::new(-line.normal.y, line.normal.x);
    let total: f64 = map.cells.iter().map(|c| c.weight).sum();
    let mean = |f: &dyn Fn(&Point2<f64>) -> f64| {
        map.cells.iter().map(|c| c.weight * f(&c.place)).sum::<f64>() / total
    };
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
        let reach = map.reach;
        let first = map.cells[0].place;
        let (mut low, mut high) = (first, first);
        for cell in &map.cells {
            low = low.inf(&cell.place);
            high = high.sup(&cell.place);
        }
        let pad = Vector2::repeat(reach + 1.0);
        let (low, high) = (low - pad, high + pad);
        let size = [
            (high.x - low.x).ceil() as usize + 1,
            (high.y - low.y).ceil() as usize + 1,
        ];
        let mut values = vec![0.0; size[0] * size[1]];
        for cell in &map.cells {
            let at = cell.place - low;
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
                    let d = Vector2::new(i as f64, j as f64) - at;
                    values[i * size[1] + j] += cell.weight * map.scale * cell.kernel.left(&d).powi(3);
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

fn least_eigenvector(m: &Matrix2<f64>) -> Vector2<f64> {
    let eigen = m.symmetric_eigen();
    let k = usize::from(eigen.eigenvalues[1] < eigen.eigenvalues[0]);
    eigen.eigenvectors.column(k).normalize()
}
