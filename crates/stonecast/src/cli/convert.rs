//! `stonecast convert`: any readable format to any writable one.

use std::{fs, path::PathBuf};

use clap::Args;
use serde_json::json;
use stonecast_cast::scan::LengthUnit;
use stonecast_mesh::{
    Point, TriMesh,
    formats::{self, Format, Part, PlyOptions},
};

use super::{
    Answer, Console, Failure,
    sources::{self, Unit},
};

/// Write a surface in another format
///
/// Numbers are copied as they are unless both units are given.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stonecast convert scan.stl scan.ply
  stonecast convert inches.obj scan.stl --from-unit in --to-unit mm")]
pub struct ConvertArgs {
    /// The file to read
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The file to write; its extension names the format: stl, ply
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// The unit of the numbers in IN
    #[arg(long, value_name = "UNIT", requires = "to_unit", help_heading = "Units")]
    from_unit: Option<Unit>,
    /// The unit of the numbers in OUT
    #[arg(long, value_name = "UNIT", requires = "from_unit", help_heading = "Units")]
    to_unit: Option<Unit>,
    /// Replace OUT if it exists
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &ConvertArgs, console: &Console) -> Result<Answer, Failure> {
    console.expect_steps(2);
    let format = sources::format_hint(&args.output)
        .filter(|f| writable(*f))
        .ok_or_else(|| {
            Failure::refused(
                "output.format",
                "the extension of OUT names no format that can be written: use .stl or .ply",
            )
        })?;
    sources::check_output(&args.output, "OUT", args.force)?;
    let (_, decoded) = console
        .step("read", || sources::read_surface(&args.input, "IN"))
        .map_err(|f| Failure::Refused(vec![f]))?;
    let scale = match (args.from_unit, args.to_unit) {
        (Some(from), Some(to)) => LengthUnit::from(from).in_mm() / LengthUnit::from(to).in_mm(),
        _ => 1.0,
    };
    let from = decoded.format;
    let part = scaled(joined(decoded.parts), scale)?;
    let faces = part.mesh.face_count();
    console
        .step("write", || fs::write(&args.output, encode(&part, format)))
        .map_err(|e| Failure::unwritable("OUT", &e))?;
    let scaling = if scale == 1.0 {
        "numbers unchanged".to_owned()
    } else {
        format!("numbers times {scale}")
    };
    Ok(Answer::new(
        &json!({ "from": from.extension(), "to": format.extension(), "scale": scale, "triangles": faces }),
        format!("{from} to {format}: {faces} triangles, {scaling}\n"),
    ))
}

fn writable(format: Format) -> bool {
    matches!(format, Format::Stl | Format::Ply)
}

fn encode(part: &Part, format: Format) -> Vec<u8> {
    match format {
        Format::Ply => formats::encode_ply(part, PlyOptions::default()),
        _ => formats::encode_stl(&part.mesh),
    }
}

/// The parts of a file as one surface; what hangs on vertices is kept where there is only one part.
fn joined(mut parts: Vec<Part>) -> Part {
    if parts.len() == 1 {
        return parts.swap_remove(0);
    }
    Part::from_mesh(TriMesh::joined(parts.iter().map(|part| &part.mesh)))
}

fn scaled(part: Part, scale: f64) -> Result<Part, Failure> {
    if scale == 1.0 {
        return Ok(part);
    }
    let mesh = part
        .mesh
        .map_points(|p| Point::from(p.coords * scale))
        .map_err(|e| Failure::refused("input.range", format!("IN: in the new unit {e}: check the units")))?;
    Ok(Part { mesh, ..part })
}
