//! What the teeth do on the articulator, as tables for people.

use std::fmt::{self, Write as _};

use stonecast_articulator::{Articulator, GuideShape, IncisalGuide};
use stonecast_cast::bite::BiteKind;
use stonecast_dental::{Fdi, Sides, finding::COVERAGE};
use stonecast_occlusion::excursion::{Excursion, ToothPair};

use super::case::{Articulated, Motion};
use crate::teeth::pictures::Numbers;

/// Mounting, settings and every motion in words and columns.
pub fn summary(articulated: &Articulated<'_>, numbers: Numbers) -> String {
    let mut text = String::new();
    tell(&mut text, articulated, numbers).expect("a string takes every word");
    text
}

fn tell(text: &mut String, articulated: &Articulated<'_>, numbers: Numbers) -> fmt::Result {
    if articulated.head.bite == BiteKind::Estimated {
        writeln!(
            text,
            "Bite ESTIMATED, not recorded: what follows shows how the arches could move, not how they do"
        )?;
    }
    tell_articulator(text, &articulated.articulator)?;
    writeln!(
        text,
        "What leads, and how far teeth come apart, is reckoned from the first pair to touch; the pin does not count. ± holds scanner and \
         bite, for this axis and these settings"
    )?;
    if !articulated.doubts.is_empty() {
        let teeth: Vec<String> = articulated.doubts.iter().map(|t| numbers.of(*t)).collect();
        writeln!(
            text,
            "IN DOUBT     the numbers of {}: look at the teeth first",
            teeth.join(" ")
        )?;
    }
    for motion in &articulated.motions {
        tell_motion(text, motion, numbers)?;
    }
    Ok(())
}

fn tell_articulator(text: &mut String, articulator: &Articulator) -> fmt::Result {
    let (mounting, settings) = (&articulator.mounting, &articulator.settings);
    let known = match mounting.uncertainty {
        Some(mm) => format!("axis known to ± {mm}"),
        None => "nobody said how well the axis is known".to_owned(),
    };
    writeln!(text, "mounted by   {}; {known}", mounting.method.words())?;
    writeln!(
        text,
        "angles to    {}, {:.1}° up in front against the occlusal plane",
        mounting.plane.name.words(),
        mounting.plane.tilt_from_occlusal().0
    )?;
    writeln!(
        text,
        "articulator  {}: inclination {}, Bennett angle {}, side shift {}",
        settings.preset,
        both(settings.inclination.map(|a| a.0), "°"),
        both(settings.bennett.map(|a| a.0), "°"),
        both(settings.side_shift.map(|s| s.0), " mm")
    )?;
    let guide = match settings.guide {
        GuideShape::Straight => "straight".to_owned(),
        GuideShape::Arc { radius } => format!("arc of radius {radius}"),
    };
    let pin = match settings.incisal {
        IncisalGuide::Free => "no incisal guidance: the condyles carry the jaw, without rotation".to_owned(),
        IncisalGuide::Table { protrusive, lateral } => format!(
            "incisal table {}° forward, {} to the side",
            protrusive.0,
            both(lateral.map(|a| a.0), "°")
        ),
    };
    writeln!(
        text,
        "             guides {guide}, Fischer angle {}; {pin}",
        both(settings.fischer.map(|a| a.0), "°")
    )
}

/// One number where both sides have it, else right and left.
fn both(sides: Sides<f64>, unit: &str) -> String {
    let rounded = |value: f64| {
        let hundredths = (100.0 * value).round() / 100.0;
        // No sign for nothing.
        hundredths + 0.0
    };
    let (right, left) = (rounded(sides.right), rounded(sides.left));
    if right == left {
        format!("{right}{unit}")
    } else {
        format!("{right}{unit} right, {left}{unit} left")
    }
}

fn tell_motion(text: &mut String, motion: &Motion, numbers: Numbers) -> fmt::Result {
    let excursion = &motion.excursion;
    let way = motion.path.steps.iter().map(|s| s.travel.0).fold(0.0, f64::max);
    writeln!(
        text,
        "\n{} to {way:.1} mm in {} steps",
        motion.name,
        motion.path.steps.len().saturating_sub(1)
    )?;
    if !motion.teeth_can_lead() {
        return writeln!(text, "  teeth do not lead in it: nothing is assessed");
    }
    tell_guidance(text, excursion, numbers)?;
    tell_interferences(text, excursion, numbers)?;
    tell_discclusion(text, excursion, numbers)
}

fn tell_guidance(text: &mut String, excursion: &Excursion, numbers: Numbers) -> fmt::Result {
    match &excursion.guidance {
        Ok(reading) => {
            write!(text, "  leads          {}", reading.guidance.name())?;
            if !reading.others.is_empty() {
                let others: Vec<&str> = reading.others.iter().map(|g| g.name()).collect();
                write!(text, " (borderline: or {})", others.join(", "))?;
            }
            writeln!(text, "; on the way {}", pairs(&reading.pairs, numbers))?;
        }
        Err(why) => writeln!(text, "  leads          not measured: {why}")?,
    }
    match &excursion.path.angle {
        Ok(angle) => writeln!(
            text,
            "  guidance angle {:.1} ± {:.1}° to {}",
            angle.angle.0,
            COVERAGE * angle.uncertainty.0,
            excursion.plane.name
        ),
        Err(why) => writeln!(text, "  guidance angle not measured: {why}"),
    }
}

fn tell_interferences(text: &mut String, excursion: &Excursion, numbers: Numbers) -> fmt::Result {
    let tell = |text: &mut String, heading: &str, separates: bool| {
        let found: Vec<_> = (excursion.interferences.iter())
            .filter(|i| i.separates == separates)
            .collect();
        if found.is_empty() {
            return writeln!(text, "  {heading:<14} none");
        }
        for (place, i) in found.iter().enumerate() {
            let heading = if place == 0 { heading } else { "" };
            let does = if separates {
                format!(
                    "holds the teeth that should lead {:.2} ± {:.2} mm apart",
                    i.lift.0,
                    COVERAGE * i.uncertainty.0
                )
            } else {
                "comes near beside the teeth that lead".to_owned()
            };
            writeln!(
                text,
                "  {heading:<14} {} {} between {:.1} and {:.1} mm: {does}",
                i.kind.name(),
                pair(i.pair, numbers),
                i.from.0.min(i.to.0),
                i.from.0.max(i.to.0)
            )?;
        }
        Ok(())
    };
    tell(text, "interferences", true)?;
    tell(text, "near contacts", false)
}

/// How far apart teeth come, the upper ones, from the patient's right to the left.
fn tell_discclusion(text: &mut String, excursion: &Excursion, numbers: Numbers) -> fmt::Result {
    let mut upper: Vec<_> = excursion
        .discclusion
        .iter()
        .filter(|d| d.tooth.jaw() == stonecast_dental::Jaw::Upper)
        .collect();
    if upper.is_empty() {
        return Ok(());
    }
    upper.sort_by_key(|d| stonecast_analysis::subject::place_in_row(d.tooth));
    let teeth: Vec<String> = upper
        .iter()
        .map(|d| format!("{:>6}", numbers.of(d.tooth)))
        .collect();
    let heights: Vec<String> = upper
        .iter()
        .map(|d| format!("{:>6.2}", not_below_zero(d.height.0)))
        .collect();
    writeln!(text, "  teeth          {}", teeth.join(""))?;
    writeln!(text, "  apart at 3 mm  {}", heights.join(""))
}

/// A height that rounds to nothing has no sign.
fn not_below_zero(height: f64) -> f64 {
    if height.abs() < 0.005 { 0.0 } else { height }
}

fn pairs(all: &[ToothPair], numbers: Numbers) -> String {
    let words: Vec<String> = all.iter().map(|p| pair(*p, numbers)).collect();
    words.join(", ")
}

/// As dentists write it: upper over lower.
pub fn pair(teeth: ToothPair, numbers: Numbers) -> String {
    let of = |t: Fdi| numbers.of(t);
    format!("{}/{}", of(teeth.upper), of(teeth.lower))
}
