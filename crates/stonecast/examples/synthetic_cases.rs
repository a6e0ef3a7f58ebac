//! Makes many cases of random synthetic dentitions, for trying batches.
//!
//! `cargo run --release -p stonecast --example synthetic_cases -- DIR COUNT [FIRST]` leaves a case folder for each seed, without
//! base, pictures and findings. A dentition of which no cast can be made is told and passed over.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool speaks to its terminal"
)]

use std::error::Error;
use std::path::Path;

use rayon::prelude::*;
use stonecast::case::manifest;
use stonecast::pipeline::{Job, PipelineError, ScanFile, scan_to_case};
use stonecast::teeth::pictures::Numbers;
use stonecast_cast::{CastParams, intake::Stated};
use stonecast_dental::{Acquisition, AcquisitionMethod, ScanRole};
use stonecast_mesh::formats::encode_stl;
use stonecast_testkit::{dentition, motion::random_motion, random_spec};

/// Of each arch: a scan thinned for sharing.
const TRIANGLES: usize = 16_000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (dir, count, first) = match arguments.as_slice() {
        [dir, count] => (dir, count.parse()?, 0),
        [dir, count, first] => (dir, count.parse::<u64>()?, first.parse()?),
        _ => return Err("usage: synthetic_cases DIR COUNT [FIRST]".into()),
    };
    std::fs::create_dir_all(dir)?;
    let failed: usize = (first..first + count)
        .into_par_iter()
        .map(|seed| match make(Path::new(dir), seed) {
            Ok(()) => 0,
            Err(why) => {
                eprintln!("{seed}: {why}");
                1
            }
        })
        .sum();
    println!("{} cases, {failed} passed over", count as usize - failed);
    Ok(())
}

fn make(dir: &Path, seed: u64) -> Result<(), PipelineError> {
    let mut spec = random_spec(seed);
    spec.triangles = TRIANGLES;
    let pair = dentition(&spec);
    let scanner_from_cast = random_motion(seed);
    let files =
        [(&pair.upper, ScanRole::Upper), (&pair.lower, ScanRole::Lower)].map(|(arch, role)| ScanFile {
            bytes: encode_stl(&arch.mesh.transformed(&scanner_from_cast)),
            file_name: None,
            stated: Stated {
                role: Some(role),
                unit: None,
                acquisition: Acquisition {
                    method: AcquisitionMethod::Synthetic,
                    ..Acquisition::default()
                },
            },
        });
    let job = Job {
        files: files.into(),
        edits: None,
        params: CastParams {
            base: None,
            ..CastParams::default()
        },
        stated: manifest::Stated::default(),
        pictures: None,
        teeth: Some(Numbers::Fdi),
        measure: false,
        occlusion: false,
        out: dir.join(format!("case-{seed:04}")),
        force: true,
    };
    scan_to_case(job, &|_, _| ()).map(|_| ())
}
