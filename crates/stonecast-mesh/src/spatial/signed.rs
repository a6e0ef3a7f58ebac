//! Signed distance to an open or closed surface: an exact magnitude, and a side only where there is one.
//!
//! Units: those of the mesh. Frame: that of the mesh.
//!
//! Steps
//! 1. [`OrientedSurface::build`]: for every edge and vertex, is the surface an oriented disc around it (inner), does
//!    it end there (border), or is it torn, folded or branched (broken); and the pseudo-normal where it is inner.
//! 2. `closest_point` of the [`SpatialIndex`]: the exact unsigned distance, whatever the side.
//! 3. `side_of`: the side from the pseudo-normal of the closest *feature*; `Unknown` at a border or a broken place.
//!
//! Limits: the surface must be welded, or every edge is a border. Normals must point outwards; a mesh turned
//! inside out gives the opposite sides. The side is that of the sheet at the closest point: behind an open scan it
//! says "behind the scanned surface", not "inside a body", for no body was scanned. A surface that passes through
//! itself has the sides of its nearest sheet.
//!
//! References: J. A. Baerentzen and H. Aanaes, "Signed distance computation using the angle weighted pseudonormal",
//! IEEE TVCG 11(3) (2005), which proves the rule for closed manifolds; here it is asked only where its premise, a
//! disc around the closest feature, holds.

use crate::{FaceId, Point, TriMesh, Vector, VertexId, topology::Topology};

use super::{Closest, Feature, SpatialIndex};

/// On which side of an oriented surface a point lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Behind the surface, where its normals do not point.
    Inside,
    /// In front of the surface, or exactly on it.
    Outside,
    /// The closest point is on a border, or where the surface is not an oriented disc: there is no side.
    Unknown,
}

/// What the surface is like around a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Surrounding {
    /// An oriented disc: the feature has two sides.
    Inner,
    /// The surface ends here.
    Border,
    /// Three or more sheets meet, orientations contradict each other, sheets touch in one point, faces fold onto
    /// each other, or a face around it has no area.
    Broken,
}

/// A signed distance: how far, on which side, and from where.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Signed {
    /// The exact unsigned distance, whatever the side.
    pub distance: f64,
    /// On which side.
    pub side: Side,
    /// The closest point of the surface.
    pub closest: Closest,
}

impl Signed {
    /// The distance, negative inside; `None` where the side is unknown.
    pub fn value(&self) -> Option<f64> {
        match self.side {
            Side::Inside => Some(-self.distance),
            Side::Outside => Some(self.distance),
            Side::Unknown => None,
        }
    }
}

/// A surface with its index and what is needed to tell its sides: a pseudo-normal for every inner feature, and
/// which features are on a border or broken.
///
/// ```
/// use stonecast_mesh::{Point, TriMesh};
/// use stonecast_mesh::spatial::{OrientedSurface, Side};
/// // A square sheet in z = 0 that looks up.
/// let corners = [[0., 0., 0.], [4., 0., 0.], [4., 4., 0.], [0., 4., 0.], [2., 2., 0.]].map(Point::from);
/// let sheet = TriMesh::from_indices(corners.to_vec(), &[[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]])?;
/// let surface = OrientedSurface::build(&sheet);
/// let side = |x, y, z| surface.signed_distance(&Point::new(x, y, z), f64::INFINITY).map(|s| (s.distance, s.side));
/// assert_eq!(side(2., 2., 1.), Some((1.0, Side::Outside)));
/// assert_eq!(side(2., 2., -1.), Some((1.0, Side::Inside)));
/// assert_eq!(side(9., 2., 0.), Some((5.0, Side::Unknown)));
/// # Ok::<(), stonecast_mesh::MeshError>(())
/// ```
#[derive(Clone, Debug)]
pub struct OrientedSurface {
    index: SpatialIndex,
    faces: Vec<[VertexId; 3]>,
    across: Vec<[Across; 3]>,
    vertex_normals: Vec<Vector>,
    vertex_surroundings: Vec<Surrounding>,
}

/// What lies across a side of a face: a face, or a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Across(u32);

impl Across {
    const BORDER: Self = Self(u32::MAX);
    const BROKEN: Self = Self(u32::MAX - 1);
    const FOLD: Self = Self(u32::MAX - 2);

    fn surrounding(self) -> Surrounding {
        match self {
            Self::BORDER => Surrounding::Border,
            Self::BROKEN | Self::FOLD => Surrounding::Broken,
            _ => Surrounding::Inner,
        }
    }
}

/// A face whose height is less than this part of its longest side has no usable normal.
const FLAT: f64 = 1e-9;

/// Two faces fold onto each other when the cosine between their normals is below this, that of 150 degrees. No
/// scanner resolves so sharp an edge of a tooth, but triangles that noise has turned over look so, and the
/// pseudo-normal of such an edge, the small difference of two large vectors, may point anywhere.
const FOLDED: f64 = -0.866;

impl OrientedSurface {
    /// Builds the index of a mesh and classifies its features.
    pub fn build(mesh: &TriMesh) -> Self {
        Self::with_index(mesh, SpatialIndex::build(mesh))
    }

    /// Classifies the features of a mesh whose index is already built.
    ///
    /// # Panics
    /// If the index is of a mesh with another number of faces.
    pub fn with_index(mesh: &TriMesh, index: SpatialIndex) -> Self {
        assert_eq!(
            index.face_count(),
            mesh.face_count(),
            "the index is of another mesh"
        );
        let topology = mesh.topology();
        let mut across: Vec<[Across; 3]> = mesh
            .face_ids()
            .map(|f| std::array::from_fn(|corner| across_side(mesh, topology, f, corner)))
            .collect();
        shun_folds(&mut across);
        let vertex_surroundings = mesh
            .vertex_ids()
            .map(|v| vertex_surrounding(mesh, topology, &across, v))
            .collect();
        Self {
            index,
            faces: mesh.faces().to_vec(),
            across,
            vertex_normals: mesh.vertex_normals().as_slice().to_vec(),
            vertex_surroundings,
        }
    }

    /// The index alone.
    pub fn index(&self) -> &SpatialIndex {
        &self.index
    }

    /// The signed distance of a point that is no farther than `max_distance` from the surface.
    pub fn signed_distance(&self, query: &Point, max_distance: f64) -> Option<Signed> {
        self.index
            .closest_point(query, max_distance)
            .map(|closest| self.sign(query, closest))
    }

    /// The signed distance of a point whose closest point is already known.
    pub fn sign(&self, query: &Point, closest: Closest) -> Signed {
        Signed {
            distance: closest.distance,
            side: self.side_of(query, &closest),
            closest,
        }
    }

    /// What the surface is like around a point of it.
    pub fn surrounding(&self, face: FaceId, feature: Feature) -> Surrounding {
        match feature {
            // Which of two faces that fold onto each other is the turned one cannot be told.
            Feature::Face if self.across[face.index()].contains(&Across::FOLD) => Surrounding::Broken,
            Feature::Face if self.face_normal(face) == Vector::zeros() => Surrounding::Broken,
            Feature::Face => Surrounding::Inner,
            Feature::Edge(i) => self.across[face.index()][usize::from(i)].surrounding(),
            Feature::Corner(i) => self.vertex_surroundings[self.faces[face.index()][usize::from(i)].index()],
        }
    }

    /// The unit pseudo-normal of a feature: of a face its normal, of an edge the mean of its faces' normals, of
    /// a vertex the mean weighted by the corners' angles. At a border those of the faces that there are; zero where
    /// normals cancel.
    pub fn normal(&self, face: FaceId, feature: Feature) -> Vector {
        match feature {
            Feature::Face => self.face_normal(face),
            Feature::Edge(i) => {
                let here = self.face_normal(face);
                let across = self.across[face.index()][usize::from(i)];
                match across.surrounding() {
                    Surrounding::Inner => (here + self.face_normal(FaceId(across.0)))
                        .try_normalize(0.0)
                        .unwrap_or_default(),
                    Surrounding::Border | Surrounding::Broken => here,
                }
            }
            Feature::Corner(i) => self.vertex_normals[self.faces[face.index()][usize::from(i)].index()],
        }
    }

    fn face_normal(&self, face: FaceId) -> Vector {
        unit_normal(&self.index.corners(face)).unwrap_or_default()
    }

    fn side_of(&self, query: &Point, closest: &Closest) -> Side {
        if self.surrounding(closest.face, closest.feature) != Surrounding::Inner {
            return Side::Unknown;
        }
        let height = self
            .normal(closest.face, closest.feature)
            .dot(&(query - closest.point));
        match height.total_cmp(&0.0) {
            _ if closest.distance == 0.0 => Side::Outside,
            std::cmp::Ordering::Greater => Side::Outside,
            std::cmp::Ordering::Less => Side::Inside,
            // A distance but no height: the sheets on both sides of the feature fold onto each other.
            std::cmp::Ordering::Equal => Side::Unknown,
        }
    }
}

fn unit_normal([a, b, c]: &[Point; 3]) -> Option<Vector> {
    let (ab, bc, ca) = (b - a, c - b, a - c);
    let longest = ab.norm_squared().max(bc.norm_squared()).max(ca.norm_squared());
    ab.cross(&-ca).try_normalize(FLAT * longest)
}

fn across_side(mesh: &TriMesh, topology: &Topology, face: FaceId, corner: usize) -> Across {
    let Some(edge) = topology.edge_index(face, corner) else {
        return Across::BROKEN;
    };
    let edge = &topology.edges()[edge];
    match topology.face_count(edge) {
        1 => return Across::BORDER,
        2 => {}
        _ => return Across::BROKEN,
    }
    // Two faces that run along the edge the same way look to opposite sides.
    let start = mesh.face(face)[corner];
    let other = topology
        .sides(edge)
        .find(|&(f, c)| f != face && mesh.face(f)[c] != start);
    let Some((other, _)) = other else {
        return Across::BROKEN;
    };
    let normals = [face, other].map(|f| unit_normal(&mesh.corners(f)));
    match normals {
        [Some(a), Some(b)] if a.dot(&b) < FOLDED => Across::FOLD,
        [Some(_), Some(_)] => Across(other.0),
        _ => Across::BROKEN,
    }
}

/// Takes the sides from every edge of a folded face: of two turned faces next to each other, the edge between them
/// looks whole.
fn shun_folds(across: &mut [[Across; 3]]) {
    let folded: Vec<bool> = across.iter().map(|a| a.contains(&Across::FOLD)).collect();
    for (face, sides) in across.iter_mut().enumerate() {
        for side in sides {
            let inner = side.surrounding() == Surrounding::Inner;
            if inner && (folded[face] || folded[side.0 as usize]) {
                *side = Across::BROKEN;
            }
        }
    }
}

/// Walks once around the vertex: a disc if the walk meets every face of the vertex and closes.
fn vertex_surrounding(
    mesh: &TriMesh,
    topology: &Topology,
    across: &[[Across; 3]],
    vertex: VertexId,
) -> Surrounding {
    let faces = topology.faces_of(vertex);
    let corner_of = |f: FaceId| mesh.face(f).iter().position(|&v| v == vertex);
    let mut border = faces.is_empty();
    for &f in faces {
        let Some(c) = corner_of(f) else {
            return Surrounding::Broken;
        };
        for side in [c, (c + 2) % 3] {
            match across[f.index()][side].surrounding() {
                Surrounding::Broken => return Surrounding::Broken,
                Surrounding::Border => border = true,
                Surrounding::Inner => {}
            }
        }
    }
    if border {
        return Surrounding::Border;
    }
    let first = faces[0];
    let mut at = first;
    for step in 1..=faces.len() {
        let Some(c) = corner_of(at) else {
            return Surrounding::Broken;
        };
        at = FaceId(across[at.index()][c].0);
        if at == first {
            let whole = step == faces.len();
            return if whole {
                Surrounding::Inner
            } else {
                Surrounding::Broken
            };
        }
    }
    Surrounding::Broken
}
