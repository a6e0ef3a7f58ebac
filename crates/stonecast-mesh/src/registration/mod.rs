//! Bringing two surfaces together by a rigid motion.

mod icp;
mod kabsch;
mod sampling;

pub use icp::{FreeMotion, IcpError, IcpParams, IcpReport, icp};
pub use kabsch::rigid_fit;
pub use sampling::{OrientedPoint, sample_surface};
