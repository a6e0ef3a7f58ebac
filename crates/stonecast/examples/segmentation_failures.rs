//! Draws synthetic arches on which the segmentation fails, the truth beside what was found, for
//! `docs/methods/segmentation.md`.
//!
//! `cargo run --release -p stonecast --example segmentation_failures -- OUT.png SEED_JAW...`, as in `60003_upper`, draws
//! these; without seeds it looks through the first hundred from 60000 and prints those that fail.

#![allow(clippy::print_stdout, reason = "a tool speaks to its terminal")]

use std::error::Error;

use stonecast::teeth::paint;
use stonecast_cast::orient::{OrientParams, orient};
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::{FaceData, RigidMotion};
use stonecast_picture::{
    Body, Captions, Framing, Paint, Picture, Scene, Size, View, contact_sheet, draw_view,
};
use stonecast_teeth::{
    ArchInput,
    score::{ArchScore, score_labels},
    segment::segment,
    vertex_labels,
};
use stonecast_testkit::{SyntheticArch, dentition, random_spec};

const SEEDS: std::ops::Range<u64> = 60_000..60_100;
const SIZE: (u32, u32) = (420, 340);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((out, told)) = arguments.split_first() else {
        return Err("usage: segmentation_failures OUT.png [SEED_JAW...]".into());
    };
    if told.is_empty() {
        return list();
    }
    let mut pictures = Vec::new();
    for name in told {
        let (seed, jaw) = name.split_once('_').ok_or("a name is SEED_upper or SEED_lower")?;
        let jaw = if jaw == "upper" { Jaw::Upper } else { Jaw::Lower };
        let found = Found::new(seed.parse()?, jaw)?;
        pictures.extend(found.draw());
    }
    let all: Vec<&Picture> = pictures.iter().collect();
    let heading = "Left the truth, right what was found; synthetic arches";
    std::fs::write(out, contact_sheet(&all, 2, heading).to_png())?;
    Ok(())
}

fn list() -> Result<(), Box<dyn Error>> {
    for seed in SEEDS {
        for jaw in [Jaw::Upper, Jaw::Lower] {
            let score = Found::new(seed, jaw)?.score()?;
            let wrong: Vec<String> = (score.teeth.iter())
                .filter(|t| !t.is_right())
                .map(|t| match t.best.filter(|_| t.is_found()) {
                    Some(other) => format!("{} as {other}", t.fdi),
                    None => format!("{} not found", t.fdi),
                })
                .collect();
            if !wrong.is_empty() {
                println!("{seed}_{jaw}: {}", wrong.join(", "));
            }
        }
    }
    Ok(())
}

struct Found {
    arch: SyntheticArch,
    arch_from_mesh: RigidMotion,
    labels: FaceData<Option<Fdi>>,
}

impl Found {
    fn new(seed: u64, jaw: Jaw) -> Result<Self, Box<dyn Error>> {
        let arch = dentition(&random_spec(seed)).arch(jaw).clone();
        let arch_from_mesh = orient(&arch.mesh, jaw, &OrientParams::default())?
            .value
            .arch_from_scan;
        let input = ArchInput {
            jaw,
            mesh: &arch.mesh,
            arch_from_mesh,
        };
        let labels = segment(&input)?.value.face_labels;
        Ok(Self {
            arch,
            arch_from_mesh,
            labels,
        })
    }

    fn score(&self) -> Result<ArchScore, Box<dyn Error>> {
        let found = vertex_labels(&self.arch.mesh, &self.labels);
        let truth = self.arch.truth.vertex_labels.as_slice();
        Ok(score_labels(truth, found.as_slice()).ok_or("a label for each vertex")?)
    }

    fn draw(&self) -> [Picture; 2] {
        let view = match self.arch.jaw {
            Jaw::Upper => View::UpperOcclusal,
            Jaw::Lower => View::LowerOcclusal,
        };
        let posed = self.arch.mesh.transformed(&self.arch_from_mesh);
        let found = vertex_labels(&self.arch.mesh, &self.labels);
        [&self.arch.truth.vertex_labels, &found].map(|labels| {
            let body = Body::new(&posed, Paint::PerVertex(&paint::colours(labels))).of(self.arch.jaw);
            let size = Size::new(SIZE.0, SIZE.1);
            draw_view(
                &Scene::new(vec![body]),
                view,
                size,
                Framing::Fit,
                &Captions::default(),
            )
        })
    }
}
