//! Overjet and overbite of each upper incisor, as a section from the side. Distances are to scale, crowns are not.

use super::{NAME_AND_VALUE, Sheet};
use crate::kit::{
    page::{MARGIN, Page, WIDTH},
    svg::{Anchor, At, Pen, colour},
    words,
};

const INCISORS: [u8; 4] = [12, 11, 21, 22];
/// The tops of the panels, and their height.
const TOP: f64 = 130.0;
const HEIGHT: f64 = 300.0;

pub fn draw(sheet: &Sheet<'_>) -> Option<Page> {
    sheet
        .findings
        .under("overjet")
        .next()
        .or_else(|| sheet.findings.under("overbite").next())?;
    let mut page = Page::new(
        "Overjet and overbite",
        "Upper incisors against the lower ones, seen from the patient's right; distances to scale, crowns drawn schematically",
    );
    let ids = [
        "overjet.labial",
        "overjet.palatal",
        "overbite.mm",
        "overbite.percent",
        "overbite.category",
    ];
    let ids: Vec<String> = ids.map(str::to_owned).into();
    // The largest distance sets the scale, so that all panels have the same.
    let largest = INCISORS
        .iter()
        .flat_map(|t| [format!("overjet.labial.{t}"), format!("overbite.mm.{t}")])
        .filter_map(|id| sheet.number(&id))
        .fold(3.0f64, |most, v| most.max(v.abs()));
    let scale = (75.0 / largest).min(18.0);
    let width = (WIDTH - 2.0 * MARGIN) / 4.0;
    let mut drawn = false;
    for (k, number) in INCISORS.iter().enumerate() {
        let middle = MARGIN + (k as f64 + 0.5) * width;
        drawn |= panel(sheet, &mut page, *number, middle, scale);
    }
    if drawn {
        page.scale_bar([MARGIN, TOP + HEIGHT + 34.0], scale, 2.0);
        page.bottom = TOP + HEIGHT + 44.0;
    }
    let measured: Vec<String> = ids
        .iter()
        .filter(|id| sheet.measured(id).is_some())
        .cloned()
        .collect();
    if !measured.is_empty() {
        page.table(&NAME_AND_VALUE, &["finding", "value"], &sheet.rows(&measured));
    }
    sheet.tell_missing(&mut page, &ids);
    Some(page)
}

/// One upper incisor; the patient looks to the right, so that labial is on the right.
fn panel(sheet: &Sheet<'_>, page: &mut Page, number: u8, middle: f64, scale: f64) -> bool {
    let tooth = stonecast_dental::Fdi::new(number).expect("incisors are teeth");
    let overjet = sheet.measured(&format!("overjet.labial.{tooth}"));
    let overbite = sheet.measured(&format!("overbite.mm.{tooth}"));
    let name = format!("tooth {}", sheet.notation.of(tooth));
    page.svg
        .text([middle, TOP - 6.0], 14.0, Anchor::Middle, colour::INK, &name);
    let (Some(jet), Some(bite)) = (overjet.and_then(number_of), overbite.and_then(number_of)) else {
        page.svg.text(
            [middle, TOP + 120.0],
            12.0,
            Anchor::Middle,
            colour::GREY,
            "not measured",
        );
        return false;
    };
    let level = TOP + HEIGHT / 2.0;
    // The edges lie about the middle of the panel: the lower labial surface and edge, the upper edge.
    let lower = [middle - scale * jet / 2.0, level - scale * bite / 2.0];
    let upper = [middle + scale * jet / 2.0, level + scale * bite / 2.0];
    let thick = 34.0;
    crown(
        page,
        [lower[0] - thick / 2.0, lower[1]],
        1.0,
        thick,
        colour::LOWER,
    );
    crown(
        page,
        [upper[0] - thick / 2.0, upper[1]],
        -1.0,
        thick,
        colour::UPPER,
    );
    let guide = Pen::line(colour::GREY, 1.0).dashed();
    let below = TOP + HEIGHT - 14.0;
    for (x, from) in [(lower[0], lower[1]), (upper[0], upper[1])] {
        page.svg.line([x, from], [x, below], guide);
    }
    page.svg
        .line([lower[0], below], [upper[0], below], Pen::line(colour::INK, 2.5));
    let side = middle + 78.0;
    for at in [lower, upper] {
        page.svg.line(at, [side, at[1]], guide);
    }
    page.svg
        .line([side, lower[1]], [side, upper[1]], Pen::line(colour::INK, 2.5));
    let texts = [overjet, overbite].map(|f| f.and_then(words::short).unwrap_or_default());
    page.note_signs(&texts);
    let [jet_words, bite_words] = &texts;
    page.svg.text(
        [middle, below + 20.0],
        12.0,
        Anchor::Middle,
        colour::INK,
        &format!("overjet {jet_words}"),
    );
    page.svg.text(
        [middle, TOP + 14.0],
        12.0,
        Anchor::Middle,
        colour::INK,
        &format!("overbite {bite_words}"),
    );
    true
}

fn number_of(finding: &stonecast_dental::Finding) -> Option<f64> {
    finding.number().map(|q| q.value)
}

/// A crown as a wedge from its edge; `way` is 1 downwards, -1 upwards.
fn crown(page: &mut Page, edge: At, way: f64, thick: f64, line: &'static str) {
    let [x, y] = edge;
    let half = thick / 2.0;
    let at = |dx: f64, dy: f64| [x + dx, y + way * dy];
    let outline = [
        at(half, 0.0),
        at(half + 2.0, 30.0),
        at(half - 2.0, 66.0),
        at(half - 8.0, 92.0),
        at(-half - 8.0, 92.0),
        at(-half - 4.0, 60.0),
        at(-half + 8.0, 26.0),
        at(half - 8.0, -0.0),
    ];
    page.svg
        .polygon(&outline, Pen::line(line, 2.0).filled(colour::TOOTH));
}
