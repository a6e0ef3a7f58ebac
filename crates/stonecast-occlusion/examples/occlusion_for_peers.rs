//! Gaps and paths for the peers' scripts in `conformance/`: what we measure, beside all that is needed to measure it again.
//!
//! Arrays are raw and little-endian: points and gaps as `f64` (a gap that is not known is NaN), faces as three `u32`, a
//! motion as the sixteen `f64` of its matrix, row by row.

use std::{error::Error, fs, path::Path};

use stonecast_articulator::{
    Articulator, GuideShape, JawPath, MotionKind, MotionRequest, Mounting, MountingInput, Settings,
};
use stonecast_dental::{Deg, Jaw, Mm, Side, Sides};
use stonecast_mesh::formats::{Limits, decode};
use stonecast_mesh::{FaceData, Point, RigidMotion, TriMesh, Vector};
use stonecast_occlusion::{OccludingArch, Pair};
use stonecast_teeth::LabelledArch;
use stonecast_testkit::{dentition, random_spec};

const USAGE: &str = "occlusion_for_peers scans UPPER LOWER FOLDER\nocclusion_for_peers synthetic SEED TRIANGLES FOLDER\n\
                     occlusion_for_peers paths FILE";

/// How far gaps are wanted, mm.
const REACH: f64 = 3.0;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["scans", upper, lower, folder] => gaps(&read(upper)?, &read(lower)?, Path::new(folder)),
        ["synthetic", seed, triangles, folder] => {
            let mut spec = random_spec(seed.parse()?);
            spec.triangles = triangles.parse()?;
            let made = dentition(&spec);
            gaps(&made.upper.mesh, &made.lower.mesh, Path::new(folder))
        }
        ["paths", file] => paths(Path::new(file)),
        _ => Err(USAGE.into()),
    }
}

fn read(path: &str) -> Outcome<TriMesh> {
    let decoded = decode(&fs::read(path)?, None, &Limits::default())?;
    let part = decoded.parts.into_iter().next().ok_or("the file holds no mesh")?;
    Ok(part.mesh)
}

fn gaps(upper: &TriMesh, lower: &TriMesh, folder: &Path) -> Outcome<()> {
    fs::create_dir_all(folder)?;
    let numbers = |name: &str, values: &mut dyn Iterator<Item = f64>| {
        fs::write(
            folder.join(name),
            values.flat_map(f64::to_le_bytes).collect::<Vec<u8>>(),
        )
    };
    for (name, mesh) in [("upper", upper), ("lower", lower)] {
        let points = mesh.points().iter();
        numbers(
            &format!("{name}.points"),
            &mut points.flat_map(|p| [p.x, p.y, p.z]),
        )?;
        let faces = mesh.faces().iter().flatten().flat_map(|v| v.0.to_le_bytes());
        fs::write(folder.join(format!("{name}.faces")), faces.collect::<Vec<u8>>())?;
    }
    let labels = [(Jaw::Upper, upper), (Jaw::Lower, lower)].map(|(jaw, mesh)| LabelledArch {
        jaw,
        face_labels: FaceData::from_vec(vec![None; mesh.face_count()]),
        teeth: Vec::new(),
        doubts: Vec::new(),
    });
    let [of_upper, of_lower] = &labels;
    let arch = |mesh, labelled| OccludingArch { mesh, labelled };
    let pair = Pair::new(arch(upper, of_upper), arch(lower, of_lower));
    for (name, motion) in [("closed", RigidMotion::identity()), ("moved", excursion(lower))] {
        let matrix = motion.to_homogeneous().transpose();
        numbers(&format!("{name}.matrix"), &mut matrix.iter().copied())?;
        for jaw in [Jaw::Upper, Jaw::Lower] {
            let field = pair.gaps(jaw, &motion, REACH);
            let signed = field
                .gaps
                .as_slice()
                .iter()
                .map(|g| g.as_ref().map_or(f64::NAN, |g| g.signed));
            numbers(&format!("{}.{name}.gaps", jaw.name()), &mut { signed })?;
        }
    }
    Ok(())
}

/// A motion of the size of an excursion, about the arch's middle: no pose of a patient, but one that mixes all directions.
fn excursion(lower: &TriMesh) -> RigidMotion {
    let middle = lower
        .bounds()
        .map_or_else(Point::origin, |b| nalgebra::center(&b.min, &b.max));
    let turn = nalgebra::UnitQuaternion::from_scaled_axis(Vector::new(0.012, -0.008, 0.017));
    let shift = middle.coords - turn * middle.coords + Vector::new(1.1, -0.9, -0.3);
    RigidMotion::from_parts(shift.into(), turn)
}

/// Motions of an asymmetric mounting at asymmetric settings, with all that they follow from.
fn paths(file: &Path) -> Outcome<()> {
    let mut mounting = Mounting::average(&MountingInput::in_cast_frame([0.4, 2.3, 1.7]))?;
    mounting.condyles.left[2] += 2.0;
    mounting.condyles.left[1] -= 3.0;
    let sides = |right, left| Sides {
        right: Deg(right),
        left: Deg(left),
    };
    let straight = Settings::preset("generic")?
        .with_inclination(sides(31.0, 38.0))
        .with_bennett(sides(9.0, 14.0))
        .with_side_shift(Sides {
            right: Mm(0.3),
            left: Mm(0.6),
        })
        .with_fischer(sides(4.0, 6.0))
        .with_guide(GuideShape::Straight)
        .with_pin_free();
    let curved = straight.clone().with_guide(GuideShape::Arc { radius: Mm(14.0) });
    let table = straight.clone().with_incisal_table(Deg(20.0), sides(15.0, 25.0));
    let kinds = [
        MotionKind::Opening,
        MotionKind::Protrusion,
        MotionKind::Retrusion,
        MotionKind::Laterotrusion(Side::Right),
        MotionKind::Laterotrusion(Side::Left),
    ];
    let mut all: Vec<(Articulator, JawPath)> = Vec::new();
    for settings in [straight, curved, table] {
        let articulator = Articulator::new(mounting.clone(), settings)?;
        for kind in kinds {
            let path = articulator.path(&MotionRequest::usual(kind).in_steps(20))?;
            all.push((articulator.clone(), path));
        }
    }
    fs::write(file, serde_json::to_vec(&all)?)?;
    Ok(())
}
