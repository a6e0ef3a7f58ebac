//! Writes a GLB whose parts move: rigid bodies with keyframes.
//!
//! Units: the scene's unit and seconds; in the file metres, by the specification. Frame: that of the parts; a root node scales
//! them to metres and stands them upright, so that keyframes keep the parts' own unit and frame.
//!
//! Steps
//! 1. `check`: tracks name parts that exist, once a clip; times are finite, not negative, and rise also in 32 bits.
//! 2. Each part becomes a mesh and a node below the root; meshes are shared by all clips.
//! 3. `channels`: a part's keyframes as translations and rotations, each rotation on the side of the one before it, so that the
//!    way between them is the short one.
//!
//! Limits: numbers are rounded to 32 bits. Between keyframes viewers interpolate translation and rotation apart, about the frame's
//! origin: points leave the arc of a true rotation by about d·a²/8, d their distance from the axis and a the angle between
//! keyframes. Give enough keyframes. Several clips are shown one at a time; some viewers play the first alone.
//!
//! References: Khronos Group, glTF 2.0 specification (ISO/IEC 12113:2022), sections 3.11 and 5.

use std::f64::consts::FRAC_1_SQRT_2;

use serde_json::{Value, json};
use thiserror::Error;

use super::super::{DeclaredUnit, Part};
use super::write::{Buffer, primitive, write_container};
use crate::{RigidMotion, VertexData};

/// Which way is up in the frame of the parts. glTF viewers have +Y up, and look at a scene from +Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpAxis {
    /// +Y is up and +Z to the front: nothing is turned.
    Y,
    /// +Z is up and -Y to the front.
    Z,
}

/// Where a part stands at a time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Keyframe {
    /// From the beginning of its clip.
    pub seconds: f64,
    /// Takes the part from where its mesh is to where it stands.
    pub moved: RigidMotion,
}

/// The motion of one part.
#[derive(Clone, Debug, PartialEq)]
pub struct Track {
    /// Its place in the list of parts.
    pub part: usize,
    /// In the order of their times.
    pub keyframes: Vec<Keyframe>,
}

/// A motion of some of the parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Clip {
    /// What viewers list it by.
    pub name: String,
    /// At most one for each part; parts without one stay.
    pub tracks: Vec<Track>,
}

/// Parts and how they move.
#[derive(Clone, Copy, Debug)]
pub struct AnimatedScene<'a> {
    /// The bodies; normals that are not given are the surface's own. Scalars, labels and textures have no place.
    pub parts: &'a [Part],
    /// The unit of all coordinates and translations.
    pub unit: DeclaredUnit,
    /// Which way is up.
    pub up: UpAxis,
    /// The motions.
    pub clips: &'a [Clip],
}

/// Why a scene cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum AnimationError {
    /// There is nothing to show.
    #[error("there is no part with a face: give one at least")]
    Empty,
    /// A track of a part that there is not, or a second one of the same part.
    #[error(
        "clip {clip}: a track is of part {part}, of which there is none or which has another track: name each part once"
    )]
    Part {
        /// The clip's place in the list.
        clip: usize,
        /// What the track names.
        part: usize,
    },
    /// Times that do not rise.
    #[error(
        "clip {clip}, part {part}: keyframe {keyframe} is not later than the one before it, or its time is negative or no number"
    )]
    Time {
        /// The clip's place in the list.
        clip: usize,
        /// The part.
        part: usize,
        /// The keyframe's place in the track.
        keyframe: usize,
    },
    /// A motion that is no number.
    #[error("clip {clip}, part {part}: the motion of keyframe {keyframe} is not finite")]
    NotFinite {
        /// The clip's place in the list.
        clip: usize,
        /// The part.
        part: usize,
        /// The keyframe's place in the track.
        keyframe: usize,
    },
    /// A track or a clip with nothing in it.
    #[error("clip {clip} has no track, or a track without keyframes: leave it out")]
    NoKeyframes {
        /// The clip's place in the list.
        clip: usize,
    },
    /// A 32-bit format cannot hold the file.
    #[error("the GLB file would pass 4 GiB: simplify the parts")]
    TooLarge,
}

/// The bytes of a GLB in which parts move.
///
/// ```
/// use stonecast_mesh::formats::{AnimatedScene, Clip, DeclaredUnit, Keyframe, Part, Track, UpAxis, encode_animated_glb};
/// use stonecast_mesh::{Point, RigidMotion, TriMesh};
/// let points = [[0., 0., 0.], [9., 0., 0.], [0., 0., 9.]].map(Point::from).to_vec();
/// let parts = [Part::from_mesh(TriMesh::from_indices(points, &[[0, 1, 2]])?)];
/// let keyframes = [(0.0, 0.0), (1.0, 5.0)]
///     .map(|(seconds, x)| Keyframe { seconds, moved: RigidMotion::translation(x, 0.0, 0.0) })
///     .to_vec();
/// let clips = [Clip { name: "aside".into(), tracks: vec![Track { part: 0, keyframes }] }];
/// let scene = AnimatedScene { parts: &parts, unit: DeclaredUnit::Millimetre, up: UpAxis::Z, clips: &clips };
/// assert_eq!(encode_animated_glb(&scene)?[..4], *b"glTF");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Tracks or times that mean nothing; a file beyond the format's bound of 4 GiB.
pub fn encode_animated_glb(scene: &AnimatedScene<'_>) -> Result<Vec<u8>, AnimationError> {
    check(scene)?;
    let mut buffer = Buffer::default();
    let scale = scene.unit.in_mm() / 1000.0;
    let children: Vec<usize> = (1..=scene.parts.len()).collect();
    let mut root_node =
        json!({ "name": "upright, metres", "scale": [scale, scale, scale], "children": children });
    if scene.up == UpAxis::Z {
        // A quarter turn about +X backwards: z becomes y, -y becomes z.
        root_node["rotation"] = json!([-FRAC_1_SQRT_2, 0.0, 0.0, FRAC_1_SQRT_2]);
    }
    let mut nodes = vec![root_node];
    let mut meshes = Vec::new();
    for (i, part) in scene.parts.iter().enumerate() {
        let mut drawn = primitive(&mut buffer, &with_normals(part));
        drawn["material"] = json!(material_of(scene, part));
        let mut mesh = json!({ "primitives": [drawn] });
        let mut node = json!({ "mesh": i });
        if let Some(name) = &part.name {
            mesh["name"] = json!(name);
            node["name"] = json!(name);
        }
        meshes.push(mesh);
        nodes.push(node);
    }
    let animations: Vec<Value> = scene
        .clips
        .iter()
        .map(|clip| animation(&mut buffer, clip))
        .collect();
    let mut root = json!({
        "asset": { "version": "2.0", "generator": "Stonecast" },
        "scene": 0,
        "scenes": [{ "nodes": [0] }],
        "nodes": nodes,
        "meshes": meshes,
        "materials": materials(scene),
        "accessors": buffer.accessors,
        "bufferViews": buffer.views,
        "buffers": [{ "byteLength": buffer.bytes.len() }],
    });
    // An empty list is not allowed.
    if !animations.is_empty() {
        root["animations"] = json!(animations);
    }
    let mut bytes = Vec::new();
    write_container(&mut bytes, &root, &buffer).map_err(|_| AnimationError::TooLarge)?;
    Ok(bytes)
}

fn check(scene: &AnimatedScene<'_>) -> Result<(), AnimationError> {
    if scene.parts.is_empty() || scene.parts.iter().any(|part| part.mesh.is_empty()) {
        return Err(AnimationError::Empty);
    }
    for (clip, of) in scene.clips.iter().enumerate() {
        if of.tracks.is_empty() || of.tracks.iter().any(|track| track.keyframes.is_empty()) {
            return Err(AnimationError::NoKeyframes { clip });
        }
        for (i, track) in of.tracks.iter().enumerate() {
            let part = track.part;
            let again = of.tracks[..i].iter().any(|other| other.part == part);
            if part >= scene.parts.len() || again {
                return Err(AnimationError::Part { clip, part });
            }
            let mut last = -1.0f32;
            for (keyframe, at) in track.keyframes.iter().enumerate() {
                let seconds = at.seconds as f32;
                if !(seconds.is_finite() && seconds >= 0.0 && seconds > last) {
                    return Err(AnimationError::Time { clip, part, keyframe });
                }
                last = seconds;
                let turn = at.moved.rotation.coords;
                let shift = at.moved.translation.vector;
                if !turn.iter().chain(shift.iter()).all(|c| (*c as f32).is_finite()) {
                    return Err(AnimationError::NotFinite { clip, part, keyframe });
                }
            }
        }
    }
    Ok(())
}

/// A part with normals: those of the surface where it brings none.
fn with_normals(part: &Part) -> Part {
    let own = |n: &crate::Vector| {
        // A vertex of no face has no normal; the format asks for a unit.
        let unit = n.try_normalize(1e-12).unwrap_or_else(crate::Vector::z);
        unit.cast::<f32>().into()
    };
    let normals = part.mesh.vertex_normals().as_slice().iter().map(own).collect();
    Part {
        normals: Some(
            part.normals
                .clone()
                .unwrap_or_else(|| VertexData::from_vec(normals)),
        ),
        ..part.clone()
    }
}

/// Matt stone, and white for parts with colours of their own; only those that are used. Both sides show: a scan is an open
/// shell.
fn materials(scene: &AnimatedScene<'_>) -> Vec<Value> {
    let all = [
        (false, "stone", [0.855, 0.783, 0.665, 1.0]),
        (true, "coloured", [1.0, 1.0, 1.0, 1.0]),
    ];
    let used = all.into_iter().filter(|(coloured, ..)| uses(scene, *coloured));
    let material = |(_, name, colour): (bool, &str, [f64; 4])| {
        json!({
            "name": name,
            "doubleSided": true,
            "pbrMetallicRoughness": {
                "baseColorFactor": colour, "metallicFactor": 0.0, "roughnessFactor": 0.9,
            },
        })
    };
    used.map(material).collect()
}

fn uses(scene: &AnimatedScene<'_>, coloured: bool) -> bool {
    scene.parts.iter().any(|part| part.colours.is_some() == coloured)
}

fn material_of(scene: &AnimatedScene<'_>, part: &Part) -> usize {
    usize::from(part.colours.is_some() && uses(scene, false))
}

fn animation(buffer: &mut Buffer, clip: &Clip) -> Value {
    let mut channels = Vec::new();
    let mut samplers = Vec::new();
    for track in &clip.tracks {
        let times: Vec<f32> = track.keyframes.iter().map(|k| k.seconds as f32).collect();
        let count = times.len();
        let (first, last) = (times[0], times[count - 1]);
        let about_times = json!({ "count": count, "type": "SCALAR", "min": [first], "max": [last] });
        let input = buffer.numbers(&times, about_times);
        let mut turns: Vec<f32> = Vec::with_capacity(4 * count);
        let mut shifts: Vec<f32> = Vec::with_capacity(3 * count);
        for keyframe in &track.keyframes {
            turns.extend(quaternion(&keyframe.moved, turns.last_chunk::<4>()));
            shifts.extend(keyframe.moved.translation.vector.iter().map(|c| *c as f32));
        }
        for (path, kind, values) in [("translation", "VEC3", shifts), ("rotation", "VEC4", turns)] {
            let output = buffer.numbers(&values, json!({ "count": count, "type": kind }));
            channels.push(json!({
                "sampler": samplers.len(),
                // The root is the first node.
                "target": { "node": track.part + 1, "path": path },
            }));
            samplers.push(json!({ "input": input, "output": output, "interpolation": "LINEAR" }));
        }
    }
    json!({ "name": clip.name, "channels": channels, "samplers": samplers })
}

/// x, y, z, w; of the two that mean the same turn, the one nearer to the last.
fn quaternion(motion: &RigidMotion, last: Option<&[f32; 4]>) -> [f32; 4] {
    let q = motion.rotation.coords;
    let near = last.is_none_or(|last| (0..4).map(|i| q[i] * f64::from(last[i])).sum::<f64>() >= 0.0);
    let sign = if near { 1.0 } else { -1.0 };
    [0, 1, 2, 3].map(|i| (sign * q[i]) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::{Limits, read_glb};
    use crate::{Point, TriMesh, Vector};
    use nalgebra::{Quaternion, Translation3, UnitQuaternion};

    fn wedge(name: &str) -> Part {
        let points = [[0., 0., 0.], [10., 0., 0.], [0., -20., 0.], [0., 0., 30.]].map(Point::from);
        let faces = [[0, 2, 1], [0, 1, 3], [1, 2, 3], [2, 0, 3]];
        Part {
            name: Some(name.to_owned()),
            ..Part::from_mesh(TriMesh::from_indices(points.to_vec(), &faces).unwrap())
        }
    }

    /// Turns through more than half a circle about an axis off the origin.
    fn turning() -> Vec<Keyframe> {
        let step = |i: u32| {
            let turn = UnitQuaternion::from_axis_angle(&Vector::x_axis(), 0.5 * f64::from(i));
            let about = Translation3::new(0.0, 40.0, 60.0);
            Keyframe {
                seconds: 0.25 * f64::from(i),
                moved: about * RigidMotion::from_parts(Translation3::identity(), turn) * about.inverse(),
            }
        };
        (0..9).map(step).collect()
    }

    fn clip(keyframes: Vec<Keyframe>) -> Clip {
        Clip {
            name: "turn".to_owned(),
            tracks: vec![Track { part: 1, keyframes }],
        }
    }

    fn encode(clips: &[Clip]) -> Result<Vec<u8>, AnimationError> {
        let parts = [wedge("still"), wedge("moving")];
        encode_animated_glb(&AnimatedScene {
            parts: &parts,
            unit: DeclaredUnit::Millimetre,
            up: UpAxis::Z,
            clips,
        })
    }

    /// The JSON and the binary chunk of a file of ours.
    fn chunks(bytes: &[u8]) -> (Value, &[u8]) {
        let length = u32::from_le_bytes(bytes[12..16].try_into().unwrap()) as usize;
        let json = serde_json::from_slice(&bytes[20..20 + length]).unwrap();
        (json, &bytes[28 + length..])
    }

    fn rows<const N: usize>(json: &Value, binary: &[u8], accessor: usize) -> Vec<[f64; N]> {
        let accessor = &json["accessors"][accessor];
        let view = &json["bufferViews"][accessor["bufferView"].as_u64().unwrap() as usize];
        let start = view["byteOffset"].as_u64().unwrap() as usize;
        let count = accessor["count"].as_u64().unwrap() as usize;
        let number = |i: usize| f32::from_le_bytes(binary[start + 4 * i..][..4].try_into().unwrap());
        (0..count)
            .map(|row| std::array::from_fn(|i| f64::from(number(row * N + i))))
            .collect()
    }

    #[test]
    fn a_cast_stands_upright_in_metres_and_its_front_looks_at_the_viewer() {
        let bytes = encode(&[clip(turning())]).unwrap();
        let read = read_glb(&bytes, &Limits::default()).unwrap();
        assert_eq!(read.declared_unit, Some(DeclaredUnit::Metre));
        assert_eq!(read.parts.len(), 2);
        let has = |p: [f64; 3]| {
            let near = |q: &Point| (q - Point::from(p)).norm() < 1e-8;
            read.parts[0].mesh.points().iter().any(near)
        };
        // Left stays left, up is +Y, the front is +Z.
        assert!(has([0.010, 0.0, 0.0]) && has([0.0, 0.030, 0.0]) && has([0.0, 0.0, 0.020]));
    }

    #[test]
    fn keyframes_give_back_the_motion_and_go_the_short_way() {
        let keyframes = turning();
        let bytes = encode(&[clip(keyframes.clone())]).unwrap();
        let (json, binary) = chunks(&bytes);
        let animation = &json["animations"][0];
        let sampler = |i: usize| &animation["samplers"][i];
        let index = |v: &Value| v.as_u64().unwrap() as usize;
        assert_eq!(animation["channels"][0]["target"]["path"], "translation");
        let target = index(&animation["channels"][0]["target"]["node"]);
        assert_eq!(json["nodes"][target]["name"], "moving");
        let times = rows::<1>(&json, binary, index(&sampler(0)["input"]));
        let shifts = rows::<3>(&json, binary, index(&sampler(0)["output"]));
        let turns = rows::<4>(&json, binary, index(&sampler(1)["output"]));
        assert_eq!(times.len(), keyframes.len());
        for (i, keyframe) in keyframes.iter().enumerate() {
            assert_eq!(times[i][0], keyframe.seconds);
            let [x, y, z, w] = turns[i];
            let turn = UnitQuaternion::new_normalize(Quaternion::new(w, x, y, z));
            let back = RigidMotion::from_parts(Translation3::from(shifts[i]), turn);
            let point = Point::new(3.0, -20.0, 10.0);
            assert!((back * point - keyframe.moved * point).norm() < 1e-5);
        }
        for pair in turns.windows(2) {
            let cosine: f64 = (0..4).map(|i| pair[0][i] * pair[1][i]).sum();
            assert!(cosine > 0.9, "the way round: {cosine}");
        }
    }

    #[test]
    fn meshes_are_shared_by_clips_and_none_is_needed() {
        let one = encode(&[clip(turning())]).unwrap();
        let (json, _) = chunks(&one);
        let two = encode(&[clip(turning()), clip(turning())]).unwrap();
        assert_eq!(json["meshes"], chunks(&two).0["meshes"]);
        let (json, _) = chunks(&encode(&[]).unwrap())
            .0
            .as_object()
            .map(|o| (o.clone(), ()))
            .unwrap();
        assert!(!json.contains_key("animations"));
    }

    #[test]
    fn what_means_nothing_is_refused_with_its_place() {
        let at = |seconds: f64| Keyframe {
            seconds,
            moved: RigidMotion::identity(),
        };
        let t = |clips: &[Clip], expected: AnimationError| {
            assert_eq!(encode(clips).unwrap_err(), expected);
        };
        let time = |keyframe| AnimationError::Time {
            clip: 0,
            part: 1,
            keyframe,
        };
        t(&[clip(vec![])], AnimationError::NoKeyframes { clip: 0 });
        t(&[clip(vec![at(0.0), at(0.0)])], time(1));
        t(&[clip(vec![at(f64::NAN)])], time(0));
        t(&[clip(vec![at(-1.0)])], time(0));
        // Apart in 64 bits, the same in 32.
        t(&[clip(vec![at(1.0), at(1.0 + 1e-12)])], time(1));
        let mut twice = clip(vec![at(0.0)]);
        twice.tracks.push(twice.tracks[0].clone());
        t(&[twice], AnimationError::Part { clip: 0, part: 1 });
        let mut far = at(0.0);
        far.moved = RigidMotion::translation(f64::NAN, 0.0, 0.0);
        let not_finite = AnimationError::NotFinite {
            clip: 0,
            part: 1,
            keyframe: 0,
        };
        t(&[clip(vec![far])], not_finite);
        let nothing = AnimatedScene {
            parts: &[],
            unit: DeclaredUnit::Millimetre,
            up: UpAxis::Y,
            clips: &[],
        };
        assert_eq!(encode_animated_glb(&nothing), Err(AnimationError::Empty));
    }
}
