//! Draws how the arches of a case meet: `occlusion_pictures CASE FOLDER [PRESET]`.

use std::{env, fs, path::Path};

use stonecast::{
    articulate::pictures::{animated_glb, heading, strip},
    case::read::Case,
    occlusion::pictures::{About, USUAL_SECTIONS, distance_ply, occlusogram, sections},
    teeth::read::labelled_arch,
};
use stonecast_articulator::{Articulator, MotionKind, MotionRequest, Mounting, MountingInput, Settings};
use stonecast_dental::{Fdi, Jaw, LandmarkKind, Mm, Side};
use stonecast_mesh::RigidMotion;
use stonecast_occlusion::excursion::{AnglePlane, ExcursionParams, measure};
use stonecast_occlusion::{BandPreset, BiteKnown, OccludingArch, OcclusionParams, Pair, ScannerNoise};
use stonecast_picture::Size;
use stonecast_report::{Notation, excursion_drawing, png, section_drawing, settings_drawing};

fn main() {
    let args: Vec<String> = env::args().collect();
    let (case, folder) = (Path::new(&args[1]), Path::new(&args[2]));
    let preset = args.get(3).map_or("thresholds", String::as_str);
    let preset = BandPreset::by_id(preset).expect("a preset of tables/occlusion_bands.toml");
    let case = Case::open(case).expect("a case");
    let arch = |jaw: Jaw| {
        let record = case
            .manifest
            .arches
            .iter()
            .find(|a| a.jaw == jaw)
            .expect("both arches");
        let mesh = case.mesh(&record.path).expect("its mesh");
        let teeth = case.manifest.teeth.iter().find(|a| a.jaw == jaw).expect("teeth");
        let labelled = labelled_arch(&case, teeth, &mesh).expect("its teeth");
        (mesh, labelled)
    };
    let (upper, lower) = (arch(Jaw::Upper), arch(Jaw::Lower));
    let of = |(mesh, labelled): &'static (_, _)| OccludingArch { mesh, labelled };
    let (upper, lower) = (Box::leak(Box::new(upper)), Box::leak(Box::new(lower)));
    let pair = Pair::new(of(upper), of(lower));
    let fields = [Jaw::Upper, Jaw::Lower].map(|jaw| pair.gaps(jaw, &RigidMotion::identity(), 2.0));
    let bite = case.manifest.bite.as_ref().expect("a bite").kind;
    let mut about = About::bite(preset, bite);
    about.noise = Some((0.013, "not-stated".to_owned()));
    fs::create_dir_all(folder).expect("the folder can be made");
    let picture = occlusogram(&pair, &fields, &about, Size::new(900, 760));
    fs::write(folder.join("occlusogram.png"), picture.to_png()).expect("it can be written");
    for field in &fields {
        let name = format!("{}-distances.ply", field.on);
        fs::write(folder.join(name), distance_ply(&pair, field, &about.preset)).expect("it can be written");
    }
    let params = OcclusionParams {
        noise: ScannerNoise::not_stated(),
        bite: BiteKnown {
            estimated: false,
            residual_mm: None,
        },
    };
    let teeth = USUAL_SECTIONS.map(|number| Fdi::new(number).expect("a tooth"));
    for section in sections(&pair, &teeth, &params).expect("teeth that stand") {
        let drawing = section_drawing(&section);
        let tooth = section.plane.tooth.expect("through a tooth");
        let picture = png::render(&drawing.svg, 1.2).expect("our own drawing");
        fs::write(folder.join(format!("section-{tooth}.png")), picture).expect("it can be written");
    }
    motions(&pair, &about, folder);
}

/// The usual motions on an average mounting, as if the teeth told nothing.
fn motions(pair: &Pair<'_>, about: &About, folder: &Path) {
    let incisor = pair
        .lower
        .arch
        .labelled
        .teeth
        .iter()
        .find_map(|t| match t.fdi.number() {
            31 | 41 => t.landmark(LandmarkKind::IncisalMidpoint),
            _ => None,
        });
    let incisal = incisor.expect("a lower central incisor");
    let mounting = Mounting::average(&MountingInput::in_cast_frame(incisal)).expect("an average mounting");
    let settings = Settings::preset("artex-cr").expect("a preset");
    let articulator = Articulator::new(mounting, settings).expect("an articulator");
    let write = |name: &str, svg: &str| {
        let picture = png::render(svg, 1.2).expect("our own drawing");
        fs::write(folder.join(format!("{name}.png")), picture).expect("it can be written");
    };
    write("settings", &settings_drawing(&articulator.sheet()).svg);
    let kinds = [
        MotionKind::Protrusion,
        MotionKind::Laterotrusion(Side::Right),
        MotionKind::Laterotrusion(Side::Left),
    ];
    let mut paths = Vec::new();
    for kind in kinds {
        let path = articulator.path(&MotionRequest::usual(kind)).expect("a path");
        let params = ExcursionParams {
            plane: AnglePlane::occlusal(),
            incisal_point: Some(incisal),
            noise: Mm(0.013),
            noise_name: "not-stated".to_owned(),
            bite_estimated: false,
            bite_residual: None,
        };
        let excursion = measure(pair, &path, &params).expect("a measured path");
        write(&kind.name(), &excursion_drawing(&excursion, Notation::Fdi).svg);
        let about = About {
            heading: heading(&path, kind.working_side()),
            ..about.clone()
        };
        let picture = strip(pair, &path, &excursion, &about, Size::new(460, 380));
        fs::write(
            folder.join(format!("strip-{}.png", kind.name())),
            picture.to_png(),
        )
        .expect("it can be written");
        paths.push(path);
    }
    fs::write(
        folder.join("motions.glb"),
        animated_glb(pair, &paths).expect("sound paths"),
    )
    .expect("it can be written");
}
