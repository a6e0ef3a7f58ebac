//! Loading and welding binary STL: ours beside `stl_io`, in one run.
//!
//! `stl_io` reads, welds with a standard hash map, and gives 32-bit points; ours gives 64-bit points and has
//! checked every coordinate. `read only` copies the bytes, to show the floor that memory sets.

use std::hint::black_box;
use std::io::Cursor;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use stonecast_mesh::formats::{Limits, Part, PlyOptions, encode_ply, encode_stl, read_ply, read_stl};
use stonecast_mesh::{Point, TriMesh};

/// A bumpy sheet of about `triangles` triangles, in rows as a scanner's mesher leaves them.
fn sheet(triangles: u32) -> TriMesh {
    let side = (f64::from(triangles) / 2.0).sqrt() as u32;
    let place = |i: u32| {
        let (x, y) = (f64::from(i % (side + 1)), f64::from(i / (side + 1)));
        Point::new(
            0.1 * x,
            0.1 * y,
            (0.3 * x).sin() + (0.2 * y).cos() + 0.01 * (12.9 * x + 78.2 * y).sin(),
        )
    };
    let points = (0..(side + 1) * (side + 1)).map(place).collect();
    let faces: Vec<[u32; 3]> = (0..side * side)
        .flat_map(|q| {
            let a = (q / side) * (side + 1) + q % side;
            [[a, a + 1, a + side + 2], [a, a + side + 2, a + side + 1]]
        })
        .collect();
    TriMesh::from_indices(points, &faces).expect("existing vertices")
}

fn load(c: &mut Criterion) {
    let limits = Limits::default();
    for (name, triangles) in [("200k", 200_000), ("1M", 1_000_000)] {
        let mesh = sheet(triangles);
        let stl = encode_stl(&mesh);
        let ply = encode_ply(&Part::from_mesh(mesh), PlyOptions::default());
        let mut group = c.benchmark_group(format!("load {name}"));
        group.sample_size(20);
        group.bench_function("stl stonecast", |b| b.iter(|| read_stl(black_box(&stl), &limits)));
        group.bench_function("stl stl_io", |b| {
            b.iter_batched(
                || Cursor::new(stl.as_slice()),
                |mut cursor| stl_io::read_stl(&mut cursor).expect("a sound file"),
                BatchSize::PerIteration,
            );
        });
        group.bench_function("ply stonecast", |b| b.iter(|| read_ply(black_box(&ply), &limits)));
        group.bench_function("read only", |b| b.iter(|| black_box(&stl).to_vec()));
        group.finish();
    }
}

criterion_group!(benches, load);
criterion_main!(benches);
