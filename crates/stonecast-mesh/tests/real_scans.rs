//! What must hold on every real scan. Runs where `STONECAST_SCANS` names a folder of scans, else says so.

// A test that judges real data says what it skipped and what it saw.
#![allow(clippy::print_stderr)]

use std::{env, fs, path::PathBuf};

use stonecast_mesh::{
    TriMesh, VertexId,
    formats::{Limits, read_ply},
    repair::{MendParams, diagnose, mend, outward},
    spatial::SpatialIndex,
    surface::{DecimateTarget, decimate, geodesic_distance, principal_curvatures},
    topology::boundary_loops,
};

/// The scans, by name, or nothing when there is no folder.
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
    let name = |path: &PathBuf| path.file_stem().expect("a file").to_string_lossy().into_owned();
    paths
        .iter()
        .map(|path| (name(path), read(&fs::read(path).expect("a readable file"))))
        .collect()
}

fn read(bytes: &[u8]) -> TriMesh {
    let decoded = read_ply(bytes, &Limits::default()).expect("a PLY file");
    decoded.parts.into_iter().next().expect("one part").mesh
}

#[test]
fn a_mended_scan_is_manifold_and_oriented_and_no_vertex_has_moved() {
    for (name, scan) in scans() {
        let mended = mend(&scan, &MendParams::default());
        let topology = mended.mesh.topology();
        assert!(topology.non_manifold_edges().next().is_none(), "{name}");
        let report = diagnose(&mended.mesh);
        assert!(
            report.is_manifold && report.is_oriented,
            "{name}: {:?}",
            report.faults
        );
        for v in mended.mesh.vertex_ids() {
            assert_eq!(
                mended.mesh.point(v),
                scan.point(mended.vertex_of[v.index()]),
                "{name}"
            );
        }
        let lost = 1.0 - mended.mesh.area() / scan.area();
        assert!(lost < 0.02, "{name}: {lost} of the area is gone");
        let again = mend(&mended.mesh, &MendParams::default());
        assert_eq!(again.mesh, mended.mesh, "{name}: mending twice changes something");
        let verdict = outward(&mended.mesh).pieces[0];
        assert!(
            verdict.score > 0.2,
            "{name}: all these scans are exported the right way out: {verdict:?}"
        );
        eprintln!("{name}: {:?}", mended.report);
    }
}

#[test]
fn curvature_distance_and_decimation_hold_on_real_scans() {
    for (name, scan) in scans() {
        let mesh = mend(&scan, &MendParams::default()).mesh;
        let curvatures = principal_curvatures(&mesh, 0.7);
        for v in mesh.vertex_ids() {
            assert!(
                curvatures.max[v].is_finite() && curvatures.max[v] >= curvatures.min[v],
                "{name}"
            );
        }
        // Two points of a piece are joined by no way shorter than the straight line.
        let distance = geodesic_distance(&mesh, &[VertexId(0)], f64::INFINITY);
        let from = mesh.point(VertexId(0));
        for v in mesh.vertex_ids().filter(|&v| distance[v].is_finite()) {
            assert!(
                distance[v] >= (mesh.point(v) - from).norm() * (1.0 - 1e-9),
                "{name}"
            );
        }
        let coarse = decimate(&mesh, DecimateTarget::MaxDeviation(0.05));
        let report = diagnose(&coarse.mesh);
        assert!(
            report.is_manifold && report.is_oriented,
            "{name}: {:?}",
            report.faults
        );
        let rims = |m: &TriMesh| -> Vec<usize> { boundary_loops(m).iter().map(Vec::len).collect() };
        assert_eq!(rims(&coarse.mesh), rims(&mesh), "{name}");
        let index = SpatialIndex::build(&coarse.mesh);
        for p in mesh.points() {
            let d = index.closest_point(p, f64::INFINITY).expect("a surface").distance;
            assert!(
                d <= coarse.max_deviation + 1e-9,
                "{name}: {d} {}",
                coarse.max_deviation
            );
        }
        eprintln!(
            "{name}: {} faces to {}",
            mesh.face_count(),
            coarse.mesh.face_count()
        );
    }
}
