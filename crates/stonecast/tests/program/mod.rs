//! The program run as a user runs it, and what it leaves.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
    sync::OnceLock,
};

use serde_json::Value;

/// A folder of one test, emptied when the test begins. `test` is the only one of its name in all files.
pub fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs the program and asks for its exit code.
pub fn run(exit: i32, args: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_stonecast"))
        .args(args)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(exit), "{args:?}: {}", stderr(&output));
    output
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub fn read_json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Every file below a folder with its bytes.
pub fn content(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_string_lossy()
                    .replace('\\', "/");
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// A folder with everything in it, once more.
pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A copy of a small demo case of its own for each test; the case itself is made once.
pub fn demo(folder: &Path) -> PathBuf {
    static DEMO: OnceLock<PathBuf> = OnceLock::new();
    let made = DEMO.get_or_init(|| {
        // Files of tests run beside each other.
        let case = self::folder(concat!("demo-of-", env!("CARGO_CRATE_NAME"))).join("case");
        let args = [
            "demo",
            "--triangles",
            "12000",
            "--base",
            "none",
            "--out",
            text(&case),
        ];
        run(0, &args);
        case
    });
    let case = folder.join("case");
    copy(made, &case);
    case
}
