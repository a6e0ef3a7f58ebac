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

use rayon::prelude::*;
use stonecast_cast::clean::Cleaned;
use stonecast_dental::Fdi;
use stonecast_mesh::{
    Aabb, FaceData, FaceId, Point, TriMesh, Vector, VertexData, VertexId, spatial::SpatialIndex,
};

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
    let vertices = 0..mesh.vertex_count();
    let labels = vertices
        .into_par_iter()
        .with_min_len(4096)
        .map(|v| of_vertex(VertexId::new(v)));
    VertexData::from_vec(labels.collect())
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
    let far = Far::new(&cleaned.mesh);
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
        faces: carried_faces(original, cleaned, &counterpart, face_labels, &far),
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
    far: &Far<'_>,
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
    let kept: Vec<Option<FaceId>> = (0..original.face_count())
        .into_par_iter()
        .with_min_len(4096)
        .map(|f| kept_face(FaceId::new(f)))
        .collect();
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
}

impl<'a> Far<'a> {
    fn new(mesh: &'a TriMesh) -> Self {
        Self { mesh }
    }

    fn nearest_faces(&self, places: &[Point]) -> Vec<Option<FaceId>> {
        self.nearest(places, |_, closest| closest.face)
    }

    fn nearest_vertices(&self, places: &[Point]) -> Vec<Option<VertexId>> {
        self.nearest(places, |mesh, closest| {
            let apart = |v: &VertexId| (mesh.point(*v) - closest.point).norm_squared();
            let [a, b, c] = mesh.face(closest.face);
            [b, c]
                .into_iter()
                .fold(a, |best, v| if apart(&v) < apart(&best) { v } else { best })
        })
    }

    fn nearest<T>(
        &self,
        places: &[Point],
        take: impl Fn(&TriMesh, &stonecast_mesh::spatial::Closest) -> T,
    ) -> Vec<Option<T>> {
        if places.is_empty() {
            return Vec::new();
        }
        let near = near_places(self.mesh, places);
        let part = self.mesh.submesh(|f| near[f.index()]);
        SpatialIndex::build(&part.mesh)
            .closest_field(places, REACH)
            .into_iter()
            .map(|closest| {
                let mut closest = closest?;
                closest.face = part.face_of[closest.face.index()];
                Some(take(self.mesh, &closest))
            })
            .collect()
    }
}

/// More cells than this are not laid out: what is so large is searched as a whole.
const MOST_CELLS: f64 = 4e6;

/// Which faces may lie within [`REACH`] of a place: those that touch a cell of that size beside a place's own. An index
/// over few faces is built in no time, and of equally close faces the first wins in it as in one over all.
fn near_places(mesh: &TriMesh, places: &[Point]) -> Vec<bool> {
    let all = vec![true; mesh.face_count()];
    let Some(bounds) = Aabb::around(places.iter().copied()) else {
        return all;
    };
    // Two cells around, so that no rounding leaves out what lies just within reach.
    let low = bounds.min - Vector::repeat(2.0 * REACH);
    let counts = (bounds.extent() / REACH).map(|e| e.floor() + 5.0);
    if counts.iter().product::<f64>() > MOST_CELLS {
        return all;
    }
    let cell = |p: &Point| -> [f64; 3] { ((p - low) / REACH).map(f64::floor).into() };
    let counts: [usize; 3] = counts.map(|c| c as usize).into();
    let at = |[i, j, k]: [usize; 3]| (k * counts[1] + j) * counts[0] + i;
    let mut marked = vec![false; counts.iter().product()];
    for place in places {
        let own = cell(place).map(|c| c as usize);
        let span = |k: usize| own[k].saturating_sub(2)..=(own[k] + 2).min(counts[k] - 1);
        for (k, j) in span(2).flat_map(|k| span(1).map(move |j| (k, j))) {
            marked[at([*span(0).start(), j, k])..=at([*span(0).end(), j, k])].fill(true);
        }
    }
    let is_near = |face: &[VertexId; 3]| {
        let [a, b, c] = face.map(|v| mesh.point(v));
        let (low, high) = (cell(&a.inf(&b).inf(&c)), cell(&a.sup(&b).sup(&c)));
        if (0..3).any(|k| high[k] < 0.0 || low[k] >= counts[k] as f64) {
            return false;
        }
        let span = |k: usize| low[k].max(0.0) as usize..=(high[k] as usize).min(counts[k] - 1);
        if span(1).count() * span(2).count() > 64 {
            return true;
        }
        let mut rows = span(2).flat_map(|k| span(1).map(move |j| (k, j)));
        rows.any(|(k, j)| marked[at([*span(0).start(), j, k])..=at([*span(0).end(), j, k])].contains(&true))
    };
    mesh.faces().par_iter().with_min_len(4096).map(is_near).collect()
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
