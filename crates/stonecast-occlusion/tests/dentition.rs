//! Contacts of synthetic dentitions: the same on any mesh, in any pose, and in the mirror.

mod common;

use std::collections::BTreeSet;

use common::{analysed, exact, true_arch};
use stonecast_dental::{Fdi, Jaw, Outcome};
use stonecast_mesh::{Point, RigidMotion};
use stonecast_occlusion::{OccludingArch, Occlusion, OcclusionParams, Pair, analyse};
use stonecast_testkit::{DentitionSpec, dentition, random_motion, random_spec};

fn with_contact(found: &Occlusion) -> BTreeSet<Fdi> {
    let with = found.teeth.iter().filter(|t| !t.without_contact());
    with.map(|t| t.tooth).collect()
}

#[test]
fn a_coarse_scan_has_the_contacts_of_a_fine_one() {
    let of = |triangles| {
        let pair = dentition(&DentitionSpec {
            triangles,
            ..DentitionSpec::default()
        });
        let truth: BTreeSet<Fdi> = pair
            .bite
            .contacts
            .iter()
            .flat_map(|c| [c.upper, c.lower])
            .collect();
        let found = analysed(&pair, &exact());
        assert_eq!(with_contact(&found), truth, "{triangles}");
        found
    };
    let (coarse, fine) = (of(60_000), of(200_000));
    for (a, b) in coarse.levels.iter().zip(&fine.levels) {
        let off = a.area.value / b.area.value - 1.0;
        assert!(off.abs() < 0.05, "{} mm: {off}", a.gap_mm);
        assert!((a.contacts.value - b.contacts.value).abs() <= 4.0);
        // What one arch shows, the other does.
        let apart = b.by_arch.upper_mm2 / b.by_arch.lower_mm2 - 1.0;
        assert!(apart.abs() < 0.01, "{} mm: {apart}", b.gap_mm);
    }
}

#[test]
fn a_rigid_motion_of_both_arches_changes_nothing() {
    let pair = dentition(&DentitionSpec {
        triangles: 30_000,
        ..random_spec(31)
    });
    let labelled = [true_arch(&pair.upper), true_arch(&pair.lower)];
    let meshes = [&pair.upper.mesh, &pair.lower.mesh];
    let posed = |motion: &RigidMotion| {
        let meshes = meshes.map(|m| m.transformed(motion));
        let labelled = [0, 1].map(|k| labelled[k].moved(motion));
        let arch = |k: usize| OccludingArch {
            mesh: &meshes[k],
            labelled: &labelled[k],
        };
        analyse(&Pair::new(arch(0), arch(1)), &exact()).unwrap()
    };
    let (still, moved) = (posed(&RigidMotion::identity()), posed(&random_motion(7)));
    for (a, b) in still.levels.iter().zip(&moved.levels) {
        assert!((a.area.value - b.area.value).abs() < 1e-6, "{a:?} {b:?}");
        assert_eq!(a.contacts.value, b.contacts.value);
    }
    for (a, b) in still.teeth.iter().zip(&moved.teeth) {
        assert_eq!(
            (a.tooth, a.contacts, &a.antagonists),
            (b.tooth, b.contacts, &b.antagonists)
        );
        let near = |x: Option<f64>, y: Option<f64>| match (x, y) {
            (Some(x), Some(y)) => (x - y).abs() < 1e-6,
            (x, y) => x == y,
        };
        assert!(near(a.least_gap_mm, b.least_gap_mm), "{a:?} {b:?}");
    }
}

#[test]
fn the_mirror_image_has_its_sides_swapped() {
    let spec = DentitionSpec {
        triangles: 30_000,
        ..random_spec(12)
    };
    let (own, mirrored) = (
        analysed(&dentition(&spec), &exact()),
        analysed(&dentition(&spec.mirror()), &exact()),
    );
    let (a, b) = (
        own.balance.left_share.unwrap(),
        mirrored.balance.left_share.unwrap(),
    );
    assert!((a.value + b.value - 100.0).abs() < 0.05, "{a} {b}");
    for row in &own.teeth {
        let twin = mirrored
            .teeth
            .iter()
            .find(|t| t.tooth == row.tooth.mirrored())
            .unwrap();
        for (a, b) in row.areas.iter().zip(&twin.areas) {
            assert!((a.value - b.value).abs() < 0.02, "{} {a} {b}", row.tooth);
        }
        assert_eq!(row.contacts, twin.contacts, "{}", row.tooth);
    }
}

#[test]
fn noise_makes_no_contacts_and_takes_none() {
    let pair = dentition(&DentitionSpec::default());
    let labelled = [true_arch(&pair.upper), true_arch(&pair.lower)];
    // The noise of a scanner, 13 µm, from a sequence without pattern.
    let mut state = 1u64;
    let mut noise = || {
        let sum: f64 = (0..12)
            .map(|_| {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                (state >> 11) as f64 / (1u64 << 53) as f64
            })
            .sum();
        0.013 * (sum - 6.0)
    };
    let mut noisy = |mesh: &stonecast_mesh::TriMesh| {
        let normals = mesh.vertex_normals().as_slice().to_vec();
        let mut at = normals.iter();
        let moved = |p: &Point| p + at.next().unwrap() * noise();
        mesh.map_points(moved).unwrap()
    };
    let meshes = [noisy(&pair.upper.mesh), noisy(&pair.lower.mesh)];
    let arch = |k: usize| OccludingArch {
        mesh: &meshes[k],
        labelled: &labelled[k],
    };
    let found = analyse(&Pair::new(arch(0), arch(1)), &exact()).unwrap();
    let clean = analysed(&pair, &exact());
    assert_eq!(with_contact(&found), with_contact(&clean));
    let (a, b) = (&found.levels[1], &clean.levels[1]);
    assert!((a.area.value / b.area.value - 1.0).abs() < 0.1);
    assert!((a.contacts.value - b.contacts.value).abs() <= 4.0);
}

fn known(residual: f64, estimated: bool) -> OcclusionParams {
    let mut params = exact();
    params.noise = stonecast_occlusion::ScannerNoise::not_stated();
    params.bite.residual_mm = Some(residual);
    params.bite.estimated = estimated;
    params
}

#[test]
fn findings_are_sorted_complete_and_say_how_the_bite_is_known() {
    let pair = dentition(&DentitionSpec {
        triangles: 30_000,
        ..DentitionSpec::default()
    });
    let found = analysed(&pair, &known(0.02, true));
    let findings = found.findings();
    assert!(findings.is_sorted_by(|a, b| a.id < b.id), "sorted, each once");
    let get = |id: &str| {
        let found = findings.iter().find(|f| f.id == id);
        found.unwrap_or_else(|| panic!("{id}"))
    };
    let ids = [
        "occlusion.area.50um",
        "occlusion.area.100um",
        "occlusion.area.200um",
        "occlusion.count.50um",
        "occlusion.count.100um",
        "occlusion.count.200um",
        "occlusion.count.stable",
        "occlusion.penetration.area",
        "occlusion.penetration.depth",
        "occlusion.balance.left-right",
        "occlusion.balance.anterior-posterior",
        "occlusion.tooth.36.area.100um",
        "occlusion.without-contact",
        "occlusion.soft-tissue",
        "proximal.11-21.gap",
        "proximal.36-37.gap",
        "proximal.open",
    ];
    for id in ids {
        assert!(get(id).outcome.is_measured(), "{id}");
    }
    for finding in findings.iter().filter(|f| f.id.starts_with("occlusion.")) {
        assert!(
            finding.evidence.notes.iter().any(|n| n.contains("ESTIMATED")),
            "{}",
            finding.id
        );
        assert!(
            finding.evidence.notes.iter().any(|n| n.contains("scanner")),
            "{}",
            finding.id
        );
    }
    let Outcome::Number(area) = get("occlusion.area.100um").outcome else {
        panic!("a number")
    };
    assert!(area.uncertainty > 0.0 && !get("occlusion.area.100um").evidence.uncertainty.is_empty());
    assert!(!findings.iter().any(|f| f.name.to_lowercase().contains("force")));
    // The same bytes again, and read as they were written.
    let text = serde_json::to_string(&found).unwrap();
    assert_eq!(
        text,
        serde_json::to_string(&analysed(&pair, &known(0.02, true))).unwrap()
    );
    let back: Occlusion = serde_json::from_str(&text).unwrap();
    assert_eq!(back.contacts.len(), found.contacts.len());
}

#[test]
fn a_worse_known_bite_has_less_certain_areas() {
    let pair = dentition(&DentitionSpec {
        triangles: 30_000,
        ..DentitionSpec::default()
    });
    let uncertainty = |residual| {
        analysed(&pair, &known(residual, false)).levels[1]
            .area
            .uncertainty
    };
    let [none, some, more] = [0.0, 0.02, 0.05].map(uncertainty);
    assert!(none < some && some < more, "{none} {some} {more}");
}

#[test]
fn gaps_between_neighbours_are_found_and_named_open() {
    let spec = DentitionSpec {
        triangles: 60_000,
        ..DentitionSpec::default()
    };
    let closed = analysed(&dentition(&spec), &exact());
    assert_eq!(closed.proximal.len(), 26);
    let state = |found: &Occlusion| -> Vec<_> { found.proximal.iter().map(|p| p.state).collect() };
    let is_open = |s: &stonecast_occlusion::ProximalState| *s == stonecast_occlusion::ProximalState::Open;
    assert!(!state(&closed).iter().any(is_open));
    let spaced = dentition(&DentitionSpec {
        spacing_mm: stonecast_testkit::PerJaw::both(1.5),
        ..spec
    });
    let open = analysed(&spaced, &exact());
    for row in open.proximal.iter().filter(|p| p.right.jaw() == Jaw::Upper) {
        assert!(is_open(&row.state), "{row:?}");
        let apart = (Point::from(row.at[1]) - Point::from(row.at[0])).norm();
        assert!((apart - row.gap.value).abs() < 1e-9);
    }
}
