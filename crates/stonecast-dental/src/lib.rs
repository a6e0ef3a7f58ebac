//! The vocabulary of dental casts: teeth, jaws, units, frames, landmarks, provenance. No meshes, no I/O.

pub mod checked;
pub mod frame;
pub mod landmark;
pub mod provenance;
pub mod tooth;
pub mod units;

pub use checked::{Checked, Warning};
pub use landmark::{Landmark, LandmarkKind};
pub use provenance::{Acquisition, AcquisitionMethod, RowStatus, ScanRole};
pub use tooth::{Fdi, Jaw, Side, ToothClass};
pub use units::{Deg, Mm, Mm2};
