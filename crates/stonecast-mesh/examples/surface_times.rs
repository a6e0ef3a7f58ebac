//! Times the surface algorithms on a mesh file, or on a bumpy sheet of 200,000 triangles.
//!
//! `cargo run --release -p stonecast-mesh --example surface_times [scan.ply]`

#![allow(clippy::print_stdout)]

use std::{env, fs, time::Instant};

use stonecast_mesh::{
    TriMesh, VertexId,
    formats::{Limits, decode},
    repair::{MendParams, mend, outward, self_intersections},
    surface::{geodesic_distance, principal_curvatures, shapes},
};

fn timed<T>(what: &str, work: impl Fn() -> T) -> T {
    let mut best = f64::INFINITY;
    let mut result = None;
    for _ in 0..5 {
        let start = Instant::now();
        result = Some(work());
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{what:30} {:8.1} ms", best * 1e3);
    result.expect("it ran")
}

fn main() {
    let mesh = match env::args().nth(1) {
        Some(path) => {
            let bytes = fs::read(path).expect("a readable file");
            let decoded = decode(&bytes, None, &Limits::default()).expect("a mesh file");
            decoded.parts.into_iter().next().expect("a part").mesh
        }
        None => shapes::height_field(316, 55.0, |x, y| (x * 0.9).sin() * (y * 0.7).cos()),
    };
    println!("{} vertices, {} faces", mesh.vertex_count(), mesh.face_count());
    let fresh = || TriMesh::new(mesh.points().to_vec(), mesh.faces().to_vec()).expect("as before");
    timed("topology", || fresh().topology().edges().len());
    timed("vertex normals", || fresh().vertex_normals().len());
    timed("mend", || mend(&fresh(), &MendParams::default()));
    timed("self-intersections", || self_intersections(&mesh));
    timed("outward", || outward(&mesh));
    mesh.topology();
    mesh.vertex_normals();
    for radius in [0.3, 0.5, 0.7, 1.0, 1.5] {
        timed(&format!("curvature, radius {radius}"), || {
            principal_curvatures(&mesh, radius)
        });
    }
    timed("geodesic distance", || {
        geodesic_distance(&mesh, &[VertexId(0)], f64::INFINITY)
    });
}
