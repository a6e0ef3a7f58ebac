//! The soft tissue: collars of gingiva about each tooth, the alveolar ridge, the palate; and where the scan ends.
//!
//! Units: mm. Frame: the arch frame (`h` occlusal).
//!
//! Steps:
//! 1. `collar`: gingiva that clings to a tooth's wall up to its scalloped margin.
//! 2. `ridge`: the alveolar ridge along the arch, as high and as broad as the necks that stand in it.
//! 3. `vault`: the palate, with rugae, raphe and incisive papilla.
//! 4. `beyond`: positive outside the scanned part; its zero line is the scan's border.

use nalgebra::Vector3;
use stonecast_dental::Jaw;

use crate::crown::{smax, smin, smoothstep};
use crate::curve::ArchCurve;
use crate::draw::Draw;
use crate::place::PlacedTooth;
use crate::spec::DentitionSpec;

/// Distance between the knots of the tables along the arch, mm of `x` on the curve.
const KNOT: f64 = 0.5;
/// The tables reach this far to either side, mm.
const REACH: f64 = 40.0;
/// Over how far neighbouring necks are averaged, mm.
const NECK_BLEND: f64 = 3.5;

/// The necks' level, middle and breadth at a place along the arch.
#[derive(Clone, Copy, Debug, Default)]
struct Neck {
    level: f64,
    middle: f64,
    half: f64,
}

/// The soft tissue of one arch.
#[derive(Clone, Debug)]
pub(crate) struct Gum {
    jaw: Jaw,
    curve: ArchCurve,
    necks: Vec<Neck>,
    level: f64,
    spec: Shape,
    /// Phases of the border's waves and of the rugae.
    phases: [f64; 6],
    mirror: f64,
    /// `y` at which the scan ends, on the right and on the left.
    end: [f64; 2],
    midline: f64,
}

#[derive(Clone, Copy, Debug)]
struct Shape {
    palate_depth: f64,
    rugae: f64,
    recession: f64,
    border: f64,
    waves: f64,
    palate: bool,
}

impl Gum {
    pub(crate) fn new(spec: &DentitionSpec, jaw: Jaw, curve: ArchCurve, teeth: &[PlacedTooth]) -> Self {
        let samples: Vec<(f64, Neck)> = teeth
            .iter()
            .map(|t| {
                let neck = t
                    .pose
                    .arch([0.0, 0.0, 0.12 * t.crown.size.crown_height + t.buried]);
                let (middle, foot) = curve.offset(neck.x, neck.y);
                let half = 0.5 * t.crown.size.buccolingual_cervix;
                let neck_here = Neck {
                    level: neck.z,
                    middle,
                    half: if t.present { half } else { 0.75 * half },
                };
                (foot.copysign(neck.x), neck_here)
            })
            .collect();
        let count = (2.0 * REACH / KNOT) as usize + 1;
        let necks = (0..count)
            .map(|i| blend(&samples, -REACH + KNOT * i as f64))
            .collect::<Vec<_>>();
        let level = samples.iter().map(|s| s.1.level).sum::<f64>() / samples.len().max(1) as f64;
        let draw = Draw::new(spec.seed).keyed(jaw.name()).keyed("gum");
        let phases = std::array::from_fn(|i| draw.at(i as u64).between(0.0, std::f64::consts::TAU));
        let last = |sign: f64| {
            teeth
                .iter()
                .map(|t| t.pose.arch(t.crown.distal_contact))
                .filter(|p| p.x * sign > 0.0)
                .map(|p| p.y)
                .fold(f64::NEG_INFINITY, f64::max)
        };
        Self {
            jaw,
            curve,
            necks,
            level,
            spec: Shape {
                palate_depth: spec.palate_depth_mm,
                rugae: spec.rugae_mm,
                recession: spec.recession_mm,
                border: spec.border_mm,
                waves: spec.border_waves_mm,
                palate: spec.palate && jaw == Jaw::Upper,
            },
            phases,
            mirror: if spec.mirrored { -1.0 } else { 1.0 },
            end: [last(-1.0) + 4.0, last(1.0) + 4.0],
            midline: 0.0,
        }
    }

    fn neck(&self, foot: f64) -> Neck {
        let u = ((foot + REACH) / KNOT).clamp(0.0, (self.necks.len() - 2) as f64);
        let i = (u as usize).min(self.necks.len() - 2);
        let t = u - i as f64;
        let (a, b) = (&self.necks[i], &self.necks[i + 1]);
        Neck {
            level: a.level + t * (b.level - a.level),
            middle: a.middle + t * (b.middle - a.middle),
            half: a.half + t * (b.half - a.half),
        }
    }

    /// The neck at a distance along the arch from its front, on the side of `x`. In the middle both sides count: deep
    /// in the palate they are equally near, and neither may be preferred.
    fn neck_beside(&self, x: f64, foot: f64) -> Neck {
        const BOTH: f64 = 2.0;
        let (right, left) = (self.neck(-foot), self.neck(foot));
        let t = smoothstep(-BOTH, BOTH, x);
        let mix = |a: f64, b: f64| a + t * (b - a);
        Neck {
            level: mix(right.level, left.level),
            middle: mix(right.middle, left.middle),
            half: mix(right.half, left.half),
        }
    }

    /// Gingiva about a tooth, from the distance to its wall.
    #[inline]
    pub(crate) fn collar(&self, tooth: &PlacedTooth, own: [f64; 3], wall: f64) -> f64 {
        let [x, y, z] = own;
        let margin = tooth.crown.margin_height(x, y) - self.spec.recession + tooth.buried;
        let below = (margin - z).max(0.0);
        let thickness = 0.30 + (0.22 * below).min(0.9);
        let top = (z - margin) * 0.9;
        smax(wall - thickness, top, 0.55)
    }

    /// Ridge and palate.
    #[inline]
    pub(crate) fn ridge(&self, p: &Vector3<f64>) -> f64 {
        let (n, foot) = self.curve.offset(p.x, p.y);
        let neck = self.neck_beside(p.x, foot);
        let n = n - neck.middle;
        let depth = neck.level - p.z;
        let flare = 0.05 * (depth - 4.0).max(0.0).powi(2);
        let facial = n - neck.half - 0.2 - 0.14 * depth.max(-2.0) - flare;
        let lingual = -n - neck.half - 0.2 - 0.20 * depth.max(-2.0);
        let walls = smax(facial, lingual, 2.0);
        let crest = p.z - (neck.level - 1.3 - self.spec.recession);
        let ridge = smax(walls * 0.97, crest, 3.0);
        if self.spec.palate {
            smin(ridge, self.vault(p, -n - neck.half), 4.0)
        } else {
            ridge
        }
    }

    /// The palate: height above the vault's surface, `inward` from the necks.
    fn vault(&self, p: &Vector3<f64>, inward: f64) -> f64 {
        let x = (p.x - self.midline) * self.mirror;
        let rise = smoothstep(-3.0, 14.0, inward);
        let mut surface = self.level - 1.0 - self.spec.palate_depth * rise;
        let lateral = x.abs();
        let here = smoothstep(1.0, 2.2, lateral)
            * smoothstep(11.0, 8.0, lateral)
            * smoothstep(7.0, 9.5, p.y)
            * smoothstep(23.0, 18.0, p.y)
            * smoothstep(1.0, 4.0, inward);
        if here > 0.0 {
            // Three to four pairs of wavy folds that leave the raphe and run outward and forward.
            let side = if x > 0.0 { 0.0 } else { 1.7 };
            let along = p.y + 0.25 * lateral + 0.5 * (0.9 * lateral + self.phases[0] + side).sin();
            let fold = (std::f64::consts::TAU * along / 4.2 + self.phases[1] + 0.6 * side).cos();
            surface += self.spec.rugae * smoothstep(0.1, 1.0, fold) * here;
        }
        if lateral < 4.0 {
            let raphe = (-(x / 0.9).powi(2)).exp() * smoothstep(9.0, 12.0, p.y);
            surface += 0.25 * self.spec.rugae * raphe;
            let papilla = (-(x / 1.7).powi(2) - ((p.y - 8.0) / 2.6).powi(2)).exp();
            surface += 1.2 * papilla;
        }
        // Facially of the ridge there is no palate.
        smax((p.z - surface) * 0.8, -inward - 3.0, 2.0)
    }

    /// Positive beyond the scan's border.
    pub(crate) fn beyond(&self, p: &Vector3<f64>) -> f64 {
        let (n, foot) = self.curve.offset(p.x, p.y);
        let neck = self.neck_beside(p.x, foot);
        let n = n - neck.middle;
        let depth = neck.level - p.z;
        let along = foot.copysign(p.x) * self.mirror;
        let wave = |a: f64, b: f64| {
            self.spec.waves * (0.6 * (along / 3.3 + a).sin() + 0.4 * (along / 1.45 + b).sin())
        };
        let facial = depth - self.spec.border - wave(self.phases[2], self.phases[3]);
        let lingual = depth - self.spec.border - 2.0 - wave(self.phases[4], self.phases[5]);
        let low = if self.spec.palate {
            facial.min(n + 1.0)
        } else {
            let t = smoothstep(-2.0, 2.0, n);
            lingual + t * (facial - lingual)
        };
        let t = smoothstep(-15.0, 15.0, p.x);
        let end = self.end[0] + t * (self.end[1] - self.end[0]);
        let wave = 0.5 * self.spec.waves * (p.x * self.mirror / 3.1 + self.phases[0]).sin();
        let retreat = if self.spec.palate { 0.002 * p.x * p.x } else { 0.0 };
        low.max(p.y - end - wave + retreat)
    }

    /// The middle of the ridge at the midline, at the necks' level.
    pub(crate) fn front(&self) -> Vector3<f64> {
        let neck = self.neck(0.0);
        let place = self.curve.place(0.0);
        Vector3::new(0.0, place.point[1] + neck.middle * place.outward[1], neck.level)
    }

    /// -1 for a mirror image, else 1.
    pub(crate) fn hand(&self) -> f64 {
        self.mirror
    }

    /// True when the palate is part of the scan.
    pub(crate) fn has_palate(&self) -> bool {
        self.spec.palate
    }

    /// The jaw whose tissue this is.
    pub(crate) fn jaw(&self) -> Jaw {
        self.jaw
    }
}

/// The necks about a place, averaged; beyond the last tooth, the last.
fn blend(samples: &[(f64, Neck)], at: f64) -> Neck {
    let nearest = samples
        .iter()
        .map(|s| (s.0 - at).abs())
        .fold(f64::INFINITY, f64::min);
    let (mut sum, mut total) = (Neck::default(), 0.0);
    for (place, neck) in samples {
        let d = ((place - at).abs() - nearest) * ((place - at).abs() + nearest);
        let w = (-d / (2.0 * NECK_BLEND * NECK_BLEND)).exp();
        sum.level += w * neck.level;
        sum.middle += w * neck.middle;
        sum.half += w * neck.half;
        total += w;
    }
    if total > 0.0 {
        sum.level /= total;
        sum.middle /= total;
        sum.half /= total;
    }
    sum
}
