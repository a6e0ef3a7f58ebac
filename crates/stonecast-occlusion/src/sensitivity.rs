//! What small errors of the bite do to the contacts.
//!
//! Units: mm. Frame: the cast frame; turns are about the middle of the lower crowns.
//!
//! Steps
//! 1. [`Nudge`]: the lower arch moved up and down, rolled to either side and pitched fore and aft, by the row `nudge`.
//! 2. `nudged`: in how many of them a contact's own region keeps the area that makes a contact.
//! 3. `errors`: the same along and about all axes by what the bite itself may be off; from the changes of the areas
//!    come their uncertainties.

use std::collections::BTreeSet;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::{Point, RigidMotion, Vector};

use crate::areas::{Levels, Near, PairAreas, PlaceGaps, Samples, View, share_within};
use crate::contacts::{Region, regions};
use crate::pair::Pair;
use crate::rows::{row, row_of};

/// A small motion of the lower arch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nudge {
    /// Towards the upper arch.
    Up,
    /// Away from it.
    Down,
    /// The patient's right side up, the left side down.
    RightUp,
    /// The left side up.
    LeftUp,
    /// The front up, the back down.
    FrontUp,
    /// The back up.
    BackUp,
}

impl Nudge {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Up,
        Self::Down,
        Self::RightUp,
        Self::LeftUp,
        Self::FrontUp,
        Self::BackUp,
    ];

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Up => "lower arch up",
            Self::Down => "lower arch down",
            Self::RightUp => "right side up",
            Self::LeftUp => "left side up",
            Self::FrontUp => "front up",
            Self::BackUp => "back up",
        }
    }

    fn motion(self, shift: f64, centre: &Point) -> RigidMotion {
        let turn = shift / lever();
        let (axis, sign) = match self {
            Self::Up => return along(2, shift),
            Self::Down => return along(2, -shift),
            // +x is the patient's left, +y the back: a turn about +y lifts -x, the right side.
            Self::RightUp => (1, 1.0),
            Self::LeftUp => (1, -1.0),
            // A turn about +x lifts +y, the back.
            Self::BackUp => (0, 1.0),
            Self::FrontUp => (0, -1.0),
        };
        about(axis, sign * turn, centre)
    }
}

/// Half the width of an arch, mm: turns move the teeth there by as much as shifts do.
fn lever() -> f64 {
    row_of("measurement_precision", "bite-lever").number("lever_mm")
}

fn axis(which: usize) -> Vector {
    [Vector::x(), Vector::y(), Vector::z()][which]
}

fn along(which: usize, by: f64) -> RigidMotion {
    RigidMotion::from_parts((axis(which) * by).into(), Default::default())
}

fn about(which: usize, angle: f64, centre: &Point) -> RigidMotion {
    let turn = nalgebra::UnitQuaternion::from_scaled_axis(axis(which) * angle);
    RigidMotion::rotation_wrt_point(turn, *centre)
}

/// The middle of the lower crowns.
pub(crate) fn lower_centre(pair: &Pair<'_>) -> Point {
    let teeth = &pair.lower.arch.labelled.teeth;
    let sum: Vector = teeth.iter().map(|t| Vector::from(t.frame.origin)).sum();
    Point::from(sum / teeth.len().max(1) as f64)
}

/// The gaps of both arches in a pose.
pub(crate) type Gaps = [PlaceGaps; 2];

/// Both arches' places, and the gaps there in the closed bite.
#[derive(Debug)]
pub(crate) struct Closed<'p, 'a> {
    pub pair: &'p Pair<'a>,
    pub samples: [Samples; 2],
    pub gaps: Gaps,
    limit: f64,
}

impl<'p, 'a> Closed<'p, 'a> {
    /// Takes the gaps of all places that come within `limit` of the other arch under motions of up to `way`.
    pub fn new(pair: &'p Pair<'a>, limit: f64, way: f64) -> Self {
        let within = limit + way;
        let of = |jaw| {
            let samples = Samples::of(pair, jaw, within);
            let gaps = samples.gaps(pair, &RigidMotion::identity(), within, None);
            (samples, gaps)
        };
        let (upper, lower) = rayon::join(|| of(Jaw::Upper), || of(Jaw::Lower));
        Self {
            pair,
            samples: [upper.0, lower.0],
            gaps: [upper.1, lower.1],
            limit,
        }
    }

    /// What lies within the limit where the lower arch is moved from its closed position.
    fn moved(&self, motion: &RigidMotion) -> View<'_> {
        [0, 1].map(|k| {
            let samples = &self.samples[k];
            let gaps = samples.gaps(self.pair, motion, self.limit, Some(&self.gaps[k]));
            Near::of(samples, &gaps, self.limit)
        })
    }

    /// What lies within the limit, where the gaps are these.
    pub fn view(&self, gaps: &Gaps) -> View<'_> {
        [0, 1].map(|k| Near::of(&self.samples[k], &gaps[k], self.limit))
    }
}

/// What the nudges leave.
#[derive(Clone, Debug)]
pub(crate) struct Nudged {
    pub nudge: Nudge,
    pub areas: PairAreas,
    /// For each region of the closed bite whether it stays.
    pub stays: Vec<bool>,
    /// How many contacts there are, whether or not they were there before.
    pub count: usize,
}

/// What is left of a region's area in another pose, on the arch that has more of it.
fn left_of(region: &Region, arches: &View<'_>, gap: f64) -> f64 {
    let mut left = [0.0; 2];
    for patch in &region.patches {
        let arch = usize::from(patch.jaw == Jaw::Lower);
        let near = &arches[arch];
        if let Some(found) = near.gap_of(patch.leaf) {
            left[arch] += near.samples.leaves[patch.leaf].area * share_within(found.values, gap);
        }
    }
    left[0].max(left[1])
}

/// What there is in a pose that is as likely as the closed bite.
#[derive(Clone, Debug)]
pub(crate) struct Pose {
    pub areas: PairAreas,
    /// The contacts at each level.
    pub counts: [usize; 3],
    /// The teeth with a contact at the gap at which contacts are listed.
    pub touching: BTreeSet<Fdi>,
}

impl Pose {
    /// What there is where the gaps are these, all of them less by `less`.
    pub fn of(arches: &View<'_>, levels: &Levels, gap: f64, less: f64) -> Self {
        let mut touching = BTreeSet::new();
        let counts = [1, 2, 3].map(|k| {
            let found = regions(arches, levels[k] + less);
            if levels[k] == gap {
                touching = found.iter().flat_map(|r| r.teeth).collect();
            }
            found.len()
        });
        Self {
            areas: PairAreas::of(arches, &levels.map(|l| l + less)),
            counts,
            touching,
        }
    }
}

/// What small errors of the bite do.
#[derive(Debug)]
pub(crate) struct Errors {
    /// The nudges, in their order.
    pub nudges: Vec<Nudged>,
    /// With the lower arch off by the bite's own error, plus and minus, along and about each axis; empty without one.
    pub bite: Vec<[Pose; 2]>,
}

/// Looks at the bite under all nudges, and where it is off by `shift`. Poses that are both are looked at once.
pub(crate) fn errors(
    closed: &Closed<'_, '_>,
    found: &[Region],
    shift: f64,
    gap: f64,
    levels: &Levels,
) -> Errors {
    let by = row("nudge").number("shift_mm");
    let centre = lower_centre(closed.pair);
    let nudges = Nudge::ALL.map(|nudge| nudge.motion(by, &centre));
    let off = off_by(shift, &centre);
    let mut poses: Vec<RigidMotion> = Vec::new();
    let mut place_of = |motion: &RigidMotion| {
        let known = poses.iter().position(|p| p == motion);
        known.unwrap_or_else(|| {
            poses.push(*motion);
            poses.len() - 1
        })
    };
    let nudges_at = nudges.each_ref().map(&mut place_of);
    let off_at: Vec<usize> = off.iter().map(&mut place_of).collect();
    let look = |(place, motion): (usize, &RigidMotion)| {
        let view = closed.moved(motion);
        let nudge = nudges_at.iter().position(|at| *at == place);
        let nudged = nudge.map(|k| Nudged::of(Nudge::ALL[k], &view, found, gap, levels));
        let is_off = off_at.contains(&place);
        (nudged, is_off.then(|| Pose::of(&view, levels, gap, 0.0)))
    };
    let looked: Vec<_> = poses.par_iter().enumerate().with_max_len(1).map(look).collect();
    let pose = |at: &usize| looked[*at].1.clone().expect("it was looked at");
    Errors {
        nudges: looked.iter().filter_map(|l| l.0.clone()).collect(),
        bite: off_at
            .chunks(2)
            .map(|two| [pose(&two[0]), pose(&two[1])])
            .collect(),
    }
}

impl Nudged {
    fn of(nudge: Nudge, arches: &View<'_>, found: &[Region], gap: f64, levels: &Levels) -> Self {
        let least = row("least-contact-area").number("area_mm2");
        let stays = |region: &Region| left_of(region, arches, gap) >= least;
        Self {
            nudge,
            areas: PairAreas::of(arches, levels),
            stays: found.iter().map(stays).collect(),
            count: regions(arches, gap).len(),
        }
    }
}

/// The lower arch off by this, plus and minus, along and about each axis.
fn off_by(shift: f64, centre: &Point) -> Vec<RigidMotion> {
    if shift <= 0.0 {
        return Vec::new();
    }
    let turn = shift / lever();
    let shifts = (0..3).flat_map(|k| [shift, -shift].map(|s| along(k, s)));
    let turns = (0..3).flat_map(|k| [turn, -turn].map(|t| about(k, t, centre)));
    shifts.chain(turns).collect()
}
