//! How far off a point of the lower jaw may be along a motion, because the hinge axis is known only so well.
//!
//! Units: mm. Frame: the cast frame.
//!
//! Steps: [`Articulator::axis_spread`]
//! 1. `moved_axes`: each end of the axis is moved by the mounting's standard deviation, backward and upward: four axes.
//! 2. The motion is made about each; what a point then is away from its place adds in quadrature.
//!
//! Limits: to first order in the standard deviation, the four taken for independent. How well the settings and the normal of the
//! reference plane are known is not in it.

use stonecast_dental::{Mm, Side};
use stonecast_mesh::{Point, Vector};

use super::{Articulator, ArticulatorError, MotionRequest};
use crate::mounting::MountingError;
use crate::plane::ReferencePlane;

impl Articulator {
    /// The standard deviation of the place of a lower point, given where it is in the closed bite, at each step of a motion.
    /// `None` where nobody said how well the axis is known.
    ///
    /// ```
    /// use stonecast_articulator::{Articulator, MotionKind, MotionRequest, Mounting, MountingInput, Settings};
    /// let incisal = [0.0, 2.0, 1.0];
    /// let mounting = Mounting::average(&MountingInput::in_cast_frame(incisal))?;
    /// let articulator = Articulator::new(mounting, Settings::preset("generic")?)?;
    /// let spread = articulator.axis_spread(&MotionRequest::usual(MotionKind::Opening), incisal)?.unwrap();
    /// // Nothing in the closed bite, however badly the axis is known; the more the wider it is opened.
    /// assert!(spread[0].0 < 1e-9 && spread[25].0 < spread[50].0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// If the motion cannot be made.
    pub fn axis_spread(
        &self,
        request: &MotionRequest,
        closed: [f64; 3],
    ) -> Result<Option<Vec<Mm>>, ArticulatorError> {
        let Some(sd) = self.mounting.uncertainty else {
            return Ok(None);
        };
        let path = self.path(request)?;
        let mut squares = vec![0.0; path.steps.len()];
        for moved in self.moved_axes(sd.0)? {
            let other = moved.path(request)?;
            for ((square, step), there) in squares.iter_mut().zip(&path.steps).zip(&other.steps) {
                let closed = Point::from(closed);
                let apart = there.moved_from_closed * closed - step.moved_from_closed * closed;
                *square += apart.norm_squared();
            }
        }
        Ok(Some(
            squares.into_iter().map(|square| Mm(square.sqrt())).collect(),
        ))
    }

    fn moved_axes(&self, sd: f64) -> Result<Vec<Self>, ArticulatorError> {
        let mut moved = Vec::new();
        for side in [Side::Right, Side::Left] {
            for direction in [self.mounting.plane.posterior, self.mounting.plane.superior] {
                let mut other = self.clone();
                let end = match side {
                    Side::Right => &mut other.mounting.condyles.right,
                    Side::Left => &mut other.mounting.condyles.left,
                };
                *end = (Vector::from(*end) + Vector::from(direction) * sd).into();
                let plane = self.mounting.plane;
                let turned =
                    ReferencePlane::from_normal(plane.name, plane.superior.into(), other.mounting.axis());
                other.mounting.plane = turned.ok_or(MountingError::Directions)?;
                moved.push(other);
            }
        }
        Ok(moved)
    }
}
