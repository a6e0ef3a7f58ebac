//! Makes again what is committed but made by the program: snapshots and the pictures of the documents.

use std::fs;
use std::path::Path;

use crate::{cargo, run};

/// Everything that is made, from the commit at hand.
pub fn all(root: &Path) -> Result<(), String> {
    run(cargo()
        .env("INSTA_UPDATE", "always")
        .args(["test", "--workspace"]))?;
    let demo = root.join("target").join("regen-demo");
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
    let pictures = root.join("docs").join("pictures");
    fs::create_dir_all(&pictures).map_err(|e| format!("{}: {e}", pictures.display()))?;
    for (folder, name) in [
        ("pictures", "contact-sheet.png"),
        ("pictures", "teeth.png"),
        ("measure", "arch-widths.png"),
    ] {
        let from = demo.join(folder).join(name);
        fs::copy(&from, pictures.join(format!("demo-{name}")))
            .map_err(|e| format!("{}: {e}", from.display()))?;
    }
    Ok(())
}
