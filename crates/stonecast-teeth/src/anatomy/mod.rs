//! From a tooth's faces to its axes, margin, landmarks and widths.
//!
//! Units: mm. Frame: results in that of the mesh; the work is done in each tooth's own, with the axes mesial, facial,
//! occlusal, so that twins of the two sides have the same coordinates.
//!
//! Steps
//! 1. `crown`: a tooth's large patches of labels, and a hem of the surface around them.
//! 2. `arch`: where the arch runs at each tooth.
//! 3. `frame`, `symmetry`: the tooth's own directions, from the arch, the crown's walls and the likeness of its halves.
//! 4. `margin`: the rim where gum lies beyond.
//! 5. `shape`, `cusps`: the crown's bounds, its summits and its facial crest.
//! 6. `contacts`: the mesial and the distal side, followed over the labels' end to where the surface turns.
//! 7. `landmarks`, `facial`: the other named points, and the widths.
//!
//! Limits, definitions and measured figures: `docs/methods/tooth-anatomy.md`.

mod arch;
mod contacts;
mod crown;
mod cusps;
mod facial;
mod frame;
mod landmarks;
mod margin;
mod shape;
mod surface;
mod symmetry;

use rayon::prelude::*;
use stonecast_dental::{Fdi, Mm};
use stonecast_mesh::{FaceId, Point, RigidMotion};

use crate::labelled::{MarginCurve, NoWidth, ToldBy, Tooth, ToothFrame, ToothLandmark, Width};
use crate::{ArchInput, segment::Segmentation};
use crown::Crown;
use frame::Axes;

/// Describes every tooth of a segmented arch, sorted by number. A tooth without area is left out.
pub fn describe(input: &ArchInput<'_>, segmentation: &Segmentation) -> Vec<Tooth> {
    let faces = faces_by_tooth(segmentation);
    let crowns: Vec<Crown> = faces
        .par_iter()
        .map(|(tooth, faces)| {
            Crown::cut(
                input.mesh,
                &segmentation.face_labels,
                *tooth,
                faces,
                &input.arch_from_mesh,
            )
        })
        .collect();
    let places: Vec<Option<(Fdi, Point)>> = crowns
        .iter()
        .map(|c| c.centroid().map(|(p, _)| (c.tooth, p)))
        .collect();
    let found: Vec<(Fdi, Point)> = places.iter().flatten().copied().collect();
    let leftwards = arch::leftwards(&found);
    let with_area: Vec<&Crown> = crowns
        .iter()
        .zip(&places)
        .filter(|(_, p)| p.is_some())
        .map(|(c, _)| c)
        .collect();
    let mesh_from_arch = input.arch_from_mesh.inverse();
    with_area
        .par_iter()
        .zip(&leftwards)
        .filter_map(|(crown, leftwards)| {
            let told_by = segmentation
                .teeth
                .get(&crown.tooth)
                .copied()
                .unwrap_or(ToldBy::Auto(0.0));
            let axes = frame::axes(crown, input.jaw, leftwards)?;
            Some(tooth(crown, &axes, told_by, &mesh_from_arch))
        })
        .collect()
}

/// The faces of each tooth, in order.
fn faces_by_tooth(segmentation: &Segmentation) -> Vec<(Fdi, Vec<FaceId>)> {
    let mut by_number: Vec<Vec<FaceId>> = vec![Vec::new(); 256];
    for (face, label) in segmentation.face_labels.iter() {
        if let Some(tooth) = label {
            by_number[usize::from(tooth.number())].push(face);
        }
    }
    Fdi::all()
        .map(|tooth| (tooth, std::mem::take(&mut by_number[usize::from(tooth.number())])))
        .filter(|(_, faces)| !faces.is_empty())
        .collect()
}

/// Describes one tooth, in the mesh's frame.
fn tooth(crown: &Crown, axes: &Axes, told_by: ToldBy, mesh_from_arch: &RigidMotion) -> Tooth {
    let out = |p: &Point| <[f64; 3]>::from((mesh_from_arch * axes.in_arch(p)).coords);
    let direction = |k: usize| <[f64; 3]>::from(mesh_from_arch * axes.axes[k]);
    let margin = margin::margin(crown)
        .into_iter()
        .map(|curve| MarginCurve {
            points: curve
                .points
                .iter()
                .map(|p| (mesh_from_arch * p).coords.into())
                .collect(),
            closed: curve.closed,
        })
        .collect();
    let turned = crown.turned(&axes.origin, &axes.axes);
    let found = landmarks::find(&turned);
    // A person who says which tooth this is has placed none of its points.
    let found_by = match told_by {
        ToldBy::Human => ToldBy::Auto(1.0),
        auto @ ToldBy::Auto(_) => auto,
    };
    let landmarks = found
        .points
        .iter()
        .map(|(kind, p)| ToothLandmark {
            kind: *kind,
            position: out(p),
            told_by: found_by,
        })
        .collect();
    let width = |w: Result<(f64, f64), NoWidth>| match w {
        Ok((value, uncertainty)) => Width::Measured {
            value: Mm(value),
            uncertainty: Mm(uncertainty),
        },
        Err(why) => Width::NotMeasured(why),
    };
    Tooth {
        fdi: crown.tooth,
        told_by,
        frame: ToothFrame {
            origin: (mesh_from_arch * axes.origin).coords.into(),
            mesial: direction(0),
            facial: direction(1),
            occlusal: direction(2),
        },
        margin,
        facial_axis: found.facial_axis.iter().map(out).collect(),
        landmarks,
        mesiodistal: width(found.mesiodistal),
        buccolingual: width(found.buccolingual),
    }
}
