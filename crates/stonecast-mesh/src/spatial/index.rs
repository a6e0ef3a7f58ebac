//! The index: what can be asked of the triangles of a mesh.

use crate::{FaceId, Point, TriMesh, Vector};

use super::{
    build,
    closest::Best,
    tree::Tree,
    triangle::{Feature, closest_on_triangle},
};

/// The closest point of a surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closest {
    /// The triangle it lies on; of several at the same distance the one with the smallest id.
    pub face: FaceId,
    /// Which part of the triangle.
    pub feature: Feature,
    /// Where.
    pub point: Point,
    /// How far, never negative.
    pub distance: f64,
}

/// Where a ray meets a surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RayHit {
    /// The triangle that is met.
    pub face: FaceId,
    /// The ray's parameter: `point = origin + t * direction`.
    pub t: f64,
    /// Where.
    pub point: Point,
    /// Barycentric weights of the face's three corners.
    pub weights: [f64; 3],
}

/// A tree of boxes over the triangles of a mesh.
///
/// It keeps its own copy of the triangles, 90 bytes each with the tree, so it may outlive the mesh. All answers are
/// exact: what a search over all faces in `f64` would give, on any number of threads. A query that is not a finite
/// number has no answer.
///
/// ```
/// use stonecast_mesh::{FaceId, Point, TriMesh, Vector, spatial::SpatialIndex};
/// let points = vec![Point::new(0., 0., 0.), Point::new(2., 0., 0.), Point::new(0., 2., 0.)];
/// let mesh = TriMesh::from_indices(points, &[[0, 1, 2]])?;
/// let index = SpatialIndex::build(&mesh);
/// let closest = index.closest_point(&Point::new(0.5, 0.5, 3.0), f64::INFINITY).expect("there is a face");
/// assert_eq!((closest.face, closest.distance), (FaceId(0), 3.0));
/// assert!(index.closest_point(&Point::new(0.5, 0.5, 3.0), 2.9).is_none());
/// let down = index.ray(&Point::new(0.5, 0.5, 3.0), &Vector::new(0., 0., -1.), 10.0);
/// assert_eq!(down.map(|hit| hit.t), Some(3.0));
/// # Ok::<(), stonecast_mesh::MeshError>(())
/// ```
#[derive(Clone, Debug)]
pub struct SpatialIndex {
    pub(super) tree: Tree,
}

impl SpatialIndex {
    /// Builds the index of a mesh, on all threads.
    pub fn build(mesh: &TriMesh) -> Self {
        Self {
            tree: build::build(mesh),
        }
    }

    /// How many triangles.
    pub fn face_count(&self) -> usize {
        self.tree.slot_of_face.len()
    }

    /// The three corners of a triangle.
    pub fn corners(&self, face: FaceId) -> [Point; 3] {
        self.tree.triangle(face.0)
    }

    /// The closest point of the surface that is no farther than `max_distance`.
    pub fn closest_point(&self, query: &Point, max_distance: f64) -> Option<Closest> {
        if max_distance.is_nan() || max_distance < 0.0 {
            return None;
        }
        let mut best = Best::within(max_distance);
        self.tree.closest(query, &mut best);
        best.found()
    }

    /// As [`SpatialIndex::closest_point`], with a face that is likely near: the same answer, found sooner.
    pub fn closest_point_near(&self, query: &Point, max_distance: f64, hint: FaceId) -> Option<Closest> {
        if max_distance.is_nan() || max_distance < 0.0 {
            return None;
        }
        let mut best = Best::within(max_distance);
        best.offer(query, &self.corners(hint), hint.0);
        self.tree.closest(query, &mut best);
        best.found()
    }

    /// The closest point of one face, however near others are.
    pub fn closest_on_face(&self, query: &Point, face: FaceId) -> Closest {
        let (point, feature) = closest_on_triangle(query, &self.corners(face));
        let distance = (point - query).norm_squared().sqrt();
        Closest {
            face,
            feature,
            point,
            distance,
        }
    }

    /// The first meeting of the ray with the surface, from either side, with `0 <= t <= max_t`; of several at the same
    /// `t` the face with the smallest id.
    ///
    /// `direction` may have any length; `t` counts in it. A ray that lies in a face's plane does not meet it.
    pub fn ray(&self, origin: &Point, direction: &Vector, max_t: f64) -> Option<RayHit> {
        let mut best: Option<RayHit> = None;
        self.tree.cross(origin, direction, max_t, |hit| {
            if best.is_none_or(|b| (hit.t, hit.face) < (b.t, b.face)) {
                best = Some(hit);
            }
            best.map(|b| b.t)
        });
        best
    }

    /// Every meeting of the ray with the surface, with `0 <= t <= max_t`, sorted by `t` and then by face. A ray through
    /// an edge meets both its faces.
    pub fn ray_all(&self, origin: &Point, direction: &Vector, max_t: f64) -> Vec<RayHit> {
        let mut hits = Vec::new();
        self.tree.cross(origin, direction, max_t, |hit| {
            hits.push(hit);
            Some(max_t)
        });
        hits.sort_by(|a, b| a.t.total_cmp(&b.t).then(a.face.cmp(&b.face)));
        hits
    }

    /// Whether the ray meets the surface at all with `0 <= t <= max_t`: for shadows and lines of sight.
    pub fn ray_any(&self, origin: &Point, direction: &Vector, max_t: f64) -> bool {
        let mut met = false;
        self.tree.cross(origin, direction, max_t, |_| {
            met = true;
            None
        });
        met
    }
}
