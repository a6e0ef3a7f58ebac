//! The faces near a place.

use wide::f32x8;

use crate::{FaceId, Point};

use super::{
    SpatialIndex,
    tree::{IS_LEAF, LEAF, STACK, Tree},
    triangle::closest_on_triangle,
};

impl SpatialIndex {
    /// The faces that come within `radius` of a point, by their ids.
    pub fn faces_within(&self, centre: &Point, radius: f64) -> Vec<FaceId> {
        let mut faces = Vec::new();
        if radius >= 0.0 {
            self.tree.visit(centre, radius, |face, triangle| {
                let closest = closest_on_triangle(centre, triangle).0;
                if (closest - centre).norm_squared() <= radius * radius {
                    faces.push(FaceId(face));
                }
            });
        }
        faces.sort_unstable();
        faces
    }
}

impl Tree {
    /// Shows every triangle whose leaf's box comes within `radius`, and perhaps a few more.
    fn visit(&self, centre: &Point, radius: f64, mut show: impl FnMut(u32, &[Point; 3])) {
        if self.nodes.is_empty() {
            return;
        }
        let scaled = centre.coords * self.scale;
        let limit = f32x8::splat(self.limit(radius * radius));
        let mut stack = [0u32; STACK];
        let mut top = 1;
        while top > 0 {
            top -= 1;
            let at = stack[top];
            if at & IS_LEAF != 0 {
                let leaf = &self.leaves[(at & !IS_LEAF) as usize];
                for i in 0..LEAF {
                    // A short leaf repeats its last face.
                    if i == 0 || leaf.faces[i] != leaf.faces[i - 1] {
                        show(leaf.faces[i], &leaf.triangle(i));
                    }
                }
                continue;
            }
            let node = &self.nodes[at as usize];
            let distances = node.distances_squared(&[scaled.x, scaled.y, scaled.z]);
            let mut near = !distances.simd_gt(limit).to_bitmask() & ((1u32 << node.count) - 1);
            while near != 0 {
                stack[top] = node.child[near.trailing_zeros() as usize];
                top += 1;
                near &= near - 1;
            }
        }
    }
}
