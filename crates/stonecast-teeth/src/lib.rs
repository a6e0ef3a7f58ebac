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
//! | compare labels with people's | [`score`] |
//! | give the labels of a cleaned surface back to the file's vertices and faces | [`carry`] |

pub mod anatomy;
pub mod carry;
pub mod labelled;
pub mod score;
pub mod segment;

use rayon::prelude::*;
use stonecast_cast::Cast;
use stonecast_dental::{Checked, Jaw};
use stonecast_mesh::{RigidMotion, TriMesh};
use thiserror::Error;

pub use carry::{CarriedLabels, carry_back, vertex_labels};
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
}

/// Labels one arch: faces, then what is measured of each tooth.
///
/// # Errors
/// When the surface shows no teeth.
pub fn label_arch(input: &ArchInput<'_>) -> Result<Checked<LabelledArch>, TeethError> {
    let Checked { value, warnings } = segment::segment(input)?;
    let teeth = anatomy::describe(input, &value);
    let arch = LabelledArch {
        jaw: input.jaw,
        face_labels: value.face_labels,
        teeth,
        doubts: value.doubts,
    };
    Ok(Checked::new(arch, warnings))
}

/// Labels every arch of a cast, in the cast frame.
///
/// # Errors
/// What is wrong with either arch.
pub fn label_cast(cast: &Cast) -> Result<Checked<LabelledCast>, Vec<TeethError>> {
    let arches: Vec<_> = cast.arches().collect();
    let labelled: Vec<_> = arches
        .par_iter()
        .map(|arch| {
            label_arch(&ArchInput {
                jaw: arch.jaw,
                mesh: &arch.anatomy_in_cast,
                arch_from_mesh: arch.orientation.arch_from_scan * arch.cast_from_scan.inverse(),
            })
        })
        .collect();
    let mut faults = Vec::new();
    let mut warnings = Vec::new();
    let mut cast = LabelledCast::default();
    for result in labelled {
        match result {
            Ok(checked) => {
                let arch = checked.unpack(&mut warnings);
                match arch.jaw {
                    Jaw::Upper => cast.upper = Some(arch),
                    Jaw::Lower => cast.lower = Some(arch),
                }
            }
            Err(fault) => faults.push(fault),
        }
    }
    if faults.is_empty() {
        Ok(Checked::new(cast, warnings))
    } else {
        Err(faults)
    }
}
