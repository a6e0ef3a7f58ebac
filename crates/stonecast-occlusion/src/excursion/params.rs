//! What an excursion is measured with: constants of `tables/excursion.toml`, and what the caller knows.
//!
//! Units: mm. Frame: the cast frame.

use serde::{Deserialize, Serialize};
use stonecast_dental::Mm;

use crate::BiteKnown;
use stonecast_articulator::plane::ReferencePlane;
use stonecast_dental::frame;
use stonecast_dental::table::{Row, Tables};

static TABLES: Tables = Tables::new(&[(
    "excursion",
    include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tables/excursion.toml"
    )),
)]);

/// A row of `tables/excursion.toml`.
pub(crate) fn row(id: &str) -> &'static Row {
    TABLES.row("excursion", id)
}

/// A length of `tables/excursion.toml`, mm.
pub(crate) fn length(id: &str) -> f64 {
    row(id).number("value_mm")
}

/// The plane against which slopes and heights are stated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AnglePlane {
    /// Its name: `occlusal plane`, `axis-orbital plane`.
    pub name: String,
    /// Unit vector to the patient's left, in it.
    pub left: [f64; 3],
    /// Unit vector to the back, in it.
    pub posterior: [f64; 3],
    /// Unit vector up, at right angles to it.
    pub superior: [f64; 3],
}

impl AnglePlane {
    /// The cast's own occlusal plane.
    pub fn occlusal() -> Self {
        Self {
            name: "the occlusal plane".to_owned(),
            left: frame::LEFT,
            posterior: frame::POSTERIOR,
            superior: frame::SUPERIOR,
        }
    }
}

/// The plane of a mounting, against which the settings of the articulator are stated.
impl From<&ReferencePlane> for AnglePlane {
    fn from(plane: &ReferencePlane) -> Self {
        Self {
            name: plane.name.words().to_owned(),
            left: plane.left,
            posterior: plane.posterior,
            superior: plane.superior,
        }
    }
}

/// What the caller knows beside the surfaces and the path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExcursionParams {
    /// Against which slopes and heights are stated.
    pub plane: AnglePlane,
    /// The lower incisal point in the closed bite; without it there is no guidance path.
    pub incisal_point: Option<[f64; 3]>,
    /// The scanner's local noise, one standard deviation.
    pub noise: Mm,
    /// Whose noise that is.
    pub noise_name: String,
    /// True where the program closed the bite itself.
    pub bite_estimated: bool,
    /// By how much the bite may be off, one standard deviation; `None` where that is not known.
    pub bite_residual: Option<Mm>,
}

impl ExcursionParams {
    pub(super) fn bite(&self) -> BiteKnown {
        BiteKnown {
            estimated: self.bite_estimated,
            residual_mm: self.bite_residual.map(|r| r.0),
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_row_is_read_and_says_its_source() {
        super::TABLES.check();
    }
}
