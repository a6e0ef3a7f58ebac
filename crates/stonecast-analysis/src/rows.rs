//! Rows of the tables in `tables/`: every constant with a clinical meaning, with its source and standing.
//!
//! The tables are compiled in and a test reads every row, so asking for a row that does not exist is a programmer's
//! error and panics.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use stonecast_dental::RowStatus;
use stonecast_dental::finding::RowRef;

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

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its table.
    pub table: &'static str,
    /// Its name within the table.
    pub id: String,
    /// Where its figures come from.
    pub source: String,
    /// How well that is founded.
    pub status: RowStatus,
    fields: toml::Table,
}

impl Row {
    /// How findings name it.
    pub fn reference(&self) -> RowRef {
        RowRef {
            row: format!("{}/{}", self.table, self.id),
            source: self.source.clone(),
            status: self.status,
        }
    }

    /// A number of it, where it has one under that name.
    pub fn maybe_number(&self, field: &str) -> Option<f64> {
        self.fields.get(field).and_then(as_number)
    }

    /// A number of it.
    pub fn number(&self, field: &str) -> f64 {
        self.maybe_number(field)
            .unwrap_or_else(|| self.lacks(field, "number"))
    }

    /// A list of numbers of it.
    pub fn numbers(&self, field: &str) -> Vec<f64> {
        let list = self.fields.get(field).and_then(toml::Value::as_array);
        let numbers = list.and_then(|list| list.iter().map(as_number).collect());
        numbers.unwrap_or_else(|| self.lacks(field, "list of numbers"))
    }

    /// A text of it, where it has one under that name.
    pub fn maybe_text(&self, field: &str) -> Option<&str> {
        self.fields.get(field).and_then(toml::Value::as_str)
    }

    /// A text of it.
    pub fn text(&self, field: &str) -> &str {
        self.maybe_text(field)
            .unwrap_or_else(|| self.lacks(field, "text"))
    }

    /// A list of texts of it.
    pub fn texts(&self, field: &str) -> Vec<&str> {
        let list = self.fields.get(field).and_then(toml::Value::as_array);
        let texts = list.and_then(|list| list.iter().map(toml::Value::as_str).collect());
        texts.unwrap_or_else(|| self.lacks(field, "list of texts"))
    }

    fn lacks(&self, field: &str, kind: &str) -> ! {
        panic!(
            "row {} of tables/{}.toml has no {kind} `{field}`",
            self.id, self.table
        )
    }
}

fn as_number(value: &toml::Value) -> Option<f64> {
    value.as_float().or_else(|| value.as_integer().map(|i| i as f64))
}

static TABLES: LazyLock<BTreeMap<&'static str, Vec<Row>>> = LazyLock::new(|| {
    TEXTS
        .iter()
        .map(|(name, text)| (*name, read(name, text)))
        .collect()
});

fn read(table: &'static str, text: &str) -> Vec<Row> {
    let parsed: toml::Table = toml::from_str(text).unwrap_or_else(|e| panic!("tables/{table}.toml: {e}"));
    let rows = parsed.get("row").and_then(toml::Value::as_array);
    let rows = rows.unwrap_or_else(|| panic!("tables/{table}.toml has no [[row]]"));
    let mut rows: Vec<Row> = rows.iter().map(|row| read_row(table, row)).collect();
    // `as level-75` names the row whose source is also this one's.
    for place in 0..rows.len() {
        if let Some(id) = rows[place].source.strip_prefix("as ") {
            let named = rows
                .iter()
                .find(|row| row.id == id && !row.source.starts_with("as "));
            let source =
                named.unwrap_or_else(|| panic!("tables/{table}.toml has no row `{id}` with a source"));
            rows[place].source = source.source.clone();
        }
    }
    rows
}

fn read_row(table: &'static str, row: &toml::Value) -> Row {
    let fields = row.as_table().expect("an array of tables holds tables").clone();
    let text = |field: &str| {
        let value = fields.get(field).and_then(toml::Value::as_str);
        value
            .unwrap_or_else(|| panic!("a row of tables/{table}.toml has no `{field}`: {fields}"))
            .to_owned()
    };
    let status = match text("status").as_str() {
        "verified" => RowStatus::Verified,
        "secondary" => RowStatus::Secondary,
        "unverified" => RowStatus::Unverified,
        other => panic!("tables/{table}.toml: `{other}` is no status"),
    };
    text("date");
    Row {
        table,
        id: text("id"),
        source: text("source"),
        status,
        fields,
    }
}

/// All rows of a table, in their order there.
pub fn rows(table: &str) -> &'static [Row] {
    TABLES
        .get(table)
        .unwrap_or_else(|| panic!("tables/{table}.toml is not compiled in"))
}

/// One row of a table.
pub fn row(table: &str, id: &str) -> &'static Row {
    let found = rows(table).iter().find(|row| row.id == id);
    found.unwrap_or_else(|| panic!("tables/{table}.toml has no row `{id}`"))
}

/// Names of all tables.
pub fn tables() -> impl Iterator<Item = &'static str> {
    TEXTS.iter().map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_is_read_and_names_each_row_once() {
        for table in tables() {
            let rows = rows(table);
            assert!(!rows.is_empty(), "{table}");
            let mut ids: Vec<&str> = rows.iter().map(|r| r.id.as_str()).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), rows.len(), "{table}");
            let named = |r: &Row| r.source.len() > 8 && !r.source.starts_with("as ");
            assert!(rows.iter().all(named), "{table}");
        }
    }
}
