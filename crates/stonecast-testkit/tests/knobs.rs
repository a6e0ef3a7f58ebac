//! The knobs do what they say, and the truth agrees with the mesh.

use stonecast_dental::{Fdi, Jaw, LandmarkKind, Side};
use stonecast_mesh::{Point, TriMesh, topology};
use stonecast_testkit::{
    Dentition, DentitionSpec, PerJaw, PerSide, SyntheticArch, ToothShift, demo_spec, dentition, random_spec,
};

fn small(spec: DentitionSpec) -> DentitionSpec {
    DentitionSpec {
        triangles: 8_000,
        ..spec
    }
}

fn tooth(number: u8) -> Fdi {
    Fdi::new(number).unwrap()
}

fn mark(arch: &SyntheticArch, number: u8, kind: LandmarkKind) -> [f64; 3] {
    arch.truth.landmark(tooth(number), kind).unwrap()
}

fn middle(arch: &SyntheticArch, numbers: [u8; 2], kind: LandmarkKind) -> [f64; 3] {
    let [a, b] = numbers.map(|n| mark(arch, n, kind));
    [0, 1, 2].map(|k| 0.5 * (a[k] + b[k]))
}

#[test]
fn overjet_and_overbite_measured_from_the_landmarks_are_those_asked_for() {
    for (overjet_mm, overbite_mm) in [(2.8, 2.2), (4.0, 1.0), (7.0, 3.0), (2.5, -2.0), (-2.5, 1.0)] {
        let pair = dentition(&small(DentitionSpec {
            overjet_mm,
            overbite_mm,
            ..DentitionSpec::default()
        }));
        let upper = middle(&pair.upper, [11, 21], LandmarkKind::IncisalMidpoint);
        let lower = middle(&pair.lower, [31, 41], LandmarkKind::IncisalMidpoint);
        let (overjet, overbite) = (lower[1] - upper[1], lower[2] - upper[2]);
        assert!((overjet - overjet_mm).abs() < 0.05, "{overjet} for {overjet_mm}");
        assert!(
            (overbite - overbite_mm).abs() < 0.05,
            "{overbite} for {overbite_mm}"
        );
        assert_eq!(pair.bite.overjet_mm, Some(overjet));
        assert_eq!(pair.bite.overbite_mm, Some(overbite));
    }
}

#[test]
fn the_molars_stand_in_the_class_asked_for() {
    for offset in [-3.0, 0.0, 2.5, 5.0] {
        let pair = dentition(&small(DentitionSpec {
            molar_offset_mm: PerSide::both(offset),
            overjet_mm: 2.8 + 0.8 * offset.max(0.0),
            ..DentitionSpec::default()
        }));
        for measured in pair.bite.molar_offset_mm {
            let measured = measured.unwrap();
            // The tooth then erupts into contact, which tilts it by up to 6°.
            assert!((measured - offset).abs() < 0.5, "{measured} for {offset}");
        }
    }
}

#[test]
fn widths_are_those_of_the_landmarks_and_of_the_mesh() {
    let pair = dentition(&DentitionSpec {
        triangles: 60_000,
        spacing_mm: PerJaw::both(1.2),
        ..DentitionSpec::default()
    });
    for arch in [&pair.upper, &pair.lower] {
        for t in &arch.truth.teeth {
            let at = |kind| arch.truth.landmark(t.tooth, kind).unwrap();
            let (m, d) = (at(LandmarkKind::MesialContact), at(LandmarkKind::DistalContact));
            let along = |p: [f64; 3]| (0..3).map(|k| p[k] * t.mesial_in_cast[k]).sum::<f64>();
            assert!(
                (along(m) - along(d) - t.mesiodistal_mm).abs() < 1e-4,
                "{}",
                t.tooth
            );
            // The mesh shows the same width where the tooth stands free.
            let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
            for (v, _) in arch
                .truth
                .vertex_labels
                .iter()
                .filter(|(_, l)| **l == Some(t.tooth))
            {
                let s = along(arch.mesh.point(v).coords.into());
                low = low.min(s);
                high = high.max(s);
            }
            let seen = high - low;
            assert!(
                (seen - t.mesiodistal_mm).abs() < 0.12,
                "{}: {seen} for {}",
                t.tooth,
                t.mesiodistal_mm
            );
        }
    }
}

#[test]
fn cusp_tips_and_incisal_edges_lie_on_the_mesh() {
    use LandmarkKind as K;
    let pair = dentition(&DentitionSpec {
        triangles: 200_000, // Spaced, so that no embrasure is narrower than a triangle.
        spacing_mm: PerJaw::both(1.0),
        ..DentitionSpec::default()
    });
    for arch in [&pair.upper, &pair.lower] {
        for l in &arch.truth.landmarks {
            let most = match l.kind {
                // Between free neighbours, yet some lie where the papilla covers them.
                K::MesialContact | K::DistalContact => continue,
                // Triangles of 0.24 mm bridge a pit between flanks of 47° up to 0.13 mm above its floor: the
                // crowns' own test judges pits on triangles of a third of that.
                K::CentralFossa => continue,
                // Most facial and lingual points of low crowns lie under the gingiva.
                K::MostBuccal | K::MostLingual => 0.8,
                _ => 0.10,
            };
            let p = Point::from(l.position);
            let nearest = arch
                .mesh
                .face_ids()
                .filter(|f| (arch.mesh.face_centroid(*f) - p).norm() < 1.5)
                .map(|f| distance_to_triangle(&p, arch.mesh.corners(f)))
                .fold(f64::INFINITY, f64::min);
            assert!(nearest < most, "{} {:?}: {nearest}", l.tooth, l.kind);
        }
    }
}

/// By sampling: good to a hundredth of the edge, enough here, and independent of the library's own closest point.
fn distance_to_triangle(p: &Point, [a, b, c]: [Point; 3]) -> f64 {
    const N: usize = 12;
    let mut least = f64::INFINITY;
    for i in 0..=N {
        for j in 0..=N - i {
            let (u, v) = (i as f64 / N as f64, j as f64 / N as f64);
            least = least.min((a + (b - a) * u + (c - a) * v - p).norm());
        }
    }
    least
}

#[test]
fn the_mirrored_spec_makes_the_mirror_image_with_sides_swapped() {
    let spec = DentitionSpec {
        missing: vec![tooth(15)],
        molar_offset_mm: PerSide {
            right: 1.0,
            left: 0.0,
        },
        midline_mm: 0.6,
        ..small(demo_spec())
    };
    let (one, two) = (dentition(&spec), dentition(&spec.mirror()));
    assert_eq!(spec.mirror().mirror(), spec);
    for jaw in [Jaw::Upper, Jaw::Lower] {
        let (a, b) = (one.arch(jaw), two.arch(jaw));
        for l in &a.truth.landmarks {
            let other = b.truth.landmark(l.tooth.mirrored(), l.kind).unwrap();
            let [x, y, z] = l.position;
            for (p, q) in [-x, y, z].into_iter().zip(other) {
                assert!((p - q).abs() < 1e-6, "{} {:?}: {p} {q}", l.tooth, l.kind);
            }
        }
        is_the_mirror_image(&a.mesh, &b.mesh);
    }
}

/// The same vertices to a millionth of a micrometre and the same faces turned inside out, in whatever order.
fn is_the_mirror_image(a: &TriMesh, b: &TriMesh) {
    const CLOSE: f64 = 1e-9;
    assert_eq!(a.vertex_count(), b.vertex_count());
    assert_eq!(a.face_count(), b.face_count());
    let mut by_y: Vec<usize> = (0..b.vertex_count()).collect();
    by_y.sort_by(|&i, &j| b.points()[i].y.total_cmp(&b.points()[j].y));
    let twin: Vec<u32> = a
        .points()
        .iter()
        .map(|p| {
            let image = Point::new(-p.x, p.y, p.z);
            let from = by_y.partition_point(|&i| b.points()[i].y < p.y - CLOSE);
            by_y[from..]
                .iter()
                .take_while(|&&i| b.points()[i].y < p.y + CLOSE)
                .find(|&&i| (b.points()[i] - image).norm() < CLOSE)
                .map_or_else(|| panic!("no twin of {p}"), |&i| i as u32)
        })
        .collect();
    let first_least = |[i, j, k]: [u32; 3]| match i.min(j).min(k) {
        least if least == i => [i, j, k],
        least if least == j => [j, k, i],
        _ => [k, i, j],
    };
    let mut faces: Vec<_> = b.faces().iter().map(|f| first_least(f.map(|v| v.0))).collect();
    faces.sort_unstable();
    for [i, j, k] in a.faces() {
        let image = first_least([i, k, j].map(|v| twin[v.index()]));
        assert!(faces.binary_search(&image).is_ok(), "{image:?} is no face");
    }
}

#[test]
fn the_bite_has_contacts_and_no_penetration() {
    for spec in [DentitionSpec::default(), demo_spec()] {
        let pair = dentition(&small(spec));
        let on = |side| {
            pair.bite
                .contacts
                .iter()
                .filter(|c| c.lower.side() == side)
                .count()
        };
        assert!(on(Side::Right) >= 5 && on(Side::Left) >= 5);
        for c in &pair.bite.contacts {
            assert!(c.gap_mm > -0.05, "{c:?}");
        }
    }
}

#[test]
fn missing_teeth_are_missing_and_crossed_teeth_cross() {
    let pair = dentition(&small(DentitionSpec {
        missing: vec![tooth(14), tooth(36)],
        crossbite_mm: PerSide {
            right: 5.0,
            left: 0.0,
        },
        ..DentitionSpec::default()
    }));
    assert!(pair.upper.truth.tooth(tooth(14)).is_none());
    assert!(pair.lower.truth.tooth(tooth(36)).is_none());
    assert!(
        !pair
            .upper
            .truth
            .face_labels
            .iter()
            .any(|(_, l)| *l == Some(tooth(14)))
    );
    let lateral = |arch: &SyntheticArch, n| mark(arch, n, LandmarkKind::MesiobuccalCusp)[0].abs();
    assert!(lateral(&pair.lower, 46) > lateral(&pair.upper, 16));
    assert!(lateral(&pair.lower, 37) < lateral(&pair.upper, 27));
}

#[test]
fn crowding_puts_teeth_out_of_line_and_spacing_leaves_gaps() {
    let irregularity = |crowding: f64| {
        let pair = dentition(&small(DentitionSpec {
            crowding_mm: PerJaw {
                upper: crowding,
                lower: 0.0,
            },
            ..DentitionSpec::default()
        }));
        // Little's sum of contact displacements, upper canine to canine.
        let order = [13u8, 12, 11, 21, 22, 23];
        order
            .windows(2)
            .map(|w| {
                let meet = |n: u8, other: u8| {
                    let distal = (n % 10 > other % 10) || (n % 10 == other % 10 && n % 10 == 1);
                    let kind = if distal {
                        LandmarkKind::MesialContact
                    } else {
                        LandmarkKind::DistalContact
                    };
                    mark(&pair.upper, n, kind)
                };
                let (p, q) = (meet(w[0], w[1]), meet(w[1], w[0]));
                (p[0] - q[0]).hypot(p[1] - q[1])
            })
            .sum::<f64>()
    };
    let (none, some, much) = (irregularity(0.0), irregularity(3.0), irregularity(6.0));
    assert!(
        none < 2.0 && some > none + 1.0 && much > some + 1.0,
        "{none} {some} {much}"
    );
}

#[test]
fn a_partly_erupted_tooth_shows_less_of_its_crown() {
    let shown = |height_mm: f64| {
        let mut spec = small(DentitionSpec::default());
        spec.shifts.insert(
            tooth(13),
            ToothShift {
                height_mm,
                ..ToothShift::default()
            },
        );
        let pair = dentition(&spec);
        let arch = &pair.upper;
        arch.mesh
            .face_ids()
            .filter(|&f| arch.truth.face_labels[f] == Some(tooth(13)))
            .map(|f| arch.mesh.face_area(f))
            .sum::<f64>()
    };
    assert!(shown(-4.0) < 0.7 * shown(0.0));
}

#[test]
fn every_dentition_has_its_teeth() {
    let count = |dentition_kind, third_molars| {
        let pair = dentition(&small(DentitionSpec {
            dentition: dentition_kind,
            third_molars,
            ..DentitionSpec::default()
        }));
        pair.upper.truth.teeth.len() + pair.lower.truth.teeth.len()
    };
    assert_eq!(count(Dentition::Permanent, false), 28);
    assert_eq!(count(Dentition::Permanent, true), 32);
    assert_eq!(count(Dentition::Mixed, false), 24);
    assert_eq!(count(Dentition::Primary, false), 20);
}

#[test]
fn stumps_are_smaller_and_brackets_stand_out() {
    let volume_like = |spec: DentitionSpec| {
        let pair = dentition(&DentitionSpec {
            triangles: 10_000,
            ..spec
        });
        let arch = &pair.upper;
        let t = arch.truth.tooth(tooth(11)).unwrap();
        let out = |p: [f64; 3]| {
            (0..3)
                .map(|k| (p[k] - t.origin_in_cast[k]) * t.facial_in_cast[k])
                .sum::<f64>()
        };
        arch.truth
            .vertex_labels
            .iter()
            .filter(|(_, l)| **l == Some(tooth(11)))
            .map(|(v, _)| out(arch.mesh.point(v).coords.into()))
            .fold(f64::NEG_INFINITY, f64::max)
    };
    let plain = volume_like(DentitionSpec::default());
    let stump = volume_like(DentitionSpec {
        stumps: vec![tooth(11)],
        ..DentitionSpec::default()
    });
    let bracket = volume_like(DentitionSpec {
        brackets: PerJaw::both(true),
        ..DentitionSpec::default()
    });
    assert!(stump < plain - 0.3, "{stump} {plain}");
    assert!(bracket > plain + 0.5, "{bracket} {plain}");
}

/// How many random dentitions are made: few by default, for the tests are run often.
fn seeds() -> u64 {
    std::env::var("STONECAST_TESTKIT_SEEDS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(8)
}

#[test]
fn random_specs_make_sound_shells() {
    for seed in 0..seeds() {
        let pair = dentition(&DentitionSpec {
            triangles: 2_500,
            ..random_spec(seed)
        });
        for arch in [&pair.upper, &pair.lower] {
            assert!(arch.mesh.face_count() > 1_200, "{seed} {:?}", arch.jaw);
            assert_eq!(arch.mesh.topology().non_manifold_edges().count(), 0, "{seed}");
            assert_eq!(topology::components(&arch.mesh).len(), 1, "{seed}");
            assert_eq!(
                topology::boundary_loops(&arch.mesh).len(),
                1,
                "{seed} {:?}",
                arch.jaw
            );
            for t in &arch.truth.teeth {
                let shown = arch.truth.face_labels.iter().any(|(_, l)| *l == Some(t.tooth));
                assert!(shown, "{seed} {}", t.tooth);
            }
        }
        for c in &pair.bite.contacts {
            assert!(c.gap_mm > -0.05, "{seed} {c:?}");
        }
    }
}
