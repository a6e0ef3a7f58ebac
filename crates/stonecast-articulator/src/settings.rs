//! What an articulator is set to.
//!
//! Units: mm, degrees. Frame: angles are stated against the reference plane of the mounting.
//!
//! | setting | definition |
//! |---|---|
//! | condylar inclination | of the protrusive path (curved: of its chord), seen from the side, downward positive |
//! | Bennett angle | of a balancing condyle's path to the sagittal plane, seen from above, inward positive, beyond the immediate side shift |
//! | immediate side shift | inward, in full after the first travel (`side-shift` in `tables/articulator.toml`) |
//! | Fischer angle | by which the balancing path is steeper than the protrusive one, seen from the side |
//! | incisal table | protrusive: fall of the lower incisal point in going forward; lateral: in going to that side, besides |
//! | pin opening | by how much the pin is longer than in the closed bite |
//!
//! A side's setting belongs to the condyle of that side. The left Bennett angle is at work in laterotrusion to the right.
//! References: docs/methods/articulator-kinematics.md.

use serde::{Deserialize, Serialize};
use stonecast_dental::{Deg, Mm, RowStatus, Sides};

use crate::plane::PlaneName;
use crate::rows::{Row, presets, row};

/// The form of a condylar guide, seen from the side.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum GuideShape {
    /// A straight line.
    Straight,
    /// An arc that begins steeper and flattens.
    Arc {
        /// Its radius.
        radius: Mm,
    },
}

/// What carries the front of the jaw.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum IncisalGuide {
    /// Nothing: the pin is lifted. The jaw keeps its opening about the hinge axis, so that only the condyles lead it.
    Free,
    /// The lower incisal point glides on a table.
    Table {
        /// Fall in going forward.
        protrusive: Deg,
        /// Fall in going to the right and to the left.
        lateral: Sides<Deg>,
    },
}

/// Everything that is set.
///
/// ```
/// use stonecast_articulator::Settings;
/// use stonecast_dental::{Deg, Sides};
/// let settings = Settings::preset("generic")?
///     .with_inclination(Sides { right: Deg(35.0), left: Deg(38.0) })
///     .with_bennett(Sides::both(Deg(10.0)));
/// assert!(settings.outside_of_device().is_empty());
/// # Ok::<(), stonecast_articulator::SettingsError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The row of `tables/articulator_presets.toml` that it began with.
    pub preset: String,
    /// The distance of the condylar balls; where not said, that of the mounting.
    pub intercondylar: Option<Mm>,
    /// The form of both guides.
    pub guide: GuideShape,
    /// The condylar inclination.
    pub inclination: Sides<Deg>,
    /// The Bennett angle.
    pub bennett: Sides<Deg>,
    /// The immediate side shift.
    pub side_shift: Sides<Mm>,
    /// The Fischer angle.
    pub fischer: Sides<Deg>,
    /// The incisal table.
    pub incisal: IncisalGuide,
    /// How much longer the pin is than in the closed bite.
    pub pin_opening: Mm,
}

/// Why something cannot be set.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SettingsError {
    /// There is no such preset.
    #[error("no articulator is called `{name}`; there are {known}")]
    NoPreset {
        /// What was asked for.
        name: String,
        /// The names.
        known: String,
    },
    /// A value with which no jaw moves.
    #[error("{what} of {value} {unit} cannot be set: it must lie within {least} and {greatest} {unit}")]
    OutOfRange {
        /// Which setting.
        what: String,
        /// What it was to be.
        value: f64,
        /// The unit.
        unit: &'static str,
        /// The least.
        least: f64,
        /// The greatest.
        greatest: f64,
    },
}

impl Settings {
    /// What a device is set to where nobody says; `generic` is no device. The pin is lifted.
    ///
    /// # Errors
    /// If there is no preset of that name; the error names those that there are.
    pub fn preset(name: &str) -> Result<Self, SettingsError> {
        let row = preset_row(name)?;
        let radius = row.number("radius_mm");
        Ok(Self {
            preset: row.id.clone(),
            intercondylar: row.maybe_number("intercondylar_mm").map(Mm),
            guide: if radius > 0.0 {
                GuideShape::Arc { radius: Mm(radius) }
            } else {
                GuideShape::Straight
            },
            inclination: Sides::both(Deg(row.number("inclination_deg"))),
            bennett: Sides::both(Deg(row.number("bennett_deg"))),
            side_shift: Sides::both(Mm(row.number("side_shift_mm"))),
            fischer: Sides::both(Deg(row.number("fischer_deg"))),
            incisal: IncisalGuide::Free,
            pin_opening: Mm(0.0),
        })
    }

    /// The plane that a device's horizontal stands for.
    ///
    /// # Errors
    /// If there is no preset of that name.
    pub fn usual_plane(preset: &str) -> Result<PlaneName, SettingsError> {
        let name = preset_row(preset)?.text("plane");
        let plane = [
            PlaneName::Occlusal,
            PlaneName::Camper,
            PlaneName::Frankfort,
            PlaneName::AxisOrbital,
        ]
        .into_iter()
        .find(|plane| plane.name() == name);
        Ok(plane.expect("a test reads the plane of every preset"))
    }

    /// The names of all presets.
    pub fn presets() -> Vec<&'static str> {
        presets().iter().map(|row| row.id.as_str()).collect()
    }

    /// With another condylar inclination.
    #[must_use]
    pub fn with_inclination(mut self, inclination: Sides<Deg>) -> Self {
        self.inclination = inclination;
        self
    }

    /// With another form of the guides.
    #[must_use]
    pub fn with_guide(mut self, guide: GuideShape) -> Self {
        self.guide = guide;
        self
    }

    /// With another Bennett angle.
    #[must_use]
    pub fn with_bennett(mut self, bennett: Sides<Deg>) -> Self {
        self.bennett = bennett;
        self
    }

    /// With the Bennett angles that Hanau's formula gives for the condylar inclinations.
    #[must_use]
    pub fn with_bennett_by_hanau(mut self) -> Self {
        let formula = row("hanau-formula");
        let (share, angle) = (formula.number("share"), formula.number("angle_deg"));
        self.bennett = self
            .inclination
            .map(|inclination| Deg(inclination.0 * share + angle));
        self
    }

    /// With another immediate side shift.
    #[must_use]
    pub fn with_side_shift(mut self, side_shift: Sides<Mm>) -> Self {
        self.side_shift = side_shift;
        self
    }

    /// With another Fischer angle.
    #[must_use]
    pub fn with_fischer(mut self, fischer: Sides<Deg>) -> Self {
        self.fischer = fischer;
        self
    }

    /// With the pin on a table.
    #[must_use]
    pub fn with_incisal_table(mut self, protrusive: Deg, lateral: Sides<Deg>) -> Self {
        self.incisal = IncisalGuide::Table { protrusive, lateral };
        self
    }

    /// With the pin lifted.
    #[must_use]
    pub fn with_pin_free(mut self) -> Self {
        self.incisal = IncisalGuide::Free;
        self
    }

    /// With the pin longer than in the closed bite. It does nothing while the pin is lifted.
    #[must_use]
    pub fn with_pin_opening(mut self, pin_opening: Mm) -> Self {
        self.pin_opening = pin_opening;
        self
    }

    /// With another distance of the condylar balls; `None` is that of the mounting.
    #[must_use]
    pub fn with_intercondylar(mut self, intercondylar: Option<Mm>) -> Self {
        self.intercondylar = intercondylar;
        self
    }

    /// Left for right.
    #[must_use]
    pub fn mirrored(mut self) -> Self {
        self.inclination = self.inclination.mirrored();
        self.bennett = self.bennett.mirrored();
        self.side_shift = self.side_shift.mirrored();
        self.fischer = self.fischer.mirrored();
        if let IncisalGuide::Table { lateral, .. } = &mut self.incisal {
            *lateral = lateral.mirrored();
        }
        self
    }

    /// Refuses values with which no jaw moves; devices' own ranges are narrower ([`Settings::outside_of_device`]).
    ///
    /// # Errors
    /// The first such value.
    pub fn check(&self) -> Result<(), SettingsError> {
        preset_row(&self.preset)?;
        for value in self.values() {
            let bounds = value.key.bounds();
            if !(bounds[0]..=bounds[1]).contains(&value.value) {
                return Err(SettingsError::OutOfRange {
                    what: value.words(),
                    value: value.value,
                    unit: value.key.unit(),
                    least: bounds[0],
                    greatest: bounds[1],
                });
            }
        }
        Ok(())
    }

    /// What the device that the settings began with cannot be set to, as far as its ranges are known.
    pub fn outside_of_device(&self) -> Vec<String> {
        let Ok(row) = preset_row(&self.preset) else {
            return Vec::new();
        };
        let outside = self.values().into_iter().filter_map(|value| {
            let [least, greatest] = value.key.device_range(row)?;
            let unit = value.key.unit();
            let checked = match value.key.range_standing(row) {
                RowStatus::Unverified => " as far as is generally known, not checked",
                _ => "",
            };
            (!(least..=greatest).contains(&value.value)).then(|| {
                format!(
                    "{} of {} {unit}: {} goes from {least} to {greatest} {unit}{checked}",
                    value.words(),
                    value.value,
                    row.text("title")
                )
            })
        });
        outside.collect()
    }
}

pub(crate) fn preset_row(name: &str) -> Result<&'static Row, SettingsError> {
    presets()
        .iter()
        .find(|row| row.id == name)
        .ok_or_else(|| SettingsError::NoPreset {
            name: name.to_owned(),
            known: Settings::presets().join(", "),
        })
}

/// Which setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Intercondylar,
    Inclination,
    Radius,
    Bennett,
    SideShift,
    Fischer,
    TableProtrusive,
    TableLateral,
    PinOpening,
}

impl Key {
    /// Its name, as in the settings sheet, and its field in a preset without the unit.
    pub(crate) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Intercondylar => ("intercondylar distance", "intercondylar"),
            Self::Inclination => ("condylar inclination", "inclination"),
            Self::Radius => ("radius of the condylar guide", "radius"),
            Self::Bennett => ("Bennett angle", "bennett"),
            Self::SideShift => ("immediate side shift", "side_shift"),
            Self::Fischer => ("Fischer angle", "fischer"),
            Self::TableProtrusive => ("incisal table, protrusive", "table_protrusive"),
            Self::TableLateral => ("incisal table, lateral", "table_lateral"),
            Self::PinOpening => ("pin opening", "pin_opening"),
        }
    }

    pub(crate) fn unit(self) -> &'static str {
        match self {
            Self::Intercondylar | Self::Radius | Self::SideShift | Self::PinOpening => "mm",
            _ => "°",
        }
    }

    /// The field of a preset that has its value; its range is in the field with `_range` before the unit.
    pub(crate) fn field(self) -> String {
        self.field_of("")
    }

    fn field_of(self, part: &str) -> String {
        let unit = if self.unit() == "mm" { "mm" } else { "deg" };
        format!("{}{part}_{unit}", self.names().1)
    }

    /// How well a preset's value is founded: what was not read in its source is general knowledge.
    pub(crate) fn standing(self, preset: &Row) -> RowStatus {
        standing(preset, &self.field())
    }

    /// The same of a device's range.
    pub(crate) fn range_standing(self, preset: &Row) -> RowStatus {
        standing(preset, &self.field_of("_range"))
    }

    pub(crate) fn device_range(self, preset: &Row) -> Option<[f64; 2]> {
        let range = preset.maybe_numbers(&self.field_of("_range"))?;
        Some([range[0], range[1]])
    }

    /// Bounds of the geometry, not of anatomy or a device: beyond them a path would go back on itself.
    fn bounds(self) -> [f64; 2] {
        match self {
            Self::Intercondylar => [20.0, 300.0],
            Self::Radius => [5.0, 1e6],
            Self::Inclination => [-60.0, 90.0],
            Self::Bennett => [-45.0, 60.0],
            Self::Fischer => [-45.0, 45.0],
            Self::SideShift => [-5.0, 5.0],
            Self::TableProtrusive | Self::TableLateral => [-45.0, 80.0],
            Self::PinOpening => [-20.0, 40.0],
        }
    }
}

fn standing(preset: &Row, field: &str) -> RowStatus {
    if preset.texts("read").contains(&field) {
        RowStatus::Secondary
    } else {
        RowStatus::Unverified
    }
}

/// One setting of one side, or of both where it has none.
pub(crate) struct Value {
    pub(crate) key: Key,
    pub(crate) side: Option<stonecast_dental::Side>,
    pub(crate) value: f64,
}

impl Value {
    fn words(&self) -> String {
        let name = self.key.names().0;
        match self.side {
            Some(side) => format!("{name}, {}", side.name()),
            None => name.to_owned(),
        }
    }
}

impl Settings {
    /// All settings in the order of a settings sheet.
    pub(crate) fn values(&self) -> Vec<Value> {
        use stonecast_dental::Side::{Left, Right};
        let mut values = Vec::new();
        let mut one = |key, side, value| values.push(Value { key, side, value });
        if let Some(distance) = self.intercondylar {
            one(Key::Intercondylar, None, distance.0);
        }
        if let GuideShape::Arc { radius } = self.guide {
            one(Key::Radius, None, radius.0);
        }
        let mut both = |key, of: Sides<f64>| {
            one(key, Some(Right), of.right);
            one(key, Some(Left), of.left);
        };
        both(Key::Inclination, self.inclination.map(|v| v.0));
        both(Key::Bennett, self.bennett.map(|v| v.0));
        both(Key::SideShift, self.side_shift.map(|v| v.0));
        both(Key::Fischer, self.fischer.map(|v| v.0));
        if let IncisalGuide::Table { protrusive, lateral } = self.incisal {
            both(Key::TableLateral, lateral.map(|v| v.0));
            one(Key::TableProtrusive, None, protrusive.0);
        }
        one(Key::PinOpening, None, self.pin_opening.0);
        values
    }
}
