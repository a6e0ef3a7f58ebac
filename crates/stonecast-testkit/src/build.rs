//! From a spec to both arches: crowns, upper arch, lower arch in the bite asked for, meshes, truth.

use nalgebra::Vector3;
use rayon::prelude::*;
use stonecast_dental::{Fdi, Jaw, LandmarkKind, Side, ToothClass};

use crate::arch::cast_from_arch;
use crate::bite::settle;
use crate::crown::{Crown, Stump, Variation};
use crate::curve::ArchCurve;
use crate::dimensions::average_size;
use crate::place::{PlacedTooth, Setup, decreasing_root};
use crate::spec::DentitionSpec;

/// One arch's teeth, set.
#[derive(Clone, Debug)]
pub(crate) struct SetArch {
    pub curve: ArchCurve,
    /// Right side from the midline, then left side from the midline.
    pub teeth: Vec<PlacedTooth>,
    /// How much less of the arch form the teeth up to the first molars take up than in line, mm.
    pub crowding: f64,
}

/// A side's teeth and its crowding.
type SetSide = (Vec<PlacedTooth>, f64);

impl SetArch {
    /// Moves all teeth by a shift in the cast frame.
    fn shift(&mut self, by: Vector3<f64>) {
        for t in &mut self.teeth {
            t.pose.origin += cast_from_arch(t.tooth().jaw(), &by);
        }
    }
}

/// Both arches' teeth in occlusion.
pub(crate) fn set_teeth(spec: &DentitionSpec) -> (SetArch, SetArch) {
    let upper_crowns = crowns(spec, Jaw::Upper);
    let lower_crowns = crowns(spec, Jaw::Lower);
    let mut upper = set_upper(spec, &upper_crowns);
    let mut lower = set_lower(spec, &lower_crowns, &upper);
    settle(&mut lower.teeth, &upper.teeth);
    for t in upper.teeth.iter_mut().chain(&mut lower.teeth) {
        if let Some(short) = spec.out_of_occlusion_mm.get(&t.tooth()) {
            t.pose.origin.z -= short;
        }
    }
    (upper, lower)
}

/// The crowns of both sides, each from the midline on.
fn crowns(spec: &DentitionSpec, jaw: Jaw) -> [Vec<Crown>; 2] {
    [Side::Right, Side::Left].map(|side| {
        let row: Vec<Fdi> = spec
            .row(jaw, side)
            .into_iter()
            .filter(|t| spec.keep_gaps || !spec.missing.contains(t))
            .collect();
        row.par_iter().map(|&t| crown(spec, t)).collect()
    })
}

fn crown(spec: &DentitionSpec, tooth: Fdi) -> Crown {
    let draw = spec.draw_for(tooth);
    // Right and left twins vary together; a tenth of the variation is each tooth's own.
    let twin = if spec.mirrored == (tooth.side() == Side::Right) {
        tooth
    } else {
        tooth.mirrored()
    };
    let shared = spec.draw_for(twin);
    let vary = |key: &str, amount: f64| {
        amount * (0.95 * shared.keyed(key).normal() + 0.3 * draw.keyed(key).keyed("own").normal())
    };
    let mut size = average_size(tooth);
    let all = spec.tooth_scale;
    size.crown_height *= all * (1.0 + vary("height", spec.tooth_size_deviation));
    let wide = all * (1.0 + vary("width", spec.tooth_size_deviation));
    let deep = all * (1.0 + vary("depth", spec.tooth_size_deviation));
    size.mesiodistal *= wide;
    size.mesiodistal_cervix *= wide;
    size.buccolingual *= deep;
    size.buccolingual_cervix *= deep;
    let form = |key: &str| (0.6 * vary(key, spec.form_variation)).clamp(-1.5, 1.5);
    let variation = Variation {
        squareness: form("squareness"),
        cusp_relief: form("relief"),
        bulge: form("bulge"),
        asymmetry: form("asymmetry"),
    };
    let stump = spec.stumps.contains(&tooth).then_some(Stump {
        reduction: 1.1,
        clearance: 1.6,
    });
    Crown::new(tooth, size, variation, stump)
}

fn first_molar(placed: &[PlacedTooth]) -> Option<usize> {
    placed
        .iter()
        .position(|t| t.tooth().position() == 6 && !t.tooth().is_primary())
        .or_else(|| {
            placed
                .iter()
                .position(|t| t.tooth().position() == 5 && t.tooth().is_primary())
        })
}

fn upper_curve(spec: &DentitionSpec, front: f64) -> ArchCurve {
    let half = 0.5 * spec.arch_width_mm;
    let depth = spec.arch_depth_mm;
    // The canine stands at seven tenths of the molars' half width; a square arch has it farther forward.
    let canine = [0.72 * half, front + depth * (0.315 - 0.05 * spec.squareness)];
    ArchCurve::through(front, canine, [half, front + depth])
}

fn set_upper(spec: &DentitionSpec, crowns: &[Vec<Crown>; 2]) -> SetArch {
    let set = |front: f64, level: f64| {
        let curve = upper_curve(spec, front);
        let (teeth, crowding) = set_sides(
            spec,
            Jaw::Upper,
            curve,
            [level, 0.0],
            [0.0, 0.0],
            crowns,
            set_upper_side,
        );
        SetArch {
            curve,
            teeth,
            crowding,
        }
    };
    // Twice: the second time with the incisal edges' midpoint brought to the origin.
    let first = set(0.0, 0.0);
    let Some(edge) = incisal_midpoint(&first.teeth) else {
        return first;
    };
    let mut second = set(-edge.y, edge.z);
    let edge = incisal_midpoint(&second.teeth).unwrap_or_default();
    second.shift(-edge);
    second
}

/// Sets a side of the upper arch with the crowding asked for.
fn set_upper_side(setup: &Setup<'_>, crowns: &[Crown]) -> SetSide {
    let crowding = setup.spec.crowding_mm.upper;
    let (straight, lengths) = setup.set_row(crowns, 0.0);
    let Some(i) = first_molar(&straight) else {
        return (straight, 0.0);
    };
    let crowded = |(teeth, s): (Vec<PlacedTooth>, Vec<f64>)| (teeth, lengths[i] - s[i]);
    if crowding > 0.0 {
        let target = lengths[i] - 0.5 * crowding;
        let amount = setup.squeeze(crowns, |_, s| s[i] - target);
        return crowded(setup.set_row(crowns, amount));
    }
    if crowding < 0.0 {
        let extra_gap = -0.5 * crowding / (i as f64 + 0.5);
        return crowded(Setup { extra_gap, ..*setup }.set_row(crowns, 0.0));
    }
    (straight, 0.0)
}

fn set_lower(spec: &DentitionSpec, crowns: &[Vec<Crown>; 2], upper: &SetArch) -> SetArch {
    let mut front = spec.overjet_mm;
    // Posterior teeth interlock by as much whatever the overbite; the incisors alone stand higher or lower.
    let level = 2.0;
    let mut rise = spec.overbite_mm - level;
    let mut best = None;
    for _ in 0..4 {
        let curve = lower_curve(spec, front);
        let starts = [-spec.midline_mm, spec.midline_mm];
        let (teeth, crowding) = set_sides(
            spec,
            Jaw::Lower,
            curve,
            [level, rise],
            starts,
            crowns,
            |setup, row| set_lower_side(setup, row, upper),
        );
        let edge = incisal_midpoint(&teeth);
        best = Some(SetArch {
            curve,
            teeth,
            crowding,
        });
        let Some(edge) = edge else { break };
        let off = [spec.overjet_mm - edge.y, spec.overbite_mm - edge.z];
        front += off[0];
        rise += off[1];
        if off[0].abs() + off[1].abs() < 5e-3 {
            break;
        }
    }
    let mut best = best.expect("the loop runs");
    // What little is left, the incisors alone make up.
    if let Some(edge) = incisal_midpoint(&best.teeth) {
        for t in best
            .teeth
            .iter_mut()
            .filter(|t| t.tooth().class() == ToothClass::Incisor)
        {
            t.pose.origin.y += spec.overjet_mm - edge.y;
            t.pose.origin.z += spec.overbite_mm - edge.z;
        }
    }
    best
}

/// Sets a side of the lower arch so that its first molar meets the upper one as asked.
fn set_lower_side(setup: &Setup<'_>, crowns: &[Crown], upper: &SetArch) -> SetSide {
    let spec = setup.spec;
    let straight = setup.set_row(crowns, 0.0);
    let Some(i) = first_molar(&straight.0) else {
        return (straight.0, 0.0);
    };
    let crowded = |(teeth, s): (Vec<PlacedTooth>, Vec<f64>)| (teeth, straight.1[i] - s[i]);
    let cusp = upper
        .teeth
        .iter()
        .filter(|t| t.tooth().side() == setup.side)
        .find(|t| t.tooth().position() == straight.0[i].tooth().position())
        .and_then(|t| t.mark(LandmarkKind::MesiobuccalCusp));
    let Some(cusp) = cusp else {
        return (straight.0, 0.0);
    };
    let wanted = cusp.y + spec.molar_offset_mm.of(setup.side);
    let groove = |teeth: &[PlacedTooth]| teeth[i].mark(LandmarkKind::BuccalGroove).map_or(wanted, |p| p.y);
    let excess = groove(&straight.0) - wanted;
    if excess > 0.0 {
        let amount = setup.squeeze(crowns, |teeth, _| groove(teeth) - wanted);
        crowded(setup.set_row(crowns, amount))
    } else {
        let gap = decreasing_root(4.0, |gap| {
            let wider = Setup {
                extra_gap: gap,
                ..*setup
            };
            wanted - groove(&wider.set_row(crowns, 0.0).0)
        });
        let wider = Setup {
            extra_gap: gap,
            ..*setup
        };
        crowded(wider.set_row(crowns, 0.0))
    }
}

/// The lower teeth's line: behind the upper incisal edges by the overjet, under the upper fossae at the molars.
fn lower_curve(spec: &DentitionSpec, front: f64) -> ArchCurve {
    let upper = upper_curve(spec, 0.0);
    let half = 0.5 * spec.arch_width_mm;
    let x = 0.72 * half;
    let place = upper.place(x);
    let inset = 0.75 * front.max(0.5);
    let canine = [
        place.point[0] - inset * place.outward[0],
        place.point[1] - inset * place.outward[1],
    ];
    ArchCurve::through(front, canine, [half, spec.arch_depth_mm])
}

fn set_sides(
    spec: &DentitionSpec,
    jaw: Jaw,
    curve: ArchCurve,
    [level, front_rise]: [f64; 2],
    starts: [f64; 2],
    crowns: &[Vec<Crown>; 2],
    set: impl Fn(&Setup<'_>, &[Crown]) -> SetSide + Sync,
) -> SetSide {
    let side = |k: usize| {
        let side = [Side::Right, Side::Left][k];
        let setup = Setup {
            spec,
            jaw,
            side,
            curve,
            level,
            front_rise,
            start: starts[k],
            spee_end: 1.45 * spec.arch_depth_mm,
            extra_gap: 0.0,
            crossbite: if jaw == Jaw::Lower {
                spec.crossbite_mm.of(side)
            } else {
                0.0
            },
        };
        let (teeth, crowding) = set(&setup, &crowns[k]);
        (setup.to_side(teeth), crowding)
    };
    let ((mut teeth, right), (left_teeth, left)) = rayon::join(|| side(0), || side(1));
    teeth.extend(left_teeth);
    (teeth, right + left)
}

/// The midpoint of the central incisal edges, cast frame.
pub(crate) fn incisal_midpoint(teeth: &[PlacedTooth]) -> Option<Vector3<f64>> {
    let edges: Vec<Vector3<f64>> = teeth
        .iter()
        .filter(|t| t.tooth().position() == 1)
        .filter_map(|t| {
            let edge = t.mark(LandmarkKind::IncisalMidpoint)?;
            Some(cast_from_arch(t.tooth().jaw(), &edge))
        })
        .collect();
    (!edges.is_empty()).then(|| edges.iter().sum::<Vector3<f64>>() / edges.len() as f64)
}
