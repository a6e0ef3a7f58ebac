//! How sure a number is that is read from the areas.
//!
//! Steps
//! 1. The bite: the number from the areas with the lower arch off by what the bite may be off, plus and minus, along and about
//!    each axis; the root mean square of the two changes is the share of that axis.
//! 2. The scanner: the gap of each tooth pair in turn greater and less by the noise of two surfaces; pairs in quadrature.
//! 3. The scans' resolution: half of what the round surface between a scan's vertices changes ([`crate::round`]).
//! 4. The arches: half the difference of the number by the one arch's areas and by the other's.

use stonecast_dental::finding::UncertaintyShare;
use stonecast_dental::{Jaw, Quantity, finding::Unit};

use crate::areas::{BothAreas, PairAreas};
use crate::sensitivity::Pose;

/// The areas of the closed bite and of all poses and levels that are as likely.
#[derive(Clone, Debug)]
pub(crate) struct Spread {
    pub closed: Pose,
    /// With all gaps greater and less by the noise.
    pub noise: [Pose; 2],
    /// By the faces of the meshes, not the round surfaces between their corners.
    pub faces: Pose,
    /// With the lower arch off, plus and minus.
    pub bite: Vec<[Pose; 2]>,
}

const RESOLUTION: &str = "the resolution of the scans";

const ALONG: [&str; 6] = [
    "the bite to the sides",
    "the bite fore and aft",
    "the bite up and down",
    "the bite's pitch",
    "the bite's roll",
    "the bite's yaw",
];

impl Spread {
    /// The shares of a number's uncertainty, the largest first; those of the arches only where it is read from both.
    pub fn shares(
        &self,
        number: impl Fn(&PairAreas) -> Option<f64>,
        both_arches: bool,
    ) -> Vec<UncertaintyShare> {
        let Some(value) = number(&self.closed.areas) else {
            return Vec::new();
        };
        // Where a pose leaves nothing to be read, it tells nothing.
        let change = |areas: &PairAreas| number(areas).map_or(0.0, |n| n - value);
        let mut shares: Vec<UncertaintyShare> = (self.bite.iter().zip(ALONG))
            .map(|([plus, minus], what)| share(what, rms([change(&plus.areas), change(&minus.areas)])))
            .collect();
        // One pair after the other is changed, and put back.
        let (mut scanner, mut areas) = (0.0, self.closed.areas.clone());
        for pair in self.noise[1].areas.0.keys() {
            let mut with = |other: &PairAreas| {
                let changed = other.0.get(pair).copied().unwrap_or_default();
                areas.0.insert(*pair, changed);
                change(&areas)
            };
            scanner += rms([with(&self.noise[0].areas), with(&self.noise[1].areas)]).powi(2);
            match self.closed.areas.0.get(pair) {
                Some(own) => areas.0.insert(*pair, *own),
                None => areas.0.remove(pair),
            };
        }
        shares.push(share("the scanner's noise", scanner.sqrt()));
        shares.push(share(RESOLUTION, 0.5 * change(&self.faces.areas).abs()));
        if both_arches {
            let by = |jaw| number(&self.closed.areas.as_seen_by(jaw));
            let apart = by(Jaw::Upper).zip(by(Jaw::Lower)).map_or(0.0, |(u, l)| u - l);
            shares.push(share("the two arches' surfaces", 0.5 * apart.abs()));
        }
        shares.retain(|s| s.uncertainty > 0.0);
        shares.sort_by(|a, b| b.uncertainty.total_cmp(&a.uncertainty));
        shares
    }

    /// A number with its uncertainty.
    pub fn quantity(
        &self,
        number: impl Fn(&PairAreas) -> Option<f64>,
        both_arches: bool,
        unit: Unit,
    ) -> Option<Quantity> {
        let value = number(&self.closed.areas)?;
        let shares = self.shares(number, both_arches);
        Some(Quantity {
            value,
            uncertainty: total(&shares),
            unit,
        })
    }
}

impl Spread {
    /// The shares of the uncertainty of a number that is counted; the noise of the scanner is taken as one for all teeth.
    pub fn count_shares(&self, number: impl Fn(&Pose) -> f64) -> Vec<UncertaintyShare> {
        let value = number(&self.closed);
        let off = |[plus, minus]: &[Pose; 2]| rms([number(plus) - value, number(minus) - value]);
        let mut shares: Vec<UncertaintyShare> = (self.bite.iter().zip(ALONG))
            .map(|(poses, what)| share(what, off(poses)))
            .collect();
        shares.push(share("the scanner's noise", off(&self.noise)));
        shares.push(share(RESOLUTION, 0.5 * (number(&self.faces) - value).abs()));
        shares.retain(|s| s.uncertainty > 0.0);
        shares.sort_by(|a, b| b.uncertainty.total_cmp(&a.uncertainty));
        shares
    }

    /// Whether some pose or level that is as likely disagrees.
    pub fn in_doubt(&self, says: impl Fn(&Pose) -> bool) -> bool {
        let own = says(&self.closed);
        let mut others = self
            .noise
            .iter()
            .chain([&self.faces])
            .chain(self.bite.iter().flatten());
        others.any(|pose| says(pose) != own)
    }
}

fn rms([plus, minus]: [f64; 2]) -> f64 {
    (0.5 * (plus * plus + minus * minus)).sqrt()
}

/// Shares add in quadrature.
pub(crate) fn total(shares: &[UncertaintyShare]) -> f64 {
    shares
        .iter()
        .fold(0.0, |sum, s| sum + s.uncertainty.powi(2))
        .sqrt()
}

fn share(what: &str, uncertainty: f64) -> UncertaintyShare {
    UncertaintyShare {
        what: what.to_owned(),
        uncertainty,
    }
}

impl PairAreas {
    /// As if the one arch's areas were both arches'.
    fn as_seen_by(&self, jaw: Jaw) -> Self {
        let one = |areas: &BothAreas| {
            let own = match jaw {
                Jaw::Upper => areas.upper,
                Jaw::Lower => areas.lower,
            };
            BothAreas {
                upper: own,
                lower: own,
            }
        };
        Self(self.0.iter().map(|(pair, areas)| (*pair, one(areas))).collect())
    }
}
