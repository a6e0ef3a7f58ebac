//! The project's own chores.
//!
//! | command | does |
//! |---|---|
//! | `cargo xtask arrows` | checks which crate may use which, and that only the app touches files, clocks and sockets |
//! | `cargo xtask test` | runs every test; says plainly whether the real scans took part |
//! | `cargo xtask peers` | lets independent programs judge what we write |
//! | `cargo xtask regen` | makes the committed pictures, tables and snapshots again |
//! | `cargo xtask train` | trains the networks that find teeth again, on synthetic dentitions |

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool speaks to its terminal"
)]

mod arrows;
mod peers;
mod regen;
mod train;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const USAGE: &str = "usage: cargo xtask <arrows | test [filter] | peers [script] | regen | train [--quick]>";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let rest: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    let outcome = match arguments.first().map(String::as_str) {
        Some("arrows") => arrows::check(&root()),
        Some("test") => test(&rest),
        Some("peers") => peers::judge(&root(), rest.first().copied()),
        Some("regen") => regen::all(&root()),
        Some("train") => train::weights(&root(), &rest),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

/// Every test of the workspace, the examples in the documentation too.
fn test(filter: &[&str]) -> Result<(), String> {
    match env::var("STONECAST_SCANS") {
        Ok(folder) if Path::new(&folder).is_dir() => println!("real scans take part"),
        Ok(_) => return Err("STONECAST_SCANS is set, but is no folder: unset it or mend it".to_owned()),
        Err(_) => println!("STONECAST_SCANS is not set: the tests on real scans say that they were skipped"),
    }
    run(cargo().arg("test").arg("--workspace").args(filter))?;
    // What the default features leave out.
    run(cargo()
        .args([
            "test",
            "-p",
            "stonecast-teeth",
            "--features",
            "user-model",
            "--lib",
            "segment::user",
        ])
        .args(filter))
}

/// The `cargo` that runs us, at the root of the workspace.
fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// Runs a command; a failure names it.
fn run(command: &mut Command) -> Result<(), String> {
    println!("$ {}", describe(command));
    let status = command
        .status()
        .map_err(|e| format!("{} did not start: {e}", describe(command)))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("{} failed: {status}", describe(command)))
    }
}

/// Runs a command and returns what it printed.
fn read(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|e| format!("{} did not start: {e}", describe(command)))?;
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(format!(
            "{} failed: {}\n{errors}",
            describe(command),
            output.status
        ));
    }
    String::from_utf8(output.stdout).map_err(|e| format!("{} printed no UTF-8: {e}", describe(command)))
}

fn describe(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = command.get_args().map(|a| a.to_string_lossy().into_owned());
    std::iter::once(name.to_string_lossy().into_owned())
        .chain(words)
        .collect::<Vec<_>>()
        .join(" ")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask lies in the workspace")
        .to_owned()
}
