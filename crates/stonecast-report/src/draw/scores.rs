//! Score sheets: an index, its components, and what each was read from.

use stonecast_dental::{Fdi, Finding, Outcome};

use super::Sheet;
use crate::kit::{
    page::{MARGIN, Page},
    svg::{Anchor, colour},
    words,
};

pub fn par(sheet: &Sheet<'_>) -> Option<Page> {
    index(
        sheet,
        "par",
        "PAR index",
        "Peer assessment rating: points by component",
    )
}

pub fn di(sheet: &Sheet<'_>) -> Option<Page> {
    index(
        sheet,
        "di",
        "Discrepancy index",
        "Points by component, as far as a cast can tell",
    )
}

pub fn cre(sheet: &Sheet<'_>) -> Option<Page> {
    index(
        sheet,
        "cre",
        "Cast evaluation",
        "Points by component, as far as a cast can tell",
    )
}

pub fn iotn(sheet: &Sheet<'_>) -> Option<Page> {
    index(
        sheet,
        "iotn",
        "IOTN, dental health component",
        "Grades by feature",
    )
}

pub fn icon(sheet: &Sheet<'_>) -> Option<Page> {
    index(
        sheet,
        "icon",
        "ICON",
        "Index of complexity, outcome and need: points by component",
    )
}

const COLUMNS: [(f64, Anchor); 3] = [
    (MARGIN, Anchor::Start),
    (395.0, Anchor::Start),
    (635.0, Anchor::Start),
];

fn index(sheet: &Sheet<'_>, key: &str, title: &str, subtitle: &str) -> Option<Page> {
    let all: Vec<&Finding> = sheet.findings.under(key).collect();
    if all.is_empty() {
        return None;
    }
    let mut page = Page::new(title, subtitle);
    let scored = |f: &&&Finding| matches!(f.outcome, Outcome::Score(_) | Outcome::Category(_));
    let part = |f: &&&Finding| match f {
        f if is_total(f) => Part::Total,
        f if is_of_single_teeth(f) => Part::Single,
        _ => Part::Component,
    };
    let rows = |wanted: Part| -> Vec<Vec<String>> {
        let of = all.iter().filter(scored).filter(|f| part(f) == wanted);
        let told = of.filter(|f| wanted != Part::Single || has_points(f));
        told.map(|f| row(sheet, f)).collect()
    };
    let unit = if key == "iotn" { "grade" } else { "points" };
    for (wanted, head) in [
        (Part::Total, "total"),
        (Part::Component, "component"),
        (Part::Single, "single teeth and contacts with points"),
    ] {
        let rows = rows(wanted);
        if !rows.is_empty() {
            page.table(&COLUMNS, &[head, unit, "read from"], &rows);
        }
    }
    if all.iter().any(|f| is_of_single_teeth(f)) {
        page.paragraph(
            "Single teeth and contacts without points are left out, even where their uncertainty leaves points open; \
             findings.csv has them.",
            colour::GREY,
        );
    }
    let missing: Vec<String> = all.iter().map(|f| f.id.clone()).collect();
    sheet.tell_missing(&mut page, &missing);
    Some(page)
}

/// The parts of a sheet.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Total,
    Component,
    Single,
}

fn is_total(finding: &Finding) -> bool {
    let is = |part: &str| ["total", "grade", "standard", "cast"].contains(&part);
    finding.id.split('.').any(is)
}

fn is_of_single_teeth(finding: &Finding) -> bool {
    let last = finding.id.rsplit('.').next();
    last.is_some_and(|last| last.parse::<Fdi>().is_ok())
}

fn has_points(finding: &Finding) -> bool {
    !matches!(&finding.outcome, Outcome::Score(score) if score.points == 0.0)
}

/// So many of the numbers behind a score are told.
const TOLD: usize = 3;

fn row(sheet: &Sheet<'_>, finding: &Finding) -> Vec<String> {
    let evidence = finding.evidence.findings.iter();
    let numbers = evidence.filter_map(|id| sheet.measured(id));
    let numbers: Vec<&Finding> = numbers.filter(|f| f.number().is_some()).collect();
    let mut read: Vec<String> = (numbers.iter().take(TOLD))
        .map(|f| format!("{}{}", place(sheet, f), words::value(f)))
        .collect();
    if numbers.len() > TOLD {
        read.push(format!("{} more", numbers.len() - TOLD));
    }
    let read = if read.is_empty() {
        teeth(sheet, finding)
    } else {
        read.join("; ")
    };
    vec![finding.name.clone(), words::value(finding), read]
}

/// What a number is of, before its value: the teeth that its id names, else what the id says beside index and side.
fn place(sheet: &Sheet<'_>, finding: &Finding) -> String {
    let parts = finding.id.split('.').filter_map(|part| part.parse().ok());
    let teeth: Vec<String> = parts.map(|tooth| sheet.notation.of(tooth)).collect();
    if !teeth.is_empty() {
        return format!("{}: ", teeth.join("-"));
    }
    let is_said_elsewhere = |part: &&str| !["right", "left", "upper", "lower"].contains(part);
    let said: Vec<&str> = finding.id.split('.').skip(1).filter(is_said_elsewhere).collect();
    if said.is_empty() {
        String::new()
    } else {
        format!("{}: ", said.join(" ").replace('_', " "))
    }
}

/// The teeth that a finding is about, where they are few.
fn teeth(sheet: &Sheet<'_>, finding: &Finding) -> String {
    if finding.teeth.len() > 6 {
        return String::new();
    }
    let numbers: Vec<String> = finding.teeth.iter().map(|t| sheet.notation.of(*t)).collect();
    numbers.join(" ")
}
