//! Scores of the occlusal indices from measurements: a list of cases comes in as JSON, a list of scores goes out.
//!
//! `score_indices < cases.json > scores.json`. A case is a [`stonecast_analysis::indices::Given`]. For the judge in
//! `conformance/indices_peer.py`, and for measurements taken with a ruler.

use std::collections::BTreeMap;
use std::error::Error;
use std::io::{self, Read, Write};

use serde_json::{Value, json};
use stonecast_analysis::indices::{Given, score};
use stonecast_dental::{Findings, Outcome};

fn main() -> Result<(), Box<dyn Error>> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let cases: Vec<Given> = serde_json::from_str(&text)?;
    let mut scores = Vec::new();
    for case in &cases {
        scores.push(plain(score(case)?, case));
    }
    io::stdout().write_all(serde_json::to_string(&scores)?.as_bytes())?;
    Ok(())
}

/// What was found beside what was given.
fn plain(found: Findings, given: &Given) -> BTreeMap<String, Value> {
    let own = found.findings.into_iter().filter(|f| {
        !given.numbers.contains_key(&f.id)
            && !given.categories.contains_key(&f.id)
            && !given.unmeasured.contains(&f.id)
    });
    own.map(|finding| {
        let value = match &finding.outcome {
            Outcome::Number(number) => json!({"value": number.value, "uncertainty": number.uncertainty}),
            Outcome::Score(s) => json!({"points": s.points, "low": s.low, "high": s.high}),
            Outcome::Category(c) => json!({"name": c.name, "others": c.others}),
            Outcome::NotMeasured(why) => json!({"missing": why.to_string()}),
        };
        (finding.id, value)
    })
    .collect()
}
