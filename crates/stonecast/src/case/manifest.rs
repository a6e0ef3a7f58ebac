//! `case.toml`: what was made, from what, and every fact that was settled.
//!
//! Units: mm, degrees. Frame: motions are named `target_from_source` and given as the four rows of a matrix.

use serde::{Deserialize, Serialize};
use stonecast_cast::{
    bite::Bite,
    clean::CleanReport,
    orient::Orientation,
    scan::{RoleEvidence, SettledUnit},
};
use stonecast_dental::{Acquisition, Fdi, Jaw, ScanRole, Warning};
use stonecast_mesh::RigidMotion;
use stonecast_teeth::Doubt;

use crate::{
    articulate::case::ArticulatorRecord, measure::settings::SettingsRecord, occlusion::case::OcclusionRecord,
};

/// The name of the format, in every manifest.
pub const FORMAT: &str = "stonecast-case";
/// The version of the format that this program writes, and the only one it reads.
pub const VERSION: u32 = 1;

/// The content of `case.toml`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// [`FORMAT`].
    pub format: String,
    /// [`VERSION`].
    pub version: u32,
    /// The program and its version.
    pub program: String,
    /// The frame of everything in `cast/`, in words.
    pub frame: String,
    /// What the user said about the case; what nobody said is left out.
    #[serde(default)]
    pub stated: Stated,
    /// The scans, in the order of their roles.
    #[serde(rename = "scan")]
    pub scans: Vec<ScanRecord>,
    /// The arches, the upper first.
    #[serde(rename = "arch")]
    pub arches: Vec<ArchRecord>,
    /// From the bottom of one base to that of the other, mm; left out without two bases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occluded_height_mm: Option<f64>,
    /// How the arches stand to each other; left out for a single arch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bite: Option<Bite>,
    /// The labelled teeth of each arch, the upper first; left out where none were labelled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teeth: Vec<TeethRecord>,
    /// What was measured; left out where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<FindingsRecord>,
    /// How the arches meet; left out where that was not analysed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub occlusion: Option<OcclusionRecord>,
    /// How the case was articulated; left out where it was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub articulator: Option<ArticulatorRecord>,
    /// Everything that a person should know, in the order in which it was found.
    #[serde(default, rename = "warning", skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Warning>,
    /// Every other file of the folder, sorted by path.
    #[serde(default, rename = "file")]
    pub files: Vec<FileRecord>,
}

/// What the user said about the case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Stated {
    /// The practice's own code for the patient.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patient_code: Option<String>,
    /// The date of the cast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The words on the base.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// One scan: its bytes' identity, and what was settled about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ScanRecord {
    /// What it shows.
    pub role: ScanRole,
    /// How that is known.
    pub role_evidence: RoleEvidence,
    /// Where its bytes lie, unaltered.
    pub path: String,
    /// SHA-256 of the bytes.
    pub sha256: String,
    /// How many bytes.
    pub byte_count: u64,
    /// The format, by its usual extension.
    pub format: String,
    /// Its triangles, as read.
    pub face_count: usize,
    /// Its vertices, as read.
    pub vertex_count: usize,
    /// The unit of its numbers, and how that is known.
    pub unit: SettledUnit,
    /// How it was made, as far as anybody said.
    pub acquisition: Acquisition,
    /// What was found in the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Warning>,
}

/// One arch of the cast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ArchRecord {
    /// Which arch.
    pub jaw: Jaw,
    /// The file of the cleaned surface in the cast frame.
    pub path: String,
    /// Rows of the motion from the scanner's frame to the cast frame.
    pub cast_from_scan: [[f64; 4]; 4],
    /// Its triangles after cleaning.
    pub face_count: usize,
    /// What cleaning changed.
    pub cleaning: CleanReport,
    /// How its pose was found.
    pub orientation: Orientation,
    /// Its base, where one was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base: Option<BaseRecord>,
}

/// The base of an arch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct BaseRecord {
    /// The name of the preset.
    pub preset: String,
    /// The file of the base alone.
    pub path: String,
    /// The file of the anatomy joined with the base, closed and printable.
    pub joined_path: String,
    /// The first triangles of the joined file that show the arch; the rest are base.
    pub anatomy_face_count: usize,
    /// How many of those are triangles of the cleaned surface, unchanged: the first ones.
    pub untouched_face_count: usize,
    /// The share of the arch's area that lies beyond the trim line.
    pub removed_share: f64,
    /// From the occlusal plane to the bottom, mm.
    pub bottom_height_mm: f64,
}

/// The labelled teeth of an arch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TeethRecord {
    /// Which arch.
    pub jaw: Jaw,
    /// The file of the labels: for each vertex and face of the cleaned surface its tooth.
    pub labels: String,
    /// The file of the landmarks, axes, margins and widths.
    pub landmarks: String,
    /// The cleaned surface, its teeth coloured.
    pub coloured: String,
    /// The teeth, sorted by number.
    #[serde(rename = "tooth", default)]
    pub teeth: Vec<ToothSummary>,
    /// What a person should look at, the most doubtful first.
    #[serde(rename = "doubt", default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
}

/// One labelled tooth in brief.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct ToothSummary {
    /// Its number.
    pub fdi: Fdi,
    /// `auto` or `human`.
    pub told_by: String,
    /// How sure the program is, where it was the program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// Greatest mesiodistal width; left out where it was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mesiodistal_mm: Option<f64>,
    /// Greatest buccolingual width; left out where it was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buccolingual_mm: Option<f64>,
}

/// What was measured, in brief.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FindingsRecord {
    /// The file of the findings, with evidence and uncertainty.
    pub path: String,
    /// The file of the same as a table.
    pub table: String,
    /// How many findings were measured.
    pub measured: usize,
    /// How many of them the uncertainty leaves open.
    pub borderline: usize,
    /// How many were not measured; each says why.
    pub not_measured: usize,
    /// How it was measured.
    pub settings: SettingsRecord,
}

/// One file of the folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct FileRecord {
    /// From the folder's root, with forward slashes.
    pub path: String,
    /// What it is, in words.
    pub what: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// How many bytes.
    pub byte_count: u64,
}

/// The four rows of a motion's matrix.
pub fn rows(motion: &RigidMotion) -> [[f64; 4]; 4] {
    let matrix = motion.to_homogeneous();
    std::array::from_fn(|i| std::array::from_fn(|j| matrix[(i, j)]))
}
