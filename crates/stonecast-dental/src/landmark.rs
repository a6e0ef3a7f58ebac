//! Named points on teeth.

use serde::{Deserialize, Serialize};

use crate::Fdi;

/// What a landmark marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LandmarkKind {
    /// Most mesial point of the crown, where the mesial neighbour would touch.
    MesialContact,
    /// Most distal point of the crown, where the distal neighbour would touch.
    DistalContact,
    /// Tip of the one cusp of a canine.
    CuspTip,
    /// Tip of the buccal cusp of a premolar.
    BuccalCusp,
    /// Tip of the lingual (palatal) cusp of a premolar.
    LingualCusp,
    /// Tip of the mesiobuccal cusp of a molar.
    MesiobuccalCusp,
    /// Tip of the distobuccal cusp of a molar.
    DistobuccalCusp,
    /// Tip of the mesiolingual (mesiopalatal) cusp of a molar.
    MesiolingualCusp,
    /// Tip of the distolingual (distopalatal) cusp of a molar.
    DistolingualCusp,
    /// Tip of the distal (fifth) cusp of a lower molar.
    DistalCusp,
    /// Mesial end of an incisal edge.
    IncisalMesial,
    /// Midpoint of an incisal edge.
    IncisalMidpoint,
    /// Distal end of an incisal edge.
    IncisalDistal,
    /// Deepest point of the central fossa.
    CentralFossa,
    /// Crest of the mesial marginal ridge above the contact.
    MesialMarginalRidge,
    /// Crest of the distal marginal ridge above the contact.
    DistalMarginalRidge,
    /// Occlusal end of the buccal groove of a molar.
    BuccalGroove,
    /// Facial axis point: the middle of the clinical crown's facial axis.
    FacialAxisPoint,
    /// Most buccal point of the crown.
    MostBuccal,
    /// Most lingual point of the crown.
    MostLingual,
    /// Most apical point of the facial gingival margin.
    GingivalZenith,
}

impl LandmarkKind {
    /// Its name in words, for people.
    pub fn words(self) -> &'static str {
        match self {
            Self::MesialContact => "mesial contact point",
            Self::DistalContact => "distal contact point",
            Self::CuspTip => "cusp tip",
            Self::BuccalCusp => "buccal cusp tip",
            Self::LingualCusp => "lingual cusp tip",
            Self::MesiobuccalCusp => "mesiobuccal cusp tip",
            Self::DistobuccalCusp => "distobuccal cusp tip",
            Self::MesiolingualCusp => "mesiolingual cusp tip",
            Self::DistolingualCusp => "distolingual cusp tip",
            Self::DistalCusp => "distal cusp tip",
            Self::IncisalMesial => "mesial end of the incisal edge",
            Self::IncisalMidpoint => "middle of the incisal edge",
            Self::IncisalDistal => "distal end of the incisal edge",
            Self::CentralFossa => "central fossa",
            Self::MesialMarginalRidge => "mesial marginal ridge",
            Self::DistalMarginalRidge => "distal marginal ridge",
            Self::BuccalGroove => "buccal groove",
            Self::FacialAxisPoint => "facial axis point",
            Self::MostBuccal => "most buccal point",
            Self::MostLingual => "most lingual point",
            Self::GingivalZenith => "gingival zenith",
        }
    }
}

/// A named point on a tooth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Landmark {
    /// The tooth it lies on.
    pub tooth: Fdi,
    /// What it marks.
    pub kind: LandmarkKind,
    /// Where, in the frame and unit (mm) of the mesh it lies on.
    pub position: [f64; 3],
}
