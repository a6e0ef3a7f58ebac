//! Prints the accuracy figures of the method pages: errors against surfaces known in closed form.
//!
//! `cargo run --release -p stonecast-mesh --example surface_accuracy`

#![allow(clippy::print_stdout)]

use stonecast_mesh::{
    TriMesh, VertexId,
    repair::{FillParams, fill_holes},
    surface::{RemeshParams, geodesic_distance, principal_curvatures, remesh, shapes},
};

fn noisy(ball: &TriMesh, deviation: f64) -> TriMesh {
    let mut state = 1u64;
    ball.map_points(|p| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let unit = (state >> 11) as f64 / (1u64 << 53) as f64 - 0.5;
        p + p.coords.normalize() * (deviation * 12f64.sqrt() * unit)
    })
    .expect("finite")
}

fn main() {
    for (name, mesh) in [
        ("ball R 5, edge 0.17", shapes::sphere(5.0, 5)),
        ("ball R 1.5, edge 0.10", shapes::sphere(1.5, 4)),
    ] {
        let truth = 1.0 / mesh.points()[0].coords.norm();
        for radius in [0.3, 0.5, 0.7, 1.0] {
            let bias = principal_curvatures(&mesh, radius);
            let noise = principal_curvatures(&noisy(&mesh, 0.012), radius);
            let n = mesh.vertex_count() as f64;
            let mean = mesh.vertex_ids().map(|v| bias.mean(v)).sum::<f64>() / n;
            let spread = mesh
                .vertex_ids()
                .map(|v| (noise.mean(v) - mean).powi(2))
                .sum::<f64>()
                / n;
            println!(
                "curvature, {name}, radius {radius}: bias {:+.2} %, deviation by 12 um noise {:.3} 1/mm",
                (mean / truth - 1.0) * 100.0,
                spread.sqrt()
            );
        }
    }
    let ball = shapes::sphere(10.0, 4);
    for hole in [2.0, 3.0, 4.0] {
        let holed = ball.submesh(|f| {
            let p = ball.face_centroid(f);
            p.z < 0.0 || p.coords.xy().norm() > hole
        });
        let all = FillParams {
            max_length: f64::INFINITY,
            keep_longest: false,
        };
        let filled = fill_holes(&holed.mesh, &all);
        let made = filled.patches[0]
            .vertices
            .clone()
            .map(|v| filled.mesh.point(VertexId(v)).coords.norm() - 10.0);
        let worst = made.fold(0.0f64, |a, b| a.max(b.abs()));
        println!(
            "hole of radius {hole} in a ball of radius 10: worst {:.1} um",
            worst * 1e3
        );
    }
    for levels in [3, 4, 5] {
        let ball = shapes::sphere(10.0, levels);
        let distance = geodesic_distance(&ball, &[VertexId(0)], f64::INFINITY);
        let pole = ball.points()[0].coords / 10.0;
        let errors: Vec<f64> = ball
            .vertex_ids()
            .skip(1)
            .map(|v| {
                distance[v] / (10.0 * (ball.point(v).coords / 10.0).dot(&pole).clamp(-1.0, 1.0).acos()) - 1.0
            })
            .collect();
        let mean = errors.iter().map(|e| e.abs()).sum::<f64>() / errors.len() as f64;
        let worst = errors.iter().fold(0.0f64, |a, e| a.max(e.abs()));
        println!(
            "geodesics, ball of {} faces: mean {:.2} %, worst {:.2} %",
            ball.face_count(),
            mean * 100.0,
            worst * 100.0
        );
    }
    let made = remesh(
        &shapes::sphere(5.0, 3),
        &RemeshParams {
            edge_length: 0.5,
            rounds: 5,
        },
    );
    let topology = made.mesh.topology();
    let lengths: Vec<f64> = topology
        .edges()
        .iter()
        .map(|e| (made.mesh.point(e.ends[0]) - made.mesh.point(e.ends[1])).norm())
        .collect();
    let within = lengths.iter().filter(|l| (0.4..0.6667).contains(*l)).count();
    println!(
        "remeshing a ball R 5 to 0.5: mean edge {:.3}, {:.1} % within 4/5 and 4/3, deviation {:.1} um",
        lengths.iter().sum::<f64>() / lengths.len() as f64,
        100.0 * within as f64 / lengths.len() as f64,
        made.max_deviation * 1e3
    );
}
