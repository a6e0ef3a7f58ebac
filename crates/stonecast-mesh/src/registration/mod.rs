//! Bringing two surfaces together by a rigid motion.

mod kabsch;

pub use kabsch::rigid_fit;
