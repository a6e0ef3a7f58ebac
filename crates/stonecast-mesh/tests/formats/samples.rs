//! Files rich in what each format can hold.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use stonecast_mesh::formats::Format;

use super::files::{Spec, glb_of, hps_of, threemf_of, zip};

/// Files rich in what a format can hold, for the readers' tests and as seeds of mutation.
pub fn samples(format: Format) -> Vec<Vec<u8>> {
    match format {
        Format::Ply => vec![PLY_RICH.as_bytes().to_vec(), PLY_STRIP.as_bytes().to_vec()],
        Format::Obj => vec![OBJ_RICH.as_bytes().to_vec()],
        Format::Off => vec![COFF.as_bytes().to_vec()],
        Format::ThreeMf => vec![threemf_rich()],
        Format::Gltf => vec![gltf_rich().into_bytes()],
        Format::Glb => vec![glb_rich()],
        Format::Vtp => vec![
            vtp_inline(false),
            vtp_inline(true),
            vtp_appended(true),
            vtp_appended(false),
        ],
        Format::Zip => vec![zip(&[
            ("jaw.obj", OBJ_RICH.as_bytes()),
            ("jaw.mtl", MTL.as_bytes()),
        ])],
        Format::Hps => vec![hps_rich()],
        _ => Vec::new(),
    }
}

pub const PLY_RICH: &str = "ply
format ascii 1.0
comment TextureFile upper jaw.png
element vertex 4
property double x
property double y
property double z
property float nx
property float ny
property float nz
property uchar red
property uchar green
property uchar blue
property float quality
property int tooth
property list uchar int extra
element face 1
property list uchar uint vertex_indices
property list uchar float texcoord
property int tooth
end_header
0 0 0 0 0 1 255 0 0 0.5 11 0
1 0 0 0 0 1 0 255 0 0.25 11 1 5
1 1 0 0 0 1 0 0 255 0.125 12 0
0 1 0.1 0 0 1 9 9 9 1e-3 0 2 1 2
4 0 1 2 3 8 0 0 1 0 1 1 0 1 17
";

pub const PLY_STRIP: &str = "ply
format ascii 1.0
element vertex 5
property float x
property float y
property float z
element tristrips 1
property list int int vertex_indices
end_header
0 0 0
1 0 0
0 1 0
1 1 0
0 2 0
8 0 1 2 3 -1 2 3 4
";

pub const OBJ_RICH: &str = "# scan
mtllib jaw.mtl
o upper
v 0 0 0 1 0 0
v 1 0 0 0 1 0
v 1 1 0 0 0 1
v 0 1 0 1 1 1
vt 0 0
vt 1 0
vt 1 1
vt 0 1
vn 0 0 1
usemtl scan
g gum
f 1/1/1 2/2/1 3/3/1 4/4/1
o lower
v 0 0 5 0 0 0
v 1 0 5 0 0 0
v 0 1 5 0 0 0
g teeth
f -3/1/1 \\
 -2/2/1 -1/4/1
";

pub const MTL: &str = "newmtl scan\nmap_Kd jaw.png\n";

pub const COFF: &str = "COFF # coloured
4 1 0

0 0 0 255 0 0 255
1 0 0 0 255 0 255
1 1 0 0 0 255 255
# between
0 1 0 9 8 7 255
4 0 1 2 3 1 0 0
";

pub fn threemf_rich() -> Vec<u8> {
    let mesh = "<mesh><vertices><vertex x=\"0\" y=\"0\" z=\"0\"/><vertex x=\"1\" y=\"0\" z=\"0\"/>\
                <vertex x=\"0\" y=\"1\" z=\"0\"/><vertex x=\"0\" y=\"0\" z=\"1\"/></vertices><triangles>\
                <triangle v1=\"0\" v2=\"2\" v3=\"1\"/><triangle v1=\"0\" v2=\"1\" v3=\"3\"/>\
                <triangle v1=\"1\" v2=\"2\" v3=\"3\"/><triangle v1=\"2\" v2=\"0\" v3=\"3\"/></triangles></mesh>";
    let resources = format!(
        "<basematerials id=\"9\"><base name=\"m\" displaycolor=\"#FF0000\"/></basematerials>\
         <object id=\"1\" name=\"tooth &amp; gum\">{mesh}</object>\
         <object id=\"2\" name=\"pair\"><components>\
         <component objectid=\"1\" transform=\"0 1 0 -1 0 0 0 0 1 0 0 0\"/>\
         <component objectid=\"1\" transform=\"-1 0 0 0 1 0 0 0 1 10 0 0\"/></components></object>"
    );
    let items = "<item objectid=\"2\" transform=\"1 0 0 0 1 0 0 0 1 100 0 0\"/><item objectid=\"1\"/>";
    threemf_of(&resources, items, "unit=\"inch\"")
}

/// A buffer of 16-bit indices, strided positions with colours between, and texture coordinates.
fn gltf_buffer() -> Vec<u8> {
    let mut buffer = Vec::new();
    for (i, [x, y]) in [[0f32, 0.], [1., 0.], [1., 1.], [0., 1.], [0., 0.], [1., 1.]]
        .into_iter()
        .enumerate()
    {
        buffer.extend([x, y, 0.0].iter().flat_map(|c| c.to_le_bytes()));
        let colour = [
            [255u8, 0, 0, 255],
            [0, 255, 0, 255],
            [0, 0, 255, 255],
            [7, 7, 7, 255],
        ];
        buffer.extend(colour[[0, 1, 2, 3, 0, 2][i]]);
    }
    for [u, v] in [[0f32, 0.], [1., 0.], [1., 1.], [0., 1.], [0.5, 0.], [0.5, 1.]] {
        buffer.extend([u, v].iter().flat_map(|c| c.to_le_bytes()));
    }
    buffer.extend([0u16, 1, 2, 4, 5, 3].iter().flat_map(|i| i.to_le_bytes()));
    buffer
}

fn gltf_json(buffer: &str) -> String {
    format!(
        r#"{{"asset":{{"version":"2.0"}},"scenes":[{{"nodes":[0]}}],
"nodes":[{{"children":[1],"translation":[10,0,0]}},
{{"mesh":0,"name":"node","rotation":[0,0,0.7071067811865476,0.7071067811865476],"scale":[2,2,2]}}],
"meshes":[{{"name":"upper","primitives":[{{"attributes":{{"POSITION":0,"COLOR_0":1,"TEXCOORD_0":2}},"indices":3,"material":0}}]}}],
"materials":[{{"name":"scan","pbrMetallicRoughness":{{"baseColorTexture":{{"index":0}}}}}}],
"textures":[{{"source":0}}],"images":[{{"uri":"upper.png"}}],
"accessors":[{{"bufferView":0,"componentType":5126,"count":6,"type":"VEC3"}},
{{"bufferView":0,"byteOffset":12,"componentType":5121,"normalized":true,"count":6,"type":"VEC4"}},
{{"bufferView":1,"componentType":5126,"count":6,"type":"VEC2"}},
{{"bufferView":2,"componentType":5123,"count":6,"type":"SCALAR"}}],
"bufferViews":[{{"buffer":0,"byteLength":96,"byteStride":16}},{{"buffer":0,"byteOffset":96,"byteLength":48}},
{{"buffer":0,"byteOffset":144,"byteLength":12}}],
"buffers":[{{{buffer}"byteLength":156}}]}}"#
    )
}

pub fn gltf_rich() -> String {
    let data = STANDARD.encode(gltf_buffer());
    gltf_json(&format!(
        "\"uri\":\"data:application/octet-stream;base64,{data}\","
    ))
}

pub fn glb_rich() -> Vec<u8> {
    glb_of(&gltf_json(""), &gltf_buffer())
}

pub fn vtp_inline(compressed: bool) -> Vec<u8> {
    let points: Vec<u8> = [0f64, 0., 0., 1., 0., 0., 1., 1., 0., 0., 1., 0.]
        .iter()
        .flat_map(|c| c.to_be_bytes())
        .collect();
    let corners: Vec<u8> = [0i32, 1, 2, 3].iter().flat_map(|c| c.to_be_bytes()).collect();
    let offsets = 4i32.to_be_bytes();
    let colours = [255u8, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9];
    let encode = |data: &[u8]| {
        if compressed {
            compressed_base64(data)
        } else {
            plain_base64(data)
        }
    };
    let compressor = if compressed {
        "compressor=\"vtkZLibDataCompressor\""
    } else {
        ""
    };
    format!(
        "<VTKFile type=\"PolyData\" byte_order=\"BigEndian\" header_type=\"UInt64\" {compressor}><PolyData>\
         <Piece NumberOfPoints=\"4\" NumberOfPolys=\"1\">\
         <PointData><DataArray type=\"UInt8\" Name=\"RGB\" NumberOfComponents=\"3\" format=\"binary\">{}</DataArray>\
         <DataArray type=\"Float32\" Name=\"depth\" format=\"ascii\">0 0.5 1 1.5\n             <InformationKey name=\"RANGE\">7</InformationKey></DataArray>\
         <DataArray type=\"Int16\" Name=\"tooth\" format=\"ascii\">11 0 0 12</DataArray></PointData>\
         <CellData><DataArray type=\"Int32\" Name=\"jaw\" format=\"ascii\">3</DataArray></CellData>\
         <Points><DataArray type=\"Float64\" NumberOfComponents=\"3\" format=\"binary\">\n{}\n</DataArray></Points>\
         <Polys><DataArray type=\"Int32\" Name=\"connectivity\" format=\"binary\">{}</DataArray>\
         <DataArray type=\"Int32\" Name=\"offsets\" format=\"binary\">{}</DataArray></Polys>\
         </Piece></PolyData></VTKFile>",
        encode(&colours),
        encode(&points),
        encode(&corners),
        encode(&offsets),
    )
    .into_bytes()
}

fn plain_base64(data: &[u8]) -> String {
    let mut bytes = (data.len() as u64).to_be_bytes().to_vec();
    bytes.extend(data);
    STANDARD.encode(bytes)
}

fn compressed_base64(data: &[u8]) -> String {
    use std::io::Write;
    let blocks: Vec<Vec<u8>> = data
        .chunks(32)
        .map(|block| {
            let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
            encoder.write_all(block).expect("memory");
            encoder.finish().expect("memory")
        })
        .collect();
    let last = data.len() % 32;
    let mut header: Vec<u64> = vec![blocks.len() as u64, 32, last as u64];
    header.extend(blocks.iter().map(|b| b.len() as u64));
    let header: Vec<u8> = header.iter().flat_map(|n| n.to_be_bytes()).collect();
    STANDARD.encode(header) + &STANDARD.encode(blocks.concat())
}

pub fn vtp_appended(raw: bool) -> Vec<u8> {
    let points: Vec<u8> = [0f32, 0., 0., 1., 0., 0., 0., 1., 0., 1., 1., 0.]
        .iter()
        .flat_map(|c| c.to_le_bytes())
        .collect();
    let strip: Vec<u8> = [0i64, 1, 2, 3].iter().flat_map(|c| c.to_le_bytes()).collect();
    let offsets = 4i64.to_le_bytes();
    let mut appended = Vec::new();
    let mut starts = Vec::new();
    for data in [points.as_slice(), &strip, &offsets] {
        starts.push(appended.len());
        let mut block = (data.len() as u32).to_le_bytes().to_vec();
        block.extend(data);
        appended.extend(if raw {
            block
        } else {
            STANDARD.encode(block).into_bytes()
        });
    }
    let encoding = if raw { "raw" } else { "base64" };
    let mut bytes = format!(
        "<?xml version=\"1.0\"?><VTKFile type=\"PolyData\" byte_order=\"LittleEndian\"><PolyData>\
         <Piece NumberOfPoints=\"4\" NumberOfStrips=\"1\"><Points>\
         <DataArray type=\"Float32\" NumberOfComponents=\"3\" format=\"appended\" offset=\"{}\"/></Points><Strips>\
         <DataArray type=\"Int64\" Name=\"connectivity\" format=\"appended\" offset=\"{}\"/>\
         <DataArray type=\"Int64\" Name=\"offsets\" format=\"appended\" offset=\"{}\"/></Strips></Piece></PolyData>\
         <AppendedData encoding=\"{encoding}\">\n_",
        starts[0], starts[1], starts[2]
    )
    .into_bytes();
    bytes.extend(appended);
    bytes.extend(b"\n</AppendedData></VTKFile>");
    bytes
}

pub fn hps_rich() -> Vec<u8> {
    let floats: Vec<u8> = Spec::tetrahedron()
        .points
        .iter()
        .flatten()
        .flat_map(|c| (*c as f32).to_le_bytes())
        .collect();
    let text = hps_of("CA", 4, &floats, 4, &[4, 0, 1, 1]);
    let colours = STANDARD.encode([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]);
    let mut packed = Vec::new();
    for i in 0..4u32 {
        packed.push(1);
        packed.extend(((i * 0x1000) | 0x7fff_0000).to_le_bytes());
    }
    let extras = format!(
        "<VertexColorSets><VertexColorSet>{colours}</VertexColorSet></VertexColorSets>\
         <TextureData2><PerVertexTextureCoord>{}</PerVertexTextureCoord></TextureData2></HPS>",
        STANDARD.encode(packed)
    );
    text.replace("</HPS>", &extras).into_bytes()
}

/// The files that mutation starts from.
pub fn seeds(format: Format) -> Vec<Vec<u8>> {
    let mut seeds = vec![
        Spec::tetrahedron().build(format),
        Spec::tetrahedra(3).build(format),
        Spec::new(vec![[0., 0., 0.], [1., 0., 0.], [0., 1., 0.]], vec![[0, 1, 2]]).build(format),
    ];
    match format {
        Format::Stl => seeds.push(Spec::tetrahedron().stl_ascii().into_bytes()),
        Format::Ply => seeds.push(Spec::tetrahedron().ply_ascii().into_bytes()),
        _ => {}
    }
    seeds.extend(samples(format));
    seeds
}
