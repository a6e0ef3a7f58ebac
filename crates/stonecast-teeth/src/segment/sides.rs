//! Tooth or gum, node by node, where the picture does not tell: on the sides of the crowns.
//!
//! Units: mm. Frame: the arch's own, heights towards the antagonist.
//!
//! A picture from above shows steep walls foreshortened and undercut ones not at all. What is known of each node is put
//! into a few numbers: what the picture says, how deep it lies under the nearest tooth's top, how the surface bends,
//! and how many grooves lie between it and what is surely tooth or surely gum. A small network, trained on synthetic
//! arches, makes a probability of them.
//!
//! Steps: 1. `Around`: the nearest tooth of each pixel. 2. `reach`: the way from sure tooth and from sure gum.
//! 3. `describe`. 4. `Judge::tooth`.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    sync::OnceLock,
};

use rayon::prelude::*;
use stonecast_dental::{Jaw, ToothClass};

use super::{cut::Label, evidence::Evidence, nodes::Nodes, number::Numbered};

/// Numbers that describe a node.
pub(crate) const NUMBERS: usize = 21;
/// A node this far under the uppermost surface, mm, is not what its pixel shows.
const HIDDEN_MM: f64 = 0.8;
/// Surface that leans more than this, as the cosine, shows its pixel's content surely.
const FLAT: f64 = 0.5;
/// The picture is sure beyond these probabilities.
const SURELY: (f64, f64) = (0.1, 0.9);
/// A crown's side lies at most this far beside its outline as seen from above, mm.
const BESIDE_MM: f64 = 3.2;
/// Surface is looked at up to here beside a crown's outline, mm: gum enough to be sure of it.
const LOOKED_AT_MM: f64 = 4.8;
/// A way of a millimetre over even ground costs this much of one through a groove that bends by 1/mm.
const EVEN_WAY: f64 = 0.05;
/// Ways are compared up to this cost.
const FARTHEST: f64 = 4.0;

/// What is known of the nodes before tooth is told from gum.
pub(crate) struct Sides {
    /// How likely each node is tooth.
    pub tooth: Vec<f64>,
    /// The tooth that each node is nearest to over the surface, grooves being far; 0 where none is.
    pub nearest: Vec<Label>,
    /// The pixel that each node lies at.
    pub pixels: Vec<Option<usize>>,
    /// Whether the picture shows it.
    pub seen: Vec<bool>,
}

impl Sides {
    /// Judges every node.
    pub fn new(evidence: &Evidence, nodes: &Nodes, teeth: &[Numbered], owner: &[Label], jaw: Jaw) -> Self {
        let scene = Scene::new(evidence, nodes, teeth, owner, jaw);
        let judge = Judge::embedded();
        let tooth = (0..nodes.len())
            .into_par_iter()
            .with_min_len(512)
            .map(|node| scene.describe(node).map_or(0.0, |numbers| judge.tooth(&numbers)))
            .collect();
        Self {
            tooth,
            nearest: scene.from_tooth.label,
            pixels: scene.pixels,
            seen: scene.seen,
        }
    }
}

/// The numbers of every node that has some, for training.
pub(crate) fn described(
    evidence: &Evidence,
    nodes: &Nodes,
    teeth: &[Numbered],
    owner: &[Label],
    jaw: Jaw,
) -> Vec<(usize, [f32; NUMBERS])> {
    let scene = Scene::new(evidence, nodes, teeth, owner, jaw);
    (0..nodes.len())
        .filter_map(|node| Some((node, scene.describe(node)?)))
        .collect()
}

/// Everything that the description of a node looks at.
struct Scene<'a> {
    evidence: &'a Evidence,
    nodes: &'a Nodes,
    teeth: &'a [Numbered],
    owner: &'a [Label],
    jaw: Jaw,
    around: Vec<Option<Near>>,
    top: Vec<f64>,
    pixels: Vec<Option<usize>>,
    seen: Vec<bool>,
    from_tooth: Ways,
    from_gum: Ways,
}

/// The nearest tooth of a pixel.
#[derive(Clone, Copy)]
struct Near {
    tooth: usize,
    /// Steps of a pixel to it.
    steps: usize,
}

/// The cheapest way to each node from the nodes that are sure.
struct Ways {
    cost: Vec<f32>,
    label: Vec<Label>,
}

impl<'a> Scene<'a> {
    fn new(
        evidence: &'a Evidence,
        nodes: &'a Nodes,
        teeth: &'a [Numbered],
        owner: &'a [Label],
        jaw: Jaw,
    ) -> Self {
        let grid = evidence.grid;
        let pixels: Vec<Option<usize>> = nodes.places.iter().map(|p| grid.pixel_at(p.x, p.y)).collect();
        let seen: Vec<bool> = (0..nodes.len())
            .map(|n| {
                let top = pixels[n].map_or(f32::NAN, |p| evidence.heights[p]);
                top.is_nan() || f64::from(top) - nodes.places[n].z < HIDDEN_MM
            })
            .collect();
        let sure = |node: usize, tooth: bool| {
            let pixel = pixels[node]?;
            let p = f64::from(evidence.tooth(pixel));
            let right = if tooth {
                p > SURELY.1 && owner[pixel] > 0
            } else {
                p < SURELY.0 || owner[pixel] == 0
            };
            let shown = seen[node] && nodes.normals[node].z > FLAT;
            (right && shown).then_some(if tooth { owner[pixel] } else { 0 })
        };
        let (from_tooth, from_gum) = rayon::join(
            || reach(nodes, |node| sure(node, true)),
            || reach(nodes, |node| sure(node, false)),
        );
        Self {
            evidence,
            nodes,
            teeth,
            owner,
            jaw,
            around: around(evidence, owner, BESIDE_MM),
            top: tops(evidence, teeth, owner),
            from_tooth,
            from_gum,
            pixels,
            seen,
        }
    }

    /// The numbers of a node; `None` where no tooth is near.
    fn describe(&self, node: usize) -> Option<[f32; NUMBERS]> {
        let pixel = self.pixels[node]?;
        let near = self.around[pixel]?;
        let tooth = &self.teeth[near.tooth];
        let (place, normal) = (self.nodes.places[node], self.nodes.normals[node]);
        let p = f64::from(self.evidence.tooth(pixel));
        let owned = if self.owner[pixel] > 0 { p } else { 0.0 };
        let above = f64::from(self.evidence.heights[pixel]) - place.z;
        let depth = (self.top[near.tooth] - place.z) / tooth.crown_height;
        let beside = near.steps as f64 * self.evidence.grid.pixel_mm;
        let [mx, my] = self
            .evidence
            .grid
            .to_mm(tooth.instance.middle[0], tooth.instance.middle[1]);
        let (dx, dy) = (place.x - mx, place.y - my);
        let away = dx.hypot(dy).max(1e-6);
        let outward = (normal.x * dx + normal.y * dy) / away;
        let radius = 0.5 * (tooth.outline[0] * tooth.outline[1]).sqrt();
        let neighbours = self.nodes.neighbours(node);
        let mean_bend = neighbours
            .iter()
            .map(|&n| self.nodes.bends[n as usize])
            .sum::<f64>()
            / neighbours.len().max(1) as f64;
        let (ct, cg) = (
            f64::from(self.from_tooth.cost[node]),
            f64::from(self.from_gum.cost[node]),
        );
        let class = tooth.fdi.class();
        let is = |yes: bool| if yes { 1.0 } else { 0.0 };
        let numbers = [
            owned,
            p,
            is(self.seen[node]),
            normal.z,
            if above.is_nan() {
                0.0
            } else {
                (above / 4.0).clamp(-1.0, 2.5)
            },
            depth.clamp(-0.5, 2.5),
            beside / BESIDE_MM,
            self.nodes.bends[node].clamp(-2.0, 2.0),
            self.nodes.crests[node].clamp(-2.0, 2.0),
            mean_bend.clamp(-2.0, 2.0),
            ct / FARTHEST,
            cg / FARTHEST,
            (ct - cg) / (ct + cg + EVEN_WAY),
            outward,
            (away / radius).min(3.0),
            is(class == ToothClass::Incisor),
            is(class == ToothClass::Canine),
            is(class == ToothClass::Premolar),
            is(class == ToothClass::Molar),
            is(self.jaw == Jaw::Upper),
            self.mean_tooth(pixel),
        ];
        Some(numbers.map(|n| n as f32))
    }

    /// The mean probability of tooth about a pixel.
    fn mean_tooth(&self, pixel: usize) -> f64 {
        let grid = self.evidence.grid;
        let [u, v] = grid.place(pixel).map(|c| c as f64);
        let (columns, rows) = grid.window(u, v, 2.0);
        let mut sum = 0.0;
        let count = (rows.len() * columns.len()).max(1) as f64;
        for row in rows {
            for column in columns.clone() {
                sum += f64::from(self.evidence.tooth(row * grid.width + column));
            }
        }
        sum / count
    }
}

/// The highest point of each tooth as the picture shows it.
fn tops(evidence: &Evidence, teeth: &[Numbered], owner: &[Label]) -> Vec<f64> {
    let mut top = vec![f64::MIN; teeth.len()];
    for (pixel, &label) in owner.iter().enumerate() {
        let height = f64::from(evidence.heights[pixel]);
        if label > 0 && evidence.tooth(pixel) > 0.5 && !height.is_nan() {
            let most = &mut top[label as usize - 1];
            *most = most.max(height);
        }
    }
    top
}

/// Which pixels lie so near to a tooth that their surface has to be looked at.
pub(crate) fn near_teeth(evidence: &Evidence, owner: &[Label]) -> Vec<bool> {
    let near = around(evidence, owner, LOOKED_AT_MM);
    near.iter().map(Option::is_some).collect()
}

/// The nearest tooth of each pixel, over the pixels.
fn around(evidence: &Evidence, owner: &[Label], most_mm: f64) -> Vec<Option<Near>> {
    let grid = evidence.grid;
    let mut nearest: Vec<Option<Near>> = vec![None; owner.len()];
    let mut queue = VecDeque::new();
    for (pixel, &label) in owner.iter().enumerate() {
        if label > 0 && evidence.tooth(pixel) > 0.5 {
            nearest[pixel] = Some(Near {
                tooth: label as usize - 1,
                steps: 0,
            });
            queue.push_back(pixel);
        }
    }
    let reach = (most_mm / grid.pixel_mm).round() as usize;
    while let Some(pixel) = queue.pop_front() {
        let Some(Near { tooth, steps }) = nearest[pixel].filter(|n| n.steps < reach) else {
            continue;
        };
        let [u, v] = grid.place(pixel).map(|c| c as f64);
        let (columns, rows) = grid.window(u, v, 1.0);
        for row in rows {
            for column in columns.clone() {
                let next = &mut nearest[row * grid.width + column];
                if next.is_none() {
                    *next = Some(Near {
                        tooth,
                        steps: steps + 1,
                    });
                    queue.push_back(row * grid.width + column);
                }
            }
        }
    }
    nearest
}

/// The cheapest ways from the nodes that `seed` gives a label.
fn reach(nodes: &Nodes, seed: impl Fn(usize) -> Option<Label>) -> Ways {
    let mut label = vec![0; nodes.len()];
    let mut cost = vec![FARTHEST as f32; nodes.len()];
    let mut heap = BinaryHeap::new();
    for node in 0..nodes.len() {
        if let Some(own) = seed(node) {
            label[node] = own;
            cost[node] = 0.0;
            heap.push(Reverse((0u32, node as u32)));
        }
    }
    // Costs are kept as integers, a ten-thousandth each, so that their order is the same everywhere.
    const UNIT: f64 = 10_000.0;
    let mut best: Vec<u32> = cost.iter().map(|c| (f64::from(*c) * UNIT) as u32).collect();
    while let Some(Reverse((so_far, node))) = heap.pop() {
        let at = node as usize;
        if best[at] < so_far {
            continue;
        }
        for &next in nodes.neighbours(at) {
            let to = next as usize;
            let length = (nodes.places[at] - nodes.places[to]).norm();
            let hard = EVEN_WAY + (-0.5 * (nodes.bends[at] + nodes.bends[to])).clamp(0.0, 2.0);
            let total = so_far + (UNIT * length * hard) as u32;
            if total < best[to] {
                best[to] = total;
                label[to] = label[at];
                heap.push(Reverse((total, next)));
            }
        }
    }
    for (cost, best) in cost.iter_mut().zip(best) {
        *cost = (f64::from(best) / UNIT) as f32;
    }
    Ways { cost, label }
}

/// The small network: two hidden layers with rectification, then one number.
struct Judge {
    layers: Vec<Dense>,
}

struct Dense {
    /// `weights[output][input]`.
    weights: Vec<f32>,
    biases: Vec<f32>,
}

impl Judge {
    /// The one in the program: for each layer its outputs' biases, then its weights, as little-endian `f32`.
    fn embedded() -> &'static Self {
        const BYTES: &[u8] = include_bytes!("../../weights/sides.net");
        static JUDGE: OnceLock<Judge> = OnceLock::new();
        JUDGE.get_or_init(|| Self::from_bytes(BYTES))
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        let mut values = bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b));
        let mut inputs = NUMBERS;
        let layers = HIDDEN
            .into_iter()
            .chain([1])
            .map(|outputs| {
                let biases = values.by_ref().take(outputs).collect();
                let weights = values.by_ref().take(outputs * inputs).collect();
                inputs = outputs;
                Dense { weights, biases }
            })
            .collect();
        Self { layers }
    }

    fn tooth(&self, numbers: &[f32; NUMBERS]) -> f64 {
        let mut at = numbers.to_vec();
        for (i, layer) in self.layers.iter().enumerate() {
            let last = i + 1 == self.layers.len();
            let rows = layer.weights.chunks_exact(at.len());
            let next = rows.zip(&layer.biases).map(|(row, bias)| {
                let sum: f32 = row.iter().zip(&at).map(|(w, x)| w * x).sum();
                if last { sum + bias } else { (sum + bias).max(0.0) }
            });
            at = next.collect();
        }
        let logit = at.first().copied().unwrap_or(0.0);
        1.0 / (1.0 + f64::from(-logit).exp())
    }
}

/// Outputs of the hidden layers.
const HIDDEN: [usize; 2] = [32, 32];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weights_fill_every_layer_and_are_numbers() {
        let judge = Judge::embedded();
        let sizes: Vec<(usize, usize)> = judge
            .layers
            .iter()
            .map(|l| (l.biases.len(), l.weights.len()))
            .collect();
        let [first, second] = HIDDEN;
        let wanted = [(first, first * NUMBERS), (second, second * first), (1, second)];
        assert_eq!(sizes, wanted);
        let all = judge
            .layers
            .iter()
            .flat_map(|l| l.biases.iter().chain(&l.weights));
        assert!(all.into_iter().all(|w| w.is_finite()));
    }
}
