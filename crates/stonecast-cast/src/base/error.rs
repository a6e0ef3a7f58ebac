//! Why no base can be made, and what to do about it.

use stonecast_dental::Jaw;
use thiserror::Error;

/// Why no base can be made.
#[derive(Clone, Debug, PartialEq, Error)]
#[non_exhaustive]
pub enum BaseError {
    /// Neither arch was given.
    #[error("no arch was given; a base needs at least one")]
    NoArch,
    /// An arch without a triangle.
    #[error("the {jaw} arch has no surface; check the scan")]
    EmptyArch {
        /// Which arch.
        jaw: Jaw,
    },
    /// A preset that the table does not have.
    #[error("there is no base preset `{name}`; use one of {known}")]
    UnknownPreset {
        /// What was asked for.
        name: String,
        /// The presets there are.
        known: String,
    },
    /// The border lies on the wrong side of the occlusal plane.
    #[error(
        "the border of the {jaw} arch lies {height_mm:.1} mm from the occlusal plane on the side of the \
         opposing teeth, so the arch is not in the cast frame; orient it first, or check that upper and \
         lower are not exchanged"
    )]
    NotInCastFrame {
        /// Which arch.
        jaw: Jaw,
        /// The border's median height towards the base, in mm; negative here.
        height_mm: f64,
    },
    /// Nothing is left of an arch inside the trim line.
    #[error("trimming leaves nothing of the {jaw} arch; its border must enclose the teeth")]
    NothingLeft {
        /// Which arch.
        jaw: Jaw,
    },
    /// The trim lines of an arch cross each other, whatever the trim height.
    #[error(
        "the trim line of the {jaw} arch crosses itself: the surface overlaps itself at the border; clean the \
         scan (`clean`) or cut its border back"
    )]
    TrimLineCrosses {
        /// Which arch.
        jaw: Jaw,
    },
    /// Label, drain holes and outline of a base run into each other.
    #[error(
        "label, drain holes and outline of the {jaw} base run into each other; put the label on the other face, \
         or use fewer drain holes"
    )]
    FaceCrowded {
        /// Which arch.
        jaw: Jaw,
    },
    /// The label has no line with a visible character.
    #[error("the label is empty; give a text or leave the label out")]
    EmptyLabel,
    /// A character that the font lacks.
    #[error(
        "the label's character U+{code:04X} is not in the font; use Latin letters, digits and punctuation"
    )]
    NoGlyph {
        /// The character's code point; the text itself may name a patient and is not repeated.
        code: u32,
    },
    /// The label would be too small to print legibly.
    #[error(
        "the label would need strokes of {stroke_mm:.2} mm, thinner than the {least_mm} mm that print legibly; \
         shorten it, break it into more lines, or put it on the other face"
    )]
    LabelTooSmall {
        /// The stroke width that would fit.
        stroke_mm: f64,
        /// The least one allowed.
        least_mm: f64,
    },
    /// The base has no room for the label on the face asked for.
    #[error("the {jaw} base has no face large enough for a label there; put it on the other face")]
    NoLabelFace {
        /// Which arch.
        jaw: Jaw,
    },
    /// A wall outside what can be printed.
    #[error("a wall of {wall_mm} mm is out of range; use {least_mm} mm or more")]
    WallTooThin {
        /// What was asked for.
        wall_mm: f64,
        /// The least one allowed.
        least_mm: f64,
    },
    /// The base is too small to be hollow with this wall.
    #[error(
        "the {jaw} base has no room for a cavity with a wall of {wall_mm} mm; use a thinner wall or a solid base"
    )]
    NoCavity {
        /// Which arch.
        jaw: Jaw,
        /// The wall asked for.
        wall_mm: f64,
    },
    /// No place for the drain holes.
    #[error(
        "the cavity of the {jaw} base has no place for {count} drain holes of {diameter_mm} mm; use fewer or \
         smaller holes, or a thinner wall"
    )]
    NoDrainPlace {
        /// Which arch.
        jaw: Jaw,
        /// How many holes.
        count: usize,
        /// Their diameter.
        diameter_mm: f64,
    },
}
