//! Trains the network that finds teeth, from synthetic arches to the committed weights and their card.

use std::env;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::{cargo, run};

/// The dentitions of the committed weights, and in how many files they are kept.
const SEEDS: [u64; 2] = [1000, 2600];
const SEEDS_A_FILE: u64 = 400;
/// Steps of the committed weights.
const STEPS: u64 = 2100;

/// Makes arches, trains, exports. `told` may hold `--seeds FROM..TO` and `--steps N`.
pub fn weights(root: &Path, told: &[&str]) -> Result<(), String> {
    let (seeds, steps) = plan(told)?;
    let folder = root.join("target").join("training");
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut files = Vec::new();
    for from in (seeds[0]..seeds[1]).step_by(SEEDS_A_FILE as usize) {
        let to = seeds[1].min(from + SEEDS_A_FILE);
        let file = folder.join(format!("arches-{from}-{to}.bin"));
        run(cargo()
            .args(["run", "--release", "-p", "stonecast-teeth"])
            .args(["--example", "synthetic_arches", "--"])
            .arg(&file)
            .args([from.to_string(), to.to_string()]))?;
        files.push(file);
    }
    let network = folder.join("occlusal.pt");
    run(python(root, "train.py")
        .arg(&network)
        .args(&files)
        .args(["--steps", &steps.to_string()]))?;
    let weights = root.join("crates/stonecast-teeth/weights/occlusal.net");
    run(python(root, "export.py")
        .args([&network, &weights])
        .args(["--seeds", &format!("{}..{}", seeds[0], seeds[1])]))
}

/// A script of `training/`, by the interpreter that `PYTHON` names, or `python3`.
fn python(root: &Path, script: &str) -> Command {
    let mut command = Command::new(env::var_os("PYTHON").unwrap_or_else(|| "python3".into()));
    command.arg(root.join("training").join(script));
    command
}

fn plan(told: &[&str]) -> Result<([u64; 2], u64), String> {
    let usage = || "usage: cargo xtask train [--seeds FROM..TO] [--steps N]".to_owned();
    let (mut seeds, mut steps) = (SEEDS, STEPS);
    for pair in told.chunks(2) {
        match *pair {
            ["--seeds", range] => {
                let (from, to) = range.split_once("..").ok_or_else(usage)?;
                seeds = [
                    from.parse().map_err(|_| usage())?,
                    to.parse().map_err(|_| usage())?,
                ];
            }
            ["--steps", number] => steps = number.parse().map_err(|_| usage())?,
            _ => return Err(usage()),
        }
    }
    if seeds[0] >= seeds[1] || steps == 0 {
        return Err(usage());
    }
    Ok((seeds, steps))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_and_steps_can_be_told() {
        assert_eq!(plan(&[]), Ok((SEEDS, STEPS)));
        assert_eq!(plan(&["--steps", "9", "--seeds", "3..5"]), Ok(([3, 5], 9)));
        for wrong in [
            &["--steps"][..],
            &["--seeds", "5..5"],
            &["--seeds", "5"],
            &["--steps", "0"],
        ] {
            assert!(plan(wrong).is_err(), "{wrong:?}");
        }
    }
}
