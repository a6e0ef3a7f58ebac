//! The command as a user runs it: the real program, real files, its exit codes and what it leaves behind.

#![expect(clippy::print_stdout, reason = "a skipped check says so")]

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::Output,
};

use serde_json::Value;
use stonecast_dental::Side;
use stonecast_mesh::{
    Point, TriMesh, Vector,
    formats::{Limits, Part, PlyCoordinates, PlyOptions, decode, encode_ply, encode_stl},
};
use stonecast_testkit::{DentitionSpec, bite_scan, demo_spec, dentition, motion::random_motion};

mod program;

use program::{content, folder, run, stderr, text};

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

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
        let mesh = arch.mesh.transformed(&random_motion(seed));
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
        run(0, &args);
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
    run(2, &["demo", "--triangles", "12000", "--out", text(&case)]);
    let picture = folder.join("view.png");
    run(
        0,
        &[
            "view",
            text(&case),
            "--view",
            "left-buccal",
            "--size",
            "300x200",
            "--out",
            text(&picture),
        ],
    );
    assert!(fs::read(picture).unwrap().starts_with(b"\x89PNG"));
    fs::write(case.join("cast/upper-based.stl"), b"other bytes").unwrap();
    let changed = run(2, &["view", text(&case), "--out", text(&folder.join("no.png"))]);
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
        assert_eq!(json(&run(0, &args))["result"]["bite"]["kind"], "as-scanned");
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
    let answer = json(&run(0, &args));
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
    let output = run(2, &args);
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

    let missing = run(
        2,
        &[
            "cast",
            "--upper",
            "no/a.stl",
            "--lower",
            "no/b.stl",
            "--out",
            text(&case),
            "--json",
        ],
    );
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
    let output = run(2, &args);
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
    run(0, &args);
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
    let answer = json(&run(0, &args));
    assert!((answer["result"]["scale"].as_f64().unwrap() - 1.0 / 25.4).abs() < 1e-15);
    run(2, &["convert", text(&upper), text(&stl)]);
    run(
        2,
        &[
            "convert",
            text(&stl),
            text(&folder.join("a.ply")),
            "--to-unit",
            "mm",
        ],
    );
    let answer = json(&run(0, &["inspect", text(&stl), text(&upper), "--json"]));
    let file = &answer["result"]["files"][0];
    assert_eq!(file["as_scan"]["accepted"]["unit"], "inch", "{file}");
    assert_eq!(file["parts"][0]["report"]["is_closed"], false);
}

/// The pair of [`write_pair`] as it is scanned: each arch in a pose of its own, and both cheeks of the closed teeth.
fn write_scans_with_bites(folder: &Path) -> [PathBuf; 4] {
    let spec = DentitionSpec {
        triangles: 30_000,
        ..demo_spec()
    };
    let pair = dentition(&spec);
    let write = |name: &str, mesh: &TriMesh, seed| {
        let path = folder.join(format!("{name}.stl"));
        fs::write(&path, encode_stl(&mesh.transformed(&random_motion(seed)))).unwrap();
        path
    };
    [
        write("upper", &pair.upper.mesh, 11),
        write("lower", &pair.lower.mesh, 12),
        write("right", &bite_scan(&pair, Side::Right, 0.01, 1), 13),
        write("left", &bite_scan(&pair, Side::Left, 0.01, 2), 14),
    ]
}

#[test]
fn two_bite_scans_of_untold_sides_make_the_bite() {
    let folder = folder("bites");
    let [upper, lower, right, left] = write_scans_with_bites(&folder);
    let case = folder.join("case");
    // The left side's scan comes first: which is which is told by where they fit.
    let args = [
        "cast",
        "--upper",
        text(&upper),
        "--lower",
        text(&lower),
        "--bite",
        text(&left),
        text(&right),
        "--base",
        "none",
        "--no-pictures",
        "--json",
        "--out",
        text(&case),
    ];
    let answer = json(&run(0, &args));
    let bite = &answer["result"]["bite"];
    assert_eq!(bite["kind"], "from-bite-scan", "{answer}");
    let sides: Vec<&str> = bite["bite_scans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|scan| scan["side"].as_str().unwrap())
        .collect();
    assert!(sides.contains(&"left") && sides.contains(&"right"), "{sides:?}");
    assert_eq!(answer["result"]["scan"].as_array().unwrap().len(), 4);
}

#[test]
fn a_hollow_base_has_the_tables_wall_and_less_stone_than_a_solid_one() {
    let folder = folder("hollow");
    let [upper, _] = write_pair(&folder, 6);
    let volume = |name: &str, more: &[&str]| {
        let case = folder.join(name);
        let mut args = vec![
            "cast",
            "--upper",
            text(&upper),
            "--no-pictures",
            "--out",
            text(&case),
        ];
        args.extend(more);
        run(0, &args);
        mesh(&case.join("cast/upper-based.stl")).signed_volume()
    };
    let solid = volume("solid", &[]);
    let usual = volume("usual", &["--hollow"]);
    let same = volume("same", &["--hollow", "--wall", "2.5", "--drain-holes", "2"]);
    let thick = volume("thick", &["--hollow", "--wall", "4"]);
    assert!(usual < thick && thick < solid, "{usual} {thick} {solid}");
    assert_eq!(usual, same);
    let case = folder.join("thin");
    let thin = run(
        2,
        &[
            "cast",
            "--upper",
            text(&upper),
            "--hollow",
            "--wall",
            "0.2",
            "--out",
            text(&case),
        ],
    );
    assert!(stderr(&thin).contains("wall"), "{}", stderr(&thin));
    run(
        2,
        &[
            "cast",
            "--upper",
            text(&upper),
            "--wall",
            "3",
            "--out",
            text(&case),
        ],
    );
    assert!(!case.exists());
}

#[test]
fn a_label_is_cut_into_the_base_and_kept_with_the_case() {
    let folder = folder("label");
    let [upper, _] = write_pair(&folder, 7);
    let base = |name: &str, more: &[&str]| {
        let case = folder.join(name);
        let mut args = vec![
            "cast",
            "--upper",
            text(&upper),
            "--no-pictures",
            "--json",
            "--out",
            text(&case),
        ];
        args.extend(more);
        let answer = json(&run(0, &args));
        (mesh(&case.join("cast/upper-base.stl")).signed_volume(), answer)
    };
    let (plain, _) = base("plain", &["--no-label"]);
    let (sunk, answer) = base("sunk", &["--label", "AB 12\\nUPPER"]);
    let (raised, _) = base("raised", &["--label", "AB 12\\nUPPER", "--raised"]);
    assert!(sunk < plain && plain < raised, "{sunk} {plain} {raised}");
    assert!(
        answer["result"]["stated"]["label"]
            .as_str()
            .unwrap()
            .starts_with("AB 12"),
        "{answer}"
    );
}

#[test]
fn an_archive_of_both_arches_is_a_pair() {
    let folder = folder("archive");
    let files = write_pair(&folder, 8);
    let zip = folder.join("export.zip");
    let mut archive = zip::ZipWriter::new(fs::File::create(&zip).unwrap());
    for path in &files {
        let name = path.file_name().unwrap().to_str().unwrap();
        archive
            .start_file(name, zip::write::SimpleFileOptions::default())
            .unwrap();
        archive.write_all(&fs::read(path).unwrap()).unwrap();
    }
    archive.finish().unwrap();
    let case = folder.join("case");
    let args = [
        "cast",
        text(&zip),
        "--no-pictures",
        "--json",
        "--out",
        text(&case),
    ];
    let answer = json(&run(0, &args));
    assert_eq!(answer["result"]["bite"]["kind"], "as-scanned");
    // The archive is one file, and is kept once.
    assert_eq!(fs::read_dir(case.join("scans")).unwrap().count(), 1);
}

#[test]
fn three_points_state_the_pose_of_an_arch() {
    let folder = folder("points");
    let [upper, _] = write_pair(&folder, 9);
    let scan_from_cast = random_motion(9);
    let point = |x: f64, y: f64, z: f64| {
        let p = scan_from_cast * Point::new(x, y, z);
        format!("[{}, {}, {}]", p.x, p.y, p.z)
    };
    let edits = folder.join("edits.toml");
    // In the cast frame the patient's right is -x.
    let stated = format!(
        "[orientation.upper]\nincisors = {}\nright-molar = {}\nleft-molar = {}\n",
        point(0.0, 0.0, 0.0),
        point(-24.0, 28.0, 0.0),
        point(24.0, 28.0, 0.0)
    );
    fs::write(&edits, stated).unwrap();
    let case = folder.join("case");
    let args = [
        "cast",
        "--upper",
        text(&upper),
        "--edits",
        text(&edits),
        "--no-pictures",
        "--json",
        "--out",
        text(&case),
    ];
    let answer = json(&run(0, &args));
    let found = &answer["result"]["arch"][0]["cast-from-scan"];
    let truth = scan_from_cast.inverse().to_homogeneous();
    for i in 0..3 {
        for j in 0..4 {
            let apart = found[i][j].as_f64().unwrap() - truth[(i, j)];
            assert!(apart.abs() < 1e-6, "{i} {j}: {apart}");
        }
    }
}

#[test]
fn every_warning_of_an_arch_says_which_arch_it_is() {
    let folder = folder("warnings");
    let [upper, lower] = write_pair(&folder, 10);
    for path in [&upper, &lower] {
        // A piece that floats before the arch, which cleaning drops.
        let arch = mesh(path);
        let p = arch.points()[0] + Vector::new(0.0, 0.0, 60.0);
        let piece = [p, p + Vector::x(), p + Vector::y()];
        let piece = TriMesh::from_indices(piece.to_vec(), &[[0, 1, 2]]).unwrap();
        fs::write(path, encode_stl(&TriMesh::joined([&arch, &piece]))).unwrap();
    }
    let case = folder.join("case");
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
    let output = run(0, &args);
    let answer = json(&output);
    let manifest = fs::read_to_string(case.join("case.toml")).unwrap();
    for jaw in ["upper", "lower"] {
        let words = format!("{jaw} arch: 1 floating pieces");
        assert!(stderr(&output).contains(&words), "{}", stderr(&output));
        assert!(manifest.contains(&words), "{manifest}");
        let told = answer["warnings"].as_array().unwrap();
        assert!(
            told.iter()
                .any(|w| w["message"].as_str().unwrap().starts_with(&words))
        );
        assert!(
            manifest.contains(&format!("{jaw} scan: 1 pieces beside the largest")),
            "{manifest}"
        );
    }
}

#[test]
fn the_help_is_as_written() {
    let help = |command: &[&str]| String::from_utf8(run(0, command).stdout).unwrap();
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
        json(&run(0, &args))["result"]["bite"]["kind"]
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
        run(
            0,
            &[
                "cast",
                "--jaw",
                "lower",
                text(&file),
                "--no-pictures",
                "--out",
                text(&case),
            ],
        );
    }
}
