//! Arches put through orientation and the teeth stage, and how their labels compare.

#![allow(dead_code, reason = "the report and the tests each use a part")]

use stonecast_cast::orient::{OrientParams, orient};
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::{FaceData, FaceId, Point, RigidMotion, TriMesh, spatial::SpatialIndex};
use stonecast_teeth::score::{ArchScore, score_labels};
use stonecast_teeth::segment::{Segmentation, segment};
use stonecast_teeth::{ArchInput, TeethError};
use stonecast_testkit::{DentitionSpec, SyntheticArch, dentition};

/// Labels of faces.
pub type Labels = FaceData<Option<Fdi>>;

/// Where orientation puts an arch.
pub fn pose(mesh: &TriMesh, jaw: Jaw) -> Option<RigidMotion> {
    let found = orient(mesh, jaw, &OrientParams::default()).ok()?;
    Some(found.value.arch_from_scan)
}

/// The teeth of a surface in a given pose.
pub fn segment_in(mesh: &TriMesh, jaw: Jaw, arch_from_mesh: RigidMotion) -> Result<Segmentation, TeethError> {
    let input = ArchInput {
        jaw,
        mesh,
        arch_from_mesh,
    };
    segment(&input).map(|checked| checked.value)
}

/// The teeth of an arch as the pipeline finds them: orientation first.
pub fn found(mesh: &TriMesh, jaw: Jaw) -> Segmentation {
    let arch_from_mesh = pose(mesh, jaw).expect("the arch is oriented");
    segment_in(mesh, jaw, arch_from_mesh).expect("the arch has teeth")
}

/// Both arches of a spec.
pub fn arches(spec: &DentitionSpec) -> [SyntheticArch; 2] {
    let pair = dentition(spec);
    [pair.upper, pair.lower]
}

/// The share of a mesh's area on which two labellings of it differ.
pub fn changed(mesh: &TriMesh, a: &Labels, b: &Labels) -> f64 {
    assert_eq!(a.len(), b.len());
    let differing = mesh.face_ids().filter(|&f| a[f] != b[f]);
    differing
        .map(|f| mesh.face_area(f))
        .fold(0.0, |sum, area| sum + area)
        / mesh.area()
}

/// What the labels of `from` say of the faces of `mesh`, the same surface otherwise triangulated: the label of the
/// face that is nearest to each face's middle, where one lies within half a millimetre.
pub fn carried(mesh: &TriMesh, from: &TriMesh, labels: &Labels) -> Labels {
    let index = SpatialIndex::build(from);
    let at = |f: FaceId| index.closest_point(&mesh.face_centroid(f), 0.5);
    FaceData::from_vec(
        mesh.face_ids()
            .map(|f| at(f).and_then(|c| labels[c.face]))
            .collect(),
    )
}

/// The mirror image across x = 0, its normals outwards.
pub fn mirrored(mesh: &TriMesh) -> TriMesh {
    let across = |p: &Point| Point::new(-p.x, p.y, p.z);
    mesh.map_points(across).expect("finite points").flipped()
}

/// Labels with the sides swapped.
pub fn sides_swapped(labels: &Labels) -> Labels {
    FaceData::from_vec(
        labels
            .as_slice()
            .iter()
            .map(|label| label.map(Fdi::mirrored))
            .collect(),
    )
}

/// The score of labels against true ones, counted by faces, which are about equally large on synthetic arches.
pub fn score(truth: &Labels, found: &Labels) -> ArchScore {
    score_labels(truth.as_slice(), found.as_slice()).expect("labels of the same mesh")
}
