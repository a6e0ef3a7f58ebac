//! Cleaning: a scan's mesh to one orientable manifold surface, every change counted.
//!
//! Units: mm. Frame: the scanner's; nothing is moved.
//!
//! Steps:
//! 1. `refuse`: what has too few faces or no area is no scan.
//! 2. [`mend`]: weld, drop what is degenerate, repeated, flapping or floating, part
//!    what is pinched, wind alike.
//! 3. [`uncross`]: small places where the surface passes through itself are
//!    replaced; larger ones are reported. Left out where [`CleanParams::replaces_crossings`] is false.
//! 4. [`fill_holes`]: small holes are closed smoothly; the longest border is the
//!    scan's own and stays.
//! 5. `turn_outwards`: each piece's normals point out of the body, told by volume where the piece is closed, else
//!    by clearance ([`outward`]); neither depends on the pose.
//! 6. `carry`: colours follow their vertices; made vertices take the mean of their neighbours'.
//!
//! Limits: a surface that shows an impression (a mould) from inside looks inside out, and is turned unless
//! [`CleanParams::turns_outwards`] is false.

mod error;
mod params;
mod report;

pub use error::CleanError;
pub use params::CleanParams;
pub use report::CleanReport;

use stonecast_dental::{Checked, Warning};
use stonecast_mesh::{
    FaceData, FaceId, TriMesh, VertexData, VertexId,
    repair::{
        FillParams, LeftReason, Mended, PieceOutward, UncrossParams, Uncrossed, fill_holes, mend, outward,
        uncross,
    },
    topology::components,
};

/// A cleaned surface, and where its vertices came from.
#[derive(Clone, Debug)]
pub struct Cleaned {
    /// At most two faces at each edge, one fan at each vertex, neighbours wound alike, normals outwards.
    pub mesh: TriMesh,
    /// For each vertex, the vertex of the scan at the same position, bit for bit; `None` for one that was made.
    pub vertex_of: Vec<Option<VertexId>>,
    /// For each face, whether it was made to close a hole or a crossing: a guess, not data.
    pub is_made: FaceData<bool>,
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
    let mended = mend(mesh, &params.mend);
    if mended.mesh.is_empty() {
        return Err(CleanError::NothingLeft {
            face_count: mesh.face_count(),
        });
    }
    let mut report = CleanReport::from(mended.report);
    report::warn_of_mending(&report, mesh.face_count(), &mut warnings);
    let closed = close(mended, params, &mut report, &mut warnings);
    let mesh = if params.turns_outwards {
        turn_outwards(closed.mesh, &mut report, &mut warnings)
    } else {
        closed.mesh
    };
    let colours = colours.map(|c| carry(c, &mesh, &closed.vertex_of));
    let cleaned = Cleaned {
        mesh,
        vertex_of: closed.vertex_of,
        is_made: closed.is_made,
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

struct Closed {
    mesh: TriMesh,
    vertex_of: Vec<Option<VertexId>>,
    is_made: FaceData<bool>,
}

/// Replaces crossings and fills holes.
fn close(
    mended: Mended,
    params: &CleanParams,
    report: &mut CleanReport,
    warnings: &mut Vec<Warning>,
) -> Closed {
    let crossing = UncrossParams {
        max_area: params.max_crossing_area,
        mend: params.mend,
    };
    let Mended { mesh, vertex_of, .. } = mended;
    let uncrossed = if params.replaces_crossings {
        uncross(&mesh, &crossing)
    } else {
        Uncrossed::untouched(mesh)
    };
    report.crossings_found = uncrossed.report.crossings_found;
    report.crossings_left = uncrossed.report.crossings_left;
    report.crossing_faces_removed = uncrossed.report.removed_faces;
    report.crossing_faces_added = uncrossed.report.added_faces;
    report::warn_of_crossings(report, warnings);

    let holes = FillParams {
        max_length: params.max_hole_length,
        keep_longest: true,
    };
    let filled = fill_holes(&uncrossed.mesh, &holes);
    report.holes_filled = filled.patches.len();
    report.hole_faces_added = filled.patches.iter().map(|p| p.faces.len()).sum();
    report.holes_left = filled
        .left
        .iter()
        .filter(|l| l.reason != LeftReason::Border)
        .count();
    report::warn_of_holes(report, warnings);

    let made_vertices = filled.mesh.vertex_count() - uncrossed.mesh.vertex_count();
    let from_scan = |v: &Option<VertexId>| v.map(|v| vertex_of[v.index()]);
    let mut is_made = filled.is_filled();
    for (flag, face) in is_made.as_mut_slice().iter_mut().zip(&uncrossed.face_of) {
        *flag = face.is_none();
    }
    Closed {
        vertex_of: (uncrossed.vertex_of.iter().map(from_scan))
            .chain(std::iter::repeat_n(None, made_vertices))
            .collect(),
        is_made,
        mesh: filled.mesh,
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

fn carry(
    colours: &VertexData<[u8; 3]>,
    mesh: &TriMesh,
    vertex_of: &[Option<VertexId>],
) -> VertexData<[u8; 3]> {
    let mut carried: Vec<Option<[u8; 3]>> = vertex_of.iter().map(|v| v.map(|v| colours[v])).collect();
    let mut missing: Vec<VertexId> = mesh
        .vertex_ids()
        .filter(|v| carried[v.index()].is_none())
        .collect();
    while !missing.is_empty() {
        let found: Vec<(VertexId, Option<[u8; 3]>)> = missing
            .iter()
            .map(|&v| {
                let ring = mesh.topology().ring(mesh, v);
                (v, mean_colour(ring.iter().filter_map(|w| carried[w.index()])))
            })
            .collect();
        for &(v, colour) in &found {
            carried[v.index()] = colour;
        }
        let before = missing.len();
        missing.retain(|v| carried[v.index()].is_none());
        if missing.len() == before {
            break;
        }
    }
    // A piece with no coloured vertex at all cannot be: each piece holds vertices of the scan.
    VertexData::from_vec(carried.into_iter().map(Option::unwrap_or_default).collect())
}

fn mean_colour(colours: impl Iterator<Item = [u8; 3]>) -> Option<[u8; 3]> {
    let (mut sum, mut count) = ([0u32; 3], 0u32);
    for colour in colours {
        count += 1;
        for (s, c) in sum.iter_mut().zip(colour) {
            *s += u32::from(c);
        }
    }
    // A mean of bytes is a byte.
    (count > 0).then(|| sum.map(|s| (s / count) as u8))
}

#[cfg(test)]
mod tests;
