//! Trimming: the anatomy cut along the trim surface, every other triangle untouched.
//!
//! Units: mm. Frame: the base frame (x, y of the cast frame; z towards the base).
//!
//! Steps:
//! 1. [`Sheet::new`] takes the arch's largest piece, its border, and fills the holes inside it.
//! 2. [`trim_surface`] lays the trim surface under the border; a closed scan or a stone model on its own base is
//!    cut level.
//! 3. [`trim`] removes what lies beyond the surface *and* hangs together with the border (a palate that rises
//!    through the surface inside the arch stays), cutting the triangles on the way in two or three.
//!
//! Because the trim lines lie on a surface that is a function of x and y, they cannot cross each other in the
//! occlusal plane unless the scan overlaps itself, however undercut the vestibule is. The base is built on that.

use std::collections::HashMap;

use stonecast_mesh::{FaceId, Point, TriMesh, topology};

use super::trim_surface::TrimSurface;

/// Rings of border edges shorter than this around are holes, to be filled; longer ones are borders to trim at.
/// A hole left by a scanner is as wide as a tooth at most (10 mm); an open palate is several times that.
const LONGEST_HOLE: f64 = 40.0;
/// A cut keeps this share of an edge clear of both its ends, so that no piece degenerates in single precision.
const END_CLEARANCE: f64 = 0.05;
/// Pieces that trimming leaves with less than this share of the area are dropped.
const LEAST_PIECE: f64 = 0.01;

/// The surface to trim, with its holes filled.
pub(super) struct Sheet {
    pub points: Vec<Point>,
    /// The arch's faces first, then the patches over holes.
    pub faces: Vec<[u32; 3]>,
    /// For each of the arch's faces in `faces`, the face of the arch.
    pub face_of: Vec<FaceId>,
    /// The points of the border; empty for a closed surface.
    pub border: Vec<Point>,
    pub on_border: Vec<bool>,
    pub holes_filled: usize,
    pub pieces_dropped: usize,
}

impl Sheet {
    /// The largest piece of an arch, in the base frame.
    pub fn new(arch: &TriMesh) -> Self {
        let pieces = topology::components(arch);
        let largest = pieces.iter().enumerate().max_by(|a, b| {
            let area = |p: &[FaceId]| -> f64 { p.iter().map(|&f| arch.face_area(f)).sum() };
            area(a.1).total_cmp(&area(b.1)).then(b.0.cmp(&a.0))
        });
        let face_of = largest.map(|(_, p)| p.clone()).unwrap_or_default();
        let mut keep = vec![false; arch.face_count()];
        for f in &face_of {
            keep[f.index()] = true;
        }
        let mut sheet = Self {
            points: arch.points().to_vec(),
            faces: face_of.iter().map(|&f| arch.face(f).map(|v| v.0)).collect(),
            face_of,
            border: Vec::new(),
            on_border: vec![false; arch.vertex_count()],
            holes_filled: 0,
            pieces_dropped: pieces.len().saturating_sub(1),
        };
        let mut first = true;
        for ring in topology::boundary_loops(arch) {
            let on_piece = arch.topology().faces_of(ring[0]).iter().any(|f| keep[f.index()]);
            if !on_piece {
                continue;
            }
            let ids: Vec<u32> = ring.iter().map(|v| v.0).collect();
            if first || perimeter(&sheet.points, &ids) > LONGEST_HOLE {
                for &v in &ids {
                    sheet.on_border[v as usize] = true;
                    sheet.border.push(sheet.points[v as usize]);
                }
            } else {
                sheet.fill(&ids);
            }
            first = false;
        }
        sheet
    }

    /// Closes a hole with triangles to its centre. `ring` runs with the surface on its left.
    fn fill(&mut self, ring: &[u32]) {
        self.holes_filled += 1;
        if let [a, b, c] = *ring {
            self.faces.push([c, b, a]);
            return;
        }
        let sum = ring.iter().fold(nalgebra::Vector3::zeros(), |s, &v| {
            s + self.points[v as usize].coords
        });
        let centre = self.points.len() as u32;
        self.points.push(single(Point::from(sum / ring.len() as f64)));
        self.on_border.push(false);
        for i in 0..ring.len() {
            self.faces.push([ring[(i + 1) % ring.len()], ring[i], centre]);
        }
    }

    /// The border's median height, by length of border.
    pub fn median_border_height(&self) -> Option<f64> {
        let mut heights: Vec<f64> = self.border.iter().map(|p| p.z).collect();
        heights.sort_by(f64::total_cmp);
        heights.get(heights.len() / 2).copied()
    }

    /// The greatest height of the surface.
    pub fn top(&self) -> f64 {
        let used = self.faces.iter().flatten().map(|&v| self.points[v as usize].z);
        used.fold(f64::NEG_INFINITY, f64::max)
    }

    /// The box of the surface in the occlusal plane.
    pub fn plane_box(&self) -> ([f64; 2], [f64; 2]) {
        let used = || self.faces.iter().flatten().map(|&v| self.points[v as usize]);
        let low = [0, 1].map(|i| used().map(|p| p[i]).fold(f64::INFINITY, f64::min));
        let high = [0, 1].map(|i| used().map(|p| p[i]).fold(f64::NEG_INFINITY, f64::max));
        (low, high)
    }
}

/// The surface to trim along, `below` mm under the border; level for a surface without a border or whose border
/// lies deeper than any vestibule, and then `true`.
pub(super) fn trim_surface(sheet: &Sheet, deepest_trim: f64, below: f64) -> (TrimSurface, bool) {
    match sheet.median_border_height() {
        Some(height) if height <= deepest_trim => {
            let (low, high) = sheet.plane_box();
            (TrimSurface::under_border(&sheet.border, low, high, below), false)
        }
        // At least a millimetre of a low model is cut off, so that there is a trim line at all.
        _ => (
            TrimSurface::flat(deepest_trim.min(sheet.top() - 1.0) - below),
            true,
        ),
    }
}

/// The anatomy after trimming.
#[derive(Clone, Debug)]
pub(super) struct Trimmed {
    /// The arch's points that are still used, in their order, then the new points on the trim line.
    pub points: Vec<Point>,
    /// Untouched faces of the arch, then pieces of cut faces, then patches over holes.
    pub faces: Vec<[u32; 3]>,
    /// For each untouched face, the arch's face that it is.
    pub untouched: Vec<FaceId>,
    /// How many pieces of cut faces follow the untouched ones.
    pub cut_pieces: usize,
    /// The trim lines, each a ring of points that runs along the border sides of the anatomy's faces.
    pub rings: Vec<Vec<u32>>,
    /// Points inside the arch that lie beyond the trim surface and were kept: their number in the sheet, and here.
    pub risers: Vec<[u32; 2]>,
}

/// Cuts `sheet` along `surface`. `also` marks further points whose parts beyond the surface must go.
pub(super) fn trim(sheet: &Sheet, surface: &TrimSurface, also: &[bool]) -> Trimmed {
    let gone = removed_points(sheet, surface, also);
    let mut cutter = Cutter {
        sheet,
        surface,
        gone: &gone,
        points: sheet.points.clone(),
        point_on: HashMap::new(),
    };
    let arch_faces = sheet.face_of.len();
    let (mut whole, mut untouched, mut pieces) = (Vec::new(), Vec::new(), Vec::new());
    let (mut patches, mut sides) = (Vec::new(), Vec::new());
    for (i, &face) in sheet.faces.iter().enumerate() {
        match face.iter().filter(|&&v| gone[v as usize]).count() {
            0 if i < arch_faces => {
                whole.push(face);
                untouched.push(sheet.face_of[i]);
            }
            0 => patches.push(face),
            3 => {}
            _ => cutter.cut(
                face,
                if i < arch_faces { &mut pieces } else { &mut patches },
                &mut sides,
            ),
        }
    }
    let cut_pieces = pieces.len();
    let points = cutter.points;
    let faces: Vec<[u32; 3]> = whole.into_iter().chain(pieces).chain(patches).collect();
    let risers = (0..sheet.points.len() as u32)
        .filter(|&v| {
            let p = sheet.points[v as usize];
            !gone[v as usize] && p.z > surface.height(p.x, p.y)
        })
        .map(|v| [v, v])
        .collect();
    Trimmed {
        rings: join_rings(&sides),
        points,
        faces,
        untouched,
        cut_pieces,
        risers,
    }
    .without_small_pieces()
}

/// One flag per point: it lies beyond the surface, in one part with the border (or, on a closed surface, with its
/// highest point).
fn removed_points(sheet: &Sheet, surface: &TrimSurface, also: &[bool]) -> Vec<bool> {
    let beyond: Vec<bool> = sheet
        .points
        .iter()
        .zip(&sheet.on_border)
        .map(|(p, &on_border)| on_border || p.z > surface.height(p.x, p.y))
        .collect();
    let mut parts = Parts::new(sheet.points.len());
    for f in &sheet.faces {
        for [a, b] in [[f[0], f[1]], [f[1], f[2]], [f[2], f[0]]] {
            if beyond[a as usize] && beyond[b as usize] {
                parts.join(a, b);
            }
        }
    }
    let mut goes = vec![false; sheet.points.len()];
    let mut used = vec![false; sheet.points.len()];
    for &v in sheet.faces.iter().flatten() {
        used[v as usize] = true;
    }
    for v in 0..sheet.points.len() {
        if sheet.on_border[v] || (beyond[v] && also.get(v) == Some(&true)) {
            goes[parts.root(v as u32) as usize] = true;
        }
    }
    if sheet.border.is_empty() {
        let height = |v: &usize| sheet.points[*v].z;
        let top = (0..sheet.points.len())
            .filter(|&v| used[v])
            .max_by(|a, b| height(a).total_cmp(&height(b)));
        if let Some(top) = top {
            goes[parts.root(top as u32) as usize] = true;
        }
    }
    (0..sheet.points.len())
        .map(|v| beyond[v] && goes[parts.root(v as u32) as usize])
        .collect()
}

struct Cutter<'a> {
    sheet: &'a Sheet,
    surface: &'a TrimSurface,
    gone: &'a [bool],
    points: Vec<Point>,
    /// The new point on an edge, by the edge's lower and higher end. Only looked up, never walked through.
    point_on: HashMap<(u32, u32), u32>,
}

impl Cutter<'_> {
    /// Appends what stays of a face to `kept`, and its new border side to `sides`.
    fn cut(&mut self, face: [u32; 3], kept: &mut Vec<[u32; 3]>, sides: &mut Vec<[u32; 2]>) {
        let lone = |wanted: bool| {
            (0..3).find(|&i| {
                let is = |k: usize| self.gone[face[(i + k) % 3] as usize] == wanted;
                is(0) && !is(1) && !is(2)
            })
        };
        if let Some(i) = lone(false) {
            let [a, b, c] = [0, 1, 2].map(|k| face[(i + k) % 3]);
            let (p, q) = (self.on_edge(a, b), self.on_edge(a, c));
            kept.push([a, p, q]);
            sides.push([p, q]);
        } else if let Some(i) = lone(true) {
            let [a, b, c] = [0, 1, 2].map(|k| face[(i + k) % 3]);
            let (p, q) = (self.on_edge(a, b), self.on_edge(a, c));
            let length = |u: u32, v: u32| (self.points[u as usize] - self.points[v as usize]).norm();
            if length(p, c) <= length(b, q) {
                kept.extend([[p, b, c], [p, c, q]]);
            } else {
                kept.extend([[p, b, q], [b, c, q]]);
            }
            sides.push([q, p]);
        }
    }

    fn on_edge(&mut self, u: u32, v: u32) -> u32 {
        let key = (u.min(v), u.max(v));
        if let Some(&known) = self.point_on.get(&key) {
            return known;
        }
        let (stays, goes) = if self.gone[key.0 as usize] {
            (key.1, key.0)
        } else {
            key
        };
        let (a, b) = (
            self.sheet.points[stays as usize],
            self.sheet.points[goes as usize],
        );
        let t = crossing(self.surface, &a, &b).clamp(END_CLEARANCE, 1.0 - END_CLEARANCE);
        let id = self.points.len() as u32;
        self.points.push(single(a + (b - a) * t));
        self.point_on.insert(key, id);
        id
    }
}

/// Where the edge from `a` (kept) to `b` (gone) passes through the surface, by bisection: exact to 2^-24 of the edge.
fn crossing(surface: &TrimSurface, a: &Point, b: &Point) -> f64 {
    let beyond = |t: f64| {
        let p = a + (b - a) * t;
        p.z > surface.height(p.x, p.y)
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..24 {
        let middle = 0.5 * (low + high);
        if beyond(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    0.5 * (low + high)
}

/// Rings from sides; every end of a side is the start of exactly one other, since each lies inside one edge.
pub(super) fn join_rings(sides: &[[u32; 2]]) -> Vec<Vec<u32>> {
    let next: HashMap<u32, u32> = sides.iter().map(|&[a, b]| (a, b)).collect();
    let mut seen = std::collections::HashSet::new();
    let mut rings = Vec::new();
    for &[start, _] in sides {
        let mut ring = Vec::new();
        let mut at = start;
        while seen.insert(at) {
            ring.push(at);
            match next.get(&at) {
                Some(&to) => at = to,
                None => break,
            }
        }
        if ring.len() >= 3 {
            rings.push(ring);
        }
    }
    rings
}

impl Trimmed {
    /// Without pieces that are too small to matter, and without points that no face uses.
    fn without_small_pieces(self) -> Self {
        let mut parts = Parts::new(self.points.len());
        for f in &self.faces {
            parts.join(f[0], f[1]);
            parts.join(f[1], f[2]);
        }
        let mut area = vec![0.0; self.points.len()];
        let mut total = 0.0;
        for f in &self.faces {
            let a = face_area(&self.points, f);
            area[parts.root(f[0]) as usize] += a;
            total += a;
        }
        let stays: Vec<bool> = (0..self.points.len() as u32)
            .map(|v| area[parts.root(v) as usize] >= LEAST_PIECE * total)
            .collect();
        self.keep(|v| stays[v as usize])
    }

    /// The part whose points `stays` chooses; whole pieces only.
    fn keep(self, stays: impl Fn(u32) -> bool) -> Self {
        let kept = |f: &[u32; 3]| stays(f[0]);
        let whole = self.untouched.len();
        let cut = whole + self.cut_pieces;
        let cut_pieces = self.faces[whole..cut].iter().filter(|f| kept(f)).count();
        let untouched = (0..whole)
            .filter(|&i| kept(&self.faces[i]))
            .map(|i| self.untouched[i])
            .collect();
        let mut faces: Vec<[u32; 3]> = self.faces.into_iter().filter(|f| kept(f)).collect();
        let mut new_of_old = vec![u32::MAX; self.points.len()];
        for &v in faces.iter().flatten() {
            new_of_old[v as usize] = 0;
        }
        let mut points = Vec::new();
        for (p, new) in self.points.iter().zip(&mut new_of_old) {
            if *new == 0 {
                *new = points.len() as u32;
                points.push(*p);
            }
        }
        for v in faces.iter_mut().flatten() {
            *v = new_of_old[*v as usize];
        }
        let renumber =
            |ring: Vec<u32>| -> Vec<u32> { ring.into_iter().map(|v| new_of_old[v as usize]).collect() };
        let rings = self
            .rings
            .into_iter()
            .filter(|r| stays(r[0]))
            .map(renumber)
            .collect();
        Self {
            points,
            faces,
            untouched,
            cut_pieces,
            rings,
            risers: renumbered(&self.risers, &new_of_old),
        }
    }

    /// Without the pieces that one of the given rings bounds.
    pub fn without_pieces_of(self, rings: &[usize]) -> Self {
        let mut parts = Parts::new(self.points.len());
        for f in &self.faces {
            parts.join(f[0], f[1]);
            parts.join(f[1], f[2]);
        }
        let roots: Vec<u32> = rings.iter().map(|&r| parts.root(self.rings[r][0])).collect();
        let stays: Vec<bool> = (0..self.points.len() as u32)
            .map(|v| !roots.contains(&parts.root(v)))
            .collect();
        self.keep(|v| stays[v as usize])
    }
}

fn renumbered(risers: &[[u32; 2]], new_of_old: &[u32]) -> Vec<[u32; 2]> {
    let new = |r: &[u32; 2]| [r[0], new_of_old[r[1] as usize]];
    risers.iter().map(new).filter(|r| r[1] != u32::MAX).collect()
}

/// Sets of points that hang together; the least id of a set is its root.
pub(super) struct Parts(Vec<u32>);

impl Parts {
    pub fn new(count: usize) -> Self {
        Self((0..count as u32).collect())
    }

    pub fn root(&mut self, mut v: u32) -> u32 {
        while self.0[v as usize] != v {
            self.0[v as usize] = self.0[self.0[v as usize] as usize];
            v = self.0[v as usize];
        }
        v
    }

    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b) as usize] = a.min(b);
    }
}

/// A point as single precision holds it: what STL files store, so that writing moves no point of the base.
pub(super) fn single(p: Point) -> Point {
    p.map(|c| f64::from(c as f32))
}

fn perimeter(points: &[Point], ring: &[u32]) -> f64 {
    (0..ring.len())
        .map(|i| (points[ring[(i + 1) % ring.len()] as usize] - points[ring[i] as usize]).norm())
        .sum()
}

fn face_area(points: &[Point], f: &[u32; 3]) -> f64 {
    let [a, b, c] = f.map(|v| points[v as usize]);
    0.5 * (b - a).cross(&(c - a)).norm()
}
