//! Rows of the tables in `tables/`: every constant with a clinical meaning, with its source and standing.
//!
//! The tables are compiled in and a test reads every row, so asking for a row that does not exist is a programmer's
//! error and panics.

pub use stonecast_dental::table::Row;
use stonecast_dental::table::Tables;

macro_rules! tables {
    ($($name:literal),* $(,)?) => {
        /// Name and text of every table that measuring uses.
        const TEXTS: &[(&str, &str)] = &[
            $(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tables/", $name, ".toml")))),*
        ];
    };
}

// One line for each table.
tables!(
    "abo_cre",
    "abo_di",
    "andrews_norms",
    "andrews_rules",
    "arch_form",
    "arch_perimeter",
    "arch_width",
    "bolton",
    "change",
    "icon",
    "interarch",
    "iotn_dhc",
    "irregularity",
    "measurement_precision",
    "moyers",
    "par",
    "occlusal_curves",
    "palate",
    "scanner_noise",
    "space",
    "symmetry",
    "tooth_size_rules",
);

static TABLES: Tables = Tables::new(TEXTS);

/// All rows of a table, in their order there.
pub fn rows(table: &str) -> &'static [Row] {
    TABLES.rows(table)
}

/// One row of a table.
pub fn row(table: &str, id: &str) -> &'static Row {
    TABLES.row(table, id)
}

/// Names of all tables.
pub fn tables() -> impl Iterator<Item = &'static str> {
    TABLES.names()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_table_is_read_and_names_each_row_once() {
        super::TABLES.check();
    }
}
