//! Points in buckets of one size, to visit those within that distance of a place.

use std::collections::HashMap;
use std::hash::BuildHasherDefault;

use stonecast_mesh::Point;

use super::samples::CellHasher;

/// Points sorted into cubes with edges of `reach`.
pub(super) struct Buckets {
    reach: f64,
    start_of: HashMap<u64, (u32, u32), BuildHasherDefault<CellHasher>>,
    sorted: Vec<(Point, u32)>,
}

impl Buckets {
    /// Buckets for queries up to `reach`.
    pub fn new(points: impl Iterator<Item = Point>, reach: f64) -> Self {
        let mut keyed: Vec<(u64, u32, Point)> = points
            .enumerate()
            .map(|(i, p)| (key(cube(&p, reach)), i as u32, p))
            .collect();
        keyed.sort_unstable_by_key(|&(k, i, _)| (k, i));
        let mut start_of: HashMap<u64, (u32, u32), _> = HashMap::default();
        for (at, &(k, ..)) in keyed.iter().enumerate() {
            start_of.entry(k).or_insert((at as u32, at as u32)).1 = at as u32 + 1;
        }
        Self {
            reach,
            start_of,
            sorted: keyed.into_iter().map(|(_, i, p)| (p, i)).collect(),
        }
    }

    /// Calls `visit` with the number and squared distance of every point nearer than the reach.
    pub fn for_each_near(&self, place: &Point, mut visit: impl FnMut(usize, f64)) {
        let centre = cube(place, self.reach);
        for dx in -1..=1 {
            for dy in -1..=1 {
                for dz in -1..=1 {
                    let cube = [centre[0] + dx, centre[1] + dy, centre[2] + dz];
                    let Some(&(from, to)) = self.start_of.get(&key(cube)) else {
                        continue;
                    };
                    for (p, i) in &self.sorted[from as usize..to as usize] {
                        let d2 = (p - place).norm_squared();
                        if d2 < self.reach * self.reach {
                            visit(*i as usize, d2);
                        }
                    }
                }
            }
        }
    }
}

fn cube(p: &Point, edge: f64) -> [i64; 3] {
    [p.x, p.y, p.z].map(|x| (x / edge).floor() as i64)
}

fn key(c: [i64; 3]) -> u64 {
    let [x, y, z] = c.map(|i| (i & 0x1F_FFFF) as u64);
    x << 42 | y << 21 | z
}
