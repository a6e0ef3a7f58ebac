//! Reads OBJ line by line.

use std::borrow::Cow;

use super::super::polygon::{CornerCoordinates, FaceList};
use super::super::tokens::{parse_real, parse_whole, words};
use super::super::{
    DecodeError, Decoded, Format, Limits, Note, NoteCode, Part, Place, Texture, mesh_of, text_of,
};
use crate::{FaceData, Point, VertexData, VertexId};

const KEYWORDS: [&[u8]; 12] = [
    b"v", b"vt", b"vn", b"f", b"o", b"g", b"s", b"mtllib", b"usemtl", b"l", b"p", b"vp",
];

/// True for a text whose first lines all begin with an OBJ keyword and of which one is a vertex.
pub(crate) fn sniff(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(8192)];
    // The last line may be cut by the window, unless it is the file's last.
    let whole_lines = if head.len() == bytes.len() {
        head
    } else {
        &head[..head.iter().rposition(|&b| b == b'\n').unwrap_or(0)]
    };
    let mut vertex = false;
    let mut continued = false;
    for line in whole_lines.split(|&b| b == b'\n') {
        let skip = continued;
        continued = line.trim_ascii_end().ends_with(b"\\");
        let Some(first) = words(line)
            .next()
            .filter(|first| !skip && !first.starts_with(b"#"))
        else {
            continue;
        };
        if !KEYWORDS.contains(&first) {
            return false;
        }
        vertex |= first == b"v" && words(line).nth(1).and_then(parse_real).is_some();
    }
    vertex
}

/// Reads an OBJ file: a part per object (`o`) that has faces.
///
/// # Errors
/// A line that breaks the rules, numbers of vertices that do not exist, coordinates that are not finite, no
/// face at all.
pub fn read_obj(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let mut reader = Reader::new(limits);
    reader.read(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))?;
    reader.finish()
}

/// The faces under one `o`.
#[derive(Default)]
struct Object {
    name: Option<String>,
    material: Option<String>,
    list: FaceList,
    texture: CornerCoordinates,
    group_of_row: Vec<i32>,
}

struct Reader<'a> {
    limits: &'a Limits,
    line: u64,
    points: Vec<Point>,
    colours: Vec<[f32; 3]>,
    texture_points: Vec<[f32; 2]>,
    normals: Vec<[f32; 3]>,
    /// The number of each vertex's normal.
    normal_of_vertex: Vec<u32>,
    normals_conflict: bool,
    objects: Vec<Object>,
    groups: Vec<Vec<u8>>,
    group: i32,
    library: Option<String>,
    material: Option<String>,
    triangle_bound: u64,
    corners: Vec<VertexId>,
    not_a_surface: Skipped,
    unknown: Skipped,
    notes: Vec<Note>,
}

/// Lines passed over.
#[derive(Default)]
struct Skipped {
    count: u64,
    first: u64,
}

impl Skipped {
    fn add(&mut self, line: u64) {
        if self.count == 0 {
            self.first = line;
        }
        self.count += 1;
    }

    fn note(&self, code: NoteCode, what: &str) -> Option<Note> {
        let message = format!("{} {what}", self.count);
        (self.count > 0).then(|| Note::new(code, Place::Line(self.first), message))
    }
}

const NO_NORMAL: u32 = u32::MAX;

impl<'a> Reader<'a> {
    fn new(limits: &'a Limits) -> Self {
        Self {
            limits,
            line: 0,
            points: Vec::new(),
            colours: Vec::new(),
            texture_points: Vec::new(),
            normals: Vec::new(),
            normal_of_vertex: Vec::new(),
            normals_conflict: false,
            objects: vec![Object::default()],
            groups: Vec::new(),
            group: 0,
            library: None,
            material: None,
            triangle_bound: 0,
            corners: Vec::new(),
            not_a_surface: Skipped::default(),
            unknown: Skipped::default(),
            notes: Vec::new(),
        }
    }

    fn expected(&self, what: impl Into<Cow<'static, str>>) -> DecodeError {
        DecodeError::malformed(Format::Obj, Place::Line(self.line), what)
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let end = rest.iter().position(|&b| b == b'\n');
            let (line, after) = match end {
                Some(end) => (&rest[..end], &rest[end + 1..]),
                None => (rest, &rest[rest.len()..]),
            };
            rest = after;
            self.line += 1;
            // A backslash at the end joins the next line.
            let mut joined = Cow::Borrowed(line);
            while let Some(kept) = joined.trim_ascii_end().strip_suffix(b"\\") {
                if rest.is_empty() {
                    break;
                }
                let end = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
                let mut longer = kept.to_vec();
                longer.push(b' ');
                longer.extend_from_slice(&rest[..end]);
                rest = rest.get(end + 1..).unwrap_or_default();
                self.line += 1;
                joined = Cow::Owned(longer);
            }
            self.read_line(&joined)?;
        }
        if bytes.last().is_some_and(|&b| b != b'\n') {
            let message = "the last line has no end: the file may be cut short";
            self.notes
                .push(Note::new(NoteCode::MissingEnd, Place::Line(self.line), message));
        }
        Ok(())
    }

    fn read_line(&mut self, line: &[u8]) -> Result<(), DecodeError> {
        let line = line.split(|&b| b == b'#').next().unwrap_or_default();
        let mut words = words(line);
        let Some(keyword) = words.next() else {
            return Ok(());
        };
        match keyword {
            b"v" => self.vertex(words),
            b"vt" => {
                let [u, v] = self.reals::<2>(words, 1, "a texture coordinate")?;
                self.texture_points.push([u as f32, v as f32]);
                Ok(())
            }
            b"vn" => {
                let normal = self.reals::<3>(words, 3, "three numbers of a normal")?;
                self.normals.push(normal.map(|c| c as f32));
                Ok(())
            }
            b"f" => self.face(words),
            b"o" => self.object(&rest(line, keyword)),
            b"g" => self.group(&rest(line, keyword)),
            b"mtllib" => {
                self.library = Some(self.text(&rest(line, keyword)));
                Ok(())
            }
            b"usemtl" => {
                self.material = Some(self.text(&rest(line, keyword)));
                Ok(())
            }
            b"s" => Ok(()),
            b"l" | b"p" => {
                self.not_a_surface.add(self.line);
                Ok(())
            }
            _ => {
                self.unknown.add(self.line);
                Ok(())
            }
        }
    }

    fn text(&mut self, bytes: &[u8]) -> String {
        text_of(bytes, Place::Line(self.line), &mut self.notes)
    }

    /// `N` numbers, of which the first `required` must be there.
    fn reals<'b, const N: usize>(
        &self,
        words: impl Iterator<Item = &'b [u8]>,
        required: usize,
        what: &'static str,
    ) -> Result<[f64; N], DecodeError> {
        let mut values = [0.0; N];
        let mut count = 0;
        for (value, word) in values.iter_mut().zip(words) {
            *value = parse_real(word).ok_or_else(|| self.expected(what))?;
            count += 1;
        }
        if count < required {
            Err(self.expected(what))
        } else {
            Ok(values)
        }
    }

    fn vertex<'b>(&mut self, words: impl Iterator<Item = &'b [u8]>) -> Result<(), DecodeError> {
        let mut values = [0.0; 7];
        let mut count = 0;
        for word in words.take(7) {
            values[count] = parse_real(word).ok_or_else(|| self.expected("numbers after \"v\""))?;
            count += 1;
        }
        if count < 3 {
            return Err(self.expected("three coordinates after \"v\""));
        }
        if count >= 6 {
            let colour = [values[count - 3], values[count - 2], values[count - 1]];
            self.colours.push(colour.map(|c| c as f32));
        }
        self.points.push(Point::new(values[0], values[1], values[2]));
        let declared = self.points.len() as u64;
        let place = Place::Line(self.line);
        DecodeError::check_limit(Format::Obj, place, "vertices", declared, self.limits.max_vertices)
    }

    fn face<'b>(&mut self, words: impl Iterator<Item = &'b [u8]>) -> Result<(), DecodeError> {
        let mut corners = std::mem::take(&mut self.corners);
        corners.clear();
        let object = self.objects.len() - 1;
        self.objects[object].texture.begin_row();
        for word in words {
            let mut numbers = word.split(|&b| b == b'/');
            let vertex = self.number(numbers.next(), self.points.len(), "vertex")?;
            let vertex = vertex.ok_or_else(|| self.expected("a vertex number"))?;
            corners.push(VertexId(vertex));
            if let Some(at) = self.number(numbers.next(), self.texture_points.len(), "texture coordinate")? {
                let coordinates = self.texture_points[at as usize];
                self.objects[object].texture.push(coordinates);
            }
            if let Some(normal) = self.number(numbers.next(), self.normals.len(), "normal")? {
                self.set_normal(vertex, normal);
            }
        }
        if corners.len() < 3 {
            return Err(self.expected("three or more corners after \"f\""));
        }
        let place = Place::Line(self.line);
        let declared = corners.len() as u64;
        let limit = self.limits.max_polygon_corners;
        DecodeError::check_limit(Format::Obj, place, "corners of one polygon", declared, limit)?;
        self.triangle_bound += declared - 2;
        let limit = self.limits.max_faces;
        DecodeError::check_limit(Format::Obj, place, "triangles", self.triangle_bound, limit)?;
        let object = &mut self.objects[object];
        object.list.push(&corners);
        object.group_of_row.push(self.group);
        if object.material.is_none() {
            object.material.clone_from(&self.material);
        }
        self.corners = corners;
        Ok(())
    }

    /// A number of a corner as an index from 0; `None` when it is left out.
    fn number(
        &self,
        word: Option<&[u8]>,
        count: usize,
        what: &'static str,
    ) -> Result<Option<u32>, DecodeError> {
        let Some(word) = word.filter(|w| !w.is_empty()) else {
            return Ok(None);
        };
        let index = match parse_whole(word) {
            Some(n) if n > 0 => Some(n - 1),
            Some(n) if n < 0 => count.try_into().ok().and_then(|count: i64| count.checked_add(n)),
            _ => None,
        };
        let valid = index.and_then(|i| usize::try_from(i).ok()).filter(|&i| i < count);
        match valid.and_then(|i| u32::try_from(i).ok()) {
            Some(index) => Ok(Some(index)),
            None => Err(self.expected(format!("the number of one of the {count} {what} lines above"))),
        }
    }

    fn set_normal(&mut self, vertex: u32, normal: u32) {
        let vertex = vertex as usize;
        if self.normal_of_vertex.len() <= vertex {
            self.normal_of_vertex.resize(self.points.len(), NO_NORMAL);
        }
        let known = &mut self.normal_of_vertex[vertex];
        if *known == NO_NORMAL {
            *known = normal;
        } else if self.normals[*known as usize] != self.normals[normal as usize] {
            self.normals_conflict = true;
        }
    }

    fn object(&mut self, name: &[u8]) -> Result<(), DecodeError> {
        let name = Some(self.text(name)).filter(|n| !n.is_empty());
        match self.objects.last_mut() {
            Some(last) if last.list.rows() == 0 => last.name = name,
            _ => self.objects.push(Object {
                name,
                ..Object::default()
            }),
        }
        let declared = self.objects.len() as u64;
        let place = Place::Line(self.line);
        DecodeError::check_limit(Format::Obj, place, "objects", declared, self.limits.max_objects)
    }

    fn group(&mut self, name: &[u8]) -> Result<(), DecodeError> {
        // The last groups are the likely ones, and a file may alternate between a few.
        let known = self.groups.iter().rposition(|g| g == name);
        let index = known.unwrap_or_else(|| {
            self.groups.push(name.to_vec());
            self.groups.len() - 1
        });
        // Searching is quadratic in the number of groups; 10,000 are more than any scan has.
        let declared = self.groups.len() as u64;
        let place = Place::Line(self.line);
        let limit = self.limits.max_objects.min(10_000);
        DecodeError::check_limit(Format::Obj, place, "groups", declared, limit)?;
        self.group = index as i32;
        Ok(())
    }

    fn finish(mut self) -> Result<Decoded, DecodeError> {
        let notes = [
            self.not_a_surface
                .note(NoteCode::NotASurface, "line or point elements are left out"),
            self.unknown
                .note(NoteCode::NotKept, "lines with unknown keywords are left out"),
        ];
        self.notes.extend(notes.into_iter().flatten());
        let colours = self.vertex_colours();
        let normals = self.vertex_normals();
        let objects: Vec<Object> = std::mem::take(&mut self.objects)
            .into_iter()
            .filter(|o| o.list.rows() > 0)
            .collect();
        if objects.is_empty() {
            let found = format!("{} vertices and no face", self.points.len());
            return Err(DecodeError::empty(Format::Obj, found));
        }
        let alone = objects.len() == 1;
        let mut parts = Vec::with_capacity(objects.len());
        for object in objects {
            if let Some(part) = self.part(object, &colours, &normals, alone)? {
                parts.push(part);
            }
        }
        if parts.is_empty() {
            return Err(DecodeError::empty(
                Format::Obj,
                "no face has three distinct corners",
            ));
        }
        Ok(Decoded {
            format: Format::Obj,
            parts,
            declared_unit: None,
            notes: self.notes,
        })
    }

    /// Real numbers from 0 to 1, or, where one is greater, from 0 to 255.
    fn vertex_colours(&mut self) -> Option<Vec<[u8; 3]>> {
        if self.colours.is_empty() {
            return None;
        }
        if self.colours.len() != self.points.len() {
            let message = "vertex colours are not kept, because some vertices have none";
            self.notes
                .push(Note::new(NoteCode::NotKept, Place::File, message));
            return None;
        }
        let bytes = self.colours.iter().flatten().any(|&c| c > 1.0);
        let scale = if bytes { 1.0 } else { 255.0 };
        let colour = |c: &[f32; 3]| c.map(|c| (c * scale).round() as u8);
        Some(self.colours.iter().map(colour).collect())
    }

    /// Normals per vertex, zero where no face uses the vertex.
    fn vertex_normals(&mut self) -> Option<Vec<[f32; 3]>> {
        if self.normal_of_vertex.is_empty() {
            return None;
        }
        if self.normals_conflict {
            let message = "normals are not kept, because some vertices have several";
            self.notes
                .push(Note::new(NoteCode::NotKept, Place::File, message));
            return None;
        }
        self.normal_of_vertex.resize(self.points.len(), NO_NORMAL);
        let normal = |&at: &u32| self.normals.get(at as usize).copied().unwrap_or_default();
        Some(self.normal_of_vertex.iter().map(normal).collect())
    }

    fn part(
        &mut self,
        object: Object,
        colours: &Option<Vec<[u8; 3]>>,
        normals: &Option<Vec<[f32; 3]>>,
        alone: bool,
    ) -> Result<Option<Part>, DecodeError> {
        let mut triangles =
            object
                .list
                .triangulate(Format::Obj, &self.points, self.limits, &mut self.notes)?;
        if triangles.faces.is_empty() {
            return Ok(None);
        }
        let coordinates = object.texture.of_faces(&triangles, &mut self.notes);
        let group = |f: usize| object.group_of_row[triangles.origin(f).row as usize];
        let groups: Vec<i32> = (0..triangles.faces.len()).map(group).collect();
        let used: Vec<usize> = if alone {
            (0..self.points.len()).collect()
        } else {
            let mut new_of_old = vec![u32::MAX; self.points.len()];
            let used = used_vertices(&triangles.faces, &mut new_of_old);
            let renumber = |v: VertexId| VertexId(new_of_old[v.index()]);
            triangles.faces.iter_mut().for_each(|f| *f = f.map(renumber));
            used
        };
        let points = used.iter().map(|&v| self.points[v]).collect();
        let mesh = mesh_of(Format::Obj, points, triangles.faces, self.limits)?;
        let texture = (coordinates.is_some() || object.material.is_some()).then(|| Texture {
            image: None,
            library: self.library.clone(),
            material: object.material,
            coordinates,
        });
        Ok(Some(Part {
            name: object.name,
            mesh,
            colours: colours.as_ref().map(|all| chosen(all, &used)),
            normals: normals.as_ref().map(|all| chosen(all, &used)),
            face_labels: if self.groups.len() > 1 {
                vec![("group".to_owned(), FaceData::from_vec(groups))]
            } else {
                Vec::new()
            },
            texture,
            ..Part::default()
        }))
    }
}

fn chosen<T: Copy>(all: &[T], used: &[usize]) -> VertexData<T> {
    VertexData::from_vec(used.iter().map(|&v| all[v]).collect())
}

/// The vertices that faces use, in order, and the new number of each.
fn used_vertices(faces: &[[VertexId; 3]], new_of_old: &mut [u32]) -> Vec<usize> {
    for v in faces.iter().flatten() {
        new_of_old[v.index()] = 0;
    }
    let mut used = Vec::new();
    for (old, new) in new_of_old.iter_mut().enumerate().filter(|(_, new)| **new == 0) {
        *new = used.len() as u32;
        used.push(old);
    }
    used
}

/// What follows the keyword on a line.
fn rest(line: &[u8], keyword: &[u8]) -> Vec<u8> {
    let line = line.trim_ascii();
    line.get(keyword.len()..)
        .unwrap_or_default()
        .trim_ascii()
        .to_vec()
}
