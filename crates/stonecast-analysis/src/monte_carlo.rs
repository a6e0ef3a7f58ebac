//! The same measures with everything that is uncertain drawn at random: what the quick way of `book` is checked against.

use std::hash::{DefaultHasher, Hash, Hasher};

use stonecast_dental::finding::Quantity;

use crate::subject::{MeasuredCast, Params, Subject};
use crate::view::Input;

/// How a number spreads when everything that is uncertain is drawn at random.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    /// The finding's id.
    pub id: String,
    /// How many draws could be measured.
    pub draws: usize,
    /// Mean of the draws.
    pub mean: f64,
    /// Their standard deviation.
    pub deviation: f64,
}

impl Spread {
    fn of(id: String, values: &[f64]) -> Self {
        let n = values.len();
        let mean = values.iter().sum::<f64>() / n.max(1) as f64;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        Self {
            id,
            draws: n,
            mean,
            deviation: (squares / n.saturating_sub(1).max(1) as f64).sqrt(),
        }
    }

    /// The deviation as a share of what the quick way says of the same finding.
    pub fn against(&self, quick: &Quantity) -> f64 {
        self.deviation / quick.uncertainty
    }
}

/// Measures a cast `draws` times, every part moved at random by its standard uncertainty, normally and independently.
pub fn at_random(cast: &MeasuredCast<'_>, params: &Params, draws: usize, seed: u64) -> Vec<Spread> {
    let subject = Subject::new(*cast, params);
    let normal = |draw: usize, place: usize, input: Input| normal(seed, draw, place, input);
    let book = crate::open_book(&subject);
    let values = book.at_random(draws, &normal);
    values
        .into_iter()
        .map(|(id, values)| Spread::of(id, &values))
        .collect()
}

/// A standard normal number that depends on its arguments alone (Box and Muller).
fn normal(seed: u64, draw: usize, place: usize, input: Input) -> f64 {
    let uniform = |part: u8| {
        let mut hasher = DefaultHasher::new();
        (seed, draw, place, input, part).hash(&mut hasher);
        // 53 bits, and never 0.
        ((hasher.finish() >> 11) as f64 + 0.5) / (1u64 << 53) as f64
    };
    (-2.0 * uniform(0).ln()).sqrt() * (std::f64::consts::TAU * uniform(1)).cos()
}
