//! Draws how the arches of a case meet: `occlusion_pictures CASE FOLDER [PRESET]`.

use std::{env, fs, path::Path};

use stonecast::{
    case::read::Case,
    occlusion::pictures::{About, USUAL_SECTIONS, distance_ply, occlusogram, sections},
    teeth::read::labelled_arch,
};
use stonecast_dental::{Fdi, Jaw};
use stonecast_mesh::RigidMotion;
use stonecast_occlusion::{BandPreset, BiteKnown, OccludingArch, OcclusionParams, Pair, ScannerNoise};
use stonecast_picture::Size;
use stonecast_report::{png, section_drawing};

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
}
