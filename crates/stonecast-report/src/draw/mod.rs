//! The drawings. Each file makes one kind of page from findings, or none where there are no such findings.

mod arch_form;
mod bolton;
pub mod excursion;
mod irregularity;
mod overjet;
pub mod paths;
mod scores;
pub mod section;
pub mod settings;
mod sizes;
mod space;
mod spee;
mod symmetry;
mod widths;

use stonecast_dental::{Finding, Findings, Jaw, Outcome};

use crate::{
    Notation,
    kit::{
        page::{MARGIN, Page, WIDTH},
        plan::Plan,
        svg::{Anchor, colour},
        words,
    },
};

/// What a drawing is made from.
pub struct Sheet<'a> {
    pub findings: &'a Findings,
    pub notation: Notation,
}

type Draw = fn(&Sheet<'_>) -> Option<Page>;

/// Every drawing with the name of its file.
pub const ALL: &[(&str, Draw)] = &[
    ("tooth-sizes", sizes::draw),
    ("arch-widths", widths::draw),
    ("arch-form", arch_form::draw),
    ("symmetry", symmetry::draw),
    ("spee", spee::draw),
    ("bolton", bolton::draw),
    ("space", space::draw),
    ("irregularity", irregularity::draw),
    ("overjet", overjet::draw),
    ("par", scores::par),
    ("di", scores::di),
    ("cre", scores::cre),
    ("iotn", scores::iotn),
    ("icon", scores::icon),
];

/// Where a table that fills the page has its columns: what, value, remark.
pub const NAME_AND_VALUE: [(f64, Anchor); 2] = [(MARGIN, Anchor::Start), (620.0, Anchor::Start)];

impl<'a> Sheet<'a> {
    /// A finding, where it was measured.
    pub fn measured(&self, id: &str) -> Option<&'a Finding> {
        self.findings.get(id).filter(|f| f.outcome.is_measured())
    }

    /// A number, where it was measured.
    pub fn number(&self, id: &str) -> Option<f64> {
        self.measured(id)?.number().map(|q| q.value)
    }

    /// Rows of a table: the name and the value of each of some findings that there are.
    pub fn rows(&self, ids: &[String]) -> Vec<Vec<String>> {
        let found = ids.iter().filter_map(|id| self.findings.get(id));
        found.map(|f| vec![f.name.clone(), words::value(f)]).collect()
    }

    /// Says why findings were not measured, each reason once.
    pub fn tell_missing(&self, page: &mut Page, ids: &[String]) {
        let mut told: Vec<String> = Vec::new();
        for id in ids {
            if let Some(Outcome::NotMeasured(why)) = self.findings.get(id).map(|f| &f.outcome) {
                let why = why.root().to_string();
                if !told.contains(&why) {
                    page.paragraph(&format!("Not measured: {why}."), colour::GREY);
                    told.push(why);
                }
            }
        }
    }
}

/// Both jaws, the upper first.
pub const JAWS: [Jaw; 2] = [Jaw::Upper, Jaw::Lower];

/// The corners of the boxes in which the arches are drawn side by side.
const CORNERS: [[f64; 2]; 2] = [[85.0, 122.0], [565.0, 122.0]];
/// The size of those boxes.
const PANEL: [f64; 2] = [350.0, 300.0];
/// Below the boxes: captions.
const CAPTIONS: f64 = 480.0;

/// Draws both arches side by side, each by `draw`, with captions and a scale bar.
pub fn both_arches(sheet: &Sheet<'_>, page: &mut Page, mut draw: impl FnMut(&mut Page, &Plan)) {
    let plans = Plan::both(sheet.findings, CORNERS, PANEL);
    for plan in &plans {
        draw(page, plan);
        plan.captions(page, CAPTIONS);
    }
    if let Some(plan) = plans.first() {
        let length = 10.0 * plan.scale;
        page.scale_bar([(WIDTH - length) / 2.0, CAPTIONS - 4.0], plan.scale, 10.0);
    }
    page.bottom = CAPTIONS + 10.0;
}
