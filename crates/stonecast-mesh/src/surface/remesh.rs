//! The same surface with triangles of one size, nearly equilateral.
//!
//! Units: those of the mesh. Frame: any.
//!
//! Steps, a fixed number of rounds of:
//! 1. `split_long`: edges longer than 4/3 of the target are halved.
//! 2. `collapse_short`: edges shorter than 4/5 of it are merged, unless that makes a long one.
//! 3. `flip`: edges are exchanged where that brings the vertices nearer to six neighbours (four at a border).
//! 4. `relax`: vertices move to the middle of their neighbours within the tangent plane, then back onto the original
//!    surface at its closest point.
//!
//! Limits: border vertices and edges stay, so triangles there keep the border's spacing. Sharp edges are not known as
//! such: they are rounded by up to what the report's deviation says.
//!
//! This work is based on: M. Botsch, L. Kobbelt, "A Remeshing Approach to Multiresolution Modeling", Symposium on
//! Geometry Processing (2004).

use super::editable::Editable;
use crate::{FaceId, Point, TriMesh, Vector, spatial::SpatialIndex};

/// How to remesh.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RemeshParams {
    /// The edge length to aim at.
    pub edge_length: f64,
    /// How many rounds; five are usual.
    pub rounds: usize,
}

/// A remeshed surface.
#[derive(Clone, Debug)]
pub struct Remeshed {
    /// The mesh.
    pub mesh: TriMesh,
    /// For each vertex the original face it lies on, for labels and colours.
    pub face_of: Vec<FaceId>,
    /// The greatest distance of an original vertex from the new surface.
    pub max_deviation: f64,
}

/// Remeshes a manifold surface; an empty mesh, or one whose target length is not positive, comes back as it is.
///
/// ```
/// use stonecast_mesh::surface::{RemeshParams, remesh, shapes};
/// let ball = shapes::sphere(5.0, 3);
/// let finer = remesh(&ball, &RemeshParams { edge_length: 0.4, rounds: 5 });
/// assert!(finer.mesh.topology().is_closed(&finer.mesh));
/// assert!(finer.mesh.face_count() > ball.face_count());
/// ```
pub fn remesh(mesh: &TriMesh, params: &RemeshParams) -> Remeshed {
    let index = SpatialIndex::build(mesh);
    let mut edit = Editable::new(mesh);
    if params.edge_length > 0.0 && !mesh.is_empty() {
        for _ in 0..params.rounds {
            split_long(&mut edit, params.edge_length * 4.0 / 3.0);
            collapse_short(
                &mut edit,
                params.edge_length * 0.8,
                params.edge_length * 4.0 / 3.0,
            );
            flip(&mut edit);
            relax(&mut edit, &index);
        }
    }
    let (remeshed, _) = edit.finish();
    let place = |p: &Point| {
        index
            .closest_point(p, f64::INFINITY)
            .map_or(FaceId(0), |c| c.face)
    };
    let face_of = remeshed.points().iter().map(place).collect();
    Remeshed {
        max_deviation: deviation(mesh, &remeshed),
        mesh: remeshed,
        face_of,
    }
}

fn deviation(from: &TriMesh, to: &TriMesh) -> f64 {
    let index = SpatialIndex::build(to);
    let distance = |p: &Point| index.closest_point(p, f64::INFINITY).map_or(0.0, |c| c.distance);
    from.points().iter().map(distance).fold(0.0, f64::max)
}

fn length(edit: &Editable, a: u32, b: u32) -> f64 {
    (edit.points[a as usize] - edit.points[b as usize]).norm()
}

/// Lengths are compared with this much tolerance, so that rounding does not choose among equal edges.
const SAME: f64 = 1.0 + 1e-9;

fn split_long(edit: &mut Editable, longest: f64) {
    // Halving doubles the number of edges at most, and each halving halves the length: this ends.
    loop {
        let long: Vec<(u32, u32)> = edit
            .edges()
            .into_iter()
            .filter(|&(a, b)| length(edit, a, b) > longest * SAME && edit.faces_on(a, b).len() == 2)
            .collect();
        if long.is_empty() {
            return;
        }
        for (a, b) in long {
            let middle = nalgebra::center(&edit.points[a as usize], &edit.points[b as usize]);
            edit.split(a, b, middle);
        }
    }
}

fn collapse_short(edit: &mut Editable, shortest: f64, longest: f64) {
    for (a, b) in edit.edges() {
        if !edit.has_faces(a) || !edit.has_faces(b) || edit.faces_on(a, b).is_empty() {
            continue;
        }
        if length(edit, a, b) * SAME >= shortest || !edit.can_collapse(a, b) {
            continue;
        }
        let (kept, gone) = if edit.is_border[b as usize] {
            (b, a)
        } else {
            (a, b)
        };
        let to = if edit.is_border[kept as usize] {
            edit.points[kept as usize]
        } else {
            nalgebra::center(&edit.points[a as usize], &edit.points[b as usize])
        };
        let makes_long = [a, b]
            .into_iter()
            .flat_map(|v| edit.ring(v))
            .any(|w| w != a && w != b && (edit.points[w as usize] - to).norm() > longest * SAME);
        if !makes_long && !turns_over(edit, a, b, &to) {
            edit.collapse(kept, gone, to);
        }
    }
}

/// Whether a face around the edge would turn by a right angle or more.
fn turns_over(edit: &Editable, a: u32, b: u32, to: &Point) -> bool {
    edit.faces_of(a).chain(edit.faces_of(b)).any(|f| {
        let face = edit.face(f);
        if face.contains(&a) && face.contains(&b) {
            return false;
        }
        let old = edit.corners(f);
        let new = [0, 1, 2].map(|i| if face[i] == a || face[i] == b { *to } else { old[i] });
        normal(&old).dot(&normal(&new)) <= 0.0
    })
}

fn normal(t: &[Point; 3]) -> Vector {
    (t[1] - t[0]).cross(&(t[2] - t[0]))
}

fn flip(edit: &mut Editable) {
    for (a, b) in edit.edges() {
        let Some([c, d]) = edit.can_flip(a, b) else {
            continue;
        };
        let excess = |v: u32, change: i64| {
            let wanted = if edit.is_border[v as usize] { 4 } else { 6 };
            (edit.ring(v).len() as i64 + change - wanted).pow(2)
        };
        let before = excess(a, 0) + excess(b, 0) + excess(c, 0) + excess(d, 0);
        let after = excess(a, -1) + excess(b, -1) + excess(c, 1) + excess(d, 1);
        if after < before && stays_flat(edit, [a, b], [c, d]) {
            edit.flip(a, b);
        }
    }
}

/// Both faces of the flipped pair look the way the pair looked before, within 60 degrees: an edge of the shape is not
/// exchanged.
fn stays_flat(edit: &Editable, [a, b]: [u32; 2], [c, d]: [u32; 2]) -> bool {
    let old: Vec<Vector> = edit
        .faces_on(a, b)
        .iter()
        .map(|&(f, _)| normal(&edit.corners(f)))
        .collect();
    let before = old[0] / old[0].norm() + old[1] / old[1].norm();
    let at = |v: u32| edit.points[v as usize];
    // The face with third vertex c runs from a to b or from b to a; the new faces turn the same way.
    let (first, _) = edit.faces_on(a, b)[0];
    let face = edit.face(first);
    let forward = (0..3).any(|i| face[i] == a && face[(i + 1) % 3] == b);
    let (a, b) = if forward { (a, b) } else { (b, a) };
    [[at(a), at(d), at(c)], [at(d), at(b), at(c)]].iter().all(|t| {
        let n = normal(t);
        n.dot(&before) > 0.5 * n.norm() * before.norm()
    })
}

fn relax(edit: &mut Editable, index: &SpatialIndex) {
    let moved: Vec<Point> = (0..edit.points.len() as u32)
        .map(|v| {
            let at = edit.points[v as usize];
            if !edit.has_faces(v) || edit.is_border[v as usize] {
                return at;
            }
            let ring = edit.ring(v);
            let middle =
                ring.iter().map(|&w| edit.points[w as usize] - at).sum::<Vector>() / ring.len() as f64;
            let n: Vector = edit.faces_of(v).map(|f| normal(&edit.corners(f))).sum();
            let square = n.norm_squared();
            let tangent = if square > 0.0 {
                middle - n * (middle.dot(&n) / square)
            } else {
                middle
            };
            let to = at + tangent;
            index.closest_point(&to, f64::INFINITY).map_or(to, |c| c.point)
        })
        .collect();
    for v in 0..edit.points.len() as u32 {
        // A vertex whose move would turn a face over waits for the next round.
        let to = moved[v as usize];
        let sound = edit.faces_of(v).all(|f| {
            let (face, old) = (edit.face(f), edit.corners(f));
            let new = [0, 1, 2].map(|i| if face[i] == v { to } else { old[i] });
            normal(&old).dot(&normal(&new)) > 0.0
        });
        if sound {
            edit.points[v as usize] = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RigidMotion, repair::diagnose, surface::shapes, topology::boundary_loops};

    fn edge_lengths(mesh: &TriMesh) -> Vec<f64> {
        let inner = mesh
            .topology()
            .edges()
            .iter()
            .filter(|e| mesh.topology().face_count(e) == 2);
        inner
            .map(|e| (mesh.point(e.ends[0]) - mesh.point(e.ends[1])).norm())
            .collect()
    }

    fn hills() -> TriMesh {
        shapes::height_field(30, 15.0, |x, y| {
            (x * 0.5 + 0.1).sin() + (y * 0.43 + x * 0.05).cos()
        })
    }

    #[test]
    fn edges_come_near_the_length_asked_for() {
        let ball = shapes::sphere(5.0, 3);
        for target in [0.5, 1.0, 1.6] {
            let made = remesh(
                &ball,
                &RemeshParams {
                    edge_length: target,
                    rounds: 6,
                },
            );
            let lengths = edge_lengths(&made.mesh);
            let mean = lengths.iter().sum::<f64>() / lengths.len() as f64;
            assert!((mean / target - 1.0).abs() < 0.15, "{mean} {target}");
            let within = lengths
                .iter()
                .filter(|l| (0.6 * target..1.5 * target).contains(*l))
                .count();
            assert!(within as f64 > 0.97 * lengths.len() as f64);
            let report = diagnose(&made.mesh);
            assert!(report.is_closed && report.is_manifold && report.is_oriented);
            assert_eq!(report.count(crate::repair::FaultKind::SelfIntersections), 0);
        }
    }

    #[test]
    fn every_vertex_lies_on_the_original_and_the_border_stays() {
        let made = remesh(
            &hills(),
            &RemeshParams {
                edge_length: 0.4,
                rounds: 5,
            },
        );
        let index = SpatialIndex::build(&hills());
        for (v, face) in made.mesh.vertex_ids().zip(&made.face_of) {
            let closest = index
                .closest_point(&made.mesh.point(v), 1e-9)
                .expect("on the surface");
            assert_eq!(closest.face, *face);
        }
        let ring = |m: &TriMesh| -> Vec<Point> { boundary_loops(m)[0].iter().map(|&v| m.point(v)).collect() };
        assert!(ring(&hills()) == ring(&made.mesh));
        assert!(made.max_deviation < 0.05, "{}", made.max_deviation);
    }

    #[test]
    fn the_pose_does_not_matter() {
        let motion = RigidMotion::new(Vector::new(50., -20., 9.), Vector::new(1.0, -2.0, 0.3));
        let params = RemeshParams {
            edge_length: 0.7,
            rounds: 3,
        };
        let here = remesh(&hills(), &params).mesh;
        let there = remesh(&hills().transformed(&motion), &params).mesh;
        assert_eq!(here.faces(), there.faces());
        for v in here.vertex_ids() {
            assert!((motion * here.point(v) - there.point(v)).norm() < 1e-9);
        }
    }

    #[test]
    fn nothing_is_made_of_nothing() {
        let empty = TriMesh::default();
        assert!(
            remesh(
                &empty,
                &RemeshParams {
                    edge_length: 1.0,
                    rounds: 3
                }
            )
            .mesh
            .is_empty()
        );
        let ball = shapes::sphere(5.0, 1);
        assert_eq!(
            remesh(
                &ball,
                &RemeshParams {
                    edge_length: 0.0,
                    rounds: 3
                }
            )
            .mesh,
            ball
        );
    }
}
