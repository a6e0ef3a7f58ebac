//! One scan file to a labelled arch.
//!
//! ```text
//! intake ─▶ clean ─▶ orient ─▶ label ─▶ carry back
//! ```
//!
//! Cleaning leaves places at which the surface passes through itself as they are.

use stonecast_cast::{
    CastParams, Edits, Scan,
    cast::{PreparedArch, prepare},
    clean::CleanParams,
    intake::intake,
};
use stonecast_dental::{Checked, Jaw};
use stonecast_teeth::{
    ArchEdits, ArchInput, CarriedLabels, LabelledArch, TeethEdits, TeethError, carry_back,
    label_arch_corrected,
};

use crate::pipeline::{Observer, PipelineError, ScanFile, watched, with_edits};

/// A file whose arch has been labelled. Everything is in the scanner's frame, mm.
#[derive(Clone, Debug)]
pub struct LabelledFile {
    /// The scan as it was read.
    pub scan: Scan,
    /// Its cleaned surface and its pose.
    pub prepared: PreparedArch,
    /// The cleaned surface, labelled.
    pub arch: LabelledArch,
    /// The labels of the file's own vertices and faces, in its order.
    pub carried: CarriedLabels,
}

/// Labels by the program's network, or by the user's.
fn label(
    input: &ArchInput<'_>,
    edits: &ArchEdits,
    model: Option<&[u8]>,
) -> Result<Checked<LabelledArch>, Vec<TeethError>> {
    match model {
        #[cfg(feature = "user-model")]
        Some(onnx) => stonecast_teeth::label_arch_by_model(onnx, input, edits),
        _ => label_arch_corrected(input, edits),
    }
}

/// Labels the arch that a file shows; `model` is a user's own network, which needs the feature `user-model`.
///
/// # Errors
/// [`PipelineError`].
pub fn label_file(
    file: &ScanFile,
    jaw: Jaw,
    edits: Option<&str>,
    model: Option<&[u8]>,
    observe: &Observer<'_>,
) -> Result<Checked<LabelledFile>, PipelineError> {
    let mut warnings = Vec::new();
    let teeth_edits = edits.map(TeethEdits::parse).transpose()?.unwrap_or_default();
    let edits = edits.map(Edits::parse).transpose()?.unwrap_or_default();
    let scan = watched(observe, "intake", || {
        let mut stated = with_edits(file, &edits);
        stated.role = Some(jaw.into());
        intake(&file.bytes, file.file_name.as_deref(), &stated)
    })?
    .unpack(&mut warnings);
    // A place that passes through itself is a few faces, which get a label as they are: only a cast needs it mended.
    let params = CastParams {
        clean: CleanParams {
            replaces_crossings: false,
            ..CleanParams::default()
        },
        ..CastParams::default()
    };
    let tell = |work: stonecast_cast::cast::Work, begins| observe(&work.to_string(), begins);
    let prepared = prepare(jaw, &scan, &edits, &params, &tell)
        .map_err(|e| PipelineError::Cast(vec![e]))?
        .unpack(&mut warnings);
    let arch = watched(observe, "label", || {
        let input = ArchInput {
            jaw,
            mesh: &prepared.cleaned.mesh,
            arch_from_mesh: prepared.orientation.arch_from_scan,
        };
        label(&input, teeth_edits.of(jaw), model)
    })
    .map_err(PipelineError::Teeth)?
    .unpack(&mut warnings);
    let carried = watched(observe, "carry back", || {
        carry_back(&scan.mesh_in_scan, &prepared.cleaned, &arch.face_labels)
    });
    let labelled = LabelledFile {
        scan,
        prepared,
        arch,
        carried,
    };
    Ok(Checked::new(labelled, warnings))
}
