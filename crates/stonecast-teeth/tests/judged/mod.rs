//! Arches with points that people placed, how far what is found lies from them, and labels disturbed on purpose.

#![allow(dead_code, reason = "the report and the tests each use a part")]

use std::collections::BTreeMap;
use std::path::Path;

use stonecast_cast::orient::{OrientParams, orient};
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K};
use stonecast_mesh::formats::{Limits, decode};
use stonecast_mesh::{FaceData, Point, RigidMotion, TriMesh};
use stonecast_teeth::segment::Segmentation;
use stonecast_teeth::{ArchInput, ToldBy, Tooth, ToothFrame, anatomy};

/// An arch, true labels, and points that a person placed.
pub struct Annotated {
    pub name: String,
    pub jaw: Jaw,
    pub mesh: TriMesh,
    pub labels: FaceData<Option<Fdi>>,
    pub arch_from_mesh: RigidMotion,
    pub points: BTreeMap<(Fdi, String), Point>,
}

impl Annotated {
    pub fn describe(&self, labels: &FaceData<Option<Fdi>>) -> Vec<Tooth> {
        describe(self.jaw, &self.mesh, self.arch_from_mesh, labels)
    }
}

/// Describes an arch with given labels.
pub fn describe(
    jaw: Jaw,
    mesh: &TriMesh,
    arch_from_mesh: RigidMotion,
    labels: &FaceData<Option<Fdi>>,
) -> Vec<Tooth> {
    let input = ArchInput {
        jaw,
        mesh,
        arch_from_mesh,
    };
    let teeth = labels
        .as_slice()
        .iter()
        .flatten()
        .map(|t| (*t, ToldBy::Human))
        .collect();
    let segmentation = Segmentation {
        face_labels: labels.clone(),
        teeth,
        doubts: Vec::new(),
    };
    anatomy::describe(&input, &segmentation)
}

/// The arches of a folder that have placed points, by name.
pub fn annotated(folder: &Path) -> Vec<Annotated> {
    let mut names: Vec<_> = std::fs::read_dir(folder.join("labelled"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|p| p.to_str().unwrap().ends_with(".landmarks.json"))
        .collect();
    names.sort();
    names.iter().map(|p| load(p)).collect()
}

fn load(points: &Path) -> Annotated {
    let name = points
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .replace(".landmarks.json", "");
    let folder = points.parent().unwrap();
    let read = |ext: &str| std::fs::read(folder.join(format!("{name}.{ext}"))).unwrap();
    let json = |ext: &str| serde_json::from_slice::<serde_json::Value>(&read(ext)).unwrap();
    let mesh = decode(&read("ply"), None, &Limits::default())
        .unwrap()
        .parts
        .remove(0)
        .mesh;
    let jaw = if name.ends_with("upper") {
        Jaw::Upper
    } else {
        Jaw::Lower
    };
    let labels = json("labels.json")["face_labels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| Fdi::new(l.as_u64().unwrap() as u8).ok())
        .collect();
    let points = json("landmarks.json")
        .as_array()
        .unwrap()
        .iter()
        .map(|l| {
            let tooth = Fdi::new(l["fdi"].as_u64().unwrap() as u8).unwrap();
            let xyz = [0, 1, 2].map(|k| l["xyz"][k].as_f64().unwrap());
            ((tooth, l["type"].as_str().unwrap().to_owned()), Point::from(xyz))
        })
        .collect();
    let arch_from_mesh = orient(&mesh, jaw, &OrientParams::default())
        .unwrap()
        .value
        .arch_from_scan;
    Annotated {
        name,
        jaw,
        mesh,
        labels: FaceData::from_vec(labels),
        arch_from_mesh,
        points,
    }
}

/// Which kind of ours a placed point is measured against.
pub fn counterpart(placed: &str, tooth: Fdi) -> Option<K> {
    Some(match placed {
        "mesial" => K::MesialContact,
        "distal" => K::DistalContact,
        "buccal" => K::FacialAxisPoint,
        "lingual" => K::MostLingual,
        "pit" => K::CentralFossa,
        "cusp" if tooth.position() == 3 => K::CuspTip,
        "cusp" => K::IncisalMidpoint,
        "cusp_out" => K::BuccalCusp,
        // A lower second premolar with two lingual cusps: the mesial one is its lingual cusp.
        "cusp_in" => K::LingualCusp,
        "cusp_in_mesial" if tooth.position() == 5 => K::LingualCusp,
        "cusp_in_mesial" => K::MesiolingualCusp,
        "cusp_in_distal" if tooth.position() == 5 => return None,
        "cusp_in_distal" => K::DistolingualCusp,
        "cusp_out_mesial" => K::MesiobuccalCusp,
        "cusp_out_middle" => K::DistobuccalCusp,
        "cusp_out_distal" if five_cusps(tooth) => K::DistalCusp,
        "cusp_out_distal" => K::DistobuccalCusp,
        _ => return None,
    })
}

fn five_cusps(tooth: Fdi) -> bool {
    tooth.jaw() == Jaw::Lower && tooth.position() == 6
}

/// Labels with a frayed border: in each round, every face at a border takes the label of a neighbour with a chance of
/// a half.
pub fn frayed(
    mesh: &TriMesh,
    labels: &FaceData<Option<Fdi>>,
    rounds: usize,
    seed: u64,
) -> FaceData<Option<Fdi>> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut coin = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 63 == 1
    };
    let mut labels = labels.clone();
    for _ in 0..rounds {
        let before = labels.clone();
        for f in mesh.face_ids() {
            let other = mesh
                .topology()
                .neighbours(f)
                .map(|g| before[g])
                .find(|l| *l != before[f]);
            if let Some(other) = other
                && coin()
            {
                labels[f] = other;
            }
        }
    }
    labels
}

/// Mean Dice over the teeth, by faces.
pub fn dice(a: &FaceData<Option<Fdi>>, b: &FaceData<Option<Fdi>>) -> f64 {
    let mut counts: BTreeMap<Fdi, [f64; 2]> = BTreeMap::new();
    for (x, y) in a.as_slice().iter().zip(b.as_slice()) {
        for l in [x, y].into_iter().flatten() {
            counts.entry(*l).or_default()[0] += 1.0;
        }
        if let (Some(x), true) = (x, x == y) {
            counts.entry(*x).or_default()[1] += 2.0;
        }
    }
    counts.values().map(|[all, both]| both / all).sum::<f64>() / counts.len() as f64
}

/// Errors gathered under names.
#[derive(Default)]
pub struct Tally {
    pub errors: BTreeMap<String, Vec<f64>>,
    pub sought: BTreeMap<String, usize>,
    /// Ours less theirs along the tooth's mesial, facial and occlusal axes.
    pub offsets: BTreeMap<String, [Vec<f64>; 3]>,
    /// Ours less theirs.
    pub widths: BTreeMap<String, Vec<f64>>,
}

impl Tally {
    /// Takes in an arch: placed points against those found.
    pub fn add(&mut self, arch: &Annotated, teeth: &[Tooth]) {
        for ((tooth, placed), at) in &arch.points {
            let Some(kind) = counterpart(placed, *tooth) else {
                continue;
            };
            let found = teeth
                .iter()
                .find(|t| t.fdi == *tooth)
                .and_then(|t| Some((t.landmark(kind)?, t.frame)));
            let group = if placed.starts_with("cusp") {
                "all cusps"
            } else {
                placed
            };
            for name in [format!("{placed} {}", tooth.position()), group.to_owned()] {
                self.add_point(name, found, at);
            }
        }
        for t in teeth {
            let get = |n: &str| arch.points.get(&(t.fdi, n.to_owned()));
            let (Some(m), Some(d)) = (get("mesial"), get("distal")) else {
                continue;
            };
            let placed = (m - d).norm();
            let mut differ = |name: &str, ours: Option<f64>| {
                if let Some(ours) = ours {
                    for name in [format!("{name} {}", t.fdi.position()), name.to_owned()] {
                        self.widths.entry(name).or_default().push(ours - placed);
                    }
                }
            };
            differ("width", t.mesiodistal.value().map(|w| w.0));
            let contacts = t.landmark(K::MesialContact).zip(t.landmark(K::DistalContact));
            differ(
                "contacts apart",
                contacts.map(|(a, b)| (Point::from(a) - Point::from(b)).norm()),
            );
        }
    }

    /// Takes in one point, found or not.
    pub fn add_point(&mut self, name: String, found: Option<([f64; 3], ToothFrame)>, truth: &Point) {
        *self.sought.entry(name.clone()).or_default() += 1;
        let Some((p, frame)) = found else { return };
        let off = Point::from(p) - truth;
        let axes = [frame.mesial, frame.facial, frame.occlusal];
        for (axis, values) in axes
            .into_iter()
            .zip(self.offsets.entry(name.clone()).or_default())
        {
            values.push(off.dot(&nalgebra::Vector3::from(axis)));
        }
        self.errors.entry(name).or_default().push(off.norm());
    }

    pub fn median(&self, name: &str) -> f64 {
        quantile(&self.errors[name], 0.5)
    }
}

pub fn quantile(values: &[f64], q: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted
        .get(((sorted.len() as f64 - 1.0) * q).round() as usize)
        .copied()
        .unwrap_or(f64::NAN)
}

pub fn mean_and_deviation(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    (mean, square.sqrt())
}
