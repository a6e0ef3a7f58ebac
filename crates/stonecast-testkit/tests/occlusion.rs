//! The truth about gaps and areas: known motions change it as they must, and a search over dense points agrees with it.

use std::collections::BTreeMap;

use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::{
    RigidMotion,
    spatial::{OrientedSurface, Signed},
};
use stonecast_testkit::{DentitionSpec, SyntheticPair, TrueGap, demo_spec, dentition};

fn tooth(number: u8) -> Fdi {
    Fdi::new(number).unwrap()
}

fn coarse() -> SyntheticPair {
    dentition(&DentitionSpec {
        triangles: 6_000,
        ..DentitionSpec::default()
    })
}

fn closed() -> RigidMotion {
    RigidMotion::identity()
}

fn gap(gaps: &[TrueGap], upper: u8, lower: u8) -> Option<f64> {
    gaps.iter()
        .find(|g| g.upper == tooth(upper) && g.lower == tooth(lower))
        .map(|g| g.gap_mm)
}

#[test]
fn settled_teeth_touch_by_the_depth_they_were_given() {
    let pair = coarse();
    let gaps = pair.true_gaps(&closed(), 0.3);
    for lower in [34, 35, 36, 37, 44, 45, 46, 47] {
        let least = gaps
            .iter()
            .filter(|g| g.lower == tooth(lower))
            .map(|g| g.gap_mm)
            .min_by(f64::total_cmp)
            .unwrap();
        // They were settled to 0.015 mm on 400 points of the crown; between those some places lie deeper.
        assert!((-0.08..-0.005).contains(&least), "{lower}: {least}");
    }
}

#[test]
fn a_tooth_out_of_occlusion_stands_so_far_from_its_antagonists() {
    let spec = DentitionSpec {
        triangles: 6_000,
        out_of_occlusion_mm: BTreeMap::from([(tooth(36), 0.5), (tooth(15), 0.4), (tooth(44), -0.2)]),
        ..DentitionSpec::default()
    };
    let (before, after) = (coarse(), dentition(&spec));
    let gaps = after.true_gaps(&closed(), 0.3);
    let of = |number: u8| {
        gaps.iter()
            .filter(move |g| g.upper == tooth(number) || g.lower == tooth(number))
    };
    // Along slopes of up to some 50 degrees the distance is less than the height.
    assert!(of(36).all(|g| g.gap_mm > 0.25), "{gaps:?}");
    assert!(of(15).all(|g| g.gap_mm > 0.2), "{gaps:?}");
    assert!(of(44).any(|g| g.gap_mm < -0.1), "{gaps:?}");
    // The others stay as they were, to the last bit.
    let was = before.true_gaps(&closed(), 0.3);
    assert_eq!(gap(&was, 27, 37), gap(&gaps, 27, 37));
    assert!(gap(&was, 27, 37).is_some());
}

#[test]
fn raising_the_jaw_deepens_and_lowering_it_clears() {
    let pair = coarse();
    let meeting = pair.meeting();
    let at = |z: f64| {
        let gaps = meeting.gaps(&RigidMotion::translation(0.0, 0.0, z), 1.0);
        gap(&gaps, 26, 36).unwrap()
    };
    let (low, mid, high) = (at(-0.3), at(0.0), at(0.1));
    assert!(low > mid && mid > high, "{low} {mid} {high}");
    // No distance changes by more than the motion, and on slopes of cusps not by less than half of it.
    assert!((0.15..=0.3).contains(&(low - mid)), "{low} {mid}");
    assert!((0.05..=0.1).contains(&(mid - high)), "{mid} {high}");
}

/// The least gap of each lower tooth at its mesh's vertices, by exact distances to the upper mesh.
fn least_by_mesh(pair: &SyntheticPair) -> BTreeMap<Fdi, f64> {
    let upper = OrientedSurface::build(&pair.upper.mesh);
    let signed = upper.signed_field(pair.lower.mesh.points(), 1.0);
    let mut least = BTreeMap::new();
    for (signed, label) in signed.iter().zip(pair.lower.truth.vertex_labels.as_slice()) {
        if let (Some(tooth), Some(gap)) = (label, signed.as_ref().and_then(Signed::value)) {
            let so_far = least.entry(*tooth).or_insert(gap);
            *so_far = f64::min(*so_far, gap);
        }
    }
    least
}

/// The one check that knows nothing of how the truth is found: meshes tend to it as they get finer.
#[test]
fn the_truth_is_what_fine_meshes_tend_to() {
    let errors = [60_000, 400_000].map(|triangles| {
        let pair = dentition(&DentitionSpec {
            triangles,
            ..demo_spec()
        });
        let by_mesh = least_by_mesh(&pair);
        let mut truth = BTreeMap::new();
        for g in pair.true_gaps(&closed(), 0.3) {
            let least = truth.entry(g.lower).or_insert(g.gap_mm);
            *least = f64::min(*least, g.gap_mm);
        }
        assert!(truth.len() >= 10, "{truth:?}");
        let errors: Vec<f64> = truth.iter().map(|(t, gap)| (by_mesh[t] - gap).abs()).collect();
        (
            errors.iter().sum::<f64>() / errors.len() as f64,
            errors.into_iter().fold(0.0, f64::max),
        )
    });
    let [(coarse, _), (fine, worst)] = errors;
    // Edges two and a half times as short cut the corners of cusps and grooves by a sixth as much.
    assert!(fine < 0.25 * coarse && fine < 0.01 && worst < 0.02, "{errors:?}");
}

#[test]
fn areas_grow_with_the_threshold_and_are_alike_on_both_arches() {
    let pair = coarse();
    let thresholds = [0.05, 0.1, 0.2];
    let sums = [Jaw::Upper, Jaw::Lower].map(|jaw| {
        let areas = pair.true_areas(jaw, &closed(), &thresholds);
        for a in &areas {
            assert!(a.within_mm2.windows(2).all(|w| w[0] <= w[1]), "{a:?}");
            assert!(a.penetrating_mm2 <= a.within_mm2[0], "{a:?}");
        }
        [0, 1, 2].map(|k| areas.iter().map(|a| a.within_mm2[k]).sum::<f64>())
    });
    // Surfaces that lie on each other have as much of each near the other.
    for k in 0..3 {
        let [upper, lower] = [sums[0][k], sums[1][k]];
        assert!((upper - lower).abs() < 0.15 * upper, "{sums:?}");
        assert!(upper > 2.0, "{sums:?}");
    }
}

#[test]
fn the_opening_of_a_pair_is_where_its_gap_is_nought() {
    let pair = coarse();
    let (right, left) = ([-50.0, 90.0, 40.0], [50.0, 90.0, 40.0]);
    let moved = RigidMotion::translation(0.0, -1.0, -0.5);
    let openings = pair.true_openings(&moved, right, left);
    assert!(openings.len() > 10, "{openings:?}");
    let meeting = pair.meeting();
    for o in openings.iter().step_by(3) {
        // The axis runs through both condyles along x; a positive turn about it takes the front down.
        let axis = nalgebra::Vector3::x_axis();
        let turn = nalgebra::UnitQuaternion::from_axis_angle(&axis, o.opening_deg.to_radians());
        let right = nalgebra::Vector3::from(right);
        let turned = RigidMotion::from_parts((right - turn * right).into(), turn) * moved;
        let gaps = meeting.gaps(&turned, 0.5);
        let found = gap(&gaps, o.upper.number(), o.lower.number());
        assert!(found.is_some_and(|g| g.abs() < 1e-3), "{o:?}: {found:?}");
    }
}
