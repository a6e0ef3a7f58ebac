//! Measures taken from the program's points against those that points placed by people imply, on the real pairs in the folder
//! that `STONECAST_SCANS` names: tables of agreement as Markdown, and how many findings are measured or refused and why.
//!
//! `cargo run --release -p stonecast-analysis --example landmark_agreement -- [FOLDER]` also writes the plots, SVG, into the
//! folder.
//!
//! Reference: Bland JM, Altman DG. *Lancet* 1986: bias, and limits of agreement at 1.96 standard deviations.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a report for reading")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

use stonecast_dental::{Fdi, Findings, Jaw, NotMeasured, Outcome};
use stonecast_mesh::{Point, RigidMotion};

#[path = "../tests/real/mod.rs"]
mod real;

use real::{PairCast, findings, folder, found_teeth, pairs};

/// What people's points imply and what the program measured, by kind of measure.
type Agreement = BTreeMap<&'static str, Vec<[f64; 2]>>;

fn main() {
    let Some(scans) = folder() else { return };
    let plots = std::env::args_os().nth(1).map(PathBuf::from);
    let pairs = pairs(&scans);
    for labels in ["found by the program", "marked by people"] {
        let mut agreement = Agreement::new();
        let mut outcomes: BTreeMap<String, usize> = BTreeMap::new();
        let mut lacking = BTreeMap::new();
        for pair in &pairs {
            let made = pair.cast(&RigidMotion::identity());
            let teeth = if labels.starts_with("found") {
                found_teeth(&made.cast)
            } else {
                pair.marked_teeth(&made.cast)
            };
            let found = findings(&made.cast, &teeth);
            count(&found, &mut outcomes, &mut lacking);
            compare(&made, &found, &mut agreement);
        }
        println!("\n## Teeth {labels}, {} pairs\n", pairs.len());
        print_outcomes(&outcomes, &lacking);
        print_agreement(&agreement);
        if let Some(folder) = &plots {
            draw(folder, labels.split(' ').next().unwrap(), &agreement);
        }
    }
}

fn count(found: &Findings, outcomes: &mut BTreeMap<String, usize>, lacking: &mut BTreeMap<String, usize>) {
    for finding in &found.findings {
        let what = match &finding.outcome {
            Outcome::NotMeasured(why) => {
                let family = finding.id.split('.').next().unwrap();
                *lacking.entry(format!("{family}: {}", reason(why))).or_default() += 1;
                format!("refused: {}", reason(why))
            }
            Outcome::Number(q) => {
                assert!(
                    q.value.is_finite() && q.uncertainty.is_finite(),
                    "{}: {q}",
                    finding.id
                );
                "measured".to_owned()
            }
            _ => "measured".to_owned(),
        };
        *outcomes.entry(what).or_default() += 1;
    }
}

fn reason(why: &NotMeasured) -> &'static str {
    match why.root() {
        NotMeasured::NoArch { .. } => "no arch",
        NotMeasured::MissingTeeth { .. } => "missing teeth",
        NotMeasured::NoPoint { .. } => "point not found",
        NotMeasured::NoPart { .. } => "curve, width or section not found",
        NotMeasured::NoBite => "no bite",
        NotMeasured::NotScanned { .. } => "not scanned",
        NotMeasured::NotOnCast { .. } => "not on a cast: a person is asked",
        NotMeasured::NotApplicable { .. } => "does not apply",
        NotMeasured::OutOfRange { .. } => "out of the method's range",
        _ => "another reason",
    }
}

fn print_outcomes(outcomes: &BTreeMap<String, usize>, lacking: &BTreeMap<String, usize>) {
    println!("| findings | n |\n|---|---|");
    outcomes.iter().for_each(|(what, n)| println!("| {what} | {n} |"));
    let list: Vec<String> = lacking.iter().map(|(what, n)| format!("{what} {n}")).collect();
    println!("\nRefused: {}.\n", list.join("; "));
}

/// Puts what people's points imply beside what was measured.
fn compare(made: &PairCast, found: &Findings, agreement: &mut Agreement) {
    let number = |id: &str| found.get(id).and_then(stonecast_dental::Finding::number);
    let mut add = |kind: &'static str, people: Option<f64>, id: &str| {
        if let (Some(people), Some(program)) = (people, number(id)) {
            agreement.entry(kind).or_default().push([people, program.value]);
        }
    };
    let point = |tooth: u8, name: &str| -> Option<Point> {
        let key = (Fdi::new(tooth).unwrap(), name.to_owned());
        made.points.get(&key).copied()
    };
    let width = |tooth: u8| Some((point(tooth, "mesial")? - point(tooth, "distal")?).norm());
    for tooth in (11..=47u8).filter(|t| Fdi::new(*t).is_ok()) {
        add(
            "mesiodistal width, mm",
            width(tooth),
            &format!("size.mesiodistal.{tooth}"),
        );
        add(
            "distance of the contact points, mm",
            width(tooth),
            &format!("size.contact_distance.{tooth}"),
        );
    }
    let sum = |jaw: Jaw, last: u8| -> Option<f64> {
        let quadrants: [u8; 2] = if jaw == Jaw::Upper { [1, 2] } else { [3, 4] };
        let teeth = quadrants.iter().flat_map(|q| (1..=last).map(move |p| q * 10 + p));
        teeth.map(width).sum()
    };
    for (kind, last, id) in [
        ("Bolton anterior, %", 3, "bolton.anterior.ratio"),
        ("Bolton overall, %", 6, "bolton.overall.ratio"),
    ] {
        let ratio = sum(Jaw::Lower, last).zip(sum(Jaw::Upper, last));
        add(kind, ratio.map(|(lower, upper)| 100.0 * lower / upper), id);
    }
    let apart = |tooth: u8, name: &str| {
        let twin = Fdi::new(tooth).unwrap().mirrored().number();
        let (a, b) = (point(tooth, name)?, point(twin, name)?);
        Some((a - b).xy().norm())
    };
    for (jaw, quadrant) in [("upper", 10u8), ("lower", 40)] {
        for (kind, position, name, teeth, key) in [
            ("arch width, canine tips, mm", 3, "cusp", "canine", "cusp"),
            (
                "arch width, first premolar cusps, mm",
                4,
                "cusp_out",
                "premolar1",
                "cusp",
            ),
            (
                "arch width, mesiobuccal cusps of first molars, mm",
                6,
                "cusp_out_mesial",
                "molar1",
                "cusp",
            ),
            (
                "arch width, fossae of first molars, mm",
                6,
                "pit",
                "molar1",
                "fossa",
            ),
        ] {
            let id = format!("arch.width.{teeth}.{key}.{jaw}");
            add(kind, apart(quadrant + position, name), &id);
        }
    }
    between_arches(&point, &mut add);
}

/// The same of what the arches are to each other.
fn between_arches(
    point: &dyn Fn(u8, &str) -> Option<Point>,
    add: &mut dyn FnMut(&'static str, Option<f64>, &str),
) {
    let middle = |a: Option<Point>, b: Option<Point>| Some(nalgebra::center(&a?, &b?));
    for (side, upper, lower, behind) in [("right", 13u8, 43u8, 44u8), ("left", 23, 33, 34)] {
        let contact = middle(point(lower, "distal"), point(behind, "mesial"));
        let relation = contact.zip(point(upper, "cusp")).map(|(c, tip)| c.y - tip.y);
        add("canine relation, mm", relation, &format!("angle.canine.{side}"));
    }
    let midline = |a, b| middle(point(a, "mesial"), point(b, "mesial")).map(|p| p.x);
    let deviation = midline(31, 41)
        .zip(midline(11, 21))
        .map(|(lower, upper)| lower - upper);
    add("midline deviation, mm", deviation, "midline.deviation");
}

struct Limits {
    bias: f64,
    deviation: f64,
}

impl Limits {
    fn of(pairs: &[[f64; 2]]) -> Self {
        let n = pairs.len() as f64;
        let differences = pairs.iter().map(|[people, program]| program - people);
        let bias = differences.clone().sum::<f64>() / n;
        let squares: f64 = differences.map(|d| (d - bias).powi(2)).sum();
        Self {
            bias,
            deviation: (squares / (n - 1.0)).sqrt(),
        }
    }

    fn ends(&self) -> [f64; 2] {
        [-1.96, 1.96].map(|k| self.bias + k * self.deviation)
    }
}

fn print_agreement(agreement: &Agreement) {
    println!("| program less people | n | bias | SD | limits of agreement |\n|---|---|---|---|---|");
    for (kind, pairs) in agreement {
        let n = pairs.len();
        let limits = Limits::of(pairs);
        let bias = limits.bias;
        if n < 2 {
            println!("| {kind} | {n} | {bias:.2} | | |");
            continue;
        }
        let ([low, high], sd) = (limits.ends(), limits.deviation);
        println!("| {kind} | {n} | {bias:.2} | {sd:.2} | {low:.2} to {high:.2} |");
    }
}

fn draw(folder: &Path, labels: &str, agreement: &Agreement) {
    std::fs::create_dir_all(folder).unwrap();
    for (kind, pairs) in agreement.iter().filter(|(_, pairs)| pairs.len() > 1) {
        let letters = kind
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
        let name = letters.collect::<String>().to_lowercase();
        let path = folder.join(format!("{labels}-{}.svg", name.trim_matches('-')));
        std::fs::write(path, plot(kind, labels, pairs)).unwrap();
    }
}

const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 320.0;
const MARGIN: f64 = 56.0;

/// The plot of Bland and Altman: the mean of both across, their difference upwards, bias and limits as lines.
fn plot(kind: &str, labels: &str, pairs: &[[f64; 2]]) -> String {
    let limits = Limits::of(pairs);
    let [low, high] = limits.ends();
    let points: Vec<[f64; 2]> = pairs.iter().map(|[a, b]| [(a + b) / 2.0, b - a]).collect();
    let range = |values: &mut dyn Iterator<Item = f64>| {
        let (least, most) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, m), v| {
            (l.min(v), m.max(v))
        });
        let room = 0.08 * (most - least).max(0.1);
        [least - room, most + room]
    };
    let across = range(&mut points.iter().map(|p| p[0]));
    let upwards = range(&mut points.iter().map(|p| p[1]).chain([low, high, 0.0]));
    let x = |v: f64| MARGIN + (WIDTH - 2.0 * MARGIN) * (v - across[0]) / (across[1] - across[0]);
    let y = |v: f64| HEIGHT - MARGIN - (HEIGHT - 2.0 * MARGIN) * (v - upwards[0]) / (upwards[1] - upwards[0]);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" \
         font-size=\"11\">\n<rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n"
    );
    let (left, right) = (MARGIN, WIDTH - MARGIN);
    for (value, words, dash) in [
        (limits.bias, "bias", "none"),
        (low, "−1.96 SD", "6 4"),
        (high, "+1.96 SD", "6 4"),
        (0.0, "", "1 3"),
    ] {
        let at = y(value);
        let _ = writeln!(
            svg,
            "<path d=\"M{left} {at:.1}H{right}\" stroke=\"#444\" stroke-dasharray=\"{dash}\"/>"
        );
        if !words.is_empty() {
            let (text, label) = (right + 3.0, at - 3.0);
            let _ = writeln!(
                svg,
                "<text x=\"{text}\" y=\"{label:.1}\" font-size=\"9\">{words}</text>"
            );
            let below = at + 8.0;
            let _ = writeln!(
                svg,
                "<text x=\"{text}\" y=\"{below:.1}\" font-size=\"9\">{value:.2}</text>"
            );
        }
    }
    for p in &points {
        let _ = writeln!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"#1f5fa8\" fill-opacity=\"0.6\"/>",
            x(p[0]),
            y(p[1])
        );
    }
    axes(&mut svg, &across, &upwards, &x, &y);
    let _ = writeln!(
        svg,
        "<text x=\"{left}\" y=\"20\" font-size=\"13\">{kind}: teeth {labels}, n = {}</text>\n\
         <text x=\"{}\" y=\"{}\" text-anchor=\"middle\">mean of program and people</text>\n\
         <text transform=\"translate(16 {}) rotate(-90)\" text-anchor=\"middle\">program less people</text>\n</svg>",
        pairs.len(),
        WIDTH / 2.0,
        HEIGHT - 14.0,
        HEIGHT / 2.0
    );
    svg
}

fn axes(
    svg: &mut String,
    across: &[f64; 2],
    upwards: &[f64; 2],
    x: &dyn Fn(f64) -> f64,
    y: &dyn Fn(f64) -> f64,
) {
    let (bottom, top, left, right) = (HEIGHT - MARGIN, MARGIN, MARGIN, WIDTH - MARGIN);
    let _ = writeln!(
        svg,
        "<path d=\"M{left} {top}V{bottom}H{right}\" fill=\"none\" stroke=\"black\"/>"
    );
    for k in 0..=4 {
        let at = |range: &[f64; 2]| range[0] + (range[1] - range[0]) * f64::from(k) / 4.0;
        let (a, b) = (at(across), at(upwards));
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{}\" text-anchor=\"middle\">{a:.1}</text>\n<text x=\"{}\" y=\"{:.1}\" \
             text-anchor=\"end\">{b:.1}</text>",
            x(a),
            bottom + 15.0,
            left - 5.0,
            y(b) + 4.0
        );
    }
}
