//! Labelled casts whose truth is known: synthetic dentitions with their own labels, landmarks, axes and widths.
//!
//! Shared by the tests in `src/` and in `tests/`.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::collections::BTreeMap;

use stonecast_analysis::{BiteFacts, MeasuredArch, MeasuredCast, Params, measure};
use stonecast_dental::{Fdi, Findings, Jaw, Mm, NotMeasured, Outcome};
use stonecast_mesh::{RigidMotion, TriMesh};
use stonecast_teeth::segment::Segmentation;
use stonecast_teeth::{ArchInput, LabelledArch, ToldBy, ToothFrame, ToothLandmark, Width, anatomy};
use stonecast_testkit::{DentitionSpec, SyntheticArch, SyntheticPair, dentition};

/// A synthetic pair and its arches, labelled as they were made.
pub struct TrueCast {
    pub pair: SyntheticPair,
    pub upper: LabelledArch,
    pub lower: LabelledArch,
}

impl TrueCast {
    pub fn new(spec: &DentitionSpec) -> Self {
        let pair = dentition(spec);
        Self {
            upper: true_arch(&pair.upper),
            lower: true_arch(&pair.lower),
            pair,
        }
    }

    /// As it is given to measuring.
    pub fn measured(&self) -> MeasuredCast<'_> {
        MeasuredCast {
            upper: Some(MeasuredArch {
                labelled: &self.upper,
                mesh: &self.pair.upper.mesh,
            }),
            lower: Some(MeasuredArch {
                labelled: &self.lower,
                mesh: &self.pair.lower.mesh,
            }),
            bite: Some(BiteFacts {
                estimated: false,
                residual: Some(Mm(0.02)),
            }),
        }
    }
}

/// An arch with the labels of its truth, as the anatomy stage describes it: what the teeth stage would give if every
/// face were labelled right.
pub fn described_arch(arch: &SyntheticArch) -> LabelledArch {
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

/// An arch described by its truth: landmarks, axes and widths are those that it was made with; margins and facial axes,
/// which the truth does not hold, are found on the surface.
pub fn true_arch(arch: &SyntheticArch) -> LabelledArch {
    let mut described = described_arch(arch);
    for tooth in &mut described.teeth {
        let Some(truth) = arch.truth.tooth(tooth.fdi) else {
            continue;
        };
        tooth.frame = ToothFrame {
            origin: tooth.frame.origin,
            mesial: truth.mesial_in_cast,
            facial: truth.facial_in_cast,
            occlusal: truth.occlusal_in_cast,
        };
        let width = |value| Width::Measured {
            value: Mm(value),
            uncertainty: Mm(0.0),
        };
        tooth.mesiodistal = width(truth.mesiodistal_mm);
        tooth.buccolingual = width(truth.buccolingual_mm);
        let marks = arch.truth.landmarks.iter().filter(|l| l.tooth == tooth.fdi);
        let told_by = tooth.told_by;
        for mark in marks {
            tooth.landmarks.retain(|l| l.kind != mark.kind);
            tooth.landmarks.push(ToothLandmark {
                kind: mark.kind,
                position: mark.position,
                told_by,
            });
        }
        tooth.landmarks.sort_by_key(|l| l.kind);
    }
    described
}

/// The mirror image of a labelled arch: x changes its sign, and every tooth is its twin of the other side.
pub fn mirrored_arch(arch: &LabelledArch) -> LabelledArch {
    let flip = |p: [f64; 3]| [-p[0], p[1], p[2]];
    let mut mirrored = arch.clone();
    for tooth in &mut mirrored.teeth {
        tooth.fdi = tooth.fdi.mirrored();
        let frame = &mut tooth.frame;
        for v in [
            &mut frame.origin,
            &mut frame.mesial,
            &mut frame.facial,
            &mut frame.occlusal,
        ] {
            *v = flip(*v);
        }
        tooth
            .margin
            .iter_mut()
            .flat_map(|c| &mut c.points)
            .for_each(|p| *p = flip(*p));
        tooth.facial_axis.iter_mut().for_each(|p| *p = flip(*p));
        tooth
            .landmarks
            .iter_mut()
            .for_each(|l| l.position = flip(l.position));
    }
    mirrored.teeth.sort_by_key(|t| t.fdi);
    let labels = arch.face_labels.as_slice().iter();
    mirrored.face_labels = stonecast_mesh::FaceData::from_vec(labels.map(|l| l.map(Fdi::mirrored)).collect());
    mirrored
}

/// The mirror image of a surface, its faces still facing outwards.
pub fn mirrored_mesh(mesh: &TriMesh) -> TriMesh {
    mesh.map_points(|p| stonecast_mesh::Point::new(-p.x, p.y, p.z))
        .expect("finite stays finite")
        .flipped()
}

/// The mirror image of a whole cast.
pub fn mirrored_cast(cast: &TrueCast) -> TrueCast {
    let mut pair = cast.pair.clone();
    pair.upper.mesh = mirrored_mesh(&pair.upper.mesh);
    pair.lower.mesh = mirrored_mesh(&pair.lower.mesh);
    TrueCast {
        pair,
        upper: mirrored_arch(&cast.upper),
        lower: mirrored_arch(&cast.lower),
    }
}

/// A cast without some of its teeth: their faces are gum.
pub fn without(cast: &TrueCast, teeth: &[u8]) -> TrueCast {
    let gone = |t: Fdi| teeth.contains(&t.number());
    let strip = |arch: &LabelledArch| {
        let mut arch = arch.clone();
        arch.teeth.retain(|t| !gone(t.fdi));
        let labels = arch.face_labels.as_slice().iter();
        arch.face_labels =
            stonecast_mesh::FaceData::from_vec(labels.map(|l| l.filter(|t| !gone(*t))).collect());
        arch
    };
    TrueCast {
        pair: cast.pair.clone(),
        upper: strip(&cast.upper),
        lower: strip(&cast.lower),
    }
}

/// An id as it is called on the mirror image: right and left, and every tooth, swap.
pub fn mirrored_id(id: &str) -> String {
    let swap = |part: &str| match part {
        "right" => "left".to_owned(),
        "left" => "right".to_owned(),
        _ => part
            .parse::<Fdi>()
            .map_or_else(|_| part.to_owned(), |t| t.mirrored().to_string()),
    };
    id.split('.').map(swap).collect::<Vec<_>>().join(".")
}

/// The arch of a jaw.
pub fn arch_of(cast: &TrueCast, jaw: Jaw) -> &LabelledArch {
    match jaw {
        Jaw::Upper => &cast.upper,
        Jaw::Lower => &cast.lower,
    }
}

/// A small dentition of average teeth in line.
pub fn spec() -> DentitionSpec {
    DentitionSpec {
        triangles: 6_000,
        ..DentitionSpec::default()
    }
}

/// Everything that is measured on a cast with the usual parameters.
pub fn findings(cast: &TrueCast) -> Findings {
    measure(&cast.measured(), &Params::default())
}

fn outcome<'a>(findings: &'a Findings, id: &str) -> &'a Outcome {
    &findings.get(id).unwrap_or_else(|| panic!("no {id}")).outcome
}

/// The number of a finding that was measured.
pub fn number(findings: &Findings, id: &str) -> f64 {
    match outcome(findings, id) {
        Outcome::Number(number) => number.value,
        other => panic!("{id}: {other}"),
    }
}

/// Why a finding was not measured.
pub fn why(findings: &Findings, id: &str) -> NotMeasured {
    match outcome(findings, id) {
        Outcome::NotMeasured(why) => why.clone(),
        other => panic!("{id} was measured: {other}"),
    }
}

/// The name that a finding gives.
pub fn name(findings: &Findings, id: &str) -> String {
    match outcome(findings, id) {
        Outcome::Category(category) => category.name.clone(),
        other => panic!("{id}: {other}"),
    }
}

/// Both arches as they were made.
pub fn arches(cast: &TrueCast) -> [(Jaw, &SyntheticArch); 2] {
    [(Jaw::Upper, &cast.pair.upper), (Jaw::Lower, &cast.pair.lower)]
}

/// Sum of the widths that some teeth were made with.
pub fn true_widths(arch: &SyntheticArch, keep: impl Fn(Fdi) -> bool) -> f64 {
    let teeth = arch.truth.teeth.iter().filter(|t| keep(t.tooth));
    teeth.map(|t| t.mesiodistal_mm).sum()
}

/// An id with its teeth and sides left out: what kind of finding it is.
pub fn kind(id: &str) -> String {
    let part = |part: &str| match part {
        "right" | "left" => "SIDE".to_owned(),
        _ => part
            .parse::<Fdi>()
            .map_or_else(|_| part.to_owned(), |_| "TT".to_owned()),
    };
    id.split('.').map(part).collect::<Vec<_>>().join(".")
}
