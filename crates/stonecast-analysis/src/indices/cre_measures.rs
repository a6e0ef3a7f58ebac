//! What the ABO's cast evaluation measures: steps, cusps off a straight edge, contacts, places along and across the arch.
//!
//! Units: mm. Frame: the cast frame.
//!
//! Steps: `alignment`, `ridge_step`, `inclination`, `relationship`, `posterior_overjet` from landmarks; `out_of_contact` from
//! the surfaces ([`super::cre_gaps`]) for occlusal contacts and the overjet of front teeth.
//!
//! Limits and references: `docs/methods/abo-cre.md`.

use nalgebra::{Matrix3, Vector2, Vector3};
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured, Side, ToothClass};
use stonecast_mesh::Point;

use super::abo_cre::{Item, items};
use super::cre_gaps::{Gap, Gaps, REACH, gaps};
use super::reading::{place, side_of};
use crate::book::{Book, Spec};
use crate::geometry::{horizontal, horizontal_distance, middle};
use crate::rows::row;
use crate::view::View;

const METHOD: &str = "abo-cre";

type Measure = fn(&View<'_>, &[Fdi]) -> Result<f64, NotMeasured>;

/// The parts that are read from landmarks, with their words.
const FROM_LANDMARKS: [(&str, &str, Measure); 5] = [
    ("alignment", "step across the contact of", |v, t| {
        alignment(v, t[0], t[1])
    }),
    ("ridges", "step between the marginal ridges of", |v, t| {
        ridge_step(v, t[0], t[1])
    }),
    (
        "inclination",
        "cusps off a straight edge across the arch,",
        |v, t| inclination(v, t[0]),
    ),
    ("relationship", "off its Class I place along the arch,", |v, t| {
        relationship(v, t[0])
    }),
    (
        "overjet.posterior",
        "buccal cusps off the middle of the upper teeth,",
        |v, t| posterior_overjet(v, t[0]),
    ),
];

pub(super) fn measure(book: &mut Book<'_>) {
    let subject = book.subject();
    let has = |t: Fdi| subject.index_of(t).is_some();
    let spec = |part: &str, words: &str, item: &Item| {
        let teeth: Vec<String> = item.teeth.iter().map(ToString::to_string).collect();
        let id = item.id(&format!("cre.{part}.mm"));
        Spec::mm(id, format!("{words} {}", teeth.join(" and ")), METHOD).about(item.teeth.clone())
    };
    for (part, words, measure) in FROM_LANDMARKS {
        for item in items(part, has) {
            let spec = spec(part, words, &item);
            book.number(spec, move |view| measure(view, &item.teeth));
        }
    }
    let touching = [
        ("contacts", "functional cusps out of contact,"),
        ("overjet.anterior", "edge or tip out of contact,"),
    ];
    let graded: Vec<(&str, &str, Item)> = (touching.into_iter())
        .flat_map(|(part, words)| items(part, has).into_iter().map(move |item| (part, words, item)))
        .collect();
    let cusps_of = |jaw: Jaw| -> Vec<(Fdi, K)> {
        let teeth = graded
            .iter()
            .map(|(_, _, item)| item.teeth[0])
            .filter(|t| t.jaw() == jaw);
        teeth
            .flat_map(|t| functional(t).iter().map(move |kind| (t, *kind)))
            .collect()
    };
    let all: Gaps = match subject.cast.bite {
        Some(_) => {
            let of = |jaw| gaps(subject, jaw, &cusps_of(jaw));
            let (mut upper, lower) = rayon::join(|| of(Jaw::Upper), || of(Jaw::Lower));
            upper.extend(lower);
            upper
        }
        None => Gaps::new(),
    };
    for (part, words, item) in &graded {
        let tooth = item.teeth[0];
        let found: Vec<(K, Option<Gap>)> = functional(tooth)
            .iter()
            .map(|kind| (*kind, all.get(&(tooth, *kind)).copied()))
            .collect();
        book.number(spec(part, words, item), move |view| {
            out_of_contact(view, tooth, &found)
        });
    }
}

/// The cusps or the edge that should touch the other arch.
fn functional(tooth: Fdi) -> &'static [K] {
    match (tooth.jaw(), tooth.class()) {
        (_, ToothClass::Incisor) => &[K::IncisalMidpoint],
        (_, ToothClass::Canine) => &[K::CuspTip],
        (Jaw::Lower, ToothClass::Premolar) => &[K::BuccalCusp],
        (Jaw::Lower, ToothClass::Molar) => &[K::MesiobuccalCusp, K::DistobuccalCusp],
        (Jaw::Upper, ToothClass::Premolar) => &[K::LingualCusp],
        // The distolingual cusp is often small, and is not graded.
        (Jaw::Upper, ToothClass::Molar) => &[K::MesiolingualCusp],
    }
}

/// True when the end of a tooth that faces the patient's left, or else right, is its mesial one.
fn mesially(tooth: Fdi, to_the_left: bool) -> bool {
    (tooth.side() == Side::Right) == to_the_left
}

/// The points of two neighbours, the right one first, that face each other.
fn facing(view: &View<'_>, a: Fdi, b: Fdi, mesial: K, distal: K) -> Result<[Point; 2], NotMeasured> {
    let of = |tooth, to_the_left| {
        let kind = if mesially(tooth, to_the_left) {
            mesial
        } else {
            distal
        };
        view.point(tooth, kind)
    };
    Ok([of(a, true)?, of(b, false)?])
}

/// The facial direction of two neighbours in the occlusal plane.
fn outwards(view: &View<'_>, a: Fdi, b: Fdi) -> Result<Vector2<f64>, NotMeasured> {
    let sum = horizontal(view.axes(a)?.facial + view.axes(b)?.facial);
    unit(sum)
}

fn unit(v: Vector2<f64>) -> Result<Vector2<f64>, NotMeasured> {
    v.try_normalize(1e-9).ok_or_else(|| NotMeasured::OutOfRange {
        what: "the directions of the teeth cancel each other; look at their labels".to_owned(),
    })
}

/// Step across a contact, facially to lingually: of incisal edges in front, of contact points beside a canine, of the central
/// grooves' ends in the upper side, of buccal cusps in the lower side.
fn alignment(view: &View<'_>, a: Fdi, b: Fdi) -> Result<f64, NotMeasured> {
    view.need(&[a, b])?;
    let side = a.position() >= 4;
    let [p, q] = match (a.jaw(), side) {
        (Jaw::Lower, true) => {
            let arch = CuspArch::of(view, a.side())?;
            let of =
                |tooth: Fdi, to_the_left| view.point(tooth, buccal_cusp(tooth, mesially(tooth, to_the_left)));
            let (p, q) = (of(a, true)?, of(b, false)?);
            return Ok((arch.off(&q) - arch.off(&p)).abs());
        }
        (Jaw::Upper, true) => facing(view, a, b, K::MesialMarginalRidge, K::DistalMarginalRidge)?,
        _ if [a, b].iter().any(|t| t.class() == ToothClass::Canine) => {
            facing(view, a, b, K::MesialContact, K::DistalContact)?
        }
        _ => facing(view, a, b, K::IncisalMesial, K::IncisalDistal)?,
    };
    Ok(outwards(view, a, b)?.dot(&horizontal(q - p)).abs())
}

fn buccal_cusp(tooth: Fdi, mesial: bool) -> K {
    match (tooth.class(), mesial) {
        (ToothClass::Premolar, _) => K::BuccalCusp,
        (_, true) => K::MesiobuccalCusp,
        (_, false) => K::DistobuccalCusp,
    }
}

/// The parabola that fits the buccal cusps of a lower side best, in the occlusal plane: the arch bends there.
struct CuspArch {
    centre: Vector2<f64>,
    along: Vector2<f64>,
    curve: [f64; 3],
}

impl CuspArch {
    fn of(view: &View<'_>, side: Side) -> Result<Self, NotMeasured> {
        let mut points: Vec<Vector2<f64>> = Vec::new();
        for tooth in side_of(Jaw::Lower, side, 4..=7) {
            if !view.has(tooth) {
                continue;
            }
            let mut kinds = vec![buccal_cusp(tooth, true), buccal_cusp(tooth, false)];
            kinds.dedup();
            for kind in kinds {
                points.push(horizontal(view.point(tooth, kind)?.coords));
            }
        }
        let centre = points.iter().sum::<Vector2<f64>>() / points.len() as f64;
        let spread = points.iter().map(|p| p - centre);
        let sum = |of: fn(&Vector2<f64>) -> f64| spread.clone().map(|p| of(&p)).sum::<f64>();
        let angle = 0.5 * (2.0 * sum(|p| p.x * p.y)).atan2(sum(|p| p.x * p.x - p.y * p.y));
        let along = Vector2::new(angle.cos(), angle.sin());
        // Three cusps or fewer lie on any parabola; a line then stands for the arch.
        let bends = points.len() > 3;
        let mut normal = Matrix3::zeros();
        let mut right = Vector3::zeros();
        for p in spread {
            let s = along.dot(&p);
            let row = Vector3::new(1.0, s, if bends { s * s } else { 0.0 });
            normal += row * row.transpose();
            right += row * along.perp(&p);
        }
        if !bends {
            normal[(2, 2)] = 1.0;
        }
        let solved = normal.cholesky().map(|c| c.solve(&right));
        let curve = solved.ok_or_else(|| NotMeasured::OutOfRange {
            what: "the buccal cusps of the side lie on one spot; look at the labels".to_owned(),
        })?;
        Ok(Self {
            centre,
            along,
            curve: curve.into(),
        })
    }

    /// How far a point is off the arch, to one side.
    fn off(&self, point: &Point) -> f64 {
        let p = horizontal(point.coords) - self.centre;
        let s = self.along.dot(&p);
        let [a, b, c] = self.curve;
        self.along.perp(&p) - (a + b * s + c * s * s)
    }
}

/// Height of one marginal ridge over its neighbour's at a contact.
fn ridge_step(view: &View<'_>, a: Fdi, b: Fdi) -> Result<f64, NotMeasured> {
    view.need(&[a, b])?;
    let [p, q] = facing(view, a, b, K::MesialMarginalRidge, K::DistalMarginalRidge)?;
    Ok((q.z - p.z).abs())
}

/// The cusp on which a straight edge across the arch rests, and those that are looked at.
fn edge_cusps(tooth: Fdi) -> (K, &'static [K]) {
    match (tooth.jaw(), tooth.class(), tooth.position()) {
        (Jaw::Upper, ToothClass::Molar, 7) => (K::MesiolingualCusp, &[K::MesiobuccalCusp]),
        (Jaw::Upper, ToothClass::Molar, _) => {
            (K::MesiolingualCusp, &[K::MesiobuccalCusp, K::DistobuccalCusp])
        }
        (Jaw::Upper, ..) => (K::LingualCusp, &[K::BuccalCusp]),
        (Jaw::Lower, ToothClass::Molar, 7) => (K::MesiobuccalCusp, &[K::MesiolingualCusp]),
        (Jaw::Lower, ToothClass::Molar, _) => {
            (K::MesiobuccalCusp, &[K::MesiolingualCusp, K::DistolingualCusp])
        }
        (Jaw::Lower, ..) => (K::BuccalCusp, &[K::LingualCusp]),
    }
}

/// How far the other cusps of a tooth are from a straight edge laid over the supporting cusps of the tooth and its twin.
fn inclination(view: &View<'_>, tooth: Fdi) -> Result<f64, NotMeasured> {
    view.need(&[tooth, tooth.mirrored()])?;
    let (support, others) = edge_cusps(tooth);
    let own = view.point(tooth, support)?;
    let twin = view.point(tooth.mirrored(), support)?;
    let along = twin - own;
    let width = horizontal(along).norm_squared();
    let mut most: f64 = 0.0;
    for kind in others {
        let cusp = view.point(tooth, *kind)? - own;
        let share = horizontal(cusp).dot(&horizontal(along)) / width;
        most = most.max((cusp.z - share * along.z).abs());
    }
    Ok(most)
}

/// How far an upper tooth's cusp is from its place in Class I, along the lower arch; positive when the upper tooth stands
/// too far forward.
fn relationship(view: &View<'_>, upper: Fdi) -> Result<f64, NotMeasured> {
    view.bite()?;
    let lower = |position| place(Jaw::Lower, upper.side(), position);
    let position = upper.position();
    let between = lower(position);
    view.need(&[upper, between])?;
    let (cusp, goal, mesial) = if position <= 5 {
        let behind = lower(position + 1);
        view.need(&[behind])?;
        let goal = middle(
            &view.point(between, K::DistalContact)?,
            &view.point(behind, K::MesialContact)?,
        );
        let kind = if position == 3 { K::CuspTip } else { K::BuccalCusp };
        let mesial = view.axes(between)?.mesial + view.axes(behind)?.mesial;
        (view.point(upper, kind)?, goal, mesial)
    } else {
        let goal = view.point(between, K::BuccalGroove)?;
        (
            view.point(upper, K::MesiobuccalCusp)?,
            goal,
            view.axes(between)?.mesial,
        )
    };
    Ok(unit(horizontal(mesial))?.dot(&horizontal(cusp - goal)))
}

/// How far a lower tooth's buccal cusps are from the line along the middle of the upper teeth of the side, across that line.
fn posterior_overjet(view: &View<'_>, lower: Fdi) -> Result<f64, NotMeasured> {
    view.bite()?;
    view.need(&[lower])?;
    let mut lines: Vec<[Point; 2]> = Vec::new();
    for upper in side_of(Jaw::Upper, lower.side(), 4..=7) {
        if view.has(upper) {
            let of = |kind| view.point(upper, kind);
            lines.push([of(K::MesialMarginalRidge)?, of(K::DistalMarginalRidge)?]);
        }
    }
    if lines.is_empty() {
        view.need(&side_of(Jaw::Upper, lower.side(), 4..=7))?;
    }
    let kinds: &[K] = match (lower.class(), lower.position()) {
        (ToothClass::Premolar, _) => &[K::BuccalCusp],
        (_, 7) => &[K::MesiobuccalCusp],
        _ => &[K::MesiobuccalCusp, K::DistobuccalCusp],
    };
    let mut most: f64 = 0.0;
    for kind in kinds {
        most = most.max(across(&view.point(lower, *kind)?, &lines)?);
    }
    Ok(most)
}

/// The distance of a point across the nearest of some lines, seen from the occlusal side.
fn across(point: &Point, lines: &[[Point; 2]]) -> Result<f64, NotMeasured> {
    let to = |[a, b]: &[Point; 2]| {
        let along = horizontal(b - a);
        let share = (horizontal(point - a).dot(&along) / along.norm_squared()).clamp(0.0, 1.0);
        horizontal_distance(point, &(a + share * (b - a)))
    };
    let nearest = lines.iter().min_by(|a, b| to(a).total_cmp(&to(b)));
    let [a, b] = nearest.expect("a side without upper teeth was turned away before");
    Ok(unit(horizontal(b - a))?.perp(&horizontal(point - a)).abs())
}

/// How far the worst of a tooth's functional cusps is out of contact. The gap is that between the surfaces; it follows the two
/// teeth when these move against each other.
fn out_of_contact(view: &View<'_>, tooth: Fdi, cusps: &[(K, Option<Gap>)]) -> Result<f64, NotMeasured> {
    view.bite()?;
    // Without an antagonist in its place a tooth is not graded.
    let antagonist = place(tooth.jaw().antagonist(), tooth.side(), tooth.position());
    view.need(&[tooth, antagonist])?;
    let limit = row("abo_cre", "contact.surface");
    view.rests_on(limit);
    let mut most: f64 = 0.0;
    for (kind, gap) in cusps {
        view.point(tooth, *kind)?;
        let Some(gap) = gap else {
            // Farther than was looked for: out of contact for certain.
            view.remark("a cusp is farther from the other arch than 2 mm: its gap is given as 2 mm");
            most = most.max(REACH);
            continue;
        };
        let moved = shift(view, tooth)? - shift(view, gap.other)?;
        let wide = view.given("surfaces at the contact", gap.wide, limit.number("value"));
        most = most.max(wide + gap.across.dot(&moved));
    }
    Ok(most)
}

/// By how much a tooth is moved in a run.
fn shift(view: &View<'_>, tooth: Fdi) -> Result<stonecast_mesh::Vector, NotMeasured> {
    let subject = view.subject();
    let as_scanned = subject.index_of(tooth).map(|i| subject.teeth[i].axes.origin);
    let origin = view.axes(tooth)?.origin;
    Ok(as_scanned.map_or_else(stonecast_mesh::Vector::zeros, |raw| origin - raw))
}
