//! What cleaning must keep on every real scan. Runs where `STONECAST_SCANS` names a folder of scans, else says so.

// A test that judges real data says what it skipped and what it saw.
#![allow(clippy::print_stderr)]

use std::{env, fs, path::PathBuf, time::Instant};

use stonecast_cast::clean::{CleanParams, clean};
use stonecast_mesh::{
    RigidMotion, TriMesh, Vector,
    formats::{Limits, read_ply},
    repair::{FaultKind, diagnose},
};

fn scans() -> Vec<(String, TriMesh)> {
    let Some(folder) = env::var_os("STONECAST_SCANS") else {
        eprintln!("skipped: STONECAST_SCANS is not set");
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = ["labelled", "full"]
        .iter()
        .flat_map(|part| fs::read_dir(PathBuf::from(&folder).join(part)).expect("the folder of scans"))
        .map(|entry| entry.expect("a readable folder").path())
        .filter(|path| path.extension().is_some_and(|e| e == "ply"))
        .collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let bytes = fs::read(path).expect("a readable file");
        let decoded = read_ply(&bytes, &Limits::default()).expect("a PLY file");
        decoded.parts.into_iter().next().expect("one part").mesh
    };
    let name = |path: &PathBuf| path.file_stem().expect("a file").to_string_lossy().into_owned();
    paths.iter().map(|path| (name(path), read(path))).collect()
}

#[test]
fn a_cleaned_scan_is_manifold_and_outward_and_its_own_vertices_have_not_moved() {
    for (name, scan) in scans() {
        let start = Instant::now();
        let checked = clean(&scan, None, &CleanParams::default()).expect("a scan can be cleaned");
        let seconds = start.elapsed().as_secs_f64();
        let cleaned = checked.value;
        let report = diagnose(&cleaned.mesh);
        assert!(
            report.is_manifold && report.is_oriented,
            "{name}: {:?}",
            report.faults
        );
        assert_eq!(report.count(FaultKind::InvertedOrientation), 0, "{name}");
        assert_eq!(
            report.count(FaultKind::SelfIntersections),
            cleaned.report.crossings_left,
            "{name}"
        );
        for v in cleaned.mesh.vertex_ids() {
            if let Some(old) = cleaned.vertex_of[v.index()] {
                assert_eq!(cleaned.mesh.point(v), scan.point(old), "{name}");
            }
        }
        let made = cleaned.is_made.iter().filter(|(_, made)| **made).count();
        assert!(
            made * 50 < cleaned.mesh.face_count(),
            "{name}: {made} made faces are no small repair"
        );
        eprintln!("{name}: {seconds:.3} s {:?}", cleaned.report);
    }
}

#[test]
fn cleaning_a_scan_in_another_pose_gives_the_same_scan_in_that_pose() {
    // Exact contacts of a file's rounded coordinates may become crossings when a pose rounds them anew, so the
    // scans that have crossings are judged on the counts that no rounding can change.
    let target_from_scan = RigidMotion::new(Vector::new(120., -45., 33.), Vector::new(0.7, -1.9, 1.1));
    for (name, scan) in scans() {
        let params = CleanParams::default();
        let here = clean(&scan, None, &params).expect("a scan can be cleaned").value;
        let there = clean(&scan.transformed(&target_from_scan), None, &params)
            .expect("so can the moved one")
            .value;
        assert_eq!(here.report.mending, there.report.mending, "{name}");
        assert_eq!(here.report.turned_faces, there.report.turned_faces, "{name}");
        if here.report.crossings_found == there.report.crossings_found {
            assert_eq!(here.mesh.faces(), there.mesh.faces(), "{name}");
            for v in here.mesh.vertex_ids() {
                let apart = (target_from_scan * here.mesh.point(v) - there.mesh.point(v)).norm();
                assert!(apart < 1e-9, "{name}: {apart}");
            }
        } else {
            eprintln!(
                "{name}: {} or {} crossings",
                here.report.crossings_found, there.report.crossings_found
            );
        }
    }
}
