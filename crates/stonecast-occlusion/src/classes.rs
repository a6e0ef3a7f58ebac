//! What a contact is called, by the landmarks that are near it.
//!
//! Units: mm. Frame: the cast frame, closed bite.
//!
//! Steps
//! 1. `cusp_at`: of both teeth, the cusp tip or the part of the incisal edge that is nearest, if within the row `at-cusp`.
//! 2. `opposite`: on the other tooth, the fossa or the marginal ridge that is nearest, if within the row `at-fossa-or-ridge`.
//! 3. `transverse_stop`: A, B or C of a premolar or molar pair in normal transverse relation, by the order of the cusps along
//!    the lower tooth's facial direction.
//!
//! Limits: a name needs the landmarks; without them it is `other`. Stops in a crossbite have no letter.

use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, ToothClass};
use stonecast_mesh::{Point, Vector};
use stonecast_teeth::Tooth;

use crate::contacts::Contact;
use crate::pair::Pair;
use crate::rows::row;

/// What meets what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// A cusp tip and the other tooth's central fossa.
    CuspToFossa,
    /// A cusp tip and the other tooth's marginal ridge.
    CuspToMarginalRidge,
    /// An incisal edge or the tip of a canine.
    IncisalEdge,
    /// On slopes, or where no landmark is near.
    Other,
}

impl ContactKind {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::CuspToFossa => "cusp to fossa",
            Self::CuspToMarginalRidge => "cusp to marginal ridge",
            Self::IncisalEdge => "incisal edge",
            Self::Other => "other",
        }
    }
}

/// A cusp or an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CuspOf {
    /// Of which tooth.
    pub tooth: Fdi,
    /// Which.
    pub point: K,
}

/// The transverse stops of posterior teeth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TransverseStop {
    /// Upper buccal cusp, palatal slope, on lower buccal cusp, buccal slope.
    A,
    /// Upper palatal cusp, buccal slope, on lower buccal cusp, lingual slope.
    B,
    /// Upper palatal cusp, palatal slope, on lower lingual cusp, buccal slope.
    C,
}

const CUSPS: [K; 8] = [
    K::CuspTip,
    K::BuccalCusp,
    K::LingualCusp,
    K::MesiobuccalCusp,
    K::DistobuccalCusp,
    K::MesiolingualCusp,
    K::DistolingualCusp,
    K::DistalCusp,
];
const EDGES: [K; 3] = [K::IncisalMesial, K::IncisalMidpoint, K::IncisalDistal];
const BUCCAL: [K; 4] = [
    K::BuccalCusp,
    K::MesiobuccalCusp,
    K::DistobuccalCusp,
    K::DistalCusp,
];
const LINGUAL: [K; 3] = [K::LingualCusp, K::MesiolingualCusp, K::DistolingualCusp];
const FOSSA_AND_RIDGES: [K; 3] = [K::CentralFossa, K::MesialMarginalRidge, K::DistalMarginalRidge];

/// Names a contact.
pub(crate) fn classify(pair: &Pair<'_>, contact: &mut Contact) {
    let tooth = |jaw: Jaw, fdi: Fdi| {
        let teeth = &pair.surface(jaw).arch.labelled.teeth;
        teeth.iter().find(|t| t.fdi == fdi)
    };
    let (Some(upper), Some(lower)) = (tooth(Jaw::Upper, contact.upper), tooth(Jaw::Lower, contact.lower))
    else {
        return;
    };
    let at = Point::from(contact.at);
    let found = [(upper, lower), (lower, upper)].map(|(own, other)| (cusp_at(own, &at), other));
    let nearest = found.into_iter().filter_map(|(cusp, other)| Some((cusp?, other)));
    let nearest = nearest.min_by(|((_, a), _), ((_, b), _)| a.total_cmp(b));
    if let Some(((cusp, _), other)) = nearest {
        contact.cusp = Some(cusp);
        let single = matches!(cusp.tooth.class(), ToothClass::Incisor | ToothClass::Canine);
        contact.kind = match opposite(other, &at) {
            _ if single => ContactKind::IncisalEdge,
            Some(K::CentralFossa) => ContactKind::CuspToFossa,
            Some(_) => ContactKind::CuspToMarginalRidge,
            None => ContactKind::Other,
        };
    }
    contact.stop = transverse_stop(upper, lower, &at);
}

fn nearest_point(tooth: &Tooth, kinds: &[K], at: &Point, within: f64) -> Option<(K, f64)> {
    let distance = |kind: &K| {
        let there = Point::from(tooth.landmark(*kind)?);
        Some((*kind, (there - at).norm()))
    };
    let found = kinds.iter().filter_map(distance).filter(|(_, d)| *d <= within);
    found.min_by(|a, b| a.1.total_cmp(&b.1))
}

fn cusp_at(tooth: &Tooth, at: &Point) -> Option<(CuspOf, f64)> {
    let within = row("at-cusp").number("distance_mm");
    let named = |(point, d)| {
        (
            CuspOf {
                tooth: tooth.fdi,
                point,
            },
            d,
        )
    };
    if tooth.fdi.class() == ToothClass::Incisor {
        return edge_at(tooth, at).filter(|(_, d)| *d <= within).map(named);
    }
    nearest_point(tooth, &CUSPS, at, within).map(named)
}

/// The distance to an incisal edge, which runs through its three points; named by the nearest of them.
fn edge_at(tooth: &Tooth, at: &Point) -> Option<(K, f64)> {
    let points: Vec<(K, Point)> = EDGES
        .iter()
        .filter_map(|k| Some((*k, Point::from(tooth.landmark(*k)?))))
        .collect();
    let (kind, own) = nearest_point(tooth, &EDGES, at, f64::INFINITY)?;
    let along = points.windows(2).map(|w| {
        let (a, way) = (w[0].1, w[1].1 - w[0].1);
        let t = ((at - a).dot(&way) / way.norm_squared().max(f64::MIN_POSITIVE)).clamp(0.0, 1.0);
        (a + way * t - at).norm()
    });
    Some((kind, along.fold(own, f64::min)))
}

fn opposite(tooth: &Tooth, at: &Point) -> Option<K> {
    let within = row("at-fossa-or-ridge").number("distance_mm");
    nearest_point(tooth, &FOSSA_AND_RIDGES, at, within).map(|(kind, _)| kind)
}

fn transverse_stop(upper: &Tooth, lower: &Tooth, at: &Point) -> Option<TransverseStop> {
    let posterior = |t: &Tooth| matches!(t.fdi.class(), ToothClass::Premolar | ToothClass::Molar);
    if !posterior(upper) || !posterior(lower) {
        return None;
    }
    let facial = Vector::from(lower.frame.facial);
    let along = |p: &Point| facial.dot(&p.coords);
    let cusp = |tooth: &Tooth, kinds: &[K]| {
        let (kind, _) = nearest_point(tooth, kinds, at, f64::INFINITY)?;
        Some(along(&Point::from(tooth.landmark(kind)?)))
    };
    let order = [
        cusp(lower, &LINGUAL)?,
        cusp(upper, &LINGUAL)?,
        cusp(lower, &BUCCAL)?,
        cusp(upper, &BUCCAL)?,
    ];
    if !order.is_sorted() {
        return None;
    }
    let here = along(at);
    Some(if here > order[2] {
        TransverseStop::A
    } else if here > order[1] {
        TransverseStop::B
    } else {
        TransverseStop::C
    })
}
