//! The faults of a scan's surface, as a person reads them: found by a diagnosis, or told by what cleaning mended.
//!
//! Intake itself does not search for them: a diagnosis takes longer than all else that intake does, and cleaning finds
//! the same. What is not cleaned, a bite scan or a file that is only looked at, is diagnosed.

use stonecast_dental::{ScanRole, Warning};
use stonecast_mesh::TriMesh;
use stonecast_mesh::repair::{FaultKind, diagnose};

use crate::clean::CleanReport;

/// Every fault of a surface, in millimetres, each kind with its count and the place of the first. Borders are none: a
/// scan ends somewhere.
pub fn surface_faults(mesh: &TriMesh, role: ScanRole) -> Vec<Warning> {
    let told = diagnose(mesh).faults.into_iter().filter_map(|fault| {
        let (code, what) = words(fault.kind)?;
        let place = fault.examples.first().map_or_else(String::new, |p| {
            format!(", the first at ({:.1}, {:.1}, {:.1}) mm", p.at.x, p.at.y, p.at.z)
        });
        Some(fault_of(role, code, fault.count, what, &place))
    });
    told.collect()
}

/// The faults that cleaning found in a scan, by what it changed.
pub fn cleaned_faults(report: &CleanReport, role: ScanRole) -> Vec<Warning> {
    let mending = &report.mending;
    [
        (FaultKind::DuplicateVertices, mending.welded_vertices),
        (FaultKind::DegenerateFaces, mending.degenerate_faces),
        (FaultKind::DuplicatedFaces, mending.duplicated_faces),
        (FaultKind::NonManifoldEdges, mending.cut_edges),
        (FaultKind::NonManifoldVertices, mending.added_vertices),
        (FaultKind::InconsistentWinding, mending.rewound_faces),
        (FaultKind::SeveralComponents, mending.dropped_pieces),
        (FaultKind::SelfIntersections, report.crossings_found),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .filter_map(|(kind, count)| {
        let (code, what) = match kind {
            // Cleaning counts what it turned, a diagnosis the edges between.
            FaultKind::InconsistentWinding => ("inconsistent-winding", "triangles wound against the others"),
            _ => words(kind)?,
        };
        Some(fault_of(role, code, count, what, ""))
    })
    .collect()
}

fn words(kind: FaultKind) -> Option<(&'static str, &'static str)> {
    Some(match kind {
        FaultKind::DuplicateVertices => ("duplicate-vertices", "vertices at the position of another"),
        FaultKind::UnreferencedVertices => ("unreferenced-vertices", "vertices without a triangle"),
        FaultKind::DegenerateFaces => ("degenerate-faces", "triangles without area"),
        FaultKind::DuplicatedFaces => ("duplicated-faces", "triangles that occur twice"),
        FaultKind::NonManifoldEdges => (
            "non-manifold-edges",
            "edges at which three or more triangles meet",
        ),
        FaultKind::NonManifoldVertices => ("non-manifold-vertices", "points at which separate sheets touch"),
        FaultKind::InconsistentWinding => (
            "inconsistent-winding",
            "edges whose two triangles are wound against each other",
        ),
        FaultKind::SeveralComponents => ("several-pieces", "pieces beside the largest"),
        FaultKind::SelfIntersections => ("self-intersections", "pairs of triangles that cross"),
        _ => return None,
    })
}

fn fault_of(role: ScanRole, code: &str, count: usize, what: &str, place: &str) -> Warning {
    Warning::new(
        &format!("intake.surface.{code}"),
        format!("{role} scan: {count} {what}{place}"),
        "cleaning mends what can be mended; look there if a measurement is odd",
    )
}
