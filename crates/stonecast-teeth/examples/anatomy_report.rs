//! Prints how far anatomy's landmarks and widths lie from placed points on real arches (folder in `STONECAST_SCANS`)
//! and from the truth of synthetic ones.
//!
//! `cargo run --release -p stonecast-teeth --example anatomy_report`

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a report for reading")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use stonecast_mesh::{Point, RigidMotion};
use stonecast_teeth::{ArchInput, label_arch};
use stonecast_testkit::{DentitionSpec, Jitter, dentition};

#[path = "../tests/judged/mod.rs"]
mod judged;

use judged::{Annotated, Tally, annotated, describe, dice, frayed, mean_and_deviation, quantile};

fn main() {
    match std::env::var_os("STONECAST_SCANS").map(PathBuf::from) {
        Some(folder) => real(&folder),
        None => println!("real arches skipped: STONECAST_SCANS is not set"),
    }
    for triangles in [16_000, 60_000, 200_000] {
        synthetic(triangles);
    }
}

fn real(folder: &std::path::Path) {
    let arches = annotated(folder);
    for rounds in [0, 1, 2] {
        let mut tally = Tally::default();
        let mut overlap = Vec::new();
        for (i, arch) in arches.iter().enumerate() {
            let labels = frayed(&arch.mesh, &arch.labels, rounds, i as u64 + 1);
            overlap.push(dice(&labels, &arch.labels));
            tally.add(arch, &arch.describe(&labels));
        }
        println!(
            "\n{} real arches, labels frayed in {rounds} rounds (Dice {:.3})",
            arches.len(),
            mean_and_deviation(&overlap).0
        );
        print_errors(&tally.errors, &tally.sought, rounds > 0);
        print_widths(&tally.widths);
        if rounds == 0 {
            print_offsets(&tally);
        }
    }
    labelled_by_itself(&arches);
}

/// The same with the labels that the program finds itself.
fn labelled_by_itself(arches: &[Annotated]) {
    let mut tally = Tally::default();
    let mut overlap = Vec::new();
    for arch in arches {
        let input = ArchInput {
            jaw: arch.jaw,
            mesh: &arch.mesh,
            arch_from_mesh: arch.arch_from_mesh,
        };
        let found = label_arch(&input).unwrap().value;
        overlap.push(dice(&found.face_labels, &arch.labels));
        tally.add(arch, &found.teeth);
    }
    println!(
        "\n{} real arches, labels found by the program (Dice {:.3})",
        arches.len(),
        mean_and_deviation(&overlap).0
    );
    print_errors(&tally.errors, &tally.sought, true);
    print_widths(&tally.widths);
}

fn print_offsets(tally: &Tally) {
    println!(
        "{:24} mesially, facially, occlusally: mean (sd)",
        "offset, ours less theirs"
    );
    for (name, offsets) in &tally.offsets {
        let cell = |v: &Vec<f64>| {
            let (mean, sd) = mean_and_deviation(v);
            format!("{mean:5.2} ({sd:.2})")
        };
        println!(
            "{name:24} {}",
            offsets.iter().map(cell).collect::<Vec<_>>().join("  ")
        );
    }
}

fn print_errors(errors: &BTreeMap<String, Vec<f64>>, sought: &BTreeMap<String, usize>, groups_only: bool) {
    println!(
        "{:24} {:>5} {:>6} {:>6} {:>6} {:>6}",
        "landmark", "found", "of", "median", "mean", "90 %"
    );
    for (name, count) in sought {
        if groups_only && name.ends_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let e = errors.get(name).cloned().unwrap_or_default();
        let (mean, _) = mean_and_deviation(&e);
        println!(
            "{name:24} {:5} {count:6} {:6.2} {mean:6.2} {:6.2}",
            e.len(),
            quantile(&e, 0.5),
            quantile(&e, 0.9)
        );
    }
}

fn print_widths(widths: &BTreeMap<String, Vec<f64>>) {
    println!(
        "{:24} {:>5} {:>6} {:>6}   limits of agreement",
        "width, ours less theirs", "n", "mean", "sd"
    );
    for (name, d) in widths {
        let (mean, sd) = mean_and_deviation(d);
        println!(
            "{name:24} {:5} {mean:6.2} {sd:6.2}   {:.2} .. {:.2}",
            d.len(),
            mean - 1.96 * sd,
            mean + 1.96 * sd
        );
    }
}

fn synthetic(triangles: usize) {
    let mut tally = Tally::default();
    let mut angles: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    let mut times = Vec::new();
    for seed in 0..2 {
        let spec = DentitionSpec {
            seed,
            triangles,
            jitter: Jitter {
                rotation_deg: 8.0,
                tip_deg: 4.0,
                torque_deg: 4.0,
                offset_mm: 0.3,
                height_mm: 0.2,
            },
            form_variation: 0.5,
            ..DentitionSpec::default()
        };
        let pair = dentition(&spec);
        for arch in [&pair.upper, &pair.lower] {
            let motion = RigidMotion::identity();
            let start = std::time::Instant::now();
            let teeth = describe(arch.jaw, &arch.mesh, motion, &arch.truth.face_labels);
            let first = start.elapsed();
            let start = std::time::Instant::now();
            describe(arch.jaw, &arch.mesh, motion, &arch.truth.face_labels);
            times.push(format!(
                "{} faces {:.0} ms, then {:.0} ms",
                arch.mesh.face_count(),
                first.as_secs_f64() * 1e3,
                start.elapsed().as_secs_f64() * 1e3
            ));
            for t in &teeth {
                let truth = arch.truth.tooth(t.fdi).unwrap();
                let angle = |a: [f64; 3], b: [f64; 3]| {
                    nalgebra::Vector3::from(a)
                        .angle(&nalgebra::Vector3::from(b))
                        .to_degrees()
                };
                angles[0].push(angle(t.frame.mesial, truth.mesial_in_cast));
                angles[1].push(angle(t.frame.occlusal, truth.occlusal_in_cast));
                for (name, width, truth) in [
                    ("mesiodistal", t.mesiodistal, truth.mesiodistal_mm),
                    ("buccolingual", t.buccolingual, truth.buccolingual_mm),
                ] {
                    if let Some(w) = width.value() {
                        for name in [name.to_owned(), format!("{name} {:?}", t.fdi.class())] {
                            tally.widths.entry(name).or_default().push(w.0 - truth);
                        }
                    }
                }
            }
            for l in &arch.truth.landmarks {
                let name = format!("{:?} {:?}", l.kind, l.tooth.class());
                let found = teeth.iter().find(|t| t.fdi == l.tooth);
                let found = found.and_then(|t| Some((t.landmark(l.kind)?, t.frame)));
                tally.add_point(name, found, &Point::from(l.position));
            }
        }
    }
    println!(
        "\nsynthetic, {triangles} triangles asked for: {}",
        times.join("; ")
    );
    for (name, a) in ["mesial axis", "long axis"].iter().zip(&angles) {
        println!(
            "{name}: off by {:.1}° in the median, {:.1}° at 90 %",
            quantile(a, 0.5),
            quantile(a, 0.9)
        );
    }
    print_errors(&tally.errors, &tally.sought, false);
    print_widths(&tally.widths);
    if triangles == 60_000 {
        print_offsets(&tally);
    }
}
