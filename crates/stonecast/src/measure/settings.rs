//! How to measure: noise, norms, answers; as they are given and as the case keeps them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use stonecast_analysis::{Answer, Answers, Noise, Params, rows};
use stonecast_dental::{Findings, Mm, NotMeasured, Outcome, RowStatus, Warning};
use thiserror::Error;

use super::ids;

/// How findings were measured, in `case.toml` and `findings.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct SettingsRecord {
    /// The scanner's noise.
    pub noise: NoiseRecord,
    /// The norm sets that were chosen, by table.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub norms: BTreeMap<String, String>,
    /// What a person said.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: Answers,
}

/// A scanner's noise, as one standard deviation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct NoiseRecord {
    /// A row of `tables/scanner_noise.toml`, or `given`.
    pub name: String,
    /// Of a point against its neighbourhood.
    pub local_mm: f64,
    /// Of one end of an arch against the other.
    pub trueness_mm: f64,
}

impl From<&Noise> for NoiseRecord {
    fn from(noise: &Noise) -> Self {
        Self {
            name: noise.name.clone(),
            local_mm: noise.local.0,
            trueness_mm: noise.trueness.0,
        }
    }
}

impl From<&Params> for SettingsRecord {
    fn from(params: &Params) -> Self {
        Self {
            noise: NoiseRecord::from(&params.noise),
            norms: params.norms.clone(),
            answers: params.answers.clone(),
        }
    }
}

impl SettingsRecord {
    /// What no user could have given: a file that was changed by hand.
    ///
    /// # Errors
    /// What is wrong, in words.
    pub fn check(&self) -> Result<(), String> {
        let noise = [self.noise.local_mm, self.noise.trueness_mm];
        if !noise.iter().all(is_noise) {
            return Err("its scanner noise is no length of at least 0 and below 10 mm".to_owned());
        }
        let is_number = |answer: &Answer| !matches!(answer, Answer::Number(n) if !n.is_finite());
        match self.answers.iter().find(|(_, answer)| !is_number(answer)) {
            Some((key, _)) => Err(format!("its answer `{key}` is no finite number")),
            None => Ok(()),
        }
    }
}

/// A noise, mm, that is neither below nothing nor wide of any scanner.
fn is_noise(mm: &f64) -> bool {
    (0.0..10.0).contains(mm)
}

impl From<&NoiseRecord> for Noise {
    fn from(record: &NoiseRecord) -> Self {
        Self::preset(&record.name).unwrap_or_else(|| given_noise(record.local_mm, record.trueness_mm))
    }
}

impl From<&SettingsRecord> for Params {
    fn from(record: &SettingsRecord) -> Self {
        Self {
            noise: Noise::from(&record.noise),
            norms: record.norms.clone(),
            answers: record.answers.clone(),
        }
    }
}

/// What a user gave; what is left out stays as the case has it from its last measuring, else as by default.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Given {
    /// The scanner's noise.
    pub noise: Option<Noise>,
    /// Norm sets by table.
    pub norms: Option<BTreeMap<String, String>>,
    /// What a person said.
    pub answers: Option<Answers>,
}

impl Given {
    /// How to measure a case that was measured with `kept` before.
    pub fn over(&self, kept: Option<&SettingsRecord>) -> Params {
        let kept = kept.map(Params::from).unwrap_or_default();
        Params {
            noise: self.noise.clone().unwrap_or(kept.noise),
            norms: self.norms.clone().unwrap_or(kept.norms),
            answers: self.answers.clone().unwrap_or(kept.answers),
        }
    }
}

/// Why settings are not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// No such scanner.
    #[error("--scanner: `{name}` is not known; there are {known}; or give its noise with --noise")]
    Scanner {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// Not two numbers.
    #[error(
        "--noise: `{0}` is not LOCAL_MM,TRUENESS_MM, two numbers of at least 0 and below 10 such as 0.013,0.06"
    )]
    Noise(String),
    /// Not `TABLE=NAME`.
    #[error("--norms: `{0}` is not TABLE=NAME such as bolton=NAME")]
    NormForm(String),
    /// No such table.
    #[error("--norms: there is no table `{name}`; there are {known}")]
    NormTable {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The answers are not TOML.
    #[error("--answers: {0}")]
    AnswersSyntax(String),
    /// An answer is neither yes or no, a number, nor a text.
    #[error("--answers: `{0}` is neither true or false, nor a number, nor a text")]
    AnswerKind(String),
    /// A key stands there twice, such as `a.b = 1` and `[a]` with `b = 2`.
    #[error("--answers: `{0}` is answered twice: leave one of the answers")]
    AnswerTwice(String),
}

/// A scanner of `tables/scanner_noise.toml`.
///
/// # Errors
/// If there is none of that name.
pub fn scanner(name: &str) -> Result<Noise, SettingsError> {
    Noise::preset(name).ok_or_else(|| SettingsError::Scanner {
        name: name.to_owned(),
        known: Noise::names().collect::<Vec<_>>().join(", "),
    })
}

/// Noise given as `LOCAL_MM,TRUENESS_MM`.
///
/// # Errors
/// If it is not two such numbers.
pub fn noise(text: &str) -> Result<Noise, SettingsError> {
    let wrong = || SettingsError::Noise(text.to_owned());
    let (local, trueness) = text.split_once(',').ok_or_else(wrong)?;
    let number = |t: &str| {
        let number = t.trim().parse().ok();
        number.filter(is_noise).ok_or_else(wrong)
    };
    Ok(given_noise(number(local)?, number(trueness)?))
}

fn given_noise(local_mm: f64, trueness_mm: f64) -> Noise {
    Noise {
        name: "given".to_owned(),
        local: Mm(local_mm),
        trueness: Mm(trueness_mm),
        status: RowStatus::Unverified,
    }
}

/// Norm sets given as `TABLE=NAME`.
///
/// # Errors
/// If one is not of that form, or there is no such table.
pub fn norms(texts: &[String]) -> Result<BTreeMap<String, String>, SettingsError> {
    let norm = |text: &String| {
        let (table, name) = text
            .split_once('=')
            .filter(|(table, name)| !table.is_empty() && !name.is_empty())
            .ok_or_else(|| SettingsError::NormForm(text.clone()))?;
        if !rows::tables().any(|t| t == table) {
            return Err(SettingsError::NormTable {
                name: table.to_owned(),
                known: rows::tables().collect::<Vec<_>>().join(", "),
            });
        }
        Ok((table.to_owned(), name.to_owned()))
    };
    texts.iter().map(norm).collect()
}

/// Answers out of a TOML text. Tables in it stand for the parts of a key: `x = true` under `[a]` answers `a.x`.
///
/// # Errors
/// If it is not TOML, or holds something that is no answer.
pub fn answers(text: &str) -> Result<Answers, SettingsError> {
    let table: toml::Table = toml::from_str(text).map_err(|e| {
        let place = e
            .span()
            .map_or(1, |span| text[..span.start].lines().count().max(1));
        SettingsError::AnswersSyntax(format!("line {place}: {}", e.message()))
    })?;
    let mut answers = Answers::new();
    flatten("", &table, &mut answers)?;
    Ok(answers)
}

fn flatten(above: &str, table: &toml::Table, answers: &mut Answers) -> Result<(), SettingsError> {
    for (key, value) in table {
        let key = if above.is_empty() {
            key.clone()
        } else {
            format!("{above}.{key}")
        };
        let answer = match value {
            toml::Value::Boolean(flag) => Answer::Flag(*flag),
            toml::Value::Integer(number) => Answer::Number(*number as f64),
            toml::Value::Float(number) if number.is_finite() => Answer::Number(*number),
            toml::Value::String(text) => Answer::Text(text.clone()),
            toml::Value::Table(table) => {
                flatten(&key, table, answers)?;
                continue;
            }
            _ => return Err(SettingsError::AnswerKind(key)),
        };
        if answers.insert(key.clone(), answer).is_some() {
            return Err(SettingsError::AnswerTwice(key));
        }
    }
    Ok(())
}

/// The answers that findings asked for or made use of: each key with its question, where it was not answered.
pub fn questions(findings: &Findings) -> BTreeMap<&str, Option<&str>> {
    let mut questions = BTreeMap::new();
    for finding in &findings.findings {
        let used = finding
            .evidence
            .read
            .iter()
            .filter_map(|r| r.strip_prefix("answer "));
        questions.extend(used.map(|key| (key, None)));
        if let Outcome::NotMeasured(why) = &finding.outcome
            && let NotMeasured::NotOnCast { answer, question } = why.root()
        {
            questions.insert(answer.as_str(), Some(question.as_str()));
        }
    }
    questions
}

/// A warning for each answer that nobody asked for: a slip of the pen would else change nothing in silence.
pub fn unasked(answers: &Answers, findings: &Findings) -> Vec<Warning> {
    let asked: BTreeSet<&str> = questions(findings).into_keys().collect();
    let unasked = answers.keys().filter(|key| !asked.contains(key.as_str()));
    let warn = |key: &String| {
        let near = ids::nearest(key, asked.iter().copied());
        let remedy = if near.is_empty() {
            "check its spelling; or it is asked for only once other answers of the same index are given"
                .to_owned()
        } else {
            format!("did you mean {}?", near.join(" or "))
        };
        Warning::new(
            "measure.answer.unasked",
            format!("no finding made use of the answer `{key}`"),
            remedy,
        )
    };
    unasked.map(warn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_flags_numbers_and_texts_under_dotted_keys() {
        let read =
            answers("overjet = 4\nwidth = 2.5\n[iotn]\ncleft = false\n[iotn.who]\nsays = \"me\"\n").unwrap();
        assert_eq!(read["overjet"], Answer::Number(4.0));
        assert_eq!(read["width"], Answer::Number(2.5));
        assert_eq!(read["iotn.cleft"], Answer::Flag(false));
        assert_eq!(read["iotn.who.says"], Answer::Text("me".into()));
        let wrong = answers("a = 1\nb = [1]\n").unwrap_err();
        assert_eq!(wrong, SettingsError::AnswerKind("b".into()));
        let wrong = answers("a = 1\nb = nan\n").unwrap_err();
        assert_eq!(wrong, SettingsError::AnswerKind("b".into()));
        let wrong = answers("\"a.b\" = 1\n[a]\nb = 2\n").unwrap_err();
        assert_eq!(wrong, SettingsError::AnswerTwice("a.b".into()));
        let wrong = answers("a = 1\nb == 2\n").unwrap_err().to_string();
        assert!(wrong.contains("line 2"), "{wrong}");
    }

    #[test]
    fn noise_is_a_scanner_or_two_numbers() {
        assert_eq!(scanner("exact").unwrap().local, Mm(0.0));
        let known = scanner("primescn").unwrap_err().to_string();
        assert!(known.contains("primescan"), "{known}");
        let given = noise("0.01, 0.05").unwrap();
        assert_eq!((given.local, given.trueness), (Mm(0.01), Mm(0.05)));
        for wrong in ["", "1", "1,2,3", "-1,0", "nan,0", "a,b", "0.1,inf"] {
            assert!(noise(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn norms_name_a_table_that_there_is() {
        assert!(norms(&["scanner_noise=exact".to_owned()]).is_ok());
        assert!(norms(&["scanner_noise".to_owned()]).is_err());
        let wrong = norms(&["scaner=exact".to_owned()]).unwrap_err().to_string();
        assert!(wrong.contains("scanner_noise"), "{wrong}");
    }

    #[test]
    fn settings_survive_being_kept_with_a_case() {
        let params = Params {
            noise: given_noise(0.02, 0.1),
            norms: BTreeMap::from([("scanner_noise".to_owned(), "exact".to_owned())]),
            answers: answers("a = 3\nb = true\nc = \"x\"\n").unwrap(),
        };
        let text = toml::to_string(&SettingsRecord::from(&params)).unwrap();
        let record: SettingsRecord = toml::from_str(&text).unwrap();
        assert_eq!(Params::from(&record), params);
        let given = Given {
            noise: Some(scanner("exact").unwrap()),
            ..Given::default()
        };
        let over = given.over(Some(&record));
        assert_eq!((over.noise.name.as_str(), over.answers.len()), ("exact", 3));
    }
}
