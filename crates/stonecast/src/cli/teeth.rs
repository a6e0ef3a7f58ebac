//! `stonecast teeth`: the teeth of a scan or of a case, found, numbered and measured.

use std::{
    ffi::OsStr,
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use serde_json::json;
use stonecast_cast::intake::Stated;
use stonecast_dental::Jaw;
use stonecast_mesh::RigidMotion;
use stonecast_picture::Size;

use super::{
    Answer, Console, Failure, Fault,
    cast::{self, JawName, NumbersName},
    sources::{self, Unit},
    teeth_score,
    view::PictureSize,
};
use crate::{
    case::manifest::TeethRecord,
    pipeline::ScanFile,
    teeth::{
        case::{TeethParams, relabel},
        document::{LabelsDocument, LandmarksDocument},
        file::{LabelledFile, label_file},
        items::{coloured_ply, record},
        pictures::{Shown, draw_teeth},
    },
};

/// Find, number and measure the teeth of a scan or of a case
///
/// Of a FILE every vertex and face gets the FDI number of its tooth, or 0 for gum, in the order of the file; the scan may
/// lie in any pose. In a CASE the arches of the cast are labelled anew, with its corrections or those of --edits. What
/// the program doubts is listed, the most doubtful first.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
#[command(after_help = "\
Examples:
  stonecast teeth upper.stl --jaw upper --out labels.json      the labels alone, without pictures
  stonecast teeth lower.ply --jaw lower --out teeth            a folder: labels, landmarks, coloured PLY, pictures
  stonecast teeth case --edits edits.toml --numbers universal
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
    /// A case folder, or a scan of one arch
    #[arg(value_name = "CASE|FILE")]
    input: PathBuf,
    /// Which arch the FILE shows
    #[arg(long, value_enum)]
    jaw: Option<JawName>,
    /// The unit of the FILE's numbers, if it does not declare it
    #[arg(long, value_enum)]
    unit: Option<Unit>,
    /// Corrections; `docs/stages/labelled-cast.md` describes them
    #[arg(long, value_name = "TOML")]
    edits: Option<PathBuf>,
    /// Of a FILE: a network of your own that tells whose each face is (docs/methods/user-network.md); needs a program built
    /// with `--features user-model`
    #[arg(long, value_name = "ONNX")]
    model: Option<PathBuf>,
    /// Of a FILE: the labels, if the name ends in .json; else a folder for labels, landmarks, coloured PLY and pictures
    #[arg(short, long, value_name = "JSON|DIR", help_heading = "Output")]
    out: Option<PathBuf>,
    /// Replace what exists
    #[arg(long, help_heading = "Output")]
    force: bool,
    /// Draw no pictures
    #[arg(long, help_heading = "Output")]
    no_pictures: bool,
    /// Width and height of the pictures in pixels
    #[arg(long, value_name = "WxH", default_value = "1200x900", help_heading = "Output")]
    picture_size: PictureSize,
    /// The numbers on the pictures; files hold FDI numbers
    #[arg(long, value_enum, default_value_t = NumbersName::Fdi, help_heading = "Output")]
    numbers: NumbersName,
}

pub(super) fn run(args: &TeethArgs, console: &Console) -> Result<Answer, Failure> {
    match (&args.command, &args.label) {
        (Some(TeethCommand::Score(score)), _) => teeth_score::run(score, console),
        (None, Some(args)) if args.input.is_dir() => label_case(args, console),
        (None, Some(args)) => label_scan(args, console),
        (None, None) => Err(Failure::refused(
            "input.none",
            "no scan or case was given (stonecast teeth --help shows examples)",
        )),
    }
}

/// Labels the arches of a case and puts its new version in its place.
fn label_case(args: &LabelArgs, console: &Console) -> Result<Answer, Failure> {
    if args.jaw.is_some() || args.unit.is_some() || args.out.is_some() || args.model.is_some() {
        return Err(Failure::refused(
            "arguments",
            "--jaw, --unit, --model and --out go with a FILE: a CASE knows its arches, and its teeth are written into it",
        ));
    }
    console.expect_steps(5);
    let edits = args.edits.as_deref().map(sources::read_edits).transpose()?;
    let observe = |name: &str, begins| console.observe(name, begins);
    let made =
        relabel(&args.input, edits.as_deref(), args.params(), &observe).map_err(|e| cast::failure(&e))?;
    let mut answer = Answer::new(&made, cast::describe(&made, &args.input));
    answer.warnings = made.warnings;
    Ok(answer)
}

/// A user's network, where the program can run one.
fn read_model(path: &Path) -> Result<Vec<u8>, Failure> {
    if cfg!(not(feature = "user-model")) {
        return Err(Failure::refused(
            "model.not-built",
            "this program was built without networks of the user's own: build it with `cargo build --release --features user-model`",
        ));
    }
    fs::read(path).map_err(|e| Failure::refused("model.unreadable", format!("--model cannot be read: {e}")))
}

/// Labels one file.
fn label_scan(args: &LabelArgs, console: &Console) -> Result<Answer, Failure> {
    let (jaw, out) = args.of_file()?;
    console.expect_steps(8);
    let edits = args.edits.as_deref().map(sources::read_edits).transpose()?;
    let file = console
        .step("read", || args.file())
        .map_err(|fault| Failure::Refused(vec![fault]))?;
    let observe = |name: &str, begins| console.observe(name, begins);
    let model = args.model.as_deref().map(read_model).transpose()?;
    let labelled = label_file(&file, jaw, edits.as_deref(), model.as_deref(), &observe)
        .map_err(|e| cast::failure(&e))?;
    let mut warnings = Vec::new();
    let labelled = labelled.unpack(&mut warnings);
    drop(file);
    match out {
        Out::Labels(path) => console
            .step("write", || fs::write(path, labels(&labelled)))
            .map_err(|e| Failure::unwritable("--out", &e))?,
        Out::Folder(folder) => {
            let pictures = console.step("draw", || args.pictures(&labelled));
            console
                .step("write", || write_folder(folder, &labelled, &pictures))
                .map_err(|e| Failure::unwritable("--out", &e))?;
        }
    }
    let mut answer = answer(&labelled);
    answer.warnings = warnings;
    Ok(answer)
}

/// What is to be written of a file.
enum Out<'a> {
    Labels(&'a Path),
    Folder(&'a Path),
}

impl LabelArgs {
    /// What a file cannot be labelled without.
    fn of_file(&self) -> Result<(Jaw, Out<'_>), Failure> {
        let mut faults = Vec::new();
        if self.jaw.is_none() {
            faults.push(Fault::new(
                "input.jaw",
                "--jaw upper or --jaw lower is needed with a FILE: say which arch it shows",
            ));
        }
        let out = match self.out.as_deref() {
            Some(path) if path.extension() == Some(OsStr::new("json")) => Some(Out::Labels(path)),
            Some(path) => Some(Out::Folder(path)),
            None => {
                faults.push(Fault::new(
                    "output.none",
                    "--out is needed with a FILE: labels.json for the labels alone, or a folder for everything",
                ));
                None
            }
        };
        match (self.jaw, out) {
            (Some(jaw), Some(out)) => {
                let (Out::Labels(path) | Out::Folder(path)) = out;
                sources::check_output(path, "what --out names", self.force)?;
                Ok((jaw.into(), out))
            }
            _ => Err(Failure::Refused(faults)),
        }
    }

    fn params(&self) -> TeethParams {
        TeethParams {
            pictures: (!self.no_pictures).then_some(self.picture_size.0),
            numbers: self.numbers.into(),
        }
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

    /// The pictures of a file's teeth, each with its name: in the arch's own frame.
    fn pictures(&self, labelled: &LabelledFile) -> Vec<(String, Vec<u8>)> {
        let Some(size) = self.params().pictures else {
            return Vec::new();
        };
        draw_file(labelled, size, self)
    }
}

fn draw_file(labelled: &LabelledFile, size: Size, args: &LabelArgs) -> Vec<(String, Vec<u8>)> {
    let arch_from_scan = &labelled.prepared.orientation.arch_from_scan;
    let mesh = labelled.prepared.cleaned.mesh.transformed(arch_from_scan);
    let arch = labelled.arch.moved(arch_from_scan);
    let shown = [Shown {
        mesh: &mesh,
        arch: &arch,
    }];
    draw_teeth(&shown, size, args.numbers.into())
        .into_iter()
        .map(|(name, _, picture)| (format!("{name}.png"), picture.to_png()))
        .collect()
}

fn labels(labelled: &LabelledFile) -> Vec<u8> {
    LabelsDocument::new(labelled.arch.jaw, &labelled.carried).to_json()
}

fn write_folder(folder: &Path, labelled: &LabelledFile, pictures: &[(String, Vec<u8>)]) -> io::Result<()> {
    let mm_per_unit = labelled.scan.unit.unit.in_mm();
    let landmarks = LandmarksDocument::new(&labelled.arch, &RigidMotion::identity(), mm_per_unit);
    fs::create_dir_all(folder)?;
    fs::write(folder.join("labels.json"), labels(labelled))?;
    fs::write(folder.join("landmarks.json"), landmarks.to_json())?;
    let coloured = coloured_ply(&labelled.scan.mesh_in_scan, &labelled.carried);
    fs::write(folder.join("teeth.ply"), coloured)?;
    for (name, png) in pictures {
        fs::write(folder.join(name), png)?;
    }
    Ok(())
}

fn answer(labelled: &LabelledFile) -> Answer {
    let record = record(&labelled.arch);
    let result = json!({
        "jaw": record.jaw,
        "vertices": labelled.carried.vertices.len(),
        "faces": labelled.carried.faces.len(),
        "teeth": record.teeth,
        "doubts": record.doubts,
    });
    let mut text = String::new();
    describe_teeth(&mut text, &record).expect("a string takes every word");
    Answer::new(&result, text)
}

/// Says which teeth an arch has, and what a person should look at.
pub(super) fn describe_teeth(text: &mut String, record: &TeethRecord) -> std::fmt::Result {
    let numbers: Vec<String> = record.teeth.iter().map(|t| t.fdi.to_string()).collect();
    writeln!(
        text,
        "teeth  {}: {} found, {}",
        record.jaw,
        numbers.len(),
        numbers.join(" ")
    )?;
    if !record.doubts.is_empty() {
        writeln!(text, "       please look at")?;
    }
    for doubt in &record.doubts {
        let tooth = doubt.tooth.map_or_else(|| "arch".to_owned(), |t| t.to_string());
        let sure = 100.0 * doubt.confidence;
        writeln!(text, "       {tooth:<4} {sure:>3.0} % sure: {}", doubt.reason)?;
    }
    Ok(())
}
