//! A folder is written beside its place and moved there whole, or not at all.

use std::{
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::{Manifest, manifest::FileRecord};

/// Why a case folder was not written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// Something is at the place already.
    #[error("the output folder exists: choose another --out, or pass --force to replace it")]
    Exists,
    /// What is at the place is no case folder, so it is not replaced even when asked.
    #[error(
        "what is at the output folder is no case folder (it has no case.toml), so it is not replaced: \
         choose another --out"
    )]
    NotACase,
    /// The place has no name.
    #[error("the output folder needs a name: choose another --out")]
    NoName,
    /// The disk says no.
    #[error(
        "{what} could not be written ({source}): check that the folder above it exists, is yours and has room"
    )]
    Io {
        /// What, from the folder's root.
        what: String,
        /// What the system says.
        source: io::Error,
    },
}

/// A file to be written: its path from the folder's root, what it is, and its bytes when asked for.
pub struct Item<'a> {
    path: String,
    what: String,
    bytes: Box<dyn FnOnce() -> Vec<u8> + Send + 'a>,
    sha256: Option<String>,
}

impl<'a> Item<'a> {
    /// A file whose bytes are made when it is written, and freed right after.
    pub fn new(
        path: impl Into<String>,
        what: impl Into<String>,
        bytes: impl FnOnce() -> Vec<u8> + Send + 'a,
    ) -> Self {
        Self {
            path: path.into(),
            what: what.into(),
            bytes: Box::new(bytes),
            sha256: None,
        }
    }

    /// The same file, whose bytes are known to have this SHA-256.
    pub fn hashed(mut self, sha256: String) -> Self {
        self.sha256 = Some(sha256);
        self
    }

    /// The same file below a folder, which ends in a slash.
    pub fn below(mut self, folder: &str) -> Self {
        self.path.insert_str(0, folder);
        self
    }

    /// Writes the file into a folder that is no case.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write_into(self, root: &Path) -> Result<(), WriteError> {
        write_file(root, &self.path, &(self.bytes)())
    }
}

/// A case folder being written. Dropped unfinished, it leaves nothing behind.
#[derive(Debug)]
pub struct CaseWriter {
    place: PathBuf,
    /// Beside the place, on the same disk, so that moving it there is one step.
    scratch: PathBuf,
    force: bool,
    files: Vec<FileRecord>,
}

impl CaseWriter {
    /// Starts a folder that is to stand at `place`; the folders above it are made where they are missing.
    ///
    /// # Errors
    /// If something is there, unless `force` and it is a case folder or empty; or if the folder above cannot be
    /// written.
    pub fn new(place: &Path, force: bool) -> Result<Self, WriteError> {
        check_place(place, force)?;
        let name = place.file_name().ok_or(WriteError::NoName)?.to_string_lossy();
        // Two writers of one process never share a scratch folder.
        static WRITERS: AtomicUsize = AtomicUsize::new(0);
        let writer = WRITERS.fetch_add(1, Ordering::Relaxed);
        let scratch = place.with_file_name(format!(".{name}.{}.{writer}.part", std::process::id()));
        if let Some(above) = place.parent() {
            fs::create_dir_all(above).map_err(io_error("the output folder"))?;
        }
        fs::create_dir(&scratch).map_err(io_error("the output folder"))?;
        Ok(Self {
            place: place.to_owned(),
            scratch,
            force,
            files: Vec::new(),
        })
    }

    /// Starts a new version of the case that stands at `place`: every file of it is taken over but `case.toml` and those
    /// listed ones that `drop` names. What a person put there is not listed, and stays.
    ///
    /// # Errors
    /// If the folder above cannot be written, or a file of the case cannot be taken over.
    pub fn revise(
        place: &Path,
        listed: &[FileRecord],
        drop: impl Fn(&str) -> bool,
    ) -> Result<Self, WriteError> {
        // A place such as `.` has its name only in full.
        let place = &place.canonicalize().map_err(io_error("the case folder"))?;
        let mut writer = Self::new(place, true)?;
        for path in files_below(place)? {
            let record = listed.iter().find(|file| file.path == path);
            if path == "case.toml" || (record.is_some() && drop(&path)) {
                continue;
            }
            take_over(place, &writer.scratch, &path)?;
            writer.files.extend(record.cloned());
        }
        Ok(writer)
    }

    /// Writes files, several at a time.
    ///
    /// # Errors
    /// The first file that could not be written, in the order given.
    pub fn write(&mut self, items: Vec<Item<'_>>) -> Result<(), WriteError> {
        let scratch = &self.scratch;
        let written: Vec<Result<FileRecord, WriteError>> = items
            .into_par_iter()
            .with_max_len(1)
            .map(|item| {
                let bytes = (item.bytes)();
                write_file(scratch, &item.path, &bytes)?;
                Ok(FileRecord {
                    sha256: item.sha256.unwrap_or_else(|| sha256_hex(&bytes)),
                    byte_count: bytes.len() as u64,
                    path: item.path,
                    what: item.what,
                })
            })
            .collect();
        for record in written {
            self.files.push(record?);
        }
        Ok(())
    }

    /// Adds `case.toml` and moves the folder to its place.
    ///
    /// # Errors
    /// If the manifest cannot be written or the folder cannot be moved.
    ///
    /// # Panics
    /// If the manifest has a value that TOML cannot write; by its types it has none.
    pub fn finish(mut self, mut manifest: Manifest) -> Result<Manifest, WriteError> {
        self.files.sort();
        manifest.files = std::mem::take(&mut self.files);
        let text = toml::to_string(&manifest).expect("a manifest's fields are all of TOML's types");
        write_file(&self.scratch, "case.toml", text.as_bytes())?;
        check_place(&self.place, self.force)?;
        let old = self.scratch.with_extension("old");
        let replaces = self.place.exists();
        if replaces {
            fs::rename(&self.place, &old).map_err(io_error("the output folder"))?;
        }
        if let Err(error) = fs::rename(&self.scratch, &self.place) {
            if replaces {
                // Nothing better can be done than to put the old folder back; the first error is the one to report.
                let _ = fs::rename(&old, &self.place);
            }
            return Err(io_error("the output folder")(error));
        }
        if replaces {
            fs::remove_dir_all(&old).map_err(io_error("the replaced folder"))?;
        }
        Ok(manifest)
    }
}

impl Drop for CaseWriter {
    fn drop(&mut self) {
        // After `finish` there is nothing at the scratch place, and that is no fault.
        let _ = fs::remove_dir_all(&self.scratch);
    }
}

/// Refuses a place where something stands, unless it may be replaced.
///
/// # Errors
/// [`WriteError::Exists`] and [`WriteError::NotACase`].
pub fn check_place(place: &Path, force: bool) -> Result<(), WriteError> {
    if !place.exists() {
        return Ok(());
    }
    let is_empty = fs::read_dir(place).is_ok_and(|mut entries| entries.next().is_none());
    let is_case = place.join("case.toml").is_file();
    match (force, is_empty || is_case) {
        (false, _) => Err(WriteError::Exists),
        (true, false) => Err(WriteError::NotACase),
        (true, true) => Ok(()),
    }
}

fn write_file(root: &Path, path: &str, bytes: &[u8]) -> Result<(), WriteError> {
    let full = root.join(path);
    if let Some(folder) = full.parent() {
        fs::create_dir_all(folder).map_err(io_error(path))?;
    }
    // A file that was taken over may be the very file of the old folder: it must not be written through.
    match fs::remove_file(&full) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(path)(error)),
        _ => {}
    }
    fs::write(full, bytes).map_err(io_error(path))
}

/// Every file below a folder, by its path from there with forward slashes, sorted.
fn files_below(root: &Path) -> Result<Vec<String>, WriteError> {
    let mut found = Vec::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(root.join(&folder)).map_err(io_error(&folder))?;
        for entry in entries {
            let entry = entry.map_err(io_error(&folder))?;
            let path = format!("{folder}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                folders.push(format!("{path}/"));
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Puts a file of one folder into another: as a second name of the same bytes where the disk can do that.
fn take_over(from: &Path, to: &Path, path: &str) -> Result<(), WriteError> {
    let target = to.join(path);
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder).map_err(io_error(path))?;
    }
    let source = from.join(path);
    fs::hard_link(&source, &target)
        .or_else(|_| fs::copy(&source, &target).map(|_| ()))
        .map_err(io_error(path))
}

fn io_error(what: &str) -> impl FnOnce(io::Error) -> WriteError {
    let what = what.to_owned();
    move |source| WriteError::Io { what, source }
}

/// SHA-256 in lower-case hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            write!(hex, "{byte:02x}").expect("a string takes every word");
            hex
        })
}
