//! How well points, axes, widths, the frame and the bite are known, from `tables/measurement_precision.toml`.
//!
//! Units: mm, radians inside, degrees in the table. All figures are one standard deviation.

use std::sync::OnceLock;

use stonecast_dental::{Fdi, LandmarkKind as K, Mm, ToothClass};
use stonecast_teeth::ToldBy;

use crate::rows::row;
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

fn by_class(group: &str, unit: &str) -> ByClass<Spread> {
    CLASSES.map(|class| Spread::read(&format!("{group}-{class}{unit}")))
}

/// The table, read once.
#[derive(Debug)]
pub(crate) struct Precision {
    contact: ByClass<Spread>,
    /// Of a canine, a premolar and a molar.
    cusp: [Spread; 3],
    incisal_middle: Spread,
    incisal_end: Spread,
    groove: Spread,
    /// Of a premolar and a molar.
    fossa: [Spread; 2],
    ridge: [Spread; 2],
    most_buccal: ByClass<Spread>,
    most_lingual: ByClass<Spread>,
    facial_axis_point: Spread,
    zenith: Spread,
    placed: Spread,
    curve: Spread,
    axes: ByClass<Spread>,
    /// Base and share of the edge length; mesiodistal, then buccolingual.
    widths: [ByClass<[f64; 2]>; 2],
}

impl Precision {
    pub fn get() -> &'static Self {
        static PRECISION: OnceLock<Precision> = OnceLock::new();
        PRECISION.get_or_init(|| Self {
            contact: by_class("contact", ""),
            cusp: ["cusp-canine", "cusp-premolar", "cusp-molar"].map(Spread::read),
            incisal_middle: Spread::read("incisal-middle"),
            incisal_end: Spread::read("incisal-end"),
            groove: Spread::read("groove"),
            fossa: ["fossa-premolar", "fossa-molar"].map(Spread::read),
            ridge: ["ridge-premolar", "ridge-molar"].map(Spread::read),
            most_buccal: by_class("most-buccal", ""),
            most_lingual: by_class("most-lingual", ""),
            facial_axis_point: Spread::read("facial-axis-point"),
            zenith: Spread::read("zenith"),
            placed: Spread::read("placed-by-a-person"),
            curve: Spread::read("curve"),
            axes: by_class("axes", "-degrees"),
            widths: ["mesiodistal", "buccolingual"].map(|which| {
                CLASSES.map(|class| {
                    let row = row(TABLE, &format!("{which}-{class}"));
                    [row.number("base"), row.number("per_edge")]
                })
            }),
        })
    }

    /// Of a point along its tooth's axes, mm. `edge` is the mean edge length of the tooth's faces.
    pub fn point(&self, tooth: Fdi, kind: K, told_by: ToldBy, edge: f64) -> [f64; 3] {
        if told_by == ToldBy::Human {
            return self.placed.at(edge);
        }
        let class = class(tooth);
        let back = class.saturating_sub(2);
        let spread = match kind {
            K::MesialContact | K::DistalContact => &self.contact[class],
            K::IncisalMidpoint => &self.incisal_middle,
            K::IncisalMesial | K::IncisalDistal => &self.incisal_end,
            K::CentralFossa => &self.fossa[back],
            K::MesialMarginalRidge | K::DistalMarginalRidge => &self.ridge[back],
            K::BuccalGroove => &self.groove,
            K::FacialAxisPoint => &self.facial_axis_point,
            K::MostBuccal => &self.most_buccal[class],
            K::MostLingual => &self.most_lingual[class],
            K::GingivalZenith => &self.zenith,
            _ => &self.cusp[class.saturating_sub(1)],
        };
        spread.at(edge)
    }

    /// Of a mesiodistal (0) or buccolingual (1) width, mm, beside what the teeth stage says of it.
    pub fn width(&self, tooth: Fdi, which: usize, edge: f64) -> f64 {
        let [base, per_edge] = self.widths[which][class(tooth)];
        base.hypot(per_edge * edge)
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
