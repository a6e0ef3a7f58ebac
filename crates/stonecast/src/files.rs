//! The files of a cast: which meshes a case folder holds, and under what names.

use stonecast_cast::{Cast, CastArch};
use stonecast_dental::Jaw;
use stonecast_mesh::formats::{
    DeclaredUnit, Part, PlyCoordinates, PlyOptions, encode_ply, encode_stl, encode_threemf,
};

use crate::case::{
    manifest::{ArchRecord, BaseRecord, rows},
    write::Item,
};

/// The cleaned, untrimmed surface of an arch: exact, with the scan's colours.
fn anatomy_path(jaw: Jaw) -> String {
    format!("cast/{jaw}.ply")
}

/// The base of an arch alone.
fn base_path(jaw: Jaw) -> String {
    format!("cast/{jaw}-base.stl")
}

/// An arch on its base, closed.
fn joined_path(jaw: Jaw) -> String {
    format!("cast/{jaw}-based.stl")
}

/// Every mesh of the cast, to be written.
pub fn mesh_items(cast: &Cast) -> Vec<Item<'_>> {
    cast.arches().flat_map(arch_items).collect()
}

fn arch_items(arch: &CastArch) -> Vec<Item<'_>> {
    let jaw = arch.jaw;
    let mut items = vec![Item::new(
        anatomy_path(jaw),
        format!("{jaw} arch, cleaned, untrimmed, cast frame, mm"),
        move || {
            let part = Part {
                colours: arch.colours.clone(),
                ..Part::from_mesh(arch.anatomy_in_cast.clone())
            };
            let exact = PlyOptions {
                coordinates: PlyCoordinates::F64,
                ..PlyOptions::default()
            };
            encode_ply(&part, exact)
        },
    )];
    if let Some(base) = &arch.base {
        items.push(Item::new(
            base_path(jaw),
            format!("{jaw} base alone, closed, cast frame, mm"),
            || encode_stl(&base.body),
        ));
        items.push(Item::new(
            joined_path(jaw),
            format!("{jaw} arch on its base, closed, printable, cast frame, mm"),
            || encode_stl(&base.joined),
        ));
        items.push(Item::new(
            format!("cast/{jaw}-based.3mf"),
            format!("{jaw} arch on its base, as 3MF, which states the unit"),
            move || {
                let part = Part {
                    name: Some(format!("{jaw} arch on its base")),
                    ..Part::from_mesh(base.joined.clone())
                };
                encode_threemf(&[part], DeclaredUnit::Millimetre)
            },
        ));
    }
    items
}

/// What `case.toml` says of an arch.
pub fn arch_record(arch: &CastArch) -> ArchRecord {
    let jaw = arch.jaw;
    ArchRecord {
        jaw,
        path: anatomy_path(jaw),
        cast_from_scan: rows(&arch.cast_from_scan),
        face_count: arch.anatomy_in_cast.face_count(),
        cleaning: arch.cleaning.clone(),
        orientation: arch.orientation.clone(),
        base: arch.base.as_ref().map(|base| BaseRecord {
            preset: base.preset.clone(),
            path: base_path(jaw),
            joined_path: joined_path(jaw),
            anatomy_face_count: anatomy_face_count(base),
            untouched_face_count: base.trimmed.untouched.len(),
            removed_share: base.trimmed.removed_share,
            bottom_height_mm: base.heights.bottom.0,
        }),
    }
}

/// How many of the joined solid's faces, the first ones, show the arch.
pub fn anatomy_face_count(base: &stonecast_cast::base::Base) -> usize {
    base.trimmed.untouched.len() + base.trimmed.cut_pieces + base.trimmed.patch_faces
}
