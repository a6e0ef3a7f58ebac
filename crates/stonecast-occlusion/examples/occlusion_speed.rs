//! Times the whole analysis of a synthetic bite: `occlusion_speed [triangles] [rounds]`.

#![allow(clippy::print_stdout, reason = "a report")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::time::Instant;

use common::true_arch;
use stonecast_occlusion::{BiteKnown, OccludingArch, OcclusionParams, Pair, ScannerNoise, analyse};
use stonecast_testkit::{DentitionSpec, dentition};

/// Of this process so far, where the system tells it in `/proc`.
fn processor_seconds() -> Option<f64> {
    let line = std::fs::read_to_string("/proc/self/stat").ok()?;
    let ticks = line.rsplit(')').next()?.split_whitespace().skip(11).take(2);
    Some(ticks.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0)
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |otherwise| {
        arguments
            .next()
            .map_or(otherwise, |a| a.parse().expect("a number"))
    };
    let (triangles, rounds) = (number(200_000), number(5));
    let spec = DentitionSpec {
        triangles,
        ..stonecast_testkit::demo_spec()
    };
    let made = dentition(&spec);
    let labelled = [true_arch(&made.upper), true_arch(&made.lower)];
    let meshes = [&made.upper.mesh, &made.lower.mesh];
    let arch = |k: usize| OccludingArch {
        mesh: meshes[k],
        labelled: &labelled[k],
    };
    let start = Instant::now();
    let pair = Pair::new(arch(0), arch(1));
    let faces = meshes.map(stonecast_mesh::TriMesh::face_count);
    println!("{faces:?} triangles, best of {rounds}");
    println!("index of both arches  {:.3} s", start.elapsed().as_secs_f64());
    for (name, estimated) in [("bite as scanned", false), ("bite by the program", true)] {
        let params = OcclusionParams {
            noise: ScannerNoise::not_stated(),
            bite: BiteKnown {
                estimated,
                residual_mm: None,
            },
        };
        let mut best = f64::INFINITY;
        let before = processor_seconds();
        for _ in 0..rounds {
            let start = Instant::now();
            let found = analyse(&pair, &params).expect("labelled arches");
            best = best.min(start.elapsed().as_secs_f64());
            std::hint::black_box(found);
        }
        let all = processor_seconds()
            .zip(before)
            .map(|(after, before)| after - before);
        let each = all.map_or_else(String::new, |s| {
            format!(", {:.2} s of processor time each", s / rounds as f64)
        });
        println!("analysis, {name}  {best:.3} s{each}");
    }
}
