//! Excursions of synthetic dentitions along paths by closed forms.

mod common;
mod paths;

use std::sync::LazyLock;

use nalgebra::{Translation3, UnitQuaternion};
use paths::Labelled;
use stonecast_articulator::JawPath;
use stonecast_dental::{Jaw, Mm, Side, Sides};
use stonecast_mesh::{Point, RigidMotion, Vector};
use stonecast_occlusion::excursion::{Excursion, ExcursionError, SweptPath, ToothPair, measure, sweep};
use stonecast_testkit::{DentitionSpec, dentition};

fn spec() -> DentitionSpec {
    DentitionSpec {
        triangles: 16_000,
        ..stonecast_testkit::demo_spec()
    }
}

static DEMO: LazyLock<Labelled> = LazyLock::new(|| Labelled::new(dentition(&spec())));
static MIRRORED: LazyLock<Labelled> = LazyLock::new(|| {
    Labelled::new(dentition(&DentitionSpec {
        mirrored: true,
        ..spec()
    }))
});

fn lateral(labelled: &Labelled, side: Side) -> Excursion {
    let path = paths::laterotrusion(side, 35.0, 4.0, 41);
    measure(&labelled.ready(), &path, &paths::params()).unwrap()
}

#[test]
fn opening_about_the_hinge_needs_as_much_less_as_the_jaw_is_open() {
    let path = paths::opening(1.5, 16);
    let found = measure(&DEMO.ready(), &path, &paths::params()).unwrap();
    let mut compared = 0;
    for track in &found.pairs {
        // The search ends 4 mm from where the jaw is, and the path opens it by 2.7 mm.
        let first = track.steps[0].need.filter(|n| n.opening.0 > -0.5);
        let Some(first) = first else {
            continue;
        };
        for (step, at) in track.steps.iter().zip(&path.steps) {
            let expected = first.opening.0 - at.travel.0;
            let need = step.need.expect("what touches once touches about the same axis");
            // A millionth of a millimetre at a lever of 100 mm, with slack for steep places.
            assert!(
                (need.opening.0 - expected).abs() < 2e-6,
                "{}: {} {expected}",
                track.pair,
                need.opening.0
            );
            compared += 1;
        }
    }
    assert!(compared > 200, "{compared}");
}

#[test]
fn with_the_jaw_opened_by_its_need_the_pair_is_at_its_floor() {
    let labelled = &*DEMO;
    let path = paths::protrusion(35.0, 4.0, 9);
    let pair = labelled.ready();
    let found = measure(&pair, &path, &paths::params()).unwrap();
    let mut compared = 0;
    for k in [2, 5, 8] {
        for track in &found.pairs {
            let Some(need) = track.steps[k].need else { continue };
            let mut opened = path.clone();
            let step = &mut opened.steps[k];
            let [right, left] = [step.condyles.right, step.condyles.left].map(Vector::from);
            let axis = (left - right).normalize() * need.opening.0.to_radians();
            let turn = UnitQuaternion::from_scaled_axis(axis);
            let about = RigidMotion::from_parts(Translation3::from(right - turn * right), turn);
            step.moved_from_closed = about * step.moved_from_closed;
            let again = measure(&pair, &opened, &paths::params()).unwrap();
            let gap = again.pair(track.pair.upper, track.pair.lower).unwrap().steps[k]
                .nearest
                .unwrap()
                .gap
                .0;
            let floor = track.closed.map_or(0.0, |c| c.gap.0.min(0.0));
            assert!((gap - floor).abs() < 2e-6, "{} {gap} {floor}", track.pair);
            compared += 1;
            if compared % 4 == 0 {
                break;
            }
        }
    }
    assert!(compared > 8);
}

#[test]
fn a_mirrored_dentition_swaps_its_sides_and_nothing_else() {
    let (right, left) = (lateral(&DEMO, Side::Right), lateral(&MIRRORED, Side::Left));
    let (a, b) = (right.guidance.as_ref().unwrap(), left.guidance.as_ref().unwrap());
    assert_eq!(a.guidance, b.guidance);
    let mirrored: Vec<_> = b
        .pairs
        .iter()
        .map(|p| (p.upper.mirrored(), p.lower.mirrored()))
        .collect();
    assert_eq!(
        a.pairs.iter().map(|p| (p.upper, p.lower)).collect::<Vec<_>>(),
        mirrored
    );
    let angle = |e: &Excursion| e.path.angle.as_ref().unwrap().angle.0;
    assert!((angle(&right) - angle(&left)).abs() < 1e-6);
    for (s, t) in right.steps.iter().zip(&left.steps) {
        assert!((s.needed_opening.unwrap().0 - t.needed_opening.unwrap().0).abs() < 1e-6);
    }
}

#[test]
fn the_whole_case_moved_rigidly_changes_no_number() {
    let labelled = &*DEMO;
    let path = paths::laterotrusion(Side::Right, 35.0, 3.5, 15);
    let rotation = UnitQuaternion::from_euler_angles(0.4, -0.7, 1.9);
    let pose = RigidMotion::from_parts(Translation3::new(12.0, -7.0, 31.0), rotation);
    let moved_pair = labelled.moved(&pose);
    let mut moved_path = path.clone();
    for step in &mut moved_path.steps {
        step.condyles = step.condyles.map(|c| (pose * Point::from(c)).into());
        step.moved_from_closed = pose * step.moved_from_closed * pose.inverse();
    }
    let mut params = paths::params();
    let here = measure(&labelled.ready(), &path, &params).unwrap();
    let turn = |v: [f64; 3]| (rotation * Vector::from(v)).into();
    params.plane.left = turn(params.plane.left);
    params.plane.posterior = turn(params.plane.posterior);
    params.plane.superior = turn(params.plane.superior);
    params.incisal_point = params.incisal_point.map(|p| (pose * Point::from(p)).into());
    let there = measure(&moved_pair.ready(), &moved_path, &params).unwrap();
    for (a, b) in here.steps.iter().zip(&there.steps) {
        assert_eq!(a.guiding, b.guiding);
        assert!((a.needed_opening.unwrap().0 - b.needed_opening.unwrap().0).abs() < 2e-6);
    }
    let angle = |e: &Excursion| *e.path.angle.as_ref().unwrap();
    assert!((angle(&here).angle.0 - angle(&there).angle.0).abs() < 1e-5);
    assert!((angle(&here).uncertainty.0 - angle(&there).uncertainty.0).abs() < 1e-5);
    assert_eq!(here.discclusion.len(), there.discclusion.len());
    for (a, b) in here.discclusion.iter().zip(&there.discclusion) {
        assert!((a.height.0 - b.height.0).abs() < 1e-5);
    }
}

#[test]
fn one_thread_gives_the_same_as_many() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let many = lateral(&DEMO, Side::Left);
    assert!(pool.install(|| lateral(&DEMO, Side::Left)) == many);
    let text = serde_json::to_string(&many).unwrap();
    let back: Excursion = serde_json::from_str(&text).unwrap();
    // Numbers come back to within a rounding.
    assert_eq!(back.guidance.unwrap().pairs, many.guidance.unwrap().pairs);
}

#[test]
fn in_the_closed_bite_no_pair_needs_any_opening() {
    let found = lateral(&DEMO, Side::Right);
    // Coarse crowns may be a few micrometres apart everywhere.
    let need = found.steps[0].needed_opening.unwrap().0;
    assert!((-0.02..1e-5).contains(&need), "{need}");
    assert!(found.steps[0].guiding.len() > 4, "teeth meet in the bite");
}

#[test]
fn findings_are_sorted_and_name_motion_and_reason() {
    let found = lateral(&DEMO, Side::Right).findings();
    assert!(found.is_sorted_by(|a, b| a.id < b.id));
    let has = |id: &str| found.iter().any(|f| f.id == id && f.outcome.is_measured());
    for id in [
        "guidance.laterotrusion-right.type",
        "guidance.laterotrusion-right.angle",
        "interference.laterotrusion-right.working",
        "interference.laterotrusion-right.nonworking",
        "discclusion.laterotrusion-right.17",
    ] {
        assert!(has(id), "{id}");
    }
    let mut params = paths::params();
    params.incisal_point = None;
    let short = paths::protrusion(35.0, 0.3, 4);
    let found = measure(&DEMO.ready(), &short, &params).unwrap().findings();
    assert!(
        found.iter().all(|f| !f.outcome.is_measured()),
        "a path of 0.3 mm shows nothing"
    );
}

#[test]
fn damaged_paths_are_refused_with_their_step() {
    let pair = DEMO.ready();
    let params = paths::params();
    let good = paths::protrusion(35.0, 1.0, 3);
    let mut none = good.clone();
    none.steps.clear();
    assert_eq!(measure(&pair, &none, &params), Err(ExcursionError::NoSteps));
    let mut nan = good.clone();
    nan.steps[1].travel = Mm(f64::NAN);
    assert_eq!(
        measure(&pair, &nan, &params),
        Err(ExcursionError::NotFinite { step: 1 })
    );
    let mut hinge = good;
    hinge.steps[2].condyles = Sides::both([0.0; 3]);
    assert_eq!(
        measure(&pair, &hinge, &params),
        Err(ExcursionError::NoHinge { step: 2 })
    );
}

/// How far needed openings are off those of the crowns' own functions, as ways at the tooth, mm, for the pairs near leading;
/// the floor is taken out to first order. The middle one of them.
fn off_from_truth(labelled: &Labelled, path: &JawPath) -> f64 {
    let found = measure(&labelled.ready(), path, &paths::params()).unwrap();
    let meeting = labelled.pair.meeting();
    let mut off = Vec::new();
    for (k, step) in path.steps.iter().enumerate() {
        let Sides { right, left } = step.condyles;
        let truth = meeting.openings(&step.moved_from_closed, right, left);
        let most = truth
            .iter()
            .map(|t| t.opening_deg)
            .fold(f64::NEG_INFINITY, f64::max);
        for t in truth.iter().filter(|t| t.opening_deg > most - 0.5) {
            let track = found.pair(t.upper, t.lower).unwrap();
            let need = track.steps[k].need.unwrap();
            let floor = track.closed.map_or(0.0, |c| c.gap.0.min(0.0));
            let bare = need.opening.0 - floor / need.gap_per_degree.0;
            let lever = (Vector::from(need.place) - Vector::from(right)).yz().norm();
            off.push(((bare - t.opening_deg).to_radians() * lever).abs());
        }
    }
    assert!(off.len() > 10, "{}", off.len());
    off.sort_by(f64::total_cmp);
    off[off.len() / 2]
}

#[test]
fn needed_openings_go_to_those_of_the_true_crowns_as_the_mesh_gets_finer() {
    let [coarse, fine] = [15_000, 60_000].map(|triangles| {
        let spec = DentitionSpec { triangles, ..spec() };
        let labelled = Labelled::new(dentition(&spec));
        let paths = [
            paths::protrusion(35.0, 3.0, 4),
            paths::laterotrusion(Side::Left, 35.0, 3.0, 4),
        ];
        paths.map(|path| off_from_truth(&labelled, &path))
    });
    // Chords of a curved cusp are off by the square of their length: with four times the triangles, a quarter as far.
    for (coarse, fine) in coarse.into_iter().zip(fine) {
        assert!(fine < 0.5 * coarse, "{coarse} {fine}");
        assert!(fine < 0.04, "{coarse} {fine}");
    }
}

/// The least gap of a pair by asking every vertex.
fn least_of_all(labelled: &Labelled, pair: ToothPair, moved: &RigidMotion) -> f64 {
    let crown = |jaw: Jaw, tooth| {
        let arch = labelled.pair.arch(jaw);
        arch.mesh
            .submesh(|f| arch.truth.face_labels[f] == Some(tooth))
            .mesh
    };
    let (upper, lower) = (crown(Jaw::Upper, pair.upper), crown(Jaw::Lower, pair.lower));
    common::least_of_all(&upper, &lower, moved)
}

#[test]
fn the_least_gap_of_a_pair_is_that_of_all_its_vertices() {
    let labelled = &*DEMO;
    let path = paths::laterotrusion(Side::Right, 35.0, 4.0, 41);
    let found = measure(&labelled.ready(), &path, &paths::params()).unwrap();
    let (mut within, mut beyond) = (0, 0);
    for track in &found.pairs {
        for k in [0, 7, 19, 40] {
            let all = least_of_all(labelled, track.pair, &path.steps[k].moved_from_closed);
            match track.steps[k].nearest {
                Some(n) => {
                    assert!(
                        (n.gap.0 - all).abs() < 1e-9,
                        "{} {k}: {} {all}",
                        track.pair,
                        n.gap.0
                    );
                    within += 1;
                }
                None => {
                    assert!(all > 3.0 - 1e-9, "{} {k}: {all}", track.pair);
                    beyond += 1;
                }
            }
        }
    }
    assert!(within > 60 && beyond > 5, "{within} {beyond}");
}

#[test]
fn a_sweep_measures_each_path_and_says_between_which_values_interferences_come() {
    let pair = DEMO.ready();
    let params = paths::params();
    let swept = |value: f64| SweptPath {
        value,
        path: paths::laterotrusion(Side::Left, value, 3.0, 16),
    };
    // Given in no order; flat condylar paths let back teeth touch, steep ones part them.
    let found = sweep(
        &pair,
        "condylar inclination, degrees",
        &[45.0, 0.0, 20.0].map(swept),
        &params,
    )
    .unwrap();
    let values: Vec<f64> = found.points.iter().map(|p| p.value).collect();
    assert_eq!(values, [0.0, 20.0, 45.0]);
    for point in &found.points {
        let alone = measure(&pair, &swept(point.value).path, &params).unwrap();
        assert_eq!(point.interferences.len(), alone.interferences.len());
        assert_eq!(point.angle.as_ref().unwrap(), &alone.path.angle.unwrap().angle);
    }
    let count = |i: usize| found.points[i].interferences.len();
    assert!(count(0) > count(2), "{} {}", count(0), count(2));
    assert!(found.thresholds().iter().any(|t| t.with < t.without));
    assert_eq!(sweep(&pair, "", &[], &params), Err(ExcursionError::NoPaths));
    let mixed = [
        swept(20.0),
        SweptPath {
            value: 30.0,
            path: paths::protrusion(30.0, 3.0, 4),
        },
    ];
    assert_eq!(
        sweep(&pair, "", &mixed, &params),
        Err(ExcursionError::DifferentMotions)
    );
}
