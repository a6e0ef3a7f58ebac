//! Cross-sections of both arches, with callipers.
//!
//! Units: mm. Frame: points in space are in the cast frame; points of a section are [to the right, up] on its plane, about the
//! plane's middle. Definitions and limits: `docs/methods/occlusal-sections.md`.
//!
//! Steps
//! 1. [`SectionPlane`]: through any point, or upright through a tooth: across the arch, or along it.
//! 2. [`section`]: both surfaces are cut exactly; of what is cut, the part within the window is kept. What of an arch lies within
//!    the other one is told by the exact side of its points.
//! 3. Callipers: the least gap in the section, or the greatest depth; for front teeth overjet and overbite in the section;
//!    [`Calliper::between`] any two points.
//!
//! Limits: a section shows one plane. The gap in a section is never less than the gap in space, and greater where the closest places
//! lie beside the plane. Overjet and overbite in a section stand beside the findings of these names, which are read from all lower
//! incisors; they need not be equal.

use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, NotMeasured, Quantity, Unit, frame};
use stonecast_mesh::spatial::{Plane, Side, section as cut};
use stonecast_mesh::{Point, RigidMotion, Vector};
use stonecast_teeth::Tooth;
use thiserror::Error;

use crate::pair::Pair;
use crate::params::OcclusionParams;

/// A place on a section: to the right, up.
pub type Flat = [f64; 2];

/// A plane with its directions on a drawing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SectionPlane {
    /// What it goes through.
    pub name: String,
    /// Its middle.
    pub middle: [f64; 3],
    /// To the right on the drawing; a unit.
    pub right: [f64; 3],
    /// Up on the drawing; a unit, square to `right`.
    pub up: [f64; 3],
    /// What lies on the left and on the right, in words.
    pub sides: [String; 2],
    /// The tooth, where it goes through one.
    pub tooth: Option<Fdi>,
}

/// Why there is no such section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SectionError {
    /// The directions are no plane.
    #[error(
        "the directions of the section are no plane: give two directions that are finite and not parallel"
    )]
    NoPlane,
    /// The tooth stands so that its direction is vertical.
    #[error("tooth {0} looks straight up or down, so that no upright plane goes through it: give a plane")]
    NoDirection(Fdi),
}

/// How a plane goes through a tooth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Across {
    /// From the tongue to cheek or lip.
    FacialLingual,
    /// Along the arch.
    MesialDistal,
}

impl SectionPlane {
    /// A plane through a point; `up` is turned square to `right`.
    ///
    /// # Errors
    /// If the directions are no plane.
    pub fn new(name: &str, middle: [f64; 3], right: [f64; 3], up: [f64; 3]) -> Result<Self, SectionError> {
        let finite = middle.iter().chain(&right).chain(&up).all(|c| c.is_finite());
        let right = Vector::from(right).try_normalize(1e-9).filter(|_| finite);
        let right = right.ok_or(SectionError::NoPlane)?;
        let up = Vector::from(up);
        let up = (up - right * right.dot(&up)).try_normalize(1e-6 * up.norm());
        Ok(Self {
            name: name.to_owned(),
            middle,
            right: right.into(),
            up: up.ok_or(SectionError::NoPlane)?.into(),
            sides: [String::new(), String::new()],
            tooth: None,
        })
    }

    /// The upright plane through a tooth: it holds the direction across or along the arch, and the vertical of the cast, so that
    /// overjet and overbite are read square to it.
    ///
    /// # Errors
    /// If the tooth lies such that there is none.
    pub fn through(tooth: &Tooth, across: Across) -> Result<Self, SectionError> {
        let (direction, words, kind) = match across {
            Across::FacialLingual => (tooth.frame.facial, ["lingual", "facial"], "facial to lingual"),
            Across::MesialDistal => (tooth.frame.mesial, ["distal", "mesial"], "mesial to distal"),
        };
        let superior = Vector::from(frame::SUPERIOR);
        let flat = Vector::from(direction);
        let flat = flat - superior * superior.dot(&flat);
        let right = flat
            .try_normalize(1e-3)
            .ok_or(SectionError::NoDirection(tooth.fdi))?;
        let edge = tooth.landmark(stonecast_dental::LandmarkKind::IncisalMidpoint);
        let edge = edge.or_else(|| tooth.landmark(stonecast_dental::LandmarkKind::CuspTip));
        let name = format!("tooth {}, {kind}", tooth.fdi);
        let middle = edge.unwrap_or(tooth.frame.origin);
        Ok(Self {
            sides: words.map(str::to_owned),
            tooth: Some(tooth.fdi),
            ..Self::new(&name, middle, right.into(), frame::SUPERIOR)?
        })
    }

    /// A point of space on the section, as seen square to it.
    pub fn flat(&self, point: &Point) -> Flat {
        let d = point - Point::from(self.middle);
        [Vector::from(self.right).dot(&d), Vector::from(self.up).dot(&d)]
    }

    /// A place of the section in space.
    pub fn in_space(&self, [x, y]: Flat) -> Point {
        Point::from(self.middle) + Vector::from(self.right) * x + Vector::from(self.up) * y
    }

    fn plane(&self) -> Plane {
        Plane {
            point: self.middle.into(),
            normal: Vector::from(self.right).cross(&Vector::from(self.up)),
        }
    }
}

/// A piece of an arch's outline in a section.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// Whose.
    pub jaw: Jaw,
    /// In order.
    pub points: Vec<Flat>,
    /// For each point, whether it lies within the other arch.
    pub within: Vec<bool>,
}

/// A distance read off a section.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calliper {
    /// Its id: `gap`, `overjet`, `overbite`, or as it was given.
    pub id: String,
    /// What it is.
    pub name: String,
    /// The places between which it is read, where it was measured.
    pub ends: Option<[Flat; 2]>,
    /// The distance, or why there is none.
    pub value: Result<Quantity, NotMeasured>,
    /// What else must be known.
    pub note: Option<String>,
}

/// How well points are known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SectionParams {
    /// Half the width of the window about the plane's middle, mm.
    pub window_mm: f64,
    /// A scanned point against its neighbourhood, one standard deviation, mm (`tables/scanner_noise.toml`).
    pub local_mm: f64,
    /// How well the place of one arch against the other is known, one standard deviation, mm.
    pub bite_mm: f64,
}

/// Half the width of a drawing of one tooth and its antagonist with their gums.
const WINDOW_MM: f64 = 12.0;

impl SectionParams {
    /// Noise and bite as the analysis of the bite takes them, and the usual window.
    pub fn of(params: &OcclusionParams) -> Self {
        Self {
            window_mm: WINDOW_MM,
            local_mm: params.noise.local_mm,
            bite_mm: params.bite.shift_mm(),
        }
    }

    /// The standard uncertainty of a distance between two points; that of the bite counts between arches.
    fn uncertainty(&self, between_arches: bool) -> f64 {
        let bite = if between_arches { self.bite_mm } else { 0.0 };
        (2.0 * self.local_mm * self.local_mm + bite * bite).sqrt()
    }
}

/// Both arches, cut.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// The plane.
    pub plane: SectionPlane,
    /// The outlines, the upper arch's first.
    pub outlines: Vec<Outline>,
    /// What was read off.
    pub callipers: Vec<Calliper>,
}

/// Cuts both arches, the lower one moved from its closed position, and reads the callipers.
pub fn section(
    pair: &Pair<'_>,
    plane: &SectionPlane,
    moved_from_closed: &RigidMotion,
    params: &SectionParams,
) -> Section {
    let mut outlines = outlines(pair, plane, Jaw::Upper, moved_from_closed, params.window_mm);
    outlines.extend(self::outlines(
        pair,
        plane,
        Jaw::Lower,
        moved_from_closed,
        params.window_mm,
    ));
    let mut callipers = vec![gap(&outlines, params)];
    if plane.tooth.is_some_and(|tooth| tooth.position() <= 3) && plane.sides[1] == "facial" {
        callipers.extend(overjet_and_overbite(&outlines, params));
    }
    Section {
        plane: plane.clone(),
        outlines,
        callipers,
    }
}

impl Calliper {
    /// The distance between any two points of space, drawn where they lie as seen square to the plane.
    pub fn between(
        id: &str,
        name: &str,
        plane: &SectionPlane,
        points: [(Jaw, Point); 2],
        params: &SectionParams,
    ) -> Self {
        let [(jaw_a, a), (jaw_b, b)] = points;
        let value = (b - a).norm();
        let ends = [plane.flat(&a), plane.flat(&b)];
        let seen = apart(ends[0], ends[1]);
        let refuse = |why: &str| NotMeasured::NotApplicable { why: why.to_owned() };
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            ends: value.is_finite().then_some(ends),
            value: if value.is_finite() {
                Ok(mm(value, params.uncertainty(jaw_a != jaw_b)))
            } else {
                Err(refuse("a point is not finite; give numbers"))
            },
            // A tenth of a millimetre is what a drawing shows.
            note: (value - seen > 0.1)
                .then(|| format!("the points stand off the plane: drawn {seen:.2} mm apart")),
        }
    }
}

fn mm(value: f64, uncertainty: f64) -> Quantity {
    Quantity {
        value,
        uncertainty,
        unit: Unit::Mm,
    }
}

fn apart(a: Flat, b: Flat) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// The outlines of an arch within the window.
fn outlines(
    pair: &Pair<'_>,
    plane: &SectionPlane,
    jaw: Jaw,
    moved_from_closed: &RigidMotion,
    window_mm: f64,
) -> Vec<Outline> {
    // An arch is cut where it was scanned: the plane goes there.
    let (own_from_cast, other_from_own) = match jaw {
        Jaw::Upper => (RigidMotion::identity(), moved_from_closed.inverse()),
        Jaw::Lower => (moved_from_closed.inverse(), *moved_from_closed),
    };
    let placed = plane.plane();
    let own_plane = Plane {
        point: own_from_cast * placed.point,
        normal: own_from_cast * placed.normal,
    };
    let cast_from_own = own_from_cast.inverse();
    let other = &pair.surface(jaw.antagonist()).oriented;
    let within = |own: &Point| {
        let at = other_from_own * own;
        let signed = other.signed_distance(&at, window_mm);
        signed.is_some_and(|s| s.side == Side::Inside)
    };
    let mut pieces = Vec::new();
    for line in cut(pair.surface(jaw).mesh(), &own_plane) {
        let closing = line.closed.then(|| line.points[0]);
        let mut piece = Outline {
            jaw,
            points: Vec::new(),
            within: Vec::new(),
        };
        let mut end = |piece: &mut Outline| {
            let done = std::mem::replace(
                piece,
                Outline {
                    jaw,
                    points: Vec::new(),
                    within: Vec::new(),
                },
            );
            if done.points.len() > 1 {
                pieces.push(done);
            }
        };
        for own in line.points.iter().chain(&closing) {
            let flat = plane.flat(&(cast_from_own * own));
            if flat[0].abs() > window_mm || flat[1].abs() > window_mm {
                end(&mut piece);
            } else {
                piece.points.push(flat);
                piece.within.push(within(own));
            }
        }
        end(&mut piece);
    }
    pieces
}

fn of(outlines: &[Outline], jaw: Jaw) -> impl Iterator<Item = &Outline> {
    outlines.iter().filter(move |outline| outline.jaw == jaw)
}

/// The place of a segment that is closest to a place.
fn closest_on([a, b]: [Flat; 2], p: Flat) -> Flat {
    let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
    let length = (dx * dx + dy * dy).max(f64::MIN_POSITIVE);
    let t = (((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length).clamp(0.0, 1.0);
    [a[0] + t * dx, a[1] + t * dy]
}

/// The place where two segments cross.
fn crossing([a, b]: [Flat; 2], [c, d]: [Flat; 2]) -> Option<Flat> {
    let (r, s) = ([b[0] - a[0], b[1] - a[1]], [d[0] - c[0], d[1] - c[1]]);
    let area = r[0] * s[1] - r[1] * s[0];
    let from = [c[0] - a[0], c[1] - a[1]];
    let t = (from[0] * s[1] - from[1] * s[0]) / area;
    let u = (from[0] * r[1] - from[1] * r[0]) / area;
    let hit = (0.0..=1.0).contains(&t) && (0.0..=1.0).contains(&u);
    hit.then(|| [a[0] + t * r[0], a[1] + t * r[1]])
}

/// The closest place of an arch's outlines.
fn closest(outlines: &[Outline], jaw: Jaw, p: Flat) -> Option<Flat> {
    let segments = of(outlines, jaw).flat_map(|o| o.points.windows(2));
    segments
        .map(|s| closest_on([s[0], s[1]], p))
        .min_by(|a, b| apart(*a, p).total_cmp(&apart(*b, p)))
}

/// The least gap, or where the arches cross, the greatest depth, negative.
fn gap(outlines: &[Outline], params: &SectionParams) -> Calliper {
    let mut calliper = Calliper {
        id: "gap".to_owned(),
        name: "least gap in the section".to_owned(),
        ends: None,
        value: Err(NotMeasured::NotScanned {
            surface: "one of the arches in this section".to_owned(),
        }),
        note: None,
    };
    let vertices = |jaw: Jaw| of(outlines, jaw).flat_map(|o| o.points.iter().zip(&o.within));
    let pairs = [Jaw::Upper, Jaw::Lower]
        .into_iter()
        .flat_map(|jaw| vertices(jaw).map(move |(p, within)| (jaw, *p, *within)));
    // Two lines that do not cross are closest at an end of a piece of one of them.
    let mut best: Option<(f64, [Flat; 2])> = None;
    for (jaw, p, within) in pairs {
        let Some(q) = closest(outlines, jaw.antagonist(), p) else {
            continue;
        };
        let signed = if within { -apart(p, q) } else { apart(p, q) };
        if best.is_none_or(|(least, _)| signed < least) {
            best = Some((signed, [p, q]));
        }
    }
    if best.is_some_and(|(signed, _)| signed > 0.0)
        && let Some(at) = first_crossing(outlines)
    {
        best = Some((0.0, [at, at]));
    }
    if let Some((signed, ends)) = best {
        calliper.value = Ok(mm(signed, params.uncertainty(true)));
        calliper.ends = Some(ends);
        if signed < 0.0 {
            calliper.name = "greatest depth of penetration in the section (negative)".to_owned();
        }
    }
    calliper
}

fn first_crossing(outlines: &[Outline]) -> Option<Flat> {
    let segments = |jaw: Jaw| of(outlines, jaw).flat_map(|o| o.points.windows(2).map(|s| [s[0], s[1]]));
    segments(Jaw::Upper).find_map(|a| segments(Jaw::Lower).find_map(|b| crossing(a, b)))
}

/// From the upper edge, the lowest place of the upper outline, and the lower one, the highest of the lower.
fn overjet_and_overbite(outlines: &[Outline], params: &SectionParams) -> Vec<Calliper> {
    let points = |jaw: Jaw| of(outlines, jaw).flat_map(|o| o.points.iter().copied());
    let upper = points(Jaw::Upper).min_by(|a, b| a[1].total_cmp(&b[1]));
    let lower = points(Jaw::Lower).max_by(|a, b| a[1].total_cmp(&b[1]));
    let uncertainty = params.uncertainty(true);
    let missing = || NotMeasured::NotScanned {
        surface: "a front tooth of either arch in this section".to_owned(),
    };
    let calliper = |id: &str, name: &str, found: Option<(f64, [Flat; 2])>| Calliper {
        id: id.to_owned(),
        name: name.to_owned(),
        ends: found.map(|(_, ends)| ends),
        value: found.map(|(value, _)| mm(value, uncertainty)).ok_or_else(missing),
        note: None,
    };
    let edges = upper.zip(lower);
    let bite = edges.map(|(u, l)| (l[1] - u[1], [u, l]));
    let jet = edges.map(|(u, l)| {
        let labial = labial_at(outlines, u[1]).unwrap_or(l);
        (u[0] - labial[0], [labial, u])
    });
    vec![
        calliper(
            "overbite",
            "overbite in the section: the lower edge above the upper edge",
            bite,
        ),
        calliper(
            "overjet",
            "overjet in the section: from the lower labial surface, at the height of the upper edge, to that edge",
            jet,
        ),
    ]
}

/// The most labial place of the lower outline at a height.
fn labial_at(outlines: &[Outline], height: f64) -> Option<Flat> {
    let segments = of(outlines, Jaw::Lower).flat_map(|o| o.points.windows(2));
    let at = segments.filter_map(|s| {
        let ([x0, y0], [x1, y1]) = (s[0], s[1]);
        let crosses = (y0 <= height) != (y1 <= height);
        crosses.then(|| [x0 + (x1 - x0) * (height - y0) / (y1 - y0), height])
    });
    at.max_by(|a, b| a[0].total_cmp(&b[0]))
}

#[cfg(test)]
#[path = "section_tests.rs"]
mod tests;
