//! The spatial index and registration at the size of a scan, with parry3d beside them where it has the same work.
//!
//! `RAYON_NUM_THREADS=1 cargo bench -p stonecast-mesh --bench spatial` compares one thread with one thread.
#![allow(missing_docs, reason = "the macros of criterion make undocumented items")]

#[path = "../tests/sheets/mod.rs"]
mod sheets;

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use parry3d::query::PointQuery as _;
use parry3d_f64::query::PointQuery as _;
use stonecast_mesh::{
    Point, RigidMotion, TriMesh, Vector,
    registration::{IcpParams, icp, sample_surface},
    spatial::{OrientedSurface, Plane, SpatialIndex, section},
};

fn single(p: &Point) -> parry3d::math::Vector {
    parry3d::math::Vector::new(p.x as f32, p.y as f32, p.z as f32)
}

fn double(p: &Point) -> parry3d_f64::math::Vector {
    parry3d_f64::math::Vector::new(p.x, p.y, p.z)
}

fn indices(mesh: &TriMesh) -> Vec<[u32; 3]> {
    mesh.faces().iter().map(|f| f.map(|v| v.0)).collect()
}

fn parry(mesh: &TriMesh) -> parry3d::shape::TriMesh {
    let points = mesh.points().iter().map(single).collect();
    parry3d::shape::TriMesh::new(points, indices(mesh)).expect("the sheet has faces")
}

fn parry64(mesh: &TriMesh) -> parry3d_f64::shape::TriMesh {
    let points = mesh.points().iter().map(double).collect();
    parry3d_f64::shape::TriMesh::new(points, indices(mesh)).expect("the sheet has faces")
}

fn build(c: &mut Criterion) {
    let lower = sheets::lower(sheets::Sampling::SCAN);
    let mut group = c.benchmark_group("build 200k");
    group.sample_size(10);
    group.bench_function("ours", |b| b.iter(|| SpatialIndex::build(&lower)));
    group.bench_function("parry3d", |b| b.iter(|| parry(&lower)));
    group.bench_function("ours with sides", |b| {
        // A fresh copy each time, for a mesh keeps its adjacency.
        b.iter_batched(
            || lower.clone(),
            |mesh| OrientedSurface::build(&mesh),
            criterion::BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn distances(c: &mut Criterion) {
    let lower = sheets::lower(sheets::Sampling::SCAN);
    let upper = sheets::upper(sheets::Sampling::SCAN, 0.1);
    let surface = OrientedSurface::build(&lower);
    let index = surface.index();
    let (parry, parry64) = (parry(&lower), parry64(&lower));
    let points = upper.points();
    for (name, reach) in [("field", f64::MAX), ("field within 3 mm", 3.0)] {
        let mut group = c.benchmark_group(name);
        group.sample_size(10);
        group.bench_function("ours", |b| b.iter(|| index.distance_field(points, reach)));
        group.bench_function("ours signed", |b| b.iter(|| surface.signed_field(points, reach)));
        group.bench_function("ours one by one", |b| {
            b.iter(|| {
                points
                    .iter()
                    .map(|p| index.closest_point(p, reach))
                    .collect::<Vec<_>>()
            });
        });
        let reach32 = reach as f32;
        group.bench_function("parry3d", |b| {
            b.iter(|| {
                let near = |p| parry.project_local_point_with_max_dist(single(p), false, reach32);
                points.iter().map(near).collect::<Vec<_>>()
            });
        });
        group.bench_function("parry3d-f64", |b| {
            b.iter(|| {
                let near = |p| parry64.project_local_point_with_max_dist(double(p), false, reach);
                points.iter().map(near).collect::<Vec<_>>()
            });
        });
        group.finish();
    }
}

fn rays(c: &mut Criterion) {
    use parry3d::query::RayCast as _;
    let lower = sheets::lower(sheets::Sampling::SCAN);
    let (index, parry) = (SpatialIndex::build(&lower), parry(&lower));
    let origins: Vec<Point> = lower
        .points()
        .iter()
        .map(|p| p + Vector::new(0.01, 0.02, 30.0))
        .collect();
    let down = Vector::new(0.05, -0.03, -1.0);
    let mut group = c.benchmark_group("100k rays");
    group.sample_size(10);
    group.bench_function("ours", |b| {
        b.iter(|| {
            origins
                .iter()
                .filter(|o| index.ray(o, &down, 100.0).is_some())
                .count()
        });
    });
    group.bench_function("parry3d", |b| {
        let direction = parry3d::math::Vector::new(0.05, -0.03, -1.0);
        b.iter(|| {
            let hit = |o: &&Point| {
                let ray = parry3d::query::Ray::new(single(o), direction);
                parry.cast_local_ray(&ray, 100.0, false).is_some()
            };
            origins.iter().filter(hit).count()
        });
    });
    group.finish();
}

fn sections_and_registration(c: &mut Criterion) {
    let lower = sheets::lower(sheets::Sampling::SCAN);
    let other = sheets::lower(sheets::Sampling {
        seed: 99,
        ..sheets::Sampling::SCAN
    });
    let surface = OrientedSurface::build(&lower);
    let samples = sample_surface(&other, 20_000);
    let off = RigidMotion::new(Vector::new(0.5, -0.4, 0.3), Vector::new(0.02, -0.03, 0.025));
    let plane = Plane {
        point: Point::new(0.0, 20.0, 9.0),
        normal: Vector::z(),
    };
    let mut group = c.benchmark_group("200k");
    group.sample_size(10);
    group.bench_function("section", |b| b.iter(|| section(black_box(&lower), &plane)));
    group.bench_function("registration of 20k points", |b| {
        b.iter(|| icp(&samples, &surface, off, &IcpParams::default()));
    });
    group.finish();
}

criterion_group!(benches, build, distances, rays, sections_and_registration);
criterion_main!(benches);
