//! `Scan`: a file as it came, and what has been settled about it.

use serde::{Deserialize, Serialize};
use stonecast_dental::{Acquisition, ScanRole, Warning};
use stonecast_mesh::formats::DeclaredUnit;
use stonecast_mesh::{TriMesh, VertexData};

/// A scan: the promise of the intake stage.
///
/// The source bytes are kept by the caller, never altered, and named here by their hash; the mesh is in
/// millimetres, finite, and in the scanner's own frame.
#[derive(Clone, Debug)]
pub struct Scan {
    /// What the scan shows.
    pub role: ScanRole,
    /// How the role is known.
    pub role_evidence: RoleEvidence,
    /// The file it came from.
    pub source: Source,
    /// How the scan was made, as far as anybody said.
    pub acquisition: Acquisition,
    /// The unit of the file's numbers and how it was settled.
    pub unit: SettledUnit,
    /// The surface, in millimetres, in the scanner's frame.
    pub mesh_in_scan: TriMesh,
    /// Vertex colours, where the file has them.
    pub colours: Option<VertexData<[u8; 3]>>,
    /// What reading tolerated; [`surface_faults`](crate::intake::surface_faults) and cleaning tell of the surface.
    pub faults: Vec<Warning>,
}

/// The bytes a scan came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// SHA-256 of the bytes, in lower-case hexadecimal.
    pub sha256: String,
    /// How many bytes.
    pub byte_count: u64,
    /// The format, by its usual extension: `stl`, `ply`, ...
    pub format: String,
}

/// How the role of a scan is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RoleEvidence {
    /// The user said so.
    Stated,
    /// The file's name says so.
    FileName,
    /// The shape says so.
    Geometry,
    /// The patient's other scans leave only this.
    Elimination,
}

/// The unit of a file's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LengthUnit {
    /// 0.001 mm.
    Micrometre,
    /// 1 mm.
    Millimetre,
    /// 10 mm.
    Centimetre,
    /// 25.4 mm.
    Inch,
    /// 304.8 mm. Some formats can declare it; it is never guessed.
    Foot,
    /// 1000 mm.
    Metre,
}

impl LengthUnit {
    /// The units that a size alone can tell, the smallest first.
    pub const RECOGNISED: [Self; 5] = [
        Self::Micrometre,
        Self::Millimetre,
        Self::Centimetre,
        Self::Inch,
        Self::Metre,
    ];

    /// The symbol that messages use and `--unit` takes: `um`, `mm`, `cm`, `in`, `ft` or `m`.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Micrometre => "um",
            Self::Millimetre => "mm",
            Self::Centimetre => "cm",
            Self::Inch => "in",
            Self::Foot => "ft",
            Self::Metre => "m",
        }
    }

    /// The unit with this symbol.
    pub fn from_symbol(symbol: &str) -> Option<Self> {
        Self::RECOGNISED
            .into_iter()
            .chain([Self::Foot])
            .find(|unit| unit.symbol() == symbol)
    }

    /// How many millimetres one such unit is.
    pub fn in_mm(self) -> f64 {
        match self {
            Self::Micrometre => 0.001,
            Self::Millimetre => 1.0,
            Self::Centimetre => 10.0,
            Self::Inch => 25.4,
            Self::Foot => 304.8,
            Self::Metre => 1000.0,
        }
    }
}

/// A settled unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettledUnit {
    /// The unit of the file's numbers.
    pub unit: LengthUnit,
    /// How it is known.
    pub evidence: UnitEvidence,
}

/// How the unit of a file is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnitEvidence {
    /// The user said so.
    Stated,
    /// The file declares it.
    Declared,
    /// Only with this unit has the surface the size of a human arch.
    MeasuredSize,
}

impl From<DeclaredUnit> for LengthUnit {
    fn from(unit: DeclaredUnit) -> Self {
        match unit {
            DeclaredUnit::Micrometre => Self::Micrometre,
            DeclaredUnit::Millimetre => Self::Millimetre,
            DeclaredUnit::Centimetre => Self::Centimetre,
            DeclaredUnit::Inch => Self::Inch,
            DeclaredUnit::Foot => Self::Foot,
            DeclaredUnit::Metre => Self::Metre,
        }
    }
}
