//! Makes the pictures of `docs/methods/synthetic-dentitions.md`:
//! `cargo run --release -p stonecast-picture --example synthetic_pictures -- docs/pictures`.

use std::path::Path;

use stonecast_dental::Jaw;
use stonecast_picture::{Body, Captions, Framing, Paint, Scene, Size, View, draw_view};
use stonecast_testkit::{DentitionSpec, demo_spec, dentition};

fn main() -> std::io::Result<()> {
    let folder = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "docs/pictures".to_owned());
    let pair = dentition(&DentitionSpec {
        triangles: 200_000,
        ..demo_spec()
    });
    let bodies = [Jaw::Upper, Jaw::Lower].map(|jaw| {
        let arch = pair.arch(jaw);
        Body::new(&arch.mesh, Paint::PerVertex(&arch.colours())).of(jaw)
    });
    let scene = Scene::new(bodies.into());
    for (view, name) in [
        (View::Frontal, "frontal"),
        (View::RightBuccal, "right"),
        (View::UpperOcclusal, "upper"),
        (View::LowerOcclusal, "lower"),
    ] {
        let picture = draw_view(
            &scene,
            view,
            Size::new(560, 420),
            Framing::Fit,
            &Captions::default(),
        );
        std::fs::write(
            Path::new(&folder).join(format!("synthetic-{name}.png")),
            picture.to_png(),
        )?;
    }
    Ok(())
}
