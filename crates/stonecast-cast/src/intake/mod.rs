//! Intake: bytes of a file to a [`Scan`] in millimetres, with what it shows settled, or a refusal that names the
//! alternatives.
//!
//! Units: the file's own on entry, millimetres on exit. Frame: the scanner's, untouched.
//!
//! Steps: `read` decodes the file and hashes its bytes; [`name_tells`] reads the file's name; `settle_unit` weighs
//! the units; [`facing`] finds a surface that is inside out, which is turned; `settle_roles` weighs what was stated,
//! the names and the shapes, over all files of a patient together.
//!
//! Limits: a mirror image cannot be told from its original, because the mirror image of a dentition is a possible
//! dentition; see [`facing`] for the one trace that a left-handed export leaves.

mod error;
mod facing;
mod faults;
mod name;
mod read;
mod role;
mod unit;

use rayon::prelude::*;
use stonecast_dental::{Acquisition, Checked, ScanRole};

pub use error::{IntakeError, IntakeFault, IntakeSetError, ScanName};
pub use facing::{Facing, facing};
pub use faults::{cleaned_faults, surface_faults};
pub use name::{NameTells, name_tells};
pub use role::ShapeTells;
pub use unit::{SizeAs, measured_width};

use crate::scan::{LengthUnit, Scan};

/// What the user said about a scan; what nobody said is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stated {
    /// What the scan shows.
    pub role: Option<ScanRole>,
    /// The unit of the file's numbers.
    pub unit: Option<LengthUnit>,
    /// How, when and with what the scan was made.
    pub acquisition: Acquisition,
}

/// One file to take in.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    /// The file's content.
    pub bytes: &'a [u8],
    /// The file's name, for its extension and for words such as "upper". It is never repeated in a message.
    pub file_name: Option<&'a str>,
    /// What the user said about it.
    pub stated: Stated,
}

/// Takes in one file.
///
/// # Errors
/// If the file cannot be read, its unit or role cannot be settled, or it holds more than one scan.
pub fn intake(
    bytes: &[u8],
    file_name_hint: Option<&str>,
    stated: &Stated,
) -> Result<Checked<Scan>, IntakeError> {
    let input = Input {
        bytes,
        file_name: file_name_hint,
        stated: stated.clone(),
    };
    let name = ScanName::of(stated.role, None);
    let mut candidates = read::candidates(&input, name).map_err(|fault| IntakeError { scan: name, fault })?;
    if candidates.len() > 1 {
        return Err(IntakeError {
            scan: name,
            fault: IntakeFault::SeveralScans {
                count: candidates.len(),
            },
        });
    }
    let candidate = candidates.pop().ok_or(IntakeError {
        scan: name,
        fault: IntakeFault::NoSurface,
    })?;
    settle(vec![candidate])
        .map(|checked| Checked {
            value: checked
                .value
                .into_iter()
                .next()
                .expect("one candidate gives one scan"),
            warnings: checked.warnings,
        })
        .map_err(|mut e| e.faults.swap_remove(0))
}

/// Takes in all files of one patient, so that each role is settled in view of the others.
///
/// A file (an archive, say) that holds several scans told apart by their names gives several. The scans come in the
/// order of the roles: upper, lower, bite right, bite left.
///
/// # Errors
/// The faults of all files, not of the first alone.
pub fn intake_set(inputs: &[Input<'_>]) -> Result<Checked<Vec<Scan>>, IntakeSetError> {
    let mut candidates = Vec::new();
    let mut faults = Vec::new();
    // Read side by side, gathered in the order of the files.
    let read: Vec<_> = inputs
        .par_iter()
        .enumerate()
        .map(|(i, input)| {
            let scan = ScanName::of(input.stated.role, Some(i + 1));
            (scan, read::candidates(input, scan))
        })
        .collect();
    for (scan, found) in read {
        match found {
            Ok(found) => candidates.extend(found),
            Err(fault) => faults.push(IntakeError { scan, fault }),
        }
    }
    if !faults.is_empty() {
        return Err(IntakeSetError { faults });
    }
    let mut checked = settle(candidates)?;
    checked.value.sort_by_key(|scan| scan.role);
    Ok(checked)
}

/// Settles the roles over all candidates and makes the scans.
fn settle(candidates: Vec<read::Candidate>) -> Result<Checked<Vec<Scan>>, IntakeSetError> {
    let mut warnings = Vec::new();
    let evidence: Vec<role::Evidence> = candidates.iter().map(read::Candidate::role_evidence).collect();
    let roles = role::settle_roles(&evidence, &mut warnings).map_err(|faults| IntakeSetError { faults })?;
    let scans = candidates
        .into_iter()
        .zip(roles)
        .map(|(candidate, (role, role_evidence))| {
            warnings.extend(candidate.warnings);
            Scan {
                role,
                role_evidence,
                source: candidate.source,
                acquisition: candidate.acquisition,
                unit: candidate.unit,
                mesh_in_scan: candidate.mesh,
                colours: candidate.colours,
                faults: candidate.faults,
            }
        })
        .collect();
    Ok(Checked::new(scans, warnings))
}
