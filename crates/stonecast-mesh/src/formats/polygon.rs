//! Faces of a file as triangles: polygons are cut in their own plane, and every triangle remembers its face.
//!
//! **Steps** 1. `FaceList::push` takes triangles as they are and sets polygons aside. 2. `FaceList::triangulate`
//! puts their triangles in the file's order. 3. `cut` projects a polygon along its area vector (Newell), clips
//! ears (the `earcut` crate), and 4. `restore_collinear` puts back the corners on straight sides that ear
//! clipping leaves out, since the neighbour across the side may use them and a crack would open.
//!
//! **Limits** A polygon that crosses itself is cut into a fan, which keeps its border but may fold.
//!
//! **References** M. E. Newell, R. G. Newell, T. L. Sancha, A solution to the hidden surface problem, 1972 (the
//! area vector of a polygon in space).

use earcut::Earcut;

use super::{DecodeError, Format, Limits, Note, NoteCode, Place};
use crate::{FaceData, Point, Vector, VertexId};

/// The faces of a file, in order.
#[derive(Default)]
pub(crate) struct FaceList {
    faces: Vec<[VertexId; 3]>,
    /// Rows of the file that are no triangle.
    polygons: Vec<Polygon>,
    corners: Vec<VertexId>,
    rows: u32,
}

struct Polygon {
    row: u32,
    /// How many triangles were pushed before it.
    before: usize,
    start: usize,
    end: usize,
}

/// Where a triangle came from: the row of the file's face list, and which three of its corners.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) row: u32,
    pub(crate) corners: [u32; 3],
}

/// Triangles with their origins.
pub(crate) struct Triangulated {
    pub(crate) faces: Vec<[VertexId; 3]>,
    /// `None` when every row is one triangle, corner by corner.
    pub(crate) origins: Option<Vec<Origin>>,
}

impl Triangulated {
    pub(crate) fn origin(&self, face: usize) -> Origin {
        match &self.origins {
            Some(origins) => origins[face],
            None => Origin {
                row: face as u32,
                corners: [0, 1, 2],
            },
        }
    }
}

/// Texture coordinates that rows state corner by corner.
#[derive(Default)]
pub(crate) struct CornerCoordinates {
    /// Where each row's coordinates start.
    start: Vec<u32>,
    values: Vec<[f32; 2]>,
}

impl CornerCoordinates {
    /// Begins the next row.
    pub(crate) fn begin_row(&mut self) {
        self.start.push(self.values.len() as u32);
    }

    /// The next corner of the present row.
    pub(crate) fn push(&mut self, coordinates: [f32; 2]) {
        self.values.push(coordinates);
    }

    /// How many corners were pushed.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }

    /// The coordinates of each triangle's corners; `None`, with a note when some but not all corners have them.
    pub(crate) fn of_faces(
        &self,
        triangles: &Triangulated,
        notes: &mut Vec<Note>,
    ) -> Option<FaceData<[[f32; 2]; 3]>> {
        if self.values.is_empty() {
            return None;
        }
        let of_face = |f: usize| {
            let Origin { row, corners } = triangles.origin(f);
            let start = *self.start.get(row as usize)? as usize;
            let end = self
                .start
                .get(row as usize + 1)
                .map_or(self.values.len(), |&e| e as usize);
            let row = &self.values[start..end];
            let [a, b, c] = corners.map(|c| row.get(c as usize).copied());
            Some([a?, b?, c?])
        };
        let all: Option<Vec<_>> = (0..triangles.faces.len()).map(of_face).collect();
        if all.is_none() {
            let message = "texture coordinates are not kept, because some corners have none";
            notes.push(Note::new(NoteCode::NotKept, Place::File, message));
        }
        all.map(FaceData::from_vec)
    }
}

impl FaceList {
    pub(crate) fn with_capacity(faces: usize) -> Self {
        Self {
            faces: Vec::with_capacity(faces),
            ..Self::default()
        }
    }

    /// A triangle.
    #[inline]
    pub(crate) fn push_triangle(&mut self, corners: [VertexId; 3]) {
        self.faces.push(corners);
        self.rows += 1;
    }

    /// A face with any number of corners.
    pub(crate) fn push(&mut self, corners: &[VertexId]) {
        if let [a, b, c] = *corners {
            return self.push_triangle([a, b, c]);
        }
        let start = self.corners.len();
        self.corners.extend_from_slice(corners);
        self.polygons.push(Polygon {
            row: self.rows,
            before: self.faces.len(),
            start,
            end: self.corners.len(),
        });
        self.rows += 1;
    }

    /// How many triangles there will be at most.
    pub(crate) fn triangle_bound(&self) -> u64 {
        (self.faces.len() + self.corners.len()) as u64
    }

    /// How many rows were pushed.
    pub(crate) fn rows(&self) -> u32 {
        self.rows
    }

    /// All rows as triangles, in order. Rows with fewer than three distinct corners give none and a note.
    ///
    /// # Errors
    /// A row that names a vertex beyond `points`, a polygon or a total beyond the limits.
    pub(crate) fn triangulate(
        mut self,
        format: Format,
        points: &[Point],
        limits: &Limits,
        notes: &mut Vec<Note>,
    ) -> Result<Triangulated, DecodeError> {
        DecodeError::check_limit(
            format,
            Place::File,
            "triangles",
            self.triangle_bound(),
            limits.max_faces,
        )?;
        if self.polygons.is_empty() {
            return Ok(Triangulated {
                faces: std::mem::take(&mut self.faces),
                origins: None,
            });
        }
        let mut out = Merged::with_capacity(self.faces.len() + self.corners.len());
        let mut dropped = Vec::new();
        let mut next = 0;
        for polygon in &self.polygons {
            out.copy(&self.faces[next..polygon.before], polygon.row);
            next = polygon.before;
            let corners = &self.corners[polygon.start..polygon.end];
            check_polygon(format, polygon.row, corners, points.len(), limits)?;
            let triangles = cut(corners, points);
            if triangles.is_empty() {
                dropped.push(polygon.row);
            }
            out.cut(&triangles, corners, polygon.row);
        }
        out.copy(&self.faces[next..], self.rows);
        if let Some(&first) = dropped.first() {
            let message = format!(
                "{} face(s) with fewer than three distinct corners are left out",
                dropped.len()
            );
            let place = Place::Item {
                kind: "face",
                index: u64::from(first),
            };
            notes.push(Note::new(NoteCode::NotASurface, place, message));
        }
        Ok(Triangulated {
            faces: out.faces,
            origins: Some(out.origins),
        })
    }
}

struct Merged {
    faces: Vec<[VertexId; 3]>,
    origins: Vec<Origin>,
}

impl Merged {
    fn with_capacity(faces: usize) -> Self {
        Self {
            faces: Vec::with_capacity(faces),
            origins: Vec::with_capacity(faces),
        }
    }

    /// Triangles whose rows are the ones just before `end_row`.
    fn copy(&mut self, faces: &[[VertexId; 3]], end_row: u32) {
        let first = end_row - faces.len() as u32;
        self.faces.extend_from_slice(faces);
        self.origins.extend((first..end_row).map(|row| Origin {
            row,
            corners: [0, 1, 2],
        }));
    }

    fn cut(&mut self, triangles: &[[u32; 3]], corners: &[VertexId], row: u32) {
        for &triangle in triangles {
            self.faces.push(triangle.map(|c| corners[c as usize]));
            self.origins.push(Origin {
                row,
                corners: triangle,
            });
        }
    }
}

fn check_polygon(
    format: Format,
    row: u32,
    corners: &[VertexId],
    vertex_count: usize,
    limits: &Limits,
) -> Result<(), DecodeError> {
    let place = Place::Item {
        kind: "face",
        index: u64::from(row),
    };
    DecodeError::check_limit(
        format,
        place,
        "corners of one polygon",
        corners.len() as u64,
        limits.max_polygon_corners,
    )?;
    if corners.iter().any(|v| v.index() >= vertex_count) {
        let expected = format!("vertex numbers below {vertex_count}");
        return Err(DecodeError::malformed(format, place, expected));
    }
    Ok(())
}

/// A polygon as triangles over its own corner numbers, each side of it kept. Empty when fewer than three
/// distinct corners follow one another.
pub(crate) fn cut(corners: &[VertexId], points: &[Point]) -> Vec<[u32; 3]> {
    let count = corners.len();
    let kept: Vec<u32> = (0..count)
        .filter(|&i| corners[i] != corners[(i + count - 1) % count])
        .map(|i| i as u32)
        .collect();
    if kept.len() < 3 {
        return Vec::new();
    }
    let place: Vec<Point> = kept
        .iter()
        .map(|&i| points[corners[i as usize].index()])
        .collect();
    let flat = projected(&place);
    let mut ears: Vec<u32> = Vec::new();
    Earcut::new().earcut(flat, &[], &mut ears);
    let mut triangles: Vec<[u32; 3]> = ears.as_chunks::<3>().0.to_vec();
    restore_collinear(&mut triangles, kept.len() as u32);
    if triangles.len() != kept.len() - 2 {
        triangles = (1..kept.len() as u32 - 1).map(|i| [0, i, i + 1]).collect();
    }
    triangles
        .iter()
        .map(|t| t.map(|local| kept[local as usize]))
        .collect()
}

/// The polygon seen against its area vector, so that it runs counter-clockwise.
fn projected(place: &[Point]) -> Vec<[f64; 2]> {
    let origin = place[0];
    let count = place.len();
    let area: Vector = (0..count)
        .map(|i| (place[i] - origin).cross(&(place[(i + 1) % count] - origin)))
        .sum();
    // A polygon without area has no plane; its triangles have none either, so any plane will do.
    let normal = area.try_normalize(0.0).unwrap_or_else(Vector::z);
    let helper = if normal.x.abs() < 0.6 {
        Vector::x()
    } else {
        Vector::y()
    };
    let across = normal.cross(&helper).normalize();
    let up = normal.cross(&across);
    place
        .iter()
        .map(|p| {
            let from_origin = p - origin;
            [from_origin.dot(&across), from_origin.dot(&up)]
        })
        .collect()
}

/// Fans each triangle side that spans left-out corners over them.
fn restore_collinear(triangles: &mut Vec<[u32; 3]>, count: u32) {
    let mut used = vec![false; count as usize];
    for &corner in triangles.iter().flatten() {
        used[corner as usize] = true;
    }
    let Some(first) = used.iter().position(|&u| u) else {
        return;
    };
    let mut start = first as u32;
    let mut between = Vec::new();
    for step in 1..=count {
        let corner = (first as u32 + step) % count;
        if !used[corner as usize] {
            between.push(corner);
            continue;
        }
        if !between.is_empty() && !fan_side(triangles, start, &between, corner) {
            return;
        }
        between.clear();
        start = corner;
    }
}

/// Replaces the triangle on side `from`-`to` by a fan over the corners `between`; false when there is none.
fn fan_side(triangles: &mut Vec<[u32; 3]>, from: u32, between: &[u32], to: u32) -> bool {
    let found = triangles.iter().enumerate().find_map(|(i, t)| {
        let side = (0..3).find(|&c| t[c] == from && t[(c + 1) % 3] == to)?;
        Some((i, t[(side + 2) % 3]))
    });
    let Some((at, apex)) = found else { return false };
    let mut last = from;
    let mut fan = Vec::with_capacity(between.len() + 1);
    for &corner in between.iter().chain([&to]) {
        fan.push([last, corner, apex]);
        last = corner;
    }
    triangles.splice(at..=at, fan);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(places: &[[f64; 3]]) -> (Vec<VertexId>, Vec<Point>) {
        let ids = (0..places.len() as u32).map(VertexId).collect();
        (ids, places.iter().map(|&p| Point::from(p)).collect())
    }

    fn area(triangles: &[[u32; 3]], points: &[Point]) -> Vector {
        triangles
            .iter()
            .map(|t| {
                let [a, b, c] = t.map(|i| points[i as usize]);
                (b - a).cross(&(c - a)) / 2.0
            })
            .sum()
    }

    #[test]
    fn a_concave_polygon_keeps_its_area_and_its_side() {
        let (ids, points) = ring(&[
            [0., 0., 5.],
            [4., 0., 5.],
            [4., 4., 5.],
            [2., 1., 5.],
            [0., 4., 5.],
        ]);
        let triangles = cut(&ids, &points);
        assert_eq!(triangles.len(), 3);
        let each: f64 = triangles
            .iter()
            .map(|t| area(&[*t], &points).z)
            .inspect(|z| assert!(*z > 0.0))
            .sum();
        assert!((each - 10.0).abs() < 1e-12, "{each}");
        let reversed: Vec<VertexId> = ids.into_iter().rev().collect();
        assert!(area(&cut(&reversed, &points), &points).norm() > 9.9);
    }

    #[test]
    fn a_corner_on_a_straight_side_is_kept() {
        let (ids, points) = ring(&[
            [0., 0., 0.],
            [1., 0., 0.],
            [2., 0., 0.],
            [2., 2., 0.],
            [1., 2., 0.],
            [0., 2., 0.],
            [0., 1., 0.],
        ]);
        let triangles = cut(&ids, &points);
        assert_eq!(triangles.len(), 5);
        let mut sides: Vec<[u32; 2]> = triangles
            .iter()
            .flat_map(|t| [[t[0], t[1]], [t[1], t[2]], [t[2], t[0]]])
            .collect();
        sides.retain(|s| (s[0] + 1) % 7 == s[1]);
        assert_eq!(
            sides.len(),
            7,
            "each side of the polygon is a side of one triangle"
        );
        assert!((area(&triangles, &points).z - 4.0).abs() < 1e-12);
    }

    #[test]
    fn rows_keep_their_order_and_number() {
        let (ids, points) = ring(&[[0., 0., 0.], [1., 0., 0.], [1., 1., 0.], [0., 1., 0.]]);
        let mut list = FaceList::default();
        list.push(&ids[..3]);
        list.push(&ids);
        list.push(&ids[..2]);
        list.push(&[ids[0], ids[2], ids[3]]);
        let mut notes = Vec::new();
        let out = list
            .triangulate(Format::Obj, &points, &Limits::default(), &mut notes)
            .unwrap();
        let rows: Vec<u32> = (0..out.faces.len()).map(|f| out.origin(f).row).collect();
        assert_eq!(rows, [0, 1, 1, 3]);
        assert_eq!(notes[0].code, NoteCode::NotASurface);
    }
}
