//! What is true of how the crowns meet, at any position of the lower arch: by the crowns' own functions, no mesh.
//!
//! Units: mm, mm², degrees. Frame: the cast frame.
//!
//! Steps:
//! 1. [`SyntheticPair::true_gaps`]: the least signed distance of each lower crown to each upper one.
//! 2. [`SyntheticPair::true_areas`]: for each tooth of an arch the area that lies within a distance of the other arch.
//! 3. [`SyntheticPair::true_openings`]: by how much the jaw must open about its axis for a pair of crowns just to touch.
//!
//! ```
//! use stonecast_mesh::RigidMotion;
//! use stonecast_testkit::{DentitionSpec, dentition};
//! let pair = dentition(&DentitionSpec { triangles: 4_000, ..DentitionSpec::default() });
//! let closed = pair.true_gaps(&RigidMotion::identity(), 0.1);
//! assert!(closed.iter().any(|g| g.gap_mm < 0.05));
//! let open = RigidMotion::translation(0.0, 0.0, -1.0);
//! assert!(pair.true_gaps(&open, 0.1).is_empty());
//! ```
//!
//! Limits: a gap is that between two whole crowns as they are before gingiva and neighbours meet them; an area is that
//! of the arch's surface, of which the arch's mesh is a drawing. Brackets count for areas only. Depths are depths
//! within one crown.

mod nearest;
mod patch;
mod touch;

use nalgebra::Vector3;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::{Point, RigidMotion};

use self::patch::{Patch, Space};
use self::touch::{Sampled, least_gap, opening};
use crate::arch::cast_from_arch;
use crate::build::SetArch;
use crate::field::ArchField;
use crate::gum::Gum;
use crate::pair::SyntheticPair;
use crate::place::PlacedTooth;

/// The least distance between a lower and an upper crown.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrueGap {
    /// The upper tooth.
    pub upper: Fdi,
    /// The lower tooth.
    pub lower: Fdi,
    /// Where, on the lower crown as it stands moved.
    pub position: [f64; 3],
    /// The distance, negative where the crowns pass through each other: then the greatest depth of the lower crown's
    /// surface within the upper one.
    pub gap_mm: f64,
}

/// How much of a tooth's surface lies near the other arch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrueArea {
    /// The tooth.
    pub tooth: Fdi,
    /// The area with a signed distance of at most each threshold asked for; what lies within the other arch counts.
    pub within_mm2: Vec<f64>,
    /// The area that lies within the other arch.
    pub penetrating_mm2: f64,
}

/// By how much the jaw must open for two crowns just to touch.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrueOpening {
    /// The upper tooth.
    pub upper: Fdi,
    /// The lower tooth.
    pub lower: Fdi,
    /// The angle about the axis; negative: the jaw may close by so much before they touch.
    pub opening_deg: f64,
    /// Where they touch.
    pub position: [f64; 3],
}

/// The crowns of a pair made ready once for questions at many positions of the jaw.
pub struct Meeting<'a> {
    uppers: Vec<Sampled<'a>>,
    lowers: Vec<Sampled<'a>>,
}

impl Meeting<'_> {
    /// As [`SyntheticPair::true_gaps`].
    pub fn gaps(&self, moved_from_closed: &RigidMotion, reach_mm: f64) -> Vec<TrueGap> {
        let mut gaps: Vec<TrueGap> = pairs(&self.lowers, &self.uppers)
            .filter_map(|(lower, upper)| {
                let nearest = least_gap(lower, upper, moved_from_closed, reach_mm)?;
                Some(TrueGap {
                    upper: upper.tooth.tooth(),
                    lower: lower.tooth.tooth(),
                    position: nearest.at.into(),
                    gap_mm: nearest.gap,
                })
            })
            .collect();
        gaps.sort_by_key(|g| (g.lower, g.upper));
        gaps
    }

    /// As [`SyntheticPair::true_openings`].
    pub fn openings(
        &self,
        moved_from_closed: &RigidMotion,
        right_condyle: [f64; 3],
        left_condyle: [f64; 3],
    ) -> Vec<TrueOpening> {
        let axis = [right_condyle, left_condyle].map(Vector3::from);
        let mut openings: Vec<TrueOpening> = pairs(&self.lowers, &self.uppers)
            .filter_map(|(lower, upper)| {
                let (angle, at) = opening(lower, upper, moved_from_closed, &axis)?;
                Some(TrueOpening {
                    upper: upper.tooth.tooth(),
                    lower: lower.tooth.tooth(),
                    opening_deg: angle.to_degrees(),
                    position: at.into(),
                })
            })
            .collect();
        openings.sort_by_key(|o| (o.lower, o.upper));
        openings
    }
}

impl SyntheticPair {
    /// The crowns made ready for gaps and openings at many positions of the jaw.
    pub fn meeting(&self) -> Meeting<'_> {
        let of = |jaw| {
            let teeth = self.set(jaw).teeth.par_iter();
            teeth.filter(|t| t.present).map(Sampled::of).collect()
        };
        Meeting {
            uppers: of(Jaw::Upper),
            lowers: of(Jaw::Lower),
        }
    }

    /// The least signed distances between lower and upper crowns that are at most `reach_mm`, with the lower arch moved
    /// from its closed position. Sorted by lower, then upper tooth.
    pub fn true_gaps(&self, moved_from_closed: &RigidMotion, reach_mm: f64) -> Vec<TrueGap> {
        self.meeting().gaps(moved_from_closed, reach_mm)
    }

    /// For each pair of crowns by how much the jaw, moved from its closed position, must open about the line from the
    /// right to the left condyle for them just to touch; pairs that do not meet within eight degrees are left out.
    /// Sorted by lower, then upper tooth.
    pub fn true_openings(
        &self,
        moved_from_closed: &RigidMotion,
        right_condyle: [f64; 3],
        left_condyle: [f64; 3],
    ) -> Vec<TrueOpening> {
        self.meeting()
            .openings(moved_from_closed, right_condyle, left_condyle)
    }

    /// The area of each tooth of an arch within each of some distances of the other arch, with the lower arch moved from
    /// its closed position. Teeth that are not that near are left out. Sorted by tooth.
    pub fn true_areas(
        &self,
        on: Jaw,
        moved_from_closed: &RigidMotion,
        thresholds_mm: &[f64],
    ) -> Vec<TrueArea> {
        let reach = thresholds_mm.iter().copied().fold(0.0, f64::max);
        let [own_gum, other_gum] = [on, on.antagonist()].map(|jaw| self.gum(jaw));
        let own_arch = ArchField::new(&self.set(on).teeth, &own_gum);
        let other_arch = ArchField::new(&self.set(on.antagonist()).teeth, &other_gum);
        let motion = match on {
            Jaw::Lower => *moved_from_closed,
            Jaw::Upper => moved_from_closed.inverse(),
        };
        let own = |p: &Vector3<f64>| own_arch.sample(&cast_from_arch(on, p)).value;
        let other = |p: &Vector3<f64>| {
            let p = (motion * Point::from(*p)).coords;
            other_arch.sample(&cast_from_arch(on.antagonist(), &p)).value
        };
        let mut areas: Vec<TrueArea> = self
            .set(on)
            .teeth
            .par_iter()
            .filter(|t| t.present)
            .filter_map(|t| {
                let is_its = |p: &Vector3<f64>| {
                    let sample = own_arch.sample(&cast_from_arch(on, p));
                    sample.tooth.is_some_and(|(i, f)| {
                        f < sample.gum && own_arch.teeth[usize::from(i)].tooth() == t.tooth()
                    })
                };
                let patch = Patch::near(&space(t), &own, &other, &is_its, reach);
                let least = patch.least()?;
                (least <= reach).then(|| TrueArea {
                    tooth: t.tooth(),
                    within_mm2: thresholds_mm.iter().map(|d| patch.area_within(*d)).collect(),
                    penetrating_mm2: patch.area_within(0.0),
                })
            })
            .collect();
        areas.sort_by_key(|a| a.tooth);
        areas
    }

    fn set(&self, jaw: Jaw) -> &SetArch {
        &self.placed[usize::from(jaw == Jaw::Lower)]
    }

    fn gum(&self, jaw: Jaw) -> Gum {
        let set = self.set(jaw);
        Gum::new(&self.spec, jaw, set.curve, &set.teeth)
    }
}

type Both<'s, 'a> = (&'s Sampled<'a>, &'s Sampled<'a>);

/// All pairs of a lower and an upper crown.
fn pairs<'s, 'a>(
    lowers: &'s [Sampled<'a>],
    uppers: &'s [Sampled<'a>],
) -> impl ParallelIterator<Item = Both<'s, 'a>> {
    let count = lowers.len() * uppers.len();
    (0..count)
        .into_par_iter()
        .map(move |i| (&lowers[i / uppers.len()], &uppers[i % uppers.len()]))
}

/// A box about a crown's visible part, cast frame.
fn space(tooth: &PlacedTooth) -> Space {
    let size = &tooth.crown.size;
    let half = [0.5 * size.mesiodistal + 0.3, 0.5 * size.buccolingual + 0.3];
    let mut space = Space {
        low: Vector3::repeat(f64::INFINITY),
        high: Vector3::repeat(f64::NEG_INFINITY),
    };
    for c in 0..8 {
        let side = |k: usize| if c >> k & 1 == 1 { half[k] } else { -half[k] };
        let z = if c >> 2 & 1 == 1 {
            size.crown_height + 0.5
        } else {
            0.1 * size.crown_height
        };
        let p = cast_from_arch(tooth.tooth().jaw(), &tooth.pose.arch([side(0), side(1), z]));
        space.low = space.low.inf(&p);
        space.high = space.high.sup(&p);
    }
    space
}
