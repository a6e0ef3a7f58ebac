//! Rays: the first meeting, all of them, or whether there is any.
//!
//! Boxes are passed through in `f32` with the widening that `tree` states; triangles are met in `f64`, watertight
//! along shared edges.

use wide::f32x8;

use crate::{FaceId, Point, Vector};

use super::{
    RayHit,
    tree::{IS_LEAF, LEAF, Node, STACK, Tree, WIDE},
    triangle::Shear,
};

/// Parameters at boxes are widened by this part, for the rounding of `f32`; the boxes' own widening covers a ray that
/// passes beside a corner.
const MARGIN: f32 = 16.0 * f32::EPSILON;

/// A ray in scaled coordinates.
struct Ray {
    origin: [f64; 3],
    direction: [f32; 3],
}

impl Tree {
    /// Shows every meeting with `0 <= t <= limit` to `take`, near boxes first; `take` returns the new limit, or `None` to
    /// stop.
    pub fn cross(
        &self,
        origin: &Point,
        direction: &Vector,
        max_t: f64,
        mut take: impl FnMut(RayHit) -> Option<f64>,
    ) {
        let length = direction.norm();
        if self.nodes.is_empty() || !length.is_finite() || length == 0.0 || max_t.is_nan() {
            return;
        }
        let shear = Shear::new(origin, direction);
        // Boxes are asked with a unit direction, so that their parameters are scaled lengths.
        let unit = direction / length;
        let ray = Ray {
            origin: [0, 1, 2].map(|k| origin[k] * self.scale),
            direction: unit.map(|d| d as f32).into(),
        };
        let stretch = length * self.scale;
        let mut limit = max_t;
        let mut stack = [(0.0f32, 0u32); STACK];
        let mut top = 1;
        while top > 0 {
            top -= 1;
            let (near, at) = stack[top];
            if f64::from(near) > limit * stretch {
                continue;
            }
            if at & IS_LEAF != 0 {
                let leaf = &self.leaves[(at & !IS_LEAF) as usize];
                for i in 0..LEAF {
                    // A short leaf repeats its last face.
                    if i > 0 && leaf.faces[i] == leaf.faces[i - 1] {
                        break;
                    }
                    let Some((t, weights)) = shear.meet(&leaf.triangle(i)) else {
                        continue;
                    };
                    if t < 0.0 || t > limit {
                        continue;
                    }
                    let hit = RayHit {
                        face: FaceId(leaf.faces[i]),
                        t,
                        point: origin + direction * t,
                        weights,
                    };
                    match take(hit) {
                        Some(new) => limit = new,
                        None => return,
                    }
                }
                continue;
            }
            let node = &self.nodes[at as usize];
            let far = (limit * stretch) as f32 * (1.0 + MARGIN);
            let (enter, mut hits) = node.pass(&ray, far);
            let first = top;
            while hits != 0 {
                let i = hits.trailing_zeros() as usize;
                hits &= hits - 1;
                let mut place = top;
                while place > first && stack[place - 1].0 < enter[i] {
                    stack[place] = stack[place - 1];
                    place -= 1;
                }
                stack[place] = (enter[i], node.child[i]);
                top += 1;
            }
        }
    }
}

impl Node {
    /// Where the ray enters the children's boxes, and which it meets.
    fn pass(&self, ray: &Ray, far: f32) -> ([f32; WIDE], u32) {
        let t: [f32; 3] = std::array::from_fn(|k| (ray.origin[k] - f64::from(self.origin[k])) as f32);
        // The origin's own rounding grows with its distance from the node.
        let blur = f32x8::splat(MARGIN * (t[0].abs() + t[1].abs() + t[2].abs()));
        let mut enter = f32x8::ZERO;
        let mut leave = f32x8::splat(far);
        for k in 0..3 {
            let axis = &self.axes[k];
            let o = f32x8::splat(axis[0] * t[0] + axis[1] * t[1] + axis[2] * t[2]);
            let d = axis[0] * ray.direction[0] + axis[1] * ray.direction[1] + axis[2] * ray.direction[2];
            // A direction along the box would divide by zero; this one turns by less than a rounding.
            let d = if d.abs() < f32::EPSILON {
                f32::EPSILON.copysign(d)
            } else {
                d
            };
            let inverse = f32x8::splat(1.0 / d);
            let (low, high) = (
                f32x8::new(self.low[k]) - blur - o,
                f32x8::new(self.high[k]) + blur - o,
            );
            let (a, b) = (low * inverse, high * inverse);
            enter = a.fast_min(b).fast_max(enter);
            leave = a.fast_max(b).fast_min(leave);
        }
        let margin = f32x8::splat(1.0 + MARGIN);
        let hits = enter.simd_le(leave * margin).to_bitmask() & ((1u32 << self.count) - 1);
        (enter.to_array(), hits)
    }
}
