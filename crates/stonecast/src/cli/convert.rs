//! `stonecast convert`: any readable format to any writable one.

use std::{fs, path::PathBuf};

use clap::Args;
use serde_json::json;
use stonecast_mesh::{
    Point,
    formats::{DeclaredUnit, Part, encode},
};

use super::{
    Answer, Console, Failure,
    sources::{self, Unit},
};

/// Write a surface in another format
///
/// Numbers are copied as they are, unless the unit to write is named.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stonecast convert scan.stl scan.ply
  stonecast convert inches.obj scan.stl --from-unit in --to-unit mm")]
pub struct ConvertArgs {
    /// The file to read
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// The file to write; its extension names the format: stl, ply, obj, 3mf, glb
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// The unit of the numbers in IN; needed for --to-unit if IN does not declare it
    #[arg(long, value_enum, help_heading = "Units")]
    from_unit: Option<Unit>,
    /// The unit of the numbers in OUT
    #[arg(long, value_enum, help_heading = "Units")]
    to_unit: Option<Unit>,
    /// Replace OUT if it exists
    #[arg(long)]
    force: bool,
}

pub(super) fn run(args: &ConvertArgs, console: &Console) -> Result<Answer, Failure> {
    console.expect_steps(2);
    let format = sources::format_hint(&args.output).ok_or_else(|| {
        Failure::refused(
            "output.format",
            "the extension of OUT names no format: use .stl, .ply, .obj, .3mf or .glb",
        )
    })?;
    sources::check_output(&args.output, "OUT", args.force)?;
    let (_, decoded) = console
        .step("read", || sources::read_surface(&args.input, "IN"))
        .map_err(|fault| Failure::Refused(vec![fault]))?;
    let from_unit = args.from_unit.map(DeclaredUnit::from).or(decoded.declared_unit);
    let to_unit = args.to_unit.map(DeclaredUnit::from);
    let scale = match (from_unit, to_unit) {
        (Some(from), Some(to)) => from.in_mm() / to.in_mm(),
        (_, None) => 1.0,
        (None, Some(_)) => {
            return Err(Failure::refused(
                "input.unit",
                "IN declares no unit, so --to-unit needs --from-unit: pass --from-unit mm, cm, m, um or in",
            ));
        }
    };
    let parts = decoded
        .parts
        .into_iter()
        .map(|part| scaled(part, scale))
        .collect::<Result<Vec<_>, _>>()?;
    let faces: usize = parts.iter().map(|part| part.mesh.face_count()).sum();
    // A format that states a unit states millimetres, as 3MF does where nothing else is said.
    let unit = to_unit.or(from_unit).unwrap_or(DeclaredUnit::Millimetre);
    let bytes =
        encode(format, &parts, unit).map_err(|e| Failure::refused("output.format", format!("OUT: {e}")))?;
    console
        .step("write", || fs::write(&args.output, bytes))
        .map_err(|e| Failure::unwritable("OUT", &e))?;
    let scaling = if scale == 1.0 {
        "numbers unchanged".to_owned()
    } else {
        format!("numbers times {scale}")
    };
    Ok(Answer::new(
        &json!({
            "from": decoded.format.extension(),
            "to": format.extension(),
            "scale": scale,
            "triangles": faces,
            "notes": decoded.notes.iter().map(|n| format!("{}: {}", n.place, n.message)).collect::<Vec<_>>(),
        }),
        format!("{} to {format}: {faces} triangles, {scaling}\n", decoded.format),
    ))
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
