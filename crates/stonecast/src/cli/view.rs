//! `stonecast view`: a picture of a case or of surface files.

use std::{
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use clap::Args;
use serde_json::json;
use stonecast_dental::Deg;
use stonecast_mesh::formats::Part;
use stonecast_picture::{Body, Captions, Framing, Paint, Scene, Size, Tag, View, draw_view};

use super::{Answer, Console, Failure, sources};
use crate::{
    case::read::{Case, ReadError},
    pictures::{Shown, bite_tag, scene},
};

/// Draw a picture of a case or of surface files
///
/// Files are shown in their own axes, read as the cast frame: x to the patient's left, y backwards, z upwards.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  stonecast view case/ --view right-buccal --out right.png
  stonecast view upper.ply lower.ply --azimuth 35 --elevation 20 --zoom 1.5 --size 1600x1200 --out oblique.png")]
pub struct ViewArgs {
    /// A case folder, or surface files
    #[arg(required = true, value_name = "CASE|FILE")]
    inputs: Vec<PathBuf>,
    /// The picture to write
    #[arg(short, long, value_name = "PNG")]
    out: PathBuf,
    /// Replace the picture if it exists
    #[arg(long)]
    force: bool,
    /// A standard view
    #[arg(long, value_enum, default_value_t = ViewName::Frontal, help_heading = "View")]
    view: ViewName,
    /// A free view: degrees round from the front towards the patient's left
    #[arg(
        long,
        value_name = "DEG",
        allow_negative_numbers = true,
        conflicts_with = "view",
        help_heading = "View"
    )]
    azimuth: Option<f64>,
    /// A free view: degrees up from the occlusal plane
    #[arg(
        long,
        value_name = "DEG",
        allow_negative_numbers = true,
        conflicts_with = "view",
        help_heading = "View"
    )]
    elevation: Option<f64>,
    /// How many times larger than what fits
    #[arg(long, value_name = "TIMES", default_value_t = 1.0, help_heading = "View")]
    zoom: f64,
    /// Width and height in pixels
    #[arg(long, value_name = "WxH", default_value = "1200x900", help_heading = "View")]
    size: PictureSize,
    /// Without caption, marks and scale bar
    #[arg(long, help_heading = "View")]
    plain: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum ViewName {
    Frontal,
    RightBuccal,
    LeftBuccal,
    UpperOcclusal,
    LowerOcclusal,
}

impl From<ViewName> for View {
    fn from(name: ViewName) -> Self {
        match name {
            ViewName::Frontal => Self::Frontal,
            ViewName::RightBuccal => Self::RightBuccal,
            ViewName::LeftBuccal => Self::LeftBuccal,
            ViewName::UpperOcclusal => Self::UpperOcclusal,
            ViewName::LowerOcclusal => Self::LowerOcclusal,
        }
    }
}

/// `1600x1200`
#[derive(Clone, Copy, Debug)]
pub(super) struct PictureSize(pub Size);

impl FromStr for PictureSize {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = text
            .split_once('x')
            .and_then(|(w, h)| Some((w.parse().ok()?, h.parse().ok()?)));
        match parsed {
            Some((width, height)) if (16..=8192).contains(&width) && (16..=8192).contains(&height) => {
                Ok(Self(Size { width, height }))
            }
            _ => Err("expected WIDTHxHEIGHT in pixels, each from 16 to 8192, such as 1600x1200".to_owned()),
        }
    }
}

pub(super) fn run(args: &ViewArgs, console: &Console) -> Result<Answer, Failure> {
    sources::check_output(&args.out, "the picture", args.force)?;
    console.expect_steps(3);
    let (scene, tag) = console.step("read", || match &args.inputs[..] {
        [case] if case.is_dir() => scene_of_case(case),
        files => Ok((scene_of_files(files)?, None)),
    })?;
    let view = match (args.azimuth, args.elevation) {
        (None, None) => args.view.into(),
        (azimuth, elevation) => View::Free {
            azimuth: Deg(azimuth.unwrap_or(0.0)),
            elevation: Deg(elevation.unwrap_or(0.0)),
        },
    };
    let captions = Captions {
        title: !args.plain,
        edge_marks: !args.plain,
        scale_bar: !args.plain,
        tag: tag.filter(|_| !args.plain && view.only_jaw().is_none()),
        ..Captions::default()
    };
    let picture = console.step("draw", || {
        draw_view(&scene, view, args.size.0, Framing::Zoom(args.zoom), &captions)
    });
    console
        .step("write", || fs::write(&args.out, picture.to_png()))
        .map_err(|e| Failure::unwritable("the picture", &e))?;
    let scale = picture.projection.map(|p| p.pixels_per_mm);
    Ok(Answer::new(
        &json!({
            "view": view.name(),
            "width": picture.size.width,
            "height": picture.size.height,
            "pixels_per_mm": scale,
        }),
        format!(
            "{}: {} x {} pixels\n",
            view.caption(),
            picture.size.width,
            picture.size.height
        ),
    ))
}

/// The arches of a case on their bases, and what must be said of their bite.
fn scene_of_case(root: &Path) -> Result<(Scene, Option<Tag>), Failure> {
    let refused = |e: ReadError| Failure::refused("case.unreadable", e.to_string());
    let case = Case::open(root).map_err(refused)?;
    let arches = case.manifest.arches.iter().map(|arch| {
        let (path, anatomy) = arch.base.as_ref().map_or((&arch.path, arch.face_count), |base| {
            (&base.joined_path, base.anatomy_face_count)
        });
        Ok((arch.jaw, case.mesh(path)?, anatomy, arch.base.is_some()))
    });
    let arches = arches.collect::<Result<Vec<_>, _>>().map_err(refused)?;
    let shown: Vec<Shown<'_>> = arches
        .iter()
        .map(|(jaw, mesh, anatomy_face_count, is_closed)| Shown {
            jaw: *jaw,
            mesh,
            anatomy_face_count: *anatomy_face_count,
            is_closed: *is_closed,
        })
        .collect();
    let tag = case.manifest.bite.as_ref().map(|bite| bite_tag(bite.kind));
    Ok((scene(&shown), tag))
}

fn scene_of_files(paths: &[PathBuf]) -> Result<Scene, Failure> {
    let count = paths.len();
    let read = paths.iter().enumerate().map(|(i, path)| {
        let (_, decoded) = sources::read_surface(path, &sources::place_name(i, count))?;
        Ok(decoded.parts)
    });
    let parts = sources::all_or_faults(read).map_err(Failure::Refused)?;
    Ok(Scene::new(parts.iter().flatten().map(body_of).collect()))
}

fn body_of(part: &Part) -> Body {
    match &part.colours {
        Some(colours) => Body::new(&part.mesh, Paint::PerVertex(colours)),
        None => Body::new(&part.mesh, Paint::stone()),
    }
}
