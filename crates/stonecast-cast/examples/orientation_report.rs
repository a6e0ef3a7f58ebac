//! How well orientation finds the frame that the labels of real arches imply.
//!
//! `STONECAST_SCANS=folder cargo run --release -p stonecast-cast --example orientation_report [POSES] [NAME]`: every
//! labelled arch in POSES random poses (20 unless told); prints every failure, percentiles by group and in all, and
//! the unlabelled full scans. The frame's definition is in `tests/labelled/mod.rs`.

#![allow(clippy::print_stdout, reason = "a report is for reading")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use stonecast_cast::orient::{OrientParams, Orientation, orient};
use stonecast_dental::Jaw;
use stonecast_mesh::{TriMesh, Vector};

#[path = "../tests/labelled/mod.rs"]
mod labelled;

/// Errors of one trial: occlusal axis and midline in degrees, origin in mm, and the confidence.
type Trial = [f64; 4];

fn main() {
    let Some(folder) = std::env::var_os("STONECAST_SCANS").map(PathBuf::from) else {
        println!("skipped: STONECAST_SCANS is not set");
        return;
    };
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let poses: u64 = arguments.first().and_then(|a| a.parse().ok()).unwrap_or(20);
    let only = arguments.get(1);
    let mut groups: BTreeMap<String, Vec<Trial>> = BTreeMap::new();
    let mut failures = 0;
    for arch in labelled::all(&folder) {
        if only.is_some_and(|name| !arch.name.contains(name.as_str())) {
            continue;
        }
        for seed in 0..poses {
            let (scan, scan_from_file) = stonecast_testkit::in_random_pose(&arch.mesh, seed);
            let found = orient(&scan, arch.jaw, &OrientParams::default()).unwrap();
            let arch_from_file = found.value.arch_from_scan * scan_from_file;
            let angle = |axis: Vector, true_axis: Vector| {
                (arch_from_file.inverse() * axis).angle(&true_axis).to_degrees()
            };
            let origin = arch
                .origin
                .map_or(f64::NAN, |p| (arch_from_file * p).coords.norm());
            let trial = [
                angle(Vector::z(), arch.superior),
                angle(Vector::x(), arch.left),
                origin,
                found.value.confidence,
            ];
            let failed = trial[0] > 10.0 || trial[1] > 7.0;
            failures += usize::from(failed);
            if failed || seed == 0 && only.is_some() {
                println!("{} pose {seed}: {trial:.2?} {}", arch.name, summary(&found.value));
            }
            groups.entry(arch.group().to_owned()).or_default().push(trial);
            groups.entry("all".to_owned()).or_default().push(trial);
        }
    }
    for (group, trials) in &groups {
        println!("{group}: {} trials", trials.len());
        for (k, what) in ["occlusal axis, deg", "midline, deg", "origin, mm", "confidence"]
            .iter()
            .enumerate()
        {
            let mut values: Vec<f64> = trials.iter().map(|t| t[k]).filter(|v| v.is_finite()).collect();
            values.sort_by(f64::total_cmp);
            let at = |p: f64| values[((values.len() - 1) as f64 * p).round() as usize];
            println!(
                "  {what:20} min {:.2} p5 {:.2} median {:.2} p90 {:.2} p95 {:.2} p99 {:.2} max {:.2}",
                at(0.0),
                at(0.05),
                at(0.5),
                at(0.9),
                at(0.95),
                at(0.99),
                at(1.0)
            );
        }
    }
    println!("{failures} failures");
    for name in ["lower_213k", "stumps_118k"] {
        let mesh = labelled::mesh(&folder.join("full").join(name).with_extension("ply"));
        report_full(name, &mesh);
    }
}

fn report_full(name: &str, mesh: &TriMesh) {
    let start = std::time::Instant::now();
    let found = orient(mesh, Jaw::Lower, &OrientParams::default());
    let seconds = start.elapsed().as_secs_f64();
    match found {
        Ok(found) => {
            println!("{name}: {seconds:.3} s, {}", summary(&found.value));
            println!("  {:.2?}", found.value.arch_from_scan.to_homogeneous());
            for warning in &found.warnings {
                println!("  {warning}");
            }
        }
        Err(error) => println!("{name}: {error}"),
    }
}

fn summary(o: &Orientation) -> String {
    format!(
        "occlusal {:.2} (±{:.1}, residual {:.2}) midline {:.2} (±{:.1}, asymmetry {:.2})",
        o.occlusal_confidence,
        o.occlusal_uncertainty,
        o.occlusal_residual,
        o.midline_confidence,
        o.midline_uncertainty,
        o.asymmetry
    )
}
