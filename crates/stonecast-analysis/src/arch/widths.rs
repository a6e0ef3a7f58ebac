//! Widths of the arch between teeth of the same name, by several conventions.
//!
//! Units: mm. Frame: the cast frame, distances in the occlusal plane. Definitions: `docs/methods/arch-width.md`.
//!
//! Steps
//! 1. `PAIRS`: which teeth, and which points of them by which convention.
//! 2. `width`: the distance of the two points in the occlusal plane.
//! 3. `z`: its distance from a named population's mean, in standard deviations.

use stonecast_dental::finding::{Outcome, Quantity, Unit};
use stonecast_dental::{Fdi, Jaw, LandmarkKind as K, NotMeasured, Side};
use stonecast_mesh::Point;

use crate::arch::JAWS;
use crate::book::{Book, Spec};
use crate::geometry::{horizontal_distance, middle};
use crate::rows::{Row, rows};
use crate::view::View;

const METHOD: &str = "arch-width";
const NORMS: &str = "arch_width";

type At = fn(&View<'_>, Fdi) -> Result<Point, NotMeasured>;

/// A convention: its name in ids, its point in words, and where that is.
pub(crate) type Convention = (&'static str, &'static str, At);

/// A pair of teeth: its name in ids and in words, primary or not, position, conventions.
type Pair = (&'static str, &'static str, bool, u8, &'static [Convention]);

pub(crate) const CUSP: Convention = ("cusp", "tips of canines, buccal or mesiobuccal cusps", |v, t| {
    v.first_point(t, crate::size::facial_tips(t))
});
const DISTOBUCCAL: Convention = ("distobuccal", "distobuccal cusp tips", |v, t| {
    v.point(t, K::DistobuccalCusp)
});
const LINGUAL_CUSP: Convention = ("lingual_cusp", "lingual or mesiolingual cusp tips", |v, t| {
    v.first_point(t, &[K::MesiolingualCusp, K::LingualCusp])
});
pub(crate) const FOSSA: Convention = ("fossa", "central fossae", |v, t| v.point(t, K::CentralFossa));
pub(crate) const PONT: Convention = ("pont", "Pont's points", pont);
pub(crate) const MESIAL: Convention = ("mesial_contact", "mesial contact points", |v, t| {
    v.point(t, K::MesialContact)
});
pub(crate) const DISTAL: Convention = ("distal_contact", "distal contact points", |v, t| {
    v.point(t, K::DistalContact)
});
const FACIAL: Convention = ("facial", "facial axis points", |v, t| {
    v.point(t, K::FacialAxisPoint)
});
const LINGUAL: Convention = ("lingual", "most lingual points", |v, t| {
    v.point(t, K::MostLingual)
});
const GINGIVAL: Convention = ("gingival", "lingual gingival margins", |v, t| v.lingual_margin(t));

const PAIRS: [Pair; 8] = [
    (
        "canine",
        "canines",
        false,
        3,
        &[CUSP, MESIAL, FACIAL, LINGUAL, GINGIVAL],
    ),
    (
        "premolar1",
        "first premolars",
        false,
        4,
        &[CUSP, LINGUAL_CUSP, FOSSA, PONT, FACIAL, LINGUAL, GINGIVAL],
    ),
    (
        "premolar2",
        "second premolars",
        false,
        5,
        &[CUSP, LINGUAL_CUSP, FOSSA, FACIAL, LINGUAL, GINGIVAL],
    ),
    (
        "molar1",
        "first molars",
        false,
        6,
        &[
            CUSP,
            DISTOBUCCAL,
            LINGUAL_CUSP,
            FOSSA,
            PONT,
            MESIAL,
            FACIAL,
            LINGUAL,
            GINGIVAL,
        ],
    ),
    (
        "molar2",
        "second molars",
        false,
        7,
        &[CUSP, DISTOBUCCAL, LINGUAL_CUSP, FOSSA, FACIAL, LINGUAL, GINGIVAL],
    ),
    (
        "primary_canine",
        "primary canines",
        true,
        3,
        &[CUSP, MESIAL, FACIAL, LINGUAL, GINGIVAL],
    ),
    (
        "primary_molar1",
        "first primary molars",
        true,
        4,
        &[CUSP, FOSSA, FACIAL, LINGUAL, GINGIVAL],
    ),
    (
        "primary_molar2",
        "second primary molars",
        true,
        5,
        &[CUSP, FOSSA, DISTAL, FACIAL, LINGUAL, GINGIVAL],
    ),
];

pub(crate) fn measure(book: &mut Book<'_>) {
    for jaw in JAWS {
        let row = book.subject().row(jaw);
        for (name, words, primary, position, conventions) in PAIRS {
            let tooth = |side| match primary {
                true => Fdi::primary(jaw, side, position),
                false => Fdi::permanent(jaw, side, position),
            };
            let (Some(right), Some(left)) = (tooth(Side::Right), tooth(Side::Left)) else {
                continue;
            };
            // Every child has its own mixture of primary teeth: what is not there at all is not asked for.
            if primary && ![right, left].iter().any(|t| row.contains(t)) {
                continue;
            }
            for (key, points, at) in conventions {
                let spec = Spec::mm(
                    format!("arch.width.{name}.{key}.{jaw}"),
                    format!("width between the {jaw} {words}, {points}"),
                    METHOD,
                );
                book.number(spec, move |view| width(view, right, left, *at));
            }
        }
    }
    enter_norms(book);
}

pub(crate) fn width(view: &View<'_>, right: Fdi, left: Fdi, at: At) -> Result<f64, NotMeasured> {
    view.need(&[right, left])?;
    let ends = [at(view, right)?, at(view, left)?];
    view.draw("width", ends);
    Ok(horizontal_distance(&ends[0], &ends[1]))
}

/// Pont's points: above, the distal end of the first premolar's groove and the mesial pit of the first molar, taken in the
/// middle between central fossa and marginal ridge; below, where those meet in good occlusion: the distal contact point
/// and the middle buccal cusp.
fn pont(view: &View<'_>, tooth: Fdi) -> Result<Point, NotMeasured> {
    let premolar = tooth.position() < 6;
    if tooth.jaw() == Jaw::Lower {
        return view.point(
            tooth,
            if premolar {
                K::DistalContact
            } else {
                K::DistobuccalCusp
            },
        );
    }
    let ridge = if premolar {
        K::DistalMarginalRidge
    } else {
        K::MesialMarginalRidge
    };
    Ok(middle(
        &view.point(tooth, K::CentralFossa)?,
        &view.point(tooth, ridge)?,
    ))
}

/// Widths compared with a population, where one is named: nobody is measured against people he does not belong to
/// without being asked.
fn enter_norms(book: &mut Book<'_>) {
    let Some(set) = book.params().norms.get(NORMS).cloned() else {
        return;
    };
    let of_set = || rows(NORMS).iter().filter(|row| row.text("set") == set);
    if of_set().next().is_none() {
        let spec = Spec::category("arch.width.z", "arch widths against a population", METHOD);
        let what = format!("tables/{NORMS}.toml has no set {set}");
        book.category(spec, move |_| Err(NotMeasured::OutOfRange { what: what.clone() }));
    }
    for norm in of_set() {
        let of = norm.text("width");
        let spec = Spec::new(
            format!("arch.width.{of}.z"),
            format!(
                "arch width {of} against {}, in standard deviations",
                norm.text("population")
            ),
            Unit::One,
            METHOD,
        );
        book.derived(spec, move |reader| {
            reader.rests_on(norm);
            z(&reader.number(&format!("arch.width.{of}"))?, norm).map(Outcome::Number)
        });
    }
}

fn z(width: &Quantity, norm: &Row) -> Result<Quantity, NotMeasured> {
    let (mean, deviation) = (norm.number("mean"), norm.number("sd"));
    Ok(Quantity {
        value: (width.value - mean) / deviation,
        uncertainty: width.uncertainty / deviation,
        unit: Unit::One,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::truth::{TrueCast, number};
    use crate::{Params, measure};
    use stonecast_dental::Findings;
    use stonecast_testkit::DentitionSpec;

    fn spec() -> DentitionSpec {
        DentitionSpec {
            triangles: 16_000,
            ..DentitionSpec::default()
        }
    }

    fn all(spec: &DentitionSpec, params: &Params) -> Findings {
        measure(&TrueCast::new(spec).measured(), params)
    }

    /// The distance of the upper first molars' crown centres at the height of their cusps, from the poses that they were
    /// set with.
    fn set_apart(cast: &TrueCast) -> f64 {
        let centre = |number: u8| {
            let tooth = cast.pair.upper.truth.tooth(Fdi::new(number).unwrap()).unwrap();
            Point::from(tooth.origin_in_cast)
                + stonecast_mesh::Vector::from(tooth.occlusal_in_cast) * tooth.crown_height_mm
        };
        horizontal_distance(&centre(16), &centre(26))
    }

    #[test]
    fn the_molars_stand_as_far_apart_as_they_were_set() {
        for width in [44.0, 46.5, 50.0] {
            let cast = TrueCast::new(&DentitionSpec {
                arch_width_mm: width,
                ..spec()
            });
            let findings = measure(&cast.measured(), &Params::default());
            let found = number(&findings, "arch.width.molar1.fossa.upper");
            // A fossa lies up to a millimetre beside the middle of its crown.
            assert!(
                (found - set_apart(&cast)).abs() < 2.0,
                "{found} {}",
                set_apart(&cast)
            );
        }
    }

    #[test]
    fn a_wider_arch_is_wider_by_as_much_whatever_the_convention() {
        let casts = [46.5, 49.5].map(|width| {
            TrueCast::new(&DentitionSpec {
                arch_width_mm: width,
                ..spec()
            })
        });
        let wider = set_apart(&casts[1]) - set_apart(&casts[0]);
        assert!(wider > 1.5, "{wider}");
        let [narrow, wide] = casts
            .each_ref()
            .map(|c| measure(&c.measured(), &Params::default()));
        // The molars also turn a little with the slope of the wider arch; facial axis point and margin are found on a
        // mesh of half a millimetre, one on each side.
        let exact = [CUSP, DISTOBUCCAL, LINGUAL_CUSP, FOSSA, PONT, MESIAL, LINGUAL].map(|c| (c, 0.35));
        for ((key, ..), tolerance) in exact.into_iter().chain([(FACIAL, 1.0), (GINGIVAL, 1.0)]) {
            let id = format!("arch.width.molar1.{key}.upper");
            let more = number(&wide, &id) - number(&narrow, &id);
            assert!((more - wider).abs() < tolerance, "{id}: {more} {wider}");
        }
    }

    #[test]
    fn conventions_lie_in_order_from_the_tongue_to_the_cheek() {
        let findings = all(&spec(), &Params::default());
        for jaw in ["upper", "lower"] {
            let order = ["lingual", "lingual_cusp", "fossa", "cusp"];
            let widths = order.map(|key| number(&findings, &format!("arch.width.molar1.{key}.{jaw}")));
            assert!(widths.is_sorted(), "{jaw}: {widths:?}");
            let gingival = number(&findings, &format!("arch.width.molar1.gingival.{jaw}"));
            assert!(gingival < widths[2], "{jaw}: {gingival} {widths:?}");
            let facial = number(&findings, &format!("arch.width.molar1.facial.{jaw}"));
            assert!(facial > widths[2], "{jaw}: {facial} {widths:?}");
        }
    }

    #[test]
    fn norms_are_used_only_where_a_population_is_named() {
        let without = all(&spec(), &Params::default());
        assert!(without.get("arch.width.canine.cusp.upper.z").is_none());
        let mut params = Params::default();
        params.norms.insert(NORMS.into(), "chinese-male".into());
        let with = all(&spec(), &params);
        let width = number(&with, "arch.width.canine.cusp.upper");
        let z = number(&with, "arch.width.canine.cusp.upper.z");
        assert!((z - (width - 37.51) / 2.0).abs() < 1e-9, "{z} {width}");
        let finding = with.get("arch.width.canine.cusp.upper.z").unwrap();
        assert_eq!(finding.evidence.rows.len(), 1);
        params.norms.insert(NORMS.into(), "martian".into());
        let unknown = all(&spec(), &params);
        assert!(
            unknown
                .get("arch.width.z")
                .unwrap()
                .outcome
                .to_string()
                .contains("martian")
        );
    }
}
