//! Depth and length of the arch: from the incisors back to lines between teeth, and chords of each side.
//!
//! Units: mm. Frame: the cast frame. Definitions: `docs/methods/arch-depth.md`.
//!
//! Steps
//! 1. `depth`: from the middle of the central incisal edges, at right angles to a line, in the occlusal plane.
//! 2. `korkhaus`: from the central incisors' most labial points to the line between Pont's premolar points, in space.
//! 3. `chord`: from the contact of the central incisors to the mesial contact of a first molar, in the occlusal plane.

use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured, Side};
use stonecast_mesh::Point;

use crate::arch::widths::{CUSP, Convention, DISTAL, FOSSA, MESIAL, PONT};
use crate::arch::{JAWS, SIDES, central_incisors, incisal_middle, permanent};
use crate::book::{Book, Spec};
use crate::geometry::{horizontal, horizontal_distance, middle};
use crate::view::View;

const METHOD: &str = "arch-depth";

/// Lines: name of the teeth in ids and words, primary or not, position, points.
type Line = (&'static str, &'static str, bool, u8, Convention);
const LINES: [Line; 9] = [
    ("canine", "canines", false, 3, CUSP),
    ("molar1", "first molars", false, 6, MESIAL),
    ("molar1", "first molars", false, 6, CUSP),
    ("molar1", "first molars", false, 6, FOSSA),
    ("molar1", "first molars", false, 6, DISTAL),
    ("molar2", "second molars", false, 7, CUSP),
    ("molar2", "second molars", false, 7, DISTAL),
    ("primary_canine", "primary canines", true, 3, CUSP),
    ("primary_molar2", "second primary molars", true, 5, DISTAL),
];

pub(crate) fn measure(book: &mut Book<'_>) {
    for jaw in JAWS {
        let row = book.subject().row(jaw);
        for (name, words, primary, position, (key, points, at)) in LINES {
            let tooth = |side| match primary {
                true => Fdi::primary(jaw, side, position),
                false => Fdi::permanent(jaw, side, position),
            };
            let (Some(right), Some(left)) = (tooth(Side::Right), tooth(Side::Left)) else {
                continue;
            };
            if primary && ![right, left].iter().any(|t| row.contains(t)) {
                continue;
            }
            let spec = Spec::mm(
                format!("arch.depth.{name}.{key}.{jaw}"),
                format!("depth of the {jaw} arch to the {words}, {points}"),
                METHOD,
            );
            book.number(spec, move |view| {
                let incisors = central_incisors(view, jaw);
                view.need(&[incisors[0], incisors[1], right, left])?;
                depth(view, jaw, [at(view, right)?, at(view, left)?])
            });
        }
        let spec = Spec::mm(
            format!("arch.depth.premolar1.korkhaus.{jaw}"),
            format!("Korkhaus's anterior length of the {jaw} arch"),
            METHOD,
        );
        book.number(spec, move |view| korkhaus(view, jaw));
        for side in SIDES {
            let spec = Spec::mm(
                format!("arch.length.{}.{jaw}", side.name()),
                format!("{} {jaw} arch length, midline to first molar", side.name()),
                METHOD,
            );
            book.number(spec, move |view| chord(view, jaw, side));
        }
    }
}

/// Positive where the incisors stand before the line, which runs from right to left.
fn depth(view: &View<'_>, jaw: Jaw, line: [Point; 2]) -> Result<f64, NotMeasured> {
    let front = incisal_middle(view, jaw)?;
    let along = horizontal(line[1] - line[0]);
    let from = horizontal(front - line[0]);
    let depth = along.perp(&from) / -along.norm();
    view.draw("line", line);
    let share = from.dot(&along) / along.norm_squared();
    view.draw("depth", [front, line[0] + (line[1] - line[0]) * share]);
    Ok(depth)
}

/// The foot lies in the air above the palate, so that only a distance in space is well defined.
pub(crate) fn korkhaus(view: &View<'_>, jaw: Jaw) -> Result<f64, NotMeasured> {
    let incisors = central_incisors(view, jaw);
    let premolars = SIDES.map(|side| permanent(jaw, side, 4));
    view.need(&[incisors, premolars].concat())?;
    let [a, b] = incisors.map(|tooth| view.point(tooth, K::MostBuccal));
    let front = middle(&a?, &b?);
    let [right, left] = premolars.map(|tooth| PONT.2(view, tooth));
    let (right, left) = (right?, left?);
    let along = left - right;
    let foot = right + along * ((front - right).dot(&along) / along.norm_squared());
    view.draw("line", [right, left]);
    view.draw("depth", [front, foot]);
    Ok((front - foot).norm())
}

fn chord(view: &View<'_>, jaw: Jaw, side: Side) -> Result<f64, NotMeasured> {
    let incisors = central_incisors(view, jaw);
    let molar = permanent(jaw, side, 6);
    view.need(&[incisors[0], incisors[1], molar])?;
    let [right, left] = incisors.map(|tooth| view.point(tooth, K::MesialContact));
    let ends = [middle(&right?, &left?), view.point(molar, K::MesialContact)?];
    view.draw("length", ends);
    Ok(horizontal_distance(&ends[0], &ends[1]))
}

#[cfg(test)]
mod tests {
    use crate::truth::{TrueCast, number};
    use crate::{Params, measure};
    use stonecast_dental::Findings;
    use stonecast_testkit::DentitionSpec;

    fn all(depth: f64) -> Findings {
        let spec = DentitionSpec {
            triangles: 12_000,
            arch_depth_mm: depth,
            ..DentitionSpec::default()
        };
        measure(&TrueCast::new(&spec).measured(), &Params::default())
    }

    #[test]
    fn the_depth_to_the_molars_is_the_depth_that_the_arch_was_made_with() {
        // The teeth fill the arch form from the midline, so that the molars stand where their widths leave them: within
        // two millimetres of the place that the spec names.
        let [shallow, deep] = [27.0, 30.0].map(all);
        let id = "arch.depth.molar1.fossa.upper";
        let found = [number(&shallow, id), number(&deep, id)];
        assert!(
            (found[0] - 27.0).abs() < 2.0 && (found[1] - 30.0).abs() < 2.0,
            "{found:?}"
        );
    }

    #[test]
    fn lines_follow_each_other_from_the_front_to_the_back() {
        let findings = all(28.5);
        for jaw in ["upper", "lower"] {
            let order = [
                "canine.cusp",
                "molar1.mesial_contact",
                "molar1.cusp",
                "molar1.distal_contact",
            ];
            let depths = order.map(|line| number(&findings, &format!("arch.depth.{line}.{jaw}")));
            assert!(depths.is_sorted() && depths[0] > 3.0, "{jaw}: {depths:?}");
            let molar2 = number(&findings, &format!("arch.depth.molar2.distal_contact.{jaw}"));
            assert!(molar2 > depths[3] + 8.0, "{jaw}: {molar2}");
        }
    }

    #[test]
    fn a_chord_is_the_hypotenuse_of_depth_and_half_width() {
        // The arch is symmetric; the contact of the central incisors lies up to a millimetre behind their edges.
        let findings = all(28.5);
        let half = 0.5 * number(&findings, "arch.width.molar1.mesial_contact.upper");
        let depth = number(&findings, "arch.depth.molar1.mesial_contact.upper");
        for side in ["right", "left"] {
            let chord = number(&findings, &format!("arch.length.{side}.upper"));
            assert!(
                (chord - half.hypot(depth)).abs() < 1.5,
                "{side}: {chord} {half} {depth}"
            );
        }
    }

    #[test]
    fn the_labial_length_to_the_premolars_exceeds_half_the_depth_of_the_molars() {
        let findings = all(28.5);
        let korkhaus = number(&findings, "arch.depth.premolar1.korkhaus.upper");
        let canine = number(&findings, "arch.depth.canine.cusp.upper");
        let molar = number(&findings, "arch.depth.molar1.mesial_contact.upper");
        assert!(
            canine < korkhaus && korkhaus < molar,
            "{canine} {korkhaus} {molar}"
        );
    }
}
