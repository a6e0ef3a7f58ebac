//! Rows of the tables that this crate uses: average values, limits, what devices can be set to.

pub use stonecast_dental::table::Row;
use stonecast_dental::table::Tables;

static TABLES: Tables = Tables::new(&[
    (
        "articulator",
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tables/articulator.toml"
        )),
    ),
    (
        "articulator_presets",
        include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tables/articulator_presets.toml"
        )),
    ),
]);

/// A row of `tables/articulator.toml`.
pub fn row(id: &str) -> &'static Row {
    TABLES.row("articulator", id)
}

/// The rows of `tables/articulator_presets.toml`.
pub fn presets() -> &'static [Row] {
    TABLES.rows("articulator_presets")
}

/// A span of a row: its least and its greatest value.
pub(crate) fn span(row: &Row, field: &str) -> [f64; 2] {
    let numbers = row.numbers(field);
    [numbers[0], numbers[1]]
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_table_is_read_and_names_each_row_once() {
        super::TABLES.check();
    }
}
