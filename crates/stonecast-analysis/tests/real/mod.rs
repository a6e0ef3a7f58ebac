//! Real pairs of arches in occlusion, with teeth and points that people marked, from the folder in `STONECAST_SCANS`.
//!
//! They go the whole way that a user's scans go: taken in, cleaned, oriented, brought into the cast frame, labelled.

#![allow(dead_code, reason = "the report and the tests each use a part")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use stonecast_analysis::{BiteFacts, MeasuredArch, MeasuredCast, Params, measure};
use stonecast_cast::bite::BiteKind;
use stonecast_cast::intake::{Input, Stated, intake_set};
use stonecast_cast::{Cast, CastParams, Edits, Scans, make_cast};
use stonecast_dental::{Fdi, Findings, Jaw, ScanRole};
use stonecast_mesh::spatial::SpatialIndex;
use stonecast_mesh::{FaceData, Point, RigidMotion, TriMesh};
use stonecast_teeth::segment::Segmentation;
use stonecast_teeth::{ArchInput, LabelledArch, LabelledCast, TeethEdits, ToldBy, anatomy, label_cast};

/// What people marked on an arch.
pub struct Marked {
    mesh: TriMesh,
    labels: FaceData<Option<Fdi>>,
    points: BTreeMap<(Fdi, String), Point>,
}

/// A pair: its scans and what people marked on them.
pub struct Pair {
    pub name: String,
    scans: Scans,
    marked: [Marked; 2],
}

/// A pair made into a cast.
pub struct PairCast {
    pub cast: Cast,
    /// In the cast frame, upper and lower.
    pub points: BTreeMap<(Fdi, String), Point>,
}

pub const JAWS: [Jaw; 2] = [Jaw::Upper, Jaw::Lower];

/// The folder, or `None` after saying so.
#[allow(clippy::print_stdout, reason = "a skipped judge says so")]
pub fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("STONECAST_SCANS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: STONECAST_SCANS is not set");
    }
    folder
}

/// All pairs, by name.
pub fn pairs(folder: &Path) -> Vec<Pair> {
    let entries = std::fs::read_dir(folder.join("labelled")).unwrap();
    let names = entries.map(|e| e.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names
        .filter_map(|n| n.strip_suffix("_upper.ply").map(str::to_owned))
        .filter(|n| n.starts_with("pair-"))
        .collect();
    names.sort();
    names
        .iter()
        .map(|name| Pair::load(&folder.join("labelled"), name))
        .collect()
}

impl Pair {
    fn load(folder: &Path, name: &str) -> Self {
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
        let scans = Scans::sort(intake_set(&inputs).unwrap().value);
        let marked = JAWS.map(|jaw| {
            let scan = match jaw {
                Jaw::Upper => &scans.upper,
                Jaw::Lower => &scans.lower,
            };
            let mesh = scan.as_ref().unwrap().mesh_in_scan.clone();
            Marked::load(folder, &format!("{name}_{jaw}"), mesh)
        });
        Self {
            name: name.to_owned(),
            scans,
            marked,
        }
    }

    /// The cast, made from the scans as if they had been scanned in another pose.
    pub fn cast(&self, pose: &RigidMotion) -> PairCast {
        let mut scans = self.scans.clone();
        for scan in [&mut scans.upper, &mut scans.lower].into_iter().flatten() {
            let moved = scan.mesh_in_scan.transformed(pose);
            // A scanner's file holds single precision.
            let single = |p: &Point| p.map(|c| f64::from(c as f32));
            scan.mesh_in_scan = moved.map_points(single).unwrap();
        }
        let params = CastParams {
            base: None,
            ..CastParams::default()
        };
        let cast = make_cast(&scans, &Edits::default(), &params, &|_, _| ())
            .unwrap()
            .value;
        let mut points = BTreeMap::new();
        for (jaw, marked) in JAWS.into_iter().zip(&self.marked) {
            let motion = cast.arch(jaw).unwrap().cast_from_scan * pose;
            let placed = marked.points.iter().map(|(key, p)| (key.clone(), motion * p));
            points.extend(placed);
        }
        PairCast { cast, points }
    }

    /// The teeth that people marked, on the surface of the cast.
    pub fn marked_teeth(&self, cast: &Cast) -> LabelledCast {
        self.marked_teeth_in(cast, &RigidMotion::identity())
    }

    /// The same of a cast whose scans were in another pose.
    pub fn marked_teeth_in(&self, cast: &Cast, pose: &RigidMotion) -> LabelledCast {
        let [upper, lower] = JAWS.map(|jaw| {
            let arch = cast.arch(jaw).unwrap();
            let marked = &self.marked[usize::from(jaw == Jaw::Lower)];
            let index = SpatialIndex::build(&marked.mesh);
            let scan_from_cast = arch.cast_from_scan.inverse();
            let marked_from_cast = pose.inverse() * scan_from_cast;
            let mesh = &arch.anatomy_in_cast;
            // Cleaning keeps nearly every face where it was.
            let labels = mesh.face_ids().map(|face| {
                let closest = index.closest_point(&(marked_from_cast * mesh.face_centroid(face)), 0.5)?;
                marked.labels[closest.face]
            });
            let face_labels: FaceData<Option<Fdi>> = FaceData::from_vec(labels.collect());
            let told = face_labels.as_slice().iter().flatten();
            let segmentation = Segmentation {
                teeth: told.map(|t| (*t, ToldBy::Human)).collect(),
                face_labels,
                doubts: Vec::new(),
            };
            let input = ArchInput {
                jaw,
                mesh,
                arch_from_mesh: arch.orientation.arch_from_scan * scan_from_cast,
            };
            Some(LabelledArch {
                jaw,
                teeth: anatomy::describe(&input, &segmentation),
                face_labels: segmentation.face_labels,
                doubts: Vec::new(),
            })
        });
        LabelledCast { upper, lower }
    }
}

impl Marked {
    fn load(folder: &Path, name: &str, mesh: TriMesh) -> Self {
        let json = |ext: &str| -> serde_json::Value {
            let bytes = std::fs::read(folder.join(format!("{name}.{ext}.json"))).unwrap();
            serde_json::from_slice(&bytes).unwrap()
        };
        let labels: Vec<Option<Fdi>> = (json("labels")["face_labels"].as_array().unwrap().iter())
            .map(|l| Fdi::new(l.as_u64().unwrap() as u8).ok())
            .collect();
        assert_eq!(labels.len(), mesh.face_count(), "{name}: a label for each face");
        let points = (json("landmarks").as_array().unwrap().iter())
            .map(|l| {
                let tooth = Fdi::new(l["fdi"].as_u64().unwrap() as u8).unwrap();
                let xyz = [0, 1, 2].map(|k| l["xyz"][k].as_f64().unwrap());
                ((tooth, l["type"].as_str().unwrap().to_owned()), Point::from(xyz))
            })
            .collect();
        Self {
            mesh,
            labels: FaceData::from_vec(labels),
            points,
        }
    }
}

/// The teeth that the program finds.
pub fn found_teeth(cast: &Cast) -> LabelledCast {
    label_cast(cast, &TeethEdits::default()).unwrap().value
}

/// All findings of a cast with labelled teeth.
pub fn findings(cast: &Cast, teeth: &LabelledCast) -> Findings {
    let arch = |jaw: Jaw, labelled: &'_ Option<LabelledArch>| {
        labelled
            .as_ref()
            .map(|_| jaw)
            .and(cast.arch(jaw))
            .map(|a| &a.anatomy_in_cast)
    };
    let measured = MeasuredCast {
        upper: arch(Jaw::Upper, &teeth.upper)
            .zip(teeth.upper.as_ref())
            .map(measured_arch),
        lower: arch(Jaw::Lower, &teeth.lower)
            .zip(teeth.lower.as_ref())
            .map(measured_arch),
        bite: cast.bite.as_ref().map(|bite| BiteFacts {
            estimated: bite.kind == BiteKind::Estimated,
            residual: bite.residual,
        }),
    };
    measure(&measured, &Params::default())
}

fn measured_arch<'a>((mesh, labelled): (&'a TriMesh, &'a LabelledArch)) -> MeasuredArch<'a> {
    MeasuredArch { labelled, mesh }
}
