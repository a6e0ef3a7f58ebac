//! The round surface between the corners of a mesh, and gaps to it.
//!
//! Units: mm. Frame: that of the mesh.
//!
//! A scan's vertices lie on the crown; its faces are chords. A face of 0.35 mm on a cusp of 1 mm radius lies 15 µm under it, and
//! on two arches that is a third of a contact's 0.1 mm.
//!
//! Steps
//! 1. `rise`: how far the surface stands above a point of a face, from the normals at the corners, to second order: over an edge
//!    of length h on a sphere of radius R it is h²/8R in the middle, and nothing at the ends.
//! 2. [`place`]: the point on the round surface, and the normal there, between those of the corners.
//! 3. [`gap`]: from the closest point of the mesh to the closest point of the round surface: along the mesh by what the way
//!    to it lies beside the normal, twice.
//!
//! Limits: no rise where normals turn by more than [`SHARP`] over an edge, and none above [`MOST_RISE`]; a gap to the round surface never
//! differs by more than that from the gap to the mesh. Normals feel the scanner's noise: the rise has about a fifth of it.
//!
//! References: the height over an edge is that of T. Nagata, "Simple local interpolation of surfaces using normal vectors",
//! Computer Aided Geometric Design 22 (2005), to second order (general knowledge).

use stonecast_mesh::spatial::{Closest, Feature, Signed, SpatialIndex};
use stonecast_mesh::{FaceId, Point, TriMesh, Vector};

/// Over an edge at which normals turn by more than this the surface is taken as sharp, not round: cosine of 60 degrees.
const SHARP: f64 = 0.5;
/// The round surface stands no higher above a face than this, mm: a sphere of 1 mm radius over an edge of 0.9 mm.
pub(crate) const MOST_RISE: f64 = 0.1;
/// Steps along the mesh to the closest point of the round surface.
const STEPS: usize = 3;
/// A way beside the normal that is shorter than this does not change the gap, mm: it would by its square over twice the radius.
const STRAIGHT: f64 = 1e-3;

/// A gap to a round surface.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RoundGap {
    /// Negative behind it.
    pub signed: f64,
    /// That to the mesh.
    pub flat: f64,
    /// Where it is closest.
    pub at: Point,
    pub normal: Vector,
    pub face: FaceId,
}

/// The point of the round surface over a point of a face, given by its weights, and the unit normal there.
pub(crate) fn place(mesh: &TriMesh, face: FaceId, weights: &[f64; 3]) -> [Vector; 2] {
    let ids = mesh.face(face);
    let normals = mesh.vertex_normals();
    let sum = |of: [Vector; 3]| of[0] * weights[0] + of[1] * weights[1] + of[2] * weights[2];
    let normal = sum(ids.map(|v| normals[v]))
        .try_normalize(0.0)
        .unwrap_or_default();
    let flat = sum(ids.map(|v| mesh.point(v).coords));
    [flat + normal * rise(mesh, face, weights), normal]
}

/// How far the round surface stands above a point of a face; negative in a hollow. Over an edge normals turn, and half their
/// turn along the edge is the rate at which the surface leaves it.
pub(crate) fn rise(mesh: &TriMesh, face: FaceId, weights: &[f64; 3]) -> f64 {
    let ids = mesh.face(face);
    let normals = mesh.vertex_normals();
    let over = |i: usize, j: usize| {
        let [a, b] = [normals[ids[i]], normals[ids[j]]];
        if a.dot(&b) < SHARP {
            return 0.0;
        }
        let along = mesh.point(ids[j]) - mesh.point(ids[i]);
        0.5 * weights[i] * weights[j] * (b - a).dot(&along)
    };
    (over(0, 1) + over(1, 2) + over(2, 0)).clamp(-MOST_RISE, MOST_RISE)
}

/// The weights of a face's corners at a point of it; all on the first where the face has no area.
fn weights(mesh: &TriMesh, face: FaceId, point: &Point) -> [f64; 3] {
    let [a, b, c] = mesh.corners(face);
    let all = (b - a).cross(&(c - a));
    let square = all.norm_squared();
    if square <= 0.0 {
        return [1.0, 0.0, 0.0];
    }
    let part = |p: &Point, q: &Point| (p - point).cross(&(q - point)).dot(&all) / square;
    [part(&b, &c), part(&c, &a), part(&a, &b)]
}

/// The closest point of a mesh, which is likely to lie on a face: it does where it lies farther from the face's sides than
/// from the point, unless the mesh folds onto itself there.
fn closest(index: &SpatialIndex, point: &Point, within: f64, face: FaceId) -> Option<Closest> {
    let on_face = index.closest_on_face(point, face);
    let square = on_face.distance * on_face.distance;
    let [a, b, c] = index.corners(face);
    let clear = |p: &Point, q: &Point| {
        let side = q - p;
        side.cross(&(on_face.point - p)).norm_squared() > square * side.norm_squared()
    };
    if on_face.feature == Feature::Face && clear(&a, &b) && clear(&b, &c) && clear(&c, &a) {
        return Some(on_face);
    }
    index.closest_point_near(point, within, face)
}

/// The gap from a point to the round surface, where that to the mesh is known; `None` where it has no side.
pub(crate) fn gap(mesh: &TriMesh, index: &SpatialIndex, point: &Point, of_mesh: &Signed) -> Option<RoundGap> {
    let flat = of_mesh.value()?;
    let (mut face, mut on_mesh) = (of_mesh.closest.face, of_mesh.closest.point);
    let mut found = None;
    for step in 0..STEPS {
        let [at, normal] = place(mesh, face, &weights(mesh, face, &on_mesh));
        let way = point.coords - at;
        let height = normal.dot(&way);
        found = Some(RoundGap {
            signed: height.clamp(flat - MOST_RISE, flat + MOST_RISE),
            flat,
            at: Point::from(at),
            normal,
            face,
        });
        let beside = way - normal * height;
        let length = beside.norm();
        if length < STRAIGHT || step + 1 == STEPS {
            break;
        }
        let next = closest(index, &(on_mesh + beside), length * 1.001, face)?;
        (face, on_mesh) = (next.face, next.point);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_mesh::spatial::OrientedSurface;
    use stonecast_mesh::surface::shapes::sphere;

    #[test]
    fn gaps_to_a_coarse_ball_are_those_to_the_ball() {
        const RADIUS: f64 = 3.0;
        // Edges of 0.4 mm: the faces lie up to 9 µm under the ball.
        let mesh = sphere(RADIUS, 3);
        let surface = OrientedSurface::build(&mesh);
        let (mut flat_off, mut round_off, mut most) = (0.0, 0.0, 0.0f64);
        for (k, way) in sphere(1.0, 4).points().iter().enumerate() {
            let truth = [0.2, 0.05, 0.0, -0.05][k % 4];
            let point = Point::from(way.coords * (RADIUS + truth));
            let of_mesh = surface.signed_distance(&point, 1.0).unwrap();
            let found = gap(&mesh, surface.index(), &point, &of_mesh).unwrap();
            flat_off += (of_mesh.value().unwrap() - truth).abs();
            round_off += (found.signed - truth).abs();
            most = most.max((found.signed - truth).abs());
            assert!((found.at.coords.norm() - RADIUS).abs() < 1e-3, "{found:?}");
        }
        assert!(round_off < 0.1 * flat_off && most < 1e-3);
    }
}
