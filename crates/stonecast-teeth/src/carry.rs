//! Labels of a cleaned surface, carried back to the vertices and faces of the file that it was cleaned from.
//!
//! Units: mm. Frame: the scanner's, which cleaning leaves alone.
//!
//! Steps
//! 1. [`vertex_labels`]: a vertex of the cleaned surface is what most of the surface round it is, by area.
//! 2. `counterparts`: the vertices that cleaning kept, by its own record; those that it welded, by their position.
//! 3. `carried_faces`: a face whose three corners were kept is the cleaned face on them.
//! 4. What was dropped or replaced takes the label of the closest place within [`REACH`]; what lies farther away
//!    belongs to no tooth.
//!
//! Limits: a face that cleaning split or turned into another takes the label of the place closest to its centroid.

use std::collections::HashMap;

use stonecast_cast::clean::Cleaned;
use stonecast_dental::Fdi;
use stonecast_mesh::{FaceData, FaceId, Point, TriMesh, VertexData, VertexId, spatial::SpatialIndex};

/// How far (mm) a dropped vertex or face may lie from the cleaned surface and still be of its tooth: about a face of
/// a coarse scan, the size of the flaps and crossings that cleaning drops.
pub const REACH: f64 = 1.0;

/// Labels for every vertex and face of a file's surface, in its order.
#[derive(Clone, Debug, PartialEq)]
pub struct CarriedLabels {
    /// For each vertex its tooth; `None` is gum. Vertices that no face uses have a label too.
    pub vertices: VertexData<Option<Fdi>>,
    /// For each face its tooth; `None` is gum.
    pub faces: FaceData<Option<Fdi>>,
}

/// Labels of vertices: of the teeth and the gum that meet at a vertex, the one with most of the area of the faces there.
pub fn vertex_labels(mesh: &TriMesh, face_labels: &FaceData<Option<Fdi>>) -> VertexData<Option<Fdi>> {
    let topology = mesh.topology();
    let of_vertex = |v: VertexId| {
        let faces = topology.faces_of(v);
        let first = face_labels[*faces.first()?];
        if faces.iter().all(|f| face_labels[*f] == first) {
            return first;
        }
        largest(mesh, faces, face_labels)
    };
    VertexData::from_vec(mesh.vertex_ids().map(of_vertex).collect())
}

fn largest(mesh: &TriMesh, faces: &[FaceId], face_labels: &FaceData<Option<Fdi>>) -> Option<Fdi> {
    let mut shares: Vec<(Option<Fdi>, f64)> = Vec::new();
    for &f in faces {
        let area = mesh.face_area(f);
        match shares.iter_mut().find(|(label, _)| *label == face_labels[f]) {
            Some((_, share)) => *share += area,
            None => shares.push((face_labels[f], area)),
        }
    }
    let largest = shares.iter().max_by(|a, b| a.1.total_cmp(&b.1));
    largest.and_then(|(label, _)| *label)
}

/// Carries the labels of a cleaned surface's faces back to the surface that was cleaned, `original`.
pub fn carry_back(
    original: &TriMesh,
    cleaned: &Cleaned,
    face_labels: &FaceData<Option<Fdi>>,
) -> CarriedLabels {
    let on_cleaned = vertex_labels(&cleaned.mesh, face_labels);
    let counterpart = counterparts(original, cleaned);
    let mut far = Far::new(&cleaned.mesh);
    let mut vertices: Vec<Option<Fdi>> = counterpart
        .iter()
        .map(|v| v.and_then(|v| on_cleaned[v]))
        .collect();
    let orphans: Vec<usize> = (0..vertices.len())
        .filter(|&i| counterpart[i].is_none())
        .collect();
    let places: Vec<Point> = orphans.iter().map(|&i| original.points()[i]).collect();
    for (i, near) in orphans.into_iter().zip(far.nearest_vertices(&places)) {
        vertices[i] = near.and_then(|v| on_cleaned[v]);
    }
    CarriedLabels {
        vertices: VertexData::from_vec(vertices),
        faces: carried_faces(original, cleaned, &counterpart, face_labels, &mut far),
    }
}

/// For each vertex of the original, a vertex of the cleaned surface at the same position.
fn counterparts(original: &TriMesh, cleaned: &Cleaned) -> Vec<Option<VertexId>> {
    let mut counterpart = vec![None; original.vertex_count()];
    for (v, old) in cleaned.vertex_of.iter().enumerate() {
        if let Some(old) = old {
            counterpart[old.index()] = Some(VertexId::new(v));
        }
    }
    if counterpart.iter().any(Option::is_none) {
        let bits = |p: &Point| [p.x, p.y, p.z].map(|c| (c + 0.0).to_bits());
        let at: HashMap<[u64; 3], VertexId> = cleaned
            .mesh
            .vertex_ids()
            .map(|v| (bits(&cleaned.mesh.point(v)), v))
            .collect();
        for (found, point) in counterpart.iter_mut().zip(original.points()) {
            *found = found.or_else(|| at.get(&bits(point)).copied());
        }
    }
    counterpart
}

fn carried_faces(
    original: &TriMesh,
    cleaned: &Cleaned,
    counterpart: &[Option<VertexId>],
    face_labels: &FaceData<Option<Fdi>>,
    far: &mut Far<'_>,
) -> FaceData<Option<Fdi>> {
    let topology = cleaned.mesh.topology();
    let kept_face = |f: FaceId| {
        let [a, b, c] = original.face(f).map(|v| counterpart[v.index()]);
        let (a, b, c) = (a?, b?, c?);
        let on_them = |g: &&FaceId| {
            let corners = cleaned.mesh.face(**g);
            corners.contains(&b) && corners.contains(&c)
        };
        topology.faces_of(a).iter().find(on_them).copied()
    };
    let kept: Vec<Option<FaceId>> = original.face_ids().map(kept_face).collect();
    let orphans: Vec<FaceId> = original
        .face_ids()
        .filter(|f| kept[f.index()].is_none())
        .collect();
    let centroids: Vec<Point> = orphans.iter().map(|&f| original.face_centroid(f)).collect();
    let mut labels: Vec<Option<Fdi>> = kept.iter().map(|f| f.and_then(|f| face_labels[f])).collect();
    for (f, near) in orphans.into_iter().zip(far.nearest_faces(&centroids)) {
        labels[f.index()] = near.and_then(|g| face_labels[g]);
    }
    FaceData::from_vec(labels)
}

/// The cleaned surface as it is searched for what has no counterpart on it; few files need that.
struct Far<'a> {
    mesh: &'a TriMesh,
    index: Option<SpatialIndex>,
}

impl<'a> Far<'a> {
    fn new(mesh: &'a TriMesh) -> Self {
        Self { mesh, index: None }
    }

    fn nearest_faces(&mut self, places: &[Point]) -> Vec<Option<FaceId>> {
        self.nearest(places, |_, closest| closest.face)
    }

    fn nearest_vertices(&mut self, places: &[Point]) -> Vec<Option<VertexId>> {
        self.nearest(places, |mesh, closest| {
            let apart = |v: &VertexId| (mesh.point(*v) - closest.point).norm_squared();
            let [a, b, c] = mesh.face(closest.face);
            [b, c]
                .into_iter()
                .fold(a, |best, v| if apart(&v) < apart(&best) { v } else { best })
        })
    }

    fn nearest<T>(
        &mut self,
        places: &[Point],
        take: impl Fn(&TriMesh, &stonecast_mesh::spatial::Closest) -> T,
    ) -> Vec<Option<T>> {
        if places.is_empty() {
            return Vec::new();
        }
        let mesh = self.mesh;
        let index = self.index.get_or_insert_with(|| SpatialIndex::build(mesh));
        index
            .closest_field(places, REACH)
            .iter()
            .map(|closest| closest.as_ref().map(|closest| take(mesh, closest)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_cast::clean::{CleanParams, clean};
    use stonecast_mesh::Vector;
    use stonecast_testkit::demo;

    /// The truth of a synthetic arch, carried from the cleaned form of `file` back to it.
    fn carried(file: &TriMesh, arch: &stonecast_testkit::pair::SyntheticArch) -> CarriedLabels {
        let cleaned = clean(file, None, &CleanParams::default()).unwrap().value;
        let truth = SpatialIndex::build(&arch.mesh);
        let of_face = |f| {
            let closest = truth.closest_point(&cleaned.mesh.face_centroid(f), 1.0);
            closest.and_then(|c| arch.truth.face_labels[c.face])
        };
        let labels = FaceData::from_vec(cleaned.mesh.face_ids().map(of_face).collect());
        carry_back(file, &cleaned, &labels)
    }

    #[test]
    fn a_clean_file_gets_its_own_labels_back() {
        let arch = demo().upper;
        let labels = carried(&arch.mesh, &arch);
        assert_eq!(labels.faces, arch.truth.face_labels);
        assert_eq!(
            labels.vertices,
            vertex_labels(&arch.mesh, &arch.truth.face_labels)
        );
    }

    #[test]
    fn shuffled_unwelded_and_unused_vertices_are_labelled_in_the_order_of_the_file() {
        let arch = demo().lower;
        // Every face with corners of its own, the faces backwards, vertices that no face uses at both ends, and a
        // crumb that cleaning drops.
        let mut points = vec![arch.mesh.points()[0]];
        let mut faces = Vec::new();
        let order: Vec<FaceId> = arch
            .mesh
            .face_ids()
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .collect();
        for &f in &order {
            let first = points.len() as u32;
            points.extend(arch.mesh.corners(f));
            faces.push([first, first + 1, first + 2]);
        }
        let far = points[1] + Vector::new(0.0, 0.0, 50.0);
        let crumb = points.len() as u32;
        points.extend([far, far + Vector::x(), far + Vector::y()]);
        faces.push([crumb, crumb + 1, crumb + 2]);
        points.push(far + Vector::new(300.0, 0.0, 0.0));
        let file = TriMesh::from_indices(points, &faces).unwrap();

        let labels = carried(&file, &arch);
        assert_eq!(labels.vertices.len(), file.vertex_count());
        assert_eq!(labels.faces.len(), file.face_count());
        let on_vertices = vertex_labels(&arch.mesh, &arch.truth.face_labels);
        assert_eq!(labels.vertices.as_slice()[0], on_vertices.as_slice()[0]);
        for (i, &f) in order.iter().enumerate() {
            assert_eq!(labels.faces.as_slice()[i], arch.truth.face_labels[f]);
            for (corner, v) in arch.mesh.face(f).into_iter().enumerate() {
                assert_eq!(labels.vertices.as_slice()[1 + 3 * i + corner], on_vertices[v]);
            }
        }
        assert!(
            labels.vertices.as_slice()[crumb as usize..]
                .iter()
                .all(Option::is_none)
        );
        assert_eq!(labels.faces.as_slice().last(), Some(&None));
    }
}
