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

/// The table, read once.
#[derive(Debug)]
pub(crate) struct Precision {
    cusp: Spread,
    incisal_middle: Spread,
    incisal_end: Spread,
    contact: Spread,
    groove: Spread,
    fossa: Spread,
    ridge: Spread,
    facial_axis_point: Spread,
    bulge: Spread,
    zenith: Spread,
    placed: Spread,
    curve: Spread,
    axes: [Spread; 4],
}

impl Precision {
    pub fn get() -> &'static Self {
        static PRECISION: OnceLock<Precision> = OnceLock::new();
        PRECISION.get_or_init(|| Self {
            cusp: Spread::read("cusp"),
            incisal_middle: Spread::read("incisal-middle"),
            incisal_end: Spread::read("incisal-end"),
            contact: Spread::read("contact"),
            groove: Spread::read("groove"),
            fossa: Spread::read("fossa"),
            ridge: Spread::read("ridge"),
            facial_axis_point: Spread::read("facial-axis-point"),
            bulge: Spread::read("bulge"),
            zenith: Spread::read("zenith"),
            placed: Spread::read("placed-by-a-person"),
            curve: Spread::read("curve"),
            axes: ["incisor", "canine", "premolar", "molar"]
                .map(|c| Spread::read(&format!("axes-{c}-degrees"))),
        })
    }

    /// Of a point along its tooth's axes, mm. `edge` is the mean edge length of the tooth's faces.
    pub fn point(&self, _tooth: Fdi, kind: K, told_by: ToldBy, edge: f64) -> [f64; 3] {
        if told_by == ToldBy::Human {
            return self.placed.at(edge);
        }
        let spread = match kind {
            K::MesialContact | K::DistalContact => &self.contact,
            K::IncisalMidpoint => &self.incisal_middle,
            K::IncisalMesial | K::IncisalDistal => &self.incisal_end,
            K::CentralFossa => &self.fossa,
            K::MesialMarginalRidge | K::DistalMarginalRidge => &self.ridge,
            K::BuccalGroove => &self.groove,
            K::FacialAxisPoint => &self.facial_axis_point,
            K::MostBuccal | K::MostLingual => &self.bulge,
            K::GingivalZenith => &self.zenith,
            _ => &self.cusp,
        };
        spread.at(edge)
    }

    /// Of a width, mm, beside what the teeth stage says of it.
    pub fn width(&self, _tooth: Fdi, which: &str, edge: f64) -> f64 {
        let row = row(TABLE, which);
        row.number("base").hypot(row.number("per_edge") * edge)
    }

    /// Of a facial axis or margin as one body, mm.
    pub fn curve(&self, _tooth: Fdi, edge: f64) -> [f64; 3] {
        self.curve.at(edge)
    }

    /// Of a tooth's directions: turns about its mesial, facial and occlusal axis, radians.
    pub fn axes(&self, tooth: Fdi, edge: f64) -> [f64; 3] {
        let class = match tooth.class() {
            ToothClass::Incisor => 0,
            ToothClass::Canine => 1,
            ToothClass::Premolar => 2,
            ToothClass::Molar => 3,
        };
        self.axes[class].at(edge).map(f64::to_radians)
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
