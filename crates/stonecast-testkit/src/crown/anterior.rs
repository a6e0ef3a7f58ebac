//! Incisors and canines.

use stonecast_dental::{Fdi, Jaw, LandmarkKind, ToothClass};

use super::{Dent, Design, Profiles, Ridge, Variation, smoothstep};
use crate::dimensions::CrownSize;

/// How one kind of anterior tooth differs from the others; lengths as shares of the crown's.
struct Form {
    /// Heights of the mesial and the distal contact.
    contact: [f64; 2],
    /// Half thickness of the incisal edge, mm.
    edge: f64,
    /// Where the incisal edge lies between the most lingual (-1) and the most facial (1) point.
    edge_place: f64,
    /// Exponents of the facial and lingual outline.
    exponent: [f64; 2],
    /// How far the distal corner is rounded off, mm.
    distal_drop: f64,
    /// Slopes of the mesial and distal half of the edge.
    slope: [f64; 2],
    /// Depth of the lingual fossa, mm.
    fossa: f64,
    /// Lingual narrowing.
    taper: f64,
}

fn form(tooth: Fdi) -> Form {
    match (tooth.jaw(), tooth.position()) {
        (Jaw::Upper, 1) => Form {
            contact: [0.80, 0.70],
            edge: 0.50,
            edge_place: 0.20,
            exponent: [2.7, 2.0],
            distal_drop: 0.9,
            slope: [0.01, 0.05],
            fossa: 0.55,
            taper: 0.10,
        },
        (Jaw::Upper, 2) => Form {
            contact: [0.72, 0.58],
            edge: 0.45,
            edge_place: 0.15,
            exponent: [2.4, 2.0],
            distal_drop: 1.3,
            slope: [0.04, 0.14],
            fossa: 0.55,
            taper: 0.10,
        },
        (Jaw::Lower, 1) => Form {
            contact: [0.84, 0.84],
            edge: 0.42,
            edge_place: 0.05,
            exponent: [2.3, 2.0],
            distal_drop: 0.35,
            slope: [0.0, 0.0],
            fossa: 0.3,
            taper: 0.08,
        },
        (Jaw::Lower, 2) => Form {
            contact: [0.82, 0.78],
            edge: 0.44,
            edge_place: 0.05,
            exponent: [2.3, 2.0],
            distal_drop: 0.55,
            slope: [0.0, 0.06],
            fossa: 0.3,
            taper: 0.08,
        },
        (Jaw::Upper, _) => Form {
            contact: [0.66, 0.55],
            edge: 0.60,
            edge_place: 0.18,
            exponent: [2.1, 2.0],
            distal_drop: 0.5,
            slope: [0.48, 0.58],
            fossa: 0.3,
            taper: 0.14,
        },
        (Jaw::Lower, _) => Form {
            contact: [0.74, 0.62],
            edge: 0.55,
            edge_place: 0.08,
            exponent: [2.1, 2.0],
            distal_drop: 0.5,
            slope: [0.36, 0.52],
            fossa: 0.22,
            taper: 0.12,
        },
    }
}

pub(super) fn design(tooth: Fdi, size: &CrownSize, vary: Variation) -> Design {
    let form = form(tooth);
    let canine = tooth.class() == ToothClass::Canine;
    let height = size.crown_height;
    let (half_x, half_y) = (0.5 * size.mesiodistal, 0.5 * size.buccolingual);
    let neck = size.mesiodistal_cervix / size.mesiodistal;
    let neck_y = size.buccolingual_cervix / size.buccolingual;
    let edge_y = form.edge_place * half_y;
    let belly = 1.9 + 0.2 * vary.bulge;

    let width = move |contact: f64, z: f64| {
        let u = z / height;
        if u < contact {
            // From the constricted neck out to the contact, tangent to the vertical there.
            let t = ((contact - u) / contact).min(1.0);
            let root = if u < 0.0 { 0.05 * u.max(-0.8) } else { 0.0 };
            half_x * (1.0 - (1.0 - neck) * t.powf(1.75) + root)
        } else {
            let t = (u - contact) / (1.15 - contact);
            half_x * (1.0 - 0.10 * t * t)
        }
    };
    let facial = move |z: f64| {
        let u = z / height;
        let crest = 0.22;
        if u < crest {
            let t = ((crest - u) / crest).min(2.0);
            half_y * (1.0 - (1.0 - neck_y) * 0.45 * t * t.min(1.0)) + 0.03 * z.min(0.0)
        } else {
            let t = (u - crest) / (1.0 - crest);
            half_y - (half_y - edge_y - form.edge) * t.powf(belly)
        }
    };
    let lingual = move |z: f64| {
        let u = z / height;
        let fall = smoothstep(0.16, 0.80, u);
        let fall = fall * (1.0 + 0.18 * (1.0 - fall));
        let below = if u < 0.15 { (0.15 - u).min(0.5) } else { 0.0 };
        let cingulum = half_y * (1.0 - (1.0 - neck_y) * 3.0 * below) + 0.03 * z.min(0.0);
        -(cingulum + (form.edge - edge_y - cingulum) * fall)
    };
    let profiles = Profiles::new(
        height + 1.5,
        |z| {
            [
                width(form.contact[0], z),
                -width(form.contact[1], z),
                facial(z),
                lingual(z),
            ]
        },
        [form.exponent[0] + 0.3 * vary.squareness, form.exponent[1]],
        form.taper,
        0.0,
    );
    Design {
        profiles,
        ridges: edge_ridges(tooth, &form, size, vary),
        dents: dents(&form, size, canine),
        // An incisal edge rounded by more than its half thickness would be a blade at its corners.
        edge: if canine { 0.8 } else { form.edge },
        cusps: cusps(canine, &form, size),
        margin: [0.10, 0.12, if tooth.jaw() == Jaw::Upper { 0.44 } else { 0.42 }],
    }
}

/// The incisal edge: one long ridge whose ends drop to the corners; a canine's two ridges from its tip.
fn edge_ridges(tooth: Fdi, form: &Form, size: &CrownSize, vary: Variation) -> Vec<Ridge> {
    let height = size.crown_height;
    let (half_x, half_y) = (0.5 * size.mesiodistal, 0.5 * size.buccolingual);
    let y = form.edge_place * half_y;
    // Facially and lingually the walls cut the edge, so the ridge itself may be broad.
    let slope = 0.35;
    let tip_x = if tooth.class() == ToothClass::Canine {
        0.08 * half_x
    } else {
        0.25 * half_x
    };
    let mesial_end = height - form.slope[0] * (1.0 + 0.2 * vary.cusp_relief) * (half_x - tip_x);
    let distal_x = -0.55 * half_x;
    let distal = height - form.slope[1] * (1.0 + 0.2 * vary.cusp_relief) * (tip_x - distal_x);
    let corner = distal - form.distal_drop * 0.9 - form.slope[1] * 0.45 * half_x;
    vec![
        Ridge {
            a: [tip_x, y, height],
            b: [1.02 * half_x, y, mesial_end],
            slope,
        },
        Ridge {
            a: [tip_x, y, height],
            b: [distal_x, y, distal],
            slope,
        },
        Ridge {
            a: [distal_x, y, distal],
            b: [-1.05 * half_x, y, corner],
            slope,
        },
    ]
}

/// The two shallow labial furrows and the lingual fossa; a canine has its lingual ridge between two fossae.
fn dents(form: &Form, size: &CrownSize, canine: bool) -> Vec<Dent> {
    let height = size.crown_height;
    let half_x = 0.5 * size.mesiodistal;
    let mut dents = Vec::new();
    let furrow = if canine { 0.10 } else { 0.08 };
    for side in [-1.0, 1.0] {
        dents.push(Dent {
            facial: true,
            from: [side * 0.36 * half_x, 0.92 * height],
            to: [side * 0.30 * half_x, 0.40 * height],
            width: 0.42 * half_x,
            depth: furrow,
        });
        if canine {
            dents.push(Dent {
                facial: false,
                from: [side * 0.40 * half_x, 0.60 * height],
                to: [side * 0.30 * half_x, 0.35 * height],
                width: 0.36 * half_x,
                depth: form.fossa,
            });
        }
    }
    if !canine {
        dents.push(Dent {
            facial: false,
            from: [0.0, 0.64 * height],
            to: [0.0, 0.40 * height],
            width: 0.72 * half_x,
            depth: form.fossa,
        });
    }
    dents
}

fn cusps(canine: bool, form: &Form, size: &CrownSize) -> Vec<(LandmarkKind, [f64; 2])> {
    let (half_x, half_y) = (0.5 * size.mesiodistal, 0.5 * size.buccolingual);
    let y = form.edge_place * half_y;
    if canine {
        vec![(LandmarkKind::CuspTip, [0.08 * half_x, y])]
    } else {
        vec![
            (LandmarkKind::IncisalMesial, [0.78 * half_x, y]),
            (LandmarkKind::IncisalMidpoint, [0.0, y]),
            (LandmarkKind::IncisalDistal, [-0.72 * half_x, y]),
        ]
    }
}
