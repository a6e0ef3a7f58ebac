//! What appears at which setting: the same motions with one setting varied.
//!
//! Units: degrees or mm, those of the setting. Each value is a whole measurement of its own; nothing is interpolated.

use std::fmt::{self, Write as _};

use rayon::prelude::*;
use serde::Serialize;
use stonecast_articulator::{Articulator, MotionRequest, Settings};
use stonecast_dental::{Deg, Mm, Sides};
use stonecast_occlusion::Pair;
use stonecast_occlusion::excursion::{self, ExcursionParams, SweptPath, Threshold};
use thiserror::Error;

use super::{case::ArticulateError, summary::pair};
use crate::teeth::pictures::Numbers;

/// Which setting is varied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Varied {
    /// The condylar inclination of both sides.
    Inclination,
    /// The Bennett angle of both sides.
    Bennett,
    /// The immediate side shift of both sides.
    SideShift,
    /// The Fischer angle of both sides.
    Fischer,
}

impl Varied {
    const NAMES: [(&'static str, Self); 4] = [
        ("sci", Self::Inclination),
        ("bennett", Self::Bennett),
        ("iss", Self::SideShift),
        ("fischer", Self::Fischer),
    ];

    /// Settings with this one at a value.
    pub fn at(self, settings: Settings, value: f64) -> Settings {
        match self {
            Self::Inclination => settings.with_inclination(Sides::both(Deg(value))),
            Self::Bennett => settings.with_bennett(Sides::both(Deg(value))),
            Self::SideShift => settings.with_side_shift(Sides::both(Mm(value))),
            Self::Fischer => settings.with_fischer(Sides::both(Deg(value))),
        }
    }

    /// In words, with the unit of its values.
    pub fn words(self) -> &'static str {
        match self {
            Self::Inclination => "condylar inclination, degrees",
            Self::Bennett => "Bennett angle, degrees",
            Self::SideShift => "immediate side shift, mm",
            Self::Fischer => "Fischer angle, degrees",
        }
    }
}

/// Values of a setting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Sweep {
    /// Which.
    pub setting: Varied,
    /// In the order in which they are told.
    pub values: Vec<f64>,
}

/// Why a sweep is not understood.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error(
    "--sweep: {0}; write sci=20:60:5 for 20 to 60 in steps of 5, or sci=20,35,50; sci, bennett, iss or fischer can be varied"
)]
pub struct SweepError(String);

/// More values than this are no question that a person asks.
const MOST_VALUES: usize = 200;

impl Sweep {
    /// Reads `sci=20:60:5` or `sci=20,35,50`.
    ///
    /// # Errors
    /// [`SweepError`].
    pub fn parse(text: &str) -> Result<Self, SweepError> {
        let refused = |why: String| SweepError(why);
        let (name, values) = text
            .split_once('=')
            .ok_or_else(|| refused(format!("`{text}` has no `=`")))?;
        let known = Varied::NAMES.iter().find(|(known, _)| *known == name);
        let setting = known
            .ok_or_else(|| refused(format!("`{name}` cannot be varied")))?
            .1;
        let number = |part: &str| {
            let value: Option<f64> = part.trim().parse().ok().filter(|v: &f64| v.is_finite());
            value.ok_or_else(|| refused(format!("`{part}` is no number")))
        };
        let values = if values.contains(':') {
            let parts: Vec<f64> = values.split(':').map(number).collect::<Result<_, _>>()?;
            let [first, last, step] = parts[..] else {
                return Err(refused(format!("`{values}` is not first:last:step")));
            };
            if step <= 0.0 || last < first {
                return Err(refused(format!("`{values}` does not go upwards")));
            }
            let count = ((last - first) / step + 1e-9).floor();
            if count >= MOST_VALUES as f64 {
                return Err(refused(format!("more than {MOST_VALUES} values")));
            }
            (0..=count as usize).map(|i| first + step * i as f64).collect()
        } else {
            values.split(',').map(number).collect::<Result<Vec<_>, _>>()?
        };
        if values.len() > MOST_VALUES {
            return Err(refused(format!("more than {MOST_VALUES} values")));
        }
        Ok(Self { setting, values })
    }
}

/// A motion at all values, and where an interference comes or goes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Swept {
    /// What was found at each value.
    #[serde(flatten)]
    pub sweep: excursion::Sweep,
    /// Between which values of the setting an interference comes or goes.
    pub thresholds: Vec<Threshold>,
}

/// Measures the motions at every value.
///
/// # Errors
/// [`ArticulateError`] of the first value that cannot be.
pub fn sweep(
    arches: &Pair<'_>,
    articulator: &Articulator,
    requests: &[MotionRequest],
    params: &ExcursionParams,
    sweep: &Sweep,
) -> Result<Vec<Swept>, ArticulateError> {
    let swept = requests.par_iter().map(|request| {
        let path = |value: &f64| {
            let settings = sweep.setting.at(articulator.settings.clone(), *value);
            let path = Articulator::new(articulator.mounting.clone(), settings)?.path(request)?;
            Ok::<_, ArticulateError>(SweptPath { value: *value, path })
        };
        let paths: Vec<SweptPath> = sweep.values.iter().map(path).collect::<Result<_, _>>()?;
        let setting = sweep.setting.words();
        let sweep =
            excursion::sweep(arches, setting, &paths, params).map_err(|why| ArticulateError::Excursion {
                motion: request.kind.name(),
                why,
            })?;
        Ok(Swept {
            thresholds: sweep.thresholds(),
            sweep,
        })
    });
    swept.collect()
}

/// A row for each motion and value.
pub fn csv(swept: &[Swept]) -> Vec<u8> {
    let mut text = "motion,setting,value,guidance,guidance_angle_deg,interferences\n".to_owned();
    for Swept { sweep, .. } in swept {
        for point in &sweep.points {
            let angle = point
                .angle
                .as_ref()
                .map_or(String::new(), |a| format!("{:.2}", a.0));
            let found: Vec<String> = point
                .interferences
                .iter()
                .map(|i| format!("{} {} {:.3} mm", i.kind.name(), i.pair, i.lift.0))
                .collect();
            writeln!(
                text,
                "{},\"{}\",{},{},{angle},{}",
                sweep.kind.name(),
                sweep.setting,
                point.value,
                point.guidance.as_ref().map_or("not measured", |g| g.name()),
                found.join("; ")
            )
            .expect("a string takes every word");
        }
    }
    text.into_bytes()
}

/// The same for people, motion by motion.
pub fn summary(swept: &[Swept], numbers: Numbers) -> String {
    let mut text = String::new();
    for swept in swept {
        tell(&mut text, swept, numbers).expect("a string takes every word");
    }
    text
}

fn tell(text: &mut String, swept: &Swept, numbers: Numbers) -> fmt::Result {
    let Swept { sweep, thresholds } = swept;
    writeln!(text, "\n{} by {}", sweep.kind.name(), sweep.setting)?;
    for point in &sweep.points {
        let found: Vec<String> = (point.interferences.iter())
            .map(|i| format!("{} {}", i.kind.name(), pair(i.pair, numbers)))
            .collect();
        let found = if found.is_empty() {
            "no interference".to_owned()
        } else {
            found.join(", ")
        };
        let guidance = point
            .guidance
            .as_ref()
            .map_or("guidance not measured", |g| g.name());
        writeln!(text, "  {:>6.1}  {guidance:<28} {found}", point.value)?;
    }
    for threshold in thresholds {
        writeln!(
            text,
            "  {} {} is there at {} and gone at {}",
            threshold.kind.name(),
            pair(threshold.pair, numbers),
            threshold.with,
            threshold.without
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_is_a_range_or_a_list() {
        let range = Sweep::parse("sci=20:35:5").unwrap();
        assert_eq!(
            (range.setting, &range.values[..]),
            (Varied::Inclination, &[20.0, 25.0, 30.0, 35.0][..])
        );
        let list = Sweep::parse("iss=0, 0.5,1").unwrap();
        assert_eq!(
            (list.setting, &list.values[..]),
            (Varied::SideShift, &[0.0, 0.5, 1.0][..])
        );
        // The last value stands although tenths are not exact.
        assert_eq!(Sweep::parse("iss=0:0.3:0.1").unwrap().values.len(), 4);
    }

    #[test]
    fn what_is_no_sweep_says_what_one_looks_like() {
        for text in [
            "sci",
            "spin=1,2",
            "sci=a",
            "sci=5:1:1",
            "sci=0:1:0",
            "sci=0:1e9:1",
            "sci=inf",
            "sci=1:2",
        ] {
            let error = Sweep::parse(text).unwrap_err().to_string();
            assert!(error.contains("sci=20:60:5"), "{text}: {error}");
        }
    }
}
