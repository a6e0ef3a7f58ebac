//! `stonecast measure` on many cases: a line for each, and one table over all.
//!
//! Cases are measured a few at a time and their rows written before the next ones, so that memory does not grow with
//! their number. A case that cannot be measured is reported and does not stop the rest.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use rayon::prelude::*;
use serde_json::{Value, json};
use stonecast_dental::{Finding, Warning};

use super::{Answer, Console, Failure, Fault, measure::MeasureArgs, measure::failure, sources};
use crate::measure::{
    case::{LabelledCase, Measured},
    ids,
    parquet::ParquetTable,
    settings::Given,
    table::{self, Columns},
};

/// A case with its name in the table: that of its folder, or the path where two have the same.
struct Named {
    name: String,
    root: PathBuf,
}

pub(super) fn run(args: &MeasureArgs, given: &Given, console: &Console) -> Result<Answer, Failure> {
    let output = &args.output;
    let outputs = [
        (&output.out, "what --out names"),
        (&output.csv, "what --csv names"),
        (&output.parquet, "what --parquet names"),
    ];
    for (path, what) in outputs {
        if let Some(path) = path {
            sources::check_output(path, what, output.force)?;
        }
    }
    different(&outputs)?;
    let cases = cases(args)?;
    let mut tables = Tables::new(output.csv.as_deref(), output.parquet.as_deref())?;
    let mut outcome = Outcome::default();
    console.expect_steps(cases.len() as u64);
    for some in cases.chunks(rayon::current_num_threads().max(1)) {
        let measured: Vec<Result<Measured, Failure>> = some
            .par_iter()
            .map(|case| console.step(&case.name, || one(case, args, given)))
            .collect();
        for (case, measured) in some.iter().zip(measured) {
            let line = match measured {
                Ok(measured) => outcome.add(case, &measured, &args.only, &mut tables)?,
                Err(why) => outcome.add_failure(case, &why),
            };
            console
                .say(&line)
                .map_err(|e| Failure::unwritable("standard output", &e))?;
        }
    }
    // Tables of nothing do not take the place of tables of something.
    if outcome.measured > 0 {
        tables.finish()?;
    }
    outcome.answer(&args.only)
}

/// Refuses two outputs of the same name: each would write over the other.
fn different(outputs: &[(&Option<PathBuf>, &str)]) -> Result<(), Failure> {
    let given: Vec<_> = outputs
        .iter()
        .filter_map(|(path, what)| Some((path.as_ref()?, what)))
        .collect();
    for (place, (path, what)) in given.iter().enumerate() {
        if let Some((_, other)) = given[..place]
            .iter()
            .find(|(other, _)| in_full(other) == in_full(path))
        {
            return Err(Failure::refused(
                "output.twice",
                format!("{other} and {what} are one and the same: give each a name of its own"),
            ));
        }
    }
    Ok(())
}

/// A path from the root on, whether or not anything stands there yet.
fn in_full(path: &Path) -> PathBuf {
    let named = path.file_name().and_then(|name| {
        let above = path.parent().filter(|above| !above.as_os_str().is_empty());
        Some(above.unwrap_or(Path::new(".")).canonicalize().ok()?.join(name))
    });
    path.canonicalize()
        .ok()
        .or(named)
        .unwrap_or_else(|| path.to_owned())
}

/// The cases that were named, then those of the folder, sorted.
fn cases(args: &MeasureArgs) -> Result<Vec<Named>, Failure> {
    let mut roots = args.cases.clone();
    if let Some(folder) = &args.batch {
        let unreadable = |e: std::io::Error| {
            Failure::refused(
                "input.unreadable",
                format!("--batch cannot be read ({e}): check the path"),
            )
        };
        let mut found = Vec::new();
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.join("case.toml").is_file() {
                found.push(path);
            }
        }
        found.sort();
        roots.append(&mut found);
    }
    // A case that is named twice is measured once.
    let mut known = BTreeSet::new();
    roots.retain(|root| known.insert(in_full(root)));
    if roots.is_empty() {
        return Err(Failure::refused(
            "input.none",
            "what --batch names holds no case folder: a case folder has a case.toml",
        ));
    }
    let name = |root: &PathBuf| {
        let full = root.canonicalize().unwrap_or_else(|_| root.clone());
        let name = root.file_name().or(full.file_name());
        name.map_or_else(
            || root.display().to_string(),
            |name| name.to_string_lossy().into_owned(),
        )
    };
    let names: Vec<String> = roots.iter().map(name).collect();
    let mut seen = BTreeSet::new();
    let twice: BTreeSet<String> = names.iter().filter(|name| !seen.insert(*name)).cloned().collect();
    let named = roots.into_iter().zip(names).map(|(root, name)| Named {
        name: if twice.contains(&name) {
            root.display().to_string()
        } else {
            name
        },
        root,
    });
    Ok(named.collect())
}

/// Measures one case and writes its files.
fn one(case: &Named, args: &MeasureArgs, given: &Given) -> Result<Measured, Failure> {
    let labelled = LabelledCase::open(&case.root).map_err(|e| failure(&e))?;
    let params = labelled.params(given);
    let findings = labelled.measure(&params);
    let measured = Measured::new(findings, &labelled.case.manifest.frame, &params);
    // A name that is a path has slashes, which would lead out of the folder.
    let folder = case.name.replace(['/', '\\'], "_");
    let out = args.output.out.as_ref().map(|out| out.join(folder));
    args.output
        .write(&case.root, out.as_deref(), &labelled, &measured, &|_, _| {})?;
    Ok(measured)
}

/// The tables over all cases. They are written beside their places and moved there when they are whole; dropped
/// unfinished, they leave nothing and what stood there stays.
struct Tables {
    csv: Option<BufWriter<File>>,
    parquet: Option<ParquetTable<File>>,
    /// Where each is written, where it is to stand, and the option that named it.
    places: Vec<(PathBuf, PathBuf, &'static str)>,
}

impl Tables {
    fn new(csv: Option<&Path>, parquet: Option<&Path>) -> Result<Self, Failure> {
        let mut tables = Self {
            csv: None,
            parquet: None,
            places: Vec::new(),
        };
        if let Some(path) = csv {
            let mut csv = BufWriter::new(tables.create(path, "--csv")?);
            let head = table::csv_header(Columns::OfManyCases);
            csv.write_all(head.as_bytes())
                .map_err(|e| Failure::unwritable("--csv", &e))?;
            tables.csv = Some(csv);
        }
        if let Some(path) = parquet {
            let file = tables.create(path, "--parquet")?;
            tables.parquet = Some(ParquetTable::new(file).map_err(|e| unwritten(&e))?);
        }
        Ok(tables)
    }

    fn create(&mut self, place: &Path, option: &'static str) -> Result<File, Failure> {
        let mut name = place.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let part = place.with_file_name(name);
        let file = File::create(&part).map_err(|e| Failure::unwritable(option, &e))?;
        self.places.push((part, place.to_owned(), option));
        Ok(file)
    }

    fn add(&mut self, case: &str, findings: &[Finding]) -> Result<(), Failure> {
        if let Some(csv) = &mut self.csv {
            let mut text = String::new();
            for finding in findings {
                table::csv_row(&mut text, Some(case), finding);
            }
            csv.write_all(text.as_bytes())
                .map_err(|e| Failure::unwritable("--csv", &e))?;
        }
        match &mut self.parquet {
            Some(parquet) => parquet.add(case, findings).map_err(|e| unwritten(&e)),
            None => Ok(()),
        }
    }

    fn finish(mut self) -> Result<(), Failure> {
        if let Some(mut csv) = self.csv.take() {
            csv.flush().map_err(|e| Failure::unwritable("--csv", &e))?;
        }
        if let Some(parquet) = self.parquet.take() {
            parquet.finish().map_err(|e| unwritten(&e))?;
        }
        for (part, place, option) in &self.places {
            fs::rename(part, place).map_err(|e| Failure::unwritable(option, &e))?;
        }
        Ok(())
    }
}

impl Drop for Tables {
    fn drop(&mut self) {
        // What was moved to its place is no longer here, and that is no fault.
        for (part, ..) in &self.places {
            let _ = fs::remove_file(part);
        }
    }
}

fn unwritten(error: &impl std::fmt::Display) -> Failure {
    Failure::failed(
        "output.unwritable",
        format!(
            "--parquet could not be written ({error}): check that the folder exists, is yours and has room"
        ),
    )
}

/// What came of the cases.
#[derive(Default)]
struct Outcome {
    cases: Vec<Value>,
    errors: Vec<Fault>,
    warnings: Vec<Warning>,
    measured: usize,
    /// True when the work on some case could not be done, such as for want of room.
    failed: bool,
    /// Beginnings of ids that were asked for and found in some case.
    found: BTreeSet<String>,
}

impl Outcome {
    fn add(
        &mut self,
        case: &Named,
        measured: &Measured,
        only: &[String],
        tables: &mut Tables,
    ) -> Result<String, Failure> {
        let name = &case.name;
        let all = &measured.document.findings;
        let is_asked =
            |finding: &&Finding| only.is_empty() || only.iter().any(|part| ids::is_under(&finding.id, part));
        let asked: Vec<Finding> = all.findings.iter().filter(is_asked).cloned().collect();
        let found = only.iter().filter(|part| all.under(part).next().is_some());
        self.found.extend(found.cloned());
        tables.add(name, &asked)?;
        let record = measured.record();
        self.measured += 1;
        self.cases.push(json!({
            "case": name, "status": "done", "measured": record.measured, "borderline": record.borderline,
            "not_measured": record.not_measured,
        }));
        for warning in &measured.warnings {
            if !self.warnings.contains(warning) {
                self.warnings.push(warning.clone());
            }
        }
        Ok(format!(
            "{name}: {} measured ({} borderline), {} not measured",
            record.measured, record.borderline, record.not_measured
        ))
    }

    fn add_failure(&mut self, case: &Named, why: &Failure) -> String {
        let name = &case.name;
        let messages: Vec<&str> = why.faults().iter().map(|fault| fault.message.as_str()).collect();
        let message = messages.join("; ");
        self.failed |= matches!(why, Failure::Failed(_));
        self.cases.push(json!({ "case": name, "status": why.status() }));
        let code = why
            .faults()
            .first()
            .map_or("case.unreadable", |fault| fault.code.as_str());
        self.errors.push(Fault::new(code, format!("{name}: {message}")));
        format!("{name}: NOT MEASURED")
    }

    /// A refusal when no case could be measured; else an answer, with errors for those that could not.
    fn answer(mut self, only: &[String]) -> Result<Answer, Failure> {
        if self.measured == 0 {
            return Err(match self.errors.pop() {
                Some(last) if self.failed => Failure::Failed(last),
                last => {
                    self.errors.extend(last);
                    Failure::Refused(self.errors)
                }
            });
        }
        let unknown = only.iter().filter(|part| !self.found.contains(*part));
        self.errors.extend(unknown.map(|part| {
            Fault::new(
                "finding.unknown",
                format!("no finding of any case is called `{part}`"),
            )
        }));
        let text = format!(
            "{} cases measured, {} not\nNot a medical device.\n",
            self.measured,
            self.cases.len() - self.measured
        );
        let mut answer = Answer::new(&json!({ "cases": self.cases }), text);
        answer.errors = self.errors;
        answer.warnings = self.warnings;
        Ok(answer)
    }
}
