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

const COLUMNS: [(f64, Anchor); 7] = [
    (MARGIN, Anchor::Start),
    (400.0, Anchor::End),
    (475.0, Anchor::End),
    (545.0, Anchor::End),
    (556.0, Anchor::Start),
    (600.0, Anchor::Start),
    (710.0, Anchor::Start),
];
const HEAD: [&str; 7] = ["setting", "both", "right", "left", "", "device", "from"];

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
    let mut sources: Vec<&str> = Vec::new();
    table(&mut page, "To set", &settings, &mut sources);
    table(&mut page, "How the cast is mounted", &mounting, &mut sources);
    for (i, source) in sources.iter().enumerate() {
        page.paragraph(&format!("[{}] {source}.", i + 1), colour::GREY);
    }
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

fn table<'a>(page: &mut Page, heading: &str, rows: &[&'a SheetRow], sources: &mut Vec<&'a str>) {
    if rows.is_empty() {
        return;
    }
    page.bottom += 26.0;
    let at = [MARGIN, page.bottom];
    page.svg.text(at, 16.0, Anchor::Start, colour::INK, heading);
    let cells: Vec<Vec<String>> = rows.iter().map(|row| cells(row, sources)).collect();
    page.table(&COLUMNS, &HEAD, &cells);
}

fn cells<'a>(row: &'a SheetRow, sources: &mut Vec<&'a str>) -> Vec<String> {
    let nothing = String::new;
    let [both, right, left] = match &row.value {
        SheetValue::One(value) => [number(*value), nothing(), nothing()],
        SheetValue::Sides(sides) => [nothing(), number(sides.right), number(sides.left)],
        SheetValue::Words(_) => [nothing(), nothing(), nothing()],
    };
    let device = row.device_range.map_or_else(String::new, |[low, high]| {
        format!("{} to {}", number(low), number(high))
    });
    let from = match (&row.value, row.origin) {
        // Words need the room, and say themselves where they are from.
        (SheetValue::Words(words), _) => words.clone(),
        (_, Origin::Given) => "given".to_owned(),
        (_, Origin::Mounting) => "mounting".to_owned(),
        (_, Origin::Table) => {
            let known = sources.iter().position(|source| *source == row.source);
            let place = known.unwrap_or_else(|| {
                sources.push(&row.source);
                sources.len() - 1
            });
            format!("preset [{}]", place + 1)
        }
    };
    let from = format!("{from}{}", star(row));
    vec![
        row.name.clone(),
        both,
        right,
        left,
        row.unit.clone(),
        device,
        from,
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
