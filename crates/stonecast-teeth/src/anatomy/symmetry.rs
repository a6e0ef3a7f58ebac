//! How far a crown is turned out of the arch, from the likeness of its mesial and its distal half.
//!
//! Units: mm; angles in radians. Frame: the arch's mesial and facial direction at the tooth, and the long axis.
//!
//! Steps
//! 1. `Map::of`: the crown's heights over the plane across its long axis.
//! 2. `Map::unlikeness`: the share of them that a mirror image across an upright plane does not match.
//! 3. `turn`: the turn at which halves are most alike, walls most gathered about facial, and the turn itself small.
//!
//! Limits: crowns whose halves differ (upper molars, lower premolars with two lingual cusps) are off by some degrees.

use nalgebra::{Matrix2, Vector2};
use stonecast_mesh::Vector;

use super::crown::Crown;

/// Side of a cell of the map, mm: half an edge of a mesh of 10,000 faces an arch, where cusps stand 5 mm apart.
const CELL: f64 = 0.5;
/// The share of the crown's height, from its lowest point, that is left out: there labels leak, and the margin, not the
/// crown, gives the shape.
const CERVICAL: f64 = 0.4;
/// Turns that are tried, degrees to either side: from 45 on, mesial and facial trade places.
const MOST: f64 = 50.0;
/// Their step, degrees; the least is sought between steps.
const STEP: f64 = 5.0;
/// What a turn costs, unlikeness for a square radian. Crowns with four cusps are as alike across their diagonals as
/// across the middle, so a turn by 45° must cost more than the two differ, 0.1. With 0.15 the axes of turned synthetic
/// crowns come out best, but two turns can be so nearly equal that rounding or a frayed label decides between them (the
/// tests of rigid motion and of frayed labels fail). 0.4 was chosen among a few values with the real arches in view.
const TURN_COST: f64 = 0.4;
/// How much the gathering of the walls counts beside the likeness. On synthetic arches 0.1 to 0.3 are alike but for lower
/// molars turned by more than 20°, which 0.3 keeps from their diagonals.
const WALLS_WEIGHT: f64 = 0.3;

/// Heights over the plane across the long axis, above the crown's cervical third.
struct Map {
    side: usize,
    heights: Vec<f64>,
    centre: [f64; 2],
}

impl Map {
    fn of(crown: &Crown, axes: [&Vector; 3]) -> Option<Self> {
        let points: Vec<[f64; 3]> = crown
            .points
            .iter()
            .map(|p| axes.map(|a| p.coords.dot(a)))
            .collect();
        let own = || crown.faces[..crown.own_faces].iter();
        let (mut low, mut high) = ([f64::INFINITY; 3], [f64::NEG_INFINITY; 3]);
        for v in own().flatten() {
            for k in 0..3 {
                low[k] = low[k].min(points[*v as usize][k]);
                high[k] = high[k].max(points[*v as usize][k]);
            }
        }
        let floor = low[2] + CERVICAL * (high[2] - low[2]);
        let extent = (high[0] - low[0]).max(high[1] - low[1]);
        if !(extent.is_finite() && extent > CELL && extent < 100.0) {
            return None;
        }
        let side = (extent / CELL) as usize + 2;
        let mut heights = vec![0.0f64; side * side];
        for f in own() {
            let [a, b, c] = f.map(|v| points[v as usize]);
            let longest = (0..2)
                .map(|k| {
                    (a[k] - b[k])
                        .abs()
                        .max((b[k] - c[k]).abs())
                        .max((c[k] - a[k]).abs())
                })
                .fold(0.0, f64::max);
            let n = ((longest / CELL) as usize + 1).min(side);
            for i in 0..=n {
                for j in 0..=n - i {
                    let (s, t) = (i as f64 / n as f64, j as f64 / n as f64);
                    let p = [0, 1, 2].map(|k| a[k] + (b[k] - a[k]) * s + (c[k] - a[k]) * t);
                    let (x, y) = (
                        ((p[0] - low[0]) / CELL) as usize,
                        ((p[1] - low[1]) / CELL) as usize,
                    );
                    let cell = &mut heights[y.min(side - 1) * side + x.min(side - 1)];
                    *cell = cell.max(p[2] - floor);
                }
            }
        }
        let (mut sum, mut x, mut y) = (0.0, 0.0, 0.0);
        for (i, h) in heights.iter().enumerate() {
            sum += h;
            x += h * (i % side) as f64;
            y += h * (i / side) as f64;
        }
        (sum > 0.0).then(|| Self {
            side,
            centre: [x / sum, y / sum],
            heights,
        })
    }

    fn at(&self, x: f64, y: f64) -> f64 {
        let cell = |i: i64, j: i64| {
            let inside = |k: i64| k >= 0 && k < self.side as i64;
            if inside(i) && inside(j) {
                self.heights[j as usize * self.side + i as usize]
            } else {
                0.0
            }
        };
        let (i, j) = (x.floor(), y.floor());
        let (s, t) = (x - i, y - j);
        let (i, j) = (i as i64, j as i64);
        let row = |j: i64| cell(i, j) * (1.0 - s) + cell(i + 1, j) * s;
        row(j) * (1.0 - t) + row(j + 1) * t
    }

    /// The share of the map that its mirror image across the plane at an angle from facial does not match.
    fn unlikeness(&self, angle: f64) -> f64 {
        // The mirror's normal is mesial turned by the angle.
        let (sin, cos) = angle.sin_cos();
        let normal = [cos, -sin];
        let (mut off, mut all) = (0.0, 0.0);
        for j in 0..self.side {
            for i in 0..self.side {
                let h = self.heights[j * self.side + i];
                let (dx, dy) = (i as f64 - self.centre[0], j as f64 - self.centre[1]);
                let across = 2.0 * (dx * normal[0] + dy * normal[1]);
                let g = self.at(i as f64 - across * normal[0], j as f64 - across * normal[1]);
                off += (h - g).powi(2);
                all += h * h + g * g;
            }
        }
        off / all.max(1e-12)
    }
}

/// By how much facial is turned from the arch's facial direction towards mesial, radians. `axes` are the arch's
/// mesial and facial directions and the long axis, `walls` how the walls' normals gather over the first two.
pub(super) fn turn(crown: &Crown, axes: [&Vector; 3], walls: &Matrix2<f64>) -> f64 {
    let Some(map) = Map::of(crown, axes) else {
        return 0.0;
    };
    let steps = (MOST / STEP) as i32;
    let cost: Vec<f64> = (-steps..=steps)
        .map(|i| {
            let a = (f64::from(i) * STEP).to_radians();
            let facial = Vector2::new(a.sin(), a.cos());
            let gathered = facial.dot(&(walls * facial));
            map.unlikeness(a) + TURN_COST * a * a - WALLS_WEIGHT * gathered
        })
        .collect();
    let best = (0..cost.len())
        .min_by(|&a, &b| cost[a].total_cmp(&cost[b]))
        .unwrap_or(0);
    // Between the steps: the vertex of the parabola through the least and its neighbours.
    let between = match (best.checked_sub(1).map(|i| cost[i]), cost.get(best + 1)) {
        (Some(before), Some(after)) => {
            let bend = before - 2.0 * cost[best] + after;
            if bend > 1e-12 {
                0.5 * (before - after) / bend
            } else {
                0.0
            }
        }
        _ => 0.0,
    };
    ((best as f64 - f64::from(steps) + between) * STEP).to_radians()
}
