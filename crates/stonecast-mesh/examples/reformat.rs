//! Reads a surface file of any known format and writes it in another: `reformat IN OUT`.
//!
//! The formats follow the extensions; coordinates keep their numbers, except that GLB scales the file's declared
//! unit (millimetres when it declares none) to metres. The conformance scripts drive this program against other
//! readers and writers.

use std::process::ExitCode;

use stonecast_mesh::formats::{DeclaredUnit, Format, Limits, decode, encode};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        return fail("usage: reformat IN OUT");
    };
    match reformat(input, output) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message),
    }
}

fn reformat(input: &str, output: &str) -> Result<(), String> {
    let format_of = |path: &str| Format::from_extension(path.rsplit('.').next().unwrap_or_default());
    let target = format_of(output).ok_or("the output's extension is no known format")?;
    let bytes = std::fs::read(input).map_err(|error| error.to_string())?;
    let decoded = decode(&bytes, format_of(input), &Limits::default()).map_err(|error| error.to_string())?;
    let unit = decoded.declared_unit.unwrap_or(DeclaredUnit::Millimetre);
    let encoded = encode(target, &decoded.parts, unit).map_err(|error| error.to_string())?;
    std::fs::write(output, encoded).map_err(|error| error.to_string())
}

#[allow(clippy::print_stderr)]
fn fail(message: &str) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}
