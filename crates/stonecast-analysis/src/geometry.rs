//! Small geometry in the cast frame: what "horizontal" and "towards the front" mean.

use nalgebra::Vector2;
use stonecast_mesh::{Point, Vector};

/// The part of a vector in the occlusal plane, x to the left and y backwards.
pub fn horizontal(v: Vector) -> Vector2<f64> {
    v.xy()
}

/// The distance of two points in the occlusal plane.
pub fn horizontal_distance(a: &Point, b: &Point) -> f64 {
    horizontal(a - b).norm()
}

/// The middle of two points.
pub fn middle(a: &Point, b: &Point) -> Point {
    nalgebra::center(a, b)
}
