//! Where the lower jaw stands when its condyles have gone given ways along their guides.
//!
//! Units: mm; radians inside, degrees at the boundary. Frame: the cast frame; inside, (left, posterior, superior) of the
//! reference plane.
//!
//! Steps
//! 1. `condyles`: forward and down by each guide; the balancing condyle inward by Bennett angle and immediate side shift;
//!    the working one across by what keeps the distance of the balls. All exact, nothing to first order.
//! 2. `turned`: the least rotation that takes the old axis to the new one, then the opening about the new axis.
//! 3. `pin`: where the pin stands on its table, the opening at which the incisal point touches it.
//!
//! Limits: balls and guides are rigid. A working condyle's own path (up, down, backward) is not modelled: it keeps its guide
//! and moves along the transverse direction.

use nalgebra::{Matrix3, Quaternion, Rotation3, Translation3, UnitQuaternion};
use stonecast_dental::{Deg, Mm, Side, Sides};
use stonecast_mesh::{Point, RigidMotion, Vector};

use super::guide::{Sagittal, along};
use super::{Articulator, ArticulatorError, Posture};
use crate::path::JawStep;
use crate::rows::row;
use crate::settings::{GuideShape, IncisalGuide};

/// Between these openings the touch of pin and table is sought, radians: from 30° beyond closed to 60° open.
const PIN_SEARCH: [f64; 2] = [-0.52, 1.05];

/// An articulator with what does not change along a path.
pub(super) struct Kinematics<'a> {
    articulator: &'a Articulator,
    cast_from_plane: Matrix3<f64>,
    balls: Sides<Vector>,
    side_shift_travel: f64,
}

impl<'a> Kinematics<'a> {
    pub(super) fn new(articulator: &'a Articulator) -> Self {
        Self {
            articulator,
            cast_from_plane: articulator.mounting.plane.cast_from_plane(),
            balls: articulator.balls().map(Vector::from),
            side_shift_travel: row("side-shift").number("travel_mm"),
        }
    }

    /// The jaw in a posture.
    pub(super) fn step(&self, posture: &Posture) -> Result<JawStep, ArticulatorError> {
        let condyles = self.condyles(posture.advance.map(|way| way.0))?;
        let opening = match (posture.opening, self.articulator.settings.incisal) {
            (Some(opening), _) => opening.0.to_radians(),
            (None, IncisalGuide::Free) => 0.0,
            (None, IncisalGuide::Table { protrusive, lateral }) => {
                let table = Table {
                    protrusive: protrusive.0.to_radians().tan(),
                    lateral: lateral.map(|angle| angle.0.to_radians().tan()),
                };
                self.pin(&condyles, &table)?
            }
        };
        let moved_from_closed = self.turned(&condyles, opening);
        let way = posture.advance.right.0.abs().max(posture.advance.left.0.abs());
        Ok(JawStep {
            // Where an opening is asked for by itself, it is the motion; where the pin makes it, the condyles' way is.
            travel: Mm(if way > 0.0 || posture.opening.is_none() {
                way
            } else {
                self.hinge_arc(opening)
            }),
            opening: Deg(opening.to_degrees()),
            condyles: condyles.map(Into::into),
            moved_from_closed,
        })
    }

    /// The way of the incisal point about the closed hinge axis.
    fn hinge_arc(&self, opening: f64) -> f64 {
        let axis = (self.balls.left - self.balls.right).normalize();
        let arm = Vector::from(self.articulator.mounting.incisal_point) - self.balls.right;
        (arm - axis * arm.dot(&axis)).norm() * opening.abs()
    }

    /// The condyles in the cast frame after these ways along their guides.
    fn condyles(&self, way: Sides<f64>) -> Result<Sides<Vector>, ArticulatorError> {
        let settings = &self.articulator.settings;
        if let GuideShape::Arc { radius } = settings.guide {
            let way_mm = way.right.max(way.left);
            if way_mm > radius.0 * std::f64::consts::FRAC_PI_2 {
                return Err(ArticulatorError::GuideEnds {
                    way_mm,
                    radius_mm: radius.0,
                });
            }
        }
        let balancing = if way.left >= way.right {
            Side::Left
        } else {
            Side::Right
        };
        let working = balancing.opposite();
        // 1 in laterotrusion, 0 in protrusion and retrusion, between the two in lateroprotrusion.
        let longer = way.right.abs().max(way.left.abs());
        let lateral_share = if longer > 0.0 {
            ((way.of(balancing) - way.of(working)) / longer).min(1.0)
        } else {
            0.0
        };
        let went: Sides<Sagittal> = Sides::each(|side| {
            let fischer = if side == balancing {
                lateral_share * settings.fischer.of(side).0
            } else {
                0.0
            };
            let inclination = (settings.inclination.of(side).0 + fischer).to_radians();
            along(settings.guide, inclination, way.of(side))
        });
        // Only what it goes sideways brings it inward: in protrusion nothing does, however the guides differ.
        let ahead = lateral_share * went.of(balancing).forward.max(0.0);
        let inward = settings.side_shift.of(balancing).0 * (ahead / self.side_shift_travel).min(1.0)
            + ahead * settings.bennett.of(balancing).0.to_radians().tan();

        let plane_from_cast = self.cast_from_plane.transpose();
        let closed = self.balls.map(|ball| plane_from_cast * ball);
        let mut now = Sides::each(|side| {
            closed.of(side) + Vector::new(0.0, -went.of(side).forward, -went.of(side).down)
        });
        let along_axis = now.left - now.right;
        let distance = (closed.left - closed.right).norm();
        let width_squared = distance * distance - along_axis.yz().norm_squared();
        if width_squared <= 0.0 {
            return Err(ArticulatorError::OutOfReach {
                distance_mm: distance,
                apart_mm: along_axis.yz().norm(),
            });
        }
        let width = width_squared.sqrt();
        // The balls come nearer across as they part in depth. In laterotrusion the working one makes up for it, in
        // protrusion each does half.
        let nearer = (closed.left.x - closed.right.x) - width;
        let inward = inward + 0.5 * (1.0 - lateral_share) * nearer;
        let left = balancing.sign();
        let balancing_x = closed.of(balancing).x - left * inward;
        match balancing {
            Side::Left => (now.left.x, now.right.x) = (balancing_x, balancing_x - width),
            Side::Right => (now.right.x, now.left.x) = (balancing_x, balancing_x + width),
        }
        Ok(now.map(|at| self.cast_from_plane * at))
    }

    /// Takes the closed axis to these condyles and opens about it.
    fn turned(&self, condyles: &Sides<Vector>, opening: f64) -> RigidMotion {
        let before = (self.balls.left - self.balls.right).normalize();
        let after = (condyles.left - condyles.right).normalize();
        let rotation = UnitQuaternion::from_scaled_axis(after * opening) * least_rotation(&before, &after);
        let (from, to) = (
            0.5 * (self.balls.left + self.balls.right),
            0.5 * (condyles.left + condyles.right),
        );
        let translation = to - rotation * from;
        RigidMotion::from_parts(Translation3::from(translation), rotation)
    }

    /// The opening at which the pin touches its table.
    fn pin(&self, condyles: &Sides<Vector>, table: &Table) -> Result<f64, ArticulatorError> {
        let plane_from_cast = self.cast_from_plane.transpose();
        let incisal = Vector::from(self.articulator.mounting.incisal_point);
        let up = Vector::from(self.articulator.mounting.plane.superior);
        let tip = Point::from(incisal + up * self.articulator.settings.pin_opening.0);
        // The axis is turned once; only the opening about it is sought.
        let carried = self.turned(condyles, 0.0) * tip;
        let axis = (condyles.left - condyles.right).normalize();
        let above = |opening: f64| {
            let turn = Rotation3::from_scaled_axis(axis * opening);
            let at = turn * (carried.coords - condyles.right) + condyles.right;
            let gone = plane_from_cast * (at - incisal);
            gone.z + table.fall(&gone)
        };
        // In the closed bite it stands there but for rounding: then nothing is opened, not a hair.
        if above(0.0).abs() < 1e-12 {
            return Ok(0.0);
        }
        root(above, PIN_SEARCH).ok_or(ArticulatorError::PinMissesTable)
    }
}

/// The incisal table: it lies on the upper jaw, the pin's tip on the lower one at the incisal point.
struct Table {
    protrusive: f64,
    lateral: Sides<f64>,
}

impl Table {
    /// How far below the closed incisal point it lies at a place (left, posterior, superior) from there. Flat behind.
    fn fall(&self, gone: &Vector) -> f64 {
        let side = if gone.x > 0.0 { Side::Left } else { Side::Right };
        (-gone.y).max(0.0) * self.protrusive + gone.x.abs() * self.lateral.of(side)
    }
}

/// The least rotation that takes one unit vector to another, good to rounding also where they all but agree.
pub(crate) fn least_rotation(from: &Vector, to: &Vector) -> UnitQuaternion<f64> {
    UnitQuaternion::from_quaternion(Quaternion::from_parts(1.0 + from.dot(to), from.cross(to)))
}

/// Where a continuous function is zero, by halving until no number lies between. `None` without a change of sign.
pub(super) fn root(f: impl Fn(f64) -> f64, [mut low, mut high]: [f64; 2]) -> Option<f64> {
    let (at_low, at_high) = (f(low), f(high));
    if at_low == 0.0 {
        return Some(low);
    }
    if at_low.is_nan() || at_high.is_nan() || at_low * at_high > 0.0 {
        return None;
    }
    loop {
        let middle = 0.5 * (low + high);
        if middle <= low || middle >= high {
            return Some(middle);
        }
        let at = f(middle);
        if at == 0.0 {
            return Some(middle);
        }
        if at.signum() == at_low.signum() {
            low = middle;
        } else {
            high = middle;
        }
    }
}
