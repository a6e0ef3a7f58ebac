//! Triangles that cross each other, decided by exact predicates.
//!
//! Units: those of the mesh. Frame: any.
//!
//! Steps:
//! 1. `overlapping_pairs`: pairs of triangles whose boxes overlap.
//! 2. `is_beyond_a_side`: most of them are told apart by a side of one, with a margin far above rounding.
//! 3. `faces_cross`: neighbours touch by right; only what lies beyond the shared corner or side counts.
//! 4. `triangles_cross` and its kin for neighbours: does a side of one pass through the other? The signs come
//!    from `robust::orient3d`, which is exact, so a touch is never taken for a crossing by rounding.
//!
//! Limits: triangles that only touch (a corner on a face) do not cross. Degenerate triangles cross nothing.
//!
//! This work is based on: J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust
//! Geometric Predicates", Discrete & Computational Geometry 18 (1997); P. Guigue, O. Devillers, "Fast and Robust
//! Triangle-Triangle Overlap Test Using Orientation Predicates", Journal of Graphics Tools 8 (2003).

use rayon::prelude::*;
use robust::{Coord, Coord3D, orient2d, orient3d};

use super::box_pairs::{overlapping_pairs, overlapping_pairs_with};
use crate::{Aabb, FaceId, Point, TriMesh, Vector};

/// All pairs of faces that pass through each other or lie on each other, sorted.
///
/// Faces that share a side count only when they are folded flat onto each other; faces that share a corner
/// only when they meet elsewhere too.
pub fn self_intersections(mesh: &TriMesh) -> Vec<(FaceId, FaceId)> {
    let crosses = |i, j| faces_cross(mesh, FaceId(i), FaceId(j));
    named(overlapping_pairs(&face_boxes(mesh), crosses))
}

/// Of [`self_intersections`] those with at least one chosen face.
pub(super) fn intersections_of(mesh: &TriMesh, chosen: &[bool]) -> Vec<(FaceId, FaceId)> {
    let crosses = |i, j| faces_cross(mesh, FaceId(i), FaceId(j));
    named(overlapping_pairs_with(&face_boxes(mesh), chosen, crosses))
}

fn face_boxes(mesh: &TriMesh) -> Vec<Aabb> {
    (0..mesh.face_count() as u32)
        .into_par_iter()
        .map(|f| Aabb::around(mesh.corners(FaceId(f))).expect("a face has corners"))
        .collect()
}

fn named(pairs: Vec<(u32, u32)>) -> Vec<(FaceId, FaceId)> {
    pairs.into_iter().map(|(i, j)| (FaceId(i), FaceId(j))).collect()
}

/// True when two triangles that share no corner pass through each other or overlap in one plane.
pub fn triangles_cross(p: &[Point; 3], q: &[Point; 3]) -> bool {
    let side_of_q = q.map(|x| orient(p, &x));
    if same_side(side_of_q) {
        return false;
    }
    let side_of_p = p.map(|x| orient(q, &x));
    if same_side(side_of_p) {
        return false;
    }
    if side_of_q == [0.0; 3] || side_of_p == [0.0; 3] {
        return overlap_in_plane(p, q);
    }
    (0..3).any(|i| {
        let j = (i + 1) % 3;
        (opposite(side_of_p[i], side_of_p[j]) && line_meets(&p[i], &p[j], q))
            || (opposite(side_of_q[i], side_of_q[j]) && line_meets(&q[i], &q[j], p))
    })
}

/// Whether two faces of a mesh cross, shared corners and sides aside.
pub(super) fn faces_cross(mesh: &TriMesh, f: FaceId, g: FaceId) -> bool {
    let (a, b) = (mesh.face(f), mesh.face(g));
    if [a, b]
        .iter()
        .any(|t| t[0] == t[1] || t[1] == t[2] || t[2] == t[0])
    {
        return false;
    }
    let (p, q) = (mesh.corners(f), mesh.corners(g));
    let mut shared = [(0, 0); 3];
    let mut count = 0;
    for (i, v) in a.iter().enumerate() {
        for (j, w) in b.iter().enumerate() {
            if v == w && count < 3 {
                shared[count] = (i, j);
                count += 1;
            }
        }
    }
    let crosses = match shared[..count] {
        [] => !is_beyond_a_side(&p, &q, None) && !is_beyond_a_side(&q, &p, None) && triangles_cross(&p, &q),
        [(i, j)] => {
            !is_beyond_a_side(&p, &q, Some([i, j]))
                && !is_beyond_a_side(&q, &p, Some([j, i]))
                && corner_neighbours_cross(&rotated(&p, i), &rotated(&q, j))
        }
        [(i, j), (k, l)] => folded_flat(&p[i], &p[k], &p[3 - i - k], &q[3 - j - l]),
        _ => true,
    };
    // Last, for hardly any pair comes so far.
    crosses && !is_flat(&p) && !is_flat(&q)
}

/// Of a squared longest side's square: a triangle with a smaller squared normal is too slender for the quick test.
const SLENDER: f64 = 1e-6;

/// By this sine `q` must lie beyond a side: a million times what rounding can turn the side's plane by.
const BEYOND: f64 = 1e-9;

/// A quick test that most neighbours on a smooth surface pass: the plane through a side of `p`, upright on it, has `q`
/// strictly beyond it, but for the corner `shared` (its place in `p` and in `q`), so that they meet nowhere else.
fn is_beyond_a_side(p: &[Point; 3], q: &[Point; 3], shared: Option<[usize; 2]>) -> bool {
    let sides = [0, 1, 2].map(|i| p[(i + 1) % 3] - p[i]);
    let longest = sides.iter().map(Vector::norm_squared).fold(0.0, f64::max);
    let normal = sides[0].cross(&sides[1]);
    if normal.norm_squared() < SLENDER * longest * longest {
        return false;
    }
    (0..3).any(|i| {
        let (from, skip) = match shared {
            Some([k, _]) if k == (i + 2) % 3 => return false,
            Some([k, l]) => (p[k], l),
            None => (p[i], 3),
        };
        let inward = normal.cross(&sides[i]);
        let least = BEYOND * BEYOND * inward.norm_squared();
        (0..3).filter(|&j| j != skip).all(|j| {
            let x = q[j] - from;
            let height = inward.dot(&x);
            height < 0.0 && height * height > least * x.norm_squared().max(longest)
        })
    })
}

fn rotated(t: &[Point; 3], first: usize) -> [Point; 3] {
    [t[first], t[(first + 1) % 3], t[(first + 2) % 3]]
}

/// Corner 0 is shared: the line in which the triangles could meet starts there and must leave one of them
/// through the side opposite.
fn corner_neighbours_cross(p: &[Point; 3], q: &[Point; 3]) -> bool {
    let (p1, p2) = (orient(q, &p[1]), orient(q, &p[2]));
    if p1 * p2 > 0.0 {
        return false;
    }
    let (q1, q2) = (orient(p, &q[1]), orient(p, &q[2]));
    if (p1 == 0.0 && p2 == 0.0) || (q1 == 0.0 && q2 == 0.0) {
        return overlap_in_plane(p, q);
    }
    (opposite(p1, p2) && line_meets(&p[1], &p[2], q)) || (opposite(q1, q2) && line_meets(&q[1], &q[2], p))
}

/// Triangles `a b c` and `a b d` in one plane, `c` and `d` on the same side of their common side.
fn folded_flat(a: &Point, b: &Point, c: &Point, d: &Point) -> bool {
    let ab = b - a;
    ab.cross(&(c - a)).dot(&ab.cross(&(d - a))) > 0.0 && orient(&[*a, *b, *c], d) == 0.0
}

fn is_flat(t: &[Point; 3]) -> bool {
    (t[1] - t[0]).cross(&(t[2] - t[0])) == Vector::zeros()
}

fn coord(p: &Point) -> Coord3D<f64> {
    Coord3D {
        x: p.x,
        y: p.y,
        z: p.z,
    }
}

fn orient(t: &[Point; 3], p: &Point) -> f64 {
    orient3d(coord(&t[0]), coord(&t[1]), coord(&t[2]), coord(p))
}

fn same_side(s: [f64; 3]) -> bool {
    s.iter().all(|&x| x > 0.0) || s.iter().all(|&x| x < 0.0)
}

fn opposite(a: f64, b: f64) -> bool {
    (a > 0.0 && b < 0.0) || (a < 0.0 && b > 0.0)
}

/// The line through `s` and `e`, known to cross the plane of `t`, passes through `t` or its rim.
fn line_meets(s: &Point, e: &Point, t: &[Point; 3]) -> bool {
    let turns = [0, 1, 2].map(|i| orient(&[*s, *e, t[i]], &t[(i + 1) % 3]));
    turns.iter().all(|&x| x >= 0.0) || turns.iter().all(|&x| x <= 0.0)
}

/// Two triangles of one plane share some area.
fn overlap_in_plane(p: &[Point; 3], q: &[Point; 3]) -> bool {
    // Dropping the coordinate along which the plane is steepest is an exact one-to-one map of the plane.
    let drop = (p[1] - p[0]).cross(&(p[2] - p[0])).iamax();
    let flat = |t: &[Point; 3]| {
        t.map(|x| Coord {
            x: x[(drop + 1) % 3],
            y: x[(drop + 2) % 3],
        })
    };
    let (p, q) = (flat(p), flat(q));
    let strictly_inside =
        |x: Coord<f64>, t: &[Coord<f64>; 3]| same_side([0, 1, 2].map(|i| orient2d(t[i], t[(i + 1) % 3], x)));
    let sides_cross = |i: usize, j: usize| {
        let (a, b, c, d) = (p[i], p[(i + 1) % 3], q[j], q[(j + 1) % 3]);
        opposite(orient2d(a, b, c), orient2d(a, b, d)) && opposite(orient2d(c, d, a), orient2d(c, d, b))
    };
    let centre = |t: &[Coord<f64>; 3]| Coord {
        x: (t[0].x + t[1].x + t[2].x) / 3.0,
        y: (t[0].y + t[1].y + t[2].y) / 3.0,
    };
    (0..3).any(|i| (0..3).any(|j| sides_cross(i, j)))
        || p.iter().any(|&x| strictly_inside(x, &q))
        || q.iter().any(|&x| strictly_inside(x, &p))
        // Equal triangles have neither crossing sides nor corners strictly inside.
        || strictly_inside(centre(&p), &q)
        || strictly_inside(centre(&q), &p)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RigidMotion;

    const FLOOR: [[f64; 3]; 3] = [[0., 0., 0.], [4., 0., 0.], [0., 4., 0.]];

    fn t(expected: bool, other: [[f64; 3]; 3]) {
        let (p, q) = (FLOOR.map(Point::from), other.map(Point::from));
        for turn in 0..3 {
            assert_eq!(triangles_cross(&rotated(&p, turn), &q), expected, "{other:?}");
            assert_eq!(triangles_cross(&q, &rotated(&p, turn)), expected, "{other:?}");
        }
    }

    #[test]
    fn crossing_touching_and_missing_are_told_apart() {
        t(true, [[1., 1., -1.], [1., 1., 1.], [5., 5., 1.]]);
        t(true, [[1., 1., -1.], [1., 1., 1.], [2., 1., 1.]]);
        t(false, [[1., 1., 0.], [1., 1., 1.], [2., 1., 1.]]);
        t(false, [[3., 3., -1.], [3., 3., 1.], [5., 5., 1.]]);
        t(false, [[1., 1., 0.1], [3., 1., 0.1], [1., 3., 0.1]]);
        t(true, [[1., 1., 0.], [9., 1., 0.], [1., 9., 0.]]);
        t(true, FLOOR);
        t(false, [[4., 4., 0.], [9., 1., 0.], [5., 9., 0.]]);
        t(false, [[4., 0., 0.], [0., 4., 0.], [4., 4., 0.]]);
    }

    fn two(faces: &[[u32; 3]], points: &[[f64; 3]]) -> usize {
        let points = points.iter().map(|&p| Point::from(p)).collect();
        self_intersections(&TriMesh::from_indices(points, faces).unwrap()).len()
    }

    #[test]
    fn the_quick_test_never_contradicts_the_exact_one() {
        // Corners on a coarse lattice, so that touching, flat and coplanar cases abound.
        let mut state = 9u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            f64::from((state >> 33) as u32 % 4)
        };
        let mut parted = [0; 2];
        for _ in 0..20_000 {
            let [p, mut q] = [0; 2].map(|_| [0; 3].map(|_| Point::new(next(), next(), 0.5 * next())));
            if is_beyond_a_side(&p, &q, None) && !is_flat(&q) {
                parted[0] += 1;
                assert!(
                    !triangles_cross(&p, &q) && !triangles_cross(&q, &p),
                    "{p:?} {q:?}"
                );
            }
            q[1] = p[2];
            if is_beyond_a_side(&p, &q, Some([2, 1])) && !is_flat(&q) {
                parted[1] += 1;
                assert!(
                    !corner_neighbours_cross(&rotated(&p, 2), &rotated(&q, 1)),
                    "{p:?} {q:?}"
                );
            }
        }
        assert!(parted.iter().all(|&n| n > 1000), "{parted:?}");
    }

    #[test]
    fn neighbours_cross_only_when_folded_or_pierced() {
        let side = [[0, 1, 2], [1, 0, 3]];
        assert_eq!(
            two(&side, &[[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., -1., 0.]]),
            0
        );
        assert_eq!(
            two(&side, &[[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [1., 1., 0.]]),
            1
        );
        assert_eq!(
            two(&side, &[[0., 0., 0.], [1., 0., 0.], [0., 1., 0.], [0., 1., 0.1]]),
            0
        );
        let corner = [[0, 1, 2], [0, 3, 4]];
        let floor = [[0., 0., 0.], [4., 0., 0.], [0., 4., 0.]];
        let with = |a, b| [floor[0], floor[1], floor[2], a, b];
        assert_eq!(two(&corner, &with([1., 1., 1.], [1., 1., -1.])), 1);
        assert_eq!(two(&corner, &with([9., 9., 1.], [9., 9., -1.])), 1);
        assert_eq!(two(&corner, &with([-1., -1., 1.], [-1., -1., -1.])), 0);
        assert_eq!(two(&corner, &with([1., 1., 1.], [2., 1., 1.])), 0);
    }

    #[test]
    fn two_crossing_sheets_are_found_in_any_pose() {
        let sheet = |points: Vec<[f64; 3]>| {
            TriMesh::from_indices(
                points.into_iter().map(Point::from).collect(),
                &[[0, 1, 2], [0, 2, 3]],
            )
            .unwrap()
        };
        let floor = sheet(vec![[-3., -3., 0.], [3., -3., 0.], [3., 3., 0.], [-3., 3., 0.]]);
        let wall = sheet(vec![
            [0.3, -1., -1.],
            [0.3, 1., -1.],
            [0.3, 1., 1.],
            [0.3, -1., 1.],
        ]);
        let mesh = TriMesh::joined([&floor, &wall]);
        let expected = self_intersections(&mesh);
        // Along the line of meeting the diagonals stand at 0.3 and at 0: three stretches, three pairs.
        assert_eq!(expected.len(), 3);
        let motion = RigidMotion::new(Vector::new(5., -2., 9.), Vector::new(0.4, -1.0, 2.0));
        assert_eq!(self_intersections(&mesh.transformed(&motion)), expected);
    }
}
