//! Cusps and edges: the summits of a crown, and the crest that its facial summits make.

use nalgebra::Vector2;
use stonecast_dental::{Jaw, LandmarkKind, ToothClass};
use stonecast_mesh::{Point, Vector};

use super::crown::Crown;
use super::shape::Shape;
use super::surface::{Summit, Upright, apex, section, summits};

/// A summit less prominent than this is roughness, mm: an order above a scanner's noise, an order below a cusp.
const LEAST_PROMINENCE: f64 = 0.1;
/// The sulcus between facial and lingual cusps lies about here between the crown's lingual (0) and facial (1) side:
/// between the textbook places of lingual cusps (0.1 to 0.25) and facial ones (0.6 to 0.85).
const SULCUS: f64 = 0.42;

/// Cusp tips by kind, and the line of the facial crest, `y = at + slope x`.
#[derive(Clone, Debug, Default)]
pub(super) struct Cusps {
    pub tips: Vec<(LandmarkKind, Point)>,
    pub crest: Option<Crest>,
}

impl Cusps {
    pub fn tip(&self, kind: LandmarkKind) -> Option<Point> {
        self.tips.iter().find(|t| t.0 == kind).map(|t| t.1)
    }
}

/// The line above which the facial crest runs, seen from the occlusal side.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crest {
    pub at: f64,
    pub slope: f64,
}

impl Crest {
    /// The vertical plane along the crest, `beside` mm facially of it.
    pub fn plane(&self, beside: f64) -> Upright {
        Upright {
            across: Vector2::new(-self.slope, 1.0),
            offset: self.at + beside,
        }
    }

    fn through(points: &[Point]) -> Option<Self> {
        match points {
            [] => None,
            [p] => Some(Self { at: p.y, slope: 0.0 }),
            _ => {
                let n = points.len() as f64;
                let mean: Vector2<f64> = points.iter().map(|p| p.coords.xy()).sum::<Vector2<f64>>() / n;
                let (mut xx, mut xy) = (0.0, 0.0);
                for p in points {
                    xx += (p.x - mean.x).powi(2);
                    xy += (p.x - mean.x) * (p.y - mean.y);
                }
                let slope = if xx > 1e-6 { xy / xx } else { 0.0 };
                Some(Self {
                    at: mean.y - slope * mean.x,
                    slope,
                })
            }
        }
    }
}

/// By how much the direction in which a lingual cusp is highest leans lingually, degrees: its facial slope falls
/// gently into the sulcus, its lingual wall steeply, so straight along the axis a low one has no summit.
const LINGUAL_LEAN: f64 = 15.0;

/// Finds the tips of a tooth's cusps.
pub(super) fn cusps(crown: &Crown, shape: &Shape) -> Cusps {
    let radius = (1.5 * crown.edge).max(0.5);
    let split = sulcus_guess(shape);
    let class = crown.tooth.class();
    let row = |lean: f64, keep: &dyn Fn(&Point) -> bool| -> Vec<(Summit, Vector)> {
        let (sin, cos) = lean.to_radians().sin_cos();
        let up = Vector::new(0.0, -sin, cos);
        summits(crown, |p| p.coords.dot(&up), LEAST_PROMINENCE)
            .into_iter()
            .filter(|s| s.at.z > shape.neck + 0.4 * shape.height() && keep(&s.at))
            .map(|s| (s, up))
            .collect()
    };
    let (facial, lingual) = match class {
        ToothClass::Incisor => (Vec::new(), Vec::new()),
        ToothClass::Canine => (row(0.0, &|_| true), Vec::new()),
        ToothClass::Premolar | ToothClass::Molar => {
            (row(0.0, &|p| p.y > split), row(LINGUAL_LEAN, &|p| p.y <= split))
        }
    };
    let (facial, lingual): (Vec<_>, Vec<_>) = (facial.iter().collect(), lingual.iter().collect());
    let mut tips: Vec<(LandmarkKind, Point)> = Vec::new();
    let mut put = |kind, summit: Option<&&(Summit, Vector)>| {
        if let Some((s, up)) = summit {
            tips.push((kind, apex(crown, &s.at, up, radius)));
        }
    };
    use LandmarkKind as K;
    match class {
        ToothClass::Incisor => {}
        ToothClass::Canine => {
            let highest = facial.iter().max_by(|a, b| a.0.at.z.total_cmp(&b.0.at.z));
            put(K::CuspTip, highest);
        }
        ToothClass::Premolar => {
            let two_lingual = crown.tooth.jaw() == Jaw::Lower && crown.tooth.position() == 5;
            put(K::BuccalCusp, facial.first());
            // Of two lingual cusps, as many lower second premolars have, the mesial one is the larger.
            match lingual[..] {
                [a, b, ..] if two_lingual => {
                    let (mesial, distal) = if a.0.at.x > b.0.at.x { (a, b) } else { (b, a) };
                    put(K::LingualCusp, Some(&mesial));
                    put(K::DistolingualCusp, Some(&distal));
                }
                _ => put(K::LingualCusp, lingual.first()),
            }
        }
        ToothClass::Molar => {
            let middle = shape.middle();
            let five = crown.tooth.jaw() == Jaw::Lower
                && matches!(
                    (crown.tooth.position(), crown.tooth.is_primary()),
                    (6, false) | (5, true)
                );
            if five && facial.len() >= 3 {
                let mut row = facial[..3].to_vec();
                row.sort_by(|a, b| b.0.at.x.total_cmp(&a.0.at.x));
                put(K::MesiobuccalCusp, row.first());
                put(K::DistobuccalCusp, row.get(1));
                put(K::DistalCusp, row.get(2));
            } else {
                put(K::MesiobuccalCusp, facial.iter().find(|s| s.0.at.x > middle));
                put(K::DistobuccalCusp, facial.iter().find(|s| s.0.at.x <= middle));
            }
            put(K::MesiolingualCusp, lingual.iter().find(|s| s.0.at.x > middle));
            put(K::DistolingualCusp, lingual.iter().find(|s| s.0.at.x <= middle));
        }
    }
    let crest = crest(crown, shape, &tips);
    Cusps { tips, crest }
}

/// The line through the facial cusps' tips; of an edge, along its top.
fn crest(crown: &Crown, shape: &Shape, tips: &[(LandmarkKind, Point)]) -> Option<Crest> {
    use LandmarkKind as K;
    if crown.tooth.class() == ToothClass::Incisor {
        return Crest::through(&ridge(crown, shape));
    }
    let facial: Vec<Point> = tips
        .iter()
        .filter(|t| {
            matches!(
                t.0,
                K::CuspTip | K::BuccalCusp | K::MesiobuccalCusp | K::DistobuccalCusp | K::DistalCusp
            )
        })
        .map(|t| t.1)
        .collect();
    if crown.tooth.class() == ToothClass::Molar && facial.len() < 2 {
        return Crest::through(&ridge(crown, shape));
    }
    Crest::through(&facial)
}

/// Points along the top of an incisal edge or of a row of facial cusps: at equal steps over the middle two thirds of
/// the crown, the highest point of the facial half.
pub(super) fn ridge(crown: &Crown, shape: &Shape) -> Vec<Point> {
    let split = facial_from(crown, shape);
    let half = (shape.mesial - shape.distal) / 2.0;
    (-4..=4)
        .filter_map(|i| {
            let x = shape.middle() + half * f64::from(i) / 6.0;
            highest_across(crown, x, split, shape.facial)
        })
        .collect()
}

/// The highest point over a line across the crown.
pub(super) fn highest_across(crown: &Crown, x: f64, from: f64, to: f64) -> Option<Point> {
    let plane = Upright {
        across: Vector2::x(),
        offset: x,
    };
    section(crown, &plane)
        .iter()
        .filter(|s| s.own)
        .flat_map(|s| s.ends)
        .filter(|p| p.y >= from && p.y <= to)
        .max_by(|a, b| a.z.total_cmp(&b.z).then(a.y.total_cmp(&b.y)))
}

/// About where the sulcus between facial and lingual cusps runs.
pub(super) fn sulcus_guess(shape: &Shape) -> f64 {
    shape.lingual + SULCUS * (shape.facial - shape.lingual)
}

/// From where on to the facial side the facial crest is sought: all of an edge, the facial side of a sulcus.
pub(super) fn facial_from(crown: &Crown, shape: &Shape) -> f64 {
    match crown.tooth.class() {
        ToothClass::Incisor | ToothClass::Canine => shape.lingual,
        ToothClass::Premolar | ToothClass::Molar => sulcus_guess(shape),
    }
}
