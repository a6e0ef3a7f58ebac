//! `stonecast measure CASE --compare EARLIER`: what changed between two casts of one patient, and whether that can be told.

use std::{
    fmt::{self, Write as _},
    path::Path,
};

use serde_json::json;
use stonecast_analysis::change::{Change, Changes, Compared, changes};
use stonecast_dental::Findings;

use super::{Answer, Console, Failure, measure::failure};
use crate::measure::{case::LabelledCase, document::NOTICE, ids, settings::Given};

/// Compares the findings of a case with those of an earlier one.
pub(super) fn run(
    after: &Findings,
    earlier: &Path,
    only: &[String],
    given: &Given,
    console: &Console,
) -> Result<Answer, Failure> {
    let case = console
        .step("read the earlier case", || LabelledCase::open(earlier))
        .map_err(|e| in_earlier(&failure(&e)))?;
    let before = case.measure(&case.params(given));
    let is_asked = |id: &str| only.is_empty() || only.iter().any(|part| ids::is_under(id, part));
    let mut all = changes(&before, after);
    all.changes.retain(|change| is_asked(&change.id));
    all.not_compared.retain(|finding| is_asked(&finding.id));
    let mut text = String::new();
    describe(&mut text, &all).expect("a string takes every word");
    Ok(Answer::new(&json!({ "notice": NOTICE, "compared": all }), text))
}

/// The same faults, said to be of the earlier case.
fn in_earlier(failure: &Failure) -> Failure {
    let faults = failure.faults().iter().cloned();
    Failure::Refused(
        faults
            .map(|mut fault| {
                fault.message = format!("--compare: {}", fault.message);
                fault
            })
            .collect(),
    )
}

fn describe(text: &mut String, all: &Changes) -> fmt::Result {
    let told: Vec<&Change> = all.detectable().collect();
    writeln!(text, "Changes that can be told from none, later less earlier")?;
    let width = told.iter().map(|c| c.id.len()).max().unwrap_or(0);
    for change in &told {
        writeln!(
            text,
            "  {:width$}  {}  {}",
            change.id,
            in_words(&change.what),
            change.name
        )?;
    }
    if told.is_empty() {
        writeln!(text, "  none")?;
    }
    if let Some(par) = &all.par {
        write!(
            text,
            "\nPAR (UK weights): {} before, {} after",
            par.before, par.after
        )?;
        if let Some(percent) = par.percent {
            write!(text, ", {percent:.0} % fewer")?;
        }
        writeln!(text, ": {}", par.category)?;
    }
    writeln!(
        text,
        "\n{} compared, of which {} changed; {} not compared (--json tells why)",
        all.changes.len(),
        told.len(),
        all.not_compared.len()
    )?;
    writeln!(
        text,
        "A change counts when it is more than the uncertainties of both casts explain, about 95 %. Not a medical device."
    )
}

fn in_words(what: &Compared) -> String {
    match what {
        Compared::Number {
            before,
            after,
            change,
            ..
        } => format!("{:.2} to {:.2}: {change}", before.value, after.value),
        Compared::Score {
            before,
            after,
            change,
        } => {
            let by = if change.points > 0.0 { "+" } else { "" };
            format!(
                "{} to {} points: {by}{}",
                before.points, after.points, change.points
            )
        }
        Compared::Category { before, after } => format!("{before} to {after}"),
    }
}
