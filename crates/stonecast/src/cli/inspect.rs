//! `stonecast inspect`: what a file holds, and every fault of its surface.

use std::{fmt::Write as _, path::PathBuf};

use clap::Args;
use serde::Serialize;
use stonecast_cast::{
    intake::{Stated, intake, measured_width},
    scan::{LengthUnit, RoleEvidence, UnitEvidence},
};
use stonecast_dental::ScanRole;
use stonecast_mesh::{
    formats::{DeclaredUnit, Decoded, Part},
    repair::{MeshReport, diagnose},
};

use super::{Answer, Console, Failure, sources};
use crate::case::write::sha256_hex;

/// Show what files hold and every fault of their surfaces
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stonecast inspect upper.stl lower.stl
  stonecast inspect export.zip --json | jq '.result.files[0].parts[0].report.faults'")]
pub struct InspectArgs {
    /// Surface files: STL, PLY, OBJ, OFF, 3MF, glTF, GLB, VTP, 3Shape HPS, or a zip of those
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

#[derive(Serialize)]
struct Inspected {
    files: Vec<FileReport>,
}

#[derive(Serialize)]
struct FileReport {
    sha256: String,
    byte_count: usize,
    format: String,
    declared_unit_in_mm: Option<f64>,
    notes: Vec<String>,
    as_scan: AsScan,
    parts: Vec<PartReport>,
}

/// What intake would take the file for, with nothing stated.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum AsScan {
    Accepted {
        role: ScanRole,
        role_evidence: RoleEvidence,
        unit: LengthUnit,
        unit_evidence: UnitEvidence,
    },
    Refused(String),
}

#[derive(Serialize)]
struct PartReport {
    has_colours: bool,
    has_normals: bool,
    has_texture: bool,
    scalars: Vec<String>,
    labels: Vec<String>,
    bounds: Option<[[f64; 3]; 2]>,
    /// The longer side of the smallest rectangle around it, seen along its flattest direction; in the file's unit.
    measured_width: Option<f64>,
    report: MeshReport,
}

pub(super) fn run(args: &InspectArgs, console: &Console) -> Result<Answer, Failure> {
    let count = args.files.len();
    console.expect_steps(count as u64);
    let reports = args.files.iter().enumerate().map(|(i, path)| {
        let name = sources::place_name(i, count);
        console.step(&name, || {
            let (bytes, decoded) = sources::read_surface(path, &name)?;
            let file_name = path.file_name().map(|name| name.to_string_lossy());
            Ok(file_report(&bytes, file_name.as_deref(), &decoded))
        })
    });
    let files = sources::all_or_faults(reports).map_err(Failure::Refused)?;
    let text = files
        .iter()
        .enumerate()
        .map(|(i, file)| describe(file, &sources::place_name(i, count)));
    let text = text.collect::<Vec<_>>().join("\n");
    Ok(Answer::new(&Inspected { files }, text))
}

fn file_report(bytes: &[u8], file_name: Option<&str>, decoded: &Decoded) -> FileReport {
    FileReport {
        sha256: sha256_hex(bytes),
        byte_count: bytes.len(),
        format: decoded.format.to_string(),
        declared_unit_in_mm: decoded.declared_unit.map(DeclaredUnit::in_mm),
        notes: decoded
            .notes
            .iter()
            .map(|n| format!("{}: {}", n.place, n.message))
            .collect(),
        as_scan: match intake(bytes, file_name, &Stated::default()) {
            Ok(scan) => AsScan::Accepted {
                role: scan.value.role,
                role_evidence: scan.value.role_evidence,
                unit: scan.value.unit.unit,
                unit_evidence: scan.value.unit.evidence,
            },
            Err(error) => AsScan::Refused(error.to_string()),
        },
        parts: decoded.parts.iter().map(part_report).collect(),
    }
}

fn part_report(part: &Part) -> PartReport {
    PartReport {
        has_colours: part.colours.is_some(),
        has_normals: part.normals.is_some(),
        has_texture: part.texture.is_some(),
        scalars: part.scalars.iter().map(|(name, _)| name.clone()).collect(),
        labels: part.labels.iter().map(|(name, _)| name.clone()).collect(),
        bounds: part.mesh.bounds().map(|b| [b.min.into(), b.max.into()]),
        measured_width: measured_width(&part.mesh),
        report: diagnose(&part.mesh),
    }
}

fn describe(file: &FileReport, name: &str) -> String {
    let mut text = String::new();
    describe_into(&mut text, file, name).expect("a string takes every word");
    text
}

fn describe_into(text: &mut String, file: &FileReport, name: &str) -> std::fmt::Result {
    writeln!(text, "{name}: {}, {} bytes", file.format, file.byte_count)?;
    writeln!(text, "  sha256    {}", file.sha256)?;
    match file.declared_unit_in_mm {
        Some(unit) => writeln!(text, "  unit      declared: 1 = {unit} mm")?,
        None => writeln!(text, "  unit      not declared")?,
    }
    match &file.as_scan {
        AsScan::Accepted {
            role,
            role_evidence,
            unit,
            unit_evidence,
        } => writeln!(
            text,
            "  as a scan {role} (by {}), in {} (by {})",
            word(role_evidence),
            unit.symbol(),
            word(unit_evidence)
        )?,
        AsScan::Refused(why) => writeln!(text, "  as a scan {why}")?,
    }
    for note in &file.notes {
        writeln!(text, "  note      {note}")?;
    }
    for part in &file.parts {
        let report = &part.report;
        writeln!(
            text,
            "  surface   {} triangles, {} vertices",
            report.face_count, report.vertex_count
        )?;
        if let Some([low, high]) = part.bounds {
            let size: Vec<String> = (0..3).map(|i| format!("{:.3}", high[i] - low[i])).collect();
            write!(text, "  size      {}", size.join(" x "))?;
            match part.measured_width {
                Some(width) => writeln!(text, ", {width:.3} wide")?,
                None => writeln!(text)?,
            }
        }
        let extras = [
            (part.has_colours, "colours"),
            (part.has_normals, "normals"),
            (part.has_texture, "texture"),
        ];
        let extras: Vec<&str> = extras
            .iter()
            .filter(|(has, _)| *has)
            .map(|(_, what)| *what)
            .collect();
        if !extras.is_empty() {
            writeln!(text, "  with      {}", extras.join(", "))?;
        }
        let yes = |b: bool| if b { "yes" } else { "no" };
        writeln!(
            text,
            "  closed {}, manifold {}, consistently wound {}",
            yes(report.is_closed),
            yes(report.is_manifold),
            yes(report.is_oriented)
        )?;
        for fault in &report.faults {
            writeln!(text, "  fault     {} x {}", fault.count, word(&fault.kind))?;
        }
        if report.faults.is_empty() {
            writeln!(text, "  no fault")?;
        }
    }
    Ok(())
}

/// A value's name as `--json` gives it.
fn word(value: &impl Serialize) -> String {
    let value = serde_json::to_value(value).ok();
    value
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_default()
}
