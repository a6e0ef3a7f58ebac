use proptest::prelude::*;

use super::*;
use crate::{
    RigidMotion, Vector,
    repair::{FaultKind, diagnose},
    surface::shapes,
};

fn mesh(points: &[[f64; 3]], faces: &[[u32; 3]]) -> TriMesh {
    TriMesh::from_indices(points.iter().map(|&p| Point::from(p)).collect(), faces).unwrap()
}

fn assert_clean(mesh: &TriMesh) {
    let report = diagnose(mesh);
    assert!(report.is_manifold && report.is_oriented, "{:?}", report.faults);
    assert_eq!(report.count(FaultKind::DegenerateFaces), 0);
    assert_eq!(report.count(FaultKind::UnreferencedVertices), 0);
}

/// Every triangle with corners of its own, as in an STL file.
fn soup(whole: &TriMesh) -> TriMesh {
    let points = whole.face_ids().flat_map(|f| whole.corners(f)).collect();
    let faces: Vec<_> = (0..whole.face_count() as u32)
        .map(|f| [3 * f, 3 * f + 1, 3 * f + 2])
        .collect();
    TriMesh::from_indices(points, &faces).unwrap()
}

#[test]
fn a_faultless_mesh_comes_back_as_it_was() {
    for whole in [
        shapes::sphere(3.0, 2),
        shapes::torus(5.0, 2.0, 12, 8),
        shapes::sheet(4, 1.0),
    ] {
        let mended = mend(&whole, &MendParams::default());
        assert_eq!(mended.mesh, whole);
        assert_eq!(mended.report, MendReport::default());
        assert!(mended.vertex_of.iter().copied().eq(whole.vertex_ids()));
    }
}

#[test]
fn a_triangle_soup_becomes_a_closed_surface() {
    let whole = shapes::sphere(3.0, 2);
    let mended = mend(&soup(&whole), &MendParams::default());
    assert_eq!(mended.mesh.vertex_count(), whole.vertex_count());
    assert!(mended.mesh.topology().is_closed(&mended.mesh));
    assert_eq!(
        mended.report.welded_vertices,
        3 * whole.face_count() - whole.vertex_count()
    );
    assert_eq!(mended.report.dropped_vertices, 0);
}

#[test]
fn faces_wound_the_wrong_way_are_turned_to_agree_with_the_rest() {
    let whole = shapes::sphere(3.0, 2);
    let faces = whole.face_ids().map(|f| {
        let [a, b, c] = whole.face(f);
        if f.0 % 3 == 0 { [a, c, b] } else { [a, b, c] }
    });
    let mixed = TriMesh::new(whole.points().to_vec(), faces.collect()).unwrap();
    let mended = mend(&mixed, &MendParams::default());
    assert_eq!(mended.report.rewound_faces, whole.face_count().div_ceil(3));
    assert!((mended.mesh.signed_volume() - whole.signed_volume()).abs() < 1e-9);
}

#[test]
fn a_duplicated_face_goes_whichever_way_it_is_wound() {
    let whole = shapes::sphere(3.0, 1);
    let mut faces = whole.faces().to_vec();
    let [a, b, c] = faces[7];
    faces.extend([[b, c, a], [a, c, b]]);
    let mended = mend(
        &TriMesh::new(whole.points().to_vec(), faces).unwrap(),
        &MendParams::default(),
    );
    assert_eq!(mended.mesh, whole);
    assert_eq!(mended.report.duplicated_faces, 2);
}

#[test]
fn a_fin_is_dropped_and_the_surface_stays() {
    let whole = shapes::sheet(20, 20.0);
    let mut points = whole.points().to_vec();
    points.push(Point::new(5.5, 5.0, 1.0));
    let mut faces = whole.faces().to_vec();
    let row = 5 * 21 + 5;
    faces.push([VertexId(row), VertexId(row + 1), VertexId(441)]);
    let finned = TriMesh::new(points, faces).unwrap();
    assert_eq!(diagnose(&finned).count(FaultKind::NonManifoldEdges), 1);
    let mended = mend(&finned, &MendParams::default());
    assert_eq!(mended.mesh, whole);
    assert_eq!((mended.report.flap_faces, mended.report.dropped_vertices), (1, 1));
}

#[test]
fn large_sheets_that_share_an_edge_are_cut_apart_along_it() {
    // Two boxes that touch along one edge: four faces there.
    let cube = |at: [f64; 3]| {
        let corners: Vec<[f64; 3]> = (0..8u32)
            .map(|i| [0, 1, 2].map(|k| at[k as usize] + f64::from(i >> k & 1)))
            .collect();
        mesh(
            &corners,
            &[
                [0, 2, 3],
                [0, 3, 1],
                [4, 5, 7],
                [4, 7, 6],
                [0, 1, 5],
                [0, 5, 4],
                [2, 6, 7],
                [2, 7, 3],
                [0, 4, 6],
                [0, 6, 2],
                [1, 3, 7],
                [1, 7, 5],
            ],
        )
    };
    let both = TriMesh::joined([&cube([0., 0., 0.]), &cube([1., 1., 0.])]);
    let mended = mend(&both, &MendParams::default());
    assert_clean(&mended.mesh);
    assert_eq!(crate::topology::components(&mended.mesh).len(), 2);
    assert!(mended.mesh.topology().is_closed(&mended.mesh));
    assert_eq!((mended.report.cut_edges, mended.report.added_vertices), (1, 2));
    assert!((mended.mesh.signed_volume() - 2.0).abs() < 1e-12);
}

#[test]
fn a_bow_tie_becomes_two_vertices_at_one_position() {
    let tie = mesh(
        &[
            [0., 0., 0.],
            [1., 0., 0.],
            [1., 1., 0.],
            [-1., 0., 0.],
            [-1., -1., 0.],
        ],
        &[[0, 1, 2], [0, 3, 4]],
    );
    assert_eq!(diagnose(&tie).count(FaultKind::NonManifoldVertices), 1);
    let mended = mend(&tie, &MendParams::default());
    assert_clean(&mended.mesh);
    assert_eq!(mended.mesh.vertex_count(), 6);
    assert_eq!(mended.vertex_of.iter().filter(|v| v.0 == 0).count(), 2);
}

#[test]
fn a_one_sided_strip_is_cut_once_across() {
    let n = 12u32;
    let points: Vec<[f64; 3]> = (0..2 * n)
        .map(|i| {
            let u = std::f64::consts::TAU * f64::from(i / 2) / f64::from(n);
            let w = (f64::from(i % 2) - 0.5) * 1.5;
            let r = 4.0 + w * (u / 2.0).cos();
            [r * u.cos(), r * u.sin(), w * (u / 2.0).sin()]
        })
        .collect();
    let faces: Vec<[u32; 3]> = (0..n)
        .flat_map(|i| {
            let (a, b) = (2 * i, 2 * i + 1);
            let (c, d) = if i + 1 == n {
                (1, 0)
            } else {
                (2 * i + 2, 2 * i + 3)
            };
            [[a, c, d], [a, d, b]]
        })
        .collect();
    let strip = mesh(&points, &faces);
    assert!(!diagnose(&strip).is_oriented);
    let mended = mend(&strip, &MendParams::default());
    assert_clean(&mended.mesh);
    assert_eq!(mended.mesh.face_count(), strip.face_count());
    assert_eq!(mended.report.added_vertices, 2);
}

#[test]
fn a_flat_triangle_is_dissolved_without_opening_a_crack() {
    // The square's lower side carries an extra vertex that only a flat triangle uses.
    let square = mesh(
        &[
            [0., 0., 0.],
            [2., 0., 0.],
            [1., 0., 0.],
            [1., 2., 0.],
            [1., -2., 0.],
        ],
        &[[0, 1, 3], [0, 2, 1], [0, 4, 2], [2, 4, 1]],
    );
    let mended = mend(&square, &MendParams::default());
    assert_clean(&mended.mesh);
    assert_eq!(mended.report.degenerate_faces, 1);
    assert_eq!(mended.mesh.face_count(), 4);
    assert!((mended.mesh.area() - 4.0).abs() < 1e-12);
    assert_eq!(diagnose(&mended.mesh).border_loops.len(), 1);
}

#[test]
fn small_pieces_go_and_are_counted() {
    let big = shapes::sphere(10.0, 3);
    let small = shapes::sphere(0.5, 0);
    let mended = mend(&TriMesh::joined([&small, &big]), &MendParams::default());
    assert_eq!(mended.mesh, big);
    assert_eq!(
        (mended.report.dropped_pieces, mended.report.dropped_piece_faces),
        (1, 20)
    );
    let all = MendParams {
        piece_share: 0.0,
        ..MendParams::default()
    };
    assert_eq!(
        mend(&TriMesh::joined([&small, &big]), &all).report,
        MendReport::default()
    );
}

fn any_soup() -> impl Strategy<Value = TriMesh> {
    let point = prop::array::uniform3((0..4u8).prop_map(f64::from));
    let points = prop::collection::vec(point, 4..14);
    points.prop_flat_map(|points| {
        let n = points.len() as u32;
        prop::collection::vec(prop::array::uniform3(0..n), 1..40).prop_map(move |faces| mesh(&points, &faces))
    })
}

proptest! {
    #[test]
    fn any_soup_becomes_manifold_and_oriented_with_no_new_position(soup in any_soup()) {
        let keep = MendParams { flap_share: 0.01, piece_share: 0.0 };
        let mended = mend(&soup, &keep);
        if !mended.mesh.is_empty() {
            assert_clean(&mended.mesh);
        }
        for v in mended.mesh.vertex_ids() {
            prop_assert_eq!(mended.mesh.point(v), soup.point(mended.vertex_of[v.index()]));
        }
        prop_assert_eq!(mended.face_of.len(), mended.mesh.face_count());
    }

    #[test]
    fn the_pose_does_not_matter(angles in prop::array::uniform3(-3.0..3.0f64), seed in 0..1000u32) {
        // Faces dropped and turned at random, so that there is something to mend.
        let whole = shapes::sphere(3.0, 2);
        let faces = whole.face_ids().filter(|f| f.0.wrapping_mul(2_654_435_761).wrapping_add(seed) % 7 != 0).map(|f| {
            let [a, b, c] = whole.face(f);
            if f.0 % 5 == 0 { [a, c, b] } else { [a, b, c] }
        });
        let holed = TriMesh::new(whole.points().to_vec(), faces.collect()).unwrap();
        let motion = RigidMotion::new(Vector::new(50., -20., 9.), Vector::from(angles));
        let here = mend(&holed, &MendParams::default());
        let there = mend(&holed.transformed(&motion), &MendParams::default());
        prop_assert_eq!(here.mesh.faces(), there.mesh.faces());
        prop_assert_eq!(here.report, there.report);
    }
}
