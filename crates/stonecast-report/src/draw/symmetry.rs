//! The arches on a millimetre grid about the midline, with the arch's own axis.

use stonecast_dental::{Finding, Jaw};

use super::{Sheet, both_arches};
use crate::kit::{
    labels::Labels,
    page::{MARGIN, Page},
    plan::{Plan, colour_of},
    svg::{Anchor, Pen, colour},
    words,
};

const COLUMNS: [(f64, Anchor); 6] = [
    (MARGIN, Anchor::Start),
    (160.0, Anchor::Start),
    (320.0, Anchor::Start),
    (530.0, Anchor::Start),
    (650.0, Anchor::Start),
    (810.0, Anchor::Start),
];
/// How far apart the lines of the grid are, mm.
const STEP: f64 = 5.0;

pub fn draw(sheet: &Sheet<'_>) -> Option<Page> {
    sheet.findings.under("symmetry").next()?;
    let mut page = Page::new(
        "Symmetry",
        "On a grid of 5 mm about the midline of the cast; pairs of teeth by their tips",
    );
    both_arches(sheet, &mut page, |page, plan| draw_arch(sheet, page, plan));
    page.legend(&[
        (Pen::line(colour::INK, 2.0), "midline of the cast"),
        (Pen::line(colour::GOOD, 2.0).dashed(), "the arch's own axis"),
        (
            Pen::line(colour::GREY, 1.0),
            "from a tip to its twin's mirror image",
        ),
    ]);
    let [upper, lower] = [Jaw::Upper, Jaw::Lower].map(|jaw| pairs(sheet, jaw));
    let none = || vec![String::new(); 3];
    let count = upper.len().max(lower.len());
    let rows: Vec<Vec<String>> = (0..count)
        .map(|k| {
            [&upper, &lower]
                .map(|side| side.get(k).cloned().unwrap_or_else(none))
                .concat()
        })
        .collect();
    let head = [
        "upper pair",
        "to the side, mm",
        "backwards, mm",
        "lower pair",
        "to the side, mm",
        "backwards, mm",
    ];
    page.table(&COLUMNS, &head, &rows);
    page.paragraph(
        "To the side: distance of the right tooth from the midline less that of the left. Backwards: how far the right \
         tooth stands behind the left.",
        colour::GREY,
    );
    let of_arch: Vec<String> = sheet
        .findings
        .under("symmetry.arch")
        .map(|f| f.id.clone())
        .collect();
    page.table(
        &super::NAME_AND_VALUE,
        &["about the own axis", "value"],
        &sheet.rows(&of_arch),
    );
    Some(page)
}

/// The pairs of a jaw from the front to the back: teeth, transverse and sagittal difference.
fn pairs(sheet: &Sheet<'_>, jaw: Jaw) -> Vec<Vec<String>> {
    let of_jaw = |f: &&Finding| f.teeth.first().is_some_and(|t| t.jaw() == jaw);
    let mut found: Vec<&Finding> = sheet
        .findings
        .under("symmetry.transverse")
        .filter(of_jaw)
        .collect();
    found.sort_by_key(|f| f.teeth[0].position());
    let row = |f: &&Finding| {
        let mut teeth = f.teeth.clone();
        teeth.sort_by_key(|t| t.side());
        let teeth: Vec<String> = teeth.iter().map(|t| sheet.notation.of(*t)).collect();
        let sagittal = f.id.replacen("transverse", "sagittal", 1);
        let value = |f: Option<&Finding>| {
            f.and_then(words::short)
                .unwrap_or_else(|| "not measured".to_owned())
        };
        vec![
            teeth.join(" and "),
            value(Some(f)),
            value(sheet.findings.get(&sagittal)),
        ]
    };
    found.iter().map(row).collect()
}

fn draw_arch(sheet: &Sheet<'_>, page: &mut Page, plan: &Plan) {
    let [x_reach, top, bottom] = grid_of(plan);
    let columns = (x_reach / STEP) as i32;
    for k in -columns..=columns {
        let x = f64::from(k) * STEP;
        page.svg.line(
            plan.at([x, top, 0.0]),
            plan.at([x, bottom, 0.0]),
            Pen::line(colour::FAINT, 1.0),
        );
    }
    for k in (top / STEP) as i32..=(bottom / STEP) as i32 {
        let y = f64::from(k) * STEP;
        let end = f64::from(columns) * STEP;
        page.svg.line(
            plan.at([-end, y, 0.0]),
            plan.at([end, y, 0.0]),
            Pen::line(colour::FAINT, 1.0),
        );
    }
    plan.draw_teeth(&mut page.svg);
    for finding in sheet.findings.under("symmetry.transverse") {
        let [a, b] = finding.evidence.points.as_slice() else {
            continue;
        };
        if a.tooth.is_none_or(|t| t.jaw() != plan.jaw) {
            continue;
        }
        for (own, twin) in [(a, b), (b, a)] {
            let mirrored = [-twin.xyz[0], twin.xyz[1], twin.xyz[2]];
            page.svg
                .line(plan.at(own.xyz), plan.at(mirrored), Pen::line(colour::GREY, 1.5));
            page.svg
                .circle(plan.at(own.xyz), 3.0, Pen::fill(colour_of(plan.jaw)));
        }
    }
    page.svg.line(
        plan.at([0.0, top, 0.0]),
        plan.at([0.0, bottom, 0.0]),
        Pen::line(colour::INK, 2.0),
    );
    let axis = sheet.measured(&format!("symmetry.arch.offset.{}", plan.jaw));
    for curve in axis.iter().flat_map(|f| &f.evidence.curves) {
        let points: Vec<_> = curve.points.iter().map(|p| plan.at(*p)).collect();
        page.svg.polyline(&points, Pen::line(colour::GOOD, 2.0).dashed());
    }
    let mut labels = Labels::default();
    plan.number_outside(&mut page.svg, &mut labels, sheet.notation);
}

/// How far the grid reaches to the sides, and from where to where along the arch, mm: whole steps.
fn grid_of(plan: &Plan) -> [f64; 3] {
    let [mut reach, mut top, mut bottom] = [0.0f64, f64::MAX, f64::MIN];
    for [x, y] in plan.extent() {
        reach = reach.max(x.abs());
        top = top.min(y);
        bottom = bottom.max(y);
    }
    [
        (reach / STEP).ceil() * STEP,
        (top / STEP).floor() * STEP,
        (bottom / STEP).ceil() * STEP,
    ]
}
