//! The same motion with other settings: which interferences come at which condylar inclination.
//!
//! Units: each setting names its own. Frame: the cast frame.
//!
//! Steps
//! 1. [`sweep`]: each path is measured as [`measure`] does.
//! 2. [`Sweep::thresholds`]: between neighbouring settings at which a pair's interference comes or goes.

use serde::{Deserialize, Serialize};
use stonecast_articulator::{JawPath, MotionKind};
use stonecast_dental::{Deg, Mm, NotMeasured};

use super::params::ExcursionParams;
use super::result::{GuidanceType, InterferenceKind, ToothPair};
use super::{ExcursionError, measure};
use crate::pair::Pair;

/// A path and the value of the setting that made it.
#[derive(Clone, Debug, PartialEq)]
pub struct SweptPath {
    /// In the setting's own unit.
    pub value: f64,
    /// The path.
    pub path: JawPath,
}

/// What came out at one value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweepPoint {
    /// The setting.
    pub value: f64,
    /// What leads.
    pub guidance: Result<GuidanceType, NotMeasured>,
    /// The slope of the incisal point's path.
    pub angle: Result<Deg, NotMeasured>,
    /// What touches that should not.
    pub interferences: Vec<SweptInterference>,
}

/// An interference, without its place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SweptInterference {
    /// Of what kind.
    pub kind: InterferenceKind,
    /// Which pair.
    pub pair: ToothPair,
    /// By how much it lifts at most.
    pub lift: Mm,
    /// Whether it separates the teeth that should lead.
    pub separates: bool,
}

/// Where, between two values of the setting, an interference comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// Of what kind.
    pub kind: InterferenceKind,
    /// Which pair.
    pub pair: ToothPair,
    /// The last value at which it is there, and the neighbouring one at which it is not.
    pub with: f64,
    /// See `with`.
    pub without: f64,
}

/// One motion over several values of a setting.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sweep {
    /// What was varied, with its unit: `condylar inclination, degrees`.
    pub setting: String,
    /// Which motion.
    pub kind: MotionKind,
    /// By value.
    pub points: Vec<SweepPoint>,
}

/// Measures a motion at several values of a setting.
///
/// # Errors
/// As [`measure`]; and if there is no path, a value is not a number, or the motions differ.
pub fn sweep(
    pair: &Pair<'_>,
    setting: &str,
    paths: &[SweptPath],
    params: &ExcursionParams,
) -> Result<Sweep, ExcursionError> {
    let kind = paths.first().ok_or(ExcursionError::NoPaths)?.path.kind;
    if paths.iter().any(|p| p.path.kind != kind) {
        return Err(ExcursionError::DifferentMotions);
    }
    if let Some(place) = paths.iter().position(|p| !p.value.is_finite()) {
        return Err(ExcursionError::NoValue { place });
    }
    let mut points = Vec::with_capacity(paths.len());
    for swept in paths {
        let found = measure(pair, &swept.path, params)?;
        let interferences = found.interferences.iter().map(|i| SweptInterference {
            kind: i.kind,
            pair: i.pair,
            lift: i.lift,
            separates: i.separates,
        });
        points.push(SweepPoint {
            value: swept.value,
            interferences: interferences.collect(),
            guidance: found.guidance.map(|g| g.guidance),
            angle: found.path.angle.map(|a| a.angle),
        });
    }
    points.sort_by(|a, b| a.value.total_cmp(&b.value));
    Ok(Sweep {
        setting: setting.to_owned(),
        kind,
        points,
    })
}

impl Sweep {
    /// Where interferences come and go, by value, kind and pair.
    pub fn thresholds(&self) -> Vec<Threshold> {
        let mut found = Vec::new();
        for two in self.points.windows(2) {
            for (here, there) in [(&two[0], &two[1]), (&two[1], &two[0])] {
                let gone = |i: &&SweptInterference| {
                    !there
                        .interferences
                        .iter()
                        .any(|o| (o.kind, o.pair) == (i.kind, i.pair))
                };
                found.extend(here.interferences.iter().filter(gone).map(|i| Threshold {
                    kind: i.kind,
                    pair: i.pair,
                    with: here.value,
                    without: there.value,
                }));
            }
        }
        found
    }
}
