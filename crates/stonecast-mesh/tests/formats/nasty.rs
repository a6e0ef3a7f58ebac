//! Nasty files: one readable table per format of what each is answered with.

use std::fmt::Write as _;

use stonecast_mesh::formats::{DecodeError, Decoded, Format, Limits, decode};

use super::files::{Spec, hps_of, threemf_of, zip};

/// The files that every format gets, by what is wrong with them.
fn cases(format: Format) -> Vec<(&'static str, Vec<u8>)> {
    let tetrahedron = Spec::tetrahedron();
    let with = |change: fn(&mut Spec)| {
        let mut spec = tetrahedron.clone();
        change(&mut spec);
        spec.build(format)
    };
    vec![
        ("sound", tetrahedron.build(format)),
        ("one triangle", with(|s| s.faces.truncate(1))),
        ("10 components", Spec::tetrahedra(10).build(format)),
        ("every face twice", with(|s| s.faces.extend(s.faces.clone()))),
        (
            "inside out",
            with(|s| s.faces.iter_mut().for_each(|f| f.swap(1, 2))),
        ),
        ("a face without area", with(|s| s.faces.push([1, 1, 2]))),
        ("empty file", Vec::new()),
        (
            "no vertex, no face",
            Spec::new(Vec::new(), Vec::new()).build(format),
        ),
        ("no face", with(|s| s.faces.clear())),
        ("one face too many declared", with(|s| s.says_faces = Some(5))),
        ("one face too few declared", with(|s| s.says_faces = Some(3))),
        (
            "4 billion faces declared",
            with(|s| s.says_faces = Some(4_000_000_000)),
        ),
        (
            "one vertex too many declared",
            with(|s| s.says_vertices = Some(5)),
        ),
        ("one vertex too few declared", with(|s| s.says_vertices = Some(3))),
        ("a coordinate is NaN", with(|s| s.points[1][1] = f64::NAN)),
        (
            "two coordinates are infinite",
            with(|s| {
                s.points[2][0] = f64::INFINITY;
                s.points[3][0] = f64::NEG_INFINITY;
            }),
        ),
        ("a coordinate of 1e30", with(|s| s.points[1][1] = 1e30)),
    ]
}

/// One line per case; cuts at every hundredth, neighbours with the same answer (numbers aside) on one line.
fn table(format: Format, extra: Vec<(&'static str, Vec<u8>)>) -> String {
    let mut out = String::new();
    let mut all = cases(format);
    all.extend(extra);
    for (name, bytes) in all {
        let _ = writeln!(out, "{name:<32} | {}", answer(format, &bytes));
    }
    let sound = Spec::tetrahedra(10).build(format);
    let mut last: Option<(String, u32)> = None;
    for percent in 1..=100u32 {
        let cut = answer(format, &sound[..sound.len() * (percent as usize).min(99) / 100]);
        let same = percent < 100
            && last
                .as_ref()
                .is_some_and(|(text, _)| unnumbered(text) == unnumbered(&cut));
        if !same {
            if let Some((text, from)) = last.take() {
                let name = format!("cut to {from}-{} %", percent - 1);
                let _ = writeln!(out, "{name:<32} | {text}");
            }
            last = Some((cut, percent));
        }
    }
    out
}

fn unnumbered(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}

fn answer(format: Format, bytes: &[u8]) -> String {
    match decode(bytes, Some(format), &Limits::default()) {
        Ok(decoded) => summary(&decoded),
        Err(error) => {
            check_wording(&error);
            error.to_string()
        }
    }
}

/// Every refusal says what to do.
fn check_wording(error: &DecodeError) {
    let text = error.to_string();
    let remedy = ["export", "copy", "simplify", "unpack", "save", "read"]
        .iter()
        .any(|word| text.contains(word));
    assert!(remedy, "no remedy: {text}");
}

fn summary(decoded: &Decoded) -> String {
    let vertices: usize = decoded.parts.iter().map(|p| p.mesh.vertex_count()).sum();
    let faces: usize = decoded.parts.iter().map(|p| p.mesh.face_count()).sum();
    let mut text = format!(
        "read: {} part(s), {vertices} vertices, {faces} faces",
        decoded.parts.len()
    );
    for note in &decoded.notes {
        let _ = write!(text, "; note at {}: {}", note.place, note.message);
    }
    text
}

#[test]
fn nasty_stl_files_are_answered() {
    let tetrahedron = Spec::tetrahedron();
    let ascii = tetrahedron.stl_ascii();
    let mut lying = tetrahedron.stl();
    lying[..6].copy_from_slice(b"solid ");
    let mut tail = tetrahedron.stl();
    tail.extend(b"trailing");
    let mut attributes = tetrahedron.stl();
    attributes[84 + 48] = 7;
    let extra = vec![
        ("ASCII", ascii.clone().into_bytes()),
        ("ASCII, decimal comma", ascii.replace("2.5", "2,5").into_bytes()),
        ("ASCII, NaN", ascii.replace("2.5", "nan").into_bytes()),
        (
            "ASCII, normal NaN",
            ascii.replace("normal 0", "normal -nan").into_bytes(),
        ),
        (
            "ASCII, cut in the middle",
            ascii.as_bytes()[..ascii.len() / 2].to_vec(),
        ),
        (
            "ASCII, no endsolid",
            ascii.replace("endsolid made by hand\n", "").into_bytes(),
        ),
        ("ASCII, no facet", b"solid\nendsolid\n".to_vec()),
        ("ASCII, two solids", ascii.repeat(2).into_bytes()),
        ("ASCII, upper case", ascii.to_uppercase().into_bytes()),
        ("binary, header says solid", lying.clone()),
        ("the same, cut", lying[..200].to_vec()),
        ("binary, trailing bytes", tail),
        ("binary, attribute bytes", attributes),
        ("three million triangles", Spec::tetrahedra(750_000).stl()),
    ];
    insta::assert_snapshot!(table(Format::Stl, extra));
}

#[test]
fn nasty_ply_files_are_answered() {
    let ascii = Spec::tetrahedron().ply_ascii();
    let changed = |from: &str, to: &str| ascii.replace(from, to).into_bytes();
    let extra = vec![
        ("ASCII", ascii.clone().into_bytes()),
        (
            "ASCII, cut in the middle",
            ascii.as_bytes()[..ascii.len() - 20].to_vec(),
        ),
        ("ASCII, decimal comma", changed("2.5", "2,5")),
        (
            "ASCII, 4 billion vertices",
            changed("vertex 4", "vertex 4000000000"),
        ),
        ("a vertex number out of range", changed("3 2 0 3", "3 2 0 9")),
        ("a negative vertex number", changed("3 2 0 3", "3 2 0 -3")),
        ("a polygon of two corners", changed("3 2 0 3", "2 2 0")),
        ("a polygon with a bad number", changed("3 2 0 3", "4 2 0 3 9")),
        ("an unknown type", changed("float x", "quad x")),
        ("no coordinates", changed("float x", "float w")),
        ("no list of corners", changed("vertex_indices", "other")),
        ("no format line", changed("format ascii 1.0\n", "")),
        ("an unknown header word", changed("element face", "elements face")),
        ("no end of the header", changed("end_header\n", "")),
        ("a negative count", changed("vertex 4", "vertex -4")),
        (
            "an element without properties",
            changed("end_header", "element void 4000000000\nend_header"),
        ),
    ];
    insta::assert_snapshot!(table(Format::Ply, extra));
}

#[test]
fn nasty_obj_files_are_answered() {
    let text = Spec::tetrahedron().obj();
    let changed = |from: &str, to: &str| text.replace(from, to).into_bytes();
    let extra = vec![
        ("vertex number 0", changed("f 1 3 2", "f 0 3 2")),
        ("a vertex number out of range", changed("f 1 3 2", "f 1 3 9")),
        ("negative numbers", changed("f 1 3 2", "f -4 -2 -3")),
        ("a negative number out of range", changed("f 1 3 2", "f -5 -2 -3")),
        ("two corners", changed("f 1 3 2", "f 1 3")),
        (
            "a missing texture coordinate",
            changed("f 1 3 2", "f 1/1 3/2 2/3"),
        ),
        ("two coordinates", changed("v 10 0 2.5", "v 10 0")),
        ("decimal comma", changed("2.5", "2,5")),
        ("lines and points", changed("f 1 3 2", "l 1 2\np 1\nf 1 3 2")),
        ("an unknown keyword", changed("f 1 3 2", "curv2 1 2\nf 1 3 2")),
        ("no end of the last line", text.trim_end().as_bytes().to_vec()),
    ];
    insta::assert_snapshot!(table(Format::Obj, extra));
}

#[test]
fn nasty_off_files_are_answered() {
    let text = Spec::tetrahedron().off();
    let changed = |from: &str, to: &str| text.replace(from, to).into_bytes();
    let extra = vec![
        ("no header word", changed("OFF\n", "")),
        ("four dimensions", changed("OFF\n", "4OFF\n")),
        ("binary", changed("OFF\n", "OFF BINARY\n")),
        (
            "comments and blank lines",
            changed("OFF\n", "# c\nOFF # d\n\n# e\n"),
        ),
        (
            "colours that are not announced",
            changed("0 0 10", "0 0 10 255 0 0"),
        ),
        ("colours of faces", changed("3 2 0 3", "3 2 0 3 255 0 0")),
        ("a vertex number out of range", changed("3 2 0 3", "3 2 0 9")),
        (
            "a polygon of a million corners",
            changed("3 2 0 3", "1000000 2 0 3"),
        ),
        ("a negative count", changed("4 4 0", "-4 4 0")),
    ];
    insta::assert_snapshot!(table(Format::Off, extra));
}

#[test]
fn nasty_threemf_files_are_answered() {
    let mesh = "<mesh><vertices><vertex x=\"0\" y=\"0\" z=\"0\"/><vertex x=\"1\" y=\"0\" z=\"0\"/>\
                <vertex x=\"0\" y=\"1\" z=\"0\"/></vertices><triangles><triangle v1=\"0\" v2=\"1\" v3=\"2\"/>\
                </triangles></mesh>";
    let object = format!("<object id=\"1\">{mesh}</object>");
    let item = "<item objectid=\"1\"/>";
    let with_item = |item: &str| threemf_of(&object, item, "");
    let circle = "<object id=\"1\"><components><component objectid=\"2\"/></components></object>\
                  <object id=\"2\"><components><component objectid=\"1\"/></components></object>";
    let mut doubling = object.clone();
    for id in 2..40 {
        let component = format!("<component objectid=\"{}\"/>", id - 1);
        doubling += &format!("<object id=\"{id}\"><components>{component}{component}</components></object>");
    }
    let deep = "<x>".repeat(100) + &"</x>".repeat(100);
    let bomb = b"<!DOCTYPE model [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><model>&b;</model>";
    let zeros = vec![b' '; 8 << 20];
    let types: (&str, &[u8]) = ("[Content_Types].xml", b"<Types/>");
    let extra = vec![
        ("no unit", threemf_of(&object, item, "")),
        ("an unknown unit", threemf_of(&object, item, "unit=\"cubit\"")),
        (
            "a required extension",
            threemf_of(&object, item, "requiredextensions=\"b\" xmlns:b=\"http://beams\""),
        ),
        ("components in a circle", threemf_of(circle, item, "")),
        (
            "components that double 38 times",
            threemf_of(&doubling, "<item objectid=\"39\"/>", ""),
        ),
        ("nothing to build", with_item("")),
        ("an item without object", with_item("<item objectid=\"7\"/>")),
        (
            "a singular transform",
            with_item("<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 0 0 0 0\"/>"),
        ),
        (
            "a transform of 11 numbers",
            with_item("<item objectid=\"1\" transform=\"1 0 0 0 1 0 0 0 1 0 0\"/>"),
        ),
        (
            "a vertex number out of range",
            threemf_of(&object.replace("v3=\"2\"", "v3=\"3\""), item, ""),
        ),
        (
            "a vertex without z",
            threemf_of(&object.replace(" z=\"0\"", ""), item, ""),
        ),
        (
            "a support object",
            threemf_of(&object.replace("id=\"1\"", "id=\"1\" type=\"support\""), item, ""),
        ),
        ("elements 100 deep", threemf_of(&deep, item, "")),
        ("an entity bomb", zip(&[types, ("3D/3dmodel.model", bomb)])),
        (
            "XML that does not close",
            zip(&[types, ("3D/3dmodel.model", b"<model><resources>")]),
        ),
        (
            "text that is not UTF-8",
            zip(&[types, ("3D/3dmodel.model", b"<model>\xff</model>")]),
        ),
        (
            "a model of 8 MiB of blanks",
            zip(&[types, ("3D/3dmodel.model", &zeros)]),
        ),
        ("no model", zip(&[types, ("3D/other.model", b"")])),
    ];
    insta::assert_snapshot!(table(Format::ThreeMf, extra));
}

#[test]
fn nasty_gltf_files_are_answered() {
    let text = Spec::tetrahedron().gltf();
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1).into_bytes()
    };
    let extra = vec![
        ("version 1", changed("\"2.0\"", "\"1.0\"")),
        (
            "a buffer in another file",
            changed("data:application/octet-stream;base64,", "scan.bin#"),
        ),
        ("base64 that is none", changed("base64,AAAA", "base64,*AAA")),
        (
            "Draco compression",
            changed(
                "{\"asset\"",
                "{\"extensionsRequired\":[\"KHR_draco_mesh_compression\"],\"asset\"",
            ),
        ),
        (
            "an unknown required extension",
            changed("{\"asset\"", "{\"extensionsRequired\":[\"X_y\"],\"asset\""),
        ),
        (
            "a node in itself",
            changed("{\"mesh\":0}", "{\"mesh\":0,\"children\":[0]}"),
        ),
        (
            "a node that is not there",
            changed("\"nodes\":[0]", "\"nodes\":[3]"),
        ),
        ("a scene that is not there", changed("\"scene\":0", "\"scene\":3")),
        (
            "an accessor that is not there",
            changed("\"indices\":1", "\"indices\":9"),
        ),
        ("an unknown component type", changed("5125", "5124")),
        ("positions of two numbers", changed("VEC3", "VEC2")),
        (
            "a view beyond its buffer",
            changed("\"byteLength\":48}", "\"byteLength\":4800}"),
        ),
        (
            "an accessor beyond its view",
            changed(
                "\"componentType\":5126",
                "\"byteOffset\":40,\"componentType\":5126",
            ),
        ),
        (
            "a stride below the row",
            changed("\"byteLength\":48}", "\"byteLength\":48,\"byteStride\":4}"),
        ),
        (
            "points only",
            changed("\"indices\":1", "\"indices\":1,\"mode\":0"),
        ),
        (
            "an unknown mode",
            changed("\"indices\":1", "\"indices\":1,\"mode\":9"),
        ),
        (
            "indices no multiple of three",
            changed("\"count\":12", "\"count\":11"),
        ),
        (
            "overlapping accessors",
            changed("\"bufferView\":1", "\"bufferView\":0"),
        ),
        (
            "arrays 1000 deep",
            changed(
                "\"scene\":0",
                &format!("\"x\":{}{},\"scene\":0", "[".repeat(1000), "]".repeat(1000)),
            ),
        ),
    ];
    insta::assert_snapshot!(table(Format::Gltf, extra));
}

#[test]
fn nasty_glb_files_are_answered() {
    let sound = Spec::tetrahedron().glb();
    let with = |at: usize, word: u32| {
        let mut bytes = sound.clone();
        bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
        bytes
    };
    let mut tail = sound.clone();
    tail.extend(b"tail");
    let extra = vec![
        ("container version 1", with(4, 1)),
        ("a declared length of 4 GiB", with(8, u32::MAX)),
        ("a chunk of 4 GiB", with(12, u32::MAX)),
        ("no JSON chunk", with(16, 7)),
        ("trailing bytes", tail),
    ];
    insta::assert_snapshot!(table(Format::Glb, extra));
}

#[test]
fn nasty_vtp_files_are_answered() {
    let text = Spec::tetrahedron().vtp();
    let changed = |from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        text.replacen(from, to, 1).into_bytes()
    };
    let binary = |content: &str| {
        let start = text.find("format=\"ascii\">0").expect("the points");
        let end = text.find("</DataArray></Points>").expect("their end");
        format!("{}format=\"binary\">{content}{}", &text[..start], &text[end..]).into_bytes()
    };
    let extra = vec![
        ("another kind of data", changed("\"PolyData\" ", "\"ImageData\" ")),
        (
            "an unknown compressor",
            changed("byte_order", "compressor=\"vtkLZ4DataCompressor\" byte_order"),
        ),
        ("offsets that fall", changed(">3 6 9 12<", ">3 6 5 12<")),
        ("offsets beyond the corners", changed(">3 6 9 12<", ">3 6 9 13<")),
        ("a vertex number out of range", changed(">0 2 1 ", ">0 2 9 ")),
        (
            "coordinates no multiple of three",
            changed("\"ascii\">0 ", "\"ascii\">0 0 "),
        ),
        ("base64 of a lying size", binary("////fwAA")),
        ("base64 that is none", binary("*")),
        (
            "appended data that is not there",
            changed("format=\"ascii\">0", "format=\"appended\" offset=\"0\">0"),
        ),
        (
            "an entity bomb",
            changed("<VTKFile", "<!DOCTYPE x [<!ENTITY a \"a\">]><VTKFile"),
        ),
    ];
    insta::assert_snapshot!(table(Format::Vtp, extra));
}

#[test]
fn nasty_zip_files_are_answered() {
    let stl = Spec::tetrahedron().stl();
    let sound = zip(&[("upper.stl", &stl)]);
    let twice = zip(&[("inner.zip", &sound)]);
    let three_times = zip(&[("outer.zip", &twice)]);
    let glb = Spec::tetrahedron().glb();
    let bomb = vec![0u8; 64 << 20];
    let extra = vec![
        (
            "two scans",
            zip(&[
                ("upper.stl", &stl),
                ("lower.stl", &stl),
                ("__MACOSX/._lower.stl", b"x"),
            ]),
        ),
        ("an archive in an archive", twice),
        ("an archive in an archive in an archive", three_times),
        ("no surface", zip(&[("notes.txt", b"hello")])),
        ("a damaged scan", zip(&[("upper.stl", &stl[..200])])),
        (
            "files of different units",
            zip(&[("upper.stl", &stl), ("lower.glb", &glb)]),
        ),
        ("64 MiB of zeros", zip(&[("bomb.stl", &bomb)])),
        ("no entry", zip(&[])),
    ];
    insta::assert_snapshot!(table(Format::Zip, extra));
}

#[test]
fn nasty_hps_files_are_answered() {
    let spec = Spec::tetrahedron();
    let text = spec.hps("CC");
    let walk = |faces: u64, commands: &[u8]| hps_of("CC", 4, &[0; 48], faces, commands).into_bytes();
    let extra = vec![
        ("schema CA", spec.hps("CA").into_bytes()),
        ("schema CB", spec.hps("CB").into_bytes()),
        ("schema CE", spec.hps("CE").into_bytes()),
        ("no schema", text.replace("Schema", "Other").into_bytes()),
        (
            "base64 that is none",
            text.replace("BgAAAAA", "*gAAAAA").into_bytes(),
        ),
        ("an unknown command", walk(1, &[4, 11])),
        ("a closure without a ring", walk(1, &[1])),
        ("more vertices than there are", walk(3, &[4, 0, 0])),
        ("a command cut short", walk(2, &[4, 8, 0])),
        ("an entity bomb", format!("<!DOCTYPE x>{text}").into_bytes()),
    ];
    insta::assert_snapshot!(table(Format::Hps, extra));
}
