//! The unit of a file's numbers, settled by evidence or refused.
//!
//! Units: the file's own on entry; sizes are compared in millimetres.
//!
//! Steps: `measured_width` of the surface; `settle_unit` weighs what was stated, what the file declares, and
//! which units make the surface as wide as a human arch is.
//!
//! Limits: a unit told by size alone is wrong for a model that is not to scale. Centimetres and inches differ
//! 2.54-fold only, so that some sizes are ambiguous between those two; they are refused with both named.

use std::{fmt, sync::OnceLock};

use nalgebra::{Matrix3, Point2, SymmetricEigen};
use serde::{Deserialize, Serialize};
use stonecast_dental::{RowStatus, Warning};
use stonecast_mesh::{TriMesh, Vector, topology::components};

use super::{IntakeFault, ScanName};
use crate::scan::{LengthUnit, SettledUnit, UnitEvidence};

/// How wide the surface would be in one unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SizeAs {
    /// The unit.
    pub unit: LengthUnit,
    /// The width in millimetres, if the file's numbers are in that unit.
    pub width_mm: f64,
}

impl fmt::Display for SizeAs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = if self.width_mm >= 1e5 || self.width_mm < 0.1 {
            format!("{:.1e}", self.width_mm)
        } else {
            format!("{:.1}", self.width_mm)
        };
        write!(f, "as {} it would be {width} mm wide", self.unit.symbol())
    }
}

/// Whether a surface is expected to show an arch or a bite.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    Arch,
    Bite,
}

/// The width of the surface in its own unit: the longer side of the smallest rectangle around it, seen along its
/// shortest principal axis. Pieces with less than a twentieth of the largest piece's area do not count. `None` when
/// the surface has no area.
pub fn measured_width(mesh: &TriMesh) -> Option<f64> {
    let vertices = counted_vertices(mesh);
    let centre = mesh.area_centroid()?;
    let mut second_moment = Matrix3::zeros();
    for f in mesh.face_ids() {
        let d = mesh.face_centroid(f) - centre;
        second_moment += d * d.transpose() * mesh.face_area(f);
    }
    let eigen = SymmetricEigen::new(second_moment);
    let normal: Vector = eigen.eigenvectors.column(eigen.eigenvalues.imin()).into();
    let (e1, e2) = plane_axes(&normal);
    let flat: Vec<Point2<f64>> = vertices
        .into_iter()
        .map(|v| {
            let d = mesh.points()[v] - centre;
            Point2::new(d.dot(&e1), d.dot(&e2))
        })
        .collect();
    longer_side_of_rectangle(&convex_hull(flat))
}

/// The vertices of all pieces that are not debris.
fn counted_vertices(mesh: &TriMesh) -> Vec<usize> {
    // A share below which a piece is debris next to the scan: a scanned tongue or cheek is larger, and does no harm.
    const DEBRIS_SHARE: f64 = 0.05;
    let pieces = components(mesh);
    let areas: Vec<f64> = pieces
        .iter()
        .map(|p| p.iter().map(|&f| mesh.face_area(f)).sum())
        .collect();
    let largest = areas.iter().copied().fold(0.0, f64::max);
    let mut counted = vec![false; mesh.vertex_count()];
    for (piece, area) in pieces.iter().zip(&areas) {
        if *area >= DEBRIS_SHARE * largest {
            for v in piece.iter().flat_map(|&f| mesh.face(f)) {
                counted[v.index()] = true;
            }
        }
    }
    (0..counted.len()).filter(|&v| counted[v]).collect()
}

fn plane_axes(normal: &Vector) -> (Vector, Vector) {
    let helper = if normal.x.abs() < 0.6 {
        Vector::x()
    } else {
        Vector::y()
    };
    let e1 = normal.cross(&helper).normalize();
    (e1, normal.cross(&e1))
}

/// Andrew's monotone chain, counter-clockwise.
fn convex_hull(mut points: Vec<Point2<f64>>) -> Vec<Point2<f64>> {
    points.sort_unstable_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    points.dedup();
    let half = |points: &mut dyn Iterator<Item = Point2<f64>>| {
        let mut chain: Vec<Point2<f64>> = Vec::new();
        for p in points {
            while let [.., a, b] = chain[..]
                && (b - a).perp(&(p - a)) <= 0.0
            {
                chain.pop();
            }
            chain.push(p);
        }
        chain.pop();
        chain
    };
    let mut hull = half(&mut points.iter().copied());
    hull.extend(half(&mut points.iter().rev().copied()));
    hull
}

/// The longer side of the rectangle of least area around a convex polygon; one of its sides lies on a side of the
/// polygon.
fn longer_side_of_rectangle(hull: &[Point2<f64>]) -> Option<f64> {
    if hull.len() < 3 {
        return None;
    }
    let mut best: Option<(f64, f64)> = None;
    for i in 0..hull.len() {
        let side = hull[(i + 1) % hull.len()] - hull[i];
        let along = side / side.norm();
        let spread = |component: &dyn Fn(&Point2<f64>) -> f64| {
            let (low, high) = hull
                .iter()
                .map(component)
                .fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), c| {
                    (l.min(c), h.max(c))
                });
            high - low
        };
        let length = spread(&|p| along.dot(&(p - hull[i])));
        let width = spread(&|p| along.perp(&(p - hull[i])));
        let (area, longer) = (length * width, length.max(width));
        if best.is_none_or(|(least, _)| area < least) {
            best = Some((area, longer));
        }
    }
    best.map(|(_, longer)| longer)
}

/// Settles the unit of a surface.
///
/// A unit that was stated is followed, with a warning where the size speaks against it. A declared unit must agree
/// with the size. Without either the size must leave exactly one unit.
pub(super) fn settle_unit(
    mesh: &TriMesh,
    expected: Expected,
    stated: Option<LengthUnit>,
    declared: Option<LengthUnit>,
    scan: ScanName,
    warnings: &mut Vec<Warning>,
) -> Result<SettledUnit, IntakeFault> {
    let width = measured_width(mesh).ok_or(IntakeFault::NoSurface)?;
    let as_unit = |unit: LengthUnit| SizeAs {
        unit,
        width_mm: width * unit.in_mm(),
    };
    let settled = |unit, evidence| SettledUnit { unit, evidence };
    let (fits, partly) = fitting_units(width, expected);
    if let Some(unit) = stated {
        if !size_row("possible").holds(as_unit(unit).width_mm) {
            return Err(IntakeFault::ImpossibleSize {
                stated: as_unit(unit),
                alternatives: fits.into_iter().map(as_unit).collect(),
            });
        }
        if declared.is_some_and(|d| d != unit) || !(fits.contains(&unit) || partly.contains(&unit)) {
            warnings.push(against_the_stated(as_unit(unit), declared, &fits, width, scan));
        }
        return Ok(settled(unit, UnitEvidence::Stated));
    }
    if let Some(unit) = declared {
        if fits.contains(&unit) {
            return Ok(settled(unit, UnitEvidence::Declared));
        }
        if partly.contains(&unit) && fits.is_empty() {
            warnings.push(unusual_size(as_unit(unit), scan));
            return Ok(settled(unit, UnitEvidence::Declared));
        }
        return Err(IntakeFault::UnitContradicted {
            declared: as_unit(unit),
            alternatives: fits.into_iter().map(as_unit).collect(),
        });
    }
    match (&fits[..], &partly[..]) {
        (&[unit], _) => Ok(settled(unit, UnitEvidence::MeasuredSize)),
        ([], &[unit]) => {
            warnings.push(unusual_size(as_unit(unit), scan));
            Ok(settled(unit, UnitEvidence::MeasuredSize))
        }
        ([], []) => Err(IntakeFault::UnitUnknown {
            sizes: LengthUnit::RECOGNISED.map(as_unit).to_vec(),
        }),
        _ => {
            let several = if fits.is_empty() { partly } else { fits };
            Err(IntakeFault::UnitAmbiguous {
                alternatives: several.into_iter().map(as_unit).collect(),
            })
        }
    }
}

/// The units in which the surface has the expected size, and those in which it could be a part or have a base.
fn fitting_units(width: f64, expected: Expected) -> (Vec<LengthUnit>, Vec<LengthUnit>) {
    let in_range = |id: &str| {
        let row = size_row(id);
        LengthUnit::RECOGNISED
            .into_iter()
            .filter(move |u| row.holds(width * u.in_mm()))
    };
    match expected {
        Expected::Arch => (
            in_range("arch").collect(),
            in_range("part-of-an-arch")
                .chain(in_range("arch-on-a-base"))
                .collect(),
        ),
        Expected::Bite => (in_range("bite-scan").collect(), Vec::new()),
    }
}

fn unusual_size(size: SizeAs, scan: ScanName) -> Warning {
    Warning::new(
        "intake.unit.unusual-size",
        format!(
            "{scan} is {:.1} mm wide if its numbers are {}, which is not the width of a whole arch; no other unit fits better",
            size.width_mm,
            size.unit.symbol()
        ),
        format!("state the unit with --unit {} if it is right", size.unit.symbol()),
    )
}

fn against_the_stated(
    stated: SizeAs,
    declared: Option<LengthUnit>,
    fits: &[LengthUnit],
    width: f64,
    scan: ScanName,
) -> Warning {
    let mut message = format!(
        "{scan} is taken as {} as stated, which makes it {:.1} mm wide",
        stated.unit.symbol(),
        stated.width_mm
    );
    for unit in declared.into_iter().filter(|&d| d != stated.unit) {
        message += &format!(
            "; the file declares {} ({:.1} mm)",
            unit.symbol(),
            width * unit.in_mm()
        );
    }
    for unit in fits.iter().filter(|&&u| u != stated.unit) {
        message += &format!(
            "; as {} it would be {:.1} mm wide, as an arch is",
            unit.symbol(),
            width * unit.in_mm()
        );
    }
    Warning::new(
        "intake.unit.against-evidence",
        message,
        "measure a tooth on the result before using it",
    )
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SizeRow {
    id: String,
    min_mm: f64,
    max_mm: f64,
    #[serde(rename = "meaning")]
    _meaning: String,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "date")]
    _date: String,
    #[serde(rename = "status")]
    _status: RowStatus,
}

impl SizeRow {
    fn holds(&self, width_mm: f64) -> bool {
        (self.min_mm..=self.max_mm).contains(&width_mm)
    }
}

fn size_row(id: &str) -> &'static SizeRow {
    #[derive(Deserialize)]
    struct Table {
        row: Vec<SizeRow>,
    }
    static TABLE: OnceLock<Vec<SizeRow>> = OnceLock::new();
    TABLE
        .get_or_init(|| {
            toml::from_str::<Table>(include_str!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../tables/arch_size.toml"
            )))
            .expect("the table is part of the program, and every test of this module reads it")
            .row
        })
        .iter()
        .find(|row| row.id == id)
        .expect("the ids asked for here stand in the table, which a test reads")
}
