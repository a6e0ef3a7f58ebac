//! Cleaning: a scan's mesh to one orientable manifold surface, every change counted.
//!
//! Units: mm. Frame: the scanner's; nothing is moved.
//!
//! Steps:
//! 1. `refuse`: what has too few faces or no area is no scan.
//! 2. [`mend`](stonecast_mesh::repair::mend): weld, drop what is degenerate, repeated, flapping or floating, part
//!    what is pinched, wind alike.
//! 3. `turn_outwards`: each piece's normals point out of the body, told by volume where the piece is closed, else
//!    by clearance ([`outward`](stonecast_mesh::repair::outward)); neither depends on the pose.
//! 4. `carry`: colours follow their vertices.
//!
//! Limits: a surface that shows an impression (a mould) from inside looks inside out, and would be turned.

mod error;
mod params;
mod report;

pub use error::CleanError;
pub use params::CleanParams;
pub use report::CleanReport;

use stonecast_dental::{Checked, Warning};
use stonecast_mesh::{
    FaceId, TriMesh, VertexData, VertexId,
    repair::{Mended, PieceOutward, mend, outward},
    topology::components,
};

/// A cleaned surface, and where its vertices came from.
#[derive(Clone, Debug)]
pub struct Cleaned {
    /// At most two faces at each edge, one fan at each vertex, neighbours wound alike, normals outwards.
    pub mesh: TriMesh,
    /// For each vertex, the vertex of the scan at the same position, bit for bit.
    pub vertex_of: Vec<VertexId>,
    /// Vertex colours, where the scan has them.
    pub colours: Option<VertexData<[u8; 3]>>,
    /// What was changed.
    pub report: CleanReport,
}

/// Cleans the surface of a scan.
///
/// # Errors
/// [`CleanError`] when there is nothing to clean, or when colours and vertices do not match in number.
pub fn clean(
    mesh: &TriMesh,
    colours: Option<&VertexData<[u8; 3]>>,
    params: &CleanParams,
) -> Result<Checked<Cleaned>, CleanError> {
    refuse(mesh, colours, params)?;
    let mut warnings = Vec::new();
    let Mended {
        mesh: mended,
        vertex_of,
        report,
        ..
    } = mend(mesh, &params.mend);
    if mended.is_empty() {
        return Err(CleanError::NothingLeft {
            face_count: mesh.face_count(),
        });
    }
    let mut report = CleanReport::from(report);
    report::warn_of_mending(&report, mesh.face_count(), &mut warnings);
    let mesh = turn_outwards(mended, &mut report, &mut warnings);
    let colours = colours.map(|c| carry(c, &vertex_of));
    let cleaned = Cleaned {
        mesh,
        vertex_of,
        colours,
        report,
    };
    Ok(Checked::new(cleaned, warnings))
}

fn refuse(
    mesh: &TriMesh,
    colours: Option<&VertexData<[u8; 3]>>,
    params: &CleanParams,
) -> Result<(), CleanError> {
    if mesh.face_count() < params.min_faces {
        return Err(CleanError::TooFewFaces {
            face_count: mesh.face_count(),
            least: params.min_faces,
        });
    }
    if mesh.area() <= 0.0 {
        return Err(CleanError::NoArea);
    }
    match colours {
        Some(colours) if colours.len() != mesh.vertex_count() => Err(CleanError::ColourCount {
            colour_count: colours.len(),
            vertex_count: mesh.vertex_count(),
        }),
        _ => Ok(()),
    }
}

/// Turns the pieces whose normals point inwards. A piece that gives no evidence follows the largest one: one
/// exporter winds all its pieces alike.
fn turn_outwards(mesh: TriMesh, report: &mut CleanReport, warnings: &mut Vec<Warning>) -> TriMesh {
    let verdicts = outward(&mesh).pieces;
    let pieces = components(&mesh);
    let Some(main) = verdicts.iter().max_by(|a, b| a.area.total_cmp(&b.area)) else {
        return mesh;
    };
    if main.is_undecided() {
        warnings.push(Warning::new(
            "cast.clean.outside-undecided",
            "which side of the surface is outside could not be told from its shape; it was left as the file has it",
            "look at the pictures: if the surface looks hollow, turn the normals over in the scanner's software",
        ));
    }
    let inverted = |verdict: &PieceOutward| {
        if verdict.is_undecided() {
            main.is_inverted()
        } else {
            verdict.is_inverted()
        }
    };
    let mut turn = vec![false; mesh.face_count()];
    for (piece, verdict) in pieces.iter().zip(&verdicts) {
        if inverted(verdict) {
            report.turned_pieces += 1;
            report.turned_faces += piece.len();
            for f in piece {
                turn[f.index()] = true;
            }
        }
    }
    if report.turned_pieces == 0 {
        return mesh;
    }
    warnings.push(Warning::new(
        "cast.clean.turned",
        format!(
            "the normals of {} faces pointed into the body and were turned outwards",
            report.turned_faces
        ),
        "check that the scan is not mirrored: a left-handed export also turns normals inwards",
    ));
    let faces = mesh.face_ids().map(|f: FaceId| {
        let [a, b, c] = mesh.face(f);
        if turn[f.index()] { [a, c, b] } else { [a, b, c] }
    });
    let faces = faces.collect();
    TriMesh::new(mesh.points().to_vec(), faces).expect("the same points and vertices as before")
}

fn carry(colours: &VertexData<[u8; 3]>, vertex_of: &[VertexId]) -> VertexData<[u8; 3]> {
    VertexData::from_vec(vertex_of.iter().map(|&v| colours[v]).collect())
}

#[cfg(test)]
mod tests;
