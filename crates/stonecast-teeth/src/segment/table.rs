//! Average crown sizes and how often teeth are missing, from `tables/`.

use std::sync::LazyLock;

use serde::Deserialize;
use stonecast_dental::Jaw;

use super::evidence::CLASSES;

/// Average outline of a crown, mm.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Size {
    pub mesiodistal: f64,
    pub buccolingual: f64,
    pub crown_height: f64,
    /// The primary predecessor's mesiodistal and buccolingual width, where there is one.
    pub primary: Option<[f64; 2]>,
}

#[derive(Deserialize)]
struct File {
    tooth: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    key: String,
    mesiodistal: f64,
    buccolingual: f64,
    crown_height: f64,
}

static FILE: LazyLock<Vec<Row>> = LazyLock::new(|| {
    toml::from_str::<File>(include_str!("../../../../tables/tooth_dimensions.toml"))
        .map(|file| file.tooth)
        .unwrap_or_default()
});

/// The sizes of a jaw's sixteen places, from the patient's right third molar to the left one; element 0 is empty.
pub(crate) fn sizes(jaw: Jaw) -> [Size; CLASSES] {
    let row = |key: String| FILE.iter().find(|row| row.key == key);
    std::array::from_fn(|class| {
        if class == 0 {
            return Size::default();
        }
        let position = if class <= 8 { 9 - class } else { class - 8 };
        let permanent = row(format!("{jaw}{position}"));
        let primary = (position <= 5)
            .then(|| row(format!("{jaw}{}", char::from(b'a' + position as u8 - 1))))
            .flatten();
        Size {
            mesiodistal: permanent.map_or(0.0, |r| r.mesiodistal),
            buccolingual: permanent.map_or(0.0, |r| r.buccolingual),
            crown_height: permanent.map_or(0.0, |r| r.crown_height),
            primary: primary.map(|r| [r.mesiodistal, r.buccolingual]),
        }
    })
}

#[derive(Deserialize)]
struct MissingFile {
    place: Vec<Place>,
}

#[derive(Deserialize)]
struct Place {
    position: usize,
    share: f64,
}

static MISSING: LazyLock<[f64; 9]> = LazyLock::new(|| {
    let mut costs = [0.0; 9];
    let file = toml::from_str::<MissingFile>(include_str!("../../../../tables/missing_teeth.toml"));
    for place in file.into_iter().flat_map(|f| f.place) {
        if let Some(cost) = costs.get_mut(place.position) {
            *cost = -place.share.ln();
        }
    }
    costs
});

/// What it costs that a place of the row is empty, as minus the logarithm of how often it is.
pub(crate) fn empty_cost(class: usize) -> f64 {
    let position = if class <= 8 { 9 - class.max(1) } else { class - 8 };
    MISSING.get(position).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_says_how_far_it_is_to_be_trusted() {
        let missing: toml::Table =
            toml::from_str(include_str!("../../../../tables/missing_teeth.toml")).unwrap();
        let rows = missing["place"].as_array().unwrap();
        assert_eq!(rows.len(), 8);
        for row in rows {
            let status = row["status"].as_str().unwrap();
            assert!(["verified", "secondary", "unverified"].contains(&status), "{row}");
            let share = row["share"].as_float().unwrap();
            assert!(share > 0.0 && share < 1.0, "{row}");
        }
        assert!(!missing["source"].as_table().unwrap().is_empty());
    }

    #[test]
    fn an_empty_place_costs_the_same_on_both_sides() {
        for class in 1..=8 {
            assert!(empty_cost(class) > 1.0, "{class}");
            assert_eq!(empty_cost(class), empty_cost(17 - class));
        }
    }

    #[test]
    fn every_place_has_a_size() {
        for jaw in [Jaw::Upper, Jaw::Lower] {
            for (class, size) in sizes(jaw).iter().enumerate().skip(1) {
                assert!(size.mesiodistal > 4.0 && size.buccolingual > 5.0, "{jaw} {class}");
                let has_primary = (4..=13).contains(&class);
                assert_eq!(size.primary.is_some(), has_primary, "{jaw} {class}");
            }
        }
    }
}
