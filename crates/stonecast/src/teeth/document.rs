//! The JSON documents of a labelled arch. Units and frame: those of the surface that they go with. A case is read back
//! from them in full ([`super::read`]).

use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, LandmarkKind, Mm};
use stonecast_mesh::RigidMotion;
use stonecast_teeth::{
    CarriedLabels, LabelledArch, NoWidth, ToldBy, Tooth, ToothFrame, Width, teeth3ds::FormNumbers,
};

/// `labels.json` in the form of the Teeth3DS challenge, with the faces' labels added. The form has permanent numbers
/// only ([`stonecast_teeth::teeth3ds`]); `primary` tells which of them are primary teeth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelsDocument {
    /// Which arch.
    pub jaw: Jaw,
    /// For each vertex its FDI number, 0 for gum.
    pub labels: Vec<u8>,
    /// For each vertex the place of its tooth among the teeth sorted by number, from 1; 0 for gum.
    pub instances: Vec<u8>,
    /// For each face its FDI number, 0 for gum.
    pub face_labels: Vec<u8>,
    /// The primary teeth that stand under their successors' numbers.
    pub primary: Vec<PrimaryTooth>,
}

/// A primary tooth in the Teeth3DS form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PrimaryTooth {
    /// The number in `labels` and `face_labels`.
    pub label: u8,
    /// The tooth.
    pub fdi: Fdi,
}

impl LabelsDocument {
    /// The document of a surface.
    pub fn new(jaw: Jaw, labels: &CarriedLabels) -> Self {
        let all = labels.vertices.as_slice().iter().chain(labels.faces.as_slice());
        let form = FormNumbers::of(all.flatten().copied());
        let number = |label: &Option<Fdi>| label.map_or(0, |t| form.of_tooth(t).number());
        let numbers: Vec<u8> = labels.vertices.as_slice().iter().map(number).collect();
        // A number has two digits and names one of at most 52 teeth, so a byte counts them all.
        let mut instance_of = [0u8; 256];
        for &n in numbers.iter().filter(|n| **n > 0) {
            instance_of[usize::from(n)] = 1;
        }
        let mut count = 0;
        for instance in instance_of.iter_mut().filter(|i| **i > 0) {
            count += 1;
            *instance = count;
        }
        Self {
            jaw,
            instances: numbers.iter().map(|&n| instance_of[usize::from(n)]).collect(),
            labels: numbers,
            face_labels: labels.faces.as_slice().iter().map(number).collect(),
            primary: form
                .renamed()
                .map(|(fdi, label)| PrimaryTooth {
                    label: label.number(),
                    fdi,
                })
                .collect(),
        }
    }

    /// The document's text, without spaces.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }
}

/// `landmarks.json`: what was measured of every tooth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LandmarksDocument {
    /// Which arch.
    pub jaw: Jaw,
    /// Millimetres that one unit of the coordinates is. Widths are in mm always.
    pub mm_per_unit: f64,
    /// Every landmark, sorted by tooth and kind.
    pub landmarks: Vec<LandmarkRecord>,
    /// Every tooth, sorted by number.
    pub teeth: Vec<ToothRecord>,
    /// What a person should look at, the most doubtful first.
    pub doubts: Vec<stonecast_teeth::Doubt>,
}

/// One landmark.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LandmarkRecord {
    /// The tooth.
    pub fdi: Fdi,
    /// What it marks.
    pub kind: LandmarkKind,
    /// Where.
    pub xyz: [f64; 3],
    /// Who says so.
    pub told_by: Teller,
    /// How sure the program is, where it was the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

/// One tooth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToothRecord {
    /// Its number.
    pub fdi: Fdi,
    /// In Universal notation.
    pub universal: String,
    /// In Palmer notation.
    pub palmer: String,
    /// Who says that it is this tooth.
    pub told_by: Teller,
    /// How sure the program is, where it was the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// Its own directions.
    pub frame: ToothFrame,
    /// Greatest mesiodistal width.
    pub mesiodistal: WidthRecord,
    /// Greatest buccolingual width.
    pub buccolingual: WidthRecord,
    /// The gingival margin, the longest piece first.
    pub margin: Vec<Vec<[f64; 3]>>,
    /// For each piece of the margin whether its last point joins the first.
    pub margin_closed: Vec<bool>,
    /// The facial axis of the clinical crown, from the margin to the edge or cusp; empty where it was not found.
    pub facial_axis: Vec<[f64; 3]>,
}

/// A width with its uncertainty, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum WidthRecord {
    /// Measured.
    Measured {
        /// The width, mm.
        mm: f64,
        /// Its standard uncertainty, mm.
        uncertainty_mm: f64,
    },
    /// Not measured.
    NotMeasured {
        /// Why, and what to do.
        not_measured: String,
        /// The same for programs.
        reason: NoWidth,
    },
}

impl From<Width> for WidthRecord {
    fn from(width: Width) -> Self {
        match width {
            Width::Measured { value, uncertainty } => Self::Measured {
                mm: value.0,
                uncertainty_mm: uncertainty.0,
            },
            Width::NotMeasured(reason) => Self::NotMeasured {
                not_measured: reason.to_string(),
                reason,
            },
        }
    }
}

impl From<&WidthRecord> for Width {
    fn from(record: &WidthRecord) -> Self {
        match record {
            WidthRecord::Measured { mm, uncertainty_mm } => Self::Measured {
                value: Mm(*mm),
                uncertainty: Mm(*uncertainty_mm),
            },
            WidthRecord::NotMeasured { reason, .. } => Self::NotMeasured(*reason),
        }
    }
}

impl LandmarksDocument {
    /// The document of an arch, moved to another frame, whose unit is `mm_per_unit` mm.
    pub fn new(arch: &LabelledArch, target_from_mesh: &RigidMotion, mm_per_unit: f64) -> Self {
        let place = |p: [f64; 3]| -> [f64; 3] {
            ((target_from_mesh * stonecast_mesh::Point::from(p)).coords / mm_per_unit).into()
        };
        let direction =
            |d: [f64; 3]| -> [f64; 3] { (target_from_mesh * stonecast_mesh::Vector::from(d)).into() };
        let landmarks = arch.teeth.iter().flat_map(|tooth| {
            tooth.landmarks.iter().map(move |mark| {
                let (told_by, confidence) = told(mark.told_by);
                LandmarkRecord {
                    fdi: tooth.fdi,
                    kind: mark.kind,
                    xyz: place(mark.position),
                    told_by,
                    confidence,
                }
            })
        });
        let tooth_record = |tooth: &Tooth| {
            let (told_by, confidence) = told(tooth.told_by);
            let frame = ToothFrame {
                origin: place(tooth.frame.origin),
                mesial: direction(tooth.frame.mesial),
                facial: direction(tooth.frame.facial),
                occlusal: direction(tooth.frame.occlusal),
            };
            ToothRecord {
                fdi: tooth.fdi,
                universal: tooth.fdi.universal(),
                palmer: tooth.fdi.palmer(),
                told_by,
                confidence,
                frame,
                mesiodistal: tooth.mesiodistal.into(),
                buccolingual: tooth.buccolingual.into(),
                margin: (tooth.margin.iter())
                    .map(|curve| curve.points.iter().map(|p| place(*p)).collect())
                    .collect(),
                margin_closed: tooth.margin.iter().map(|curve| curve.closed).collect(),
                facial_axis: tooth.facial_axis.iter().map(|p| place(*p)).collect(),
            }
        };
        Self {
            jaw: arch.jaw,
            mm_per_unit,
            landmarks: landmarks.collect(),
            teeth: arch.teeth.iter().map(tooth_record).collect(),
            doubts: arch.doubts.clone(),
        }
    }

    /// The document's text, without spaces.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }
}

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Teller {
    /// The program.
    Auto,
    /// A person.
    Human,
}

impl Teller {
    /// `auto` or `human`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Human => "human",
        }
    }
}

/// Who says so, and the program's confidence.
pub fn told(by: ToldBy) -> (Teller, Option<f64>) {
    match by {
        ToldBy::Auto(confidence) => (Teller::Auto, Some(confidence)),
        ToldBy::Human => (Teller::Human, None),
    }
}

fn to_json(document: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec(document).expect("plain structs with string keys serialise");
    text.push(b'\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_width_comes_with_its_uncertainty_or_with_the_reason_for_none() {
        let measured = WidthRecord::from(Width::Measured {
            value: Mm(8.5),
            uncertainty: Mm(0.25),
        });
        let text = serde_json::to_string(&measured).unwrap();
        assert_eq!(text, r#"{"mm":8.5,"uncertainty_mm":0.25}"#);
        let none = WidthRecord::from(Width::NotMeasured(NoWidth::NoSide));
        let text = serde_json::to_string(&none).unwrap();
        assert!(
            text.starts_with(r#"{"not_measured":"a side of the crown"#),
            "{text}"
        );
        assert!(text.ends_with(r#""reason":"no_side"}"#), "{text}");
    }
}
