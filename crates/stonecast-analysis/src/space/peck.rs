//! Peck and Peck's index: the shape of the lower incisors, mesiodistal over faciolingual width.
//!
//! Units: per cent. Frame: none; widths only. Definitions and limits: `docs/methods/peck.md`.
//!
//! Steps
//! 1. [`index`] of each lower incisor; its faciolingual width is asked for.
//! 2. `shape`: below, in or above the desired range.

use stonecast_dental::{Fdi, Jaw, NotMeasured};

use super::nance::{answered_length, read_by_callipers};
use super::{remark_on_validity, row_to};
use crate::book::{Book, Spec};
use crate::grades::Bands;
use crate::rows::row;
use crate::view::View;

const METHOD: &str = "peck";

/// Mesiodistal over faciolingual width, in per cent.
pub(crate) fn index(mesiodistal: f64, faciolingual: f64) -> f64 {
    100.0 * mesiodistal / faciolingual
}

pub(crate) fn measure(book: &mut Book<'_>) {
    for tooth in row_to(Jaw::Lower, 2) {
        let spec = Spec::percent(
            format!("peck.index.{tooth}"),
            format!("Peck and Peck index of {tooth}"),
            METHOD,
        );
        book.number(spec, move |view| {
            view.need(&[tooth])?;
            remark_on_validity(view, "peck");
            Ok(index(view.mesiodistal(tooth)?, faciolingual(view, tooth)?))
        });
        shape(book, tooth);
    }
}

/// The greatest bulge of a lower incisor lies at or under the gum, where a cast shows nothing: callipers are pushed under it.
fn faciolingual(view: &View<'_>, tooth: Fdi) -> Result<f64, NotMeasured> {
    let question = format!("greatest faciolingual width of {tooth} in mm, callipers under the gum's edge");
    let read = answered_length(view, &format!("peck.faciolingual.{tooth}"), &question)?;
    Ok(read_by_callipers(
        view,
        &format!("faciolingual width of {tooth}, as answered"),
        read,
    ))
}

fn shape(book: &mut Book<'_>, tooth: Fdi) {
    let desired = row(
        "tooth_size_rules",
        if tooth.position() == 1 {
            "peck-central"
        } else {
            "peck-lateral"
        },
    );
    let spec = Spec::category(
        format!("peck.shape.{tooth}"),
        format!("shape of {tooth} after Peck and Peck"),
        METHOD,
    );
    book.category(spec, move |reader| {
        reader.rests_on(desired);
        Ok(Bands::names_from_row(desired).category(&reader.number(&format!("peck.index.{tooth}"))?))
    });
}
