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

#[test]
fn coarse_and_fine_balls_have_the_same_area() {
    // Edges of the ball 0.8, 0.4, 0.2, 0.1 mm. The faces of the first lie up to 27 µm under the ball.
    let cap = 2.0 * PI * RADIUS * 0.1;
    let disc = PI * ((RADIUS + 0.1).powi(2) - RADIUS.powi(2));
    for levels in [2, 3, 4, 5] {
        let found = ball_on_plate(0.0, levels, 20).levels[1].by_arch;
        let off = [found.upper_mm2 / cap - 1.0, found.lower_mm2 / disc - 1.0];
        assert!(off.iter().all(|off| off.abs() < 0.02), "{levels}: {off:?}");
    }
}

fn upper_over(lower: &Bodies, upper: &Bodies) -> Occlusion {
    analyse(&Pair::new(upper.arch(), lower.arch()), &exact()).unwrap()
}

#[test]
fn a_region_that_spans_two_antagonists_is_two_contacts() {
    let ball = moved(&sphere(RADIUS, 5), [0.23, 0.07, RADIUS]);
    let upper = Bodies::new(Jaw::Upper, ball, |_| Some(16));
    let lower = Bodies::new(Jaw::Lower, plate(40), |p| Some(if p.x < 0.0 { 46 } else { 47 }));
    let found = upper_over(&lower, &upper);
    let teeth: Vec<_> = found.contacts.iter().map(|c| (c.upper, c.lower)).collect();
    // From the patient's right to the left.
    assert_eq!(teeth, [(fdi(16), fdi(47)), (fdi(16), fdi(46))]);
    let [a, b] = [&found.contacts[0], &found.contacts[1]];
    // The boundary of the lower teeth cuts a segment off the disc.
    let radius = ((RADIUS + 0.1).powi(2) - RADIUS.powi(2)).sqrt();
    let d = 0.23 / radius;
    let segment = radius * radius * (d.acos() - d * (1.0 - d * d).sqrt());
    let disc = PI * radius * radius;
    for (found, truth) in [(b, segment), (a, disc - segment)] {
        let off = [found.area.lower_mm2, found.area.upper_mm2].map(|area| area / truth - 1.0);
        assert!(off.iter().all(|off| off.abs() < 0.05), "{off:?}");
    }
    let row = found.teeth.iter().find(|t| t.tooth == fdi(16)).unwrap();
    assert_eq!(
        (row.contacts, row.antagonists.clone()),
        (2, vec![fdi(46), fdi(47)])
    );
}

#[test]
fn marks_that_are_apart_are_two_and_marks_that_run_together_are_one() {
    // Discs of 0.1 mm gap have a radius of 0.78 mm.
    for (apart, expected) in [(2.2, 2.0), (1.6, 1.0)] {
        let balls = [-0.5, 0.5].map(|side| moved(&sphere(RADIUS, 5), [side * apart, 0.0, RADIUS]));
        let upper = Bodies::new(Jaw::Upper, TriMesh::joined(&balls), |_| Some(16));
        let lower = Bodies::new(Jaw::Lower, plate(40), |_| Some(46));
        let found = upper_over(&lower, &upper);
        assert_eq!(found.levels[1].contacts.value, expected, "{apart}");
    }
}

#[test]
fn gum_is_no_contact_of_teeth_and_is_told_apart() {
    let ball = moved(&sphere(RADIUS, 4), [0.0, 0.0, RADIUS]);
    let upper = Bodies::new(Jaw::Upper, ball, |_| Some(11));
    let lower = Bodies::new(Jaw::Lower, plate(40), |p| (p.x > 5.0).then_some(41));
    let found = upper_over(&lower, &upper);
    assert!(found.contacts.is_empty());
    assert_eq!(found.levels[2].area.value, 0.0);
    assert_eq!(found.soft_tissue.len(), 1);
    assert_eq!(found.soft_tissue[0].tooth, fdi(11));
    assert_eq!(found.without_contact.teeth, [fdi(11), fdi(41)]);
    assert!(found.balance.left_share.is_none());
}

#[test]
fn parameters_that_are_no_lengths_are_refused_by_name() {
    let upper = Bodies::new(Jaw::Upper, moved(&sphere(RADIUS, 2), [0.0, 0.0, RADIUS]), |_| {
        Some(11)
    });
    let lower = Bodies::new(Jaw::Lower, plate(4), |_| Some(41));
    let pair = Pair::new(upper.arch(), lower.arch());
    for wrong in [f64::NAN, -0.1, f64::INFINITY] {
        let mut params = exact();
        params.bite.residual_mm = Some(wrong);
        let error = analyse(&pair, &params).unwrap_err().to_string();
        assert!(error.contains("residual of the bite"), "{error}");
    }
    let bare = Bodies::new(Jaw::Lower, plate(4), |_| None);
    let error = analyse(&Pair::new(upper.arch(), bare.arch()), &exact()).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the lower arch has no labelled teeth"),
        "{error}"
    );
}
