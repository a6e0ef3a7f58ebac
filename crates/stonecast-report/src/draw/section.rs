//! A cross-section through both arches with its callipers. To scale.

use stonecast_dental::Jaw;
use stonecast_occlusion::section::{Calliper, Flat, Outline, Section};

use crate::{
    Drawing,
    kit::{
        labels::Labels,
        page::{MARGIN, Page, WIDTH},
        plan::colour_of,
        svg::{Anchor, At, Pen, colour},
    },
};

/// The box of the drawing.
const TOP: f64 = 96.0;
const HEIGHT: f64 = 560.0;
/// Within the other arch: as on the occlusogram, apart from contact.
const WITHIN: &str = "#2f83e0";
/// No section is drawn larger than so many units a millimetre.
const MOST: f64 = 34.0;

/// Where a section stands on the page.
struct View {
    scale: f64,
    middle: Flat,
}

impl View {
    fn of(outlines: &[Outline]) -> Self {
        let points = || outlines.iter().flat_map(|o| &o.points);
        let range = |k: usize| {
            let low = points().map(|p| p[k]).fold(f64::INFINITY, f64::min);
            let high = points().map(|p| p[k]).fold(f64::NEG_INFINITY, f64::max);
            if low <= high { [low, high] } else { [-1.0, 1.0] }
        };
        let (x, y) = (range(0), range(1));
        let fit = ((WIDTH - 300.0) / (x[1] - x[0]).max(1.0)).min((HEIGHT - 90.0) / (y[1] - y[0]).max(1.0));
        Self {
            scale: fit.min(MOST),
            middle: [(x[0] + x[1]) / 2.0, (y[0] + y[1]) / 2.0],
        }
    }

    fn at(&self, p: Flat) -> At {
        [
            WIDTH / 2.0 + self.scale * (p[0] - self.middle[0]),
            TOP + HEIGHT / 2.0 - self.scale * (p[1] - self.middle[1]),
        ]
    }
}

/// A section as a drawing: outlines, what lies within the other arch, callipers as dimension lines, and a table of them.
pub fn section_drawing(section: &Section) -> Drawing {
    let plane = &section.plane;
    let title = format!("Section: {}", plane.name);
    let mut page = Page::new(
        &title,
        "Both arches cut by one plane; to scale. Callipers are read in the plane.",
    );
    let view = View::of(&section.outlines);
    page.svg.rect(
        [MARGIN, TOP],
        [WIDTH - 2.0 * MARGIN, HEIGHT],
        Pen::line(colour::FAINT, 1.0),
    );
    for outline in &section.outlines {
        draw_outline(&mut page, &view, outline);
    }
    let mut labels = Labels::default();
    for calliper in &section.callipers {
        draw_calliper(&mut page, &view, calliper, &mut labels);
    }
    orient(&mut page, section);
    page.scale_bar([MARGIN + 16.0, TOP + HEIGHT - 16.0], view.scale, 2.0);
    page.bottom = TOP + HEIGHT;
    let mut entries = vec![
        (Pen::line(colour_of(Jaw::Upper), 2.4), "upper arch"),
        (Pen::line(colour_of(Jaw::Lower), 2.4), "lower arch"),
    ];
    if section.outlines.iter().any(|o| o.within.contains(&true)) {
        entries.push((Pen::line(WITHIN, 5.0), "within the other arch"));
    }
    page.legend(&entries);
    let rows: Vec<Vec<String>> = section.callipers.iter().map(row).collect();
    page.table(
        &[(MARGIN, Anchor::Start), (640.0, Anchor::Start)],
        &["calliper", "value"],
        &rows,
    );
    for calliper in &section.callipers {
        if let Some(note) = &calliper.note {
            page.paragraph(&format!("{}: {note}.", calliper.id), colour::GREY);
        }
    }
    Drawing {
        name: "section",
        title,
        svg: page.finish(),
    }
}

fn row(calliper: &Calliper) -> Vec<String> {
    let value = match &calliper.value {
        Ok(quantity) => format!("{quantity:.2}"),
        Err(why) => format!("not measured: {}", why.root()),
    };
    vec![calliper.name.clone(), value]
}

fn draw_outline(page: &mut Page, view: &View, outline: &Outline) {
    let points: Vec<At> = outline.points.iter().map(|p| view.at(*p)).collect();
    page.svg.polyline(&points, Pen::line(colour_of(outline.jaw), 2.4));
    // A segment with one end within is drawn whole: as far as the points tell.
    let mut run: Vec<At> = Vec::new();
    let finish = |page: &mut Page, run: &mut Vec<At>| {
        if run.len() > 1 {
            page.svg.polyline(run, Pen::line(WITHIN, 5.0));
        }
        run.clear();
    };
    for (i, at) in points.iter().enumerate() {
        let near = [i.checked_sub(1), Some(i), Some(i + 1)];
        let touches = near
            .into_iter()
            .flatten()
            .any(|j| outline.within.get(j) == Some(&true));
        if touches {
            run.push(*at);
        } else {
            finish(page, &mut run);
        }
    }
    finish(page, &mut run);
}

/// How far a dimension line stands beside what it measures.
const BESIDE: f64 = 62.0;

fn draw_calliper(page: &mut Page, view: &View, calliper: &Calliper, labels: &mut Labels) {
    let (Some([a, b]), Ok(quantity)) = (calliper.ends, &calliper.value) else {
        return;
    };
    let [a, b] = [view.at(a), view.at(b)];
    let words = format!("{} {:.2} mm", calliper.id, quantity.value);
    let guide = Pen::line(colour::GREY, 1.0).dashed();
    let ink = Pen::line(colour::INK, 1.8);
    match calliper.id.as_str() {
        // Vertical and horizontal distances stand beside the outlines, with guides to where they were read.
        "overbite" => {
            let x = a[0].max(b[0]) + BESIDE;
            page.svg.line(a, [x + 6.0, a[1]], guide);
            page.svg.line(b, [x + 6.0, b[1]], guide);
            dimension(page, [x, a[1]], [x, b[1]], ink);
            labels.put(
                &mut page.svg,
                [x, (a[1] + b[1]) / 2.0],
                [1.0, 0.0],
                13.0,
                colour::INK,
                &words,
            );
        }
        "overjet" => {
            let y = a[1].max(b[1]) + BESIDE;
            page.svg.line(a, [a[0], y + 6.0], guide);
            page.svg.line(b, [b[0], y + 6.0], guide);
            dimension(page, [a[0], y], [b[0], y], ink);
            labels.put(
                &mut page.svg,
                [(a[0] + b[0]) / 2.0, y],
                [0.3, 1.0],
                13.0,
                colour::INK,
                &words,
            );
        }
        _ => {
            dimension(page, a, b, ink);
            for at in [a, b] {
                page.svg.circle(at, 3.0, Pen::fill(colour::INK));
            }
            let middle = [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
            let outside = [MARGIN + 120.0, middle[1].max(TOP + 40.0)];
            let clear = crate::kit::svg::width(&words, 13.0) / 2.0 + 8.0;
            page.svg.line(middle, [outside[0] + clear, outside[1]], guide);
            page.svg.tag(outside, 13.0, colour::INK, &words);
        }
    }
}

/// A line with ticks at its ends, square to it.
fn dimension(page: &mut Page, a: At, b: At, pen: Pen) {
    page.svg.line(a, b, pen);
    let length = (b[0] - a[0]).hypot(b[1] - a[1]);
    if length < 1e-6 {
        return;
    }
    let across = [(b[1] - a[1]) / length * 5.0, (a[0] - b[0]) / length * 5.0];
    for at in [a, b] {
        page.svg.line(
            [at[0] - across[0], at[1] - across[1]],
            [at[0] + across[0], at[1] + across[1]],
            pen,
        );
    }
}

fn orient(page: &mut Page, section: &Section) {
    let [left, right] = &section.plane.sides;
    for (x, anchor, words) in [
        (MARGIN + 10.0, Anchor::Start, left),
        (WIDTH - MARGIN - 10.0, Anchor::End, right),
    ] {
        page.svg.text([x, TOP + 24.0], 14.0, anchor, colour::GREY, words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_dental::{NotMeasured, Quantity, Unit};
    use stonecast_occlusion::section::SectionPlane;

    fn section() -> Section {
        let plane = SectionPlane::new(
            "tooth 11, facial to lingual",
            [0.0; 3],
            [0.0, -1.0, 0.0],
            [0.0, 0.0, 1.0],
        );
        let mut plane = plane.unwrap();
        plane.sides = ["lingual", "facial"].map(str::to_owned);
        let outline = |jaw, points: &[Flat], within: &[bool]| Outline {
            jaw,
            points: points.to_vec(),
            within: within.to_vec(),
        };
        let calliper = |id: &str, value: Result<f64, NotMeasured>, ends| Calliper {
            id: id.to_owned(),
            name: format!("name of {id}"),
            ends,
            value: value.map(|value| Quantity {
                value,
                uncertainty: 0.03,
                unit: Unit::Mm,
            }),
            note: None,
        };
        Section {
            plane,
            outlines: vec![
                outline(
                    Jaw::Upper,
                    &[[-2.0, 6.0], [0.0, -1.5], [2.0, 6.0]],
                    &[false, true, false],
                ),
                outline(
                    Jaw::Lower,
                    &[[-6.0, -8.0], [-3.0, 0.5], [-2.0, -8.0]],
                    &[false; 3],
                ),
            ],
            callipers: vec![
                calliper("gap", Ok(0.42), Some([[-3.0, 0.5], [-1.0, 0.0]])),
                calliper("overbite", Ok(2.0), Some([[0.0, -1.5], [-3.0, 0.5]])),
                calliper("overjet", Err(NotMeasured::NoBite), None),
            ],
        }
    }

    #[test]
    fn a_section_shows_its_callipers_with_unit_and_uncertainty_and_says_what_is_missing() {
        let drawing = section_drawing(&section());
        for words in [
            "overbite 2.00 mm",
            "0.42 ± 0.06 mm",
            "not measured",
            "within the other arch",
            "lingual",
            "2 mm<",
        ] {
            assert!(drawing.svg.contains(words), "{words}");
        }
        assert!(crate::png::render(&drawing.svg, 1.0).is_ok());
    }

    #[test]
    fn distances_on_the_page_are_to_scale() {
        let section = section();
        let view = View::of(&section.outlines);
        let [a, b] = [[-1.0, 2.0], [2.0, -2.0]].map(|p| view.at(p));
        let seen = (b[0] - a[0]).hypot(b[1] - a[1]);
        assert!((seen - 5.0 * view.scale).abs() < 1e-9);
    }

    #[test]
    fn an_empty_section_is_a_page_too() {
        let mut empty = section();
        empty.outlines.clear();
        assert!(crate::png::render(&section_drawing(&empty).svg, 1.0).is_ok());
    }
}
