//! What must hold for any bytes: reading never panics, an error names the format and stays short, and what is
//! read, written and read again is the same.
//!
//! The fuzz targets include this file.

use stonecast_mesh::formats::{
    DeclaredUnit, DecodeError, Decoded, Format, Limits, Part, PlyCoordinates, PlyEncoding, PlyOptions,
    decode, encode_glb, encode_obj, encode_ply, encode_stl, encode_threemf, read_glb, read_gltf, read_hps,
    read_obj, read_off, read_ply, read_stl, read_threemf, read_vtp, read_zip,
};

/// Small enough that a fuzzer runs fast.
pub fn limits() -> Limits {
    Limits {
        max_bytes: 1 << 20,
        max_faces: 50_000,
        max_vertices: 50_000,
        max_polygon_corners: 300,
        max_expanded_bytes: 4 << 20,
        max_objects: 1000,
        ..Limits::default()
    }
}

fn read(format: Format, bytes: &[u8]) -> Result<Decoded, DecodeError> {
    let limits = limits();
    match format {
        Format::Stl => read_stl(bytes, &limits),
        Format::Ply => read_ply(bytes, &limits),
        Format::Obj => read_obj(bytes, &limits),
        Format::Off => read_off(bytes, &limits),
        Format::ThreeMf => read_threemf(bytes, &limits),
        Format::Gltf => read_gltf(bytes, &limits),
        Format::Glb => read_glb(bytes, &limits),
        Format::Vtp => read_vtp(bytes, &limits),
        Format::Zip => read_zip(bytes, &limits),
        Format::Hps => read_hps(bytes, &limits),
        _ => decode(bytes, Some(format), &limits),
    }
}

/// Checks one input; true when it could be read.
pub fn check(format: Format, bytes: &[u8]) -> bool {
    // What the content is taken for must not matter for safety either.
    let _ = decode(bytes, Some(format), &limits());
    match read(format, bytes) {
        Err(error) => {
            let text = error.to_string();
            assert!(text.len() < 600, "an error stays readable: {text}");
            false
        }
        Ok(decoded) => {
            check_decoded(&decoded);
            check_writers(&decoded);
            true
        }
    }
}

fn check_decoded(decoded: &Decoded) {
    assert!(!decoded.parts.is_empty());
    for part in &decoded.parts {
        let (vertices, faces) = (part.mesh.vertex_count(), part.mesh.face_count());
        assert!(faces > 0);
        assert!(
            part.mesh
                .points()
                .iter()
                .flat_map(|p| p.coords.iter().copied())
                .all(|c| c.abs() <= 1e9)
        );
        assert!(part.colours.as_ref().is_none_or(|c| c.len() == vertices));
        assert!(part.normals.as_ref().is_none_or(|n| n.len() == vertices));
        assert!(part.scalars.iter().all(|(_, s)| s.len() == vertices));
        assert!(part.labels.iter().all(|(_, l)| l.len() == vertices));
        assert!(part.face_labels.iter().all(|(_, l)| l.len() == faces));
        let coordinates = part.texture.as_ref().and_then(|t| t.coordinates.as_ref());
        assert!(coordinates.is_none_or(|c| c.len() == faces));
    }
}

/// The positions of all faces' corners, in order.
fn corners(parts: &[Part]) -> Vec<[[f64; 3]; 3]> {
    let of_part = |part: &Part| -> Vec<_> {
        part.mesh
            .face_ids()
            .map(|f| part.mesh.corners(f).map(|p| [p.x, p.y, p.z]))
            .collect()
    };
    parts.iter().flat_map(of_part).collect()
}

/// The same rounded to 32 bits.
fn rounded(parts: &[Part]) -> Vec<[[f64; 3]; 3]> {
    let round = |c: f64| f64::from(c as f32);
    corners(parts)
        .into_iter()
        .map(|f| f.map(|p| p.map(round)))
        .collect()
}

pub fn check_writers(decoded: &Decoded) {
    let parts = &decoded.parts;
    let again = |format, bytes: &[u8]| match read(format, bytes) {
        Ok(decoded) => decoded,
        Err(error) => panic!("what was written as {format} cannot be read: {error}"),
    };
    let joined = Part::joined(parts);
    let stl = again(Format::Stl, &encode_stl(&joined.mesh));
    assert_eq!(corners(&stl.parts), rounded(parts), "STL");

    check_ply(&joined, decoded.format == Format::Ply);

    let obj = again(Format::Obj, &encode_obj(parts));
    assert_eq!(corners(&obj.parts), corners(parts), "OBJ");
    if let ([written], [read]) = (parts.as_slice(), obj.parts.as_slice()) {
        assert_eq!(written.mesh, read.mesh, "OBJ keeps the vertices of a single part");
        assert_eq!(written.colours, read.colours, "OBJ keeps colours");
    }

    let glb = again(Format::Glb, &encode_glb(parts, DeclaredUnit::Metre));
    assert_eq!(corners(&glb.parts), rounded(parts), "GLB");

    // 3MF forbids triangles that name a vertex twice.
    let proper = |part: &Part| {
        let distinct = |f: &_| {
            let [a, b, c] = part.mesh.face(*f);
            a != b && b != c && c != a
        };
        part.mesh
            .face_ids()
            .filter(distinct)
            .map(|f| part.mesh.corners(f))
            .collect::<Vec<_>>()
    };
    let expected: Vec<_> = parts.iter().flat_map(proper).collect();
    if !expected.is_empty() {
        let threemf = again(Format::ThreeMf, &encode_threemf(parts, DeclaredUnit::Inch));
        assert_eq!(threemf.declared_unit, Some(DeclaredUnit::Inch));
        let read: Vec<_> = threemf.parts.iter().flat_map(proper).collect();
        assert_eq!(read, expected, "3MF");
    }
}

fn check_ply(part: &Part, from_ply: bool) {
    for encoding in [
        PlyEncoding::LittleEndian,
        PlyEncoding::BigEndian,
        PlyEncoding::Ascii,
    ] {
        let options = PlyOptions {
            encoding,
            coordinates: PlyCoordinates::F64,
        };
        let bytes = encode_ply(part, options);
        let read = match read(Format::Ply, &bytes) {
            Ok(decoded) => decoded.parts,
            Err(error) => panic!("what was written as {encoding:?} PLY cannot be read: {error}"),
        };
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].mesh, part.mesh, "{encoding:?} PLY");
        assert_eq!(
            read[0].face_labels.len(),
            part.face_labels.len(),
            "{encoding:?} PLY"
        );
        // Names from other formats may coincide with PLY's own (x, nx, red); its own names come back the same.
        if from_ply {
            assert_eq!(
                encode_ply(&read[0], options),
                bytes,
                "{encoding:?} PLY written twice"
            );
        }
    }
}
