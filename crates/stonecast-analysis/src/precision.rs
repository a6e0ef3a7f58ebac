//! How well points, axes, widths, the frame and the bite are known, from `tables/measurement_precision.toml`.
//!
//! Units: mm, radians inside, degrees in the table. All figures are one standard deviation.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use stonecast_dental::{Fdi, LandmarkKind as K, Mm, ToothClass};
use stonecast_teeth::ToldBy;

use crate::rows::{row, rows};
use crate::subject::BiteFacts;

const TABLE: &str = "measurement_precision";

/// `base` and `per_edge` of one row, along three axes.
#[derive(Clone, Copy, Debug)]
struct Spread {
    base: [f64; 3],
    per_edge: [f64; 3],
}

impl Spread {
    fn read(id: &str) -> Self {
        let three = |field| {
            let list = row(TABLE, id).numbers(field);
            <[f64; 3]>::try_from(list).unwrap_or_else(|_| panic!("{TABLE}/{id}: {field} has three numbers"))
        };
        Self {
            base: three("base"),
            per_edge: three("per_edge"),
        }
    }

    fn at(&self, edge: f64) -> [f64; 3] {
        std::array::from_fn(|k| self.base[k].hypot(self.per_edge[k] * edge))
    }
}

/// Kinds of teeth that landmarks are known alike on, in the words of the table.
fn kind_of_tooth(tooth: Fdi) -> &'static str {
    match (tooth.class(), tooth.position()) {
        (ToothClass::Incisor, _) => "incisor",
        (ToothClass::Canine, _) => "canine",
        (ToothClass::Premolar, 4) => "first-premolar",
        (ToothClass::Premolar, _) => "second-premolar",
        (ToothClass::Molar, _) => "molar",
    }
}

/// A row for each form class: incisor, canine, premolar, molar.
type ByClass<T> = [T; 4];

const CLASSES: ByClass<&str> = ["incisor", "canine", "premolar", "molar"];

fn class(tooth: Fdi) -> usize {
    match tooth.class() {
        ToothClass::Incisor => 0,
        ToothClass::Canine => 1,
        ToothClass::Premolar => 2,
        ToothClass::Molar => 3,
    }
}

/// How well a width is known: what each tooth has of its own, and what all teeth of a scan have in common.
#[derive(Clone, Copy, Debug)]
struct WidthSpread {
    own: [f64; 2],
    common: [f64; 2],
}

impl WidthSpread {
    fn read(id: &str) -> Self {
        let row = row(TABLE, id);
        let two = |base, per_edge| [row.number(base), row.number(per_edge)];
        Self {
            own: two("base", "per_edge"),
            common: two("common_base", "common_per_edge"),
        }
    }
}

/// The table, read once.
#[derive(Debug)]
pub(crate) struct Precision {
    /// Of landmarks, by their words, the jaw's name and the kind of tooth: `mesial-contact/upper/molar`.
    points: BTreeMap<&'static str, Spread>,
    facial_axis_point: Spread,
    zenith: Spread,
    /// Of a point that the synthetic truth does not have on such a tooth.
    other: Spread,
    placed: Spread,
    curve: Spread,
    axes: ByClass<Spread>,
    /// Mesiodistal, then buccolingual.
    widths: [ByClass<WidthSpread>; 2],
}

impl Precision {
    pub fn get() -> &'static Self {
        static PRECISION: OnceLock<Precision> = OnceLock::new();
        PRECISION.get_or_init(|| Self {
            points: (rows(TABLE).iter())
                .filter(|row| row.id.contains('/'))
                .map(|row| (row.id.as_str(), Spread::read(&row.id)))
                .collect(),
            facial_axis_point: Spread::read("facial-axis-point"),
            zenith: Spread::read("zenith"),
            other: Spread::read("other-point"),
            placed: Spread::read("placed-by-a-person"),
            curve: Spread::read("curve"),
            axes: CLASSES.map(|class| Spread::read(&format!("axes-{class}-degrees"))),
            widths: ["mesiodistal", "buccolingual"]
                .map(|which| CLASSES.map(|class| WidthSpread::read(&format!("{which}-{class}")))),
        })
    }

    /// Of a point along its tooth's axes, mm. `edge` is the mean edge length of the tooth's faces.
    pub fn point(&self, tooth: Fdi, kind: K, told_by: ToldBy, edge: f64) -> [f64; 3] {
        let spread = match kind {
            _ if told_by == ToldBy::Human => &self.placed,
            K::FacialAxisPoint => &self.facial_axis_point,
            K::GingivalZenith => &self.zenith,
            _ => {
                let key = format!("{}/{}/{}", key(kind), tooth.jaw(), kind_of_tooth(tooth));
                self.points.get(key.as_str()).unwrap_or(&self.other)
            }
        };
        spread.at(edge)
    }

    /// Of a mesiodistal (0) or buccolingual (1) width, mm, beside what the teeth stage says of it: what the tooth has of its
    /// own, and what all teeth of the scan have in common.
    pub fn width(&self, tooth: Fdi, which: usize, edge: f64) -> [f64; 2] {
        let spread = &self.widths[which][class(tooth)];
        [spread.own, spread.common].map(|[base, per_edge]| base.hypot(per_edge * edge))
    }

    /// Of a facial axis or margin as one body, mm.
    pub fn curve(&self, _tooth: Fdi, edge: f64) -> [f64; 3] {
        self.curve.at(edge)
    }

    /// Of a tooth's directions: turns about its mesial, facial and occlusal axis, radians.
    pub fn axes(&self, tooth: Fdi, edge: f64) -> [f64; 3] {
        self.axes[class(tooth)].at(edge).map(f64::to_radians)
    }

    /// Of the cast frame: turns about x, y and z, radians, and the shift along x, mm.
    pub fn frame(&self) -> [f64; 4] {
        let row = row(TABLE, "frame");
        let turn = |field| row.number(field).to_radians();
        [
            turn("tilt_degrees"),
            turn("roll_degrees"),
            turn("yaw_degrees"),
            row.number("shift_mm"),
        ]
    }

    /// Of the lower arch against the upper: shifts along x, y, z, mm, and turns about them, radians.
    pub fn bite(&self, bite: Option<BiteFacts>) -> [f64; 6] {
        let Some(bite) = bite else { return [0.0; 6] };
        let id = if bite.estimated {
            "bite-estimated"
        } else {
            "bite-as-scanned"
        };
        let shift = bite
            .residual
            .map_or_else(|| row(TABLE, id).number("shift_mm"), |r| r.0);
        let turn = shift / row(TABLE, "bite-lever").number("lever_mm");
        [shift, shift, shift, turn, turn, turn]
    }

    /// Of an arch's scale along x and along y, as a share.
    pub fn stretch(&self, trueness: Mm) -> f64 {
        trueness.0 / row(TABLE, "arch-lever").number("lever_mm")
    }
}

/// A landmark's name in the table.
fn key(kind: K) -> &'static str {
    match kind {
        K::MesialContact => "mesial-contact",
        K::DistalContact => "distal-contact",
        K::CuspTip => "cusp-tip",
        K::BuccalCusp => "buccal-cusp",
        K::LingualCusp => "lingual-cusp",
        K::MesiobuccalCusp => "mesiobuccal-cusp",
        K::DistobuccalCusp => "distobuccal-cusp",
        K::MesiolingualCusp => "mesiolingual-cusp",
        K::DistolingualCusp => "distolingual-cusp",
        K::DistalCusp => "distal-cusp",
        K::IncisalMesial => "incisal-mesial",
        K::IncisalMidpoint => "incisal-midpoint",
        K::IncisalDistal => "incisal-distal",
        K::CentralFossa => "central-fossa",
        K::MesialMarginalRidge => "mesial-marginal-ridge",
        K::DistalMarginalRidge => "distal-marginal-ridge",
        K::BuccalGroove => "buccal-groove",
        K::MostBuccal => "most-buccal",
        K::MostLingual => "most-lingual",
        _ => "other-point",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::TrueCast;
    use stonecast_testkit::DentitionSpec;

    #[test]
    fn every_landmark_of_a_permanent_dentition_has_a_calibrated_row() {
        let cast = TrueCast::new(&DentitionSpec {
            triangles: 8_000,
            ..DentitionSpec::default()
        });
        for tooth in cast.upper.teeth.iter().chain(&cast.lower.teeth) {
            let truth = &cast.pair.arch(tooth.fdi.jaw()).truth;
            let in_truth = |kind| truth.landmark(tooth.fdi, kind).is_some();
            for mark in tooth.landmarks.iter().filter(|m| in_truth(m.kind)) {
                let known = match mark.kind {
                    K::FacialAxisPoint | K::GingivalZenith => true,
                    kind => {
                        let id = format!("{}/{}/{}", key(kind), tooth.fdi.jaw(), kind_of_tooth(tooth.fdi));
                        Precision::get().points.contains_key(id.as_str())
                    }
                };
                assert!(known, "{:?} of {}", mark.kind, tooth.fdi);
            }
        }
    }
}
