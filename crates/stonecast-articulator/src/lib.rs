//! Casts on an articulator: how they are mounted, how it is set, and how the lower jaw moves by that.
//!
//! Units: mm, degrees. Frame: the cast frame, which stays with the upper arch; the lower one moves. No surfaces occur here:
//! what the teeth do along a path is measured in `stonecast-occlusion`. Nothing is blocked or deformed by teeth.
//!
//! | to | look in |
//! |---|---|
//! | mount a cast | [`mounting`], [`plane`] |
//! | set the articulator | [`settings`] |
//! | read recorded motion | [`record`] |
//! | find the hinge axis of a record | [`hinge`] |
//! | read settings off a path | [`recover`] |
//! | print what is set | [`sheet`] |
//! | move the jaw | [`motion`], [`path`] |

pub mod hinge;
pub mod motion;
pub mod mounting;
pub mod path;
pub mod plane;
pub mod record;
pub mod recover;
pub mod rigid;
pub mod rows;
pub mod settings;
pub mod sheet;

pub use hinge::{HingeAxis, HingeError};
pub use motion::{Articulator, ArticulatorError, BorderPlane, Extent, MotionRequest, Posture};
pub use mounting::{
    CondyleSource, Mounting, MountingError, MountingInput, MountingMethod, MountingRequest, PlaneSource,
};
pub use path::{JawPath, JawStep, MotionKind};
pub use plane::{PlaneName, ReferencePlane};
pub use record::{JawRecord, Movement, Placement, RecordError, RecordUnit, Start};
pub use recover::{Read, Recovered};
pub use settings::{GuideShape, IncisalGuide, Settings, SettingsError};
pub use sheet::{SettingsSheet, SheetRow, SheetValue};
