//! What every command that gives findings can be asked: some of them alone, their list, where one comes from.

use std::fmt::Write as _;

use serde_json::json;
use stonecast_dental::Findings;

use super::{Answer, Failure, Fault};
use crate::measure::{document::NOTICE, explain, ids};

/// Those findings alone whose ids begin with one of some parts.
pub(super) fn only(findings: &Findings, parts: &[String]) -> Result<Findings, Failure> {
    ids::only(findings, parts).map_err(|unknown| {
        let faults = unknown.into_iter();
        Failure::Refused(
            faults
                .map(|message| Fault::new("finding.unknown", message))
                .collect(),
        )
    })
}

/// Where the findings come from whose ids begin so.
pub(super) fn explained(id: &str, findings: &Findings) -> Result<Answer, Failure> {
    let found: Vec<_> = findings.under(id).collect();
    if found.is_empty() {
        return Err(Failure::refused("finding.unknown", ids::unknown(id, findings)));
    }
    let texts: Vec<String> = found.iter().map(|f| explain::explain(f, findings)).collect();
    let result: Vec<_> = found
        .iter()
        .map(|f| json!({ "finding": f, "computed_from": &explain::chain(f, findings)[1..] }))
        .collect();
    let text = format!("{}\nNot a medical device.\n", texts.join("\n"));
    Ok(Answer::new(
        &json!({ "notice": NOTICE, "explained": result }),
        text,
    ))
}

/// The id and the name of every finding.
pub(super) fn listed(findings: &Findings) -> Answer {
    let width = findings.findings.iter().map(|f| f.id.len()).max().unwrap_or(0);
    let mut text = String::new();
    for finding in &findings.findings {
        writeln!(text, "{:<width$}  {}", finding.id, finding.name).expect("a string takes every word");
    }
    let list: Vec<_> = findings
        .findings
        .iter()
        .map(|f| json!({ "id": f.id, "name": f.name, "method": f.method }))
        .collect();
    Answer::new(&json!({ "findings": list }), text)
}
