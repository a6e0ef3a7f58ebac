//! What a file's name tells about what the scan shows.

use std::sync::OnceLock;

use serde::Deserialize;
use stonecast_dental::{Jaw, RowStatus, Side};

/// What a file's name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameTells {
    /// An arch. `sure` when a whole word says so, not an abbreviation.
    Arch {
        /// Which.
        jaw: Jaw,
        /// By a whole word.
        sure: bool,
    },
    /// A bite scan, and of which side, if the name says so.
    Bite(Option<Side>),
    /// Words for different things.
    Contradiction,
    /// None of the words known.
    Nothing,
}

/// Reads a file name or path: only its last component counts, without the extension.
///
/// ```
/// use stonecast_cast::intake::{NameTells, name_tells};
/// use stonecast_dental::{Jaw, Side};
/// assert_eq!(name_tells("case7-UpperJawScan.stl"), NameTells::Arch { jaw: Jaw::Upper, sure: true });
/// assert_eq!(name_tells("1234_shell_occlusion_l.stl"), NameTells::Arch { jaw: Jaw::Lower, sure: false });
/// assert_eq!(name_tells("bite_left.ply"), NameTells::Bite(Some(Side::Left)));
/// ```
pub fn name_tells(file_name: &str) -> NameTells {
    let words = words_of(file_name);
    let table = table();
    let any = |meaning, strength| {
        let last = words.len().saturating_sub(1);
        words.iter().enumerate().any(|(i, word)| {
            let counts = strength == Strength::Strong || word.chars().count() > 1 || i == 0 || i == last;
            counts && table.iter().any(|row| row.says(meaning, strength, word))
        })
    };
    let jaw = |strength| match (any(Meaning::Upper, strength), any(Meaning::Lower, strength)) {
        (true, true) => Err(()),
        (true, false) => Ok(Some(Jaw::Upper)),
        (false, true) => Ok(Some(Jaw::Lower)),
        (false, false) => Ok(None),
    };
    let side = match (
        any(Meaning::Left, Strength::Strong),
        any(Meaning::Right, Strength::Strong),
    ) {
        (true, false) => Some(Side::Left),
        (false, true) => Some(Side::Right),
        _ => None,
    };
    let strong_bite = any(Meaning::Bite, Strength::Strong);
    match (jaw(Strength::Strong), strong_bite) {
        (Err(()), _) | (Ok(Some(_)), true) => NameTells::Contradiction,
        (Ok(Some(jaw)), false) => NameTells::Arch { jaw, sure: true },
        (Ok(None), true) => NameTells::Bite(side),
        (Ok(None), false) => match jaw(Strength::Weak) {
            Err(()) => NameTells::Contradiction,
            Ok(Some(jaw)) => NameTells::Arch { jaw, sure: false },
            Ok(None) if any(Meaning::Bite, Strength::Weak) => NameTells::Bite(side),
            Ok(None) => NameTells::Nothing,
        },
    }
}

/// The words of the last path component without its extension, in lower case.
fn words_of(file_name: &str) -> Vec<String> {
    let base = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    let stem = base.rsplit_once('.').map_or(base, |(stem, _)| stem);
    let mut words = Vec::new();
    let mut word = String::new();
    let mut after_lower_case = false;
    for c in stem.chars() {
        let starts_word = c.is_uppercase() && after_lower_case;
        if (starts_word || !c.is_alphabetic()) && !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        if c.is_alphabetic() {
            word.extend(c.to_lowercase());
        }
        after_lower_case = c.is_lowercase();
    }
    if !word.is_empty() {
        words.push(word);
    }
    words
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Meaning {
    Upper,
    Lower,
    Bite,
    Left,
    Right,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Strength {
    Strong,
    Weak,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    means: Meaning,
    strength: Strength,
    words: Vec<String>,
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "date")]
    _date: String,
    #[serde(rename = "status")]
    _status: RowStatus,
}

impl Row {
    fn says(&self, meaning: Meaning, strength: Strength, word: &str) -> bool {
        self.means == meaning && self.strength == strength && self.words.iter().any(|w| w == word)
    }
}

fn table() -> &'static [Row] {
    #[derive(Deserialize)]
    struct Table {
        row: Vec<Row>,
    }
    static TABLE: OnceLock<Vec<Row>> = OnceLock::new();
    TABLE.get_or_init(|| {
        toml::from_str::<Table>(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tables/role_names.toml"
        )))
        .expect("the table is part of the program, and every test of this module reads it")
        .row
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn export_names_of_scanners_are_understood() {
        let upper = NameTells::Arch {
            jaw: Jaw::Upper,
            sure: true,
        };
        let lower = NameTells::Arch {
            jaw: Jaw::Lower,
            sure: true,
        };
        for (name, expected) in [
            ("1574 UpperJawScan.stl", upper),
            ("LowerJawScan.ply", lower),
            ("case-upperjaw.obj", upper),
            ("case-lowerjaw-situ.obj", lower),
            ("2026-09-18_100_001-UpperJaw.stl", upper),
            ("56_Maxillary.stl", upper),
            ("subsetup11_mandibular.stl", lower),
            ("Oberkiefer-scan.obj", upper),
            ("scans/some folder/lower.stl", lower),
            ("C:\\cases\\lower\\upper.stl", upper),
            ("pair_upper", upper),
        ] {
            assert_eq!(name_tells(name), expected, "{name}");
        }
        assert_eq!(name_tells("BiteScan.stl"), NameTells::Bite(None));
        assert_eq!(name_tells("BiteScan 2.stl"), NameTells::Bite(None));
        assert_eq!(name_tells("case-bite1.ply"), NameTells::Bite(None));
        assert_eq!(name_tells("Buccal_R.stl"), NameTells::Bite(Some(Side::Right)));
        assert_eq!(name_tells("buccal-links.stl"), NameTells::Bite(Some(Side::Left)));
        assert_eq!(name_tells("case-TotalJaw0.stl"), NameTells::Bite(None));
    }

    #[test]
    fn abbreviations_are_weaker_than_words() {
        let weak = |jaw| NameTells::Arch { jaw, sure: false };
        assert_eq!(name_tells("1_shell_occlusion_u.stl"), weak(Jaw::Upper));
        assert_eq!(name_tells("1_shell_occlusion_l.stl"), weak(Jaw::Lower));
        assert_eq!(name_tells("OK.stl"), weak(Jaw::Upper));
        assert_eq!(
            name_tells("UK_upper.stl"),
            NameTells::Arch {
                jaw: Jaw::Upper,
                sure: true
            }
        );
    }

    #[test]
    fn names_that_say_nothing_or_two_things_decide_nothing() {
        assert_eq!(name_tells("scan.stl"), NameTells::Nothing);
        assert_eq!(name_tells(""), NameTells::Nothing);
        assert_eq!(name_tells("a l b.stl"), NameTells::Nothing);
        assert_eq!(name_tells("lowery.stl"), NameTells::Nothing);
        assert_eq!(name_tells("upper_and_lower.stl"), NameTells::Contradiction);
        assert_eq!(name_tells("upper_bite.stl"), NameTells::Contradiction);
    }
}
