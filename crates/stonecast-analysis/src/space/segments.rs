//! The segmental analysis: an arch in six straight pieces of two teeth each, as Lundström's.
//!
//! Units: mm. Frame: lengths parallel to the occlusal plane of the cast frame. Definitions: `docs/methods/arch-length.md`.
//!
//! Steps
//! 1. `ends` of a segment: halfway between its last teeth and their neighbours; at the back the first molar's distal contact
//!    point.
//! 2. `segment`: the straight distance of its ends less the widths of its two teeth.
//! 3. The sum over the six.

use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured, Side};
use stonecast_mesh::Point;

use super::neighbours::boundary;
use super::{JAWS, row_to, sum};
use crate::book::{Book, Spec};
use crate::geometry::horizontal_distance;
use crate::view::View;

const METHOD: &str = "arch-length";

/// The segments of a side: id, words, the position of its mesial tooth.
const SEGMENTS: [(&str, &str, u8); 3] = [
    ("incisors", "incisors", 1),
    ("canine", "canine and first premolar", 3),
    ("molar", "second premolar and first molar", 5),
];

fn tooth(jaw: Jaw, side: Side, position: u8) -> Fdi {
    Fdi::permanent(jaw, side, position).expect("positions 1 to 8 exist")
}

/// The end of a segment towards the midline: halfway between a tooth and its mesial neighbour.
fn mesial_end(view: &View<'_>, jaw: Jaw, side: Side, position: u8) -> Result<Point, NotMeasured> {
    let own = tooth(jaw, side, position);
    let neighbour = if position == 1 {
        own.mirrored()
    } else {
        tooth(jaw, side, position - 1)
    };
    // Neighbours are named from the patient's right.
    let neighbour_is_left = match side {
        Side::Right => true,
        Side::Left => false,
    };
    if neighbour_is_left {
        boundary(view, own, neighbour)
    } else {
        boundary(view, neighbour, own)
    }
}

fn segment(view: &View<'_>, jaw: Jaw, side: Side, mesial: u8) -> Result<f64, NotMeasured> {
    let own = [tooth(jaw, side, mesial), tooth(jaw, side, mesial + 1)];
    view.need(&own)?;
    let near = mesial_end(view, jaw, side, mesial)?;
    let far = if mesial + 1 == 6 {
        view.point(own[1], K::DistalContact)?
    } else {
        mesial_end(view, jaw, side, mesial + 2)?
    };
    view.draw(&format!("segment {} {}", own[0], own[1]), [near, far]);
    Ok(horizontal_distance(&near, &far) - sum(view, &own)?)
}

pub(crate) fn measure(book: &mut Book<'_>) {
    for jaw in JAWS {
        for side in [Side::Right, Side::Left] {
            for (key, words, mesial) in SEGMENTS {
                let spec = Spec::mm(
                    format!("space.segment.{}.{key}.{}", jaw.name(), side.name()),
                    format!(
                        "available less required space, {} {} segment, {words}",
                        jaw.name(),
                        side.name()
                    ),
                    METHOD,
                );
                let about = [tooth(jaw, side, mesial), tooth(jaw, side, mesial + 1)];
                book.number(spec.about(about), move |view| segment(view, jaw, side, mesial));
            }
        }
        let spec = Spec::mm(
            format!("space.segments.{}", jaw.name()),
            format!(
                "available less required space of the {} arch, sum of six segments",
                jaw.name()
            ),
            METHOD,
        );
        book.number(spec, move |view| {
            view.need(&row_to(jaw, 6))?;
            let mut total = 0.0;
            for side in [Side::Right, Side::Left] {
                for (_, _, mesial) in SEGMENTS {
                    total += segment(view, jaw, side, mesial)?;
                }
            }
            Ok(total)
        });
    }
}
