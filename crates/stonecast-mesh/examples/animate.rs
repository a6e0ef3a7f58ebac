//! Writes a GLB of the surfaces in files, the last of which moves: `animate OUT.GLB FILE...`. For peers to judge.

use std::{env, fs};

use stonecast_mesh::formats::{
    AnimatedScene, Clip, DeclaredUnit, Keyframe, Limits, Part, Track, UpAxis, decode, encode_animated_glb,
};
use stonecast_mesh::{RigidMotion, Vector};

fn main() {
    let args: Vec<String> = env::args().skip(1).collect();
    let [out, files @ ..] = args.as_slice() else {
        panic!("usage: animate OUT.GLB FILE...");
    };
    let parts: Vec<Part> = files
        .iter()
        .flat_map(|file| {
            let bytes = fs::read(file).expect("the file can be read");
            decode(&bytes, None, &Limits::default())
                .expect("it is a surface")
                .parts
        })
        .collect();
    // A protrusion and an opening, 100 steps each: 10 mm forward and down, 25 degrees about an axis behind.
    let step = |i: i32, moved: RigidMotion| Keyframe {
        seconds: 0.02 * f64::from(i),
        moved,
    };
    let forward = (0..=100).map(|i| {
        step(
            i,
            RigidMotion::translation(0.0, -0.1 * f64::from(i), -0.05 * f64::from(i)),
        )
    });
    let about = RigidMotion::translation(0.0, 90.0, 40.0);
    let open = (0..=100).map(|i| {
        let turn = RigidMotion::rotation(Vector::x() * (0.25 * f64::from(i)).to_radians());
        step(i, about * turn * about.inverse())
    });
    let clip = |name: &str, keyframes: Vec<Keyframe>| Clip {
        name: name.to_owned(),
        tracks: vec![Track {
            part: parts.len() - 1,
            keyframes,
        }],
    };
    let clips = [clip("forward", forward.collect()), clip("open", open.collect())];
    let scene = AnimatedScene {
        parts: &parts,
        unit: DeclaredUnit::Millimetre,
        up: UpAxis::Z,
        clips: &clips,
    };
    fs::write(out, encode_animated_glb(&scene).expect("a sound scene")).expect("it can be written");
}
