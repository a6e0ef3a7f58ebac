//! The triangle mesh: an indexed face set that does not change once made.
//!
//! Algorithms return new meshes. What can be derived (normals, areas, neighbours) is computed when first
//! asked for and kept, so asking twice costs nothing and nothing can go stale.

use std::sync::OnceLock;

use rayon::prelude::*;
use thiserror::Error;

use crate::{FaceData, FaceId, Point, RigidMotion, Vector, VertexData, VertexId, topology::Topology};

/// Why a list of points and triangles is no mesh.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum MeshError {
    /// A triangle names a vertex that does not exist.
    #[error("face {face} names vertex {vertex}, but the mesh has only {vertex_count} vertices")]
    VertexOutOfRange {
        /// The face's position in the list.
        face: usize,
        /// The vertex it names.
        vertex: u32,
        /// How many vertices there are.
        vertex_count: usize,
    },
    /// A coordinate is NaN or infinite.
    #[error("vertex {vertex} has a coordinate that is not a finite number")]
    NotFinite {
        /// The vertex's position in the list.
        vertex: usize,
    },
    /// More elements than 32-bit ids can name.
    #[error("the mesh has {count} elements, more than the 4294967295 that can be numbered")]
    TooLarge {
        /// The declared count.
        count: usize,
    },
}

/// A triangle mesh: finite points and triangles that name existing vertices.
///
/// Nothing more is promised: it may be open, non-manifold, or have degenerate faces. `repair` reports those.
///
/// ```
/// use stonecast_mesh::{Point, TriMesh, VertexId};
/// let points = vec![Point::new(0., 0., 0.), Point::new(2., 0., 0.), Point::new(0., 2., 0.)];
/// let mesh = TriMesh::from_indices(points, &[[0, 1, 2]])?;
/// assert_eq!(mesh.area(), 2.0);
/// # Ok::<(), stonecast_mesh::MeshError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TriMesh {
    points: Vec<Point>,
    faces: Vec<[VertexId; 3]>,
    cache: Cache,
}

#[derive(Clone, Debug, Default)]
struct Cache {
    face_normals: OnceLock<FaceData<Vector>>,
    vertex_normals: OnceLock<VertexData<Vector>>,
    topology: OnceLock<Topology>,
}

impl TriMesh {
    /// A mesh from points and triangles.
    ///
    /// # Errors
    /// The first coordinate that is not finite, or the first triangle that names a missing vertex.
    pub fn new(points: Vec<Point>, faces: Vec<[VertexId; 3]>) -> Result<Self, MeshError> {
        let count = points.len().max(faces.len());
        if u32::try_from(count).is_err() {
            return Err(MeshError::TooLarge { count });
        }
        if let Some(vertex) = points
            .iter()
            .position(|p| !p.coords.iter().all(|c| c.is_finite()))
        {
            return Err(MeshError::NotFinite { vertex });
        }
        let vertex_count = points.len();
        for (face, corners) in faces.iter().enumerate() {
            if let Some(bad) = corners.iter().find(|v| v.index() >= vertex_count) {
                return Err(MeshError::VertexOutOfRange {
                    face,
                    vertex: bad.0,
                    vertex_count,
                });
            }
        }
        Ok(Self {
            points,
            faces,
            cache: Cache::default(),
        })
    }

    /// A mesh from points and triangles given as bare indices.
    ///
    /// # Errors
    /// As [`TriMesh::new`].
    pub fn from_indices(points: Vec<Point>, faces: &[[u32; 3]]) -> Result<Self, MeshError> {
        Self::new(points, faces.iter().map(|f| f.map(VertexId)).collect())
    }

    /// How many vertices.
    pub fn vertex_count(&self) -> usize {
        self.points.len()
    }

    /// How many triangles.
    pub fn face_count(&self) -> usize {
        self.faces.len()
    }

    /// True when there is no triangle.
    pub fn is_empty(&self) -> bool {
        self.faces.is_empty()
    }

    /// All points, in the order of their ids.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// All triangles, in the order of their ids.
    pub fn faces(&self) -> &[[VertexId; 3]] {
        &self.faces
    }

    /// Every vertex id.
    pub fn vertex_ids(&self) -> impl ExactSizeIterator<Item = VertexId> + use<> {
        (0..self.points.len() as u32).map(VertexId)
    }

    /// Every face id.
    pub fn face_ids(&self) -> impl ExactSizeIterator<Item = FaceId> + use<> {
        (0..self.faces.len() as u32).map(FaceId)
    }

    /// The position of a vertex.
    #[inline]
    pub fn point(&self, vertex: VertexId) -> Point {
        self.points[vertex.index()]
    }

    /// The three vertices of a face, counter-clockwise seen from outside.
    #[inline]
    pub fn face(&self, face: FaceId) -> [VertexId; 3] {
        self.faces[face.index()]
    }

    /// The three positions of a face.
    #[inline]
    pub fn corners(&self, face: FaceId) -> [Point; 3] {
        self.faces[face.index()].map(|v| self.points[v.index()])
    }

    /// The face's normal times twice its area.
    #[inline]
    pub fn face_area_vector(&self, face: FaceId) -> Vector {
        let [a, b, c] = self.corners(face);
        (b - a).cross(&(c - a))
    }

    /// The area of a face.
    #[inline]
    pub fn face_area(&self, face: FaceId) -> f64 {
        0.5 * self.face_area_vector(face).norm()
    }

    /// The centre of gravity of a face.
    #[inline]
    pub fn face_centroid(&self, face: FaceId) -> Point {
        let [a, b, c] = self.corners(face);
        Point::from((a.coords + b.coords + c.coords) / 3.0)
    }

    /// The whole area.
    pub fn area(&self) -> f64 {
        self.face_ids().map(|f| self.face_area(f)).sum()
    }

    /// The area-weighted centre of gravity of the surface; `None` when the area is zero.
    pub fn area_centroid(&self) -> Option<Point> {
        let mut sum = Vector::zeros();
        let mut area = 0.0;
        for f in self.face_ids() {
            let a = self.face_area(f);
            sum += self.face_centroid(f).coords * a;
            area += a;
        }
        (area > 0.0).then(|| Point::from(sum / area))
    }

    /// The volume enclosed, by the divergence theorem about the bounding box's centre: meaningful for a
    /// closed mesh, positive when its normals point outwards.
    pub fn signed_volume(&self) -> f64 {
        let Some(bounds) = self.bounds() else { return 0.0 };
        let origin = bounds.center();
        self.face_ids()
            .map(|f| {
                let [a, b, c] = self.corners(f).map(|p| p - origin);
                a.dot(&b.cross(&c)) / 6.0
            })
            .sum()
    }

    /// The sum of the faces' area vectors: zero for a closed mesh, else the area enclosed by the border, as a
    /// vector along its mean normal.
    pub fn area_vector(&self) -> Vector {
        self.face_ids().map(|f| self.face_area_vector(f) * 0.5).sum()
    }

    /// The axis-parallel box around all points; `None` when there are none.
    pub fn bounds(&self) -> Option<Aabb> {
        Aabb::around(self.points.iter().copied())
    }

    /// Unit normals of the faces; zero for a degenerate face.
    pub fn face_normals(&self) -> &FaceData<Vector> {
        self.cache.face_normals.get_or_init(|| {
            let normals = (0..self.faces.len() as u32)
                .into_par_iter()
                .with_min_len(4096)
                .map(|f| unit_or_zero(self.face_area_vector(FaceId(f))))
                .collect();
            FaceData::from_vec(normals)
        })
    }

    /// Unit normals of the vertices, each the mean of its faces' normals weighted by the corner's angle, so
    /// that it does not depend on the triangulation; zero for a vertex without a proper face.
    pub fn vertex_normals(&self) -> &VertexData<Vector> {
        self.cache.vertex_normals.get_or_init(|| {
            let mut sums = vec![Vector::zeros(); self.points.len()];
            let face_normals = self.face_normals();
            // The angles side by side, the sums in the order of the faces: the same on any number of threads.
            let angles: Vec<[f64; 3]> = (0..self.faces.len() as u32)
                .into_par_iter()
                .with_min_len(4096)
                .map(|f| {
                    let corners = self.corners(FaceId(f));
                    [0, 1, 2].map(|i| {
                        let u = corners[(i + 1) % 3] - corners[i];
                        let v = corners[(i + 2) % 3] - corners[i];
                        u.cross(&v).norm().atan2(u.dot(&v))
                    })
                })
                .collect();
            for (f, angles) in self.face_ids().zip(&angles) {
                for (v, angle) in self.face(f).into_iter().zip(angles) {
                    sums[v.index()] += face_normals[f] * *angle;
                }
            }
            VertexData::from_vec(sums.into_iter().map(unit_or_zero).collect())
        })
    }

    /// Who neighbours whom, computed when first asked for.
    pub fn topology(&self) -> &Topology {
        self.cache
            .topology
            .get_or_init(|| Topology::build(self.points.len(), &self.faces))
    }

    /// The same mesh in another frame.
    pub fn transformed(&self, target_from_source: &RigidMotion) -> Self {
        let points = self.points.iter().map(|p| target_from_source * p).collect();
        Self::from_trusted(points, self.faces.clone())
    }

    /// Every point mapped; the faces stay. Points that `map` makes non-finite are an error.
    ///
    /// # Errors
    /// The first vertex whose image is not finite.
    pub fn map_points(&self, map: impl FnMut(&Point) -> Point) -> Result<Self, MeshError> {
        Self::new(self.points.iter().map(map).collect(), self.faces.clone())
    }

    /// The mesh turned inside out: every face's order reversed.
    pub fn flipped(&self) -> Self {
        let faces = self.faces.iter().map(|&[a, b, c]| [a, c, b]).collect();
        Self::from_trusted(self.points.clone(), faces)
    }

    /// The faces chosen by `keep`, with the vertices that they use, both in their old order.
    pub fn submesh(&self, keep: impl Fn(FaceId) -> bool) -> Submesh {
        let mut new_of_old = vec![u32::MAX; self.points.len()];
        let face_of: Vec<FaceId> = self.face_ids().filter(|&f| keep(f)).collect();
        for &f in &face_of {
            for v in self.face(f) {
                new_of_old[v.index()] = 0;
            }
        }
        let mut vertex_of = Vec::new();
        for v in self.vertex_ids() {
            if new_of_old[v.index()] == 0 {
                new_of_old[v.index()] = vertex_of.len() as u32;
                vertex_of.push(v);
            }
        }
        let points = vertex_of.iter().map(|&v| self.point(v)).collect();
        let faces = face_of
            .iter()
            .map(|&f| self.face(f).map(|v| VertexId(new_of_old[v.index()])))
            .collect();
        Submesh {
            mesh: Self::from_trusted(points, faces),
            vertex_of,
            face_of,
        }
    }

    /// Several meshes as one, vertices not shared.
    pub fn joined<'a>(parts: impl IntoIterator<Item = &'a TriMesh>) -> Self {
        let mut points = Vec::new();
        let mut faces = Vec::new();
        for part in parts {
            let offset = points.len() as u32;
            points.extend_from_slice(&part.points);
            faces.extend(part.faces.iter().map(|f| f.map(|v| VertexId(v.0 + offset))));
        }
        Self::from_trusted(points, faces)
    }

    /// The mesh, told who neighbours whom so that it need not find out.
    pub(crate) fn with_topology(self, topology: Topology) -> Self {
        Self {
            cache: Cache {
                topology: OnceLock::from(topology),
                ..self.cache
            },
            ..self
        }
    }

    /// For callers inside the crate that have kept the invariants by construction.
    pub(crate) fn from_trusted(points: Vec<Point>, faces: Vec<[VertexId; 3]>) -> Self {
        debug_assert!(faces.iter().flatten().all(|v| v.index() < points.len()));
        Self {
            points,
            faces,
            cache: Cache::default(),
        }
    }
}

/// Equal when points and faces are equal bit for bit; what is cached does not count.
impl PartialEq for TriMesh {
    fn eq(&self, other: &Self) -> bool {
        self.points == other.points && self.faces == other.faces
    }
}

/// A part of a mesh, and where each of its elements came from.
#[derive(Clone, Debug)]
pub struct Submesh {
    /// The part.
    pub mesh: TriMesh,
    /// For each vertex of the part, the vertex of the whole.
    pub vertex_of: Vec<VertexId>,
    /// For each face of the part, the face of the whole.
    pub face_of: Vec<FaceId>,
}

/// An axis-parallel box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aabb {
    /// The corner with the least coordinates.
    pub min: Point,
    /// The corner with the greatest coordinates.
    pub max: Point,
}

impl Aabb {
    /// The smallest box around the points; `None` when there are none.
    pub fn around(points: impl IntoIterator<Item = Point>) -> Option<Self> {
        let mut points = points.into_iter();
        let first = points.next()?;
        Some(points.fold(
            Self {
                min: first,
                max: first,
            },
            |b, p| Self {
                min: b.min.inf(&p),
                max: b.max.sup(&p),
            },
        ))
    }

    /// The box's centre.
    pub fn center(&self) -> Point {
        nalgebra::center(&self.min, &self.max)
    }

    /// The edge lengths.
    pub fn extent(&self) -> Vector {
        self.max - self.min
    }

    /// The length of the space diagonal.
    pub fn diagonal(&self) -> f64 {
        self.extent().norm()
    }
}

fn unit_or_zero(v: Vector) -> Vector {
    let norm = v.norm();
    if norm > 0.0 { v / norm } else { Vector::zeros() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tetrahedron() -> TriMesh {
        let points = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 1.]]
            .map(Point::from)
            .to_vec();
        TriMesh::from_indices(points, &[[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]]).unwrap()
    }

    #[test]
    fn a_closed_mesh_has_volume_and_no_area_vector() {
        let mesh = tetrahedron();
        assert!((mesh.signed_volume() - 1.0 / 6.0).abs() < 1e-15);
        assert!(mesh.area_vector().norm() < 1e-15);
        assert!((mesh.flipped().signed_volume() + 1.0 / 6.0).abs() < 1e-15);
    }

    #[test]
    fn bad_input_is_named() {
        let points = vec![Point::new(0., 0., f64::NAN)];
        assert_eq!(
            TriMesh::new(points, vec![]),
            Err(MeshError::NotFinite { vertex: 0 })
        );
        let error = TriMesh::from_indices(vec![Point::origin()], &[[0, 0, 0], [0, 0, 7]]).unwrap_err();
        assert_eq!(
            error,
            MeshError::VertexOutOfRange {
                face: 1,
                vertex: 7,
                vertex_count: 1
            }
        );
    }

    #[test]
    fn a_submesh_remembers_where_it_came_from() {
        let mesh = tetrahedron();
        let part = mesh.submesh(|f| f.0 == 2);
        assert_eq!(part.mesh.vertex_count(), 3);
        assert_eq!(part.face_of, [FaceId(2)]);
        for v in part.mesh.vertex_ids() {
            assert_eq!(part.mesh.point(v), mesh.point(part.vertex_of[v.index()]));
        }
    }

    #[test]
    fn normals_are_units_and_point_outwards() {
        let mesh = tetrahedron();
        let centre = mesh.area_centroid().unwrap();
        for v in mesh.vertex_ids() {
            let n = mesh.vertex_normals()[v];
            assert!((n.norm() - 1.0).abs() < 1e-12);
            assert!(n.dot(&(mesh.point(v) - centre)) > 0.0);
        }
    }
}
