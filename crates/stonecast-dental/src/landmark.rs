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
