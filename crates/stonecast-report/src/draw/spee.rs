//! The curve of Spee of each side, seen from that side; heights are drawn larger than lengths.

use stonecast_dental::{Finding, Side, finding::EvidenceCurve};

use super::{NAME_AND_VALUE, Sheet};
use crate::kit::{
    page::{MARGIN, Page, WIDTH},
    svg::{Anchor, At, Pen, colour},
    words,
};

/// How many times heights are drawn larger.
const RAISED: f64 = 3.0;
const HEIGHT: f64 = 190.0;

pub fn draw(sheet: &Sheet<'_>) -> Option<Page> {
    sheet.findings.under("spee").next()?;
    let mut page = Page::new(
        "Curve of Spee",
        "Buccal cusps of the lower teeth seen from each side, against the plane; heights drawn three times as large",
    );
    for side in [Side::Right, Side::Left] {
        let profile = profiles(sheet, side).next();
        if let Some((finding, curve)) = profile {
            panel(sheet, &mut page, side, finding, curve);
        }
    }
    let ids: Vec<String> = sheet.findings.under("spee").map(|f| f.id.clone()).collect();
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

/// The measured curves of a side, the longest first.
fn profiles<'a>(sheet: &Sheet<'a>, side: Side) -> impl Iterator<Item = (&'a Finding, &'a EvidenceCurve)> {
    let of_side = move |f: &&Finding| f.id.ends_with(side.name()) && f.outcome.is_measured();
    let mut found: Vec<(&Finding, &EvidenceCurve)> = sheet
        .findings
        .under("spee")
        .filter(of_side)
        .filter_map(|f| Some((f, f.evidence.curves.iter().find(|c| c.what == "curve of Spee")?)))
        .collect();
    found.sort_by_key(|(f, curve)| (std::cmp::Reverse(curve.points.len()), &f.id));
    found.into_iter()
}

fn panel(sheet: &Sheet<'_>, page: &mut Page, side: Side, finding: &Finding, curve: &EvidenceCurve) {
    let top = page.bottom + 40.0;
    let (left, right) = (MARGIN + 60.0, WIDTH - MARGIN - 60.0);
    // Seen from the right the front is on the right; from the left, on the left.
    let along = |p: [f64; 3]| -side.sign() * -p[1];
    let all = || {
        curve
            .points
            .iter()
            .chain(finding.evidence.points.iter().map(|p| &p.xyz))
    };
    let span = |values: &mut dyn Iterator<Item = f64>| {
        values.fold((f64::MAX, f64::MIN), |(a, b), v| (a.min(v), b.max(v)))
    };
    let (first, last) = span(&mut all().map(|p| along(*p)));
    let (low, high) = span(&mut all().map(|p| p[2]));
    let scale =
        ((right - left) / (last - first).max(1.0)).min((HEIGHT - 50.0) / (RAISED * (high - low).max(1.0)));
    let offset = left + (right - left - scale * (last - first)) / 2.0;
    let at = |p: [f64; 3]| -> At {
        [
            offset + scale * (along(p) - first),
            top + 24.0 + scale * RAISED * (high - p[2]),
        ]
    };
    let name = format!("{} side", if side == Side::Right { "Right" } else { "Left" });
    page.svg
        .text([MARGIN, top - 8.0], 15.0, Anchor::Start, colour::INK, &name);
    let points: Vec<At> = curve.points.iter().map(|p| at(*p)).collect();
    if let [from, .., to] = points.as_slice() {
        page.svg.line(*from, *to, Pen::line(colour::GREY, 1.2).dashed());
    }
    page.svg.polyline(&points, Pen::line(colour::LOWER, 2.5));
    for point in &finding.evidence.points {
        let place = at(point.xyz);
        page.svg.circle(place, 4.0, Pen::fill(colour::LOWER));
        if let Some(tooth) = point.tooth {
            page.svg.tag(
                [place[0], place[1] + 18.0],
                11.0,
                colour::GREY,
                &sheet.notation.of(tooth),
            );
        }
    }
    let depth = finding.evidence.curves.iter().find(|c| c.what == "depth");
    if let Some([a, b]) = depth.map(|c| c.points.as_slice()) {
        let [a, b] = [at(*a), at(*b)];
        page.svg.line(a, b, Pen::line(colour::INK, 2.5));
        let words = words::short(finding).unwrap_or_default();
        page.svg.tag(
            [(a[0] + b[0]) / 2.0, a[1].min(b[1]) - 14.0],
            13.0,
            colour::INK,
            &words,
        );
    }
    page.bottom = top + HEIGHT;
    page.scale_bar([MARGIN, page.bottom - 10.0], scale, 5.0);
}
