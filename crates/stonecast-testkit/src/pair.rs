//! The synthetic pair: both arches in occlusion, in the cast frame.

use stonecast_dental::{Fdi, Jaw, LandmarkKind, Side};
use stonecast_mesh::{TriMesh, VertexData};

use crate::arch::mesh_arch;
use crate::bite::contacts;
use crate::build::{SetArch, incisal_midpoint, set_teeth};
use crate::gum::Gum;
use crate::spec::DentitionSpec;
use crate::truth::{ArchTruth, BiteTruth};

/// One synthetic arch: an open shell like an intraoral scan's, one piece with one border.
#[derive(Clone, Debug)]
pub struct SyntheticArch {
    /// Which arch.
    pub jaw: Jaw,
    /// Its surface in the cast frame, mm.
    pub mesh: TriMesh,
    /// What is known of it.
    pub truth: ArchTruth,
}

/// Enamel and gingiva as a colour scanner shows them, sRGB.
const COLOURS: [[u8; 3]; 2] = [[236, 228, 208], [214, 140, 132]];

impl SyntheticArch {
    /// A colour for each vertex, sRGB: enamel for teeth, pink for soft tissue.
    pub fn colours(&self) -> VertexData<[u8; 3]> {
        let colour = |label: &Option<Fdi>| COLOURS[usize::from(label.is_none())];
        VertexData::from_vec(self.truth.vertex_labels.as_slice().iter().map(colour).collect())
    }
}

/// Both arches in occlusion, in the cast frame.
#[derive(Clone, Debug)]
pub struct SyntheticPair {
    /// The upper arch.
    pub upper: SyntheticArch,
    /// The lower arch.
    pub lower: SyntheticArch,
    /// How they meet.
    pub bite: BiteTruth,
    /// What they were made from.
    pub spec: DentitionSpec,
    /// The crowns in their places, upper and lower: what all truth is taken from.
    pub(crate) placed: Box<[SetArch; 2]>,
}

impl SyntheticPair {
    /// One of the two arches.
    pub fn arch(&self, jaw: Jaw) -> &SyntheticArch {
        match jaw {
            Jaw::Upper => &self.upper,
            Jaw::Lower => &self.lower,
        }
    }
}

/// Makes both arches.
pub fn dentition(spec: &DentitionSpec) -> SyntheticPair {
    let (upper, lower) = set_teeth(spec);
    let bite = bite_truth(&upper, &lower);
    let make = |set: &SetArch, jaw| {
        let gum = Gum::new(spec, jaw, set.curve, &set.teeth);
        let shell = mesh_arch(&set.teeth, &gum, spec.triangles);
        SyntheticArch {
            jaw,
            mesh: shell.mesh,
            truth: ArchTruth::new(jaw, set, shell.vertex_labels, shell.face_labels),
        }
    };
    let made = rayon::join(|| make(&upper, Jaw::Upper), || make(&lower, Jaw::Lower));
    SyntheticPair {
        upper: made.0,
        lower: made.1,
        bite,
        spec: spec.clone(),
        placed: Box::new([upper, lower]),
    }
}

fn bite_truth(upper: &SetArch, lower: &SetArch) -> BiteTruth {
    let between = incisal_midpoint(&upper.teeth)
        .zip(incisal_midpoint(&lower.teeth))
        .map(|(u, l)| l - u);
    let molar = |set: &SetArch, side, kind| {
        let teeth = set.teeth.iter().filter(|t| t.present && t.tooth().side() == side);
        let mut marks = teeth
            .filter(|t| t.tooth().position() == 6)
            .filter_map(|t| t.mark(kind));
        marks.next().map(|p| p.y)
    };
    let offset = |side| {
        let cusp = molar(upper, side, LandmarkKind::MesiobuccalCusp)?;
        let groove = molar(lower, side, LandmarkKind::BuccalGroove)?;
        Some(groove - cusp)
    };
    BiteTruth {
        overjet_mm: between.map(|d| d.y),
        overbite_mm: between.map(|d| d.z),
        molar_offset_mm: [offset(Side::Right), offset(Side::Left)],
        contacts: contacts(&lower.teeth, &upper.teeth),
    }
}

/// A good-looking case for a first look: Class I with mild crowding and a deep-ish bite.
pub fn demo() -> SyntheticPair {
    dentition(&demo_spec())
}

/// The spec of [`demo`].
pub fn demo_spec() -> DentitionSpec {
    use crate::spec::{Jitter, PerJaw};
    DentitionSpec {
        seed: 11,
        tooth_size_deviation: 0.03,
        form_variation: 0.6,
        crowding_mm: PerJaw {
            upper: 1.6,
            lower: 2.4,
        },
        jitter: Jitter {
            rotation_deg: 3.0,
            tip_deg: 1.5,
            torque_deg: 1.5,
            offset_mm: 0.15,
            height_mm: 0.12,
        },
        ..DentitionSpec::default()
    }
}
