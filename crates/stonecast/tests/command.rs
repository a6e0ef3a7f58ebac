//! The command as a user runs it: the real program, real files, its exit codes and what it leaves behind.

#![expect(clippy::print_stdout, reason = "a skipped check says so")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use stonecast_dental::Jaw;
use stonecast_mesh::{
    Point, RigidMotion, TriMesh,
    formats::{Limits, Part, PlyCoordinates, PlyOptions, decode, encode_ply},
};
use stonecast_testkit::{DentitionSpec, demo_spec, dentition, motion::random_motion};

/// A folder of one test, emptied when the test begins.
fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn stonecast(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stonecast"))
        .args(args)
        .output()
        .unwrap()
}

fn done(args: &[&str]) -> Output {
    let output = stonecast(args);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
    output
}

fn refused(args: &[&str]) -> Output {
    let output = stonecast(args);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
    output
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// Every file below a folder with its bytes.
fn content(root: &Path) -> BTreeMap<String, Vec<u8>> {
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

/// The teeth of the synthetic pair cross each other by about a millimetre as they are drawn; opened by this much they
/// stand in occlusion.
const OPENED_MM: f64 = 1.1;

/// A pair of small synthetic arches in occlusion, in the pose of `seed`, written without rounding.
fn write_pair(folder: &Path, seed: u64) -> [PathBuf; 2] {
    let pair = dentition(&DentitionSpec {
        triangles: 12_000,
        ..demo_spec()
    });
    let exact = PlyOptions {
        coordinates: PlyCoordinates::F64,
        ..PlyOptions::default()
    };
    [pair.upper, pair.lower].map(|arch| {
        let path = folder.join(format!("{}.ply", arch.jaw));
        let opened = match arch.jaw {
            Jaw::Upper => 0.0,
            Jaw::Lower => -OPENED_MM,
        };
        let opening = RigidMotion::translation(0.0, 0.0, opened);
        let mesh = arch.mesh.transformed(&(random_motion(seed) * opening));
        fs::write(&path, encode_ply(&Part::from_mesh(mesh), exact)).unwrap();
        path
    })
}

fn mesh(path: &Path) -> TriMesh {
    let bytes = fs::read(path).unwrap();
    decode(&bytes, None, &Limits::default())
        .unwrap()
        .parts
        .swap_remove(0)
        .mesh
}

#[test]
fn the_demo_leaves_one_and_the_same_case_on_one_thread_and_on_two() {
    let folder = folder("demo");
    let [one, two] = ["1", "2"].map(|threads| {
        let case = folder.join(format!("case-{threads}"));
        let args = [
            "demo",
            "--triangles",
            "12000",
            "--threads",
            threads,
            "--out",
            text(&case),
        ];
        done(&args);
        content(&case)
    });
    for path in [
        "case.toml",
        "scans/upper.stl",
        "scans/lower.stl",
        "cast/upper.ply",
        "cast/lower.ply",
        "cast/upper-base.stl",
        "cast/lower-base.stl",
        "cast/upper-based.stl",
        "cast/lower-based.stl",
        "cast/upper-based.3mf",
        "cast/lower-based.3mf",
        "pictures/frontal.png",
        "pictures/right-buccal.png",
        "pictures/left-buccal.png",
        "pictures/upper-occlusal.png",
        "pictures/lower-occlusal.png",
        "pictures/three-quarter.png",
        "pictures/contact-sheet.png",
    ] {
        assert!(one.contains_key(path), "{path} is missing");
    }
    for (path, bytes) in &one {
        assert!(two.get(path) == Some(bytes), "{path} differs");
    }
    assert_eq!(one.len(), two.len());

    // A finished case is never overwritten unasked, and can be looked at.
    let case = folder.join("case-1");
    refused(&["demo", "--triangles", "12000", "--out", text(&case)]);
    let picture = folder.join("view.png");
    done(&[
        "view",
        text(&case),
        "--view",
        "left-buccal",
        "--size",
        "300x200",
        "--out",
        text(&picture),
    ]);
    assert!(fs::read(picture).unwrap().starts_with(b"\x89PNG"));
    fs::write(case.join("cast/upper-based.stl"), b"other bytes").unwrap();
    let changed = refused(&["view", text(&case), "--out", text(&folder.join("no.png"))]);
    assert!(stderr(&changed).contains("changed"));
}

#[test]
fn a_rigid_motion_of_the_scans_does_not_move_the_cast() {
    let folder = folder("motion");
    let cases = [1, 2].map(|seed| {
        let scans = folder.join(format!("scans-{seed}"));
        fs::create_dir(&scans).unwrap();
        let [upper, lower] = write_pair(&scans, seed);
        let case = folder.join(format!("case-{seed}"));
        let args = [
            "cast",
            "--upper",
            text(&upper),
            "--lower",
            text(&lower),
            "--no-pictures",
            "--json",
            "--out",
            text(&case),
        ];
        assert_eq!(json(&done(&args))["result"]["bite"]["kind"], "as-scanned");
        case
    });
    for file in ["cast/upper.ply", "cast/lower.ply"] {
        let [a, b] = [0, 1].map(|i| mesh(&cases[i].join(file)));
        assert_eq!(a.faces(), b.faces(), "{file}");
        let apart = |(p, q): (&Point, &Point)| (p - q).norm();
        let farthest = a.points().iter().zip(b.points()).map(apart).fold(0.0, f64::max);
        assert!(farthest < 1e-4, "{file}: {farthest} mm");
    }
}

#[test]
fn one_arch_alone_makes_a_case_without_a_bite() {
    let folder = folder("single");
    let [_, lower] = write_pair(&folder, 5);
    let case = folder.join("case");
    let args = [
        "cast",
        "--jaw",
        "lower",
        text(&lower),
        "--base",
        "block",
        "--out",
        text(&case),
        "--json",
    ];
    let answer = json(&done(&args));
    assert_eq!(answer["status"], "done");
    assert!(answer["result"]["bite"].is_null());
    assert_eq!(answer["result"]["arch"][0]["jaw"], "lower");
    assert!(case.join("pictures/lower-occlusal.png").exists());
    assert!(!case.join("pictures/upper-occlusal.png").exists());
}

#[test]
fn every_fault_is_named_at_once_and_nothing_is_left() {
    let folder = folder("refused");
    let nonsense = folder.join("Doe_Jane.stl");
    fs::write(&nonsense, b"no scan").unwrap();
    let case = folder.join("case");
    let args = [
        "cast",
        "--upper",
        text(&nonsense),
        "--lower",
        text(&nonsense),
        "--out",
        text(&case),
    ];
    let output = refused(&args);
    let faults = stderr(&output);
    assert!(faults.contains("upper") && faults.contains("lower"), "{faults}");
    assert!(
        !faults.contains("Doe"),
        "a file's name may name a patient: {faults}"
    );
    assert_eq!(
        fs::read_dir(&folder).unwrap().count(),
        1,
        "something was left behind"
    );

    let missing = refused(&[
        "cast",
        "--upper",
        "no/a.stl",
        "--lower",
        "no/b.stl",
        "--out",
        text(&case),
        "--json",
    ]);
    let answer = json(&missing);
    assert_eq!(answer["status"], "refused");
    assert_eq!(answer["errors"].as_array().unwrap().len(), 2);
    assert!(answer["result"].is_null());
}

#[test]
fn corrections_are_read_strictly() {
    let folder = folder("edits");
    let [upper, _] = write_pair(&folder, 3);
    let edits = folder.join("edits.toml");
    fs::write(&edits, "[bite]\nkin = \"estimated\"\n").unwrap();
    let case = folder.join("case");
    let args = [
        "cast",
        "--upper",
        text(&upper),
        "--edits",
        text(&edits),
        "--no-pictures",
        "--out",
        text(&case),
    ];
    let output = refused(&args);
    assert!(stderr(&output).contains("`kin`"));
    assert!(!case.exists());

    // A stated pose is taken as it is, and the corrections are kept with the case.
    let motion = random_motion(3).inverse().to_homogeneous();
    let rows: Vec<String> = (0..4)
        .map(|i| {
            format!(
                "[{}]",
                (0..4)
                    .map(|j| format!("{:.17}", motion[(i, j)]))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        })
        .collect();
    let stated = format!("[orientation.upper]\nmatrix = [{}]\n", rows.join(", "));
    fs::write(&edits, &stated).unwrap();
    done(&args);
    assert_eq!(fs::read_to_string(case.join("edits.toml")).unwrap(), stated);
    let manifest: toml::Value = toml::from_str(&fs::read_to_string(case.join("case.toml")).unwrap()).unwrap();
    let found = &manifest["arch"][0]["cast-from-scan"];
    for i in 0..4 {
        for j in 0..4 {
            assert!((found[i][j].as_float().unwrap() - motion[(i, j)]).abs() < 1e-12);
        }
    }
}

#[test]
fn inspect_and_convert_answer_in_json() {
    let folder = folder("convert");
    let [upper, _] = write_pair(&folder, 4);
    let stl = folder.join("upper.stl");
    let args = [
        "convert",
        text(&upper),
        text(&stl),
        "--from-unit",
        "mm",
        "--to-unit",
        "in",
        "--json",
    ];
    let answer = json(&done(&args));
    assert!((answer["result"]["scale"].as_f64().unwrap() - 1.0 / 25.4).abs() < 1e-15);
    refused(&["convert", text(&upper), text(&stl)]);
    refused(&[
        "convert",
        text(&stl),
        text(&folder.join("a.ply")),
        "--to-unit",
        "mm",
    ]);
    let answer = json(&done(&["inspect", text(&stl), text(&upper), "--json"]));
    let file = &answer["result"]["files"][0];
    assert_eq!(file["as_scan"]["accepted"]["unit"], "inch", "{file}");
    assert_eq!(file["parts"][0]["report"]["is_closed"], false);
}

#[test]
fn the_help_is_as_written() {
    let help = |command: &[&str]| String::from_utf8(done(command).stdout).unwrap();
    insta::assert_snapshot!("help", help(&["--help"]));
    insta::assert_snapshot!("help_cast", help(&["cast", "--help"]));
    assert!(help(&["completions", "bash"]).contains("stonecast"));
}

#[test]
fn real_scans_become_casts() {
    let Ok(scans) = std::env::var("STONECAST_SCANS") else {
        println!("skipped: STONECAST_SCANS is not set");
        return;
    };
    let scans = PathBuf::from(scans);
    let folder = folder("real");
    let bite_of = |name: &str| {
        let [upper, lower] = ["upper", "lower"].map(|jaw| scans.join(format!("labelled/{name}_{jaw}.ply")));
        let case = folder.join(name);
        let args = [
            "cast",
            "--upper",
            text(&upper),
            "--lower",
            text(&lower),
            "--no-pictures",
            "--json",
            "--out",
            text(&case),
        ];
        json(&done(&args))["result"]["bite"]["kind"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    for name in ["pair-01", "pair-02", "pair-03", "pair-04"] {
        assert_eq!(bite_of(name), "as-scanned", "{name}");
    }
    let mut own_frames: Vec<String> = fs::read_dir(scans.join("labelled"))
        .unwrap()
        .filter_map(|entry| {
            entry
                .ok()?
                .file_name()
                .to_str()?
                .strip_suffix("_upper.ply")
                .map(str::to_owned)
        })
        .filter(|name| name.starts_with("ios-") && scans.join(format!("labelled/{name}_lower.ply")).exists())
        .collect();
    own_frames.sort();
    assert_ne!(bite_of(&own_frames[0]), "as-scanned", "{}", own_frames[0]);
    for name in ["lower_213k", "stumps_118k"] {
        let file = scans.join(format!("full/{name}.ply"));
        let case = folder.join(name);
        done(&[
            "cast",
            "--jaw",
            "lower",
            text(&file),
            "--no-pictures",
            "--out",
            text(&case),
        ]);
    }
}
