//! The index: a tree of boxes over the triangles of a mesh.

use crate::{Aabb, FaceId, Point, TriMesh, Vector};

/// Which part of a triangle a closest point lies on; corners are numbered as in [`TriMesh::face`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Inside the triangle.
    Face,
    /// On the side from this corner to the next.
    Edge(u8),
    /// On this corner.
    Corner(u8),
}

/// The closest point of a surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Closest {
    /// The triangle it lies on.
    pub face: FaceId,
    /// Which part of the triangle.
    pub feature: Feature,
    /// Where.
    pub point: Point,
    /// How far, never negative.
    pub distance: f64,
}

/// Where a ray meets a surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RayHit {
    /// The triangle that is met.
    pub face: FaceId,
    /// The ray's parameter: `point = origin + t * direction`.
    pub t: f64,
    /// Where.
    pub point: Point,
    /// Barycentric weights of the face's three corners.
    pub weights: [f64; 3],
}

/// A tree of boxes over the triangles of a mesh.
#[derive(Clone, Debug)]
pub struct SpatialIndex {
    nodes: Vec<Node>,
    order: Vec<u32>,
    corners: Vec<[Point; 3]>,
}

#[derive(Clone, Debug)]
struct Node {
    bounds: Aabb,
    /// Leaf: first item and count. Inner: the right child and zero; the left child follows its parent.
    first: u32,
    count: u32,
}

const LEAF: usize = 4;

impl SpatialIndex {
    /// Builds the index of a mesh.
    pub fn build(mesh: &TriMesh) -> Self {
        let corners: Vec<[Point; 3]> = mesh.face_ids().map(|f| mesh.corners(f)).collect();
        let centres: Vec<Point> = mesh.face_ids().map(|f| mesh.face_centroid(f)).collect();
        let mut order: Vec<u32> = (0..corners.len() as u32).collect();
        let mut index = Self {
            nodes: Vec::new(),
            order: Vec::new(),
            corners,
        };
        if !order.is_empty() {
            let count = order.len();
            index.split(&mut order, 0, count, &centres);
        }
        index.order = order;
        index
    }

    /// How many triangles.
    pub fn face_count(&self) -> usize {
        self.corners.len()
    }

    /// The three corners of a triangle.
    pub fn corners(&self, face: FaceId) -> [Point; 3] {
        self.corners[face.index()]
    }

    fn split(&mut self, order: &mut [u32], first: usize, count: usize, centres: &[Point]) {
        let items = &mut order[first..first + count];
        let bounds = Aabb::around(items.iter().flat_map(|&i| self.corners[i as usize])).expect("not empty");
        let at = self.nodes.len();
        self.nodes.push(Node {
            bounds,
            first: first as u32,
            count: count as u32,
        });
        if count <= LEAF {
            return;
        }
        let spread = Aabb::around(items.iter().map(|&i| centres[i as usize])).expect("not empty");
        let axis = spread.extent().imax();
        let half = count / 2;
        items.select_nth_unstable_by(half, |&a, &b| {
            centres[a as usize][axis]
                .total_cmp(&centres[b as usize][axis])
                .then(a.cmp(&b))
        });
        self.split(order, first, half, centres);
        let right = self.nodes.len() as u32;
        self.split(order, first + half, count - half, centres);
        self.nodes[at].first = right;
        self.nodes[at].count = 0;
    }

    /// The closest point of the surface that is no farther than `max_distance`.
    pub fn closest_point(&self, query: &Point, max_distance: f64) -> Option<Closest> {
        let mut best: Option<Closest> = None;
        let mut limit = max_distance * max_distance;
        let mut stack = vec![0usize];
        if self.nodes.is_empty() {
            return None;
        }
        while let Some(n) = stack.pop() {
            let node = &self.nodes[n];
            if box_distance_squared(&node.bounds, query) > limit {
                continue;
            }
            if node.count > 0 {
                for &i in &self.order[node.first as usize..(node.first + node.count) as usize] {
                    let (point, feature) = closest_on_triangle(query, &self.corners[i as usize]);
                    let d2 = (point - query).norm_squared();
                    let wins = match &best {
                        None => d2 <= limit,
                        Some(b) => d2 < limit || (d2 == limit && i < b.face.0),
                    };
                    if wins {
                        limit = d2;
                        best = Some(Closest {
                            face: FaceId(i),
                            feature,
                            point,
                            distance: d2.sqrt(),
                        });
                    }
                }
            } else {
                let (left, right) = (n + 1, node.first as usize);
                let dl = box_distance_squared(&self.nodes[left].bounds, query);
                let dr = box_distance_squared(&self.nodes[right].bounds, query);
                if dl < dr {
                    stack.extend([right, left]);
                } else {
                    stack.extend([left, right]);
                }
            }
        }
        best
    }

    /// As [`SpatialIndex::closest_point`], with a face that is likely near: the same answer, found sooner.
    pub fn closest_point_near(&self, query: &Point, max_distance: f64, hint: FaceId) -> Option<Closest> {
        let (point, _) = closest_on_triangle(query, &self.corners[hint.index()]);
        let bound = (point - query).norm() * (1.0 + 1e-12);
        self.closest_point(query, max_distance.min(bound))
    }

    /// The first meeting of the ray with the surface, from either side, with `0 <= t <= max_t`.
    pub fn ray(&self, origin: &Point, direction: &Vector, max_t: f64) -> Option<RayHit> {
        let mut best: Option<RayHit> = None;
        let mut limit = max_t;
        let inverse = direction.map(|d| 1.0 / d);
        let mut stack = vec![0usize];
        if self.nodes.is_empty() {
            return None;
        }
        while let Some(n) = stack.pop() {
            let node = &self.nodes[n];
            if !box_meets_ray(&node.bounds, origin, &inverse, limit) {
                continue;
            }
            if node.count > 0 {
                for &i in &self.order[node.first as usize..(node.first + node.count) as usize] {
                    if let Some((t, weights)) = ray_triangle(origin, direction, &self.corners[i as usize])
                        && t <= limit
                    {
                        limit = t;
                        let point = origin + direction * t;
                        best = Some(RayHit {
                            face: FaceId(i),
                            t,
                            point,
                            weights,
                        });
                    }
                }
            } else {
                stack.extend([node.first as usize, n + 1]);
            }
        }
        best
    }
}

fn box_distance_squared(b: &Aabb, p: &Point) -> f64 {
    (0..3)
        .map(|i| (b.min[i] - p[i]).max(p[i] - b.max[i]).max(0.0).powi(2))
        .sum()
}

fn box_meets_ray(b: &Aabb, origin: &Point, inverse: &Vector, limit: f64) -> bool {
    let (mut near, mut far) = (0.0f64, limit);
    for i in 0..3 {
        let t0 = (b.min[i] - origin[i]) * inverse[i];
        let t1 = (b.max[i] - origin[i]) * inverse[i];
        near = near.max(t0.min(t1));
        far = far.min(t0.max(t1));
    }
    near <= far
}

fn ray_triangle(origin: &Point, direction: &Vector, [a, b, c]: &[Point; 3]) -> Option<(f64, [f64; 3])> {
    let (ab, ac) = (b - a, c - a);
    let p = direction.cross(&ac);
    let det = ab.dot(&p);
    if det == 0.0 {
        return None;
    }
    let s = origin - a;
    let u = s.dot(&p) / det;
    let q = s.cross(&ab);
    let v = direction.dot(&q) / det;
    let t = ac.dot(&q) / det;
    (u >= 0.0 && v >= 0.0 && u + v <= 1.0 && t >= 0.0).then_some((t, [1.0 - u - v, u, v]))
}

/// The closest point of a triangle and the feature it lies on, by the Voronoi regions of its features
/// (Ericson, Real-Time Collision Detection, 2005, section 5.1.5).
pub(crate) fn closest_on_triangle(p: &Point, [a, b, c]: &[Point; 3]) -> (Point, Feature) {
    let (ab, ac, ap) = (b - a, c - a, p - a);
    let (d1, d2) = (ab.dot(&ap), ac.dot(&ap));
    if d1 <= 0.0 && d2 <= 0.0 {
        return (*a, Feature::Corner(0));
    }
    let bp = p - b;
    let (d3, d4) = (ab.dot(&bp), ac.dot(&bp));
    if d3 >= 0.0 && d4 <= d3 {
        return (*b, Feature::Corner(1));
    }
    let vc = d1 * d4 - d3 * d2;
    if vc <= 0.0 && d1 >= 0.0 && d3 <= 0.0 {
        return (a + ab * (d1 / (d1 - d3)), Feature::Edge(0));
    }
    let cp = p - c;
    let (d5, d6) = (ab.dot(&cp), ac.dot(&cp));
    if d6 >= 0.0 && d5 <= d6 {
        return (*c, Feature::Corner(2));
    }
    let vb = d5 * d2 - d1 * d6;
    if vb <= 0.0 && d2 >= 0.0 && d6 <= 0.0 {
        return (a + ac * (d2 / (d2 - d6)), Feature::Edge(2));
    }
    let va = d3 * d6 - d5 * d4;
    if va <= 0.0 && (d4 - d3) >= 0.0 && (d5 - d6) >= 0.0 {
        return (
            b + (c - b) * ((d4 - d3) / ((d4 - d3) + (d5 - d6))),
            Feature::Edge(1),
        );
    }
    let sum = va + vb + vc;
    (a + ab * (vb / sum) + ac * (vc / sum), Feature::Face)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bumpy() -> TriMesh {
        let n = 20u32;
        let points = (0..n * n)
            .map(|i| {
                let (x, y) = (f64::from(i % n), f64::from(i / n));
                Point::new(x, y, (x * 1.3).sin() + (y * 0.7).cos())
            })
            .collect();
        let faces: Vec<[u32; 3]> = (0..(n - 1) * (n - 1))
            .flat_map(|q| {
                let a = (q / (n - 1)) * n + q % (n - 1);
                [[a, a + 1, a + n + 1], [a, a + n + 1, a + n]]
            })
            .collect();
        TriMesh::from_indices(points, &faces).unwrap()
    }

    #[test]
    fn closest_point_agrees_with_brute_force() {
        let mesh = bumpy();
        let index = SpatialIndex::build(&mesh);
        for i in 0..200 {
            let q = Point::new(
                f64::from(i) * 0.37 - 20.0,
                f64::from(i * i % 61) - 20.0,
                f64::from(i % 7) - 3.0,
            );
            let brute = mesh
                .face_ids()
                .map(|f| (closest_on_triangle(&q, &mesh.corners(f)).0 - q).norm())
                .fold(f64::INFINITY, f64::min);
            let found = index.closest_point(&q, f64::INFINITY).unwrap();
            assert!((found.distance - brute).abs() < 1e-12);
            assert_eq!(index.closest_point(&q, brute * 0.999), None);
        }
    }

    #[test]
    fn a_ray_from_above_meets_the_surface_below() {
        let mesh = bumpy();
        let index = SpatialIndex::build(&mesh);
        let hit = index
            .ray(
                &Point::new(3.2, 7.7, 50.0),
                &Vector::new(0., 0., -1.),
                f64::INFINITY,
            )
            .unwrap();
        assert!((hit.point.x - 3.2).abs() < 1e-12 && hit.point.z < 3.0);
        assert!(
            index
                .ray(&Point::new(-1.0, 7.7, 50.0), &Vector::new(0., 0., -1.), 1e9)
                .is_none()
        );
    }
}
