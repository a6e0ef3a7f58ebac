//! The synthetic pair: both arches in occlusion, in the cast frame.

use stonecast_dental::Jaw;
use stonecast_mesh::TriMesh;

use crate::arch::mesh_arch;
use crate::build::{SetArch, set_teeth};
use crate::gum::Gum;
use crate::spec::DentitionSpec;
use crate::truth::ArchTruth;

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

/// Both arches in occlusion, in the cast frame.
#[derive(Clone, Debug)]
pub struct SyntheticPair {
    /// The upper arch.
    pub upper: SyntheticArch,
    /// The lower arch.
    pub lower: SyntheticArch,
    /// What they were made from.
    pub spec: DentitionSpec,
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
    let make = |set: &SetArch, jaw| {
        let gum = Gum::new(spec, jaw, set.curve, &set.teeth);
        let shell = mesh_arch(&set.teeth, &gum, spec.triangles);
        SyntheticArch {
            jaw,
            mesh: shell.mesh,
            truth: ArchTruth::new(jaw, &set.teeth, shell.vertex_labels, shell.face_labels),
        }
    };
    let (upper, lower) = rayon::join(|| make(&upper, Jaw::Upper), || make(&lower, Jaw::Lower));
    SyntheticPair {
        upper,
        lower,
        spec: spec.clone(),
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
