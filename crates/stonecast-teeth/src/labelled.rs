//! What a labelled cast holds.

use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, LandmarkKind, Mm};
use stonecast_mesh::FaceData;

/// Both arches of a cast, labelled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LabelledCast {
    /// The upper arch, where there is one.
    pub upper: Option<LabelledArch>,
    /// The lower arch, where there is one.
    pub lower: Option<LabelledArch>,
}

/// One arch, every face told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LabelledArch {
    /// Which arch.
    pub jaw: Jaw,
    /// Whose each face is; `None` is gum, or whatever else is no tooth.
    pub face_labels: FaceData<Option<Fdi>>,
    /// The teeth, sorted by number; each number occurs once.
    pub teeth: Vec<Tooth>,
    /// What a person should look at, the most doubtful first.
    pub doubts: Vec<Doubt>,
}

/// One tooth. Points and directions are in the frame of the mesh.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tooth {
    /// Its number.
    pub fdi: Fdi,
    /// Who says that these faces are this tooth.
    pub told_by: ToldBy,
    /// Its own directions.
    pub frame: ToothFrame,
    /// The gingival margin: closed curves, or open ones where the scan ends; the longest first.
    pub margin: Vec<Vec<[f64; 3]>>,
    /// Its landmarks, each kind at most once, sorted by kind.
    pub landmarks: Vec<ToothLandmark>,
    /// Greatest mesiodistal width; `None` where a contact point could not be found.
    pub mesiodistal: Option<Mm>,
    /// Greatest buccolingual width.
    pub buccolingual: Option<Mm>,
}

/// Who says so.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToldBy {
    /// The program, with its confidence, 0..1.
    Auto(f64),
    /// A person.
    Human,
}

/// A tooth's own directions, right-angled unit vectors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToothFrame {
    /// The middle of the crown.
    pub origin: [f64; 3],
    /// Along the arch towards the midline.
    pub mesial: [f64; 3],
    /// Towards cheek or lip.
    pub facial: [f64; 3],
    /// The long axis, towards the antagonist.
    pub occlusal: [f64; 3],
}

/// A named point of a tooth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToothLandmark {
    /// What it marks.
    pub kind: LandmarkKind,
    /// Where, on the surface.
    pub position: [f64; 3],
    /// Who says so.
    pub told_by: ToldBy,
}

/// Something that a person should look at.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Doubt {
    /// The tooth, where it is one.
    pub tooth: Option<Fdi>,
    /// How sure the program is, 0..1; the least first.
    pub confidence: f64,
    /// Why.
    pub reason: String,
}
