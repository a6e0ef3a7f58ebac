//! Arch widths and depths as dimension lines.

use super::{JAWS, Sheet, both_arches};
use crate::kit::{
    labels::Labels,
    page::{MARGIN, Page},
    plan::{Plan, colour_of},
    svg::{Anchor, Pen, Svg},
    words,
};

/// Teeth as ids name them, and in words.
const TEETH: [(&str, &str); 8] = [
    ("canine", "canines"),
    ("premolar1", "first premolars"),
    ("premolar2", "second premolars"),
    ("molar1", "first molars"),
    ("molar2", "second molars"),
    ("primary_canine", "primary canines"),
    ("primary_molar1", "first primary molars"),
    ("primary_molar2", "second primary molars"),
];

/// The convention that is drawn; the table has another too.
const DRAWN: &str = "cusp";
const COLUMNS: [(f64, Anchor); 5] = [
    (MARGIN, Anchor::Start),
    (250.0, Anchor::Start),
    (430.0, Anchor::Start),
    (610.0, Anchor::Start),
    (790.0, Anchor::Start),
];

pub fn draw(sheet: &Sheet<'_>) -> Option<Page> {
    sheet.findings.under("arch.width").next()?;
    let mut page = Page::new(
        "Arch width and depth",
        "Between the cusp tips of right and left teeth, mm, seen in the occlusal plane",
    );
    both_arches(sheet, &mut page, |page, plan| draw_arch(sheet, page, plan));
    let of = |kind: &str, teeth: &str, how: &str, jaw| format!("arch.{kind}.{teeth}.{how}.{jaw}");
    let mut ids = Vec::new();
    let mut rows = Vec::new();
    let mut add = |name: String, kind: &str, teeth: &str, conventions: [&str; 2]| {
        let of_row = JAWS
            .iter()
            .flat_map(|jaw| conventions.map(|how| of(kind, teeth, how, jaw)));
        let of_row: Vec<String> = of_row.collect();
        if of_row.iter().any(|id| sheet.measured(id).is_some()) {
            let value = |id: &String| sheet.measured(id).map_or_else(|| "-".to_owned(), words::value);
            rows.push([vec![name], of_row.iter().map(value).collect()].concat());
        }
        ids.extend(of_row);
    };
    for (teeth, words) in TEETH {
        add(format!("width, {words}"), "width", teeth, [DRAWN, "gingival"]);
    }
    page.table(
        &COLUMNS,
        &[
            "",
            "upper: cusp tips",
            "upper: lingual margins",
            "lower: cusp tips",
            "lower: lingual margins",
        ],
        &rows,
    );
    rows = Vec::new();
    let mut add = |name: String, teeth: &str| {
        let conventions = [DRAWN, "distal_contact"];
        let of_row: Vec<String> = (JAWS.iter())
            .flat_map(|jaw| conventions.map(|how| of("depth", teeth, how, jaw)))
            .collect();
        let value = |id: &String| sheet.measured(id).map_or_else(|| "-".to_owned(), words::value);
        if of_row.iter().any(|id| sheet.measured(id).is_some()) {
            rows.push([vec![name], of_row.iter().map(value).collect()].concat());
        }
        ids.extend(of_row);
    };
    for (teeth, words) in [TEETH[0], TEETH[3], TEETH[4]] {
        add(format!("depth to {words}"), teeth);
    }
    if !rows.is_empty() {
        let head = [
            "",
            "upper: cusp tips",
            "upper: distal contacts",
            "lower: cusp tips",
            "lower: distal contacts",
        ];
        page.table(&COLUMNS, &head, &rows);
    }
    sheet.tell_missing(&mut page, &ids);
    Some(page)
}

fn draw_arch(sheet: &Sheet<'_>, page: &mut Page, plan: &Plan) {
    plan.draw_teeth(&mut page.svg);
    let mut labels = Labels::default();
    plan.number_outside(&mut page.svg, &mut labels, sheet.notation);
    for (teeth, _) in TEETH {
        let id = format!("arch.width.{teeth}.{DRAWN}.{}", plan.jaw);
        let Some(finding) = sheet.measured(&id) else {
            continue;
        };
        let [a, b] = finding.evidence.points.as_slice() else {
            continue;
        };
        let words = words::short(finding).unwrap_or_default();
        dimension(
            &mut page.svg,
            plan.at(a.xyz),
            plan.at(b.xyz),
            colour_of(plan.jaw),
            &words,
        );
    }
}

/// A line between two points with a tick at each end and its value in the middle.
fn dimension(svg: &mut Svg, a: [f64; 2], b: [f64; 2], colour: &'static str, words: &str) {
    let length = (b[0] - a[0]).hypot(b[1] - a[1]).max(1e-9);
    let across = [-(b[1] - a[1]) / length * 6.0, (b[0] - a[0]) / length * 6.0];
    let pen = Pen::line(colour, 1.6);
    svg.line(a, b, pen);
    for p in [a, b] {
        svg.line(
            [p[0] - across[0], p[1] - across[1]],
            [p[0] + across[0], p[1] + across[1]],
            pen,
        );
    }
    svg.tag([(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0], 12.0, colour, words);
}
