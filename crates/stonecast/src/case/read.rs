//! A finished case, for pictures and for the stages to come.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::Deserialize;
use stonecast_mesh::{
    TriMesh,
    formats::{self, DecodeError, Limits},
};
use thiserror::Error;

use super::{
    manifest::{FORMAT, Manifest, VERSION},
    write::sha256_hex,
};

/// Why a case folder cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The folder or one of its files cannot be opened.
    #[error("{path} of the case cannot be read ({source}): check that the folder is a whole case folder")]
    Io {
        /// From the folder's root.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// `case.toml` is not what this program writes.
    #[error("case.toml cannot be understood ({0}): make the case again")]
    Manifest(String),
    /// Another format or version.
    #[error(
        "case.toml is of the format `{format}`, version {version}; this program reads `stonecast-case`, version 1: \
         make the case again, or use the version of the program that it names"
    )]
    Version {
        /// The format it names.
        format: String,
        /// The version it names.
        version: u32,
    },
    /// A mesh of the case cannot be read.
    #[error("{path} of the case: {source}")]
    Mesh {
        /// From the folder's root.
        path: String,
        /// Why.
        source: DecodeError,
    },
    /// A file is not the one that was written.
    #[error("{path} of the case was changed after it was written: make the case again, or put the file back")]
    Changed {
        /// From the folder's root.
        path: String,
    },
}

/// A case folder that has been opened.
#[derive(Debug)]
pub struct Case {
    root: PathBuf,
    /// What `case.toml` says.
    pub manifest: Manifest,
}

/// What every version of `case.toml` has.
#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

impl Case {
    /// Opens a case folder.
    ///
    /// # Errors
    /// If it has no `case.toml`, or one that this program does not understand.
    pub fn open(root: &Path) -> Result<Self, ReadError> {
        let text = read_file(root, "case.toml")?;
        let text = String::from_utf8_lossy(&text);
        let not_toml = |e: toml::de::Error| ReadError::Manifest(e.message().to_owned());
        let head: Head = toml::from_str(&text).map_err(not_toml)?;
        if head.format != FORMAT || head.version != VERSION {
            return Err(ReadError::Version {
                format: head.format,
                version: head.version,
            });
        }
        Ok(Self {
            root: root.to_owned(),
            manifest: toml::from_str(&text).map_err(not_toml)?,
        })
    }

    /// The bytes of one of the case's files, once they are found to be those written.
    ///
    /// # Errors
    /// If the file is missing or changed.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        let bytes = read_file(&self.root, path)?;
        let recorded = self.manifest.files.iter().find(|file| file.path == path);
        if recorded.is_none_or(|file| file.sha256 != sha256_hex(&bytes)) {
            return Err(ReadError::Changed {
                path: path.to_owned(),
            });
        }
        Ok(bytes)
    }

    /// The text of the corrections that the case was made with, where there were any.
    ///
    /// # Errors
    /// If the file is missing or changed.
    pub fn edits(&self) -> Result<Option<String>, ReadError> {
        let is_listed = self.manifest.files.iter().any(|file| file.path == "edits.toml");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        is_listed.then(|| self.bytes("edits.toml").map(text)).transpose()
    }

    /// The mesh of one of the case's files, in the cast frame, once its bytes are found to be those written.
    ///
    /// # Errors
    /// If the file is missing, changed or unreadable.
    pub fn mesh(&self, path: &str) -> Result<TriMesh, ReadError> {
        let bytes = self.bytes(path)?;
        let decoded =
            formats::decode(&bytes, None, &Limits::default()).map_err(|source| ReadError::Mesh {
                path: path.to_owned(),
                source,
            })?;
        Ok(TriMesh::joined(decoded.parts.iter().map(|part| &part.mesh)))
    }
}

fn read_file(root: &Path, path: &str) -> Result<Vec<u8>, ReadError> {
    fs::read(root.join(path)).map_err(|source| ReadError::Io {
        path: path.to_owned(),
        source,
    })
}
