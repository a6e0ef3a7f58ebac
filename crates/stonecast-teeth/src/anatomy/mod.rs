//! From a tooth's faces to its axes, margin, landmarks and widths.

use crate::{ArchInput, Tooth, segment::Segmentation};

/// Describes every tooth of a segmented arch, sorted by number.
pub fn describe(input: &ArchInput<'_>, segmentation: &Segmentation) -> Vec<Tooth> {
    let _ = (input, segmentation);
    Vec::new()
}
