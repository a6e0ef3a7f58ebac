//! Irregularity: the front teeth enlarged, with each displacement of contact points.

use stonecast_dental::Jaw;

use super::{JAWS, NAME_AND_VALUE, Sheet};
use crate::kit::{
    labels::Labels,
    page::{MARGIN, Page, WIDTH},
    plan::{MOST, Plan, colour_of},
    svg::{Anchor, Pen, colour},
    words,
};

pub fn draw(sheet: &Sheet<'_>) -> Option<Page> {
    sheet.findings.under("little").next()?;
    let mut page = Page::new(
        "Irregularity of the front teeth",
        "Displacement of neighbouring contact points, parallel to the occlusal plane, mm (Little)",
    );
    for jaw in JAWS {
        draw_arch(sheet, &mut page, jaw);
    }
    page.legend(&[(Pen::line(colour::INK, 2.5), "from contact point to contact point")]);
    let ids: Vec<String> = sheet.findings.under("little").map(|f| f.id.clone()).collect();
    page.table(&NAME_AND_VALUE, &["finding", "value"], &sheet.rows(&ids));
    Some(page)
}

fn draw_arch(sheet: &Sheet<'_>, page: &mut Page, jaw: Jaw) {
    // Only the front of the arch, so that it is drawn large.
    let mut front = sheet.findings.clone();
    front
        .outlines
        .retain(|o| o.tooth.jaw() == jaw && o.tooth.position() <= 3);
    let top = page.bottom + 44.0;
    let size = [WIDTH - 2.0 * MARGIN - 220.0, 200.0];
    let Some(plan) = Plan::new(&front, jaw, [MARGIN + 110.0, top], size, 2.0 * MOST) else {
        return;
    };
    plan.draw_teeth(&mut page.svg);
    plan.number_inside(&mut page.svg, sheet.notation);
    let mut labels = Labels::default();
    for (_, at) in plan.teeth() {
        labels.keep_free(at, "88", 12.0);
    }
    for finding in sheet.findings.under("displacement") {
        let [right, left] = finding.teeth.as_slice() else {
            continue;
        };
        let of_front = |t: &stonecast_dental::Fdi| t.jaw() == jaw && t.position() <= 3;
        let points = finding.evidence.points.as_slice();
        let ([a, b], true) = (points, of_front(right) && of_front(left)) else {
            continue;
        };
        let [a, b] = [plan.at(a.xyz), plan.at(b.xyz)];
        page.svg.line(a, b, Pen::line(colour::INK, 2.5));
        for p in [a, b] {
            page.svg.circle(p, 3.5, Pen::fill(colour_of(jaw)));
        }
        let middle = [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
        let towards = plan.away(middle);
        let towards = [0.5 * towards[0], towards[1]];
        // Outside both points, so that the label covers neither.
        let out = |p: [f64; 2]| (p[0] - middle[0]) * towards[0] + (p[1] - middle[1]) * towards[1];
        let norm = towards[0].hypot(towards[1]).max(1e-9);
        let reach = out(a).max(out(b)) / norm + 7.0;
        let from = [
            middle[0] + reach * towards[0] / norm,
            middle[1] + reach * towards[1] / norm,
        ];
        let words = words::short(finding).unwrap_or_default();
        page.note_signs(std::slice::from_ref(&words));
        labels.put(&mut page.svg, from, towards, 12.0, colour_of(jaw), &words);
    }
    page.bottom = top + size[1] + 50.0;
    let name = if jaw == Jaw::Upper {
        "Upper front teeth"
    } else {
        "Lower front teeth"
    };
    page.svg
        .text([MARGIN, top - 16.0], 15.0, Anchor::Start, colour_of(jaw), name);
    let y = top + size[1] / 2.0;
    page.svg
        .text([MARGIN, y], 12.0, Anchor::Start, colour::GREY, "R (patient's)");
    page.svg.text(
        [WIDTH - MARGIN, y],
        12.0,
        Anchor::End,
        colour::GREY,
        "L (patient's)",
    );
    page.scale_bar([MARGIN, top + size[1]], plan.scale, 5.0);
}
