//! A tooth's own directions: from the arch at its place, the likeness of the crown's halves and its walls.

use nalgebra::{Matrix2, Vector2};
use stonecast_dental::{Jaw, Side, ToothClass};
use stonecast_mesh::{Point, Vector};

use super::crown::Crown;
use super::symmetry;

/// How much the occlusal plane's normal counts beside the crown's own axis: labels that leak at the rim tilt the
/// latter by some degrees, teeth lean by some tens.
const PLANE_WEIGHT: f64 = 0.25;

/// A tooth's frame within the arch's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axes {
    pub origin: Point,
    /// Mesial, facial, occlusal: right-angled unit vectors, left-handed on the patient's one side, right-handed on
    /// the other, so that twins have the same coordinates.
    pub axes: [Vector; 3],
}

impl Axes {
    pub fn in_arch(&self, p: &Point) -> Point {
        let [m, f, o] = &self.axes;
        self.origin + m * p.x + f * p.y + o * p.z
    }
}

/// The tooth's frame; `leftwards` is the arch's direction at its place. `None` for a crown without area.
pub(super) fn axes(crown: &Crown, jaw: Jaw, leftwards: &Vector2<f64>) -> Option<Axes> {
    let (origin, _) = crown.centroid()?;
    let towards = if jaw == Jaw::Upper {
        -Vector::z()
    } else {
        Vector::z()
    };
    let mesially = match crown.tooth.side() {
        Side::Right => 1.0,
        Side::Left => -1.0,
    };
    let arch = Vector::new(leftwards.x, leftwards.y, 0.0) * mesially;
    let occlusal = long_axis(crown, &towards);
    let arch = (arch - occlusal * arch.dot(&occlusal)).try_normalize(1e-9)?;
    // Facial is where mesial and occlusal leave it: on the right side of the upper arch mesial x occlusal.
    let hand = mesially * if jaw == Jaw::Upper { -1.0 } else { 1.0 };
    let out = arch.cross(&occlusal) * hand;
    let walls = walls(crown, &arch, &out, &occlusal);
    let turn = symmetry::turn(crown, [&arch, &out, &occlusal], &walls);
    let facial = arch * turn.sin() + out * turn.cos();
    let mesial = occlusal.cross(&facial) * hand;
    Some(Axes {
        origin,
        axes: [mesial, facial, occlusal],
    })
}

/// The crown's long axis, drawn a little towards the occlusal plane's normal.
///
/// A tall narrow crown's runs from the middle of its neck to the middle of its edge: the rim climbs between
/// neighbours, so its plane tells little. A low broad crown's is the area vector of the open crown, the normal of its
/// rim: there the middles are too near each other.
fn long_axis(crown: &Crown, towards: &Vector) -> Vector {
    let own = match crown.tooth.class() {
        ToothClass::Incisor | ToothClass::Canine => neck_to_edge(crown, towards),
        ToothClass::Premolar | ToothClass::Molar => {
            let open: Vector = (0..crown.own_faces).map(|f| crown.area_vector(f)).sum();
            open.try_normalize(1e-9)
        }
    };
    own.filter(|a| a.dot(towards) > 0.5)
        .map_or(*towards, |a| (a + towards * PLANE_WEIGHT).normalize())
}

fn neck_to_edge(crown: &Crown, towards: &Vector) -> Option<Vector> {
    let (mut neck, mut length) = (Vector::zeros(), 0.0);
    for e in &crown.rim {
        let [a, b] = e.ends.map(|v| crown.points[v as usize].coords);
        let l = (b - a).norm();
        neck += (a + b) * (0.5 * l);
        length += l;
    }
    if length <= 0.0 {
        return None;
    }
    neck /= length;
    let low = neck.dot(towards);
    let high = crown
        .own_points()
        .map(|p| p.coords.dot(towards))
        .fold(f64::NEG_INFINITY, f64::max);
    let (mut edge, mut area) = (Vector::zeros(), 0.0);
    for f in 0..crown.own_faces {
        let [a, b, c] = crown.corners(f);
        let middle = (a.coords + b.coords + c.coords) / 3.0;
        // From the middle of the height up, ever more: the edge has the most say.
        let rise = (middle.dot(towards) - low) / (high - low).max(1e-9);
        let weight = crown.area_vector(f).norm() * (2.0 * rise - 1.0).max(0.0);
        edge += middle * weight;
        area += weight;
    }
    (area > 0.0).then(|| edge / area - neck)?.try_normalize(1e-9)
}

/// How the walls' normals gather about directions across the long axis, as a tensor of trace 1 over mesial and facial:
/// mostly about facial, since the proximal walls are hidden or small.
fn walls(crown: &Crown, mesial: &Vector, facial: &Vector, occlusal: &Vector) -> Matrix2<f64> {
    let height = |p: &Point| p.coords.dot(occlusal);
    let (low, high) = crown
        .own_points()
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| {
            (l.min(height(p)), h.max(height(p)))
        });
    let mut walls = Matrix2::zeros();
    for f in 0..crown.own_faces {
        let area = crown.area_vector(f);
        let size = area.norm();
        if size > 0.0 {
            let normal = Vector2::new(area.dot(mesial), area.dot(facial)) / size;
            let [a, b, c] = crown.corners(f);
            let rise = (height(&a) + height(&b) + height(&c)) / 3.0 - low;
            // The neck, where labels leak, has no say; the tip has most.
            walls += normal * normal.transpose() * (size * rise / (high - low).max(1e-9));
        }
    }
    let trace = walls.trace().max(1e-12);
    walls / trace
}
