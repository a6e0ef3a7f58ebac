//! What the fuzz targets check, and the files that they start from, shared with the crate's own tests.

#[path = "../../crates/stonecast-mesh/tests/formats/property.rs"]
pub mod property;

#[allow(dead_code, reason = "the tests build more of these files than the seeds need")]
#[path = "../../crates/stonecast-mesh/tests/formats/files.rs"]
pub mod files;

#[path = "../../crates/stonecast-mesh/tests/formats/samples.rs"]
pub mod samples;
