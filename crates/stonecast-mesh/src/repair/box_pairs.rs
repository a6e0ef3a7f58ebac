//! Pairs of boxes that overlap, by a tree over the boxes that is walked against itself.
//!
//! The spatial index answers questions about points and rays; this answers the one question about pairs. The
//! tree's shape depends on the world axes, the pairs found do not. The tree's own boxes are `f32`, rounded outwards, so
//! that they hide no pair; two boxes overlap when they do in `f64`.

use rayon::prelude::*;

use crate::Aabb;

/// A box rounded outwards.
#[derive(Clone, Copy)]
struct Coarse {
    min: [f32; 3],
    max: [f32; 3],
}

#[derive(Clone, Copy)]
struct Item {
    bounds: Coarse,
    id: u32,
}

#[derive(Clone, Copy)]
struct Node {
    bounds: Coarse,
    first: u32,
    count: u32,
    /// The right child; the left one follows its parent. Zero for a leaf.
    right: u32,
}

/// Items in the order of the leaves.
struct Tree {
    nodes: Vec<Node>,
    items: Vec<Item>,
}

/// Fewer boxes than this are compared all with all: below it the tree costs more than it saves.
const LEAF: usize = 8;
/// How often the work is split before it is shared among threads: some hundred pieces.
const ROUNDS: usize = 8;
/// Boxes below which a subtree is not worth a thread of its own.
const ALONE: usize = 8192;

/// Every pair `(i, j)`, `i < j`, of overlapping boxes for which `accept` holds, sorted.
pub(super) fn overlapping_pairs(boxes: &[Aabb], accept: impl Fn(u32, u32) -> bool + Sync) -> Vec<(u32, u32)> {
    let Some(tree) = Tree::build(boxes, |_| true) else {
        return Vec::new();
    };
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

/// As [`overlapping_pairs`], but only the pairs with at least one chosen box: quick where these are few.
pub(super) fn overlapping_pairs_with(
    boxes: &[Aabb],
    chosen: &[bool],
    accept: impl Fn(u32, u32) -> bool + Sync,
) -> Vec<(u32, u32)> {
    let Some(tree) = Tree::build(boxes, |i| chosen[i as usize]) else {
        return Vec::new();
    };
    let mut pairs: Vec<(u32, u32)> = (0..boxes.len() as u32)
        .into_par_iter()
        .flat_map_iter(|i| {
            let others = tree.meeting(&boxes[i as usize], boxes);
            // A pair of two chosen boxes is met from both.
            let once = others
                .into_iter()
                .filter(move |&j| i < j || (j < i && !chosen[i as usize]));
            once.map(move |j| (i.min(j), i.max(j)))
        })
        .filter(|&(i, j)| accept(i, j))
        .collect();
    pairs.sort_unstable();
    pairs
}

impl Coarse {
    const EMPTY: Self = Self {
        min: [f32::INFINITY; 3],
        max: [f32::NEG_INFINITY; 3],
    };

    fn around(bounds: &Aabb) -> Self {
        let (min, max): ([f64; 3], [f64; 3]) = (bounds.min.into(), bounds.max.into());
        Self {
            min: min.map(|x| (x as f32).next_down()),
            max: max.map(|x| (x as f32).next_up()),
        }
    }

    fn add(&mut self, other: &Self) {
        for k in 0..3 {
            self.min[k] = self.min[k].min(other.min[k]);
            self.max[k] = self.max[k].max(other.max[k]);
        }
    }

    #[inline]
    fn overlaps(&self, other: &Self) -> bool {
        // Not lazily: a mispredicted branch costs more than all six.
        let mut all = true;
        for k in 0..3 {
            all &= (self.min[k] <= other.max[k]) & (other.min[k] <= self.max[k]);
        }
        all
    }

    /// Twice the centre.
    fn centre(&self, axis: usize) -> f32 {
        self.min[axis] + self.max[axis]
    }
}

/// How many nodes a subtree of `n` boxes has.
fn node_count(n: usize) -> usize {
    if n <= LEAF {
        1
    } else {
        1 + node_count(n / 2) + node_count(n - n / 2)
    }
}

/// Fills the nodes of a subtree, whose first node is number `at` and whose first item is number `first`.
fn fill(items: &mut [Item], nodes: &mut [Node], at: usize, first: usize) {
    let mut bounds = Coarse::EMPTY;
    let (mut low, mut high) = ([f32::INFINITY; 3], [f32::NEG_INFINITY; 3]);
    for item in items.iter() {
        bounds.add(&item.bounds);
        for k in 0..3 {
            low[k] = low[k].min(item.bounds.centre(k));
            high[k] = high[k].max(item.bounds.centre(k));
        }
    }
    let count = items.len();
    let half = count / 2;
    let left_nodes = if count <= LEAF { 0 } else { node_count(half) };
    nodes[0] = Node {
        bounds,
        first: first as u32,
        count: count as u32,
        right: if count <= LEAF {
            0
        } else {
            (at + 1 + left_nodes) as u32
        },
    };
    if count <= LEAF {
        return;
    }
    let extent = |k: usize| high[k] - low[k];
    let axis = (1..3).fold(0, |best, k| if extent(k) > extent(best) { k } else { best });
    items.select_nth_unstable_by(half, |a, b| {
        (a.bounds.centre(axis).total_cmp(&b.bounds.centre(axis))).then(a.id.cmp(&b.id))
    });
    let (left, right) = items.split_at_mut(half);
    let (below_left, below_right) = nodes[1..].split_at_mut(left_nodes);
    let mut go_left = || fill(left, below_left, at + 1, first);
    let mut go_right = || fill(right, below_right, at + 1 + left_nodes, first + half);
    if count > ALONE {
        rayon::join(go_left, go_right);
    } else {
        go_left();
        go_right();
    }
}

impl Tree {
    /// A tree over the chosen boxes; `None` when there are none.
    fn build(boxes: &[Aabb], choose: impl Fn(u32) -> bool) -> Option<Self> {
        let mut items: Vec<Item> = (0..boxes.len() as u32)
            .filter(|&id| choose(id))
            .map(|id| Item {
                bounds: Coarse::around(&boxes[id as usize]),
                id,
            })
            .collect();
        if items.is_empty() {
            return None;
        }
        let blank = Node {
            bounds: Coarse::EMPTY,
            first: 0,
            count: 0,
            right: 0,
        };
        let mut nodes = vec![blank; node_count(items.len())];
        fill(&mut items, &mut nodes, 0, 0);
        Some(Self { nodes, items })
    }

    /// Replaces a pair of nodes by the overlapping pairs of their children; true when there was something to
    /// replace.
    fn expand(&self, a: usize, b: usize, out: &mut Vec<(usize, usize)>) -> bool {
        let (na, nb) = (&self.nodes[a], &self.nodes[b]);
        let (right_of_a, right_of_b) = (na.right as usize, nb.right as usize);
        if right_of_a == 0 && right_of_b == 0 {
            return false;
        }
        if a == b {
            out.extend([(a + 1, a + 1), (right_of_a, right_of_a)]);
            self.push_if_overlapping(a + 1, right_of_a, out);
        } else if right_of_b == 0 || (right_of_a != 0 && na.count >= nb.count) {
            self.push_if_overlapping(a + 1, b, out);
            self.push_if_overlapping(right_of_a, b, out);
        } else {
            self.push_if_overlapping(a, b + 1, out);
            self.push_if_overlapping(a, right_of_b, out);
        }
        true
    }

    fn push_if_overlapping(&self, a: usize, b: usize, out: &mut Vec<(usize, usize)>) {
        if self.nodes[a].bounds.overlaps(&self.nodes[b].bounds) {
            out.push((a, b));
        }
    }

    fn items_of(&self, node: &Node) -> &[Item] {
        &self.items[node.first as usize..(node.first + node.count) as usize]
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
            let (na, nb) = (&self.nodes[a], &self.nodes[b]);
            let (ia, ib) = (self.items_of(na), self.items_of(nb));
            for (k, i) in ia.iter().enumerate() {
                if !i.bounds.overlaps(&nb.bounds) {
                    continue;
                }
                let others = if a == b { &ib[k + 1..] } else { ib };
                for j in others.iter().filter(|j| i.bounds.overlaps(&j.bounds)) {
                    let (i, j) = (i.id.min(j.id), i.id.max(j.id));
                    if overlap(&boxes[i as usize], &boxes[j as usize]) && accept(i, j) {
                        found.push((i, j));
                    }
                }
            }
        }
        found
    }

    /// The tree's boxes that overlap one.
    fn meeting(&self, one: &Aabb, boxes: &[Aabb]) -> Vec<u32> {
        let coarse = Coarse::around(one);
        let mut found = Vec::new();
        if !coarse.overlaps(&self.nodes[0].bounds) {
            return found;
        }
        let mut stack = vec![0usize];
        while let Some(at) = stack.pop() {
            let node = &self.nodes[at];
            if !coarse.overlaps(&node.bounds) {
                continue;
            }
            if node.right != 0 {
                stack.extend([at + 1, node.right as usize]);
                continue;
            }
            let ids = self.items_of(node).iter().map(|item| item.id);
            found.extend(ids.filter(|&id| overlap(one, &boxes[id as usize])));
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
    use crate::Point;

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

        let chosen: Vec<bool> = (0..300).map(|i| i % 7 == 0).collect();
        expected.retain(|&(i, j)| chosen[i as usize] || chosen[j as usize]);
        assert!(expected.len() > 20);
        assert_eq!(overlapping_pairs_with(&boxes, &chosen, |_, _| true), expected);
    }
}
