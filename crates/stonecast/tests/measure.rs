//! `stonecast measure` as a user runs it: a case in, findings out; settings, questions about findings, refusals.

use std::{fs, path::Path};

use parquet::{
    file::reader::{FileReader, SerializedFileReader},
    record::RowAccessor,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

mod program;

use program::{demo, folder, read_json, run, stderr, stdout, text};

#[test]
fn a_case_that_is_measured_again_gives_the_same_bytes_as_when_it_was_made() {
    let folder = folder("measure-again");
    let case = demo(&folder);
    let findings = case.join("measure/findings.json");
    let made = fs::read(&findings).unwrap();
    let manifest = fs::read(case.join("case.toml")).unwrap();
    run(0, &["measure", text(&case)]);
    assert!(made == fs::read(&findings).unwrap(), "findings.json differs");
    assert!(
        manifest == fs::read(case.join("case.toml")).unwrap(),
        "case.toml differs"
    );
    // Labelling again without other corrections measures again too.
    run(0, &["teeth", text(&case)]);
    assert!(
        made == fs::read(&findings).unwrap(),
        "findings.json differs after `teeth`"
    );
    assert!(
        manifest == fs::read(case.join("case.toml")).unwrap(),
        "case.toml differs after `teeth`"
    );

    let document = read_json(&findings);
    assert_eq!(document["format"], "stonecast-findings");
    assert!(
        document["notice"]
            .as_str()
            .unwrap()
            .contains("Not a medical device")
    );
    let list = document["findings"].as_array().unwrap();
    assert!(list.len() > 100);
    let width = list.iter().find(|f| f["id"] == "size.mesiodistal.11").unwrap();
    let value = width["outcome"]["number"]["value"].as_f64().unwrap();
    assert!((6.0..12.0).contains(&value), "{value}");
    assert_eq!(document["outlines"].as_array().unwrap().len(), 28);
    // Each drawing shows the numbers of the document.
    for (drawing, id) in [
        ("tooth-sizes", "size.mesiodistal.11"),
        ("arch-widths", "arch.width.molar1.cusp.upper"),
        ("bolton", "bolton.overall.ratio"),
        ("space", "space.discrepancy.upper"),
        ("irregularity", "little.lower"),
        ("overjet", "overbite.mm"),
        ("symmetry", "symmetry.arch.angle.upper"),
        ("arch-form", "arch.form.beta.rms.upper"),
        ("spee", "spee.mean"),
    ] {
        let svg = fs::read_to_string(case.join(format!("measure/{drawing}.svg"))).unwrap();
        assert!(svg.contains("Not a medical device"), "{drawing}");
        let number = &list.iter().find(|f| f["id"] == id).unwrap()["outcome"]["number"];
        let [value, uncertainty] = ["value", "uncertainty"].map(|key| number[key].as_f64().unwrap());
        let shown = [1, 2].map(|places| format!("{value:.places$} ± {:.places$}", 2.0 * uncertainty));
        assert!(
            shown.iter().any(|words| svg.contains(words)),
            "{drawing} lacks {shown:?}"
        );
        assert!(case.join(format!("measure/{drawing}.png")).is_file(), "{drawing}");
    }
    let csv = fs::read_to_string(case.join("measure/findings.csv")).unwrap();
    assert_eq!(csv.lines().count(), list.len() + 1);
    assert!(csv.starts_with("finding,name,kind,value,unit,"), "{csv}");
}

#[test]
fn the_job_can_leave_measuring_out_and_an_unlabelled_case_is_refused() {
    let folder = folder("measure-without");
    let case = folder.join("case");
    let args = [
        "demo",
        "--triangles",
        "12000",
        "--base",
        "none",
        "--no-measure",
        "--out",
        text(&case),
    ];
    run(0, &args);
    assert!(!case.join("measure").exists());
    run(0, &["measure", text(&case), "--no-files"]);
    assert!(!case.join("measure").exists());
    run(0, &["measure", text(&case)]);
    assert!(case.join("measure/findings.json").is_file());

    let bare = folder.join("bare");
    let args = [
        "demo",
        "--triangles",
        "12000",
        "--base",
        "none",
        "--no-teeth",
        "--out",
        text(&bare),
    ];
    run(0, &args);
    let refused = run(2, &["measure", text(&bare)]);
    assert!(
        stderr(&refused).contains("stonecast teeth CASE"),
        "{}",
        stderr(&refused)
    );
}

#[test]
fn findings_are_chosen_listed_and_explained_and_an_unknown_one_is_refused_with_the_nearest() {
    let folder = folder("measure-ask");
    let case = demo(&folder);
    let before = fs::metadata(case.join("measure/findings.json"))
        .unwrap()
        .modified()
        .unwrap();
    let listed = stdout(&run(0, &["measure", text(&case), "--list"]));
    assert!(listed.contains("size.mesiodistal.11"), "{listed}");
    let told = stdout(&run(
        0,
        &["measure", text(&case), "--explain", "size.crown_height.21"],
    ));
    for words in [
        "docs/methods/tooth-size.md",
        "gingival zenith",
        "middle of the incisal edge",
        "largest shares",
        "standard uncertainties",
        "Not a medical device",
    ] {
        assert!(told.contains(words), "{words} is missing: {told}");
    }
    let json: Value = serde_json::from_slice(
        &run(
            0,
            &[
                "measure",
                text(&case),
                "--explain",
                "size.crown_height.21",
                "--json",
            ],
        )
        .stdout,
    )
    .unwrap();
    assert_eq!(
        json["result"]["explained"][0]["finding"]["id"],
        "size.crown_height.21"
    );
    let wrong = run(2, &["measure", text(&case), "--explain", "size.mesodistal.11"]);
    assert!(
        stderr(&wrong).contains("did you mean size.mesiodistal.11"),
        "{}",
        stderr(&wrong)
    );
    // Questions write nothing.
    let after = fs::metadata(case.join("measure/findings.json"))
        .unwrap()
        .modified()
        .unwrap();
    assert_eq!(before, after);

    let json: Value = serde_json::from_slice(
        &run(
            0,
            &[
                "measure",
                text(&case),
                "--only",
                "size.mesiodistal,size.buccolingual",
                "--json",
            ],
        )
        .stdout,
    )
    .unwrap();
    let chosen = json["result"]["findings"].as_array().unwrap();
    assert_eq!(chosen.len(), 56);
    let shown = stdout(&run(0, &["measure", text(&case), "--only", "size.mesiodistal"]));
    assert!(shown.contains("mesiodistal width of 11"), "{shown}");
    let wrong = run(2, &["measure", text(&case), "--only", "siz,size"]);
    assert!(
        stderr(&wrong).contains("did you mean size?"),
        "{}",
        stderr(&wrong)
    );
    // The case holds everything, whatever is shown.
    let all = read_json(&case.join("measure/findings.json"));
    assert!(all["findings"].as_array().unwrap().len() > 100);
}

#[test]
fn settings_change_the_uncertainty_are_kept_with_the_case_and_bad_ones_are_refused() {
    let folder = folder("measure-settings");
    let case = demo(&folder);
    let spread = |args: &[&str]| {
        let mut all = vec!["measure", text(&case), "--only", "size.mesiodistal.11", "--json"];
        all.extend(args);
        let json: Value = serde_json::from_slice(&run(0, &all).stdout).unwrap();
        let number = &json["result"]["findings"][0]["outcome"]["number"];
        number["uncertainty"].as_f64().unwrap()
    };
    let usual = spread(&["--no-files"]);
    let rough = spread(&["--noise", "0.5,0.5"]);
    assert!(rough > usual, "{rough} {usual}");
    assert_eq!(
        spread(&["--no-files"]),
        rough,
        "what is not given stays as the case has it"
    );
    assert_eq!(spread(&["--scanner", "not-stated"]), usual);
    let answers = folder.join("answers.toml");
    fs::write(&answers, "[nobody]\nasks = true\n").unwrap();
    let warned = run(0, &["measure", text(&case), "--answers", text(&answers)]);
    assert!(stderr(&warned).contains("nobody.asks"), "{}", stderr(&warned));
    let manifest = fs::read_to_string(case.join("case.toml")).unwrap();
    assert!(manifest.contains("\"nobody.asks\" = true"), "{manifest}");
    assert!(manifest.contains("measure.answer.unasked"), "{manifest}");
    fs::write(&answers, "a = [1]\n").unwrap();
    for (args, words) in [
        (vec!["--scanner", "nokia"], "primescan"),
        (vec!["--noise", "1"], "LOCAL_MM,TRUENESS_MM"),
        (vec!["--norms", "nothing=x"], "no table `nothing`"),
        (vec!["--answers", text(&answers)], "neither true or false"),
        (vec!["--answers", "nowhere.toml"], "--answers cannot be read"),
    ] {
        let mut all = vec!["measure", text(&case)];
        all.extend(args);
        let wrong = run(2, &all);
        assert!(stderr(&wrong).contains(words), "{words}: {}", stderr(&wrong));
    }
}

#[test]
fn a_case_compared_with_itself_has_not_changed_and_with_another_says_what_did() {
    let folder = folder("measure-compare");
    let case = demo(&folder);
    let same = stdout(&run(0, &["measure", text(&case), "--compare", text(&case)]));
    assert!(
        same.contains("\n  none\n") && same.contains("of which 0 changed"),
        "{same}"
    );
    let other = folder.join("other");
    let args = [
        "demo",
        "--seed",
        "5",
        "--triangles",
        "12000",
        "--base",
        "none",
        "--no-measure",
        "--out",
    ];
    run(0, &[&args[..], &[text(&other)]].concat());
    let args = [
        "measure",
        text(&case),
        "--compare",
        text(&other),
        "--only",
        "arch.width",
        "--json",
    ];
    let answer: Value = serde_json::from_slice(&run(0, &args).stdout).unwrap();
    let changes = answer["result"]["compared"]["changes"].as_array().unwrap();
    assert!(changes.len() > 20);
    let is_width = |c: &Value| c["id"].as_str().unwrap().starts_with("arch.width.");
    assert!(changes.iter().all(is_width));
    let number = &changes[0]["what"]["number"];
    let value = |key: &str| number[key]["value"].as_f64().unwrap();
    assert!((value("after") - value("before") - value("change")).abs() < 1e-9);
    let wrong = run(
        2,
        &["measure", text(&case), "--compare", text(&folder.join("nowhere"))],
    );
    assert!(
        stderr(&wrong).contains("--compare: case.toml"),
        "{}",
        stderr(&wrong)
    );
}

#[test]
fn what_a_person_put_beside_the_findings_stays() {
    let folder = folder("measure-own-files");
    let case = demo(&folder);
    let notes = case.join("measure/notes.txt");
    fs::write(&notes, "ask about tooth 36").unwrap();
    run(0, &["measure", text(&case), "--no-drawings"]);
    assert_eq!(fs::read_to_string(&notes).unwrap(), "ask about tooth 36");
    assert!(
        !case.join("measure/bolton.svg").exists(),
        "our own drawings of before are gone"
    );
    run(0, &["teeth", text(&case), "--no-pictures"]);
    assert!(notes.exists());
}

#[test]
fn findings_go_to_a_folder_of_their_own_on_demand() {
    let folder = folder("measure-out");
    let case = demo(&folder);
    let out = folder.join("findings");
    let before = fs::read(case.join("case.toml")).unwrap();
    let args = ["measure", text(&case), "--scanner", "exact", "--out", text(&out)];
    run(0, &args);
    let document = read_json(&out.join("findings.json"));
    assert_eq!(document["settings"]["noise"]["name"], "exact");
    assert!(out.join("findings.csv").is_file());
    assert_eq!(before, fs::read(case.join("case.toml")).unwrap());
    run(2, &args);
    run(0, &[&args[..], &["--force"]].concat());
}

/// Changes a file of a case, and its entry in `case.toml` too if `listed`.
fn change(case: &Path, path: &str, listed: bool, change: impl FnOnce(String) -> String) {
    let file = case.join(path);
    let old = fs::read(&file).unwrap();
    let new = change(String::from_utf8(old.clone()).unwrap());
    fs::write(&file, &new).unwrap();
    if listed {
        let hex = |bytes: &[u8]| {
            Sha256::digest(bytes)
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect::<String>()
        };
        let manifest = fs::read_to_string(case.join("case.toml")).unwrap();
        let changed = manifest.replace(&hex(&old), &hex(new.as_bytes()));
        assert!(manifest != changed, "{path} is not listed, or was not changed");
        fs::write(case.join("case.toml"), changed).unwrap();
    }
}

#[test]
fn documents_that_are_missing_changed_cut_off_or_of_another_form_are_refused_by_name() {
    let folder = folder("measure-broken");
    let t = |name: &str, words: &[&str], breaks: &dyn Fn(&Path)| {
        let case = demo(&folder.join(name));
        breaks(&case);
        let refused = stderr(&run(2, &["measure", text(&case)]));
        for word in words {
            assert!(refused.contains(word), "{name}: {word} is missing: {refused}");
        }
    };
    let marks = "teeth/lower.landmarks.json";
    t("missing", &[marks, "cannot be read"], &|case| {
        fs::remove_file(case.join(marks)).unwrap();
    });
    t("edited", &[marks, "was changed"], &|case| {
        change(case, marks, false, |text| text.replacen("1.", "2.", 1));
    });
    t("cut", &[marks, "EOF", "stonecast teeth CASE"], &|case| {
        change(case, marks, true, |text| text[..text.len() / 2].to_owned());
    });
    t(
        "older",
        &[marks, "facial_axis", "stonecast teeth CASE"],
        &|case| {
            change(case, marks, true, |text| {
                text.replace("\"facial_axis\"", "\"axis\"")
            });
        },
    );
    t(
        "short",
        &["teeth/upper.labels.json", "face_labels", "faces"],
        &|case| {
            change(case, "teeth/upper.labels.json", true, |text| {
                let at = text.find("\"face_labels\":[").unwrap() + "\"face_labels\":[".len();
                let (head, tail) = text.split_at(at);
                format!("{head}{}", tail.split_once(',').unwrap().1)
            });
        },
    );
    t("no-tooth", &["teeth/upper.labels.json", "99"], &|case| {
        change(case, "teeth/upper.labels.json", true, |text| {
            let at = text.find("\"face_labels\"").unwrap();
            let (head, tail) = text.split_at(at);
            format!("{head}{}", tail.replacen("16", "99", 1))
        });
    });
    t("other", &["upper.landmarks.json", "lower arch"], &|case| {
        change(case, "teeth/upper.landmarks.json", true, |text| {
            text.replacen("\"jaw\":\"upper\"", "\"jaw\":\"lower\"", 1)
        });
    });
    t("far", &[marks, "nowhere near the surface"], &|case| {
        change(case, marks, true, |text| {
            let at = text.find("\"xyz\":[").unwrap() + "\"xyz\":[".len();
            let (head, tail) = text.split_at(at);
            format!("{head}1e7,1e7,0{}", &tail[tail.find(']').unwrap()..])
        });
    });
    t("no-folder", &["case.toml", "cannot be read"], &|case| {
        fs::remove_file(case.join("case.toml")).unwrap();
    });
}

#[test]
fn many_cases_make_one_table_and_a_broken_one_does_not_stop_the_rest() {
    let folder = folder("measure-batch");
    let cases = folder.join("cases");
    for name in ["b-2", "a-1", "c-broken"] {
        fs::rename(demo(&folder), cases_folder(&cases).join(name)).unwrap();
    }
    fs::write(cases.join("note.txt"), "no case").unwrap();
    fs::write(cases.join("c-broken/cast/upper.ply"), "cut off").unwrap();
    let (csv, parquet) = (folder.join("all.csv"), folder.join("all.parquet"));
    let args = [
        "measure",
        "--batch",
        text(&cases),
        "--no-files",
        "--csv",
        text(&csv),
        "--parquet",
        text(&parquet),
    ];
    let partly = run(3, &args);
    let said = stdout(&partly);
    let lines: Vec<&str> = said.lines().collect();
    assert!(
        lines[0].starts_with("a-1: ") && lines[1].starts_with("b-2: "),
        "{lines:?}"
    );
    assert_eq!(lines[2], "c-broken: NOT MEASURED");
    assert!(
        stderr(&partly).contains("c-broken: cast/upper.ply of the case was changed"),
        "{}",
        stderr(&partly)
    );

    let table = fs::read_to_string(&csv).unwrap();
    let single = fs::read_to_string(cases.join("a-1/measure/findings.csv")).unwrap();
    let rows: Vec<&str> = table.split("\r\n").collect();
    let of_one: Vec<&str> = single.split("\r\n").collect();
    // Two cases, each with the rows of its own table after its name.
    assert_eq!(rows.len() - 2, 2 * (of_one.len() - 2));
    assert_eq!(rows[0], format!("case,{}", of_one[0]));
    assert_eq!(rows[1], format!("a-1,{}", of_one[1]));
    assert_eq!(rows[of_one.len() - 1], format!("b-2,{}", of_one[1]));

    let reader = SerializedFileReader::new(fs::File::open(&parquet).unwrap()).unwrap();
    let names: Vec<String> = reader
        .metadata()
        .file_metadata()
        .schema_descr()
        .columns()
        .iter()
        .map(|c| c.name().to_owned())
        .collect();
    let of_csv: Vec<&str> = rows[0].split(',').filter(|name| *name != "notice").collect();
    assert_eq!(names, of_csv);
    let read: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(read.len(), rows.len() - 2);
    assert_eq!(read[0].get_string(0).unwrap(), "a-1");
    let first: Vec<&str> = rows[1].split(',').collect();
    assert_eq!(read[0].get_string(1).unwrap(), first[1]);

    // The tables are not replaced unasked; --only narrows them; a name that no case knows is an error beside the rest.
    run(2, &args);
    let json = run(
        3,
        &[
            &args[..],
            &["--force", "--json", "--only", "size.mesiodistal,nonsense"],
        ]
        .concat(),
    );
    let answer: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(answer["status"], "partly");
    assert_eq!(answer["result"]["cases"].as_array().unwrap().len(), 3);
    assert_eq!(answer["errors"].as_array().unwrap().len(), 2);
    assert_eq!(fs::read_to_string(&csv).unwrap().lines().count(), 1 + 2 * 28);
    run(2, &["measure", "--batch", text(&folder.join("cases/a-1"))]);
    let wrong = run(2, &["measure", "--batch", text(&cases), "--list"]);
    assert!(stderr(&wrong).contains("one CASE"), "{}", stderr(&wrong));
}

#[test]
fn tables_that_cannot_be_made_leave_what_stood_there() {
    let folder = folder("measure-batch-safe");
    let case = demo(&folder);
    let (csv, parquet) = (folder.join("all.csv"), folder.join("all.parquet"));
    fs::write(&csv, "the table of yesterday").unwrap();
    fs::remove_file(case.join("teeth/upper.labels.json")).unwrap();
    let (case, csv_text, parquet_text) = (text(&case), text(&csv), text(&parquet));
    let broken = [
        "measure",
        "--batch",
        text(&folder),
        "--no-files",
        "--force",
        "--csv",
        csv_text,
    ];
    run(2, &[&broken[..], &["--parquet", parquet_text]].concat());
    assert_eq!(fs::read_to_string(&csv).unwrap(), "the table of yesterday");
    assert!(!parquet.exists());
    let left: Vec<_> = fs::read_dir(&folder)
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "the case and the table: {left:?}");

    let twice = run(2, &[&broken[..], &["--parquet", csv_text]].concat());
    assert!(stderr(&twice).contains("a name of its own"), "{}", stderr(&twice));
    assert!(Path::new(case).exists());
}

#[test]
fn a_case_that_is_named_twice_is_measured_once() {
    let folder = folder("measure-twice");
    let case = demo(&folder);
    let again = case.join("../case");
    let answer = run(0, &["measure", text(&case), text(&again), "--no-files", "--json"]);
    let answer: Value = serde_json::from_slice(&answer.stdout).unwrap();
    assert_eq!(answer["result"]["cases"].as_array().unwrap().len(), 1);
}

fn cases_folder(cases: &Path) -> &Path {
    fs::create_dir_all(cases).unwrap();
    cases
}
