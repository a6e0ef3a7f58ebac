//! Minimum cut of a graph between a source and a sink, by augmenting paths between two search trees that are kept
//! from path to path.
//!
//! Capacities are integers, so that the cut is exact and the work ends.
//!
//! Reference: Boykov Y, Kolmogorov V. An experimental comparison of min-cut/max-flow algorithms for energy
//! minimization in vision. *IEEE TPAMI* 26 (2004).

use std::collections::VecDeque;

const NONE: u32 = u32::MAX;
/// A tree's root hangs at its terminal.
const TERMINAL: u32 = u32::MAX - 1;
/// Cut off from its tree for now.
const ORPHAN: u32 = u32::MAX - 2;

/// One direction of an edge; the other direction is its neighbour in the list (`index ^ 1`).
#[derive(Clone, Copy, Debug)]
struct Arc {
    head: u32,
    next: u32,
    left: i32,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    first: u32,
    /// The arc from this node to its parent.
    parent: u32,
    /// When the distance was last known to be right.
    stamp: u32,
    distance: u32,
    /// What is left from the source (positive) or to the sink (negative).
    terminal: i32,
    sink_side: bool,
    active: bool,
}

/// A graph whose cut is wanted.
#[derive(Clone, Debug)]
pub(crate) struct CutGraph {
    nodes: Vec<Node>,
    arcs: Vec<Arc>,
    queue: VecDeque<u32>,
    orphans: VecDeque<u32>,
    time: u32,
}

impl CutGraph {
    /// `count` nodes, no edges.
    pub fn new(count: usize, edges: usize) -> Self {
        let node = Node {
            first: NONE,
            parent: NONE,
            stamp: 0,
            distance: 0,
            terminal: 0,
            sink_side: false,
            active: false,
        };
        Self {
            nodes: vec![node; count],
            arcs: Vec::with_capacity(2 * edges),
            queue: VecDeque::new(),
            orphans: VecDeque::new(),
            time: 0,
        }
    }

    /// What it costs to put a node on the sink's side and on the source's side.
    pub fn add_terminal(&mut self, node: usize, cost_of_sink: i32, cost_of_source: i32) {
        self.nodes[node].terminal += cost_of_sink - cost_of_source;
    }

    /// What it costs to part two nodes.
    pub fn add_edge(&mut self, a: usize, b: usize, cost: i32) {
        let arc = self.arcs.len() as u32;
        self.arcs.push(Arc {
            head: b as u32,
            next: self.nodes[a].first,
            left: cost,
        });
        self.arcs.push(Arc {
            head: a as u32,
            next: self.nodes[b].first,
            left: cost,
        });
        self.nodes[a].first = arc;
        self.nodes[b].first = arc + 1;
    }

    /// Cuts; tells for each node whether it is on the source's side. Nodes that either side could have are on the
    /// sink's.
    pub fn cut(mut self) -> Vec<bool> {
        self.plant();
        while let Some(node) = self.next_active() {
            while let Some(bridge) = self.grow(node) {
                self.time += 1;
                self.augment(bridge);
                self.adopt();
                if self.nodes[node as usize].parent == NONE {
                    break;
                }
            }
        }
        self.nodes
            .iter()
            .map(|n| n.parent != NONE && !n.sink_side)
            .collect()
    }

    /// Every node with a terminal's capacity roots a tree.
    fn plant(&mut self) {
        for i in 0..self.nodes.len() {
            let node = &mut self.nodes[i];
            if node.terminal != 0 {
                node.sink_side = node.terminal < 0;
                node.parent = TERMINAL;
                node.distance = 1;
                self.activate(i as u32);
            }
        }
    }

    fn activate(&mut self, node: u32) {
        let n = &mut self.nodes[node as usize];
        if !n.active {
            n.active = true;
            self.queue.push_back(node);
        }
    }

    fn next_active(&mut self) -> Option<u32> {
        while let Some(node) = self.queue.pop_front() {
            let n = &mut self.nodes[node as usize];
            n.active = false;
            if n.parent != NONE {
                return Some(node);
            }
        }
        None
    }

    /// What can still flow along an arc in the direction of a tree: away from the source, towards the sink.
    fn room(&self, arc: u32, sink_side: bool) -> i32 {
        self.arcs[(if sink_side { arc ^ 1 } else { arc }) as usize].left
    }

    /// Grows a tree at a node; gives an arc from the source's tree to the sink's where they meet.
    fn grow(&mut self, node: u32) -> Option<u32> {
        let Node {
            sink_side,
            stamp,
            distance,
            first,
            ..
        } = self.nodes[node as usize];
        let mut arc = first;
        while arc != NONE {
            let Arc { head, next, .. } = self.arcs[arc as usize];
            if self.room(arc, sink_side) > 0 {
                let other = &mut self.nodes[head as usize];
                if other.parent == NONE {
                    other.sink_side = sink_side;
                    other.parent = arc ^ 1;
                    other.stamp = stamp;
                    other.distance = distance + 1;
                    self.activate(head);
                } else if other.sink_side != sink_side {
                    // The node may have more to give: it is looked at again after the augmentation.
                    return Some(if sink_side { arc ^ 1 } else { arc });
                } else if other.stamp <= stamp && other.distance > distance + 1 {
                    other.parent = arc ^ 1;
                    other.stamp = stamp;
                    other.distance = distance + 1;
                }
            }
            arc = next;
        }
        None
    }

    /// The tail of an arc.
    fn tail(&self, arc: u32) -> u32 {
        self.arcs[(arc ^ 1) as usize].head
    }

    /// Pushes as much as fits along the path that runs over `bridge`.
    fn augment(&mut self, bridge: u32) {
        let source_end = self.tail(bridge);
        let sink_end = self.arcs[bridge as usize].head;
        let mut flow = self.arcs[bridge as usize].left;
        flow = flow.min(self.bottleneck(source_end, false));
        flow = flow.min(self.bottleneck(sink_end, true));
        self.push(bridge, flow);
        self.push_to_root(source_end, false, flow);
        self.push_to_root(sink_end, true, flow);
    }

    fn bottleneck(&self, mut node: u32, sink_side: bool) -> i32 {
        let mut least = i32::MAX;
        loop {
            let n = &self.nodes[node as usize];
            if n.parent == TERMINAL {
                return least.min(n.terminal.abs());
            }
            // The parent's arc leads from child to parent; flow runs against it in the source's tree.
            let arc = if sink_side { n.parent } else { n.parent ^ 1 };
            least = least.min(self.arcs[arc as usize].left);
            node = self.arcs[n.parent as usize].head;
        }
    }

    fn push(&mut self, arc: u32, flow: i32) {
        self.arcs[arc as usize].left -= flow;
        self.arcs[(arc ^ 1) as usize].left += flow;
    }

    fn push_to_root(&mut self, mut node: u32, sink_side: bool, flow: i32) {
        loop {
            let parent = self.nodes[node as usize].parent;
            if parent == TERMINAL {
                let n = &mut self.nodes[node as usize];
                n.terminal += if sink_side { flow } else { -flow };
                if n.terminal == 0 {
                    n.parent = ORPHAN;
                    self.orphans.push_front(node);
                }
                return;
            }
            let arc = if sink_side { parent } else { parent ^ 1 };
            self.push(arc, flow);
            let up = self.arcs[parent as usize].head;
            if self.arcs[arc as usize].left == 0 {
                self.nodes[node as usize].parent = ORPHAN;
                self.orphans.push_front(node);
            }
            node = up;
        }
    }

    fn adopt(&mut self) {
        while let Some(node) = self.orphans.pop_front() {
            self.adopt_one(node);
        }
    }

    /// Finds a new parent for an orphan in its own tree, or sets it free.
    fn adopt_one(&mut self, node: u32) {
        let Node { sink_side, first, .. } = self.nodes[node as usize];
        let mut best = (NONE, u32::MAX);
        let mut arc = first;
        while arc != NONE {
            let Arc { head, next, .. } = self.arcs[arc as usize];
            // Flow would run from head to node in the source's tree, from node to head in the sink's.
            let room = self.room(arc ^ 1, sink_side);
            let other = &self.nodes[head as usize];
            if room > 0
                && other.sink_side == sink_side
                && other.parent != NONE
                && let Some(distance) = self.distance_to_root(head)
                && distance < best.1
            {
                best = (arc, distance);
            }
            arc = next;
        }
        if best.0 == NONE {
            self.set_free(node);
        } else {
            let time = self.time;
            let n = &mut self.nodes[node as usize];
            n.parent = best.0;
            n.stamp = time;
            n.distance = best.1 + 1;
        }
    }

    /// Steps to the root; `None` where the path ends at an orphan. Marks the path so that it is walked once.
    fn distance_to_root(&mut self, node: u32) -> Option<u32> {
        let mut steps = 0;
        let mut at = node;
        let total = loop {
            let n = &mut self.nodes[at as usize];
            if n.stamp == self.time {
                break steps + n.distance;
            }
            steps += 1;
            match n.parent {
                TERMINAL => {
                    n.stamp = self.time;
                    n.distance = 1;
                    break steps;
                }
                ORPHAN | NONE => return None,
                parent => at = self.arcs[parent as usize].head,
            }
        };
        let mut distance = total;
        let mut at = node;
        while self.nodes[at as usize].stamp != self.time {
            let n = &mut self.nodes[at as usize];
            n.stamp = self.time;
            n.distance = distance;
            distance -= 1;
            at = self.arcs[n.parent as usize].head;
        }
        Some(total)
    }

    fn set_free(&mut self, node: u32) {
        let Node { sink_side, first, .. } = self.nodes[node as usize];
        self.nodes[node as usize].parent = NONE;
        let mut arc = first;
        while arc != NONE {
            let Arc { head, next, .. } = self.arcs[arc as usize];
            let other = self.nodes[head as usize];
            if other.sink_side == sink_side && other.parent != NONE {
                if self.room(arc ^ 1, sink_side) > 0 {
                    self.activate(head);
                }
                let is_child = other.parent < ORPHAN && self.arcs[other.parent as usize].head == node;
                if is_child {
                    self.nodes[head as usize].parent = ORPHAN;
                    self.orphans.push_back(head);
                }
            }
            arc = next;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small generator, so that the graphs are the same everywhere.
    fn numbers(seed: u64) -> impl FnMut(i32) -> i32 {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        move |below| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state % below as u64) as i32
        }
    }

    fn cost(sides: &[bool], terminals: &[(i32, i32)], edges: &[(usize, usize, i32)]) -> i64 {
        let unary: i64 = sides
            .iter()
            .zip(terminals)
            .map(|(source, t)| i64::from(if *source { t.1 } else { t.0 }))
            .sum();
        let parted: i64 = edges
            .iter()
            .filter(|(a, b, _)| sides[*a] != sides[*b])
            .map(|e| i64::from(e.2))
            .sum();
        unary + parted
    }

    #[test]
    fn the_cut_is_the_least_of_all_cuts() {
        for seed in 1..300 {
            let mut draw = numbers(seed);
            let count = 2 + draw(9) as usize;
            let terminals: Vec<(i32, i32)> = (0..count).map(|_| (draw(20), draw(20))).collect();
            let edges: Vec<(usize, usize, i32)> = (0..draw(25))
                .map(|_| (draw(count as i32) as usize, draw(count as i32) as usize, draw(15)))
                .filter(|(a, b, _)| a != b)
                .collect();
            let mut graph = CutGraph::new(count, edges.len());
            for (node, t) in terminals.iter().enumerate() {
                graph.add_terminal(node, t.0, t.1);
            }
            for &(a, b, c) in &edges {
                graph.add_edge(a, b, c);
            }
            let found = cost(&graph.cut(), &terminals, &edges);
            let least = (0..1u32 << count)
                .map(|bits| {
                    let sides: Vec<bool> = (0..count).map(|i| bits >> i & 1 == 1).collect();
                    cost(&sides, &terminals, &edges)
                })
                .min();
            assert_eq!(Some(found), least, "seed {seed}");
        }
    }
}
