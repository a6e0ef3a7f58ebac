//! Findings of synthetic casts against those that their truth gives.
//!
//! `cargo run --release -p stonecast-analysis --example truth_report -- [DENTITIONS] [FIRST]` draws dentitions over all
//! knobs, each of another resolution, and measures each three ways: from its truth (points, axes and widths as it was made
//! with), from its surface with true labels, and from its surface as the program orients and labels it. Prints, for each kind
//! of finding, how far the second and the third way are from the first, and how often they are within 0.1 mm or 0.5°, within
//! the stated uncertainty (k = 2), and within the smaller of both; of scores and categories, how often they are the same, or
//! flagged borderline with the true one among what is left open.
//!
//! What the definitions themselves are worth is not told here: the true way runs the same code on true points. That is the
//! business of each analysis' own tests and of the worked examples.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a report is for reading"
)]

use std::collections::BTreeMap;

use rayon::prelude::*;
use stonecast_analysis::{MeasuredArch, MeasuredCast, Params, measure};
use stonecast_cast::orient::{OrientParams, orient};
use stonecast_dental::finding::{Outcome, Unit};
use stonecast_dental::{Findings, Jaw};
use stonecast_mesh::TriMesh;
use stonecast_teeth::{ArchInput, LabelledArch, label_arch};
use stonecast_testkit::random_spec;

#[path = "../tests/truth/mod.rs"]
mod truth;

use truth::{TrueCast, kind};

#[derive(Default)]
struct Tally {
    /// Difference and standard uncertainty.
    numbers: Vec<(f64, f64)>,
    unit: Option<Unit>,
    /// Scores and categories: the same; borderline with the true one among them; other.
    same: usize,
    covered: usize,
    other: usize,
    /// Measured from the truth alone, and from the surface alone.
    lost: usize,
    gained: usize,
}

impl Tally {
    fn join(&mut self, other: Self) {
        self.numbers.extend(other.numbers);
        self.unit = self.unit.or(other.unit);
        self.same += other.same;
        self.covered += other.covered;
        self.other += other.other;
        self.lost += other.lost;
        self.gained += other.gained;
    }
}

type Tallies = BTreeMap<String, Tally>;

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|n| n.parse::<u64>().ok());
    let count = arguments.next().unwrap_or(40);
    let first = arguments.next().unwrap_or(10_000);
    let (described, own) =
        (first..first + count)
            .into_par_iter()
            .map(of_dentition)
            .reduce(Default::default, |mut a, b| {
                join(&mut a.0, b.0);
                join(&mut a.1, b.1);
                a
            });
    println!("# {count} dentitions, seeds from {first}");
    print("True labels, true frame", &described);
    print("The program's frame and labels", &own);
}

fn join(all: &mut Tallies, more: Tallies) {
    for (kind, tally) in more {
        all.entry(kind).or_default().join(tally);
    }
}

fn of_dentition(seed: u64) -> (Tallies, Tallies) {
    let mut spec = random_spec(seed);
    // From scans thinned for teaching to those of today's scanners.
    spec.triangles = [16_000, 30_000, 60_000, 120_000][seed as usize % 4];
    spec.stumps.clear();
    let cast = TrueCast::new(&spec);
    let exact = Params::default();
    let reference = measure(&cast.measured(), &exact);
    let described = TrueCast {
        upper: truth::described_arch(&cast.pair.upper),
        lower: truth::described_arch(&cast.pair.lower),
        pair: cast.pair.clone(),
    };
    let mut by_truth = Tallies::new();
    compare(&reference, &measure(&described.measured(), &exact), &mut by_truth);
    let mut by_program = Tallies::new();
    if let Some(found) = by_the_program(&cast) {
        compare(&reference, &found, &mut by_program);
    }
    (by_truth, by_program)
}

/// Measured as the program orients and labels the pair; `None` where it cannot tell how the upper arch lies.
fn by_the_program(cast: &TrueCast) -> Option<Findings> {
    let pose = |jaw: Jaw| {
        let arch = cast.pair.arch(jaw);
        Some(
            orient(&arch.mesh, jaw, &OrientParams::default())
                .ok()?
                .value
                .arch_from_scan,
        )
    };
    let cast_from_scan = pose(Jaw::Upper)?;
    let arch = |jaw: Jaw| -> Option<(LabelledArch, TriMesh)> {
        let arch_from_mesh = pose(jaw)?;
        let mesh = &cast.pair.arch(jaw).mesh;
        let found = label_arch(&ArchInput {
            jaw,
            mesh,
            arch_from_mesh,
        });
        let labelled = found.ok()?.value.moved(&cast_from_scan);
        Some((labelled, mesh.transformed(&cast_from_scan)))
    };
    let (upper, lower) = (arch(Jaw::Upper)?, arch(Jaw::Lower)?);
    Some(measure(
        &MeasuredCast {
            upper: Some(as_measured(&upper)),
            lower: Some(as_measured(&lower)),
            bite: cast.measured().bite,
        },
        &Params::default(),
    ))
}

fn as_measured((labelled, mesh): &(LabelledArch, TriMesh)) -> MeasuredArch<'_> {
    MeasuredArch { labelled, mesh }
}

fn compare(reference: &Findings, found: &Findings, tallies: &mut Tallies) {
    for truth in &reference.findings {
        let tally = tallies.entry(kind(&truth.id)).or_default();
        let Some(found) = found.get(&truth.id) else {
            tally.lost += usize::from(truth.outcome.is_measured());
            continue;
        };
        match (&truth.outcome, &found.outcome) {
            (Outcome::Number(a), Outcome::Number(b)) => {
                tally.unit = Some(a.unit);
                tally.numbers.push((b.value - a.value, b.uncertainty));
            }
            (Outcome::Score(a), Outcome::Score(b)) => {
                let covered = b.low <= a.points && a.points <= b.high;
                tally.sort(a.points == b.points, covered);
            }
            (Outcome::Category(a), Outcome::Category(b)) => {
                tally.sort(a.name == b.name, b.others.contains(&a.name));
            }
            (a, b) => {
                tally.lost += usize::from(a.is_measured() && !b.is_measured());
                tally.gained += usize::from(!a.is_measured() && b.is_measured());
            }
        }
    }
}

impl Tally {
    fn sort(&mut self, same: bool, covered: bool) {
        match (same, covered) {
            (true, _) => self.same += 1,
            (_, true) => self.covered += 1,
            _ => self.other += 1,
        }
    }
}

fn print(heading: &str, tallies: &Tallies) {
    println!("\n## {heading}\n");
    println!(
        "| finding | n | bias | rms | median off | within 0.1 mm, 0.5° | within U | within the smaller | lost, gained |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    let mut all = [0usize; 4];
    for (kind, tally) in tallies {
        if !tally.numbers.is_empty() {
            print_numbers(kind, tally, &mut all);
        }
    }
    let share = |n: usize| 100.0 * n as f64 / all[0].max(1) as f64;
    println!(
        "| all numbers | {} | | | | {:.1} % | {:.1} % | {:.1} % | |",
        all[0],
        share(all[1]),
        share(all[2]),
        share(all[3])
    );
    println!(
        "\n| score or category | n | same | borderline, the true one open | other | lost, gained |\n|---|---|---|---|---|---|"
    );
    for (kind, t) in tallies {
        let n = t.same + t.covered + t.other;
        if n > 0 {
            let share = |k: usize| 100.0 * k as f64 / n as f64;
            println!(
                "| {kind} | {n} | {:.1} % | {:.1} % | {:.1} % | {} {} |",
                share(t.same),
                share(t.covered),
                share(t.other),
                t.lost,
                t.gained
            );
        }
    }
}

fn print_numbers(kind: &str, tally: &Tally, all: &mut [usize; 4]) {
    let list = &tally.numbers;
    let n = list.len();
    let unit = tally.unit.unwrap_or(Unit::One);
    let limit = match unit {
        Unit::Mm => 0.1,
        Unit::Deg => 0.5,
        // No absolute goal is set for other units.
        _ => f64::INFINITY,
    };
    let count = |ok: &dyn Fn(f64, f64) -> bool| list.iter().filter(|(off, u)| ok(off.abs(), *u)).count();
    let near = count(&|off, _| off <= limit);
    let within = count(&|off, u| off <= 2.0 * u + 1e-9);
    let both = count(&|off, u| off <= limit.min(2.0 * u + 1e-9));
    [n, near, within, both]
        .into_iter()
        .zip(all)
        .for_each(|(k, sum)| *sum += k);
    let mut sizes: Vec<f64> = list.iter().map(|(off, _)| off.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let share = |k: usize| 100.0 * k as f64 / n as f64;
    println!(
        "| {kind} | {n} | {:+.3} | {:.3} | {:.3} {unit} | {:.0} % | {:.0} % | {:.0} % | {} {} |",
        list.iter().map(|(off, _)| off).sum::<f64>() / n as f64,
        (list.iter().map(|(off, _)| off * off).sum::<f64>() / n as f64).sqrt(),
        sizes[n / 2],
        share(near),
        share(within),
        share(both),
        tally.lost,
        tally.gained
    );
}
