//! `tables/orientation.toml`: the sizes that orientation relies on, each with its ground.

use std::sync::LazyLock;

use serde::Deserialize;
use stonecast_dental::RowStatus;

/// One row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The number.
    pub value: f64,
    /// Its unit: `mm`, `deg` or `1`.
    pub unit: String,
    /// How well it is founded.
    pub status: RowStatus,
    /// When the row was written.
    pub date: String,
    /// Where it comes from.
    pub source: String,
}

macro_rules! table {
    ($($name:ident: $doc:literal),+ $(,)?) => {
        /// All rows, by name.
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct OrientationTable {
            $(#[doc = $doc] pub $name: Row,)+
        }

        impl OrientationTable {
            /// Every row with its name, in the order of the table.
            pub fn rows(&self) -> Vec<(&'static str, &Row)> {
                vec![$((stringify!($name), &self.$name)),+]
            }
        }
    };
}

table! {
    sample_spacing: "Edge of a sampling cell.",
    relief_radius: "Reach of the relief measure.",
    prominence_reach: "Reach of the prominence measure.",
    prominence_full: "Prominence that counts in full.",
    layer_half_height: "Half the thickness of the layer that is looked for.",
    crown_reach: "How far from the layer's middle plane a crown may reach.",
    tip_window: "Reach within which a tip is looked for.",
    tip_softness: "Height over which a tip's neighbours lose their say.",
    tip_scale_floor: "Standard deviation of tips about their plane that is never thought odd.",
    map_cell: "Edge of a cell of the arch's map.",
    mirror_reach_across: "The mirror kernel's reach across the arch.",
    mirror_reach_along: "The mirror kernel's reach along the arch.",
    arch_direction_reach: "Reach within which the arch's direction is taken.",
    incisal_half_width: "Half the width of the two upper central incisors.",
    warn_below: "Confidence below which a person is asked to look.",
}

/// The table as shipped.
pub fn table() -> &'static OrientationTable {
    static TABLE: LazyLock<OrientationTable> = LazyLock::new(|| {
        toml::from_str(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tables/orientation.toml"
        )))
        .expect("the shipped table is well formed: a test reads it")
    });
    &TABLE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_says_where_it_comes_from() {
        let rows = table().rows();
        assert_eq!(rows.len(), 15);
        for (name, row) in rows {
            assert!(row.value > 0.0, "{name}");
            assert!(["mm", "deg", "1"].contains(&row.unit.as_str()), "{name}");
            assert!(row.source.len() > 20 && row.date.len() == 10, "{name}");
        }
    }
}
