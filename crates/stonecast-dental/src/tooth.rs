//! Teeth by FDI number (ISO 3950), with Universal and Palmer notation at the edges.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One of the two dental arches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Jaw {
    /// The maxilla.
    Upper,
    /// The mandible.
    Lower,
}

impl Jaw {
    /// `upper` or `lower`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upper => "upper",
            Self::Lower => "lower",
        }
    }

    /// The other arch.
    pub fn antagonist(self) -> Self {
        match self {
            Self::Upper => Self::Lower,
            Self::Lower => Self::Upper,
        }
    }
}

impl fmt::Display for Jaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A value for each side of the patient.
///
/// ```
/// use stonecast_dental::{Side, Sides};
/// let inclination = Sides { right: 35.0, left: 38.0 };
/// assert_eq!(inclination.of(Side::Left), 38.0);
/// assert_eq!(inclination.mirrored().right, 38.0);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sides<T> {
    /// The patient's right.
    pub right: T,
    /// The patient's left.
    pub left: T,
}

impl<T> Sides<T> {
    /// What `of` gives for each side.
    pub fn each(mut of: impl FnMut(Side) -> T) -> Self {
        Self {
            right: of(Side::Right),
            left: of(Side::Left),
        }
    }

    /// The other way round, as in a mirror.
    pub fn mirrored(self) -> Self {
        Self {
            right: self.left,
            left: self.right,
        }
    }

    /// Each value changed.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> Sides<U> {
        Sides {
            right: change(self.right),
            left: change(self.left),
        }
    }
}

impl<T: Copy> Sides<T> {
    /// The same for both sides.
    pub fn both(value: T) -> Self {
        Self {
            right: value,
            left: value,
        }
    }

    /// The value of one side.
    pub fn of(&self, side: Side) -> T {
        match side {
            Side::Right => self.right,
            Side::Left => self.left,
        }
    }
}

/// A side of the patient, never of the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The patient's right.
    Right,
    /// The patient's left.
    Left,
}

impl Side {
    /// `right` or `left`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Left => "left",
        }
    }

    /// The other side.
    pub fn opposite(self) -> Self {
        match self {
            Self::Right => Self::Left,
            Self::Left => Self::Right,
        }
    }

    /// The sign of `x` on this side in the cast frame.
    pub fn sign(self) -> f64 {
        match self {
            Self::Right => -1.0,
            Self::Left => 1.0,
        }
    }
}

/// The form class of a tooth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ToothClass {
    /// Central or lateral incisor.
    Incisor,
    /// Canine.
    Canine,
    /// Premolar; no primary tooth is one.
    Premolar,
    /// Molar.
    Molar,
}

/// A tooth: quadrant 1–4 with position 1–8 (permanent) or quadrant 5–8 with position 1–5 (primary).
///
/// ```
/// use stonecast_dental::{Fdi, Jaw, Side};
/// let tooth: Fdi = "16".parse()?;
/// assert_eq!((tooth.jaw(), tooth.side()), (Jaw::Upper, Side::Right));
/// assert_eq!(tooth.universal(), "3");
/// # Ok::<(), stonecast_dental::tooth::NotATooth>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Fdi(u8);

/// A number that names no tooth.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{0} is no FDI tooth number; expected 11-18, 21-28, 31-38, 41-48, or 51-55, 61-65, 71-75, 81-85")]
pub struct NotATooth(pub String);

impl Fdi {
    /// The tooth with this number.
    ///
    /// # Errors
    /// If no tooth bears the number.
    pub fn new(number: u8) -> Result<Self, NotATooth> {
        let (quadrant, position) = (number / 10, number % 10);
        let valid = match quadrant {
            1..=4 => (1..=8).contains(&position),
            5..=8 => (1..=5).contains(&position),
            _ => false,
        };
        if valid {
            Ok(Self(number))
        } else {
            Err(NotATooth(number.to_string()))
        }
    }

    /// The tooth at `position` (1 = central incisor) of a permanent quadrant; `None` outside 1–8.
    pub fn permanent(jaw: Jaw, side: Side, position: u8) -> Option<Self> {
        let quadrant = match (jaw, side) {
            (Jaw::Upper, Side::Right) => 1,
            (Jaw::Upper, Side::Left) => 2,
            (Jaw::Lower, Side::Left) => 3,
            (Jaw::Lower, Side::Right) => 4,
        };
        // A position past 9 would reach into the next quadrant.
        (position < 10).then(|| Self::new(quadrant * 10 + position).ok())?
    }

    /// The tooth at `position` (1 = central incisor) of a primary quadrant; `None` outside 1–5.
    pub fn primary(jaw: Jaw, side: Side, position: u8) -> Option<Self> {
        Self::permanent(jaw, side, position).and_then(|t| Self::new(t.0 + 40).ok())
    }

    /// The number, e.g. 16.
    pub fn number(self) -> u8 {
        self.0
    }

    /// The quadrant, 1–8.
    pub fn quadrant(self) -> u8 {
        self.0 / 10
    }

    /// The place in the quadrant, counted from the midline: 1–8.
    pub fn position(self) -> u8 {
        self.0 % 10
    }

    /// True for a tooth of the primary dentition.
    pub fn is_primary(self) -> bool {
        self.quadrant() > 4
    }

    /// The arch it stands in.
    pub fn jaw(self) -> Jaw {
        if matches!(self.quadrant(), 1 | 2 | 5 | 6) {
            Jaw::Upper
        } else {
            Jaw::Lower
        }
    }

    /// The patient's side it stands on.
    pub fn side(self) -> Side {
        if matches!(self.quadrant(), 1 | 4 | 5 | 8) {
            Side::Right
        } else {
            Side::Left
        }
    }

    /// Its form class.
    pub fn class(self) -> ToothClass {
        match (self.position(), self.is_primary()) {
            (1 | 2, _) => ToothClass::Incisor,
            (3, _) => ToothClass::Canine,
            (4 | 5, false) => ToothClass::Premolar,
            _ => ToothClass::Molar,
        }
    }

    /// The permanent tooth that takes a primary tooth's place; `None` for a permanent tooth.
    ///
    /// ```
    /// use stonecast_dental::Fdi;
    /// assert_eq!(Fdi::new(75)?.successor(), Some(Fdi::new(35)?));
    /// assert_eq!(Fdi::new(35)?.successor(), None);
    /// # Ok::<(), stonecast_dental::tooth::NotATooth>(())
    /// ```
    pub fn successor(self) -> Option<Self> {
        self.is_primary()
            .then(|| Self::permanent(self.jaw(), self.side(), self.position()))
            .flatten()
    }

    /// The same tooth of the other side.
    pub fn mirrored(self) -> Self {
        let quadrant = match self.quadrant() {
            1 => 2,
            2 => 1,
            3 => 4,
            4 => 3,
            5 => 6,
            6 => 5,
            7 => 8,
            _ => 7,
        };
        Self(quadrant * 10 + self.position())
    }

    /// Universal notation: 1–32, or A–T for primary teeth.
    pub fn universal(self) -> String {
        let p = self.position();
        match self.quadrant() {
            1 => (9 - p).to_string(),
            2 => (8 + p).to_string(),
            3 => (25 - p).to_string(),
            4 => (24 + p).to_string(),
            5 => char::from(b'A' + 5 - p).to_string(),
            6 => char::from(b'E' + p).to_string(),
            7 => char::from(b'P' - p).to_string(),
            _ => char::from(b'O' + p).to_string(),
        }
    }

    /// Palmer notation as plain text: quadrant letters and position, e.g. `UR6`, `LLd`.
    pub fn palmer(self) -> String {
        let jaw = if self.jaw() == Jaw::Upper { 'U' } else { 'L' };
        let side = if self.side() == Side::Right { 'R' } else { 'L' };
        let place = if self.is_primary() {
            char::from(b'a' + self.position() - 1)
        } else {
            char::from(b'0' + self.position())
        };
        format!("{jaw}{side}{place}")
    }

    /// All 52 teeth, sorted by number.
    pub fn all() -> impl Iterator<Item = Self> {
        (11..=85).filter_map(|n| Self::new(n).ok())
    }
}

impl TryFrom<u8> for Fdi {
    type Error = NotATooth;
    fn try_from(number: u8) -> Result<Self, NotATooth> {
        Self::new(number)
    }
}

impl From<Fdi> for u8 {
    fn from(tooth: Fdi) -> u8 {
        tooth.0
    }
}

impl FromStr for Fdi {
    type Err = NotATooth;
    fn from_str(text: &str) -> Result<Self, NotATooth> {
        text.parse::<u8>()
            .map_err(|_| NotATooth(text.to_owned()))
            .and_then(Self::new)
    }
}

impl fmt::Display for Fdi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_position_past_the_last_names_a_tooth() {
        for position in 9..=25 {
            assert_eq!(Fdi::permanent(Jaw::Upper, Side::Left, position), None);
            assert_eq!(Fdi::primary(Jaw::Upper, Side::Left, position), None);
        }
    }

    #[test]
    fn there_are_fifty_two_teeth() {
        assert_eq!(Fdi::all().count(), 52);
        assert_eq!(Fdi::all().filter(|t| t.is_primary()).count(), 20);
    }

    #[test]
    fn universal_runs_round_the_mouth() {
        // From the upper right third molar to the upper left, then from the lower left to the lower right.
        fn t(fdi: u8, universal: &str) {
            assert_eq!(Fdi::new(fdi).unwrap().universal(), universal);
        }
        t(18, "1");
        t(11, "8");
        t(21, "9");
        t(28, "16");
        t(38, "17");
        t(31, "24");
        t(41, "25");
        t(48, "32");
        t(55, "A");
        t(51, "E");
        t(61, "F");
        t(65, "J");
        t(75, "K");
        t(71, "O");
        t(81, "P");
        t(85, "T");
        let mut all: Vec<_> = Fdi::all().map(Fdi::universal).collect();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 52);
    }

    #[test]
    fn mirroring_changes_the_side_alone() {
        for tooth in Fdi::all() {
            let other = tooth.mirrored();
            assert_eq!(other.mirrored(), tooth);
            assert_eq!(other.side(), tooth.side().opposite());
            assert_eq!(
                (other.jaw(), other.class(), other.position()),
                (tooth.jaw(), tooth.class(), tooth.position())
            );
        }
    }

    #[test]
    fn what_is_no_tooth_is_refused() {
        for bad in ["0", "10", "19", "49", "56", "90", "-1", "16a", ""] {
            assert!(bad.parse::<Fdi>().is_err(), "{bad}");
        }
    }
}
