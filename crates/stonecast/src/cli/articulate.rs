//! `stonecast articulate`: a case on an articulator.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum};
use serde_json::json;
use stonecast_articulator::{
    Articulator, ArticulatorError, Extent, GuideShape, IncisalGuide, JawPath, MotionKind, MotionRequest,
    PlaneName, RecordUnit, Settings, SettingsError, Start,
};
use stonecast_dental::{Deg, Finding, Jaw, Mm, Side, Sides, Warning};
use stonecast_teeth::LabelledArch;

use super::{
    Answer, Console, Failure,
    cast::NumbersName,
    findings::{explained, listed, only},
    measure,
    noise::NoiseArgs,
    occlusion, sources,
};
use crate::{
    articulate::{
        case::{ArticulateError, Articulated, doubts, excursion_params, paths, write_into},
        document::Head,
        mount::{MountError, MountingFile, usual_plane},
        record::{Recorded, RecordedPaths, usual_reach},
        summary::summary,
        sweep::{self, Sweep},
    },
    measure::case::LabelledCase,
    occlusion::case::pair,
    pipeline::watched,
    teeth::pictures::Numbers,
};

/// Mount a case on an articulator, move it, and measure what the teeth do
///
/// Mounts the cast by average values, or by points from a facebow or a volume scan; moves the lower arch as the condylar
/// guides and the incisal pin lead it; and measures along each motion which teeth lead, which interfere, and how far the others
/// come apart. Teeth block nothing: where arches would pass through each other, that is measured.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stonecast articulate case
  stonecast articulate case --preset artex-cr --sci 35 --bennett 12
  stonecast articulate case --sci-right 30 --sci-left 38 --motion laterotrusion-right,laterotrusion-left
  stonecast articulate case --mounting facebow.toml --plane axis-orbital
  stonecast articulate case --motion protrusion --sweep sci=20:60:5
  stonecast articulate case --record motion.csv --record-unit mm --hinge
  stonecast articulate case --explain guidance.protrusion.angle

Not a medical device: for documentation, education and research. See LIMITATIONS.md.")]
pub struct ArticulateArgs {
    /// A case folder with both arches and labelled teeth
    #[arg(value_name = "CASE")]
    case: PathBuf,
    /// The motions; `all` for each of them
    #[arg(
        long,
        value_enum,
        value_name = "MOTION,MOTION",
        value_delimiter = ',',
        default_values_t = [MotionName::Protrusion, MotionName::LaterotrusionRight, MotionName::LaterotrusionLeft]
    )]
    motion: Vec<MotionName>,
    /// How far: the way of the condyle that goes further, mm; of the incisal point for opening
    #[arg(long, value_name = "MM", allow_negative_numbers = true)]
    to: Option<f64>,
    /// Into how many steps each motion is divided
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MOST_STEPS as i64))]
    steps: Option<u16>,
    /// Vary a setting and tell what appears where: sci, bennett, iss or fischer, as sci=20:60:5 or sci=20,35,50
    #[arg(long, value_name = "SETTING=VALUES", conflicts_with_all = ["explain", "list", "only"])]
    sweep: Option<String>,
    /// Print and give back only findings whose ids begin so
    #[arg(long, value_name = "ID,ID", value_delimiter = ',', conflicts_with = "explain")]
    only: Vec<String>,
    /// Tell where a finding comes from. Writes nothing
    #[arg(long, value_name = "ID")]
    explain: Option<String>,
    /// List the id and the name of every finding. Writes nothing
    #[arg(long, conflicts_with = "explain")]
    list: bool,
    #[command(flatten)]
    mounting: MountingArgs,
    #[command(flatten)]
    settings: SettingsArgs,
    #[command(flatten)]
    noise: NoiseArgs,
    #[command(flatten)]
    recorded: RecordArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Mounting")]
struct MountingArgs {
    /// Points that were measured on the patient, as TOML (docs/stages/mounted-cast.md); without it, average values
    #[arg(long, value_name = "TOML")]
    mounting: Option<PathBuf>,
    /// The plane that the articulator's angles are stated against, where the file of --mounting names none; else that of the preset
    #[arg(long, value_enum)]
    plane: Option<PlaneChoice>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Recorded motion (docs/methods/jaw-motion-files.md)")]
struct RecordArgs {
    /// Motions as a device recorded them, instead of motions by settings: 4 x 4 matrices as CSV, JSON or XML
    #[arg(long, value_name = "FILE", conflicts_with_all = ["motion", "sweep", "to", "steps"])]
    record: Option<PathBuf>,
    /// The unit of the record's lengths, if the file does not say it
    #[arg(long, value_enum, requires = "record")]
    record_unit: Option<RecordUnitName>,
    /// Where the record begins, if its first matrix does not show it
    #[arg(long, value_enum, requires = "record")]
    record_start: Option<StartName>,
    /// Mount about the hinge axis that is fitted to the recorded opening
    #[arg(long, requires = "record")]
    hinge: bool,
    /// Set the articulator to what is read off the recorded protrusion and laterotrusions
    #[arg(long, requires = "record")]
    read_settings: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RecordUnitName {
    /// Millimetres
    Mm,
    /// Metres
    M,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum StartName {
    /// The matrices are motions from the closed bite
    ClosedBite,
    /// The first frame is the closed bite
    FirstFrame,
}

impl RecordArgs {
    fn read(&self, mounting: &MountingFile) -> Result<Option<Recorded>, Failure> {
        let Some(path) = &self.record else { return Ok(None) };
        let bytes = sources::read(path, "--record").map_err(|fault| Failure::Refused(vec![fault]))?;
        let unit = self.record_unit.map(|unit| match unit {
            RecordUnitName::Mm => RecordUnit::Millimetres,
            RecordUnitName::M => RecordUnit::Metres,
        });
        let start = self.record_start.map(|start| match start {
            StartName::ClosedBite => Start::ClosedBite,
            StartName::FirstFrame => Start::FirstFrame,
        });
        let recorded = Recorded::read(&bytes, unit, start, mounting.cast_from_record.as_ref());
        recorded.map(Some).map_err(|e| failure(&e.into()))
    }
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Articulator (both sides, unless a side is named)")]
struct SettingsArgs {
    /// The articulator to begin with: a row of `tables/articulator_presets.toml`
    #[arg(long, value_name = "NAME", default_value = "generic")]
    preset: String,
    /// Sagittal condylar inclination, degrees
    #[arg(long, value_name = "DEG", allow_negative_numbers = true)]
    sci: Option<f64>,
    /// Of the right condyle
    #[arg(long, value_name = "DEG", allow_negative_numbers = true)]
    sci_right: Option<f64>,
    /// Of the left condyle
    #[arg(long, value_name = "DEG", allow_negative_numbers = true)]
    sci_left: Option<f64>,
    /// Bennett angle, degrees
    #[arg(
        long,
        value_name = "DEG",
        allow_negative_numbers = true,
        conflicts_with = "hanau"
    )]
    bennett: Option<f64>,
    /// Of the right condyle, at work in laterotrusion to the left
    #[arg(
        long,
        value_name = "DEG",
        allow_negative_numbers = true,
        conflicts_with = "hanau"
    )]
    bennett_right: Option<f64>,
    /// Of the left condyle
    #[arg(
        long,
        value_name = "DEG",
        allow_negative_numbers = true,
        conflicts_with = "hanau"
    )]
    bennett_left: Option<f64>,
    /// The Bennett angle by Hanau's formula from the inclination
    #[arg(long)]
    hanau: bool,
    /// Immediate side shift, mm
    #[arg(long, value_name = "MM", allow_negative_numbers = true)]
    iss: Option<f64>,
    /// Fischer angle, degrees
    #[arg(long, value_name = "DEG", allow_negative_numbers = true)]
    fischer: Option<f64>,
    /// Radius of curved guides, mm; 0 for straight ones
    #[arg(long, value_name = "MM")]
    radius: Option<f64>,
    /// Intercondylar distance, mm; else that of the preset or the mounting
    #[arg(long, value_name = "MM")]
    icd: Option<f64>,
    /// The incisal pin on a table of these slopes, degrees: forward, and to either side; without it the pin is lifted
    #[arg(
        long,
        value_name = "FORWARD,SIDE",
        value_delimiter = ',',
        num_args = 1,
        allow_negative_numbers = true
    )]
    incisal_table: Vec<f64>,
    /// How much longer the pin is than in the closed bite, mm; needs a table
    #[arg(
        long,
        value_name = "MM",
        requires = "incisal_table",
        allow_negative_numbers = true
    )]
    pin: Option<f64>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
struct OutputArgs {
    /// Write the files into this folder and leave the case as it is
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write no files: print only
    #[arg(long, conflicts_with = "out")]
    no_files: bool,
    /// Draw no pictures and write no animations
    #[arg(long)]
    no_pictures: bool,
    /// The numbers on pictures and in the summary; files hold FDI numbers
    #[arg(long, value_enum, default_value_t = NumbersName::Fdi)]
    numbers: NumbersName,
    /// Replace what exists
    #[arg(long)]
    force: bool,
}

/// The motions of the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MotionName {
    /// About the hinge axis
    Opening,
    /// Forward
    Protrusion,
    /// Backward
    Retrusion,
    /// To the patient's right
    LaterotrusionRight,
    /// To the patient's left
    LaterotrusionLeft,
    /// Forward and to the right
    LateroprotrusionRight,
    /// Forward and to the left
    LateroprotrusionLeft,
    /// Around the border of all that the jaw can reach (Posselt)
    Border,
    /// Each of them
    All,
}

impl MotionName {
    const KINDS: [MotionKind; 8] = [
        MotionKind::Opening,
        MotionKind::Protrusion,
        MotionKind::Retrusion,
        MotionKind::Laterotrusion(Side::Right),
        MotionKind::Laterotrusion(Side::Left),
        MotionKind::Lateroprotrusion(Side::Right),
        MotionKind::Lateroprotrusion(Side::Left),
        MotionKind::Border,
    ];

    fn kinds(self) -> &'static [MotionKind] {
        match self {
            Self::All => &Self::KINDS,
            one => std::slice::from_ref(&Self::KINDS[one as usize]),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PlaneChoice {
    /// The occlusal plane of the upper arch
    Occlusal,
    /// Camper's plane
    Camper,
    /// The Frankfort horizontal
    Frankfort,
    /// The hinge axis and an orbital point
    AxisOrbital,
}

impl From<PlaneChoice> for PlaneName {
    fn from(choice: PlaneChoice) -> Self {
        match choice {
            PlaneChoice::Occlusal => Self::Occlusal,
            PlaneChoice::Camper => Self::Camper,
            PlaneChoice::Frankfort => Self::Frankfort,
            PlaneChoice::AxisOrbital => Self::AxisOrbital,
        }
    }
}

pub(super) fn run(args: &ArticulateArgs, console: &Console) -> Result<Answer, Failure> {
    let output = &args.output;
    if let Some(out) = &output.out {
        sources::check_output(out, "what --out names", output.force)?;
    }
    let given = args.noise.alone()?;
    let settings = args.settings.settle()?;
    let file = args.mounting.read()?;
    let recorded = args.recorded.read(&file)?;
    let swept = args.sweep.as_deref().map(Sweep::parse).transpose();
    let swept = swept.map_err(|e| Failure::refused("arguments", e.to_string()))?;
    console.expect_steps(4);

    let case = console
        .step("read the case", || LabelledCase::open(&args.case))
        .map_err(|e| measure::failure(&e))?;
    let (pair, bite) = console
        .step("index both arches", || pair(&case))
        .map_err(|e| occlusion::failure(&e))?;
    let (_, lower) = case.arch(Jaw::Lower).expect("the pair has both arches");
    let motions = args
        .mount_and_move(&file, lower, settings, recorded.as_ref())
        .map_err(|e| failure(&e))?;
    let params = excursion_params(&motions.articulator.mounting, &case.params(&given).noise, bite);
    if let Some(swept) = &swept {
        let rows = console
            .step("measure at every setting", || {
                sweep::sweep(&pair, &motions.articulator, &args.requests(), &params, swept)
            })
            .map_err(|e| failure(&e))?;
        return output.write_sweep(&args.case, &rows);
    }
    let head = Head::new("stonecast-excursion", &case.case.manifest.frame, bite.kind);
    if let Some((_, path)) = motions
        .paths
        .iter()
        .find(|(_, path)| path.steps.len() > MOST_STEPS + 1)
    {
        return Err(Failure::refused(
            "record.too-long",
            format!(
                "a movement of the record has {} frames, and each is measured: thin the record to {MOST_STEPS} frames a movement",
                path.steps.len()
            ),
        ));
    }
    let mut articulated = console
        .step("move and measure", || {
            Articulated::of(&pair, motions.articulator, motions.paths, &params, head)
        })
        .map_err(|e| failure(&e))?;
    articulated.read = motions.read;
    articulated.doubts = doubts(&case);
    answer(args, &case, &articulated, motions.notes, console)
}

/// Each step is measured and written with all its pairs of teeth: more than this would fill a disk, and no excursion needs so many.
const MOST_STEPS: usize = 2_000;

/// A mounted articulator and the paths that are to be measured.
struct Motions {
    articulator: Articulator,
    paths: Vec<(String, JawPath)>,
    /// What was read off a record.
    read: Vec<Finding>,
    /// What was unusual about it.
    notes: Vec<String>,
}

impl ArticulateArgs {
    /// Mounts the case, by the record's hinge axis where that is asked; sets the articulator, by the record where that is asked; and
    /// takes the record's motions, or those by the settings.
    fn mount_and_move(
        &self,
        file: &MountingFile,
        lower: &LabelledArch,
        settings: Settings,
        recorded: Option<&Recorded>,
    ) -> Result<Motions, ArticulateError> {
        let plane = match self.mounting.plane {
            Some(plane) => plane.into(),
            None => Settings::usual_plane(&settings.preset).map_err(ArticulatorError::from)?,
        };
        let file = &file.with_device(settings.intercondylar);
        let mut mounting = file.mount(lower, usual_plane(plane))?;
        let Some(recorded) = recorded else {
            let articulator = Articulator::new(mounting, settings)?;
            return Ok(Motions {
                paths: paths(&articulator, &self.requests())?,
                articulator,
                read: Vec::new(),
                notes: Vec::new(),
            });
        };
        let mut read = Vec::new();
        if self.recorded.hinge {
            let axis = recorded.hinge(&mounting)?;
            mounting = file.mount_about(&axis, lower, usual_plane(plane))?;
            read.push(axis.finding());
        }
        let RecordedPaths { paths, notes } = recorded.paths(&mounting)?;
        let mut articulator = Articulator::new(mounting, settings)?;
        if self.recorded.read_settings {
            let all: Vec<JawPath> = paths.iter().map(|(_, path)| path.clone()).collect();
            let found = articulator.recover(&all, usual_reach());
            read.extend(found.findings());
            let settings = found.put_into(articulator.settings.clone());
            articulator = Articulator::new(articulator.mounting, settings)?;
        }
        Ok(Motions {
            articulator,
            paths,
            read,
            notes,
        })
    }
}

/// What is printed and written of a case that was moved.
fn answer(
    args: &ArticulateArgs,
    case: &LabelledCase,
    articulated: &Articulated<'_>,
    notes: Vec<String>,
    console: &Console,
) -> Result<Answer, Failure> {
    let output = &args.output;
    let findings = articulated.findings();
    if let Some(id) = &args.explain {
        return explained(id, &findings);
    }
    let shown = only(&findings, &args.only)?;
    if args.list {
        return Ok(listed(&shown));
    }
    output.write(&args.case, case, articulated, console)?;
    let mut text = if args.only.is_empty() {
        summary(articulated, output.numbers.into())
    } else {
        crate::measure::summary::summary(&shown, true)
    };
    output.describe(&mut text, &args.case, "");
    let mut answer = Answer::new(
        &json!({
            "notice": articulated.head.notice,
            "articulator": articulated.mounting(),
            "motions": articulated.motions.iter().map(|m| &m.name).collect::<Vec<_>>(),
            "findings": shown.findings,
        }),
        text,
    );
    answer.warnings = articulated.warnings();
    let unusual = notes.into_iter().map(|note| {
        Warning::new(
            "record.unusual",
            note,
            "look at the record's closed bite and opening before relying on it",
        )
    });
    answer.warnings.extend(unusual);
    Ok(answer)
}

impl ArticulateArgs {
    fn requests(&self) -> Vec<MotionRequest> {
        let mut kinds: Vec<MotionKind> = self.motion.iter().flat_map(|m| m.kinds()).copied().collect();
        let mut seen = Vec::new();
        kinds.retain(|kind| {
            let is_new = !seen.contains(kind);
            seen.push(*kind);
            is_new
        });
        let request = |kind: MotionKind| {
            let mut request = MotionRequest::usual(kind);
            if let Some(to) = self.to {
                request.extent = match kind {
                    MotionKind::Opening => Extent::Incisal(Mm(to)),
                    _ => Extent::Condyle(Mm(to)),
                };
            }
            if let Some(steps) = self.steps {
                request.steps = steps.into();
            }
            request
        };
        kinds.into_iter().map(request).collect()
    }
}

impl MountingArgs {
    fn read(&self) -> Result<MountingFile, Failure> {
        let Some(path) = &self.mounting else {
            return Ok(MountingFile::default());
        };
        let bytes = sources::read(path, "--mounting").map_err(|fault| Failure::Refused(vec![fault]))?;
        let text = String::from_utf8(bytes).map_err(|_| {
            Failure::refused(
                "mounting",
                "--mounting: the file is not UTF-8 text: save it as UTF-8",
            )
        })?;
        MountingFile::parse(&text).map_err(|e| failure(&e.into()))
    }
}

/// A value for each side: what was said of it, else of both, else what was there.
fn sides(of_preset: Sides<f64>, both: Option<f64>, right: Option<f64>, left: Option<f64>) -> Sides<f64> {
    Sides {
        right: right.or(both).unwrap_or(of_preset.right),
        left: left.or(both).unwrap_or(of_preset.left),
    }
}

impl SettingsArgs {
    /// The preset with what was said over it.
    fn settle(&self) -> Result<Settings, Failure> {
        let refused = |e: SettingsError| failure(&ArticulatorError::from(e).into());
        let preset = Settings::preset(&self.preset).map_err(refused)?;
        let inclination = preset.inclination.map(|a| a.0);
        let bennett = preset.bennett.map(|a| a.0);
        let mut settings =
            preset.with_inclination(sides(inclination, self.sci, self.sci_right, self.sci_left).map(Deg));
        settings = if self.hanau {
            settings.with_bennett_by_hanau()
        } else {
            settings
                .with_bennett(sides(bennett, self.bennett, self.bennett_right, self.bennett_left).map(Deg))
        };
        if let Some(iss) = self.iss {
            settings = settings.with_side_shift(Sides::both(Mm(iss)));
        }
        if let Some(fischer) = self.fischer {
            settings = settings.with_fischer(Sides::both(Deg(fischer)));
        }
        if let Some(radius) = self.radius {
            settings = settings.with_guide(if radius == 0.0 {
                GuideShape::Straight
            } else {
                GuideShape::Arc { radius: Mm(radius) }
            });
        }
        if let Some(icd) = self.icd {
            settings = settings.with_intercondylar(Some(Mm(icd)));
        }
        settings.incisal = match self.incisal_table[..] {
            [] => settings.incisal,
            [forward, side] => table(forward, side),
            _ => {
                return Err(Failure::refused(
                    "arguments",
                    "--incisal-table: give two slopes in degrees: forward, and to either side, as 30,20",
                ));
            }
        };
        if let Some(pin) = self.pin {
            settings = settings.with_pin_opening(Mm(pin));
        }
        settings.check().map_err(refused)?;
        Ok(settings)
    }
}

fn table(forward: f64, side: f64) -> IncisalGuide {
    IncisalGuide::Table {
        protrusive: Deg(forward),
        lateral: Sides::both(Deg(side)),
    }
}

impl OutputArgs {
    /// The numbers on the pictures; `None` for no pictures.
    fn pictures(&self) -> Option<Numbers> {
        (!self.no_pictures).then_some(self.numbers.into())
    }

    fn write(
        &self,
        root: &Path,
        case: &LabelledCase,
        articulated: &Articulated<'_>,
        console: &Console,
    ) -> Result<(), Failure> {
        if self.no_files {
            return Ok(());
        }
        let observe = |name: &str, begins| console.observe(name, begins);
        let Some(out) = &self.out else {
            let pictures = self.pictures();
            write_into(root, &case.case.manifest, articulated, pictures, &observe)
                .map_err(|e| failure(&e))?;
            return Ok(());
        };
        watched(&observe, "write the motions", || {
            fs::create_dir_all(out).map_err(|e| Failure::unwritable("--out", &e))?;
            let mut items = articulated.items(self.pictures()).into_iter();
            items
                .try_for_each(|item| item.write_into(out))
                .map_err(|e| Failure::failed("output.unwritable", e.to_string()))
        })
    }

    /// A sweep is a question and no state of the case: it is written only where a folder is named.
    fn write_sweep(&self, root: &Path, swept: &[sweep::Swept]) -> Result<Answer, Failure> {
        let mut text = sweep::summary(swept, self.numbers.into());
        if let Some(out) = &self.out {
            fs::create_dir_all(out).map_err(|e| Failure::unwritable("--out", &e))?;
            fs::write(out.join("sweep.csv"), sweep::csv(swept))
                .map_err(|e| Failure::unwritable("--out", &e))?;
            self.describe(&mut text, root, "sweep.csv");
        }
        Ok(Answer::new(
            &json!({ "notice": crate::measure::document::NOTICE, "sweeps": swept }),
            text,
        ))
    }

    fn describe(&self, text: &mut String, root: &Path, file: &str) {
        let folder = match &self.out {
            _ if self.no_files => return,
            Some(out) => out.clone(),
            None => root.join("articulator"),
        };
        writeln!(text, "\nfiles    {}", folder.join(file).display()).expect("a string takes every word");
    }
}

/// An error of articulating in the form that the command prints.
fn failure(error: &ArticulateError) -> Failure {
    match error {
        ArticulateError::Bite(e) => occlusion::failure(e),
        ArticulateError::Mount(e) => {
            let code = match e {
                MountError::NoIncisalPoint => "case.no-incisal-point",
                _ => "mounting",
            };
            Failure::refused(code, e.to_string())
        }
        ArticulateError::Record(e) => Failure::refused("record", e.to_string()),
        ArticulateError::Articulator(e) => Failure::refused("articulator", e.to_string()),
        ArticulateError::Excursion { .. } => Failure::refused("excursion", error.to_string()),
        ArticulateError::Write(e) => Failure::failed("output.unwritable", e.to_string()),
    }
}
