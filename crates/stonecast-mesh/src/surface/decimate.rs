//! Fewer triangles, with the deviation from the original known.
//!
//! Units: those of the mesh. Frame: any.
//!
//! Steps:
//! 1. `quadrics`: each vertex knows the area-weighted planes of its faces.
//! 2. Edges wait in a heap, the one whose merging costs least first. A little of the edge's own length is added to the
//!    cost, so that in flat places, where all cost nothing, order and positions are still determined by the shape and
//!    not by rounding.
//! 3. `try_collapse`: an edge is merged when the surface stays manifold (link condition), no face turns over or
//!    becomes a sliver, and, where a deviation is allowed for, every original vertex merged so far stays within it.
//! 4. `Witnesses`: each original vertex that is gone stays attached to the face nearest to it, so its distance to the
//!    new surface is known at every step.
//!
//! Limits: border vertices stay where they are. The deviation counted is that of the original vertices from the new
//! surface; the new surface's distance from the original is not bounded but measured in the same range. Mend the mesh
//! first: where it is not manifold nothing is merged.
//!
//! This work is based on: M. Garland, P. S. Heckbert, "Surface simplification using quadric error metrics", SIGGRAPH
//! (1997); T. K. Dey, H. Edelsbrunner, S. Guha, D. V. Nekhayev, "Topology preserving edge contraction", Publications de
//! l'Institut Mathématique 66 (1999), for the link condition.

use std::{cmp::Reverse, collections::BinaryHeap};

use nalgebra::Matrix3;

use super::editable::Editable;
use crate::{Point, TriMesh, Vector, VertexId, spatial::closest_on_triangle};

/// When to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum DecimateTarget {
    /// At this many faces, or where no edge can be merged.
    FaceCount(usize),
    /// Where every further merge would leave an original vertex farther than this from the surface.
    MaxDeviation(f64),
}

/// A decimated mesh.
#[derive(Clone, Debug)]
pub struct Decimated {
    /// The mesh.
    pub mesh: TriMesh,
    /// For each vertex the original vertex whose place it took, for labels and colours.
    pub vertex_of: Vec<VertexId>,
    /// The greatest distance of an original vertex from the new surface near it.
    pub max_deviation: f64,
}

/// Merges edges until the target is met.
///
/// ```
/// use stonecast_mesh::surface::{DecimateTarget, decimate, shapes};
/// let ball = shapes::sphere(10.0, 4);
/// let coarse = decimate(&ball, DecimateTarget::MaxDeviation(0.1));
/// assert!(coarse.mesh.face_count() < ball.face_count() / 4);
/// assert!(coarse.max_deviation <= 0.1);
/// ```
pub fn decimate(mesh: &TriMesh, target: DecimateTarget) -> Decimated {
    let (least_faces, bound) = match target {
        DecimateTarget::FaceCount(count) => (count, f64::INFINITY),
        DecimateTarget::MaxDeviation(bound) => (0, bound),
    };
    let mut work = Work::new(mesh, bound);
    let mut heap = BinaryHeap::new();
    for (a, b) in work.edit.edges() {
        heap.extend(work.candidate(a, b).map(Reverse));
    }
    while work.edit.live_faces() > least_faces {
        let Some(Reverse(Candidate { a, b, version, .. })) = heap.pop() else {
            break;
        };
        if work.version_of(a, b) != version || !work.try_collapse(a, b) {
            continue;
        }
        for w in work.edit.ring(a) {
            heap.extend(work.candidate(a, w).map(Reverse));
        }
    }
    let max_deviation = work.witnesses.greatest(&work.edit);
    let (mesh, old) = work.edit.finish();
    Decimated {
        mesh,
        vertex_of: old.into_iter().map(VertexId).collect(),
        max_deviation,
    }
}

/// An edge that may be merged, and what that costs.
#[derive(Clone, Copy, PartialEq)]
struct Candidate {
    /// Single precision on purpose: costs that differ by rounding only are equal, and ids decide.
    cost: f32,
    a: u32,
    b: u32,
    version: u64,
}

impl Eq for Candidate {}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.cost
            .total_cmp(&other.cost)
            .then((self.a, self.b, self.version).cmp(&(other.a, other.b, other.version)))
    }
}

/// The sum of squared distances from planes, each weighted by area, about a point of its own.
#[derive(Clone, Copy)]
struct Quadric {
    matrix: Matrix3<f64>,
    linear: Vector,
    constant: f64,
    area: f64,
}

impl Quadric {
    const ZERO: Self = Self {
        matrix: Matrix3::new(0., 0., 0., 0., 0., 0., 0., 0., 0.),
        linear: Vector::new(0., 0., 0.),
        constant: 0.0,
        area: 0.0,
    };

    /// The plane through `at` with this unit normal, seen from `origin`.
    fn of_plane(normal: &Vector, at: &Vector, area: f64) -> Self {
        let d = normal.dot(at);
        Self {
            matrix: normal * normal.transpose() * area,
            linear: normal * (-d * area),
            constant: d * d * area,
            area,
        }
    }

    fn add(&mut self, other: &Self) {
        self.matrix += other.matrix;
        self.linear += other.linear;
        self.constant += other.constant;
        self.area += other.area;
    }

    fn at(&self, x: &Vector) -> f64 {
        (x.dot(&(self.matrix * x)) + 2.0 * self.linear.dot(x) + self.constant).max(0.0)
    }

    /// The best position near `x`; along directions in which the planes do not care, `x` itself.
    fn best_near(&self, x: &Vector) -> Vector {
        // A thousandth of the planes' own weight: far too weak to matter where they do care.
        let hold = 1e-3 * self.matrix.trace();
        if hold <= 0.0 {
            return *x;
        }
        let held = self.matrix + Matrix3::identity() * hold;
        let gradient = self.matrix * x + self.linear;
        held.cholesky().map_or(*x, |c| x - c.solve(&gradient))
    }
}

/// How much of the squared edge length joins the cost: enough to order the flat places, too little to matter where
/// there is shape.
const LENGTH_SHARE: f64 = 1e-6;

/// A face may turn by at most this much in one merge (as a cosine).
const LEAST_TURN: f64 = 0.2;
/// Triangles of lower quality (1 for equilateral, 0 for flat) are not made from better ones.
const LEAST_QUALITY: f64 = 0.05;

struct Work {
    edit: Editable,
    /// Positions are taken from here, so that the distance from the frame's origin costs no digits.
    origin: Point,
    quadrics: Vec<Quadric>,
    version: Vec<u32>,
    witnesses: Witnesses,
    bound: f64,
}

impl Work {
    fn new(mesh: &TriMesh, bound: f64) -> Self {
        let origin = mesh.points().first().copied().unwrap_or_else(Point::origin);
        Self {
            edit: Editable::new(mesh),
            origin,
            quadrics: quadrics(mesh, &origin),
            version: vec![0; mesh.vertex_count()],
            witnesses: Witnesses::new(mesh.vertex_count(), mesh.face_count()),
            bound,
        }
    }

    fn version_of(&self, a: u32, b: u32) -> u64 {
        u64::from(self.version[a as usize]) << 32 | u64::from(self.version[b as usize])
    }

    /// Where the merged vertex would go.
    fn merged(&self, a: u32, b: u32) -> (Point, Quadric) {
        let mut quadric = self.quadrics[a as usize];
        quadric.add(&self.quadrics[b as usize]);
        let [pa, pb] = [a, b].map(|v| self.edit.points[v as usize]);
        let to = match [a, b].map(|v| self.edit.is_border[v as usize]) {
            [true, _] => pa,
            [_, true] => pb,
            _ => self.origin + quadric.best_near(&(nalgebra::center(&pa, &pb) - self.origin)),
        };
        (to, quadric)
    }

    fn candidate(&self, a: u32, b: u32) -> Option<Candidate> {
        if self.edit.is_border[a as usize] && self.edit.is_border[b as usize] {
            return None;
        }
        let (a, b) = (a.min(b), a.max(b));
        let (to, quadric) = self.merged(a, b);
        let length = (self.edit.points[a as usize] - self.edit.points[b as usize]).norm_squared();
        Some(Candidate {
            cost: (quadric.at(&(to - self.origin)) + LENGTH_SHARE * length * quadric.area) as f32,
            a,
            b,
            version: self.version_of(a, b),
        })
    }

    /// Merges `b` into `a`, or says that it may not be.
    fn try_collapse(&mut self, a: u32, b: u32) -> bool {
        if !self.edit.can_collapse(a, b) {
            return false;
        }
        let (to, quadric) = self.merged(a, b);
        if !self.faces_stay_sound(a, b, &to) || !self.faces_stay_sound(b, a, &to) {
            return false;
        }
        if !self.witnesses.follow(&self.edit, a, b, &to, self.bound) {
            return false;
        }
        self.edit.is_border[a as usize] |= self.edit.is_border[b as usize];
        self.edit.collapse(a, b, to);
        self.quadrics[a as usize] = quadric;
        self.version[a as usize] += 1;
        self.version[b as usize] += 1;
        true
    }

    /// No face at `v` that stays turns over or becomes a sliver when `v` moves to `to`.
    fn faces_stay_sound(&self, v: u32, other: u32, to: &Point) -> bool {
        self.edit
            .faces_of(v)
            .filter(|&f| !self.edit.face(f).contains(&other))
            .all(|f| {
                let old = self.edit.corners(f);
                let face = self.edit.face(f);
                let new = [0, 1, 2].map(|i| if face[i] == v { *to } else { old[i] });
                let normal = |t: &[Point; 3]| (t[1] - t[0]).cross(&(t[2] - t[0]));
                let (before, after) = (normal(&old), normal(&new));
                let quality = shape_quality(&new);
                after.dot(&before) > LEAST_TURN * after.norm() * before.norm()
                    && (quality > LEAST_QUALITY || quality > shape_quality(&old))
            })
    }
}

/// 1 for an equilateral triangle, 0 for a flat one.
fn shape_quality(t: &[Point; 3]) -> f64 {
    let (ab, bc, ca) = (t[1] - t[0], t[2] - t[1], t[0] - t[2]);
    let sides = ab.norm_squared() + bc.norm_squared() + ca.norm_squared();
    if sides > 0.0 {
        2.0 * 3.0f64.sqrt() * ab.cross(&ca).norm() / sides
    } else {
        0.0
    }
}

fn quadrics(mesh: &TriMesh, origin: &Point) -> Vec<Quadric> {
    let mut quadrics = vec![Quadric::ZERO; mesh.vertex_count()];
    for f in mesh.face_ids() {
        let [a, _, _] = mesh.corners(f);
        let plane = Quadric::of_plane(&mesh.face_normals()[f], &(a - origin), mesh.face_area(f) / 3.0);
        for v in mesh.face(f) {
            quadrics[v.index()].add(&plane);
        }
    }
    quadrics
}

/// Original vertices that are gone, each attached to the face nearest to it.
struct Witnesses {
    points: Vec<Point>,
    next: Vec<u32>,
    first_of_face: Vec<u32>,
    /// Vertices that still stand for an original at exactly their place.
    is_original: Vec<bool>,
}

const NONE: u32 = u32::MAX;

impl Witnesses {
    fn new(vertex_count: usize, face_count: usize) -> Self {
        Self {
            points: Vec::new(),
            next: Vec::new(),
            first_of_face: vec![NONE; face_count],
            is_original: vec![true; vertex_count],
        }
    }

    fn on(&self, face: u32) -> impl Iterator<Item = u32> + '_ {
        let mut at = self.first_of_face[face as usize];
        std::iter::from_fn(move || {
            (at != NONE).then(|| {
                let witness = at;
                at = self.next[at as usize];
                witness
            })
        })
    }

    /// Attaches the witnesses around an edge to the faces that will be there; false, and nothing done, when one would
    /// be farther away than `bound`.
    fn follow(&mut self, edit: &Editable, a: u32, b: u32, to: &Point, bound: f64) -> bool {
        let mut old: Vec<u32> = edit.faces_of(a).chain(edit.faces_of(b)).collect();
        old.sort_unstable();
        old.dedup();
        let new: Vec<(u32, [Point; 3])> = old
            .iter()
            .filter_map(|&f| {
                let face = edit.face(f);
                let stays = !(face.contains(&a) && face.contains(&b));
                let corners = edit.corners(f);
                let moved = [0, 1, 2].map(|i| {
                    if face[i] == a || face[i] == b {
                        *to
                    } else {
                        corners[i]
                    }
                });
                stays.then_some((f, moved))
            })
            .collect();
        let gone = [a, b].map(|v| edit.points[v as usize]);
        let fresh = (0..2).filter(|&i| self.is_original[[a, b][i] as usize] && gone[i] != *to);
        let fresh: Vec<Point> = fresh.map(|i| gone[i]).collect();
        let known: Vec<u32> = old.iter().flat_map(|&f| self.on(f)).collect();
        let limit = bound * bound;
        let mut homes = Vec::with_capacity(known.len() + fresh.len());
        for p in known
            .iter()
            .map(|&w| self.points[w as usize])
            .chain(fresh.iter().copied())
        {
            let nearest = new
                .iter()
                .map(|(f, t)| ((closest_on_triangle(&p, t).0 - p).norm_squared(), *f))
                .fold(
                    (f64::INFINITY, NONE),
                    |best, x| if x.0 < best.0 { x } else { best },
                );
            if nearest.1 == NONE || nearest.0 > limit {
                return false;
            }
            homes.push(nearest.1);
        }
        for &f in &old {
            self.first_of_face[f as usize] = NONE;
        }
        let first_fresh = self.points.len() as u32;
        self.points.extend_from_slice(&fresh);
        self.next.resize(self.points.len(), NONE);
        let all = known.into_iter().chain(first_fresh..self.points.len() as u32);
        for (w, f) in all.zip(homes) {
            self.next[w as usize] = self.first_of_face[f as usize];
            self.first_of_face[f as usize] = w;
        }
        let stays_original = [a, b]
            .iter()
            .any(|&v| self.is_original[v as usize] && edit.points[v as usize] == *to);
        self.is_original[a as usize] = stays_original;
        true
    }

    fn greatest(&self, edit: &Editable) -> f64 {
        let faces = (0..edit.face_slots() as u32).filter(|&f| edit.is_alive(f));
        let square = faces
            .flat_map(|f| self.on(f).map(move |w| (f, w)))
            .map(|(f, w)| {
                let p = self.points[w as usize];
                (closest_on_triangle(&p, &edit.corners(f)).0 - p).norm_squared()
            })
            .fold(0.0, f64::max);
        square.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        RigidMotion, repair::diagnose, spatial::SpatialIndex, surface::shapes, topology::boundary_loops,
    };

    fn farthest(from: &TriMesh, to: &TriMesh) -> f64 {
        let index = SpatialIndex::build(to);
        let distance = |p: &Point| index.closest_point(p, f64::INFINITY).expect("a surface").distance;
        from.points().iter().map(distance).fold(0.0, f64::max)
    }

    fn hills() -> TriMesh {
        shapes::height_field(60, 30.0, |x, y| (x * 0.5).sin() + (y * 0.4).cos())
    }

    #[test]
    fn the_deviation_stated_is_the_deviation_found() {
        for bound in [0.02, 0.1] {
            let coarse = decimate(&hills(), DecimateTarget::MaxDeviation(bound));
            assert!(coarse.max_deviation <= bound && coarse.max_deviation > 0.5 * bound);
            let found = farthest(&hills(), &coarse.mesh);
            assert!(
                found <= coarse.max_deviation + 1e-12,
                "{found} {}",
                coarse.max_deviation
            );
            assert!(farthest(&coarse.mesh, &hills()) < 2.0 * bound);
            assert!(coarse.mesh.face_count() < hills().face_count() / 3);
        }
    }

    #[test]
    fn a_face_count_is_met_and_the_surface_stays_sound() {
        let coarse = decimate(&hills(), DecimateTarget::FaceCount(1500));
        assert!((1499..=1500).contains(&coarse.mesh.face_count()));
        let report = diagnose(&coarse.mesh);
        assert!(report.is_manifold && report.is_oriented);
        assert_eq!(report.count(crate::repair::FaultKind::SelfIntersections), 0);
        assert!(farthest(&hills(), &coarse.mesh) <= coarse.max_deviation + 1e-12);
    }

    #[test]
    fn the_border_stays_point_by_point() {
        let coarse = decimate(&hills(), DecimateTarget::FaceCount(900));
        let ring = |m: &TriMesh| -> Vec<Point> { boundary_loops(m)[0].iter().map(|&v| m.point(v)).collect() };
        assert!(ring(&hills()) == ring(&coarse.mesh));
    }

    #[test]
    fn a_flat_sheet_keeps_its_plane_and_a_ball_stays_closed() {
        let flat = decimate(&shapes::sheet(30, 10.0), DecimateTarget::MaxDeviation(1e-9)).mesh;
        // Of 1800 faces about two per border edge are needed.
        assert!(flat.face_count() < 400, "{}", flat.face_count());
        assert!((flat.area() - 100.0).abs() < 1e-9);
        let ball = decimate(&shapes::sphere(10.0, 4), DecimateTarget::FaceCount(500)).mesh;
        assert!(ball.topology().is_closed(&ball));
        assert!((ball.signed_volume() / shapes::sphere(10.0, 4).signed_volume() - 1.0).abs() < 0.01);
    }

    #[test]
    fn labels_can_be_carried_over() {
        let coarse = decimate(&hills(), DecimateTarget::FaceCount(1500));
        for v in coarse.mesh.vertex_ids() {
            let apart = (coarse.mesh.point(v) - hills().point(coarse.vertex_of[v.index()])).norm();
            assert!(apart < 3.0, "{apart}");
        }
    }

    #[test]
    fn the_pose_does_not_matter() {
        let hills = shapes::height_field(30, 15.0, |x, y| {
            (x * 0.5 + 0.1).sin() + (y * 0.43 + x * 0.05).cos()
        });
        let motion = RigidMotion::new(Vector::new(50., -20., 9.), Vector::new(1.0, -2.0, 0.3));
        let here = decimate(&hills, DecimateTarget::FaceCount(500)).mesh;
        let there = decimate(&hills.transformed(&motion), DecimateTarget::FaceCount(500)).mesh;
        assert_eq!(here.faces(), there.faces());
        for v in here.vertex_ids() {
            assert!((motion * here.point(v) - there.point(v)).norm() < 1e-9);
        }
    }
}
