//! How neighbours in an arch stand to each other: contact displacement, gap or overlap, spaces.
//!
//! Units: mm. Frame: all parallel to the occlusal plane of the cast frame. Definitions: `docs/methods/contacts.md`.
//!
//! Steps
//! 1. [`pairs`]: the neighbours, from the patient's right to the left.
//! 2. [`displacement`]: the distance of the two contact points that face each other.
//! 3. [`gap`]: the shortest distance between the crowns' surfaces ([`super::proximity`]).
//! 4. `spaces`: the gaps that count as spaces, their number and sum, and the midline diastema.

use std::sync::Arc;

use stonecast_dental::finding::Unit;
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured, Score, Side};
use stonecast_mesh::Point;

use super::JAWS;
use super::proximity::Gaps;
use crate::book::{Book, Spec};
use crate::geometry::{horizontal_distance, middle};
use crate::grades::Bands;
use crate::rows::row;
use crate::subject::Subject;
use crate::view::View;

const METHOD: &str = "contacts";

/// The teeth of an arch by their places, from the right to the left: the permanent tooth of a place where there is one, else
/// the primary; where neither is there the permanent one, which is then missing. Third molars only if they are there.
pub(crate) fn places(subject: &Subject<'_>, jaw: Jaw) -> Vec<Fdi> {
    let there = subject.row(jaw);
    let at = |side: Side, position: u8| {
        let permanent = Fdi::permanent(jaw, side, position).expect("positions 1 to 8 exist");
        let primary = Fdi::primary(jaw, side, position);
        let taken = |tooth: &Fdi| there.contains(tooth);
        let found = Some(permanent).filter(taken).or(primary.filter(taken));
        found.or((position < 8).then_some(permanent))
    };
    let right = (1..=8).rev().filter_map(|p| at(Side::Right, p));
    right.chain((1..=8).filter_map(|p| at(Side::Left, p))).collect()
}

/// All neighbours of an arch, from the right to the left.
pub(crate) fn pairs(subject: &Subject<'_>, jaw: Jaw) -> Vec<[Fdi; 2]> {
    places(subject, jaw).windows(2).map(|w| [w[0], w[1]]).collect()
}

/// The contact point of a tooth that faces the patient's left or right along the arch.
fn facing(view: &View<'_>, tooth: Fdi, side: Side) -> Result<Point, NotMeasured> {
    let kind = if tooth.side() == side {
        K::DistalContact
    } else {
        K::MesialContact
    };
    view.point(tooth, kind)
}

/// The two contact points with which neighbours face each other, the right tooth's first.
pub(crate) fn facing_points(view: &View<'_>, right: Fdi, left: Fdi) -> Result<[Point; 2], NotMeasured> {
    view.need(&[right, left])?;
    Ok([facing(view, right, Side::Left)?, facing(view, left, Side::Right)?])
}

/// Halfway between neighbours: the middle of the points with which they face each other.
pub(crate) fn boundary(view: &View<'_>, right: Fdi, left: Fdi) -> Result<Point, NotMeasured> {
    let [a, b] = facing_points(view, right, left)?;
    Ok(middle(&a, &b))
}

/// How far the facing contact points of neighbours are apart, parallel to the occlusal plane.
pub(crate) fn displacement(view: &View<'_>, right: Fdi, left: Fdi) -> Result<f64, NotMeasured> {
    let [a, b] = facing_points(view, right, left)?;
    view.draw(&format!("displacement {right} to {left}"), [a, b]);
    Ok(horizontal_distance(&a, &b))
}

/// The gap between neighbours: the shortest distance between their crowns' surfaces, nothing where they touch.
fn gap(view: &View<'_>, gaps: &Gaps, right: Fdi, left: Fdi) -> Result<f64, NotMeasured> {
    let [a, b] = facing_points(view, right, left)?;
    view.draw(&format!("gap {right} to {left}"), [a, b]);
    let [value, sigma] = gaps.between(right, left).ok_or_else(|| NotMeasured::NoPart {
        tooth: right,
        part: format!("surface towards {left}"),
    })?;
    Ok(view.given(
        &format!("gap between the surfaces of {right} and {left}"),
        value,
        sigma,
    ))
}

pub(crate) fn measure(book: &mut Book<'_>) {
    for jaw in JAWS {
        let gaps = Arc::new(Gaps::of(book.subject(), jaw));
        for [right, left] in pairs(book.subject(), jaw) {
            let spec = Spec::mm(
                format!("displacement.{right}.{left}"),
                format!("contact point displacement between {right} and {left}"),
                METHOD,
            );
            book.number(spec, move |view| displacement(view, right, left));
            let spec = Spec::mm(
                format!("spacing.{right}.{left}"),
                format!("gap between {right} and {left}; none where they touch"),
                METHOD,
            );
            let of_arch = gaps.clone();
            book.number(spec.about([right, left]), move |view| {
                gap(view, &of_arch, right, left)
            });
        }
        spaces(book, jaw, gaps);
        diastema(book, jaw);
    }
}

/// The neighbours from first molar to first molar.
fn to_the_molars(subject: &Subject<'_>, jaw: Jaw) -> Vec<[Fdi; 2]> {
    let within = |tooth: &Fdi| tooth.position() <= 6;
    let pairs = pairs(subject, jaw).into_iter();
    pairs.filter(|pair| pair.iter().all(within)).collect()
}

fn spaces(book: &mut Book<'_>, jaw: Jaw, gaps: Arc<Gaps>) {
    let limit = row("space", "contact-within");
    let least = limit.number("value");
    let pairs = to_the_molars(book.subject(), jaw);
    let spec = Spec::mm(
        format!("spacing.total.{}", jaw.name()),
        format!(
            "sum of the spaces in the {} arch, first molar to first molar",
            jaw.name()
        ),
        METHOD,
    );
    let of_sum = pairs.clone();
    book.number(spec, move |view| {
        view.rests_on(limit);
        let mut teeth: Vec<Fdi> = of_sum.iter().flatten().copied().collect();
        teeth.dedup();
        view.need(&teeth)?;
        let gaps = of_sum.iter().map(|[right, left]| gap(view, &gaps, *right, *left));
        let gaps: Vec<f64> = gaps.collect::<Result<_, _>>()?;
        Ok(gaps.into_iter().filter(|g| *g >= least).sum())
    });
    let spec = Spec::new(
        format!("spacing.count.{}", jaw.name()),
        format!(
            "number of spaces in the {} arch, first molar to first molar",
            jaw.name()
        ),
        Unit::One,
        METHOD,
    );
    let bands = Bands::new(0.0, vec![least], vec![0.0, 1.0]);
    book.score(spec, move |reader| {
        reader.rests_on(limit);
        let one = |[right, left]: &[Fdi; 2]| {
            let gap = reader.number(&format!("spacing.{right}.{left}"))?;
            Ok::<Score, NotMeasured>(bands.score(&gap))
        };
        pairs.iter().map(one).sum()
    });
}

fn diastema(book: &mut Book<'_>, jaw: Jaw) {
    let limit = row("space", "contact-within");
    let places = places(book.subject(), jaw);
    let Some([right, left]) = (places.windows(2))
        .map(|w| [w[0], w[1]])
        .find(|[a, b]| a.side() != b.side())
    else {
        return;
    };
    let names = ["closed", "diastema"].map(str::to_owned).to_vec();
    let bands = Bands::new(0.0, vec![limit.number("value")], names);
    let spec = Spec::category(
        format!("diastema.midline.{}", jaw.name()),
        format!("midline of the {} arch", jaw.name()),
        METHOD,
    );
    book.category(spec, move |reader| {
        reader.rests_on(limit);
        Ok(bands.category(&reader.number(&format!("spacing.{right}.{left}"))?))
    });
}
