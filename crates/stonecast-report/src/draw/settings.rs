//! What to set on an articulator, as a lab reads it: right and left apart, where each value comes from, what the device can be set
//! to.

use stonecast_articulator::{SettingsSheet, SheetRow, SheetValue, sheet::Origin};
use stonecast_dental::RowStatus;

use crate::{
    Drawing,
    kit::{
        page::{MARGIN, Page},
        svg::{Anchor, colour},
    },
};

const COLUMNS: [(f64, Anchor); 6] = [
    (MARGIN, Anchor::Start),
    (400.0, Anchor::End),
    (490.0, Anchor::End),
    (505.0, Anchor::Start),
    (555.0, Anchor::Start),
    (680.0, Anchor::Start),
];
const HEAD: [&str; 6] = ["setting", "right", "left", "", "device", "from"];

/// The settings sheet as a drawing: settings, mounting, and what cannot be set.
pub fn settings_drawing(sheet: &SettingsSheet) -> Drawing {
    let title = "Articulator settings".to_owned();
    let mut page = Page::new(&title, &sheet.device);
    let settings: Vec<&SheetRow> = sheet
        .rows
        .iter()
        .filter(|r| r.origin != Origin::Mounting)
        .collect();
    let mounting: Vec<&SheetRow> = sheet
        .rows
        .iter()
        .filter(|r| r.origin == Origin::Mounting)
        .collect();
    table(&mut page, "To set", &settings);
    table(&mut page, "How the cast is mounted", &mounting);
    for warning in &sheet.warnings {
        page.paragraph(&format!("Note: {warning}."), colour::LOWER);
    }
    page.paragraph(
        "Motions by these settings follow the condylar guides and the incisal table alone; teeth block nothing.",
        colour::GREY,
    );
    Drawing {
        name: "articulator-settings",
        title,
        svg: page.finish(),
    }
}

fn table(page: &mut Page, heading: &str, rows: &[&SheetRow]) {
    if rows.is_empty() {
        return;
    }
    page.bottom += 26.0;
    let at = [MARGIN, page.bottom];
    page.svg.text(at, 16.0, Anchor::Start, colour::INK, heading);
    // Words of the mounting need the room of the numbers' columns.
    let (numbers, words): (Vec<&SheetRow>, Vec<&SheetRow>) = rows
        .iter()
        .partition(|row| !matches!(row.value, SheetValue::Words(_)));
    if !numbers.is_empty() {
        let cells: Vec<Vec<String>> = numbers.iter().map(|row| cells(row)).collect();
        page.table(&COLUMNS, &HEAD, &cells);
    }
    if !words.is_empty() {
        let cells = words.iter().map(|row| {
            let SheetValue::Words(words) = &row.value else {
                return Vec::new();
            };
            vec![row.name.clone(), format!("{words}{}", star(row))]
        });
        let columns = [(MARGIN, Anchor::Start), (310.0, Anchor::Start)];
        page.table(&columns, &["", ""], &cells.collect::<Vec<_>>());
    }
}

fn cells(row: &SheetRow) -> Vec<String> {
    let [right, left] = match &row.value {
        SheetValue::One(value) => [number(*value), String::new()],
        SheetValue::Sides(sides) => [number(sides.right), number(sides.left)],
        SheetValue::Words(_) => [String::new(), String::new()],
    };
    let device = row.device_range.map_or_else(String::new, |[low, high]| {
        format!("{} to {}", number(low), number(high))
    });
    let from = match row.origin {
        Origin::Given => "given".to_owned(),
        Origin::Mounting => "mounting".to_owned(),
        Origin::Table => row.source.clone(),
    };
    vec![
        row.name.clone(),
        right,
        left,
        row.unit.clone(),
        device,
        format!("{from}{}", star(row)),
    ]
}

/// A value that nobody has read in its source is marked.
fn star(row: &SheetRow) -> &'static str {
    if row.status == Some(RowStatus::Unverified) {
        " *"
    } else {
        ""
    }
}

/// Whole where it is whole, else to a tenth: no articulator is set finer.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" {
        "0".to_owned()
    } else {
        text.replace('-', "\u{2212}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_articulator::{Articulator, Mounting, MountingInput, Settings};
    use stonecast_dental::{Deg, Sides};

    #[test]
    fn a_sheet_says_right_and_left_range_and_where_each_value_is_from() {
        let mounting = Mounting::average(&MountingInput::in_cast_frame([0.0, 2.0, 1.0])).unwrap();
        let settings = Settings::preset("artex-cr").unwrap().with_inclination(Sides {
            right: Deg(31.0),
            left: Deg(37.5),
        });
        let sheet = Articulator::new(mounting, settings).unwrap().sheet();
        let drawing = settings_drawing(&sheet);
        for words in [">31<", ">37.5<", ">given<", "Artex", "teeth block nothing"] {
            assert!(drawing.svg.contains(words), "{words}");
        }
        for row in &sheet.rows {
            assert!(
                drawing.svg.contains(row.name.split(' ').next().unwrap()),
                "{}",
                row.name
            );
        }
    }

    #[test]
    fn numbers_are_as_short_as_a_scale() {
        assert_eq!(
            [number(30.0), number(-0.04), number(-5.0), number(12.25)],
            ["30", "0", "−5", "12.2"]
        );
    }
}
