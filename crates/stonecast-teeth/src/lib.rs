//! Cast to labelled cast: every face is gum or one tooth, and every tooth has its number, margin, axes and landmarks.
//!
//! Units: mm. Frame: that of the mesh that is given; [`ArchInput::arch_from_mesh`] tells where the arch's own frame
//! lies. Nothing is changed: labels and points are beside the mesh.
//!
//! | to | look in |
//! |---|---|
//! | label an arch or a cast | [`label_arch`], [`label_cast`] |
//! | know what a labelled arch holds | [`labelled`] |
//! | see how faces become teeth | [`segment`] |
//! | see how teeth get axes and landmarks | [`anatomy`] |
//! | correct what was found | [`edits`] |
//! | compare labels with people's | [`score`] |
//! | know how far neighbours are apart | [`proximity`] |
//! | give the labels of a cleaned surface back to the file's vertices and faces | [`carry`] |

pub mod anatomy;
pub mod carry;
pub mod edits;
pub mod labelled;
pub mod proximity;
pub mod score;
pub mod segment;
pub mod teeth3ds;

use rayon::prelude::*;
use stonecast_cast::Cast;
use stonecast_dental::{Checked, Jaw, Warning};
use stonecast_mesh::{RigidMotion, TriMesh};
use thiserror::Error;

use edits::{correct_faces, correct_landmarks};

pub use carry::{CarriedLabels, carry_back, vertex_labels};
pub use edits::{ArchEdits, EditFault, TeethEdits};
pub use labelled::{
    Doubt, LabelledArch, LabelledCast, MarginCurve, NoWidth, ToldBy, Tooth, ToothFrame, ToothLandmark, Width,
};

/// One arch to be labelled.
#[derive(Clone, Copy, Debug)]
pub struct ArchInput<'a> {
    /// Which arch.
    pub jaw: Jaw,
    /// Its surface: one welded piece with consistent normals, what `clean` gives.
    pub mesh: &'a TriMesh,
    /// From the mesh's frame to the arch's own ([`stonecast_cast::orient::Orientation`]).
    pub arch_from_mesh: RigidMotion,
}

/// Why an arch cannot be labelled.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum TeethError {
    /// Nothing on the surface is a tooth.
    #[error(
        "no tooth was found on the {0} arch; check that the file shows a dental arch, its unit and its pose"
    )]
    NoTeeth(Jaw),
    /// The program's network does not work.
    #[error("the program's network does not work ({0}); build or install the program again")]
    Network(#[source] segment::net::NetError),
    /// A user's network cannot be used.
    #[cfg(feature = "user-model")]
    #[error(transparent)]
    UserModel(#[from] segment::user::UserModelError),
    /// A correction does not fit what was found.
    #[error(transparent)]
    Edit(#[from] EditFault),
}

/// Labels one arch: faces, then what is measured of each tooth.
///
/// # Errors
/// When the surface shows no teeth.
pub fn label_arch(input: &ArchInput<'_>) -> Result<Checked<LabelledArch>, TeethError> {
    label_arch_corrected(input, &ArchEdits::default()).map_err(|mut faults| faults.swap_remove(0))
}

/// Labels one arch with a person's corrections, whose points are in the frame of the mesh.
///
/// # Errors
/// When the surface shows no teeth; else every correction that does not fit.
pub fn label_arch_corrected(
    input: &ArchInput<'_>,
    edits: &ArchEdits,
) -> Result<Checked<LabelledArch>, Vec<TeethError>> {
    let segmented = segment::segment(input).map_err(|e| vec![e])?;
    described(input, segmented, edits)
}

/// Labels one arch as [`label_arch_corrected`] does, by a network of the user's own
/// ([`segment::user`]).
///
/// # Errors
/// As there; and when the network cannot be used.
#[cfg(feature = "user-model")]
pub fn label_arch_by_model(
    onnx: &[u8],
    input: &ArchInput<'_>,
    edits: &ArchEdits,
) -> Result<Checked<LabelledArch>, Vec<TeethError>> {
    let segmented = segment::segment_by_model(onnx, input).map_err(|e| vec![e])?;
    described(input, segmented, edits)
}

/// Corrects a segmentation and describes its teeth.
fn described(
    input: &ArchInput<'_>,
    segmented: Checked<segment::Segmentation>,
    edits: &ArchEdits,
) -> Result<Checked<LabelledArch>, Vec<TeethError>> {
    let all = |faults: Vec<EditFault>| faults.into_iter().map(TeethError::from).collect::<Vec<_>>();
    let Checked { value, warnings } = segmented;
    let value = correct_faces(input, value, edits).map_err(all)?;
    let teeth = anatomy::describe(input, &value);
    let teeth = correct_landmarks(input, &value.face_labels, teeth, edits).map_err(all)?;
    let arch = LabelledArch {
        jaw: input.jaw,
        face_labels: value.face_labels,
        teeth,
        doubts: value.doubts,
    };
    Ok(Checked::new(arch, warnings))
}

/// An arch of a cast: what is to be labelled, and where its scan lies.
#[derive(Clone, Copy, Debug)]
pub struct PlacedArch<'a> {
    /// The arch, its mesh in the cast frame.
    pub input: ArchInput<'a>,
    /// From the frame of the scan to that of the mesh: corrections are written in the frame of the scan.
    pub mesh_from_scan: RigidMotion,
}

impl<'a> PlacedArch<'a> {
    /// An arch whose pose was found in the frame of its scan.
    pub fn new(
        jaw: Jaw,
        mesh: &'a TriMesh,
        arch_from_scan: &RigidMotion,
        mesh_from_scan: RigidMotion,
    ) -> Self {
        Self {
            input: ArchInput {
                jaw,
                mesh,
                arch_from_mesh: arch_from_scan * mesh_from_scan.inverse(),
            },
            mesh_from_scan,
        }
    }
}

/// Labels every arch of a cast, in the cast frame, with a person's corrections, whose points are in the frames of the
/// scans. An arch that shows no teeth stays unlabelled, with a warning: the cast is none the worse for it.
///
/// # Errors
/// Every correction that does not fit, of both arches.
pub fn label_cast(cast: &Cast, edits: &TeethEdits) -> Result<Checked<LabelledCast>, Vec<TeethError>> {
    let placed = cast.arches().map(|arch| {
        PlacedArch::new(
            arch.jaw,
            &arch.anatomy_in_cast,
            &arch.orientation.arch_from_scan,
            arch.cast_from_scan,
        )
    });
    label_arches(&placed.collect::<Vec<_>>(), edits)
}

/// Labels arches side by side, as [`label_cast`] does those of a cast.
///
/// # Errors
/// Every correction that does not fit, of all arches.
pub fn label_arches(
    arches: &[PlacedArch<'_>],
    edits: &TeethEdits,
) -> Result<Checked<LabelledCast>, Vec<TeethError>> {
    let labelled: Vec<_> = arches
        .par_iter()
        .map(|arch| {
            let edits = edits.of(arch.input.jaw).moved(&arch.mesh_from_scan);
            let labelled = label_arch_corrected(&arch.input, &edits);
            (labelled, edits == ArchEdits::default())
        })
        .collect();
    let mut faults = Vec::new();
    let mut warnings = Vec::new();
    let mut cast = LabelledCast::default();
    for (result, uncorrected) in labelled {
        match result {
            Ok(checked) => {
                let arch = checked.unpack(&mut warnings);
                match arch.jaw {
                    Jaw::Upper => cast.upper = Some(arch),
                    Jaw::Lower => cast.lower = Some(arch),
                }
            }
            Err(found) => match &found[..] {
                [none @ TeethError::NoTeeth(jaw)] if uncorrected => warnings.push(no_teeth(*jaw, none)),
                _ => faults.extend(found),
            },
        }
    }
    if faults.is_empty() {
        Ok(Checked::new(cast, warnings))
    } else {
        Err(faults)
    }
}

fn no_teeth(jaw: Jaw, error: &TeethError) -> Warning {
    Warning::new(
        "teeth.none",
        format!("{jaw} arch: {error}"),
        "look at the pictures; without labels nothing can be measured on this arch",
    )
}
