//! The closest point of one query.

use wide::{f32x8, f64x4};

use crate::{FaceId, Point};

use super::{
    Closest,
    tree::{IS_LEAF, LEAF, Leaf, Node, Prepared, STACK, Tree, WIDE},
    triangle::{Feature, closest_on_triangle},
};

/// The best so far. Starts as a face that is none, at the greatest distance allowed.
#[derive(Clone, Copy)]
pub(super) struct Best {
    pub distance_squared: f64,
    pub face: u32,
    pub feature: Feature,
    pub point: Point,
}

impl Best {
    pub fn within(max_distance: f64) -> Self {
        Self {
            distance_squared: max_distance * max_distance,
            face: u32::MAX,
            feature: Feature::Face,
            point: Point::origin(),
        }
    }

    /// Takes the triangle if it is closer, or as close and its face comes first.
    #[inline]
    pub fn offer(&mut self, query: &Point, triangle: &[Point; 3], face: u32) {
        let (point, feature) = closest_on_triangle(query, triangle);
        let distance_squared = (point - query).norm_squared();
        if distance_squared < self.distance_squared
            || (distance_squared == self.distance_squared && face < self.face)
        {
            *self = Self {
                distance_squared,
                face,
                feature,
                point,
            };
        }
    }

    pub fn found(&self) -> Option<Closest> {
        (self.face != u32::MAX).then(|| Closest {
            face: FaceId(self.face),
            feature: self.feature,
            point: self.point,
            distance: self.distance_squared.sqrt(),
        })
    }
}

impl Tree {
    /// Improves `best` to the closest triangle of all.
    pub fn closest(&self, query: &Point, best: &mut Best) {
        if self.nodes.is_empty() {
            return;
        }
        let scaled = query.coords * self.scale;
        let q = [query.x, query.y, query.z].map(f64x4::splat);
        let mut limit = self.limit(best.distance_squared);
        let mut stack = [(0.0f32, 0u32); STACK];
        let mut top = 1;
        while top > 0 {
            top -= 1;
            let (distance, at) = stack[top];
            if distance > limit {
                continue;
            }
            if at & IS_LEAF != 0 {
                let leaf = &self.leaves[(at & !IS_LEAF) as usize];
                if offer_leaf(leaf, &q, query, best) {
                    limit = self.limit(best.distance_squared);
                }
                continue;
            }
            let node = &self.nodes[at as usize];
            let distances = node.distances_squared(&[scaled.x, scaled.y, scaled.z]);
            // Not "less or equal": a query so far away that its square is no number must pass.
            let beyond = !distances.simd_le(f32x8::splat(limit)).to_bitmask() & 0xff;
            let mut near = !beyond & ((1u32 << node.count) - 1);
            let distances = distances.to_array();
            let first = top;
            while near != 0 {
                let i = near.trailing_zeros() as usize;
                near &= near - 1;
                // Insertion, farthest first, so that the nearest is taken next.
                let mut place = top;
                while place > first && stack[place - 1].0 < distances[i] {
                    stack[place] = stack[place - 1];
                    place -= 1;
                }
                stack[place] = (distances[i], node.child[i]);
                top += 1;
            }
        }
    }
}

/// Offers a leaf's triangles; true when one is taken.
#[inline]
fn offer_leaf(leaf: &Leaf, q: &[f64x4; 3], query: &Point, best: &mut Best) -> bool {
    let (squared, slack) = Prepared::new(leaf).distance_squared(q);
    let near = squared.simd_le(f64x4::splat(best.distance_squared) + slack);
    let mut near = near.to_bitmask();
    let before = (best.distance_squared, best.face);
    while near != 0 {
        let i = near.trailing_zeros() as usize % LEAF;
        near &= near - 1;
        best.offer(query, &leaf.triangle(i), leaf.faces[i]);
    }
    before != (best.distance_squared, best.face)
}

impl Node {
    /// The squared scaled distances of the children's boxes.
    #[inline]
    pub fn distances_squared(&self, scaled: &[f64; 3]) -> f32x8 {
        let t: [f32; 3] = std::array::from_fn(|k| (scaled[k] - f64::from(self.origin[k])) as f32);
        let zero = f32x8::ZERO;
        let mut sum = zero;
        for k in 0..3 {
            let axis = &self.axes[k];
            let x = f32x8::splat(axis[0] * t[0] + axis[1] * t[1] + axis[2] * t[2]);
            let low: [f32; WIDE] = self.low[k];
            let gap = (f32x8::new(low) - x)
                .fast_max(x - f32x8::new(self.high[k]))
                .fast_max(zero);
            sum += gap * gap;
        }
        sum
    }
}
