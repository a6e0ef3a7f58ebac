//! The form of the arch: smooth curves fitted to incisal edges and buccal cusps, and tapered, ovoid or square.
//!
//! Units: mm. Frame: the arch's own, in the occlusal plane: the base runs between the most distal teeth that both sides
//! have, `x` to the left from its middle, `y` forwards. Definitions: `docs/methods/arch-form.md`.
//!
//! Steps
//! 1. `arch_points`: edges and buccal cusps in the arch's frame.
//! 2. `fit`: each curve by least squares of the distances to first order, by reweighting; the catenary by Newton's steps
//!    as Gauss simplified them.
//! 3. `rms`: the root mean square of those distances.
//! 4. `parabolic_share`: the curve `a x⁶ + b x²` through incisors, canines and molars, and how much of it is `b x²`.

use std::sync::LazyLock;

use nalgebra::Vector2;
use stonecast_dental::finding::Unit;
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured, ToothClass};
use stonecast_mesh::Point;

use crate::arch::curve::{Quartic, least_squares};
use crate::arch::{JAWS, SIDES, central_incisors, incisal_middle, permanent, tooth_at};
use crate::book::{Book, Spec};
use crate::geometry::horizontal;
use crate::grades::Bands;
use crate::rows::{Row, row};
use crate::size::facial_tips;
use crate::view::View;

const METHOD: &str = "arch-form";
const TABLE: &str = "arch_form";

type Plane = Vector2<f64>;

/// Looked up once: a fit is run some hundred times.
static LEAST: LazyLock<&Row> = LazyLock::new(|| row(TABLE, "least-points"));

/// A family of curves.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Family {
    Beta,
    Sixth,
    Fourth,
    Catenary,
    Conic,
}

/// A family: its name in ids, in words, and its parameters: name in ids, in words, unit.
type Described = (
    Family,
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str, Unit)],
);

const FAMILIES: [Described; 5] = [
    (
        Family::Beta,
        "beta",
        "beta function",
        &[("width", "width", Unit::Mm), ("depth", "depth", Unit::Mm)],
    ),
    (
        Family::Sixth,
        "sixth",
        "polynomial a x⁶ + b x²",
        &[
            ("depth", "depth", Unit::Mm),
            (
                "sixth_share",
                "share of the sixth power in the depth at the base",
                Unit::Percent,
            ),
        ],
    ),
    (Family::Fourth, "fourth", "polynomial of the fourth order", &[]),
    (
        Family::Catenary,
        "catenary",
        "catenary",
        &[("depth", "depth", Unit::Mm), ("parameter", "parameter", Unit::Mm)],
    ),
    (
        Family::Conic,
        "conic",
        "conic section",
        &[
            ("apex_radius", "radius at the front", Unit::Mm),
            (
                "shape",
                "shape factor (1 circle, above 0 ellipse, 0 parabola, below hyperbola)",
                Unit::One,
            ),
        ],
    ),
];

pub(crate) fn measure(book: &mut Book<'_>) {
    for jaw in JAWS {
        for (family, key, words, parameters) in FAMILIES {
            let spec = |what: &str, name: &str, unit| {
                Spec::new(
                    format!("arch.form.{key}.{what}.{jaw}"),
                    format!("{words} of the {jaw} arch: {name}"),
                    unit,
                    METHOD,
                )
            };
            let mut specs: Vec<Spec> = parameters.iter().map(|(k, w, u)| spec(k, w, *u)).collect();
            specs.push(spec("rms", "root mean square distance of the teeth", Unit::Mm));
            book.numbers(specs, move |view| {
                let points = arch_points(view, jaw)?;
                let curve = fit(family, &points).ok_or_else(|| NotMeasured::OutOfRange {
                    what: format!("the teeth lie on no {words}"),
                })?;
                curve.draw(view, &format!("{words} fitted to the teeth"), &points);
                let mut numbers = curve.parameters(&points);
                numbers.push(rms(&curve, &points.places));
                Ok(numbers)
            });
        }
        let share = format!("arch.form.parabolic_share.{jaw}");
        let spec = Spec::percent(
            share.clone(),
            format!("share of the parabola in the form of the {jaw} arch"),
            METHOD,
        );
        book.number(spec, move |view| parabolic_share(view, jaw));
        let spec = Spec::category(
            format!("arch.form.category.{jaw}"),
            format!("form of the {jaw} arch"),
            METHOD,
        );
        book.category(spec, move |reader| {
            let rule = row(TABLE, "category");
            reader.rests_on(rule);
            Ok(Bands::names_from_row(rule).category(&reader.number(&share)?))
        });
    }
}

/// The points of an arch in its own frame.
struct ArchPoints {
    places: Vec<Plane>,
    origin: Plane,
    left: Plane,
    /// Half of the base, and the mean height for drawings.
    half: f64,
    level: f64,
}

impl ArchPoints {
    fn forwards(&self) -> Plane {
        Plane::new(self.left.y, -self.left.x)
    }

    fn in_cast(&self, p: Plane) -> Point {
        let q = self.origin + self.left * p.x + self.forwards() * p.y;
        Point::new(q.x, q.y, self.level)
    }
}

/// The cusps of a tooth that count: one tip, and of molars the mesiobuccal and the distobuccal one.
fn cusps(tooth: Fdi) -> &'static [K] {
    match tooth.class() {
        ToothClass::Molar => &[K::MesiobuccalCusp, K::DistobuccalCusp, K::BuccalCusp],
        _ => facial_tips(tooth),
    }
}

fn arch_points(view: &View<'_>, jaw: Jaw) -> Result<ArchPoints, NotMeasured> {
    let base = (5..=7u8).rev().find_map(|position| {
        let teeth = SIDES.map(|side| tooth_at(view, jaw, side, position));
        match teeth {
            [Some(right), Some(left)] if [right, left].iter().all(|t| t.class() == ToothClass::Molar) => {
                Some([right, left])
            }
            _ => None,
        }
    });
    let Some(base) = base else {
        let molars = SIDES.map(|side| permanent(jaw, side, 6));
        view.need(&molars)?;
        return Err(NotMeasured::MissingTeeth {
            teeth: molars.to_vec(),
        });
    };
    let distal = |tooth| view.first_point(tooth, &[K::DistobuccalCusp, K::MesiobuccalCusp, K::BuccalCusp]);
    let (right, left) = (distal(base[0])?, distal(base[1])?);
    let across = horizontal(left - right);
    view.remark(&format!(
        "the base of the arch runs from {} to {}",
        base[0], base[1]
    ));
    let mut tips = Vec::with_capacity(18);
    for side in SIDES {
        for tooth in (1..=7u8).filter_map(|p| tooth_at(view, jaw, side, p)) {
            // A point that was not found on one tooth is missed less than the whole fit.
            let found = cusps(tooth)
                .iter()
                .filter_map(|kind| view.point(tooth, *kind).ok());
            tips.extend(found);
        }
    }
    let least = LEAST.number("value");
    view.rests_on(&LEAST);
    if (tips.len() as f64) < least {
        return Err(NotMeasured::NotApplicable {
            why: format!("a form is fitted to at least {least} edges and cusps"),
        });
    }
    let mut points = ArchPoints {
        places: Vec::new(),
        origin: 0.5 * (right.coords.xy() + left.coords.xy()),
        left: across / across.norm(),
        half: 0.5 * across.norm(),
        level: tips.iter().map(|p| p.z).sum::<f64>() / tips.len() as f64,
    };
    let forwards = points.forwards();
    points.places = (tips.iter())
        .map(|p| p.coords.xy() - points.origin)
        .map(|d| Plane::new(d.dot(&points.left), d.dot(&forwards)))
        .collect();
    Ok(points)
}

/// A curve of one of the families.
#[derive(Clone, Copy, Debug)]
enum Curve {
    /// `(y/depth)^(5/4) + (2x/width)² = 1`, which is Braun's function written without its root.
    Beta {
        width: f64,
        depth: f64,
    },
    /// `y = depth - b (x/U)² - a (x/U)⁶`.
    Sixth {
        depth: f64,
        b: f64,
        a: f64,
    },
    Fourth(Quartic),
    /// `y = depth - a (cosh(x/a) - 1)`.
    Catenary {
        depth: f64,
        a: f64,
    },
    /// `x² = c0 + c1 y + c2 y²`.
    Conic([f64; 3]),
}

/// `x` is taken in this unit in powers, mm.
const UNIT: f64 = 25.0;
/// How often weights are taken anew. Each pass divides what is left by about ten.
const PASSES: usize = 3;

/// `|y|^(5/4)` with the sign of `y`, and its slope.
fn power(y: f64) -> (f64, f64) {
    let root = y.abs().sqrt().sqrt();
    (y * root, 1.25 * root)
}

impl Curve {
    /// The value that is nought on the curve, and its gradient.
    fn implicit(&self, p: Plane) -> (f64, Plane) {
        match *self {
            Self::Beta { width, depth } => {
                let (value, slope) = power(p.y / depth);
                let x = 2.0 * p.x / width;
                (value + x * x - 1.0, Plane::new(4.0 * x / width, slope / depth))
            }
            Self::Conic([c0, c1, c2]) => (
                p.x * p.x - c0 - p.y * (c1 + c2 * p.y),
                Plane::new(2.0 * p.x, -c1 - 2.0 * c2 * p.y),
            ),
            _ => (p.y - self.y(p.x), Plane::new(-self.slope(p.x), 1.0)),
        }
    }

    /// About the distance of a point from the curve: right to first order.
    fn distance(&self, p: Plane) -> f64 {
        let (value, gradient) = self.implicit(p);
        value / gradient.norm().max(1e-9)
    }

    fn y(&self, x: f64) -> f64 {
        match *self {
            Self::Beta { width, depth } => depth * (1.0 - (2.0 * x / width).powi(2)).max(0.0).powf(0.8),
            Self::Sixth { depth, b, a } => {
                let u = (x / UNIT).powi(2);
                depth - u * (b + a * u * u)
            }
            Self::Fourth(quartic) => quartic.y(x),
            Self::Catenary { depth, a } => depth - a * ((x / a).cosh() - 1.0),
            Self::Conic([c0, c1, c2]) => {
                let root = (c1 * c1 - 4.0 * c2 * (c0 - x * x)).max(0.0).sqrt();
                2.0 * (c0 - x * x) / (root - c1)
            }
        }
    }

    fn slope(&self, x: f64) -> f64 {
        match *self {
            Self::Sixth { b, a, .. } => {
                let u = x / UNIT;
                -u * (2.0 * b + 6.0 * a * u.powi(4)) / UNIT
            }
            Self::Fourth(quartic) => quartic.slope(x),
            Self::Catenary { a, .. } => -(x / a).sinh(),
            // These have their gradients.
            Self::Beta { .. } | Self::Conic(_) => 0.0,
        }
    }

    fn parameters(&self, points: &ArchPoints) -> Vec<f64> {
        match *self {
            Self::Beta { width, depth } => vec![width, depth],
            Self::Sixth { depth, b, a } => {
                let u = (points.half / UNIT).powi(2);
                let (square, sixth) = (b * u, a * u.powi(3));
                vec![depth, 100.0 * sixth / (square + sixth)]
            }
            Self::Fourth(_) => Vec::new(),
            Self::Catenary { depth, a } => vec![depth, a],
            Self::Conic([_, c1, c2]) => vec![-0.5 * (c1 + 2.0 * c2 * self.y(0.0)), -c2],
        }
    }

    fn draw(&self, view: &View<'_>, what: &str, points: &ArchPoints) {
        const STEPS: i32 = 32;
        let x = |k: i32| points.half * f64::from(k) / f64::from(STEPS);
        view.draw(
            what,
            (-STEPS..=STEPS).map(|k| points.in_cast(Plane::new(x(k), self.y(x(k))))),
        );
    }
}

/// The curve of a family that lies nearest to some points.
fn fit(family: Family, points: &ArchPoints) -> Option<Curve> {
    let places = &points.places;
    if family == Family::Catenary {
        return catenary(places);
    }
    let mut curve = weighted(family, places, |_| 1.0)?;
    for _ in 1..PASSES {
        curve = weighted(family, places, |p| {
            1.0 / curve.implicit(p).1.norm_squared().max(1e-9)
        })?;
    }
    Some(curve)
}

/// The curve whose implicit value is least in weighted squares.
fn weighted(family: Family, places: &[Plane], weight: impl Fn(Plane) -> f64) -> Option<Curve> {
    let places = places.iter().map(|p| (*p, weight(*p)));
    match family {
        Family::Beta => {
            let rows = places.map(|(p, w)| ([power(p.y).0, p.x * p.x], 1.0, w));
            let [a, b] = least_squares(rows)?;
            (a > 0.0 && b > 0.0).then(|| Curve::Beta {
                width: 2.0 / b.sqrt(),
                depth: a.powf(-0.8),
            })
        }
        Family::Sixth => {
            let rows = places.map(|(p, w)| {
                let u = (p.x / UNIT).powi(2);
                ([1.0, -u, -u * u * u], p.y, w)
            });
            let [depth, b, a] = least_squares(rows)?;
            Some(Curve::Sixth { depth, b, a })
        }
        Family::Fourth => Quartic::near_weighted(places).map(Curve::Fourth),
        Family::Conic => {
            let rows = places.map(|(p, w)| ([1.0, p.y, p.y * p.y], p.x * p.x, w));
            let [c0, c1, c2] = least_squares(rows)?;
            // Open towards the back, with a front.
            (c0 > 0.0 && c1 * c1 - 4.0 * c2 * c0 > 0.0 && c1 < (c1 * c1 - 4.0 * c2 * c0).sqrt())
                .then_some(Curve::Conic([c0, c1, c2]))
        }
        Family::Catenary => None,
    }
}

/// Newton's steps as Gauss simplified them, from the parabola of the same curvature.
fn catenary(places: &[Plane]) -> Option<Curve> {
    let rows = places.iter().map(|p| ([1.0, -0.5 * p.x * p.x], p.y, 1.0));
    let [mut depth, bend] = least_squares(rows)?;
    if bend <= 1e-3 {
        return None;
    }
    let mut a = 1.0 / bend;
    for _ in 0..10 {
        let rows = places.iter().map(|p| {
            let u = p.x / a;
            // One exponential for both.
            let up = u.exp();
            let (sinh, cosh) = (0.5 * (up - 1.0 / up), 0.5 * (up + 1.0 / up));
            let off = p.y - (depth - a * (cosh - 1.0));
            ([1.0, u * sinh - (cosh - 1.0)], off, 1.0 / (1.0 + sinh * sinh))
        });
        let [more, wider] = least_squares(rows)?;
        depth += more;
        a += wider.clamp(-0.3 * a, 0.5 * a);
        if more.abs() + wider.abs() < 1e-8 {
            break;
        }
    }
    (a.is_finite() && depth.is_finite()).then_some(Curve::Catenary { depth, a })
}

fn rms(curve: &Curve, places: &[Plane]) -> f64 {
    let squares = places.iter().map(|p| curve.distance(*p).powi(2));
    (squares.sum::<f64>() / places.len() as f64).sqrt()
}

/// The curve `depth = a x⁶ + b x²` through the incisors, the canines and the first molars: the share of `b x²` at the
/// molars.
fn parabolic_share(view: &View<'_>, jaw: Jaw) -> Result<f64, NotMeasured> {
    let pair = |position| {
        SIDES.map(|side| tooth_at(view, jaw, side, position).unwrap_or(permanent(jaw, side, position)))
    };
    let canines = pair(3);
    let first = SIDES.map(|side| permanent(jaw, side, 6));
    let primary = pair(5);
    let before_molars = !first.iter().any(|t| view.has(*t)) && primary.iter().all(|t| t.is_primary());
    let molars = if before_molars { primary } else { first };
    view.need(&[central_incisors(view, jaw), canines, molars].concat())?;
    let front = incisal_middle(view, jaw)?;
    let line = |teeth: [Fdi; 2]| -> Result<[f64; 2], NotMeasured> {
        let [right, left] = teeth.map(|tooth| view.first_point(tooth, facial_tips(tooth)));
        let right = right?;
        let across = horizontal(left? - right);
        let width = across.norm();
        Ok([width, -across.perp(&horizontal(front - right)) / width])
    };
    let [canine_width, canine_depth] = line(canines)?;
    let [molar_width, molar_depth] = line(molars)?;
    let (u, v) = ((canine_width / molar_width).powi(2), canine_depth / molar_depth);
    let (square, sixth) = (u, u.powi(3));
    Ok(100.0 * (v - sixth) / (square - sixth))
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
