//! Signed distance to an open or closed surface: an exact magnitude, and a side only where there is one.
//!
//! Units: those of the mesh. Frame: that of the mesh.
//!
//! Steps
//! 1. [`OrientedSurface::build`]: for every edge and vertex, is the surface an oriented disc around it (inner), does
//!    it end there (border), or is it torn, folded or branched (broken); and the pseudo-normal where it is inner.
//! 2. `closest_point` of the [`SpatialIndex`]: the exact unsigned distance, whatever the side.
//! 3. `side_of`: the side from the pseudo-normal of the closest *feature*; `Unknown` at a border or a broken place.
//! 4. `leaves_the_body`: before a point is called inside an open surface, a second witness: a ray along the surface's
//!    mean normal must cross it from behind once more than from the front. Else `Unknown`.
//!
//! Why a second witness: where a sheet flares just before its border, a point far beyond the border lies behind the
//! last inner face. The ray's count is the winding number of the body that the sheet bounds once its border is
//! dropped, against the mean normal, without end, as a cast's border is dropped to its base; beyond that wall nothing
//! is inside. A ray meets the surface or not: unlike the solid angle of the sheet alone it has no threshold.
//!
//! Limits: the surface must be welded, or every edge is a border. Normals must point outwards; a mesh turned
//! inside out gives the opposite sides. Behind a hole, seen along the mean normal, nothing is inside. The side is that of the sheet at the closest point: behind an open scan it
//! says "behind the scanned surface", not "inside a body", for no body was scanned. A surface that passes through
//! itself has the sides of its nearest sheet.
//!
//! References: J. A. Baerentzen and H. Aanaes, "Signed distance computation using the angle weighted pseudonormal",
//! IEEE TVCG 11(3) (2005), which proves the rule for closed manifolds; here it is asked only where its premise, a
//! disc around the closest feature, holds. A. Jacobson, L. Kavan and O. Sorkine-Hornung, "Robust inside-outside
//! segmentation using generalized winding numbers", ACM Transactions on Graphics 32(4) (2013), for the second witness.

use crate::{FaceId, Point, TriMesh, Vector, VertexId, topology::Topology};

use super::{Closest, Feature, RayHit, SpatialIndex};

/// On which side of an oriented surface a point lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// Behind the surface, where its normals do not point.
    Inside,
    /// In front of the surface, or exactly on it.
    Outside,
    /// The closest point is on a border, or where the surface is not an oriented disc, or the point lies behind the
    /// closest face but not within the body that the sheet covers: there is no side.
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
    way_out: Option<Vector>,
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
        let way_out = way_out(mesh, &across);
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
            way_out,
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
            std::cmp::Ordering::Less if self.leaves_the_body(query) => Side::Inside,
            std::cmp::Ordering::Less => Side::Unknown,
            // A distance but no height: the sheets on both sides of the feature fold onto each other.
            std::cmp::Ordering::Equal => Side::Unknown,
        }
    }

    /// Whether the way along the mean normal leaves the body; true where there is no such way, on a closed surface.
    fn leaves_the_body(&self, query: &Point) -> bool {
        let Some(way) = self.way_out else { return true };
        let hits = self.index.ray_all(query, &way, f64::INFINITY);
        let crossing = |hit: &RayHit| {
            let [a, b, c] = self.index.corners(hit.face);
            if (b - a).cross(&(c - a)).dot(&way) > 0.0 {
                1
            } else {
                -1
            }
        };
        // A ray exactly through a side or a corner meets every face there: one crossing where they all look the same
        // way, a graze where they do not.
        let on_rim = |hit: &RayHit| hit.weights.contains(&0.0);
        let same_place = |a: &RayHit, b: &RayHit| {
            on_rim(a) && on_rim(b) && (b.t - a.t).abs() <= SAME_PLACE * (1.0 + query.coords.amax() + a.t)
        };
        let balance: i32 = hits
            .chunk_by(same_place)
            .map(|place| {
                let (least, most) = place
                    .iter()
                    .map(crossing)
                    .fold((1, -1), |(least, most), c| (least.min(c), most.max(c)));
                if least == most { least } else { 0 }
            })
            .sum();
        balance > 0
    }
}

/// Meetings of a ray with the faces around one corner differ by the rounding of coordinates alone.
const SAME_PLACE: f64 = 1e-12;

/// An area vector below this part of the area is rounding, not a direction.
const NO_DIRECTION: f64 = 1e-9;

/// The direction of the area vector, which depends on the border alone; `None` for a surface without a border.
fn way_out(mesh: &TriMesh, across: &[[Across; 3]]) -> Option<Vector> {
    across
        .iter()
        .flatten()
        .any(|&side| side == Across::BORDER)
        .then(|| mesh.area_vector().try_normalize(NO_DIRECTION * mesh.area()))
        .flatten()
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
