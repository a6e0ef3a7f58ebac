//! Draws a `findings.json`: `draw FINDINGS.JSON FOLDER`.

use std::{env, fs, path::Path};

use stonecast_dental::Findings;
use stonecast_report::{Notation, drawings, png};

fn main() {
    let args: Vec<String> = env::args().collect();
    let [_, findings, folder] = args.as_slice() else {
        panic!("usage: draw FINDINGS.JSON FOLDER");
    };
    let text = fs::read(findings).expect("the findings can be read");
    let findings: Findings = serde_json::from_slice(&text).expect("they are findings");
    fs::create_dir_all(folder).expect("the folder can be made");
    for drawing in drawings(&findings, Notation::Fdi) {
        let path = Path::new(folder).join(drawing.name);
        fs::write(path.with_extension("svg"), &drawing.svg).expect("it can be written");
        let picture = png::render(&drawing.svg, 1.4).expect("our own drawings can be rendered");
        fs::write(path.with_extension("png"), picture).expect("it can be written");
    }
}
