//! True distances to the zero surface of an implicit function that is itself only about a distance.
//!
//! Units: mm. Frame: the function's.
//!
//! Steps:
//! 1. `foot`: the place of the surface at which the line to the given point stands upright on it, by linearising the
//!    function again and again where the last guess was.
//! 2. `signed_distance`: the foot found from the point itself, and where the surface enters the ball about the point that
//!    it bounds, since in a groove the two flanks have each a foot of their own, the nearer ones; negative where the
//!    function is.
//!
//! Limits: good up to about half a millimetre from a crown, where its function is smooth; tested there against a
//! search over dense points of the surface. Farther away only the sign and the order of size hold.

use nalgebra::Vector3;

type Vec3 = Vector3<f64>;

/// Width of the difference that gives a gradient, mm: bends of the function by 10 per mm turn it by a 200,000th.
const STEP: f64 = 1e-6;
/// A foot lies on the surface to this, mm.
const ON_SURFACE: f64 = 1e-7;
/// Below this a foot moves no more, mm: the distance is then off by the square of it.
const AT_REST: f64 = 1e-6;
/// A point nearer than this has one foot only, mm: grooves are rounded by more.
const ALONE_WITHIN: f64 = 0.06;
/// Up to this value of the function distances are found exactly, mm.
const EXACT_WITHIN: f64 = 1.0;

/// The gradient at a place where the function has the value given.
fn slope_at(field: &impl Fn(&Vec3) -> f64, p: &Vec3, value: f64) -> Vec3 {
    Vec3::from_fn(|k, _| {
        let mut q = *p;
        q[k] += STEP;
        (field(&q) - value) / (q[k] - p[k])
    })
}

/// The gradient.
pub(crate) fn gradient(field: &impl Fn(&Vec3) -> f64, p: &Vec3) -> Vec3 {
    slope_at(field, p, field(p))
}

/// The point brought onto the surface along the gradient, and the unit normal there.
pub(crate) fn on_surface(field: &impl Fn(&Vec3) -> f64, p: &Vec3) -> Option<(Vec3, Vec3)> {
    let mut q = *p;
    for _ in 0..12 {
        let value = field(&q);
        let slope = slope_at(field, &q, value);
        let square = slope.norm_squared();
        if square < 1e-6 {
            return None;
        }
        if value.abs() < ON_SURFACE {
            return Some((q, slope / square.sqrt()));
        }
        let step = -slope * (value / square);
        q += step * (0.3 / step.norm().max(1e-12)).min(1.0);
    }
    None
}

/// A foot of the point `p` near `start`.
fn foot(field: &impl Fn(&Vec3) -> f64, p: &Vec3, start: &Vec3) -> Option<Vec3> {
    let mut q = *start;
    // Where the surface bends more tightly than the point is far, whole steps go to and fro: then shorter ones.
    let (mut share, mut last) = (1.0, Vec3::zeros());
    for _ in 0..60 {
        let value = field(&q);
        let slope = slope_at(field, &q, value);
        let square = slope.norm_squared();
        if square < 1e-6 {
            return None;
        }
        let next = p - slope * ((value + slope.dot(&(p - q))) / square);
        let step = next - q;
        if step.norm() < AT_REST && value.abs() < AT_REST {
            return Some(next);
        }
        if step.dot(&last) < -0.25 * step.norm() * last.norm() {
            share = f64::max(0.3, 0.7 * share);
        }
        last = step;
        q += step * (0.3 / step.norm().max(1e-12)).min(share);
    }
    // Where the iteration goes round in a tight groove, the last place brought onto the surface is an upper bound.
    on_surface(field, &q).map(|(q, _)| q)
}

/// The distance by the function and its slope alone.
pub(crate) fn first_order(field: &impl Fn(&Vec3) -> f64, p: &Vec3) -> f64 {
    let value = field(p);
    value / slope_at(field, p, value).norm().max(0.1)
}

/// The distance to the surface by the foot next to the point: exact but in grooves.
pub(crate) fn near_distance(field: &impl Fn(&Vec3) -> f64, p: &Vec3) -> f64 {
    let value = field(p);
    if value.abs() > EXACT_WITHIN {
        return value;
    }
    foot(field, p, p).map_or_else(|| first_order(field, p), |q| (q - p).norm().copysign(value))
}

/// The distance to the surface, negative inside.
pub(crate) fn signed_distance(field: &impl Fn(&Vec3) -> f64, p: &Vec3) -> f64 {
    let value = field(p);
    if value.abs() > EXACT_WITHIN {
        return value;
    }
    let Some(first) = foot(field, p, p) else {
        return first_order(field, p);
    };
    let mut least = (first - p).norm();
    if least > ALONE_WITHIN {
        // A ball that the surface enters nowhere has no nearer foot.
        let (u, v) = tangents(&(first - p));
        let w = (first - p) / least;
        for (along, aside) in [(0.6, 0.8), (0.0, 1.0), (-0.8, 0.6)] {
            for k in 0..4 {
                let (sin, cos) = (std::f64::consts::FRAC_PI_2 * f64::from(k)).sin_cos();
                let direction = w * along + (u * cos + v * sin) * aside;
                let rim = p + direction * (0.99 * least);
                if field(&rim) * value < 0.0
                    && let Some(q) = foot(field, p, &rim)
                {
                    least = least.min((q - p).norm());
                }
            }
        }
    }
    least.copysign(value)
}

/// Two unit vectors upright on a direction and on each other.
pub(crate) fn tangents(direction: &Vec3) -> (Vec3, Vec3) {
    let n = direction.try_normalize(1e-12).unwrap_or_else(Vec3::z);
    let askew = if n.x.abs() < 0.6 { Vec3::x() } else { Vec3::y() };
    let u = n.cross(&askew).normalize();
    (u, n.cross(&u))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An ellipsoid's usual function is no distance at all: its slope varies threefold over the surface.
    fn ellipsoid(p: &Vec3) -> f64 {
        0.5 * ((p.x / 3.0).powi(2) + (p.y / 2.0).powi(2) + p.z.powi(2) - 1.0)
    }

    #[test]
    fn distances_to_an_ellipsoid_along_its_normals_are_those_walked() {
        for i in 0..200 {
            let (a, b) = (0.1 + 0.014 * f64::from(i), 0.7 * f64::from(i));
            let p = Vec3::new(3.0 * a.sin() * b.cos(), 2.0 * a.sin() * b.sin(), a.cos());
            let normal = gradient(&ellipsoid, &p).normalize();
            // Its least radius of curvature is 1/3 mm: inside, no foot is farther than that.
            for walked in [-0.1, -0.01, 0.0, 0.03, 0.2, 0.4] {
                let found = signed_distance(&ellipsoid, &(p + normal * walked));
                assert!((found - walked).abs() < 1e-6, "{i}: {found} for {walked}");
            }
        }
    }

    #[test]
    fn in_a_groove_the_nearer_flank_counts() {
        let groove = |p: &Vec3| crate::crown::smin(p.z + p.x, p.z - 0.8 * p.x, 0.05).max(p.z - 4.0);
        // The flank z = -x is a plane at 45 degrees; the groove is rounded within 0.05 mm only.
        for (x, z) in [(0.5_f64, 0.7_f64), (0.45, 0.5), (0.6, 0.9)] {
            let planes = [(z + x) / 2f64.sqrt(), (z - 0.8 * x) / 1.64f64.sqrt()];
            let found = signed_distance(&groove, &Vec3::new(x, 0.3, z));
            assert!(
                (found - planes[0].min(planes[1])).abs() < 1e-6,
                "{found} {planes:?}"
            );
        }
    }
}
