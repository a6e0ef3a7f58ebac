//! How far cusps and edges are out of contact with the other arch.
//!
//! Units: mm. Frame: the cast frame.
//!
//! Steps
//! 1. `around`: the surface points of a tooth within 1 mm of its cusp or edge.
//! 2. `Opposite::new`: the faces of the other arch's crowns within reach of them.
//! 3. `Opposite::least`: the least distance from the points to the faces; negative where they pass through each other.
//!
//! Limits: a cusp farther from the other arch than [`REACH`] has no gap; for grading it is simply out of contact.

use std::collections::BTreeMap;

use stonecast_dental::{Fdi, Jaw, LandmarkKind as K};
use stonecast_mesh::spatial::SpatialIndex;
use stonecast_mesh::{Point, TriMesh, Vector, VertexId};

use crate::subject::{MeasuredArch, Subject};

/// How far from a landmark its cusp reaches: the landmark may be some tenths off the place that touches.
const CUSP: f64 = 1.0;

/// The farthest gap that is looked for; beyond 1 mm the evaluation no longer tells them apart.
pub(super) const REACH: f64 = 2.0;

/// Points of a cusp that are tried at most: enough for one in 0.3 mm.
const TRIED: usize = 32;

/// A gap of a cusp or an edge.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    /// How wide; negative where the surfaces pass through each other.
    pub wide: f64,
    /// From the other arch to the cusp.
    pub across: Vector,
    /// The tooth of the other arch.
    pub other: Fdi,
}

/// Gaps by tooth and landmark.
pub(super) type Gaps = BTreeMap<(Fdi, K), Gap>;

/// The gaps of some cusps of one arch; a cusp without one is farther than [`REACH`].
pub(super) fn gaps(subject: &Subject<'_>, jaw: Jaw, cusps: &[(Fdi, K)]) -> Gaps {
    let (Some(own), Some(other)) = (subject.cast.arch(jaw), subject.cast.arch(jaw.antagonist())) else {
        return Gaps::new();
    };
    let found: Vec<Cusp> = (cusps.iter())
        .filter_map(|&(tooth, kind)| {
            let tip = subject.teeth[subject.index_of(tooth)?].point(kind)?.at;
            Some(Cusp { tooth, kind, tip })
        })
        .collect();
    let Some(opposite) = Opposite::new(&other, &found) else {
        return Gaps::new();
    };
    let all = found.iter().zip(around(&own, &found));
    all.filter_map(|(cusp, points)| Some(((cusp.tooth, cusp.kind), opposite.least(&points)?)))
        .collect()
}

struct Cusp {
    tooth: Fdi,
    kind: K,
    tip: Point,
}

/// The surface points about each cusp, evenly thinned in their order in the mesh, and its tip.
fn around(arch: &MeasuredArch<'_>, cusps: &[Cusp]) -> Vec<Vec<Point>> {
    let mut near: Vec<Vec<VertexId>> = vec![Vec::new(); cusps.len()];
    let mut of_tooth: Vec<Vec<usize>> = vec![Vec::new(); 1 + usize::from(u8::MAX)];
    for (place, cusp) in cusps.iter().enumerate() {
        of_tooth[usize::from(cusp.tooth.number())].push(place);
    }
    for (face, label) in arch.labelled.face_labels.iter() {
        let Some(tooth) = label else { continue };
        for &place in &of_tooth[usize::from(tooth.number())] {
            let tip = cusps[place].tip;
            let close = |v: &&VertexId| (arch.mesh.point(**v) - tip).norm_squared() < CUSP * CUSP;
            near[place].extend(arch.mesh.face(face).iter().filter(close));
        }
    }
    let thinned = near.into_iter().zip(cusps).map(|(mut vertices, cusp)| {
        vertices.sort_unstable();
        vertices.dedup();
        let step = vertices.len().div_ceil(TRIED).max(1);
        let points = vertices.into_iter().step_by(step).map(|v| arch.mesh.point(v));
        points.chain(std::iter::once(cusp.tip)).collect()
    });
    thinned.collect()
}

/// The crowns of the other arch within reach of any cusp.
struct Opposite {
    index: SpatialIndex,
    teeth: Vec<Fdi>,
}

impl Opposite {
    fn new(arch: &MeasuredArch<'_>, cusps: &[Cusp]) -> Option<Self> {
        let reach = REACH + CUSP;
        let squares = Squares::about(cusps, reach);
        let (mut points, mut faces, mut teeth) = (Vec::new(), Vec::new(), Vec::new());
        for (face, label) in arch.labelled.face_labels.iter() {
            let Some(tooth) = label else { continue };
            let first = arch.mesh.point(arch.mesh.face(face)[0]);
            let near = squares.at(&first);
            if near.is_empty() {
                continue;
            }
            let corners = arch.mesh.corners(face);
            let size = (corners[1] - first).norm().max((corners[2] - first).norm());
            if near.iter().any(|p| (first - cusps[*p].tip).norm() < reach + size) {
                // Each face brings its own corners: nothing is asked of the mesh but distances.
                let start = u32::try_from(points.len()).ok()?;
                points.extend(corners);
                faces.push([start, start + 1, start + 2]);
                teeth.push(*tooth);
            }
        }
        let mesh = TriMesh::from_indices(points, &faces).ok()?;
        (!teeth.is_empty()).then(|| Self {
            index: SpatialIndex::build(&mesh),
            teeth,
        })
    }

    /// The least gap of some points.
    fn least(&self, points: &[Point]) -> Option<Gap> {
        let mut least: Option<Gap> = None;
        for point in points {
            let Some(closest) = self.index.closest_point(point, REACH) else {
                continue;
            };
            let [a, b, c] = self.index.corners(closest.face);
            let outwards = (b - a).cross(&(c - a));
            let away = point - closest.point;
            let inside = away.dot(&outwards) < 0.0;
            let wide = if inside { -away.norm() } else { away.norm() };
            if least.is_none_or(|l| wide < l.wide) {
                // On the surface itself the direction is that of the surface.
                let across = (if inside { -away } else { away })
                    .try_normalize(1e-9)
                    .or_else(|| outwards.try_normalize(0.0));
                least = across.map_or(least, |across| {
                    Some(Gap {
                        wide,
                        across,
                        other: self.teeth[closest.face.0 as usize],
                    })
                });
            }
        }
        least
    }
}

/// Which cusps are near a place, by squares of 1 mm seen from the occlusal side.
struct Squares {
    first: [i64; 2],
    columns: i64,
    rows: i64,
    cusps: Vec<Vec<usize>>,
}

impl Squares {
    fn about(cusps: &[Cusp], reach: f64) -> Self {
        let square = |p: &Point| [p.x.floor() as i64, p.y.floor() as i64];
        // One more than the reach, for faces of up to a millimetre.
        let reach = reach.ceil() as i64 + 1;
        let places: Vec<[i64; 2]> = cusps.iter().map(|c| square(&c.tip)).collect();
        let ends = |k: usize| {
            let all = places.iter().map(|p| p[k]);
            [
                all.clone().min().unwrap_or(0) - reach,
                all.max().unwrap_or(0) + reach,
            ]
        };
        let [x, y] = [ends(0), ends(1)];
        let (columns, rows) = (x[1] - x[0] + 1, y[1] - y[0] + 1);
        let mut squares = Self {
            first: [x[0], y[0]],
            columns,
            rows,
            cusps: vec![Vec::new(); (columns * rows) as usize],
        };
        for (place, [i, j]) in places.iter().enumerate() {
            for column in i - reach..=i + reach {
                for row in j - reach..=j + reach {
                    let cell = (row - squares.first[1]) * columns + column - squares.first[0];
                    squares.cusps[cell as usize].push(place);
                }
            }
        }
        squares
    }

    fn at(&self, p: &Point) -> &[usize] {
        let column = p.x.floor() as i64 - self.first[0];
        let row = p.y.floor() as i64 - self.first[1];
        if (0..self.columns).contains(&column) && (0..self.rows).contains(&row) {
            &self.cusps[(row * self.columns + column) as usize]
        } else {
            &[]
        }
    }
}
