//! Contacts between neighbours in an arch, and contacts that are open.
//!
//! Units: mm. Frame: the cast frame; the arches are looked at one by one.
//!
//! Steps
//! 1. `neighbours`: the teeth of an arch from right to left, two by two. Where a tooth is missing between two there is no contact to
//!    be open. A primary tooth beside its successor is passed over.
//! 2. The shortest distance of their surfaces ([`stonecast_teeth::proximity`]).
//! 3. `state`: closed below the row `contact-within` of `tables/space.toml`, open above; borderline where the uncertainty reaches
//!    over it.
//!
//! Limits: scanners bridge narrow gaps. A closed contact on a scan does not say how tight it is: floss does.

use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, Quantity, finding::Unit};
use stonecast_teeth::proximity::crown_gaps;

use crate::contacts::place_in_row;
use crate::pair::Surface;
use crate::rows::row_of;

/// Whether neighbours touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProximalState {
    /// They touch, as far as a scan can tell.
    Closed,
    /// They do not.
    Open,
}

/// How two neighbours stand to each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProximalRow {
    /// The tooth nearer to the patient's right.
    pub right: Fdi,
    /// The other.
    pub left: Fdi,
    /// The shortest distance of their surfaces; nothing where their labels meet.
    pub gap: Quantity,
    /// Whether that is a contact.
    pub state: ProximalState,
    /// True when the uncertainty of the gap leaves the other state open.
    pub borderline: bool,
    /// Where they are nearest: on the one and on the other.
    pub at: [[f64; 3]; 2],
}

/// The neighbours of an arch that have nothing between them, from the right to the left.
fn neighbours(surface: &Surface<'_>) -> Vec<[Fdi; 2]> {
    let there: Vec<Fdi> = surface.arch.labelled.teeth.iter().map(|t| t.fdi).collect();
    let mut row: Vec<Fdi> = there
        .iter()
        .copied()
        .filter(|t| !beside_successor(*t, &there))
        .collect();
    row.sort_by_key(|t| place_in_row(*t));
    let adjacent = |[a, b]: &[Fdi; 2]| {
        if a.side() == b.side() {
            a.position().abs_diff(b.position()) == 1
        } else {
            a.position() == 1 && b.position() == 1
        }
    };
    row.windows(2).map(|w| [w[0], w[1]]).filter(adjacent).collect()
}

fn beside_successor(tooth: Fdi, there: &[Fdi]) -> bool {
    tooth.is_primary() && tooth.successor().is_some_and(|s| there.contains(&s))
}

/// The contacts of an arch.
pub(crate) fn proximal(surface: &Surface<'_>) -> Vec<ProximalRow> {
    let pairs = neighbours(surface);
    let gaps = crown_gaps(surface.mesh(), &surface.arch.labelled.face_labels, &pairs);
    let within = row_of("space", "contact-within").number("value");
    let precision = row_of("space", "surface-gap-precision");
    let rows = pairs.into_iter().filter_map(|pair| {
        let found = gaps.get(&pair)?;
        let own = precision.number("per_edge") * found.edge;
        let gap = Quantity {
            value: found.gap,
            uncertainty: precision.number("base").hypot(own),
            unit: Unit::Mm,
        };
        let [low, high] = gap.interval();
        let open = found.gap >= within;
        Some(ProximalRow {
            right: pair[0],
            left: pair[1],
            gap,
            state: if open {
                ProximalState::Open
            } else {
                ProximalState::Closed
            },
            borderline: if open { low < within } else { high >= within },
            at: found.at.map(Into::into),
        })
    });
    rows.collect()
}

/// Both arches, the upper first.
pub(crate) const JAWS: [Jaw; 2] = [Jaw::Upper, Jaw::Lower];
