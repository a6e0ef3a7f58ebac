//! Measuring a whole case: every finding with its uncertainty, at the size of a thinned and of a full scan.
//!
//! `cargo bench -p stonecast-analysis` uses all threads, as the program does.
#![allow(missing_docs, reason = "the macros of criterion make undocumented items")]

#[path = "../tests/truth/mod.rs"]
mod truth;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use stonecast_analysis::{Params, measure};
use stonecast_testkit::{DentitionSpec, demo_spec};

fn all_findings(c: &mut Criterion) {
    for triangles in [16_000, 200_000] {
        let cast = truth::TrueCast::new(&DentitionSpec {
            triangles,
            ..demo_spec()
        });
        let params = Params::default();
        c.bench_function(&format!("all findings, {triangles} triangles an arch"), |b| {
            b.iter(|| black_box(measure(&cast.measured(), &params)));
        });
    }
}

criterion_group!(benches, all_findings);
criterion_main!(benches);
