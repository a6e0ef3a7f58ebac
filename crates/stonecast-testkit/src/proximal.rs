//! Where neighbours in an arch touch, and how wide the gaps between them are.
//!
//! Units: mm. Frame: the cast frame, unless a name says otherwise.
//!
//! Steps:
//! 1. `neighbours`: teeth that stand side by side, no gap of a missing tooth between them.
//! 2. `narrowest`: the place of the one crown's proximal wall from which it is least far to the other crown,
//!    measured along the line on which the two crowns' proximal sides face each other.
//!
//! Limits: the gap is that along this line, so between turned teeth a little more than the shortest distance.

use nalgebra::Vector3;
use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, Side};

use crate::arch::cast_from_arch;
use crate::crown::entry;
use crate::place::PlacedTooth;

/// A contact between neighbours, or the gap where one should be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProximalContact {
    /// The two teeth: the one nearer to the midline first, at the midline the right one.
    pub teeth: [Fdi; 2],
    /// Halfway between the crowns where the gap is narrowest, cast frame, mm.
    pub position: [f64; 3],
    /// The width of the gap there, mm; negative where the crowns pass through each other.
    pub gap_mm: f64,
}

/// The contacts of an arch, gaps of up to 12 mm among them, from the right end to the left. `placed` holds the right side from the midline, then
/// the left side from the midline.
pub(crate) fn proximal_contacts(jaw: Jaw, placed: &[PlacedTooth]) -> Vec<ProximalContact> {
    neighbours(placed)
        .into_iter()
        .map(|(one, other)| {
            let (middle, gap_mm) = narrowest(one, other);
            ProximalContact {
                teeth: [one.tooth(), other.tooth()],
                position: cast_from_arch(jaw, &middle).into(),
                gap_mm,
            }
        })
        .collect()
}

fn neighbours(placed: &[PlacedTooth]) -> Vec<(&PlacedTooth, &PlacedTooth)> {
    let (right, left): (Vec<_>, Vec<_>) = placed.iter().partition(|t| t.tooth().side() == Side::Right);
    let mut pairs: Vec<_> = right.windows(2).map(|w| (w[0], w[1])).rev().collect();
    pairs.extend(right.first().zip(left.first()).map(|(r, l)| (*r, *l)));
    pairs.extend(left.windows(2).map(|w| (w[0], w[1])));
    pairs.retain(|(a, b)| a.present && b.present);
    pairs
}

/// The middle of the narrowest place between two crowns and the width there.
fn narrowest(one: &PlacedTooth, other: &PlacedTooth) -> (Vector3<f64>, f64) {
    // At the midline the mesial sides meet; elsewhere the first tooth's distal side faces the second's mesial one.
    let mesial = one.tooth().side() != other.tooth().side();
    let out = if mesial { one.pose.mesial } else { -one.pose.mesial };
    let line = (out - other.pose.mesial).normalize();
    let width = |own: [f64; 3]| {
        let from = one.pose.arch(own);
        entry(-DEEPEST, WIDEST, |t| {
            other.crown.field(other.pose.own(&(from + line * t)))
        })
    };
    let wall = one.crown.nearest_on_wall(mesial, width);
    let gap = width(wall);
    (one.pose.arch(wall) + line * (0.5 * gap), gap)
}

/// Crowns pass through each other by no more than this, mm.
const DEEPEST: f64 = 2.0;
/// Wider gaps are not measured, mm.
const WIDEST: f64 = 12.0;
