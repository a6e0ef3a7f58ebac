//! Joins identical corners of a triangle soup to shared vertices.
//!
//! **Steps** 1. `Welder::vertex` looks a corner's 32-bit coordinates up among the recently seen corners: a scan's
//! triangles come in patches, so most corners are there, in a table small enough for the processor's own cache.
//! 2. `Welder::look_up` asks an open-addressing table of all corners, and either finds the vertex or makes the
//! next one, so vertices are numbered by first appearance. 3. `Welder::grow` doubles the table when it is half full.
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

/// How many recent corners are kept at hand: 64 KiB, half of a small second-level cache's worth at most.
const RECENT: usize = 4096;

/// Numbers the distinct corners of a soup.
pub(crate) struct Welder {
    recent: Vec<Slot>,
    slots: Vec<Slot>,
    points: Vec<Point>,
}

impl Welder {
    /// A welder for about `expected` vertices; it grows when there are more.
    pub(crate) fn with_expected(expected: usize) -> Self {
        let slots = (expected + expected / 2).next_power_of_two().max(64);
        Self {
            recent: vec![FREE; RECENT.min(slots)],
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
        let hash = hash(key);
        // The recent corners go by other bits of the hash than the table, so that their clashes differ.
        let at = (hash >> 32) as usize & (self.recent.len() - 1);
        let recent = self.recent[at];
        if recent.key == key && recent.vertex != FREE.vertex {
            return VertexId(recent.vertex);
        }
        let vertex = self.look_up(key, hash);
        self.recent[at] = Slot { key, vertex };
        VertexId(vertex)
    }

    fn look_up(&mut self, key: [u32; 3], hash: u64) -> u32 {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let slot = self.slots[at];
            if slot.vertex == FREE.vertex {
                break;
            }
            if slot.key == key {
                return slot.vertex;
            }
            at = (at + 1) & mask;
        }
        let vertex = VertexId::new(self.points.len()).0;
        self.points
            .push(Point::from(key.map(|bits| f64::from(f32::from_bits(bits)))));
        self.slots[at] = Slot { key, vertex };
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
