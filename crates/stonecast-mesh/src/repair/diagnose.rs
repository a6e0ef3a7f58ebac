//! Every fault of a surface, with its count and where to look.
//!
//! Units: those of the mesh (areas and volumes squared and cubed). Frame: any.
//!
//! Steps:
//! 1. `vertex_faults`: equal positions, vertices that no face uses.
//! 2. `face_faults`: faces without area, faces on the same three positions.
//! 3. `edge_faults`: edges with three or more faces, edges along which both faces run the same way.
//! 4. `pinch_faults`: vertices at which several fans of faces meet.
//! 5. `piece_faults`: pieces and border loops.
//! 6. `intersection_faults`: faces that cross.
//! 7. `orientation_faults`: normals that point inwards.
//!
//! Limits: nothing is changed. Whether a border is a hole or the scan's edge is for the caller to say.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    intersect::self_intersections,
    outward::outward,
    sheets::{CornerFans, side_ends},
};
use crate::{
    FaceId, Point, TriMesh, VertexId,
    topology::{boundary_loops, components},
};

/// How many places a fault names at most; its count is always complete.
const EXAMPLES: usize = 8;

/// A kind of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FaultKind {
    /// Vertices at exactly the position of an earlier one.
    DuplicateVertices,
    /// Vertices that no face names.
    UnreferencedVertices,
    /// Faces whose three positions lie on a line or on a point.
    DegenerateFaces,
    /// Faces on the same three positions as an earlier one.
    DuplicatedFaces,
    /// Edges at which three or more faces meet.
    NonManifoldEdges,
    /// Vertices at which several fans of faces meet (bow-ties).
    NonManifoldVertices,
    /// Edges along which both faces run the same way, so that their normals disagree.
    InconsistentWinding,
    /// Pieces besides the largest.
    SeveralComponents,
    /// Border loops: holes, and the edge of the scan.
    BorderLoops,
    /// Pairs of faces that cross.
    SelfIntersections,
    /// Pieces whose normals point inwards.
    InvertedOrientation,
}

/// An element of the mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Element {
    /// A vertex.
    Vertex(VertexId),
    /// An edge, by its ends.
    Edge(VertexId, VertexId),
    /// A face.
    Face(FaceId),
}

/// Where a fault is.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// The element concerned.
    pub element: Element,
    /// A position to look at.
    pub at: Point,
}

/// One kind of fault in one mesh.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeshFault {
    /// What.
    pub kind: FaultKind,
    /// How many, all of them.
    pub count: usize,
    /// The first few places.
    pub examples: Vec<Place>,
}

/// A connected piece.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComponentSize {
    /// How many faces.
    pub face_count: usize,
    /// Their area.
    pub area: f64,
}

/// A border.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct BorderLoop {
    /// How many edges.
    pub edge_count: usize,
    /// Their length.
    pub length: f64,
    /// The mean of its vertices.
    pub centre: Point,
}

/// What a mesh is like, and every fault of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeshReport {
    /// How many vertices.
    pub vertex_count: usize,
    /// How many faces.
    pub face_count: usize,
    /// The area.
    pub area: f64,
    /// The volume enclosed, negative when inside out; `None` unless closed, manifold and oriented.
    pub signed_volume: Option<f64>,
    /// No border.
    pub is_closed: bool,
    /// At most two faces at every edge, one fan at every vertex.
    pub is_manifold: bool,
    /// Both faces of every edge run along it in opposite directions.
    pub is_oriented: bool,
    /// The pieces, the one with most faces first.
    pub components: Vec<ComponentSize>,
    /// The borders, the longest first.
    pub border_loops: Vec<BorderLoop>,
    /// The faults there are, in the order of [`FaultKind`].
    pub faults: Vec<MeshFault>,
}

impl MeshReport {
    /// How often a fault occurs; zero when it does not.
    pub fn count(&self, kind: FaultKind) -> usize {
        self.faults.iter().find(|f| f.kind == kind).map_or(0, |f| f.count)
    }
}

/// Examines a mesh.
///
/// ```
/// use stonecast_mesh::{Point, TriMesh, repair::{FaultKind, diagnose}};
/// let points = [[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 0., 0.]].map(Point::from).to_vec();
/// let report = diagnose(&TriMesh::from_indices(points, &[[0, 1, 2]])?);
/// assert!(report.is_manifold && report.is_oriented && !report.is_closed);
/// assert_eq!(report.count(FaultKind::DuplicateVertices), 1);
/// # Ok::<(), stonecast_mesh::MeshError>(())
/// ```
pub fn diagnose(mesh: &TriMesh) -> MeshReport {
    let mut faults = Faults::default();
    let first_at = vertex_faults(mesh, &mut faults);
    face_faults(mesh, &first_at, &mut faults);
    let edges = edge_faults(mesh, &mut faults);
    let pinched = pinch_faults(mesh, &mut faults);
    let is_oriented = edges.is_oriented;
    let is_closed = !mesh.is_empty() && edges.border_count == 0;
    let is_manifold = edges.is_manifold && !pinched;
    let (components, border_loops) = piece_faults(mesh, &mut faults);
    intersection_faults(mesh, &mut faults);
    if is_oriented {
        orientation_faults(mesh, &mut faults);
    }
    let mut faults: Vec<MeshFault> = faults.0.into_values().collect();
    faults.sort_by_key(|f| f.kind);
    MeshReport {
        vertex_count: mesh.vertex_count(),
        face_count: mesh.face_count(),
        area: mesh.area(),
        signed_volume: (is_closed && is_manifold && is_oriented).then(|| mesh.signed_volume()),
        is_closed,
        is_manifold,
        is_oriented,
        components,
        border_loops,
        faults,
    }
}

#[derive(Default)]
struct Faults(BTreeMap<FaultKind, MeshFault>);

impl Faults {
    fn add(&mut self, kind: FaultKind, place: Place) {
        let fault = self.0.entry(kind).or_insert_with(|| MeshFault {
            kind,
            count: 0,
            examples: Vec::new(),
        });
        fault.count += 1;
        if fault.examples.len() < EXAMPLES {
            fault.examples.push(place);
        }
    }

    fn vertex(&mut self, kind: FaultKind, mesh: &TriMesh, v: VertexId) {
        let (element, at) = (Element::Vertex(v), mesh.point(v));
        self.add(kind, Place { element, at });
    }

    fn edge(&mut self, kind: FaultKind, mesh: &TriMesh, [a, b]: [VertexId; 2]) {
        let (element, at) = (
            Element::Edge(a, b),
            nalgebra::center(&mesh.point(a), &mesh.point(b)),
        );
        self.add(kind, Place { element, at });
    }

    fn face(&mut self, kind: FaultKind, mesh: &TriMesh, f: FaceId) {
        let (element, at) = (Element::Face(f), mesh.face_centroid(f));
        self.add(kind, Place { element, at });
    }
}

/// For each vertex the first vertex at exactly its position.
pub(super) fn first_at_position(mesh: &TriMesh) -> Vec<VertexId> {
    // Adding zero makes -0.0 and 0.0 the same bits.
    let bits = |c: f64| (c + 0.0).to_bits();
    let mut sorted: Vec<(u64, VertexId)> = mesh.vertex_ids().map(|v| (bits(mesh.point(v).x), v)).collect();
    sorted.par_sort_unstable();
    let mut first: Vec<VertexId> = mesh.vertex_ids().collect();
    // Hardly any two vertices share their x, so the rest of the key is made for few.
    for level in sorted.chunk_by(|a, b| a.0 == b.0).filter(|level| level.len() > 1) {
        let rest = |v: VertexId| {
            let p = mesh.point(v);
            [bits(p.y), bits(p.z)]
        };
        let mut keyed: Vec<([u64; 2], VertexId)> = level.iter().map(|&(_, v)| (rest(v), v)).collect();
        keyed.sort_unstable();
        for group in keyed.chunk_by(|a, b| a.0 == b.0) {
            for &(_, v) in group {
                first[v.index()] = group[0].1;
            }
        }
    }
    first
}

fn vertex_faults(mesh: &TriMesh, faults: &mut Faults) -> Vec<VertexId> {
    let first_at = first_at_position(mesh);
    let mut used = vec![false; mesh.vertex_count()];
    for v in mesh.faces().iter().flatten() {
        used[v.index()] = true;
    }
    for v in mesh.vertex_ids() {
        if first_at[v.index()] != v {
            faults.vertex(FaultKind::DuplicateVertices, mesh, v);
        }
        if !used[v.index()] {
            faults.vertex(FaultKind::UnreferencedVertices, mesh, v);
        }
    }
    first_at
}

/// Twice the area against the square of the longest side, below which a face has no usable normal: its height
/// is then within the rounding of double precision coordinates.
const FLAT: f64 = 1e-14;

/// True when a face has no usable normal.
pub(super) fn is_degenerate(corners: &[Point; 3]) -> bool {
    let [a, b, c] = corners;
    let (ab, bc, ca) = (b - a, c - b, a - c);
    let longest = ab.norm_squared().max(bc.norm_squared()).max(ca.norm_squared());
    ab.cross(&ca).norm() <= FLAT * longest
}

fn face_faults(mesh: &TriMesh, first_at: &[VertexId], faults: &mut Faults) {
    let mut keyed: Vec<([VertexId; 3], FaceId)> = Vec::with_capacity(mesh.face_count());
    for f in mesh.face_ids() {
        if is_degenerate(&mesh.corners(f)) {
            faults.face(FaultKind::DegenerateFaces, mesh, f);
        } else {
            let mut key = mesh.face(f).map(|v| first_at[v.index()]);
            key.sort_unstable();
            keyed.push((key, f));
        }
    }
    keyed.sort_unstable();
    let mut repeated: Vec<FaceId> = keyed
        .chunk_by(|a, b| a.0 == b.0)
        .flat_map(|group| group[1..].iter().map(|&(_, f)| f))
        .collect();
    repeated.sort_unstable();
    for f in repeated {
        faults.face(FaultKind::DuplicatedFaces, mesh, f);
    }
}

struct EdgeSummary {
    border_count: usize,
    is_manifold: bool,
    is_oriented: bool,
}

fn edge_faults(mesh: &TriMesh, faults: &mut Faults) -> EdgeSummary {
    let topology = mesh.topology();
    let mut summary = EdgeSummary {
        border_count: 0,
        is_manifold: true,
        is_oriented: true,
    };
    for e in topology.edges() {
        match topology.face_count(e) {
            1 => summary.border_count += 1,
            2 => {
                let mut starts = topology.sides(e).map(|(f, c)| mesh.face(f)[c]);
                if starts.next() == starts.next() {
                    summary.is_oriented = false;
                    faults.edge(FaultKind::InconsistentWinding, mesh, e.ends);
                }
            }
            _ => {
                summary.is_manifold = false;
                // With three or more faces "opposite" has no meaning.
                summary.is_oriented = false;
                faults.edge(FaultKind::NonManifoldEdges, mesh, e.ends);
            }
        }
    }
    summary
}

fn pinch_faults(mesh: &TriMesh, faults: &mut Faults) -> bool {
    let topology = mesh.topology();
    let mut fans = CornerFans::new(mesh.face_count());
    for e in topology.edges() {
        let mut sides = topology.sides(e).map(|(f, c)| 3 * f.0 + c as u32);
        let first = sides.next().expect("an edge has a face");
        for other in sides {
            fans.join_across(mesh.faces(), first, other);
        }
    }
    let mut fan_of: Vec<Option<u32>> = vec![None; mesh.vertex_count()];
    let mut pinched = vec![false; mesh.vertex_count()];
    for side in 0..3 * mesh.face_count() as u32 {
        let [a, b] = side_ends(mesh.faces(), side);
        if a == b || mesh.face(FaceId(side / 3)).iter().filter(|&&v| v == a).count() > 1 {
            continue;
        }
        let fan = fans.fan(side);
        if *fan_of[a.index()].get_or_insert(fan) != fan {
            pinched[a.index()] = true;
        }
    }
    for v in mesh.vertex_ids().filter(|v| pinched[v.index()]) {
        faults.vertex(FaultKind::NonManifoldVertices, mesh, v);
    }
    pinched.contains(&true)
}

fn piece_faults(mesh: &TriMesh, faults: &mut Faults) -> (Vec<ComponentSize>, Vec<BorderLoop>) {
    let pieces = components(mesh);
    for piece in pieces.iter().skip(1) {
        faults.face(FaultKind::SeveralComponents, mesh, piece[0]);
    }
    let sizes = pieces
        .iter()
        .map(|faces| ComponentSize {
            face_count: faces.len(),
            area: faces.iter().map(|&f| mesh.face_area(f)).sum(),
        })
        .collect();
    let rings = boundary_loops(mesh);
    for ring in &rings {
        faults.vertex(FaultKind::BorderLoops, mesh, ring[0]);
    }
    let loops = rings
        .iter()
        .map(|ring| BorderLoop {
            edge_count: ring.len(),
            length: ring_length(mesh, ring),
            centre: Point::from(
                ring.iter().map(|&v| mesh.point(v).coords).sum::<crate::Vector>() / ring.len() as f64,
            ),
        })
        .collect();
    (sizes, loops)
}

/// The length of a closed ring of vertices.
pub(super) fn ring_length(mesh: &TriMesh, ring: &[VertexId]) -> f64 {
    (0..ring.len())
        .map(|i| (mesh.point(ring[(i + 1) % ring.len()]) - mesh.point(ring[i])).norm())
        .sum()
}

fn intersection_faults(mesh: &TriMesh, faults: &mut Faults) {
    for (f, _) in self_intersections(mesh) {
        faults.face(FaultKind::SelfIntersections, mesh, f);
    }
}

fn orientation_faults(mesh: &TriMesh, faults: &mut Faults) {
    for piece in outward(mesh).pieces {
        if piece.is_inverted() {
            faults.face(FaultKind::InvertedOrientation, mesh, piece.first_face);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::surface::shapes;

    #[test]
    fn a_faultless_ball_has_no_fault() {
        let report = diagnose(&shapes::sphere(2.0, 2));
        assert_eq!(report.faults, []);
        assert!(report.is_closed && report.is_manifold && report.is_oriented);
        assert!(report.signed_volume.expect("closed") > 30.0);
    }

    #[test]
    fn every_fault_is_reported_with_its_count_and_place() {
        let ball = shapes::sphere(2.0, 2);
        let mut points = ball.points().to_vec();
        let mut faces = ball.faces().to_vec();
        let n = points.len() as u32;
        points.push(points[3]);
        points.push(Point::new(9., 9., 9.));
        faces[10].swap(1, 2);
        faces.push(faces[20]);
        faces.push([VertexId(5), VertexId(5), VertexId(6)]);
        faces.push([faces[30][0], faces[30][1], VertexId(n)]);
        let report = diagnose(&TriMesh::new(points, faces).unwrap());
        assert_eq!(report.count(FaultKind::DuplicateVertices), 1);
        assert_eq!(report.count(FaultKind::UnreferencedVertices), 1);
        assert_eq!(report.count(FaultKind::DegenerateFaces), 1);
        assert_eq!(report.count(FaultKind::DuplicatedFaces), 1);
        // The repeated face's three edges and the fin's one.
        assert_eq!(report.count(FaultKind::NonManifoldEdges), 4);
        assert_eq!(report.count(FaultKind::InconsistentWinding), 3);
        let unused = &report.faults[1].examples[0];
        assert_eq!(
            (unused.element, unused.at),
            (Element::Vertex(VertexId(n + 1)), Point::new(9., 9., 9.))
        );
        assert!(!report.is_manifold && !report.is_oriented && report.signed_volume.is_none());
        assert!(
            serde_json::to_string(&report)
                .unwrap()
                .contains("non-manifold-edges")
        );
    }

    #[test]
    fn holes_pieces_crossings_and_inverted_pieces_are_counted() {
        let ball = shapes::sphere(2.0, 2);
        let holed = ball.submesh(|f| f.0 != 7 && f.0 != 200).mesh;
        let beside = shapes::sphere(2.0, 2)
            .map_points(|p| p + crate::Vector::new(1.0, 0.1, 0.2))
            .unwrap()
            .flipped();
        let report = diagnose(&TriMesh::joined([&holed, &beside]));
        assert_eq!(report.count(FaultKind::BorderLoops), 2);
        assert_eq!(report.border_loops[0].edge_count, 3);
        assert_eq!(report.count(FaultKind::SeveralComponents), 1);
        assert_eq!(report.count(FaultKind::InvertedOrientation), 1);
        assert!(report.count(FaultKind::SelfIntersections) > 50);
        assert_eq!(
            report.components.iter().map(|c| c.face_count).collect::<Vec<_>>(),
            [320, 318]
        );
    }
}
