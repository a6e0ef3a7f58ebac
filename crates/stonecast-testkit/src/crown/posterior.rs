//! Premolars and molars.

use LandmarkKind::{
    BuccalCusp, CentralFossa, DistalCusp, DistalMarginalRidge, DistobuccalCusp, DistolingualCusp,
    LingualCusp, MesialMarginalRidge, MesiobuccalCusp, MesiolingualCusp,
};
use stonecast_dental::{Fdi, Jaw, LandmarkKind};

use super::{Dent, Design, Profiles, Ridge, Variation};
use crate::dimensions::CrownSize;

/// A cusp: its tip and the end of its triangular ridge, in half diameters; drops below the crown's height in mm.
struct Cusp {
    kind: LandmarkKind,
    tip: [f64; 2],
    drop: f64,
    toward: [f64; 2],
    /// How far mesially and distally its cusp ridges reach, in half mesiodistal diameters.
    reach: [f64; 2],
}

/// One kind of posterior tooth.
struct Form {
    cusps: Vec<Cusp>,
    /// Depth of the central fossa below the crown's height, mm, at its place.
    fossa: ([f64; 2], f64),
    /// Drops of the mesial and the distal marginal ridge, mm.
    marginal: [f64; 2],
    /// Ridges that join two cusps: from, to (indices), sag in mm.
    joins: Vec<(usize, usize, f64)>,
    exponent: [f64; 2],
    taper: f64,
    shear: f64,
    /// Heights of the contacts, the facial and the lingual contour, as shares of the crown's.
    contact: f64,
    contour: [f64; 2],
    /// Buccal and lingual grooves: facial, x in half diameters, depth in mm.
    grooves: Vec<(bool, f64, f64)>,
}

/// Fall of a cusp's flanks into the grooves, mm per mm: 47°.
const FLANK_SLOPE: f64 = 1.08;
/// Fall of a triangular ridge from its cusp into the fossa, mm per mm: 37°.
const TRIANGULAR_SLOPE: f64 = 0.76;

fn cusp(kind: LandmarkKind, tip: [f64; 2], drop: f64, toward: [f64; 2], reach: [f64; 2]) -> Cusp {
    Cusp {
        kind,
        tip,
        drop,
        toward,
        reach,
    }
}

fn form(tooth: Fdi) -> Form {
    let place = match (tooth.is_primary(), tooth.position()) {
        // A first primary molar is drawn as a premolar with molar proportions, a second as a first molar.
        (true, 4) => 5,
        (true, _) => 6,
        (false, p) => p,
    };
    match (tooth.jaw(), place) {
        (Jaw::Upper, 4 | 5) => upper_premolar(place == 4),
        (Jaw::Lower, 4 | 5) => lower_premolar(place == 4),
        (Jaw::Upper, _) => upper_molar(place),
        (Jaw::Lower, _) => lower_molar(place),
    }
}

fn upper_premolar(first: bool) -> Form {
    let lingual_drop = if first { 1.0 } else { 0.5 };
    Form {
        cusps: vec![
            cusp(BuccalCusp, [-0.04, 0.54], 0.0, [0.0, 0.02], [0.62, 0.62]),
            cusp(
                LingualCusp,
                [0.12, -0.52],
                lingual_drop,
                [0.04, -0.02],
                [0.50, 0.55],
            ),
        ],
        fossa: ([0.0, 0.0], if first { 3.4 } else { 3.0 }),
        marginal: [1.3, 1.4],
        joins: vec![],
        exponent: [2.4, 2.3],
        taper: if first { 0.12 } else { 0.06 },
        shear: 0.0,
        contact: 0.62,
        contour: [0.30, 0.48],
        grooves: vec![],
    }
}

fn lower_premolar(first: bool) -> Form {
    let lingual = if first {
        vec![cusp(LingualCusp, [0.02, -0.66], 2.1, [0.0, -0.2], [0.4, 0.4])]
    } else {
        vec![
            cusp(LingualCusp, [0.30, -0.56], 1.0, [0.06, -0.04], [0.35, 0.32]),
            cusp(DistolingualCusp, [-0.42, -0.54], 1.4, [-0.1, -0.04], [0.30, 0.3]),
        ]
    };
    let mut cusps = vec![cusp(BuccalCusp, [0.02, 0.36], 0.0, [0.0, -0.14], [0.62, 0.62])];
    cusps.extend(lingual);
    Form {
        cusps,
        fossa: (
            if first { [-0.42, -0.20] } else { [-0.06, -0.12] },
            if first { 3.3 } else { 2.9 },
        ),
        marginal: if first { [1.9, 1.6] } else { [1.3, 1.4] },
        joins: if first { vec![(0, 1, 0.25)] } else { vec![] },
        exponent: [2.2, 2.3],
        taper: if first { 0.12 } else { 0.02 },
        shear: 0.0,
        contact: 0.64,
        contour: [0.32, 0.55],
        grooves: vec![],
    }
}

fn upper_molar(place: u8) -> Form {
    let small = match place {
        6 => 0.0,
        7 => 0.5,
        _ => 1.2,
    };
    Form {
        cusps: vec![
            cusp(MesiobuccalCusp, [0.42, 0.54], 0.2, [0.16, 0.10], [0.36, 0.34]),
            cusp(
                DistobuccalCusp,
                [-0.42, 0.50],
                0.5 + 0.3 * small,
                [-0.18, 0.06],
                [0.34, 0.34],
            ),
            cusp(MesiolingualCusp, [0.30, -0.50], 0.0, [0.14, -0.02], [0.45, 0.40]),
            cusp(
                DistolingualCusp,
                [-0.56, -0.50],
                1.0 + small,
                [-0.50, -0.18],
                [0.26, 0.26],
            ),
        ],
        fossa: ([0.08, 0.04], 3.3),
        marginal: [1.3, 1.4],
        joins: vec![(2, 1, 1.15)],
        exponent: [2.9, 2.6],
        taper: 0.02 - 0.05 * small,
        shear: 0.10,
        contact: 0.60,
        contour: [0.28, 0.46],
        grooves: vec![(true, -0.02, 0.55), (false, -0.26, 0.55)],
    }
}

fn lower_molar(place: u8) -> Form {
    if place == 6 {
        return Form {
            cusps: vec![
                cusp(MesiobuccalCusp, [0.48, 0.46], 0.35, [0.18, 0.04], [0.32, 0.28]),
                cusp(DistobuccalCusp, [-0.08, 0.48], 0.45, [-0.04, 0.06], [0.27, 0.27]),
                cusp(DistalCusp, [-0.62, 0.32], 0.85, [-0.32, 0.02], [0.20, 0.22]),
                cusp(MesiolingualCusp, [0.44, -0.54], 0.0, [0.18, -0.04], [0.34, 0.36]),
                cusp(
                    DistolingualCusp,
                    [-0.38, -0.54],
                    0.15,
                    [-0.16, -0.04],
                    [0.36, 0.34],
                ),
            ],
            fossa: ([0.0, 0.0], 3.3),
            marginal: [1.2, 1.4],
            joins: vec![],
            exponent: [2.7, 2.8],
            taper: 0.04,
            shear: 0.0,
            contact: 0.62,
            contour: [0.34, 0.56],
            grooves: vec![(true, 0.20, 0.55), (true, -0.36, 0.4), (false, 0.03, 0.4)],
        };
    }
    Form {
        cusps: vec![
            cusp(MesiobuccalCusp, [0.44, 0.47], 0.3, [0.16, 0.04], [0.36, 0.36]),
            cusp(DistobuccalCusp, [-0.44, 0.45], 0.45, [-0.16, 0.04], [0.34, 0.34]),
            cusp(MesiolingualCusp, [0.44, -0.54], 0.0, [0.16, -0.04], [0.36, 0.38]),
            cusp(
                DistolingualCusp,
                [-0.44, -0.54],
                0.2,
                [-0.16, -0.04],
                [0.36, 0.34],
            ),
        ],
        fossa: ([0.0, 0.0], 3.2),
        marginal: [1.2, 1.4],
        joins: vec![],
        exponent: [2.9, 2.9],
        taper: 0.03,
        shear: 0.0,
        contact: 0.62,
        contour: [0.34, 0.56],
        grooves: vec![(true, 0.0, 0.5), (false, 0.0, 0.4)],
    }
}

pub(super) fn design(tooth: Fdi, size: &CrownSize, vary: Variation) -> Design {
    let mut form = form(tooth);
    form.exponent = form.exponent.map(|n| n + 0.25 * vary.squareness);
    form.shear += 0.04 * vary.asymmetry;
    let height = size.crown_height;
    let (half_x, half_y) = (0.5 * size.mesiodistal, 0.5 * size.buccolingual);
    let neck = size.mesiodistal_cervix / size.mesiodistal;
    let neck_y = size.buccolingual_cervix / size.buccolingual;
    let bulge = 1.0 + 0.15 * vary.bulge;

    // Half a diameter over the height: neck, contour at `crest`, occlusal end.
    let swell = move |crest: f64, neck: f64, top: f64, power: f64, z: f64| {
        let u = z / height;
        if u < crest {
            let t = ((crest - u) / crest).min(2.5);
            let flat = 1.0 - (1.0 - neck) * t.min(1.0).powf(power);
            flat - if t > 1.0 { 0.03 * (t - 1.0) } else { 0.0 }
        } else {
            let t = (u - crest) / (1.0 - crest);
            1.0 - (1.0 - top) * t.powf(2.1)
        }
    };
    let profiles = Profiles::new(
        height + 1.5,
        |z| {
            let proximal = half_x * swell(form.contact, neck, 0.88, 1.8 * bulge, z);
            [
                proximal,
                -proximal,
                half_y * swell(form.contour[0], neck_y, 0.66, 1.6 * bulge, z),
                -half_y * swell(form.contour[1], neck_y, 0.70, 1.6 * bulge, z),
            ]
        },
        form.exponent,
        form.taper,
        form.shear,
    );
    let relief = 1.0 + 0.2 * vary.cusp_relief;
    Design {
        profiles,
        ridges: ridges(&form, size, relief),
        dents: dents(&form, size),
        edge: 0.9,
        cusps: cusps(&form, size),
        margin: [0.14, 0.16, 0.36],
    }
}

/// From each cusp a triangular ridge into the fossa, two cusp ridges along the rim and one outward; then the
/// marginal ridges and the ridges that join cusps.
fn ridges(form: &Form, size: &CrownSize, relief: f64) -> Vec<Ridge> {
    let height = size.crown_height;
    let (hx, hy) = (0.5 * size.mesiodistal, 0.5 * size.buccolingual);
    let at = |p: [f64; 2], drop: f64| [p[0] * hx, p[1] * hy, height - drop * relief];
    let mut ridges = Vec::new();
    for cusp in &form.cusps {
        let tip = at(cusp.tip, cusp.drop);
        // The triangular ridge falls less steeply than the flanks of its cusp, else it would not stand out.
        let run = ((cusp.toward[0] - cusp.tip[0]) * hx).hypot((cusp.toward[1] - cusp.tip[1]) * hy);
        ridges.push(Ridge {
            a: tip,
            b: at(
                cusp.toward,
                (cusp.drop + TRIANGULAR_SLOPE * run).min(form.fossa.1),
            ),
            slope: FLANK_SLOPE,
        });
        let [mesial, distal] = cusp.reach;
        let out = cusp.tip[1].signum() * 0.05;
        for (dx, rise) in [(mesial, 0.52), (-distal, 0.52)] {
            let end = [cusp.tip[0] + dx, cusp.tip[1] + out];
            ridges.push(Ridge {
                a: tip,
                b: at(end, cusp.drop + rise * dx.abs() * hx),
                slope: FLANK_SLOPE,
            });
        }
        let outward = [cusp.tip[0], cusp.tip[1] + cusp.tip[1].signum() * 0.5];
        ridges.push(Ridge {
            a: tip,
            b: at(outward, cusp.drop + 1.1),
            slope: FLANK_SLOPE,
        });
    }
    for (side, drop) in [(1.0, form.marginal[0]), (-1.0, form.marginal[1])] {
        let x = side * 0.80;
        ridges.push(Ridge {
            a: at([x, 0.38], drop),
            b: at([x, -0.38], drop),
            slope: FLANK_SLOPE,
        });
    }
    for &(from, to, sag) in &form.joins {
        let (p, q) = (&form.cusps[from], &form.cusps[to]);
        let mid = [0.5 * (p.tip[0] + q.tip[0]), 0.5 * (p.tip[1] + q.tip[1])];
        let low = at(mid, 0.5 * (p.drop + q.drop) + sag);
        for end in [p, q] {
            ridges.push(Ridge {
                a: at(end.tip, end.drop),
                b: low,
                slope: FLANK_SLOPE,
            });
        }
    }
    ridges
}

fn dents(form: &Form, size: &CrownSize) -> Vec<Dent> {
    let height = size.crown_height;
    let half_x = 0.5 * size.mesiodistal;
    form.grooves
        .iter()
        .map(|&(facial, x, depth)| Dent {
            facial,
            from: [x * half_x, 0.88 * height],
            to: [x * half_x, 0.42 * height],
            width: 0.9,
            depth,
        })
        .collect()
}

fn cusps(form: &Form, size: &CrownSize) -> Vec<(LandmarkKind, [f64; 2])> {
    let (hx, hy) = (0.5 * size.mesiodistal, 0.5 * size.buccolingual);
    let at = |p: [f64; 2]| [p[0] * hx, p[1] * hy];
    let mut points: Vec<_> = form.cusps.iter().map(|c| (c.kind, at(c.tip))).collect();
    points.push((CentralFossa, at(form.fossa.0)));
    // Beside the fossa, away from the cusps, whose slopes rise over the marginal ridges' ends.
    let beside = form.fossa.0[1] * hy;
    points.push((MesialMarginalRidge, [0.80 * hx, beside]));
    points.push((DistalMarginalRidge, [-0.80 * hx, beside]));
    if let Some(&(_, x, _)) = form.grooves.iter().find(|g| g.0) {
        points.push((LandmarkKind::BuccalGroove, [x * hx, 0.55 * hy]));
    }
    points
}
