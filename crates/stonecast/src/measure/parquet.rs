//! The long table of findings as Parquet: written group by group, so that memory does not grow with the number of cases.

use std::{io::Write, sync::Arc};

use parquet::{
    data_type::{ByteArray, ByteArrayType, DoubleType},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::WriterProperties,
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};
use stonecast_dental::Finding;

use super::{document::NOTICE, table::Row};

/// The columns are those of [`super::table::COLUMNS`]; the notice stands in the file's metadata.
const SCHEMA: &str = "message findings {
    required binary case (UTF8);
    required binary finding (UTF8);
    required binary name (UTF8);
    required binary kind (UTF8);
    optional double value;
    optional binary unit (UTF8);
    optional double uncertainty;
    optional double low;
    optional double high;
    optional binary category (UTF8);
    optional binary others (UTF8);
    optional binary reason (UTF8);
    required binary teeth (UTF8);
    required binary method (UTF8);
    optional binary standing (UTF8);
}";

/// So many rows are kept before they are written.
const GROUP: usize = 20_000;

/// A table being written.
pub struct ParquetTable<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    rows: Vec<Entry>,
}

struct Entry {
    case: String,
    finding: String,
    name: String,
    method: String,
    row: Row,
}

impl<W: Write + Send> ParquetTable<W> {
    /// Begins a table.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn new(to: W) -> Result<Self, ParquetError> {
        let schema = parse_message_type(SCHEMA)?;
        let entry = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
        let properties = WriterProperties::builder()
            .set_created_by(concat!("stonecast ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_key_value_metadata(Some(vec![entry("notice", NOTICE)]))
            .build();
        let writer = SerializedFileWriter::new(to, Arc::new(schema), Arc::new(properties))?;
        Ok(Self {
            writer,
            rows: Vec::new(),
        })
    }

    /// Adds the findings of a case.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn add(&mut self, case: &str, findings: &[Finding]) -> Result<(), ParquetError> {
        self.rows.extend(findings.iter().map(|finding| Entry {
            case: case.to_owned(),
            finding: finding.id.clone(),
            name: finding.name.clone(),
            method: finding.method.clone(),
            row: Row::of(finding),
        }));
        if self.rows.len() >= GROUP {
            self.write_group()?;
        }
        Ok(())
    }

    /// Writes what is left, and the table's own end.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn finish(mut self) -> Result<W, ParquetError> {
        if !self.rows.is_empty() {
            self.write_group()?;
        }
        self.writer.into_inner()
    }

    fn write_group(&mut self) -> Result<(), ParquetError> {
        let rows = std::mem::take(&mut self.rows);
        let mut group = self.writer.next_row_group()?;
        let g = &mut group;
        required(g, &rows, |e| &e.case)?;
        required(g, &rows, |e| &e.finding)?;
        required(g, &rows, |e| &e.name)?;
        required(g, &rows, |e| e.row.kind)?;
        number(g, &rows, |e| e.row.value)?;
        optional(g, &rows, |e| e.row.unit.as_deref())?;
        number(g, &rows, |e| e.row.uncertainty)?;
        number(g, &rows, |e| e.row.low)?;
        number(g, &rows, |e| e.row.high)?;
        optional(g, &rows, |e| e.row.category.as_deref())?;
        optional(g, &rows, |e| e.row.others.as_deref())?;
        optional(g, &rows, |e| e.row.reason.as_deref())?;
        required(g, &rows, |e| &e.row.teeth)?;
        required(g, &rows, |e| &e.method)?;
        optional(g, &rows, |e| e.row.standing)?;
        group.close()?;
        Ok(())
    }
}

type Group<'a, W> = SerializedRowGroupWriter<'a, W>;

fn required<W: Write + Send>(
    group: &mut Group<'_, W>,
    rows: &[Entry],
    of: impl Fn(&Entry) -> &str,
) -> Result<(), ParquetError> {
    let values: Vec<ByteArray> = rows.iter().map(|e| of(e).into()).collect();
    column::<ByteArrayType, W>(group, &values, None)
}

fn optional<W: Write + Send>(
    group: &mut Group<'_, W>,
    rows: &[Entry],
    of: impl Fn(&Entry) -> Option<&str>,
) -> Result<(), ParquetError> {
    let values: Vec<ByteArray> = rows.iter().filter_map(|e| of(e).map(Into::into)).collect();
    let there: Vec<i16> = rows.iter().map(|e| i16::from(of(e).is_some())).collect();
    column::<ByteArrayType, W>(group, &values, Some(&there))
}

fn number<W: Write + Send>(
    group: &mut Group<'_, W>,
    rows: &[Entry],
    of: impl Fn(&Entry) -> Option<f64>,
) -> Result<(), ParquetError> {
    let values: Vec<f64> = rows.iter().filter_map(&of).collect();
    let there: Vec<i16> = rows.iter().map(|e| i16::from(of(e).is_some())).collect();
    column::<DoubleType, W>(group, &values, Some(&there))
}

fn column<T: parquet::data_type::DataType, W: Write + Send>(
    group: &mut Group<'_, W>,
    values: &[T::T],
    there: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let too_many = || ParquetError::General("more columns than the schema has".to_owned());
    let mut column = group.next_column()?.ok_or_else(too_many)?;
    column.typed::<T>().write_batch(values, there, None)?;
    column.close()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::{
        file::reader::{FileReader, SerializedFileReader},
        record::RowAccessor,
    };
    use stonecast_dental::{
        Fdi, NotMeasured, Outcome, Quantity, Unit,
        finding::{Category, Evidence},
    };

    #[test]
    fn what_is_written_is_read_back_row_by_row() {
        let finding = |id: &str, outcome| Finding {
            id: id.to_owned(),
            name: format!("name of {id}"),
            method: "page".to_owned(),
            outcome,
            teeth: vec![Fdi::new(11).unwrap()],
            evidence: Evidence::default(),
        };
        let number = Quantity {
            value: 0.1 + 0.2,
            uncertainty: 0.25,
            unit: Unit::Mm,
        };
        let findings = [
            finding("a", Outcome::Number(number)),
            finding("b", Outcome::Category(Category::sure("Class I"))),
            finding("c", Outcome::NotMeasured(NotMeasured::NoBite)),
        ];
        let path = std::env::temp_dir().join(format!("stonecast-table-{}.parquet", std::process::id()));
        let mut table = ParquetTable::new(std::fs::File::create(&path).unwrap()).unwrap();
        // Enough cases for more than one group.
        let cases = GROUP / findings.len() + 10;
        for case in 0..cases {
            table.add(&format!("case {case}"), &findings).unwrap();
        }
        table.finish().unwrap();
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        assert_eq!(reader.num_row_groups(), 2);
        let notice = reader.metadata().file_metadata().key_value_metadata().unwrap();
        assert!(
            notice[0]
                .value
                .as_deref()
                .unwrap()
                .contains("Not a medical device")
        );
        let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 3 * cases);
        let last = &rows[rows.len() - 3..];
        assert_eq!(last[0].get_string(0).unwrap(), &format!("case {}", cases - 1));
        assert_eq!(last[0].get_double(4).unwrap(), 0.1 + 0.2);
        assert_eq!(last[0].get_string(5).unwrap(), "mm");
        assert_eq!(last[1].get_string(9).unwrap(), "Class I");
        assert!(last[1].get_double(4).is_err(), "a category has no number");
        assert!(last[2].get_string(11).unwrap().contains("bite"));
        assert_eq!(last[2].get_string(12).unwrap(), "11");
        std::fs::remove_file(&path).unwrap();
    }
}
