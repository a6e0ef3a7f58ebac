//! The least gap of one crown's vertices to one antagonist, again and again as the jaw moves a little.
//!
//! Units: mm. Frame: the antagonist's own, closed position.
//!
//! Steps
//! 1. A gap measured once bounds the gap near by: it changes by no more than the place moves. A vertex is asked again only
//!    where its bound does not rule it out.
//! 2. `list`: vertices that cannot matter before the jaw has moved by `MARGIN` are not even looked at until then.
//!
//! An answer is what asking all vertices gives, as tests compare. Limits: at a crown's border the side of a vertex can change at
//! a stroke, by more than it moves; a vertex that goes in there is seen only when its bound lets it be asked again.
//!
//! References: L. Verlet, "Computer experiments on classical fluids", Physical Review 159 (1967), for lists with a margin.

use stonecast_mesh::spatial::{Feature, Side};
use stonecast_mesh::{FaceId, Point, RigidMotion, Vector};

use super::crowns::Crown;

/// How far the jaw may move before the list of vertices that matter is made again, mm.
const MARGIN: f64 = 0.6;

/// Where a crown comes nearest to its antagonist; in the antagonist's frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Touch {
    /// Signed.
    pub gap: f64,
    /// The crown's vertex, moved.
    pub own: Point,
    /// The antagonist's closest point.
    pub closest: Point,
    /// Unit vector, out of the antagonist.
    pub outward: Vector,
}

/// What is known of a vertex: a lower bound of its signed gap at a place where it has been.
#[derive(Clone, Copy)]
struct Known {
    at: Point,
    bound: f64,
    /// Whether the bound is the gap itself, so that it also bounds from above.
    exact: bool,
    near: FaceId,
}

pub(super) struct Approach<'a> {
    crown: &'a Crown,
    antagonist: &'a Crown,
    reach: f64,
    /// How far is looked: beyond reach, so that what is out of reach need not be asked again at once.
    sight: f64,
    /// Vertices up to this gap are kept on the list, whatever the least one.
    keep: f64,
    known: Vec<Known>,
    list: Vec<u32>,
    /// A lower bound of the gaps of all others when the list was made.
    rest: f64,
    listed_at: RigidMotion,
    last: Option<u32>,
    corners: [Point; 8],
}

impl<'a> Approach<'a> {
    /// `start` moves the crown into the antagonist's frame.
    pub fn new(crown: &'a Crown, antagonist: &'a Crown, start: &RigidMotion, reach: f64, keep: f64) -> Self {
        let (low, high) = (antagonist.bounds.min, antagonist.bounds.max);
        let known = |p: &Point| {
            let at = start * p;
            let beyond = (low - at).sup(&(at - high)).sup(&Vector::zeros()).norm();
            Known {
                at,
                // Within the box a vertex may be inside the antagonist by any depth.
                bound: if beyond > 0.0 { beyond } else { f64::NEG_INFINITY },
                exact: false,
                near: FaceId(0),
            }
        };
        let own = &crown.bounds;
        let corners = std::array::from_fn(|i| {
            let pick = |k: usize| if i >> k & 1 == 0 { own.min[k] } else { own.max[k] };
            Point::new(pick(0), pick(1), pick(2))
        });
        Self {
            crown,
            antagonist,
            reach,
            sight: reach + 2.0 * MARGIN,
            keep,
            known: crown.mesh.points().iter().map(known).collect(),
            list: Vec::new(),
            rest: f64::NEG_INFINITY,
            listed_at: *start,
            last: None,
            corners,
        }
    }

    /// The least gap below `cap`, with the crown moved by `motion` into the antagonist's frame.
    pub fn least(&mut self, motion: &RigidMotion, cap: f64) -> Option<Touch> {
        let mut best = Best {
            gap: cap.min(self.reach),
            touch: None,
        };
        if let Some(v) = self.last {
            self.ask(v, motion, &mut best);
        }
        if self.rest == f64::NEG_INFINITY {
            self.make_list(motion, &mut best);
            return self.finish(&best);
        }
        for place in 0..self.list.len() {
            let v = self.list[place];
            if self.bound(v, motion) < best.gap {
                self.ask(v, motion, &mut best);
            }
        }
        if self.rest - self.moved(motion) < best.gap {
            self.make_list(motion, &mut best);
        }
        self.finish(&best)
    }

    fn finish(&mut self, best: &Best) -> Option<Touch> {
        let (touch, vertex) = best.touch?;
        self.last = Some(vertex);
        Some(touch)
    }

    /// By how much any vertex may have moved since the list was made: no more than a corner of their box.
    fn moved(&self, motion: &RigidMotion) -> f64 {
        let moves = self
            .corners
            .iter()
            .map(|c| (motion * c - self.listed_at * c).norm());
        moves.fold(0.0, f64::max)
    }

    fn bound(&self, v: u32, motion: &RigidMotion) -> f64 {
        let known = &self.known[v as usize];
        known.bound - (motion * self.crown.mesh.points()[v as usize] - known.at).norm()
    }

    /// Measures a vertex and takes it if its gap is less.
    fn ask(&mut self, v: u32, motion: &RigidMotion, best: &mut Best) {
        let query = motion * self.crown.mesh.points()[v as usize];
        let known = &mut self.known[v as usize];
        let surface = &self.antagonist.oriented;
        let found = surface.index().closest_point_near(&query, self.sight, known.near);
        known.at = query;
        let Some(closest) = found else {
            (known.bound, known.exact) = (self.sight, false);
            return;
        };
        known.near = closest.face;
        let signed = surface.sign(&query, closest);
        // Beyond the crown's border there is no side, and nothing of the crown to be inside of.
        let gap = if signed.side == Side::Inside {
            -signed.distance
        } else {
            signed.distance
        };
        (known.bound, known.exact) = (gap, true);
        if gap < best.gap {
            best.gap = gap;
            let outward = self.outward(&query, &closest.point, gap, closest.face, closest.feature);
            let touch = Touch {
                gap,
                own: query,
                closest: closest.point,
                outward,
            };
            best.touch = Some((touch, v));
        }
    }

    fn outward(&self, query: &Point, closest: &Point, gap: f64, face: FaceId, feature: Feature) -> Vector {
        // Below a nanometre the difference of two points is rounding.
        if gap.abs() < 1e-6 {
            return self.antagonist.oriented.normal(face, feature);
        }
        (query - closest) / gap
    }

    fn make_list(&mut self, motion: &RigidMotion, best: &mut Best) {
        let count = self.known.len() as u32;
        let mut bounds: Vec<f64> = (0..count).map(|v| self.bound(v, motion)).collect();
        // The nearest first, so that few others have to be asked.
        let first = bounds.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1));
        if let Some((v, _)) = first {
            self.ask(v as u32, motion, best);
            bounds[v] = self.known[v].bound;
        }
        for v in 0..count {
            if bounds[v as usize] < best.gap {
                self.ask(v, motion, best);
                bounds[v as usize] = self.known[v as usize].bound;
            }
        }
        let limit = best.gap.max(self.keep) + MARGIN;
        self.list.clear();
        self.rest = f64::INFINITY;
        for (v, bound) in bounds.into_iter().enumerate() {
            if bound < limit {
                self.list.push(v as u32);
            } else {
                self.rest = self.rest.min(bound);
            }
        }
        self.listed_at = *motion;
    }
}

struct Best {
    gap: f64,
    touch: Option<(Touch, u32)>,
}

/// How much of a crown's surface is near the antagonist.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NearArea {
    /// Within the threshold, what lies inside the antagonist with it, mm².
    pub contact: f64,
    /// Inside the antagonist, mm².
    pub penetration: f64,
}

impl Approach<'_> {
    /// The crown's area whose gap is at most `threshold`, which is no more than `keep`. To be asked after `least` with the
    /// same motion.
    pub fn area(&mut self, motion: &RigidMotion, threshold: f64) -> NearArea {
        if self.rest - self.moved(motion) < threshold {
            let mut best = Best {
                gap: threshold,
                touch: None,
            };
            self.make_list(motion, &mut best);
        }
        let crown = self.crown;
        let mut near: Vec<u32> = (self.list.iter().copied())
            .filter(|&v| self.bound(v, motion) <= threshold)
            .collect();
        near.sort_unstable();
        let topology = crown.mesh.topology();
        let mut faces: Vec<FaceId> = near
            .iter()
            .flat_map(|&v| topology.faces_of(stonecast_mesh::VertexId(v)).iter().copied())
            .collect();
        faces.sort_unstable();
        faces.dedup();
        let mut area = NearArea::default();
        for face in faces {
            let corners = crown.mesh.face(face);
            let whole = crown.mesh.face_area(face);
            if corners.iter().all(|v| self.surely_inside(v.0, motion)) {
                area.contact += whole;
                area.penetration += whole;
                continue;
            }
            let Some(gaps) = self.gaps(corners.map(|v| v.0), motion) else {
                continue;
            };
            area.contact += whole * share_below(gaps, threshold);
            area.penetration += whole * share_below(gaps, 0.0);
        }
        area
    }

    fn surely_inside(&self, v: u32, motion: &RigidMotion) -> bool {
        let known = &self.known[v as usize];
        let moved = (motion * self.crown.mesh.points()[v as usize] - known.at).norm();
        known.exact && known.bound + moved < 0.0
    }

    /// The exact gaps of three vertices; `None` where one has none.
    fn gaps(&mut self, corners: [u32; 3], motion: &RigidMotion) -> Option<[f64; 3]> {
        let mut none = Best {
            gap: f64::NEG_INFINITY,
            touch: None,
        };
        for v in corners {
            let moved = motion * self.crown.mesh.points()[v as usize] != self.known[v as usize].at;
            if moved || !self.known[v as usize].exact {
                self.ask(v, motion, &mut none);
            }
            if !self.known[v as usize].exact {
                return None;
            }
        }
        Some(corners.map(|v| self.known[v as usize].bound))
    }
}

/// The share of a triangle's area on which a function, linear between its corners' values, is at most `level`.
fn share_below(values: [f64; 3], level: f64) -> f64 {
    let mut v = values.map(|x| x - level);
    v.sort_by(f64::total_cmp);
    let [a, b, c] = v;
    if c <= 0.0 {
        1.0
    } else if a > 0.0 {
        0.0
    } else if b > 0.0 {
        a * a / ((b - a) * (c - a))
    } else {
        1.0 - c * c / ((c - a) * (c - b))
    }
}

#[cfg(test)]
mod tests {
    use super::share_below;

    #[test]
    fn the_share_of_a_triangle_below_a_level_is_that_of_the_cut_off_corner() {
        assert_eq!(share_below([1.0, 2.0, 3.0], 0.5), 0.0);
        assert_eq!(share_below([1.0, 2.0, 3.0], 3.0), 1.0);
        // Half way along both sides from the low corner: a quarter.
        assert!((share_below([0.0, 2.0, 2.0], 1.0) - 0.25).abs() < 1e-15);
        assert!((share_below([2.0, 0.0, 0.0], 1.0) - 0.75).abs() < 1e-15);
    }
}
