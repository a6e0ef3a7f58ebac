//! Tables of constants: every number with a clinical meaning stands in one, with its source and standing.
//!
//! Units: each field's name ends in its own (`_mm`, `_deg`). A crate compiles its tables in ([`Tables`]) and a test of it
//! calls [`Tables::check`], so asking for a row that does not exist is a programmer's error and panics.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::RowStatus;
use crate::finding::RowRef;

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

    /// A list of numbers of it, where it has one under that name.
    pub fn maybe_numbers(&self, field: &str) -> Option<Vec<f64>> {
        let list = self.fields.get(field).and_then(toml::Value::as_array)?;
        list.iter().map(as_number).collect()
    }

    /// A list of numbers of it.
    pub fn numbers(&self, field: &str) -> Vec<f64> {
        self.maybe_numbers(field)
            .unwrap_or_else(|| self.lacks(field, "list of numbers"))
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

/// The tables that a crate uses.
///
/// ```
/// use stonecast_dental::table::Tables;
/// static TABLES: Tables = Tables::new(&[(
///     "lengths",
///     "[[row]]\nid = \"inch\"\nlength_mm = 25.4\nsource = \"ISO 80000-3\"\ndate = \"2019\"\nstatus = \"verified\"\n",
/// )]);
/// assert_eq!(TABLES.row("lengths", "inch").number("length_mm"), 25.4);
/// ```
#[derive(Debug)]
pub struct Tables {
    texts: &'static [(&'static str, &'static str)],
    read: OnceLock<BTreeMap<&'static str, Vec<Row>>>,
}

impl Tables {
    /// Tables by name and TOML text.
    pub const fn new(texts: &'static [(&'static str, &'static str)]) -> Self {
        Self {
            texts,
            read: OnceLock::new(),
        }
    }

    /// All rows of a table, in their order there.
    ///
    /// # Panics
    /// If there is no such table, or one of the texts is not a table of rows.
    pub fn rows(&self, table: &str) -> &[Row] {
        let all = self.read.get_or_init(|| {
            let texts = self.texts.iter();
            texts.map(|(name, text)| (*name, read(name, text))).collect()
        });
        all.get(table)
            .unwrap_or_else(|| panic!("tables/{table}.toml is not compiled in"))
    }

    /// One row of a table.
    ///
    /// # Panics
    /// If there is no such table or row.
    pub fn row(&self, table: &str, id: &str) -> &Row {
        let found = self.rows(table).iter().find(|row| row.id == id);
        found.unwrap_or_else(|| panic!("tables/{table}.toml has no row `{id}`"))
    }

    /// The names of the tables.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.texts.iter().map(|(name, _)| *name)
    }

    /// For a test of the crate that compiles them in: every row is read, named once in its table, and says its source.
    ///
    /// # Panics
    /// If one is not.
    pub fn check(&self) {
        for table in self.names() {
            let rows = self.rows(table);
            assert!(!rows.is_empty(), "{table}");
            let mut ids: Vec<&str> = rows.iter().map(|r| r.id.as_str()).collect();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), rows.len(), "{table}");
            let sourced = |r: &Row| r.source.len() > 8 && !r.source.starts_with("as ");
            assert!(rows.iter().all(sourced), "{table}");
        }
    }
}

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
