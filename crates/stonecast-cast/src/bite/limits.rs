//! The limits of `tables/bite_limits.toml`.

use std::sync::OnceLock;

use serde::Deserialize;
use stonecast_dental::RowStatus;

/// What a bite may look like; see the table for the meaning and source of each.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Limits {
    pub frames_angle: f64,
    pub frames_shift: f64,
    pub reach: f64,
    pub least_facing_area: f64,
    pub contact_gap: f64,
    pub quiet_gap: f64,
    pub open_gap: f64,
    pub quiet_depth: f64,
    pub deep_depth: f64,
    pub doubtful_move: f64,
    pub estimated_depth: f64,
    pub usual_overjet: f64,
    pub crown_height: f64,
    pub bite_scan_area: f64,
    pub bite_scan_rms: f64,
    pub bite_scan_disagreement: f64,
    pub matched_distance: f64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    value: f64,
    #[serde(rename = "meaning")]
    _meaning: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "date")]
    _date: String,
    #[serde(rename = "status")]
    _status: RowStatus,
}

#[derive(Debug, Deserialize)]
struct Table {
    row: Vec<Row>,
}

impl Limits {
    /// The table, read once.
    pub fn get() -> &'static Self {
        static LIMITS: OnceLock<Limits> = OnceLock::new();
        LIMITS.get_or_init(|| {
            let table: Table = toml::from_str(include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../tables/bite_limits.toml"
            )))
            .expect("the table is part of the program, and every test of this module reads it");
            let value = |id: &str| {
                table
                    .row
                    .iter()
                    .find(|row| row.id == id)
                    .expect("the ids asked for here stand in the table")
                    .value
            };
            Self {
                frames_angle: value("frames-angle"),
                frames_shift: value("frames-shift"),
                reach: value("reach"),
                least_facing_area: value("least-facing-area"),
                contact_gap: value("contact-gap"),
                quiet_gap: value("quiet-gap"),
                open_gap: value("open-gap"),
                quiet_depth: value("quiet-depth"),
                deep_depth: value("deep-depth"),
                doubtful_move: value("doubtful-move"),
                estimated_depth: value("estimated-depth"),
                usual_overjet: value("usual-overjet"),
                crown_height: value("crown-height"),
                bite_scan_area: value("bite-scan-area"),
                bite_scan_rms: value("bite-scan-rms"),
                bite_scan_disagreement: value("bite-scan-disagreement"),
                matched_distance: value("matched-distance"),
            }
        })
    }
}
