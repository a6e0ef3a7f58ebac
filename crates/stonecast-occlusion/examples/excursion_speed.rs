//! Times the distance field and the excursions on a synthetic pair: `excursion_speed [triangles] [rounds]`.

#![allow(clippy::print_stdout, reason = "a report")]

#[path = "../tests/paths/mod.rs"]
mod paths;

use std::time::Instant;

use stonecast_dental::{Jaw, Side};
use stonecast_mesh::RigidMotion;
use stonecast_occlusion::excursion::measure;
use stonecast_testkit::{DentitionSpec, dentition};

fn best<T>(rounds: usize, mut work: impl FnMut() -> T) -> (f64, T) {
    let mut run = || {
        let start = Instant::now();
        let result = work();
        (start.elapsed().as_secs_f64(), result)
    };
    let first = run();
    (1..rounds).fold(first, |a, _| {
        let b = run();
        if b.0 < a.0 { b } else { a }
    })
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(|a| a.parse().expect("a number"));
    let triangles = arguments.next().unwrap_or(200_000);
    let rounds = arguments.next().unwrap_or(5);
    let spec = DentitionSpec {
        triangles,
        ..stonecast_testkit::demo_spec()
    };
    let labelled = paths::Labelled::new(dentition(&spec));
    let faces = [Jaw::Upper, Jaw::Lower].map(|jaw| labelled.pair.arch(jaw).mesh.face_count());
    println!("{faces:?} triangles, best of {rounds}");
    let (seconds, pair) = best(rounds, || labelled.ready());
    println!("index of both arches  {seconds:.3} s");
    for reach in [1.0, 3.0] {
        let field = || [Jaw::Upper, Jaw::Lower].map(|jaw| pair.gaps(jaw, &RigidMotion::identity(), reach));
        println!(
            "field both ways within {reach} mm  {:.3} s",
            best(rounds, field).0
        );
    }
    let params = paths::params();
    let motions = [
        paths::protrusion(35.0, 5.0, 100),
        paths::laterotrusion(Side::Right, 35.0, 5.0, 100),
        paths::laterotrusion(Side::Left, 35.0, 5.0, 100),
    ];
    let (crowns, _) = best(1, || measure(&pair, &paths::protrusion(35.0, 0.0, 2), &params));
    println!("crowns and two steps  {crowns:.3} s");
    for motion in motions {
        let (seconds, excursion) = best(rounds, || measure(&pair, &motion, &params).expect("a whole path"));
        println!(
            "{}, 100 steps  {seconds:.3} s, {} pairs",
            motion.kind.name(),
            excursion.pairs.len()
        );
        println!(
            "  {:?}",
            excursion.guidance.map(|g| (g.guidance, g.others, g.pairs))
        );
        println!("  {:?}", excursion.path.angle);
        for i in excursion.interferences {
            println!(
                "  {} {} {:.3} {} from {} to {}",
                i.kind.name(),
                i.pair,
                i.lift.0,
                i.separates,
                i.from,
                i.to
            );
        }
        for k in [0, 10, 30, 60, 99] {
            let s = &excursion.steps[k];
            println!(
                "  {} need {:?} {:?} {:?}",
                s.travel, s.needed_opening, s.guidance, s.guiding
            );
        }
    }
}
