//! Truth by construction: casts whose relation was made to order.

use stonecast_dental::{Fdi, Findings, Jaw, LandmarkKind as K, NotMeasured, Outcome};
use stonecast_mesh::{Point, Vector};
use stonecast_testkit::spec::Dentition;
use stonecast_testkit::{DentitionSpec, PerSide};

use crate::truth::{TrueCast, arch_of, findings, name, number, without};
use crate::{Params, measure};

fn cast(change: impl Fn(&mut DentitionSpec)) -> TrueCast {
    let mut spec = DentitionSpec {
        triangles: 24_000,
        ..DentitionSpec::default()
    };
    change(&mut spec);
    TrueCast::new(&spec)
}

fn reason(of: &Findings, id: &str) -> NotMeasured {
    match &of.get(id).unwrap_or_else(|| panic!("no {id}")).outcome {
        Outcome::NotMeasured(why) => why.root().clone(),
        other => panic!("{id}: {other}"),
    }
}

fn near(got: f64, truth: f64, tolerance: f64, what: &str) {
    assert!(
        (got - truth).abs() <= tolerance,
        "{what}: {got:.3}, not {truth:.3}"
    );
}

fn fdi(number: u8) -> Fdi {
    Fdi::new(number).unwrap()
}

fn landmark(cast: &TrueCast, tooth: u8, kind: K) -> Point {
    let arch = cast.pair.arch(fdi(tooth).jaw());
    Point::from(arch.truth.landmark(fdi(tooth), kind).unwrap())
}

/// The lower arch moved, as if it had been scanned in another bite.
fn lower_moved(cast: &TrueCast, by: Vector) -> TrueCast {
    let motion = nalgebra::Isometry3::from_parts(by.into(), nalgebra::UnitQuaternion::identity());
    let mut pair = cast.pair.clone();
    pair.lower.mesh = pair.lower.mesh.transformed(&motion);
    TrueCast {
        pair,
        upper: cast.upper.clone(),
        lower: cast.lower.moved(&motion),
    }
}

/// Every place where the lower incisors' labial surface crosses a height.
fn labial_at(cast: &TrueCast, height: f64) -> Vec<Point> {
    let mesh = &cast.pair.lower.mesh;
    let labels = &cast.pair.lower.truth.face_labels;
    let mut points = Vec::new();
    for face in mesh.face_ids() {
        let is_incisor = labels[face].is_some_and(|t| t.position() <= 2);
        // Labial faces look forward.
        if !is_incisor || mesh.face_area_vector(face).y >= 0.0 {
            continue;
        }
        let corners = mesh.corners(face);
        for k in 0..3 {
            let (a, b) = (corners[k], corners[(k + 1) % 3]);
            if (a.z < height) != (b.z < height) {
                points.push(a + (b - a) * ((height - a.z) / (b.z - a.z)));
            }
        }
    }
    points
}

#[test]
fn the_labial_overjet_is_the_shortest_way_from_the_upper_edge_to_the_lower_labial_surface() {
    for overjet in [1.0, 2.8, 4.0] {
        let cast = cast(|s| s.overjet_mm = overjet);
        let found = findings(&cast);
        for tooth in [11u8, 21] {
            let finding = found.get(&format!("overjet.labial.{tooth}")).unwrap();
            let words = format!("labial side of the edge of {tooth}");
            let marked = finding.evidence.points.iter().find(|p| p.what == words).unwrap();
            let edge = Point::from(marked.xyz);
            let height = landmark(&cast, tooth, K::IncisalMidpoint).z;
            let surface = labial_at(&cast, height);
            let ways = surface.iter().map(|p| (p - edge).xy().norm());
            let truth = ways.fold(f64::INFINITY, f64::min);
            // The surface bulges past the straight line between two incisors' middles by less than 0.2 mm (5 mm on an
            // arch of 17 mm radius), and the mesh is good to 0.1 mm.
            near(finding.number().unwrap().value, truth, 0.3, &finding.id);
        }
    }
}

#[test]
fn moving_the_lower_arch_back_or_down_changes_overjet_and_overbite_by_that_much() {
    let cast = cast(|_| {});
    let base = findings(&cast);
    let truth = (
        cast.pair.bite.overjet_mm.unwrap(),
        cast.pair.bite.overbite_mm.unwrap(),
    );
    // The line between the lower edges lies behind the central edge's middle, where the upper edge stands opposite it, by
    // 0.5 mm at most, and falls or rises by less than 0.1 mm there.
    near(number(&base, "overjet.edge.11"), truth.0, 0.5, "overjet");
    near(number(&base, "overbite.mm.11"), truth.1, 0.1, "overbite");
    for by in [-5.0, -2.5, 2.5, 5.0] {
        let back = findings(&lower_moved(&cast, Vector::new(0.0, by, 0.0)));
        let down = findings(&lower_moved(&cast, Vector::new(0.0, 0.0, by)));
        for tooth in [11, 21] {
            let t = |id: &str| number(&base, &format!("{id}.{tooth}"));
            // Radial to an arch that leans there by up to 25 degrees: at least nine tenths of the way straight back.
            for id in ["overjet.edge", "overjet.labial"] {
                let change = number(&back, &format!("{id}.{tooth}")) - t(id);
                let share = change / by;
                assert!((0.85..=1.01).contains(&share), "{id}.{tooth} by {by}: {share}");
            }
            let change = number(&down, &format!("overbite.mm.{tooth}")) - t("overbite.mm");
            near(change, by, 1e-9, "overbite");
            let open = number(&down, &format!("openbite.{tooth}"));
            near(
                open,
                (-number(&down, &format!("overbite.mm.{tooth}"))).max(0.0),
                1e-9,
                "open bite",
            );
        }
        near(
            number(&back, "angle.molar.right"),
            number(&base, "angle.molar.right") + by,
            1e-9,
            "angle",
        );
    }
}

#[test]
fn the_palatal_overjet_is_less_than_the_labial_by_the_thickness_of_the_edge() {
    let found = findings(&cast(|_| {}));
    for tooth in [11, 12, 21, 22] {
        let less = number(&found, &format!("overjet.labial.{tooth}"))
            - number(&found, &format!("overjet.palatal.{tooth}"));
        // Edges of upper incisors are one to two millimetres thick half a millimetre from the top.
        assert!((0.4..2.0).contains(&less), "{tooth}: {less}");
    }
}

#[test]
fn the_extreme_incisor_stands_for_the_bite() {
    for overjet in [-3.0, 2.8] {
        let found = findings(&cast(|s| {
            s.overjet_mm = overjet;
            s.overbite_mm = 1.0;
        }));
        let of = |id: &str| number(&found, id);
        let all = [11, 12, 21, 22].map(|t| of(&format!("overjet.labial.{t}")));
        let extreme = all
            .iter()
            .copied()
            .max_by(|a, b| a.abs().total_cmp(&b.abs()))
            .unwrap();
        assert_eq!(of("overjet.labial"), extreme);
        assert_eq!(extreme < 0.0, overjet < 0.0);
        let all = [11, 12, 21, 22].map(|t| of(&format!("overbite.percent.{t}")));
        assert_eq!(
            of("overbite.percent"),
            all.into_iter().fold(f64::NEG_INFINITY, f64::max)
        );
    }
}

#[test]
fn front_teeth_are_in_crossbite_edge_to_edge_or_neither() {
    let t = |overjet: f64, name_of_11: &str| {
        let found = findings(&cast(|s| {
            s.overjet_mm = overjet;
            s.overbite_mm = 1.0;
        }));
        assert_eq!(name(&found, "crossbite.11"), name_of_11, "{overjet}");
        assert_eq!(name(&found, "crossbite.21"), name_of_11, "{overjet}");
    };
    t(-3.0, "crossbite");
    t(0.0, "edge to edge");
    t(2.8, "none");
}

#[test]
fn the_share_of_the_lower_crown_follows_from_its_truth() {
    let cast = cast(|_| {});
    let found = findings(&cast);
    let zenith = arch_of(&cast, Jaw::Lower)
        .teeth
        .iter()
        .find(|t| t.fdi == fdi(41))
        .unwrap()
        .landmark(K::GingivalZenith)
        .unwrap()[2];
    let height = landmark(&cast, 41, K::IncisalMidpoint).z - zenith;
    let truth = 100.0 * cast.pair.bite.overbite_mm.unwrap() / height;
    // The neighbour's crown, which the upper edge overhangs too, is up to a tenth higher or lower.
    near(
        number(&found, "overbite.percent.11"),
        truth,
        0.1 * truth,
        "percent",
    );
    let t = |overbite: f64, grade: &str| {
        let found = findings(&self::cast(|s| s.overbite_mm = overbite));
        assert_eq!(name(&found, "overbite.category"), grade, "{overbite}");
    };
    t(-3.0, "open bite");
    t(0.0, "edge to edge");
    t(2.2, "normal");
    t(4.0, "grade I");
}

#[test]
fn a_bite_opened_by_a_length_is_open_by_that_length_at_every_back_tooth() {
    let cast = cast(|_| {});
    let base = findings(&cast);
    let opened = findings(&lower_moved(&cast, Vector::new(0.0, 0.0, -2.0)));
    for tooth in [14, 15, 16, 17, 24, 25, 26, 27] {
        let id = format!("openbite.{tooth}");
        // Synthetic back teeth touch, to 0.02 mm, or stay a few hundredths short of it between two triangles.
        near(number(&base, &id), 0.0, 0.1, &id);
        near(number(&opened, &id) - number(&base, &id), 2.0, 0.05, &id);
    }
    let largest = number(&opened, "openbite.lateral");
    near(largest, 2.0, 0.1, "largest");
}

#[test]
fn the_lower_midline_is_found_on_the_side_to_which_it_was_moved() {
    let cast = cast(|_| {});
    let base = number(&findings(&cast), "midline.deviation");
    near(base, 0.0, 1e-6, "symmetric");
    for by in [-2.0, 1.0, 3.0] {
        let found = findings(&lower_moved(&cast, Vector::new(by, 0.0, 0.0)));
        near(number(&found, "midline.deviation"), by, 1e-6, "deviation");
        near(number(&found, "midline.lower"), by, 1e-6, "lower");
        near(number(&found, "midline.upper"), 0.0, 1e-6, "upper");
    }
    // The knob moves the arch before its teeth find their places, which may take a tenth of it back.
    let made = findings(&self::cast(|s| s.midline_mm = 2.0));
    near(number(&made, "midline.deviation"), 2.0, 0.2, "made so");
}

#[test]
fn the_molar_class_is_the_truth_of_each_side() {
    let t = |right: f64, left: f64, classes: [&str; 2]| {
        let cast = cast(|s| s.molar_offset_mm = PerSide { right, left });
        let found = findings(&cast);
        for (k, side) in ["right", "left"].into_iter().enumerate() {
            let id = format!("angle.molar.{side}");
            // The same two points: nothing is between them.
            near(
                number(&found, &id),
                cast.pair.bite.molar_offset_mm[k].unwrap(),
                1e-9,
                &id,
            );
            assert_eq!(name(&found, &format!("{id}.category")), classes[k]);
            let width = |t: u8| cast.pair.upper.truth.tooth(fdi(t)).unwrap().mesiodistal_mm;
            let unit = if k == 0 {
                (width(14) + width(15)) / 2.0
            } else {
                (width(24) + width(25)) / 2.0
            };
            near(
                number(&found, &format!("{id}.units")) * unit,
                number(&found, &id),
                1e-9,
                "units",
            );
        }
    };
    t(0.0, 0.0, ["Class I", "Class I"]);
    t(3.5, -3.0, ["Class II, end-on", "Class III, end-on"]);
    t(7.0, 0.0, ["Class II, full cusp", "Class I"]);
}

#[test]
fn canines_and_premolars_are_read_to_the_contact_behind_their_antagonist() {
    let cast = cast(|s| s.molar_offset_mm = PerSide::both(2.0));
    let found = findings(&cast);
    let y = |t, k| landmark(&cast, t, k).y;
    let canine = (y(43, K::DistalContact) + y(44, K::MesialContact)) / 2.0 - y(13, K::CuspTip);
    near(number(&found, "angle.canine.right"), canine, 1e-9, "canine");
    let premolar = (y(34, K::DistalContact) + y(35, K::MesialContact)) / 2.0 - y(24, K::BuccalCusp);
    near(number(&found, "angle.premolar.left"), premolar, 1e-9, "premolar");
}

#[test]
fn without_a_groove_the_middle_of_its_cusps_stands_for_it() {
    let mut cast = cast(|_| {});
    let molar = cast.lower.teeth.iter_mut().find(|t| t.fdi == fdi(46)).unwrap();
    molar.landmarks.retain(|l| l.kind != K::BuccalGroove);
    let found = findings(&cast);
    let y = |t, k| landmark(&cast, t, k).y;
    let truth = (y(46, K::MesiobuccalCusp) + y(46, K::DistobuccalCusp)) / 2.0 - y(16, K::MesiobuccalCusp);
    near(number(&found, "angle.molar.right"), truth, 1e-9, "fallback");
    let notes = &found.get("angle.molar.right").unwrap().evidence.notes;
    assert!(
        notes
            .iter()
            .any(|n| n.contains("buccal groove of 46 was not found")),
        "{notes:?}"
    );
}

#[test]
fn back_teeth_are_crossed_on_the_side_that_was_moved_and_nowhere_else() {
    let t = |right: f64, name_of_16: &str| {
        let found = findings(&cast(|s| s.crossbite_mm.right = right));
        assert_eq!(name(&found, "crossbite.16"), name_of_16, "{right}");
        assert_eq!(name(&found, "crossbite.26"), "none", "{right}");
    };
    t(0.0, "none");
    t(5.0, "crossbite");
    t(-6.0, "scissor");
    let cast = cast(|_| {});
    let base = findings(&cast);
    // The right side of the lower arch outwards is to the right, where the buccal cusps run by less than 15 degrees off y.
    for by in [1.0, 2.0, 3.0] {
        let found = findings(&lower_moved(&cast, Vector::new(-by, 0.0, 0.0)));
        for id in ["transverse.16", "transverse.palatal.16", "transverse.17"] {
            let share = (number(&base, id) - number(&found, id)) / by;
            assert!((0.93..=1.001).contains(&share), "{id}: {share}");
        }
    }
    let edge = number(&base, "transverse.16");
    let on_cusp = findings(&lower_moved(&cast, Vector::new(-edge, 0.0, 0.0)));
    assert_eq!(name(&on_cusp, "crossbite.16"), "tendency");
}

#[test]
fn a_missing_tooth_is_blamed_by_what_needs_it_and_by_nothing_else() {
    let whole = cast(|_| {});
    let found = findings(&without(&whole, &[46, 44, 11]));
    let t = |id: &str, tooth: u8| {
        assert_eq!(
            reason(&found, id),
            NotMeasured::MissingTeeth {
                teeth: vec![fdi(tooth)]
            },
            "{id}"
        );
    };
    t("angle.molar.right", 46);
    t("angle.molar.right.category", 46);
    t("transverse.16", 46);
    t("openbite.16", 46);
    t("angle.premolar.right", 44);
    t("overjet.labial.11", 11);
    t("midline.deviation", 11);
    // Without the first premolar behind it the canine's own distal contact tells.
    let y = |t, k| landmark(&whole, t, k).y;
    let canine = y(43, K::DistalContact) - y(13, K::CuspTip);
    near(number(&found, "angle.canine.right"), canine, 1e-9, "canine");
    for id in [
        "angle.molar.left",
        "overjet.labial",
        "overbite.mm.21",
        "transverse.26",
    ] {
        number(&found, id);
    }
}

#[test]
fn primary_and_mixed_dentitions_have_terminal_planes() {
    for dentition in [Dentition::Primary, Dentition::Mixed] {
        let cast = cast(|s| {
            s.dentition = dentition;
            s.arch_width_mm = 42.0;
            s.arch_depth_mm = 24.0;
        });
        let found = findings(&cast);
        let y = |t| landmark(&cast, t, K::DistalContact).y;
        for (side, upper, lower) in [("right", 55, 85), ("left", 65, 75)] {
            let id = format!("terminal_plane.{side}");
            near(number(&found, &id), y(lower) - y(upper), 1e-9, &id);
            name(&found, &format!("{id}.category"));
        }
        number(&found, "transverse.54");
        number(&found, "angle.canine.right");
        let incisor = if dentition == Dentition::Primary { 51 } else { 11 };
        number(&found, &format!("overjet.labial.{incisor}"));
        if dentition == Dentition::Primary {
            let both = vec![fdi(16), fdi(46)];
            assert_eq!(
                reason(&found, "angle.molar.right"),
                NotMeasured::MissingTeeth { teeth: both }
            );
        } else {
            number(&found, "angle.molar.right");
        }
    }
    assert!(
        findings(&cast(|_| {})).under("terminal_plane").next().is_none(),
        "no primary molar, no plane"
    );
}

#[test]
fn nothing_between_the_arches_is_measured_without_a_bite() {
    let cast = cast(|_| {});
    let mut given = cast.measured();
    given.bite = None;
    let found = measure(&given, &Params::default());
    let mut refused = 0;
    for finding in &found.findings {
        let between = [
            "overjet",
            "overbite",
            "openbite",
            "crossbite",
            "angle",
            "transverse",
        ];
        if between.iter().any(|b| finding.id.starts_with(b)) {
            assert_eq!(reason(&found, &finding.id), NotMeasured::NoBite, "{}", finding.id);
            refused += 1;
        }
    }
    assert!(refused > 60, "{refused}");
    // A midline against the arch's own middle needs no bite.
    number(&found, "midline.upper");
    assert_eq!(reason(&found, "midline.deviation"), NotMeasured::NoBite);
}

#[test]
fn a_deep_bite_leaves_the_overjet_as_well_known_as_a_usual_one() {
    let cast = cast(|_| {});
    for overbite in [2.0, 4.0, 6.0, 9.0] {
        let truth = cast.pair.bite.overbite_mm.unwrap();
        let found = findings(&lower_moved(&cast, Vector::new(0.0, 0.0, overbite - truth)));
        for tooth in [11, 12, 21, 22] {
            let labial = found.get(&format!("overjet.labial.{tooth}")).unwrap();
            let number = labial.number().unwrap();
            // The labial surface stands or leans; nothing jumps from one wall to the other, 5 mm away.
            assert!(number.uncertainty < 0.8, "{tooth} at {overbite}: {number}");
            let short = labial
                .evidence
                .notes
                .iter()
                .any(|n| n.contains("reaches past the crown"));
            // Lower incisors' clinical crowns are some 8 mm high here.
            assert_eq!(short, overbite > 8.5, "{tooth} at {overbite}");
        }
    }
}
