//! Front teeth in crossbite or edge to edge.
//!
//! Units: none. Frame: the cast frame. Definitions and limits: `docs/methods/anterior-crossbite.md`.
//!
//! Steps
//! 1. `measure`: the overjet from edge to edge of each upper incisor and canine is put into the bands of the table.

use stonecast_dental::Jaw;

use super::TABLE;
use super::teeth::row;
use crate::book::{Book, Spec};
use crate::grades::Bands;
use crate::rows::row as table_row;

const METHOD: &str = "anterior-crossbite";

pub(crate) fn measure(book: &mut Book<'_>) {
    for upper in row(book.subject(), Jaw::Upper, 3) {
        let spec = Spec::category(
            format!("crossbite.{upper}"),
            format!("crossbite of {upper}"),
            METHOD,
        );
        book.category(spec, move |reader| {
            let bands = table_row(TABLE, "anterior-crossbite");
            reader.rests_on(bands);
            let overjet = reader.number(&format!("overjet.edge.{upper}"))?;
            Ok(Bands::names_from_row(bands).category(&overjet))
        });
    }
}
