//! The curves of Spee and Wilson: how the occlusal surface bends from front to back and from side to side.
//!
//! Units: mm, degrees. Frame: the cast frame. Definitions: `docs/methods/occlusal-curves.md`.
//!
//! Steps
//! 1. `Plane::through`: the plane of the lower incisal middle and a distal cusp of a molar on each side.
//! 2. `spee`: the greatest depth below it of a side's buccal cusps between those ends.
//! 3. `chord`: the same below the line from a side's canine to its molar, in the upright plane of that line.
//! 4. `wilson`: per molar the height of the buccal over the lingual cusp and the slope between them; per pair the circle
//!    through the four tips.

use nalgebra::Vector2;
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured, Side, ToothClass};
use stonecast_mesh::{Point, Vector};

use crate::arch::curve::least_squares;
use crate::arch::{JAWS, SIDES, incisal_middle, permanent, tooth_at};
use crate::book::{Book, Spec};
use crate::geometry::horizontal;
use crate::rows::row;
use crate::view::View;

const METHOD: &str = "occlusal-curves";
const JAW: Jaw = Jaw::Lower;

pub(crate) fn measure(book: &mut Book<'_>) {
    for side in SIDES {
        for (key, molar, words) in [("plane", 7, "second"), ("plane_first_molar", 6, "first")] {
            let spec = Spec::mm(
                format!("spee.{key}.{}", side.name()),
                format!(
                    "{} curve of Spee: depth below the plane of the incisors and the {words} molars",
                    side.name()
                ),
                METHOD,
            );
            book.number(spec, move |view| spee(view, side, molar));
        }
        let spec = Spec::mm(
            format!("spee.canine_line.{}", side.name()),
            format!(
                "{} curve of Spee: depth below the line from canine to second molar",
                side.name()
            ),
            METHOD,
        );
        book.number(spec, move |view| chord(view, side));
    }
    let spec = Spec::mm("spee.mean", "curve of Spee, mean of both sides", METHOD);
    book.number(spec, |view| {
        Ok(0.5 * (spee(view, Side::Right, 7)? + spee(view, Side::Left, 7)?))
    });
    for jaw in JAWS {
        for position in [6, 7] {
            enter_wilson(book, SIDES.map(|side| permanent(jaw, side, position)));
        }
    }
}

/// A plane that faces upwards.
struct Plane {
    point: Point,
    normal: Vector,
}

impl Plane {
    fn through(a: Point, b: Point, c: Point) -> Result<Self, NotMeasured> {
        let normal = (b - a).cross(&(c - a));
        let area = normal.norm();
        if area < 1.0 {
            return Err(NotMeasured::OutOfRange {
                what: "incisors and molars lie on a line; look at the labels".to_owned(),
            });
        }
        let up = normal.z.signum() / area;
        Ok(Self {
            point: a,
            normal: normal * up,
        })
    }

    fn below(&self, p: &Point) -> f64 {
        -(p - self.point).dot(&self.normal)
    }
}

/// The most distal of the buccal cusps that a molar is known by: the end of the curve.
fn distal_cusp(view: &View<'_>, tooth: Fdi) -> Result<Point, NotMeasured> {
    view.point(tooth, K::DistobuccalCusp)
}

/// The buccal cusps of a side from the canine to the mesiobuccal cusp of a molar. Teeth that are not there are passed by.
fn buccal_cusps(view: &View<'_>, side: Side, molar: u8) -> Vec<Point> {
    let mut cusps = Vec::with_capacity(8);
    for position in 3..=molar {
        let Some(tooth) = tooth_at(view, JAW, side, position) else {
            view.remark(&format!(
                "tooth {} is not there and is passed by",
                permanent(JAW, side, position)
            ));
            continue;
        };
        let kinds: &[K] = match tooth.class() {
            ToothClass::Canine => &[K::CuspTip],
            ToothClass::Premolar => &[K::BuccalCusp],
            _ if position == molar => &[K::MesiobuccalCusp],
            _ => &[K::MesiobuccalCusp, K::DistobuccalCusp, K::BuccalCusp],
        };
        cusps.extend(kinds.iter().filter_map(|kind| view.point(tooth, *kind).ok()));
    }
    cusps
}

fn spee(view: &View<'_>, side: Side, molar: u8) -> Result<f64, NotMeasured> {
    let molars = SIDES.map(|side| permanent(JAW, side, molar));
    view.need(&[super::central_incisors(view, JAW), molars].concat())?;
    let front = incisal_middle(view, JAW)?;
    let [right, left] = molars.map(|tooth| distal_cusp(view, tooth));
    let (right, left) = (right?, left?);
    let plane = Plane::through(front, right, left)?;
    let end = if side == Side::Right { right } else { left };
    view.draw("plane", [front, right, left, front]);
    deepest(
        view,
        &buccal_cusps(view, side, molar),
        end,
        |p| plane.below(p),
        &plane.normal,
    )
}

/// The greatest depth of some cusps, not less than nothing: the ends lie on the reference themselves.
fn deepest(
    view: &View<'_>,
    cusps: &[Point],
    end: Point,
    below: impl Fn(&Point) -> f64,
    up: &Vector,
) -> Result<f64, NotMeasured> {
    let deepest = cusps
        .iter()
        .map(|p| (below(p), *p))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    let Some((depth, at)) = deepest else {
        return Err(NotMeasured::NotApplicable {
            why: "between the ends of the curve there is no cusp".to_owned(),
        });
    };
    view.draw("curve of Spee", cusps.iter().copied().chain([end]));
    view.draw("depth", [at, at + up * depth]);
    Ok(depth.max(0.0))
}

fn chord(view: &View<'_>, side: Side) -> Result<f64, NotMeasured> {
    let canine = tooth_at(view, JAW, side, 3).unwrap_or(permanent(JAW, side, 3));
    let molar = permanent(JAW, side, 7);
    view.need(&[canine, molar])?;
    let (front, end) = (view.point(canine, K::CuspTip)?, distal_cusp(view, molar)?);
    let along = horizontal(end - front);
    let length = along.norm();
    if length < 1.0 {
        return Err(NotMeasured::OutOfRange {
            what: "canine and molar coincide; look at the labels".to_owned(),
        });
    }
    // The side's arch is bowed: its cusps are seen from the side, so that the bow does not count as depth.
    let slope = (end.z - front.z) / length;
    let below = |p: &Point| {
        let reach = horizontal(p - front).dot(&along) / length;
        (front.z + slope * reach - p.z) / slope.hypot(1.0)
    };
    view.draw("line", [front, end]);
    let cusps = buccal_cusps(view, side, 7);
    deepest(view, &cusps, end, below, &Vector::z())
}

fn enter_wilson(book: &mut Book<'_>, [right, left]: [Fdi; 2]) {
    for tooth in [right, left] {
        let specs = vec![
            Spec::mm(
                format!("wilson.height.{tooth}"),
                format!("mesiobuccal above mesiolingual cusp of {tooth}, towards the antagonist"),
                METHOD,
            ),
            Spec::deg(
                format!("wilson.slope.{tooth}"),
                format!("slope from the mesiolingual to the mesiobuccal cusp of {tooth}"),
                METHOD,
            ),
        ];
        book.numbers(specs, move |view| {
            let [buccal, lingual] = across(view, tooth)?;
            view.draw("cusps", [lingual, buccal]);
            let rise = (buccal - lingual).z * facing(tooth.jaw());
            let width = horizontal(buccal - lingual).norm();
            Ok(vec![rise, rise.atan2(width).to_degrees()])
        });
    }
    let spec = Spec::mm(
        format!("wilson.radius.{right}.{left}"),
        format!("radius of the curve of Wilson at {right} and {left}, positive where its centre lies above"),
        METHOD,
    );
    book.number(spec, move |view| {
        view.need(&[right, left])?;
        let (right, left) = (across(view, right)?, across(view, left)?);
        radius(view, [right[0], right[1], left[1], left[0]])
    });
}

/// 1 where the teeth face upwards.
fn facing(jaw: Jaw) -> f64 {
    match jaw {
        Jaw::Upper => -1.0,
        Jaw::Lower => 1.0,
    }
}

fn across(view: &View<'_>, tooth: Fdi) -> Result<[Point; 2], NotMeasured> {
    Ok([
        view.point(tooth, K::MesiobuccalCusp)?,
        view.point(tooth, K::MesiolingualCusp)?,
    ])
}

/// The circle nearest to four tips as seen from the front: `x² + z² = 2ax + 2bz + c`.
fn radius(view: &View<'_>, tips: [Point; 4]) -> Result<f64, NotMeasured> {
    let middle = tips.iter().map(|p| Vector2::new(p.x, p.z)).sum::<Vector2<f64>>() / 4.0;
    let seen = tips.map(|p| Vector2::new(p.x, p.z) - middle);
    let rows = seen
        .iter()
        .map(|p| ([2.0 * p.x, 2.0 * p.y, 1.0], p.norm_squared(), 1.0));
    let flattest = row("occlusal_curves", "greatest-radius");
    view.rests_on(flattest);
    let flat = || NotMeasured::OutOfRange {
        what: format!(
            "the cusps lie on a straight line; radii reach to {} mm",
            flattest.number("value")
        ),
    };
    let [a, b, c] = least_squares(rows).ok_or_else(flat)?;
    let radius = (c + a * a + b * b).max(0.0).sqrt();
    if radius > flattest.number("value") {
        return Err(flat());
    }
    let y = tips.iter().map(|p| p.y).sum::<f64>() / 4.0;
    let half = seen.iter().map(|p| p.x.abs()).fold(0.0, f64::max).min(radius);
    let arc = (-16..=16).map(|k| {
        let x = half * f64::from(k) / 16.0;
        let z = b - b.signum() * (radius * radius - (x - a).powi(2)).max(0.0).sqrt();
        Point::new(middle.x + x, y, middle.y + z)
    });
    view.draw("curve of Wilson", arc);
    Ok(radius * b.signum())
}

#[cfg(test)]
#[path = "curves_tests.rs"]
mod tests;
