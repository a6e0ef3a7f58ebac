//! Outlines: the shape of a base seen along its axis, sized from the arch.
//!
//! Units: mm. Frame: x and y of the cast frame. All outlines are symmetric about the midline plane x = 0 and run
//! counter-clockwise seen from +Z, starting at the back on the patient's left.
//!
//! Steps, after Miller & Burch:
//! 1. Every side is a straight cut of given direction, as far out as the anatomy (mirrored about the midline)
//!    needs with its margin; the back is perpendicular to the midline.
//! 2. The heels bisect the angle between back and sides.
//! 3. Upper front: two cuts from the canines to a point in the midline. Lower front: one arc from canine to canine.
//!
//! Limits: the canines are where the front cuts meet the sides; no tooth has been recognised at this stage.
//!
//! References: Miller & Burch, "Trimming orthodontic study casts", 1973, as quoted in a teaching text.

use stonecast_dental::Jaw;
use stonecast_mesh::Point;

use super::presets::{Preset, Row, Shape};

/// Points of an outline are no farther apart than this, so that its upper edge can follow the land.
const SPACING: f64 = 1.25;
/// Directions of the cuts of a rounded outline, per quarter turn: 7.5 degrees apart.
const ROUNDED_CUTS: usize = 12;

/// Where the anatomy is: what an outline must enclose.
pub(super) struct Footprint {
    /// (|x|, y) of every point of the trimmed anatomy.
    folded: Vec<[f64; 2]>,
    /// (|x|, y) of the trim lines, and where they pass the midline.
    folded_rings: Vec<[f64; 2]>,
    midline_crossings: Vec<f64>,
}

impl Footprint {
    pub fn new(points: &[Point], rings: &[Vec<u32>]) -> Self {
        let at = |v: u32| points[v as usize];
        let mut midline_crossings = Vec::new();
        for ring in rings {
            for i in 0..ring.len() {
                let (p, q) = (at(ring[i]), at(ring[(i + 1) % ring.len()]));
                if (p.x < 0.0) != (q.x < 0.0) {
                    midline_crossings.push(p.y + (q.y - p.y) * p.x / (p.x - q.x));
                }
            }
        }
        midline_crossings.sort_by(f64::total_cmp);
        Self {
            folded: points.iter().map(|p| [p.x.abs(), p.y]).collect(),
            folded_rings: rings
                .iter()
                .flatten()
                .map(|&v| [at(v).x.abs(), at(v).y])
                .collect(),
            midline_crossings,
        }
    }

    /// How far the anatomy reaches in a direction.
    fn reach(&self, normal: [f64; 2]) -> f64 {
        self.folded
            .iter()
            .map(|p| dot(normal, *p))
            .fold(f64::NEG_INFINITY, f64::max)
    }

    /// How far back the anatomy reaches.
    pub fn back(&self) -> f64 {
        self.reach([0.0, 1.0])
    }
}

/// An outline: straight corners kept, edges subdivided.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outline {
    /// The points, counter-clockwise seen from +Z.
    pub points: Vec<[f64; 2]>,
    /// The points on the back's edge that carries a label: the widest straight piece of the back, from the
    /// patient's left to right.
    pub back: Vec<usize>,
    /// True when the horseshoe was asked for but the arch leaves no opening.
    pub no_opening: bool,
}

/// The outline of a preset around the anatomy, with its back at `back`.
pub(super) fn outline(preset: &Preset, jaw: Jaw, footprint: &Footprint, back: f64, margin: f64) -> Outline {
    let (half, no_opening) = match preset.shape {
        Shape::Trimmed => (trimmed_half(preset, jaw, footprint, back, margin), false),
        Shape::Horseshoe => horseshoe_half(preset, footprint, back, margin),
        Shape::Block => (block_half(footprint, back, margin), false),
    };
    let mut outline = close(&half);
    outline.no_opening = no_opening;
    outline
}

/// The half-plane `normal . p <= offset`.
#[derive(Clone, Copy, Debug)]
struct Cut {
    normal: [f64; 2],
    offset: f64,
}

impl Cut {
    /// A cut as far out as the anatomy and its margin need.
    fn around(footprint: &Footprint, normal: [f64; 2], margin: f64) -> Self {
        Self {
            normal,
            offset: footprint.reach(normal) + margin,
        }
    }

    fn meet(&self, other: &Self) -> [f64; 2] {
        let (n, m) = (self.normal, other.normal);
        let det = n[0] * m[1] - n[1] * m[0];
        [
            (self.offset * m[1] - other.offset * n[1]) / det,
            (n[0] * other.offset - m[0] * self.offset) / det,
        ]
    }
}

/// The normal of a cut on the patient's left that makes `angle` degrees with the back, converging towards the
/// front.
fn cut_normal(angle: f64) -> [f64; 2] {
    let a = angle.to_radians();
    [a.sin(), -a.cos()]
}

fn value(row: Option<&Row>) -> f64 {
    row.expect("the table's test checks that a trimmed or horseshoe preset has its rows")
        .value
}

/// The left half of a trimmed outline, from the midline at the back to the midline at the front.
fn trimmed_half(preset: &Preset, jaw: Jaw, footprint: &Footprint, back: f64, margin: f64) -> Vec<[f64; 2]> {
    let (side_angle, front_angle) = match jaw {
        Jaw::Upper => (
            value(preset.upper_side_angle.as_ref()),
            value(preset.upper_front_angle.as_ref()),
        ),
        Jaw::Lower => (
            value(preset.lower_side_angle.as_ref()),
            value(preset.lower_front_angle.as_ref()),
        ),
    };
    let back = Cut {
        normal: [0.0, 1.0],
        offset: back,
    };
    let side = Cut::around(footprint, cut_normal(side_angle), margin);
    let front = Cut::around(footprint, cut_normal(front_angle), margin);
    let heel = heel(
        footprint,
        &back,
        &side,
        value(preset.heel_length.as_ref()),
        margin,
    );
    let cuts = [back, heel, side, front];
    let half = clip_half(&cuts);
    match jaw {
        Jaw::Upper => half,
        Jaw::Lower => round_front(half, footprint, side.meet(&front), margin),
    }
}

/// The heel: bisects back and side, of the given length, or farther out if the anatomy needs it.
fn heel(footprint: &Footprint, back: &Cut, side: &Cut, length: f64, margin: f64) -> Cut {
    let sum = [back.normal[0] + side.normal[0], back.normal[1] + side.normal[1]];
    let norm = dot(sum, sum).sqrt();
    let normal = [sum[0] / norm, sum[1] / norm];
    // Half the angle between the two normals is half the turn of the outline at the corner.
    let half_turn = (0.5 * norm).clamp(-1.0, 1.0).acos();
    let cut_off = 0.5 * length * half_turn.tan();
    let needed = Cut::around(footprint, normal, margin);
    Cut {
        normal,
        offset: needed.offset.max(dot(normal, back.meet(side)) - cut_off),
    }
}

/// Replaces the point in front by an arc about the midline from canine to canine, no flatter than the anatomy
/// allows.
fn round_front(
    mut half: Vec<[f64; 2]>,
    footprint: &Footprint,
    canine: [f64; 2],
    margin: f64,
) -> Vec<[f64; 2]> {
    let [cx, cy] = canine;
    let Some(apex) = half.pop() else { return half };
    // The circle through both canines and a point p in front has its centre on the midline at this y.
    let centre_y = |p: &[f64; 2]| (cx * cx + cy * cy - p[0] * p[0] - p[1] * p[1]) / (2.0 * (cy - p[1]));
    let front_of = |yk: f64| yk - (cx * cx + (cy - yk).powi(2)).sqrt();
    let anatomy = footprint
        .folded
        .iter()
        // Beside the chord the circle is fixed by the canines, and the sides already give the margin there.
        .filter(|p| p[1] < cy - 1e-3 && p[0] < cx)
        .map(|p| front_of(centre_y(p)))
        .fold(f64::INFINITY, f64::min);
    let front = (anatomy - margin).max(apex[1]).min(cy - 0.25 * cx);
    let sagitta = cy - front;
    let radius = (cx * cx + sagitta * sagitta) / (2.0 * sagitta);
    let centre = front + radius;
    let start = (cx / radius).clamp(-1.0, 1.0).asin();
    let start = if cy > centre {
        std::f64::consts::PI - start
    } else {
        start
    };
    let pieces = (start * radius / SPACING).ceil().max(1.0) as usize;
    for i in 1..=pieces {
        let angle = start * (1.0 - i as f64 / pieces as f64);
        half.push([radius * angle.sin(), centre - radius * angle.cos()]);
    }
    half
}

/// The left half of a rounded outline; with an opening at the tongue where the arch leaves one.
fn horseshoe_half(preset: &Preset, footprint: &Footprint, back: f64, margin: f64) -> (Vec<[f64; 2]>, bool) {
    let mut cuts = vec![Cut {
        normal: [0.0, 1.0],
        offset: back,
    }];
    // Straight back from the widest place: the other arch may need a back far behind this one.
    for i in 0..=ROUNDED_CUTS {
        let angle = std::f64::consts::FRAC_PI_2 * i as f64 / ROUNDED_CUTS as f64;
        cuts.push(Cut::around(footprint, [angle.cos(), -angle.sin()], margin));
    }
    let outer = clip_half(&cuts);
    match opening(preset, footprint, back, margin) {
        // The outer half starts at the midline of the back; with an opening it starts at the opening's corner.
        Some(inner) => (
            inner.into_iter().chain(outer.into_iter().skip(1)).collect(),
            false,
        ),
        None => (outer, true),
    }
}

/// The left half of the tongue's opening, from its front in the midline to the back.
fn opening(preset: &Preset, footprint: &Footprint, back: f64, margin: f64) -> Option<Vec<[f64; 2]>> {
    let least = value(preset.least_tongue_width.as_ref());
    // In front, the opening keeps clear of everything within its least width; at the sides, of everything behind.
    let in_front = footprint
        .folded_rings
        .iter()
        .filter(|p| p[0] < 0.5 * least)
        .map(|p| p[1]);
    let front = in_front.fold(*footprint.midline_crossings.last()?, f64::max) + margin;
    let normal = cut_normal(value(preset.tongue_angle.as_ref()));
    let nearest = footprint
        .folded_rings
        .iter()
        .filter(|p| p[1] > front - margin)
        .map(|p| dot(normal, *p))
        .fold(f64::INFINITY, f64::min);
    let side = Cut {
        normal,
        offset: nearest - margin,
    };
    let corner_front = side.meet(&Cut {
        normal: [0.0, 1.0],
        offset: front,
    });
    let corner_back = side.meet(&Cut {
        normal: [0.0, 1.0],
        offset: back,
    });
    let wide_enough = corner_front[0] > 1.0
        && corner_back[0] < footprint.reach([1.0, 0.0])
        && 2.0 * corner_back[0] >= least
        && back - front >= least;
    wide_enough.then(|| {
        // The opening's corners are cut at half their width, so that no sharp notch weakens the band.
        let bevel = 0.5 * corner_front[0];
        let along = (corner_back[0] - corner_front[0]) / (back - front);
        vec![
            [0.0, front],
            [corner_front[0] - bevel, front],
            [corner_front[0] + bevel * along, front + bevel],
            corner_back,
        ]
    })
}

fn block_half(footprint: &Footprint, back: f64, margin: f64) -> Vec<[f64; 2]> {
    let side = footprint.reach([1.0, 0.0]) + margin;
    let front = -footprint.reach([0.0, -1.0]) - margin;
    vec![[0.0, back], [side, back], [side, front], [0.0, front]]
}

/// The part x >= 0 of the region within all cuts, as the chain from the midline behind to the midline in front.
fn clip_half(cuts: &[Cut]) -> Vec<[f64; 2]> {
    /// Larger than any arch, so that the starting box is always cut away.
    const FAR: f64 = 1e4;
    let mut polygon = vec![[0.0, FAR], [FAR, FAR], [FAR, -FAR], [0.0, -FAR]];
    for cut in cuts {
        let mut next = Vec::with_capacity(polygon.len() + 1);
        for i in 0..polygon.len() {
            let (p, q) = (polygon[i], polygon[(i + 1) % polygon.len()]);
            let (dp, dq) = (dot(cut.normal, p) - cut.offset, dot(cut.normal, q) - cut.offset);
            if dp <= 0.0 {
                next.push(p);
            }
            if (dp <= 0.0) != (dq <= 0.0) {
                let t = dp / (dp - dq);
                next.push([p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])]);
            }
        }
        polygon = next;
    }
    let start = (0..polygon.len())
        .filter(|&i| polygon[i][0] == 0.0)
        .max_by(|&i, &j| polygon[i][1].total_cmp(&polygon[j][1]))
        .unwrap_or(0);
    polygon.rotate_left(start);
    polygon
}

/// Mirrors a half, subdivides its edges and rounds to single precision. The half runs from the midline behind
/// (or from the front of an opening) over the patient's left to the midline in front: clockwise seen from +Z.
fn close(half: &[[f64; 2]]) -> Outline {
    let mut left: Vec<[f64; 2]> = Vec::new();
    for pair in half.windows(2) {
        let [p, q] = [pair[0], pair[1]];
        let pieces = (((q[0] - p[0]).hypot(q[1] - p[1])) / SPACING).ceil().max(1.0) as usize;
        for i in 0..pieces {
            let t = i as f64 / pieces as f64;
            left.push([p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])].map(|c| f64::from(c as f32)));
        }
    }
    if let Some(last) = half.last() {
        left.push(last.map(|c| f64::from(c as f32)));
    }
    left.dedup();
    // Counter-clockwise: from the midline behind over the patient's right to the front, then back over the left.
    let right = left.iter().map(|p| [0.0 - p[0], p[1]]);
    let mut points: Vec<[f64; 2]> = right.collect();
    points.extend(left.iter().rev().skip(1).take(left.len() - 2));
    let rear = points.iter().map(|p| p[1]).fold(f64::NEG_INFINITY, f64::max);
    let back = back_edge(&points, rear);
    Outline {
        points,
        back,
        no_opening: false,
    }
}

/// The run of points on the rear line that starts at the patient's left-most one.
fn back_edge(points: &[[f64; 2]], rear: f64) -> Vec<usize> {
    let on_rear = |i: usize| points[i][1] == rear;
    let Some(first) = (0..points.len())
        .filter(|&i| on_rear(i))
        .max_by(|&i, &j| points[i][0].total_cmp(&points[j][0]))
    else {
        return Vec::new();
    };
    (0..points.len())
        .map(|k| (first + k) % points.len())
        .take_while(|&i| on_rear(i))
        .collect()
}

fn dot(a: [f64; 2], b: [f64; 2]) -> f64 {
    a[0] * b[0] + a[1] * b[1]
}
