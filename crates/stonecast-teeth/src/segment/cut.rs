//! From evidence on pixels to labels on nodes: cuts along the grooves.
//!
//! Units: mm. Frame: the arch's own, heights towards the antagonist.
//!
//! The network sees the arch from above; what lies under the height of contour it does not see, and where a margin
//! runs it knows to about a pixel. Both are settled on the surface: a cut between tooth and gum, then one between each
//! two touching teeth, each the cheapest in what it contradicts of the evidence and in how far it runs over ground
//! that is not a groove.
//!
//! Steps: 1. `Sides`: how likely each node is tooth. 2. `tooth_or_gum`. 3. `spread` the teeth over the tooth nodes.
//! 4. `part` each two neighbours. 5. `without_islands`.
//!
//! Reference: Boykov Y, Jolly M-P. Interactive graph cuts for optimal boundary and region segmentation of objects in
//! N-D images. *ICCV* 2001.

use std::collections::{BTreeMap, BinaryHeap};

use stonecast_dental::Jaw;

use super::{evidence::Evidence, maxflow::CutGraph, nodes::Nodes, number::Numbered, sides::Sides};

/// What an edge costs that is cut on even ground, against one node's evidence of 1:e. Nodes within a millimetre or two
/// are judged from nearly the same surface, so that the evidence of one counts for little.
const EVEN: f64 = 1.6;
/// An edge costs a fraction 1/e less for each such bend, 1/mm.
const GROOVE: f64 = 0.25;
/// No edge is cheaper than this share of an even one: boundaries stay smooth in deep grooves too.
const LEAST: f64 = 0.03;
/// Probabilities are taken to be at least this: the network is sure too often.
const DOUBT: f64 = 0.03;
/// A pixel's vote for its tooth's middle is this good, mm.
const VOTE_MM: f64 = 1.3;
/// Costs become integers in units of a thousandth.
const UNIT: f64 = 1000.0;

/// The label of a node: 0 is gum, `i + 1` is the i-th tooth.
pub(crate) type Label = u16;

/// Labels the nodes with the teeth.
pub(crate) fn cut(
    evidence: &Evidence,
    nodes: &Nodes,
    teeth: &[Numbered],
    owner: &[Label],
    jaw: Jaw,
) -> Vec<Label> {
    let sides = Sides::new(evidence, nodes, teeth, owner, jaw);
    let is_tooth = tooth_or_gum(nodes, &sides);
    let seeds: Vec<Option<Label>> = (0..nodes.len())
        .map(|node| (is_tooth[node] && sides.nearest[node] > 0).then_some(sides.nearest[node]))
        .collect();
    let mut labels = spread(nodes, &is_tooth, &seeds);
    part(evidence, nodes, &sides, teeth, &mut labels);
    without_islands(nodes, &mut labels);
    labels
}

/// How likely a tooth pixel belongs to a tooth, up to a factor: by its class and by where it points.
fn belongs(evidence: &Evidence, pixel: usize, tooth: &Numbered) -> f64 {
    let class = f64::from(evidence.classes[pixel][tooth.class]);
    let all = f64::from(evidence.tooth(pixel)).max(1e-6);
    let centre = evidence.centres[pixel];
    let off = (f64::from(centre[0]) - tooth.instance.middle[0])
        .hypot(f64::from(centre[1]) - tooth.instance.middle[1])
        * evidence.grid.pixel_mm
        / VOTE_MM;
    (0.9 * class / all + 0.1) * (-0.5 * off * off).exp().max(1e-6)
}

/// The tooth that each pixel most likely belongs to; 0 where it is none.
pub(crate) fn owners(evidence: &Evidence, teeth: &[Numbered]) -> Vec<Label> {
    let mut owner = vec![0; evidence.classes.len()];
    let mut member = vec![0; evidence.classes.len()];
    for (i, tooth) in teeth.iter().enumerate() {
        for &pixel in &tooth.instance.pixels {
            member[pixel] = i as Label + 1;
        }
    }
    for pixel in 0..owner.len() {
        if evidence.heights[pixel].is_nan() || evidence.tooth(pixel) < 0.1 {
            continue;
        }
        let near = |t: &Numbered| {
            let centre = evidence.centres[pixel];
            (f64::from(centre[0]) - t.instance.middle[0]).hypot(f64::from(centre[1]) - t.instance.middle[1])
                * evidence.grid.pixel_mm
                < 5.0
        };
        let best = (0..teeth.len())
            .filter(|&i| near(&teeth[i]))
            .map(|i| (belongs(evidence, pixel, &teeth[i]), i))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        owner[pixel] = best.map_or(member[pixel], |(_, i)| i as Label + 1);
    }
    owner
}

/// What it costs to cut between two nodes.
fn edge_cost(nodes: &Nodes, a: usize, b: usize) -> i32 {
    let bend = 0.5 * (nodes.bends[a] + nodes.bends[b]);
    let length = (nodes.places[a] - nodes.places[b]).norm().max(0.1);
    let share = (bend.min(0.0) / GROOVE).exp().max(LEAST);
    (UNIT * EVEN * share * (super::nodes::CUBE_MM / length).min(2.0)).round() as i32
}

fn cost_of(probability: f64, weight: f64) -> i32 {
    let p = (DOUBT + (1.0 - 2.0 * DOUBT) * probability).clamp(DOUBT, 1.0);
    (UNIT * weight * -p.ln()).round() as i32
}

/// A node's evidence counts by its share of a cube's usual surface.
fn weight(nodes: &Nodes, node: usize) -> f64 {
    (nodes.areas[node] / (super::nodes::CUBE_MM * super::nodes::CUBE_MM)).min(1.5)
}

fn tooth_or_gum(nodes: &Nodes, sides: &Sides) -> Vec<bool> {
    let mut graph = CutGraph::new(nodes.len(), nodes.links.len() / 2);
    for (node, &tooth) in sides.tooth.iter().enumerate() {
        let w = weight(nodes, node);
        // Source: tooth.
        graph.add_terminal(node, cost_of(1.0 - tooth, w), cost_of(tooth, w));
        for &other in nodes.neighbours(node) {
            if (other as usize) > node {
                graph.add_edge(node, other as usize, edge_cost(nodes, node, other as usize));
            }
        }
    }
    graph.cut()
}

/// Gives every tooth node the tooth that is nearest over the surface, grooves being far.
fn spread(nodes: &Nodes, is_tooth: &[bool], seeds: &[Option<Label>]) -> Vec<Label> {
    let mut labels = vec![0; nodes.len()];
    let mut reached = vec![u32::MAX; nodes.len()];
    let mut heap = BinaryHeap::new();
    for (node, seed) in seeds.iter().enumerate() {
        if let Some(label) = *seed {
            labels[node] = label;
            reached[node] = 0;
            heap.push(std::cmp::Reverse((0u32, node as u32, label)));
        }
    }
    while let Some(std::cmp::Reverse((cost, node, label))) = heap.pop() {
        let at = node as usize;
        if reached[at] < cost {
            continue;
        }
        for &next in nodes.neighbours(at) {
            let to = next as usize;
            if !is_tooth[to] {
                continue;
            }
            let length = (nodes.places[at] - nodes.places[to]).norm();
            let hard = 1.0 + 4.0 * (-nodes.bends[to]).clamp(0.0, 2.0);
            let total = cost + (UNIT * length * hard) as u32;
            if total < reached[to] {
                reached[to] = total;
                labels[to] = label;
                heap.push(std::cmp::Reverse((total, next, label)));
            }
        }
    }
    labels
}

/// Cuts again between each two teeth that touch.
fn part(evidence: &Evidence, nodes: &Nodes, sides: &Sides, teeth: &[Numbered], labels: &mut [Label]) {
    let mut touching: BTreeMap<(Label, Label), usize> = BTreeMap::new();
    for node in 0..nodes.len() {
        for &other in nodes.neighbours(node) {
            let (a, b) = (labels[node], labels[other as usize]);
            if a > 0 && b > a {
                *touching.entry((a, b)).or_default() += 1;
            }
        }
    }
    for &(a, b) in touching.keys() {
        part_two(evidence, nodes, sides, teeth, labels, a, b);
    }
}

fn part_two(
    evidence: &Evidence,
    nodes: &Nodes,
    sides: &Sides,
    teeth: &[Numbered],
    labels: &mut [Label],
    a: Label,
    b: Label,
) {
    let members: Vec<usize> = (0..nodes.len())
        .filter(|&n| labels[n] == a || labels[n] == b)
        .collect();
    let mut index = vec![u32::MAX; nodes.len()];
    for (i, &node) in members.iter().enumerate() {
        index[node] = i as u32;
    }
    let mut graph = CutGraph::new(members.len(), members.len() * 6);
    for (i, &node) in members.iter().enumerate() {
        if let Some(pixel) = sides.pixels[node].filter(|_| sides.seen[node]) {
            let of_a = belongs(evidence, pixel, &teeth[a as usize - 1]);
            let of_b = belongs(evidence, pixel, &teeth[b as usize - 1]);
            let share = of_a / (of_a + of_b).max(1e-12);
            let w = weight(nodes, node);
            graph.add_terminal(i, cost_of(1.0 - share, w), cost_of(share, w));
        }
        for &other in nodes.neighbours(node) {
            let j = index[other as usize];
            if j != u32::MAX && (other as usize) > node {
                graph.add_edge(i, j as usize, edge_cost(nodes, node, other as usize));
            }
        }
    }
    for (i, source) in graph.cut().into_iter().enumerate() {
        labels[members[i]] = if source { a } else { b };
    }
}

/// Keeps of each tooth its largest piece; the rest goes to what surrounds it most.
fn without_islands(nodes: &Nodes, labels: &mut [Label]) {
    let mut piece = vec![u32::MAX; nodes.len()];
    let mut pieces: Vec<(Label, f64, Vec<usize>)> = Vec::new();
    for start in 0..nodes.len() {
        if piece[start] != u32::MAX {
            continue;
        }
        let own = pieces.len() as u32;
        let mut members = vec![start];
        piece[start] = own;
        let mut next = 0;
        while next < members.len() {
            let node = members[next];
            next += 1;
            for &other in nodes.neighbours(node) {
                let other = other as usize;
                if piece[other] == u32::MAX && labels[other] == labels[start] {
                    piece[other] = own;
                    members.push(other);
                }
            }
        }
        let area = members.iter().map(|&n| nodes.areas[n]).sum();
        pieces.push((labels[start], area, members));
    }
    let mut largest: BTreeMap<Label, f64> = BTreeMap::new();
    for (label, area, _) in &pieces {
        let most = largest.entry(*label).or_default();
        *most = most.max(*area);
    }
    let before = labels.to_vec();
    for (label, area, members) in &pieces {
        // Gum is in as many pieces as it likes, but not in small ones within teeth.
        let keep = if *label == 0 {
            *area > 4.0
        } else {
            *area >= largest[label]
        };
        if keep {
            continue;
        }
        let mut around: BTreeMap<Label, usize> = BTreeMap::new();
        for &node in members {
            for &other in nodes.neighbours(node) {
                let other = before[other as usize];
                if other != *label {
                    *around.entry(other).or_default() += 1;
                }
            }
        }
        let most = around.iter().max_by_key(|(l, n)| (**n, std::cmp::Reverse(**l)));
        let to = most.map_or(0, |(l, _)| *l);
        for &node in members {
            labels[node] = to;
        }
    }
}
