//! Each triangle in four, the surface unchanged.
//!
//! Units: those of the mesh. Frame: any. Old vertices keep their ids; a vertex is added at the middle of each edge.
//! Face `f` becomes the faces `4f` to `4f + 3`, so a label per face carries over by division.

use crate::{FaceId, TriMesh, VertexId};

/// A subdivided mesh.
#[derive(Clone, Debug)]
pub struct Subdivided {
    /// The mesh.
    pub mesh: TriMesh,
    /// For each vertex the ends of the edge it halves; an old vertex twice itself.
    pub edge_of: Vec<[VertexId; 2]>,
}

impl Subdivided {
    /// The face that a face came from.
    pub fn face_of(&self, face: FaceId) -> FaceId {
        FaceId(face.0 / 4)
    }
}

/// Splits every triangle at the middles of its edges. Degenerate faces (a vertex named twice) are repeated four times.
pub fn subdivide(mesh: &TriMesh) -> Subdivided {
    let topology = mesh.topology();
    let first_new = mesh.vertex_count() as u32;
    let mut points = mesh.points().to_vec();
    let mut edge_of: Vec<[VertexId; 2]> = mesh.vertex_ids().map(|v| [v, v]).collect();
    for e in topology.edges() {
        let [a, b] = e.ends;
        points.push(nalgebra::center(&mesh.point(a), &mesh.point(b)));
        edge_of.push([a, b]);
    }
    let faces = mesh
        .face_ids()
        .flat_map(|f| {
            let [a, b, c] = mesh.face(f);
            let middle = |corner| {
                topology
                    .edge_index(f, corner)
                    .map(|e| VertexId(first_new + e as u32))
            };
            match (middle(0), middle(1), middle(2)) {
                (Some(ab), Some(bc), Some(ca)) => [[a, ab, ca], [b, bc, ab], [c, ca, bc], [ab, bc, ca]],
                _ => [[a, b, c]; 4],
            }
        })
        .collect();
    Subdivided {
        mesh: TriMesh::from_trusted(points, faces),
        edge_of,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::shapes;

    #[test]
    fn the_surface_is_the_same_with_four_times_the_faces() {
        let ring = shapes::torus(5.0, 2.0, 20, 12);
        let finer = subdivide(&ring);
        assert_eq!(finer.mesh.face_count(), 4 * ring.face_count());
        assert!((finer.mesh.area() - ring.area()).abs() < 1e-9);
        assert!(finer.mesh.topology().is_closed(&finer.mesh));
        assert_eq!(finer.mesh.points()[..ring.vertex_count()], *ring.points());
        for f in finer.mesh.face_ids() {
            let (small, large) = (
                finer.mesh.face_normals()[f],
                ring.face_normals()[finer.face_of(f)],
            );
            assert!((small - large).norm() < 1e-9);
        }
        for v in finer.mesh.vertex_ids() {
            let [a, b] = finer.edge_of[v.index()];
            assert_eq!(
                finer.mesh.point(v),
                nalgebra::center(&ring.point(a), &ring.point(b))
            );
        }
    }
}
