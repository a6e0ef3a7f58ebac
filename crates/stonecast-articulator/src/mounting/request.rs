//! What a mounting is asked to go by, and the mounting that follows.
//!
//! Units: mm, degrees. Frame: the cast frame, or that of the points where `cast_from_points` is given.

use nalgebra::{Matrix4, Point3};
use serde::{Deserialize, Serialize};
use stonecast_dental::finding::{EvidencePoint, RowRef};
use stonecast_dental::{Deg, Mm, Sides, frame};
use stonecast_mesh::{RigidMotion, Vector};

use super::{Mounting, MountingError, MountingMethod};
use crate::plane::{PlaneName, ReferencePlane};
use crate::rigid::rigid_from_matrix;
use crate::rows::{row, span};

/// What is read from the cast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MountingInput {
    /// The midpoint between the lower central incisal edges in the closed bite.
    pub incisal_point: [f64; 3],
    /// Backward within the occlusal plane, along the midline.
    pub posterior: [f64; 3],
    /// Upward, at right angles to the occlusal plane.
    pub superior: [f64; 3],
}

impl MountingInput {
    /// With the occlusal plane and the midline of the cast frame.
    pub fn in_cast_frame(incisal_point: [f64; 3]) -> Self {
        Self {
            incisal_point,
            posterior: frame::POSTERIOR,
            superior: frame::SUPERIOR,
        }
    }
}

/// By what the ends of the hinge axis are found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by", deny_unknown_fields)]
pub enum CondyleSource {
    /// Bonwill's triangle at Balkwill's angle; what is not given is the table's.
    AverageValues {
        /// The distance of the condyles.
        #[serde(default)]
        intercondylar: Option<Mm>,
        /// The distance of the lower incisal point from each condyle.
        #[serde(default)]
        leg: Option<Mm>,
        /// The angle of the triangle to the occlusal plane.
        #[serde(default)]
        balkwill: Option<Deg>,
    },
    /// Points that somebody gave.
    Points {
        /// From where: a facebow or a volume scan.
        method: MountingMethod,
        /// The ends of the axis.
        condyles: Sides<[f64; 3]>,
        /// How well they are known, one standard deviation along each direction, where somebody said.
        #[serde(default)]
        uncertainty: Option<Mm>,
    },
}

/// By what the reference plane is found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "by", deny_unknown_fields)]
pub enum PlaneSource {
    /// The occlusal plane, tilted up in front by what lies between it and the named plane on average, or by what is given.
    Tilted {
        /// The plane that it then stands for.
        name: PlaneName,
        /// How far its front lies higher; the table's mean where not given.
        #[serde(default)]
        tilt: Option<Deg>,
    },
    /// Three points that are not in one line.
    Points {
        /// What they are.
        name: PlaneName,
        /// At the back: tragi or poria.
        back: Sides<[f64; 3]>,
        /// In front: a point at the nose or an orbital point.
        front: [f64; 3],
    },
    /// The hinge axis and one point in front of it.
    AxisOrbital {
        /// The orbital point.
        orbitale: [f64; 3],
    },
}

/// How a cast is to be mounted. As a document, every field but `input` may be left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MountingRequest {
    /// What is read from the cast.
    pub input: MountingInput,
    /// The hinge axis; average values where not said.
    #[serde(default = "average_values")]
    pub condyles: CondyleSource,
    /// The reference plane; the occlusal plane where not said.
    #[serde(default = "occlusal_plane")]
    pub plane: PlaneSource,
    /// Takes the points of `condyles` and `plane` to the cast frame, 4 × 4, row after row; they lie there where not given.
    #[serde(default)]
    pub cast_from_points: Option<[f64; 16]>,
}

fn average_values() -> CondyleSource {
    CondyleSource::AverageValues {
        intercondylar: None,
        leg: None,
        balkwill: None,
    }
}

fn occlusal_plane() -> PlaneSource {
    PlaneSource::Tilted {
        name: PlaneName::Occlusal,
        tilt: None,
    }
}

/// The ends of the axis as found, with what is told of them.
struct Condyles {
    method: MountingMethod,
    at: Sides<Vector>,
    uncertainty: Option<Mm>,
    rows: Vec<RowRef>,
}

impl MountingRequest {
    /// By average values, against the occlusal plane.
    pub fn average(input: MountingInput) -> Self {
        Self {
            input,
            condyles: average_values(),
            plane: occlusal_plane(),
            cast_from_points: None,
        }
    }

    /// By points of a facebow, against the occlusal plane.
    pub fn facebow(input: MountingInput, condyles: Sides<[f64; 3]>, uncertainty: Option<Mm>) -> Self {
        let condyles = CondyleSource::Points {
            method: MountingMethod::Facebow,
            condyles,
            uncertainty,
        };
        Self {
            condyles,
            ..Self::average(input)
        }
    }

    /// Against another plane.
    pub fn against(self, plane: PlaneSource) -> Self {
        Self { plane, ..self }
    }

    /// Against the plane of that name, tilted from the occlusal plane by what the table has as the mean.
    pub fn against_average(self, name: PlaneName) -> Self {
        self.against(PlaneSource::Tilted { name, tilt: None })
    }

    /// With the points in another frame.
    pub fn with_points_in(self, cast_from_points: &RigidMotion) -> Self {
        let matrix = cast_from_points.to_homogeneous().transpose();
        let mut rows = [0.0; 16];
        rows.copy_from_slice(matrix.as_slice());
        Self {
            cast_from_points: Some(rows),
            ..self
        }
    }

    /// Mounts the cast.
    ///
    /// # Errors
    /// If a number is not finite, sides are swapped, or the points span no plane.
    pub fn mount(&self) -> Result<Mounting, MountingError> {
        let input = &self.input;
        finite("the incisal point", &input.incisal_point)?;
        finite("the posterior direction", &input.posterior)?;
        finite("the superior direction", &input.superior)?;
        let (posterior, superior) = (Vector::from(input.posterior), Vector::from(input.superior));
        let square = (posterior.norm() - 1.0).abs() < 1e-6
            && (superior.norm() - 1.0).abs() < 1e-6
            && posterior.dot(&superior).abs() < 1e-6;
        if !square {
            return Err(MountingError::Directions);
        }
        let cast_from_points = self.cast_from_points()?;
        let condyles = self.condyles(&cast_from_points)?;
        let mut mounting = Mounting {
            method: condyles.method,
            condyles: condyles.at.map(Into::into),
            plane: ReferencePlane {
                name: PlaneName::Occlusal,
                left: posterior.cross(&superior).into(),
                posterior: input.posterior,
                superior: input.superior,
            },
            incisal_point: input.incisal_point,
            uncertainty: condyles.uncertainty,
            evidence: vec![evidence("lower incisal point", input.incisal_point)],
            rows: condyles.rows,
            notes: Vec::new(),
        };
        mounting.check()?;
        tell_unlikely(&mut mounting);
        self.plane(&cast_from_points, &mut mounting)?;
        for (what, at) in [
            ("right end of the hinge axis", mounting.condyles.right),
            ("left end of the hinge axis", mounting.condyles.left),
        ] {
            mounting.evidence.push(evidence(what, at));
        }
        Ok(mounting)
    }

    fn cast_from_points(&self) -> Result<RigidMotion, MountingError> {
        let Some(rows) = &self.cast_from_points else {
            return Ok(RigidMotion::identity());
        };
        rigid_from_matrix(&Matrix4::from_row_slice(rows))
            .map_err(|why| MountingError::Motion { why: why.to_string() })
    }

    fn condyles(&self, cast_from_points: &RigidMotion) -> Result<Condyles, MountingError> {
        match &self.condyles {
            CondyleSource::AverageValues {
                intercondylar,
                leg,
                balkwill,
            } => self.average_condyles(*intercondylar, *leg, *balkwill),
            CondyleSource::Points {
                method,
                condyles,
                uncertainty,
            } => {
                finite("the right end of the hinge axis", &condyles.right)?;
                finite("the left end of the hinge axis", &condyles.left)?;
                Ok(Condyles {
                    method: *method,
                    at: condyles.map(|at| (cast_from_points * Point3::from(at)).coords),
                    uncertainty: *uncertainty,
                    rows: Vec::new(),
                })
            }
        }
    }

    /// Bonwill's triangle, lifted from the occlusal plane about the incisal point by Balkwill's angle.
    fn average_condyles(
        &self,
        intercondylar: Option<Mm>,
        leg: Option<Mm>,
        balkwill: Option<Deg>,
    ) -> Result<Condyles, MountingError> {
        let (bonwill, angle) = (row("bonwill"), row("balkwill"));
        let width = intercondylar.map_or(bonwill.number("side_mm"), |given| given.0);
        let leg = leg.map_or(bonwill.number("side_mm"), |given| given.0);
        let lift = balkwill
            .map_or(angle.number("angle_deg"), |given| given.0)
            .to_radians();
        let height = (leg * leg - 0.25 * width * width).sqrt();
        if !(width > 0.0 && height > 0.0 && lift.is_finite()) {
            return Err(MountingError::Triangle {
                intercondylar_mm: width,
                leg_mm: leg,
            });
        }
        let (posterior, superior) = (
            Vector::from(self.input.posterior),
            Vector::from(self.input.superior),
        );
        let middle = Vector::from(self.input.incisal_point)
            + posterior * (height * lift.cos())
            + superior * (height * lift.sin());
        let left = posterior.cross(&superior) * (0.5 * width);
        Ok(Condyles {
            method: MountingMethod::AverageValues,
            at: Sides {
                right: middle - left,
                left: middle + left,
            },
            uncertainty: Some(Mm(bonwill.number("uncertainty_mm"))),
            rows: vec![bonwill.reference(), angle.reference()],
        })
    }

    fn plane(&self, cast_from_points: &RigidMotion, mounting: &mut Mounting) -> Result<(), MountingError> {
        let axis = mounting.axis();
        let spans = |plane: Option<ReferencePlane>, what: &str| {
            plane.ok_or_else(|| MountingError::Plane {
                what: what.to_owned(),
            })
        };
        let taken = |at: &[f64; 3]| (cast_from_points * Point3::from(*at)).coords;
        // The normal of three points, upward as the occlusal plane's is.
        let upward = |normal: Vector| normal * normal.dot(&Vector::from(self.input.superior)).signum();
        match &self.plane {
            PlaneSource::Tilted { name, tilt } => {
                let tilt = match (tilt, name) {
                    (Some(tilt), _) => {
                        finite("the tilt", &[tilt.0])?;
                        tilt.0
                    }
                    (None, PlaneName::Occlusal) => 0.0,
                    (None, PlaneName::ThreePoints) => {
                        let what = "three-points without points".to_owned();
                        return Err(MountingError::Plane { what });
                    }
                    (None, other) => {
                        let mean = row(&format!("plane.{}", other.name()));
                        mounting.rows.push(mean.reference());
                        mean.number("tilt_deg")
                    }
                };
                let (sin, cos) = tilt.to_radians().sin_cos();
                let normal =
                    Vector::from(self.input.superior) * cos + Vector::from(self.input.posterior) * sin;
                let plane = ReferencePlane::from_normal(*name, normal, axis);
                mounting.plane = spans(plane, "the occlusal plane and the hinge axis")?;
            }
            PlaneSource::Points { name, back, front } => {
                for (what, at) in [
                    ("right point of the reference plane", back.right),
                    ("left point of the reference plane", back.left),
                    ("front point of the reference plane", *front),
                ] {
                    finite(what, &at)?;
                    mounting.evidence.push(evidence(what, taken(&at).into()));
                }
                let (right, left, front) = (taken(&back.right), taken(&back.left), taken(front));
                let normal = upward((left - right).cross(&(front - 0.5 * (left + right))));
                let plane = ReferencePlane::from_normal(*name, normal, axis);
                mounting.plane = spans(plane, "the points of the reference plane")?;
            }
            PlaneSource::AxisOrbital { orbitale } => {
                finite("the orbital point", orbitale)?;
                let orbitale = taken(orbitale);
                mounting.evidence.push(evidence("orbital point", orbitale.into()));
                let normal = upward(axis.cross(&(orbitale - Vector::from(mounting.condyles.right))));
                let plane = ReferencePlane::from_normal(PlaneName::AxisOrbital, normal, axis);
                mounting.plane = spans(plane, "the hinge axis and the orbital point")?;
            }
        }
        Ok(())
    }
}

fn evidence(what: &str, xyz: [f64; 3]) -> EvidencePoint {
    EvidencePoint {
        tooth: None,
        what: what.to_owned(),
        xyz,
    }
}

fn finite(what: &str, numbers: &[f64]) -> Result<(), MountingError> {
    if numbers.iter().all(|n| n.is_finite()) {
        return Ok(());
    }
    Err(MountingError::NotFinite {
        what: what.to_owned(),
    })
}

/// Tells what is unlikely.
fn tell_unlikely(mounting: &mut Mounting) {
    let incisal = Vector::from(mounting.incisal_point);
    let from_incisal = mounting.condyles.map(|end| (Vector::from(end) - incisal).norm());
    let plausible = row("plausible-mounting");
    for (what, mm, field) in [
        (
            "the distance of the hinge axis's ends",
            mounting.intercondylar().0,
            "intercondylar_mm",
        ),
        (
            "the distance of the incisal point from the right end",
            from_incisal.right,
            "incisal_mm",
        ),
        (
            "the distance of the incisal point from the left end",
            from_incisal.left,
            "incisal_mm",
        ),
    ] {
        let [least, greatest] = span(plausible, field);
        if !(least..=greatest).contains(&mm) {
            mounting.notes.push(format!(
                "{what} is {mm:.1} mm, outside of {least:.0} to {greatest:.0} mm: check the points and their unit"
            ));
        }
    }
}
