//! The `stonecast` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    stonecast::cli::main()
}
