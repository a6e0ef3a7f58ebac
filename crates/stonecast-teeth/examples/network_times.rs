//! How long the picture of an arch, the network's input and the network itself take: the best of twenty runs each.
//!
//! `cargo run --release -p stonecast-teeth --example network_times`; threads by `RAYON_NUM_THREADS`.

#![allow(clippy::print_stdout, reason = "a report speaks to its terminal")]

use std::time::Instant;

use stonecast_dental::Jaw;
use stonecast_mesh::RigidMotion;
use stonecast_teeth::segment::features::features;
use stonecast_teeth::segment::net::{Net, NetError};
use stonecast_teeth::segment::raster::{HEIGHT, HeightMap, WIDTH};
use stonecast_testkit::{demo_spec, dentition};

fn main() -> Result<(), NetError> {
    println!("{} threads", rayon::current_num_threads());
    let bytes = include_bytes!("../weights/occlusal.net");
    let net = best("unpack the weights", || Net::from_bytes(bytes))?;
    for triangles in [16_000, 200_000] {
        let mut spec = demo_spec();
        spec.triangles = triangles;
        let mesh = dentition(&spec).upper.mesh;
        let still = RigidMotion::identity();
        let map = best(&format!("picture of {} triangles", mesh.face_count()), || {
            HeightMap::new(&mesh, Jaw::Upper, &still)
        });
        let input = best("input channels", || features(&map, Jaw::Upper));
        best("network", || net.raw(&input, WIDTH, HEIGHT)).map(drop)?;
        best("network with probabilities", || net.run(&input, WIDTH, HEIGHT)).map(drop)?;
    }
    Ok(())
}

fn best<T>(what: &str, mut work: impl FnMut() -> T) -> T {
    let mut time = || {
        let start = Instant::now();
        let made = work();
        (start.elapsed().as_secs_f64() * 1e3, made)
    };
    let (mut least, mut made) = time();
    for _ in 1..20 {
        let (ms, again) = time();
        if ms < least {
            least = ms;
        }
        made = again;
    }
    println!("{what}: {least:.2} ms");
    made
}
