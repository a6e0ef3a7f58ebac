//! What is measured: the labelled teeth of a cast, with how well each part of them is known.
//!
//! Units: mm. Frame: the cast frame ([`stonecast_dental::frame`]).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, LandmarkKind, Mm, Side};
use stonecast_mesh::{Point, TriMesh, Vector};
use stonecast_teeth::{LabelledArch, NoWidth, ToldBy, Tooth, Width};

use crate::contacts;
use crate::noise::Noise;
use crate::precision::Precision;

/// How the arches of a cast stand to each other, as far as measuring needs to know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BiteFacts {
    /// True when the program closed the arches itself.
    pub estimated: bool,
    /// By how much the bite may be off; `None` when the bite stage could not say.
    pub residual: Option<Mm>,
}

/// An arch to be measured.
#[derive(Clone, Copy, Debug)]
pub struct MeasuredArch<'a> {
    /// Its teeth, in the cast frame.
    pub labelled: &'a LabelledArch,
    /// Its surface, in the cast frame.
    pub mesh: &'a TriMesh,
}

/// A cast to be measured.
#[derive(Clone, Copy, Debug, Default)]
pub struct MeasuredCast<'a> {
    /// The upper arch, where there is one.
    pub upper: Option<MeasuredArch<'a>>,
    /// The lower arch, where there is one.
    pub lower: Option<MeasuredArch<'a>>,
    /// How they meet; `None` when that is not known.
    pub bite: Option<BiteFacts>,
}

impl<'a> MeasuredCast<'a> {
    /// The arch of a jaw.
    pub fn arch(&self, jaw: Jaw) -> Option<MeasuredArch<'a>> {
        match jaw {
            Jaw::Upper => self.upper,
            Jaw::Lower => self.lower,
        }
    }
}

/// What a person says that a cast cannot tell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// Yes or no.
    Flag(bool),
    /// A number, in the unit that the question names.
    Number(f64),
    /// A name.
    Text(String),
}

/// Answers by their keys.
pub type Answers = BTreeMap<String, Answer>;

/// How to measure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Params {
    /// The scanner's noise.
    pub noise: Noise,
    /// The norm set to compare with, by table: `bolton` to the name of one of its sets. Tables not named use their first.
    pub norms: BTreeMap<String, String>,
    /// What a person said.
    pub answers: Answers,
}

/// A tooth's directions, right-angled unit vectors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axes {
    /// The middle of the crown.
    pub origin: Point,
    /// Along the arch towards the midline.
    pub mesial: Vector,
    /// Towards cheek or lip.
    pub facial: Vector,
    /// The long axis, towards the antagonist.
    pub occlusal: Vector,
}

/// A tooth as it is measured.
#[derive(Clone, Debug)]
pub(crate) struct SubjectTooth {
    pub fdi: Fdi,
    pub told_by: ToldBy,
    pub axes: Axes,
    /// Sorted by kind, each with its standard uncertainty along mesial, facial, occlusal.
    pub points: Vec<SubjectPoint>,
    pub facial_axis: Vec<Point>,
    pub margin: Vec<Vec<Point>>,
    /// The most apical point of the lingual margin, with its standard uncertainty along mesial, facial, occlusal.
    pub lingual_margin: Option<(Point, [f64; 3])>,
    /// Standard uncertainty of its curves along mesial, facial, occlusal.
    pub curve_sigma: [f64; 3],
    /// Standard uncertainty of its directions: turns about mesial, facial, occlusal, radians.
    pub turn_sigma: [f64; 3],
    /// Value and standard uncertainties: the tooth's own, and what all teeth of the scan have in common.
    pub mesiodistal: Result<(f64, [f64; 2]), NoWidth>,
    /// What the teeth stage itself says of how well the mesiodistal width is known.
    pub mesiodistal_doubt: f64,
    /// What the mesiodistal width was lessened by because it overlaps its neighbours' ([`crate::contacts`]), mm.
    pub taken_off: f64,
    /// By how much more than contact areas are wide it differs from the distance of the contact points, mm.
    pub astray: f64,
    pub buccolingual: Result<(f64, [f64; 2]), NoWidth>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct SubjectPoint {
    pub kind: LandmarkKind,
    pub at: Point,
    pub sigma: [f64; 3],
}

/// The most apical point of a tooth's margin on its lingual side, within the middle half of the margin's width.
fn lingual_margin(tooth: &Tooth, axes: &Axes) -> Option<Point> {
    let own = |p: &Point| {
        let d = p - axes.origin;
        Vector::new(d.dot(&axes.mesial), d.dot(&axes.facial), d.dot(&axes.occlusal))
    };
    let points = || {
        let all = tooth.margin.iter().flat_map(|c| &c.points);
        all.map(|p| Point::from(*p))
    };
    let range = |k: usize| {
        let values = points().map(move |p| own(&p)[k]);
        values.fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], v| {
            [a.min(v), b.max(v)]
        })
    };
    let ([distal, mesial], [lingual, facial]) = (range(0), range(1));
    let lies_there = |p: &Point| {
        let p = own(p);
        let off = p.x - 0.5 * (distal + mesial);
        p.y < 0.5 * (lingual + facial) && off.abs() <= 0.25 * (mesial - distal)
    };
    points()
        .filter(lies_there)
        .min_by(|a, b| own(a).z.total_cmp(&own(b).z))
        // A margin seen on the facial side only has no lingual point.
        .filter(|p| own(p).y < 0.0)
}

impl SubjectTooth {
    fn new(tooth: &Tooth, edge: f64, precision: &Precision, noise: &Noise) -> Self {
        let frame = &tooth.frame;
        let points = tooth.landmarks.iter().map(|mark| SubjectPoint {
            kind: mark.kind,
            at: Point::from(mark.position),
            sigma: precision
                .point(tooth.fdi, mark.kind, mark.told_by, edge)
                .map(|s| s.hypot(noise.local.0)),
        });
        let own_doubt = match tooth.mesiodistal {
            Width::Measured { uncertainty, .. } => uncertainty.0,
            Width::NotMeasured(_) => 0.0,
        };
        let width = |w: Width, which| match w {
            Width::Measured { value, uncertainty } => {
                let [own, common] = precision.width(tooth.fdi, which, edge);
                let noise = noise.local.0 * std::f64::consts::SQRT_2;
                Ok((value.0, [own.hypot(uncertainty.0).hypot(noise), common]))
            }
            Width::NotMeasured(why) => Err(why),
        };
        let axes = Axes {
            origin: Point::from(frame.origin),
            mesial: Vector::from(frame.mesial),
            facial: Vector::from(frame.facial),
            occlusal: Vector::from(frame.occlusal),
        };
        // As well known as the zenith of the facial margin.
        let found = ToldBy::Auto(1.0);
        let zenith = precision.point(tooth.fdi, LandmarkKind::GingivalZenith, found, edge);
        let lingual = lingual_margin(tooth, &axes);
        Self {
            fdi: tooth.fdi,
            told_by: tooth.told_by,
            axes,
            points: points.collect(),
            lingual_margin: lingual.map(|p| (p, zenith.map(|s| s.hypot(noise.local.0)))),
            facial_axis: tooth.facial_axis.iter().map(|p| Point::from(*p)).collect(),
            margin: (tooth.margin.iter())
                .map(|curve| curve.points.iter().map(|p| Point::from(*p)).collect())
                .collect(),
            curve_sigma: precision.curve(tooth.fdi, edge).map(|s| s.hypot(noise.local.0)),
            turn_sigma: precision.axes(tooth.fdi, edge),
            mesiodistal: width(tooth.mesiodistal, 0),
            mesiodistal_doubt: own_doubt,
            taken_off: 0.0,
            astray: 0.0,
            buccolingual: width(tooth.buccolingual, 1),
        }
    }

    pub fn point(&self, kind: LandmarkKind) -> Option<&SubjectPoint> {
        self.points.iter().find(|p| p.kind == kind)
    }
}

/// A cast made ready for measuring.
#[derive(Debug)]
pub struct Subject<'a> {
    /// What it was made from.
    pub cast: MeasuredCast<'a>,
    /// How to measure.
    pub params: &'a Params,
    /// By number.
    pub(crate) teeth: Vec<SubjectTooth>,
    pub(crate) frame_sigma: [f64; 4],
    pub(crate) bite_sigma: [f64; 6],
    pub(crate) stretch_sigma: f64,
    /// About which a bite's error turns the lower arch.
    pub(crate) lower_centre: Point,
}

impl<'a> Subject<'a> {
    /// Makes a cast ready.
    pub fn new(cast: MeasuredCast<'a>, params: &'a Params) -> Self {
        let precision = Precision::get();
        let mut teeth = Vec::new();
        for jaw in [Jaw::Upper, Jaw::Lower] {
            let Some(arch) = cast.arch(jaw) else { continue };
            let edge = mean_edge(arch.mesh, arch.labelled);
            let of_arch = &arch.labelled.teeth;
            teeth.extend(
                of_arch
                    .iter()
                    .map(|t| SubjectTooth::new(t, edge, precision, &params.noise)),
            );
        }
        teeth.sort_by_key(|t| t.fdi);
        contacts::share(&mut teeth);
        contacts::doubt(&mut teeth);
        let lower: Vec<Point> = (teeth.iter())
            .filter(|t| t.fdi.jaw() == Jaw::Lower)
            .map(|t| t.axes.origin)
            .collect();
        let centre = lower.iter().map(|p| p.coords).sum::<Vector>() / lower.len().max(1) as f64;
        Self {
            frame_sigma: precision.frame(),
            bite_sigma: precision.bite(cast.bite),
            stretch_sigma: precision.stretch(params.noise.trueness),
            lower_centre: Point::from(centre),
            cast,
            params,
            teeth,
        }
    }

    /// The numbers of the teeth of a jaw, from the patient's right to the left along the arch.
    pub fn row(&self, jaw: Jaw) -> Vec<Fdi> {
        let mut row: Vec<Fdi> = (self.teeth.iter().map(|t| t.fdi))
            .filter(|t| t.jaw() == jaw)
            .collect();
        row.sort_by_key(|t| place_in_row(*t));
        row
    }

    pub(crate) fn index_of(&self, tooth: Fdi) -> Option<usize> {
        self.teeth.binary_search_by_key(&tooth, |t| t.fdi).ok()
    }
}

/// A tooth's place from the right end of its arch to the left, the same for both sides counted from the midline. A
/// primary tooth that stands beside its successor counts as the more distal one.
pub fn place_in_row(tooth: Fdi) -> i32 {
    let from_midline = 2 * i32::from(tooth.position()) + i32::from(tooth.is_primary());
    match tooth.side() {
        Side::Right => -from_midline,
        Side::Left => from_midline,
    }
}

/// Mean edge length of the faces that bear a tooth's label, mm: of an equilateral triangle of the mean area.
fn mean_edge(mesh: &TriMesh, arch: &LabelledArch) -> f64 {
    let mut area = 0.0;
    let mut count = 0u32;
    for (face, label) in arch.face_labels.iter() {
        if label.is_some() {
            let [a, b, c] = mesh.face(face).map(|v| mesh.point(v));
            area += 0.5 * (b - a).cross(&(c - a)).norm();
            count += 1;
        }
    }
    (4.0 / 3f64.sqrt() * area / f64::from(count.max(1))).sqrt()
}
