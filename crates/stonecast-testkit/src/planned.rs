//! Dentitions planned for what their teeth do when the jaw goes to the right.
//!
//! Units: mm, degrees. Frame: none.
//!
//! Each comes with the condylar inclination at which it holds, on an average-value mounting, with the generic
//! articulator's other settings and the pin lifted. What the teeth do there is not promised here but found by
//! [`Meeting::openings`](crate::Meeting::openings); a test in `stonecast-occlusion` holds them to it.

use std::collections::BTreeMap;

use stonecast_dental::{Fdi, Jaw, Side};

use crate::spec::{DentitionSpec, ToothShift};

/// A dentition and the condylar inclination at which it does what it was planned for.
#[derive(Clone, Debug, PartialEq)]
pub struct Planned {
    /// The dentition.
    pub spec: DentitionSpec,
    /// Of both condyles, against the occlusal plane.
    pub condylar_inclination_deg: f64,
}

/// The canines lead: after three millimetres the right ones need more opening than any other pair by far.
pub fn canine_guidance() -> Planned {
    Planned {
        spec: DentitionSpec::default(),
        condylar_inclination_deg: 33.0,
    }
}

/// Several teeth of the working side lead together: the upper canines stand high and the condyles go down steeply.
pub fn group_function() -> Planned {
    Planned {
        spec: short_canines(),
        condylar_inclination_deg: 60.0,
    }
}

/// The left second molars lead, on the non-working side: the canines stand high, and the upper molar leans outward, so that
/// its palatal cusp hangs down.
pub fn balancing_interference() -> Planned {
    let mut spec = short_canines();
    let leaning = ToothShift {
        torque_deg: 10.0,
        ..ToothShift::default()
    };
    spec.shifts.extend(upper(Side::Left, 7).map(|t| (t, leaning)));
    Planned {
        spec,
        condylar_inclination_deg: 33.0,
    }
}

fn upper(side: Side, position: u8) -> Option<Fdi> {
    Fdi::permanent(Jaw::Upper, side, position)
}

/// Little overbite, and upper canines a millimetre short.
fn short_canines() -> DentitionSpec {
    let short = ToothShift {
        height_mm: -1.0,
        ..ToothShift::default()
    };
    let canines = [Side::Right, Side::Left].into_iter().filter_map(|s| upper(s, 3));
    DentitionSpec {
        overbite_mm: 0.6,
        shifts: canines.map(|t| (t, short)).collect::<BTreeMap<_, _>>(),
        ..DentitionSpec::default()
    }
}
