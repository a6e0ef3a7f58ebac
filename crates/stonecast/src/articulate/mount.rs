//! How a case is mounted: the incisal point from the cast, the rest by average values or by points in a file.
//!
//! Units: mm, degrees. Frame: the cast frame, or that of the points where the file says how to come from there.

use nalgebra::Matrix4;
use serde::Deserialize;
use stonecast_articulator::rigid::rigid_from_matrix;
use stonecast_articulator::{
    CondyleSource, HingeAxis, Mounting, MountingError, MountingInput, MountingRequest, PlaneName, PlaneSource,
};
use stonecast_dental::{Fdi, Jaw, LandmarkKind, Mm, Side};
use stonecast_mesh::{Point, RigidMotion, Vector};
use stonecast_teeth::LabelledArch;
use thiserror::Error;

/// Why a case is not mounted.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MountError {
    /// The file with points is not understood.
    #[error("--mounting: {0}: docs/stages/mounted-cast.md shows the form")]
    File(String),
    /// No lower incisal edge.
    #[error(
        "the cast shows no edge of a lower central incisor, from which the incisal point is read: give it as \
         `incisal_point = [x, y, z]` in the file of --mounting, in the cast frame"
    )]
    NoIncisalPoint,
    /// The points do not make a mounting.
    #[error("{0}")]
    Mounting(#[from] MountingError),
}

/// The file of `--mounting`: what was measured on the patient.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MountingFile {
    /// The lower incisal point in the closed bite, cast frame; else read from the cast.
    pub incisal_point: Option<[f64; 3]>,
    /// The hinge axis.
    pub condyles: Option<CondyleSource>,
    /// The reference plane.
    pub plane: Option<PlaneSource>,
    /// Takes the points to the cast frame, 4 × 4, row after row.
    pub cast_from_points: Option<[f64; 16]>,
    /// Takes a record of jaw motion to the cast frame, 4 × 4, row after row; it lies there where not given.
    pub cast_from_record: Option<[f64; 16]>,
}

impl MountingFile {
    /// Reads the text of the file.
    ///
    /// # Errors
    /// [`MountError::File`], with the place.
    pub fn parse(text: &str) -> Result<Self, MountError> {
        toml::from_str(text).map_err(|e| MountError::File(e.to_string().trim_end().replace('\n', " ")))
    }

    /// Where the file has no hinge axis, average values with the condyles as far apart as the device's.
    #[must_use]
    pub fn with_device(&self, intercondylar: Option<Mm>) -> Self {
        let average = CondyleSource::AverageValues {
            intercondylar,
            leg: None,
            balkwill: None,
        };
        Self {
            condyles: Some(self.condyles.clone().unwrap_or(average)),
            ..self.clone()
        }
    }

    /// Mounts a case about a fitted hinge axis, which lies in the cast frame whatever frame the file's other points are in.
    ///
    /// # Errors
    /// [`MountError`].
    pub fn mount_about(
        &self,
        axis: &HingeAxis,
        lower: &LabelledArch,
        plane: PlaneSource,
    ) -> Result<Mounting, MountError> {
        let points_from_cast = match &self.cast_from_points {
            Some(rows) => rigid_from_matrix(&Matrix4::from_row_slice(rows))
                .map_err(|why| MountError::File(format!("cast_from_points: {why}")))?
                .inverse(),
            None => RigidMotion::identity(),
        };
        let mut about = axis.clone();
        about.ends = about.ends.map(|end| (points_from_cast * Point::from(end)).into());
        let file = Self {
            condyles: Some(about.condyle_source()),
            ..self.clone()
        };
        file.mount(lower, plane)
    }

    /// Mounts a case by the file, else by average values against `plane`.
    ///
    /// # Errors
    /// [`MountError`].
    pub fn mount(&self, lower: &LabelledArch, plane: PlaneSource) -> Result<Mounting, MountError> {
        let point = self.incisal_point.or_else(|| incisal_point(lower));
        let input = MountingInput::in_cast_frame(point.ok_or(MountError::NoIncisalPoint)?);
        let mut request = MountingRequest::average(input).against(self.plane.clone().unwrap_or(plane));
        if let Some(condyles) = &self.condyles {
            request.condyles = condyles.clone();
        }
        request.cast_from_points = self.cast_from_points;
        Ok(request.mount()?)
    }
}

/// The named plane, tilted from the occlusal plane by the mean of the table.
pub fn usual_plane(name: PlaneName) -> PlaneSource {
    PlaneSource::Tilted { name, tilt: None }
}

/// The midpoint between the lower central incisal edges; of one where the other is missing.
pub fn incisal_point(lower: &LabelledArch) -> Option<[f64; 3]> {
    let edge = |side| {
        let central = Fdi::permanent(Jaw::Lower, side, 1)?;
        let tooth = lower.teeth.iter().find(|t| t.fdi == central)?;
        tooth.landmark(LandmarkKind::IncisalMidpoint).map(Vector::from)
    };
    let edges: Vec<Vector> = [Side::Right, Side::Left].into_iter().filter_map(edge).collect();
    let middle = edges.iter().sum::<Vector>() / edges.len() as f64;
    (!edges.is_empty()).then(|| middle.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_articulator::MountingMethod;
    use stonecast_mesh::FaceData;

    fn bare() -> LabelledArch {
        LabelledArch {
            jaw: Jaw::Lower,
            face_labels: FaceData::from_vec(Vec::new()),
            teeth: Vec::new(),
            doubts: Vec::new(),
        }
    }

    #[test]
    fn a_file_gives_the_points_of_a_facebow() {
        let file = MountingFile::parse(
            "incisal_point = [0, 1, 0]\n\
             [condyles]\nby = \"points\"\nmethod = \"facebow\"\nuncertainty = 2\n\
             condyles = { right = [-55, 92, 38], left = [55, 91, 38] }\n\
             [plane]\nby = \"axis-orbital\"\norbitale = [-32, 5, 62]\n",
        )
        .unwrap();
        let mounting = file.mount(&bare(), usual_plane(PlaneName::Occlusal)).unwrap();
        assert_eq!(mounting.method, MountingMethod::Facebow);
        assert_eq!(mounting.uncertainty, Some(Mm(2.0)));
        assert_eq!(mounting.condyles.left, [55.0, 91.0, 38.0]);
    }

    #[test]
    fn a_file_that_is_not_understood_says_where() {
        let error = MountingFile::parse("incisal_pont = [0, 1, 0]\n")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("incisal_pont") && error.contains("line 1"),
            "{error}"
        );
    }

    #[test]
    fn without_an_incisal_edge_the_point_is_asked_for() {
        let file = MountingFile::default();
        let error = file.mount(&bare(), usual_plane(PlaneName::Camper)).unwrap_err();
        assert!(error.to_string().contains("incisal_point = [x, y, z]"));
    }
}
