//! Mutated files, from fixed seeds: the fuzz targets' property, quick enough for every run.

use stonecast_mesh::formats::Format;

use super::property::check;
use super::samples::seeds;

/// Numbers that readers stumble over.
const WORDS: [&[u8]; 12] = [
    b"\xff\xff\xff\xff",
    b"\0\0\0\0",
    b"\0\0\xc0\x7f",
    b"\x01\0\0\0",
    b"nan",
    b"1e39",
    b"-1",
    b"4294967296",
    b"0",
    b"\n",
    b"\x80",
    b"18446744073709551615",
];

/// SplitMix64: the same numbers on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % bound.max(1) as u64) as usize
    }
}

fn mutate(bytes: &mut Vec<u8>, other: &[u8], random: &mut Random) {
    let mut below = |bound| random.below(bound);
    for _ in 0..=below(4) {
        let at = below(bytes.len());
        match below(7) {
            0 if !bytes.is_empty() => bytes[at] ^= 1 << below(8),
            1 if !bytes.is_empty() => bytes[at] = below(256) as u8,
            2 => bytes.truncate(at),
            3 => {
                let word = WORDS[below(WORDS.len())];
                let end = (at + word.len()).min(bytes.len());
                bytes.splice(at..end, word.iter().copied());
            }
            4 => {
                let end = (at + below(32)).min(bytes.len());
                bytes.drain(at..end);
            }
            5 => {
                let end = (at + below(64)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => {
                let from = below(other.len());
                let end = (from + below(64)).min(other.len());
                let at = at.min(bytes.len());
                bytes.splice(at..at, other[from..end].iter().copied());
            }
        }
    }
}

fn mutations_hold(format: Format) {
    let seeds = seeds(format);
    for seed in &seeds {
        assert!(
            check(format, seed),
            "every seed can be read: {}",
            String::from_utf8_lossy(seed)
        );
    }
    let mut random = Random(1);
    let mut read = 0;
    for round in 0..4000 {
        let mut bytes = seeds[round % seeds.len()].clone();
        let other = &seeds[random.below(seeds.len())];
        mutate(&mut bytes, other, &mut random);
        read += usize::from(check(format, &bytes));
    }
    assert!(
        read > 0,
        "some mutations must still be read, or the second half of the property is not tested"
    );
}

macro_rules! mutations {
    ($($name:ident: $format:ident),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                mutations_hold(Format::$format);
            }
        )*
    };
}

mutations! {
    mutated_stl_holds: Stl,
    mutated_ply_holds: Ply,
    mutated_obj_holds: Obj,
    mutated_off_holds: Off,
    mutated_threemf_holds: ThreeMf,
    mutated_gltf_holds: Gltf,
    mutated_glb_holds: Glb,
    mutated_vtp_holds: Vtp,
    mutated_zip_holds: Zip,
    mutated_hps_holds: Hps,
}
