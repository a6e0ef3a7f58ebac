//! The settings sheet: everything that a person needs to set a real articulator, as plain rows for a drawing or a table.
//!
//! Units: each row names its own. Steps: [`Articulator::sheet`]
//! 1. `setting_rows`: the settings, each as the preset has it or as it was given, with what the device can be set to.
//! 2. `mounting_rows`: the hinge axis, the incisal point, the reference plane.

use serde::{Deserialize, Serialize};
use stonecast_dental::{RowStatus, Side, Sides};
use stonecast_mesh::Vector;

use crate::motion::Articulator;
use crate::mounting::Mounting;
use crate::plane::PlaneName;
use crate::rows::{Row, row};
use crate::settings::{GuideShape, IncisalGuide, Key, Settings, Value, preset_row};

/// What stands in a row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SheetValue {
    /// A number for both sides, or for no side.
    One(f64),
    /// A number for each side.
    Sides(Sides<f64>),
    /// Words.
    Words(String),
}

/// Where a row's value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// It was given, or follows from what was given.
    Given,
    /// Nobody gave it: the preset's or the table's.
    Table,
    /// It is how the cast is mounted.
    Mounting,
}

/// A row of the sheet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SheetRow {
    /// What it is.
    pub name: String,
    /// The value.
    pub value: SheetValue,
    /// Its unit; empty for words.
    pub unit: String,
    /// Where the value comes from.
    pub origin: Origin,
    /// The source of a table's value; empty otherwise.
    pub source: String,
    /// How well a table's value is founded; `None` for what was given or mounted.
    pub status: Option<RowStatus>,
    /// What the device can be set to, where that is known.
    pub device_range: Option<[f64; 2]>,
    /// How well that is founded.
    pub range_status: Option<RowStatus>,
}

/// The sheet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SettingsSheet {
    /// The device, or that it is none.
    pub device: String,
    /// The settings, then the mounting.
    pub rows: Vec<SheetRow>,
    /// What cannot be set on the device, and what is unlikely about the mounting.
    pub warnings: Vec<String>,
}

impl Articulator {
    /// What to set, and how the cast is mounted.
    ///
    /// ```
    /// use stonecast_articulator::{Articulator, Mounting, MountingInput, Settings};
    /// let mounting = Mounting::average(&MountingInput::in_cast_frame([0.0, 2.0, 1.0]))?;
    /// let sheet = Articulator::new(mounting, Settings::preset("artex-cr")?)?.sheet();
    /// let bennett = sheet.rows.iter().find(|row| row.name == "Bennett angle").unwrap();
    /// assert_eq!((bennett.unit.as_str(), bennett.device_range), ("°", Some([-5.0, 30.0])));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn sheet(&self) -> SettingsSheet {
        let row = preset_row(&self.settings.preset).ok();
        let mut rows = setting_rows(&self.settings, row);
        if self.settings.intercondylar.is_none() {
            rows.insert(
                0,
                mounted(
                    Key::Intercondylar.names().0,
                    SheetValue::One(self.mounting.intercondylar().0),
                    "mm",
                ),
            );
        }
        rows.extend(mounting_rows(&self.mounting));
        let mut warnings = self.settings.outside_of_device();
        warnings.extend(self.mounting.notes.iter().cloned());
        if let Some(set) = self.settings.intercondylar {
            let mounted = self.mounting.intercondylar().0;
            if (set.0 - mounted).abs() > 0.05 {
                warnings.push(format!(
                    "the balls are {:.1} mm apart, the axis was found with ends {mounted:.1} mm apart: \
                     they stand on the same axis, about its middle",
                    set.0
                ));
            }
        }
        warnings.extend(self.other_plane());
        SettingsSheet {
            device: row.map_or_else(
                || self.settings.preset.clone(),
                |row| row.text("title").to_owned(),
            ),
            rows,
            warnings,
        }
    }
}

impl Articulator {
    /// A preset's inclination is meant against the preset's plane: against another it is another path.
    fn other_plane(&self) -> Option<String> {
        let began = Settings::preset(&self.settings.preset).ok()?;
        let meant = Settings::usual_plane(&self.settings.preset).ok()?;
        let mounted = self.mounting.plane.name;
        let as_begun = Sides::each(|side| began.inclination.of(side) == self.settings.inclination.of(side));
        // On average Camper's plane is parallel to the occlusal plane.
        let same = mean_tilt(mounted) == mean_tilt(meant);
        if same || !(as_begun.right || as_begun.left) {
            return None;
        }
        Some(format!(
            "the preset's condylar inclination is meant against the {} plane, the cast is mounted against the {} plane: \
             give the inclination, or mount against the {} plane",
            meant.name(),
            mounted.name(),
            meant.name()
        ))
    }
}

/// How far a plane's front lies above that of the occlusal plane on average; `None` for a plane of any three points.
fn mean_tilt(plane: PlaneName) -> Option<f64> {
    match plane {
        PlaneName::Occlusal => Some(0.0),
        PlaneName::ThreePoints => None,
        named => Some(row(&format!("plane.{}", named.name())).number("tilt_deg")),
    }
}

fn setting_rows(settings: &Settings, preset: Option<&Row>) -> Vec<SheetRow> {
    let began = Settings::preset(&settings.preset)
        .map(|s| s.values())
        .unwrap_or_default();
    let mut rows: Vec<SheetRow> = Vec::new();
    for value in settings.values() {
        // The left one of a pair joins the row of the right one.
        if value.side == Some(Side::Left)
            && let Some(SheetRow {
                value: SheetValue::Sides(sides),
                origin,
                source,
                status,
                ..
            }) = rows.last_mut()
        {
            sides.left = value.value;
            if !is_as_in(&value, &began) {
                (*origin, *source, *status) = (Origin::Given, String::new(), None);
            }
            continue;
        }
        rows.push(setting_row(&value, &began, preset));
    }
    // A straight guide and a lifted pin have no number; presets begin with the pin lifted.
    let began = Settings::preset(&settings.preset).ok();
    if settings.guide == GuideShape::Straight {
        let as_begun = began.as_ref().is_some_and(|began| began.guide == settings.guide);
        rows.push(words("condylar guide", "straight", as_begun));
    }
    if settings.incisal == IncisalGuide::Free {
        rows.push(words(
            "incisal table",
            "no incisal guidance: the condyles carry the jaw, without rotation",
            true,
        ));
    }
    rows
}

fn is_as_in(value: &Value, began: &[Value]) -> bool {
    let same = |b: &Value| b.key == value.key && b.side == value.side && b.value == value.value;
    began.iter().any(same)
}

fn setting_row(value: &Value, began: &[Value], preset: Option<&Row>) -> SheetRow {
    let from_preset =
        preset.filter(|row| is_as_in(value, began) && row.maybe_number(&value.key.field()).is_some());
    SheetRow {
        name: value.key.names().0.to_owned(),
        value: match value.side {
            Some(_) => SheetValue::Sides(Sides::both(value.value)),
            None => SheetValue::One(value.value),
        },
        unit: value.key.unit().to_owned(),
        origin: match from_preset {
            Some(_) => Origin::Table,
            // What no preset says and nobody changed is as in the bite: a pin that opens nothing.
            None if is_as_in(value, began) => Origin::Mounting,
            None => Origin::Given,
        },
        source: from_preset.map_or_else(String::new, |row| row.source.clone()),
        status: from_preset.map(|row| value.key.standing(row)),
        device_range: preset.and_then(|row| value.key.device_range(row)),
        range_status: preset
            .filter(|row| value.key.device_range(row).is_some())
            .map(|row| value.key.range_standing(row)),
    }
}

fn words(name: &str, words: &str, as_begun: bool) -> SheetRow {
    SheetRow {
        origin: if as_begun { Origin::Table } else { Origin::Given },
        ..mounted(name, SheetValue::Words(words.to_owned()), "")
    }
}

fn mounted(name: &str, value: SheetValue, unit: &str) -> SheetRow {
    SheetRow {
        name: name.to_owned(),
        value,
        unit: unit.to_owned(),
        origin: Origin::Mounting,
        source: String::new(),
        status: None,
        device_range: None,
        range_status: None,
    }
}

fn mounting_rows(mounting: &Mounting) -> Vec<SheetRow> {
    let incisal = Vector::from(mounting.incisal_point);
    let plane = mounting.plane;
    let arm = mounting.condyles.map(|end| Vector::from(end) - incisal);
    let along = |axis: [f64; 3]| SheetValue::Sides(arm.map(|arm| arm.dot(&Vector::from(axis))));
    let known = mounting.uncertainty.map_or_else(
        || "not stated".to_owned(),
        |mm| format!("{:.1} mm in each direction, one standard deviation", mm.0),
    );
    let mut rows = vec![
        mounted(
            "mounted by",
            SheetValue::Words(mounting.method.words().to_owned()),
            "",
        ),
        mounted(
            "reference plane",
            SheetValue::Words(plane.name.words().to_owned()),
            "",
        ),
        mounted(
            "its front above the occlusal plane's",
            SheetValue::One(plane.tilt_from_occlusal().0),
            "°",
        ),
        mounted(
            "axis from incisal point",
            SheetValue::Sides(arm.map(|arm| arm.norm())),
            "mm",
        ),
        mounted("axis behind incisal point", along(plane.posterior), "mm"),
        mounted("axis above incisal point", along(plane.superior), "mm"),
        mounted("axis known to", SheetValue::Words(known), ""),
    ];
    for row in &mut rows {
        row.status = mounting.standing();
    }
    rows
}
