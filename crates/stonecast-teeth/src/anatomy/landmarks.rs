//! All landmarks and widths of one crown, in its own frame.

use nalgebra::Vector2;
use stonecast_dental::{LandmarkKind as K, ToothClass};
use stonecast_mesh::Point;

use super::contacts::{self, Side};
use super::crown::Crown;
use super::cusps::{self, Crest, Cusps};
use super::facial;
use super::shape::Shape;
use super::surface::{Upright, section};
use crate::labelled::NoWidth;

/// What was found of a crown, in its own frame, mm.
#[derive(Clone, Debug)]
pub(super) struct Found {
    /// Sorted by kind.
    pub points: Vec<(K, Point)>,
    pub facial_axis: Vec<Point>,
    /// Width and standard uncertainty.
    pub mesiodistal: Result<(f64, f64), NoWidth>,
    pub buccolingual: Result<(f64, f64), NoWidth>,
}

/// Finds everything.
pub(super) fn find(crown: &Crown) -> Found {
    let Some(shape) = Shape::of(crown) else {
        return Found {
            points: Vec::new(),
            facial_axis: Vec::new(),
            mesiodistal: Err(NoWidth::TooLittle),
            buccolingual: Err(NoWidth::TooLittle),
        };
    };
    let cusps = cusps::cusps(crown, &shape);
    let crest = cusps.crest;
    let buccal = |kinds: [K; 3]| kinds.into_iter().find_map(|k| cusps.tip(k));
    let nearest = [
        buccal([K::BuccalCusp, K::MesiobuccalCusp, K::MesiobuccalCusp]),
        buccal([K::BuccalCusp, K::DistalCusp, K::DistobuccalCusp]),
    ];
    let sides = [(1.0, nearest[0]), (-1.0, nearest[1])]
        .map(|(sign, cusp)| contacts::side(crown, &shape, cusp.as_ref(), sign));
    let mut points = cusps.tips.clone();
    let mut put = |kind, point: Option<Point>| points.extend(point.map(|p| (kind, p)));
    let [mesial, distal] = &sides;
    put(K::MesialContact, mesial.map(|s| s.contact));
    put(K::DistalContact, distal.map(|s| s.contact));
    match crown.tooth.class() {
        ToothClass::Incisor => {
            let edge = edge(crown, &shape, &sides, crest);
            for (kind, p) in [K::IncisalMesial, K::IncisalMidpoint, K::IncisalDistal]
                .iter()
                .zip(edge)
            {
                put(*kind, p);
            }
        }
        ToothClass::Canine => {}
        ToothClass::Premolar | ToothClass::Molar => {
            put(K::BuccalGroove, groove(crown, &shape, &cusps));
            let centre = centre(&cusps);
            put(K::CentralFossa, centre.and_then(|at| fossa(crown, at)));
            for (kind, sign) in [(K::MesialMarginalRidge, 1.0), (K::DistalMarginalRidge, -1.0)] {
                put(
                    kind,
                    centre.and_then(|at| marginal_ridge(crown, &shape, at.y, sign)),
                );
            }
        }
    }
    // The facial axis runs halfway between the contacts.
    let axis_at = match &sides {
        [Some(m), Some(d)] => 0.5 * (m.contact.x + d.contact.x),
        _ => shape.middle(),
    };
    let facial = facial::axis(crown, &shape, axis_at);
    put(K::FacialAxisPoint, facial::middle(&facial));
    let across = [1.0, -1.0].map(|sign| facial::extreme(crown, &shape, axis_at, sign));
    put(K::MostBuccal, across[0]);
    put(K::MostLingual, across[1]);
    put(K::GingivalZenith, facial::zenith(crown, &shape));
    points.sort_by_key(|p| p.0);
    Found {
        points,
        facial_axis: facial,
        mesiodistal: mesiodistal(crown, &sides),
        buccolingual: match across {
            [Some(f), Some(l)] => Ok((f.y - l.y, std::f64::consts::SQRT_2 * sagitta(crown))),
            _ => Err(NoWidth::NoSide),
        },
    }
}

/// By how much a flat face of the crown's size falls short of a wall that bends with a radius of 3 mm, mm.
fn sagitta(crown: &Crown) -> f64 {
    const WALL_RADIUS: f64 = 3.0;
    crown.edge * crown.edge / (8.0 * WALL_RADIUS)
}

/// The width, and its standard uncertainty: each side's wall is known to the faces' sagitta and to the spread of the
/// sections about the contact; a side that a neighbour hides also to a rectangular share of a face's length.
fn mesiodistal(crown: &Crown, sides: &[Option<Side>; 2]) -> Result<(f64, f64), NoWidth> {
    let [Some(mesial), Some(distal)] = sides else {
        return Err(NoWidth::NoSide);
    };
    let variance: f64 = [mesial, distal]
        .iter()
        .map(|s| {
            let hidden = if s.hidden { crown.edge / 12f64.sqrt() } else { 0.0 };
            sagitta(crown).powi(2) + hidden.powi(2) + s.spread.powi(2)
        })
        .sum();
    Ok((mesial.farthest.x - distal.farthest.x, variance.sqrt()))
}

/// Mesial end, midpoint and distal end of an incisal edge. It ends where the section along it turns down by 45°.
fn edge(crown: &Crown, shape: &Shape, sides: &[Option<Side>; 2], crest: Option<Crest>) -> [Option<Point>; 3] {
    let Some(crest) = crest else { return [None; 3] };
    let plane = crest.plane(0.0);
    let stretches = section(crown, &plane);
    let top = shape.neck + 0.5 * shape.height();
    let end = |sign: f64, side: &Option<Side>| {
        let limit = side.map_or(f64::INFINITY, |s| sign * s.farthest.x);
        stretches
            .iter()
            .filter(|s| s.own)
            .flat_map(|s| s.ends)
            .filter(|p| p.z > top && sign * p.x <= limit)
            .max_by(|a, b| (sign * a.x + a.z).total_cmp(&(sign * b.x + b.z)))
    };
    let (mesial, distal) = (end(1.0, &sides[0]), end(-1.0, &sides[1]));
    let middle = match (mesial, distal) {
        (Some(m), Some(d)) => cusps::highest_across(crown, 0.5 * (m.x + d.x), shape.lingual, shape.facial),
        _ => None,
    };
    [mesial, middle, distal]
}

/// The lowest place of the facial crest between the mesiobuccal and the next cusp.
fn groove(crown: &Crown, shape: &Shape, cusps: &Cusps) -> Option<Point> {
    let (mesial, distal) = (cusps.tip(K::MesiobuccalCusp)?, cusps.tip(K::DistobuccalCusp)?);
    let from = cusps::sulcus_guess(shape);
    between(mesial.x, distal.x)
        .filter_map(|x| cusps::highest_across(crown, x, from, shape.facial))
        .min_by(|a, b| a.z.total_cmp(&b.z))
}

/// Places between two, the ends left out.
fn between(a: f64, b: f64) -> impl Iterator<Item = f64> {
    const STEPS: u32 = 12;
    (1..STEPS).map(move |i| a + (b - a) * f64::from(i) / f64::from(STEPS))
}

/// The middle of the occlusal table: halfway between the middles of its buccal and its lingual cusps.
fn centre(cusps: &Cusps) -> Option<Vector2<f64>> {
    let mean = |kinds: &[K]| {
        let places: Vec<Vector2<f64>> = kinds
            .iter()
            .filter_map(|k| cusps.tip(*k))
            .map(|p| p.coords.xy())
            .collect();
        (!places.is_empty()).then(|| places.iter().sum::<Vector2<f64>>() / places.len() as f64)
    };
    let buccal = mean(&[
        K::BuccalCusp,
        K::MesiobuccalCusp,
        K::DistobuccalCusp,
        K::DistalCusp,
    ])?;
    let lingual = mean(&[K::LingualCusp, K::MesiolingualCusp, K::DistolingualCusp])?;
    Some((buccal + lingual) / 2.0)
}

/// The bottom of the central fossa: the deepest place across the sulcus near the middle of the occlusal table.
fn fossa(crown: &Crown, centre: Vector2<f64>) -> Option<Point> {
    let plane = Upright {
        across: Vector2::x(),
        offset: centre.x,
    };
    section(crown, &plane)
        .iter()
        .filter(|s| s.own)
        .flat_map(|s| s.ends)
        .filter(|p| (p.y - centre.y).abs() < FOSSA_REACH)
        .min_by(|a, b| a.z.total_cmp(&b.z))
}

/// The bottom of the sulcus lies no farther than this from the middle of the occlusal table, mm: half the breadth of
/// a fossa's floor.
const FOSSA_REACH: f64 = 1.0;

/// The crest that closes the sulcus: the highest place of the section along it in the outer half of that side.
fn marginal_ridge(crown: &Crown, shape: &Shape, sulcus: f64, sign: f64) -> Option<Point> {
    let plane = Upright {
        across: Vector2::y(),
        offset: sulcus,
    };
    let half = 0.5 * (shape.mesial - shape.distal);
    section(crown, &plane)
        .iter()
        .filter(|s| s.own)
        .flat_map(|s| s.ends)
        .filter(|p| sign * (p.x - shape.middle()) > 0.5 * half)
        .max_by(|a, b| a.z.total_cmp(&b.z))
        .filter(|p| sign * (p.x - shape.middle()) < half)
}
