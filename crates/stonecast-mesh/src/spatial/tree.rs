//! The tree: wide nodes whose children's boxes stand in the node's own axes, and leaves of four triangles.
//!
//! A scan is a sheet. Boxes along the world's axes are as thick as the sheet is steep, so a far query meets many that
//! hold nothing near; boxes along the principal axes of their own patch are as thin as the sheet is flat. Boxes are
//! `f32`, widened so that rounding never hides a triangle; triangles are the mesh's own `f64`.
//!
//! Bound on the rounding, with u = 2^-24: a query is brought into a node's axes with an error below 16 u (d + r),
//! where d is its distance from a point of the node and r the node's extent about its origin; the boxes' own
//! coordinates err by less than 8 u r. Boxes are widened by 32 u r and limits by 24 u d.

use wide::f64x4;

use crate::Point;

/// Children of a node: two vectors of four `f32`.
pub(super) const WIDE: usize = 8;
/// Triangles of a leaf: two vectors of two `f64`.
pub(super) const LEAF: usize = 4;
/// Marks a child that is a leaf.
pub(super) const IS_LEAF: u32 = 1 << 31;
/// Room for a traversal's stack: a tree of 2^32 faces has eleven levels of eight children.
pub(super) const STACK: usize = 96;

/// An inner node, in lengths scaled by [`Tree::scale`].
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    pub origin: [f32; 3],
    /// Rows: the node's axes.
    pub axes: [[f32; 3]; 3],
    pub low: [[f32; WIDE]; 3],
    pub high: [[f32; WIDE]; 3],
    /// A node, or a leaf with [`IS_LEAF`].
    pub child: [u32; WIDE],
    pub count: u32,
}

/// Four triangles, coordinate by coordinate. A short last leaf repeats its last triangle.
#[derive(Clone, Debug)]
pub(super) struct Leaf {
    /// By corner, by axis.
    pub corners: [[[f64; LEAF]; 3]; 3],
    pub faces: [u32; LEAF],
}

impl Leaf {
    #[inline]
    pub fn triangle(&self, i: usize) -> [Point; 3] {
        self.corners.map(|c| Point::new(c[0][i], c[1][i], c[2][i]))
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Tree {
    pub nodes: Vec<Node>,
    pub leaves: Vec<Leaf>,
    /// Where a face's triangle stands: leaf times [`LEAF`] plus its place.
    pub slot_of_face: Vec<u32>,
    /// A power of two that brings the mesh to a size near one, so that no square leaves the range of `f32`.
    pub scale: f64,
}

impl Tree {
    #[inline]
    pub fn triangle(&self, face: u32) -> [Point; 3] {
        let slot = self.slot_of_face[face as usize] as usize;
        self.leaves[slot / LEAF].triangle(slot % LEAF)
    }

    /// A squared distance as the boxes' tests must see it: scaled, and widened by the bound on the query's rounding.
    #[inline]
    pub fn limit(&self, distance_squared: f64) -> f32 {
        (distance_squared * self.scale * self.scale * (1.0 + 4e-6)) as f32
    }
}

/// What the distances to a leaf's four triangles need, whatever the query.
pub(super) struct Prepared {
    a: [f64x4; 3],
    ab: [f64x4; 3],
    ac: [f64x4; 3],
    ab2: f64x4,
    ac2: f64x4,
    bc2: f64x4,
    /// `bc . ab`
    bend: f64x4,
    inverse: [f64x4; 3],
    /// The inverse of the matrix of the sides' products.
    gram: [f64x4; 3],
    slack: f64x4,
}

/// The part of the squared lengths by which `Prepared::distance_squared` may err in a triangle of good shape: some 36
/// roundings.
const ROUNDING: f64 = 8e-15;
/// A triangle with a squared sine below this is measured by its sides alone.
const FLAT: f64 = 1e-10;

type Three = [f64x4; 3];

#[inline(always)]
fn minus(a: &Three, b: &Three) -> Three {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

#[inline(always)]
fn dot(a: &Three, b: &Three) -> f64x4 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

impl Prepared {
    #[inline(always)]
    pub fn new(leaf: &Leaf) -> Self {
        let [a, b, c] = leaf.corners.map(|corner| corner.map(f64x4::new));
        let (ab, ac, bc) = (minus(&b, &a), minus(&c, &a), minus(&c, &b));
        let (ab2, ac2, bc2, k) = (dot(&ab, &ab), dot(&ac, &ac), dot(&bc, &bc), dot(&ab, &ac));
        let zero = f64x4::ZERO;
        let one = f64x4::ONE;
        // Where a side has no length its point is the corner: the inverse may be anything finite.
        let invert = |x: f64x4| (one / x) & x.simd_gt(zero);
        let product = ab2 * ac2;
        let determinant = product - k * k;
        let good = determinant.simd_gt(product * f64x4::splat(FLAT));
        let inverse_determinant = (one / determinant) & good;
        let stretch = (product * inverse_determinant) | (f64x4::splat(1.0 / FLAT) & !good);
        Self {
            a,
            ab,
            ac,
            ab2,
            ac2,
            bc2,
            bend: k - ab2,
            inverse: [invert(ab2), invert(ac2), invert(bc2)],
            gram: [
                ac2 * inverse_determinant,
                -k * inverse_determinant,
                ab2 * inverse_determinant,
            ],
            slack: stretch * f64x4::splat(ROUNDING),
        }
    }

    /// The squared distance and how much it may err.
    #[inline(always)]
    pub fn distance_squared(&self, q: &Three) -> (f64x4, f64x4) {
        let (zero, one, two) = (f64x4::ZERO, f64x4::ONE, f64x4::splat(2.0));
        let ap = minus(q, &self.a);
        let (d1, d2, pp) = (dot(&self.ab, &ap), dot(&self.ac, &ap), dot(&ap, &ap));
        let side = |start: f64x4, along: f64x4, length2: f64x4, inverse: f64x4| {
            let t = (along * inverse).fast_max(zero).fast_min(one);
            start + t * (t * length2 - two * along)
        };
        let sides = side(pp, d1, self.ab2, self.inverse[0])
            .fast_min(side(pp, d2, self.ac2, self.inverse[1]))
            .fast_min(side(
                pp - two * d1 + self.ab2,
                d2 - d1 - self.bend,
                self.bc2,
                self.inverse[2],
            ));
        let v = d1 * self.gram[0] + d2 * self.gram[1];
        let w = d2 * self.gram[2] + d1 * self.gram[1];
        let inside = v.fast_min(w).fast_min(one - v - w).simd_ge(zero);
        let plane = pp - v * d1 - w * d2;
        let squared = inside.select(plane.fast_min(sides), sides);
        (squared, self.slack * (pp + self.ab2 + self.ac2))
    }
}
