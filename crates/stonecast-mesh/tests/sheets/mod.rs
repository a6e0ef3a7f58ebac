//! Open scan-like sheets whose truth is known by construction: a horseshoe ridge with fourteen cusped lumps, jittered
//! sampling, random diagonals and noise; its opponent; and a dome.
#![allow(dead_code, reason = "each test and bench uses its part")]

use stonecast_mesh::{Point, TriMesh};

/// A small generator of even numbers (SplitMix64, G. L. Steele et al., OOPSLA 2014), the same on every machine.
pub struct Chance(pub u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Evenly spread in [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Evenly spread in [-half, half).
    pub fn within(&mut self, half: f64) -> f64 {
        (2.0 * self.unit() - 1.0) * half
    }

    /// Normally spread with unit deviation (sum of twelve).
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.unit()).sum::<f64>() - 6.0
    }
}

/// How finely to sample and how noisy.
#[derive(Clone, Copy)]
pub struct Sampling {
    /// Cells along the arch and across it; two triangles each.
    pub cells: [usize; 2],
    /// Standard deviation of the noise of each coordinate.
    pub noise: f64,
    /// The seed of jitter, noise and diagonals.
    pub seed: u64,
}

impl Sampling {
    /// 199,680 triangles, 12 micrometres of noise: what `docs/benchmarks.md` measures.
    pub const SCAN: Self = Self {
        cells: [624, 160],
        noise: 0.012,
        seed: 1,
    };
    /// 9,984 triangles.
    pub const COARSE: Self = Self {
        cells: [156, 32],
        noise: 0.012,
        seed: 1,
    };
}

const TEETH: f64 = 14.0;

/// The height of the lower ridge at `u` along the arch (0 to 1) and `r` across it (-8 to 8 mm).
fn ridge(u: f64, r: f64) -> f64 {
    let tooth = 0.5 - 0.5 * (std::f64::consts::TAU * TEETH * u).cos();
    let cusps = (-(r - 2.2).powi(2) / 2.0).exp() + (-(r + 2.2).powi(2) / 2.0).exp();
    12.0 - 12.0 * (r / 8.0).powi(4) + 1.8 * tooth * cusps - 0.6 * (1.0 - tooth) * (-(r * r) / 8.0).exp()
}

fn horseshoe(u: f64, r: f64, z: f64) -> Point {
    let angle = std::f64::consts::PI * u;
    Point::new((26.0 + r) * angle.cos(), (36.0 + r) * angle.sin(), z)
}

/// A grid of quads as an open sheet; the diagonals by chance.
fn sheet(sampling: Sampling, upwards: bool, mut place: impl FnMut(f64, f64) -> Point) -> TriMesh {
    let [along, across] = sampling.cells;
    let mut chance = Chance(sampling.seed);
    let mut points = Vec::with_capacity((along + 1) * (across + 1));
    for i in 0..=along {
        for j in 0..=across {
            let inner = i > 0 && i < along && j > 0 && j < across;
            // At 0.25 a diagonal could turn a triangle over.
            let shake = if inner { 0.2 } else { 0.0 };
            let u = (i as f64 + chance.within(shake)) / along as f64;
            let v = (j as f64 + chance.within(shake)) / across as f64;
            let mut p = place(u, v);
            for c in 0..3 {
                p[c] += sampling.noise * chance.normal();
            }
            points.push(p);
        }
    }
    let mut faces: Vec<[u32; 3]> = Vec::with_capacity(2 * along * across);
    for i in 0..along {
        for j in 0..across {
            let a = (i * (across + 1) + j) as u32;
            let (b, c, d) = (a + across as u32 + 1, a + across as u32 + 2, a + 1);
            let pair = if chance.unit() < 0.5 {
                [[a, b, c], [a, c, d]]
            } else {
                [[a, b, d], [b, c, d]]
            };
            faces.extend(pair.map(|[x, y, z]| if upwards { [x, z, y] } else { [x, y, z] }));
        }
    }
    TriMesh::from_indices(points, &faces).expect("the grid names its own points")
}

/// The lower sheet: an open ridge whose cusps look up.
pub fn lower(sampling: Sampling) -> TriMesh {
    sheet(sampling, true, |u, v| {
        let r = 16.0 * v - 8.0;
        horseshoe(u, r, ridge(u, r))
    })
}

/// The upper sheet: the lower turned over, half a tooth along, so low that it dips `overlap` into the lower.
pub fn upper(sampling: Sampling, overlap: f64) -> TriMesh {
    let offset = 0.5 / TEETH;
    let height = |u: f64, r: f64| -ridge(u + offset, r);
    let mut least = f64::INFINITY;
    for i in 0..=2000 {
        for j in 0..=200 {
            let (u, r) = (f64::from(i) / 2000.0, 16.0 * f64::from(j) / 200.0 - 8.0);
            least = f64::min(least, height(u, r) - ridge(u, r));
        }
    }
    let sampling = Sampling {
        seed: sampling.seed + 1,
        ..sampling
    };
    sheet(sampling, false, |u, v| {
        let r = 16.0 * v - 8.0;
        horseshoe(u, r, height(u, r) - least - overlap)
    })
}

/// The height of the dome over a point of the plane.
pub fn dome_height(x: f64, y: f64) -> f64 {
    6.0 - (x * x + y * y) / 20.0 + 0.6 * (1.1 * x).sin() * (0.9 * y).cos()
}

/// The half width of the dome's square footprint.
pub const DOME_HALF: f64 = 10.0;

/// An open dome over a square footprint, looking up, with a rough border: a height field, so that inside is below it.
pub fn dome(cells: usize, noise: f64) -> TriMesh {
    let sampling = Sampling {
        cells: [cells, cells],
        noise,
        seed: 7,
    };
    sheet(sampling, false, |u, v| {
        let (x, y) = ((2.0 * u - 1.0) * DOME_HALF, (2.0 * v - 1.0) * DOME_HALF);
        Point::new(x, y, dome_height(x, y))
    })
}

/// Half the width of the flared sheet's flat part, and the radius of its rims.
pub const FLAT_HALF: f64 = 8.0;
pub const RIM: f64 = 2.0;

/// A flat sheet that looks up, whose two rims across x flare up by 80 degrees before they end, as gum does where a scan
/// runs out into the cheek.
pub fn flared(cells: usize, noise: f64) -> TriMesh {
    let sampling = Sampling {
        cells: [cells, cells],
        noise,
        seed: 17,
    };
    let bend = 80f64.to_radians();
    sheet(sampling, false, |u, v| {
        let t = 2.0 * u - 1.0;
        let angle = bend * ((t.abs() - 0.8) / 0.2).max(0.0);
        let flat = FLAT_HALF * (t.abs() / 0.8).min(1.0);
        let x = (flat + RIM * angle.sin()).copysign(t);
        Point::new(x, 20.0 * v - 10.0, RIM * (1.0 - angle.cos()))
    })
}
