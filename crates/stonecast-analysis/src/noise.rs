//! How far a scanner is off: the noise floor of every number.

use stonecast_dental::{Mm, RowStatus};

use crate::rows::{Row, row, rows};

/// A scanner's noise, as one standard deviation.
#[derive(Clone, Debug, PartialEq)]
pub struct Noise {
    /// Its name: a row of `tables/scanner_noise.toml`, or `given`.
    pub name: String,
    /// Of a point against its neighbourhood.
    pub local: Mm,
    /// Of one end of an arch against the other.
    pub trueness: Mm,
    /// How well that is founded.
    pub status: RowStatus,
}

impl Noise {
    /// A scanner of the table, by its name.
    pub fn preset(name: &str) -> Option<Self> {
        rows("scanner_noise").iter().find(|r| r.id == name).map(Self::of)
    }

    /// The names of all presets, the default first.
    pub fn names() -> impl Iterator<Item = &'static str> {
        rows("scanner_noise").iter().map(|row| row.id.as_str())
    }

    fn of(row: &Row) -> Self {
        Self {
            name: row.id.clone(),
            local: Mm(row.number("local_mm")),
            trueness: Mm(row.number("trueness_mm")),
            status: row.status,
        }
    }
}

impl Default for Noise {
    /// What is assumed of a scanner that nobody named.
    fn default() -> Self {
        Self::of(row("scanner_noise", "not-stated"))
    }
}
