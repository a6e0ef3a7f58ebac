//! The bite from buccal scans of the closed arches.
//!
//! Units: millimetres. Frame: the result moves the lower scan's frame into the upper's.
//!
//! Steps
//! 1. `roughly` (see `estimate`): the lower arch somewhere near its bite.
//! 2. `search`: where on the arches the bite scan may lie.
//! 3. `settle_on` each arch: robust registration of the scan to the arch, from the most promising poses; the lower arch
//!    is also tried a few millimetres off, for step 1 may have been wrong by so much.
//! 4. `Registered::judge`: enough area on each arch, a small residual, no direction left open; else the scan is not used.
//! 5. `joined`: all points of all scans, as each scan's bite moves them, are met by one motion in least squares, so
//!    that each side is decided by the scan that shows it.
//!
//! Limits: a bite scan of one side leaves the other side to leverage: an error there is several times that of the side
//! scanned. Scans of which little is teeth, or of edentulous ridges, do not determine all directions and are refused.
//!
//! References: the registration is that of `stonecast_mesh::registration::icp`.

use stonecast_dental::{Mm, Side, Warning};
use stonecast_mesh::registration::{IcpParams, IcpReport, OrientedPoint, icp, rigid_fit, sample_surface};
use stonecast_mesh::spatial::OrientedSurface;
use stonecast_mesh::{Point, RigidMotion, Vector};

use super::estimate::{POINTS, roughly};
use super::fit::ContactFit;
use super::limits::Limits;
use super::relation::Relation;
use super::search::{misfit, search};
use super::{ArchInput, BiteScanFit, BiteScanInput};

/// Points of a bite scan that are registered.
const REGISTERED: usize = 4000;
/// Poses of the search that are followed up, and those of them that are followed to the end.
const FOLLOWED: usize = 20;
const TO_THE_END: usize = 3;
/// How far, in millimetres, the rough bite may be off: the lower arch is tried this far forwards, backwards, up and down.
const ROUGH: f64 = 3.5;

/// A bite by bite scans.
pub(super) struct FromScans {
    pub upper_from_lower: RigidMotion,
    pub residual: f64,
    pub scans: Vec<BiteScanFit>,
    pub relation: Relation,
}

/// A bite scan on both arches.
struct Registered {
    upper: IcpReport,
    lower: IcpReport,
    points: Vec<OrientedPoint>,
}

impl Registered {
    fn upper_from_lower(&self) -> RigidMotion {
        self.upper.target_from_source * self.lower.target_from_source.inverse()
    }

    /// Why the registration cannot be used, if so. `area` is that of the bite scan.
    fn judge(&self, area: f64, limits: &Limits) -> Result<(), String> {
        for (arch, report) in [("upper", &self.upper), ("lower", &self.lower)] {
            let on_arch = report.matched_fraction * area;
            if on_arch < limits.bite_scan_area {
                return Err(format!("only {on_arch:.0} mm² of it lie on the {arch} arch"));
            }
            if report.rms > limits.bite_scan_rms {
                return Err(format!(
                    "it lies {:.2} mm off the {arch} arch in the root mean square",
                    report.rms
                ));
            }
            if !report.free.is_empty() {
                return Err(format!("the {arch} arch can slide along it"));
            }
        }
        Ok(())
    }
}

/// The bite by all bite scans that fit; `None` when none does. What does not fit is told in the warnings.
pub(super) fn from_bite_scans(
    upper: &ArchInput<'_>,
    lower: &ArchInput<'_>,
    bite_scans: &[BiteScanInput<'_>],
    limits: &Limits,
    warnings: &mut Vec<Warning>,
) -> Option<FromScans> {
    let fit = ContactFit::new(upper, lower, limits.crown_height, POINTS)?;
    let rough = roughly(&fit, upper, lower, limits).ok()?;
    let mut registered = Vec::new();
    for bite in bite_scans {
        let outcome = register(bite, upper, &fit, &rough, limits)
            .ok_or_else(|| "it fits nowhere on the two arches".to_owned())
            .and_then(|r| r.judge(bite.mesh.area(), limits).map(|()| r));
        match outcome {
            Ok(r) => registered.push((bite, r)),
            Err(reason) => warnings.push(Warning::new(
                "cast.bite.scan-rejected",
                format!("the {} scan is not used: {reason}", bite.role),
                "scan the closed teeth again, with at least three teeth of each arch in view",
            )),
        }
    }
    let upper_from_lower = joined(registered.iter().map(|(_, r)| r))?;
    let scans: Vec<BiteScanFit> = registered
        .iter()
        .map(|(bite, r)| contribution(bite, r, upper, &upper_from_lower))
        .collect();
    report(&scans, limits, warnings);
    let squares: f64 = registered
        .iter()
        .map(|(_, r)| r.upper.rms.powi(2) + r.lower.rms.powi(2))
        .sum();
    Some(FromScans {
        upper_from_lower,
        residual: (squares / (2.0 * registered.len() as f64)).sqrt(),
        scans,
        relation: Relation::between(
            (upper.mesh_in_scan, &fit.upper),
            (lower.mesh_in_scan, &fit.lower),
            &upper_from_lower,
            limits,
        ),
    })
}

/// Registers a bite scan to both arches.
fn register(
    bite: &BiteScanInput<'_>,
    upper: &ArchInput<'_>,
    fit: &ContactFit<'_>,
    rough: &RigidMotion,
    limits: &Limits,
) -> Option<Registered> {
    let points = sample_surface(bite.mesh, REGISTERED);
    let few: Vec<OrientedPoint> = points.iter().step_by(8).copied().collect();
    let lower_from_upper = rough.inverse();
    let starts = search(&points, upper, &fit.upper, &fit.lower, rough, FOLLOWED)?;
    // A short registration of a few points shows which start is worth a long one.
    let mut tried: Vec<(f64, RigidMotion)> = starts
        .iter()
        .filter_map(|start| icp(&few, &fit.upper, *start, &coarse()).ok())
        .map(|r| r.target_from_source)
        .map(|pose| {
            (
                misfit(&few, &fit.upper, &fit.lower, &pose, &lower_from_upper, 1.5),
                pose,
            )
        })
        .collect();
    tried.sort_by(|a, b| a.0.total_cmp(&b.0));
    let best: Vec<RigidMotion> = tried.into_iter().take(TO_THE_END).map(|t| t.1).collect();
    let on_upper = settle_on(&points, &fit.upper, &best, limits)?;
    let lower_starts: Vec<RigidMotion> = shifts()
        .into_iter()
        .map(|shift| {
            let in_arch = upper.arch_from_scan.inverse() * shift * upper.arch_from_scan;
            lower_from_upper * in_arch * on_upper.target_from_source
        })
        .collect();
    let on_lower = settle_on(&points, &fit.lower, &lower_starts, limits)?;
    Some(Registered {
        upper: on_upper,
        lower: on_lower,
        points,
    })
}

/// Ways in which the rough bite may be off, in the upper arch's frame: not at all, along the arch, up and down.
fn shifts() -> Vec<RigidMotion> {
    let mut shifts = vec![RigidMotion::identity()];
    for y in [-ROUGH, 0.0, ROUGH] {
        for z in [-ROUGH, 0.0, ROUGH] {
            if y != 0.0 || z != 0.0 {
                shifts.push(RigidMotion::translation(0.0, y, z));
            }
        }
    }
    shifts
}

fn coarse() -> IcpParams {
    IcpParams {
        max_distance: 2.5,
        max_iterations: 15,
        tolerance: 1e-2,
        ..IcpParams::default()
    }
}

/// The best registration of the scan to one arch from several starts: that with most points close to the arch.
fn settle_on(
    points: &[OrientedPoint],
    arch: &OrientedSurface,
    starts: &[RigidMotion],
    limits: &Limits,
) -> Option<IcpReport> {
    let few: Vec<OrientedPoint> = points.iter().step_by(10).copied().collect();
    let close = IcpParams {
        max_distance: limits.matched_distance,
        max_iterations: 20,
        tolerance: 1e-3,
        ..IcpParams::default()
    };
    let best = starts
        .iter()
        .filter_map(|start| {
            let near = icp(&few, arch, *start, &coarse()).ok()?;
            icp(&few, arch, near.target_from_source, &close).ok()
        })
        .max_by(|a, b| merit(a).total_cmp(&merit(b)))?;
    let last = IcpParams {
        max_distance: limits.matched_distance,
        max_iterations: 100,
        ..IcpParams::default()
    };
    icp(points, arch, best.target_from_source, &last).ok()
}

/// How good a registration is: many matches count, close ones more.
fn merit(report: &IcpReport) -> f64 {
    report.matched_fraction / (0.05 + report.rms)
}

/// The motion that meets the points of all scans as each scan's bite moves them.
fn joined<'a>(registered: impl Iterator<Item = &'a Registered>) -> Option<RigidMotion> {
    let pairs: Vec<(Point, Point, f64)> = registered
        .flat_map(|r| {
            r.points.iter().map(|p| {
                (
                    r.lower.target_from_source * p.point,
                    r.upper.target_from_source * p.point,
                    1.0,
                )
            })
        })
        .collect();
    rigid_fit(&pairs)
}

fn contribution(
    bite: &BiteScanInput<'_>,
    r: &Registered,
    upper: &ArchInput<'_>,
    upper_from_lower: &RigidMotion,
) -> BiteScanFit {
    let alone = r.upper_from_lower();
    let count = r.points.len() as f64;
    let squares: f64 = r
        .points
        .iter()
        .map(|p| {
            let on_lower = r.lower.target_from_source * p.point;
            (alone * on_lower - upper_from_lower * on_lower).norm_squared()
        })
        .sum();
    let middle = r.points.iter().map(|p| p.point.coords).sum::<Vector>() / count;
    let middle_in_arch = upper.arch_from_scan * r.upper.target_from_source * Point::from(middle);
    BiteScanFit {
        role: bite.role,
        side: if middle_in_arch.x < 0.0 {
            Side::Right
        } else {
            Side::Left
        },
        upper_matched: r.upper.matched_fraction,
        upper_rms: Mm(r.upper.rms),
        lower_matched: r.lower.matched_fraction,
        lower_rms: Mm(r.lower.rms),
        disagreement: Mm((squares / count).sqrt()),
    }
}

/// What a person should know about the bite scans.
fn report(scans: &[BiteScanFit], limits: &Limits, warnings: &mut Vec<Warning>) {
    for scan in scans.iter().filter(|s| s.role.side() != Some(s.side)) {
        warnings.push(Warning::new(
            "cast.bite.side-contradiction",
            format!("the {} scan lies on the patient's {} side", scan.role, scan.side.name()),
            "exchange the names of the bite scans; if they are right, the arches are a mirror image of the patient: export again",
        ));
    }
    if let [scan] = scans {
        warnings.push(Warning::new(
            "cast.bite.one-side",
            format!(
                "the bite rests on one scan of the {} side; the other side is extrapolated from it",
                scan.side.name()
            ),
            "add a bite scan of the other side before judging contacts there",
        ));
    }
    if let Some(worst) = scans
        .iter()
        .map(|s| s.disagreement)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .filter(|d| d.0 > limits.bite_scan_disagreement)
    {
        warnings.push(Warning::new(
            "cast.bite.scans-disagree",
            format!("the bite scans contradict each other by {worst}"),
            "the patient may have moved between them: scan the bite again",
        ));
    }
}
