//! The distance field against a search over all triangles by another formula, and against spheres.

mod common;
mod paths;

use common::Bodies;
use nalgebra::{Translation3, UnitQuaternion};
use paths::Labelled;
use stonecast_dental::Jaw;
use stonecast_mesh::{Point, RigidMotion, TriMesh, Vector};
use stonecast_occlusion::Pair;
use stonecast_testkit::{DentitionSpec, dentition};

/// The distance to a triangle: to its plane where the foot lies inside, else to the nearest side.
fn distance(p: &Point, [a, b, c]: &[Point; 3]) -> f64 {
    let side = |a: &Point, b: &Point| {
        let ab = b - a;
        let t = ((p - a).dot(&ab) / ab.norm_squared()).clamp(0.0, 1.0);
        (a + ab * t - p).norm()
    };
    let sides = side(a, b).min(side(b, c)).min(side(c, a));
    let normal = (b - a).cross(&(c - a)).normalize();
    let foot = p - normal * normal.dot(&(p - a));
    let inside = |a: &Point, b: &Point| (b - a).cross(&(foot - a)).dot(&normal) >= 0.0;
    if inside(a, b) && inside(b, c) && inside(c, a) {
        sides.min(normal.dot(&(p - a)).abs())
    } else {
        sides
    }
}

#[test]
fn gaps_are_those_of_a_search_over_all_triangles() {
    let labelled = Labelled::new(dentition(&DentitionSpec {
        triangles: 4_000,
        ..stonecast_testkit::demo_spec()
    }));
    let pair = labelled.ready();
    let turn = UnitQuaternion::from_euler_angles(0.02, -0.01, 0.03);
    let motions = [
        RigidMotion::identity(),
        Translation3::new(0.4, -1.5, -0.8).into(),
        RigidMotion::from_parts(Translation3::new(-0.3, -0.6, 0.5), turn),
    ];
    let mut seen = [0usize; 2];
    for motion in motions {
        for on in [Jaw::Upper, Jaw::Lower] {
            let field = pair.gaps(on, &motion, 2.0);
            let (own, other) = (pair.surface(on).mesh(), pair.surface(on.antagonist()).mesh());
            let into = if on == Jaw::Lower {
                motion
            } else {
                motion.inverse()
            };
            let triangles: Vec<_> = other.face_ids().map(|f| other.corners(f)).collect();
            for (v, gap) in field.gaps.iter() {
                let query = into * own.point(v);
                let Some(gap) = gap else { continue };
                let least = triangles
                    .iter()
                    .map(|t| distance(&query, t))
                    .fold(f64::INFINITY, f64::min);
                assert!(
                    (gap.signed.abs() - least).abs() < 1e-9,
                    "{v:?}: {} {least}",
                    gap.signed
                );
                seen[usize::from(gap.signed < 0.0)] += 1;
            }
        }
    }
    assert!(seen[0] > 1000 && seen[1] > 50, "outside and inside: {seen:?}");
}

/// A dome: the half of a sphere about a centre that looks to one side, an open sheet as a scan is.
fn dome(radius: f64, up: bool) -> TriMesh {
    let (rings, around) = (160usize, 320usize);
    let sign = if up { 1.0 } else { -1.0 };
    let mut points = vec![Point::new(0.0, 0.0, sign * radius)];
    for i in 1..=rings {
        let theta = std::f64::consts::FRAC_PI_2 * i as f64 / rings as f64;
        for j in 0..around {
            let phi = std::f64::consts::TAU * j as f64 / around as f64;
            let flat = radius * theta.sin();
            points.push(Point::new(
                flat * phi.cos(),
                flat * phi.sin(),
                sign * radius * theta.cos(),
            ));
        }
    }
    let at = |i: usize, j: usize| (1 + (i - 1) * around + j % around) as u32;
    let mut faces = Vec::new();
    for j in 0..around {
        faces.push([0, at(1, j), at(1, j + 1)]);
        for i in 1..rings {
            faces.push([at(i, j), at(i + 1, j), at(i + 1, j + 1)]);
            faces.push([at(i, j), at(i + 1, j + 1), at(i, j + 1)]);
        }
    }
    if !up {
        faces.iter_mut().for_each(|f| f.swap(1, 2));
    }
    TriMesh::from_indices(points, &faces).unwrap()
}

#[test]
fn two_domes_have_the_gap_of_their_centres_apart_touching_and_crossing() {
    let (upper, lower) = (dome(3.0, false), dome(2.0, true));
    let upper = Bodies::new(Jaw::Upper, upper, |_| None);
    let lower = Bodies::new(Jaw::Lower, lower, |_| None);
    let pair = Pair::new(upper.arch(), lower.arch());
    for gap in [1.0, 0.05, 0.0, -0.05, -0.4] {
        for sideways in [0.0f64, 1.5] {
            let apart = 5.0 + gap;
            let down = (apart * apart - sideways * sideways).sqrt();
            let moved = Translation3::from(Vector::new(sideways, 0.0, -down)).into();
            for on in [Jaw::Upper, Jaw::Lower] {
                let field = pair.gaps(on, &moved, 3.0);
                let least = field
                    .gaps
                    .as_slice()
                    .iter()
                    .flatten()
                    .map(|g| g.signed)
                    .fold(f64::INFINITY, f64::min);
                // A chord of 0.06 mm on a radius of 2 mm sags by 0.2 µm, and the nearest vertex is up to 0.04 mm beside the line
                // of the centres: another 0.9 µm.
                assert!((least - gap).abs() < 1.5e-3, "{gap} {sideways}: {least}");
            }
        }
    }
}

#[test]
fn beyond_the_border_there_is_no_gap() {
    let (upper, lower) = (dome(3.0, false), dome(2.0, true));
    let upper = Bodies::new(Jaw::Upper, upper, |_| None);
    let lower = Bodies::new(Jaw::Lower, lower, |_| None);
    let pair = Pair::new(upper.arch(), lower.arch());
    // Above the upper dome's open side, beside its rim.
    let moved = Translation3::new(0.0, 4.0, 1.0).into();
    let field = pair.gaps(Jaw::Lower, &moved, 6.0);
    let crossing = field
        .gaps
        .as_slice()
        .iter()
        .flatten()
        .filter(|g| g.signed < 0.0)
        .count();
    assert_eq!(crossing, 0, "nothing there lies in the dome");
    assert!(field.gaps.as_slice().iter().any(Option::is_none));
}
