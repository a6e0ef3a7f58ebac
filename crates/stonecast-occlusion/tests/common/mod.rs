//! Arches whose truth is known, for the tests of this crate.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::BTreeMap;

use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::spatial::{OrientedSurface, Side as SurfaceSide};
use stonecast_mesh::{FaceData, Point, RigidMotion, TriMesh, Vector};
use stonecast_occlusion::{
    BiteKnown, OccludingArch, Occlusion, OcclusionParams, Pair, ScannerNoise, analyse,
};
use stonecast_teeth::segment::Segmentation;
use stonecast_teeth::{ArchInput, LabelledArch, NoWidth, ToldBy, Tooth, ToothFrame, Width, anatomy};
use stonecast_testkit::{SyntheticArch, SyntheticPair};

pub fn fdi(number: u8) -> Fdi {
    Fdi::new(number).unwrap()
}

/// No noise, and a bite that is known exactly.
pub fn exact() -> OcclusionParams {
    OcclusionParams {
        noise: ScannerNoise::exact(),
        bite: BiteKnown {
            estimated: false,
            residual_mm: Some(0.0),
        },
    }
}

/// An arch out of bodies, each of one tooth or of gum.
pub struct Bodies {
    pub mesh: TriMesh,
    pub labelled: LabelledArch,
}

impl Bodies {
    /// Faces are told by their middle.
    pub fn new(jaw: Jaw, mesh: TriMesh, tooth_at: impl Fn(&Point) -> Option<u8>) -> Self {
        let labels: Vec<Option<Fdi>> = (mesh.face_ids())
            .map(|face| tooth_at(&mesh.face_centroid(face)).map(fdi))
            .collect();
        let mut numbers: Vec<Fdi> = labels.iter().flatten().copied().collect();
        numbers.sort();
        numbers.dedup();
        let labelled = LabelledArch {
            jaw,
            face_labels: FaceData::from_vec(labels),
            teeth: numbers.into_iter().map(plain_tooth).collect(),
            doubts: Vec::new(),
        };
        Self { mesh, labelled }
    }

    pub fn arch(&self) -> OccludingArch<'_> {
        OccludingArch {
            mesh: &self.mesh,
            labelled: &self.labelled,
        }
    }
}

/// A tooth without landmarks.
fn plain_tooth(fdi: Fdi) -> Tooth {
    Tooth {
        fdi,
        told_by: ToldBy::Human,
        frame: ToothFrame {
            origin: [0.0; 3],
            mesial: [1.0, 0.0, 0.0],
            facial: [0.0, -1.0, 0.0],
            occlusal: [0.0, 0.0, 1.0],
        },
        margin: Vec::new(),
        facial_axis: Vec::new(),
        landmarks: Vec::new(),
        mesiodistal: Width::NotMeasured(NoWidth::TooLittle),
        buccolingual: Width::NotMeasured(NoWidth::TooLittle),
    }
}

pub fn moved(mesh: &TriMesh, by: [f64; 3]) -> TriMesh {
    mesh.transformed(&RigidMotion::from_parts(
        Vector::from(by).into(),
        Default::default(),
    ))
}

/// A synthetic arch with the labels that it was made with.
pub fn true_arch(arch: &SyntheticArch) -> LabelledArch {
    let labels = &arch.truth.face_labels;
    let numbers = labels.as_slice().iter().flatten();
    let told: BTreeMap<_, _> = numbers.map(|t| (*t, ToldBy::Auto(1.0))).collect();
    let segmentation = Segmentation {
        face_labels: labels.clone(),
        teeth: told,
        doubts: Vec::new(),
    };
    let input = ArchInput {
        jaw: arch.jaw,
        mesh: &arch.mesh,
        arch_from_mesh: RigidMotion::identity(),
    };
    LabelledArch {
        jaw: arch.jaw,
        teeth: anatomy::describe(&input, &segmentation),
        face_labels: segmentation.face_labels,
        doubts: Vec::new(),
    }
}

/// The analysis of a synthetic pair with its true labels.
pub fn analysed(pair: &SyntheticPair, params: &OcclusionParams) -> Occlusion {
    let labelled = [true_arch(&pair.upper), true_arch(&pair.lower)];
    let arch = |k: usize, mesh| OccludingArch {
        mesh,
        labelled: &labelled[k],
    };
    let pair = Pair::new(arch(0, &pair.upper.mesh), arch(1, &pair.lower.mesh));
    analyse(&pair, params).unwrap()
}

/// The least gap of two crowns by asking every vertex of both.
pub fn least_of_all(upper: &TriMesh, lower: &TriMesh, moved: &RigidMotion) -> f64 {
    let least = |own: &TriMesh, other: &TriMesh, motion: &RigidMotion| {
        let surface = OrientedSurface::build(other);
        let gaps = own.points().iter().map(|p| {
            let signed = surface.signed_distance(&(motion * p), f64::INFINITY).unwrap();
            if signed.side == SurfaceSide::Inside {
                -signed.distance
            } else {
                signed.distance
            }
        });
        gaps.fold(f64::INFINITY, f64::min)
    };
    least(lower, upper, moved).min(least(upper, lower, &moved.inverse()))
}
