//! Real pairs of arches in occlusion with teeth that people marked, from the folder in `STONECAST_SCANS`.
//!
//! No truth is known of how they meet: what is asked is what must hold of any pair.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use stonecast_cast::bite::BiteKind;
use stonecast_cast::intake::{Input, Stated, intake_set};
use stonecast_cast::{Cast, CastParams, Edits, Scans, make_cast};
use stonecast_dental::{Fdi, Jaw, ScanRole};
use stonecast_mesh::FaceData;
use stonecast_mesh::spatial::SpatialIndex;
use stonecast_occlusion::{
    BiteKnown, OccludingArch, Occlusion, OcclusionParams, Pair, ScannerNoise, analyse,
};
use stonecast_teeth::{ArchInput, LabelledArch, ToldBy, anatomy, segment::Segmentation};

const JAWS: [Jaw; 2] = [Jaw::Upper, Jaw::Lower];

#[allow(clippy::print_stdout, reason = "a skipped judge says so")]
fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("STONECAST_SCANS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: STONECAST_SCANS is not set");
    }
    folder.map(|f| f.join("labelled"))
}

fn scans(folder: &Path, name: &str) -> Scans {
    let bytes = JAWS.map(|jaw| std::fs::read(folder.join(format!("{name}_{jaw}.ply"))).unwrap());
    let inputs: Vec<Input<'_>> = (JAWS.iter().zip(&bytes))
        .map(|(jaw, bytes)| Input {
            bytes,
            file_name: Some("scan.ply"),
            stated: Stated {
                role: Some(ScanRole::from(*jaw)),
                ..Stated::default()
            },
        })
        .collect();
    Scans::sort(intake_set(&inputs).unwrap().value)
}

/// The teeth that people marked, on the surface of the cast.
fn marked(folder: &Path, name: &str, scans: &Scans, cast: &Cast, jaw: Jaw) -> LabelledArch {
    let bytes = std::fs::read(folder.join(format!("{name}_{jaw}.labels.json"))).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    let of_scan: Vec<Option<Fdi>> = (json["face_labels"].as_array().unwrap().iter())
        .map(|l| Fdi::new(l.as_u64().unwrap() as u8).ok())
        .collect();
    let scan = match jaw {
        Jaw::Upper => &scans.upper,
        Jaw::Lower => &scans.lower,
    };
    let index = SpatialIndex::build(&scan.as_ref().unwrap().mesh_in_scan);
    let arch = cast.arch(jaw).unwrap();
    let mesh = &arch.anatomy_in_cast;
    let scan_from_cast = arch.cast_from_scan.inverse();
    let labels = mesh.face_ids().map(|face| {
        let closest = index.closest_point(&(scan_from_cast * mesh.face_centroid(face)), 0.5)?;
        of_scan[closest.face.index()]
    });
    let face_labels: FaceData<Option<Fdi>> = FaceData::from_vec(labels.collect());
    let told = face_labels.as_slice().iter().flatten();
    let segmentation = Segmentation {
        teeth: told.map(|t| (*t, ToldBy::Human)).collect::<BTreeMap<_, _>>(),
        face_labels,
        doubts: Vec::new(),
    };
    let input = ArchInput {
        jaw,
        mesh,
        arch_from_mesh: arch.orientation.arch_from_scan * scan_from_cast,
    };
    LabelledArch {
        jaw,
        teeth: anatomy::describe(&input, &segmentation),
        face_labels: segmentation.face_labels,
        doubts: Vec::new(),
    }
}

fn analysed(folder: &Path, name: &str) -> Occlusion {
    let scans = scans(folder, name);
    let params = CastParams {
        base: None,
        ..CastParams::default()
    };
    let cast = make_cast(&scans, &Edits::default(), &params, &|_, _| ())
        .unwrap()
        .value;
    let labelled = JAWS.map(|jaw| marked(folder, name, &scans, &cast, jaw));
    let arch = |k: usize| OccludingArch {
        mesh: &cast.arch(JAWS[k]).unwrap().anatomy_in_cast,
        labelled: &labelled[k],
    };
    let bite = cast.bite.as_ref().unwrap();
    let params = OcclusionParams {
        noise: ScannerNoise::not_stated(),
        bite: BiteKnown {
            estimated: bite.kind == BiteKind::Estimated,
            residual_mm: bite.residual.map(|r| r.0),
        },
    };
    analyse(&Pair::new(arch(0), arch(1)), &params).unwrap()
}

#[test]
fn real_pairs_meet_as_pairs_do() {
    let Some(folder) = folder() else { return };
    for name in ["pair-01", "pair-02", "pair-03", "pair-04"] {
        let found = analysed(&folder, name);
        let [few, some, most] = [0, 1, 2].map(|k| &found.levels[k]);
        assert!(
            0.0 < few.area.value && few.area.value < some.area.value && some.area.value < most.area.value
        );
        assert!(found.penetration.area.value < few.area.value);
        // Within 0.2 mm two surfaces that face each other have nearly the same area; a bite of two jaws covers a part of the
        // some 2,000 mm² of an arch.
        let apart = most.by_arch.upper_mm2 / most.by_arch.lower_mm2 - 1.0;
        assert!(apart.abs() < 0.1, "{name}: {apart}");
        assert!(most.area.value < 300.0, "{name}");
        assert!(
            (2..80).contains(&found.contacts.len()),
            "{name}: {}",
            found.contacts.len()
        );
        // Most contacts are seen on both arches.
        let both = found.contacts.iter().filter(|c| c.both_arches).count();
        assert!(10 * both >= 9 * found.contacts.len(), "{name}: {both}");
        for contact in &found.contacts {
            // Neighbours and antagonists alone can meet, on one side or at the midline.
            let [u, l] = [contact.upper, contact.lower];
            let apart = if u.side() == l.side() {
                u.position().abs_diff(l.position())
            } else {
                u.position().max(l.position())
            };
            assert!(apart <= 2, "{name}: {u} on {l}");
            assert!(contact.least_gap_mm <= found.contact_gap_mm);
        }
        // Up makes more area, down less.
        let area = |k: usize| found.nudges[k].area_mm2;
        assert!(area(0) > some.area.value && some.area.value > area(1), "{name}");
        assert!(some.area.uncertainty > 0.0);
    }
}
