//! `mounting.json`, and a document for each motion. Frame: the cast frame, mm, degrees.

use serde::{Deserialize, Serialize};
use stonecast_articulator::{Articulator, JawPath, SettingsSheet};
use stonecast_cast::bite::BiteKind;
use stonecast_dental::Finding;
use stonecast_occlusion::excursion::Excursion;

use crate::measure::document::NOTICE;

/// The version of both formats.
pub const VERSION: u32 = 1;

/// What both documents begin with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// `stonecast-mounting` or `stonecast-excursion`.
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// The program and its version.
    pub program: String,
    /// What every document says.
    pub notice: String,
    /// The frame of all places, in words.
    pub frame: String,
    /// How the bite is known.
    pub bite: BiteKind,
}

impl Head {
    /// The head of a document.
    pub fn new(format: &str, frame: &str, bite: BiteKind) -> Self {
        Self {
            format: format.to_owned(),
            version: VERSION,
            program: concat!("stonecast ", env!("CARGO_PKG_VERSION")).to_owned(),
            notice: NOTICE.to_owned(),
            frame: frame.to_owned(),
            bite,
        }
    }
}

/// `mounting.json`: how the case is mounted and what the articulator is set to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MountingDocument {
    /// What it is.
    #[serde(flatten)]
    pub head: Head,
    /// Mounting and settings.
    #[serde(flatten)]
    pub articulator: Articulator,
    /// What a lab sets, where each value comes from, and what the device can be set to.
    pub sheet: SettingsSheet,
}

/// A document for each motion: the path, and what the teeth do along it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExcursionDocument {
    /// What it is.
    #[serde(flatten)]
    pub head: Head,
    /// Where the jaw stands at each step.
    pub path: JawPath,
    /// What the teeth do.
    pub excursion: Excursion,
    /// The same as findings.
    pub findings: Vec<Finding>,
}

/// A document's text, without spaces.
///
/// # Panics
/// Never: plain structs with string keys serialise.
pub fn to_json(document: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec(document).expect("plain structs with string keys serialise");
    text.push(b'\n');
    text
}
