//! The pose of an arch before the jaw comes in: axes towards the antagonist and to the back, and the incisal point.
//!
//! Units: mm. Frame: the scanner's, found through the canonical one.

use nalgebra::{Matrix3, Point2, Rotation3, Translation3, UnitQuaternion};
use stonecast_dental::{Deg, Jaw, Mm};
use stonecast_mesh::{Point, RigidMotion, TriMesh, Vector};

use super::confidence::{MidlineFacts, OcclusalFacts, midline_confidence, occlusal_confidence};
use super::crowns::{Crowns, Surface, climb, directions, survey};
use super::midline::{ArchMap, MirrorLine, Reaches, opening};
use super::origin::incisal_point;
use super::plane::Plane;
use super::samples::{Sample, Samples};
use super::tips::{TipSearch, occlusal_plane};
use super::{MidlineEvidence, OrientError, Orientation, OrientationSource, relief, table};

/// Far above the largest stone model with its base (100 mm), far below an arch read in the wrong unit.
const LARGEST_EXTENT: f64 = 250.0;

/// What is found of an arch whose jaw is not yet said.
pub(super) struct Pose {
    /// Towards the antagonist.
    pub occlusal: Vector,
    /// Towards the back.
    pub posterior: Vector,
    /// On the occlusal plane.
    pub incisal: Point,
    pub occlusal_facts: OcclusalFacts,
    pub midline_facts: MidlineFacts,
    /// False where there was no crown at the midline.
    pub from_incisors: bool,
    /// True when the normals point into the teeth.
    pub inside_out: bool,
}

impl Pose {
    /// The pose as an orientation of the arch of `jaw`.
    pub fn orientation(&self, jaw: Jaw) -> Orientation {
        let superior = match jaw {
            Jaw::Upper => -self.occlusal,
            Jaw::Lower => self.occlusal,
        };
        let left = self.posterior.cross(&superior);
        let occlusal_confidence = occlusal_confidence(&self.occlusal_facts);
        let midline_confidence = midline_confidence(&self.midline_facts).min(occlusal_confidence);
        Orientation {
            arch_from_scan: frame_at(&self.incisal, &left, &self.posterior, &superior),
            source: OrientationSource::Found,
            midline_evidence: MidlineEvidence::ArchSymmetry,
            confidence: occlusal_confidence.min(midline_confidence),
            occlusal_confidence,
            midline_confidence,
            occlusal_residual: Mm(self.occlusal_facts.residual),
            asymmetry: (1.0 - self.midline_facts.score).clamp(0.0, 1.0),
            occlusal_uncertainty: Deg(self.occlusal_facts.uncertainty().to_degrees()),
            midline_uncertainty: Deg(self.midline_facts.uncertainty().to_degrees()),
        }
    }
}

/// The motion into the frame with these unit axes at `origin`.
pub(super) fn frame_at(origin: &Point, x: &Vector, y: &Vector, z: &Vector) -> RigidMotion {
    let source_from_frame = Rotation3::from_matrix_unchecked(Matrix3::from_columns(&[*x, *y, *z]));
    let rotation = UnitQuaternion::from_rotation_matrix(&source_from_frame).inverse();
    RigidMotion::from_parts(Translation3::identity(), rotation) * Translation3::from(-origin.coords)
}

/// Finds the pose; the samples it was found on are kept for who wants to look closer.
pub(super) fn find(mesh: &TriMesh) -> Result<(Pose, Samples), OrientError> {
    let extent = mesh.bounds().map_or(0.0, |b| b.diagonal());
    if extent > LARGEST_EXTENT {
        return Err(OrientError::TooLarge {
            extent: Mm(extent),
            limit: Mm(LARGEST_EXTENT),
        });
    }
    let table = table();
    let samples = Samples::of(mesh, table.sample_spacing.value).ok_or(OrientError::NoSurface)?;
    let pose = find_in_samples(&samples).ok_or(OrientError::NoCrowns)?;
    Ok((pose, samples))
}

fn find_in_samples(samples: &Samples) -> Option<Pose> {
    let table = table();
    let all = &samples.all;
    let relief = relief::relief(all, table.relief_radius.value);
    let surface = Surface {
        samples: all,
        rugged: all.iter().zip(&relief).map(|(s, r)| s.area * r).collect(),
        prominence: relief::prominence(all, table.prominence_reach.value),
        full_prominence: table.prominence_full.value,
    };
    let directions = directions(&surface)?;
    let agreement = directions.shown.dot(&directions.outstanding);
    // Where the two contradict each other the normals are wrong: positions have no inside.
    let inside_out = agreement < 0.0;
    let start = if inside_out {
        directions.outstanding
    } else {
        (directions.shown + directions.outstanding).normalize()
    };
    let half_height = table.layer_half_height.value;
    let (layer, rival_share) = survey(&surface, &start, half_height);
    let crowns = climb(&surface, &layer, half_height, table.crown_reach.value)?;
    let search = TipSearch {
        window: table.tip_window.value,
        softness: table.tip_softness.value,
        scale_floor: table.tip_scale_floor.value,
    };
    let (plane, residual) = occlusal_plane(all, &crowns, &search)?;
    let occlusal_facts = OcclusalFacts {
        share: layer.share,
        rival_share,
        residual,
        reach: crowns.spread[1],
        agreement: agreement.abs(),
    };
    let (line, midline_facts) = midline(all, &crowns, &plane)?;
    let (posterior, left) = axes(&plane, &line, midline_facts.opening);
    let (u, v) = plane.axes();
    let on_line = plane.point + (u * line.normal.x + v * line.normal.y) * line.offset;
    let points: Vec<[f64; 4]> = all
        .iter()
        .zip(&crowns.weights)
        .filter(|(_, w)| **w > 0.0)
        .map(|(s, w)| {
            let d = s.point - on_line;
            [d.dot(&left), d.dot(&posterior), d.dot(&plane.normal), *w]
        })
        .collect();
    let incisal = incisal_point(&points, table.incisal_half_width.value, table.tip_softness.value);
    let scan_from_canonical = samples.canonical_from_scan.inverse();
    Some(Pose {
        occlusal: scan_from_canonical * plane.normal,
        posterior: scan_from_canonical * posterior,
        incisal: scan_from_canonical * (on_line + posterior * incisal.y),
        occlusal_facts,
        midline_facts,
        from_incisors: incisal.from_incisors,
        inside_out,
    })
}

/// The best mirror line of the crowns in the occlusal plane, in the plane's axes about its point.
fn midline(samples: &[Sample], crowns: &Crowns, plane: &Plane) -> Option<(MirrorLine, MidlineFacts)> {
    let table = table();
    let (u, v) = plane.axes();
    let flat = samples
        .iter()
        .zip(&crowns.weights)
        .filter(|(_, w)| **w > 0.0)
        .map(|(s, w)| {
            let d = s.point - plane.point;
            (Point2::new(d.dot(&u), d.dot(&v)), *w)
        });
    let reaches = Reaches {
        across: table.mirror_reach_across.value,
        along: table.mirror_reach_along.value,
        direction: table.arch_direction_reach.value,
    };
    let map = ArchMap::of(flat, table.map_cell.value, &reaches)?;
    // Three starts 7° apart: the kernels leave no more maxima than that near the best.
    let survey = map.survey(3, 7f64.to_radians());
    let best = survey
        .lines
        .iter()
        .map(|l| map.refine(*l))
        .max_by(|a, b| a.score.total_cmp(&b.score))?;
    let facts = MidlineFacts {
        score: best.score,
        rival: survey.rival,
        spread: survey.spread,
        opening: opening(&map, &best),
    };
    Some((best, facts))
}

/// Backwards and to one side, in the plane's frame; the side is that of `backwards × occlusal`.
fn axes(plane: &Plane, line: &MirrorLine, opening: f64) -> (Vector, Vector) {
    let (u, v) = plane.axes();
    let along = v * line.normal.x - u * line.normal.y;
    let posterior = if opening < 0.0 { -along } else { along };
    (posterior, posterior.cross(&plane.normal))
}
