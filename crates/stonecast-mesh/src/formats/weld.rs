//! Joins identical corners of a triangle soup to shared vertices.
//!
//! **Steps** 1. `Welder::vertex` looks a corner's 32-bit coordinates up in an open-addressing table and either
//! finds its vertex or makes the next one, so vertices are numbered by first appearance. 2. `Welder::grow`
//! doubles the table when it is half full.
//!
//! **Limits** Only bit-identical corners are joined (after -0 becomes +0): a tolerance would join what the
//! scanner kept apart, and belongs to repair.

use crate::{Point, VertexId};

/// Key and vertex number side by side, so that a look-up touches one cache line.
#[derive(Clone, Copy)]
struct Slot {
    key: [u32; 3],
    vertex: u32,
}

const FREE: Slot = Slot {
    key: [0; 3],
    vertex: u32::MAX,
};

/// Numbers the distinct corners of a soup.
pub(crate) struct Welder {
    slots: Vec<Slot>,
    points: Vec<Point>,
}

impl Welder {
    /// A welder for about `expected` vertices; it grows when there are more.
    pub(crate) fn with_expected(expected: usize) -> Self {
        let slots = (expected + expected / 2).next_power_of_two().max(64);
        Self {
            slots: vec![FREE; slots],
            points: Vec::with_capacity(expected),
        }
    }

    /// The vertex at `corner`, which must be finite.
    #[inline]
    pub(crate) fn vertex(&mut self, corner: [f32; 3]) -> VertexId {
        // Adding +0 turns -0 into +0 and changes nothing else.
        let corner = corner.map(|c| c + 0.0);
        let key = corner.map(f32::to_bits);
        let mask = self.slots.len() - 1;
        let mut at = hash(key) as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.vertex == FREE.vertex {
                break;
            }
            if slot.key == key {
                return VertexId(slot.vertex);
            }
            at = (at + 1) & mask;
        }
        let vertex = VertexId::new(self.points.len());
        self.points.push(Point::from(corner.map(f64::from)));
        self.slots[at] = Slot {
            key,
            vertex: vertex.0,
        };
        if self.points.len() * 2 > self.slots.len() {
            self.grow();
        }
        vertex
    }

    #[cold]
    fn grow(&mut self) {
        let mut slots = vec![FREE; self.slots.len() * 2];
        let mask = slots.len() - 1;
        for slot in self.slots.iter().filter(|s| s.vertex != FREE.vertex) {
            let mut at = hash(slot.key) as usize & mask;
            while slots[at].vertex != FREE.vertex {
                at = (at + 1) & mask;
            }
            slots[at] = *slot;
        }
        self.slots = slots;
    }

    /// The vertices in order of first appearance.
    pub(crate) fn into_points(self) -> Vec<Point> {
        self.points
    }
}

/// Folded 64-by-64-bit multiplication: two multiplications' worth of mixing for three words. The constants
/// are the fractional digits of pi, chosen for having no structure.
#[inline]
fn hash(key: [u32; 3]) -> u64 {
    let low = (u64::from(key[0]) | u64::from(key[1]) << 32) ^ 0x243f_6a88_85a3_08d3;
    let high = u64::from(key[2]) ^ 0x1319_8a2e_0370_7344;
    let product = u128::from(low) * u128::from(high.wrapping_mul(0xa409_3822_299f_31d1) | 1);
    (product as u64) ^ (product >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vertices_are_numbered_by_first_appearance() {
        let mut welder = Welder::with_expected(0);
        let ids: Vec<u32> = [[1., 0., 0.], [0., 0., 0.], [1., 0., 0.], [-0., 0., -0.]]
            .map(|c| welder.vertex(c).0)
            .to_vec();
        assert_eq!(ids, [0, 1, 0, 1]);
    }

    #[test]
    fn growing_changes_no_number() {
        let mut welder = Welder::with_expected(0);
        let corners: Vec<[f32; 3]> = (0..5000u16)
            .map(|i| [f32::from(i), 0.5, f32::from(i % 7)])
            .collect();
        let first: Vec<_> = corners.iter().map(|&c| welder.vertex(c)).collect();
        let second: Vec<_> = corners.iter().map(|&c| welder.vertex(c)).collect();
        assert_eq!(first, second);
        assert_eq!(first, (0..5000).map(VertexId).collect::<Vec<_>>());
    }
}
