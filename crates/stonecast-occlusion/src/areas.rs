//! How much of each crown lies within a gap of the other arch, by tooth pair.
//!
//! Units: mm, mm². Frame: the cast frame, the lower arch in the closed bite unless it is moved.
//!
//! Steps
//! 1. `Samples::of`: faces that may come near enough are cut into small triangles of one size, whatever the mesh's own. The
//!    gap changes by no more than the way that is gone (it is 1-Lipschitz), so the gaps at the corners tell which may.
//! 2. `Samples::gaps`: the exact signed gap at each corner of the small triangles, in any pose.
//! 3. `share_within`: the part of a small triangle within a gap, the gap taken as linear over it.
//! 4. `PairAreas::of`: sums by tooth pair, on either arch apart. A small triangle belongs to the tooth of its face, and to the
//!    antagonist that its nearest corner is nearest to.
//!
//! Limits: the areas are those of the meshes. Faces are chords of the crowns: where both are convex the gap between meshes is
//! greater than between crowns by edge²/(8 radius) of each at most. Faces longer than [`LONGEST`] are looked at to that length.

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::spatial::Side;
use stonecast_mesh::{FaceId, Point, RigidMotion, Vector, VertexId};

use crate::field::FACING;
use crate::pair::{Pair, Surface};

/// Greatest edge of a small triangle, mm: half the least level that an area is told at, times two.
const REFINED: f64 = 0.1;
/// Faces are told to be out of reach by their corners up to this length, mm; longer ones fill holes.
const LONGEST: f64 = 3.0;
/// No face is cut into more than this squared.
const MOST_CUTS: usize = 64;

/// Levels of an area: penetration, and the gaps of the row `levels`.
pub(crate) type Levels = [f64; 4];

/// A place on an arch at which the gap is taken.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// In the closed position.
    at: Point,
    normal: Vector,
}

/// A small triangle.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaf {
    pub corners: [u32; 3],
    pub area: f64,
    pub tooth: Option<Fdi>,
}

/// The places of an arch that may come near the other.
#[derive(Clone, Debug)]
pub(crate) struct Samples {
    pub jaw: Jaw,
    places: Vec<Place>,
    pub leaves: Vec<Leaf>,
}

/// A gap at a place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SampleGap {
    pub signed: f64,
    pub facing: bool,
    pub antagonist: Option<Fdi>,
    /// Halfway to the antagonist, in the closed position of the upper arch.
    pub middle: Point,
}

impl Samples {
    /// The places of an arch within a gap of the other in the closed bite, and some around them.
    pub fn of(pair: &Pair<'_>, jaw: Jaw, within: f64) -> Self {
        let surface = pair.surface(jaw);
        let mesh = surface.mesh();
        let longest = |face: FaceId| longest_edge(&mesh.corners(face));
        let most = mesh.face_ids().map(longest).fold(0.0, f64::max).min(LONGEST);
        // No point of a triangle is farther from all corners than its longest edge over the root of three.
        let field = pair.gaps(jaw, &RigidMotion::identity(), within + most / 3f64.sqrt());
        let near = |face: &FaceId| {
            let own = longest(*face);
            let known = mesh.face(*face).map(|v| field.gaps[v].map(|g| g.signed));
            let mut known = known.into_iter().flatten().peekable();
            known.peek().is_some() && known.all(|g| g - own <= within)
        };
        let faces: Vec<FaceId> = mesh.face_ids().filter(near).collect();
        let mut cut = Cut::new(surface, jaw);
        faces.iter().for_each(|face| cut.face(*face));
        cut.samples
    }

    /// Where a place lies, in the closed position.
    pub fn at(&self, place: usize) -> Point {
        self.places[place].at
    }

    /// The gap at each place, with the lower arch moved from its closed position; `None` where it is out of reach or has no side.
    /// `known` are the gaps in the closed bite, if they are known already: places that cannot come within reach are left out.
    pub fn gaps(
        &self,
        pair: &Pair<'_>,
        moved_from_closed: &RigidMotion,
        reach: f64,
        known: Option<&[Option<SampleGap>]>,
    ) -> Vec<Option<SampleGap>> {
        let other = pair.surface(self.jaw.antagonist());
        let motion = match self.jaw {
            Jaw::Lower => *moved_from_closed,
            Jaw::Upper => moved_from_closed.inverse(),
        };
        let moved: Vec<Point> = self.places.iter().map(|p| motion * p.at).collect();
        let may = |i: &usize| {
            let way = (moved[*i] - self.places[*i].at).norm();
            known.is_none_or(|known| known[*i].is_some_and(|g| g.signed - way <= reach))
        };
        let which: Vec<usize> = (0..moved.len()).filter(may).collect();
        let points: Vec<Point> = which.iter().map(|&i| moved[i]).collect();
        let signed = other.oriented.signed_field(&points, reach);
        let mut gaps = vec![None; moved.len()];
        for ((i, found), point) in which.into_iter().zip(signed).zip(points) {
            let Some(found) = found.filter(|s| s.side != Side::Unknown) else {
                continue;
            };
            let closest = found.closest;
            let opposite = other.oriented.normal(closest.face, closest.feature);
            let middle = Point::from(0.5 * (point.coords + closest.point.coords));
            gaps[i] = found.value().map(|signed| SampleGap {
                signed,
                facing: (motion * self.places[i].normal).dot(&opposite) < FACING,
                antagonist: other.arch.labelled.face_labels[closest.face],
                middle: match self.jaw {
                    Jaw::Lower => middle,
                    Jaw::Upper => moved_from_closed * middle,
                },
            });
        }
        gaps
    }
}

fn longest_edge([a, b, c]: &[Point; 3]) -> f64 {
    (b - a).norm().max((c - b).norm()).max((a - c).norm())
}

/// Cuts faces into small triangles; corners of faces are shared.
struct Cut<'s, 'a> {
    surface: &'s Surface<'a>,
    samples: Samples,
    of_vertex: HashMap<VertexId, u32>,
}

impl<'s, 'a> Cut<'s, 'a> {
    fn new(surface: &'s Surface<'a>, jaw: Jaw) -> Self {
        let samples = Samples {
            jaw,
            places: Vec::new(),
            leaves: Vec::new(),
        };
        Self {
            surface,
            samples,
            of_vertex: HashMap::new(),
        }
    }

    fn face(&mut self, face: FaceId) {
        let mesh = self.surface.mesh();
        let corners = mesh.corners(face);
        let cuts = (longest_edge(&corners) / REFINED).ceil() as usize;
        let cuts = cuts.clamp(1, MOST_CUTS);
        let area = mesh.face_area(face) / (cuts * cuts) as f64;
        if area <= 0.0 {
            return;
        }
        let tooth = self.surface.arch.labelled.face_labels[face];
        // Rows of places, from the side a-b to the corner c.
        let rows: Vec<Vec<u32>> = (0..=cuts)
            .map(|j| (0..=cuts - j).map(|i| self.place(face, [i, j], cuts)).collect())
            .collect();
        for j in 0..cuts {
            for i in 0..cuts - j {
                let mut put = |corners| self.samples.leaves.push(Leaf { corners, area, tooth });
                put([rows[j][i], rows[j][i + 1], rows[j + 1][i]]);
                if i + j + 1 < cuts {
                    put([rows[j][i + 1], rows[j + 1][i + 1], rows[j + 1][i]]);
                }
            }
        }
    }

    fn place(&mut self, face: FaceId, [i, j]: [usize; 2], cuts: usize) -> u32 {
        let mesh = self.surface.mesh();
        let ids = mesh.face(face);
        let weights = [cuts - i - j, i, j];
        let next = self.samples.places.len() as u32;
        let corner = weights.iter().position(|&w| w == cuts);
        if let Some(corner) = corner {
            let known = *self.of_vertex.entry(ids[corner]).or_insert(next);
            if known != next {
                return known;
            }
        }
        let normals = mesh.vertex_normals();
        let part = |k: usize| weights[k] as f64 / cuts as f64;
        let at = (0..3)
            .map(|k| mesh.point(ids[k]).coords * part(k))
            .sum::<Vector>();
        let normal = (0..3).map(|k| normals[ids[k]] * part(k)).sum::<Vector>();
        self.samples.places.push(Place {
            at: corner.map_or(Point::from(at), |k| mesh.point(ids[k])),
            normal: normal.try_normalize(0.0).unwrap_or_default(),
        });
        next
    }
}

/// Which part of a triangle is not above a level, by its values at the corners.
pub(crate) fn share_within(mut values: [f64; 3], level: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    let [low, mid, high] = values;
    if level < low {
        0.0
    } else if level >= high {
        1.0
    } else if level < mid {
        (level - low).powi(2) / ((mid - low) * (high - low))
    } else {
        1.0 - (high - level).powi(2) / ((high - low) * (high - mid))
    }
}

/// What a small triangle is to the other arch.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LeafGap {
    pub values: [f64; 3],
    /// Of its nearest corner.
    pub antagonist: Option<Fdi>,
    /// The corner that is nearest.
    pub nearest: usize,
    /// Its middle, halfway to the antagonist.
    pub middle: Point,
}

impl LeafGap {
    /// `None` where a corner has no gap, or the surfaces do not look at each other.
    pub fn of(leaf: &Leaf, gaps: &[Option<SampleGap>]) -> Option<Self> {
        let [a, b, c] = leaf.corners.map(|c| gaps[c as usize]);
        let corners = [a?, b?, c?];
        if corners.iter().filter(|g| g.facing).count() < 2 {
            return None;
        }
        let values = corners.map(|g| g.signed);
        let nearest = (0..3).min_by(|&i, &j| values[i].total_cmp(&values[j]))?;
        let sum = corners.iter().map(|g| g.middle.coords).sum::<Vector>();
        Some(Self {
            values,
            antagonist: corners[nearest].antagonist,
            nearest,
            middle: Point::from(sum / 3.0),
        })
    }
}

/// The areas of a tooth pair on either arch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct BothAreas {
    pub upper: Levels,
    pub lower: Levels,
}

impl BothAreas {
    pub fn of_mut(&mut self, jaw: Jaw) -> &mut Levels {
        match jaw {
            Jaw::Upper => &mut self.upper,
            Jaw::Lower => &mut self.lower,
        }
    }

    /// The mean of both arches.
    pub fn mean(&self) -> Levels {
        std::array::from_fn(|k| 0.5 * (self.upper[k] + self.lower[k]))
    }
}

/// The areas of all tooth pairs, by upper and lower tooth; a `None` is gum.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PairAreas(pub BTreeMap<[Option<Fdi>; 2], BothAreas>);

/// Upper and lower, from a place's own tooth and its antagonist.
pub(crate) fn by_jaw(jaw: Jaw, own: Option<Fdi>, antagonist: Option<Fdi>) -> [Option<Fdi>; 2] {
    match jaw {
        Jaw::Upper => [own, antagonist],
        Jaw::Lower => [antagonist, own],
    }
}

impl PairAreas {
    /// The areas within some levels.
    pub fn of(arches: [(&Samples, &[Option<SampleGap>]); 2], levels: &Levels) -> Self {
        let mut sums = Self::default();
        for (samples, gaps) in arches {
            // Sums are taken in the order of the small triangles, so that they are the same on any number of threads.
            let shares: Vec<_> = samples
                .leaves
                .par_iter()
                .map(|leaf| {
                    let gap = LeafGap::of(leaf, gaps)?;
                    let areas = levels.map(|level| leaf.area * share_within(gap.values, level));
                    (areas[levels.len() - 1] > 0.0)
                        .then_some((by_jaw(samples.jaw, leaf.tooth, gap.antagonist), areas))
                })
                .collect();
            for (pair, areas) in shares.into_iter().flatten() {
                let sum = sums.0.entry(pair).or_default().of_mut(samples.jaw);
                (0..areas.len()).for_each(|k| sum[k] += areas[k]);
            }
        }
        sums
    }

    /// The pairs of two teeth.
    pub fn teeth(&self) -> impl Iterator<Item = ([Fdi; 2], &BothAreas)> {
        self.0
            .iter()
            .filter_map(|(pair, areas)| Some(([pair[0]?, pair[1]?], areas)))
    }
}
