//! Writes what the small network of the crowns' sides is trained on.
//!
//! `cargo run --release -p stonecast-teeth --example side_samples -- OUT FROM TO` makes two arches for each seed in
//! `FROM..TO`, which the picture's network must not have been trained on. A record is the numbers of a node as
//! little-endian `f32`, and a last one: 1 where it is tooth in truth, else 0. Every fourth node is written.

#![allow(clippy::print_stderr, reason = "a tool speaks to its terminal")]

use stonecast_cast::orient::{OrientParams, orient};
use stonecast_dental::Jaw;
use stonecast_teeth::{ArchInput, segment::side_samples};
use stonecast_testkit::{dentition, random_spec};

/// One node in so many: neighbours say nearly the same.
const THINNED: usize = 4;
/// Triangles of an arch, the seeds in turn: from coarse exports to intraoral scanners.
const TRIANGLES: [usize; 4] = [9_000, 16_000, 30_000, 90_000];

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [out, from, to] = arguments.as_slice() else {
        return Err("usage: side_samples OUT FROM TO".to_owned());
    };
    let seed = |text: &str| text.parse::<u64>().map_err(|e| format!("{text}: {e}"));
    let mut records: Vec<u8> = Vec::new();
    for seed in seed(from)?..seed(to)? {
        let mut spec = random_spec(seed);
        spec.triangles = TRIANGLES[(seed % 4) as usize];
        let pair = dentition(&spec);
        for jaw in [Jaw::Upper, Jaw::Lower] {
            let arch = pair.arch(jaw);
            let Ok(found) = orient(&arch.mesh, jaw, &OrientParams::default()) else {
                continue;
            };
            let input = ArchInput {
                jaw,
                mesh: &arch.mesh,
                arch_from_mesh: found.value.arch_from_scan,
            };
            let samples = side_samples(&input, &arch.truth.face_labels).map_err(|e| e.to_string())?;
            for (numbers, tooth) in samples.iter().step_by(THINNED) {
                let truth = if *tooth { 1.0 } else { 0.0 };
                let all = numbers.iter().chain(std::iter::once(&truth));
                records.extend(all.flat_map(|n| n.to_le_bytes()));
            }
        }
    }
    std::fs::write(out, &records).map_err(|e| format!("{out}: {e}"))?;
    eprintln!("{out}: {} bytes", records.len());
    Ok(())
}
