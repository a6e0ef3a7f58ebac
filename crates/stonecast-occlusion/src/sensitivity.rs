//! What small errors of the bite do to the contacts.
//!
//! Units: mm. Frame: the cast frame; turns are about the middle of the lower crowns.
//!
//! Steps
//! 1. [`Nudge`]: the lower arch moved up and down, rolled to either side and pitched fore and aft, by the row `nudge`.
//! 2. `nudged`: in how many of them a contact's own region keeps the area that makes a contact.
//! 3. `by_the_bite`: the same along and about all axes by what the bite itself may be off; from the changes of the areas
//!    come their uncertainties.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::{Point, RigidMotion, Vector};

use crate::areas::{LeafGap, Levels, PairAreas, SampleGap, Samples, share_within};
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
pub(crate) type Gaps = [Vec<Option<SampleGap>>; 2];

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
        let [upper, lower] = [Jaw::Upper, Jaw::Lower].map(|jaw| {
            let samples = Samples::of(pair, jaw, within);
            let gaps = samples.gaps(pair, &RigidMotion::identity(), within, None);
            (samples, gaps)
        });
        Self {
            pair,
            samples: [upper.0, lower.0],
            gaps: [upper.1, lower.1],
            limit,
        }
    }

    fn moved(&self, motion: &RigidMotion) -> Gaps {
        [0, 1].map(|k| self.samples[k].gaps(self.pair, motion, self.limit, Some(&self.gaps[k])))
    }

    /// Places and gaps of either arch.
    pub fn with<'s>(&'s self, gaps: &'s Gaps) -> [(&'s Samples, &'s [Option<SampleGap>]); 2] {
        [0, 1].map(|k| (&self.samples[k], gaps[k].as_slice()))
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

/// Looks at the contacts under all nudges.
pub(crate) fn nudged(closed: &Closed<'_, '_>, found: &[Region], gap: f64, levels: &Levels) -> Vec<Nudged> {
    let shift = row("nudge").number("shift_mm");
    let least = row("least-contact-area").number("area_mm2");
    let centre = lower_centre(closed.pair);
    let one = |nudge: Nudge| {
        let gaps = closed.moved(&nudge.motion(shift, &centre));
        let arches = closed.with(&gaps);
        let stays = |region: &Region| left_of(region, arches, gap) >= least;
        Nudged {
            nudge,
            areas: PairAreas::of(arches, levels),
            stays: found.iter().map(stays).collect(),
            count: regions(arches, gap).len(),
        }
    };
    Nudge::ALL.map(one).into()
}

/// What is left of a region's area in another pose, on the arch that has more of it.
fn left_of(region: &Region, arches: [(&Samples, &[Option<SampleGap>]); 2], gap: f64) -> f64 {
    let mut left = [0.0; 2];
    for patch in &region.patches {
        let arch = usize::from(patch.jaw == Jaw::Lower);
        let (samples, gaps) = arches[arch];
        let leaf = &samples.leaves[patch.leaf];
        if let Some(found) = LeafGap::of(leaf, gaps) {
            left[arch] += leaf.area * share_within(found.values, gap);
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
    pub fn of(arches: [(&Samples, &[Option<SampleGap>]); 2], levels: &Levels, gap: f64, less: f64) -> Self {
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

/// What the bite's own error does: the lower arch off by it, plus and minus, along and about each axis.
pub(crate) fn by_the_bite(closed: &Closed<'_, '_>, shift: f64, levels: &Levels, gap: f64) -> Vec<[Pose; 2]> {
    if shift <= 0.0 {
        return Vec::new();
    }
    let centre = lower_centre(closed.pair);
    let pose = |motion: RigidMotion| {
        let gaps = closed.moved(&motion);
        Pose::of(closed.with(&gaps), levels, gap, 0.0)
    };
    let shifts = (0..3).map(|k| [shift, -shift].map(|s| pose(along(k, s))));
    let turn = shift / lever();
    let turns = (0..3).map(|k| [turn, -turn].map(|t| pose(about(k, t, &centre))));
    shifts.chain(turns).collect()
}
