//! `stonecast teeth`: the teeth of a scan, found, numbered and measured.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use serde_json::json;
use stonecast_cast::intake::Stated;
use stonecast_dental::Jaw;
use stonecast_mesh::RigidMotion;

use super::{
    Answer, Console, Failure, Fault,
    cast::{self, JawName},
    sources::{self, Unit},
    teeth_score,
};
use crate::{
    pipeline::ScanFile,
    teeth::{
        document::{LabelsDocument, LandmarksDocument, told},
        file::{LabelledFile, label_file},
    },
};

/// Find, number and measure the teeth of a scan
///
/// Every vertex and face of the file gets the FDI number of its tooth, or 0 for gum, in the order of the file. The
/// scan may lie in any pose. What the program doubts is listed, the most doubtful first.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "\
Examples:
  stonecast teeth upper.stl --jaw upper --out labels.json
  stonecast teeth lower.ply --jaw lower --out labels.json --landmarks landmarks.json
  stonecast teeth score --truth labelled")]
pub struct TeethArgs {
    #[command(subcommand)]
    command: Option<TeethCommand>,
    #[command(flatten)]
    label: Option<LabelArgs>,
}

#[derive(Debug, Subcommand)]
enum TeethCommand {
    Score(teeth_score::ScoreArgs),
}

#[derive(Debug, Args)]
struct LabelArgs {
    /// A scan of one arch
    #[arg(value_name = "FILE")]
    input: PathBuf,
    /// Which arch the file shows
    #[arg(long, value_enum)]
    jaw: JawName,
    /// The unit of the scan's numbers, if the file does not declare it
    #[arg(long, value_enum)]
    unit: Option<Unit>,
    /// Corrections; `docs/stages/labelled-cast.md` describes them
    #[arg(long, value_name = "TOML")]
    edits: Option<PathBuf>,
    /// The labels, in the form of Teeth3DS
    #[arg(short, long, value_name = "JSON", help_heading = "Output")]
    out: PathBuf,
    /// Landmarks, axes, widths and margins of the teeth, in the file's own coordinates
    #[arg(long, value_name = "JSON", help_heading = "Output")]
    landmarks: Option<PathBuf>,
    /// Replace what exists
    #[arg(long, help_heading = "Output")]
    force: bool,
}

pub(super) fn run(args: &TeethArgs, console: &Console) -> Result<Answer, Failure> {
    match (&args.command, &args.label) {
        (Some(TeethCommand::Score(score)), _) => teeth_score::run(score, console),
        (None, Some(args)) => label(args, console),
        (None, None) => Err(Failure::refused(
            "input.none",
            "no scan was given (stonecast teeth --help shows examples)",
        )),
    }
}

fn label(args: &LabelArgs, console: &Console) -> Result<Answer, Failure> {
    for (path, what) in args.outputs() {
        sources::check_output(path, what, args.force)?;
    }
    console.expect_steps(7);
    let edits = args.edits.as_deref().map(sources::read_edits).transpose()?;
    let file = console
        .step("read", || args.file())
        .map_err(|fault| Failure::Refused(vec![fault]))?;
    let jaw = Jaw::from(args.jaw);
    let observe = |name: &str, begins| console.observe(name, begins);
    let labelled = label_file(&file, jaw, edits.as_deref(), &observe).map_err(|e| cast::failure(&e))?;
    let mut warnings = Vec::new();
    let labelled = labelled.unpack(&mut warnings);
    console.step("write", || args.write(&labelled))?;
    let mut answer = answer(&labelled);
    answer.warnings = warnings;
    Ok(answer)
}

impl LabelArgs {
    fn outputs(&self) -> impl Iterator<Item = (&Path, &'static str)> {
        let landmarks = self.landmarks.as_deref().map(|path| (path, "--landmarks"));
        [(self.out.as_path(), "--out")].into_iter().chain(landmarks)
    }

    fn file(&self) -> Result<ScanFile, Fault> {
        Ok(ScanFile {
            bytes: sources::read(&self.input, "the file")?,
            file_name: (self.input.file_name()).map(|name| name.to_string_lossy().into_owned()),
            stated: Stated {
                unit: self.unit.map(Into::into),
                ..Stated::default()
            },
        })
    }

    fn write(&self, labelled: &LabelledFile) -> Result<(), Failure> {
        let labels = LabelsDocument::new(labelled.arch.jaw, &labelled.carried);
        fs::write(&self.out, labels.to_json()).map_err(|e| Failure::unwritable("--out", &e))?;
        if let Some(path) = &self.landmarks {
            let document = LandmarksDocument::new(
                &labelled.arch,
                &RigidMotion::identity(),
                labelled.scan.unit.unit.in_mm(),
            );
            fs::write(path, document.to_json()).map_err(|e| Failure::unwritable("--landmarks", &e))?;
        }
        Ok(())
    }
}

fn answer(labelled: &LabelledFile) -> Answer {
    let arch = &labelled.arch;
    let teeth: Vec<_> = (arch.teeth.iter())
        .map(|tooth| {
            let (told_by, confidence) = told(tooth.told_by);
            json!({
                "fdi": tooth.fdi,
                "told_by": told_by,
                "confidence": confidence,
                "mesiodistal_mm": tooth.mesiodistal,
                "buccolingual_mm": tooth.buccolingual,
            })
        })
        .collect();
    let result = json!({
        "jaw": arch.jaw,
        "vertices": labelled.carried.vertices.len(),
        "faces": labelled.carried.faces.len(),
        "teeth": teeth,
        "doubts": arch.doubts,
    });
    Answer::new(&result, describe(labelled))
}

fn describe(labelled: &LabelledFile) -> String {
    let mut text = String::new();
    describe_into(&mut text, labelled).expect("a string takes every word");
    text
}

fn describe_into(text: &mut String, labelled: &LabelledFile) -> std::fmt::Result {
    let arch = &labelled.arch;
    let numbers: Vec<String> = arch.teeth.iter().map(|t| t.fdi.to_string()).collect();
    writeln!(
        text,
        "{:<6} {} teeth: {}",
        arch.jaw,
        numbers.len(),
        numbers.join(" ")
    )?;
    if !arch.doubts.is_empty() {
        writeln!(text, "please look at")?;
    }
    for doubt in &arch.doubts {
        let tooth = doubt.tooth.map_or_else(|| "arch".to_owned(), |t| t.to_string());
        writeln!(
            text,
            "  {tooth:<5} {:>3.0} %  {}",
            100.0 * doubt.confidence,
            doubt.reason
        )?;
    }
    Ok(())
}
