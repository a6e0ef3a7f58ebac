//! Overjet by both definitions in use, and from edge to edge.
//!
//! Units: mm. Frame: the cast frame; all distances are parallel to the occlusal plane, at right angles to the line of the
//! lower teeth. Definitions and limits: `docs/methods/overjet.md`.
//!
//! Steps
//! 1. `Lower::line`: the labial surfaces of the lower incisors at the height of the upper edge, joined from right to left.
//! 2. `incisor`: how far the labial edge and the palatal side of the edge of an upper incisor stand outside that line.
//! 3. `edge_to_edge`: how far an upper edge or canine tip stands outside the line of the lower edges.
//! 4. `extreme`: the incisor with the largest absolute value stands for the bite.

use stonecast_dental::finding::Outcome;
use stonecast_dental::{Fdi, Jaw, NotMeasured};
use stonecast_mesh::Point;

use super::TABLE;
use super::line::ArchLine;
use super::profile::{Profile, Wall};
use super::teeth::{in_place, most, opposite, row, tip, too_few};
use crate::book::{Book, Spec};
use crate::rows::row as table_row;
use crate::subject::Subject;
use crate::view::View;

const METHOD: &str = "overjet";

pub(crate) fn measure(book: &mut Book<'_>) {
    let subject = book.subject();
    let lower = Lower::of(subject);
    let incisors = row(subject, Jaw::Upper, 2);
    for &upper in &incisors {
        let specs = DEFINITIONS.map(|(key, words)| {
            let id = format!("overjet.{key}.{upper}");
            Spec::mm(id, format!("overjet of {upper}, {words}"), METHOD)
        });
        let profile = Profile::of(subject, upper);
        let lower = lower.clone();
        book.numbers(specs.into(), move |view| incisor(view, upper, &profile, &lower));
    }
    for upper in row(subject, Jaw::Upper, 3) {
        let spec = Spec::mm(
            format!("overjet.edge.{upper}"),
            format!("overjet of {upper} from edge to edge"),
            METHOD,
        );
        book.number(spec, move |view| edge_to_edge(view, upper));
    }
    for (key, words) in DEFINITIONS {
        let ids: Vec<String> = incisors.iter().map(|t| format!("overjet.{key}.{t}")).collect();
        let spec = Spec::mm(
            format!("overjet.{key}"),
            format!("overjet of the most extreme incisor, {words}"),
            METHOD,
        );
        extreme(book, spec, ids);
    }
}

const DEFINITIONS: [(&str, &str); 2] = [
    ("labial", "to the labial side of the upper edge"),
    ("palatal", "to the palatal side of the upper edge"),
];

fn extreme(book: &mut Book<'_>, spec: Spec, ids: Vec<String>) {
    book.derived(spec, move |reader| {
        let number = most(reader, &ids, |id| reader.number(id), |q| q.value.abs())?;
        Ok(Outcome::Number(number))
    });
}

/// The lower incisors with their profiles, from the patient's right to the left.
#[derive(Clone)]
struct Lower(Vec<(Fdi, Result<Profile, NotMeasured>)>);

impl Lower {
    fn of(subject: &Subject<'_>) -> Self {
        let teeth = row(subject, Jaw::Lower, 2);
        Self(teeth.into_iter().map(|t| (t, Profile::of(subject, t))).collect())
    }

    /// Labial points at a height, of all lower incisors that are there.
    fn line(&self, view: &View<'_>, needed: Fdi, height: f64) -> Result<ArchLine, NotMeasured> {
        let mut points = Vec::with_capacity(4);
        let shallowest = edge_depth(view);
        for (tooth, profile) in &self.0 {
            if !view.has(*tooth) {
                continue;
            }
            match profile {
                Ok(profile) => {
                    let (point, short) = wall_at(view, *tooth, profile, height, shallowest)?;
                    if short && *tooth == needed {
                        view.remark(&format!(
                            "the upper edge reaches past the crown of {tooth}: its lowest labial point is taken"
                        ));
                    }
                    points.push(point);
                }
                Err(why) if *tooth == needed => return Err(why.clone()),
                Err(_) => view.remark(&format!(
                    "the labial surface of {tooth} was not found and is left out"
                )),
            }
        }
        line_of(view, points, Jaw::Lower)
    }
}

fn wall_at(
    view: &View<'_>,
    tooth: Fdi,
    profile: &Profile,
    height: f64,
    shallowest: f64,
) -> Result<(Point, bool), NotMeasured> {
    let edge = tip(view, tooth)?;
    Ok(profile.at_height(Wall::Labial, height, shallowest, &edge))
}

/// A line of incisors.
///
/// # Errors
/// With a single one: which others are not there.
fn line_of(view: &View<'_>, points: Vec<Point>, jaw: Jaw) -> Result<ArchLine, NotMeasured> {
    if points.len() < 2 {
        let all = row(view.subject(), jaw, 2);
        return Err(too_few(view, &all, "labial wall"));
    }
    Ok(ArchLine(points))
}

/// Below an edge, from here on a wall is labial or lingual and no longer incisal.
fn edge_depth(view: &View<'_>) -> f64 {
    let row = table_row(TABLE, "edge-depth");
    view.rests_on(row);
    row.number("mm")
}

fn incisor(
    view: &View<'_>,
    upper: Fdi,
    profile: &Result<Profile, NotMeasured>,
    lower: &Lower,
) -> Result<Vec<f64>, NotMeasured> {
    view.bite()?;
    let below = opposite(view.subject(), upper);
    view.need(&[upper, below])?;
    let profile = profile.as_ref().map_err(Clone::clone)?;
    let edge = tip(view, upper)?;
    let line = lower.line(view, below, edge.z)?;
    let depth = edge_depth(view);
    view.draw("labial surfaces of the lower incisors", line.0.iter().copied());
    Ok([Wall::Labial, Wall::Lingual]
        .map(|wall| {
            let point = profile.at_depth(wall, depth, &edge);
            let side = if wall == Wall::Labial { "labial" } else { "palatal" };
            view.mark(&format!("{side} side of the edge of {upper}"), point);
            line.place(&point).outwards
        })
        .to_vec())
}

/// The lower edges and tips that an upper front tooth is compared with, from the right to the left: those of the
/// incisors for an incisor; lateral incisor, canine and first premolar for a canine.
pub(super) fn lower_edges(view: &View<'_>, upper: Fdi) -> Result<(Vec<Fdi>, ArchLine), NotMeasured> {
    view.bite()?;
    let subject = view.subject();
    view.need(&[upper, opposite(subject, upper)])?;
    let mut teeth = if upper.position() <= 2 {
        row(subject, Jaw::Lower, 2)
    } else {
        let side = upper.side();
        let mut of_side: Vec<Fdi> = (2..=4).map(|p| in_place(subject, Jaw::Lower, side, p)).collect();
        if side.sign() < 0.0 {
            of_side.reverse();
        }
        of_side
    };
    teeth.retain(|t| view.has(*t));
    let points = (teeth.iter().map(|t| tip(view, *t))).collect::<Result<Vec<_>, _>>()?;
    Ok((teeth, line_of(view, points, Jaw::Lower)?))
}

fn edge_to_edge(view: &View<'_>, upper: Fdi) -> Result<f64, NotMeasured> {
    let (_, line) = lower_edges(view, upper)?;
    view.draw("lower edges and tips", line.0.iter().copied());
    Ok(line.place(&tip(view, upper)?).outwards)
}
