//! Synthetic dentitions whose truth is known by construction.
//!
//! A [`DentitionSpec`] names everything that can be varied; [`dentition`] makes from it both arches in occlusion,
//! in the cast frame, as open shells like an intraoral scan's, with what is true of them: whose each face is,
//! where the landmarks lie, how wide the teeth are. The demo, the tests and the benchmarks live on them. They are
//! drawings of average anatomy, not samples of patients.
//!
//! ```
//! let pair = stonecast_testkit::demo();
//! assert_eq!(pair.upper.truth.teeth.len(), 14);
//! ```
//!
//! | to | look in |
//! |---|---|
//! | choose what the dentition is like | [`spec`] |
//! | make it | [`pair`] |
//! | know what is true of it | [`truth`], [`bite`], [`proximal`] |
//! | know the true gaps and contact areas at any position of the jaw | [`occlusion`] |
//! | take a dentition planned for canine guidance, group function or an interference | [`planned`] |
//! | draw a hard case at random | [`random`] |
//! | put a scan into a pose of its own | [`motion`] |
//! | give a scan the faults of real ones | [`dirty`] |
//! | scan the bite from the cheek | [`mod@bite_scan`] |
//! | see the average sizes used | [`dimensions`] |

mod arch;
pub mod bite;
pub mod bite_scan;
mod build;
mod clip;
mod crown;
mod curve;
pub mod dimensions;
pub mod dirty;
mod draw;
mod field;
mod gum;
pub mod motion;
pub mod occlusion;
pub mod pair;
mod place;
pub mod planned;
mod polygonise;
pub mod proximal;
pub mod random;
pub mod spec;
pub mod truth;

pub use bite::OcclusalContact;
pub use bite_scan::bite_scan;
pub use dirty::{FaultyScan, ScanFaults, scan_as_if};
pub use motion::{in_random_pose, random_motion};
pub use occlusion::{Meeting, TrueArea, TrueGap, TrueOpening};
pub use pair::{SyntheticArch, SyntheticPair, demo, demo_spec, dentition};
pub use proximal::ProximalContact;
pub use random::random_spec;
pub use spec::{Dentition, DentitionSpec, Jitter, PerJaw, PerSide, ToothShift};
pub use truth::{ArchTruth, BiteTruth, TruePlane, TrueTooth};
