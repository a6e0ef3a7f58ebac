//! The formats by name, extension and first bytes.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A file format for surfaces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Format {
    /// Stereolithography triangles, binary or ASCII.
    Stl,
    /// Polygon file format ("Stanford"), ASCII or binary in either byte order.
    Ply,
    /// Wavefront object.
    Obj,
    /// Object file format, with its variants for normals and colours.
    Off,
    /// 3D Manufacturing Format: a zip package of XML.
    ThreeMf,
    /// glTF 2.0 in JSON with embedded buffers.
    Gltf,
    /// glTF 2.0 in its binary container.
    Glb,
    /// VTK XML poly data.
    Vtp,
    /// A zip archive that holds files of the other formats.
    Zip,
    /// 3Shape packed scan (`.hps`, `.dcm`; no DICOM), public schemas CA and CC.
    Hps,
}

impl Format {
    /// All formats, in the order of their declaration.
    pub const ALL: [Self; 10] = [
        Self::Stl,
        Self::Ply,
        Self::Obj,
        Self::Off,
        Self::ThreeMf,
        Self::Gltf,
        Self::Glb,
        Self::Vtp,
        Self::Zip,
        Self::Hps,
    ];

    /// The usual extension, in lower case and without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Stl => "stl",
            Self::Ply => "ply",
            Self::Obj => "obj",
            Self::Off => "off",
            Self::ThreeMf => "3mf",
            Self::Gltf => "gltf",
            Self::Glb => "glb",
            Self::Vtp => "vtp",
            Self::Zip => "zip",
            Self::Hps => "hps",
        }
    }

    /// The format of a file name's extension, in any case and without the dot; `None` when it is no format's.
    pub fn from_extension(extension: &str) -> Option<Self> {
        let lower = extension.to_ascii_lowercase();
        match lower.as_str() {
            "coff" | "noff" | "cnoff" => Some(Self::Off),
            // 3Shape writes its packed scans as `.dcm`; real DICOM is told apart by its content.
            "dcm" => Some(Self::Hps),
            other => Self::ALL.into_iter().find(|f| f.extension() == other),
        }
    }

    /// The format that the first bytes show; `None` when they fit several or none. Binary STL has no mark of
    /// its own: it is told by its size, which must be exactly what the declared count needs.
    pub fn sniff(bytes: &[u8]) -> Option<Self> {
        super::sniff::sniff(bytes)
    }

    /// The name as written in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stl => "STL",
            Self::Ply => "PLY",
            Self::Obj => "OBJ",
            Self::Off => "OFF",
            Self::ThreeMf => "3MF",
            Self::Gltf => "glTF",
            Self::Glb => "GLB",
            Self::Vtp => "VTP",
            Self::Zip => "zip archive",
            Self::Hps => "3Shape HPS",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
