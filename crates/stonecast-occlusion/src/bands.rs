//! Colour bands of distances: which distance has which colour, by preset.
//!
//! Units: mm; on a legend µm below 1 mm. Presets are rows of `tables/occlusion_bands.toml`.
//!
//! Tools disagree about colours: red is contact in one and a fault in another. So a picture always carries its legend
//! ([`BandPreset::legend`]) with limits, unit and the preset's name, and penetration has a colour of its own.
//!
//! Limits: a band says how far apart the scans are, which is no truer than the scans and their bite are.

use stonecast_dental::RowStatus;
use stonecast_dental::table::{Row, Tables};

static TABLES: Tables = Tables::new(&[(
    TABLE,
    include_str!(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../tables/occlusion_bands.toml"
    )),
)]);
const TABLE: &str = "occlusion_bands";

/// One band.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Its lower end; `None` for the first band, which has none.
    pub from_mm: Option<f64>,
    /// Its upper end, which does not belong to it.
    pub below_mm: f64,
    /// Its colour, sRGB.
    pub colour: [u8; 3],
    /// What it is called.
    pub words: String,
}

impl Band {
    /// Whether distances in it are depths of penetration.
    pub fn is_penetration(&self) -> bool {
        self.below_mm <= 0.0
    }

    /// Its upper end in words; nothing has no unit.
    pub fn limit(&self) -> String {
        match self.below_mm {
            0.0 => "0".to_owned(),
            below => length(below).replace('-', "\u{2212}"),
        }
    }

    /// Its ends in words with their unit: `0 to 50 µm`, `deeper than 100 µm`.
    pub fn range(&self) -> String {
        match (self.from_mm, self.is_penetration()) {
            (None, true) if self.below_mm == 0.0 => "deeper than 0 µm".to_owned(),
            (None, true) => format!("deeper than {}", length(-self.below_mm)),
            (None, false) => format!("less than {}", length(self.below_mm)),
            (Some(from), true) => between(-self.below_mm, -from),
            (Some(from), false) => between(from, self.below_mm),
        }
    }
}

/// A length as it stands on a legend: µm below 1 mm.
fn length(mm: f64) -> String {
    if mm.abs() < 0.9995 {
        // Without a sign on nothing.
        format!("{:.0} µm", 1000.0 * mm + 0.0)
    } else {
        format!("{mm:.1} mm")
    }
}

fn between(from: f64, to: f64) -> String {
    let (a, b) = (length(from), length(to));
    match (a.strip_suffix(" µm"), b.ends_with(" µm")) {
        (Some(a), true) => format!("{a} to {b}"),
        (Some("0"), false) => format!("0 to {b}"),
        _ => format!("{a} to {b}"),
    }
}

/// A set of bands.
#[derive(Clone, Debug, PartialEq)]
pub struct BandPreset {
    /// By which it is asked for.
    pub id: String,
    /// What it is called on pictures.
    pub name: String,
    /// In order, each beginning where the one before ends.
    pub bands: Vec<Band>,
    /// Where its limits come from.
    pub source: String,
    /// How well that is founded.
    pub status: RowStatus,
}

impl BandPreset {
    /// All presets; the first is used when none is named.
    pub fn all() -> Vec<Self> {
        TABLES.rows(TABLE).iter().map(Self::read).collect()
    }

    /// The preset of this id.
    ///
    /// ```
    /// use stonecast_occlusion::BandPreset;
    /// let preset = BandPreset::by_id("thresholds").expect("a preset");
    /// assert_eq!(preset.band_of(0.02).unwrap().range(), "0 to 50 µm");
    /// assert!(preset.band_of(-0.02).unwrap().is_penetration());
    /// assert!(preset.band_of(3.0).is_none());
    /// ```
    pub fn by_id(id: &str) -> Option<Self> {
        Self::all().into_iter().find(|preset| preset.id == id)
    }

    fn read(row: &Row) -> Self {
        let limits = row.numbers("limits_mm");
        let words = row.texts("words");
        let colours = row.texts("colours");
        let from = [None].into_iter().chain(limits.iter().copied().map(Some));
        let rest = words.iter().zip(&colours);
        let bands = from.zip(&limits).zip(rest);
        Self {
            id: row.id.clone(),
            name: row.text("name").to_owned(),
            bands: bands
                .map(|((from_mm, &below_mm), (words, colour))| Band {
                    from_mm,
                    below_mm,
                    colour: read_colour(colour),
                    words: (*words).to_owned(),
                })
                .collect(),
            source: row.source.clone(),
            status: row.status,
        }
    }

    /// The band that a signed distance is in; `None` beyond the last.
    pub fn band_of(&self, signed_mm: f64) -> Option<&Band> {
        let place = self.bands.partition_point(|band| band.below_mm <= signed_mm);
        self.bands.get(place)
    }

    /// Beyond this distance nothing is painted.
    pub fn reach_mm(&self) -> f64 {
        self.bands.last().map_or(0.0, |band| band.below_mm)
    }

    /// The title of a legend: what the distance is, and the preset.
    pub fn title(&self) -> String {
        format!("Distance to the other arch: {}", self.name)
    }

    /// The rows of a legend: colour and words, in the order of the distances.
    pub fn legend(&self) -> Vec<([u8; 3], String)> {
        let row = |band: &Band| {
            let range = band.range();
            let says_range = band.words.starts_with("to ");
            let words = if says_range {
                range
            } else {
                format!("{}: {range}", band.words)
            };
            (band.colour, words)
        };
        self.bands.iter().map(row).collect()
    }
}

fn read_colour(text: &str) -> [u8; 3] {
    let number = text
        .strip_prefix('#')
        .filter(|hex| hex.len() == 6)
        .and_then(|hex| u32::from_str_radix(hex, 16).ok())
        .unwrap_or_else(|| panic!("tables/{TABLE}.toml: `{text}` is no colour"));
    let [_, r, g, b] = number.to_be_bytes();
    [r, g, b]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_is_whole_and_its_limits_rise() {
        TABLES.check();
        for row in TABLES.rows(TABLE) {
            let limits = row.numbers("limits_mm");
            assert_eq!(limits.len(), row.texts("words").len(), "{}", row.id);
            assert_eq!(limits.len(), row.texts("colours").len(), "{}", row.id);
            assert!(limits.windows(2).all(|w| w[0] < w[1]), "{}", row.id);
            assert!(
                limits.contains(&0.0),
                "{}: penetration and contact share a band",
                row.id
            );
        }
    }

    #[test]
    fn a_limit_belongs_to_the_band_above_it() {
        let preset = BandPreset::by_id("thresholds").unwrap();
        let words = |signed| preset.band_of(signed).map(Band::range);
        let t = |signed: f64, expected: Option<&str>| {
            assert_eq!(words(signed).as_deref(), expected, "{signed}");
        };
        t(-0.3, Some("deeper than 100 µm"));
        t(-0.05, Some("0 to 100 µm"));
        t(0.0, Some("0 to 50 µm"));
        t(0.05, Some("50 to 100 µm"));
        t(0.7, Some("500 µm to 1.0 mm"));
        t(1.0, None);
    }

    /// CIELAB of linear sRGB, D65.
    fn lab(rgb: [f64; 3]) -> [f64; 3] {
        let m = [
            [0.412_456, 0.357_576, 0.180_438],
            [0.212_673, 0.715_152, 0.072_175],
            [0.019_334, 0.119_192, 0.950_304],
        ];
        let white = [0.950_47, 1.0, 1.088_83];
        let f: [f64; 3] = std::array::from_fn(|i| {
            let t = (0..3).map(|k| m[i][k] * rgb[k]).sum::<f64>() / white[i];
            if t > 0.008_856 {
                t.cbrt()
            } else {
                7.787 * t + 16.0 / 116.0
            }
        });
        [116.0 * f[1] - 16.0, 500.0 * (f[0] - f[1]), 200.0 * (f[1] - f[2])]
    }

    /// A colour as a person of each kind sees it: all cones; without long, middle, short ones (Machado, Oliveira and
    /// Fernandes 2009, severity 1, on linear light).
    fn eyes() -> [[[f64; 3]; 3]; 4] {
        [
            [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
            [
                [0.152_286, 1.052_583, -0.204_868],
                [0.114_503, 0.786_281, 0.099_216],
                [-0.003_882, -0.048_116, 1.051_998],
            ],
            [
                [0.367_322, 0.860_646, -0.227_968],
                [0.280_085, 0.672_501, 0.047_413],
                [-0.011_820, 0.042_940, 0.968_881],
            ],
            [
                [1.255_528, -0.076_749, -0.178_779],
                [-0.078_411, 0.930_809, 0.147_602],
                [0.004_733, 0.691_367, 0.303_900],
            ],
        ]
    }

    fn seen(colour: [u8; 3], eye: &[[f64; 3]; 3]) -> [f64; 3] {
        let linear = colour.map(|c| {
            let c = f64::from(c) / 255.0;
            if c <= 0.04045 {
                c / 12.92
            } else {
                ((c + 0.055) / 1.055).powf(2.4)
            }
        });
        let seen: [f64; 3] = std::array::from_fn(|i| {
            let sum: f64 = (0..3).map(|k| eye[i][k] * linear[k]).sum();
            sum.clamp(0.0, 1.0)
        });
        lab(seen)
    }

    /// A difference of 10 in CIELAB is seen at a glance; just noticeable is about 2.3.
    #[test]
    fn neighbouring_bands_and_penetration_are_told_apart_by_every_eye() {
        for preset in BandPreset::all() {
            for eye in eyes() {
                let colours: Vec<[f64; 3]> = preset.bands.iter().map(|b| seen(b.colour, &eye)).collect();
                let apart =
                    |a: [f64; 3], b: [f64; 3]| (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt();
                for (i, band) in preset.bands.iter().enumerate() {
                    for (j, other) in preset.bands.iter().enumerate().skip(i + 1) {
                        let difference = apart(colours[i], colours[j]);
                        let least = if band.is_penetration() != other.is_penetration() {
                            30.0
                        } else {
                            10.0
                        };
                        assert!(
                            difference > least,
                            "{}: {} and {} differ by {difference:.0}",
                            preset.id,
                            band.range(),
                            other.range()
                        );
                    }
                }
            }
        }
    }
}
