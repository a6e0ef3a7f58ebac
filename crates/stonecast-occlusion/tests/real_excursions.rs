//! Excursions of real pairs, with the teeth that people marked, from the folder in `STONECAST_SCANS`.

mod common;

use std::path::Path;

use nalgebra::{Matrix3, Rotation3, UnitQuaternion};
use stonecast_articulator::{
    Articulator, Extent, MotionKind, MotionRequest, Mounting, MountingInput, Settings,
};
use stonecast_dental::{Fdi, Jaw, Mm, Side};
use stonecast_mesh::formats::{Limits, decode};
use stonecast_mesh::{FaceData, Point, RigidMotion, TriMesh, Vector};
use stonecast_occlusion::excursion::{AnglePlane, ExcursionParams, ToothPair, measure};
use stonecast_occlusion::{OccludingArch, Pair};
use stonecast_teeth::LabelledArch;

struct Arch {
    mesh: TriMesh,
    labelled: LabelledArch,
}

fn load(folder: &Path, name: &str, jaw: Jaw) -> Arch {
    let read = |ending: &str| std::fs::read(folder.join(format!("{name}_{jaw}.{ending}"))).unwrap();
    let part = decode(&read("ply"), None, &Limits::default())
        .unwrap()
        .parts
        .remove(0);
    let json: serde_json::Value = serde_json::from_slice(&read("labels.json")).unwrap();
    let labels = json["face_labels"].as_array().unwrap().iter();
    let labels = labels.map(|l| Fdi::new(l.as_u64().unwrap() as u8).ok()).collect();
    Arch {
        mesh: part.mesh,
        labelled: LabelledArch {
            jaw,
            face_labels: FaceData::from_vec(labels),
            teeth: Vec::new(),
            doubts: Vec::new(),
        },
    }
}

fn crown(arch: &Arch, tooth: Fdi) -> TriMesh {
    arch.mesh
        .submesh(|f| arch.labelled.face_labels[f] == Some(tooth))
        .mesh
}

fn middle(arch: &Arch, tooth: u8) -> Point {
    crown(arch, Fdi::new(tooth).unwrap()).area_centroid().unwrap()
}

/// The cast frame, roughly, from the marked teeth: to the left along the first molars, to the front to the incisors.
fn roughly_placed(upper: &Arch) -> RigidMotion {
    let between = |a, b| nalgebra::center(&middle(upper, a), &middle(upper, b));
    let (front, back) = (between(11, 21), between(16, 26));
    let left = (middle(upper, 26) - middle(upper, 16)).normalize();
    let behind = back - front;
    let posterior = (behind - left * behind.dot(&left)).normalize();
    let axes = Matrix3::from_columns(&[left, posterior, left.cross(&posterior)]).transpose();
    let rotation = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix(&axes));
    RigidMotion::from_parts((-(rotation * front.coords)).into(), rotation)
}

fn occluding(arch: &Arch) -> OccludingArch<'_> {
    OccludingArch {
        mesh: &arch.mesh,
        labelled: &arch.labelled,
    }
}

#[test]
#[allow(clippy::print_stdout, reason = "a skipped judge says so")]
fn real_pairs_have_a_guidance_and_the_gaps_of_all_their_vertices() {
    let Some(folder) = std::env::var_os("STONECAST_SCANS") else {
        println!("skipped: STONECAST_SCANS is not set");
        return;
    };
    let folder = Path::new(&folder).join("labelled");
    for name in ["pair-01", "pair-02", "pair-03", "pair-04"] {
        let [mut upper, mut lower] = [Jaw::Upper, Jaw::Lower].map(|jaw| load(&folder, name, jaw));
        let placed = roughly_placed(&upper);
        for arch in [&mut upper, &mut lower] {
            arch.mesh = arch.mesh.transformed(&placed);
        }
        let incisal = nalgebra::center(&middle(&lower, 31), &middle(&lower, 41)) + Vector::new(0.0, 0.0, 4.0);
        let mounting = Mounting::average(&MountingInput::in_cast_frame(incisal.into())).unwrap();
        let settings = Settings::preset("generic").unwrap().with_pin_free();
        let articulator = Articulator::new(mounting, settings).unwrap();
        let pair = Pair::new(occluding(&upper), occluding(&lower));
        let params = ExcursionParams {
            plane: AnglePlane::occlusal(),
            incisal_point: Some(incisal.into()),
            noise: Mm(0.013),
            noise_name: "not-stated".to_owned(),
            bite_estimated: false,
            bite_residual: None,
        };
        for kind in [
            MotionKind::Protrusion,
            MotionKind::Laterotrusion(Side::Right),
            MotionKind::Laterotrusion(Side::Left),
        ] {
            let request = MotionRequest::usual(kind).to(Extent::Condyle(Mm(5.0)));
            let path = articulator.path(&request.in_steps(50)).unwrap();
            let found = measure(&pair, &path, &params).unwrap();
            assert!(found.guidance.is_ok(), "{name}: {:?}", found.guidance);
            let angle = found.path.angle.as_ref().unwrap().angle.0;
            // Between the plane and a right angle: teeth lead the jaw down.
            assert!((0.0..90.0).contains(&angle), "{name}: {angle}");
            assert!(
                found
                    .findings()
                    .iter()
                    .all(|f| f.number().is_none_or(|q| q.value.is_finite()))
            );
            for track in found.pairs.iter().step_by(5) {
                let ToothPair { upper: u, lower: l } = track.pair;
                let step = found.steps.len() - 1;
                let all = common::least_of_all(
                    &crown(&upper, u),
                    &crown(&lower, l),
                    &path.steps[step].moved_from_closed,
                );
                match track.steps[step].nearest {
                    Some(n) => assert!((n.gap.0 - all).abs() < 1e-9, "{name} {}", track.pair),
                    None => assert!(all > 3.0 - 1e-9, "{name} {}", track.pair),
                }
            }
        }
    }
}
