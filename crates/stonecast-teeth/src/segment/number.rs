//! From candidates to numbered teeth: one joint choice along the arch.
//!
//! Units: mm. Frame: the arch's own.
//!
//! The candidates stand in a row from the patient's right to the left; the places of the jaw stand in the same order.
//! The numbering is the cheapest way to go through both: a candidate takes a place, joins its neighbour into one
//! tooth, or is dropped as false; a place is taken or left empty. What each costs:
//! * a place: what the network says of it (minus its logarithm), weighed by how much of the tooth is seen;
//! * an empty place between two teeth: a fixed cost, and the misfit of the distance between the neighbours, which
//!   may be anything from closed space to all of the missing teeth's widths;
//! * two neighbours: the misfit of their distance to their average widths.
//!
//! Steps: 1. `in_a_row`. 2. `cheapest`. 3. `confidence`.
//!
//! Reference: Rabiner LR. A tutorial on hidden Markov models and selected applications in speech recognition.
//! *Proc. IEEE* 77 (1989): the search is Viterbi's, over states that last one or two candidates.

use stonecast_dental::{Fdi, Jaw, Side};

use super::{
    evidence::{CLASSES, Evidence},
    instances::{Instance, describe},
    table::{Size, sizes},
};

/// What the network says of a fully seen tooth weighs as much as this many independent looks at it: its pixels are
/// far from independent, and one look would let the distances overrule it.
const LOOKS: f64 = 6.0;
/// A candidate smaller than this share of its crown's average outline is seen in part only.
const WHOLE: f64 = 0.5;
/// What it costs to leave a place between teeth empty: about 7 % of the teeth before the last one are missing in
/// patients who have casts made (unverified; the result changes little between 2 and 4).
const EMPTY: f64 = 2.7;
/// What it costs to leave the last molars off; third molars are absent as often as not.
const EMPTY_END: [f64; 3] = [0.3, 1.5, 1.5];
/// How much rarer primary teeth are than permanent ones at their places, as a logarithm: one in eight (unverified).
const PRIMARY_RARE: f64 = 2.0;
/// A crown's outline fills this share of the rectangle of its widths: between an ellipse and a rounded square.
const FILLED: f64 = 0.8;
/// Natural spread of the logarithm of a crown's outline: two widths with 7 % each, and what is seen of it.
const AREA_SPREAD: f64 = 0.18;
/// Size says at most this much, as a logarithm.
const SIZE_SAYS: f64 = 3.0;
/// What it costs to call a whole candidate false.
const FALSE: f64 = 5.0;
/// What it costs to say that one tooth came out in two pieces.
const JOINT: f64 = 2.0;
/// How far neighbours' distances stray from their average widths, mm, standard deviation: the natural spread of two
/// widths (0.6 mm each) and crowding.
const STRAY_MM: f64 = 1.5;
/// Space between neighbours up to this, mm, is no sign of a missing tooth.
const DIASTEMA_MM: f64 = 2.0;

/// A numbered tooth.
#[derive(Clone, Debug)]
pub(crate) struct Numbered {
    pub fdi: Fdi,
    /// Its place in the row, 1..=16 from the right.
    pub class: usize,
    pub instance: Instance,
    /// How sure the number is, 0..1.
    pub confidence: f64,
    /// How high such a crown is on average, mm.
    pub crown_height: f64,
}

/// The number of a place of the row.
pub(crate) fn fdi_of(jaw: Jaw, class: usize, primary: bool) -> Option<Fdi> {
    let (side, position) = match class {
        1..=8 => (Side::Right, 9 - class as u8),
        9..=16 => (Side::Left, class as u8 - 8),
        _ => return None,
    };
    if primary && position <= 5 {
        Fdi::primary(jaw, side, position)
    } else {
        Fdi::permanent(jaw, side, position)
    }
}

/// One or two candidates taken as one tooth.
struct Group {
    first: usize,
    last: usize,
    instance: Instance,
    middle_mm: [f64; 2],
    /// What it costs that it is one tooth.
    joint: f64,
}

/// Numbers the candidates of a jaw; the result is sorted by place.
pub(crate) fn number(evidence: &Evidence, instances: Vec<Instance>, jaw: Jaw) -> Vec<Numbered> {
    let row = in_a_row(evidence, instances);
    let groups = groups(evidence, &row);
    let model = Model {
        sizes: sizes(jaw),
        pixel_mm2: evidence.grid.pixel_mm.powi(2),
    };
    let dropped: Vec<f64> = row.iter().map(|i| model.false_cost(i)).collect();
    let chosen = cheapest(&model, &groups, &dropped);
    chosen
        .into_iter()
        .filter_map(|(group, class)| {
            let group = &groups[group];
            Some(Numbered {
                fdi: fdi_of(jaw, class, model.primary(group, class))?,
                class,
                confidence: confidence(&group.instance, class),
                instance: group.instance.clone(),
                crown_height: model.sizes[class].crown_height,
            })
        })
        .collect()
}

/// The candidates from the patient's right to the left, by their angle about a point within the arch.
fn in_a_row(evidence: &Evidence, mut instances: Vec<Instance>) -> Vec<Instance> {
    let middles: Vec<[f64; 2]> = instances
        .iter()
        .map(|i| evidence.grid.to_mm(i.middle[0], i.middle[1]))
        .collect();
    let range = |axis: usize| {
        let values = middles.iter().map(|m| m[axis]);
        let (low, high) = values.fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)));
        (low + high) / 2.0
    };
    let within = [range(0), range(1)];
    // The angle from the way back, over the patient's right, front and left.
    let angle = |instance: &Instance| {
        let m = evidence.grid.to_mm(instance.middle[0], instance.middle[1]);
        (m[0] - within[0]).atan2(within[1] - m[1])
    };
    instances.sort_by(|a, b| angle(a).total_cmp(&angle(b)));
    instances
}

/// Every candidate, and every two neighbours that could be one tooth.
fn groups(evidence: &Evidence, row: &[Instance]) -> Vec<Group> {
    let mut groups = Vec::new();
    for last in 0..row.len() {
        for first in last.saturating_sub(1)..=last {
            let instance = if first == last {
                row[last].clone()
            } else {
                joined(evidence, &row[first], &row[last])
            };
            let middle_mm = evidence.grid.to_mm(instance.middle[0], instance.middle[1]);
            groups.push(Group {
                first,
                last,
                instance,
                middle_mm,
                joint: if first == last { 0.0 } else { JOINT },
            });
        }
    }
    groups
}

fn joined(evidence: &Evidence, a: &Instance, b: &Instance) -> Instance {
    let share = a.pixels.len() as f64 / (a.pixels.len() + b.pixels.len()).max(1) as f64;
    let middle = std::array::from_fn(|k| share * a.middle[k] + (1.0 - share) * b.middle[k]);
    let mut pixels: Vec<usize> = a.pixels.iter().chain(&b.pixels).copied().collect();
    pixels.sort_unstable();
    describe(evidence, middle, pixels)
}

struct Model {
    sizes: [Size; CLASSES],
    pixel_mm2: f64,
}

impl Model {
    fn area(&self, instance: &Instance) -> f64 {
        instance.pixels.len() as f64 * self.pixel_mm2
    }

    /// How much of a tooth of this place is seen, 0..1.
    fn seen(&self, instance: &Instance, class: usize) -> f64 {
        let size = &self.sizes[class];
        (self.area(instance) / (WHOLE * size.mesiodistal * size.buccolingual)).min(1.0)
    }

    fn place_cost(&self, group: &Group, class: usize) -> f64 {
        let size = &self.sizes[class];
        // Two pieces of one crown lie within it.
        let too_wide = self.area(&group.instance) / (size.mesiodistal * size.buccolingual) - 1.3;
        let spread = if group.first == group.last {
            0.0
        } else {
            10.0 * too_wide.max(0.0)
        };
        -LOOKS * self.seen(&group.instance, class) * group.instance.log_classes[class] + group.joint + spread
    }

    fn false_cost(&self, instance: &Instance) -> f64 {
        let smallest = &self.sizes[8];
        let seen = self.area(instance) / (WHOLE * smallest.mesiodistal * smallest.buccolingual);
        FALSE * seen.min(1.0) * (1.0 - instance.classes[0])
    }

    /// Whether a candidate at a place is a primary tooth: by what the network says, by its size, and by how rare they
    /// are.
    fn primary(&self, group: &Group, class: usize) -> bool {
        let size = &self.sizes[class];
        let Some([width, depth]) = size.primary else {
            return false;
        };
        let area = self.area(&group.instance).max(1.0).ln();
        let misfit = |outline: f64| 0.5 * ((area - (FILLED * outline).ln()) / AREA_SPREAD).powi(2);
        let by_size = misfit(size.mesiodistal * size.buccolingual) - misfit(width * depth);
        let p = group.instance.primary.clamp(0.02, 0.98);
        (p / (1.0 - p)).ln() + by_size.clamp(-SIZE_SAYS, SIZE_SAYS) > PRIMARY_RARE
    }

    /// Width along the arch of a place.
    fn width(&self, class: usize, primary: bool) -> f64 {
        let size = &self.sizes[class];
        if primary {
            size.primary.map_or(size.mesiodistal, |p| p[0])
        } else {
            size.mesiodistal
        }
    }

    /// What it costs that one tooth follows another.
    fn step_cost(&self, a: &Group, from: usize, b: &Group, to: usize) -> f64 {
        let distance = (a.middle_mm[0] - b.middle_mm[0]).hypot(a.middle_mm[1] - b.middle_mm[1]);
        if from == to {
            // A primary tooth and its successor side by side.
            let both = self.primary(a, from) != self.primary(b, to);
            return if both { EMPTY } else { f64::INFINITY };
        }
        let closed = 0.5 * (self.width(from, self.primary(a, from)) + self.width(to, self.primary(b, to)));
        let skipped: f64 = (from + 1..to).map(|c| self.width(c, false)).sum();
        let open = closed + skipped + DIASTEMA_MM;
        let stray = if distance < closed {
            closed - distance
        } else {
            (distance - open).max(0.0)
        };
        EMPTY * (to - from - 1) as f64 + 0.5 * (stray / STRAY_MM).powi(2)
    }

    /// What it costs that the row begins or ends with this place.
    fn end_cost(class: usize) -> f64 {
        let beyond = class.min(17 - class) - 1;
        (0..beyond)
            .map(|i| EMPTY_END.get(i).copied().unwrap_or(EMPTY))
            .sum()
    }
}

/// The cheapest reading of the row: groups with their places, in order.
fn cheapest(model: &Model, groups: &[Group], dropped: &[f64]) -> Vec<(usize, usize)> {
    let mut skip = vec![0.0];
    for cost in dropped {
        skip.push(skip.last().copied().unwrap_or(0.0) + cost);
    }
    let count = dropped.len();
    // best[group][class]
    let mut best = vec![[(f64::INFINITY, None::<(usize, usize)>); CLASSES]; groups.len()];
    let mut end = (skip[count], None);
    for g in 0..groups.len() {
        let group = &groups[g];
        for class in 1..CLASSES {
            let own = model.place_cost(group, class);
            let mut least = (skip[group.first] + Model::end_cost(class), None);
            for before in (0..g).filter(|&b| groups[b].last < group.first) {
                let between = skip[group.first] - skip[groups[before].last + 1];
                for from in 1..=class {
                    let cost =
                        best[before][from].0 + between + model.step_cost(&groups[before], from, group, class);
                    if cost < least.0 {
                        least = (cost, Some((before, from)));
                    }
                }
            }
            best[g][class] = (least.0 + own, least.1);
            let total = best[g][class].0 + skip[count] - skip[group.last + 1] + Model::end_cost(17 - class);
            if total < end.0 {
                end = (total, Some((g, class)));
            }
        }
    }
    let mut chosen = Vec::new();
    let mut at = end.1;
    while let Some((g, class)) = at {
        chosen.push((g, class));
        at = best[g][class].1;
    }
    chosen.reverse();
    chosen
}

/// How sure a number is: the mean probability of its place over its pixels, gum included.
fn confidence(instance: &Instance, class: usize) -> f64 {
    instance.classes[class]
}
