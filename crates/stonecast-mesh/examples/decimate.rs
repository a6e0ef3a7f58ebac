//! Decimates a PLY file and says how far the surface has moved.
//!
//! `cargo run --release -p stonecast-mesh --example decimate IN.ply OUT.ply FACES`

#![allow(clippy::print_stdout)]

use std::{env, fs, time::Instant};

use stonecast_mesh::{
    formats::{Limits, Part, PlyOptions, encode_ply, read_ply},
    surface::{DecimateTarget, decimate},
};

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let [_, input, output, faces] = &arguments[..] else {
        panic!("usage: decimate IN.ply OUT.ply FACES");
    };
    let bytes = fs::read(input).expect("a readable file");
    let decoded = read_ply(&bytes, &Limits::default()).expect("a PLY file");
    let mesh = decoded.parts.into_iter().next().expect("a part").mesh;
    let target = DecimateTarget::FaceCount(faces.parse().expect("a number of faces"));
    let start = Instant::now();
    let coarse = decimate(&mesh, target);
    println!("{:.6} {:.3}", coarse.max_deviation, start.elapsed().as_secs_f64());
    fs::write(
        output,
        encode_ply(&Part::from_mesh(coarse.mesh), PlyOptions::default()),
    )
    .expect("a writable file");
}
