//! How two arches stand to each other: gaps, contacts and penetration, exactly.
//!
//! Units: millimetres, square millimetres. Frame: the lower arch is moved into the upper scan's frame.
//!
//! Steps
//! 1. `near_part` of each arch: the triangles that can lie within reach of the other.
//! 2. `gaps_of` each arch's vertices to the other surface: exact signed distances, where the two surfaces face each
//!    other and the side is known. A vertex stands for a third of the area around it.
//! 3. `contact_patches`: vertices of the lower arch in contact, joined along its edges.
//! 4. `Relation::measure` sums up.
//!
//! Limits: distances are taken at the vertices of both surfaces; a penetration between vertices of both is missed,
//! which is less than the square of an edge over eight times the radius of the cusp.

use rayon::prelude::*;
use stonecast_mesh::spatial::OrientedSurface;
use stonecast_mesh::{FaceId, Point, RigidMotion, TriMesh, Vector, VertexId};

use super::limits::Limits;

/// The relation of two arches in a given pose.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Relation {
    /// The area of the lower arch that faces the upper within reach.
    pub facing_area: f64,
    /// The area of the lower arch in contact.
    pub contact_area: f64,
    /// Patches of contact on the lower arch.
    pub contact_count: usize,
    /// The smallest gap between facing surfaces, negative in penetration; infinite when none face each other.
    pub smallest_gap: f64,
    /// The gap that a two-hundredth of the facing area does not exceed, negative in penetration: unlike the smallest
    /// gap it does not hang on one spike. Infinite when none face each other.
    pub closest: f64,
    /// The gap that half of the facing area does not exceed; infinite when none face each other.
    pub median_gap: f64,
}

impl Relation {
    /// The greatest depth of penetration, zero without.
    pub fn largest_penetration(&self) -> f64 {
        if self.smallest_gap.is_finite() {
            (-self.smallest_gap).max(0.0)
        } else {
            0.0
        }
    }

    /// Measures the relation of `lower`, moved by `upper_from_lower`, to `upper`.
    pub fn measure(
        upper: &TriMesh,
        lower: &TriMesh,
        upper_from_lower: &RigidMotion,
        limits: &Limits,
    ) -> Self {
        let lower_from_upper = upper_from_lower.inverse();
        let (upper, lower) = rayon::join(
            || near_part(upper, &lower_from_upper, lower, limits.reach),
            || near_part(lower, upper_from_lower, upper, limits.reach),
        );
        let (upper_surface, lower_surface) = rayon::join(
            || OrientedSurface::build(&upper),
            || OrientedSurface::build(&lower),
        );
        Self::between(
            (&upper, &upper_surface),
            (&lower, &lower_surface),
            upper_from_lower,
            limits,
        )
    }

    /// The same, for arches whose surfaces are built already.
    pub fn between(
        (upper, upper_surface): (&TriMesh, &OrientedSurface),
        (lower, lower_surface): (&TriMesh, &OrientedSurface),
        upper_from_lower: &RigidMotion,
        limits: &Limits,
    ) -> Self {
        let on_lower = gaps_of(lower, upper_surface, upper_from_lower, limits.reach);
        let on_upper = gaps_of(upper, lower_surface, &upper_from_lower.inverse(), limits.reach);
        let areas = vertex_areas(lower);
        let in_contact: Vec<bool> = on_lower
            .iter()
            .map(|gap| gap.is_some_and(|g| g <= limits.contact_gap))
            .collect();
        let mut facing: Vec<(f64, f64)> = on_lower
            .iter()
            .zip(&areas)
            .filter_map(|(gap, &area)| gap.map(|g| (g, area)))
            .collect();
        facing.sort_by(|a, b| a.0.total_cmp(&b.0));
        Self {
            facing_area: facing.iter().map(|f| f.1).sum(),
            contact_area: (0..areas.len())
                .filter(|&v| in_contact[v])
                .map(|v| areas[v])
                .sum(),
            contact_count: contact_patches(lower, &in_contact),
            smallest_gap: on_lower
                .iter()
                .chain(&on_upper)
                .flatten()
                .copied()
                .fold(f64::INFINITY, f64::min),
            closest: quantile(&facing, 0.005),
            median_gap: quantile(&facing, 0.5),
        }
    }
}

/// The triangles of `mesh` whose boxes meet the box around `other` grown by `reach`: all that can be within reach, and
/// some more, so that the box's axes show in no result.
fn near_part(mesh: &TriMesh, other_from_mesh: &RigidMotion, other: &TriMesh, reach: f64) -> TriMesh {
    let Some(bounds) = other.bounds() else {
        return TriMesh::default();
    };
    let moved: Vec<Point> = mesh.points().par_iter().map(|p| other_from_mesh * p).collect();
    mesh.submesh(|f| {
        let corners = mesh.face(f).map(|v| moved[v.index()]);
        (0..3).all(|i| {
            corners.iter().any(|p| p[i] >= bounds.min[i] - reach)
                && corners.iter().any(|p| p[i] <= bounds.max[i] + reach)
        })
    })
    .mesh
}

/// For each vertex of `mesh` the gap to the surface it faces within reach, if any.
fn gaps_of(
    mesh: &TriMesh,
    surface: &OrientedSurface,
    surface_from_mesh: &RigidMotion,
    reach: f64,
) -> Vec<Option<f64>> {
    const BLOCK: usize = 512;
    let normals = mesh.vertex_normals();
    let ids: Vec<VertexId> = mesh.vertex_ids().collect();
    let blocks: Vec<Vec<Option<f64>>> = ids
        .par_chunks(BLOCK)
        .map(|block| {
            // Vertices that follow each other lie near each other, so the last face found bounds the next search.
            let mut last: Option<FaceId> = None;
            block
                .iter()
                .map(|&v| {
                    let query: Point = surface_from_mesh * mesh.point(v);
                    let found = match last {
                        Some(hint) => surface.index().closest_point_near(&query, reach, hint),
                        None => surface.index().closest_point(&query, reach),
                    }?;
                    last = Some(found.face);
                    let opposite = surface.normal(found.face, found.feature);
                    if face_each_other(&(surface_from_mesh * normals[v]), &opposite) {
                        surface.sign(&query, found).value()
                    } else {
                        None
                    }
                })
                .collect()
        })
        .collect();
    blocks.concat()
}

/// Whether two surfaces with these normals can touch: where two bodies touch, their normals are opposite, and where
/// curved ones cross a little, nearly so. Gums that lie side by side behind the last molars are not meant.
pub(super) fn face_each_other(a: &Vector, b: &Vector) -> bool {
    // Within sixty degrees of opposite.
    a.dot(b) < -0.5
}

/// A third of the area of the faces around each vertex.
fn vertex_areas(mesh: &TriMesh) -> Vec<f64> {
    let mut areas = vec![0.0; mesh.vertex_count()];
    for f in mesh.face_ids() {
        let third = mesh.face_area(f) / 3.0;
        for v in mesh.face(f) {
            areas[v.index()] += third;
        }
    }
    areas
}

/// How many connected patches the chosen vertices form.
fn contact_patches(mesh: &TriMesh, chosen: &[bool]) -> usize {
    let mut parent: Vec<usize> = (0..mesh.vertex_count()).collect();
    for e in mesh.topology().edges() {
        let [a, b] = e.ends.map(VertexId::index);
        if chosen[a] && chosen[b] {
            let (a, b) = (root(&mut parent, a), root(&mut parent, b));
            parent[a.max(b)] = a.min(b);
        }
    }
    (0..parent.len()).filter(|&v| chosen[v] && parent[v] == v).count()
}

fn root(parent: &mut [usize], mut v: usize) -> usize {
    while parent[v] != v {
        parent[v] = parent[parent[v]];
        v = parent[v];
    }
    v
}

/// The value that the share `q` of the weight does not exceed; infinite when there is none.
fn quantile(sorted: &[(f64, f64)], q: f64) -> f64 {
    let total: f64 = sorted.iter().map(|w| w.1).sum();
    let mut passed = 0.0;
    for &(value, weight) in sorted {
        passed += weight;
        if passed >= q * total {
            return value;
        }
    }
    f64::INFINITY
}
