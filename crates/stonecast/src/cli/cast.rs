//! `stonecast cast`: scans to a case folder.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use stonecast_cast::{
    CastParams,
    base::{BaseParams, Hollow, Label, LabelFace, LabelStyle},
    bite::BiteKind,
    intake::Stated,
};
use stonecast_dental::{Acquisition, AcquisitionMethod, Jaw, ScanRole};

use super::{
    Answer, Console, Failure, Fault,
    sources::{self, Unit},
    view::PictureSize,
};
use crate::{
    case::{
        Manifest, manifest,
        write::{WriteError, check_place},
    },
    pipeline::{Job, PipelineError, ScanFile, scan_to_case},
    teeth::pictures::Numbers,
};

/// Make a diagnostic cast from the scans of one patient
///
/// Writes a case folder: the scans as they came, the cleaned arches in one frame and in their bite, their bases, their
/// teeth with number and landmarks, everything measured on them, and pictures. What the files show is told by options, else by their names, else by their shapes.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stonecast cast --upper upper.stl --lower lower.stl --out case
  stonecast cast --upper u.ply --lower l.ply --bite-right br.ply --bite-left bl.ply --out case
  stonecast cast export.zip --patient-code A-1072 --date 2026-03-14 --out case
  stonecast cast --upper inches.obj --unit in --base none --out case --json")]
pub struct CastArgs {
    /// Scans whose role is told by name or shape; or an archive of them
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    scans: ScanArgs,
    #[command(flatten)]
    acquisition: AcquisitionArgs,
    #[command(flatten)]
    making: MakingArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Scans")]
struct ScanArgs {
    /// The upper arch
    #[arg(long, value_name = "FILE")]
    upper: Option<PathBuf>,
    /// The lower arch
    #[arg(long, value_name = "FILE")]
    lower: Option<PathBuf>,
    /// The closed arches, seen from the patient's right cheek
    #[arg(long, value_name = "FILE")]
    bite_right: Option<PathBuf>,
    /// The closed arches, seen from the patient's left cheek
    #[arg(long, value_name = "FILE")]
    bite_left: Option<PathBuf>,
    /// A bite scan of whichever side; up to two
    #[arg(long, value_name = "FILE", num_args = 1..=2, conflicts_with_all = ["bite_right", "bite_left"])]
    bite: Vec<PathBuf>,
    /// Which arch the one FILE shows
    #[arg(long, value_enum, conflicts_with_all = ["upper", "lower"])]
    jaw: Option<JawName>,
    /// The unit of the scans' numbers, if the files do not declare it
    #[arg(long, value_enum)]
    unit: Option<Unit>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Acquisition (kept with the scans)")]
struct AcquisitionArgs {
    /// How the scans were made
    #[arg(long, value_enum)]
    acquisition: Option<MethodName>,
    /// The scanner's make and model
    #[arg(long, value_name = "TEXT")]
    scanner: Option<String>,
    /// When the scans were made, as 2026-03-14 or 2026-03-14T09:30:00Z
    #[arg(long, value_name = "TIME")]
    scan_time: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Making the cast")]
pub(super) struct MakingArgs {
    /// Corrections; `docs/stages/case-folder.md` describes them
    #[arg(long, value_name = "TOML")]
    edits: Option<PathBuf>,
    /// The form of the base
    #[arg(long, value_enum, default_value_t = BaseName::Orthodontic)]
    base: BaseName,
    /// A hollow base with drain holes
    #[arg(long)]
    hollow: bool,
    /// The least wall of a hollow base, mm; else that of `tables/base_presets.toml`
    #[arg(long, value_name = "MM", requires = "hollow")]
    wall: Option<f64>,
    /// How many drain holes a hollow base has; else as many as `tables/base_presets.toml` says
    #[arg(long, value_name = "N", requires = "hollow")]
    drain_holes: Option<usize>,
    /// Words on the base, `\n` for a new line; else patient code and date where given, and the arch
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    /// Leave the base without words
    #[arg(long, conflicts_with = "label")]
    no_label: bool,
    /// Raise the words instead of sinking them
    #[arg(long)]
    raised: bool,
    /// The face with the words
    #[arg(long, value_enum, default_value_t = FaceName::Bottom)]
    label_face: FaceName,
    /// Leave the teeth unlabelled
    #[arg(long)]
    no_teeth: bool,
    /// Measure nothing
    #[arg(long)]
    no_measure: bool,
    /// Leave the bite unanalysed
    #[arg(long)]
    no_occlusion: bool,
    /// The numbers on the pictures of the teeth
    #[arg(long, value_enum, default_value_t = NumbersName::Fdi, conflicts_with = "no_teeth")]
    numbers: NumbersName,
    /// The practice's own code for the patient, kept in case.toml
    #[arg(long, value_name = "CODE")]
    patient_code: Option<String>,
    /// The date of the cast, kept in case.toml; none is filled in
    #[arg(long, value_name = "DATE")]
    date: Option<String>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
struct OutputArgs {
    /// The case folder to make
    #[arg(short, long, value_name = "CASE")]
    out: PathBuf,
    /// Replace the case folder if it exists
    #[arg(long)]
    force: bool,
    /// Draw no pictures
    #[arg(long)]
    no_pictures: bool,
    /// Width and height of the pictures in pixels
    #[arg(long, value_name = "WxH", default_value = "1200x900")]
    picture_size: PictureSize,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum JawName {
    Upper,
    Lower,
}

impl From<JawName> for Jaw {
    fn from(name: JawName) -> Self {
        match name {
            JawName::Upper => Self::Upper,
            JawName::Lower => Self::Lower,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MethodName {
    /// Scanned in the mouth
    Intraoral,
    /// A stone cast on a desktop scanner
    StoneCast,
    /// An impression on a desktop scanner
    Impression,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum BaseName {
    /// The trimmed study model
    Orthodontic,
    /// A rounded band
    Horseshoe,
    /// A rectangle
    Block,
    /// None: the open surfaces alone
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum NumbersName {
    /// ISO 3950: 11 to 48, primary 51 to 85
    Fdi,
    /// 1 to 32, primary A to T
    Universal,
    /// Quadrant and place: UR6, LLd
    Palmer,
}

impl From<NumbersName> for Numbers {
    fn from(name: NumbersName) -> Self {
        match name {
            NumbersName::Fdi => Self::Fdi,
            NumbersName::Universal => Self::Universal,
            NumbersName::Palmer => Self::Palmer,
        }
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FaceName {
    /// Opposite the teeth
    Bottom,
    /// Behind the arch
    Back,
}

impl MakingArgs {
    /// The parameters, and the text of the corrections.
    pub(super) fn settle(&self) -> Result<(CastParams, Option<String>), Failure> {
        let preset = match self.base {
            BaseName::Orthodontic => Some("orthodontic"),
            BaseName::Horseshoe => Some("horseshoe"),
            BaseName::Block => Some("block"),
            BaseName::None => None,
        };
        let params = CastParams {
            base: preset.map(|preset| BaseParams {
                preset: preset.to_owned(),
                hollow: self.hollow.then(|| self.hollow()),
                upper_label: self.label(Jaw::Upper),
                lower_label: self.label(Jaw::Lower),
            }),
            ..CastParams::default()
        };
        Ok((
            params,
            self.edits.as_deref().map(sources::read_edits).transpose()?,
        ))
    }

    fn hollow(&self) -> Hollow {
        let usual = Hollow::default();
        Hollow {
            wall_mm: self.wall.unwrap_or(usual.wall_mm),
            drain_holes: self.drain_holes.unwrap_or(usual.drain_holes),
        }
    }

    /// What stands on the base of an arch.
    fn label(&self, jaw: Jaw) -> Option<Label> {
        if self.no_label {
            return None;
        }
        let lines = match &self.label {
            Some(text) => text.replace("\\n", "\n").lines().map(str::to_owned).collect(),
            None => [
                self.patient_code.clone(),
                self.date.clone(),
                Some(jaw.name().to_uppercase()),
            ]
            .into_iter()
            .flatten()
            .collect(),
        };
        Some(Label {
            lines,
            style: if self.raised {
                LabelStyle::Embossed
            } else {
                LabelStyle::Engraved
            },
            face: match self.label_face {
                FaceName::Bottom => LabelFace::Bottom,
                FaceName::Back => LabelFace::Back,
            },
        })
    }

    /// The numbers on the teeth; `None` to leave them unlabelled.
    pub(super) fn teeth(&self) -> Option<Numbers> {
        (!self.no_teeth).then_some(self.numbers.into())
    }

    /// Whether the teeth are to be measured.
    pub(super) fn measure(&self) -> bool {
        !self.no_measure
    }

    /// Whether the bite is to be analysed.
    pub(super) fn occlusion(&self) -> bool {
        !self.no_occlusion
    }

    pub(super) fn stated(&self) -> manifest::Stated {
        manifest::Stated {
            patient_code: self.patient_code.clone(),
            date: self.date.clone(),
            label: self.label.clone(),
        }
    }
}

pub(super) fn run(args: &CastArgs, console: &Console) -> Result<Answer, Failure> {
    let output = &args.output;
    check_out(&output.out, output.force)?;
    let (params, edits) = args.making.settle()?;
    let given = args.given()?;
    let step_count = 13 + u64::from(!output.no_pictures) * 4;
    console.expect_steps(step_count);
    let files = console.step("read", || {
        sources::all_or_faults(given.into_iter().map(|(path, name, stated)| {
            Ok(ScanFile {
                bytes: sources::read(&path, &name)?,
                file_name: path.file_name().map(|name| name.to_string_lossy().into_owned()),
                stated,
            })
        }))
    });
    let job = Job {
        files: files.map_err(Failure::Refused)?,
        edits,
        params,
        stated: args.making.stated(),
        pictures: (!output.no_pictures).then_some(output.picture_size.0),
        teeth: args.making.teeth(),
        measure: args.making.measure(),
        occlusion: args.making.occlusion(),
        out: output.out.clone(),
        force: output.force,
    };
    do_job(job, &output.out, console)
}

/// Refuses a place that may not be written, before any work is done.
pub(super) fn check_out(out: &Path, force: bool) -> Result<(), Failure> {
    check_place(out, force).map_err(|e| unwritten(&e))
}

/// Does a job and says what came of it.
pub(super) fn do_job(job: Job, out: &Path, console: &Console) -> Result<Answer, Failure> {
    let made = scan_to_case(job, &|name, begins| console.observe(name, begins)).map_err(|e| failure(&e))?;
    let mut answer = Answer::new(&made, describe(&made, out));
    answer.warnings = made.warnings;
    Ok(answer)
}

impl CastArgs {
    /// Every file with its name in messages and what was said about it.
    fn given(&self) -> Result<Vec<(PathBuf, String, Stated)>, Failure> {
        let scans = &self.scans;
        let stated = |role| Stated {
            role,
            unit: scans.unit.map(Into::into),
            acquisition: self.acquisition.settle(),
        };
        let mut given = Vec::new();
        let by_role = [
            (&scans.upper, "--upper", ScanRole::Upper),
            (&scans.lower, "--lower", ScanRole::Lower),
            (&scans.bite_right, "--bite-right", ScanRole::BiteRight),
            (&scans.bite_left, "--bite-left", ScanRole::BiteLeft),
        ];
        for (path, name, role) in by_role {
            given.extend(
                path.clone()
                    .map(|path| (path, name.to_owned(), stated(Some(role)))),
            );
        }
        // The side is found by where the scan fits; until then the two need different names.
        for (path, role) in scans.bite.iter().zip([ScanRole::BiteRight, ScanRole::BiteLeft]) {
            given.push((path.clone(), "--bite".to_owned(), stated(Some(role))));
        }
        let jaw = scans.jaw.map(Jaw::from);
        if jaw.is_some() && self.files.len() != 1 {
            return Err(Failure::refused(
                "input.jaw",
                "--jaw needs exactly one FILE: name the others with --bite-right and --bite-left",
            ));
        }
        for (i, path) in self.files.iter().enumerate() {
            let name = sources::place_name(i, self.files.len());
            given.push((path.clone(), name, stated(jaw.map(ScanRole::from))));
        }
        if given.is_empty() {
            return Err(Failure::refused(
                "input.none",
                "no scan was given: pass --upper, --lower or files (stonecast cast --help shows examples)",
            ));
        }
        Ok(given)
    }
}

impl AcquisitionArgs {
    fn settle(&self) -> Acquisition {
        Acquisition {
            method: match self.acquisition {
                Some(MethodName::Intraoral) => AcquisitionMethod::IntraoralScan,
                Some(MethodName::StoneCast) => AcquisitionMethod::DesktopScanOfStoneCast,
                Some(MethodName::Impression) => AcquisitionMethod::DesktopScanOfImpression,
                None => AcquisitionMethod::NotStated,
            },
            scanner: self.scanner.clone(),
            time: self.scan_time.clone(),
        }
    }
}

/// A job's error in the form that the command prints.
pub(super) fn failure(error: &PipelineError) -> Failure {
    let all = |code: &str, messages: Vec<String>| {
        Failure::Refused(
            messages
                .into_iter()
                .map(|message| Fault::new(code, message))
                .collect(),
        )
    };
    match error {
        PipelineError::Edits(e) => all("edits", vec![e.to_string()]),
        PipelineError::Intake(e) => all("intake", e.faults.iter().map(ToString::to_string).collect()),
        PipelineError::File(e) => all("intake", vec![e.to_string()]),
        PipelineError::Teeth(errors) => all("teeth", errors.iter().map(ToString::to_string).collect()),
        PipelineError::TeethEdits(e) => all("edits", vec![e.to_string()]),
        PipelineError::OtherCast => all("edits", vec![error.to_string()]),
        PipelineError::Read(e) => all("case.unreadable", vec![e.to_string()]),
        PipelineError::Cast(errors) => all("cast", errors.iter().map(ToString::to_string).collect()),
        PipelineError::Bite(e) => super::occlusion::failure(e),
        PipelineError::Write(e) => unwritten(e),
    }
}

fn unwritten(error: &WriteError) -> Failure {
    match error {
        WriteError::Exists | WriteError::NotACase | WriteError::NoName => {
            Failure::refused("output.exists", error.to_string())
        }
        WriteError::Io { .. } => Failure::failed("output.unwritable", error.to_string()),
    }
}

pub(super) fn describe(made: &Manifest, out: &Path) -> String {
    let mut text = String::new();
    describe_into(&mut text, made, out).expect("a string takes every word");
    text
}

fn describe_into(text: &mut String, made: &Manifest, out: &Path) -> std::fmt::Result {
    for arch in &made.arches {
        writeln!(text, "{:<6} {} triangles", arch.jaw, arch.face_count)?;
    }
    if let Some(bite) = &made.bite {
        let kind = match bite.kind {
            BiteKind::AsScanned => "as scanned",
            BiteKind::FromBiteScan => "from bite scan",
            BiteKind::Estimated => "ESTIMATED, not recorded",
        };
        writeln!(
            text,
            "bite   {kind}: {} contacts, deepest penetration {}",
            bite.contact_count, bite.largest_penetration
        )?;
    }
    if let Some(base) = made.arches.iter().find_map(|arch| arch.base.as_ref()) {
        write!(text, "base   {}", base.preset)?;
        match made.occluded_height_mm {
            Some(height) => writeln!(text, ", {height:.1} mm high in occlusion")?,
            None => writeln!(
                text,
                ", bottom {:.1} mm from the occlusal plane",
                base.bottom_height_mm
            )?,
        }
    }
    for teeth in &made.teeth {
        super::teeth::describe_teeth(text, teeth)?;
    }
    if let Some(findings) = &made.findings {
        super::measure::describe_counts(text, findings)?;
    }
    if let Some(occlusion) = &made.occlusion {
        writeln!(
            text,
            "bite   {} contacts of teeth, {} of them whichever way the bite is off by a little",
            occlusion.contacts, occlusion.stable_contacts
        )?;
    }
    writeln!(text, "case   {}", out.display())?;
    for sheet in [
        "pictures/contact-sheet.png",
        "pictures/teeth.png",
        "occlusion/occlusogram.png",
    ] {
        if made.files.iter().any(|file| file.path == sheet) {
            writeln!(text, "look   {}", out.join(sheet).display())?;
        }
    }
    for arch in &made.arches {
        if let Some(base) = &arch.base {
            writeln!(text, "print  {}", out.join(&base.joined_path).display())?;
        }
    }
    Ok(())
}
