//! One triangle: its closest point, and where a ray meets it.

use crate::{Point, Vector};

/// Which part of a triangle a closest point lies on; corners are numbered as in [`crate::TriMesh::face`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Inside the triangle.
    Face,
    /// On the side from this corner to the next.
    Edge(u8),
    /// On this corner.
    Corner(u8),
}

/// A triangle whose angle at corner 0 has a sine below the root of this loses half its digits in the Voronoi test.
const SLIVER: f64 = 1e-10;

/// The closest point of a triangle and the feature it lies on, by the Voronoi regions of its features
/// (C. Ericson, Real-Time Collision Detection, 2005, section 5.1.5); degenerate triangles side by side.
pub(crate) fn closest_on_triangle(p: &Point, corners: &[Point; 3]) -> (Point, Feature) {
    let [a, b, c] = corners;
    let (ab, ac, ap) = (b - a, c - a, p - a);
    if ab.cross(&ac).norm_squared() <= SLIVER * ab.norm_squared() * ac.norm_squared() {
        return closest_on_sliver(p, corners);
    }
    let (d1, d2) = (ab.dot(&ap), ac.dot(&ap));
    if d1 <= 0.0 && d2 <= 0.0 {
        return (*a, Feature::Corner(0));
    }
    let bp = p - b;
    let (d3, d4) = (ab.dot(&bp), ac.dot(&bp));
    if d3 >= 0.0 && d4 <= d3 {
        return (*b, Feature::Corner(1));
    }
    let vc = d1 * d4 - d3 * d2;
    if vc <= 0.0 && d1 >= 0.0 && d3 <= 0.0 {
        return (a + ab * (d1 / (d1 - d3)), Feature::Edge(0));
    }
    let cp = p - c;
    let (d5, d6) = (ab.dot(&cp), ac.dot(&cp));
    if d6 >= 0.0 && d5 <= d6 {
        return (*c, Feature::Corner(2));
    }
    let vb = d5 * d2 - d1 * d6;
    if vb <= 0.0 && d2 >= 0.0 && d6 <= 0.0 {
        return (a + ac * (d2 / (d2 - d6)), Feature::Edge(2));
    }
    let va = d3 * d6 - d5 * d4;
    if va <= 0.0 && (d4 - d3) >= 0.0 && (d5 - d6) >= 0.0 {
        return (
            b + (c - b) * ((d4 - d3) / ((d4 - d3) + (d5 - d6))),
            Feature::Edge(1),
        );
    }
    let sum = va + vb + vc;
    (a + ab * (vb / sum) + ac * (vc / sum), Feature::Face)
}

/// Of a triangle without a usable plane: the closest point of its sides, which is the whole of it to within the
/// hundred-thousandth part of its longest side.
fn closest_on_sliver(p: &Point, corners: &[Point; 3]) -> (Point, Feature) {
    let mut best = (corners[0], Feature::Corner(0));
    let mut least = (corners[0] - p).norm_squared();
    for i in 0..3 {
        let (a, b) = (corners[i], corners[(i + 1) % 3]);
        let ab = b - a;
        let along = ab.dot(&(p - a));
        let (point, feature) = if along <= 0.0 {
            (a, Feature::Corner(i as u8))
        } else if along >= ab.norm_squared() {
            (b, Feature::Corner((i as u8 + 1) % 3))
        } else {
            (a + ab * (along / ab.norm_squared()), Feature::Edge(i as u8))
        };
        let distance = (point - p).norm_squared();
        if distance < least {
            (best, least) = ((point, feature), distance);
        }
    }
    best
}

/// A ray prepared for many triangles: the axes turned so that its greatest component comes last, and sheared so that
/// it runs along that axis.
///
/// This work is based on: S. Woop, C. Benthin, I. Wald, "Watertight ray/triangle intersection", JCGT 2(1) (2013). The test
/// on a shared edge gives the two triangles exactly opposite numbers, so no ray slips between them.
pub(crate) struct Shear {
    origin: Point,
    axes: [usize; 3],
    shear: [f64; 3],
}

impl Shear {
    pub(crate) fn new(origin: &Point, direction: &Vector) -> Self {
        let z = direction.iamax();
        let axes = [(z + 1) % 3, (z + 2) % 3, z];
        Self {
            origin: *origin,
            axes,
            shear: [
                direction[axes[0]] / direction[z],
                direction[axes[1]] / direction[z],
                1.0 / direction[z],
            ],
        }
    }

    /// Where the ray's line meets the triangle: its parameter, and the weights of the corners.
    pub(crate) fn meet(&self, corners: &[Point; 3]) -> Option<(f64, [f64; 3])> {
        let [x, y, z] = self.axes;
        let sheared = corners.map(|p| {
            let v = p - self.origin;
            [v[x] - self.shear[0] * v[z], v[y] - self.shear[1] * v[z]]
        });
        let edge = |i: usize, j: usize| sheared[i][0] * sheared[j][1] - sheared[i][1] * sheared[j][0];
        let sides = [edge(1, 2), edge(2, 0), edge(0, 1)];
        let any_less = sides.iter().any(|&s| s < 0.0);
        let any_more = sides.iter().any(|&s| s > 0.0);
        let sum = sides[0] + sides[1] + sides[2];
        if (any_less && any_more) || sum == 0.0 {
            return None;
        }
        let weights = sides.map(|s| s / sum);
        let t = (0..3)
            .map(|i| weights[i] * (corners[i][z] - self.origin[z]))
            .sum::<f64>()
            * self.shear[2];
        t.is_finite().then_some((t, weights))
    }
}
