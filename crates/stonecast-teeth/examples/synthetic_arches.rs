//! Writes what the network is trained on: synthetic arches as seen from the occlusal side, with whose each pixel is.
//!
//! `cargo run --release -p stonecast-teeth --example synthetic_arches -- OUT FROM TO [hard]` makes two arches for each
//! seed in `FROM..TO`; `hard` ones are more often without teeth, with their gaps closed or open, and of any resolution. A
//! record is one byte for the jaw (0 upper, 1 lower), the heights in 5 µm as 16-bit little-endian numbers (the least one
//! where nothing is seen), and the FDI number of each pixel (0 gum); `training/common.py` reads it.
//!
//! Each arch lies as `orient` would put it, or as it was made, and is then tilted and moved a little, as `orient`
//! errs on real scans.

#![allow(clippy::print_stderr, reason = "a tool speaks to its terminal")]

use nalgebra::{Translation3, UnitQuaternion};
use stonecast_cast::orient::{OrientParams, orient};
use stonecast_dental::{Fdi, Jaw, Side};
use stonecast_mesh::RigidMotion;
use stonecast_teeth::segment::raster::{HEIGHT, HeightMap, WIDTH};
use stonecast_testkit::{Dentition, DentitionSpec, SyntheticArch, dentition, random_spec};

/// Of each arch that is not hard: its triangles are then about as large as the picture's pixels, and more would hardly show.
const TRIANGLES: usize = 24_000;
const STEPS_PER_MM: f32 = 200.0;
/// Of the arches that `orient` can place, the part that it places; the others lie as made, in the true frame.
const ORIENTED: f64 = 0.7;

fn main() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (out, from, to, hard) = match arguments.as_slice() {
        [out, from, to] => (out, from, to, false),
        [out, from, to, word] if word == "hard" => (out, from, to, true),
        _ => return Err("usage: synthetic_arches OUT FROM TO [hard]".to_owned()),
    };
    let seed = |text: &str| text.parse::<u64>().map_err(|e| format!("{text}: {e}"));
    let mut records = Vec::new();
    for seed in seed(from)?..seed(to)? {
        let mut spec = random_spec(seed);
        spec.triangles = TRIANGLES;
        if hard && !harden(&mut spec) {
            continue;
        }
        let pair = dentition(&spec);
        for jaw in [Jaw::Upper, Jaw::Lower] {
            let arch_from_mesh = pose(pair.arch(jaw), jaw, seed);
            record(pair.arch(jaw), jaw, &arch_from_mesh, &mut records);
        }
    }
    std::fs::write(out, &records).map_err(|e| format!("{out}: {e}"))?;
    eprintln!("{out}: {} arches", records.len() / (1 + 3 * WIDTH * HEIGHT));
    Ok(())
}

/// Takes teeth away, in the patterns in which they are: premolars that were extracted to make room, and any tooth.
/// `false` where the seed is passed over, so that children's dentitions are fewer than `random_spec` draws them.
fn harden(spec: &mut DentitionSpec) -> bool {
    let draw = Draw(spec.seed ^ 0xAB_CDEF);
    let permanent = spec.dentition == Dentition::Permanent;
    if !permanent && draw.uniform(1) < 0.4 {
        return false;
    }
    spec.triangles = (8000.0 * 5f64.powf(draw.uniform(2))) as usize;
    let kind = draw.uniform(3);
    if permanent && kind < 0.3 {
        without_premolars(spec, &draw);
    } else if permanent && kind < 0.5 {
        let more = (1.0 + draw.uniform(20) * 5.0) as u64;
        let any = (0..more).filter_map(|k| {
            let jaw = if draw.uniform(30 + k) < 0.5 {
                Jaw::Upper
            } else {
                Jaw::Lower
            };
            let side = if draw.uniform(40 + k) < 0.5 {
                Side::Right
            } else {
                Side::Left
            };
            Fdi::permanent(jaw, side, 1 + (draw.uniform(50 + k) * 7.0) as u8)
        });
        spec.missing.extend(any);
        spec.missing.sort_unstable();
        spec.missing.dedup();
        spec.keep_gaps = draw.uniform(9) < 0.7;
    }
    true
}

fn without_premolars(spec: &mut DentitionSpec, draw: &Draw) {
    let position = if draw.uniform(4) < 0.7 { 4 } else { 5 };
    let jaws = [
        (Jaw::Upper, draw.uniform(5) < 0.85),
        (Jaw::Lower, draw.uniform(6) < 0.7),
    ];
    spec.missing.clear();
    for (jaw, _) in jaws.into_iter().filter(|(_, extracted)| *extracted) {
        for side in [Side::Right, Side::Left] {
            if draw.uniform(10 + 2 * jaw as u64 + side as u64) < 0.93 {
                spec.missing.extend(Fdi::permanent(jaw, side, position));
            }
        }
    }
    spec.keep_gaps = draw.uniform(7) < 0.2;
    spec.third_molars = draw.uniform(8) < 0.55;
}

/// Where the arch lies in the picture: rotations of 2° (tilt) and 3° (about the vertical), shifts of 1.5 mm and of 1 mm in
/// height, standard deviations.
fn pose(arch: &SyntheticArch, jaw: Jaw, seed: u64) -> RigidMotion {
    let draw = Draw(seed * 2 + u64::from(jaw == Jaw::Upper));
    let frame = match orient(&arch.mesh, jaw, &OrientParams::default()) {
        Ok(found) if draw.uniform(99) < ORIENTED => found.value.arch_from_scan,
        _ => RigidMotion::identity(),
    };
    let turn = |k: u64, degrees: f64| (draw.bell(k) * degrees).to_radians();
    let rotation = UnitQuaternion::from_euler_angles(turn(1, 4.0), turn(2, 4.0), turn(3, 6.0));
    let shift = Translation3::new(draw.bell(4) * 3.0, draw.bell(5) * 3.0, draw.bell(6) * 2.0);
    RigidMotion::from_parts(shift, rotation) * frame
}

fn record(arch: &SyntheticArch, jaw: Jaw, arch_from_mesh: &RigidMotion, out: &mut Vec<u8>) {
    let map = HeightMap::new(&arch.mesh, jaw, arch_from_mesh);
    out.push(u8::from(jaw == Jaw::Lower));
    for height in &map.height {
        let steps = if height.is_nan() {
            i16::MIN
        } else {
            (height * STEPS_PER_MM).clamp(-32_000.0, 32_000.0) as i16
        };
        out.extend(steps.to_le_bytes());
    }
    out.extend((0..map.height.len()).map(|pixel| {
        let label = map.face(pixel).and_then(|face| arch.truth.face_labels[face]);
        label.map_or(0, Fdi::number)
    }));
}

/// Numbers that depend on a seed and a key only (the finaliser of SplitMix64).
struct Draw(u64);

impl Draw {
    /// In 0..1.
    fn uniform(&self, key: u64) -> f64 {
        let x = self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let x = x.wrapping_add(key.wrapping_mul(0xBF58_476D_1CE4_E5B9));
        let x = (x ^ (x >> 30)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let x = x ^ (x >> 31);
        (x >> 11) as f64 / (1u64 << 53) as f64
    }

    /// The sum of three, about zero: standard deviation one half.
    fn bell(&self, key: u64) -> f64 {
        (0..3).map(|k| self.uniform(key * 3 + k)).sum::<f64>() - 1.5
    }
}
