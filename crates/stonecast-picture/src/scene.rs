//! What is shown: bodies with their paint.
//!
//! A body keeps its own small copy of the surface (32-bit floats about its centre), so the mesh may be freed
//! before the picture is made. Where a surface has a crease, as a base has along its edges, the vertices are
//! split so that light does not bleed round the corner.

use stonecast_dental::Jaw;
use stonecast_mesh::{FaceId, Point, TriMesh, Vector, VertexData};

/// A colour in sRGB, 8 bits a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rgb(pub u8, pub u8, pub u8);

/// How a body is painted.
#[derive(Clone, Copy, Debug)]
pub enum Paint<'a> {
    /// One colour all over.
    Plain(Rgb),
    /// A colour of its own for each vertex, as sRGB: a scanner's colours, or the teeth's labels.
    PerVertex(&'a VertexData<[u8; 3]>),
    /// A colour by the band that a number is in: the number runs straight from vertex to vertex, and bands end sharply
    /// where it passes their limits. What is no number or beyond the last band is stone.
    Banded {
        /// For each vertex; NaN for none.
        values: &'a VertexData<f32>,
        /// The upper limit of each band with its colour, limits rising.
        bands: &'a [(f32, Rgb)],
    },
}

const STONE: Rgb = Rgb(238, 229, 213);

impl Paint<'static> {
    /// The warm white of dental stone, for anatomy.
    pub fn stone() -> Self {
        Self::Plain(STONE)
    }

    /// A cooler, slightly darker white, for the base: what was made is told from what was scanned.
    pub fn base() -> Self {
        Self::Plain(Rgb(209, 211, 212))
    }
}

/// One body of a scene.
#[derive(Clone, Debug)]
pub struct Body {
    pub(crate) origin: Point,
    /// Relative to `origin`.
    pub(crate) positions: Vec<[f32; 3]>,
    pub(crate) normals: Vec<[f32; 3]>,
    pub(crate) faces: Vec<[u32; 3]>,
    pub(crate) albedo: Albedo,
    pub(crate) jaw: Option<Jaw>,
    pub(crate) is_solid: bool,
}

/// Reflectance in linear light.
#[derive(Clone, Debug)]
pub(crate) enum Albedo {
    Plain([f32; 3]),
    PerVertex(Vec<[f32; 3]>),
    Banded(Banded),
}

/// Colours by number.
#[derive(Clone, Debug)]
pub(crate) struct Banded {
    pub values: Vec<f32>,
    bands: Vec<(f32, [f32; 3])>,
    pub rest: [f32; 3],
}

impl Banded {
    /// The colour of a number; `None` beyond the last band, and for none.
    pub(crate) fn colour_of(&self, value: f32) -> Option<[f32; 3]> {
        if value.is_nan() {
            return None;
        }
        let place = self.bands.partition_point(|(below, _)| *below <= value);
        self.bands.get(place).map(|(_, colour)| *colour)
    }
}

/// A corner whose face turns this far (20°) from its vertex's mean normal stands at a crease: less than half of the
/// turn at the edge of a base, even where land and wall meet at an obtuse angle.
const CREASE_COSINE: f64 = 0.94;
/// At a crease, a corner is lit together with the faces within 35° of its own: those on its side of the edge.
const ONE_SIDE_COSINE: f64 = 0.82;

impl Body {
    /// A body with the surface of a mesh. Colours that do not match the mesh in number are an error of the
    /// caller's program; missing ones are taken as black.
    pub fn new(mesh: &TriMesh, paint: Paint<'_>) -> Self {
        let origin = mesh.bounds().map_or_else(Point::origin, |b| b.center());
        let relative = |p: &Point| (p - origin).cast::<f32>().into();
        let mut body = Self {
            origin,
            positions: mesh.points().iter().map(relative).collect(),
            normals: mesh
                .vertex_normals()
                .as_slice()
                .iter()
                .map(|n| n.cast::<f32>().into())
                .collect(),
            faces: mesh.faces().iter().map(|f| f.map(|v| v.0)).collect(),
            albedo: match paint {
                Paint::Plain(Rgb(r, g, b)) => Albedo::Plain(linear_colour([r, g, b])),
                Paint::PerVertex(colours) => {
                    let mut linear: Vec<_> = colours.as_slice().iter().map(|&c| linear_colour(c)).collect();
                    linear.resize(mesh.vertex_count(), [0.0; 3]);
                    Albedo::PerVertex(linear)
                }
                Paint::Banded { values, bands } => {
                    let mut values = values.as_slice().to_vec();
                    values.resize(mesh.vertex_count(), f32::NAN);
                    let linear = |&(below, Rgb(r, g, b)): &(f32, Rgb)| (below, linear_colour([r, g, b]));
                    let Rgb(r, g, b) = STONE;
                    Albedo::Banded(Banded {
                        values,
                        bands: bands.iter().map(linear).collect(),
                        rest: linear_colour([r, g, b]),
                    })
                }
            },
            jaw: None,
            is_solid: false,
        };
        body.split_creases(mesh);
        body
    }

    /// The same body, said to belong to an arch: the occlusal view of the other arch leaves it out.
    pub fn of(mut self, jaw: Jaw) -> Self {
        self.jaw = Some(jaw);
        self
    }

    /// The same body, said to be the whole or a part of a closed surface: its inside is not to be seen from anywhere,
    /// so that faces turned away from the viewer need not be drawn.
    pub fn part_of_solid(mut self) -> Self {
        self.is_solid = true;
        self
    }

    /// The arch it belongs to, where that was said.
    pub fn jaw(&self) -> Option<Jaw> {
        self.jaw
    }

    /// How many triangles.
    pub fn face_count(&self) -> usize {
        self.faces.len()
    }

    /// Gives each corner at a crease a vertex of its own, with the mean normal of the faces on its side of the
    /// crease.
    fn split_creases(&mut self, mesh: &TriMesh) {
        let face_normals = mesh.face_normals();
        let vertex_normals = mesh.vertex_normals();
        let creased =
            |f, corner: usize| face_normals[f].dot(&vertex_normals[mesh.face(f)[corner]]) < CREASE_COSINE;
        let mut at_crease = vec![false; mesh.vertex_count()];
        for f in mesh.face_ids() {
            for corner in 0..3 {
                if creased(f, corner) {
                    at_crease[mesh.face(f)[corner].index()] = true;
                }
            }
        }
        let mut around: Vec<(u32, u32)> = Vec::new();
        for f in mesh.face_ids() {
            for v in mesh.face(f) {
                if at_crease[v.index()] {
                    around.push((v.0, f.0));
                }
            }
        }
        around.sort_unstable();
        for f in mesh.face_ids() {
            for corner in 0..3 {
                let v = mesh.face(f)[corner];
                if !creased(f, corner) {
                    continue;
                }
                let first = around.partition_point(|&(w, _)| w < v.0);
                let mut sum = Vector::zeros();
                for &(_, g) in around[first..].iter().take_while(|&&(w, _)| w == v.0) {
                    let normal = face_normals[FaceId(g)];
                    if normal.dot(&face_normals[f]) > ONE_SIDE_COSINE {
                        sum += normal;
                    }
                }
                self.add_vertex(f.index(), corner, &sum);
            }
        }
    }

    fn add_vertex(&mut self, face: usize, corner: usize, normal: &Vector) {
        let old = self.faces[face][corner] as usize;
        self.faces[face][corner] = self.positions.len() as u32;
        self.positions.push(self.positions[old]);
        self.normals.push(normal.cast::<f32>().into());
        match &mut self.albedo {
            Albedo::Plain(_) => {}
            Albedo::PerVertex(colours) => colours.push(colours[old]),
            Albedo::Banded(banded) => banded.values.push(banded.values[old]),
        }
    }
}

/// The bodies shown together.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// Drawn with depth, so their order means nothing, except that of two surfaces at the same place the first wins.
    pub bodies: Vec<Body>,
}

impl Scene {
    /// A scene of these bodies.
    pub fn new(bodies: Vec<Body>) -> Self {
        Self { bodies }
    }
}

fn linear_colour(srgb: [u8; 3]) -> [f32; 3] {
    srgb.map(linear)
}

/// sRGB (IEC 61966-2-1) to linear light.
pub(crate) fn linear(channel: u8) -> f32 {
    let c = f32::from(channel) / 255.0;
    if c <= 0.04045 {
        c / 12.92
    } else {
        ((c + 0.055) / 1.055).powf(2.4)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A cube with shared corners.
    fn cube() -> TriMesh {
        let points = (0..8u32)
            .map(|i| Point::new(f64::from(i & 1), f64::from(i >> 1 & 1), f64::from(i >> 2)))
            .collect();
        let faces = [
            [0, 2, 1],
            [1, 2, 3],
            [4, 5, 6],
            [5, 7, 6],
            [0, 1, 4],
            [1, 5, 4],
            [2, 6, 3],
            [3, 6, 7],
            [0, 4, 2],
            [2, 4, 6],
            [1, 3, 5],
            [3, 7, 5],
        ];
        TriMesh::from_indices(points, &faces).unwrap()
    }

    #[test]
    fn the_sides_of_a_cube_are_lit_flat() {
        let body = Body::new(&cube(), Paint::stone());
        for face in &body.faces {
            let [a, b, c] = face.map(|v| body.positions[v as usize]);
            let side =
                |p: [f32; 3]| Vector::new((p[0] - a[0]).into(), (p[1] - a[1]).into(), (p[2] - a[2]).into());
            let normal = side(b).cross(&side(c)).normalize();
            for v in face {
                let n = body.normals[*v as usize];
                let n = Vector::new(n[0].into(), n[1].into(), n[2].into()).normalize();
                assert!(n.dot(&normal) > 0.9999);
            }
        }
    }
}
