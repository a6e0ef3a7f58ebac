//! Independent programs judge what we write: a missing peer is a failure, never a skip.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{cargo, run};

/// Debian programs that take part: the command that shows it is there, and its package.
const DEBIAN: &[(&str, &str)] = &[
    ("admesh", "admesh"),
    ("node", "nodejs"),
    ("npm", "npm"),
    ("prusa-slicer", "prusa-slicer"),
];

/// The Khronos Group's judge of glTF, from npm.
const NODE: &str = "gltf-validator@2.0.0-dev.3.10";

/// The peers' scripts in `conformance/`, each with the examples of ours that it drives and whether it judges
/// the demo's case folder too.
struct Script {
    file: &'static str,
    examples: &'static [(&'static str, &'static str)],
    on_demo: bool,
}

const SCRIPTS: &[Script] = &[
    Script {
        file: "decimate_peer.py",
        examples: &[("stonecast-mesh", "decimate")],
        on_demo: false,
    },
    Script {
        file: "findings_peer.py",
        examples: &[],
        on_demo: true,
    },
    Script {
        file: "formats_peer.py",
        examples: &[("stonecast-mesh", "reformat")],
        on_demo: false,
    },
    Script {
        file: "gltf_peer.py",
        examples: &[("stonecast-mesh", "animate")],
        on_demo: false,
    },
    Script {
        file: "indices_peer.py",
        examples: &[("stonecast-analysis", "score_indices")],
        on_demo: false,
    },
    Script {
        file: "occlusion_peer.py",
        examples: &[("stonecast-occlusion", "occlusion_for_peers")],
        on_demo: false,
    },
    Script {
        file: "printable_peer.py",
        examples: &[("stonecast-cast", "base_on_synthetic")],
        on_demo: true,
    },
    Script {
        file: "signed_distance_peer.py",
        examples: &[("stonecast-mesh", "distance")],
        on_demo: false,
    },
];

/// Runs all peers, or the one script named.
pub fn judge(root: &Path, only: Option<&str>) -> Result<(), String> {
    let chosen: Vec<&Script> = SCRIPTS
        .iter()
        .filter(|s| only.is_none_or(|name| s.file.contains(name)))
        .collect();
    if chosen.is_empty() {
        let names: Vec<_> = SCRIPTS.iter().map(|s| s.file).collect();
        return Err(format!("no such peer script; there are: {}", names.join(", ")));
    }
    install_debian()?;
    let python = python_with_peers(root)?;
    let node = node_with_peers(root)?;
    let target = root.join("target").join("peers");
    fs::create_dir_all(&target).map_err(|e| format!("{}: {e}", target.display()))?;
    let demo = target.join("demo");
    if chosen.iter().any(|s| s.on_demo) {
        run(cargo()
            .args([
                "run",
                "--release",
                "--quiet",
                "-p",
                "stonecast",
                "--",
                "demo",
                "--force",
                "--out",
            ])
            .arg(&demo))?;
    }
    for script in chosen {
        for (package, example) in script.examples {
            run(cargo().args([
                "build",
                "--release",
                "--quiet",
                "-p",
                package,
                "--example",
                example,
            ]))?;
        }
        let examples = root.join("target").join("release").join("examples");
        let judged = [None, script.on_demo.then_some(&demo)];
        for folder in judged.into_iter().take(1 + usize::from(script.on_demo)) {
            run(Command::new(&python)
                .current_dir(root)
                .env("STONECAST_EXAMPLES", &examples)
                .env("NODE_PATH", &node)
                .arg(Path::new("conformance").join(script.file))
                .args(folder))?;
        }
    }
    Ok(())
}

fn install_debian() -> Result<(), String> {
    let missing: Vec<&str> = DEBIAN
        .iter()
        .filter(|(program, _)| !on_path(program))
        .map(|(_, package)| *package)
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let hint = |e: String| {
        format!("{e}\nthe peers {missing:?} are needed: install them (Debian packages of these names)")
    };
    run(Command::new("apt-get").args(["update", "-qq"])).map_err(hint)?;
    let mut install = Command::new("apt-get");
    install.env("DEBIAN_FRONTEND", "noninteractive").args([
        "install",
        "-y",
        "-qq",
        "--no-install-recommends",
    ]);
    run(install.args(&missing)).map_err(hint)
}

fn on_path(program: &str) -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

/// A folder of our own under `target/` with the pinned npm package.
fn node_with_peers(root: &Path) -> Result<PathBuf, String> {
    let folder = root.join("target").join("peers-node");
    let modules = folder.join("node_modules");
    if !modules.join("gltf-validator").exists() {
        fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        let install = ["install", "--silent", "--no-save", "--prefix"];
        run(Command::new("npm").args(install).arg(&folder).arg(NODE))?;
    }
    Ok(modules)
}

/// A Python of our own under `target/`, with the pinned packages of `conformance/requirements.txt`.
fn python_with_peers(root: &Path) -> Result<PathBuf, String> {
    let folder = root.join("target").join("peers-python");
    let python = folder.join("bin").join("python");
    if !python.exists() {
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    let requirements = root.join("conformance").join("requirements.txt");
    run(Command::new(&python)
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ])
        .arg(requirements))?;
    Ok(python)
}
