//! The arch perimeter: the length along the arch from the mesial contact of one first molar to that of the other.
//!
//! Units: mm. Frame: the cast frame, lengths in the occlusal plane. Definitions: `docs/methods/arch-perimeter.md`.
//!
//! Steps
//! 1. `contact_row`: the ends, and between them the middle of each pair of facing contact points.
//! 2. `contact`: a centripetal spline through them, if its length can be believed, else straight pieces.
//! 3. `segmental`: six straight pieces; `segment`: one side's piece before and one behind the canine's mesial contact.
//! 4. `wire`: a smooth curve along edges and cusp tips, as a brass wire is laid.

use nalgebra::Vector2;
use stonecast_dental::{Jaw, LandmarkKind as K, NotMeasured, Side};
use stonecast_mesh::Point;

use crate::arch::curve::{Quartic, Spline, polyline_length};
use crate::arch::{JAWS, SIDES, permanent, tooth_at};
use crate::book::{Book, Spec};
use crate::geometry::{horizontal_distance, middle};
use crate::rows::row;
use crate::size::facial_tips;
use crate::view::View;

const METHOD: &str = "arch-perimeter";
/// The last position before the first molar: what lies between the ends are the teeth 1 to 5 of both sides.
const LAST: u8 = 5;

pub(crate) fn measure(book: &mut Book<'_>) {
    for jaw in JAWS {
        let spec = |key: &str, words: &str| {
            Spec::mm(
                format!("arch.perimeter.{key}.{jaw}"),
                format!("{words} of the {jaw} arch, first molar to first molar"),
                METHOD,
            )
        };
        book.number(
            spec("contact", "perimeter through the contact points"),
            move |view| contact(view, jaw),
        );
        book.number(
            spec("segmental", "perimeter in six straight pieces"),
            move |view| segmental(view, jaw),
        );
        book.number(spec("wire", "perimeter as a brass wire lies"), move |view| {
            wire(view, jaw)
        });
        for side in SIDES {
            for (key, words, from, to) in [
                (
                    "buccal",
                    "from the first molar to the mesial contact of the canine",
                    LAST,
                    2,
                ),
                (
                    "incisal",
                    "from the mesial contact of the canine to the midline",
                    2,
                    0,
                ),
            ] {
                let spec = Spec::mm(
                    format!("arch.segment.{key}.{}.{jaw}", side.name()),
                    format!("{} {jaw} arch segment {words}", side.name()),
                    METHOD,
                );
                book.number(spec, move |view| {
                    Ok(horizontal_distance(
                        &boundary(view, jaw, side, from)?,
                        &boundary(view, jaw, side, to)?,
                    ))
                });
            }
        }
    }
}

/// The place between a side's teeth at a position and the next: the middle of their facing contact points, or the one
/// of them that is there. 0 is the midline; the last is the mesial contact of the first molar, before its eruption the
/// distal contact of the second primary molar.
fn boundary(view: &View<'_>, jaw: Jaw, side: Side, position: u8) -> Result<Point, NotMeasured> {
    if position == LAST {
        return end(view, jaw, side);
    }
    let (before, facing) = match position {
        0 => ((side.opposite(), 1), K::MesialContact),
        p => ((side, p), K::DistalContact),
    };
    let behind = (side, position + 1);
    let present = |(side, position): (Side, u8)| tooth_at(view, jaw, side, position);
    match (present(before), present(behind)) {
        (Some(a), Some(b)) => Ok(middle(&view.point(a, facing)?, &view.point(b, K::MesialContact)?)),
        (Some(a), None) => {
            tell_missing(view, jaw, behind);
            view.point(a, facing)
        }
        (None, Some(b)) => {
            tell_missing(view, jaw, before);
            view.point(b, K::MesialContact)
        }
        (None, None) => {
            let teeth = [before, behind].map(|(side, position)| permanent(jaw, side, position));
            view.need(&teeth)?;
            Err(NotMeasured::MissingTeeth {
                teeth: teeth.to_vec(),
            })
        }
    }
}

fn tell_missing(view: &View<'_>, jaw: Jaw, (side, position): (Side, u8)) {
    let tooth = permanent(jaw, side, position);
    view.remark(&format!("tooth {tooth} is not there; its place counts as room"));
}

fn end(view: &View<'_>, jaw: Jaw, side: Side) -> Result<Point, NotMeasured> {
    let first_molar = permanent(jaw, side, LAST + 1);
    match tooth_at(view, jaw, side, LAST) {
        Some(primary) if primary.is_primary() && !view.has(first_molar) => {
            view.remark(&format!("ends at the distal contact of {primary}"));
            view.point(primary, K::DistalContact)
        }
        _ => view.point(first_molar, K::MesialContact),
    }
}

/// The places between neighbours from the right end to the left. The spline needs them apart: coinciding ones are taken
/// once.
fn contact_row(view: &View<'_>, jaw: Jaw) -> Result<Vec<Point>, NotMeasured> {
    let right = (0..=LAST).rev().map(|position| (Side::Right, position));
    let left = (1..=LAST).map(|position| (Side::Left, position));
    let mut row: Vec<Point> = Vec::with_capacity(2 * usize::from(LAST) + 1);
    for (side, position) in right.chain(left) {
        let point = boundary(view, jaw, side, position)?;
        if row
            .last()
            .is_none_or(|last| horizontal_distance(last, &point) > 1e-6)
        {
            row.push(point);
        }
    }
    if row.len() < 2 {
        return Err(NotMeasured::OutOfRange {
            what: "all contact points coincide; look at the labels".to_owned(),
        });
    }
    Ok(row)
}

pub(crate) fn contact(view: &View<'_>, jaw: Jaw) -> Result<f64, NotMeasured> {
    let row_of_points = contact_row(view, jaw)?;
    let limit = row("arch_perimeter", "spline-excess");
    view.rests_on(limit);
    let straight = polyline_length(&row_of_points);
    let spline = Spline::through(&row_of_points);
    let length = spline.length();
    if (straight * (1.0 - 1e-9)..=limit.number("value") * straight).contains(&length) {
        view.draw("arch perimeter through the contact points", spline.points());
        Ok(length)
    } else {
        view.remark("the contact points do not lie on a smooth curve; straight pieces were measured");
        view.draw("arch perimeter through the contact points", row_of_points);
        Ok(straight)
    }
}

pub(crate) fn segmental(view: &View<'_>, jaw: Jaw) -> Result<f64, NotMeasured> {
    let stops = [
        (Side::Right, LAST),
        (Side::Right, 3),
        (Side::Right, 2),
        (Side::Right, 0),
        (Side::Left, 2),
        (Side::Left, 3),
        (Side::Left, LAST),
    ];
    let points: Result<Vec<Point>, NotMeasured> = (stops.into_iter())
        .map(|(side, position)| boundary(view, jaw, side, position))
        .collect();
    let points = points?;
    let length = polyline_length(&points);
    view.draw("arch perimeter in straight pieces", points);
    Ok(length)
}

pub(crate) fn wire(view: &View<'_>, jaw: Jaw) -> Result<f64, NotMeasured> {
    let ends = [end(view, jaw, Side::Right)?, end(view, jaw, Side::Left)?];
    let mut tips: Vec<Point> = Vec::new();
    let mut missing = Vec::new();
    for side in SIDES {
        for position in 1..=LAST + 1 {
            match tooth_at(view, jaw, side, position) {
                Some(tooth) => tips.push(view.first_point(tooth, facial_tips(tooth))?),
                None if position <= LAST => missing.push(permanent(jaw, side, position)),
                None => {}
            }
        }
    }
    let most = row("arch_perimeter", "wire-missing");
    view.rests_on(most);
    if missing.len() as f64 > most.number("value") {
        return Err(NotMeasured::MissingTeeth { teeth: missing });
    }
    for tooth in missing {
        view.remark(&format!("tooth {tooth} is not there; its place counts as room"));
    }
    let plane: Vec<Vector2<f64>> = tips.iter().map(|p| p.coords.xy()).collect();
    let curve = Quartic::near(&plane).ok_or_else(|| NotMeasured::OutOfRange {
        what: "edges and cusp tips lie on no curve; look at the labels".to_owned(),
    })?;
    let [from, to] = ends.map(|end| curve.foot(end.coords.xy()));
    if from >= to {
        return Err(NotMeasured::OutOfRange {
            what: "the ends of the arch are not to its right and left; look at the labels".to_owned(),
        });
    }
    let level = tips.iter().map(|p| p.z).sum::<f64>() / tips.len() as f64;
    let steps = 48;
    let x = move |k: usize| from + (to - from) * k as f64 / f64::from(steps);
    view.draw(
        "arch perimeter as a brass wire lies",
        (0..=steps as usize).map(|k| Point::new(x(k), curve.y(x(k)), level)),
    );
    Ok(curve.length(from, to))
}

#[cfg(test)]
#[path = "perimeter_tests.rs"]
mod tests;
