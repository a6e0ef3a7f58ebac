//! The files of labelled teeth: under what names a case folder or an output folder holds them.

use stonecast_dental::Jaw;
use stonecast_mesh::{
    RigidMotion, TriMesh,
    formats::{Part, PlyCoordinates, PlyOptions, encode_ply},
};
use stonecast_teeth::{CarriedLabels, LabelledArch, LabelledCast, vertex_labels};

use super::{
    document::{LabelsDocument, LandmarksDocument, told},
    paint,
};
use crate::case::{
    manifest::{TeethRecord, ToothSummary},
    write::Item,
};

/// Whether a file of a case folder is made by labelling, and made anew by labelling again.
pub fn is_of_teeth(path: &str) -> bool {
    path.starts_with("teeth/") || path.starts_with("pictures/teeth")
}

/// The labels, landmarks and coloured surfaces of a cast's arches; `mesh_of` gives the surface of a jaw.
pub fn teeth_items<'a>(
    labelled: &'a LabelledCast,
    mesh_of: &impl Fn(Jaw) -> Option<&'a TriMesh>,
) -> Vec<Item<'a>> {
    let arches = labelled
        .arches()
        .filter_map(|arch| Some((arch, mesh_of(arch.jaw)?)));
    arches.flat_map(|(arch, mesh)| arch_items(arch, mesh)).collect()
}

fn arch_items<'a>(arch: &'a LabelledArch, mesh: &'a TriMesh) -> [Item<'a>; 3] {
    let record = record(arch);
    let jaw = arch.jaw;
    let carried = move || CarriedLabels {
        vertices: vertex_labels(mesh, &arch.face_labels),
        faces: arch.face_labels.clone(),
    };
    [
        Item::new(
            record.labels,
            format!("teeth of the {jaw} arch, for each vertex and face of cast/{jaw}.ply"),
            move || LabelsDocument::new(jaw, &carried()).to_json(),
        ),
        Item::new(
            record.landmarks,
            format!("landmarks, axes, margins and widths of the {jaw} teeth, cast frame, mm"),
            move || LandmarksDocument::new(arch, &RigidMotion::identity(), 1.0).to_json(),
        ),
        Item::new(
            record.coloured,
            format!("{jaw} arch, its teeth coloured, cast frame, mm"),
            move || coloured_ply(mesh, &carried()),
        ),
    ]
}

/// A surface with a colour for each tooth, the same for a number always, and the numbers beside it.
pub fn coloured_ply(mesh: &TriMesh, labels: &CarriedLabels) -> Vec<u8> {
    let number = |label: &Option<stonecast_dental::Fdi>| label.map_or(0, |t| i32::from(t.number()));
    let part = Part {
        colours: Some(paint::colours(&labels.vertices)),
        labels: vec![(
            "fdi".to_owned(),
            stonecast_mesh::VertexData::from_vec(labels.vertices.as_slice().iter().map(number).collect()),
        )],
        ..Part::from_mesh(mesh.clone())
    };
    let exact = PlyOptions {
        coordinates: PlyCoordinates::F64,
        ..PlyOptions::default()
    };
    encode_ply(&part, exact)
}

/// What `case.toml` says of the teeth of an arch.
pub fn record(arch: &LabelledArch) -> TeethRecord {
    let jaw = arch.jaw;
    TeethRecord {
        jaw,
        labels: format!("teeth/{jaw}.labels.json"),
        landmarks: format!("teeth/{jaw}.landmarks.json"),
        coloured: format!("teeth/{jaw}.ply"),
        teeth: (arch.teeth.iter())
            .map(|tooth| {
                let (told_by, confidence) = told(tooth.told_by);
                ToothSummary {
                    fdi: tooth.fdi,
                    told_by: told_by.name().to_owned(),
                    confidence,
                    mesiodistal_mm: tooth.mesiodistal.value().map(|w| w.0),
                    buccolingual_mm: tooth.buccolingual.value().map(|w| w.0),
                }
            })
            .collect(),
        doubts: arch.doubts.clone(),
    }
}
