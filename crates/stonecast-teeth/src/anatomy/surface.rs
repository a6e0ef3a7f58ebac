//! What is asked of a crown's surface in the tooth's own frame: sections, heights, summits.

use nalgebra::{Matrix6, Vector2, Vector6};
use stonecast_mesh::{Point, Vector};

use super::crown::Crown;

/// A stretch of a section: where a plane crosses one face.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub ends: [Point; 2],
    /// The mesh edges on which the ends lie.
    edges: [(u32, u32); 2],
    /// Whether the face bears the tooth's label.
    pub own: bool,
}

/// A vertical plane: the points with `across · (x, y) = offset`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Upright {
    pub across: Vector2<f64>,
    pub offset: f64,
}

/// The section of crown and hem with a plane, in the order of the faces.
pub(super) fn section(crown: &Crown, plane: &Upright) -> Vec<Stretch> {
    let side = |p: &Point| plane.across.x * p.x + plane.across.y * p.y - plane.offset;
    // Most faces lie on one side: bytes tell so soonest.
    let is_above: Vec<bool> = crown.points.iter().map(|p| side(p) >= 0.0).collect();
    let mut stretches = Vec::new();
    for (f, face) in crown.faces.iter().enumerate() {
        let above = face.map(|v| is_above[v as usize]);
        if above[0] == above[1] && above[1] == above[2] {
            continue;
        }
        let s = face.map(|v| side(&crown.points[v as usize]));
        let mut stretch = Stretch {
            ends: [Point::origin(); 2],
            edges: [(0, 0); 2],
            own: f < crown.own_faces,
        };
        let mut found = 0;
        for i in 0..3 {
            let j = (i + 1) % 3;
            if above[i] != above[j] && found < 2 {
                // From the lesser id, so that both faces of an edge get the same point.
                let (a, b) = if face[i] < face[j] { (i, j) } else { (j, i) };
                let (p, q) = (crown.points[face[a] as usize], crown.points[face[b] as usize]);
                stretch.ends[found] = p + (q - p) * (s[a] / (s[a] - s[b]));
                stretch.edges[found] = (face[a], face[b]);
                found += 1;
            }
        }
        stretches.push(stretch);
    }
    stretches
}

/// A section as a path of points that leaves `start` (a stretch and one of its ends) through that end, and for each
/// whether the stretch before it bears the tooth's label. It begins with the other end.
pub(super) fn walk(stretches: &[Stretch], start: (usize, usize)) -> Vec<(Point, bool)> {
    let mut by_edge: Vec<((u32, u32), usize)> = stretches
        .iter()
        .enumerate()
        .flat_map(|(i, s)| s.edges.map(|e| (e, i)))
        .collect();
    by_edge.sort_unstable();
    let (mut at, mut end) = start;
    let first = &stretches[at];
    let mut points = vec![(first.ends[1 - end], first.own)];
    for _ in 0..stretches.len() {
        let s = &stretches[at];
        points.push((s.ends[end], s.own));
        let edge = s.edges[end];
        let from = by_edge.partition_point(|(e, _)| *e < edge);
        let next = by_edge[from..]
            .iter()
            .take_while(|(e, _)| *e == edge)
            .find(|(_, i)| *i != at);
        let Some(&(_, next)) = next else { break };
        if next == start.0 {
            break;
        }
        at = next;
        end = usize::from(stretches[at].edges[0] == edge);
    }
    points
}

/// A summit of the surface's height.
#[derive(Clone, Copy, Debug)]
pub(super) struct Summit {
    pub vertex: u32,
    pub at: Point,
    /// How far one must go down from it to reach a higher one, mm.
    pub prominence: f64,
}

/// The summits of `height` over the crown and its hem, the most prominent first; those on the hem are left out, and
/// so are those that only the piece's border makes.
pub(super) fn summits(crown: &Crown, height: impl Fn(&Point) -> f64, least: f64) -> Vec<Summit> {
    let count = crown.points.len();
    let heights: Vec<f64> = crown.points.iter().map(&height).collect();
    let (start, neighbours) = rings(count, &crown.faces);
    let border = border(count, &crown.faces);
    let mut order: Vec<u32> = (0..count as u32).collect();
    order.sort_by(|a, b| {
        heights[*b as usize]
            .total_cmp(&heights[*a as usize])
            .then(a.cmp(b))
    });
    // Flood from above: each island remembers its summit; where two meet, the lower one's prominence is settled.
    let mut parent = vec![u32::MAX; count];
    let mut prominence = vec![0.0; count];
    for &v in &order {
        parent[v as usize] = v;
        for &w in &neighbours[start[v as usize] as usize..start[v as usize + 1] as usize] {
            if parent[w as usize] == u32::MAX {
                continue;
            }
            let (a, b) = (root(&mut parent, v), root(&mut parent, w));
            if a == b {
                continue;
            }
            // The root is the island's summit; `v` itself is a new island of no height.
            let lower = |i: u32, j: u32| {
                heights[i as usize] < heights[j as usize]
                    || (heights[i as usize] == heights[j as usize] && i > j)
            };
            let (keep, drown) = if lower(a, b) { (b, a) } else { (a, b) };
            prominence[drown as usize] = heights[drown as usize] - heights[v as usize];
            parent[drown as usize] = keep;
        }
    }
    for v in 0..count as u32 {
        if parent[v as usize] == v {
            prominence[v as usize] = f64::INFINITY;
        }
    }
    let mut found: Vec<Summit> = (0..count as u32)
        .filter(|&v| prominence[v as usize] >= least && crown.own[v as usize] && !border[v as usize])
        .map(|v| Summit {
            vertex: v,
            at: crown.points[v as usize],
            prominence: prominence[v as usize],
        })
        .collect();
    found.sort_by(|a, b| {
        b.prominence
            .total_cmp(&a.prominence)
            .then(a.vertex.cmp(&b.vertex))
    });
    found
}

fn root(parent: &mut [u32], mut v: u32) -> u32 {
    while parent[v as usize] != v {
        parent[v as usize] = parent[parent[v as usize] as usize];
        v = parent[v as usize];
    }
    v
}

/// Each vertex's neighbours one after another, and where each vertex's begin; a shared edge names them twice.
fn rings(count: usize, faces: &[[u32; 3]]) -> (Vec<u32>, Vec<u32>) {
    let mut start = vec![0u32; count + 1];
    for v in faces.iter().flatten() {
        start[*v as usize + 1] += 2;
    }
    for v in 0..count {
        start[v + 1] += start[v];
    }
    let mut cursor = start.clone();
    let mut neighbours = vec![0u32; 6 * faces.len()];
    for f in faces {
        for i in 0..3 {
            for k in 1..3 {
                let at = &mut cursor[f[i] as usize];
                neighbours[*at as usize] = f[(i + k) % 3];
                *at += 1;
            }
        }
    }
    (start, neighbours)
}

/// Whether a vertex lies on the border of the piece: its faces do not close a ring around it.
fn border(count: usize, faces: &[[u32; 3]]) -> Vec<bool> {
    // In a closed ring each neighbour follows as often as it precedes; sums of ids tell all but chance apart.
    let mut balance = vec![0i64; count];
    for f in faces {
        for i in 0..3 {
            balance[f[i] as usize] += mix(f[(i + 1) % 3]) - mix(f[(i + 2) % 3]);
        }
    }
    balance.into_iter().map(|b| b != 0).collect()
}

fn mix(v: u32) -> i64 {
    let spread = u64::from(v).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (spread >> 16) as i64
}

/// Eigenvalues of a fit below this share of their sum say nothing: far above rounding, far below what vertices settle.
const LEAST_SAY: f64 = 1e-6;

/// The top of the surface near a vertex in a direction `up`: the apex of a quadric fitted to the vertices within
/// `radius`, dropped onto the surface's height over the plane across `up`; the vertex itself where the fit has no apex nearby.
pub(super) fn apex(crown: &Crown, near: &Point, up: &Vector, radius: f64) -> Point {
    let u = up.cross(&least_axis(up)).normalize();
    let v = up.cross(&u);
    let mut normal = Matrix6::zeros();
    let mut right = Vector6::zeros();
    for p in &crown.points {
        let d = (p - near) / radius;
        let weight = 1.0 - d.norm_squared();
        if weight > 0.0 {
            let (x, y, z) = (d.dot(&u), d.dot(&v), d.dot(up));
            let basis = Vector6::new(1.0, x, y, 0.5 * x * x, x * y, 0.5 * y * y);
            normal += basis * basis.transpose() * weight;
            right += basis * (z * weight);
        }
    }
    // Fewer vertices than a quadric has coefficients leave some of them to rounding; this draws those to zero instead.
    normal += Matrix6::identity() * (LEAST_SAY * normal.trace());
    let Some(fit) = normal.cholesky().map(|c| c.solve(&right)) else {
        return *near;
    };
    let (hxx, hxy, hyy) = (fit[3], fit[4], fit[5]);
    let det = hxx * hyy - hxy * hxy;
    if !(det > 0.0 && hxx < 0.0) {
        return *near;
    }
    let x = (hxy * fit[2] - hyy * fit[1]) / det;
    let y = (hxy * fit[1] - hxx * fit[2]) / det;
    if x.hypot(y) > 0.5 {
        return *near;
    }
    let z = fit[0] + 0.5 * (fit[1] * x + fit[2] * y);
    onto(crown, &(near + (u * x + v * y + up * z) * radius), up, radius)
}

/// The point of the surface that a line along `up` meets next to a point; the point itself where it meets none.
fn onto(crown: &Crown, p: &Point, up: &Vector, reach: f64) -> Point {
    let mut best: Option<f64> = None;
    for f in 0..crown.faces.len() {
        let [a, b, c] = crown.corners(f);
        if (a - p).norm_squared() > 9.0 * reach * reach {
            continue;
        }
        let (e, g, r) = (b - a, c - a, p - a);
        let cross = e.cross(&g);
        let det = cross.dot(up);
        if det.abs() < 1e-12 {
            continue;
        }
        let s = r.cross(&g).dot(up) / det;
        let t = e.cross(&r).dot(up) / det;
        if s >= -1e-9 && t >= -1e-9 && s + t <= 1.0 + 1e-9 {
            let along = -cross.dot(&r) / det;
            if along.abs() < reach && best.is_none_or(|b| along.abs() < b.abs()) {
                best = Some(along);
            }
        }
    }
    best.map_or(*p, |along| p + up * along)
}

fn least_axis(d: &Vector) -> Vector {
    let mut axis = Vector::zeros();
    axis[d.iamin()] = 1.0;
    axis
}
