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
//! How sure a number is, is the share of all readings in which it occurs, weighed by their probabilities, times how
//! surely the candidate is tooth at all.
//!
//! Steps: 1. `in_a_row`. 2. `Readings::cheapest`. 3. `Readings::shares`.
//!
//! Reference: Rabiner LR. A tutorial on hidden Markov models and selected applications in speech recognition.
//! *Proc. IEEE* 77 (1989): the search is Viterbi's, over states that last one or two candidates.

use stonecast_dental::{Fdi, Jaw, Side};

use super::{
    evidence::{CLASSES, Evidence},
    instances::{Instance, describe},
    table::{Size, empty_cost, sizes},
};

/// What the network says of a fully seen tooth weighs as much as this many independent looks at it. Its pixels are far
/// from independent; that the neighbours' answers come from the same look speaks for one, that the distances and gaps
/// know less than the network, for more.
const LOOKS: f64 = 2.0;
/// A candidate smaller than this share of its crown's average outline is seen in part only.
const WHOLE: f64 = 0.5;
/// What it costs that a primary tooth stands beside its successor.
const BOTH: f64 = 2.7;
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

/// More candidates than this no arch has: sixteen permanent teeth, ten primary ones, and as many again in pieces.
const MOST: usize = 52;

/// A numbered tooth.
#[derive(Clone, Debug)]
pub(crate) struct Numbered {
    pub fdi: Fdi,
    /// Its place in the row, 1..=16 from the right.
    pub class: usize,
    pub instance: Instance,
    /// How sure the number is, 0..1.
    pub confidence: f64,
    /// The likeliest other number, and how likely it is.
    pub other: Option<(Fdi, f64)>,
    /// How surely it is a tooth at all.
    pub tooth: f64,
    /// How high such a crown is on average, mm.
    pub crown_height: f64,
    /// How wide such a crown is on average, mesiodistally and buccolingually, mm.
    pub outline: [f64; 2],
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
pub(crate) fn number(evidence: &Evidence, mut instances: Vec<Instance>, jaw: Jaw) -> Vec<Numbered> {
    // What is no arch may fall into hundreds of candidates, and the search takes the square of their number.
    instances.sort_by_key(|i| (std::cmp::Reverse(i.pixels.len()), i.pixels.first().copied()));
    instances.truncate(MOST);
    let row = in_a_row(evidence, instances);
    let groups = groups(evidence, &row);
    let model = Model {
        sizes: sizes(jaw),
        pixel_mm2: evidence.grid.pixel_mm.powi(2),
    };
    let dropped: Vec<f64> = row.iter().map(|i| model.false_cost(i)).collect();
    let readings = Readings::new(&model, &groups, &dropped);
    let shares = readings.shares();
    readings
        .cheapest()
        .into_iter()
        .filter_map(|(index, class)| {
            let group = &groups[index];
            Some(Numbered {
                fdi: fdi_of(jaw, class, model.primary(group, class))?,
                class,
                confidence: shares[index][class].min(1.0) * (1.0 - group.instance.classes[0]),
                other: other(&model, group, &shares[index], class, jaw),
                tooth: 1.0 - group.instance.classes[0],
                instance: group.instance.clone(),
                crown_height: model.sizes[class].crown_height,
                outline: [model.sizes[class].mesiodistal, model.sizes[class].buccolingual],
            })
        })
        .collect()
}

/// The likeliest of the places that a tooth did not get.
fn other(
    model: &Model,
    group: &Group,
    shares: &[f64; CLASSES],
    class: usize,
    jaw: Jaw,
) -> Option<(Fdi, f64)> {
    let next = (1..CLASSES)
        .filter(|&c| c != class)
        .max_by(|&a, &b| shares[a].total_cmp(&shares[b]).then(b.cmp(&a)))?;
    Some((fdi_of(jaw, next, model.primary(group, next))?, shares[next]))
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
            return if both { BOTH } else { f64::INFINITY };
        }
        let closed = 0.5 * (self.width(from, self.primary(a, from)) + self.width(to, self.primary(b, to)));
        let skipped: f64 = (from + 1..to).map(|c| self.width(c, false)).sum();
        let open = closed + skipped + DIASTEMA_MM;
        let stray = if distance < closed {
            closed - distance
        } else {
            (distance - open).max(0.0)
        };
        (from + 1..to).map(empty_cost).sum::<f64>() + 0.5 * (stray / STRAY_MM).powi(2)
    }

    /// What it costs that the row begins or ends with this place.
    fn end_cost(class: usize) -> f64 {
        let beyond = class.min(17 - class) - 1;
        (0..beyond)
            .map(|i| EMPTY_END.get(i).copied().unwrap_or_else(|| empty_cost(i + 1)))
            .sum()
    }
}

/// The costs of all readings of a row, put together from the left and from the right.
struct Readings<'a> {
    model: &'a Model,
    groups: &'a [Group],
    /// What it costs to drop all candidates before each.
    skip: Vec<f64>,
}

/// What two readings cost together: the lesser (for the cheapest), or minus the logarithm of the sum of their
/// probabilities (for how likely they are).
type Either = fn(f64, f64) -> f64;

fn likelier(a: f64, b: f64) -> f64 {
    let least = a.min(b);
    if least.is_infinite() {
        return least;
    }
    least - (-(a - b).abs()).exp().ln_1p()
}

impl<'a> Readings<'a> {
    fn new(model: &'a Model, groups: &'a [Group], dropped: &[f64]) -> Self {
        let mut skip = vec![0.0];
        for cost in dropped {
            skip.push(skip.last().copied().unwrap_or(0.0) + cost);
        }
        Self { model, groups, skip }
    }

    fn all(&self) -> f64 {
        self.skip.last().copied().unwrap_or(0.0)
    }

    /// Of everything up to and with each group at each place.
    fn so_far(&self, either: Either) -> Vec<[f64; CLASSES]> {
        let mut so_far = vec![[f64::INFINITY; CLASSES]; self.groups.len()];
        for g in 0..self.groups.len() {
            for class in 1..CLASSES {
                let first = self.skip[self.groups[g].first] + Model::end_cost(class);
                let before = self.before(g, class);
                let total = before.fold(first, |cost, (b, from, step)| {
                    either(cost, so_far[b][from] + step)
                });
                so_far[g][class] = total + self.model.place_cost(&self.groups[g], class);
            }
        }
        so_far
    }

    /// Of everything after each group at each place.
    fn to_come(&self, either: Either) -> Vec<[f64; CLASSES]> {
        let mut to_come: Vec<[f64; CLASSES]> = self
            .groups
            .iter()
            .map(|group| std::array::from_fn(|class| self.last(group, class)))
            .collect();
        for g in (0..self.groups.len()).rev() {
            for class in 1..CLASSES {
                let own = self.model.place_cost(&self.groups[g], class) + to_come[g][class];
                for (b, from, step) in self.before(g, class) {
                    to_come[b][from] = either(to_come[b][from], step + own);
                }
            }
        }
        to_come
    }

    /// What it costs that a group at a place is the last tooth.
    fn last(&self, group: &Group, class: usize) -> f64 {
        if class == 0 {
            return f64::INFINITY;
        }
        self.all() - self.skip[group.last + 1] + Model::end_cost(17 - class)
    }

    /// The groups that may come before a group at a place, with their places and what the step costs.
    fn before(&self, g: usize, class: usize) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
        let group = &self.groups[g];
        (0..g)
            .filter(move |&b| self.groups[b].last < group.first)
            .flat_map(move |b| {
                let between = self.skip[group.first] - self.skip[self.groups[b].last + 1];
                (1..=class).map(move |from| {
                    let step = self.model.step_cost(&self.groups[b], from, group, class);
                    (b, from, between + step)
                })
            })
    }

    /// The groups of the cheapest reading with their places, from the right of the row to the left.
    fn cheapest(&self) -> Vec<(usize, usize)> {
        let so_far = self.so_far(f64::min);
        let mut chosen = Vec::new();
        let ends = self
            .places()
            .map(|(g, c)| (so_far[g][c] + self.last(&self.groups[g], c), Some((g, c))));
        let mut at = least(ends.chain([(self.all(), None)]));
        while let Some((g, class)) = at {
            chosen.push((g, class));
            let first = self.skip[self.groups[g].first] + Model::end_cost(class);
            let before = self.before(g, class);
            let ways = before.map(|(b, from, step)| (so_far[b][from] + step, Some((b, from))));
            at = least(ways.chain([(first, None)]));
        }
        chosen.reverse();
        chosen
    }

    fn places(&self) -> impl Iterator<Item = (usize, usize)> {
        let count = self.groups.len();
        (0..count).flat_map(|g| (1..CLASSES).map(move |class| (g, class)))
    }

    /// For each group and place, its share of the probability of all readings.
    fn shares(&self) -> Vec<[f64; CLASSES]> {
        let (so_far, to_come) = (self.so_far(likelier), self.to_come(likelier));
        let all = self.places().fold(self.all(), |cost, (g, c)| {
            likelier(cost, so_far[g][c] + self.last(&self.groups[g], c))
        });
        let share = |g: usize, c: usize| (all - so_far[g][c] - to_come[g][c]).exp();
        (0..self.groups.len())
            .map(|g| std::array::from_fn(|c| if c == 0 { 0.0 } else { share(g, c) }))
            .collect()
    }
}

/// The place of the least cost; the first of several.
fn least(costs: impl Iterator<Item = (f64, Option<(usize, usize)>)>) -> Option<(usize, usize)> {
    costs.min_by(|a, b| a.0.total_cmp(&b.0)).and_then(|c| c.1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::segment::{evidence::Grid, instances::instances};

    /// What a network says of one tooth: its places with their probabilities.
    type Said<'a> = &'a [(usize, f32)];

    /// An arch of round teeth on a parabola, 8 mm apart, in the order of the row.
    fn arch(teeth: &[Said<'_>]) -> Evidence {
        let grid = Grid::PICTURE;
        let count = grid.width * grid.height;
        let mut gum = [0.0; CLASSES];
        gum[0] = 1.0;
        let mut evidence = Evidence {
            grid,
            heights: vec![0.0; count],
            classes: vec![gum; count],
            primary: vec![0.0; count],
            centres: vec![[0.0; 2]; count],
        };
        for (i, said) in teeth.iter().enumerate() {
            let middle = on_arch(8.0 * (i as f64 - 0.5 * (teeth.len() as f64 - 1.0)));
            let [u, v] = grid.to_pixel(middle[0], middle[1]);
            let (columns, rows) = grid.window(u, v, 8.0);
            for pixel in rows.flat_map(|r| columns.clone().map(move |c| r * grid.width + c)) {
                let [column, row] = grid.place(pixel).map(|p| p as f64);
                if (column - u).hypot(row - v) < 8.0 {
                    let mut classes = [0.0; CLASSES];
                    classes[0] = 0.02;
                    for &(class, p) in *said {
                        classes[class] = 0.98 * p;
                    }
                    evidence.classes[pixel] = classes;
                    evidence.centres[pixel] = [u as f32, v as f32];
                }
            }
        }
        evidence
    }

    /// The place on y = x² / 20 at a distance along it from the middle.
    fn on_arch(along: f64) -> [f64; 2] {
        let (mut x, mut walked) = (0.0, 0.0);
        while walked < along.abs() {
            x += 0.01;
            walked += 0.01 * (1.0 + x * x / 100.0f64).sqrt();
        }
        [x.copysign(along), x * x / 20.0]
    }

    fn numbers(teeth: &[Said<'_>]) -> Vec<u8> {
        let evidence = arch(teeth);
        let numbered = number(&evidence, instances(&evidence), Jaw::Upper);
        numbered.iter().map(|t| t.fdi.number()).collect()
    }

    #[test]
    fn teeth_that_are_sure_keep_their_numbers() {
        let row: Vec<[(usize, f32); 1]> = (2..=15).map(|class| [(class, 1.0)]).collect();
        let said: Vec<Said<'_>> = row.iter().map(|r| &r[..]).collect();
        let upper = [17, 16, 15, 14, 13, 12, 11, 21, 22, 23, 24, 25, 26, 27];
        assert_eq!(numbers(&said), upper);
    }

    #[test]
    fn the_neighbours_decide_where_the_network_leans_the_wrong_way() {
        // The tooth between 16 and 14 looks more like another 14.
        let mut row: Vec<Vec<(usize, f32)>> = (2..=15).map(|class| vec![(class, 1.0)]).collect();
        row[2] = vec![(4, 0.3), (5, 0.7)];
        let said: Vec<Said<'_>> = row.iter().map(Vec::as_slice).collect();
        assert_eq!(numbers(&said)[..4], [17, 16, 15, 14]);
    }

    #[test]
    fn a_doubtful_tooth_is_less_sure_than_its_neighbours_and_names_the_other_number() {
        // Twelve teeth: on the right side one premolar is left, which may be either.
        let mut row: Vec<Vec<(usize, f32)>> = (2..=15).map(|class| vec![(class, 1.0)]).collect();
        row.remove(2);
        row[2] = vec![(4, 0.5), (5, 0.5)];
        let said: Vec<Said<'_>> = row.iter().map(Vec::as_slice).collect();
        let evidence = arch(&said);
        let numbered = number(&evidence, instances(&evidence), Jaw::Upper);
        let doubtful = &numbered[2];
        assert!([14, 15].contains(&doubtful.fdi.number()));
        assert!(numbered.iter().all(|t| t.confidence >= doubtful.confidence));
        let (other, share) = doubtful.other.unwrap();
        assert!([14, 15].contains(&other.number()) && other != doubtful.fdi);
        assert!(share > 0.1 && share < 0.5, "{share}");
    }

    #[test]
    fn shares_of_all_readings_sum_to_less_than_one_tooth() {
        let row: Vec<Vec<(usize, f32)>> = (2..=15)
            .map(|class| vec![(class, 0.6), (class + 1, 0.4)])
            .collect();
        let said: Vec<Said<'_>> = row.iter().map(Vec::as_slice).collect();
        let evidence = arch(&said);
        let row = in_a_row(&evidence, instances(&evidence));
        let groups = groups(&evidence, &row);
        let model = Model {
            sizes: sizes(Jaw::Upper),
            pixel_mm2: evidence.grid.pixel_mm.powi(2),
        };
        let dropped: Vec<f64> = row.iter().map(|i| model.false_cost(i)).collect();
        let shares = Readings::new(&model, &groups, &dropped).shares();
        for candidate in 0..row.len() {
            let of_it = groups
                .iter()
                .zip(&shares)
                .filter(|(g, _)| g.first <= candidate && candidate <= g.last);
            let sum: f64 = of_it.flat_map(|(_, s)| s.iter()).sum();
            assert!(sum > 0.5 && sum < 1.0 + 1e-9, "{candidate}: {sum}");
        }
    }
}
