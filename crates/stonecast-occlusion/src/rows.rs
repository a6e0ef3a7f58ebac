//! Rows of the tables that the bite's contacts rest on.

use stonecast_dental::table::{Row, Tables};

macro_rules! tables {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tables/", $name, ".toml")))),*]
    };
}

static TABLES: Tables = Tables::new(tables!(
    "occlusion",
    "measurement_precision",
    "scanner_noise",
    "space"
));

/// One row of `tables/occlusion.toml`.
pub(crate) fn row(id: &str) -> &'static Row {
    TABLES.row("occlusion", id)
}

/// One row of another table.
pub(crate) fn row_of(table: &str, id: &str) -> &'static Row {
    TABLES.row(table, id)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_table_is_read_and_names_each_row_once() {
        super::TABLES.check();
    }

    #[test]
    fn contacts_are_listed_at_one_of_the_levels() {
        let levels = super::row("levels").numbers("levels_mm");
        assert_eq!(levels, [0.05, 0.1, 0.2], "the ids of the findings name them");
        assert!(levels.contains(&super::row("contact-within").number("gap_mm")));
    }
}
