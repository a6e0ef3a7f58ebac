//! Cleaning: a scan's mesh to one orientable manifold surface, every change counted.

use serde::{Deserialize, Serialize};

/// What cleaning changed, as counts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CleanReport {}
