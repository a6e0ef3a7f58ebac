//! Average crown dimensions, from `tables/tooth_dimensions.toml`.

use std::sync::OnceLock;

use serde::Deserialize;
use stonecast_dental::{Fdi, Jaw, RowStatus};

/// The average size of one crown, mm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CrownSize {
    /// From the cervical line to the incisal edge or the highest cusp, on the facial side.
    pub crown_height: f64,
    /// Greatest mesiodistal diameter.
    pub mesiodistal: f64,
    /// Mesiodistal diameter at the cervical line.
    pub mesiodistal_cervix: f64,
    /// Greatest labio- or buccolingual diameter.
    pub buccolingual: f64,
    /// Labio- or buccolingual diameter at the cervical line.
    pub buccolingual_cervix: f64,
    /// How well the figures are founded.
    pub status: RowStatus,
}

#[derive(Deserialize)]
struct Table {
    tooth: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    key: String,
    crown_height: f64,
    mesiodistal: f64,
    mesiodistal_cervix: f64,
    buccolingual: f64,
    buccolingual_cervix: f64,
    status: RowStatus,
}

/// The average size of a tooth's crown.
pub fn average_size(tooth: Fdi) -> CrownSize {
    let jaw = if tooth.jaw() == Jaw::Upper {
        "upper"
    } else {
        "lower"
    };
    let place = if tooth.is_primary() {
        char::from(b'a' + tooth.position() - 1)
    } else {
        char::from(b'0' + tooth.position())
    };
    let key = format!("{jaw}{place}");
    let row = table()
        .tooth
        .iter()
        .find(|row| row.key == key)
        .expect("the table, compiled in and tested, has a row for every tooth");
    CrownSize {
        crown_height: row.crown_height,
        mesiodistal: row.mesiodistal,
        mesiodistal_cervix: row.mesiodistal_cervix,
        buccolingual: row.buccolingual,
        buccolingual_cervix: row.buccolingual_cervix,
        status: row.status,
    }
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        toml::from_str(include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../tables/tooth_dimensions.toml"
        )))
        .expect("the table is compiled in and tested")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tooth_has_a_plausible_crown() {
        for tooth in Fdi::all() {
            let size = average_size(tooth);
            assert!(size.mesiodistal > size.mesiodistal_cervix, "{tooth}");
            assert!(size.buccolingual > size.buccolingual_cervix, "{tooth}");
            assert!((4.0..12.0).contains(&size.crown_height), "{tooth}");
            assert_eq!(size, average_size(tooth.mirrored()));
        }
    }
}
