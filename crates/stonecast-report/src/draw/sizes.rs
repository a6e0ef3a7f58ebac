//! The mesiodistal width of every tooth, at its place.

use super::{Sheet, both_arches};
use crate::kit::{
    labels::Labels,
    page::Page,
    plan::{Plan, colour_of},
    svg::colour,
    words,
};

pub fn draw(sheet: &Sheet<'_>) -> Option<Page> {
    sheet.findings.under("size.mesiodistal").next()?;
    let mut page = Page::new("Tooth widths", "Greatest mesiodistal width of each crown, mm");
    both_arches(sheet, &mut page, |page, plan| draw_arch(sheet, page, plan));
    let ids: Vec<String> = sheet
        .findings
        .under("size.mesiodistal")
        .map(|f| f.id.clone())
        .collect();
    sheet.tell_missing(&mut page, &ids);
    Some(page)
}

fn draw_arch(sheet: &Sheet<'_>, page: &mut Page, plan: &Plan) {
    plan.draw_teeth(&mut page.svg);
    plan.number_inside(&mut page.svg, sheet.notation);
    let mut labels = Labels::default();
    for (_, at) in plan.teeth() {
        labels.keep_free(at, "88", 12.0);
    }
    for (tooth, at) in plan.teeth() {
        let finding = sheet.measured(&format!("size.mesiodistal.{tooth}"));
        let (text, colour) = match finding.and_then(words::short) {
            Some(words) => (words, colour_of(plan.jaw)),
            None => ("not measured".to_owned(), colour::GREY),
        };
        page.note_signs(std::slice::from_ref(&text));
        let away = plan.away(at);
        let from = plan.rim(tooth, away).unwrap_or(at);
        labels.put(&mut page.svg, from, away, 11.0, colour, &text);
    }
}
