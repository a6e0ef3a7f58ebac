//! Which tooth stands in a place, and where its edge or facial cusp is.
//!
//! Units: mm. Frame: the cast frame.

use stonecast_dental::{Fdi, Jaw, NotMeasured, Side};
use stonecast_mesh::Point;

use crate::book::Reader;
use crate::size::facial_tips;
use crate::subject::Subject;
use crate::view::View;

/// Both sides, the patient's right first.
pub(super) const SIDES: [Side; 2] = [Side::Right, Side::Left];

/// The tooth in a place, counted from the midline: the permanent one, or the primary one where that alone is there.
/// An empty place is called by its permanent tooth.
pub(super) fn in_place(subject: &Subject<'_>, jaw: Jaw, side: Side, position: u8) -> Fdi {
    let permanent = Fdi::permanent(jaw, side, position).expect("positions here are 1 to 8");
    let primary = Fdi::primary(jaw, side, position).filter(|t| subject.index_of(*t).is_some());
    match primary {
        Some(primary) if subject.index_of(permanent).is_none() => primary,
        _ => permanent,
    }
}

/// The lower tooth in the same place as an upper one.
pub(super) fn opposite(subject: &Subject<'_>, upper: Fdi) -> Fdi {
    in_place(subject, upper.jaw().antagonist(), upper.side(), upper.position())
}

/// The teeth in some places of both sides, from the patient's right to the left.
pub(super) fn row(subject: &Subject<'_>, jaw: Jaw, last: u8) -> Vec<Fdi> {
    let right = (1..=last).rev().map(|p| in_place(subject, jaw, Side::Right, p));
    let left = (1..=last).map(|p| in_place(subject, jaw, Side::Left, p));
    right.chain(left).collect()
}

/// The middle of an incisor's edge, or a tooth's tip on the facial side.
pub(super) fn tip(view: &View<'_>, tooth: Fdi) -> Result<Point, NotMeasured> {
    view.first_point(tooth, facial_tips(tooth))
}

/// Why a line through some teeth has fewer than two points: those that are not there, else the first without its part.
pub(super) fn too_few(view: &View<'_>, teeth: &[Fdi], part: &str) -> NotMeasured {
    let missing: Vec<Fdi> = teeth.iter().copied().filter(|t| !view.has(*t)).collect();
    match teeth.first() {
        Some(tooth) if missing.is_empty() => NotMeasured::NoPart {
            tooth: *tooth,
            part: part.to_owned(),
        },
        _ => NotMeasured::MissingTeeth { teeth: missing },
    }
}

/// The finding under an id with a tooth each that matters most by some rank, of those that were measured.
///
/// # Errors
/// When none was measured: the reason of the first.
pub(super) fn most<T>(
    reader: &Reader<'_>,
    ids: &[String],
    read: impl Fn(&str) -> Result<T, NotMeasured>,
    rank: impl Fn(&T) -> f64,
) -> Result<T, NotMeasured> {
    let mut best: Option<T> = None;
    let mut first = None;
    for id in ids {
        match read(id) {
            Ok(found) if best.as_ref().is_none_or(|b| rank(&found) > rank(b)) => best = Some(found),
            Ok(_) => {}
            Err(why) => {
                if !matches!(why.root(), NotMeasured::MissingTeeth { .. }) {
                    reader.remark(&format!("{id} was not measured and is left out"));
                }
                first = first.or(Some(why));
            }
        }
    }
    match (best, first) {
        (Some(best), _) => Ok(best),
        (None, Some(why)) => Err(why),
        (None, None) => Err(NotMeasured::NotApplicable {
            why: "the dentition has no such tooth".to_owned(),
        }),
    }
}
