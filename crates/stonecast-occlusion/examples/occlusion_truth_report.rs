//! What is measured, beside what is true by the crowns' own functions, over random dentitions.
//!
//! `cargo run --release -p stonecast-occlusion --example occlusion_truth_report [COUNT] [TRIANGLES] [FIRST SEED]`: contact
//! teeth and areas in the bite, contact and guiding teeth and needed openings in excursions. About one tooth in six is planned
//! 0.3 to 0.8 mm out of occlusion. A tooth is judged by the very threshold; beside that stand the figures without the teeth
//! whose true gap is within 20 µm of it. Edges of triangles cut cusps and grooves, so figures depend on TRIANGLES: that is
//! the mesh, not the measure.
#![allow(clippy::print_stdout, reason = "a report is printed")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use nalgebra::Vector3;
use stonecast_articulator::{
    Articulator, Extent, JawStep, MotionKind, MotionRequest, Mounting, MountingInput, Settings,
};
use stonecast_dental::{Fdi, Jaw, LandmarkKind, Mm, Side};
use stonecast_mesh::RigidMotion;
use stonecast_occlusion::excursion::{AnglePlane, Excursion, ExcursionParams, measure};
use stonecast_occlusion::{OccludingArch, Occlusion, Pair, analyse};
use stonecast_testkit::{DentitionSpec, Meeting, PerJaw, SyntheticPair, TrueGap, dentition, random_spec};

/// Contact in the bite and in excursions, mm: rows `contact-within` of occlusion.toml and `contact` of excursion.toml.
const CONTACT: f64 = 0.1;
/// Teeth this near to the threshold are left out of the second figure, mm.
const BAND: f64 = 0.02;
/// The levels of areas, mm; the first is penetration.
const LEVELS: [f64; 4] = [0.0, 0.05, 0.1, 0.2];

/// How often what was found is true.
#[derive(Clone, Copy, Default)]
struct Tally {
    hit: usize,
    missed: usize,
    false_alarm: usize,
    rejected: usize,
}

impl Tally {
    fn add(&mut self, truth: bool, found: bool) {
        *match (truth, found) {
            (true, true) => &mut self.hit,
            (true, false) => &mut self.missed,
            (false, true) => &mut self.false_alarm,
            (false, false) => &mut self.rejected,
        } += 1;
    }

    fn print(&self, what: &str) {
        let share = |a: usize, b: usize| 100.0 * a as f64 / (a + b).max(1) as f64;
        println!(
            "{what}: sensitivity {:.2} % ({} of {}), specificity {:.2} % ({} of {})",
            share(self.hit, self.missed),
            self.hit,
            self.hit + self.missed,
            share(self.rejected, self.false_alarm),
            self.rejected,
            self.rejected + self.false_alarm,
        );
    }
}

#[derive(Default)]
struct Report {
    bite: Tally,
    bite_clear: Tally,
    planned_out: Tally,
    areas: [Vec<(f64, f64)>; 4],
    moved: Tally,
    moved_clear: Tally,
    guiding: Tally,
    leaders: [usize; 2],
    needs_mm: Vec<f64>,
    wrong: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |k: usize, or: u64| words.get(k).map_or(Ok(or), |w| w.parse::<u64>());
    let (count, triangles, first) = (number(0, 10)?, number(1, 400_000)?, number(2, 7_000)?);
    let mut report = Report::default();
    for seed in first..first + count {
        one(seed, triangles as usize, &mut report)?;
    }
    println!("{count} dentitions from seed {first}, {triangles} triangles an arch");
    report.print();
    Ok(())
}

/// A random dentition with some teeth out of occlusion. Brackets are no part of the truth about gaps.
fn planned(seed: u64, triangles: usize) -> DentitionSpec {
    let mut spec = random_spec(seed);
    spec.triangles = triangles;
    spec.brackets = PerJaw::both(false);
    for tooth in Fdi::all() {
        // Two digits of a hash of seed and tooth: whether, and how far.
        let hash = (seed * 64 + u64::from(tooth.number())).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        if hash.is_multiple_of(6) {
            spec.out_of_occlusion_mm
                .insert(tooth, 0.3 + 0.1 * (hash / 6 % 6) as f64);
        }
    }
    spec
}

fn one(seed: u64, triangles: usize, report: &mut Report) -> Result<(), Box<dyn Error>> {
    let made = dentition(&planned(seed, triangles));
    let labelled = [common::true_arch(&made.upper), common::true_arch(&made.lower)];
    let arch = |k: usize, mesh| OccludingArch {
        mesh,
        labelled: &labelled[k],
    };
    let pair = Pair::new(arch(0, &made.upper.mesh), arch(1, &made.lower.mesh));
    let meeting = made.meeting();
    bite(seed, &made, &meeting, &analyse(&pair, &common::exact())?, report);
    excursions(seed, &made, &meeting, &pair, report)
}

/// The least true gap of each tooth of both arches, as far as it is known.
fn least(gaps: &[TrueGap]) -> BTreeMap<Fdi, f64> {
    let mut least = BTreeMap::new();
    for g in gaps {
        for tooth in [g.upper, g.lower] {
            let known = least.entry(tooth).or_insert(g.gap_mm);
            *known = f64::min(*known, g.gap_mm);
        }
    }
    least
}

fn teeth(made: &SyntheticPair) -> BTreeSet<Fdi> {
    let both = [&made.upper, &made.lower];
    both.iter()
        .flat_map(|a| a.truth.teeth.iter().map(|t| t.tooth))
        .collect()
}

fn bite(seed: u64, made: &SyntheticPair, meeting: &Meeting<'_>, found: &Occlusion, report: &mut Report) {
    let truth = least(&meeting.gaps(&RigidMotion::identity(), 0.5));
    let touching: BTreeSet<Fdi> = found
        .teeth
        .iter()
        .filter(|t| t.contacts > 0)
        .map(|t| t.tooth)
        .collect();
    for tooth in teeth(made) {
        let gap = truth.get(&tooth).copied().unwrap_or(f64::INFINITY);
        let (is, says) = (gap <= CONTACT, touching.contains(&tooth));
        report.bite.add(is, says);
        if (gap - CONTACT).abs() > BAND {
            report.bite_clear.add(is, says);
        }
        if made.spec.out_of_occlusion_mm.contains_key(&tooth) {
            report.planned_out.add(is, says);
        }
        if is != says {
            report
                .wrong
                .push(format!("bite {seed} {tooth}: true gap {gap:.3}, found {says}"));
        }
    }
    let [upper, lower] = [Jaw::Upper, Jaw::Lower].map(|jaw| {
        let areas = made.true_areas(jaw, &RigidMotion::identity(), &LEVELS);
        [0, 1, 2, 3].map(|k| areas.iter().map(|a| a.within_mm2[k]).sum::<f64>())
    });
    let levels = found.levels.iter().map(|level| level.area.value);
    let says = std::iter::once(found.penetration.area.value).chain(levels);
    let both = upper.iter().zip(lower).map(|(u, l)| 0.5 * (u + l));
    for ((list, truth), says) in report.areas.iter_mut().zip(both).zip(says) {
        list.push((truth, says));
    }
}

fn excursions(
    seed: u64,
    made: &SyntheticPair,
    meeting: &Meeting<'_>,
    pair: &Pair<'_>,
    report: &mut Report,
) -> Result<(), Box<dyn Error>> {
    let edges: Vec<Vector3<f64>> = (made.lower.truth.landmarks.iter())
        .filter(|l| l.kind == LandmarkKind::IncisalMidpoint && l.tooth.position() == 1)
        .map(|l| Vector3::from(l.position))
        .collect();
    let middle = edges.iter().sum::<Vector3<f64>>() / edges.len().max(1) as f64;
    let mounting = Mounting::average(&MountingInput::in_cast_frame(middle.into()))?;
    let articulator = Articulator::new(mounting, Settings::preset("generic")?)?;
    let params = ExcursionParams {
        plane: AnglePlane::occlusal(),
        incisal_point: Some(middle.into()),
        noise: Mm(0.0),
        noise_name: "exact".to_owned(),
        bite_estimated: false,
        bite_residual: Some(Mm(0.0)),
    };
    let kinds = [
        MotionKind::Protrusion,
        MotionKind::Laterotrusion(Side::Right),
        MotionKind::Laterotrusion(Side::Left),
    ];
    for kind in kinds {
        let path = articulator.path(
            &MotionRequest::usual(kind)
                .to(Extent::Condyle(Mm(3.0)))
                .in_steps(3),
        )?;
        let found = measure(pair, &path, &params)?;
        for (k, step) in path.steps.iter().enumerate().skip(1) {
            at_step(
                &format!("{} {seed} step {k}", kind.name()),
                made,
                meeting,
                (k, step),
                &found,
                report,
            );
        }
    }
    Ok(())
}

fn at_step(
    name: &str,
    made: &SyntheticPair,
    meeting: &Meeting<'_>,
    (k, step): (usize, &JawStep),
    found: &Excursion,
    report: &mut Report,
) {
    let truth = least(&meeting.gaps(&step.moved_from_closed, 0.5));
    let mut says: BTreeMap<Fdi, f64> = BTreeMap::new();
    for track in &found.pairs {
        if let Some(near) = &track.steps[k].nearest {
            for tooth in [track.pair.upper, track.pair.lower] {
                let known = says.entry(tooth).or_insert(near.gap.0);
                *known = f64::min(*known, near.gap.0);
            }
        }
    }
    let openings = meeting.openings(&step.moved_from_closed, step.condyles.right, step.condyles.left);
    let axis = Vector3::from(step.condyles.left) - Vector3::from(step.condyles.right);
    let foremost = openings
        .iter()
        .map(|o| o.opening_deg)
        .fold(f64::NEG_INFINITY, f64::max);
    let mut leading = BTreeSet::new();
    for o in &openings {
        let arm = axis
            .normalize()
            .cross(&(Vector3::from(o.position) - Vector3::from(step.condyles.right)));
        if (foremost - o.opening_deg).to_radians() * arm.z.abs() <= CONTACT {
            leading.extend([o.upper, o.lower]);
        }
        let track = found
            .pair(o.upper, o.lower)
            .and_then(|t| t.steps[k].need.as_ref());
        // Only pairs near the lead matter to a reader, and only those are near contact.
        if let Some(need) = track
            && foremost - o.opening_deg < 1.0
        {
            report
                .needs_mm
                .push((need.opening.0 - o.opening_deg).abs().to_radians() * arm.z.abs());
        }
    }
    let guiding: BTreeSet<Fdi> = found.steps[k]
        .guiding
        .iter()
        .flat_map(|p| [p.upper, p.lower])
        .collect();
    let first = openings.iter().find(|o| o.opening_deg == foremost);
    report.leaders[1] += 1;
    report.leaders[0] += usize::from(first.is_some_and(|o| {
        found.steps[k]
            .guiding
            .iter()
            .any(|p| p.upper == o.upper && p.lower == o.lower)
    }));
    for tooth in teeth(made) {
        let gap = truth.get(&tooth).copied().unwrap_or(f64::INFINITY);
        let (is, found) = (gap <= CONTACT, says.get(&tooth).is_some_and(|g| *g <= CONTACT));
        report.moved.add(is, found);
        if (gap - CONTACT).abs() > BAND {
            report.moved_clear.add(is, found);
        }
        report
            .guiding
            .add(leading.contains(&tooth), guiding.contains(&tooth));
        if is != found {
            report.wrong.push(format!(
                "{name} {tooth}: true gap {gap:.3}, found {:?}",
                says.get(&tooth)
            ));
        }
    }
}

impl Report {
    fn print(&mut self) {
        self.bite.print("contact teeth in the bite");
        self.bite_clear.print("  but those within 20 µm of the threshold");
        self.planned_out.print("  of the teeth planned out of occlusion");
        for (level, areas) in LEVELS.iter().zip(&self.areas) {
            let (truth, found) = areas.iter().fold((0.0, 0.0), |s, a| (s.0 + a.0, s.1 + a.1));
            let mut errors: Vec<f64> = areas
                .iter()
                .filter(|a| a.0 > 0.5)
                .map(|a| 100.0 * (a.1 / a.0 - 1.0))
                .collect();
            errors.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
            println!(
                "area within {level} mm: {found:.1} of {truth:.1} mm² ({:+.1} %); by dentition median {:+.1} %, worst {:+.1} %",
                100.0 * (found / truth - 1.0),
                errors.get(errors.len() / 2).copied().unwrap_or(f64::NAN),
                errors.last().copied().unwrap_or(f64::NAN),
            );
        }
        self.moved
            .print("contact teeth on the way, at each step as the path has it");
        self.moved_clear
            .print("  but those within 20 µm of the threshold");
        self.guiding.print("guiding teeth at each step");
        println!(
            "the pair that truly leads is among those said to lead: {} of {} steps",
            self.leaders[0], self.leaders[1]
        );
        self.needs_mm.sort_by(f64::total_cmp);
        let at = |share: f64| {
            self.needs_mm
                .get((share * self.needs_mm.len() as f64) as usize)
                .copied()
        };
        println!(
            "needed opening of pairs within a degree of the lead, as way at the tooth: median {:.4} mm, 95 % within {:.4} mm",
            at(0.5).unwrap_or(f64::NAN),
            at(0.95).unwrap_or(f64::NAN)
        );
        for line in &self.wrong {
            println!("  {line}");
        }
    }
}
