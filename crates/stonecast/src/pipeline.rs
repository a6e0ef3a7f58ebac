//! The order of the whole job: files to a finished case folder.
//!
//! ```text
//! settle ─▶ keep_scans ─▶ make_cast ─▶ write_meshes ─▶ label teeth ─▶ measure ─▶ analyse the bite ─▶ draw ─▶ case.toml
//! ```

use std::path::PathBuf;

use rayon::prelude::*;
use stonecast_analysis::{Noise, Params};
use stonecast_cast::{
    Cast, CastParams, Edits, Scan, Scans,
    cast::{StageError, Work},
    edits::EditsError,
    intake::{Input, IntakeError, IntakeSetError, Stated, cleaned_faults, intake_set, surface_faults},
    make_cast,
    scan::LengthUnit,
};
use stonecast_dental::{Checked, Jaw};
use stonecast_picture::Size;
use stonecast_teeth::{LabelledCast, TeethEdits, TeethError, edits::TeethEditsSyntax};
use thiserror::Error;

use crate::{
    case::{
        Manifest,
        manifest::{self, ArchRecord, FindingsRecord, ScanRecord, TeethRecord},
        read::ReadError,
        write::{CaseWriter, Item, WriteError, sha256_hex},
    },
    files::{arch_record, mesh_items},
    measure::{self, case::Measured},
    occlusion::case::{AnalysedBite, BiteError, BiteFiles, BiteParams, OcclusionRecord, pair_of},
    pictures::draw,
    teeth::{self, case::TeethParams, items::record, pictures::Numbers},
};

/// One file as it was given.
#[derive(Clone, Debug, Default)]
pub struct ScanFile {
    /// Its content.
    pub bytes: Vec<u8>,
    /// Its name, for its extension and for words such as "upper"; it is stored nowhere.
    pub file_name: Option<String>,
    /// What the user said about it.
    pub stated: Stated,
}

/// Everything that a case is made from.
#[derive(Clone, Debug)]
pub struct Job {
    /// The scans.
    pub files: Vec<ScanFile>,
    /// The text of `edits.toml`, where there is one.
    pub edits: Option<String>,
    /// How to make the cast.
    pub params: CastParams,
    /// What is stated about the case.
    pub stated: manifest::Stated,
    /// The size of the pictures; `None` for no pictures.
    pub pictures: Option<Size>,
    /// The numbers on the pictures of the teeth; `None` to leave the teeth unlabelled.
    pub teeth: Option<Numbers>,
    /// Measure the teeth; without labelled teeth nothing is measured.
    pub measure: bool,
    /// Analyse the bite; without labelled teeth of both arches it is not.
    pub occlusion: bool,
    /// Where the case is to stand.
    pub out: PathBuf,
    /// Replace a case that stands there.
    pub force: bool,
}

/// Is told the name of each part of the work: `true` when it begins, `false` when it ends.
pub type Observer<'a> = dyn Fn(&str, bool) + Sync + 'a;

/// Why a job was not done.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PipelineError {
    /// The corrections are not accepted.
    #[error(transparent)]
    Edits(#[from] EditsError),
    /// Files are not accepted as scans.
    #[error(transparent)]
    Intake(#[from] IntakeSetError),
    /// A file is not accepted as a scan.
    #[error(transparent)]
    File(#[from] IntakeError),
    /// No cast can be made of the scans.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Cast(Vec<StageError>),
    /// The teeth cannot be labelled.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Teeth(Vec<TeethError>),
    /// The corrections of teeth are not understood.
    #[error(transparent)]
    TeethEdits(#[from] TeethEditsSyntax),
    /// The corrections would make another cast.
    #[error(
        "--edits says something else of scans, poses or bite than the case was made with: make the case again with \
         `stonecast cast --edits`, or change the part on teeth alone"
    )]
    OtherCast,
    /// The case cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The bite cannot be analysed.
    #[error(transparent)]
    Bite(#[from] BiteError),
    /// The case cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// Does the whole job: takes the scans in, makes the cast, and leaves a case folder.
///
/// # Errors
/// [`PipelineError`]; then no folder is left, and what stood at its place is untouched.
pub fn scan_to_case(job: Job, observe: &Observer<'_>) -> Result<Manifest, PipelineError> {
    let mut writer = CaseWriter::new(&job.out, job.force)?;
    let mut warnings = Vec::new();
    let text = job.edits.as_deref();
    let edits = text.map(Edits::parse).transpose()?.unwrap_or_default();
    let teeth_edits = text.map(TeethEdits::parse).transpose()?.unwrap_or_default();

    let (scans, mut records) = watched(observe, "intake", || -> Result<_, PipelineError> {
        let scans = settle(&job.files, &edits)?.unpack(&mut warnings);
        let records = keep_scans(&scans, job.files, job.edits.as_deref(), &mut writer)?;
        Ok((Scans::sort(scans), records))
    })?;
    let tell = |work: Work, begins| observe(&work.to_string(), begins);
    let cast = make_cast(&scans, &edits, &job.params, &tell)
        .map_err(PipelineError::Cast)?
        .unpack(&mut warnings);
    drop(scans);
    watched(observe, "write", || writer.write(mesh_items(&cast)))?;
    let (mut findings, mut occlusion) = (None, None);
    let teeth = match job.teeth {
        Some(numbers) => {
            let params = TeethParams {
                pictures: job.pictures,
                numbers,
            };
            let label = || label_teeth(&cast, &teeth_edits, params, &mut writer, observe);
            let labelled = watched(observe, "teeth", label)?.unpack(&mut warnings);
            if job.measure && labelled.arches().next().is_some() {
                let params = job.pictures.map(|_| numbers);
                findings = Some(measure_teeth(&cast, &labelled, params, &mut writer, observe)?);
            }
            if job.occlusion {
                let drawn = job.pictures.is_some().then_some(numbers);
                occlusion = analyse_bite(&cast, &labelled, drawn, &mut writer, observe)?;
            }
            labelled
        }
        None => LabelledCast::default(),
    };
    if let Some(size) = job.pictures {
        let pictures = watched(observe, "draw", || draw(&cast, size));
        let items = pictures
            .iter()
            .map(|(path, what, picture)| Item::new(path.as_str(), what.as_str(), || picture.to_png()));
        watched(observe, "write pictures", || writer.write(items.collect()))?;
    }
    list_faults(&mut records, &cast);
    let teeth = teeth.arches().map(record).collect();
    let mut manifest = manifest(job.stated, records, cast, teeth, warnings);
    manifest.findings = findings;
    manifest.occlusion = occlusion;
    Ok(writer.finish(manifest)?)
}

/// Labels the teeth of a cast and writes them into its case.
fn label_teeth(
    cast: &Cast,
    edits: &TeethEdits,
    params: TeethParams,
    writer: &mut CaseWriter,
    observe: &Observer<'_>,
) -> Result<Checked<LabelledCast>, PipelineError> {
    let records: Vec<ArchRecord> = cast.arches().map(arch_record).collect();
    let meshes = cast.arches().map(|arch| &arch.anatomy_in_cast);
    let arches = records.iter().zip(meshes).collect();
    let labelled = teeth::case::label(&arches, edits)?;
    teeth::case::write(&labelled.value, &arches, params, writer, observe)?;
    Ok(labelled)
}

/// Measures the labelled teeth of a cast, by default settings, and writes the findings into its case.
fn measure_teeth(
    cast: &Cast,
    labelled: &LabelledCast,
    drawings: Option<Numbers>,
    writer: &mut CaseWriter,
    observe: &Observer<'_>,
) -> Result<FindingsRecord, PipelineError> {
    let mesh_of = |jaw: Jaw| {
        let arch = cast.arches().find(|arch| arch.jaw == jaw);
        arch.map(|arch| &arch.anatomy_in_cast)
    };
    let params = Params::default();
    let findings = watched(observe, "measure", || {
        measure::case::measure(labelled, &mesh_of, cast.bite.as_ref(), &params)
    });
    let measured = Measured::new(findings, frame(cast), &params);
    watched(observe, "write findings", || measured.write(drawings, writer))?;
    Ok(measured.record())
}

/// Analyses the bite of a cast, by default settings, and writes it into its case; `None` where there are not both arches.
fn analyse_bite(
    cast: &Cast,
    labelled: &LabelledCast,
    pictures: Option<Numbers>,
    writer: &mut CaseWriter,
    observe: &Observer<'_>,
) -> Result<Option<OcclusionRecord>, PipelineError> {
    let mesh_of = |jaw: Jaw| {
        let arch = cast.arches().find(|arch| arch.jaw == jaw);
        arch.map(|arch| &arch.anatomy_in_cast)
    };
    let pair = watched(observe, "index both arches", || pair_of(labelled, &mesh_of));
    let (Some(pair), Some(bite)) = (pair, &cast.bite) else {
        return Ok(None);
    };
    let params = BiteParams::new(Noise::default(), None)?;
    let analysed = watched(observe, "analyse the bite", || {
        AnalysedBite::of(&pair, bite, frame(cast), params)
    })?;
    watched(observe, "write the bite", || {
        analysed.write(BiteFiles::usual(pictures), writer)
    })?;
    Ok(Some(analysed.record()))
}

/// The scans with their units and roles settled, by what was said on the command line, else in the corrections.
fn settle(files: &[ScanFile], edits: &Edits) -> Result<Checked<Vec<Scan>>, IntakeSetError> {
    let inputs: Vec<Input<'_>> = files
        .par_iter()
        .map(|file| Input {
            bytes: &file.bytes,
            file_name: file.file_name.as_deref(),
            stated: with_edits(file, edits),
        })
        .collect();
    intake_set(&inputs)
}

/// What was said of a file, on the command line or in the corrections.
pub fn with_edits(file: &ScanFile, edits: &Edits) -> Stated {
    let mut stated = file.stated.clone();
    if edits.scans.is_empty() {
        return stated;
    }
    if let Some(edit) = edits.scan(&sha256_hex(&file.bytes)) {
        stated.role = edit.role.or(stated.role);
        stated.unit = edit
            .unit
            .as_deref()
            .and_then(LengthUnit::from_symbol)
            .or(stated.unit);
    }
    stated
}

/// Stores the scans' bytes and the corrections as they came. A file that holds several scans is stored once.
fn keep_scans(
    scans: &[Scan],
    files: Vec<ScanFile>,
    edits: Option<&str>,
    writer: &mut CaseWriter,
) -> Result<Vec<ScanRecord>, WriteError> {
    let path_of = |sha256: &str| {
        let of_file = scans.iter().filter(|scan| scan.source.sha256 == sha256);
        let roles: Vec<&str> = of_file.clone().map(|scan| scan.role.name()).collect();
        let extension = of_file
            .map(|scan| scan.source.format.as_str())
            .next()
            .unwrap_or("bin");
        format!("scans/{}.{extension}", roles.join("-and-"))
    };
    let mut items: Vec<Item<'_>> = Vec::new();
    let mut kept: Vec<String> = Vec::new();
    let hashes: Vec<String> = files.par_iter().map(|file| sha256_hex(&file.bytes)).collect();
    for (file, sha256) in files.into_iter().zip(hashes) {
        let path = path_of(&sha256);
        if !kept.contains(&sha256) {
            kept.push(sha256.clone());
            items.push(Item::new(path, "scan, as it came", move || file.bytes).hashed(sha256));
        }
    }
    if let Some(text) = edits {
        items.push(teeth::case::edits_item(text));
    }
    writer.write(items)?;
    let record = |scan: &Scan| ScanRecord {
        role: scan.role,
        role_evidence: scan.role_evidence,
        path: path_of(&scan.source.sha256),
        sha256: scan.source.sha256.clone(),
        byte_count: scan.source.byte_count,
        format: scan.source.format.clone(),
        face_count: scan.mesh_in_scan.face_count(),
        vertex_count: scan.mesh_in_scan.vertex_count(),
        unit: scan.unit,
        acquisition: scan.acquisition.clone(),
        faults: scan.faults.clone(),
    };
    let mut records: Vec<ScanRecord> = scans.iter().map(record).collect();
    // Bite scans are not cleaned: nothing later would tell their faults.
    records
        .par_iter_mut()
        .zip(scans)
        .filter(|(_, scan)| scan.role.jaw().is_none())
        .for_each(|(record, scan)| {
            record
                .faults
                .extend(surface_faults(&scan.mesh_in_scan, scan.role));
        });
    Ok(records)
}

/// Adds what cleaning found wrong with the arches' scans.
fn list_faults(records: &mut [ScanRecord], cast: &Cast) {
    for arch in cast.arches() {
        let role = arch.jaw.into();
        for record in records.iter_mut().filter(|record| record.role == role) {
            record.faults.extend(cleaned_faults(&arch.cleaning, role));
        }
    }
}

fn manifest(
    stated: manifest::Stated,
    scans: Vec<ScanRecord>,
    cast: Cast,
    teeth: Vec<TeethRecord>,
    warnings: Vec<stonecast_dental::Warning>,
) -> Manifest {
    Manifest {
        format: manifest::FORMAT.to_owned(),
        version: manifest::VERSION,
        program: concat!("stonecast ", env!("CARGO_PKG_VERSION")).to_owned(),
        frame: frame(&cast).to_owned(),
        stated,
        scans,
        arches: cast.arches().map(arch_record).collect(),
        occluded_height_mm: cast.occluded_height.map(|height| height.0),
        bite: cast.bite,
        teeth,
        findings: None,
        occlusion: None,
        articulator: None,
        warnings,
        files: Vec::new(),
    }
}

/// The frame of a case's meshes, in words.
fn frame(cast: &Cast) -> &'static str {
    match (&cast.upper, &cast.lower) {
        (None, Some(_)) => {
            "the lower arch's own frame: LPS, mm, occlusal plane z = 0, origin at the lower incisors"
        }
        _ => "cast frame: LPS, mm, occlusal plane z = 0, origin at the upper incisors",
    }
}

/// Does a part of the work and tells of it.
pub fn watched<T>(observe: &Observer<'_>, name: &str, job: impl FnOnce() -> T) -> T {
    observe(name, true);
    let done = job();
    observe(name, false);
    done
}
