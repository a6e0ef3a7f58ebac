//! The uncertainty of every number, found the quick way and by drawing everything at random.
//!
//! `cargo run --release -p stonecast-analysis --example monte_carlo_report -- [CASTS] [DRAWS]` prints for each kind of finding
//! the ratio of the two: median, and the 5 % and 95 % quantiles over casts and teeth.

#![allow(clippy::print_stdout, reason = "a report is for reading")]

use std::collections::BTreeMap;

use stonecast_analysis::{Params, at_random, measure};
use stonecast_testkit::random_spec;

#[path = "../tests/truth/mod.rs"]
mod truth;

use truth::kind;

fn main() {
    let mut arguments = std::env::args().skip(1).filter_map(|n| n.parse::<usize>().ok());
    let casts = arguments.next().unwrap_or(5);
    let draws = arguments.next().unwrap_or(400);
    let params = Params::default();
    let mut ratios: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for seed in 0..casts as u64 {
        let mut spec = random_spec(seed);
        spec.triangles = 20_000;
        let cast = truth::TrueCast::new(&spec);
        let quick = measure(&cast.measured(), &params);
        for spread in at_random(&cast.measured(), &params, draws, seed) {
            let number = quick.get(&spread.id).and_then(stonecast_dental::Finding::number);
            if let Some(number) = number.filter(|n| n.uncertainty > 0.0 && spread.draws * 2 > draws) {
                ratios
                    .entry(kind(&spread.id))
                    .or_default()
                    .push(spread.against(&number));
            }
        }
    }
    println!("| finding | n | drawn / quick: median | 5 % | 95 % |\n|---|---|---|---|---|");
    let mut all = Vec::new();
    for (kind, list) in &mut ratios {
        all.extend_from_slice(list);
        print(kind, list);
    }
    print("all", &mut all);
}

fn print(kind: &str, list: &mut [f64]) {
    list.sort_by(f64::total_cmp);
    let at = |share: f64| list[((list.len() - 1) as f64 * share).round() as usize];
    println!(
        "| {kind} | {} | {:.2} | {:.2} | {:.2} |",
        list.len(),
        at(0.5),
        at(0.05),
        at(0.95)
    );
}
