//! Nance and Huckaba: the space for unerupted teeth whose widths come from radiographs.
//!
//! Units: mm. Frame: none; widths only. Definitions and limits: `docs/methods/mixed-dentition.md`.
//!
//! Steps
//! 1. [`huckaba`]: a tooth's width on the film, scaled by a tooth that is seen on the film and measured on the cast.
//! 2. `width`: of a tooth on the cast; else as answered; else after Huckaba.
//! 3. `nance`: the available space less the widths of the ten teeth in front of the first molars.

use stonecast_dental::{Fdi, Jaw, NotMeasured};

use super::arch_length::available;
use super::mixed::need_mixed;
use super::{JAWS, row_to};
use crate::book::{Book, Spec};
use crate::rows::row;
use crate::subject::Answer;
use crate::view::View;

const METHOD: &str = "mixed-dentition";

/// The true width of a tooth from its width on a film, the true width of a reference tooth and its width on the same film.
pub(crate) fn huckaba(film: f64, reference: f64, reference_film: f64) -> f64 {
    film * reference / reference_film
}

/// A length that a person answered.
pub(crate) fn answered_length(view: &View<'_>, key: &str, question: &str) -> Result<f64, NotMeasured> {
    match view.answer(key, question)? {
        Answer::Number(length) if length.is_finite() && *length > 0.0 => Ok(*length),
        _ => Err(NotMeasured::OutOfRange {
            what: format!("answer {key} is not a length in mm"),
        }),
    }
}

/// A length that a person read from callipers, with what such readings are off by.
pub(crate) fn read_by_callipers(view: &View<'_>, what: &str, length: f64) -> f64 {
    let precision = row("space", "calliper-reading");
    view.rests_on(precision);
    view.given(what, length, precision.number("value"))
}

/// The reference tooth that stands for the film's enlargement.
fn reference(view: &View<'_>, tooth: Fdi) -> Result<Fdi, NotMeasured> {
    let key = format!("radiograph.reference.{tooth}");
    let question = format!("number of an erupted tooth that is seen on the same film as {tooth}");
    let named = match view.answer(&key, &question)? {
        Answer::Number(number) if number.fract() == 0.0 && (11.0..=85.0).contains(number) => {
            Fdi::new(*number as u8).ok()
        }
        Answer::Text(text) => text.parse().ok(),
        _ => None,
    };
    named.ok_or_else(|| NotMeasured::OutOfRange {
        what: format!("answer {key} is not a tooth's number"),
    })
}

fn by_huckaba(view: &View<'_>, tooth: Fdi) -> Result<f64, NotMeasured> {
    let question = format!("mesiodistal width of {tooth} on the film, mm");
    let film = answered_length(view, &format!("radiograph.film.{tooth}"), &question)?;
    let reference = reference(view, tooth)?;
    let question = format!("mesiodistal width of {reference} on the film of {tooth}, mm");
    let on_film = answered_length(view, &format!("radiograph.reference_film.{tooth}"), &question)?;
    view.need(&[reference])?;
    let film = read_by_callipers(view, &format!("width of {tooth} on the film, as answered"), film);
    let on_film = read_by_callipers(
        view,
        &format!("width of {reference} on the film, as answered"),
        on_film,
    );
    view.remark("the film's own distortion is not in the uncertainty");
    Ok(huckaba(film, view.mesiodistal(reference)?, on_film))
}

fn width(view: &View<'_>, tooth: Fdi) -> Result<f64, NotMeasured> {
    if view.has(tooth) {
        return view.mesiodistal(tooth);
    }
    let question = format!("true mesiodistal width of the unerupted {tooth} from radiographs, mm");
    let direct = answered_length(view, &format!("radiograph.width.{tooth}"), &question);
    match direct {
        Err(NotMeasured::NotOnCast { .. }) => match by_huckaba(view, tooth) {
            // Nothing of the film was answered: ask for the plain width.
            Err(NotMeasured::NotOnCast { answer, .. }) if answer.starts_with("radiograph.film.") => direct,
            other => other,
        },
        other => other,
    }
}

pub(crate) fn measure(book: &mut Book<'_>) {
    for jaw in JAWS {
        let there = book.subject().row(jaw);
        // Only teeth that have not come yet are looked for on a film.
        let unerupted = row_to(jaw, 5).into_iter().filter(|t| t.position() >= 3);
        let mixed = there.iter().any(|t| t.is_primary()) && there.iter().any(|t| !t.is_primary());
        for tooth in unerupted.filter(|t| mixed && !there.contains(t)) {
            let spec = Spec::mm(
                format!("huckaba.width.{tooth}"),
                format!("Huckaba: width of the unerupted {tooth}"),
                METHOD,
            );
            book.number(spec.about([tooth]), move |view| by_huckaba(view, tooth));
        }
        let spec = Spec::mm(
            format!("nance.discrepancy.{}", jaw.name()),
            format!("Nance: available less required space of the {} arch", jaw.name()),
            METHOD,
        );
        book.number(spec, move |view| nance(view, jaw));
    }
}

fn nance(view: &View<'_>, jaw: Jaw) -> Result<f64, NotMeasured> {
    need_mixed(view, jaw)?;
    let ten = row_to(jaw, 5);
    // An incisor that is not there has no place in a mixed dentition of this stage.
    let incisors: Vec<Fdi> = ten.iter().copied().filter(|t| t.position() <= 2).collect();
    view.need(&incisors)?;
    let required: f64 = ten.iter().map(|t| width(view, *t)).sum::<Result<_, _>>()?;
    view.remark(
        "widths from radiographs are taken as they were answered; their own uncertainty is not known",
    );
    Ok(available(view, jaw)? - required)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enlargement_of_the_film_cancels() {
        for enlargement in [1.0, 1.07, 1.25] {
            let found = huckaba(7.1 * enlargement, 9.9, 9.9 * enlargement);
            assert!((found - 7.1).abs() < 1e-12);
        }
    }
}
