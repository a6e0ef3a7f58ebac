//! Findings in words.

use stonecast_dental::{Finding, Outcome, RowStatus, Unit};

/// A finding's outcome, with a star where it rests on a row that nobody has read in a source.
pub fn value(finding: &Finding) -> String {
    let mark = if finding.standing() == Some(RowStatus::Unverified) {
        " *"
    } else {
        ""
    };
    match &finding.outcome {
        Outcome::NotMeasured(why) => format!("not measured: {}", why.root()),
        Outcome::Number(q) if q.unit == Unit::One => format!("{q}{mark}"),
        Outcome::Number(q) if matches!(q.unit, Unit::Mm) => format!("{q:.2}{mark}"),
        Outcome::Number(q) => format!("{q:.1}{mark}"),
        Outcome::Score(score) if score.is_borderline() => {
            let [low, high] = score.range();
            format!("{} (borderline: {low} to {high}){mark}", score.points)
        }
        other => format!("{other}{mark}"),
    }
}

/// A length without its unit, for dimension lines: `34.5 ± 0.4`.
pub fn short(finding: &Finding) -> Option<String> {
    let q = finding.number()?;
    let zero = |v: f64| if v.abs() < 0.05 { 0.0 } else { v };
    Some(format!("{:.1} ± {:.1}", zero(q.value), 2.0 * q.uncertainty))
}
