//! How the contact area is spread over the arch. Areas are areas: they say nothing of forces.
//!
//! Units: %, mm. Frame: the cast frame, closed bite.
//!
//! A tooth pair's area is the mean of both arches'. It lies on the side, and in the front (incisors and canines) or back, of
//! the teeth it is on: half of it by the upper and half by the lower tooth.

use serde::{Deserialize, Serialize};
use stonecast_dental::finding::UncertaintyShare;
use stonecast_dental::{Fdi, Quantity, Side, ToothClass, finding::Unit};

use crate::areas::PairAreas;
use crate::contacts::Contact;
use crate::spread::Spread;

/// How the area is spread.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Balance {
    /// The part of the contact area on the patient's left side, %. `None` without contact.
    pub left_share: Option<Quantity>,
    /// The shares of its uncertainty, the largest first.
    pub left_uncertainty: Vec<UncertaintyShare>,
    /// The part on incisors and canines, %.
    pub anterior_share: Option<Quantity>,
    /// The shares of its uncertainty, the largest first.
    pub anterior_uncertainty: Vec<UncertaintyShare>,
    /// The middle of the contact area. `None` without contacts.
    pub middle: Option<[f64; 3]>,
}

fn share(level: usize, counts: impl Fn(Fdi) -> bool) -> impl Fn(&PairAreas) -> Option<f64> {
    move |areas| {
        let (mut within, mut all) = (0.0, 0.0);
        for ([upper, lower], both) in areas.teeth() {
            for (tooth, area) in [(upper, both.upper[level]), (lower, both.lower[level])] {
                all += area;
                within += if counts(tooth) { area } else { 0.0 };
            }
        }
        (all > 0.0).then(|| 100.0 * within / all)
    }
}

/// The part on the patient's left.
pub(crate) fn left(level: usize) -> impl Fn(&PairAreas) -> Option<f64> {
    share(level, |tooth| tooth.side() == Side::Left)
}

/// The part on the front teeth.
pub(crate) fn anterior(level: usize) -> impl Fn(&PairAreas) -> Option<f64> {
    share(level, |tooth| {
        matches!(tooth.class(), ToothClass::Incisor | ToothClass::Canine)
    })
}

/// How the area at a level is spread.
pub(crate) fn balance(spread: &Spread, level: usize, contacts: &[Contact]) -> Balance {
    let area: f64 = contacts.iter().map(|c| c.area.mean()).sum();
    let middle = |k: usize| contacts.iter().map(|c| c.at[k] * c.area.mean()).sum::<f64>() / area;
    Balance {
        left_share: spread.quantity(left(level), true, Unit::Percent),
        left_uncertainty: spread.shares(left(level), true),
        anterior_uncertainty: spread.shares(anterior(level), true),
        anterior_share: spread.quantity(anterior(level), true, Unit::Percent),
        middle: (area > 0.0).then(|| [0, 1, 2].map(middle)),
    }
}
