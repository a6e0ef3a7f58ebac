//! Small places where the surface passes through itself, cut out and closed smoothly.
//!
//! Units: those of the mesh. Frame: any.
//!
//! Steps, repeated while the number of crossings falls:
//! 1. `regions`: the faces that cross and the faces that touch them, by connected region.
//! 2. Regions of at most the allowed area are cut out; larger ones stay, and are reported.
//! 3. [`mend`](super::mend): parts what the cut has left pinched, drops the crumbs.
//! 4. [`fill_holes`](super::fill_holes), for the rims that the cut has made and only those.
//!
//! Limits: a region at the scan's border leaves the border a little shorter. What replaces a region is a guess and
//! is reported as such.

use serde::{Deserialize, Serialize};

use super::{
    fill::{LeftReason, fill_chosen},
    intersect::{intersections_of, self_intersections},
    mend::{MendParams, Mended, mend},
};
use crate::{FaceId, TriMesh, VertexId, topology::components};

/// What may be replaced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UncrossParams {
    /// The largest area of a region that may be cut out, in the unit of the mesh, squared.
    pub max_area: f64,
    /// How to mend what the cut has left.
    pub mend: MendParams,
}

/// What was replaced, as counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UncrossReport {
    /// Pairs of crossing faces at first.
    pub crossings_found: usize,
    /// Pairs that remain: in regions too large to replace, or that no patch could replace.
    pub crossings_left: usize,
    /// Faces cut out.
    pub removed_faces: usize,
    /// Faces that replace them.
    pub added_faces: usize,
}

/// A mesh whose small crossings are replaced, and where its elements came from.
#[derive(Clone, Debug)]
pub struct Uncrossed {
    /// Old vertices in their old places, bit for bit.
    pub mesh: TriMesh,
    /// For each vertex the original's, `None` for one that was made.
    pub vertex_of: Vec<Option<VertexId>>,
    /// For each face the original's, `None` for one that was made.
    pub face_of: Vec<Option<FaceId>>,
    /// What was replaced.
    pub report: UncrossReport,
}

impl Uncrossed {
    /// A mesh as it is, in which no crossings were looked for.
    pub fn untouched(mesh: TriMesh) -> Self {
        Self {
            vertex_of: mesh.vertex_ids().map(Some).collect(),
            face_of: mesh.face_ids().map(Some).collect(),
            report: UncrossReport::default(),
            mesh,
        }
    }
}

/// A patch may itself need replacing once; more rounds than this have never helped.
const ROUNDS: usize = 3;

/// Replaces the small places where a mended surface passes through itself.
pub fn uncross(mesh: &TriMesh, params: &UncrossParams) -> Uncrossed {
    let mut pairs = self_intersections(mesh);
    let mut state = Uncrossed::untouched(mesh.clone());
    state.report.crossings_found = pairs.len();
    state.report.crossings_left = pairs.len();
    for _ in 0..ROUNDS {
        if pairs.is_empty() {
            break;
        }
        let (next, unchanged) = replace_regions(&state, &pairs, params);
        let next_pairs = crossings_after(&state.mesh, &pairs, &next.mesh, &unchanged);
        if next_pairs.len() >= pairs.len() {
            break;
        }
        (state, pairs) = (next, next_pairs);
        state.report.crossings_left = pairs.len();
    }
    let kept = state.face_of.iter().flatten().count();
    state.report.removed_faces = mesh.face_count() - kept;
    state.report.added_faces = state.face_of.len() - kept;
    state
}

/// The faces to cut out, as flags.
fn regions(mesh: &TriMesh, pairs: &[(FaceId, FaceId)], max_area: f64) -> Vec<bool> {
    let topology = mesh.topology();
    let mut grown = vec![false; mesh.face_count()];
    for f in pairs.iter().flat_map(|&(f, g)| [f, g]) {
        for &h in mesh.face(f).iter().flat_map(|&v| topology.faces_of(v)) {
            grown[h.index()] = true;
        }
    }
    let part = mesh.submesh(|f| grown[f.index()]);
    let mut cut = vec![false; mesh.face_count()];
    for region in components(&part.mesh) {
        let area: f64 = region.iter().map(|&f| part.mesh.face_area(f)).sum();
        if area <= max_area {
            for f in region {
                cut[part.face_of[f.index()].index()] = true;
            }
        }
    }
    cut
}

/// All pairs of crossing faces after a replacement: only faces that are new or have lost a neighbour are tested,
/// for of two others the verdict is the one before.
fn crossings_after(
    before: &TriMesh,
    pairs: &[(FaceId, FaceId)],
    after: &TriMesh,
    unchanged: &[Option<FaceId>],
) -> Vec<(FaceId, FaceId)> {
    let mut now = vec![None; before.face_count()];
    for (f, old) in after.face_ids().zip(unchanged) {
        if let Some(old) = old {
            now[old.index()] = Some(f);
        }
    }
    let changed: Vec<bool> = unchanged.iter().map(Option::is_none).collect();
    let kept = pairs.iter().filter_map(|&(f, g)| {
        let (f, g) = (now[f.index()]?, now[g.index()]?);
        Some((f.min(g), f.max(g)))
    });
    let mut all = intersections_of(after, &changed);
    all.extend(kept);
    all.sort_unstable();
    all
}

/// The next state, and for each of its faces the one of the state before that has the same vertices.
fn replace_regions(
    state: &Uncrossed,
    pairs: &[(FaceId, FaceId)],
    params: &UncrossParams,
) -> (Uncrossed, Vec<Option<FaceId>>) {
    let mesh = &state.mesh;
    let cut = regions(mesh, pairs, params.max_area);
    let rest = mesh.submesh(|f| !cut[f.index()]);
    let Mended {
        mesh: mended,
        vertex_of,
        face_of,
        ..
    } = mend(&rest.mesh, &params.mend);
    let before = |v: VertexId| rest.vertex_of[vertex_of[v.index()].index()];
    let was_inside = |a: VertexId, b: VertexId| {
        let topology = mesh.topology();
        topology
            .edge_between(before(a), before(b))
            .is_some_and(|e| topology.face_count(&topology.edges()[e]) > 1)
    };
    let filled = fill_chosen(&mended, |rim, _| {
        let is_new = (0..rim.len()).all(|i| was_inside(rim[i], rim[(i + 1) % rim.len()]));
        (!is_new).then_some(LeftReason::Border)
    });
    let made_vertices = filled.mesh.vertex_count() - mended.vertex_count();
    let made_faces = filled.mesh.face_count() - mended.face_count();
    // A vertex that was parted is another one on each side.
    let mut uses = vec![0u8; mesh.vertex_count()];
    for v in mended.vertex_ids() {
        let uses = &mut uses[before(v).index()];
        *uses = uses.saturating_add(1);
    }
    let unchanged = mended.face_ids().map(|f| {
        let old = rest.face_of[face_of[f.index()].index()];
        let is_same = mended.face(f).iter().all(|&v| {
            let v = before(v);
            uses[v.index()] == 1 && mesh.face(old).contains(&v)
        });
        is_same.then_some(old)
    });
    let unchanged = unchanged.chain(std::iter::repeat_n(None, made_faces)).collect();
    let next = Uncrossed {
        vertex_of: (mended.vertex_ids().map(|v| state.vertex_of[before(v).index()]))
            .chain(std::iter::repeat_n(None, made_vertices))
            .collect(),
        face_of: (face_of
            .iter()
            .map(|f| state.face_of[rest.face_of[f.index()].index()]))
        .chain(std::iter::repeat_n(None, made_faces))
        .collect(),
        mesh: filled.mesh,
        report: state.report,
    };
    (next, unchanged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Point, RigidMotion, Vector, repair::diagnose, surface::shapes};

    const PARAMS: UncrossParams = UncrossParams {
        max_area: 60.0,
        mend: MendParams {
            flap_share: 0.01,
            piece_share: 0.01,
        },
    };

    /// A sheet with one vertex pushed sideways past its neighbours, as a bad stitch leaves it.
    fn tangled() -> TriMesh {
        let sheet = shapes::height_field(20, 20.0, |x, y| 0.02 * (x * x + 2.0 * y * y));
        let middle = sheet
            .vertex_ids()
            .find(|&v| sheet.point(v) == Point::origin())
            .unwrap();
        let points = sheet.vertex_ids().map(|v| match v == middle {
            true => Point::new(4.0, 0.3, 0.2),
            false => sheet.point(v),
        });
        TriMesh::new(points.collect(), sheet.faces().to_vec()).unwrap()
    }

    #[test]
    fn a_small_tangle_is_replaced_and_the_rest_untouched() {
        let tangled = tangled();
        let result = uncross(&tangled, &PARAMS);
        assert!(result.report.crossings_found > 0);
        assert_eq!(result.report.crossings_left, 0);
        let report = diagnose(&result.mesh);
        assert!(report.is_manifold && report.is_oriented);
        assert_eq!(report.border_loops.len(), 1);
        for v in result.mesh.vertex_ids() {
            if let Some(old) = result.vertex_of[v.index()] {
                assert_eq!(result.mesh.point(v), tangled.point(old));
            } else {
                let p = result.mesh.point(v);
                let truth = 0.02 * (p.x * p.x + 2.0 * p.y * p.y);
                assert!((p.z - truth).abs() < 0.05, "{}", p.z - truth);
            }
        }
        assert_eq!(
            result.face_of.iter().filter(|f| f.is_none()).count(),
            result.report.added_faces
        );
    }

    #[test]
    fn a_large_tangle_is_left_and_reported() {
        let result = uncross(
            &tangled(),
            &UncrossParams {
                max_area: 1.0,
                ..PARAMS
            },
        );
        assert_eq!(result.mesh, tangled());
        assert_eq!(result.report.crossings_left, result.report.crossings_found);
    }

    #[test]
    fn the_crossings_left_are_those_that_a_full_search_finds() {
        let far = RigidMotion::new(Vector::new(90.0, 3.0, 0.0), Vector::new(0.2, 0.1, 0.0));
        let (small, whole) = (tangled(), shapes::sheet(40, 40.0));
        // A blade through a large sheet is too large to replace, the tangle beside it is not.
        let stands = RigidMotion::new(Vector::new(1.0, 10.3, -10.0), Vector::new(1.5, 0.1, 0.3));
        let blade = whole.transformed(&stands);
        let mesh = TriMesh::joined([&small.transformed(&far), &whole, &blade]);
        let result = uncross(&mesh, &PARAMS);
        assert!(result.report.removed_faces > 0 && result.report.crossings_left > 0);
        assert_eq!(
            self_intersections(&result.mesh).len(),
            result.report.crossings_left
        );
    }

    #[test]
    fn a_surface_without_crossings_stays() {
        let ball = shapes::sphere(4.0, 2);
        let result = uncross(&ball, &PARAMS);
        assert_eq!(result.mesh, ball);
        assert_eq!(result.report, UncrossReport::default());
    }

    #[test]
    fn the_pose_does_not_matter() {
        let motion = RigidMotion::new(Vector::new(50., -20., 9.), Vector::new(1.0, -2.0, 0.3));
        let here = uncross(&tangled(), &PARAMS);
        let there = uncross(&tangled().transformed(&motion), &PARAMS);
        assert_eq!(here.mesh.faces(), there.mesh.faces());
        for v in here.mesh.vertex_ids() {
            assert!((motion * here.mesh.point(v) - there.mesh.point(v)).norm() < 1e-9);
        }
    }
}
