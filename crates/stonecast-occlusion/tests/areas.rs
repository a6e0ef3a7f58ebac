//! Areas and counts of bodies whose contact is known in closed form.

mod common;

use std::f64::consts::PI;

use common::{Bodies, exact, fdi, moved};
use stonecast_dental::Jaw;
use stonecast_mesh::TriMesh;
use stonecast_mesh::surface::shapes::{sheet, sphere};
use stonecast_occlusion::{Occlusion, Pair, analyse};

const RADIUS: f64 = 3.0;

/// A plate of 20 mm, in z = 0, looking up, its middle at the origin.
fn plate(n: u32) -> TriMesh {
    moved(&sheet(n, 20.0), [-10.0, -10.0, 0.0])
}

fn ball_on_plate(height: f64, levels: u32, n: u32) -> Occlusion {
    let ball = moved(&sphere(RADIUS, levels), [0.13, -0.21, RADIUS + height]);
    let upper = Bodies::new(Jaw::Upper, ball, |_| Some(16));
    let lower = Bodies::new(Jaw::Lower, plate(n), |_| Some(46));
    analyse(&Pair::new(upper.arch(), lower.arch()), &exact()).unwrap()
}

#[test]
fn the_area_of_a_ball_on_a_plate_is_that_of_the_cap() {
    // Edges of the plate from 0.2 to 2 mm, of the ball 0.1 mm.
    for n in [10, 30, 100] {
        for height in [-0.06, 0.0, 0.03] {
            let found = ball_on_plate(height, 5, n);
            for level in &found.levels {
                let t = level.gap_mm;
                if t <= height {
                    continue;
                }
                let cap = 2.0 * PI * RADIUS * (t - height);
                let disc = PI * ((RADIUS + t).powi(2) - (RADIUS + height).powi(2));
                for (found, truth) in [(level.by_arch.upper_mm2, cap), (level.by_arch.lower_mm2, disc)] {
                    let off = found / truth - 1.0;
                    assert!(
                        off.abs() < 0.05,
                        "n {n} height {height} t {t}: {found} of {truth}"
                    );
                }
                assert_eq!(level.contacts.value, 1.0);
                assert_eq!(level.on_both_arches, 1);
            }
            let depth = found.penetration.deepest.map_or(0.0, |d| d.depth.value);
            assert!((depth - (-height).max(0.0)).abs() < 0.003, "{depth} {height}");
            let contact = &found.contacts[0];
            assert!(
                (contact.at[0] - 0.13).abs() < 0.03 && (contact.at[1] + 0.21).abs() < 0.03,
                "{:?}",
                contact.at
            );
        }
    }
}
