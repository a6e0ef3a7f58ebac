//! Zip archives of surface files, as scanners export them.
//!
//! **Steps** 1. Every entry that is neither a folder nor hidden is read within the budget of expansion. 2. Files
//! of a known format are decoded, and their parts named after the file; archives within the archive likewise.
//! 3. Material libraries lend their pictures to the OBJ parts that name them.
//!
//! **Limits** What is no surface is passed over with a note. Files that declare different units are refused,
//! since one archive is one `Decoded` with one unit.

use super::package::{Budget, Package};
use super::{
    DeclaredUnit, DecodeError, Decoded, Format, Limits, Material, Note, NoteCode, Part, Place, decode_within,
    read_mtl,
};

/// Reads all surface files of a zip archive.
///
/// # Errors
/// A damaged archive, one that expands beyond the limits, a surface file in it that cannot be read, none at all.
pub fn read_zip(bytes: &[u8], limits: &Limits) -> Result<Decoded, DecodeError> {
    read_within(bytes, limits, &mut Budget::default(), 1)
}

pub(super) fn read_within(
    bytes: &[u8],
    limits: &Limits,
    budget: &mut Budget,
    depth: u32,
) -> Result<Decoded, DecodeError> {
    let declared = u64::from(depth);
    let limit = u64::from(limits.max_archive_depth);
    DecodeError::check_limit(
        Format::Zip,
        Place::File,
        "archives within one another",
        declared,
        limit,
    )?;
    let mut package = Package::open(Format::Zip, bytes, limits)?;
    let count = package.len();
    let mut out = Decoded {
        format: Format::Zip,
        parts: Vec::new(),
        declared_unit: None,
        notes: Vec::new(),
    };
    let mut first = true;
    let mut libraries = Vec::new();
    for entry in 0..count {
        let name = package.name(entry);
        if is_hidden(&name) {
            continue;
        }
        let content = package.read(entry, budget, limits)?;
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        if extension.eq_ignore_ascii_case("mtl") {
            libraries.push((file_name(&name).to_owned(), read_mtl(&content)));
            continue;
        }
        let hint = Format::from_extension(extension);
        if hint.is_none() && Format::sniff(&content).is_none() {
            let message = "a file in the archive that is no surface is left out";
            out.notes
                .push(Note::new(NoteCode::Skipped, place_of(entry), message));
            continue;
        }
        let decoded = decode_within(&content, hint, limits, budget, depth).map_err(|source| {
            DecodeError::InArchive {
                entry: entry + 1,
                count,
                source: Box::new(source),
            }
        })?;
        if !first {
            check_unit(out.declared_unit, decoded.declared_unit, entry)?;
        }
        first = false;
        out.declared_unit = decoded.declared_unit;
        out.notes.extend(decoded.notes);
        out.parts.extend(
            decoded
                .parts
                .into_iter()
                .map(|part| named_after(file_name(&name), part)),
        );
    }
    if out.parts.is_empty() {
        let found = format!("none of the {count} entries is a surface file");
        return Err(DecodeError::empty(Format::Zip, found));
    }
    lend_pictures(&mut out.parts, &libraries);
    Ok(out)
}

/// Gives parts the picture of the material that they name, where its library lies in the archive.
fn lend_pictures(parts: &mut [Part], libraries: &[(String, Vec<Material>)]) {
    for texture in parts.iter_mut().filter_map(|part| part.texture.as_mut()) {
        let Some(library) = texture.library.as_deref() else {
            continue;
        };
        let known = libraries
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(file_name(library)));
        let material = known.and_then(|(_, materials)| {
            let named = materials
                .iter()
                .find(|m| Some(&m.name) == texture.material.as_ref());
            named.or(materials.first())
        });
        texture.image = material.and_then(|m| m.image.clone());
    }
}

/// Refuses a file whose unit is not that of the files before it.
fn check_unit(
    known: Option<DeclaredUnit>,
    next: Option<DeclaredUnit>,
    entry: usize,
) -> Result<(), DecodeError> {
    if known == next {
        return Ok(());
    }
    let what = "an archive of files that declare different units";
    let remedy = "unpack the archive and read the files one by one";
    Err(DecodeError::unsupported(
        Format::Zip,
        place_of(entry),
        what,
        remedy,
    ))
}

fn place_of(entry: usize) -> Place {
    Place::Item {
        kind: "entry",
        index: entry as u64,
    }
}

/// Folders, hidden files, and the twins that macOS puts into archives.
fn is_hidden(name: &str) -> bool {
    name.ends_with('/') || name.starts_with("__MACOSX/") || file_name(name).starts_with('.')
}

fn file_name(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The file's name tells upper from lower more often than the part's does, so both are kept.
fn named_after(file: &str, part: Part) -> Part {
    let name = match &part.name {
        Some(name) => format!("{file}/{name}"),
        None => file.to_owned(),
    };
    Part {
        name: Some(name),
        ..part
    }
}
