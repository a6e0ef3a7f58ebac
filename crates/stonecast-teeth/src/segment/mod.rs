//! From a surface to faces that are gum or one tooth.

#[cfg(feature = "user-model")]
mod by_faces;
mod cut;
mod evidence;
pub mod features;
mod instances;
mod maxflow;
pub mod net;
mod nodes;
mod number;
pub mod raster;
mod refine;
mod sides;
mod table;
mod transfer;
#[cfg(feature = "user-model")]
pub mod user;

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;
use stonecast_dental::{Checked, Fdi, Jaw};
use stonecast_mesh::{FaceData, Point, Vector, spatial::SpatialIndex};

use self::{
    cut::{Label, cut, owners},
    evidence::Evidence,
    instances::instances,
    net::Net,
    nodes::Nodes,
    number::{Numbered, number},
    raster::HeightMap,
    refine::refine,
    sides::near_teeth,
    transfer::face_labels,
};
use crate::{ArchInput, TeethError, ToldBy, labelled::Doubt};

/// A person need not look at what is surer than this.
const SURE: f64 = 0.8;
/// Another number is named when it is at least this likely.
const NAMED: f64 = 0.05;

/// Whose each face is, and how sure that is.
#[derive(Clone, Debug, PartialEq)]
pub struct Segmentation {
    /// Whose each face is; `None` is gum.
    pub face_labels: FaceData<Option<Fdi>>,
    /// Every tooth that has a face.
    pub teeth: BTreeMap<Fdi, ToldBy>,
    /// What a person should look at, the most doubtful first.
    pub doubts: Vec<Doubt>,
}

/// Finds and numbers the teeth of an arch.
///
/// # Errors
/// When the surface shows no teeth.
pub fn segment(input: &ArchInput<'_>) -> Result<Checked<Segmentation>, TeethError> {
    let map = HeightMap::new(input.mesh, input.jaw, &input.arch_from_mesh);
    let net = Net::embedded().map_err(TeethError::Network)?;
    let evidence = Evidence::look(net, &map, input.jaw).map_err(TeethError::Network)?;
    from_evidence(input, &evidence)
}

/// Finds and numbers the teeth of an arch by what a user's network says of its faces.
///
/// # Errors
/// When the network cannot be used, or says that there are no teeth.
#[cfg(feature = "user-model")]
pub fn segment_by_model(onnx: &[u8], input: &ArchInput<'_>) -> Result<Checked<Segmentation>, TeethError> {
    let faces = user::run_user_model(onnx, input)?;
    let map = HeightMap::new(input.mesh, input.jaw, &input.arch_from_mesh);
    from_evidence(input, &Evidence::from_faces(&map, &faces))
}

/// What the small network of `sides` is trained on: the numbers of each node, and whether it is tooth in truth.
///
/// # Errors
/// When the surface shows no teeth.
pub fn side_samples(
    input: &ArchInput<'_>,
    truth: &FaceData<Option<Fdi>>,
) -> Result<Vec<(Vec<f32>, bool)>, TeethError> {
    let map = HeightMap::new(input.mesh, input.jaw, &input.arch_from_mesh);
    let net = Net::embedded().map_err(TeethError::Network)?;
    let evidence = Evidence::look(net, &map, input.jaw).map_err(TeethError::Network)?;
    let teeth = number(&evidence, instances(&evidence), input.jaw);
    let surface = Surface::new(input);
    let owner = owners(&evidence, &teeth);
    let nodes = surface.nodes(input, &evidence, &owner);
    let samples = sides::described(&evidence, &nodes, &teeth, &owner, input.jaw);
    let index = SpatialIndex::build(input.mesh);
    let mesh_from_arch = input.arch_from_mesh.inverse();
    let told = samples.into_iter().filter_map(|(node, numbers)| {
        let place = nodes.places[node];
        let z = if surface.turned_over { -place.z } else { place.z };
        let at = mesh_from_arch * Point::new(place.x, place.y, z);
        let closest = index.closest_point(&at, 1.0)?;
        Some((numbers.to_vec(), truth[closest.face].is_some()))
    });
    Ok(told.collect())
}

/// Numbers and cuts out what the evidence shows.
fn from_evidence(input: &ArchInput<'_>, evidence: &Evidence) -> Result<Checked<Segmentation>, TeethError> {
    let teeth = number(evidence, instances(evidence), input.jaw);
    if teeth.is_empty() {
        return Err(TeethError::NoTeeth(input.jaw));
    }
    let surface = Surface::new(input);
    let owner = owners(evidence, &teeth);
    let nodes = surface.nodes(input, evidence, &owner);
    let labels = cut(evidence, &nodes, &teeth, &owner, input.jaw);
    let mut faces = face_labels(input.mesh, &surface.places, surface.turned_over, &nodes, &labels);
    refine(input.mesh, &mut faces);
    let fdi = |label: Label| (label > 0).then(|| teeth[label as usize - 1].fdi);
    let face_labels = FaceData::from_vec(faces.into_iter().map(fdi).collect());
    let shown: BTreeSet<Fdi> = face_labels.as_slice().iter().flatten().copied().collect();
    if shown.is_empty() {
        return Err(TeethError::NoTeeth(input.jaw));
    }
    let told = teeth.iter().filter(|t| shown.contains(&t.fdi));
    let told = told.map(|t| (t.fdi, ToldBy::Auto(t.confidence))).collect();
    let segmentation = Segmentation {
        face_labels,
        doubts: doubts(&teeth, &shown),
        teeth: told,
    };
    Ok(Checked::clean(segmentation))
}

/// The mesh's vertices in the arch's frame, turned over where needed so that teeth point up.
struct Surface {
    places: Vec<Point>,
    normals: Vec<Vector>,
    turned_over: bool,
}

impl Surface {
    fn new(input: &ArchInput<'_>) -> Self {
        let turned_over = input.jaw == Jaw::Upper;
        let up = |v: Vector| {
            if turned_over {
                Vector::new(v.x, v.y, -v.z)
            } else {
                v
            }
        };
        let points = input.mesh.points().par_iter();
        let normals = input.mesh.vertex_normals().as_slice().par_iter();
        Self {
            places: points
                .map(|p| Point::from(up((input.arch_from_mesh * p).coords)))
                .collect(),
            normals: normals.map(|n| up(input.arch_from_mesh * n)).collect(),
            turned_over,
        }
    }

    fn nodes(&self, input: &ArchInput<'_>, evidence: &Evidence, owner: &[Label]) -> Nodes {
        let near_teeth = near_teeth(evidence, owner);
        Nodes::new(
            input.mesh,
            &self.places,
            &self.normals,
            evidence.grid,
            &near_teeth,
        )
    }
}

/// The least sure teeth first.
fn doubts(teeth: &[Numbered], shown: &BTreeSet<Fdi>) -> Vec<Doubt> {
    let unsure = teeth
        .iter()
        .filter(|t| t.confidence < SURE && shown.contains(&t.fdi));
    let mut doubts: Vec<Doubt> = unsure
        .map(|tooth| Doubt {
            tooth: Some(tooth.fdi),
            confidence: tooth.confidence,
            reason: reason(tooth),
        })
        .collect();
    doubts.sort_by(|a, b| a.confidence.total_cmp(&b.confidence).then(a.tooth.cmp(&b.tooth)));
    doubts
}

fn reason(tooth: &Numbered) -> String {
    let mut reasons = Vec::new();
    if let Some((other, share)) = tooth.other.filter(|(_, share)| *share >= NAMED) {
        reasons.push(format!("it may be {other} ({:.0} %)", share * 100.0));
    }
    if tooth.tooth < SURE {
        reasons.push("part of it looks like gum".to_owned());
    }
    if reasons.is_empty() {
        reasons.push("its number is not sure".to_owned());
    }
    reasons.join("; ")
}
