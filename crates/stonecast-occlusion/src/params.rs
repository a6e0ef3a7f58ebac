//! What is known beside the surfaces: the scanner's noise, and how the bite was found.

use serde::{Deserialize, Serialize};

use crate::rows::row_of;

/// A scanner's noise, as one standard deviation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScannerNoise {
    /// Its name: a row of `tables/scanner_noise.toml`, or `given`.
    pub name: String,
    /// Of a point against its neighbourhood, mm.
    pub local_mm: f64,
    /// Of one end of an arch against the other, mm.
    pub trueness_mm: f64,
}

impl ScannerNoise {
    /// What is assumed of a scanner that nobody named: row `not-stated`.
    pub fn not_stated() -> Self {
        let row = row_of("scanner_noise", "not-stated");
        Self {
            name: row.id.clone(),
            local_mm: row.number("local_mm"),
            trueness_mm: row.number("trueness_mm"),
        }
    }

    /// None at all: synthetic casts.
    pub fn exact() -> Self {
        Self {
            name: "exact".to_owned(),
            local_mm: 0.0,
            trueness_mm: 0.0,
        }
    }
}

/// How the arches were brought together.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BiteKnown {
    /// True when the program closed the arches itself: then the bite is no record.
    pub estimated: bool,
    /// By how much the bite may be off, mm; `None` when the bite stage could not say.
    pub residual_mm: Option<f64>,
}

impl BiteKnown {
    /// How far the lower arch may be off along any axis, mm: the residual, else what the table says of such bites.
    pub fn shift_mm(&self) -> f64 {
        let id = if self.estimated {
            "bite-estimated"
        } else {
            "bite-as-scanned"
        };
        self.residual_mm
            .unwrap_or_else(|| row_of("measurement_precision", id).number("shift_mm"))
    }
}

/// How to analyse the bite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OcclusionParams {
    /// The scanner's noise, which is printed beside every area.
    pub noise: ScannerNoise,
    /// How the bite was found.
    pub bite: BiteKnown,
}
