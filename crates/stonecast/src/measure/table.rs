//! The long table of findings: one row for each finding of each case, as CSV (RFC 4180) and as Parquet.

use std::fmt::Write as _;

use stonecast_dental::{Finding, Outcome, RowStatus};

/// Every column, with what it holds.
pub const COLUMNS: [(&str, &str); 16] = [
    ("case", "the name of the case's folder"),
    ("finding", "the id"),
    ("name", "what it is"),
    ("kind", "number, score, category or not_measured"),
    ("value", "the number or the points"),
    ("unit", "mm, mm2, mm3, deg, %, 1 or points"),
    ("uncertainty", "standard uncertainty of a number"),
    ("low", "the least that the uncertainty leaves open"),
    ("high", "the most"),
    ("category", "the name, of a category"),
    (
        "others",
        "other names that the uncertainty leaves open, with | between",
    ),
    ("reason", "why it was not measured, and what to do"),
    ("teeth", "the teeth that it is about, with a space between"),
    ("method", "the page of docs/methods that defines it"),
    (
        "standing",
        "verified, secondary or unverified: of the worst table row that it rests on; empty without rows",
    ),
    ("notice", "not a medical device"),
];

/// Which columns a table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columns {
    /// All.
    OfManyCases,
    /// All but the case.
    OfOneCase,
}

/// A finding as a row's values.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// `number`, `score`, `category` or `not_measured`.
    pub kind: &'static str,
    /// The number or the points.
    pub value: Option<f64>,
    /// Of the value.
    pub unit: Option<String>,
    /// Standard uncertainty of a number.
    pub uncertainty: Option<f64>,
    /// The least that the uncertainty leaves open.
    pub low: Option<f64>,
    /// The most.
    pub high: Option<f64>,
    /// The name, of a category.
    pub category: Option<String>,
    /// Other names that the uncertainty leaves open.
    pub others: Option<String>,
    /// Why it was not measured.
    pub reason: Option<String>,
    /// The teeth that it is about.
    pub teeth: String,
    /// The worst status of the table rows that it rests on.
    pub standing: Option<&'static str>,
}

impl Row {
    /// The row of a finding.
    pub fn of(finding: &Finding) -> Self {
        let teeth: Vec<String> = finding.teeth.iter().map(ToString::to_string).collect();
        let row = Self {
            teeth: teeth.join(" "),
            standing: finding.standing().map(status),
            ..Self::default()
        };
        match &finding.outcome {
            Outcome::Number(number) => {
                let [low, high] = number.interval();
                Self {
                    kind: "number",
                    value: Some(number.value),
                    unit: Some(unit(number.unit)),
                    uncertainty: Some(number.uncertainty),
                    low: Some(low),
                    high: Some(high),
                    ..row
                }
            }
            Outcome::Score(score) => Self {
                kind: "score",
                value: Some(score.points),
                unit: Some("points".to_owned()),
                low: Some(score.range()[0]),
                high: Some(score.range()[1]),
                ..row
            },
            Outcome::Category(category) => Self {
                kind: "category",
                category: Some(category.name.clone()),
                others: category.is_borderline().then(|| category.others.join("|")),
                ..row
            },
            Outcome::NotMeasured(why) => Self {
                kind: "not_measured",
                reason: Some(why.to_string()),
                ..row
            },
        }
    }
}

/// A unit as `findings.json` has it.
fn unit(unit: stonecast_dental::Unit) -> String {
    let value = serde_json::to_value(unit).expect("a unit is a name");
    value.as_str().unwrap_or_default().to_owned()
}

/// A status as the tables have it.
pub fn status(status: RowStatus) -> &'static str {
    match status {
        RowStatus::Verified => "verified",
        RowStatus::Secondary => "secondary",
        RowStatus::Unverified => "unverified",
    }
}

/// The first line.
pub fn csv_header(columns: Columns) -> String {
    let skip = usize::from(columns == Columns::OfOneCase);
    let names: Vec<&str> = COLUMNS.iter().skip(skip).map(|(name, _)| *name).collect();
    format!("{}\r\n", names.join(","))
}

/// The line of a finding; `case` stands before it in a table of many cases.
pub fn csv_row(text: &mut String, case: Option<&str>, finding: &Finding) {
    let row = Row::of(finding);
    let number = |n: Option<f64>| n.map(|n| n.to_string()).unwrap_or_default();
    let word = |w: &Option<String>| w.as_deref().map(quoted).unwrap_or_default();
    if let Some(case) = case {
        write!(text, "{},", quoted(case)).expect("a string takes every word");
    }
    let fields = [
        quoted(&finding.id),
        quoted(&finding.name),
        row.kind.to_owned(),
        number(row.value),
        word(&row.unit),
        number(row.uncertainty),
        number(row.low),
        number(row.high),
        word(&row.category),
        word(&row.others),
        word(&row.reason),
        quoted(&row.teeth),
        quoted(&finding.method),
        row.standing.unwrap_or_default().to_owned(),
        "not a medical device".to_owned(),
    ];
    text.push_str(&fields.join(","));
    text.push_str("\r\n");
}

/// A field in quotes, where it needs them. A spreadsheet takes text that begins like a formula for one: an apostrophe before it
/// keeps it text. Our own words never begin so, the name of a folder may.
fn quoted(field: &str) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t']) {
        return quoted(&format!("'{field}"));
    }
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_dental::{
        Fdi, NotMeasured, Quantity, Score, Unit,
        finding::{Category, Evidence, RowRef},
    };

    fn line(outcome: Outcome) -> String {
        let mut text = String::new();
        let finding = Finding {
            id: "a.b".to_owned(),
            name: "width, \"so called\"".to_owned(),
            method: "page".to_owned(),
            outcome,
            teeth: vec![Fdi::new(11).unwrap(), Fdi::new(21).unwrap()],
            evidence: Evidence {
                rows: vec![RowRef {
                    row: "t/r".to_owned(),
                    source: "s".to_owned(),
                    status: RowStatus::Secondary,
                }],
                ..Evidence::default()
            },
        };
        csv_row(&mut text, Some("A17"), &finding);
        text
    }

    #[test]
    fn every_kind_of_outcome_has_its_columns() {
        let end = ",11 21,page,secondary,not a medical device\r\n";
        let start = "A17,a.b,\"width, \"\"so called\"\"\",";
        let number = Quantity {
            value: 34.5,
            uncertainty: 0.25,
            unit: Unit::Mm2,
        };
        let t = |outcome, middle: &str| assert_eq!(line(outcome), format!("{start}{middle}{end}"));
        t(Outcome::Number(number), "number,34.5,mm2,0.25,34,35,,,");
        let score = Score {
            points: 2.0,
            low: 1.0,
            high: 2.0,
        };
        t(Outcome::Score(score), "score,2,points,,1,2,,,");
        let category = Category {
            name: "Class I".into(),
            others: vec!["Class II".into(), "Class III".into()],
        };
        t(
            Outcome::Category(category),
            "category,,,,,,Class I,Class II|Class III,",
        );
        let why = NotMeasured::NoBite;
        t(
            Outcome::NotMeasured(why),
            "not_measured,,,,,,,,\"how the arches meet is not known; give both arches in their bite, or bite scans\"",
        );
        assert_eq!(csv_header(Columns::OfManyCases).matches(',').count(), 15);
    }
}
