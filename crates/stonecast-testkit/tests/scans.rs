//! Faulty scans, bite scans and poses are such as they say.

use stonecast_dental::Side;
use stonecast_mesh::topology;
use stonecast_testkit::{
    DentitionSpec, ScanFaults, bite_scan, dentition, in_random_pose, random_motion, scan_as_if,
};

fn pair() -> stonecast_testkit::SyntheticPair {
    dentition(&DentitionSpec {
        triangles: 20_000,
        ..DentitionSpec::default()
    })
}

#[test]
fn a_scan_without_faults_is_the_mesh_itself() {
    let mesh = pair().lower.mesh;
    let scan = scan_as_if(&mesh, &ScanFaults::NONE);
    assert_eq!(scan.mesh, mesh);
    assert!(
        scan.face_of
            .iter()
            .enumerate()
            .all(|(i, f)| f.map(stonecast_mesh::FaceId::index) == Some(i))
    );
}

#[test]
fn each_fault_is_there_as_often_as_asked_for() {
    let mesh = pair().lower.mesh;
    let faults = ScanFaults {
        noise_mm: 0.01,
        holes: 3,
        hole_radius_mm: 1.0,
        floating_pieces: 4,
        doubled_faces: 6,
        degenerate_faces: 5,
        fins: 2,
        loose_vertices: 7,
        seed: 3,
    };
    let scan = scan_as_if(&mesh, &faults);
    assert_eq!(scan.face_of.len(), scan.mesh.face_count());
    let degenerate = scan
        .mesh
        .faces()
        .iter()
        .filter(|[a, b, c]| a == b || b == c || a == c);
    assert_eq!(degenerate.count(), 5);
    assert_eq!(topology::components(&scan.mesh).len(), 1 + 4);
    assert!(scan.mesh.topology().non_manifold_edges().count() >= 2);
    let added = scan.face_of.iter().filter(|f| f.is_none()).count();
    assert_eq!(added, 5 + 2 + 4 * 8);
}

#[test]
fn holes_are_borders_of_their_own() {
    let mesh = pair().upper.mesh;
    let faults = ScanFaults {
        holes: 3,
        hole_radius_mm: 1.2,
        seed: 5,
        ..ScanFaults::NONE
    };
    let scan = scan_as_if(&mesh, &faults);
    assert!(topology::boundary_loops(&scan.mesh).len() >= 3);
    assert!(scan.mesh.face_count() < mesh.face_count());
}

#[test]
fn noise_has_the_size_asked_for() {
    let mesh = pair().lower.mesh;
    let scan = scan_as_if(
        &mesh,
        &ScanFaults {
            noise_mm: 0.02,
            ..ScanFaults::NONE
        },
    );
    let moved: f64 = mesh
        .points()
        .iter()
        .zip(scan.mesh.points())
        .map(|(p, q)| (p - q).norm_squared())
        .sum::<f64>()
        / mesh.vertex_count() as f64;
    assert!((moved.sqrt() - 0.02).abs() < 0.001, "{}", moved.sqrt());
}

#[test]
fn a_bite_scan_shows_both_arches_of_its_side_only() {
    let pair = pair();
    for side in [Side::Right, Side::Left] {
        let bite = bite_scan(&pair, side, 0.0, 1);
        let bounds = bite.bounds().unwrap();
        let (near, far) = if side == Side::Left {
            (bounds.min.x, bounds.max.x)
        } else {
            (-bounds.max.x, -bounds.min.x)
        };
        assert!(near > 5.0 && far > 20.0, "{near} {far}");
        assert!(bounds.max.z > 5.0 && bounds.min.z < -5.0);
        assert!(bite.face_count() > 1_000);
    }
}

#[test]
fn poses_are_rigid_and_repeatable() {
    let mesh = pair().lower.mesh;
    let (posed, motion) = in_random_pose(&mesh, 9);
    assert_eq!(motion, random_motion(9));
    assert_ne!(motion, random_motion(10));
    assert!((posed.area() - mesh.area()).abs() < 1e-6);
    let back = posed.transformed(&motion.inverse());
    assert!(
        (back.point(stonecast_mesh::VertexId(5)) - mesh.point(stonecast_mesh::VertexId(5))).norm() < 1e-9
    );
}
