//! `findings.json` and `findings.csv`. Frame: the cast frame, mm.

use serde::{Deserialize, Serialize};
use stonecast_dental::Findings;

use super::{
    settings::SettingsRecord,
    table::{self, Columns},
};

/// The name of the format.
pub const FORMAT: &str = "stonecast-findings";
/// Its version.
pub const VERSION: u32 = 1;
/// What every file of findings says.
pub const NOTICE: &str = "Not a medical device: for documentation, education and research. Uncertainties are standard uncertainties; check every number before anybody relies on it.";

/// `findings.json`: everything that was measured on a cast, with evidence and uncertainty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingsDocument {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// The program and its version.
    pub program: String,
    /// [`NOTICE`].
    pub notice: String,
    /// The frame of all evidence, in words.
    pub frame: String,
    /// How it was measured.
    pub settings: SettingsRecord,
    /// The findings and the outlines of the teeth.
    #[serde(flatten)]
    pub findings: Findings,
}

impl FindingsDocument {
    /// The document of findings.
    pub fn new(findings: Findings, frame: String, settings: SettingsRecord) -> Self {
        Self {
            format: FORMAT.to_owned(),
            version: VERSION,
            program: concat!("stonecast ", env!("CARGO_PKG_VERSION")).to_owned(),
            notice: NOTICE.to_owned(),
            frame,
            settings,
            findings,
        }
    }

    /// The document's text, without spaces.
    ///
    /// # Panics
    /// Never: plain structs with string keys serialise.
    pub fn to_json(&self) -> Vec<u8> {
        let mut text = serde_json::to_vec(self).expect("plain structs with string keys serialise");
        text.push(b'\n');
        text
    }
}

/// The findings as a table: a row for each, the columns of [`table::COLUMNS`] without the case.
pub fn csv(findings: &Findings) -> Vec<u8> {
    let mut text = table::csv_header(Columns::OfOneCase);
    for finding in &findings.findings {
        table::csv_row(&mut text, None, finding);
    }
    text.into_bytes()
}
