//! What the teeth do along a path of the lower jaw: gaps, contacts, the opening that each pair needs, and what follows.
//!
//! Units: mm, mm², degrees. Frame: the cast frame; the lower arch moves.
//!
//! Steps
//! 1. `track`: for every pair of teeth that come near each other, at every step, the least gap with the jaw as the path
//!    has it, the contact area, and the opening at which the pair just touches.
//! 2. `guidance`: the pairs that need most lead; from them the type, the incisal point's path and its slope.
//! 3. `interference`: back pairs that touch where others should lead.
//! 4. [`Excursion::findings`].
//!
//! The needed opening is a number. The jaw is never posed by it, and nothing here changes a path.
//!
//! Limits: `docs/methods/excursions.md`.
//!
//! References: The Glossary of Prosthodontic Terms, 9th edition, J Prosthet Dent 117(5S) (2017), for the words.

mod approach;
pub(crate) mod crowns;
mod findings;
mod guidance;
mod interference;
mod need;
mod nudge;
mod params;
mod result;
mod sweep;
mod track;

use rayon::prelude::*;
use stonecast_articulator::JawPath;
use stonecast_dental::Warning;

use crate::pair::Pair;
pub(crate) use params::length;
pub use params::{AnglePlane, ExcursionParams};
pub use result::*;
pub use sweep::{Sweep, SweepPoint, SweptInterference, SweptPath, Threshold, sweep};

/// Why a path cannot be measured.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ExcursionError {
    /// The path is empty.
    #[error("the path has no step; give at least the closed bite and one more")]
    NoSteps,
    /// A number of a step is not finite.
    #[error("step {step} of the path holds a number that is not finite; export the path again")]
    NotFinite {
        /// Counted from 0.
        step: usize,
    },
    /// The hinge axis of a step has no direction.
    #[error("step {step} of the path has both ends of its hinge axis in one place; give both condyles")]
    NoHinge {
        /// Counted from 0.
        step: usize,
    },
    /// A sweep over nothing.
    #[error("the sweep has no path; give one for each value of the setting")]
    NoPaths,
    /// A sweep over different motions.
    #[error("the paths of the sweep are different motions; sweep one motion at a time")]
    DifferentMotions,
    /// A sweep's value is not a number.
    #[error("value {place} of the sweep is not a finite number; give the setting that made the path")]
    NoValue {
        /// Counted from 0.
        place: usize,
    },
    /// A parameter is no length.
    #[error("{what} is {value} mm; give a number of millimetres, 0 or more, at most {most}")]
    NotALength {
        /// Which parameter.
        what: &'static str,
        /// What it is.
        value: f64,
        /// The most that makes sense.
        most: f64,
    },
    /// An arch without teeth.
    #[error("the {jaw} arch has no labelled tooth; label its teeth first")]
    NoTeeth {
        /// Which arch.
        jaw: stonecast_dental::Jaw,
    },
}

/// Measures a path.
///
/// # Errors
/// If the path is empty or damaged, or an arch has no teeth.
pub fn measure(
    pair: &Pair<'_>,
    path: &JawPath,
    params: &ExcursionParams,
) -> Result<Excursion, ExcursionError> {
    check(params)?;
    let hinges = hinges(path)?;
    for jaw in [stonecast_dental::Jaw::Upper, stonecast_dental::Jaw::Lower] {
        if pair.surface(jaw).crowns().is_empty() {
            return Err(ExcursionError::NoTeeth { jaw });
        }
    }
    let mut pairs: Vec<PairTrack> = track::candidates(pair, path)
        .into_par_iter()
        .with_max_len(1)
        .filter_map(|(upper, lower)| track::track(upper, lower, path, &hinges, params))
        .collect();
    let steps = guidance::steps(path, &hinges, &mut pairs, params);
    let reading = guidance::read(path, &hinges, &pairs, &steps, params);
    let way = guidance::path(path, &hinges, &pairs, &steps, params);
    Ok(Excursion {
        kind: path.kind,
        working_side: path.kind.working_side(),
        plane: params.plane.clone(),
        guidance: reading,
        path: way,
        interferences: interference::find(path, &hinges, &pairs, params),
        readings: interference::read(path, &hinges, &pairs, params),
        discclusion: guidance::discclusion(path, &hinges, &pairs, params),
        warnings: warnings(&pairs, params),
        teeth: teeth(pair),
        steps,
        pairs,
        params: params.clone(),
    })
}

fn teeth(pair: &Pair<'_>) -> Vec<stonecast_dental::Fdi> {
    let crowns = pair.upper.crowns().iter().chain(pair.lower.crowns());
    let mut teeth: Vec<_> = crowns.map(|c| c.fdi).collect();
    teeth.sort_unstable();
    teeth
}

/// No bite is known so badly that excursions in it mean anything, and no scanner is so noisy, mm.
const MOST_ERROR: f64 = 5.0;

fn check(params: &ExcursionParams) -> Result<(), ExcursionError> {
    let lengths = [
        ("the scanner's noise", Some(params.noise.0)),
        ("the residual of the bite", params.bite_residual.map(|r| r.0)),
    ];
    for (what, value) in lengths {
        let value = value.unwrap_or(0.0);
        if !(0.0..=MOST_ERROR).contains(&value) {
            return Err(ExcursionError::NotALength {
                what,
                value,
                most: MOST_ERROR,
            });
        }
    }
    Ok(())
}

fn hinges(path: &JawPath) -> Result<Vec<need::Hinge>, ExcursionError> {
    if path.steps.is_empty() {
        return Err(ExcursionError::NoSteps);
    }
    let hinge = |(step, s): (usize, &stonecast_articulator::JawStep)| {
        let ends = [s.condyles.right, s.condyles.left];
        let numbers = ends.iter().flatten().chain([&s.travel.0, &s.opening.0]);
        let matrix = s.moved_from_closed.to_homogeneous();
        if !numbers.chain(matrix.iter()).all(|x| x.is_finite()) {
            return Err(ExcursionError::NotFinite { step });
        }
        need::Hinge::of(s).ok_or(ExcursionError::NoHinge { step })
    };
    path.steps.iter().enumerate().map(hinge).collect()
}

fn warnings(pairs: &[PairTrack], params: &ExcursionParams) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let limit = length("deep-bite-contact");
    let deep: Vec<String> = (pairs.iter())
        .filter(|t| t.closed.is_some_and(|c| c.gap.0 < -limit))
        .map(|t| t.pair.to_string())
        .collect();
    if !deep.is_empty() {
        warnings.push(Warning::new(
            "excursion.deep-bite",
            format!(
                "in the closed bite these pairs pass through each other by more than {limit} mm, and only what goes beyond counts: {}",
                deep.join(", ")
            ),
            "check the bite; scan it again if it is too deep",
        ));
    }
    if params.bite_estimated {
        warnings.push(Warning::new(
            "excursion.estimated-bite",
            "the bite was closed by the program, not recorded: which teeth lead may differ in the mouth",
            "scan the arches in their bite",
        ));
    }
    warnings
}
