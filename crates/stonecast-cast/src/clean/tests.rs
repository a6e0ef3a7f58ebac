use super::*;
use stonecast_mesh::{Point, RigidMotion, Vector, surface::shapes};

/// An open cup: a ball without its lower cap, as open as an arch.
fn cup() -> TriMesh {
    let ball = shapes::sphere(10.0, 4);
    ball.submesh(|f| ball.face_centroid(f).z > -5.0).mesh
}

fn cleaned(mesh: &TriMesh) -> Checked<Cleaned> {
    clean(mesh, None, &CleanParams::default()).unwrap()
}

#[test]
fn a_clean_surface_stays_as_it_is() {
    let cup = cup();
    let result = cleaned(&cup);
    assert_eq!(result.value.mesh, cup);
    assert_eq!(result.value.report, CleanReport::default());
    assert_eq!(result.warnings, []);
}

#[test]
fn an_inside_out_surface_is_turned_and_said_so() {
    let cup = cup();
    let result = cleaned(&cup.flipped());
    assert_eq!(result.value.mesh, cup);
    assert_eq!(result.value.report.turned_faces, cup.face_count());
    assert_eq!(result.warnings[0].code, "cast.clean.turned");
}

#[test]
fn the_normals_of_an_impression_stay_as_exported_where_that_is_asked_for() {
    let inverted = cup().flipped();
    let params = CleanParams {
        turns_outwards: false,
        ..CleanParams::default()
    };
    let result = clean(&inverted, None, &params).unwrap();
    assert_eq!(result.value.mesh, inverted);
    assert_eq!(result.value.report, CleanReport::default());
    assert_eq!(result.warnings, []);
}

#[test]
fn a_mirrored_surface_is_turned_too() {
    let mirrored = cup().map_points(|p| Point::new(-p.x, p.y, p.z)).unwrap();
    assert_eq!(cleaned(&mirrored).value.report.turned_pieces, 1);
}

#[test]
fn colours_follow_their_vertices() {
    let cup = cup();
    let crumb = shapes::sphere(0.1, 0);
    let both = TriMesh::joined([&crumb, &cup]);
    let colours = VertexData::from_vec(
        (0..both.vertex_count())
            .map(|i| [i as u8, (i >> 8) as u8, 7])
            .collect(),
    );
    let result = clean(&both, Some(&colours), &CleanParams::default()).unwrap();
    assert_eq!(result.warnings[0].code, "cast.clean.pieces-dropped");
    let Cleaned {
        mesh,
        vertex_of,
        colours: carried,
        ..
    } = result.value;
    let carried = carried.unwrap();
    for v in mesh.vertex_ids() {
        let old = vertex_of[v.index()].expect("nothing was made");
        assert_eq!(mesh.point(v), both.point(old));
        assert_eq!(carried[v], colours[old]);
    }
}

#[test]
fn the_pose_changes_nothing_but_the_pose() {
    let faulty = TriMesh::joined([&cup().flipped(), &shapes::sphere(0.1, 0)]);
    let motion = RigidMotion::new(Vector::new(50., -20., 9.), Vector::new(1.0, -2.0, 0.3));
    let (here, there) = (cleaned(&faulty), cleaned(&faulty.transformed(&motion)));
    assert_eq!(here.value.report, there.value.report);
    assert_eq!(here.value.mesh.transformed(&motion), there.value.mesh);
}

#[test]
fn nonsense_is_refused_with_a_remedy() {
    let refusal = |mesh: &TriMesh| {
        clean(mesh, None, &CleanParams::default())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        refusal(&shapes::sphere(1.0, 0)),
        "the scan has 20 triangles, fewer than the 200 that an arch needs: \
         check that the export was complete and that this file is the scan"
    );
    let flat = shapes::sphere(1.0, 2).map_points(|_| Point::origin()).unwrap();
    assert_eq!(
        refusal(&flat),
        "the scan's triangles have no area: export it again"
    );
    let colours = VertexData::filled(3, [0; 3]);
    let error = clean(&cup(), Some(&colours), &CleanParams::default()).unwrap_err();
    assert!(matches!(error, CleanError::ColourCount { colour_count: 3, .. }));
}

#[test]
fn a_small_hole_is_filled_marked_and_coloured_and_a_large_one_left() {
    let cup = cup();
    let small = Point::new(0.0, 0.0, 10.0);
    let large = Point::new(10.0, 0.0, 0.0);
    let holed = cup.submesh(|f| {
        let p = cup.face_centroid(f);
        (p - small).norm() > 0.8 && (p - large).norm() > 3.0
    });
    let colours = VertexData::filled(holed.mesh.vertex_count(), [200, 150, 100]);
    let result = clean(&holed.mesh, Some(&colours), &CleanParams::default()).unwrap();
    let cleaned = result.value;
    assert_eq!((cleaned.report.holes_filled, cleaned.report.holes_left), (1, 1));
    let made = cleaned.is_made.iter().filter(|(_, made)| **made).count();
    assert_eq!(made, cleaned.report.hole_faces_added);
    assert_eq!(cleaned.mesh.face_count(), holed.mesh.face_count() + made);
    assert!(
        cleaned
            .colours
            .unwrap()
            .as_slice()
            .iter()
            .all(|c| *c == [200, 150, 100])
    );
    let codes: Vec<_> = result.warnings.iter().map(|w| w.code.as_str()).collect();
    assert_eq!(codes, ["cast.clean.holes-filled", "cast.clean.holes-left"]);
}
