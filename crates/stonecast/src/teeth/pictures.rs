//! Pictures of labelled teeth, and of how labels agree.

use rayon::prelude::*;
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::{Point, TriMesh, Vector};
use stonecast_picture::{
    Body, Captions, Framing, Label, Matrix, Paint, Picture, Rgb, Scene, Size, View, contact_sheet, draw_view,
    render::common_scale,
};
use stonecast_teeth::{LabelledArch, Tooth, score::Confusion, vertex_labels};

use super::paint;

/// The notation of the numbers that are drawn on teeth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Numbers {
    /// ISO 3950: 11–48, primary 51–85.
    #[default]
    Fdi,
    /// 1–32, primary A–T.
    Universal,
    /// Quadrant and place: UR6, LLd.
    Palmer,
}

impl Numbers {
    /// A tooth's number.
    pub fn of(self, tooth: Fdi) -> String {
        match self {
            Self::Fdi => tooth.to_string(),
            Self::Universal => tooth.universal(),
            Self::Palmer => tooth.palmer(),
        }
    }
}

impl From<Numbers> for stonecast_report::Notation {
    fn from(numbers: Numbers) -> Self {
        match numbers {
            Numbers::Fdi => Self::Fdi,
            Numbers::Universal => Self::Universal,
            Numbers::Palmer => Self::Palmer,
        }
    }
}

/// A labelled arch and its surface, both in the cast frame or in the arch's own.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The surface.
    pub mesh: &'a TriMesh,
    /// Its labels and teeth.
    pub arch: &'a LabelledArch,
}

/// A tooth is numbered in a view that sees its facial side at less than about 70 degrees.
const FACES_VIEWER: f64 = 0.35;
const WHITE: Rgb = Rgb(255, 255, 255);

/// Every picture of labelled arches with its name and what it is; the last one shows them all.
pub fn draw_teeth(shown: &[Shown<'_>], size: Size, numbers: Numbers) -> Vec<(String, String, Picture)> {
    let bodies = shown.par_iter().map(|shown| {
        let labels = vertex_labels(shown.mesh, &shown.arch.face_labels);
        Body::new(shown.mesh, Paint::PerVertex(&paint::colours(&labels))).of(shown.arch.jaw)
    });
    let scene = Scene::new(bodies.collect());
    let has = |jaw: Jaw| shown.iter().any(|s| s.arch.jaw == jaw);
    let views: Vec<View> = (View::STANDARD.into_iter())
        .filter(|view| view.only_jaw().is_none_or(has))
        .collect();
    let framing = common_scale(&scene, &views, size).map_or(Framing::Fit, Framing::Scale);
    let pictures: Vec<Picture> = views
        .iter()
        .map(|&view| {
            let captions = Captions {
                marks: marks(shown, view, numbers),
                ..Captions::default()
            };
            draw_view(&scene, view, size, framing, &captions)
        })
        .collect();
    let columns = if views.len() > 4 { 3 } else { 2 };
    let sheet = contact_sheet(&pictures.iter().collect::<Vec<_>>(), columns, HEADING);
    let named = views.iter().zip(pictures).map(|(view, picture)| {
        let name = view.name();
        (format!("teeth-{name}"), format!("teeth, {name} view"), picture)
    });
    let sheet = (
        "teeth".to_owned(),
        "teeth, all views on one sheet".to_owned(),
        sheet,
    );
    named.chain([sheet]).collect()
}

const HEADING: &str = "Teeth as the program numbers them. Not a medical device.";

/// The numbers of the teeth that face the viewer.
fn marks(shown: &[Shown<'_>], view: View, numbers: Numbers) -> Vec<Label> {
    let to_viewer = view.camera().to_viewer();
    let seen = |jaw: Jaw, tooth: &Tooth| match view.only_jaw() {
        Some(only) => only == jaw,
        None => Vector::from(tooth.frame.facial).dot(&to_viewer) > FACES_VIEWER,
    };
    let teeth = shown
        .iter()
        .flat_map(|s| s.arch.teeth.iter().map(|t| (s.arch.jaw, t)));
    teeth
        .filter(|(jaw, tooth)| seen(*jaw, tooth))
        .map(|(_, tooth)| Label {
            at: Point::from(tooth.frame.origin),
            text: numbers.of(tooth.fdi),
            colour: WHITE,
        })
        .collect()
}

/// Which numbers are taken for which: a row for each true number, a column for each found one.
pub fn confusion_picture(confusion: &Confusion) -> Picture {
    let labels = confusion.labels();
    let names: Vec<String> = labels
        .iter()
        .map(|l| l.map_or_else(|| "gum".to_owned(), |t| t.to_string()))
        .collect();
    let shares = labels.iter().map(|&truth| {
        let total: usize = labels.iter().map(|&f| confusion.count(truth, f)).sum();
        let share = |found| confusion.count(truth, found) as f64 / total.max(1) as f64;
        labels.iter().map(|&found| share(found)).collect()
    });
    let matrix = Matrix {
        heading: "Share of each tooth's vertices, by the number found".to_owned(),
        row_title: "true".to_owned(),
        column_title: "found".to_owned(),
        shares: shares.collect(),
        rows: names.clone(),
        columns: names,
    };
    matrix.draw()
}
