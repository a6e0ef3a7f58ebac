//! `stonecast teeth` as a user runs it: files and cases in, labels out, corrections and refusals.

#![expect(clippy::print_stdout, reason = "a skipped check says so")]

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::{Value, json};
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::{
    Point, TriMesh, Vector,
    formats::{Part, PlyCoordinates, PlyOptions, encode_ply},
};
use stonecast_testkit::{DentitionSpec, SyntheticArch, demo_spec, dentition, random_motion};

mod program;

use program::{content, folder, read_json, run, stderr, text};

fn numbers(document: &Value, key: &str) -> Vec<u8> {
    let array = document[key].as_array().unwrap();
    array.iter().map(|n| n.as_u64().unwrap() as u8).collect()
}

fn write_ply(path: &Path, mesh: &TriMesh) {
    let exact = PlyOptions {
        coordinates: PlyCoordinates::F64,
        ..PlyOptions::default()
    };
    fs::write(path, encode_ply(&Part::from_mesh(mesh.clone()), exact)).unwrap();
}

fn small_pair() -> [SyntheticArch; 2] {
    let pair = dentition(&DentitionSpec {
        triangles: 12_000,
        ..demo_spec()
    });
    [pair.upper, pair.lower]
}

/// Share of vertices that have their true label.
fn agreement(labels: &[u8], truth: &[Option<Fdi>]) -> f64 {
    let right = labels
        .iter()
        .zip(truth)
        .filter(|(l, t)| **l == t.map_or(0, Fdi::number));
    right.count() as f64 / truth.len() as f64
}

#[test]
fn every_vertex_and_face_of_a_file_is_labelled_in_its_order() {
    let folder = folder("teeth-file");
    for (arch, seed) in small_pair().into_iter().zip([21, 22]) {
        let jaw = arch.jaw.name();
        // Two vertices that no face uses, before all others and after them.
        let motion = random_motion(seed);
        let mut points = vec![arch.mesh.points()[7]];
        points.extend(arch.mesh.points());
        points.push(arch.mesh.points()[9]);
        let faces: Vec<[u32; 3]> = arch.mesh.faces().iter().map(|f| f.map(|v| v.0 + 1)).collect();
        let file = folder.join("scan.ply");
        write_ply(
            &file,
            &TriMesh::from_indices(points, &faces)
                .unwrap()
                .transformed(&motion),
        );
        let out = folder.join(format!("{jaw}.json"));
        run(0, &["teeth", text(&file), "--jaw", jaw, "--out", text(&out)]);
        let document = read_json(&out);
        assert_eq!(document["jaw"], jaw);
        let (labels, instances) = (numbers(&document, "labels"), numbers(&document, "instances"));
        assert_eq!(labels.len(), arch.mesh.vertex_count() + 2);
        assert_eq!(numbers(&document, "face_labels").len(), arch.mesh.face_count());
        assert_eq!(labels[0], labels[1 + 7]);
        assert_eq!(labels[labels.len() - 1], labels[1 + 9]);
        // One instance to a number, counted from 1.
        let pairs: BTreeMap<u8, u8> = labels.iter().copied().zip(instances.iter().copied()).collect();
        assert!(labels.iter().zip(&instances).all(|(l, i)| pairs[l] == *i));
        let counted: Vec<u8> = pairs.values().copied().collect();
        assert_eq!(counted, (0..counted.len() as u8).collect::<Vec<_>>());
        // A synthetic arch in line is an easy one; what is missed lies along the borders.
        let share = agreement(&labels[1..labels.len() - 1], arch.truth.vertex_labels.as_slice());
        assert!(share > 0.85, "{jaw}: {share}");
    }
}

#[test]
fn a_folder_gets_everything_and_corrections_are_marked() {
    let folder = folder("teeth-folder");
    let [upper, _] = small_pair();
    let motion = random_motion(23);
    let file = folder.join("scan.ply");
    write_ply(&file, &upper.mesh.transformed(&motion));
    let out = folder.join("out");
    let args = [
        "teeth",
        text(&file),
        "--jaw",
        "upper",
        "--picture-size",
        "320x240",
        "--out",
        text(&out),
    ];
    run(0, &args);
    for name in [
        "labels.json",
        "landmarks.json",
        "teeth.ply",
        "teeth.png",
        "teeth-upper-occlusal.png",
        "teeth-frontal.png",
    ] {
        assert!(out.join(name).is_file(), "{name} is missing");
    }
    assert!(!out.join("teeth-lower-occlusal.png").exists());
    run(2, &args);

    // 16 is called 17 and back again by a point on it; its mesial contact is set by hand.
    let truth = upper.truth.tooth(Fdi::new(16).unwrap()).unwrap();
    let tip =
        Point::from(truth.origin_in_cast) + Vector::from(truth.occlusal_in_cast) * truth.crown_height_mm;
    let at = upper
        .mesh
        .points()
        .iter()
        .min_by(|a, b| (*a - tip).norm().total_cmp(&(*b - tip).norm()));
    let at = motion * at.unwrap();
    let edits = folder.join("edits.toml");
    let corrections = format!(
        "[[teeth.upper.extra]]\ntooth = 17\n[[teeth.upper.renumber]]\nat = [{}, {}, {}]\nto = 17\n\
         [[teeth.upper.landmark]]\ntooth = 17\nkind = \"mesial_contact\"\nat = [{}, {}, {}]\n",
        at.x, at.y, at.z, at.x, at.y, at.z
    );
    fs::write(&edits, corrections).unwrap();
    let mut again = args.to_vec();
    again.extend(["--edits", text(&edits), "--force", "--no-pictures"]);
    run(0, &again);
    let landmarks = read_json(&out.join("landmarks.json"));
    let tooth = |n: u64| {
        let teeth = landmarks["teeth"].as_array().unwrap();
        teeth.iter().find(|t| t["fdi"] == n).cloned()
    };
    assert_eq!(tooth(17).unwrap()["told_by"], "human");
    assert_eq!(tooth(16), None);
    assert_eq!(tooth(11).unwrap()["told_by"], "auto");
    let marks = landmarks["landmarks"].as_array().unwrap();
    let set = marks
        .iter()
        .find(|m| m["fdi"] == 17 && m["kind"] == "mesial_contact")
        .unwrap();
    assert_eq!(set["told_by"], "human");
    for (i, c) in [at.x, at.y, at.z].into_iter().enumerate() {
        assert!((set["xyz"][i].as_f64().unwrap() - c).abs() < 1e-9);
    }

    // What does not fit is named, all of it, and nothing is written.
    fs::write(
        &edits,
        "[[teeth.upper.renumber]]\ntooth = 85\nto = 15\n[[teeth.upper.extra]]\nat = [900, 0, 0]\n",
    )
    .unwrap();
    let before = fs::read(out.join("labels.json")).unwrap();
    let words = stderr(&run(2, &again));
    assert!(
        words.contains("teeth.upper.renumber 1") && words.contains("teeth.upper.extra 1"),
        "{words}"
    );
    assert_eq!(fs::read(out.join("labels.json")).unwrap(), before);
}

#[test]
fn a_case_is_labelled_when_it_is_made_and_again_with_corrections() {
    let folder = folder("teeth-case");
    for arch in small_pair() {
        write_ply(
            &folder.join(format!("{}.ply", arch.jaw)),
            &arch.mesh.transformed(&random_motion(24)),
        );
    }
    let [upper, lower] = [Jaw::Upper, Jaw::Lower].map(|jaw| folder.join(format!("{jaw}.ply")));
    let case = folder.join("case");
    run(
        0,
        &[
            "cast",
            "--upper",
            text(&upper),
            "--lower",
            text(&lower),
            "--base",
            "none",
            "--picture-size",
            "320x240",
            "--out",
            text(&case),
        ],
    );
    let made = content(&case);
    for path in [
        "teeth/upper.labels.json",
        "teeth/lower.landmarks.json",
        "teeth/upper.ply",
        "pictures/teeth.png",
        "pictures/teeth-lower-occlusal.png",
    ] {
        assert!(made.contains_key(path), "{path} is missing");
    }

    // Labelling it again gives the same bytes, and leaves what a person put into the folder.
    let again = ["teeth", text(&case), "--picture-size", "320x240"];
    fs::write(case.join("notes.txt"), b"look at 16").unwrap();
    run(0, &again);
    let mut relabelled = content(&case);
    assert_eq!(
        relabelled.remove("notes.txt").as_deref(),
        Some(&b"look at 16"[..])
    );
    for (path, bytes) in &made {
        assert!(relabelled.get(path) == Some(bytes), "{path} differs");
    }
    assert_eq!(made.len(), relabelled.len());

    // Corrections of teeth are kept with the case; those that would make another cast are refused.
    let edits = folder.join("edits.toml");
    fs::write(&edits, "[[teeth.lower.extra]]\ntooth = 36\n").unwrap();
    let mut corrected = again.to_vec();
    corrected.extend(["--edits", text(&edits), "--json"]);
    let answer: Value = serde_json::from_slice(&run(0, &corrected).stdout).unwrap();
    let numbers = |answer: &Value| -> Vec<u64> {
        let teeth = answer["result"]["teeth"][1]["tooth"].as_array().unwrap();
        teeth.iter().map(|t| t["fdi"].as_u64().unwrap()).collect()
    };
    assert!(!numbers(&answer).contains(&36) && numbers(&answer).contains(&37));
    assert_eq!(
        fs::read(case.join("edits.toml")).unwrap(),
        fs::read(&edits).unwrap()
    );
    let third: Value = serde_json::from_slice(&run(0, &["teeth", text(&case), "--json"]).stdout).unwrap();
    assert_eq!(numbers(&third), numbers(&answer));
    fs::write(&edits, "[bite]\nkind = \"estimated\"\n").unwrap();
    // With --json errors are part of the answer.
    let words = String::from_utf8_lossy(&run(2, &corrected).stdout).into_owned();
    assert!(words.contains("make the case again"), "{words}");
    run(2, &["teeth", text(&case), "--jaw", "upper"]);
}

#[test]
fn what_is_no_arch_is_refused_with_a_reason() {
    let folder = folder("teeth-refused");
    let out = folder.join("labels.json");
    let refused = |mesh: &TriMesh| {
        let file = folder.join("Doe_Jane.ply");
        write_ply(&file, mesh);
        let words = stderr(&run(
            2,
            &[
                "teeth",
                text(&file),
                "--jaw",
                "upper",
                "--unit",
                "mm",
                "--out",
                text(&out),
            ],
        ));
        assert!(
            !out.exists() && !words.contains("Doe") && words.starts_with("error: "),
            "{words}"
        );
        words
    };
    let ball = stonecast_mesh::surface::shapes::sphere(25.0, 4);
    println!("a ball: {}", refused(&ball));
    println!(
        "a sheet: {}",
        refused(&stonecast_mesh::surface::shapes::sheet(40, 60.0))
    );
    println!(
        "a crumb: {}",
        refused(&stonecast_mesh::surface::shapes::sphere(5.0, 0))
    );
    let empty = folder.join("empty.stl");
    fs::write(&empty, b"").unwrap();
    run(2, &["teeth", text(&empty), "--jaw", "upper", "--out", text(&out)]);
    let words = stderr(&run(2, &["teeth", text(&empty)]));
    assert!(words.contains("--jaw") && words.contains("--out"), "{words}");
}

#[test]
fn a_folder_of_labelled_scans_is_scored() {
    let folder = folder("teeth-score");
    for arch in small_pair() {
        let name = format!("synthetic-1_{}", arch.jaw);
        write_ply(&folder.join(format!("{name}.ply")), &arch.mesh);
        let labels: Vec<u8> = arch
            .truth
            .vertex_labels
            .as_slice()
            .iter()
            .map(|l| l.map_or(0, Fdi::number))
            .collect();
        fs::write(
            folder.join(format!("{name}.labels.json")),
            json!({ "labels": labels }).to_string(),
        )
        .unwrap();
        let points: Vec<Value> = (arch.truth.landmarks.iter())
            .filter_map(|mark| {
                let kind = match mark.kind {
                    stonecast_dental::LandmarkKind::MesialContact => "mesial",
                    stonecast_dental::LandmarkKind::DistalContact => "distal",
                    _ => return None,
                };
                Some(json!({ "fdi": mark.tooth, "type": kind, "xyz": mark.position }))
            })
            .collect();
        fs::write(
            folder.join(format!("{name}.landmarks.json")),
            json!(points).to_string(),
        )
        .unwrap();
    }
    let picture = folder.join("confusion.png");
    let args = [
        "teeth",
        "score",
        "--truth",
        text(&folder),
        "--confusion",
        text(&picture),
        "--json",
    ];
    let answer: Value = serde_json::from_slice(&run(0, &args).stdout).unwrap();
    let all = &answer["result"]["all"];
    assert_eq!(all["arches"], 2);
    assert!(all["success"].as_f64().unwrap() > 0.8, "{all}");
    let landmarks = &answer["result"]["landmarks"];
    for kind in ["mesial", "distal"] {
        let figures = &landmarks[kind];
        assert_eq!(figures["annotated"], 28, "{figures}");
        assert_eq!(figures["found"], 28, "{figures}");
        // The testkit's contacts lie 1 to 2 mm lower than where a contact is seen (docs/methods/tooth-anatomy.md): on the
        // right tooth and side of it, that is, half a narrow crown off at most.
        assert!(figures["median_mm"].as_f64().unwrap() < 2.5, "{figures}");
    }
    assert!(answer["result"]["mesiodistal_widths"]["count"].as_u64().unwrap() > 20);
    assert!(fs::read(picture).unwrap().starts_with(b"\x89PNG"));
    run(2, &["teeth", "score", "--truth", "no/such/folder"]);
}
