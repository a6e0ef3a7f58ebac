//! Bolton: sums of upper and lower widths as bars, what the norm wants of the lower sum, and the ratio against the norm.

use super::{NAME_AND_VALUE, Sheet};
use crate::kit::{
    page::{MARGIN, Page},
    svg::{Anchor, Pen, colour},
    words,
};

/// The page's units that a percentage of the ratio takes, and how many of the norm's standard deviations are shown.
const REACH: f64 = 3.5;

pub fn draw(sheet: &Sheet<'_>) -> Option<Page> {
    sheet.findings.under("bolton").next()?;
    let mut page = Page::new(
        "Bolton analysis",
        "Sums of the mesiodistal widths, lower beside upper, and their ratio against the norm",
    );
    let mut ids = Vec::new();
    for (key, title) in [
        ("anterior", "Anterior ratio: six front teeth"),
        ("overall", "Overall ratio: twelve teeth"),
    ] {
        part(sheet, &mut page, key, title);
        ids.extend(
            ["sum.upper", "sum.lower", "ratio", "excess", "significance", "z"]
                .map(|what| format!("bolton.{key}.{what}")),
        );
    }
    page.legend(&[
        (Pen::fill(colour::UPPER), "upper sum"),
        (Pen::fill(colour::LOWER), "lower sum"),
        (
            Pen::line(colour::GOOD, 3.0),
            "lower sum by the norm; norm ± 1 and 2 standard deviations",
        ),
    ]);
    let measured: Vec<String> = ids
        .iter()
        .filter(|id| sheet.measured(id).is_some())
        .cloned()
        .collect();
    page.table(&NAME_AND_VALUE, &["finding", "value"], &sheet.rows(&measured));
    let notes = sheet
        .findings
        .get("bolton.overall.excess")
        .into_iter()
        .flat_map(|f| &f.evidence.notes);
    for note in notes.filter(|n| n.starts_with("norm set")) {
        page.paragraph(&format!("Compared with {note}."), colour::GREY);
    }
    sheet.tell_missing(&mut page, &ids);
    Some(page)
}

fn part(sheet: &Sheet<'_>, page: &mut Page, key: &str, title: &str) {
    page.bottom += 34.0;
    page.svg
        .text([MARGIN, page.bottom], 15.0, Anchor::Start, colour::INK, title);
    let number = |what: &str| sheet.number(&format!("bolton.{key}.{what}"));
    let (Some(upper), Some(lower)) = (number("sum.upper"), number("sum.lower")) else {
        page.bottom += 6.0;
        sheet.tell_missing(page, &[format!("bolton.{key}.ratio")]);
        return;
    };
    let scale = 560.0 / upper.max(lower);
    let left = MARGIN + 60.0;
    for (jaw, sum, colour) in [("upper", upper, colour::UPPER), ("lower", lower, colour::LOWER)] {
        page.bottom += 32.0;
        let y = page.bottom;
        page.svg.text([MARGIN, y - 3.0], 13.0, Anchor::Start, colour, jaw);
        page.svg
            .rect([left, y - 18.0], [sum * scale, 22.0], Pen::fill(colour));
        let finding = sheet.measured(&format!("bolton.{key}.sum.{jaw}"));
        let words = finding.map(words::value).unwrap_or_default();
        page.note_signs(std::slice::from_ref(&words));
        page.svg
            .text([left + 575.0, y - 3.0], 13.0, Anchor::Start, colour::INK, &words);
    }
    let (Some(ratio), Some(excess)) = (number("ratio"), number("excess")) else {
        return;
    };
    // The norm as the excess implies it: it is what the ratio would be without.
    let norm = if excess >= 0.0 {
        (lower - excess) / upper
    } else {
        lower / (upper + excess)
    };
    let wanted = left + norm * upper * scale;
    let pen = Pen::line(colour::GOOD, 3.0);
    page.svg
        .line([wanted, page.bottom - 24.0], [wanted, page.bottom + 10.0], pen);
    let finding = sheet.measured(&format!("bolton.{key}.excess"));
    let spread = finding
        .and_then(stonecast_dental::Finding::number)
        .map_or(0.0, |q| 2.0 * q.uncertainty);
    let jaw = if excess >= 0.0 { "lower" } else { "upper" };
    let words = format!(
        "{jaw} teeth too wide by {:.1} ± {spread:.1} mm against the norm",
        excess.abs()
    );
    page.bottom += 24.0;
    page.svg.text(
        [wanted + 6.0, page.bottom],
        12.0,
        Anchor::End,
        colour::GOOD,
        &words,
    );
    let deviation = number("z")
        .filter(|z| z.abs() > 1e-6)
        .map(|z| (ratio - 100.0 * norm) / z);
    if let Some(deviation) = deviation {
        gauge(sheet, page, key, 100.0 * norm, deviation);
    }
}

/// The ratio on a scale with the norm's standard deviations.
fn gauge(sheet: &Sheet<'_>, page: &mut Page, key: &str, norm: f64, deviation: f64) {
    let Some(finding) = sheet.measured(&format!("bolton.{key}.ratio")) else {
        return;
    };
    let Some(ratio) = finding.number() else { return };
    page.bottom += 56.0;
    let y = page.bottom;
    let (left, width) = (MARGIN + 60.0, 560.0);
    let far = ((ratio.value - norm) / deviation).abs() + 0.8;
    let reach = REACH.max(far);
    let at = |percent: f64| left + width / 2.0 * (1.0 + (percent - norm) / (reach * deviation));
    for (times, fill) in [(2.0, "#d7efe6"), (1.0, "#a5dcc7")] {
        let [a, b] = [at(norm - times * deviation), at(norm + times * deviation)];
        page.svg.rect([a, y - 9.0], [b - a, 18.0], Pen::fill(fill));
    }
    page.svg
        .line([left, y], [left + width, y], Pen::line(colour::INK, 1.0));
    for k in -2..=2 {
        let percent = norm + f64::from(k) * deviation;
        let x = at(percent);
        page.svg.line(
            [x, y - 9.0],
            [x, y + 9.0],
            Pen::line(colour::GOOD, if k == 0 { 3.0 } else { 1.0 }),
        );
        page.svg.text(
            [x, y + 25.0],
            11.0,
            Anchor::Middle,
            colour::GREY,
            &format!("{percent:.1}"),
        );
    }
    let [low, high] = ratio.interval();
    let [low, high] = [low, high].map(|percent| at(percent).clamp(left, left + width));
    page.svg
        .line([low, y - 18.0], [high, y - 18.0], Pen::line(colour::INK, 2.5));
    page.svg
        .circle([at(ratio.value), y - 18.0], 5.0, Pen::fill(colour::INK));
    let words = words::value(finding);
    page.svg.text(
        [at(ratio.value), y - 28.0],
        13.0,
        Anchor::Middle,
        colour::INK,
        &words,
    );
    page.svg.text(
        [left + width + 14.0, y + 4.0],
        12.0,
        Anchor::Start,
        colour::GREY,
        "ratio, %",
    );
    page.bottom += 30.0;
}
