//! STL and PLY: what is read is what was written, and irregular files get the right answer.

use stonecast_mesh::formats::{
    DecodeError, Format, Limits, NoteCode, Part, PlyCoordinates, PlyEncoding, PlyOptions, decode, encode_ply,
    encode_stl,
};
use stonecast_mesh::{FaceData, Point, TriMesh, VertexData};

fn tetrahedron() -> TriMesh {
    let points = [[0., 0., 0.], [1., 0., 0.25], [0., 1., 0.], [0., 0., 1.]].map(Point::from);
    TriMesh::from_indices(points.to_vec(), &[[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]]).unwrap()
}

fn read(bytes: &[u8]) -> Result<stonecast_mesh::formats::Decoded, DecodeError> {
    decode(bytes, None, &Limits::default())
}

#[test]
fn binary_stl_is_welded_in_order_of_first_appearance() {
    let mesh = &read(&encode_stl(&tetrahedron())).unwrap().parts[0].mesh.clone();
    assert_eq!(mesh.vertex_count(), 4);
    assert_eq!(mesh.point(mesh.faces()[0][0]), Point::new(0., 0., 0.));
    assert_eq!(mesh.faces()[0].map(|v| v.0), [0, 1, 2]);
    assert!(mesh.topology().is_closed(mesh));
    assert_eq!(mesh.signed_volume(), tetrahedron().signed_volume());
}

#[test]
fn a_binary_stl_whose_header_says_solid_is_read_as_binary_and_noted() {
    let mut bytes = encode_stl(&tetrahedron());
    bytes[..5].copy_from_slice(b"solid");
    bytes.extend(b"tail");
    let decoded = read(&bytes).unwrap();
    assert_eq!(decoded.parts[0].mesh.face_count(), 4);
    let codes: Vec<_> = decoded.notes.iter().map(|n| n.code).collect();
    assert_eq!(codes, [NoteCode::LyingHeader, NoteCode::TrailingBytes]);
}

#[test]
fn every_ply_encoding_gives_the_part_back() {
    let part = Part {
        colours: Some(VertexData::from_vec(vec![
            [1, 2, 3],
            [4, 5, 6],
            [7, 8, 9],
            [0, 255, 0],
        ])),
        normals: Some(VertexData::from_vec(vec![[0.5, 0.25, -1.]; 4])),
        scalars: vec![(
            "deviation".into(),
            VertexData::from_vec(vec![0.1, 0.2, -0.3, 1e-9]),
        )],
        labels: vec![("tooth".into(), VertexData::from_vec(vec![11, 0, 48, -1]))],
        face_labels: vec![("tooth".into(), FaceData::from_vec(vec![11, 12, 13, 14]))],
        ..Part::from_mesh(tetrahedron())
    };
    for encoding in [
        PlyEncoding::Ascii,
        PlyEncoding::LittleEndian,
        PlyEncoding::BigEndian,
    ] {
        for coordinates in [PlyCoordinates::F32, PlyCoordinates::F64] {
            let options = PlyOptions {
                encoding,
                coordinates,
            };
            let decoded = read(&encode_ply(&part, options)).unwrap();
            assert_eq!(
                decoded.parts.as_slice(),
                std::slice::from_ref(&part),
                "{options:?}"
            );
            assert!(decoded.notes.is_empty());
        }
    }
}

#[test]
fn ply_keeps_vertices_that_no_face_uses_and_cuts_polygons() {
    let text = "ply\r\nformat ascii 1.0\r\ncomment made by hand\r\nelement vertex 6\r\nproperty double x\r\n\
        property double y\r\nproperty double z\r\nelement face 2\r\nproperty list int short vertex_index\r\n\
        property uchar jaw\r\nelement edge 1\r\nproperty int a\r\nproperty int b\r\nend_header\r\n\
        0 0 0\r\n9 9 9\r\n1 0 0\r\n1 1 0\r\n0 1 0\r\n0 0 0\r\n4 0 2 3 4 7\r\n3 0 2 3 8\r\n1 2\r\n";
    let decoded = read(text.as_bytes()).unwrap();
    let part = &decoded.parts[0];
    assert_eq!(part.mesh.vertex_count(), 6);
    assert_eq!(part.mesh.face_count(), 3);
    assert_eq!(part.face_labels[0].1.as_slice(), [7, 7, 8]);
    assert!((part.mesh.area() - 1.5).abs() < 1e-12);
}

#[test]
fn a_large_declared_count_costs_only_an_error() {
    let mut stl = encode_stl(&tetrahedron());
    stl[80..84].copy_from_slice(&u32::MAX.to_le_bytes());
    let error = read(&stl).unwrap_err();
    assert!(matches!(error, DecodeError::UnknownFormat), "{error}");
    let error = decode(&stl, Some(Format::Stl), &Limits::default()).unwrap_err();
    assert!(matches!(error, DecodeError::Truncated { .. }), "{error}");
    let ply = b"ply\nformat binary_little_endian 1.0\nelement vertex 4000000000\nproperty float x\n\
        property float y\nproperty float z\nend_header\n";
    assert!(matches!(read(ply).unwrap_err(), DecodeError::Truncated { .. }));
}

#[test]
fn coordinates_that_are_no_numbers_are_counted_and_placed() {
    let mut stl = encode_stl(&tetrahedron());
    stl[84 + 50 + 12..84 + 50 + 16].copy_from_slice(&f32::NAN.to_le_bytes());
    stl[84 + 150 + 12..84 + 150 + 16].copy_from_slice(&f32::INFINITY.to_le_bytes());
    let error = read(&stl).unwrap_err();
    assert!(
        matches!(error, DecodeError::NotFinite { count: 2, .. }),
        "{error}"
    );
    assert!(error.to_string().contains("byte 134"), "{error}");
}
