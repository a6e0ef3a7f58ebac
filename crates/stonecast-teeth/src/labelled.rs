//! What a labelled cast holds.

use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, LandmarkKind, Mm};
use stonecast_mesh::{FaceData, Point, RigidMotion, Vector};
use thiserror::Error;

/// Both arches of a cast, labelled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LabelledCast {
    /// The upper arch, where there is one.
    pub upper: Option<LabelledArch>,
    /// The lower arch, where there is one.
    pub lower: Option<LabelledArch>,
}

impl LabelledCast {
    /// The arches that are labelled, the upper first.
    pub fn arches(&self) -> impl Iterator<Item = &LabelledArch> {
        [&self.upper, &self.lower].into_iter().flatten()
    }
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

impl LabelledArch {
    /// The same arch in another frame.
    pub fn moved(&self, target_from_mesh: &RigidMotion) -> Self {
        let mut moved = self.clone();
        for tooth in &mut moved.teeth {
            tooth.move_by(target_from_mesh);
        }
        moved
    }
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
    /// The gingival margin: where the crown meets the gum, the longest curve first.
    pub margin: Vec<MarginCurve>,
    /// The facial axis of the clinical crown, from the margin to the edge or cusp; empty where it was not found.
    pub facial_axis: Vec<[f64; 3]>,
    /// Its landmarks, each kind at most once, sorted by kind. What could not be found is left out.
    pub landmarks: Vec<ToothLandmark>,
    /// Greatest mesiodistal width between the contact areas.
    pub mesiodistal: Width,
    /// Greatest buccolingual width.
    pub buccolingual: Width,
}

impl Tooth {
    fn move_by(&mut self, motion: &RigidMotion) {
        let place = |p: &mut [f64; 3]| *p = (motion * Point::from(*p)).into();
        let turn = |d: &mut [f64; 3]| *d = (motion * Vector::from(*d)).into();
        let frame = &mut self.frame;
        place(&mut frame.origin);
        [&mut frame.mesial, &mut frame.facial, &mut frame.occlusal]
            .into_iter()
            .for_each(turn);
        self.margin.iter_mut().flat_map(|c| &mut c.points).for_each(place);
        self.facial_axis.iter_mut().for_each(place);
        self.landmarks.iter_mut().map(|l| &mut l.position).for_each(place);
    }

    /// One of its landmarks, where it was found.
    pub fn landmark(&self, kind: LandmarkKind) -> Option<[f64; 3]> {
        self.landmarks.iter().find(|l| l.kind == kind).map(|l| l.position)
    }
}

/// A piece of a gingival margin.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarginCurve {
    /// Its points in order, with the crown on the left as seen from outside.
    pub points: Vec<[f64; 3]>,
    /// True when the last point joins the first. An open curve ends where the crown meets its neighbour or the
    /// scan's border; those parts are left out.
    pub closed: bool,
}

/// A width of a crown, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Width {
    /// Measured.
    Measured {
        /// The width.
        value: Mm,
        /// Its standard uncertainty, from the mesh's resolution and from where the labels end.
        uncertainty: Mm,
    },
    /// Not measured.
    NotMeasured(NoWidth),
}

impl Width {
    /// The width, where it was measured.
    pub fn value(self) -> Option<Mm> {
        match self {
            Self::Measured { value, .. } => Some(value),
            Self::NotMeasured(_) => None,
        }
    }
}

/// Why a width was not measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NoWidth {
    /// Too little of the crown is there.
    #[error("too little of the crown is labelled; scan it again or correct the labels")]
    TooLittle,
    /// A side of the crown was not found.
    #[error("a side of the crown was not found; look at its labels")]
    NoSide,
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
