//! Drawings of findings made by hand, whose places on the page follow by construction.

use stonecast_dental::{
    Fdi, Finding, Findings, NotMeasured, Outcome, Quantity, Unit,
    finding::{Evidence, EvidencePoint, ToothOutline},
};
use stonecast_report::{Drawing, Notation, drawings, png};

fn tooth(number: u8) -> Fdi {
    Fdi::new(number).unwrap()
}

/// Square crowns of 6 mm, three on each side of the upper arch.
fn outlines() -> Vec<ToothOutline> {
    let at = [
        (13, -14.0),
        (12, -8.0),
        (11, -2.0),
        (21, 4.0),
        (22, 10.0),
        (23, 16.0),
    ];
    let square = |(number, x): (u8, f64)| ToothOutline {
        tooth: tooth(number),
        points: [[-3.0, -3.0], [3.0, -3.0], [3.0, 3.0], [-3.0, 3.0]]
            .map(|[dx, dy]| [x + dx, dy + 0.05 * x * x, 0.0])
            .to_vec(),
    };
    at.map(square).to_vec()
}

fn finding(id: &str, outcome: Outcome) -> Finding {
    Finding {
        id: id.to_owned(),
        name: format!("name of {id}"),
        method: "page".to_owned(),
        outcome,
        teeth: Vec::new(),
        evidence: Evidence::default(),
    }
}

fn number(value: f64, unit: Unit) -> Outcome {
    Outcome::Number(Quantity {
        value,
        uncertainty: 0.25,
        unit,
    })
}

fn width() -> Finding {
    let point = |number: u8, x: f64| EvidencePoint {
        tooth: Some(tooth(number)),
        what: "cusp tip".to_owned(),
        xyz: [x, 9.0, 0.0],
    };
    let mut width = finding("arch.width.canine.cusp.upper", number(30.0, Unit::Mm));
    width.evidence.points = vec![point(13, -14.0), point(23, 16.0)];
    width
}

fn drawn(findings: Vec<Finding>, notation: Notation) -> Vec<Drawing> {
    let mut findings = Findings {
        findings,
        outlines: outlines(),
    };
    findings.findings.sort_by(|a, b| a.id.cmp(&b.id));
    drawings(&findings, notation)
}

#[test]
fn only_what_was_entered_is_drawn_and_what_was_not_measured_says_why() {
    assert!(drawn(Vec::new(), Notation::Fdi).is_empty());
    let why = || Outcome::NotMeasured(NotMeasured::NoBite);
    let made = drawn(vec![finding("overjet.labial", why())], Notation::Fdi);
    let [drawing] = made.as_slice() else {
        panic!("one drawing: {made:?}");
    };
    assert_eq!(drawing.name, "overjet");
    assert!(
        drawing.svg.contains("how the arches meet is not known"),
        "{}",
        drawing.svg
    );
}

#[test]
fn the_patients_right_is_on_the_viewers_left_and_lengths_are_to_scale() {
    let made = drawn(vec![width()], Notation::Fdi);
    let svg = &made[0].svg;
    // The longest line in the colour of the upper arch is the dimension line: 30 mm in the page's units.
    let lines = svg
        .lines()
        .filter(|l| l.starts_with("<line") && l.contains("#0072b2"));
    let ends = lines.map(|line| {
        let value = |key: &str| -> f64 {
            let rest = line.split_once(&format!("{key}=\"")).unwrap().1;
            rest.split_once('"').unwrap().0.parse().unwrap()
        };
        [value("x1"), value("x2")]
    });
    let [right, left] = ends
        .max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])))
        .unwrap();
    assert!(right < left, "13 is on the patient's right: {right} {left}");
    // 36 mm of teeth fill a box 350 units wide.
    let scale = 350.0 / 36.0;
    assert!((left - right - 30.0 * scale).abs() < 0.05, "{right} {left}");
    assert!(svg.contains("30.0 ± 0.5"), "{svg}");
    assert!(svg.contains("twice the standard uncertainty") && svg.contains("Not a medical device"));
    assert!(svg.contains(">10 mm<"));
}

#[test]
fn teeth_are_numbered_as_asked() {
    fn t(notation: Notation, first: &str) {
        let svg = &drawn(vec![width()], notation)[0].svg;
        assert!(svg.contains(&format!(">{first}</text>")), "{first}: {svg}");
    }
    t(Notation::Fdi, "13");
    t(Notation::Universal, "6");
    t(Notation::Palmer, "UR3");
}

#[test]
fn the_same_findings_give_the_same_drawings_and_all_can_be_rendered() {
    let bolton = [
        ("sum.upper", 48.0, Unit::Mm),
        ("sum.lower", 38.0, Unit::Mm),
        ("ratio", 100.0 * 38.0 / 48.0, Unit::Percent),
        ("excess", 0.944, Unit::Mm),
        ("z", 1.2, Unit::One),
    ];
    let all = || {
        let mut all: Vec<Finding> = bolton
            .iter()
            .map(|(what, value, unit)| finding(&format!("bolton.anterior.{what}"), number(*value, *unit)))
            .collect();
        all.push(width());
        all.push(finding("size.mesiodistal.11", number(8.5, Unit::Mm)));
        drawn(all, Notation::Fdi)
    };
    let made = all();
    assert_eq!(made, all());
    let names: Vec<&str> = made.iter().map(|d| d.name).collect();
    assert_eq!(names, ["tooth-sizes", "arch-widths", "bolton"]);
    for drawing in &made {
        assert!(
            png::render(&drawing.svg, 0.5).unwrap().starts_with(b"\x89PNG"),
            "{}",
            drawing.name
        );
    }
    // The excess implies the norm: (38 - 0.944) / 48 = 77.2 %.
    let svg = &made[2].svg;
    assert!(svg.contains(">77.2</text>"), "{svg}");
    assert!(svg.contains("lower teeth too wide by 0.9 ± 0.5 mm"), "{svg}");
}
