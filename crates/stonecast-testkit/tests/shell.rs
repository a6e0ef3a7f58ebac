//! The shells are such as an intraoral scanner gives: open, manifold, in one piece with one border, labelled.

use stonecast_dental::{Fdi, Jaw, LandmarkKind};
use stonecast_mesh::{TriMesh, topology};
use stonecast_testkit::{DentitionSpec, SyntheticArch, demo_spec, dentition};

fn small(spec: DentitionSpec) -> DentitionSpec {
    DentitionSpec {
        triangles: 12_000,
        ..spec
    }
}

fn is_an_open_manifold_shell(mesh: &TriMesh) {
    assert_eq!(mesh.topology().non_manifold_edges().count(), 0);
    assert_eq!(topology::components(mesh).len(), 1);
    let loops = topology::boundary_loops(mesh);
    assert_eq!(
        loops.len(),
        1,
        "{:?}",
        loops.iter().map(Vec::len).collect::<Vec<_>>()
    );
    let border: usize = mesh
        .topology()
        .edges()
        .iter()
        .filter(|e| mesh.topology().is_border(e))
        .count();
    assert_eq!(loops[0].len(), border);
}

#[test]
fn both_arches_are_open_manifold_shells_with_one_border() {
    for spec in [DentitionSpec::default(), demo_spec()] {
        let pair = dentition(&small(spec));
        is_an_open_manifold_shell(&pair.upper.mesh);
        is_an_open_manifold_shell(&pair.lower.mesh);
    }
}

#[test]
fn the_surface_faces_the_other_arch() {
    let pair = dentition(&small(DentitionSpec::default()));
    // The area vector of an open shell points to the side from which it was scanned.
    assert!(pair.upper.mesh.area_vector().z < -500.0);
    assert!(pair.lower.mesh.area_vector().z > 300.0);
}

#[test]
fn every_tooth_has_faces_and_every_face_one_owner() {
    let pair = dentition(&small(DentitionSpec::default()));
    let check = |arch: &SyntheticArch| {
        assert_eq!(arch.truth.face_labels.len(), arch.mesh.face_count());
        assert_eq!(arch.truth.vertex_labels.len(), arch.mesh.vertex_count());
        for tooth in Fdi::all().filter(|t| !t.is_primary() && t.jaw() == arch.jaw && t.position() < 8) {
            let faces = arch.truth.face_labels.iter().filter(|(_, l)| **l == Some(tooth));
            assert!(faces.count() > 60, "{tooth}");
        }
        assert!(arch.truth.face_labels.iter().any(|(_, l)| l.is_none()));
    };
    check(&pair.upper);
    check(&pair.lower);
}

#[test]
fn the_patients_left_is_at_positive_x_and_the_incisors_are_in_front() {
    let pair = dentition(&small(DentitionSpec::default()));
    for arch in [&pair.upper, &pair.lower] {
        for tooth in &arch.truth.teeth {
            let [x, y, _] = tooth.origin_in_cast;
            assert!(x * tooth.tooth.side().sign() > 0.0, "{}", tooth.tooth);
            match tooth.tooth.position() {
                1..=3 => assert!(y < 15.0, "{} {y}", tooth.tooth),
                6.. => assert!(y > 20.0, "{} {y}", tooth.tooth),
                _ => {}
            }
        }
    }
    assert!(pair.arch(Jaw::Upper).truth.teeth[0].occlusal_in_cast[2] < -0.8);
    assert!(pair.arch(Jaw::Lower).truth.teeth[0].occlusal_in_cast[2] > 0.8);
}

#[test]
fn the_origin_is_the_upper_incisal_edges_midpoint() {
    let pair = dentition(&small(DentitionSpec::default()));
    let at = |n: u8| {
        let tooth = Fdi::new(n).unwrap();
        pair.upper
            .truth
            .landmark(tooth, LandmarkKind::IncisalMidpoint)
            .unwrap()
    };
    let (right, left) = (at(11), at(21));
    for k in 0..3 {
        assert!((right[k] + left[k]).abs() < 2e-3, "{right:?} {left:?}");
    }
}

#[test]
fn equal_specs_make_equal_meshes() {
    let spec = small(demo_spec());
    let (one, two) = (dentition(&spec), dentition(&spec));
    assert_eq!(one.upper.mesh, two.upper.mesh);
    assert_eq!(one.lower.mesh, two.lower.mesh);
    assert_eq!(one.lower.truth, two.lower.truth);
}
