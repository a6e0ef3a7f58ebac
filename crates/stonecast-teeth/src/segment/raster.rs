//! The arch as seen from the occlusal side: for every pixel the height of the topmost surface and the face that shows.
//!
//! Units: mm; pixels of [`PIXEL`] mm. Frame: the arch's own (x to the patient's left, y posterior); height is
//! occlusal-positive, so an upper arch's z is turned over while its x and y stay.
//!
//! Steps: move the vertices once; `candidates`: faces whose bounding box holds a pixel's centre; `fill` each band of
//! rows from the candidates that reach it.
//!
//! Why it does not depend on threads: a band is the work of one thread and takes faces in the order of their ids, and
//! of two faces at one height the lower id wins.
//!
//! Limits: only what is seen from above; walls that lean over are hidden. A face thinner than a pixel may show nowhere.

use rayon::prelude::*;
use stonecast_dental::Jaw;
use stonecast_mesh::{FaceId, RigidMotion, TriMesh};

/// Pixels along x. With [`HEIGHT`] this covers 76.8 × 70.4 mm, which holds the largest arches (about 70 mm between
/// the outsides of the molars) and 5 mm of misplacement; both divide by 16, which the network's four halvings need.
pub const WIDTH: usize = 192;
/// Pixels along y.
pub const HEIGHT: usize = 176;
/// Edge of a pixel, mm.
pub const PIXEL: f64 = 0.4;
/// Left edge of the first column, mm: the columns lie symmetrically about the midline.
pub const LEFT: f64 = -38.4;
/// Front edge of the first row, mm: room for incisors that stand before the origin.
pub const FRONT: f64 = -10.4;

/// Marks a pixel that shows no face.
const NOTHING: u32 = u32::MAX;
/// Rows in a band: eleven bands keep two to eight cores busy, and a band's pixels stay in the first-level cache.
const BAND: usize = 16;
/// Faces looked through by one task.
const CHUNK: usize = 8192;
/// Slack of barycentric coordinates: a pixel's centre exactly on a shared edge belongs to both faces, so that
/// rounding opens no cracks.
const ON_EDGE: f64 = 1e-9;
/// Twice the area in pixels below which a face seen edge-on shows nothing.
const EDGE_ON: f64 = 1e-12;

/// What is seen from the occlusal side, row by row from the front, each row from the patient's right.
#[derive(Clone, Debug, PartialEq)]
pub struct HeightMap {
    /// Height, mm, occlusal-positive; NaN where nothing is seen.
    pub height: Vec<f32>,
    face: Vec<u32>,
}

impl HeightMap {
    /// Looks at an arch from its occlusal side.
    pub fn new(mesh: &TriMesh, jaw: Jaw, arch_from_mesh: &RigidMotion) -> Self {
        let sign = if jaw == Jaw::Upper { -1.0 } else { 1.0 };
        let vertices: Vec<[f64; 3]> = mesh
            .points()
            .par_iter()
            .map(|p| {
                let p = arch_from_mesh * p;
                [column_of(p.x), row_of(p.y), p.z * sign]
            })
            .collect();
        let candidates = candidates(mesh, &vertices);
        let mut map = Self {
            height: vec![f32::NAN; WIDTH * HEIGHT],
            face: vec![NOTHING; WIDTH * HEIGHT],
        };
        map.height
            .par_chunks_mut(BAND * WIDTH)
            .zip(map.face.par_chunks_mut(BAND * WIDTH))
            .enumerate()
            .for_each(|(band, (height, face))| {
                let first = band * BAND;
                let last = first + height.len() / WIDTH - 1;
                let mut band = Band {
                    first,
                    last,
                    height,
                    face,
                };
                let reaching = candidates
                    .iter()
                    .flatten()
                    .filter(|c| usize::from(c.rows[0]) <= last && usize::from(c.rows[1]) >= first);
                for candidate in reaching {
                    let corners = mesh.faces()[candidate.face as usize].map(|v| vertices[v.index()]);
                    band.fill(candidate.face, &corners);
                }
            });
        map
    }

    /// The face that a pixel shows.
    pub fn face(&self, pixel: usize) -> Option<FaceId> {
        self.face
            .get(pixel)
            .filter(|&&face| face != NOTHING)
            .map(|&face| FaceId(face))
    }
}

/// The column, in pixels from the first one's centre, of a point.
pub fn column_of(x: f64) -> f64 {
    (x - LEFT) / PIXEL - 0.5
}

/// The row, in pixels from the first one's centre, of a point.
pub fn row_of(y: f64) -> f64 {
    (y - FRONT) / PIXEL - 0.5
}

/// The centre of a pixel, mm, in the arch's frame.
pub fn centre_of(column: usize, row: usize) -> [f64; 2] {
    [
        LEFT + (column as f64 + 0.5) * PIXEL,
        FRONT + (row as f64 + 0.5) * PIXEL,
    ]
}

/// The pixel that holds a point of the arch's frame.
pub fn pixel_at(x: f64, y: f64) -> Option<usize> {
    let (column, row) = (column_of(x).round(), row_of(y).round());
    let inside = column >= 0.0 && column < WIDTH as f64 && row >= 0.0 && row < HEIGHT as f64;
    inside.then(|| row as usize * WIDTH + column as usize)
}

/// A face that may show, with the rows that its bounding box holds.
struct Candidate {
    face: u32,
    rows: [u16; 2],
}

/// The faces whose bounding box holds the centre of a pixel, in order, in chunks.
fn candidates(mesh: &TriMesh, vertices: &[[f64; 3]]) -> Vec<Vec<Candidate>> {
    mesh.faces()
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, faces)| {
            let mut found = Vec::new();
            for (i, face) in faces.iter().enumerate() {
                let corners = face.map(|v| vertices[v.index()]);
                let columns = span(corners.map(|c| c[0]), 0, WIDTH - 1);
                let rows = span(corners.map(|c| c[1]), 0, HEIGHT - 1);
                if let (Some(_), Some([first, last])) = (columns, rows) {
                    found.push(Candidate {
                        face: (chunk * CHUNK + i) as u32,
                        rows: [first as u16, last as u16],
                    });
                }
            }
            found
        })
        .collect()
}

/// The whole numbers between the least and the greatest of three, within bounds.
#[inline]
fn span(of: [f64; 3], first: usize, last: usize) -> Option<[usize; 2]> {
    let least = of[0].min(of[1]).min(of[2]).ceil().max(first as f64);
    let greatest = of[0].max(of[1]).max(of[2]).floor().min(last as f64);
    (least <= greatest).then_some([least as usize, greatest as usize])
}

/// Some rows of the picture.
struct Band<'a> {
    first: usize,
    last: usize,
    height: &'a mut [f32],
    face: &'a mut [u32],
}

impl Band<'_> {
    fn fill(&mut self, face: u32, &[a, b, c]: &[[f64; 3]; 3]) {
        let twice_area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1]);
        if twice_area.abs() < EDGE_ON {
            return;
        }
        let (Some(columns), Some(rows)) = (
            span([a[0], b[0], c[0]], 0, WIDTH - 1),
            span([a[1], b[1], c[1]], self.first, self.last),
        ) else {
            return;
        };
        for row in rows[0]..=rows[1] {
            let y = row as f64 - a[1];
            for column in columns[0]..=columns[1] {
                let x = column as f64 - a[0];
                let u = (x * (c[1] - a[1]) - (c[0] - a[0]) * y) / twice_area;
                let v = ((b[0] - a[0]) * y - x * (b[1] - a[1])) / twice_area;
                if u < -ON_EDGE || v < -ON_EDGE || u + v > 1.0 + ON_EDGE {
                    continue;
                }
                let z = (a[2] + u * (b[2] - a[2]) + v * (c[2] - a[2])) as f32;
                let pixel = (row - self.first) * WIDTH + column;
                if self.face[pixel] == NOTHING || z > self.height[pixel] {
                    self.height[pixel] = z;
                    self.face[pixel] = face;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use stonecast_mesh::{Point, Vector};
    use stonecast_testkit::{demo_spec, dentition, random_motion};

    use super::*;

    fn arch(jaw: Jaw) -> TriMesh {
        let mut spec = demo_spec();
        spec.triangles = 8_000;
        dentition(&spec).arch(jaw).mesh.clone()
    }

    fn map(mesh: &TriMesh, jaw: Jaw) -> HeightMap {
        HeightMap::new(mesh, jaw, &RigidMotion::identity())
    }

    /// The highest crossing of a vertical line, by testing every face: which side of the line each edge passes.
    fn ray(mesh: &TriMesh, jaw: Jaw, [x, y]: [f64; 2]) -> Option<(f64, FaceId)> {
        let sign = if jaw == Jaw::Upper { -1.0 } else { 1.0 };
        let mut best: Option<(f64, FaceId)> = None;
        for face in mesh.face_ids() {
            let corners = mesh.corners(face).map(|p| p - Point::new(x, y, 0.0));
            let sides: [f64; 3] = std::array::from_fn(|k| {
                let (p, q) = (corners[(k + 1) % 3], corners[(k + 2) % 3]);
                p.x * q.y - p.y * q.x
            });
            let sum: f64 = sides.iter().sum();
            if sum == 0.0 || sides.iter().any(|s| s / sum < 0.0) {
                continue;
            }
            let z = sign * (0..3).map(|k| sides[k] / sum * corners[k].z).sum::<f64>();
            if best.is_none_or(|(highest, _)| z > highest) {
                best = Some((z, face));
            }
        }
        best
    }

    #[test]
    fn every_pixel_shows_the_highest_face_that_a_ray_meets() {
        for jaw in [Jaw::Upper, Jaw::Lower] {
            let mesh = arch(jaw);
            let map = map(&mesh, jaw);
            let mut seen = 0;
            for pixel in (0..WIDTH * HEIGHT).step_by(17) {
                let ray = ray(&mesh, jaw, centre_of(pixel % WIDTH, pixel / WIDTH));
                assert_eq!(ray.map(|(_, face)| face), map.face(pixel), "{jaw:?} {pixel}");
                assert_eq!(ray.is_none(), map.height[pixel].is_nan());
                if let Some((z, _)) = ray {
                    // Heights up to 32 mm are kept to 2 µm in single precision.
                    assert!(
                        (z - f64::from(map.height[pixel])).abs() < 2e-6,
                        "{z} {}",
                        map.height[pixel]
                    );
                    seen += 1;
                }
            }
            assert!(seen > 300, "only {seen} pixels show the arch");
        }
    }

    #[test]
    fn rigid_motion_changes_nothing() {
        let mesh = arch(Jaw::Lower);
        let still = map(&mesh, Jaw::Lower);
        let motion = random_motion(5);
        let moved = HeightMap::new(&mesh.transformed(&motion), Jaw::Lower, &motion.inverse());
        let same = (0..WIDTH * HEIGHT)
            .filter(|&p| still.face(p) == moved.face(p))
            .count();
        // A pixel's centre on an edge may go either way by rounding.
        assert!(
            same + 3 >= WIDTH * HEIGHT,
            "{} pixels show another face",
            WIDTH * HEIGHT - same
        );
        for (a, b) in still.height.iter().zip(&moved.height) {
            assert!((a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-5, "{a} {b}");
        }
    }

    #[test]
    fn a_mirrored_arch_gives_the_mirrored_picture() {
        let mesh = arch(Jaw::Upper);
        let mirrored = mesh.map_points(|p| Point::new(-p.x, p.y, p.z)).unwrap();
        let (map, mirrored) = (map(&mesh, Jaw::Upper), map(&mirrored, Jaw::Upper));
        for pixel in 0..WIDTH * HEIGHT {
            let twin = pixel / WIDTH * WIDTH + WIDTH - 1 - pixel % WIDTH;
            let (a, b) = (map.height[pixel], mirrored.height[twin]);
            assert!(
                (a.is_nan() && b.is_nan()) || (a - b).abs() < 1e-5,
                "{pixel}: {a} {b}"
            );
        }
    }

    #[test]
    fn the_number_of_threads_changes_no_bit() {
        let mesh = arch(Jaw::Upper);
        let bits = |threads| {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            let map = pool.install(|| map(&mesh, Jaw::Upper));
            let height: Vec<u32> = map.height.iter().map(|h| h.to_bits()).collect();
            (height, map.face)
        };
        assert_eq!(bits(1), bits(4));
    }

    #[test]
    fn of_two_faces_at_one_height_the_lower_id_shows() {
        let points = [[-5.0, 0.0], [5.0, 0.0], [0.0, 9.0]].map(|[x, y]| Point::new(x, y, 1.0));
        let mesh = TriMesh::from_indices([points, points].concat(), &[[0, 1, 2], [3, 4, 5]]).unwrap();
        let map = map(&mesh, Jaw::Lower);
        let shown: Vec<_> = (0..WIDTH * HEIGHT).filter_map(|p| map.face(p)).collect();
        assert!(shown.len() > 200 && shown.iter().all(|&face| face == FaceId(0)));
    }

    #[test]
    fn a_point_lies_in_the_pixel_whose_centre_is_nearest() {
        let pixel = 31 * WIDTH + 17;
        let [x, y] = centre_of(17, 31);
        for (dx, dy) in [(0.0, 0.0), (0.19, -0.19), (-0.19, 0.19)] {
            assert_eq!(pixel_at(x + dx, y + dy), Some(pixel));
        }
        assert_eq!(pixel_at(LEFT - 0.3, 0.0), None);
        let far = HeightMap::new(
            &arch(Jaw::Lower),
            Jaw::Lower,
            &RigidMotion::new(Vector::new(500.0, 0.0, 0.0), Vector::zeros()),
        );
        assert!(far.height.iter().all(|h| h.is_nan()));
    }
}
