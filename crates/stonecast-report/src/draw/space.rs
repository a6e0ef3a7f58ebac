//! Space: the widths that the teeth need beside the room that the arch has.

use super::{JAWS, NAME_AND_VALUE, Sheet};
use crate::kit::{
    page::{MARGIN, Page},
    plan::colour_of,
    svg::{Anchor, Pen, colour},
    words,
};

pub fn draw(sheet: &Sheet<'_>) -> Option<Page> {
    sheet.findings.under("space").next()?;
    let mut page = Page::new(
        "Space analysis",
        "The room in the arch in front of the first molars, and what the ten teeth there need",
    );
    let mut ids = Vec::new();
    for jaw in JAWS {
        let of = |what: &str| format!("space.{what}.{jaw}");
        ids.extend(["required", "available", "discrepancy"].map(of));
        ids.push(format!("space.segments.{jaw}"));
        page.bottom += 36.0;
        let title = format!("{} arch", if jaw.name() == "upper" { "Upper" } else { "Lower" });
        page.svg
            .text([MARGIN, page.bottom], 15.0, Anchor::Start, colour_of(jaw), &title);
        let (Some(required), Some(available)) =
            (sheet.number(&of("required")), sheet.number(&of("available")))
        else {
            page.bottom += 6.0;
            sheet.tell_missing(&mut page, &[of("discrepancy")]);
            continue;
        };
        let scale = 520.0 / required.max(available);
        let left = MARGIN + 90.0;
        for (name, what, length, fill) in [
            ("available", "available", available, colour::GREY),
            ("required", "required", required, colour_of(jaw)),
        ] {
            page.bottom += 32.0;
            let y = page.bottom;
            page.svg.text([MARGIN, y - 3.0], 13.0, Anchor::Start, fill, name);
            page.svg
                .rect([left, y - 18.0], [length * scale, 22.0], Pen::fill(fill));
            let words = sheet.measured(&of(what)).map(words::value).unwrap_or_default();
            page.note_signs(std::slice::from_ref(&words));
            page.svg
                .text([left + 535.0, y - 3.0], 13.0, Anchor::Start, colour::INK, &words);
        }
        let [a, b] = [available.min(required), available.max(required)].map(|l| left + l * scale);
        let short = available < required;
        let pen = Pen::line(if short { colour::LOWER } else { colour::GOOD }, 2.0);
        let y = page.bottom + 14.0;
        page.svg.line([a, y], [b, y], pen);
        for x in [a, b] {
            page.svg.line([x, page.bottom - 54.0], [x, y + 5.0], pen.dashed());
        }
        let name = if short { "lacking" } else { "to spare" };
        let by = sheet
            .measured(&of("discrepancy"))
            .and_then(stonecast_dental::Finding::number);
        let by = by.map_or_else(String::new, |q| {
            format!("{:.1} ± {:.1} mm", q.value.abs(), 2.0 * q.uncertainty)
        });
        page.bottom = y + 20.0;
        page.svg.text(
            [b, page.bottom],
            13.0,
            Anchor::End,
            pen.stroke,
            &format!("{name} {by}"),
        );
    }
    for jaw in JAWS {
        let segments: Vec<String> = sheet
            .findings
            .under(&format!("space.segment.{jaw}"))
            .map(|f| f.id.clone())
            .collect();
        ids.extend(segments);
    }
    page.bottom += 14.0;
    let measured: Vec<String> = ids
        .iter()
        .filter(|id| sheet.measured(id).is_some())
        .cloned()
        .collect();
    page.table(&NAME_AND_VALUE, &["finding", "value"], &sheet.rows(&measured));
    sheet.tell_missing(&mut page, &ids);
    Some(page)
}
