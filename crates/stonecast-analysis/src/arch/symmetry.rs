//! Symmetry: how far each tooth and its twin stand from being mirror images, about the cast's midline and about the arch's
//! own.
//!
//! Units: mm, degrees. Frame: the cast frame, in the occlusal plane. Definitions: `docs/methods/symmetry.md`.
//!
//! Steps
//! 1. `tips`: facial tip or edge of a tooth and of its twin.
//! 2. `transverse`, `sagittal`: differences about the cast's midline, x = 0.
//! 3. `own_axis`: the line about which the arch is its own mirror image best, in closed form.
//! 4. The same differences about that line, its offset and its angle, and what asymmetry is left.

use nalgebra::Vector2;
use stonecast_dental::{Fdi, Jaw, NotMeasured};
use stonecast_mesh::Point;

use crate::arch::{JAWS, central_incisors, incisal_middle};
use crate::book::{Book, Spec};
use crate::rows::row;
use crate::size::facial_tips;
use crate::view::View;

const METHOD: &str = "symmetry";
const MIDLINE: &str = "the midline is the cast frame's, which stands in for the palatal raphe";

pub(crate) fn measure(book: &mut Book<'_>) {
    for jaw in JAWS {
        let mut rights: Vec<Fdi> = (book.subject().row(jaw).into_iter())
            .map(|t| if t.side().sign() < 0.0 { t } else { t.mirrored() })
            .collect();
        rights.sort_unstable();
        rights.dedup();
        for right in &rights {
            enter_pair(book, *right);
        }
        enter_arch(book, jaw, &rights);
    }
}

fn spec(key: &str, words: &str, right: Fdi) -> Spec {
    let left = right.mirrored();
    Spec::mm(
        format!("symmetry.{key}.{right}.{left}"),
        format!("{words} {right} and {left}"),
        METHOD,
    )
    .about([right, left])
}

/// The differences of a pair about the arch's own axis.
fn own_specs(right: Fdi) -> [Spec; 2] {
    [
        spec(
            "arch_transverse",
            "distance from the arch's own axis, right less left, of",
            right,
        ),
        spec(
            "arch_sagittal",
            "how far along the arch's own axis the right stands behind the left, of",
            right,
        ),
    ]
}

fn enter_pair(book: &mut Book<'_>, right: Fdi) {
    let words = "distance from the midline, right less left, of";
    book.number(spec("transverse", words, right), move |view| {
        view.remark(MIDLINE);
        Ok(transverse(tips(view, right)?))
    });
    let words = "how far the right stands behind the left, of";
    book.number(spec("sagittal", words, right), move |view| {
        view.remark(MIDLINE);
        Ok(sagittal(tips(view, right)?))
    });
}

/// The arch's own axis and all pairs about it are found in one go. Pairs that have no tips are entered on their own, so
/// that they say what they lack.
fn enter_arch(book: &mut Book<'_>, jaw: Jaw, rights: &[Fdi]) {
    let subject = book.subject();
    let has_tip = |tooth: Fdi| {
        let found = subject.index_of(tooth).map(|i| &subject.teeth[i]);
        found.is_some_and(|f| facial_tips(tooth).iter().any(|kind| f.point(*kind).is_some()))
    };
    let (whole, lacking): (Vec<Fdi>, Vec<Fdi>) =
        rights.iter().partition(|t| has_tip(**t) && has_tip(t.mirrored()));
    for right in lacking {
        book.numbers(own_specs(right).to_vec(), move |view| {
            tips(view, right)?;
            Err(NotMeasured::NotApplicable {
                why: "the pair has no tips".to_owned(),
            })
        });
    }
    let id = |key: &str| format!("symmetry.arch.{key}.{jaw}");
    let mut specs = vec![
        Spec::deg(
            id("angle"),
            format!("turn of the {jaw} arch's own axis against the midline"),
            METHOD,
        ),
        Spec::mm(
            id("rms"),
            format!("root mean square asymmetry of the {jaw} arch about its own axis"),
            METHOD,
        ),
    ];
    specs.extend(whole.iter().flat_map(|right| own_specs(*right)));
    let pairs = whole.clone();
    book.numbers(specs, move |view| {
        let (axis, twins) = own_axis(view, jaw, &pairs)?;
        let about = twins.iter().map(|pair| axis.seen(*pair));
        let differences = about.flat_map(|pair| [transverse(pair), sagittal(pair)]);
        Ok([axis.angle.to_degrees(), axis.rms]
            .into_iter()
            .chain(differences)
            .collect())
    });
    let spec = Spec::mm(
        id("offset"),
        format!("{jaw} arch's own axis at the incisors, from the midline to the patient's left"),
        METHOD,
    );
    book.number(spec, move |view| {
        view.need(&central_incisors(view, jaw))?;
        let (axis, _) = own_axis(view, jaw, &whole)?;
        Ok(axis.x_at(incisal_middle(view, jaw)?.y))
    });
}

type Twins = [Vector2<f64>; 2];

fn tips(view: &View<'_>, right: Fdi) -> Result<Twins, NotMeasured> {
    let left = right.mirrored();
    view.need(&[right, left])?;
    let tip = |tooth| view.first_point(tooth, facial_tips(tooth));
    Ok([tip(right)?.coords.xy(), tip(left)?.coords.xy()])
}

fn transverse([right, left]: Twins) -> f64 {
    -right.x - left.x
}

fn sagittal([right, left]: Twins) -> f64 {
    right.y - left.y
}

/// The line about which an arch is most symmetric.
struct Axis {
    through: Vector2<f64>,
    /// From the midline's direction, positive where its back end is turned to the patient's left.
    angle: f64,
    rms: f64,
}

impl Axis {
    /// Twins as they stand about the axis: turned and shifted so that it is the line x = 0.
    fn seen(&self, twins: Twins) -> Twins {
        let turn = nalgebra::Rotation2::new(self.angle);
        twins.map(|p| turn * (p - self.through))
    }

    fn x_at(&self, y: f64) -> f64 {
        self.through.x + (y - self.through.y) * self.angle.tan()
    }
}

fn own_axis(view: &View<'_>, jaw: Jaw, rights: &[Fdi]) -> Result<(Axis, Vec<Twins>), NotMeasured> {
    let least = row("symmetry", "least-pairs");
    view.rests_on(least);
    if (rights.len() as f64) < least.number("value") {
        view.need(&central_incisors(view, jaw))?;
        return Err(NotMeasured::NotApplicable {
            why: format!(
                "an arch's own axis needs {} teeth with their twins",
                least.number("value")
            ),
        });
    }
    let twins: Result<Vec<Twins>, NotMeasured> = rights.iter().map(|t| tips(view, *t)).collect();
    let twins = twins?;
    let axis = best_axis(&twins).ok_or_else(|| NotMeasured::OutOfRange {
        what: "the teeth show no axis; look at the labels".to_owned(),
    })?;
    let end = |y: f64| Point::new(axis.x_at(y), y, 0.0);
    let ys = || twins.iter().flatten().map(|p| p.y);
    view.draw(
        "the arch's own axis",
        [
            end(ys().fold(f64::INFINITY, f64::min)),
            end(ys().fold(f64::NEG_INFINITY, f64::max)),
        ],
    );
    Ok((axis, twins))
}

/// The axis that leaves the least squared distance between each tip and its twin's mirror image: it passes through the
/// middle of all tips, and twice its angle maximises a sum of a sine and a cosine.
fn best_axis(twins: &[Twins]) -> Option<Axis> {
    if twins.is_empty() {
        return None;
    }
    let count = twins.len() as f64;
    let through = twins.iter().flatten().sum::<Vector2<f64>>() / (2.0 * count);
    // Mirrored about the direction (sin a, cos a), (x, y) goes to (-x cos 2a + y sin 2a, x sin 2a + y cos 2a).
    let (mut cos, mut sin) = (0.0, 0.0);
    for [right, left] in twins {
        let (r, l) = (right - through, left - through);
        cos += r.y * l.y - r.x * l.x;
        sin += r.x * l.y + r.y * l.x;
    }
    if cos.hypot(sin) < 1e-9 {
        return None;
    }
    let angle = 0.5 * sin.atan2(cos);
    let mut axis = Axis {
        through,
        angle,
        rms: 0.0,
    };
    let left_over = |pair: &Twins| {
        let pair = axis.seen(*pair);
        transverse(pair).powi(2) + sagittal(pair).powi(2)
    };
    axis.rms = (twins.iter().map(left_over).sum::<f64>() / count).sqrt();
    Some(axis)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::{TrueCast, number, without};
    use crate::{Params, measure};
    use stonecast_testkit::spec::ToothShift;
    use stonecast_testkit::{DentitionSpec, PerSide};

    fn arch() -> Vec<Twins> {
        let half = [
            (4.0, 0.5),
            (11.0, 3.0),
            (17.0, 9.0),
            (21.0, 17.0),
            (24.0, 27.0),
            (26.0, 37.0),
        ];
        half.map(|(x, y)| [Vector2::new(-x, y), Vector2::new(x, y)])
            .to_vec()
    }

    #[test]
    fn a_symmetric_arch_that_was_turned_and_shifted_has_its_axis_where_it_was_put() {
        for degrees in [-8.0f64, 0.0, 3.0] {
            let turn = nalgebra::Rotation2::new(-degrees.to_radians());
            let moved: Vec<Twins> = arch()
                .iter()
                .map(|t| t.map(|p| turn * p + Vector2::new(1.5, -2.0)))
                .collect();
            let axis = best_axis(&moved).unwrap();
            assert!((axis.angle.to_degrees() - degrees).abs() < 1e-9, "{degrees}");
            assert!((axis.x_at(-2.0) - 1.5).abs() < 1e-9);
            assert!(axis.rms < 1e-12);
            for pair in moved {
                let pair = axis.seen(pair);
                assert!(transverse(pair).abs() < 1e-9 && sagittal(pair).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn one_tooth_out_of_place_is_told_from_the_others_by_the_arch_s_own_axis() {
        let mut moved = arch();
        moved[2][0] += Vector2::new(-2.0, 0.0);
        let axis = best_axis(&moved).unwrap();
        let by = |k: usize| transverse(axis.seen(moved[k]));
        assert!(by(2) > 1.4 && (0..6).filter(|k| *k != 2).all(|k| by(k).abs() < 0.6));
    }

    fn spec() -> DentitionSpec {
        DentitionSpec {
            triangles: 10_000,
            ..DentitionSpec::default()
        }
    }

    #[test]
    fn a_symmetric_dentition_has_no_asymmetry_and_a_shifted_tooth_shows_in_its_pair() {
        let cast = TrueCast::new(&spec());
        let even = measure(&cast.measured(), &Params::default());
        // Upper teeth are set as exact mirror images.
        for (right, left) in [(11, 21), (13, 23), (16, 26)] {
            for key in ["transverse", "sagittal", "arch_transverse", "arch_sagittal"] {
                let value = number(&even, &format!("symmetry.{key}.{right}.{left}"));
                assert!(value.abs() < 1e-3, "{key} {right}: {value}");
            }
        }
        let mut shifted = spec();
        let out = ToothShift {
            offset_mm: 2.0,
            ..ToothShift::default()
        };
        shifted.shifts.insert(Fdi::new(17).unwrap(), out);
        let shifted = measure(&TrueCast::new(&shifted).measured(), &Params::default());
        // The arch's outward direction at the second molar points 10 to 20 degrees forwards of sideways.
        let (aside, back) = (
            number(&shifted, "symmetry.transverse.17.27"),
            number(&shifted, "symmetry.sagittal.17.27"),
        );
        assert!((aside - 2.0).abs() < 0.2, "{aside}");
        assert!((aside.hypot(back) - 2.0).abs() < 0.1, "{aside} {back}");
        assert!(number(&shifted, "symmetry.arch.rms.upper") > 0.4);
    }

    #[test]
    fn a_lower_arch_displaced_on_one_side_is_asymmetric_and_keeps_its_twins_names() {
        let spec = DentitionSpec {
            crossbite_mm: PerSide {
                right: 4.0,
                left: 0.0,
            },
            ..spec()
        };
        let findings = measure(&TrueCast::new(&spec).measured(), &Params::default());
        let value = number(&findings, "symmetry.transverse.46.36");
        // The molar settles into the bite, aside by up to 0.8 mm on each side.
        assert!((value - 4.0).abs() < 1.7, "{value}");
    }

    #[test]
    fn a_missing_twin_takes_its_pair_away_and_leaves_the_axis() {
        let cast = without(&TrueCast::new(&spec()), &[14]);
        let findings = measure(&cast.measured(), &Params::default());
        assert!(
            !findings
                .get("symmetry.arch_transverse.14.24")
                .unwrap()
                .outcome
                .is_measured()
        );
        assert!(number(&findings, "symmetry.arch_transverse.15.25").abs() < 1e-3);
    }
}
