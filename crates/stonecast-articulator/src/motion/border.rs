//! Border paths: around all that the lower jaw can reach, seen from the side, from above and from the front (Posselt).
//!
//! Units: mm, degrees. Frame: the cast frame.
//!
//! Steps: [`Articulator::border`]
//! 1. `Limits::of`: how far condyles and opening go, from `border.*` of `tables/articulator.toml`, found on this articulator.
//! 2. `corners`: the postures at the corners of the figure.
//! 3. Between two corners every way and opening changes evenly.
//!
//! Limits: the limits are means of adults, not this patient's. The upper border is that of the pin on its table; with the pin
//! free it is that of the guides alone, as no teeth occur here.

use serde::{Deserialize, Serialize};
use stonecast_dental::{Deg, Mm, Side, Sides};
use stonecast_mesh::Point;

use super::pose::{Kinematics, root};
use super::{Articulator, ArticulatorError, Extent, GREATEST_OPENING, MotionRequest, Posture};
use crate::path::{JawPath, MotionKind};
use crate::rows::row;

/// From where a border figure is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BorderPlane {
    /// From the side: retruded, hinge opening, greatest opening, protruded, back along the upper border.
    Sagittal,
    /// From above: the gothic arch from the retruded position, and protruded between the sides.
    Horizontal,
    /// From the front: to each side and open, the shield.
    Frontal,
}

/// How far this jaw goes.
struct Limits {
    retrusion: f64,
    protrusion: f64,
    lateral: Sides<f64>,
    hinge: f64,
    opening: f64,
    wide: f64,
}

impl Limits {
    fn of(articulator: &Articulator, kinematics: &Kinematics<'_>) -> Result<Self, ArticulatorError> {
        let number = |id: &str, field: &str| row(id).number(field);
        let way = |kind: MotionKind, id: &str| {
            let extent = Extent::Incisal(Mm(number(id, "incisal_mm")));
            let request = MotionRequest::usual(kind).to(extent);
            articulator.whole_way(kinematics, &request)
        };
        let wide = number("border.condyle", "condyle_mm");
        Ok(Self {
            retrusion: number("border.retrusion", "condyle_mm"),
            protrusion: way(MotionKind::Protrusion, "border.protrusion")?,
            // The balancing condyle's way, for going to each side.
            lateral: Sides {
                right: way(MotionKind::Laterotrusion(Side::Right), "border.lateral")?,
                left: way(MotionKind::Laterotrusion(Side::Left), "border.lateral")?,
            },
            hinge: way(MotionKind::Opening, "border.hinge")?,
            opening: articulator.opening_when_wide(kinematics, wide)?,
            wide,
        })
    }
}

/// A corner: the ways of the condyles, and the opening beyond the upper border.
#[derive(Clone, Copy)]
struct Corner {
    advance: Sides<f64>,
    opening: f64,
}

fn corner(right: f64, left: f64, opening: f64) -> Corner {
    Corner {
        advance: Sides { right, left },
        opening,
    }
}

impl Articulator {
    /// A border path, the figure once around from the closed position and back, in about so many parts.
    ///
    /// # Errors
    /// If the jaw cannot go as far as the limits.
    pub fn border(&self, plane: BorderPlane, steps: usize) -> Result<JawPath, ArticulatorError> {
        if !(1..=100_000).contains(&steps) {
            return Err(ArticulatorError::Steps(steps));
        }
        self.check()?;
        let kinematics = Kinematics::new(self);
        let limits = Limits::of(self, &kinematics)?;
        let corners = corners(plane, &limits);
        let parts = steps.div_ceil(corners.len() - 1);
        let mut path = vec![self.at_corner(&kinematics, &corners[0])?];
        for pair in corners.windows(2) {
            for part in 1..=parts {
                let share = part as f64 / parts as f64;
                let between = |from: f64, to: f64| from + share * (to - from);
                let [from, to] = [pair[0], pair[1]];
                let place = corner(
                    between(from.advance.right, to.advance.right),
                    between(from.advance.left, to.advance.left),
                    between(from.opening, to.opening),
                );
                path.push(self.at_corner(&kinematics, &place)?);
            }
        }
        Ok(JawPath {
            kind: MotionKind::Border,
            steps: path,
        })
    }

    fn at_corner(
        &self,
        kinematics: &Kinematics<'_>,
        place: &Corner,
    ) -> Result<crate::path::JawStep, ArticulatorError> {
        let upper = Posture {
            advance: place.advance.map(Mm),
            opening: None,
        };
        let upper_step = kinematics.step(&upper)?;
        if place.opening == 0.0 {
            return Ok(upper_step);
        }
        kinematics.step(&Posture {
            opening: Some(Deg(upper_step.opening.0 + place.opening)),
            ..upper
        })
    }

    /// The opening beyond the upper border at which the incisal point is as far from its closed place as it gets.
    fn opening_when_wide(&self, kinematics: &Kinematics<'_>, wide: f64) -> Result<f64, ArticulatorError> {
        let mm = row("border.opening").number("incisal_mm");
        let closed = Point::from(self.mounting.incisal_point);
        let beyond = |opening: f64| {
            let place = corner(wide, wide, opening);
            self.at_corner(kinematics, &place).map_or(f64::NAN, |step| {
                (step.moved_from_closed * closed - closed).norm() - mm
            })
        };
        root(beyond, [0.0, GREATEST_OPENING]).ok_or_else(|| ArticulatorError::Extent {
            kind: MotionKind::Border.name(),
            extent: format!("an opening of {mm} mm with the condyles {wide} mm forward"),
            remedy: "look at the mounting: the axis may be too near".to_owned(),
        })
    }
}

fn corners(plane: BorderPlane, limits: &Limits) -> Vec<Corner> {
    let back = -limits.retrusion;
    let closed = corner(0.0, 0.0, 0.0);
    let protruded = corner(limits.protrusion, limits.protrusion, 0.0);
    let widest = corner(limits.wide, limits.wide, limits.opening);
    let to_right = corner(0.0, limits.lateral.right, 0.0);
    let to_left = corner(limits.lateral.left, 0.0, 0.0);
    match plane {
        BorderPlane::Sagittal => vec![
            closed,
            corner(back, back, 0.0),
            corner(back, back, limits.hinge),
            widest,
            protruded,
            closed,
        ],
        BorderPlane::Horizontal => {
            let retruded = corner(back, back, 0.0);
            vec![
                closed,
                retruded,
                corner(back, limits.lateral.right, 0.0),
                protruded,
                corner(limits.lateral.left, back, 0.0),
                retruded,
                closed,
            ]
        }
        BorderPlane::Frontal => vec![closed, to_right, widest, to_left, closed],
    }
}
