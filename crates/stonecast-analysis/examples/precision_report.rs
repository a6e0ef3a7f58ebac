//! How far landmarks, axes, widths and the cast frame are off on synthetic dentitions: what the rows of
//! `tables/measurement_precision.toml` are calibrated with.
//!
//! `cargo run --release -p stonecast-analysis --example precision_report -- [DENTITIONS]` prints, for three resolutions, the
//! root mean square of the errors along each tooth's mesial, facial and occlusal axis after the largest 2 % of each are left
//! out, and the share of errors beyond twice that; once with true labels and once with the program's.

#![allow(clippy::print_stdout, reason = "a report is for reading")]

use std::collections::BTreeMap;

use rayon::prelude::*;
use stonecast_analysis::{MeasuredArch, MeasuredCast, Params, measure};
use stonecast_cast::orient::{OrientParams, orient};
use stonecast_dental::{Fdi, Findings, Jaw, LandmarkKind as K, ToothClass};
use stonecast_mesh::{RigidMotion, Vector};
use stonecast_teeth::{ArchInput, LabelledArch, label_arch};
use stonecast_testkit::{Dentition, SyntheticArch, dentition, random_spec};

#[path = "../tests/truth/mod.rs"]
mod truth;

type Errors = BTreeMap<String, Vec<[f64; 3]>>;

fn main() {
    let count: u64 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(40);
    for triangles in [16_000, 60_000, 200_000] {
        for own_labels in [false, true] {
            let labels = if own_labels { "the program's" } else { "true" };
            println!("\n## {triangles} triangles, {labels} labels\n");
            println!(
                "| what | n | rms mesial, facial, occlusal | mean | beyond 2 rms |\n|---|---|---|---|---|"
            );
            let errors = (0..count)
                .into_par_iter()
                .map(|seed| of_dentition(seed, triangles, own_labels))
                .reduce(Errors::new, joined);
            errors.iter().for_each(|(what, list)| print_row(what, list));
        }
    }
}

fn joined(mut a: Errors, b: Errors) -> Errors {
    for (what, list) in b {
        a.entry(what).or_default().extend(list);
    }
    a
}

fn print_row(what: &str, list: &[[f64; 3]]) {
    let column = |k: usize| list.iter().map(move |e| e[k]);
    let rms = [0, 1, 2].map(|k| {
        let mut squares: Vec<f64> = column(k).map(|e| e * e).collect();
        squares.sort_by(f64::total_cmp);
        squares.truncate((squares.len() as f64 * 0.98).ceil() as usize);
        (squares.iter().sum::<f64>() / squares.len() as f64).sqrt()
    });
    let mean = [0, 1, 2].map(|k| column(k).sum::<f64>() / list.len() as f64);
    let beyond = [0, 1, 2].map(|k| {
        let far = column(k).filter(|e| e.abs() > 2.0 * rms[k]).count();
        100.0 * far as f64 / list.len() as f64
    });
    println!(
        "| {what} | {} | {:.2} {:.2} {:.2} | {:+.2} {:+.2} {:+.2} | {:.0} {:.0} {:.0} % |",
        list.len(),
        rms[0],
        rms[1],
        rms[2],
        mean[0],
        mean[1],
        mean[2],
        beyond[0],
        beyond[1],
        beyond[2]
    );
}

fn of_dentition(seed: u64, triangles: usize, own_labels: bool) -> Errors {
    let mut spec = random_spec(seed);
    spec.triangles = triangles;
    spec.stumps.clear();
    if spec.dentition == Dentition::Primary {
        return Errors::new();
    }
    let pair = dentition(&spec);
    let mut errors = Errors::new();
    for arch in [&pair.upper, &pair.lower] {
        let pose = orient(&arch.mesh, arch.jaw, &OrientParams::default()).ok();
        if let Some(pose) = &pose {
            frame_error(arch.jaw, &pose.value.arch_from_scan, &mut errors);
        }
        let found = if own_labels {
            let Some(pose) = pose else { continue };
            let input = ArchInput {
                jaw: arch.jaw,
                mesh: &arch.mesh,
                arch_from_mesh: pose.value.arch_from_scan,
            };
            match label_arch(&input) {
                Ok(found) => found.value,
                Err(_) => continue,
            }
        } else {
            truth::described_arch(arch)
        };
        let findings = measured(arch, &found);
        compare(arch, &found, &findings, &mut errors);
        gaps(arch, &findings, &mut errors);
    }
    errors
}

fn frame_error(jaw: Jaw, arch_from_scan: &RigidMotion, errors: &mut Errors) {
    let turn = arch_from_scan.rotation.scaled_axis();
    let shift = arch_from_scan.translation.vector;
    let degrees = turn.map(f64::to_degrees);
    errors
        .entry(format!("frame turns {jaw}, degrees"))
        .or_default()
        .push(degrees.into());
    errors
        .entry(format!("frame shift {jaw}"))
        .or_default()
        .push(shift.into());
}

fn compare(arch: &SyntheticArch, found: &LabelledArch, findings: &Findings, errors: &mut Errors) {
    for tooth in &found.teeth {
        let Some(true_tooth) = arch.truth.tooth(tooth.fdi) else {
            continue;
        };
        // A tooth under another's number is an error of numbering, not of measuring.
        let near = Vector::from(tooth.frame.origin) - Vector::from(true_tooth.origin_in_cast);
        if near.xy().norm() > 4.0 {
            continue;
        }
        let axes = [
            true_tooth.mesial_in_cast,
            true_tooth.facial_in_cast,
            true_tooth.occlusal_in_cast,
        ]
        .map(Vector::from);
        let class = match tooth.fdi.class() {
            ToothClass::Incisor => "incisor",
            ToothClass::Canine => "canine",
            ToothClass::Premolar => "premolar",
            ToothClass::Molar => "molar",
        };
        for mark in &tooth.landmarks {
            let Some(at) = arch.truth.landmark(tooth.fdi, mark.kind) else {
                continue;
            };
            let off = Vector::from(mark.position) - Vector::from(at);
            let along = axes.map(|a| a.dot(&off));
            errors.entry(group(mark.kind, tooth.fdi)).or_default().push(along);
        }
        let own = [tooth.frame.mesial, tooth.frame.facial, tooth.frame.occlusal].map(Vector::from);
        // Small turns about mesial, facial, occlusal that take the true directions to the found ones.
        let turn = 0.5 * (axes[0].cross(&own[0]) + axes[1].cross(&own[1]) + axes[2].cross(&own[2]));
        let degrees = axes.map(|a| a.dot(&turn).asin().to_degrees());
        errors
            .entry(format!("axes {class}, degrees"))
            .or_default()
            .push(degrees);
        let width = |which: &str, truth: f64| {
            let number = findings.get(&format!("size.{which}.{}", tooth.fdi))?.number()?;
            Some(number.value - truth)
        };
        let widths = [
            width("mesiodistal", true_tooth.mesiodistal_mm),
            width("buccolingual", true_tooth.buccolingual_mm),
        ];
        if let [Some(mesiodistal), Some(buccolingual)] = widths {
            errors
                .entry(format!("widths (mesiodistal, buccolingual) {class}"))
                .or_default()
                .push([mesiodistal, buccolingual, 0.0]);
        }
    }
}

/// What is measured on an arch alone.
fn measured(arch: &SyntheticArch, found: &LabelledArch) -> Findings {
    let measured = MeasuredArch {
        labelled: found,
        mesh: &arch.mesh,
    };
    let mut cast = MeasuredCast::default();
    match arch.jaw {
        Jaw::Upper => cast.upper = Some(measured),
        Jaw::Lower => cast.lower = Some(measured),
    }
    measure(&cast, &Params::default())
}

/// The gaps between neighbours against the truth's, which are negative where crowns pass through each other.
fn gaps(arch: &SyntheticArch, findings: &Findings, errors: &mut Errors) {
    // The truth looks no farther than 12 mm; a wider gap is that of a tooth out of its row.
    for contact in arch.truth.proximal.iter().filter(|c| c.gap_mm < 11.0) {
        let [a, b] = contact.teeth;
        let number = [[a, b], [b, a]]
            .iter()
            .find_map(|[a, b]| findings.get(&format!("spacing.{a}.{b}"))?.number());
        if let Some(number) = number {
            let truth = contact.gap_mm.max(0.0);
            let kind = match number.value {
                g if g < 0.02 => "gap, found closed",
                g if g < 1.0 => "gap, found below 1 mm",
                _ => "gap, found above 1 mm",
            };
            errors
                .entry(kind.to_owned())
                .or_default()
                .push([number.value - truth, 0.0, 0.0]);
        }
    }
}

/// A landmark on a kind of tooth, as the table names it.
fn group(kind: K, tooth: Fdi) -> String {
    let name = serde_json::to_value(kind).expect("a plain enum serialises");
    let name = name.as_str().unwrap_or_default().replace('_', "-");
    let on = match (tooth.class(), tooth.position()) {
        (ToothClass::Incisor, _) => "incisor",
        (ToothClass::Canine, _) => "canine",
        (ToothClass::Premolar, 4) => "first-premolar",
        (ToothClass::Premolar, _) => "second-premolar",
        (ToothClass::Molar, _) => "molar",
    };
    format!("{name}/{}/{on}", tooth.jaw())
}
