//! From a file's bytes to surfaces in millimetres, their roles still open.

use std::fmt::Write as _;

use rayon::prelude::*;
use sha2::{Digest, Sha256};
use stonecast_dental::{Acquisition, ScanRole, Warning};
use stonecast_mesh::formats::{Decoded, Format, Limits, Part, decode};
use stonecast_mesh::{Point, TriMesh, VertexData};

use super::unit::{Expected, settle_unit};
use super::{Facing, Input, IntakeFault, NameTells, ScanName, ShapeTells, facing, name_tells, role};
use crate::orient::guess_jaw;
use crate::scan::{LengthUnit, SettledUnit, Source};

/// A surface on its way to becoming a scan.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    scan: ScanName,
    stated: Option<ScanRole>,
    name: NameTells,
    shape: Option<ShapeTells>,
    pub mesh: TriMesh,
    pub colours: Option<VertexData<[u8; 3]>>,
    pub unit: SettledUnit,
    pub source: Source,
    pub acquisition: Acquisition,
    pub faults: Vec<Warning>,
    pub warnings: Vec<Warning>,
}

impl Candidate {
    pub fn role_evidence(&self) -> role::Evidence {
        role::Evidence {
            scan: self.scan,
            stated: self.stated,
            name: self.name,
            shape: self.shape,
        }
    }
}

/// Reads a file into the scans it holds: one, unless its parts bear names for different roles.
pub(super) fn candidates(input: &Input<'_>, scan: ScanName) -> Result<Vec<Candidate>, IntakeFault> {
    let hint = input
        .file_name
        .and_then(|name| name.rsplit_once('.'))
        .and_then(|(_, extension)| Format::from_extension(extension));
    let decoded = decode(input.bytes, hint, &Limits::default())?;
    let source = Source {
        sha256: sha256_hex(input.bytes),
        byte_count: input.bytes.len() as u64,
        format: decoded.format.extension().to_owned(),
    };
    let declared = decoded.declared_unit.map(LengthUnit::from);
    let notes = tolerated(&decoded, scan);
    let file_tells = input.file_name.map_or(NameTells::Nothing, name_tells);
    groups(decoded.parts, input.stated.role, file_tells)
        .into_par_iter()
        .map(|(name, parts)| candidate(scan, name, parts, input, declared, &source, &notes))
        .collect()
}

fn candidate(
    scan: ScanName,
    name: NameTells,
    parts: Vec<Part>,
    input: &Input<'_>,
    declared: Option<LengthUnit>,
    source: &Source,
    notes: &[Warning],
) -> Result<Candidate, IntakeFault> {
    let mut warnings = Vec::new();
    let (mesh, colours) = merged(parts, scan, &mut warnings);
    let expected = match (input.stated.role, name) {
        (Some(ScanRole::BiteLeft | ScanRole::BiteRight), _) | (None, NameTells::Bite(_)) => Expected::Bite,
        _ => Expected::Arch,
    };
    let unit = settle_unit(&mesh, expected, input.stated.unit, declared, scan, &mut warnings)?;
    let mesh = turned_outwards(in_millimetres(mesh, unit.unit), scan, &mut warnings);
    // Where the role is told otherwise, orientation compares it with the shape: it finds the pose in any case.
    let is_told = input.stated.role.is_some() || matches!(name, NameTells::Arch { sure: true, .. });
    let shape = (expected == Expected::Arch && !is_told)
        .then(|| guess_jaw(&mesh).ok())
        .flatten()
        .map(|guess| ShapeTells {
            jaw: guess.jaw,
            confidence: guess.confidence,
        });
    Ok(Candidate {
        scan,
        stated: input.stated.role,
        name,
        shape,
        mesh,
        colours,
        unit,
        source: source.clone(),
        acquisition: input.stated.acquisition.clone(),
        faults: notes.to_vec(),
        warnings,
    })
}

/// Sorts a file's parts into scans. Parts with names for different roles are different scans, unless the role of
/// the file is known: then the parts named for it are the scan. What bears no such name belongs to the one scan.
fn groups(parts: Vec<Part>, stated: Option<ScanRole>, file_tells: NameTells) -> Vec<(NameTells, Vec<Part>)> {
    let mut groups: Vec<(NameTells, Vec<Part>)> = Vec::new();
    for part in parts {
        let tells = match part.name.as_deref().map_or(NameTells::Nothing, name_tells) {
            NameTells::Contradiction | NameTells::Nothing => file_tells,
            told => told,
        };
        match groups.iter_mut().find(|(name, _)| *name == tells) {
            Some((_, members)) => members.push(part),
            None => groups.push((tells, vec![part])),
        }
    }
    let wanted = |name: NameTells| match (stated, name) {
        (Some(role), NameTells::Arch { jaw, .. }) => role == jaw.into(),
        (Some(role), NameTells::Bite(side)) => {
            role.jaw().is_none() && (side.is_none() || role.side() == side)
        }
        (Some(_), NameTells::Contradiction | NameTells::Nothing) | (None, _) => false,
    };
    if let Some(at) = groups.iter().position(|(name, _)| wanted(*name)) {
        return vec![groups.swap_remove(at)];
    }
    groups
}

/// All parts as one surface.
fn merged(
    mut parts: Vec<Part>,
    scan: ScanName,
    warnings: &mut Vec<Warning>,
) -> (TriMesh, Option<VertexData<[u8; 3]>>) {
    if parts.len() > 1 {
        warnings.push(Warning::new(
            "intake.parts.merged",
            format!("{scan} comes in {} parts, which are taken together", parts.len()),
            "export the arch as one surface if the parts do not belong together",
        ));
        let colours = parts
            .iter()
            .map(|p| p.colours.as_ref().map(VertexData::as_slice))
            .collect::<Option<Vec<_>>>()
            .map(|all| VertexData::from_vec(all.concat()));
        return (TriMesh::joined(parts.iter().map(|p| &p.mesh)), colours);
    }
    parts
        .pop()
        .map_or_else(|| (TriMesh::default(), None), |part| (part.mesh, part.colours))
}

fn in_millimetres(mesh: TriMesh, unit: LengthUnit) -> TriMesh {
    let scale = unit.in_mm();
    if unit == LengthUnit::Millimetre {
        return mesh;
    }
    mesh.map_points(|p| Point::from(p.coords * scale))
        .expect("readers bound coordinates far below what a scale of a thousand could make infinite")
}

fn turned_outwards(mesh: TriMesh, scan: ScanName, warnings: &mut Vec<Warning>) -> TriMesh {
    if facing(&mesh) != Facing::Inwards {
        return mesh;
    }
    warnings.push(Warning::new(
        "intake.inside-out",
        format!(
            "{scan} was inside out and has been turned; either its triangles were wound the wrong way, or it is a mirror \
             image from an export with a left-handed frame, which the shape cannot tell"
        ),
        "compare left and right with the patient, and export again if they are exchanged",
    ));
    mesh.flipped()
}

fn tolerated(decoded: &Decoded, scan: ScanName) -> Vec<Warning> {
    decoded
        .notes
        .iter()
        .map(|note| {
            Warning::new(
                "intake.file",
                format!("{scan}, {}: {}", note.place, note.message),
                "export the scan again if the surface looks wrong",
            )
        })
        .collect()
}

fn sha256_hex(bytes: &[u8]) -> String {
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        write!(hex, "{byte:02x}").expect("a string takes all that is written to it");
    }
    hex
}
