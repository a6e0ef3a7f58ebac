//! Intake, on a made-up arch: bytes in, a settled scan or a refusal out.

use proptest::prelude::*;
use stonecast_cast::clean::{CleanParams, clean};
use stonecast_cast::intake::{
    Facing, Input, IntakeFault, ScanName, Stated, cleaned_faults, facing, intake, intake_set, measured_width,
    surface_faults,
};
use stonecast_cast::scan::{LengthUnit, RoleEvidence, UnitEvidence};
use stonecast_dental::ScanRole;
use stonecast_mesh::formats::encode_stl;
use stonecast_mesh::{Point, RigidMotion, TriMesh, Vector};

/// A horseshoe ridge 60 mm wide and 8 mm high with cusps on it: an arch as far as intake can see.
fn arch() -> TriMesh {
    let (along, across) = (120u32, 12u32);
    let points = (0..=along)
        .flat_map(|i| (0..=across).map(move |j| (i, j)))
        .map(|(i, j)| {
            let t = std::f64::consts::PI * f64::from(i) / f64::from(along);
            let s = std::f64::consts::PI * f64::from(j) / f64::from(across);
            let cusp = 0.8 * (f64::from(i) * 0.9).sin() * s.sin();
            let radius = 25.0 - 5.0 * s.cos();
            Point::new(radius * t.cos(), -1.2 * radius * t.sin(), (8.0 + cusp) * s.sin())
        })
        .collect();
    let faces: Vec<[u32; 3]> = (0..along * across)
        .flat_map(|q| {
            let a = q / across * (across + 1) + q % across;
            let b = a + across + 1;
            [[a, b, a + 1], [a + 1, b, b + 1]]
        })
        .collect();
    TriMesh::from_indices(points, &faces).unwrap()
}

fn scaled(factor: f64) -> TriMesh {
    arch().map_points(|p| Point::from(p.coords * factor)).unwrap()
}

fn stl(mesh: &TriMesh) -> Vec<u8> {
    encode_stl(mesh)
}

fn upper() -> Stated {
    Stated {
        role: Some(ScanRole::Upper),
        ..Stated::default()
    }
}

#[test]
fn the_made_up_arch_faces_outwards_and_is_sixty_millimetres_wide() {
    assert_eq!(facing(&arch()), Facing::Outwards);
    assert!((measured_width(&arch()).unwrap() - 60.0).abs() < 1.0);
}

#[test]
fn bytes_are_named_by_their_sha_256() {
    let bytes = stl(&arch());
    let scan = intake(&bytes, Some("x.stl"), &upper()).unwrap().value;
    assert_eq!(scan.source.byte_count, bytes.len() as u64);
    assert_eq!(scan.source.format, "stl");
    assert_eq!(scan.source.sha256.len(), 64);
    let again = intake(&bytes, None, &upper()).unwrap().value;
    assert_eq!(again.source, scan.source);
    assert_eq!(again.mesh_in_scan, scan.mesh_in_scan);
}

#[test]
fn the_unit_is_told_by_the_size_where_one_unit_fits() {
    for (factor, unit) in [
        (1.0, LengthUnit::Millimetre),
        (1000.0, LengthUnit::Micrometre),
        (0.001, LengthUnit::Metre),
        (1.0 / 25.4, LengthUnit::Inch),
        (0.1, LengthUnit::Centimetre),
    ] {
        let scan = intake(&stl(&scaled(factor)), None, &upper()).unwrap().value;
        assert_eq!(
            (scan.unit.unit, scan.unit.evidence),
            (unit, UnitEvidence::MeasuredSize)
        );
        let width = measured_width(&scan.mesh_in_scan).unwrap();
        assert!((width - 60.0).abs() < 1.0, "{width} mm from {unit:?}");
    }
}

#[test]
fn a_size_that_fits_two_units_is_refused_with_both_named() {
    // 3.3 of the file's units: 33 mm as centimetres, 84 mm as inches.
    let error = intake(&stl(&scaled(0.055)), None, &upper()).unwrap_err();
    assert!(matches!(error.fault, IntakeFault::UnitAmbiguous { .. }));
    let text = error.to_string();
    assert!(text.contains("--unit cm or --unit in"), "{text}");
    let stated = Stated {
        unit: Some(LengthUnit::Inch),
        ..upper()
    };
    let scan = intake(&stl(&scaled(0.055)), None, &stated).unwrap().value;
    assert_eq!(scan.unit.evidence, UnitEvidence::Stated);
}

#[test]
fn a_size_that_fits_no_unit_is_refused_with_all_named() {
    let error = intake(&stl(&scaled(1e5)), None, &upper()).unwrap_err();
    let text = error.to_string();
    for unit in ["as um", "as mm", "as cm", "as in ", "as m "] {
        assert!(text.contains(unit), "{text}");
    }
}

#[test]
fn a_stated_unit_against_the_size_is_followed_with_a_warning_or_refused_as_impossible() {
    let in_inches = Stated {
        unit: Some(LengthUnit::Inch),
        ..upper()
    };
    let error = intake(&stl(&arch()), None, &in_inches).unwrap_err();
    assert!(matches!(error.fault, IntakeFault::ImpossibleSize { .. }));
    let in_mm = Stated {
        unit: Some(LengthUnit::Millimetre),
        ..upper()
    };
    let checked = intake(&stl(&scaled(0.12)), None, &in_mm).unwrap();
    assert_eq!(checked.warnings[0].code, "intake.unit.against-evidence");
    assert!(checked.warnings[0].message.contains("as cm it would be 7"));
}

#[test]
fn a_surface_inside_out_is_turned_with_a_warning() {
    let checked = intake(&stl(&arch().flipped()), None, &upper()).unwrap();
    assert_eq!(facing(&checked.value.mesh_in_scan), Facing::Outwards);
    assert_eq!(checked.warnings[0].code, "intake.inside-out");
    // The same trace is left by a mirror image whose triangles were not turned.
    let mirrored = arch().map_points(|p| Point::new(-p.x, p.y, p.z)).unwrap();
    let checked = intake(&stl(&mirrored), None, &upper()).unwrap();
    assert_eq!(checked.warnings[0].code, "intake.inside-out");
}

#[test]
fn a_file_that_cannot_be_read_is_refused_by_its_role() {
    let error = intake(b"no mesh", Some("Doe_John.xyz"), &upper()).unwrap_err();
    assert_eq!(error.scan, ScanName::Role(ScanRole::Upper));
    assert!(matches!(error.fault, IntakeFault::Unreadable(_)));
    assert!(!error.to_string().contains("Doe"));
}

#[test]
fn a_set_is_settled_together_and_sorted_by_role() {
    let bytes = stl(&arch());
    let file = |name| Input {
        bytes: &bytes,
        file_name: Some(name),
        stated: Stated::default(),
    };
    let checked = intake_set(&[
        file("bite_left.stl"),
        file("LowerJawScan.stl"),
        file("UpperJawScan.stl"),
    ])
    .unwrap();
    let roles: Vec<_> = checked.value.iter().map(|s| (s.role, s.role_evidence)).collect();
    assert_eq!(
        roles,
        [
            (ScanRole::Upper, RoleEvidence::FileName),
            (ScanRole::Lower, RoleEvidence::FileName),
            (ScanRole::BiteLeft, RoleEvidence::FileName),
        ]
    );
}

#[test]
fn a_set_reports_the_faults_of_all_its_files() {
    let file = |bytes| Input {
        bytes,
        file_name: None,
        stated: Stated::default(),
    };
    let error = intake_set(&[file(b"nothing"), file(b"neither")]).unwrap_err();
    assert_eq!(error.faults.len(), 2);
    assert!(error.to_string().contains("scan 2"));
}

#[test]
fn every_fault_of_a_surface_is_listed() {
    let whole = arch();
    let mut points = whole.points().to_vec();
    let mut faces: Vec<[u32; 3]> = whole.faces().iter().map(|f| f.map(|v| v.0)).collect();
    faces.push(faces[7]);
    faces.push([5, 5, 9]);
    points.extend([[0., 0., 40.], [1., 0., 40.], [0., 1., 40.]].map(Point::from));
    let n = points.len() as u32;
    faces.push([n - 3, n - 2, n - 1]);
    let mesh = TriMesh::from_indices(points, &faces).unwrap();
    let scan = intake(&stl(&mesh), None, &upper()).unwrap().value;
    let found = surface_faults(&scan.mesh_in_scan, scan.role);
    let cleaned = clean(&scan.mesh_in_scan, None, &CleanParams::default())
        .unwrap()
        .value;
    let mended = cleaned_faults(&cleaned.report, scan.role);
    for faults in [found, mended] {
        let codes: Vec<_> = faults.iter().map(|f| f.code.as_str()).collect();
        assert!(faults.iter().all(|f| f.message.starts_with("upper scan: ")));
        for code in ["degenerate-faces", "duplicated-faces", "several-pieces"] {
            let code = format!("intake.surface.{code}");
            assert!(codes.contains(&code.as_str()), "{code} is not in {codes:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn size_and_facing_do_not_depend_on_the_pose(
        axis in prop::array::uniform3(-3.0..3.0f64),
        shift in prop::array::uniform3(-200.0..200.0f64),
    ) {
        let motion = RigidMotion::new(Vector::from(shift), Vector::from(axis));
        let moved = arch().transformed(&motion);
        let (before, after) = (measured_width(&arch()).unwrap(), measured_width(&moved).unwrap());
        prop_assert!((before - after).abs() < 1e-6, "{} and {}", before, after);
        prop_assert_eq!(facing(&moved), Facing::Outwards);
    }
}
