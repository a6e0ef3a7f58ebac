//! The presets of bases: shapes, angles, heights and margins, read from `tables/base_presets.toml`.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};
use stonecast_dental::RowStatus;

const TABLE: &str = include_str!(concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../tables/base_presets.toml"
));

/// One number of the table with its origin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// What is built.
    pub value: f64,
    /// The span found in use, where one is known.
    #[serde(default)]
    pub range: Option<[f64; 2]>,
    /// `mm`, `deg`, or `1` for a count.
    pub unit: String,
    /// Where it was read, or why it was chosen.
    pub source: String,
    /// When it was read or chosen.
    pub date: String,
    /// How far it can be trusted.
    pub status: RowStatus,
}

/// Numbers that all presets share; lengths in mm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Common {
    /// Thickness of the base beyond the trim line at its deepest.
    pub art_height: Row,
    /// Height of the occluded pair from bottom to bottom, reported against.
    pub occluded_height: Row,
    /// Height of the trim plane over the occlusal plane for a stone model that already stands on a base.
    pub deepest_trim: Row,
    /// Least distance of the outline from the anatomy at the sides and the front.
    pub side_margin: Row,
    /// Distance of the back from the last of the anatomy.
    pub back_margin: Row,
    /// Least thickness over the palate or the land.
    pub least_floor: Row,
    /// Height of a capital letter when there is room.
    pub label_letter_height: Row,
    /// How far letters stand out or go in.
    pub label_depth: Row,
    /// Least width of a letter's stroke.
    pub label_least_stroke: Row,
    /// Least wall of a hollow base that is accepted.
    pub least_wall: Row,
    /// Least wall of a hollow base where nothing else is asked for.
    pub usual_wall: Row,
    /// How many drain holes a hollow base has where nothing else is asked for.
    pub drain_holes: Row,
    /// Diameter of a drain hole.
    pub drain_diameter: Row,
}

/// The shape of a base seen along its axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Shape {
    /// The orthodontic study model: sides, heels, pointed upper front, rounded lower front.
    Trimmed,
    /// A rounded band, open at the tongue where the arch is.
    Horseshoe,
    /// A rectangle.
    Block,
}

/// One way to shape a base.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preset {
    /// The name to ask for it by.
    pub name: String,
    /// One line on what it is.
    pub summary: String,
    /// Its shape.
    pub shape: Shape,
    /// Upper sides to the back, in degrees.
    #[serde(default)]
    pub upper_side_angle: Option<Row>,
    /// Upper front cuts to the back, in degrees.
    #[serde(default)]
    pub upper_front_angle: Option<Row>,
    /// Lower sides to the back, in degrees.
    #[serde(default)]
    pub lower_side_angle: Option<Row>,
    /// The chord from canine to midline to the back, in degrees.
    #[serde(default)]
    pub lower_front_angle: Option<Row>,
    /// Length of the heel cuts, in mm.
    #[serde(default)]
    pub heel_length: Option<Row>,
    /// Inner sides of the horseshoe to the back, in degrees.
    #[serde(default)]
    pub tongue_angle: Option<Row>,
    /// Least width of the horseshoe's opening, in mm.
    #[serde(default)]
    pub least_tongue_width: Option<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    common: Common,
    preset: Vec<Preset>,
}

fn table() -> &'static Table {
    static PARSED: OnceLock<Table> = OnceLock::new();
    PARSED.get_or_init(|| {
        toml::from_str(TABLE).expect("tables/base_presets.toml is part of the program and tested")
    })
}

/// All presets, in the order of the table.
pub fn presets() -> &'static [Preset] {
    &table().preset
}

/// The numbers that all presets share.
pub fn common() -> &'static Common {
    &table().common
}

impl Preset {
    /// The preset's own rows that have a value, with their names.
    pub fn rows(&self) -> impl Iterator<Item = (&'static str, &Row)> {
        [
            ("upper_side_angle", &self.upper_side_angle),
            ("upper_front_angle", &self.upper_front_angle),
            ("lower_side_angle", &self.lower_side_angle),
            ("lower_front_angle", &self.lower_front_angle),
            ("heel_length", &self.heel_length),
            ("tongue_angle", &self.tongue_angle),
            ("least_tongue_width", &self.least_tongue_width),
        ]
        .into_iter()
        .filter_map(|(name, row)| row.as_ref().map(|row| (name, row)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_has_the_numbers_that_its_shape_needs() {
        let shapes: Vec<_> = presets().iter().map(|p| (p.name.as_str(), p.shape)).collect();
        assert_eq!(
            shapes,
            [
                ("orthodontic", Shape::Trimmed),
                ("horseshoe", Shape::Horseshoe),
                ("block", Shape::Block)
            ]
        );
        let counts: Vec<_> = presets().iter().map(|p| p.rows().count()).collect();
        assert_eq!(counts, [5, 2, 0]);
    }

    #[test]
    fn a_hollow_base_is_usually_thicker_than_it_must_be_and_has_whole_holes() {
        let common = common();
        assert!(common.usual_wall.value >= common.least_wall.value);
        assert!(common.drain_holes.value >= 1.0 && common.drain_holes.value.fract() == 0.0);
    }

    #[test]
    fn every_value_lies_in_its_range_and_names_its_source() {
        for (name, row) in presets().iter().flat_map(Preset::rows) {
            assert!(!row.source.is_empty() && row.date.len() == 10, "{name}");
            let [low, high] = row.range.unwrap_or([row.value, row.value]);
            assert!((low..=high).contains(&row.value), "{name}");
        }
    }
}
