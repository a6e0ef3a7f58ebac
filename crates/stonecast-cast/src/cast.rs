//! `Cast`: both arches in one frame, in their bite, each with its base as a separate body.

use stonecast_dental::Jaw;
use stonecast_mesh::{RigidMotion, TriMesh};

use crate::{base::Base, bite::Bite, clean::CleanReport, orient::Orientation};

/// A diagnostic cast: the promise of the cast stage.
#[derive(Clone, Debug)]
pub struct Cast {
    /// The upper arch, where there is one; a cast has at least one arch.
    pub upper: Option<CastArch>,
    /// The lower arch, where there is one.
    pub lower: Option<CastArch>,
    /// How the arches stand to each other; `None` for a single arch.
    pub bite: Option<Bite>,
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
    /// The rigid motion from the scanner's frame.
    pub cast_from_scan: RigidMotion,
    /// What cleaning changed.
    pub cleaning: CleanReport,
    /// How the arch's own pose was found.
    pub orientation: Orientation,
    /// The body it stands on; `None` when none was asked for or none could be made.
    pub base: Option<Base>,
}
