//! How much of each crown lies within a gap of the other arch, by tooth pair.
//!
//! Units: mm, mm². Frame: the cast frame, the lower arch in the closed bite unless it is moved.
//!
//! Steps
//! 1. `Samples::of`: faces that may come near enough are cut into small triangles of one size, whatever the mesh's own. The
//!    gap changes by no more than the way that is gone (it is 1-Lipschitz), so the gaps at the corners tell which may.
//! 2. `Samples::gaps`: the exact signed gap at each corner of the small triangles, in any pose.
//! 3. [`crate::round`]: faces are chords of a crown. Places stand on the round surface between the corners, and the gap is that
//!    to the other's round surface: so a coarse scan has the areas of a fine one.
//! 4. `share_within`: the part of a small triangle within a gap, the gap taken as linear over it.
//! 5. `PairAreas::of`: sums by tooth pair, on either arch apart. A small triangle belongs to the tooth of its face, and to the
//!    antagonist that two of its corners are nearest to.
//!
//! Limits: faces longer than [`LONGEST`] are looked at to that length.

use std::collections::BTreeMap;

use rayon::prelude::*;
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::spatial::{Side, Signed};
use stonecast_mesh::{FaceId, Point, RigidMotion, Vector, VertexData};

use crate::field::FACING;
use crate::pair::{Pair, Surface};
use crate::round::{self, MOST_RISE};

/// Greatest edge of a small triangle, mm: half the least level that an area is told at, times two.
const REFINED: f64 = 0.1;
/// Faces are told to be out of reach by their corners up to this length, mm; longer ones fill holes.
const LONGEST: f64 = 3.0;
/// No face is cut into more than this squared.
const MOST_CUTS: usize = 64;

/// The gap to a round surface may change by so much more than the way that is gone, mm: rises of neighbouring faces differ.
const UNEVEN: f64 = 0.02;

/// Levels of an area: penetration, and the gaps of the row `levels`.
pub(crate) type Levels = [f64; 4];

/// A place on an arch at which the gap is taken.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// In the closed position.
    at: Point,
    normal: Vector,
    /// How far it stands above the face.
    rise: f64,
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
    /// Between the round surfaces.
    pub signed: f64,
    /// Between the faces themselves.
    pub flat: f64,
    pub facing: bool,
    pub antagonist: Option<Fdi>,
    /// The antagonist's face that is closest.
    face: FaceId,
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
        // No point of a triangle is farther from all corners than its longest edge over the root of three, and no round surface
        // nearer than the mesh by more than its rise.
        let field = pair.gaps(
            jaw,
            &RigidMotion::identity(),
            within + most / 3f64.sqrt() + MOST_RISE,
        );
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

    /// The corners of all small triangles of which some part may come within the limit at these places, where the gaps in the
    /// closed bite are `known`.
    fn may_come_within(&self, limit: f64, motion: &RigidMotion, known: &PlaceGaps) -> Vec<usize> {
        let bound = |i: usize| {
            let Some(gap) = known.at(i) else {
                return f64::INFINITY;
            };
            let at = self.places[i].at;
            gap.signed - (motion * at - at).norm()
        };
        let bounds: Vec<f64> = (0..self.places.len()).map(bound).collect();
        let mut wanted = vec![false; self.places.len()];
        for leaf in &self.leaves {
            let corners = leaf.corners.map(|c| c as usize);
            let [low, high] = corners
                .iter()
                .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], c| {
                    [low.min(bounds[*c]), high.max(bounds[*c])]
                });
            if low <= limit + UNEVEN && high <= limit + REFINED {
                corners.iter().for_each(|c| wanted[*c] = true);
            }
        }
        (0..self.places.len()).filter(|i| wanted[*i]).collect()
    }

    /// The gap at each place, with the lower arch moved from its closed position; none where it is more than `limit` and
    /// well beyond, or has no side. `known` are the gaps in the closed bite, if they are known already: places that cannot come
    /// within the limit are left out.
    pub fn gaps(
        &self,
        pair: &Pair<'_>,
        moved_from_closed: &RigidMotion,
        limit: f64,
        known: Option<&PlaceGaps>,
    ) -> PlaceGaps {
        let motion = match self.jaw {
            Jaw::Lower => *moved_from_closed,
            Jaw::Upper => moved_from_closed.inverse(),
        };
        let pose = PlacePose {
            samples: self,
            other: pair.surface(self.jaw.antagonist()),
            moved_from_closed,
            motion,
        };
        // All corners of a small triangle that is partly within the limit are wanted.
        let reach = limit + REFINED + MOST_RISE;
        let Some(known) = known else {
            let points: Vec<Point> = self.places.par_iter().map(|p| motion * p.at).collect();
            let signed = pose.other.oriented.signed_field(&points, reach);
            let found = signed.into_par_iter().zip(&points).enumerate();
            let found = found.map(|(i, (signed, point))| pose.gap(i, point, &signed?));
            return PlaceGaps::new(self.places.len(), 0..self.places.len(), found.collect());
        };
        let which = self.may_come_within(limit, &motion, known);
        let again = |&i: &usize| {
            let point = motion * self.places[i].at;
            // After a small motion the face that was closest tells nearly how far the closest one is.
            let index = pose.other.oriented.index();
            let closest = index.closest_point_near(&point, reach, known.at(i)?.face)?;
            pose.gap(i, &point, &pose.other.oriented.sign(&point, closest))
        };
        let found = which.par_iter().map(again).collect();
        PlaceGaps::new(self.places.len(), which.iter().copied(), found)
    }
}

/// An arch's places in a pose.
struct PlacePose<'s, 'a> {
    samples: &'s Samples,
    other: &'s Surface<'a>,
    moved_from_closed: &'s RigidMotion,
    /// Of the places into the other arch's closed position.
    motion: RigidMotion,
}

impl PlacePose<'_, '_> {
    /// The gap of a place that stands at `point`, if it has a side.
    fn gap(&self, place: usize, point: &Point, signed: &Signed) -> Option<SampleGap> {
        if signed.side == Side::Unknown {
            return None;
        }
        let other = self.other;
        let found = round::gap(other.mesh(), other.oriented.index(), point, signed)?;
        let middle = Point::from(0.5 * (point.coords + found.at.coords));
        let place = &self.samples.places[place];
        Some(SampleGap {
            signed: found.signed,
            flat: found.flat + place.rise,
            facing: (self.motion * place.normal).dot(&found.normal) < FACING,
            antagonist: other.arch.labelled.face_labels[found.face],
            face: found.face,
            middle: match self.samples.jaw {
                Jaw::Lower => middle,
                Jaw::Upper => self.moved_from_closed * middle,
            },
        })
    }
}

/// The gaps of some places of an arch.
#[derive(Clone, Debug)]
pub(crate) struct PlaceGaps {
    /// For each place where its gap stands among `found`.
    slots: Vec<u32>,
    found: Vec<SampleGap>,
}

impl PlaceGaps {
    /// Of so many places the gaps of `which`.
    fn new(places: usize, which: impl Iterator<Item = usize>, gaps: Vec<Option<SampleGap>>) -> Self {
        let mut slots = vec![u32::MAX; places];
        let mut found = Vec::with_capacity(gaps.len());
        for (place, gap) in which.zip(gaps) {
            if let Some(gap) = gap {
                slots[place] = found.len() as u32;
                found.push(gap);
            }
        }
        Self { slots, found }
    }

    /// That of a place, if it has one.
    pub fn at(&self, place: usize) -> Option<&SampleGap> {
        self.found.get(self.slots[place] as usize)
    }

    /// As they are between the faces themselves.
    pub fn between_faces(&self) -> Self {
        let flat = |gap: &SampleGap| SampleGap {
            signed: gap.flat,
            ..*gap
        };
        Self {
            slots: self.slots.clone(),
            found: self.found.iter().map(flat).collect(),
        }
    }
}

fn longest_edge([a, b, c]: &[Point; 3]) -> f64 {
    (b - a).norm().max((c - b).norm()).max((a - c).norm())
}

/// Cuts faces into small triangles; corners of faces are shared.
struct Cut<'s, 'a> {
    surface: &'s Surface<'a>,
    samples: Samples,
    /// For each vertex its place.
    of_vertex: VertexData<Option<u32>>,
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
            of_vertex: VertexData::from_vec(vec![None; surface.mesh().vertex_count()]),
        }
    }

    fn face(&mut self, face: FaceId) {
        let mesh = self.surface.mesh();
        let corners = mesh.corners(face);
        let cuts = (longest_edge(&corners) / REFINED).ceil() as usize;
        let cuts = cuts.clamp(1, MOST_CUTS);
        let tooth = self.surface.arch.labelled.face_labels[face];
        // Rows of places, from the side a-b to the corner c.
        let rows: Vec<Vec<u32>> = (0..=cuts)
            .map(|j| (0..=cuts - j).map(|i| self.place(face, [i, j], cuts)).collect())
            .collect();
        for j in 0..cuts {
            for i in 0..cuts - j {
                let mut put = |corners: [u32; 3]| {
                    let [a, b, c] = corners.map(|c| self.samples.places[c as usize].at);
                    let area = 0.5 * (b - a).cross(&(c - a)).norm();
                    self.samples.leaves.push(Leaf { corners, area, tooth });
                };
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
            let known = *self.of_vertex[ids[corner]].get_or_insert(next);
            if known != next {
                return known;
            }
        }
        let part = weights.map(|w| w as f64 / cuts as f64);
        let [at, normal] = round::place(mesh, face, &part);
        let rise = corner.map_or_else(|| round::rise(mesh, face, &part), |_| 0.0);
        self.samples.places.push(Place {
            at: corner.map_or(Point::from(at), |k| mesh.point(ids[k])),
            normal,
            rise,
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
    /// Of two of its corners, else of the nearest.
    pub antagonist: Option<Fdi>,
    /// The corner that is nearest.
    pub nearest: usize,
    /// Its middle, halfway to the antagonist.
    pub middle: Point,
}

/// What lies within some gap, on either arch, the upper first.
pub(crate) type View<'s> = [Near<'s>; 2];

/// The small triangles of an arch that come within a gap, in their order.
#[derive(Clone, Debug)]
pub(crate) struct Near<'s> {
    pub samples: &'s Samples,
    /// Each with its number.
    pub leaves: Vec<(u32, LeafGap)>,
}

impl<'s> Near<'s> {
    /// Those of which some part may lie within `most`.
    pub fn of(samples: &'s Samples, gaps: &PlaceGaps, most: f64) -> Self {
        let one = |(i, leaf): (usize, &Leaf)| {
            let gap = LeafGap::of(leaf, gaps)?;
            (gap.values[gap.nearest] <= most).then_some((i as u32, gap))
        };
        Self {
            samples,
            leaves: samples.leaves.par_iter().enumerate().filter_map(one).collect(),
        }
    }

    /// Each small triangle with its gap.
    pub fn iter(&self) -> impl Iterator<Item = (usize, &Leaf, &LeafGap)> {
        let leaves = &self.samples.leaves;
        (self.leaves.iter()).map(move |(i, gap)| (*i as usize, &leaves[*i as usize], gap))
    }

    /// The gap of a small triangle, if it is among them.
    pub fn gap_of(&self, leaf: usize) -> Option<&LeafGap> {
        let place = self.leaves.binary_search_by_key(&(leaf as u32), |near| near.0);
        place.ok().map(|place| &self.leaves[place].1)
    }
}

impl LeafGap {
    /// `None` where a corner has no gap, or the surfaces do not look at each other.
    fn of(leaf: &Leaf, gaps: &PlaceGaps) -> Option<Self> {
        let [a, b, c] = leaf.corners.map(|c| gaps.at(c as usize));
        let corners = [a?, b?, c?];
        if corners.iter().filter(|g| g.facing).count() < 2 {
            return None;
        }
        let values = corners.map(|g| g.signed);
        let nearest = (0..3).min_by(|&i, &j| values[i].total_cmp(&values[j]))?;
        let sum = corners.iter().map(|g| g.middle.coords).sum::<Vector>();
        Some(Self {
            values,
            antagonist: most(corners.map(|g| g.antagonist), nearest),
            nearest,
            middle: Point::from(sum / 3.0),
        })
    }
}

/// What two of three agree on, else what the `nearest` says.
fn most([a, b, c]: [Option<Fdi>; 3], nearest: usize) -> Option<Fdi> {
    if a == b || a == c {
        a
    } else if b == c {
        b
    } else {
        [a, b, c][nearest]
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
    pub fn of(arches: &View<'_>, levels: &Levels) -> Self {
        let mut sums = Self::default();
        for near in arches {
            let jaw = near.samples.jaw;
            // Sums are taken in the order of the small triangles, so that they are the same on any number of threads.
            for (_, leaf, gap) in near.iter() {
                let areas = levels.map(|level| leaf.area * share_within(gap.values, level));
                if areas[levels.len() - 1] > 0.0 {
                    let pair = by_jaw(jaw, leaf.tooth, gap.antagonist);
                    let sum = sums.0.entry(pair).or_default().of_mut(jaw);
                    (0..areas.len()).for_each(|k| sum[k] += areas[k]);
                }
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
