//! An arch seen from its occlusal side, the patient's right on the viewer's left: the upper arch with its incisors at the
//! top, the lower one with them at the bottom, as they face each other on a chart.

use stonecast_dental::{Fdi, Findings, Jaw};

use super::{
    labels::Labels,
    page::Page,
    svg::{Anchor, At, Pen, Svg, colour},
};
use crate::Notation;

/// No arch is drawn larger than so many units a millimetre.
pub const MOST: f64 = 12.0;

/// An arch placed on a page.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which arch.
    pub jaw: Jaw,
    /// Units a millimetre.
    pub scale: f64,
    shift: At,
    /// The middle of the arch on the page, from which labels stand away.
    pub centre: At,
    outlines: Vec<(Fdi, Vec<At>)>,
}

fn flat(jaw: Jaw, p: [f64; 3]) -> At {
    match jaw {
        Jaw::Upper => [p[0], p[1]],
        Jaw::Lower => [p[0], -p[1]],
    }
}

fn bounds(points: impl Iterator<Item = At>) -> Option<[f64; 4]> {
    points.fold(None, |bounds: Option<[f64; 4]>, p| {
        let [a, b, c, d] = bounds.unwrap_or([p[0], p[1], p[0], p[1]]);
        Some([a.min(p[0]), b.min(p[1]), c.max(p[0]), d.max(p[1])])
    })
}

/// The middle of a set of points.
pub fn middle(points: &[At]) -> At {
    let count = points.len().max(1) as f64;
    let sum = points.iter().fold([0.0, 0.0], |s, p| [s[0] + p[0], s[1] + p[1]]);
    [sum[0] / count, sum[1] / count]
}

impl Plan {
    /// Both arches side by side, to the same scale; those that have outlines.
    pub fn both(findings: &Findings, corners: [At; 2], size: [f64; 2]) -> Vec<Self> {
        let at = |most: f64| {
            let jaws = [Jaw::Upper, Jaw::Lower].into_iter().zip(corners);
            let plans = jaws.filter_map(move |(jaw, corner)| Self::new(findings, jaw, corner, size, most));
            plans.collect::<Vec<_>>()
        };
        let fitting = at(MOST);
        let scale = fitting.iter().map(|plan| plan.scale).fold(MOST, f64::min);
        at(scale)
    }

    /// The arch of a jaw in a box of the page, no larger than to `most` units a millimetre; `None` where no tooth has an
    /// outline.
    pub fn new(findings: &Findings, jaw: Jaw, corner: At, size: [f64; 2], most: f64) -> Option<Self> {
        let of_jaw = || findings.outlines.iter().filter(|o| o.tooth.jaw() == jaw);
        let [left, top, right, bottom] =
            bounds(of_jaw().flat_map(|o| o.points.iter().map(|p| flat(jaw, *p))))?;
        let [width, height] = [(right - left).max(1.0), (bottom - top).max(1.0)];
        let scale = (size[0] / width).min(size[1] / height).min(most);
        let shift = [
            corner[0] + (size[0] - scale * (right + left)) / 2.0,
            corner[1] + (size[1] - scale * (bottom + top)) / 2.0,
        ];
        let mut plan = Self {
            jaw,
            scale,
            shift,
            centre: [0.0, 0.0],
            outlines: Vec::new(),
        };
        plan.outlines = of_jaw()
            .map(|o| (o.tooth, o.points.iter().map(|p| plan.at(*p)).collect()))
            .collect();
        let middles: Vec<At> = plan.outlines.iter().map(|(_, points)| middle(points)).collect();
        plan.centre = middle(&middles);
        Some(plan)
    }

    /// A point of the cast on the page.
    pub fn at(&self, p: [f64; 3]) -> At {
        let [x, y] = flat(self.jaw, p);
        [self.shift[0] + self.scale * x, self.shift[1] + self.scale * y]
    }

    /// The points of all outlines in the occlusal plane of the cast, mm.
    pub fn extent(&self) -> impl Iterator<Item = [f64; 2]> + '_ {
        let back = |p: &At| {
            let [x, y] = [
                (p[0] - self.shift[0]) / self.scale,
                (p[1] - self.shift[1]) / self.scale,
            ];
            flat(self.jaw, [x, y, 0.0])
        };
        self.outlines
            .iter()
            .flat_map(move |(_, points)| points.iter().map(back))
    }

    /// The teeth with the middles of their outlines.
    pub fn teeth(&self) -> impl Iterator<Item = (Fdi, At)> + '_ {
        self.outlines
            .iter()
            .map(|(tooth, points)| (*tooth, middle(points)))
    }

    /// Away from the middle of the arch, from a place; rather to the side than backwards, as the cheek is.
    pub fn away(&self, from: At) -> At {
        [1.7 * (from[0] - self.centre[0]), from[1] - self.centre[1]]
    }

    /// Where a line from the middle of a tooth in a direction leaves its outline.
    pub fn rim(&self, tooth: Fdi, towards: At) -> Option<At> {
        let (_, points) = self.outlines.iter().find(|(t, _)| *t == tooth)?;
        let from = middle(points);
        let across = |p: &At| towards[0] * (p[1] - from[1]) - towards[1] * (p[0] - from[0]);
        let along = |p: &At| towards[0] * (p[0] - from[0]) + towards[1] * (p[1] - from[1]);
        let next = points.iter().cycle().skip(1);
        points.iter().zip(next).find_map(|(a, b)| {
            let (near, far) = (across(a), across(b));
            let share = near / (near - far);
            let at = [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
            (near * far <= 0.0 && near != far && along(&at) > 0.0).then_some(at)
        })
    }

    /// Draws the outlines.
    pub fn draw_teeth(&self, svg: &mut Svg) {
        let pen = Pen::line(colour::TOOTH_EDGE, 1.2).filled(colour::TOOTH);
        for (_, points) in &self.outlines {
            svg.polygon(points, pen);
        }
    }

    /// Writes the numbers into the teeth.
    pub fn number_inside(&self, svg: &mut Svg, notation: Notation) {
        for (tooth, at) in self.teeth() {
            let at = [at[0], at[1] + 4.0];
            svg.text(at, 11.0, Anchor::Middle, colour::GREY, &notation.of(tooth));
        }
    }

    /// Writes the numbers outside the arch.
    pub fn number_outside(&self, svg: &mut Svg, labels: &mut Labels, notation: Notation) {
        for (tooth, at) in self.teeth() {
            let away = self.away(at);
            let from = self.rim(tooth, away).unwrap_or(at);
            labels.put(svg, from, away, 11.0, colour::GREY, &notation.of(tooth));
        }
    }

    /// The name of the arch, a scale bar, and the patient's sides, below or above the arch.
    pub fn captions(&self, page: &mut Page, y: f64) {
        let name = match self.jaw {
            Jaw::Upper => "Upper arch",
            Jaw::Lower => "Lower arch",
        };
        let x = self.centre[0];
        page.svg
            .text([x, y], 14.0, Anchor::Middle, colour_of(self.jaw), name);
        let reach = 145.0;
        page.svg.text(
            [x - reach, y],
            12.0,
            Anchor::Middle,
            colour::GREY,
            "patient's right",
        );
        page.svg.text(
            [x + reach, y],
            12.0,
            Anchor::Middle,
            colour::GREY,
            "patient's left",
        );
    }
}

/// The colour of an arch.
pub fn colour_of(jaw: Jaw) -> &'static str {
    match jaw {
        Jaw::Upper => colour::UPPER,
        Jaw::Lower => colour::LOWER,
    }
}
