//! Specs drawn at random, hard ones included.

use std::collections::BTreeMap;

use stonecast_dental::{Fdi, Jaw, Side};

use crate::draw::Draw;
use crate::spec::{Dentition, DentitionSpec, Jitter, PerJaw, PerSide, ToothShift};

/// A spec drawn from the whole range of mouths that the generator can make: arch forms, sizes, crowding and
/// spacing, all Angle classes, deep and open bites, crossbites, missing and partly erupted teeth, third molars,
/// stumps, brackets, shallow and high palates, narrow and wide scans. About one in eight is a mixed and one in
/// ten a primary dentition.
pub fn random_spec(seed: u64) -> DentitionSpec {
    let draw = Draw::new(seed).keyed("spec");
    let between = |key: &str, low: f64, high: f64| draw.keyed(key).between(low, high);
    let chance = |key: &str, p: f64| draw.keyed(key).chance(p);
    let dentition = match draw.keyed("dentition").unit() {
        u if u < 0.10 => Dentition::Primary,
        u if u < 0.22 => Dentition::Mixed,
        _ => Dentition::Permanent,
    };
    let permanent = dentition == Dentition::Permanent;
    // Skeletal tendency: molars and overjet go together, as they do in patients.
    let class = if chance("class i", 0.5) {
        between("class", -1.0, 1.0)
    } else {
        between("class", -4.0, 5.0)
    };
    let crowding = |key: &str| match draw.keyed(key).keyed("kind").unit() {
        u if u < 0.55 => draw.keyed(key).between(0.0, 7.0),
        u if u < 0.75 => -draw.keyed(key).between(0.0, 5.0),
        _ => 0.0,
    };
    let wild = between("wild", 0.2, 1.6);
    let mut spec = DentitionSpec {
        seed,
        dentition,
        mirrored: false,
        arch_width_mm: between("arch width", 42.0, 51.0),
        arch_depth_mm: between("arch depth", 26.0, 31.0),
        squareness: between("squareness", -1.0, 1.0),
        tooth_scale: between("scale", 0.92, 1.07),
        tooth_size_deviation: between("size deviation", 0.01, 0.05),
        crowding_mm: PerJaw {
            upper: crowding("upper crowding"),
            lower: crowding("lower crowding"),
        },
        spacing_mm: PerJaw::both(if chance("spaced", 0.12) {
            between("spacing", 0.1, 0.9)
        } else {
            0.0
        }),
        jitter: Jitter {
            rotation_deg: 6.0 * wild,
            tip_deg: 3.0 * wild,
            torque_deg: 3.0 * wild,
            offset_mm: 0.35 * wild,
            height_mm: 0.25 * wild,
        },
        form_variation: between("form", 0.3, 1.2),
        keep_gaps: chance("keep gaps", 0.6),
        third_molars: permanent && chance("third molars", 0.25),
        brackets: PerJaw {
            upper: chance("upper brackets", 0.06),
            lower: chance("lower brackets", 0.06),
        },
        overjet_mm: (2.8 + 0.8 * class + between("overjet", -1.0, 1.5)).clamp(-3.5, 10.0),
        overbite_mm: if chance("open", 0.1) {
            between("open by", -4.0, 0.0)
        } else {
            between("overbite", 0.5, 5.5)
        },
        molar_offset_mm: PerSide {
            right: class + between("right molar", -0.8, 0.8),
            left: class + between("left molar", -0.8, 0.8),
        },
        crossbite_mm: PerSide {
            right: if chance("right cross", 0.08) {
                between("right cross by", 3.0, 5.5)
            } else {
                0.0
            },
            left: if chance("left cross", 0.08) {
                between("left cross by", 3.0, 5.5)
            } else {
                0.0
            },
        },
        midline_mm: between("midline", -1.5, 1.5),
        spee_mm: between("spee", 0.0, 3.0),
        wilson_radius_mm: between("wilson", 80.0, 200.0),
        palate_depth_mm: between("palate", 8.0, 19.0),
        rugae_mm: between("rugae", 0.2, 1.0),
        recession_mm: between("recession", -0.6, 1.2),
        border_mm: between("border", 2.5, 7.5),
        border_waves_mm: between("waves", 0.2, 1.6),
        palate: chance("palate scanned", 0.75),
        ..DentitionSpec::default()
    };
    if !permanent {
        spec.arch_width_mm -= 3.0;
        spec.arch_depth_mm -= if dentition == Dentition::Primary { 5.0 } else { 1.0 };
        // Children's jaws outgrow their primary teeth.
        spec.spacing_mm = PerJaw::both(between("primary spacing", 0.0, 0.8));
    }
    irregular_teeth(&mut spec, draw);
    spec
}

/// Missing teeth, stumps and single teeth far out of line.
fn irregular_teeth(spec: &mut DentitionSpec, draw: Draw) {
    let teeth: Vec<Fdi> = [Jaw::Upper, Jaw::Lower]
        .into_iter()
        .flat_map(|jaw| [Side::Right, Side::Left].map(|side| spec.row(jaw, side)))
        .flatten()
        .collect();
    let some_missing = draw.keyed("any missing").chance(0.4);
    let some_stumps = draw.keyed("any stumps").chance(0.08);
    let mut shifts = BTreeMap::new();
    for &tooth in &teeth {
        let own = draw.at(u64::from(tooth.number()));
        let first = tooth.position() == 1;
        if some_missing && !first && own.keyed("missing").chance(0.09) {
            spec.missing.push(tooth);
        } else if some_stumps && own.keyed("stump").chance(0.15) {
            spec.stumps.push(tooth);
        }
        if own.keyed("ectopic").chance(0.03) {
            let most = |key: &str, m: f64| own.keyed(key).between(-m, m);
            shifts.insert(
                tooth,
                ToothShift {
                    rotation_deg: most("turn", 45.0),
                    tip_deg: most("tip", 12.0),
                    torque_deg: most("torque", 10.0),
                    offset_mm: most("offset", 2.5),
                    height_mm: -own.keyed("depth").between(0.0, 3.0),
                },
            );
        }
    }
    spec.shifts = shifts;
}
