//! Trains the networks that find teeth, from synthetic arches to the committed weights and their card.
//!
//! The recipe is that of the committed weights: arches are made, the picture's network is trained and exported, and with it in the program the small network of the crowns' sides is trained.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{cargo, run};

/// A set of synthetic arches.
struct Arches {
    name: &'static str,
    seeds: [u64; 2],
    /// What the maker of arches is told beside the seeds.
    word: Option<&'static str>,
}

/// A run of training.
struct Stage {
    arches: Vec<&'static str>,
    steps: u64,
    seed: u64,
    /// Share of sides with a mound of tissue behind the last molar.
    tissue: f64,
}

/// Everything that the weights are made from.
struct Plan {
    arches: Vec<Arches>,
    stages: Vec<Stage>,
    /// Seeds of the arches for the crowns' sides.
    sides: [u64; 2],
}

/// Makes arches, trains, exports. `--quick` does everything with a few arches and steps, to see that it works.
pub fn weights(root: &Path, told: &[&str]) -> Result<(), String> {
    let plan = plan(told)?;
    let folder = root.join("target").join("training");
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let file = |name: &str| folder.join(format!("arches-{name}.bin"));
    for arches in &plan.arches {
        let told = arches
            .seeds
            .iter()
            .map(u64::to_string)
            .chain(arches.word.map(str::to_owned));
        run(example("synthetic_arches").arg(file(arches.name)).args(told))?;
    }
    let mut network: Option<PathBuf> = None;
    for (i, stage) in plan.stages.iter().enumerate() {
        let out = folder.join(format!("occlusal-{}.pt", i + 1));
        let mut command = python(root, "train.py");
        command
            .arg(&out)
            .args(stage.arches.iter().map(|name| file(name)))
            .args(["--steps", &stage.steps.to_string()])
            .args(["--seed", &stage.seed.to_string()])
            .args(["--tissue", &stage.tissue.to_string()]);
        if let Some(start) = &network {
            command.arg("--start").arg(start);
        }
        run(&mut command)?;
        network = Some(out);
    }
    let weights = root.join("crates/stonecast-teeth/weights");
    let network = network.ok_or("the plan has no stage")?;
    run(python(root, "export.py")
        .args([&network, &weights.join("occlusal.net")])
        .args(["--seeds", &seeds(&plan)]))?;
    let samples = folder.join("sides.bin");
    run(example("side_samples")
        .arg(&samples)
        .args(plan.sides.map(|seed| seed.to_string())))?;
    run(python(root, "sides.py").args([&samples, &weights.join("sides.net")]))
}

fn example(name: &str) -> Command {
    let mut command = cargo();
    command
        .args(["run", "--release", "-p", "stonecast-teeth", "--example", name])
        .arg("--");
    command
}

/// A script of `training/`, by the interpreter that `PYTHON` names, or `python3`.
fn python(root: &Path, script: &str) -> Command {
    let mut command = Command::new(env::var_os("PYTHON").unwrap_or_else(|| "python3".into()));
    command.arg(root.join("training").join(script));
    command
}

/// The seeds in words, for the card.
fn seeds(plan: &Plan) -> String {
    let set = |a: &Arches| {
        let word = a.word.map(|w| format!("{w} ")).unwrap_or_default();
        format!("{word}{}..{}", a.seeds[0], a.seeds[1])
    };
    plan.arches.iter().map(set).collect::<Vec<_>>().join(", ")
}

fn plan(told: &[&str]) -> Result<Plan, String> {
    let quick = match told {
        [] => false,
        ["--quick"] => true,
        _ => return Err("usage: cargo xtask train [--quick]".to_owned()),
    };
    let set = |name, from, to, word| Arches {
        name,
        seeds: [from, if quick { from + 2 } else { to }],
        word,
    };
    let steps = |whole| if quick { 5 } else { whole };
    Ok(Plan {
        arches: vec![
            set("plain-1", 1000, 1400, None),
            set("plain-2", 1400, 1800, None),
            set("plain-3", 1800, 2600, None),
            set("hard", 10_000, 11_500, Some("hard")),
        ],
        stages: vec![Stage {
            arches: vec!["plain-1", "plain-2", "plain-3", "hard"],
            steps: steps(3600),
            seed: 1,
            tissue: 0.55,
        }],
        sides: [70_000, if quick { 70_004 } else { 70_100 }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quick_run_makes_the_same_files_with_less_in_them() {
        let quick = plan(&["--quick"]).unwrap();
        let whole = plan(&[]).unwrap();
        assert_eq!(quick.arches.len(), whole.arches.len());
        assert!(quick.arches.iter().all(|a| a.seeds[1] - a.seeds[0] <= 4));
        assert!(
            quick
                .stages
                .iter()
                .zip(&whole.stages)
                .all(|(q, w)| q.steps < w.steps)
        );
        assert!(plan(&["--fast"]).is_err());
    }

    #[test]
    fn every_stage_is_shown_arches_that_are_made() {
        let plan = plan(&[]).unwrap();
        for stage in &plan.stages {
            assert!(
                stage
                    .arches
                    .iter()
                    .all(|name| plan.arches.iter().any(|a| a.name == *name))
            );
        }
    }

    #[test]
    fn the_sides_are_trained_on_arches_that_the_picture_network_has_not_seen() {
        let plan = plan(&[]).unwrap();
        let apart = |a: &Arches| a.seeds[1] <= plan.sides[0] || a.seeds[0] >= plan.sides[1];
        assert!(plan.arches.iter().all(apart));
    }
}
