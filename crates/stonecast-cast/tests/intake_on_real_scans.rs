//! Intake of real arches, in the folder that `STONECAST_SCANS` names. These scans judge; nothing is tuned on them.

#![allow(clippy::print_stdout, reason = "a judge's figures are for reading")]

use std::path::PathBuf;
use std::time::Instant;

use stonecast_cast::intake::{Facing, Stated, facing, intake};
use stonecast_cast::scan::{LengthUnit, RoleEvidence, UnitEvidence};
use stonecast_dental::ScanRole;

#[test]
fn every_labelled_arch_is_taken_in_as_millimetres_facing_outwards_and_no_name_is_contradicted() {
    let Some(folder) = std::env::var_os("STONECAST_SCANS").map(PathBuf::from) else {
        println!("skipped: STONECAST_SCANS is not set");
        return;
    };
    let mut files: Vec<PathBuf> = ["labelled", "full"]
        .iter()
        .flat_map(|part| std::fs::read_dir(folder.join(part)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "ply"))
        .collect();
    files.sort();
    let (mut told, mut wrong) = (0, 0);
    for path in &files {
        let name = path.file_name().unwrap().to_str().unwrap();
        let bytes = std::fs::read(path).unwrap();
        // A prepared arch of unknown jaw has no role in its name.
        let role = name.contains("stumps").then_some(ScanRole::Upper);
        let stated = Stated {
            role,
            ..Stated::default()
        };
        let start = Instant::now();
        let checked = intake(&bytes, Some(name), &stated).unwrap();
        let took = start.elapsed();
        let scan = checked.value;
        assert_eq!(scan.unit.unit, LengthUnit::Millimetre, "{name}");
        assert_eq!(scan.unit.evidence, UnitEvidence::MeasuredSize, "{name}");
        assert_eq!(facing(&scan.mesh_in_scan), Facing::Outwards, "{name}");
        assert!(
            !checked.warnings.iter().any(|w| w.code == "intake.inside-out"),
            "{name}"
        );
        if scan.mesh_in_scan.face_count() > 100_000 {
            println!("{name}: {took:?}");
        }
        for warning in checked.warnings.iter().filter(|_| role.is_none()) {
            println!("{name}: {warning}");
        }
        if role.is_none() {
            // The same without its name: told by its shape, or refused.
            if let Ok(nameless) = intake(&bytes, None, &stated) {
                assert_eq!(nameless.value.role_evidence, RoleEvidence::Geometry);
                told += 1;
                if nameless.value.role != scan.role {
                    wrong += 1;
                    println!("{name}: its shape is called {}", nameless.value.role);
                }
            }
        }
    }
    println!(
        "{} arches, {told} told by shape alone, {wrong} of them wrongly",
        files.len()
    );
    // What is not certain must be refused: a wrong role is worse than a question.
    assert!(wrong * 20 <= told, "{wrong} of {told}");
}
