//! What was measured along a path: plain data, no meshes.
//!
//! Units: mm, mm², degrees. Frame: the cast frame. Pairs are named upper tooth first.

use serde::{Deserialize, Serialize};
use stonecast_articulator::MotionKind;
use stonecast_dental::{Deg, Fdi, Mm, Mm2, NotMeasured, Side, Warning};

use super::params::{AnglePlane, ExcursionParams};

/// An upper and a lower tooth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ToothPair {
    /// The upper tooth.
    pub upper: Fdi,
    /// The lower tooth.
    pub lower: Fdi,
}

impl std::fmt::Display for ToothPair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.upper, self.lower)
    }
}

/// Where a pair comes nearest.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairGap {
    /// The least gap of the two crowns; negative where they pass through each other: then the deepest penetration.
    pub gap: Mm,
    /// The place on the upper crown.
    pub on_upper: [f64; 3],
    /// The place on the lower crown, moved.
    pub on_lower: [f64; 3],
    /// Unit vector out of the upper crown there.
    pub outward: [f64; 3],
}

/// The opening about the step's hinge axis at which a pair just touches; no pose is ever made from it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NeededOpening {
    /// Beyond the position on the path; negative where the jaw may close by so much before they touch.
    pub opening: Deg,
    /// Where they touch then.
    pub place: [f64; 3],
    /// Unit vector out of the upper crown there.
    pub outward: [f64; 3],
    /// By how much their gap grows with each degree of opening.
    pub gap_per_degree: Mm,
    /// Standard uncertainty from the scanner's noise.
    pub uncertainty: Deg,
}

/// A pair at one step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PairStep {
    /// Its gap with the jaw as the path has it; `None` beyond reach.
    pub nearest: Option<PairGap>,
    /// Area of the lower crown no farther from the upper than the contact threshold, penetrating area included.
    pub contact_area: Mm2,
    /// Area of the lower crown inside the upper.
    pub penetration_area: Mm2,
    /// What it needs; `None` where it does not come to touch within the search.
    pub need: Option<NeededOpening>,
    /// Vertical clearance at its place when the jaw is opened until the foremost pair just touches: zero for that pair.
    pub discclusion: Option<Mm>,
}

/// Where along the path a pair first touches with the jaw as the path has it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirstContact {
    /// The first step at or below the floor of the pair.
    pub step: usize,
    /// The travel at which it came there, between that step and the one before.
    pub travel: Mm,
}

/// A pair along the whole path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PairTrack {
    /// Which.
    pub pair: ToothPair,
    /// Its gap in the closed bite. Where negative, so much penetration is the floor: only what goes beyond it counts.
    pub closed: Option<PairGap>,
    /// Where it first touches after being free; `None` where it does not, or touches from the start.
    pub first_contact: Option<FirstContact>,
    /// One for each step of the path.
    pub steps: Vec<PairStep>,
}

/// What leads the jaw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GuidanceType {
    /// Canines alone; on the working side of a lateral motion.
    Canine,
    /// Several teeth of the working side together, back teeth among them.
    Group,
    /// Incisors alone.
    Incisal,
    /// Incisors and canines together.
    Anterior,
    /// Back teeth alone: one of the working side, or any in a motion to the front or back.
    Posterior,
    /// Front and back teeth together otherwise.
    Mixed,
    /// In a lateral motion, teeth of the other side alone.
    NonWorking,
}

impl GuidanceType {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Canine => "canine guidance",
            Self::Group => "group function",
            Self::Incisal => "incisal guidance",
            Self::Anterior => "anterior guidance",
            Self::Posterior => "posterior guidance",
            Self::Mixed => "anterior and posterior teeth",
            Self::NonWorking => "non-working guidance",
        }
    }
}

/// One step of the path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExcursionStep {
    /// How far the motion has gone.
    pub travel: Mm,
    /// The opening that the path itself has.
    pub opening: Deg,
    /// The greatest needed opening of all pairs, beyond the path's own.
    pub needed_opening: Option<Deg>,
    /// The pairs that need so much, within the tolerance, the foremost first.
    pub guiding: Vec<ToothPair>,
    /// What leads the jaw here; `None` where no pair comes to touch.
    pub guidance: Option<GuidanceType>,
    /// The incisal point as the path has it.
    pub incisal_point: Option<[f64; 3]>,
    /// The incisal point with the jaw opened until the foremost pair just touches.
    pub guided_incisal_point: Option<[f64; 3]>,
}

/// Where a pair touches that should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InterferenceKind {
    /// A back pair of the working side that lifts all other teeth there out of contact.
    Working,
    /// A back pair of the other side that touches while the working side leads.
    NonWorking,
    /// A back pair that touches in protrusion while front teeth lead.
    Protrusive,
}

impl InterferenceKind {
    /// As in a finding's id.
    pub fn name(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::NonWorking => "nonworking",
            Self::Protrusive => "protrusive",
        }
    }

    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Working => "interference on the working side",
            Self::NonWorking => "contact on the non-working side",
            Self::Protrusive => "protrusive contact",
        }
    }
}

/// How much pairs that should not touch do so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InterferenceLevel {
    /// None touches.
    Free,
    /// One touches beside the teeth that lead.
    Touches,
    /// One lifts the teeth that should lead.
    Separates,
}

impl InterferenceLevel {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Free => "none",
            Self::Touches => "contact",
            Self::Separates => "interference",
        }
    }
}

/// The interferences of one kind, in a word.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InterferenceReading {
    /// Of what kind.
    pub kind: InterferenceKind,
    /// The worst that was found.
    pub level: InterferenceLevel,
    /// What else it would be with the bite a little off.
    pub others: Vec<InterferenceLevel>,
}

/// A pair that touches where it should not, along a part of the path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interference {
    /// Of what kind.
    pub kind: InterferenceKind,
    /// Which pair.
    pub pair: ToothPair,
    /// Travel at which it begins.
    pub from: Mm,
    /// Travel at which it was last seen.
    pub to: Mm,
    /// By how much it lifts the teeth that should lead, vertically at its own place, where that is most; negative where it
    /// only comes as near as the tolerance.
    pub lift: Mm,
    /// Standard uncertainty of that from the scanner's noise.
    pub uncertainty: Mm,
    /// True where it lifts them by more than the tolerance: they do not touch. False where it touches beside them.
    pub separates: bool,
    /// Where it touches when it lifts most.
    pub place: [f64; 3],
    /// The step at which that is.
    pub step: usize,
}

/// A place on the curve of the guidance path.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuidanceSlope {
    /// Straight way of the guided incisal point from the start.
    pub way: Mm,
    /// Slope of its path there against the plane; positive downwards.
    pub slope: Deg,
}

/// The path on which the teeth lead the incisal point.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuidancePath {
    /// Slope of the straight line from its start over the first millimetres (`excursion/window`).
    pub angle: Result<GuidanceAngle, NotMeasured>,
    /// The slope along it, in steps (`excursion/curve`).
    pub curve: Vec<GuidanceSlope>,
}

/// The guidance path's slope.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuidanceAngle {
    /// Against the plane; positive downwards.
    pub angle: Deg,
    /// Standard uncertainty.
    pub uncertainty: Deg,
    /// The share of it from the bite.
    pub from_bite: Deg,
    /// The share of it from the scanner's noise.
    pub from_noise: Deg,
    /// Where the line begins and ends.
    pub ends: [[f64; 3]; 2],
}

/// What leads the jaw over the part of the path in which guidance is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GuidanceReading {
    /// The type at most of the steps.
    pub guidance: GuidanceType,
    /// The other types along the way, or with the bite a little off, most frequent first.
    pub others: Vec<GuidanceType>,
    /// The pairs that lead, the most frequent first.
    pub pairs: Vec<ToothPair>,
    /// Where they touch, one for each pair.
    pub places: Vec<[f64; 3]>,
}

/// A tooth's clearance in excursion.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToothDiscclusion {
    /// The tooth.
    pub tooth: Fdi,
    /// Its nearest antagonist.
    pub antagonist: Fdi,
    /// Vertical clearance at its place when the foremost pair just touches.
    pub height: Mm,
    /// Standard uncertainty.
    pub uncertainty: Mm,
    /// Where.
    pub place: [f64; 3],
}

/// Everything measured along one path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Excursion {
    /// What motion.
    pub kind: MotionKind,
    /// The side to which the jaw goes, where it goes to one.
    pub working_side: Option<Side>,
    /// Against which slopes and heights are stated.
    pub plane: AnglePlane,
    /// Its steps.
    pub steps: Vec<ExcursionStep>,
    /// The pairs that come near each other, by upper and lower number.
    pub pairs: Vec<PairTrack>,
    /// What leads.
    pub guidance: Result<GuidanceReading, NotMeasured>,
    /// How steeply.
    pub path: GuidancePath,
    /// What touches that should not, by kind and pair.
    pub interferences: Vec<Interference>,
    /// The same in a word for each kind that the motion may have; a kind for which no tooth leads is missing.
    pub readings: Vec<InterferenceReading>,
    /// The clearance of each tooth at the end of the part in which guidance is read, by number.
    pub discclusion: Vec<ToothDiscclusion>,
    /// What a reader should know.
    pub warnings: Vec<Warning>,
    /// All teeth of both arches, by number.
    pub teeth: Vec<Fdi>,
    /// With what it was measured.
    pub params: ExcursionParams,
}

impl Excursion {
    /// The track of a pair.
    pub fn pair(&self, upper: Fdi, lower: Fdi) -> Option<&PairTrack> {
        let place = self
            .pairs
            .binary_search_by_key(&ToothPair { upper, lower }, |t| t.pair)
            .ok()?;
        self.pairs.get(place)
    }
}
