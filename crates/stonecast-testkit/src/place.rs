//! Setting the teeth on the arch form: each touches its neighbour, crowded ones give way.
//!
//! Units: mm, degrees where named. Frame: the arch frame, `x` left, `y` posterior, `h` occlusal (so `h = -z` of
//! the cast frame in the upper arch, `h = z` in the lower).
//!
//! Steps:
//! 1. `Setup::pose`: a tooth at an arc length, with its usual inclinations, its jitter and its crowding.
//! 2. `touch`: the arc length at which its outline touches the one before.
//! 3. `set_row`: tooth by tooth from the midline.
//! 4. `squeeze`: the amplitude of the crowding at which the first molar stands where it shall.
//!
//! Limits: outlines touch in the occlusal view; where contacts lie at different heights a gap of a tenth of a
//! millimetre may remain, which the truth records.

use nalgebra::Vector3;
use stonecast_dental::{Fdi, Jaw, Side, ToothClass};

use crate::crown::Crown;
use crate::curve::ArchCurve;
use crate::spec::{DentitionSpec, ToothShift};

/// Where a crown stands: its origin and the directions of its axes, in the arch frame. The triple is
/// right-handed on one side of the patient and left-handed on the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pose {
    pub origin: Vector3<f64>,
    pub mesial: Vector3<f64>,
    pub facial: Vector3<f64>,
    pub occlusal: Vector3<f64>,
}

impl Pose {
    #[inline]
    pub(crate) fn own(&self, p: &Vector3<f64>) -> [f64; 3] {
        let d = p - self.origin;
        [d.dot(&self.mesial), d.dot(&self.facial), d.dot(&self.occlusal)]
    }

    #[inline]
    pub(crate) fn arch(&self, [x, y, z]: [f64; 3]) -> Vector3<f64> {
        self.origin + self.mesial * x + self.facial * y + self.occlusal * z
    }

    /// Moves the crown.
    pub(crate) fn moved(&mut self, motion: &nalgebra::Isometry3<f64>) {
        self.origin = motion * nalgebra::Point3::from(self.origin) - nalgebra::Point3::origin();
        for axis in [&mut self.mesial, &mut self.facial, &mut self.occlusal] {
            *axis = motion.rotation * *axis;
        }
    }

    fn mirrored(&self) -> Self {
        let flip = |v: Vector3<f64>| Vector3::new(-v.x, v.y, v.z);
        Self {
            origin: flip(self.origin),
            mesial: flip(self.mesial),
            facial: flip(self.facial),
            occlusal: flip(self.occlusal),
        }
    }
}

/// A crown in its place.
#[derive(Clone, Debug)]
pub(crate) struct PlacedTooth {
    pub crown: Crown,
    pub pose: Pose,
    /// False for a missing tooth whose gap is kept.
    pub present: bool,
    /// How far the tooth has still to erupt, mm: so much higher stands its gingiva on the crown.
    pub buried: f64,
    /// The middle of a bracket's base on the facial surface, in the crown's frame.
    pub bracket: Option<[f64; 3]>,
}

impl PlacedTooth {
    pub(crate) fn tooth(&self) -> Fdi {
        self.crown.tooth
    }

    /// A landmark's place in the arch frame.
    pub(crate) fn mark(&self, kind: stonecast_dental::LandmarkKind) -> Option<Vector3<f64>> {
        let mark = self.crown.marks.iter().find(|m| m.kind == kind)?;
        Some(self.pose.arch(mark.at))
    }
}

/// Incisal edge or cusp tip of front teeth; the middle of upper and the buccal cusp of lower posterior teeth.
pub(crate) fn reference(crown: &Crown) -> [f64; 3] {
    use stonecast_dental::LandmarkKind as K;
    let mark = |kind| crown.marks.iter().find(|m| m.kind == kind).map(|m| m.at);
    let height = crown.size.crown_height;
    match (crown.tooth.class(), crown.tooth.jaw()) {
        (ToothClass::Incisor, _) => mark(K::IncisalMidpoint).unwrap_or([0.0, 0.0, height]),
        (ToothClass::Canine, _) => {
            let tip = mark(K::CuspTip).unwrap_or([0.0, 0.0, height]);
            [0.0, tip[1], tip[2]]
        }
        (_, Jaw::Upper) => [0.0, 0.0, height],
        (_, Jaw::Lower) => {
            let tip = mark(K::BuccalCusp)
                .or_else(|| mark(K::MesiobuccalCusp))
                .unwrap_or([0.0, 0.0, height]);
            [0.0, tip[1], height]
        }
    }
}

/// Usual inclinations of the crown axes, degrees: tip and torque relative to the occlusal surface. Choices of
/// ours (unverified), such that the facial surfaces lean about as in untreated normal occlusions.
fn usual_inclination(tooth: Fdi) -> [f64; 2] {
    let position = usize::from(tooth.position() - 1);
    let primary = tooth.is_primary();
    match tooth.jaw() {
        _ if primary => [[2.0, 6.0], [2.0, 6.0], [2.0, 2.0], [0.0, 0.0], [0.0, 0.0]][position],
        Jaw::Upper => [
            [3.0, 20.0],
            [6.0, 18.0],
            [7.0, 7.0],
            [3.0, -2.0],
            [3.0, -3.0],
            [2.0, -3.0],
            [0.0, -2.0],
            [-2.0, 0.0],
        ][position],
        Jaw::Lower => [
            [1.0, 14.0],
            [1.0, 12.0],
            [4.0, 5.0],
            [2.0, 4.0],
            [2.0, 2.0],
            [4.0, 0.0],
            [6.0, -1.0],
            [8.0, -2.0],
        ][position],
    }
}

/// Usual height of a front tooth's edge above the line of the others, mm.
fn usual_height(tooth: Fdi) -> f64 {
    match (tooth.jaw(), tooth.position(), tooth.is_primary()) {
        (Jaw::Upper, 2, false) => -0.6,
        (Jaw::Upper, 3, false) => 0.3,
        (Jaw::Lower, 3, false) => 0.4,
        _ => 0.0,
    }
}

/// One half of an arch to be set, teeth from the midline on.
pub(crate) struct Setup<'a> {
    pub spec: &'a DentitionSpec,
    pub jaw: Jaw,
    pub side: Side,
    pub curve: ArchCurve,
    /// Height of the occlusal line at the premolars and molars, arch frame.
    pub level: f64,
    /// How much higher the incisal edges stand than that.
    pub front_rise: f64,
    /// Arc length at which the first tooth begins: the midline's offset.
    pub start: f64,
    /// `y` at which the curve of Spee ends.
    pub spee_end: f64,
    /// Added gap at each contact from the midline to the first molar.
    pub extra_gap: f64,
    /// Facial shift of the posterior teeth.
    pub crossbite: f64,
}

impl Setup<'_> {
    /// The tooth's irregularity: jitter, what is asked for by name, and `crowding` times its share of it.
    fn irregularity(&self, tooth: Fdi, crowding: f64) -> ToothShift {
        let draw = self.spec.draw_for(tooth);
        let j = &self.spec.jitter;
        let named = self.spec.shifts.get(&tooth).copied().unwrap_or_default();
        let position = usize::from(tooth.position() - 1);
        // Where the arch gives way first: laterals inward, canines outward above, incisors alternating below.
        let (offset, turn) = match self.jaw {
            Jaw::Upper => ([0.25, -1.0, 0.9, -0.35, -0.25], [10.0, -16.0, 10.0, 8.0, -8.0]),
            Jaw::Lower => ([0.75, -0.9, 0.8, -0.3, -0.3], [12.0, -16.0, 14.0, 8.0, -8.0]),
        };
        let flip = if self.jaw == Jaw::Lower && draw.keyed("crowd sign").chance(0.25) {
            -1.0
        } else {
            1.0
        };
        let share = draw.keyed("crowd share").between(0.7, 1.3);
        let crowd = |pattern: [f64; 5], amount: f64| {
            amount * share * flip * pattern.get(position).copied().unwrap_or(0.0)
        };
        let posterior = match tooth.class() {
            ToothClass::Incisor => 0.0,
            ToothClass::Canine => 0.35,
            _ => 1.0,
        };
        ToothShift {
            rotation_deg: named.rotation_deg
                + j.rotation_deg * draw.keyed("rotation").normal()
                + crowd(turn, crowding.min(TURNS_UP_TO)),
            tip_deg: named.tip_deg + j.tip_deg * draw.keyed("tip").normal(),
            torque_deg: named.torque_deg + j.torque_deg * draw.keyed("torque").normal(),
            offset_mm: named.offset_mm
                + j.offset_mm * draw.keyed("offset").normal()
                + crowd(offset, crowding)
                + posterior * self.crossbite,
            height_mm: named.height_mm + j.height_mm * draw.keyed("height").normal(),
        }
    }

    /// The pose of a crown whose reference stands at arc length `s`, on the left half.
    fn pose(&self, crown: &Crown, s: f64, crowding: f64) -> Pose {
        let tooth = crown.tooth;
        let x = self.curve.x_at(s.abs()).copysign(s);
        let place = self.curve.place(x);
        let shift = self.irregularity(tooth, crowding);
        let [tip, torque] = usual_inclination(tooth);
        let distal = Vector3::new(place.distal[0], place.distal[1], 0.0);
        let outward = Vector3::new(place.outward[0], place.outward[1], 0.0);
        let up = Vector3::z();
        let point = Vector3::new(place.point[0], place.point[1], 0.0);
        let (height, slope) = self.occlusal_line(point.y);
        // Curve of Wilson: lower crowns lean inward, upper crowns outward, by the sphere's slope.
        let wilson = (point.x * outward.x / self.spec.wilson_radius_mm).to_degrees();
        let facing = if self.jaw == Jaw::Upper { 1.0 } else { -1.0 };
        let spee_tip = slope.atan().to_degrees() * place.distal[1] * facing;
        let (mut ex, mut ey, mut ez) = (-distal, outward, up);
        turn(&mut ex, &mut ey, shift.rotation_deg);
        turn(&mut ez, &mut ey, torque + shift.torque_deg + facing * wilson);
        turn(&mut ez, &mut ex, tip + shift.tip_deg - spee_tip);
        // The step between front and back is spread over canine and first premolar.
        let front = [1.0, 1.0, 0.6, 0.2]
            .get(usize::from(tooth.position() - 1))
            .copied()
            .unwrap_or(0.0);
        let level =
            self.level + self.front_rise * front - facing * height + usual_height(tooth) + shift.height_mm;
        let target = point + outward * shift.offset_mm + up * level;
        let [rx, ry, rz] = reference(crown);
        Pose {
            origin: target - ex * rx - ey * ry - ez * rz,
            mesial: ex,
            facial: ey,
            occlusal: ez,
        }
    }

    /// Where a bracket is bonded, if there is one: the middle of the facial surface.
    fn bracket(&self, crown: &Crown) -> Option<[f64; 3]> {
        let bonded =
            self.spec.brackets.of(self.jaw) && crown.tooth.class() != ToothClass::Molar && !crown.is_stump();
        bonded.then(|| {
            let z = 0.55 * crown.size.crown_height;
            [0.0, crown.facial_surface(z), z]
        })
    }

    /// Height (cast z) of the occlusal surface over a place, and its slope towards the back.
    fn occlusal_line(&self, y: f64) -> (f64, f64) {
        let t = y / self.spee_end;
        if t <= 0.0 {
            return (0.0, 0.0);
        }
        let depth = self.spec.spee_mm;
        (
            -4.0 * depth * t * (1.0 - t),
            -4.0 * depth * (1.0 - 2.0 * t) / self.spee_end,
        )
    }

    /// Sets the row; returns it with the arc length of each reference. `crowns` are from the midline on.
    pub(crate) fn set_row(&self, crowns: &[Crown], crowding: f64) -> (Vec<PlacedTooth>, Vec<f64>) {
        let mut placed: Vec<PlacedTooth> = Vec::new();
        let mut lengths = Vec::new();
        let mut last: Option<Outline<'_>> = None;
        let mut s = self.start;
        for crown in crowns {
            let spacing = self.spec.spacing_mm.of(self.jaw);
            let to_molar = crown.tooth.class() != ToothClass::Molar || crown.tooth.is_primary();
            let gap = spacing + if to_molar { self.extra_gap } else { 0.0 };
            let half = 0.5 * crown.size.mesiodistal;
            let outline_at = |s: f64| Outline::new(crown, &self.pose(crown, s, crowding));
            s = match &last {
                // The first begins at the midline: its most mesial point stands there.
                None => root(s + half, |s| outline_at(s).least_x() - self.start - 0.5 * gap),
                Some(before) => {
                    let clearance = |s: f64| before.distance(&outline_at(s)) - gap;
                    // Teeth out of line may pass each other: no nearer than this, touching or not.
                    let nearest = s + (LEAST_ADVANCE * 2.0 - 1.0) * half;
                    if clearance(nearest) >= 0.0 {
                        nearest
                    } else {
                        root(s + half + gap, clearance)
                    }
                }
            };
            last = Some(outline_at(s));
            placed.push(PlacedTooth {
                crown: crown.clone(),
                pose: self.pose(crown, s, crowding),
                present: !self.spec.missing.contains(&crown.tooth),
                buried: -self.irregularity(crown.tooth, crowding).height_mm.min(0.0),
                bracket: self.bracket(crown),
            });
            lengths.push(s);
            s += half;
        }
        (placed, lengths)
    }

    /// The amplitude of crowding at which `excess(row)` (falling with it) is zero, within what is plausible.
    pub(crate) fn squeeze(&self, crowns: &[Crown], excess: impl Fn(&[PlacedTooth], &[f64]) -> f64) -> f64 {
        let value = |crowding: f64| {
            let (placed, lengths) = self.set_row(crowns, crowding);
            excess(&placed, &lengths)
        };
        decreasing_root(MOST_CROWDING, value)
    }

    /// From the left half, where rows are set, to the patient's side.
    pub(crate) fn to_side(&self, mut placed: Vec<PlacedTooth>) -> Vec<PlacedTooth> {
        if self.side == Side::Right {
            for tooth in &mut placed {
                tooth.pose = tooth.pose.mirrored();
            }
        }
        placed
    }
}

/// A tooth's middle stands at least this share of its width beyond the end of the one before.
const LEAST_ADVANCE: f64 = 0.25;
/// Amplitude of crowding (mm) from which on teeth are displaced farther but turned no more.
const TURNS_UP_TO: f64 = 1.5;
/// The most crowding tried: teeth pushed out of line by some 4 mm.
const MOST_CROWDING: f64 = 4.0;

/// The root in `[0, most]` of a function that falls, roughly; the end of the range where there is none.
pub(crate) fn decreasing_root(most: f64, value: impl Fn(f64) -> f64) -> f64 {
    let (mut a, mut fa) = (0.0, value(0.0));
    let (mut b, mut fb) = (most, value(most));
    if fa <= 0.0 {
        return a;
    }
    if fb >= 0.0 {
        return b;
    }
    for _ in 0..12 {
        let t = (a + fa * (b - a) / (fa - fb)).clamp(a + 0.1 * (b - a), b - 0.1 * (b - a));
        let f = value(t);
        if f.abs() < 2e-3 {
            return t;
        }
        if f > 0.0 {
            (a, fa) = (t, f);
        } else {
            (b, fb) = (t, f);
        }
    }
    0.5 * (a + b)
}

/// Turns `a` towards `b` by an angle in degrees, `b` away from `a`.
fn turn(a: &mut Vector3<f64>, b: &mut Vector3<f64>, degrees: f64) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    (*a, *b) = (*a * cos + *b * sin, *b * cos - *a * sin);
}

/// A crown's outline in the occlusal view.
struct Outline<'a> {
    center: [f64; 2],
    /// Directions of the crown's axes in the plane.
    axes: [[f64; 2]; 2],
    radii: &'a [f64],
    points: Vec<[f64; 2]>,
}

impl<'a> Outline<'a> {
    fn new(crown: &'a Crown, pose: &Pose) -> Self {
        let radii = &crown.outline;
        let y = crown.outline_center();
        let z = 0.5 * (crown.mesial_contact[2] + crown.distal_contact[2]);
        let center = pose.arch([0.0, y, z]);
        let points = radii
            .iter()
            .enumerate()
            .map(|(i, r)| {
                let (sin, cos) = (std::f64::consts::TAU * i as f64 / radii.len() as f64).sin_cos();
                let p = pose.arch([r * cos, y + r * sin, z]);
                [p.x, p.y]
            })
            .collect();
        Self {
            center: [center.x, center.y],
            axes: [[pose.mesial.x, pose.mesial.y], [pose.facial.x, pose.facial.y]],
            radii,
            points,
        }
    }

    fn least_x(&self) -> f64 {
        self.points.iter().map(|p| p[0]).fold(f64::INFINITY, f64::min)
    }

    /// About the distance between two outlines, negative when they overlap.
    fn distance(&self, other: &Self) -> f64 {
        let one_way = |a: &Self, b: &Self| {
            let to = [a.center[0] - b.center[0], a.center[1] - b.center[1]];
            // Only the half that faces the other can touch it.
            let facing = |p: &&[f64; 2]| (p[0] - b.center[0]) * to[0] + (p[1] - b.center[1]) * to[1] > 0.0;
            b.points
                .iter()
                .filter(facing)
                .map(|p| a.beyond(p))
                .fold(f64::INFINITY, f64::min)
        };
        one_way(self, other).min(one_way(other, self))
    }

    /// How far a point lies outside, along the ray from the centre.
    fn beyond(&self, p: &[f64; 2]) -> f64 {
        let d = [p[0] - self.center[0], p[1] - self.center[1]];
        let u = d[0] * self.axes[0][0] + d[1] * self.axes[0][1];
        let v = d[0] * self.axes[1][0] + d[1] * self.axes[1][1];
        let turn = v.atan2(u).rem_euclid(std::f64::consts::TAU) / std::f64::consts::TAU;
        let n = self.radii.len();
        let at = turn * n as f64;
        let (i, t) = (at as usize % n, at.fract());
        u.hypot(v) - (self.radii[i] * (1.0 - t) + self.radii[(i + 1) % n] * t)
    }
}

/// The root of a rising function near `guess`: secant steps kept inside a bracket.
fn root(guess: f64, value: impl Fn(f64) -> f64) -> f64 {
    let (mut low, mut high) = (None::<(f64, f64)>, None::<(f64, f64)>);
    let mut t = guess;
    for _ in 0..40 {
        let f = value(t);
        if f.abs() < 1e-7 {
            return t;
        }
        if f < 0.0 {
            low = Some((t, f));
        } else {
            high = Some((t, f));
        }
        t = match (low, high) {
            (Some((a, fa)), Some((b, fb))) => {
                if b - a < 1e-7 {
                    return t;
                }
                (a - fa * (b - a) / (fb - fa)).clamp(a + 0.05 * (b - a), b - 0.05 * (b - a))
            }
            // The slope is about one; a little farther, to get across.
            _ => t - (1.2 * f + 0.01 * f.signum()),
        };
    }
    t
}
