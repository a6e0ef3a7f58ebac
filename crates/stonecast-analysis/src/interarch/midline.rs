//! Midlines: of the lower arch against the upper, and of each against the middle of the cast.
//!
//! Units: mm along x, positive to the patient's left. Frame: the cast frame. Definitions and limits:
//! `docs/methods/midline.md`.
//!
//! Steps
//! 1. `dental`: halfway between the mesial contact points of the two central incisors.
//! 2. `middle`: the mean of the middles of the pairs of canines, premolars and first molars of the upper arch.
//! 3. `measure`: the differences.

use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured, Side};

use super::teeth::{in_place, tip};
use crate::book::{Book, Spec};
use crate::view::View;

const METHOD: &str = "midline";

pub(crate) fn measure(book: &mut Book<'_>) {
    let spec = Spec::mm(
        "midline.deviation",
        "lower midline against the upper, to the left",
        METHOD,
    );
    book.number(spec, |view| {
        view.bite()?;
        Ok(dental(view, Jaw::Lower)? - dental(view, Jaw::Upper)?)
    });
    for jaw in [Jaw::Upper, Jaw::Lower] {
        let spec = Spec::mm(
            format!("midline.{jaw}"),
            format!("{jaw} midline against the middle of the cast, to the left"),
            METHOD,
        );
        book.number(spec, move |view| {
            let dental = dental(view, jaw)?;
            if jaw == Jaw::Lower && view.subject().cast.upper.is_some() {
                view.bite()?;
            }
            Ok(dental - middle(view, jaw)?)
        });
    }
}

fn pair(view: &View<'_>, jaw: Jaw, position: u8) -> [Fdi; 2] {
    [Side::Right, Side::Left].map(|side| in_place(view.subject(), jaw, side, position))
}

fn dental(view: &View<'_>, jaw: Jaw) -> Result<f64, NotMeasured> {
    let [right, left] = pair(view, jaw, 1);
    view.need(&[right, left])?;
    let x = |tooth| view.point(tooth, K::MesialContact).map(|p| p.x);
    Ok((x(right)? + x(left)?) / 2.0)
}

/// The upper arch tells where the middle is; a lower arch by itself tells its own.
fn middle(view: &View<'_>, jaw: Jaw) -> Result<f64, NotMeasured> {
    let of = if view.subject().cast.upper.is_some() {
        Jaw::Upper
    } else {
        view.remark(&format!(
            "without an upper arch, the middle is that of the {jaw} one"
        ));
        jaw
    };
    let mut middles = Vec::new();
    for position in 3..=6 {
        let [right, left] = pair(view, of, position);
        // A primary tooth is no twin of a permanent one.
        if view.has(right) && left == right.mirrored() && view.has(left) {
            middles.push((tip(view, right)?.x + tip(view, left)?.x) / 2.0);
        }
    }
    if middles.is_empty() {
        let teeth = (3..=6).flat_map(|p| pair(view, of, p)).filter(|t| !view.has(*t));
        let teeth: Vec<Fdi> = teeth.collect();
        return Err(if teeth.is_empty() {
            NotMeasured::NotApplicable {
                why: "no canine, premolar or first molar has its twin".to_owned(),
            }
        } else {
            NotMeasured::MissingTeeth { teeth }
        });
    }
    Ok(middles.iter().sum::<f64>() / middles.len() as f64)
}
