//! How the arches meet, as a table for people.

use std::fmt::{self, Write as _};

use stonecast_cast::bite::BiteKind;
use stonecast_dental::{Fdi, Jaw};
use stonecast_occlusion::{Nudge, Occlusion, ProximalState, ToothRow};

use super::document::OcclusionDocument;
use crate::teeth::pictures::Numbers;

/// The analysis in words and columns.
pub fn summary(document: &OcclusionDocument, numbers: Numbers) -> String {
    let mut text = String::new();
    tell(&mut text, document, numbers).expect("a string takes every word");
    text
}

fn tell(text: &mut String, document: &OcclusionDocument, numbers: Numbers) -> fmt::Result {
    let occlusion = &document.occlusion;
    tell_bite(text, document)?;
    tell_areas(text, document)?;
    tell_balance(text, occlusion)?;
    tell_nudges(text, occlusion)?;
    tell_teeth(text, occlusion, numbers)?;
    tell_neighbours(text, occlusion, numbers)?;
    tell_sections(text, document)
}

fn tell_sections(text: &mut String, document: &OcclusionDocument) -> fmt::Result {
    for section in &document.sections {
        writeln!(text, "section  {}", section.plane.name)?;
        for calliper in &section.callipers {
            match &calliper.value {
                Ok(value) => writeln!(text, "  {:<40} {value}", calliper.name)?,
                Err(why) => writeln!(text, "  {:<40} not measured: {why}", calliper.name)?,
            }
        }
    }
    Ok(())
}

fn tell_bite(text: &mut String, document: &OcclusionDocument) -> fmt::Result {
    let bite = match document.bite {
        BiteKind::AsScanned => "as scanned",
        BiteKind::FromBiteScan => "from bite scan",
        BiteKind::Estimated => {
            "ESTIMATED, not recorded: contacts show how the arches can meet, not how they do"
        }
    };
    let noise = &document.occlusion.params.noise;
    writeln!(text, "Bite {bite}")?;
    writeln!(
        text,
        "Scanner noise of a point {:.0} µm ({}); areas are areas, not force\n",
        1000.0 * noise.local_mm,
        noise.name
    )
}

fn tell_areas(text: &mut String, document: &OcclusionDocument) -> fmt::Result {
    let occlusion = &document.occlusion;
    writeln!(
        text,
        "within     contacts  on both arches  area, mean of both arches"
    )?;
    for level in &occlusion.levels {
        writeln!(
            text,
            "{:>6.0} µm  {:>8}  {:>14}  {}",
            1000.0 * level.gap_mm,
            format!("{:.0}", level.contacts),
            level.on_both_arches,
            level.area
        )?;
    }
    let penetration = &occlusion.penetration;
    write!(text, "penetrating {:>32}", format!("{}", penetration.area))?;
    match &penetration.deepest {
        Some(deepest) => writeln!(
            text,
            "; deepest {} at {}/{}",
            deepest.depth, deepest.upper, deepest.lower
        ),
        None => writeln!(text, "; nothing passes through the other arch"),
    }?;
    writeln!(
        text,
        "Areas are of round surfaces laid through the scans' vertices. {}\n",
        match document.vertices_within.count {
            0 => "No vertex itself lies within the other arch: penetration is not shown by the scans"
                .to_owned(),
            n => format!(
                "Of the vertices themselves {n} lie within the other arch, the deepest {:.3} mm",
                document.vertices_within.deepest_mm
            ),
        }
    )
}

fn tell_balance(text: &mut String, occlusion: &Occlusion) -> fmt::Result {
    let within = 1000.0 * occlusion.contact_gap_mm;
    let share = |text: &mut String, name: &str, quantity: &Option<stonecast_dental::Quantity>| match quantity
    {
        Some(share) => writeln!(text, "{name:<44} {share:.0}"),
        None => writeln!(text, "{name:<44} not measured: no contact"),
    };
    share(
        text,
        &format!("share of the area within {within:.0} µm on the left"),
        &occlusion.balance.left_share,
    )?;
    share(
        text,
        "share of it on incisors and canines",
        &occlusion.balance.anterior_share,
    )
}

fn tell_nudges(text: &mut String, occlusion: &Occlusion) -> fmt::Result {
    let stable = occlusion.contacts.iter().filter(|c| c.stable()).count();
    let Some(first) = occlusion.nudges.first() else {
        return Ok(());
    };
    writeln!(
        text,
        "\n{stable} of {} contacts stay whichever way the bite is off by {:.0} µm; of them stay with the lower arch",
        occlusion.contacts.len(),
        1000.0 * first.by_mm
    )?;
    for nudge in &occlusion.nudges {
        writeln!(text, "  {:<14} {:>3}", nudge_words(nudge.nudge), nudge.stay)?;
    }
    Ok(())
}

fn nudge_words(nudge: Nudge) -> &'static str {
    match nudge {
        Nudge::Up => "up",
        Nudge::Down => "down",
        Nudge::RightUp => "right side raised",
        Nudge::LeftUp => "left side raised",
        Nudge::FrontUp => "front raised",
        Nudge::BackUp => "back raised",
    }
}

fn tell_teeth(text: &mut String, occlusion: &Occlusion, numbers: Numbers) -> fmt::Result {
    let level = occlusion
        .levels
        .iter()
        .position(|l| l.gap_mm == occlusion.contact_gap_mm);
    let level = level.expect("contacts are listed at one of the levels");
    for jaw in [Jaw::Upper, Jaw::Lower] {
        writeln!(
            text,
            "\n{jaw:<6} contacts (stay)  area within {:.0} µm      least gap  meets",
            1000.0 * occlusion.contact_gap_mm
        )?;
        for row in occlusion.teeth.iter().filter(|row| row.tooth.jaw() == jaw) {
            let gap = row
                .least_gap_mm
                .map_or("far".to_owned(), |g| format!("{g:.3} mm"));
            writeln!(
                text,
                "{:<6} {:>8} ({:>4})  {:>22}  {gap:>9}  {}",
                numbers.of(row.tooth),
                row.contacts,
                row.stable_contacts,
                row.areas[level].to_string(),
                of_teeth(&row.antagonists, numbers)
            )?;
        }
    }
    let none: Vec<Fdi> = occlusion
        .teeth
        .iter()
        .filter(|r| r.without_contact())
        .map(tooth)
        .collect();
    if !none.is_empty() {
        writeln!(text, "\nwithout contact  {}", of_teeth(&none, numbers))?;
    }
    Ok(())
}

fn tooth(row: &ToothRow) -> Fdi {
    row.tooth
}

fn of_teeth(teeth: &[Fdi], numbers: Numbers) -> String {
    teeth.iter().map(|t| numbers.of(*t)).collect::<Vec<_>>().join(" ")
}

fn tell_neighbours(text: &mut String, occlusion: &Occlusion, numbers: Numbers) -> fmt::Result {
    let open: Vec<String> = (occlusion.proximal.iter())
        .filter(|row| row.state == ProximalState::Open)
        .map(|row| {
            let doubt = if row.borderline { " (borderline)" } else { "" };
            format!(
                "{}-{} {}{doubt}",
                numbers.of(row.right),
                numbers.of(row.left),
                row.gap
            )
        })
        .collect();
    if open.is_empty() {
        writeln!(text, "open contacts between neighbours  none")?;
    } else {
        writeln!(text, "open contacts between neighbours\n  {}", open.join("\n  "))?;
    }
    let soft: Vec<Fdi> = occlusion.soft_tissue.iter().map(|s| s.tooth).collect();
    if soft.is_empty() {
        return Ok(());
    }
    writeln!(
        text,
        "teeth on the other arch's gum     {}",
        of_teeth(&soft, numbers)
    )
}
