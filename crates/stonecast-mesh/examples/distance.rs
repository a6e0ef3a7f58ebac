//! Distances for the peers' scripts in `conformance/`: makes the sheets, measures them, times us and parry.
//!
//! Arrays are raw and little-endian: points as three `f64`, faces as three `u32`.
#![allow(clippy::print_stdout, reason = "a program for scripts answers on its output")]

#[path = "../tests/sheets/mod.rs"]
mod sheets;

use std::{error::Error, fs, path::Path};

use parry3d::query::PointQuery as _;
use parry3d_f64::query::PointQuery as _;
use stonecast_mesh::{
    Point, TriMesh,
    spatial::{OrientedSurface, Side, SpatialIndex},
};

const USAGE: &str =
    "distance sheets FOLDER coarse|scan\ndistance signed MESH POINTS MAX OUT\ndistance time FOLDER ROUNDS";

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["sheets", folder, size] => write_sheets(Path::new(folder), size),
        ["signed", mesh, points, max, out] => signed(mesh, points, max.parse()?, out),
        ["time", folder, rounds] => time(Path::new(folder), rounds.parse()?),
        _ => Err(USAGE.into()),
    }
}

fn write_sheets(folder: &Path, size: &str) -> Outcome<()> {
    let sampling = match size {
        "coarse" => sheets::Sampling::COARSE,
        "scan" => sheets::Sampling::SCAN,
        _ => return Err(USAGE.into()),
    };
    fs::create_dir_all(folder)?;
    let meshes = [
        ("lower", sheets::lower(sampling)),
        ("upper", sheets::upper(sampling, 0.1)),
        ("dome", sheets::dome(60, 0.012)),
    ];
    for (name, mesh) in meshes {
        let points = mesh.points().iter().flat_map(|p| [p.x, p.y, p.z]);
        let faces = mesh.faces().iter().flatten();
        fs::write(
            folder.join(format!("{name}.points")),
            points.flat_map(f64::to_le_bytes).collect::<Vec<u8>>(),
        )?;
        fs::write(
            folder.join(format!("{name}.faces")),
            faces.flat_map(|v| v.0.to_le_bytes()).collect::<Vec<u8>>(),
        )?;
    }
    Ok(())
}

fn read_points(path: &Path) -> Outcome<Vec<Point>> {
    let bytes = fs::read(path)?;
    let (numbers, _) = bytes.as_chunks::<8>();
    let (points, _) = numbers.as_chunks::<3>();
    Ok(points
        .iter()
        .map(|p| Point::from(p.map(f64::from_le_bytes)))
        .collect())
}

/// The mesh of `stem.points` and `stem.faces`.
fn read_mesh(stem: &Path) -> Outcome<TriMesh> {
    let bytes = fs::read(stem.with_extension("faces"))?;
    let (numbers, _) = bytes.as_chunks::<4>();
    let (faces, _) = numbers.as_chunks::<3>();
    let faces: Vec<[u32; 3]> = faces.iter().map(|f| f.map(u32::from_le_bytes)).collect();
    Ok(TriMesh::from_indices(
        read_points(&stem.with_extension("points"))?,
        &faces,
    )?)
}

/// Writes for each point its distance and side: -1 inside, 1 outside, 0 unknown; both NaN beyond `max`.
fn signed(mesh: &str, points: &str, max: f64, out: &str) -> Outcome<()> {
    let surface = OrientedSurface::build(&read_mesh(Path::new(mesh))?);
    let field = surface.signed_field(&read_points(Path::new(points))?, max);
    let rows = field.iter().flat_map(|signed| match signed {
        None => [f64::NAN; 2],
        Some(s) => {
            let side = match s.side {
                Side::Inside => -1.0,
                Side::Outside => 1.0,
                Side::Unknown => 0.0,
            };
            [s.distance, side]
        }
    });
    fs::write(out, rows.flat_map(f64::to_le_bytes).collect::<Vec<u8>>())?;
    Ok(())
}

/// Seconds that this thread has run on a processor, whatever else the machine does (Linux).
fn thread_seconds() -> Outcome<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds: f64 = text.split(' ').next().ok_or("schedstat is empty")?.parse()?;
    Ok(nanoseconds * 1e-9)
}

/// One line of JSON: for each work the seconds of each round, on one thread.
fn time(folder: &Path, rounds: usize) -> Outcome<()> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .use_current_thread()
        .build_global()?;
    let mesh = read_mesh(&folder.join("lower"))?;
    let points = read_points(&folder.join("upper.points"))?;
    let scattered = read_points(&folder.join("scattered.points"))?;
    let index = SpatialIndex::build(&mesh);
    let vertices = mesh.points().iter();
    let faces: Vec<[u32; 3]> = mesh.faces().iter().map(|f| f.map(|v| v.0)).collect();
    let single = |p: &Point| parry3d::math::Vector::new(p.x as f32, p.y as f32, p.z as f32);
    let double = |p: &Point| parry3d_f64::math::Vector::new(p.x, p.y, p.z);
    let parry_vertices: Vec<_> = vertices.clone().map(single).collect();
    let parry = parry3d::shape::TriMesh::new(parry_vertices.clone(), faces.clone())?;
    let parry64 = parry3d_f64::shape::TriMesh::new(vertices.map(double).collect(), faces.clone())?;
    let all = f64::INFINITY;
    let sum = |field: Vec<f64>| field.into_iter().filter(|d| d.is_finite()).sum::<f64>();
    let ours = |points: &[Point], max: f64| -> f64 {
        let distance = |p| index.closest_point(p, max).map_or(0.0, |c| c.distance);
        points.iter().map(distance).sum()
    };
    let theirs = |points: &[Point], max: f32| -> f64 {
        let distance = |p: &Point| {
            let p = single(p);
            let found = parry.project_local_point_with_max_dist(p, false, max);
            found.map_or(0.0, |f| f64::from((f.point - p).length()))
        };
        points.iter().map(distance).sum()
    };
    let theirs64 = |points: &[Point], max: f64| -> f64 {
        let distance = |p: &Point| {
            let p = double(p);
            let found = parry64.project_local_point_with_max_dist(p, false, max);
            found.map_or(0.0, |f| (f.point - p).length())
        };
        points.iter().map(distance).sum()
    };
    type Work<'a> = Box<dyn Fn() -> f64 + 'a>;
    let works: Vec<(&str, Work<'_>)> = vec![
        (
            "build ours",
            Box::new(|| SpatialIndex::build(&mesh).face_count() as f64),
        ),
        (
            "build parry3d",
            Box::new(|| {
                let mesh = parry3d::shape::TriMesh::new(parry_vertices.clone(), faces.clone());
                mesh.map_or(0.0, |m| m.indices().len() as f64)
            }),
        ),
        (
            "build sides ours",
            Box::new(|| {
                let again = mesh.clone();
                f64::from(OrientedSurface::build(&again).index().face_count() as u32)
            }),
        ),
        ("field ours", Box::new(|| sum(index.distance_field(&points, all)))),
        ("field parry3d", Box::new(|| theirs(&points, f32::MAX))),
        ("field parry3d-f64", Box::new(|| theirs64(&points, f64::MAX))),
        ("near ours", Box::new(|| sum(index.distance_field(&points, 3.0)))),
        ("near parry3d", Box::new(|| theirs(&points, 3.0))),
        ("near parry3d-f64", Box::new(|| theirs64(&points, 3.0))),
        ("scattered ours", Box::new(|| ours(&scattered, all))),
        ("scattered parry3d", Box::new(|| theirs(&scattered, f32::MAX))),
        (
            "scattered parry3d-f64",
            Box::new(|| theirs64(&scattered, f64::MAX)),
        ),
    ];
    let mut seconds = vec![Vec::new(); works.len()];
    let mut sums = vec![0.0; works.len()];
    // Round by round, so that a busy moment of the machine touches all alike.
    for _ in 0..rounds {
        for (i, (_, work)) in works.iter().enumerate() {
            let start = thread_seconds()?;
            sums[i] = std::hint::black_box(work());
            seconds[i].push(thread_seconds()? - start);
        }
    }
    let report: serde_json::Map<String, serde_json::Value> = works
        .iter()
        .zip(seconds.iter().zip(&sums))
        .map(|((name, _), (seconds, sum))| {
            (
                (*name).to_owned(),
                serde_json::json!({ "seconds": seconds, "sum": sum }),
            )
        })
        .collect();
    println!("{}", serde_json::Value::Object(report));
    Ok(())
}
