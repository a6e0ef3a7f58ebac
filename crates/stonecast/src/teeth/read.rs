//! A case's labelled teeth, read back from its documents: the same value that was written, number for number.
//!
//! Units: mm. Frame: the cast frame.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::{FaceData, TriMesh, Vector};
use stonecast_teeth::{LabelledArch, MarginCurve, ToldBy, Tooth, ToothLandmark, Width};
use thiserror::Error;

use super::document::{LabelsDocument, LandmarksDocument, Teller, ToothRecord};
use crate::case::{
    manifest::TeethRecord,
    read::{Case, ReadError},
};

/// Why the labelled teeth of a case cannot be read back.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TeethReadError {
    /// The case or one of its files.
    #[error(transparent)]
    Case(#[from] ReadError),
    /// A document is not of the form that this program writes.
    #[error(
        "{path} of the case cannot be understood ({why}): label the teeth again with `stonecast teeth CASE`"
    )]
    Document {
        /// From the folder's root.
        path: String,
        /// What is wrong, and where.
        why: String,
    },
}

/// The labelled teeth of one of a case's arches, whose surface is `mesh`.
///
/// # Errors
/// If a document is missing, changed, or does not fit the surface.
pub fn labelled_arch(
    case: &Case,
    record: &TeethRecord,
    mesh: &TriMesh,
) -> Result<LabelledArch, TeethReadError> {
    let labels: LabelsDocument = document(case, &record.labels)?;
    let marks: LandmarksDocument = document(case, &record.landmarks)?;
    let of = |path: &str| {
        let path = path.to_owned();
        move |why: String| TeethReadError::Document { path, why }
    };
    let face_labels = face_labels(record.jaw, labels, mesh.face_count()).map_err(of(&record.labels))?;
    let arch = arch(record.jaw, marks, face_labels).map_err(of(&record.landmarks))?;
    for tooth in &arch.teeth {
        plausible(tooth, mesh).map_err(of(&record.landmarks))?;
    }
    Ok(arch)
}

/// Nothing of a tooth lies farther than this beyond the box around its arch's surface, mm: twice the height of a crown.
const BEYOND: f64 = 20.0;

/// Refuses points that lie nowhere near the surface, directions that are none, and widths below nothing: a damaged document
/// would else be measured, and what is measured on it could be of any size.
fn plausible(tooth: &Tooth, mesh: &TriMesh) -> Result<(), String> {
    let fdi = tooth.fdi;
    let bounds = mesh.bounds().ok_or("the surface is empty")?;
    let margin = tooth.margin.iter().flat_map(|curve| &curve.points);
    let marks = tooth.landmarks.iter().map(|mark| &mark.position);
    let mut points = marks
        .chain(margin)
        .chain(&tooth.facial_axis)
        .chain([&tooth.frame.origin]);
    let is_near =
        |p: &[f64; 3]| (0..3).all(|k| p[k] >= bounds.min[k] - BEYOND && p[k] <= bounds.max[k] + BEYOND);
    if !points.all(is_near) {
        return Err(format!("a point of tooth {fdi} lies nowhere near the surface"));
    }
    let axes = [tooth.frame.mesial, tooth.frame.facial, tooth.frame.occlusal].map(Vector::from);
    let product = |i: usize, j: usize| axes[i].dot(&axes[j]);
    let is_right = |i: usize, j: usize| (product(i, j) - f64::from(u8::from(i == j))).abs() < 1e-3;
    if !(0..3).all(|i| (i..3).all(|j| is_right(i, j))) {
        return Err(format!(
            "the directions of tooth {fdi} are no right-angled unit vectors"
        ));
    }
    let is_length = |width: &Width| match width {
        Width::Measured { value, uncertainty } => value.0 >= 0.0 && uncertainty.0 >= 0.0,
        Width::NotMeasured(_) => true,
    };
    if !is_length(&tooth.mesiodistal) || !is_length(&tooth.buccolingual) {
        return Err(format!("a width of tooth {fdi} is below nothing"));
    }
    Ok(())
}

fn document<T: DeserializeOwned>(case: &Case, path: &str) -> Result<T, TeethReadError> {
    serde_json::from_slice(&case.bytes(path)?).map_err(|e| TeethReadError::Document {
        path: path.to_owned(),
        why: e.to_string(),
    })
}

/// The faces' teeth, with the primary teeth under their own numbers again.
fn face_labels(
    jaw: Jaw,
    document: LabelsDocument,
    face_count: usize,
) -> Result<FaceData<Option<Fdi>>, String> {
    if document.jaw != jaw {
        return Err(format!("it is of the {} arch, not of the {jaw}", document.jaw));
    }
    if document.face_labels.len() != face_count {
        return Err(format!(
            "face_labels has {} entries, the surface {face_count} faces",
            document.face_labels.len()
        ));
    }
    let primary: BTreeMap<u8, Fdi> = document.primary.iter().map(|p| (p.label, p.fdi)).collect();
    let tooth = |number: u8| -> Result<Option<Fdi>, String> {
        match (number, primary.get(&number)) {
            (0, _) => Ok(None),
            (_, Some(tooth)) => Ok(Some(*tooth)),
            (number, None) => Fdi::new(number)
                .map(Some)
                .map_err(|e| format!("face_labels: {e}")),
        }
    };
    let labels: Result<Vec<_>, String> = document.face_labels.into_iter().map(tooth).collect();
    Ok(FaceData::from_vec(labels?))
}

fn arch(
    jaw: Jaw,
    document: LandmarksDocument,
    face_labels: FaceData<Option<Fdi>>,
) -> Result<LabelledArch, String> {
    if document.jaw != jaw {
        return Err(format!("it is of the {} arch, not of the {jaw}", document.jaw));
    }
    if document.mm_per_unit != 1.0 {
        return Err(format!(
            "mm_per_unit is {}, in a case it is 1",
            document.mm_per_unit
        ));
    }
    let mut teeth: Vec<Tooth> = document.teeth.into_iter().map(tooth).collect::<Result<_, _>>()?;
    if let Some(pair) = teeth.windows(2).find(|pair| pair[0].fdi >= pair[1].fdi) {
        return Err(format!(
            "teeth {} and {} are not sorted, each once",
            pair[0].fdi, pair[1].fdi
        ));
    }
    if let Some(tooth) = teeth.iter().find(|t| t.fdi.jaw() != jaw) {
        return Err(format!("tooth {} is not of the {jaw} arch", tooth.fdi));
    }
    for mark in document.landmarks {
        let place = teeth.binary_search_by_key(&mark.fdi, |t| t.fdi);
        let place = place.map_err(|_| format!("a landmark is of tooth {}, which is not listed", mark.fdi))?;
        teeth[place].landmarks.push(ToothLandmark {
            kind: mark.kind,
            position: mark.xyz,
            told_by: teller(mark.told_by, mark.confidence),
        });
    }
    for tooth in &mut teeth {
        tooth.landmarks.sort_by_key(|mark| mark.kind);
        if let Some(pair) = tooth
            .landmarks
            .windows(2)
            .find(|pair| pair[0].kind == pair[1].kind)
        {
            return Err(format!(
                "the {} of tooth {} is there twice",
                pair[0].kind.words(),
                tooth.fdi
            ));
        }
    }
    Ok(LabelledArch {
        jaw,
        face_labels,
        teeth,
        doubts: document.doubts,
    })
}

fn tooth(record: ToothRecord) -> Result<Tooth, String> {
    if record.margin.len() != record.margin_closed.len() {
        return Err(format!(
            "tooth {}: margin and margin_closed differ in length",
            record.fdi
        ));
    }
    let curves = record.margin.into_iter().zip(record.margin_closed);
    Ok(Tooth {
        fdi: record.fdi,
        told_by: teller(record.told_by, record.confidence),
        frame: record.frame,
        margin: curves
            .map(|(points, closed)| MarginCurve { points, closed })
            .collect(),
        facial_axis: record.facial_axis,
        landmarks: Vec::new(),
        mesiodistal: (&record.mesiodistal).into(),
        buccolingual: (&record.buccolingual).into(),
    })
}

fn teller(by: Teller, confidence: Option<f64>) -> ToldBy {
    match by {
        Teller::Auto => ToldBy::Auto(confidence.unwrap_or(0.0)),
        Teller::Human => ToldBy::Human,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::teeth::document::PrimaryTooth;
    use stonecast_dental::{LandmarkKind, Mm};
    use stonecast_mesh::{RigidMotion, VertexData};
    use stonecast_teeth::{CarriedLabels, NoWidth, ToothFrame};

    #[test]
    fn a_primary_tooth_is_read_under_its_own_number() {
        let [primary, permanent] = [55, 16].map(|n| Fdi::new(n).unwrap());
        let document = LabelsDocument {
            jaw: Jaw::Upper,
            labels: vec![15, 16, 0],
            instances: vec![1, 2, 0],
            face_labels: vec![15, 0, 16, 15],
            primary: vec![PrimaryTooth {
                label: 15,
                fdi: primary,
            }],
        };
        let read = face_labels(Jaw::Upper, document.clone(), 4).unwrap();
        assert_eq!(
            read.as_slice(),
            [Some(primary), None, Some(permanent), Some(primary)]
        );
        let wrong = face_labels(Jaw::Upper, document.clone(), 5).unwrap_err();
        assert!(wrong.contains("4 entries, the surface 5 faces"), "{wrong}");
        let wrong = face_labels(Jaw::Lower, document, 4).unwrap_err();
        assert!(wrong.contains("upper arch"), "{wrong}");
    }

    #[test]
    fn an_arch_with_primary_teeth_is_read_back_as_it_was_written() {
        let [primary, permanent] = [65, 26].map(|n| Fdi::new(n).unwrap());
        // Numbers that have no short decimal form, so that rounding would be seen.
        let p = |k: f64| [0.1 + k / 3.0, -k / 7.0, (k + 2.0).sqrt()];
        let tooth = |fdi, told_by, closed, width| Tooth {
            fdi,
            told_by,
            frame: ToothFrame {
                origin: p(1.0),
                mesial: [0.6, 0.8, 0.0],
                facial: [-0.8, 0.6, 0.0],
                occlusal: [0.0, 0.0, 1.0],
            },
            margin: vec![MarginCurve {
                points: vec![p(2.0), p(3.0), p(4.0)],
                closed,
            }],
            facial_axis: vec![p(5.0), p(6.0)],
            landmarks: vec![ToothLandmark {
                kind: LandmarkKind::CentralFossa,
                position: p(7.0),
                told_by: ToldBy::Auto(2.0 / 3.0),
            }],
            mesiodistal: width,
            buccolingual: Width::NotMeasured(NoWidth::TooLittle),
        };
        let measured = Width::Measured {
            value: Mm(28.0 / 3.0),
            uncertainty: Mm(0.1),
        };
        let labels = vec![Some(primary), None, Some(permanent), Some(primary)];
        let written = LabelledArch {
            jaw: Jaw::Upper,
            face_labels: FaceData::from_vec(labels.clone()),
            teeth: vec![
                tooth(
                    permanent,
                    ToldBy::Human,
                    true,
                    Width::NotMeasured(NoWidth::NoSide),
                ),
                tooth(primary, ToldBy::Auto(0.7), false, measured),
            ],
            doubts: vec![stonecast_teeth::Doubt {
                tooth: Some(primary),
                confidence: 0.7,
                reason: "why".to_owned(),
            }],
        };
        let carried = CarriedLabels {
            vertices: VertexData::from_vec(labels),
            faces: written.face_labels.clone(),
        };
        let labels = LabelsDocument::new(Jaw::Upper, &carried).to_json();
        let marks = LandmarksDocument::new(&written, &RigidMotion::identity(), 1.0).to_json();
        assert!(String::from_utf8_lossy(&labels).contains(r#""face_labels":[25,0,26,25]"#));
        let labels = face_labels(Jaw::Upper, serde_json::from_slice(&labels).unwrap(), 4).unwrap();
        let read = arch(Jaw::Upper, serde_json::from_slice(&marks).unwrap(), labels).unwrap();
        assert_eq!(read, written);
    }

    #[test]
    fn documents_that_contradict_themselves_are_refused_with_the_place() {
        fn t(change: impl Fn(&mut serde_json::Value), expected: &str) {
            let tooth = |fdi: u8| {
                serde_json::json!({
                    "fdi": fdi, "universal": "", "palmer": "", "told_by": "human",
                    "frame": {"origin": [0.0, 0.0, 0.0], "mesial": [1.0, 0.0, 0.0], "facial": [0.0, 1.0, 0.0],
                        "occlusal": [0.0, 0.0, 1.0]},
                    "mesiodistal": {"mm": 8.0, "uncertainty_mm": 0.1},
                    "buccolingual": {"not_measured": "why", "reason": "no_side"},
                    "margin": [[[0.0, 0.0, 0.0]]], "margin_closed": [true], "facial_axis": [],
                })
            };
            let mark = serde_json::json!({"fdi": 11, "kind": "cusp_tip", "xyz": [0.0, 0.0, 0.0], "told_by": "human"});
            let mut text = serde_json::json!({"jaw": "upper", "mm_per_unit": 1.0, "landmarks": [mark],
                "teeth": [tooth(11), tooth(12)], "doubts": []});
            change(&mut text);
            let document = serde_json::from_value(text).unwrap();
            let read = arch(Jaw::Upper, document, FaceData::from_vec(vec![None]));
            match read {
                Ok(arch) => assert_eq!((arch.teeth.len(), expected), (2, "")),
                Err(why) => assert!(!expected.is_empty() && why.contains(expected), "{why}"),
            }
        }
        t(|_| {}, "");
        t(|d| d["jaw"] = "lower".into(), "of the lower arch");
        t(|d| d["mm_per_unit"] = 25.4.into(), "mm_per_unit is 25.4");
        t(|d| d["teeth"][1]["fdi"] = 11.into(), "teeth 11 and 11");
        t(
            |d| d["teeth"][1]["fdi"] = 31.into(),
            "tooth 31 is not of the upper arch",
        );
        t(
            |d| d["landmarks"][0]["fdi"] = 21.into(),
            "of tooth 21, which is not listed",
        );
        t(
            |d| d["teeth"][0]["margin_closed"] = serde_json::json!([]),
            "differ in length",
        );
        let twice = |d: &mut serde_json::Value| {
            let mark = d["landmarks"][0].clone();
            d["landmarks"].as_array_mut().unwrap().push(mark);
        };
        t(twice, "is there twice");
    }
}
