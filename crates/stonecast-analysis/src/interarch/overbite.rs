//! Overbite in millimetres, as a share of the lower crown, and its grade.
//!
//! Units: mm, per cent. Frame: the cast frame; vertical is at right angles to the occlusal plane. Definitions and limits:
//! `docs/methods/overbite.md`.
//!
//! Steps
//! 1. `overlap`: by how much the upper edge reaches past the line of the lower edges, vertically.
//! 2. `covered`: the same as a share of the lower crown's height there.
//! 3. `measure`: the incisor with the greatest overlap stands for the bite, and gives the grade.

use stonecast_dental::finding::{Category, Outcome};
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured};

use super::TABLE;
use super::overjet::lower_edges;
use super::teeth::{most, row, tip};
use crate::book::{Book, Reader, Spec};
use crate::grades::Bands;
use crate::rows::row as table_row;
use crate::view::View;

const METHOD: &str = "overbite";

pub(crate) fn measure(book: &mut Book<'_>) {
    let incisors = row(book.subject(), Jaw::Upper, 2);
    for &upper in &incisors {
        let spec = Spec::mm(
            format!("overbite.mm.{upper}"),
            format!("overbite of {upper}"),
            METHOD,
        );
        book.number(spec, move |view| overlap(view, upper));
        let spec = Spec::percent(
            format!("overbite.percent.{upper}"),
            format!("share of the lower crown that {upper} covers"),
            METHOD,
        );
        book.number(spec, move |view| covered(view, upper));
    }
    let of_all = [
        Spec::mm(
            "overbite.mm",
            "overbite of the incisor with the greatest overlap",
            METHOD,
        ),
        Spec::percent(
            "overbite.percent",
            "greatest share of a lower incisor's crown that is covered",
            METHOD,
        ),
    ];
    for (spec, key) in of_all.into_iter().zip(["mm", "percent"]) {
        let ids: Vec<String> = incisors.iter().map(|t| format!("overbite.{key}.{t}")).collect();
        book.derived(spec, move |reader| {
            let number = most(reader, &ids, |id| reader.number(id), |q| q.value)?;
            Ok(Outcome::Number(number))
        });
    }
    let spec = Spec::category("overbite.category", "grade of the overbite", METHOD);
    book.category(spec, category);
}

/// By how much an upper edge or tip passes the line of the lower ones; negative where it does not reach them.
pub(super) fn overlap(view: &View<'_>, upper: Fdi) -> Result<f64, NotMeasured> {
    let (_, line) = lower_edges(view, upper)?;
    view.draw("lower edges and tips", line.0.iter().copied());
    let edge = tip(view, upper)?;
    let place = line.place(&edge);
    if place.outwards < 0.0 {
        view.remark(&format!(
            "{upper} stands behind the lower edges: the lower teeth overlap it"
        ));
    }
    Ok(place.between(|k| line.0[k].z) - edge.z)
}

fn covered(view: &View<'_>, upper: Fdi) -> Result<f64, NotMeasured> {
    let (teeth, line) = lower_edges(view, upper)?;
    let edge = tip(view, upper)?;
    let heights = teeth.iter().zip(&line.0).map(|(tooth, edge)| {
        let zenith = view.point(*tooth, K::GingivalZenith)?;
        Ok(edge.z - zenith.z)
    });
    let heights = heights.collect::<Result<Vec<f64>, NotMeasured>>()?;
    let place = line.place(&edge);
    let overlap = place.between(|k| line.0[k].z) - edge.z;
    let height = place.between(|k| heights[k]);
    if height <= 0.0 {
        return Err(NotMeasured::OutOfRange {
            what: "the lower crowns have no height above the gum; look at their labels".to_owned(),
        });
    }
    Ok(100.0 * overlap / height)
}

fn category(reader: &Reader<'_>) -> Result<Category, NotMeasured> {
    let [edges, grades] = ["overbite-edges", "overbite-grade"].map(|id| table_row(TABLE, id));
    reader.rests_on(edges);
    let overlap = Bands::names_from_row(edges).category(&reader.number("overbite.mm")?);
    let overlaps = |name: &String| name == "overlap";
    if !overlaps(&overlap.name) && !overlap.others.iter().any(overlaps) {
        return Ok(overlap);
    }
    reader.rests_on(grades);
    let grade = Bands::names_from_row(grades).category(&reader.number("overbite.percent")?);
    // Where a little overlap is open too, so are its grades.
    let mut names: Vec<String> = Vec::new();
    for name in std::iter::once(&overlap.name).chain(&overlap.others) {
        if overlaps(name) {
            names.push(grade.name.clone());
            names.extend(grade.others.iter().cloned());
        } else {
            names.push(name.clone());
        }
    }
    let name = names.remove(0);
    Ok(Category { name, others: names })
}
