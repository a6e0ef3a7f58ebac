//! The worked examples of `conformance/worked/space/`: what others print for the same numbers.

use std::collections::BTreeMap;

use serde::Deserialize;
use stonecast_dental::Jaw;

use super::arch_length::discrepancy;
use super::{bolton, historic, moyers, nance, peck, tanaka_johnston};

type Values = BTreeMap<String, f64>;

#[derive(Deserialize)]
struct File {
    example: Vec<Example>,
    #[serde(default)]
    table: BTreeMap<String, Vec<f64>>,
}

#[derive(Deserialize)]
struct Example {
    id: String,
    source: String,
    decimals: i32,
    given: Values,
    printed: Values,
    #[serde(default)]
    differs: BTreeMap<String, String>,
}

macro_rules! files {
    ($($name:literal),*) => {
        [$(($name, include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../conformance/worked/space/", $name)))),*]
    };
}

fn read(name: &str) -> File {
    let files = files!(
        "bolton.toml",
        "historic.toml",
        "mixed.toml",
        "peck.toml",
        "space.toml"
    );
    let text = files
        .iter()
        .find(|(file, _)| *file == name)
        .expect("a file of the list")
        .1;
    toml::from_str(text).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Sum of the given widths of some teeth, where all are given.
fn sum(given: &Values, teeth: &[u8]) -> Option<f64> {
    teeth.iter().map(|t| given.get(&t.to_string())).sum()
}

/// Everything that can be computed from what an example gives, by the names that the examples print.
fn computed(given: &Values) -> Values {
    let mut out = Values::new();
    let get = |name: &str| given.get(name).copied();
    let mut put = |name: &str, value: Option<f64>| {
        out.extend(value.map(|v| (name.to_owned(), v)));
    };
    let upper: [u8; 12] = [16, 15, 14, 13, 12, 11, 21, 22, 23, 24, 25, 26];
    let lower = upper.map(|t| if t < 20 { t + 30 } else { t + 10 });
    let six = |twelve: &[u8; 12]| sum(given, &twelve[3..9]);
    let sums = [
        ("upper_12", sum(given, &upper)),
        ("lower_12", sum(given, &lower)),
        ("upper_6", six(&upper)),
        ("lower_6", six(&lower)),
        (
            "upper_incisors",
            get("upper_incisors").or(sum(given, &upper[4..8])),
        ),
        (
            "lower_incisors",
            get("lower_incisors").or(sum(given, &lower[4..8])),
        ),
        ("twelve", get("twelve").or(sum(given, &upper))),
        (
            "required",
            sum(given, &upper[1..11]).or(sum(given, &lower[1..11])),
        ),
    ];
    let of = |name: &str| sums.iter().find(|(n, _)| *n == name).unwrap().1;
    sums.iter().for_each(|(name, value)| put(name, *value));
    let norms = bolton::norm_set(&crate::Params::default()).unwrap();
    for (group, lower, upper) in [
        ("anterior", of("lower_6"), of("upper_6")),
        ("overall", of("lower_12"), of("upper_12")),
    ] {
        let pair = lower.zip(upper);
        put(group, pair.map(|(l, u)| bolton::ratio(l, u)));
        let norm = norms.number(&format!("{group}_mean"));
        put(
            &format!("{group}_excess"),
            pair.map(|(l, u)| bolton::excess(l, u, norm)),
        );
    }
    let share = |id: &str| crate::rows::row("tooth_size_rules", id).number("value");
    for (rule, key) in [("pont", "pont"), ("linder_harth", "linder-harth")] {
        for place in ["premolar", "molar"] {
            let ideal = of("upper_incisors").map(|s| historic::ideal(s, share(&format!("{key}-{place}"))));
            put(&format!("{rule}_{place}"), ideal);
            let actual = get(&format!("{place}_width"));
            put(
                &format!("{rule}_{place}_difference"),
                actual.zip(ideal).map(|(a, i)| a - i),
            );
        }
    }
    let korkhaus = of("upper_incisors").map(|s| historic::korkhaus_ideal(s, Jaw::Upper));
    put("korkhaus_upper", korkhaus);
    put(
        "korkhaus_upper_difference",
        get("upper_length").zip(korkhaus).map(|(a, i)| a - i),
    );
    let of_twelve = |name: &str| {
        get(name)
            .zip(of("twelve"))
            .map(|(part, all)| historic::share(part, all))
    };
    put("howe_diameter", of_twelve("premolar_diameter"));
    put("howe_base", of_twelve("basal_width"));
    put(
        "index",
        get("mesiodistal")
            .zip(get("faciolingual"))
            .map(|(m, f)| peck::index(m, f)),
    );
    for jaw in [Jaw::Upper, Jaw::Lower] {
        let predicted = of("lower_incisors").map(|s| tanaka_johnston::predicted(s, jaw));
        put(&format!("tanaka_johnston_{}", jaw.name()), predicted);
        let level = crate::rows::row("moyers", "level-75");
        let predicted = of("lower_incisors").and_then(|s| moyers::predicted(s, jaw, level).ok());
        put(&format!("moyers_{}_75", jaw.name()), predicted);
    }
    let film = get("film").zip(get("reference")).zip(get("reference_film"));
    put("huckaba", film.map(|((f, r), rf)| nance::huckaba(f, r, rf)));
    put(
        "discrepancy",
        get("available")
            .zip(of("required"))
            .map(|(a, r)| discrepancy(a, r)),
    );
    out
}

#[test]
fn worked_examples_give_what_is_printed_and_differ_where_they_say_so() {
    let mut compared = 0;
    for name in [
        "bolton.toml",
        "historic.toml",
        "peck.toml",
        "mixed.toml",
        "space.toml",
    ] {
        for example in read(name).example {
            assert!(example.source.len() > 10, "{}", example.id);
            let ours = computed(&example.given);
            // Half a unit of the last printed decimal, and the noise of binary halves.
            let within = 0.5 * 10f64.powi(-example.decimals) + 1e-9;
            for (key, printed) in &example.printed {
                let at = format!("{name}: {}: {key}", example.id);
                let found = ours.get(key).unwrap_or_else(|| panic!("{at} cannot be computed"));
                let same = (found - printed).abs() <= within;
                match example.differs.get(key) {
                    None => assert!(same, "{at}: {found}, printed {printed}"),
                    Some(reason) => {
                        assert!(!same, "{at}: does not differ any more");
                        assert!(reason.len() > 20, "{at}: why?");
                    }
                }
                compared += 1;
            }
            let unknown = example
                .differs
                .keys()
                .find(|key| !example.printed.contains_key(*key));
            assert_eq!(unknown, None, "{name}: {}", example.id);
        }
    }
    assert_eq!(compared, 44, "all printed values were compared");
}

#[test]
fn boltons_own_table_is_the_norm_times_the_upper_sum() {
    let table = read("bolton.toml").table;
    let norms = bolton::norm_set(&crate::Params::default()).unwrap();
    let slips = &table["slips_12"];
    for (upper, lower, norm, rows) in [
        ("upper_12", "lower_12", "overall_mean", 26),
        ("upper_6", "lower_6", "anterior_mean", 31),
    ] {
        let norm = norms.number(norm);
        assert_eq!((table[upper].len(), table[lower].len()), (rows, rows));
        for (upper, lower) in table[upper].iter().zip(&table[lower]) {
            let excess = bolton::excess(*lower, *upper, norm);
            // Printed to a tenth; an upper excess is wider by one over the norm.
            let fits = excess.abs() <= 0.0501 / (norm / 100.0);
            assert_eq!(fits, !slips.contains(upper), "{upper}: {excess}");
        }
    }
}
