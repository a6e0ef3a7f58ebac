//! What the teeth do on the articulator, as tables for people.

use std::fmt::{self, Write as _};

use stonecast_articulator::{Articulator, GuideShape, IncisalGuide};
use stonecast_dental::{Fdi, Sides};
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
    tell_articulator(text, &articulated.articulator)?;
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
        IncisalGuide::Free => "pin lifted: the condyles alone lead".to_owned(),
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
    if sides.right == sides.left {
        format!("{}{unit}", sides.right)
    } else {
        format!("{}{unit} right, {}{unit} left", sides.right, sides.left)
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
        return Ok(());
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
            stonecast_dental::finding::COVERAGE * angle.uncertainty.0,
            excursion.plane.name
        ),
        Err(why) => writeln!(text, "  guidance angle not measured: {why}"),
    }
}

fn tell_interferences(text: &mut String, excursion: &Excursion, numbers: Numbers) -> fmt::Result {
    if excursion.interferences.is_empty() {
        return writeln!(text, "  interferences  none");
    }
    for (place, found) in excursion.interferences.iter().enumerate() {
        let what = if place == 0 { "interferences" } else { "" };
        let does = if found.separates {
            format!("lifts the teeth that should lead by {:.2} mm", found.lift.0)
        } else {
            "touches beside the teeth that lead".to_owned()
        };
        writeln!(
            text,
            "  {what:<14} {} {} from {:.1} to {:.1} mm: {does}",
            found.kind.name(),
            pair(found.pair, numbers),
            found.from.0,
            found.to.0
        )?;
    }
    Ok(())
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
    writeln!(text, "  apart, mm      {}", heights.join(""))
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
