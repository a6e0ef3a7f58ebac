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

use std::collections::{BTreeMap, HashMap};

use rayon::prelude::*;
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::spatial::Side;
use stonecast_mesh::{FaceId, Point, RigidMotion, Vector, VertexId};

use crate::field::FACING;
use crate::pair::{Pair, Surface};
use crate::round::{self, MOST_RISE, RoundGap};

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

    /// The gap at each place, with the lower arch moved from its closed position; `None` where it is more than `limit` and
    /// well beyond, or has no side. `known` are the gaps in the closed bite, if they are known already: places that cannot come
    /// within the limit are left out.
    pub fn gaps(
        &self,
        pair: &Pair<'_>,
        moved_from_closed: &RigidMotion,
        limit: f64,
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
            known.is_none_or(|known| known[*i].is_some_and(|g| g.signed - way <= limit + REFINED))
        };
        // All corners of a small triangle that is partly within the limit are wanted.
        let which: Vec<usize> = (0..moved.len()).filter(may).collect();
        let points: Vec<Point> = which.iter().map(|&i| moved[i]).collect();
        let signed = other.oriented.signed_field(&points, limit + REFINED + MOST_RISE);
        let mut gaps = vec![None; moved.len()];
        let found = points.par_iter().zip(signed).map(|(point, found)| {
            let found = found.filter(|s| s.side != Side::Unknown)?;
            round::gap(other.mesh(), other.oriented.index(), point, &found)
        });
        let found: Vec<Option<RoundGap>> = found.collect();
        for ((i, found), point) in which.into_iter().zip(found).zip(points) {
            let Some(found) = found else { continue };
            let middle = Point::from(0.5 * (point.coords + found.at.coords));
            gaps[i] = Some(SampleGap {
                signed: found.signed,
                flat: found.flat + self.places[i].rise,
                facing: (motion * self.places[i].normal).dot(&found.normal) < FACING,
                antagonist: other.arch.labelled.face_labels[found.face],
                middle: match self.jaw {
                    Jaw::Lower => middle,
                    Jaw::Upper => moved_from_closed * middle,
                },
            });
        }
        gaps
    }
}

/// The gaps as they are between the faces themselves.
pub(crate) fn between_faces(gaps: &[Option<SampleGap>]) -> Vec<Option<SampleGap>> {
    let flat = |gap: SampleGap| SampleGap {
        signed: gap.flat,
        ..gap
    };
    gaps.iter().map(|gap| gap.map(flat)).collect()
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
            let known = *self.of_vertex.entry(ids[corner]).or_insert(next);
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
