//! Ids by their beginnings, and the nearest to one that there is not.

use stonecast_dental::Findings;

/// True when an id is `part` or begins with it and a dot: `bolton` is the beginning of `bolton.anterior.ratio`.
pub fn is_under(id: &str, part: &str) -> bool {
    id.strip_prefix(part)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Those findings alone whose ids begin with one of some parts; all when there are none.
///
/// # Errors
/// The parts with which no id begins, each with the nearest that there are.
pub fn only(findings: &Findings, parts: &[String]) -> Result<Findings, Vec<String>> {
    let unknown: Vec<String> = parts
        .iter()
        .filter(|part| findings.under(part).next().is_none())
        .map(|part| unknown(part, findings))
        .collect();
    if !unknown.is_empty() {
        return Err(unknown);
    }
    let keep = |id: &str| parts.is_empty() || parts.iter().any(|part| is_under(id, part));
    Ok(Findings {
        findings: findings
            .findings
            .iter()
            .filter(|f| keep(&f.id))
            .cloned()
            .collect(),
        outlines: findings.outlines.clone(),
    })
}

/// Says that there is no such id, and which ones come near.
pub fn unknown(part: &str, findings: &Findings) -> String {
    let beginnings = findings.findings.iter().flat_map(|f| {
        let ends = f.id.match_indices('.').map(|(at, _)| at).chain([f.id.len()]);
        ends.map(|end| &f.id[..end])
    });
    let near = nearest(part, beginnings);
    if near.is_empty() {
        format!("no finding of this case is called `{part}`; --list shows all")
    } else {
        format!(
            "no finding of this case is called `{part}`; did you mean {}? --list shows all",
            near.join(" or ")
        )
    }
}

/// Up to three names that differ from one by few letters, the nearest first.
pub fn nearest<'a>(name: &str, among: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let reach = 1 + name.chars().count() / 4;
    let mut near: Vec<(usize, &str)> = among
        .map(|other| (strsim::damerau_levenshtein(name, other), other))
        .filter(|(distance, _)| *distance <= reach)
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(3).map(|(_, other)| other).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use stonecast_dental::{Finding, Outcome, Score, finding::Evidence};

    fn findings() -> Findings {
        let finding = |id: &str| Finding {
            id: id.to_owned(),
            name: id.to_owned(),
            method: "none".to_owned(),
            outcome: Outcome::Score(Score::sure(1.0)),
            teeth: Vec::new(),
            evidence: Evidence::default(),
        };
        Findings {
            findings: ["bolton.anterior.ratio", "bolton.overall.ratio", "par.weighted"]
                .map(finding)
                .to_vec(),
            outlines: Vec::new(),
        }
    }

    #[test]
    fn beginnings_of_ids_choose_findings() {
        let t = |parts: &[&str]| {
            let parts: Vec<String> = parts.iter().map(|p| (*p).to_owned()).collect();
            only(&findings(), &parts).map(|f| f.findings.len())
        };
        assert_eq!(t(&[]), Ok(3));
        assert_eq!(t(&["bolton"]), Ok(2));
        assert_eq!(t(&["bolton.overall", "par"]), Ok(2));
        let wrong = t(&["boltn", "par", "xyzzy"]).unwrap_err();
        assert_eq!(wrong.len(), 2);
        assert!(wrong[0].contains("did you mean bolton?"), "{wrong:?}");
        assert!(!wrong[1].contains("did you mean"), "{wrong:?}");
        let wrong = unknown("bolton.anteroir.ratio", &findings());
        assert!(wrong.contains("did you mean bolton.anterior.ratio"), "{wrong}");
    }
}
