//! Zip archives, read with a budget.

use std::io::{Cursor, Read};

use zip::ZipArchive;
use zip::result::ZipError;

use super::{DecodeError, Format, Limits, Place};

/// How much compressed streams have expanded to, over a file and the archives within it.
#[derive(Default)]
pub(crate) struct Budget {
    expanded: u64,
}

impl Budget {
    /// How far a stream of `stored` bytes may still expand.
    pub(crate) fn allowance(&self, stored: u64, limits: &Limits) -> u64 {
        // Small streams compress without bound (a file of zeros), and harm nobody.
        let by_ratio = stored.saturating_mul(limits.max_expansion_ratio).max(1 << 20);
        by_ratio.min(limits.max_expanded_bytes.saturating_sub(self.expanded))
    }

    pub(crate) fn spend(&mut self, expanded: u64) {
        self.expanded = self.expanded.saturating_add(expanded);
    }
}

/// Reads `source` to its end, at most `allowance` bytes.
pub(crate) fn read_bounded(
    source: impl Read,
    allowance: u64,
    declared: u64,
    format: Format,
    place: Place,
) -> Result<Vec<u8>, DecodeError> {
    // The declared size is only a hint; a lie costs at most a megabyte.
    let mut bytes = Vec::with_capacity(declared.min(allowance).min(1 << 20) as usize);
    source
        .take(allowance.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|_| DecodeError::malformed(format, place, "a sound compressed stream (it is damaged)"))?;
    let expanded = bytes.len() as u64;
    DecodeError::check_limit(
        format,
        place,
        "bytes or more after expansion",
        expanded,
        allowance,
    )?;
    Ok(bytes)
}

/// An open archive.
pub(crate) struct Package<'a> {
    archive: ZipArchive<Cursor<&'a [u8]>>,
    format: Format,
}

impl<'a> Package<'a> {
    pub(crate) fn open(format: Format, bytes: &'a [u8], limits: &Limits) -> Result<Self, DecodeError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| {
            DecodeError::malformed(
                format,
                Place::File,
                "a directory at the end of the archive (it is cut short or damaged)",
            )
        })?;
        let entries = archive.len() as u64;
        DecodeError::check_limit(format, Place::File, "entries", entries, limits.max_entries)?;
        Ok(Self { archive, format })
    }

    /// How many entries the archive has.
    pub(crate) fn len(&self) -> usize {
        self.archive.len()
    }

    /// The entry's name; empty when it cannot be read as text.
    pub(crate) fn name(&self, entry: usize) -> String {
        match self.archive.name_for_index(entry) {
            Some(Ok(name)) => name.into_owned(),
            _ => String::new(),
        }
    }

    /// The entry with a name, in any case; a leading slash does not count.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        let name = name.trim_start_matches('/');
        (0..self.len()).find(|&i| self.name(i).trim_start_matches('/').eq_ignore_ascii_case(name))
    }

    /// The content of an entry.
    pub(crate) fn read(
        &mut self,
        entry: usize,
        budget: &mut Budget,
        limits: &Limits,
    ) -> Result<Vec<u8>, DecodeError> {
        let format = self.format;
        let place = Place::Item {
            kind: "entry",
            index: entry as u64,
        };
        let file = self.archive.by_index(entry).map_err(|error| match error {
            ZipError::UnsupportedArchive(_) | ZipError::InvalidPassword => DecodeError::unsupported(
                format,
                place,
                "a password or a compression other than deflate",
                "unpack the archive and read the files, or export the scan as binary STL or PLY",
            ),
            _ => DecodeError::malformed(format, place, "a sound entry (it is damaged)"),
        })?;
        let allowance = budget.allowance(file.compressed_size(), limits);
        let declared = file.size();
        let bytes = read_bounded(file, allowance, declared, format, place)?;
        budget.spend(bytes.len() as u64);
        Ok(bytes)
    }
}
