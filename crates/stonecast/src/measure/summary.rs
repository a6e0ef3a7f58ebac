//! The findings as a table for people, by analysis.

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
};

use stonecast_dental::{Fdi, Finding, Findings, Outcome, RowStatus};

/// Titles of groups of ids; others bear the beginning of the id.
const TITLES: &[(&str, &str)] = &[
    ("andrews", "Six keys of occlusion"),
    ("angle", "Angle class"),
    ("arch.depth", "Arch depth"),
    ("arch.form", "Arch form"),
    ("arch.length", "Arch length"),
    ("arch.perimeter", "Arch perimeter"),
    ("arch.segment", "Arch segments"),
    ("arch.width", "Arch width"),
    ("bolton", "Bolton analysis"),
    ("carey", "Carey's analysis"),
    ("cre", "Cast-radiograph evaluation (cast part)"),
    ("crossbite", "Crossbite"),
    ("di", "Discrepancy index (cast part)"),
    ("diastema", "Diastema"),
    ("displacement", "Contact point displacement"),
    ("howe", "Ashley Howe's analysis (historic)"),
    ("icon", "ICON"),
    ("iotn", "IOTN"),
    ("korkhaus", "Korkhaus (historic)"),
    ("linder_harth", "Linder and Harth (historic)"),
    ("little", "Little's irregularity index"),
    ("midline", "Midline"),
    ("moyers", "Moyers' prediction (mixed dentition)"),
    ("nance", "Nance's analysis (mixed dentition)"),
    ("openbite", "Open bite"),
    ("overbite", "Overbite"),
    ("overjet", "Overjet"),
    ("palate", "Palate"),
    ("par", "PAR index"),
    ("peck", "Peck and Peck index"),
    ("pont", "Pont's analysis (historic)"),
    ("size", "Tooth size"),
    ("space", "Space"),
    ("spacing", "Spacing"),
    ("spee", "Curve of Spee"),
    ("symmetry", "Symmetry"),
    (
        "tanaka_johnston",
        "Tanaka and Johnston's prediction (mixed dentition)",
    ),
    ("terminal_plane", "Terminal plane"),
    ("transverse", "Transverse relation"),
    ("wilson", "Curve of Wilson"),
];

/// The title of the group of ids that begin so.
pub fn title(group: &str) -> &str {
    TITLES
        .iter()
        .find(|(key, _)| *key == group)
        .map_or(group, |(_, title)| title)
}

/// The beginning of an id, up to its first dot; of an arch's dimensions, up to the second.
pub fn group(id: &str) -> &str {
    let parts = if id.starts_with("arch.") { 2 } else { 1 };
    let end = id
        .match_indices('.')
        .nth(parts - 1)
        .map_or(id.len(), |(at, _)| at);
    &id[..end]
}

/// Groups with rows by many conventions, and the part of the id of those that are shown unless all are asked for.
const IN_BRIEF: &[(&str, &str)] = &[
    ("arch.depth", ".cusp."),
    ("arch.form", ".category."),
    ("arch.width", ".cusp."),
    ("space", "space.discrepancy."),
];

/// True of a row about single teeth, of which a full dentition has dozens.
fn is_of_single_teeth(id: &str) -> bool {
    id.rsplit('.')
        .next()
        .is_some_and(|last| last.parse::<Fdi>().is_ok())
}

/// From so many rows about single teeth on a group hides them, unless they were asked for.
const MANY: usize = 9;

/// The findings by analysis. Rows about single teeth, and by other conventions, are counted only, unless `in_full`.
pub fn summary(findings: &Findings, in_full: bool) -> String {
    let mut groups: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in &findings.findings {
        groups.entry(group(&finding.id)).or_default().push(finding);
    }
    let mut groups: Vec<(&str, Vec<&Finding>)> = groups.into_iter().collect();
    groups.sort_by_key(|(key, _)| (title(key).to_lowercase(), *key));
    let mut text = String::new();
    for (key, rows) in &groups {
        write_group(&mut text, key, rows, in_full).expect("a string takes every word");
    }
    write_legend(&mut text, &findings.findings).expect("a string takes every word");
    text
}

fn write_group(text: &mut String, key: &str, rows: &[&Finding], in_full: bool) -> fmt::Result {
    let single = rows.iter().filter(|f| is_of_single_teeth(&f.id)).count();
    let brief = IN_BRIEF
        .iter()
        .find(|(group, _)| *group == key)
        .map(|(_, part)| *part);
    let is_shown = |f: &&&Finding| {
        in_full
            || (!(single >= MANY && is_of_single_teeth(&f.id))
                && brief.is_none_or(|part| f.id.contains(part)))
    };
    let shown: Vec<&Finding> = rows.iter().filter(is_shown).copied().collect();
    writeln!(text, "{}", title(key))?;
    let measured = || shown.iter().filter(|f| f.outcome.is_measured());
    let width = measured().map(|f| f.id.len()).max().unwrap_or(0);
    let value_width = measured()
        .map(|f| value(f).chars().count())
        .max()
        .unwrap_or(0)
        .min(26);
    for finding in measured() {
        let value = value(finding);
        let gap = value_width.saturating_sub(value.chars().count());
        writeln!(
            text,
            "  {:width$}  {value}{:gap$}  {}",
            finding.id, "", finding.name
        )?;
    }
    write_not_measured(text, &shown)?;
    let hidden = rows.len() - shown.len();
    if hidden > 0 {
        let not = rows.iter().filter(|f| !f.outcome.is_measured()).count()
            - shown.iter().filter(|f| !f.outcome.is_measured()).count();
        let not = if not > 0 {
            format!(", {not} of them not measured")
        } else {
            String::new()
        };
        writeln!(text, "  {hidden} more{not}: --only {key} shows them")?;
    }
    writeln!(text)
}

/// The findings that were not measured, together where they have the same reason.
fn write_not_measured(text: &mut String, rows: &[&Finding]) -> fmt::Result {
    let mut reasons: Vec<(String, Vec<&str>)> = Vec::new();
    for finding in rows {
        if let Outcome::NotMeasured(why) = &finding.outcome {
            let why = why.root().to_string();
            match reasons.iter_mut().find(|(reason, _)| *reason == why) {
                Some((_, ids)) => ids.push(&finding.id),
                None => reasons.push((why, vec![&finding.id])),
            }
        }
    }
    for (reason, ids) in reasons {
        writeln!(text, "  not measured: {reason}")?;
        let mut line = String::new();
        for id in ids {
            if line.len() + id.len() > 100 {
                writeln!(text, "     {line}")?;
                line.clear();
            }
            write!(line, " {id}")?;
        }
        writeln!(text, "     {line}")?;
    }
    Ok(())
}

/// The outcome, with a mark where it rests on a row that nobody has read in a source.
pub fn value(finding: &Finding) -> String {
    let mark = if finding.standing() == Some(RowStatus::Unverified) {
        " *"
    } else {
        ""
    };
    let value = match &finding.outcome {
        Outcome::Score(score) if score.points == 1.0 && !score.is_borderline() => "1 point".to_owned(),
        Outcome::Score(score) if !score.is_borderline() => format!("{score} points"),
        Outcome::Score(score) => {
            let [low, high] = score.range();
            format!("{} points (borderline: {low} to {high})", score.points)
        }
        other => other.to_string(),
    };
    format!("{value}{mark}")
}

fn write_legend(text: &mut String, findings: &[Finding]) -> fmt::Result {
    let any = |of: &dyn Fn(&Finding) -> bool| findings.iter().any(of);
    writeln!(
        text,
        "± is twice the standard uncertainty: about 95 % of a normal distribution."
    )?;
    if any(&|f| f.outcome.is_borderline()) {
        writeln!(
            text,
            "borderline: the uncertainty reaches across a threshold, so that the other outcomes are possible too."
        )?;
    }
    if any(&|f| f.standing() == Some(RowStatus::Unverified)) {
        writeln!(
            text,
            "* rests on a figure that was not read in its source; --explain ID tells which."
        )?;
    }
    writeln!(text, "Not a medical device.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_dental::{
        NotMeasured, Quantity, Score, Unit,
        finding::{Evidence, RowRef},
    };

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

    fn mm(value: f64) -> Outcome {
        Outcome::Number(Quantity {
            value,
            uncertainty: 0.1,
            unit: Unit::Mm,
        })
    }

    #[test]
    fn the_table_groups_rows_counts_single_teeth_and_tells_every_reason_once() {
        let mut findings: Vec<Finding> = (11..=18)
            .chain(21..=28)
            .map(|tooth| finding(&format!("size.mesiodistal.{tooth}"), mm(8.0)))
            .collect();
        findings[3].outcome = Outcome::NotMeasured(NotMeasured::NoBite);
        findings.push(finding("midline.deviation", mm(-0.5)));
        let score = Score {
            points: 2.0,
            low: 1.0,
            high: 2.0,
        };
        let mut borderline = finding("par.weighted", Outcome::Score(score));
        borderline.evidence.rows.push(RowRef {
            row: "t/r".into(),
            source: "s".into(),
            status: RowStatus::Unverified,
        });
        findings.push(borderline);
        for id in ["overjet.labial", "overjet.palatal"] {
            findings.push(finding(id, Outcome::NotMeasured(NotMeasured::NoBite)));
        }
        let findings = Findings {
            findings,
            outlines: Vec::new(),
        };
        let text = summary(&findings, false);
        assert!(
            text.contains(
                "PAR index\n  par.weighted  2 points (borderline: 1 to 2) *  name of par.weighted\n"
            ),
            "{text}"
        );
        assert!(
            text.contains("16 more, 1 of them not measured: --only size shows them"),
            "{text}"
        );
        assert!(!text.contains("size.mesiodistal.11"), "{text}");
        assert_eq!(
            text.matches("how the arches meet is not known").count(),
            1,
            "{text}"
        );
        assert!(
            text.contains("\n      overjet.labial overjet.palatal\n"),
            "{text}"
        );
        assert!(text.contains("-0.50 ± 0.20 mm"), "{text}");
        assert!(text.contains("Not a medical device"), "{text}");
        assert!(summary(&findings, true).contains("size.mesiodistal.11"));
    }

    #[test]
    fn titles_are_sorted_and_unique() {
        assert!(TITLES.is_sorted_by(|a, b| a.0 < b.0));
    }
}
