//! The surface as evenly spread nodes, so that what follows does not depend on how the scan is triangulated.
//!
//! Units: mm. Frame: the arch's own, heights positive towards the antagonist (an upper arch is turned over).
//!
//! Steps: 1. `sample` the faces and gather the samples in cubes; a cube with surface in it is a node, with the mean
//! place and normal of that surface. 2. `link` neighbouring cubes whose surfaces face the same way. 3. `bend`: how
//! concave the surface is about each node, from a quadratic fit to the normals around it.
//!
//! Limits: two walls that face each other across less than a cube are one node.

use nalgebra::{Matrix3, Vector3};
use rayon::prelude::*;
use stonecast_mesh::{Point, TriMesh, Vector, VertexId};

use super::evidence::Grid;

/// Edge of a cube, mm: half the width of the narrowest groove between tooth and gum that matters.
pub(crate) const CUBE_MM: f64 = 0.5;
/// Samples on a face are at most this far apart, mm.
const SAMPLE_MM: f64 = 0.5;
/// A face smaller than this is wanted or not as a whole.
const SMALL_MM: f64 = 1.5;
/// A face with less area than this, mm², is a line: it has no surface to sample, and a place weighed by no area would
/// be lost to rounding. Scans have faces of about 0.01 mm².
const NO_SURFACE_MM2: f64 = 1e-9;
/// A face larger than this has so many samples that they are not kept until they are gathered.
const LARGE_MM: f64 = 4.0;
/// Heights looked at, mm: from the vestibule to above the highest cusp.
const HEIGHTS_MM: (f64, f64) = (-24.0, 8.0);
/// The bend is fitted over this many cubes each way: a groove is about a millimetre wide.
const BEND_REACH: i32 = 2;
const EMPTY: u32 = u32::MAX;
/// Faces that one thread samples at a time: some fifty pieces of a fine scan.
const CHUNK: usize = 4096;

/// The nodes of an arch.
pub(crate) struct Nodes {
    pub places: Vec<Point>,
    pub normals: Vec<Vector>,
    /// Area of the surface in the cube, mm².
    pub areas: Vec<f64>,
    /// The smaller principal curvature, 1/mm, negative in grooves.
    pub bends: Vec<f64>,
    /// The greater principal curvature, 1/mm.
    pub crests: Vec<f64>,
    /// Neighbours, for node `i` those in `links[starts[i]..starts[i + 1]]`.
    pub links: Vec<u32>,
    pub starts: Vec<u32>,
    cubes: Cubes,
}

/// Where the cubes lie, and the node of each.
struct Cubes {
    corner: Point,
    counts: [i32; 3],
    node: Vec<u32>,
}

impl Cubes {
    fn new(grid: Grid) -> Self {
        // Cubes meet at the midline, so that the mirror image of an arch falls into the mirror images of its cubes.
        let left = (grid.corner[0] / CUBE_MM).floor() * CUBE_MM;
        let extent = [
            grid.corner[0] - left + grid.width as f64 * grid.pixel_mm,
            grid.height as f64 * grid.pixel_mm,
            HEIGHTS_MM.1 - HEIGHTS_MM.0,
        ];
        let counts = extent.map(|e| (e / CUBE_MM).ceil() as i32);
        Self {
            corner: Point::new(left, grid.corner[1], HEIGHTS_MM.0),
            counts,
            node: vec![EMPTY; counts.iter().map(|c| *c as usize).product()],
        }
    }

    fn cell_of(&self, place: &Point) -> Option<[i32; 3]> {
        let cell = (place - self.corner) / CUBE_MM;
        let cell: [f64; 3] = [cell.x.floor(), cell.y.floor(), cell.z.floor()];
        (0..3)
            .all(|k| cell[k] >= 0.0 && cell[k] < f64::from(self.counts[k]))
            .then(|| cell.map(|c| c as i32))
    }

    fn index(&self, cell: [i32; 3]) -> Option<usize> {
        (0..3)
            .all(|k| (0..self.counts[k]).contains(&cell[k]))
            .then(|| ((cell[2] * self.counts[1] + cell[1]) * self.counts[0] + cell[0]) as usize)
    }

    /// Visits the nodes of the cubes at most `reach` cubes away.
    fn for_each_around(&self, cell: [i32; 3], reach: i32, mut visit: impl FnMut(u32)) {
        let span = |k: usize| (cell[k] - reach).max(0)..=(cell[k] + reach).min(self.counts[k] - 1);
        let columns = span(0);
        for z in span(2) {
            for y in span(1) {
                let row = (z * self.counts[1] + y) * self.counts[0];
                let cubes = (row + columns.start()) as usize..=(row + columns.end()) as usize;
                for &node in self.node[cubes].iter().filter(|&&n| n != EMPTY) {
                    visit(node);
                }
            }
        }
    }

    /// The samples of a face that lie in a cube and are wanted.
    fn sample(&self, face: [VertexId; 3], surface: &Surface<'_>, mut take: impl FnMut(Sample)) {
        let [a, b, c] = surface.corners(face);
        let longest = longest_side(&[a, b, c]);
        let area = (b - a).cross(&(c - a)).norm() / 2.0;
        let middle = Point::from((a.coords + b.coords + c.coords) / 3.0);
        let passed_over = area < NO_SURFACE_MM2 || (longest < SMALL_MM && !(surface.wanted)(&middle));
        if a.z < HEIGHTS_MM.0 - longest || passed_over {
            return;
        }
        let turned = face.map(|v| surface.normals[v.index()]);
        let parts = (longest / SAMPLE_MM).ceil().clamp(1.0, 400.0) as u32;
        let each = area / f64::from(parts * parts);
        for [s, t] in centroids(parts) {
            let r = 1.0 - s - t;
            let place = Point::from(r * a.coords + s * b.coords + t * c.coords);
            if longest >= SMALL_MM && !(surface.wanted)(&place) {
                continue;
            }
            if let Some(cube) = self.cell_of(&place).and_then(|c| self.index(c)) {
                take(Sample {
                    cube,
                    place,
                    normal: r * turned[0] + s * turned[1] + t * turned[2],
                    area: each,
                });
            }
        }
    }
}

/// What is sampled: places and normals of the vertices, and which places matter.
struct Surface<'a> {
    places: &'a [Point],
    normals: &'a [Vector],
    wanted: &'a (dyn Fn(&Point) -> bool + Sync),
}

impl Surface<'_> {
    fn corners(&self, face: [VertexId; 3]) -> [Point; 3] {
        face.map(|v| self.places[v.index()])
    }
}

fn longest_side(&[a, b, c]: &[Point; 3]) -> f64 {
    [(b - a).norm(), (c - b).norm(), (a - c).norm()]
        .into_iter()
        .fold(0.0, f64::max)
}

/// A sample, or a face too large for its samples to be kept until they are gathered.
enum Piece {
    Sample(Sample),
    Large([VertexId; 3]),
}

/// A piece of surface.
struct Sample {
    cube: usize,
    place: Point,
    normal: Vector,
    area: f64,
}

impl Nodes {
    /// The nodes of a surface given in the arch's frame with heights towards the antagonist.
    ///
    /// `places` and `normals` are those of the mesh's vertices in that frame.
    ///
    /// Surface over pixels that `near_teeth` leaves out is passed over: it is gum, or whatever a scan or a model has
    /// beside its arch.
    pub fn new(
        mesh: &TriMesh,
        places: &[Point],
        normals: &[Vector],
        grid: Grid,
        near_teeth: &[bool],
    ) -> Self {
        let mut nodes = Self {
            places: Vec::new(),
            normals: Vec::new(),
            areas: Vec::new(),
            bends: Vec::new(),
            crests: Vec::new(),
            links: Vec::new(),
            starts: Vec::new(),
            cubes: Cubes::new(grid),
        };
        let wanted = |place: &Point| grid.pixel_at(place.x, place.y).is_some_and(|p| near_teeth[p]);
        let surface = Surface {
            places,
            normals,
            wanted: &wanted,
        };
        nodes.sample(mesh, &surface);
        nodes.link();
        nodes.bend();
        nodes
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// The neighbours of a node.
    pub fn neighbours(&self, node: usize) -> &[u32] {
        &self.links[self.starts[node] as usize..self.starts[node + 1] as usize]
    }

    /// Visits the nodes near a place, that of its own cube among them.
    pub fn for_each_near(&self, place: &Point, reach: i32, mut visit: impl FnMut(usize)) {
        if let Some(cell) = self.cubes.cell_of(place) {
            self.cubes.for_each_around(cell, reach, |n| visit(n as usize));
        }
    }

    /// The node of the cube that holds a place.
    pub fn at(&self, place: &Point) -> Option<usize> {
        let cell = self.cubes.cell_of(place)?;
        let node = self.cubes.node[self.cubes.index(cell)?];
        (node != EMPTY).then_some(node as usize)
    }

    fn sample(&mut self, mesh: &TriMesh, surface: &Surface<'_>) {
        // What is sampled is worked out side by side, and gathered in the order of the faces.
        let pieces: Vec<Vec<Piece>> = mesh
            .faces()
            .par_chunks(CHUNK)
            .map(|faces| {
                let mut pieces = Vec::new();
                for &face in faces {
                    if longest_side(&surface.corners(face)) > LARGE_MM {
                        pieces.push(Piece::Large(face));
                    } else {
                        self.cubes
                            .sample(face, surface, |sample| pieces.push(Piece::Sample(sample)));
                    }
                }
                pieces
            })
            .collect();
        for piece in pieces.iter().flatten() {
            match piece {
                Piece::Sample(sample) => self.gather(sample),
                Piece::Large(face) => {
                    let mut samples = Vec::new();
                    self.cubes.sample(*face, surface, |sample| samples.push(sample));
                    for sample in &samples {
                        self.gather(sample);
                    }
                }
            }
        }
        for i in 0..self.places.len() {
            let area = self.areas[i];
            self.places[i] = Point::from(self.places[i].coords / area);
            self.normals[i] = self.normals[i].try_normalize(1e-12).unwrap_or_else(Vector::z);
        }
    }

    fn gather(&mut self, sample: &Sample) {
        let node = &mut self.cubes.node[sample.cube];
        if *node == EMPTY {
            *node = self.places.len() as u32;
            self.places.push(Point::origin());
            self.normals.push(Vector::zeros());
            self.areas.push(0.0);
        }
        let node = *node as usize;
        self.places[node] += sample.area * sample.place.coords;
        self.normals[node] += sample.area * sample.normal;
        self.areas[node] += sample.area;
    }

    fn cell(&self, node: usize) -> [i32; 3] {
        // The mean place of a cube's surface lies in the cube.
        self.cubes.cell_of(&self.places[node]).unwrap_or_default()
    }

    fn link(&mut self) {
        let lists: Vec<Vec<u32>> = (0..self.len())
            .into_par_iter()
            .map(|node| {
                let own = node as u32;
                let mut list = Vec::with_capacity(12);
                self.cubes.for_each_around(self.cell(node), 1, |n| {
                    if n != own && self.normals[n as usize].dot(&self.normals[node]) > -0.3 {
                        list.push(n);
                    }
                });
                list
            })
            .collect();
        self.starts.push(0);
        for list in lists {
            self.links.extend(list);
            self.starts.push(self.links.len() as u32);
        }
    }

    fn bend(&mut self) {
        (self.bends, self.crests) = (0..self.len())
            .into_par_iter()
            .map(|node| self.bend_at(node))
            .unzip();
    }

    /// Fits `bend(direction) = a u² + 2 b u v + c v²` to the normals around a node; gives its least and greatest value.
    fn bend_at(&self, node: usize) -> (f64, f64) {
        let (place, normal) = (self.places[node], self.normals[node]);
        let across = if normal.x.abs() < 0.8 {
            Vector::x()
        } else {
            Vector::y()
        };
        let Some(e) = normal.cross(&across).try_normalize(1e-9) else {
            return (0.0, 0.0);
        };
        let f = normal.cross(&e);
        let mut matrix = Matrix3::zeros();
        let mut right = Vector3::zeros();
        self.cubes.for_each_around(self.cell(node), BEND_REACH, |other| {
            let other = other as usize;
            let way = self.places[other] - place;
            let turned = self.normals[other];
            let (u, v) = (way.dot(&e), way.dot(&f));
            let length2 = u * u + v * v;
            if other == node || length2 < 0.01 || turned.dot(&normal) < -0.3 {
                return;
            }
            let bent = (turned - normal).dot(&(u * e + v * f)) / length2;
            let row = Vector3::new(u * u, 2.0 * u * v, v * v) / length2;
            let weight = self.areas[other].min(1.0) * (-length2 / 1.5).exp();
            matrix += weight * row * row.transpose();
            right += weight * bent * row;
        });
        // A little stiffness, for nodes with few neighbours.
        matrix += 0.02 * Matrix3::identity();
        let Some(fit) = matrix.cholesky().map(|c| c.solve(&right)) else {
            return (0.0, 0.0);
        };
        let mean = 0.5 * (fit.x + fit.z);
        let apart = (0.5 * (fit.x - fit.z)).hypot(fit.y);
        (mean - apart, mean + apart)
    }
}

/// Centroids of the `n²` equal parts of a triangle, as weights of the second and third corner.
fn centroids(n: u32) -> impl Iterator<Item = [f64; 2]> {
    let size = f64::from(n);
    (0..n).flat_map(move |i| {
        (0..n - i).flat_map(move |j| {
            let (i, j) = (f64::from(i), f64::from(j));
            let upright = [(i + 1.0 / 3.0) / size, (j + 1.0 / 3.0) / size];
            let turned = [(i + 2.0 / 3.0) / size, (j + 2.0 / 3.0) / size];
            let has_turned = i + j + 1.0 < size;
            std::iter::once(upright).chain(has_turned.then_some(turned))
        })
    })
}
