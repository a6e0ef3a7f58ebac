//! Walks the scene and makes the parts.

use nalgebra::{Matrix4, Quaternion, UnitQuaternion, Vector3};

use super::super::weld::Welder;
use super::super::{
    DeclaredUnit, DecodeError, Decoded, Format, Limits, Note, NoteCode, Part, Place, Texture, mesh_of,
};
use super::accessor::{Rows, rows};
use super::container::{self, Asset};
use super::json::{Node, Primitive};
use crate::{FaceData, Point, VertexData, VertexId};

/// Reads a GLB file; see [`read_gltf`].
///
/// # Errors
/// As [`read_gltf`], and a container that breaks the rules.
pub fn read_glb(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let mut notes = Vec::new();
    let asset = container::open_glb(bytes, limits, &mut notes)?;
    read(&asset, limits, notes)
}

/// Reads a glTF file with embedded buffers: a part for every primitive that the scene shows, moved to its place,
/// in metres.
///
/// # Errors
/// JSON that breaks the rules, buffers in other files, accessors beyond their buffers, nodes in a circle,
/// compression, coordinates that are not finite, no triangle at all.
pub fn read_gltf(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    let asset = container::open(Format::Gltf, bytes, 0, None, limits)?;
    read(&asset, limits, Vec::new())
}

fn read(asset: &Asset<'_>, limits: &Limits, notes: Vec<Note>) -> Result<Decoded, DecodeError> {
    let mut builder = Builder {
        asset,
        limits,
        parts: Vec::new(),
        faces: 0,
        vertices: 0,
        visits: 0,
        notes,
    };
    for root in builder.roots()? {
        builder.node(root, Matrix4::identity(), &mut Vec::new())?;
    }
    if builder.parts.is_empty() {
        return Err(DecodeError::empty(asset.format, "the scene shows no triangle"));
    }
    Ok(Decoded {
        format: asset.format,
        parts: builder.parts,
        declared_unit: Some(DeclaredUnit::Metre),
        notes: builder.notes,
    })
}

struct Builder<'a> {
    asset: &'a Asset<'a>,
    limits: &'a Limits,
    parts: Vec<Part>,
    faces: u64,
    vertices: u64,
    visits: u64,
    notes: Vec<Note>,
}

fn item(kind: &'static str, index: usize) -> Place {
    Place::Item {
        kind,
        index: index as u64,
    }
}

impl Builder<'_> {
    fn malformed(&self, place: Place, expected: &'static str) -> DecodeError {
        DecodeError::malformed(self.asset.format, place, expected)
    }

    /// The nodes of the scene to show; all nodes that are nobody's child when there is no scene.
    fn roots(&self) -> Result<Vec<usize>, DecodeError> {
        let root = &self.asset.root;
        let index = root.scene.unwrap_or(0);
        if let Some(scene) = root.scenes.get(index) {
            return Ok(scene.nodes.clone());
        }
        if root.scene.is_some() {
            return Err(self.malformed(item("scene", index), "the scene to show"));
        }
        let mut is_child = vec![false; root.nodes.len()];
        for &child in root.nodes.iter().flat_map(|n| &n.children) {
            if let Some(flag) = is_child.get_mut(child) {
                *flag = true;
            }
        }
        Ok((0..root.nodes.len()).filter(|&n| !is_child[n]).collect())
    }

    fn node(
        &mut self,
        index: usize,
        scene_from_parent: Matrix4<f64>,
        chain: &mut Vec<usize>,
    ) -> Result<(), DecodeError> {
        let place = item("node", index);
        let format = self.asset.format;
        self.visits += 1;
        DecodeError::check_limit(
            format,
            place,
            "visits of nodes",
            self.visits,
            self.limits.max_objects,
        )?;
        let (declared, limit) = (chain.len() as u64 + 1, u64::from(self.limits.max_nesting));
        DecodeError::check_limit(format, place, "nodes within one another", declared, limit)?;
        if chain.contains(&index) {
            return Err(self.malformed(place, "nodes that do not contain each other in a circle"));
        }
        let root = &self.asset.root;
        let node = root
            .nodes
            .get(index)
            .ok_or_else(|| self.malformed(place, "a node that exists"))?;
        let scene_from_node = scene_from_parent * parent_from_node(node);
        if let Some(mesh_index) = node.mesh {
            let place = item("mesh", mesh_index);
            let mesh = root.meshes.get(mesh_index);
            let mesh = mesh.ok_or_else(|| self.malformed(place, "a mesh that exists"))?;
            let name = mesh.name.as_ref().or(node.name.as_ref());
            for primitive in &mesh.primitives {
                if let Some(part) = self.primitive(primitive, place, &scene_from_node)? {
                    self.parts.push(Part {
                        name: name.cloned().filter(|n| !n.is_empty()),
                        ..part
                    });
                }
            }
        }
        chain.push(index);
        for &child in &node.children {
            self.node(child, scene_from_node, chain)?;
        }
        chain.pop();
        Ok(())
    }

    /// A primitive as a part; `None` for points and lines.
    fn primitive(
        &mut self,
        primitive: &Primitive,
        place: Place,
        scene_from_node: &Matrix4<f64>,
    ) -> Result<Option<Part>, DecodeError> {
        let mode = primitive.mode.unwrap_or(4);
        if mode < 4 {
            let message = "points and lines are left out";
            self.notes.push(Note::new(NoteCode::NotASurface, place, message));
            return Ok(None);
        }
        if primitive.extensions.contains_key("KHR_draco_mesh_compression") {
            let remedy = "export the model without compression, or as STL or PLY";
            let what = "Draco compression (KHR_draco_mesh_compression)";
            return Err(DecodeError::unsupported(self.asset.format, place, what, remedy));
        }
        let position = primitive.attributes.get("POSITION");
        let position = *position.ok_or_else(|| self.malformed(place, "the attribute POSITION"))?;
        let positions = rows(self.asset, position, self.limits)?;
        if positions.width() != 3 {
            return Err(self.malformed(item("accessor", position), "positions of type VEC3"));
        }
        let corners = self.corners(primitive, positions.len(), place)?;
        let corners = triangles_of(&corners, mode).ok_or_else(|| {
            self.malformed(
                place,
                "a mode from 0 to 6, and a number of corners that it allows",
            )
        })?;
        if corners.is_empty() {
            return Ok(None);
        }
        self.faces += corners.len() as u64;
        self.vertices += positions.len() as u64;
        let format = self.asset.format;
        DecodeError::check_limit(format, place, "triangles", self.faces, self.limits.max_faces)?;
        DecodeError::check_limit(format, place, "vertices", self.vertices, self.limits.max_vertices)?;
        self.part(primitive, &positions, &corners, scene_from_node)
            .map(Some)
    }

    /// The vertex of every corner, in the order of the indices.
    fn corners(&self, primitive: &Primitive, count: usize, place: Place) -> Result<Vec<u32>, DecodeError> {
        let Some(index) = primitive.indices else {
            let count = u32::try_from(count).map_err(|_| self.malformed(place, "fewer vertices"))?;
            return Ok((0..count).collect());
        };
        let indices = rows(self.asset, index, self.limits)?;
        let place = item("accessor", index);
        let mut corners = Vec::with_capacity(indices.len());
        for row in 0..indices.len() {
            let [vertex] = indices.row::<1>(row);
            if !(0.0..count as f64).contains(&vertex) {
                return Err(self.malformed(place, "indices of vertices that exist"));
            }
            corners.push(vertex as u32);
        }
        Ok(corners)
    }

    fn part(
        &mut self,
        primitive: &Primitive,
        positions: &Rows<'_>,
        corners: &[[u32; 3]],
        scene_from_node: &Matrix4<f64>,
    ) -> Result<Part, DecodeError> {
        let welded = self.weld(positions)?;
        let mut faces: Vec<[VertexId; 3]> = corners
            .iter()
            .map(|t| t.map(|v| welded.vertex_of_row[v as usize]))
            .collect();
        let colours = attribute(self.asset, self.limits, primitive, "COLOR_0", positions.len())?;
        let normals = attribute(self.asset, self.limits, primitive, "NORMAL", positions.len())?;
        let texture = self.texture(primitive, corners, positions.len())?;
        let colours = colours.and_then(|rows| self.kept(&welded, "colours", |row| colour(&rows, row)));
        let linear = scene_from_node.fixed_view::<3, 3>(0, 0).into_owned();
        // Normals turn with the inverse transpose; a singular matrix leaves them without meaning.
        let turn = linear.try_inverse().map(|m| m.transpose());
        let normals = normals.zip(turn).and_then(|(rows, turn)| {
            self.kept(&welded, "normals", |row| {
                let turned = turn * Vector3::from(rows.row::<3>(row));
                turned
                    .try_normalize(0.0)
                    .unwrap_or_default()
                    .map(|c| c as f32)
                    .into()
            })
        });
        if linear.determinant() < 0.0 {
            // A mirrored node keeps its outside out.
            faces.iter_mut().for_each(|face| face.swap(1, 2));
        }
        let identity = *scene_from_node == Matrix4::identity();
        let moved = |p: &Point| {
            if identity {
                *p
            } else {
                scene_from_node.transform_point(p)
            }
        };
        let points = welded.points.iter().map(moved).collect();
        let mut texture = texture;
        if linear.determinant() < 0.0 {
            let coordinates = texture.as_mut().and_then(|t| t.coordinates.as_mut());
            coordinates
                .into_iter()
                .for_each(|c| c.as_mut_slice().iter_mut().for_each(|f| f.swap(1, 2)));
        }
        Ok(Part {
            mesh: mesh_of(self.asset.format, points, faces, self.limits)?,
            colours,
            normals,
            texture,
            ..Part::default()
        })
    }

    fn weld(&self, positions: &Rows<'_>) -> Result<Welded, DecodeError> {
        let mut welder = Welder::with_expected(positions.len());
        let mut vertex_of_row = Vec::with_capacity(positions.len());
        let mut bad = (0, None);
        let max = self.limits.max_coordinate as f32;
        for row in 0..positions.len() {
            let corner = positions.row::<3>(row).map(|c| c as f32);
            if corner.iter().all(|c| c.abs() <= max) {
                vertex_of_row.push(welder.vertex(corner));
            } else {
                bad.0 += 1;
                bad.1.get_or_insert(item("vertex", row));
            }
        }
        if let (count, Some(first)) = bad {
            return Err(DecodeError::NotFinite {
                format: self.asset.format,
                first,
                count,
                max: self.limits.max_coordinate,
            });
        }
        Ok(Welded {
            vertex_of_row,
            points: welder.into_points(),
        })
    }

    /// One value per welded vertex; `None`, with a note, where rows that became one vertex differ.
    fn kept<T: Copy + PartialEq + Default>(
        &mut self,
        welded: &Welded,
        what: &str,
        value: impl Fn(usize) -> T,
    ) -> Option<VertexData<T>> {
        let mut values = vec![None; welded.points.len()];
        for (row, vertex) in welded.vertex_of_row.iter().enumerate() {
            let value = value(row);
            let known = &mut values[vertex.index()];
            if known.is_some_and(|known| known != value) {
                let message = format!("{what} are not kept, because they differ where vertices meet");
                self.notes
                    .push(Note::new(NoteCode::NotKept, Place::File, message));
                return None;
            }
            *known = Some(value);
        }
        Some(VertexData::from_vec(
            values.into_iter().map(Option::unwrap_or_default).collect(),
        ))
    }

    fn texture(
        &self,
        primitive: &Primitive,
        corners: &[[u32; 3]],
        count: usize,
    ) -> Result<Option<Texture>, DecodeError> {
        let root = &self.asset.root;
        let material = primitive.material.and_then(|m| root.materials.get(m));
        let used = material.and_then(|m| m.pbr_metallic_roughness.as_ref()?.base_color_texture.as_ref());
        let image = used.and_then(|used| root.images.get(root.textures.get(used.index)?.source?));
        // An embedded picture has no file name, but may have a name of its own.
        let file = image
            .and_then(|i| i.uri.as_ref())
            .filter(|uri| !uri.starts_with("data:"));
        let set = format!("TEXCOORD_{}", used.map_or(0, |used| used.tex_coord));
        let coordinates = attribute(self.asset, self.limits, primitive, &set, count)?.map(|rows| {
            let of_corner = |v: u32| rows.row::<2>(v as usize).map(|c| c as f32);
            FaceData::from_vec(corners.iter().map(|t| t.map(of_corner)).collect())
        });
        if coordinates.is_none() && image.is_none() {
            return Ok(None);
        }
        Ok(Some(Texture {
            image: file.or_else(|| image.and_then(|i| i.name.as_ref())).cloned(),
            library: None,
            material: material.and_then(|m| m.name.clone()),
            coordinates,
        }))
    }
}

/// The rows of an attribute, when the primitive has it for every vertex.
fn attribute<'a>(
    asset: &'a Asset<'_>,
    limits: &Limits,
    primitive: &Primitive,
    name: &str,
    count: usize,
) -> Result<Option<Rows<'a>>, DecodeError> {
    let Some(&index) = primitive.attributes.get(name) else {
        return Ok(None);
    };
    let rows = rows(asset, index, limits)?;
    if rows.len() != count {
        let expected = "as many rows as POSITION has";
        return Err(DecodeError::malformed(
            asset.format,
            item("accessor", index),
            expected,
        ));
    }
    Ok(Some(rows))
}

struct Welded {
    vertex_of_row: Vec<VertexId>,
    points: Vec<Point>,
}

fn colour(rows: &Rows<'_>, row: usize) -> [u8; 3] {
    let scale = if rows.is_whole() { 1.0 } else { 255.0 };
    rows.row::<3>(row).map(|c| (c * scale).round() as u8)
}

fn parent_from_node(node: &Node) -> Matrix4<f64> {
    if let Some(columns) = &node.matrix {
        return Matrix4::from_column_slice(columns);
    }
    let mut matrix = Matrix4::identity();
    if let Some(scale) = node.scale {
        matrix = Matrix4::new_nonuniform_scaling(&Vector3::from(scale));
    }
    if let Some([x, y, z, w]) = node.rotation
        && let Some(rotation) = UnitQuaternion::try_new(Quaternion::new(w, x, y, z), 0.0)
    {
        matrix = rotation.to_homogeneous() * matrix;
    }
    if let Some(translation) = node.translation {
        matrix = Matrix4::new_translation(&Vector3::from(translation)) * matrix;
    }
    matrix
}

/// The triangles of a list (4), strip (5) or fan (6) of corners.
fn triangles_of(corners: &[u32], mode: u32) -> Option<Vec<[u32; 3]>> {
    match mode {
        4 => {
            let (triangles, rest) = corners.as_chunks::<3>();
            rest.is_empty().then(|| triangles.to_vec())
        }
        5 => {
            let turned = |(i, t): (usize, &[u32])| {
                if i % 2 == 0 {
                    [t[0], t[1], t[2]]
                } else {
                    [t[1], t[0], t[2]]
                }
            };
            Some(corners.windows(3).enumerate().map(turned).collect())
        }
        6 => {
            let (&first, rest) = corners.split_first()?;
            Some(rest.windows(2).map(|pair| [first, pair[0], pair[1]]).collect())
        }
        _ => None,
    }
}
