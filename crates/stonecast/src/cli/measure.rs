//! `stonecast measure`: every analysis and index of a case, and of many.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use clap::Args;

use super::{
    Answer, Console, Failure,
    cast::NumbersName,
    findings::{explained, listed, only},
    measure_batch, measure_compare,
    noise::NoiseArgs,
    sources,
};
use crate::{
    case::manifest::FindingsRecord,
    measure::{
        case::{LabelledCase, MeasureError, Measured, write_into},
        settings::{self, Given, SettingsError},
        summary,
    },
    pipeline::{Observer, watched},
    teeth::pictures::Numbers,
};

/// Measure a case: every analysis and index, each number with its uncertainty and its evidence
///
/// Reads the labelled teeth of a case, measures everything that can be measured on them, says of the rest why not and what to
/// do about it, and writes findings.json, findings.csv and drawings into the case. Options for measuring that are not
/// given stay as the case has them from its last measuring.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stonecast measure case
  stonecast measure case --only bolton,par
  stonecast measure case --explain bolton.anterior.ratio   where the number comes from
  stonecast measure case --compare case-before-treatment
  stonecast measure case --scanner trios-4 --answers answers.toml
  stonecast measure --batch cases --parquet findings.parquet --no-files   a table over many cases

Not a medical device: for documentation, education and research. See LIMITATIONS.md.")]
pub struct MeasureArgs {
    /// Case folders with labelled teeth
    #[arg(value_name = "CASE", required_unless_present = "batch")]
    pub(super) cases: Vec<PathBuf>,
    /// All case folders in this folder
    #[arg(long, value_name = "DIR")]
    pub(super) batch: Option<PathBuf>,
    /// Print and give back only findings whose ids begin so
    #[arg(long, value_name = "ID,ID", value_delimiter = ',', conflicts_with = "explain")]
    pub(super) only: Vec<String>,
    /// Tell where a finding comes from: definition, points, parts, tables, uncertainty. Writes nothing
    #[arg(long, value_name = "ID")]
    explain: Option<String>,
    /// List the id and the name of every finding. Writes nothing
    #[arg(long, conflicts_with = "explain")]
    list: bool,
    /// Tell what changed since an earlier cast of the same patient, and what may be no change. Writes nothing
    #[arg(long, value_name = "EARLIER", conflicts_with_all = ["explain", "list"])]
    compare: Option<PathBuf>,
    #[command(flatten)]
    settings: SettingsArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Measuring")]
struct SettingsArgs {
    #[command(flatten)]
    noise: NoiseArgs,
    /// The norms to compare with
    #[arg(long, value_name = "TABLE=NAME", value_delimiter = ',')]
    norms: Vec<String>,
    /// Answers to what a cast cannot tell; findings that ask for them say which
    #[arg(long, value_name = "TOML")]
    answers: Option<PathBuf>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// Write the findings into this folder and leave the case as it is
    #[arg(short, long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Write no files: print only
    #[arg(long, conflicts_with = "out")]
    no_files: bool,
    /// Make no drawings
    #[arg(long)]
    no_drawings: bool,
    /// The numbers on the drawings; files hold FDI numbers
    #[arg(long, value_enum, default_value_t = NumbersName::Fdi)]
    numbers: NumbersName,
    /// A table of all findings of all cases, a row for each, as CSV
    #[arg(long, value_name = "FILE")]
    pub(super) csv: Option<PathBuf>,
    /// The same table as Parquet
    #[arg(long, value_name = "FILE")]
    pub(super) parquet: Option<PathBuf>,
    /// Replace what exists
    #[arg(long)]
    pub(super) force: bool,
}

pub(super) fn run(args: &MeasureArgs, console: &Console) -> Result<Answer, Failure> {
    let given = args.settings.given()?;
    let has_table = args.output.csv.is_some() || args.output.parquet.is_some();
    match args.cases.as_slice() {
        [case] if args.batch.is_none() && !has_table => measure_one(args, case, &given, console),
        _ if args.explain.is_some() || args.list || args.compare.is_some() => Err(Failure::refused(
            "arguments",
            "--explain, --list and --compare ask one CASE: leave out --batch, --csv, --parquet and the other cases",
        )),
        _ => measure_batch::run(args, &given, console),
    }
}

fn measure_one(args: &MeasureArgs, root: &Path, given: &Given, console: &Console) -> Result<Answer, Failure> {
    if let Some(out) = &args.output.out {
        sources::check_output(out, "what --out names", args.output.force)?;
    }
    console.expect_steps(3);
    let case = console
        .step("read the case", || LabelledCase::open(root))
        .map_err(|e| failure(&e))?;
    let params = case.params(given);
    let findings = console.step("measure", || case.measure(&params));
    if let Some(id) = &args.explain {
        return explained(id, &findings);
    }
    let shown = only(&findings, &args.only)?;
    if let Some(earlier) = &args.compare {
        return measure_compare::run(&findings, earlier, &args.only, given, console);
    }
    if args.list {
        return Ok(listed(&shown));
    }
    let manifest = &case.case.manifest;
    let measured = Measured::new(findings, &manifest.frame, &params);
    let observe = |name: &str, begins| console.observe(name, begins);
    args.output
        .write(root, args.output.out.as_deref(), &case, &measured, &observe)?;

    let mut text = summary::summary(&shown, !args.only.is_empty());
    let record = measured.record();
    describe_counts(&mut text, &record).expect("a string takes every word");
    args.output.describe(&mut text, root);
    let mut document = measured.document.clone();
    document.findings = shown;
    let mut answer = Answer::new(&document, text);
    answer.warnings = measured.warnings;
    Ok(answer)
}

impl SettingsArgs {
    /// What was given.
    fn given(&self) -> Result<Given, Failure> {
        let refused = |e: SettingsError| Failure::refused("settings", e.to_string());
        let norms = (!self.norms.is_empty())
            .then(|| settings::norms(&self.norms).map_err(refused))
            .transpose()?;
        let answers = match &self.answers {
            Some(path) => {
                let bytes =
                    sources::read(path, "--answers").map_err(|fault| Failure::Refused(vec![fault]))?;
                let text = String::from_utf8(bytes).map_err(|_| {
                    Failure::refused(
                        "settings",
                        "--answers: the file is not UTF-8 text: save it as UTF-8",
                    )
                })?;
                Some(settings::answers(&text).map_err(refused)?)
            }
            None => None,
        };
        Ok(Given {
            noise: self.noise.given()?,
            norms,
            answers,
        })
    }
}

impl OutputArgs {
    /// The numbers on the drawings; `None` for no drawings.
    fn drawings(&self) -> Option<Numbers> {
        (!self.no_drawings).then_some(self.numbers.into())
    }

    /// Writes the files of a case, into it or into a folder of their own.
    pub(super) fn write(
        &self,
        root: &Path,
        out: Option<&Path>,
        case: &LabelledCase,
        measured: &Measured,
        observe: &Observer<'_>,
    ) -> Result<(), Failure> {
        if self.no_files {
            return Ok(());
        }
        let Some(out) = out else {
            let manifest = &case.case.manifest;
            write_into(root, manifest, measured, self.drawings(), observe).map_err(|e| failure(&e))?;
            return Ok(());
        };
        watched(observe, "write findings", || {
            fs::create_dir_all(out).map_err(|e| Failure::unwritable("--out", &e))?;
            let mut items = measured.items(self.drawings()).into_iter();
            items
                .try_for_each(|item| item.write_into(out))
                .map_err(|e| Failure::failed("output.unwritable", e.to_string()))
        })
    }

    fn describe(&self, text: &mut String, root: &Path) {
        let folder = match &self.out {
            _ if self.no_files => return,
            Some(out) => out.clone(),
            None => root.join("measure"),
        };
        writeln!(text, "files    {}", folder.display()).expect("a string takes every word");
    }
}

/// Says how many findings there are.
pub(super) fn describe_counts(text: &mut String, record: &FindingsRecord) -> std::fmt::Result {
    writeln!(
        text,
        "findings {} measured ({} borderline), {} not measured; noise {}",
        record.measured, record.borderline, record.not_measured, record.settings.noise.name
    )
}

/// An error of measuring in the form that the command prints.
pub(super) fn failure(error: &MeasureError) -> Failure {
    match error {
        MeasureError::Teeth(e) => Failure::refused("case.unreadable", e.to_string()),
        MeasureError::NoTeeth => Failure::refused("case.no-teeth", error.to_string()),
        MeasureError::Write(e) => Failure::failed("output.unwritable", e.to_string()),
    }
}
