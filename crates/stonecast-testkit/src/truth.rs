//! What is known of a synthetic arch because it was made so.

use std::collections::BTreeSet;

use nalgebra::Vector3;
use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, Landmark};
use stonecast_mesh::{FaceData, VertexData};

use crate::arch::cast_from_arch;
use crate::bite::OcclusalContact;
use crate::place::PlacedTooth;

/// One tooth as it was made and set. All positions are in the cast frame, mm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrueTooth {
    /// Which tooth.
    pub tooth: Fdi,
    /// Greatest mesiodistal diameter along the crown's own axis, mm.
    pub mesiodistal_mm: f64,
    /// Greatest faciolingual diameter along the crown's own axis, mm.
    pub buccolingual_mm: f64,
    /// From the cervical line to the incisal edge or cusp level, along the crown's axis, mm.
    pub crown_height_mm: f64,
    /// Middle of the cervical section.
    pub origin_in_cast: [f64; 3],
    /// Unit vector towards the tooth's mesial side.
    pub mesial_in_cast: [f64; 3],
    /// Unit vector towards its facial side.
    pub facial_in_cast: [f64; 3],
    /// Unit vector from its neck to its occlusal end: the long axis.
    pub occlusal_in_cast: [f64; 3],
    /// True for a tooth cut down to a stump: its landmarks and widths are those of the crown before.
    pub prepared: bool,
}

/// What is true of how the arches meet. All positions are in the cast frame, mm.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BiteTruth {
    /// From the lower to the upper central incisal edges' midpoints along +y reversed: positive when the upper
    /// edges stand in front, mm. `None` when an arch has no central incisors.
    pub overjet_mm: Option<f64>,
    /// By how much the upper edges pass the lower ones vertically, mm.
    pub overbite_mm: Option<f64>,
    /// How far the lower first molar's buccal groove stands behind the upper one's mesiobuccal cusp, right and
    /// left, mm: 0 in Class I, positive in Class II.
    pub molar_offset_mm: [Option<f64>; 2],
    /// Where upper and lower teeth touch.
    pub contacts: Vec<OcclusalContact>,
}

/// What is true of one arch. All positions are in the cast frame, mm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ArchTruth {
    /// For each vertex its tooth; `None` for soft tissue.
    pub vertex_labels: VertexData<Option<Fdi>>,
    /// For each face its tooth; `None` for soft tissue.
    pub face_labels: FaceData<Option<Fdi>>,
    /// The teeth that the scan shows, sorted by number.
    pub teeth: Vec<TrueTooth>,
    /// Named points, sorted by tooth and kind, computed on the crown's own surface (not on the mesh).
    pub landmarks: Vec<Landmark>,
}

impl ArchTruth {
    pub(crate) fn new(
        jaw: Jaw,
        placed: &[PlacedTooth],
        vertex_labels: VertexData<Option<Fdi>>,
        face_labels: FaceData<Option<Fdi>>,
    ) -> Self {
        // A tooth that the scan does not show, because it has hardly erupted, is not part of what is true of it.
        let shown: BTreeSet<Fdi> = face_labels.as_slice().iter().flatten().copied().collect();
        let present = || placed.iter().filter(|t| t.present && shown.contains(&t.tooth()));
        let array = |v: Vector3<f64>| <[f64; 3]>::from(cast_from_arch(jaw, &v));
        let mut teeth: Vec<TrueTooth> = present()
            .map(|t| TrueTooth {
                tooth: t.tooth(),
                mesiodistal_mm: t.crown.size.mesiodistal,
                buccolingual_mm: t.crown.size.buccolingual,
                crown_height_mm: t.crown.size.crown_height,
                origin_in_cast: array(t.pose.origin),
                mesial_in_cast: array(t.pose.mesial),
                facial_in_cast: array(t.pose.facial),
                occlusal_in_cast: array(t.pose.occlusal),
                prepared: t.crown.is_stump(),
            })
            .collect();
        teeth.sort_by_key(|t| t.tooth);
        let mut landmarks: Vec<Landmark> = present()
            .flat_map(|t| {
                t.crown.marks.iter().map(|mark| Landmark {
                    tooth: t.tooth(),
                    kind: mark.kind,
                    position: array(t.pose.arch(mark.at)),
                })
            })
            .collect();
        landmarks.sort_by_key(|l| (l.tooth, l.kind));
        Self {
            vertex_labels,
            face_labels,
            teeth,
            landmarks,
        }
    }

    /// A tooth's named point, if the tooth is there and has one.
    pub fn landmark(&self, tooth: Fdi, kind: stonecast_dental::LandmarkKind) -> Option<[f64; 3]> {
        self.landmarks
            .iter()
            .find(|l| l.tooth == tooth && l.kind == kind)
            .map(|l| l.position)
    }

    /// A tooth, if it is there.
    pub fn tooth(&self, tooth: Fdi) -> Option<&TrueTooth> {
        self.teeth.iter().find(|t| t.tooth == tooth)
    }
}
