//! `Cast`: both arches in one frame, in their bite, each with its base as a separate body; and the stage that makes
//! it.
//!
//! Units: mm. Frame: scans come in their scanner's frame, the cast leaves in the cast frame
//! ([`stonecast_dental::frame`]). The frame of a pair is settled from both arches; an arch alone keeps its own.
//!
//! Steps of [`make_cast`]:
//! 1. [`prepare`] each arch: [`clean`] it and find its pose ([`orient`], or what [`Edits`] states).
//! 2. `relate` the arches: [`find_bite`].
//! 3. `place` both in the cast frame ([`cast_frame`]).
//! 4. `set_on_bases`: [`base_pair`].

use rayon::prelude::*;
use stonecast_dental::{Checked, Jaw, Mm, ScanRole, Warning};
use stonecast_mesh::{RigidMotion, TriMesh, VertexData};
use thiserror::Error;

use crate::{
    base::{Base, BaseError, BaseParams, base_pair},
    bite::{ArchInput, Bite, BiteError, BiteParams, BiteScanInput, find_bite},
    clean::{CleanError, CleanParams, CleanReport, Cleaned, clean},
    edits::{Edits, EditsError},
    orient::{OrientError, OrientParams, Orientation, cast_frame, orient},
    scan::Scan,
};

/// A diagnostic cast: the promise of the cast stage.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The upper arch, where there is one; a cast has at least one arch.
    pub upper: Option<CastArch>,
    /// The lower arch, where there is one.
    pub lower: Option<CastArch>,
    /// How the arches stand to each other; `None` for a single arch.
    pub bite: Option<Bite>,
    /// From the bottom of one base to the bottom of the other; `None` without two bases.
    pub occluded_height: Option<Mm>,
}

impl Cast {
    /// The arch of a jaw.
    pub fn arch(&self, jaw: Jaw) -> Option<&CastArch> {
        match jaw {
            Jaw::Upper => self.upper.as_ref(),
            Jaw::Lower => self.lower.as_ref(),
        }
    }

    /// The arches that there are, the upper first.
    pub fn arches(&self) -> impl Iterator<Item = &CastArch> {
        [&self.upper, &self.lower].into_iter().flatten()
    }
}

/// One arch of a cast.
#[derive(Clone, Debug)]
pub struct CastArch {
    /// Which arch.
    pub jaw: Jaw,
    /// The cleaned surface in the cast frame, untrimmed.
    pub anatomy_in_cast: TriMesh,
    /// Its vertex colours, where the scan has them.
    pub colours: Option<VertexData<[u8; 3]>>,
    /// The rigid motion from the scanner's frame to the cast frame.
    pub cast_from_scan: RigidMotion,
    /// What cleaning changed.
    pub cleaning: CleanReport,
    /// How the arch's own pose was found.
    pub orientation: Orientation,
    /// The body it stands on; `None` when none was asked for.
    pub base: Option<Base>,
}

/// The scans of one patient, by what they show.
#[derive(Clone, Debug, Default)]
pub struct Scans {
    /// The upper arch.
    pub upper: Option<Scan>,
    /// The lower arch.
    pub lower: Option<Scan>,
    /// Bite scans, the right side's first.
    pub bites: Vec<Scan>,
}

impl Scans {
    /// Sorts scans by their roles; of two scans with one role, which intake never gives, the later is taken.
    pub fn sort(scans: Vec<Scan>) -> Self {
        let mut sorted = Self::default();
        for scan in scans {
            match scan.role {
                ScanRole::Upper => sorted.upper = Some(scan),
                ScanRole::Lower => sorted.lower = Some(scan),
                ScanRole::BiteRight | ScanRole::BiteLeft => sorted.bites.push(scan),
            }
        }
        sorted.bites.sort_by_key(|scan| scan.role);
        sorted
    }

    /// All scans, in the order of their roles.
    pub fn iter(&self) -> impl Iterator<Item = &Scan> {
        [&self.upper, &self.lower]
            .into_iter()
            .flatten()
            .chain(&self.bites)
    }
}

/// How to make a cast.
#[derive(Clone, Debug, PartialEq)]
pub struct CastParams {
    /// What cleaning drops and refuses.
    pub clean: CleanParams,
    /// When an orientation is doubtful.
    pub orient: OrientParams,
    /// The base to set the arches on; `None` for none.
    pub base: Option<BaseParams>,
}

impl Default for CastParams {
    fn default() -> Self {
        Self {
            clean: CleanParams::default(),
            orient: OrientParams::default(),
            base: Some(BaseParams::default()),
        }
    }
}

/// A part of the stage's work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Cleaning an arch.
    Clean(Jaw),
    /// Finding an arch's pose.
    Orient(Jaw),
    /// Finding the bite.
    Bite,
    /// Making the bases.
    Base,
}

impl std::fmt::Display for Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Clean(jaw) => write!(f, "clean {jaw}"),
            Self::Orient(jaw) => write!(f, "orient {jaw}"),
            Self::Bite => f.write_str("bite"),
            Self::Base => f.write_str("base"),
        }
    }
}

/// Is told of each part of the work: `true` when it begins, `false` when it ends. Two arches are worked on at once.
pub type Observer<'a> = dyn Fn(Work, bool) + Sync + 'a;

/// Why no cast can be made.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum StageError {
    /// Only bite scans, or nothing.
    #[error("there is no scan of an arch: pass --upper, --lower or both")]
    NoArch,
    /// A scan cannot be cleaned.
    #[error("the {jaw} scan: {source}")]
    Clean {
        /// Whose.
        jaw: Jaw,
        /// Why.
        source: CleanError,
    },
    /// The pose of an arch cannot be found.
    #[error("the {jaw} scan: {source}")]
    Orient {
        /// Whose.
        jaw: Jaw,
        /// Why.
        source: OrientError,
    },
    /// What the corrections state makes no sense.
    #[error(transparent)]
    Edits(#[from] EditsError),
    /// The arches cannot be put together.
    #[error(transparent)]
    Bite(#[from] BiteError),
    /// No base can be made.
    #[error(transparent)]
    Base(#[from] BaseError),
}

/// Makes a cast from the scans of one patient.
///
/// # Errors
/// Everything that is wrong with either arch; or why the arches or their bases cannot be put together.
pub fn make_cast(
    scans: &Scans,
    edits: &Edits,
    params: &CastParams,
    observe: &Observer<'_>,
) -> Result<Checked<Cast>, Vec<StageError>> {
    let mut warnings = Vec::new();
    let prepared = prepare_both(scans, edits, params, observe, &mut warnings)?;
    if prepared.is_empty() {
        return Err(vec![StageError::NoArch]);
    }
    let bite = match &prepared[..] {
        [upper, lower] => Some(relate(upper, lower, scans, edits, observe, &mut warnings).map_err(one)?),
        _ => None,
    };
    let mut cast = place(prepared, bite);
    if let Some(base) = &params.base {
        watched(observe, Work::Base, || {
            set_on_bases(&mut cast, base, &mut warnings)
        })
        .map_err(one)?;
    }
    Ok(Checked::new(cast, warnings))
}

fn one(error: StageError) -> Vec<StageError> {
    vec![error]
}

fn watched<T>(observe: &Observer<'_>, work: Work, job: impl FnOnce() -> T) -> T {
    observe(work, true);
    let done = job();
    observe(work, false);
    done
}

/// A cleaned arch, still in its scanner's frame, with its pose.
#[derive(Clone, Debug)]
pub struct PreparedArch {
    /// Which arch.
    pub jaw: Jaw,
    /// Its surface, cleaned.
    pub cleaned: Cleaned,
    /// Its pose.
    pub orientation: Orientation,
}

impl PreparedArch {
    fn as_input(&self) -> ArchInput<'_> {
        ArchInput {
            mesh_in_scan: &self.cleaned.mesh,
            arch_from_scan: self.orientation.arch_from_scan,
        }
    }
}

/// The arches there are, the upper first, worked on side by side; or what is wrong with either.
fn prepare_both(
    scans: &Scans,
    edits: &Edits,
    params: &CastParams,
    observe: &Observer<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<PreparedArch>, Vec<StageError>> {
    let results: Vec<_> = [(Jaw::Upper, &scans.upper), (Jaw::Lower, &scans.lower)]
        .into_par_iter()
        .filter_map(|(jaw, scan)| {
            scan.as_ref()
                .map(|scan| prepare(jaw, scan, edits, params, observe))
        })
        .collect();
    let mut prepared = Vec::new();
    let mut errors = Vec::new();
    for result in results {
        match result {
            Ok(checked) => prepared.push(checked.unpack(warnings)),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        Ok(prepared)
    } else {
        Err(errors)
    }
}

/// Cleans the scan of an arch and finds its pose.
///
/// # Errors
/// If there is nothing to clean, or no pose is found or stated.
pub fn prepare(
    jaw: Jaw,
    scan: &Scan,
    edits: &Edits,
    params: &CastParams,
    observe: &Observer<'_>,
) -> Result<Checked<PreparedArch>, StageError> {
    let mut warnings = Vec::new();
    let cleaned = watched(observe, Work::Clean(jaw), || {
        clean(&scan.mesh_in_scan, scan.colours.as_ref(), &params.clean)
    })
    .map_err(|source| StageError::Clean { jaw, source })?
    .unpack(&mut warnings);
    // Cleaning knows no jaws.
    for warning in &mut warnings {
        warning.message = format!("{jaw} arch: {}", warning.message);
    }
    let orientation = match edits.orientation.of(jaw) {
        Some(pose) => pose.orientation(jaw)?,
        None => watched(observe, Work::Orient(jaw), || {
            orient(&cleaned.mesh, jaw, &params.orient)
        })
        .map_err(|source| StageError::Orient { jaw, source })?
        .unpack(&mut warnings),
    };
    let prepared = PreparedArch {
        jaw,
        cleaned,
        orientation,
    };
    Ok(Checked::new(prepared, warnings))
}

fn relate(
    upper: &PreparedArch,
    lower: &PreparedArch,
    scans: &Scans,
    edits: &Edits,
    observe: &Observer<'_>,
    warnings: &mut Vec<Warning>,
) -> Result<Bite, StageError> {
    let bite_scans: Vec<BiteScanInput<'_>> = scans
        .bites
        .iter()
        .map(|scan| BiteScanInput {
            role: scan.role,
            mesh: &scan.mesh_in_scan,
        })
        .collect();
    let params = BiteParams {
        only: edits.bite.map(|bite| bite.kind),
    };
    let bite = watched(observe, Work::Bite, || {
        find_bite(&upper.as_input(), &lower.as_input(), &bite_scans, &params)
    })?;
    Ok(bite.unpack(warnings))
}

/// Puts the arches in the cast frame, the lower one carried along by the bite.
fn place(prepared: Vec<PreparedArch>, bite: Option<Bite>) -> Cast {
    let pair_frame = match (&prepared[..], &bite) {
        ([upper, lower], Some(bite)) => {
            let upper_from_lower = bite.upper_scan_from_lower_scan;
            let cast_from_upper = cast_frame(&upper.orientation, &lower.orientation, &upper_from_lower);
            Some((cast_from_upper, cast_from_upper * upper_from_lower))
        }
        _ => None,
    };
    let mut cast = Cast {
        upper: None,
        lower: None,
        bite,
        occluded_height: None,
    };
    for arch in prepared {
        let cast_from_scan = match (arch.jaw, &pair_frame) {
            (_, None) => arch.orientation.arch_from_scan,
            (Jaw::Upper, Some((cast_from_upper, _))) => *cast_from_upper,
            (Jaw::Lower, Some((_, cast_from_lower))) => *cast_from_lower,
        };
        let placed = CastArch {
            jaw: arch.jaw,
            anatomy_in_cast: arch.cleaned.mesh.transformed(&cast_from_scan),
            colours: arch.cleaned.colours,
            cast_from_scan,
            cleaning: arch.cleaned.report,
            orientation: arch.orientation,
            base: None,
        };
        match arch.jaw {
            Jaw::Upper => cast.upper = Some(placed),
            Jaw::Lower => cast.lower = Some(placed),
        }
    }
    cast
}

fn set_on_bases(cast: &mut Cast, params: &BaseParams, warnings: &mut Vec<Warning>) -> Result<(), StageError> {
    let mesh_of = |jaw| cast.arch(jaw).map(|arch| &arch.anatomy_in_cast);
    let bases = base_pair(mesh_of(Jaw::Upper), mesh_of(Jaw::Lower), params)?.unpack(warnings);
    for (arch, base) in [(&mut cast.upper, bases.upper), (&mut cast.lower, bases.lower)] {
        if let Some(arch) = arch {
            arch.base = base;
        }
    }
    cast.occluded_height = bases.occluded_height;
    Ok(())
}
