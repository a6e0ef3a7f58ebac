//! Pictures of the jaw's motions: a strip of steps, and an animated model that any glTF viewer plays.
//!
//! Units: mm. Frame: the cast frame; the upper arch stays.
//!
//! The jaw stands at each step where the articulator or the record has it. Where teeth pass through each other there, that is painted as
//! penetration; nothing is moved out of the way.

use stonecast_articulator::{JawPath, JawStep, MotionKind};
use stonecast_cast::bite::BiteKind;
use stonecast_dental::{Jaw, Side};
use stonecast_mesh::formats::{
    AnimatedScene, AnimationError, Clip, DeclaredUnit, Keyframe, Part, Track, UpAxis, encode_animated_glb,
};
use stonecast_mesh::{Point, RigidMotion};
use stonecast_occlusion::Pair;
use stonecast_occlusion::excursion::{Excursion, Interference};
use stonecast_picture::{
    BandedArch, Captions, Framing, Label, Occlusogram, Picture, Rgb, Ring, Scene, Size, Strip, View,
    draw_view, render::common_scale, strip::Frame,
};

use crate::occlusion::pictures::{About, legend, numbers, painted};

/// So many steps of a motion are drawn.
const FRAMES: usize = 4;
/// Gaps are looked for as far as this beyond the last band.
const BEYOND: f64 = 2.0;
const MARK: Rgb = Rgb(255, 255, 255);

/// The steps that are drawn: evenly over the way of the motion, first and last among them.
pub fn shown_steps(path: &JawPath) -> Vec<usize> {
    let way = path.steps.iter().map(|s| s.travel.0).fold(0.0, f64::max);
    let nearest = |k: usize| {
        let wanted = way * k as f64 / (FRAMES - 1) as f64;
        let off = |step: &JawStep| (step.travel.0 - wanted).abs();
        (0..path.steps.len()).min_by(|a, b| off(&path.steps[*a]).total_cmp(&off(&path.steps[*b])))
    };
    let mut steps: Vec<usize> = (0..FRAMES).filter_map(nearest).collect();
    steps.dedup();
    steps
}

/// A motion as a strip: at some steps the upper arch from its occlusal side, and both arches from the side on which the motion shows,
/// with distances painted, and rings where teeth interfere.
pub fn strip(pair: &Pair<'_>, path: &JawPath, excursion: &Excursion, about: &About, cell: Size) -> Picture {
    let legend = legend(about);
    let reach = BEYOND * about.preset.reach_mm();
    let view = side_view(path.kind);
    let mut frames = Vec::new();
    let mut place = None;
    for index in shown_steps(path) {
        let step = &path.steps[index];
        let moved = &step.moved_from_closed;
        let fields = [Jaw::Upper, Jaw::Lower].map(|jaw| pair.gaps(jaw, moved, reach));
        let values = [0, 1].map(|i| painted(&fields[i], &about.preset));
        let lower = pair.lower.mesh().transformed(moved);
        let found = interferences(excursion, index);
        let arch = |jaw: Jaw| BandedArch {
            jaw,
            mesh: if jaw == Jaw::Upper {
                pair.upper.mesh()
            } else {
                &lower
            },
            distances: &values[usize::from(jaw == Jaw::Lower)],
            numbers: if jaw == Jaw::Upper {
                numbers(pair, jaw, about.numbers)
            } else {
                Vec::new()
            },
            rings: if jaw == Jaw::Upper {
                rings(&found, about)
            } else {
                Vec::new()
            },
        };
        let occlusal = Occlusogram {
            heading: String::new(),
            arches: vec![arch(Jaw::Upper)],
            legend: legend.clone(),
            tag: None,
        };
        let scene = Scene::new(vec![
            arch(Jaw::Upper).body(&legend),
            arch(Jaw::Lower).body(&legend),
        ]);
        // The first step sets place and scale for all.
        let framing = *place.get_or_insert_with(|| side_framing(pair, &scene, view, cell));
        let captions = Captions {
            marks: found
                .iter()
                .map(|i| Label {
                    at: Point::from(i.place),
                    text: "×".to_owned(),
                    colour: MARK,
                })
                .collect(),
            ..Captions::default()
        };
        let mut pictures = occlusal.panels(cell);
        pictures.push(draw_view(&scene, view, cell, framing, &captions));
        frames.push(Frame {
            captions: captions_of(step, excursion, index, about),
            pictures,
        });
    }
    Strip {
        heading: about.heading.clone(),
        frames,
        legend,
    }
    .draw()
}

/// Sideways motions show from the front, others from the right.
fn side_view(kind: MotionKind) -> View {
    match kind.working_side() {
        Some(_) => View::Frontal,
        None => View::RightBuccal,
    }
}

/// A framing with room below for the lower arch to go.
fn side_framing(pair: &Pair<'_>, scene: &Scene, view: View, cell: Size) -> Framing {
    const ROOM: f64 = 0.86;
    let bounds = [pair.upper.mesh(), pair.lower.mesh()].map(stonecast_mesh::TriMesh::bounds);
    let [Some(upper), Some(lower)] = bounds else {
        return Framing::Fit;
    };
    match common_scale(scene, &[view], cell) {
        Some(scale) => Framing::About {
            centre: nalgebra::center(&upper.center(), &lower.center()),
            pixels_per_mm: ROOM * scale,
        },
        None => Framing::Fit,
    }
}

fn interferences(excursion: &Excursion, step: usize) -> Vec<&Interference> {
    let Some(at) = excursion.steps.get(step) else {
        return Vec::new();
    };
    let along = |i: &&Interference| i.from.0 <= at.travel.0 && at.travel.0 <= i.to.0;
    excursion.interferences.iter().filter(along).collect()
}

fn rings(found: &[&Interference], about: &About) -> Vec<Ring> {
    let ring = |i: &&Interference| Ring {
        at: Point::from(i.place),
        words: format!(
            "{}/{}",
            about.numbers.of(i.pair.upper),
            about.numbers.of(i.pair.lower)
        ),
    };
    found.iter().map(ring).collect()
}

fn captions_of(step: &JawStep, excursion: &Excursion, index: usize, about: &About) -> Vec<String> {
    let mut lines = vec![format!(
        "{:.1} mm along, open {:.1}°",
        step.travel.0, step.opening.0
    )];
    let of = excursion.steps.get(index);
    lines.push(match of.and_then(|s| s.guidance.map(|g| (s, g))) {
        Some((s, guidance)) => {
            let pairs = s.guiding.iter().take(3);
            let pairs: Vec<String> = pairs
                .map(|p| format!("{}/{}", about.numbers.of(p.upper), about.numbers.of(p.lower)))
                .collect();
            let more = if s.guiding.len() > 3 { ", ..." } else { "" };
            format!("{}: {}{more}", guidance.name(), pairs.join(", "))
        }
        None => "nothing leads here".to_owned(),
    });
    lines
}

/// What must be said of a strip, above it.
pub fn heading(path: &JawPath, working: Option<Side>) -> String {
    let side = working.map_or_else(String::new, |side| format!(", working side {}", side.name()));
    let name = path.kind.name().replace('-', " ");
    let mut words =
        format!("{name}{side}: the jaw stands where the guides or the record have it. Not a medical device.");
    words[..1].make_ascii_uppercase();
    words
}

/// Seconds that a motion takes one way; no speed of a patient's.
const SECONDS: f64 = 2.0;

/// An animated model: both arches, and a clip for each motion, there and back.
///
/// # Errors
/// If a path holds what cannot be shown.
pub fn animated_glb(pair: &Pair<'_>, paths: &[JawPath], bite: BiteKind) -> Result<Vec<u8>, AnimationError> {
    let part = |jaw: Jaw| Part {
        name: Some(match bite {
            BiteKind::Estimated => format!("{} arch, bite ESTIMATED", jaw.name()),
            _ => format!("{} arch", jaw.name()),
        }),
        ..Part::from_mesh(pair.surface(jaw).mesh().clone())
    };
    let parts = [part(Jaw::Upper), part(Jaw::Lower)];
    let clips: Vec<Clip> = paths.iter().map(clip).collect();
    encode_animated_glb(&AnimatedScene {
        parts: &parts,
        unit: DeclaredUnit::Millimetre,
        up: UpAxis::Z,
        clips: &clips,
    })
}

fn clip(path: &JawPath) -> Clip {
    let there: Vec<&RigidMotion> = path.steps.iter().map(|s| &s.moved_from_closed).collect();
    let back = there.iter().rev().skip(1).copied();
    let all: Vec<&RigidMotion> = there.iter().copied().chain(back).collect();
    let each = SECONDS / (there.len().max(2) - 1) as f64;
    let keyframes = all.into_iter().enumerate().map(|(i, moved)| Keyframe {
        seconds: each * i as f64,
        moved: *moved,
    });
    Clip {
        name: path.kind.name(),
        tracks: vec![Track {
            // The lower arch.
            part: 1,
            keyframes: keyframes.collect(),
        }],
    }
}
