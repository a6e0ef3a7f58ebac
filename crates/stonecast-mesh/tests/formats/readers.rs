//! What each reader keeps, on small files written by hand.

use stonecast_mesh::formats::{DeclaredUnit, Decoded, Format, Limits, NoteCode, decode};

use super::files::{Spec, zip};
use super::samples::{
    COFF, MTL, OBJ_RICH, PLY_RICH, PLY_STRIP, glb_rich, gltf_rich, hps_rich, threemf_rich, vtp_appended,
    vtp_inline,
};

fn read(bytes: &[u8]) -> Decoded {
    decode(bytes, None, &Limits::default()).expect("a sound file")
}

fn codes(decoded: &Decoded) -> Vec<NoteCode> {
    decoded.notes.iter().map(|n| n.code).collect()
}

#[test]
fn ply_keeps_colours_normals_scalars_labels_and_texture() {
    let decoded = read(PLY_RICH.as_bytes());
    let part = &decoded.parts[0];
    assert_eq!(part.colours.as_ref().unwrap().as_slice()[2], [0, 0, 255]);
    assert_eq!(part.normals.as_ref().unwrap().as_slice()[0], [0., 0., 1.]);
    assert_eq!(part.scalars[0].0, "quality");
    assert_eq!(part.scalars[0].1.as_slice(), [0.5, 0.25, 0.125, 1e-3]);
    assert_eq!(part.labels[0].1.as_slice(), [11, 11, 12, 0]);
    assert_eq!(part.face_labels[0].1.as_slice(), [17, 17]);
    let texture = part.texture.as_ref().unwrap();
    assert_eq!(texture.image.as_deref(), Some("upper jaw.png"));
    let coordinates = texture.coordinates.as_ref().unwrap();
    for (face, uv) in coordinates.iter() {
        let corners = part.mesh.corners(face);
        for (corner, uv) in corners.iter().zip(uv) {
            assert_eq!(
                [corner.x as f32, corner.y as f32],
                *uv,
                "each corner keeps its own coordinates"
            );
        }
    }
    assert_eq!(codes(&decoded), [NoteCode::NotKept]);
}

#[test]
fn ply_strips_keep_their_side() {
    let mesh = &read(PLY_STRIP.as_bytes()).parts[0].mesh;
    assert_eq!(mesh.face_count(), 3);
    for face in mesh.face_ids().take(2) {
        assert!(mesh.face_area_vector(face).z > 0.0);
    }
}

#[test]
fn obj_keeps_objects_groups_colours_normals_and_the_texture_reference() {
    let decoded = read(OBJ_RICH.as_bytes());
    assert_eq!(decoded.parts.len(), 2);
    let [upper, lower] = decoded.parts.as_slice() else {
        panic!("two objects")
    };
    assert_eq!(upper.name.as_deref(), Some("upper"));
    assert_eq!((upper.mesh.vertex_count(), upper.mesh.face_count()), (4, 2));
    assert_eq!((lower.mesh.vertex_count(), lower.mesh.face_count()), (3, 1));
    assert_eq!(lower.mesh.points()[0].z, 5.0);
    assert_eq!(upper.colours.as_ref().unwrap().as_slice()[1], [0, 255, 0]);
    assert_eq!(upper.normals.as_ref().unwrap().as_slice()[3], [0., 0., 1.]);
    assert_eq!(lower.face_labels[0].1.as_slice(), [1]);
    let texture = upper.texture.as_ref().unwrap();
    assert_eq!(texture.library.as_deref(), Some("jaw.mtl"));
    assert_eq!(texture.material.as_deref(), Some("scan"));
    assert_eq!(
        lower
            .texture
            .as_ref()
            .unwrap()
            .coordinates
            .as_ref()
            .unwrap()
            .as_slice()[0][2],
        [0., 1.]
    );
}

#[test]
fn an_archive_lends_the_material_library_to_its_obj_files() {
    let archive = zip(&[
        ("scans/jaw.obj", OBJ_RICH.as_bytes()),
        ("scans/jaw.mtl", MTL.as_bytes()),
    ]);
    let decoded = read(&archive);
    assert_eq!(decoded.format, Format::Zip);
    assert_eq!(decoded.parts[0].name.as_deref(), Some("jaw.obj/upper"));
    assert_eq!(
        decoded.parts[0].texture.as_ref().unwrap().image.as_deref(),
        Some("jaw.png")
    );
}

#[test]
fn coff_keeps_colours_and_cuts_polygons() {
    let decoded = read(COFF.as_bytes());
    let part = &decoded.parts[0];
    assert_eq!(part.mesh.face_count(), 2);
    assert_eq!(part.colours.as_ref().unwrap().as_slice()[3], [9, 8, 7]);
    let real = "COFF\n3 1 0\n0 0 0 1.0 0 0 1\n1 0 0 0 0.5 0 1\n0 1 0 0 0 0 1\n3 0 1 2\n";
    assert_eq!(
        read(real.as_bytes()).parts[0]
            .colours
            .as_ref()
            .unwrap()
            .as_slice()[1],
        [0, 128, 0]
    );
    let normals = "NOFF\n3 1 0\n0 0 0 0 0 1\n1 0 0 0 0 1\n0 1 0 0 0 1\n3 0 1 2\n";
    assert_eq!(
        read(normals.as_bytes()).parts[0]
            .normals
            .as_ref()
            .unwrap()
            .as_slice()[1],
        [0., 0., 1.]
    );
}

#[test]
fn threemf_components_are_moved_to_their_places() {
    let decoded = read(&threemf_rich());
    assert_eq!(decoded.declared_unit, Some(DeclaredUnit::Inch));
    assert_eq!(decoded.parts.len(), 3);
    assert!(
        decoded
            .parts
            .iter()
            .all(|p| p.name.as_deref() == Some("tooth & gum"))
    );
    let [turned, mirrored, plain] = decoded.parts.as_slice() else {
        panic!("three parts")
    };
    // Row vectors: x of the object becomes y of the pair, and the item adds 100 to x.
    assert_eq!(turned.mesh.points()[1], [100., 1., 0.].into());
    assert_eq!(turned.mesh.points()[2], [99., 0., 0.].into());
    assert_eq!(mirrored.mesh.points()[1], [109., 0., 0.].into());
    for part in [turned, mirrored, plain] {
        assert!(
            (part.mesh.signed_volume() - 1.0 / 6.0).abs() < 1e-12,
            "outside stays out, mirrored or not"
        );
    }
}

#[test]
fn gltf_is_welded_moved_and_keeps_colours_and_texture_coordinates() {
    for bytes in [gltf_rich().into_bytes(), glb_rich()] {
        let decoded = read(&bytes);
        assert_eq!(decoded.declared_unit, Some(DeclaredUnit::Metre));
        let part = &decoded.parts[0];
        assert_eq!(part.name.as_deref(), Some("upper"));
        assert_eq!(
            (part.mesh.vertex_count(), part.mesh.face_count()),
            (4, 2),
            "the seam is closed"
        );
        // (1, 0) is doubled, turned a quarter to (0, 2), and moved by 10.
        assert!((part.mesh.points()[1] - stonecast_mesh::Point::new(10., 2., 0.)).norm() < 1e-12);
        assert_eq!(part.colours.as_ref().unwrap().as_slice()[3], [7, 7, 7]);
        let texture = part.texture.as_ref().unwrap();
        assert_eq!(texture.image.as_deref(), Some("upper.png"));
        let seam = texture.coordinates.as_ref().unwrap().as_slice()[1];
        assert_eq!(
            seam,
            [[0.5, 0.], [0.5, 1.], [0., 1.]],
            "the seam's coordinates stay apart"
        );
    }
}

#[test]
fn gltf_strips_fans_and_sparse_rows_are_read() {
    let text = Spec::tetrahedron().gltf();
    let strip = text.replace("\"indices\":1", "\"mode\":5");
    let mesh = &read(strip.as_bytes()).parts[0].mesh.clone();
    assert_eq!(
        mesh.faces().iter().map(|f| f.map(|v| v.0)).collect::<Vec<_>>(),
        [[0, 1, 2], [2, 1, 3]]
    );
    let fan = text.replace("\"indices\":1", "\"mode\":6");
    assert_eq!(
        read(fan.as_bytes()).parts[0].mesh.faces()[1].map(|v| v.0),
        [0, 2, 3]
    );
    // The first index of the buffer is 0 and the third 1: row 0 takes the first row of the indices' bytes.
    let sparse = text.replace(
        "\"count\":4,\"type\":\"VEC3\"",
        "\"count\":4,\"type\":\"VEC3\",\"sparse\":{\"count\":1,\"indices\":{\"bufferView\":1,\"componentType\":5125},\
         \"values\":{\"bufferView\":0,\"byteOffset\":12}}",
    );
    assert_eq!(
        read(sparse.as_bytes()).parts[0].mesh.points()[0],
        [10., 0., 2.5].into()
    );
}

#[test]
fn vtp_is_read_in_every_encoding() {
    for compressed in [false, true] {
        let decoded = read(&vtp_inline(compressed));
        let part = &decoded.parts[0];
        assert_eq!((part.mesh.vertex_count(), part.mesh.face_count()), (4, 2));
        assert!((part.mesh.area() - 1.0).abs() < 1e-12);
        assert_eq!(part.colours.as_ref().unwrap().as_slice()[2], [0, 0, 255]);
        assert_eq!(part.scalars[0].1.as_slice(), [0., 0.5, 1., 1.5]);
        assert_eq!(part.labels[0].1.as_slice(), [11, 0, 0, 12]);
        assert_eq!(part.face_labels[0].1.as_slice(), [3, 3]);
    }
    for raw in [false, true] {
        let mesh = &read(&vtp_appended(raw)).parts[0].mesh.clone();
        assert_eq!(mesh.face_count(), 2);
        assert!(
            mesh.face_ids().all(|f| mesh.face_area_vector(f).z > 0.0),
            "a strip keeps its side"
        );
    }
}

#[test]
fn hps_keeps_colours_and_texture_coordinates() {
    let decoded = read(&hps_rich());
    assert_eq!(decoded.declared_unit, Some(DeclaredUnit::Millimetre));
    let part = &decoded.parts[0];
    assert!(part.mesh.topology().is_closed(&part.mesh));
    assert_eq!(part.colours.as_ref().unwrap().as_slice()[1], [0, 255, 0]);
    let coordinates = part.texture.as_ref().unwrap().coordinates.as_ref().unwrap();
    assert_eq!(coordinates.as_slice()[0][0], [0.0, 1.0]);
    assert_eq!(coordinates.as_slice()[0][1][0], 4096.0 / 32767.0);
}

#[test]
fn the_content_decides_and_a_wrong_extension_is_noted() {
    let stl = Spec::tetrahedron().stl();
    let decoded = decode(&stl, Some(Format::Ply), &Limits::default()).unwrap();
    assert_eq!(decoded.format, Format::Stl);
    assert_eq!(codes(&decoded), [NoteCode::ExtensionDiffers]);
    for format in Format::ALL {
        let bytes = Spec::tetrahedron().build(format);
        assert_eq!(Format::sniff(&bytes), Some(format));
        assert_eq!(
            Format::from_extension(&format.extension().to_uppercase()),
            Some(format)
        );
    }
}
