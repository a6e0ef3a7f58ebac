//! Findings as drawings for people: SVG, and PNG rendered from the same SVG.
//!
//! Drawings of findings come from [`Findings`] alone: the outlines of the teeth, the points and curves that findings were
//! read from, and their values. Sections and articulator settings are drawn from their own plain data. No mesh is needed.
//!
//! | look in | for |
//! |---|---|
//! | [`drawings`] | all drawings of a cast |
//! | `kit` | pages, arches seen from the occlusal side, labels that do not cover each other, tables |
//! | `draw` | one file for each drawing |
//! | [`section_drawing`] | a section through both arches, with callipers |
//! | [`excursion_drawing`] | what the teeth do along a motion |
//! | [`paths_drawing`] | the way of the incisal point: Posselt's figure, the Gothic arch |
//! | [`settings_drawing`] | what to set on an articulator |
//! | [`png`] | a picture of a drawing |

mod draw;
mod kit;
pub mod png;

pub use draw::excursion::excursion_drawing;
pub use draw::paths::paths_drawing;
pub use draw::section::section_drawing;
pub use draw::settings::settings_drawing;

use stonecast_dental::{Fdi, Findings};

/// The notation of tooth numbers on drawings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notation {
    /// ISO 3950: 11 to 48, primary 51 to 85.
    #[default]
    Fdi,
    /// 1 to 32, primary A to T.
    Universal,
    /// Quadrant and place: UR6, LLd.
    Palmer,
}

impl Notation {
    /// A tooth's number.
    pub fn of(self, tooth: Fdi) -> String {
        match self {
            Self::Fdi => tooth.to_string(),
            Self::Universal => tooth.universal(),
            Self::Palmer => tooth.palmer(),
        }
    }
}

/// A finished drawing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// By which its file is called, without ending.
    pub name: &'static str,
    /// What it shows.
    pub title: String,
    /// The drawing.
    pub svg: String,
}

/// Every drawing for which there are findings. An analysis that was entered but not measured gives a drawing that says
/// why; one that was not entered gives none.
pub fn drawings(findings: &Findings, notation: Notation) -> Vec<Drawing> {
    let sheet = draw::Sheet { findings, notation };
    let all = draw::ALL.iter();
    all.filter_map(|(name, draw)| {
        let page = draw(&sheet)?;
        Some(Drawing {
            name,
            title: page.title().to_owned(),
            svg: page.finish(),
        })
    })
    .collect()
}
