//! Paths by closed forms, and synthetic pairs as they are given to the analysis.

#![allow(dead_code, reason = "each test uses a part")]

use nalgebra::{Translation3, UnitQuaternion};
use stonecast_articulator::{JawPath, JawStep, MotionKind};
use stonecast_dental::{Deg, Jaw, Mm, Side, Sides};
use stonecast_mesh::{Point, RigidMotion, Vector};
use stonecast_occlusion::excursion::{AnglePlane, ExcursionParams};
use stonecast_occlusion::{OccludingArch, Pair};
use stonecast_teeth::LabelledArch;
use stonecast_testkit::{SyntheticArch, SyntheticPair};

/// A synthetic pair with the labels that it was made with.
pub struct Labelled {
    pub pair: SyntheticPair,
    arches: [LabelledArch; 2],
}

impl Labelled {
    pub fn new(pair: SyntheticPair) -> Self {
        let label = |arch: &SyntheticArch| LabelledArch {
            jaw: arch.jaw,
            face_labels: arch.truth.face_labels.clone(),
            teeth: Vec::new(),
            doubts: Vec::new(),
        };
        let arches = [label(&pair.upper), label(&pair.lower)];
        Self { pair, arches }
    }

    /// The same in another frame.
    pub fn moved(&self, pose: &RigidMotion) -> Self {
        let mut pair = self.pair.clone();
        pair.upper.mesh = pair.upper.mesh.transformed(pose);
        pair.lower.mesh = pair.lower.mesh.transformed(pose);
        Self {
            pair,
            arches: self.arches.clone(),
        }
    }

    pub fn ready(&self) -> Pair<'_> {
        let arch = |jaw: Jaw| OccludingArch {
            mesh: &self.pair.arch(jaw).mesh,
            labelled: &self.arches[usize::from(jaw == Jaw::Lower)],
        };
        Pair::new(arch(Jaw::Upper), arch(Jaw::Lower))
    }
}

pub fn params() -> ExcursionParams {
    ExcursionParams {
        plane: AnglePlane::occlusal(),
        incisal_point: Some([0.0, 3.0, 1.0]),
        noise: Mm(0.0),
        noise_name: "none".to_owned(),
        bite_estimated: false,
        bite_residual: None,
    }
}

/// The ends of a hinge axis as average values put them.
pub const CONDYLES: Sides<[f64; 3]> = Sides {
    right: [-52.0, 85.0, 38.0],
    left: [52.0, 85.0, 38.0],
};

fn path(kind: MotionKind, travel: f64, steps: usize, at: impl Fn(f64) -> RigidMotion) -> JawPath {
    let step = |k: usize| {
        let s = travel * k as f64 / (steps - 1) as f64;
        let moved = at(s);
        JawStep {
            travel: Mm(s),
            opening: Deg(0.0),
            condyles: CONDYLES.map(|c| (moved * Point::from(c)).into()),
            moved_from_closed: moved,
        }
    };
    JawPath {
        kind,
        steps: (0..steps).map(step).collect(),
    }
}

/// Both condyles forward along straight guides.
pub fn protrusion(inclination_deg: f64, travel: f64, steps: usize) -> JawPath {
    let (sin, cos) = inclination_deg.to_radians().sin_cos();
    path(MotionKind::Protrusion, travel, steps, |s| {
        Translation3::new(0.0, -s * cos, -s * sin).into()
    })
}

/// About the working condyle: the other goes forward and down.
pub fn laterotrusion(side: Side, inclination_deg: f64, travel: f64, steps: usize) -> JawPath {
    let (centre, other) = match side {
        Side::Right => (CONDYLES.right, CONDYLES.left),
        Side::Left => (CONDYLES.left, CONDYLES.right),
    };
    let (centre, other) = (Vector::from(centre), Vector::from(other));
    let (sin, cos) = inclination_deg.to_radians().sin_cos();
    path(MotionKind::Laterotrusion(side), travel, steps, |s| {
        let from = other - centre;
        // On the sphere about the working condyle, as far forward and down as asked.
        let to = from + Vector::new(0.0, -s * cos, -s * sin);
        let rotation = UnitQuaternion::rotation_between(&from, &to).expect("not opposite");
        RigidMotion::from_parts(Translation3::from(centre - rotation * centre), rotation)
    })
}

/// About the hinge axis.
pub fn opening(degrees: f64, steps: usize) -> JawPath {
    let p = Vector::from(CONDYLES.right);
    path(MotionKind::Opening, degrees, steps, |s| {
        let rotation = UnitQuaternion::from_axis_angle(&Vector::x_axis(), s.to_radians());
        RigidMotion::from_parts(Translation3::from(p - rotation * p), rotation)
    })
}
