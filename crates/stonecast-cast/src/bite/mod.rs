//! Bite: how the lower arch stands to the upper, and how that is known.
//!
//! Units: millimetres. Frame: the result moves the lower scan's frame into the upper's.
//!
//! Steps: [`find_bite`] takes the pair as scanned if it stands in occlusion (`as_scanned`); else registers both arches
//! to the bite scans there are (`from_bite_scans`); else fits the arches to each other (`estimate`) and says so.
//!
//! Limits: see the steps' files, and `docs/methods/bite.md` for the errors measured.

mod as_scanned;
mod estimate;
mod fit;
mod from_scans;
mod limits;
mod relation;
mod search;
mod settle;

use serde::{Deserialize, Serialize};
use stonecast_dental::{Checked, Mm, Mm2, ScanRole, Side, Warning};
use stonecast_mesh::{RigidMotion, TriMesh};
use thiserror::Error;

pub use as_scanned::NotInOcclusion;

use limits::Limits;
use relation::Relation;

/// Where on an arch of usual size motions of the lower arch are stated: about the midpoints of the canines' and first
/// molars' crowns, as x and y in the arch's own frame.
const CORNERS: [[f64; 2]; 4] = [[-13.0, 8.0], [13.0, 8.0], [-23.0, 30.0], [23.0, 30.0]];

/// How the bite is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BiteKind {
    /// The two scans already stand in occlusion.
    AsScanned,
    /// Each arch was registered to buccal bite scans.
    FromBiteScan,
    /// Found by fitting the arches to each other; not a record of the patient's bite.
    Estimated,
}

/// The bite of a cast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bite {
    /// How it is known.
    pub kind: BiteKind,
    /// Moves the lower scan's frame into the upper's; the identity where the bite is as scanned.
    pub upper_scan_from_lower_scan: RigidMotion,
    /// For a bite from bite scans, the root mean square distance of the matched points of both arches from the bite
    /// scans; `None` otherwise, for then nothing was measured against a record.
    pub residual: Option<Mm>,
    /// Patches of the lower arch closer to the upper than the contact gap of `tables/bite_limits.toml`, or across it.
    pub contact_count: usize,
    /// The area of those patches.
    pub contact_area: Mm2,
    /// The greatest depth of one arch's vertices in the other; zero when none crosses.
    pub largest_penetration: Mm,
    /// The smallest gap between surfaces that face each other; negative when they cross. `None` when nothing is within
    /// reach.
    pub smallest_gap: Option<Mm>,
    /// The gap that half of the lower arch's facing area does not exceed. `None` when nothing is within reach.
    pub median_gap: Option<Mm>,
    /// The area of the lower arch that faces the upper within reach.
    pub facing_area: Mm2,
    /// What each bite scan contributed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bite_scans: Vec<BiteScanFit>,
    /// In a sentence, what the kind rests on.
    pub evidence: String,
}

/// How a bite scan fits the two arches.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BiteScanFit {
    /// What the scan was called.
    pub role: ScanRole,
    /// The side of the patient on which it fits.
    pub side: Side,
    /// The part of the bite scan that lies on the upper arch, from 0 to 1.
    pub upper_matched: f64,
    /// The root mean square distance of that part from the upper arch.
    pub upper_rms: Mm,
    /// The part of the bite scan that lies on the lower arch.
    pub lower_matched: f64,
    /// The root mean square distance of that part from the lower arch.
    pub lower_rms: Mm,
    /// How far the bite by this scan alone puts its teeth from where the bite by all scans does, root mean square;
    /// zero for a single scan.
    pub disagreement: Mm,
}

/// One arch, for the search of the bite.
#[derive(Clone, Copy, Debug)]
pub struct ArchInput<'a> {
    /// The cleaned surface, in millimetres, in the scanner's frame.
    pub mesh_in_scan: &'a TriMesh,
    /// The motion to the arch's own frame, by orientation.
    pub arch_from_scan: RigidMotion,
}

/// A buccal scan of the closed arches, in any frame.
#[derive(Clone, Copy, Debug)]
pub struct BiteScanInput<'a> {
    /// What it is called.
    pub role: ScanRole,
    /// The surface, in millimetres.
    pub mesh: &'a TriMesh,
}

/// How to find the bite.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BiteParams {
    /// Accept this kind only; any kind when `None`.
    pub only: Option<BiteKind>,
}

/// Why no bite was found.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum BiteError {
    /// The pair was to be taken as scanned, but does not stand in occlusion.
    #[error("the pair is not in occlusion as scanned: {0}: add a bite scan, or allow an estimated bite")]
    NotAsScanned(NotInOcclusion),
    /// The bite was to come from bite scans, but there are none that fit.
    #[error(
        "no bite scan fits both arches: scan the closed teeth of one side again with at least three teeth of each arch, or allow an estimated bite"
    )]
    NoBiteScanFits,
    /// An arch has no crowns near its occlusal plane.
    #[error("an arch has no surface near its occlusal plane: correct its orientation in edits.toml")]
    NoCrowns,
    /// No way was found to put the arches together.
    #[error(
        "the arches do not meet anywhere: check which scan is upper and which is lower, and correct the orientation in edits.toml"
    )]
    NothingFits,
}

/// Finds how the lower arch stands to the upper.
///
/// A pair that stands in occlusion is taken as scanned; otherwise bite scans are used where they fit; otherwise the
/// bite is estimated, with the warning `cast.bite.estimated`. Scans whose frames have nothing to do with each other are
/// never taken for a bite.
///
/// # Errors
/// If no kind of bite, or not the one asked for, can be found.
pub fn find_bite(
    upper: &ArchInput<'_>,
    lower: &ArchInput<'_>,
    bite_scans: &[BiteScanInput<'_>],
    params: &BiteParams,
) -> Result<Checked<Bite>, BiteError> {
    let limits = Limits::get();
    let may_be = |kind| params.only.is_none_or(|only| only == kind);
    let mut warnings = Vec::new();
    let mut why_not = None;
    if may_be(BiteKind::AsScanned) {
        match as_scanned::as_scanned(upper, lower, limits, &mut warnings) {
            Ok(relation) => {
                let evidence = "the scans stand in occlusion in a common frame".to_owned();
                let bite = Bite::new(BiteKind::AsScanned, RigidMotion::identity(), &relation, evidence);
                return Ok(Checked::new(bite, warnings));
            }
            Err(reason) if params.only == Some(BiteKind::AsScanned) => {
                return Err(BiteError::NotAsScanned(reason));
            }
            Err(reason) => why_not = Some(reason),
        }
    }
    if may_be(BiteKind::FromBiteScan)
        && !bite_scans.is_empty()
        && let Some(found) = from_scans::from_bite_scans(upper, lower, bite_scans, limits, &mut warnings)
    {
        crossing(&found.relation, limits, &mut warnings);
        let evidence = format!(
            "both arches were registered to {} bite scan(s), {:.3} mm apart in the root mean square",
            found.scans.len(),
            found.residual
        );
        let mut bite = Bite::new(
            BiteKind::FromBiteScan,
            found.upper_from_lower,
            &found.relation,
            evidence,
        );
        bite.residual = Some(Mm(found.residual));
        bite.bite_scans = found.scans;
        return Ok(Checked::new(bite, warnings));
    }
    if params.only == Some(BiteKind::FromBiteScan) {
        return Err(BiteError::NoBiteScanFits);
    }
    let (pose, relation) = estimate::estimate(upper, lower, limits)?;
    warnings.push(estimated(why_not, bite_scans.len()));
    let evidence = "the arches were fitted to each other; the bite was not recorded".to_owned();
    let bite = Bite::new(BiteKind::Estimated, pose, &relation, evidence);
    Ok(Checked::new(bite, warnings))
}

fn estimated(why_not: Option<NotInOcclusion>, bite_scans: usize) -> Warning {
    let scans = if bite_scans == 0 {
        "no bite scan was given"
    } else {
        "no bite scan fits"
    };
    let because = why_not.map_or_else(String::new, |reason| format!(": {reason}, and {scans}"));
    Warning::new(
        "cast.bite.estimated",
        format!("the bite is estimated from the shapes of the arches, not recorded{because}"),
        "export the scans in occlusion or add a bite scan; judge no contact by this cast",
    )
}

/// Warns of arches that cross more than the compression of teeth and the error of scans explain.
fn crossing(relation: &Relation, limits: &Limits, warnings: &mut Vec<Warning>) {
    if relation.closest < -limits.quiet_depth {
        warnings.push(Warning::new(
            "cast.bite.penetration",
            format!(
                "in this bite the arches cross each other by {:.2} mm",
                relation.largest_penetration()
            ),
            "check the bite with the patient or the scanner's software before judging contacts",
        ));
    }
}

impl Bite {
    fn new(
        kind: BiteKind,
        upper_scan_from_lower_scan: RigidMotion,
        relation: &Relation,
        evidence: String,
    ) -> Self {
        let finite = |gap: f64| gap.is_finite().then_some(Mm(gap));
        Self {
            kind,
            upper_scan_from_lower_scan,
            residual: None,
            contact_count: relation.contact_count,
            contact_area: Mm2(relation.contact_area),
            largest_penetration: Mm(relation.largest_penetration()),
            smallest_gap: finite(relation.smallest_gap),
            median_gap: finite(relation.median_gap),
            facing_area: Mm2(relation.facing_area),
            bite_scans: Vec::new(),
            evidence,
        }
    }
}
