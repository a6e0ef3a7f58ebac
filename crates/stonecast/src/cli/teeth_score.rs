//! `stonecast teeth score`: how well the program labels scans whose teeth people have labelled.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    time::Instant,
};

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use stonecast_cast::{intake::Stated, scan::LengthUnit};
use stonecast_dental::{Fdi, Jaw, LandmarkKind};
use stonecast_mesh::{
    Point, RigidMotion, TriMesh,
    formats::{Part, PlyCoordinates, PlyOptions, encode_ply},
};
use stonecast_teeth::{
    ToldBy, Tooth,
    score::{
        Agreement, CalibrationBin, Confusion, Tally, calibration, calibration_error, counted_teeth,
        kind_of_annotation, quantile, score_labels,
    },
    teeth3ds::FormNumbers,
};
use stonecast_testkit::random_motion;

use super::{Answer, Console, Failure, Fault, sources};
use crate::{
    pipeline::ScanFile,
    teeth::file::{LabelledFile, label_file},
};

/// Score the labelling on scans that people have labelled
///
/// DIR holds NAME_JAW.ply with NAME_JAW.labels.json (Teeth3DS form: "labels" for each vertex), and where there are any
/// NAME_JAW.landmarks.json ("fdi", "type", "xyz"). Arches are grouped by their names up to the first '-'.
/// `docs/benchmarks.md` defines the figures.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stonecast teeth score --truth labelled
  stonecast teeth score --truth labelled --pose kept --confusion confusion.png --json")]
pub struct ScoreArgs {
    /// The folder of labelled scans
    #[arg(long, value_name = "DIR")]
    truth: PathBuf,
    /// In which pose each scan is given to the program
    #[arg(long, value_enum, default_value_t = PoseName::Random)]
    pose: PoseName,
    /// Score the first N arches of the folder only
    #[arg(long, value_name = "N")]
    most: Option<usize>,
    /// Draw which numbers are taken for which
    #[arg(long, value_name = "PNG")]
    confusion: Option<PathBuf>,
    /// Replace the picture if it exists
    #[arg(long)]
    force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PoseName {
    /// A pose drawn for each scan from its name, always the same
    Random,
    /// The pose of the file
    Kept,
}

/// `NAME_JAW.labels.json`
#[derive(Deserialize)]
struct TrueLabels {
    labels: Vec<u8>,
}

/// An entry of `NAME_JAW.landmarks.json`.
#[derive(Deserialize)]
struct Annotation {
    fdi: Fdi,
    #[serde(rename = "type")]
    kind: String,
    xyz: [f64; 3],
}

/// A labelled scan, read.
struct Truth {
    name: String,
    jaw: Jaw,
    mesh: TriMesh,
    labels: Vec<Option<Fdi>>,
    annotations: Vec<Annotation>,
}

/// Everything that is counted over the arches.
#[derive(Default)]
struct Counts {
    groups: BTreeMap<String, Tally>,
    failures: Vec<ArchFailure>,
    /// Distances from annotated points, by the annotation's type; `None` where no such landmark was found.
    landmarks: BTreeMap<String, Vec<Option<f64>>>,
    widths: Vec<f64>,
    contact_distances: Vec<f64>,
    confidences: Vec<(f64, bool)>,
    confusion: Confusion,
}

/// What went wrong with an arch.
#[derive(Serialize)]
struct ArchFailure {
    arch: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    /// True teeth that were missed or misnumbered: number, greatest overlap, and under what number that is.
    teeth: Vec<(Fdi, f64, Option<Fdi>)>,
    /// Numbers that match no true tooth.
    false_teeth: Vec<Fdi>,
}

/// The figures of a group.
#[derive(Serialize)]
struct GroupFigures {
    arches: usize,
    teeth: usize,
    success: f64,
    any: f64,
    dice: f64,
    tooth_or_gum: f64,
    false_per_arch: f64,
    failed: usize,
    seconds: f64,
}

#[derive(Serialize)]
struct LandmarkFigures {
    annotated: usize,
    found: usize,
    median_mm: Option<f64>,
    p95_mm: Option<f64>,
}

#[derive(Serialize)]
struct Figures {
    groups: BTreeMap<String, GroupFigures>,
    all: GroupFigures,
    failures: Vec<ArchFailure>,
    landmarks: BTreeMap<String, LandmarkFigures>,
    mesiodistal_widths: Option<Agreement>,
    contact_distances: Option<Agreement>,
    calibration: Vec<CalibrationBin>,
    calibration_error: f64,
}

pub(super) fn run(args: &ScoreArgs, console: &Console) -> Result<Answer, Failure> {
    if let Some(path) = &args.confusion {
        sources::check_output(path, "--confusion", args.force)?;
    }
    let mut stems = stems(&args.truth)?;
    stems.truncate(args.most.unwrap_or(usize::MAX));
    console.expect_steps(stems.len() as u64);
    let mut counts = Counts::default();
    for stem in &stems {
        let truth = read_truth(&args.truth, stem).map_err(|fault| Failure::Refused(vec![fault]))?;
        console.step(stem, || score_arch(&truth, args.pose, &mut counts));
    }
    if let Some(path) = &args.confusion {
        let picture = crate::teeth::pictures::confusion_picture(&counts.confusion);
        fs::write(path, picture.to_png()).map_err(|e| Failure::unwritable("--confusion", &e))?;
    }
    let figures = figures(counts);
    Ok(Answer::new(&figures, describe(&figures)))
}

/// The names, without endings, of the labelled scans in a folder, sorted.
fn stems(folder: &Path) -> Result<Vec<String>, Failure> {
    let entries = fs::read_dir(folder).map_err(|e| {
        Failure::refused(
            "input.unreadable",
            format!("--truth cannot be read ({e}): check the path"),
        )
    })?;
    let mut stems: Vec<String> = entries
        .filter_map(|entry| Some(entry.ok()?.file_name().to_str()?.strip_suffix(".ply")?.to_owned()))
        .filter(|stem| folder.join(format!("{stem}.labels.json")).is_file())
        .collect();
    stems.sort();
    if stems.is_empty() {
        return Err(Failure::refused(
            "input.none",
            "--truth holds no NAME_JAW.ply with NAME_JAW.labels.json: check the folder",
        ));
    }
    Ok(stems)
}

fn read_truth(folder: &Path, stem: &str) -> Result<Truth, Fault> {
    // The names of labelled research data are the only way to say which file is meant.
    let fault = |what: &str| Fault::new("truth", format!("--truth, {stem}: {what}"));
    let jaw = match stem.rsplit_once('_') {
        Some((_, "upper")) => Jaw::Upper,
        Some((_, "lower")) => Jaw::Lower,
        _ => return Err(fault("the name must end with _upper or _lower")),
    };
    let (_, decoded) = sources::read_surface(&folder.join(format!("{stem}.ply")), stem)?;
    let mesh = TriMesh::joined(decoded.parts.iter().map(|part| &part.mesh));
    let text = sources::read(&folder.join(format!("{stem}.labels.json")), stem)?;
    let labels: TrueLabels = serde_json::from_slice(&text)
        .map_err(|e| fault(&format!("labels.json cannot be understood ({e})")))?;
    if labels.labels.len() != mesh.vertex_count() {
        return Err(fault(&format!(
            "{} labels for {} vertices",
            labels.labels.len(),
            mesh.vertex_count()
        )));
    }
    let label = |n: &u8| match n {
        0 => Ok(None),
        n => Fdi::new(*n).map(Some).map_err(|e| fault(&e.to_string())),
    };
    let annotations = match fs::read(folder.join(format!("{stem}.landmarks.json"))) {
        Ok(text) => serde_json::from_slice(&text)
            .map_err(|e| fault(&format!("landmarks.json cannot be understood ({e})")))?,
        Err(_) => Vec::new(),
    };
    Ok(Truth {
        name: stem.to_owned(),
        jaw,
        labels: labels.labels.iter().map(label).collect::<Result<_, _>>()?,
        mesh,
        annotations,
    })
}

/// Labels one arch as the command does a file, and counts what comes of it.
fn score_arch(truth: &Truth, pose: PoseName, counts: &mut Counts) {
    let scan_from_truth = match pose {
        PoseName::Kept => RigidMotion::identity(),
        PoseName::Random => random_motion(seed(&truth.name)),
    };
    let exact = PlyOptions {
        coordinates: PlyCoordinates::F64,
        ..PlyOptions::default()
    };
    let posed = truth.mesh.transformed(&scan_from_truth);
    let file = ScanFile {
        bytes: encode_ply(&Part::from_mesh(posed), exact),
        file_name: Some("scan.ply".to_owned()),
        stated: Stated {
            unit: Some(LengthUnit::Millimetre),
            ..Stated::default()
        },
    };
    let start = Instant::now();
    let labelled = label_file(&file, truth.jaw, None, None, &|_, _| {});
    let seconds = start.elapsed().as_secs_f64();
    let group = truth.name.split('-').next().unwrap_or_default();
    let tally = counts.groups.entry(group.to_owned()).or_default();
    match labelled {
        Ok(labelled) => {
            let numbers = numbers_of(truth, &labelled.value);
            let found = numbers.of_labels(labelled.value.carried.vertices.as_slice());
            let score = score_labels(&truth.labels, &found)
                .expect("labels are carried back to every vertex that was read");
            tally.add(&score, seconds);
            counts.add_labelled(truth, &labelled.value, &score, &numbers, &found, &scan_from_truth);
        }
        Err(error) => {
            let missed = counted_teeth(&truth.labels);
            tally.add_failed(missed.len(), seconds);
            counts.failures.push(ArchFailure {
                arch: truth.name.clone(),
                error: Some(error.to_string()),
                teeth: missed.into_iter().map(|t| (t, 0.0, None)).collect(),
                false_teeth: Vec::new(),
            });
        }
    }
}

/// The numbers to compare: the truth's form has either permanent numbers only, or primary ones too.
fn numbers_of(truth: &Truth, labelled: &LabelledFile) -> FormNumbers {
    let knows_primary = truth.labels.iter().flatten().any(|t| t.is_primary());
    let teeth = labelled.arch.teeth.iter().map(|t| t.fdi);
    if knows_primary {
        // All successors count as present, so that every tooth keeps its own number.
        FormNumbers::of(teeth.flat_map(|t| [Some(t), t.successor()]).flatten())
    } else {
        FormNumbers::of(teeth)
    }
}

/// A number that only the name of the scan decides (FNV-1a).
fn seed(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Counts {
    fn add_labelled(
        &mut self,
        truth: &Truth,
        labelled: &LabelledFile,
        score: &stonecast_teeth::score::ArchScore,
        numbers: &FormNumbers,
        found: &[Option<Fdi>],
        scan_from_truth: &RigidMotion,
    ) {
        self.confusion.add(&truth.labels, found);
        let wrong = score.teeth.iter().filter(|t| !t.is_right());
        let failure = ArchFailure {
            arch: truth.name.clone(),
            error: None,
            teeth: wrong.map(|t| (t.fdi, t.best_iou, t.best)).collect(),
            false_teeth: (score.found.iter())
                .filter(|f| f.is_false())
                .map(|f| f.fdi)
                .collect(),
        };
        if !failure.teeth.is_empty() || !failure.false_teeth.is_empty() {
            self.failures.push(failure);
        }
        for tooth in &labelled.arch.teeth {
            let fdi = numbers.of_tooth(tooth.fdi);
            let right = score.found.iter().any(|f| f.fdi == fdi && f.is_right);
            if let ToldBy::Auto(confidence) = tooth.told_by {
                self.confidences.push((confidence, right));
            }
        }
        let counterpart = |fdi: Fdi| {
            let found = score.teeth.iter().find(|t| t.fdi == fdi && t.is_found())?.best?;
            let mut teeth = labelled.arch.teeth.iter();
            teeth.find(|t| numbers.of_tooth(t.fdi) == found)
        };
        self.add_points(truth, &counterpart, scan_from_truth);
    }

    /// Compares landmarks and widths with the annotated points, each with the tooth that was found in its place: what
    /// number that has is judged elsewhere.
    fn add_points<'a>(
        &mut self,
        truth: &Truth,
        tooth_of: &dyn Fn(Fdi) -> Option<&'a Tooth>,
        scan_from_truth: &RigidMotion,
    ) {
        for annotation in &truth.annotations {
            let of_tooth = |kind: &str| {
                let mut same = truth.annotations.iter().filter(|a| a.fdi == annotation.fdi);
                same.find(|a| a.kind == kind)
            };
            let has_middle = of_tooth("cusp_out_middle").is_some();
            let kind = kind_of_annotation(&annotation.kind, annotation.fdi, has_middle);
            let place = scan_from_truth * Point::from(annotation.xyz);
            let error = kind.and_then(|kind| {
                let position = tooth_of(annotation.fdi)?.landmark(kind)?;
                Some((Point::from(position) - place).norm())
            });
            self.landmarks
                .entry(annotation.kind.clone())
                .or_default()
                .push(error);
            if annotation.kind == "mesial"
                && let Some(distal) = of_tooth("distal")
                && let Some(tooth) = tooth_of(annotation.fdi)
            {
                let annotated = (Point::from(annotation.xyz) - Point::from(distal.xyz)).norm();
                if let Some(width) = tooth.mesiodistal.value() {
                    self.widths.push(width.0 - annotated);
                }
                if let Some(contacts) = contact_distance(tooth) {
                    self.contact_distances.push(contacts - annotated);
                }
            }
        }
    }
}

/// From the mesial to the distal contact point: what annotated points are the same of.
fn contact_distance(tooth: &Tooth) -> Option<f64> {
    let mesial = Point::from(tooth.landmark(LandmarkKind::MesialContact)?);
    let distal = Point::from(tooth.landmark(LandmarkKind::DistalContact)?);
    Some((mesial - distal).norm())
}

fn figures(counts: Counts) -> Figures {
    let mut all = Tally::default();
    counts.groups.values().for_each(|tally| all.extend(tally));
    let landmarks = counts.landmarks.iter().map(|(kind, errors)| {
        let found: Vec<f64> = errors.iter().flatten().copied().collect();
        let figures = LandmarkFigures {
            annotated: errors.len(),
            found: found.len(),
            median_mm: quantile(&found, 0.5),
            p95_mm: quantile(&found, 0.95),
        };
        (kind.clone(), figures)
    });
    let bins = calibration(&counts.confidences, 10);
    Figures {
        landmarks: landmarks.collect(),
        groups: (counts.groups.iter())
            .map(|(name, tally)| (name.clone(), group_figures(tally)))
            .collect(),
        all: group_figures(&all),
        failures: counts.failures,
        mesiodistal_widths: Agreement::of(&counts.widths),
        contact_distances: Agreement::of(&counts.contact_distances),
        calibration_error: calibration_error(&bins),
        calibration: bins,
    }
}

fn group_figures(tally: &Tally) -> GroupFigures {
    GroupFigures {
        arches: tally.arches,
        teeth: tally.teeth,
        success: tally.success(),
        any: tally.any(),
        dice: tally.dice(),
        tooth_or_gum: tally.tooth_or_gum(),
        false_per_arch: tally.false_per_arch(),
        failed: tally.failed,
        seconds: tally.seconds(),
    }
}

fn describe(figures: &Figures) -> String {
    let mut text = String::new();
    describe_into(&mut text, figures).expect("a string takes every word");
    text
}

fn describe_into(text: &mut String, figures: &Figures) -> std::fmt::Result {
    writeln!(
        text,
        "group  arches teeth success    any   dice tooth/gum false/arch failed s/arch"
    )?;
    let groups = figures.groups.iter().map(|(name, g)| (name.as_str(), g));
    for (name, g) in groups.chain([("ALL", &figures.all)]) {
        writeln!(
            text,
            "{name:<6} {:>6} {:>5}  {:.4} {:.4} {:.4}    {:.4}       {:.2} {:>6}  {:.3}",
            g.arches,
            g.teeth,
            g.success,
            g.any,
            g.dice,
            g.tooth_or_gum,
            g.false_per_arch,
            g.failed,
            g.seconds
        )?;
    }
    if !figures.failures.is_empty() {
        writeln!(text, "\nfailures (true tooth: greatest overlap, found as)")?;
    }
    for failure in &figures.failures {
        write!(text, "  {:<20}", failure.arch)?;
        if let Some(error) = &failure.error {
            write!(text, " {error}")?;
        } else {
            for (tooth, iou, best) in &failure.teeth {
                let best = best.map_or_else(|| "gum".to_owned(), |t| t.to_string());
                write!(text, " {tooth}: {iou:.2} {best};")?;
            }
            for tooth in &failure.false_teeth {
                write!(text, " false {tooth};")?;
            }
        }
        writeln!(text)?;
    }
    describe_points(text, figures)
}

fn describe_points(text: &mut String, figures: &Figures) -> std::fmt::Result {
    if !figures.landmarks.is_empty() {
        writeln!(text, "\nlandmark         annotated found median mm  p95 mm")?;
    }
    for (kind, f) in &figures.landmarks {
        let mm = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), |v| format!("{v:.3}"));
        writeln!(
            text,
            "{kind:<16} {:>9} {:>5} {:>9} {:>7}",
            f.annotated,
            f.found,
            mm(f.median_mm),
            mm(f.p95_mm)
        )?;
    }
    if let Some(w) = &figures.mesiodistal_widths {
        writeln!(
            text,
            "\nmesiodistal width, found minus annotated: mean {:+.3} mm, limits of agreement {:+.3} to {:+.3} mm, {} teeth",
            w.mean, w.limits[0], w.limits[1], w.count
        )?;
    }
    if let Some(w) = &figures.contact_distances {
        writeln!(
            text,
            "distance of the contact points, found minus annotated: mean {:+.3} mm, limits of agreement {:+.3} to {:+.3} mm, {} teeth",
            w.mean, w.limits[0], w.limits[1], w.count
        )?;
    }
    if !figures.calibration.is_empty() {
        writeln!(text, "\nconfidence  teeth  mean  right")?;
    }
    for bin in &figures.calibration {
        writeln!(
            text,
            "{:.1} to {:.1}  {:>5}  {:.3} {:.3}",
            bin.from, bin.to, bin.count, bin.confidence, bin.right
        )?;
    }
    writeln!(
        text,
        "expected calibration error {:.3}",
        figures.calibration_error
    )
}
