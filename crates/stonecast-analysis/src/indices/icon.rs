//! ICON: upper crowding or spacing, crossbite, anterior vertical relation and buccal segments of the cast; the aesthetic grade, asked.
//!
//! Units: points, mm, percent. Frame: the cast frame.
//!
//! Steps: `crowding`, `crossbite`, `vertical`, the sagittal relation of both sides, `totals`.
//!
//! Limits and references: `docs/methods/icon.md`.

use stonecast_dental::finding::{Category, Score};
use stonecast_dental::{Fdi, Jaw, NotMeasured, Side};

use super::reading::{
    Gone, all_upper_posterior, answered, by_name, crossbites, empty_places, gone, negated, of_teeth, over,
    places_without_wisdom, upper_front, upper_incisors, used, value, weighted_sum, worst,
    worst_interdigitation,
};
use crate::book::{Book, Reader, Spec};
use crate::grades::Bands;

const TABLE: &str = "icon";
const METHOD: &str = "icon";

fn spec(id: &str, name: &str) -> Spec {
    Spec::points(id, name, METHOD)
}

pub(super) fn enter(book: &mut Book<'_>) {
    book.score(
        spec("icon.aesthetic", "ICON aesthetic component, asked"),
        |reader| {
            let most = value(reader, TABLE, "aesthetic.most");
            let question = "which of the ten photographs of the aesthetic component is most alike, 1 to 10?";
            let grade = answered(reader, "iotn.aesthetic", question, [1.0, most])?;
            if grade.fract() != 0.0 {
                return Err(NotMeasured::OutOfRange {
                    what: "answer iotn.aesthetic is no whole number".to_owned(),
                });
            }
            Ok(Score::sure(grade))
        },
    );
    book.score(spec("icon.crowding", "ICON upper crowding or spacing"), crowding);
    book.score(spec("icon.crossbite", "ICON crossbite"), crossbite);
    book.score(spec("icon.vertical", "ICON anterior vertical relation"), vertical);
    for (side, id) in [
        (Side::Right, "icon.sagittal.right"),
        (Side::Left, "icon.sagittal.left"),
    ] {
        let name = format!("ICON {} buccal segment", side.name());
        book.score(spec(id, &name), move |reader| {
            worst_interdigitation(reader, TABLE, side)
        });
    }
    book.score(spec("icon.sagittal", "ICON buccal segments"), |reader| {
        weighted_sum(
            reader,
            [("icon.sagittal.right", 1.0), ("icon.sagittal.left", 1.0)],
        )
    });
    totals(book);
}

fn crowding(reader: &Reader<'_>) -> Result<Score, NotMeasured> {
    let upper: Vec<Fdi> = (places_without_wisdom().into_iter())
        .filter(|t| t.jaw() == Jaw::Upper)
        .collect();
    // One tooth known to be impacted settles it, whatever the others are.
    let states: Vec<Result<Gone, NotMeasured>> = (empty_places(reader, &upper)?.into_iter())
        .map(|t| gone(reader, t))
        .collect();
    if states.contains(&Ok(Gone::Impacted)) {
        return Ok(Score::sure(value(reader, TABLE, "crowding.impacted")));
    }
    states.into_iter().collect::<Result<Vec<Gone>, _>>()?;
    let space = reader.number("space.discrepancy.upper")?;
    let crowded = Bands::from_row(used(reader, TABLE, "crowding"));
    let spaced = Bands::from_row(used(reader, TABLE, "spacing"));
    Ok(over(&space, |space| {
        let bands = if space < 0 { &crowded } else { &spaced };
        *bands.of_value(space.abs() as f64 / 10.0)
    }))
}

fn crossbite(reader: &Reader<'_>) -> Result<Score, NotMeasured> {
    let given = value(reader, TABLE, "crossbite");
    let teeth = [upper_front(), all_upper_posterior()].concat();
    let teeth = crossbites(reader, &teeth)?;
    let points = |name: &str| if name == "none" { 0.0 } else { given };
    Ok(worst(teeth.iter().map(|(_, names)| by_name(names, points))))
}

fn vertical(reader: &Reader<'_>) -> Result<Score, NotMeasured> {
    let overlap = of_teeth(reader, "overbite.mm", &upper_incisors())?;
    let cover = of_teeth(reader, "overbite.percent", &upper_incisors())?;
    let open = Bands::from_row(used(reader, TABLE, "openbite"));
    let deep = Bands::from_row(used(reader, TABLE, "overbite"));
    let open = overlap.iter().map(|(_, q)| open.score(&negated(*q)));
    Ok(worst(open.chain(cover.iter().map(|(_, q)| deep.score(q)))))
}

/// The components of the cast.
const CAST: [&str; 4] = ["crowding", "crossbite", "vertical", "sagittal"];

fn sum(reader: &Reader<'_>, parts: &[&str]) -> Result<Score, NotMeasured> {
    let mut total = Score::sure(0.0);
    for part in parts {
        let weight = value(reader, TABLE, &format!("weight.{part}"));
        total = total + reader.points(&format!("icon.{part}"))?.times(weight);
    }
    Ok(total)
}

fn totals(book: &mut Book<'_>) {
    book.score(spec("icon.cast", "ICON, the cast's part, weighted"), |reader| {
        sum(reader, &CAST)
    });
    book.score(spec("icon.total", "ICON"), |reader| {
        sum(reader, &[&["aesthetic"], &CAST[..]].concat())
    });
    // Before and after treatment the same total is read in two ways.
    for (id, name, row, above, below) in [
        (
            "icon.need",
            "Need of treatment by ICON",
            "need",
            "need",
            "no need",
        ),
        (
            "icon.outcome",
            "Outcome of treatment by ICON",
            "acceptable",
            "not acceptable",
            "acceptable",
        ),
    ] {
        book.category(Spec::category(id, name, METHOD), move |reader| {
            let total = reader.points("icon.total")?;
            let limit = value(reader, TABLE, row);
            let of = |points: f64| if points > limit { above } else { below };
            let name = of(total.points);
            let ends = [of(total.low), of(total.high)];
            let others = ends.iter().find(|end| **end != name).map(|end| (*end).to_owned());
            Ok(Category {
                name: name.to_owned(),
                others: others.into_iter().collect(),
            })
        });
    }
    let complexity = Spec::category("icon.complexity", "Complexity of treatment by ICON", METHOD);
    book.category(complexity, |reader| {
        let total = reader.points("icon.total")?;
        let bands = Bands::names_from_row(used(reader, TABLE, "complexity"));
        Ok(super::abo_di::named(&bands, &total))
    });
}
