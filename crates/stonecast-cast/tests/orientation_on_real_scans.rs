//! Orientation of labelled real arches, in the folder that `STONECAST_SCANS` names. These scans judge; nothing is
//! tuned on them. The example `orientation_report` prints the whole distribution.

#![allow(clippy::print_stdout, reason = "a judge's figures are for reading")]

use std::path::PathBuf;

use stonecast_cast::orient::{OrientParams, guess_jaw, orient};
use stonecast_dental::Jaw;
use stonecast_mesh::Vector;

mod labelled;

#[test]
fn labelled_arches_are_oriented_in_random_poses() {
    let Some(folder) = std::env::var_os("STONECAST_SCANS").map(PathBuf::from) else {
        println!("skipped: STONECAST_SCANS is not set");
        return;
    };
    let (mut trials, mut failures, mut jaws, mut arches) = (0, Vec::new(), 0, 0);
    for arch in labelled::all(&folder) {
        arches += 1;
        for seed in 0..3 {
            let (scan, scan_from_file) = stonecast_testkit::in_random_pose(&arch.mesh, seed);
            let found = orient(&scan, arch.jaw, &OrientParams::default()).unwrap().value;
            let file_from_arch = (found.arch_from_scan * scan_from_file).inverse();
            let axis = (file_from_arch * Vector::z()).angle(&arch.superior).to_degrees();
            let midline = (file_from_arch * Vector::x()).angle(&arch.left).to_degrees();
            trials += 1;
            if axis > 10.0 || midline > 7.0 {
                failures.push(format!("{} pose {seed}: {axis:.1}° {midline:.1}°", arch.name));
            }
        }
        let guess = guess_jaw(&arch.mesh).unwrap();
        jaws += usize::from(guess.jaw == arch.jaw);
        if guess.jaw != arch.jaw {
            println!("{} guessed {guess:?}", arch.name);
            // A wrong guess must not be a sure one.
            assert!(guess.confidence <= 0.5, "{} {guess:?}", arch.name);
        }
    }
    println!("jaw guessed right: {jaws} of {arches}");
    println!("{} failures in {trials} trials: {failures:#?}", failures.len());
    assert!(failures.len() * 100 <= trials);
}

#[test]
fn full_scans_are_oriented_or_doubted() {
    let Some(folder) = std::env::var_os("STONECAST_SCANS").map(PathBuf::from) else {
        println!("skipped: STONECAST_SCANS is not set");
        return;
    };
    let arch = labelled::mesh(&folder.join("full/lower_213k.ply"));
    let found = orient(&arch, Jaw::Lower, &OrientParams::default()).unwrap();
    println!("lower: {:?}", found.value);
    assert!(found.value.confidence > 0.5);
    let stumps = labelled::mesh(&folder.join("full/stumps_118k.ply"));
    let found = orient(&stumps, Jaw::Lower, &OrientParams::default()).unwrap();
    println!("stumps: {:?}", found.value);
    assert!(found.value.confidence < 0.5);
}
