//! The vocabulary of dental casts: teeth, jaws, units, frames, landmarks, findings, provenance. No meshes, no I/O.

pub mod checked;
pub mod finding;
pub mod frame;
pub mod landmark;
pub mod provenance;
pub mod table;
pub mod tooth;
pub mod units;

pub use checked::{Checked, Warning};
pub use finding::{Finding, Findings, NotMeasured, Outcome, Quantity, Score, Unit};
pub use landmark::{Landmark, LandmarkKind};
pub use provenance::{Acquisition, AcquisitionMethod, RowStatus, ScanRole};
pub use tooth::{Fdi, Jaw, Side, Sides, ToothClass};
pub use units::{Deg, Mm, Mm2};
