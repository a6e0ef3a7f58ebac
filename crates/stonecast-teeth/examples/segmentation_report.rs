//! Prints how well synthetic arches are labelled against what makes them hard, as a Markdown table.
//!
//! `cargo run --release -p stonecast-teeth --example segmentation_report`
//!
//! Each row is both arches of [`SEEDS`], oriented and labelled as the pipeline does it. Success is the share of true
//! teeth found under their own number with an IoU of at least one half; Dice is the mean over the true teeth, 0 for one
//! missed; both are counted by faces, which are about equally large. The width is that found less the crown's own, of
//! the teeth found under their own number.

#![allow(clippy::print_stdout, reason = "a report for reading")]

use stonecast_dental::Fdi;
use stonecast_mesh::{FaceData, TriMesh};
use stonecast_teeth::score::Tally;
use stonecast_teeth::{ArchInput, label_arch};
use stonecast_testkit::{Dentition, DentitionSpec, Jitter, PerJaw, ScanFaults, SyntheticArch, scan_as_if};

#[path = "../tests/arches/mod.rs"]
mod arches;

use arches::{Labels, arches, pose, score};

const SEEDS: std::ops::Range<u64> = 200..203;
const TRIANGLES: usize = 40_000;

fn main() {
    println!(
        "| | teeth | success, % | found under any number, % | Dice | tooth or gum, % | false teeth | width, mm |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for mm in [0.0, 2.0, 4.0, 5.5, 7.0] {
        row(&format!("crowding {mm} mm"), 0.0, |s| {
            s.crowding_mm = PerJaw::both(mm);
        });
    }
    for mm in [0.0, 0.01, 0.02, 0.05, 0.1] {
        row(&format!("noise {mm} mm"), mm, |_| {});
    }
    for count in [5_000, 10_000, 20_000, 50_000, 100_000, 200_000] {
        row(&format!("{count} triangles"), 0.0, |s| s.triangles = count);
    }
    for mm in [0.2, 0.5, 1.0] {
        row(&format!("gaps of {mm} mm at every contact"), 0.0, |s| {
            s.crowding_mm = PerJaw::both(0.0);
            s.spacing_mm = PerJaw::both(mm);
        });
    }
    let lost = [[14, 34], [24, 44], [46, 16], [25, 31]];
    for pairs in 1..=4 {
        for (gaps, keep_gaps) in [("open", true), ("closed", false)] {
            row(&format!("{pairs} teeth an arch missing, gaps {gaps}"), 0.0, |s| {
                s.missing = lost[..pairs]
                    .iter()
                    .flatten()
                    .filter_map(|&n| Fdi::new(n).ok())
                    .collect();
                s.keep_gaps = keep_gaps;
            });
        }
    }
    row("third molars", 0.0, |s| s.third_molars = true);
    row("brackets", 0.0, |s| s.brackets = PerJaw::both(true));
    row("stumps 16, 21, 34, 46", 0.0, |s| {
        s.stumps = [16, 21, 34, 46]
            .into_iter()
            .filter_map(|n| Fdi::new(n).ok())
            .collect();
    });
    for dentition in [Dentition::Primary, Dentition::Mixed] {
        row(&format!("{dentition:?} dentition").to_lowercase(), 0.0, |s| {
            s.dentition = dentition;
            s.arch_width_mm -= 3.0;
            s.arch_depth_mm -= if dentition == Dentition::Primary { 5.0 } else { 1.0 };
            s.crowding_mm = PerJaw::both(0.0);
            s.spacing_mm = PerJaw::both(0.3);
        });
    }
}

/// Mild irregularity, no other difficulty.
fn plain(seed: u64) -> DentitionSpec {
    DentitionSpec {
        seed,
        triangles: TRIANGLES,
        tooth_size_deviation: 0.03,
        form_variation: 0.6,
        crowding_mm: PerJaw::both(1.0),
        jitter: Jitter {
            rotation_deg: 4.0,
            tip_deg: 2.0,
            torque_deg: 2.0,
            offset_mm: 0.15,
            height_mm: 0.12,
        },
        ..DentitionSpec::default()
    }
}

fn row(name: &str, noise_mm: f64, change: impl Fn(&mut DentitionSpec)) {
    let mut tally = Tally::default();
    let mut widths = Vec::new();
    for seed in SEEDS {
        let mut spec = plain(seed);
        change(&mut spec);
        for arch in arches(&spec) {
            let faults = ScanFaults {
                noise_mm,
                seed,
                ..ScanFaults::NONE
            };
            let scan = scan_as_if(&arch.mesh, &faults);
            let of = |f: &Option<_>| f.and_then(|f| arch.truth.face_labels[f]);
            let truth = FaceData::from_vec(scan.face_of.iter().map(of).collect());
            add(&mut tally, &mut widths, &arch, &scan.mesh, &truth);
        }
    }
    let (mean, deviation) = mean_and_deviation(&widths);
    println!(
        "| {name} | {} | {:.1} | {:.1} | {:.3} | {:.1} | {} | {mean:.2} ± {deviation:.2} |",
        tally.teeth,
        100.0 * tally.success(),
        100.0 * tally.any(),
        tally.dice(),
        100.0 * tally.tooth_or_gum(),
        tally.false_teeth,
    );
}

fn add(tally: &mut Tally, widths: &mut Vec<f64>, arch: &SyntheticArch, mesh: &TriMesh, truth: &Labels) {
    let labelled = pose(mesh, arch.jaw).and_then(|arch_from_mesh| {
        let input = ArchInput {
            jaw: arch.jaw,
            mesh,
            arch_from_mesh,
        };
        label_arch(&input).ok()
    });
    let Some(labelled) = labelled else {
        tally.add_failed(arch.truth.teeth.len(), 0.0);
        return;
    };
    let score = score(truth, &labelled.value.face_labels);
    tally.add(&score, 0.0);
    for right in score.teeth.iter().filter(|t| t.is_right()) {
        let found = labelled.value.teeth.iter().find(|t| t.fdi == right.fdi);
        let width = found.and_then(|t| t.mesiodistal.value());
        if let Some((width, truth)) = width.zip(arch.truth.tooth(right.fdi)) {
            widths.push(width.0 - truth.mesiodistal_mm);
        }
    }
}

fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    (mean, square.sqrt())
}
