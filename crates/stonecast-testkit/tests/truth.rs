//! What is said to be true of an arch is so.

use stonecast_dental::{Fdi, LandmarkKind};
use stonecast_testkit::{DentitionSpec, PerJaw, SyntheticPair, demo_spec, dentition};

fn made(spec: DentitionSpec) -> SyntheticPair {
    dentition(&DentitionSpec {
        triangles: 3_000,
        ..spec
    })
}

#[test]
fn neighbours_stand_apart_by_the_spacing_asked_for() {
    for spacing in [0.0, 1.0] {
        let pair = made(DentitionSpec {
            spacing_mm: PerJaw::both(spacing),
            ..DentitionSpec::default()
        });
        for arch in [&pair.upper, &pair.lower] {
            assert_eq!(arch.truth.proximal.len(), 13);
            for c in &arch.truth.proximal {
                // The contacts of these lie at equal heights, so the gap in space is that seen from above.
                if [[14, 15], [15, 16], [24, 25], [25, 26]].contains(&c.teeth.map(Fdi::number)) {
                    assert!((c.gap_mm - spacing).abs() < 0.05, "{spacing} {c:?}");
                }
                // A setup is symmetric, and so are its contacts, though measured from the other tooth at the midline.
                let twins = c.teeth.map(Fdi::mirrored);
                let twin = arch
                    .truth
                    .proximal
                    .iter()
                    .find(|d| twins.iter().all(|t| d.teeth.contains(t)));
                let twin = twin.unwrap();
                assert!((twin.gap_mm - c.gap_mm).abs() < 1e-3, "{c:?} {twin:?}");
                assert!((twin.position[0] + c.position[0]).abs() < 0.05, "{c:?} {twin:?}");
            }
        }
    }
}

#[test]
fn a_missing_tooth_leaves_no_contact_across_its_gap() {
    let pair = made(DentitionSpec {
        missing: vec![Fdi::new(15).unwrap()],
        ..DentitionSpec::default()
    });
    assert_eq!(pair.upper.truth.proximal.len(), 11);
}

#[test]
fn the_upper_crowding_is_that_asked_for_and_the_lower_is_recorded() {
    let crowding = |upper: f64| {
        let pair = made(DentitionSpec {
            crowding_mm: PerJaw { upper, lower: 0.0 },
            ..DentitionSpec::default()
        });
        [&pair.upper, &pair.lower].map(|arch| arch.truth.crowding_mm)
    };
    let [none, four] = [0.0, 4.0].map(crowding);
    assert_eq!(none[0], 0.0);
    assert!((four[0] - 4.0).abs() < 0.01, "{four:?}");
    // The lower molars follow the upper ones forward, and the teeth before them give way.
    assert!(four[1] > none[1] + 2.0, "{none:?} {four:?}");
}

#[test]
fn the_tips_lie_about_the_occlusal_plane() {
    let pair = made(demo_spec());
    for arch in [&pair.upper, &pair.lower] {
        let plane = arch.truth.occlusal_plane.unwrap();
        assert!(plane.normal_in_cast[2] > 0.99, "{plane:?}");
        let above = |p: [f64; 3]| -> f64 {
            (0..3)
                .map(|k| (p[k] - plane.point_in_cast[k]) * plane.normal_in_cast[k])
                .sum()
        };
        for t in &arch.truth.teeth {
            let tip = arch.truth.landmark(t.tooth, LandmarkKind::MesiobuccalCusp);
            assert!(tip.is_none_or(|p| above(p).abs() < 2.0), "{}", t.tooth);
        }
    }
}
