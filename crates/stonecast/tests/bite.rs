//! `stonecast occlusion` and `stonecast articulate` as a user runs them: a case in, contacts and excursions out.

use std::{fs, path::Path};

use serde_json::Value;
use stonecast_mesh::formats::{Limits, read_glb, read_ply};

mod program;

use program::{content, demo, folder, read_json, run, stderr, stdout, text};

fn number(finding: &Value) -> f64 {
    finding["outcome"]["number"]["value"].as_f64().unwrap()
}

fn finding<'a>(document: &'a Value, id: &str) -> &'a Value {
    let all = document["findings"].as_array().unwrap();
    all.iter()
        .find(|f| f["id"] == id)
        .unwrap_or_else(|| panic!("{id} is not there"))
}

#[test]
fn a_bite_that_is_analysed_again_gives_the_same_bytes_as_when_the_case_was_made() {
    let case = demo(&folder("bite-again"));
    let before = content(&case);
    assert!(before.contains_key("occlusion/occlusogram.png"));
    run(0, &["occlusion", text(&case), "--threads", "1"]);
    assert!(before == content(&case), "analysing again changes the case");
    run(0, &["teeth", text(&case)]);
    assert!(before == content(&case), "labelling again changes the case");

    let document = read_json(&case.join("occlusion/occlusion.json"));
    assert_eq!(document["format"], "stonecast-occlusion");
    assert_eq!(document["bite"], "as-scanned");
    assert!(
        document["notice"]
            .as_str()
            .unwrap()
            .contains("Not a medical device")
    );
    let contacts = document["contacts"].as_array().unwrap();
    assert!(contacts.len() > 5, "{} contacts", contacts.len());
    assert_eq!(document["teeth"].as_array().unwrap().len(), 28);
    // Areas grow with the gap; the table and the finding say the same as the document.
    let areas: Vec<f64> = (document["levels"].as_array().unwrap().iter())
        .map(|level| level["area"]["value"].as_f64().unwrap())
        .collect();
    assert!(areas[0] < areas[1] && areas[1] < areas[2], "{areas:?}");
    assert_eq!(number(finding(&document, "occlusion.area.100um")), areas[1]);
    let csv = fs::read_to_string(case.join("occlusion/contacts.csv")).unwrap();
    assert_eq!(csv.lines().count(), contacts.len() + 1);
    let csv = fs::read_to_string(case.join("occlusion/teeth.csv")).unwrap();
    assert_eq!(csv.lines().count(), 29);
    assert!(case.join("occlusion/section-16.svg").is_file());
}

#[test]
fn the_bite_can_be_asked_and_its_distances_exported_without_touching_the_case() {
    let folder = folder("bite-asked");
    let case = demo(&folder);
    let before = content(&case);
    let out = folder.join("out");
    let args = [
        "occlusion",
        text(&case),
        "--ply",
        "--bands",
        "contact-100",
        "--section",
        "11",
        "--cut",
        "0,20,0,1,0,0",
        "--between",
        "0,20,5,0,20,-5",
        "--out",
        text(&out),
    ];
    run(0, &args);
    let ply = read_ply(
        &fs::read(out.join("lower-distances.ply")).unwrap(),
        &Limits::default(),
    )
    .unwrap();
    let (name, distances) = &ply.parts[0].scalars[0];
    assert_eq!(name, "distance_mm");
    let known = distances.as_slice().iter().filter(|d| d.is_finite());
    assert!(known.count() > 500);
    let document = read_json(&out.join("occlusion.json"));
    let cuts = document["sections"].as_array().unwrap();
    assert_eq!(cuts.len(), 2);
    let between = cuts[1]["callipers"].as_array().unwrap();
    let between = between.iter().find(|c| c["id"] == "between-1").unwrap();
    assert_eq!(between["value"]["Ok"]["value"], 10.0);

    let told = stdout(&run(
        0,
        &["occlusion", text(&case), "--explain", "occlusion.area.100um"],
    ));
    assert!(
        told.contains("occlusal-contacts.md") && told.contains("uncertainty"),
        "{told}"
    );
    let listed = stdout(&run(0, &["occlusion", text(&case), "--list"]));
    assert!(listed.contains("occlusion.balance.left-right"), "{listed}");
    let only = run(
        0,
        &[
            "occlusion",
            text(&case),
            "--no-files",
            "--json",
            "--only",
            "occlusion.count",
        ],
    );
    let only: Value = serde_json::from_slice(&only.stdout).unwrap();
    let shown = only["result"]["findings"].as_array().unwrap();
    assert!(
        !shown.is_empty()
            && shown
                .iter()
                .all(|f| f["id"].as_str().unwrap().starts_with("occlusion.count"))
    );
    assert!(before == content(&case), "a question changed the case");
}

#[test]
fn what_cannot_be_analysed_is_refused_with_a_remedy() {
    let folder = folder("bite-refused");
    let case = demo(&folder);
    let refused = |args: &[&str], words: &str| {
        let said = stderr(&run(2, args));
        assert!(said.contains(words), "{args:?}: {said}");
    };
    refused(&["occlusion", text(&case), "--bands", "rainbow"], "contact-100");
    refused(
        &["occlusion", text(&case), "--explain", "occlusion.are"],
        "did you mean occlusion.area",
    );
    refused(&["occlusion", text(&case), "--cut", "1,2,3"], "6 or 9");
    refused(
        &["occlusion", text(&case), "--cut", "0,0,0,0,0,1"],
        "not parallel",
    );
    refused(&["occlusion", text(&case), "--section", "99"], "--section");
    refused(&["articulate", text(&case), "--preset", "galetti"], "artex-cr");
    refused(&["articulate", text(&case), "--sci", "200"], "must lie within");
    refused(
        &["articulate", text(&case), "--motion", "protrusion", "--to", "-1"],
        "cannot go to",
    );
    refused(&["articulate", text(&case), "--sweep", "spin=1"], "sci=20:60:5");

    let one = folder.join("one");
    let scan = folder.join("upper.stl");
    let made = stonecast_testkit::dentition(&stonecast_testkit::DentitionSpec {
        triangles: 8_000,
        ..stonecast_testkit::demo_spec()
    });
    fs::write(&scan, stonecast_mesh::formats::encode_stl(&made.upper.mesh)).unwrap();
    run(
        0,
        &[
            "cast",
            "--upper",
            text(&scan),
            "--base",
            "none",
            "--no-pictures",
            "--out",
            text(&one),
        ],
    );
    refused(&["occlusion", text(&one)], "needs both arches");
    refused(&["articulate", text(&one)], "needs both arches");
}

#[test]
fn a_case_is_articulated_and_gives_the_same_bytes_on_any_number_of_threads() {
    let folder = folder("bite-articulated");
    let case = demo(&folder);
    let args = [
        "articulate",
        text(&case),
        "--preset",
        "artex-cr",
        "--sci",
        "35",
        "--steps",
        "10",
    ];
    let said = stdout(&run(0, &args));
    assert!(
        said.contains("protrusion to 5.0 mm") && said.contains("laterotrusion-left"),
        "{said}"
    );
    let first = content(&case);
    run(0, &[&args[..], &["--threads", "1"]].concat());
    assert!(first == content(&case), "one thread gives other bytes");

    let mounting = read_json(&case.join("articulator/mounting.json"));
    assert_eq!(mounting["settings"]["inclination"]["right"], 35.0);
    assert_eq!(mounting["mounting"]["method"], "average-values");
    let motion = read_json(&case.join("articulator/laterotrusion-right.json"));
    assert_eq!(motion["path"]["steps"].as_array().unwrap().len(), 11);
    assert!(motion["excursion"]["pairs"].as_array().unwrap().len() > 10);
    assert!(motion["findings"].as_array().unwrap().len() > 10);
    let glb = read_glb(&first["articulator/motions.glb"], &Limits::default()).unwrap();
    assert_eq!(glb.parts.len(), 2);
    let told = stdout(&run(
        0,
        &[
            "articulate",
            text(&case),
            "--explain",
            "guidance.protrusion.angle",
        ],
    ));
    assert!(told.contains("docs/methods/excursions.md"), "{told}");

    // Other teeth: what was measured on the articulator no longer holds.
    let said = stderr(&run(0, &["teeth", text(&case)]));
    assert!(said.contains("run `stonecast articulate` again"), "{said}");
    assert!(!case.join("articulator").exists());
}

#[test]
fn a_record_of_jaw_motion_mounts_moves_and_sets_the_articulator() {
    let folder = folder("bite-recorded");
    let case = demo(&folder);
    let out = folder.join("by-settings");
    let settings = ["--sci-right", "31", "--sci-left", "42", "--bennett", "12"];
    let motions = "opening,protrusion,laterotrusion-right,laterotrusion-left";
    let args = [
        "articulate",
        text(&case),
        "--no-pictures",
        "--steps",
        "20",
        "--motion",
        motions,
        "--out",
        text(&out),
    ];
    run(0, &[&args[..], &settings[..]].concat());
    // What was moved by settings, as a record.
    let file = out.join("jaw-motion.json");
    let again = folder.join("by-record");
    let args = [
        "articulate",
        text(&case),
        "--no-pictures",
        "--json",
        "--record",
        text(&file),
        "--hinge",
        "--read-settings",
    ];
    let said = run(0, &[&args[..], &["--out", text(&again)]].concat());
    let said: Value = serde_json::from_slice(&said.stdout).unwrap();
    let read = &said["result"]["articulator"]["settings"]["inclination"];
    for (side, set) in [("right", 31.0), ("left", 42.0)] {
        let value = read[side].as_f64().unwrap();
        assert!((value - set).abs() < 1e-3, "{side}: {value}");
    }
    assert_eq!(said["result"]["articulator"]["mounting"]["method"], "hinge-axis");
    let guidance = |folder: &Path, name: &str, id: &str| {
        number(finding(&read_json(&folder.join(format!("{name}.json"))), id))
    };
    let by_settings = guidance(&out, "protrusion", "guidance.protrusion.angle");
    let by_record = guidance(
        &again,
        "recorded-protrusion",
        "guidance.recorded-protrusion.angle",
    );
    assert!(
        (by_settings - by_record).abs() < 0.05,
        "{by_settings} {by_record}"
    );

    let file = folder.join("record.json");
    fs::write(
        &file,
        "{\"format\": \"stonecast-jaw-motion\", \"version\": 1, \"movements\": []}",
    )
    .unwrap();
    let said = stderr(&run(2, &["articulate", text(&case), "--record", text(&file)]));
    assert!(said.contains("--record"), "{said}");
}

#[test]
fn a_sweep_tells_what_appears_where() {
    let folder = folder("bite-swept");
    let case = demo(&folder);
    let before = content(&case);
    let out = folder.join("sweep");
    let args = [
        "articulate",
        text(&case),
        "--motion",
        "protrusion",
        "--steps",
        "10",
        "--sweep",
        "sci=10,30,50",
    ];
    let said = stdout(&run(0, &[&args[..], &["--out", text(&out)]].concat()));
    assert!(said.contains("protrusion by condylar inclination"), "{said}");
    let csv = fs::read_to_string(out.join("sweep.csv")).unwrap();
    assert_eq!(csv.lines().count(), 4, "{csv}");
    assert!(before == content(&case), "a question changed the case");
}

#[test]
fn points_of_a_facebow_mount_the_case() {
    let folder = folder("bite-facebow");
    let case = demo(&folder);
    let file = folder.join("facebow.toml");
    fs::write(
        &file,
        "[condyles]\nby = \"points\"\nmethod = \"facebow\"\nuncertainty = 1.5\n\
         condyles = { right = [-54, 90, 36], left = [56, 91, 37] }\n\
         [plane]\nby = \"axis-orbital\"\norbitale = [-30, 5, 60]\n",
    )
    .unwrap();
    let args = [
        "articulate",
        text(&case),
        "--mounting",
        text(&file),
        "--motion",
        "protrusion",
        "--steps",
        "5",
    ];
    let said = stdout(&run(0, &[&args[..], &["--no-pictures", "--json"]].concat()));
    let said: Value = serde_json::from_str(&said).unwrap();
    let mounting = &said["result"]["articulator"]["mounting"];
    assert_eq!(mounting["method"], "facebow");
    assert_eq!(mounting["plane"]["name"], "axis-orbital");
    fs::write(&file, "[condyles]\nby = \"dowsing\"\n").unwrap();
    let said = stderr(&run(2, &["articulate", text(&case), "--mounting", text(&file)]));
    assert!(
        said.contains("--mounting") && said.contains("mounted-cast.md"),
        "{said}"
    );
}
