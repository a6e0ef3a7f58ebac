//! Reads the package and places the meshes.

use std::collections::BTreeMap;

use super::super::package::{Budget, Package};
use super::super::xml::{Node, Xml};
use super::super::{
    DeclaredUnit, DecodeError, Decoded, Format, Limits, Note, NoteCode, Part, Place, mesh_of,
};
use super::model::{self, Matrix, Model, Object, Use, determinant};
use crate::Point;

/// True for a zip archive that names a 3D model among its first entries.
pub(crate) fn sniff(bytes: &[u8]) -> bool {
    let holds = |word: &[u8], part: &[u8]| part.windows(word.len()).any(|w| w == word);
    let head = &bytes[..bytes.len().min(4096)];
    let tail = &bytes[bytes.len().saturating_sub(65_536)..];
    let typed = holds(b"[Content_Types].xml", head) || holds(b"[Content_Types].xml", tail);
    typed && (holds(b".model", head) || holds(b".model", tail))
}

/// Reads a 3MF package: a part for every mesh that an item to build uses, moved to its place.
///
/// # Errors
/// A damaged package, XML that breaks the rules, components that use each other in a circle, required extensions
/// that are not known, coordinates that are not finite, nothing to build.
pub fn read_threemf(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    read_within(bytes, limits, &mut Budget::default())
}

pub(crate) fn read_within(
    bytes: &[u8],
    limits: &Limits,
    budget: &mut Budget,
) -> Result<Decoded, DecodeError> {
    let mut package = Package::open(Format::ThreeMf, bytes, limits)?;
    let root = model_path(&mut package, budget, limits)?;
    let mut builder = Builder {
        package,
        budget,
        limits,
        models: BTreeMap::new(),
        parts: Vec::new(),
        vertices: 0,
        faces: 0,
        uses: 0,
        notes: Vec::new(),
    };
    builder.load(&root)?;
    let items = builder.models[&root].items.clone();
    let unit = builder.models[&root].unit;
    for item in &items {
        let path = item.path.as_deref().map_or_else(|| root.clone(), normal_path);
        builder.place(&path, item, None, None, &mut Vec::new())?;
    }
    if builder.parts.is_empty() {
        let found = format!("{} items to build, none with a triangle", items.len());
        return Err(DecodeError::empty(Format::ThreeMf, found));
    }
    Ok(Decoded {
        format: Format::ThreeMf,
        parts: builder.parts,
        declared_unit: unit.or(Some(DeclaredUnit::Millimetre)),
        notes: builder.notes,
    })
}

fn normal_path(path: &str) -> String {
    path.trim_start_matches('/').to_ascii_lowercase()
}

/// The path of the root model that the package's relations name; its usual place when they name none.
fn model_path(
    package: &mut Package<'_>,
    budget: &mut Budget,
    limits: &Limits,
) -> Result<String, DecodeError> {
    let usual = "3d/3dmodel.model".to_owned();
    let Some(entry) = package.find("_rels/.rels") else {
        return Ok(usual);
    };
    let bytes = package.read(entry, budget, limits)?;
    let mut xml = Xml::new(Format::ThreeMf, &bytes, limits)?;
    loop {
        match xml.next()? {
            Node::Start(tag) if tag.name() == "Relationship" => {
                let kind = tag.attribute("Type")?.unwrap_or_default();
                if kind.ends_with("/3dmodel") {
                    return Ok(tag
                        .attribute("Target")?
                        .map_or(usual, |target| normal_path(&target)));
                }
            }
            Node::Eof => return Ok(usual),
            _ => {}
        }
    }
}

struct Builder<'a, 'b> {
    package: Package<'a>,
    budget: &'b mut Budget,
    limits: &'a Limits,
    models: BTreeMap<String, Model>,
    parts: Vec<Part>,
    vertices: u64,
    faces: u64,
    uses: u64,
    notes: Vec<Note>,
}

impl Builder<'_, '_> {
    fn load(&mut self, path: &str) -> Result<(), DecodeError> {
        if self.models.contains_key(path) {
            return Ok(());
        }
        let entry = self.package.find(path).ok_or_else(|| {
            DecodeError::malformed(
                Format::ThreeMf,
                Place::File,
                "the model that the package's relations or components name",
            )
        })?;
        let bytes = self.package.read(entry, self.budget, self.limits)?;
        let model = model::parse(&bytes, self.limits, &mut self.notes)?;
        self.models.insert(path.to_owned(), model);
        Ok(())
    }

    /// Counts a use; refuses circles, and more uses or deeper ones than the limits allow.
    fn enter(
        &mut self,
        key: &(String, u32),
        chain: &[(String, u32)],
        place: Place,
    ) -> Result<(), DecodeError> {
        self.uses += 1;
        let limit = self.limits.max_objects;
        DecodeError::check_limit(Format::ThreeMf, place, "uses of objects", self.uses, limit)?;
        if chain.contains(key) {
            let expected = "components that do not use each other in a circle";
            return Err(DecodeError::malformed(Format::ThreeMf, place, expected));
        }
        let (declared, limit) = (chain.len() as u64 + 1, u64::from(self.limits.max_nesting));
        DecodeError::check_limit(
            Format::ThreeMf,
            place,
            "components within one another",
            declared,
            limit,
        )
    }

    /// Puts the object of a use, and what it is composed of, among the parts. `above` is the matrix of the uses
    /// around it, `chain` the objects on the way.
    fn place(
        &mut self,
        path: &str,
        used: &Use,
        above: Option<Matrix>,
        name_above: Option<&str>,
        chain: &mut Vec<(String, u32)>,
    ) -> Result<(), DecodeError> {
        self.load(path)?;
        let place = Place::Item {
            kind: "object",
            index: u64::from(used.object),
        };
        let key = (path.to_owned(), used.object);
        self.enter(&key, chain, place)?;
        let model = &self.models[path];
        let Some(object) = model.objects.get(&used.object) else {
            let expected = "an object with the id that an item or component names";
            return Err(DecodeError::malformed(Format::ThreeMf, place, expected));
        };
        if object.support {
            let message = "a support object is left out";
            self.notes.push(Note::new(NoteCode::Skipped, place, message));
            return Ok(());
        }
        let matrix = match (used.placed, above) {
            (Some(inner), Some(outer)) => Some(product(&inner, &outer)),
            (inner, outer) => inner.or(outer),
        };
        let name = object.name.clone().or_else(|| name_above.map(str::to_owned));
        let components = object.components.clone();
        if !object.faces.is_empty() {
            self.faces += object.faces.len() as u64;
            self.vertices += object.points.len() as u64;
            let (faces, vertices) = (self.faces, self.vertices);
            DecodeError::check_limit(Format::ThreeMf, place, "triangles", faces, self.limits.max_faces)?;
            DecodeError::check_limit(
                Format::ThreeMf,
                place,
                "vertices",
                vertices,
                self.limits.max_vertices,
            )?;
            let part = placed_part(object, matrix.as_ref(), name.clone(), self.limits)?;
            self.parts.push(part);
        }
        chain.push(key);
        for component in &components {
            let path = component
                .path
                .as_deref()
                .map_or_else(|| path.to_owned(), normal_path);
            self.place(&path, component, matrix, name.as_deref(), chain)?;
        }
        chain.pop();
        Ok(())
    }
}

fn placed_part(
    object: &Object,
    matrix: Option<&Matrix>,
    name: Option<String>,
    limits: &Limits,
) -> Result<Part, DecodeError> {
    let points = match matrix {
        None => object.points.clone(),
        Some(m) => object.points.iter().map(|p| moved(m, p)).collect(),
    };
    let mut faces = object.faces.clone();
    if matrix.is_some_and(|m| determinant(m) < 0.0) {
        // A mirrored copy keeps its outside out.
        for face in &mut faces {
            face.swap(1, 2);
        }
    }
    let mesh = mesh_of(Format::ThreeMf, points, faces, limits)?;
    Ok(Part {
        name,
        ..Part::from_mesh(mesh)
    })
}

fn moved(m: &Matrix, p: &Point) -> Point {
    let coordinate = |c: usize| p.x * m[c] + p.y * m[3 + c] + p.z * m[6 + c] + m[9 + c];
    Point::new(coordinate(0), coordinate(1), coordinate(2))
}

/// The matrix that does `inner` first, then `outer`.
fn product(inner: &Matrix, outer: &Matrix) -> Matrix {
    std::array::from_fn(|i| {
        let (row, column) = (i / 3, i % 3);
        let sum: f64 = (0..3).map(|k| inner[3 * row + k] * outer[3 * k + column]).sum();
        if row == 3 { sum + outer[9 + column] } else { sum }
    })
}
