//! The planned dentitions do what they were planned for, by the crowns' own functions.

mod paths;

use stonecast_articulator::{
    Articulator, Extent, MotionKind, MotionRequest, Mounting, MountingInput, Settings,
};
use stonecast_dental::{Deg, Fdi, LandmarkKind, Mm, Side, Sides};
use stonecast_occlusion::excursion::{Excursion, GuidanceType, InterferenceKind, measure};
use stonecast_testkit::planned::{Planned, balancing_interference, canine_guidance, group_function};
use stonecast_testkit::{DentitionSpec, TrueOpening, dentition};

/// The true openings after three millimetres to the right, the greatest first.
fn needs(planned: Planned) -> Vec<TrueOpening> {
    let pair = dentition(&DentitionSpec {
        triangles: 4_000,
        ..planned.spec
    });
    let edge = |n| {
        let tooth = Fdi::new(n).unwrap();
        pair.lower
            .truth
            .landmark(tooth, LandmarkKind::IncisalMidpoint)
            .unwrap()
    };
    let (right, left) = (edge(41), edge(31));
    let middle = [0, 1, 2].map(|k| 0.5 * (right[k] + left[k]));
    let mounting = Mounting::average(&MountingInput::in_cast_frame(middle)).unwrap();
    let inclination = Sides::both(Deg(planned.condylar_inclination_deg));
    let settings = Settings::preset("generic").unwrap().with_inclination(inclination);
    let articulator = Articulator::new(mounting, settings).unwrap();
    let request = MotionRequest::usual(MotionKind::Laterotrusion(Side::Right)).to(Extent::Condyle(Mm(3.0)));
    let path = articulator.path(&request.in_steps(1)).unwrap();
    let end = path.steps.last().unwrap();
    let mut openings = pair.true_openings(&end.moved_from_closed, end.condyles.right, end.condyles.left);
    openings.sort_by(|a, b| b.opening_deg.total_cmp(&a.opening_deg));
    openings
}

fn pair_of(o: &TrueOpening) -> [u8; 2] {
    [o.upper.number(), o.lower.number()]
}

#[test]
fn the_canines_lead_alone() {
    let needs = needs(canine_guidance());
    assert_eq!(pair_of(&needs[0]), [13, 43], "{needs:?}");
    assert!(needs[0].opening_deg > needs[1].opening_deg + 1.0, "{needs:?}");
}

#[test]
fn three_teeth_of_the_working_side_lead_together() {
    let needs = needs(group_function());
    let together = needs
        .iter()
        .filter(|o| o.opening_deg > needs[0].opening_deg - 0.25);
    let teeth: Vec<[u8; 2]> = together.map(pair_of).collect();
    assert!(teeth.len() >= 3, "{needs:?}");
    assert!(
        teeth.iter().all(|[upper, _]| (13..=17).contains(upper)),
        "{needs:?}"
    );
}

#[test]
fn the_left_second_molars_interfere_on_the_way_to_the_right() {
    let needs = needs(balancing_interference());
    assert_eq!(pair_of(&needs[0]), [27, 37], "{needs:?}");
    assert!(needs[0].opening_deg > needs[1].opening_deg + 0.3, "{needs:?}");
}

/// What is measured on the surfaces of a planned dentition, at three millimetres to the right.
fn measured(planned: Planned) -> Excursion {
    let labelled = paths::Labelled::new(dentition(&DentitionSpec {
        triangles: 60_000,
        ..planned.spec
    }));
    let truth = &labelled.pair.lower.truth;
    let edge = |n| {
        truth
            .landmark(Fdi::new(n).unwrap(), LandmarkKind::IncisalMidpoint)
            .unwrap()
    };
    let (right, left) = (edge(41), edge(31));
    let middle = [0, 1, 2].map(|k| 0.5 * (right[k] + left[k]));
    let mounting = Mounting::average(&MountingInput::in_cast_frame(middle)).unwrap();
    let inclination = Sides::both(Deg(planned.condylar_inclination_deg));
    let settings = Settings::preset("generic").unwrap().with_inclination(inclination);
    let articulator = Articulator::new(mounting, settings).unwrap();
    let request = MotionRequest::usual(MotionKind::Laterotrusion(Side::Right)).to(Extent::Condyle(Mm(3.0)));
    let path = articulator.path(&request.in_steps(30)).unwrap();
    measure(&labelled.ready(), &path, &paths::params()).unwrap()
}

#[test]
fn the_surfaces_show_what_was_planned() {
    let canine = measured(canine_guidance());
    let last = |e: &Excursion| e.steps.last().unwrap().clone();
    assert_eq!(last(&canine).guidance, Some(GuidanceType::Canine));
    let separate = |e: &Excursion| e.interferences.iter().filter(|i| i.separates).count();
    assert_eq!(separate(&canine), 0, "{:?}", canine.interferences);
    let group = measured(group_function());
    assert_eq!(last(&group).guidance, Some(GuidanceType::Group));
    let balancing = measured(balancing_interference());
    assert_eq!(last(&balancing).guidance, Some(GuidanceType::NonWorking));
    let planned = balancing.interferences.iter().find(|i| {
        i.kind == InterferenceKind::NonWorking && (i.pair.upper.number(), i.pair.lower.number()) == (27, 37)
    });
    assert!(
        planned.is_some_and(|i| i.separates),
        "{:?}",
        balancing.interferences
    );
}
