//! What any writer writes, its reader reads back, for random meshes.

use proptest::prelude::*;
use stonecast_mesh::formats::{DeclaredUnit, Decoded, Format, Part, encode};
use stonecast_mesh::{FaceData, Point, TriMesh, VertexData};

use super::property::check_writers;

fn mesh() -> impl Strategy<Value = TriMesh> {
    // Coordinates of many magnitudes, and equal ones, which the welding readers join.
    let coordinate = prop_oneof![
        -50.0..50.0f64,
        Just(0.0),
        Just(-0.0),
        (-1e9..1e9f64),
        (-1e-40..1e-40f64),
        (0..4i32).prop_map(f64::from)
    ];
    let points = prop::collection::vec([coordinate.clone(), coordinate.clone(), coordinate], 1..40);
    points.prop_flat_map(|points| {
        let count = points.len() as u32;
        let faces = prop::collection::vec([0..count, 0..count, 0..count], 1..60);
        faces.prop_map(move |faces| {
            let points = points.iter().map(|&p| Point::from(p)).collect();
            TriMesh::from_indices(points, &faces).expect("finite points, existing vertices")
        })
    })
}

fn part() -> impl Strategy<Value = Part> {
    (mesh(), any::<[bool; 4]>(), any::<u64>()).prop_map(|(mesh, has, seed)| {
        let vertices = mesh.vertex_count() as u64;
        let mix = |i: u64| (seed ^ i).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24;
        let each = |i: u64| mix(i) as u8;
        let colours = (0..vertices)
            .map(|i| [each(i), each(i + 1), each(i + 2)])
            .collect();
        let normals = (0..vertices).map(|i| [mix(i) as f32, 0.0, -1.0]).collect();
        let scalars = (0..vertices).map(|i| mix(i) as f32 * 1e-3).collect();
        let labels = (0..vertices).map(|i| mix(i) as i32).collect();
        let face_labels = (0..mesh.face_count() as u64).map(|i| mix(i) as i32).collect();
        Part {
            name: has[0].then(|| "upper jaw".to_owned()),
            colours: has[1].then(|| VertexData::from_vec(colours)),
            normals: has[2].then(|| VertexData::from_vec(normals)),
            scalars: vec![("deviation".to_owned(), VertexData::from_vec(scalars))],
            labels: vec![("tooth".to_owned(), VertexData::from_vec(labels))],
            face_labels: if has[3] {
                vec![("tooth".to_owned(), FaceData::from_vec(face_labels))]
            } else {
                Vec::new()
            },
            ..Part::from_mesh(mesh)
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(parts in prop::collection::vec(part(), 1..4)) {
        check_writers(&Decoded { format: Format::Ply, parts, declared_unit: None, notes: Vec::new() });
    }

    #[test]
    fn the_same_parts_give_the_same_bytes(part in part()) {
        for format in [Format::Stl, Format::Ply, Format::Obj, Format::ThreeMf, Format::Glb] {
            let write = || encode(format, std::slice::from_ref(&part), DeclaredUnit::Millimetre).unwrap();
            prop_assert_eq!(write(), write());
        }
    }
}

#[test]
fn formats_without_a_writer_say_so() {
    let part = Part::default();
    let error = encode(Format::Vtp, &[part], DeclaredUnit::Millimetre).unwrap_err();
    assert!(error.to_string().contains("write STL"), "{error}");
}
