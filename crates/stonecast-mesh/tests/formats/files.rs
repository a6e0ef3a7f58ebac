//! Files built byte by byte, without the product's writers, so that they can lie.

use std::fmt::Write as _;
use std::io::{Cursor, Write as _};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use stonecast_mesh::formats::Format;

/// What a file holds, and what it says that it holds.
#[derive(Clone, Debug)]
pub struct Spec {
    pub points: Vec<[f64; 3]>,
    pub faces: Vec<[u32; 3]>,
    /// The declared number of vertices, where a format declares one.
    pub says_vertices: Option<u64>,
    /// The declared number of faces, where a format declares one.
    pub says_faces: Option<u64>,
}

impl Spec {
    pub fn new(points: Vec<[f64; 3]>, faces: Vec<[u32; 3]>) -> Self {
        Self {
            points,
            faces,
            says_vertices: None,
            says_faces: None,
        }
    }

    pub fn tetrahedron() -> Self {
        let points = vec![[0., 0., 0.], [10., 0., 2.5], [0., 10., 0.], [0., 0., 10.]];
        Self::new(points, vec![[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]])
    }

    /// Tetrahedra side by side.
    pub fn tetrahedra(count: u32) -> Self {
        let one = Self::tetrahedron();
        let mut all = Self::new(Vec::new(), Vec::new());
        for i in 0..count {
            all.points
                .extend(one.points.iter().map(|p| [p[0] + 20. * f64::from(i), p[1], p[2]]));
            all.faces.extend(one.faces.iter().map(|f| f.map(|v| v + 4 * i)));
        }
        all
    }

    fn vertex_count(&self) -> u64 {
        self.says_vertices.unwrap_or(self.points.len() as u64)
    }

    fn face_count(&self) -> u64 {
        self.says_faces.unwrap_or(self.faces.len() as u64)
    }

    /// The file in a format.
    pub fn build(&self, format: Format) -> Vec<u8> {
        match format {
            Format::Stl => self.stl(),
            Format::Ply => self.ply(),
            Format::Obj => self.obj().into_bytes(),
            Format::Off => self.off().into_bytes(),
            Format::ThreeMf => self.threemf(),
            Format::Gltf => self.gltf().into_bytes(),
            Format::Glb => self.glb(),
            Format::Vtp => self.vtp().into_bytes(),
            Format::Zip => zip(&[("readme.txt", b"no surface"), ("scans/upper.stl", &self.stl())]),
            Format::Hps => self.hps("CC").into_bytes(),
            _ => unreachable!("every format has a builder"),
        }
    }

    fn floats(&self) -> Vec<u8> {
        self.points
            .iter()
            .flatten()
            .flat_map(|c| (*c as f32).to_le_bytes())
            .collect()
    }

    pub fn stl(&self) -> Vec<u8> {
        let mut bytes = b"made by hand".to_vec();
        bytes.resize(80, 0);
        bytes.extend((self.face_count() as u32).to_le_bytes());
        for face in &self.faces {
            bytes.extend([0; 12]);
            for v in face {
                let point = self.points[*v as usize];
                bytes.extend(point.iter().flat_map(|c| (*c as f32).to_le_bytes()));
            }
            bytes.extend([0; 2]);
        }
        bytes
    }

    pub fn stl_ascii(&self) -> String {
        let mut text = "solid made by hand\n".to_owned();
        for face in &self.faces {
            text += "facet normal 0 0 0\n outer loop\n";
            for v in face {
                let [x, y, z] = self.points[*v as usize];
                let _ = writeln!(text, "  vertex {x} {y} {z}");
            }
            text += " endloop\nendfacet\n";
        }
        text + "endsolid made by hand\n"
    }

    pub fn ply(&self) -> Vec<u8> {
        let mut bytes = format!(
            "ply\nformat binary_little_endian 1.0\nelement vertex {}\nproperty float x\nproperty float y\n\
             property float z\nelement face {}\nproperty list uchar int vertex_indices\nend_header\n",
            self.vertex_count(),
            self.face_count()
        )
        .into_bytes();
        bytes.extend(self.floats());
        for face in &self.faces {
            bytes.push(3);
            bytes.extend(face.iter().flat_map(|v| v.to_le_bytes()));
        }
        bytes
    }

    pub fn ply_ascii(&self) -> String {
        let mut text = format!(
            "ply\nformat ascii 1.0\nelement vertex {}\nproperty float x\nproperty float y\nproperty float z\n\
             element face {}\nproperty list uchar int vertex_indices\nend_header\n",
            self.vertex_count(),
            self.face_count()
        );
        for [x, y, z] in &self.points {
            let _ = writeln!(text, "{x} {y} {z}");
        }
        for [a, b, c] in &self.faces {
            let _ = writeln!(text, "3 {a} {b} {c}");
        }
        text
    }

    pub fn obj(&self) -> String {
        let mut text = "# made by hand\n".to_owned();
        for [x, y, z] in &self.points {
            let _ = writeln!(text, "v {x} {y} {z}");
        }
        for face in &self.faces {
            let [a, b, c] = face.map(|v| v + 1);
            let _ = writeln!(text, "f {a} {b} {c}");
        }
        text
    }

    pub fn off(&self) -> String {
        let mut text = format!("OFF\n{} {} 0\n", self.vertex_count(), self.face_count());
        for [x, y, z] in &self.points {
            let _ = writeln!(text, "{x} {y} {z}");
        }
        for [a, b, c] in &self.faces {
            let _ = writeln!(text, "3 {a} {b} {c}");
        }
        text
    }

    pub fn threemf(&self) -> Vec<u8> {
        let mut object = "<object id=\"1\" name=\"cast\"><mesh><vertices>".to_owned();
        for [x, y, z] in &self.points {
            let _ = write!(object, "<vertex x=\"{x}\" y=\"{y}\" z=\"{z}\"/>");
        }
        object += "</vertices><triangles>";
        for [a, b, c] in &self.faces {
            let _ = write!(object, "<triangle v1=\"{a}\" v2=\"{b}\" v3=\"{c}\"/>");
        }
        object += "</triangles></mesh></object>";
        threemf_of(&object, "<item objectid=\"1\"/>", "unit=\"millimeter\"")
    }

    /// The JSON, with the buffer's address.
    fn gltf_json(&self, buffer: &str) -> String {
        let (vertices, corners) = (self.vertex_count(), 3 * self.face_count());
        let (points, indices) = (12 * self.points.len(), 12 * self.faces.len());
        format!(
            r#"{{"asset":{{"version":"2.0"}},"scene":0,"scenes":[{{"nodes":[0]}}],"nodes":[{{"mesh":0}}],
"meshes":[{{"primitives":[{{"attributes":{{"POSITION":0}},"indices":1}}]}}],
"accessors":[{{"bufferView":0,"componentType":5126,"count":{vertices},"type":"VEC3"}},
{{"bufferView":1,"componentType":5125,"count":{corners},"type":"SCALAR"}}],
"bufferViews":[{{"buffer":0,"byteLength":{points}}},
{{"buffer":0,"byteOffset":{points},"byteLength":{indices}}}],
"buffers":[{{{buffer}"byteLength":{}}}]}}"#,
            points + indices
        )
    }

    fn gltf_buffer(&self) -> Vec<u8> {
        let mut buffer = self.floats();
        buffer.extend(self.faces.iter().flatten().flat_map(|v| v.to_le_bytes()));
        buffer
    }

    pub fn gltf(&self) -> String {
        let data = STANDARD.encode(self.gltf_buffer());
        self.gltf_json(&format!(
            "\"uri\":\"data:application/octet-stream;base64,{data}\","
        ))
    }

    pub fn glb(&self) -> Vec<u8> {
        glb_of(&self.gltf_json(""), &self.gltf_buffer())
    }

    pub fn vtp(&self) -> String {
        let mut points = String::new();
        for [x, y, z] in &self.points {
            let _ = write!(points, "{x} {y} {z} ");
        }
        let corners: Vec<String> = self.faces.iter().flatten().map(u32::to_string).collect();
        let offsets: Vec<String> = (1..=self.faces.len()).map(|i| (3 * i).to_string()).collect();
        format!(
            "<?xml version=\"1.0\"?>\n<VTKFile type=\"PolyData\" version=\"1.0\" byte_order=\"LittleEndian\">\n\
             <PolyData><Piece NumberOfPoints=\"{}\" NumberOfPolys=\"{}\">\n\
             <Points><DataArray type=\"Float32\" NumberOfComponents=\"3\" format=\"ascii\">{points}</DataArray></Points>\n\
             <Polys><DataArray type=\"Int64\" Name=\"connectivity\" format=\"ascii\">{}</DataArray>\n\
             <DataArray type=\"Int64\" Name=\"offsets\" format=\"ascii\">{}</DataArray></Polys>\n\
             </Piece></PolyData></VTKFile>\n",
            self.vertex_count(),
            self.face_count(),
            corners.join(" "),
            offsets.join(" "),
        )
    }

    /// Faces as a new start each: the plainest walk.
    pub fn hps(&self, schema: &str) -> String {
        let commands: Vec<u8> = self
            .faces
            .iter()
            .flat_map(|f| std::iter::once(6).chain(f.iter().flat_map(|v| v.to_le_bytes())))
            .collect();
        hps_of(
            schema,
            self.vertex_count(),
            &self.floats(),
            self.face_count(),
            &commands,
        )
    }
}

pub fn hps_of(schema: &str, vertices: u64, floats: &[u8], faces: u64, commands: &[u8]) -> String {
    format!(
        "<HPS version=\"1.1\">\n<Packed_geometry><Schema>{schema}</Schema><Binary_data><{schema} version=\"1.0\">\n\
         <Facets facet_count=\"{faces}\" base64_encoded_bytes=\"{}\">{}</Facets>\n\
         <Vertices vertex_count=\"{vertices}\" base64_encoded_bytes=\"{}\">{}</Vertices>\n\
         </{schema}></Binary_data></Packed_geometry></HPS>\n",
        commands.len(),
        STANDARD.encode(commands),
        floats.len(),
        STANDARD.encode(floats),
    )
}

/// A 3MF package of resources, items and the root's attributes.
pub fn threemf_of(resources: &str, items: &str, attributes: &str) -> Vec<u8> {
    let model = format!(
        "<?xml version=\"1.0\"?><model {attributes} \
         xmlns=\"http://schemas.microsoft.com/3dmanufacturing/core/2015/02\">\
         <resources>{resources}</resources><build>{items}</build></model>"
    );
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    zip(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("3D/3dmodel.model", model.as_bytes()),
    ])
}

pub fn glb_of(json: &str, buffer: &[u8]) -> Vec<u8> {
    let mut json = json.as_bytes().to_vec();
    json.resize(json.len().next_multiple_of(4), b' ');
    let total = 12 + 8 + json.len() + 8 + buffer.len();
    let mut bytes = b"glTF\x02\0\0\0".to_vec();
    bytes.extend((total as u32).to_le_bytes());
    for (kind, content) in [(b"JSON", json.as_slice()), (b"BIN\0", buffer)] {
        bytes.extend((content.len() as u32).to_le_bytes());
        bytes.extend(kind);
        bytes.extend(content);
    }
    bytes
}

pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, content) in files {
        writer.start_file(*name, options).expect("a new entry");
        writer.write_all(content).expect("memory");
    }
    writer.finish().expect("memory").into_inner()
}
