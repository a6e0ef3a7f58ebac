//! Where a finding comes from, in words and numbers.

use std::{
    collections::BTreeSet,
    fmt::{self, Write as _},
};

use stonecast_dental::{
    Finding, Findings, Outcome,
    finding::{COVERAGE, Category},
};

use super::{summary, table};

/// Everything that the case knows about a finding, and about those that it was computed from.
pub fn explain(finding: &Finding, all: &Findings) -> String {
    let mut text = String::new();
    let mut told = BTreeSet::new();
    tell(&mut text, finding, all, 0, &mut told).expect("a string takes every word");
    text
}

/// A finding and those that it was computed from, each once, from the top down.
pub fn chain<'a>(finding: &'a Finding, all: &'a Findings) -> Vec<&'a Finding> {
    let mut chain = vec![finding];
    let mut next = 0;
    while next < chain.len() {
        for id in &chain[next].evidence.findings {
            if let Some(part) = all.get(id)
                && chain.iter().all(|f| f.id != part.id)
            {
                chain.push(part);
            }
        }
        next += 1;
    }
    chain
}

struct Indented<'a> {
    text: &'a mut String,
    depth: usize,
}

impl Indented<'_> {
    fn line(&mut self, more: usize, line: &str) -> fmt::Result {
        writeln!(
            self.text,
            "{:indent$}{line}",
            "",
            indent = 2 * (self.depth + more)
        )
    }
}

fn tell<'a>(
    text: &mut String,
    finding: &'a Finding,
    all: &'a Findings,
    depth: usize,
    told: &mut BTreeSet<&'a str>,
) -> fmt::Result {
    let mut out = Indented { text, depth };
    out.line(0, &format!("{}  {}", finding.id, summary::value(finding)))?;
    if !told.insert(&finding.id) {
        return out.line(1, "told above");
    }
    out.line(
        1,
        &format!("{}; defined in docs/methods/{}.md", finding.name, finding.method),
    )?;
    tell_outcome(&mut out, finding)?;
    tell_read(&mut out, finding, all)?;
    let evidence = &finding.evidence;
    for row in &evidence.rows {
        let status = table::status(row.status);
        out.line(
            1,
            &format!(
                "rests on tables/{} ({status}): {}",
                table_row(&row.row),
                row.source
            ),
        )?;
    }
    tell_uncertainty(&mut out, finding)?;
    for note in &evidence.notes {
        out.line(1, &format!("note: {note}"))?;
    }
    if !evidence.findings.is_empty() {
        out.line(1, "computed from")?;
    }
    for id in &evidence.findings {
        match all.get(id) {
            Some(part) => tell(text, part, all, depth + 2, told)?,
            None => writeln!(text, "{:indent$}{id}", "", indent = 2 * (depth + 2))?,
        }
    }
    Ok(())
}

/// `bolton/anterior` as `bolton.toml, row anterior`.
fn table_row(row: &str) -> String {
    row.split_once('/')
        .map_or_else(|| row.to_owned(), |(table, id)| format!("{table}.toml, row {id}"))
}

fn tell_outcome(out: &mut Indented<'_>, finding: &Finding) -> fmt::Result {
    match &finding.outcome {
        Outcome::Number(number) => {
            let [low, high] = number.interval();
            let places = 2;
            out.line(
                1,
                &format!(
                    "between {low:.places$} and {high:.places$} {} at {COVERAGE} standard uncertainties ({:.3})",
                    number.unit, number.uncertainty
                ),
            )
        }
        Outcome::Score(score) if score.is_borderline() => {
            let (points, [low, high]) = (score.points, score.range());
            out.line(
                1,
                &format!(
                    "borderline: the measured numbers give {points}; within their uncertainty {low} to {high}"
                ),
            )
        }
        Outcome::Category(category) if category.is_borderline() => {
            let Category { name, others } = category;
            out.line(
                1,
                &format!(
                    "borderline: the measured numbers give {name}; within their uncertainty also {}",
                    others.join(", ")
                ),
            )
        }
        _ => Ok(()),
    }
}

fn tell_read(out: &mut Indented<'_>, finding: &Finding, all: &Findings) -> fmt::Result {
    let evidence = &finding.evidence;
    if !evidence.points.is_empty() {
        out.line(
            1,
            "points, cast frame, mm (x to the patient's left, y backwards, z upwards)",
        )?;
    }
    for point in &evidence.points {
        let tooth = point.tooth.map_or_else(String::new, |t| t.to_string());
        let [x, y, z] = point.xyz;
        out.line(
            2,
            &format!("{tooth:<3} {:<28} {x:>8.3} {y:>8.3} {z:>8.3}", point.what),
        )?;
    }
    for curve in &evidence.curves {
        let length: f64 = curve
            .points
            .windows(2)
            .map(|pair| distance(pair[0], pair[1]))
            .sum();
        out.line(
            1,
            &format!(
                "curve: {}, {} points, {length:.2} mm long",
                curve.what,
                curve.points.len()
            ),
        )?;
    }
    if !evidence.read.is_empty() {
        out.line(1, "read from the labelled teeth")?;
    }
    for read in &evidence.read {
        let value = width_of(read, all).map_or_else(String::new, |value| format!("  {value}"));
        out.line(2, &format!("{read}{value}"))?;
    }
    Ok(())
}

fn distance(a: [f64; 3], b: [f64; 3]) -> f64 {
    (0..3).map(|k| (a[k] - b[k]).powi(2)).sum::<f64>().sqrt()
}

/// The value of what was read, where it is a finding of its own: `mesiodistal width of 11` is `size.mesiodistal.11`.
fn width_of(read: &str, all: &Findings) -> Option<String> {
    let (what, tooth) = read.split_once(" width of ")?;
    let finding = all.get(&format!("size.{what}.{tooth}"))?;
    finding.outcome.is_measured().then(|| summary::value(finding))
}

fn tell_uncertainty(out: &mut Indented<'_>, finding: &Finding) -> fmt::Result {
    let Some(number) = finding.number().filter(|n| n.uncertainty > 0.0) else {
        return Ok(());
    };
    if !finding.evidence.uncertainty.is_empty() {
        out.line(
            1,
            "its uncertainty, the largest shares (standard uncertainty, share of the variance)",
        )?;
    }
    for share in &finding.evidence.uncertainty {
        let part = 100.0 * (share.uncertainty / number.uncertainty).powi(2);
        out.line(
            2,
            &format!(
                "{:<40} {:>7.3} {}  {part:>3.0} %",
                share.what, share.uncertainty, number.unit
            ),
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_dental::{
        Fdi, Quantity, RowStatus, Unit,
        finding::{Evidence, EvidencePoint, RowRef, Score, UncertaintyShare},
    };

    #[test]
    fn a_finding_is_told_down_to_the_points_and_each_part_once() {
        let finding = |id: &str, outcome, from: &[&str]| Finding {
            id: id.to_owned(),
            name: format!("name of {id}"),
            method: "page".to_owned(),
            outcome,
            teeth: Vec::new(),
            evidence: Evidence {
                findings: from.iter().map(|f| (*f).to_owned()).collect(),
                ..Evidence::default()
            },
        };
        let mm = |value| {
            Outcome::Number(Quantity {
                value,
                uncertainty: 0.2,
                unit: Unit::Mm,
            })
        };
        let mut part = finding("a.part", mm(3.0), &[]);
        part.evidence.points.push(EvidencePoint {
            tooth: Some(Fdi::new(36).unwrap()),
            what: "buccal groove".into(),
            xyz: [1.0, -2.0, 3.0],
        });
        part.evidence.read.push("mesiodistal width of 11".into());
        part.evidence.rows.push(RowRef {
            row: "bolton/anterior".into(),
            source: "a book".into(),
            status: RowStatus::Secondary,
        });
        part.evidence.uncertainty.push(UncertaintyShare {
            what: "buccal groove of 36".into(),
            uncertainty: 0.1,
        });
        part.evidence.notes.push("mind the gap".into());
        let score = Outcome::Score(Score {
            points: 1.0,
            low: 0.0,
            high: 1.0,
        });
        let all = Findings {
            findings: vec![
                part,
                finding("b.score", score, &["a.part"]),
                finding(
                    "c.total",
                    Outcome::Score(Score::sure(1.0)),
                    &["a.part", "b.score"],
                ),
                finding("size.mesiodistal.11", mm(8.5), &[]),
            ],
            outlines: Vec::new(),
        };
        let total = all.get("c.total").unwrap();
        let text = explain(total, &all);
        for words in [
            "c.total  1 point\n",
            "36  buccal groove                   1.000   -2.000    3.000",
            "mesiodistal width of 11  8.50 ± 0.40 mm",
            "rests on tables/bolton.toml, row anterior (secondary): a book",
            "buccal groove of 36",
            "25 %",
            "note: mind the gap",
            "borderline: the measured numbers give 1; within their uncertainty 0 to 1",
            "defined in docs/methods/page.md",
        ] {
            assert!(text.contains(words), "{words} is missing:\n{text}");
        }
        assert_eq!(text.matches("told above").count(), 1, "{text}");
        let ids: Vec<&str> = chain(total, &all).iter().map(|f| f.id.as_str()).collect();
        assert_eq!(ids, ["c.total", "a.part", "b.score"]);
    }
}
