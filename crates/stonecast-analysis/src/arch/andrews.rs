//! Andrews' keys of single crowns: angulation, inclination and rotation, and how far they are from a population's.
//!
//! Units: degrees. Frame: the cast frame. Definitions: `docs/methods/andrews.md`.
//!
//! Steps
//! 1. `seen`: how the tooth is looked at: straight at its face, upright to the occlusal plane.
//! 2. `angulation`: the crown's long axis against the upright, in that view.
//! 3. `inclination`: the tangent at the facial axis point against the upright, seen along the arch.
//! 4. `rotation`: the crown's mesial direction against the arch's, seen from the occlusal side.
//! 5. `deviation`: less the norm's mean.

use std::sync::LazyLock;

use nalgebra::Vector2;
use stonecast_dental::finding::{Outcome, Quantity, Unit};
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured};
use stonecast_mesh::Vector;

use crate::arch::JAWS;
use crate::arch::curve::least_squares;
use crate::book::{Book, Spec};
use crate::geometry::horizontal;
use crate::rows::{Row, row, rows};
use crate::subject::Axes;
use crate::view::View;

const METHOD: &str = "andrews";
const NORMS: &str = "andrews_norms";
const TABLE: &str = "andrews_rules";

/// Looked up once: a measure is run some hundred times.
static TANGENT: LazyLock<&Row> = LazyLock::new(|| row(TABLE, "tangent"));
static DIRECTION: LazyLock<&Row> = LazyLock::new(|| row(TABLE, "arch-direction"));

type Measure = fn(&View<'_>, Fdi) -> Result<f64, NotMeasured>;
const MEASURES: [(&str, &str, Measure); 3] = [
    ("angulation", "crown angulation", angulation),
    ("inclination", "crown inclination", inclination),
    ("rotation", "rotation against the arch", rotation),
];

pub(crate) fn measure(book: &mut Book<'_>) {
    for jaw in JAWS {
        for tooth in book.subject().row(jaw) {
            for (key, words, of) in MEASURES {
                let spec = Spec::deg(
                    format!("andrews.{key}.{tooth}"),
                    format!("{words} of {tooth}"),
                    METHOD,
                )
                .about([tooth]);
                book.number(spec, move |view| of(view, tooth));
            }
            if !tooth.is_primary() && tooth.position() <= 7 {
                enter_deviations(book, tooth);
            }
        }
    }
}

/// The norm of a tooth in a set, the first set of the table where none is named.
fn norm(set: Option<&str>, key: &str, tooth: Fdi) -> Option<&'static Row> {
    let set = set.unwrap_or_else(|| rows(NORMS)[0].text("set"));
    let place = format!("{}{}", tooth.jaw(), tooth.position());
    rows(NORMS)
        .iter()
        .find(|row| row.text("set") == set && row.text("measure") == key && row.text("tooth") == place)
}

fn enter_deviations(book: &mut Book<'_>, tooth: Fdi) {
    let set = book.params().norms.get(NORMS).map(String::as_str);
    for key in ["angulation", "inclination"] {
        let found = norm(set, key, tooth);
        let against = found.map_or("a norm", |row| row.text("population"));
        let spec = Spec::deg(
            format!("andrews.deviation.{key}.{tooth}"),
            format!("{key} of {tooth} less the mean of {against}"),
            METHOD,
        )
        .about([tooth]);
        book.derived(spec, move |reader| {
            let norm = found.ok_or_else(|| NotMeasured::OutOfRange {
                what: format!("tables/{NORMS}.toml has no set {}", set.unwrap_or_default()),
            })?;
            reader.rests_on(norm);
            let measured = reader.number(&format!("andrews.{key}.{tooth}"))?;
            Ok(Outcome::Number(Quantity {
                value: measured.value - norm.number("mean"),
                uncertainty: measured.uncertainty,
                unit: Unit::Deg,
            }))
        });
    }
}

/// The directions in which a tooth is looked at: facial and mesial in the occlusal plane, and upright towards the
/// antagonist.
struct Seen {
    facial: Vector,
    mesial: Vector,
    up: Vector,
}

fn seen(axes: &Axes, jaw: Jaw) -> Result<Seen, NotMeasured> {
    let facial = Vector::new(axes.facial.x, axes.facial.y, 0.0);
    if facial.norm() < 0.2 {
        return Err(NotMeasured::NotApplicable {
            why: "the tooth lies on its side".to_owned(),
        });
    }
    let facial = facial.normalize();
    let mesial = Vector::new(-facial.y, facial.x, 0.0);
    let up = match jaw {
        Jaw::Upper => -Vector::z(),
        Jaw::Lower => Vector::z(),
    };
    Ok(Seen {
        facial,
        mesial: mesial * mesial.dot(&axes.mesial).signum(),
        up,
    })
}

/// Positive where the crown leans mesially, its gingival end distally.
fn angulation(view: &View<'_>, tooth: Fdi) -> Result<f64, NotMeasured> {
    let axes = view.axes(tooth)?;
    let seen = seen(&axes, tooth.jaw())?;
    let axis = axes.occlusal;
    view.draw("long axis", [axes.origin - axis * 5.0, axes.origin + axis * 5.0]);
    Ok(axis.dot(&seen.mesial).atan2(axis.dot(&seen.up)).to_degrees())
}

/// Positive where the edge stands facially of the gingival end.
fn inclination(view: &View<'_>, tooth: Fdi) -> Result<f64, NotMeasured> {
    let axes = view.axes(tooth)?;
    let seen = seen(&axes, tooth.jaw())?;
    let curve = view.facial_axis(tooth)?;
    let point = view.point(tooth, K::FacialAxisPoint)?;
    let rule = *TANGENT;
    view.rests_on(rule);
    let reach = rule.number("reach");
    // The mean direction of the curve's pieces about the point, nearer ones weighted more, so that it changes smoothly as
    // the point does.
    let (mut facial, mut up) = (0.0, 0.0);
    for piece in curve.windows(2) {
        let far = (nalgebra::center(&piece[0], &piece[1]) - point).norm() / reach;
        let weight = (1.0 - far * far).max(0.0);
        let step = piece[1] - piece[0];
        facial += weight * step.dot(&seen.facial);
        up += weight * step.dot(&seen.up);
    }
    if facial.hypot(up) < 0.1 {
        return Err(NotMeasured::NoPart {
            tooth,
            part: "facial surface about the facial axis point".to_owned(),
        });
    }
    let along = (seen.facial * facial + seen.up * up).normalize() * 3.0;
    view.draw("tangent", [point - along, point + along]);
    let slope = facial.atan2(up).to_degrees();
    Ok(slope + view.given("slope of the facial surface", 0.0, rule.number("sigma")))
}

/// Positive where the mesial side is turned facially.
fn rotation(view: &View<'_>, tooth: Fdi) -> Result<f64, NotMeasured> {
    let axes = view.axes(tooth)?;
    let leftwards = leftwards(view, tooth)?;
    let mesially = leftwards * -tooth.side().sign();
    let outward = Vector2::new(leftwards.y, -leftwards.x);
    let mesial = horizontal(axes.mesial);
    let along = Vector::new(mesially.x, mesially.y, 0.0) * 5.0;
    view.draw(
        "direction of the arch",
        [axes.origin - along, axes.origin + along],
    );
    view.draw("mesial direction", [axes.origin, axes.origin + axes.mesial * 5.0]);
    Ok(mesial.dot(&outward).atan2(mesial.dot(&mesially)).to_degrees())
}

/// The direction of the arch at a tooth, from the right to the left: that of the parabola nearest to the crowns' middles
/// of the tooth and its neighbours, over the line from the first to the last of them.
fn leftwards(view: &View<'_>, tooth: Fdi) -> Result<Vector2<f64>, NotMeasured> {
    let rule = *DIRECTION;
    view.rests_on(rule);
    let window = rule.number("teeth") as usize;
    let row_of_teeth = view.teeth(tooth.jaw());
    if row_of_teeth.len() < window {
        view.need(&[tooth])?;
        return Err(NotMeasured::NotApplicable {
            why: format!("the arch's direction needs {window} teeth"),
        });
    }
    let place = row_of_teeth.iter().position(|t| *t == tooth).unwrap_or(0);
    // At the ends of the arch the tooth is not in the middle of its neighbours.
    let from = place.saturating_sub(window / 2).min(row_of_teeth.len() - window);
    let middles: Result<Vec<Vector2<f64>>, NotMeasured> = (row_of_teeth[from..from + window].iter())
        .map(|t| Ok(view.origin(*t)?.coords.xy()))
        .collect();
    let middles = middles?;
    let unclear = || NotMeasured::OutOfRange {
        what: "the crowns beside it lie on no arch; look at the labels".to_owned(),
    };
    let along = middles[window - 1] - middles[0];
    if along.norm() < 1.0 {
        return Err(unclear());
    }
    let along = along.normalize();
    let own = |p: &Vector2<f64>| {
        let d = p - middles[0];
        (d.dot(&along), along.perp(&d))
    };
    let rows = middles.iter().map(own).map(|(u, w)| ([1.0, u, u * u], w, 1.0));
    let [_, slope, bend] = least_squares(rows).ok_or_else(unclear)?;
    let slope = slope + 2.0 * bend * own(&middles[place - from]).0;
    Ok((along + Vector2::new(-along.y, along.x) * slope).normalize())
}

#[cfg(test)]
#[path = "andrews_tests.rs"]
mod tests;
