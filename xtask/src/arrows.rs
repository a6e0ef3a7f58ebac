//! Which room may use which (ARCHITECTURE.md), as a check.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::{cargo, read};

/// Each room with the rooms it may use.
const MAY_USE: &[(&str, &[&str])] = &[
    ("stonecast-mesh", &[]),
    ("stonecast-dental", &[]),
    ("stonecast-cast", &["stonecast-mesh", "stonecast-dental"]),
    (
        "stonecast-teeth",
        &["stonecast-mesh", "stonecast-dental", "stonecast-cast"],
    ),
    (
        "stonecast-analysis",
        &[
            "stonecast-mesh",
            "stonecast-dental",
            "stonecast-cast",
            "stonecast-teeth",
        ],
    ),
    ("stonecast-articulator", &["stonecast-mesh", "stonecast-dental"]),
    (
        "stonecast-occlusion",
        &[
            "stonecast-mesh",
            "stonecast-dental",
            "stonecast-cast",
            "stonecast-teeth",
            "stonecast-articulator",
        ],
    ),
    ("stonecast-picture", &["stonecast-mesh", "stonecast-dental"]),
    (
        "stonecast-report",
        &[
            "stonecast-mesh",
            "stonecast-dental",
            "stonecast-articulator",
            "stonecast-occlusion",
        ],
    ),
    ("stonecast-testkit", &["stonecast-mesh", "stonecast-dental"]),
    (
        "stonecast",
        &[
            "stonecast-mesh",
            "stonecast-dental",
            "stonecast-cast",
            "stonecast-teeth",
            "stonecast-analysis",
            "stonecast-articulator",
            "stonecast-occlusion",
            "stonecast-picture",
            "stonecast-report",
            "stonecast-testkit",
        ],
    ),
    ("xtask", &[]),
];

/// Rooms that may use the testkit in their tests; nobody but the app ships it.
const TESTKIT: &str = "stonecast-testkit";

/// What only the app may touch, and why it matters.
const FORBIDDEN_IN_LIBRARIES: &[(&str, &str)] = &[
    ("SystemTime", "a clock makes output differ from run to run"),
    ("Instant::now", "a clock makes output differ from run to run"),
    ("std::net", "libraries open no sockets"),
    ("std::fs", "libraries take and give bytes, never paths"),
    ("std::env::", "libraries do not read the environment"),
    ("std::process", "libraries start no programs"),
];

/// Checks the arrows between the crates and the libraries' abstinence.
pub fn check(root: &Path) -> Result<(), String> {
    let mut faults = arrow_faults(&read(cargo().args([
        "metadata",
        "--format-version=1",
        "--no-deps",
    ]))?)?;
    for (name, _) in MAY_USE
        .iter()
        .filter(|(name, _)| !matches!(*name, "stonecast" | "xtask"))
    {
        for file in rust_files(&root.join("crates").join(name).join("src"))? {
            let text = fs::read_to_string(&file).map_err(|e| format!("{}: {e}", file.display()))?;
            let place = file.strip_prefix(root).unwrap_or(&file).display().to_string();
            faults.extend(abstinence_faults(&place, &text));
        }
    }
    if faults.is_empty() {
        println!("arrows: all {} crates use only what they may", MAY_USE.len());
        Ok(())
    } else {
        Err(format!(
            "arrows: {} faults\n  {}",
            faults.len(),
            faults.join("\n  ")
        ))
    }
}

fn arrow_faults(metadata: &str) -> Result<Vec<String>, String> {
    let metadata: serde_json::Value = serde_json::from_str(metadata).map_err(|e| e.to_string())?;
    let rules: BTreeMap<&str, &[&str]> = MAY_USE.iter().copied().collect();
    let mut faults = Vec::new();
    for package in metadata["packages"]
        .as_array()
        .ok_or("cargo metadata lists no packages")?
    {
        let name = package["name"].as_str().unwrap_or_default();
        let Some(allowed) = rules.get(name) else {
            faults.push(format!(
                "{name} has no row in xtask/src/arrows.rs: say what it may use"
            ));
            continue;
        };
        for dependency in package["dependencies"].as_array().into_iter().flatten() {
            let other = dependency["name"].as_str().unwrap_or_default();
            let for_tests = dependency["kind"].as_str() == Some("dev");
            let ours = rules.contains_key(other);
            if ours && !allowed.contains(&other) && !(for_tests && other == TESTKIT) {
                faults.push(format!(
                    "{name} uses {other}, which ARCHITECTURE.md does not allow"
                ));
            }
        }
    }
    Ok(faults)
}

/// Lines of a library that name what only the app may touch. Test modules, at the end of a file, are free.
fn abstinence_faults(place: &str, text: &str) -> Vec<String> {
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = code
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim_start().starts_with("//"));
    lines
        .flat_map(|(i, line)| {
            let hits = FORBIDDEN_IN_LIBRARIES
                .iter()
                .filter(|(word, _)| line.contains(word));
            hits.map(move |(word, why)| format!("{place}:{}: {word}: {why}", i + 1))
        })
        .collect()
}

fn rust_files(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))? {
            let path = entry.map_err(|e| e.to_string())?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_against_the_plan_is_found() {
        let metadata = r#"{"packages": [
            {"name": "stonecast-dental", "dependencies": [{"name": "stonecast-mesh", "kind": null}]},
            {"name": "stonecast-cast", "dependencies": [
                {"name": "stonecast-mesh", "kind": null}, {"name": "stonecast-testkit", "kind": "dev"}]},
            {"name": "stonecast-new", "dependencies": []}]}"#;
        let faults = arrow_faults(metadata).unwrap();
        assert_eq!(faults.len(), 2, "{faults:?}");
        assert!(faults[0].contains("stonecast-dental uses stonecast-mesh"));
        assert!(faults[1].contains("stonecast-new has no row"));
    }

    #[test]
    fn a_clock_in_a_library_is_found_but_not_in_its_tests_or_comments() {
        let text = "// Instant::now\nlet t = Instant::now();\n#[cfg(test)]\nlet t = Instant::now();\n";
        let faults = abstinence_faults("x.rs", text);
        assert_eq!(
            faults,
            ["x.rs:2: Instant::now: a clock makes output differ from run to run"]
        );
    }
}
