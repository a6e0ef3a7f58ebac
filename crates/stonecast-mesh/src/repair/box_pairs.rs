//! Pairs of boxes that overlap, by a tree over the boxes that is walked against itself.
//!
//! The spatial index answers questions about points and rays; this answers the one question about pairs. The
//! tree's shape depends on the world axes, the pairs found do not.

use rayon::prelude::*;

use crate::{Aabb, Point};

struct Node {
    bounds: Aabb,
    first: usize,
    count: usize,
    /// The right child; the left one follows its parent. Zero for a leaf.
    right: usize,
}

struct Tree {
    nodes: Vec<Node>,
    order: Vec<u32>,
}

/// Fewer boxes than this are compared all with all: below it the tree costs more than it saves.
const LEAF: usize = 8;
/// How often the work is split before it is shared among threads: some hundred pieces.
const ROUNDS: usize = 8;

/// Every pair `(i, j)`, `i < j`, of overlapping boxes for which `accept` holds, sorted.
pub(super) fn overlapping_pairs(boxes: &[Aabb], accept: impl Fn(u32, u32) -> bool + Sync) -> Vec<(u32, u32)> {
    if boxes.is_empty() {
        return Vec::new();
    }
    let tree = Tree::build(boxes);
    let mut tasks = vec![(0usize, 0usize)];
    for _ in 0..ROUNDS {
        let mut next = Vec::with_capacity(3 * tasks.len());
        for (a, b) in tasks {
            if !tree.expand(a, b, &mut next) {
                next.push((a, b));
            }
        }
        tasks = next;
    }
    let mut pairs: Vec<(u32, u32)> = tasks
        .par_iter()
        .flat_map_iter(|&task| tree.pairs_under(task, boxes, &accept))
        .collect();
    pairs.sort_unstable();
    pairs
}

impl Tree {
    fn build(boxes: &[Aabb]) -> Self {
        let centres: Vec<Point> = boxes.iter().map(Aabb::center).collect();
        let mut tree = Self {
            nodes: Vec::new(),
            order: Vec::new(),
        };
        let mut order: Vec<u32> = (0..boxes.len() as u32).collect();
        let count = order.len();
        tree.split(&mut order, 0, count, boxes, &centres);
        tree.order = order;
        tree
    }

    fn split(&mut self, order: &mut [u32], first: usize, count: usize, boxes: &[Aabb], centres: &[Point]) {
        let items = &mut order[first..first + count];
        let corners = items
            .iter()
            .flat_map(|&i| [boxes[i as usize].min, boxes[i as usize].max]);
        let bounds = Aabb::around(corners).expect("a node is never empty");
        let at = self.nodes.len();
        self.nodes.push(Node {
            bounds,
            first,
            count,
            right: 0,
        });
        if count <= LEAF {
            return;
        }
        let spread = Aabb::around(items.iter().map(|&i| centres[i as usize])).expect("a node is never empty");
        let axis = spread.extent().imax();
        let half = count / 2;
        items.select_nth_unstable_by(half, |&a, &b| {
            centres[a as usize][axis]
                .total_cmp(&centres[b as usize][axis])
                .then(a.cmp(&b))
        });
        self.split(order, first, half, boxes, centres);
        self.nodes[at].right = self.nodes.len();
        self.split(order, first + half, count - half, boxes, centres);
    }

    /// Replaces a pair of nodes by the overlapping pairs of their children; true when there was something to
    /// replace.
    fn expand(&self, a: usize, b: usize, out: &mut Vec<(usize, usize)>) -> bool {
        let (na, nb) = (&self.nodes[a], &self.nodes[b]);
        if na.right == 0 && nb.right == 0 {
            return false;
        }
        if a == b {
            out.extend([(a + 1, a + 1), (na.right, na.right)]);
            self.push_if_overlapping(a + 1, na.right, out);
        } else if nb.right == 0 || (na.right != 0 && na.count >= nb.count) {
            self.push_if_overlapping(a + 1, b, out);
            self.push_if_overlapping(na.right, b, out);
        } else {
            self.push_if_overlapping(a, b + 1, out);
            self.push_if_overlapping(a, nb.right, out);
        }
        true
    }

    fn push_if_overlapping(&self, a: usize, b: usize, out: &mut Vec<(usize, usize)>) {
        if overlap(&self.nodes[a].bounds, &self.nodes[b].bounds) {
            out.push((a, b));
        }
    }

    fn pairs_under(
        &self,
        task: (usize, usize),
        boxes: &[Aabb],
        accept: &(impl Fn(u32, u32) -> bool + Sync),
    ) -> Vec<(u32, u32)> {
        let mut found = Vec::new();
        let mut stack = vec![task];
        while let Some((a, b)) = stack.pop() {
            if self.expand(a, b, &mut stack) {
                continue;
            }
            let items = |n: &Node| &self.order[n.first..n.first + n.count];
            let (ia, ib) = (items(&self.nodes[a]), items(&self.nodes[b]));
            for (k, &i) in ia.iter().enumerate() {
                let others = if a == b { &ib[k + 1..] } else { ib };
                for &j in others {
                    let (i, j) = (i.min(j), i.max(j));
                    if overlap(&boxes[i as usize], &boxes[j as usize]) && accept(i, j) {
                        found.push((i, j));
                    }
                }
            }
        }
        found
    }
}

fn overlap(a: &Aabb, b: &Aabb) -> bool {
    (0..3).all(|i| a.min[i] <= b.max[i] && b.min[i] <= a.max[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_finds_what_comparing_all_with_all_finds() {
        let boxes: Vec<Aabb> = (0..300u32)
            .map(|i| {
                let corner = [i * 37 % 101, i * 53 % 89, i * 71 % 97].map(f64::from);
                let min = Point::from(corner);
                let size = f64::from(i % 13) + 0.5;
                Aabb {
                    min,
                    max: min.map(|c| c + size),
                }
            })
            .collect();
        let mut expected = Vec::new();
        for i in 0..300 {
            for j in i + 1..300 {
                if overlap(&boxes[i], &boxes[j]) {
                    expected.push((i as u32, j as u32));
                }
            }
        }
        assert!(expected.len() > 100);
        assert_eq!(overlapping_pairs(&boxes, |_, _| true), expected);
    }
}
