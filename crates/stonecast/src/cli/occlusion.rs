//! `stonecast occlusion`: how the arches of a case meet.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use clap::Args;
use stonecast_dental::{Fdi, Findings, frame::SUPERIOR};
use stonecast_mesh::Point;
use stonecast_occlusion::section::SectionPlane;

use super::{
    Answer, Console, Failure,
    cast::NumbersName,
    findings::{explained, listed, only},
    measure,
    noise::NoiseArgs,
    sources,
};
use crate::{
    measure::case::LabelledCase,
    occlusion::{
        case::{AnalysedBite, BiteError, BiteFiles, BiteParams, Cuts, pair, write_into},
        summary::summary,
    },
    pipeline::watched,
};

/// Analyse the bite of a case: contacts, areas, balance, and what small errors of the bite would change
///
/// Takes the exact distance between the full surfaces of both arches, both ways; penetration is told apart from gaps. Writes
/// occlusion.json, tables, sections and the occlusogram into the case. Areas are areas: no force is measured. An estimated
/// bite is no record, and is said to be none.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stonecast occlusion case
  stonecast occlusion case --explain occlusion.area.100um    where the number comes from
  stonecast occlusion case --bands thresholds --ply --out bite
  stonecast occlusion case --section 16,46 --cut 20,30,0,1,0,0 --between 20,30,1,20,30,-1
  stonecast occlusion case --only occlusion.tooth --json

Not a medical device: for documentation, education and research. See LIMITATIONS.md.")]
pub struct OcclusionArgs {
    /// A case folder with both arches and labelled teeth
    #[arg(value_name = "CASE")]
    case: PathBuf,
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
    noise: NoiseArgs,
    #[command(flatten)]
    cuts: CutArgs,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Sections (points and directions in the cast frame, mm)")]
struct CutArgs {
    /// Cut both arches through these teeth, from cheek or lip to tongue; else through first molars, canines and central incisors
    #[arg(long, value_name = "FDI,FDI", value_delimiter = ',')]
    section: Vec<u8>,
    /// Cut through a point along a direction, upright; or along two directions
    #[arg(long, value_name = "X,Y,Z,DX,DY,DZ[,UX,UY,UZ]", allow_hyphen_values = true)]
    cut: Vec<String>,
    /// Measure the distance of two points on the cuts
    #[arg(
        long,
        value_name = "X,Y,Z,X,Y,Z",
        allow_hyphen_values = true,
        requires = "cut"
    )]
    between: Vec<String>,
}

impl CutArgs {
    fn settle(&self) -> Result<Cuts, Failure> {
        let mut cuts = Cuts::default();
        if !self.section.is_empty() {
            let tooth =
                |n: &u8| Fdi::new(*n).map_err(|e| Failure::refused("arguments", format!("--section: {e}")));
            cuts.teeth = self.section.iter().map(tooth).collect::<Result<_, _>>()?;
            cuts.teeth.sort_unstable();
            cuts.teeth.dedup();
        }
        for (place, text) in self.cut.iter().enumerate() {
            let n = numbers("--cut", text, &[6, 9])?;
            let up = if n.len() == 9 {
                [n[6], n[7], n[8]]
            } else {
                SUPERIOR
            };
            let plane = SectionPlane::new(
                &format!("plane {}", place + 1),
                [n[0], n[1], n[2]],
                [n[3], n[4], n[5]],
                up,
            );
            cuts.planes
                .push(plane.map_err(|e| Failure::refused("arguments", format!("--cut: {e}")))?);
        }
        for text in &self.between {
            let n = numbers("--between", text, &[6])?;
            cuts.between
                .push([Point::new(n[0], n[1], n[2]), Point::new(n[3], n[4], n[5])]);
        }
        Ok(cuts)
    }
}

/// Finite numbers with commas between them, as many as one of `counts`.
fn numbers(option: &str, text: &str, counts: &[usize]) -> Result<Vec<f64>, Failure> {
    let refused = |why: String| Failure::refused("arguments", format!("{option}: {why}"));
    let number = |part: &str| {
        let value: Option<f64> = part.trim().parse().ok().filter(|v: &f64| v.is_finite());
        value.ok_or_else(|| refused(format!("`{part}` is no number")))
    };
    let found: Vec<f64> = text.split(',').map(number).collect::<Result<_, _>>()?;
    if counts.contains(&found.len()) {
        return Ok(found);
    }
    let counts: Vec<String> = counts.iter().map(ToString::to_string).collect();
    Err(refused(format!(
        "{} numbers were given: give {}",
        found.len(),
        counts.join(" or ")
    )))
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
struct OutputArgs {
    /// Write the files into this folder and leave the case as it is
    #[arg(short, long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write no files: print only
    #[arg(long, conflicts_with_all = ["out", "ply"])]
    no_files: bool,
    /// Draw no pictures
    #[arg(long)]
    no_pictures: bool,
    /// The colours of the occlusogram: a preset of `tables/occlusion_bands.toml`
    #[arg(long, value_name = "PRESET")]
    bands: Option<String>,
    /// Both arches as PLY too, with the distance to the other arch at each vertex
    #[arg(long)]
    ply: bool,
    /// The numbers on pictures and in the summary; files hold FDI numbers
    #[arg(long, value_enum, default_value_t = NumbersName::Fdi)]
    numbers: NumbersName,
    /// Replace what exists
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &OcclusionArgs, console: &Console) -> Result<Answer, Failure> {
    let output = &args.output;
    if let Some(out) = &output.out {
        sources::check_output(out, "what --out names", output.force)?;
    }
    let given = args.noise.alone()?;
    let cuts = args.cuts.settle()?;
    console.expect_steps(4);
    let case = console
        .step("read the case", || LabelledCase::open(&args.case))
        .map_err(|e| measure::failure(&e))?;
    let manifest = &case.case.manifest;
    let kept = manifest.occlusion.as_ref().map(|o| o.bands.as_str());
    let bands = output.bands.as_deref().or(kept);
    let mut params = BiteParams::new(case.params(&given).noise, bands).map_err(|e| failure(&e))?;
    params.cuts = cuts;
    let (pair, bite) = console
        .step("index both arches", || pair(&case))
        .map_err(|e| failure(&e))?;
    let analysed = console
        .step("analyse the bite", || {
            AnalysedBite::of(&pair, bite, &manifest.frame, params)
        })
        .map_err(|e| failure(&e))?;
    let findings = Findings {
        findings: analysed.document.findings.clone(),
        outlines: Vec::new(),
    };
    if let Some(id) = &args.explain {
        return explained(id, &findings);
    }
    let shown = only(&findings, &args.only)?;
    if args.list {
        return Ok(listed(&shown));
    }
    let files = BiteFiles {
        ply: output.ply,
        ..BiteFiles::usual((!output.no_pictures).then_some(output.numbers.into()))
    };
    output.write(&args.case, &case, &analysed, files, console)?;
    let mut text = if args.only.is_empty() {
        summary(&analysed.document, output.numbers.into())
    } else {
        crate::measure::summary::summary(&shown, true)
    };
    output.describe(&mut text, &args.case);
    let mut document = analysed.document.clone();
    document.findings = shown.findings;
    Ok(Answer::new(&document, text))
}

impl OutputArgs {
    fn write(
        &self,
        root: &Path,
        case: &LabelledCase,
        analysed: &AnalysedBite<'_>,
        files: BiteFiles,
        console: &Console,
    ) -> Result<(), Failure> {
        if self.no_files {
            return Ok(());
        }
        let observe = |name: &str, begins| console.observe(name, begins);
        let Some(out) = &self.out else {
            write_into(root, &case.case.manifest, analysed, files, &observe).map_err(|e| failure(&e))?;
            return Ok(());
        };
        watched(&observe, "write the bite", || {
            fs::create_dir_all(out).map_err(|e| Failure::unwritable("--out", &e))?;
            let mut items = analysed.items(files).into_iter();
            items
                .try_for_each(|item| item.write_into(out))
                .map_err(|e| Failure::failed("output.unwritable", e.to_string()))
        })
    }

    fn describe(&self, text: &mut String, root: &Path) {
        let folder = match &self.out {
            _ if self.no_files => return,
            Some(out) => out.clone(),
            None => root.join("occlusion"),
        };
        writeln!(text, "files    {}", folder.display()).expect("a string takes every word");
        if !self.no_pictures {
            writeln!(text, "look     {}", folder.join("occlusogram.png").display())
                .expect("a string takes every word");
        }
    }
}

/// An error of analysing a bite in the form that the command prints.
pub(super) fn failure(error: &BiteError) -> Failure {
    match error {
        BiteError::Case(e) => measure::failure(e),
        BiteError::OneArch(_) => Failure::refused("case.one-arch", error.to_string()),
        BiteError::NoBite => Failure::refused("case.no-bite", error.to_string()),
        BiteError::Occlusion(e) => Failure::refused("occlusion", e.to_string()),
        BiteError::Section(e) => Failure::refused("section", e.to_string()),
        BiteError::Bands { .. } => Failure::refused("settings", error.to_string()),
        BiteError::Write(e) => Failure::failed("output.unwritable", e.to_string()),
    }
}
