//! Landmarks that a person sets.

use std::collections::BTreeMap;

use stonecast_dental::{Fdi, LandmarkKind, Mm};
use stonecast_mesh::{FaceData, Point};

use super::{ArchEdits, EditFault, Misfit, apply::Patch};
use crate::{ArchInput, ToldBy, Tooth, ToothLandmark, Width};

/// Standard uncertainty (mm) of a width between contact points that a person set: our choice, half of the 0.5 mm by which
/// people's landmarks on digital casts are usually said to differ. Unverified.
const SET_BY_HAND: Mm = Mm(0.25);

/// Adds or moves the landmarks that a person set, each onto the surface of its tooth. Points are in the frame of the
/// mesh; numbers are those after all other corrections. A width follows its contact points.
///
/// # Errors
/// Every landmark that does not fit.
pub fn correct_landmarks(
    input: &ArchInput<'_>,
    face_labels: &FaceData<Option<Fdi>>,
    mut teeth: Vec<Tooth>,
    edits: &ArchEdits,
) -> Result<Vec<Tooth>, Vec<EditFault>> {
    let mut faults = Vec::new();
    let mut set: BTreeMap<(Fdi, LandmarkKind), String> = BTreeMap::new();
    for (i, edit) in edits.landmarks.iter().enumerate() {
        let place = format!("landmark {}", i + 1);
        let mut fault = |fault| {
            faults.push(EditFault {
                jaw: input.jaw,
                place: place.clone(),
                fault,
            });
        };
        let found: Vec<Fdi> = teeth.iter().map(|t| t.fdi).collect();
        let Some(tooth) = teeth.iter_mut().find(|t| t.fdi == edit.tooth) else {
            fault(if edit.tooth.jaw() == input.jaw {
                Misfit::NotFound {
                    number: edit.tooth,
                    found,
                }
            } else {
                Misfit::OtherArch(edit.tooth)
            });
            continue;
        };
        if let Some(other) = set.get(&(edit.tooth, edit.kind)) {
            fault(Misfit::Twice { other: other.clone() });
            continue;
        }
        set.insert((edit.tooth, edit.kind), place.clone());
        let crown = Patch::new(input.mesh, |f| face_labels[f] == Some(edit.tooth));
        match crown.closest(edit.at) {
            Some((_, on_surface)) => put(tooth, edit.kind, on_surface),
            None => fault(Misfit::OffTooth {
                tooth: edit.tooth,
                point: edit.at,
            }),
        }
    }
    if faults.is_empty() { Ok(teeth) } else { Err(faults) }
}

fn put(tooth: &mut Tooth, kind: LandmarkKind, position: Point) {
    let mark = ToothLandmark {
        kind,
        position: position.into(),
        told_by: ToldBy::Human,
    };
    tooth.landmarks.retain(|l| l.kind != kind);
    let at = tooth.landmarks.partition_point(|l| l.kind < kind);
    tooth.landmarks.insert(at, mark);
    let place = |kind| tooth.landmark(kind).map(Point::from);
    if matches!(kind, LandmarkKind::MesialContact | LandmarkKind::DistalContact)
        && let (Some(mesial), Some(distal)) = (
            place(LandmarkKind::MesialContact),
            place(LandmarkKind::DistalContact),
        )
    {
        tooth.mesiodistal = Width::Measured {
            value: Mm((mesial - distal).norm()),
            uncertainty: SET_BY_HAND,
        };
    }
}
