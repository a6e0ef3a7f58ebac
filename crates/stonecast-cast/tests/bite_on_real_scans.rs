//! The bite of real pairs, in the folder that `STONECAST_SCANS` names. These scans judge; nothing is tuned on them.

#![allow(clippy::print_stdout, reason = "a judge's figures are for reading")]

mod cheek;

use std::path::{Path, PathBuf};
use std::time::Instant;

use stonecast_cast::bite::{
    ArchInput, BiteError, BiteKind, BiteParams, BiteScanInput, NotInOcclusion, find_bite,
};
use stonecast_cast::clean::{CleanParams, clean};
use stonecast_cast::orient::{OrientParams, orient};
use stonecast_dental::{Jaw, ScanRole};
use stonecast_mesh::formats::{Limits, decode};
use stonecast_mesh::{Point, RigidMotion, TriMesh, Vector};
use stonecast_testkit::random_motion;

/// An arch with its labels' frame.
struct Arch {
    mesh: TriMesh,
    arch_from_scan: RigidMotion,
}

impl Arch {
    fn input(&self) -> ArchInput<'_> {
        ArchInput {
            mesh_in_scan: &self.mesh,
            arch_from_scan: self.arch_from_scan,
        }
    }

    fn moved(&self, motion: &RigidMotion) -> Self {
        Self {
            mesh: self.mesh.transformed(motion),
            arch_from_scan: self.arch_from_scan * motion.inverse(),
        }
    }

    /// A point of the arch's own frame, in the scan's.
    fn at(&self, x: f64, y: f64) -> Point {
        self.arch_from_scan.inverse() * Point::new(x, y, 0.0)
    }
}

fn scans() -> Option<PathBuf> {
    let folder = std::env::var_os("STONECAST_SCANS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: STONECAST_SCANS is not set");
    }
    folder
}

fn load(folder: &Path, name: &str, jaw: &str) -> Arch {
    let base = folder.join("labelled").join(format!("{name}_{jaw}"));
    let bytes = std::fs::read(base.with_extension("ply")).unwrap();
    let mesh = decode(&bytes, None, &Limits::default())
        .unwrap()
        .parts
        .remove(0)
        .mesh;
    let text = std::fs::read(base.with_extension("labels.json")).unwrap();
    let labels: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let labels: Vec<u64> = labels["labels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| l.as_u64().unwrap())
        .collect();
    let arch_from_scan = frame_of_labels(&mesh, &labels, jaw == "upper");
    let mesh = clean(&mesh, None, &CleanParams::default()).unwrap().value.mesh;
    Arch { mesh, arch_from_scan }
}

/// The frame that the labels imply: axes by the first molars and premolars against the central incisors, the origin
/// at the incisors' middle on the height that all but a few of the crowns' vertices keep.
fn frame_of_labels(mesh: &TriMesh, labels: &[u64], is_upper: bool) -> RigidMotion {
    let mean = |teeth: &[u64]| -> Point {
        let all: Vec<Vector> = (0..labels.len())
            .filter(|&v| teeth.contains(&labels[v]))
            .map(|v| mesh.points()[v].coords)
            .collect();
        Point::from(all.iter().sum::<Vector>() / all.len() as f64)
    };
    let [right, left] = if is_upper { [10, 20] } else { [40, 30] };
    let (on_right, on_left) = (mean(&[right + 6, right + 5]), mean(&[left + 6, left + 5]));
    let front = mean(&[right + 1, left + 1]);
    let x = (on_left - on_right).normalize();
    let back = nalgebra::center(&on_left, &on_right) - front;
    let y = (back - x * x.dot(&back)).normalize();
    let z = x.cross(&y);
    let rotation = nalgebra::Rotation3::from_basis_unchecked(&[x, y, z]).inverse();
    let rotation = nalgebra::UnitQuaternion::from_rotation_matrix(&rotation);
    let occlusal = if is_upper { -1.0 } else { 1.0 };
    let mut heights: Vec<f64> = (0..labels.len())
        .filter(|&v| labels[v] != 0)
        .map(|v| occlusal * z.dot(&(mesh.points()[v] - front)))
        .collect();
    heights.sort_by(f64::total_cmp);
    let origin = front + z * (occlusal * heights[heights.len() * 97 / 100]);
    RigidMotion::from_parts((-(rotation * origin.coords)).into(), rotation)
}

fn pairs(folder: &Path) -> Vec<(Arch, Arch)> {
    (1..=4)
        .map(|k| {
            let name = format!("pair-0{k}");
            (load(folder, &name, "upper"), load(folder, &name, "lower"))
        })
        .collect()
}

fn only(kind: BiteKind) -> BiteParams {
    BiteParams { only: Some(kind) }
}

fn why_not(upper: &Arch, lower: &Arch) -> Option<NotInOcclusion> {
    match find_bite(&upper.input(), &lower.input(), &[], &only(BiteKind::AsScanned)) {
        Ok(_) => None,
        Err(BiteError::NotAsScanned(reason)) => Some(reason),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn the_four_pairs_stand_in_occlusion() {
    let Some(folder) = scans() else { return };
    for (k, (upper, lower)) in pairs(&folder).iter().enumerate() {
        let start = Instant::now();
        let checked = find_bite(&upper.input(), &lower.input(), &[], &BiteParams::default()).unwrap();
        let bite = checked.value;
        println!(
            "pair {}: {bite:?} {:?} {:?}",
            k + 1,
            checked.warnings,
            start.elapsed()
        );
        assert_eq!(bite.kind, BiteKind::AsScanned);
    }
}

#[test]
fn uppers_and_lowers_of_different_patients_do_not() {
    let Some(folder) = scans() else { return };
    let pairs = pairs(&folder);
    for i in 0..4 {
        for j in 0..4 {
            if i != j {
                let reason = why_not(&pairs[i].0, &pairs[j].1);
                println!("upper {} lower {}: {reason:?}", i + 1, j + 1);
                assert!(reason.is_some());
            }
        }
    }
}

/// The patients of whom each arch was scanned in a frame of its own.
fn scanned_apart(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(folder.join("labelled"))
        .unwrap()
        .filter_map(|e| e.unwrap().file_name().into_string().ok())
        .filter_map(|n| n.strip_suffix("_upper.ply").map(str::to_owned))
        .filter(|n| n.starts_with("ios-"))
        .collect();
    names.sort();
    names
}

#[test]
fn arches_in_their_own_frames_do_not() {
    let Some(folder) = scans() else { return };
    for name in scanned_apart(&folder) {
        let reason = why_not(&load(&folder, &name, "upper"), &load(&folder, &name, "lower"));
        assert!(reason.is_some(), "{name}");
    }
}

#[test]
fn a_pair_displaced_by_what_scanners_err_is_accepted_and_by_two_millimetres_or_five_degrees_is_not() {
    let Some(folder) = scans() else { return };
    for (upper, lower) in &pairs(&folder) {
        let in_arch = |motion: RigidMotion| upper.arch_from_scan.inverse() * motion * upper.arch_from_scan;
        let shift = |x, y, z| in_arch(RigidMotion::translation(x, y, z));
        let turn = |x: f64, y: f64, z: f64| {
            in_arch(RigidMotion::rotation(
                Vector::new(x, y, z) * std::f64::consts::PI / 180.0,
            ))
        };
        for near in [
            shift(0., 0., -0.3),
            shift(0., 0., 0.3),
            shift(0.5, 0., 0.),
            turn(1., 0., 0.),
        ] {
            assert_eq!(why_not(upper, &lower.moved(&near)), None);
        }
        for far in [
            shift(0., 0., -2.),
            shift(3., 0., 0.),
            shift(-3., 0., 0.),
            shift(0., 3., 0.),
            shift(0., -3., 0.),
            turn(5., 0., 0.),
            turn(-5., 0., 0.),
            turn(0., 5., 0.),
            turn(0., 0., 5.),
        ] {
            assert!(why_not(upper, &lower.moved(&far)).is_some());
        }
    }
}

#[test]
fn the_estimate_of_a_pair_taken_apart() {
    let Some(folder) = scans() else { return };
    for (k, (upper, lower)) in pairs(&folder).iter().enumerate() {
        let away = RigidMotion::new(Vector::new(12., -7., 40.), Vector::new(1.0, -2.0, 0.5));
        let apart = lower.moved(&away);
        let start = Instant::now();
        let bite = find_bite(&upper.input(), &apart.input(), &[], &BiteParams::default())
            .unwrap()
            .value;
        let took = start.elapsed();
        assert_eq!(bite.kind, BiteKind::Estimated);
        let error = bite.upper_scan_from_lower_scan * away;
        let at = |x, y| (error * lower.at(x, y) - lower.at(x, y)).norm();
        assert!(bite.largest_penetration.0 <= 0.1 + 1e-3);
        println!(
            "pair {}: right molar {:.3} left molar {:.3} incisors {:.3} rotation {:.2} deg; depth {:.3} contacts {} gap {:.2?} {took:?}",
            k + 1,
            at(-23., 30.),
            at(23., 30.),
            at(0., 0.),
            error.rotation.angle().to_degrees(),
            bite.largest_penetration.0,
            bite.contact_count,
            bite.median_gap,
        );
    }
}

#[test]
fn the_bite_of_a_pair_taken_apart_is_found_again_by_bite_scans() {
    let Some(folder) = scans() else { return };
    for (k, (upper, lower)) in pairs(&folder).iter().enumerate() {
        let away = RigidMotion::new(Vector::new(12., -7., 40.), Vector::new(1.0, -2.0, 0.5));
        let apart = lower.moved(&away);
        let elsewhere = RigidMotion::new(Vector::new(-30., 80., 5.), Vector::new(-2.0, 0.3, 1.5));
        let view = |side| {
            cheek::cheek_view(&upper.mesh, &lower.mesh, &upper.arch_from_scan, side, 0.05)
                .transformed(&elsewhere)
        };
        let (right, left) = (view(-1.0), view(1.0));
        let right = BiteScanInput {
            role: ScanRole::BiteRight,
            mesh: &right,
        };
        let left = BiteScanInput {
            role: ScanRole::BiteLeft,
            mesh: &left,
        };
        for (name, scans) in [("right", vec![right]), ("both", vec![right, left])] {
            let start = Instant::now();
            let checked = find_bite(&upper.input(), &apart.input(), &scans, &BiteParams::default()).unwrap();
            let took = start.elapsed();
            let bite = checked.value;
            let error = bite.upper_scan_from_lower_scan * away;
            let at = |x, y| (error * lower.at(x, y) - lower.at(x, y)).norm();
            assert_eq!(bite.kind, BiteKind::FromBiteScan);
            // The side scanned keeps the noise of the scan; the other is extrapolated over twice its distance.
            assert!(at(-23., 30.) < 0.05, "{} at the scanned side", at(-23., 30.));
            assert!(at(23., 30.) < if scans.len() == 2 { 0.05 } else { 0.2 });
            println!(
                "pair {} {name}: {:?} right molar {:.3} left molar {:.3} incisors {:.3} rotation {:.2} deg; {:?} {took:?}",
                k + 1,
                bite.kind,
                at(-23., 30.),
                at(23., 30.),
                at(0., 0.),
                error.rotation.angle().to_degrees(),
                bite.residual,
            );
        }
    }
}

#[test]
fn the_pairs_are_as_scanned_and_estimated_alike_in_the_frames_that_orientation_finds() {
    let Some(folder) = scans() else { return };
    for (k, (upper, lower)) in pairs(&folder).iter().enumerate() {
        let found = |arch: &Arch, jaw| Arch {
            mesh: arch.mesh.clone(),
            arch_from_scan: orient(&arch.mesh, jaw, &OrientParams::default())
                .unwrap()
                .value
                .arch_from_scan,
        };
        let (upper, oriented) = (found(upper, Jaw::Upper), found(lower, Jaw::Lower));
        assert_eq!(why_not(&upper, &oriented), None);
        let away = RigidMotion::new(Vector::new(12., -7., 40.), Vector::new(1.0, -2.0, 0.5));
        let apart = oriented.moved(&away);
        let bite = find_bite(&upper.input(), &apart.input(), &[], &BiteParams::default())
            .unwrap()
            .value;
        let error = bite.upper_scan_from_lower_scan * away;
        let at = |x, y| (error * lower.at(x, y) - lower.at(x, y)).norm();
        println!(
            "pair {} by orientation: right molar {:.3} left molar {:.3} incisors {:.3}",
            k + 1,
            at(-23., 30.),
            at(23., 30.),
            at(0., 0.)
        );
    }
}

#[test]
fn the_estimate_of_a_real_pair_is_the_same_in_every_pose_and_after_rounding() {
    let Some(folder) = scans() else { return };
    let mut worst = 0.0f64;
    for (k, (upper, lower)) in pairs(&folder).iter().enumerate() {
        let estimate = |on_upper: RigidMotion, on_lower: RigidMotion| {
            let [upper, lower] =
                [(upper, on_upper, Jaw::Upper), (lower, on_lower, Jaw::Lower)].map(|(arch, motion, jaw)| {
                    // As a file of single-precision coordinates keeps it.
                    let written = |p: &Point| (motion * p).map(|c| f64::from(c as f32));
                    let mesh = arch.mesh.map_points(written).unwrap();
                    let found = orient(&mesh, jaw, &OrientParams::default()).unwrap().value;
                    Arch {
                        mesh,
                        arch_from_scan: found.arch_from_scan,
                    }
                });
            let bite = find_bite(&upper.input(), &lower.input(), &[], &only(BiteKind::Estimated)).unwrap();
            on_upper.inverse() * bite.value.upper_scan_from_lower_scan * on_lower
        };
        let still = estimate(RigidMotion::identity(), RigidMotion::identity());
        for seed in 0..3 {
            let moved = estimate(random_motion(2 * seed), random_motion(2 * seed + 1));
            let apart = [[-40., 0.], [40., 0.], [0., -40.], [0., 40.]]
                .map(|[x, y]| (still * lower.at(x, y) - moved * lower.at(x, y)).norm())
                .into_iter()
                .fold(0.0, f64::max);
            println!("pair {}, poses {seed}: {apart:.2e} mm", k + 1);
            worst = worst.max(apart);
        }
    }
    assert!(worst < 1e-4, "{worst} mm");
}

#[test]
fn no_patient_scanned_with_each_arch_in_its_own_frame_is_as_scanned_in_the_frames_that_orientation_finds() {
    let Some(folder) = scans() else { return };
    let mut refused = 0;
    for name in scanned_apart(&folder) {
        let found = [("upper", Jaw::Upper), ("lower", Jaw::Lower)].map(|(file, jaw)| {
            let arch = load(&folder, &name, file);
            let frame = orient(&arch.mesh, jaw, &OrientParams::default());
            frame.ok().map(|frame| Arch {
                mesh: arch.mesh,
                arch_from_scan: frame.value.arch_from_scan,
            })
        });
        let [Some(upper), Some(lower)] = found else {
            println!("{name}: not oriented");
            continue;
        };
        assert!(why_not(&upper, &lower).is_some(), "{name}");
        refused += 1;
    }
    println!("{refused} patients refused");
    assert!(refused > 0);
}
