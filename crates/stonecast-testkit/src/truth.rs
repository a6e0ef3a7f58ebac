//! What is known of a synthetic arch because it was made so.

use std::collections::BTreeSet;

use nalgebra::{Matrix3, Vector3};
use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, Landmark, LandmarkKind};
use stonecast_mesh::{FaceData, VertexData};

use crate::arch::cast_from_arch;
use crate::bite::OcclusalContact;
use crate::build::SetArch;
use crate::proximal::{ProximalContact, proximal_contacts};

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
    /// Contacts and gaps between neighbours, from the right end to the left.
    pub proximal: Vec<ProximalContact>,
    /// By how much less room the teeth from first molar to first molar take up along the arch form than they would
    /// in line, mm: the crowding that came about, of the lower arch too, whose room is what the bite leaves.
    /// Negative: they are spaced by so much more than asked for at every contact. 0 without a first molar.
    pub crowding_mm: f64,
    /// The plane of the incisal edges' midpoints and cusp tips by least squares; its normal points up. `None` with
    /// fewer than three of them.
    pub occlusal_plane: Option<TruePlane>,
    /// The plane of symmetry of the arch form; its normal points to the patient's left.
    pub midline_plane: TruePlane,
}

/// A plane in the cast frame.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct TruePlane {
    /// A point of it, mm.
    pub point_in_cast: [f64; 3],
    /// Its unit normal.
    pub normal_in_cast: [f64; 3],
}

/// The plane of the tips by least squares.
fn occlusal_plane(landmarks: &[Landmark]) -> Option<TruePlane> {
    use LandmarkKind as K;
    let tips: Vec<Vector3<f64>> = landmarks
        .iter()
        .filter(|l| {
            matches!(
                l.kind,
                K::IncisalMidpoint
                    | K::CuspTip
                    | K::BuccalCusp
                    | K::LingualCusp
                    | K::MesiobuccalCusp
                    | K::DistobuccalCusp
                    | K::MesiolingualCusp
                    | K::DistolingualCusp
                    | K::DistalCusp
            )
        })
        .map(|l| Vector3::from(l.position))
        .collect();
    if tips.len() < 3 {
        return None;
    }
    let middle = tips.iter().sum::<Vector3<f64>>() / tips.len() as f64;
    let spread: Matrix3<f64> = tips.iter().map(|p| (p - middle) * (p - middle).transpose()).sum();
    let eigen = spread.symmetric_eigen();
    let normal = eigen.eigenvectors.column(eigen.eigenvalues.imin()).into_owned();
    Some(TruePlane {
        point_in_cast: middle.into(),
        normal_in_cast: (normal * normal.z.signum()).into(),
    })
}

impl ArchTruth {
    pub(crate) fn new(
        jaw: Jaw,
        set: &SetArch,
        vertex_labels: VertexData<Option<Fdi>>,
        face_labels: FaceData<Option<Fdi>>,
    ) -> Self {
        let placed = &set.teeth;
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
        let mut proximal = proximal_contacts(jaw, placed);
        proximal.retain(|c| c.teeth.iter().all(|t| shown.contains(t)));
        Self {
            vertex_labels,
            face_labels,
            teeth,
            occlusal_plane: occlusal_plane(&landmarks),
            landmarks,
            proximal,
            crowding_mm: set.crowding,
            // The arch form is set up symmetric about it.
            midline_plane: TruePlane {
                point_in_cast: [0.0; 3],
                normal_in_cast: [1.0, 0.0, 0.0],
            },
        }
    }

    /// A tooth's named point, if the tooth is there and has one.
    pub fn landmark(&self, tooth: Fdi, kind: LandmarkKind) -> Option<[f64; 3]> {
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
