//! Principal curvatures at every vertex, at a chosen scale.
//!
//! Units: 1 / unit of the mesh (1/mm for a scan). Frame: any. Positive is convex, seen from where the normals
//! point: a ball of radius R has both curvatures 1/R.
//!
//! Steps, for each vertex:
//! 1. `gather`: the vertices within `radius`, reached over edges without leaving it, whose normals lie within a right
//!    angle of this vertex's. Where fewer than eight are found, the two rings of neighbours instead.
//! 2. `accumulate`: heights over the tangent plane, each weighted by the surface area its vertex stands for and by
//!    `1 - (d / radius)^2`, so that neither the triangulation nor the rim of the disc shows.
//! 3. `solve`: the quadric `z = a + bx + cy + (dx^2 + 2exy + fy^2) / 2` by least squares. The constant and linear terms
//!    take up noise of the vertex and its normal.
//! 4. `shape_operator`: the principal curvatures and directions of that quadric at the vertex.
//!
//! Limits: detail smaller than the radius is averaged; on a ball of radius R the result is high by about
//! `(radius / R)^2 / 5` of itself. Cost grows with the number of vertices in the disc. Vertices whose disc is a line
//! or is empty get zero.
//!
//! This work is based on: F. Cazals, M. Pouget, "Estimating differential quantities using polynomial fitting of
//! osculating jets", Computer Aided Geometric Design 22(2) (2005).

use rayon::prelude::*;

use crate::{Point, TriMesh, Vector, VertexData, VertexId};

/// The principal curvatures of a surface.
#[derive(Clone, Debug, PartialEq)]
pub struct Curvatures {
    /// The greater principal curvature.
    pub max: VertexData<f64>,
    /// The lesser principal curvature.
    pub min: VertexData<f64>,
    /// The unit tangent along which the surface bends by `max`; its sign means nothing. Zero where none was found.
    pub max_direction: VertexData<Vector>,
}

impl Curvatures {
    /// Mean curvature: positive on a cusp, negative in a groove.
    pub fn mean(&self, v: VertexId) -> f64 {
        f64::midpoint(self.max[v], self.min[v])
    }

    /// Gaussian curvature: negative on a saddle.
    pub fn gaussian(&self, v: VertexId) -> f64 {
        self.max[v] * self.min[v]
    }

    /// How strongly the surface bends, whichever way: the root mean square of the two.
    pub fn curvedness(&self, v: VertexId) -> f64 {
        (0.5 * (self.max[v].powi(2) + self.min[v].powi(2))).sqrt()
    }

    /// Koenderink's shape index: 1 cap, 0.5 ridge, 0 saddle, -0.5 groove, -1 cup; 0 where the surface is flat.
    pub fn shape_index(&self, v: VertexId) -> f64 {
        let (sum, difference) = (self.max[v] + self.min[v], self.max[v] - self.min[v]);
        sum.atan2(difference) * 2.0 / std::f64::consts::PI
    }
}

/// The area each vertex stands for: a third of each of its faces.
pub fn vertex_areas(mesh: &TriMesh) -> VertexData<f64> {
    let mut areas = VertexData::filled(mesh.vertex_count(), 0.0);
    for f in mesh.face_ids() {
        let share = mesh.face_area(f) / 3.0;
        for v in mesh.face(f) {
            areas[v] += share;
        }
    }
    areas
}

/// The principal curvatures at the scale `radius`, a length in the unit of the mesh.
///
/// ```
/// use stonecast_mesh::{VertexId, surface::{principal_curvatures, shapes}};
/// let curvatures = principal_curvatures(&shapes::sphere(4.0, 4), 1.0);
/// assert!((curvatures.mean(VertexId(0)) - 0.25).abs() < 0.005);
/// ```
pub fn principal_curvatures(mesh: &TriMesh, radius: f64) -> Curvatures {
    let net = Net::new(mesh);
    let fits: Vec<(f64, f64, Vector)> = (0..mesh.vertex_count() as u32)
        .into_par_iter()
        .map_init(
            || Scratch::new(mesh.vertex_count()),
            |scratch, v| net.curvature(v, radius, scratch),
        )
        .collect();
    let fit = |v: VertexId| &fits[net.place_of[v.index()] as usize];
    Curvatures {
        max: VertexData::from_vec(mesh.vertex_ids().map(|v| fit(v).0).collect()),
        min: VertexData::from_vec(mesh.vertex_ids().map(|v| fit(v).1).collect()),
        max_direction: VertexData::from_vec(mesh.vertex_ids().map(|v| fit(v).2).collect()),
    }
}

/// What a fit needs of a vertex, side by side in memory.
struct Site {
    point: Point,
    normal: Vector,
    area: f64,
}

/// The vertices and who shares an edge with whom, in an order in which neighbours lie close in memory: scanners
/// number vertices as they come.
struct Net {
    sites: Vec<Site>,
    start: Vec<u32>,
    neighbours: Vec<u32>,
    /// For each vertex of the mesh its number here.
    place_of: Vec<u32>,
}

/// The least number of vertices in a disc: six determine a quadric, two more keep it from following noise.
const LEAST: usize = 8;

struct Scratch {
    seen_for: Vec<u32>,
    found: Vec<u32>,
}

impl Scratch {
    fn new(vertex_count: usize) -> Self {
        Self {
            seen_for: vec![u32::MAX; vertex_count],
            found: Vec::new(),
        }
    }
}

impl Net {
    fn new(mesh: &TriMesh) -> Self {
        let areas = vertex_areas(mesh);
        let normals = mesh.vertex_normals();
        let (start, neighbours) = rings(mesh);
        let (order, place_of) = walk(&start, &neighbours);
        let sites = order
            .iter()
            .map(|&v| VertexId(v))
            .map(|v| Site {
                point: mesh.point(v),
                normal: normals[v],
                area: areas[v],
            })
            .collect();
        let mut new_start = Vec::with_capacity(start.len());
        let mut new_neighbours = Vec::with_capacity(neighbours.len());
        new_start.push(0);
        for &v in &order {
            let ring = &neighbours[start[v as usize] as usize..start[v as usize + 1] as usize];
            new_neighbours.extend(ring.iter().map(|&w| place_of[w as usize]));
            new_start.push(new_neighbours.len() as u32);
        }
        Self {
            sites,
            start: new_start,
            neighbours: new_neighbours,
            place_of,
        }
    }

    fn ring(&self, v: u32) -> &[u32] {
        &self.neighbours[self.start[v as usize] as usize..self.start[v as usize + 1] as usize]
    }

    fn curvature(&self, v: u32, radius: f64, scratch: &mut Scratch) -> (f64, f64, Vector) {
        let flat = (0.0, 0.0, Vector::zeros());
        let site = &self.sites[v as usize];
        if site.normal == Vector::zeros() {
            return flat;
        }
        self.gather(v, radius, scratch);
        let mut reach = radius;
        if scratch.found.len() < LEAST {
            self.two_rings(v, scratch);
            let far = scratch
                .found
                .iter()
                .map(|&w| (self.sites[w as usize].point - site.point).norm());
            // A little more than the farthest, so that it has some weight.
            reach = 1.2 * far.fold(0.0, f64::max);
        }
        let frame = Frame::at(site.normal);
        let moments = self.accumulate(site, &frame, reach, &scratch.found);
        moments
            .solve()
            .map_or(flat, |quadric| frame.shape_operator(&quadric, reach))
    }

    /// Puts into `scratch.found` the vertex and those around it, nearest in steps first.
    fn gather(&self, v: u32, radius: f64, scratch: &mut Scratch) {
        let Scratch { seen_for, found } = scratch;
        let site = &self.sites[v as usize];
        let limit = radius * radius;
        found.clear();
        found.push(v);
        seen_for[v as usize] = v;
        let mut at = 0;
        while at < found.len() {
            for &w in self.ring(found[at]) {
                if seen_for[w as usize] != v {
                    seen_for[w as usize] = v;
                    let other = &self.sites[w as usize];
                    if (other.point - site.point).norm_squared() < limit
                        && other.normal.dot(&site.normal) > 0.0
                    {
                        found.push(w);
                    }
                }
            }
            at += 1;
        }
    }

    fn two_rings(&self, v: u32, scratch: &mut Scratch) {
        let found = &mut scratch.found;
        found.clear();
        found.push(v);
        found.extend_from_slice(self.ring(v));
        for &w in self.ring(v) {
            found.extend_from_slice(self.ring(w));
        }
        found.sort_unstable();
        found.dedup();
    }

    fn accumulate(&self, site: &Site, frame: &Frame, reach: f64, found: &[u32]) -> Moments {
        let mut moments = Moments::default();
        let scale = 1.0 / reach;
        for &w in found {
            let other = &self.sites[w as usize];
            let d = (other.point - site.point) * scale;
            let weight = other.area * (1.0 - d.norm_squared()).max(0.0);
            moments.add(d.dot(&frame.x), d.dot(&frame.y), d.dot(&frame.z), weight);
        }
        moments
    }
}

/// Each vertex's neighbours, one after another, and where each vertex's begin.
fn rings(mesh: &TriMesh) -> (Vec<u32>, Vec<u32>) {
    let edges = mesh.topology().edges();
    let mut start = vec![0u32; mesh.vertex_count() + 1];
    for v in edges.iter().flat_map(|e| e.ends) {
        start[v.index() + 1] += 1;
    }
    for v in 0..mesh.vertex_count() {
        start[v + 1] += start[v];
    }
    let mut cursor = start.clone();
    let mut neighbours = vec![0u32; 2 * edges.len()];
    for e in edges {
        let [a, b] = e.ends;
        for (from, to) in [(a, b), (b, a)] {
            neighbours[cursor[from.index()] as usize] = to.0;
            cursor[from.index()] += 1;
        }
    }
    (start, neighbours)
}

/// The vertices in the order of a walk over the surface, and each vertex's place in it.
fn walk(start: &[u32], neighbours: &[u32]) -> (Vec<u32>, Vec<u32>) {
    let count = start.len() - 1;
    let mut order = Vec::with_capacity(count);
    let mut place_of = vec![u32::MAX; count];
    for seed in 0..count as u32 {
        if place_of[seed as usize] != u32::MAX {
            continue;
        }
        place_of[seed as usize] = order.len() as u32;
        let mut at = order.len();
        order.push(seed);
        while at < order.len() {
            let v = order[at] as usize;
            for &w in &neighbours[start[v] as usize..start[v + 1] as usize] {
                if place_of[w as usize] == u32::MAX {
                    place_of[w as usize] = order.len() as u32;
                    order.push(w);
                }
            }
            at += 1;
        }
    }
    (order, place_of)
}

/// An orthonormal frame whose z is the normal. Which tangents it holds does not matter to the result.
struct Frame {
    x: Vector,
    y: Vector,
    z: Vector,
}

impl Frame {
    fn at(normal: Vector) -> Self {
        let mut axis = Vector::zeros();
        axis[normal.iamin()] = 1.0;
        let x = normal.cross(&axis).normalize();
        Self {
            x,
            y: normal.cross(&x),
            z: normal,
        }
    }

    /// The principal curvatures of `z = a + bx + cy + (dx^2 + 2exy + fy^2) / 2` at the origin, for coordinates in
    /// units of `reach`, turned so that convex is positive.
    fn shape_operator(&self, &[_, b, c, d, e, f]: &[f64; 6], reach: f64) -> (f64, f64, Vector) {
        // First form [[1+bb, bc], [bc, 1+cc]] = L L^T; the operator in an orthonormal tangent basis is L^-1 II L^-T.
        let l00 = (1.0 + b * b).sqrt();
        let l10 = b * c / l00;
        let l11 = (1.0 + c * c - l10 * l10).sqrt();
        let norm = -(1.0 + b * b + c * c).sqrt() * reach;
        let (d, e, f) = (d / norm, e / norm, f / norm);
        let s00 = d / (l00 * l00);
        let s01 = (e / l00 - l10 * s00) / l11;
        let s11 = (f - 2.0 * l10 * e / l00 + l10 * l10 * s00) / (l11 * l11);
        let middle = f64::midpoint(s00, s11);
        let half = f64::midpoint(s00, -s11);
        let spread = half.hypot(s01);
        let angle = 0.5 * s01.atan2(half);
        let (sin, cos) = angle.sin_cos();
        let py = sin / l11;
        let px = (cos - l10 * py) / l00;
        let direction = self.x * px + self.y * py + self.z * (b * px + c * py);
        (middle + spread, middle - spread, direction.normalize())
    }
}

/// Sums of `x^i y^j` up to the fourth order, and of `z` times those up to the second.
#[derive(Default)]
struct Moments {
    m: [f64; 15],
    z: [f64; 6],
}

impl Moments {
    #[inline]
    fn add(&mut self, x: f64, y: f64, z: f64, w: f64) {
        let (xx, xy, yy) = (x * x, x * y, y * y);
        let terms = [
            1.0,
            x,
            y,
            xx,
            xy,
            yy,
            xx * x,
            xx * y,
            x * yy,
            yy * y,
            xx * xx,
            xx * xy,
            xx * yy,
            xy * yy,
            yy * yy,
        ];
        for (m, t) in self.m.iter_mut().zip(terms) {
            *m += w * t;
        }
        let wz = w * z;
        for (s, t) in self.z.iter_mut().zip(terms) {
            *s += wz * t;
        }
    }

    /// The coefficients for the basis 1, x, y, x^2/2, xy, y^2/2; `None` when the points do not determine them.
    fn solve(&self) -> Option<[f64; 6]> {
        // Which moment is the product of two basis functions 1, x, y, xx, xy, yy.
        const PRODUCT: [[usize; 6]; 6] = [
            [0, 1, 2, 3, 4, 5],
            [1, 3, 4, 6, 7, 8],
            [2, 4, 5, 7, 8, 9],
            [3, 6, 7, 10, 11, 12],
            [4, 7, 8, 11, 12, 13],
            [5, 8, 9, 12, 13, 14],
        ];
        // Cholesky. A pivot this small beside its diagonal: the points lie on a conic and leave the fit undetermined.
        const SINGULAR: f64 = 1e-10;
        let mut l = [[0.0f64; 6]; 6];
        for i in 0..6 {
            for j in 0..=i {
                let known: f64 = l[i][..j].iter().zip(&l[j][..j]).map(|(a, b)| a * b).sum();
                let sum = self.m[PRODUCT[i][j]] - known;
                if i == j {
                    if sum.is_nan() || sum <= SINGULAR * self.m[PRODUCT[i][i]] {
                        return None;
                    }
                    l[i][i] = sum.sqrt();
                } else {
                    l[i][j] = sum / l[j][j];
                }
            }
        }
        let mut x = self.z;
        for i in 0..6 {
            for k in 0..i {
                x[i] -= l[i][k] * x[k];
            }
            x[i] /= l[i][i];
        }
        for i in (0..6).rev() {
            for k in i + 1..6 {
                x[i] -= l[k][i] * x[k];
            }
            x[i] /= l[i][i];
        }
        x[3] *= 2.0;
        x[5] *= 2.0;
        Some(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{RigidMotion, surface::shapes};

    /// The greatest errors of the two curvatures against the truth, over the vertices chosen.
    fn worst(mesh: &TriMesh, radius: f64, truth: impl Fn(&Point) -> Option<(f64, f64)>) -> f64 {
        let found = principal_curvatures(mesh, radius);
        mesh.vertex_ids()
            .filter_map(|v| {
                let (max, min) = truth(&mesh.point(v))?;
                Some((found.max[v] - max).abs().max((found.min[v] - min).abs()))
            })
            .fold(0.0, f64::max)
    }

    #[test]
    fn a_ball_bends_by_one_over_its_radius() {
        let error = worst(&shapes::sphere(5.0, 5), 1.0, |_| Some((0.2, 0.2)));
        assert!(error < 0.2 * 0.02, "{error}");
    }

    #[test]
    fn a_torus_bends_by_the_closed_form_everywhere() {
        let error = worst(&shapes::torus(6.0, 2.0, 240, 80), 0.5, |p| {
            let ring = p.coords.xy().norm();
            let cosine = (ring - 6.0) / 2.0;
            Some((0.5, cosine / ring))
        });
        assert!(error < 0.5 * 0.03, "{error}");
    }

    #[test]
    fn a_tube_bends_one_way_up_to_its_border() {
        let tube = shapes::cylinder(4.0, 10.0, 120, 50);
        let error = worst(&tube, 0.8, |_| Some((0.25, 0.0)));
        assert!(error < 0.25 * 0.03, "{error}");
        let found = principal_curvatures(&tube, 0.8);
        let along = tube
            .vertex_ids()
            .map(|v| found.max_direction[v].z.abs())
            .fold(0.0, f64::max);
        assert!(along < 1e-2, "{along}");
    }

    #[test]
    fn a_quadric_is_found_to_rounding_at_its_vertex() {
        let saddle = shapes::height_field(40, 4.0, |x, y| 0.3 * x * x - 0.1 * y * y + 0.2 * x * y);
        let centre = saddle
            .vertex_ids()
            .find(|&v| saddle.point(v) == Point::origin())
            .unwrap();
        let found = principal_curvatures(&saddle, 0.7);
        // Normals point to +z, so a bowl is concave: the curvatures are minus the eigenvalues of the Hessian.
        let (middle, spread) = (0.2, 0.4f64.hypot(0.2));
        assert!((found.max[centre] - (spread - middle)).abs() < 1e-9);
        assert!((found.min[centre] - (-spread - middle)).abs() < 1e-9);
    }

    #[test]
    fn noise_is_averaged_over_the_disc() {
        let ball = shapes::sphere(5.0, 5);
        let mut state = 1u64;
        let mut noise = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5
        };
        // Uniform noise of 12 micrometres standard deviation, as of an intraoral scanner.
        let amplitude = 0.012 * 12.0f64.sqrt();
        let noisy = ball
            .map_points(|p| p + p.coords.normalize() * (amplitude * noise()))
            .unwrap();
        let found = principal_curvatures(&noisy, 1.0);
        let square: f64 = noisy.vertex_ids().map(|v| (found.mean(v) - 0.2).powi(2)).sum();
        let deviation = (square / noisy.vertex_count() as f64).sqrt();
        assert!(deviation < 0.02, "{deviation}");
    }

    #[test]
    fn the_indices_name_the_shapes() {
        let ball = principal_curvatures(&shapes::sphere(5.0, 4), 1.5);
        let tube_mesh = shapes::cylinder(4.0, 10.0, 60, 30);
        let tube = principal_curvatures(&tube_mesh, 1.2);
        let v = VertexId(15 * 60);
        assert!(ball.shape_index(VertexId(3)) > 0.9);
        assert!((tube.shape_index(v) - 0.5).abs() < 0.02);
        assert!((tube.curvedness(v) - 0.25 / 2f64.sqrt()).abs() < 0.01);
        assert!(tube.gaussian(v).abs() < 1e-3);
    }

    #[test]
    fn pose_changes_nothing_and_turning_inside_out_changes_the_sign() {
        let ring = shapes::torus(6.0, 2.0, 60, 24);
        let motion = RigidMotion::new(Vector::new(50., -20., 9.), Vector::new(1.0, -2.0, 0.3));
        let here = principal_curvatures(&ring, 1.0);
        let there = principal_curvatures(&ring.transformed(&motion), 1.0);
        let inside = principal_curvatures(&ring.flipped(), 1.0);
        let mirrored = ring.map_points(|p| Point::new(-p.x, p.y, p.z)).unwrap().flipped();
        let mirrored = principal_curvatures(&mirrored, 1.0);
        for v in ring.vertex_ids() {
            assert!((here.max[v] - there.max[v]).abs() < 1e-9 && (here.min[v] - there.min[v]).abs() < 1e-9);
            let turned = motion * here.max_direction[v];
            assert!(turned.cross(&there.max_direction[v]).norm() < 1e-6);
            assert!((here.max[v] + inside.min[v]).abs() < 1e-9 && (here.min[v] + inside.max[v]).abs() < 1e-9);
            assert!(
                (here.max[v] - mirrored.max[v]).abs() < 1e-9 && (here.min[v] - mirrored.min[v]).abs() < 1e-9
            );
        }
    }

    #[test]
    fn a_disc_too_small_falls_back_to_two_rings_and_nothing_is_not_a_number() {
        let ball = shapes::sphere(5.0, 2);
        let error = worst(&ball, 1e-6, |_| Some((0.2, 0.2)));
        // Two rings reach 3.8 on this coarse ball of radius 5: (3.8 / 5)^2 / 5 is 12 %.
        assert!(error < 0.2 * 0.13, "{error}");
        let triangle = ball.submesh(|f| f.0 == 0).mesh;
        let found = principal_curvatures(&triangle, 1.0);
        assert!(found.max.as_slice().iter().all(|k| *k == 0.0));
    }
}
