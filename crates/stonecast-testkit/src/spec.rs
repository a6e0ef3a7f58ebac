//! What a synthetic dentition shall be like: every knob, with its unit and its neutral value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stonecast_dental::{Fdi, Jaw, Side};

use crate::draw::Draw;

/// Which teeth are present by age.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dentition {
    /// Permanent teeth, central incisor to second molar (third molars by their own knob).
    #[default]
    Permanent,
    /// Permanent incisors and first molars, primary canines and molars between them.
    Mixed,
    /// Twenty primary teeth.
    Primary,
}

/// One value for each arch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PerJaw<T> {
    /// The upper arch's.
    pub upper: T,
    /// The lower arch's.
    pub lower: T,
}

impl<T: Copy> PerJaw<T> {
    /// The same for both arches.
    pub fn both(value: T) -> Self {
        Self {
            upper: value,
            lower: value,
        }
    }

    /// The value for one arch.
    pub fn of(&self, jaw: Jaw) -> T {
        match jaw {
            Jaw::Upper => self.upper,
            Jaw::Lower => self.lower,
        }
    }
}

/// One value for each side of the patient.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PerSide<T> {
    /// The patient's right.
    pub right: T,
    /// The patient's left.
    pub left: T,
}

impl<T: Copy> PerSide<T> {
    /// The same for both sides.
    pub fn both(value: T) -> Self {
        Self {
            right: value,
            left: value,
        }
    }

    /// The value for one side.
    pub fn of(&self, side: Side) -> T {
        match side {
            Side::Right => self.right,
            Side::Left => self.left,
        }
    }

    fn swapped(self) -> Self {
        Self {
            right: self.left,
            left: self.right,
        }
    }
}

/// Random irregularity of tooth position, as standard deviations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Jitter {
    /// Rotation about the long axis, degrees.
    pub rotation_deg: f64,
    /// Mesiodistal angulation, degrees.
    pub tip_deg: f64,
    /// Faciolingual inclination, degrees.
    pub torque_deg: f64,
    /// Faciolingual displacement, mm.
    pub offset_mm: f64,
    /// Vertical displacement, mm.
    pub height_mm: f64,
}

impl Jitter {
    /// None at all: a setup.
    pub const NONE: Self = Self {
        rotation_deg: 0.0,
        tip_deg: 0.0,
        torque_deg: 0.0,
        offset_mm: 0.0,
        height_mm: 0.0,
    };
}

/// A displacement of one tooth, asked for by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ToothShift {
    /// Rotation about the long axis, degrees; positive turns the mesial side facially.
    pub rotation_deg: f64,
    /// Angulation, degrees; positive leans the crown mesially.
    pub tip_deg: f64,
    /// Inclination, degrees; positive leans the crown facially.
    pub torque_deg: f64,
    /// Displacement, mm; positive facially.
    pub offset_mm: f64,
    /// Eruption, mm; negative leaves the tooth partly erupted.
    pub height_mm: f64,
}

/// Everything that a synthetic dentition is made from. Equal specs make equal bytes.
///
/// ```
/// use stonecast_testkit::DentitionSpec;
/// let spec = DentitionSpec { overjet_mm: 4.0, seed: 7, ..DentitionSpec::default() };
/// let pair = stonecast_testkit::dentition(&spec);
/// assert!(pair.upper.mesh.face_count() > 10_000);
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct DentitionSpec {
    /// Seed of all random draws.
    pub seed: u64,
    /// The teeth by age.
    pub dentition: Dentition,
    /// Makes the mirror image: every tooth takes the values of its other-sided twin.
    pub mirrored: bool,
    /// About this many triangles in each arch.
    pub triangles: usize,
    /// Distance between the centres of the upper first molars, mm (the second primary molars, if there are none).
    pub arch_width_mm: f64,
    /// From the upper incisal edges back to the line between those centres, mm.
    pub arch_depth_mm: f64,
    /// Arch form: -1 tapered, 0 ovoid, 1 square.
    pub squareness: f64,
    /// All crown diameters and heights times this.
    pub tooth_scale: f64,
    /// Standard deviation of each tooth's own size about that, as a share; right and left vary together.
    pub tooth_size_deviation: f64,
    /// How far the tooth widths exceed the room for them between the first molars, mm. Of the lower arch the bite
    /// decides: what came about is in the truth's `crowding_mm`.
    pub crowding_mm: PerJaw<f64>,
    /// Gap at every contact, mm.
    pub spacing_mm: PerJaw<f64>,
    /// Random irregularity.
    pub jitter: Jitter,
    /// Irregularity of single teeth.
    pub shifts: BTreeMap<Fdi, ToothShift>,
    /// How far a tooth stands short of where it would meet its antagonists, mm, after all others have met theirs; negative:
    /// it stands too high by so much and passes through them. A tooth of either arch.
    pub out_of_occlusion_mm: BTreeMap<Fdi, f64>,
    /// Standard deviation of crown form (squareness, cusp relief, bulge) about the average: 0 none, 1 marked.
    pub form_variation: f64,
    /// Teeth that are not there.
    pub missing: Vec<Fdi>,
    /// True: gaps of missing teeth stay open; false: the neighbours close them.
    pub keep_gaps: bool,
    /// Third molars present.
    pub third_molars: bool,
    /// Teeth prepared as stumps.
    pub stumps: Vec<Fdi>,
    /// Brackets on all facial surfaces from second premolar to second premolar.
    pub brackets: PerJaw<bool>,
    /// From the lower to the upper central incisal edges' midpoints along +y, mm; negative for a reverse overjet.
    pub overjet_mm: f64,
    /// By how much the upper central incisal edges pass the lower ones vertically, mm; negative for an open bite.
    pub overbite_mm: f64,
    /// How far the lower first molars stand distally of Class I, mm (mesiobuccal cusp to buccal groove).
    pub molar_offset_mm: PerSide<f64>,
    /// The posterior teeth of the lower arch shifted facially, mm: 5 makes a crossbite of that side.
    pub crossbite_mm: PerSide<f64>,
    /// Lower midline off the upper, mm towards the patient's left.
    pub midline_mm: f64,
    /// Depth of the curve of Spee, mm.
    pub spee_mm: f64,
    /// Radius of the curve of Wilson, mm.
    pub wilson_radius_mm: f64,
    /// Height of the palatal vault above the gingival margin, mm.
    pub palate_depth_mm: f64,
    /// Height of the palatal rugae, mm.
    pub rugae_mm: f64,
    /// Recession (positive) or overgrowth of the gingiva, mm.
    pub recession_mm: f64,
    /// How far below the gingival margin the scan ends, mm.
    pub border_mm: f64,
    /// Amplitude of the border's waves, mm.
    pub border_waves_mm: f64,
    /// True: the palate is scanned; false: the upper scan is a horseshoe.
    pub palate: bool,
}

impl Default for DentitionSpec {
    fn default() -> Self {
        Self {
            seed: 0,
            dentition: Dentition::Permanent,
            mirrored: false,
            triangles: 60_000,
            arch_width_mm: 46.5,
            arch_depth_mm: 28.5,
            squareness: 0.0,
            tooth_scale: 1.0,
            tooth_size_deviation: 0.0,
            crowding_mm: PerJaw::both(0.0),
            spacing_mm: PerJaw::both(0.0),
            jitter: Jitter::NONE,
            shifts: BTreeMap::new(),
            out_of_occlusion_mm: BTreeMap::new(),
            form_variation: 0.0,
            missing: Vec::new(),
            keep_gaps: true,
            third_molars: false,
            stumps: Vec::new(),
            brackets: PerJaw::both(false),
            overjet_mm: 2.8,
            overbite_mm: 2.2,
            molar_offset_mm: PerSide::both(0.0),
            crossbite_mm: PerSide::both(0.0),
            midline_mm: 0.0,
            spee_mm: 1.2,
            wilson_radius_mm: 100.0,
            palate_depth_mm: 13.0,
            rugae_mm: 0.6,
            recession_mm: 0.0,
            border_mm: 5.0,
            border_waves_mm: 1.0,
            palate: true,
        }
    }
}

impl DentitionSpec {
    /// The spec of the mirror image: sides swapped in every knob.
    pub fn mirror(&self) -> Self {
        let swap = |teeth: &[Fdi]| teeth.iter().map(|t| t.mirrored()).collect();
        Self {
            mirrored: !self.mirrored,
            shifts: self.shifts.iter().map(|(t, s)| (t.mirrored(), *s)).collect(),
            out_of_occlusion_mm: (self.out_of_occlusion_mm.iter())
                .map(|(t, mm)| (t.mirrored(), *mm))
                .collect(),
            missing: swap(&self.missing),
            stumps: swap(&self.stumps),
            molar_offset_mm: self.molar_offset_mm.swapped(),
            crossbite_mm: self.crossbite_mm.swapped(),
            midline_mm: -self.midline_mm,
            ..self.clone()
        }
    }

    /// The teeth of an arch's side that the dentition has, in order from the midline.
    pub(crate) fn row(&self, jaw: Jaw, side: Side) -> Vec<Fdi> {
        let permanent = |p| Fdi::permanent(jaw, side, p);
        let primary = |p| Fdi::primary(jaw, side, p);
        let row: Vec<Option<Fdi>> = match self.dentition {
            Dentition::Permanent => (1..=if self.third_molars { 8 } else { 7 })
                .map(permanent)
                .collect(),
            Dentition::Mixed => vec![
                permanent(1),
                permanent(2),
                primary(3),
                primary(4),
                primary(5),
                permanent(6),
            ],
            Dentition::Primary => (1..=5).map(primary).collect(),
        };
        row.into_iter().flatten().collect()
    }

    /// The source of draws for a tooth, the same for its twin in the mirrored spec.
    pub(crate) fn draw_for(&self, tooth: Fdi) -> Draw {
        let tooth = if self.mirrored { tooth.mirrored() } else { tooth };
        Draw::new(self.seed).at(u64::from(tooth.number()))
    }
}
