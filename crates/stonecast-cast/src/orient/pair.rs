//! One frame for a pair in occlusion, from what both arches say.
//!
//! Units: mm. Frame: from the upper scan's to the cast frame.

use stonecast_mesh::{RigidMotion, Vector};

use super::Orientation;
use super::pose::frame_at;

/// The cast frame of a pair whose bite is known.
///
/// The axes are the means of both arches' axes, each weighted by its confidence over its squared uncertainty: two
/// arches of one head share one midline and one occlusal plane, and each is measured. An arch that is stated by a
/// person overrules one that is found. Where the two differ by more than 20° one of them is wrong, and only the more
/// confident one speaks. The origin is the upper arch's own.
pub fn cast_frame(
    upper: &Orientation,
    lower: &Orientation,
    upper_scan_from_lower_scan: &RigidMotion,
) -> RigidMotion {
    let upper_axes = axes(upper);
    let lower_axes = axes(lower).map(|axis| upper_scan_from_lower_scan * axis);
    let (mut wu, mut wl) = (weights(upper), weights(lower));
    let apart = |k: usize| upper_axes[k].angle(&lower_axes[k]).to_degrees();
    if apart(0) > 20.0 || apart(2) > 20.0 {
        if lower.confidence > upper.confidence {
            wu = [0.0; 2];
        } else {
            wl = [0.0; 2];
        }
    }
    let mean = |k: usize, u: f64, l: f64| (upper_axes[k] * u + lower_axes[k] * l).normalize();
    let superior = mean(2, wu[0], wl[0]);
    let left = mean(0, wu[1], wl[1]);
    let left = (left - superior * left.dot(&superior)).normalize();
    let posterior = superior.cross(&left);
    let origin = upper.arch_from_scan.inverse().translation.vector.into();
    frame_at(&origin, &left, &posterior, &superior)
}

/// The frame's axes in the scanner's frame.
fn axes(orientation: &Orientation) -> [Vector; 3] {
    let scan_from_arch = orientation.arch_from_scan.rotation.inverse();
    [Vector::x(), Vector::y(), Vector::z()].map(|axis| scan_from_arch * axis)
}

/// For the occlusal axis and for the midline.
fn weights(orientation: &Orientation) -> [f64; 2] {
    let weight = |confidence: f64, uncertainty: f64| {
        // A tenth of a degree: a person's points are not better, and a stated pose, which has no uncertainty, gets
        // the weight of certainty. A confidence of nothing leaves a trace, so that two of them still have a mean.
        confidence.max(1e-6) / uncertainty.max(0.1).powi(2)
    };
    [
        weight(
            orientation.occlusal_confidence,
            orientation.occlusal_uncertainty.0,
        ),
        weight(orientation.midline_confidence, orientation.midline_uncertainty.0),
    ]
}
