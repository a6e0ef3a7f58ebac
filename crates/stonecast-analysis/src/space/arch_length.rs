//! Arch-length discrepancy: the space from first molar to first molar less the widths of the teeth between them.
//!
//! Units: mm. Frame: lengths parallel to the occlusal plane of the cast frame. Definitions: `docs/methods/arch-length.md`.
//!
//! Steps
//! 1. [`nodes`]: the mesial contact points of the first molars and, between them, the places halfway between neighbours.
//! 2. [`form`]: the smooth line between the molars nearest to the nodes; its length is the available space.
//! 3. `required`: the widths of the ten teeth. The discrepancy is available less required space; both span the same teeth.
//! 4. The same with the perimeters of [`crate::arch::perimeter`].
//! 5. `carey`: the lower lack of space by its degree.
//!
//! Limits: single teeth far out of line bend the smooth line a little; what each convention makes of crowding was measured
//! on synthetic dentitions and stands on the page.

use nalgebra::{Matrix3, Vector2, Vector3};
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured};
use stonecast_mesh::Point;

use super::neighbours::{boundary, facing_points, places};
use super::{JAWS, row_to, sum};
use crate::arch::perimeter;
use crate::book::{Book, Spec};
use crate::geometry::horizontal;
use crate::grades::Bands;
use crate::rows::row;
use crate::view::View;

const METHOD: &str = "arch-length";

/// A perimeter of [`crate::arch::perimeter`].
type Perimeter = fn(&View<'_>, Jaw) -> Result<f64, NotMeasured>;

/// The other conventions: the end of their ids, words.
const PERIMETERS: [(&str, &str, Perimeter); 3] = [
    ("contact", "through the contact points", perimeter::contact),
    ("segmental", "in six straight pieces", perimeter::segmental),
    ("wire", "along edges and cusps", perimeter::wire),
];

/// The teeth of an arch from first molar to first molar that are there, in order.
fn span(view: &View<'_>, jaw: Jaw) -> Result<Vec<Fdi>, NotMeasured> {
    let places = places(view.subject(), jaw);
    let within = places.into_iter().filter(|t| t.position() <= 6);
    let span: Vec<Fdi> = within.collect();
    let ends: Vec<Fdi> = span.iter().filter(|t| t.position() == 6).copied().collect();
    view.need(&ends)?;
    Ok(span.into_iter().filter(|t| view.has(*t)).collect())
}

/// The nodes of an arch from the right first molar to the left one. A gap where a tooth is missing has a node on either side.
pub(crate) fn nodes(view: &View<'_>, jaw: Jaw) -> Result<Vec<Point>, NotMeasured> {
    let teeth = span(view, jaw)?;
    let (first, last) = (teeth[0], teeth[teeth.len() - 1]);
    let between = &teeth[1..teeth.len() - 1];
    let mut nodes = vec![view.point(first, K::MesialContact)?];
    for pair in between.windows(2) {
        let (right, left) = (pair[0], pair[1]);
        if adjacent(right, left) {
            nodes.push(boundary(view, right, left)?);
        } else {
            nodes.extend(facing_points(view, right, left)?);
        }
    }
    nodes.push(view.point(last, K::MesialContact)?);
    Ok(nodes)
}

/// True for teeth of places that follow each other.
fn adjacent(right: Fdi, left: Fdi) -> bool {
    let place = |tooth: Fdi| {
        let position = i32::from(tooth.position());
        // Without a place 0 the first of both sides follow each other.
        if tooth.side().sign() < 0.0 {
            -position
        } else {
            position - 1
        }
    };
    place(left) - place(right) == 1
}

/// Straight pieces that stand for a curve: their sum falls short of it by less than 0.01 mm in an arch of 70 mm.
const PIECES: usize = 48;

/// The smooth line of an arch: a Bézier curve of the fourth degree between the first and last node, nearest to the others in
/// least squares at parameters in proportion to the distance along the nodes. `None` with too few nodes.
pub(crate) fn form(nodes: &[Vector2<f64>]) -> Option<Vec<Vector2<f64>>> {
    if nodes.len() < 5 {
        return None;
    }
    let mut along = vec![0.0];
    for pair in nodes.windows(2) {
        along.push(along[along.len() - 1] + (pair[1] - pair[0]).norm());
    }
    let total = along[along.len() - 1];
    let (first, last) = (nodes[0], nodes[nodes.len() - 1]);
    let mut normal = Matrix3::zeros();
    let mut right: [Vector3<f64>; 2] = [Vector3::zeros(); 2];
    for (node, distance) in nodes.iter().zip(&along) {
        let b = bernstein(distance / total);
        let inner = Vector3::new(b[1], b[2], b[3]);
        let rest = node - first * b[0] - last * b[4];
        normal += inner * inner.transpose();
        right[0] += inner * rest.x;
        right[1] += inner * rest.y;
    }
    let solve = normal.lu();
    let (x, y) = (solve.solve(&right[0])?, solve.solve(&right[1])?);
    let at = |k: usize| {
        let b = bernstein(k as f64 / PIECES as f64);
        let inner = Vector3::new(b[1], b[2], b[3]);
        first * b[0] + last * b[4] + Vector2::new(inner.dot(&x), inner.dot(&y))
    };
    Some((0..=PIECES).map(at).collect())
}

fn bernstein(t: f64) -> [f64; 5] {
    let s = 1.0 - t;
    [
        s * s * s * s,
        4.0 * s * s * s * t,
        6.0 * s * s * t * t,
        4.0 * s * t * t * t,
        t * t * t * t,
    ]
}

/// The length of a line of straight pieces.
pub(crate) fn length(line: &[Vector2<f64>]) -> f64 {
    line.windows(2).map(|w| (w[1] - w[0]).norm()).sum()
}

/// The space from first molar to first molar along the smooth line of the arch.
///
/// # Errors
/// When a first molar is not there, or too few teeth between them.
pub(crate) fn available(view: &View<'_>, jaw: Jaw) -> Result<f64, NotMeasured> {
    let nodes = nodes(view, jaw)?;
    let flat: Vec<Vector2<f64>> = nodes.iter().map(|p| horizontal(p.coords)).collect();
    let line = form(&flat).ok_or_else(|| NotMeasured::NotApplicable {
        why: format!("too few teeth stand between the {jaw} first molars to tell the form of the arch"),
    })?;
    let height = nodes.iter().map(|p| p.z).sum::<f64>() / nodes.len() as f64;
    view.draw(
        "smooth line of the arch",
        line.iter().map(|p| Point::new(p.x, p.y, height)),
    );
    Ok(length(&line))
}

/// Available less required space.
pub(crate) fn discrepancy(available: f64, required: f64) -> f64 {
    available - required
}

pub(crate) fn measure(book: &mut Book<'_>) {
    for jaw in JAWS {
        let spec = Spec::mm(
            format!("space.required.{jaw}"),
            format!("required space: widths of the ten {jaw} teeth in front of the first molars"),
            METHOD,
        );
        book.number(spec, move |view| sum(view, &row_to(jaw, 5)));
        let spec = Spec::mm(
            format!("space.available.{jaw}"),
            format!("available space along the smooth line of the {jaw} arch"),
            METHOD,
        );
        book.number(spec, move |view| available(view, jaw));
        let spec = Spec::mm(
            format!("space.discrepancy.{jaw}"),
            format!("available less required space of the {jaw} arch"),
            METHOD,
        );
        book.number(spec, move |view| less_required(view, jaw, available));
        for (key, words, perimeter) in PERIMETERS {
            let spec = Spec::mm(
                format!("space.discrepancy.{jaw}.{key}"),
                format!("available less required space of the {jaw} arch, measured {words}"),
                METHOD,
            );
            book.number(spec, move |view| less_required(view, jaw, perimeter));
        }
    }
    carey(book);
}

fn less_required(view: &View<'_>, jaw: Jaw, available: Perimeter) -> Result<f64, NotMeasured> {
    view.need(&row_to(jaw, 6))?;
    Ok(discrepancy(available(view, jaw)?, sum(view, &row_to(jaw, 5))?))
}

fn carey(book: &mut Book<'_>) {
    let spec = Spec::category("carey.lower", "lower space after Carey", METHOD);
    book.category(spec, |reader| {
        let degrees = row("space", "carey");
        reader.rests_on(degrees);
        Ok(Bands::names_from_row(degrees).category(&reader.number("space.discrepancy.lower")?))
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nodes on half an ellipse, x from -a to a, front at y = -b.
    fn ellipse(a: f64, b: f64, nodes: usize) -> Vec<Vector2<f64>> {
        let at = |k: usize| {
            let angle = std::f64::consts::PI * (k as f64 / (nodes - 1) as f64);
            Vector2::new(-a * angle.cos(), -b * angle.sin())
        };
        (0..nodes).map(at).collect()
    }

    #[test]
    fn along_a_straight_row_the_smooth_line_has_its_length() {
        let row: Vec<Vector2<f64>> = (0..11).map(|k| Vector2::new(f64::from(k) * 7.0, 3.0)).collect();
        assert!((length(&form(&row).unwrap()) - 70.0).abs() < 1e-9);
    }

    #[test]
    fn along_a_round_arch_the_smooth_line_comes_to_the_arch_s_own_length() {
        // Half a circle of 25 mm is 78.54 mm long. A curve of the fourth degree is not a circle: it may be off by 0.3 mm.
        let found = length(&form(&ellipse(25.0, 25.0, 11)).unwrap());
        assert!((found - std::f64::consts::PI * 25.0).abs() < 0.3, "{found}");
    }

    #[test]
    fn a_zigzag_of_the_nodes_lengthens_the_smooth_line_much_less_than_the_way_along_it() {
        let smooth = ellipse(23.0, 28.0, 11);
        let mut zigzag = smooth.clone();
        for (k, node) in zigzag.iter_mut().enumerate().take(8).skip(3) {
            node.y += if k % 2 == 0 { 1.0 } else { -1.0 };
        }
        let along = length(&zigzag) - length(&smooth);
        let line = length(&form(&zigzag).unwrap()) - length(&form(&smooth).unwrap());
        assert!(along > 1.0 && line.abs() < 0.25 * along, "{along} {line}");
    }

    #[test]
    fn careys_names_change_between_the_tenths_that_the_table_says() {
        let bands = Bands::names_from_row(row("space", "carey"));
        let t = |discrepancy: f64, name: &str| {
            assert_eq!(
                bands.of_value(discrepancy).split(' ').next(),
                Some(name),
                "{discrepancy}"
            );
        };
        t(0.0, "no");
        t(-0.04, "no");
        t(-0.1, "slight");
        t(-2.5, "slight");
        t(-2.6, "moderate");
        t(-5.0, "moderate");
        t(-5.1, "marked");
    }

    #[test]
    fn three_teeth_tell_no_form() {
        assert!(form(&ellipse(20.0, 20.0, 4)).is_none());
    }
}
