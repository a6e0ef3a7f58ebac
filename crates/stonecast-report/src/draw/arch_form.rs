//! Curves fitted to the arches, over the outlines of the teeth.

use super::{JAWS, NAME_AND_VALUE, Sheet, both_arches};
use crate::kit::{
    labels::Labels,
    page::Page,
    plan::Plan,
    svg::{Pen, colour},
};

/// Families as ids name them, in words, with their colours.
const FAMILIES: [(&str, &str, &str); 5] = [
    ("beta", "beta function", colour::UPPER),
    ("catenary", "catenary", colour::GOOD),
    ("conic", "conic section", colour::INK),
    ("sixth", "sixth order", colour::LOWER),
    ("fourth", "fourth order", colour::THIRD),
];

/// Points of a curve farther apart than this, mm, are not joined.
const JUMP: f64 = 8.0;

pub fn draw(sheet: &Sheet<'_>) -> Option<Page> {
    sheet.findings.under("arch.form").next()?;
    let mut page = Page::new(
        "Arch form",
        "Curves fitted to incisal edges, canine tips and buccal cusps, seen in the occlusal plane",
    );
    both_arches(sheet, &mut page, |page, plan| draw_arch(sheet, page, plan));
    let legend: Vec<(Pen, &str)> = FAMILIES
        .iter()
        .map(|(_, words, colour)| (Pen::line(colour, 2.0), *words))
        .collect();
    page.legend(&legend);
    let rest = ["arch.form.category", "arch.form.parabolic_share"];
    let rms = FAMILIES.iter().map(|(key, ..)| format!("arch.form.{key}.rms"));
    let ids: Vec<String> = (rest.map(str::to_owned).into_iter().chain(rms))
        .flat_map(|id| JAWS.map(|jaw| format!("{id}.{jaw}")))
        .collect();
    let measured: Vec<String> = ids
        .iter()
        .filter(|id| sheet.measured(id).is_some())
        .cloned()
        .collect();
    page.table(&NAME_AND_VALUE, &["finding", "value"], &sheet.rows(&measured));
    sheet.tell_missing(&mut page, &ids);
    Some(page)
}

fn draw_arch(sheet: &Sheet<'_>, page: &mut Page, plan: &Plan) {
    plan.draw_teeth(&mut page.svg);
    let mut labels = Labels::default();
    plan.number_outside(&mut page.svg, &mut labels, sheet.notation);
    for (key, _, colour) in FAMILIES {
        let finding = sheet.measured(&format!("arch.form.{key}.rms.{}", plan.jaw));
        for curve in finding.iter().flat_map(|f| &f.evidence.curves) {
            let points: Vec<_> = curve.points.iter().map(|p| plan.at(*p)).collect();
            // A curve that does not reach the last molars has no points there; what it has instead is no part of it.
            let jump = |a: &[f64; 2], b: &[f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]) > JUMP * plan.scale;
            for piece in points
                .chunk_by(|a, b| !jump(a, b))
                .filter(|piece| piece.len() > 2)
            {
                page.svg.polyline(piece, Pen::line(colour, 2.0));
            }
        }
    }
}
