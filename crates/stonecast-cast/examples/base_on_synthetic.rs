//! Writes based casts of the demo's synthetic dentition as STL files, one of each kind, for other programs to judge.
//!
//! `base_on_synthetic FOLDER` writes `KIND-JAW.stl` (anatomy and base joined) and `KIND-JAW-base.stl` (the base alone).

use std::{error::Error, fs, path::PathBuf};

use stonecast_cast::base::{BaseParams, Hollow, Label, LabelFace, LabelStyle, base_pair};
use stonecast_mesh::formats::encode_stl;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("usage: base_on_synthetic FOLDER")?);
    fs::create_dir_all(&folder)?;
    let pair = stonecast_testkit::demo();
    for (kind, params) in kinds() {
        let bases = base_pair(Some(&pair.upper.mesh), Some(&pair.lower.mesh), &params)?.value;
        for base in [bases.upper, bases.lower].into_iter().flatten() {
            let name = |part: &str| folder.join(format!("{kind}-{}{part}.stl", base.jaw));
            fs::write(name(""), encode_stl(&base.joined))?;
            fs::write(name("-base"), encode_stl(&base.body))?;
        }
    }
    Ok(())
}

/// Every preset, every way of labelling, solid and hollow, each at least once.
fn kinds() -> Vec<(&'static str, BaseParams)> {
    let label = |arch: &str, style, face| {
        Some(Label {
            lines: vec![format!("DEMO-0001 {arch}"), "2026-11-24".to_owned()],
            style,
            face,
        })
    };
    let params = |preset: &str, wall_mm: Option<f64>, style, face| BaseParams {
        preset: preset.to_owned(),
        hollow: wall_mm.map(|wall_mm| Hollow {
            wall_mm,
            drain_holes: 2,
        }),
        upper_label: label("UPPER", style, face),
        lower_label: label("LOWER", style, face),
    };
    use {LabelFace::*, LabelStyle::*};
    vec![
        ("orthodontic", params("orthodontic", None, Engraved, Back)),
        ("hollow", params("orthodontic", Some(2.0), Embossed, Back)),
        ("horseshoe", params("horseshoe", None, Engraved, Bottom)),
        ("block", params("block", Some(2.5), Embossed, Bottom)),
    ]
}
