//! The findings of a case: measured when the case is made, and again whenever its teeth or the way of measuring change.
//!
//! Both ways measure the meshes and teeth as the case folder holds them, so both give the same bytes.

use std::path::Path;

use stonecast_analysis::{BiteFacts, MeasuredArch, MeasuredCast, Params};
use stonecast_cast::bite::{Bite, BiteKind};
use stonecast_dental::{Findings, Jaw, Outcome, Warning};
use stonecast_mesh::TriMesh;
use stonecast_report::{Drawing, png};
use stonecast_teeth::{LabelledArch, LabelledCast};
use thiserror::Error;

use super::{
    document::{self, FindingsDocument},
    settings::{Given, SettingsRecord, unasked},
};
use crate::{
    case::{
        Manifest,
        manifest::FindingsRecord,
        read::{Case, ReadError},
        write::{CaseWriter, Item, WriteError},
    },
    pipeline::{Observer, watched},
    teeth::{
        pictures::Numbers,
        read::{TeethReadError, labelled_arch},
    },
};

/// Why a case is not measured.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MeasureError {
    /// Its labelled teeth cannot be read back.
    #[error(transparent)]
    Teeth(#[from] TeethReadError),
    /// It has none.
    #[error("the case has no labelled teeth: label them first with `stonecast teeth CASE`")]
    NoTeeth,
    /// The findings cannot be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

impl From<ReadError> for MeasureError {
    fn from(error: ReadError) -> Self {
        Self::Teeth(error.into())
    }
}

/// A case with everything that measuring needs.
#[derive(Debug)]
pub struct LabelledCase {
    /// The folder and what `case.toml` says.
    pub case: Case,
    meshes: Vec<(Jaw, TriMesh)>,
    labelled: LabelledCast,
}

impl LabelledCase {
    /// Reads a case.
    ///
    /// # Errors
    /// If a file is missing, changed or not understood, or no teeth are labelled.
    pub fn open(root: &Path) -> Result<Self, MeasureError> {
        let case = Case::open(root)?;
        if let Some(findings) = &case.manifest.findings {
            findings.settings.check().map_err(ReadError::Manifest)?;
        }
        let mut labelled = LabelledCast::default();
        let mut meshes = Vec::new();
        for record in &case.manifest.teeth {
            let arch = case.manifest.arches.iter().find(|arch| arch.jaw == record.jaw);
            let arch = arch.ok_or_else(|| {
                ReadError::Manifest(format!("it lists {} teeth but no such arch", record.jaw))
            })?;
            let mesh = case.mesh(&arch.path)?;
            let read = labelled_arch(&case, record, &mesh)?;
            match record.jaw {
                Jaw::Upper => labelled.upper = Some(read),
                Jaw::Lower => labelled.lower = Some(read),
            }
            meshes.push((record.jaw, mesh));
        }
        if meshes.is_empty() {
            return Err(MeasureError::NoTeeth);
        }
        Ok(Self {
            case,
            meshes,
            labelled,
        })
    }

    /// An arch with its labelled teeth, where the case has it.
    pub fn arch(&self, jaw: Jaw) -> Option<(&TriMesh, &LabelledArch)> {
        let labelled = match jaw {
            Jaw::Upper => self.labelled.upper.as_ref(),
            Jaw::Lower => self.labelled.lower.as_ref(),
        };
        let mesh = self.meshes.iter().find(|(j, _)| *j == jaw);
        mesh.map(|(_, mesh)| mesh).zip(labelled)
    }

    /// Everything measured on it.
    pub fn measure(&self, params: &Params) -> Findings {
        let mesh_of = |jaw| self.meshes.iter().find(|(j, _)| *j == jaw).map(|(_, mesh)| mesh);
        measure(&self.labelled, &mesh_of, self.case.manifest.bite.as_ref(), params)
    }

    /// How to measure it: as given, else as it was measured before, else by default.
    pub fn params(&self, given: &Given) -> Params {
        let kept = self.case.manifest.findings.as_ref().map(|f| &f.settings);
        given.over(kept)
    }
}

/// Measures labelled teeth in the cast frame; `mesh_of` gives the surface of a jaw.
pub fn measure<'a>(
    labelled: &'a LabelledCast,
    mesh_of: &impl Fn(Jaw) -> Option<&'a TriMesh>,
    bite: Option<&Bite>,
    params: &Params,
) -> Findings {
    let arch = |jaw: Jaw, arch: &'a Option<LabelledArch>| {
        Some(MeasuredArch {
            labelled: arch.as_ref()?,
            mesh: mesh_of(jaw)?,
        })
    };
    let cast = MeasuredCast {
        upper: arch(Jaw::Upper, &labelled.upper),
        lower: arch(Jaw::Lower, &labelled.lower),
        bite: bite.map(|bite| BiteFacts {
            estimated: bite.kind == BiteKind::Estimated,
            residual: bite.residual,
        }),
    };
    stonecast_analysis::measure(&cast, params)
}

/// Drawings are 1000 units wide.
const PIXELS_PER_UNIT: f32 = 1.6;

/// A drawing as SVG and as a picture, under a name without ending.
pub fn drawing_items<'a>(name: &str, drawing: Drawing) -> [Item<'a>; 2] {
    let Drawing { title, svg, .. } = drawing;
    let picture = svg.clone();
    [
        Item::new(
            format!("{name}.png"),
            format!("drawing: {title}, as a picture"),
            move || {
                png::render(&picture, PIXELS_PER_UNIT)
                    .expect("our own drawings are rendered at any usual size")
            },
        ),
        Item::new(format!("{name}.svg"), format!("drawing: {title}"), || {
            svg.into_bytes()
        }),
    ]
}

/// Whether a file of a case folder is made by measuring, and made anew by measuring again.
pub fn is_of_measuring(path: &str) -> bool {
    path.starts_with("measure/")
}

/// What measuring leaves behind.
#[derive(Clone, Debug)]
pub struct Measured {
    /// What is written as `findings.json`.
    pub document: FindingsDocument,
    /// What a person should know.
    pub warnings: Vec<Warning>,
}

impl Measured {
    /// Findings with the way in which they were measured.
    pub fn new(findings: Findings, frame: &str, params: &Params) -> Self {
        let warnings = unasked(&params.answers, &findings);
        Self {
            document: FindingsDocument::new(findings, frame.to_owned(), SettingsRecord::from(params)),
            warnings,
        }
    }

    /// What `case.toml` says of them.
    pub fn record(&self) -> FindingsRecord {
        let all = &self.document.findings.findings;
        let count = |of: fn(&Outcome) -> bool| all.iter().filter(|f| of(&f.outcome)).count();
        FindingsRecord {
            path: "measure/findings.json".to_owned(),
            table: "measure/findings.csv".to_owned(),
            measured: count(Outcome::is_measured),
            borderline: count(Outcome::is_borderline),
            not_measured: count(|outcome| !outcome.is_measured()),
            settings: self.document.settings.clone(),
        }
    }

    /// Every file, by its path in a folder of its own.
    pub fn items(&self, drawings: Option<Numbers>) -> Vec<Item<'_>> {
        let mut items = vec![
            Item::new(
                "findings.json",
                "findings, with evidence and uncertainty; cast frame, mm",
                || self.document.to_json(),
            ),
            Item::new("findings.csv", "findings, as a table", || {
                document::csv(&self.document.findings)
            }),
        ];
        let drawings =
            drawings.map(|numbers| stonecast_report::drawings(&self.document.findings, numbers.into()));
        for drawing in drawings.into_iter().flatten() {
            let name = drawing.name;
            items.extend(drawing_items(name, drawing));
        }
        items
    }

    /// Writes the files into a case.
    ///
    /// # Errors
    /// If one cannot be written.
    pub fn write(&self, drawings: Option<Numbers>, writer: &mut CaseWriter) -> Result<(), WriteError> {
        let items = self.items(drawings).into_iter();
        writer.write(items.map(|item| item.below("measure/")).collect())
    }
}

/// Measures a case that stands and puts the new version in its place.
///
/// # Errors
/// [`MeasureError`]; then the case is as it was.
pub fn write_into(
    root: &Path,
    manifest: &Manifest,
    measured: &Measured,
    drawings: Option<Numbers>,
    observe: &Observer<'_>,
) -> Result<Manifest, MeasureError> {
    let mut manifest = manifest.clone();
    let mut writer = CaseWriter::revise(root, &manifest.files, is_of_measuring)?;
    watched(observe, "write findings", || {
        measured.write(drawings, &mut writer)
    })?;
    manifest.findings = Some(measured.record());
    set_warnings(&mut manifest.warnings, &measured.warnings);
    Ok(writer.finish(manifest)?)
}

/// Puts the warnings of measuring in the place of those of measuring before.
pub fn set_warnings(all: &mut Vec<Warning>, new: &[Warning]) {
    all.retain(|warning| !warning.code.starts_with("measure."));
    all.extend_from_slice(new);
}
