use stonecast_mesh::{FaceId, Point, TriMesh, VertexId};

use super::*;

/// A horseshoe of a ridge: a sheet over the arch from the lingual to the buccal border, wavy at both.
fn arch(jaw: Jaw) -> TriMesh {
    let (along, across) = (160u32, 24u32);
    let mut points = Vec::new();
    for i in 0..=along {
        let a = std::f64::consts::PI * (f64::from(i) / f64::from(along) - 0.5);
        for j in 0..=across {
            let s = f64::from(j) / f64::from(across) * 2.0 - 1.0;
            let wave = 1.0 + 0.15 * (a * 9.0 + s).sin() + 0.1 * (a * 31.0).cos() * s.abs();
            let height = 14.0 * s * s * wave;
            let r = 25.0 + 5.0 * s - 1.5 * s * (1.0 - s * s);
            let (x, y) = (r * a.sin(), 30.0 - 1.2 * r * a.cos());
            points.push(Point::new(x, y, height));
        }
    }
    let width = across + 1;
    let faces: Vec<[u32; 3]> = (0..along * across)
        .flat_map(|q| {
            let a = q / across * width + q % across;
            [[a, a + width, a + width + 1], [a, a + width + 1, a + 1]]
        })
        .collect();
    let upper = TriMesh::from_indices(points, &faces).unwrap();
    match jaw {
        Jaw::Upper => upper,
        Jaw::Lower => mirror(&upper),
    }
}

fn assert_solid(mesh: &TriMesh) {
    assert!(mesh.topology().is_closed(mesh));
    assert!(mesh.signed_volume() > 0.0);
    assert!(stonecast_mesh::repair::self_intersections(mesh).is_empty());
    let single = mesh.map_points(|p| p.map(|c| f64::from(c as f32))).unwrap();
    let mut seen: Vec<[u64; 3]> = single
        .points()
        .iter()
        .map(|p| [p.x, p.y, p.z].map(f64::to_bits))
        .collect();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(
        seen.len(),
        mesh.vertex_count(),
        "two points coincide in single precision"
    );
    assert!(single.face_ids().all(|f| single.face_area(f) > 0.0));
}

fn pair(preset: &str) -> Bases {
    let params = BaseParams {
        preset: preset.to_owned(),
        ..BaseParams::default()
    };
    base_pair(Some(&arch(Jaw::Upper)), Some(&arch(Jaw::Lower)), &params)
        .unwrap()
        .value
}

#[test]
fn every_preset_gives_closed_solids_alone_and_joined() {
    for preset in presets() {
        let bases = pair(&preset.name);
        for base in [bases.upper.unwrap(), bases.lower.unwrap()] {
            assert_solid(&base.body);
            assert_solid(&base.joined);
        }
    }
}

#[test]
fn the_anatomy_inside_the_trim_line_is_the_scans_bit_for_bit() {
    let scan = arch(Jaw::Lower);
    let base = base_pair(None, Some(&scan), &BaseParams::default())
        .unwrap()
        .value
        .lower
        .unwrap();
    assert!(base.trimmed.untouched.len() > scan.face_count() / 2);
    for (i, &f) in base.trimmed.untouched.iter().enumerate() {
        let bits = |m: &TriMesh, f: FaceId| m.corners(f).map(|p| [p.x, p.y, p.z].map(f64::to_bits));
        assert_eq!(bits(&scan, f), bits(&base.joined, FaceId::new(i)));
    }
}

#[test]
fn cut_pieces_lie_in_the_triangles_that_they_were_cut_from() {
    let scan = arch(Jaw::Upper);
    let base = base_pair(Some(&scan), None, &BaseParams::default())
        .unwrap()
        .value
        .upper
        .unwrap();
    let index = stonecast_mesh::spatial::SpatialIndex::build(&scan);
    let first = base.trimmed.untouched.len();
    for i in first..first + base.trimmed.cut_pieces {
        let centre = base.joined.face_centroid(FaceId::new(i));
        // Single precision at 40 mm: 4e-6 mm.
        assert!(index.closest_point(&centre, 1.0).unwrap().distance < 1e-5);
    }
}

#[test]
fn backs_are_flush_and_bases_symmetric_and_parallel() {
    let bases = pair("orthodontic");
    for base in [bases.upper.as_ref().unwrap(), bases.lower.as_ref().unwrap()] {
        let bounds = base.body.bounds().unwrap();
        assert_eq!(bounds.max.y, bases.back_y_in_cast.0);
        assert_eq!(bounds.max.x, -bounds.min.x);
        let outline: Vec<[f64; 2]> = base.outline_in_cast.iter().map(|p| p.map(|c| c.0)).collect();
        assert!(outline.iter().all(|p| outline.contains(&[0.0 - p[0], p[1]])));
        let up = if base.jaw == Jaw::Upper { 1.0 } else { -1.0 };
        let bottom = base
            .body
            .points()
            .iter()
            .filter(|p| p.z * up == base.heights.bottom.0)
            .count();
        assert_eq!(bottom, outline.len());
    }
}

#[test]
fn a_mirrored_arch_gets_the_mirrored_base() {
    let scan = arch(Jaw::Upper);
    let other = scan.map_points(|p| Point::new(-p.x, p.y, p.z)).unwrap().flipped();
    let [a, b] = [&scan, &other].map(|s| base_pair(Some(s), None, &BaseParams::default()).unwrap().value);
    let (a, b) = (a.upper.unwrap(), b.upper.unwrap());
    assert_eq!(a.outline_in_cast, b.outline_in_cast);
    assert_eq!(a.joined.face_count(), b.joined.face_count());
    assert!((a.joined.signed_volume() - b.joined.signed_volume()).abs() < 1e-3);
}

#[test]
fn an_arch_upside_down_is_refused_with_the_remedy() {
    let error = base_pair(Some(&arch(Jaw::Lower)), None, &BaseParams::default()).unwrap_err();
    assert!(matches!(error, BaseError::NotInCastFrame { jaw: Jaw::Upper, .. }));
    assert!(error.to_string().contains("orient it first"));
}

#[test]
fn a_hole_inside_the_arch_is_closed_in_the_joined_cast() {
    let scan = arch(Jaw::Upper);
    let centre = VertexId(80 * 25 + 12);
    let torn = scan.submesh(|f| !scan.face(f).contains(&centre)).mesh;
    let checked = base_pair(Some(&torn), None, &BaseParams::default()).unwrap();
    let base = checked.value.upper.unwrap();
    assert_eq!(base.trimmed.patch_faces, 6);
    assert_solid(&base.joined);
    assert!(
        checked
            .warnings
            .iter()
            .any(|w| w.code == "cast.base.holes-filled")
    );
}

#[test]
fn a_closed_stone_model_is_cut_level_and_set_on_a_new_base() {
    let stone = base_pair(Some(&arch(Jaw::Upper)), None, &BaseParams::default())
        .unwrap()
        .value
        .upper
        .unwrap()
        .joined;
    let checked = base_pair(Some(&stone), None, &BaseParams::default()).unwrap();
    assert!(checked.warnings.iter().any(|w| w.code == "cast.base.stone-model"));
    assert_solid(&checked.value.upper.unwrap().joined);
}

#[test]
fn an_unknown_preset_names_the_known_ones() {
    let params = BaseParams {
        preset: "mushroom".to_owned(),
        ..BaseParams::default()
    };
    let error = base_pair(None, None, &params).unwrap_err();
    assert!(error.to_string().contains("orthodontic, horseshoe, block"));
}

fn label(style: LabelStyle, face: LabelFace) -> Option<Label> {
    Some(Label {
        lines: vec![
            "P-0042 2026-11-24".to_owned(),
            "UPPER & lower, \u{e9}\u{df}%8".to_owned(),
        ],
        style,
        face,
    })
}

#[test]
fn labels_stand_out_or_go_in_and_leave_closed_solids() {
    let [upper, lower] = [arch(Jaw::Upper), arch(Jaw::Lower)];
    let plain = pair("orthodontic").upper.unwrap().joined.signed_volume();
    for face in [LabelFace::Back, LabelFace::Bottom] {
        for style in [LabelStyle::Embossed, LabelStyle::Engraved] {
            let params = BaseParams {
                upper_label: label(style, face),
                lower_label: label(style, face),
                ..BaseParams::default()
            };
            let bases = base_pair(Some(&upper), Some(&lower), &params).unwrap().value;
            let [u, l] = [bases.upper.unwrap(), bases.lower.unwrap()];
            assert_solid(&u.joined);
            assert_solid(&l.body);
            let grown = u.joined.signed_volume() - plain;
            assert!(
                if style == LabelStyle::Embossed {
                    grown > 20.0
                } else {
                    grown < -20.0
                },
                "{grown}"
            );
        }
    }
}

/// The least distance between the cavity's surface and the rest of a hollow solid, by exact distances from dense
/// samples of the cavity.
fn least_wall(base: &TriMesh) -> f64 {
    let pieces = stonecast_mesh::topology::components(base);
    // Without drain holes the cavity is a piece of its own.
    assert_eq!(pieces.len(), 2);
    let piece = |i: usize| base.submesh(|f| pieces[i].binary_search(&f).is_ok()).mesh;
    let [outer, inner] = if piece(0).signed_volume() > 0.0 {
        [piece(0), piece(1)]
    } else {
        [piece(1), piece(0)]
    };
    assert!(outer.signed_volume() > 0.0 && inner.signed_volume() < 0.0);
    let index = stonecast_mesh::spatial::SpatialIndex::build(&outer);
    let centres = inner.face_ids().map(|f| inner.face_centroid(f));
    let all = inner.points().iter().copied().chain(centres);
    all.map(|p| index.closest_point(&p, 1e3).unwrap().distance)
        .fold(f64::INFINITY, f64::min)
}

#[test]
fn a_hollow_base_keeps_its_wall_everywhere() {
    for preset in presets() {
        let params = BaseParams {
            preset: preset.name.clone(),
            hollow: Some(Hollow {
                wall_mm: 2.0,
                drain_holes: 0,
            }),
            upper_label: label(LabelStyle::Engraved, LabelFace::Bottom),
            ..BaseParams::default()
        };
        let base = base_pair(Some(&arch(Jaw::Upper)), None, &params)
            .unwrap()
            .value
            .upper
            .unwrap();
        for mesh in [&base.body, &base.joined] {
            assert!(least_wall(mesh) >= 2.0, "{}: {}", preset.name, least_wall(mesh));
        }
    }
}

#[test]
fn drain_holes_open_the_cavity_through_the_bottom() {
    let solid = pair("orthodontic").lower.unwrap().joined.signed_volume();
    let params = BaseParams {
        hollow: Some(Hollow {
            wall_mm: 2.0,
            drain_holes: 2,
        }),
        lower_label: label(LabelStyle::Engraved, LabelFace::Bottom),
        ..BaseParams::default()
    };
    let base = base_pair(None, Some(&arch(Jaw::Lower)), &params)
        .unwrap()
        .value
        .lower
        .unwrap();
    for mesh in [&base.body, &base.joined] {
        assert_solid(mesh);
        assert_eq!(stonecast_mesh::topology::components(mesh).len(), 1);
        // Two handles: V - E + F = 2 - 2 * 2 for each tunnel into the one cavity, the first only joins it.
        let euler =
            mesh.vertex_count() as i64 - mesh.topology().edges().len() as i64 + mesh.face_count() as i64;
        assert_eq!(euler, 0);
    }
    assert!(base.joined.signed_volume() < 0.8 * solid);
}

#[test]
fn walls_too_thin_or_too_thick_are_refused() {
    let with_wall = |wall_mm| {
        let params = BaseParams {
            hollow: Some(Hollow {
                wall_mm,
                drain_holes: 1,
            }),
            ..BaseParams::default()
        };
        base_pair(Some(&arch(Jaw::Upper)), None, &params).unwrap_err()
    };
    assert!(matches!(with_wall(0.2), BaseError::WallTooThin { .. }));
    assert!(matches!(with_wall(f64::NAN), BaseError::WallTooThin { .. }));
    assert!(matches!(with_wall(40.0), BaseError::NoCavity { .. }));
}

#[test]
fn noise_of_a_change_of_frame_moves_the_base_by_less_than_1e_minus_4_mm() {
    let scan = arch(Jaw::Upper);
    let mut n = 0u32;
    // A motion there and back in double precision leaves 1e-14 mm; this is a hundred thousand times that.
    let shaken = scan
        .map_points(|p| {
            n = n.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let e = 1e-9 * (f64::from(n >> 16) / 65_536.0 - 0.5);
            Point::new(p.x + e, p.y - e, p.z + e)
        })
        .unwrap();
    let [a, b] = [&scan, &shaken].map(|s| {
        let bases = base_pair(Some(s), None, &BaseParams::default()).unwrap().value;
        bases.upper.unwrap().joined
    });
    let index = stonecast_mesh::spatial::SpatialIndex::build(&a);
    let farthest = b
        .points()
        .iter()
        .map(|p| index.closest_point(p, 1.0).unwrap().distance)
        .fold(0.0, f64::max);
    // New points are rounded to single precision: 4e-6 mm at 40 mm.
    assert!(farthest < 1e-4, "{farthest}");
}

#[test]
fn a_scan_that_touches_itself_is_reported() {
    let scan = arch(Jaw::Upper);
    // Two neighbouring points of the ridge on one place.
    let touched = {
        let mut points = scan.points().to_vec();
        points[80 * 25 + 12] = points[81 * 25 + 12];
        TriMesh::new(points, scan.faces().to_vec()).unwrap()
    };
    let codes = |s: &TriMesh| -> Vec<String> {
        let checked = base_pair(Some(s), None, &BaseParams::default()).unwrap();
        checked.warnings.into_iter().map(|w| w.code).collect()
    };
    assert!(codes(&touched).contains(&"cast.base.touching".to_owned()));
    assert!(!codes(&scan).contains(&"cast.base.touching".to_owned()));
}

#[test]
fn a_horseshoe_reaches_a_back_that_lies_far_behind_it() {
    let lower = arch(Jaw::Lower)
        .map_points(|p| Point::new(p.x, p.y - 10.0, p.z))
        .unwrap();
    let params = BaseParams {
        preset: "horseshoe".to_owned(),
        ..BaseParams::default()
    };
    let bases = base_pair(Some(&arch(Jaw::Upper)), Some(&lower), &params)
        .unwrap()
        .value;
    let base = bases.lower.unwrap();
    assert_eq!(base.body.bounds().unwrap().max.y, bases.back_y_in_cast.0);
    assert_solid(&base.joined);
}
