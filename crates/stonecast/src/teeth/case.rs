//! The teeth of a case: labelled when the case is made, and again whenever its corrections change.
//!
//! Both ways go through the meshes and motions as the case folder holds them, so both give the same bytes.

use std::path::Path;

use stonecast_cast::{Edits, bite::Bite, edits::EditsError, orient::from_matrix};
use stonecast_dental::{Checked, Jaw, Warning};
use stonecast_mesh::TriMesh;
use stonecast_picture::Size;
use stonecast_teeth::{LabelledCast, PlacedArch, TeethEdits, TeethError, label_arches};

use super::{
    items::{is_of_teeth, record, teeth_items},
    pictures::{Numbers, Shown, draw_teeth},
};
use crate::{
    articulate::case::is_of_articulator,
    case::{
        Manifest,
        manifest::ArchRecord,
        read::Case,
        write::{CaseWriter, Item},
    },
    measure::{
        self,
        case::{Measured, is_of_measuring},
    },
    occlusion::case::{AnalysedBite, BiteFiles, BiteParams, OcclusionRecord, is_of_bite, pair_of},
    pipeline::{Observer, PipelineError, watched},
};

/// How to label the teeth of a case.
#[derive(Clone, Copy, Debug)]
pub struct TeethParams {
    /// The size of the pictures; `None` for no pictures.
    pub pictures: Option<Size>,
    /// The numbers on them.
    pub numbers: Numbers,
}

/// The meshes of a case's arches, and what the case says of them.
pub type Arches<'a> = Vec<(&'a ArchRecord, &'a TriMesh)>;

/// Labels the teeth of arches in the cast frame.
///
/// # Errors
/// Every correction that does not fit.
pub fn label(arches: &Arches<'_>, edits: &TeethEdits) -> Result<Checked<LabelledCast>, PipelineError> {
    let placed = arches.iter().map(|(arch, mesh)| {
        let motion = from_matrix(&arch.cast_from_scan)
            .map_err(|source| EditsError::Pose {
                jaw: arch.jaw,
                source,
            })?
            .arch_from_scan;
        Ok(PlacedArch::new(
            arch.jaw,
            mesh,
            &arch.orientation.arch_from_scan,
            motion,
        ))
    });
    let placed = placed.collect::<Result<Vec<_>, EditsError>>()?;
    label_arches(&placed, edits).map_err(PipelineError::Teeth)
}

/// Writes the files of labelled teeth into a case, and lists the teeth in its manifest.
///
/// # Errors
/// If a file cannot be written.
pub fn write(
    labelled: &LabelledCast,
    arches: &Arches<'_>,
    params: TeethParams,
    writer: &mut CaseWriter,
    observe: &Observer<'_>,
) -> Result<(), PipelineError> {
    let mesh_of = |jaw: Jaw| {
        let arch = arches.iter().find(|(arch, _)| arch.jaw == jaw);
        arch.map(|(_, mesh)| *mesh)
    };
    watched(observe, "write teeth", || {
        writer.write(teeth_items(labelled, &mesh_of))
    })?;
    if let Some(size) = params.pictures {
        let shown: Vec<Shown<'_>> = labelled
            .arches()
            .filter_map(|arch| {
                Some(Shown {
                    mesh: mesh_of(arch.jaw)?,
                    arch,
                })
            })
            .collect();
        if shown.is_empty() {
            return Ok(());
        }
        let pictures = watched(observe, "draw teeth", || draw_teeth(&shown, size, params.numbers));
        let items = pictures.iter().map(|(name, what, picture)| {
            Item::new(format!("pictures/{name}.png"), what.as_str(), || picture.to_png())
        });
        watched(observe, "write pictures of teeth", || {
            writer.write(items.collect())
        })?;
    }
    Ok(())
}

/// Labels the teeth of a case that stands, measures them as before if they were measured, and puts the new version in its
/// place. `edits` replaces the case's own
/// corrections; those of scans, poses and bite must be the case's, for the cast is made with them.
///
/// # Errors
/// [`PipelineError`]; then the case is as it was.
pub fn relabel(
    root: &Path,
    edits: Option<&str>,
    params: TeethParams,
    observe: &Observer<'_>,
) -> Result<Manifest, PipelineError> {
    let case = Case::open(root)?;
    let kept = case.edits()?;
    let text = edits.or(kept.as_deref());
    let parse = |text: Option<&str>| text.map(Edits::parse).transpose().map(Option::unwrap_or_default);
    let (ours, theirs) = (parse(text)?, parse(kept.as_deref())?);
    let of_cast = |edits: Edits| Edits { teeth: None, ..edits };
    if of_cast(ours) != of_cast(theirs) {
        return Err(PipelineError::OtherCast);
    }
    let teeth_edits = text.map(TeethEdits::parse).transpose()?.unwrap_or_default();

    let meshes = watched(observe, "read the case", || {
        let meshes = case.manifest.arches.iter().map(|arch| case.mesh(&arch.path));
        meshes.collect::<Result<Vec<_>, _>>()
    })?;
    let mut manifest = case.manifest.clone();
    let arches: Arches<'_> = manifest.arches.iter().zip(&meshes).collect();
    let mut warnings = Vec::new();
    let labelled = watched(observe, "label", || label(&arches, &teeth_edits))?.unpack(&mut warnings);
    if labelled.arches().next().is_none() {
        let none = arches.iter().map(|(arch, _)| TeethError::NoTeeth(arch.jaw));
        return Err(PipelineError::Teeth(none.collect()));
    }
    let replaces_edits = edits.is_some();
    let drops = |path: &str| {
        let follows = is_of_measuring(path) || is_of_bite(path) || is_of_articulator(path);
        is_of_teeth(path) || follows || (replaces_edits && path == "edits.toml")
    };
    let mut writer = CaseWriter::revise(root, &manifest.files, drops)?;
    if let Some(text) = edits {
        writer.write(vec![edits_item(text)])?;
    }
    write(&labelled, &arches, params, &mut writer, observe)?;
    let measured = manifest.findings.as_ref().map(|kept| {
        let params = (&kept.settings).into();
        let mesh_of = |jaw: Jaw| {
            arches
                .iter()
                .find(|(arch, _)| arch.jaw == jaw)
                .map(|(_, mesh)| *mesh)
        };
        let findings = watched(observe, "measure", || {
            measure::case::measure(&labelled, &mesh_of, manifest.bite.as_ref(), &params)
        });
        Measured::new(findings, &manifest.frame, &params)
    });
    if let Some(measured) = &measured {
        measured.write(params.pictures.map(|_| params.numbers), &mut writer)?;
        manifest.findings = Some(measured.record());
    }
    analyse_again(
        &labelled,
        &arches,
        params,
        &mut writer,
        &mut manifest.occlusion,
        (manifest.bite.as_ref(), &manifest.frame),
        observe,
    )?;
    if manifest.articulator.take().is_some() {
        warnings.push(Warning::new(
            "teeth.articulator-dropped",
            "the teeth were labelled anew, so what was measured on the articulator no longer holds and was taken out of the case",
            "run `stonecast articulate` again",
        ));
    }
    manifest.teeth = labelled.arches().map(record).collect();
    manifest
        .warnings
        .retain(|warning| !warning.code.starts_with("teeth."));
    manifest.warnings.append(&mut warnings);
    let of_measuring = measured.map_or_else(Vec::new, |measured| measured.warnings);
    measure::case::set_warnings(&mut manifest.warnings, &of_measuring);
    Ok(writer.finish(manifest)?)
}

/// Analyses the bite again, as it was before, where it was.
fn analyse_again(
    labelled: &LabelledCast,
    arches: &Arches<'_>,
    params: TeethParams,
    writer: &mut CaseWriter,
    record: &mut Option<OcclusionRecord>,
    (bite, frame): (Option<&Bite>, &str),
    observe: &Observer<'_>,
) -> Result<(), PipelineError> {
    let Some(kept) = record.take() else { return Ok(()) };
    let mesh_of = |jaw: Jaw| {
        let arch = arches.iter().find(|(arch, _)| arch.jaw == jaw);
        arch.map(|(_, mesh)| *mesh)
    };
    let (Some(pair), Some(bite)) = (pair_of(labelled, &mesh_of), bite) else {
        return Ok(());
    };
    let given = BiteParams::kept(&kept)?;
    let analysed = watched(observe, "analyse the bite", || {
        AnalysedBite::of(&pair, bite, frame, given)
    })?;
    let files = BiteFiles::usual(params.pictures.map(|_| params.numbers));
    analysed.write(files, writer)?;
    *record = Some(analysed.record());
    Ok(())
}

/// The corrections, to be kept with the case.
pub fn edits_item(text: &str) -> Item<'_> {
    Item::new("edits.toml", "corrections, as they came", || {
        text.as_bytes().to_vec()
    })
}
