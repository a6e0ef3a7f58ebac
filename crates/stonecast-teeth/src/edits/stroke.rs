//! A stroke on the surface as a border: the two sides of the curtain that hangs from it.
//!
//! Units: mm. Frame: that of the mesh.
//!
//! Steps: the curtain's direction is the mean normal of the surface under the stroke; seen along it, the stroke is a
//! line of straight pieces, whose first and last run on for ever; a point's side is that of the piece closest to it.

use nalgebra::{Point2, Vector2};
use stonecast_mesh::{FaceId, Point, TriMesh, Vector};

/// Points closer together (mm) than this, seen along the curtain, are one: far below any face of a scan.
const LEAST_PIECE: f64 = 1e-6;

/// A border through a stroke, along the mean normal under it.
pub(super) struct Curtain {
    origin: Point,
    across: [Vector; 2],
    line: Vec<Point2<f64>>,
}

impl Curtain {
    /// The curtain of a stroke: the faces it runs over, and the places on them. `None` when it is no line.
    pub(super) fn new(mesh: &TriMesh, stroke: &[(FaceId, Point)]) -> Option<Self> {
        let normal: Vector = stroke.iter().map(|(f, _)| mesh.face_normals()[*f]).sum();
        let normal = normal.try_normalize(1e-9)?;
        let aside = Vector::ith(normal.iamin(), 1.0).cross(&normal).normalize();
        let mut curtain = Self {
            origin: stroke.first()?.1,
            across: [aside, normal.cross(&aside)],
            line: Vec::new(),
        };
        for (_, point) in stroke {
            let seen = curtain.seen(point);
            if curtain
                .line
                .last()
                .is_none_or(|last| (seen - last).norm() > LEAST_PIECE)
            {
                curtain.line.push(seen);
            }
        }
        (curtain.line.len() >= 2).then_some(curtain)
    }

    fn seen(&self, point: &Point) -> Point2<f64> {
        let d = point - self.origin;
        Point2::new(self.across[0].dot(&d), self.across[1].dot(&d))
    }

    /// Whether a point lies to the left of the stroke, as seen against the normal.
    pub(super) fn is_left(&self, point: &Point) -> bool {
        let p = self.seen(point);
        let last = self.line.len() - 2;
        let mut best = f64::INFINITY;
        let mut left = false;
        for (i, ends) in self.line.windows(2).enumerate() {
            let along = (ends[1] - ends[0]).normalize();
            let from = p - ends[0];
            let low = if i == 0 { f64::NEG_INFINITY } else { 0.0 };
            let high = if i == last {
                f64::INFINITY
            } else {
                (ends[1] - ends[0]).norm()
            };
            let t = from.dot(&along).clamp(low, high);
            let apart = from - along * t;
            if apart.norm() < best {
                best = apart.norm();
                // At a corner the piece's own side may mislead: the corner's two pieces decide together.
                let side = self.side_at(i, t <= low, t >= high);
                left = side.dot(&apart) > 0.0;
            }
        }
        left
    }

    /// The direction to the left at a place of a piece: inside it, or at one of its ends.
    fn side_at(&self, piece: usize, at_start: bool, at_end: bool) -> Vector2<f64> {
        let leftwards = |i: usize| {
            let along = (self.line[i + 1] - self.line[i]).normalize();
            Vector2::new(-along.y, along.x)
        };
        let here = leftwards(piece);
        if at_start && piece > 0 {
            here + leftwards(piece - 1)
        } else if at_end && piece + 2 < self.line.len() {
            here + leftwards(piece + 1)
        } else {
            here
        }
    }
}
