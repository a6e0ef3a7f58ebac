//! The constants of cleaning, from `tables/clean.toml`.

use serde::Deserialize;
use stonecast_dental::RowStatus;
use stonecast_mesh::repair::MendParams;

/// What cleaning drops, replaces, fills and refuses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CleanParams {
    /// Fewer faces than this are no scan.
    pub min_faces: usize,
    /// What mending drops.
    pub mend: MendParams,
    /// The largest place (mm²) at which the surface passes through itself that is replaced.
    pub max_crossing_area: f64,
    /// Whether places at which the surface passes through itself are looked for at all. Labels of faces do not need
    /// it, and on a fine scan it takes a third of the time of cleaning.
    pub replaces_crossings: bool,
    /// The longest rim (mm) of a hole that is filled.
    pub max_hole_length: f64,
    /// Whether pieces that look inside out are turned. A scanned impression, a mould, looks inside out by right: keep
    /// its normals as exported.
    pub turns_outwards: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    value: f64,
    #[expect(dead_code, reason = "documentation for the table's reader")]
    unit: String,
    #[expect(dead_code, reason = "documentation for the table's reader")]
    source: String,
    #[expect(dead_code, reason = "documentation for the table's reader")]
    date: String,
    #[expect(
        dead_code,
        reason = "no result rests on a row alone; the rows are choices, and say so"
    )]
    status: RowStatus,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    min_faces: Row,
    flap_share: Row,
    piece_share: Row,
    max_crossing_area: Row,
    max_hole_length: Row,
}

const TABLE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tables/clean.toml"));

impl Default for CleanParams {
    /// The rows of `tables/clean.toml`.
    fn default() -> Self {
        let table: Table = toml::from_str(TABLE).expect("the table is compiled in, and a test reads it");
        Self {
            min_faces: table.min_faces.value as usize,
            mend: MendParams {
                flap_share: table.flap_share.value,
                piece_share: table.piece_share.value,
            },
            max_crossing_area: table.max_crossing_area.value,
            replaces_crossings: true,
            max_hole_length: table.max_hole_length.value,
            turns_outwards: true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read() {
        let params = CleanParams::default();
        assert!(params.min_faces > 0 && params.mend.flap_share > 0.0 && params.mend.piece_share > 0.0);
    }
}
